// Measures the page's searches in one process of Node: python tests/bench/bench_phone.py tells what and prints it.
//
//     node phone_search.mjs FOLDER [node_modules of the peers]
//
// In: FOLDER with a graph as search_graphs.py saves it, and asked.json. Out: a line of JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readArray, readGraph } from "../web/router_graph.mjs";
import { anchorDm } from "../../web/static/js/router/anchors.mjs";
import { once } from "../../web/static/js/router/once.mjs";
import { FrontSearch, keptLabelBytes } from "../../web/static/js/router/search/front.mjs";
import { laneSeen, lanesOf } from "../../web/static/js/router/search/landmarks.mjs";
import { costOf, makeNetwork, UNIT } from "../../web/static/js/router/search/network.mjs";
import { roomsOf } from "../../web/static/js/router/search/reach.mjs";
import { bestPath, routeRoomBytes } from "../../web/static/js/router/search/route.mjs";
import { trunkOf } from "../../web/static/js/router/search/trunk.mjs";

const ROUNDS = 3;
const [folder, modules] = process.argv.slice(2);
const asked = JSON.parse(readFileSync(join(folder, "asked.json"), "utf-8"));
const graph = readGraph(folder);
const network = makeNetwork(graph, readArray(join(folder, `risk-${asked.risk}.npy`)));
const weight = (edge) => UNIT * graph.effortDm[edge] + asked.beta * network.seen[edge];

/** Milliseconds that a call takes, and what it gives. */
function timed(call) {
  const before = performance.now();
  const given = call();
  return [performance.now() - before, given];
}

/** CPU milliseconds of this thread; the clock may tick in steps of 4 ms. */
function cpuMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Go through what is asked, first to compile, then for the least of some times: others use the machine, too. */
function measured(pairs, call) {
  const runs = pairs.map((pair) => [Infinity, call(pair), 0]);
  for (let round = 0; round < ROUNDS; round += 1) {
    pairs.forEach((pair, i) => {
      const before = cpuMs();
      runs[i][0] = Math.min(runs[i][0], timed(() => call(pair))[0]);
      runs[i][2] += (cpuMs() - before) / ROUNDS;
    });
  }
  return runs;
}

/** The cheapest of the edges between two nodes, as an object graph has them. */
function linksOf() {
  const links = new Map();
  for (let edge = 0; edge < graph.edgeCount; edge += 1) {
    const key = graph.tail[edge] * graph.nodeCount + graph.head[edge];
    if (!links.has(key) || weight(edge) < weight(links.get(key))) links.set(key, edge);
  }
  return links.values();
}

/** ngraph.path's exact searches, with the straight line as ours has it. */
function ngraph(require) {
  const createGraph = require("ngraph.graph");
  const path = require("ngraph.path");
  const streets = createGraph();
  const anchors = anchorDm(graph);
  for (let node = 0; node < graph.nodeCount; node += 1) {
    streets.addNode(node, { x: anchors[2 * node], y: anchors[2 * node + 1] });
  }
  for (const edge of linksOf()) streets.addLink(graph.tail[edge], graph.head[edge], weight(edge));
  const options = {
    oriented: true,
    distance: (_from, _to, link) => link.data,
    heuristic: ({ data: a }, { data: b }) => UNIT * Math.floor(Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2)),
  };
  const cost = (nodes) => {
    let sum = 0; // from the end to the start
    for (let i = 1; i < nodes.length; i += 1) sum += streets.getLink(nodes[i].id, nodes[i - 1].id).data;
    return sum;
  };
  const finders = { "ngraph.path nba": path.nba(streets, options), "ngraph.path aStar": path.aStar(streets, options) };
  return Object.entries(finders).map(([name, finder]) => ({
    name, find: ({ nodes: [from, to] }) => finder.find(from, to), cost,
  })); // prettier-ignore
}

/** geojson-path-finder: a feature for each section; nodes within its tolerance become one, so that costs may differ. */
function geojson(require) {
  const { default: PathFinder } = require("geojson-path-finder");
  const at = (node) => [graph.nodeLonlat[2 * node], graph.nodeLonlat[2 * node + 1]];
  const ways = new Map();
  for (let edge = 0; edge < graph.edgeCount; edge += 1) {
    const ends = [graph.tail[edge], graph.head[edge]];
    const [tail, head] = graph.forward[edge] ? ends : ends.reverse();
    const way = ways.get(graph.section[edge]) ?? { tail, head, forward: 0, backward: 0 };
    way[graph.forward[edge] ? "forward" : "backward"] = weight(edge);
    ways.set(graph.section[edge], way);
  }
  const features = Array.from(ways.values(), ({ tail, head, ...properties }) => ({
    type: "Feature", properties, geometry: { type: "LineString", coordinates: [at(tail), at(head)] },
  })); // prettier-ignore
  const options = { tolerance: 1e-7, weight: (_a, _b, { forward, backward }) => ({ forward, backward }) };
  const finder = new PathFinder({ type: "FeatureCollection", features }, options);
  const point = (node) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at(node) } });
  const find = ({ points: [from, to] }) => finder.findPath(from, to);
  return [{ name: "geojson-path-finder", find, cost: (found) => found?.weight, point }];
}

/** One route at a price: ours and theirs, pair by pair. */
function routes(pairs, peers) {
  const report = { ours: measured(pairs, ({ snaps: [a, b] }) => bestPath(network, a, b, asked.beta)), peers: {} };
  const costs = report.ours.map(([, path]) => costOf(path, asked.beta));
  report.ours = report.ours.map(([ms]) => ms);
  report.cost = costs;
  for (const { name, find, cost, point } of peers) {
    if (point) for (const pair of pairs) pair.points = pair.nodes.map(point);
    const runs = measured(pairs, find);
    const same = runs.filter(([, found], i) => Math.round(cost(found)) === costs[i]).length;
    report.peers[name] = { ms: runs.map(([ms]) => ms), same };
  }
  return report;
}

/** The whole front within a detour, and what comes before its second walk. */
function fronts(pairs) {
  const leastDm = pairs.map(({ snaps: [a, b] }) => bestPath(network, a, b, 0).effortDm);
  const budgets = leastDm.map((dm) => Math.floor(dm * (1 + asked.detour)));
  const cases = pairs.map(({ snaps: [start, end] }, i) => ({ start, end, budgetDm: budgets[i] }));
  const begun = measured(cases, ({ start, end, budgetDm }) => {
    const search = new FrontSearch(network, start, [end], budgetDm);
    search.close();
    return null;
  });
  const runs = measured(cases, ({ start, end, budgetDm }) => {
    const search = new FrontSearch(network, start, [end], budgetDm);
    search.run();
    const front = search.filled();
    search.close();
    const { count } = search.search; // no more is kept: memory is measured
    return { length: front.length, gap: front.gap, walkDm: front.path(0).lengthDm, labels: count,
      edges: search.of.reached.head.length, isWhole: search.isWhole }; // prettier-ignore
  });
  const of = (name) => runs.map(([, told]) => told[name]);
  return {
    ms: runs.map(([ms]) => ms), cpuMs: runs.map(([, , cpu]) => cpu), begunMs: begun.map(([, , cpu]) => cpu),
    points: of("length"), gap: of("gap"), walkDm: of("walkDm"), edges: of("edges"), labels: of("labels"),
    whole: of("isWhole").filter(Boolean).length,
  }; // prettier-ignore
}

const memory = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};
const report = { made: {} };
globalThis.gc?.();
let before = memory();
report.made["the graph and what is seen"] = { ms: 0, mib: before };
const make = (name, call) => {
  const [ms] = timed(call);
  globalThis.gc?.();
  report.made[name] = { ms, mib: memory() - before };
  before = memory();
};
make("anchors", () => anchorDm(graph));
make("trunk", () => trunkOf(graph));
make("what is seen of lanes", () => laneSeen(network));
make("marks by effort", () => lanesOf(network, 0));
make("marks at two prices", () => lanesOf(network, asked.beta));
report.fronts = Object.fromEntries(Object.entries(asked.fronts).map(([name, pairs]) => [name, fronts(pairs)]));
report.rooms = { reach: once(graph, roomsOf).byteLength, labels: keptLabelBytes() };
globalThis.gc?.();
await new Promise((resolve) => setTimeout(resolve, 500)); // buffers are freed a while after what held them
globalThis.gc?.();
report.made["all of it, after fronts"] = { ms: 0, mib: memory() };
if (modules) {
  const require = createRequire(join(modules, "x.js"));
  const peers = [...ngraph(require), ...geojson(require)];
  report.routes = Object.fromEntries(Object.entries(asked.routes).map(([name, pairs]) => [name, routes(pairs, peers)]));
}
report.rooms.route = routeRoomBytes(graph);
console.log(JSON.stringify(report));
