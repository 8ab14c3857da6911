// @ts-check
/**
 * The words of one language: a flat dictionary of sentences in, text out, with numbers, lengths, times and months as the
 * language writes them. The same sentences and the same figures come out of web/texts.py (tests hold them together).
 *
 * A text is a sentence with {placeholders}, or one sentence for each plural category of the language (CLDR), chosen by
 * {count}. Values are put in as they are, once: a street called "{count}" stays a street. No HTML is read or made.
 *
 * A key that the dictionary lacks is a fault of ours, found by tests. A person never sees a key: the server fills up
 * what a language lacks with English, and what is still missing becomes "…".
 *
 * @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Text
 * @typedef {Record<string, string | number>} Values
 * @typedef {ReturnType<typeof makeWords>} Words
 */

const MISSING = "…";

/**
 * Round half up, as web/texts.py does, so that both say the same of 0.5.
 *
 * @param {number} number
 * @param {number} [digits] behind the point
 */
export function rounded(number, digits = 0) {
  const scale = 10 ** digits;
  return Math.floor(number * scale + 0.5) / scale;
}

/**
 * Whole minutes as they are shown; differences of them are what comparisons tell.
 *
 * @param {number} seconds
 */
export function minutesOf(seconds) {
  return rounded(seconds / 60);
}

/**
 * @param {string} lang BCP 47, "ru"
 * @param {Record<string, Text>} texts the dictionary of the language
 * @param {{strict?: boolean}} [options] strict: throw where a key or a value is missing (for tests)
 */
export function makeWords(lang, texts, { strict = false } = {}) {
  const plurals = new Intl.PluralRules(lang);
  const lists = new Intl.ListFormat(lang, { style: "long", type: "conjunction" });
  const months = new Intl.DateTimeFormat(lang, { month: "long", timeZone: "UTC" });
  const days = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", timeZone: "UTC" });
  /** @type {Map<number, Intl.NumberFormat>} */
  const numbers = new Map();

  /** @param {string} key */
  const has = (key) => Object.hasOwn(texts, key);

  /** @param {string} what */
  function missing(what) {
    if (strict) throw new Error(`${lang}: ${what} is missing`);
    return MISSING;
  }

  /**
   * The sentence of a key, its placeholders filled. Numbers among the values are written whole.
   *
   * @param {string} key
   * @param {Values} [values]
   */
  function t(key, values = {}) {
    if (!has(key)) return missing(key);
    const text = texts[key];
    const { count } = values;
    if (typeof text === "object" && typeof count !== "number") return missing(`${key} {count}`);
    const pattern = typeof text === "object" ? (text[plurals.select(Number(count))] ?? text.other ?? MISSING) : text;
    return pattern.replace(/\{(\w+)\}/g, (_, name) => {
      const value = Object.hasOwn(values, name) ? values[name] : missing(`${key} {${name}}`);
      return typeof value === "number" ? number(value) : value;
    });
  }

  /** @param {number} value @param {number} [digits] behind the point, all shown */
  function number(value, digits = 0) {
    let format = numbers.get(digits);
    if (format === undefined) {
      format = new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      numbers.set(digits, format);
    }
    return format.format(rounded(value, digits) + 0);
  }

  /** A length as on the way: 4 m, 65 m, 340 m, 1.2 km. @param {number} metres */
  function distance(metres) {
    const step = metres < 10 ? 1 : metres < 100 ? 5 : 10;
    const near = rounded(metres / step) * step;
    return near < 1000 ? t("units.m", { number: number(near) }) : t("units.km", { number: number(metres / 1000, 1) });
  }

  /** How long something takes: 45 s, 13 min, 1 h 5 min. @param {number} seconds */
  function duration(seconds) {
    if (rounded(seconds) < 60) return t("units.s", { number: number(seconds) });
    const minutes = minutesOf(seconds);
    if (minutes < 60) return t("units.min", { number: number(minutes) });
    const hours = t("units.h", { number: number(Math.floor(minutes / 60)) });
    return minutes % 60 === 0 ? hours : t("units.h_min", { hours, minutes: t("units.min", { number: number(minutes % 60) }) });
  }

  /** "2019-04" or "2019-04-21" as "April 2019"; anything else as it is. @param {string} date */
  function month(date) {
    const found = /^(\d{4})-(0[1-9]|1[0-2])(?!\d)/.exec(date);
    if (found === null) return date;
    return t("units.month", { month: months.format(Date.UTC(2000, Number(found[2]) - 1, 15)), year: found[1] });
  }

  /** "2026-11-24" with its day; anything else as a month, or as it is. @param {string} day */
  function date(day) {
    const found = /^\d{4}-\d{2}-\d{2}/.exec(day);
    const at = new Date(found === null ? NaN : `${found[0]}T00:00:00Z`);
    if (found === null || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(found[0])) return month(day);
    // a month beside a day has another case in many languages
    const name = days.formatToParts(at).find((part) => part.type === "month")?.value ?? MISSING;
    return t("units.date", { day: String(at.getUTCDate()), month: name, year: found[0].slice(0, 4) });
  }

  /** @param {number} value @param {number} [digits] */
  const percent = (value, digits) => t("units.percent", { number: number(value, digits) });

  /** A share of 0…1 in whole percent. @param {number} part */
  const share = (part) => percent(rounded(part, 2) * 100);

  /** A chance of 0…1 with the digits that the model deserves, by the rule of routing/rounding.py. @param {number} part */
  function chance(part) {
    const billionths = rounded(part * 1e9);
    if (billionths > 99e7) return t("units.over", { share: percent(99) });
    if (billionths === 0 || billionths >= 995e5) return percent(rounded(billionths / 1e7));
    return billionths < 1e6 ? t("units.under", { share: percent(0.1, 1) }) : percent(billionths / 1e7, 1);
  }

  /** What a kind of place is called; kinds that nobody translated are just places. @param {string} word of the map */
  function kind(word) {
    const name = word.replaceAll(" ", "_");
    return has(`kinds.${name}`) ? t(`kinds.${name}`) : t("kinds.place");
  }

  /** "north, east and south". @param {string[]} items */
  const series = (items) => lists.format(items);

  /** With a capital at the start. @param {string} text */
  const capital = (text) => text.charAt(0).toLocaleUpperCase(lang) + text.slice(1);

  /** Take texts that came later. @param {Record<string, Text>} more */
  const learn = (more) => void Object.assign(texts, more);

  return Object.freeze({ lang, texts, has, learn, t, number, distance, duration, month, date, share, chance, kind, series, capital });
}
