// @ts-check
/**
 * A walk that goes along when the page is left for itself in another language. It is handed over in the name of the
 * window, which is in no address, no history and no file, and is wiped by the next page before anything else.
 */
import { fromFragment, toFragment } from "./files.mjs";

/** Leave the walk for the next page. @param {import("./store.mjs").State} state */
export function leave({ wish, chosen }) {
  window.name = wish.start !== null && wish.end !== null ? toFragment(wish, chosen) : "";
}

/** Take the walk that was left, once. */
export function take() {
  const left = window.name;
  window.name = "";
  return fromFragment(left);
}
