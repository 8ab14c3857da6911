// What the page's modules hand each other, for the type check alone: no browser ever asks for this file.

type LonLat = [number, number]; // degrees, longitude first
type Stop = { lonlat: LonLat; label: string };
type Store = ReturnType<typeof import("./store.mjs").makeStore<State>>;
type Actions = ReturnType<typeof import("./actions.mjs").makeActions>;
type Words = import("./i18n.mjs").Words;
type Wish = { start: Stop | null; end: Stop | null; detour: number }; // what to plan; the detour in percent
type WalkName = "shortest" | "balanced" | "least_seen";

/** The state of the page. */
interface State {
  wish: Wish;
  past: Wish[]; // what was wished before, for undo
  fetched: number; // how much of the area is here to plan in, 0 to 1
  plan: Plan | null; // the planner's answer; null where there is none
  chosen: string; // name of the walk that is looked at
  every: boolean; // whether each plan shall have every walk of the front, for the slider
  phase: "idle" | "planning" | "ready" | "failed";
  problem: string | null; // code of what went wrong
  camera: string | null; // id of the camera that is looked at
  step: number | null; // position of the step that is looked at
  crosshair: boolean; // whether points are chosen under the cross-hair
  here: LonLat | null; // own position, shown and never sent
  theme: "auto" | "light" | "dark";
}

/** The planner's answer, as `POST /api/v1/route` gives it, too. */
interface Plan {
  routes: Route[];
  front: unknown[]; // as many as there are walks worth their length
  notes: Note[];
  area: { name: string; osm_date: string | null; cameras: number; cameras_per_km2: number; directions_known: number; surveyed_share: number | null; version?: string };
  attribution: string;
}

interface Route {
  name: string; // WalkName, or also_1, also_2, … of those between
  length_m: number;
  duration_s: number;
  detour_m: number;
  in_view_m: number;
  in_view_s: number;
  ends_in_view_m: number;
  enclosed_m: number;
  risk: number; // -ln(1 - chance of at least one recognition): what walks are compared by
  recognition: Chance & { unmapped: number }; // unmapped: by cameras that nobody mapped, alone
  expected_recognitions: number;
  cameras_could_recognise: number;
  ranges: Record<"risk" | "cameras_could_recognise" | "expected_recognitions", { low: number; high: number }>;
  surveyed_share: number | null;
  cameras: string[];
  cameras_in_view: number;
  in_view_spans_m: [number, number][];
  meetings: Meeting[];
  steps: Step[];
  junctions?: number[]; // which of the coordinates are ends of sections of the way; an older server tells none
  geometry: { type: "LineString"; coordinates: LonLat[] };
}

/** 0…1, with a low and a high estimate. */
interface Chance {
  low: number;
  default: number;
  high: number;
}

interface Meeting {
  camera: string;
  at_m: number;
  in_view_m: number;
  recognition: Chance;
}

interface Step {
  text: string;
  length_m: number;
  name: string; // empty where the way has none
  do: "head" | "go" | "arrive";
  turn: string | null;
  compass: string | null;
  way: string;
  through: boolean;
  cross: boolean;
  keep: "left" | "right" | null; // side of the street
}

interface Note {
  code: string;
  text: string;
  metres?: number;
  count?: number;
}

/** The file of cameras: GeoJSON. */
interface Cameras {
  type: "FeatureCollection";
  features: Camera[];
}

interface Camera {
  type: "Feature";
  geometry: { type: "Point"; coordinates: LonLat };
  properties: CameraFacts;
}

interface CameraFacts {
  id: string;
  kind: string;
  reach_m: number;
  sectors: [number, number][];
  hangs_at?: LonLat; // where it looks from, if that is elsewhere
  far_m?: number[]; // how far it sees every 5 degrees, clockwise from north, where walls stand in the way
  indoor: boolean;
  direction_known: boolean;
  status: string;
  source: string;
  fr: string;
  evidence: string;
  first_seen: string | null;
  last_seen: string | null;
  confirmations: number;
  in_area: boolean;
  own?: boolean; // she reported it, on this device
  report?: string; // id of her report
}

interface AreaFile {
  url: string;
  bytes: number; // unpacked
  held?: () => Promise<Uint8Array<ArrayBuffer>>; // of an area file that she opened: it is read from there
}

/** What the server puts into the page; `area` is `GET /api/v1/area`. */
interface Config {
  lang: string;
  languages: Record<string, string>;
  area: {
    name: string;
    osm_date: string | null;
    built: string;
    version: string; // of its cameras
    updated: string; // month in which its cameras were last changed
    bbox: [number, number, number, number];
    cameras: number;
    cameras_per_km2: number;
    directions_known: number;
    surveyed_share: number | null;
    oldest: string | null;
    newest: string | null;
    attribution: string;
    files: { places: AreaFile; cameras: AreaFile; basemap: AreaFile | null; pack: AreaFile; camera_pack: AreaFile };
  };
  urls: { kept: string; worker: string; vendor: string; texts: string; reports: string | null; challenge: string | null };
  version: string;
  kept_bytes: number; // of all that a phone keeps of this page
}

/** What most parts of the page get. */
interface Given {
  config: Config;
  words: Words;
  store: Store;
  actions: Actions;
  cameras: Cameras | null;
  give: Record<"gpx" | "geojson" | "link" | "walk" | "paper", () => void>;
  report?: { onCamera: (camera: CameraFacts) => Node; onStep: (route: Route, position: number) => Node | null }; // once it is there
  told: string; // key of what the planner's server gets to know
}
