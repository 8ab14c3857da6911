"""How much of a segment lies in regions, against counting points along it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from routing.geo import from_frame, to_frame
from routing.model import Circle, LonLat, Ring
from routing.regions import box_of, share_inside

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = np.array([24.94, 60.17])
POINTS = 4000  # counted along a segment
PLACES = st.tuples(st.integers(-300, 300), st.integers(-300, 300))


def at(x_m: float, y_m: float) -> LonLat:
    return LonLat(*from_frame(np.array([float(x_m), float(y_m)]), HERE).tolist())


def inside(region: Circle | Ring, points: np.ndarray) -> np.ndarray:
    """Tell which points lie in a region: by distance, or by the even-odd polygons that shapely makes of a ring."""
    if isinstance(region, Circle):
        return np.hypot(*to_frame(points, np.array(region.centre)).T) <= region.radius_m
    valid = shapely.make_valid(shapely.Polygon(region.corners))
    found = np.zeros(len(points), dtype=np.bool_)
    for part in shapely.get_parts(shapely.get_parts(valid)):
        if part.geom_type == "Polygon":
            found |= shapely.contains_xy(part, points)
    return found


def counted(a: LonLat, b: LonLat, regions: Sequence[Circle | Ring]) -> float:
    share = (np.arange(POINTS)[:, None] + 0.5) / POINTS
    points = np.array(a) + share * (np.array(b) - np.array(a))
    within = [inside(region, points) for region in regions]
    return float(np.any(within, axis=0).mean()) if within else 0.0


CIRCLES = st.builds(lambda place, radius: Circle(at(*place), float(radius)), PLACES, st.integers(1, 300))
RINGS = st.builds(
    lambda places: Ring(tuple(at(*place) for place in places)), st.lists(PLACES, min_size=3, max_size=7, unique=True)
)


@given(st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=5), st.lists(CIRCLES | RINGS, max_size=4))
def test_share_when_segments_and_regions_are_any_then_as_points_along_them_are_counted(
    segments: list[tuple[tuple[int, int], tuple[int, int]]], regions: list[Circle | Ring]
) -> None:
    ends = [(at(*start), at(*stop)) for start, stop in segments if start != stop]
    a, b = (np.array([pair[side] for pair in ends]).reshape(-1, 2) for side in (0, 1))
    found = share_inside(a, b, regions)
    cuts = 2 + sum(2 if isinstance(region, Circle) else len(region.corners) for region in regions)
    for share, (start, stop) in zip(found.tolist(), ends, strict=True):
        # a segment that runs along a side is in or out by a rounding error; then points are counted either way
        if not any(isinstance(one, Ring) and runs_along(start, stop, one) for one in regions):
            assert share == pytest.approx(counted(start, stop, regions), abs=cuts / POINTS)


def runs_along(start: LonLat, stop: LonLat, ring: Ring) -> bool:
    line = shapely.LineString([start, stop])
    sides = shapely.LineString([*ring.corners, ring.corners[0]])
    return bool(line.intersection(sides.buffer(1e-9)).length > 1e-6)


def test_share_when_regions_overlap_then_counts_once() -> None:
    a, b = np.array([at(-100, 0)]), np.array([at(100, 0)])
    once = Circle(at(0, 0), 50.0)
    square = Ring((at(-50, -10), at(0, -10), at(0, 10), at(-50, 10), at(-50, -10)))  # closed as GeoJSON closes it
    assert share_inside(a, b, [once])[0] == pytest.approx(0.5, abs=1e-4)
    assert share_inside(a, b, [once, once, square])[0] == pytest.approx(0.5, abs=1e-4)
    assert share_inside(a, b, [square])[0] == pytest.approx(0.25, abs=1e-4)
    assert share_inside(a, b, []).tolist() == [0.0]
    assert share_inside(a, a, [once]).tolist() == [0.0]  # no length, and none of it inside


def test_box_when_of_a_circle_or_ring_then_holds_it() -> None:
    south_west, north_east = box_of(Circle(at(0, 0), 50.0))
    assert np.hypot(*to_frame(south_west, np.array(at(0, 0)))) == pytest.approx(50 * 2**0.5)
    assert (north_east > south_west).all()
    low, high = box_of(Ring((at(0, 0), at(30, 5), at(10, 40))))
    assert low.tolist() == pytest.approx([at(0, 0).lon, at(0, 0).lat])
    assert high.tolist() == pytest.approx([at(30, 0).lon, at(0, 40).lat])
