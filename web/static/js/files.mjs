// @ts-check
/**
 * A walk as a file or as a link, made on this device. None holds a time or the name of a device.
 */

const LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/";
const DIGITS = 5; // of a position in a link: a metre
const LETTERS = 26; // of a mark
const NAMES = /^(shortest|balanced|least_seen|also_[1-9]\d?)$/;

/** As text of XML, without what no XML may hold (https://www.w3.org/TR/xml/#charsets). @param {string} text */
function xml(text) {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "").replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/**
 * Write one walk as GPX 1.1.
 *
 * @param {Plan} plan
 * @param {Route} route
 * @param {{name: string, summary: string, coverage: string}} words
 */
export function asGpx(plan, route, words) {
  const points = route.geometry.coordinates.map(
    ([lon, lat]) => `      <trkpt lat="${lat.toFixed(7)}" lon="${lon.toFixed(7)}"/>`,
  );
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gpx version="1.1" creator="sidestep" xmlns="http://www.topografix.com/GPX/1/1">',
    "  <metadata>",
    `    <name>${xml(plan.area.name)}</name>`,
    `    <desc>${xml(words.coverage)}</desc>`,
    `    <copyright author="OpenStreetMap contributors"><license>${LICENCE}</license></copyright>`,
    "  </metadata>",
    "  <trk>",
    `    <name>${xml(words.name)}</name>`,
    `    <desc>${xml(words.summary)}</desc>`,
    "    <trkseg>",
    ...points,
    "    </trkseg>",
    "  </trk>",
    "</gpx>",
  ].join("\n")}\n`;
}

/**
 * Write all walks of a plan as GeoJSON, one feature a walk.
 *
 * @param {Plan} plan
 */
export function asGeoJson(plan) {
  const features = plan.routes.map(({ geometry, ...properties }) => ({ type: "Feature", properties, geometry }));
  const { area, notes, attribution } = plan;
  return `${JSON.stringify({ type: "FeatureCollection", features, area, notes, attribution })}\n`;
}

/**
 * Write a wish as the fragment of a link, which browsers never send.
 *
 * @param {Wish} wish
 * @param {string} chosen
 */
export function toFragment(wish, chosen) {
  if (wish.start === null || wish.end === null) throw new Error("a link needs both ends");
  const ends = [wish.start, wish.end].map((stop) => stop.lonlat.map((degrees) => degrees.toFixed(DIGITS)).join(","));
  const text = `#r=${[...ends, wish.detour, chosen].join(";")}`; // no percent sign, which begins an escape in an address
  return `${text};${mark(text)}`;
}

/**
 * Read the fragment of a link. Messengers cut links, and a position that is cut is another place: nothing may be missing.
 *
 * @param {string} fragment
 * @returns {{start: LonLat, end: LonLat, detour: number, chosen: string} | "broken" | null} null: it holds no walk
 */
export function fromFragment(fragment) {
  if (!/^#r(?:$|=|%)/i.test(fragment)) return null;
  let text;
  try {
    text = decodeURIComponent(fragment);
  } catch {
    return "broken";
  }
  const match = /^(#r=([^;]+);([^;]+);(\d{1,3});([a-z_]+\d*));([a-z]{3})$/.exec(text);
  if (match === null || mark(match[1]) !== match[6]) return "broken";
  const [start, end] = [match[2], match[3]].map(toPoint);
  const [detour, chosen] = [Number(match[4]), match[5]];
  if (start === null || end === null || detour > 100 || !NAMES.test(chosen)) return "broken";
  return { start, end, detour, chosen };
}

/** Three letters that follow from a text: one that was cut or mistyped has others. @param {string} text */
function mark(text) {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % LETTERS ** 3;
  return [LETTERS ** 2, LETTERS, 1].map((place) => String.fromCharCode(97 + (Math.floor(sum / place) % LETTERS))).join("");
}

/**
 * @param {string} text
 * @returns {LonLat | null}
 */
function toPoint(text) {
  const match = /^(-?\d{1,3}(?:\.\d{1,9})?),(-?\d{1,2}(?:\.\d{1,9})?)$/.exec(text);
  if (match === null) return null;
  const [lon, lat] = [Number(match[1]), Number(match[2])];
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
}
