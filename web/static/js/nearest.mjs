// @ts-check
/**
 * Which of many points is nearest: a grid of cells with a few points each, searched ring by ring around a place.
 *
 * In: whole steps (of 1e-5 degrees) and how much narrower a step is eastward. Out: the index of a point, and steps.
 */

const PER_CELL = 2; // points, on average
const MAX_SIDE = 2048; // cells; beyond, they grow

/**
 * @typedef {object} Grid
 * @property {Float64Array} x steps eastward, [point]
 * @property {Float64Array} y steps northward, [point]
 * @property {number} narrow how long a step eastward is against one northward
 * @property {number} west
 * @property {number} south
 * @property {number} cell side of a cell, steps northward
 * @property {number} columns
 * @property {number} rows
 * @property {Uint32Array} starts where each cell's points begin in `order`, [cell + 1]
 * @property {Uint32Array} order points, cell by cell, [point]
 */

/**
 * Sort points into cells.
 *
 * @param {Float64Array} x steps eastward
 * @param {Float64Array} y steps northward
 * @param {number} narrow
 * @returns {Grid}
 */
export function makeGrid(x, y, narrow) {
  const count = x.length;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    west = Math.min(west, x[i]);
    east = Math.max(east, x[i]);
    south = Math.min(south, y[i]);
    north = Math.max(north, y[i]);
  }
  if (count === 0) [west, south, east, north] = [0, 0, 0, 0];
  const [width, height] = [(east - west) * narrow, north - south];
  const even = Math.sqrt((width * height * PER_CELL) / Math.max(count, 1));
  const cell = Math.max(even, width / MAX_SIDE, height / MAX_SIDE, 1);
  const [columns, rows] = [Math.floor(width / cell) + 1, Math.floor(height / cell) + 1];
  const starts = new Uint32Array(columns * rows + 1);
  const cells = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    cells[i] = Math.floor((y[i] - south) / cell) * columns + Math.floor(((x[i] - west) * narrow) / cell);
    starts[cells[i] + 1] += 1;
  }
  for (let i = 0; i < columns * rows; i += 1) starts[i + 1] += starts[i];
  const order = new Uint32Array(count);
  const next = starts.slice();
  for (let i = 0; i < count; i += 1) order[next[cells[i]]++] = i;
  return { x, y, narrow, west, south, cell, columns, rows, starts, order };
}

/**
 * Find the nearest point, the first of equally near ones; `null` if there is none.
 *
 * @param {Grid} grid
 * @param {number} x steps eastward
 * @param {number} y steps northward
 * @returns {{ point: number, steps: number } | null}
 */
export function nearestPoint(grid, x, y) {
  if (grid.order.length === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return null;
  const column = clamp(Math.floor(((x - grid.west) * grid.narrow) / grid.cell), grid.columns);
  const row = clamp(Math.floor((y - grid.south) / grid.cell), grid.rows);
  const best = { point: -1, steps: Infinity };
  const last = Math.max(column, grid.columns - 1 - column, row, grid.rows - 1 - row);
  // whoever stands outside is no nearer to a cell than the edge is: the bound holds for them too
  for (let ring = 0; ring <= last && (ring - 1) * grid.cell <= best.steps; ring += 1) {
    for (let r = Math.max(row - ring, 0); r <= Math.min(row + ring, grid.rows - 1); r += 1) {
      const whole = Math.abs(r - row) === ring;
      for (let c = column - ring; c <= column + ring; c += whole ? 1 : 2 * ring) {
        if (c >= 0 && c < grid.columns) look(grid, r * grid.columns + c, x, y, best);
      }
    }
  }
  return best;
}

/** Look at the points of one cell. @param {Grid} grid @param {number} cell @param {number} x @param {number} y @param {{ point: number, steps: number }} best */
function look(grid, cell, x, y, best) {
  for (let i = grid.starts[cell]; i < grid.starts[cell + 1]; i += 1) {
    const point = grid.order[i];
    const steps = Math.hypot((grid.x[point] - x) * grid.narrow, grid.y[point] - y);
    if (steps < best.steps || (steps === best.steps && point < best.point)) Object.assign(best, { point, steps });
  }
}

/** @param {number} n @param {number} count */
const clamp = (n, count) => Math.min(Math.max(n, 0), count - 1);
