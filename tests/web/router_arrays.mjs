// Graphs for the router's modules, from arrays as NumPy saves them: nothing here needs Node.

export const FIELDS = {
  nodeLonlat: Float64Array, component: Int32Array, tail: Int32Array, head: Int32Array, section: Int32Array,
  forward: Uint8Array, lengthDm: Int32Array, effortDm: Int32Array, outStart: Int32Array,
  shapeStart: Int32Array, shapeLonlat: Float64Array, wayClass: Uint8Array, flags: Uint32Array,
}; // prettier-ignore
const KINDS = {
  "<f8": Float64Array, "<f4": Float32Array, "<i8": BigInt64Array, "<i4": Int32Array, "<u4": Uint32Array,
  "|u1": Uint8Array, "|b1": Uint8Array, "|i1": Int8Array,
}; // prettier-ignore

/** The name of a field in routing/graph.py. */
export function pythonName(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Make a graph of arrays by the names of routing/graph.py; what a search does not read may be missing. */
export function graphFrom(given) {
  const graph = {};
  for (const [name, Kind] of Object.entries(FIELDS)) {
    const values = given[pythonName(name)];
    if (values) graph[name] = values instanceof Kind ? values : Kind.from(values, Number);
  }
  const [nodeCount, edgeCount] = [graph.nodeLonlat.length / 2, graph.tail.length];
  return { ...graph, nodeCount, edgeCount, sectionCount: graph.flags.length };
}

/** The array in the bytes of a file of NumPy's. */
export function arrayIn(bytes) {
  const begin = 10 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  const header = String.fromCharCode(...bytes.subarray(10, begin));
  const Kind = KINDS[/'descr': '([^']+)'/.exec(header)[1]];
  return new Kind(bytes.slice(begin).buffer);
}
