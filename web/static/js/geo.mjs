// @ts-check
/**
 * Degrees to metres and back on the plane about a place: good to a thousandth within a city, for drawing only.
 */

const M_PER_DEG = 111_195; // of latitude, on a sphere of 6371 km
const RING_STEP_DEG = 5; // between the corners of a drawn circle, and the directions in which a view is told

/** @param {number} lat */
function lonScale(lat) {
  return M_PER_DEG * Math.cos((lat * Math.PI) / 180);
}

/**
 * Distance in metres.
 *
 * @param {LonLat} a
 * @param {LonLat} b
 */
export function distance(a, b) {
  return Math.hypot((a[0] - b[0]) * lonScale((a[1] + b[1]) / 2), (a[1] - b[1]) * M_PER_DEG);
}

/**
 * Tell whether a point lies in a box `[west, south, east, north]`.
 *
 * @param {number[]} box
 * @param {LonLat} point
 */
export function holds([west, south, east, north], [lon, lat]) {
  return west <= lon && lon <= east && south <= lat && lat <= north;
}

/**
 * Distance of a point from a box, metres; 0 inside.
 *
 * @param {number[]} box
 * @param {LonLat} point
 */
export function distanceToBox([west, south, east, north], point) {
  const nearest = /** @type {LonLat} */ ([
    Math.min(Math.max(point[0], west), east),
    Math.min(Math.max(point[1], south), north),
  ]);
  return distance(point, nearest);
}

/**
 * The box around lines, `[west, south, east, north]`.
 *
 * @param {LonLat[][]} lines
 */
export function boxOf(lines) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of lines.flat()) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

/**
 * How far along a line each of its points lies, scaled so that the whole has the length that was measured elsewhere.
 *
 * @param {LonLat[]} line
 * @param {number} length metres
 */
function reckon(line, length) {
  const at = [0];
  for (let i = 1; i < line.length; i += 1) at.push(at[i - 1] + distance(line[i - 1], line[i]));
  const scale = length / (at[at.length - 1] || 1);
  return at.map((metres) => metres * scale);
}

/**
 * @param {LonLat[]} line
 * @param {number[]} at
 * @param {number} metres
 * @returns {LonLat}
 */
function pointAt(line, at, metres) {
  const found = at.findIndex((reached) => reached >= metres);
  const i = found < 0 ? line.length - 1 : Math.max(found, 1); // beyond the end by a rounding lies the end
  const share = Math.min(Math.max((metres - at[i - 1]) / (at[i] - at[i - 1] || 1), 0), 1);
  const between = (/** @type {0 | 1} */ axis) => line[i - 1][axis] + share * (line[i][axis] - line[i - 1][axis]);
  return [between(0), between(1)];
}

/**
 * The point of a line at a distance from its start.
 *
 * @param {LonLat[]} line
 * @param {number} length metres, of the whole
 * @param {number} metres
 */
export function along(line, length, metres) {
  return pointAt(line, reckon(line, length), metres);
}

/**
 * The part of a line between two distances from its start.
 *
 * @param {LonLat[]} line
 * @param {number} length metres, of the whole
 * @param {number} from metres
 * @param {number} to metres
 * @returns {LonLat[]}
 */
export function cut(line, length, from, to) {
  const at = reckon(line, length);
  const inner = line.filter((_, i) => at[i] > from && at[i] < to);
  return [pointAt(line, at, from), ...inner, pointAt(line, at, to)];
}

/**
 * A circle or a sector around a point, or what of it walls leave, as a closed ring.
 *
 * @param {LonLat} centre
 * @param {number | number[]} radius metres; or those of each direction, every 5 degrees clockwise from north
 * @param {[number, number] | null} sector start and sweep in degrees, clockwise from north; null: all round
 * @returns {LonLat[]}
 */
export function sectorRing(centre, radius, sector) {
  const [start, sweep] = sector ?? [0, 360];
  const between = [...Array((2 * 360) / RING_STEP_DEG).keys()].map((i) => i * RING_STEP_DEG).filter((bearing) => start < bearing && bearing < start + sweep);
  const ring = [start, ...between, start + sweep].map((bearing) => {
    const far = typeof radius === "number" ? radius : radius[Math.round(bearing / RING_STEP_DEG) % radius.length];
    const turn = (bearing * Math.PI) / 180;
    return /** @type {LonLat} */ ([centre[0] + (far * Math.sin(turn)) / lonScale(centre[1]), centre[1] + (far * Math.cos(turn)) / M_PER_DEG]);
  });
  return sector === null ? [...ring.slice(0, -1), ring[0]] : [centre, ...ring, centre];
}
