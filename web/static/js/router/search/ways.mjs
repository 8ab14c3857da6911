// @ts-check
/**
 * The ways of a front's walks, kept as a tree: most walks share their beginnings, and few are asked for.
 */

import { TARGET } from "./reach.mjs";

export class Ways {
  /**
   * @param {{ head: Ints, onward: Ints, source: number }} of `[edge]` of what is reached; `[node]` the first
   *   edge of the shortest rest
   */
  constructor({ head, onward, source }) {
    this.head = head;
    this.onward = onward;
    this.source = source;
    /** @type {number[]} [branch] the one that it prolongs, -1 at the start */
    this.before = [];
    /** @type {number[]} [branch] its edge */
    this.edge = [];
  }

  /**
   * Keep the way to a label that was taken up; gives its branch, -1 for the start.
   *
   * @param {number} label
   * @param {import("./labels.mjs").Labels} labels
   */
  keep(label, labels) {
    const fresh = [];
    let at = label;
    for (; labels.branch(at) < 0 && labels.before(at) >= 0; at = labels.before(at)) fresh.push(at);
    let branch = labels.branch(at);
    for (let i = fresh.length - 1; i >= 0; i -= 1) {
      this.before.push(branch);
      branch = this.edge.push(labels.edge(fresh[i])) - 1;
      labels.keep(fresh[i], branch);
    }
    return branch;
  }

  /**
   * The edges of a whole walk: the way of a branch, and the shortest rest.
   *
   * @param {number} branch
   */
  whole(branch) {
    const way = [];
    for (let at = branch; at >= 0; at = this.before[at]) way.push(this.edge[at]);
    let node = way.length > 0 ? this.head[way[0]] : this.source;
    way.reverse();
    for (; node !== TARGET; node = this.head[this.onward[node]]) way.push(this.onward[node]);
    return way;
  }
}
