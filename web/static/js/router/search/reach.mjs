// @ts-check
/**
 * What a budget can reach: the part of a graph on which every walk within a detour lies (routing/search/reach.py).
 *
 * A search from the end, with the straight line to the start, and one from the start, with what the first one found,
 * give all nodes and edges that matter; nothing else of the graph is touched, however large it is.
 */

import { anchorDm } from "../anchors.mjs";
import { once } from "../once.mjs";
import { doorsOf, share } from "./network.mjs";
import { Rooms } from "./rooms.mjs";
import { byNode, joined } from "./shrink.mjs";
import { straightDm } from "./straight.mjs";

export const SOURCE = 0; // nodes of what is reached: the ends of the walk
export const TARGET = 1;
export const FARTHEST = 2 ** 31 - 1; // the effort to the end where it cannot be reached
const FIRST = 2; // node of what is reached that is one of the graph's

/**
 * Find the part of a graph on which every walk worth its length within a budget lies.
 *
 * @param {SearchNetwork} network
 * @param {WalkEnds} ends
 * @param {number} budgetDm the greatest effort of a walk
 */
export function reach(network, ends, budgetDm) {
  const { graph, seen } = network;
  const rooms = once(graph, roomsOf);
  const partDm = ends.parts.map((part) => share(part, graph.effortDm));
  const partSeen = ends.parts.map((part) => share(part, seen));
  const doors = doorsOf(graph, ends, partDm);
  const number = rooms.ints("number", graph.nodeCount); // zeros between searches
  const count = backward(graph, doors, budgetDm, number, rooms);
  forward(graph, doors, budgetDm, number, count, rooms);
  const small = numbered(count, budgetDm, rooms);
  const edgeCount = edgesWithin(graph, { doors, partDm, partSeen, seen, budgetDm, number, count }, rooms);
  const node = rooms.ints("node", graph.nodeCount);
  for (let at = 0; at < count; at += 1) number[node[at]] = 0;
  const [tails, heads] = [rooms.ints("tails", edgeCount), rooms.ints("heads", edgeCount)];
  const streets = {
    count: small, edgeCount, tails, heads,
    out: byNode(tails, edgeCount, small, rooms.ints("outStart", small + 1), rooms.ints("out", edgeCount)),
    into: byNode(heads, edgeCount, small, rooms.ints("inStart", small + 1), rooms.ints("in", edgeCount)),
  }; // prettier-ignore
  const within = {
    codes: rooms.ints("codes", edgeCount), effortDm: rooms.ints("edgeDm", edgeCount),
    seen: rooms.floats("edgeSeen", edgeCount), leftDm: rooms.ints("left", small),
  }; // prettier-ignore
  return joined(streets, within, budgetDm, rooms);
}

/** Rooms of a graph: a search for what is reached never waits in its midst, so one set does. */
export function roomsOf() {
  return new Rooms();
}

/**
 * Tails and efforts of edges by their heads, so that those of a node lie together.
 *
 * @param {Graph} graph
 */
function comingIn({ inEdge, tail, effortDm }) {
  return { tail: inEdge.map((edge) => tail[edge]), effortDm: inEdge.map((edge) => effortDm[edge]) };
}

/**
 * Find the nodes from which the end can be reached in time, and their effort to it; numbers them from 1 on.
 *
 * @param {Graph} graph
 * @param {Doors} doors
 * @param {number} budgetDm
 * @param {Ints} number
 * @param {Rooms} rooms
 */
function backward(graph, { leave, leaveCost, enter, enterCost }, budgetDm, number, rooms) {
  const { nodeCount, inStart } = graph;
  const { tail, effortDm } = once(graph, comingIn);
  const anchors = anchorDm(graph);
  const node = rooms.ints("node", nodeCount);
  const toGo = rooms.ints("toGo", nodeCount);
  const ahead = rooms.ints("ahead", nodeCount); // the least effort between it and the start
  const { piles } = rooms;
  piles.begin(budgetDm);
  let count = 0;
  const take = (/** @type {number} */ one, /** @type {number} */ farther) => {
    let at = number[one] - 1;
    if (at < 0) {
      const straight = straightDm(anchors, one, leave, leaveCost);
      if (farther + straight > budgetDm) return;
      at = count++;
      number[one] = count;
      node[at] = one;
      ahead[at] = straight;
    } else if (farther >= toGo[at]) return;
    toGo[at] = farther;
    piles.put(farther + ahead[at], at);
  };
  for (let i = 0; i < enter.length; i += 1) take(enter[i], enterCost[i]);
  for (let key = 0; key <= budgetDm; key += 1) {
    for (let here = piles.take(key); here >= 0; here = piles.take(key)) {
      const soFar = toGo[here];
      if (soFar + ahead[here] !== key) continue;
      const end = inStart[node[here] + 1];
      for (let i = inStart[node[here]]; i < end; i += 1) take(tail[i], soFar + effortDm[i]);
    }
  }
  return count;
}

/**
 * Measure from the start to the nodes on walks within the budget; what is on none is farther than that.
 *
 * @param {Graph} graph
 * @param {Doors} doors
 * @param {number} budgetDm
 * @param {Ints} number
 * @param {number} count
 * @param {Rooms} rooms
 */
function forward(graph, { leave, leaveCost }, budgetDm, number, count, rooms) {
  const { outStart, head, effortDm } = graph;
  const node = rooms.ints("node", count);
  const toGo = rooms.ints("toGo", count);
  const gone = rooms.ints("gone", count);
  gone.fill(budgetDm + 1, 0, count);
  const { piles } = rooms;
  piles.begin(budgetDm);
  const take = (/** @type {number} */ one, /** @type {number} */ farther) => {
    const at = number[one] - 1;
    if (at < 0 || farther >= gone[at] || farther + toGo[at] > budgetDm) return;
    gone[at] = farther;
    piles.put(farther + toGo[at], at);
  };
  for (let i = 0; i < leave.length; i += 1) take(leave[i], leaveCost[i]);
  for (let key = 0; key <= budgetDm; key += 1) {
    for (let here = piles.take(key); here >= 0; here = piles.take(key)) {
      const soFar = gone[here];
      if (soFar + toGo[here] !== key) continue;
      const end = outStart[node[here] + 1];
      for (let edge = outStart[node[here]]; edge < end; edge += 1) take(head[edge], soFar + effortDm[edge]);
    }
  }
}

/**
 * Number the nodes on walks within the budget, -1 for all others; gives how many there are, with both ends.
 *
 * @param {number} count
 * @param {number} budgetDm
 * @param {Rooms} rooms
 */
function numbered(count, budgetDm, rooms) {
  const gone = rooms.ints("gone", count);
  const small = rooms.ints("small", count);
  let found = FIRST;
  for (let at = 0; at < count; at += 1) small[at] = gone[at] <= budgetDm ? found++ : -1;
  return found;
}

/**
 * List the edges on which a walk within the budget may lie: tails, heads, which, effort, what is seen, and nodes'
 * effort to the end. Gives how many there are.
 *
 * @param {Graph} graph
 * @param {{ doors: Doors, partDm: number[], partSeen: number[], seen: Ints, budgetDm: number, number: Ints,
 *   count: number }} given
 * @param {Rooms} rooms
 */
function edgesWithin(graph, { doors, partDm, partSeen, seen, budgetDm, number, count }, rooms) {
  const { outStart, head, effortDm } = graph;
  const [node, toGo] = [rooms.ints("node", count), rooms.ints("toGo", count)];
  const [gone, small] = [rooms.ints("gone", count), rooms.ints("small", count)];
  let room = partDm.length;
  for (let at = 0; at < count; at += 1) if (small[at] >= 0) room += outStart[node[at] + 1] - outStart[node[at]];
  const [tails, heads, codes] = [rooms.ints("tails", room), rooms.ints("heads", room), rooms.ints("codes", room)];
  const [edgeDm, edgeSeen] = [rooms.ints("edgeDm", room), rooms.floats("edgeSeen", room)];
  const left = rooms.ints("left", count + FIRST);
  let found = listParts(doors, { partDm, partSeen }, small, number, { tails, heads, codes, edgeDm, edgeSeen });
  for (let at = 0; at < count; at += 1) {
    if (small[at] < 0) continue;
    left[small[at]] = toGo[at];
    const end = outStart[node[at] + 1];
    for (let edge = outStart[node[at]]; edge < end; edge += 1) {
      const other = number[head[edge]] - 1;
      if (other < 0 || other === at || small[other] < 0) continue;
      if (gone[at] + effortDm[edge] + toGo[other] > budgetDm) continue;
      tails[found] = small[at];
      heads[found] = small[other];
      codes[found] = edge;
      edgeDm[found] = effortDm[edge];
      edgeSeen[found] = seen[edge];
      found += 1;
    }
  }
  left[TARGET] = 0;
  left[SOURCE] = FARTHEST;
  for (let i = 0; i < found && codes[i] < 0; i += 1) {
    if (tails[i] === SOURCE) left[SOURCE] = Math.min(left[SOURCE], edgeDm[i] + left[heads[i]]);
  }
  return found;
}

/**
 * List the parts of edges at the ends; gives how many there are.
 *
 * @param {Doors} doors
 * @param {{ partDm: number[], partSeen: number[] }} worth
 * @param {Ints} small
 * @param {Ints} number
 * @param {{ tails: Ints, heads: Ints, codes: Ints, edgeDm: Ints, edgeSeen: Floats }} into
 */
function listParts({ leave, enter }, { partDm, partSeen }, small, number, into) {
  let found = 0;
  for (let part = 0; part < partDm.length; part += 1) {
    const isFirst = part < leave.length;
    const isLast = !isFirst && part < leave.length + enter.length;
    into.tails[found] = SOURCE;
    into.heads[found] = TARGET;
    if (isFirst || isLast) {
      const at = number[isFirst ? leave[part] : enter[part - leave.length]] - 1;
      if (at < 0 || small[at] < 0) continue;
      (isFirst ? into.heads : into.tails)[found] = small[at];
    }
    into.codes[found] = -1 - part;
    into.edgeDm[found] = partDm[part];
    into.edgeSeen[found] = partSeen[part];
    found += 1;
  }
  return found;
}
