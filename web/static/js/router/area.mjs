// @ts-check
/**
 * The sections of a pack → an area: columns are read, what was left out is worked out. The other way is routing/pack.py.
 */

import { checkEdges, checkPlaces, countOf, holdTo, sumOf } from "./bounds.mjs";
import { counted, folded, plain, putOdd, STEPS, summed } from "./columns.mjs";
import { boxOf } from "./container.mjs";
import { wallsFrom } from "./hazard/walls.mjs";
import { edgesFrom } from "./layout.mjs";
import { MOST_SEEN } from "./search/network.mjs";

const FORTH = 1; // bits of a section that is walked as it is drawn, and the other way
const BACK = 2;
const HUNDRED = 100;
const MM = 1000; // in a metre
const MM_IN_DM = 100;

/** @typedef {Map<string, Uint8Array>} Sections */
/** @typedef {{tail: Ints, head: Ints, open: Uint8Array}} Links of sections */

/**
 * Make an area.
 *
 * @param {Sections} map
 * @param {Sections} cameras
 * @returns {PhoneArea}
 */
export function areaOf(map, cameras) {
  const [about, seen] = [textOf(map, "about"), textOf(cameras, "about")];
  const of = column.bind(null, map);
  const nodeCount = countOf(about.nodes, of("node_lon"), of("node_lat"));
  const sectionCount = countOf(about.sections, of("section_low"), of("section_high"));
  const nodeSteps = nodesOf(of, nodeCount);
  const nodeLonlat = placed(nodeSteps);
  putOdd(of("node_odd"), nodeLonlat);
  const links = linksOf(of, sectionCount, nodeCount);
  const shapes = shapesOf(of, links, nodeSteps);
  const edges = edgesFrom(nodeCount, links.tail, links.head, links.open);
  const graph = {
    nodeCount,
    edgeCount: edges.tail.length,
    sectionCount,
    nodeLonlat,
    component: counted(of("node_component"), new Int32Array(nodeCount)),
    ...edges,
    ...walkedOf(of, shapes, edges, about.frame_m),
    ...shapes,
    ...toldOf(map, sectionCount),
  };
  [nodeLonlat, shapes.shapeLonlat].forEach(checkPlaces);
  checkEdges(graph);
  const unmappedSideE6 = unmappedOf(of, graph);
  const sideE6 = seenOf(cameras, graph, unmappedSideE6);
  for (const seenE6 of [unmappedSideE6, sideE6]) holdTo(seenE6, 0, MOST_SEEN + 1);
  holdTo([about.manifest.unmapped.enclosed_per_m], 0, Infinity); // what is seen of an edge is weighed by it, too
  return {
    manifest: { ...about.manifest, ...seen.manifest, bbox: manifestBox(about.manifest.bbox) },
    graph,
    unmappedSideE6,
    sideE6,
    surveyed: surveyedOf(cameras, sectionCount),
    walls: wallsFrom(wallsOf(of, countOf(about.walls, of("wall_lon"), of("wall_lat")))),
    cameras: seen.cameras,
    model: about.model,
    estimates: about.estimates,
  };
}

/** @param {any} box @returns {Manifest["bbox"]} */
function manifestBox({ west, south, east, north }) {
  const [w, s, e, n] = boxOf([west, south, east, north]);
  return { west: w, south: s, east: e, north: n };
}

/**
 * @param {Sections} sections
 * @param {string} name
 */
function column(sections, name) {
  const bytes = sections.get(name);
  if (!bytes) throw new RangeError(`the pack has no ${name}`);
  return bytes;
}

/** @param {Sections} sections @param {string} name */
const textOf = (sections, name) => JSON.parse(new TextDecoder().decode(column(sections, name)));

/**
 * Positions as degrees.
 *
 * @param {Floats} steps
 */
function placed(steps) {
  const lonlat = new Float64Array(steps.length);
  for (let i = 0; i < steps.length; i++) lonlat[i] = steps[i] / STEPS;
  return lonlat;
}

/**
 * @param {(name: string) => Uint8Array} of
 * @param {number} count
 * @returns {Floats} `[node, 2]` whole steps
 */
function nodesOf(of, count) {
  const lon = summed(folded(of("node_lon"), new Float64Array(count)));
  const lat = summed(folded(of("node_lat"), new Float64Array(count)));
  const steps = new Float64Array(2 * count);
  for (let node = 0; node < count; node++) {
    steps[2 * node] = lon[node];
    steps[2 * node + 1] = lat[node];
  }
  return steps;
}

/**
 * @param {(name: string) => Uint8Array} of
 * @param {number} count
 * @param {number} nodeCount
 * @returns {Links}
 */
function linksOf(of, count, nodeCount) {
  const tail = summed(folded(of("section_low"), new Int32Array(count)));
  const head = counted(of("section_high"), new Int32Array(count));
  const open = counted(of("section_open"), new Uint8Array(count));
  for (let section = 0; section < count; section++) {
    const low = tail[section];
    const high = low + (head[section] >> 1);
    const turned = head[section] & 1;
    tail[section] = turned ? high : low;
    head[section] = turned ? low : high;
    open[section] = (FORTH | BACK) - open[section];
  }
  for (const ends of [tail, head]) holdTo(ends, 0, nodeCount);
  return { tail, head, open };
}

/**
 * Draw sections from node to node; points between are told from where a straight line to the end had them.
 *
 * @param {(name: string) => Uint8Array} of
 * @param {Links} links
 * @param {Floats} nodeSteps
 */
function shapesOf(of, { tail, head }, nodeSteps) {
  const shapeStart = new Int32Array(tail.length + 1);
  const inner = counted(of("section_points"), new Int32Array(tail.length));
  const told = countOf(sumOf(inner, 0), of("point_lon"), of("point_lat"));
  for (let section = 0; section < tail.length; section++) {
    shapeStart[section + 1] = shapeStart[section] + inner[section] + 2;
  }
  const points = shapeStart[tail.length];
  const lon = folded(of("point_lon"), new Float64Array(told));
  const lat = folded(of("point_lat"), new Float64Array(told));
  const steps = new Float64Array(2 * points);
  for (let section = 0, next = 0; section < tail.length; section++) {
    const [first, last] = [2 * shapeStart[section], 2 * (shapeStart[section + 1] - 1)];
    for (let axis = 0; axis < 2; axis++) {
      steps[first + axis] = nodeSteps[2 * tail[section] + axis];
      steps[last + axis] = nodeSteps[2 * head[section] + axis];
    }
    for (let at = first + 2; at < last; at += 2, next++) {
      const left = (last - at) / 2 + 1;
      steps[at] = lon[next] + steps[at - 2] + Math.floor((steps[last] - steps[at - 2]) / left);
      steps[at + 1] = lat[next] + steps[at - 1] + Math.floor((steps[last + 1] - steps[at - 1]) / left);
    }
  }
  const shapeLonlat = placed(steps);
  putOdd(of("point_odd"), shapeLonlat);
  return { shapeStart, shapeLonlat };
}

/**
 * Lengths and efforts: what a flat plane gives, and what is beyond.
 *
 * @param {(name: string) => Uint8Array} of
 * @param {{shapeStart: Ints, shapeLonlat: Floats}} shapes
 * @param {{section: Ints, forward: Uint8Array}} edges
 * @param {[number, number]} frameM metres of a degree
 */
function walkedOf(of, { shapeStart, shapeLonlat }, { section, forward }, frameM) {
  const count = shapeStart.length - 1;
  const read = (/** @type {string} */ name) => folded(of(name), new Int32Array(count));
  const [length, lengthBack] = [read("length"), read("length_back")];
  const [percent, effort, effortBack] = [read("effort_percent"), read("effort_rest"), read("effort_back")];
  for (let one = 0; one < count; one++) {
    let flatMm = 0;
    for (let at = 2 * shapeStart[one]; at < 2 * (shapeStart[one + 1] - 1); at += 2) {
      const eastM = (shapeLonlat[at + 2] - shapeLonlat[at]) * frameM[0];
      const northM = (shapeLonlat[at + 3] - shapeLonlat[at + 1]) * frameM[1];
      flatMm += Math.floor(Math.sqrt(eastM * eastM + northM * northM) * MM + 0.5);
    }
    length[one] += Math.floor((flatMm + MM_IN_DM / 2) / MM_IN_DM);
    effort[one] += Math.floor((length[one] * (HUNDRED + percent[one])) / HUNDRED);
  }
  const [lengthDm, effortDm] = [new Int32Array(section.length), new Int32Array(section.length)];
  for (let edge = 0; edge < section.length; edge++) {
    const one = section[edge];
    lengthDm[edge] = length[one] + (forward[edge] ? 0 : lengthBack[one]);
    effortDm[edge] = effort[one] + (forward[edge] ? 0 : effortBack[one]);
  }
  return { lengthDm, effortDm };
}

/**
 * What the map says of sections.
 *
 * @param {Sections} map
 * @param {number} count
 */
function toldOf(map, count) {
  const of = column.bind(null, map);
  const kind = counted(of("kind"), new Int32Array(count));
  const level = counted(of("level"), new Int32Array(count));
  const [wayClass, flags, levels] = [new Uint8Array(count), new Uint32Array(count), new Float32Array(2 * count)];
  const inTable = countOf(2 * largest(kind), of("kinds")); // but for the first, which may be all zeros
  const kinds = counted(of("kinds"), new Float64Array(inTable + 2));
  const known = plain(of("levels"), Float32Array);
  if (2 * largest(level) + 1 >= known.length) throw new RangeError("there are too few levels");
  for (let section = 0; section < count; section++) {
    wayClass[section] = kinds[2 * kind[section]];
    flags[section] = kinds[2 * kind[section] + 1];
    levels[2 * section] = known[2 * level[section]];
    levels[2 * section + 1] = known[2 * level[section] + 1];
  }
  const name = summed(folded(of("name"), new Int32Array(count)));
  const names = textOf(map, "names");
  holdTo(name, -1, names.length);
  return { wayClass, flags, levels, name, names };
}

/** @param {Ints} column */
const largest = (column) => column.reduce((most, one) => Math.max(most, one), 0);

/**
 * The risk by cameras that nobody mapped, `[edge, 2]`.
 *
 * @param {(name: string) => Uint8Array} of
 * @param {Graph} graph
 */
function unmappedOf(of, graph) {
  const count = graph.sectionCount;
  const left = counted(of("unmapped"), new Int32Array(count));
  const [across, back, backAcross] = ["unmapped_across", "unmapped_back", "unmapped_back_across"].map((name) =>
    folded(of(name), new Int32Array(count)),
  );
  const sides = new Int32Array(2 * graph.edgeCount);
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    const section = graph.section[edge];
    const forward = graph.forward[edge];
    const there = left[section] + back[section]; // the same side of the street on the way back
    sides[2 * edge] = forward ? left[section] : there + across[section] + backAcross[section];
    sides[2 * edge + 1] = forward ? left[section] + across[section] : there;
  }
  return sides;
}

/**
 * The risk by all cameras, `[edge, 2]`.
 *
 * @param {Sections} cameras
 * @param {Graph} graph
 * @param {Ints} unmapped
 */
function seenOf(cameras, graph, unmapped) {
  const [forthLeft, forthRight, backLeft, backRight] = ["forth_left", "forth_right", "back_left", "back_right"].map(
    (name) => folded(column(cameras, `seen_${name}`), new Int32Array(graph.sectionCount)),
  );
  const sides = unmapped.slice();
  for (let edge = 0; edge < graph.edgeCount; edge++) {
    const section = graph.section[edge];
    sides[2 * edge] += (graph.forward[edge] ? forthLeft : backLeft)[section];
    sides[2 * edge + 1] += (graph.forward[edge] ? forthRight : backRight)[section];
  }
  return sides;
}

/**
 * @param {Sections} cameras
 * @param {number} count of sections
 */
function surveyedOf(cameras, count) {
  const shares = plain(column(cameras, "surveyed_kinds"), Float32Array);
  const code = counted(column(cameras, "surveyed"), new Int32Array(count));
  return Float32Array.from(code, (one) => shares[one]);
}

/**
 * Walls out of chains, each wall beginning where the one before ends; most chains end where they began.
 *
 * @param {(name: string) => Uint8Array} of
 * @param {number} count
 * @returns {Floats} `[wall, 4]`
 */
function wallsOf(of, count) {
  const size = counted(of("chain_size"), new Int32Array(chainsIn(of("chain_size"))));
  if (sumOf(size, 1) !== count) throw new RangeError("chains have other walls than there are");
  const steps = new Float64Array(4 * count);
  for (const [axis, name] of ["lon", "lat"].entries()) {
    const start = summed(folded(of(`chain_${name}`), new Float64Array(size.length)));
    const told = folded(of(`wall_${name}`), new Float64Array(count));
    for (let chain = 0, wall = 0; chain < size.length; chain++) {
      let at = start[chain];
      for (let left = size[chain]; left > 0; left--, wall++) {
        steps[4 * wall + axis] = at;
        at = (left === 1 ? start[chain] : at) + told[wall];
        steps[4 * wall + 2 + axis] = at;
      }
    }
  }
  const ends = placed(steps);
  putOdd(of("wall_odd"), ends);
  checkPlaces(ends);
  return ends;
}

/** How many numbers a column holds, none of them 0. @param {Uint8Array} bytes */
const chainsIn = (bytes) => bytes.reduce((count, byte) => count + (byte < 0x80 ? 1 : 0), 0);
