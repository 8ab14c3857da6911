// @ts-check
// The start page of a published folder with one area: goes on to the page in the language that the device speaks.
{
  const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("a[hreflang]")]);
  const spoken = navigator.languages.map((tag) => links.find(({ hreflang }) => hreflang === tag.slice(0, 2)));
  const link = spoken.find((one) => one !== undefined) ?? links[0];
  if (link) location.replace(link.href);
}
