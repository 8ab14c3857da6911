// @ts-check
/**
 * A file of the area, fetched whole, whatever the line does: cut, it goes on where it was; stalled, it is asked for again.
 *
 * What is asked for after a cut is the rest of the file, to its end. That tells how far a download came and nothing of
 * where somebody looks.
 */

const STALL_MS = 30_000; // without a byte, a line is dead
const FIRST_WAIT_MS = 500; // before it is asked for again; then twice as long, as long as nothing comes
const MOST_FRUITLESS = 2; // tries that came no further, one after the other
const MOST_TRIES = 40; // in all, so that no line eats what she pays for
const HASH = /\.([0-9a-f]{16})\.\w+$/; // first letters of a file's SHA-256, in its address (web/area_files.py)

/** The server answered, and the answer was no: asking again is no use. */
export class Refused extends Error {}

/**
 * A file of the area, from the server or from what she opened. One that is not what its address says is asked for once more,
 * of the server and not of what the browser kept; whoever reads it says what is wrong with it then.
 *
 * @param {{url: string, bytes: number, held?: () => Promise<Uint8Array<ArrayBuffer>>}} file AreaFile of types.d.ts, which a service worker has not
 * @param {Parameters<typeof download>[1]} [options]
 */
export async function bytesOf(file, options) {
  if (file.held) return file.held();
  const whole = await download(file.url, { size: file.bytes, ...options });
  const hash = HASH.exec(file.url)?.[1];
  const toCheck = hash !== undefined && !options?.anew && crypto.subtle !== undefined; // which is not there over plain http
  if (!toCheck || (await sha256(whole)).startsWith(hash)) return whole;
  return download(file.url, { size: file.bytes, ...options, anew: true });
}

/**
 * @param {string} url
 * @param {object} [options]
 * @param {number} [options.size] bytes that it has, where that is known
 * @param {boolean} [options.anew] not from what the browser kept
 * @param {(share: number) => void} [options.onProgress] is told how much is there, 0 to 1, if the size is known
 * @param {AbortSignal} [options.signal] ends the download; the promise is then rejected with its reason
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function download(url, { size, anew = false, onProgress = () => {}, signal } = {}) {
  return fetched(url, { ...begun(size), anew, told: onProgress }, signal);
}

/**
 * A file as the server replied with it, to be kept: whole, and with the hash that it is known by. What came of it stays with
 * whoever holds it, so that asking again later goes on from there.
 *
 * @param {string} url
 * @param {Held} held
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export async function replyOf(url, held, signal) {
  const whole = await fetched(url, held, signal);
  const headers = new Headers(held.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Content-Range"]) headers.delete(name); // of what was on the way
  return new Response(whole, { headers });
}

/**
 * A file of which nothing is here yet.
 *
 * @param {number} [size] 0 where it is not known
 * @param {string} [hash] first letters of its SHA-256, as web/assets.py has them
 * @returns {Held}
 */
export const begun = (size, hash) => ({ parts: [], length: 0, size, hash, told: () => {}, headers: undefined, anew: false });

/**
 * @param {string} url
 * @param {Held} held
 * @param {AbortSignal | undefined} signal
 */
async function fetched(url, held, signal) {
  let furthest = 0; // a host that knows no rest begins anew each time
  for (let [fruitless, tries] = [0, 1]; ; tries += 1) {
    try {
      await once(url, held, signal);
      return await checked(held);
    } catch (error) {
      fruitless = held.length > furthest ? 0 : fruitless + 1;
      furthest = Math.max(furthest, held.length);
      if (signal?.aborted || error instanceof Refused || fruitless >= MOST_FRUITLESS || tries >= MOST_TRIES) throw error;
    }
    await new Promise((done) => setTimeout(done, FIRST_WAIT_MS * 2 ** fruitless));
  }
}

/**
 * What is here of a file; `anew` once what came was wrong, so that it is asked of the server and not of what the browser kept.
 *
 * @typedef {{parts: Uint8Array[], length: number, size: number | undefined, hash: string | undefined, told: (share: number) => void,
 *   headers: Headers | undefined, anew: boolean}} Held
 */

/** Put a file together that came whole, and forget it where it is another. @param {Held} held */
async function checked(held) {
  const whole = joined(held);
  if (held.hash === undefined || (await sha256(whole)).startsWith(held.hash)) return whole;
  [held.parts, held.length, held.anew] = [[], 0, true];
  throw new Error("a file came damaged");
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha256(bytes) {
  return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Ask once for what is not there yet.
 *
 * @param {string} url
 * @param {Held} held
 * @param {AbortSignal | undefined} signal
 */
async function once(url, held, signal) {
  const dead = new AbortController();
  const alive = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => dead.abort(new Error("the line stalled")), STALL_MS);
  };
  let waiting = setTimeout(() => {}, 0);
  alive();
  signal?.addEventListener("abort", () => dead.abort(signal.reason), { once: true });
  try {
    signal?.throwIfAborted();
    if (held.size && held.length === held.size) return; // it came before, and could not be put away
    const headers = held.length > 0 ? { Range: `bytes=${held.length}-` } : undefined;
    const cache = held.anew ? "reload" : "default";
    await read(await fetch(url, { signal: dead.signal, credentials: "omit", referrerPolicy: "no-referrer", headers, cache }), held, alive);
  } finally {
    clearTimeout(waiting);
  }
}

/**
 * @param {Response} reply
 * @param {Held} held
 * @param {() => void} alive is called whenever something came
 */
async function read(reply, held, alive) {
  if (!reply.ok || reply.body === null) {
    await reply.body?.cancel(); // nobody will read it
    throw new Refused(`a file was answered with ${reply.status}`);
  }
  const goesOn = reply.status === 206 && reply.headers.get("Content-Range")?.startsWith(`bytes ${held.length}-`);
  if (reply.status === 206 && !goesOn) throw new Refused("a file was answered with another part of it");
  if (!goesOn) [held.parts, held.length] = [[], 0];
  held.headers = reply.headers;
  // what is counted are bytes after unpacking, which the header does not tell of a packed reply
  const told = reply.headers.has("Content-Encoding") ? 0 : Number(reply.headers.get("Content-Length") ?? 0);
  const size = held.size || (told > 0 ? held.length + told : undefined);
  const reader = reply.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    alive();
    held.parts.push(part.value);
    held.length += part.value.length;
    if (size && held.length > size) await reader.cancel(); // somebody on the way answered instead
    if (size) held.told(Math.min(1, held.length / size));
  }
  // more than there is: somebody on the way answered instead, as networks do that want a sign-in first
  if (size && held.length > size) [held.parts, held.length, held.anew] = [[], 0, true];
  if (size && held.length !== size) throw new Error("a file came in part");
}

/** @param {Held} held */
function joined({ parts, length }) {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
