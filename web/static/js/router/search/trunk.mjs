// @ts-check
/**
 * A network as a search for one route reads it (routing/search/trunk.py): without dead ends and without nodes between
 * two neighbours. Whatever ways cost, one from a node of the trunk to another leads along lanes of the trunk alone.
 * Nodes beside it keep their own edges: those that lead away serve the start of a walk, those that lead there its end.
 */

import { anchorDm } from "../anchors.mjs";
import { once } from "../once.mjs";
import { byNode, onward, passed, withoutDeadEnds } from "./shrink.mjs";

export const FAR = 2 ** 30; // decimetres: what is farther away or cannot be reached is as far as that

/**
 * The trunk of a graph; made when first asked for, and kept.
 *
 * @param {Graph} graph
 */
export function trunkOf(graph) {
  return once(graph, sortedOut);
}

/**
 * Add up what the edges of each lane are worth.
 *
 * @param {Trunk} trunk
 * @param {Ints} values `[edge]`
 */
export function laneSums({ chain, linkStart, link }, values) {
  const sums = new Float64Array(chain.length);
  for (let lane = 0; lane < sums.length; lane += 1) {
    const end = linkStart[chain[lane] + 1];
    let sum = 0;
    for (let at = linkStart[chain[lane]]; at < end; at += 1) sum += values[link[at]];
    sums[lane] = sum;
  }
  return sums;
}

/**
 * Sort out what of a graph a walk may pass that neither begins nor ends there.
 *
 * @param {Graph} graph
 * @returns {Trunk}
 */
function sortedOut(graph) {
  const { nodeCount: count, edgeCount } = graph;
  const room = () => [new Int32Array(count + 1), new Int32Array(edgeCount)];
  const [[outStart, outOrder], [inStart, inOrder]] = [room(), room()];
  const streets = {
    count, edgeCount, tails: graph.tail, heads: graph.head,
    out: byNode(graph.tail, edgeCount, count, outStart, outOrder),
    into: byNode(graph.head, edgeCount, count, inStart, inOrder),
  }; // prettier-ignore
  const alive = new Uint8Array(count);
  withoutDeadEnds(streets, alive, new Int32Array(count));
  const kept = alive.map((lives, node) => (lives && !passed(node, streets, alive) ? 1 : 0));
  const anchors = anchorDm(graph);
  const size = kept.reduce((sum, one) => sum + one, 0);
  const order = new Int32Array(count);
  const number = new Int32Array(count);
  let put = 0;
  // nodes of an area are in order of place already (routing/assemble.py)
  for (const wanted of [1, 0]) for (let node = 0; node < count; node += 1) if (kept[node] === wanted) order[put++] = node;
  for (let at = 0; at < count; at += 1) number[order[at]] = at;
  const anchorsDm = new Float64Array(2 * count);
  for (let at = 0; at < count; at += 1) anchorsDm.set(anchors.subarray(2 * order[at], 2 * order[at] + 2), 2 * at);
  const chains = laidOut(streets, order, alive, kept);
  return { number, size, anchorDm: anchorsDm, ...bothWays(graph, chains, number, size) };
}

/**
 * Join edges to chains, and list those from the trunk to what lies beside it behind all others.
 *
 * @param {Streets} streets
 * @param {Ints} order of nodes
 * @param {Uint8Array} alive `[node]`
 * @param {Uint8Array} kept `[node]`
 */
function laidOut(streets, order, alive, kept) {
  const { edgeCount, tails, heads, out } = streets;
  const [tail, head] = [new Int32Array(2 * edgeCount), new Int32Array(2 * edgeCount)];
  const [linkStart, link] = [new Int32Array(2 * edgeCount + 1), new Int32Array(3 * edgeCount)];
  const outStart = new Int32Array(order.length + 1);
  let found = 0;
  let links = 0;
  for (let at = 0; at < order.length; at += 1) {
    const node = order[at];
    for (let i = out.start[node]; i < out.start[node + 1]; i += 1) {
      let edge = out.order[i];
      let before = node;
      let here = node;
      let end = links;
      while (edge >= 0) {
        here = heads[edge];
        link[end++] = edge;
        if (!kept[node] || kept[here] || !alive[here]) break;
        edge = onward(here, before, streets, alive);
        before = here;
      }
      if (here === node || (kept[node] && !kept[here])) continue;
      tail[found] = node;
      head[found] = here;
      linkStart[++found] = links = end;
    }
    outStart[at + 1] = found;
  }
  for (let edge = 0; edge < edgeCount; edge += 1) {
    if (!kept[tails[edge]] || kept[heads[edge]]) continue;
    tail[found] = tails[edge];
    head[found] = heads[edge];
    link[links++] = edge;
    linkStart[++found] = links;
  }
  return { tail, head, found, linkStart: linkStart.slice(0, found + 1), link: link.slice(0, links), outStart };
}

/**
 * List lanes that lead away from each node, then those that lead to each.
 *
 * @param {Graph} graph
 * @param {ReturnType<typeof laidOut>} chains
 * @param {Ints} number `[node]`
 * @param {number} size
 */
function bothWays(graph, { tail, head, found, linkStart, link, outStart }, number, size) {
  const count = graph.nodeCount;
  const away = outStart[count];
  const there = []; // those that lead to each node, in the order in which they are listed
  const isThere = (/** @type {number} */ chain) => number[head[chain]] >= size || number[tail[chain]] < size;
  for (let chain = 0; chain < found; chain += 1) if (isThere(chain)) there.push(chain);
  const ends = Int32Array.from(there, (chain) => number[head[chain]]);
  const back = byNode(ends, ends.length, count, new Int32Array(count + 1), new Int32Array(ends.length));
  const chain = new Int32Array(away + there.length);
  const to = new Int32Array(chain.length);
  for (let lane = 0; lane < chain.length; lane += 1) {
    chain[lane] = lane < away ? lane : there[back.order[lane - away]];
    to[lane] = number[lane < away ? head[chain[lane]] : tail[chain[lane]]];
  }
  const start = new Int32Array(2 * count + 1);
  start.set(outStart);
  for (let node = 0; node <= count; node += 1) start[count + node] = away + back.start[node];
  const trunk = { start, to, chain, linkStart, link };
  const effortDm = laneSums(/** @type {any} */ (trunk), graph.effortDm).map((sum) => Math.min(sum, FAR));
  return { ...trunk, effortDm: Int32Array.from(effortDm) };
}
