// @ts-check
/**
 * An area and one person's cameras → the same area with them; only what the change touches is looked at again, on copies
 * (routing/revise.py).
 */
import { exposedAnew, hungBy, look, marginDeg, pathsOf, sectionOfLine, shareOfLine, waysOf } from "./exposure.mjs";
import { latScale, lonScale } from "./geo.mjs";
import { segmentSection } from "./graph.mjs";
import { eyesOf, SEARCH_M, WALL_SNAP_M } from "./hazard/eyes.mjs";
import { hazardsBy } from "./hazard/hazards.mjs";
import { linesAlong } from "./hazard/pavements.mjs";
import { rint } from "./numbers.mjs";
import { isCamera } from "./optics.mjs";
import { edgesOfSection } from "./search/network.mjs";
import { segmentsIn } from "./snap.mjs";

const UNIT_E6 = 1e6; // whole numbers in a unit of risk (contract)
const MOST_E6 = 3 * 10 ** 7; // of an edge (routing/exposure.py)
const SURELY = 1 - 1e-12;

/**
 * The area as one person knows it; her cameras count fully.
 *
 * @param {Exposed} base it is not changed
 * @param {{cameras?: CameraRecord[], off?: string[]}} overlay
 * @returns {Exposed}
 */
export function overlaid(base, { cameras: own = [], off = [] }) {
  const left = new Set([...off, ...own.map((camera) => camera.id)]);
  const kept = base.cameras.filter((camera) => !left.has(camera.id));
  const fresh = own.filter((camera) => isWithinReach(base.area.manifest.bbox, camera));
  if (kept.length === base.cameras.length && !fresh.length) return base;
  const gone = base.cameras.filter((camera) => left.has(camera.id));
  const cameras = [...kept, ...fresh];
  const lines = touched(base, [...gone, ...fresh]);
  /** @type {Exposed} */
  const made = { ...base, cameras, hung: new Map(), rows: new Map(base.rows) };
  look(made, lines, made.rows);
  return exposedAnew(base, { ...made, sideE6: sidesAnew(made, lines) });
}

/**
 * Whether a camera watches people and stands in a box, or near enough to look into it; no tombstone does.
 *
 * @param {Manifest["bbox"]} box
 * @param {CameraRecord} camera
 */
function isWithinReach({ west, south, east, north }, { lonlat: [lon, lat], status, tags }) {
  const [lonM, latM] = [lonScale((south + north) / 2), latScale((south + north) / 2)];
  const marginM = SEARCH_M + WALL_SNAP_M;
  const inLon = west - marginM / lonM <= lon && lon <= east + marginM / lonM;
  const inLat = south - marginM / latM <= lat && lat <= north + marginM / latM;
  return inLon && inLat && status !== "removed" && isCamera(tags);
}

/**
 * List the lines that some cameras act on, and those beside them on the same streets.
 *
 * @param {Exposed} base
 * @param {CameraRecord[]} changed
 */
function touched({ area, graph }, changed) {
  const margin = marginDeg(area);
  const [low, high] = [-1, 1].map((sign) =>
    changed.flatMap((camera) => camera.lonlat.map((at, axis) => at + sign * margin[axis])),
  );
  const near = new Set(Array.from(segmentsIn(graph, low, high), (segment) => segmentSection(graph)[segment]));
  const lines = linesOf(graph, near);
  const placed = eyesOf(changed, area.model.default, area.walls);
  const found = hazardsBy(placed, linesAlong(waysOf(graph, lines), area.walls), area.walls, area.model.default);
  return linesOf(graph, new Set(Array.from(found.line, (line) => sectionOfLine(graph, lines[line]))));
}

/**
 * The lines on which people walk along some sections, rising.
 *
 * @param {Graph} graph
 * @param {Set<number>} sections
 */
function linesOf(graph, sections) {
  const { pavement } = pathsOf(graph);
  const lines = [...sections].flatMap((section) => [section, pavement[2 * section], pavement[2 * section + 1]]);
  return lines.filter((line) => line >= 0 && shareOfLine(graph, line) > 0).sort((a, b) => a - b);
}

/**
 * The risk of all edges on either side, looked at anew along some lines.
 *
 * @param {Exposed} made
 * @param {number[]} lines
 */
function sidesAnew(made, lines) {
  const { area, graph, cameras, rows, sideE6 } = made;
  const { sure } = hungBy(made, "default");
  const number = new Map(cameras.map((camera, at) => [camera, at]));
  const sureOf = (/** @type {CameraRecord} */ camera) => sure[/** @type {number} */ (number.get(camera))];
  const risk = new Map(lines.map((line) => [line, riskOf(/** @type {LineRows} */ (rows.get(line)), sureOf)]));
  const anew = sideE6.slice();
  for (const section of new Set(lines.map((line) => sectionOfLine(graph, line)))) {
    for (const edge of edgesOfSection(graph, section)) {
      for (const [side, line] of sidesOf(graph, section, graph.forward[edge] === 1).entries()) {
        const mapped = /** @type {[number, number]} */ (risk.get(line))[graph.forward[edge] ? 0 : 1];
        const wholeE6 = Math.min(rint(mapped * UNIT_E6), MOST_E6);
        anew[2 * edge + side] = Math.min(wholeE6 + area.unmappedSideE6[2 * edge + side], MOST_E6);
      }
    }
  }
  return anew;
}

/**
 * The lines on which one walks along a section, on the left and on the right of the walker; alike without two pavements.
 *
 * @param {Graph} graph
 * @param {number} section
 * @param {boolean} forward
 */
function sidesOf(graph, section, forward) {
  const [left, right] = pathsOf(graph).pavement.subarray(2 * section, 2 * section + 2);
  if (left < 0 || right < 0) return [0, 0].map(() => (left >= 0 ? left : right >= 0 ? right : section));
  return forward ? [left, right] : [right, left];
}

/**
 * The risk of a line by mapped cameras, forwards and backwards: the sum of -ln(1 - p).
 *
 * @param {LineRows} rows
 * @param {(camera: CameraRecord) => number} sureOfOne
 * @returns {[number, number]}
 */
function riskOf(rows, sureOfOne) {
  const risk = /** @type {[number, number]} */ ([0, 0]);
  for (let row = 0; row < rows.length;) {
    const { camera } = rows[row];
    const chance = [0, 0];
    for (; row < rows.length && rows[row].camera === camera; row++) {
      for (const way of [0, 1]) chance[way] += chanceOf(rows[row], way) * sureOfOne(camera);
    }
    for (const way of [0, 1]) risk[way] -= Math.log1p(-Math.min(chance[way], SURELY));
  }
  return risk;
}

/** The chance that a camera recognises from one place, over its lenses. @param {LineRow} row @param {number} way */
function chanceOf({ lens, chance }, way) {
  let found = 0;
  for (let one = 0; one < chance.length; one++) found += chance[one] * -Math.expm1(-lens[2 * one + way]);
  return found;
}
