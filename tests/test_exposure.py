from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.assemble import Section, assemble
from routing.exposure import _cells, _meetings, find_sightings, in_view_dm
from routing.geo import distance_m, from_frame, to_frame
from routing.graph import Flag, WalkGraph
from routing.interchange import _Views, annotate, to_networkx
from routing.model import Camera, LonLat, Sector, Stretch, View
from routing.score import measure, sees

if TYPE_CHECKING:
    from routing.area import Area

ORIGIN = np.array([24.94, 60.17])

reaches = st.sampled_from([11.0, 28.0, 33.0, 111.0]) | st.floats(1, 120)
sectors = st.lists(st.builds(Sector, st.floats(0, 359.9), st.floats(0.5, 359.5)), max_size=3).map(tuple)
views = st.builds(View, reaches, sectors)
spots = st.tuples(st.floats(-150, 150), st.floats(-150, 150))


def at(*spots_m: tuple[float, float]) -> np.ndarray:
    """Place points given in metres east and north, float64 [point, 2], degrees."""
    return from_frame(np.array(spots_m, dtype=np.float64), ORIGIN)


def place(spot_m: tuple[float, float]) -> LonLat:
    return LonLat(*at(spot_m)[0].tolist())


def street(*spots_m: tuple[float, float], enclosed: bool = False) -> WalkGraph:
    """Make a graph of one street."""
    line, flags = at(*spots_m), Flag.ENCLOSED if enclosed else Flag(0)
    section = Section(tail=0, head=1, line=line, way_id=1, way_class="footway", flags=flags)
    return assemble(line[[0, -1]], np.array([1, 2]), [section])


def seen_m(graph: WalkGraph, cameras: list[tuple[tuple[float, float], View]]) -> float:
    positions, what = [place(spot) for spot, _ in cameras], [view for _, view in cameras]
    values = in_view_dm(graph, find_sightings(graph, positions, what))
    assert len(set(values.tolist())) == 1  # whichever way one walks
    return float(values[0]) / 10


def runs_along_a_side(line_m: list[tuple[float, float]], cameras: list[tuple[tuple[float, float], View]]) -> bool:
    """Tell whether a piece of a street lies on the very side of a sector: in view or not is then up to the last bit."""
    for spot, view in cameras:
        points = to_frame(at(*line_m), np.array(place(spot)))
        for side_deg in (turn for start, sweep in view.sectors for turn in (start, start + sweep)):
            off_m = np.abs(points @ np.array([np.cos(np.radians(side_deg)), -np.sin(np.radians(side_deg))]))
            if (np.maximum(off_m[:-1], off_m[1:]) < 0.05).any():
                return True
    return False


def test_street_when_a_disc_lies_beside_it_then_the_chord_is_in_view() -> None:
    graph = street((-200, 0), (200, 0))
    assert seen_m(graph, [((0, 20), View(33.0))]) == pytest.approx(2 * np.sqrt(33**2 - 20**2), abs=0.1)


def test_street_when_a_sector_looks_across_then_only_its_width_is_in_view() -> None:
    graph = street((-200, 0), (200, 0))
    looking_south = View(50.0, (Sector(180 - 31.5, 63.0),))
    assert seen_m(graph, [((0, 10), looking_south)]) == pytest.approx(2 * 10 * np.tan(np.radians(31.5)), abs=0.1)


def test_street_when_a_sector_looks_away_then_nothing_is_in_view() -> None:
    assert seen_m(street((-200, 0), (200, 0)), [((0, 10), View(50.0, (Sector(328.5, 63.0),)))]) == 0


def test_street_when_a_sector_spans_north_then_it_does_not_tear() -> None:
    graph = street((-200, 10), (200, 10))
    assert seen_m(graph, [((0, 0), View(50.0, (Sector(328.5, 63.0),)))]) == pytest.approx(
        20 * np.tan(np.radians(31.5)), abs=0.1
    )


def test_street_when_a_sector_is_wider_than_half_a_turn_then_all_but_its_gap_is_in_view() -> None:
    graph = street((-40, -10), (40, -10))
    assert seen_m(graph, [((0, 0), View(100.0, (Sector(225.0, 270.0),)))]) == pytest.approx(80 - 20, abs=0.1)


def test_street_when_two_cameras_see_the_same_part_then_it_counts_once() -> None:
    graph = street((-200, 0), (200, 0))
    one = seen_m(graph, [((0, 0), View(30.0))])
    assert seen_m(graph, [((0, 0), View(30.0)), ((0, 0), View(30.0))]) == one
    assert seen_m(graph, [((0, 0), View(30.0)), ((30, 0), View(30.0))]) == pytest.approx(one + 30, abs=0.1)


def test_street_when_enclosed_then_all_of_it_is_in_view_and_no_camera_is_needed() -> None:
    assert seen_m(street((0, 0), (100, 0), enclosed=True), []) == pytest.approx(100, abs=0.1)


def test_street_when_the_camera_is_indoors_then_nothing_is_in_view() -> None:
    assert seen_m(street((0, 0), (100, 0)), [((50, 0), View(33.0, indoor=True))]) == 0


@settings(max_examples=200)
@given(st.lists(spots, min_size=2, max_size=6), st.lists(st.tuples(spots, views), max_size=5))
def test_sightings_when_street_and_views_are_any_then_equal_to_dense_sampling(
    line_m: list[tuple[float, float]], cameras: list[tuple[tuple[float, float], View]]
) -> None:
    assume(not runs_along_a_side(line_m, cameras))
    graph = street(*line_m)
    line = np.asarray(graph.shape(0))
    seen, total = 0.0, 0.0
    for a, b in pairwise(line):
        size_m = float(distance_m(a, b))
        count = max(1, round(size_m / 0.05))
        points = a + ((np.arange(count) + 0.5) / count)[:, None] * (b - a)
        hit = np.zeros(count, dtype=bool)
        for spot, view in cameras:
            hit |= sees(view, to_frame(points, np.array(place(spot))))
        seen += hit.mean() * size_m
        total += size_m
    assert seen_m(graph, cameras) == pytest.approx(min(seen, total), abs=0.2 + 0.05 * len(cameras) * len(line_m))


@settings(max_examples=200)
@given(st.lists(spots, min_size=2, max_size=6), st.lists(st.tuples(spots, views), max_size=5))
def test_score_when_street_and_views_are_any_then_equal_to_the_edges_metres(
    line_m: list[tuple[float, float]], cameras: list[tuple[tuple[float, float], View]]
) -> None:
    assume(not runs_along_a_side(line_m, cameras))
    graph = street(*line_m)
    records = [Camera(f"osm/node/{i}", place(spot), {}) for i, (spot, _) in enumerate(cameras)]
    score = measure([Stretch(np.asarray(graph.shape(0)), "", "footway")], records, [view for _, view in cameras])
    assert score.in_view_m == pytest.approx(seen_m(graph, cameras), abs=0.16)
    assert score.length_m == pytest.approx(float(graph.section_length_m[0]), abs=1e-6)
    assert 0 <= score.ends_in_view_m <= score.in_view_m + 1e-6
    assert score.in_view_m <= sum(meeting.in_view_m for meeting in score.meetings) + 1e-6
    assert [m.at_m for m in score.meetings] == sorted(m.at_m for m in score.meetings)


def test_annotate_when_the_area_is_real_then_every_edge_agrees_with_the_sightings(demo: Area) -> None:
    graph = to_networkx(demo.graph, demo.in_view_dm)
    before = {(u, v, k): (data["length_dm"], data["in_view_dm"]) for u, v, k, data in graph.edges(keys=True, data=True)}
    costs = [data["cost"] for *_, data in graph.edges(data=True)]
    annotate(graph, demo.cameras)
    assert len(before) == demo.graph.edge_count
    wrong = []
    for u, v, k, data in graph.edges(keys=True, data=True):
        length_dm, seen_dm = before[u, v, k]
        assert abs(data["length"] * 10 - length_dm) < 1.01
        wrong += [(u, v, k)] * (abs(data["in_view"] * 10 - seen_dm) > 1.2)
    assert wrong == []
    # a decimetre more or less of length or view, at 10 m for a metre
    apart = [abs(data["cost"] - cost) for (*_, data), cost in zip(graph.edges(data=True), costs, strict=True)]
    assert max(apart) <= 12_000_000


@settings(max_examples=100)
@given(st.lists(st.tuples(spots, views), min_size=1, max_size=4), st.lists(spots, min_size=2, max_size=5))
def test_annotate_when_views_are_any_then_agrees_with_the_sightings(
    cameras: list[tuple[tuple[float, float], View]], line_m: list[tuple[float, float]]
) -> None:
    assume(not runs_along_a_side(line_m, cameras))
    graph = street(*line_m)
    near = _Views(tuple(ORIGIN.tolist()), [place(spot) for spot, _ in cameras], [view for _, view in cameras])
    (*_, data) = next(iter(to_networkx(graph).edges(data=True)))
    assert near.metres(data["geometry"]) == pytest.approx(seen_m(graph, cameras), abs=0.25)


def test_score_when_on_a_level_indoors_then_only_cameras_of_that_level_are_met() -> None:
    line = at((0, 0), (100, 0))
    records = [Camera(f"osm/node/{i}", place((50, 0)), {}) for i in range(4)]
    what = [View(33.0, indoor=True, level=-1), View(33.0, indoor=True, level=2), View(33.0, indoor=True), View(33.0)]
    score = measure([Stretch(line, "", "corridor", enclosed=True, levels=(-1.0, 0.0))], records, what)
    assert [meeting.camera.id for meeting in score.meetings] == ["osm/node/0", "osm/node/2"]
    assert score.in_view_m == pytest.approx(100, abs=0.01)
    assert score.enclosed_m == pytest.approx(34, abs=0.01)


def test_score_when_the_walk_is_long_then_its_ends_are_told_apart() -> None:
    line = at((0, 0), (500, 0))
    records = [Camera(f"osm/node/{i}", place(spot), {}) for i, spot in enumerate([(0, 0), (250, 0), (490, 0)])]
    score = measure([Stretch(line, "", "footway")], records, [View(20.0)] * 3)
    assert score.in_view_m == pytest.approx(20 + 40 + 30, abs=0.05)
    assert score.ends_in_view_m == pytest.approx(50, abs=0.05)


def test_score_when_the_walk_is_shorter_than_its_ends_then_all_of_it_is_end() -> None:
    score = measure(
        [Stretch(at((0, 0), (60, 0)), "", "footway")], [Camera("osm/node/1", place((30, 0)), {})], [View(99.0)]
    )
    assert score.ends_in_view_m == pytest.approx(score.in_view_m) == pytest.approx(60, abs=0.01)


# --- which boxes meet, against looking at every pair ---

corners = st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
sizes = st.tuples(st.floats(0, 0.004), st.floats(0, 0.004))
small_boxes = st.lists(st.tuples(corners, sizes), max_size=8)
long_boxes = st.lists(st.tuples(corners, sizes | st.tuples(st.floats(0, 0.05), st.floats(0, 0.05))), max_size=12)


@given(small_boxes, long_boxes)
def test_meetings_when_boxes_are_any_then_as_every_pair_says(
    some: list[tuple[tuple[float, float], tuple[float, float]]],
    others: list[tuple[tuple[float, float], tuple[float, float]]],
) -> None:
    low_a, size_a = (np.array([one[part] for one in some]).reshape(-1, 2) for part in (0, 1))
    low_b, size_b = (np.array([one[part] for one in others]).reshape(-1, 2) for part in (0, 1))
    high_a, high_b = low_a + size_a, low_b + size_b
    first, second = _meetings(low_a, high_a, low_b, high_b)
    told = {
        (i, j)
        for i in range(len(low_a))
        for j in range(len(low_b))
        if (high_b[j] >= low_a[i]).all() and (low_b[j] <= high_a[i]).all()
    }
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    assert set(pairs) == told
    assert len(pairs) == len(told)


def test_meetings_when_a_ferry_passes_one_camera_then_few_cells_are_laid(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[int] = []

    def counted(*given: Any) -> Any:  # noqa: ANN401 - as the function
        box, key = _cells(*given)
        laid.append(len(box))
        return box, key

    monkeypatch.setattr("routing.exposure._cells", counted)
    camera = np.array([[24.94, 60.17]])
    ferry = np.array([[20.0, 58.0]]), np.array([[26.0, 61.0]])  # hundreds of kilometres
    first, second = _meetings(camera, camera + 3e-4, *ferry)
    assert (first.tolist(), second.tolist()) == ([0], [0])
    assert max(laid) <= 9
