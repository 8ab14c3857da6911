// @ts-check
/**
 * Cameras, lines and walls in; the hazard of every camera on every directed line out, and the risk that it makes
 * (routing/hazard/hazards.py).
 *
 * A *hazard* is the number of times that a camera would recognise a walker on a line if it were there, connected and
 * sure; the *risk* of a line is -ln(1 - p) summed over cameras. What is uncertain for good (is it there? connected? where
 * does it hang, what lens has it, whither does that look?) stands outside the exponential.
 */
import { isCamera } from "../optics.mjs";
import { existence } from "./existence.mjs";
import { eyesNear, eyesOf, eyesStart } from "./eyes.mjs";
import { connected, ownerOf } from "./lenses.mjs";
import { expose, rateOf } from "./rates.mjs";

const SURELY = 1.0 - 1e-12;

/**
 * Compute what cameras may do on lines.
 *
 * @param {readonly CameraRecord[]} cameras in the order by which rows name them
 * @param {Lines} lines
 * @param {Walls} walls
 * @param {Values} values a column of the model
 */
export function hazardsOf(cameras, lines, walls, values) {
  return hazardsBy(eyesOf(cameras, values, walls), lines, walls, values);
}

/**
 * Compute what cameras that are placed may do on lines; those that are far away cost nothing.
 *
 * @param {Placed} placed
 * @param {Lines} lines
 * @param {Walls} walls
 * @param {Values} values
 * @returns {Hazards}
 */
export function hazardsBy(placed, lines, walls, values) {
  const { eyes } = placed;
  const which = eyesNear(eyes, lines);
  const lensesOf = (/** @type {number} */ eye) => eyes.lensStart[eye + 1] - eyes.lensStart[eye];
  const most = which.reduce((so, eye) => Math.max(so, lensesOf(eye)), 1);
  const found = expose(eyes, which, lines, walls, rateOf(values), most);
  const used = found.eye.reduce((so, eye) => Math.max(so, lensesOf(eye)), 1);
  const first = eyesStart(placed);
  const { camera: cameraOf } = placed;
  const order = Int32Array.from(found.eye, (_, row) => row).sort((a, b) =>
    cameraOf[found.eye[a]] - cameraOf[found.eye[b]] || found.line[a] - found.line[b] || found.eye[a] - found.eye[b]);
  const lens = new Float64Array(2 * used * order.length);
  const chance = new Float64Array(used * order.length);
  order.forEach((from, row) => {
    for (let at = 0; at < 2 * used; at++) lens[2 * used * row + at] = found.lens[2 * most * from + at];
    const eye = found.eye[from];
    const count = lensesOf(eye);
    for (let nth = 0; nth < count; nth++) {
      // places and lenses are equally likely
      chance[used * row + nth] = placed.hidden[eyes.lensStart[eye] + nth] / count / placed.places[cameraOf[eye]];
    }
  });
  return {
    camera: Int32Array.from(order, (row) => cameraOf[found.eye[row]]),
    line: Int32Array.from(order, (row) => found.line[row]),
    place: Int32Array.from(order, (row) => found.eye[row] - first[cameraOf[found.eye[row]]]),
    lens,
    lenses: used,
    chance,
    views: viewsOf(placed, found.views),
    count: placed.places,
  };
}

/**
 * Put what is in view into the order of lines, then cameras, then place.
 *
 * @param {Placed} placed
 * @param {{eye: number, line: number, fromM: number, toM: number}[]} views
 * @returns {Views}
 */
function viewsOf({ camera, places }, views) {
  views.sort((a, b) =>
    a.line - b.line || camera[a.eye] - camera[b.eye] || a.fromM - b.fromM || a.toM - b.toM);
  return {
    camera: Int32Array.from(views, ({ eye }) => camera[eye]),
    line: Int32Array.from(views, ({ line }) => line),
    fromM: Float64Array.from(views, ({ fromM }) => fromM),
    toM: Float64Array.from(views, ({ toM }) => toM),
    share: Float64Array.from(views, ({ eye }) => 1.0 / places[camera[eye]]),
  };
}

/**
 * Take some of the rows, and of those of the views; every camera and line keeps its number.
 *
 * @param {Hazards} hazards
 * @param {ArrayLike<number>} rows
 * @param {ArrayLike<number>} views
 * @returns {Hazards}
 */
export function takeRows(hazards, rows, views) {
  const { lenses } = hazards;
  /** @param {Ints} of */
  const ints = (of) => Int32Array.from(rows, (row) => of[row]);
  /** @param {Floats} of @param {number} wide */
  const table = (of, wide) => {
    const made = new Float64Array(wide * rows.length);
    for (let row = 0; row < rows.length; row++) {
      made.set(of.subarray(wide * rows[row], wide * (rows[row] + 1)), wide * row);
    }
    return made;
  };
  return {
    camera: ints(hazards.camera),
    line: ints(hazards.line),
    place: ints(hazards.place),
    lens: table(hazards.lens, 2 * lenses),
    lenses,
    chance: table(hazards.chance, lenses),
    views: takeViews(hazards.views, views),
    count: hazards.count,
  };
}

/** Take some of the rows. @param {Views} views @param {ArrayLike<number>} rows @returns {Views} */
export function takeViews(views, rows) {
  return {
    camera: Int32Array.from(rows, (row) => views.camera[row]),
    line: Int32Array.from(rows, (row) => views.line[row]),
    fromM: Float64Array.from(rows, (row) => views.fromM[row]),
    toM: Float64Array.from(rows, (row) => views.toM[row]),
    share: Float64Array.from(rows, (row) => views.share[row]),
  };
}

/**
 * Name cameras, and lines, by their positions in other lists.
 *
 * @param {Hazards} hazards
 * @param {ArrayLike<number> | null} camera [camera]
 * @param {ArrayLike<number> | null} line [line]
 * @returns {Hazards}
 */
export function renamed(hazards, camera, line = null) {
  /** @param {Ints} of @param {ArrayLike<number> | null} name */
  const named = (of, name) => (name === null ? of : of.map((one) => name[one]));
  const { views } = hazards;
  return {
    ...hazards,
    camera: named(hazards.camera, camera),
    line: named(hazards.line, line),
    views: { ...views, camera: named(views.camera, camera), line: named(views.line, line) },
  };
}

/**
 * The chance that each camera is there, connected, and matches at all; 0 for no camera.
 *
 * @param {readonly CameraRecord[]} cameras
 * @param {string} month YYYY-MM
 * @param {Values} values
 * @returns {Floats} [camera]
 */
export function certainty(cameras, month, values) {
  return Float64Array.from(cameras, (camera) => {
    if (!isCamera(camera.tags)) return 0.0;
    const sure = connected(ownerOf(camera), values);
    return sure > 0.0 ? existence(camera, month, values) * sure * values.hit_rate * values.night_factor : 0.0;
  });
}

/**
 * The chance that a camera recognises who walks a line.
 *
 * @param {Hazards} hazards
 * @param {ArrayLike<number>} sure [camera]
 * @returns {{camera: Ints, line: Ints, chance: Floats}} each pair once, by camera, then line; [pair, 2] forwards, backwards
 */
export function chances({ camera, line, lens, lenses, chance }, sure) {
  const pairs = { camera: [], line: [], chance: [] };
  const { camera: who, line: where, chance: what } = /** @type {Record<string, number[]>} */ (pairs);
  for (let row = 0; row < camera.length; row++) {
    if (row === 0 || camera[row] !== camera[row - 1] || line[row] !== line[row - 1]) {
      who.push(camera[row]);
      where.push(line[row]);
      what.push(0.0, 0.0);
    }
    for (let way = 0; way < 2; way++) {
      let sum = 0.0;
      for (let nth = 0; nth < lenses; nth++) {
        const at = lenses * row + nth;
        sum += chance[at] * -Math.expm1(-lens[2 * at + way]);
      }
      what[what.length - 2 + way] += sum * sure[camera[row]];
    }
  }
  return { camera: Int32Array.from(who), line: Int32Array.from(where), chance: Float64Array.from(what) };
}

/**
 * The risk of lines by mapped cameras: the sum of -ln(1 - p).
 *
 * @param {Hazards} hazards
 * @param {ArrayLike<number>} sure [camera]
 * @param {number} lineCount
 * @returns {Floats} [line, 2] forwards and backwards
 */
export function riskOf(hazards, sure, lineCount) {
  const { line, chance } = chances(hazards, sure);
  const risk = new Float64Array(2 * lineCount);
  for (let at = 0; at < chance.length; at++) {
    risk[2 * line[at >> 1] + (at & 1)] -= Math.log1p(-Math.min(chance[at], SURELY));
  }
  return risk;
}
