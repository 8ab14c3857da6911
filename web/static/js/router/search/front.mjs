// @ts-check
/**
 * The front: every walk within a budget that no other beats in both effort and what is seen (routing/search/front.py).
 *
 * Points come in order of effort. A search that meets a limit keeps the points it has, which are exact as far as they
 * go; it can be gone on with, or filled up with walks of least cost at well chosen prices beyond them.
 */

import { edgeTable, Labels, nodeTable, numbersFor, PER_EDGE, PER_NODE, takeUp } from "./labels.mjs";
import { endsOf, pathOf, SPLITS } from "./network.mjs";
import { lookAnew, outlookOf } from "./outlook.mjs";
import { Prices } from "./prices.mjs";
import { reach, SOURCE } from "./reach.mjs";
import { byEffort, edgesBack, seenToGo, shortestRest } from "./rests.mjs";
import { Rooms } from "./rooms.mjs";
import { trunkOf } from "./trunk.mjs";
import { Ways } from "./ways.mjs";

const TURNS = 15_000; // labels between two looks at the clock: some milliseconds on a phone
const AHEAD = 20_000; // labels, after which it pays to look ahead: a label takes longer then, and many are dropped
const MOST_LABELS = 600_000; // unless told: 12 MB
const ROOMS_KEPT = 2; // for labels: of a search that waits, and of one in the meantime

/** Walks by effort, each seen less than the one before. */
export class Front {
  /**
   * @param {{ network: SearchNetwork, ends: WalkEnds, reached: Reached }} of
   * @param {{ effortDm: number[], seen: number[], ways: (number | Ints)[] }} points ways: the branch of each walk, or
   *   its edges of what is reached
   * @param {Ways | null} tree of branches
   * @param {number} exactToDm up to this effort the points are all there are; the budget where the search was whole
   * @param {number} leastSeen no walk within the budget is seen less than this
   */
  constructor({ network, ends, reached }, { effortDm, seen, ways }, tree, exactToDm, leastSeen) {
    this.effortDm = Float64Array.from(effortDm); // [point]
    this.seen = Float64Array.from(seen); // [point]
    this.exactToDm = exactToDm;
    this.leastSeen = leastSeen;
    this.network = network;
    this.ends = ends;
    this.chain = reached.chain;
    this.chainStart = reached.chainStart;
    this.ways = ways; // [point]
    this.tree = tree;
  }

  get length() {
    return this.effortDm.length;
  }

  /** By how much of itself the last point may be seen more than the best walk within the budget, 0 to 1. */
  get gap() {
    const last = this.length > 0 ? this.seen[this.length - 1] : 0;
    return last === 0 ? 0 : 1 - this.leastSeen / last;
  }

  /**
   * The parts of edges that the walk of a point takes.
   *
   * @param {number} point
   * @returns {EdgePart[]}
   */
  parts(point) {
    const { linkStart, link } = trunkOf(this.network.graph);
    const found = [];
    const way = this.ways[point];
    for (const edge of typeof way === "number" ? /** @type {Ways} */ (this.tree).whole(way) : way) {
      for (let at = this.chainStart[edge]; at < this.chainStart[edge + 1]; at += 1) {
        const code = this.chain[at];
        if (code < 0) {
          found.push(this.ends.parts[-1 - code]);
          continue;
        }
        for (let i = linkStart[code]; i < linkStart[code + 1]; i += 1) {
          found.push({ edge: link[i], from: 0, to: SPLITS });
        }
      }
    }
    return found;
  }

  /**
   * The walk of a point.
   *
   * @param {number} point
   */
  path(point) {
    return pathOf(this.network, this.parts(point));
  }
}

/**
 * Find every walk within a budget that is worth its effort.
 *
 * @param {SearchNetwork} network
 * @param {SnapPoint} start
 * @param {SnapPoint[]} targets a walk may end at any of them
 * @param {{ budgetDm: number, limits?: FrontLimits }} options the greatest effort of a walk; how much the
 *   search may take
 */
export function findFront(network, start, targets, { budgetDm, limits = {} }) {
  const search = new FrontSearch(network, start, targets, budgetDm);
  search.run(limits);
  const found = search.filled();
  search.close();
  return found;
}

/** @type {LabelRoom[]} of searches that are over */
const free = [];

class LabelRoom {
  constructor() {
    this.labels = new Labels();
    this.rooms = new Rooms();
  }

  get byteLength() {
    return this.labels.byteLength + this.rooms.byteLength;
  }
}

/** How many bytes the room takes that is kept for the labels of searches to come. */
export function keptLabelBytes() {
  return free.reduce((sum, room) => sum + room.byteLength, 0);
}

/** A search for a front, in slices: `run` as often as there is time, `found` in between, `close` when it is over. */
export class FrontSearch {
  /**
   * @param {SearchNetwork} network
   * @param {SnapPoint} start
   * @param {SnapPoint[]} targets a walk may end at any of them
   * @param {number} budgetDm the greatest effort of a walk
   */
  constructor(network, start, targets, budgetDm) {
    const ends = endsOf(network.graph, start, targets);
    const reached = reach(network, ends, budgetDm);
    this.of = { network, ends, reached };
    this.budgetDm = budgetDm;
    /** @type {LabelRoom | null} */
    this.room = null;
    /** @type {LabelSearch | null} null where no walk is within the budget */
    this.search = null;
    /** @type {Ways | null} */
    this.ways = null;
    /** @type {{ points: { effortDm: number[], seen: number[], ways: (number | Ints)[] }, exactToDm: number } | null} */
    this.last = null; // what was found when it was closed
    if (reached.toGoDm[SOURCE] <= budgetDm) this.begin(reached);
  }

  /** @param {Reached} reached */
  begin(reached) {
    const nodes = reached.toGoDm.length;
    this.room = free.pop() ?? new LabelRoom();
    const order = byEffort(reached);
    const back = edgesBack(reached, this.room.rooms);
    const { onward, rest } = shortestRest(reached, order);
    const shortestDm = reached.toGoDm[SOURCE];
    const { labels, rooms } = this.room;
    const bucket = rooms.ints("bucket", this.budgetDm - shortestDm + 1); // zeros between searches
    const { kind, most } = numbersFor(rest[SOURCE]);
    const least = seenToGo(reached, back, rest[SOURCE]);
    labels.begin(kind);
    bucket[0] = 1;
    this.search = {
      reached, shortestDm, order, back, onward, rest, least, kind, most, labels, bucket,
      nodes: nodeTable({ least, rest }, most, rooms[kind]("nodes", PER_NODE * nodes)),
      edges: edgeTable(reached, most, rooms[kind]("edges", PER_EDGE * reached.head.length)),
      buckets: this.budgetDm - shortestDm + 1, points: { effortDm: [], seen: [], label: [] },
      count: 1, at: 0, best: rest[SOURCE] + 1, outlook: null,
    }; // prettier-ignore
    this.ways = new Ways({ head: reached.head, onward, source: SOURCE });
    takeUp(this.search, 1); // the shortest walk is there from the beginning
  }

  /**
   * Take up labels until there are none left or a limit is met; tells whether the search is whole.
   *
   * @param {FrontLimits} [limits]
   */
  run({ labels = MOST_LABELS, until = Infinity, cancelled } = {}) {
    const { search } = this;
    if (search && this.room === null && !this.isWhole) throw new Error("this search was closed");
    while (search && !this.isWhole && search.count < labels) {
      if (search.outlook === null && search.count > AHEAD) this.lookAhead();
      else this.lookAnew();
      const left = takeUp(search, Math.min(TURNS, labels - search.count));
      if (performance.now() > until || cancelled?.()) break;
      if (left === 0 || this.isWhole || search.count >= labels) continue;
      search.labels.grow(Math.max(Math.min(2 * search.labels.room, labels), search.labels.room + this.most));
    }
    return this.isWhole;
  }

  /** Find out what lets later labels be dropped; what is found stays the same. */
  lookAhead() {
    const { search, room } = this;
    if (search !== null && room !== null && !this.isWhole) search.outlook = outlookOf(search, room.rooms);
  }

  /** Let labels be dropped for the walks that were found since. */
  lookAnew() {
    if (this.search !== null && this.search.outlook !== null) lookAnew(this.search.outlook, this.search.at);
  }

  /** How many labels one may make. */
  get most() {
    const { outStart } = this.of.reached;
    let most = 0;
    for (let node = 1; node < outStart.length; node += 1) most = Math.max(most, outStart[node] - outStart[node - 1]);
    return most;
  }

  /** Whether no label is left. */
  get isWhole() {
    return this.search === null || this.search.at === this.search.buckets;
  }

  /** The points found so far; they are exact up to what the front says. */
  found() {
    if (!this.search) return new Front(this.of, { effortDm: [], seen: [], ways: [] }, null, this.budgetDm, 0);
    const { least } = this.search;
    const { points, exactToDm } = this.prefix(this.search);
    const last = points.seen[points.seen.length - 1];
    return new Front(this.of, points, this.ways, exactToDm, this.isWhole ? last : least[SOURCE]);
  }

  /** The points found so far, and beyond them, unless that is all there are, corners of the front's hull. */
  filled() {
    if (!this.search || this.isWhole) return this.found();
    const { points: sure, exactToDm } = this.prefix(this.search);
    const points = { effortDm: [...sure.effortDm], seen: [...sure.seen], ways: [...sure.ways] };
    const { corners, least } = new Prices(this.of.reached, this.search.least, this.search).corners(this.budgetDm);
    for (const { effortDm, seen, way } of corners) {
      if (effortDm <= exactToDm || seen >= points.seen[points.seen.length - 1]) continue;
      points.effortDm.push(effortDm);
      points.seen.push(seen);
      points.ways.push(way);
    }
    return new Front(this.of, points, this.ways, exactToDm, least);
  }

  /**
   * The points that are sure; there is always one.
   *
   * @param {LabelSearch} search
   */
  prefix({ points: { effortDm, seen, label }, at, shortestDm, labels }) {
    if (this.last) return this.last;
    const exactToDm = this.isWhole ? this.budgetDm : shortestDm + at - 1;
    let sure = 0;
    while (sure < effortDm.length && effortDm[sure] <= Math.max(exactToDm, effortDm[0])) sure += 1;
    /** @type {(number | Ints)[]} */
    const ways = label.slice(0, sure).map((one) => /** @type {Ways} */ (this.ways).keep(one, labels));
    return { points: { effortDm: effortDm.slice(0, sure), seen: seen.slice(0, sure), ways }, exactToDm };
  }

  /** Give the room back to other searches; what was found stays good. */
  close() {
    const { room, search } = this;
    if (room === null || search === null) return;
    this.last = this.prefix(search); // follows all ways while their labels are there
    search.bucket.fill(0, search.at, search.buckets);
    this.room = null;
    room.labels.shrink();
    room.rooms.shrink();
    if (free.length < ROOMS_KEPT) free.push(room);
  }
}
