// @ts-check
/**
 * A binary heap of numbers with whole numbers of 32 bits, in typed arrays that grow and are kept: least key first.
 */

const FIRST_ROOM = 1024; // entries

export class Heap {
  constructor() {
    this.size = 0;
    /** @type {Floats} the least key comes first */
    this.keys = new Float64Array(FIRST_ROOM);
    /** @type {Ints} what each key was put in with */
    this.values = new Int32Array(FIRST_ROOM);
  }

  /**
   * Put an entry in.
   *
   * @param {number} key
   * @param {number} value a whole number of 32 bits
   */
  push(key, value) {
    if (this.size === this.keys.length) this.grow();
    const { keys, values } = this;
    let at = this.size;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (keys[above] <= key) break;
      keys[at] = keys[above];
      values[at] = values[above];
      at = above;
    }
    keys[at] = key;
    values[at] = value;
    this.size += 1;
  }

  /** Take the least entry off; there must be one. */
  drop() {
    const { keys, values } = this;
    const size = this.size - 1;
    const key = keys[size];
    const value = values[size];
    let at = 0;
    let below = 1;
    while (below < size) {
      if (below + 1 < size && keys[below + 1] < keys[below]) below += 1;
      if (keys[below] >= key) break;
      keys[at] = keys[below];
      values[at] = values[below];
      at = below;
      below = 2 * at + 1;
    }
    keys[at] = key;
    values[at] = value;
    this.size = size;
  }

  /** Make twice the room. */
  grow() {
    const { keys, values } = this;
    this.keys = new Float64Array(2 * keys.length);
    this.keys.set(keys);
    this.values = new Int32Array(2 * values.length);
    this.values.set(values);
  }
}
