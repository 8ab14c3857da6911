// @ts-check
/**
 * A small graph in, a smaller one on which the same walks lie out: no dead ends, no nodes between two neighbours
 * (routing/search/shrink.py). Arrays may be longer than what is in them: they are kept from one search to the next.
 */

const ENDS = 2; // the first nodes are the ends of the walk
const NONE = -1;
const MANY = -2;

/**
 * Sort edges by one of their ends.
 *
 * @param {Ints} ends `[edge]`
 * @param {number} edgeCount
 * @param {number} nodeCount
 * @param {Ints} start `[node + 1]` where each node's begin is put here
 * @param {Ints} order `[edge]` which they are is put here
 * @returns {ByNode}
 */
export function byNode(ends, edgeCount, nodeCount, start, order) {
  start.fill(0, 0, nodeCount + 1);
  for (let edge = 0; edge < edgeCount; edge += 1) start[ends[edge]] += 1;
  let before = 0;
  for (let node = 0; node <= nodeCount; node += 1) start[node] = before += start[node];
  for (let edge = edgeCount - 1; edge >= 0; edge -= 1) order[--start[ends[edge]]] = edge;
  return { start, order };
}

/**
 * The one living neighbour along some edges and the one known before; NONE without any, MANY with several.
 *
 * @param {number} node
 * @param {ByNode} by
 * @param {Ints} otherEnd
 * @param {Uint8Array} alive
 * @param {number} known
 */
function onlyNeighbour(node, { start, order }, otherEnd, alive, known) {
  for (let i = start[node]; i < start[node + 1]; i += 1) {
    const other = otherEnd[order[i]];
    if (other === node || !alive[other] || known === other) continue;
    if (known !== NONE) return MANY;
    known = other;
  }
  return known;
}

/**
 * Tell which nodes a walk that never turns back may pass.
 *
 * @param {Streets} streets
 * @param {Uint8Array} alive `[node]` 1 or 0 is put here
 * @param {Ints} waiting `[node]` room
 */
export function withoutDeadEnds({ count, tails, heads, out, into }, alive, waiting) {
  let size = 0;
  alive.fill(2, 0, count); // 1 is alive, 2 alive and waiting
  alive.fill(1, 0, Math.min(ENDS, count));
  for (let node = count - 1; node >= ENDS; node -= 1) waiting[size++] = node;
  while (size > 0) {
    const node = waiting[--size];
    alive[node] = 1;
    let one = onlyNeighbour(node, out, heads, alive, NONE);
    if (one !== MANY) one = onlyNeighbour(node, into, tails, alive, one);
    if (one === MANY) continue;
    alive[node] = 0;
    if (one >= ENDS && alive[one] === 1) {
      alive[one] = 2;
      waiting[size++] = one;
    }
  }
}

/**
 * Tell whether a node lies between two neighbours, with one edge at most to and from each.
 *
 * @param {number} node
 * @param {Streets} streets
 * @param {Uint8Array} alive
 */
export function passed(node, { tails, heads, out, into }, alive) {
  let first = NONE;
  let second = NONE;
  for (let turn = 0; turn < 2; turn += 1) {
    const { start, order } = turn === 0 ? out : into;
    const otherEnd = turn === 0 ? heads : tails;
    let atFirst = 0;
    let atSecond = 0;
    for (let i = start[node]; i < start[node + 1]; i += 1) {
      const other = otherEnd[order[i]];
      if (!alive[other]) continue;
      if (first < 0 || first === other) {
        first = other;
        atFirst += 1;
      } else if (second < 0 || second === other) {
        second = other;
        atSecond += 1;
      } else return false;
    }
    if (atFirst > 1 || atSecond > 1) return false;
  }
  return true;
}

/**
 * The edge by which a walk goes on from a node between two neighbours, -1 if it would have to turn back.
 *
 * @param {number} here
 * @param {number} before
 * @param {Streets} streets
 * @param {Uint8Array} alive
 */
export function onward(here, before, { heads, out }, alive) {
  for (let i = out.start[here]; i < out.start[here + 1]; i += 1) {
    const other = heads[out.order[i]];
    if (other !== before && alive[other]) return out.order[i];
  }
  return -1;
}

/**
 * Take dead ends off and join edges that follow each other.
 *
 * @param {Streets} streets
 * @param {EdgesWithin} within what lies within the budget: see reach.mjs
 * @param {number} budgetDm chains on which no walk within it can lie are left out
 * @param {import("./rooms.mjs").Rooms} rooms
 * @returns {Reached}
 */
export function joined(streets, { codes, effortDm, seen, leftDm }, budgetDm, rooms) {
  const { count, heads, out } = streets;
  const alive = rooms.bytes("alive", count);
  withoutDeadEnds(streets, alive, rooms.ints("waiting", count));
  const number = rooms.ints("joined", count);
  const kept = numbered(streets, alive, number);
  const size = streets.edgeCount;
  const made = {
    outStart: new Int32Array(kept + 1), toGoDm: new Int32Array(kept),
    head: rooms.ints("newHead", size), effortDm: rooms.ints("newDm", size), seen: rooms.floats("newSeen", size),
    chainStart: rooms.ints("chainStart", size + 1), chain: rooms.ints("chain", size),
  }; // prettier-ignore
  made.chainStart[0] = 0;
  let found = 0;
  let links = 0;
  for (let node = 0; node < count; node += 1) {
    if (number[node] < 0) continue;
    made.toGoDm[number[node]] = leftDm[node];
    for (let i = out.start[node]; i < out.start[node + 1]; i += 1) {
      let edge = out.order[i];
      let end = links;
      let before = node;
      let here = node;
      let farDm = 0;
      let farSeen = 0;
      while (edge >= 0) {
        here = heads[edge];
        made.chain[end++] = codes[edge];
        farDm += effortDm[edge];
        farSeen += seen[edge];
        if (!alive[here] || number[here] >= 0) break;
        edge = onward(here, before, streets, alive);
        before = here;
      }
      if (edge < 0 || !alive[here] || here === node || farDm + leftDm[here] > budgetDm) continue;
      made.head[found] = number[here];
      made.effortDm[found] = farDm;
      made.seen[found] = farSeen;
      links = end;
      made.chainStart[++found] = links;
    }
    made.outStart[number[node] + 1] = found;
  }
  return withoutBeaten(made, found, rooms);
}

/**
 * Number the nodes that are kept, -1 for all others; gives how many there are.
 *
 * @param {Streets} streets
 * @param {Uint8Array} alive
 * @param {Ints} number
 */
function numbered(streets, alive, number) {
  let kept = 0;
  for (let node = 0; node < streets.count; node += 1) {
    number[node] = node < ENDS || (alive[node] && !passed(node, streets, alive)) ? kept++ : -1;
  }
  return kept;
}

/**
 * Leave out edges that another between the same nodes beats in effort or in what is seen: no walk needs them. Of those
 * that are worth the same, each stays: which of them a walk takes shall be as in the library, for they may have names.
 *
 * @param {Reached} made arrays with room at their ends
 * @param {number} found edges there are
 * @param {import("./rooms.mjs").Rooms} rooms
 * @returns {Reached}
 */
function withoutBeaten({ outStart, toGoDm, head, effortDm, seen, chainStart, chain }, found, rooms) {
  const count = toGoDm.length;
  const ways = rooms.bytes("ways", count); // edges from the node at hand: 0, 1, or 2 for several
  ways.fill(0, 0, count);
  const kept = rooms.ints("keptEdges", found);
  let size = 0;
  let links = 0;
  for (let node = 0; node < count; node += 1) {
    const [first, end] = [outStart[node], outStart[node + 1]];
    outStart[node] = size;
    for (let edge = first; edge < end; edge += 1) {
      ways[head[edge]] = ways[head[edge]] === 0 ? 1 : 2;
    }
    for (let edge = first; edge < end; edge += 1) {
      if (ways[head[edge]] > 1 && isBeaten(edge, first, end, head, effortDm, seen)) continue;
      kept[size++] = edge;
      links += chainStart[edge + 1] - chainStart[edge];
    }
    for (let edge = first; edge < end; edge += 1) ways[head[edge]] = 0;
  }
  outStart[count] = size;
  return copied({ outStart, toGoDm, head, effortDm, seen, chainStart, chain }, kept, size, links);
}

/**
 * @param {number} edge
 * @param {number} first
 * @param {number} end
 * @param {Ints} head
 * @param {Ints} effortDm
 * @param {Floats} seen
 */
function isBeaten(edge, first, end, head, effortDm, seen) {
  for (let other = first; other < end; other += 1) {
    if (other === edge || head[other] !== head[edge]) continue;
    if (effortDm[other] > effortDm[edge] || seen[other] > seen[edge]) continue;
    if (effortDm[other] < effortDm[edge] || seen[other] < seen[edge]) return true;
  }
  return false;
}

/**
 * @param {Reached} made
 * @param {Ints} kept `[edge]` which of its edges
 * @param {number} size how many they are
 * @param {number} links of all their chains
 * @returns {Reached}
 */
function copied(made, kept, size, links) {
  const reached = {
    outStart: made.outStart, toGoDm: made.toGoDm, head: new Int32Array(size), effortDm: new Int32Array(size),
    seen: new Float64Array(size), chainStart: new Int32Array(size + 1), chain: new Int32Array(links),
  }; // prettier-ignore
  let put = 0;
  for (let at = 0; at < size; at += 1) {
    const edge = kept[at];
    reached.head[at] = made.head[edge];
    reached.effortDm[at] = made.effortDm[edge];
    reached.seen[at] = made.seen[edge];
    for (let i = made.chainStart[edge]; i < made.chainStart[edge + 1]; i += 1) reached.chain[put++] = made.chain[i];
    reached.chainStart[at + 1] = put;
  }
  return reached;
}
