// @ts-check
/**
 * What waits on this phone: every report in words, deleted one by one or all at once, sent when she says so, or given as a
 * file. Says who can read them, and who learns what.
 *
 * @typedef {import("./reports.mjs").Report} Report
 */
import { byId, h, icon } from "./dom.mjs";
import { errorWords } from "./steps.mjs";
import { isTooOld } from "./queue.mjs";
import { asFile, shuffled, thisMonth } from "./reports.mjs";
import { SendError, send } from "./sending.mjs";

const FILE = "sidestep-reports.json";

/**
 * @param {object} given
 * @param {Config} given.config
 * @param {Words} given.words
 * @param {(title: string, content: (Node | null)[]) => void} given.show
 * @param {ReturnType<typeof import("./queue.mjs").makeQueue>} given.queue
 * @param {(report: Report) => string} given.describe
 * @param {(text: string, type: string, name: string) => void} given.download
 * @param {() => void} given.add opens the form
 */
export function makeReportsDialog(given) {
  const { config, words, show, queue } = given;
  const { t } = words;
  /** @type {AbortController | null} */
  let sending = null;

  /** @param {string} [told] what has just happened @param {string} [focus] id of what gets the focus */
  function open(told = "", focus = "") {
    const held = queue.all();
    const rows = held.map(({ report, sent }) => row(report, sent));
    show(t("report.list"), [
      h("p", { id: "report-told", role: "status", text: told, hidden: told === "" }),
      held.length === 0 ? h("p", { text: t("report.list.empty") }) : h("ul", { class: "steps", id: "report-list" }, ...rows),
      ...(held.length === 0 ? [h("div", { class: "buttons" }, adding())] : ways()),
    ]);
    if (focus) document.getElementById(focus)?.focus();
  }

  /** @param {Report} report @param {string | null} sent */
  function row(report, sent) {
    const waits = isTooOld(report, thisMonth()) ? "report.state.old" : "report.state.waits";
    const state = sent === null ? t(waits) : t("report.state.sent", { month: words.month(sent) });
    const text = given.describe(report);
    const remove = () => {
      queue.remove(report.id);
      open(t("report.deleted"), "dialog-title");
    };
    return h(
      "li", { class: "report-row" },
      h("span", {}, h("span", { class: "report-said", text }), h("span", { class: "far", text: state })),
      h("button", { type: "button", class: "plain-button", "aria-label": t("report.delete", { report: text }), onclick: remove }, icon("close")),
    );
  }

  /** What can be done with them, and what it means. */
  function ways() {
    const waiting = young();
    const why = !window.isSecureContext ? "report.send.insecure" : config.urls.reports === null ? "report.send.none" : null;
    const clear = () => {
      queue.clear();
      open(t("report.deleted.all"), "dialog-title");
    };
    return [
      why === null ? null : h("p", { id: "report-why", text: t(why) }),
      waiting.length < queue.waiting().length ? h("p", { id: "report-old", class: "warning", text: t("report.old") }) : null,
      h("p", { id: "report-trouble", class: "warning", role: "alert", hidden: true }),
      h("div", { id: "report-progress", hidden: true }),
      h(
        "div", { class: "buttons" },
        why === null && waiting.length > 0 ? button("report-send", t("report.send", { count: waiting.length }), sendAll, "button main") : null,
        waiting.length > 0 ? button("report-file", t("report.file"), share) : null,
        adding(),
        button("report-clear", t("report.delete_all"), clear),
      ),
      h("p", { class: "warning", text: t(queue.isKept() ? "report.kept" : "report.unkept") }),
      h("p", { class: "note", text: t("report.overlay") }),
      why === null && waiting.length > 0 ? h("p", { class: "note", text: t("report.send.what") }) : null,
    ];
  }

  /** Those that wait and that a server would take. */
  const young = () => queue.waiting().filter((report) => !isTooOld(report, thisMonth()));

  const adding = () => button("report-add", t("report.add"), () => {
    close();
    given.add();
  });

  async function share() {
    const text = asFile(shuffled(young()));
    const file = new File([text], FILE, { type: "application/json" });
    if (navigator.canShare?.({ files: [file] })) await navigator.share({ files: [file] }).catch(() => {});
    else given.download(text, "application/json", FILE);
  }

  async function sendAll() {
    if (sending !== null) return;
    sending = new AbortController();
    const { signal } = sending;
    const share_ = h("progress", { max: 1, value: 0, "aria-label": t("report.sending") });
    const told = h("p", { role: "status", text: t("report.sending") });
    const room = byId("report-progress");
    room.replaceChildren(told, share_, button("report-stop", t("report.stop"), () => sending?.abort()));
    room.hidden = false;
    byId("report-trouble").hidden = true;
    byId("report-send").setAttribute("aria-disabled", "true");
    byId("report-stop").focus();
    let count = 0;
    let trouble = "";
    try {
      const urls = /** @type {{reports: string, challenge: string}} */ (config.urls);
      await send(young(), urls, {
        signal,
        onProgress: (part) => share_.setAttribute("value", String(part)),
        onHeld(ids) {
          count += ids.length;
          queue.sent(ids, thisMonth());
        },
      });
    } catch (error) {
      trouble = signal.aborted ? t("report.stopped") : error instanceof SendError ? troubleWords(error.code) : errorWords(words, "bug");
    } finally {
      sending = null;
    }
    if (!dialogIsOurs()) return;
    open(trouble === "" ? t("report.sent", { count }) : "", trouble === "" ? "dialog-title" : "report-send");
    if (trouble !== "") {
      byId("report-trouble").textContent = trouble;
      byId("report-trouble").hidden = false;
    }
  }

  /** What went wrong, and that nothing is lost. @param {string} code */
  function troubleWords(code) {
    const own = { busy: "report.busy", "too-old": "report.old" };
    const said = code in own ? t(own[/** @type {keyof typeof own} */ (code)]) : errorWords(words, code);
    return `${said} ${t("report.still_here")}`;
  }

  /** @param {string} id @param {string} text @param {() => void} act @param {string} [kind] */
  function button(id, text, act, kind = "button") {
    return h("button", { type: "button", class: kind, id, text, onclick: act });
  }

  const close = () => /** @type {HTMLDialogElement} */ (byId("dialog")).close();
  const dialogIsOurs = () => document.getElementById("report-progress")?.isConnected && /** @type {HTMLDialogElement} */ (byId("dialog")).open;

  byId("dialog").addEventListener("close", () => {
    // a message that takes its place closes it too; only she ends the sending
    if (sending !== null && !document.getElementById("report-progress")?.isConnected) sending.abort();
  });

  return { open: () => open() };
}
