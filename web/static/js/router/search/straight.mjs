// @ts-check
/**
 * The straight line, which bounds effort from below (routing/search/straight.py).
 */

/**
 * Bound the effort from a node to the nearest of some, and on from there.
 *
 * @param {Floats} anchorDm `[node, 2]`
 * @param {number} node
 * @param {Ints} nodes
 * @param {Floats} costDm on from each
 */
export function straightDm(anchorDm, node, nodes, costDm) {
  let least = Infinity;
  for (let i = 0; i < nodes.length; i += 1) {
    const across = anchorDm[2 * node] - anchorDm[2 * nodes[i]];
    const along = anchorDm[2 * node + 1] - anchorDm[2 * nodes[i] + 1];
    least = Math.min(least, costDm[i] + Math.floor(Math.sqrt(across * across + along * along)));
  }
  return least;
}
