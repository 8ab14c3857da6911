// @ts-check
/**
 * What the map has to say of itself: one note at a time, the gravest. Over the map, or on the page where there is none.
 */
import { byId } from "./dom.mjs";

/** Topics, the gravest first. */
const TOPICS = ["map", "picture", "basemap", "cameras"];

/** @typedef {{key: string, share?: number}} Note */

/** @param {Words} words */
export function makeNotices(words) {
  /** @type {Map<string, Note>} */
  const notes = new Map();
  let hasMap = true;

  function draw() {
    const topic = TOPICS.find((one) => notes.has(one));
    const note = topic === undefined ? undefined : notes.get(topic);
    const text = note === undefined ? "" : words.t(note.key, note.share === undefined ? {} : { share: words.number(Math.round(note.share * 100)) });
    for (const [id, used] of /** @type {[string, boolean][]} */ ([["map-note", hasMap], ["page-note", !hasMap]])) {
      byId(id).hidden = !used || text === "";
      byId(id).textContent = used ? text : "";
    }
    // a share that counts up is seen; it is not read out at every step
    byId("map-note").setAttribute("aria-live", note?.share === undefined ? "polite" : "off");
  }

  return {
    /** @param {"map" | "picture" | "basemap" | "cameras"} topic @param {string | null} key @param {number} [share] */
    tell(topic, key, share) {
      if (key === null) notes.delete(topic);
      else notes.set(topic, { key, share });
      draw();
    },
    /** There is no map: notes go where the list is. */
    withoutMap() {
      hasMap = false;
      draw();
    },
  };
}
