// @ts-check
/**
 * The sheet: the walks as cards, the strip, and below them what else is known of the walk that is looked at. It is a
 * panel on wide screens. Everything the map shows can be read here too.
 */
import { byId, h, icon } from "./dom.mjs";
import { LINES } from "./layers.mjs";
import { cameraPanel, sample, stepList, strip } from "./parts.mjs";
import { compareWords, coverageWords, errorWords, noteWords, savedWords, shortWords, walkWords } from "./steps.mjs";

const HEIGHTS = ["peek", "half", "full"];
const MOST_WALKS = 3;
const YEAR_MS = 365.25 * 86_400_000;
const LEAST_MAP = 76; // px between bar and sheet; room for a row of buttons

/**
 * @param {object} given
 * @param {Config} given.config
 * @param {Words} given.words
 * @param {Store} given.store
 * @param {Actions} given.actions
 * @param {Cameras | null} given.cameras GeoJSON of all cameras
 * @param {Given["give"]} given.give
 * @param {string} given.told a key of the dictionary: who works out the walk
 * @param {() => void} [lifted] is called when she has brought it to another height that leaves the map in sight
 */
export function makeSheet(given, lifted = () => {}) {
  const { config, words, store } = given;
  const sheet = byId("sheet");
  const handle = byId("handle");
  const [more, rest] = [byId("more"), byId("rest")];

  /** @param {string} height */
  function open(height) {
    sheet.dataset.open = height;
    const wide = isWide();
    more.hidden = height === "peek" && !wide && !document.documentElement.classList.contains("no-map");
    handle.setAttribute("aria-expanded", String(!more.hidden));
    handle.setAttribute("aria-label", words.t(height === "full" ? "ui.less" : "ui.more"));
    if (height === "peek") byId("scroll").scrollTop = 0;
  }

  function refresh() {
    const state = store.get();
    byId("coverage").textContent = shortCoverage(config.area, words);
    drawPeek(state, given);
    // what has the focus keeps it when the list is made anew
    const focused = sheet.contains(document.activeElement) ? document.activeElement?.id : "";
    byId("front").hidden = state.camera !== null || named(state.plan).length < 2;
    rest.replaceChildren(...(state.camera === null ? details(state, given) : cameraPanel(state, given)));
    if (focused) keepFocus(focused);
    open(sheet.dataset.open ?? "peek");
  }

  /** Give the focus back to what had it, or to the sheet where that is gone. @param {string} id */
  function keepFocus(id) {
    const again = document.getElementById(id);
    if (again === document.activeElement) return;
    (again === null || again.closest("[hidden]") !== null ? sheet : again).focus({ preventScroll: true });
  }

  handle.addEventListener("click", () => {
    const height = HEIGHTS[(HEIGHTS.indexOf(sheet.dataset.open ?? "peek") + 1) % HEIGHTS.length];
    open(height);
    if (height !== "full" && !isWide()) Promise.allSettled(sheet.getAnimations().map(({ finished }) => finished)).then(lifted);
  });
  matchMedia("(min-width: 720px)").addEventListener("change", () => open(sheet.dataset.open ?? "peek"));
  const bar = byId("bar");
  const measure = new ResizeObserver(() => {
    const { style } = document.documentElement;
    style.setProperty("--sheet", `${sheet.offsetHeight}px`);
    style.setProperty("--top", `${bar.offsetTop + bar.offsetHeight}px`);
    // what lies under the sheet must not take the focus
    byId("map-room").inert = !isWide() && sheet.offsetTop - bar.offsetTop - bar.offsetHeight < LEAST_MAP;
  });
  measure.observe(sheet);
  measure.observe(bar);

  store.on(["plan", "phase", "problem", "chosen", "camera", "wish", "step"], refresh);
  store.on(["camera"], (now, before) => {
    if (now.camera === null) return;
    if (!isWide()) open("half"); // it is read below and seen above
    if (before.camera === null) byId("camera-title").focus({ preventScroll: true });
    byId("camera-title").parentElement.scrollIntoView({ block: "start" });
  });
  store.on(["step"], (now) => {
    if (now.step === null || isWide() || sheet.dataset.open !== "full") return;
    open("half");
    document.getElementById(`step-${now.step}`)?.scrollIntoView({ block: "center" });
  });
  refresh();
  return { open, refresh };
}

/** Tell whether the sheet is a panel beside the map. */
function isWide() {
  return matchMedia("(min-width: 720px)").matches;
}

/** @param {State} state @param {Given} given */
function drawPeek(state, { words, actions }) {
  byId("status").textContent = statusWords(state, words);
  byId("told").textContent = toldWords(state, words);
  const problem = byId("problem");
  problem.hidden = state.problem === null;
  problem.replaceChildren(
    ...(state.problem === null
      ? []
      : [h("p", { text: errorWords(words, state.problem) }), h("button", { type: "button", class: "button", id: "retry", text: words.t("ui.retry"), onclick: actions.retry })]),
  );
  const cards = byId("cards");
  const routes = named(state.plan);
  cards.hidden = routes.length === 0;
  cards.setAttribute("aria-busy", String(state.phase === "planning"));
  if (cards.dataset.plan !== planKey(routes)) {
    cards.dataset.plan = planKey(routes);
    cards.replaceChildren(...routes.map((route) => card(route, routes[0], words, actions)));
  }
  for (const input of cards.querySelectorAll("input")) input.checked = input.value === state.chosen;
  const route = state.plan?.routes.find((one) => one.name === state.chosen);
  const room = byId("strip");
  room.hidden = route === undefined;
  room.replaceChildren(...(route === undefined ? [] : [strip(route, stripWords(route, words))]));
}

/** What must always be in sight: how many cameras are known, and how old the map is. @param {Config["area"]} area @param {Words} words */
function shortCoverage(area, words) {
  const date = area.osm_date ? dateWords(area.osm_date, words) : words.t("ui.coverage.undated");
  return area.cameras === 0 ? words.t("ui.coverage.none", { date }) : words.t("ui.coverage", { count: area.cameras, date });
}

/** From when a map is; by this phone's clock also how old, and that it is wrong where it stands before. @param {string} date @param {Words} words */
function dateWords(date, words) {
  const years = (Date.now() - Date.parse(date)) / YEAR_MS;
  const [month, count] = [words.month(date), Math.floor(years)];
  if (years < 0) return words.t("ui.coverage.date_ahead", { month });
  return count === 0 ? words.t("ui.coverage.date", { month }) : words.t("ui.coverage.date_old", { month, count });
}

/** The walks that have a card; others are on the slider alone. @param {Plan | null} plan */
const named = (plan) => (plan?.routes ?? []).filter(({ name }) => name in LINES);

/** Tell whether cards must be made anew. @param {Route[]} routes */
function planKey(routes) {
  return routes.map((route) => `${route.name} ${route.length_m} ${route.risk}`).join("/");
}

/** @param {State} state @param {Words} words */
function statusWords(state, words) {
  if (state.phase === "planning") return state.fetched < 1 ? words.t("ui.fetching", { share: words.number(Math.floor(state.fetched * 10) * 10) }) : words.t("ui.planning");
  if (state.phase === "failed") return "";
  const { start, end } = state.wish;
  if (start === null && end === null) return words.t("ui.hint.none");
  if (start === null) return words.t("ui.hint.start");
  if (end === null) return words.t("ui.hint.end");
  return notes(state.plan, words, true).join(" ");
}

/** What is read out when walks have come; who sees the cards does not need it. @param {State} state @param {Words} words */
function toldWords(state, words) {
  if (state.phase !== "ready" || state.plan === null) return "";
  const walks = named(state.plan).map((route) => `${words.t(`walks.${route.name}`)}: ${words.duration(route.duration_s)}, ${shortWords(words, route)}`);
  return words.t("ui.told", { count: walks.length, walks: walks.join("; ") });
}

/**
 * What must be told with a plan: beside the walks, since there are fewer than three or they go by the shape of the city
 * alone; or below them.
 *
 * @param {Plan | null} plan @param {Words} words @param {boolean} beside
 */
function notes(plan, words, beside) {
  const told = (plan?.notes ?? []).filter(({ code }) => (code === "by-shape" || named(plan).length < MOST_WALKS) === beside);
  return told.map((note) => noteWords(words, note));
}

/** @param {Route} route @param {Route} first @param {Words} words @param {Actions} actions */
function card(route, first, words, actions) {
  return h(
    "label",
    { class: "card" },
    h("input", { type: "radio", name: "walk", value: route.name, onchange: () => actions.choose(route.name) }),
    sample(route.name, LINES[route.name].dash),
    h("b", { text: words.t(`walks.${route.name}`) }),
    h("span", { text: words.duration(route.duration_s) }),
    h("span", { text: shortWords(words, route) }),
    route === first ? null : h("span", { text: savedWords(words, first, route) }),
  );
}

/** @param {Route} route @param {Words} words */
function stripWords(route, words) {
  if (route.in_view_spans_m.length === 0) return words.t("ui.strip.none");
  const spans = route.in_view_spans_m.map(([from, to]) => words.t("ui.strip.span", { from: words.number(Math.round(from)), to: words.number(Math.round(to)) }));
  return words.t("ui.strip", { spans: spans.join(", ") });
}

/** What stands below the cards. @param {State} state @param {Given} given */
function details(state, given) {
  const { words, actions, give } = given;
  const clear = () => {
    actions.clear();
    byId("end").focus();
  };
  const undo = button("undo", "undo", words.t("ui.undo"), actions.undo, state.past.length === 0);
  const route = state.plan?.routes.find((one) => one.name === state.chosen);
  if (state.plan === null || route === undefined) {
    return [h("p", { text: words.t("ui.how") }), ...about(words, given), h("div", { class: "buttons" }, undo)];
  }
  const first = state.plan.routes[0];
  const busy = state.phase === "planning"; // the walks are about to be others
  return [
    detourField(first, state, words, actions),
    route.name === first.name ? null : h("p", { text: compareWords(words, first, route) }),
    h("ul", { class: "facts" }, ...walkWords(words, route).map((text) => h("li", { text }))),
    ...notes(state.plan, words, false).map((text) => h("p", { class: "note", text })),
    h(
      "div",
      { class: "buttons" },
      button("walk", "straight", words.t("ui.walk"), give.walk, busy),
      button("to-paper", "file", words.t("ui.paper"), give.paper, busy),
      button("gpx", "file", "GPX", give.gpx, busy),
      button("geojson", "file", "GeoJSON", give.geojson, busy),
      button("link", "link", words.t("ui.link"), give.link, busy),
      undo,
      button("clear", "close", words.t("ui.clear"), clear),
    ),
    h("h2", { text: words.t("ui.steps") }),
    stepList(route, state, given),
    h("h2", { text: words.t("ui.known") }),
    ...about(words, given),
  ].filter((one) => one !== null);
}

/** What is known here, what is not, and who works out the walk. @param {Words} words @param {Given} given */
function about(words, { config: { area }, told }) {
  const lines = [coverageWords(words, area), words.t("ui.made", { built: words.date(area.built) }), words.t("ui.unknown"), words.t(told)];
  return lines.map((text) => h("p", { class: "note", text }));
}

/** @param {Route} shortest @param {State} state @param {Words} words @param {Actions} actions */
function detourField(shortest, state, words, actions) {
  const output = h("output", { id: "detour-told", for: "detour" });
  const tell = (/** @type {number} */ percent) => {
    const metres = (shortest.length_m * percent) / 100;
    output.textContent = percent === 0 ? words.t("ui.detour.none") : words.t("ui.detour.told", { distance: words.distance(metres), duration: words.duration((shortest.duration_s * percent) / 100) });
    input.setAttribute("aria-valuetext", output.textContent);
  };
  const input = /** @type {HTMLInputElement} */ (
    h("input", { type: "range", id: "detour", min: 0, max: 100, step: 5, value: state.wish.detour })
  );
  input.addEventListener("input", () => tell(Number(input.value)));
  input.addEventListener("change", () => actions.setDetour(Number(input.value)));
  tell(state.wish.detour);
  return h("div", { class: "field" }, h("div", { class: "row" }, h("label", { for: "detour", text: words.t("ui.detour") }), output), input);
}

/** A button that is off keeps its place and the focus. @param {string} id @param {string} picture @param {string} text @param {() => void} act @param {boolean} [off] */
function button(id, picture, text, act, off = false) {
  return h("button", { type: "button", class: "button", id, "aria-disabled": off ? "true" : null, onclick: off ? null : act }, icon(picture), text);
}
