// @ts-check
/**
 * The search for a place by its name, on the device: what is typed never leaves it.
 *
 * In: the file of places that `web/names.py` writes, and a text or a position, `[lon, lat]` in degrees. Out: places, best
 * first. Names are folded in slices (`prepare`), so that a slow phone still answers the finger.
 *
 * @typedef {[number, number]} LonLat
 * @typedef {import("./houses.mjs").Door} Door
 * @typedef {import("./matching.mjs").Query} Query
 *
 * @typedef {object} PlacesFile
 * @property {number} version
 * @property {number} step steps to a degree
 * @property {[number, number]} origin
 * @property {{ street: number, address: number }} ranks
 * @property {[kind: string, rank: number, names: string[], at: number[]][]} places
 * @property {[names: string, at: number[], numbers: string, houses: number[]][]} streets
 *
 * @typedef {object} Entry a place, or all streets of one name with their houses
 * @property {string[]} names
 * @property {string} kind
 * @property {number} rank
 * @property {number[]} at steps east and north, point after point
 * @property {string[]} numbers
 * @property {number[]} houses steps east and north of each number
 * @property {Door[] | null} doors the numbers as they compare, made when first asked for
 *
 * @typedef {object} Index
 * @property {number} step
 * @property {PlacesFile["ranks"]} ranks
 * @property {Entry[]} entries
 * @property {import("./matching.mjs").Names} names
 * @property {number[]} streetRows names of streets with houses
 * @property {number} folded entries whose names are in `names`
 * @property {{ grid: import("./nearest.mjs").Grid, entry: Int32Array, house: Int32Array } | null} near
 *
 * @typedef {object} Found
 * @property {string} name as on the map; of a house its street and number
 * @property {string} kind
 * @property {LonLat} lonlat
 * @property {string} [street] of a house
 * @property {string} [house] its number
 * @property {boolean} [near] the number asked for is not mapped; this house is the nearest to it
 * @property {string} [matched] the other name that answered
 * @property {boolean} [guess] only after a letter was mended, or the keyboard's layout
 */

import { otherLayout, spell } from "./fold.mjs";
import { addresses, doorsOf, pickHouses } from "./houses.mjs";
import { TIER, addName, fuzzyRows, looseTierOf, makeQuery, noNames, tierOf } from "./matching.mjs";
import { makeGrid, nearestPoint } from "./nearest.mjs";
import { parsePoint } from "./points.mjs";

export { parsePoint };


const VERSION = 1;
const LIMIT = 8;
const SLICE_MS = 10; // of folding at a time; ten times as long on a slow phone is still no wait
const AT_ONCE = 50; // entries between two looks at the clock
const MAX_TEXT = 200; // characters; longer is no name
const MAX_PARTS = 6; // between commas
const SAME_M = 150; // one house may be mapped twice, as a door and as a building
const M_PER_DEG = 111_195; // of latitude, on a sphere of 6371 km
const LANDMARK_RANK = 5; // parks, museums and the like, in the ranks of routing/tagging.py
const WIDE_RANK = 2; // suburbs, islands: their middle says nothing about a point

/**
 * Make an index; nothing is folded yet.
 *
 * @param {PlacesFile} file
 * @returns {Index}
 */
export function makeIndex(file) {
  if (file?.version !== VERSION) throw new Error("the list of places is of another version");
  /** @type {Entry[]} */
  const entries = [];
  for (const [kind, rank, names, deltas] of file.places) {
    const at = summed(deltas, file.origin);
    names.forEach((name, i) => entries.push(entryOf(name, kind, rank, at.slice(2 * i, 2 * i + 2))));
  }
  for (const [name, at, numbers, houses] of file.streets) {
    const street = entryOf(name, "street", file.ranks.street, summed(at, file.origin));
    if (numbers !== "") street.numbers = numbers.split("\t");
    street.houses = summed(houses, file.origin);
    entries.push(street);
  }
  return { step: file.step, ranks: file.ranks, entries, names: noNames(), streetRows: [], folded: 0, near: null };
}

/** @param {string} names @param {string} kind @param {number} rank @param {number[]} at @returns {Entry} */
const entryOf = (names, kind, rank, at) => {
  return { names: names.split("\t"), kind, rank, at, numbers: [], houses: [], doors: null };
};

/** Turn differences into positions. @param {number[]} deltas @param {[number, number]} origin */
function summed(deltas, [x, y]) {
  const at = [];
  for (let i = 0; i + 1 < deltas.length; i += 2) at.push((x += deltas[i]), (y += deltas[i + 1]));
  return at;
}

/**
 * Fold names for some time; tells whether all are done.
 *
 * @param {Index} index
 * @param {number} for_ms
 */
function foldSome(index, for_ms) {
  const until_ms = performance.now() + for_ms;
  const { entries, names } = index;
  while (index.folded < entries.length) {
    const entry = entries[index.folded];
    entry.names.forEach((name, nth) => {
      if (entry.numbers.length > 0) index.streetRows.push(names.entry.length);
      addName(names, index.folded, nth, name);
    });
    index.folded += 1;
    if (index.folded % AT_ONCE === 0 && performance.now() > until_ms) break;
  }
  return index.folded === entries.length;
}

/**
 * Fold all names, a slice at a time, so that nothing waits long. A search before the end folds the rest at once.
 *
 * @param {Index} index
 * @param {{ slice_ms?: number, pause?: () => Promise<unknown> }} [options]
 */
export async function prepare(index, { slice_ms = SLICE_MS, pause = () => new Promise((go) => setTimeout(go)) } = {}) {
  while (!foldSome(index, slice_ms)) await pause();
}

/**
 * A candidate: the better ones are smaller in `tier`, then in `rank`.
 *
 * @typedef {{ tier: number, rank: number, entry: number, nth: number, house: number, about: boolean, guess: boolean }} Hit
 */

/**
 * Find places by what a person types: a name in any language and script, a street and a number in any order.
 *
 * @param {Index} index
 * @param {string} text
 * @param {{ near?: LonLat | null, limit?: number }} [options] `near`: of equal answers the nearest come first
 * @returns {Found[]} best first
 */
export function find(index, text, { near = null, limit = LIMIT } = {}) {
  foldSome(index, Infinity);
  const typed = text.slice(0, MAX_TEXT);
  let hits = answers(index, typed, tierOf);
  if (hits.length < limit) hits.push(...answers(index, typed, looseTierOf));
  if (hits.length === 0) hits = partAnswers(index, typed);
  if (hits.length === 0) hits = answers(index, otherLayout(typed), tierOf).map(guessed);
  if (hits.length === 0) hits = fuzzyAnswers(index, typed).map(guessed);
  if (hits.length === 0) hits = fuzzyAnswers(index, otherLayout(typed)).map(guessed);
  return best(index, hits, near, limit);
}

/** @param {Hit} hit */
const guessed = (hit) => ({ ...hit, guess: true });

/** @typedef {(names: Index["names"], row: number, query: Query) => number} Matcher */

/** All that answers to a text by one way of matching. @param {Index} index @param {string} text @param {Matcher} matcher @returns {Hit[]} */
function answers(index, text, matcher) {
  const spelling = spell(text);
  if (spelling.plain.length === 0) return [];
  const query = makeQuery(spelling.plain, spelling.skeleton, spelling.types);
  const hits = [];
  for (let row = 0; row < index.names.entry.length; row += 1) {
    const tier = matcher(index.names, row, query);
    if (tier < Infinity) hits.push(hitOf(index, row, tier));
  }
  for (const { street, ...number } of addresses(spelling)) {
    for (const row of index.streetRows) {
      const tier = matcher(index.names, row, street);
      if (tier < Infinity) hits.push(...houseHits(index, row, tier, number));
    }
  }
  return hits;
}

/** The same with one letter wrong. @param {Index} index @param {string} text @returns {Hit[]} */
function fuzzyAnswers(index, text) {
  const spelling = spell(text);
  const query = makeQuery(spelling.plain, spelling.skeleton, spelling.types);
  const hits = fuzzyRows(index.names, query).map((row) => hitOf(index, row, TIER.fuzzy));
  for (const { street, ...number } of addresses(spelling)) {
    for (const row of fuzzyRows(index.names, street)) {
      const housed = index.entries[index.names.entry[row]].numbers.length > 0;
      if (housed) hits.push(...houseHits(index, row, TIER.fuzzy, number));
    }
  }
  return hits;
}

/**
 * What a part of a text between commas is called, for "Москва, улица Руставели, 3": only whole names count.
 *
 * @param {Index} index
 * @param {string} text
 * @returns {Hit[]}
 */
function partAnswers(index, text) {
  const parts = text.split(/[,;]/u).slice(0, MAX_PARTS);
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const hits = [];
    for (let from = 0; from + length <= parts.length; from += 1) {
      const part = parts.slice(from, from + length).join(",");
      const named = /\p{L}/u.test(part) ? answers(index, part, tierOf) : [];
      hits.push(...named.filter(({ tier }) => tier < TIER.prefix || Math.floor(tier) === TIER.folded));
    }
    const houses = hits.filter(({ house }) => house >= 0);
    if (hits.length > 0) return houses.length > 0 ? houses : hits;
  }
  return [];
}

/** @param {Index} index @param {number} row @param {number} tier @returns {Hit} */
function hitOf(index, row, tier) {
  const [entry, nth] = [index.names.entry[row], index.names.nth[row]];
  return { tier, rank: index.entries[entry].rank, entry, nth, house: -1, about: false, guess: false };
}

/** What the houses of a street answer to a number. @param {Index} index @param {number} row @param {number} tier of the street @param {{ door: Door, lead: Door, open: boolean }} number @returns {Hit[]} */
function houseHits(index, row, tier, number) {
  const entry = index.entries[index.names.entry[row]];
  entry.doors ??= doorsOf(entry.numbers);
  return pickHouses(entry.doors, number).map(({ house, behind, about }) => {
    const rank = house < 0 ? entry.rank : index.ranks.address;
    return { ...hitOf(index, row, tier + behind), rank, house, about };
  });
}

/** Put candidates in order, each place once. @param {Index} index @param {Hit[]} hits @param {LonLat | null} near @param {number} limit */
function best(index, hits, near, limit) {
  const rated = distinct(hits).flatMap((hit) =>
    pointsOf(index.entries[hit.entry], hit.house).map((at) => {
      const lonlat = /** @type {LonLat} */ ([at[0] / index.step, at[1] / index.step]);
      return {
        hit,
        lonlat,
        far: near === null ? index.entries[hit.entry].names[hit.nth].length : metres(near, lonlat),
      };
    }),
  );
  rated.sort(
    (a, b) => a.hit.tier - b.hit.tier || a.hit.rank - b.hit.rank || a.far - b.far || a.hit.house - b.hit.house,
  );
  /** @type {Found[]} */
  const found = [];
  for (const { hit, lonlat } of rated) {
    if (found.length >= limit) break;
    const next = told(index, hit, lonlat);
    const again = found.some(
      (f) => f.house === next.house && f.name === next.name && metres(f.lonlat, lonlat) < SAME_M,
    );
    if (next.house === undefined || !again) found.push(next);
  }
  return found;
}

/** Each place once, as it answers best; and no nearest house where something is just what was asked for. @param {Hit[]} hits */
function distinct(hits) {
  /** @type {Map<string, Hit>} */
  const once = new Map();
  let least = Infinity;
  for (const hit of hits) {
    const key = `${hit.entry} ${hit.house}`;
    const other = once.get(key);
    if (other === undefined || hit.tier < other.tier || (hit.tier === other.tier && hit.nth < other.nth))
      once.set(key, hit);
    if (!hit.about) least = Math.min(least, hit.tier);
  }
  return [...once.values()].filter(({ about, tier }) => !about || tier < least);
}

/** Where a candidate is; a street that is only in addresses is where its middle house is. @param {Entry} entry @param {number} house */
function pointsOf({ at, houses }, house) {
  if (house >= 0) return [houses.slice(2 * house, 2 * house + 2)];
  if (at.length === 0) return [houses.slice(2 * (houses.length >> 2), 2 * (houses.length >> 2) + 2)];
  return Array.from({ length: at.length / 2 }, (_, i) => at.slice(2 * i, 2 * i + 2));
}

/** @param {Index} index @param {Hit} hit @param {LonLat} lonlat @returns {Found} */
function told(index, { entry: nth, house, nth: spelling, about, guess }, lonlat) {
  const entry = index.entries[nth];
  const number = house < 0 ? "" : ` ${entry.numbers[house]}`;
  /** @type {Found} */
  const found = { name: `${entry.names[0]}${number}`, kind: entry.kind, lonlat };
  if (house >= 0) Object.assign(found, { kind: "address", street: entry.names[0], house: entry.numbers[house] });
  if (house >= 0 && about) found.near = true;
  if (spelling > 0) found.matched = `${entry.names[spelling]}${number}`;
  if (guess) found.guess = true;
  return found;
}

/** @param {LonLat} a @param {LonLat} b */
const metres = (a, b) => Math.hypot((a[0] - b[0]) * Math.cos((a[1] * Math.PI) / 180), a[1] - b[1]) * M_PER_DEG;

/**
 * Name the house, square, station or landmark nearest to a point, to say where that is.
 *
 * @param {Index} index
 * @param {LonLat} lonlat
 * @returns {{ name: string, kind: string, street?: string, house?: string, distance_m: number } | null} `null` where
 *   nothing has a name
 */
export function nearest(index, lonlat) {
  index.near ??= landmarks(index);
  const { grid, entry, house } = index.near;
  const found = nearestPoint(grid, lonlat[0] * index.step, lonlat[1] * index.step);
  if (found === null) return null;
  const hit = { ...NO_HIT, entry: entry[found.point], house: house[found.point] };
  const { lonlat: _, ...rest } = told(index, hit, lonlat);
  return { ...rest, distance_m: (found.steps / index.step) * M_PER_DEG };
}

/** @type {Hit} */
const NO_HIT = { tier: 0, rank: 0, entry: 0, nth: 0, house: -1, about: false, guess: false };

/** Houses and whatever a stranger can find again; all that there is, where there is nothing of the kind. @param {Index} index */
function landmarks(index) {
  const { street, address } = index.ranks;
  const vague = [WIDE_RANK, street, address]; // an address without a number is the name of a house that has one
  /** @param {Entry} entry */
  const tells = ({ rank }) => rank <= LANDMARK_RANK && !vague.includes(rank);
  const any = index.entries.some((entry) => entry.numbers.length > 0 || tells(entry));
  /** @param {Entry} entry */
  const standing = (entry) => (any && !tells(entry) ? [] : entry.at);
  const count = index.entries.reduce((sum, entry) => sum + standing(entry).length + entry.houses.length, 0) / 2;
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  const [entry, house] = [new Int32Array(count), new Int32Array(count)];
  let [point, north] = [0, 0];
  index.entries.forEach((own, nth) => {
    for (const at of [own.houses, standing(own)]) {
      for (let i = 0; i < at.length; i += 2, point += 1) {
        [x[point], y[point], entry[point], house[point]] = [at[i], at[i + 1], nth, at === own.houses ? i / 2 : -1];
        north += at[i + 1];
      }
    }
  });
  const middle = count === 0 ? 0 : north / count / index.step;
  return { grid: makeGrid(x, y, Math.cos((middle * Math.PI) / 180)), entry, house };
}
