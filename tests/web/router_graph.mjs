// Graphs for the router's modules under Node: from what Python gives as JSON, and from arrays that NumPy saved.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { arrayIn, FIELDS, graphFrom, pythonName } from "./router_arrays.mjs";

export { graphFrom };

/** Read an array that NumPy saved. */
export function readArray(path) {
  return arrayIn(new Uint8Array(readFileSync(path)));
}

/** Read a graph whose arrays NumPy saved in a folder, each under its name. */
export function readGraph(folder) {
  const names = Object.keys(FIELDS).map(pythonName);
  return graphFrom(Object.fromEntries(names.map((name) => [name, readArray(join(folder, `${name}.npy`))])));
}
