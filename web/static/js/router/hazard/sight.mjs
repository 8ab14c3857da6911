// @ts-check
/**
 * Sight lines of one place against walls, exact: routing/hazard/sight.py.
 *
 * Everything lies in the place's own flat frame: metres east and north of it. The walls within reach are sorted by the
 * parts of the compass that they take up, so that a line of sight is tested against the few that stand in its direction;
 * where one of them fills such a part, nothing behind it is looked at.
 */
import { size } from "../geo.mjs";
import { cellsAround } from "../grid.mjs";

/**
 * A part of the plane around a place: a disc, or the wedge of it that lies ahead of two lines through the place, of which
 * the normals are told; both are zero for a disc.
 *
 * @typedef {Readonly<{reachM: number, oneX: number, oneY: number, otherX: number, otherY: number}>} Aim
 */

const BINS = 128; // parts of the compass, a power of 2
const TOUCHES_M = 0.1; // from a walker within which a wall does not hide her
// Far above what rounding does and far below what a map tells: what lies within is left to the exact test.
export const SLACK_M = 1e-6;
const BEYOND = 1.0 + 1e-9;
const WALL = 7; // numbers of a wall: both ends, nearest distance squared, where it begins and how wide it is, in parts

const edges = edgesOfParts();
const cells = new Int32Array(4);

/** The directions in which the parts of the compass begin, [BINS + 1, 2], unit vectors. */
function edgesOfParts() {
  const found = new Float64Array(2 * (BINS + 1));
  for (let edge = 0; edge <= BINS; edge++) {
    const share = (edge * 4.0) / BINS; // of a turn, in quarters, along a square that stands on a corner
    const [x, y] = [1.0 - Math.abs(share > 3.0 ? share - 5.0 : share - 1.0), Math.abs(share - 2.0) - 1.0];
    found[2 * edge] = x / size(x, y);
    found[2 * edge + 1] = y / size(x, y);
  }
  return found;
}

/** The walls around one place, sorted by bearing; there is room for more than are filled. */
export class Sky {
  walls = new Float64Array(WALL * 256);
  farM2 = new Float64Array(BINS); // beyond this distance squared, a wall surely stands before
  first = new Int32Array(BINS); // of the entries of a part, -1 for none
  entries = new Int32Array(2 * 1024); // a wall, and the next entry of the same part
}

/** Take all walls out of a sky. @param {Sky} sky */
export function withoutWalls(sky) {
  sky.farM2.fill(Infinity);
  sky.first.fill(-1);
}

/** The aim that is a disc. @param {number} reachM @returns {Aim} */
export const allRound = (reachM) => ({ reachM, oneX: 0.0, oneY: 0.0, otherX: 0.0, otherY: 0.0 });

/**
 * Tell whether a place lies in the wedge of an aim, however far; what lies on its rim does.
 *
 * @param {number} x
 * @param {number} y
 * @param {Aim} aim
 */
export function isAhead(x, y, aim) {
  return aim.oneX * x + aim.oneY * y >= -SLACK_M && aim.otherX * x + aim.otherY * y >= -SLACK_M;
}

/**
 * Tell whether a wall may have a part in the wedge of an aim, however far.
 *
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {Aim} aim
 */
function passes(ax, ay, bx, by, { oneX, oneY, otherX, otherY }) {
  if (oneX * ax + oneY * ay < -SLACK_M && oneX * bx + oneY * by < -SLACK_M) return false;
  return !(otherX * ax + otherY * ay < -SLACK_M && otherX * bx + otherY * by < -SLACK_M);
}

/**
 * Gather and sort the walls that may stand between the place of an eye and what lies in one of two aims.
 *
 * @param {{lon: number, lat: number, eastM: number, northM: number, looks: Aim, views: Aim}} gaze
 * @param {Walls} walls
 * @param {Sky} sky written to
 */
export function fillSky(gaze, walls, sky) {
  const { grid } = walls;
  const reachM = Math.max(gaze.looks.reachM, gaze.views.reachM);
  cellsAround(gaze.lon, gaze.lat, gaze.eastM, gaze.northM, reachM, grid, cells);
  const most = WALL * countIn(cells, grid);
  if (most > sky.walls.length) sky.walls = new Float64Array(2 * most);
  const count = gather(gaze, reachM, walls, sky.walls);
  const entries = 2 * noteBearings(sky.walls, count);
  if (entries > sky.entries.length) sky.entries = new Int32Array(2 * entries);
  cover(sky.walls, count, sky.farM2);
  sort(count, sky);
}

/** Count the entries of a grid's cells in a window, see `cellsAround`. @param {Ints} window @param {BoxGrid} grid */
export function countIn(window, { columns, start }) {
  let count = 0;
  for (let row = window[2]; row <= window[3]; row++) {
    count += start[row * columns + window[1] + 1] - start[row * columns + window[0]];
  }
  return count;
}

/**
 * Write down the ends and the nearness of the walls in the cells around an eye; gives how many. A wall that lies in
 * several cells is taken in the first of them that is gone through.
 *
 * @param {{lon: number, lat: number, eastM: number, northM: number, looks: Aim, views: Aim}} gaze
 * @param {number} reachM
 * @param {Walls} walls
 * @param {Floats} table
 */
function gather({ lon, lat, eastM, northM, looks, views }, reachM, { ends, grid }, table) {
  const { start, item, columns } = grid;
  const [cornerX, cornerY] = grid.corner;
  const [cellX, cellY] = grid.cell;
  const column0 = cells[0];
  const column1 = cells[1];
  const row0 = cells[2];
  const row1 = cells[3];
  const looksM2 = looks.reachM * looks.reachM * BEYOND;
  const viewsM2 = views.reachM * views.reachM * BEYOND;
  let at = 0;
  for (let row = row0; row <= row1; row++) {
    for (let column = column0; column <= column1; column++) {
      const stop = start[row * columns + column + 1];
      for (let index = start[row * columns + column]; index < stop; index++) {
        const wall = 4 * item[index];
        const aLon = ends[wall];
        const aLat = ends[wall + 1];
        const bLon = ends[wall + 2];
        const bLat = ends[wall + 3];
        const ax = (aLon - lon) * eastM;
        const ay = (aLat - lat) * northM;
        const bx = (bLon - lon) * eastM;
        const by = (bLat - lat) * northM;
        if (ax > reachM ? bx > reachM : ax < -reachM && bx < -reachM) continue;
        if (ay > reachM ? by > reachM : ay < -reachM && by < -reachM) continue;
        const inLooks = passes(ax, ay, bx, by, looks);
        const inViews = passes(ax, ay, bx, by, views);
        if (!(inLooks || inViews)) continue;
        if (column !== column0 && Math.floor(((aLon < bLon ? aLon : bLon) - cornerX) / cellX) !== column) continue;
        if (row !== row0 && Math.floor(((aLat < bLat ? aLat : bLat) - cornerY) / cellY) !== row) continue;
        const near = nearM2(ax, ay, bx, by);
        if (!((inLooks && near <= looksM2) || (inViews && near <= viewsM2))) continue;
        table[at] = ax;
        table[at + 1] = ay;
        table[at + 2] = bx;
        table[at + 3] = by;
        table[at + 4] = near;
        at += WALL;
      }
    }
  }
  return at / WALL;
}

/** The square of how near a wall comes. @param {number} ax @param {number} ay @param {number} bx @param {number} by */
function nearM2(ax, ay, bx, by) {
  const dx = bx - ax;
  const dy = by - ay;
  const along = -(ax * dx + ay * dy);
  const size2 = dx * dx + dy * dy;
  if (along <= 0.0) return ax * ax + ay * ay;
  if (along >= size2) return bx * bx + by * by;
  const cross = ax * by - ay * bx;
  return (cross * cross) / size2;
}

/**
 * A bearing in parts of the compass, 0 to BINS: it grows clockwise from north, though not quite evenly.
 *
 * @param {number} x
 * @param {number} y
 */
function turnOf(x, y) {
  const around = Math.abs(x) + Math.abs(y);
  if (around === 0.0) return 0.0;
  let quarter;
  if (x >= 0.0) quarter = y >= 0.0 ? x / around : 1.0 - y / around;
  else quarter = y < 0.0 ? 2.0 - x / around : 3.0 + y / around;
  return quarter * (BINS / 4);
}

/**
 * Draw walls clockwise, and note which parts of the compass they take up; gives how many at most in all.
 *
 * @param {Floats} table
 * @param {number} count
 */
function noteBearings(table, count) {
  let parts = 0;
  for (let at = 0; at < WALL * count; at += WALL) {
    let ax = table[at];
    let ay = table[at + 1];
    let bx = table[at + 2];
    let by = table[at + 3];
    const cross = ax * by - ay * bx;
    if (cross > 0.0) {
      // counter-clockwise from a to b
      table[at] = bx;
      table[at + 1] = by;
      table[at + 2] = ax;
      table[at + 3] = ay;
      ax = table[at];
      ay = table[at + 1];
      bx = table[at + 2];
      by = table[at + 3];
    }
    let begin = turnOf(ax, ay);
    let wide = turnOf(bx, by) - begin;
    if (wide < 0.0) wide += BINS;
    if (cross === 0.0 && ax * bx + ay * by <= 0.0) {
      // the camera stands on it
      begin = 0.0;
      wide = BINS;
    } else if (wide > BINS / 2 + SLACK_M) wide = 0.0; // less than nothing, by rounding: it stands on end
    table[at + 5] = begin;
    table[at + 6] = wide;
    parts += Math.floor(wide) + 3;
  }
  return parts;
}

/**
 * Sort walls by the parts of the compass that they take up, but for those that others hide there.
 *
 * @param {number} count
 * @param {Sky} sky
 */
function sort(count, { walls, farM2, first, entries }) {
  first.fill(-1);
  let filled = 0;
  for (let wall = 0; wall < count; wall++) {
    const at = WALL * wall;
    const near = walls[at + 4];
    const begin = Math.floor(walls[at + 5] - SLACK_M);
    const stop = Math.min(Math.floor(walls[at + 5] + walls[at + 6] + SLACK_M), begin + BINS - 1);
    for (let number = begin; number <= stop; number++) {
      const part = number & (BINS - 1);
      if (near > farM2[part] * BEYOND) continue;
      entries[2 * filled] = wall;
      entries[2 * filled + 1] = first[part];
      first[part] = filled;
      filled++;
    }
  }
}

/**
 * Note how far one sees at most in the parts of the compass that a wall fills from end to end.
 *
 * @param {Floats} table
 * @param {number} count
 * @param {Floats} farM2
 */
function cover(table, count, farM2) {
  farM2.fill(Infinity);
  for (let at = 0; at < WALL * count; at += WALL) {
    const begin = table[at + 5];
    const wide = table[at + 6];
    if (wide < 1.0 || wide > BINS / 2 || table[at + 4] < SLACK_M) continue;
    const dx = table[at + 2] - table[at];
    const dy = table[at + 3] - table[at + 1];
    const cross = table[at] * table[at + 3] - table[at + 1] * table[at + 2];
    let beforeM = Infinity;
    const first = Math.ceil(begin + SLACK_M);
    const last = Math.floor(begin + wide - SLACK_M);
    for (let number = first; number <= last; number++) {
      const edge = 2 * (number & (BINS - 1));
      // along a straight wall the farther end of a part is where it is farthest
      const metM = cross / (edges[edge] * dy - edges[edge + 1] * dx);
      if (number > first) {
        const farM = ((beforeM > metM ? beforeM : metM) + TOUCHES_M) * BEYOND;
        const part = (number - 1) & (BINS - 1);
        if (farM * farM < farM2[part]) farM2[part] = farM * farM;
      }
      beforeM = metM;
    }
  }
}

/**
 * Unmark the points of a sky's frame that a wall hides from its place. One that touches the point does not: ways are
 * drawn along walls, and on which side is not for rounding to say.
 *
 * @param {Floats} xy [point, 2] metres; the first `count` count
 * @param {number} count
 * @param {Sky} sky
 * @param {Uint8Array} marks [point]; only those that are marked are looked at
 */
export function markFree(xy, count, { walls, farM2, first, entries }, marks) {
  for (let point = 0; point < count; point++) {
    if (marks[point] === 0) continue;
    const x = xy[2 * point];
    const y = xy[2 * point + 1];
    const part = Math.min(Math.floor(turnOf(x, y)), BINS - 1);
    const away2 = x * x + y * y;
    if (away2 > farM2[part]) {
      marks[point] = 0;
      continue;
    }
    const until = 1.0 - TOUCHES_M / Math.max(Math.sqrt(away2), TOUCHES_M);
    for (let entry = first[part]; entry >= 0; entry = entries[2 * entry + 1]) {
      const at = WALL * entries[2 * entry];
      const ax = walls[at];
      const ay = walls[at + 1];
      const bx = walls[at + 2];
      const by = walls[at + 3];
      if (x * ay - y * ax > 0.0 === x * by - y * bx > 0.0) continue;
      // the line of sight meets the wall's line at this share of the way
      const share = (ax * by - ay * bx) / (x * (by - ay) - y * (bx - ax));
      if (0.0 < share && share < until) {
        marks[point] = 0;
        break;
      }
    }
  }
}

/**
 * How many times its vector a ray from the frame's origin goes before it meets a wall; infinite if never.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 */
export function meetsAfter(x, y, ax, ay, bx, by) {
  const across = x * (by - ay) - y * (bx - ax);
  if (x * ay - y * ax > 0.0 === x * by - y * bx > 0.0 || across === 0.0) return Infinity;
  const share = (ax * by - ay * bx) / across;
  return share > 0.0 ? share : Infinity;
}
