// @ts-check
/**
 * Many walks at once: the risk of each by mapped cameras, camera by camera, from what is known of whole lines
 * (routing/hazard/walked.py). A part of a line is taken to have its share of the line's hazard.
 */
import { startsOf } from "../ragged.mjs";

const SURELY = 1.0 - 1e-12;

/**
 * Sort what cameras may do by line; a *spot* is a place where a camera may hang.
 *
 * @param {Hazards} hazards of lines that are numbered below `lineCount`
 * @param {number} lineCount
 * @returns {ByLine}
 */
export function byLine({ camera, line, place, lens, lenses, chance, count }, lineCount) {
  const first = startsOf(count);
  const spots = first[count.length];
  const found = {
    start: new Int32Array(lineCount + 1),
    spot: new Int32Array(line.length),
    lens: new Float64Array(lens.length),
    camera: new Int32Array(spots),
    chance: new Float64Array(lenses * spots),
    lenses,
    cameras: count.length,
  };
  for (let at = 0; at < count.length; at++) found.camera.fill(at, first[at], first[at + 1]);
  for (let row = 0; row < line.length; row++) found.start[line[row] + 1]++;
  for (let at = 0; at < lineCount; at++) found.start[at + 1] += found.start[at];
  const next = found.start.slice();
  for (let row = 0; row < line.length; row++) {
    const to = next[line[row]]++;
    const spot = first[camera[row]] + place[row];
    found.spot[to] = spot;
    found.lens.set(lens.subarray(2 * lenses * row, 2 * lenses * (row + 1)), 2 * lenses * to);
    found.chance.set(chance.subarray(lenses * row, lenses * (row + 1)), lenses * spot);
  }
  return found;
}

/** Room for adding up one walk; between walks all is 0. */
class Room {
  /** @param {ByLine} ofLines */
  constructor({ chance, camera }) {
    this.total = new Float64Array(chance.length); // [spot, lens]
    this.met = new Uint8Array(camera.length); // [spot]
    this.touched = new Int32Array(camera.length); // those that are met, in order
  }
}

/** @type {WeakMap<ByLine, Room>} */
const rooms = new WeakMap();

/** @param {ByLine} ofLines */
function roomOf(ofLines) {
  const room = rooms.get(ofLines) ?? new Room(ofLines);
  rooms.set(ofLines, room);
  return room;
}

/**
 * Add up what each spot does along a walk; gives how many are met.
 *
 * @param {number} walk
 * @param {Walked} walked
 * @param {ByLine} ofLines
 * @param {Room} room
 */
function addUp(walk, { start, line, way, share }, ofLines, { total, met, touched }) {
  const { lenses, spot, lens } = ofLines;
  let count = 0;
  for (let entry = start[walk]; entry < start[walk + 1]; entry++) {
    const stop = ofLines.start[line[entry] + 1];
    for (let row = ofLines.start[line[entry]]; row < stop; row++) {
      const at = spot[row];
      if (met[at] === 0) {
        met[at] = 1;
        touched[count++] = at;
      }
      for (let nth = 0; nth < lenses; nth++) {
        total[lenses * at + nth] += share[entry] * lens[2 * (lenses * row + nth) + way[entry]];
      }
    }
  }
  return count;
}

/**
 * Turn what spots do into chances, added to those of their cameras; clears the room.
 *
 * @param {number} count
 * @param {ByLine} ofLines
 * @param {Room} room
 * @param {Floats} chance written to
 * @param {number} offset where those of the first camera stand
 */
function takeChances(count, ofLines, { total, met, touched }, chance, offset) {
  const { lenses } = ofLines;
  for (let i = 0; i < count; i++) {
    const spot = touched[i];
    for (let at = lenses * spot; at < lenses * (spot + 1); at++) {
      chance[offset + ofLines.camera[spot]] += ofLines.chance[at] * -Math.expm1(-total[at]);
      total[at] = 0.0;
    }
    met[spot] = 0;
  }
}

/**
 * The chance that each camera recognises who takes each walk, if it is there and connected. Never summed from line to
 * line: a camera that sees a walker on three streets is one camera.
 *
 * @param {Walked} walked
 * @param {ByLine} ofLines
 * @returns {Floats} [walk, camera] 0…1, before the rate of hits
 */
export function chancesOf(walked, ofLines) {
  const walks = walked.start.length - 1;
  const found = new Float64Array(walks * ofLines.cameras);
  const room = roomOf(ofLines);
  for (let walk = 0; walk < walks; walk++) {
    takeChances(addUp(walk, walked, ofLines, room), ofLines, room, found, walk * ofLines.cameras);
  }
  return found;
}

/**
 * The risk of each walk by mapped cameras, -ln(1 - p).
 *
 * @param {Walked} walked
 * @param {ByLine} ofLines
 * @param {ArrayLike<number>} sure [camera] see `certainty`
 * @returns {Floats} [walk]
 */
export function risksOf(walked, ofLines, sure) {
  const { cameras } = ofLines;
  if (sure.length !== cameras) throw new RangeError(`chances of ${sure.length} cameras for hazards of ${cameras}`);
  const found = new Float64Array(walked.start.length - 1);
  const chance = new Float64Array(cameras);
  const room = roomOf(ofLines);
  for (let walk = 0; walk < found.length; walk++) {
    const met = addUp(walk, walked, ofLines, room);
    takeChances(met, ofLines, room, chance, 0);
    for (let i = 0; i < met; i++) {
      const camera = ofLines.camera[room.touched[i]];
      found[walk] -= Math.log1p(-Math.min(chance[camera] * sure[camera], SURELY));
      chance[camera] = 0.0;
    }
  }
  return found;
}
