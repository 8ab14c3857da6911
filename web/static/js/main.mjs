// @ts-check
/**
 * The page: reads what the server put into it, makes the state, and wires what plans to what draws. Search, walks and
 * steps work before the map is there, and without it.
 */
import { FIRST_STATE, makeActions } from "./actions.mjs";
import { cachesHere } from "./cached.mjs";
import { makeDialogs } from "./dialogs.mjs";
import { byId } from "./dom.mjs";
import { distance } from "./geo.mjs";
import { makeWords } from "./i18n.mjs";
import { jsonOf } from "./loading.mjs";
import { makeNotices } from "./notices.mjs";
import { PlanError, TOLD, makePlanner } from "./planner.mjs";
import { makeIndex, nearest, prepare } from "./search.mjs";
import { makeSearch } from "./searchbox.mjs";
import { makeSheet } from "./sheet.mjs";
import { coverageWords } from "./steps.mjs";
import { makeStore } from "./store.mjs";

// addresses may be told from this page on; modules read them from elsewhere
const whole = (/** @type {string} */ key, /** @type {any} */ value) => (key !== "name" && /^(\.\.)?\//.test(value) ? new URL(value, location.href).href : value);
const config = /** @type {Config} */ (JSON.parse(byId("config").textContent, whole));
const own = config.area; // that the page came with
if (await cachesHere().then((held) => held?.has("sidestep-areas")).catch(() => false)) await import("./areas.mjs").then(({ begin }) => begin(config)).catch(() => {});
const words = makeWords(config.lang, JSON.parse(byId("texts").textContent));
const store = makeStore(/** @type {State} */ (/** @type {unknown} */ (FIRST_STATE)));
const planner = makePlanner(config, overlay, (fetched) => store.set({ fetched }));
const actions = makeActions(store, planner.plan);
const notices = makeNotices(words);
const dialogs = makeDialogs({ words, config, store, actions, told: TOLD.whole, camerasNear, report, device, atPoint });
const darkScreen = matchMedia("(prefers-color-scheme: dark)");
const CAMERAS_FIRST_MS = 5000; // so long the map waits for them; they may come later
const NEAR_M = 250; // farther from anything that has a name, a point is just a point
const MOST_NEAR = 5;
const REPORTING_MS = 60_000; // then reporting is fetched, for a phone that will be offline where the camera is
const FIRST_MS = 5000; // so long the map leaves the line to the names and to what walks are planned with: they are of use sooner
/** @type {any} */ let names = null;
let namesFailed = false;
/** @type {Cameras | null} */ let base = null; // as they came
/** @type {Cameras | null} */ let cameras = null; // with hers
/** @type {Promise<any> | null} */ let reporting = null;
let reportingIsHere = false;
let camerasCame = /** @type {Promise<void>} */ (Promise.resolve());
/** @type {((at: LonLat) => void) | null} */ let aim = null; // who takes taps on the map
/** @type {any} */ let map = null;
/** @type {"start" | "end"} */ let pointing = "end";

/** What she knows of cameras and the area does not; who told nothing waits for nothing. */
async function overlay() {
  if (!hasReports() && !reportingIsHere) return undefined;
  try {
    const [one] = await Promise.all([loadReporting(), camerasCame]);
    return one.overlay();
  } catch {
    throw new PlanError("offline");
  }
}

/** Name a point by what is near it. @param {LonLat} at @returns {Stop} */
function stopAt(at) {
  const found = names === null ? null : nearest(names, at);
  return { lonlat: at, label: found === null || found.distance_m > NEAR_M ? words.t("ui.point") : words.t("ui.point.near", { name: found.name }) };
}

/** The cameras about a point, nearest first. @param {LonLat} at */
function camerasNear(at) {
  return (cameras?.features ?? [])
    .map((camera) => ({ camera: camera.properties, metres: distance(at, camera.geometry.coordinates) }))
    .filter(({ metres }) => metres <= NEAR_M)
    .sort((a, b) => a.metres - b.metres)
    .slice(0, MOST_NEAR);
}

const isDark = () => (store.get().theme === "auto" ? darkScreen.matches : store.get().theme === "dark");

/** @param {"start" | "end" | null} which null: only show it */
async function findMe(which) {
  try {
    const { locate } = await import("./position.mjs");
    const here = await locate(config.area.bbox);
    store.set({ here });
    if (which === null) map?.show(here);
    else actions[which === "start" ? "setStart" : "setEnd"]({ lonlat: here, label: words.t("ui.here") });
  } catch (problem) {
    const { key, metres } = /** @type {any} */ (problem);
    dialogs.tell(words.t("ui.locate"), words.t(key ?? "ui.here.unknown", metres ? { distance: words.distance(metres), area: config.area.name } : {}));
  }
}

/** @param {boolean} on */
function setCrosshair(on) {
  store.set({ crosshair: on });
  if (on) sheet.open("peek"); // room to aim
  byId("crosshair").toggleAttribute("hidden", !on);
  byId("crosshair-buttons").hidden = !on;
  byId("crosshair-open").setAttribute("aria-pressed", String(on));
  byId(!on ? "crosshair-open" : pointing === "start" ? "from-here" : "to-here").focus();
}

/** @param {string} text @param {string} type @param {string} name */
function download(text, type, name) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Files and links are made by a module that few visits need. @param {(files: typeof import("./files.mjs")) => void} act */
const withFiles = (act) => void import("./files.mjs").then(act).catch(() => dialogs.tell(words.t("ui.link"), words.t("errors.offline")));

const give = {
  gpx: () => withFiles(({ asGpx }) => {
    const { plan, chosen } = store.get();
    const route = plan?.routes.find((one) => one.name === chosen);
    if (plan === null || route === undefined) return;
    const summary = `${words.distance(route.length_m)}, ${words.t("ui.in_view", { distance: words.distance(route.in_view_m) })}`;
    download(asGpx(plan, route, { name: words.t(`walks.${chosen}`), summary, coverage: coverageWords(words, plan.area) }), "application/gpx+xml", "sidestep.gpx");
  }),
  geojson: () => withFiles(({ asGeoJson }) => download(asGeoJson(/** @type {Plan} */ (store.get().plan)), "application/geo+json", "sidestep.geojson")),
  walk: () => void import("./walking.mjs").then((one) => one.open({ shared, plan: planner.plan })).catch(() => dialogs.tell(words.t("ui.walk"), words.t("errors.offline"))),
  paper: () => void import("./paper.mjs").then((one) => one.open(shared, planner.ways)).catch(() => dialogs.tell(words.t("ui.paper"), words.t("errors.offline"))),
  link: () => withFiles(({ toFragment }) => {
    const { wish, chosen } = store.get();
    dialogs.link(`${location.origin}${location.pathname}${toFragment(wish, chosen)}`);
  }),
};

/** A link that somebody opened: the walk is taken out of the address, but the browser's history may hold the link. */
function restore() {
  if (/^#r($|=|%)/i.test(location.hash)) withFiles(({ fromFragment }) => restoreFrom(fromFragment(location.hash)));
}

/** @param {ReturnType<typeof import("./files.mjs").fromFragment>} held */
function restoreFrom(held) {
  if (held === null) return;
  history.replaceState(null, "", location.pathname);
  if (held === "broken") {
    dialogs.tell(words.t("ui.link"), words.t("ui.link.broken"));
    return;
  }
  store.set({ chosen: held.chosen, every: held.chosen.startsWith("also") });
  if (store.get().every) openFront(); // one plan brings it
  actions.restore({ start: stopAt(held.start), end: stopAt(held.end), detour: held.detour });
  dialogs.tell(words.t("ui.link"), words.t("ui.link.opened"));
}

async function loadNames() {
  namesFailed = false;
  const { area } = config;
  try {
    const file = await jsonOf(area.files.places);
    if (area !== config.area) return; // she has turned to another meanwhile
    names = makeIndex(file);
  } catch {
    if (area !== config.area) return;
    namesFailed = true;
    search.reopen();
    return;
  }
  const { wish } = store.get();
  for (const which of /** @type {("start" | "end")[]} */ (["start", "end"])) {
    if (wish[which]?.label === words.t("ui.point")) actions.relabel(which, stopAt(wish[which].lonlat));
  }
  search.reopen();
  prepare(names); // in slices, so that a slow phone still answers the finger
}

/** Also without a map: the directions tell what each camera is. */
async function loadCameras() {
  const { area } = config;
  const came = await jsonOf(area.files.cameras).catch(() => null);
  if (area !== config.area) return;
  base = came;
  notices.tell("cameras", base === null ? "ui.map.no_cameras" : null);
  await drawCameras();
}

async function drawCameras() {
  cameras = reporting === null ? base : await reporting.then((one) => one.merged(base), () => base);
  shared.cameras = cameras;
  map?.setCameras(cameras);
  sheet.refresh();
}

/** Fetch reporting when she first turns to it, or where reports of hers lie here. */
function loadReporting() {
  reporting ??= import("./reporting.mjs").then(({ makeReporting }) =>
    makeReporting({
      shared, stopAt, sheet, download,
      show: dialogs.show,
      map: () => map,
      cameras: () => base,
      redraw: drawCameras,
      aimBy(taker) {
        aim = taker;
        if (taker !== null && store.get().crosshair) setCrosshair(false);
      },
    }),
  );
  reporting.then(() => {
    reportingIsHere = true;
  }, () => {
    reporting = null; // offline; next time perhaps not
  });
  return reporting;
}

/** @param {(reporting: any) => void} act */
function report(act) {
  loadReporting().then(act, () => dialogs.tell(words.t("ui.reports"), words.t("errors.offline")));
}

/** Turn the page to another area; nothing of the walk in the one before is kept. @param {Config["area"]} area */
async function turnTo(area) {
  if (area === config.area) return;
  actions.clear();
  planner.leave();
  config.area = area;
  names = base = cameras = shared.cameras = null;
  store.set({ past: [], here: null, fetched: 0 });
  sheet.refresh();
  map?.turnTo();
  await Promise.all([(camerasCame = loadCameras()), openArea(loadNames())]);
}

/** Tell what lies on this phone, and change it. */
function device() {
  const came = () => watchForNewer();
  const forgot = () => {
    actions.clear();
    planner.leave();
    store.set({ past: [], here: null, fetched: 0 });
    map?.turnTo();
    turnTo(own);
    reporting?.then((one) => one.forget(), () => {});
  };
  import("./device.mjs").then(({ openDevice }) => openDevice({ config, words, show: dialogs.show, say: dialogs.say, came, forgot, own, turnTo })).catch(() => dialogs.tell(words.t("ui.device"), words.t("errors.offline")));
}

/** Offer a newer version, where the page is kept here. */
function watchForNewer() {
  if (!("serviceWorker" in navigator)) return;
  import("./newer.mjs").then(({ watch }) => watch(config, words)).catch(() => {});
}

/** Fetch the slider of all walks when she first asks for it. */
function openFront() {
  import("./front.mjs").then((front) => front.open({ shared, sheet, map: () => map })).catch(() => dialogs.tell(words.t("ui.front"), words.t("errors.offline")));
}

/** @param {LonLat} at @returns {Promise<Node | null>} */
async function atPoint(at) {
  return store.get().plan === null ? null : (await loadReporting()).atPoint(at);
}

/** Whether reports lie on this device. */
function hasReports() {
  try {
    return localStorage.getItem("sidestep-reports") !== null;
  } catch {
    return false; // the browser forbids even asking
  }
}

/** Whether a tap is meant for another than the walk. @param {LonLat} at */
function heed(at) {
  aim?.(at);
  return aim !== null;
}

/** What walks are planned with, the same for every walk; names come first. @param {Promise<void>} named */
const openArea = (named) => named.then(planner.open).catch(() => {}); // told when she asks for a walk

/** @param {Promise<void>} named */
async function loadMap(named) {
  try {
    const coming = (camerasCame = loadCameras());
    if (!canDraw()) throw new Error("no WebGL");
    const patience = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
    await Promise.all([Promise.race([coming, patience(CAMERAS_FIRST_MS)]), Promise.race([Promise.all([named, openArea(named)]), patience(FIRST_MS)])]);
    const { openMap } = await import("./map.mjs");
    const had = cameras;
    const { area } = config;
    map = await openMap({ ...shared, container: byId("map"), stopAt, heed, askAbout: (at) => heed(at) || dialogs.point(stopAt(at)), tell: notices.tell, isDark });
    if (area !== config.area) map.turnTo(); // she did while it opened
    if (cameras !== had) map.setCameras(cameras); // they came while it opened
    byId("crosshair-open").hidden = false;
  } catch {
    document.documentElement.classList.add("no-map");
    notices.withoutMap();
    notices.tell("map", canDraw() ? "ui.map.gone" : "ui.map.none");
    sheet.open("full");
    sheet.refresh();
  }
}

/** Tell whether the map library can work here, before half a megabyte is fetched for it. */
function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

document.documentElement.lang = words.lang;
byId("app").hidden = false;
/** @type {Given} */
const shared = { config, words, store, actions, cameras, give, told: TOLD.short };
const sheet = makeSheet(shared, () => map?.uncover());
const search = makeSearch({
  words, store, actions, stopAt,
  names: () => names,
  namesFailed: () => namesFailed,
  loadNames,
  hasMap: () => map !== null,
  locate: findMe,
  point(which) {
    pointing = which;
    setCrosshair(true);
  },
});
byId("open-menu").addEventListener("click", dialogs.menu);
byId("front-open").addEventListener("click", openFront);
byId("locate").addEventListener("click", () => findMe(map === null ? "start" : null));
byId("skip").addEventListener("click", (/** @type {Event} */ event) => {
  event.preventDefault(); // the address stays as it is
  byId("sheet").focus();
});
byId("crosshair-open").addEventListener("click", () => setCrosshair(!store.get().crosshair));
byId("crosshair-done").addEventListener("click", () => setCrosshair(false));
byId("from-here").addEventListener("click", () => actions.setStart(stopAt(map.centre())));
byId("to-here").addEventListener("click", () => actions.setEnd(stopAt(map.centre())));
byId("camera-here").addEventListener("click", () => report((one) => one.here(map.centre())));
store.on(["camera", "step"], (now) => {
  if (now.camera !== null || now.step !== null) loadReporting().catch(() => {});
});
store.on(["theme"], (now) => {
  if (now.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = now.theme;
  map?.restyle();
});
darkScreen.addEventListener("change", () => map?.restyle());
addEventListener("hashchange", restore);
if (hasReports()) loadReporting();
if (navigator.serviceWorker?.controller) watchForNewer();
restore();
const named = loadNames();
setTimeout(() => loadReporting().catch(() => {}), REPORTING_MS);
requestAnimationFrame(() => setTimeout(() => loadMap(named))); // after the first paint
