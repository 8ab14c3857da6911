// @ts-check
/** What the browser keeps for this page, asked for in one way: where it forbids even reading that, a promise is rejected. */

const REFUSALS = ["SecurityError", "NotAllowedError"]; // private windows, settings

/** The caches of this host; not there over plain http. Some browsers throw where somebody only reads them. */
export const cachesHere = async () => /** @type {CacheStorage | undefined} */ (globalThis.caches);

/** The same, for what cannot do without. */
export async function ownCaches() {
  const there = await cachesHere();
  if (there === undefined) throw new DOMException("there are no caches here", "SecurityError");
  return there;
}

/** Ask that what is kept stays until she says otherwise; tells whether the browser promises it. */
export async function askToStay() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false; // what is kept is kept, promise or not
  }
}

/** Why something was not kept: the browser refuses, its room is full, or it is nothing of the browser's doing. @param {unknown} error */
export function whyNot(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return "full";
  return REFUSALS.includes(name) ? "refused" : "failed";
}
