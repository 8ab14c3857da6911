// What the router's modules hand each other, for the type check alone: no browser ever asks for this file.
// Positions are WGS 84 degrees, longitude first. Whole numbers that may be large stand in Float64Array: below 2^53 they
// are exact. Fields have the names of the Python library in the case of JavaScript, and mean the same.

type Floats = Float64Array;
type Ints = Int32Array;

/** routing/graph.py, WalkGraph: the same nodes, edges and sections under the same numbers. */
interface Graph {
  nodeCount: number;
  edgeCount: number;
  sectionCount: number;
  nodeLonlat: Floats; // [node, 2]
  component: Ints; // [node]
  tail: Ints; // [edge]
  head: Ints; // [edge]
  section: Ints; // [edge]
  forward: Uint8Array; // [edge] 1 or 0
  lengthDm: Ints; // [edge]
  effortDm: Ints; // [edge]
  outStart: Ints; // [node + 1]
  inStart: Ints; // [node + 1]
  inEdge: Ints; // [edge]
  shapeStart: Ints; // [section + 1]
  shapeLonlat: Floats; // [point, 2]
  wayClass: Uint8Array; // [section]
  flags: Uint32Array; // [section]
  levels: Float32Array; // [section, 2] NaN where the map does not say
  name: Ints; // [section] -1 where there is none
  names: string[];
}

/** One column of the exposure model (routing/hazard/parameters.py, Values), by the names of the table. */
type Values = Record<string, number>;

/** A camera record (routing/model.py). */
interface CameraRecord {
  id: string;
  lonlat: [number, number];
  tags: Record<string, string>;
  source: string;
  status: string;
  fr: string;
  evidence: string;
  first_seen: string | null;
  last_seen: string | null;
  confirmations: number;
  gone: string[];
}

/** routing/grid.py, Grid. */
interface BoxGrid {
  corner: Floats; // [2]
  cell: Floats; // [2]
  columns: number;
  rows: number;
  start: Ints; // [cell + 1]
  item: Ints; // [entry]
}

/** routing/hazard/walls.py. */
interface Walls {
  ends: Floats; // [wall, 4]
  grid: BoxGrid;
}

/** What a phone knows of an area (routing/area.py). */
interface PhoneArea {
  manifest: Manifest;
  graph: Graph;
  sideE6: Ints; // [edge, 2]
  unmappedSideE6: Ints; // [edge, 2]
  surveyed: Float32Array; // [section]
  walls: Walls;
  cameras: CameraRecord[]; // in the order of their ids
  model: { low: Values; default: Values; high: Values }; // the area's own
  estimates: { low: Values; default: Values; high: Values }; // by which low and high numbers are told
}

/** routing/area.py, Manifest and Coverage: what of them walks are planned and told by. */
interface Manifest {
  name: string;
  built: string;
  osm_date: string | null;
  bbox: { west: number; south: number; east: number; north: number };
  month: string; // in which records are believed
  unmapped: { town: string; cameras: [number, number, number]; open_factor: [number, number]; enclosed_factor: [number, number]; enclosed_per_m: number };
  surveyed_share: number | null;
  coverage: Record<string, unknown>; // as formats.coverage_record tells it
  attribution: string;
}

/** routing/search/network.py: what a search reads. */
interface SearchNetwork {
  graph: Graph;
  seen: Ints; // [edge]
}

/** routing/snap.py. */
interface SnapPoint {
  section: number;
  q: number;
  lonlat: [number, number];
  distanceM: number;
  component: number;
}

/** A directed edge from `from` to `to` of 65,536, in walking direction. */
interface EdgePart {
  edge: number;
  from: number;
  to: number;
}

/** A way through the graph with its exact sums. */
interface PathFound {
  parts: EdgePart[];
  lengthDm: number;
  effortDm: number;
  seen: number;
}

/** routing/model.py: a part of a walk as geometry. */
interface WalkStretch {
  lonlat: Floats; // [point, 2] in walking order
  name: string;
  wayClass: string;
  enclosed: boolean;
  levels: [number, number] | null;
  crossing: boolean;
  pavements: [boolean, boolean];
  beside: [number, number];
  unmapped: [number, number];
}

// --- what a pack holds beside what walks are planned by (routing/pack.py) ---

interface PhoneArea {
  places: Uint8Array; // the names file for the search (routing/names_file.py), JSON; area.mjs, placesOf
}
