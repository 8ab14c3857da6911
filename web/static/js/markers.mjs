// @ts-check
/** Start and end as markers that can be dragged; the cross-hair and the menu of a point do the same without dragging. */
import { h } from "./dom.mjs";

/**
 * @param {any} gl the map library
 * @param {any} map
 * @param {{words: Words, actions: Actions, stopAt: Function}} given
 */
export function makeMarkers(gl, map, { words, actions, stopAt }) {
  /** @type {Map<string, any>} */
  const shown = new Map();

  /** @param {"start" | "end"} which @param {Stop | null} stop */
  function draw(which, stop) {
    const old = shown.get(which);
    if (stop === null) {
      old?.remove();
      shown.delete(which);
      return;
    }
    const marker = old ?? make(which);
    marker.setLngLat(stop.lonlat);
    marker.getElement().setAttribute("aria-label", words.t(`ui.marker.${which}`, { name: stop.label }));
    if (old === undefined) marker.addTo(map);
    shown.set(which, marker);
  }

  /** @param {"start" | "end"} which */
  function make(which) {
    const element = h("div", { class: `marker marker-${which}`, role: "img", "aria-label": "" }, h("span", { text: words.t(`ui.badge.${which}`) }));
    element.addEventListener("click", (event) => event.stopPropagation()); // not a tap on the map below
    const marker = new gl.Marker({ element, draggable: true, anchor: "center" });
    // a release over the sheet or the bar is none of the map's, and would leave the marker on the pointer
    marker.on("dragstart", () => {
      addEventListener("pointerup", (event) => {
        if (!map.getContainer().contains(/** @type {Node} */ (event.target))) map.fire("mouseup", { originalEvent: event });
      }, { once: true, capture: true });
    });
    marker.on("dragend", () => {
      const { lng, lat } = marker.getLngLat();
      actions[which === "start" ? "setStart" : "setEnd"](stopAt([lng, lat]));
    });
    return marker;
  }

  return {
    /** @param {State} state */
    draw({ wish }) {
      draw("start", wish.start);
      draw("end", wish.end);
    },
  };
}
