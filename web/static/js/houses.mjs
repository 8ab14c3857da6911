// @ts-check
/**
 * Street and house number: reading them out of what was typed, and picking the houses of a street that are meant.
 *
 * In: words spelt by `fold.mjs`, and the numbers of a street. Out: indices of houses, each with how far it is behind a
 * perfect answer. Nothing here knows where a house is.
 *
 * @typedef {import("./fold.mjs").Spelling} Spelling
 */

import { spell } from "./fold.mjs";
import { makeQuery } from "./matching.mjs";

const MAX_DOORS = 5; // of one street that are offered for a number not typed to its end
const MAX_ASIDE = 20; // numbers that a mapped house may be away from the one asked for
const OTHER_SIDE = 1.5; // what crossing the street counts, in numbers

/**
 * Read words as a street and a house number, which stands last or first; in every way that they can be read. Words after
 * the number ("Annankatu 20 Helsinki") are left out unless a house is called so.
 *
 * @param {Spelling} spelling
 */
export function* addresses({ plain, skeleton: bones, types }) {
  const count = bones.length;
  const isNumber = bones.map((word) => /^\p{Nd}/u.test(word));
  /** Where the number that begins here ends. @param {number} from */
  const endOf = (from) => {
    const after = bones.findIndex((word, i) => i > from && !isNumber[i] && word.length > 2);
    return after < 0 ? count : after;
  };
  for (let cut = 1; cut < count; cut += 1) {
    if (isNumber[cut]) {
      const street = makeQuery(plain.slice(0, cut), bones.slice(0, cut), types);
      yield { street, door: doorOf(bones.slice(cut)), lead: doorOf(bones.slice(cut, endOf(cut))), open: true };
    }
    if (isNumber[0] && cut <= endOf(0)) {
      const street = makeQuery(plain.slice(cut), bones.slice(cut), types);
      const door = doorOf(bones.slice(0, cut));
      yield { street, door, lead: door, open: false };
    }
  }
}

/**
 * A house number as it compares: `12к3` and `12 корп. 3` are `12k3`, `15/21` is `15-21`.
 *
 * @typedef {{ key: string, base: number }} Door
 * @param {string[]} bones
 * @returns {Door}
 */
export function doorOf(bones) {
  const key = bones
    .join(" ")
    .replace(/(?<=\p{Nd}) (?=\p{Nd})/gu, "-")
    .replaceAll(" ", "");
  return { key, base: Number.parseInt(key, 10) };
}

/**
 * The numbers of a street as they compare.
 *
 * @param {string[]} numbers
 */
export const doorsOf = (numbers) => numbers.map((number) => doorOf(spell(number).skeleton));

/**
 * One house, how far it is behind a perfect answer (less than a tier), and whether it only stands nearest to the number;
 * house -1 is the street.
 *
 * @typedef {{ house: number, behind: number, about: boolean }} Pick
 */

/** @param {number} house @param {number} behind @param {boolean} [about] @returns {Pick} */
const pick = (house, behind, about = false) => ({ house, behind, about });

/**
 * The houses of a street that a number may mean: it, those of which it is the beginning, or the nearest to it.
 *
 * @param {Door[]} doors
 * @param {{ door: Door, lead: Door, open: boolean }} number `open`: more digits may follow
 * @returns {Pick[]}
 */
export function pickHouses(doors, { door, lead, open }) {
  const all = doors.map((_, i) => i);
  const exact = all.filter((i) => doors[i].key === door.key);
  if (lead.key !== door.key) {
    const led = exact.length > 0 ? exact : all.filter((i) => doors[i].key === lead.key);
    return led.map((i) => pick(i, exact.length > 0 ? 0 : 0.5));
  }
  const longer = all.filter((i) => doors[i].key !== door.key && doors[i].key.startsWith(door.key));
  const parts = longer.filter((i) => doors[i].base === door.base);
  const picks = [...exact.map((i) => pick(i, 0)), ...parts.slice(0, MAX_DOORS).map((i) => pick(i, 0.2))];
  if (picks.length === 0) picks.push(pick(nearestDoor(doors, door), 0.3, true));
  const more = open ? longer.filter((i) => doors[i].base !== door.base) : [];
  return [...picks, ...more.slice(0, MAX_DOORS).map((i) => pick(i, 0.4))];
}

/** The house whose number is nearest, rather on the same side of the street; -1 if none is near. @param {Door[]} doors @param {Door} door */
function nearestDoor(doors, door) {
  let [house, least] = [-1, MAX_ASIDE + OTHER_SIDE];
  doors.forEach(({ base }, i) => {
    const aside = Math.abs(base - door.base) + ((base - door.base) % 2 === 0 ? 0 : OTHER_SIDE);
    if (aside < least) [house, least] = [i, aside];
  });
  return house;
}
