// @ts-check
/** Sections → directed edges, numbered as routing/assemble.py numbers them, and lists of those out of and into nodes. */

const FORTH = 1; // bits of a section that is walked as it is drawn, and the other way
const BACK = 2;

/**
 * Lay edges out, sorted by tail, head, section and direction.
 *
 * @param {number} nodeCount
 * @param {Ints} tail `[section]`
 * @param {Ints} head `[section]`
 * @param {Uint8Array} open `[section]` bits: walked as drawn, and the other way
 */
export function edgesFrom(nodeCount, tail, head, open) {
  const outStart = new Int32Array(nodeCount + 1);
  for (let section = 0; section < open.length; section++) {
    if (open[section] & FORTH) outStart[tail[section] + 1]++;
    if (open[section] & BACK) outStart[head[section] + 1]++;
  }
  for (let node = 0; node < nodeCount; node++) outStart[node + 1] += outStart[node];
  const count = outStart[nodeCount];
  const [edgeTail, edgeHead] = [new Int32Array(count), new Int32Array(count)];
  const [sectionOf, forward] = [new Int32Array(count), new Uint8Array(count)];
  const next = outStart.slice();
  const put = (/** @type {number} */ section, /** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ way) => {
    let at = next[from]++;
    // nodes have few edges: each is moved before those that lead farther
    for (; at > outStart[from] && edgeHead[at - 1] > to; at--) {
      edgeHead[at] = edgeHead[at - 1];
      sectionOf[at] = sectionOf[at - 1];
      forward[at] = forward[at - 1];
    }
    edgeTail[next[from] - 1] = from;
    edgeHead[at] = to;
    sectionOf[at] = section;
    forward[at] = way;
  };
  for (let section = 0; section < open.length; section++) {
    if (open[section] & FORTH) put(section, tail[section], head[section], 1);
    if (open[section] & BACK) put(section, head[section], tail[section], 0);
  }
  return { tail: edgeTail, head: edgeHead, section: sectionOf, forward, outStart };
}
