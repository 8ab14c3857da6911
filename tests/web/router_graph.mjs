// Graphs for the router's modules under Node: from what Python gives as JSON, and from arrays that NumPy saved.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const FIELDS = {
  nodeLonlat: Float64Array, component: Int32Array, tail: Int32Array, head: Int32Array, section: Int32Array,
  forward: Uint8Array, lengthDm: Int32Array, effortDm: Int32Array, outStart: Int32Array, inStart: Int32Array,
  inEdge: Int32Array, shapeStart: Int32Array, shapeLonlat: Float64Array, wayClass: Uint8Array, flags: Uint32Array,
}; // prettier-ignore
const KINDS = {
  "<f8": Float64Array, "<f4": Float32Array, "<i8": BigInt64Array, "<i4": Int32Array, "<u4": Uint32Array,
  "|u1": Uint8Array, "|b1": Uint8Array, "|i1": Int8Array,
}; // prettier-ignore

/** Make a graph of arrays by the names of routing/graph.py; what a search does not read may be missing. */
export function graphFrom(given) {
  const graph = {};
  for (const [name, Kind] of Object.entries(FIELDS)) {
    const values = given[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    if (values) graph[name] = values instanceof Kind ? values : Kind.from(values, Number);
  }
  const [nodeCount, edgeCount] = [graph.nodeLonlat.length / 2, graph.tail.length];
  return { ...graph, nodeCount, edgeCount, sectionCount: graph.flags.length };
}

/** Read an array that NumPy saved. */
export function readArray(path) {
  const bytes = readFileSync(path);
  const header = bytes.toString("latin1", 10, 10 + bytes.readUInt16LE(8));
  const Kind = KINDS[/'descr': '([^']+)'/.exec(header)[1]];
  const data = bytes.subarray(10 + header.length);
  return new Kind(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
}

/** Read a graph whose arrays NumPy saved in a folder, each under its name. */
export function readGraph(folder) {
  const names = Object.keys(FIELDS).map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  return graphFrom(Object.fromEntries(names.map((name) => [name, readArray(join(folder, `${name}.npy`))])));
}
