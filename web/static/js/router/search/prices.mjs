// @ts-check
/**
 * Walks of least cost at well chosen prices: what is shown where there are too many walks to look at all of them
 * (routing/search/prices.py). A price of being seen picks a corner of the front's hull; the line through the corners on
 * either side of a budget bounds from below what any walk within it is seen (Lagrange).
 */

import { Heap } from "../heap.mjs";
import { SOURCE, TARGET } from "./reach.mjs";

const MOST_SOLVED = 60; // prices tried for one walk
const EXACT = 2 ** 53; // sums of whole numbers below are exact

export class Prices {
  /**
   * @param {Reached} reached what to search
   * @param {Floats} least `[node]` from `seenToGo`
   * @param {{ onward: Ints, rest: Floats }} shortest from `shortestRest`
   */
  constructor(reached, least, { onward, rest }) {
    this.reached = reached;
    this.least = least;
    this.onward = onward;
    this.rest = rest;
    this.solved = 0;
    this.isExact = true; // no cost was too large
    const nodes = reached.toGoDm.length;
    this.heap = new Heap();
    this.cost = new Float64Array(nodes);
    this.cameBy = new Int32Array(nodes);
    this.cameFrom = new Int32Array(nodes);
  }

  /**
   * Find corners within a budget, by effort, and the least that any walk within it is seen.
   *
   * @param {number} budgetDm
   * @returns {{ corners: Corner[], least: number }}
   */
  corners(budgetDm) {
    const [first, last] = [this.shortest(), this.leastSeen()];
    if (last.effortDm <= budgetDm) return { corners: this.between(first, last), least: last.seen };
    let inside = first;
    let outside = last;
    for (let middle = this.middle(inside, outside); middle; middle = this.middle(inside, outside)) {
      if (middle.effortDm <= budgetDm) inside = middle;
      else outside = middle;
    }
    const wideDm = outside.effortDm - inside.effortDm;
    const more = (budgetDm - inside.effortDm) * (inside.seen - outside.seen);
    const corners = this.between(first, inside);
    const bound = more < EXACT ? inside.seen - (more - (more % wideDm)) / wideDm : -Infinity;
    return { corners, least: Math.max(this.isExact ? bound : -Infinity, this.least[SOURCE]) };
  }

  /** The walk of least effort, of those the one that is seen least. */
  shortest() {
    const way = [];
    for (let node = SOURCE; node !== TARGET; node = this.reached.head[this.onward[node]]) way.push(this.onward[node]);
    this.solved += 1;
    return this.cornerOf(Int32Array.from(way));
  }

  /** The walk that is seen least, of those the one of least effort: on edges that are part of such walks alone. */
  leastSeen() {
    const { reached, least } = this;
    const isOpen = (/** @type {number} */ node, /** @type {number} */ edge) =>
      reached.seen[edge] + least[reached.head[edge]] === least[node];
    return this.cheapest(1, 0, isOpen);
  }

  /**
   * Find corners between two, the widest gap first, as many as there is patience for.
   *
   * @param {Corner} first
   * @param {Corner} last
   */
  between(first, last) {
    const corners = [first];
    /** @type {[Corner, Corner][]} */
    const gaps = [];
    if (last.seen < first.seen) {
      corners.push(last);
      gaps.push([first, last]);
    }
    const width = (/** @type {[Corner, Corner]} */ [low, high]) =>
      (high.effortDm - low.effortDm) * (low.seen - high.seen);
    while (this.solved < MOST_SOLVED) {
      const gap = gaps.sort((a, b) => width(a) - width(b)).pop();
      if (!gap) break;
      const middle = this.middle(...gap);
      if (!middle) continue;
      corners.push(middle);
      gaps.push([gap[0], middle], [middle, gap[1]]);
    }
    return corners.sort((a, b) => a.effortDm - b.effortDm || a.seen - b.seen);
  }

  /**
   * Find a corner between two, null if there is none.
   *
   * @param {Corner} low
   * @param {Corner} high
   */
  middle(low, high) {
    let perDm = low.seen - high.seen;
    let perSeen = high.effortDm - low.effortDm;
    while (perDm * high.effortDm + perSeen * low.seen >= EXACT / 4 && Math.max(perDm, perSeen) > 1) {
      // beyond any map: some other price near this one, and no bound by it
      [perDm, perSeen, this.isExact] = [Math.ceil(perDm / 2), Math.ceil(perSeen / 2), false];
    }
    const found = this.cheapest(perDm, perSeen);
    return perDm * found.effortDm + perSeen * found.seen < perDm * low.effortDm + perSeen * low.seen ? found : null;
  }

  /**
   * Find the walk of least cost on what is reached (A*).
   *
   * @param {number} perDm the price of a decimetre
   * @param {number} perSeen the price of a unit seen
   * @param {((node: number, edge: number) => boolean) | null} [isOpen]
   */
  cheapest(perDm, perSeen, isOpen = null) {
    this.solved += 1;
    const { heap, cost, cameBy, cameFrom, least } = this;
    const { outStart, head, effortDm, seen, toGoDm } = this.reached;
    cost.fill(Infinity);
    cameBy.fill(-1);
    cost[SOURCE] = 0;
    heap.size = 0;
    heap.push(0, SOURCE);
    while (heap.size > 0) {
      const key = heap.keys[0];
      const node = heap.values[0];
      heap.drop();
      if (node === TARGET) break;
      if (node !== SOURCE && key > cost[node] + perDm * toGoDm[node] + perSeen * least[node]) continue;
      const end = outStart[node + 1];
      for (let edge = outStart[node]; edge < end; edge += 1) {
        const other = head[edge];
        const farther = cost[node] + perDm * effortDm[edge] + perSeen * seen[edge];
        if (least[other] === Infinity || farther >= cost[other] || (isOpen && !isOpen(node, edge))) continue;
        cost[other] = farther;
        cameBy[other] = edge;
        cameFrom[other] = node;
        heap.push(farther + perDm * toGoDm[other] + perSeen * least[other], other);
      }
    }
    const way = [];
    for (let node = TARGET; cameBy[node] >= 0; node = cameFrom[node]) way.push(cameBy[node]);
    return this.cornerOf(Int32Array.from(way.reverse()));
  }

  /**
   * @param {Ints} way
   * @returns {Corner}
   */
  cornerOf(way) {
    const { effortDm, seen } = this.reached;
    const sum = (/** @type {Ints | Floats} */ of) => way.reduce((/** @type {number} */ all, edge) => all + of[edge], 0);
    return { effortDm: sum(effortDm), seen: sum(seen), way };
  }
}
