// @ts-check
/**
 * How numbers are shown, to the digit as routing/rounding.py: exact decimals of what a number is in binary, halves to the
 * even digit.
 */

const WALK_SPEED_MPS = 1.4; // routing/model.py

/**
 * Round a number that must be one; never to minus zero.
 *
 * @param {number} value
 * @param {number} digits behind the point
 */
export function rounded(value, digits) {
  if (!Number.isFinite(value)) throw new RangeError("a number of the plan is not finite");
  return Number(even(value.toFixed(digits), isHalf(value, digits))) + 0;
}

/** Keep the three digits that mean anything; the model is no better. @param {number} value */
export function threeDigits(value) {
  if (!Number.isFinite(value)) throw new RangeError("a number of the plan is not finite");
  const [mantissa, exponent] = value.toExponential(2).split("e");
  return rounded(Number(`${even(mantissa, isHalf(value, 2 - Number(exponent)))}e${exponent}`), 9);
}

/** Whether a number lies midway between two decimals. @param {number} value @param {number} digits behind the point */
function isHalf(value, digits) {
  if (digits < 0) return Math.abs(value) % 10 ** -digits === 10 ** -digits / 2;
  // value · 10^digits is a half if value · 2^(digits + 1) is odd: powers of five do not change that
  return Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
}

/** The even neighbour, where JavaScript took the one farther from zero. @param {string} text @param {boolean} half */
function even(text, half) {
  const digit = Number(text.at(-1));
  return half && digit % 2 === 1 ? `${text.slice(0, -1)}${digit - 1}` : text;
}

/** Round to a whole number. @param {number} value */
export const whole = (value) => rounded(value, 0);

/** Round metres as programs get them. @param {number} metres */
export const decimal = (metres) => rounded(metres, 1);

/** Whole seconds that a walk of so many metres takes. @param {number} metres */
export const seconds = (metres) => whole(metres / WALK_SPEED_MPS);

/** Round to 0.001; `null` where nothing could be divided. @param {number | null} value */
export const shareOf = (value) => (value === null || !Number.isFinite(value) ? null : rounded(value, 3));

/** Write a chance in percent with the digits that the model deserves: "12 %", "over 99 %". @param {number} share */
export function percent(share) {
  const billionths = Math.floor(share * 1e9 + 0.5);
  if (billionths > 990_000_000) return "over 99 %"; // nothing is certain
  if (0 < billionths && billionths < 1_000_000) return "under 0.1 %"; // nothing is 0 that is not
  if (0 < billionths && billionths < 99_500_000) {
    return `${(Math.floor((billionths + 500_000) / 1_000_000) / 10).toFixed(1)} %`;
  }
  return `${Math.floor((billionths + 5_000_000) / 10_000_000)} %`;
}
