// @ts-check
/** The directions, each step followed by the cameras that first see the walker on it. */
import { h, icon } from "./dom.mjs";
import { cameraWords, stepWords } from "./steps.mjs";

/** @type {Record<string, string>} */
const PICTURES = Object.freeze({
  bear_left: "left", left: "left", sharp_left: "left",
  bear_right: "right", right: "right", sharp_right: "right",
  back: "turn-back", straight: "straight",
});

/**
 * @param {Route} route
 * @param {import("./store.mjs").State} state
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
  const seen = meeting.in_view_m < 1 ? words.t("ui.in_view.hardly") : words.t("ui.in_view", { distance: words.distance(meeting.in_view_m) });
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "row-button camera-row", id: `met-${meeting.camera}`, onclick: () => actions.look(meeting.camera) },
      icon("camera"),
      h("span", { text: words.t("ui.camera.met", { at, kind, seen }) }),
    ),
  );
}
