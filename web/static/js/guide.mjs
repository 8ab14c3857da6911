// @ts-check
/**
 * A walk as it is told on the way: what comes next, how far it is, and on which side a camera will be. A route and the
 * cameras in; for any distance from the start, what is ahead. Pure.
 *
 * @typedef {"left" | "right" | "ahead" | "behind"} Side
 * @typedef {Meeting & {facts: CameraFacts | null, spot: import("./track.mjs").Spot | null, side: Side | null}} Met both null
 *   where nobody knows where it is
 * @typedef {{step: Step, from: number, to: number}} Leg metres from the start
 * @typedef {ReturnType<typeof guideOf>} Guide
 */
import { apart, heading, makeTrack, passes, spotAt } from "./track.mjs";

export const WARN_M = 30; // before a camera's view
const BEGUN_M = 10; // so far from the start the first direction still helps
const LOOK_M = 12; // over which whither somebody walks is taken, as directions are (router/steps.mjs)
const OVER_M = 3; // a camera no farther from the line hangs over it, as far as maps can tell
const PASS_M = 25; // farther from the line, nobody passes it: it stands at the end of a street, or across a square
const [AHEAD_DEG, BEHIND_DEG] = [30, 150];

/** @param {Route} route @param {Cameras | null} cameras */
export function guideOf(route, cameras) {
  const track = makeTrack(route.geometry.coordinates, route.length_m);
  const whole = route.steps.reduce((sum, step) => sum + step.length_m, 0);
  const scale = whole > 0 ? route.length_m / whole : 1; // lengths of steps are rounded
  let reached = 0;
  const legs = route.steps.map((step) => {
    const from = reached;
    reached += step.length_m * scale;
    return { step, from, to: reached };
  });
  const known = new Map((cameras?.features ?? []).map((camera) => [camera.properties.id, camera]));
  const met = route.meetings.map((meeting) => {
    const camera = known.get(meeting.camera);
    const place = camera && (camera.properties.hangs_at ?? camera.geometry.coordinates);
    const spot = place === undefined ? null : track.spotOf(place);
    return { ...meeting, facts: camera?.properties ?? null, spot, side: spot === null ? null : sideOf(track, meeting.at_m, spot) };
  });
  return Object.freeze({ route, track, legs, met });
}

/**
 * On which side somebody has a camera whose view she enters: where she passes it, or else from where it first sees her.
 *
 * @param {import("./track.mjs").Track} track
 * @param {number} at metres from the start, where its view begins
 * @param {import("./track.mjs").Spot} camera
 * @returns {Side}
 */
export function sideOf(track, at, camera) {
  const first = spotAt(track, at);
  const to = Math.min(at + 1.5 * apart(first, camera) + LOOK_M, track.length);
  const near = passes(track, camera, at, to).reduce((best, one) => (one.off < best.off ? one : best));
  if (near.at > at + 1 && near.at < to - 1 && near.off <= PASS_M) {
    if (near.off < OVER_M) return "ahead";
    return turnDeg(heading(track, near.at - 4, near.at + 4), spotAt(track, near.at), camera) > 0 ? "left" : "right";
  }
  const turn = turnDeg(heading(track, at, at + LOOK_M) ?? heading(track, at - LOOK_M, at), first, camera);
  if (Math.abs(turn) <= AHEAD_DEG) return "ahead";
  if (Math.abs(turn) >= BEHIND_DEG) return "behind";
  return turn > 0 ? "left" : "right";
}

/**
 * How far to turn to face a place, degrees, to the left positive.
 *
 * @param {import("./track.mjs").Spot | null} way
 * @param {import("./track.mjs").Spot} here
 * @param {import("./track.mjs").Spot} there
 */
function turnDeg(way, here, there) {
  if (way === null) return 0;
  const [east, north] = [there[0] - here[0], there[1] - here[1]];
  return (Math.atan2(way[0] * north - way[1] * east, way[0] * east + way[1] * north) * 180) / Math.PI;
}

/** Which step comes next for somebody who has come so far. @param {Guide} guide @param {number} metres */
export function nextAt({ legs }, metres) {
  if (metres < Math.min(BEGUN_M, legs[0].to / 2)) return 0;
  const found = legs.findIndex(({ from }) => from > metres);
  return found < 0 ? legs.length - 1 : found;
}

/** Where somebody is who has the turn to a step before her, as far as that is known: at the turn before. @param {Guide} guide @param {number} next */
export const turnBefore = ({ legs }, next) => (next === 0 ? 0 : legs[next - 1].from);

/**
 * What is ahead.
 *
 * @param {Guide} guide
 * @param {number} metres from the start
 * @param {number} next position of the step that comes next
 */
export function aheadOf({ route, legs, met }, metres, next) {
  const turn = legs[next];
  const coming = met.filter(({ at_m: at }) => at >= metres);
  const seen = route.in_view_spans_m.find(([from, to]) => from <= metres && metres < to);
  const left = Math.max(route.length_m - metres, 0);
  const corner = next === 0 && legs.length > 1 ? legs[1].from : turn.from; // setting out, the first turn is still to come
  return {
    step: turn.step,
    toTurn: Math.max(turn.from - metres, 0),
    keep: next > 0 ? legs[next - 1].step.keep : null,
    camera: coming[0] ?? null,
    toCamera: coming.length > 0 ? coming[0].at_m - metres : 0,
    beforeTurn: coming.filter(({ at_m: at }) => at < corner).length, // of the cameras
    seenFor: seen === undefined ? 0 : seen[1] - metres,
    left,
    seconds: (route.duration_s * left) / Math.max(route.length_m, 1),
  };
}

/**
 * The cameras to warn of now: whose view begins within so many metres, or is not yet walked through.
 *
 * @param {Guide} guide
 * @param {number} metres from the start
 */
export function near({ met }, metres) {
  return met.filter(({ at_m: at, in_view_m: seen }) => metres >= at - WARN_M && metres < at + Math.max(seen, 1));
}
