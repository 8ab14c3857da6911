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
  shapeStart: Ints; // [section + 1]
  shapeLonlat: Floats; // [point, 2]
  wayClass: Uint8Array; // [section]
  flags: Uint32Array; // [section]
  levels: Float32Array; // [section, 2] NaN where the map does not say
  name: Ints; // [section] -1 where there is none
  names: string[];
}

/** West, south, east, north, degrees. */
type LonLatBox = [number, number, number, number];

/** A way as it is drawn, "" where it has no name. */
interface DrawnWay {
  name: string;
  line: [number, number][];
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
  assumed: Assumed;
  attribution: string;
}

/** routing/plans.py, Assumed, as records tell it: which numbers of the exposure model an area was built with. */
interface Assumed {
  region: string | null;
  town: string | null;
  changed: Record<string, { low: number; default: number; high: number }>;
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

// --- what planning hands on (routing/plans.py, routing/alternatives.py) ---

/** How much longer than *shortest* a walk may be: a share of it and metres, added up. */
interface Detour {
  share: number;
  metres: number;
}

type Column = "low" | "default" | "high"; // of the model

/** One number under the low, the default and the high column of the model. */
interface Range3 {
  low: number;
  default: number;
  high: number;
}

/** routing/plans.py, Step. */
interface WalkStep {
  text: string;
  lengthM: number;
  name: string;
  do: string;
  turn: string | null;
  compass: string | null;
  way: string;
  through: boolean;
  cross: boolean;
  keep: "left" | "right" | null;
  stop: number | null; // which of the places to pass is reached, from 1 on
}

/** A place that the walks pass on their way. */
interface PlannedStop {
  name: string;
  lonlat: [number, number];
  movedM: number;
}

/** A camera that sees the walker. */
interface WalkMeeting {
  camera: CameraRecord;
  atM: number;
  inViewM: number;
  ifThere: number;
  chance: Range3;
}

interface WalkRisk {
  risk: Range3;
  recognition: Range3;
  unmapped: number;
  expected: Range3;
  couldRecognise: Range3;
}

/** What a walk is worth, measured on its geometry alone. */
interface WalkScore {
  lengthM: number;
  inViewM: number;
  enclosedM: number;
  endsInViewM: number;
  meetings: WalkMeeting[];
  inViewSpansM: Floats; // [span, 2]
  risk: WalkRisk;
}

/** A whole walk, measured. */
interface Walk {
  legs: PathFound[];
  effortDm: number;
  seen: number; // its measured risk, and what its metres among cars count for, 1e-6
  stretches: WalkStretch[];
  walked: WalkStretch[]; // with the sides that she keeps to
  score: WalkScore;
  onSectionM: Map<number, number>;
}

interface PlannedRoute {
  name: string;
  score: WalkScore;
  detourM: number;
  lonlat: Floats; // [point, 2]
  steps: WalkStep[];
  junctions: number[];
  surveyedShare: number | null;
}

interface PlanNote {
  code: string;
  text: string;
  metres?: number;
  share?: number;
  count?: number;
}

interface FrontPoint {
  lengthM: number;
  risk: number;
  recognition: number;
  inViewM: number;
  cameras: number;
}

/** routing/plans.py, Plan. */
interface Planned {
  coverage: Record<string, unknown>;
  attribution: string;
  routes: PlannedRoute[];
  also: PlannedRoute[];
  front: FrontPoint[];
  notes: PlanNote[];
  via: PlannedStop[];
  keepSide: boolean;
  assumed: Assumed;
}

/** What a person asks for. */
interface PlanRequest {
  from: [number, number];
  to: [number, number];
  via?: [number, number][];
  detour?: string | Detour;
  front?: boolean | "every";
  overlay?: { cameras?: CameraRecord[]; off?: string[] };
  keepSide?: boolean;
}

/** How much the searches of one plan may take, all together. */
interface PlanLimits {
  labels?: number;
  until?: number; // by performance.now()
  cancelled?: () => boolean;
}

/** Walks that a search found, of all legs together. */
type Choice = import("./search/legs.mjs").Choice;

/** What cameras may do on one line: a row for each place where one may hang. */
interface LineRow {
  camera: CameraRecord;
  place: number;
  places: number; // where the camera may hang
  lens: Floats; // [lens, 2] hazard forwards and backwards
  chance: Floats; // [lens]
}

type LineRows = LineRow[];

/** An area as a walk is planned in it. */
interface Exposed {
  area: PhoneArea;
  graph: Graph;
  cameras: CameraRecord[]; // with her overlay
  sideE6: Ints; // [edge, 2]
  unmappedSideE6: Ints; // [edge, 2]
  riskE6: Ints; // [edge]
  unmappedE6: Ints; // [edge]
  network: SearchNetwork;
  hung: Map<Column, { placed: Placed; sure: Floats }>; // the cameras by a column; see hungBy
  rows: Map<number, LineRows>; // of the lines that were looked at
}

/** What is offered: see routing/offers.py. */
interface Offer {
  routes: PlannedRoute[];
  also: PlannedRoute[];
  front: FrontPoint[];
  gap: number;
  walks: Walk[]; // all that were measured
}

// Of the searches: router/search/*.mjs.

interface SearchNetwork {
  beneath?: SearchNetwork | null; // on the same graph; where no edge of it is seen more, its bounds are good here
}

/** Start and end of a walk beside a graph: the parts of edges by which it is left and entered. */
interface WalkEnds {
  first: EdgePart[];
  last: EdgePart[];
  direct: EdgePart[]; // from start to end on one edge
  parts: EdgePart[]; // all of them; searches tell them by their place here
}

/** Nodes at which a walk enters a network and leaves it, and what it pays before and behind. */
interface Doors {
  leave: Ints; // [first]
  leaveCost: Floats; // [first]
  enter: Ints; // [last]
  enterCost: Floats; // [last]
}

/** What a walk may not take: whole edges, 1 or 0 for each; and parts with which it would begin or end. */
interface Barred {
  edges?: Uint8Array | null; // [edge]
  parts?: EdgePart[];
}

/** Edges sorted by one of their ends. */
interface ByNode {
  start: Ints; // [node + 1]
  order: Ints; // [edge]
}

interface Streets {
  count: number; // of nodes
  edgeCount: number;
  tails: Ints; // [edge]
  heads: Ints; // [edge]
  out: ByNode;
  into: ByNode;
}

/** routing/search/trunk.py: a graph whose nodes have numbers of their own, those of the trunk first. */
interface Trunk {
  number: Ints; // [node of the graph] its own number
  size: number; // nodes of the trunk
  anchorDm: Floats; // [node, 2]
  start: Ints; // [node away, node there, 1] into lanes
  to: Ints; // [lane] the node that it leads to, or from
  effortDm: Ints; // [lane]
  chain: Ints; // [lane] which one it stands for
  linkStart: Ints; // [chain + 1] into links
  link: Ints; // edges of the graph
}

/** A trunk with what is seen of it and what bounds costs: weights are of costs at a price below and at one above. */
interface Lanes {
  trunk: Trunk;
  seen: Ints | Floats; // [lane]
  marks: Ints; // [node of the trunk, mark] at the price below
  marksAbove: Ints; // [node of the trunk, mark] at the price above
  weight: number;
  weightAbove: number;
}

/** Where the trunk is entered or left: places, and the marks that bound ways from all of them or to all of them. */
interface Gates {
  atDm: Floats; // [gate, 2]
  marks: Ints; // [price, mark]
}

interface RouteSearch {
  lanes: Lanes;
  beta: number;
  barred: Uint8Array | null; // [edge]
  room: import("./search/route.mjs").Room;
}

/** The edges on which a walk within a budget may lie, and nodes' effort to the end. */
interface EdgesWithin {
  codes: Ints; // [edge] chain of the trunk; -1 - part where it is one of the ends'
  effortDm: Ints; // [edge]
  seen: Floats; // [edge]
  leftDm: Ints; // [node]
}

/** routing/search/reach.py: node 0 is the start, node 1 the end; each edge stands for chains. */
interface Reached {
  outStart: Ints; // [node + 1]
  head: Ints; // [edge]
  effortDm: Ints; // [edge]
  seen: Floats; // [edge]
  toGoDm: Ints; // [node] least effort to the end
  chainStart: Ints; // [edge + 1] into chain
  chain: Ints; // chains of the trunk; -1 - part where it is one of the ends'
}

/** Walks found so far, in order of effort; each is the label's way and the shortest rest. */
interface LabelPoints {
  effortDm: number[];
  seen: number[];
  label: number[];
}

/** A search for all walks worth their effort (router/search/labels.mjs). */
interface LabelSearch {
  reached: Reached;
  shortestDm: number;
  order: Ints; // nodes by how near the end they are
  back: EdgesBack;
  least: Floats; // [node] the least that is seen from it to the end
  rest: Floats; // [node] what is seen of a shortest way from it to the end
  onward: Ints; // [node] the first edge of that way
  kind: "ints" | "floats"; // how numbers are kept
  most: number; // what is seen more is kept as this
  nodes: Ints | Floats; // [node, number] see labels.mjs
  edges: Ints | Floats; // [edge, number]
  labels: import("./search/labels.mjs").Labels;
  bucket: Ints; // [effort beyond the shortest walk's] the last label of each, plus 1; 0 where there is none
  buckets: number; // how many there are
  points: LabelPoints;
  count: number; // of labels
  at: number; // the bucket at hand
  best: number; // the least seen of any walk
  outlook: Outlook | null; // of a long search
}

/** The edges that lead to each node, and where each edge comes from. */
type EdgesBack = ByNode & { tail: Ints };

/** What walks cost: whole numbers for a decimetre of effort, and for what is seen. */
interface Price {
  perDm: number;
  perSeen: number;
}

/** From every node a way to the end. */
interface Rests {
  dm: Floats; // [node] effort
  seen: Floats; // [node] what is seen of it; Infinity where none is known
}

/** What a search knows of walks that it has not come to yet (router/search/outlook.mjs). */
interface Outlook {
  known: Ints | Floats; // [bucket] the least seen of a known walk of that effort or less, and at last -1
  buckets: number;
  rests: Ints | Floats; // [node, 2, price] effort beyond the shortest rest, and what is seen, of the cheapest
  terms: Floats; // [price, term]
  steps: Ints; // room: buckets from which less is known to be seen
  stops: Ints; // [price, level, 2] from the first bucket to before the second, nothing that costs so much is unbeaten
}

/** How much a search for a front may take before it gives what it has. */
interface FrontLimits {
  labels?: number; // that are kept at a time; each takes 20 bytes, 40 in wide numbers
  until?: number; // on the clock of performance.now, milliseconds
  cancelled?: () => boolean;
}

/** A walk of least cost at some price. */
interface Corner {
  effortDm: number;
  seen: number;
  way: Ints; // edges of what is reached
}

// --- What cameras do on lines (hazard/), as the records of the same names in routing/hazard/*.py ---

/** routing/hazard/gaze.py, Eyes. */
interface Eyes {
  lonlat: Floats; // [eye, 2]
  scale: Floats; // [eye, 2] metres per degree there
  heightM: Floats; // [eye]
  searchM: Floats; // [eye] nothing is looked for beyond
  farM: Floats; // [eye] where a lens that looks down ends
  indoor: Uint8Array; // [eye] acts on enclosed lines of its level alone
  level: Floats; // [eye] NaN where nobody says
  viewM: Floats; // [eye] within which it has a walker in view
  viewStart: Ints; // [eye + 1] into viewSector; none means all round
  viewSector: Floats; // [sector, 2] degrees: from, and how wide
  lensStart: Ints; // [eye + 1] into what follows
  pixels: Floats; // [lens]
  duty: Floats; // [lens]
  sectorStart: Ints; // [lens + 1] into sector; none means all round
  sector: Floats; // [sector, 2]
}

/** routing/hazard/eyes.py. */
interface Placed {
  eyes: Eyes;
  camera: Ints; // [eye] position in the list of cameras
  hidden: Floats; // [lens] chance that it looks at one point of its sectors at all
  places: Ints; // [camera] eyes of each; 0 for what is no camera in use
  onFacade: Uint8Array; // [eye]
}

/** routing/hazard/pavements.py. */
interface Ways {
  points: Floats; // [point, 2] degrees, one line after the other
  start: ArrayLike<number>; // [line + 1] into points
  enclosed: Uint8Array; // [line] 1 or 0
  levels: Float32Array; // [line, 2] NaN where the map does not say
  side?: ArrayLike<number> | null; // [line] LEFT or RIGHT of who walks it as it is drawn, 0 on the line itself
}

/** routing/hazard/samples.py, Pieces. */
interface Pieces {
  lonlat: Floats; // [piece, 2] the middle
  heading: Floats; // [piece, 2] of who walks the line as it is drawn
  lengthM: Floats; // [piece]
  fromM: Floats; // [piece] from the line's start
  line: Ints; // [piece]
  end: Floats; // [piece, 2] where it ends, degrees
}

/** Pieces of one line within one cell of a grid, one after the other. */
interface Runs {
  first: Ints; // [run] a piece
  stop: Ints; // [run] the piece after the last
  grid: BoxGrid; // of runs
}

/** routing/hazard/rates.py, Lines. */
interface Lines {
  pieces: Pieces;
  runs: Runs;
  enclosed: Uint8Array; // [line] indoor, covered or underground
  levels: Float32Array; // [line, 2]
}

/** What each camera has in view of each line: routing/hazard/hazards.py. */
interface Views {
  camera: Ints; // [row]
  line: Ints; // [row]
  fromM: Floats; // [row] metres from the line's start
  toM: Floats; // [row]
  share: Floats; // [row] of the places where the camera may hang that have it in view
}

/** A row for each place where a camera may hang, by camera, then line. */
interface Hazards {
  camera: Ints; // [row] position in the list of cameras
  line: Ints; // [row]
  place: Ints; // [row] which of the camera's places
  lens: Floats; // [row, lens, 2] hazard forwards and backwards
  lenses: number; // as many as the camera of any row has, 1 at least
  chance: Floats; // [row, lens] that this is the lens and it looks there at all
  views: Views;
  count: Ints; // [camera] places where it may hang
}

/** routing/hazard/walked.py. */
interface ByLine {
  start: Ints; // [line + 1] into the rows
  spot: Ints; // [row] a place where a camera may hang
  lens: Floats; // [row, lens, 2] hazard forwards and backwards
  camera: Ints; // [spot]
  chance: Floats; // [spot, lens] that it is this lens and looks there
  lenses: number;
  cameras: number; // how many there are, whether or not they act on any line
}

/** Lines that walks take. */
interface Walked {
  start: ArrayLike<number>; // [walk + 1] into the others
  line: ArrayLike<number>; // [entry]
  way: ArrayLike<number>; // [entry] 0 forwards, 1 backwards
  share: ArrayLike<number>; // [entry] how much of the line is walked
}

// Of the service: router/service.mjs, own.mjs.

/** A camera that she reported (web/asked.py, _OwnCamera). */
interface OwnCamera {
  id: string; // rp/ and ten letters
  at: [number, number];
  type?: string | null;
  direction?: number | null;
  mount?: string | null;
  zone?: string | null;
  indoor?: boolean;
  fr?: string;
  evidence?: string;
}
