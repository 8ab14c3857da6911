// @ts-check
/**
 * Reports to the server of this page, when she says so: a puzzle is asked for, solved on this device, and sent with them.
 * No account, no cookie; the order is shuffled; sending again is harmless, since ids are hers.
 *
 * @typedef {import("./reports.mjs").Report} Report
 */
import { shuffled } from "./reports.mjs";

const MOST = 200; // reports of one request (contract)
const MOST_CHARS = 200_000; // of one request; the server takes 256 KiB
const STEP = 4096; // lengths are multiples of it, so that a watcher of the line learns little
const SLICE = 400; // hashes between two looks at whether she still wants it
const TIMEOUT_MS = 60_000;
const LATER = Object.freeze([429, 503]); // of whatever stands before the server, too, and whatever it says

/** What went wrong, as a code that the dictionary has a sentence for. */
export class SendError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * Find the number of a puzzle (altcha, version 1: SHA-256 of salt and number is the challenge), in slices.
 *
 * @param {{challenge: string, salt: string, maxnumber: number}} puzzle
 * @param {{signal?: AbortSignal, onProgress?: (share: number) => void}} [options]
 */
export async function solve({ challenge, salt, maxnumber }, { signal, onProgress } = {}) {
  const wanted = (challenge.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
  const encoder = new TextEncoder();
  for (let first = 0; first <= maxnumber; first += SLICE) {
    signal?.throwIfAborted();
    const numbers = [...Array(Math.min(SLICE, maxnumber + 1 - first)).keys()].map((i) => first + i);
    const hashes = await Promise.all(numbers.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(`${salt}${number}`))));
    const at = hashes.findIndex((hash) => new Uint8Array(hash).every((byte, i) => byte === wanted[i]));
    if (at >= 0) return first + at;
    onProgress?.(Math.min((first + SLICE) / maxnumber, 1));
    await new Promise((done) => setTimeout(done)); // the finger comes first
  }
  throw new SendError("bad-proof");
}

/** @param {string} url @param {RequestInit} options @param {AbortSignal} [signal] */
async function ask(url, options, signal) {
  let response;
  let reply;
  try {
    const patience = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(url, { ...options, credentials: "omit", cache: "no-store", signal: signal && AbortSignal.any ? AbortSignal.any([signal, patience]) : patience });
    if (LATER.includes(response.status)) throw new SendError("busy");
    reply = await response.json();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SendError) throw error;
    throw new SendError(response === undefined || response.ok ? "offline" : "bug");
  }
  if (!response.ok) throw new SendError(reply?.error?.code ?? "bug");
  return reply;
}

/** In requests that the server takes. @param {Report[]} reports @returns {Report[][]} */
export function batches(reports) {
  /** @type {Report[][]} */
  const made = [];
  let chars = 0;
  for (const report of shuffled(reports)) {
    const size = JSON.stringify(report).length + 1;
    if (made.length === 0 || chars + size > MOST_CHARS || made[made.length - 1].length === MOST) {
      made.push([]);
      chars = 0;
    }
    made[made.length - 1].push(report);
    chars += size;
  }
  return made;
}

/**
 * Send reports; `onHeld` hears of those that the server has, request by request.
 *
 * @param {Report[]} reports
 * @param {{reports: string, challenge: string}} urls
 * @param {{signal?: AbortSignal, onProgress?: (share: number) => void, onHeld: (ids: string[]) => void}} options
 */
export async function send(reports, urls, { signal, onProgress, onHeld }) {
  const all = batches(reports);
  for (const [done, batch] of all.entries()) {
    const puzzle = await ask(urls.challenge, {}, signal);
    const number = await solve(puzzle, { signal, onProgress: (share) => onProgress?.((done + share) / all.length) });
    const { algorithm, challenge, salt, signature } = puzzle;
    const body = JSON.stringify({ proof: btoa(JSON.stringify({ algorithm, challenge, number, salt, signature })), reports: batch });
    const padded = body.padEnd(Math.ceil(body.length / STEP) * STEP);
    const { held } = await ask(urls.reports, { method: "POST", headers: { "Content-Type": "application/json" }, body: padded }, signal);
    onHeld(held);
  }
}
