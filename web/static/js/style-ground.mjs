// @ts-check
/** Layers of the basemap below its names: what lies flat, and what one walks and drives on. */
import { FOOTWAY, IN_TUNNEL, ON_BRIDGE, ORDER, POLYGON, PROMENADE, QUIET, ROUGH, STAIRS, STREET, by, grows, is, not, of } from "./style-terms.mjs";

// --- what lies flat ---

/** @param {Record<string, string>} c */
export function surfaces(c) {
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

/** @param {Record<string, string>} c */
export function ways(c) {
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
