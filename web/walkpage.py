"""A plan → what the page without JavaScript shows of it: a table, a picture, strips, steps in words.

In: a Plan, its record (as in the JSON) and the words of a language. Out: frozen records for templates/walk.html.
Pictures are SVG in units of their own, drawn by attributes alone; walks differ in width and dash as well as in colour,
as on the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from routing.formats import as_record
from routing.geo import cut_line, scale_at
from web.sentences import camera_words, compare_words, coverage_words, note_words, step_words, walk_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from routing.plans import Plan, Route
    from web.texts import Words

    Record = Mapping[str, Any]

_WIDE, _LOWEST, _HIGHEST, _EDGE = 640.0, 240.0, 800.0, 24.0  # of the picture
_STRIP = 1000.0  # of a strip
_LEAST = 4.0  # of a strip: a glimpse must stay visible
_UNKNOWN = "—"  # a chance of which nothing is assumed
# width and dash, as static/js/layers.mjs has them; the widest lies lowest
_LINES: Final[Mapping[str, tuple[int, str]]] = {
    "least_seen": (6, ""),
    "balanced": (5, "17 5"),
    "shortest": (4, "4 4"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the picture: of a walk, or of what of it is in view."""

    name: str
    path: str
    width: int
    dash: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The walks from above, north up."""

    height: float
    seen: tuple[str, ...]
    lines: tuple[Line, ...]
    cameras: tuple[tuple[float, float], ...]
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Strip:
    """A walk drawn straight: from and width of each stretch in view, and the same in words."""

    spans: tuple[tuple[float, float], ...]
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """One walk in the table, and its directions."""

    name: str
    title: str
    duration: str
    length: str
    chance: str
    seen: str
    cameras: str
    compared: str
    facts: tuple[str, ...]
    strip: Strip
    steps: tuple[tuple[str, str, tuple[str, ...]], ...]  # what to do, how far, which cameras see it


@dataclass(frozen=True, slots=True)
class WalkPage:
    """All that the result shows."""

    coverage: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    picture: Picture
    attribution: str


def walk_page(plan: Plan, words: Words, cameras: Mapping[str, Record]) -> WalkPage:
    """Make the page of a plan.

    Parameters
    ----------
    cameras
        Properties of the area's cameras by id, as the API tells them.
    """
    told: Any = as_record(plan)
    first = told["routes"][0]
    return WalkPage(
        coverage_words(words, told["area"]),
        tuple(note_words(words, note) for note in told["notes"]),
        tuple(_row(words, route, first, cameras) for route in told["routes"]),
        _picture(plan),
        told["attribution"],
    )


def _row(words: Words, route: Record, first: Record, cameras: Mapping[str, Record]) -> Row:
    chance = route["recognition"]
    return Row(
        name=route["name"],
        title=words.t(f"walks.{route['name']}"),
        duration=words.duration(route["duration_s"]),
        length=words.distance(route["length_m"]),
        chance=words.chance(chance["default"]) if chance["high"] > 0 else _UNKNOWN,
        seen=words.distance(route["in_view_m"]),
        cameras=words.number(route["cameras_in_view"]),
        compared="" if route is first else compare_words(words, first, route),
        facts=tuple(walk_words(words, route)),
        strip=_strip(words, route),
        steps=tuple(_steps(words, route, cameras)),
    )


def _strip(words: Words, route: Record) -> Strip:
    length_m = max(route["length_m"], 1.0)
    spans = tuple(
        (round(start / length_m * _STRIP), round(max((end - start) / length_m * _STRIP, _LEAST)))
        for start, end in route["in_view_spans_m"]
    )
    if not spans:
        return Strip((), words.t("ui.strip.none"))
    each = [
        words.t("ui.strip.span", **{"from": words.number(start), "to": words.number(end)})
        for start, end in route["in_view_spans_m"]
    ]
    return Strip(spans, words.t("ui.strip", spans=words.series(each)))


def _steps(words: Words, route: Record, cameras: Mapping[str, Record]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give each step with the cameras that first see the walker on it; the last one has all that are left."""
    waiting: list[Record] = list(route["meetings"])
    reached_m = 0.0
    for at, step in enumerate(route["steps"], start=1):
        reached_m += step["length_m"]
        last = at == len(route["steps"])
        met = [meeting for meeting in waiting if meeting["at_m"] < reached_m or last]
        waiting = waiting[len(met) :]
        length = words.distance(step["length_m"]) if step["length_m"] > 0 else ""
        yield step_words(words, step), length, tuple(_met(words, meeting, cameras) for meeting in met)


def _met(words: Words, meeting: Record, cameras: Mapping[str, Record]) -> str:
    camera = cameras.get(meeting["camera"])
    kind = camera_words(words, camera)["kind"] if camera is not None else words.t("cameras.kind.unknown")
    metres = meeting["in_view_m"]
    seen = words.t("ui.in_view.hardly") if metres < 1 else words.t("ui.in_view", distance=words.distance(metres))
    return words.t("ui.camera.met", at=words.distance(meeting["at_m"]), kind=kind, seen=seen)


def _picture(plan: Plan) -> Picture:
    draw = _Projection(np.concatenate([route.lonlat for route in plan.routes]))
    widest_first = sorted(plan.routes, key=lambda route: list(_LINES).index(route.name))
    met = {m.camera.id: m.camera.lonlat for route in plan.routes for m in route.score.meetings}
    ends = plan.routes[0].lonlat[[0, -1]]
    return Picture(
        round(draw.height, 1),
        tuple(draw.path(part) for route in plan.routes for part in _parts_in_view(route)),
        tuple(Line(route.name, draw.path(route.lonlat), *_LINES[route.name]) for route in widest_first),
        tuple(draw.points(np.array(list(met.values()))) if met else ()),
        *draw.points(ends),
    )


def _parts_in_view(route: Route) -> Iterator[NDArray[np.float64]]:
    for from_m, to_m in route.score.in_view_spans_m.tolist():
        yield cut_line(route.lonlat, from_m, to_m)


class _Projection:
    """Fits positions into the picture, metres to scale."""

    def __init__(self, lonlat: NDArray[np.float64]) -> None:
        low, high = lonlat.min(axis=0), lonlat.max(axis=0)
        scale = scale_at(float(low[1] + high[1]) / 2)
        self._metres = np.array([float(scale.lon_m), -float(scale.lat_m)])  # down is positive
        size_m = np.maximum(np.abs((high - low) * self._metres), 1.0)
        room = np.array([_WIDE, _HIGHEST]) - 2 * _EDGE
        self._scale = float((room / size_m).min())
        self._middle = (low + high) / 2
        self.height = max(float(size_m[1]) * self._scale + 2 * _EDGE, _LOWEST)

    def points(self, lonlat: NDArray[np.float64]) -> list[tuple[float, float]]:
        xy = (lonlat - self._middle) * self._metres * self._scale + np.array([_WIDE, self.height]) / 2
        return [(round(x, 1), round(y, 1)) for x, y in xy.tolist()]

    def path(self, lonlat: NDArray[np.float64]) -> str:
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.points(lonlat))
