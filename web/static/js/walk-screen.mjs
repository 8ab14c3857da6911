// @ts-check
/**
 * What is seen while walking: the next turn in large type, the next camera, what is left, and what asks for an answer.
 * Draws what it is told; what is told when is decided in walking.mjs.
 *
 * @typedef {ReturnType<typeof import("./guide.mjs").aheadOf>} Ahead
 * @typedef {{text: string, act: () => void, id: string}} Choice
 * @typedef {Record<"back" | "next" | "hide" | "end" | "locate", () => void> & {vibrate: ((on: boolean) => void) | null}} Acts
 */
import { h, icon, svg } from "./dom.mjs";
import { PICTURES, strip } from "./parts.mjs";
import { cameraWords, stepWords } from "./steps.mjs";

const WIDE = 1000; // of the strip (parts.mjs)
const MARK = 12; // of WIDE
const HERE_M = 5; // less is not said as a distance

/** @param {Words} words @param {Acts} acts */
export function makeScreen(words, acts) {
  const { t } = words;
  const parts = makeParts(words, acts);
  const { turn, far, picture, keep, camera, seen, left, hand, trouble, status, room } = parts;
  /** @type {SVGElement | null} */ let mark = null;

  /** @param {Route} route */
  function begin(route) {
    const drawing = strip(route, "");
    drawing.setAttribute("aria-hidden", "true"); // what it shows is said below it
    drawing.removeAttribute("role");
    mark = svg("rect", { class: "walk-mark", y: 0, height: 20, width: MARK });
    drawing.append(mark);
    parts.strip.replaceChildren(drawing);
  }

  return {
    room,
    begin,
    /**
     * @param {Route} route
     * @param {Ahead} ahead
     * @param {{metres: number, next: number, followed: boolean, location: string}} now
     */
    draw(route, ahead, now) {
      const { step } = ahead;
      turn.textContent = stepWords(words, { ...step, keep: null });
      far.textContent = farWords(words, ahead, now);
      picture.replaceChildren(icon(step.do === "arrive" ? "flag" : (PICTURES[step.turn ?? "straight"] ?? "straight")));
      put(keep, ahead.keep === null ? "" : t(`walk.keep.${ahead.keep}`));
      camera.replaceChildren(...cameraNodes(words, ahead, now));
      put(seen, now.followed && ahead.seenFor >= 1 ? t("walk.seen", { distance: words.distance(ahead.seenFor) }) : "");
      put(left, ahead.left < 1 ? "" : t("walk.left", { distance: words.distance(ahead.left), duration: words.duration(ahead.seconds) }));
      mark?.setAttribute("x", String(((WIDE - MARK) * now.metres) / Math.max(route.length_m, 1)));
      hand.hidden = now.followed;
      allow(parts.back, now.next > 0);
      allow(parts.next, now.next < route.steps.length - 1);
      parts.told.textContent = now.location;
    },
    /** Have it said. @param {string} text */
    say(text) {
      status.textContent = text;
    },
    /** @param {boolean} on */
    located(on) {
      parts.locate.textContent = t(on ? "walk.location.stop" : "walk.location.start");
    },
    /** Show what asks for an answer, or nothing. @param {string | null} text @param {Choice[]} choices */
    ask(text, choices = []) {
      const had = trouble.contains(document.activeElement);
      trouble.hidden = text === null;
      trouble.replaceChildren(
        ...(text === null ? [] : [h("p", { text }), h("div", { class: "buttons" }, ...choices.map((one) => h("button", { type: "button", class: "button", id: one.id, text: one.text, onclick: one.act })))]),
      );
      if (had) (text === null ? parts.title : trouble).focus({ preventScroll: true });
    },
    focus: () => parts.title.focus({ preventScroll: true }),
    answer: () => trouble.focus(),
  };
}

/** @param {Words} words @param {Acts} acts */
function makeParts({ t }, acts) {
  const title = h("h1", { id: "walk-title", tabindex: -1, text: t("walk.title") });
  const [turn, far, keep, seen, left, told] = ["turn", "far", "keep", "seen", "left", "told"].map((name) => h("p", { id: `walk-${name}` }));
  const picture = h("div", { id: "walk-picture", "aria-hidden": "true" });
  const camera = h("section", { id: "walk-camera", "aria-label": t("walk.camera") });
  const room_of_strip = h("div", { id: "walk-strip" });
  const [back, next] = [button("walk-back", t("walk.back"), acts.back), button("walk-next", t("walk.next"), acts.next, "button main")];
  const hand = h("div", { id: "walk-hand" }, back, next);
  const trouble = h("section", { id: "walk-trouble", role: "alert", tabindex: -1, hidden: true });
  const status = h("p", { id: "walk-status", class: "hidden", role: "status" });
  const locate = button("walk-locate", t("walk.location.start"), acts.locate);
  const { vibrate } = acts;
  const shake = vibrate === null ? null : h("label", { id: "walk-vibrate" }, h("input", { type: "checkbox", checked: true, onchange: (/** @type {any} */ event) => vibrate(event.target.checked) }), t("walk.vibrate"));
  const room = h(
    "main", { id: "walking", "aria-labelledby": "walk-title" },
    h("header", { id: "walk-top" }, title, button("walk-hide", t("walk.hide"), acts.hide), button("walk-end", t("walk.end"), acts.end)),
    status, trouble,
    h("section", { id: "walk-now", "aria-label": t("walk.turn") }, picture, far, turn, keep),
    camera, seen,
    h("div", { id: "walk-rest" }, room_of_strip, left),
    hand,
    h("div", { id: "walk-location" }, told, locate, shake),
  );
  return { room, title, turn, far, picture, keep, camera, seen, left, told, hand, back, next, trouble, status, locate, strip: room_of_strip };
}

/** How far the next turn is. @param {Words} words @param {Ahead} ahead @param {{next: number, followed: boolean}} now */
function farWords({ t, distance }, ahead, { next, followed }) {
  if (next === 0) return t("walk.first");
  if (ahead.toTurn < HERE_M) return t("walk.here");
  return t(followed ? "walk.in" : "walk.then", { distance: distance(ahead.toTurn) });
}

/** @param {Words} words @param {Ahead} ahead @param {{next: number, followed: boolean}} now */
function cameraNodes(words, ahead, now) {
  const { t } = words;
  const { camera, beforeTurn } = ahead;
  if (camera === null) return [h("p", { text: t("walk.met.none") })];
  if (!now.followed && beforeTurn === 0) return [h("p", { text: t("walk.met.later") })];
  const kind = camera.facts === null ? t("cameras.kind.unknown") : cameraWords(words, camera.facts).kind;
  return [
    h("h2", { text: t("walk.camera") }),
    h("p", { id: "walk-met", text: metWords(words, ahead, now) }),
    h("p", { text: beforeTurn > 1 ? `${kind}. ${t("walk.more", { count: beforeTurn - 1 })}` : `${kind}.` }),
  ];
}

/** Where the next camera is. @param {Words} words @param {Ahead} ahead @param {{next: number, followed: boolean}} now */
function metWords({ t, distance }, { camera, toCamera }, { next, followed }) {
  const side = t(`walk.side.${camera?.side ?? "unknown"}`);
  if (toCamera < HERE_M) return t("walk.met.here", { side });
  return t(followed ? "walk.met.in" : next < 2 ? "walk.met.start" : "walk.met.turn", { distance: distance(toCamera), side });
}

/** @param {HTMLElement} room @param {string} text */
function put(room, text) {
  room.textContent = text;
  room.hidden = text === "";
}

/** A button that is off keeps its place and the focus. @param {HTMLElement} one @param {boolean} on */
function allow(one, on) {
  if (on) one.removeAttribute("aria-disabled");
  else one.setAttribute("aria-disabled", "true");
}

/** @param {string} id @param {string} text @param {() => void} act @param {string} [kind] */
function button(id, text, act, kind = "button") {
  return h("button", { type: "button", class: kind, id, text, onclick: (/** @type {Event} */ event) => /** @type {HTMLElement} */ (event.currentTarget).getAttribute("aria-disabled") !== "true" && act() });
}
