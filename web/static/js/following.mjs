// @ts-check
/**
 * Where on a walk somebody is, from one position after the other: on the line near where she was, hardly ever back. What
 * cannot be a person on foot stops it until she says what to do. Pure: no clock, no device, nothing kept but here.
 *
 * Positions have an accuracy that holds for 95 of 100 (https://www.w3.org/TR/geolocation/#accuracy-attribute).
 *
 * @typedef {{at: LonLat, accuracy: number, ms: number}} Fix metres; milliseconds of any clock that does not stand still
 * @typedef {"on" | "off" | "jump" | "vague" | "there"} Found
 * @typedef {import("./track.mjs").Spot} Spot
 * @typedef {{spot: Spot, accuracy: number, ms: number}} Trusted
 */
import { apart, passes } from "./track.mjs";

export const BACK_M = 20; // so far the place may slip back: by the noise of a good receiver, not more
const MOST_MPS = 4; // faster than anybody walks, or runs for long (an assumption)
const SLACK_M = 15; // receivers between tall houses are worse than they say (an assumption)
const WINDOW_MS = 20_000; // a position that is dragged away slowly is seen over so long
const MOST_VAGUE_M = 100; // a circle that holds half the walk says nothing
const OFF_M = 40; // beyond the accuracy: the other side of a wide street, or a yard
const OFF_FIXES = 3;
const AGAIN_M = 15; // beyond the accuracy: near enough to take up the walk farther on
const THERE_M = 15;
const MOST_CLOSE_M = 20; // what a vague position adds: cameras of the last stretch must not be missed [A]
const WALK_MPS = 1.4;

/**
 * @param {import("./track.mjs").Track} track
 * @param {number} [hint] metres from the start, where she is thought to be
 * @param {boolean} [frozen] by a leap that she has not yet said what to do about
 */
export function makeFollowing(track, hint = 0, frozen = false) {
  const end = track.spots[track.spots.length - 1];
  /** @type {Trusted[]} */
  let recent = [];
  let [metres, furthest] = [hint, hint];
  let placed = false; // by a position, not by the hint
  let strays = 0;

  /** @param {Found} state */
  const tell = (state) => ({ state, metres, placed });

  /** @param {Fix} fix */
  function take({ at, accuracy, ms }) {
    if (frozen) return tell("jump");
    if (!(accuracy >= 0 && accuracy <= MOST_VAGUE_M)) return tell("vague");
    const now = { spot: track.spotOf(at), accuracy, ms };
    if (recent.some((before) => leaps(before, now))) {
      frozen = true;
      return tell("jump");
    }
    const last = recent[recent.length - 1] ?? now;
    recent = [...recent.filter((one) => ms - one.ms <= WINDOW_MS), now];
    const near = placed ? beside(now, last) : anywhere(now);
    if (near.off > accuracy + OFF_M) return stray(now);
    strays = 0;
    return put(near.at, now);
  }

  /** @param {number} at @param {Trusted} now */
  function put(at, { spot, accuracy }) {
    metres = at;
    furthest = placed ? Math.max(furthest, at) : at;
    placed = true;
    const close = Math.min(accuracy, MOST_CLOSE_M) + THERE_M;
    return tell(track.length - metres <= close && apart(spot, end) <= close ? "there" : "on");
  }

  /** On the stretch that she can have reached. @param {Trusted} now @param {Trusted} last */
  function beside(now, last) {
    const passed_s = Math.max(now.ms - last.ms, 0) / 1000;
    const most = metres + MOST_MPS * passed_s + now.accuracy + last.accuracy + SLACK_M;
    return likeliest(passes(track, now.spot, Math.max(furthest - BACK_M, 0), Math.min(most, track.length)), metres + WALK_MPS * passed_s, now.accuracy / 2);
  }

  /** On all of the walk. @param {Trusted} now */
  const anywhere = (now) => likeliest(passes(track, now.spot), metres, now.accuracy);

  /** A position off the walk: perhaps she cut a corner, and is on it farther on. @param {Trusted} now */
  function stray(now) {
    strays += 1;
    if (strays < OFF_FIXES) return tell("on");
    const again = placed ? passes(track, now.spot, furthest).find(({ off }) => off <= now.accuracy + AGAIN_M) : undefined;
    if (again === undefined) return tell("off");
    strays = 0;
    return put(again.at, now);
  }

  return {
    take,
    /** Take the next position as the truth, wherever it is. */
    trust() {
      [frozen, placed, strays, recent] = [false, false, 0, []];
    },
    /** Look for her on all of the walk, also behind. */
    seek() {
      [placed, strays] = [false, 0];
    },
  };
}

/** Whether nobody on foot gets from one to the other in that time. @param {Trusted} a @param {Trusted} b */
function leaps(a, b) {
  const least = apart(a.spot, b.spot) - a.accuracy - b.accuracy - SLACK_M;
  return least > (MOST_MPS * Math.max(b.ms - a.ms, 0)) / 1000;
}

/**
 * Of the times that the line passes, the one nearest to where she should be, as far as they are about equally near.
 *
 * @param {import("./track.mjs").Near[]} found
 * @param {number} expected metres along
 * @param {number} doubt metres
 */
function likeliest(found, expected, doubt) {
  const least = Math.min(...found.map(({ off }) => off)) + Math.max(doubt, 5);
  const fair = found.filter(({ off }) => off <= least);
  return fair.reduce((best, one) => (Math.abs(one.at - expected) < Math.abs(best.at - expected) ? one : best));
}
