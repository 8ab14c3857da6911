// @ts-check
/**
 * The state of the page: one frozen object, replaced as a whole. It lives in memory only and is gone with the page.
 *
 * @typedef {[number, number]} LonLat degrees, longitude first
 * @typedef {{lonlat: LonLat, label: string}} Stop
 * @typedef {{start: Stop | null, end: Stop | null, detour: number}} Wish what to plan; the detour in percent
 * @typedef {object} State
 * @property {Wish} wish
 * @property {Wish[]} past what was wished before, for undo
 * @property {Plan | null} plan the planner's answer; null where there is none
 * @property {string} chosen name of the walk that is looked at
 * @property {"idle" | "planning" | "ready" | "failed"} phase
 * @property {string | null} problem code of what went wrong
 * @property {string | null} camera id of the camera that is looked at
 * @property {number | null} step position of the step that is looked at
 * @property {boolean} crosshair whether points are chosen under the cross-hair
 * @property {LonLat | null} here own position, shown and never sent
 * @property {"auto" | "light" | "dark"} theme
 */

/**
 * Make a store.
 *
 * @template T
 * @param {T} initial
 */
export function makeStore(initial) {
  let state = Object.freeze({ ...initial });
  /** @type {Set<(now: T, before: T) => void>} */
  const listeners = new Set();
  return {
    get: () => /** @type {T} */ (state),
    /** @param {Partial<T>} patch */
    set(patch) {
      const before = /** @type {T} */ (state);
      state = Object.freeze({ ...state, ...patch });
      for (const listener of listeners) listener(/** @type {T} */ (state), before);
    },
    /**
     * Call a listener after each change of one of some fields.
     *
     * @param {(keyof T)[]} fields
     * @param {(now: T, before: T) => void} listener
     */
    on(fields, listener) {
      const heed = (/** @type {T} */ now, /** @type {T} */ before) => {
        if (fields.some((field) => now[field] !== before[field])) listener(now, before);
      };
      listeners.add(heed);
      return () => listeners.delete(heed);
    },
  };
}
