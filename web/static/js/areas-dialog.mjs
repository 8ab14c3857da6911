// @ts-check
/**
 * Areas side by side, as she sees them: the one that the page came with, those that she keeps, one that she opened; and
 * what is asked before a file that somebody handed on is used.
 */
import { AreaRefused, areaFrom, checkSize, inGroups, indexOf, isOlder } from "./area-file.mjs";
import { canKeep, chooseArea, dropArea, keepArea, keptAreas, openArea } from "./areas.mjs";
import { whyNot } from "./cached.mjs";
import { byId, h } from "./dom.mjs";
import { keeping } from "./offline.mjs";

const MB = 1e6;

/** @typedef {import("./area-file.mjs").AreaIndex} AreaIndex */
/** @typedef {Config["area"]} Area */
/**
 * @typedef {object} Given
 * @property {Config} config
 * @property {Words} words
 * @property {(title: string, content: (Node | null)[]) => void} show
 * @property {Area} own that the page came with
 * @property {(text: string, kind?: "" | "warning") => void} say writes down how something goes, and has it read out
 * @property {(area: Area) => Promise<void>} turnTo
 * @property {(...told: string[]) => Promise<void>} back draws the dialog that this is a part of
 * @property {() => Promise<void>} keepPage the same once an area was kept, and keeps the page where it is not; says what came of both
 */

/** The digest of the area in use, where it is one of a file. */
let using = "";

/** The list of areas, and a way to open one. @param {Given} given */
export async function areasPart(given) {
  const { config, words, own } = given;
  const kept = await keptAreas();
  if (using === "") using = kept.find(({ about }) => isSame(about, config.area))?.digest ?? ""; // the page began with it
  const here = config.area !== own && !kept.some(({ digest }) => digest === using);
  const rows = [
    row(given, own, { now: config.area === own, note: "device.area.own", use: () => use(given, "", own) }),
    ...kept.map((index) => row(given, index.about, { bytes: index.bytes, now: index.digest === using && config.area !== own, use: () => useKept(given, index.digest), drop: () => drop(given, index.digest) })),
    here ? row(given, config.area, { now: true, note: "device.area.open_only" }) : null,
  ];
  return h(
    "section", { id: "areas" },
    h("h3", { text: words.t("device.areas") }),
    h("ul", { class: "steps" }, ...rows),
    h("p", { class: "note", text: words.t("device.areas.what") }),
    h("div", { class: "buttons" }, picker(given)),
  );
}

/** @param {Area} one @param {Area} other */
const isSame = (one, other) => one.name === other.name && one.built === other.built && one.version === other.version;

/**
 * @param {Given} given
 * @param {Area} about
 * @param {{bytes?: number, now: boolean, note?: string, use?: () => void, drop?: () => void}} what
 */
function row({ words }, about, { bytes, now, note, use: act, drop: away }) {
  const { t } = words;
  const button = (/** @type {string} */ key, /** @type {() => void} */ onclick) =>
    h("button", { type: "button", class: "button", "aria-label": `${t(key)}: ${about.name}`, text: t(key), onclick });
  const told = [datesOf(words, about), bytes === undefined ? "" : sizeOf(words, bytes), note ? t(note) : "", now ? t("device.area.now") : ""];
  return h(
    "li", { "aria-current": now ? "true" : null },
    h("p", {}, h("b", { text: about.name })),
    h("p", { class: "note", text: told.filter((one) => one !== "").join(" · ") }),
    h("div", { class: "buttons" }, act && !now ? button("device.area.use", act) : null, away ? button("device.area.delete", away) : null),
  );
}

/** @param {Words} words @param {Area} about */
function datesOf({ t, date, month }, about) {
  const map = about.osm_date ? t("device.area.map", { month: month(about.osm_date) }) : t("device.area.map_unknown");
  return `${t("device.area.dates", { built: date(about.built) })}, ${map}`;
}

/** @param {Words} words @param {number} bytes */
const sizeOf = (words, bytes) => words.t("device.area.size", { size: words.number(Math.ceil((10 * bytes) / MB) / 10, 1) });

/** A button that lets her choose a file. @param {Given} given */
function picker(given) {
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "file", id: "area-file", hidden: true }));
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file !== undefined) ask(given, file);
  });
  const button = h("button", { type: "button", class: "button", id: "area-open", text: given.words.t("device.area.open"), onclick: () => input.click() });
  return h("span", {}, button, input);
}

/** Read a file, tell what it is, and ask. @param {Given} given @param {File} file */
async function ask(given, file) {
  const { words: { t }, config, own } = given;
  given.say(t("device.area.reading"));
  try {
    checkSize(file);
    const blob = new Blob([await file.arrayBuffer()]); // from now on it may vanish from where it lay
    const index = await indexOf(blob);
    if (!("DecompressionStream" in window)) throw new AreaRefused("unable");
    const newer = [config.area, own, ...(await keptAreas()).map(({ about }) => about)].find((other) => isOlder(index.about, other));
    if (newer === undefined) await offer(given, index, blob);
    else refuse(given, t("device.refused.older", { there: datesOf(given.words, index.about), here: datesOf(given.words, newer) }), () => offer(given, index, blob));
  } catch (error) {
    refuse(given, t(`device.refused.${error instanceof AreaRefused ? error.code : "unreadable"}`));
  }
}

/**
 * Say why a file is not taken.
 *
 * @param {Given} given
 * @param {string} why
 * @param {() => void} [allTheSame] takes it if she says so once more
 */
function refuse(given, why, allTheSame) {
  const { t } = given.words;
  const button = (/** @type {string} */ id, /** @type {string} */ key, /** @type {() => void} */ onclick) => h("button", { type: "button", class: "button", id, text: t(key), onclick });
  given.show(t("device.area.open"), [
    h("div", { class: "buttons" }, picker(given), allTheSame ? button("area-older", "device.area.older", allTheSame) : null, button("area-back", "ui.back", () => given.back())),
  ]);
  given.say(why, "warning");
}

/** Tell what a file is, and how to know whose. @param {Given} given @param {AreaIndex} index @param {Blob} blob */
async function offer(given, index, blob) {
  const { words, words: { t } } = given;
  const [keeps, page] = await Promise.all([canKeep(), keeping(given.config)]);
  const note = (/** @type {string} */ text) => h("p", { class: "note", text });
  given.show(t("device.area.open"), [
    h("p", {}, h("b", { text: index.about.name })),
    h("p", { text: `${datesOf(words, index.about)} · ${sizeOf(words, index.bytes)}` }),
    h("p", { text: t("device.area.compare") }),
    h("p", { id: "area-digest", class: "digest", text: inGroups(index.digest) }),
    h(
      "div", { class: "buttons" },
      h("button", { type: "button", class: "button main", id: "area-take", text: t("device.area.take"), onclick: () => take(given, index, blob) }),
      keeps ? h("button", { type: "button", class: "button", id: "area-keep", text: t("device.area.keep"), onclick: () => keep(given, index, blob) }) : null,
      h("button", { type: "button", class: "button", text: t("device.area.leave"), onclick: () => given.back() }),
    ),
    keeps ? null : note(t("device.area.memory")),
    page === "insecure" ? note(t("device.state.insecure")) : null,
    keeps && page === "not" ? note(t("device.area.with_page")) : null,
  ]);
}

/** @param {Given} given @param {AreaIndex} index @param {Blob} blob */
const take = (given, index, blob) => use(given, index.digest, areaFrom(index, blob));

/** @param {Given} given @param {AreaIndex} index @param {Blob} blob */
async function keep(given, index, blob) {
  try {
    await keepArea(index, blob);
    turn(given, index.digest, await chosenOf(given, index.digest));
  } catch (error) {
    given.say(given.words.t(whyNot(error) === "full" ? "device.full" : "device.area.memory"), "warning"); // it can still be used
    return;
  }
  await given.keepPage();
}

/** @param {Given} given @param {string} digest */
const useKept = async (given, digest) => use(given, digest, await chosenOf(given, digest));

/** Have the page open with an area that is kept, and give it; the page's own where it is gone. @param {Given} given @param {string} digest */
async function chosenOf(given, digest) {
  const area = await openArea(digest);
  if (area !== null) await chooseArea(digest);
  return area ?? given.own;
}

/** Turn to an area, and let her see it. @param {Given} given @param {string} digest "" of the page's own @param {Area} area */
async function use(given, digest, area) {
  if (area === given.own) await chooseArea(null);
  /** @type {HTMLDialogElement} */ (byId("dialog")).close();
  turn(given, digest, area);
}

/** @param {Given} given @param {string} digest @param {Area} area */
function turn(given, digest, area) {
  using = digest;
  given.turnTo(area).catch(() => {}); // what does not come of it is told where it is missed
}

/** @param {Given} given @param {string} digest */
async function drop(given, digest) {
  await dropArea(digest);
  if (digest === using) {
    using = "";
    given.turnTo(given.own).catch(() => {}); // same
  }
  await given.back();
}
