// @ts-check
/**
 * The basemap as one file: fetched whole, then read from memory.
 *
 * Asking for the tiles of a screen, or for ranges of the file, would tell the server where somebody looks. So nothing is
 * asked but the file itself, and moving about the map afterwards asks nothing at all.
 */
import { bytesOf } from "./download.mjs";
import { unpacked } from "./unpack.mjs";

const SCHEME = "pmtiles";
const MAGIC = "PMTiles";
const GZIP = 2; // of the codes of the format
const MOST_TILE = 2 ** 24; // bytes of a tile or a list of tiles; ours have some ten thousands

/** @typedef {{url: string}} Basemap what a style needs to know */

/** @type {any} one for the page; the map library keeps it */
let protocol = null;
let opened = 0;

/**
 * Download a basemap and let the map library read it.
 *
 * @param {any} maplibregl the map library
 * @param {any} pmtiles the library that finds tiles in the file
 * @param {AreaFile} file
 * @param {object} [options]
 * @param {(share: number) => void} [options.onProgress] is told how much is there, 0 to 1, if the server says how much there is
 * @param {AbortSignal} [options.signal] ends the download; the promise is then rejected with its reason
 * @returns {Promise<Basemap>}
 */
export async function openBasemap(maplibregl, pmtiles, file, { onProgress = () => {}, signal } = {}) {
  const content = await bytesOf(file, { onProgress, signal });
  if (new TextDecoder("latin1").decode(content.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new Error("the file of the basemap is none");
  }
  if (protocol === null) {
    protocol = new pmtiles.Protocol();
    maplibregl.addProtocol(SCHEME, protocol.tile);
  }
  opened += 1;
  const source = inMemory(`${SCHEME}-${opened}`, content);
  protocol.add(new pmtiles.PMTiles(source, undefined, "DecompressionStream" in globalThis ? bounded : undefined));
  return { url: `${SCHEME}://${source.getKey()}` };
}

/**
 * A file in memory, in the form in which the library asks for parts of it.
 *
 * @param {string} key
 * @param {Uint8Array<ArrayBuffer>} content
 */
function inMemory(key, content) {
  return {
    getKey: () => key,
    /** @param {number} offset @param {number} length */
    getBytes: async (offset, length) => ({ data: content.slice(offset, offset + length).buffer }),
  };
}

/**
 * Unpack a tile, but none that holds more than a map has: the file may come from anybody.
 *
 * @param {ArrayBuffer} packed
 * @param {number} code how
 * @returns {Promise<ArrayBuffer>}
 */
export async function bounded(packed, code) {
  if (code > GZIP) throw new Error("tiles are packed in a way that is not ours");
  return code === GZIP ? (await unpacked(new Blob([packed]), MOST_TILE)).buffer : packed;
}
