// @ts-check
/**
 * The rate at which cameras recognise who walks past, added up along lines, one eye after another: routing/hazard/rates.py.
 *
 *     1/match_time · resolution · yaw · pitch · field · sight · duty        (exposure-model.md, section 1.1)
 */
import { degrees } from "../geo.mjs";
import { cellsAround } from "../grid.mjs";
import { erfc } from "./erfc.mjs";
import { gazeOf, isWithin, looksAt } from "./gaze.mjs";
import { resolutionSlope } from "./parameters.mjs";
import { Sky, countIn, fillSky, isAhead, markFree, withoutWalls } from "./sight.mjs";
import { Room, findParts, markAimedAt, measureParts } from "./views.mjs";

/** @typedef {import("./gaze.mjs").Gaze} Gaze @typedef {import("./sight.mjs").Aim} Aim */

const LEAST_HAZARD = 1e-8; // of a line for an eye; a hundredth of the last digit that a risk has
const ROOT2 = Math.sqrt(2.0);
const HALF_TURN_DEG = 180.0;

const window = new Int32Array(4);
const sky = new Sky();
let near = new Int32Array(256); // runs
let room = new Room(64);
/** The pieces that one eye may see; there is room for more than are filled. */
let look = lookFor(256);

/** @param {number} count */
function lookFor(count) {
  return { piece: new Int32Array(count), xy: new Float64Array(2 * count), marks: new Uint8Array(count) };
}

/** What of eyes on lines is found; a row of `lens` has `lenses` pairs. */
export class Found {
  /** @param {number} lenses the most that an eye has */
  constructor(lenses) {
    this.lenses = lenses;
    /** @type {number[]} */ this.eye = [];
    /** @type {number[]} */ this.line = [];
    this.lens = new Float64Array(2 * lenses * 64); // there is room for more than are filled
    /** @type {{eye: number, line: number, fromM: number, toM: number}[]} */ this.views = [];
    this.sums = new Float64Array(2 * lenses); // of the row that is being added up
  }

  /** Keep the row that is added up, if there is anything of it. @param {number} eye @param {number} line */
  keep(eye, line) {
    const { sums } = this;
    let total = 0.0;
    for (let column = 0; column < sums.length; column++) total += sums[column];
    if (total > LEAST_HAZARD) {
      const row = this.eye.length * sums.length;
      if (row === this.lens.length) {
        const wider = new Float64Array(2 * row);
        wider.set(this.lens);
        this.lens = wider;
      }
      for (let column = 0; column < sums.length; column++) this.lens[row + column] = sums[column];
      this.eye.push(eye);
      this.line.push(line);
    }
    sums.fill(0.0);
  }
}

/** What the rate needs of a column of the model. @param {Values} values */
export function rateOf(values) {
  return {
    ppm50: values.ppm50,
    slope: resolutionSlope(values),
    yawDeg: values.yaw_deg,
    yawWide: values.yaw_sigma_deg * ROOT2,
    pitchDeg: values.pitch_deg,
    pitchWide: values.pitch_sigma_deg * ROOT2,
    faceHeightM: values.face_height_m,
    metresToMatch: values.walk_speed_mps * values.match_time_s, // walked in the mean time to a match
  };
}

/** @typedef {ReturnType<typeof rateOf>} Rate */

/**
 * Add up the rates of eyes along lines, and find what they have in view.
 *
 * @param {Eyes} eyes
 * @param {Ints} which of them, rising
 * @param {Lines} lines
 * @param {Walls} walls
 * @param {Rate} rate
 * @param {number} lenses the most that an eye has
 * @returns {Found} by eye, then line, then place
 */
export function expose(eyes, which, lines, walls, rate, lenses) {
  const found = new Found(lenses);
  const { pieces, runs } = lines;
  for (const eye of which) {
    const [lon, lat] = [2 * eye, 2 * eye + 1];
    cellsAround(
      eyes.lonlat[lon], eyes.lonlat[lat], eyes.scale[lon], eyes.scale[lat], eyes.searchM[eye], runs.grid, window,
    );
    const entries = countIn(window, runs.grid);
    if (entries === 0) continue;
    const gaze = gazeOf(eye, eyes);
    if (entries > near.length) near = new Int32Array(2 * entries);
    let count = runsNear(gaze, runs);
    count = keepRuns(count, gaze, lines);
    count = piecesNear(count, gaze, lines);
    if (count === 0) continue;
    // the walls that stop what hangs indoors are on no map
    if (gaze.indoor) withoutWalls(sky);
    else fillSky(gaze, walls, sky);
    markFree(look.xy, count, sky, look.marks);
    count = keepMarked(count);
    addHazards(eye, count, gaze, pieces, rate, found);
    markAimedAt(look.xy, count, gaze, look.marks);
    if (count > room.size) room = new Room(2 * count);
    addViews(eye, findParts(look.piece, count, look.marks, pieces.line, room), gaze, pieces, found);
  }
  return found;
}

/**
 * Tell whether a cell may have a part in an aim; given are its middle and half of its size.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} halfX
 * @param {number} halfY
 * @param {Aim} aim
 */
function meets(x, y, halfX, halfY, { reachM, oneX, oneY, otherX, otherY }) {
  const awayX = Math.max(Math.abs(x) - halfX, 0.0);
  const awayY = Math.max(Math.abs(y) - halfY, 0.0);
  if (awayX * awayX + awayY * awayY > reachM * reachM) return false;
  const mostOne = oneX * x + oneY * y + Math.abs(oneX) * halfX + Math.abs(oneY) * halfY;
  const mostOther = otherX * x + otherY * y + Math.abs(otherX) * halfX + Math.abs(otherY) * halfY;
  return mostOne >= 0.0 && mostOther >= 0.0;
}

/**
 * List the runs of pieces in those cells around an eye that it may look at; gives how many.
 *
 * @param {Gaze} gaze
 * @param {Runs} runs
 */
function runsNear(gaze, { grid: { corner, cell, columns, start, item } }) {
  // a hair larger, so that rounding loses no cell
  const [halfX, halfY] = [0.5001 * cell[0] * gaze.eastM, 0.5001 * cell[1] * gaze.northM];
  let count = 0;
  for (let row = window[2]; row <= window[3]; row++) {
    const y = (corner[1] + (row + 0.5) * cell[1] - gaze.lat) * gaze.northM;
    for (let column = window[0]; column <= window[1]; column++) {
      const at = row * columns + column;
      if (start[at] === start[at + 1]) continue;
      const x = (corner[0] + (column + 0.5) * cell[0] - gaze.lon) * gaze.eastM;
      if (!meets(x, y, halfX, halfY, gaze.looks) && !meets(x, y, halfX, halfY, gaze.views)) continue;
      for (let index = start[at]; index < start[at + 1]; index++) near[count++] = item[index];
    }
  }
  return count;
}

/**
 * Drop the runs of lines that an eye cannot see (outdoor ones see the open street, indoor ones their level), put the rest
 * into the order of lines, and make room for their pieces; gives how many are left.
 *
 * @param {number} count
 * @param {Gaze} gaze
 * @param {Lines} lines
 */
function keepRuns(count, { indoor, level }, { pieces, runs, enclosed, levels }) {
  let left = 0;
  let most = 0;
  for (let index = 0; index < count; index++) {
    const run = near[index];
    const line = pieces.line[runs.first[run]];
    if (indoor !== (enclosed[line] === 1)) continue;
    if (indoor && !mayBeOn(level, levels[2 * line], levels[2 * line + 1])) continue;
    near[left++] = run;
    most += runs.stop[run] - runs.first[run];
  }
  near.subarray(0, left).sort();
  if (most > look.piece.length) look = lookFor(2 * most);
  return left;
}

/**
 * Tell whether an eye may be on a line's levels; what nobody tells is no number.
 *
 * @param {number} level
 * @param {number} low
 * @param {number} high
 */
const mayBeOn = (level, low, high) =>
  Number.isNaN(level) || Number.isNaN(low) || (low <= level && level <= high);

/**
 * List the pieces of runs that an eye would see if nothing stood between, in the order of lines; gives how many.
 *
 * @param {number} count
 * @param {Gaze} gaze
 * @param {Lines} lines
 */
function piecesNear(count, { lon, lat, eastM, northM, searchM, looks, views }, { pieces: { lonlat }, runs }) {
  const { piece, xy, marks } = look;
  // only what lies on the rim itself needs the exact distance
  const least = searchM * searchM * (1.0 - 1e-12);
  const most = searchM * searchM * (1.0 + 1e-12);
  let found = 0;
  for (let index = 0; index < count; index++) {
    const stop = runs.stop[near[index]];
    for (let at = runs.first[near[index]]; at < stop; at++) {
      const x = (lonlat[2 * at] - lon) * eastM;
      const y = (lonlat[2 * at + 1] - lat) * northM;
      const away2 = x * x + y * y;
      if (away2 > most || !(isAhead(x, y, looks) || isAhead(x, y, views))) continue;
      if (!(away2 < least) && Math.hypot(x, y) > searchM) continue;
      piece[found] = at;
      xy[2 * found] = x;
      xy[2 * found + 1] = y;
      marks[found++] = 1;
    }
  }
  return found;
}

/** Drop what is not marked; gives how many are left, all marked. @param {number} count */
function keepMarked(count) {
  const { piece, xy, marks } = look;
  let left = 0;
  for (let index = 0; index < count; index++) {
    if (marks[index] === 0) continue;
    piece[left] = piece[index];
    xy[2 * left] = xy[2 * index];
    xy[2 * left + 1] = xy[2 * index + 1];
    left++;
  }
  marks.fill(1, 0, left);
  return left;
}

/**
 * Tell whether a lens looks at a place of its eye's frame.
 *
 * @param {number} x
 * @param {number} y
 * @param {import("./gaze.mjs").Look} lens
 * @param {Floats} sectors
 */
function isLookedAt(x, y, { first, stop, aim }, sectors) {
  if (first === stop) return true;
  if (stop - first === 1) {
    const within = isWithin(x, y, aim);
    if (within >= 0) return within === 1;
  }
  return looksAt(degrees(Math.atan2(x, y)), sectors, first, stop);
}

/**
 * Add up the rates of the pieces that an eye sees, line by line, for each of its lenses, forwards and backwards.
 *
 * @param {number} eye
 * @param {number} count
 * @param {Gaze} gaze
 * @param {Pieces} pieces
 * @param {Rate} rate
 * @param {Found} found
 */
function addHazards(eye, count, gaze, { line, heading, lengthM }, rate, found) {
  const { piece, xy } = look;
  const { lenses, farM } = gaze;
  const { sector } = gaze.eyes;
  const { sums } = found;
  const aboveM = gaze.heightM - rate.faceHeightM;
  let last = -1;
  for (let index = 0; index < count; index++) {
    const at = piece[index];
    const x = xy[2 * index];
    const y = xy[2 * index + 1];
    if (line[at] !== last) {
      if (last >= 0) found.keep(eye, last);
      last = line[at];
    }
    const awayM = Math.max(Math.sqrt(x * x + y * y), 1e-6);
    if (awayM > farM || lengthM[at] === 0.0) continue; // the ends of lines are there for the views
    let forth = 0.0;
    let back = 0.0;
    let blur = NaN; // until a lens looks there
    for (let number = 0; number < lenses.length; number++) {
      const lens = lenses[number];
      if (!isLookedAt(x, y, lens, sector)) continue;
      if (Number.isNaN(blur)) {
        const share = (lengthM[at] / rate.metresToMatch) * pitchShare(aboveM, awayM, rate);
        const towards = -(x * heading[2 * at] + y * heading[2 * at + 1]) / awayM;
        const yawDeg = degrees(Math.acos(Math.min(1.0, Math.max(-1.0, towards))));
        forth = share * below(yawDeg, rate.yawDeg, rate.yawWide);
        back = share * below(HALF_TURN_DEG - yawDeg, rate.yawDeg, rate.yawWide);
        blur = Math.log(rate.ppm50 * Math.sqrt(awayM * awayM + aboveM * aboveM));
      }
      const sharp = lens.duty / (1.0 + Math.exp(rate.slope * (blur - lens.sharp)));
      sums[2 * number] += sharp * forth;
      sums[2 * number + 1] += sharp * back;
    }
  }
  if (last >= 0) found.keep(eye, last);
}

/**
 * The chance that a face is not seen too much from above.
 *
 * @param {number} aboveM
 * @param {number} awayM
 * @param {Rate} rate
 */
const pitchShare = (aboveM, awayM, rate) =>
  below(degrees(Math.atan(Math.abs(aboveM) / awayM)), rate.pitchDeg, rate.pitchWide);

/**
 * The chance that what is spread normally around `value` stays below `limit`.
 *
 * @param {number} value
 * @param {number} limit
 * @param {number} wide
 */
const below = (value, limit, wide) => 0.5 * erfc((value - limit) / wide);

/**
 * Add the parts of lines that an eye has in view.
 *
 * @param {number} eye
 * @param {number} count
 * @param {Gaze} gaze
 * @param {Pieces} pieces
 * @param {Found} found
 */
function addViews(eye, count, gaze, pieces, found) {
  if (count === 0) return;
  measureParts(count, gaze, pieces, sky, room);
  for (let part = 0; part < count; part++) {
    const line = pieces.line[room.parts[2 * part]];
    found.views.push({ eye, line, fromM: room.spans[2 * part], toM: room.spans[2 * part + 1] });
  }
}
