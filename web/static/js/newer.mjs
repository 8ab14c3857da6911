// @ts-check
/** Where the page is kept on this phone: says when a newer version is here, and takes it up by one tap, never by itself. */
import { byId, h } from "./dom.mjs";
import { registered } from "./offline.mjs";

/** @param {Config} config @param {Words} words */
export async function watch(config, words) {
  const held = await registered(config);
  if (held === undefined) return;
  const tell = () => held.waiting !== null && navigator.serviceWorker.controller !== null && offer(held.waiting, words);
  held.addEventListener("updatefound", () => held.installing?.addEventListener("statechange", tell));
  tell();
}

/** @param {ServiceWorker} waiting @param {Words} words */
function offer(waiting, words) {
  document.getElementById("newer")?.remove();
  const take = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take-over");
  };
  byId("coverage").before(
    h("p", { id: "newer", role: "status" }, h("span", { text: words.t("ui.newer") }), " ", h("button", { type: "button", class: "button", text: words.t("ui.newer.take"), onclick: take })),
  );
}
