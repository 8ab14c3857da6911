// @ts-check
/**
 * The file of an area for phones → what walks are planned with. routing/pack.py writes it, and tells how.
 *
 * Nothing of a pack is used before all of it is known to be whole, by its length and its SHA-256.
 */

import { areaOf } from "./area.mjs";
import { PackError, partsOf } from "./container.mjs";

const VERSION = 1;
const MAP = 1; // kinds of parts
const CAMERAS = 2;

/**
 * Read a pack.
 *
 * @param {...Uint8Array} packs a whole one, or its parts; of two of a kind the last counts, as newer cameras do; parts of
 *   other kinds are passed over, such as names
 * @returns {PhoneArea}
 */
export function decodePack(...packs) {
  const parts = packs.flatMap((pack) => partsOf(pack, VERSION));
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

/** The hash of the map part that cameras go with. @param {import("./container.mjs").PackPart} cameras @returns {string} */
const cameraMap = ({ sections }) => JSON.parse(new TextDecoder().decode(sections.get("about"))).map;
