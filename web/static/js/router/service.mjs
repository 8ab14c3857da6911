// @ts-check
/**
 * Packs of an area in, records of plans out: what a worker does with each message, and the page itself where there are no
 * module workers. It knows no DOM, asks no network and keeps nothing.
 */
import { RouteError } from "./errors.mjs";
import { exposedOf } from "./exposure.mjs";
import { ownRecord } from "./own.mjs";
import { PackError, decodePack } from "./pack.mjs";
import { planWalks } from "./plan.mjs";
import { lanesOf } from "./search/network.mjs";

const FIRST_MS = 50; // after which the walks that are found so far are told, if there are more to look for
const MOST_MS = 10_000; // of the searches of one plan, on a slow phone
const MOST_LABELS = 600_000; // twelve megabytes; on foot few need more
const SHORTEST = 1; // the price at which shortest walks are searched

/** @typedef {{from: [number, number], to: [number, number], detour: string, front?: boolean | "every", overlay?: {cameras: OwnCamera[], off: string[]}}} Asked */
/** @typedef {{record?: any, code?: string}} Answer of a plan: its record, or why there is none */

export function makeService() {
  /** @type {PhoneArea | null} */
  let area = null;

  return {
    /**
     * Read an area; gives why it cannot be used, or null. What all plans need is made at once.
     *
     * @param {Uint8Array[]} packs
     * @returns {string | null}
     */
    open(packs) {
      try {
        area = decodePack(...packs);
        lanesOf(exposedOf(area).network, SHORTEST);
        return null;
      } catch (error) {
        if (error instanceof PackError) return error.code;
        throw error;
      }
    },

    /**
     * Plan walks. Where the search takes long, what it has found by then is told first.
     *
     * @param {Asked} asked
     * @param {(first: Answer) => void} tellFirst
     * @returns {Answer}
     */
    plan(asked, tellFirst) {
      if (area === null) throw new Error("no area is open");
      const { overlay } = asked;
      const month = area.manifest.month;
      const request = overlay ? { ...asked, overlay: { cameras: overlay.cameras.map((one) => ownRecord(one, month)), off: overlay.off } } : { ...asked, overlay: {} };
      try {
        const first = planWalks(area, request, { labels: MOST_LABELS, until: performance.now() + FIRST_MS });
        if (!first.notes.some(({ code }) => code === "stopped")) return { record: first };
        tellFirst({ record: first });
        return { record: planWalks(area, request, { labels: MOST_LABELS, until: performance.now() + MOST_MS }) };
      } catch (error) {
        if (error instanceof RouteError) return { code: error.code };
        throw error;
      }
    },
  };
}
