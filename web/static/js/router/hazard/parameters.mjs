// @ts-check
/** What of the exposure model has a form of its own; its numbers come with an area. Sources: routing/hazard/parameters.py. */

/**
 * What the cameras of one class see, as three equally likely lenses: K in pixels, fields of view, and how far is looked.
 *
 * @typedef {Readonly<{pixels: readonly number[], fieldDeg: readonly number[], reachM: number}>} CameraClass
 */

/** @type {Readonly<Record<string, CameraClass>>} */
export const CLASSES = Object.freeze({
  fixed: { pixels: [1280.0, 2068.0, 4574.0], fieldDeg: [78.0, 63.0, 31.0], reachM: 60.0 },
  dome: { pixels: [1116.0, 1754.0, 3442.0], fieldDeg: [81.0, 71.0, 40.0], reachM: 45.0 },
  panning: { pixels: [2317.0, 6937.0, 25288.0], fieldDeg: [47.0, 16.0, 5.0], reachM: 111.0 },
  panorama: { pixels: [679.0, 679.0, 679.0], fieldDeg: [125.0, 125.0, 125.0], reachM: 45.0 },
  entrance: { pixels: [1000.0, 1000.0, 1000.0], fieldDeg: [90.0, 90.0, 90.0], reachM: 30.0 },
});

/** The exponent that makes recognition likely at 95 % where it is at `ppm95`. @param {Values} values */
export const resolutionSlope = (values) => Math.log(19.0) / Math.log(values.ppm95 / values.ppm50);
