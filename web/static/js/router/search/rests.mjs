// @ts-check
/**
 * The rests of walks: from every node to the end, the shortest, the least seen, and the cheapest at a price.
 */

import { Heap } from "../heap.mjs";
import { FARTHEST, SOURCE, TARGET } from "./reach.mjs";
import { byNode } from "./shrink.mjs";

const SWEEPS = 2; // then few are left

/**
 * The edges that lead to each node, and where they come from.
 *
 * @param {Reached} reached
 * @param {import("./rooms.mjs").Rooms} rooms
 * @returns {EdgesBack}
 */
export function edgesBack({ outStart, head }, rooms) {
  const count = outStart.length - 1;
  const tail = rooms.ints("tail", head.length);
  for (let node = 0; node < count; node += 1) tail.fill(node, outStart[node], outStart[node + 1]);
  const [start, order] = [rooms.ints("back", count + 1), rooms.ints("backEdges", head.length)];
  return { tail, ...byNode(head, head.length, count, start, order) };
}

/**
 * Nodes by their effort to the end, of equal ones those with the lower number first; the start comes last: a part of an
 * edge may cost nothing. Without the end, and without what does not lead there.
 *
 * @param {Reached} reached
 */
export function byEffort({ toGoDm }) {
  const isWanted = (/** @type {number} */ node) => node !== SOURCE && node !== TARGET && toGoDm[node] < FARTHEST;
  let most = 0;
  let size = toGoDm[SOURCE] < FARTHEST ? 1 : 0;
  for (let node = 0; node < toGoDm.length; node += 1) {
    if (!isWanted(node)) continue;
    most = Math.max(most, toGoDm[node]);
    size += 1;
  }
  const start = new Int32Array(most + 2);
  for (let node = 0; node < toGoDm.length; node += 1) if (isWanted(node)) start[toGoDm[node] + 1] += 1;
  for (let dm = 0; dm <= most; dm += 1) start[dm + 1] += start[dm];
  const order = new Int32Array(size).fill(SOURCE);
  for (let node = 0; node < toGoDm.length; node += 1) if (isWanted(node)) order[start[toGoDm[node]]++] = node;
  return order;
}

/**
 * The first edge of a shortest way from every node to the end, and what is seen of that way, the least so.
 *
 * @param {Reached} reached
 * @param {Ints} order from `byEffort`
 */
export function shortestRest({ outStart, head, effortDm, seen, toGoDm }, order) {
  const onward = new Int32Array(toGoDm.length).fill(-1);
  const rest = new Float64Array(toGoDm.length).fill(Infinity);
  rest[TARGET] = 0;
  for (const node of order) {
    for (let edge = outStart[node]; edge < outStart[node + 1]; edge += 1) {
      if (effortDm[edge] + toGoDm[head[edge]] !== toGoDm[node]) continue;
      const whole = seen[edge] + rest[head[edge]];
      if (whole >= rest[node]) continue;
      rest[node] = whole;
      onward[node] = edge;
    }
  }
  return { onward, rest };
}

/**
 * The least that is seen from every node to the end, `[node]`; Infinity where that is above `most`.
 *
 * @param {Reached} reached
 * @param {EdgesBack} back
 * @param {number} most
 */
export function seenToGo({ toGoDm, seen }, { tail, start, order }, most) {
  const least = new Float64Array(toGoDm.length).fill(Infinity);
  const heap = new Heap();
  least[TARGET] = 0;
  heap.push(0, TARGET);
  while (heap.size > 0) {
    const key = heap.keys[0];
    const node = heap.values[0];
    heap.drop();
    if (key > least[node]) continue;
    const end = start[node + 1];
    for (let i = start[node]; i < end; i += 1) {
      const more = key + seen[order[i]];
      const other = tail[order[i]];
      if (more >= least[other] || more > most) continue;
      least[other] = more;
      heap.push(more, other);
    }
  }
  return least;
}

/**
 * Make rests those of least cost at a price, given some that there are. Most get nearer to the end edge by edge
 * whatever they cost, so nodes are first gone through by how near they are, each taking the best of its neighbours'.
 *
 * @param {Reached} reached
 * @param {EdgesBack} back
 * @param {Ints} order from `byEffort`
 * @param {Price} price
 * @param {Rests} rests of ways that there are
 */
export function lower(reached, back, order, price, { dm, seen }) {
  const { perDm, perSeen } = price;
  const cost = dm.map((of, node) => perDm * of + perSeen * seen[node]);
  const heap = new Heap();
  for (let turn = 1; turn <= SWEEPS; turn += 1) {
    sweep(reached, order, price, { dm, seen }, cost, turn === SWEEPS ? heap : null);
  }
  while (heap.size > 0) {
    const key = heap.keys[0];
    const node = heap.values[0];
    heap.drop();
    if (key > cost[node]) continue;
    const end = back.start[node + 1];
    for (let i = back.start[node]; i < end; i += 1) {
      const edge = back.order[i];
      const other = back.tail[edge];
      const whole = perDm * reached.effortDm[edge] + perSeen * reached.seen[edge] + key;
      if (whole >= cost[other]) continue;
      cost[other] = whole;
      dm[other] = reached.effortDm[edge] + dm[node];
      seen[other] = reached.seen[edge] + seen[node];
      heap.push(whole, other);
    }
  }
}

/**
 * Let every node take the best of its neighbours' rests.
 *
 * @param {Reached} reached
 * @param {Ints} order
 * @param {Price} price
 * @param {Rests} rests
 * @param {Floats} cost `[node]` of them
 * @param {Heap | null} changed takes the nodes that have a better one
 */
function sweep({ outStart, head, effortDm, seen }, order, { perDm, perSeen }, rests, cost, changed) {
  for (let turn = 0; turn < order.length; turn += 1) {
    const node = order[turn];
    const end = outStart[node + 1];
    let least = cost[node];
    let best = -1;
    for (let edge = outStart[node]; edge < end; edge += 1) {
      const whole = perDm * effortDm[edge] + perSeen * seen[edge] + cost[head[edge]];
      if (whole >= least) continue;
      least = whole;
      best = edge;
    }
    if (best < 0) continue;
    cost[node] = least;
    rests.dm[node] = effortDm[best] + rests.dm[head[best]];
    rests.seen[node] = seen[best] + rests.seen[head[best]];
    if (changed !== null) changed.push(least, node);
  }
}
