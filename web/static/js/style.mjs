// @ts-check
/**
 * How the map looks: colours and layers of our own, made for walkers.
 *
 * Ways for walkers share one hue that no walk, street or camera has; streets are pale, what may not be walked fades into
 * the ground. The layers and fields of the tiles are those of routing/maplayers.py. Nothing here touches the page.
 */
import { surfaces, ways } from "./style-ground.mjs";
import { FONT_BOLD, FONT_REGULAR, labels } from "./style-labels.mjs";
import { SOURCE } from "./style-terms.mjs";

/** The first layer of labels: walks are drawn below it. It is there, unseen, even when there is no basemap. */
export const FIRST_LABEL_LAYER = "labels";

export { SOURCE };

const ATTRIBUTION =
  '© <a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">OpenStreetMap contributors</a>, ' +
  '<a href="https://opendatacommons.org/licenses/odbl/1-0/" target="_blank" rel="noopener">ODbL</a>';

/** @type {Record<string, {light: string, dark: string}>} */
const PALETTE = {
  outside: { light: "#e4e0d8", dark: "#15171a" },
  earth: { light: "#f5f2ec", dark: "#1f2226" },
  built: { light: "#ece8e0", dark: "#25272c" }, // industry, railway land, schools, hospitals
  parking: { light: "#eae6de", dark: "#25272b" },
  park: { light: "#d5e7c8", dark: "#22332a" },
  wood: { light: "#c7dfb9", dark: "#1f3328" },
  grass: { light: "#e0ecd4", dark: "#223028" },
  pitch: { light: "#cbe3c9", dark: "#25392f" },
  sand: { light: "#f2e9cf", dark: "#35322a" },
  rock: { light: "#e6e2dc", dark: "#2a2c30" },
  water: { light: "#abd0e8", dark: "#142a3e" },
  square: { light: "#ebe6f1", dark: "#2e2c38" },
  pier: { light: "#e9e5de", dark: "#2b2d32" },
  building: { light: "#e2dcd3", dark: "#2c2f35" },
  wall: { light: "#cbc3b6", dark: "#40444c" }, // the outline of buildings
  street: { light: "#ffffff", dark: "#4a4f59" },
  kerb: { light: "#d3ccc0", dark: "#15171a" }, // the casing of streets
  main: { light: "#fcecc0", dark: "#5a5546" },
  mainKerb: { light: "#dcc58c", dark: "#15171a" },
  motorway: { light: "#dcd6cf", dark: "#35373c" },
  motorwayKerb: { light: "#b9b1a7", dark: "#505359" },
  closed: { light: "#f0ece5", dark: "#2b2e33" }, // no walking there
  walk: { light: "#877bab", dark: "#9087b6" }, // footways, paths
  walkQuiet: { light: "#b8b0cc", dark: "#646079" }, // pavements beside streets, passages inside
  stairs: { light: "#5d4f88", dark: "#beb4e2" },
  promenade: { light: "#f1ecf9", dark: "#47435a" }, // pedestrian streets
  promenadeKerb: { light: "#a79cc4", dark: "#837ba3" },
  rail: { light: "#b5afa6", dark: "#555a63" },
  railTies: { light: "#f5f2ec", dark: "#1f2226" },
  tram: { light: "#a9a2ad", dark: "#5b5f69" },
  ferry: { light: "#7fadcc", dark: "#2c4f6d" },
  text: { light: "#3f3a34", dark: "#d9d6d0" },
  textQuiet: { light: "#625b51", dark: "#aaa69e" },
  textWalk: { light: "#57497f", dark: "#c6bde6" },
  textWater: { light: "#225478", dark: "#8fb8d8" },
  textGreen: { light: "#37613a", dark: "#93c29a" },
  textStation: { light: "#34394f", dark: "#d3d9ec" },
  textPlace: { light: "#4b453d", dark: "#c9c5bd" },
  halo: { light: "#fbf9f5", dark: "#15171a" },
  dot: { light: "#857c70", dark: "#98948c" },
  dotStation: { light: "#4a5274", dark: "#aeb7d6" },
};

/** What a Noto Sans file holds, by the part of its name that tells the script. */
const SCRIPTS = {
  latin: [
    ["U+0000-00FF", "U+0131", "U+0152-0153", "U+02BB-02BC", "U+02C6", "U+02DA", "U+02DC"],
    ["U+2000-206F", "U+20AC", "U+2122", "U+2212", "U+FEFF", "U+FFFD"],
  ].flat(),
  cyrillic: ["U+0301", "U+0400-045F", "U+0490-0491", "U+04B0-04B1", "U+2116"],
  "latin-ext": ["U+0100-02BA", "U+02BD-02C5", "U+02C7-02CC", "U+02CE-02D7", "U+02DD-02FF", "U+1E00-1EFF", "U+2C60-2C7F"],
  "cyrillic-ext": ["U+0460-048F", "U+0492-04AF", "U+04B2-052F", "U+20B4", "U+A640-A69F"],
};

export { FONT_BOLD, FONT_REGULAR };

/**
 * The style of the map.
 *
 * @param {object} given
 * @param {boolean} [given.dark]
 * @param {string} [given.lang] labels in this language where the map has them: "ru", "en"
 * @param {string} given.fontsUrl where the Noto Sans files lie; absolute, with a slash at its end
 * @param {import("./tiles.mjs").Basemap | null} [given.basemap] what openBasemap gave; without, there is nothing but the ground
 * @returns {any} a MapLibre style
 */
export function basemapStyle({ dark = false, lang = "", fontsUrl, basemap = null }) {
  const tone = dark ? "dark" : "light";
  /** @type {Record<string, string>} */
  const colour = Object.fromEntries(Object.entries(PALETTE).map(([name, tones]) => [name, tones[tone]]));
  const anchor = { id: FIRST_LABEL_LAYER, type: "background", layout: { visibility: "none" } };
  const ground = { id: "outside", type: "background", paint: { "background-color": colour.outside } };
  return {
    version: 8,
    name: dark ? "Sidestep dark" : "Sidestep light",
    "font-faces": fontFaces(fontsUrl),
    transition: { duration: 0, delay: 0 },
    sources: basemap ? { [SOURCE]: { type: "vector", url: basemap.url, attribution: ATTRIBUTION } } : {},
    layers: basemap
      ? [ground, ...surfaces(colour), ...ways(colour), anchor, ...labels(colour, nameIn(lang))]
      : [ground, anchor],
  };
}

/**
 * All font files, whatever an area's names are written in: fetched as letters come into view they would tell where one looks,
 * and fetched by what is written in a file that she opened, which area it is of.
 *
 * @param {string} base where they lie
 */
export const fontFiles = (base) => Object.values(fontFaces(base)).flatMap((faces) => faces.map(({ url }) => url));

/** @param {string} base */
function fontFaces(base) {
  const faces = (/** @type {number} */ weight) =>
    Object.entries(SCRIPTS).map(([script, ranges]) => ({
      url: `${base}noto-sans-${script}-${weight}-normal.woff2`,
      "unicode-range": ranges,
    }));
  return { [FONT_REGULAR[0]]: faces(400), [FONT_BOLD[0]]: faces(700) };
}

/** @param {string} lang */
function nameIn(lang) {
  return lang ? ["coalesce", ["get", `name:${lang}`], ["get", "name"]] : ["get", "name"];
}
