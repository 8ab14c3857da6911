// @ts-check
/**
 * A position that a person types or pastes, as `[lon, lat]` in degrees; `routing/points.py` reads more forms.
 */

const POINT = /^([+-]?\d{1,3}[.,]\d+)°? ?([NS]?)(?: ?[,;] ?| )([+-]?\d{1,3}[.,]\d+)°? ?([EW]?)$/iu;
const GEO = /^geo:(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?=$|[,;?])/iu;

/**
 * Read "lat, lon" with decimals, or a `geo:` URI (RFC 5870); `null` where the text is of no such form or not on Earth.
 *
 * @param {string} text
 * @returns {LonLat | null}
 */
export function parsePoint(text) {
  const plain = text.trim().replace(/\s+/gu, " ").replaceAll("\u2212", "-");
  const geo = GEO.exec(plain);
  const typed = geo === null ? POINT.exec(plain) : null;
  if (geo === null && typed === null) return null;
  const [lat, lon] = geo !== null ? [geo[1], geo[2]] : [typed?.[1] ?? "", typed?.[3] ?? ""];
  /** @param {string} digits @param {string} [side] */
  const degrees = (digits, side = "") => Number(digits.replace(",", ".")) * (/[SW]/iu.test(side) ? -1 : 1);
  const point = /** @type {LonLat} */ ([degrees(lon, typed?.[4]), degrees(lat, typed?.[2])]);
  return Math.abs(point[0]) <= 180 && Math.abs(point[1]) <= 90 ? point : null;
}
