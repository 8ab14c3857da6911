// @ts-check
/** What opens over the page: the menu, the menu of a point, sharing a link, and short messages. One at a time. */
import { enter } from "./back.mjs";
import { byId, h, icon } from "./dom.mjs";
import { cameraWords } from "./steps.mjs";

const CLICK_MS = 400; // within which a click follows the end of a touch

/**
 * @param {object} given
 * @param {Words} given.words
 * @param {Config} given.config
 * @param {Store} given.store
 * @param {Actions} given.actions
 * @param {string} given.told a key of the dictionary: who works out the walk
 * @param {(at: LonLat) => {camera: any, metres: number}[]} given.camerasNear
 * @param {(act: (reporting: any) => void) => void} given.report
 * @param {() => void} given.device opens what lies on this phone
 * @param {(at: LonLat) => Promise<Node | null>} given.atPoint what reporting adds to the menu of a point
 */
export function makeDialogs({ words, config, store, actions, told: who, camerasNear, report, device, atPoint }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  /** @type {(() => void) | null} */ let left = null;
  let down = false;
  let early = false; // a finger is down since before this opened; its click is not meant for what lies under it now
  document.addEventListener("pointerdown", () => { down = true; early = false; }, { capture: true });
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => { down = false; setTimeout(() => { early = false; }, CLICK_MS); }, { capture: true });
  }
  dialog.addEventListener("click", (event) => {
    if (early) {
      event.stopPropagation();
      event.preventDefault();
    } else if (event.target === dialog) dialog.close(); // the backdrop
  }, { capture: true });

  dialog.addEventListener("close", () => {
    if (dialog.open) return; // another took its place, and its entry
    left?.();
    left = null;
  });

  const heading = h("h2", { id: "dialog-title" });
  const shut = h("button", { type: "button", class: "plain-button", "aria-label": words.t("ui.close"), onclick: () => dialog.close() }, icon("close"));
  const told = h("p", { id: "dialog-told", role: "status" }); // stays where it is, so that what is written there is read out
  dialog.replaceChildren(h("div", { class: "head" }, heading, shut), told);

  /** Write down, and have read out, how something went. @param {string} text @param {"" | "warning"} [kind] */
  function say(text, kind = "") {
    told.className = kind;
    told.textContent = text;
  }

  /** @param {string} title @param {(Node | null)[]} content */
  function show(title, content) {
    heading.textContent = title;
    say("");
    while (told.nextSibling !== null) told.nextSibling.remove();
    dialog.append(...content.filter((one) => one !== null));
    if (dialog.open) dialog.close(); // opened anew, so that it is read out and the focus is inside
    early = down;
    dialog.showModal();
    left ??= enter(() => {
      left = null;
      dialog.close();
    });
  }

  /** @param {string} text @param {() => void} act @param {string} kind */
  function choice(text, act, kind = "button") {
    return h("button", { type: "button", class: kind, text, onclick: () => { dialog.close(); act(); } });
  }

  /** The cameras about a point, so that no finger or mouse is needed to ask of one. @param {LonLat} at */
  function nearby(at) {
    const near = camerasNear(at);
    if (near.length === 0) return [h("p", { class: "note", text: words.t("ui.near.none") })];
    const rows = near.map(({ camera, metres }) =>
      h("li", {}, h("button", { type: "button", class: "row-button", onclick: () => { dialog.close(); actions.look(camera.id); } }, icon("camera"), h("span", { text: words.t("ui.near.camera", { kind: cameraWords(words, camera).kind, distance: words.distance(metres) }) }))),
    );
    return [h("h3", { text: words.t("ui.near") }), h("ul", { class: "steps" }, ...rows)];
  }

  return {
    show,
    say,
    /** @param {string} title @param {string} text */
    tell: (title, text) => show(title, [h("p", { text }), h("div", { class: "buttons" }, choice(words.t("ui.close"), () => {}))]),

    /** Ask what a point of the map is to be. @param {Stop} stop */
    point(stop) {
      const more = h("div", { class: "buttons" }, choice(words.t("ui.camera_here"), () => report((one) => one.here(stop.lonlat))));
      atPoint(stop.lonlat).then((node) => node !== null && more.append(node), () => {});
      show(stop.label, [
        h("div", { class: "buttons" }, choice(words.t("ui.from_here"), () => actions.setStart(stop), "button main"), choice(words.t("ui.to_here"), () => actions.setEnd(stop), "button main")),
        more,
        ...nearby(stop.lonlat),
      ]);
    },

    /** Give the link of a walk, after saying what it holds. @param {string} link */
    link(link) {
      const field = /** @type {HTMLInputElement} */ (h("input", { type: "text", id: "link-text", readonly: true, value: link }));
      const copy = h("button", { type: "button", class: "button main", text: words.t("ui.link.copy"), onclick: async () => {
        field.select();
        const copied = await (navigator.clipboard?.writeText(link).then(() => true, () => false) ?? false);
        say(words.t(copied || document.execCommand("copy") ? "ui.link.copied" : "ui.link.by_hand"));
      } });
      show(words.t("ui.link"), [h("p", { class: "warning", text: words.t("ui.link.warning") }), h("label", { for: "link-text", text: words.t("ui.link.label") }), field, h("div", { class: "buttons" }, copy)]);
    },

    menu() {
      const themes = /** @type {State["theme"][]} */ (["auto", "light", "dark"]).map((theme) =>
        h("label", {}, h("input", { type: "radio", name: "theme", value: theme, checked: store.get().theme === theme, onchange: () => store.set({ theme }) }), words.t(`ui.theme.${theme}`)),
      );
      const languages = Object.entries(config.languages).map(([lang, url]) =>
        h("a", { href: url, lang, hreflang: lang, "aria-current": lang === words.lang ? "true" : null, text: words.t(`ui.language.${lang}`) }),
      );
      show(words.t("ui.menu"), [
        h("div", { class: "buttons" }, choice(words.t("ui.reports"), () => report((one) => one.list())), choice(words.t("ui.device"), device)),
        h("fieldset", {}, h("legend", { text: words.t("ui.theme") }), ...themes),
        h("nav", { class: "languages", "aria-label": words.t("ui.language") }, ...languages),
        h("section", {}, h("h3", { text: words.t("ui.about") }), h("p", { text: words.t("ui.about.what") }), h("p", { text: words.t("ui.unknown") }), h("p", { text: words.t(who) }), h("p", { text: words.t("ui.about.eyes") })),
        h("section", {}, h("h3", { text: words.t("ui.legend") }), h("ul", {}, ...["ring", "sector", "doubt", "group", "seen"].map((name) => h("li", { text: words.t(`ui.legend.${name}`) })))),
        h("p", { class: "note", text: `${config.area.attribution} · Sidestep ${config.version}` }),
      ]);
    },
  };
}
