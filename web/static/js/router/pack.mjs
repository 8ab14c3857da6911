// @ts-check
/**
 * The file of an area for phones → what walks are planned with. routing/pack.py writes it, and tells how.
 *
 * Nothing of a pack is used before all of it is known to be whole, by its length and its SHA-256.
 */

import { areaOf } from "./area.mjs";
import { sha256 } from "./sha256.mjs";

const MAGIC = "SIDESTEP";
const VERSION = 1;
const MAP = 1; // kinds of parts
const CAMERAS = 2;
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
 * Read a pack.
 *
 * @param {...Uint8Array} packs a whole one, or its parts; of two of a kind the last counts, as newer cameras do
 * @returns {PhoneArea}
 */
export function decodePack(...packs) {
  const parts = packs.flatMap((pack) => partsOf(pack));
  const map = parts.findLast((part) => part.kind === MAP);
  const cameras = parts.findLast((part) => part.kind === CAMERAS);
  if (!map || !cameras) throw new PackError("pack-truncated");
  try {
    if (cameraMap(cameras) !== map.hash) throw new PackError("pack-foreign");
    return areaOf(map.sections, cameras.sections);
  } catch (error) {
    // whole, and yet not what this program writes
    throw error instanceof PackError ? error : new PackError("pack-damaged", error);
  }
}

/** The hash of the map part that cameras go with. @param {PackPart} cameras @returns {string} */
const cameraMap = ({ sections }) => JSON.parse(new TextDecoder().decode(sections.get("about"))).map;

/**
 * Cut a pack into its parts, and check each.
 *
 * @param {Uint8Array} pack
 */
function partsOf(pack) {
  /** @type {PackPart[]} */
  const parts = [];
  let at = 0;
  do {
    const { kind, end } = headAt(pack, at);
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
 */
function headAt(pack, at) {
  for (let i = 0; i < Math.min(MAGIC.length, pack.length - at); i++) {
    if (pack[at + i] !== MAGIC.charCodeAt(i)) throw new PackError("pack-foreign");
  }
  if (pack.length - at < HEAD + HASH) throw new PackError("pack-truncated");
  const view = new DataView(pack.buffer, pack.byteOffset + at, HEAD);
  const version = view.getUint8(MAGIC.length);
  if (version !== VERSION) throw new PackError(version > VERSION ? "pack-newer" : "pack-foreign");
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
    sections.set(new TextDecoder().decode(body.subarray(at + 1, begin - 4)), body.subarray(begin, end));
    at = end;
  }
  return sections;
}
