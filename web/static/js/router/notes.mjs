// @ts-check
/** What must be told with a plan: what is not known, why there are fewer than three walks, and which end or stop was moved. */
import { percent, whole } from "./rounding.mjs";

const MOVED_M = 50; // farther than a door is from its street
const LITTLE = 0.1; // of all cameras: below, what is mapped gains nothing by itself [M: tests/bench/table_prior.py]

/** @type {Record<string, string>} */
const TOLD = {
  "by-shape":
    "No camera is mapped in this area. Walks are compared by where a town of this kind has cameras, " +
    "by the shape of the city alone (an assumption).",
  "little-mapped":
    "Of the cameras that a town of this kind is taken to have, fewer than one in ten is on the map. " +
    "By the map alone avoiding them gains next to nothing: what these walks gain rests on where such towns have " +
    "cameras (an assumption).",
  "no-cameras":
    "No camera is mapped in this area: nothing is known of what watches it. Only the shortest walk is given.",
  "nothing-to-gain": "No mapped camera sees the shortest walk; there is nothing to gain from another.",
  "no-better-within-detour":
    "No walk within the detour is less likely to be recognised than the shortest; " +
    "a longer detour may offer one.",
  stopped:
    "The search met its limit before it had tried every walk within the detour. " +
    "By its own proof, the best of them has less risk than the last walk here by at most",
  "no-bargain-between": "There are two walks and not three: nothing between them is a better bargain than either.",
};

/**
 * @param {Exposed} area with her overlay
 * @param {{routes: PlannedRoute[], gap: number}} offered
 * @param {SnapPoint[]} stops start, stops and end
 * @returns {PlanNote[]}
 */
export function notesOn(area, offered, stops) {
  /** @type {PlanNote[]} */
  const notes = codes(area, offered.routes).map((code) => ({ code, text: TOLD[code] }));
  if (offered.gap > 0)
    notes.push({ code: "stopped", text: `${TOLD.stopped} ${percent(offered.gap)}.`, share: offered.gap });
  stops.forEach(({ distanceM }, number) => {
    if (!(distanceM > MOVED_M)) return;
    const [code, does] =
      number === 0 ? ["start-moved", "starts"] : number === stops.length - 1 ? ["end-moved", "ends"] : ["stop-moved", `passes stop ${number}`];
    const text = `The walk ${does} at the nearest way, ${whole(distanceM)} m from the place that was asked for.`;
    notes.push({ code, text, metres: distanceM, ...(code === "stop-moved" ? { count: number } : {}) });
  });
  return notes;
}

/**
 * Tell how much of what she knows of cameras changed nothing.
 *
 * @param {PhoneArea} area
 * @param {Exposed} exposed with her overlay
 * @param {NonNullable<PlanRequest["overlay"]>} overlay
 * @returns {PlanNote[]}
 */
export function notesOnOverlay(area, exposed, { cameras = [], off = [] }) {
  const [used, known] = [exposed.cameras, area.cameras].map((of) => new Set(of.map(({ id }) => id)));
  const unused = new Set(cameras.map(({ id }) => id).filter((id) => !used.has(id))).size;
  const unknown = new Set(off.filter((id) => !known.has(id))).size;
  const notes = [];
  if (unused) {
    const does = unused === 1 ? "does not count: it stands" : "do not count: they stand";
    const text = `Of your own cameras ${unused} ${does} outside this area or would watch nobody.`;
    notes.push({ code: "own-cameras-unused", text, count: unused });
  }
  if (unknown) {
    const text = `Of the cameras to be left out ${unknown} ${unknown === 1 ? "is" : "are"} not known here.`;
    notes.push({ code: "off-unknown", text, count: unknown });
  }
  return notes;
}

/** @param {Exposed} exposed @param {PlannedRoute[]} routes */
function codes({ area, cameras }, routes) {
  const found = [];
  const mapped = cameras.length;
  if (!mapped) {
    if (!area.manifest.unmapped.town) return ["no-cameras"];
    found.push("by-shape");
  } else if (mapped < LITTLE * (mapped + area.manifest.unmapped.cameras[1])) found.push("little-mapped");
  if (routes.length === 1) {
    const only = routes[0].score;
    const gained = only.risk.risk.default === 0 && !only.meetings.length;
    found.push(gained ? "nothing-to-gain" : "no-better-within-detour");
  } else if (!routes.some((route) => route.name === "balanced")) found.push("no-bargain-between");
  return found;
}
