// @ts-check
/** A way to search an area in; out, the walks that people are offered, measured and told (routing/offers.py). */
import { choose, distinct, lengthOf, riskOf } from "./alternatives.mjs";
import { checkWanted } from "./errors.mjs";
import { sectionLengthM } from "./graph.mjs";
import { rint } from "./numbers.mjs";
import { lookAt, measureAll } from "./score.mjs";
import { SPLITS, share } from "./search/network.mjs";
import { nameOfWalk, shortlist } from "./shortlist.mjs";
import { advised, kept } from "./sides.mjs";
import { describeLegs } from "./steps.mjs";
import { stretchesOf, withLength } from "./stretches.mjs";

const UNIT_E6 = 1e6; // whole numbers in a unit of risk (contract)
const MOST_OFFERED = 5;

/**
 * Measure and choose walks.
 *
 * @param {Exposed} area with its overlay
 * @param {Choice[]} choices all walks within the detour; of several searches, if no one of them has all that is worth it
 * @param {Detour} detour how much longer than the first walk is accepted
 * @param {{keepSide: boolean, more: boolean, every: boolean, stops: string[]}} wanted she keeps to the side of each street that
 *   she is told; more walks that are distinct on the ground, up to five in all; every walk of the front instead; what the
 *   places are called that are passed on the way
 * @param {PlanLimits} [limits] once nobody waits any more it ends between its steps
 * @returns {Offer}
 */
export function offer(area, choices, detour, { keepSide, more, every, stops }, limits = {}) {
  const paths = onceEach(choices.flatMap((choice) => shortlist(area, choice, detour)));
  checkWanted(limits);
  const { walks, looked } = measured(area, paths, keepSide, limits);
  checkWanted(limits);
  let { named, front } = choose(walks, detour);
  if (!area.cameras.length && !area.area.manifest.unmapped.town)
    [named, front] = [named.slice(0, 1), front.slice(0, 1)];
  const chosen = named.map(([, walk]) => walk);
  let also = more ? distinct(front, chosen, MOST_OFFERED - named.length) : [];
  if (every) also = front.filter((walk) => !chosen.includes(walk));
  /** @type {[string, Walk][]} */
  const told = [...named, ...also.map((walk, at) => /** @type {[string, Walk]} */ ([`also_${at + 1}`, walk]))];
  // each is a choice of its own, so they come in the order of the front
  if (every) told.sort(([, a], [, b]) => lengthOf(a) - lengthOf(b));
  const routes = routesOf(area, told, lengthOf(walks[0]), looked, stops);
  const whole = every ? told.length : named.length;
  return {
    routes: routes.slice(0, whole),
    also: routes.slice(whole),
    front: front.map(pointOf),
    gap: Math.max(...choices.map((choice) => choice.gap)),
    walks,
  };
}

/** Drop walks that came twice. @param {PathFound[][]} paths */
function onceEach(paths) {
  const found = new Map();
  for (const legs of paths) {
    const name = legs.map((leg) => `${nameOfWalk(leg.parts)}:${leg.seen}`).join("/");
    if (!found.has(name)) found.set(name, legs);
  }
  return /** @type {PathFound[][]} */ ([...found.values()]);
}

/** @param {Walk} walk @returns {FrontPoint} */
function pointOf(walk) {
  const { risk, inViewM, meetings } = walk.score;
  const recognition = risk.recognition.default;
  return { lengthM: lengthOf(walk), risk: riskOf(walk), recognition, inViewM, cameras: meetings.length };
}

/**
 * Measure walks on their geometry.
 *
 * @param {Exposed} area
 * @param {PathFound[][]} paths
 * @param {boolean} keepSide
 * @param {PlanLimits} limits
 */
function measured(area, paths, keepSide, limits) {
  const known = new Map();
  const lines = paths.map((legs) => stretchesOf(area, partsOf(legs), known));
  const walked = keepSide ? lines.map((line, at) => kept(stepsOf(paths[at], line), line)) : lines;
  checkWanted(limits);
  const looked = lookAt(walked, area);
  checkWanted(limits);
  const scores = measureAll(walked, looked, area, false);
  const walks = paths.map((legs, at) => {
    const parts = partsOf(legs);
    // beyond its risk the metres among cars count, where no camera shall be dodged
    const amongCarsE6 = parts.reduce((sum, part) => sum + share(part, area.network.seen) - share(part, area.riskE6), 0);
    return {
      legs,
      effortDm: legs.reduce((sum, leg) => sum + leg.effortDm, 0),
      seen: amongCarsE6 + rint(scores[at].risk.risk.default * UNIT_E6),
      stretches: lines[at],
      walked: walked[at],
      score: scores[at],
      onSectionM: onSectionM(area.graph, parts),
    };
  });
  return { walks, looked };
}

/** @param {PathFound[]} legs */
const partsOf = (legs) => legs.flatMap((leg) => leg.parts);

/** How much of each section a walk takes. @param {Graph} graph @param {EdgePart[]} parts */
function onSectionM(graph, parts) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const part of parts) {
    const section = graph.section[part.edge];
    found.set(section, (found.get(section) ?? 0) + share(part, graph.lengthDm) / 10);
  }
  return found;
}

/**
 * Tell of walks what people are told.
 *
 * @param {Exposed} area
 * @param {[string, Walk][]} named
 * @param {number} shortestM
 * @param {import("./score.mjs").Looked} looked
 * @param {string[]} stops
 * @returns {PlannedRoute[]}
 */
function routesOf(area, named, shortestM, looked, stops) {
  const scores = measureAll(named.map(([, walk]) => walk.walked), looked, area, true); // prettier-ignore
  return named.map(([name, walk], at) => ({
    name,
    score: scores[at],
    detourM: lengthOf(walk) - shortestM,
    ...lineOf(walk),
    steps: stepsOf(walk.legs, walk.stretches, stops),
    surveyedShare: surveyedShare(area, walk),
  }));
}

/** Tell a walk street by street, and which side to keep to. @param {PathFound[]} legs @param {WalkStretch[]} stretches @param {string[]} [stops] */
function stepsOf(legs, stretches, stops) {
  let at = 0;
  const ofLegs = legs.map(({ parts }) => stretches.slice(at, (at += withLength(parts).length)));
  return advised(describeLegs(ofLegs, stops), stretches);
}

/** The share of a walk on streets where somebody looked for cameras. @param {Exposed} area @param {Walk} walk */
function surveyedShare({ area, graph }, walk) {
  if (area.manifest.surveyed_share === null) return null;
  let [surveyedM, lengthM] = [0, 0];
  for (const { edge, from, to } of withLength(partsOf(walk.legs))) {
    const section = graph.section[edge];
    const ownM = ((to - from) / SPLITS) * sectionLengthM(graph)[section];
    surveyedM += ownM * area.surveyed[section];
    lengthM += ownM;
  }
  return surveyedM / Math.max(lengthM, 1e-9);
}

/** Join the stretches, no point twice in a row, and tell which points are ends of sections. @param {Walk} walk */
function lineOf({ legs, stretches }) {
  const parts = withLength(partsOf(legs));
  const line = [stretches[0].lonlat[0], stretches[0].lonlat[1]];
  const junctions = new Set();
  for (const [at, { lonlat }] of stretches.entries()) {
    if (parts[at].from === 0) junctions.add(line.length / 2 - 1);
    for (let i = 2; i < lonlat.length; i += 2) {
      if (lonlat[i] !== line[line.length - 2] || lonlat[i + 1] !== line[line.length - 1])
        line.push(lonlat[i], lonlat[i + 1]);
    }
    if (parts[at].to === SPLITS) junctions.add(line.length / 2 - 1);
  }
  return { lonlat: Float64Array.from(line), junctions: [...junctions].sort((a, b) => a - b) };
}
