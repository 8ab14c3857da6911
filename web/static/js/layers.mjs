// @ts-check
/**
 * What is drawn over the basemap: walks, their stretches in view, cameras, what they see, the own position. Pure: state
 * in, MapLibre sources and layers out. Walks differ in width and dash as well as in colour.
 */
import { cut, sectorRing } from "./geo.mjs";

export const VIEWS_FROM_ZOOM = 14.5; // below it a view is a few pixels wide
const MOST_VIEWS = 1500; // drawn at a time
const EMPTY = Object.freeze({ type: "FeatureCollection", features: [] });

/** Width in px and dash (in widths) of each walk. */
export const LINES = Object.freeze({
  shortest: { width: 4, dash: [1, 1] },
  balanced: { width: 5, dash: [3.5, 1] },
  least_seen: { width: 6, dash: null },
});

const BETWEEN = [4, 0.8, 0.8, 0.8]; // dash of a walk between these, which is drawn while it is looked at
const CHOSEN_WIDTH = 8; // px; wider than any other, whichever it is

const COLOURS = {
  light: { shortest: "#8a5a00", balanced: "#1f5fbf", least_seen: "#0b6b4f", also: "#7a3aa0", casing: "#ffffff", alarm: "#c2231c", seen: "#d11f17", me: "#1f5fbf", ink: "#1b1d1f" },
  dark: { shortest: "#e0a13a", balanced: "#7aa7ff", least_seen: "#5fdcae", also: "#cf9bff", casing: "#101214", alarm: "#ff6b60", seen: "#ff4b3e", me: "#7aa7ff", ink: "#ffffff" },
};

/**
 * The sources with their data.
 *
 * @param {{plan: Plan | null, chosen: string, camera: string | null, here: LonLat | null}} state
 * @param {Cameras | null} cameras GeoJSON of all cameras
 */
export function sources(state, cameras) {
  return {
    walks: { type: "geojson", data: walks(state.plan) },
    seen: { type: "geojson", data: seen(state.plan, state.chosen) },
    cameras: { type: "geojson", data: cameras ?? EMPTY, cluster: true, clusterRadius: 30, clusterMaxZoom: 14 },
    views: { type: "geojson", data: EMPTY },
    chosen: { type: "geojson", data: chosenCamera(state.camera, cameras) },
    step: { type: "geojson", data: EMPTY },
    here: { type: "geojson", data: herePoint(state.here) },
  };
}

/** @param {Plan | null} plan */
export function walks(plan) {
  const features = (plan?.routes ?? []).map((route) => ({
    type: "Feature",
    properties: { name: route.name },
    geometry: route.geometry,
  }));
  return { type: "FeatureCollection", features };
}

/**
 * The stretches of a walk that cameras see.
 *
 * @param {Plan | null} plan
 * @param {string} name of the walk
 */
export function seen(plan, name) {
  const route = plan?.routes.find((one) => one.name === name);
  if (route === undefined) return EMPTY;
  const features = route.in_view_spans_m.map(([from, to]) => ({
    type: "Feature",
    properties: {},
    geometry: { type: "LineString", coordinates: cut(route.geometry.coordinates, route.length_m, from, to) },
  }));
  return { type: "FeatureCollection", features };
}

/**
 * What cameras see, as far as the map shows them: a sector where the direction is known, else a ring; less what walls hide.
 *
 * @param {Cameras | null} cameras
 * @param {(at: LonLat) => boolean} shown
 */
export function views(cameras, shown) {
  const near = (cameras?.features ?? []).filter((camera) => shown(camera.geometry.coordinates)).slice(0, MOST_VIEWS);
  return { type: "FeatureCollection", features: near.flatMap(viewsOf) };
}

/** @param {Camera} camera */
function viewsOf(camera) {
  const { reach_m: reach, sectors, indoor, last_seen: last, far_m: far, hangs_at: at } = camera.properties;
  if (!(reach > 0)) return [];
  const year = Number(String(last ?? "").slice(0, 4)) || null;
  const age = year === null ? 20 : new Date().getFullYear() - year;
  const faint = age > 8 ? 0.5 : 1; // an old record is drawn fainter
  const rings = sectors.length > 0 ? sectors : [null];
  return rings.map((sector) => ({
    type: "Feature",
    properties: { ring: sector === null, indoor: Boolean(indoor), faint },
    geometry: { type: "Polygon", coordinates: [sectorRing(at ?? camera.geometry.coordinates, far ?? reach, sector)] },
  }));
}

/** @param {string | null} id @param {Cameras | null} cameras */
export function chosenCamera(id, cameras) {
  const features = (cameras?.features ?? []).filter((camera) => camera.properties.id === id);
  const shapes = features.flatMap(viewsOf);
  return { type: "FeatureCollection", features: [...features, ...shapes] };
}

/** @param {LonLat | null} here */
export function herePoint(here) {
  return here === null ? EMPTY : point(here);
}

/** @param {LonLat} at */
export function point(at) {
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } };
}

/**
 * Layers that lie below the names of the map, and those above.
 *
 * @param {boolean} dark
 * @param {string} chosen name of the walk that is looked at
 * @param {string[]} bold font stack of the cluster counts
 */
export function layers(dark, chosen, bold) {
  const colour = dark ? COLOURS.dark : COLOURS.light;
  const top = chosen in LINES ? chosen : "also";
  const order = [...Object.keys(LINES), "also"].filter((name) => name !== top);
  return {
    below: [...viewLayers(colour), ...order.flatMap((name) => walkLayers(name, name, colour)), ...walkLayers(top, chosen, colour, true), seenLayer(colour)],
    above: cameraLayers(colour, bold),
  };
}

/** @param {any} colour */
function viewLayers(colour) {
  const known = ["!", ["get", "ring"]];
  const fill = (/** @type {unknown} */ filter, /** @type {number} */ opacity) => ({
    type: "fill",
    source: "views",
    minzoom: VIEWS_FROM_ZOOM,
    filter,
    paint: { "fill-color": colour.alarm, "fill-opacity": ["*", opacity, ["get", "faint"]] },
  });
  return [
    { id: "views-sector", ...fill(known, 0.24) },
    { id: "views-ring", ...fill(["get", "ring"], 0.07) },
    {
      id: "views-rim",
      type: "line",
      source: "views",
      minzoom: 15.5,
      paint: { "line-color": colour.alarm, "line-width": 1, "line-opacity": ["*", 0.55, ["get", "faint"]], "line-dasharray": [3, 3] },
    },
  ];
}

/** @param {string} name of the line @param {string} walk @param {any} colour @param {boolean} [chosen] */
function walkLayers(name, walk, colour, chosen) {
  const { width, dash } = LINES[/** @type {WalkName} */ (name)] ?? { width: CHOSEN_WIDTH, dash: BETWEEN };
  const wide = chosen ? CHOSEN_WIDTH : width;
  const common = { type: "line", source: "walks", filter: ["==", ["get", "name"], walk], layout: { "line-join": "round", "line-cap": dash ? "butt" : "round" } };
  const opacity = chosen ? 1 : 0.85;
  return [
    { ...common, id: `walk-${name}-casing`, layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": colour.casing, "line-width": wide + 4, "line-opacity": chosen ? 0.95 : 0.7 } },
    { ...common, id: `walk-${name}`, paint: { "line-color": colour[name], "line-width": wide, "line-opacity": opacity, ...(dash ? { "line-dasharray": dash } : {}) } },
  ];
}

/** @param {any} colour */
function seenLayer(colour) {
  return {
    id: "seen",
    type: "line",
    source: "seen",
    layout: { "line-join": "round", "line-cap": "butt" },
    paint: { "line-color": colour.seen, "line-width": 5, "line-dasharray": [1.1, 0.7] },
  };
}

/** @param {any} colour @param {string[]} bold */
function cameraLayers(colour, bold) {
  const alone = ["!", ["has", "point_count"]];
  const mine = ["has", "own"]; // she reported it
  const doubtful = ["in", ["get", "status"], ["literal", ["unverified", "disputed"]]];
  return [
    { id: "chosen-view", type: "fill", source: "chosen", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour.alarm, "fill-opacity": 0.28 } },
    { id: "chosen-rim", type: "line", source: "chosen", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": colour.alarm, "line-width": 2 } },
    { id: "camera-group", type: "circle", source: "cameras", filter: ["has", "point_count"], paint: { "circle-color": colour.alarm, "circle-radius": ["step", ["get", "point_count"], 12, 10, 15, 50, 19], "circle-stroke-width": 2, "circle-stroke-color": colour.casing } },
    { id: "camera-count", type: "symbol", source: "cameras", filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 13, "text-font": bold, "text-allow-overlap": true }, paint: { "text-color": colour.casing } },
    { id: "camera", type: "circle", source: "cameras", filter: alone, paint: { "circle-color": ["case", mine, colour.me, doubtful, colour.casing, colour.alarm], "circle-radius": ["interpolate", ["linear"], ["zoom"], 13, 4, 17, 7], "circle-stroke-width": ["case", mine, 4, 2], "circle-stroke-color": ["case", mine, colour.ink, doubtful, colour.alarm, colour.casing] } },
    { id: "chosen-camera", type: "circle", source: "chosen", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour.alarm, "circle-radius": 9, "circle-stroke-width": 4, "circle-stroke-color": colour.ink } },
    { id: "step-point", type: "circle", source: "step", paint: { "circle-color": colour.casing, "circle-radius": 7, "circle-stroke-width": 4, "circle-stroke-color": colour.ink } },
    { id: "here-point", type: "circle", source: "here", paint: { "circle-color": colour.me, "circle-radius": 8, "circle-stroke-width": 3, "circle-stroke-color": colour.casing } },
  ];
}
