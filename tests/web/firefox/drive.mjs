// @ts-check
/**
 * The main journey in Firefox over WebDriver BiDi: a task on stdin, what was seen on stdout, both JSON. The tests judge it.
 *
 * The task: {modules, program, origin, lang, headless, names: {start, end}, taps: [[lon, lat], [lon, lat]] | null,
 * downloads, picture}
 */
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const task = JSON.parse(readFileSync(0, "utf-8"));
const found = createRequire(join(task.modules, "from-here.js")).resolve("puppeteer-core");
const { default: puppeteer } = await import(pathToFileURL(found).href);
const PATIENCE_MS = 60_000;

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: task.program,
  headless: task.headless,
  defaultViewport: { width: 412, height: 800 },
  extraPrefsFirefox: {
    "browser.download.folderList": 2,
    "browser.download.dir": task.downloads,
    "browser.download.always_ask_before_handling_new_types": false,
    "intl.accept_languages": task.lang,
  },
});
const seen = { requests: [], failed: [], console: [], errors: [], blocked: [], journey: {} };

try {
  const page = await browser.newPage();
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("requestfailed", (request) => seen.failed.push(request.url()));
  page.on("console", (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  await page.evaluateOnNewDocument(() => {
    globalThis.sidestepBlocked = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.sidestepBlocked.push(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  await page.goto(`${task.origin}/${task.lang}/`);
  seen.journey = await journey(page);
  seen.blocked = await page.evaluate(() => globalThis.sidestepBlocked);
} catch (problem) {
  seen.errors.push(`the journey ended: ${problem.stack}`);
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(seen));

async function journey(page) {
  const told = { hasMap: await until("a map, or word that there is none", () => page.evaluate(mapState)) };
  told.note = await page.$$eval("#map-note, #page-note", (notes) => notes.map((note) => note.innerText).join(""));
  await search(page, "end", task.names.end);
  await search(page, "start", task.names.start);
  told.searched = await walks(page);
  if (task.taps !== null) {
    await raise(page, "half");
    await press(page, "#clear");
    await until("an empty map", () => page.$eval("#cards", (cards) => cards.hidden));
    await raise(page, "peek");
    for (const place of task.taps) {
      await page.evaluate((center) => document.getElementById("map").sidestepMap.jumpTo({ center, zoom: 17 }), place);
      await until("a map that stands still", () => page.evaluate(mapState));
      const [x, y] = await page.evaluate(whereOnScreen, place);
      await page.mouse.click(x, y);
      await until("the tap's effect", () => page.$eval("#row-start", (row) => !row.hidden));
    }
    told.tapped = await walks(page);
  }
  if (task.picture) await page.screenshot({ path: task.picture });
  await raise(page, "full");
  told.steps = await page.$$eval("#steps [id^=step-]", (steps) => steps.map((step) => step.innerText));
  await press(page, "#gpx");
  const name = await until("the file", () => readdirSync(task.downloads).find((one) => one.endsWith(".gpx")));
  told.gpx = await until("all of the file", () => readFileSync(join(task.downloads, name), "utf-8"));
  told.stops = await stops(page);
  told.address = await page.evaluate(() => location.href);
  return told;
}

/** The walks: as the server gave them, on the cards, in the map's source, and on the screen. */
async function walks(page) {
  await until("walks", () => page.$eval("#cards", (cards) => !cards.hidden));
  const hasMap = await until("a map that has drawn them", () => page.evaluate(mapState));
  return {
    cards: await page.$$eval("#cards label", (cards) => cards.map((card) => card.innerText)),
    drawn: hasMap === "map" ? await page.evaluate(drawnWalks) : null,
  };
}

/** What each stop of the slider of all walks says, and to whom. */
async function stops(page) {
  await press(page, "#front-open");
  await until("the slider", () => page.$("#front-walk"));
  await page.focus("#front-walk");
  await page.keyboard.press("Home");
  const said = [];
  for (;;) {
    const stop = await page.$eval("#front-walk", (slider) => ({
      seen: document.getElementById("front-told").innerText, heard: slider.getAttribute("aria-valuetext"),
      marked: document.querySelectorAll("#front .front-chosen").length, last: slider.value === slider.max,
    }));
    said.push(stop);
    if (stop.last || said.length > 100) return said;
    await page.keyboard.press("ArrowRight");
  }
}

async function search(page, which, name) {
  await page.type(`#${which}`, name);
  await until("a place of that name", () => page.evaluate(() => document.querySelector("#found [role=option]:not([aria-disabled])") !== null));
  await page.keyboard.press("Enter");
}

async function raise(page, height) {
  for (let tries = 0; tries < 3; tries += 1) {
    if ((await page.$eval("#sheet", (sheet) => sheet.dataset.open)) === height) return;
    await press(page, "#handle");
  }
}

/** As a finger does: brought into view, then pressed where it is. */
async function press(page, selector) {
  await page.$eval(selector, (element) => element.scrollIntoView({ block: "center" }));
  await page.click(selector);
}

// what follows runs in the page

function mapState() {
  if (document.documentElement.classList.contains("no-map")) return "none";
  const map = document.getElementById("map").sidestepMap;
  return map && map.loaded() && !map.isMoving() && document.getElementById("map-note").hidden ? "map" : null;
}

function whereOnScreen(place) {
  const map = document.getElementById("map").sidestepMap;
  const { x, y } = map.project(place);
  const room = map.getContainer().getBoundingClientRect();
  return [x + room.x, y + room.y];
}

function drawnWalks() {
  const map = document.getElementById("map").sidestepMap;
  const names = ["shortest", "balanced", "least_seen"];
  return {
    source: map.getStyle().sources.walks.data.features.map((walk) => walk.properties.name),
    screen: names.filter((name) => map.queryRenderedFeatures({ layers: [`walk-${name}`] }).length > 0),
  };
}

async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
