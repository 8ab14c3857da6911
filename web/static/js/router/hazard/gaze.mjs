// @ts-check
/**
 * One eye by itself, and which part of the plane around it it may look at: routing/hazard/gaze.py. Its sectors are drawn
 * together into wedges, so that what lies behind its back is passed over without a look.
 */
import { modulo, radians } from "../geo.mjs";
import { SLACK_M, allRound } from "./sight.mjs";

/**
 * @typedef {import("./sight.mjs").Aim} Aim
 *
 * One lens: the logarithm of its pixels, its share of the time, its sectors from `first` to before `stop`, and the wedge
 * that a single narrow one is.
 * @typedef {Readonly<{sharp: number, duty: number, first: number, stop: number, aim: Aim}>} Look
 *
 * One eye: all that a lens may look at lies in `looks`, all that it may have in view in `views`.
 * @typedef {Readonly<{lon: number, lat: number, eastM: number, northM: number, searchM: number, farM: number,
 *   viewM: number, heightM: number, indoor: boolean, level: number, looks: Aim, views: Aim, viewFirst: number,
 *   viewStop: number, lenses: readonly Look[], eyes: Eyes}>} Gaze
 */

const CIRCLE_DEG = 360.0;
const NOWHERE = allRound(0.0);

/** Bring a difference of bearings into 0…360. @param {number} turnDeg */
function clockwise(turnDeg) {
  if (turnDeg < -2.0 * CIRCLE_DEG || turnDeg >= CIRCLE_DEG) return modulo(turnDeg, CIRCLE_DEG);
  const turned = turnDeg < -CIRCLE_DEG ? turnDeg + CIRCLE_DEG : turnDeg;
  return turned < 0.0 ? turned + CIRCLE_DEG : turned;
}

/**
 * Tell whether a bearing lies in one of some sectors; there being none means all round.
 *
 * @param {number} turnDeg
 * @param {Floats} sectors [sector, 2]
 * @param {number} first
 * @param {number} stop
 */
export function looksAt(turnDeg, sectors, first, stop) {
  for (let sector = first; sector < stop; sector++) {
    if (clockwise(turnDeg - sectors[2 * sector]) <= sectors[2 * sector + 1]) return true;
  }
  return first === stop;
}

/**
 * Tell whether a place lies in a wedge: 1, or 0, or -1 where it is so near to the rim that rounding decides.
 *
 * @param {number} x
 * @param {number} y
 * @param {Aim} aim
 */
export function isWithin(x, y, { oneX, oneY, otherX, otherY }) {
  const one = oneX * x + oneY * y;
  const other = otherX * x + otherY * y;
  if (one > SLACK_M && other > SLACK_M) return 1;
  return one >= -SLACK_M && other >= -SLACK_M ? -1 : 0;
}

/**
 * The aim that is one sector of at most half of all directions.
 *
 * @param {number} reachM
 * @param {number} startDeg
 * @param {number} wideDeg
 * @returns {Aim}
 */
function wedge(reachM, startDeg, wideDeg) {
  const [start, end] = [radians(startDeg), radians(startDeg + wideDeg)];
  return { reachM, oneX: Math.cos(start), oneY: -Math.sin(start), otherX: -Math.cos(end), otherY: Math.sin(end) };
}

/**
 * An aim that holds sectors: the widest, if the others lie in it and it is half of all directions at most.
 *
 * @param {number} reachM
 * @param {Floats} sectors
 * @param {number} first
 * @param {number} stop
 * @returns {Aim}
 */
function aimOf(reachM, sectors, first, stop) {
  let widest = first;
  for (let sector = first; sector < stop; sector++) {
    if (sectors[2 * sector + 1] > sectors[2 * widest + 1]) widest = sector;
  }
  if (first === stop || sectors[2 * widest + 1] > CIRCLE_DEG / 2) return allRound(reachM);
  const [startDeg, wideDeg] = [sectors[2 * widest], sectors[2 * widest + 1]];
  for (let sector = first; sector < stop; sector++) {
    const reaches = clockwise(sectors[2 * sector] - startDeg) + sectors[2 * sector + 1];
    if (sector !== widest && reaches > wideDeg) return allRound(reachM);
  }
  return wedge(reachM, startDeg, wideDeg);
}

/**
 * Unpack one eye.
 *
 * @param {number} eye
 * @param {Eyes} eyes
 * @returns {Gaze}
 */
export function gazeOf(eye, eyes) {
  /** @type {Look[]} */
  const lenses = [];
  for (let lens = eyes.lensStart[eye]; lens < eyes.lensStart[eye + 1]; lens++) {
    const [first, stop] = [eyes.sectorStart[lens], eyes.sectorStart[lens + 1]];
    const [startDeg, wideDeg] = [eyes.sector[2 * first], eyes.sector[2 * first + 1]];
    const aim = first + 1 === stop && wideDeg <= CIRCLE_DEG / 2 ? wedge(0.0, startDeg, wideDeg) : NOWHERE;
    lenses.push({ sharp: Math.log(eyes.pixels[lens]), duty: eyes.duty[lens], first, stop, aim });
  }
  const reachM = Math.min(eyes.searchM[eye], eyes.farM[eye]);
  const begin = eyes.sectorStart[eyes.lensStart[eye]];
  const end = eyes.sectorStart[eyes.lensStart[eye + 1]];
  const everywhere = lenses.some((lens) => lens.first === lens.stop);
  const [viewFirst, viewStop] = [eyes.viewStart[eye], eyes.viewStart[eye + 1]];
  return {
    lon: eyes.lonlat[2 * eye],
    lat: eyes.lonlat[2 * eye + 1],
    eastM: eyes.scale[2 * eye],
    northM: eyes.scale[2 * eye + 1],
    searchM: eyes.searchM[eye],
    farM: eyes.farM[eye],
    viewM: eyes.viewM[eye],
    heightM: eyes.heightM[eye],
    indoor: eyes.indoor[eye] === 1,
    level: eyes.level[eye],
    looks: everywhere ? allRound(reachM) : aimOf(reachM, eyes.sector, begin, end),
    views: aimOf(eyes.viewM[eye], eyes.viewSector, viewFirst, viewStop),
    viewFirst,
    viewStop,
    lenses,
    eyes,
  };
}
