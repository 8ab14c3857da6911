// @ts-check
/**
 * A walk cut into pieces for paper: north up, all at one scale, each with what lies on it, in millimetres of its sheet.
 * A guide in, pieces out. Pure.
 *
 * @typedef {import("./track.mjs").Spot} Spot
 * @typedef {import("./track.mjs").Track} Track
 * @typedef {{from: number, to: number}} Part metres from the start
 * @typedef {{x: number, y: number, text: string, anchor: "start" | "middle" | "end"}} Label
 * @typedef {{x: number, y: number, number: number, of?: {x: number, y: number}}} Mark `of`: where it is, if it stands beside
 * @typedef {{from: number, to: number, wide: number, high: number, line: Spot[], seen: Spot[][], turns: Mark[], cameras: Mark[], ends: (Mark & {which: "start" | "end"})[], names: Label[], box: LonLatBox, put: (place: LonLat) => Spot, taken: number[][]}} Piece
 *   an end's number is 0; `box`: what of the earth is on it; `put`: where a place is on it; `taken`: boxes that hold something
 */
import { spotAt } from "./track.mjs";

export const SHEET = Object.freeze({ wide: 170, high: 104 }); // mm; on A4 and on Letter, upright, within the margins
const MARGIN = 13; // mm about the line, for names and dots
const HALF = 83; // mm: two such pieces stand side by side
const SCALES = Object.freeze([1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000, 15_000, 20_000, 30_000]); // 1 to so many
const MOST_PIECES = 6; // two to a page: three pages
const BARS_M = Object.freeze([10, 20, 50, 100, 200, 500, 1000, 2000]);
const LEAST_BAR = 22; // mm
export const LETTER = 1.75; // mm, a middling letter of the names
export const NAME_HIGH = 3.6; // mm
const MARK = 2.4; // mm, radius of a dot with a number
const ASIDE = Object.freeze([[0, 0], [5, 0], [-5, 0], [0, 5], [0, -5], [5, 5], [-5, 5], [5, -5], [-5, -5], [10, 0], [-10, 0], [0, 10], [0, -10]]); // mm
const LEAST_NAMED = 7; // mm of a street that gets its name

/** @param {import("./guide.mjs").Guide} guide */
export function stripMap(guide) {
  const { track } = guide;
  const room = (/** @type {number} */ scale) => [SHEET.wide, SHEET.high].map((mm) => ((mm - 2 * MARGIN) * scale) / 1000);
  const scale = SCALES.find((one) => partsOf(track, room(one), MOST_PIECES).length <= MOST_PIECES) ?? SCALES[SCALES.length - 1];
  const parts = partsOf(track, room(scale), Infinity);
  const bar = BARS_M.find((metres) => (metres * 1000) / scale >= LEAST_BAR) ?? BARS_M[BARS_M.length - 1];
  return { scale, bar: { metres: bar, mm: (bar * 1000) / scale }, pieces: parts.map((part) => pieceOf(guide, part, scale)) };
}

/**
 * Cut a line so that each part fits a room, as long as it can be.
 *
 * @param {Track} track
 * @param {number[]} room metres, wide and high
 * @param {number} most parts after which it gives up
 * @returns {Part[]}
 */
export function partsOf(track, room, most) {
  /** @type {Part[]} */
  const parts = [];
  let from = 0;
  while (parts.length <= most) {
    const to = reach(track, from, room);
    parts.push({ from, to });
    if (to >= track.length || to <= from) return parts;
    from = to;
  }
  return parts;
}

/** How far the line goes from a place without leaving a room. @param {Track} track @param {number} from @param {number[]} room */
function reach(track, from, [wide, high]) {
  let box = boxOf([spotAt(track, from)]);
  let at = from;
  for (let i = track.at.findIndex((metres) => metres > from); i >= 0 && i < track.at.length; i += 1) {
    const grown = boxOf([[box[0], box[1]], [box[2], box[3]], track.spots[i]]);
    if (grown[2] - grown[0] > wide || grown[3] - grown[1] > high) {
      const share = Math.min(...[0, 1].map((axis) => shareWithin(box, [wide, high][axis], spotAt(track, at)[axis], track.spots[i][axis], axis)));
      return at + Math.min(Math.max(share, 0), 1) * (track.at[i] - at);
    }
    [box, at] = [grown, track.at[i]];
  }
  return track.length;
}

/** How much of a move along one axis a box can take in. @param {number[]} box @param {number} most @param {number} from @param {number} to @param {number} axis */
function shareWithin(box, most, from, to, axis) {
  const limit = to > from ? box[axis] + most : box[axis + 2] - most;
  return to === from ? 1 : (limit - from) / (to - from);
}

/** @param {Spot[]} spots */
function boxOf(spots) {
  const [east, north] = [0, 1].map((axis) => spots.map((spot) => spot[axis]));
  return [Math.min(...east), Math.min(...north), Math.max(...east), Math.max(...north)];
}

/** The line between two distances. @param {Track} track @param {number} from @param {number} to @returns {Spot[]} */
function cut(track, from, to) {
  return [spotAt(track, from), ...track.spots.filter((_, i) => track.at[i] > from && track.at[i] < to), spotAt(track, to)];
}

/** @param {import("./guide.mjs").Guide} guide @param {Part} part @param {number} scale @returns {Piece} */
function pieceOf({ track, legs, met, route }, { from, to }, scale) {
  const line = cut(track, from, to);
  const [west, south, east, north] = boxOf(line);
  const mm = 1000 / scale;
  const last = to >= track.length;
  const within = (/** @type {number} */ at) => at >= from && (at < to || last);
  const hung = met.flatMap(({ at_m: at, spot }) => (within(at) && spot !== null ? [spot[0]] : []));
  const middle = (east + west) / 2;
  const fits = [west, east, ...hung].every((x) => Math.abs(x - middle) * mm <= HALF / 2 - MARK) && (east - west) * mm <= HALF - 2 * MARGIN;
  const sheet = { wide: fits ? HALF : SHEET.wide, high: (north - south) * mm + 2 * MARGIN };
  /** @param {Spot} spot @returns {Spot} */
  const put = ([e, n]) => [sheet.wide / 2 + (e - middle) * mm, MARGIN + (north - n) * mm];
  /** @type {number[][]} */ const taken = [];
  const cameras = met.flatMap((one, i) => (within(one.at_m) ? [cameraMark(put, track, one, i + 1, { ...sheet, taken })] : []));
  const turns = legs.flatMap((leg, i) => (i > 0 && i < legs.length - 1 && within(leg.from) ? [{ ...place(put(spotAt(track, leg.from))), number: i + 1 }] : []));
  const ends = [...(from === 0 ? [{ ...place(put(line[0])), number: 0, which: /** @type {const} */ ("start") }] : []), ...(last ? [{ ...place(put(line[line.length - 1])), number: 0, which: /** @type {const} */ ("end") }] : [])];
  const seen = route.in_view_spans_m.filter(([a, b]) => b > from && a < to).map(([a, b]) => cut(track, Math.max(a, from), Math.min(b, to)).map(put));
  taken.push(...ends.map((mark) => around(mark, MARK)));
  const shown = turns.filter((mark) => free(taken, around(mark, MARK)) && taken.push(around(mark, MARK)));
  const drawn = line.map(put);
  const names = namesOf(track, legs, { from, to }, put, { ...sheet, taken, drawn });
  const corner = (/** @type {number} */ x, /** @type {number} */ y) => track.placeOf([middle + (x - sheet.wide / 2) / mm, north - (y - MARGIN) / mm]);
  /** @type {LonLatBox} */
  const box = [...corner(0, sheet.high), ...corner(sheet.wide, 0)];
  return { from, to, ...sheet, line: drawn, seen, turns: shown, cameras, ends, names, box, put: (at) => put(track.spotOf(at)), taken };
}

/** @param {Spot} spot */
const place = ([x, y]) => ({ x, y });

/**
 * A camera's dot: where it hangs, or on the line where its view begins if it hangs beyond this piece; or beside that, where
 * others stand there.
 *
 * @param {(spot: Spot) => Spot} put
 * @param {Track} track
 * @param {import("./guide.mjs").Met} one
 * @param {number} number
 * @param {{wide: number, high: number, taken: number[][]}} sheet
 * @returns {Mark}
 */
function cameraMark(put, track, one, number, { wide, high, taken }) {
  const on = (/** @type {number} */ x, /** @type {number} */ y) => x >= MARK && x <= wide - MARK && y >= MARK && y <= high - MARK;
  const spot = one.spot === null ? null : put(one.spot);
  const of = place(spot !== null && on(...spot) ? spot : put(spotAt(track, one.at_m)));
  const [dx, dy] = ASIDE.find(([x, y]) => on(of.x + x, of.y + y) && free(taken, around({ x: of.x + x, y: of.y + y }, MARK))) ?? [0, 0];
  const mark = { x: of.x + dx, y: of.y + dy };
  taken.push(around(mark, MARK));
  return dx === 0 && dy === 0 ? { ...mark, number } : { ...mark, number, of };
}

/** @param {{x: number, y: number}} mark @param {number} r */
const around = ({ x, y }, r) => [x - r, y - r, x + r, y + r];

/** @param {number[][]} taken @param {number[]} box */
export function free(taken, [west, top, east, bottom]) {
  return taken.every((other) => other[0] >= east || other[2] <= west || other[1] >= bottom || other[3] <= top);
}

/**
 * Names of streets beside the line, where there is room for them: each street once a piece.
 *
 * @param {Track} track
 * @param {import("./guide.mjs").Leg[]} legs
 * @param {Part} part
 * @param {(spot: Spot) => Spot} put
 * @param {{wide: number, high: number, taken: number[][], drawn: Spot[]}} sheet
 * @returns {Label[]}
 */
function namesOf(track, legs, { from, to }, put, { wide, high, taken, drawn }) {
  /** @type {Label[]} */
  const labels = [];
  const lines = alongLine(drawn);
  for (const leg of legs) {
    const [a, b] = [Math.max(leg.from, from), Math.min(leg.to, to)];
    const [p, q] = [put(spotAt(track, a)), put(spotAt(track, b))];
    const { name } = leg.step;
    if (name === "" || b <= a || Math.hypot(p[0] - q[0], p[1] - q[1]) < LEAST_NAMED || labels.some(({ text }) => text === name)) continue;
    const tried = [0.5, 0.35, 0.65, 0.2, 0.8].flatMap((share) => beside(track, a + share * (b - a), put, name));
    const found = tried.find(({ box }) => box[0] >= 0 && box[2] <= wide && box[1] >= 0 && box[3] <= high && free([...taken, ...lines], box));
    if (found === undefined) continue;
    taken.push(found.box);
    labels.push(found.label);
  }
  return labels;
}

/** The line as small boxes, which names keep off. @param {Spot[]} drawn */
export function alongLine(drawn) {
  return drawn.slice(1).flatMap((spot, i) => {
    const before = drawn[i];
    const count = Math.max(Math.ceil(Math.hypot(spot[0] - before[0], spot[1] - before[1]) / 1.5), 1);
    return Array.from({ length: count + 1 }, (_, j) => around({ x: before[0] + ((spot[0] - before[0]) * j) / count, y: before[1] + ((spot[1] - before[1]) * j) / count }, 0.7));
  });
}

/** Where a name can stand about a place of the line. @param {Track} track @param {number} at @param {(spot: Spot) => Spot} put @param {string} text */
function beside(track, at, put, text) {
  const [x, y] = put(spotAt(track, at));
  const wide = text.length * LETTER;
  return [2, 4, 7].flatMap((off) => {
    const half = NAME_HIGH / 2;
    const spots = /** @type {[number, number, Label["anchor"], number][]} */ ([
      [x + off, y, "start", 0], [x - off, y, "end", -wide], [x, y - off - half + 0.4, "middle", -wide / 2], [x, y + off + half - 0.4, "middle", -wide / 2],
    ]);
    return spots.map(([lx, ly, anchor, shift]) => ({ label: { x: lx, y: ly, text, anchor }, box: [lx + shift, ly - half, lx + shift + wide, ly + half] }));
  });
}
