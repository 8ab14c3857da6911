// Plans of bench_phone_plan.py: reads `asked.json` in the folder named, prints what each took, CPU milliseconds.
import { readFileSync } from "node:fs";
import { decodePack } from "../../web/static/js/router/pack.mjs";
import { plan, planWalks, prepare } from "../../web/static/js/router/plan.mjs";

const folder = process.argv[2];
const { pairs, overlays } = JSON.parse(readFileSync(`${folder}/asked.json`, "utf-8"));

const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** @param {() => void} task */
const timed = (task) => {
  const begin = spent();
  task();
  return spent() - begin;
};

const bytes = new Uint8Array(readFileSync(`${folder}/phone.pack`));
let area;
const decode = timed(() => (area = decodePack(bytes)));
const ready = timed(() => prepare(area));
const walks = (from, to, overlay) => timed(() => planWalks(area, { from, to, ...(overlay && { overlay }) }));
const found = pairs.map((of) => of.map(([from, to]) => ({
  first: walks(from, to),
  again: walks(from, to),
  offered: plan(area, { from, to }).routes.length,
})));
const own = overlays.map(([from, to, overlay]) => ({ first: walks(from, to, overlay), again: walks(from, to, overlay) }));
globalThis.gc?.();
const { heapUsed, arrayBuffers } = process.memoryUsage();
console.log(JSON.stringify({ decode, ready, found, own, memory: heapUsed + arrayBuffers }));
