// @ts-check
/**
 * What the sheet shows of a walk below its cards: the strip (the walk drawn straight, with the stretches in view and the
 * places where a camera first sees the walker), the directions with the cameras met, and what is known of one camera.
 */
import { h, icon, svg } from "./dom.mjs";
import { cameraWords, rangeWords, stepWords } from "./steps.mjs";

const WIDE = 1000;
const SMALLEST = 4; // of WIDE: a glimpse must stay visible

/**
 * @param {Route} route
 * @param {string} label what it says, in words
 * @returns {SVGElement}
 */
export function strip(route, label) {
  const scale = WIDE / Math.max(route.length_m, 1);
  const spans = route.in_view_spans_m.map(([from, to]) =>
    svg("rect", { class: "strip-seen", x: from * scale, width: Math.max((to - from) * scale, SMALLEST), y: 2, height: 12 }),
  );
  const cameras = route.meetings.map(({ at_m: at }) => svg("path", { class: "strip-camera", d: `M${at * scale} 14v5`, "vector-effect": "non-scaling-stroke" }));
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDE} 20`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("rect", { class: "strip-way", x: 0, width: WIDE, y: 6, height: 4 }),
    ...spans,
    ...cameras,
  );
}

/**
 * A sample of a walk's line for its card, with the dash that the map has.
 *
 * @param {string} name
 * @param {number[] | null} dash in widths
 */
export function sample(name, dash) {
  const width = 9;
  return svg(
    "svg",
    { class: "sample", "aria-hidden": "true", focusable: "false" },
    svg("line", {
      class: `line-${name}`, x1: 0, x2: 600, y1: 4.5, y2: 4.5, "stroke-width": width,
      "stroke-dasharray": dash ? dash.map((part) => part * width * 0.8).join(" ") : null,
    }),
  );
}

/** @type {Record<string, string>} */
export const PICTURES = Object.freeze({
  bear_left: "left", left: "left", sharp_left: "left",
  bear_right: "right", right: "right", sharp_right: "right",
  back: "turn-back", straight: "straight",
});

/**
 * @param {Route} route
 * @param {State} state
 * @param {Given} given
 */
export function stepList(route, state, { words, actions, cameras, report }) {
  const known = new Map((cameras?.features ?? []).map((camera) => [camera.properties.id, camera.properties]));
  const meetings = [...route.meetings];
  let reached = 0;
  const rows = route.steps.flatMap((step, position) => {
    reached += step.length_m;
    const last = position === route.steps.length - 1;
    const met = meetings.splice(0, last ? meetings.length : count(meetings, reached));
    const more = state.step === position ? report?.onStep(route, position) : null;
    return [stepRow(step, position, state, words, actions), ...(more ? [h("li", { class: "report-step" }, more)] : []), ...met.map((meeting) => cameraRow(meeting, known.get(meeting.camera), words, actions))];
  });
  return h("ol", { class: "steps", id: "steps" }, ...rows);
}

/** How many of the meetings happen before a distance. @param {Meeting[]} meetings @param {number} reached */
function count(meetings, reached) {
  const later = meetings.findIndex((meeting) => meeting.at_m >= reached);
  return later < 0 ? meetings.length : later;
}

/** @param {Step} step @param {number} position @param {State} state @param {Words} words @param {Actions} actions */
function stepRow(step, position, state, words, actions) {
  const picture = step.do === "arrive" ? "flag" : (PICTURES[step.turn ?? "straight"] ?? "straight");
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "row-button", id: `step-${position}`, "aria-current": state.step === position ? "true" : null, onclick: () => actions.goTo(position) },
      icon(picture),
      h("span", { text: stepWords(words, step) }),
      step.length_m > 0 ? h("span", { class: "far", text: words.distance(step.length_m) }) : null,
    ),
  );
}

/** @param {Meeting} meeting @param {any} camera @param {Words} words @param {Actions} actions */
function cameraRow(meeting, camera, words, actions) {
  const at = words.distance(meeting.at_m);
  const kind = camera ? cameraWords(words, camera).kind : words.t("cameras.kind.unknown");
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "row-button camera-row", id: `met-${meeting.camera}`, onclick: () => actions.look(meeting.camera) },
      icon("camera"),
      h("span", { text: words.t("ui.camera.met", { at, kind, seen: metWords(meeting, words) }) }),
    ),
  );
}

/**
 * @param {State} state
 * @param {Given} given
 */
export function cameraPanel(state, { words, actions, cameras, report }) {
  const camera = cameras?.features.find((one) => one.properties.id === state.camera)?.properties;
  const close = () => {
    const id = `met-${state.camera}`;
    actions.look(null);
    (document.getElementById(id) ?? document.getElementById("sheet"))?.focus();
  };
  const head = h(
    "div",
    { class: "head" },
    h("button", { type: "button", class: "plain-button", id: "camera-close", "aria-label": words.t("ui.back"), onclick: close }, icon("back")),
    h("h2", { id: "camera-title", tabindex: -1, text: camera ? cameraWords(words, camera).kind : words.t("cameras.kind.unknown") }),
  );
  if (camera === undefined) return [head, h("p", { text: words.t("ui.camera.gone") })];
  const told = cameraWords(words, camera);
  const route = state.plan?.routes.find((one) => one.name === state.chosen);
  const meeting = route?.meetings.find((one) => one.camera === state.camera);
  const facts = [
    told.looks,
    camera.reach_m > 0 && words.t("ui.camera.reach", { distance: words.t("units.m", { number: words.number(camera.reach_m) }) }),
    told.age,
    told.word,
    told.faces,
    meetingWords(route, meeting, words),
    words.t("ui.camera.record", { id: camera.id }),
  ].filter((text) => text);
  return [
    head,
    h("ul", { class: "facts" }, ...facts.map((text) => h("li", { text }))),
    ...(report ? [report.onCamera(camera)] : []),
  ];
}

/** @param {Route | undefined} route @param {Meeting | undefined} meeting @param {Words} words */
function meetingWords(route, meeting, words) {
  if (route === undefined) return null;
  if (meeting === undefined) return words.t("ui.camera.walk.not");
  const view = { at: words.distance(meeting.at_m), seen: metWords(meeting, words) };
  if (meeting.recognition.high === 0) return words.t("ui.camera.walk.far", view);
  return words.t("ui.camera.walk", { ...view, chance: rangeWords(words, meeting.recognition) });
}

/** How much of a walk a camera has in view. @param {Meeting} meeting @param {Words} words */
function metWords({ in_view_m: metres }, words) {
  return metres < 1 ? words.t("ui.in_view.hardly") : words.t("ui.in_view", { distance: words.distance(metres) });
}
