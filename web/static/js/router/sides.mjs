// @ts-check
/**
 * On which side of each street one is less likely recognised: the steps and stretches of a walk in, advice out
 * (routing/sides.py).
 */
import { movesAlong, size } from "./geo.mjs";
import { betterSide, LEFT } from "./hazard/pavements.mjs";
import { searchRight } from "./numbers.mjs";
import { say } from "./steps.mjs";

/**
 * Say in the steps of a walk which side to keep to, where that matters.
 *
 * @param {WalkStep[]} steps from steps.mjs
 * @param {WalkStretch[]} stretches of the same walk
 */
export function advised(steps, stretches) {
  const beside = steps.map(() => [0, 0]);
  const stepOf = stepsOf(steps, stretches);
  for (const [at, stretch] of stretches.entries()) {
    if (!hasBoth(stretch)) continue;
    beside[stepOf[at]][0] += stretch.beside[0];
    beside[stepOf[at]][1] += stretch.beside[1];
  }
  return steps.map((step, at) => {
    const side = betterSide(beside[at][0], beside[at][1]);
    if (side === null) return step;
    /** @type {WalkStep} */
    const told = { ...step, keep: side === LEFT ? "left" : "right" };
    return { ...told, text: say(told) };
  });
}

/**
 * The stretches of who keeps to the sides that the steps say.
 *
 * @param {WalkStep[]} steps advised
 * @param {WalkStretch[]} stretches
 */
export function kept(steps, stretches) {
  const stepOf = stepsOf(steps, stretches);
  return stretches.map((stretch, at) => {
    const { keep } = steps[stepOf[at]];
    if (keep === null || !hasBoth(stretch)) return stretch;
    return { ...stretch, pavements: /** @type {[boolean, boolean]} */ ([keep === "left", keep === "right"]) };
  });
}

/** @param {WalkStretch} stretch */
const hasBoth = ({ pavements: [left, right] }) => left && right;

/** Tell in which step the middle of each stretch lies. @param {WalkStep[]} steps @param {WalkStretch[]} stretches */
function stepsOf(steps, stretches) {
  const moves = movesAlong(stretches.map((stretch) => stretch.lonlat));
  const sizeM = new Float64Array(stretches.length);
  for (let move = 0; move < moves.line.length; move++) {
    sizeM[moves.line[move]] += size(moves.eastM[move], moves.northM[move]);
  }
  let toldM = 0;
  const endsM = steps.map((step) => (toldM += step.lengthM));
  let passedM = 0;
  return Array.from(sizeM, (ownM) => {
    passedM += ownM;
    return Math.min(searchRight(endsM, passedM - ownM / 2), steps.length - 1);
  });
}
