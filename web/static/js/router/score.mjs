// @ts-check
/**
 * Measure walks anew, on their geometry and the cameras alone (routing/score.py): counted camera by camera, never summed
 * from street to street. A street that several walks share is looked at once.
 *
 * @typedef {{number: Map<WalkStretch, number>, lines: Lines, share: Floats, beside: Ints, sizeM: Floats}} Cut stretches in
 *   pieces, each once; *lines* are the stretches, then the pavements beside them, those of each from `beside` on; of each
 *   line `share` is walked
 * @typedef {{cut: Cut, byLine: ByLine}} Seen what cameras do there by one column
 * @typedef {Seen & {views: Views, viewStart: Ints}} Looked the same by the default, with what they have in view
 * @typedef {Partial<Record<Column, Floats>>} Bare by column, the chance by camera that it recognises if it is there
 */
import { hungBy } from "./exposure.mjs";
import { hazardsBy, takeRows } from "./hazard/hazards.mjs";
import { linesAlong } from "./hazard/pavements.mjs";
import { byLine, chancesOf } from "./hazard/walked.mjs";
import { sum } from "./numbers.mjs";
import { taken } from "./ragged.mjs";
import { diffs, unionOf } from "./spans.mjs";

const ENDS_M = 50; // nobody can choose the first and the last metres of a walk (contract: told apart)
const SHORTEST_SPAN_M = 0.005; // what is shorter is the rounding of positions, not a sighting
const SURELY = 1 - 1e-12;
/** @type {Column[]} */
const ENDS = ["low", "high"];

/**
 * Look at all stretches of some walks, by the default.
 *
 * @param {WalkStretch[][]} walks
 * @param {Exposed} exposed
 * @returns {Looked}
 */
export function lookAt(walks, exposed) {
  const cut = cutOf(walks, exposed.area.walls);
  const { found, seen } = hazardsOn(cut, "default", exposed);
  const views = viewsOf(found.views, cut.sizeM.length);
  return { ...seen, views, viewStart: startsOf(views.line, cut.sizeM.length) };
}

/**
 * Measure walks.
 *
 * @param {WalkStretch[][]} walks in walking order; each stretch begins where the one before ends
 * @param {Looked} looked at these walks, or at more
 * @param {Exposed} exposed
 * @param {boolean} ranges give low and high estimates; without, they are the default, in a third of the time
 * @returns {WalkScore[]}
 */
export function measureAll(walks, looked, exposed, ranges) {
  /** @type {Partial<Record<Column, Floats>>} */
  const chances = { default: chancesAlong(walks, looked) };
  if (ranges) {
    const cut = cutOf(walks, exposed.area.walls);
    for (const column of ENDS) chances[column] = chancesAlong(walks, hazardsOn(cut, column, exposed).seen);
  }
  const count = exposed.cameras.length;
  return walks.map((stretches, walk) => {
    const own = (/** @type {Floats | undefined} */ all) => all?.subarray(walk * count, (walk + 1) * count);
    /** @type {Bare} */
    const bare = { low: own(chances.low), default: own(chances.default), high: own(chances.high) };
    return scoreOf(stretches, bare, looked, exposed);
  });
}

/**
 * Cut the stretches of walks, and the pavements beside them, into pieces.
 *
 * @param {WalkStretch[][]} walks
 * @param {Walls} walls
 * @returns {Cut}
 */
function cutOf(walks, walls) {
  const stretches = [...new Set(walks.flat())];
  const sides = stretches.map(({ pavements }) => [0, 1].filter((side) => pavements[side]));
  const beside = new Int32Array(stretches.length + 1);
  for (const [at, of] of sides.entries()) beside[at + 1] = beside[at] + of.length;
  const walked = [...stretches, ...stretches.flatMap((stretch, at) => sides[at].map(() => stretch))];
  const lines = linesAlong(
    waysOf(walked, [...stretches.map(() => 0), ...sides.flat().map((side) => (side ? 1 : -1))]),
    walls,
  );
  const sizeM = new Float64Array(stretches.length);
  for (const [piece, line] of lines.pieces.line.entries()) {
    if (line >= sizeM.length) break;
    sizeM[line] += lines.pieces.lengthM[piece];
  }
  const share = [...sides.map((of) => (of.length ? 0 : 1)), ...sides.flatMap((of) => of.map(() => 1 / of.length))];
  return {
    number: new Map(stretches.map((stretch, at) => [stretch, at])),
    lines, share: Float64Array.from(share), beside, sizeM,
  }; // prettier-ignore
}

/** @param {WalkStretch[]} walked @param {number[]} side @returns {Ways} */
function waysOf(walked, side) {
  const start = new Int32Array(walked.length + 1);
  for (const [at, { lonlat }] of walked.entries()) start[at + 1] = start[at] + lonlat.length / 2;
  const points = new Float64Array(2 * start[walked.length]);
  for (const [at, { lonlat }] of walked.entries()) points.set(lonlat, 2 * start[at]);
  return {
    points,
    start,
    enclosed: Uint8Array.from(walked, ({ enclosed }) => (enclosed ? 1 : 0)),
    levels: Float32Array.from(walked.flatMap(({ levels }) => levels ?? [NaN, NaN])),
    side: Int8Array.from(side),
  };
}

/** Ask every camera what it does on cut stretches. @param {Cut} cut @param {Column} column @param {Exposed} exposed */
function hazardsOn(cut, column, exposed) {
  const { walls, estimates } = exposed.area;
  const found = hazardsBy(hungBy(exposed, column).placed, cut.lines, walls, estimates[column]);
  return { found, seen: { cut, byLine: byLine(walkedOnly(found, cut.share), cut.share.length) } };
}

/**
 * Drop what is computed and not needed: being recognised in the middle of a street.
 *
 * @param {Hazards} found
 * @param {Floats} share [line]
 */
function walkedOnly(found, share) {
  const rows = [...found.line.keys()].filter((row) => share[found.line[row]] > 0);
  return rows.length === found.line.length ? found : takeRows(found, rows, []);
}

/** What is in view of the stretches themselves: they come first. @param {Views} views @param {number} count @returns {Views} */
function viewsOf(views, count) {
  const end = startsOf(views.line, count)[count];
  return {
    camera: views.camera.subarray(0, end),
    line: views.line.subarray(0, end),
    fromM: views.fromM.subarray(0, end),
    toM: views.toM.subarray(0, end),
    share: views.share.subarray(0, end),
  };
}

/** Where the rows of each line begin, in rows by line. @param {Ints} line @param {number} count @returns {Ints} [line + 1] */
function startsOf(line, count) {
  const start = new Int32Array(count + 1);
  for (const one of line) if (one < count) start[one + 1]++;
  for (let at = 0; at < count; at++) start[at + 1] += start[at];
  return start;
}

/**
 * The chance that each camera recognises who takes each walk, [walk, camera].
 *
 * @param {WalkStretch[][]} walks
 * @param {Seen} seen
 */
function chancesAlong(walks, { cut, byLine: ofLines }) {
  const count = cut.sizeM.length;
  const lines = walks.map((stretches) => {
    const which = stretches.map((stretch) => numberOf(cut, stretch));
    return [...which, ...Array.from(taken(cut.beside, which).at, (pavement) => count + pavement)];
  });
  const start = new Int32Array(walks.length + 1);
  for (const [walk, of] of lines.entries()) start[walk + 1] = start[walk] + of.length;
  const line = Int32Array.from(lines.flat());
  const share = Float64Array.from(line, (one) => cut.share[one]);
  return chancesOf({ start, line, way: new Uint8Array(line.length), share }, ofLines);
}

/** @param {Cut} cut @param {WalkStretch} stretch */
const numberOf = (cut, stretch) => /** @type {number} */ (cut.number.get(stretch));

/**
 * Put together what is told of a walk.
 *
 * @param {WalkStretch[]} stretches
 * @param {Bare} bare
 * @param {Looked} looked
 * @param {Exposed} exposed
 * @returns {WalkScore}
 */
function scoreOf(stretches, bare, looked, exposed) {
  const { hidden, rows, spans, totalM } = along(stretches, looked);
  const inSight = unionOf(spans, SHORTEST_SPAN_M);
  const inView = unionOf([...inSight, ...hidden], SHORTEST_SPAN_M);
  const inViewM = sum(diffs(inView));
  const end = Math.max(totalM - ENDS_M, ENDS_M);
  const middleM = sum(diffs(inView.map((at) => Math.min(Math.max(at, ENDS_M), end))));
  return {
    lengthM: totalM,
    inViewM,
    enclosedM: inViewM - sum(diffs(inSight)),
    endsInViewM: inViewM - middleM,
    meetings: meetingsOf(rows, spans, looked.views, bare, exposed),
    inViewSpansM: Float64Array.from(inView),
    risk: riskOf(stretches, bare, exposed),
  };
}

/**
 * Lay what is in view, and what is hidden under a roof, along a walk: spans in metres from the start.
 *
 * @param {WalkStretch[]} stretches
 * @param {Looked} looked
 */
function along(stretches, { cut, views, viewStart }) {
  const [rows, spans, hidden] = [
    /** @type {number[]} */ ([]),
    /** @type {number[]} */ ([]),
    /** @type {number[]} */ ([]),
  ];
  let totalM = 0;
  for (const stretch of stretches) {
    const number = numberOf(cut, stretch);
    for (let row = viewStart[number]; row < viewStart[number + 1]; row++) {
      rows.push(row);
      spans.push(totalM + views.fromM[row], totalM + views.toM[row]);
    }
    const endM = totalM + cut.sizeM[number];
    if (stretch.enclosed) hidden.push(totalM, endM);
    totalM = endM;
  }
  return { hidden, rows, spans, totalM };
}

/**
 * Tell which cameras see the walker, where first, and how likely each recognises her.
 *
 * @param {number[]} rows of the views
 * @param {number[]} spans of each
 * @param {Views} views
 * @param {Bare} bare
 * @param {Exposed} exposed
 * @returns {WalkMeeting[]}
 */
function meetingsOf(rows, spans, views, bare, exposed) {
  /** @type {Map<number, {atM: number, inViewM: number}>} */
  const met = new Map();
  for (const [at, row] of rows.entries()) {
    const one = met.get(views.camera[row]) ?? { atM: Infinity, inViewM: 0 };
    one.atM = Math.min(one.atM, spans[2 * at]);
    // of the places where it may hang, each has its share in what is told
    one.inViewM += (spans[2 * at + 1] - spans[2 * at]) * views.share[row];
    met.set(views.camera[row], one);
  }
  const { hit_rate: hits, night_factor: night } = exposed.area.estimates.default;
  return [...met]
    .filter(([, { inViewM }]) => inViewM > SHORTEST_SPAN_M)
    .map(([number, { atM, inViewM }]) => ({
      camera: exposed.cameras[number],
      atM,
      inViewM,
      ifThere: of(bare, "default")[number] * hits * night,
      chance: range(bare, (column) => of(bare, column)[number] * hungBy(exposed, column).sure[number]),
    }))
    .sort((a, b) => a.atM - b.atM || (a.camera.id < b.camera.id ? -1 : 1));
}

/** @param {Bare} bare @param {Column} column */
const of = (bare, column) => /** @type {Floats} */ (bare[column]);

/**
 * One thing by each column; what was not looked at by one is as by the default.
 *
 * @template What
 * @param {Bare} bare
 * @param {(column: Column) => What} tell
 * @returns {Record<Column, What>}
 */
function range(bare, tell) {
  const middle = tell("default");
  return { low: bare.low ? tell("low") : middle, default: middle, high: bare.high ? tell("high") : middle };
}

/**
 * Put together how likely a walk is recognised, from the chance by camera under each column.
 *
 * @param {WalkStretch[]} stretches
 * @param {Bare} bare
 * @param {Exposed} exposed
 * @returns {WalkRisk}
 */
function riskOf(stretches, bare, exposed) {
  const unmapped = range(bare, (column) =>
    sum(stretches.map((stretch) => unmappedOf(stretch, spreadOf(exposed.area, column, stretch)))),
  );
  const chances = range(bare, (column) => chanceBy(of(bare, column), hungBy(exposed, column).sure));
  const risk = range(
    bare,
    (column) => sum(chances[column].map((one) => -Math.log1p(-Math.min(one, SURELY)))) + unmapped[column],
  );
  return {
    risk,
    recognition: range(bare, (column) => -Math.expm1(-risk[column])),
    unmapped: -Math.expm1(-unmapped.default),
    expected: range(bare, (column) => sum(chances[column]) + unmapped[column]),
    couldRecognise: range(bare, (column) => {
      const values = exposed.area.estimates[column];
      return of(bare, column).filter((one) => one * values.hit_rate * values.night_factor >= values.recognises_from)
        .length;
    }),
  };
}

/** The chance of each camera that may recognise at all. @param {Floats} bare @param {Floats} sure */
function chanceBy(bare, sure) {
  const found = [];
  for (let camera = 0; camera < bare.length; camera++) if (bare[camera] > 0) found.push(bare[camera] * sure[camera]);
  return found;
}

/**
 * What to multiply the risk by unmapped cameras by for an estimate.
 *
 * @param {PhoneArea} area
 * @param {Column} column
 * @param {WalkStretch} stretch
 */
function spreadOf({ manifest: { unmapped } }, column, { enclosed }) {
  if (column === "default") return 1;
  return (enclosed ? unmapped.enclosed_factor : unmapped.open_factor)[column === "low" ? 0 : 1];
}

/**
 * The risk by unmapped cameras on the side that is walked, the mean of both if nobody says which.
 *
 * @param {WalkStretch} stretch
 * @param {number} factor
 */
function unmappedOf({ unmapped: [left, right], pavements: [onLeft, onRight] }, factor) {
  return factor * (onLeft === onRight ? (left + right) / 2 : onLeft ? left : right);
}
