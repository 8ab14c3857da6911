// @ts-check
/**
 * Columns of whole numbers and positions out of the bytes in which routing/pack_columns.py writes them.
 *
 * What does not fit its column throws RangeError.
 */

import { holdTo } from "./bounds.mjs";

export const STEPS = 1e7; // to a degree: positions are whole steps, or told as odd
const LOW = 0x7f; // the bits of a number in one byte
const MORE = 0x80; // set where another byte follows
const SMALL = 2 ** 30; // below it, numbers are unfolded by their bits

/** @typedef {Int32Array | Float64Array | Uint8Array | Uint32Array} Column */

/**
 * Read whole numbers from 0 into an array; no byte at all stands for zeros.
 *
 * @template {Column} C
 * @param {Uint8Array} bytes
 * @param {C} into
 * @returns {C}
 */
export function counted(bytes, into) {
  const end = bytes.length > 0 ? readInto(bytes, 0, into) : 0;
  if (end !== bytes.length) throw new RangeError("a column is too long");
  return into;
}

/**
 * Read whole numbers of either sign.
 *
 * @template {Column} C
 * @param {Uint8Array} bytes
 * @param {C} into
 * @returns {C}
 */
export function folded(bytes, into) {
  if (bytes.length === 0) return into;
  let at = 0;
  for (let i = 0; i < into.length; i++) {
    let byte = bytes[at++];
    if (byte < MORE) {
      into[i] = (byte >>> 1) ^ -(byte & 1);
      continue;
    }
    let value = byte & LOW;
    for (let scale = MORE; byte >= MORE; scale *= MORE) {
      byte = bytes[at++];
      value += (byte & LOW) * scale;
    }
    into[i] = value < SMALL ? (value >>> 1) ^ -(value & 1) : unfolded(value);
  }
  if (at !== bytes.length) throw new RangeError("a column is of another length");
  return into;
}

/** @param {number} value too large for its bits */
const unfolded = (value) => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {Column} into filled whole
 * @returns {number} where the numbers end
 */
function readInto(bytes, at, into) {
  for (let i = 0; i < into.length; i++) {
    let byte = bytes[at++];
    let value = byte & LOW;
    for (let scale = MORE; byte >= MORE; scale *= MORE) {
      byte = bytes[at++];
      value += (byte & LOW) * scale;
    }
    into[i] = value;
  }
  if (at > bytes.length) throw new RangeError("a column is too short");
  return at;
}

/**
 * Turn differences into sums, in place: each number is told from the one before.
 *
 * @template {Column} C
 * @param {C} column
 * @returns {C}
 */
export function summed(column) {
  for (let i = 1; i < column.length; i++) column[i] += column[i - 1];
  return column;
}

/**
 * Put the positions that are no whole steps where they belong.
 *
 * @param {Uint8Array} bytes how many, which ones, then their numbers as they are
 * @param {Floats} lonlat `[position, 2]` changed in place
 */
export function putOdd(bytes, lonlat) {
  if (bytes.length === 0) return;
  const count = new Float64Array(1);
  const begin = readInto(bytes, 0, count);
  if (count[0] > bytes.length) throw new RangeError("there are more odd positions than bytes");
  const which = new Float64Array(count[0]);
  const at = readInto(bytes, begin, which);
  if (bytes.length - at !== 16 * which.length) throw new RangeError("odd positions are cut off");
  summed(which);
  holdTo(which, 0, lonlat.length / 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  for (let i = 0; i < which.length; i++) {
    lonlat[2 * which[i]] = view.getFloat64(16 * i, true);
    lonlat[2 * which[i] + 1] = view.getFloat64(16 * i + 8, true);
  }
}

/**
 * Read numbers that stand as they are in memory, the lowest byte first, as on all machines that have browsers.
 *
 * @template T
 * @param {Uint8Array} bytes
 * @param {new (buffer: ArrayBuffer) => T} Kind
 */
export const plain = (bytes, Kind) => new Kind(new Uint8Array(bytes).buffer);
