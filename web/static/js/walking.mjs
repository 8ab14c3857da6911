// @ts-check
/**
 * Walking: the walk turn by turn, by hand or with the own position. Loaded when she first sets out. A position is looked
 * at as it comes and gone with the next: nothing is stored, and nothing is sent.
 */
import { stayAwake } from "./awake.mjs";
import { enter } from "./back.mjs";
import { goBlank } from "./blank.mjs";
import { byId } from "./dom.mjs";
import { makeFollowing } from "./following.mjs";
import { aheadOf, guideOf, near, nextAt, turnBefore } from "./guide.mjs";
import { loadLate } from "./late.mjs";
import { errorWords, stepWords } from "./steps.mjs";
import { makeScreen } from "./walk-screen.mjs";

const TIMEOUT_MS = 30_000; // after which she is told that no position comes
const SHAKE_MS = [200, 100, 200];

/**
 * @typedef {object} Around
 * @property {Given} shared
 * @property {(asked: {from: LonLat, to: LonLat, detour: string}, asking: {signal: AbortSignal, first: () => void}) => Promise<Plan>} plan
 */

/** @type {Promise<void> | null} */
let loaded = null;

/** Set out on the walk that is looked at. @param {Around} around */
export async function open(around) {
  const { config, words, store } = around.shared;
  loaded ??= loadLate(config, words, "walk.css");
  loaded.catch(() => {
    loaded = null; // offline; next time perhaps not
  });
  await loaded;
  const { plan, chosen } = store.get();
  const route = plan?.routes.find((one) => one.name === chosen);
  if (route !== undefined && document.getElementById("walking") === null) begin(around, route);
}

/** @param {Around} around @param {Route} chosen */
function begin({ shared, plan }, chosen) {
  const { words, store } = shared;
  const { t } = words;
  const { wish } = store.get();
  const title = document.title;
  const restful = stayAwake();
  const ending = new AbortController();
  let guide = guideOf(chosen, shared.cameras);
  let [next, metres] = [0, 0];
  /** @type {ReturnType<typeof makeFollowing> | null} */ let following = null;
  let watching = 0;
  let followed = false; // whether the position says where she is
  let location = ""; // what there is to say of it
  let shakes = typeof navigator.vibrate === "function";
  /** @type {Fix | null} the last one, for a new walk from there */ let here = null;
  /** @type {(() => void) | null} */ let unblank = null;
  /** @type {Set<string>} */ const warned = new Set();
  const screen = makeScreen(words, { back: () => step(-1), next: () => step(1), hide, end, locate: () => (following === null ? askForLocation() : byHand()), vibrate: shakes ? (on) => void (shakes = on) : null });

  function draw() {
    screen.draw(guide.route, aheadOf(guide, metres, next), { metres, next, followed, location });
  }

  /** @param {string} text */
  const say = (text) => unblank === null && screen.say(text);

  /** @param {number} by */
  function step(by) {
    next += by;
    metres = turnBefore(guide, next);
    draw();
    say(turnWords());
  }

  function turnWords() {
    const { step: turn, toTurn } = aheadOf(guide, metres, next);
    const told = stepWords(words, { ...turn, keep: null });
    return toTurn < 5 ? told : `${t(followed ? "walk.in" : "walk.then", { distance: words.distance(toTurn) })}: ${told}`;
  }

  // the own position

  function askForLocation() {
    if (!globalThis.isSecureContext) return problem(t("walk.insecure"));
    if (!("geolocation" in navigator)) return problem(t("walk.unknown"));
    screen.ask(t("walk.location.what"), [
      { id: "walk-location-yes", text: t("walk.location.yes"), act: startLocation },
      { id: "walk-location-no", text: t("walk.location.no"), act: () => screen.ask(null) },
    ]);
    screen.answer();
  }

  function startLocation() {
    screen.ask(null);
    following = makeFollowing(guide.track, metres);
    [followed, location] = [false, t("walk.location.waiting")];
    watching = navigator.geolocation.watchPosition(onFix, onNoFix, { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 0 });
    screen.located(true);
    draw();
    say(location);
  }

  function stopLocation() {
    if (following !== null) navigator.geolocation.clearWatch(watching);
    [following, here, followed, location, asked] = [null, null, false, "", null];
    screen.located(false);
  }

  function byHand() {
    stopLocation();
    screen.ask(null);
    metres = turnBefore(guide, next);
    draw();
  }

  /** Say what is wrong, with a button that takes it away. @param {string} text */
  function problem(text) {
    screen.ask(text, [{ id: "walk-understood", text: t("walk.understood"), act: unask }]);
  }

  /** @param {GeolocationPositionError} error */
  function onNoFix({ code }) {
    if (code === 1) {
      byHand();
      problem(t("walk.denied"));
      return;
    }
    if (asked !== "jump") lost(t("walk.unknown")); // nothing moves until she has said what to do
  }

  /** No place for now: by hand until one comes. @param {string} text */
  function lost(text) {
    if (location === text) return;
    [followed, location] = [false, text];
    metres = turnBefore(guide, next);
    draw();
    say(text);
  }

  /** @param {GeolocationPosition} position */
  function onFix({ coords }) {
    if (following === null) return;
    // by this phone's clock, since a forged position may bring a time of its own
    const fix = { at: /** @type {LonLat} */ ([coords.longitude, coords.latitude]), accuracy: coords.accuracy, ms: Date.now() };
    const found = following.take(fix);
    if (found.state !== "vague" && found.state !== "jump") here = fix; // a leap is not to be believed
    if (found.state === "jump") askAboutJump();
    else if (found.state === "vague") lost(t("walk.vague", { distance: words.distance(coords.accuracy) }));
    else if (found.state === "off") askWhenOff();
    else if (found.placed) moveTo(found.metres, found.state === "there");
  }

  /** @param {number} at @param {boolean} there */
  function moveTo(at, there) {
    const [had, before] = [followed, next];
    if (asked === "off") unask();
    metres = at;
    followed = true;
    location = t("walk.location.told", { distance: words.distance(Math.max(here?.accuracy ?? 0, 1)) });
    next = there ? guide.legs.length - 1 : nextAt(guide, metres);
    warn();
    if (there) arrive();
    else if (!had || next !== before) say(turnWords());
    draw();
  }

  function arrive() {
    stopLocation(); // not needed any more
    metres = guide.route.length_m;
    followed = true;
    location = t("walk.arrived");
    say(location);
  }

  function warn() {
    const now = near(guide, metres).filter(({ camera }) => !warned.has(camera));
    if (now.length === 0) return;
    for (const { camera } of now) warned.add(camera);
    if (shakes) navigator.vibrate(SHAKE_MS);
    const [first] = now;
    const told = first.at_m - metres < 5 ? "walk.warning.here" : "walk.warning";
    say(t(told, { distance: words.distance(Math.max(first.at_m - metres, 0)), side: t(`walk.side.${first.side ?? "unknown"}`) }));
  }

  // what asks for an answer

  /** @type {"jump" | "off" | null} */ let asked = null;

  function unask() {
    asked = null;
    screen.ask(null);
  }

  const hand = { id: "walk-by-hand", text: t("walk.by_hand"), act: () => { asked = null; byHand(); } };

  function askAboutJump() {
    if (asked === "jump") return;
    asked = "jump";
    here = null; // not to be believed
    const trust = () => {
      unask();
      following?.trust();
      lost(t("walk.location.waiting"));
    };
    location = t("walk.frozen");
    draw();
    screen.ask(t("walk.jump"), [hand, { id: "walk-trust", text: t("walk.trust"), act: trust }]);
    if (shakes) navigator.vibrate(SHAKE_MS[0]);
  }

  function askWhenOff() {
    if (asked !== null) return;
    asked = "off";
    const seek = () => {
      unask();
      following?.seek();
    };
    location = t("walk.off.short");
    draw();
    screen.ask(t("walk.off"), [{ id: "walk-plan", text: t("walk.off.plan"), act: planAnew }, { id: "walk-seek", text: t("walk.off.seek"), act: seek }, hand]);
  }

  /** A walk from here, by this phone; the one that she planned first is not touched. */
  async function planAnew() {
    const { end: to, detour } = wish;
    if (here === null || to === null) return;
    screen.ask(t("walk.planning"));
    try {
      const made = await plan({ from: here.at, to: to.lonlat, detour: `${detour}%` }, { signal: ending.signal, first: () => {} });
      if (ending.signal.aborted) return;
      const route = made.routes.find(({ name }) => name === chosen.name) ?? made.routes[made.routes.length - 1];
      guide = guideOf(route, shared.cameras);
      warned.clear(); // it may meet them anew
      [next, metres] = [0, 0];
      const leapt = asked === "jump"; // in the meantime: the question stands, for the new walk as well
      if (following !== null) following = makeFollowing(guide.track, 0, leapt);
      screen.begin(route);
      if (!leapt) unask();
      draw();
      say(`${t("walk.planned")} ${turnWords()}`);
    } catch (error) {
      if (ending.signal.aborted) return;
      problem(errorWords(words, /** @type {any} */ (error).code ?? "bug"));
    }
  }

  // hiding and leaving

  function hide() {
    screen.say("");
    screen.room.inert = true;
    document.documentElement.classList.add("blanked");
    unblank = goBlank(words, () => {
      unblank = null;
      screen.room.inert = false;
      document.documentElement.classList.remove("blanked");
      byId("walk-hide").focus();
    });
  }

  function end() {
    left();
    ending.abort();
    stopLocation();
    restful();
    screen.room.remove();
    byId("app").inert = false;
    document.documentElement.classList.remove("set-out");
    document.title = title;
    (document.getElementById("walk") ?? byId("sheet")).focus();
  }

  const left = enter(end);
  document.title = t("walk.title");
  document.documentElement.classList.add("set-out");
  byId("app").inert = true;
  document.body.append(screen.room);
  screen.begin(chosen);
  draw();
  screen.focus();
}

/** @typedef {import("./following.mjs").Fix} Fix */
