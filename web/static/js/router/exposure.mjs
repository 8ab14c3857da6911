// @ts-check
/**
 * An area as a walk is planned in it: what cameras do on edges and lines (routing/exposure.py, routing/area.py).
 *
 * *Lines* are the sections of the graph, then the pavements beside streets that the map does not have as ways of their
 * own. What cameras may do on a line is computed when a walk on it is first weighed, and kept with the area.
 */
import { latScale, lonScale } from "./geo.mjs";
import { FLAG, pavements } from "./graph.mjs";
import { eyesOf, placesWithinM, SEARCH_M } from "./hazard/eyes.mjs";
import { LOOK_M } from "./hazard/facades.mjs";
import { certainty, hazardsBy } from "./hazard/hazards.mjs";
import { linesAlong, SIDE_M } from "./hazard/pavements.mjs";
import { once } from "./once.mjs";
import { raised, weigh } from "./search/network.mjs";

const MOST_KEPT = 8192; // lines that were looked at: some megabytes in the centre of a city

/**
 * Make an area ready for planning; worked out when first asked for, and kept.
 *
 * @param {PhoneArea} area
 * @returns {Exposed}
 */
export const exposedOf = (area) => once(area, prepared);

/** @param {PhoneArea} area @returns {Exposed} */
function prepared(area) {
  const { graph, manifest, cameras, sideE6, unmappedSideE6 } = area;
  const riskE6 = meanE6(sideE6);
  return {
    area, graph, cameras, sideE6, unmappedSideE6, riskE6,
    unmappedE6: meanE6(unmappedSideE6),
    network: weigh(graph, riskE6, manifest.unmapped.enclosed_per_m),
    hung: new Map(),
    rows: new Map(),
  }; // prettier-ignore
}

/** What a search reads for who keeps to the better side of each street. @param {Exposed} exposed */
export const networkOfSides = (exposed) => once(exposed, sidesOf);

/** @param {Exposed} exposed */
function sidesOf({ area, graph, sideE6 }) {
  const better = Int32Array.from(graph.section, (_, edge) => Math.min(sideE6[2 * edge], sideE6[2 * edge + 1]));
  return weigh(graph, better, area.manifest.unmapped.enclosed_per_m);
}

/** The network without a mapped camera, which is never more: its bounds serve with any cameras. @param {Exposed} exposed */
const groundOf = ({ area, graph, unmappedE6 }) => weigh(graph, unmappedE6, area.manifest.unmapped.enclosed_per_m);

/**
 * Cameras, hung by a column of the model where they belong, and the chance that each is there, connected and sure; worked
 * out when first asked for, and kept.
 *
 * @param {Exposed} exposed
 * @param {Column} column
 */
export function hungBy({ area, cameras, hung }, column) {
  const known = hung.get(column);
  if (known) return known;
  const placed = eyesOf(cameras, area.estimates[column], area.walls);
  // what is in view is the same by all columns, and asked of one
  if (column !== "default") placed.eyes.viewM.fill(0);
  const made = { placed, sure: certainty(cameras, area.manifest.month, area.estimates[column]) };
  hung.set(column, made);
  return made;
}

/**
 * The same area with other risks and cameras; the map, and what it alone decides, is shared.
 *
 * @param {Exposed} base
 * @param {Pick<Exposed, "cameras" | "hung" | "sideE6" | "rows">} changed
 * @returns {Exposed}
 */
export function exposedAnew(base, changed) {
  const riskE6 = meanE6(changed.sideE6);
  const { seen } = weigh(base.graph, riskE6, base.area.manifest.unmapped.enclosed_per_m);
  return { ...base, ...changed, riskE6, network: raised(once(base, groundOf), seen) };
}

/** The mean of both sides. @param {Ints} ofSide [edge, 2] @returns {Ints} [edge] */
function meanE6(ofSide) {
  const mean = new Int32Array(ofSide.length / 2);
  for (let edge = 0; edge < mean.length; edge++) mean[edge] = Math.floor((ofSide[2 * edge] + ofSide[2 * edge + 1]) / 2);
  return mean;
}

/**
 * Where the pavements of each section stand among the lines, and whose each is.
 *
 * @param {Graph} graph
 */
export const pathsOf = (graph) => once(graph, pathsIn);

/** @param {Graph} graph */
function pathsIn(graph) {
  const beside = pavements(graph);
  const pavement = new Int32Array(beside.length).fill(-1);
  const owner = [];
  for (let i = 0; i < beside.length; i++) {
    if (!beside[i]) continue;
    pavement[i] = graph.sectionCount + owner.length;
    owner.push(i);
  }
  return { pavement, owner: Int32Array.from(owner) }; // owner [pavement] 2 · section + side
}

/**
 * How much of its section's risk is a line's: 0 for a street that has pavements.
 *
 * @param {Graph} graph
 * @param {number} line
 */
export function shareOfLine(graph, line) {
  const section = sectionOfLine(graph, line);
  const [left, right] = pathsOf(graph).pavement.subarray(2 * section, 2 * section + 2);
  if (line < graph.sectionCount) return left < 0 && right < 0 ? 1 : 0;
  return left < 0 || right < 0 ? 1 : 0.5;
}

/** @param {Graph} graph @param {number} line */
export function sectionOfLine(graph, line) {
  return line < graph.sectionCount ? line : pathsOf(graph).owner[line - graph.sectionCount] >> 1;
}

/**
 * Take some of the lines as ways that are walked.
 *
 * @param {Graph} graph
 * @param {number[]} lines
 * @returns {Ways}
 */
export function waysOf(graph, lines) {
  const start = new Int32Array(lines.length + 1);
  const sections = lines.map((line) => sectionOfLine(graph, line));
  for (const [at, section] of sections.entries()) {
    start[at + 1] = start[at] + graph.shapeStart[section + 1] - graph.shapeStart[section];
  }
  const ways = {
    points: new Float64Array(2 * start[lines.length]),
    start,
    enclosed: Uint8Array.from(sections, (section) => (graph.flags[section] & FLAG.enclosed ? 1 : 0)),
    levels: new Float32Array(2 * lines.length),
    side: new Int8Array(lines.length),
  };
  for (const [at, section] of sections.entries()) {
    const [from, to] = [2 * graph.shapeStart[section], 2 * graph.shapeStart[section + 1]];
    ways.points.set(graph.shapeLonlat.subarray(from, to), 2 * start[at]);
    ways.levels.set(graph.levels.subarray(2 * section, 2 * section + 2), 2 * at);
    if (lines[at] >= graph.sectionCount)
      ways.side[at] = pathsOf(graph).owner[lines[at] - graph.sectionCount] & 1 ? 1 : -1;
  }
  return ways;
}

/** How far at most what a camera sees lies from where it is said to stand, degrees. @param {PhoneArea} area */
export function marginDeg({ manifest: { bbox }, model }) {
  const lat = Math.abs(bbox.south) > Math.abs(bbox.north) ? bbox.south : bbox.north; // where a degree is least
  const mostM = Math.max(...[model.low, model.default, model.high].map(placesWithinM));
  // a camera hangs on a façade as far as one is looked for, and one walks beside the line of a street
  const reachM = SEARCH_M + mostM + LOOK_M + SIDE_M;
  return [reachM / lonScale(lat), reachM / latScale(lat)];
}

/**
 * What cameras may do on lines: those that are known are taken from what is kept, the others are looked at together.
 *
 * @param {Exposed} exposed
 * @param {number[]} lines each once
 * @returns {LineRows[]}
 */
export function rowsOf(exposed, lines) {
  const { rows } = exposed;
  const missing = lines.filter((line) => !rows.has(line));
  if (missing.length) look(exposed, missing, rows);
  const found = lines.map((line) => /** @type {LineRows} */ (rows.get(line)));
  for (const line of rows.keys()) {
    if (rows.size <= MOST_KEPT) break;
    rows.delete(line); // the one that has been there for longest
  }
  return found;
}

/**
 * Look out of all cameras near some lines.
 *
 * @param {Exposed} exposed
 * @param {number[]} lines
 * @param {Map<number, LineRows>} into
 */
export function look(exposed, lines, into) {
  const { area, graph, cameras } = exposed;
  const { placed } = hungBy(exposed, "default");
  const found = hazardsBy(placed, linesAlong(waysOf(graph, lines), area.walls), area.walls, area.model.default);
  const of = rowsByLine(found, lines.length);
  for (const [at, line] of lines.entries()) into.set(line, of[at].map((row) => rowOf(found, row, cameras))); // prettier-ignore
}

/** The rows of each line, in order. @param {Hazards} hazards @param {number} count */
function rowsByLine({ line }, count) {
  const of = Array.from({ length: count }, () => /** @type {number[]} */ ([]));
  for (let row = 0; row < line.length; row++) of[line[row]].push(row);
  return of;
}

/**
 * @param {Hazards} hazards
 * @param {number} row
 * @param {CameraRecord[]} cameras
 * @returns {LineRow}
 */
function rowOf({ camera, place, lens, lenses, chance, count }, row, cameras) {
  return {
    camera: cameras[camera[row]],
    place: place[row],
    places: count[camera[row]],
    lens: lens.slice(2 * lenses * row, 2 * lenses * (row + 1)),
    chance: chance.slice(lenses * row, lenses * (row + 1)),
  };
}
