// @ts-check
/**
 * Walks that the search found, measured; out, the ones that people are offered: *shortest*, *balanced*, *least_seen*
 * (routing/alternatives.py).
 */
import { sum } from "./numbers.mjs";
import { knee } from "./search/legs.mjs";

// Of the shortest walk's risk: less is no gain but what a search by edges and a measure by cameras differ by.
const SMALLEST_GAIN = 0.001;
export const MOST_EFFORT_DM = 1_200_000; // twice the longest walk that is planned (contract: 60 km)
const MOST_SHARED = 0.8; // walks of which more is the same look like one on a map [A]

/** The greatest length that is accepted, metres. @param {Detour} detour @param {number} shortestM */
export const limitM = (detour, shortestM) => shortestM * (1 + detour.share) + detour.metres;

/**
 * The greatest effort within a detour: hard ground is no way to save metres.
 *
 * @param {number} shortestDm
 * @param {Detour} detour
 */
export function effortLimitDm(shortestDm, detour) {
  const limitDm = Math.floor(limitM(detour, shortestDm / 10) * 10 + 1e-6);
  return Math.min(limitDm, Math.max(shortestDm, MOST_EFFORT_DM));
}

/**
 * Choose what to offer.
 *
 * @param {Walk[]} walks the one of least effort first
 * @param {Detour} detour how much longer than that one is accepted, in metres and in effort
 * @returns {{named: [string, Walk][], front: Walk[]}} *shortest* first, *least_seen* last; all walks worth their length
 */
export function choose(walks, detour) {
  const shortest = walks[0];
  const front = frontOf(walks, detour);
  const least = front[front.length - 1];
  /** @type {[string, Walk][]} */
  const named = [["shortest", shortest]];
  const middle = knee(Float64Array.from(front, lengthOf), Float64Array.from(front, riskOf));
  if (middle !== null) named.push(["balanced", front[middle]]);
  if (least !== shortest) named.push(["least_seen", least]);
  return { named, front };
}

/** Measured length. @param {{score: WalkScore}} walk */
export const lengthOf = (walk) => walk.score.lengthM;

/** Measured risk, -ln(1 - p), by the model's default. @param {{score: WalkScore}} walk */
export const riskOf = (walk) => walk.score.risk.risk.default;

/** @param {Walk[]} walks @param {Detour} detour */
function frontOf(walks, detour) {
  const shortest = walks[0];
  const limit = limitM(detour, lengthOf(shortest));
  const limitDm = effortLimitDm(shortest.effortDm, detour);
  const leastGain = SMALLEST_GAIN * riskOf(shortest);
  const front = [shortest];
  const rest = walks
    .slice(1)
    .sort((a, b) => lengthOf(a) - lengthOf(b) || riskOf(a) - riskOf(b) || a.effortDm - b.effortDm);
  for (const walk of rest) {
    const last = front[front.length - 1];
    const accepted = lengthOf(shortest) <= lengthOf(walk) && lengthOf(walk) <= limit && walk.effortDm <= limitDm;
    // `seen` may not rise either: what looks like a gain must not be paid for by walking among cars
    if (accepted && riskOf(walk) < riskOf(last) - leastGain && walk.seen <= last.seen) front.push(walk);
  }
  return front;
}

/** How much of the shorter of two walks both take, 0…1. @param {Walk} a @param {Walk} b */
function shared(a, b) {
  let bothM = 0;
  for (const [section, lengthM] of a.onSectionM) bothM += Math.min(lengthM, b.onSectionM.get(section) ?? 0);
  return bothM / Math.max(Math.min(sum(a.onSectionM.values()), sum(b.onSectionM.values())), 1e-9);
}

/**
 * Choose more walks of a front that differ on the ground from those that are offered, and from each other.
 *
 * @param {Walk[]} front by length
 * @param {Walk[]} named what is offered
 * @param {number} most how many more
 * @returns {Walk[]} by length; what differs most is chosen first
 */
export function distinct(front, named, most) {
  /** @type {Walk[]} */
  const chosen = [];
  while (chosen.length < most) {
    const rest = front.filter((walk) => !named.includes(walk) && !chosen.includes(walk));
    const alike = rest.map((walk) => Math.max(...[...named, ...chosen].map((one) => shared(walk, one))));
    const least = Math.min(...alike);
    if (!rest.length || least > MOST_SHARED) break;
    chosen.push(rest[alike.indexOf(least)]);
  }
  return chosen.sort((a, b) => lengthOf(a) - lengthOf(b));
}
