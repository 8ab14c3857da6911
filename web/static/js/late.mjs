// @ts-check
/** What comes with a module that few visits need: its texts, and its styles. */
import { h } from "./dom.mjs";
import { getJson } from "./loading.mjs";

/**
 * Fetch the texts that are not in the page, and a file of styles.
 *
 * @param {Config} config
 * @param {Words} words learns the texts
 * @param {string} [styles] name of the file
 */
export async function loadLate(config, words, styles) {
  const [texts] = await Promise.all([getJson(config.urls.texts), styles && loadStyles(new URL(`../${styles}`, import.meta.url).href)]);
  words.learn(texts);
}

/** @param {string} url @returns {Promise<void>} */
function loadStyles(url) {
  const link = /** @type {HTMLLinkElement} */ (h("link", { rel: "stylesheet", href: url }));
  return new Promise((done, fail) => {
    link.addEventListener("load", () => done());
    link.addEventListener("error", () => {
      link.remove();
      fail(new Error("styles did not come"));
    });
    document.head.append(link);
  });
}
