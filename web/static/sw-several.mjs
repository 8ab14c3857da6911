// @ts-check
/// <reference lib="webworker" />
/**
 * Takes the place of the worker that kept the page here when there was one area: now there are several, each in a folder of
 * its own, and nothing under this address but the page that leads to them.
 *
 * The kept page goes on until she says that the new may take over, as with any version. Then what was kept under this
 * address is deleted, she is led to the start page, and this worker goes as well.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const HOME = new URL("./", location.href).pathname;
const PREFIX = `sidestep ${HOME} `; // as in sw.mjs; areas beneath keep theirs under other paths
const PAGE = /^[a-z]{2}\/(index\.html)?$/; // of the one area, in a language

async function clean() {
  const over = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  await Promise.all(over.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

worker.addEventListener("activate", (event) => event.waitUntil(clean()));
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.mode !== "navigate" || origin !== location.origin || !pathname.startsWith(HOME)) return;
  if (PAGE.test(pathname.slice(HOME.length))) event.respondWith(Response.redirect(HOME, 302));
  else event.waitUntil(worker.registration.unregister());
});
