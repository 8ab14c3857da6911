// @ts-check
/** Spans from here to there along a walk, flat: `[from, to, from, to, …]`, metres. */

/**
 * Merge spans that touch or overlap, in order; specks are dropped.
 *
 * @param {number[]} spans
 * @param {number} speckM spans as near as that to each other are one, and none is shorter
 */
export function unionOf(spans, speckM) {
  const order = [...Array(spans.length / 2).keys()].sort((a, b) => spans[2 * a] - spans[2 * b]);
  /** @type {number[]} */
  const merged = [];
  for (const one of order) {
    const [from, to] = [spans[2 * one], spans[2 * one + 1]];
    const last = merged.length - 1;
    if (last > 0 && !(from > merged[last] + speckM)) merged[last] = Math.max(merged[last], to);
    else merged.push(from, to);
  }
  return merged.filter((_, i) => merged[i | 1] - merged[i & ~1] > speckM);
}

/** How long each span is. @param {number[]} spans */
export const diffs = (spans) =>
  Array.from({ length: spans.length / 2 }, (_, one) => spans[2 * one + 1] - spans[2 * one]);
