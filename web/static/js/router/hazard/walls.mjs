// @ts-check
/** Walls as the model reads them: straight pieces of outlines, the building to their left (routing/hazard/walls.py). */
import { gridOf } from "../grid.mjs";

/**
 * Lay a grid over walls.
 *
 * @param {Floats} ends [wall, 4] degrees: lon, lat of one end and of the other
 * @returns {Walls}
 */
export function wallsFrom(ends) {
  const low = new Float64Array(ends.length / 2);
  const high = new Float64Array(ends.length / 2);
  for (let wall = 0; 4 * wall < ends.length; wall++) {
    for (let axis = 0; axis < 2; axis++) {
      const [one, other] = [ends[4 * wall + axis], ends[4 * wall + 2 + axis]];
      low[2 * wall + axis] = Math.min(one, other);
      high[2 * wall + axis] = Math.max(one, other);
    }
  }
  return { ends, grid: gridOf(low, high) };
}
