"""Lengths and shapes that the page draws, against pyproj on the same sphere and shapely on a plane."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import substring

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]
    LonLat = tuple[float, float]

SPHERE = pyproj.Geod(a=6_371_000, b=6_371_000)
ACROSS_DEG = 0.15  # of a city
EXAMPLES = settings(max_examples=15)  # each a batch, since starting Node.js costs more than what it works out


@st.composite
def places(draw: st.DrawFn, count: st.SearchStrategy[int]) -> list[LonLat]:
    """Give places of one city, anywhere but at the poles."""
    west, south = draw(st.floats(-179, 178)), draw(st.floats(-65, 65))
    near = st.tuples(st.floats(0, ACROSS_DEG), st.floats(0, ACROSS_DEG))
    offsets = draw(st.lists(near, min_size=1, max_size=draw(count)))
    return [(west + lon, south + lat) for lon, lat in offsets]


def batches(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=1, max_size=40)


def metres(a: LonLat, b: LonLat) -> float:
    return float(SPHERE.inv(*a, *b)[2])


def plane(line: list[LonLat], lat: float) -> shapely.LineString:
    """Draw a line on a plane in metres."""
    scale = 111_195 * math.cos(math.radians(lat))
    return shapely.LineString([(lon * scale, degrees * 111_195) for lon, degrees in line])


lines = places(st.integers(2, 12)).filter(lambda line: len(line) > 1 and metres(line[0], line[-1]) > 1)


@EXAMPLES
@given(batches(places(st.just(2)).filter(lambda ends: len(ends) == 2)))
def test_distance_when_within_a_city_then_as_pyproj_has_it(node: Node, pairs: list[list[LonLat]]) -> None:
    found = node("return given.map(([a, b]) => distance(a, b))", pairs, distance="geo.mjs")
    for (a, b), told in zip(pairs, found, strict=True):
        assert told == pytest.approx(metres(a, b), rel=1e-3, abs=0.01)


@EXAMPLES
@given(batches(st.tuples(lines, st.floats(-0.1, 1.1), st.floats(10, 20_000))))
def test_point_along_a_line_when_asked_for_then_as_shapely_has_it(node: Node, cases: list[Any]) -> None:
    asked = [(line, length, share * length) for line, share, length in cases]
    found = node("return given.map((one) => along(...one))", asked, along="geo.mjs")
    for (line, share, _), told in zip(cases, found, strict=True):
        drawn = plane(line, line[0][1])
        point = drawn.interpolate(min(max(share, 0), 1), normalized=True)
        assert point.distance(shapely.Point(plane([line[0], told], line[0][1]).coords[-1])) < drawn.length * 5e-3


@EXAMPLES
@given(batches(st.tuples(lines, st.floats(0, 1), st.floats(0, 1), st.floats(10, 20_000))))
def test_part_of_a_line_when_cut_then_as_shapely_has_it(node: Node, cases: list[Any]) -> None:
    asked = [(line, length, *(share * length for share in sorted((a, b)))) for line, a, b, length in cases]
    found = node("return given.map((one) => cut(...one))", asked, cut="geo.mjs")
    for (line, a, b, _), told in zip(cases, found, strict=True):
        lat = line[0][1]
        drawn, part = plane(line, lat), plane(told, lat)
        meant = substring(drawn, *sorted((a, b)), normalized=True)
        assert part.length == pytest.approx(meant.length, abs=drawn.length * 5e-3)
        assert part.hausdorff_distance(meant) < drawn.length * 5e-3
        corners = {tuple(corner) for corner in line}
        assert all(tuple(corner) in corners for corner in told[1:-1])


def test_end_of_a_line_when_a_rounding_lies_beyond_it_then_is_the_end(node: Node) -> None:
    line = [[0, 0], [0.001, 0], [0.003, 0], [0.004, 0.001]]
    snippet = "return [along(given, 100, 100.1), cut(given, 100, 50, 100.1).at(-1)]"
    assert node(snippet, line, along="geo.mjs", cut="geo.mjs") == [line[-1], line[-1]]


@EXAMPLES
@given(batches(st.tuples(
    places(st.just(1)), st.floats(1, 200), st.none() | st.tuples(st.floats(0, 360), st.floats(1, 360)),
)))  # fmt: skip
def test_view_when_drawn_then_is_the_sector_of_its_radius(node: Node, cases: list[Any]) -> None:
    asked = [(centre, radius, sector) for (centre,), radius, sector in cases]
    found = node("return given.map((one) => sectorRing(...one))", asked, sectorRing="geo.mjs")
    for (centre, radius, sector), ring in zip(asked, found, strict=True):
        assert ring[0] == ring[-1], "an open ring"
        start, sweep = sector or (0, 360)
        rim = ring[:-1] if sector is None else ring[1:-1]
        assert sector is None or ring[0] == list(centre)
        bearings = []
        for corner in rim:
            bearing, _, far = SPHERE.inv(*centre, *corner)
            assert far == pytest.approx(radius, rel=2e-3)
            bearings.append((bearing - start) % 360)
        # from edge to edge, and never so far from corner to corner that the arc looks flat
        assert min(bearings[0], 360 - bearings[0]) < 0.2
        if sector is not None:
            assert abs(bearings[-1] - sweep) % 360 < 0.2 or abs(bearings[-1] - sweep) % 360 > 359.8
        area = _area(ring, centre)
        meant = math.pi * radius**2 * sweep / 360
        assert area == pytest.approx(meant, rel=0.01)


@EXAMPLES
@given(batches(st.tuples(
    places(st.just(1)),
    st.lists(st.integers(1, 120), min_size=72, max_size=72),
    st.none() | st.tuples(st.floats(0, 360), st.floats(1, 360)),
)))  # fmt: skip
def test_view_when_walls_stand_in_it_then_ends_at_them(node: Node, cases: list[Any]) -> None:
    asked = [(centre, far, sector) for (centre,), far, sector in cases]
    found = node("return given.map((one) => sectorRing(...one))", asked, sectorRing="geo.mjs")
    for (centre, far, sector), ring in zip(asked, found, strict=True):
        rim = ring[:-1] if sector is None else ring[1:-1]
        start, sweep = sector or (0, 360)
        whole = [step * 5 for step in range(144) if start < step * 5 < start + sweep]
        bearings = [start, *whole, *([] if sector is None else [start + sweep])]
        assert len(rim) == len(bearings)
        for bearing, corner in zip(bearings, rim, strict=True):
            meant = far[math.floor(bearing / 5 + 0.5) % 72]
            assert SPHERE.inv(*centre, *corner)[2] == pytest.approx(meant, rel=2e-3)


def _area(ring: list[LonLat], centre: LonLat) -> float:
    drawn = plane([(lon - centre[0], lat - centre[1]) for lon, lat in ring], centre[1])
    return float(shapely.Polygon(drawn.coords).area)


@EXAMPLES
@given(batches(st.tuples(places(st.integers(3, 6)).filter(lambda some: len(some) > 2))))
def test_box_when_asked_what_it_holds_then_as_shapely_has_it(node: Node, cases: list[Any]) -> None:
    asked = [(some[1:], some[0]) for (some,) in cases]
    snippet = """return given.map(([line, point]) => {
      const box = boxOf([line]);
      return [box, holds(box, point), distanceToBox(box, point)];
    })"""
    found = node(snippet, asked, boxOf="geo.mjs", holds="geo.mjs", distanceToBox="geo.mjs")
    for (line, point), (box, inside, off) in zip(asked, found, strict=True):
        assert tuple(box) == shapely.MultiPoint(line).bounds
        around = shapely.box(*box)
        assert inside == around.covers(shapely.Point(point))
        assert (off == 0) == inside
        nearest = shapely.ops.nearest_points(around, shapely.Point(point))[0]
        assert off == pytest.approx(metres((nearest.x, nearest.y), point), rel=5e-3, abs=0.01)
