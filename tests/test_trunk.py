"""The trunk, its marks and searches that bar edges, against walking the whole graph (Dijkstra, by hand)."""

from __future__ import annotations

import heapq
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_search import networks
from test_shapes import SHAPES, network_of, point_on

from routing.assemble import Section, assemble
from routing.graph import MOST_EDGE_DM, Flag, complaint
from routing.kernels import UNIT
from routing.model import LonLat
from routing.search.network import MAX_BETA, Barred, Network, Part, PathFinder
from routing.search.trunk import FAR, trunk_of
from routing.snap import Snap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.search.network import Path
    from routing.search.trunk import Trunk

PRICES = (0, 1, 999, 1000, 47_123, 3_000_001, MAX_BETA)
_NO_WAY = 2**60


def weights_of(network: Network, beta: int) -> NDArray[np.int64]:
    return UNIT * network.graph.effort_dm.astype(np.int64) + beta * network.seen.astype(np.int64)


def costs_from(network: Network, begin: Mapping[int, int], beta: int, barred: NDArray[np.bool_]) -> dict[int, int]:
    """Give the least cost to every node that can be reached."""
    graph, weight = network.graph, weights_of(network, beta)
    done: dict[int, int] = {}
    waiting = [(cost, node) for node, cost in begin.items()]
    heapq.heapify(waiting)
    while waiting:
        cost, node = heapq.heappop(waiting)
        if node not in done:
            done[node] = cost
            for edge in range(graph.out_start[node], graph.out_start[node + 1]):
                if not barred[edge]:
                    heapq.heappush(waiting, (cost + int(weight[edge]), int(graph.head[edge])))
    return done


def least_cost(finder: PathFinder, network: Network, beta: int, barred: NDArray[np.bool_]) -> int | None:
    """Give the least cost by all first and last parts; what is barred may still be begun and ended on."""

    def price(part: Part) -> int:
        return UNIT * part.share(network.graph.effort_dm) + beta * part.share(network.seen)

    found = [price(part) for part in finder.ends.direct]
    for first in finder.ends.first:
        costs = costs_from(network, {int(network.graph.head[first.edge]): price(first)}, beta, barred)
        tails = ((int(network.graph.tail[last.edge]), last) for last in finder.ends.last)
        found += [costs[tail] + price(last) for tail, last in tails if tail in costs]
    return min(found, default=None)


def cost_of(path: Path | None, beta: int) -> int | None:
    return None if path is None else path.cost(beta)


def lane_ends(trunk: Trunk) -> list[tuple[int, int, int]]:
    """Give tail, head and number of each lane that leads away."""
    count = len(trunk.number)
    return [(n, int(trunk.to[i]), i) for n in range(count) for i in range(trunk.start[n], trunk.start[n + 1])]


@settings(max_examples=200)
@given(networks(), st.sampled_from(PRICES))
def test_trunk_when_graph_is_any_small_one_then_ways_between_its_nodes_cost_the_same(
    network: Network, beta: int
) -> None:
    graph = network.graph
    trunk, nothing = trunk_of(graph), np.zeros(graph.edge_count, dtype=np.bool_)
    seen = trunk.sums(network.seen)
    cost = np.full((trunk.size, trunk.size), _NO_WAY, dtype=np.int64)
    np.fill_diagonal(cost, 0)
    for tail, head, lane in lane_ends(trunk):
        if tail < trunk.size:
            cost[tail, head] = min(cost[tail, head], UNIT * int(trunk.effort_dm[lane]) + beta * int(seen[lane]))
    for middle in range(trunk.size):  # Floyd and Warshall
        cost = np.minimum(cost, np.minimum(cost[:, middle, None] + cost[None, middle], _NO_WAY))
    for node in np.flatnonzero(trunk.number < trunk.size).tolist():
        whole = costs_from(network, {node: 0}, beta, nothing)
        for other in np.flatnonzero(trunk.number < trunk.size).tolist():
            assert cost[trunk.number[node], trunk.number[other]] == whole.get(other, _NO_WAY)


def test_trunk_when_of_a_city_then_lanes_there_are_those_away_turned_round(demo: Area) -> None:
    graph = demo.graph
    trunk = trunk_of(graph)
    assert graph.node_count / 3 < trunk.size < graph.node_count * 2 / 3
    assert sorted(trunk.number.tolist()) == list(range(graph.node_count))
    away = {(tail, head, int(trunk.chain[lane])) for tail, head, lane in lane_ends(trunk) if tail < trunk.size}
    count = graph.node_count
    there = {
        (int(trunk.to[lane]), node, int(trunk.chain[lane]))
        for node in range(trunk.size)
        for lane in range(trunk.start[count + node], trunk.start[count + node + 1])
    }
    assert away == there
    assert all(head < trunk.size for _, head, _ in away)
    for tail, head, chain in sorted(away)[:500]:
        links = trunk.link[trunk.link_start[chain] : trunk.link_start[chain + 1]]
        assert (graph.head[links[:-1]] == graph.tail[links[1:]]).all()
        assert (trunk.number[graph.tail[links[0]]], trunk.number[graph.head[links[-1]]]) == (tail, head)


def endless_chain() -> tuple[Network, Snap, Snap]:
    """Make a chain whose efforts add up to more than 31 bits hold, and two short ways past it, with a place on each."""
    links = 2**31 // MOST_EDGE_DM + 10
    lonlat = np.column_stack([np.linspace(24.9, 24.93, links + 1), np.full(links + 1, 60.1)])
    ways = [(n, n + 1, MOST_EDGE_DM) for n in range(links)] + [(0, links, 50)] * 2
    graph = assemble(
        lonlat,
        np.arange(links + 1),
        [
            Section(
                tail=tail, head=head, line=lonlat[[tail, head]], way_id=number, way_class="footway", flags=Flag(0),
                length_m=5.0, effort_dm=(effort_dm, effort_dm),
            )
            for number, (tail, head, effort_dm) in enumerate(ways)
        ],
    )  # fmt: skip
    assert complaint(graph) is None
    start, end = (Snap(links + short, 1000, LonLat(0.0, 0.0), 0.0, 0) for short in range(2))
    return Network(graph, np.zeros(graph.edge_count, dtype=np.int32)), start, end


def test_trunk_when_a_chain_adds_up_to_more_than_numbers_hold_then_as_far_as_what_cannot_be_reached() -> None:
    network, start, end = endless_chain()
    effort_dm = network.graph.once(trunk_of).effort_dm
    assert (effort_dm.min(), effort_dm.max()) == (50, FAR)
    path = PathFinder(network, start, end).best(1)
    assert path is not None
    assert path.effort_dm < 50


@pytest.mark.parametrize("shape", list(SHAPES))
def test_marks_when_shape_is_any_then_none_rises_by_more_than_a_lane_costs(shape: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        network = network_of(shape, rng)
        trunk = network.graph.once(trunk_of)
        for beta in (0, 999, 1000, 3_200, 47_123, 4_096_000, MAX_BETA):
            lanes = network.lanes(beta)
            below, above = (marks.astype(np.int64) for marks in (lanes.marks, lanes.marks_above))
            assert np.abs(lanes.marks).max(initial=0) <= FAR
            assert UNIT - 1 <= lanes.weight + lanes.weight_above <= UNIT
            for tail, head, lane in lane_ends(trunk):
                if tail < trunk.size:
                    rise = lanes.weight * int((below[head] - below[tail]).max())
                    rise += lanes.weight_above * int((above[head] - above[tail]).max())
                    assert rise <= UNIT * int(lanes.effort_dm[lane]) + beta * int(lanes.seen[lane])


@pytest.mark.parametrize("shape", list(SHAPES))
def test_path_when_edges_are_barred_and_more_is_seen_then_cost_equals_a_search_of_the_whole_graph(shape: str) -> None:
    rng = np.random.default_rng(7)
    joined = 0
    for _ in range(60):
        below = network_of(shape, rng)
        graph = below.graph
        more = (below.seen + rng.integers(0, 3000, graph.edge_count)).astype(np.int32)
        for network in (below, below.raised(more), below.raised(np.zeros_like(more))):
            for _ in range(3):
                finder = PathFinder(network, point_on(network, rng), point_on(network, rng))
                beta, barred = int(rng.choice(PRICES)), rng.random(graph.edge_count) < 0.1
                expected = least_cost(finder, network, beta, barred)
                assert cost_of(finder.best(beta, Barred(barred)), beta) == expected
                if expected is not None:
                    joined += 1
                    assert cost_of(finder.best(beta, Barred(barred), below=expected + 1), beta) == expected
                    assert finder.best(beta, Barred(barred), below=expected) is None
        (room,) = graph.once(trunk_of).rooms
        assert not room.where.any()
    assert joined > 50


def test_network_when_less_is_seen_somewhere_then_its_bounds_are_its_own(demo: Area) -> None:
    network = demo.network
    raised = network.raised(network.seen).raised(network.seen + np.int32(1))
    assert raised.lanes(MAX_BETA).marks is network.lanes(MAX_BETA).marks
    less = np.maximum(network.seen, 1) - np.int32(1)
    own = Network(network.graph, less).lanes(MAX_BETA).marks
    assert (network.raised(less).lanes(MAX_BETA).marks == own).all()
    assert (own != raised.lanes(MAX_BETA).marks).any()


def test_routes_when_threads_begin_on_one_graph_at_once_then_as_one_by_one(demo: Area) -> None:
    rng = np.random.default_rng(11)
    graph = replace(demo.graph)  # nothing is made of it yet
    network = Network(graph, demo.network.seen)
    asked = [(point_on(network, rng), point_on(network, rng), int(rng.choice(PRICES))) for _ in range(120)]

    def cost(one: tuple[Snap, Snap, int]) -> int | None:
        path = PathFinder(network, *one[:2]).best(one[2])
        return None if path is None else path.cost(one[2])

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(cost, asked))
    assert together == [cost(one) for one in asked]
    assert 1 <= len(graph.once(trunk_of).rooms) <= 4
