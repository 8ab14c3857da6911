"""What the tables of the prior share: walks planned by some risk, the true risk that is left on them, and its noise.

The search is that of ``table_ablation``: least length + β · weight for the same β, and of the walks within a detour the
one whose weight is least; it is made on the part of the streets that a walk within the longest detour can touch. Ways
under a roof or under ground are left out: of the cameras there nothing is known, and none are made up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from table_ablation import BETAS, pairs_of, risk_by_camera

from routing.graph import Flag
from routing.hazard.hazards import certainty, hazards_of, risk_of
from routing.hazard.parameters import model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from prior_cameras import Place

    from routing.graph import WalkGraph
    from routing.model import Camera

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger]

LONGER: Final = (0.10, 0.25)
MODEL: Final = model()
_MONTH: Final = "2026-11"
_AGAIN: Final = 1000  # that pairs are drawn, for the noise


class Watched(NamedTuple):
    """What cameras do that are surely there."""

    weight: Floats  # [line, 2] risk, forwards and backwards
    each: Callable[[Ints, Ints], Floats]  # lines and ways of a walk -> its risk by each camera, float64 [camera]

    def truth(self, line: Ints, way: Ints) -> float:
        """Give the risk of a walk."""
        return float(self.each(line, way).sum())


class Walk(NamedTuple):
    """One walk."""

    length_m: float
    line: Ints  # [step]
    way: Ints  # [step] 0 forwards, 1 backwards


class Left(NamedTuple):
    """Of each pair: the true risk of the shortest walk and of the avoiding ones, and what was claimed of these."""

    shortest: Floats  # [pair]
    true: Floats  # [pair, detour]
    claimed: Floats  # [pair, detour]


def watched(place: Place, cameras: Sequence[Camera]) -> Watched:
    """Work out what cameras do; when they were seen last is not asked."""
    streets, values = place.streets, MODEL.default
    fresh = [replace(one, status="confirmed", confirmations=0, gone=(), last_seen=_MONTH) for one in cameras]
    sure = certainty(fresh, _MONTH, values) / values.existence_first
    found = hazards_of(fresh, streets.lines, streets.walls, values)
    count = streets.graph.section_count
    return Watched(risk_of(found, sure, count), risk_by_camera(found, sure, count))


class Trip:
    """Walks between one pair of nodes: what a walk within the longest detour can touch, found once."""

    def __init__(self, graph: WalkGraph, a: int, b: int, ways: tuple[csr_array, csr_array]) -> None:
        from_a, to_b = (dijkstra(way, indices=end) for way, end in zip(ways, (a, b), strict=True))
        self.shortest_m = float(from_a[b])  # infinite where no open way leads there
        length_m = graph.length_dm / 10.0
        most_m = (1.0 + max(LONGER)) * self.shortest_m + 1e-6
        within = from_a[graph.tail] + length_m + to_b[graph.head] <= most_m
        edge = np.flatnonzero(within & _open(graph))
        nodes, ends = np.unique(np.concatenate([graph.tail[edge], graph.head[edge], [a, b]]), return_inverse=True)
        tail, head = ends[: len(edge)], ends[len(edge) : -2]
        self._a, self._b, self._size = int(ends[-2]), int(ends[-1]), len(nodes)
        key = tail * self._size + head
        order = np.argsort(key, kind="stable")
        self._edge, key = edge[order], key[order]
        self._first = np.flatnonzero(np.concatenate([[True], np.diff(key) > 0]))
        self._until = np.append(self._first[1:], len(key))
        self._of = {pair: number for number, pair in enumerate(key[self._first].tolist())}
        self._ends = np.divmod(key[self._first], self._size)
        self._length_m, self._section = length_m[self._edge], graph.section[self._edge]
        self._way = np.where(graph.forward[self._edge], 0, 1)

    def walk(self, weight: Floats, beta_m: float) -> Walk:
        """Give the walk of least length + beta · weight, float64 [line, 2]."""
        cost = self._length_m + beta_m * weight[self._section, self._way]
        of_pair = np.minimum.reduceat(cost, self._first)
        matrix = csr_array((of_pair, self._ends), shape=(self._size, self._size))
        _, before = dijkstra(matrix, indices=self._a, return_predecessors=True)
        steps, here = [], self._b
        while here != self._a:
            there = int(before[here])
            number = self._of[there * self._size + here]
            some = slice(self._first[number], self._until[number])
            steps.append(int(self._first[number] + np.argmin(cost[some])))
            here = there
        at = np.array(steps[::-1], dtype=np.int64)
        return Walk(float(self._length_m[at].sum()), self._section[at], self._way[at])

    def walks(self, weight: Floats) -> list[Walk]:
        """Give walks for every β, each once, the shortest first."""
        found = (self.walk(weight, beta_m) for beta_m in (0.0, *BETAS.tolist()))
        return list({walk.line.tobytes() + walk.way.tobytes(): walk for walk in found}.values())


class Trips:
    """Many pairs of places, 500 to 1,500 m apart."""

    def __init__(self, place: Place, count: int, rng: np.random.Generator) -> None:
        graph = place.streets.graph
        ways = _ways(graph), _ways(graph, backwards=True)
        self._trips: list[Trip] = []
        while len(self._trips) < count:
            trip = Trip(graph, *pairs_of(place.streets, 1, rng)[0], ways)
            if np.isfinite(trip.shortest_m):
                self._trips.append(trip)
        nothing = np.zeros((graph.section_count, 2))
        self._shortest = [trip.walks(nothing)[0] for trip in self._trips]

    def chosen(self, weight: Floats) -> Iterator[tuple[Walk, list[Walk]]]:
        """Plan by a weight, float64 [line, 2]: the shortest walk of each pair, and the best within each detour."""
        for trip, short in zip(self._trips, self._shortest, strict=True):
            walks = [short, *trip.walks(weight)]
            risk = [float(weight[walk.line, walk.way].sum()) for walk in walks]
            best = []
            for longer in LONGER:
                most_m = (1.0 + longer) * short.length_m + 1e-6
                within = [number for number, walk in enumerate(walks) if walk.length_m <= most_m]
                best.append(walks[min(within, key=risk.__getitem__)])
            yield short, best

    def left(self, weight: Floats, truth: Callable[[Ints, Ints], float], claim: Callable[[Ints, Ints], float]) -> Left:
        """Plan by a weight, see :meth:`chosen`; gives what is true of the walks and what is claimed."""
        shortest, true, claimed = [], [], []
        for short, best in self.chosen(weight):
            shortest.append(truth(short.line, short.way))
            true.append([truth(walk.line, walk.way) for walk in best])
            claimed.append([claim(walk.line, walk.way) for walk in best])
        return Left(np.array(shortest), np.array(true), np.array(claimed))


def _open(graph: WalkGraph) -> NDArray[np.bool_]:
    """Tell which edges are in the open air."""
    outside: NDArray[np.bool_] = (graph.flags[graph.section] & Flag.ENCLOSED) == 0
    return outside


def _ways(graph: WalkGraph, *, backwards: bool = False) -> csr_array:
    """Give the lengths of edges between nodes, the shortest of parallel ones, metres."""
    tail, head = (graph.head, graph.tail) if backwards else (graph.tail, graph.head)
    order = np.lexsort((graph.length_dm, head, tail))
    order = order[_open(graph)[order]]
    fresh = np.concatenate([[True], (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)])
    best = order[fresh]
    return csr_array((graph.length_dm[best] / 10.0, (tail[best], head[best])), shape=(graph.node_count,) * 2)


def ratio(above: Floats, below: Floats) -> tuple[float, float]:
    """Give the ratio of two sums over draws and pairs, float64 [draw, pair], and half of its 95 % interval.

    Draws are drawn again, and then the pairs of each.
    """
    if below.sum() <= 0.0:
        return float("nan"), float("nan")
    rng, (draws, pairs) = np.random.default_rng(0), below.shape
    draw = rng.integers(0, draws, (_AGAIN, draws, 1))
    pair = rng.integers(0, pairs, (_AGAIN, draws, pairs))
    again = above[draw, pair].sum(axis=(1, 2)) / np.maximum(below[draw, pair].sum(axis=(1, 2)), 1e-12)
    low, high = np.quantile(again, [0.025, 0.975])
    return float(above.sum() / below.sum()), float(high - low) / 2.0
