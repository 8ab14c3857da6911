// @ts-check
/**
 * The map: loads the map library and the basemap after the first paint, draws the state, and turns taps into actions.
 * Whatever fails here leaves search, walks and steps working.
 */
import { along, boxOf, holds } from "./geo.mjs";
import { listen } from "./gestures.mjs";
import * as draw from "./layers.mjs";
import { makeMarkers } from "./markers.mjs";
import { FIRST_LABEL_LAYER, FONT_BOLD, basemapStyle, fontFiles } from "./style.mjs";
import { openBasemap } from "./tiles.mjs";

const ROOM = 0.15; // of the area's size that one may look beyond its edge; twice in the south, where the sheet lies
const CLOSE_ZOOM = 17;
const MARKER = 22; // px from the middle of a marker to its edge

/**
 * Load a classic script; the module form of this library names its parts in a way that needs a bundler.
 *
 * @param {string} url
 */
function loadScript(url) {
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", done);
    script.addEventListener("error", () => fail(new Error("a script did not load")));
    document.head.append(script);
  });
}

/**
 * Have the browser keep a file that it will need. The library waits for its worker for ever, so whether that one can be
 * had is found out before.
 *
 * @param {string} url
 */
async function fetchAhead(url) {
  const response = await fetch(url, { credentials: "omit" });
  if (!response.ok) throw new Error("a script did not come");
  await response.arrayBuffer();
}

/** @param {string} url */
function loadStyles(url) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  document.head.append(link);
}

/**
 * Open the map.
 *
 * @param {object} given
 * @param {HTMLElement} given.container
 * @param {Config} given.config
 * @param {Words} given.words
 * @param {Store} given.store
 * @param {Actions} given.actions
 * @param {Cameras | null} given.cameras GeoJSON of all cameras
 * @param {(at: LonLat) => Stop} given.stopAt
 * @param {(at: LonLat) => void} given.askAbout opens the menu of a point
 * @param {(at: LonLat) => boolean} given.heed whether a tap was meant for another
 * @param {(topic: any, key: string | null, share?: number) => void} given.tell shows a note of a topic: a key of the dictionary
 * @param {() => boolean} given.isDark
 */
export async function openMap(given) {
  const { container, config, words, store, tell } = given;
  loadStyles(`${config.urls.vendor}maplibre-gl.css`);
  const worker = `${config.urls.vendor}maplibre-gl-worker.mjs`;
  const [gl] = await Promise.all([
    import(`${config.urls.vendor}maplibre-gl.mjs`),
    loadScript(`${config.urls.vendor}pmtiles.js`),
    fetchAhead(worker),
  ]);
  gl.setWorkerUrl(worker);
  /** @type {import("./tiles.mjs").Basemap | null} */ let basemap = null;

  const style = () => compose(given, basemap);
  const map = new gl.Map({
    container,
    style: style(),
    bounds: config.area.bbox,
    fitBoundsOptions: { padding: padding() },
    maxBounds: roomOf(config.area.bbox),
    maxZoom: 20,
    attributionControl: false, // the page shows it itself, always
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    locale: { "Map.Title": words.t("ui.map") },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  /** @type {any} */ (container).sidestepMap = map; // for tests and the curious
  map.on("webglcontextlost", () => tell("picture", "ui.map.lost"));
  map.on("webglcontextrestored", () => tell("picture", null));
  await new Promise((done) => {
    map.once("style.load", done);
  });

  const markers = makeMarkers(gl, map, given);
  const redraw = makeRedraw(map, given);
  listen(map, given);
  map.on("moveend", redraw.views);
  map.on("style.load", redraw.all);
  redraw.all();
  markers.draw(store.get());
  if (store.get().plan !== null) fit(map, store.get()); // walks that came before the map

  store.on(["wish"], markers.draw);
  store.on(["plan"], (now, before) => {
    redraw.walks(now);
    const moved = before.plan === null || before.plan.routes[0].length_m !== now.plan?.routes[0].length_m;
    if (now.plan !== null && moved) fit(map, now); // a slider that is dragged does not move the map
  });
  store.on(["chosen"], redraw.walks);
  store.on(["camera"], (now) => {
    redraw.camera(now);
    const at = cameraOf(given.cameras, now.camera)?.geometry.coordinates;
    if (at && !isInSight(map, at)) map.easeTo({ center: at, offset: offset() });
  });
  store.on(["step"], (now) => {
    redraw.step(now);
    const at = stepPoint(now);
    if (at !== null) map.easeTo({ center: at, zoom: Math.max(map.getZoom(), CLOSE_ZOOM), offset: offset() });
  });
  store.on(["here"], redraw.here);

  drawBasemap();

  function drawBasemap() {
    const file = config.area.files.basemap;
    const none = () => file === config.area.files.basemap && tell("basemap", "ui.map.no_basemap");
    if (file === null) none();
    else loadBasemap(file).catch(none);
  }

  /** @param {AreaFile} file */
  async function loadBasemap(file) {
    const onProgress = (/** @type {number} */ share) => file === config.area.files.basemap && tell("basemap", "ui.map.loading", share);
    const came = await openBasemap(gl, /** @type {any} */ (globalThis).pmtiles, file, { onProgress });
    if (file !== config.area.files.basemap) return; // she has turned to another area meanwhile
    basemap = came;
    for (const font of fontFiles(fontsOf(config))) fetch(font, { credentials: "omit" }).catch(() => {});
    tell("basemap", null);
    map.setStyle(style(), { diff: true });
  }

  return {
    restyle: () => map.setStyle(style(), { diff: false }),
    /** Draw the area that the page has now. */
    turnTo() {
      given.cameras = null;
      basemap = null;
      map.setMaxBounds(null);
      map.fitBounds(config.area.bbox, { padding: padding(), duration: 0 });
      map.setMaxBounds(roomOf(config.area.bbox));
      map.setStyle(style(), { diff: false });
      drawBasemap();
    },
    /** @param {Cameras | null} cameras GeoJSON of all cameras, that came after the map */
    setCameras(cameras) {
      given.cameras = cameras;
      map.getSource("cameras")?.setData(cameras ?? { type: "FeatureCollection", features: [] });
      redraw.camera(store.get());
      redraw.views();
    },
    fit: () => fit(map, store.get()),
    /** Show the walks anew where the sheet has come to lie over an end of them; else she has the map as she wants it. */
    uncover() {
      const state = store.get();
      if (state.camera !== null || state.step !== null) return; // which is what she looks at
      if ([state.wish.start, state.wish.end].some((stop) => stop !== null && isCovered(map, stop.lonlat))) fit(map, state);
    },
    /** @param {LonLat} at */
    show: (at) => map.easeTo({ center: at, zoom: Math.max(map.getZoom(), CLOSE_ZOOM), offset: offset() }),
    /** @returns {LonLat} what lies under the cross-hair */
    centre() {
      const mark = document.getElementById("crosshair")?.getBoundingClientRect();
      const room = container.getBoundingClientRect();
      const at = mark && mark.width > 0 ? map.unproject([mark.x + mark.width / 2 - room.x, mark.y + mark.height / 2 - room.y]) : map.getCenter();
      return [at.lng, at.lat];
    },
  };
}

/** As far as one may look. @param {[number, number, number, number]} bbox */
function roomOf([west, south, east, north]) {
  const [wide, high] = [(east - west) * ROOM + 0.01, (north - south) * ROOM + 0.01];
  return [west - wide, south - 2 * high, east + wide, north + high];
}

/** Where the fonts lie. @param {Config} config */
function fontsOf(config) {
  return `${config.urls.vendor}fonts/`;
}

/** Room for what lies over the map, px. */
function padding() {
  const wide = matchMedia("(min-width: 720px)").matches;
  const sheet = wide ? 0 : (document.getElementById("sheet")?.offsetHeight ?? 0);
  const bar = wide ? 0 : (document.getElementById("bar")?.offsetHeight ?? 0);
  const note = document.getElementById("map-note")?.offsetHeight ?? 0; // 0 where there is none to see
  const most = Math.max(window.innerHeight - bar - note - 200, 0); // px; an open sheet must not push everything out
  return { top: bar + note + 36, bottom: Math.min(sheet, most) + 64, left: 36, right: 80 }; // no end under a button or the attribution
}

/**
 * Where the middle of what can be seen lies from the middle of the map, px. A padding would do the same, but the map keeps
 * it and adds it to the next.
 *
 * @returns {[number, number]}
 */
function offset() {
  const { top, bottom, left, right } = padding();
  return [(left - right) / 2, (top - bottom) / 2];
}

/** Tell whether a point is on the map and not under what lies over it. @param {any} map @param {LonLat} at */
function isInSight(map, at) {
  const { x, y } = map.project(at);
  const { top, bottom, left, right } = padding();
  const { clientWidth: wide, clientHeight: high } = map.getContainer();
  return x > left && x < wide - right && y > top && y < high - bottom;
}

/** Tell whether the sheet lies over the marker of a point. @param {any} map @param {LonLat} at */
function isCovered(map, at) {
  const { x, y } = map.project(at);
  const { clientWidth: wide, clientHeight: high } = map.getContainer();
  const sheet = document.getElementById("sheet")?.offsetHeight ?? 0;
  return x > 0 && x < wide && y < high && y > high - sheet - MARKER;
}

/** Show all walks and both ends. @param {any} map @param {State} state */
function fit(map, { plan, wish }) {
  if (plan === null) return;
  const ends = [wish.start, wish.end].flatMap((stop) => (stop === null ? [] : [stop.lonlat]));
  const [west, south, east, north] = boxOf([ends, ...plan.routes.map((route) => route.geometry.coordinates)]);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  map.fitBounds([west, south, east, north], { padding: padding(), maxZoom: CLOSE_ZOOM, duration: still ? 0 : 500 });
}

/**
 * The whole style: the basemap with our sources, our lines below its names and our cameras above them.
 *
 * @param {Parameters<typeof openMap>[0]} given
 * @param {any} basemap what `openBasemap` gave; null until it is there
 */
function compose({ config, words, store, cameras, isDark }, basemap) {
  const dark = isDark();
  const state = store.get();
  const base = basemapStyle({ dark, lang: words.lang, fontsUrl: fontsOf(config), basemap });
  const { below, above } = draw.layers(dark, state.chosen, FONT_BOLD);
  const at = base.layers.findIndex((layer) => layer.id === FIRST_LABEL_LAYER);
  const split = at < 0 ? base.layers.length : at;
  return {
    ...base,
    sources: { ...base.sources, ...draw.sources(state, cameras) },
    layers: [...base.layers.slice(0, split), ...below, ...base.layers.slice(split), ...above],
  };
}

/** @param {Cameras | null} cameras @param {string | null} id */
function cameraOf(cameras, id) {
  return cameras?.features.find((one) => one.properties.id === id);
}

/** Where the step that is looked at begins. @param {State} state @returns {LonLat | null} */
function stepPoint(state) {
  const route = state.plan?.routes.find((one) => one.name === state.chosen);
  if (state.step === null || route === undefined) return null;
  const begun = route.steps.slice(0, state.step).reduce((sum, step) => sum + step.length_m, 0);
  return along(route.geometry.coordinates, route.length_m, begun);
}

/** What puts the state on the map; it never moves it. @param {any} map @param {Parameters<typeof openMap>[0]} given */
function makeRedraw(map, given) {
  const { store, isDark } = given;
  const put = (/** @type {string} */ source, /** @type {any} */ data) => map.getSource(source)?.setData(data);
  const redraw = {
    /** @param {State} state */
    walks(state) {
      put("walks", draw.walks(state.plan));
      put("seen", draw.seen(state.plan, state.chosen));
      const { below } = draw.layers(isDark(), state.chosen, FONT_BOLD);
      for (const layer of below.filter(({ id }) => id.startsWith("walk-"))) {
        if (!map.getLayer(layer.id)) continue;
        map.removeLayer(layer.id);
        map.addLayer(layer, "seen"); // the one that is looked at comes last, on top
      }
    },
    /** @param {State} state */
    camera: (state) => put("chosen", draw.chosenCamera(state.camera, given.cameras)),
    /** @param {State} state */
    step(state) {
      const at = stepPoint(state);
      put("step", at === null ? { type: "FeatureCollection", features: [] } : draw.point(at));
    },
    /** @param {State} state */
    here: (state) => put("here", draw.herePoint(state.here)),
    views() {
      const near = map.getZoom() >= draw.VIEWS_FROM_ZOOM;
      const box = map.getBounds();
      const margin = 0.002; // degrees: a camera just outside looks in
      const bounds = [box.getWest() - margin, box.getSouth() - margin, box.getEast() + margin, box.getNorth() + margin];
      put("views", draw.views(near ? given.cameras : null, (at) => holds(bounds, at)));
    },
    all() {
      redraw.walks(store.get());
      redraw.camera(store.get());
      redraw.step(store.get());
      redraw.here(store.get());
      redraw.views();
    },
  };
  return redraw;
}
