// @ts-check
/**
 * The ways about a piece of a strip map, so that a crossing is known by what comes in from the side: ways of the map in,
 * strokes and names in millimetres of the sheet out. Pure.
 *
 * @typedef {import("./stripmap.mjs").Label} Label
 * @typedef {import("./stripmap.mjs").Piece} Piece
 * @typedef {[number, number, number, number]} Stroke from where to where, x and y
 */
import { LETTER, NAME_HIGH, alongLine, free } from "./stripmap.mjs";

const LEAST_NAMED = 14; // mm of a street on the sheet that gets its name
const MOST_NAMES = 12; // on a sheet: it is the walk that is to be read
const TRIED = 3; // longest strokes of a street beside which its name may stand

/**
 * @param {Piece} piece
 * @param {DrawnWay[]} ways that reach into it
 * @returns {{strokes: Stroke[], names: Label[]}}
 */
export function groundOf(piece, ways) {
  const strokes = ways.map(({ name, line }) => ({ name, on: strokesOf(piece, line) }));
  return { strokes: strokes.flatMap(({ on }) => on), names: namesOf(piece, strokes) };
}

/** The parts of a line on a sheet. @param {Piece} piece @param {LonLat[]} line @returns {Stroke[]} */
function strokesOf({ put, wide, high }, line) {
  const spots = line.map(put);
  return spots.slice(1).flatMap((spot, i) => {
    const found = within(spots[i], spot, [wide, high]);
    return found === null ? [] : [found];
  });
}

/**
 * The part of a stroke within a sheet; null where there is none.
 *
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {[number, number]} size
 * @returns {Stroke | null}
 */
function within(from, to, size) {
  let [first, last] = [0, 1]; // shares of the way
  for (const axis of [0, 1]) {
    const move = to[axis] - from[axis];
    const [low, high] = [-from[axis], size[axis] - from[axis]];
    if (move === 0 && (low > 0 || high < 0)) return null;
    if (move === 0) continue;
    first = Math.max(first, Math.min(low / move, high / move));
    last = Math.min(last, Math.max(low / move, high / move));
  }
  if (first >= last) return null;
  const at = (/** @type {number} */ share, /** @type {number} */ axis) => from[axis] + share * (to[axis] - from[axis]);
  return [at(first, 0), at(first, 1), at(last, 0), at(last, 1)];
}

/** @param {Stroke} stroke */
const lengthOf = ([x, y, toX, toY]) => Math.hypot(toX - x, toY - y);

/**
 * Names of streets that the walk does not take, those first of which most is seen, where there is room for them.
 *
 * @param {Piece} piece
 * @param {{name: string, on: Stroke[]}[]} strokes
 * @returns {Label[]}
 */
function namesOf({ wide, high, taken, line, names }, strokes) {
  const known = new Set(["", ...names.map(({ text }) => text)]);
  /** @type {Map<string, Stroke[]>} */
  const streets = new Map();
  for (const { name, on } of strokes) if (!known.has(name)) streets.set(name, [...(streets.get(name) ?? []), ...on]);
  const sizes = [...streets].map(([name, on]) => ({ name, on, size: on.reduce((sum, one) => sum + lengthOf(one), 0) }));
  const boxes = [...taken, ...alongLine(line)];
  /** @type {Label[]} */
  const found = [];
  for (const { name, on, size } of sizes.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1))) {
    if (size < LEAST_NAMED || found.length >= MOST_NAMES) break;
    const half = (name.length * LETTER) / 2;
    for (const [x, y, toX, toY] of on.sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, TRIED)) {
      const spot = { x: (x + toX) / 2, y: (y + toY) / 2 };
      const box = [spot.x - half, spot.y - NAME_HIGH / 2, spot.x + half, spot.y + NAME_HIGH / 2];
      if (box[0] < 0 || box[1] < 0 || box[2] > wide || box[3] > high || !free(boxes, box)) continue;
      boxes.push(box);
      found.push({ ...spot, text: name, anchor: "middle" });
      break;
    }
  }
  return found;
}
