// @ts-check
/**
 * Piles of entries by key, which stand in for a heap where keys are small and rise.
 */

const FIRST_ROOM = 1024; // entries

export class Piles {
  constructor() {
    this.last = new Int32Array(0); // [key] entry on top, plus 1; 0 between searches
    this.entry = new Int32Array(FIRST_ROOM);
    this.under = new Int32Array(FIRST_ROOM); // [entry] the one below, plus 1
    this.size = 0;
  }

  /**
   * Begin anew: all entries were taken.
   *
   * @param {number} most the highest key
   */
  begin(most) {
    if (this.last.length <= most) this.last = new Int32Array(most + 1);
    this.size = 0;
  }

  /**
   * @param {number} key
   * @param {number} value
   */
  put(key, value) {
    if (this.size === this.entry.length) this.grow();
    this.entry[this.size] = value;
    this.under[this.size] = this.last[key];
    this.last[key] = this.size += 1;
  }

  /**
   * Take the value on top of a pile, -1 if there is none.
   *
   * @param {number} key
   */
  take(key) {
    const top = this.last[key] - 1;
    if (top < 0) return -1;
    this.last[key] = this.under[top];
    return this.entry[top];
  }

  /** Make twice the room. */
  grow() {
    const { entry, under } = this;
    this.entry = new Int32Array(2 * entry.length);
    this.entry.set(entry);
    this.under = new Int32Array(2 * under.length);
    this.under.set(under);
  }

  /** How many bytes they take. */
  get byteLength() {
    return this.last.byteLength + this.entry.byteLength + this.under.byteLength;
  }
}
