// @ts-check
/** A plan as the record that programs get, to the digit and the order of fields as routing/formats.py, as_record. */
import { decimal, rounded, seconds, shareOf, threeDigits, whole } from "./rounding.mjs";

/**
 * @param {Planned} plan
 */
export function asRecord(plan) {
  return {
    area: plan.coverage,
    notes: plan.notes.map(noteRecord),
    ...(plan.via.length ? { via: plan.via.map(stopRecord) } : {}),
    keep_side: plan.keepSide,
    model: plan.assumed,
    attribution: plan.attribution,
    routes: [...plan.routes, ...plan.also].map((route) => ({ ...properties(route), geometry: geometry(route) })),
    front: plan.front.map((point) => ({
      length_m: decimal(point.lengthM),
      risk: threeDigits(point.risk),
      recognition: threeDigits(point.recognition),
      in_view_m: decimal(point.inViewM),
      cameras_in_view: point.cameras,
    })),
  };
}

/** @param {PlannedRoute} route */
function properties(route) {
  return {
    name: route.name,
    detour_m: decimal(route.detourM),
    ...scoreRecord(route.score),
    surveyed_share: shareOf(route.surveyedShare),
    steps: route.steps.map(({ lengthM, text, stop, ...rest }) => ({
      text,
      length_m: decimal(lengthM),
      ...rest,
      ...(stop === null ? {} : { stop }),
    })),
    junctions: route.junctions,
  };
}

/** What programs are told of what was measured on a walk. @param {WalkScore} score */
function scoreRecord(score) {
  const spans = Array.from({ length: score.inViewSpansM.length / 2 }, (_, at) => [
    decimal(score.inViewSpansM[2 * at]),
    decimal(score.inViewSpansM[2 * at + 1]),
  ]);
  return {
    length_m: decimal(score.lengthM),
    duration_s: seconds(score.lengthM),
    in_view_m: decimal(score.inViewM),
    in_view_s: seconds(score.inViewM),
    ...riskRecord(score.risk),
    ends_in_view_m: decimal(score.endsInViewM),
    enclosed_m: decimal(score.enclosedM),
    cameras: score.meetings.map((meeting) => meeting.camera.id),
    cameras_in_view: score.meetings.length,
    in_view_spans_m: spans,
    meetings: score.meetings.map((meeting) => ({
      camera: meeting.camera.id,
      at_m: decimal(meeting.atM),
      in_view_m: decimal(meeting.inViewM),
      recognition: rangeRecord(meeting.chance),
    })),
  };
}

/** The defaults by the contract's names, and for each the low and the high estimate. @param {WalkRisk} risk */
function riskRecord(risk) {
  return {
    risk: threeDigits(risk.risk.default),
    cameras_could_recognise: whole(risk.couldRecognise.default),
    expected_recognitions: threeDigits(risk.expected.default),
    recognition: { ...rangeRecord(risk.recognition), unmapped: threeDigits(risk.unmapped) },
    ranges: {
      risk: ends(risk.risk),
      cameras_could_recognise: ends(risk.couldRecognise),
      expected_recognitions: ends(risk.expected),
    },
  };
}

/** @param {Range3} told */
const ends = ({ low, high }) => ({ low: threeDigits(low), high: threeDigits(high) });

/** @param {Range3} told */
function rangeRecord({ low, default: middle, high }) {
  return { low: threeDigits(low), default: threeDigits(middle), high: threeDigits(high) };
}

/** @param {PlanNote} note */
function noteRecord(note) {
  return {
    code: note.code,
    text: note.text,
    ...(note.metres === undefined ? {} : { metres: decimal(note.metres) }),
    ...(note.share === undefined ? {} : { share: threeDigits(note.share) }),
    ...(note.count === undefined ? {} : { count: note.count }),
  };
}

/** @param {PlannedStop} stop */
const stopRecord = ({ name, lonlat, movedM }) => ({ name: plain(name), at: lonlat.map((axis) => rounded(axis, 7)), moved_m: decimal(movedM) });

/** On one line, without what could steer a terminal: control and format characters. @param {string} text */
const plain = (text) => text.trim().replace(/\s+/gu, " ").replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, "");

/** Round to a centimetre; a line has two positions at least (RFC 7946). @param {PlannedRoute} route */
function geometry({ lonlat }) {
  const positions = Array.from({ length: lonlat.length / 2 }, (_, at) => [
    rounded(lonlat[2 * at], 7),
    rounded(lonlat[2 * at + 1], 7),
  ]);
  return { type: "LineString", coordinates: positions.length === 1 ? [...positions, ...positions] : positions };
}
