// @ts-check
/**
 * Tags of a camera in, its optics out: what lenses it may have, whither they look, how high it hangs, whose it is
 * (routing/hazard/lenses.py). A direction that nobody knows is every direction, at the share of the time (a lens that
 * turns) or with the chance (a lens that stays) with which it looks there.
 */
import { modulo, radians } from "../geo.mjs";
import * as optics from "../optics.mjs";
import { CLASSES } from "./parameters.mjs";

/**
 * @typedef {import("../optics.mjs").Sector} Sector
 * @typedef {import("../optics.mjs").Tags} Tags
 *
 * One lens that a camera may have; all of a camera's lenses are equally likely. No sectors means all round. `duty` is the
 * share of the time it looks at one point of them, `hidden` the chance that it looks at one point of them at all.
 * @typedef {Readonly<{pixels: number, fieldDeg: number, sectors: readonly Sector[], duty: number, hidden: number,
 *   onFacade: boolean}>} Lens
 *
 * What the tags of one camera say of how it sees.
 * @typedef {Readonly<{lenses: readonly Lens[], heightM: number, reachM: number, farM: number, onWall: boolean,
 *   indoor: boolean, level: number | null}>} Optics
 */

const CIRCLE_DEG = 360.0;
const HALF_TURN_DEG = 180.0;
const FIELD_BELOW_DEG = 17.0; // half of what a lens sees upright, PanoptiCity
const PUBLIC = Object.freeze(["public", "government"]); // Key:operator:type
const TRAFFIC = Object.freeze(["traffic", "speed", "red_light", "level_crossing"]); // Key:surveillance
const PLATES = Object.freeze(["alpr", "anpr"]); // Key:surveillance:type
const PRIVATE_ZONES = Object.freeze(["parking", "shop", "bank", "building"]); // Key:surveillance:zone
const CITY_ZONES = Object.freeze(["town", "street"]);
const TILT_KEYS = Object.freeze(["camera:tilt", "camera:angle"]);

/**
 * Work out what a camera may have in it; null if the tags do not describe a camera in use.
 *
 * @param {Tags} tags
 * @param {Values} values the column of the model whose heights are used
 * @returns {Optics | null}
 */
export function opticsOf(tags, values) {
  if (!optics.isCamera(tags)) return null;
  const kinds = kindsOf(tags);
  const heightM = hangingM(tags, values, kinds[0] === "entrance");
  return {
    lenses: kinds.flatMap((kind) => lensesOf(kind, tags)),
    heightM,
    reachM: Math.max(...kinds.map((kind) => CLASSES[kind].reachM)),
    farM: farM(tags, heightM),
    onWall: optics.meets(optics.tagValues(tags, "camera:mount"), optics.WALL_MOUNTS),
    ...optics.whereActing(tags),
  };
}

/**
 * Say that a lens hangs on a façade: what nobody knows is then half a circle. Whither that faces is said later.
 *
 * @param {Lens} lens
 * @returns {Lens}
 */
export function onFacade(lens) {
  if (lens.hidden >= 1.0) return lens;
  const sectors = [{ startDeg: facingDeg(0.0), sweepDeg: HALF_TURN_DEG }];
  return { ...lens, sectors, hidden: Math.min(1.0, lens.fieldDeg / HALF_TURN_DEG), onFacade: true };
}

/** The bearing at which the half-plane before a façade begins that faces `outwardDeg`. @param {number} outwardDeg */
export const facingDeg = (outwardDeg) => modulo(outwardDeg - HALF_TURN_DEG / 2, CIRCLE_DEG);

/** The chance that a camera is connected to face recognition, 0…1. @param {string} owner @param {Values} values */
export const connected = (owner, values) => (owner === "known" ? 1.0 : values[`connected_${owner}`]);

/** The classes that a camera may be of, each as likely as the others. @param {Tags} tags */
function kindsOf(tags) {
  const zones = optics.tagValues(tags, "surveillance:zone");
  if (zones.has("entrance")) return ["entrance"];
  if (optics.tagOf(tags, "revolving") === "yes") return ["panning"];
  const types = [...optics.tagValues(tags, "camera:type")];
  const told = new Set(types.flatMap((value) => optics.CAMERA_CLASSES.get(value) ?? []));
  if (told.size > 0) return [...told].sort();
  if (optics.tagValues(tags, "camera:mount").has(optics.CEILING)) return ["dome"];
  if (optics.directionKnown(tags) || optics.meets(zones, [...PRIVATE_ZONES, ...CITY_ZONES])) return ["fixed"];
  return ["fixed", "dome"];
}

/** @param {string} kind @param {Tags} tags @returns {Lens[]} */
function lensesOf(kind, tags) {
  const looks = optics.directionsOf(tags);
  const fixed = kind === "fixed" || kind === "entrance";
  const aimed = looks.length > 0 && (fixed || looks.every((look) => typeof look !== "number"));
  return CLASSES[kind].pixels.map((pixels, at) => {
    const fieldDeg = CLASSES[kind].fieldDeg[at];
    const whole = fieldDeg / CIRCLE_DEG;
    /** @type {Lens} */
    const bare = { pixels, fieldDeg, sectors: [], duty: 1.0, hidden: 1.0, onFacade: false };
    if (aimed) return lookingLens(bare, looks);
    if (kind === "panning") return { ...bare, duty: whole };
    return kind === "panorama" ? bare : { ...bare, hidden: whole }; // a panorama sees all round, or most of it
  });
}

/**
 * Make a lens that looks where the tags say: one way, several ways at once, or turning over an arc.
 *
 * @param {Lens} bare
 * @param {readonly (number | Sector)[]} looks
 * @returns {Lens}
 */
function lookingLens(bare, looks) {
  const sectors = optics.sectorsAround(looks, bare.fieldDeg);
  if (sectors === null) return { ...bare, duty: Math.min(1.0, bare.fieldDeg / CIRCLE_DEG) };
  const arcDeg = Math.max(...looks.map((look) => (typeof look === "number" ? 0.0 : look.sweepDeg)));
  return { ...bare, sectors, duty: Math.min(1.0, bare.fieldDeg / Math.max(arcDeg, bare.fieldDeg)) };
}

/**
 * Tell whose a camera is: `city`, `state`, `private` (also: nobody knows), `traffic`, or `known` for one that is known to
 * recognise faces.
 *
 * @param {{tags: Tags, source: string, fr: string}} camera
 */
export function ownerOf({ tags, source, fr }) {
  if (fr === "yes") return "known";
  if (fr === "no") return "traffic"; // somebody's word; never nothing
  const zones = optics.tagValues(tags, "surveillance:zone");
  const watches = optics.tagValues(tags, "surveillance");
  const kinds = optics.tagValues(tags, "surveillance:type");
  const traffic = watches.size > 0 && optics.within(watches, TRAFFIC);
  const plates = kinds.size > 0 && optics.within(kinds, PLATES);
  if (traffic || plates || (zones.size === 1 && zones.has("traffic"))) return "traffic";
  if (optics.meets(zones, CITY_ZONES) || source === "official") return "city";
  return optics.meets(optics.tagValues(tags, "operator:type"), PUBLIC) ? "state" : "private";
}

/** @param {Tags} tags @param {Values} values @param {boolean} entrance */
function hangingM(tags, values, entrance) {
  const told = optics.heightOf(tags);
  if (told === null) return entrance ? values.entrance_height_m : values.camera_height_m;
  const [least, most] = optics.HEIGHT_BOUNDS_M;
  return Math.min(Math.max(told, least), most);
}

/**
 * How far a lens sees that is tilted down by more than half of what it sees upright.
 *
 * @param {Tags} tags
 * @param {number} heightM
 */
function farM(tags, heightM) {
  for (const key of TILT_KEYS) {
    const tiltDeg = optics.tiltOf(tags, key);
    if (tiltDeg !== null && Math.abs(tiltDeg) > FIELD_BELOW_DEG) {
      return heightM / Math.tan(radians(Math.abs(tiltDeg) - FIELD_BELOW_DEG));
    }
  }
  return Infinity;
}
