// @ts-check
/**
 * A walk on paper: a strip map, the directions, the cameras met and what is known here, as a page to print. Made on this
 * phone from what is here already; loaded when she first asks for it.
 */
import { enter } from "./back.mjs";
import { byId, h, svg } from "./dom.mjs";
import { guideOf } from "./guide.mjs";
import { loadLate } from "./late.mjs";
import { cameraWords, coverageWords, stepWords, walkWords } from "./steps.mjs";
import { SHEET, stripMap } from "./stripmap.mjs";
import { groundOf } from "./stripways.mjs";

/** @type {Promise<void> | null} */
let loaded = null;

/** @typedef {(boxes: LonLatBox[]) => Promise<DrawnWay[][]>} WaysIn */

/** @param {Given} shared @param {WaysIn} waysIn gives the ways to draw about the walk */
export async function open(shared, waysIn) {
  const { config, words, store } = shared;
  loaded ??= loadLate(config, words, "paper.css");
  loaded.catch(() => {
    loaded = null; // offline; next time perhaps not
  });
  await loaded;
  const { plan, chosen } = store.get();
  const route = plan?.routes.find((one) => one.name === chosen);
  if (route !== undefined && document.getElementById("paper") === null) show(shared, route, waysIn);
}

/** @param {Given} shared @param {Route} route @param {WaysIn} waysIn */
function show(shared, route, waysIn) {
  const { words } = shared;
  const title = document.title;
  const close = () => {
    left();
    room.remove();
    byId("app").inert = false;
    document.documentElement.classList.remove("on-paper");
    document.title = title;
    removeEventListener("keydown", escape);
    (document.getElementById("to-paper") ?? byId("sheet")).focus();
  };
  const left = enter(close);
  const escape = (/** @type {KeyboardEvent} */ { key }) => key === "Escape" && close();
  const heading = h("h1", { id: "paper-title", tabindex: -1, text: words.t("paper.heading", { walk: words.t(`walks.${route.name}`), distance: words.distance(route.length_m), duration: words.duration(route.duration_s) }) });
  const bar = h(
    "div", { id: "paper-bar" },
    h("button", { type: "button", class: "button main", id: "paper-print", text: words.t("paper.print"), onclick: () => window.print() }),
    h("button", { type: "button", class: "button", id: "paper-close", text: words.t("ui.close"), onclick: close }),
    h("p", { text: words.t("paper.warning") }),
  );
  const room = h("main", { id: "paper", "aria-labelledby": "paper-title" }, bar, h("article", { id: "paper-sheet" }, heading, ...content(shared, route, waysIn)));
  document.title = words.t("paper.title"); // it is printed above the page, and becomes the name of a file
  document.documentElement.classList.add("on-paper");
  byId("app").inert = true;
  addEventListener("keydown", escape);
  document.body.append(room);
  heading.focus({ preventScroll: true });
}

/** @param {Given} shared @param {Route} route @param {WaysIn} waysIn */
function content({ config, words, cameras, store }, route, waysIn) {
  const { t } = words;
  const guide = guideOf(route, cameras);
  const { start, end } = store.get().wish;
  const badge = (/** @type {string} */ which) => h("b", { text: t(`ui.badge.${which}`) });
  const { area } = config;
  return [
    h("p", { id: "paper-ends" }, badge("start"), ` ${start?.label ?? ""} → `, badge("end"), ` ${end?.label ?? ""}`),
    h("ul", {}, ...walkWords(words, route).map((text) => h("li", { text }))),
    ...maps(words, guide, waysIn),
    h("h2", { text: t("ui.steps") }),
    h("ol", { id: "paper-steps" }, ...guide.legs.map(({ step }) => h("li", {}, stepWords(words, step), step.length_m > 0 ? h("b", { text: ` ${words.distance(step.length_m)}` }) : null))),
    h("h2", { text: t("paper.cameras") }),
    guide.met.length === 0 ? h("p", { text: t("paper.cameras.none") }) : h("ol", { id: "paper-cameras" }, ...guide.met.map((met) => h("li", { text: metWords(words, met) }))),
    h("h2", { text: t("ui.known") }),
    h("p", { id: "paper-coverage", text: `${coverageWords(words, area)} ${t("ui.made", { built: words.date(area.built) })} ${t("ui.unknown")}` }),
    h("p", { id: "paper-attribution", text: t("paper.attribution") }),
  ];
}

/** @param {Words} words @param {import("./guide.mjs").Met} met */
function metWords(words, met) {
  const { t } = words;
  const told = met.facts === null ? null : cameraWords(words, met.facts);
  const seen = met.in_view_m < 1 ? t("ui.in_view.hardly") : t("ui.in_view", { distance: words.distance(met.in_view_m) });
  const first = t("paper.met", { kind: told?.kind ?? t("cameras.kind.unknown"), at: words.distance(met.at_m), side: t(`walk.side.${met.side ?? "unknown"}`), seen });
  return [first, met.facts?.direction_known ? told?.looks : null, told?.age].filter((text) => text).join(" ");
}

/** @param {Words} words @param {import("./guide.mjs").Guide} guide @param {WaysIn} waysIn */
function maps(words, guide, waysIn) {
  const { t } = words;
  const { scale, bar, pieces } = stripMap(guide);
  const grounds = pieces.map(() => svg("g", { class: "paper-ground" }));
  const drawGround = (/** @type {DrawnWay[][]} */ found) => found.forEach((ways, i) => grounds[i].append(...ground(groundOf(pieces[i], ways))));
  waysIn(pieces.map(({ box }) => box)).then(drawGround).catch(() => {}); // the walk is there without them
  return [
    h("p", { class: "paper-key", text: t("paper.key", { scale }) }),
    h(
      "div", { class: "paper-maps" },
      ...pieces.map((piece, i) =>
        h(
          "figure", { class: piece.wide < SHEET.wide ? "paper-piece paper-half" : "paper-piece" },
          drawing(words, piece, bar, grounds[i]),
          h("figcaption", { text: t("paper.piece", { number: i + 1, count: pieces.length, from: words.distance(piece.from), to: words.distance(piece.to) }) }),
        ),
      ),
    ),
  ];
}

/** @param {ReturnType<typeof groundOf>} what */
function ground({ strokes, names }) {
  const d = strokes.map((stroke) => `M${stroke.slice(0, 2).map((mm) => mm.toFixed(1))}L${stroke.slice(2).map((mm) => mm.toFixed(1))}`).join("");
  return [svg("path", { class: "paper-way", d }), ...names.map(({ x, y, text, anchor }) => svg("text", { class: "paper-name paper-aside", x, y: y + 1.1, "text-anchor": anchor, text }))];
}

/** @param {Words} words @param {import("./stripmap.mjs").Piece} piece @param {{metres: number, mm: number}} bar @param {SVGElement} beneath */
function drawing(words, piece, bar, beneath) {
  const { t } = words;
  const line = (/** @type {import("./track.mjs").Spot[]} */ spots, /** @type {string} */ kind) => svg("polyline", { class: kind, points: spots.map((spot) => spot.map((mm) => mm.toFixed(2)).join(" ")).join(" ") });
  const mark = (/** @type {{x: number, y: number}} */ at, /** @type {string} */ kind, /** @type {string} */ text) => svg("g", { class: kind }, svg("circle", { cx: at.x, cy: at.y, r: 2.3 }), svg("text", { x: at.x, y: at.y + 1.05, "text-anchor": "middle", text }));
  const below = piece.high + 3;
  return svg(
    "svg", { viewBox: `0 0 ${piece.wide} ${piece.high + 8}`, role: "img", "aria-label": t("paper.map"), class: "paper-map" },
    beneath,
    ...piece.seen.map((spots) => line(spots, "paper-seen")),
    line(piece.line, "paper-line"),
    ...piece.cameras.flatMap(({ x, y, of }) => (of === undefined ? [] : [line([[x, y], [of.x, of.y]], "paper-lead")])),
    ...piece.names.map(({ x, y, text, anchor }) => svg("text", { class: "paper-name", x, y: y + 1.1, "text-anchor": anchor, text })),
    ...piece.turns.map((turn) => mark(turn, "paper-turn", words.number(turn.number))),
    ...piece.cameras.map((camera) => mark(camera, "paper-camera", words.number(camera.number))),
    ...piece.ends.map((end) => mark(end, "paper-end", t(`ui.badge.${end.which}`))),
    svg("path", { class: "paper-bar", d: `M2 ${below - 1.5}v3h${bar.mm.toFixed(2)}v-3` }),
    svg("text", { class: "paper-name", x: 4 + bar.mm, y: below + 2, text: words.distance(bar.metres) }),
    svg("path", { class: "paper-bar", d: `M${piece.wide - 5} ${below + 3}v-9m-2 3l2-3l2 3` }),
    svg("text", { class: "paper-name", x: piece.wide - 9, y: below + 2, "text-anchor": "end", text: t("paper.north") }),
  );
}
