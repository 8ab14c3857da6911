// @ts-check
/**
 * All walks worth their effort in; out, the few that are worth measuring, by what cameras do camera by camera
 * (routing/shortlist.py).
 */
import { limitM } from "./alternatives.mjs";
import { hungBy, pathsOf, rowsOf, shareOfLine } from "./exposure.mjs";
import { risksOf } from "./hazard/walked.mjs";
import { rint } from "./numbers.mjs";
import { corners, standFor, unbeaten } from "./search/legs.mjs";
import { SPLITS, share } from "./search/network.mjs";
import { nameOfPart } from "./stretches.mjs";

const UNIT_E6 = 1e6; // whole numbers in a unit of risk (contract)
const MOST_WEIGHED = 64; // walks of the front that are weighed, beside the corners of its hull
const MOST_MEASURED = 12; // more would be told apart by nobody, and each takes some milliseconds

/** @typedef {{number: number, parts: EdgePart[]}} Candidate */

/**
 * Choose the walks that are worth measuring.
 *
 * @param {Exposed} area with its overlay
 * @param {Choice} choice all walks that are worth their effort
 * @param {Detour} detour in metres, too: who takes easier ground may have less effort and more metres than she accepts
 * @returns {PathFound[][]} by effort, the one of least effort first
 */
export function shortlist(area, choice, detour) {
  const walks = many(choice).map((number) => ({ number, parts: choice.parts(number) }));
  const accepted = acceptedOf(area, walks, detour);
  const effortDm = Float64Array.from(accepted, ({ number }) => choice.effortDm[number]);
  const weights = weightsE6(area, accepted.map((walk) => walk.parts)); // prettier-ignore
  const kept = unbeaten(effortDm, weights);
  const [efforts, heavy] = [effortDm, weights].map((of) => Float64Array.from(kept, (one) => of[one]));
  return standFor(efforts, heavy, MOST_MEASURED).map((one) => choice.paths(accepted[kept[one]].number));
}

/** What tells a walk from all others. @param {EdgePart[]} parts */
export const nameOfWalk = (parts) => parts.map(nameOfPart).join();

/**
 * Drop walks that are too long, or shorter than the first on harder ground.
 *
 * @param {Exposed} area
 * @param {Candidate[]} walks
 * @param {Detour} detour
 */
function acceptedOf({ graph }, walks, detour) {
  const lengthDm = walks.map(({ parts }) => parts.reduce((sum, part) => sum + share(part, graph.lengthDm), 0));
  const limitDm = limitM(detour, lengthDm[0] / 10) * 10;
  return walks.filter((_, at) => lengthDm[0] <= lengthDm[at] && lengthDm[at] <= limitDm);
}

/**
 * Choose the walks that are weighed: those that are best at some price, and those whose loss would be felt.
 *
 * @param {Choice} choice
 */
function many({ effortDm, seen }) {
  const chosen = new Set([...standFor(effortDm, seen, MOST_WEIGHED, 0), ...corners(effortDm, seen)]);
  return [...chosen].sort((a, b) => a - b);
}

/**
 * Weigh walks, 1e-6 of risk: mapped cameras one by one, and all else by the metre.
 *
 * @param {Exposed} area
 * @param {EdgePart[][]} walks
 * @returns {Floats} [walk]
 */
export function weightsE6(area, walks) {
  const { graph, network, riskE6, unmappedE6 } = area;
  /** @type {Map<number, number>} */
  const number = new Map(); // of each line among those that are walked
  /** @type {{start: number[], line: number[], way: number[], share: number[]}} */
  const walked = { start: [0], line: [], way: [], share: [] };
  const byMetre = walks.map((parts) => {
    let sum = 0;
    for (const part of parts) {
      const some = (part.to - part.from) / SPLITS;
      sum += some * (network.seen[part.edge] - riskE6[part.edge] + unmappedE6[part.edge]);
      if (some !== 0) addLines(graph, part.edge, some, walked, number);
    }
    walked.start.push(walked.line.length);
    return sum;
  });
  const mapped = mappedRisks(area, walked, [...number.keys()]);
  return Float64Array.from(byMetre, (metres, walk) => rint(mapped[walk] * UNIT_E6 + metres));
}

/**
 * Add the lines that are walked along an edge: of a street with pavements of its own both, each for its part.
 *
 * @param {Graph} graph
 * @param {number} edge
 * @param {number} some how much of it is walked
 * @param {{line: number[], way: number[], share: number[]}} walked
 * @param {Map<number, number>} number
 */
function addLines(graph, edge, some, walked, number) {
  const section = graph.section[edge];
  const { pavement } = pathsOf(graph);
  for (const line of [section, pavement[2 * section], pavement[2 * section + 1]]) {
    const whole = line < 0 ? 0 : shareOfLine(graph, line);
    if (whole === 0) continue;
    if (!number.has(line)) number.set(line, number.size);
    walked.line.push(/** @type {number} */ (number.get(line)));
    walked.way.push(graph.forward[edge] ? 0 : 1);
    walked.share.push(whole * some);
  }
}

/**
 * The risk of walks by mapped cameras.
 *
 * @param {Exposed} area
 * @param {{start: number[], line: number[], way: number[], share: number[]}} walked
 * @param {number[]} lines
 * @returns {Floats} [walk] -ln(1 - p)
 */
function mappedRisks(area, walked, lines) {
  const found = rowsOf(area, lines);
  const { byLine, cameras } = gathered(found);
  const number = new Map(area.cameras.map((camera, at) => [camera, at]));
  const { sure: ofAll } = hungBy(area, "default");
  const sure = Float64Array.from(cameras, (camera) => ofAll[/** @type {number} */ (number.get(camera))]);
  const entries = {
    start: Int32Array.from(walked.start),
    line: Int32Array.from(walked.line),
    way: Uint8Array.from(walked.way),
    share: Float64Array.from(walked.share),
  };
  return risksOf(entries, byLine, sure);
}

/**
 * Put the rows of lines together as adding up takes them.
 *
 * @param {LineRows[]} found
 * @returns {{byLine: ByLine, cameras: CameraRecord[]}}
 */
function gathered(found) {
  const rows = found.flat();
  const lenses = Math.max(...rows.map((row) => row.chance.length), 1);
  /** @type {Map<CameraRecord, number>} */
  const firstSpot = new Map();
  /** @type {CameraRecord[]} */
  const ofSpot = [];
  for (const { camera, places } of rows) {
    if (firstSpot.has(camera)) continue;
    firstSpot.set(camera, ofSpot.length);
    for (let place = 0; place < places; place++) ofSpot.push(camera);
  }
  const cameras = [...firstSpot.keys()];
  const number = new Map(cameras.map((camera, at) => [camera, at]));
  const start = new Int32Array(found.length + 1);
  for (const [line, of] of found.entries()) start[line + 1] = start[line] + of.length;
  const spot = Int32Array.from(rows, (row) => /** @type {number} */ (firstSpot.get(row.camera)) + row.place);
  const lens = new Float64Array(2 * lenses * rows.length);
  const chance = new Float64Array(lenses * ofSpot.length);
  for (const [at, row] of rows.entries()) {
    lens.set(row.lens, 2 * lenses * at);
    chance.set(row.chance, lenses * spot[at]);
  }
  const camera = Int32Array.from(ofSpot, (one) => /** @type {number} */ (number.get(one)));
  return { byLine: { start, spot, lens, lenses, camera, chance, cameras: cameras.length }, cameras };
}
