// @ts-check
/**
 * What she saw → records as `routing/reports.py` reads them. Pure. A record has a month and no finer time, nothing of who
 * made it and no free text; positions have 6 digits, a decimetre.
 *
 * @typedef {import("./store.mjs").LonLat} LonLat
 * @typedef {{id: string, kind: "camera" | "there" | "gone" | "turned" | "survey", month: string, at?: LonLat, camera?: string,
 *   type?: string, direction?: number, mount?: string, zone?: string, indoor?: boolean, fr?: string, evidence?: string,
 *   line?: LonLat[], method?: string}} Report
 */
import { cut } from "./geo.mjs";

export const KINDS = Object.freeze(["fixed", "dome", "panning"]);
export const MOUNTS = Object.freeze(["wall", "pole", "ceiling", "street_lamp", "traffic_signals"]);
export const ZONES = Object.freeze(["street", "entrance", "building", "parking", "shop", "bank", "traffic", "station"]);
export const END_M = 50; // of a walk that is never told: there she lives, works or visits
const LEAST_M = 10; // a shorter stretch says nothing of a street
const MOST_POINTS = 500; // of a line (routing/reports.py)
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const DIGITS = 6;

/** Ten random letters, 50 bits. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return `rp/${[...bytes].map((byte) => LETTERS[byte & 31]).join("")}`;
}

/** The month at this moment, in UTC as the server reckons. */
export const thisMonth = () => new Date().toISOString().slice(0, 7);

/** @param {LonLat} at @returns {LonLat} */
const rounded = ([lon, lat]) => [Number(lon.toFixed(DIGITS)), Number(lat.toFixed(DIGITS))];

/**
 * A camera that is on no map. What is unknown is left out.
 *
 * @param {LonLat} at
 * @param {{type?: string, direction?: number | null, mount?: string, zone?: string, indoor?: boolean, fr?: boolean}} told
 * @returns {Report}
 */
export function newCamera(at, { type, direction = null, mount, zone, indoor = false, fr = false }) {
  return {
    id: newId(),
    kind: "camera",
    month: thisMonth(),
    at: rounded(at),
    ...(KINDS.includes(type ?? "") ? { type } : {}),
    ...(direction === null ? {} : { direction }),
    ...(MOUNTS.includes(mount ?? "") ? { mount } : {}),
    ...(ZONES.includes(zone ?? "") ? { zone } : {}),
    ...(indoor ? { indoor } : {}),
    ...(fr ? { fr: "yes" } : {}), // the camera itself was seen, and a sign besides
  };
}

/** @param {"there" | "gone"} kind @param {string} camera its id @returns {Report} */
export const ofCamera = (kind, camera) => ({ id: newId(), kind, month: thisMonth(), camera });

/** @param {string} camera its id @param {number} direction degrees from north @returns {Report} */
export const turned = (camera, direction) => ({ id: newId(), kind: "turned", month: thisMonth(), camera, direction });

/**
 * The stretch of a walk that one step of it goes along, without what lies at the ends of the walk; null where nothing is left.
 *
 * @param {{length_m: number, steps: {length_m: number}[], geometry: {coordinates: LonLat[]}}} route
 * @param {number} position of the step
 * @returns {{from: number, to: number, clipped: boolean, line: LonLat[]} | null}
 */
export function stretch(route, position) {
  const begun = route.steps.slice(0, position).reduce((sum, step) => sum + step.length_m, 0);
  const ended = begun + route.steps[position].length_m;
  const [from, to] = [Math.max(begun, END_M), Math.min(ended, route.length_m - END_M)];
  if (to - from < LEAST_M) return null;
  const line = cut(route.geometry.coordinates, route.length_m, from, to).map(rounded);
  const apart = line.filter((at, i) => i === 0 || at[0] !== line[i - 1][0] || at[1] !== line[i - 1][1]);
  return apart.length < 2 ? null : { from, to, clipped: from > begun || to < ended, line: thinned(apart) };
}

/** Keep both ends and as many points as a report may have. @param {LonLat[]} line */
function thinned(line) {
  const every = Math.ceil((line.length - 1) / (MOST_POINTS - 1));
  return line.filter((_, i) => i % every === 0 || i === line.length - 1);
}

/** A street that she looked along, and saw no camera that is not known. @param {LonLat[]} line @returns {Report} */
export const noneSeen = (line) => ({ id: newId(), kind: "survey", month: thisMonth(), line, method: "walked" });

/** What is shared by messenger. @param {Report[]} reports */
export const asFile = (reports) => `${JSON.stringify({ type: "sidestep-reports", version: 1, reports })}\n`;

/** In an order that tells nothing of where she went first. @template T @param {readonly T[]} list @returns {T[]} */
export function shuffled(list) {
  const left = [...list];
  const out = [];
  while (left.length > 0) {
    const [number] = crypto.getRandomValues(new Uint32Array(1));
    out.push(...left.splice(number % left.length, 1));
  }
  return out;
}
