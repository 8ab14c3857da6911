// @ts-check
/// <reference lib="webworker" />
/**
 * Keeps one version of the page and its area on a phone that was asked to: the page starts from here, whether or not
 * there is a server. What is kept is the same for everybody, and nothing about a walk is among it.
 *
 * A new version waits until the page says that it may take over, so that no walk under way is broken. Files have a hash
 * in their address, so what the version before has of them is taken over, and a download that was cut goes on where it was.
 * The server joins this to one script with what it imports (web/offline.py).
 *
 * @typedef {{version: string, pages: Record<string, string>, hashes: Record<string, string>, files: {url: string, bytes: number, hash: string}[]}} Build
 */

import { begun, replyOf } from "./js/download.mjs";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
// @ts-ignore the server writes it before this script
const build = /** @type {Build} */ (BUILD);
const PREFIX = `sidestep ${here("./")} `; // other areas of this host keep theirs under other paths
const NAME = `${PREFIX}${build.version}`;
const FILES = new Map(build.files.map(({ url, bytes, hash }) => [here(url), { bytes, hash }]));
const PAGES = new Map(Object.entries(build.pages).map(([lang, url]) => [here(url), { bytes: 0, hash: build.hashes[lang] }]));
const FOREVER = /\/(static|vendor|files)\//; // with the hash of what they hold in their addresses
const AT_ONCE = 4; // downloads, so that a slow line finishes files instead of beginning them

/** The path of an address, which may be told from this script on. @param {string} url */
function here(url) {
  return new URL(url, location.href).pathname;
}

/** Fetch what is not here yet. */
async function fill() {
  const cache = await caches.open(NAME);
  const waiting = [...FILES, ...PAGES];
  const take = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [url, { bytes, hash }] = next;
      if ((await cache.match(url)) !== undefined) continue;
      // of the version before; but a page has no hash in its address, and one of another version names other files
      const before = PAGES.has(url) ? undefined : await caches.match(url);
      await cache.put(url, before ?? (await replyOf(url, begun(bytes, hash))));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}

/** Take over. The one tab that there may be asked for it, and begins anew. */
async function clean() {
  await drop((await versions()).filter((name) => name !== NAME), 1);
  await worker.clients.claim();
}

/** Versions that are here, in the order in which they came. */
async function versions() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

/** Delete versions before this that stayed when it took over; one that is to follow it is not touched. */
async function tidy() {
  const all = await versions();
  await drop(all.slice(0, Math.max(0, all.indexOf(NAME))), 0);
}

/** Delete versions, unless more tabs are open than may be: one may still need a file of them. @param {string[]} over @param {number} most */
async function drop(over, most) {
  const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (tabs.length <= most) await Promise.all(over.map((name) => caches.delete(name)));
}

/**
 * The page in the language of its address; the start page in the one that the device speaks.
 *
 * @param {Request} request
 * @param {URL} url
 */
async function page(request, url) {
  const home = [...PAGES.keys()][0];
  const asked = url.pathname.replace(/\/index\.html$/, "/");
  if (asked === new URL("../", new URL(home, url)).pathname) {
    const lang = navigator.languages.map((one) => one.slice(0, 2)).find((one) => one in build.pages);
    return Response.redirect(new URL(lang === undefined ? home : here(build.pages[lang]), url).href, 302);
  }
  const kept = PAGES.has(asked) ? await caches.match(asked, { cacheName: NAME }) : undefined;
  return kept ?? fetch(request);
}

/** A file that never changes, of this version or of one that another tab still has. @param {Request} request @param {URL} url */
async function file(request, url) {
  return (await caches.match(url.pathname)) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(clean()));
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(page(request, url));
    event.waitUntil(tidy());
  } else if (FILES.has(url.pathname) || FOREVER.test(url.pathname)) event.respondWith(file(request, url));
});
