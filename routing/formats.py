"""A plan for people and programs: text, JSON, GeoJSON, GPX. The only place that rounds.

A ``Plan`` goes in, a string that ends with a newline comes out. Lengths are metres, positions WGS 84 degrees,
longitude first (GPX names them). Programs get metres to 0.1 and whole seconds; people get what one can walk by.
What was typed into the map by strangers is cleared of control characters before it reaches a terminal or XML.
A length or position that is not a number raises ``ValueError``: a fault of ours, never written down.
"""

from __future__ import annotations

import json
import math
import re
from calendar import month_name
from html import escape
from itertools import accumulate
from textwrap import TextWrapper
from typing import TYPE_CHECKING

import numpy as np

from routing.model import ATTRIBUTION, WALK_SPEED_MPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from routing.model import Camera, Coverage, Meeting, Plan, Route, Score, Step

_WIDTH = 80  # columns
_MARKS = 60  # length of the longest picture
_LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"
_NAMES = {"least_seen": "least seen"}
_AT_ENDS = "lie within 50 m of the start or the end, which no route can avoid"
_ENCLOSED = "are counted only because the way is indoor, covered or underground (an assumption)"
_CAMERA_TYPES = {"dome": "dome camera", "fixed": "fixed camera", "panning": "turning camera"}


def as_json(plan: Plan) -> str:
    """Write a plan as the JSON of the contract, on one line.

    Shares that are not known are ``null``; there is never a NaN.

    Examples
    --------
    >>> from routing.model import Coverage, Plan
    >>> as_json(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), ()))[:46]
    '{"area":{"name":"Kamppi","osm_date":null,"came'
    """
    routes = [{**_properties(route), "geometry": _geometry(route)} for route in plan.routes]
    front = [{"length_m": _decimal(point.length_m), "in_view_m": _decimal(point.in_view_m)} for point in plan.front]
    return _dump({**_about(plan), "routes": routes, "front": front})


def as_geojson(plan: Plan) -> str:
    """Write a plan as a GeoJSON FeatureCollection (RFC 7946), one feature a route, on one line.

    The collection has also the members ``area``, ``notes`` and ``attribution``.

    Examples
    --------
    >>> from routing.model import Coverage, Plan
    >>> as_geojson(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), ()))[:42]
    '{"type":"FeatureCollection","features":[],'
    """
    features = [
        {"type": "Feature", "properties": _properties(route), "geometry": _geometry(route)} for route in plan.routes
    ]
    return _dump({"type": "FeatureCollection", "features": features, **_about(plan)})


def as_gpx(plan: Plan) -> str:
    """Write a plan as GPX 1.1, one track a route, without times and without the name of a device.

    See https://www.topografix.com/GPX/1/1/.

    Examples
    --------
    >>> from routing.model import Coverage, Plan
    >>> as_gpx(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), ())).splitlines()[3]
    '    <name>Kamppi</name>'
    """
    about = " ".join((coverage_line(plan.coverage), *plan.notes))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="sidestep" xmlns="http://www.topografix.com/GPX/1/1">',
        "  <metadata>",
        f"    <name>{_xml(plan.coverage.name)}</name>",
        f"    <desc>{_xml(about)}</desc>",
        f'    <copyright author="OpenStreetMap contributors"><license>{_LICENCE}</license></copyright>',
        "  </metadata>",
    ]
    for route in plan.routes:
        score = route.score
        summary = f"{_whole(score.length_m)} m, {_whole(score.in_view_m)} m in view, {_cameras(len(score.meetings))}"
        lines += ["  <trk>", f"    <name>{_xml(_name(route))}</name>", f"    <desc>{summary}</desc>", "    <trkseg>"]
        lines += [f'      <trkpt lat="{lat:.7f}" lon="{lon:.7f}"/>' for lon, lat in _positions(route.lonlat)]
        lines += ["    </trkseg>", "  </trk>"]
    return "\n".join((*lines, "</gpx>", ""))


def as_text(plan: Plan, *, describe: str | None = None, style: bool = False) -> str:
    """Write a plan for people, at most 80 columns wide where words allow.

    What is known of the area comes first, then notes, the alternatives, where each is in view, and directions.

    Parameters
    ----------
    describe
        Name of the route that gets directions; the last one (the least seen) where ``None`` or not among the routes.
    style
        Bold headings, for a terminal that knows ANSI.

    Examples
    --------
    >>> from routing.model import Coverage, Plan
    >>> print(as_text(Plan(Coverage("Kamppi", "2019-04-21", 0, 0.0, 0.0), (), ())))
    Kamppi: no camera is mapped here, data of April 2019. Nothing is known.
    <BLANKLINE>
    © OpenStreetMap contributors, Open Database License 1.0
    <BLANKLINE>
    """
    blocks = [_wrap(coverage_line(plan.coverage)), *(_wrap(_plain(note)) for note in plan.notes)]
    if plan.routes:
        named = [route for route in plan.routes if route.name == describe]
        blocks += [_table(plan.routes, style=style), _pictures(plan.routes)]
        blocks += [block for block in (_compare(plan.routes), _caveats(plan.routes)) if block]
        blocks.append(_directions((named or plan.routes[-1:])[0], style=style))
    return "\n\n".join((*blocks, ATTRIBUTION)) + "\n"


def picture(score: Score, marks: int) -> str:
    """Draw a walk as so many marks: ``█`` in view for at least half of its part, ``▓`` for less, ``·`` not at all.

    Examples
    --------
    >>> import numpy as np
    >>> from routing.model import Score
    >>> picture(Score(100.0, 35.0, 0.0, 0.0, (), np.array([[20.0, 55.0]])), 10)
    '··████····'
    """
    edges = np.linspace(0.0, score.length_m, marks + 1)
    spans = np.asarray(score.in_view_spans_m, dtype=np.float64).reshape(-1, 1, 2)
    overlap = np.minimum(spans[..., 1], edges[1:]) - np.maximum(spans[..., 0], edges[:-1])
    seen = np.clip(overlap, 0.0, None).sum(axis=0)
    half = score.length_m / marks / 2
    return "".join("·" if part <= 0 else "█" if part >= half else "▓" for part in seen.tolist())


FORMATS: Mapping[str, Callable[[Plan], str]] = {"text": as_text, "json": as_json, "geojson": as_geojson, "gpx": as_gpx}


def _dump(whole: Mapping[str, object]) -> str:
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _about(plan: Plan) -> dict[str, object]:
    coverage = plan.coverage
    area = {
        "name": coverage.name,
        "osm_date": coverage.osm_date,
        "cameras": coverage.cameras,
        "cameras_per_km2": _share(coverage.cameras_per_km2),
        "directions_known": _share(coverage.directions_known),
        "surveyed_share": _share(coverage.surveyed_share),
    }
    return {"area": area, "notes": list(plan.notes), "attribution": ATTRIBUTION}


def _properties(route: Route) -> dict[str, object]:
    score = route.score
    return {
        "name": route.name,
        "length_m": _decimal(score.length_m),
        "duration_s": _seconds(score.length_m),
        "detour_m": _decimal(route.detour_m),
        "in_view_m": _decimal(score.in_view_m),
        "in_view_s": _seconds(score.in_view_m),
        "ends_in_view_m": _decimal(score.ends_in_view_m),
        "enclosed_m": _decimal(score.enclosed_m),
        "cameras": [meeting.camera.id for meeting in score.meetings],
        "cameras_in_view": len(score.meetings),
        "steps": [{"text": step.text, "length_m": _decimal(step.length_m), "name": step.name} for step in route.steps],
    }


def _geometry(route: Route) -> dict[str, object]:
    return {"type": "LineString", "coordinates": _positions(route.lonlat)}


def _positions(lonlat: NDArray[np.float64]) -> list[list[float]]:
    """Round to a centimetre; a line has two positions at least (RFC 7946), even where there is nothing to walk."""
    positions = [[_rounded(lon, 7), _rounded(lat, 7)] for lon, lat in lonlat.tolist()]
    return positions * 2 if len(positions) == 1 else positions


def _rounded(value: float, digits: int) -> float:
    """Round a number that must be one; never to minus zero."""
    if not math.isfinite(value):
        raise ValueError("a number of the plan is not finite")
    return round(float(value), digits) + 0.0


def _decimal(metres: float) -> float:
    return _rounded(metres, 1)


def _share(value: float) -> float | None:
    """Round to 0.001; ``None`` where nothing could be divided."""
    return _rounded(value, 3) if math.isfinite(value) else None


def _whole(number: float) -> int:
    return int(_rounded(number, 0))


def _seconds(metres: float) -> int:
    return _whole(metres / WALK_SPEED_MPS)


def _xml(text: str) -> str:
    return escape(_plain(text))


def _plain(text: str) -> str:
    """Put on one line, and drop what could steer a terminal or break XML: control and format characters."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _wrap(text: str, *, indent: int = 0, hanging: int = 0) -> str:
    first, later = " " * indent, " " * (indent + hanging)
    wrapper = TextWrapper(_WIDTH, first, later, break_long_words=False, break_on_hyphens=False)
    return wrapper.fill(text)


def _bold(text: str, *, style: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if style else text


def _name(route: Route) -> str:
    return _NAMES.get(route.name, route.name)


def _distance(metres: float) -> str:
    """Say a length as on the way: 4 m, 65 m, 340 m, 1.2 km."""
    step = 1 if metres < 10 else 5 if metres < 100 else 10  # noqa: PLR2004 - the digits a walker can use
    near = _whole(metres / step) * step
    return f"{near} m" if near < 1000 else f"{metres / 1000:.1f} km"  # noqa: PLR2004 - metres in a kilometre


def _minutes(metres: float) -> int:
    return _whole(metres / WALK_SPEED_MPS / 60)


def _cameras(number: int) -> str:
    return "1 camera" if number == 1 else f"{number:,} cameras"


def _month(date: str) -> str:
    """Say ``2019-04`` or ``2019-04-21`` as "April 2019"; anything else as it is."""
    found = re.match(r"(\d{4})-(0[1-9]|1[0-2])(?!\d)", date)
    return f"{month_name[int(found[2])]} {found[1]}" if found else _plain(date)


def coverage_line(coverage: Coverage) -> str:
    """Say what is known of the area, and that the rest is not."""
    name = _plain(coverage.name)
    date = f"data of {_month(coverage.osm_date)}" if coverage.osm_date else "data of unknown date"
    if coverage.cameras == 0:
        return f"{name}: no camera is mapped here, {date}. Nothing is known."
    density = coverage.cameras_per_km2
    per_km2 = f"{density:,.0f} per km²" if density >= 10 else f"{density:.1f} per km²"  # noqa: PLR2004
    parts = [f"{_cameras(coverage.cameras)} mapped", per_km2, _directed(coverage)]
    if coverage.oldest and coverage.newest:
        oldest, newest = _month(coverage.oldest), _month(coverage.newest)
        parts.append(f"dated {oldest}" if oldest == newest else f"dated {oldest} to {newest}")
    if coverage.surveyed_share > 0:
        parts.append(f"streets surveyed for cameras: {coverage.surveyed_share:.0%}")
    return f"{name}: {', '.join((*parts, date))}. Nothing is known of what is not mapped."


def _directed(coverage: Coverage) -> str:
    """Say how many cameras have a direction."""
    share = coverage.directions_known
    if coverage.cameras == 1:
        return "with a direction" if share > 0 else "without a direction"
    if share <= 0:
        return "none with a direction"
    number = round(share * coverage.cameras)
    return "all with a direction" if share >= 1 else f"{min(max(number, 1), coverage.cameras - 1):,} with a direction"


def _table(routes: Sequence[Route], *, style: bool) -> str:
    head = ("minutes", "metres", "extra m", "m in view", "s in view", "cameras")
    lines = [_bold("walk      " + "".join(f"{word:>11}" for word in head), style=style)]
    for route in routes:
        length_m, in_view_m = route.score.length_m, route.score.in_view_m
        cells = (_minutes(length_m), _whole(length_m), _whole(route.detour_m), _whole(in_view_m), _seconds(in_view_m))
        lines.append(f"{_name(route):<10}" + "".join(f"{n:>11,}" for n in (*cells, len(route.score.meetings))))
    return "\n".join(lines)


def _pictures(routes: Sequence[Route]) -> str:
    """One picture a walk, all to one scale."""
    mark_m = max(*(route.score.length_m for route in routes), 1.0) / _MARKS
    lines = [f"In view: █ yes, ▓ in part, · of no mapped camera; one mark is {_distance(mark_m)}."]
    for route in routes:
        marks = max(1, round(route.score.length_m / mark_m))
        lines.append(f"{_name(route):<10}  {picture(route.score, marks)}")
    return "\n".join(lines)


def _compare(routes: Sequence[Route]) -> str:
    """Say what each walk costs and saves against the first, from the numbers of the table."""
    first = routes[0]
    lines = []
    for route in routes[1:]:
        minutes = _minutes(route.score.length_m) - _minutes(first.score.length_m)
        in_view = _whole(route.score.in_view_m) - _whole(first.score.in_view_m)
        cameras = len(route.score.meetings) - len(first.score.meetings)
        words = (
            f"{minutes:+d} min" if minutes else "no more minutes",
            f"{abs(in_view):,} m {'less' if in_view < 0 else 'more'} in view" if in_view else "as much in view",
            f"{_cameras(abs(cameras))} {'fewer' if cameras < 0 else 'more'}" if cameras else "as many cameras",
        )
        lines.append(_wrap(f"{_name(route).capitalize()}, against {_name(first)}: {', '.join(words)}.", hanging=2))
    return "\n".join(lines)


def _caveats(routes: Sequence[Route]) -> str:
    """Tell apart what nobody can choose and what is only assumed."""
    ends = [route.score.ends_in_view_m for route in routes]
    enclosed = [route.score.enclosed_m for route in routes]
    lines = [
        _wrap(f"Of the metres in view, {_each(routes, metres)} {words}.")
        for metres, words in ((ends, _AT_ENDS), (enclosed, _ENCLOSED))
        if any(metres)
    ]
    return "\n".join(lines)


def _each(routes: Sequence[Route], metres: Sequence[float]) -> str:
    """Give one length if all are alike, else one a walk."""
    said = [f"{_whole(value):,} m" for value in metres]
    if len(set(said)) == 1:
        return said[0] + (" each" if len(said) > 1 else "")
    return ", ".join(f"{value} ({_name(route)})" for value, route in zip(said, routes, strict=True))


def _directions(route: Route, *, style: bool) -> str:
    """Give the steps in order, under each the cameras that first see the walker there."""
    ends = list(accumulate(step.length_m for step in route.steps))
    last = max((index for index, step in enumerate(route.steps) if step.length_m > 0), default=0)
    lines = [_bold(f"Directions, {_name(route)}", style=style)]
    waiting = list(route.score.meetings)
    if not waiting:
        lines.append("No mapped camera sees this walk.")
    for index, step in enumerate(route.steps):
        lines.append(_step(index + 1, step))
        while waiting and (waiting[0].at_m < ends[index] or index >= last):
            lines.append(_meeting(waiting.pop(0)))
    return "\n".join((*lines, *map(_meeting, waiting)))


def _step(number: int, step: Step) -> str:
    length = f", {_distance(step.length_m)}" if step.length_m > 0 else ""
    return _wrap(f"{number:>2}. {_plain(step.text)}{length}", hanging=4)


def _meeting(meeting: Meeting) -> str:
    """Describe a camera that sees the walker."""
    camera = meeting.camera
    length = f"{_whole(meeting.in_view_m):,} m" if meeting.in_view_m >= 1 else "less than 1 m"
    words = [_kind(camera), f"{length} in view", _looks(camera), *_standing(camera)]
    return _wrap(f"at {_whole(meeting.at_m):,} m: {', '.join((*words, _plain(camera.id)))}", indent=4, hanging=2)


def _kind(camera: Camera) -> str:
    if camera.tags.get("surveillance:type", "").lower() in {"alpr", "anpr"}:
        return "number plate camera"
    return _CAMERA_TYPES.get(camera.tags.get("camera:type", ""), "camera of unknown type")


def _looks(camera: Camera) -> str:
    """Say whither it looks, in the map's own words."""
    value = _plain(camera.tags.get("camera:direction", camera.tags.get("direction", ""))).strip()
    if not value:
        return "direction unknown"
    return f"looks {value}°" if re.fullmatch(r"\d+(\.\d+)?", value) else f"looks {value}"


def _standing(camera: Camera) -> list[str]:
    """Say how far the record is to be believed."""
    words = [_plain(camera.status)] if camera.status != "confirmed" else []
    if camera.fr == "yes":
        words.append("face recognition")
    where = "on the map" if camera.evidence == "osm" else "reported"
    return [*words, f"{where} {_month(camera.last_seen)}" if camera.last_seen else f"{where}, date unknown"]
