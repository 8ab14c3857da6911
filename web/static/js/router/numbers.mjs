// @ts-check
/**
 * Small sums on numbers and arrays that the router's modules share, each to the last bit as the Python library has it.
 */

/** Round to a whole number, halves to the even one, as Python and numpy do. @param {number} value */
export function rint(value) {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/**
 * How many of a rising list stand before a value, those equal to it among them.
 *
 * @param {ArrayLike<number>} sorted
 * @param {number} value
 */
export function searchRight(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The value at a place of a line through given points, as numpy.interp.
 *
 * @param {number} x
 * @param {ArrayLike<number>} xs rising; equal ones are borne
 * @param {ArrayLike<number>} ys
 */
export function interp(x, xs, ys) {
  const last = xs.length - 1;
  const at = searchRight(xs, x) - 1;
  if (at < 0) return ys[0];
  if (at >= last) return ys[last];
  if (xs[at] === x) return ys[at];
  const slope = (ys[at + 1] - ys[at]) / (xs[at + 1] - xs[at]);
  return slope * (x - xs[at]) + ys[at];
}

/** @param {Iterable<number>} values */
export function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
