// @ts-check
/**
 * What the planner and the map tell, in the page's language: steps, notes, errors, cameras, what is known of the area,
 * what a walk costs and saves. Records of the API in, sentences out. web/sentences.py says the same (tests hold them
 * together). Street names stay as the map has them: sentences are built so that no name needs another case.
 *
 * @typedef {{do: string, turn: string | null, compass: string | null, way: string, name: string, through: boolean, cross: boolean,
 *   keep: string | null, stop?: number}} Step
 * @typedef {{code: string, metres?: number, share?: number, count?: number}} Note
 * @typedef {{name: string, osm_date: string | null, cameras: number, cameras_per_km2: number | null,
 *   directions_known: number | null, surveyed_share: number | null, oldest?: string | null, newest?: string | null}} Area
 * @typedef {{kind: string, sectors: number[][], indoor: boolean, direction_known: boolean, status: string, source: string,
 *   fr: string, evidence: string, first_seen: string | null, last_seen: string | null, confirmations: number}} Camera
 */
import { minutesOf, rounded } from "./i18n.mjs";

const TAKEN = Object.freeze(["ferry", "lift", "steps"]);
const POINTS = Object.freeze(["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"]);
const EVIDENCE = Object.freeze(["osm", "seen", "sign", "official_list"]);
const DOUBTS = Object.freeze(["unverified", "disputed", "removed"]);
const KINDS = Object.freeze(["alpr", "dome", "fixed", "panning"]);

/**
 * Say a step, without its length: "Turn right along Kaivokatu".
 *
 * @param {Words} words
 * @param {Step} step
 */
export function stepWords(words, step) {
  const { t } = words;
  if (step.do === "arrive") return words.capital(step.cross ? t("steps.cross_arrive") : t("steps.arrive"));
  const text = step.stop ? t(step.name ? "steps.stop_named" : "steps.stop", { stop: step.stop, name: step.name }) : step.do === "head" ? headWords(words, step) : goWords(words, step);
  const whole = step.cross ? t("steps.cross", { step: text }) : text;
  return words.capital(step.keep ? t(`steps.keep.${step.keep}`, { step: whole }) : whole);
}

/** How the walk sets out. @param {Words} words @param {Step} step */
function headWords({ t }, step) {
  const compass = step.compass === null ? null : t(`steps.compass.${step.compass}`);
  if (TAKEN.includes(step.way)) {
    const take = takeWords(t, step);
    return compass === null ? take : t("steps.head_take", { take, compass });
  }
  const head = compass === null ? t("steps.head_unknown") : t("steps.head", { compass });
  if (step.name === "") return t("steps.head_way", { head, way: wayWords(t, step) });
  return t(`steps.head_${howNamed(step)}`, { head, name: step.name });
}

/** How the walk goes on. @param {Words} words @param {Step} step */
function goWords({ t }, step) {
  const straight = step.turn === null || step.turn === "straight";
  const turn = t(`steps.turn.${straight ? (step.through ? "straight_through" : "straight") : step.turn}`);
  if (TAKEN.includes(step.way)) {
    const take = takeWords(t, step);
    return straight ? take : t("steps.go_turn_take", { turn, take });
  }
  if (step.name !== "") return t(`steps.go_${howNamed(step)}`, { turn, name: step.name });
  const way = wayWords(t, step);
  return straight ? t("steps.go_straight_way", { turn, way }) : t("steps.go_turn_way", { turn, way });
}

/** @param {Words["t"]} t @param {Step} step */
function takeWords(t, step) {
  return step.name === "" ? t(`steps.take.${step.way}`) : t(`steps.take_named.${step.way}`, { name: step.name });
}

/** @param {Words["t"]} t @param {Step} step */
function wayWords(t, step) {
  return t(`steps.along.${step.through && step.way === "square" ? "covered_square" : step.way}`);
}

/** @param {Step} step */
function howNamed(step) {
  if (step.through) return "through";
  return step.way === "square" ? "across" : "along";
}

/**
 * Say what must be told with a plan.
 *
 * @param {Words} words
 * @param {Note} note
 */
export function noteWords(words, note) {
  const numbers = { distance: words.distance(note.metres ?? 0), share: words.chance(note.share ?? 0), count: note.count ?? 0 };
  return words.t(`notes.${note.code}`, numbers);
}

/**
 * Say what went wrong and what to do; of a code that nobody knows, that it did not work.
 *
 * @param {Words} words
 * @param {string} code
 */
export function errorWords(words, code) {
  return words.has(`errors.${code}`) ? words.t(`errors.${code}`) : words.t("errors.error");
}

/**
 * Say what is known of an area's cameras, how old it is, and that the rest is not known.
 *
 * @param {Words} words
 * @param {Area} area
 */
export function coverageWords(words, area) {
  const { t } = words;
  const date = area.osm_date ? t("coverage.map", { month: words.month(area.osm_date) }) : t("coverage.map_unknown");
  if (area.cameras === 0) return [t("coverage.none", { name: area.name }), date].join(" ");
  const said = [t("coverage.cameras", { name: area.name, count: area.cameras })];
  const density = area.cameras_per_km2;
  if (density !== null) said.push(t("coverage.density", { density: words.number(density, density < 10 ? 1 : 0) }));
  said.push(directionWords(words, area));
  const { oldest, newest } = area;
  if (oldest && newest) {
    const [from, to] = [words.month(oldest), words.month(newest)];
    said.push(from === to ? t("coverage.dated_once", { month: from }) : t("coverage.dated", { oldest: from, newest: to }));
  }
  if (area.surveyed_share) said.push(t("coverage.surveyed", { share: words.share(area.surveyed_share) }));
  return [...said, date, t("coverage.rest")].join(" ");
}

/** How many cameras have a direction. @param {Words} words @param {Area} area */
function directionWords({ t }, area) {
  const share = area.directions_known ?? 0;
  if (area.cameras === 1) return share > 0 ? t("coverage.direction.known") : t("coverage.direction.unknown");
  if (share <= 0) return t("coverage.directions.none");
  if (share >= 1) return t("coverage.directions.all");
  const count = Math.min(Math.max(Math.floor(share * area.cameras + 0.5), 1), area.cameras - 1);
  return t("coverage.directions.some", { count });
}

/**
 * Say what a walk costs and saves against the first one, by the figures that are shown.
 *
 * @param {Words} words
 * @param {Route} first
 * @param {Route} route
 */
export const compareWords = (words, first, route) => words.t("walks.compare", { told: costWords(words, first, route).join(", ") });

/** The same in parts: minutes, risk, and cameras where there are any. @param {Words} words @param {Route} first @param {Route} route */
export function costWords(words, first, route) {
  const { t } = words;
  const minutes = minutesOf(route.duration_s) - minutesOf(first.duration_s);
  const cameras = route.cameras_in_view - first.cameras_in_view;
  const told = [signed(t, "walks.time", minutes, "less", { time: words.duration(Math.abs(minutes) * 60) }), savedWords(words, first, route)];
  if (route.cameras_in_view + first.cameras_in_view > 0) told.push(signed(t, "walks.cameras", cameras, "fewer", { count: Math.abs(cameras) }));
  return told;
}

/** @param {Words["t"]} t @param {string} key @param {number} by @param {string} less @param {import("./i18n.mjs").Values} values */
function signed(t, key, by, less, values) {
  return t(`${key}.${by === 0 ? "same" : by < 0 ? less : "more"}`, values);
}

/** How much less risk a walk has than the first one, in whole percent. @param {Words} words @param {Route} first @param {Route} route */
export function savedWords({ t, share }, first, route) {
  const saved = first.risk > 0 ? rounded(1 - route.risk / first.risk, 2) : 0;
  return signed(t, "walks.risk", -saved, "less", { share: share(Math.abs(saved)) });
}

/** How much is in view; what is only assumed to be is not called so where no mapped camera sees the walk. @param {Words} words @param {Route} route */
export function seenWords(words, { in_view_m: metres, cameras_in_view: cameras }) {
  if (metres === 0) return words.t("ui.no_mapped_camera");
  return words.t(cameras === 0 ? "ui.in_view.assumed" : "ui.in_view", { distance: words.distance(metres) });
}

/** How likely a walk is recognised; where nothing is assumed of that, what is in view. @param {Words} words @param {Route} route */
export function shortWords(words, route) {
  const { high, default: middle } = route.recognition;
  return high === 0 ? seenWords(words, route) : words.t("walks.chance", { chance: words.chance(middle) });
}

/** A chance with its low and its high estimate. @param {Words} words @param {Chance} chance */
export function rangeWords({ t, chance: told }, { low, default: middle, high }) {
  return t("walks.range", { default: told(middle), low: told(low), high: told(high) });
}

/**
 * Say what is known of a walk: how much is in view, how likely it is recognised, and how far that is to be believed.
 *
 * @param {Words} words
 * @param {Route} route
 */
export function walkWords(words, route) {
  const { t, distance, share } = words;
  const { recognition, surveyed_share: surveyed } = route;
  const view = { distance: distance(route.length_m), seen: seenWords(words, route), time: words.duration(route.in_view_s) };
  const said = [t(route.in_view_m === 0 ? "walks.view" : "walks.view_time", view)];
  if (recognition.high > 0) {
    said.push(t("walks.recognised", { chance: rangeWords(words, recognition), unmapped: words.chance(recognition.unmapped) }));
    const { low, high } = route.ranges.cameras_could_recognise;
    if (high > 0) said.push(t("walks.could", { count: route.cameras_could_recognise, low, high }));
    said.push(t("walks.assumed"));
  }
  if (surveyed !== null) said.push(t("walks.surveyed", { share: share(surveyed) }));
  if (route.ends_in_view_m >= 1) said.push(t("ui.caveat.ends", { distance: distance(route.ends_in_view_m) }));
  if (route.enclosed_m >= 1) said.push(t("ui.caveat.enclosed", { distance: distance(route.enclosed_m) }));
  return said;
}

/**
 * Say what is known of a camera: what it is, whither it looks, how old the record is, whose word it rests on, and
 * whether it recognises faces.
 *
 * @param {Words} words
 * @param {Camera} camera properties of a feature of the API
 */
export function cameraWords(words, camera) {
  const { t } = words;
  return {
    kind: t(`cameras.kind.${KINDS.includes(camera.kind) ? camera.kind : "unknown"}`),
    looks: [looksWords(words, camera), ...(camera.indoor ? [t("cameras.indoor")] : [])].join(" "),
    age: ageWords(words, camera),
    word: wordWords(words, camera),
    faces: t(`cameras.faces.${camera.fr === "yes" || camera.fr === "no" ? camera.fr : "unknown"}`),
  };
}

/** @param {Words} words @param {Camera} camera */
function looksWords(words, camera) {
  const { t } = words;
  if (camera.sectors.length === 0) {
    if (camera.kind === "panning") return t("cameras.looks.turns");
    return camera.direction_known ? t("cameras.looks.round") : t("cameras.looks.unknown");
  }
  const points = camera.sectors.map(([start, sweep]) => POINTS[Math.floor((start + sweep / 2) / 45 + 0.5) % POINTS.length]);
  const directions = [...new Set(points)].map((point) => t(`steps.compass.${point}`));
  return t("cameras.looks.known", { directions: words.series(directions) });
}

/** @param {Words} words @param {Camera} camera */
function ageWords(words, camera) {
  const { t } = words;
  const said = [];
  if (camera.last_seen) {
    const month = words.month(camera.last_seen);
    said.push(camera.evidence === "osm" ? t("cameras.age.map", { month }) : t("cameras.age.seen", { month }));
  }
  if (camera.first_seen && camera.first_seen !== camera.last_seen) {
    said.push(t("cameras.age.first", { month: words.month(camera.first_seen) }));
  }
  return said.length === 0 ? t("cameras.age.unknown") : said.join(" ");
}

/** @param {Words} words @param {Camera} camera */
function wordWords(words, camera) {
  const { t } = words;
  const said = [t(`cameras.word.${EVIDENCE.includes(camera.evidence) ? camera.evidence : "unknown"}`)];
  const [origin, ...name] = camera.source.split(":");
  if (origin === "import" && name.length > 0) said.push(t("cameras.word.imported", { name: name.join(":") }));
  if (DOUBTS.includes(camera.status)) said.push(t(`cameras.status.${camera.status}`));
  if (camera.confirmations > 0) said.push(t("cameras.confirmations", { count: camera.confirmations }));
  return said.join(" ");
}
