"""The k shortest walks that pass no node twice, in order of effort: what re-ranking chooses from.

Yen's method (1971) with Lawler's saving (1972): each further walk leaves one already found at some node, and only the
nodes from where that one left its own parent on are tried. Each attempt is an A* search whose estimate is the exact
effort still to go while nothing is barred, so that it hardly leaves the walk that it looks for.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.search.network import Part, Path
from routing.snap import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from routing.graph import WalkGraph
    from routing.search.network import Network
    from routing.snap import Snap

_START, _END = -1, -2  # beside the nodes of the graph


class _Arc(NamedTuple):
    """A part of an edge, or all of it, and where it leads."""

    part: Part
    head: int
    effort_dm: int


class SimplePaths:
    """Finds the shortest walks between two points that pass no node twice.

    Parameters
    ----------
    network
        What to search; what is seen plays no role.
    start, end
        From :func:`routing.snap.snap`, in one part of the graph.
    """

    def __init__(self, network: Network, start: Snap, end: Snap) -> None:
        self._network = network
        graph = network.graph
        first, last = _edges_at(graph, start), _edges_at(graph, end)
        self._out: dict[int, list[_Arc]] = {}
        for edge, q in first:
            self._add(_START, Part(edge, q, SPLITS), int(graph.head[edge]))
        for edge, q in last:
            self._add(int(graph.tail[edge]), Part(edge, 0, q), _END)
        for a, q_from in first:
            for b, q_to in last:
                if a == b and q_from <= q_to:
                    self._add(_START, Part(a, q_from, q_to), _END)
        self._to_go_dm = self._backwards(last)

    def shortest(self, count: int) -> Iterator[Path]:
        """Give up to so many, the shortest first."""
        first = self._onwards(_START, frozenset(), frozenset())
        waiting = [(_effort_dm(first), 0, 0, first)] if first is not None else []
        found: list[tuple[_Arc, ...]] = []
        offered = 0
        known = set()
        while waiting and len(found) < count:
            _, _, left_at, arcs = heapq.heappop(waiting)
            found.append(arcs)
            yield self._path(arcs)
            for at in range(left_at, len(arcs)):
                root = arcs[:at]
                barred = frozenset(other[at] for other in found if other[:at] == root and len(other) > at)
                passed = frozenset((_START, *(arc.head for arc in root)))
                rest = self._onwards(root[-1].head if root else _START, barred, passed)
                whole = None if rest is None else (*root, *rest)
                if whole is not None and whole not in known:
                    known.add(whole)
                    offered += 1
                    heapq.heappush(waiting, (_effort_dm(whole), offered, at, whole))

    def _add(self, tail: int, part: Part, head: int) -> None:
        self._out.setdefault(tail, []).append(_Arc(part, head, part.share(self._network.graph.effort_dm)))

    def _arcs(self, node: int) -> Iterator[_Arc]:
        yield from self._out.get(node, ())
        if node >= 0:
            graph = self._network.graph
            for edge in range(int(graph.out_start[node]), int(graph.out_start[node + 1])):
                yield _Arc(Part(edge, 0, SPLITS), int(graph.head[edge]), int(graph.effort_dm[edge]))

    def _backwards(self, last: list[tuple[int, int]]) -> list[float]:
        """Give the least effort from each node to the end, infinite where there is no way."""
        graph = self._network.graph
        count = graph.node_count
        edges, q = np.array(last, dtype=np.int64).T
        part_dm = q * graph.effort_dm[edges].astype(np.int64) // SPLITS
        # against the edges, from the end, which is one more node; a decimetre more each, for 0 would be no edge
        tail = np.concatenate([graph.head.astype(np.int64), np.full(len(edges), count)])
        head = np.concatenate([graph.tail.astype(np.int64), graph.tail[edges].astype(np.int64)])
        effort_dm = np.concatenate([graph.effort_dm.astype(np.int64), part_dm + 1])
        order = np.lexsort((effort_dm, head, tail))
        tail, head, effort_dm = tail[order], head[order], effort_dm[order]
        kept = np.ones(len(order), dtype=np.bool_)  # the cheapest of parallel edges, which scipy would add up
        kept[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
        matrix = csr_array((effort_dm[kept].astype(np.float64), (tail[kept], head[kept])), shape=(count + 1, count + 1))
        to_go_dm = dijkstra(matrix, indices=[count])[0, :count] - 1.0
        found: list[float] = to_go_dm.tolist()
        return found

    def _onwards(self, node: int, barred: AbstractSet[_Arc], passed: AbstractSet[int]) -> tuple[_Arc, ...] | None:
        """Find the shortest way from a node to the end that begins with no barred arc and passes no node again."""
        reached: dict[int, int] = {node: 0}
        before: dict[int, tuple[int, _Arc]] = {}
        waiting = [(0.0, 0, node)]
        while waiting:
            _, effort_dm, here = heapq.heappop(waiting)
            if here == _END:
                return _back(before, node)
            if effort_dm > reached[here]:
                continue
            for arc in self._arcs(here):
                if arc.head in passed or (here == node and arc in barred):
                    continue
                then_dm = effort_dm + arc.effort_dm
                to_go_dm = 0.0 if arc.head == _END else self._to_go_dm[arc.head]
                if then_dm < reached.get(arc.head, np.inf) and to_go_dm < np.inf:
                    reached[arc.head] = then_dm
                    before[arc.head] = here, arc
                    heapq.heappush(waiting, (then_dm + to_go_dm, then_dm, arc.head))
        return None

    def _path(self, arcs: tuple[_Arc, ...]) -> Path:
        graph = self._network.graph
        parts = tuple(arc.part for arc in arcs)
        columns = (graph.length_dm, graph.effort_dm, self._network.seen)
        return Path(parts, *(sum(part.share(column) for part in parts) for column in columns))


def _edges_at(graph: WalkGraph, place: Snap) -> list[tuple[int, int]]:
    """Give the directed edges of a place's section, and how far along each the place lies."""
    return [
        (int(edge), place.q if graph.forward[edge] else SPLITS - place.q)
        for edge in graph.edges_of_section(place.section)
    ]


def _back(before: dict[int, tuple[int, _Arc]], first: int) -> tuple[_Arc, ...]:
    arcs = []
    node = _END
    while node != first:
        node, arc = before[node]
        arcs.append(arc)
    return tuple(reversed(arcs))


def _effort_dm(arcs: tuple[_Arc, ...]) -> int:
    return sum(arc.effort_dm for arc in arcs)
