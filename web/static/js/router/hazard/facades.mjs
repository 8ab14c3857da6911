// @ts-check
/** Places in, the façades that they are near out, and where cameras hang on them: routing/hazard/facades.py. */
import { cellsAround } from "../grid.mjs";
import { size } from "../geo.mjs";

export const LOOK_M = 100.0; // how far a façade is looked for by a camera inside a building
const OUTSIDE_M = Object.freeze([0.3, 0.1, 0.03, 0.01]); // in front of the façade; less where another wall is near
const TOUCH_M = 0.01; // nearer than OpenStreetMap's digits tell
const TIE_M = 1e-6; // two walls are equally near
const FIRST_LOOK_M = 6.0; // most façades that are looked for are nearer

const cells = new Int32Array(4);
// how far a wall is, its nearest point, how far its line is (more than 0 outside), and how it runs
const foot = { awayM: 0.0, x: 0.0, y: 0.0, offM: 0.0, dx: 0.0, dy: 0.0 };

/**
 * A wall near a place: how far, its nearest point in metres east and north, whither it faces in radians clockwise from
 * north, and whether the place lies inside the building.
 *
 * @typedef {{awayM: number, x: number, y: number, outward: number, inside: boolean}} Facade
 */

/**
 * Find the nearest wall of a place; infinitely far if none is within reach.
 *
 * @param {number} lon
 * @param {number} lat
 * @param {number} eastM metres per degree there
 * @param {number} northM
 * @param {number} reachM
 * @param {Walls} walls
 * @returns {Facade}
 */
export function facade(lon, lat, eastM, northM, reachM, walls) {
  let lookM = Math.min(FIRST_LOOK_M, reachM);
  let awayM = nearestM(lon, lat, eastM, northM, lookM, walls);
  while (awayM > lookM - TOUCH_M && lookM < reachM) {
    // a wall out of the look could be as near
    lookM = Math.min(4.0 * lookM, reachM);
    awayM = nearestM(lon, lat, eastM, northM, lookM, walls);
  }
  if (awayM > reachM) return { awayM: Infinity, x: 0.0, y: 0.0, outward: 0.0, inside: false };
  return front(lon, lat, eastM, northM, awayM, walls);
}

/**
 * Write down where a wall's nearest point is.
 *
 * @param {number} wall
 * @param {number} lon
 * @param {number} lat
 * @param {number} eastM
 * @param {number} northM
 * @param {Floats} ends
 */
function putFoot(wall, lon, lat, eastM, northM, ends) {
  const at = 4 * wall;
  const [ax, ay] = [(ends[at] - lon) * eastM, (ends[at + 1] - lat) * northM];
  const [bx, by] = [(ends[at + 2] - lon) * eastM, (ends[at + 3] - lat) * northM];
  const [dx, dy] = [bx - ax, by - ay];
  const longM = Math.max(size(dx, dy), 1e-9);
  const share = Math.min(1.0, Math.max(0.0, -(ax * dx + ay * dy) / (longM * longM)));
  foot.x = ax + share * dx;
  foot.y = ay + share * dy;
  foot.awayM = size(foot.x, foot.y);
  foot.offM = (dx * ay - dy * ax) / longM; // the building lies to the left
  foot.dx = dx;
  foot.dy = dy;
}

/**
 * How far the nearest of the walls in the cells within reach is. Leaves those cells in `cells`.
 *
 * @param {number} lon
 * @param {number} lat
 * @param {number} eastM
 * @param {number} northM
 * @param {number} reachM
 * @param {Walls} walls
 */
function nearestM(lon, lat, eastM, northM, reachM, { grid, ends }) {
  let found = Infinity;
  cellsAround(lon, lat, eastM, northM, reachM, grid, cells);
  for (let row = cells[2]; row <= cells[3]; row++) {
    const stop = grid.start[row * grid.columns + cells[1] + 1];
    for (let index = grid.start[row * grid.columns + cells[0]]; index < stop; index++) {
      putFoot(grid.item[index], lon, lat, eastM, northM, ends);
      found = Math.min(found, foot.awayM);
    }
  }
  return found;
}

/**
 * Describe the nearest wall, in the cells that were looked through last. At a corner two walls are equally near: the one
 * whose line is farther off tells inside from outside. Which of them comes first in the grid makes no difference.
 *
 * @param {number} lon
 * @param {number} lat
 * @param {number} eastM
 * @param {number} northM
 * @param {number} awayM
 * @param {Walls} walls
 * @returns {Facade}
 */
function front(lon, lat, eastM, northM, awayM, { grid, ends }) {
  let found = false;
  const best = { awayM: Infinity, x: 0.0, y: 0.0, offM: 0.0, dx: 0.0, dy: 0.0 };
  for (let row = cells[2]; row <= cells[3]; row++) {
    const stop = grid.start[row * grid.columns + cells[1] + 1];
    for (let index = grid.start[row * grid.columns + cells[0]]; index < stop; index++) {
      putFoot(grid.item[index], lon, lat, eastM, northM, ends);
      const [off, known] = [Math.abs(foot.offM), Math.abs(best.offM)];
      if (foot.awayM > awayM + TIE_M || off < known) continue;
      if (!found || off > known || foot.dx < best.dx || (foot.dx === best.dx && foot.dy < best.dy)) {
        found = true;
        Object.assign(best, foot);
      }
    }
  }
  const inside = best.offM < 0.0;
  let outward = Math.atan2(best.dy, -best.dx);
  if (best.awayM > TOUCH_M) {
    // the same but at a corner, where no one wall's front is free
    outward = inside ? Math.atan2(best.x, best.y) : Math.atan2(-best.x, -best.y);
  }
  return { awayM: best.awayM, x: best.x, y: best.y, outward, inside };
}

/**
 * Hang a camera in front of the façade that it belongs to: one that is near, or that of the building in which it stands.
 *
 * @param {Floats} at [2] degrees, moved there
 * @param {number} eastM metres per degree there
 * @param {number} northM
 * @param {number} nearM a façade this near is its own
 * @param {Walls} walls
 * @returns {number} whither that façade faces, radians clockwise from north; NaN where there is none
 */
export function hang(at, eastM, northM, nearM, walls) {
  const [lon, lat] = at;
  const found = facade(lon, lat, eastM, northM, LOOK_M, walls);
  if (!found.inside && !(found.awayM <= nearM)) return NaN;
  const [footLon, footLat] = [lon + found.x / eastM, lat + found.y / northM];
  const [aheadLon, aheadLat] = [Math.sin(found.outward) / eastM, Math.cos(found.outward) / northM];
  for (const outsideM of OUTSIDE_M) {
    at[0] = footLon + outsideM * aheadLon;
    at[1] = footLat + outsideM * aheadLat;
    if (!facade(at[0], at[1], eastM, northM, LOOK_M, walls).inside) break;
  }
  return found.outward;
}
