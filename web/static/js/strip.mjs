// @ts-check
/** The strip: a walk drawn straight, with the stretches in view and the places where a camera first sees the walker. */
import { svg } from "./dom.mjs";

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
