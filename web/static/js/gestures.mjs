// @ts-check
/**
 * Taps, long presses and keys on the map, as actions. No gesture is the only way: the cross-hair does the same.
 */

const LONG_MS = 550;
const CLICK_MS = 400; // within which the click follows the end of a touch
const SLOP_PX = 12; // a finger is not a needle

/**
 * @param {any} map
 * @param {{store: Store, actions: Actions, stopAt: Function, askAbout: Function, heed: (at: LonLat) => boolean}} given
 */
export function listen(map, { store, actions, stopAt, askAbout, heed }) {
  let swallowed = false; // a click follows a long press and must not count as a tap

  map.on("click", async (event) => {
    if (swallowed) {
      swallowed = false;
      return;
    }
    if (heed([event.lngLat.lng, event.lngLat.lat])) return;
    const { x, y } = event.point;
    const box = [[x - SLOP_PX, y - SLOP_PX], [x + SLOP_PX, y + SLOP_PX]];
    const layers = ["camera", "camera-group"].filter((id) => map.getLayer(id));
    const hits = map.queryRenderedFeatures(box, { layers });
    const nearest = hits.sort((a, b) => off(map, a, event.point) - off(map, b, event.point))[0];
    if (nearest?.properties.cluster) {
      const zoom = await map.getSource("cameras").getClusterExpansionZoom(nearest.properties.cluster_id);
      map.easeTo({ center: nearest.geometry.coordinates, zoom });
    } else if (nearest !== undefined) {
      actions.look(nearest.properties.id);
    } else {
      tap([event.lngLat.lng, event.lngLat.lat]);
    }
  });

  /** @param {LonLat} at */
  function tap(at) {
    const { wish } = store.get();
    if (wish.start !== null && wish.end !== null) askAbout(at);
    else actions.tap(stopAt(at));
  }

  map.on("contextmenu", (event) => {
    event.preventDefault();
    const { type, pointerType } = event.originalEvent ?? {};
    if (type?.startsWith("touch") || pointerType === "touch") return; // a long press, which is told below
    askAbout([event.lngLat.lng, event.lngLat.lat]);
  });

  let waiting = 0;
  const forget = () => clearTimeout(waiting);
  map.on("touchstart", (event) => {
    forget();
    if (event.points.length > 1) return;
    const at = [event.lngLat.lng, event.lngLat.lat];
    waiting = setTimeout(() => {
      swallowed = true;
      askAbout(at);
    }, LONG_MS);
  });
  for (const name of ["touchend", "touchcancel", "touchmove", "movestart"]) map.on(name, forget);
  for (const name of ["touchend", "touchcancel"]) map.on(name, () => setTimeout(() => (swallowed = false), CLICK_MS));

  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const at = map.getCenter();
    askAbout([at.lng, at.lat]);
  });
}

/** @param {any} map @param {any} feature @param {{x: number, y: number}} point */
function off(map, feature, point) {
  const { x, y } = map.project(feature.geometry.coordinates);
  return Math.hypot(x - point.x, y - point.y);
}
