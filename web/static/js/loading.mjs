// @ts-check
/** Files of the area that are JSON: each is fetched whole, and once more if it comes damaged. */
import { download } from "./download.mjs";

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
