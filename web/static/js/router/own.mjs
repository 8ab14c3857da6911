// @ts-check
/** A camera that she reported, as the page holds it → its record, as the library makes one of it (web/asked.py). */
import { rounded } from "./rounding.mjs";

const DIGITS = 6; // of degrees: 0.1 m

/**
 * To her it counts fully: it is confirmed, and was seen in the month in which the area's cameras are believed.
 *
 * @param {OwnCamera} told
 * @param {string} month `YYYY-MM`
 * @returns {CameraRecord}
 */
export function ownRecord(told, month) {
  const { id, at, type, direction, mount, zone, indoor = false, fr = "unknown", evidence = "seen" } = told;
  /** @type {Record<string, string>} */
  const tags = { man_made: "surveillance", surveillance: indoor ? "indoor" : "public" };
  if (type != null) tags["camera:type"] = type;
  if (mount != null) tags["camera:mount"] = mount;
  if (zone != null) tags["surveillance:zone"] = zone;
  if (direction != null) tags["camera:direction"] = String(direction);
  return {
    id: `ss/${id.replace(/^rp\//, "")}`,
    lonlat: [rounded(at[0], DIGITS), rounded(at[1], DIGITS)],
    tags,
    source: "report",
    status: "confirmed",
    fr,
    evidence,
    first_seen: month,
    last_seen: month,
    confirmations: 0,
    gone: [],
  };
}
