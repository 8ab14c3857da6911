// @ts-check
/**
 * What is made of a thing once, when it is first asked for, and kept as long as the thing itself.
 */

/** @type {WeakMap<object, Map<Function, any>>} */
const kept = new WeakMap();

/**
 * Give what is made of a thing.
 *
 * @template {object} Thing
 * @template Made
 * @param {Thing} thing
 * @param {(thing: Thing) => Made} make
 * @returns {Made}
 */
export function once(thing, make) {
  let things = kept.get(thing);
  if (!things) kept.set(thing, (things = new Map()));
  if (!things.has(make)) things.set(make, make(thing));
  return things.get(make);
}
