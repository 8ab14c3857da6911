// @ts-check
/** Layers of the basemap that are written: names, house numbers, stations. */
import { IN_TUNNEL, ORDER, QUIET, by, grows, is, not, of } from "./style-terms.mjs";

/** Font stacks, for the layers that others add too. */
export const FONT_REGULAR = ["Noto Sans Regular"];
export const FONT_BOLD = ["Noto Sans Bold"];

/**
 * @param {any} colour
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
export function labels(c, name) {
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
