// @ts-check
/// <reference lib="webworker" />
/**
 * Takes the place of the worker that kept the page here when there was one area: now there are several, each in a folder of
 * its own, and nothing under this address but the page that leads to them.
 *
 * The kept page goes on until she says that the new may take over, as with any version. Then she is led to the start page;
 * what was kept under this address is deleted once no tab has the old page any more, and this worker goes as well.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const HOME = new URL("./", location.href).pathname;
const PREFIX = `sidestep ${HOME} `; // as in sw.mjs; areas beneath keep theirs under other paths
const PAGE = /^[a-z]{2}\/(index\.html)?$/; // of the one area, in a language
const FOREVER = /^(static|vendor|files)\//; // its files

/** Delete what was kept, unless more tabs are open than may be; tells whether it is gone. @param {number} most */
async function clean(most) {
  const over = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (over.length > 0 && tabs.length > most) return false;
  await Promise.all(over.map((name) => caches.delete(name)));
  return true;
}

worker.addEventListener("activate", (event) => event.waitUntil(clean(1).then(() => worker.clients.claim()))); // the one tab asked for it
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || !pathname.startsWith(HOME)) return;
  const path = pathname.slice(HOME.length);
  if (request.mode !== "navigate") {
    if (FOREVER.test(path)) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  } else if (PAGE.test(path)) event.respondWith(Response.redirect(HOME, 302));
  else event.waitUntil(clean(0).then((gone) => gone && worker.registration.unregister()));
});
