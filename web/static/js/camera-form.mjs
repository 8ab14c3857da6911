// @ts-check
/**
 * "Camera here": the cross-hair over a map that moves, and what she knows of the camera; or, of a known camera, whither it
 * looks now. In: a place or a camera. Out: what she told, handed to `save`. A tap on the map, the arrow keys and a drag
 * all move it; without a map the place is chosen from a list.
 *
 * @typedef {{type: string, direction: number | null, mount: string, zone: string, indoor: boolean, fr: boolean}} Told
 */
import { byId, h } from "./dom.mjs";
import { views } from "./layers.mjs";
import { drawn } from "./own-cameras.mjs";
import { KINDS, MOUNTS, ZONES } from "./reports.mjs";

const POINTS = Object.freeze(["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"]);
const STEP_DEG = 5;
const FIRST_DEG = 0; // where the slider stands while nobody has moved it and no direction is known; it then says nothing
const CLOSE_ZOOM = 18;
const EMPTY = { type: "FeatureCollection", features: [] };

/** Say a direction: "south-east, 135°". @param {Words} words @param {number | null} degrees */
export function directionWords(words, degrees) {
  if (degrees === null) return words.t("report.unknown");
  const point = POINTS[Math.floor(degrees / 45 + 0.5) % POINTS.length];
  return words.t("report.direction.told", { compass: words.t(`steps.compass.${point}`), degrees: words.number(degrees) });
}

/**
 * Open the form in the sheet.
 *
 * @param {object} given
 * @param {Words} given.words
 * @param {any} given.map what `openMap` gave; null without a map
 * @param {{open: (height: string) => void}} given.sheet
 * @param {(aim: ((at: LonLat) => void) | null) => void} given.aimBy hands over taps on the map
 * @param {{label: string, at: LonLat}[]} given.places to choose from without a map
 * @param {LonLat | null} given.at where to begin; null: where the map is
 * @param {Camera | null} given.turned a known camera of which only the direction is asked
 * @param {(told: Told, at: LonLat) => void} given.save
 * @param {() => void} given.closed draws again what the form has drawn over
 */
export function openForm(given) {
  const { words, map, sheet, aimBy, turned, save } = given;
  document.getElementById("report")?.dispatchEvent(new Event("reset")); // one at a time
  const before = document.activeElement;
  const room = byId("sheet");
  const saving = h("button", { type: "submit", form: "report", class: "button main", id: "report-save", text: words.t("report.save") });
  const asked = makeFields(given, () => {
    if (turned !== null) allow(saving, asked.told().direction !== null);
    draw();
  });
  const form = h("form", { id: "report", "aria-labelledby": "report-title", novalidate: true }, ...asked.nodes);
  const ends = h(
    "div", { class: "report-ends" }, // always in sight, below what scrolls
    h("button", { type: "button", class: "button", id: "report-cancel", text: words.t("report.cancel"), onclick: () => close(before) }),
    saving,
  );
  if (turned !== null) allow(saving, false);
  const cross = byId("crosshair");
  const raw = map === null ? null : /** @type {any} */ (byId("map")).sidestepMap;
  const aims = raw !== null && turned === null;
  const seen = raw === null ? null : { center: raw.getCenter(), zoom: raw.getZoom() }; // where she comes back to

  function place() {
    if (turned !== null) return turned.geometry.coordinates;
    return raw === null ? asked.place() : map.centre();
  }

  function draw() {
    const at = place();
    if (raw === null || at === null) return;
    const told = asked.told();
    if (turned !== null && told.direction === null) return; // it stays as it is drawn
    const kind = turned === null ? told.type : turned.properties.kind;
    const camera = drawn("", at, { type: kind, direction: told.direction });
    raw.getSource("chosen")?.setData(views({ type: "FeatureCollection", features: [camera] }, () => true));
  }

  /** @param {Element | null} focus what gets it */
  function close(focus) {
    form.remove();
    ends.remove();
    delete room.dataset.report;
    aimBy(null);
    for (const name of ["move", "style.load"]) raw?.off(name, draw);
    raw?.getSource("chosen")?.setData(EMPTY);
    if (aims) cross.setAttribute("hidden", "");
    raw?.easeTo({ ...seen, duration: duration() });
    given.closed();
    sheet.open(turned === null ? "peek" : "half"); // of a known camera the panel is there again
    (focus instanceof HTMLElement && focus.isConnected && focus.checkVisibility?.() ? focus : room).focus({ preventScroll: true });
  }

  form.addEventListener("reset", () => close(before));
  for (const part of [form, ends]) {
    part.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Escape") close(before);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const at = place();
    const told = asked.told();
    if (at === null || (turned !== null && told.direction === null)) {
      asked.lack();
      return;
    }
    close(null);
    save(told, at);
  });

  room.dataset.report = turned === null ? "new" : "turned";
  byId("scroll").prepend(form);
  byId("coverage").before(ends);
  byId("scroll").scrollTop = 0;
  sheet.open("half");
  if (aims) {
    aimBy((at) => map.show(at)); // which puts an open cross-hair away
    cross.removeAttribute("hidden");
  }
  for (const name of ["move", "style.load"]) raw?.on(name, draw);
  byId("report-title").focus({ preventScroll: true });
  const at = given.at ?? turned?.geometry.coordinates ?? null;
  // once the sheet has its new height, so that the place comes to lie under the cross-hair
  requestAnimationFrame(() => setTimeout(() => aim(raw, at), 200));
  draw();
}

/** A button that cannot be used yet stays in reach, and says why. @param {HTMLElement} button @param {boolean} may */
function allow(button, may) {
  if (may) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-describedby");
  } else {
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("aria-describedby", "report-move");
  }
}

/** Bring a place under the cross-hair. @param {any} raw the map @param {LonLat | null} at */
function aim(raw, at) {
  if (raw === null || !document.getElementById("report")) return;
  const mark = byId("crosshair").getBoundingClientRect();
  const map = raw.getContainer().getBoundingClientRect();
  const bare = mark.width === 0; // there is none over a known camera
  const middle = bare ? [map.width / 2, (byId("sheet").offsetTop || map.height) / 2] : [mark.x + mark.width / 2 - map.x, mark.y + mark.height / 2 - map.y];
  const offset = [middle[0] - map.width / 2, middle[1] - map.height / 2];
  raw.easeTo({ ...(at === null ? {} : { center: at, offset }), zoom: Math.max(raw.getZoom(), CLOSE_ZOOM), duration: duration() });
}

/** How long the map may take to move, ms. */
function duration() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300;
}

/** @param {Parameters<typeof openForm>[0]} given @param {() => void} changed */
function makeFields(given, changed) {
  const { words, turned, map, places } = given;
  const lack = h("p", { class: "warning", role: "alert", hidden: true, text: words.t("report.where.none") });
  const where = map !== null || turned !== null ? null : chooser(words, "report-where", "report.where", places.map(({ label }, i) => [String(i), label]));
  const kinds = chips(words, turned);
  const facing = slider(words, turned);
  const move = h("p", { class: "note", id: "report-move", text: words.t("report.turned.move") });
  const mount = chooser(words, "report-mount", "report.mount", [["", words.t("report.unknown")], ...MOUNTS.map((one) => [one, words.t(`report.mount.${one}`)])]);
  const zone = chooser(words, "report-zone", "report.zone", [["", words.t("report.unknown")], ...ZONES.map((one) => [one, words.t(`report.zone.${one}`)])]);
  const indoor = tick("report-indoor", words.t("report.indoor"));
  const sign = tick("report-sign", words.t("report.sign"));
  const round = h("p", { class: "note", text: words.t("report.round") });

  function update() {
    const kind = kinds.get();
    const looks = turned !== null || kind === "fixed" || kind === "unknown";
    facing.field.hidden = !looks;
    round.hidden = looks;
    changed();
  }
  kinds.field.addEventListener("change", update);
  facing.field.addEventListener("input", () => {
    move.classList.remove("asked");
    changed();
  });
  facing.field.addEventListener("change", changed);
  round.hidden = true;
  const nodes = turned === null
    ? [
        h("h2", { id: "report-title", tabindex: -1, text: words.t("report.new") }),
        where?.field ?? h("p", { class: "note", text: words.t("report.aim") }),
        lack,
        kinds.field, facing.field, round,
        h("details", {}, h("summary", { text: words.t("report.more") }), mount.field, zone.field, indoor.field, sign.field),
        h("p", { class: "note", text: words.t("report.nothing_of_you") }),
      ]
    : [h("h2", { id: "report-title", tabindex: -1, text: words.t("report.turned.title") }), facing.field, move];
  return {
    nodes,
    /** @returns {LonLat | null} */
    place: () => (where === null || places.length === 0 ? null : places[Number(where.select.value)].at),
    /** Say what is missing. */
    lack: () => {
      if (turned === null) {
        lack.hidden = false;
      } else {
        move.classList.add("asked");
        facing.input.focus(); // which the sentence describes
      }
    },
    /** @returns {Told} */
    told: () => ({
      type: kinds.get(),
      direction: facing.field.hidden ? null : facing.get(),
      mount: mount.select.value,
      zone: zone.select.value,
      indoor: indoor.input.checked,
      fr: sign.input.checked,
    }),
  };
}

/** @param {Words} words @param {Camera | null} turned */
function chips(words, turned) {
  const inputs = [...KINDS, "unknown"].map((kind) => /** @type {HTMLInputElement} */ (h("input", { type: "radio", name: "report-kind", value: kind, checked: kind === "unknown" })));
  const labels = inputs.map((input) => h("label", { class: "chip" }, input, h("span", { text: words.t(`report.kind.${input.value}`) })));
  return {
    field: h("fieldset", { class: "chips" }, h("legend", { text: words.t("report.kind") }), ...labels),
    get: () => turned?.properties.kind ?? inputs.find((input) => input.checked)?.value ?? "unknown",
  };
}

/** The direction of a camera as it is known, in steps of the slider; null where none is. @param {Camera | null} camera */
function knownDirection(camera) {
  const sector = camera?.properties.direction_known ? camera.properties.sectors[0] : undefined;
  return sector === undefined ? null : (Math.round((sector[0] + sector[1] / 2) / STEP_DEG) * STEP_DEG) % 360;
}

/**
 * A slider that stands where nobody put it tells nothing: of a new camera because "I don't know" is ticked, of a known one
 * until it is moved.
 *
 * @param {Words} words
 * @param {Camera | null} turned a known camera
 */
function slider(words, turned) {
  const known = knownDirection(turned);
  let moved = turned === null;
  const output = h("output", { id: "report-direction-told", for: "report-direction" });
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "range", id: "report-direction", min: 0, max: 355, step: STEP_DEG, value: known ?? FIRST_DEG, "aria-describedby": turned === null ? null : "report-move" }));
  const unknown = tick("report-direction-unknown", words.t("report.direction.unknown"), turned === null);
  const get = () => (!moved || unknown.input.checked ? null : Number(input.value));
  const tell = () => {
    const said = directionWords(words, moved ? get() : known);
    output.textContent = moved ? said : words.t("report.direction.before", { direction: said });
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => {
    moved = true;
    unknown.input.checked = false;
    tell();
  });
  unknown.input.addEventListener("change", tell);
  tell();
  const row = h("div", { class: "row" }, h("label", { for: "report-direction", text: words.t("report.direction") }), output);
  return { field: h("div", { class: "field" }, row, input, turned === null ? unknown.field : null), get, input };
}

/** @param {Words} words @param {string} id @param {string} key of the label @param {string[][]} options */
function chooser(words, id, key, options) {
  const select = /** @type {HTMLSelectElement} */ (h("select", { id }, ...options.map(([value, text]) => h("option", { value, text }))));
  return { field: h("div", { class: "field" }, h("label", { for: id, text: words.t(key) }), select), select };
}

/** @param {string} id @param {string} text @param {boolean} [on] */
function tick(id, text, on = false) {
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", id, checked: on }));
  return { field: h("label", { class: "tick" }, input, h("span", { text })), input };
}
