// @ts-check
/**
 * Spelling: a name as written → one skeleton for its Cyrillic form and every way to write it in Latin letters.
 *
 * In and out: text. `routing/spelling.py` has the same rules (`skeleton`); `tests/web/spellings.json` holds both to one
 * table, and a test compares them on the names of whole areas. A skeleton is made of words with a space between: sh and
 * shch are `w`, ch is `q`, zh is `x`, ts is `c`, kh is `h`; y, j and й are `i`, and nothing before a vowel; no letter
 * stands twice. What kind of street it is stands last, in one word for all languages, which no name can contain.
 */

/** Cyrillic letters after й, ё and the like have lost their marks; and Latin letters that have no mark to lose. @type {Record<string, string>} */
const LETTERS = {
  ...{ а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ж: "zh", з: "z", и: "i", к: "k", л: "l", м: "m", н: "n" },
  ...{ о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "kh", ц: "ts", ч: "ch", ш: "sh", щ: "shch" },
  ...{ ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya", і: "i", є: "ye", ґ: "g", ј: "j", љ: "lj", њ: "nj", ћ: "ch" },
  ...{ ђ: "dj", џ: "dzh", қ: "k", ң: "n", ғ: "g", ү: "u", ұ: "u", ө: "o", һ: "h", ә: "a", ѣ: "e", ѳ: "f", ѵ: "i" },
  ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ς: "σ" },
};

/** Letters that only ISO 9 and the scientific way mark. @type {Record<string, string>} */
const MARKED = { "z\u030c": "zh", "c\u030c": "ch", "s\u030c": "sh", "s\u0302": "shch" };

/** What Latin letters stand for, in any of the ways to write Russian. @type {Record<string, string>} */
const SOUNDS = {
  ...{ schtsch: "w", shtsch: "w", stsch: "w", shtch: "w", schch: "w", shch: "w", chsh: "w", shsh: "w", shh: "w" },
  ...{
    sch: "w",
    sh: "w",
    tsch: "q",
    tch: "q",
    tsh: "q",
    ch: "q",
    ttc: "c",
    tcz: "c",
    tts: "c",
    tc: "c",
    ts: "c",
    tz: "c",
    cz: "c",
  },
  ...{ kh: "h", zh: "x", q: "k", x: "h", w: "v", y: "i", j: "i" },
};

/** Words for kinds of streets, which may stand before or after the name, be translated, shortened or left out. */
const STREETS = {
  "~street": "улица ул street st str",
  "~avenue": "проспект просп пр avenue ave av",
  "~lane": "переулок пер lane ln",
  "~boulevard": "бульвар бульв бул boulevard blvd",
  "~embankment": "набережная наб embankment emb quay",
  "~square": "площадь пл square sq",
  "~highway": "шоссе ш дорога highway hwy road rd",
  "~passage": "проезд passage",
  "~deadend": "тупик туп",
  "~alley": "аллея alley",
};

/** Abbreviations with a hyphen in the middle. */
const PAIRS = new Map([
  ["pr t", "~avenue"],
  ["pr kt", "~avenue"],
  ["b r", "~boulevard"],
  ["pr d", "~passage"],
]);

/** Parts of a Russian house number, and words before it that say nothing. */
const BLOCKS = { k: "к корп корпус corp corpus", s: "с стр строение c", "": "лит литер литера" };
const HOUSES = "д дом вл владение house no";

// also the dot of BGN/PCGN, and the quotation mark that some write for ъ
const APOSTROPHES = /['‘’ʼʻʹʺʾʿ`´′″·]|(?<=[A-Za-z])["”](?=[eijy])/gu;
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/gu;
const WORD = /\p{Nd}+|[\p{L}\p{M}]+/gu;
const DIGITS = /^\p{Nd}/u;
const MARKED_LETTER = /[zcs]\u030c|s\u0302/gu;
const SOUND = new RegExp(
  Object.keys(SOUNDS)
    .sort((a, b) => b.length - a.length)
    .join("|"),
  "gu",
);

const MAX_KEPT = 100_000; // words; all of a great city, and a bound for whatever is typed

/** @type {Map<string, string>} */
const kept = new Map();

/** Lower case, accents apart; what looks the same is the same. @param {string} text */
const lowered = (text) => text.replace(/№/gu, " ").replace(APOSTROPHES, "").normalize("NFKD").toLowerCase();

/** The word without accents; й keeps its own. @param {string} word */
const plainWord = (word) => word.replaceAll("и\u0306", "й").replace(MARKS, "");

/** The skeleton of one lowered word without digits. @param {string} word */
function skeletonWord(word) {
  const known = kept.get(word);
  if (known !== undefined) return known;
  const bare = word.replace(MARKED_LETTER, (pair) => MARKED[pair]).replace(MARKS, "");
  let latin = "";
  for (const letter of bare) latin += LETTERS[letter] ?? letter;
  const skeleton = latin
    .replace(SOUND, (sound) => SOUNDS[sound])
    .replace(/i+o/gu, "e")
    .replace(/([wqx])o/gu, "$1e")
    .replace(/i+(?=[aeu])/gu, "")
    .replace(/(.)\1+/gu, "$1");
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(word, skeleton || bare);
  return skeleton || bare;
}

/** @param {string} words */
const skeletons = (words) => words.split(" ").map(skeletonWord);

/** @type {Map<string, string>} */
const TYPES = new Map(Object.entries(STREETS).flatMap(([type, words]) => skeletons(words).map((word) => [word, type])));
const BLOCK = new Map(
  Object.entries(BLOCKS).flatMap(([block, words]) => skeletons(words).map((word) => [word, block])),
);
const HOUSE = new Set(skeletons(HOUSES));

/**
 * A text in words that compare.
 *
 * @typedef {object} Spelling
 * @property {string[]} plain the words without case and accents
 * @property {string[]} skeleton the skeletons of the same words
 * @property {string[]} types kinds of streets, in order, each once
 * @property {string[]} asides the words that say so, without case and accents
 * @property {string[]} asideSkeletons the skeletons of those
 */

/**
 * Split a text into words, those for the kind of street apart, blocks and houses in one spelling.
 *
 * @param {string} text
 * @returns {Spelling}
 */
export function spell(text) {
  const low = lowered(text);
  const words = (low.match(WORD) ?? []).filter((word) => word.replace(MARKS, "") !== "");
  const skeleton = words.map((word) => (DIGITS.test(word) ? word : skeletonWord(word)));
  /** @type {Spelling} */
  const found = { plain: [], skeleton: [], types: [], asides: [], asideSkeletons: [] };
  let numbered = false;
  for (let i = 0; i < words.length; i += 1) {
    const [own, next] = [skeleton[i], skeleton[i + 1] ?? ""];
    const counts = DIGITS.test(next);
    const block = numbered && (counts || [...next].length === 1) ? BLOCK.get(own) : undefined;
    const pair = PAIRS.get(`${own} ${next}`);
    const type = pair ?? TYPES.get(own);
    numbered ||= DIGITS.test(own);
    if (block === "" || (block === undefined && counts && HOUSE.has(own))) continue;
    if (block === undefined && type !== undefined) {
      if (!found.types.includes(type)) found.types.push(type);
      const last = pair === undefined ? i : i + 1;
      for (; i <= last; i += 1) {
        found.asides.push(plainWord(words[i]));
        found.asideSkeletons.push(skeleton[i]);
      }
      i = last;
    } else {
      found.plain.push(block ?? plainWord(words[i]));
      found.skeleton.push(block ?? own);
    }
  }
  found.types.sort();
  return found.plain.length > 0 ? found : whole(text, words, skeleton);
}

/** A name of nothing but words for streets, or without any word. @param {string} text @param {string[]} words @param {string[]} skeleton */
function whole(text, words, skeleton) {
  const sign = text
    .toLowerCase()
    .replace(/[ \t\r\n]+/gu, " ")
    .replace(/^ | $/gu, "");
  const signs = sign === "" ? [] : [sign];
  const plain = words.length > 0 ? words.map(plainWord) : signs;
  return { plain, skeleton: words.length > 0 ? skeleton : [...signs], types: [], asides: [], asideSkeletons: [] };
}

/**
 * One skeleton for all spellings of a name: `fold("ул. Щёпкина, д. 3 корп. 1") === fold("Shchepkina ulitsa 3k1")`.
 *
 * @param {string} text
 */
export function fold(text) {
  const { skeleton, types } = spell(text);
  return [...skeleton, ...types].join(" ");
}

/**
 * Let go of what still tells skeletons apart: х and ч (both are `ch` somewhere), х and кс (both are `x`), ü and `ue`.
 *
 * @param {string} skeleton
 */
export const loosen = (skeleton) =>
  skeleton
    .replace(/ks|q/gu, "h")
    .replace(/ho/gu, "he")
    .replace(/([aou])e/gu, "$1")
    .replace(/(.)\1+/gu, (run, letter) => (DIGITS.test(run) ? run : letter));

const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~{}:\"<>";
const CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбюёхъжэбю";

/**
 * What the same keys give in the other layout, Russian or English: `otherLayout("jujhjlysq") === "огородный"`.
 *
 * @param {string} text
 */
export function otherLayout(text) {
  const [from, to] = /\p{Script=Cyrillic}/u.test(text) ? [CYRILLIC, LATIN] : [LATIN, CYRILLIC];
  return [...text.toLowerCase()].map((key) => (from.includes(key) ? to[from.indexOf(key)] : key)).join("");
}
