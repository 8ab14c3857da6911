// @ts-check
/**
 * The two search fields, as comboboxes over one list. What is typed is looked up in the list of the area's names on this
 * device and sent nowhere.
 *
 * @typedef {"start" | "end"} Which
 */
import { byId, h, icon } from "./dom.mjs";
import { find, parsePoint } from "./search.mjs";

const MOST_FOUND = 12;
const WHICH = /** @type {Which[]} */ (["start", "end"]);

/**
 * @param {object} given
 * @param {Words} given.words
 * @param {Store} given.store
 * @param {Actions} given.actions
 * @param {() => any} given.names the index of names; null until it is there
 * @param {() => boolean} given.namesFailed whether it did not come
 * @param {() => void} given.loadNames asks for it again
 * @param {(which: Which) => void} given.locate
 * @param {(which: Which) => void} given.point chooses on the map; hidden where there is none
 * @param {() => boolean} given.hasMap
 * @param {(at: LonLat) => Stop} given.stopAt
 */
export function makeSearch({ words, store, actions, names, namesFailed, loadNames, locate, point, hasMap, stopAt }) {
  const list = byId("found");
  const inputs = { start: byId("start"), end: byId("end") };
  /** @type {{text: string, what?: string, picture: string, pick: (() => void) | null, stays?: boolean}[]} */
  let rows = [];
  let active = -1;
  /** @type {Which} */
  let which = "end";

  function choices(/** @type {string} */ text) {
    if (text.trim() === "") {
      return [
        { text: words.t("ui.here"), picture: "locate", pick: () => locate(which) },
        ...(hasMap() ? [{ text: words.t("ui.on_map"), picture: "pin", pick: () => point(which) }] : []),
      ];
    }
    const typed = parsePoint(text);
    if (typed === "broken") return [{ text: words.t("errors.bad-position"), picture: "close", pick: null }];
    if (typed !== null) return [{ text: words.t("ui.typed"), picture: "pin", pick: () => take(stopAt(typed)) }];
    const index = names();
    if (index === null && namesFailed()) return [{ text: words.t("ui.names.failed"), picture: "close", pick: loadNames, stays: true }];
    if (index === null) return [{ text: words.t("ui.names.loading"), picture: "pin", pick: null }];
    const near = store.get().here ?? store.get().wish[which === "start" ? "end" : "start"]?.lonlat ?? null;
    const hits = find(index, text, { near, limit: MOST_FOUND });
    if (hits.length === 0) return [{ text: words.t("ui.names.none"), picture: "close", pick: null }];
    return hits.map((hit) => ({
      text: hit.name,
      what: whatWords(hit, words),
      picture: "pin",
      pick: () => take({ lonlat: hit.lonlat, label: hit.name }),
    }));
  }

  /** @param {Stop} stop */
  function take(stop) {
    actions[which === "start" ? "setStart" : "setEnd"](stop);
    // the next field where there are keys; where a finger types, that would bring the keyboard up again
    const other = which === "start" ? "end" : "start";
    const next = store.get().wish[other] === null && matchMedia("(pointer: fine)").matches;
    (next ? inputs[other] : byId("sheet")).focus({ preventScroll: true });
  }

  function open() {
    const { value } = inputs[which];
    rows = choices(value === store.get().wish[which]?.label ? "" : value); // words that stand there are no question
    active = -1;
    list.replaceChildren(...rows.map(drawRow));
    list.hidden = false;
    for (const one of WHICH) inputs[one].setAttribute("aria-expanded", String(one === which));
    inputs[which].removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    for (const one of WHICH) {
      inputs[one].setAttribute("aria-expanded", "false");
      inputs[one].removeAttribute("aria-activedescendant");
    }
    refresh();
  }

  /** @param {typeof rows[number]} row @param {number} position */
  function drawRow(row, position) {
    const option = h(
      "li",
      { role: "option", id: `found-${position}`, "aria-selected": "false", "aria-disabled": row.pick === null ? "true" : null },
      icon(row.picture),
      h("span", {}, row.text, row.what ? h("span", { class: "what", text: row.what }) : null),
    );
    option.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    option.addEventListener("click", () => choose(position));
    return option;
  }

  /** @param {number} position */
  function mark(position) {
    active = position;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    const option = list.children[active];
    option?.scrollIntoView({ block: "nearest" });
    if (option) inputs[which].setAttribute("aria-activedescendant", option.id);
  }

  /** @param {number} position */
  function choose(position) {
    const row = rows[position];
    if (!row?.pick) return;
    if (!row.stays) close();
    row.pick();
    if (row.stays) open();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (list.hidden) open();
      else choose(active >= 0 ? active : rows.findIndex((row) => row.pick !== null));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((Math.max(active, step > 0 ? -1 : 0) + step + rows.length) % rows.length);
    }
  }

  function refresh() {
    const { wish } = store.get();
    byId("row-start").hidden = wish.start === null && wish.end === null && document.activeElement !== inputs.start;
    byId("swap").hidden = byId("row-start").hidden;
    for (const one of WHICH) {
      if (document.activeElement !== inputs[one] || list.hidden) inputs[one].value = wish[one]?.label ?? "";
      byId(`clear-${one}`).hidden = wish[one] === null;
    }
  }

  for (const one of WHICH) {
    inputs[one].addEventListener("focus", () => {
      which = one;
      inputs[one].select();
      open();
    });
    inputs[one].addEventListener("input", open);
    inputs[one].addEventListener("keydown", onKey);
    inputs[one].addEventListener("blur", close);
    byId(`clear-${one}`).addEventListener("click", () => {
      actions[one === "start" ? "setStart" : "setEnd"](null);
      inputs[one].focus();
    });
  }
  byId("search").addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  byId("swap").addEventListener("click", actions.swap);
  store.on(["wish"], refresh);
  refresh();
  return { refresh, reopen: () => !list.hidden && open() };
}

/** What kind of place was found, and under which other name. @param {any} hit @param {Words} words */
function whatWords(hit, words) {
  const kind = words.kind(hit.kind);
  if (hit.guess) return words.t("ui.found.guess", { kind });
  if (hit.near) return words.t("ui.found.near", { kind });
  return hit.matched && hit.matched !== hit.name ? words.t("ui.found.as", { kind, name: hit.matched }) : kind;
}
