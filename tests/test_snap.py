"""Snapping: the nearest point of the ways that may be started on."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from drawing import Drawing, draw
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import PlaceError
from routing.geo import cut_line, distance_m, from_frame, to_frame
from routing.graph import WAY_CLASSES, Flag, WalkGraph
from routing.model import LonLat
from routing.network import build_graph
from routing.osm import read_extract
from routing.snap import FARTHEST_M, SPLITS, Snap, snap
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from routing.model import BBox

FOOTWAY = "highway=footway"


@lru_cache(maxsize=1)
def demo_graph() -> tuple[WalkGraph, BBox]:
    data = read_extract(demo_extract())
    assert data.bbox is not None
    return build_graph(data), data.bbox


def place(drawing: Drawing, letter: str, east_m: float = 0.0, north_m: float = 0.0) -> LonLat:
    return LonLat(*from_frame(np.array([east_m, north_m]), np.array(drawing.lonlat[letter])).tolist())


def position_at(graph: WalkGraph, found: Snap) -> np.ndarray:
    """Where the router begins: ``q`` along the shape."""
    line, length_m = graph.shape(found.section), float(graph.section_length_m[found.section])
    return cut_line(line, 0.0, found.q / SPLITS * length_m)[-1]


def assert_agrees(graph: WalkGraph, found: Snap, asked: LonLat) -> None:
    assert 0 <= found.q <= SPLITS
    assert float(distance_m(position_at(graph, found), np.array(found.lonlat))) < 0.2
    assert float(distance_m(np.array(asked), np.array(found.lonlat))) == pytest.approx(found.distance_m, abs=0.2)
    assert found.component == graph.section_component[found.section]


def _nearest_m(graph: WalkGraph, asked: LonLat, allowed: np.ndarray) -> float:
    """The oracle: shapely, over every allowed section, in the flat frame of the place."""
    numbers = np.flatnonzero(allowed)
    if not len(numbers):
        return np.inf
    xy = to_frame(np.asarray(graph.shape_lonlat), np.array(asked))
    sizes = np.diff(graph.shape_start)
    points = np.repeat(allowed, sizes)
    lines = shapely.linestrings(xy[points], indices=np.repeat(np.arange(len(numbers)), sizes[numbers]))
    return float(shapely.distance(lines, shapely.Point(0, 0)).min())


@settings(max_examples=60)
@given(st.floats(-0.1, 1.1), st.floats(-0.1, 1.1))
def test_snap_when_place_is_random_then_it_agrees_with_shapely(x: float, y: float) -> None:
    graph, box = demo_graph()
    asked = LonLat(box.west + x * (box.east - box.west), box.south + y * (box.north - box.south))
    machines = [WAY_CLASSES.index(name) for name in ("ferry", "elevator", "escalator")]
    startable = ~np.isin(graph.way_class, machines) & (graph.section_component >= 0)
    open_air = startable & ((graph.flags & Flag.ENCLOSED) == 0)
    allowed = open_air if _nearest_m(graph, asked, open_air) <= FARTHEST_M else startable
    any_m = _nearest_m(graph, asked, allowed)
    main_m = _nearest_m(graph, asked, allowed & (graph.section_component == 0))
    if any_m > FARTHEST_M:
        with pytest.raises(PlaceError):
            snap(graph, asked)
        return
    found = snap(graph, asked)
    assert found.distance_m == pytest.approx(main_m if main_m <= min(any_m + 100, FARTHEST_M) else any_m, abs=0.01)
    assert allowed[found.section]
    assert_agrees(graph, found, asked)


def test_snap_when_place_is_a_node_then_q_is_an_end() -> None:
    graph, _ = demo_graph()
    main = np.flatnonzero(graph.component == 0)[::150]
    ends = 0
    for node in main.tolist():
        asked = LonLat(*graph.node_lonlat[node].tolist())
        found = snap(graph, asked)
        assert_agrees(graph, found, asked)
        ends += found.distance_m < 1e-6 and found.q in {0, SPLITS}
    assert ends > 0.7 * len(main)  # the others lie on enclosed ways or ferries


@pytest.mark.parametrize(("letter", "q"), [("a", {0}), ("b", {SPLITS // 2}), ("c", {SPLITS})])
def test_snap_when_place_is_on_a_point_of_the_shape_then_q_is_there(letter: str, q: set[int]) -> None:
    town = draw("a---b---c", ways=[("abc", FOOTWAY)])
    found = snap(town.graph(), place(town, letter))
    assert min(abs(found.q - wanted) for wanted in q) <= 20  # positions are whole 1e-7 degrees
    assert found.lonlat == pytest.approx(town.lonlat[letter], abs=1e-9)
    assert found.distance_m < 0.01
    if letter != "b":
        assert found.q in q


def test_snap_when_section_bends_then_q_counts_along_its_shape() -> None:
    town = draw("a---b\n....|\n....|\n....|\n....c", ways=[("abc", FOOTWAY)])
    graph = town.graph()
    found = snap(graph, place(town, "b", east_m=5, north_m=-20))
    assert found.q / SPLITS == pytest.approx(60 / 80, abs=0.001)
    assert found.distance_m == pytest.approx(5, abs=0.01)


def test_snap_when_segment_is_long_then_q_and_position_agree() -> None:
    town = draw("a.........\n..........\n.........b", ways=[("ab", FOOTWAY)], step_m=2000, origin=(15.6, 78.2))
    graph = town.graph()
    for share in (0.1, 0.23, 0.37, 0.51, 0.64, 0.77, 0.9):
        middle = np.array(town.lonlat["a"]) * (1 - share) + np.array(town.lonlat["b"]) * share
        found = snap(graph, LonLat(*middle.tolist()))
        half_step_m = float(graph.section_length_m[0]) / SPLITS / 2
        assert float(distance_m(position_at(graph, found), np.array(found.lonlat))) < half_step_m + 0.002


@pytest.mark.parametrize(("metres", "found"), [(499, True), (501, False), (5_000, False)])
def test_snap_when_place_is_far_then_error_without_a_coordinate(metres: float, *, found: bool) -> None:
    town = draw("a-b", ways=[("ab", FOOTWAY)])
    asked = place(town, "a", north_m=metres)
    if found:
        assert snap(town.graph(), asked).distance_m == pytest.approx(metres, abs=0.1)
        return
    with pytest.raises(PlaceError, match="the start is more than 500 m") as caught:
        snap(town.graph(), asked, what="the start")
    assert not re.search(r"\d\.\d|\d{4}", str(caught.value))


@pytest.mark.parametrize(
    "asked", [LonLat(float("nan"), 60.0), LonLat(0.0, 90.0), LonLat(-155.06, -60.17), LonLat(0, 0)]
)
def test_snap_when_place_is_nowhere_near_then_place_error(asked: LonLat) -> None:
    with pytest.raises(PlaceError):
        snap(draw("a-b", ways=[("ab", FOOTWAY)]).graph(), asked)


# islands, roofs, boats


ISLES = """
a---b---c...........d---e
"""


def isles(step_m: float) -> tuple[Drawing, WalkGraph]:
    town = draw(ISLES, ways=[("abc", FOOTWAY), ("ab", FOOTWAY), ("de", FOOTWAY)], step_m=step_m)
    return town, town.graph()


def test_snap_when_mainland_is_little_farther_then_it_is_chosen() -> None:
    town, graph = isles(step_m=8)  # the water is 96 m wide
    found = snap(graph, place(town, "d"))
    assert (found.component, found.distance_m) == (0, pytest.approx(96, abs=0.1))


def test_snap_when_mainland_is_much_farther_then_place_is_on_its_island() -> None:
    town, graph = isles(step_m=10)
    found = snap(graph, place(town, "d"))
    assert (found.component, found.distance_m) == (1, pytest.approx(0, abs=0.1))
    assert snap(graph, place(town, "d", east_m=-30)).component == 0  # 30 m from the island, 90 m from the mainland


def test_snap_when_mainland_is_beyond_the_limit_then_island_is_chosen() -> None:
    town = draw("a-b-c\n\n.....d-e", ways=[("abc", FOOTWAY), ("ab", FOOTWAY), ("de", FOOTWAY)], step_m=10)
    asked = place(town, "e", east_m=490)
    assert snap(town.graph(), asked).component == 1


@pytest.mark.parametrize("roof", ["tunnel=yes", "covered=yes", "indoor=yes", "layer=-1"])
def test_snap_when_street_and_roofed_way_are_near_then_street_is_taken(roof: str) -> None:
    town = draw("a-b-c\n\nd-e-f", ways=[("abc", f"highway=footway {roof}"), ("def", FOOTWAY), ("ad", FOOTWAY)])
    graph = town.graph()
    found = snap(graph, place(town, "b"))
    assert graph.way_id[found.section] != 1
    alone = draw("a-b-c", ways=[("abc", f"highway=footway {roof}")]).graph()
    assert snap(alone, place(town, "b")).distance_m < 0.1


@pytest.mark.parametrize("tags", ["route=ferry", "highway=elevator", "highway=steps conveying=yes"])
def test_snap_when_only_a_machine_is_near_then_nobody_starts_on_it(tags: str) -> None:
    town = draw("a-b.....c-d", ways=[("ab", FOOTWAY), ("bc", tags), ("cd", FOOTWAY)], step_m=20)
    graph = town.graph()
    found = snap(graph, place(town, "b", east_m=50))
    assert graph.way_id[found.section] == 1
    assert found.distance_m == pytest.approx(50, abs=0.1)
    with pytest.raises(PlaceError):
        snap(draw("b.....c", ways=[("bc", tags)]).graph(), place(town, "b", east_m=50))


def test_snap_when_way_leads_out_of_its_part_then_nobody_starts_on_it() -> None:
    town = draw("a-b-c-d", ways=[("abc", FOOTWAY), ("ab", FOOTWAY), ("cd", "highway=footway oneway:foot=yes")])
    graph = town.graph()
    found = snap(graph, place(town, "d"))
    assert graph.way_id[found.section] == 1
    assert found.lonlat == pytest.approx(town.lonlat["c"], abs=1e-7)


# far corners of the Earth


@pytest.mark.parametrize(
    "origin", [(15.6, 78.2), (-64.3, -82.5), (0.0, 0.0), (-0.0003, 51.5), (179.9994, -16.8), (179.9999, 66.0)]
)
@given(east=st.floats(-60, 120), south=st.floats(-60, 120))
def test_snap_when_map_lies_anywhere_then_point_is_nearest(
    origin: tuple[float, float], east: float, south: float
) -> None:
    town = draw("a---b\n.....\n..c..", ways=[("abca", FOOTWAY)], step_m=20, origin=origin)
    graph = town.graph()
    lon, lat = from_frame(np.array([east, -south]), np.array(origin)).tolist()
    asked = LonLat((lon + 180) % 360 - 180, lat)
    found = snap(graph, asked)
    assert found.distance_m == pytest.approx(_nearest_m(graph, asked, np.ones(graph.section_count, bool)), abs=0.01)
    apart = float(distance_m(np.array(asked), np.array(found.lonlat)))
    assert apart == pytest.approx(found.distance_m, abs=0.01)
    at_m = [
        float(graph.segment_from_m[i] + distance_m(graph.shape_lonlat[i], np.array(found.lonlat)))
        for i in range(3)
        if _between(graph.shape_lonlat[i], np.array(found.lonlat), graph.shape_lonlat[i + 1])
    ]
    assert min(abs(m / graph.section_length_m[0] - found.q / SPLITS) for m in at_m) * graph.section_length_m[0] < 0.2


def _between(a: np.ndarray, point: np.ndarray, b: np.ndarray) -> bool:
    return float(distance_m(a, point) + distance_m(point, b) - distance_m(a, b)) < 0.001


def test_snap_when_a_way_passes_on_the_far_side_of_the_earth_then_it_is_not_near() -> None:
    graph = draw("a---b", ways=[("ab", FOOTWAY)], origin=(179.9999, 60.17)).graph()
    with pytest.raises(PlaceError):
        snap(graph, LonLat(0.0, 60.17))
