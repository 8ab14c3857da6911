"""Metres in view and risk of edges and walks, where no building stands and where one does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle import NO_WALLS, measured, sees

from routing.assemble import Section, assemble
from routing.exposure import (
    MOST_E6,
    by_side,
    complaints,
    in_view_dm,
    mean_e6,
    paths_in,
    restored,
    side_e6,
    stored,
    that_count,
)
from routing.geo import distance_m, from_frame, to_frame
from routing.graph import Flag, WalkGraph
from routing.hazard.hazards import Hazards, certainty, hazard_of, hazards_of
from routing.hazard.parameters import model
from routing.hazard.pavements import lines_along
from routing.hazard.samples import STEP_M
from routing.hazard.walls import Walls, walls_from
from routing.interchange import _Views, annotate, to_networkx
from routing.model import Camera, LonLat, Stretch
from routing.optics import view_of

if TYPE_CHECKING:
    from routing.area import Area

ORIGIN = np.array([24.94, 60.17])
DEFAULT = model().default
END_M = 0.05  # what may be missed at either end of what is in view

spots = st.tuples(st.floats(-150, 150), st.floats(-150, 150))
turns = st.integers(0, 359).map(str) | st.tuples(st.integers(0, 359), st.integers(1, 300)).map(
    lambda arc: f"{arc[0]}-{(arc[0] + arc[1]) % 360}"
)
directions = st.just("") | turns | st.tuples(turns, turns).map(";".join)
seers = st.tuples(spots, st.sampled_from(["fixed", "dome", "panning", ""]), directions)


def at(*spots_m: tuple[float, float]) -> np.ndarray:
    """Place points given in metres east and north, float64 [point, 2], degrees."""
    return from_frame(np.array(spots_m, dtype=np.float64), ORIGIN)


def place(spot_m: tuple[float, float]) -> LonLat:
    return LonLat(*at(spot_m)[0].tolist())


def camera(
    spot_m: tuple[float, float], kind: str = "dome", direction: str = "", number: int = 0, **more: str
) -> Camera:
    tags = {"man_made": "surveillance", "camera:type": kind, "camera:direction": direction, **more}
    return Camera(f"osm/node/{number}", place(spot_m), {key: value for key, value in tags.items() if value})


def told(some: list[tuple[tuple[float, float], str, str]]) -> list[Camera]:
    return [camera(spot, kind, direction, number) for number, (spot, kind, direction) in enumerate(some)]


def street(*spots_m: tuple[float, float], enclosed: bool = False) -> WalkGraph:
    """Make a graph of one street."""
    line, flags = at(*spots_m), Flag.ENCLOSED if enclosed else Flag(0)
    section = Section(tail=0, head=1, line=line, way_id=1, way_class="footway", flags=flags)
    return assemble(line[[0, -1]], np.array([1, 2]), [section])


def road(flags: Flag) -> WalkGraph:
    """Make a graph of a street that runs east for 40 m."""
    line = at((0, 0), (40, 0))
    section = Section(tail=0, head=1, line=line, way_id=1, way_class="residential", flags=flags)
    return assemble(line[[0, -1]], np.array([1, 2]), [section])


def look(graph: WalkGraph, cameras: list[Camera], walls: Walls = NO_WALLS) -> Hazards:
    paths = paths_in(graph)
    return that_count(hazards_of(cameras, lines_along(paths.ways, walls), walls, DEFAULT), paths)


def risk_of_edges(graph: WalkGraph, cameras: list[Camera], unmapped: np.ndarray | None = None) -> np.ndarray:
    none = np.zeros((graph.edge_count, 2), dtype=np.int32)
    sure = certainty(cameras, "2026-11", DEFAULT)
    return side_e6(graph, paths_in(graph), look(graph, cameras), sure, none if unmapped is None else unmapped)


def seen_m(graph: WalkGraph, cameras: list[Camera], walls: Walls = NO_WALLS) -> float:
    values = in_view_dm(graph, look(graph, cameras, walls).views)
    assert len(set(values.tolist())) == 1  # whichever way one walks
    return float(values[0]) / 10


def runs_along_a_side(line_m: list[tuple[float, float]], cameras: list[Camera]) -> bool:
    """Tell whether a piece of a street lies on the very side of a sector: in view or not is then up to the last bit."""
    for one in cameras:
        view = view_of(one.tags)
        assert view is not None
        points = to_frame(at(*line_m), np.array(one.lonlat))
        for side_deg in (turn for start, sweep in view.sectors for turn in (start, start + sweep)):
            off_m = np.abs(points @ np.array([np.cos(np.radians(side_deg)), -np.sin(np.radians(side_deg))]))
            if (np.maximum(off_m[:-1], off_m[1:]) < 0.05).any():
                return True
    return False


def test_street_when_a_disc_lies_beside_it_then_the_chord_is_in_view() -> None:
    assert seen_m(street((-200, 0), (200, 0)), [camera((0, 20))]) == pytest.approx(2 * np.sqrt(28**2 - 20**2), abs=0.15)


def test_street_when_a_house_stands_between_then_nothing_is_in_view() -> None:
    corners = at((-30, 5), (30, 5), (30, 15), (-30, 15))
    house = walls_from(np.hstack([corners, np.roll(corners, -1, axis=0)]))
    graph = street((-20, 0), (20, 0))
    behind = camera((0, 25), "panning", **{"camera:mount": "pole"})
    assert seen_m(graph, [behind]) == pytest.approx(40, abs=0.1)
    assert seen_m(graph, [behind], house) == 0


def test_street_when_a_sector_looks_across_then_only_its_width_is_in_view() -> None:
    graph = street((-200, 0), (200, 0))
    assert seen_m(graph, [camera((0, 10), "fixed", "180")]) == pytest.approx(
        2 * 10 * np.tan(np.radians(31.5)), abs=0.15
    )


def test_street_when_a_sector_looks_away_then_nothing_is_in_view() -> None:
    assert seen_m(street((-200, 0), (200, 0)), [camera((0, 10), "fixed", "0")]) == 0


def test_street_when_a_sector_spans_north_then_it_does_not_tear() -> None:
    graph = street((-200, 10), (200, 10))
    assert seen_m(graph, [camera((0, 0), "fixed", "0")]) == pytest.approx(20 * np.tan(np.radians(31.5)), abs=0.15)


def test_street_when_two_cameras_see_the_same_part_then_it_counts_once() -> None:
    graph = street((-200, 0), (200, 0))
    one = seen_m(graph, [camera((0, 0))])
    assert seen_m(graph, [camera((0, 0)), camera((0, 0), number=1)]) == one
    assert seen_m(graph, [camera((0, 0)), camera((28, 0), number=1)]) == pytest.approx(one + 28, abs=0.2)


def test_street_when_enclosed_then_all_of_it_is_in_view_and_no_camera_is_needed() -> None:
    assert seen_m(street((0, 0), (100, 0), enclosed=True), []) == pytest.approx(100, abs=0.1)


def test_street_when_the_camera_is_indoors_then_nothing_is_in_view() -> None:
    assert seen_m(street((0, 0), (100, 0)), [camera((50, 0), surveillance="indoor")]) == 0


def sampled(line: np.ndarray, cameras: list[Camera]) -> tuple[np.ndarray, np.ndarray]:
    """Ask every 5 cm of a line what each camera sees, bool [camera, point], and what each point stands for, metres."""
    points, each_m = [], []
    for a, b in pairwise(line):
        size_m = float(distance_m(a, b))
        count = max(1, round(size_m / 0.05))
        points.append(a + ((np.arange(count) + 0.5) / count)[:, None] * (b - a))
        each_m.append(np.full(count, size_m / count))
    places = np.concatenate(points)
    hits = np.zeros((len(cameras), len(places)), dtype=bool)
    for row, one in zip(hits, cameras, strict=True):
        view = view_of(one.tags)
        assert view is not None
        row[:] = sees(view, to_frame(places, np.array(one.lonlat)))
    return hits, np.concatenate(each_m)


def comes_or_goes_within_a_piece(hits: np.ndarray, each_m: np.ndarray) -> bool:
    """Tell whether a camera sees a line, or does not, for so short that it may be missed (hazard/views.py)."""
    at_m = np.cumsum(each_m)
    return any((np.diff(at_m[:-1][row[1:] != row[:-1]]) < STEP_M + 0.1).any() for row in hits)


@settings(max_examples=200)
@given(st.lists(spots, min_size=2, max_size=6), st.lists(seers, max_size=5))
def test_in_view_when_street_and_cameras_are_any_then_equal_to_dense_sampling(
    line_m: list[tuple[float, float]], some: list[tuple[tuple[float, float], str, str]]
) -> None:
    cameras = told(some)
    assume(not runs_along_a_side(line_m, cameras))
    graph = street(*line_m)
    hits, each_m = sampled(np.asarray(graph.shape(0)), cameras)
    assume(not comes_or_goes_within_a_piece(hits, each_m))
    seen, total = float(each_m[hits.any(axis=0)].sum()), float(each_m.sum())
    slack_m = 0.2 + 0.1 * len(cameras) * len(line_m) + 2 * END_M * len(cameras)
    assert seen_m(graph, cameras) == pytest.approx(min(seen, total), abs=slack_m)


@settings(max_examples=200)
@given(st.lists(spots, min_size=2, max_size=6), st.lists(seers, max_size=5))
def test_score_when_street_and_cameras_are_any_then_equal_to_the_edges_numbers(
    line_m: list[tuple[float, float]], some: list[tuple[tuple[float, float], str, str]]
) -> None:
    cameras = told(some)
    graph = street(*line_m)
    score = measured([Stretch(np.asarray(graph.shape(0)), "", "footway")], cameras)
    assert score.in_view_m == pytest.approx(seen_m(graph, cameras), abs=0.16)
    assert score.length_m == pytest.approx(float(graph.section_length_m[0]), abs=1e-6)
    assert 0 <= score.ends_in_view_m <= score.in_view_m + 1e-6
    assert score.in_view_m <= sum(meeting.in_view_m for meeting in score.meetings) + 1e-6
    assert [m.at_m for m in score.meetings] == sorted(m.at_m for m in score.meetings)
    edges = mean_e6(risk_of_edges(graph, cameras))
    forth = int(np.flatnonzero(graph.forward)[0])
    assert score.risk.risk.default == pytest.approx(edges[forth] / 1e6, abs=1e-6)
    low, middle, high = score.risk.recognition
    assert 0 <= low <= middle <= high <= 1
    assert middle == pytest.approx(-np.expm1(-score.risk.risk.default))
    assert score.risk.expected.default >= middle - 1e-12
    assert 0 <= score.risk.could_recognise.default <= len(cameras)
    assert middle >= max((meeting.chance.default for meeting in score.meetings), default=0) - 1e-9


def test_risk_when_one_walks_towards_the_camera_then_more_than_away_from_it() -> None:
    graph = street((0, 0), (40, 0))
    ahead = camera((45, 0), "fixed", "270", **{"camera:mount": "pole"})
    edges = mean_e6(risk_of_edges(graph, [ahead]))
    assert edges[graph.forward][0] > 100 * edges[~graph.forward][0]
    hazard = by_side(graph, paths_in(graph), hazard_of(look(graph, [ahead]), 1))
    assert (hazard[graph.forward] > 0.5).all()


def test_risk_when_nobody_mapped_some_then_theirs_is_added() -> None:
    graph = street((0, 0), (40, 0))
    alone = risk_of_edges(graph, [camera((20, 3))])
    assert (alone > 0).all()
    some = np.array([[7, MOST_E6], [0, 1]], dtype=np.int32)
    assert risk_of_edges(graph, [camera((20, 3))], some).tolist() == [
        [alone[0, 0] + 7, MOST_E6], [alone[1, 0], alone[1, 1] + 1],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "beside"),
    [
        (Flag(0), (True, True)),
        (Flag.SIDEWALK_LEFT, (True, False)),
        (Flag.SIDEWALK_LEFT | Flag.SIDEWALK_RIGHT, (True, True)),
        (Flag.SIDEWALK_NONE, (False, False)),
        (Flag.SIDEWALK_SEPARATE, (False, False)),
        (Flag.CARRIAGEWAY, (False, False)),
        (Flag.ENCLOSED, (False, False)),
    ],
)
def test_pavements_when_the_map_says_where_they_are_then_walked_there(flags: Flag, beside: tuple[bool, bool]) -> None:
    graph = road(flags)
    assert graph.pavements.tolist() == [list(beside)]
    paths = paths_in(graph)
    assert len(paths.share) == 1 + sum(beside)
    assert paths.share.sum() == 1.0
    # a door's camera matters on its own side of the street
    near = camera((20, 9), **{"surveillance:zone": "entrance", "camera:direction": "180"})
    edges = risk_of_edges(graph, [near])
    forth, back = edges[graph.forward][0], edges[~graph.forward][0]
    if beside == (True, True):
        assert forth[0] > 3 * forth[1]  # on the left of who walks east
        assert back[1] > 3 * back[0]
    else:
        assert forth[0] == forth[1]
    walked = Stretch(
        np.asarray(graph.shape(0)), "", "residential", enclosed=bool(flags & Flag.ENCLOSED), pavements=beside
    )
    assert measured([walked], [near]).risk.risk.default == pytest.approx(forth.mean() / 1e6, rel=0.05, abs=2e-6)


def test_score_when_she_keeps_to_a_side_then_of_that_side_and_what_is_in_view_stays() -> None:
    near = camera((20, 9), **{"surveillance:zone": "entrance", "camera:direction": "180"})
    both = Stretch(at((0, 0), (40, 0)), "", "residential", pavements=(True, True), unmapped=(0.2, 0.4))
    left, right = (replace(both, pavements=side) for side in ((True, False), (False, True)))
    of_both, of_left, of_right = (measured([one], [near]) for one in (both, left, right))
    assert of_left.risk.could_recognise.default >= of_right.risk.could_recognise.default
    assert [one.risk.unmapped for one in (of_left, of_both, of_right)] == pytest.approx(
        [-np.expm1(-risk) for risk in (0.2, 0.3, 0.4)]
    )
    assert of_left.in_view_m == of_both.in_view_m == of_right.in_view_m
    mapped = [one.risk.risk.default + np.log1p(-one.risk.unmapped) for one in (of_left, of_both, of_right)]
    assert mapped[0] > mapped[1] > mapped[2] >= -1e-12


def test_stored_when_read_back_then_the_same_and_what_is_spoilt_is_told(demo: Area) -> None:
    hazards, sizes = demo.hazards, (len(demo.cameras), len(demo.paths.share))
    again = restored(stored(hazards))
    assert all(np.array_equal(a, b) for a, b in zip(stored(again).values(), stored(hazards).values(), strict=True))
    assert list(complaints(hazards, *sizes)) == []
    for spoilt, words in (
        (replace(hazards, camera=hazards.camera.astype(np.int64)), "not an array of int32"),
        (replace(hazards, line=hazards.line[1:]), "not equally many"),
        (replace(hazards, count=hazards.count[1:]), "not of these cameras"),
        (replace(hazards, line=hazards.line + len(demo.paths.share)), "points outside"),
        (replace(hazards, views=hazards.views._replace(camera=hazards.views.camera - 10_000)), "points outside"),
    ):
        assert words in next(complaints(spoilt, *sizes))


def test_annotate_when_the_area_is_real_then_every_edge_agrees_where_no_building_stands(demo: Area) -> None:
    flat = in_view_dm(demo.graph, look(demo.graph, list(demo.cameras)).views)
    graph = to_networkx(demo.graph, flat)
    before = {(u, v, k): (data["length_dm"], data["in_view_dm"]) for u, v, k, data in graph.edges(keys=True, data=True)}
    annotate(graph, demo.cameras)
    assert len(before) == demo.graph.edge_count
    off_m = []
    for u, v, k, data in graph.edges(keys=True, data=True):
        length_dm, seen_dm = before[u, v, k]
        assert abs(data["length"] * 10 - length_dm) < 1.01
        off_m.append(abs(data["in_view"] - seen_dm / 10))
    assert max(off_m) < 6 * END_M
    assert np.mean(off_m) < 0.03


@settings(max_examples=100)
@given(st.lists(seers, min_size=1, max_size=4), st.lists(spots, min_size=2, max_size=5))
def test_annotate_when_cameras_are_any_then_agrees_with_the_kernel(
    some: list[tuple[tuple[float, float], str, str]], line_m: list[tuple[float, float]]
) -> None:
    cameras = told(some)
    assume(not runs_along_a_side(line_m, cameras))
    graph = street(*line_m)
    assume(not comes_or_goes_within_a_piece(*sampled(np.asarray(graph.shape(0)), cameras)))
    views = [view for one in cameras if (view := view_of(one.tags)) is not None]
    near = _Views(tuple(ORIGIN.tolist()), [one.lonlat for one in cameras], views)
    (*_, data) = next(iter(to_networkx(graph).edges(data=True)))
    slack_m = 0.25 + 0.1 * len(cameras) * len(line_m) + 2 * END_M * len(cameras)
    assert near.metres(data["geometry"]) == pytest.approx(seen_m(graph, cameras), abs=slack_m)


def test_score_when_on_a_level_indoors_then_only_cameras_of_that_level_are_met() -> None:
    line = at((0, 0), (100, 0))
    records = [
        camera((50, 0), surveillance="indoor", level="-1"),
        camera((50, 0), surveillance="indoor", level="2", number=1),
        camera((50, 0), surveillance="indoor", number=2),
        camera((50, 0), number=3),
    ]
    score = measured([Stretch(line, "", "corridor", enclosed=True, levels=(-1.0, 0.0))], records)
    assert [meeting.camera.id for meeting in score.meetings] == ["osm/node/0", "osm/node/2"]
    assert score.in_view_m == pytest.approx(100, abs=0.01)
    assert score.enclosed_m == pytest.approx(100 - 2 * 28, abs=0.1)


def test_score_when_the_walk_is_long_then_its_ends_are_told_apart() -> None:
    line = at((0, 0), (500, 0))
    records = [camera(spot, number=i) for i, spot in enumerate([(0, 0), (250, 0), (490, 0)])]
    score = measured([Stretch(line, "", "footway")], records)
    assert score.in_view_m == pytest.approx(28 + 56 + 38, abs=0.2)
    assert score.ends_in_view_m == pytest.approx(28 + 38, abs=0.2)


def test_score_when_the_walk_is_shorter_than_its_ends_then_all_of_it_is_end() -> None:
    score = measured([Stretch(at((0, 0), (60, 0)), "", "footway")], [camera((30, 0), "panning")])
    assert score.ends_in_view_m == pytest.approx(score.in_view_m) == pytest.approx(60, abs=0.01)


def test_score_when_one_camera_sees_many_stretches_then_it_is_one_camera() -> None:
    points = at(*((20.0 * number, 0.0) for number in range(6)))
    parts = [Stretch(points[number : number + 2], "", "footway") for number in range(5)]
    ahead = camera((105, 0), "fixed", "270", **{"camera:mount": "pole"})
    cut, whole = measured(parts, [ahead]), measured([Stretch(points, "", "footway")], [ahead])
    assert len(cut.meetings) == 1
    assert cut.risk.risk.default == pytest.approx(whole.risk.risk.default, rel=1e-9)
    assert cut.risk.could_recognise == whole.risk.could_recognise


def test_score_when_nobody_mapped_some_then_they_add_their_part_with_its_range() -> None:
    parts = [
        Stretch(at((0, 0), (50, 0)), "", "footway", unmapped=(0.1, 0.1)),
        Stretch(at((50, 0), (90, 0)), "", "corridor", enclosed=True, unmapped=(0.2, 0.2)),
    ]
    score = measured(parts, [])
    assert score.risk.unmapped == pytest.approx(-np.expm1(-0.3))
    assert score.risk.expected.default == score.risk.risk.default == pytest.approx(0.3)
