// @ts-check
/**
 * Directions, street by street: stretches in walking order go in, steps come out, as routing/steps.py says them. What
 * happens is decided first; how it is said in English stands at the end, in `say`.
 *
 * @typedef {{name: string, way: string, startM: number, endM: number, enclosedM: number, crossing: boolean}} Run part of
 *   the walk that is of one kind, from and to in metres from the start
 * @typedef {{run: Run, startM: number, endM: number, crosses: boolean}} Portion what becomes a step: a run, the links
 *   before it (from `startM`), and the links that end the walk
 * @typedef {{atM: Floats, eastM: Floats, northM: Floats, endsM: number[]}} Track the whole walk in local metres, by
 *   distance from the start; where each stretch ends
 */
import { modulo, movesAlong, size } from "./geo.mjs";
import { interp, rint } from "./numbers.mjs";

const RUN_M = 12; // a bearing is taken over this much of the walk, so that a kink at the corner does not decide it
const MIN_RUN_M = 5; // a step shorter than this borrows from what follows or precedes it
const LINK_M = 15; // unnamed pieces shorter than this are no step of their own
const SCRAP_M = 8; // nor are named ones shorter than this: a corner of a crossing
const [BEAR_DEG, TURN_DEG, SHARP_DEG, BACK_DEG] = [25, 55, 125, 160];
const BEND_DEG = 70; // a bend of a named street that must be told, because it is a corner
const NO_BEARING_M = 0.01; // a centimetre has none
const COMPASS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
const TAKEN = new Set(["steps", "ferry", "lift"]); // one takes them; with a name, too, they are a step of their own
const OPEN_OR_NOT = new Set([...TAKEN, "platform", "square"]); // called the same indoors

// https://wiki.openstreetmap.org/wiki/Key:highway
const STREETS = ["residential", "living_street", "primary", "secondary", "tertiary", "trunk"];
const SAME = ["bridleway", "cycleway", "escalator", "ferry", "footway", "path", "pedestrian", "platform", "service",
  "square", "steps", "track"]; // prettier-ignore
const WAYS = new Map([
  ...SAME.map((name) => /** @type {[string, string]} */ ([name, name])),
  ["corridor", "passage"],
  ["elevator", "lift"],
  ["unclassified", "road"],
  ...STREETS.flatMap(
    (name) =>
      /** @type {[string, string][]} */ ([
        [name, "street"],
        [`${name}_link`, "street"],
      ]),
  ),
]);
const TURNS = new Map([
  ["straight", ""],
  ["bear_left", "bear left"],
  ["left", "turn left"],
  ["sharp_left", "turn sharp left"],
  ["bear_right", "bear right"],
  ["right", "turn right"],
  ["sharp_right", "turn sharp right"],
  ["back", "turn back"],
]);
// what Python takes for blank at the ends of a name
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const AROUND = new RegExp(`^${BLANK}|${BLANK}$`, "g");

/**
 * Tell a walk street by street.
 *
 * @param {WalkStretch[]} stretches in walking order; those without length are ignored
 * @returns {WalkStep[]} the last is the arrival, 0 m
 */
export const describe = (stretches) => describeLegs([stretches]);

/**
 * Tell a walk that passes places on its way: to each by itself, as who stops there sets out anew.
 *
 * @param {WalkStretch[][]} legs from each place to the next
 * @param {string[]} [names] of the places between them, empty where one has none
 * @returns {WalkStep[]}
 */
export function describeLegs(legs, names = []) {
  return legs.flatMap((stretches, leg) => {
    const track = trackOf(stretches);
    const [portions, tailCrosses] = portionsOf(track, runsOf(track, stretches));
    const steps = portions.map((portion, at) => stepOf(track, at ? portions[at - 1] : null, portion));
    const last = leg === legs.length - 1 ? { do: "arrive" } : { do: "stop", stop: leg + 1, name: names[leg] ?? "" };
    const end = { ...PLAIN, ...last, cross: tailCrosses };
    return [...steps, { ...end, text: say(end) }];
  });
}

/** @type {WalkStep} */
const PLAIN = { text: "", lengthM: 0, name: "", do: "go", turn: null, compass: null, way: "way", through: false, cross: false, keep: null, stop: null }; // prettier-ignore

/** Join the stretches end to end. @param {WalkStretch[]} stretches @returns {Track} */
function trackOf(stretches) {
  const moves = movesAlong(stretches.map((stretch) => stretch.lonlat));
  const count = moves.line.length;
  const [atM, eastM, northM] = [0, 1, 2].map(() => new Float64Array(count + 1));
  const last = new Int32Array(stretches.length);
  for (let move = 0; move < count; move++) {
    atM[move + 1] = atM[move] + size(moves.eastM[move], moves.northM[move]);
    eastM[move + 1] = eastM[move] + moves.eastM[move];
    northM[move + 1] = northM[move] + moves.northM[move];
    last[moves.line[move]] = move + 1;
  }
  for (let line = 1; line < last.length; line++) last[line] = Math.max(last[line], last[line - 1]);
  return { atM, eastM, northM, endsM: [...last].map((point) => atM[point]) };
}

/**
 * Bearing of the straight line between two places of the walk; `null` if they are the same.
 *
 * @param {Track} track
 * @param {number} fromM
 * @param {number} toM
 */
function bearingDeg(track, fromM, toM) {
  const east = interp(toM, track.atM, track.eastM) - interp(fromM, track.atM, track.eastM);
  const north = interp(toM, track.atM, track.northM) - interp(fromM, track.atM, track.northM);
  if (size(east, north) < NO_BEARING_M) return null;
  return modulo(Math.atan2(east, north) * (180 / Math.PI), 360);
}

/**
 * Change of bearing between two places of the walk: right positive, 0 if not known. The old bearing is that of the last
 * `backM` before `cameM`, the new one that of `onM` from `goesM`.
 *
 * @param {Track} track
 * @param {number} cameM
 * @param {number} goesM
 * @param {number} backM
 * @param {number} onM
 */
function turnDeg(track, cameM, goesM, backM = RUN_M, onM = RUN_M) {
  const came = bearingDeg(track, cameM - backM, cameM);
  const goes = bearingDeg(track, goesM, goesM + onM);
  return came === null || goes === null ? 0 : modulo(goes - came + 180, 360) - 180;
}

/** @param {Run} run */
const lengthOf = (run) => run.endM - run.startM;

/** Alike for two runs of the same street. @param {Run} run */
const keyOf = (run) => `${run.name}\n${!run.name || TAKEN.has(run.way) ? run.way : ""}`;

/** Whether one walks through it, rather than along. @param {Run} run */
function isThrough(run) {
  if (TAKEN.has(run.way) || run.way === "platform") return false;
  return (run.way === "passage" && !run.name) || run.enclosedM > lengthOf(run) / 2;
}

/** @param {Run} run */
function isLink(run) {
  if (run.name) return lengthOf(run) < SCRAP_M && !TAKEN.has(run.way);
  return run.crossing || lengthOf(run) < LINK_M;
}

/** How much of it to take a bearing over. @param {Run} run */
const bearingRunM = (run) => Math.max(Math.min(RUN_M, lengthOf(run)), MIN_RUN_M);

/** Go on to the end of another run of the same street. @param {Run} run @param {Run} other @returns {Run} */
const until = (run, other) => ({
  ...run,
  endM: other.endM,
  enclosedM: run.enclosedM + other.enclosedM,
  crossing: run.crossing && other.crossing,
});

/**
 * Join neighbours of the same street; unnamed ones only while they go straight on.
 *
 * @param {Track} track
 * @param {WalkStretch[]} stretches
 */
function runsOf(track, stretches) {
  /** @type {Run[]} */
  const runs = [];
  /** @type {Run | null} */
  let last = null; // the stretch before, alone
  let startM = 0;
  for (const [at, stretch] of stretches.entries()) {
    const endM = track.endsM[at];
    if (endM <= startM) continue;
    let way = WAYS.get(stretch.wayClass) ?? "way";
    if (stretch.enclosed && !OPEN_OR_NOT.has(way)) way = "passage";
    const enclosedM = stretch.enclosed ? endM - startM : 0;
    /** @type {Run} */
    const run = { name: stretch.name.replace(AROUND, ""), way, startM, endM, enclosedM, crossing: stretch.crossing };
    const alike = last !== null && keyOf(run) === keyOf(last) && (run.name || run.crossing === last.crossing);
    if (alike && !breaks(run, turnDeg(track, startM, startM)))
      runs[runs.length - 1] = until(runs[runs.length - 1], run);
    else runs.push(run);
    last = run;
    startM = endM;
  }
  return runs;
}

/** Whether a turn within a street must be told. @param {Run} run @param {number} turn degrees */
const breaks = (run, turn) => Math.abs(turn) >= (run.name ? BEND_DEG : TURN_DEG);

/**
 * Give every link to a step; tell also whether the walk ends by crossing.
 *
 * @param {Track} track
 * @param {Run[]} runs
 * @returns {[Portion[], boolean]}
 */
function portionsOf(track, runs) {
  const longest = longestLink(runs);
  /** @type {Portion[]} */
  const portions = [];
  /** @type {Run[]} */
  let links = [];
  for (const run of runs) {
    if (isLink(run) && run !== longest) {
      links.push(run);
      continue;
    }
    const before = portions.at(-1);
    if (before && goesOn(track, before.run, links, run)) {
      const joined = until(before.run, run);
      portions[portions.length - 1] = { ...before, run: joined, endM: joined.endM };
    } else {
      const crosses = links.some((link) => link.crossing);
      portions.push({ run, startM: (links[0] ?? run).startM, endM: run.endM, crosses });
    }
    links = [];
  }
  const last = portions.at(-1);
  if (!last || !links.length) return [portions, false];
  portions[portions.length - 1] = { ...last, endM: links[links.length - 1].endM };
  return [portions, crossesAside(track, last.run, links)];
}

/** Where there is nothing but links, the longest stands for the walk. @param {Run[]} runs */
function longestLink(runs) {
  if (runs.some((run) => !isLink(run))) return null;
  return runs.reduce(
    (most, run) => (most === null || lengthOf(run) > lengthOf(most) ? run : most),
    /** @type {Run | null} */ (null),
  );
}

/**
 * Whether the walker would say that this is still the same street.
 *
 * @param {Track} track
 * @param {Run} before
 * @param {Run[]} links
 * @param {Run} after
 */
function goesOn(track, before, links, after) {
  if (keyOf(before) !== keyOf(after) || crossesAside(track, before, links)) return false;
  return !breaks(after, turnBetween(track, before, after));
}

/**
 * Whether one of the links crosses the street that was walked along, not a side street straight ahead.
 *
 * @param {Track} track
 * @param {Run} before
 * @param {Run[]} links
 */
function crossesAside(track, before, links) {
  return links.some((link) => link.crossing && Math.abs(turnBetween(track, before, link)) >= TURN_DEG);
}

/** Turn from the end of one run to the start of another. @param {Track} track @param {Run} before @param {Run} after */
function turnBetween(track, before, after) {
  return turnDeg(track, before.endM, after.startM, bearingRunM(before), bearingRunM(after));
}

/** Decide what happens in one portion. @param {Track} track @param {Portion | null} before @param {Portion} portion */
function stepOf(track, before, portion) {
  const { run } = portion;
  /** @type {WalkStep} */
  const step = {
    ...PLAIN,
    lengthM: portion.endM - portion.startM,
    name: run.name,
    do: before === null ? "head" : "go",
    turn: before === null ? null : turnWord(turnBetween(track, before.run, run)),
    compass: before === null ? compassOf(track, portion) : null,
    way: run.way,
    through: isThrough(run),
    cross: portion.crosses,
  };
  return { ...step, text: say(step) };
}

/** Tell which way the walk sets out. @param {Track} track @param {Portion} portion */
function compassOf(track, portion) {
  const startM = portion.crosses ? portion.run.startM : portion.startM;
  const bearing = bearingDeg(track, startM, portion.run.startM + bearingRunM(portion.run));
  return bearing === null ? null : COMPASS[rint(bearing / 45) % 8];
}

/** Name a turn. @param {number} turn degrees, right positive */
function turnWord(turn) {
  const much = Math.abs(turn);
  if (much >= BACK_DEG) return "back";
  const side = turn > 0 ? "right" : "left";
  if (much >= SHARP_DEG) return `sharp_${side}`;
  if (much >= TURN_DEG) return side;
  return much >= BEAR_DEG ? `bear_${side}` : "straight";
}

/** Say a step in English, from what happens alone. @param {WalkStep} step */
export function say(step) {
  let text = step.do === "arrive" ? "arrive" : step.do === "stop" ? stopWords(step) : step.do === "head" ? firstWords(step) : nextWords(step);
  if (step.cross) text = `cross, then ${text}`;
  if (step.keep !== null) text = `${text}, keep to the ${step.keep} side`;
  return text[0].toUpperCase() + text.slice(1);
}

/** Say which way the walk sets out. @param {WalkStep} step */
function firstWords(step) {
  const compass = step.compass === null ? "" : ` ${step.compass}`;
  return TAKEN.has(step.way) ? `take ${where(step)}${compass}` : `head${compass} ${where(step)}`;
}

/** Say how the walk goes on. @param {WalkStep} step */
function nextWords(step) {
  const turn = TURNS.get(step.turn ?? "straight") ?? "";
  if (TAKEN.has(step.way)) return turn ? `${turn} and take ${where(step)}` : `take ${where(step)}`;
  return `${turn || (step.through ? "go" : "continue")} ${where(step)}`;
}

/** Name the way, with its preposition: "along the path". @param {WalkStep} step */
function where(step) {
  if (TAKEN.has(step.way)) return `${theWay(step.way)} ${step.name}`.replace(AROUND, "");
  const word = step.through ? "through" : step.way === "square" ? "across" : "along";
  return `${word} ${step.name || theWay(step.way)}`;
}

/** @param {string} way */
function theWay(way) {
  if (way === "pedestrian") return "the pedestrian street";
  return way === "service" ? "the service road" : `the ${way}`;
}

/** @param {WalkStep} step */
const stopWords = ({ stop, name }) => `reach stop ${stop}${name ? `: ${name}` : ""}`;
