"""Other programs' methods, held against slow and obvious ways to the same walks, and the table of `sidestep bench`."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_search import networks

from routing.cli import run
from routing.errors import NoRouteError
from routing.geo import distance_m, to_frame
from routing.graph import WAY_CLASSES
from routing.rivals import as_json, as_text, compare
from routing.rivals.comparing import OURS, SHORTEST, draw
from routing.rivals.methods import EXCLUDED_M, NEAR_M, PER_CAMERA_M, Ends, Rivals
from routing.rivals.optimum import optimum
from routing.rivals.simple_paths import SimplePaths
from routing.rivals.spots import Lines
from routing.search.network import Network, Part, PathFinder
from routing.snap import SPLITS, Snap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.area import Area
    from routing.search.network import Path

ENDLESS = 10**9


@pytest.fixture(scope="module")
def rivals(demo: Area) -> Rivals:
    return Rivals(demo)


@pytest.fixture(scope="module")
def pairs(demo: Area) -> list[tuple[Snap, Snap]]:
    return draw(demo, 6, seed=5)


def simple_efforts(network: Network, start: Snap, end: Snap) -> list[int]:
    """Give the efforts of all walks that pass no node twice, by trying all."""
    graph = network.graph

    def of(part: Part) -> int:
        return part.share(graph.effort_dm)

    def at(place: Snap) -> list[tuple[int, int]]:
        edges = np.flatnonzero(graph.section == place.section).tolist()
        return [(edge, place.q if graph.forward[edge] else SPLITS - place.q) for edge in edges]

    whole = nx.MultiDiGraph()
    whole.add_nodes_from([*range(graph.node_count), "start", "end"])
    for edge in range(graph.edge_count):
        whole.add_edge(int(graph.tail[edge]), int(graph.head[edge]), effort=int(graph.effort_dm[edge]))
    for edge, q in at(start):
        whole.add_edge("start", int(graph.head[edge]), effort=of(Part(edge, q, SPLITS)))
    for edge, q in at(end):
        whole.add_edge(int(graph.tail[edge]), "end", effort=of(Part(edge, 0, q)))
    for a, q_from in at(start):
        for b, q_to in at(end):
            if a == b and q_from <= q_to:
                whole.add_edge("start", "end", effort=of(Part(a, q_from, q_to)))
    ways = nx.all_simple_edge_paths(whole, "start", "end")
    return sorted(sum(whole.edges[edge]["effort"] for edge in way) for way in ways)


def place(network: Network, number: int, q: int) -> Snap:
    section = number % network.graph.section_count
    edge = int(np.flatnonzero(network.graph.section == section)[0])
    return Snap(section, q, None, 0.0, int(network.graph.component[network.graph.tail[edge]]))  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(networks(), st.data())
def test_simple_paths_when_few_are_asked_for_then_the_shortest_of_all(network: Network, data: st.DataObject) -> None:
    q = st.sampled_from([0, SPLITS]) | st.integers(0, SPLITS)
    ends = [place(network, data.draw(st.integers(0, 20)), data.draw(q)) for _ in range(2)]
    wanted = simple_efforts(network, *ends)[:6]
    found = list(SimplePaths(network, *ends).shortest(6))
    assert [path.effort_dm for path in found] == wanted
    assert len({path.parts for path in found}) == len(found)
    for path in found:
        assert path.effort_dm == sum(part.share(network.graph.effort_dm) for part in path.parts)
        for part, following in pairwise(path.parts):
            assert network.graph.head[part.edge] == network.graph.tail[following.edge]


def test_simple_paths_when_on_streets_then_the_first_is_the_shortest(
    demo: Area, pairs: list[tuple[Snap, Snap]]
) -> None:
    for start, end in pairs:
        first, second = islice(SimplePaths(demo.network, start, end).shortest(5), 2)
        best = PathFinder(demo.network, start, end).best(0)
        assert best is not None
        assert first.effort_dm == best.effort_dm <= second.effort_dm


def flat(area: Area) -> tuple[list[shapely.LineString], np.ndarray]:
    box = area.manifest.bbox
    origin = np.array([(box.west + box.east) / 2, (box.south + box.north) / 2])
    lines = [
        shapely.LineString(to_frame(area.graph.shape(section), origin)) for section in range(area.graph.section_count)
    ]
    return lines, to_frame(area.camera_lonlat, origin)


def test_circles_when_asked_then_what_lies_within_the_distance(demo: Area) -> None:
    lines, at = flat(demo)
    found = Lines(demo).circles(NEAR_M)
    pairs = set(zip(found.section.tolist(), found.camera.tolist(), strict=True))
    for camera in range(0, len(at), 9):
        far_m = shapely.distance(np.array(lines), shapely.Point(at[camera]))
        near = {section for section, one in pairs if one == camera}
        assert near == set(np.flatnonzero(far_m <= NEAR_M).tolist())
    assert found.count.sum() == len(found.section)


def test_cones_when_a_camera_looks_somewhere_then_only_there(demo: Area) -> None:
    looking = [("350",), ("90", "180"), ()]
    cameras = [
        replace(camera, tags={"camera:direction": ";".join(looking[number % 3])})
        for number, camera in enumerate(demo.cameras[:60])
    ]
    area = replace(demo, cameras=tuple(cameras))
    lines, at = flat(area)
    found, round_, within = Lines(area).cones(75.0, 50.0), Lines(area).circles(75.0), Lines(area).circles(74.0)
    for number in range(2, 60, 3):  # nobody knows whither they look; a circle is drawn with corners
        least, sections, most = (set(spots.section[spots.camera == number]) for spots in (within, found, round_))
        assert least <= sections <= most
    for number in (one for one in range(60) if looking[one % 3]):
        for section in found.section[found.camera == number].tolist():
            # the bearing of some point of the section lies within the cone, and so does its distance
            points = shapely.get_coordinates(shapely.segmentize(lines[section], 0.5)) - at[number]
            bearing = np.degrees(np.arctan2(points[:, 0], points[:, 1]))
            off = np.min([np.abs((bearing - float(one) + 180) % 360 - 180) for one in looking[number % 3]], axis=0)
            assert (off[np.hypot(*points.T) <= 76.0] <= 26.0).any() or np.hypot(*points.T).min() < 1.0
    narrower = set(zip(found.section.tolist(), found.camera.tolist(), strict=True))
    assert narrower < set(zip(round_.section.tolist(), round_.camera.tolist(), strict=True))


def bare(area: Area, barred: np.ndarray) -> nx.DiGraph:
    """Give the graph without some sections, the cheapest of parallel edges."""
    graph, left = area.graph, nx.DiGraph()
    for edge in np.flatnonzero(~barred[area.graph.section]).tolist():
        tail, head, effort = int(graph.tail[edge]), int(graph.head[edge]), int(graph.effort_dm[edge])
        if not left.has_edge(tail, head) or left[tail][head]["effort"] > effort:
            left.add_edge(tail, head, effort=effort)
    return left


def test_exclusion_when_a_walk_is_left_then_the_shortest_that_passes_no_circle(demo: Area, rivals: Rivals) -> None:
    barred = Lines(demo).circles(EXCLUDED_M).seen
    found = [rivals.without(Ends(*ends, ENDLESS), barred) for ends in draw(demo, 12, seed=3)]
    assert {path is None for path in found} == {True, False}
    for path, (start, end) in zip(found, draw(demo, 12, seed=3), strict=True):
        opened = barred.copy()
        opened[[start.section, end.section]] = False
        left = bare(demo, opened)
        if path is None:
            for first in edges_of(demo, start):
                reached = nx.descendants(left, first[1]) | {first[1]} if first[1] in left else set()
                assert not any(last[0] in reached for last in edges_of(demo, end))
        else:
            assert not opened[demo.graph.section[[part.edge for part in path.parts]]].any()
            middle = path.parts[1:-1]
            ends = int(demo.graph.tail[middle[0].edge]), int(demo.graph.head[middle[-1].edge])
            assert sum(part.share(demo.graph.effort_dm) for part in middle) == nx.dijkstra_path_length(
                left, *ends, weight="effort"
            )


def edges_of(area: Area, at: Snap) -> Iterator[tuple[int, int]]:
    for edge in np.flatnonzero(area.graph.section == at.section).tolist():
        yield int(area.graph.tail[edge]), int(area.graph.head[edge])


def test_ladder_when_no_walk_is_left_then_lets_roads_in_until_one_fits(demo: Area, rivals: Rivals) -> None:
    graph = demo.graph
    start, end = draw(demo, 1, seed=5)[0]
    big = np.isin(graph.way_class, [WAY_CLASSES.index(name) for name in ("primary", "secondary", "trunk")])
    walked = 0
    for limit in (ENDLESS, 1):
        path = rivals.by_ladder(Ends(start, end, limit), big)
        assert (path is None) == (limit == 1)
        walked += path is not None
    everything = np.ones(graph.section_count, dtype=np.bool_)
    assert rivals.by_ladder(Ends(start, end, ENDLESS), everything) is None
    assert walked == 1


def test_sweep_when_cameras_cost_metres_then_never_more_cameras_than_on_the_shortest(
    demo: Area, rivals: Rivals, pairs: list[tuple[Snap, Snap]]
) -> None:
    cones = Lines(demo).cones(75.0, 50.0)
    assert PER_CAMERA_M[0] == 0

    def count(path: Path) -> int:
        return cones.cameras_of(demo.graph.section[[part.edge for part in path.parts]])

    fewer = 0
    for start, end in pairs:
        shortest = PathFinder(demo.network, start, end).best(0)
        assert shortest is not None
        path = rivals.swept_by_count(Ends(start, end, int(shortest.effort_dm * 1.3)), cones)
        assert path is not None
        assert path.effort_dm <= shortest.effort_dm * 1.3
        assert count(path) <= count(shortest)
        fewer += count(path) < count(shortest)
        assert path.seen == sum(part.share(demo.network.seen) for part in path.parts)
    assert fewer > 0


def test_methods_when_all_walk_then_each_from_start_to_end_with_its_own_risk(
    demo: Area, rivals: Rivals, pairs: list[tuple[Snap, Snap]]
) -> None:
    graph = demo.graph
    for method in rivals.methods:
        for start, end in pairs[:3]:
            path = method.find(Ends(start, end, ENDLESS))
            if path is None:
                continue
            assert graph.section[path.parts[0].edge] == start.section
            assert graph.section[path.parts[-1].edge] == end.section
            assert path.seen == sum(part.share(demo.network.seen) for part in path.parts)
            for part, following in pairwise(path.parts):
                assert graph.head[part.edge] == graph.tail[following.edge]


def test_optimum_when_budgets_grow_then_risk_falls_and_no_method_is_below_an_exact_one(
    demo: Area, rivals: Rivals, pairs: list[tuple[Snap, Snap]]
) -> None:
    for start, end in pairs:
        shortest = PathFinder(demo.network, start, end).best(0)
        assert shortest is not None
        limit = int(shortest.effort_dm * 1.3)
        best = optimum(demo.network, start, end, limit)
        assert list(best.effort_dm) == sorted(set(best.effort_dm))
        assert list(best.seen) == sorted(set(best.seen), reverse=True)
        assert best.effort_dm[0] == shortest.effort_dm
        assert best.within(limit).seen == best.least_seen(limit) == best.seen[-1]
        if best.exact:
            for method in rivals.methods:
                path = method.find(Ends(start, end, limit))
                assert path is None or path.effort_dm > limit or path.seen >= best.least_seen(path.effort_dm)


def test_pairs_when_drawn_again_then_the_same_and_apart(demo: Area) -> None:
    first, second = draw(demo, 5, seed=7), draw(demo, 5, seed=7)
    assert first == second != draw(demo, 5, seed=8)
    for start, end in first:
        assert 500 <= float(distance_m(np.array(start.lonlat), np.array(end.lonlat))) <= 3000


def test_comparison_when_made_then_rows_are_those_of_the_walks(demo: Area) -> None:
    found = compare(demo, pairs=3, seed=2, detours=(0.1, 0.3))
    assert found.pairs == 3
    for rows in found.tables.values():
        named = {row.method: row for row in rows}
        assert (named[SHORTEST].extra, named[SHORTEST].risk_left, named[SHORTEST].none) == (0.0, 1.0, 0)
        assert named[OURS].risk_left < 0.9
        assert named[OURS].beyond_budget == 0.0
        assert all(0 <= row.none + row.over <= 3 for row in rows)
    tight, wide = (next(row for row in rows if row.method == OURS) for rows in found.tables.values())
    assert wide.risk_left <= tight.risk_left
    told = as_text(found)
    assert told.count(f"\n{OURS}  ") == 2
    plain = json.loads(as_json(found))
    assert [one["detour"] for one in plain["budgets"]] == [0.1, 0.3]
    assert plain["budgets"][1]["methods"][-1]["risk_left"] == wide.risk_left


def test_bench_when_run_then_a_table_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--pairs", "2", "--detour", "20%"]) == 0
    told = capsys.readouterr()
    assert "2 pairs of places, seed 1" in told.out
    assert "Up to 20% more effort" in told.out
    assert told.err == ""
    assert run(["bench", "--pairs", "1", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["pairs"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--detour", "400m"], 2, "a detour is a share here"),
        (["--detour", "much"], 2, "the detour is not understood"),
        (["--pairs", "0"], 2, "--pairs"),
        (["--area", "nowhere"], 4, "nowhere"),
    ],
)
def test_bench_when_asked_wrongly_then_one_line(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", *arguments]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert told.err.count("\n") == 1


def test_comparison_when_an_area_is_too_small_then_says_so(demo: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.rivals.comparing.distance_m", lambda *_: 1.0)
    with pytest.raises(NoRouteError, match="too small"):
        compare(demo, pairs=1)
