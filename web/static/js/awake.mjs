// @ts-check
/** A screen that stays lit, where the browser can, for as long as it is asked to. */

/** @returns {() => void} what lets it go dark again */
export function stayAwake() {
  /** @type {WakeLockSentinel | null} */ let held = null;
  let over = false;

  async function hold() {
    if (over || document.visibilityState !== "visible" || (held !== null && !held.released)) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      if (over) await lock.release();
      else held = lock;
    } catch {
      // not there, or not now: the battery is low, or the page came over plain http
    }
  }

  document.addEventListener("visibilitychange", hold); // whoever looks away loses it
  hold();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", hold);
    held?.release().catch(() => {});
    held = null;
  };
}
