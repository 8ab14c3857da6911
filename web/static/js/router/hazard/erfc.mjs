// @ts-check
/**
 * The complementary error function, which no browser has.
 *
 * The rational approximations are those of W. J. Cody, "Rational Chebyshev approximations for the error function",
 * Mathematics of Computation 23 (1969), 631–637, their coefficients as in his program CALERF (netlib.org/specfun/erf).
 */

const SMALL = 0.46875; // below, it is worked out as 1 - erf
const LARGE = 4.0; // above, by the third approximation
const BEYOND = 27.3; // nothing is left of it
const WHOLE = 6.0; // so far below nothing is missing from 2
const ROOT_PI_INVERSE = 0.5641895835477563; // 1/√π
const SIXTEENTH = 16.0;

// Each numerator and denominator by falling powers, the constant last. The denominators' first factor is 1.
const ERF_ABOVE = Float64Array.of(
  1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3,
);
const ERF_BELOW = Float64Array.of(
  1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
);
const MIDDLE_ABOVE = Float64Array.of(
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
  8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
);
const MIDDLE_BELOW = Float64Array.of(
  1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
);
const TAIL_ABOVE = Float64Array.of(
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
);
const TAIL_BELOW = Float64Array.of(
  1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
  2.33520497626869185e-3,
);

/**
 * @param {Floats} above
 * @param {Floats} below
 * @param {number} x
 */
function ratio(above, below, x) {
  let [numerator, denominator] = [0.0, 0.0];
  for (let power = 0; power < above.length; power++) {
    numerator = numerator * x + above[power];
    denominator = denominator * x + below[power];
  }
  return numerator / denominator;
}

/** exp(-y²), the square split so that its rounding does not count. @param {number} y */
function bell(y) {
  const coarse = Math.trunc(y * SIXTEENTH) / SIXTEENTH;
  return Math.exp(-coarse * coarse) * Math.exp(-(y - coarse) * (y + coarse));
}

/**
 * Twice the chance that what is spread normally, with a variance of a half, lies above `x`.
 *
 * @param {number} x
 */
export function erfc(x) {
  const y = Math.abs(x);
  if (y <= SMALL) return 1.0 - x * ratio(ERF_ABOVE, ERF_BELOW, x * x);
  if (x < -WHOLE) return 2.0;
  if (x > BEYOND) return 0.0;
  let above;
  if (y <= LARGE) above = bell(y) * ratio(MIDDLE_ABOVE, MIDDLE_BELOW, y);
  else {
    const z = 1.0 / (y * y);
    above = (bell(y) * (ROOT_PI_INVERSE - z * ratio(TAIL_ABOVE, TAIL_BELOW, z))) / y;
  }
  return x < 0.0 ? 2.0 - above : above;
}
