// @ts-check
/**
 * The path of least cost between two points, searched from both ends (routing/search/route.py).
 *
 * What lies beside the trunk comes first, from both ends; then it is the trunk's turn. Costs are bounded by the
 * straight line and by marks at two prices. Both sides lean on half of the difference of two bounds; it is rounded down,
 * which leaves it a bound, so that all keys are whole numbers and exact.
 */

import { Heap } from "../heap.mjs";
import { once } from "../once.mjs";
import { lanesOf, MARKS } from "./landmarks.mjs";
import { costOf, doorsOf, endsOf, MAX_BETA, pathOf, share, SPLITS, UNIT, UNREACHED } from "./network.mjs";
import { FAR, trunkOf } from "./trunk.mjs";

/**
 * Find a path of least cost.
 *
 * @param {SearchNetwork} network
 * @param {SnapPoint} start
 * @param {SnapPoint} end
 * @param {number} beta the price of a unit of risk in decimetres of effort, 0 to MAX_BETA
 * @param {{ barred?: Barred | null, below?: number }} [options] what it may not take; only a path that costs less than
 *   `below` is looked for
 * @returns {PathFound | null} null if the end cannot be reached so
 */
export function bestPath(network, start, end, beta, { barred = null, below = UNREACHED } = {}) {
  if (!(beta >= 0 && beta <= MAX_BETA)) {
    throw new RangeError(`the price of a unit of risk is 0 to ${MAX_BETA}, in decimetres`);
  }
  const ends = without(endsOf(network.graph, start, [end]), barred?.parts);
  let best = null;
  for (const part of ends.direct) {
    const path = pathOf(network, [part]);
    if (costOf(path, beta) < (best ? costOf(best, beta) : below)) best = path;
  }
  const found = between(network, ends, barred, beta, best ? costOf(best, beta) : below);
  if (!found) return best;
  const whole = found.edges.map((edge) => ({ edge, from: 0, to: SPLITS }));
  return pathOf(network, [ends.first[found.first], ...whole, ends.last[found.last]]);
}

/**
 * @param {WalkEnds} ends
 * @param {EdgePart[]} [parts]
 * @returns {WalkEnds}
 */
function without(ends, parts = []) {
  const isOpen = (/** @type {EdgePart} */ one) =>
    !parts.some((part) => part.edge === one.edge && part.from === one.from && part.to === one.to);
  const [first, last, direct] = [ends.first, ends.last, ends.direct].map((of) => of.filter(isOpen));
  return { first, last, direct, parts: [...first, ...last, ...direct] };
}

/**
 * Search the graph between both ends.
 *
 * @param {SearchNetwork} network
 * @param {WalkEnds} ends
 * @param {Barred | null} barred
 * @param {number} beta
 * @param {number} below
 * @returns {{ first: number, last: number, edges: number[] } | null} places of both parts, and the edges between them
 */
function between(network, ends, barred, beta, below) {
  const { graph, seen } = network;
  const lanes = lanesOf(network, beta);
  const cost = ends.parts.map((part) => UNIT * share(part, graph.effortDm) + beta * share(part, seen));
  const { leave, leaveCost, enter, enterCost } = doorsOf(graph, ends, cost);
  const rooms = once(graph, noRooms);
  const room = rooms.pop() ?? new Room(trunkOf(graph).number.length);
  const search = { lanes, beta, barred: barred?.edges ?? null, room };
  approach(search, leave, leaveCost, 0);
  approach(search, enter, enterCost, 1);
  const gates = { start: gatesOf(search, 0), end: gatesOf(search, 1) };
  const meeting = meet(search, gates, below);
  const found = meeting < 0 ? null : traced(search, meeting);
  room.clear();
  rooms.push(room);
  return found;
}

/**
 * How many bytes the rooms of a graph take that are kept for searches to come.
 *
 * @param {Graph} graph
 */
export function routeRoomBytes(graph) {
  return once(graph, noRooms).reduce((sum, room) => sum + room.byteLength, 0);
}

/** @returns {Room[]} of searches that are over */
function noRooms() {
  return [];
}

/**
 * Room for one search after the other; between them it is wiped where it was touched. Side 0 searches from the start,
 * side 1 from the end.
 */
export class Room {
  /** @param {number} count nodes */
  constructor(count) {
    this.where = new Int32Array(count); // [node] place among those met, plus 1; 0 where it was not met
    this.met = 0;
    this.node = new Int32Array(count); // [met]
    this.lean = new Float64Array(count); // [met] half of by how much it is nearer to the start than to the end, in cost
    this.paid = new Float64Array(2 * count); // [2 * met + side] from the start or to the end
    this.by = new Int32Array(2 * count); // [2 * met + side] lane, or index of a door
    this.before = new Int32Array(2 * count); // [2 * met + side] place of the node before; -1 at a door
    this.heaps = [new Heap(), new Heap()];
  }

  /**
   * Give a node a place among those met.
   *
   * @param {number} node
   */
  placeOf(node) {
    const at = this.where[node] - 1;
    if (at >= 0) return at;
    const { met } = this;
    this.where[node] = this.met = met + 1;
    this.node[met] = node;
    this.paid[2 * met] = this.paid[2 * met + 1] = UNREACHED;
    return met;
  }

  /** How many bytes it takes. */
  get byteLength() {
    const arrays = [this.where, this.node, this.lean, this.paid, this.by, this.before];
    const ofHeaps = this.heaps.flatMap(({ keys, values }) => [keys, values]);
    return [...arrays, ...ofHeaps].reduce((sum, array) => sum + array.byteLength, 0);
  }

  clear() {
    for (let at = 0; at < this.met; at += 1) this.where[this.node[at]] = 0;
    this.met = this.heaps[0].size = this.heaps[1].size = 0;
  }
}

/**
 * @param {number} lane
 * @param {Trunk} trunk
 * @param {Uint8Array} barred
 */
function isBarred(lane, { chain, linkStart, link }, barred) {
  const end = linkStart[chain[lane] + 1];
  for (let at = linkStart[chain[lane]]; at < end; at += 1) if (barred[link[at]]) return true;
  return false;
}

/**
 * Go from the doors of a side as far as the trunk (Dijkstra).
 *
 * @param {RouteSearch} search
 * @param {Ints} doors nodes of the graph
 * @param {Floats} doorCost
 * @param {number} side
 */
function approach({ lanes: { trunk, seen }, beta, barred, room }, doors, doorCost, side) {
  const { paid, by, before } = room;
  const heap = room.heaps[side];
  const take = (/** @type {number} */ node, /** @type {number} */ cost, /** @type {number} */ way, from = -1) => {
    const at = room.placeOf(node);
    if (cost >= paid[2 * at + side] || (from >= 0 && barred && isBarred(way, trunk, barred))) return;
    paid[2 * at + side] = cost;
    by[2 * at + side] = way;
    before[2 * at + side] = from;
    if (node >= trunk.size) heap.push(cost, at);
  };
  for (let i = 0; i < doors.length; i += 1) take(trunk.number[doors[i]], doorCost[i], i);
  while (heap.size > 0) {
    const key = heap.keys[0];
    const here = heap.values[0];
    heap.drop();
    if (key > paid[2 * here + side]) continue;
    const row = side * trunk.number.length + room.node[here];
    for (let i = trunk.start[row]; i < trunk.start[row + 1]; i += 1) {
      take(trunk.to[i], key + UNIT * trunk.effortDm[i] + beta * seen[i], i, here);
    }
  }
}

/**
 * Say where one side enters the trunk.
 *
 * @param {RouteSearch} search
 * @param {number} side
 * @returns {Gates}
 */
function gatesOf({ lanes: { trunk, marks, marksAbove }, room }, side) {
  const sign = side === 1 ? 1 : -1; // the lowest marks bound ways to the end, the highest those from the start
  const least = new Int32Array(2 * MARKS).fill(FAR);
  const atDm = [];
  for (let at = 0; at < room.met; at += 1) {
    const node = room.node[at];
    if (node >= trunk.size || room.paid[2 * at + side] === UNREACHED) continue;
    atDm.push(trunk.anchorDm[2 * node], trunk.anchorDm[2 * node + 1]);
    for (let i = 0; i < MARKS; i += 1) {
      least[i] = Math.min(least[i], sign * marks[MARKS * node + i]);
      least[MARKS + i] = Math.min(least[MARKS + i], sign * marksAbove[MARKS * node + i]);
    }
  }
  return { atDm: Float64Array.from(atDm), marks: least.map((mark) => sign * mark) };
}

/**
 * Go on from both sides until no path can cost less than the best one found; gives where that meets, -1 without one.
 *
 * @param {RouteSearch} search
 * @param {{ start: Gates, end: Gates }} gates
 * @param {number} below
 */
function meet({ lanes, beta, barred, room }, gates, below) {
  const { trunk, seen } = lanes;
  const { start, to, effortDm } = trunk;
  const { where, node, lean, paid, by, before } = room;
  const [forth, back] = room.heaps;
  let { best, meeting } = begun(lanes, gates, below, room);
  while (forth.size > 0 && back.size > 0 && forth.keys[0] - best + back.keys[0] < 0) {
    const side = forth.size <= back.size ? 0 : 1;
    const heap = side === 0 ? forth : back;
    const across = side === 0 ? back.keys[0] : forth.keys[0];
    const sign = 1 - 2 * side;
    const least = heap.keys[0];
    const here = heap.values[0];
    heap.drop();
    const soFar = paid[2 * here + side];
    if (least > soFar + sign * lean[here]) continue;
    const row = side * where.length + node[here];
    const end = start[row + 1];
    for (let i = start[row]; i < end; i += 1) {
      const cost = soFar + UNIT * effortDm[i] + beta * seen[i];
      let at = where[to[i]] - 1;
      if (at < 0) {
        at = room.placeOf(to[i]);
        lean[at] = leanOf(to[i], lanes, gates.start, gates.end);
      }
      if (paid[2 * at + side] <= cost || (barred !== null && isBarred(i, trunk, barred))) continue;
      const whole = cost + paid[2 * at + 1 - side];
      const key = cost + sign * lean[at];
      if (whole < best) {
        best = whole;
        meeting = at;
      } else if (key - best + across >= 0) continue;
      paid[2 * at + side] = cost;
      by[2 * at + side] = i;
      before[2 * at + side] = here;
      heap.push(key, at);
    }
  }
  return meeting;
}

/**
 * Let the gates wait; gives the best cost so far, and where it is met.
 *
 * @param {Lanes} lanes
 * @param {{ start: Gates, end: Gates }} gates
 * @param {number} below
 * @param {Room} room
 */
function begun(lanes, gates, below, room) {
  let best = below;
  let meeting = -1;
  for (let at = 0; at < room.met; at += 1) {
    const there = room.paid[2 * at];
    const back = room.paid[2 * at + 1];
    if (there + back < best) {
      best = there + back;
      meeting = at;
    }
    if (room.node[at] >= lanes.trunk.size) continue;
    const lean = (room.lean[at] = leanOf(room.node[at], lanes, gates.start, gates.end));
    if (there < UNREACHED) room.heaps[0].push(there + lean, at);
    if (back < UNREACHED) room.heaps[1].push(back - lean, at);
  }
  return { best, meeting };
}

/**
 * Half of by how much a node of the trunk is nearer to the start than to the end, in cost.
 *
 * @param {number} node
 * @param {Lanes} lanes
 * @param {Gates} start
 * @param {Gates} end
 */
function leanOf(node, { trunk, marks, marksAbove, weight, weightAbove }, start, end) {
  let before = straightDm(trunk.anchorDm, node, start.atDm);
  let behind = straightDm(trunk.anchorDm, node, end.atDm);
  let beforeAbove = before; // what is seen costs nothing on the straight line
  let behindAbove = behind;
  const row = MARKS * node;
  for (let i = 0; i < MARKS; i += 1) {
    const mark = marks[row + i];
    before = Math.max(before, mark - start.marks[i]);
    behind = Math.max(behind, end.marks[i] - mark);
  }
  if (weightAbove > 0) {
    for (let i = 0; i < MARKS; i += 1) {
      const mark = marksAbove[row + i];
      beforeAbove = Math.max(beforeAbove, mark - start.marks[MARKS + i]);
      behindAbove = Math.max(behindAbove, end.marks[MARKS + i] - mark);
    }
  }
  return Math.floor((weight * (behind - before) + weightAbove * (behindAbove - beforeAbove)) / 2);
}

/**
 * @param {Floats} anchorDm
 * @param {number} node
 * @param {Floats} atDm `[gate, 2]`
 */
function straightDm(anchorDm, node, atDm) {
  let least = 2 ** 60; // of decimetres squared: as far as what cannot be reached
  for (let i = 0; i < atDm.length; i += 2) {
    const across = anchorDm[2 * node] - atDm[i];
    const along = anchorDm[2 * node + 1] - atDm[i + 1];
    least = Math.min(least, across * across + along * along);
  }
  return Math.floor(Math.sqrt(least));
}

/**
 * Follow a path from where both searches met to its ends.
 *
 * @param {RouteSearch} search
 * @param {number} meeting
 */
function traced({ lanes: { trunk }, room: { by, before } }, meeting) {
  const { chain, linkStart, link } = trunk;
  const linksOf = (/** @type {number} */ lane) => link.subarray(linkStart[chain[lane]], linkStart[chain[lane] + 1]);
  const lanes = [];
  let at = meeting;
  for (; before[2 * at] >= 0; at = before[2 * at]) lanes.push(by[2 * at]);
  const first = by[2 * at];
  lanes.reverse();
  for (at = meeting; before[2 * at + 1] >= 0; at = before[2 * at + 1]) lanes.push(by[2 * at + 1]);
  return { first, last: by[2 * at + 1], edges: lanes.flatMap((lane) => Array.from(linksOf(lane))) };
}
