// @ts-check
/**
 * The page on this phone without a server: kept when she asks, brought up to date by one tap, and forgotten by another.
 */

/**
 * How the page is kept here: `kept`, `not`, or why it cannot be: `insecure` (plain http), `unable` (the browser has no
 * service workers or caches, or none in this window).
 *
 * @typedef {"kept" | "not" | "insecure" | "unable"} Keeping
 */

import { askToStay, cachesHere, ownCaches } from "./cached.mjs";
import { begun, replyOf } from "./download.mjs";

/** Files that came in part, by their hashes: who tries again goes on from there. @type {Map<string, import("./download.mjs").Held>} */
const inPart = new Map();

/** The registration of this page's worker, if there is one. @param {Config} config */
export async function registered(config) {
  const scope = new URL("./", config.urls.worker).href;
  const found = await navigator.serviceWorker.getRegistration(scope);
  return found?.scope === scope ? found : undefined; // not one of a folder above
}

/** A browser may have thrown away what a worker lives by, and so may she: without the page it is not kept. @param {Config} config @returns {Promise<Keeping>} */
export async function keeping(config) {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator)) return "unable";
  try {
    const there = await ownCaches();
    await there.has("sidestep"); // some browsers have caches and refuse them
    return (await registered(config))?.active && (await there.match(config.languages[config.lang])) ? "kept" : "not";
  } catch {
    return "unable";
  }
}

/**
 * Keep the page and its area. Files that are here already are not asked for again, and of one that was cut the rest is.
 * The page itself comes last; its worker fetches nothing where it is an old one that a tab held back from going.
 *
 * @param {Config} config
 * @param {(share: number) => void} onProgress is told how much is there, 0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether the browser promises to keep it until she says otherwise
 */
export async function keep(config, onProgress, signal) {
  const { version, pages, hashes, files } = await list(config, signal);
  const there = await ownCaches();
  const cache = await there.open(`sidestep ${new URL("./", config.urls.kept).pathname} ${version}`); // as in sw.mjs
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const inOrder = [...files, ...Object.entries(pages).map(([lang, url]) => ({ url, bytes: 0, hash: hashes[lang] }))];
  let came = 0;
  for (const { url: told, bytes, hash } of inOrder) {
    const url = new URL(told, config.urls.kept).href;
    if ((await (bytes > 0 ? there : cache).match(url)) === undefined) { // a page has no hash in its address
      const held = inPart.get(hash) ?? begun(bytes, hash);
      inPart.set(hash, held);
      held.told = (share) => onProgress((came + share * bytes) / total);
      await cache.put(url, await replyOf(url, held, signal));
      inPart.delete(hash);
    }
    came += bytes;
    onProgress(came / total);
  }
  const made = await navigator.serviceWorker.register(config.urls.worker, { updateViaCache: "none" });
  if (made.installing === null) await made.update(); // it was there before, perhaps with another version
  await Promise.race([settled(made), aborted(signal)]);
  return askToStay();
}

/**
 * Ask what there is to keep: what answers in its stead is not heeded.
 *
 * @param {Config} config
 * @param {AbortSignal} signal
 * @returns {Promise<{version: string, pages: Record<string, string>, hashes: Record<string, string>, files: {url: string, bytes: number, hash: string}[]}>}
 */
async function list({ urls }, signal) {
  const reply = await fetch(urls.kept, { credentials: "omit", referrerPolicy: "no-referrer", signal, cache: "no-cache" });
  if (reply.status !== 200 || reply.redirected) throw new Error("the list of the page's files did not come");
  return reply.json();
}

/** Wait until a worker has everything and works; what it would wait for has nothing left. @param {ServiceWorkerRegistration} made @returns {Promise<void>} */
function settled(made) {
  const coming = made.installing ?? made.waiting ?? made.active;
  return new Promise((done, fail) => {
    const look = () => {
      if (coming === null || coming.state === "redundant") fail(new Error("the page could not be kept"));
      else if (coming.state === "activated") done();
      else if (coming.state === "installed") coming.postMessage("take-over");
    };
    coming?.addEventListener("statechange", look);
    look();
  });
}

/** @param {AbortSignal} signal @returns {Promise<never>} */
function aborted(signal) {
  return new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason), { once: true }));
}

/**
 * Forget everything that Sidestep left on the phone: the page itself, its areas, reports; nothing of others on this host.
 *
 * @param {Config} config
 */
export async function forget(config) {
  const ours = (/** @type {string} */ name) => name.startsWith("sidestep");
  const names = cachesHere().then(async (held) => ((await held?.keys()) ?? []).filter(ours));
  const read = await names.catch(() => []); // before they go: a worker is ours if it has one
  const own = new URL("./", config.urls.worker).href;
  const isOurs = (/** @type {ServiceWorkerRegistration} */ { scope }) => scope === own || read.some((name) => name.startsWith(`sidestep ${new URL(scope).pathname} `));
  const tasks = [
    async () => Promise.all(((await navigator.serviceWorker?.getRegistrations()) ?? []).filter(isOurs).map((one) => one.unregister())),
    async () => Promise.all((await names).map(async (name) => (await cachesHere())?.delete(name))),
    async () => Object.keys(localStorage).filter(ours).forEach((name) => localStorage.removeItem(name)),
    async () => Object.keys(sessionStorage).filter(ours).forEach((name) => sessionStorage.removeItem(name)),
  ];
  const ended = await Promise.allSettled(tasks.map((task) => task())); // what a browser forbids holds nothing
  history.replaceState(null, "", location.pathname);
  return ended.every(({ status }) => status === "fulfilled");
}
