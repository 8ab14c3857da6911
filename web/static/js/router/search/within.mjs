// @ts-check
/**
 * From one point to everything that is near: the least that must be paid to each node, up to a limit
 * (routing/search/within.py; Dijkstra). Only what is reached is touched.
 */

import { Heap } from "../heap.mjs";
import { once } from "../once.mjs";
import { share } from "./network.mjs";

/**
 * Find what can be reached from a point within a limit.
 *
 * @param {Graph} graph
 * @param {EdgePart[]} parts by which the point is left: the first of its ends
 * @param {number} limitDm the most that is paid
 * @param {{ weightDm: Ints, isOpen?: Uint8Array | null }} along what each edge costs, at least 0; and along which one
 *   may go, null for all. The parts are not asked.
 */
export function within(graph, parts, limitDm, { weightDm, isOpen = null }) {
  const { outStart, head } = graph;
  const { cost, heap } = once(graph, roomOf);
  const met = []; // nodes with a cost
  const reached = []; // in the order of their costs
  let isWhole = true; // nothing lies beyond the limit
  const take = (/** @type {number} */ node, /** @type {number} */ farther) => {
    if (farther >= cost[node]) return;
    if (farther > limitDm) {
      isWhole = false;
      return;
    }
    if (cost[node] === Infinity) met.push(node);
    cost[node] = farther;
    heap.push(farther, node);
  };
  for (const part of parts) take(head[part.edge], share(part, weightDm));
  while (heap.size > 0) {
    const key = heap.keys[0];
    const node = heap.values[0];
    heap.drop();
    if (key > cost[node]) continue;
    reached.push(node); // only once: what is put into the heap is less each time
    const end = outStart[node + 1];
    for (let edge = outStart[node]; edge < end; edge += 1) {
      if (isOpen === null || isOpen[edge]) take(head[edge], key + weightDm[edge]);
    }
  }
  const costDm = Float64Array.from(reached, (node) => cost[node]);
  for (const node of met) cost[node] = Infinity;
  return { node: Int32Array.from(reached), costDm, isWhole };
}

/** @param {Graph} graph */
function roomOf(graph) {
  return { cost: new Float64Array(graph.nodeCount).fill(Infinity), heap: new Heap() };
}
