// @ts-check
/**
 * Every walk on a small graph that is not beaten in both effort and what is seen (routing/search/labels.py).
 *
 * A label is a way from the start to a node. Labels are taken up by the least effort of a whole walk that begins with
 * them, so points come in order of effort, and a search that is stopped leaves its first part, exact (BOA*: Hernandez
 * Ulloa and others 2020). From every label the shortest rest is a walk, too: it is noted at once, and whatever cannot
 * beat it is dropped; a long search looks ahead besides (outlook.mjs). The effort of a label is known by its bucket:
 * whole effort less what is left from its node on.
 */

import { isBeaten, noteWalk } from "./outlook.mjs";
import { SOURCE } from "./reach.mjs";

const FIRST_ROOM = 1 << 14; // labels
const KEPT_ROOM = 1 << 17; // 3 MB: few walks need more

const WIDTH = 6; // numbers of 32 bits that a label takes; the first two are what is seen, with 64 bits
const NODE = 2; // where in a label: its node
const CAME_BY = 3; // edge, -1 for the first
const CAME_FROM = 4; // another label, -1 for the first
const UNDER = 5; // the next in its bucket, plus 1; 0 for the last; of one taken up, -1 less its branch in ways.mjs

/** Ways from the start, each with the one that it prolongs; what belongs to one lies together. */
export class Labels {
  constructor() {
    this.room = 0;
    this.ints = new Int32Array(0); // [label, number]
    this.floats = new Float64Array(0); // the same memory
    this.grow(FIRST_ROOM);
  }

  /**
   * Make more room.
   *
   * @param {number} room
   */
  grow(room) {
    const { ints } = this;
    this.ints = new Int32Array(room * WIDTH);
    this.ints.set(ints);
    this.floats = new Float64Array(this.ints.buffer);
    this.room = room;
  }

  /** Give back what a large search took. */
  shrink() {
    if (this.room <= KEPT_ROOM) return;
    this.ints = new Int32Array(0);
    this.grow(KEPT_ROOM);
  }

  /** Put the first label there: the start. */
  begin() {
    this.floats[0] = 0;
    this.ints.set([SOURCE, -1, -1, 0], NODE);
  }

  /**
   * The label that one prolongs, -1 for the first.
   *
   * @param {number} label
   */
  before(label) {
    return this.ints[WIDTH * label + CAME_FROM];
  }

  /**
   * The edge by which it does.
   *
   * @param {number} label
   */
  edge(label) {
    return this.ints[WIDTH * label + CAME_BY];
  }

  /**
   * The branch that a label's way was kept as, -1 for none.
   *
   * @param {number} label
   */
  branch(label) {
    return Math.max(-1 - this.ints[WIDTH * label + UNDER], -1);
  }

  /**
   * Remember that a label which was taken up has its way kept.
   *
   * @param {number} label
   * @param {number} branch
   */
  keep(label, branch) {
    this.ints[WIDTH * label + UNDER] = -1 - branch;
  }

  /** How many bytes they take. */
  get byteLength() {
    return this.ints.byteLength;
  }
}

/**
 * By how much a walk takes more effort for taking an edge than the least from its tail, `[edge]`.
 *
 * @param {Reached} reached
 */
export function detours({ outStart, head, effortDm, toGoDm }) {
  const more = new Int32Array(head.length);
  for (let node = 0; node < toGoDm.length; node += 1) {
    for (let edge = outStart[node]; edge < outStart[node + 1]; edge += 1) {
      more[edge] = effortDm[edge] + toGoDm[head[edge]] - toGoDm[node];
    }
  }
  return more;
}

/**
 * Take up labels, as many as told, as long as there is room for what they make; gives how many turns are left.
 *
 * @param {LabelSearch} search what was found so far; it is changed
 * @param {number} turns
 */
export function takeUp(search, turns) {
  if (search.outlook !== null) return takeUpAhead(search, search.outlook, turns);
  const { buckets, bucket, bestAt, least, rest, points, shortestDm, moreDm } = search;
  const { outStart, head, seen } = search.reached;
  const { ints, floats, room } = search.labels;
  let { count, at, best } = search;
  while (turns > 0 && at < buckets) {
    const label = bucket[at] - 1;
    if (label < 0) {
      at += 1;
      continue;
    }
    const node = ints[WIDTH * label + NODE];
    const end = outStart[node + 1];
    if (count + end - outStart[node] > room) break;
    bucket[at] = ints[WIDTH * label + UNDER];
    turns -= 1;
    const soFar = floats[(WIDTH / 2) * label];
    if (soFar >= bestAt[node] || soFar + least[node] >= best) continue;
    bestAt[node] = soFar;
    const whole = soFar + rest[node];
    if (whole < best) {
      best = whole;
      note(points, shortestDm + at, whole, label);
    }
    if (rest[node] === least[node]) continue; // no other rest is seen less
    for (let edge = outStart[node]; edge < end; edge += 1) {
      const put = at + moreDm[edge];
      if (put >= buckets) continue;
      const other = head[edge];
      const more = soFar + seen[edge];
      if (more >= bestAt[other] || more + least[other] >= best) continue;
      const first = WIDTH * count;
      floats[first / 2] = more;
      ints[first + NODE] = other;
      ints[first + CAME_BY] = edge;
      ints[first + CAME_FROM] = label;
      ints[first + UNDER] = bucket[put];
      bucket[put] = count += 1;
    }
  }
  search.count = count;
  search.at = at;
  search.best = best;
  return turns;
}

/**
 * The same with what is known of walks to come. It stands by itself: together, both would be slower by half.
 *
 * @param {LabelSearch} search what was found so far; it is changed
 * @param {Outlook} outlook
 * @param {number} turns
 */
function takeUpAhead(search, outlook, turns) {
  const { buckets, bucket, bestAt, least, rest, points, shortestDm, moreDm } = search;
  const { known } = outlook;
  const { outStart, head, seen } = search.reached;
  const { ints, floats, room } = search.labels;
  let { count, at, best } = search;
  while (turns > 0 && at < buckets) {
    const label = bucket[at] - 1;
    if (label < 0) {
      at += 1;
      continue;
    }
    const node = ints[WIDTH * label + NODE];
    const end = outStart[node + 1];
    if (count + end - outStart[node] > room) break;
    bucket[at] = ints[WIDTH * label + UNDER];
    turns -= 1;
    const soFar = floats[(WIDTH / 2) * label];
    if (soFar >= bestAt[node] || soFar + least[node] >= best) continue;
    bestAt[node] = soFar;
    const whole = soFar + rest[node];
    if (whole < best) {
      best = whole;
      note(points, shortestDm + at, whole, label);
      noteWalk(outlook, at, whole);
    }
    if (rest[node] === least[node]) continue; // no other rest is seen less
    if (isBeaten(outlook, at, node, soFar, soFar + least[node])) continue;
    for (let edge = outStart[node]; edge < end; edge += 1) {
      const put = at + moreDm[edge];
      if (put >= buckets) continue;
      const other = head[edge];
      const more = soFar + seen[edge];
      if (more >= bestAt[other] || more + least[other] > known[put]) continue;
      const first = WIDTH * count;
      floats[first / 2] = more;
      ints[first + NODE] = other;
      ints[first + CAME_BY] = edge;
      ints[first + CAME_FROM] = label;
      ints[first + UNDER] = bucket[put];
      bucket[put] = count += 1;
    }
  }
  search.count = count;
  search.at = at;
  search.best = best;
  return turns;
}

/**
 * Note a walk that beats those before it; one of the same effort is replaced.
 *
 * @param {LabelPoints} points
 * @param {number} effortDm
 * @param {number} seen
 * @param {number} label
 */
function note(points, effortDm, seen, label) {
  if (points.effortDm[points.effortDm.length - 1] === effortDm) {
    points.effortDm.pop();
    points.seen.pop();
    points.label.pop();
  }
  points.effortDm.push(effortDm);
  points.seen.push(seen);
  points.label.push(label);
}
