// @ts-check
/**
 * A request and an area in; out, *shortest*, *balanced* and *least_seen* as people use them (routing/router.py): to the
 * digit the record that the library gives.
 */
import { MOST_EFFORT_DM, effortLimitDm } from "./alternatives.mjs";
import { RouteError, checkWanted } from "./errors.mjs";
import { exposedOf, networkOfSides } from "./exposure.mjs";
import { distanceM } from "./geo.mjs";
import { nameOf } from "./graph.mjs";
import { notesOn, notesOnOverlay } from "./notes.mjs";
import { offer } from "./offers.mjs";
import { once } from "./once.mjs";
import { asRecord } from "./record.mjs";
import { overlaid } from "./revise.mjs";
import { bestPath } from "./search/route.mjs";
import { findFront } from "./search/front.mjs";
import { together } from "./search/legs.mjs";
import { snap } from "./snap.mjs";

const WALK_SPEED_MPS = 1.4; // routing/model.py
const LONGEST_WALK_M = 60_000; // contract
const SAME_PLACE_M = 1;
const TIE_BREAK = 1; // decimetre for a unit of risk: next to nothing, and enough to choose between walks of equal effort
const SHORT = 0.05; // of the height of an area
const DEFAULT_DETOUR = "30%"; // contract

/**
 * Plan the walks of a request and give the record that programs get.
 *
 * @param {PhoneArea} area
 * @param {PlanRequest} request
 * @param {PlanLimits} [limits] at one, the record has the note `stopped`
 */
export const planWalks = (area, request, limits) => asRecord(plan(area, request, limits));

/**
 * Plan the walks of a request, unrounded.
 *
 * @param {PhoneArea} area
 * @param {PlanRequest} request
 * @param {PlanLimits} [limits]
 * @returns {Planned & {walks: Walk[], choices: Choice[], stops: SnapPoint[]}} with the walks it was chosen from
 */
export function plan(area, request, limits = {}) {
  const detour = typeof request.detour === "object" ? request.detour : parseDetour(request.detour ?? DEFAULT_DETOUR);
  const exposed = overlaidOnce(exposedOf(area), request.overlay ?? {});
  const stops = stopsOf(area, request);
  checkWanted(limits);
  const networks = request.keepSide ? [exposed.network, networkOfSides(exposed)] : [exposed.network];
  const choices = networks.map((network) => {
    const choice = search(network, stops, detour, limits);
    checkWanted(limits);
    return choice;
  });
  const keepSide = request.keepSide === true;
  const via = stops.slice(1, -1).map(({ section, lonlat, distanceM: movedM }) => ({ name: nameOf(area.graph, section), lonlat, movedM }));
  const wanted = { keepSide, more: request.front === true, every: request.front === "every", stops: via.map(({ name }) => name) };
  const offered = offer(exposed, choices, detour, wanted, limits);
  return {
    coverage: area.manifest.coverage, // of what everybody knows
    attribution: area.manifest.attribution,
    routes: offered.routes,
    also: offered.also,
    front: offered.front,
    notes: [...notesOn(exposed, offered, stops), ...notesOnOverlay(area, exposed, request.overlay ?? {})],
    via,
    keepSide,
    assumed: area.manifest.assumed,
    walks: offered.walks,
    choices,
    stops,
  };
}

/**
 * Work out what all plans need of an area by planning a short walk, so that the first one asked for is as quick as others.
 *
 * @param {PhoneArea} area
 */
export function prepare(area) {
  const { west, south, east, north } = area.manifest.bbox;
  const [lon, lat] = [(west + east) / 2, (south + north) / 2];
  try {
    plan(area, { from: [lon, lat], to: [lon, lat + (north - south) * SHORT] });
  } catch (error) {
    if (!(error instanceof RouteError)) throw error; // there may be no way
  }
}

/**
 * The area as one person knows it; the last is kept, for her next walk.
 *
 * @param {Exposed} base
 * @param {NonNullable<PlanRequest["overlay"]>} overlay
 */
function overlaidOnce(base, overlay) {
  const name = JSON.stringify([overlay.cameras ?? [], overlay.off ?? []]);
  const last = once(base, lastOverlay);
  if (last.name !== name) [last.name, last.made] = [name, overlaid(base, overlay)];
  return last.made;
}

/** @param {Exposed} base */
const lastOverlay = (base) => ({ name: "", made: base });

/**
 * Read a detour: `30%` of the shortest walk, `400m`, or `6min` at walking speed.
 *
 * @param {string} text
 * @returns {Detour}
 */
export function parseDetour(text) {
  const match = /^([0-9]{1,6}(?:\.[0-9]{1,6})?) *(%|m|km|min)$/.exec(text.trim());
  if (!match) throw new RouteError("bad-detour", "the detour is not understood; write it as 30%, 400m or 6min");
  const amount = Number(match[1]);
  if (match[2] === "%") return { share: amount / 100, metres: 0 };
  if (match[2] === "min") return { share: 0, metres: amount * 60 * WALK_SPEED_MPS };
  return { share: 0, metres: amount * (match[2] === "km" ? 1000 : 1) };
}

/**
 * Find start, stops and end of a walk on the ways of an area.
 *
 * @param {PhoneArea} area
 * @param {PlanRequest} request
 */
export function stopsOf(area, { from, via = [], to }) {
  const places = [from, ...via, to];
  const labels = ["the start", ...via.map((_, at) => `stop ${at + 1}`), "the end"];
  for (let at = 1; at < places.length; at++) {
    const apartM = distanceM(...places[at - 1], ...places[at]);
    if (!Number.isFinite(apartM)) {
      const message = "a place is not a position on Earth; give latitude and longitude in degrees";
      throw new RouteError("bad-position", message);
    }
    if (apartM < SAME_PLACE_M) {
      throw new RouteError(
        "same-place",
        `${labels[at - 1]} and ${labels[at]} are the same place; there is nothing to walk`,
      );
    }
  }
  const stops = places.map((place, at) => snapOne(area, place, labels[at]));
  for (let at = 1; at < stops.length; at++) checkPair(stops[at - 1], stops[at], `${labels[at - 1]} and ${labels[at]}`);
  return stops;
}

/** @param {SnapPoint} here @param {SnapPoint} there @param {string} both what to call them */
function checkPair(here, there, both) {
  if (distanceM(...here.lonlat, ...there.lonlat) > LONGEST_WALK_M) {
    throw new RouteError("too-far-apart", `${both} are more than ${LONGEST_WALK_M / 1000} km apart`);
  }
  if (here.section === there.section && here.q === there.q) {
    throw new RouteError("same-place", `${both} lie at the same point of the same way; there is nothing to walk`);
  }
}

/**
 * Find the way at a place.
 *
 * @param {PhoneArea} area
 * @param {[number, number]} place
 * @param {string} label what to call it in an error
 */
function snapOne({ graph, manifest: { bbox, name } }, place, label) {
  try {
    return snap(graph, place, label);
  } catch (error) {
    if (!(error instanceof RouteError) || holds(bbox, place)) throw error;
    const hint = holds(bbox, [place[1], place[0]])
      ? "longitude comes first: were the two numbers swapped?"
      : "choose a place inside it, or build an area for that place (sidestep area build)";
    throw new RouteError("outside-area", `${label} lies outside the area '${name}'; ${hint}`);
  }
}

/** @param {Manifest["bbox"]} box @param {[number, number]} place */
const holds = ({ west, south, east, north }, [lon, lat]) => west <= lon && lon <= east && south <= lat && lat <= north;

/**
 * Find the walk of least effort, leg by leg.
 *
 * @param {SearchNetwork} network
 * @param {SnapPoint[]} stops
 */
function shortestLegs(network, stops) {
  const legs = [];
  for (let at = 1; at < stops.length; at++) legs.push(bestPath(network, stops[at - 1], stops[at], TIE_BREAK));
  if (!legs.every((leg) => leg !== null)) {
    const message = "no walkable way on this map joins these places; choose others, or a larger area";
    throw new RouteError("no-route", message);
  }
  const lengthDm = legs.reduce((sum, leg) => sum + leg.lengthDm, 0);
  const effortDm = legs.reduce((sum, leg) => sum + leg.effortDm, 0); // less than twice that, but on a forged map
  if (lengthDm > LONGEST_WALK_M * 10 || effortDm > MOST_EFFORT_DM) {
    throw new RouteError("too-long", `the walk is longer than ${LONGEST_WALK_M / 1000} km; choose a nearer place`);
  }
  return legs;
}

/**
 * Find all walks within the detour that are worth their effort.
 *
 * @param {SearchNetwork} network
 * @param {SnapPoint[]} stops
 * @param {Detour} detour
 * @param {PlanLimits} limits
 * @returns {Choice}
 */
export function search(network, stops, detour, limits) {
  const legs = shortestLegs(network, stops);
  const effortDm = legs.reduce((sum, leg) => sum + leg.effortDm, 0);
  const budgetDm = effortLimitDm(effortDm, detour);
  const spareDm = budgetDm - effortDm;
  const fronts = legs.map((leg, at) =>
    findFront(network, stops[at], [stops[at + 1]], { budgetDm: leg.effortDm + spareDm, limits }),
  );
  return together(fronts, budgetDm);
}
