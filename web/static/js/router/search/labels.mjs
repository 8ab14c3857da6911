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
const KEPT_ROOM = 1 << 18; // 5 MB: few walks need more

const WIDTH = 5; // numbers that a label takes; the first is what is seen
const NODE = 1; // where in a label: its node
const CAME_BY = 2; // edge, -1 for the first
const CAME_FROM = 3; // another label, -1 for the first
const UNDER = 4; // the next in its bucket, plus 1; 0 for the last; of one taken up, -1 less its branch in ways.mjs

// numbers for each node: the least seen of a label taken up there, of any rest, and of a shortest rest; then of the label
// that was put there last its bucket, and what is seen of it
export const PER_NODE = 5;
export const PER_EDGE = 3; // for each edge: effort beyond the least from its tail, head, what is seen

const NARROW = 2 ** 30; // sums of two numbers below have 32 bits

/**
 * How numbers are kept in a search where no walk worth its effort is seen more than the shortest: as whole numbers of
 * 32 bits where those suffice, which takes a tenth less time. What is above the most counts as the most.
 *
 * @param {number} seen of the shortest walk
 * @returns {{ kind: "ints" | "floats", most: number }}
 */
export function numbersFor(seen) {
  return seen < NARROW ? { kind: "ints", most: NARROW } : { kind: "floats", most: Infinity };
}

/** Ways from the start, each with the one that it prolongs; what belongs to one lies together. */
export class Labels {
  constructor() {
    this.room = FIRST_ROOM;
    /** @type {Ints | Floats} [label, number] */
    this.numbers = new Int32Array(FIRST_ROOM * WIDTH);
  }

  /**
   * Make more room.
   *
   * @param {number} room
   */
  grow(room) {
    const { numbers } = this;
    const Numbers = /** @type {Int32ArrayConstructor | Float64ArrayConstructor} */ (numbers.constructor);
    this.numbers = new Numbers(room * WIDTH);
    this.numbers.set(numbers);
    this.room = room;
  }

  /** Give back what a large search took. */
  shrink() {
    if (this.numbers instanceof Int32Array && this.room <= KEPT_ROOM) return;
    this.room = Math.min(this.room, KEPT_ROOM);
    this.numbers = new Int32Array(this.room * WIDTH);
  }

  /**
   * Put the first label there: the start.
   *
   * @param {"ints" | "floats"} kind of numbers
   */
  begin(kind) {
    if (kind === "floats") this.numbers = new Float64Array(this.room * WIDTH);
    this.numbers.set([0, SOURCE, -1, -1, 0]);
  }

  /**
   * The label that one prolongs, -1 for the first.
   *
   * @param {number} label
   */
  before(label) {
    return this.numbers[WIDTH * label + CAME_FROM];
  }

  /**
   * The edge by which it does.
   *
   * @param {number} label
   */
  edge(label) {
    return this.numbers[WIDTH * label + CAME_BY];
  }

  /**
   * The branch that a label's way was kept as, -1 for none.
   *
   * @param {number} label
   */
  branch(label) {
    return Math.max(-1 - this.numbers[WIDTH * label + UNDER], -1);
  }

  /**
   * Remember that a label which was taken up has its way kept.
   *
   * @param {number} label
   * @param {number} branch
   */
  keep(label, branch) {
    this.numbers[WIDTH * label + UNDER] = -1 - branch;
  }

  /** How many bytes they take. */
  get byteLength() {
    return this.numbers.byteLength;
  }
}

/**
 * What labels are held against at each node: none was taken up or put there yet.
 *
 * @param {{ least: Floats, rest: Floats }} seen `[node]` of the rests that are seen least, and of shortest ones
 * @param {number} most that is told
 * @param {Ints | Floats} into room
 */
export function nodeTable({ least, rest }, most, into) {
  for (let node = 0; node < least.length; node += 1) {
    into[PER_NODE * node] = most;
    into[PER_NODE * node + 1] = Math.min(least[node], most);
    into[PER_NODE * node + 2] = Math.min(rest[node], most);
    into[PER_NODE * node + 3] = 0;
    into[PER_NODE * node + 4] = most;
  }
  return into;
}

/**
 * What prolonging a label by each edge takes.
 *
 * @param {Reached} reached
 * @param {number} most that is told of what is seen
 * @param {Ints | Floats} into room
 */
export function edgeTable({ outStart, head, effortDm, seen, toGoDm }, most, into) {
  for (let node = 0; node < toGoDm.length; node += 1) {
    for (let edge = outStart[node]; edge < outStart[node + 1]; edge += 1) {
      into[PER_EDGE * edge] = effortDm[edge] + toGoDm[head[edge]] - toGoDm[node];
      into[PER_EDGE * edge + 1] = head[edge];
      into[PER_EDGE * edge + 2] = Math.min(seen[edge], most);
    }
  }
  return into;
}

/**
 * Take up labels, as many as told, as long as there is room for what they make; gives how many turns are left.
 *
 * @param {LabelSearch} search what was found so far; it is changed
 * @param {number} turns
 */
export function takeUp(search, turns) {
  if (search.outlook !== null) return takeUpAhead(search, search.outlook, turns);
  const { buckets, bucket, nodes, edges, points, shortestDm } = search;
  const { outStart } = search.reached;
  const { numbers, room } = search.labels;
  let { count, at, best } = search;
  while (turns > 0 && at < buckets) {
    const label = bucket[at] - 1;
    if (label < 0) {
      at += 1;
      continue;
    }
    const node = numbers[WIDTH * label + NODE];
    const end = outStart[node + 1];
    if (count + end - outStart[node] > room) break;
    bucket[at] = numbers[WIDTH * label + UNDER];
    turns -= 1;
    const soFar = numbers[WIDTH * label];
    const least = nodes[PER_NODE * node + 1];
    if (soFar >= nodes[PER_NODE * node] || soFar + least >= best) continue;
    nodes[PER_NODE * node] = soFar;
    const rest = nodes[PER_NODE * node + 2];
    const whole = soFar + rest;
    if (whole < best) {
      best = whole;
      note(points, shortestDm + at, whole, label);
    }
    if (rest === least) continue; // no other rest is seen less
    for (let edge = outStart[node]; edge < end; edge += 1) {
      const put = at + edges[PER_EDGE * edge];
      if (put >= buckets) continue;
      const other = edges[PER_EDGE * edge + 1];
      const more = soFar + edges[PER_EDGE * edge + 2];
      if (more >= nodes[PER_NODE * other] || more + nodes[PER_NODE * other + 1] >= best) continue;
      if (put >= nodes[PER_NODE * other + 3] && more > nodes[PER_NODE * other + 4]) continue; // that one beats it
      nodes[PER_NODE * other + 3] = put;
      nodes[PER_NODE * other + 4] = more;
      const first = WIDTH * count;
      numbers[first] = more;
      numbers[first + NODE] = other;
      numbers[first + CAME_BY] = edge;
      numbers[first + CAME_FROM] = label;
      numbers[first + UNDER] = bucket[put];
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
  const { buckets, bucket, nodes, edges, points, shortestDm } = search;
  const { known } = outlook;
  const { outStart } = search.reached;
  const { numbers, room } = search.labels;
  let { count, at, best } = search;
  while (turns > 0 && at < buckets) {
    const label = bucket[at] - 1;
    if (label < 0) {
      at += 1;
      continue;
    }
    const node = numbers[WIDTH * label + NODE];
    const end = outStart[node + 1];
    if (count + end - outStart[node] > room) break;
    bucket[at] = numbers[WIDTH * label + UNDER];
    turns -= 1;
    const soFar = numbers[WIDTH * label];
    const least = nodes[PER_NODE * node + 1];
    if (soFar >= nodes[PER_NODE * node] || soFar + least >= best) continue;
    nodes[PER_NODE * node] = soFar;
    const rest = nodes[PER_NODE * node + 2];
    const whole = soFar + rest;
    if (whole < best) {
      best = whole;
      note(points, shortestDm + at, whole, label);
      noteWalk(outlook, at, whole);
    }
    if (rest === least) continue; // no other rest is seen less
    if (isBeaten(outlook, at, node, soFar, soFar + least)) continue;
    for (let edge = outStart[node]; edge < end; edge += 1) {
      const put = at + edges[PER_EDGE * edge];
      if (put >= buckets) continue;
      const other = edges[PER_EDGE * edge + 1];
      const more = soFar + edges[PER_EDGE * edge + 2];
      if (more >= nodes[PER_NODE * other] || more + nodes[PER_NODE * other + 1] > known[put]) continue;
      if (put >= nodes[PER_NODE * other + 3] && more > nodes[PER_NODE * other + 4]) continue; // that one beats it
      nodes[PER_NODE * other + 3] = put;
      nodes[PER_NODE * other + 4] = more;
      const first = WIDTH * count;
      numbers[first] = more;
      numbers[first + NODE] = other;
      numbers[first + CAME_BY] = edge;
      numbers[first + CAME_FROM] = label;
      numbers[first + UNDER] = bucket[put];
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
