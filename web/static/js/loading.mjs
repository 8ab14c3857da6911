// @ts-check
/** Files of the area that are JSON: each is fetched whole, and once more if it comes damaged. */
import { download } from "./download.mjs";

/** A file of the area, from the server or from what she opened. @param {AreaFile} file @returns {Promise<any>} */
export async function jsonOf(file) {
  return file.held ? JSON.parse(new TextDecoder().decode(await file.held())) : getJson(file.url);
}

/**
 * @param {string} url
 * @param {number} [tries]
 * @returns {Promise<any>}
 */
export async function getJson(url, tries = 2) {
  const text = new TextDecoder().decode(await download(url));
  try {
    return JSON.parse(text);
  } catch (error) {
    if (tries === 1) throw error;
    return getJson(url, tries - 1);
  }
}
