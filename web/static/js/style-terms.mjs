// @ts-check
/** Short words for MapLibre's long expressions, and what the tiles call the ways that walkers tell apart. */

/** The id of the vector source. */
export const SOURCE = "basemap";

/**
 * @param {string} id
 * @param {string} type
 * @param {string} layer
 * @param {object} rest
 */
export function of(id, type, layer, rest) {
  return { id, type, source: SOURCE, "source-layer": layer, ...rest };
}

/**
 * A value that grows with the zoom, by the power that a map grows by.
 * @param {...[number, any]} stops
 */
export function grows(...stops) {
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops.flat()];
}

/**
 * @param {string} field
 * @param {...any} values
 */
export function is(field, ...values) {
  return ["match", ["get", field], values, true, false];
}

/** @param {any} expression */
export function not(expression) {
  return ["!", expression];
}

/**
 * @param {string} field
 * @param {Record<string, any>} table
 * @param {any} other
 */
export function by(field, table, other) {
  return ["match", ["get", field], ...Object.entries(table).flat(), other];
}

export const IN_TUNNEL = ["has", "is_tunnel"];
export const ON_BRIDGE = ["has", "is_bridge"];
export const POLYGON = ["==", ["geometry-type"], "Polygon"];
export const PROMENADE = is("kind_detail", "pedestrian");
export const STREET = ["any", is("kind", "highway", "major_road", "minor_road"), PROMENADE];
export const QUIET = is("kind_detail", "sidewalk", "crossing");
export const ROUGH = is("kind_detail", "path", "track", "bridleway");
export const STAIRS = is("kind_detail", "steps", "escalator");
export const FOOTWAY = ["all", is("kind", "path"), not(PROMENADE), not(QUIET), not(STAIRS), not(ROUGH)];
export const ORDER = by("kind", { highway: 4, major_road: 3, minor_road: 2 }, 1);
