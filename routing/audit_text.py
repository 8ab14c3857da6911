"""An audit in words and for programs: what was seen of a walk by the minute, and how well its track was followed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from routing.formats import decimal, digits, score_record
from routing.model import ATTRIBUTION
from routing.rounding import cameras_word, coverage_record, percent, seconds, share_of, whole, wrapped
from routing.text import ASSUMED, MARKS, chance_line, coverage_line, meeting_line, picture

if TYPE_CHECKING:
    from routing.audit import Audit, Minute

_WHY = {
    "far": "no way within 50 m",
    "jump": "too far from one point to the next",
    "pause": "the recording paused",
    "apart": "no way joins its ends",
}


def as_text(audit: Audit) -> str:
    """Write an audit for people, at most 80 columns wide where words allow."""
    score = audit.score
    in_view = f"{whole(score.in_view_m):,} m ({seconds(score.in_view_m):,} s at 1.4 m/s)"
    walked = f"Walked: {whole(score.length_m):,} m, {in_view} in view of {cameras_word(len(score.meetings))}."
    chance = f"Chance to be recognised at least once: {chance_line(score.risk)}."
    marks = max(1, min(MARKS, round(score.length_m / 10)))
    blocks = [
        wrapped(coverage_line(audit.coverage)),
        "\n".join(map(wrapped, _followed(audit))),
        "\n".join(map(wrapped, (walked, chance, ASSUMED))),
        f"In view: {picture(score, marks)}",
        _minutes(audit),
        "\n".join(["Cameras in the order of walking:", *map(meeting_line, score.meetings)])
        if score.meetings
        else "No mapped camera had the walk in view.",
        ATTRIBUTION,
    ]
    return "\n\n".join(blocks) + "\n"


def as_json(audit: Audit) -> str:
    """Write an audit for programs, on one line."""
    record = {
        "area": coverage_record(audit.coverage),
        "track": {
            "points": audit.points,
            "minutes_by_clock": audit.by_clock,
            "matched_share": share_of(audit.matched_share),
            "median_astray_m": decimal(audit.median_astray_m),
            "p95_astray_m": decimal(audit.p95_astray_m),
            "gaps": [{"from_point": gap.first, "to_point": gap.last, "why": gap.why} for gap in audit.gaps],
        },
        "walk": score_record(audit.score),
        "minutes": [_record(minute) for minute in audit.minutes],
        "attribution": ATTRIBUTION,
    }
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _followed(audit: Audit) -> list[str]:
    """Say how well the track was followed."""
    half, most = _near(audit.median_astray_m), _near(audit.p95_astray_m)
    near = f"Half of its points lie within {half} of them, 95 % within {most}."
    guess = " A receiver errs by metres: on which pavement of a street you walked is a guess."
    near += guess if audit.median_astray_m >= 1 else ""
    lines = [f"{audit.points:,} points; {audit.matched_share:.0%} of the track runs along ways of the map. {near}"]
    if audit.is_wild:
        lines.append(
            "The points err too much to be followed: minutes are longer than anybody walks, or half of the points lie "
            "far from the ways. Believe neither the length nor the chance."
        )
    count = {why: sum(gap.why == why for gap in audit.gaps) for why in _WHY}
    told = [f"{number} ({_WHY[why]})" for why, number in count.items() if number]
    return [*lines, f"Parts that could not be followed and are not counted: {', '.join(told)}."] if told else lines


def _near(metres: float) -> str:
    return f"{whole(metres)} m" if metres >= 1 else "1 m"


def _minutes(audit: Audit) -> str:
    """Give a line for each minute."""
    clock = "by the track's clock" if audit.by_clock else "at 1.4 m/s, for the track has no times"
    lines = [f"Minute by minute, {clock}:", f"{'minute':>6}{'m':>8}{'m in view':>11}{'cameras':>9}{'chance':>13}"]
    for minute in audit.minutes:
        score = minute.score
        if score is None:
            lines.append(f"{minute.number:>6}{'0':>8}{'-':>11}{'-':>9}{'standing':>13}")
            continue
        lines.append(
            f"{minute.number:>6}{whole(score.length_m):>8,}{whole(score.in_view_m):>11,}{len(score.meetings):>9,}"
            f"{percent(score.risk.recognition.default):>13}"
        )
    return "\n".join(lines)


def _record(minute: Minute) -> dict[str, object]:
    score = minute.score
    return {
        "minute": minute.number,
        "from_m": decimal(minute.from_m),
        "to_m": decimal(minute.to_m),
        "in_view_m": None if score is None else decimal(score.in_view_m),
        "cameras": [] if score is None else [meeting.camera.id for meeting in score.meetings],
        "recognition": None if score is None else digits(score.risk.recognition.default),
    }
