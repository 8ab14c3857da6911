"""A start and minutes in; out, the ways that are reached in that time while no mapped camera has the walker in view.

A way counts up to the first point that a camera has in view. Ways that are indoor, covered or underground never count
(contract: nobody maps what hangs there), nor do ferries, lifts and escalators. Minutes are at walking speed, lengths
metres, positions WGS 84 degrees.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from routing.errors import BadUsageError, NoRouteError
from routing.formats import decimal
from routing.geo import cut_line, from_frame, to_frame
from routing.graph import WAY_CLASSES, Flag
from routing.model import ATTRIBUTION, WALK_SPEED_MPS, expect, expect_place
from routing.rounding import coverage_record, rounded, wrapped
from routing.router import LONGEST_WALK_M, snap_one
from routing.search.network import ends_of
from routing.search.within import within
from routing.snap import SPLITS
from routing.text import coverage_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.model import Coverage, LonLat
    from routing.search.network import Part
    from routing.snap import Snap

    Floats = NDArray[np.float64]

AROUND_M = 10.0  # how far the polygon of what is reached goes beyond the ways
_LONGEST_MIN = LONGEST_WALK_M / WALK_SPEED_MPS / 60
_NOT_WALKED = tuple(WAY_CLASSES.index(name) for name in ("ferry", "elevator", "escalator"))
_SHORTEST_M = 0.05  # shorter than a decimetre's half is nothing
_CORNER_SEGMENTS = 4  # of a quarter of a circle, round the ends of lines


@dataclass(frozen=True, slots=True)
class Unseen:
    """What is reached unseen by mapped cameras.

    Attributes
    ----------
    minutes
        The time that was given.
    lines
        float64 [point, 2] each, degrees: the ways that are reached, no part twice.
    length_m
        Of all of them.
    """

    coverage: Coverage
    minutes: float
    lines: tuple[Floats, ...]
    length_m: float


def parse_minutes(text: str) -> float:
    """Read a time: ``15min``, ``1h``.

    Raises
    ------
    BadUsageError
        If it is none.

    Examples
    --------
    >>> parse_minutes("15min"), parse_minutes("1.5 h")
    (15.0, 90.0)
    """
    match = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,4})?) *(min|h)", text.strip())
    if match is None:
        raise BadUsageError("the time is not understood; write it as 15min or 1h")
    return float(match[1]) * (60 if match[2] == "h" else 1)


def unseen_within(area: Area, start: LonLat, minutes: float) -> Unseen:
    """Find the ways that are reached in some minutes while no mapped camera has the walker in view.

    Parameters
    ----------
    area
        From :func:`routing.area_folder.load` or :func:`routing.build.build_area`.
    start
        Where she is.
    minutes
        At walking speed, more than 0.

    Returns
    -------
    Unseen

    Raises
    ------
    PlaceError
        If the start is outside the area or far from any way.
    BadUsageError
        If the time is out of limits, or no camera is mapped, so that nothing can be told.
    NoRouteError
        If the start itself is in view, or under a roof or under ground.
    TypeError
        If something is given as what it is not.
    """
    expect_place(start, "the start")
    expect(minutes, Real, "the time", "give minutes as a number, or parse_minutes(…) of routing.unseen")
    if not 0 < minutes <= _LONGEST_MIN:
        raise BadUsageError(f"the time is more than 0 and at most {_LONGEST_MIN:.0f} minutes")
    if not area.cameras:
        raise BadUsageError(
            "no camera is mapped in this area: nothing is known of what watches it, so nothing is unseen"
        )
    here = snap_one(area, start, "the start")
    graph = area.graph
    views = _Views(area)
    parts = ends_of(graph, here).first
    stops_m = [views.ahead_m(part.edge, part.q_from / SPLITS) for part in parts]
    if not any(stop_m > 0 for stop_m in stops_m):
        raise NoRouteError(
            "the start itself is in view of a mapped camera, indoor, covered or underground: nothing is reached unseen"
            " from there; choose another"
        )
    limit_dm = int(minutes * 60 * WALK_SPEED_MPS * 10 + 1e-6)
    open_parts = [part for part, m in zip(parts, stops_m, strict=True) if m >= views.rest_m(part) - _SHORTEST_M]
    reached = within(graph, open_parts, limit_dm, weight_dm=graph.length_dm, is_open=views.is_open)
    spans = [*_first_spans(area, views, here, stops_m, limit_dm), *_spans_from(area, views, reached.cost_dm, limit_dm)]
    lines = tuple(
        cut_line(np.asarray(graph.shape(section)), from_m, to_m)
        for section, from_m, to_m in _joined(spans)
        if to_m - from_m > _SHORTEST_M
    )
    length_m = sum(to_m - from_m for _, from_m, to_m in _joined(spans) if to_m - from_m > _SHORTEST_M)
    return Unseen(area.coverage, minutes, lines, length_m)


class _Views:
    """What mapped cameras have in view of sections, and how far one comes along an edge before it."""

    def __init__(self, area: Area) -> None:
        graph, views = area.graph, area.hazards.views
        self._graph = graph
        on_section = views.line < graph.section_count
        order = np.argsort(views.line[on_section], kind="stable")
        self._line = views.line[on_section][order]
        self._from_m, self._to_m = views.from_m[on_section][order], views.to_m[on_section][order]
        closed = (graph.flags & Flag.ENCLOSED) != 0
        self._closed = closed | np.isin(graph.way_class, _NOT_WALKED)
        seen = np.zeros(graph.section_count, dtype=np.bool_)
        seen[self._line] = True
        self.is_open: NDArray[np.bool_] = ~(self._closed | seen)[graph.section]  # [edge] unseen all along

    def ahead_m(self, edge: int, share: float) -> float:
        """Give how far one comes along an edge, from a share of it on, before one is in view; 0 where one is."""
        section = int(self._graph.section[edge])
        length_m = float(self._graph.section_length_m[section])
        if self._closed[section]:
            return 0.0
        at_m = share * length_m
        first, stop = np.searchsorted(self._line, [section, section + 1])
        low, high = self._from_m[first:stop], self._to_m[first:stop]
        if not self._graph.forward[edge]:
            low, high = length_m - high, length_m - low
        ahead = low[high >= at_m - _SHORTEST_M]
        return float(max(0.0, min(ahead.min(initial=length_m), length_m) - at_m))

    def rest_m(self, part: Part) -> float:
        """Give the length of a part."""
        return (part.q_to - part.q_from) / SPLITS * float(self._graph.section_length_m[self._graph.section[part.edge]])


def _first_spans(
    area: Area, views: _Views, here: Snap, stops_m: list[float], limit_dm: int
) -> Iterator[tuple[int, float, float]]:
    """Give what is walked of the start's own way."""
    for part, stop_m in zip(ends_of(area.graph, here).first, stops_m, strict=True):
        yield _span(area, part.edge, part.q_from / SPLITS, min(stop_m, views.rest_m(part)), limit_dm)


def _spans_from(
    area: Area, views: _Views, cost_dm: NDArray[np.int64], limit_dm: int
) -> Iterator[tuple[int, float, float]]:
    """Give what is walked of every way that leads out of a node that is reached."""
    graph = area.graph
    left_dm = limit_dm - np.asarray(cost_dm)[graph.tail]
    for edge in np.flatnonzero(left_dm > 0).tolist():
        yield _span(area, edge, 0.0, views.ahead_m(edge, 0.0), int(left_dm[edge]))


def _span(area: Area, edge: int, share: float, most_m: float, left_dm: int) -> tuple[int, float, float]:
    """Give a part of a section, as it is drawn: from a share of an edge on, as far as it goes."""
    graph = area.graph
    section = int(graph.section[edge])
    length_m = float(graph.section_length_m[section])
    far_m = min(most_m, left_dm / int(graph.length_dm[edge]) * length_m)
    from_m, to_m = share * length_m, min(share * length_m + far_m, length_m)
    return (section, from_m, to_m) if graph.forward[edge] else (section, length_m - to_m, length_m - from_m)


def _joined(spans: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Join spans of one section that touch, in order."""
    joined: list[tuple[int, float, float]] = []
    for section, from_m, to_m in sorted(spans):
        if joined and joined[-1][0] == section and from_m <= joined[-1][2]:
            joined[-1] = (section, joined[-1][1], max(to_m, joined[-1][2]))
        else:
            joined.append((section, from_m, to_m))
    return joined


def words_on(unseen: Unseen) -> str:
    """Say what it is, and what it is not."""
    return (
        f"Ways that are reached within {unseen.minutes:g} minutes, at {WALK_SPEED_MPS} m/s, while no mapped camera has "
        f"the walker in view: {unseen.length_m / 1000:.1f} km. Cameras that nobody mapped may watch them; mapped ones "
        "may have been turned or moved. Ways that are indoor, covered or underground are left out."
    )


def as_text(unseen: Unseen) -> str:
    """Write it for people."""
    hint = "With -o FILE they are written as GeoJSON, for a map."
    return "\n\n".join((wrapped(coverage_line(unseen.coverage)), wrapped(words_on(unseen)), hint, ATTRIBUTION)) + "\n"


def as_geojson(unseen: Unseen) -> str:
    """Write it as a GeoJSON FeatureCollection (RFC 7946): the ways, and a surface around them.

    The collection has also the members ``area``, ``notes`` and ``attribution``.
    """
    words = words_on(unseen)
    about = {"minutes": unseen.minutes, "length_m": decimal(unseen.length_m)}
    ways = {"type": "MultiLineString", "coordinates": [_positions(line) for line in unseen.lines]}
    around = f"Within {AROUND_M:g} m of these ways, to be drawn on a map. Only the ways themselves were looked at."
    features = [
        {"type": "Feature", "properties": {"what": "ways", **about, "text": words}, "geometry": ways},
        {"type": "Feature", "properties": {"what": "around", **about, "text": around}, "geometry": _surface(unseen)},
    ]
    whole = {
        "type": "FeatureCollection",
        "features": features,
        "area": coverage_record(unseen.coverage),
        "notes": [{"code": "unseen", "text": f"{words} {coverage_line(unseen.coverage)}"}],
        "attribution": ATTRIBUTION,
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _surface(unseen: Unseen) -> dict[str, object]:
    """Draw a surface around the ways, a MultiPolygon."""
    import shapely

    origin = np.asarray(unseen.lines[0][0])
    flat = [shapely.LineString(to_frame(line, origin)) for line in unseen.lines]
    # each line by itself: a surface round all of them at once takes a hundred times as long
    round_each = shapely.buffer(flat, AROUND_M, quad_segs=_CORNER_SEGMENTS)
    round_it = shapely.orient_polygons(shapely.union_all(round_each))
    rings = [
        [_positions(from_frame(np.asarray(ring.coords), origin)) for ring in (one.exterior, *one.interiors)]
        for one in shapely.get_parts(round_it)
    ]
    return {"type": "MultiPolygon", "coordinates": rings}


def _positions(line: Floats) -> list[list[float]]:
    return [[rounded(lon, 7), rounded(lat, 7)] for lon, lat in line.tolist()]
