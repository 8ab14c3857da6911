"""A report under review, in words: a :class:`web.review.Case` in, lines for a reviewer or JSON out.

Coordinates are among them: a reviewer must look, on her own screen.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from routing.model import Sector
from routing.optics import directions_of
from routing.reports import NoneSeen
from routing.rounding import plain
from routing.trust import months_between
from web.review import survey_m
from web.store import body_of

if TYPE_CHECKING:
    from routing.model import Camera
    from routing.reports import Report
    from web.review import Case

_POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_WORDS = {"camera": "new camera", "there": "still there", "gone": "gone", "turned": "turned", "survey": "none seen"}
_FLAGS = {
    "crowd": "many reports in this block",
    "ring": "new cameras all around a place",
    "gone": "says that a camera is gone",
    "gone-twice": "others that wait say the same; perhaps all are of one person",
    "many-gone": "several cameras of this block are called gone",
    "turned": "says that a camera looks elsewhere",
    "unknown-camera": "of a camera that is not known here",
    "double": "probably a camera that is known",
    "twin": "probably the same as another waiting report",
    "moves-walks": "changes many walks",
    "long-survey": "a longer way than anybody looks at on one walk",
    "outside": "not in the area, or not all of it",
}
_YEARS_FROM = 24  # months, from which an age is told in years


def kind(report: Report) -> str:
    """Name the kind of a report.

    Examples
    --------
    >>> from routing.reports import Gone
    >>> kind(Gone(id="rp/abcdefghij", month="2026-10", camera="osm/node/1"))
    'gone'
    """
    return _WORDS[str(report.__struct_config__.tag)]


def flags_of(case: Case) -> list[str]:
    """Say what is odd about a report, a line each."""
    return [_FLAGS[flag] for flag in case.flags]


def record(case: Case) -> dict[str, Any]:
    """Give a case as JSON has it."""
    near = [{"id": one.camera.id, "distance_m": round(one.distance_m, 1), "same": one.same} for one in case.near]
    return {"report": json.loads(body_of(case.report)), "near": near, "twins": case.twins, "flags": case.flags}


def described(case: Case) -> list[str]:
    """Tell all that is known of a report, a line each."""
    report = case.report
    lines = [f"{report.id}: {kind(report)}, {report.month}"]
    if case.at is not None:
        middle = " (the middle of the street)" if isinstance(report, NoneSeen) else ""
        lines.append(f"  at {case.at.lat:.6f},{case.at.lon:.6f}{middle}")
    if isinstance(report, NoneSeen):
        ends = " to ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in (report.line[0], report.line[-1]))
        lines.append(f"  street: {_length(survey_m(report))} in {len(report.line)} points, from {ends}")
    skip = {"id", "kind", "month", "at", "line"}
    body: dict[str, Any] = {key: value for key, value in json.loads(body_of(report)).items() if key not in skip}
    lines += [f"  {key}: {_said(key, value)}" for key, value in body.items() if value is not None]
    for one in case.near:
        camera = one.camera
        told = (camera.tags.get("camera:type", "type unknown"), _looking(camera), camera.status, _age(camera))
        same = ", probably the same" if one.same else ""
        lines.append(f"  near: {camera.id}, {one.distance_m:.0f} m, {', '.join(map(plain, told))}{same}")
    if not case.near:
        lines.append("  near: no known camera within 50 m")
    lines += [f"  also reported: {name}" for name in case.twins]
    return lines + [f"  flag: {flag}" for flag in flags_of(case)]


def _length(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"  # noqa: PLR2004 - a kilometre


def _said(key: str, value: object) -> str:
    if key == "direction" and isinstance(value, int):
        return f"looks {_point(value)} ({value}°)"
    return str(value)


def _point(bearing_deg: float) -> str:
    return _POINTS[round(bearing_deg / 45) % 8]


def _looking(camera: Camera) -> str:
    lenses = directions_of(camera.tags)
    if not lenses:
        return "direction unknown"
    middles = (one.start_deg + one.sweep_deg / 2 if isinstance(one, Sector) else one for one in lenses)
    return f"looks {' and '.join(dict.fromkeys(map(_point, middles)))}"


def _age(camera: Camera) -> str:
    if camera.last_seen is None:
        return "nobody says when it was seen"
    months = max(months_between(camera.last_seen, f"{dt.datetime.now(dt.UTC):%Y-%m}"), 0)
    age = f"{months} months" if months < _YEARS_FROM else f"{months // 12} years"
    return f"seen {camera.last_seen}, {age} ago"
