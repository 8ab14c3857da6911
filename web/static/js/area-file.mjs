// @ts-check
/**
 * An area as one file, as somebody handed it on → the files of an area, read from there. web/phone_file.py writes it.
 *
 * Nothing of it is used before all of it is known to be whole, and what it tells of itself to be what the page understands.
 * What its files hold is not looked at here. Where it comes from nobody can tell: that is what its digest is for, which two
 * people compare.
 */
import { PackError, boxOf, partsOf } from "./router/container.mjs";
import { Unpackable, unpacked } from "./unpack.mjs";

const VERSION = 1;
const KIND = 3;
const PACKED = ".gz"; // behind the name of a section
const NEEDED = ["places", "cameras", "pack", "camera_pack"];
const MOST_BYTES = 2 ** 28; // of a file, and of each in it when unpacked: a phone could not use what has more
const MOST_TIMES = 64; // what is packed grows by when it is unpacked, at most, and by some room: web/phone_file.py
const ROOM = 2 ** 20; // bytes
const DAY = /^\d{4}-\d\d-\d\d$/;
const MONTH = /^\d{4}-\d\d$/;

/** @typedef {"truncated" | "foreign" | "newer" | "damaged" | "large" | "unable"} Refusal */
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

/** Refuse a file of a size that none has, before any of it is read. @param {Blob} blob */
export function checkSize({ size }) {
  if (size > MOST_BYTES) throw new AreaRefused("large");
}

/**
 * Check a file, and find what lies where in it.
 *
 * @param {Blob} blob
 * @returns {Promise<AreaIndex>}
 */
export async function indexOf(blob) {
  checkSize(blob);
  const whole = new Uint8Array(await blob.arrayBuffer());
  const { hash, sections } = partOf(whole);
  /** @type {Places} */
  const places = {};
  for (const [section, content] of sections) {
    const packed = section.endsWith(PACKED);
    const name = packed ? section.slice(0, -PACKED.length) : section;
    if (Object.hasOwn(places, name)) throw new AreaRefused("damaged"); // packed, and not
    places[name] = { begin: content.byteOffset, end: content.byteOffset + content.length, packed };
  }
  return { digest: hash, bytes: whole.length, about: aboutOf(sections.get("about"), places), places };
}

/** @param {Uint8Array} whole */
function partOf(whole) {
  return refusing(() => {
    const parts = partsOf(whole, VERSION);
    if (parts[0].kind !== KIND) throw new AreaRefused("foreign");
    if (parts.length > 1) throw new AreaRefused("damaged");
    return parts[0];
  });
}

/**
 * What packs are refused for, area files are.
 *
 * @template T
 * @param {() => T} act
 */
function refusing(act) {
  try {
    return act();
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
  const numbers = [about?.cameras, about?.cameras_per_km2, about?.directions_known];
  const sizes = Object.entries(about?.files ?? {}).filter(([, file]) => file !== null);
  const whole = NEEDED.every((name) => about?.files?.[name]) && sizes.every(([name, { bytes }]) => Object.hasOwn(places, name) && canHave(places[name], bytes));
  const dated = DAY.test(about?.built) && MONTH.test(about?.updated);
  if (!texts.every((text) => typeof text === "string") || !numbers.every(Number.isFinite) || !dated || !whole) throw new AreaRefused("damaged");
  return { ...about, bbox: refusing(() => boxOf(about.bbox)) };
}

/** Whether what lies at a place can have so many bytes. @param {Places[string]} place @param {unknown} told */
function canHave({ begin, end, packed }, told) {
  const bytes = /** @type {number} */ (told);
  const most = packed ? Math.min(MOST_TIMES * (end - begin) + ROOM, MOST_BYTES) : end - begin;
  return Number.isInteger(bytes) && bytes <= most && bytes >= (packed ? 0 : most);
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
    const held = async () => (packed ? unpackedTo(part, file.bytes) : new Uint8Array(await part.arrayBuffer()));
    return [name, { url: "", bytes: file.bytes, held }];
  });
  return { ...about, files: Object.fromEntries(files) };
}

/**
 * @param {Blob} part packed by gzip
 * @param {number} bytes that it must have unpacked
 */
async function unpackedTo(part, bytes) {
  try {
    const whole = await unpacked(part, bytes);
    if (whole.length === bytes) return whole;
  } catch (error) {
    if (!(error instanceof Unpackable)) throw error;
  }
  throw new AreaRefused("damaged");
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
