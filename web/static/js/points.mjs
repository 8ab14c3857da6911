// @ts-check
/**
 * A position that a person types or pastes, as `[lon, lat]` in degrees. The same as in `routing/points.py`, which reads
 * links too and takes two whole numbers without any sign for a position; here they are a number and another on the way.
 */

const MAX_TYPED = 200; // characters; longer is no position
const GEO = /^geo:(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?=$|[,;?])/iu;

// Typography of minutes, seconds, degrees and minus, and Russian hemispheres.
const PLAIN = /** @type {[RegExp, string][]} */ ([
  [/[\u2032\u2019\u2018\u00b4]/gu, "'"],
  [/[\u2033\u201d\u201c]/gu, '"'],
  [/[º˚]/gu, "°"],
  [/\u2212/gu, "-"],
  [/\u200e/gu, ""],
  [/\s+/gu, " "],
  [/с\.? ?ш\.?/giu, "N"],
  [/ю\.? ?ш\.?/giu, "S"],
  [/в\.? ?д\.?/giu, "E"],
  [/з\.? ?д\.?/giu, "W"],
]);

/**
 * The patterns of two angles: hemispheres before, after if at all, and after each. Beside its letter an angle may lack
 * the signs of degrees and minutes, as nothing else could be meant.
 *
 * @param {string} decimal
 * @param {string} gap
 */
function two(decimal, gap) {
  const real = `\\d+(?:${decimal}\\d+)?`;
  const angle = `([+-]?)(${real})(?: ?° ?(?:(${real}) ?' ?(?:(${real}) ?(?:"|'') ?)?)?)?`;
  const loose = `([+-]?)(${real})(?:(?: ?° ?| )(${real})(?:(?: ?' ?| )(${real})(?: ?(?:"|''))?| ?')?| ?°)?`;
  const before = `([NSEW]) ?${loose} ?[,;]? ?([NSEW]) ?${loose}`;
  const after = `${angle} ?([NSEW]?)${gap}${angle} ?([NSEW]?)`;
  const each = `${loose} ?([NSEW]) ?[,;]? ?${loose} ?([NSEW])`;
  return [before, after, each].map((pattern) => new RegExp(`^${pattern}$`, "i"));
}

const FORMS = [...two("\\.", "(?: ?[,;] ?| )"), ...two(",", "(?: ?; ?|,? )")];
const ONLY_NUMBERS = /^[-+\d., ;°'"]+$/;
const ONLY_ANGLES = /^[-+\d.,;/ °'"NSEW]+$/i;
const DEGREES = /\d ?° ?\d|\d.*°.*°|\d[.,]\d+ ?°/; // one after a whole number: "Via 1° Maggio"

/**
 * Read "lat, lon" with decimals or with degrees, minutes and seconds, or a `geo:` URI (RFC 5870).
 *
 * @param {string} text
 * @returns {LonLat | "broken" | null} null: it is a name; broken: it looks like a position, and is none
 */
export function parsePoint(text) {
  const plain = PLAIN.reduce((so_far, [sign, by]) => so_far.replace(sign, by), text).trim();
  const geo = GEO.exec(plain);
  if (geo !== null) return onEarth(Number(geo[2]), Number(geo[1]));
  if (plain.length > MAX_TYPED) return null;
  for (const [nth, form] of FORMS.entries()) {
    const found = form.exec(plain)?.slice(1).map((part) => part ?? "");
    if (found === undefined) continue;
    const [one, other] = [found.slice(0, 5), found.slice(5)];
    if (nth % 3 === 0) for (const angle of [one, other]) angle.push(/** @type {string} */ (angle.shift())); // the letter last
    const bare = !/[°NSEW]/i.test(plain) && !(/\D/.test(one[1]) && /\D/.test(other[1]));
    return bare ? null : ordered(one, other);
  }
  return looksTyped(plain) ? "broken" : null;
}

/** Latitude first, unless the letters say otherwise. @param {string[]} one @param {string[]} other sign, degrees, minutes, seconds, letter */
function ordered(one, other) {
  const [first, second] = [one, other].map(degreesOf);
  const [axis, next] = [one, other].map(([, , , , side]) => (side === "" ? "" : /[NS]/i.test(side) ? "lat" : "lon"));
  if (first === null || second === null || (axis !== "" && axis === next)) return "broken";
  return axis === "lon" || next === "lat" ? onEarth(first, second) : onEarth(second, first);
}

/** @param {string[]} angle @returns {number | null} null: there is no such angle */
function degreesOf([sign, ...parts]) {
  const side = parts.pop() ?? "";
  const given = parts.filter((part) => part !== "");
  const [degrees, minutes, seconds] = parts.map((part) => Number(part.replace(",", ".")));
  if ((sign !== "" && side !== "") || minutes >= 60 || seconds >= 60) return null;
  if (given.slice(0, -1).some((part) => /\D/.test(part))) return null; // only the last has decimals
  return (degrees + minutes / 60 + seconds / 3600) * (sign === "-" || /[SW]/i.test(side) ? -1 : 1);
}

/** @param {number} lon @param {number} lat @returns {LonLat | "broken"} */
function onEarth(lon, lat) {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : "broken";
}

/** Whether a text that cannot be read was meant as a position, so that no street may answer to it. @param {string} text */
function looksTyped(text) {
  const numbers = text.match(/\d+(?:[.,]\d+)?/g) ?? [];
  const sides = text.match(/[NSEW]/gi) ?? [];
  if (ONLY_ANGLES.test(text) && numbers.length > 1 && (sides.length > 1 || (sides.length === 1 && /\d[.,]\d/.test(text)))) return true;
  if (ONLY_NUMBERS.test(text) && /\d ?[,;] ?[-+.\d]/.test(text) && /°|\d\.\d.*\d\.\d/.test(text)) return true;
  return (/\d ?°/.test(text) && !/\p{L}{2}/u.test(text)) || DEGREES.test(text);
}
