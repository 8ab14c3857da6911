// @ts-check
/**
 * What her own reports make of the cameras, on her device alone: those of the area and hers → cameras to draw, and what
 * goes along with each request for a walk. Pure. There a camera has a number, not the id of its report: whoever took the
 * report could know her walks by it.
 *
 * @typedef {import("./queue.mjs").Held} Held
 */
import { holds } from "./geo.mjs";
import { isOld } from "./queue.mjs";

/** Reach in metres and width of the view in degrees, as routing/optics.py has them; null: sees all round. */
const OPTICS = Object.freeze({
  fixed: { reach: 33, field: 63 },
  dome: { reach: 28, field: null },
  panning: { reach: 111, field: null },
  unknown: { reach: 31, field: 63 },
});
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const PLACES = 10;
const SAME_DEG = 16; // between the middle of a view and a direction that two people call one

/** The area's name of a camera that she reported. @param {string} report its id */
export const cameraId = (report) => `ss/${report.slice(3)}`;

/**
 * Number cameras of hers for as long as the page is open: `ss/aaaaaaaaaa`, `ss/aaaaaaaaab`, … On the page, too, so that a
 * walk is told with the same names.
 *
 * @returns {(report: string, known: {has: (id: string) => boolean}) => string} id of a report, and of the area's cameras
 */
export function makeNames() {
  /** @type {Map<string, string>} */
  const names = new Map();
  let number = 0;
  return (report, known) => {
    let name = names.get(report);
    while (name === undefined || known.has(name)) {
      const at = number;
      number += 1;
      name = `ss/${Array.from({ length: PLACES }, (_, i) => LETTERS[Math.floor(at / 32 ** (PLACES - 1 - i)) % 32]).join("")}`;
    }
    names.set(report, name);
    return name;
  };
}

/**
 * A camera as the map draws it.
 *
 * @param {string} id
 * @param {LonLat} at
 * @param {{type?: string, direction?: number | null, indoor?: boolean, fr?: string, evidence?: string, month?: string, id?: string}} told "id": of her report
 * @returns {Camera}
 */
export function drawn(id, at, { type = "unknown", direction = null, indoor = false, fr = "unknown", evidence = "seen", month, id: report }) {
  const { reach, field } = OPTICS[/** @type {keyof typeof OPTICS} */ (type)] ?? OPTICS.unknown;
  const sectors = /** @type {[number, number][]} */ (direction === null || field === null ? [] : [[(direction - field / 2 + 360) % 360, field]]);
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: at },
    properties: {
      id, kind: type, reach_m: reach, sectors, indoor, direction_known: direction !== null, status: "unverified", source: "report",
      fr, evidence, first_seen: month ?? null, last_seen: month ?? null, confirmations: 0, in_area: true, own: true, report,
    },
  };
}

/**
 * The area's cameras with hers.
 *
 * @param {Cameras | null} cameras
 * @param {Held[]} held
 * @param {ReturnType<typeof makeNames>} nameOf
 * @returns {Cameras | null}
 */
export function merged(cameras, held, nameOf) {
  if (held.length === 0) return cameras;
  const known = byName(cameras);
  const all = new Map(known);
  for (const { report } of held) {
    const about = report.camera === undefined ? undefined : all.get(report.camera);
    if (report.kind === "camera" && report.at !== undefined && !known.has(cameraId(report.id))) {
      const name = nameOf(report.id, known);
      all.set(name, drawn(name, report.at, report));
    } else if (report.kind === "gone" && about !== undefined) {
      all.set(about.properties.id, { ...about, properties: { ...about.properties, status: "disputed", reach_m: 0, own: true } });
    } else if (report.kind === "turned" && about !== undefined) {
      const name = nameOf(report.id, known);
      all.delete(about.properties.id);
      all.set(name, drawn(name, about.geometry.coordinates, { ...turnedFrom(about), ...report }));
    }
  }
  return { .../** @type {Cameras} */ (cameras ?? { type: "FeatureCollection" }), features: [...all.values()] };
}

/** @param {Cameras | null} cameras */
const byName = (cameras) => new Map((cameras?.features ?? []).map((camera) => [camera.properties.id, camera]));

/** What a turned camera keeps. @param {Camera} camera */
function turnedFrom({ properties: { kind, indoor, fr } }) {
  const type = kind in OPTICS && kind !== "unknown" ? { type: kind } : {};
  return { ...type, ...(indoor ? { indoor } : {}), ...(fr === "yes" || fr === "no" ? { fr } : {}) };
}

/**
 * What goes along with a request for a walk; undefined where nothing does. Cameras elsewhere are nobody's business.
 *
 * @param {Cameras | null} cameras of the area
 * @param {Held[]} held
 * @param {number[]} box of the area
 * @param {ReturnType<typeof makeNames>} nameOf
 */
export function overlayOf(cameras, held, box, nameOf) {
  const known = byName(cameras);
  const numbered = (/** @type {string} */ report) => `rp/${nameOf(report, known).slice(3)}`;
  const own = [];
  const off = [];
  for (const { report } of held) {
    const about = report.camera === undefined ? undefined : known.get(report.camera);
    if (report.kind === "camera" && report.at !== undefined && holds(box, report.at) && !known.has(cameraId(report.id))) {
      const { kind, month, id, ...told } = report;
      own.push({ id: numbered(id), ...told });
    } else if ((report.kind === "gone" || report.kind === "turned") && about !== undefined) {
      off.push(about.properties.id);
      if (report.kind === "turned") own.push({ id: numbered(report.id), at: about.geometry.coordinates, ...turnedFrom(about), direction: report.direction });
    }
  }
  return own.length + off.length === 0 ? undefined : { cameras: own, off };
}

/**
 * Tell whether a sent report need not be kept: the area shows what it says, or a month has passed.
 *
 * @param {Cameras | null} cameras of the area
 * @param {string} month now
 * @returns {(held: Held) => boolean}
 */
export function isOver(cameras, month) {
  const known = new Map((cameras?.features ?? []).map((camera) => [camera.properties.id, camera.properties]));
  return ({ report, sent }) => {
    if (sent === null) return false;
    if (isOld(sent, month) || report.kind === "there" || report.kind === "survey") return true;
    if (cameras === null) return false;
    if (report.kind === "camera") return known.has(cameraId(report.id));
    const camera = known.get(report.camera ?? "");
    if (camera === undefined) return false; // perhaps of another area
    if (report.kind === "gone") return camera.status === "disputed" || camera.status === "removed";
    return camera.sectors.some(([start, sweep]) => Math.abs(((start + sweep / 2 - Number(report.direction) + 540) % 360) - 180) < SAME_DEG);
  };
}
