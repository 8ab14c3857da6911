// @ts-check
/**
 * Packs of an area in, records of plans out: what a worker does with each message, and the page itself where there are no
 * module workers. It knows no DOM, asks no network and keeps nothing.
 */
import { waysIn } from "./around.mjs";
import { PackError } from "./container.mjs";
import { RouteError, checkWanted } from "./errors.mjs";
import { ownRecord } from "./own.mjs";
import { decodePack } from "./pack.mjs";
import { plan, prepare } from "./plan.mjs";
import { asRecord } from "./record.mjs";

const FIRST_MS = 50; // after which the walks that are found so far are told, if there are more to look for
const MOST_MS = 10_000; // of the searches of one plan, on a slow phone
const MOST_LABELS = 600_000; // 12 MB; on foot few need more

/** @typedef {{from: [number, number], to: [number, number], detour: string, front?: boolean | "every", overlay?: {cameras: OwnCamera[], off: string[]}}} Asked */
/** @typedef {{record?: any, code?: string}} Answer of a plan: its record, or why there is none */

/** @param {number} [firstMs] */
export function makeService(firstMs = FIRST_MS) {
  /** @type {PhoneArea | null} */
  let area = null;
  /** @type {Int32Array | null} */
  let stopped = null;

  return {
    /**
     * Read an area; gives why it cannot be used, or null. What all plans need is made at once.
     *
     * @param {Uint8Array[]} packs
     * @param {Int32Array | null} stop shared: holds the id of the plan that nobody waits for any more
     * @returns {string | null}
     */
    open(packs, stop) {
      stopped = stop;
      try {
        area = decodePack(...packs);
        prepare(area);
        return null;
      } catch (error) {
        if (error instanceof PackError) return error.code;
        throw error;
      }
    },

    /**
     * Give the ways in boxes, to be drawn.
     *
     * @param {LonLatBox[]} boxes
     */
    ways(boxes) {
      if (area === null) throw new Error("no area is open");
      return waysIn(area.graph, boxes);
    },

    /**
     * Plan walks. Where the search takes long, what it has found by then is told first.
     *
     * @param {number} id
     * @param {Asked} asked
     * @param {(first: Answer) => void} tellFirst
     * @returns {Answer}
     */
    plan(id, asked, tellFirst) {
      if (area === null) throw new Error("no area is open");
      const request = { ...asked, overlay: overlayOf(asked, area.manifest.month) };
      const cancelled = () => stopped !== null && Atomics.load(stopped, 0) === id;
      const limits = (/** @type {number} */ ms) => ({ labels: MOST_LABELS, until: performance.now() + ms, cancelled });
      try {
        const first = plan(area, request, limits(firstMs));
        const record = asRecord(first);
        checkWanted({ cancelled });
        if (first.choices.every(({ isWhole }) => isWhole)) return { record };
        tellFirst({ record });
        return { record: asRecord(plan(area, request, limits(MOST_MS))) };
      } catch (error) {
        if (error instanceof RouteError) return { code: error.code };
        throw error;
      }
    },
  };
}

/** What she knows and the area does not, as records. @param {Asked} asked @param {string} month */
function overlayOf({ overlay }, month) {
  return overlay ? { cameras: overlay.cameras.map((one) => ownRecord(one, month)), off: overlay.off } : {};
}
