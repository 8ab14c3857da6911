// @ts-check
/** Is a camera on record still there? Months and reports in, a chance out: routing/hazard/existence.py. */

const MONTHS = 12;
const UNDATED_HALF_LIVES = 1.0; // nobody knows how old a record without a date is: as one of one half-life
const TOLD = Object.freeze(["report", "import"]);

/**
 * What of a record is read.
 *
 * @typedef {Pick<CameraRecord, "status" | "source" | "confirmations"> & Partial<CameraRecord>} Dated
 */

/**
 * The chance, 0…1, that a camera stands in a month; 0 for tombstones alone.
 *
 * @param {Dated} camera
 * @param {string} month YYYY-MM
 * @param {Values} values
 */
export function existence(camera, month, values) {
  if (camera.status === "removed") return 0.0;
  const found = camera.gone ?? [];
  let chance = values.existence_first;
  let at = camera.last_seen ?? null;
  if (at === null) chance *= 0.5 ** UNDATED_HALF_LIVES;
  // of confirmations only the last month is on record
  if (camera.confirmations > 0) chance = after(chance, values.there_if_there, values.there_if_gone);
  if (camera.status === "unverified" || (camera.status === "disputed" && toldOnce(camera))) {
    chance *= values.single_report;
  }
  for (const gone of found) {
    if (!(gone < month)) continue;
    chance = after(aged(chance, at, gone, values), values.gone_if_there, values.gone_if_gone);
    at = gone;
  }
  // vanished from the map: as if somebody had said so now
  if (camera.status === "disputed" && found.length === 0) {
    chance = after(chance, values.gone_if_there, values.gone_if_gone);
  }
  return Math.max(aged(chance, at, month, values), values.existence_least);
}

/** Tell whether one report or list is all there is. @param {Pick<CameraRecord, "source" | "confirmations">} camera */
export function toldOnce(camera) {
  return TOLD.includes(camera.source.split(":")[0]) && camera.confirmations === 0;
}

/** Count the months from one to another. @param {string} first @param {string} last */
export function monthsBetween(first, last) {
  const [from, to] = [first, last].map((month) => MONTHS * Number(month.slice(0, 4)) + Number(month.slice(5, 7)));
  return to - from;
}

/** @param {number} chance @param {string | null} since @param {string} until @param {Values} values */
function aged(chance, since, until, values) {
  const months = since === null ? 0 : Math.max(monthsBetween(since, until), 0);
  return chance * 0.5 ** (months / (MONTHS * values.half_life_years));
}

/** @param {number} chance @param {number} ifThere @param {number} ifGone */
function after(chance, ifThere, ifGone) {
  return (chance * ifThere) / (chance * ifThere + (1.0 - chance) * ifGone);
}
