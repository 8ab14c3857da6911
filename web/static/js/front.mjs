// @ts-check
/**
 * The whole choice on a slider: every walk that is worth its length, by extra minutes. Fetched when she first asks for it.
 * From then on each plan brings all of these walks, so that moving the slider asks nobody and works out nothing.
 */
import { byId, h, icon, svg } from "./dom.mjs";
import { LINES } from "./layers.mjs";
import { loadLate } from "./late.mjs";
import { costWords, shortWords } from "./steps.mjs";

/**
 * @typedef {object} Around
 * @property {Given} shared
 * @property {{open: (height: string) => void}} sheet
 * @property {() => any} map null where there is none
 */

/** @type {Promise<() => void> | null} */
let opened = null;

/** Show the slider, once its walks are there. @param {Around} around */
export async function open(around) {
  const { config, words } = around.shared;
  opened ??= loadLate(config, words, "front.css").then(() => begin(around));
  opened.catch(() => {
    opened = null; // offline; next time perhaps not
  });
  (await opened)();
}

/** Tell whether a plan has every walk of its front. @param {Plan | null} plan @returns {plan is Plan} */
const isWhole = (plan) => plan !== null && plan.routes.length >= plan.front.length;

/** @param {string} name */
const isBetween = (name) => !(name in LINES);

/** @param {Around} around @returns {() => void} what asks for the walks that are not there yet */
function begin({ shared: { words, store, actions }, sheet, map }) {
  const section = byId("front");
  const button = byId("front-open");
  /** @type {Plan | null} */ let asked = null; // of which all walks were asked for
  /** @type {Plan | null} */ let drawn = null;
  let move = (/** @type {string} */ _chosen) => {};

  /** @param {State} state */
  function draw({ every, plan, phase, chosen }) {
    button.setAttribute("aria-disabled", String(phase === "planning"));
    if (!every || plan === null) return;
    if (isWhole(plan)) {
      if (plan !== drawn) build(plan);
      move(chosen);
    } else if (phase !== "planning" && asked !== plan) {
      asked = plan; // once: should they not come, she may ask again
      actions.retry();
    }
  }

  /** @param {Plan} plan */
  function build(plan) {
    plan.routes.forEach(({ name }, at) => {
      if (isBetween(name)) words.learn({ [`walks.${name}`]: words.t("front.walk", { number: at + 1, count: plan.routes.length }) });
    });
    const had = section.contains(document.activeElement);
    const first = drawn === null;
    drawn = plan;
    const slider = makeSlider(plan, words, (name) => actions.choose(name), close);
    section.replaceChildren(...slider.nodes);
    move = slider.move;
    if (had) slider.input.focus({ preventScroll: true });
    if (!first) return;
    if (byId("sheet").dataset.open === "full") sheet.open("half"); // the walk is seen above
    section.scrollIntoView({ block: "nearest" });
    map()?.fit();
  }

  /** Put it away again; a walk that only the slider knows gives way to one that has a card. */
  function close() {
    if (isBetween(store.get().chosen)) actions.choose("least_seen");
    store.set({ every: false });
    [drawn, move] = [null, () => {}];
    section.replaceChildren(button);
    button.focus();
  }

  store.on(["plan", "phase", "every", "chosen"], draw);
  store.on(["plan"], ({ plan }, { plan: before, chosen }) => {
    if (!isBetween(chosen)) return;
    const was = before?.routes.find(({ name }) => name === chosen);
    // a name between two others means another walk in another plan: what she looked at is the one of about that length
    if (plan === null) actions.choose("least_seen");
    else if (was !== undefined) actions.choose(nearest(plan.routes, was.length_m).name);
  });
  return () => {
    asked = null;
    store.set({ every: true });
    draw(store.get());
  };
}

/** @param {Route[]} routes @param {number} length */
function nearest(routes, length) {
  const off = (/** @type {Route} */ { length_m: metres }) => Math.abs(metres - length);
  return routes.reduce((best, route) => (off(route) < off(best) ? route : best));
}

/** @param {Plan} plan @param {Words} words @param {(name: string) => void} choose @param {() => void} close */
function makeSlider({ routes }, words, choose, close) {
  const told = routes.map((route) => stopWords(words, routes[0], route));
  const picture = makePicture(routes, words);
  const texts = told.map((text) => h("span", { text })); // one over the other, so that the tallest makes the room
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "range", id: "front-walk", min: 0, max: routes.length - 1, step: 1 }));
  input.addEventListener("input", () => choose(routes[Number(input.value)].name));

  /** @param {string} chosen */
  function move(chosen) {
    const at = routes.findIndex(({ name }) => name === chosen);
    if (at < 0) return;
    input.value = String(at);
    input.setAttribute("aria-valuetext", told[at]);
    texts.forEach((text, other) => text.classList.toggle("front-now", other === at));
    picture.mark(at);
  }

  const away = h("button", { type: "button", class: "plain-button", id: "front-close", "aria-label": words.t("ui.close"), onclick: close }, icon("close"));
  const head = h("div", { class: "row" }, h("label", { for: "front-walk", text: words.t("ui.front") }), away);
  return { nodes: [head, picture.node, input, h("p", { id: "front-told" }, ...texts)], input, move };
}

/**
 * Say what a walk costs and saves against the shortest: "Balanced: +3 min, 40 % less risk, seen 40 s less, 2 cameras fewer".
 *
 * @param {Words} words
 * @param {Route} first
 * @param {Route} route
 */
export function stopWords(words, first, route) {
  const name = words.t(`walks.${route.name}`);
  if (route === first) return `${name}: ${words.duration(route.duration_s)}, ${shortWords(words, route)}`;
  const [minutes, risk, ...cameras] = costWords(words, first, route);
  const less = first.in_view_s - route.in_view_s;
  const seen = less === 0 ? [] : [words.t(less > 0 ? "front.seen.less" : "front.seen.more", { time: words.duration(Math.abs(less)) })];
  return `${name}: ${[minutes, risk, ...seen, ...cameras].join(", ")}`;
}

/**
 * The front as a small picture: extra minutes across, the chance to be recognised up, from 0. The slider says the same, so
 * it is hidden from screen readers.
 *
 * @param {Route[]} routes by length
 * @param {Words} words
 */
function makePicture(routes, words) {
  const [first, last] = [routes[0], routes[routes.length - 1]];
  const height = (/** @type {Route} */ { recognition, in_view_m: seen }) => (first.recognition.high > 0 ? recognition.default : seen);
  const highest = routes.reduce((best, route) => (height(route) > height(best) ? route : best));
  const most = height(highest) || 1;
  const wide = Math.max(last.length_m - first.length_m, 1);
  const points = routes.map((route) => ({ x: `${(100 * (route.length_m - first.length_m)) / wide}%`, y: `${100 - (100 * height(route)) / most}%` }));
  const steps = points.slice(1).flatMap(({ x, y }, before) => [
    svg("line", { x1: points[before].x, x2: x, y1: points[before].y, y2: points[before].y }),
    svg("line", { x1: x, x2: x, y1: points[before].y, y2: y }),
  ]);
  const dots = points.map(({ x, y }, at) => svg("circle", { class: isBetween(routes[at].name) ? "line-also" : `line-${routes[at].name}`, cx: x, cy: y, r: 4 }));
  const drop = svg("line", { class: "front-drop", y2: "100%" });
  const drawing = svg("svg", { focusable: "false" }, svg("line", { class: "front-floor", x2: "100%", y1: "100%", y2: "100%" }), drop, ...steps, ...dots);
  const ends = h("div", { class: "row" }, h("span", { text: words.duration(first.duration_s) }), h("span", { text: costWords(words, first, last)[0] }));
  return {
    node: h("div", { class: "front-picture note", "aria-hidden": "true" }, h("span", { text: shortWords(words, highest) }), drawing, ends),
    /** @param {number} at */
    mark(at) {
      dots.forEach((dot, other) => dot.classList.toggle("front-chosen", other === at));
      drawing.append(dots[at]); // on top
      for (const [name, value] of Object.entries({ x1: points[at].x, x2: points[at].x, y1: points[at].y })) drop.setAttribute(name, value);
    },
  };
}
