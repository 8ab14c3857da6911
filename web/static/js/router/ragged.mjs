// @ts-check
/** Runs of different lengths that stand one after the other in one array: routing/ragged.py. */

/**
 * Find the elements of some runs.
 *
 * @param {ArrayLike<number>} start [run + 1], where each run begins
 * @param {ArrayLike<number>} runs [asked], which are taken; one may be taken several times
 * @returns {{of: Ints, at: Ints, start: Ints}} of [element] position of its run in what was asked for, at [element] where
 *   it stands in the array, start [asked + 1] into these elements
 */
export function taken(start, runs) {
  return spans(
    Int32Array.from(runs, (run) => start[run]),
    Int32Array.from(runs, (run) => start[run + 1] - start[run]),
  );
}

/**
 * List the whole numbers of spans, each given by its first and by how many it has.
 *
 * @param {ArrayLike<number>} first [span]
 * @param {ArrayLike<number>} size [span]
 */
export function spans(first, size) {
  const start = startsOf(size);
  const of = new Int32Array(start[size.length]);
  const at = new Int32Array(start[size.length]);
  for (let span = 0; span < size.length; span++) {
    for (let nth = 0, i = start[span]; nth < size[span]; nth++, i++) {
      of[i] = span;
      at[i] = first[span] + nth;
    }
  }
  return { of, at, start };
}

/**
 * Where runs of some lengths begin, and where the last one ends.
 *
 * @param {ArrayLike<number>} size [run]
 * @returns {Ints} [run + 1]
 */
export function startsOf(size) {
  const start = new Int32Array(size.length + 1);
  for (let run = 0; run < size.length; run++) start[run + 1] = start[run] + size[run];
  return start;
}
