// @ts-check
// Runs before the modules: where one of them does not arrive, the page says so instead of staying empty.
addEventListener("error", (event) => {
  const lost = event.target instanceof HTMLScriptElement && event.target.type === "module";
  if (lost && document.getElementById("app")?.hidden) document.getElementById("failed")?.removeAttribute("hidden");
}, true);
