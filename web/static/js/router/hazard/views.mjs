// @ts-check
/**
 * Pieces of lines that an eye sees in, the parts of those lines that it has in view out: routing/hazard/views.py.
 *
 * What is in view begins and ends where a line does, or between the middles of two pieces; between two that are not in
 * view, something shorter than a piece may be missed. The ends of parts are looked for by halving.
 */
import { degrees } from "../geo.mjs";
import { isWithin, looksAt } from "./gaze.mjs";
import { isAhead, markFree } from "./sight.mjs";

/** @typedef {import("./gaze.mjs").Gaze} Gaze @typedef {import("./sight.mjs").Sky} Sky */

const HALVINGS = 6; // of a metre: the ends of what is in view are true to 2 cm
const END = 6; // numbers of an end: between which places it lies, degrees; and as shares of the way between them

/** Where the parts of lines that one eye has in view are worked out; each has two ends. */
export class Room {
  /** Make room for so many parts. @param {number} count */
  constructor(count) {
    this.size = count;
    this.parts = new Int32Array(2 * count); // their first and last pieces, whose middles are in view
    this.spans = new Float64Array(2 * count); // from where to where they reach, metres from the line's start
    this.joined = new Uint8Array(2 * count); // [end] whether a part goes on beyond the end of its piece
    this.ends = new Float64Array(2 * END * count); // [end]
    this.seen = new Uint8Array(2 * count); // [end] whether the first of its two places is in view
    this.xy = new Float64Array(4 * count); // [end, 2] the place that is asked for, in the eye's frame
    this.free = new Uint8Array(2 * count); // [end] whether that is in view
  }
}

/**
 * Unmark places of an eye's frame that it would not have in view even if nothing stood between.
 *
 * @param {Floats} xy [place, 2]
 * @param {number} count
 * @param {Gaze} gaze
 * @param {Uint8Array} marks [place] written to
 */
export function markAimedAt(xy, count, gaze, marks) {
  const { views, viewFirst, viewStop } = gaze;
  const { viewSector } = gaze.eyes;
  const sectors = viewStop - viewFirst;
  const most = gaze.viewM * gaze.viewM;
  for (let place = 0; place < count; place++) {
    if (marks[place] === 0) continue;
    const x = xy[2 * place];
    const y = xy[2 * place + 1];
    if (x * x + y * y > most || !isAhead(x, y, views)) marks[place] = 0;
    else if (sectors === 0 || (sectors === 1 && isWithin(x, y, views) === 1)) continue;
    else if (!looksAt(degrees(Math.atan2(x, y)), viewSector, viewFirst, viewStop)) marks[place] = 0;
  }
}

/**
 * Draw pieces together that follow each other on one line; gives how many parts they make.
 *
 * @param {Ints} piece [place] rising
 * @param {number} count
 * @param {Uint8Array} aimed [place] those that count
 * @param {Ints} line [piece]
 * @param {Room} room for `count` parts at least
 */
export function findParts(piece, count, aimed, line, { parts }) {
  let found = 0;
  for (let place = 0; place < count; place++) {
    if (aimed[place] === 0) continue;
    const at = piece[place];
    const last = found > 0 ? parts[2 * found - 1] : -2;
    if (at === last + 1 && line[at] === line[last]) parts[2 * found - 1] = at;
    else {
      parts[2 * found] = parts[2 * found + 1] = at;
      found++;
    }
  }
  return found;
}

/**
 * Measure from where to where the first `count` parts of a room reach, and write down their `spans`.
 *
 * @param {number} count
 * @param {Gaze} gaze
 * @param {Pieces} pieces
 * @param {Sky} sky
 * @param {Room} room
 */
export function measureParts(count, gaze, pieces, sky, room) {
  const { xy, free } = room;
  putJoints(count, gaze, pieces, room);
  markAimedAt(xy, 2 * count, gaze, free);
  markFree(xy, 2 * count, sky, free);
  putEnds(count, pieces, room);
  for (let halving = 0; halving < HALVINGS; halving++) {
    putMiddles(2 * count, gaze, room);
    markAimedAt(xy, 2 * count, gaze, free);
    markFree(xy, 2 * count, sky, free);
    halve(2 * count, room);
  }
  putSpans(count, pieces, room);
}

/**
 * Ask for where the first piece of each part begins and where its last one ends.
 *
 * @param {number} count
 * @param {Gaze} gaze
 * @param {Pieces} pieces
 * @param {Room} room
 */
function putJoints(count, gaze, { lonlat, end }, { parts, xy, free }) {
  for (let part = 0; part < count; part++) {
    const [first, last] = [2 * parts[2 * part], 2 * parts[2 * part + 1]];
    xy[4 * part] = (2.0 * lonlat[first] - end[first] - gaze.lon) * gaze.eastM;
    xy[4 * part + 1] = (2.0 * lonlat[first + 1] - end[first + 1] - gaze.lat) * gaze.northM;
    xy[4 * part + 2] = (end[last] - gaze.lon) * gaze.eastM;
    xy[4 * part + 3] = (end[last + 1] - gaze.lat) * gaze.northM;
    free[2 * part] = free[2 * part + 1] = 1;
  }
}

/**
 * Say between which places each end is to be looked for, now that is known whether the joints are in view.
 *
 * @param {number} count
 * @param {Pieces} pieces
 * @param {Room} room
 */
function putEnds(count, { lonlat, end, line }, { parts, joined, ends, seen, free }) {
  for (let row = 0; row < 2 * count; row++) {
    const begins = (row & 1) === 0;
    const inView = free[row] === 1;
    joined[row] = free[row];
    seen[row] = begins ? 0 : 1;
    const piece = parts[row];
    const beyond = begins ? piece - 1 : piece + 1;
    const lon = begins ? 2.0 * lonlat[2 * piece] - end[2 * piece] : end[2 * piece];
    const lat = begins ? 2.0 * lonlat[2 * piece + 1] - end[2 * piece + 1] : end[2 * piece + 1];
    const goesOn = beyond >= 0 && beyond < line.length && line[beyond] === line[piece];
    const other = inView && goesOn ? beyond : piece;
    const at = END * row;
    const middle = begins === inView ? at : at + 2; // a line is gone along from its start to its end
    const joint = begins === inView ? at + 2 : at;
    ends[middle] = lonlat[2 * other];
    ends[middle + 1] = lonlat[2 * other + 1];
    ends[joint] = lon;
    ends[joint + 1] = lat;
    ends[at + 4] = 0.0;
    ends[at + 5] = inView && !goesOn ? 0.0 : 1.0; // in view to where the line itself ends
  }
}

/** @param {number} count @param {Gaze} gaze @param {Room} room */
function putMiddles(count, { lon, lat, eastM, northM }, { ends, xy, free }) {
  for (let row = 0; row < count; row++) {
    const at = END * row;
    const middle = 0.5 * (ends[at + 4] + ends[at + 5]);
    xy[2 * row] = (ends[at] + middle * (ends[at + 2] - ends[at]) - lon) * eastM;
    xy[2 * row + 1] = (ends[at + 1] + middle * (ends[at + 3] - ends[at + 1]) - lat) * northM;
    free[row] = ends[at + 4] < ends[at + 5] ? 1 : 0; // else it is known already
  }
}

/** @param {number} count @param {Room} room */
function halve(count, { ends, free, seen }) {
  for (let row = 0; row < count; row++) {
    const at = END * row;
    ends[free[row] === seen[row] ? at + 4 : at + 5] = 0.5 * (ends[at + 4] + ends[at + 5]);
  }
}

/** @param {number} count @param {Pieces} pieces @param {Room} room */
function putSpans(count, { line, fromM, lengthM }, { ends, joined, parts, spans }) {
  for (let part = 0; part < count; part++) {
    const [first, last] = [parts[2 * part], parts[2 * part + 1]];
    const [begin, end] = [END * 2 * part, END * (2 * part + 1)];
    let share = 0.5 * (ends[begin + 4] + ends[begin + 5]);
    if (joined[2 * part] === 0) spans[2 * part] = fromM[first] + 0.5 * lengthM[first] * share;
    else if (first === 0 || line[first - 1] !== line[first]) spans[2 * part] = fromM[first];
    else spans[2 * part] = fromM[first] - 0.5 * lengthM[first - 1] * (1.0 - share);
    share = 0.5 * (ends[end + 4] + ends[end + 5]);
    const toM = fromM[last] + lengthM[last];
    if (joined[2 * part + 1] === 0) spans[2 * part + 1] = toM - 0.5 * lengthM[last] * (1.0 - share);
    else if (last + 1 === line.length || line[last + 1] !== line[last]) spans[2 * part + 1] = toM;
    else spans[2 * part + 1] = toM + 0.5 * lengthM[last + 1] * share;
  }
}
