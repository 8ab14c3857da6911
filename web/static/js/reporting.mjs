// @ts-check
/**
 * Reporting, as a whole: loaded when she first turns to it, or at once where reports of hers lie on this device. Brings its
 * own texts and styles; hands the page what it shows at cameras, steps and points, and what goes along with a plan.
 *
 * @typedef {import("./reports.mjs").Report} Report
 */
import { directionWords, openForm } from "./camera-form.mjs";
import { byId, h } from "./dom.mjs";
import { distance } from "./geo.mjs";
import { loadLate } from "./late.mjs";
import { cameraId, isOver, makeNames, merged, overlayOf } from "./own-cameras.mjs";
import { makeQueue } from "./queue.mjs";
import { newCamera, noneSeen, ofCamera, stretch, thisMonth, turned } from "./reports.mjs";
import { makeReportsDialog } from "./reports-dialog.mjs";
import { stepWords } from "./steps.mjs";
import { makeTrack, passes, spotAt } from "./track.mjs";

const ON_WALK_M = 30; // so near a walk a point is taken to be on it
const TOLD_MS = 8000;

/**
 * @param {object} given
 * @param {Given} given.shared
 * @param {(title: string, content: (Node | null)[]) => void} given.show opens a dialog
 * @param {(at: LonLat) => {lonlat: LonLat, label: string}} given.stopAt
 * @param {() => any} given.map
 * @param {{open: (height: string) => void, refresh: () => void}} given.sheet
 * @param {() => Cameras | null} given.cameras of the area, as they came
 * @param {() => void} given.redraw draws all cameras anew, hers too
 * @param {(aim: ((at: LonLat) => void) | null) => void} given.aimBy
 * @param {(text: string, type: string, name: string) => void} given.download
 */
export async function makeReporting(given) {
  const { shared } = given;
  const { config, words, store, actions } = shared;
  await loadLate(config, words, "report.css");
  const queue = makeQueue(() => localStorage, changed);
  const list = makeReportsDialog({ config, words, show: given.show, queue, describe, download: given.download, add: () => form(null) });
  const nameOf = makeNames();
  /** @type {Cameras | null | undefined} */ let judgedBy; // what was just sent stays in the list until others come
  addEventListener("storage", changed); // another window of the page

  function changed() {
    given.redraw();
    const { start, end } = store.get().wish;
    if (start !== null && end !== null) actions.retry();
  }

  /** @param {Report} report @param {string} key what she is told */
  function save(report, key) {
    queue.add(report);
    tell(`${words.t(key)} ${words.t(queue.isKept() ? "report.saved" : "report.unkept")}`);
  }

  /** @param {LonLat | null} at */
  function form(at) {
    const map = given.map();
    openForm({ words, map, sheet: given.sheet, aimBy: given.aimBy, places: map === null ? places() : [], at, turned: null, closed: given.redraw, save: (told, place) => save(newCamera(place, told), "report.saved.camera") });
  }

  /** Places that are known without a map. */
  function places() {
    const { wish, here, plan, chosen } = store.get();
    const found = [wish.start, wish.end].flatMap((stop) => (stop === null ? [] : [{ label: stop.label, at: stop.lonlat }]));
    if (here !== null) found.unshift({ label: words.t("ui.here"), at: here });
    const route = plan?.routes.find((one) => one.name === chosen);
    if (route === undefined) return found;
    const track = makeTrack(route.geometry.coordinates, route.length_m);
    let reached = 0;
    for (const step of route.steps) {
      if (reached > 0) found.push({ label: words.t("report.where.step", { step: stepWords(words, step) }), at: track.placeOf(spotAt(track, reached)) });
      reached += step.length_m;
    }
    return found;
  }

  /** What a report says, in a line. @param {Report} report */
  function describe(report) {
    if (report.kind === "survey") {
      const line = report.line ?? [];
      const metres = line.slice(1).reduce((sum, at, i) => sum + distance(line[i], at), 0);
      return words.t("report.says.survey", { place: given.stopAt(line[Math.floor(line.length / 2)]).label, distance: words.distance(metres) });
    }
    const camera = given.cameras()?.features.find((one) => one.properties.id === report.camera);
    const at = report.at ?? camera?.geometry.coordinates;
    const place = at === undefined ? words.t("report.elsewhere") : given.stopAt(at).label;
    if (report.kind === "camera") {
      return words.t("report.says.camera", { kind: words.t(`report.kind.${report.type ?? "unknown"}`), direction: directionWords(words, report.direction ?? null), place });
    }
    if (report.kind === "turned") return words.t("report.says.turned", { direction: directionWords(words, report.direction ?? null), place });
    return words.t(`report.says.${report.kind}`, { place });
  }

  /** What stands in the panel of a camera. @param {CameraFacts} camera */
  function onCamera(camera) {
    const mine = queue.all().find(({ report }) => report.camera === camera.id || report.id === camera.report || cameraId(report.id) === camera.id);
    if (mine !== undefined) {
      const remove = () => {
        queue.remove(mine.report.id);
        tell(words.t("report.deleted"));
      };
      return h(
        "section", { class: "report-here" },
        h("p", { text: words.t("report.yours", { report: describe(mine.report) }) }),
        h("div", { class: "buttons" }, button("report-undo", words.t("report.undo"), remove), button("report-open", words.t("report.list"), list.open)),
      );
    }
    return h(
      "section", { class: "report-here" },
      h("h3", { text: words.t("report.ask") }),
      h(
        "div", { class: "buttons" },
        button("report-there", words.t("report.there"), () => save(ofCamera("there", camera.id), "report.saved.there")),
        button("report-gone", words.t("report.gone"), () => save(ofCamera("gone", camera.id), "report.saved.gone")),
        button("report-turned", words.t("report.turned"), () => turn(camera.id)),
      ),
    );
  }

  /** @param {string} id */
  function turn(id) {
    const camera = given.cameras()?.features.find((one) => one.properties.id === id) ?? null;
    openForm({
      words, map: given.map(), sheet: given.sheet, aimBy: given.aimBy, places: [], at: null, turned: camera, closed: given.redraw,
      save(told) {
        const report = turned(id, /** @type {number} */ (told.direction)); // the form asks until it is told
        actions.look(null);
        save(report, "report.saved.turned");
      },
    });
  }

  /** What stands below a step that is looked at. @param {Route} route @param {number} position */
  function onStep(route, position) {
    if (route.steps[position].length_m === 0) return null;
    return button("report-looked", words.t("report.looked"), () => survey(route, position));
  }

  /** Ask once more, with the stretch that it is about. @param {Route} route @param {number} position */
  function survey(route, position) {
    const found = stretch(route, position);
    const step = stepWords(words, route.steps[position]);
    const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
    const close = () => dialog.close();
    const ends = h("p", { class: "note", text: words.t("report.survey.ends") });
    if (found === null) {
      given.show(words.t("report.looked"), [h("p", { text: words.t("report.survey.nothing_left") }), ends, h("div", { class: "buttons" }, button("report-close", words.t("ui.close"), close))]);
      return;
    }
    const yes = () => {
      close();
      save(noneSeen(found.line), "report.saved.survey");
    };
    given.show(words.t("report.looked"), [
      h("p", { text: words.t("report.survey.about", { step, distance: words.distance(found.length_m) }) }),
      h("p", { text: words.t("report.survey.honest") }),
      found.clipped ? ends : null,
      h("div", { class: "buttons" }, button("report-no", words.t("report.cancel"), close), button("report-yes", words.t("report.save"), yes, "button main")),
    ]);
  }

  /** What stands in the menu of a point: the street of the walk that it is on. @param {LonLat} at */
  function atPoint(at) {
    const { plan, chosen } = store.get();
    const route = plan?.routes.find((one) => one.name === chosen);
    if (route === undefined) return null;
    const metres = metresAlong(route, at);
    if (metres === null) return null;
    let reached = 0;
    const position = route.steps.findIndex((step) => (reached += step.length_m) >= metres);
    if (position < 0) return null;
    return button("report-looked-here", words.t("report.looked"), () => survey(route, position));
  }

  shared.report = { onCamera, onStep };
  given.redraw();
  return {
    here: form,
    list: list.open,
    atPoint,
    forget: () => queue.clear(),
    overlay: () => overlayOf(given.cameras(), queue.all(), config.area.bbox, nameOf),
    /** Also forgets what need not be kept, for cameras may come after this does. @param {Cameras | null} cameras of the area */
    merged(cameras) {
      if (cameras !== judgedBy) queue.prune(isOver((judgedBy = cameras), thisMonth()));
      return merged(cameras, queue.all(), nameOf);
    },
  };
}

/** @param {string} id @param {string} text @param {() => void} act @param {string} [kind] */
function button(id, text, act, kind = "button") {
  return h("button", { type: "button", class: kind, id, text, onclick: act });
}

const room = h("p", { id: "toast", role: "status", hidden: true });
byId("app").append(room);
let telling = 0;

/** Tell what has happened, for a while. @param {string} text */
function tell(text) {
  room.textContent = text;
  room.hidden = false;
  clearTimeout(telling);
  telling = setTimeout(() => {
    room.hidden = true;
  }, TOLD_MS);
}

/** How far along a walk a point lies; null where it is not on it. @param {Route} route @param {LonLat} at */
function metresAlong({ geometry, length_m }, at) {
  const track = makeTrack(geometry.coordinates, length_m);
  const nearest = passes(track, track.spotOf(at)).reduce((best, one) => (one.off < best.off ? one : best));
  return nearest.off > ON_WALK_M ? null : nearest.at;
}
