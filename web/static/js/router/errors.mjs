// @ts-check
/** The failures that planning foresees: a stable code (routing/errors.py) and one line that holds no coordinate. */

export class RouteError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "RouteError";
    this.code = code;
  }
}

/**
 * End a plan that nobody waits for any more, between its steps.
 *
 * @param {PlanLimits} limits
 */
export function checkWanted({ cancelled }) {
  if (cancelled?.()) throw new RouteError("abandoned", "nobody waits for this plan any more");
}
