"""A plan for people and programs: text, JSON, GeoJSON, GPX. The only place that rounds.

A ``Plan`` goes in, a string that ends with a newline comes out. Lengths are metres, positions WGS 84 degrees,
longitude first (GPX names them). Programs get metres to 0.1 and whole seconds; people get what one can walk by.
What was typed into the map by strangers is cleared of control characters before it reaches a terminal or XML.
A length or position that is not a number raises ``ValueError``: a fault of ours, never written down.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from routing.model import ATTRIBUTION
from routing.rounding import (
    assumed_record,
    cameras_word,
    coverage_record,
    name_of,
    plain,
    rounded,
    seconds,
    share_of,
    whole,
)
from routing.text import as_text, coverage_line
from routing.why import dodged_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from routing.plans import Certificate, Meeting, Note, Plan, Range, Risk, Route, Score, Step, Stop

_LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"


def as_json(plan: Plan) -> str:
    """Write a plan as the JSON of the contract, on one line.

    Shares that are not known are ``null``; there is never a NaN.

    Examples
    --------
    >>> from routing.model import Coverage
    >>> from routing.plans import Plan
    >>> as_json(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), ()))[:46]
    '{"area":{"name":"Kamppi","osm_date":null,"came'
    """
    return _dump(as_record(plan))


def as_record(plan: Plan) -> dict[str, Any]:
    """Give what :func:`as_json` writes, for programs that have more to say around it.

    Examples
    --------
    >>> from routing.model import Coverage
    >>> from routing.plans import Plan
    >>> sorted(as_record(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), ())))
    ['area', 'attribution', 'front', 'keep_side', 'notes', 'routes']
    """
    routes = [{**_properties(route), "geometry": _geometry(route)} for route in plan.offered]
    front = [
        {
            "length_m": decimal(point.length_m),
            "risk": digits(point.risk),
            "recognition": digits(point.recognition),
            "in_view_m": decimal(point.in_view_m),
            "cameras_in_view": point.cameras,
        }
        for point in plan.front
    ]
    return {**_about(plan), "routes": routes, "front": front}


def as_geojson(plan: Plan) -> str:
    """Write a plan as a GeoJSON FeatureCollection (RFC 7946), one feature a route, on one line.

    The collection has also the members ``area``, ``notes``, ``keep_side``, ``attribution`` and, where there are such,
    ``model``, ``via`` and ``certificate``.

    Examples
    --------
    >>> from routing.model import Coverage
    >>> from routing.plans import Plan
    >>> as_geojson(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), ()))[:42]
    '{"type":"FeatureCollection","features":[],'
    """
    features = [
        {"type": "Feature", "properties": _properties(route), "geometry": _geometry(route)} for route in plan.offered
    ]
    return _dump({"type": "FeatureCollection", "features": features, **_about(plan)})


def as_gpx(plan: Plan) -> str:
    """Write a plan as GPX 1.1, one track a route, without times and without the name of a device.

    What the walks pass on their way are waypoints of the type ``via``. See https://www.topografix.com/GPX/1/1/.

    Examples
    --------
    >>> from routing.model import Coverage
    >>> from routing.plans import Plan
    >>> as_gpx(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), ())).splitlines()[3]
    '    <name>Kamppi</name>'
    """
    about = " ".join((coverage_line(plan.coverage), *(note.text for note in plan.notes)))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="sidestep" xmlns="http://www.topografix.com/GPX/1/1">',
        "  <metadata>",
        f"    <name>{_xml(plan.coverage.name)}</name>",
        f"    <desc>{_xml(about)}</desc>",
        f'    <copyright author="OpenStreetMap contributors"><license>{_LICENCE}</license></copyright>',
        "  </metadata>",
        *(line for number, stop in enumerate(plan.via, 1) for line in _waypoint(number, stop)),
    ]
    for route in plan.offered:
        score = route.score
        summary = f"{whole(score.length_m)} m, {whole(score.in_view_m)} m in view, {cameras_word(len(score.meetings))}"
        whither = f" to {route.reached.names[0]}" if route.reached is not None else ""
        lines += [
            "  <trk>",
            f"    <name>{_xml(name_of(route) + whither)}</name>",
            f"    <desc>{summary}</desc>",
            "    <trkseg>",
        ]
        lines += [f'      <trkpt lat="{lat:.7f}" lon="{lon:.7f}"/>' for lon, lat in _positions(route.lonlat)]
        lines += ["    </trkseg>", "  </trk>"]
    return "\n".join((*lines, "</gpx>", ""))


def _waypoint(number: int, stop: Stop) -> Iterator[str]:
    yield f'  <wpt lat="{stop.lonlat.lat:.7f}" lon="{stop.lonlat.lon:.7f}">'
    yield f"    <name>{_xml(stop.name) or f'Stop {number}'}</name>"
    yield f"    <desc>Stop {number}</desc>"
    yield "    <type>via</type>"
    yield "  </wpt>"


FORMATS: Mapping[str, Callable[[Plan], str]] = {"text": as_text, "json": as_json, "geojson": as_geojson, "gpx": as_gpx}


def _dump(whole: Mapping[str, object]) -> str:
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _about(plan: Plan) -> dict[str, object]:
    area = coverage_record(plan.coverage)
    notes = [_note(note) for note in plan.notes]
    certificate = {} if plan.certificate is None else {"certificate": _certificate(plan, plan.certificate)}
    via = {"via": [_stop(stop) for stop in plan.via]} if plan.via else {}
    model = {} if plan.assumed is None else {"model": assumed_record(plan.assumed)}
    keep_side = {"keep_side": plan.keep_side}
    return {"area": area, "notes": notes, **via, **keep_side, **model, **certificate, "attribution": ATTRIBUTION}


def _stop(stop: Stop) -> dict[str, object]:
    at = [rounded(axis, 7) for axis in stop.lonlat]
    return {"name": plain(stop.name), "at": at, "moved_m": decimal(stop.moved_m)}


def _certificate(plan: Plan, told: Certificate) -> dict[str, object]:
    return {
        "known": told.known,
        "within_detour": told.within_detour,
        "walk": None if told.walk is None else {**_properties(told.walk), "geometry": _geometry(told.walk)},
        "open_way": told.open_way,
        "met_by_all": [camera.id for camera in told.met_by_all],
        "bar": None if told.bar is None else [camera.id for camera in told.bar],
        "bar_at_least": told.bar_at_least,
        "dodged": {route.name: dodged_by(route, plan.routes[0]) for route in plan.routes[1:]},
        "dodges": [
            {
                "camera": dodge.camera.id,
                "more_m": None if dodge.more_m is None else decimal(dodge.more_m),
                "within_detour": dodge.within_detour,
            }
            for dodge in told.dodges
        ],
        "stopped": told.stopped,
    }


def _properties(route: Route) -> dict[str, object]:
    place = route.reached
    return {
        "name": route.name,
        **({} if place is None else {"reached": {"name": plain(place.names[0]), "kind": plain(place.kind)}}),
        "detour_m": decimal(route.detour_m),
        **score_record(route.score),
        "surveyed_share": share_of(route.surveyed_share),
        **({} if route.avoided_m is None else {"avoided_m": decimal(route.avoided_m)}),
        "steps": [_step(step) for step in route.steps],
        "junctions": list(route.junctions),
    }


def _step(step: Step) -> dict[str, object]:
    """Give what programs are told of a step; the number of a stop only where there is one."""
    told = {**asdict(step), "length_m": decimal(step.length_m)}
    return told if step.stop is not None else {name: value for name, value in told.items() if name != "stop"}


def score_record(score: Score) -> dict[str, object]:
    """Give what programs are told of what was measured on a walk."""
    return {
        "length_m": decimal(score.length_m),
        "duration_s": seconds(score.length_m),
        "in_view_m": decimal(score.in_view_m),
        "in_view_s": seconds(score.in_view_m),
        **_risk(score.risk),
        "ends_in_view_m": decimal(score.ends_in_view_m),
        "enclosed_m": decimal(score.enclosed_m),
        "cameras": [meeting.camera.id for meeting in score.meetings],
        "cameras_in_view": len(score.meetings),
        "in_view_spans_m": [[decimal(from_m), decimal(to_m)] for from_m, to_m in score.in_view_spans_m.tolist()],
        "meetings": [_meeting(meeting) for meeting in score.meetings],
    }


def _risk(risk: Risk) -> dict[str, object]:
    """Give the defaults by the contract's names, and for each the low and the high estimate."""
    ranges = {
        "risk": risk.risk,
        "cameras_could_recognise": risk.could_recognise,
        "expected_recognitions": risk.expected,
    }
    return {
        **{name: digits(told.default) for name, told in ranges.items()},
        "cameras_could_recognise": whole(risk.could_recognise.default),
        "recognition": {**_range(risk.recognition), "unmapped": digits(risk.unmapped)},
        "ranges": {name: {"low": digits(told.low), "high": digits(told.high)} for name, told in ranges.items()},
    }


def _range(told: Range) -> dict[str, float]:
    return {name: digits(number) for name, number in told._asdict().items()}


def _meeting(meeting: Meeting) -> dict[str, object]:
    return {
        "camera": meeting.camera.id,
        "at_m": decimal(meeting.at_m),
        "in_view_m": decimal(meeting.in_view_m),
        "recognition": _range(meeting.chance),
    }


def _note(note: Note) -> dict[str, object]:
    about: dict[str, object] = {"code": note.code, "text": note.text}
    numbers = {
        "metres": note.metres and decimal(note.metres),
        "share": note.share and digits(note.share),
        "count": note.count,
    }
    return about | {name: number for name, number in numbers.items() if number is not None}


def _geometry(route: Route) -> dict[str, object]:
    return {"type": "LineString", "coordinates": _positions(route.lonlat)}


def _positions(lonlat: NDArray[np.float64]) -> list[list[float]]:
    """Round to a centimetre; a line has two positions at least (RFC 7946), even where there is nothing to walk."""
    positions = [[rounded(lon, 7), rounded(lat, 7)] for lon, lat in lonlat.tolist()]
    return positions * 2 if len(positions) == 1 else positions


def decimal(metres: float) -> float:
    """Round metres as programs get them."""
    return rounded(metres, 1)


def digits(number: float) -> float:
    """Keep the three digits that mean anything; the model is no better."""
    return rounded(float(f"{number:.3g}"), 9)


def _xml(text: str) -> str:
    return escape(plain(text))
