// @ts-check
/**
 * Bytes → parts, each with a head, a SHA-256 over all of it, and named sections: the form of packs and of area files.
 * routing/pack_columns.py writes it.
 */
import { sha256 } from "./sha256.mjs";

const MAGIC = "SIDESTEP";
const HEAD = 16; // bytes: magic, version, kind, two that are 0, and how many follow the hash
const HASH = 32; // bytes

/** @typedef {"pack-truncated" | "pack-foreign" | "pack-newer" | "pack-damaged"} PackFault */
/** @typedef {{kind: number, hash: string, sections: Map<string, Uint8Array>}} PackPart */

/** A pack that cannot be used, and why. */
export class PackError extends Error {
  /**
   * @param {PackFault} code
   * @param {unknown} [cause]
   */
  constructor(code, cause) {
    super(code, { cause });
    this.name = "PackError";
    /** @type {PackFault} */
    this.code = code;
  }
}

/**
 * Cut a pack into its parts, and check each.
 *
 * @param {Uint8Array} pack
 * @param {number} version of the form that is understood
 */
export function partsOf(pack, version) {
  /** @type {PackPart[]} */
  const parts = [];
  let at = 0;
  do {
    const { kind, end } = headAt(pack, at, version);
    const body = pack.subarray(at + HEAD + HASH, end);
    const hash = sha256(pack.subarray(at, at + HEAD), body);
    const told = Array.from(pack.subarray(at + HEAD, at + HEAD + HASH), (byte) => byte.toString(16).padStart(2, "0"));
    if (hash !== told.join("")) throw new PackError("pack-damaged");
    parts.push({ kind, hash, sections: sectionsOf(body) });
    at = end;
  } while (at < pack.length);
  return parts;
}

/**
 * Read the head of a part.
 *
 * @param {Uint8Array} pack
 * @param {number} at where it begins
 * @param {number} understood
 */
function headAt(pack, at, understood) {
  for (let i = 0; i < Math.min(MAGIC.length, pack.length - at); i++) {
    if (pack[at + i] !== MAGIC.charCodeAt(i)) throw new PackError("pack-foreign");
  }
  if (pack.length - at < HEAD + HASH) throw new PackError("pack-truncated");
  const view = new DataView(pack.buffer, pack.byteOffset + at, HEAD);
  const version = view.getUint8(MAGIC.length);
  if (version !== understood) throw new PackError(version > understood ? "pack-newer" : "pack-foreign");
  const end = at + HEAD + HASH + view.getUint32(HEAD - 4, true);
  if (end > pack.length) throw new PackError("pack-truncated");
  return { kind: view.getUint8(MAGIC.length + 1), end };
}

/**
 * Find the sections of a part; who does not know one passes over it.
 *
 * @param {Uint8Array} body
 */
function sectionsOf(body) {
  /** @type {Map<string, Uint8Array>} */
  const sections = new Map();
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  for (let at = 0; at < body.length; ) {
    const begin = at + 1 + body[at] + 4;
    const end = begin <= body.length ? begin + view.getUint32(begin - 4, true) : Infinity;
    if (end > body.length) throw new PackError("pack-damaged");
    const name = new TextDecoder().decode(body.subarray(at + 1, begin - 4));
    if (sections.has(name)) throw new PackError("pack-damaged"); // which of them counts?
    sections.set(name, body.subarray(begin, end));
    at = end;
  }
  return sections;
}

/**
 * The box of an area, as it is told: west, south, east, north in degrees.
 *
 * @param {unknown} told
 * @returns {[number, number, number, number]}
 */
export function boxOf(told) {
  const box = Array.isArray(told) && told.length === 4 && told.every((one) => typeof one === "number") ? told : [];
  const [west, south, east, north] = box;
  // what is no number, or none at all, compares with nothing
  if (!(-180 <= west && west < east && east <= 180 && -90 <= south && south < north && north <= 90)) throw new PackError("pack-damaged");
  return [west, south, east, north];
}
