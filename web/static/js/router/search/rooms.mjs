// @ts-check
/**
 * Arrays that searches work in, kept from one to the next: each as long as any search has needed so far, or longer.
 */

import { Piles } from "./piles.mjs";

const MOST_KEPT = 6 * 2 ** 20; // bytes: walks of 2 km need less

/** @param {number} size */
function grown(size) {
  return Math.max(256, Math.ceil(1.25 * size)); // a larger search may follow
}

export class Rooms {
  constructor() {
    /** @type {Map<string, Ints>} */
    this.ofInts = new Map();
    /** @type {Map<string, Floats>} */
    this.ofFloats = new Map();
    /** @type {Map<string, Uint8Array>} */
    this.ofBytes = new Map();
    this.piles = new Piles();
  }

  /**
   * An array with at least so many elements; what is in it is what was left there, at first zeros.
   *
   * @param {string} name
   * @param {number} size
   */
  ints(name, size) {
    let array = this.ofInts.get(name);
    if (!array || array.length < size) this.ofInts.set(name, (array = new Int32Array(grown(size))));
    return array;
  }

  /**
   * The same of numbers with 64 bits.
   *
   * @param {string} name
   * @param {number} size
   */
  floats(name, size) {
    let array = this.ofFloats.get(name);
    if (!array || array.length < size) this.ofFloats.set(name, (array = new Float64Array(grown(size))));
    return array;
  }

  /**
   * The same of bytes.
   *
   * @param {string} name
   * @param {number} size
   */
  bytes(name, size) {
    let array = this.ofBytes.get(name);
    if (!array || array.length < size) this.ofBytes.set(name, (array = new Uint8Array(grown(size))));
    return array;
  }

  /** Give back what a large search took; arrays that were wiped after it are as good when they are new. */
  shrink() {
    if (this.byteLength <= MOST_KEPT) return;
    for (const arrays of [this.ofInts, this.ofFloats, this.ofBytes]) arrays.clear();
    this.piles = new Piles();
  }

  /** How many bytes all of them take. */
  get byteLength() {
    const all = [...this.ofInts.values(), ...this.ofFloats.values(), ...this.ofBytes.values()];
    return all.reduce((sum, array) => sum + array.byteLength, this.piles.byteLength);
  }
}
