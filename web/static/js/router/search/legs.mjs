// @ts-check
/**
 * Walks by several stops: the fronts of the legs put together, and few walks chosen that stand for all of them
 * (routing/search/legs.py).
 */

export const CLOSE = 0.01; // of the range of what is seen: points nearer to each other than that stand for each other

/** @typedef {Float64Array | number[]} Numbers */

/** Whole walks by effort, each seen less than the one before. */
export class Choice {
  /**
   * @param {{ effortDm: Floats, seen: Floats, points: Ints[] }} walks points: for each leg, which point of its front
   * @param {import("./front.mjs").Front[]} legs
   * @param {number} exactToDm up to this effort the walks are all there are
   * @param {number} leastSeen no walk within the budget is seen less
   * @param {boolean} isWhole whether all walks within the budget that are worth it are here
   */
  constructor({ effortDm, seen, points }, legs, exactToDm, leastSeen, isWhole) {
    this.effortDm = effortDm; // [walk]
    this.seen = seen; // [walk]
    this.exactToDm = exactToDm;
    this.leastSeen = leastSeen;
    this.isWhole = isWhole;
    this.points = points; // [leg][walk]
    this.legs = legs;
  }

  get length() {
    return this.effortDm.length;
  }

  /** By how much of itself the last walk may be seen more than the best within the budget, 0 to 1. */
  get gap() {
    const last = this.length > 0 ? this.seen[this.length - 1] : 0;
    return last === 0 ? 0 : 1 - this.leastSeen / last;
  }

  /**
   * The parts of edges that a walk takes.
   *
   * @param {number} walk
   */
  parts(walk) {
    return this.legs.flatMap((leg, number) => leg.parts(this.points[number][walk]));
  }

  /**
   * The legs of a walk.
   *
   * @param {number} walk
   */
  paths(walk) {
    return this.legs.map((leg, number) => leg.path(this.points[number][walk]));
  }
}

/**
 * Put legs together: the walks within a budget that no other beats in both effort and what is seen.
 *
 * @param {import("./front.mjs").Front[]} legs at least one, each with at least one point, each as far as the whole
 *   budget allows it
 * @param {number} budgetDm for all legs
 */
export function together(legs, budgetDm) {
  let { effortDm, seen } = legs[0];
  let points = [Int32Array.from(effortDm, (_, point) => point)];
  for (const [number, leg] of legs.entries()) {
    if (number === 0) continue;
    const restDm = legs.slice(number + 1).reduce((sum, later) => sum + later.effortDm[0], 0);
    const { before, behind } = pairsOf(effortDm, seen, leg, budgetDm - restDm);
    const [efforts, sights] = [effortDm, seen];
    effortDm = Float64Array.from(before, (walk, i) => efforts[walk] + leg.effortDm[behind[i]]);
    seen = Float64Array.from(before, (walk, i) => sights[walk] + leg.seen[behind[i]]);
    points = [...points.map((column) => Int32Array.from(before, (walk) => column[walk])), behind];
  }
  const slackDm = legs.map((leg) => leg.exactToDm - leg.effortDm[0]);
  const exactToDm = Math.min(budgetDm, effortDm[0] + Math.min(...slackDm));
  // each leg's least is that of a leg to which all of the detour is left
  const each = legs.reduce((sum, leg) => sum + leg.leastSeen, 0);
  const least = exactToDm === budgetDm ? seen[seen.length - 1] : each;
  return new Choice({ effortDm, seen, points }, legs, exactToDm, least, exactToDm === budgetDm);
}

/**
 * Which walks before a leg go with which points of its own, by effort: the least seen of each effort, and of these what
 * no shorter one beats. Of pairs alike the first counts.
 *
 * @param {Floats} effortDm
 * @param {Floats} seen
 * @param {import("./front.mjs").Front} leg
 * @param {number} budgetDm
 */
function pairsOf(effortDm, seen, leg, budgetDm) {
  const leastDm = effortDm[0] + leg.effortDm[0];
  const most = Math.min(budgetDm, effortDm[effortDm.length - 1] + leg.effortDm[leg.length - 1]);
  const efforts = Math.max(most - leastDm + 1, 0);
  const least = new Float64Array(efforts).fill(Infinity);
  const [first, second] = [new Int32Array(efforts), new Int32Array(efforts)];
  for (let walk = 0; walk < effortDm.length; walk += 1) {
    const spareDm = budgetDm - effortDm[walk];
    const offset = effortDm[walk] - leastDm;
    for (let point = 0; point < leg.length && leg.effortDm[point] <= spareDm; point += 1) {
      const at = offset + leg.effortDm[point];
      const both = seen[walk] + leg.seen[point];
      if (both >= least[at]) continue;
      least[at] = both;
      first[at] = walk;
      second[at] = point;
    }
  }
  let best = Infinity;
  const worth = [];
  for (let at = 0; at < efforts; at += 1) {
    if (least[at] >= best) continue;
    best = least[at];
    worth.push(at);
  }
  return { before: Int32Array.from(worth, (at) => first[at]), behind: Int32Array.from(worth, (at) => second[at]) };
}

/**
 * The walks within a budget that no other beats, by effort.
 *
 * @param {Numbers} effortDm `[walk]`
 * @param {Numbers} seen `[walk]`
 * @param {number} [budgetDm]
 */
export function unbeaten(effortDm, seen, budgetDm = Infinity) {
  const within = Array.from(effortDm, (_, walk) => walk).filter((walk) => effortDm[walk] <= budgetDm);
  within.sort((a, b) => effortDm[a] - effortDm[b] || seen[a] - seen[b]);
  let best = Infinity;
  return within.filter((walk) => {
    const better = seen[walk] < best;
    if (better) best = seen[walk];
    return better;
  });
}

/**
 * Choose few points of a front that stand for all: the first, the last and the knee, then, again and again, the point
 * whose loss would be felt most.
 *
 * @param {Numbers} effortDm `[point]` a front by effort
 * @param {Numbers} seen `[point]`
 * @param {number} most how many, at least 3
 * @param {number} [within] of the range of what is seen: when no loss is greater, no more are chosen
 * @returns {number[]} in order
 */
export function standFor(effortDm, seen, most, within = CLOSE) {
  const last = effortDm.length - 1;
  const chosen = new Set([0, last]);
  const middle = knee(effortDm, seen);
  if (middle !== null) chosen.add(middle);
  const high = seen[0] - seen[last];
  while (chosen.size < Math.min(most, effortDm.length)) {
    let before = 0; // the last of the chosen up to a point
    let worst = 0;
    let loss = 0;
    for (let point = 0; point <= last; point += 1) {
      if (chosen.has(point)) before = point;
      if (seen[before] - seen[point] <= loss) continue;
      loss = seen[before] - seen[point];
      worst = point;
    }
    if (loss <= within * high) break;
    chosen.add(worst);
  }
  return [...chosen].sort((a, b) => a - b);
}

/**
 * The corners of a front's hull: the points that cost least at some price of being seen; both ends are among them.
 *
 * @param {Numbers} effortDm `[point]` a front by effort
 * @param {Numbers} seen `[point]`
 */
export function corners(effortDm, seen) {
  /** @type {number[]} */
  const found = [];
  const turns = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c) =>
    isMore(effortDm[b] - effortDm[a], seen[c] - seen[a], effortDm[c] - effortDm[a], seen[b] - seen[a]);
  for (let point = 0; point < effortDm.length; point += 1) {
    while (found.length > 1 && !turns(found[found.length - 2], found[found.length - 1], point)) found.pop();
    found.push(point);
  }
  return found;
}

/**
 * Tell whether one product of whole numbers is more than another, exactly.
 *
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 */
function isMore(a, b, c, d) {
  if (Math.abs(a * b) < 2 ** 53 && Math.abs(c * d) < 2 ** 53) return a * b > c * d;
  return BigInt(a) * BigInt(b) > BigInt(c) * BigInt(d);
}

/**
 * Find the point farthest below the chord between the ends of a front, both axes scaled to 0 to 1 (contract).
 *
 * @param {Numbers} length `[point]` a front by length
 * @param {Numbers} risk `[point]`
 * @returns {number | null} null if no point lies below the chord
 */
export function knee(length, risk) {
  const last = length.length - 1;
  const wide = length[last] - length[0];
  const high = risk[0] - risk[last];
  if (wide <= 0 || high <= 0) return null;
  let deepest = null;
  let below = 0;
  for (let point = 0; point <= last; point += 1) {
    const depth = 1 - (length[point] - length[0]) / wide - (risk[point] - risk[last]) / high;
    if (depth <= below) continue;
    below = depth;
    deepest = point;
  }
  return deepest;
}
