// @ts-check
/**
 * Where people walk along a street whose pavements nobody mapped: on either side of its line, and not in the middle
 * (routing/hazard/pavements.py).
 */
import { latScale, lonScale } from "../geo.mjs";
import { cellsAround } from "../grid.mjs";
import { piecesOf, runsOf } from "./samples.mjs";
import { meetsAfter } from "./sight.mjs";

const SIDE_M = 6.0; // from the street's line
const CLEAR_M = 1.0; // nobody walks nearer to a façade
export const LEFT = -1;
export const RIGHT = 1;

const cells = new Int32Array(4);

/**
 * Cut ways into the pieces that the model looks at, those beside a line moved to where one walks.
 *
 * @param {Ways} ways
 * @param {Walls} walls
 * @returns {Lines}
 */
export function linesAlong({ points, start, enclosed, levels, side }, walls) {
  const pieces = piecesOf(points, start);
  if (side) putAside(pieces, side, walls);
  return { pieces, runs: runsOf(pieces), enclosed, levels };
}

/**
 * Move the pieces of lines that are walked beside onto their pavements: a metre from façades at least, and half of what
 * is left in a narrow lane. They stay as long as those of the line; where it turns they do not meet.
 *
 * @param {Pieces} pieces written to
 * @param {ArrayLike<number>} side [line] LEFT or RIGHT of who walks the line as it is drawn, 0 on it
 * @param {Walls} walls
 */
function putAside({ lonlat, heading, line, end }, side, walls) {
  for (let piece = 0; piece < line.length; piece++) {
    const to = side[line[piece]];
    if (to === 0) continue;
    const i = 2 * piece;
    const [eastM, northM] = [lonScale(lonlat[i + 1]), latScale(lonlat[i + 1])];
    const [asideX, asideY] = [to * heading[i + 1], to * -heading[i]];
    const freeM = roomBeside(lonlat[i], lonlat[i + 1], eastM, northM, asideX, asideY, walls);
    const shiftM = Math.min(SIDE_M, Math.max(freeM - CLEAR_M, freeM / 2.0));
    const [lon, lat] = [(asideX * shiftM) / eastM, (asideY * shiftM) / northM];
    lonlat[i] += lon;
    lonlat[i + 1] += lat;
    end[i] += lon;
    end[i + 1] += lat;
  }
}

/**
 * How far one can go from a place in a direction before a wall, metres; no more than matters.
 *
 * @param {number} lon
 * @param {number} lat
 * @param {number} eastM metres per degree there
 * @param {number} northM
 * @param {number} x the direction, a unit vector
 * @param {number} y
 * @param {Walls} walls
 */
function roomBeside(lon, lat, eastM, northM, x, y, { ends, grid }) {
  let freeM = SIDE_M + CLEAR_M;
  cellsAround(lon, lat, eastM, northM, freeM, grid, cells);
  for (let row = cells[2]; row <= cells[3]; row++) {
    const stop = grid.start[row * grid.columns + cells[1] + 1];
    for (let index = grid.start[row * grid.columns + cells[0]]; index < stop; index++) {
      const wall = 4 * grid.item[index];
      const ax = (ends[wall] - lon) * eastM;
      const ay = (ends[wall + 1] - lat) * northM;
      const bx = (ends[wall + 2] - lon) * eastM;
      const by = (ends[wall + 3] - lat) * northM;
      freeM = Math.min(freeM, meetsAfter(x, y, ax, ay, bx, by));
    }
  }
  return freeM;
}

/**
 * Tell which side of a street to keep to, null where it hardly matters (sources: routing/hazard/pavements.py).
 *
 * @param {number} left risk on either side
 * @param {number} right
 * @param {number} [least] the share of the worse side's risk that must be saved
 * @param {number} [floor] of the worse side's risk, below which nobody needs to hear of it
 */
export function betterSide(left, right, least = 0.2, floor = 1e-3) {
  const [worse, better] = [Math.max(left, right), Math.min(left, right)];
  if (worse < floor || worse - better < least * worse || !Number.isFinite(worse)) return null;
  return left < right ? LEFT : RIGHT;
}
