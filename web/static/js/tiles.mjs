// @ts-check
/**
 * The basemap as one file: fetched whole, then read from memory.
 *
 * Asking for the tiles of a screen, or for ranges of the file, would tell the server where somebody looks. So nothing is
 * asked but the file itself, and moving about the map afterwards asks nothing at all.
 */

const STALL_MS = 30_000; // without a byte, a line is dead
const SCHEME = "pmtiles";
const MAGIC = "PMTiles";

/** @typedef {{url: string}} Basemap what a style needs to know */

/** @type {any} one for the page; the map library keeps it */
let protocol = null;
let opened = 0;

/**
 * Download a basemap and let the map library read it.
 *
 * @param {any} maplibregl the map library
 * @param {any} pmtiles the library that finds tiles in the file
 * @param {string} url of the file, on our own server
 * @param {object} [options]
 * @param {(share: number) => void} [options.onProgress] is told how much is there, 0 to 1, if the server says how much there is
 * @param {AbortSignal} [options.signal] ends the download; the promise is then rejected with its reason
 * @returns {Promise<Basemap>}
 */
export async function openBasemap(maplibregl, pmtiles, url, { onProgress = () => {}, signal } = {}) {
  const content = await download(url, onProgress, signal);
  if (new TextDecoder("latin1").decode(content.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new Error("the file of the basemap is none");
  }
  if (protocol === null) {
    protocol = new pmtiles.Protocol();
    maplibregl.addProtocol(SCHEME, protocol.tile);
  }
  opened += 1;
  const source = inMemory(`${SCHEME}-${opened}`, content);
  protocol.add(new pmtiles.PMTiles(source));
  return { url: `${SCHEME}://${source.getKey()}` };
}

/**
 * A file in memory, in the form in which the library asks for parts of it.
 *
 * @param {string} key
 * @param {Uint8Array<ArrayBuffer>} content
 */
function inMemory(key, content) {
  return {
    getKey: () => key,
    /** @param {number} offset @param {number} length */
    getBytes: async (offset, length) => ({ data: content.slice(offset, offset + length).buffer }),
  };
}

/**
 * Fetch a whole file; begin once more if the connection is cut on the way.
 *
 * @param {string} url
 * @param {(share: number) => void} onProgress
 * @param {AbortSignal | undefined} signal
 */
async function download(url, onProgress, signal) {
  for (let retries = 1; ; retries -= 1) {
    try {
      return await once(url, onProgress, signal);
    } catch (error) {
      if (signal?.aborted || retries === 0 || error instanceof Refused) throw error;
    }
  }
}

/** The server answered, and the answer was no: asking again is no use. */
class Refused extends Error {}

/**
 * @param {string} url
 * @param {(share: number) => void} onProgress
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function once(url, onProgress, signal) {
  const dead = new AbortController();
  const alive = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => dead.abort(new Error("the basemap stalled")), STALL_MS);
  };
  let waiting = setTimeout(() => {}, 0);
  alive();
  signal?.addEventListener("abort", () => dead.abort(signal.reason), { once: true });
  try {
    signal?.throwIfAborted();
    return await read(await fetch(url, { signal: dead.signal, credentials: "omit", referrerPolicy: "no-referrer" }), onProgress, alive);
  } finally {
    clearTimeout(waiting);
  }
}

/**
 * @param {Response} reply
 * @param {(share: number) => void} onProgress
 * @param {() => void} alive is called whenever something came
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function read(reply, onProgress, alive) {
  if (!reply.ok || reply.body === null) {
    await reply.body?.cancel(); // nobody will read it
    throw new Refused(`the basemap was answered with ${reply.status}`);
  }
  // what is counted are bytes after unpacking, which the header does not tell of a packed reply
  const told = reply.headers.has("Content-Encoding") ? 0 : Number(reply.headers.get("Content-Length") ?? 0);
  /** @type {Uint8Array[]} */
  const parts = [];
  let length = 0;
  const reader = reply.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    alive();
    parts.push(part.value);
    length += part.value.length;
    if (told > 0) onProgress(Math.min(1, length / told));
  }
  if (told > 0 && length !== told) throw new Error("the basemap came in part");
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
