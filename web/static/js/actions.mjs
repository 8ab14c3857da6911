// @ts-check
/**
 * What a person can do, as changes of the state; planning follows from a change of the wish. Nothing here draws.
 */
import { PlanError } from "./planner.mjs";

const SETTLE_MS = 120; // a slider that is dragged, or two ends set at once, ask once
const MOST_PAST = 50;

export const FIRST_STATE = Object.freeze({
  wish: { start: null, end: null, detour: 30 },
  past: [],
  fetched: 0,
  plan: null,
  chosen: "least_seen",
  every: false,
  phase: "idle",
  problem: null,
  camera: null,
  step: null,
  crosshair: false,
  here: null,
  theme: "auto",
});

/**
 * @param {{get: () => State, set: (patch: Partial<State>) => void, on: Function}} store
 * @param {ReturnType<typeof import("./planner.mjs").makePlanner>["plan"]} plan
 */
export function makeActions(store, plan) {
  /** @type {AbortController | null} */
  let asking = null;
  let settling = 0;
  /** @type {Wish | null} */
  let planned = null; // what the plan that is shown answers

  /** @param {Partial<Wish>} change */
  function wish(change) {
    const { wish: before, past } = store.get();
    store.set({ wish: { ...before, ...change }, past: [...past, before].slice(-MOST_PAST) });
    replan();
  }

  function replan() {
    asking?.abort();
    asking = null;
    clearTimeout(settling);
    const { wish: wanted } = store.get();
    if (wanted.start === null || wanted.end === null) {
      planned = null;
      store.set({ plan: null, phase: "idle", problem: null, camera: null, step: null });
      return;
    }
    // the walks of other ends must not stand beside these; a new detour keeps them until it is answered
    const stale = planned?.start?.lonlat !== wanted.start.lonlat || planned?.end?.lonlat !== wanted.end.lonlat;
    store.set({ phase: "planning", problem: null, ...(stale ? { plan: null, camera: null, step: null } : {}) });
    settling = setTimeout(ask, SETTLE_MS);
  }

  async function ask() {
    const { wish: wanted, every } = store.get();
    if (wanted.start === null || wanted.end === null) return;
    const mine = new AbortController();
    asking = mine;
    /** @param {Plan} answer @param {State["phase"]} phase */
    const show = (answer, phase) => {
      if (mine.signal.aborted) return;
      const { chosen, camera, step, plan: before } = store.get(); // as it is now: she may have looked about meanwhile
      const same = planned === wanted; // the same walk, with other cameras, or with more to choose from
      planned = wanted;
      const names = answer.routes.map((route) => route.name);
      const now = names.includes(chosen) ? chosen : names[names.length - 1];
      const line = (/** @type {Plan | null} */ of) => JSON.stringify(of?.routes.find(({ name }) => name === now)?.geometry.coordinates);
      store.set({ plan: answer, phase, chosen: now, camera: same ? camera : null, step: same && line(before) === line(answer) ? step : null });
    };
    try {
      const asked = { from: wanted.start.lonlat, to: wanted.end.lonlat, detour: `${wanted.detour}%`, front: every ? "every" : undefined };
      show(await plan(asked, { signal: mine.signal, first: (some) => show(some, "planning") }), "ready");
    } catch (error) {
      if (mine.signal.aborted) return;
      const problem = error instanceof PlanError ? error.code : "bug";
      // the walk that is shown stays, if it was only to be planned anew
      store.set({ phase: "failed", problem, ...(planned === wanted ? {} : { plan: null, camera: null, step: null }) });
    }
  }

  return {
    /** @param {Stop | null} start */
    setStart: (start) => wish({ start }),
    /** @param {Stop | null} end */
    setEnd: (end) => wish({ end }),
    /** @param {number} detour percent */
    setDetour: (detour) => wish({ detour }),
    /** @param {Stop} stop */
    tap(stop) {
      const { wish: now } = store.get();
      if (now.start === null && now.end === null) wish({ start: stop });
      else wish(now.start === null ? { start: stop } : { end: stop });
    },
    swap() {
      const { start, end } = store.get().wish;
      wish({ start: end, end: start });
    },
    clear: () => wish({ start: null, end: null }),
    undo() {
      const past = [...store.get().past];
      const before = past.pop();
      if (before === undefined) return;
      store.set({ wish: before, past });
      replan();
    },
    /** @param {Partial<Wish>} whole */
    restore(whole) {
      const { start, end } = store.get().wish;
      if (start !== null || end !== null) {
        wish(whole); // which can be undone
        return;
      }
      store.set({ wish: { ...store.get().wish, ...whole } });
      replan();
    },
    /** Give an end the words found for it; the walk stays. @param {"start" | "end"} which @param {Stop} stop */
    relabel(which, stop) {
      const { wish: now } = store.get();
      if (now[which] !== null) store.set({ wish: { ...now, [which]: { ...now[which], label: stop.label } } });
    },
    retry: replan,
    /** @param {string} chosen */
    choose: (chosen) => store.set({ chosen, step: null }),
    /** @param {string | null} camera */
    look: (camera) => store.set({ camera }),
    /** @param {number | null} step */
    goTo: (step) => store.set({ step }),
  };
}
