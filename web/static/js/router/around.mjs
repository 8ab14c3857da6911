// @ts-check
/** Boxes in, the ways in them out, as lines to draw: what lies about a walk. */
import { FLAG, WAY_CLASSES, nameOf } from "./graph.mjs";

const NOT_DRAWN = new Set(["ferry", "square"].map((name) => WAY_CLASSES.indexOf(name))); // nothing is there in the street to see

/**
 * Find the ways under the open sky that reach into boxes.
 *
 * @param {Graph} graph
 * @param {LonLatBox[]} boxes
 * @returns {DrawnWay[][]} of each box, in the order of the graph
 */
export function waysIn(graph, boxes) {
  /** @type {DrawnWay[][]} */
  const found = boxes.map(() => []);
  for (let section = 0; section < graph.sectionCount; section++) {
    if (graph.flags[section] & FLAG.enclosed || NOT_DRAWN.has(graph.wayClass[section])) continue;
    const shape = graph.shapeLonlat.subarray(2 * graph.shapeStart[section], 2 * graph.shapeStart[section + 1]);
    const [west, south, east, north] = boxOf(shape);
    boxes.forEach((box, i) => {
      if (west > box[2] || east < box[0] || south > box[3] || north < box[1]) return;
      found[i].push({ name: nameOf(graph, section), line: pairs(shape) });
    });
  }
  return found;
}

/** @param {Floats} shape */
function boxOf(shape) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < shape.length; at += 2) {
    [west, east] = [Math.min(west, shape[at]), Math.max(east, shape[at])];
    [south, north] = [Math.min(south, shape[at + 1]), Math.max(north, shape[at + 1])];
  }
  return [west, south, east, north];
}

/** @param {Floats} shape @returns {[number, number][]} */
const pairs = (shape) => Array.from({ length: shape.length / 2 }, (_, i) => [shape[2 * i], shape[2 * i + 1]]);
