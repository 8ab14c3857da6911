// @ts-check
/**
 * Camera records in, eyes out: where each camera may hang, and what it may see from there (routing/hazard/eyes.py).
 *
 * A camera on a wall hangs 0.3 m in front of the nearest façade, so that it never looks through its own building; one
 * whose place is uncertain hangs at eight places with equal chance.
 */
import { degrees, latScale, lonScale, modulo, radians } from "../geo.mjs";
import { gridOf } from "../grid.mjs";
import { FREE_MOUNTS, REACH_M, meets, tagValues, viewOf } from "../optics.mjs";
import { startsOf, taken } from "../ragged.mjs";
import { hang } from "./facades.mjs";
import { facingDeg, onFacade, opticsOf } from "./lenses.mjs";
import { CLASSES } from "./parameters.mjs";

/**
 * What cameras of the same tags share: lenses as they are and on a façade, and how near one must be that they hang on.
 *
 * @typedef {{optics: import("./lenses.mjs").Optics, hung: import("./lenses.mjs").Lens[],
 *   view: import("../optics.mjs").View, nearM: number}} Kind
 * @typedef {{camera: number, kind: Kind, lon: number, lat: number, outwardDeg: number}} Hung
 */

/** No camera looks farther. */
export const SEARCH_M = Math.max(
  ...Object.values(CLASSES).map((kind) => kind.reachM),
  ...Object.values(REACH_M),
);
export const SNAP_M = 5.0; // a camera this near a footprint hangs on it
export const WALL_SNAP_M = 15.0; // one that is tagged as hanging on a wall, this near
// Eight places for an uncertain one, in standard deviations: two rings at the quartiles of the distance, turned by 45°.
const PLACES = [0.25, 0.75].flatMap((share, ring) =>
  [0, 1, 2, 3].map((quarter) => {
    const turn = radians(90.0 * quarter + 45.0 * ring);
    const radius = Math.sqrt(-2.0 * Math.log(1.0 - share));
    return [radius * Math.sin(turn), radius * Math.cos(turn)];
  }),
);
const EYE_CELL_M = 100.0;
const CELLS_PER_EYE = 4;
const MORE_CELLS = 4096;
const HAIR = 1.0001; // so that rounding loses no eye

/**
 * Place cameras and give them their lenses.
 *
 * @param {readonly CameraRecord[]} cameras any; those that are no camera in use get no eye
 * @param {Values} values the column of the model whose heights and uncertainties are used
 * @param {Walls} walls of the area
 * @returns {Placed}
 */
export function eyesOf(cameras, values, walls) {
  /** @type {Map<string, Kind | null>} */
  const kinds = new Map(); // reading tags takes longer than all that follows
  /** @type {Hung[]} */
  const hung = [];
  const places = new Int32Array(cameras.length);
  cameras.forEach((camera, number) => {
    const name = JSON.stringify(camera.tags);
    let kind = kinds.get(name);
    if (kind === undefined) {
      kind = kindOf(camera, values);
      kinds.set(name, kind);
    }
    if (kind === null) return;
    for (const [lon, lat] of placesOf(camera, values)) {
      hung.push(hungAt(number, kind, lon, lat, walls));
      places[number]++;
    }
  });
  return placedOf(hung, places);
}

/**
 * Read the tags of a camera; null for what is no camera in use.
 *
 * @param {CameraRecord} camera
 * @param {Values} values
 * @returns {Kind | null}
 */
function kindOf({ tags }, values) {
  const optics = opticsOf(tags, values);
  const view = viewOf(tags);
  if (optics === null || view === null) return null;
  const free = meets(tagValues(tags, "camera:mount"), FREE_MOUNTS);
  const nearM = free ? -1.0 : optics.onWall ? WALL_SNAP_M : SNAP_M;
  return { optics, hung: optics.lenses.map(onFacade), view, nearM };
}

/** How far at most a place where a camera may hang lies from where it is said to be. @param {Values} values */
export const placesWithinM = (values) => values.import_sigma_m * Math.max(...PLACES.map(([x, y]) => Math.hypot(x, y)));

/**
 * The places where a camera may hang: one, or eight around it for points of somebody's list.
 *
 * @param {CameraRecord} camera
 * @param {Values} values
 */
function placesOf({ lonlat: [lon, lat], source }, values) {
  const sigmaM = values.import_sigma_m;
  if (!source.startsWith("import:") || sigmaM === 0.0) return [[lon, lat]];
  const [lonM, latM] = [lonScale(lat), latScale(lat)];
  return PLACES.map(([x, y]) => [lon + (sigmaM * x) / lonM, lat + (sigmaM * y) / latM]);
}

/**
 * Hang a camera where it belongs.
 *
 * @param {number} camera
 * @param {Kind} kind
 * @param {number} lon
 * @param {number} lat
 * @param {Walls} walls
 * @returns {Hung}
 */
function hungAt(camera, kind, lon, lat, walls) {
  if (kind.optics.indoor) return { camera, kind, lon, lat, outwardDeg: NaN };
  const at = Float64Array.of(lon, lat);
  const outward = hang(at, lonScale(lat), latScale(lat), kind.nearM, walls);
  return { camera, kind, lon: at[0], lat: at[1], outwardDeg: modulo(degrees(outward), 360.0) };
}

/**
 * Write eyes down as arrays.
 *
 * @param {Hung[]} hung
 * @param {Ints} places [camera]
 * @returns {Placed}
 */
function placedOf(hung, places) {
  const lensesOf = (/** @type {Hung} */ { kind, outwardDeg }) =>
    Number.isNaN(outwardDeg) ? kind.optics.lenses : kind.hung;
  const lenses = hung.flatMap((one) => lensesOf(one).map((lens) => ({ lens, outwardDeg: one.outwardDeg })));
  const sectors = lenses.flatMap(({ lens, outwardDeg }) =>
    lens.sectors.map(({ startDeg, sweepDeg }) => [lens.onFacade ? facingDeg(outwardDeg) : startDeg, sweepDeg]),
  );
  const views = hung.map(({ kind }) => kind.view.sectors);
  /** @param {(one: Hung) => number} value */
  const floats = (value) => Float64Array.from(hung, value);
  /** @type {Eyes} */
  const eyes = {
    lonlat: Float64Array.from(hung.flatMap(({ lon, lat }) => [lon, lat])),
    scale: Float64Array.from(hung.flatMap(({ lat }) => [lonScale(lat), latScale(lat)])),
    heightM: floats(({ kind }) => kind.optics.heightM),
    searchM: floats(({ kind }) => Math.max(kind.optics.reachM, kind.view.reachM)),
    farM: floats(({ kind }) => kind.optics.farM),
    indoor: Uint8Array.from(hung, ({ kind }) => Number(kind.optics.indoor)),
    level: floats(({ kind }) => kind.optics.level ?? NaN),
    viewM: floats(({ kind }) => kind.view.reachM),
    viewStart: startsOf(views.map((of) => of.length)),
    viewSector: Float64Array.from(views.flatMap((of) => of.flatMap((sector) => [sector.startDeg, sector.sweepDeg]))),
    lensStart: startsOf(hung.map((one) => lensesOf(one).length)),
    pixels: Float64Array.from(lenses, ({ lens }) => lens.pixels),
    duty: Float64Array.from(lenses, ({ lens }) => lens.duty),
    sectorStart: startsOf(lenses.map(({ lens }) => lens.sectors.length)),
    sector: Float64Array.from(sectors.flat()),
  };
  return {
    eyes,
    camera: Int32Array.from(hung, ({ camera }) => camera),
    hidden: Float64Array.from(lenses, ({ lens }) => lens.hidden),
    places,
    onFacade: Uint8Array.from(hung, ({ outwardDeg }) => Number(!Number.isNaN(outwardDeg))),
  };
}

/**
 * Take some of the cameras that are placed; each is then named by its position among them.
 *
 * @param {Placed} placed
 * @param {ArrayLike<number>} which [camera], rising
 * @returns {Placed}
 */
export function takeCameras(placed, which) {
  const { eyes } = placed;
  const first = eyesStart(placed);
  const found = taken(first, which);
  const lens = taken(eyes.lensStart, found.at);
  const sector = taken(eyes.sectorStart, lens.at);
  const view = taken(eyes.viewStart, found.at);
  /** @param {Floats} of @param {Ints} at */
  const pick = (of, at) => Float64Array.from(at, (one) => of[one]);
  /** @param {Floats} of @param {Ints} at */
  const pairs = (of, at) => Float64Array.from({ length: 2 * at.length }, (_, i) => of[2 * at[i >> 1] + (i & 1)]);
  return {
    eyes: {
      lonlat: pairs(eyes.lonlat, found.at),
      scale: pairs(eyes.scale, found.at),
      heightM: pick(eyes.heightM, found.at),
      searchM: pick(eyes.searchM, found.at),
      farM: pick(eyes.farM, found.at),
      indoor: Uint8Array.from(found.at, (eye) => eyes.indoor[eye]),
      level: pick(eyes.level, found.at),
      viewM: pick(eyes.viewM, found.at),
      viewStart: view.start,
      viewSector: pairs(eyes.viewSector, view.at),
      lensStart: lens.start,
      pixels: pick(eyes.pixels, lens.at),
      duty: pick(eyes.duty, lens.at),
      sectorStart: sector.start,
      sector: pairs(eyes.sector, sector.at),
    },
    camera: found.of,
    hidden: pick(placed.hidden, lens.at),
    places: Int32Array.from(which, (camera) => placed.places[camera]),
    onFacade: Uint8Array.from(found.at, (eye) => placed.onFacade[eye]),
  };
}

/** @type {WeakMap<Placed, Ints>} */
const starts = new WeakMap();

/** Where the eyes of each camera begin, [camera + 1]; worked out once. @param {Placed} placed */
export function eyesStart(placed) {
  let found = starts.get(placed);
  if (found === undefined) {
    found = startsOf(placed.places);
    starts.set(placed, found);
  }
  return found;
}

/** @type {WeakMap<Eyes, {grid: BoxGrid, asked: Ints, round: number}>} */
const grids = new WeakMap();

/** Lay a grid over what eyes may look at, once for all. @param {Eyes} eyes */
function eyeGrid(eyes) {
  let found = grids.get(eyes);
  if (found === undefined) {
    const reach = (/** @type {number} */ i) => (HAIR * eyes.searchM[i >> 1]) / eyes.scale[i];
    const low = eyes.lonlat.map((at, i) => at - reach(i));
    const high = eyes.lonlat.map((at, i) => at + reach(i));
    const grid = gridOf(low, high, EYE_CELL_M, CELLS_PER_EYE * eyes.searchM.length + MORE_CELLS);
    found = { grid, asked: new Int32Array(eyes.searchM.length), round: 0 };
    grids.set(eyes, found);
  }
  return found;
}

/**
 * List the eyes that may look at lines, rising; a few more may be among them. Takes a time that grows with the lines and
 * not with all eyes.
 *
 * @param {Eyes} eyes
 * @param {Lines} lines
 * @returns {Ints}
 */
export function eyesNear(eyes, lines) {
  const kept = eyeGrid(eyes);
  const { corner, cell, columns, rows, start, item } = kept.grid;
  const { lonlat } = lines.pieces;
  const round = ++kept.round;
  /** @type {number[]} */
  const found = [];
  let last = -1;
  for (let i = 0; i < lonlat.length; i += 2) {
    const column = Math.floor((lonlat[i] - corner[0]) / cell[0]);
    const row = Math.floor((lonlat[i + 1] - corner[1]) / cell[1]);
    if (column < 0 || column >= columns || row < 0 || row >= rows || row * columns + column === last) continue;
    last = row * columns + column;
    for (let index = start[last]; index < start[last + 1]; index++) {
      const eye = item[index];
      if (kept.asked[eye] === round) continue;
      kept.asked[eye] = round;
      found.push(eye);
    }
  }
  return Int32Array.from(found).sort();
}

/**
 * List the cameras that may look at lines, rising, each once; a few more may be among them.
 *
 * @param {Placed[]} placed the same cameras, by different columns of the model
 * @param {Lines} lines
 * @returns {Ints}
 */
export function camerasNear(placed, lines) {
  const found = new Set(placed.flatMap((one) => [...eyesNear(one.eyes, lines)].map((eye) => one.camera[eye])));
  return Int32Array.from(found).sort();
}
