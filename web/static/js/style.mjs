// @ts-check
/**
 * How the map looks: colours and layers of our own, made for walkers.
 *
 * Ways for walkers share one hue that no walk, street or camera has; streets are pale, what may not be walked fades into
 * the ground. The layers and fields of the tiles are those of routing/maplayers.py. Nothing here touches the page.
 */

/** The first layer of labels: walks are drawn below it. It is there, unseen, even when there is no basemap. */
export const FIRST_LABEL_LAYER = "labels";

/** The id of the vector source. */
export const SOURCE = "basemap";

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

/** Font stacks, for the layers that others add too. */
export const FONT_REGULAR = ["Noto Sans Regular"];
export const FONT_BOLD = ["Noto Sans Bold"];

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

// --- small words for long expressions ---

/**
 * @param {string} id
 * @param {string} type
 * @param {string} layer
 * @param {object} rest
 */
function of(id, type, layer, rest) {
  return { id, type, source: SOURCE, "source-layer": layer, ...rest };
}

/**
 * A value that grows with the zoom, by the power that a map grows by.
 * @param {...[number, any]} stops
 */
function grows(...stops) {
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops.flat()];
}

/**
 * @param {string} field
 * @param {...string} values
 */
function is(field, ...values) {
  return ["match", ["get", field], values, true, false];
}

/** @param {any} expression */
function not(expression) {
  return ["!", expression];
}

/**
 * @param {string} field
 * @param {Record<string, any>} table
 * @param {any} other
 */
function by(field, table, other) {
  return ["match", ["get", field], ...Object.entries(table).flat(), other];
}

const IN_TUNNEL = ["has", "is_tunnel"];
const ON_BRIDGE = ["has", "is_bridge"];
const POLYGON = ["==", ["geometry-type"], "Polygon"];
const PROMENADE = is("kind_detail", "pedestrian");
const STREET = ["any", is("kind", "highway", "major_road", "minor_road"), PROMENADE];
const QUIET = is("kind_detail", "sidewalk", "crossing");
const ROUGH = is("kind_detail", "path", "track", "bridleway");
const STAIRS = is("kind_detail", "steps", "escalator");
const FOOTWAY = ["all", is("kind", "path"), not(PROMENADE), not(QUIET), not(STAIRS), not(ROUGH)];

// --- what lies flat ---

/** @param {Record<string, string>} c */
function surfaces(c) {
  const green = { park: c.park, garden: c.grass, grass: c.grass, wood: c.wood, scrub: c.grass, cemetery: c.grass };
  const kinds = { ...green, pitch: c.pitch, playground: c.pitch, beach: c.sand, rock: c.rock, parking: c.parking };
  const squares = is("kind", "pedestrian", "platform", "pier", "bridge");
  return [
    of("earth", "fill", "earth", { paint: { "fill-color": c.earth, "fill-antialias": false } }),
    of("landuse", "fill", "landuse", {
      filter: not(squares),
      paint: { "fill-color": by("kind", kinds, c.built) },
    }),
    of("water", "fill", "water", { filter: POLYGON, paint: { "fill-color": c.water } }),
    of("streams", "line", "water", {
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": c.water,
        "line-width": grows([11, by("kind", { river: 1.5 }, 0.5)], [18, by("kind", { river: 16, canal: 12 }, 4)]),
      },
    }),
    of("squares", "fill", "landuse", {
      filter: squares,
      paint: { "fill-color": by("kind", { pier: c.pier, bridge: c.pier, platform: c.pier }, c.square) },
    }),
    of("buildings", "fill", "buildings", {
      minzoom: 13.5,
      filter: POLYGON,
      paint: {
        "fill-color": c.building,
        "fill-outline-color": c.wall,
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13.5, 0, 14.5, 1],
      },
    }),
  ];
}

// --- what one walks and drives on ---

/** Metres of a street's width at zoom 18 become pixels here. */
const STREET_PX = {
  "line-width": grows(
    [12, by("kind", { highway: 2, major_road: 1.6 }, 0.4)],
    [14, by("kind", { highway: 4, major_road: 3.6 }, by("kind_detail", { service: 0.9, driveway: 0.6 }, 1.8))],
    [18, by("kind", { highway: 26, major_road: 24 }, by("kind_detail", { service: 9, driveway: 5, pedestrian: 13 }, 17))],
  ),
};
const ROUND = { "line-cap": "round", "line-join": "round" };
const ORDER = by("kind", { highway: 4, major_road: 3, minor_road: 2 }, 1);

/** @param {Record<string, string>} c */
function ways(c) {
  return [...tunnels(c), ...rails(c), ...streets(c, ""), ...paths(c, ""), ...streets(c, "-bridge"), ...paths(c, "-bridge")];
}

/** @param {Record<string, string>} c */
function tunnels(c) {
  return [
    of("tunnels", "line", "roads", {
      minzoom: 14,
      filter: ["all", IN_TUNNEL, ["any", STREET, is("kind", "path")]],
      paint: {
        "line-color": ["case", STREET, c.kerb, c.walkQuiet],
        "line-width": grows([14, 1], [18, ["case", STREET, 5, 2.5]]),
        "line-dasharray": [2, 1.5],
      },
    }),
  ];
}

/** @param {Record<string, string>} c */
function rails(c) {
  const rail = ["all", is("kind", "rail"), not(is("kind_detail", "tram", "funicular"))];
  return [
    of("ferries", "line", "roads", {
      filter: is("kind", "ferry"),
      paint: { "line-color": c.ferry, "line-width": 1.2, "line-dasharray": [5, 3] },
    }),
    of("rails", "line", "roads", {
      filter: rail,
      paint: { "line-color": c.rail, "line-width": grows([12, 0.7], [15, 1.3], [18, 4]) },
    }),
    of("rail-ties", "line", "roads", {
      minzoom: 14,
      filter: rail,
      paint: {
        "line-color": c.railTies,
        "line-width": grows([14, 0.5], [15, 0.7], [18, 2.6]),
        "line-dasharray": [4, 4],
      },
    }),
  ];
}

/**
 * @param {Record<string, string>} c
 * @param {"" | "-bridge"} level
 */
function streets(c, level) {
  const closed = ["all", ["has", "walk"], not(is("kind", "highway"))];
  const filter = ["all", STREET, level ? ON_BRIDGE : ["all", not(ON_BRIDGE), not(IN_TUNNEL)]];
  const kerb = by("kind", { highway: c.motorwayKerb, major_road: c.mainKerb, path: c.promenadeKerb }, c.kerb);
  const surface = by("kind", { highway: c.motorway, major_road: c.main, path: c.promenade }, c.street);
  return [
    of(`street-kerbs${level}`, "line", "roads", {
      minzoom: 12,
      filter,
      layout: { ...(level ? { "line-join": "round" } : ROUND), "line-sort-key": ORDER },
      paint: {
        "line-color": level ? ["case", is("kind", "highway"), c.motorwayKerb, c.dot] : kerb,
        "line-gap-width": STREET_PX["line-width"],
        "line-width": grows([12, 0.4], [15, 0.8], [18, 1.3]),
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0.4, 14, 1],
      },
    }),
    of(`streets${level}`, "line", "roads", {
      filter,
      layout: { ...ROUND, "line-sort-key": ORDER },
      paint: { "line-color": ["case", closed, c.closed, surface], ...STREET_PX },
    }),
    ...(level
      ? []
      : [
          of("trams", "line", "roads", {
            minzoom: 13,
            filter: is("kind_detail", "tram", "funicular"),
            paint: { "line-color": c.tram, "line-width": grows([13, 0.5], [18, 1.6]) },
          }),
        ]),
  ];
}

/**
 * @param {Record<string, string>} c
 * @param {"" | "-bridge"} level
 */
function paths(c, level) {
  const here = level ? ON_BRIDGE : ["all", not(ON_BRIDGE), not(IN_TUNNEL)];
  const colour = ["case", ["has", "walk"], c.kerb, c.walk];
  return [
    of(`path-halos${level}`, "line", "roads", {
      minzoom: level ? 14 : 15,
      filter: ["all", is("kind", "path"), not(PROMENADE), not(QUIET), here],
      layout: level ? { "line-join": "round" } : ROUND,
      paint: {
        "line-color": level ? c.dot : c.halo,
        "line-gap-width": level ? grows([14, 1.8], [18, 7]) : 0,
        "line-width": level ? grows([14, 0.5], [18, 1.2]) : grows([15, 3], [18, 7]),
        "line-opacity": level ? 1 : 0.75,
      },
    }),
    of(`pavements${level}`, "line", "roads", {
      minzoom: 15,
      filter: ["all", QUIET, here],
      layout: ROUND,
      paint: {
        "line-color": c.walkQuiet,
        "line-width": grows([15, 0.6], [18, 2]),
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 15, 0.4, 16.5, 1],
      },
    }),
    of(`footways${level}`, "line", "roads", {
      minzoom: 13,
      filter: ["all", FOOTWAY, here],
      layout: ROUND,
      paint: {
        "line-color": colour,
        "line-width": grows([13, 0.5], [15, 1.2], [18, 3.4]),
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.5, 15, 1],
      },
    }),
    of(`rough-paths${level}`, "line", "roads", {
      minzoom: 13,
      filter: ["all", ROUGH, here],
      layout: { "line-join": "round" },
      paint: {
        "line-color": colour,
        "line-width": grows([13, 0.5], [15, 1.4], [18, 3.2]),
        "line-dasharray": [3, 1.2],
      },
    }),
    of(`stairs${level}`, "line", "roads", {
      minzoom: 14,
      filter: ["all", STAIRS, here],
      paint: {
        "line-color": c.stairs,
        "line-width": grows([14, 1.6], [16, 3.6], [18, 9]),
        "line-dasharray": [0.35, 0.25],
      },
    }),
  ];
}

// --- what is written ---

/**
 * @param {string} colour
 * @param {string} halo
 */
function ink(colour, halo, width = 1.4) {
  return { "text-color": colour, "text-halo-color": halo, "text-halo-width": width };
}

const STOPS = is("kind", "tram_stop", "bus_stop", "entrance");
const STATION = is("kind", "station");
const OPEN_AREA = is("kind", "park", "cemetery", "square", "beach");
const ROOM = [">=", ["zoom"], ["get", "min_zoom"]];

/**
 * @param {Record<string, string>} c
 * @param {any} name
 */
function labels(c, name) {
  return [...alongLines(c, name), ...atPoints(c, name)];
}

/**
 * @param {Record<string, string>} c
 * @param {any} name
 */
function alongLines(c, name) {
  const along = {
    "symbol-placement": "line",
    "text-field": name,
    "text-font": FONT_REGULAR,
    "text-max-angle": 25,
    "text-padding": 6,
    "symbol-spacing": 320,
  };
  return [
    of("stream-names", "symbol", "water", {
      minzoom: 14,
      filter: ["all", ["==", ["geometry-type"], "LineString"], ["has", "name"]],
      layout: { ...along, "text-size": 12, "text-letter-spacing": 0.08 },
      paint: ink(c.textWater, c.halo, 1),
    }),
    of("path-names", "symbol", "roads", {
      minzoom: 15.5,
      filter: ["all", is("kind", "path"), not(QUIET), not(IN_TUNNEL), ["has", "name"]],
      layout: { ...along, "text-size": grows([15, 11], [18, 13]) },
      paint: ink(c.textWalk, c.halo),
    }),
    of("street-names", "symbol", "roads", {
      minzoom: 13.5,
      filter: ["all", is("kind", "highway", "major_road", "minor_road"), not(IN_TUNNEL), ["has", "name"]],
      layout: { ...along, "text-size": grows([13, 10.5], [15, 12], [18, 15]), "symbol-sort-key": ["-", 0, ORDER] },
      paint: ink(c.text, c.halo, 1.6),
    }),
  ];
}

/**
 * @param {Record<string, string>} c
 * @param {any} name
 */
function atPoints(c, name) {
  const written = { "text-field": name, "text-font": FONT_REGULAR, "text-max-width": 8, "text-padding": 4 };
  const beside = {
    "text-variable-anchor": ["top", "left", "right", "bottom"],
    "text-radial-offset": 0.6,
    "text-justify": "auto",
  };
  const poi = ["all", ROOM, not(STATION), not(OPEN_AREA), not(STOPS)];
  return [
    of("house-numbers", "symbol", "buildings", {
      minzoom: 16.5,
      filter: is("kind", "address"),
      layout: {
        "text-field": ["get", "addr_housenumber"],
        "text-font": FONT_REGULAR,
        "text-size": grows([16, 9.5], [18, 12]),
        "text-padding": 3,
      },
      paint: ink(c.textQuiet, c.halo, 1),
    }),
    of("stops", "circle", "pois", {
      minzoom: 16,
      filter: ["all", STOPS, ROOM],
      paint: {
        "circle-radius": grows([16, 2], [18, 4]),
        "circle-color": c.halo,
        "circle-stroke-color": c.dotStation,
        "circle-stroke-width": grows([16, 1.2], [18, 2]),
      },
    }),
    of("stop-names", "symbol", "pois", {
      minzoom: 17,
      filter: ["all", STOPS, ["has", "name"], ["any", [">=", ["zoom"], 18], not(is("kind", "bus_stop"))]],
      layout: { ...written, ...beside, "text-size": 11 },
      paint: ink(c.textStation, c.halo),
    }),
    of("poi-dots", "circle", "pois", {
      minzoom: 15,
      filter: poi,
      paint: {
        "circle-radius": grows([15, 1.8], [18, 3.4]),
        "circle-color": c.dot,
        "circle-stroke-color": c.halo,
        "circle-stroke-width": 1,
      },
    }),
    of("poi-names", "symbol", "pois", {
      minzoom: 15,
      filter: ["all", poi, ["has", "name"]],
      layout: { ...written, ...beside, "text-size": grows([15, 10.5], [18, 12.5]), "symbol-sort-key": ["get", "min_zoom"] },
      paint: ink(c.textQuiet, c.halo),
    }),
    of("water-names", "symbol", "water", {
      minzoom: 14,
      filter: ["all", ["==", ["geometry-type"], "Point"], ["has", "name"]],
      layout: { ...written, "text-size": 12, "text-letter-spacing": 0.06 },
      paint: ink(c.textWater, c.water, 1),
    }),
    of("open-names", "symbol", "pois", {
      minzoom: 14,
      filter: ["all", OPEN_AREA, ROOM],
      layout: { ...written, "text-size": grows([14, 11], [18, 14]), "symbol-sort-key": ["get", "min_zoom"] },
      paint: ink(["case", is("kind", "square"), c.textWalk, c.textGreen], c.halo),
    }),
    of("station-dots", "circle", "pois", {
      minzoom: 13,
      filter: ["all", STATION, ROOM],
      paint: {
        "circle-radius": grows([13, 3], [18, 6]),
        "circle-color": c.dotStation,
        "circle-stroke-color": c.halo,
        "circle-stroke-width": 1.5,
      },
    }),
    of("station-names", "symbol", "pois", {
      minzoom: 13,
      filter: ["all", STATION, ROOM],
      layout: { ...written, ...beside, "text-font": FONT_BOLD, "text-size": grows([13, 11], [18, 14]) },
      paint: ink(c.textStation, c.halo, 1.6),
    }),
    of("place-names", "symbol", "places", {
      maxzoom: 16,
      filter: ["any", not(is("kind", "locality")), ["<", ["zoom"], 15]],
      layout: {
        ...written,
        "text-font": ["case", is("kind", "locality"), ["literal", FONT_BOLD], ["literal", FONT_REGULAR]],
        "text-size": grows([11, by("kind", { locality: 14 }, 11)], [15, by("kind", { locality: 20 }, 13)]),
        "text-letter-spacing": 0.06,
        "symbol-sort-key": by("kind_detail", { city: 0, town: 1, suburb: 2, village: 3, quarter: 4 }, 5),
      },
      paint: { ...ink(c.textPlace, c.halo, 1.8), "text-opacity": ["interpolate", ["linear"], ["zoom"], 15, 1, 16, 0.6] },
    }),
  ];
}
