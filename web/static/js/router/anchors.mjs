// @ts-check
/**
 * Where the nodes of a graph lie for bounding the effort between any two of them by the straight line
 * (routing/anchors.py): the effort of an edge is never less than the distance between the anchors of its ends.
 */

const SHORTENED = 0.87; // of the straight line, as routing/anchors.py
const ROUNDS = 12;
const DM = 10; // decimetres in a metre
const ROUNDING = 1 - 1e-9;
// WGS 84 (NIMA TR8350.2): semi-major axis and first eccentricity squared
const SEMI_MAJOR_M = 6_378_137;
const ECCENTRICITY2 = 6.694379990141316e-3;

/**
 * Anchors of the nodes, `[node, 2]` decimetres; placed anew each time: the trunk keeps its own.
 *
 * @param {Graph} graph
 */
export function anchorDm(graph) {
  const flat = flatDm(graph.nodeLonlat);
  /** @type {Map<number, number>} node to another of its group, until one that leads to itself or nowhere */
  const group = new Map();
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!joinBeyond(flat, graph, group)) return flat;
    for (const node of group.keys()) {
      const root = rootOf(group, node);
      flat[2 * node] = flat[2 * root];
      flat[2 * node + 1] = flat[2 * root + 1];
    }
  }
  let least = 1;
  for (let edge = 0; edge < graph.edgeCount; edge += 1) {
    least = Math.min(least, graph.effortDm[edge] / Math.max(straight(flat, graph.tail[edge], graph.head[edge]), 1));
  }
  return flat.map((at) => at * least * ROUNDING);
}

/**
 * Join the ends of edges that take less effort than their straight line; tells whether there were any.
 *
 * @param {Floats} flat
 * @param {Graph} graph
 * @param {Map<number, number>} group
 */
function joinBeyond(flat, graph, group) {
  let any = false;
  for (let edge = 0; edge < graph.edgeCount; edge += 1) {
    const [tail, head] = [graph.tail[edge], graph.head[edge]];
    if (straight(flat, tail, head) <= graph.effortDm[edge] * ROUNDING) continue;
    any = true;
    group.set(rootOf(group, tail), rootOf(group, head));
  }
  return any;
}

/**
 * @param {Floats} flat
 * @param {number} a
 * @param {number} b
 */
function straight(flat, a, b) {
  const across = flat[2 * a] - flat[2 * b];
  const along = flat[2 * a + 1] - flat[2 * b + 1];
  return Math.sqrt(across * across + along * along);
}

/**
 * Positions laid flat and shortened, so that no distance grows.
 *
 * @param {Floats} lonlat `[node, 2]`
 */
function flatDm(lonlat) {
  let high = 0; // a degree of longitude is shortest there, and one of latitude at the equator
  for (let i = 1; i < lonlat.length; i += 2) high = Math.max(high, Math.abs(lonlat[i]));
  const lat = (high * Math.PI) / 180;
  const primeVerticalM = SEMI_MAJOR_M / Math.sqrt(1 - ECCENTRICITY2 * Math.sin(lat) ** 2);
  const lonScaleDm = ((primeVerticalM * Math.cos(lat) * Math.PI) / 180) * DM;
  const latScaleDm = ((SEMI_MAJOR_M * (1 - ECCENTRICITY2) * Math.PI) / 180) * DM;
  const flat = new Float64Array(lonlat.length);
  for (let i = 0; i < lonlat.length; i += 2) {
    const turn = lonlat[i] - lonlat[0] + 180;
    flat[i] = (turn - 360 * Math.floor(turn / 360)) * lonScaleDm * SHORTENED;
    flat[i + 1] = lonlat[i + 1] * latScaleDm * SHORTENED;
  }
  return flat;
}

/**
 * @param {Map<number, number>} group
 * @param {number} node
 */
function rootOf(group, node) {
  for (;;) {
    const above = group.get(node);
    if (above === undefined || above === node) return node;
    node = above;
  }
}
