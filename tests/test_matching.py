"""Recorded walks matched to the graph: drawn ones exactly, noisy ones to the edges that they were made from."""

from __future__ import annotations

import dataclasses
from itertools import islice, pairwise, product
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
from routing.snap import SPLITS
from routing.tracks import Track
from routing.trellis import Roads, States, follow, scratch_for

if TYPE_CHECKING:
    from drawing import Drawing
    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.search.network import Part

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
    # of a loop of a few metres, walked more than once, a lap may be lost
    assert 0.7 * along_m(line)[-1] - 10 < found.walked_m < along_m(line)[-1] + 10


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


@pytest.mark.parametrize("place", [(24.94, 60.27), (-24.94, -60.17), (0.0, 90.0), (180.0, -89.9), (26.0, 60.17)])
def test_match_when_the_track_is_elsewhere_then_it_is_one_gap(place: tuple[float, float]) -> None:
    town = street()
    away = np.array([place, place]) - np.array([[0.0, 0.0], [0.001, 0.001]])
    found = match(town.graph(), Track(away, None, NO_BREAKS))
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
    pause: bool,  # noqa: FBT001
    why: str | None,
) -> None:
    town = draw("a-----------b", ways=[("ab", FOOTWAY)], step_m=100)
    graph = town.graph()
    line = walked(town, "ab")
    at = along_m(line)
    kept = (at < 200) | (at > 200 + hole_m)
    lonlat = from_frame(to_frame(line, line[0]) + np.array([0.0, 2.0]), line[0])[kept]  # recorded, not drawn
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
        nearest_m = np.sort(away_m)[:1]
        np.testing.assert_allclose(places.distance_m[own][:1], nearest_m[nearest_m <= REACH_M])
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


@st.composite
def trellises(draw: st.DrawFn) -> tuple[Roads, States, NDArray[np.float64]]:
    """Draw a small graph of streets of whole metres, some one-way, and a few places for each of a few points."""
    node_count = draw(st.integers(2, 5))
    nodes = st.integers(0, node_count - 1)
    rows = draw(st.lists(st.tuples(nodes, nodes, st.integers(1, 60), st.booleans()), min_size=1, max_size=6))
    edges = [(tail, head, metres, number) for number, (tail, head, metres, _) in enumerate(rows)]
    edges += [(head, tail, metres, number) for number, (tail, head, metres, both) in enumerate(rows) if both]
    edges.sort()
    tail, head, metres, street_of = (np.array(column) for column in zip(*edges, strict=True))
    twin = [
        next((other for other in np.flatnonzero(street_of == number) if other != edge), -1)
        for edge, number in enumerate(street_of)
    ]
    start = np.searchsorted(tail, np.arange(node_count + 1))
    roads = Roads(*(a.astype(np.int32) for a in (start, head, tail, np.array(twin))), metres * 1000)
    state = st.tuples(st.integers(0, len(edges) - 1), st.integers(0, SPLITS), st.floats(0, 9))
    places = draw(st.lists(st.lists(state, min_size=1, max_size=2), min_size=1, max_size=4))
    layers = [
        [one for edge, q, cost in layer for one in ((edge, q, cost), (twin[edge], SPLITS - q, cost)) if one[0] >= 0]
        for layer in places
    ]
    edge, q, cost = (np.array(column) for column in zip(*(one for layer in layers for one in layer), strict=True))
    starts = np.cumsum([0, *map(len, layers)])
    states = States(starts, edge.astype(np.int32), q.astype(np.int32), cost.astype(np.float64))
    return roads, states, np.full(len(layers), draw(st.integers(0, 50)) * 1000.0)


def step_cost(roads: Roads, states: States, s: int, t: int, limit_mm: float) -> float:
    """Reckon the cheapest step between two states, as routing/trellis.py words it."""
    graph = nx.MultiDiGraph()
    for edge, (tail, head, length) in enumerate(zip(roads.tail, roads.head, roads.length_mm, strict=True)):
        graph.add_edge(int(tail), int(head), key=edge, weight=float(length))

    def way(out: int, node: int) -> float:
        kept = graph.edge_subgraph([e for e in graph.edges(keys=True) if e[2] != roads.twin[out]]).copy()
        kept.add_nodes_from(graph)
        reached = nx.single_source_dijkstra_path_length(kept, int(roads.head[out]), cutoff=int(limit_mm))
        return float(reached.get(node, np.inf))

    on, to = int(states.edge[s]), int(states.edge[t])
    back, past = int(roads.twin[on]), int(roads.twin[to])
    from_mm = states.q[s] / SPLITS * roads.length_mm[on]
    to_mm = states.q[t] / SPLITS * roads.length_mm[to]
    left_mm = roads.length_mm[on] - from_mm
    costs = [(left_mm + way(on, int(roads.tail[to])) + to_mm) / 5000]
    if on == to:
        costs.append((to_mm - from_mm) / 5000 if to_mm >= from_mm else (from_mm - to_mm) / 3500)
    if back == to:
        costs.append(abs(left_mm - to_mm) / 5000 + 2)
    if back >= 0:
        costs.append((from_mm + way(back, int(roads.tail[to])) + to_mm) / 5000 + 2)
    if past >= 0:
        costs.append((left_mm + way(on, int(roads.head[to])) + roads.length_mm[to] - to_mm) / 5000 + 2)
    return min(costs)


@settings(max_examples=150)
@given(trellises())
def test_follow_when_all_sequences_are_tried_then_none_is_cheaper(
    trellis: tuple[Roads, States, NDArray[np.float64]],
) -> None:
    roads, states, straight_mm = trellis
    limit_mm = 2 * straight_mm[0] + 75_000
    layers = [range(first, last) for first, last in pairwise(states.start.tolist())]
    costs = {(s, t): step_cost(roads, states, s, t, limit_mm) for a, b in pairwise(layers) for s in a for t in b}

    def total(sequence: tuple[int, ...]) -> float:
        return float(sum(states.cost[state] for state in sequence) + sum(costs[step] for step in pairwise(sequence)))

    room = np.full(len(states.edge), np.inf), np.zeros(len(states.edge), dtype=np.int16)
    found, _ = follow(roads, states, straight_mm, 0, scratch_for(roads), *room)
    best = [min(map(total, product(*layers[: count + 1]))) for count in range(len(layers))]
    followed = next((count for count, cost in enumerate(best) if cost == np.inf), len(layers))
    assert len(found) == followed
    assert total(tuple(found.tolist())) == pytest.approx(best[followed - 1])
