// @ts-check
/**
 * What a long search knows of walks that it has not come to yet, and what it need not look at for that.
 *
 * At some prices of being seen, every node has a rest of least cost. With it a label is a whole walk, which is noted by
 * its effort; and no walk that begins with the label costs less at that price. So a label is dropped where walks that
 * are known beat, in one of both and not only match, whatever may follow it. All walks that none beats are found as
 * they are without this, also those of equal worth, and in the same order: what leads to them never is dropped.
 *
 * Efforts are buckets here: what a walk takes beyond the shortest.
 */

import { SOURCE } from "./reach.mjs";
import { lower } from "./rests.mjs";

const PRICES = 3; // more of them drop little more
const LEVELS = 512; // of costs at a price, from the least on
const HIGHEST = LEVELS - 1; // all costs that are higher
const EXACT = 2 ** 50; // costs of walks are below, so that sums are whole numbers
const TERMS = 4; // numbers for each price: what a decimetre costs, what is seen, the least of walks known, 1 / level
const WIDTH = 2 * PRICES; // numbers for each node: efforts of the rests beyond the shortest, then what is seen of them

/**
 * Look ahead at prices which corners of the front's hull have, first where the gap between two is widest.
 *
 * @param {LabelSearch} search
 * @param {import("./rooms.mjs").Rooms} rooms
 * @returns {Outlook}
 */
export function outlookOf(search, rooms) {
  const { buckets, shortestDm, points, rest, reached, kind, most } = search;
  const rests = rooms[kind]("rests", reached.toGoDm.length * WIDTH);
  const known = rooms[kind]("known", buckets + 1).fill(rest[SOURCE], 0, buckets);
  known[buckets] = -1; // nothing lies beyond the budget
  const stops = rooms.ints("stops", 2 * PRICES * LEVELS);
  const steps = rooms.ints("steps", buckets + 1);
  const outlook = { known, buckets, rests, steps, stops, terms: new Float64Array(TERMS * PRICES) };
  // those that are seen least come first: the others end where they begin
  for (let i = points.seen.length - 1; i >= 0; i -= 1) noteWalk(outlook, points.effortDm[i] - shortestDm, points.seen[i]);
  const found = pricesOf(search).sort((a, b) => b.perDm * a.perSeen - a.perDm * b.perSeen);
  for (const [price, { perDm, perSeen, dm, seen }] of found.entries()) {
    outlook.terms.set([perDm, perSeen], TERMS * price);
    for (let node = 0; node < dm.length; node += 1) {
      rests[WIDTH * node + price] = dm[node] - reached.toGoDm[node];
      rests[WIDTH * node + PRICES + price] = Math.min(seen[node], most);
    }
    noteWalk(outlook, dm[SOURCE] - shortestDm, seen[SOURCE]);
  }
  lookAnew(outlook, search.at);
  return outlook;
}

/**
 * Choose prices, with the rests of least cost at each.
 *
 * @param {LabelSearch} search
 */
function pricesOf({ reached, order, back, buckets, shortestDm, rest, least }) {
  /** @type {HullCorner[]} */
  const hull = [
    { dm: shortestDm, seen: rest[SOURCE], isSide: false },
    { dm: shortestDm + buckets, seen: least[SOURCE], isSide: false }, // nothing lies beyond this one
  ];
  const near = [{ dm: Float64Array.from(reached.toGoDm), seen: rest }];
  const found = [];
  while (found.length < PRICES) {
    const at = widest(hull);
    const [low, high] = [hull[at], hull[at + 1]];
    const price = priceBetween(low, high, 2 * (shortestDm + buckets), 2 * rest[SOURCE]);
    const rests = cheapestOf(near, price);
    lower(reached, back, order, price, rests);
    near.push(rests);
    found.push({ ...price, ...rests });
    const corner = { dm: rests.dm[SOURCE], seen: rests.seen[SOURCE], isSide: false };
    if (costOf(corner, price) >= costOf(low, price)) low.isSide = true;
    else hull.splice(at + 1, corner.dm < shortestDm + buckets ? 0 : hull.length, corner);
  }
  return found;
}

/**
 * @param {{ dm: number, seen: number }} walk
 * @param {Price} price
 */
function costOf({ dm, seen }, { perDm, perSeen }) {
  return perDm * dm + perSeen * seen;
}

/** @typedef {{ dm: number, seen: number, isSide: boolean }} HullCorner isSide: no walk costs less than it and the next */

/**
 * Which two corners span the largest box.
 *
 * @param {HullCorner[]} hull
 */
function widest(hull) {
  const box = (/** @type {number} */ at) =>
    hull[at].isSide ? 0 : (hull[at + 1].dm - hull[at].dm) * (hull[at].seen - hull[at + 1].seen);
  let best = 0;
  for (let at = 1; at + 1 < hull.length; at += 1) if (box(at) > box(best)) best = at;
  return best;
}

/**
 * The price at which two corners cost the same, as near as exact costs allow.
 *
 * @param {HullCorner} low
 * @param {HullCorner} high
 * @param {number} mostDm
 * @param {number} mostSeen
 */
function priceBetween(low, high, mostDm, mostSeen) {
  let perDm = Math.max(low.seen - high.seen, 1);
  let perSeen = Math.max(high.dm - low.dm, 1);
  while (perDm * mostDm + perSeen * mostSeen > EXACT && Math.max(perDm, perSeen) > 1) {
    [perDm, perSeen] = [Math.ceil(perDm / 2), Math.ceil(perSeen / 2)];
  }
  return { perDm, perSeen };
}

/**
 * From every node the cheapest of some rests.
 *
 * @param {Rests[]} near
 * @param {Price} price
 */
function cheapestOf(near, { perDm, perSeen }) {
  const best = { dm: near[0].dm.slice(), seen: near[0].seen.slice() };
  for (const { dm, seen } of near.slice(1)) {
    for (let node = 0; node < dm.length; node += 1) {
      if (!(perDm * dm[node] + perSeen * seen[node] < perDm * best.dm[node] + perSeen * best.seen[node])) continue;
      best.dm[node] = dm[node];
      best.seen[node] = seen[node];
    }
  }
  return best;
}

/**
 * Note a walk.
 *
 * @param {Outlook} outlook
 * @param {number} effort
 * @param {number} seen
 */
export function noteWalk({ known, buckets }, effort, seen) {
  for (let at = effort; at < buckets && known[at] > seen; at += 1) known[at] = seen;
}

/**
 * Tell whether walks are known that beat all that may begin with a label; notes its own.
 *
 * @param {Outlook} outlook
 * @param {number} at effort of the label with the shortest rest
 * @param {number} node
 * @param {number} soFar what is seen of it
 * @param {number} least what is seen of it with the rest that is seen least
 */
export function isBeaten(outlook, at, node, soFar, least) {
  const { known, buckets, rests, stops, terms } = outlook;
  let open = at; // no walk that none beats takes less
  for (let price = 0; price < PRICES; price += 1) {
    const effort = at + rests[WIDTH * node + price];
    const seen = soFar + rests[WIDTH * node + PRICES + price];
    if (effort < buckets && seen < known[effort]) noteWalk(outlook, effort, seen);
    const term = TERMS * price;
    const cost = (terms[term] * effort + terms[term + 1] * seen - terms[term + 2]) * terms[term + 3];
    const level = cost < HIGHEST ? (cost > 0 ? Math.floor(cost) : 0) : HIGHEST;
    const stop = 2 * (LEVELS * price + level);
    if (stops[stop] <= open && open < stops[stop + 1]) open = stops[stop + 1];
  }
  return known[open] < least;
}

/**
 * Find at every price, for costs by levels, the efforts at which whatever costs as much is beaten by a walk known.
 *
 * @param {Outlook} outlook
 * @param {number} from efforts below do not matter any more
 */
export function lookAnew({ known, buckets, steps, stops, terms }, from) {
  let count = 0; // of efforts from which less is known to be seen than before
  for (let at = from; at < buckets; at += 1) {
    if (at === from || known[at] < known[at - 1]) steps[count++] = at;
  }
  steps[count] = buckets;
  for (let price = 0; price < PRICES; price += 1) {
    const [perDm, perSeen] = [terms[TERMS * price], terms[TERMS * price + 1]];
    let cheapest = 0;
    let base = Infinity;
    let most = 0;
    for (let step = 0; step < count; step += 1) {
      const seen = perSeen * known[steps[step]];
      most = Math.max(most, perDm * (steps[step + 1] - 1) + seen);
      if (perDm * steps[step] + seen >= base) continue;
      base = perDm * steps[step] + seen;
      cheapest = step;
    }
    const width = 2 ** Math.max(Math.ceil(Math.log2((most - base + 1) / (LEVELS - 2))), 0); // divides without a rest
    terms[TERMS * price + 2] = base;
    terms[TERMS * price + 3] = 1 / width;
    // a step stops what costs no more than a walk that would only just be beaten at its end
    const levels = stops.subarray(2 * LEVELS * price, 2 * LEVELS * (price + 1));
    const levelOf = (/** @type {number} */ step) =>
      Math.floor((perDm * (steps[step + 1] - 1) + perSeen * known[steps[step]] - base) / width);
    let level = 0;
    for (let step = cheapest; step >= 0; step -= 1) {
      for (const to = levelOf(step); level <= to; level += 1) levels[2 * level] = steps[step + 1];
    }
    for (; level < LEVELS; level += 1) levels[2 * level] = from;
    level = 0;
    for (let step = cheapest; step < count; step += 1) {
      for (const to = levelOf(step); level <= to; level += 1) levels[2 * level + 1] = steps[step];
    }
    for (; level < LEVELS; level += 1) levels[2 * level + 1] = buckets;
  }
}
