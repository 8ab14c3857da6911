// @ts-check
/**
 * A graph with what is seen of it, and the ends of a walk beside it (routing/search/network.py).
 *
 * An edge costs `1_000_000 * effortDm + beta * seen`. All numbers are whole and sums are below 2^53, so they are exact.
 */

import { rint } from "../numbers.mjs";
import { once } from "../once.mjs";

export const SPLITS = 65_536; // an edge is split at whole parts of this (contract)
export const UNIT = 1_000_000; // cost of one decimetre of effort (contract)
export const UNREACHED = Infinity; // larger than any sum
export const MAX_BETA = 10_000_000; // decimetres of detour for a unit of risk: a metre for the least that is counted
export const MOST_SEEN = 30_000_000; // of an edge
const CARRIAGEWAY = 65_536; // of the flags of a section (routing/graph.py)

/**
 * Make what a search reads.
 *
 * @param {Graph} graph
 * @param {Ints} seen `[edge]`
 * @param {SearchNetwork | null} [beneath] on the same graph; where no edge of it is seen more, its bounds are good here
 * @returns {SearchNetwork}
 */
export function makeNetwork(graph, seen, beneath = null) {
  return { graph, seen, beneath };
}

/**
 * The same graph with more that is seen of it; where it is less, bounds are made anew.
 *
 * @param {SearchNetwork} network
 * @param {Ints} seen `[edge]`
 */
export function raised(network, seen) {
  return makeNetwork(network.graph, seen, network.beneath ?? network);
}

/**
 * Make what a search reads of what cameras do: carriageways count as if watched, so that none is dodged along them.
 *
 * @param {Graph} graph
 * @param {Ints} riskE6 `[edge]` 1e-6 of -ln(1 - p)
 * @param {number} amongCarsPerM the least risk that counts for a metre among cars
 */
export function weigh(graph, riskE6, amongCarsPerM) {
  const perDm = amongCarsPerM * 1e5;
  const seen = Int32Array.from(riskE6);
  for (let edge = 0; edge < seen.length; edge += 1) {
    if (!(graph.flags[graph.section[edge]] & CARRIAGEWAY)) continue;
    seen[edge] = Math.max(seen[edge], Math.min(rint(graph.lengthDm[edge] * perDm), MOST_SEEN));
  }
  return makeNetwork(graph, seen);
}

/**
 * The share that a part of an edge has in its whole number; the parts of a split edge add up to the whole.
 *
 * @param {EdgePart} part
 * @param {Ints} values `[edge]`
 */
export function share(part, values) {
  const value = values[part.edge];
  return Math.floor((part.to * value) / SPLITS) - Math.floor((part.from * value) / SPLITS);
}

/**
 * Say how a walk leaves its start and enters its end, any of several.
 *
 * @param {Graph} graph
 * @param {SnapPoint} start
 * @param {SnapPoint[]} targets
 * @returns {WalkEnds}
 */
export function endsOf(graph, start, targets) {
  const first = edgesAt(graph, start).map(([edge, q]) => ({ edge, from: q, to: SPLITS }));
  const last = targets.flatMap((place) => edgesAt(graph, place).map(([edge, q]) => ({ edge, from: 0, to: q })));
  const direct = first.flatMap((a) =>
    last.filter((b) => a.edge === b.edge && a.from <= b.to).map((b) => ({ edge: a.edge, from: a.from, to: b.to })),
  );
  return { first, last, direct, parts: [...first, ...last, ...direct] };
}

/**
 * The directed edges of a place's section, and how far along each the place lies.
 *
 * @param {Graph} graph
 * @param {SnapPoint} place
 * @returns {[number, number][]}
 */
function edgesAt(graph, place) {
  return edgesOfSection(graph, place.section).map((edge) => [edge, graph.forward[edge] ? place.q : SPLITS - place.q]);
}

/**
 * The one or two directed edges that run along a section, in order.
 *
 * @param {Graph} graph
 * @param {number} section
 */
export function edgesOfSection(graph, section) {
  const { start, edge } = once(graph, bySection);
  return Array.from(edge.subarray(start[section], start[section + 1]));
}

/** @param {Graph} graph */
function bySection(graph) {
  const start = new Int32Array(graph.sectionCount + 1);
  for (const section of graph.section) start[section + 1] += 1;
  for (let section = 0; section < graph.sectionCount; section += 1) start[section + 1] += start[section];
  const put = start.slice();
  const edge = new Int32Array(graph.edgeCount);
  for (let one = 0; one < graph.edgeCount; one += 1) edge[put[graph.section[one]]++] = one;
  return { start, edge };
}

/**
 * Add up what parts of edges are worth.
 *
 * @param {SearchNetwork} network
 * @param {EdgePart[]} parts
 * @returns {PathFound}
 */
export function pathOf(network, parts) {
  const { graph, seen } = network;
  const found = { parts, lengthDm: 0, effortDm: 0, seen: 0 };
  for (const part of parts) {
    found.lengthDm += share(part, graph.lengthDm);
    found.effortDm += share(part, graph.effortDm);
    found.seen += share(part, seen);
  }
  return found;
}

/**
 * The scalar cost of a path at a price of being seen.
 *
 * @param {{ effortDm: number, seen: number }} path
 * @param {number} beta
 */
export function costOf(path, beta) {
  return UNIT * path.effortDm + beta * path.seen;
}

/**
 * Say at which nodes a walk enters a network and leaves it, given what each of its parts costs.
 *
 * @param {Graph} graph
 * @param {WalkEnds} ends
 * @param {number[]} cost `[part]`
 * @returns {Doors}
 */
export function doorsOf(graph, ends, cost) {
  const first = ends.first.length;
  return {
    leave: Int32Array.from(ends.first, (part) => graph.head[part.edge]),
    leaveCost: Float64Array.from(cost.slice(0, first)),
    enter: Int32Array.from(ends.last, (part) => graph.tail[part.edge]),
    enterCost: Float64Array.from(cost.slice(first, first + ends.last.length)),
  };
}
