// @ts-check
/**
 * What she saw → records as `routing/reports.py` reads them. Pure. A record has a month and no finer time, nothing of who
 * made it and no free text; positions have 6 digits, a decimetre.
 *
 * @typedef {{id: string, kind: "camera" | "there" | "gone" | "turned" | "survey", month: string, at?: LonLat, camera?: string,
 *   type?: string, direction?: number, mount?: string, zone?: string, indoor?: boolean, fr?: string, evidence?: string,
 *   line?: LonLat[], method?: string}} Report
 */

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
 * The stretch of a walk that one step of it goes along, without what lies at the ends of the walk; null where nothing is
 * left. It begins and ends at junctions: an end within a section, so and so far from a door, would tell of the door.
 *
 * @param {{steps: {length_m: number}[], junctions?: number[], geometry: {coordinates: LonLat[]}}} route
 * @param {number} position of the step
 * @returns {{length_m: number, clipped: boolean, line: LonLat[]} | null}
 */
export function stretch(route, position) {
  const line = route.geometry.coordinates;
  const at = [0]; // of each point, metres from the start
  for (let i = 1; i < line.length; i += 1) at.push(at[i - 1] + metres(line[i - 1], line[i]));
  const last = line.length - 1;
  const ends = [0, ...(route.junctions ?? []), last]; // where steps can end
  const nearest = (/** @type {number} */ wanted) => ends.reduce((best, i) => (Math.abs(at[i] - wanted) < Math.abs(at[best] - wanted) ? i : best));
  const begun = route.steps.slice(0, position).reduce((sum, step) => sum + step.length_m, 0);
  const [first, final] = [nearest(begun), nearest(begun + route.steps[position].length_m)];
  const told = (route.junctions ?? []).filter((i) => i >= first && i <= final && at[i] >= END_M && at[last] - at[i] >= END_M);
  const [from, to] = [told[0], told[told.length - 1]];
  if (told.length < 2 || at[to] - at[from] < LEAST_M) return null;
  const points = line.slice(from, to + 1).map(rounded);
  const apart = points.filter((point, i) => i === 0 || point[0] !== points[i - 1][0] || point[1] !== points[i - 1][1]);
  return { length_m: at[to] - at[from], clipped: from > first || to < final, line: thinned(apart) };
}

/** Metres as the server reckons them (routing/steps.py), so that steps end at its junctions. @param {LonLat} a @param {LonLat} b */
function metres(a, b) {
  const lat = ((a[1] + b[1]) / 2) * (Math.PI / 180);
  const east = (b[0] - a[0]) * (111412.84 * Math.cos(lat) - 93.5 * Math.cos(3 * lat));
  const north = (b[1] - a[1]) * (111132.954 - 559.822 * Math.cos(2 * lat) + 1.175 * Math.cos(4 * lat));
  return Math.hypot(east, north);
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
