// @ts-check
/** Boxes in degrees in, a grid out that tells which of them lie near a place: routing/grid.py. */
import { checkRoom } from "./bounds.mjs";
import { latScale, lonScale } from "./geo.mjs";

export const CELL_M = 25.0; // a few walls and pieces of way in each; the prototype's [M]
const MOST_GROWN = 64; // so that no odd number makes an endless loop

/**
 * Sort boxes into a grid; a box lies in every cell that it touches.
 *
 * @param {Floats} low [box, 2] degrees, the south-west corners
 * @param {Floats} high [box, 2] the north-east ones
 * @param {number} [cellM] width of a cell in metres, about
 * @param {number} [mostCells] where there would be more, cells are wider: a few boxes may lie far apart
 * @returns {BoxGrid}
 * @throws {RangeError} where it would take more room than any area needs
 */
export function gridOf(low, high, cellM = CELL_M, mostCells = Infinity) {
  const plane = planeOf(low, high, cellM, mostCells);
  checkRoom(plane, low, high);
  const start = new Int32Array(plane.columns * plane.rows + 1);
  eachEntry(plane, low, high, (cell) => start[cell + 1]++);
  for (let cell = 1; cell < start.length; cell++) start[cell] += start[cell - 1];
  const item = new Int32Array(start[start.length - 1]);
  const next = start.slice();
  eachEntry(plane, low, high, (cell, box) => (item[next[cell]++] = box));
  return { ...plane, start, item };
}

/**
 * Lay cells over boxes.
 *
 * @param {Floats} low
 * @param {Floats} high
 * @param {number} cellM
 * @param {number} mostCells
 */
export function planeOf(low, high, cellM, mostCells) {
  if (low.length === 0) {
    return { corner: new Float64Array(2), cell: new Float64Array([1.0, 1.0]), columns: 1, rows: 1 };
  }
  const corner = new Float64Array([Infinity, Infinity]);
  const most = new Float64Array([-Infinity, -Infinity]);
  for (let at = 0; at < low.length; at++) {
    corner[at & 1] = Math.min(corner[at & 1], low[at]);
    most[at & 1] = Math.max(most[at & 1], high[at]);
  }
  const lat = (corner[1] + most[1]) / 2;
  const [lonM, latM] = [lonScale(lat), latScale(lat)];
  for (let wideM = cellM, grown = 0; ; wideM *= 2, grown++) {
    const cell = new Float64Array([wideM / lonM, wideM / latM]);
    const [columns, rows] = [0, 1].map((axis) => Math.floor((most[axis] - corner[axis]) / cell[axis]) + 1);
    if (columns * rows <= mostCells || grown > MOST_GROWN) return { corner, cell, columns, rows };
  }
}

/**
 * Go through the cells of each box.
 *
 * @param {{corner: Floats, cell: Floats, columns: number}} plane
 * @param {Floats} low
 * @param {Floats} high
 * @param {(cell: number, box: number) => void} visit
 */
function eachEntry({ corner, cell, columns }, low, high, visit) {
  for (let box = 0; 2 * box < low.length; box++) {
    const column0 = Math.floor((low[2 * box] - corner[0]) / cell[0]);
    const column1 = Math.floor((high[2 * box] - corner[0]) / cell[0]);
    const row0 = Math.floor((low[2 * box + 1] - corner[1]) / cell[1]);
    const row1 = Math.floor((high[2 * box + 1] - corner[1]) / cell[1]);
    for (let row = row0; row <= row1; row++) {
      for (let column = column0; column <= column1; column++) visit(row * columns + column, box);
    }
  }
}

/**
 * List the boxes in the cells that some boxes touch, each once, rising.
 *
 * @param {BoxGrid} grid
 * @param {ArrayLike<number>} low [box, 2] degrees
 * @param {ArrayLike<number>} high
 * @returns {Ints}
 */
export function itemsIn(grid, low, high) {
  const { corner, cell, columns, rows, start, item } = grid;
  /** @type {Set<number>} */
  const found = new Set();
  for (let at = 0; at < low.length; at += 2) {
    const [column0, row0] = [0, 1].map((axis) => Math.floor((low[at + axis] - corner[axis]) / cell[axis]));
    const [column1, row1] = [0, 1].map((axis) => Math.floor((high[at + axis] - corner[axis]) / cell[axis]));
    // what is no number is in no cell
    if (!(column0 < columns && row0 < rows && column1 >= 0 && row1 >= 0)) continue;
    for (let row = Math.max(row0, 0); row <= Math.min(row1, rows - 1); row++) {
      const first = start[row * columns + Math.max(column0, 0)];
      const stop = start[row * columns + Math.min(column1, columns - 1) + 1];
      for (let index = first; index < stop; index++) found.add(item[index]);
    }
  }
  return Int32Array.from(found).sort();
}

/**
 * Write down the first and last column and row of a grid within reach of a place: `[column0, column1, row0, row1]`; rows
 * that are none where nothing is.
 *
 * @param {number} lon
 * @param {number} lat
 * @param {number} eastM metres per degree there
 * @param {number} northM
 * @param {number} reachM
 * @param {BoxGrid} grid
 * @param {Ints} window written to
 */
export function cellsAround(lon, lat, eastM, northM, reachM, grid, window) {
  const { corner, cell } = grid;
  const west = Math.floor((lon - reachM / eastM - corner[0]) / cell[0]);
  const east = Math.floor((lon + reachM / eastM - corner[0]) / cell[0]);
  const south = Math.floor((lat - reachM / northM - corner[1]) / cell[1]);
  const north = Math.floor((lat + reachM / northM - corner[1]) / cell[1]);
  if (east < 0 || west >= grid.columns) {
    window[0] = window[1] = window[2] = 0;
    window[3] = -1;
    return;
  }
  window[0] = Math.max(west, 0);
  window[1] = Math.min(east, grid.columns - 1);
  window[2] = Math.max(south, 0);
  window[3] = Math.min(north, grid.rows - 1);
}
