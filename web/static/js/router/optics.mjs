// @ts-check
/**
 * What a camera can see, read from its OpenStreetMap tags: routing/optics.py for the phone.
 *
 * Bearings are degrees clockwise from north. What is not tagged or not understood is unknown, never 0 and never north:
 * such a camera is taken to see all round.
 */
import { modulo } from "./geo.mjs";

/** @typedef {Readonly<{startDeg: number, sweepDeg: number}>} Sector */
/** @typedef {Readonly<Record<string, string>>} Tags */
/** @typedef {Readonly<{reachM: number, sectors: readonly Sector[], indoor: boolean, level: number | null}>} View */

// Reach at 62.5 px/m and field of view with the middle optics of each class: sources beside REACH_M in routing/optics.py.
/** @type {Readonly<Record<string, number>>} */
export const REACH_M = Object.freeze({
  fixed: 33.0,
  dome: 28.0,
  panning: 111.0,
  panorama: 11.0,
  entrance: 16.0,
  unknown: 31.0,
});
/** @type {Readonly<Record<string, number>>} */
export const FIELD_DEG = Object.freeze({
  fixed: 63.0,
  dome: 71.0,
  panning: 16.0,
  panorama: 125.0,
  entrance: 90.0,
  unknown: 63.0,
});

/** camera:type as tagged → class. @type {ReadonlyMap<string, string>} */
export const CAMERA_CLASSES = new Map([
  ["fixed", "fixed"],
  ["static", "fixed"],
  ["bullet", "fixed"],
  ["box", "fixed"],
  ["dome", "dome"],
  ["turret", "dome"],
  ["panning", "panning"],
  ["ptz", "panning"],
  ["panorama", "panorama"],
  ["panoramic", "panorama"],
]);

export const WALL_MOUNTS = Object.freeze(["wall", "building"]);
export const FREE_MOUNTS = Object.freeze(["pole", "street_lamp", "traffic_signals", "street_light", "mast"]);
export const CEILING = "ceiling";
export const HEIGHT_BOUNDS_M = Object.freeze([1.5, 12.0]);
export const DIRECTION_KEYS = Object.freeze(["camera:direction", "direction", "surveillance:direction"]);

const ALL_ROUND = Object.freeze(["dome", "panning", "panorama"]);
const NO_CAMERA = Object.freeze(["guard", "gunshot_detector"]);
const NOT_IN_USE = Object.freeze(
  ["disused", "abandoned", "removed", "demolished", "razed", "destroyed", "proposed", "planned"],
);
const INDOOR = Object.freeze(["yes", "room", "corridor", "area"]);
const FOOT_M = 0.3048;
const CIRCLE_DEG = 360.0;
const STEEPEST_DEG = 90.0;
const MAX_HYPHENS = 5;

// What Python takes for white space, which is not quite what JavaScript does: the same tags must mean the same.
const WHITE = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const SPACES = new RegExp(`${WHITE}+`, "u");
const STRIPPED = new RegExp(`^${WHITE}+|${WHITE}+$`, "gu");
const DEGREE_SIGN = new RegExp(`${WHITE}*[°º]`, "gu");
const HYPHEN = new RegExp(`${WHITE}*-${WHITE}*`, "gu");
const NUMBER = /^[0-9]{1,3}(?:\.[0-9]+)?$/u;
const DECIMAL_COMMA = /[0-9],[0-9](?![0-9])/u;
const LEVEL = new RegExp(`^${WHITE}*([+-]?[0-9]{1,3}(?:\\.[0-9]+)?)(?![0-9])`, "u");
const TILT = new RegExp(`^([+-]?[0-9]{1,3}(?:\\.[0-9]+)?)${WHITE}*°?$`, "u");
const HEIGHT = new RegExp(`^([0-9]{1,3}(?:\\.[0-9]+)?)${WHITE}*(m|metres|meters|ft|')?$`, "u");

const POINTS = "n nne ne ene e ese se sse s ssw sw wsw w wnw nw nnw".split(" ");
const WORDS = compassWords();

function compassWords() {
  /** @type {Record<string, string>} */
  const long = { n: "north", e: "east", s: "south", w: "west" };
  /** @type {Map<string, number>} */
  const words = new Map();
  POINTS.forEach((short, index) => {
    const [first, ...rest] = [...short].map((letter) => long[letter]);
    const spellings = [short, [first, ...rest].join(""), [first, ...rest].join("-")];
    if (rest.length > 0) spellings.push(`${first}-${rest.join("")}`);
    else spellings.push(`${short}b`, `${first}bound`, `${first}-bound`); // carriageways
    for (const word of spellings) words.set(word, index * 22.5);
  });
  return words;
}

/** @param {string} text */
const strip = (text) => text.replace(STRIPPED, "");

/**
 * What a tag says; nothing where there is none, whatever else an object may have under that name.
 *
 * @param {Tags} tags
 * @param {string} key
 */
export function tagOf(tags, key) {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}

/**
 * Read the value of `camera:direction`: bearings and turning ranges, one for each lens; none where it is unknown. If one
 * part of a list is not understood, the whole is unknown.
 *
 * @param {string | undefined} text
 * @returns {(number | Sector)[]}
 */
export function parseDirections(text) {
  if (text === undefined || DECIMAL_COMMA.test(text)) return [];
  const plain = text.toLowerCase().replaceAll("–", "-").replace(DEGREE_SIGN, "").replace(HYPHEN, "-");
  /** @type {(number | Sector)[]} */
  const found = [];
  for (const item of plain.split(/[;,]/u)) {
    const words = item.split(SPACES).filter((word) => word !== "");
    const spaced = words.join("-");
    for (const part of WORDS.has(spaced) ? [spaced] : words.length > 0 ? words : [""]) {
      const lens = lensOf(part);
      if (lens.length === 0) return [];
      found.push(...lens);
    }
  }
  return found;
}

/** @param {string} part @returns {(number | Sector)[]} */
function lensOf(part) {
  const bearing = bearingOf(part);
  return bearing === null ? turningOf(part) : [bearing % CIRCLE_DEG];
}

/** Read one compass word or number, 0 to 360 inclusive. @param {string} part */
function bearingOf(part) {
  const word = WORDS.get(part);
  if (word !== undefined) return word;
  if (!NUMBER.test(part)) return null;
  const value = Number(part);
  return value <= CIRCLE_DEG ? value : null;
}

/**
 * Read a range; the hyphen may be the one inside `north-east`, so every hyphen is tried.
 *
 * @param {string} part
 * @returns {Sector[]}
 */
function turningOf(part) {
  const pieces = part.split("-");
  if (pieces.length - 1 > MAX_HYPHENS) return [];
  for (let hyphen = 1; hyphen < pieces.length; hyphen++) {
    const start = bearingOf(pieces.slice(0, hyphen).join("-"));
    const end = bearingOf(pieces.slice(hyphen).join("-"));
    if (start === null || end === null) continue;
    if (end - start === CIRCLE_DEG) return [{ startDeg: 0.0, sweepDeg: 180.0 }, { startDeg: 180.0, sweepDeg: 180.0 }];
    const sweepDeg = modulo(end - start, CIRCLE_DEG);
    return sweepDeg > 0 && sweepDeg < CIRCLE_DEG ? [{ startDeg: start % CIRCLE_DEG, sweepDeg }] : [];
  }
  return [];
}

/** Tell whither the lenses look: the first key that is understood. @param {Tags} tags */
export function directionsOf(tags) {
  for (const key of DIRECTION_KEYS) {
    const found = parseDirections(tagOf(tags, key));
    if (found.length > 0) return found;
  }
  return [];
}

/** Tell whether a direction or turning range is tagged and understood. @param {Tags} tags */
export const directionKnown = (tags) => directionsOf(tags).length > 0;

/** Read `height`, metres, or feet where it says so; null where it is not understood. @param {Tags} tags */
export function heightOf(tags) {
  const match = HEIGHT.exec(strip(tagOf(tags, "height") ?? "").toLowerCase());
  if (match === null) return null;
  return Number(match[1]) * (match[2] === "ft" || match[2] === "'" ? FOOT_M : 1.0);
}

/**
 * Read `camera:tilt` or `camera:angle`: degrees from the horizon, -90 to 90; null where it is not understood.
 *
 * @param {Tags} tags
 * @param {string} key
 */
export function tiltOf(tags, key) {
  const match = TILT.exec(strip(tagOf(tags, key) ?? ""));
  return match === null || Math.abs(Number(match[1])) > STEEPEST_DEG ? null : Number(match[1]);
}

/** Tell whether the tags describe a camera in use that watches people. @param {Tags} tags */
export function isCamera(tags) {
  if (!tagValues(tags, "man_made").has("surveillance") || NOT_IN_USE.some((key) => tagOf(tags, key) === "yes")) {
    return false;
  }
  const kinds = tagValues(tags, "surveillance:type");
  return kinds.size === 0 || !within(kinds, NO_CAMERA);
}

/**
 * Work out what a camera can see; null if the tags do not describe a camera in use.
 *
 * @param {Tags} tags
 * @returns {View | null}
 */
export function viewOf(tags) {
  if (!isCamera(tags)) return null;
  /** @type {Iterable<string>} */
  const types = tagValues(tags, "camera:type");
  const said = [...types].map((value) => CAMERA_CLASSES.get(value) ?? "unknown");
  const entrance = tagValues(tags, "surveillance:zone").has("entrance");
  const classes = entrance ? ["entrance"] : said.length > 0 ? said : ["unknown"];
  const fieldDeg = Math.max(...classes.map((kind) => FIELD_DEG[kind]));
  const turns = classes.some((kind) => ALL_ROUND.includes(kind)) || tagOf(tags, "revolving") === "yes";
  return {
    reachM: Math.max(...classes.map((kind) => REACH_M[kind])), // "fixed;panning": whichever sees farthest
    sectors: turns && directionsOf(tags).some((look) => typeof look === "number") ? [] : sectorsOf(tags, fieldDeg),
    ...whereActing(tags),
  };
}

/** @param {Tags} tags @param {number} fieldDeg */
function sectorsOf(tags, fieldDeg) {
  return sectorsAround(directionsOf(tags), fieldDeg) ?? [];
}

/**
 * The sectors that lenses of a field of view see that look somewhere or turn over an arc; null if one sees all round.
 *
 * @param {readonly (number | Sector)[]} looks
 * @param {number} fieldDeg
 * @returns {Sector[] | null}
 */
export function sectorsAround(looks, fieldDeg) {
  /** @type {Sector[]} */
  const sectors = [];
  for (const look of looks) {
    const [start, turn] = typeof look === "number" ? [look, 0.0] : [look.startDeg, look.sweepDeg];
    if (turn + fieldDeg >= CIRCLE_DEG) return null;
    // twice, since a tiny negative number modulo 360 is 360
    const startDeg = modulo(start - fieldDeg / 2, CIRCLE_DEG) % CIRCLE_DEG;
    const sweepDeg = turn + fieldDeg;
    if (!sectors.some((known) => known.startDeg === startDeg && known.sweepDeg === sweepDeg)) {
      sectors.push({ startDeg, sweepDeg });
    }
  }
  return sectors;
}

/**
 * Tell whether a camera acts indoors or underground only, and its level, null where the map does not say.
 *
 * @param {Tags} tags
 * @returns {{indoor: boolean, level: number | null}}
 */
export function whereActing(tags) {
  const [level, layer] = [firstNumber(tagOf(tags, "level")), firstNumber(tagOf(tags, "layer"))];
  const watches = tagValues(tags, "surveillance");
  const location = tagOf(tags, "location");
  const indoor =
    (watches.size === 1 && watches.has("indoor")) || // "public;indoor" watches the street as well
    INDOOR.includes(tagOf(tags, "indoor") ?? "") ||
    location === "underground" ||
    location === "indoor" ||
    (level !== null && level < 0) ||
    (layer !== null && layer < 0);
  return { indoor, level };
}

/** @param {string | undefined} text */
function firstNumber(text) {
  const match = LEVEL.exec(text ?? "");
  return match === null ? null : Number(match[1]);
}

/** Split a value at its semicolons. @param {Tags} tags @param {string} key @returns {Set<string>} */
export function tagValues(tags, key) {
  const parts = (tagOf(tags, key) ?? "").split(";").map((part) => strip(part).toLowerCase());
  return new Set(parts.filter((part) => part !== ""));
}

/**
 * Tell whether any of some values is one of others.
 *
 * @param {Iterable<string>} values
 * @param {readonly string[]} others
 */
export const meets = (values, others) => [...values].some((value) => others.includes(value));

/**
 * Tell whether all of some values are among others.
 *
 * @param {Iterable<string>} values
 * @param {readonly string[]} others
 */
export const within = (values, others) => [...values].every((value) => others.includes(value));
