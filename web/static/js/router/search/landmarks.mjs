// @ts-check
/**
 * Bounds of what ways cost, by what they cost from and to some nodes far out (routing/search/landmarks.py).
 *
 * A *mark* of a node is a number that rises along no lane by more than the lane costs. So a way costs at least as much
 * as its end's mark is higher than its start's.
 */

import { Heap } from "../heap.mjs";
import { once } from "../once.mjs";
import { UNIT } from "./network.mjs";
import { FAR, laneSums, trunkOf } from "./trunk.mjs";

export const MARKS = 16; // two of each landmark
const DEAR = 500; // at a lower price, nearly all of a cost is effort
const LEAST_MARKED = 1000; // then twice as much each time

/**
 * What is seen of each lane of a network; made when first asked for, and kept.
 *
 * @param {SearchNetwork} network
 */
export function laneSeen(network) {
  return once(network, laneSeenOf);
}

/**
 * @param {SearchNetwork} network
 * @returns {Ints | Floats} with 64 bits only where more is seen of a lane than 32 bits hold
 */
function laneSeenOf({ graph, seen }) {
  const sums = laneSums(trunkOf(graph), seen);
  return sums.every((sum) => sum < 2 ** 31) ? Int32Array.from(sums) : sums;
}

/**
 * Give a network as a search for one route reads it: costs at a price lie between those at two prices with marks.
 *
 * @param {SearchNetwork} network
 * @param {number} beta
 * @returns {Lanes}
 */
export function lanesOf(network, beta) {
  let below = 0;
  let above = LEAST_MARKED;
  while (above < beta) [below, above] = [above, 2 * above];
  let weight = Math.floor((UNIT * (above - beta)) / (above - below));
  let weightAbove = Math.floor((UNIT * (beta - below)) / (above - below));
  if (beta < DEAR) [above, weight, weightAbove] = [0, UNIT, 0];
  const [marks, marksAbove] = [marksAt(network, below), marksAt(network, above)];
  return { trunk: trunkOf(network.graph), seen: laneSeen(network), marks, marksAbove, weight, weightAbove };
}

/**
 * Marks at a price, `[node of the trunk, mark]`; made when first asked for, and kept.
 *
 * @param {SearchNetwork} network
 * @param {number} price
 * @returns {Ints}
 */
function marksAt(network, price) {
  if (price === 0) return once(network.graph, effortMarks);
  const bounding = once(network, boundingOf) ?? network;
  const marked = once(bounding, noMarks);
  let marks = marked.get(price);
  if (!marks) {
    const seen = laneSeen(bounding);
    const { effortDm } = trunkOf(network.graph);
    const weight = Float64Array.from(seen, (of, lane) => Math.min(effortDm[lane] + Math.floor((price * of) / UNIT), FAR));
    marked.set(price, (marks = marksOf(network.graph, weight)));
  }
  return marks;
}

/** @returns {Map<number, Ints>} */
function noMarks() {
  return new Map();
}

/**
 * The network beneath, if its marks are good here: if nothing of it is seen less here.
 *
 * @param {SearchNetwork} network
 */
function boundingOf({ seen, beneath }) {
  return !beneath || seen.some((of, edge) => of < beneath.seen[edge]) ? null : beneath;
}

/** @param {Graph} graph */
function effortMarks(graph) {
  return marksOf(graph, Float64Array.from(trunkOf(graph).effortDm));
}

/**
 * Measure from and to landmarks, each as far as can be from those before it.
 *
 * @param {Graph} graph
 * @param {Floats} weight `[lane]` whole numbers, at least 0
 */
function marksOf(graph, weight) {
  const { number, size, start, to } = trunkOf(graph);
  const marks = new Int32Array(size * MARKS);
  const main = number.filter((at, node) => at < size && graph.component[node] === 0);
  if (main.length === 0) return marks;
  const heap = new Heap();
  const measured = (/** @type {number} */ landmark, /** @type {number} */ row) =>
    distances(start, to, weight, landmark, row, size, heap);
  const near = measured(main[0], 0);
  for (let i = 0; i < MARKS; i += 2) {
    let landmark = main[0];
    for (const node of main) if (near[node] > near[landmark]) landmark = node;
    const [away, there] = [measured(landmark, 0), measured(landmark, number.length)];
    for (let node = 0; node < size; node += 1) {
      marks[MARKS * node + i] = away[node];
      marks[MARKS * node + i + 1] = -there[node];
      near[node] = Math.min(away[node], there[node], i > 0 ? near[node] : FAR);
    }
  }
  return marks;
}

/**
 * Measure to all nodes of the trunk along lanes that lead away, or against those that lead there.
 *
 * @param {Ints} start
 * @param {Ints} to
 * @param {Floats} weight
 * @param {number} landmark
 * @param {number} row
 * @param {number} size
 * @param {Heap} heap
 */
function distances(start, to, weight, landmark, row, size, heap) {
  const far = new Int32Array(size).fill(FAR);
  far[landmark] = 0;
  heap.push(0, landmark);
  while (heap.size > 0) {
    const key = heap.keys[0];
    const node = heap.values[0];
    heap.drop();
    if (key > far[node]) continue;
    const end = start[row + node + 1];
    for (let i = start[row + node]; i < end; i += 1) {
      const farther = key + weight[i];
      if (farther >= far[to[i]]) continue;
      far[to[i]] = farther;
      heap.push(farther, to[i]);
    }
  }
  return far;
}
