// @ts-check
/**
 * Lines that people walk in, short straight pieces of them out, at which rates are asked: routing/hazard/samples.py.
 */
import { latScale, lonScale, size, wrapped } from "../geo.mjs";
import { CELL_M, planeOf } from "../grid.mjs";

export const STEP_M = 2.0; // the longest piece; at 2 m a straight pass is wrong by 2.5 % at most [M]
const CELLS_PER_PIECE = 4; // at most, so that a long walk has no larger grid than it has pieces
const MORE_CELLS = 4096;

/**
 * Cut lines into pieces. Each straight stretch of a line is cut into equal ones; a line begins and ends with a piece of no
 * length, so that its two ends are looked at as well.
 *
 * @param {Floats} points [point, 2] degrees; the lines one after the other
 * @param {ArrayLike<number>} start [line + 1] into `points`; each line has two points at least
 * @param {number} [stepM] no piece is longer
 * @returns {Pieces}
 */
export function piecesOf(points, start, stepM = STEP_M) {
  const lineCount = start.length - 1;
  const sizes = new Float64Array(points.length / 2); // of the stretch from each point to the next of its line
  let made = 0;
  for (let line = 0; line < lineCount; line++) {
    for (let point = start[line]; point + 1 < start[line + 1]; point++) {
      const i = 2 * point;
      const lat = (points[i + 1] + points[i + 3]) / 2;
      const eastM = wrapped(points[i + 2] - points[i]) * lonScale(lat);
      sizes[point] = size(eastM, (points[i + 3] - points[i + 1]) * latScale(lat));
      made += countOf(sizes[point], stepM);
    }
    made += 2;
  }
  const pieces = roomFor(made);
  let piece = 0;
  for (let line = 0; line < lineCount; line++) {
    for (let point = start[line]; point + 1 < start[line + 1]; point++) {
      const count = countOf(sizes[point], stepM);
      const first = point === start[line] ? -1 : 0;
      const stop = point + 2 === start[line + 1] ? count + 1 : count;
      putStretch(pieces, piece, points, 2 * point, first, stop, count);
      pieces.line.fill(line, piece, piece + stop - first);
      pieces.lengthM.fill(sizes[point] / count, piece - first, piece - first + count);
      piece += stop - first;
    }
  }
  for (let at = 1; at < made; at++) {
    if (pieces.line[at] === pieces.line[at - 1]) pieces.fromM[at] = pieces.fromM[at - 1] + pieces.lengthM[at - 1];
  }
  return pieces;
}

/** @param {number} sizeM @param {number} stepM */
const countOf = (sizeM, stepM) => Math.max(Math.ceil(sizeM / stepM), 1);

/** @param {number} count @returns {Pieces} */
function roomFor(count) {
  return {
    lonlat: new Float64Array(2 * count),
    heading: new Float64Array(2 * count),
    lengthM: new Float64Array(count),
    fromM: new Float64Array(count),
    line: new Int32Array(count),
    end: new Float64Array(2 * count),
  };
}

/**
 * Write down where the pieces of one straight stretch lie, those of no length before and behind it among them.
 *
 * @param {Pieces} pieces written to
 * @param {number} piece the first
 * @param {Floats} points
 * @param {number} i of the stretch's first point
 * @param {number} first -1 where its line begins, else 0
 * @param {number} stop
 * @param {number} count
 */
function putStretch({ lonlat, heading, end }, piece, points, i, first, stop, count) {
  const [aLon, aLat] = [points[i], points[i + 1]];
  const [lon, lat] = [points[i + 2] - aLon, points[i + 3] - aLat];
  const middleLat = (aLat + points[i + 3]) / 2;
  const [aheadX, aheadY] = [lon * lonScale(middleLat), lat * latScale(middleLat)];
  const aheadM = Math.max(size(aheadX, aheadY), 1e-9);
  for (let nth = first; nth < stop; nth++, piece++) {
    const middle = Math.min(Math.max((nth + 0.5) / count, 0.0), 1.0);
    const behind = Math.min(Math.max((nth + 1.0) / count, 0.0), 1.0);
    lonlat[2 * piece] = aLon + middle * lon;
    lonlat[2 * piece + 1] = aLat + middle * lat;
    end[2 * piece] = aLon + behind * lon;
    end[2 * piece + 1] = aLat + behind * lat;
    heading[2 * piece] = aheadX / aheadM;
    heading[2 * piece + 1] = aheadY / aheadM;
  }
}

/**
 * Gather pieces by the cell they lie in, so that those near a camera are found without a look at all.
 *
 * @param {Pieces} pieces
 * @returns {Runs}
 */
export function runsOf({ lonlat, line }) {
  const plane = planeOf(lonlat, lonlat, CELL_M, CELLS_PER_PIECE * line.length + MORE_CELLS);
  const { corner, cell, columns, rows } = plane;
  const first = new Int32Array(line.length);
  const cells = new Int32Array(line.length);
  const start = new Int32Array(columns * rows + 1);
  let count = 0;
  let last = -1;
  for (let piece = 0; piece < line.length; piece++) {
    const column = Math.floor((lonlat[2 * piece] - corner[0]) / cell[0]);
    const at = Math.floor((lonlat[2 * piece + 1] - corner[1]) / cell[1]) * columns + column;
    if (piece > 0 && at === last && line[piece] === line[piece - 1]) continue;
    last = at;
    first[count] = piece;
    cells[count++] = at;
    start[at + 1]++;
  }
  for (let at = 1; at < start.length; at++) start[at] += start[at - 1];
  const next = start.slice();
  const item = new Int32Array(count);
  for (let run = 0; run < count; run++) item[next[cells[run]]++] = run;
  const stop = Int32Array.from({ length: count }, (_, run) => (run + 1 < count ? first[run + 1] : line.length));
  return { first: first.slice(0, count), stop, grid: { ...plane, start, item } };
}
