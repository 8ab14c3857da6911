// @ts-check
/** The own position: asked for by a tap, shown, kept in memory, never sent by itself. */
import { distanceToBox } from "./geo.mjs";

const TIMEOUT_MS = 15_000;

/**
 * Ask the browser where it is.
 *
 * @param {number[]} box of the area
 * @returns {Promise<LonLat>}
 * @throws {{key: string, values?: Record<string, unknown>}} a key of the dictionary that says what went wrong
 */
export async function locate(box) {
  if (!globalThis.isSecureContext) throw { key: "ui.here.insecure" };
  if (!("geolocation" in navigator)) throw { key: "ui.here.unknown" };
  const position = await new Promise((done, fail) => {
    navigator.geolocation.getCurrentPosition(done, fail, { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 10_000 });
  }).catch((error) => {
    throw { key: error.code === 1 ? "ui.here.denied" : "ui.here.unknown" };
  });
  const at = /** @type {LonLat} */ ([position.coords.longitude, position.coords.latitude]);
  const off = distanceToBox(box, at);
  if (off > 0) throw { key: "ui.here.far", metres: off };
  return at;
}
