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
