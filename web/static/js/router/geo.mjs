// @ts-check
/**
 * Degrees to metres on the WGS 84 ellipsoid: routing/geo.py for the phone, the same to the last digits.
 *
 * Lines are flat, `[lon, lat, lon, lat, …]`. A *frame* is the flat plane that touches the ellipsoid at one position: x to
 * the east, y to the north, metres.
 */

// WGS 84 (NIMA TR8350.2): semi-major axis and first eccentricity squared
const SEMI_MAJOR_M = 6_378_137.0;
const ECCENTRICITY2 = 6.694379990141316e-3;
const RADIANS = Math.PI / 180.0;
const DEGREES = 180.0 / Math.PI;
const HALF_TURN_DEG = 180.0;
const CIRCLE_DEG = 360.0;

/** @param {number} degrees */
export const radians = (degrees) => degrees * RADIANS;

/** @param {number} turn */
export const degrees = (turn) => turn * DEGREES;

/**
 * The remainder with the sign of what is divided by, as a bearing needs it.
 *
 * @param {number} value
 * @param {number} by
 */
export function modulo(value, by) {
  const left = value % by;
  return left !== 0 && left < 0 !== by < 0 ? left + by : left + 0; // never -0
}

/**
 * The length of a vector, true to the last bit nearly always, as the C library's is and browsers' Math.hypot is not:
 * where a walker goes straight towards a camera, the last bit of her heading is felt in the ninth digit. A root, less what
 * it is off by: C. F. Borges, "An improved algorithm for hypot(a, b)" (arXiv 1904.09481), without fused operations.
 *
 * @param {number} x
 * @param {number} y
 */
export function size(x, y) {
  const [a, b] = [Math.max(Math.abs(x), Math.abs(y)), Math.min(Math.abs(x), Math.abs(y))];
  const root = Math.sqrt(a * a + b * b);
  if (root === 0.0) return 0.0;
  const far = root > 2.0 * b;
  const over = far ? root - a : root - b;
  const one = far ? 2.0 * over * (a - 2.0 * b) : a * (2.0 * over - a);
  const other = far ? (4.0 * over - b) * b + over * over : (over - 2.0 * (a - b)) * over;
  return root - (one + other) / (2.0 * root);
}

/** Metres that one degree of longitude measures at a latitude. @param {number} lat */
export function lonScale(lat) {
  const sine = Math.sin(lat * RADIANS);
  return SEMI_MAJOR_M / Math.sqrt(1.0 - ECCENTRICITY2 * (sine * sine)) * Math.cos(lat * RADIANS) * RADIANS;
}

/** Metres that one degree of latitude measures at a latitude. @param {number} lat */
export function latScale(lat) {
  const sine = Math.sin(lat * RADIANS);
  const w2 = 1.0 - ECCENTRICITY2 * (sine * sine);
  return SEMI_MAJOR_M / Math.sqrt(w2) * (1.0 - ECCENTRICITY2) / w2 * RADIANS;
}

/**
 * Metres that one degree of longitude and of latitude measure.
 *
 * @param {number} lat
 * @returns {[number, number]}
 */
export const scaleAt = (lat) => [lonScale(lat), latScale(lat)];

/** Bring a difference of longitudes into -180…180. @param {number} lonDifference */
export function wrapped(lonDifference) {
  const turned = lonDifference + HALF_TURN_DEG;
  return (turned >= 0 && turned < CIRCLE_DEG ? turned : modulo(turned, CIRCLE_DEG)) - HALF_TURN_DEG;
}

/**
 * Put positions into the flat frame of an origin.
 *
 * @param {ArrayLike<number>} lonlat [point, 2]
 * @param {ArrayLike<number>} origin
 * @returns {Floats} [point, 2] metres east and north
 */
export function toFrame(lonlat, origin) {
  const [lonM, latM] = scaleAt(origin[1]);
  const xy = new Float64Array(lonlat.length);
  for (let at = 0; at < xy.length; at += 2) {
    xy[at] = wrapped(lonlat[at] - origin[0]) * lonM;
    xy[at + 1] = (lonlat[at + 1] - origin[1]) * latM;
  }
  return xy;
}

/**
 * Undo toFrame: metres back to degrees.
 *
 * @param {ArrayLike<number>} xy [point, 2]
 * @param {ArrayLike<number>} origin
 * @returns {Floats}
 */
export function fromFrame(xy, origin) {
  const [lonM, latM] = scaleAt(origin[1]);
  const lonlat = new Float64Array(xy.length);
  for (let at = 0; at < lonlat.length; at += 2) {
    lonlat[at] = origin[0] + xy[at] / lonM;
    lonlat[at + 1] = origin[1] + xy[at + 1] / latM;
  }
  return lonlat;
}

/**
 * The geodesic between positions that are at most some 20 km apart, metres.
 *
 * @param {number} lon0
 * @param {number} lat0
 * @param {number} lon1
 * @param {number} lat1
 */
export function distanceM(lon0, lat0, lon1, lat1) {
  const lat = (lat0 + lat1) / 2.0;
  return size(wrapped(lon1 - lon0) * lonScale(lat), (lat1 - lat0) * latScale(lat));
}

/**
 * The compass bearing from one position to another, 0 ≤ bearing < 360; 0 where they coincide.
 *
 * @param {number} lon0
 * @param {number} lat0
 * @param {number} lon1
 * @param {number} lat1
 */
export function bearingDeg(lon0, lat0, lon1, lat1) {
  const lat = (lat0 + lat1) / 2.0;
  const east = wrapped(lon1 - lon0) * lonScale(lat);
  return modulo(degrees(Math.atan2(east, (lat1 - lat0) * latScale(lat))), CIRCLE_DEG);
}

/**
 * The distance from a line's start at each of its points.
 *
 * @param {ArrayLike<number>} line [point, 2]
 * @returns {Floats} [point] metres, the first 0
 */
export function alongM(line) {
  const at = new Float64Array(line.length / 2);
  for (let point = 1; point < at.length; point++) {
    const i = 2 * point;
    at[point] = at[point - 1] + distanceM(line[i - 2], line[i - 1], line[i], line[i + 1]);
  }
  return at;
}

/**
 * The way from each point of lines to the next.
 *
 * @param {ArrayLike<number>[]} lines each [point, 2]
 * @returns {{eastM: Floats, northM: Floats, line: Ints}} [move]
 */
export function movesAlong(lines) {
  const count = lines.reduce((sum, line) => sum + Math.max(line.length / 2 - 1, 0), 0);
  const moves = { eastM: new Float64Array(count), northM: new Float64Array(count), line: new Int32Array(count) };
  let move = 0;
  for (let of = 0; of < lines.length; of++) {
    const line = lines[of];
    for (let i = 0; i + 3 < line.length; i += 2, move++) {
      const lat = (line[i + 1] + line[i + 3]) / 2.0;
      moves.eastM[move] = wrapped(line[i + 2] - line[i]) * lonScale(lat);
      moves.northM[move] = (line[i + 3] - line[i + 1]) * latScale(lat);
      moves.line[move] = of;
    }
  }
  return moves;
}

/**
 * Cut out the part of a line between two distances from its start; beyond the end counts as the end.
 *
 * @param {ArrayLike<number>} line [point, 2], at least two points
 * @param {number} fromM
 * @param {number} toM not less than `fromM`
 * @returns {Floats} [point, 2] at least two points, equal ones if nothing lies between
 */
export function cutLine(line, fromM, toM) {
  const at = alongM(line);
  const lon = Float64Array.from(at, (_, point) => line[0] + wrapped(line[2 * point] - line[0])); // unbroken anywhere
  const lat = Float64Array.from(at, (_, point) => line[2 * point + 1]);
  const part = [between(at, lon, fromM), between(at, lat, fromM)];
  for (let point = 0; point < at.length; point++) {
    if (at[point] > fromM && at[point] < toM) part.push(lon[point], lat[point]);
  }
  part.push(between(at, lon, toM), between(at, lat, toM));
  for (let i = 0; i < part.length; i += 2) if (Math.abs(part[i]) > HALF_TURN_DEG) part[i] = wrapped(part[i]);
  return Float64Array.from(part);
}

/**
 * What a straight line from value to value gives at a place.
 *
 * @param {Floats} at rising
 * @param {Floats} of
 * @param {number} place
 */
function between(at, of, place) {
  if (place < at[0]) return of[0];
  let last = at.length - 1;
  while (at[last] > place) last--;
  if (last === at.length - 1 || at[last] === place) return of[last];
  return ((of[last + 1] - of[last]) / (at[last + 1] - at[last])) * (place - at[last]) + of[last];
}
