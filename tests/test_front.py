"""Fronts against growing every way, whole and stopped; legs put together; few walks that stand for all."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import front_of
from test_search import assert_is_a_walk, networks, random_snap, snaps_of

from routing.anchors import anchors_dm
from routing.search.front import Front, Limits, find_front
from routing.search.legs import corners, knee, stand_for, together
from routing.search.network import PathFinder

if TYPE_CHECKING:
    from routing.area import Area
    from routing.search.network import Network
    from routing.snap import Snap

Point = tuple[int, int]


def points_of(front: Front) -> list[Point]:
    return list(zip(front.effort_dm.tolist(), front.seen.tolist(), strict=True))


def assert_points_are_walks(network: Network, front: Front, start: Snap, end: Snap) -> None:
    for number, point in enumerate(points_of(front)):
        path = front.path(number)
        assert (path.effort_dm, path.seen) == point
        assert_is_a_walk(network, path, start, end)


@settings(max_examples=500)
@given(networks(), st.data(), st.integers(0, 600_000) | st.integers(0, 40))
def test_front_when_graph_is_any_small_one_then_it_equals_growing_every_way(
    network: Network, data: st.DataObject, budget_dm: int
) -> None:
    start, end = data.draw(snaps_of(network)), data.draw(snaps_of(network))
    front = find_front(network, start, end, budget_dm=budget_dm)
    assert points_of(front) == front_of(network, start, end, budget_dm)
    assert_points_are_walks(network, front, start, end)
    assert front.gap == 0
    assert front.exact_to_dm == budget_dm


@settings(max_examples=300)
@given(networks(), st.data(), st.integers(0, 600_000) | st.integers(0, 40))
def test_front_when_it_is_stopped_then_its_beginning_is_exact_and_the_gap_holds(
    network: Network, data: st.DataObject, budget_dm: int
) -> None:
    start, end = data.draw(snaps_of(network)), data.draw(snaps_of(network))
    stopped = find_front(network, start, end, budget_dm=budget_dm, limits=Limits(labels=1))
    whole = front_of(network, start, end, budget_dm)
    assert len(stopped) == 0 or bool(whole)
    got = points_of(stopped)
    assert [p for p in got if p[0] <= stopped.exact_to_dm] == [p for p in whole if p[0] <= stopped.exact_to_dm]
    assert all(effort_dm <= budget_dm for effort_dm, _ in got)
    assert all(any(a <= effort_dm and b <= seen for a, b in whole) for effort_dm, seen in got)
    assert_points_are_walks(network, stopped, start, end)
    if whole:
        assert got[0] == whole[0]
        assert stopped.least_seen <= whole[-1][1] <= got[-1][1]
        assert 0 <= stopped.gap <= 1


@pytest.mark.parametrize("detour", [1.0, 1.1, 1.3])
def test_front_when_pairs_are_of_the_demo_area_then_it_equals_growing_every_way(demo: Area, detour: float) -> None:
    rng = np.random.default_rng(round(100 * detour))
    compared = 0
    while compared < 8:
        start, end = random_snap(demo, rng), random_snap(demo, rng)
        shortest = PathFinder(demo.network, start, end).best(0)
        if shortest is None or shortest.effort_dm > 9000:
            continue
        budget_dm = round(shortest.effort_dm * detour)
        front = find_front(demo.network, start, end, budget_dm=budget_dm)
        assert points_of(front) == front_of(demo.network, start, end, budget_dm)
        assert_points_are_walks(demo.network, front, start, end)
        compared += 1


def test_front_when_few_labels_are_allowed_then_no_more_are_made(demo: Area) -> None:
    rng = np.random.default_rng(3)
    while True:
        start, end = random_snap(demo, rng), random_snap(demo, rng)
        shortest = PathFinder(demo.network, start, end).best(0)
        if shortest is not None and shortest.effort_dm > 8000:
            break
    budget_dm = round(shortest.effort_dm * 1.3)
    few, more, whole = (
        find_front(demo.network, start, end, budget_dm=budget_dm, limits=Limits(labels=labels))
        for labels in (100, 400, 3_000_000)
    )
    assert few.exact_to_dm < more.exact_to_dm < whole.exact_to_dm == budget_dm


def test_front_when_it_is_cancelled_then_it_ends_and_says_how_far_it_is_exact(centre: Area) -> None:
    rng = np.random.default_rng(4)
    while True:
        start, end = random_snap(centre, rng), random_snap(centre, rng)
        shortest = PathFinder(centre.network, start, end).best(1)
        budget_dm = 0 if shortest is None else round(shortest.effort_dm * 1.3)
        if budget_dm < 40_000:
            continue
        front = find_front(centre.network, start, end, budget_dm=budget_dm, limits=Limits(cancelled=lambda: True))
        if front.exact_to_dm < budget_dm:
            break
    assert 0 < front.gap < 0.5
    whole = find_front(centre.network, start, end, budget_dm=budget_dm, limits=Limits(seconds=600))
    assert whole.exact_to_dm == budget_dm
    assert front.least_seen <= whole.least_seen == int(whole.seen[-1]) <= int(front.seen[-1])
    before = int((whole.effort_dm <= front.exact_to_dm).sum())
    assert points_of(front)[:before] == points_of(whole)[:before]
    for price in (10**3, 10**5, 10**7):  # what costs least at a price is on the front
        best = PathFinder(centre.network, start, end).best(price)
        if best is not None and best.effort_dm <= budget_dm:
            costs = 10**6 * whole.effort_dm + price * whole.seen
            assert int(costs.min()) == best.cost(price)


@settings(max_examples=150)
@given(networks(), st.data(), st.integers(0, 400_000) | st.integers(0, 60))
def test_front_when_the_end_may_be_any_of_several_then_it_is_the_best_of_theirs(
    network: Network, data: st.DataObject, budget_dm: int
) -> None:
    start, *ends = data.draw(st.lists(snaps_of(network), min_size=2, max_size=4))
    front = find_front(network, start, *ends, budget_dm=budget_dm)
    each = sorted(point for end in ends for point in front_of(network, start, end, budget_dm))
    assert points_of(front) == unbeaten(each)


@pytest.mark.parametrize("at_a_time", [1, 1_000_000])
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(network=networks(), data=st.data(), spare_dm=st.integers(0, 400_000) | st.integers(0, 60))
def test_legs_when_put_together_then_no_pair_of_their_walks_is_missed(
    monkeypatch: pytest.MonkeyPatch, at_a_time: int, network: Network, data: st.DataObject, spare_dm: int
) -> None:
    monkeypatch.setattr("routing.search.legs._AT_A_TIME", at_a_time)
    stops = data.draw(st.lists(snaps_of(network), min_size=2, max_size=4))
    shortest = [PathFinder(network, a, b).best(0) for a, b in pairwise(stops)]
    legs = [leg for leg in shortest if leg is not None]
    if len(legs) < len(shortest):
        return
    budget_dm = sum(leg.effort_dm for leg in legs) + spare_dm
    fronts = [
        find_front(network, a, b, budget_dm=leg.effort_dm + spare_dm)
        for (a, b), leg in zip(pairwise(stops), legs, strict=True)
    ]
    choice = together(fronts, budget_dm)
    every = product(*(front_of(network, a, b, budget_dm) for a, b in pairwise(stops)))
    sums = sorted((sum(p[0] for p in walk), sum(p[1] for p in walk)) for walk in every)
    assert list(zip(choice.effort_dm.tolist(), choice.seen.tolist(), strict=True)) == unbeaten(
        [point for point in sums if point[0] <= budget_dm]
    )
    for walk in range(len(choice)):
        paths = choice.paths(walk)
        assert sum(path.effort_dm for path in paths) == choice.effort_dm[walk]
        assert sum(path.seen for path in paths) == choice.seen[walk]
    assert choice.gap == 0


def unbeaten(points: list[Point]) -> list[Point]:
    front: list[Point] = []
    for effort_dm, seen in points:
        if not front or seen < front[-1][1]:
            front.append((effort_dm, seen))
    return front


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 1000)), min_size=1, max_size=60), st.integers(3, 20))
def test_stand_for_when_few_are_chosen_then_both_ends_and_the_knee_are_among_them(
    steps: list[Point], most: int
) -> None:
    effort_dm, drops = np.cumsum([a for a, _ in steps]), np.cumsum([b for _, b in steps])
    seen = 100_000 - drops
    chosen = stand_for(effort_dm, seen, most)
    assert len(chosen) <= max(most, 3)
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    assert {0, len(seen) - 1} <= set(chosen.tolist())
    middle = knee(effort_dm, seen)
    assert middle is None or middle in chosen
    if len(chosen) < most:  # then nobody loses more than a hundredth of the range
        best = chosen[np.searchsorted(chosen, np.arange(len(seen)), side="right") - 1]
        assert (seen[best] - seen).max() <= 0.01 * (seen[0] - seen[-1])


@given(
    st.lists(st.tuples(st.floats(-179, 179), st.floats(-85, 85)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 10_000)), max_size=20),
)
def test_anchors_when_efforts_are_any_then_no_edge_takes_less_than_the_straight_line(
    places: list[tuple[float, float]], rows: list[tuple[int, int, int]]
) -> None:
    edges = [(a % len(places), b % len(places), effort_dm) for a, b, effort_dm in rows]
    tail, head, effort_dm = (np.array([row[i] for row in edges], dtype=np.int32) for i in range(3))
    anchors = anchors_dm(np.array(places), tail, head, effort_dm)
    assert (np.hypot(*(anchors[tail] - anchors[head]).T) <= effort_dm).all()


def test_anchors_when_map_is_real_then_the_straight_line_is_hardly_shortened(demo: Area) -> None:
    graph = demo.graph
    straight = np.hypot(*(graph.anchor_dm[graph.tail] - graph.anchor_dm[graph.head]).T)
    assert (straight <= graph.effort_dm).all()
    assert np.percentile(straight / graph.length_dm, 90) > 0.85


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 1000)), min_size=1, max_size=40))
def test_corners_when_prices_are_any_then_the_best_point_is_one_of_them(steps: list[Point]) -> None:
    effort_dm = np.cumsum([a for a, _ in steps])
    seen = 100_000 - np.cumsum([b for _, b in steps])
    found = corners(effort_dm, seen)
    assert {0, len(seen) - 1} <= set(found.tolist())
    for price in (0.001, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0, 100.0):
        costs = effort_dm + price * seen
        assert costs[found].min() == costs.min()
