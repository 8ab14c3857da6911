"""How far the least walk by additive weights is from the true optimum: every walk of small graphs is the judge."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.hazard.hazards import Hazards, Views, lower_bound_of, risk_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 4
BETA_M = 500.0  # of detour for a unit of risk


def seen_by(rng: np.random.Generator, cameras: int, lines: int, lenses: int) -> Hazards:
    """Let each camera see a few lines, one way more than the other, with random lenses."""
    rows = [
        (camera, line) for camera in range(cameras) for line in rng.choice(lines, rng.integers(1, 7), replace=False)
    ]
    who, line = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
    none = np.zeros(0, dtype=np.int32)
    chance = rng.dirichlet(np.ones(lenses), cameras)[who]
    return Hazards(
        who, line, np.zeros(len(who), dtype=np.int32), rng.exponential(0.5, (len(who), lenses, 2)), chance,
        Views(none, none, np.zeros(0), np.zeros(0), np.zeros(0)), np.ones(cameras, dtype=np.int32),
    )  # fmt: skip


def true_risk(found: Hazards, sure: NDArray[np.float64], steps: list[tuple[int, int]]) -> float:
    """Sum over cameras, each decided once."""
    risk = 0.0
    for camera in range(len(sure)):
        total, chance = np.zeros(found.lens.shape[1]), np.zeros(found.lens.shape[1])
        for line, way in steps:
            for row in np.flatnonzero((found.camera == camera) & (found.line == line)):
                total += found.lens[row, :, way]
                chance = found.chance[row]
        risk -= np.log(1.0 - sure[camera] * float((chance * (1.0 - np.exp(-total))).sum()))
    return float(risk)


class Case:
    """A town of a few crossings."""

    def __init__(self, seed: int, lenses: int) -> None:
        rng = np.random.default_rng(seed)
        streets = nx.grid_2d_graph(SIDE, SIDE)
        self.number = {frozenset(ends): line for line, ends in enumerate(sorted(streets.edges))}
        self.length_m = rng.uniform(20.0, 60.0, len(self.number))
        self.found = seen_by(rng, int(rng.integers(1, 9)), len(self.number), lenses)
        self.sure = rng.uniform(0.05, 0.95, len(self.found.count))
        self.streets = streets

    def steps(self, nodes: list[tuple[int, int]]) -> list[tuple[int, int]]:
        return [(self.number[frozenset((a, b))], int(a > b)) for a, b in pairwise(nodes)]

    def cost(self, nodes: list[tuple[int, int]]) -> float:
        steps = self.steps(nodes)
        return float(sum(self.length_m[line] for line, _ in steps)) + BETA_M * true_risk(self.found, self.sure, steps)

    def least(self, weight: NDArray[np.float64]) -> tuple[list[tuple[int, int]], float]:
        graph = nx.DiGraph()
        for a, b in self.streets.to_directed().edges:
            ((line, way),) = self.steps([a, b])
            graph.add_edge(a, b, weight=self.length_m[line] + BETA_M * weight[line, way])
        cost, nodes = nx.single_source_dijkstra(graph, (0, 0), (SIDE - 1, SIDE - 1))
        return nodes, float(cost)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), lenses=st.integers(1, 3))
def test_least_walk_when_all_walks_are_tried_then_the_optimum_lies_between_it_and_the_bound(
    seed: int, lenses: int
) -> None:
    case = Case(seed, lenses)
    count = len(case.length_m)
    nodes, claimed = case.least(risk_of(case.found, case.sure, count))
    _, bound = case.least(lower_bound_of(case.found, case.sure, count))
    exact = min(map(case.cost, nx.all_simple_paths(case.streets, (0, 0), (SIDE - 1, SIDE - 1))))
    mine = case.cost(nodes)
    assert bound <= exact + 1e-9
    assert exact <= mine + 1e-9
    if lenses == 1:
        assert mine <= claimed + 1e-9  # by line is never less than by camera


def test_least_walk_when_many_towns_are_tried_then_nearly_always_the_optimum_and_the_gap_is_certified() -> None:
    worse, gaps = [], []
    for seed in range(40):
        case = Case(seed, 3)
        nodes, _ = case.least(risk_of(case.found, case.sure, len(case.length_m)))
        _, bound = case.least(lower_bound_of(case.found, case.sure, len(case.length_m)))
        exact = min(map(case.cost, nx.all_simple_paths(case.streets, (0, 0), (SIDE - 1, SIDE - 1))))
        mine = case.cost(nodes)
        worse.append(mine / exact - 1.0)
        gaps.append(1.0 - bound / mine)
    assert np.mean(np.array(worse) < 1e-9) >= 0.85
    assert max(worse) < 0.05
    assert all(gap >= lost / (1.0 + lost) - 1e-9 for gap, lost in zip(gaps, worse, strict=True))


def test_bound_when_nothing_is_seen_then_nothing() -> None:
    none = np.zeros(0, dtype=np.int32)
    empty = Hazards(
        none, none, none, np.zeros((0, 3, 2)), np.zeros((0, 3)),
        Views(none, none, np.zeros(0), np.zeros(0), np.zeros(0)), np.zeros(2, dtype=np.int32),
    )  # fmt: skip
    assert lower_bound_of(empty, np.ones(2), 5).sum() == 0.0
