// @ts-check
/** Files of the area that are JSON: each is fetched whole, and once more if it comes damaged. */
import { bytesOf } from "./download.mjs";

/** A file of the area, from the server or from what she opened. @param {AreaFile} file @returns {Promise<any>} */
export async function jsonOf(file) {
  const read = async (/** @type {boolean} */ anew) => JSON.parse(new TextDecoder().decode(await bytesOf(file, { anew })));
  return read(false).catch((error) => {
    if (!(error instanceof SyntaxError)) throw error;
    return read(true); // the browser may have kept what is damaged
  });
}

/** A file of which no more is known than where it is. @param {string} url @returns {Promise<any>} */
export const getJson = (url) => jsonOf({ url, bytes: 0 });
