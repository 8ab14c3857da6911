"""Walls out of buildings, façades, and sight lines: shapely is the judge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from streets import DEFAULT, ORIGIN, block, camera, lonlat, pass_by, street, walls

from routing.geo import scale_at, to_frame
from routing.hazard.eyes import eyes_of
from routing.hazard.facades import facade
from routing.hazard.sight import TOUCHES_M, all_round, empty_sky, mark_free, rim, sky_of
from routing.hazard.walls import walls_from
from routing.mapdata import Polygon
from routing.osm import read_extract
from routing.outlines import blocks_sight, outline_walls
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.walls import Walls
    from routing.mapdata import MapData

SCALE = np.array([float(part) for part in scale_at(ORIGIN[1])])


@pytest.fixture(scope="module")
def town() -> MapData:
    return read_extract(demo_extract())


@pytest.fixture(scope="module")
def town_walls(town: MapData) -> Walls:
    return walls_from(outline_walls(town.buildings))


def house(*corners: tuple[float, float], **tags: str) -> Polygon:
    return Polygon(
        1, (lonlat(*corners),), (), {"building": "yes", **{key.replace("__", ":"): v for key, v in tags.items()}}
    )


def blocked(at: NDArray[np.float64], to: NDArray[np.float64], around: Walls, reach_m: float) -> bool:
    scale = np.array([float(part) for part in scale_at(at[1])])
    disc = all_round(reach_m)
    free = np.ones(1, dtype=np.bool_)
    mark_free(((to - at) * scale)[None], 1, sky_of(at, scale, disc, disc, around, empty_sky()), free)
    return not free[0]


def test_sight_when_lines_cross_a_real_town_then_as_shapely_says(town_walls: Walls) -> None:
    lines = shapely.linestrings(town_walls.ends.reshape(-1, 2, 2))
    tree = shapely.STRtree(lines)
    rng = np.random.default_rng(5)
    low, high = town_walls.ends[:, :2].min(axis=0), town_walls.ends[:, :2].max(axis=0)
    wrong = met = 0
    for _ in range(3000):
        at = rng.uniform(low, high)
        to = at + rng.uniform(-60.0, 60.0, 2) / np.array([float(part) for part in scale_at(at[1])])
        short = to - 0.1 * (to - at) / math.hypot(*((to - at) * np.array([float(part) for part in scale_at(at[1])])))
        true = len(tree.query(shapely.linestrings([at, short]), predicate="intersects")) > 0
        met += true
        wrong += true != blocked(at, to, town_walls, 90.0)
    assert wrong == 0
    assert 500 < met < 2800


@given(
    pieces=st.lists(st.tuples(*[st.floats(-50, 50)] * 4), max_size=30),
    x=st.floats(-50, 50),
    y=st.floats(-50, 50),
)
def test_sight_when_walls_stand_anyhow_then_as_shapely_says(
    pieces: list[tuple[float, float, float, float]], x: float, y: float
) -> None:
    pieces = [piece for piece in pieces if math.dist(piece[:2], piece[2:]) > 1e-3]
    if math.hypot(x, y) < TOUCHES_M + 1e-3:
        return
    share = 1.0 - TOUCHES_M / math.hypot(x, y)  # a wall this near to the walker does not hide her
    sight = shapely.linestrings([(0.0, 0.0), (share * x, share * y)])
    lines = [shapely.linestrings([piece[:2], piece[2:]]) for piece in pieces]
    gaps = [shapely.distance(sight, shapely.points(corner)) for piece in pieces for corner in (piece[:2], piece[2:])]
    ends = [shapely.distance(line, shapely.points(at)) for line in lines for at in ((0.0, 0.0), (share * x, share * y))]
    if min([*gaps, *ends, math.hypot(x, y)], default=1.0) < 1e-3:
        return  # a touch: to be decided by rounding
    around = walls(*pieces)
    to = lonlat((x, y))[0]
    assert blocked(ORIGIN, to, around, 80.0) == any(shapely.intersects(sight, line) for line in lines)


def test_rim_when_looked_all_round_then_its_area_is_that_of_shadows_cut_away(town_walls: Walls) -> None:
    reach_m, rays = 60.0, 720
    lines = shapely.linestrings(town_walls.ends.reshape(-1, 2, 2))
    tree = shapely.STRtree(lines)
    rng = np.random.default_rng(3)
    low, high = np.quantile(town_walls.ends[:, :2], [0.2, 0.8], axis=0)
    gaps = []
    for _ in range(40):
        at = rng.uniform(low, high)
        scale = np.array([float(part) for part in scale_at(at[1])])
        far_m = rim(at, scale, reach_m, town_walls, rays)
        turns = 2 * np.pi * np.arange(rays) / rays
        ours = shapely.polygons(far_m[:, None] * np.column_stack([np.sin(turns), np.cos(turns)])).area
        near = tree.query(shapely.box(*(at - 1.01 * reach_m / scale), *(at + 1.01 * reach_m / scale)))
        seen = shapely.buffer(shapely.points(0.0, 0.0), reach_m, quad_segs=90)
        for number in near:
            a, b = (town_walls.ends[number].reshape(2, 2) - at) * scale
            if abs(a[0] * b[1] - a[1] * b[0]) < 1e-9:
                continue
            far = [point * (5 * reach_m / math.hypot(*point)) for point in (a, b)]
            middle = (a + b) / math.hypot(*(a + b)) * 5 * reach_m
            seen = seen.difference(shapely.convex_hull(shapely.multipoints([a, b, *far, middle])))
        parts = [part for part in shapely.get_parts(seen) if shapely.distance(part, shapely.points(0.0, 0.0)) < 1e-9]
        true = sum(part.area for part in parts)
        gaps.append(abs(ours - true) / max(true, 1.0))
    assert np.quantile(gaps, 0.95) < 0.02
    assert np.mean(gaps) < 0.01


@pytest.mark.parametrize(
    ("tags", "solid"),
    [
        ({"building": "yes"}, True),
        ({"building": "roof"}, False),
        ({"building": "bridge"}, False),
        ({"building": "yes", "layer": "1"}, False),
        ({"building": "yes", "layer": "-1"}, False),
        ({"building": "yes", "location": "underground"}, False),
        ({"building": "yes", "min_height": "4 m"}, False),
        ({"building": "yes", "min_height": "much"}, True),
        ({"building": "yes", "building:min_level": "1"}, False),
        ({"building": "house", "building:levels": "2"}, True),
    ],
)
def test_walls_when_a_building_lets_one_look_beneath_then_none(tags: dict[str, str], *, solid: bool) -> None:
    assert blocks_sight(tags) == solid
    square = (0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)
    assert len(outline_walls([Polygon(1, (lonlat(*square),), (), tags)])) == 4 * solid


def test_walls_when_houses_touch_then_the_wall_between_is_no_wall() -> None:
    left = house((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
    right = house((10, 0), (20, 0), (20, 10), (10, 10), (10, 0))
    assert len(outline_walls([left, right])) == 4


def test_walls_when_outlines_are_broken_then_mended_or_left_out() -> None:
    bow = house((0, 0), (10, 10), (10, 0), (0, 10), (0, 0))
    line = house((30, 0), (40, 0), (30, 0))
    open_ring = Polygon(1, (lonlat((50, 0), (60, 0), (60, 10), (50, 10)),), (), {"building": "yes"})
    assert len(outline_walls([bow])) == 6
    assert len(outline_walls([line])) == 0
    assert len(outline_walls([open_ring])) == 4
    assert len(outline_walls([])) == 0


def test_walls_when_a_building_has_a_yard_then_the_yard_lies_to_the_right_of_its_walls() -> None:
    ring = lonlat((0, 0), (30, 0), (30, 30), (0, 30), (0, 0))
    yard = lonlat((10, 10), (20, 10), (20, 20), (10, 20), (10, 10))
    around = walls_from(outline_walls([Polygon(1, (ring,), (yard,), {"building": "yes"})]))
    assert len(around.ends) == 8
    for place, inside in (((5.0, 15.0), True), ((15.0, 15.0), False), ((-3.0, 15.0), False), ((11.0, 11.0), False)):
        assert facade(lonlat(place)[0], SCALE, 100.0, around)[4] == inside


@given(x=st.floats(-20, 50), y=st.floats(-20, 50))
def test_facade_when_asked_anywhere_then_inside_is_as_shapely_says(x: float, y: float) -> None:
    corners = [(0, 0), (30, 0), (30, 10), (12, 12), (20, 30), (0, 30)]
    shape = shapely.Polygon(corners)
    gap = shapely.distance(shape.exterior, shapely.points(x, y))
    if gap < 0.01:
        return
    around = walls_from(outline_walls([house(*corners, corners[0])]))
    away_m, near_x, near_y, _, inside = facade(lonlat((x, y))[0], SCALE, 100.0, around)
    assert inside == shape.contains(shapely.points(x, y))
    assert away_m == pytest.approx(gap, abs=0.02)
    assert shapely.distance(shape.exterior, shapely.points(x + near_x, y + near_y)) < 0.02


def test_eyes_when_a_camera_stands_in_its_building_then_it_hangs_on_the_facade_and_looks_out_only() -> None:
    around = walls(*block(-20, 0, 20, 30))
    inside = camera(3.0, 4.0)
    placed = eyes_of([inside], DEFAULT, around)
    assert placed.on_facade.all()
    assert to_frame(placed.eyes.lonlat[0], ORIGIN) == pytest.approx([3.0, -0.3], abs=0.01)
    assert pass_by(inside, street([(-100, -8), (100, -8)]), around=around).in_view_m > 50.0
    assert pass_by(inside, street([(-100, 38), (100, 38)]), around=around).in_view_m == 0.0
    # nobody knows whither it looks: half of all directions are ruled out by the wall
    assert placed.hidden == pytest.approx([min(1.0, field / 180.0) for field in (78.0, 63.0, 31.0)] * 1)


@pytest.mark.parametrize(
    ("away_m", "mount", "hangs"),
    [
        (3.0, "", True),
        (3.0, "pole", False),
        (3.0, "street_lamp", False),
        (3.0, "Wall;pole", False),
        (8.0, "", False),
        (8.0, "wall", True),
        (40.0, "wall", False),
    ],
)
def test_eyes_when_a_facade_is_near_then_hung_on_it_unless_the_map_says_otherwise(
    away_m: float, mount: str, *, hangs: bool
) -> None:
    placed = eyes_of([camera(0.0, -away_m, camera__mount=mount)], DEFAULT, walls(*block(-20, 0, 20, 30)))
    assert placed.on_facade.tolist() == [hangs]
    assert to_frame(placed.eyes.lonlat[0], ORIGIN)[1] == pytest.approx(-0.3 if hangs else -away_m, abs=0.01)


def test_eyes_when_real_cameras_are_placed_then_none_is_left_inside_a_building(
    town: MapData, town_walls: Walls
) -> None:
    placed = eyes_of(town.cameras, DEFAULT, town_walls)
    for eye in np.flatnonzero(~placed.eyes.indoor):
        assert not facade(placed.eyes.lonlat[eye], placed.eyes.scale[eye], 100.0, town_walls)[4]
