// @ts-check
/**
 * The reports that she has saved on this device, and nothing else: no place she searched, no walk.
 *
 * They lie in localStorage: a report is on the disk before the finger leaves the button, and whether there are any is
 * known at the next visit without a wait. What a database adds, room and indices, two hundred small records do not need.
 *
 * @typedef {import("./reports.mjs").Report} Report
 * @typedef {{report: Report, sent: string | null}} Held `sent`: the month in which a server took it
 */

export const KEY = "sidestep-reports"; // main.mjs looks whether it is there
const MONTHS_TAKEN = 12; // before the month in which a server receives a report (contract)
const MONTHS_KEPT = 2; // calendar months after sending, so one month at least

/**
 * @param {() => Storage} storage may throw: some browsers forbid it
 * @param {() => void} changed
 */
export function makeQueue(storage, changed) {
  /** @type {Held[] | null} */
  let unkept = null; // where the browser keeps nothing: these are gone with the page

  /** @returns {Held[]} */
  function all() {
    if (unkept !== null) return unkept;
    try {
      const kept = JSON.parse(storage().getItem(KEY) ?? "null");
      return kept?.version === 1 && Array.isArray(kept.held) ? kept.held : [];
    } catch {
      return [];
    }
  }

  /** @param {Held[]} held */
  function put(held) {
    try {
      if (held.length === 0) storage().removeItem(KEY);
      else storage().setItem(KEY, JSON.stringify({ version: 1, held }));
      unkept = null;
    } catch {
      unkept = held;
    }
    changed();
  }

  return {
    all,
    waiting: () => all().filter((held) => held.sent === null).map((held) => held.report),
    isKept: () => unkept === null,
    /** A later word on the same camera takes the place of one that was not sent. @param {Report} report */
    add(report) {
      const others = all().filter((held) => held.sent !== null || held.report.camera === undefined || held.report.camera !== report.camera);
      // by their random ids, here, in a shared file and on the way to a server: the order of making is her way through town
      put([...others, { report, sent: null }].sort((a, b) => (a.report.id < b.report.id ? -1 : 1)));
    },
    /** @param {string} id */
    remove: (id) => put(all().filter((held) => held.report.id !== id)),
    clear: () => put([]),
    /** @param {string[]} ids that a server holds now @param {string} month */
    sent: (ids, month) => put(all().map((held) => (ids.includes(held.report.id) ? { ...held, sent: month } : held))),
    /** Forget those of which a function says so. @param {(held: Held) => boolean} isOver */
    prune(isOver) {
      const held = all();
      const left = held.filter((one) => !isOver(one));
      if (left.length < held.length) put(left);
    },
  };
}

/** Tell whether a month has passed since a report was sent. @param {string} sent @param {string} now both YYYY-MM */
export const isOld = (sent, now) => monthsBetween(sent, now) >= MONTHS_KEPT;

/** Tell whether no server takes a report any more. @param {Report} report @param {string} now YYYY-MM */
export const isTooOld = (report, now) => monthsBetween(report.month, now) > MONTHS_TAKEN;

/** @param {string} then @param {string} now */
function monthsBetween(then, now) {
  const months = (/** @type {string} */ text) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5));
  return months(now) - months(then);
}
