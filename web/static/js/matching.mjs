// @ts-check
/**
 * How well names answer to a text, in tiers: 0 is the name itself, the last is a name with one letter wrong.
 *
 * In: names and a text, spelt by `fold.mjs`. Out: for each name its tier. Nothing here knows where a place is.
 *
 * @typedef {import("./fold.mjs").Spelling} Spelling
 */

import { loosen, spell } from "./fold.mjs";

export const TIER = Object.freeze({
  exact: 0, // the name as typed, but for case, accents and punctuation
  alike: 1, // only one of the two says what kind of street it is
  prefix: 2,
  wordPrefix: 3,
  words: 4, // every word begins a word of the name
  folded: 5, // the same five in other letters
  foldedPrefix: 7,
  foldedWordPrefix: 8,
  foldedWords: 9,
  tight: 10, // spaces elsewhere
  loose: 11, // ch as х, x as кс, ue as ü
  otherType: 17, // another kind of street
  fuzzy: 18, // one letter wrong
});

const TIGHT_MIN = 5; // letters; less may stand anywhere
const FUZZY_MIN = 5; // letters of a word in which one may be wrong

/**
 * All names of an index, one row each.
 *
 * @typedef {object} Names
 * @property {number[]} entry whose name it is
 * @property {number[]} nth which of its names
 * @property {string[]} plain words with spaces about them
 * @property {string[]} bones skeletons with spaces about them
 * @property {string[]} loose the same, loosened
 * @property {string[]} tight skeletons without spaces
 * @property {string[]} types kinds of streets, with spaces between
 * @property {string[]} asides words for those, as written and as skeletons
 * @property {Map<string, number[]>} rows the names that have a word, or the skeleton of one
 */

/** @returns {Names} */
export const noNames = () => ({
  entry: [],
  nth: [],
  plain: [],
  bones: [],
  loose: [],
  tight: [],
  types: [],
  asides: [],
  rows: new Map(),
});

/** @param {string[]} words */
const spaced = (words) => ` ${words.join(" ")} `;

/** Words without spaces, but between numbers. @param {string} bones */
const tightened = (bones) =>
  bones
    .trim()
    .replace(/ (?!\p{Nd})|(?<!\p{Nd}) /gu, "")
    .replace(/(\P{Nd})\1+/gu, "$1");

/**
 * Add a name.
 *
 * @param {Names} names
 * @param {number} entry
 * @param {number} nth
 * @param {string} name
 */
export function addName(names, entry, nth, name) {
  const { plain, skeleton, types, asides, asideSkeletons } = spell(name);
  const bones = spaced(skeleton);
  const row = names.entry.push(entry) - 1;
  names.nth.push(nth);
  names.plain.push(spaced(plain));
  names.bones.push(bones);
  names.loose.push(loosen(bones));
  names.tight.push(tightened(bones));
  names.types.push(types.join(" "));
  names.asides.push(asides.length > 0 ? spaced([...asides, ...asideSkeletons]) : "");
  for (const word of new Set([...skeleton, ...plain])) {
    const rows = names.rows.get(word);
    if (rows === undefined) names.rows.set(word, [row]);
    else rows.push(row);
  }
}

/**
 * A text that is looked for.
 *
 * @typedef {object} Query
 * @property {string[]} plain
 * @property {string[]} bones
 * @property {string[]} starts what stands in a name where the word begins one, for `plain`
 * @property {string[]} boneStarts the same for `bones`
 * @property {string} cut the last of these without the letters that may be half a sound
 * @property {string[]} loose `bones`, loosened
 * @property {string} tight `bones` without spaces, empty where that is too short to tell anything
 * @property {string[]} types
 */

/**
 * @param {string[]} plain
 * @param {string[]} bones
 * @param {string[]} types
 * @returns {Query}
 */
export function makeQuery(plain, bones, types) {
  /** @param {string} word @param {number} at */
  const start = (word, at) => (/^\p{Nd}/u.test(word) && at < plain.length - 1 ? ` ${word} ` : ` ${word}`);
  const last = plain.at(-1) ?? "";
  const cut = spell(last.replace(/(?:shc|sc|ts|k|[czstijy])$/u, "")).skeleton.join(" ");
  const tight = tightened(bones.join(" "));
  return {
    plain,
    bones,
    starts: plain.map(start),
    boneStarts: bones.map(start),
    cut: cut.length > 1 ? ` ${cut}` : "",
    loose: bones.map(loosen),
    tight: tight.length < TIGHT_MIN ? "" : tight,
    types,
  };
}

/**
 * Give the tier of one name, `Infinity` where it does not answer.
 *
 * @param {Names} names
 * @param {number} row
 * @param {Query} query
 */
export function tierOf(names, row, query) {
  const [plain, bones, asides] = [names.plain[row], names.bones[row], names.asides[row]];
  let written = true;
  for (let i = 0; i < query.starts.length; i += 1) {
    if (plain.includes(query.starts[i])) continue;
    written = false;
    if (bones.includes(query.boneStarts[i])) continue;
    if (asides !== "" && (asides.includes(query.starts[i]) || asides.includes(query.boneStarts[i]))) continue;
    const last = i === query.starts.length - 1 && query.cut !== "";
    if (last && (bones.includes(query.cut) || asides.includes(query.cut))) continue;
    const tight = query.tight !== "" && names.tight[row].startsWith(query.tight);
    return tight && !otherTypes(query.types, names.types[row]) ? TIER.tight : Infinity;
  }
  if (otherTypes(query.types, names.types[row])) return TIER.otherType;
  if (!written) return TIER.folded + rungOf(bones, query.bones, false);
  return rungOf(plain, query.plain, query.types.join(" ") !== names.types[row]);
}

/** 0 for the whole name, 1 if its kind of street is left out, 2 for its beginning, 3 for words in a row, 4 for words. @param {string} own @param {string[]} words @param {boolean} alike */
function rungOf(own, words, alike) {
  const run = ` ${words.join(" ")}`;
  if (own === `${run} `) return alike ? 1 : 0;
  if (own.startsWith(run)) return 2;
  return own.includes(run) ? 3 : 4;
}

/** @param {string[]} wanted @param {string} own */
const otherTypes = (wanted, own) => wanted.length > 0 && own !== "" && !wanted.some((type) => own.includes(type));

/**
 * Give the tier of one name with the loosened skeletons alone.
 *
 * @param {Names} names
 * @param {number} row
 * @param {Query} query
 */
export function looseTierOf(names, row, query) {
  const own = names.loose[row];
  if (!query.loose.every((word) => own.includes(` ${word}`))) return Infinity;
  return otherTypes(query.types, names.types[row]) ? TIER.otherType : TIER.loose + rungOf(own, query.loose, false);
}

/**
 * Find the names that a text with one wrong letter in each long word may mean.
 *
 * @param {Names} names
 * @param {Query} query
 * @returns {number[]} rows
 */
export function fuzzyRows(names, query) {
  const words = query.bones;
  if (words.length > 30 || !words.some((word) => word.length >= FUZZY_MIN)) return [];
  const found = new Uint32Array(names.entry.length);
  for (const [own, rows] of names.rows) {
    let bits = 0;
    for (let i = 0; i < words.length; i += 1) if (nearly(words[i], own) || nearly(query.plain[i], own)) bits |= 1 << i;
    if (bits !== 0) for (const row of rows) found[row] |= bits;
  }
  const all = 2 ** words.length - 1;
  const hits = [];
  for (let row = 0; row < found.length; row += 1) {
    if (found[row] === all && !otherTypes(query.types, names.types[row])) hits.push(row);
  }
  return hits;
}

/**
 * Tell whether a word begins another, one letter of a long one being wrong, missing, too many or in its neighbour's place.
 *
 * @param {string} word
 * @param {string} own
 */
export function nearly(word, own) {
  let same = 0;
  while (same < word.length && word[same] === own[same]) same += 1;
  if (same === word.length) return true;
  if (word.length < FUZZY_MIN || /^\p{Nd}/u.test(word)) return false;
  return (
    own.startsWith(word.slice(same + 1), same + 1) ||
    own.startsWith(word.slice(same + 1), same) ||
    own.startsWith(word.slice(same), same + 1) ||
    (word[same] === own[same + 1] && word[same + 1] === own[same] && own.startsWith(word.slice(same + 2), same + 2))
  );
}
