// @ts-check
/** A plain clock over everything, for eyes that should see no walk; back by a long press, or by its small button. */
import { enter } from "./back.mjs";
import { h, icon } from "./dom.mjs";

const PRESS_MS = 800;

/**
 * @param {Words} words
 * @param {() => void} shown is called when it is gone again
 * @returns {() => void} what takes it away
 */
export function goBlank(words, shown) {
  const title = document.title;
  const time = h("p", { class: "blank-time" });
  const back = h("button", { type: "button", class: "plain-button", id: "blank-back", "aria-label": words.t("walk.back_from_blank"), onclick: leave }, icon("back"));
  const room = h("main", { id: "blank", "aria-label": words.t("walk.clock") }, time, back);
  const format = new Intl.DateTimeFormat(words.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const tick = () => {
    time.textContent = format.format(new Date());
  };
  let pressing = 0;
  const release = () => clearTimeout(pressing);
  room.addEventListener("pointerdown", () => {
    release();
    pressing = setTimeout(leave, PRESS_MS);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) room.addEventListener(name, release);
  room.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press opens none

  function leave() {
    left();
    release();
    clearInterval(ticking);
    room.remove();
    document.title = title;
    shown();
  }

  /** The browser's back is what a stranger tries: it shows no walk, and takes none. */
  function stay() {
    left = enter(stay);
  }

  let left = enter(stay);
  tick();
  const ticking = setInterval(tick, 1000);
  document.title = words.t("walk.clock");
  document.body.append(room);
  back.focus({ preventScroll: true });
  return leave;
}
