// @ts-check
/** What is known of one camera: what it is, whither it looks, how old the knowledge is, and whose word it rests on. */
import { h, icon } from "./dom.mjs";
import { cameraWords, rangeWords } from "./steps.mjs";

/**
 * @param {import("./store.mjs").State} state
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
    walkWords(route, meeting, words),
    words.t("ui.camera.record", { id: camera.id }),
  ].filter((text) => text);
  return [
    head,
    h("ul", { class: "facts" }, ...facts.map((text) => h("li", { text }))),
    ...(report ? [report.onCamera(camera)] : []),
  ];
}

/** @param {Route | undefined} route @param {Meeting | undefined} meeting @param {Words} words */
function walkWords(route, meeting, words) {
  if (route === undefined) return null;
  if (meeting === undefined) return words.t("ui.camera.walk.not");
  const seen = meeting.in_view_m < 1 ? words.t("ui.in_view.hardly") : words.t("ui.in_view", { distance: words.distance(meeting.in_view_m) });
  return words.t("ui.camera.walk", { at: words.distance(meeting.at_m), seen, chance: rangeWords(words, meeting.recognition) });
}
