// @ts-check
/** Files of the area: each is fetched whole, once more if it comes damaged, stalled or not at all. */

const STALL_MS = 20_000; // a file of names on a slow line takes less; the map has its own patience

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
  try {
    const response = await fetch(url, { credentials: "omit", signal: AbortSignal.timeout?.(STALL_MS) });
    if (!response.ok) throw new Error("a file of the area did not come");
    return await response.json();
  } catch (error) {
    if (tries === 1) throw error;
    return getJson(url, tries - 1);
  }
}
