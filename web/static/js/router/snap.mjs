// @ts-check
/** A position in, the nearest point on an edge of the walk graph out (routing/snap.py). */
import { RouteError } from "./errors.mjs";
import { latScale, lonScale, modulo, size } from "./geo.mjs";
import {
  sectionComponent,
  sectionLengthM,
  segmentFromM,
  segmentLengthM,
  segmentPoint,
  segmentSection,
} from "./graph.mjs";
import { gridOf, itemsIn } from "./grid.mjs";
import { rint } from "./numbers.mjs";
import { once } from "./once.mjs";
import { SPLITS } from "./search/network.mjs";

const FARTHEST_M = 500; // beyond, a place is not on this map
const CLOSE_M = 100; // most places have their way nearer than this
// A place on an island is on that island, not on the mainland this much farther away; a yard that the clipping of the
// extract cut off is nearer than that to the street.
const ISLAND_MARGIN_M = 100;
const CELL_M = 100; // of the grid of segments
export const MOST_CELLS = 1 << 20; // of it: a few ways may lie far apart
const HALF_TURN_DEG = 180;
const ENCLOSED = 16_384; // of the flags of a section (routing/graph.py)
const NOT_TO_START_ON = new Set([24, 25, 26]); // elevator, escalator, ferry (routing/graph.py, WAY_CLASSES)

/** @typedef {{place: [number, number], of: Ints, t: Floats, distanceM: Floats, open: Uint8Array}} Near */

/**
 * Find the nearest point of the walkable part of a graph. Ways under a roof or under the ground are taken only where
 * there is no other: who names a place means the street.
 *
 * @param {Graph} graph
 * @param {[number, number]} place
 * @param {string} what to call it in an error
 * @returns {SnapPoint}
 */
export function snap(graph, place, what) {
  const close = nearest(graph, place, segmentsNear(graph, place, CLOSE_M));
  const decided = close && close.distanceM <= CLOSE_M && close.component === 0;
  if (decided && !(graph.flags[close.section] & ENCLOSED)) return close;
  const segments = segmentsNear(graph, place, FARTHEST_M);
  const found = nearest(graph, place, segments);
  if (found) return found;
  throw new RouteError(
    "no-way-near",
    segments.length
      ? `${what} has only ways nearby on which no walk can begin or end; choose another place`
      : `${what} is more than ${FARTHEST_M} m from any way on this map; choose a place inside the area`,
  );
}

/**
 * Find the nearest of some segments on which a walk can begin, `null` if there is none.
 *
 * @param {Graph} graph
 * @param {[number, number]} place
 * @param {Ints} segments
 * @returns {SnapPoint | null}
 */
function nearest(graph, place, segments) {
  const near = project(graph, place, segments);
  const component = sectionComponent(graph);
  const sectionOf = segmentSection(graph);
  const best = pick(near, 2, component, sectionOf) ?? pick(near, 1, component, sectionOf);
  if (best === null) return null;
  const segment = segments[best];
  const section = sectionOf[segment];
  const lengthM = sectionLengthM(graph)[section];
  const atM = segmentFromM(graph)[segment] + near.t[best] * segmentLengthM(graph)[segment];
  const first = 2 * segmentPoint(graph)[segment];
  const [lon, lat, lon1, lat1] = graph.shapeLonlat.subarray(first, first + 4);
  return {
    section,
    q: lengthM > 0 ? Math.min(SPLITS, rint((atM / lengthM) * SPLITS)) : 0,
    lonlat: [lon + near.t[best] * toTheEast(lon1 - lon), lat + near.t[best] * (lat1 - lat)],
    distanceM: near.distanceM[best],
    component: component[section],
  };
}

/**
 * The fraction at which each segment is nearest to a place, how near, and whether a walk may begin there: 2 under the
 * sky, 1 elsewhere, 0 not.
 *
 * @param {Graph} graph
 * @param {[number, number]} place
 * @param {Ints} segments
 * @returns {Near}
 */
function project(graph, place, segments) {
  const [count, points] = [segments.length, graph.shapeLonlat];
  const [component, sectionOf, pointOf] = [sectionComponent(graph), segmentSection(graph), segmentPoint(graph)];
  const near = {
    place,
    of: segments,
    t: new Float64Array(count),
    distanceM: new Float64Array(count),
    open: new Uint8Array(count),
  };
  const [lonM, latM] = [lonScale(place[1]), latScale(place[1])];
  for (let at = 0; at < count; at++) {
    const [first, section] = [2 * pointOf[segments[at]], sectionOf[segments[at]]];
    const px = toTheEast(points[first] - place[0]) * lonM;
    const py = (points[first + 1] - place[1]) * latM;
    const dx = toTheEast(points[first + 2] - place[0]) * lonM - px;
    const dy = (points[first + 3] - place[1]) * latM - py;
    const t = Math.min(Math.max(-(px * dx + py * dy) / Math.max(dx * dx + dy * dy, 1e-12), 0), 1);
    near.t[at] = t;
    near.distanceM[at] = size(px + t * dx, py + t * dy); // at a node two are equally near: the last bit decides
    const startable = !NOT_TO_START_ON.has(graph.wayClass[section]) && component[section] >= 0;
    near.open[at] = startable ? (graph.flags[section] & ENCLOSED ? 1 : 2) : 0;
  }
  return near;
}

/**
 * Choose the nearest segment, leaning to the largest part of the graph.
 *
 * @param {Near} near
 * @param {number} least how open it must be
 * @param {Ints} component
 * @param {Ints} sectionOf
 */
function pick(near, least, component, sectionOf) {
  let [best, onMain] = [-1, -1];
  for (let at = 0; at < near.of.length; at++) {
    if (near.open[at] < least) continue;
    if (best < 0 || near.distanceM[at] < near.distanceM[best]) best = at;
    if (component[sectionOf[near.of[at]]] !== 0) continue;
    if (onMain < 0 || near.distanceM[at] < near.distanceM[onMain]) onMain = at;
  }
  if (best < 0 || !(near.distanceM[best] <= FARTHEST_M)) return null;
  const most = Math.min(near.distanceM[best] + ISLAND_MARGIN_M, FARTHEST_M);
  return onMain >= 0 && near.distanceM[onMain] <= most ? onMain : best;
}

/** Bring a difference of longitude into -180…180, so that nothing breaks at the antimeridian. @param {number} difference */
const toTheEast = (difference) => modulo(difference + HALF_TURN_DEG, 2 * HALF_TURN_DEG) - HALF_TURN_DEG;

/**
 * The straight segments of a graph by where they lie; those that cross the antimeridian stand apart.
 *
 * @param {Graph} graph
 */
function segmentsOf(graph) {
  const [first, points] = [segmentPoint(graph), graph.shapeLonlat];
  const crossing = [];
  const whole = [];
  for (let segment = 0; segment < first.length; segment++) {
    const at = 2 * first[segment];
    (Math.abs(points[at] - points[at + 2]) >= HALF_TURN_DEG ? crossing : whole).push(segment);
  }
  const [low, high] = [Math.min, Math.max].map((end) =>
    Float64Array.from({ length: 2 * whole.length }, (_, i) => {
      const at = 2 * first[whole[i >> 1]] + (i & 1);
      return end(points[at], points[at + 2]);
    }),
  );
  return {
    grid: gridOf(low, high, CELL_M, MOST_CELLS),
    whole: Int32Array.from(whole),
    crossing: Int32Array.from(crossing),
  };
}

/**
 * List segments that may touch some boxes, rising.
 *
 * @param {Graph} graph
 * @param {ArrayLike<number>} low [box, 2] degrees, south-west corners
 * @param {ArrayLike<number>} high [box, 2]
 */
export function segmentsIn(graph, low, high) {
  const { grid, whole, crossing } = once(graph, segmentsOf);
  const found = itemsIn(grid, low, high).map((item) => whole[item]);
  return crossing.length ? Int32Array.from([...found, ...crossing]).sort() : found;
}

/**
 * Sieve out the segments whose box is farther than a limit.
 *
 * @param {Graph} graph
 * @param {[number, number]} place
 * @param {number} withinM
 */
function segmentsNear(graph, [lon, lat], withinM) {
  const half = [withinM / lonScale(lat), withinM / latScale(lat)];
  const round = [lon - 360, lon, lon + 360].flatMap((here) => [here, lat]);
  const [low, high] = [-1, 1].map((sign) => round.map((at, i) => at + sign * half[i & 1]));
  const [first, points] = [segmentPoint(graph), graph.shapeLonlat];
  return segmentsIn(graph, low, high).filter((segment) => {
    const at = 2 * first[segment];
    const [west, east] = [toTheEast(points[at] - lon), toTheEast(points[at + 2] - lon)];
    const [south, north] = [points[at + 1] - lat, points[at + 3] - lat];
    if (Math.abs(west - east) >= HALF_TURN_DEG) return false; // it passes the point on the far side of the Earth
    if (Math.max(west, east) < -half[0] || Math.min(west, east) > half[0]) return false;
    return Math.max(south, north) >= -half[1] && Math.min(south, north) <= half[1];
  });
}
