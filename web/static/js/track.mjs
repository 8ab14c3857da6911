// @ts-check
/**
 * A walk's line on a plane in metres: how far along it each point lies, what is nearest to a place, and whither it goes.
 * Pure; good to a thousandth within a city.
 *
 * @typedef {[number, number]} Spot metres east and north of the line's first point
 * @typedef {{at: number, off: number}} Near metres along the line, and metres away from it
 * @typedef {ReturnType<typeof makeTrack>} Track
 */

const M_PER_DEG = 111_195; // of latitude, on a sphere of 6371 km

/**
 * @param {LonLat[]} line
 * @param {number} length metres of the whole, as it was measured elsewhere
 */
export function makeTrack(line, length) {
  const [west, south] = line[0];
  const wide = M_PER_DEG * Math.cos((south * Math.PI) / 180);
  /** @param {LonLat} place @returns {Spot} */
  const spotOf = ([lon, lat]) => [(lon - west) * wide, (lat - south) * M_PER_DEG];
  /** @param {Spot} spot @returns {LonLat} */
  const placeOf = ([east, north]) => [west + east / wide, south + north / M_PER_DEG];
  const spots = line.map(spotOf);
  const at = [0];
  for (let i = 1; i < spots.length; i += 1) at.push(at[i - 1] + apart(spots[i - 1], spots[i]));
  const scale = length / (at[at.length - 1] || 1);
  return Object.freeze({ spots, at: at.map((metres) => metres * scale), length, spotOf, placeOf });
}

/** @param {Spot} a @param {Spot} b */
export const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** @param {Spot} a @param {Spot} b @param {number} share @returns {Spot} */
const between = (a, b, share) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];

/**
 * The place on a line at a distance from its start; before the start lies the start, beyond the end the end.
 *
 * @param {Track} track
 * @param {number} metres
 * @returns {Spot}
 */
export function spotAt({ spots, at }, metres) {
  const found = at.findIndex((reached) => reached >= metres);
  if (found === 0 || spots.length === 1) return spots[0];
  if (found < 0) return spots[spots.length - 1];
  return between(spots[found - 1], spots[found], (metres - at[found - 1]) / (at[found] - at[found - 1] || 1));
}

/**
 * The places of a stretch of a line that are nearer to a spot than what lies about them on the line: one each time that
 * the line passes.
 *
 * @param {Track} track
 * @param {Spot} spot
 * @param {number} [from] metres along
 * @param {number} [to] metres along
 * @returns {Near[]} in the order of the line, one at least
 */
export function passes(track, spot, from = 0, to = track.length) {
  const { spots, at } = track;
  /** @type {Near[]} */
  const best = [];
  for (let i = 1; i < spots.length; i += 1) {
    if (at[i] < from || at[i - 1] > to) continue;
    const size = at[i] - at[i - 1] || 1;
    const [low, high] = [Math.max((from - at[i - 1]) / size, 0), Math.min((to - at[i - 1]) / size, 1)];
    const [dx, dy] = [spots[i][0] - spots[i - 1][0], spots[i][1] - spots[i - 1][1]];
    const along = ((spot[0] - spots[i - 1][0]) * dx + (spot[1] - spots[i - 1][1]) * dy) / (dx * dx + dy * dy || 1);
    const share = Math.min(Math.max(along, low), high);
    best.push({ at: at[i - 1] + share * size, off: apart(spot, between(spots[i - 1], spots[i], share)) });
  }
  if (best.length === 0) best.push({ at: Math.min(from, track.length), off: apart(spot, spotAt(track, from)) });
  return best.filter(({ off }, i) => off < (best[i - 1]?.off ?? Infinity) && off <= (best[i + 1]?.off ?? Infinity));
}

/**
 * Whither the line goes between two distances from its start, as a vector of length 1; null where it does not move.
 *
 * @param {Track} track
 * @param {number} from
 * @param {number} to
 * @returns {Spot | null}
 */
export function heading(track, from, to) {
  const [a, b] = [spotAt(track, from), spotAt(track, to)];
  const size = apart(a, b);
  return size < 0.01 ? null : [(b[0] - a[0]) / size, (b[1] - a[1]) / size];
}
