"""The path of least cost for one price of being seen, exactly.

An edge costs ``1_000_000 * effort_dm + beta * seen`` (contract; ``effort_dm`` is the length as a walker feels it). All
numbers are whole, so sums are exact and equal to any other exact algorithm's. The ends lie beside the graph: a walk
begins with a part of a split edge and ends with one, and nothing that is shared is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routing.graph import Flag
from routing.kernels import UNIT, distances_to, shortest_path
from routing.snap import SPLITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.snap import Snap

MAX_BETA = 10**7  # decimetres of detour for a unit of risk: a metre for the least risk that is counted
MOST_SEEN = 3 * 10**7  # of an edge; the sum over a walk of 20 of them at the highest price stays below 2^53


@dataclass(frozen=True, slots=True)
class Network:
    """A graph with what is seen of it: all that a search reads."""

    graph: WalkGraph
    seen: NDArray[np.int32]  # [edge] 1e-6 of risk


def weigh(graph: WalkGraph, risk_e6: NDArray[np.int32], among_cars_per_m: float) -> Network:
    """Make what a search reads of what cameras do: carriageways count as if watched, so that none is dodged along them.

    Parameters
    ----------
    graph
        The walk graph.
    risk_e6
        int32 [edge], 1e-6 of -ln(1 - p).
    among_cars_per_m
        The least risk that counts for a metre among cars.

    Returns
    -------
    Network
    """
    among_cars = (graph.flags[graph.section] & Flag.CARRIAGEWAY) != 0
    least = np.minimum(np.rint(graph.length_dm * (among_cars_per_m * 1e5)), MOST_SEEN).astype(np.int32)
    return Network(graph, np.where(among_cars, np.maximum(risk_e6, least), risk_e6))


@dataclass(frozen=True, slots=True)
class Part:
    """A directed edge from ``q_from`` to ``q_to`` of 65,536, counted in walking direction."""

    edge: int
    q_from: int
    q_to: int

    def share(self, values: NDArray[np.int32]) -> int:
        """Give this part of an edge's whole number; the parts of a split edge add up to the whole."""
        value = int(values[self.edge])
        return self.q_to * value // SPLITS - self.q_from * value // SPLITS


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the graph with its exact sums; in its first and last part the ends lie."""

    parts: tuple[Part, ...]
    length_dm: int
    effort_dm: int
    seen: int

    def cost(self, beta: int) -> int:
        """Give the scalar cost at a price of being seen."""
        return UNIT * self.effort_dm + beta * self.seen


class PathFinder:
    """Finds paths between two snapped points, for any number of prices.

    Parameters
    ----------
    network
        What to search.
    start, end
        From :func:`routing.snap.snap`.
    """

    def __init__(self, network: Network, start: Snap, end: Snap) -> None:
        self._network = network
        graph = network.graph
        self._first = [Part(edge, q, SPLITS) for edge, q in _edges_at(graph, start)]
        self._last = [Part(edge, 0, q) for edge, q in _edges_at(graph, end)]
        self._direct = [
            Part(a.edge, a.q_from, b.q_to)
            for a in self._first
            for b in self._last
            if a.edge == b.edge and a.q_from <= b.q_to
        ]
        # The effort still to go bounds the cost still to go from below, whatever the price: one backward search serves
        # all.
        self._to_go_dm = distances_to(
            graph.in_start, graph.in_edge, graph.tail, graph.effort_dm,
            _nodes(graph.tail, self._last), _column([part.share(graph.effort_dm) for part in self._last]),
        )  # fmt: skip

    def best(self, beta: int) -> Path | None:
        """Find a path of least cost.

        Parameters
        ----------
        beta
            The price of a unit of risk in decimetres of effort, 0 … :data:`MAX_BETA`.

        Returns
        -------
        Path or None
            ``None`` if the end cannot be reached.
        """
        graph, seen = self._network.graph, self._network.seen
        found = shortest_path(
            graph.out_start, graph.head, graph.tail, graph.effort_dm, seen, beta,
            _nodes(graph.head, self._first), self._costs(self._first, beta),
            _nodes(graph.tail, self._last), self._costs(self._last, beta), self._to_go_dm,
        )  # fmt: skip
        paths = [self._path((part,)) for part in self._direct]
        if len(found):
            first, last, *edges = found.tolist()
            middle = (Part(edge, 0, SPLITS) for edge in edges)
            paths.append(self._path((self._first[first], *middle, self._last[last])))
        return min(paths, key=lambda path: path.cost(beta), default=None)

    def _costs(self, parts: Sequence[Part], beta: int) -> NDArray[np.int64]:
        graph, seen = self._network.graph, self._network.seen
        return _column([UNIT * part.share(graph.effort_dm) + beta * part.share(seen) for part in parts])

    def _path(self, parts: tuple[Part, ...]) -> Path:
        graph = self._network.graph
        columns = (graph.length_dm, graph.effort_dm, self._network.seen)
        return Path(parts, *(sum(part.share(column) for part in parts) for column in columns))


def _edges_at(graph: WalkGraph, place: Snap) -> list[tuple[int, int]]:
    """Give the directed edges of a place's section, and how far along each the place lies."""
    return [
        (int(edge), place.q if graph.forward[edge] else SPLITS - place.q)
        for edge in graph.edges_of_section(place.section)
    ]


def _nodes(end_of: NDArray[np.int32], parts: Sequence[Part]) -> NDArray[np.int32]:
    return np.array([end_of[part.edge] for part in parts], dtype=np.int32)


def _column(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
