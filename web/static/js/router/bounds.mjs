// @ts-check
/**
 * What a pack tells of itself, held to what it has: it may be whole, and yet made by somebody who means harm. No more room is
 * made than its own bytes can fill, no index leads out of its array, and no sum over edges runs in circles.
 *
 * What does not hold throws RangeError.
 */

const MOST_EDGE_DM = 10_000_000; // routing/graph.py
const MOST_ROOM = 2 ** 25; // cells of a grid, and what lies in them: cells of 25 m over 145 km each way

/**
 * A count, as long as one of some columns can hold that many numbers. They are written in full, so each takes a byte at least.
 *
 * @param {unknown} told
 * @param {...Uint8Array} columns
 * @returns {number}
 */
export function countOf(told, ...columns) {
  const most = Math.max(...columns.map(({ length }) => length));
  if (!(Number.isInteger(told) && /** @type {number} */ (told) >= 0 && /** @type {number} */ (told) <= most)) throw new RangeError("there are fewer than is told");
  return /** @type {number} */ (told);
}

/**
 * Hold numbers to a range.
 *
 * @param {ArrayLike<number>} numbers
 * @param {number} least
 * @param {number} below
 */
export function holdTo(numbers, least, below) {
  for (let at = 0; at < numbers.length; at++) if (!(numbers[at] >= least && numbers[at] < below)) throw new RangeError("a number is out of range");
}

/**
 * How many are listed one after the other in runs of some lengths.
 *
 * @param {Ints} sizes
 * @param {number} least in a run
 */
export function sumOf(sizes, least) {
  let sum = 0;
  for (const one of sizes) {
    if (one < least) throw new RangeError("a run is too short");
    sum += one;
  }
  return sum;
}

/**
 * Lengths and efforts that searches can add up: routing/graph.py.
 *
 * @param {{lengthDm: Ints, effortDm: Ints}} edges
 */
export function checkEdges({ lengthDm, effortDm }) {
  for (let edge = 0; edge < lengthDm.length; edge++) {
    if (!(lengthDm[edge] >= 1 && effortDm[edge] >= lengthDm[edge] && effortDm[edge] <= MOST_EDGE_DM)) throw new RangeError("an edge has no length");
  }
}

/**
 * Places on Earth, two numbers each.
 *
 * @param {Floats} lonlat
 */
export function checkPlaces(lonlat) {
  for (let at = 0; at < lonlat.length; at++) if (!(Math.abs(lonlat[at]) <= (at & 1 ? 90 : 180))) throw new RangeError("a position is not on Earth");
}

/**
 * How much room a grid takes, before it is made.
 *
 * @param {{corner: Floats, cell: Floats, columns: number, rows: number}} plane
 * @param {Floats} low [box, 2]
 * @param {Floats} high
 */
export function checkRoom({ corner, cell, columns, rows }, low, high) {
  let room = columns * rows;
  for (let at = 0; at < low.length && room <= MOST_ROOM; at += 2) {
    const [wide, tall] = [0, 1].map((axis) => Math.floor((high[at + axis] - corner[axis]) / cell[axis]) - Math.floor((low[at + axis] - corner[axis]) / cell[axis]) + 1);
    room += wide * tall;
  }
  if (!(room <= MOST_ROOM)) throw new RangeError("the boxes lie too far apart");
}
