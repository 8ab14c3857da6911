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

/** @typedef {Parameters<typeof openDevice>[0]} Given */

/** @param {Given} given @param {string[]} [told] keys of the dictionary @param {"" | "warning"} [kind] */
async function draw(given, told = [], kind = "") {
  const { config, words, show, say, own } = given;
  const { t } = words;
  const size = words.number(Math.ceil(config.kept_bytes / 1e5) / 10);
  const around = { ...given, back: (/** @type {string[]} */ ...keys) => draw(given, keys), keepPage: () => keepWithArea(given) };
  const [state, areas] = await Promise.all([keeping(config), areasPart(around)]);
  show(t("device.title"), [
    h("p", { id: "device-state", text: t(`device.state.${state}`, { area: own.name, month: words.month(own.built) }) }),
    h("div", { id: "device-progress", hidden: true }),
    h(
      "div", { class: "buttons" },
      state === "not" ? h("button", { type: "button", class: "button main", id: "device-keep", text: t("device.keep", { size }), onclick: () => begin(given) }) : null,
      h("button", { type: "button", class: "button", id: "device-forget", text: t("device.forget"), onclick: () => ask(given) }),
    ),
    h("p", { class: "note", text: t("device.forget.what") }),
    areas,
  ]);
  if (told.length > 0) say(told.map((key) => t(key)).join(" "), kind);
}

/** Keep the page as she asked. @param {Given} given */
async function begin(given) {
  if (byId("device-keep").getAttribute("aria-disabled") === "true") return; // under way; a second reader would mix up what comes
  const done = await fetchPage(given, "device.keeping");
  if ("kept" in done) await draw(given, [done.kept]);
  else if (done.why !== null) await draw(given, [WHY[done.why]], "warning");
}

/** An area was kept; without the page that is of little use, so the page is kept, too, and what came of it is said. @param {Given} given */
async function keepWithArea(given) {
  const state = await keeping(given.config);
  if (state === "kept") return draw(given, ["device.area.kept"]);
  await draw(given);
  if (state !== "not") return given.say(given.words.t("device.area.alone"), "warning"); // why stands there
  const done = await fetchPage(given, "device.area.keeping");
  if ("kept" in done) await draw(given, ["device.area.kept", done.kept]);
  else if (done.why !== null) await draw(given, ["device.area.alone", done.why === "failed" ? "device.area.alone.how" : WHY[done.why]], "warning");
}

/**
 * Fetch the page, and show how far that is; it ends when she leaves this part of the dialogue.
 *
 * @param {Given} given
 * @param {string} doing a key of the dictionary
 * @returns {Promise<{kept: string} | {why: keyof typeof WHY | null}>} what to say of it: a key, or why not; null: she left
 */
async function fetchPage({ config, words, say, came }, doing) {
  const ending = new AbortController();
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  const progress = byId("device-progress");
  // what this stands in may have been closed and opened just now, and word of that comes late
  const leave = () => (dialog.open && progress.isConnected) || ending.abort();
  dialog.addEventListener("close", leave);
  const bar = h("progress", { max: 1, value: 0, "aria-label": words.t("device.keeping") });
  say(words.t(doing));
  progress.replaceChildren(bar);
  progress.hidden = false;
  byId("device-keep").setAttribute("aria-disabled", "true");
  try {
    const promised = await keep(config, (share) => bar.setAttribute("value", String(share)), ending.signal);
    came();
    return { kept: promised ? "device.promised" : "device.kept" };
  } catch (error) {
    return { why: ending.signal.aborted ? null : whyNot(error) };
  } finally {
    dialog.removeEventListener("close", leave);
  }
}

/** Once more, since it cannot be undone. @param {Given} given */
function ask(given) {
  const { t } = given.words;
  given.show(t("device.forget"), [
    h("p", { class: "warning", text: t("device.forget.sure") }),
    h(
      "div", { class: "buttons" },
      h("button", { type: "button", class: "button main", id: "device-forget-now", text: t("device.forget"), onclick: async () => {
        const whole = await forget(given.config);
        given.forgot();
        await draw(given, [whole ? "device.forgotten" : "device.forgotten.partly"]);
      } }),
      h("button", { type: "button", class: "button", text: t("ui.close"), onclick: () => draw(given) }),
    ),
  ]);
}
