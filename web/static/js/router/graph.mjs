// @ts-check
/** What follows from the arrays of a walk graph (routing/graph.py), each worked out when first asked for, and kept. */
import { distanceM } from "./geo.mjs";
import { once } from "./once.mjs";

// routing/graph.py: index = code in `wayClass`
export const WAY_CLASSES = [
  "other", "footway", "path", "steps", "pedestrian", "living_street", "residential", "unclassified", "service",
  "track", "tertiary", "secondary", "primary", "trunk", "motorway", "tertiary_link", "secondary_link", "primary_link",
  "trunk_link", "motorway_link", "cycleway", "bridleway", "corridor", "platform", "elevator", "escalator", "ferry",
  "square", "road", "busway", "crossing", "pier",
]; // prettier-ignore
const STREETS = new Set(
  ["residential", "unclassified", "tertiary", "secondary", "primary", "trunk", "tertiary_link", "secondary_link",
   "primary_link", "trunk_link"].map((name) => WAY_CLASSES.indexOf(name)),
); // prettier-ignore
export const FLAG = { sidewalkLeft: 64, sidewalkRight: 128, sidewalkSeparate: 256, sidewalkNone: 512, crossing: 1024,
  enclosed: 16384, carriageway: 65536 }; // prettier-ignore

/** The first point of each straight segment of all shapes. @param {Graph} graph @returns {Ints} */
export const segmentPoint = (graph) => once(graph, segments).point;
/** The section of each segment. @param {Graph} graph @returns {Ints} */
export const segmentSection = (graph) => once(graph, segments).section;
/** Geodesic length of each segment. @param {Graph} graph @returns {Floats} */
export const segmentLengthM = (graph) => once(graph, segments).lengthM;
/** Where in its section each segment begins. @param {Graph} graph @returns {Floats} */
export const segmentFromM = (graph) => once(graph, segments).fromM;
/** Geodesic length of each section. @param {Graph} graph @returns {Floats} */
export const sectionLengthM = (graph) => once(graph, segments).sectionM;

/** @param {Graph} graph */
function segments({ sectionCount, shapeStart, shapeLonlat }) {
  const count = shapeLonlat.length / 2 - sectionCount;
  const [point, section] = [new Int32Array(count), new Int32Array(count)];
  const [lengthM, fromM, sectionM] = [new Float64Array(count), new Float64Array(count), new Float64Array(sectionCount)];
  for (let of = 0, segment = 0; of < sectionCount; of++) {
    for (let at = shapeStart[of]; at < shapeStart[of + 1] - 1; at++, segment++) {
      [point[segment], section[segment], fromM[segment]] = [at, of, sectionM[of]];
      const i = 2 * at;
      lengthM[segment] = distanceM(shapeLonlat[i], shapeLonlat[i + 1], shapeLonlat[i + 2], shapeLonlat[i + 3]);
      sectionM[of] += lengthM[segment];
    }
  }
  return { point, section, lengthM, fromM, sectionM };
}

/** The part each section belongs to; -1 for one that leads out of its part. @param {Graph} graph @returns {Ints} */
export const sectionComponent = (graph) => once(graph, components);

/** @param {Graph} graph */
function components({ sectionCount, edgeCount, component, tail, head, section }) {
  const found = new Int32Array(sectionCount).fill(-1);
  for (let edge = 0; edge < edgeCount; edge++) {
    if (component[tail[edge]] === component[head[edge]]) found[section[edge]] = component[tail[edge]];
  }
  return found;
}

/**
 * Where a street has a pavement that the map does not have as a way of its own, [section, 2] 1 or 0: left and right of it
 * as it is drawn.
 *
 * @param {Graph} graph
 * @returns {Uint8Array}
 */
export const pavements = (graph) => once(graph, pavementsOf);

/** @param {Graph} graph */
function pavementsOf({ sectionCount, wayClass, flags }) {
  const found = new Uint8Array(2 * sectionCount);
  const apart = FLAG.sidewalkNone | FLAG.sidewalkSeparate | FLAG.carriageway | FLAG.enclosed;
  for (let section = 0; section < sectionCount; section++) {
    if (!STREETS.has(wayClass[section]) || flags[section] & apart) continue;
    const [left, right] = [flags[section] & FLAG.sidewalkLeft, flags[section] & FLAG.sidewalkRight];
    found[2 * section] = left || !right ? 1 : 0;
    found[2 * section + 1] = right || !left ? 1 : 0;
  }
  return found;
}

/** Street name of a section, "" where the map has none. @param {Graph} graph @param {number} section */
export const nameOf = (graph, section) => (graph.name[section] < 0 ? "" : graph.names[graph.name[section]]);

/**
 * Describe a part of a section for those who must not know the arrays.
 *
 * @param {Graph} graph
 * @param {number} section
 * @param {Floats} line [point, 2] in walking order
 * @param {boolean} forward as the section is drawn
 * @returns {WalkStretch}
 */
export function stretch(graph, section, line, forward) {
  const [low, high] = graph.levels.subarray(2 * section, 2 * section + 2);
  const [left, right] = Array.from(pavements(graph).subarray(2 * section, 2 * section + 2), Boolean);
  return {
    lonlat: line,
    name: nameOf(graph, section),
    wayClass: WAY_CLASSES[graph.wayClass[section]],
    enclosed: (graph.flags[section] & FLAG.enclosed) !== 0,
    levels: Number.isNaN(low) ? null : [low, high],
    crossing: (graph.flags[section] & FLAG.crossing) !== 0,
    pavements: forward ? [left, right] : [right, left],
    beside: [0, 0],
    unmapped: [0, 0],
  };
}
