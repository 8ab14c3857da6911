// @ts-check
/**
 * An area as one file, as somebody handed it on → the files of an area, read from there. web/phone_file.py writes it.
 *
 * Nothing of it is used before all of it is known to be whole, and to be what the page understands. Where it comes from
 * nobody can tell: that is what its digest is for, which two people compare.
 */
import { PackError, partsOf } from "./router/container.mjs";

const VERSION = 1;
const KIND = 3;
const PACKED = ".gz"; // behind the name of a section
const NEEDED = ["places", "cameras", "pack", "camera_pack"];
const MOST_BYTES = 2 ** 30; // unpacked, of one file: what tells of more is not read

/** @typedef {"truncated" | "foreign" | "newer" | "damaged" | "older" | "unable"} Refusal */
/** @typedef {Config["area"]} About what is told of an area */
/** @typedef {Record<string, {begin: number, end: number, packed: boolean}>} Places where its files lie in it */
/** @typedef {{digest: string, bytes: number, about: About, places: Places}} AreaIndex */

/** A file that is not taken, and why. */
export class AreaRefused extends Error {
  /** @param {Refusal} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * Check a file, and find what lies where in it.
 *
 * @param {Blob} blob
 * @returns {Promise<AreaIndex>}
 */
export async function indexOf(blob) {
  const whole = new Uint8Array(await blob.arrayBuffer());
  const { hash, sections } = partOf(whole);
  /** @type {Places} */
  const places = {};
  for (const [section, content] of sections) {
    const packed = section.endsWith(PACKED);
    places[packed ? section.slice(0, -PACKED.length) : section] = { begin: content.byteOffset, end: content.byteOffset + content.length, packed };
  }
  return { digest: hash, bytes: whole.length, about: aboutOf(sections.get("about"), places), places };
}

/** @param {Uint8Array} whole */
function partOf(whole) {
  try {
    const parts = partsOf(whole, VERSION);
    if (parts[0].kind !== KIND) throw new AreaRefused("foreign");
    if (parts.length > 1) throw new AreaRefused("damaged");
    return parts[0];
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    throw new AreaRefused(/** @type {Refusal} */ (error.code.slice("pack-".length)));
  }
}

/**
 * What a whole file tells of itself may be nonsense all the same: it was made by whoever made it.
 *
 * @param {Uint8Array | undefined} content
 * @param {Places} places
 * @returns {About}
 */
function aboutOf(content, places) {
  /** @type {any} */ let about = null;
  try {
    about = JSON.parse(new TextDecoder().decode(content));
  } catch {
    throw new AreaRefused("damaged");
  }
  const texts = [about?.name, about?.built, about?.updated, about?.version, about?.attribution];
  const [west, south, east, north] = Array.isArray(about?.bbox) ? about.bbox.map(Number) : [];
  const box = -180 <= west && west < east && east <= 180 && -90 <= south && south < north && north <= 90;
  const numbers = [about?.cameras, about?.cameras_per_km2, about?.directions_known];
  const sizes = Object.entries(about?.files ?? {}).filter(([, file]) => file !== null);
  const whole = NEEDED.every((name) => about?.files?.[name]) && sizes.every(([name, { bytes }]) => name in places && bytes >= 0 && bytes <= MOST_BYTES);
  if (!texts.every((text) => typeof text === "string") || !numbers.every(Number.isFinite) || !box || !whole) throw new AreaRefused("damaged");
  return about;
}

/**
 * An area whose files are read from a file of that index.
 *
 * @param {AreaIndex} index
 * @param {Blob} blob
 * @returns {About}
 */
export function areaFrom({ about, places }, blob) {
  const files = Object.entries(about.files).map(([name, file]) => {
    if (file === null) return [name, null];
    const { begin, end, packed } = places[name];
    const part = blob.slice(begin, end);
    const held = async () => (packed ? unpacked(part, file.bytes) : new Uint8Array(await part.arrayBuffer()));
    return [name, { url: "", bytes: file.bytes, held }];
  });
  return { ...about, files: Object.fromEntries(files) };
}

/**
 * @param {Blob} part packed by gzip
 * @param {number} bytes that it must have unpacked: no more room is given to it
 */
async function unpacked(part, bytes) {
  const whole = new Uint8Array(bytes);
  const reader = part.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  let at = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (at + next.value.length > bytes) throw new AreaRefused("damaged");
    whole.set(next.value, at);
    at += next.value.length;
  }
  if (at < bytes) throw new AreaRefused("damaged");
  return whole;
}

/**
 * Tell whether an area is older than another of that name: built before, or with cameras of before.
 *
 * @param {About} one
 * @param {About} other
 */
export function isOlder(one, other) {
  const age = (/** @type {About} */ { built, updated }) => `${built} ${updated}`;
  return one.name === other.name && age(one) < age(other);
}

/** A digest as people compare it, four letters at a time. @param {string} digest */
export const inGroups = (digest) => digest.replace(/.{4}(?=.)/g, "$& ");
