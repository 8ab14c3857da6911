// @ts-check
/**
 * What lies on this phone: whether the page works without a server, how to make it, and how to leave nothing behind.
 */
import { areasPart } from "./areas-dialog.mjs";
import { whyNot } from "./cached.mjs";
import { byId, h } from "./dom.mjs";
import { loadLate } from "./late.mjs";
import { forget, keep, keeping } from "./offline.mjs";

/** What is said where the page could not be kept; that of a refusal stands there before, too, where it is known. */
const WHY = { full: "device.full", refused: "device.state.unable", failed: "device.failed" };

/**
 * @param {object} given
 * @param {Config} given.config
 * @param {Words} given.words
 * @param {(title: string, content: (Node | null)[]) => void} given.show
 * @param {(text: string, kind?: "" | "warning") => void} given.say writes down how something went
 * @param {() => void} given.came the page is kept from now on
 * @param {Config["area"]} given.own that the page came with
 * @param {(area: Config["area"]) => Promise<void>} given.turnTo
 * @param {() => void} given.forgot everything is gone; what the page holds in memory goes with it
 */
export async function openDevice(given) {
  await loadLate(given.config, given.words);
  await draw(given);
}

/** @param {Parameters<typeof openDevice>[0]} given @param {string} [told] a key of the dictionary @param {"" | "warning"} [kind] */
async function draw(given, told, kind) {
  const { config, words, show, say, own } = given;
  const { t } = words;
  const [state, areas] = await Promise.all([keeping(config), areasPart({ ...given, back: (key, kind) => draw(given, key, kind) })]);
  const sizes = Object.values(own.files).reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
  show(t("device.title"), [
    h("p", { id: "device-state", text: t(`device.state.${state}`, { area: own.name, month: words.month(own.built) }) }),
    h("div", { id: "device-progress", hidden: true }),
    h(
      "div", { class: "buttons" },
      state === "not" ? h("button", { type: "button", class: "button main", id: "device-keep", text: t("device.keep", { size: words.number(Math.ceil(sizes / 1e5) / 10) }), onclick: () => begin(given) }) : null,
      h("button", { type: "button", class: "button", id: "device-forget", text: t("device.forget"), onclick: () => ask(given) }),
    ),
    h("p", { class: "note", text: t("device.forget.what") }),
    areas,
  ]);
  if (told !== undefined) say(t(told), kind);
}

/** @param {Parameters<typeof openDevice>[0]} given */
async function begin(given) {
  const { config, words } = given;
  const ending = new AbortController();
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  dialog.addEventListener("close", () => ending.abort(), { once: true, signal: ending.signal });
  const bar = h("progress", { max: 1, value: 0, "aria-label": words.t("device.keeping") });
  given.say(words.t("device.keeping"));
  byId("device-progress").replaceChildren(bar);
  byId("device-progress").hidden = false;
  byId("device-keep").setAttribute("aria-disabled", "true");
  try {
    const promised = await keep(config, (share) => bar.setAttribute("value", String(share)), ending.signal);
    given.came();
    await draw(given, promised ? "device.promised" : "device.kept");
  } catch (error) {
    if (!ending.signal.aborted) await draw(given, WHY[whyNot(error)], "warning");
  }
}

/** Once more, since it cannot be undone. @param {Parameters<typeof openDevice>[0]} given */
function ask(given) {
  const { t } = given.words;
  given.show(t("device.forget"), [
    h("p", { class: "warning", text: t("device.forget.sure") }),
    h(
      "div", { class: "buttons" },
      h("button", { type: "button", class: "button main", id: "device-forget-now", text: t("device.forget"), onclick: async () => {
        const whole = await forget();
        given.forgot();
        await draw(given, whole ? "device.forgotten" : "device.forgotten.partly");
      } }),
      h("button", { type: "button", class: "button", text: t("ui.close"), onclick: () => draw(given) }),
    ),
  ]);
}
