"""Recorded walks matched to the graph: drawn ones exactly, noisy ones to the edges that they were made from."""

from __future__ import annotations

import dataclasses
from itertools import islice
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from drawing import draw
from hypothesis import given, settings
from hypothesis import strategies as st
from recording import NO_BREAKS, farthest_m, line_of, planned_walks, recorded, right_m, roaming_walk

from routing.candidates import REACH_M, places_near
from routing.geo import along_m, from_frame, to_frame
from routing.kernels import UNREACHED, reach_within
from routing.matching import BRIDGED_M, JUMP_M, Gap, Match, match
from routing.search import Part
from routing.snap import SPLITS
from routing.tracks import Track

if TYPE_CHECKING:
    from drawing import Drawing
    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph

FOOTWAY = "highway=footway"
SEEDS = st.integers(0, 2**32 - 1)


def assert_is_one_walk(graph: WalkGraph, found: Match) -> None:
    """Each part begins where the one before ends: at a node, or where she turned round."""
    assert len(found.walks) == 1
    for part, following in zip(found.parts, found.parts[1:], strict=False):
        if (part.q_to, following.q_from) == (SPLITS, 0):
            assert graph.head[part.edge] == graph.tail[following.edge]
        else:
            assert graph.section[part.edge] == graph.section[following.edge]
            assert part.q_to == SPLITS - following.q_from
    lengths = [(p.q_to - p.q_from) / SPLITS * graph.section_length_m[graph.section[p.edge]] for p in found.parts]
    assert found.walked_m == pytest.approx(sum(lengths), abs=0.01)


def assert_is_the_line(graph: WalkGraph, found: Match, line: NDArray[np.float64]) -> None:
    assert_is_one_walk(graph, found)
    assert found.gaps == ()
    assert found.matched_share == pytest.approx(1.0)
    assert found.walked_m == pytest.approx(along_m(line)[-1], abs=0.05)
    walked = line_of(graph, found.parts)
    assert max(farthest_m(line, walked), farthest_m(walked, line)) < 0.05
    assert np.max(found.astray_m) < 0.05


@settings(max_examples=40)
@given(SEEDS, st.booleans())
def test_match_when_a_planned_walk_is_exact_then_it_is_that_walk(demo: Area, seed: int, at_its_bends: bool) -> None:  # noqa: FBT001
    line = line_of(demo.graph, next(planned_walks(demo, seed)))
    track = Track(line, None, NO_BREAKS) if at_its_bends else recorded(line, every_s=1)
    assert_is_the_line(demo.graph, match(demo.graph, track), line)


@settings(max_examples=40)
@given(SEEDS)
def test_match_when_an_exact_walk_roams_about_then_it_is_followed(demo: Area, seed: int) -> None:
    parts = roaming_walk(demo.graph, np.random.default_rng(seed), 25)
    line = line_of(demo.graph, parts)
    found = match(demo.graph, recorded(line, every_s=1))
    assert_is_one_walk(demo.graph, found)
    walked = line_of(demo.graph, found.parts)
    assert max(farthest_m(line, walked), farthest_m(walked, line)) < 3.0
    assert found.walked_m == pytest.approx(along_m(line)[-1], rel=0.1, abs=10)


def right_share(area: Area, count: int, *, every_s: float, noise_m: float) -> float:
    """Match noisy records of planned walks; gives the share of their length that is on the right directed edges."""
    total = np.zeros(2)
    for seed, parts in enumerate(islice(planned_walks(area, 1), count)):
        track = recorded(line_of(area.graph, parts), every_s=every_s, noise_m=noise_m, seed=seed)
        total += right_m(area.graph, parts, match(area.graph, track).parts)
    return float(total[0] / total[1])


@pytest.mark.parametrize(
    ("every_s", "noise_m", "least"), [(1, 5, 0.95), (1, 10, 0.90), (10, 5, 0.88), (10, 10, 0.75), (30, 5, 0.85)]
)
def test_match_on_demo_area_when_points_are_noisy_then_most_edges_are_right(
    demo: Area, every_s: float, noise_m: float, least: float
) -> None:
    assert right_share(demo, 40, every_s=every_s, noise_m=noise_m) >= least


@pytest.mark.parametrize(("every_s", "noise_m", "least"), [(1, 5, 0.95), (1, 10, 0.90), (10, 5, 0.90), (10, 10, 0.75)])
def test_match_on_helsinki_centre_when_points_are_noisy_then_most_edges_are_right(
    centre: Area, every_s: float, noise_m: float, least: float
) -> None:
    assert right_share(centre, 20, every_s=every_s, noise_m=noise_m) >= least


@pytest.mark.parametrize("noise_m", [0.0, 5.0])
def test_match_when_a_track_is_reversed_then_the_walk_is(demo: Area, noise_m: float) -> None:
    graph = demo.graph
    for seed, parts in enumerate(islice(planned_walks(demo, 2), 15)):
        track = recorded(line_of(graph, parts), every_s=1, noise_m=noise_m, seed=seed)
        there, back = match(graph, track), match(graph, dataclasses.replace(track, lonlat=track.lonlat[::-1]))
        # where two sections share a line, either may be taken
        line, turned = line_of(graph, there.parts), line_of(graph, back.parts)
        assert max(farthest_m(line, turned), farthest_m(turned, line)) < 0.05
        assert np.hypot(*to_frame(line[[0, -1]], line[0]).T) == pytest.approx(
            np.hypot(*to_frame(turned[[-1, 0]], line[0]).T), abs=0.05
        )
        assert back.walked_m == pytest.approx(there.walked_m, abs=0.05)


def test_match_when_times_differ_then_the_walk_does_not(demo: Area) -> None:
    line = line_of(demo.graph, next(planned_walks(demo, 3)))
    track = recorded(line, every_s=1, noise_m=5)
    found, without = match(demo.graph, track), match(demo.graph, dataclasses.replace(track, seconds=None))
    assert found.walks == without.walks
    np.testing.assert_array_equal(found.astray_m, without.astray_m)
    np.testing.assert_array_equal(found.at_m, without.at_m)


def test_match_when_points_are_noisy_then_distances_are_those_of_the_noise(demo: Area) -> None:
    found = match(demo.graph, recorded(line_of(demo.graph, next(planned_walks(demo, 3))), every_s=1, noise_m=5))
    assert 2.0 < found.median_astray_m < 6.0  # 3.4 if the right way were straight
    assert found.median_astray_m < found.p95_astray_m < 15.0
    assert np.all(np.diff(found.at_m) >= 0)
    assert found.at_m[-1] == pytest.approx(found.walked_m, abs=10)


def street() -> Drawing:
    """A street of 300 m with two lanes off it."""
    return draw(
        """
        a---------b---------c---------d
        ..........|.........|
        ..........|.........|
        ..........|.........|
        ..........|.........|
        ..........e.........f
        """,
        ways=[("abcd", FOOTWAY), ("be", FOOTWAY), ("cf", FOOTWAY)],
        step_m=10,
    )


def walked(town: Drawing, letters: str, *, every_m: float = 1.4, noise_m: float = 0.0) -> NDArray[np.float64]:
    """Go from letter to letter in straight lines."""
    line = np.array([town.lonlat[letter] for letter in letters])
    at = along_m(line)
    here = np.append(np.arange(0, at[-1], every_m), at[-1])
    lonlat = np.column_stack([np.interp(here, at, line[:, axis]) for axis in (0, 1)])
    noise = np.random.default_rng(1).normal(size=lonlat.shape) * noise_m
    return from_frame(to_frame(lonlat, lonlat[0]) + noise, lonlat[0])


def letters_of(town: Drawing, graph: WalkGraph, parts: tuple[Part, ...]) -> str:
    """Name the nodes that a walk comes by."""
    ends = [graph.tail[parts[0].edge], *(graph.head[part.edge] for part in parts)]
    return "".join(town.letter(graph.node_lonlat[node]) for node in ends)


@pytest.mark.parametrize("noise_m", [0.0, 3.0])
@pytest.mark.parametrize("letters", ["abcd", "abeb", "abcb", "abeba", "abcdcba", "ababab"])
def test_match_when_she_turns_at_a_corner_or_walks_twice_then_so_does_the_walk(letters: str, noise_m: float) -> None:
    town = street()
    graph = town.graph()
    found = match(graph, Track(walked(town, letters, noise_m=noise_m), None, NO_BREAKS))
    assert_is_one_walk(graph, found)
    assert found.walked_m == pytest.approx(along_m(np.array([town.lonlat[x] for x in letters]))[-1], abs=25)
    assert letters_of(town, graph, tuple(p for p in found.parts if p.q_to - p.q_from > SPLITS / 8)) == letters


@pytest.mark.parametrize("noise_m", [0.0, 3.0])
def test_match_when_she_turns_within_an_edge_then_both_ways_are_walked(noise_m: float) -> None:
    town = draw("a---------b", ways=[("ab", FOOTWAY)], step_m=10)
    graph = town.graph()
    there = walked(town, "ab", noise_m=noise_m)
    lonlat = np.concatenate([there[:50], there[20:50][::-1]])  # 70 m there, 42 m back
    found = match(graph, Track(lonlat, None, NO_BREAKS))
    assert_is_one_walk(graph, found)
    assert [bool(graph.forward[part.edge]) for part in found.parts] == [True, False]
    assert found.walked_m == pytest.approx(110, abs=4 + 6 * noise_m)


def test_match_when_she_stands_still_for_minutes_then_no_metres_are_made_of_noise() -> None:
    town = street()
    graph = town.graph()
    way = walked(town, "ad", noise_m=5)
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(600, 2)) * 5
    standing = from_frame(to_frame(np.array([town.lonlat["c"]]), np.array(town.lonlat["c"])) + noise, way[0])
    standing = standing - way[0] + np.array(town.lonlat["c"])
    track = Track(np.concatenate([way[:140], standing, way[140:]]), None, NO_BREAKS)
    found = match(graph, track)
    assert_is_one_walk(graph, found)
    assert found.walked_m == pytest.approx(300, abs=40)


def test_match_when_every_point_is_the_same_then_nothing_is_walked() -> None:
    town = street()
    found = match(town.graph(), Track(np.array([town.lonlat["b"]] * 5), None, NO_BREAKS))
    assert found.parts == ()
    assert (found.walked_m, found.matched_share, found.gaps) == (0.0, 1.0, ())
    assert np.max(found.astray_m) < 0.1


def test_match_when_the_track_is_elsewhere_then_it_is_one_gap() -> None:
    town = street()
    found = match(town.graph(), Track(walked(town, "ad") + (0.0, 0.1), None, NO_BREAKS))
    assert (found.walks, found.walked_m, found.matched_share) == ((), 0.0, 0.0)
    assert found.gaps == (Gap(0, len(found.astray_m) - 1, "far"),)
    assert np.isnan(found.median_astray_m)
    assert np.isnan(found.astray_m).all()


def test_match_when_she_leaves_the_ways_then_that_stretch_is_a_gap() -> None:
    town = street()
    graph = town.graph()
    line = walked(town, "ad")
    off = to_frame(line, line[0])
    off[:, 1] += np.where((off[:, 0] > 100) & (off[:, 0] < 250), 80.0, 0.0)
    found = match(graph, Track(from_frame(off, line[0]), None, NO_BREAKS))
    assert [gap.why for gap in found.gaps] == ["far"]
    assert len(found.walks) == 2
    away = off[:, 1] > 50
    np.testing.assert_array_equal(np.isnan(found.astray_m), away)
    assert (found.gaps[0].first, found.gaps[0].last) == (np.flatnonzero(away)[0] - 1, np.flatnonzero(away)[-1] + 1)
    assert found.walked_m == pytest.approx(150, abs=3)
    assert found.matched_share < 0.5


@pytest.mark.parametrize(("hole_m", "pause", "why"), [
    (BRIDGED_M - 20, True, None), (BRIDGED_M + 20, True, "pause"),
    (JUMP_M - 20, False, None), (JUMP_M + 20, False, "jump"),
])  # fmt: skip
def test_match_when_points_are_missing_then_it_is_bridged_up_to_a_limit(
    hole_m: float,
    pause: bool,
    why: str | None,  # noqa: FBT001
) -> None:
    town = draw("a-----------b", ways=[("ab", FOOTWAY)], step_m=100)
    graph = town.graph()
    line = walked(town, "ab")
    at = along_m(line)
    kept = (at < 200) | (at > 200 + hole_m)
    lonlat = from_frame(to_frame(line, line[0]) + (0.0, 2.0), line[0])[kept]  # recorded, not drawn
    breaks = np.array([np.flatnonzero(~kept)[0]] if pause else [], dtype=np.int64)
    found = match(graph, Track(lonlat, None, breaks))
    assert [gap.why for gap in found.gaps] == ([] if why is None else [why])
    assert found.walked_m == pytest.approx(1200 - (hole_m if why else 0), abs=4)


def test_match_when_no_way_joins_two_stretches_then_they_are_told_apart() -> None:
    town = draw(
        """
        a---------b..c---------d
        """,
        ways=[("ab", FOOTWAY), ("cd", FOOTWAY)],
        step_m=20,
    )
    found = match(town.graph(), Track(walked(town, "ad"), None, NO_BREAKS))
    assert [gap.why for gap in found.gaps] == ["apart"]
    assert len(found.walks) == 2
    assert found.walked_m == pytest.approx(400, abs=5)


@settings(max_examples=60)
@given(SEEDS)
def test_places_when_all_segments_are_looked_at_then_the_nearest_place_is_the_same(demo: Area, seed: int) -> None:
    graph = demo.graph
    box = demo.manifest.bbox
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.uniform(box.west, box.east, 5), rng.uniform(box.south, box.north, 5)])
    places = places_near(graph, points)
    for number, point in enumerate(points):
        a, b = (to_frame(graph.shape_lonlat[graph.segment_point + step], point) for step in (0, 1))
        d = b - a
        t = np.clip(-(a * d).sum(axis=1) / np.maximum((d * d).sum(axis=1), 1e-12), 0, 1)
        away_m = np.hypot(*(a + t[:, None] * d).T)
        own = slice(*places.start[number : number + 2])
        assert set(places.section[own]) <= set(graph.segment_section[away_m <= REACH_M])
        # a few degrees of latitude of an ulp apart: the frame is laid at the point here, at the segment there
        np.testing.assert_allclose(places.distance_m[own][:1], np.sort(away_m)[:1][np.sort(away_m)[:1] <= REACH_M])
        assert np.all(np.diff(places.distance_m[own]) >= 0)


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.integers(0, 6)] * 2, st.integers(0, 9)), min_size=1, max_size=20), st.data())
def test_reach_within_when_compared_with_networkx_then_distances_are_the_same(
    rows: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    rows = sorted(rows)
    tail, head, weight = (np.array(column) for column in zip(*rows, strict=True))
    start, limit = data.draw(st.integers(0, 6)), data.draw(st.integers(0, 30))
    banned = data.draw(st.integers(-1, len(rows) - 1))
    distance = np.full(7, UNREACHED)
    touched = np.zeros(7, dtype=np.int32)
    count = reach_within(
        np.searchsorted(tail, np.arange(8)).astype(np.int32), head.astype(np.int32), weight, start, banned, limit,
        distance, np.zeros(7, dtype=np.int32), touched,
        np.zeros(len(rows) + 1, dtype=np.int64), np.zeros(len(rows) + 1, dtype=np.int32),
    )  # fmt: skip
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(7))
    graph.add_weighted_edges_from(row for number, row in enumerate(rows) if number != banned)
    wanted = nx.single_source_dijkstra_path_length(graph, start, cutoff=limit)
    assert {node: d for node, d in enumerate(distance.tolist()) if d < UNREACHED} == wanted
    assert sorted(touched[:count]) == sorted(wanted)
