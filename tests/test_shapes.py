"""Paths and fronts on graphs of several shapes, ten thousand times: networkx and growing every way say the same."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from oracle import NetworkxOracle, front_of
from test_search import PRICES, assert_is_a_walk

from routing.assemble import Section, assemble
from routing.geo import distance_m
from routing.graph import Flag
from routing.model import LonLat
from routing.search.front import find_front
from routing.search.network import Network, PathFinder
from routing.snap import SPLITS, Snap

if TYPE_CHECKING:
    from collections.abc import Callable

    Pairs = list[tuple[int, int]]

QUERIES_A_GRAPH = 10


def grid(rng: np.random.Generator, count: int) -> Pairs:
    wide = max(int(count**0.5), 1)
    across = [(n, n + 1) for n in range(count - 1) if (n + 1) % wide]
    pairs = across + [(n, n + wide) for n in range(count - wide)]
    return [pair for pair in pairs if rng.random() < 0.9]


def tree(rng: np.random.Generator, count: int) -> Pairs:
    return [(int(rng.integers(n)), n) for n in range(1, count)]


def islands(rng: np.random.Generator, count: int) -> Pairs:
    half = max(count // 2, 1)
    first = [(int(rng.integers(n)), n) for n in range(1, half)]
    return [*first, *((half + int(rng.integers(n)), half + n) for n in range(1, count - half))]


def random_streets(rng: np.random.Generator, count: int) -> Pairs:
    return [(int(a), int(b)) for a, b in rng.integers(count, size=(2 * count, 2))]


def parallel(rng: np.random.Generator, count: int) -> Pairs:
    return [(n, n + 1) for n in range(count - 1) for _ in range(int(rng.integers(1, 4)))]


def loops(rng: np.random.Generator, count: int) -> Pairs:
    return [*tree(rng, count), *((n, n) for n in range(count)), *((n, (n + 1) % count) for n in range(count))]


SHAPES: dict[str, Callable[[np.random.Generator, int], Pairs]] = {
    "grid": grid, "tree": tree, "islands": islands, "streets": random_streets, "parallel": parallel, "loops": loops,
}  # fmt: skip


def network_of(shape: str, rng: np.random.Generator) -> Network:
    """Make a network of a shape: one-ways among the streets, now and then all efforts or all risks alike, or none."""
    count = int(rng.integers(2, 40))
    lonlat = np.column_stack([rng.uniform(24.9, 24.93, count), rng.uniform(60.1, 60.11, count)])
    alike, seldom, as_drawn = rng.random() < 0.3, rng.random() < 0.5, rng.random() < 0.5
    sections = []
    for number, (tail, head) in enumerate(SHAPES[shape](rng, count) or [(0, 1)]):
        length_dm = 50 if alike else int(rng.integers(1, 3000))
        if as_drawn:  # as on a map, where the straight line bounds lengths
            straight_dm = 10.0 * float(distance_m(lonlat[tail], lonlat[head]))
            length_dm = max(math.ceil(straight_dm * (1.0 if alike else rng.uniform(1.0, 1.3))), 1)
        ways = rng.choice(["both", "both", "both", "forth", "back"])
        line = np.array([lonlat[tail], lonlat[tail] + 1e-6 * (number + 1), lonlat[head]])
        extra = 0 if alike else int(rng.integers(0, 200))
        sections.append(
            Section(
                tail=tail, head=head, line=line, way_id=number, way_class="footway", flags=Flag(0),
                forward=bool(ways != "back"), backward=bool(ways != "forth"),
                length_m=length_dm / 10, effort_dm=(length_dm + extra, length_dm + 2 * extra),
            )
        )  # fmt: skip
    graph = assemble(lonlat, np.arange(count), sections)
    most = int(rng.choice([1, 2, 10_000]))  # 1: nothing is seen
    seen = rng.integers(0, most, graph.edge_count)
    return Network(graph, np.where(rng.random(graph.edge_count) < (0.2 if seldom else 1.0), seen, 0).astype(np.int32))


def point_on(network: Network, rng: np.random.Generator) -> Snap:
    q = int(rng.choice([0, SPLITS, int(rng.integers(SPLITS))]))
    return Snap(int(rng.integers(network.graph.section_count)), q, LonLat(0.0, 0.0), 0.0, 0)


def check(shape: str, queries: int, seed: int) -> None:
    rng = np.random.default_rng([seed, list(SHAPES).index(shape)])
    joined = 0
    for _ in range(-(-queries // QUERIES_A_GRAPH)):
        network = network_of(shape, rng)
        oracle = NetworkxOracle(network)
        for _ in range(QUERIES_A_GRAPH):
            start, end, price = point_on(network, rng), point_on(network, rng), int(rng.choice(PRICES))
            path = PathFinder(network, start, end).best(price)
            assert (path.cost(price) if path else None) == oracle.least_cost(start, end, price)
            if path is None:
                continue
            joined += 1
            assert_is_a_walk(network, path, start, end)
            budget_dm = int(path.effort_dm * rng.uniform(1.0, 2.0))
            front = find_front(network, start, end, budget_dm=budget_dm)
            points = list(zip(front.effort_dm.tolist(), front.seen.tolist(), strict=True))
            assert points == front_of(network, start, end, budget_dm)
    assert joined > queries / 10


@pytest.mark.parametrize("shape", list(SHAPES))
def test_searches_when_asked_ten_thousand_times_then_they_equal_the_slow_ones(shape: str) -> None:
    check(shape, 10_000 // len(SHAPES) + 1, seed=1)
