// Measures fronts on a page's main thread: python tests/bench/bench_phone_browser.py opens it and tells what.
//
// In the folder of the page: arrays/ with a graph as search_graphs.py saves it, asked.json, router/ with the modules.

import { arrayIn, FIELDS, graphFrom, pythonName } from "./web/router_arrays.mjs";
import { FrontSearch } from "./router/search/front.mjs";
import { makeNetwork } from "./router/search/network.mjs";
import { bestPath } from "./router/search/route.mjs";

const fetched = async (name) => new Uint8Array(await (await fetch(`arrays/${name}.npy`)).arrayBuffer());
const arrays = {};
for (const name of Object.keys(FIELDS).map(pythonName)) arrays[name] = arrayIn(await fetched(name));
const asked = await (await fetch("arrays/asked.json")).json();
const network = makeNetwork(graphFrom(arrays), arrayIn(await fetched(`risk-${asked.risk}`)));

/** One front: when its first walk is there, when all are, and what it took. */
function measured({ snaps: [start, end], budgetDm }) {
  const before = performance.now();
  const search = new FrontSearch(network, start, [end], budgetDm);
  search.found().path(0);
  const first = performance.now();
  search.run();
  const front = search.filled();
  search.close();
  const ms = performance.now() - before;
  return { ms, firstMs: first - before, labels: search.search.count, points: front.length, whole: search.isWhole };
}

/** The fronts of one kind, each in the least time of some rounds after a first one. */
window.fronts = (name, rounds) => {
  const cases = asked.fronts[name].map(({ snaps }) => {
    return { snaps, budgetDm: Math.floor(bestPath(network, ...snaps, 0).effortDm * (1 + asked.detour)) };
  });
  const found = cases.map(measured);
  for (const one of found) one.ms = one.firstMs = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    cases.forEach((of, i) => {
      const { ms, firstMs } = measured(of);
      found[i].ms = Math.min(found[i].ms, ms);
      found[i].firstMs = Math.min(found[i].firstMs, firstMs);
    });
  }
  return found;
};
document.title = "ready";
