// @ts-check
/** Parts of edges in, stretches of a walk out, with all that measuring them needs (routing/stretches.py). */
import { cutLine } from "./geo.mjs";
import { sectionLengthM, stretch } from "./graph.mjs";
import { SPLITS, share } from "./search/network.mjs";

const UNIT_E6 = 1e6; // whole numbers in a unit of risk (contract)

/** Pass over the parts that have no length. @param {EdgePart[]} parts */
export const withLength = (parts) => parts.filter((part) => part.from !== part.to);

/** What tells a part from all others. @param {EdgePart} part */
export const nameOfPart = ({ edge, from, to }) => (from === 0 && to === SPLITS ? `${edge}` : `${edge} ${from} ${to}`);

/**
 * The stretches of a walk, in walking order.
 *
 * @param {Exposed} area whose edges are meant
 * @param {EdgePart[]} parts those without a length are passed over
 * @param {Map<string, WalkStretch>} known stretches that were made before, of which one is taken where it fits
 */
export function stretchesOf(area, parts, known) {
  return withLength(parts).map((part) => {
    const name = nameOfPart(part);
    const found = known.get(name) ?? stretchOf(area, part);
    known.set(name, found);
    return found;
  });
}

/** @param {Exposed} area @param {EdgePart} part @returns {WalkStretch} */
function stretchOf({ graph, sideE6, unmappedSideE6 }, part) {
  const section = graph.section[part.edge];
  const forward = graph.forward[part.edge] === 1;
  return {
    ...stretch(graph, section, lineOf(graph, section, forward, part), forward),
    beside: ofSides(part, sideE6),
    unmapped: ofSides(part, unmappedSideE6),
  };
}

/**
 * The risk of a part of an edge on its left and on its right.
 *
 * @param {EdgePart} part
 * @param {Ints} sideE6 [edge, 2]
 * @returns {[number, number]}
 */
function ofSides({ edge, from, to }, sideE6) {
  return [
    share({ edge: 2 * edge, from, to }, sideE6) / UNIT_E6,
    share({ edge: 2 * edge + 1, from, to }, sideE6) / UNIT_E6,
  ];
}

/**
 * The line of a part of a section in walking order, [point, 2] degrees.
 *
 * @param {Graph} graph
 * @param {number} section
 * @param {boolean} forward
 * @param {EdgePart} part
 */
function lineOf(graph, section, forward, { from, to }) {
  const drawn = graph.shapeLonlat.subarray(2 * graph.shapeStart[section], 2 * graph.shapeStart[section + 1]);
  const line = forward ? drawn : turned(drawn);
  if (from === 0 && to === SPLITS) return line;
  const lengthM = sectionLengthM(graph)[section];
  return cutLine(line, (from / SPLITS) * lengthM, (to / SPLITS) * lengthM);
}

/** The points the other way round. @param {Floats} line [point, 2] */
function turned(line) {
  const found = new Float64Array(line.length);
  for (let i = 0; i < line.length; i += 2) {
    found[i] = line[line.length - 2 - i];
    found[i + 1] = line[line.length - 1 - i];
  }
  return found;
}
