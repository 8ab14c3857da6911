// @ts-check
/**
 * What a budget can reach: the part of a graph on which every walk within a detour lies (routing/search/reach.py).
 *
 * A search from the end, with the straight line to the start, and one from the start, with what the first one found,
 * give all nodes and edges that matter; nothing else is touched, however large the graph is. They go along the lanes of
 * the trunk, which is half of the graph; what lies beside it is left only at the start and entered only at the end.
 */

import { Heap } from "../heap.mjs";
import { once } from "../once.mjs";
import { laneSeen } from "./landmarks.mjs";
import { doorsOf, share } from "./network.mjs";
import { Rooms } from "./rooms.mjs";
import { byNode, joined } from "./shrink.mjs";
import { straightDm } from "./straight.mjs";
import { trunkOf } from "./trunk.mjs";

export const SOURCE = 0; // nodes of what is reached: the ends of the walk
export const TARGET = 1;
export const FARTHEST = 2 ** 31 - 1; // the effort to the end where it cannot be reached
const FIRST = 2; // node of what is reached that is one of the trunk's

/** @typedef {Map<number, number[]>} Side by nodes of the trunk: lanes not listed there, each with its node beside */

/**
 * Find the part of a graph on which every walk worth its length within a budget lies.
 *
 * @param {SearchNetwork} network
 * @param {WalkEnds} ends
 * @param {number} budgetDm the greatest effort of a walk
 */
export function reach(network, ends, budgetDm) {
  const { graph, seen } = network;
  const trunk = trunkOf(graph);
  const rooms = once(graph, roomsOf);
  const partDm = ends.parts.map((part) => share(part, graph.effortDm));
  const partSeen = ends.parts.map((part) => share(part, seen));
  const doors = doorsOf(graph, ends, partDm);
  doors.leave = doors.leave.map((node) => trunk.number[node]);
  doors.enter = doors.enter.map((node) => trunk.number[node]);
  const number = rooms.ints("number", graph.nodeCount); // zeros between searches
  const count = backward(trunk, doors, budgetDm, number, leaving(trunk, doors, budgetDm), rooms);
  const entered = entering(trunk, number, count, rooms);
  forward(trunk, doors, budgetDm, number, count, entered, rooms);
  const small = numbered(count, budgetDm, rooms);
  const given = { doors, partDm, partSeen, seen: laneSeen(network), budgetDm, number, count, entered };
  const edgeCount = edgesWithin(trunk, given, rooms);
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
  const reached = joined(streets, within, budgetDm, rooms);
  rooms.shrink();
  return reached;
}

/** Rooms of a graph: a search for what is reached never waits in its midst, so one set does. */
export function roomsOf() {
  return new Rooms();
}

/**
 * Where the trunk is entered from what lies beside it at the start: lanes by the node that they lead to.
 *
 * @param {Trunk} trunk
 * @param {Doors} doors
 * @param {number} budgetDm
 */
function leaving({ size, start, to, effortDm }, { leave, leaveCost }, budgetDm) {
  /** @type {Side} */
  const found = new Map();
  /** @type {Map<number, number>} */
  const gone = new Map();
  const heap = new Heap();
  const take = (/** @type {number} */ node, /** @type {number} */ farther) => {
    if (node < size || farther > budgetDm || farther >= (gone.get(node) ?? Infinity)) return;
    gone.set(node, farther);
    heap.push(farther, node);
  };
  for (let i = 0; i < leave.length; i += 1) take(leave[i], leaveCost[i]);
  while (heap.size > 0) {
    const key = heap.keys[0];
    const node = heap.values[0];
    heap.drop();
    if (key > /** @type {number} */ (gone.get(node))) continue;
    for (let lane = start[node]; lane < start[node + 1]; lane += 1) {
      if (to[lane] < size) beside(found, to[lane], lane, node);
      else take(to[lane], key + effortDm[lane]);
    }
  }
  return found;
}

/**
 * Where the trunk is left for what lies beside it at the end: lanes by the node that they come from.
 *
 * @param {Trunk} trunk
 * @param {Ints} number
 * @param {number} count
 * @param {Rooms} rooms
 */
function entering({ size, start, to, number: { length: nodes } }, number, count, rooms) {
  /** @type {Side} */
  const found = new Map();
  const node = rooms.ints("node", nodes);
  for (let at = 0; at < count; at += 1) {
    if (node[at] < size) continue;
    for (let lane = start[nodes + node[at]]; lane < start[nodes + node[at] + 1]; lane += 1) {
      if (to[lane] < size && number[to[lane]] > 0) beside(found, to[lane], lane, node[at]);
    }
  }
  return found;
}

/**
 * @param {Side} side
 * @param {number} gate
 * @param {number} lane
 * @param {number} node
 */
function beside(side, gate, lane, node) {
  const known = side.get(gate);
  if (known) known.push(lane, node);
  else side.set(gate, [lane, node]);
}

/**
 * Find the nodes from which the end can be reached in time, and their effort to it; numbers them from 1 on.
 *
 * @param {Trunk} trunk
 * @param {Doors} doors
 * @param {number} budgetDm
 * @param {Ints} number
 * @param {Side} left
 * @param {Rooms} rooms
 */
function backward(trunk, { leave, leaveCost, enter, enterCost }, budgetDm, number, left, rooms) {
  const { start, to, effortDm, anchorDm } = trunk;
  const nodes = trunk.number.length;
  const node = rooms.ints("node", nodes);
  const toGo = rooms.ints("toGo", nodes);
  const ahead = rooms.ints("ahead", nodes); // the least effort between it and the start
  const { piles } = rooms;
  piles.begin(budgetDm);
  let count = 0;
  const take = (/** @type {number} */ one, /** @type {number} */ farther) => {
    let at = number[one] - 1;
    if (at < 0) {
      const straight = straightDm(anchorDm, one, leave, leaveCost);
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
      const row = nodes + node[here];
      const end = start[row + 1];
      for (let lane = start[row]; lane < end; lane += 1) take(to[lane], soFar + effortDm[lane]);
      const side = left.get(node[here]);
      for (let i = 0; side && i < side.length; i += 2) take(side[i + 1], soFar + effortDm[side[i]]);
    }
  }
  return count;
}

/**
 * Measure from the start to the nodes on walks within the budget; what is on none is farther than that.
 *
 * @param {Trunk} trunk
 * @param {Doors} doors
 * @param {number} budgetDm
 * @param {Ints} number
 * @param {number} count
 * @param {Side} entered
 * @param {Rooms} rooms
 */
function forward({ start, to, effortDm }, { leave, leaveCost }, budgetDm, number, count, entered, rooms) {
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
      const end = start[node[here] + 1];
      for (let lane = start[node[here]]; lane < end; lane += 1) take(to[lane], soFar + effortDm[lane]);
      const side = entered.get(node[here]);
      for (let i = 0; side && i < side.length; i += 2) take(side[i + 1], soFar + effortDm[side[i]]);
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
 * List the lanes on which a walk within the budget may lie: tails, heads, chains, effort, what is seen, and nodes'
 * effort to the end. Gives how many there are.
 *
 * @param {Trunk} trunk
 * @param {{ doors: Doors, partDm: number[], partSeen: number[], seen: Ints | Floats, budgetDm: number, number: Ints,
 *   count: number, entered: Side }} given
 * @param {Rooms} rooms
 */
function edgesWithin(trunk, { doors, partDm, partSeen, seen, budgetDm, number, count, entered }, rooms) {
  const { start, to, effortDm, chain } = trunk;
  const [node, toGo] = [rooms.ints("node", count), rooms.ints("toGo", count)];
  const [gone, small] = [rooms.ints("gone", count), rooms.ints("small", count)];
  let room = partDm.length;
  for (let at = 0; at < count; at += 1) if (small[at] >= 0) room += start[node[at] + 1] - start[node[at]];
  for (const side of entered.values()) room += side.length / 2;
  const [tails, heads, codes] = [rooms.ints("tails", room), rooms.ints("heads", room), rooms.ints("codes", room)];
  const [edgeDm, edgeSeen] = [rooms.ints("edgeDm", room), rooms.floats("edgeSeen", room)];
  const left = rooms.ints("left", count + FIRST);
  let found = listParts(doors, { partDm, partSeen }, small, number, { tails, heads, codes, edgeDm, edgeSeen });
  const list = (/** @type {number} */ at, /** @type {number} */ lane, /** @type {number} */ head) => {
    const other = number[head] - 1;
    if (other < 0 || other === at || small[other] < 0 || gone[at] + effortDm[lane] + toGo[other] > budgetDm) return;
    tails[found] = small[at];
    heads[found] = small[other];
    codes[found] = chain[lane];
    edgeDm[found] = effortDm[lane];
    edgeSeen[found] = seen[lane];
    found += 1;
  };
  for (let at = 0; at < count; at += 1) {
    if (small[at] < 0) continue;
    left[small[at]] = toGo[at];
    const end = start[node[at] + 1];
    for (let lane = start[node[at]]; lane < end; lane += 1) list(at, lane, to[lane]);
    const side = entered.get(node[at]);
    for (let i = 0; side && i < side.length; i += 2) list(at, side[i], side[i + 1]);
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
