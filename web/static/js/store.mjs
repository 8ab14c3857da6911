// @ts-check
/**
 * The state of the page: one frozen object, replaced as a whole. It lives in memory only and is gone with the page.
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
