// @ts-check
/**
 * The browser's back closes what lies over the page, the newest first, and the walk stays. Each such thing has an entry
 * of the history that holds nothing: no state, no title of its own, and the address as it is.
 */

/** @type {{close: () => void}[]} */ const over = []; // newest last
let base = 0; // position of the entry that has nothing over the page
let counted = 0; // position, where the browser does not tell it
let listening = false;
let settling = false; // an entry may be left over
let leaving = false; // and is being taken off

/** With it, forward is told from back. @returns {number} */
const position = () => /** @type {any} */ (globalThis).navigation?.currentEntry?.index ?? counted;

/**
 * Have back close what was just opened.
 *
 * @param {() => void} close
 * @returns {() => void} to be called when it was closed, however that came
 */
export function enter(close) {
  // browsers pass over entries that were made without a gesture: back would leave the page all the same
  if (navigator.userActivation?.hasBeenActive === false) return () => {};
  if (!listening) addEventListener("popstate", moved);
  listening = true;
  if (over.length === 0 && !settling) base = position();
  const one = { close };
  over.push(one);
  if (!leaving) fill();
  return () => {
    const at = over.indexOf(one);
    if (at < 0) return; // back closed it, and its entry is gone
    over.splice(at, 1);
    settling = true;
    setTimeout(settle); // what opens in its place takes its entry
  };
}

/** Make the entries that are missing. */
function fill() {
  for (let missing = base + over.length - position(); missing > 0; missing -= 1) {
    history.pushState(null, "");
    counted += 1;
  }
}

/** Take off the entries that are left over. */
function settle() {
  if (leaving) return;
  base = Math.min(base, position());
  const spare = position() - base - over.length;
  settling = leaving = spare > 0;
  if (!leaving) {
    fill();
    return;
  }
  history.go(-spare); // which is done later
  counted -= spare;
}

function moved() {
  if (leaving) {
    leaving = false;
    settle();
    return;
  }
  counted -= 1;
  while (over.length > 0 && position() < base + over.length) over.pop()?.close();
}
