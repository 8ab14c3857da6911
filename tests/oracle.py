"""Slow and obvious ways to the same results, and what they need.

The least cost between two snapped points is networkx's, on a graph that is cut at them by hand; nothing of
routing/search.py is used: the parts of a split edge are reckoned here as the contract words them. What a camera has in
view is asked point by point, on flat ground on which nothing stands.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from routing.hazard.parameters import model
from routing.hazard.walls import walls_from
from routing.interchange import to_networkx
from routing.score import measure, watch_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.hazard.hazards import Hazards
    from routing.model import Camera, Stretch, View
    from routing.plans import Score
    from routing.search.network import Network
    from routing.snap import Snap

SPLITS = 65_536
START, END = "start", "end"


class NetworkxOracle:
    """Dijkstra of networkx between points on edges."""

    def __init__(self, network: Network) -> None:
        self.graph = to_networkx(network.graph, network.seen)
        self._edges: dict[int, list[tuple[Any, Any, dict[str, Any]]]] = defaultdict(list)
        for tail, head, data in self.graph.edges(data=True):
            self._edges[data["section"]].append((tail, head, data))

    def least_cost(self, start: Snap, end: Snap, beta: int) -> int | None:
        """Give the least cost, ``None`` if there is no way."""
        graph = self.graph
        graph.add_nodes_from((START, END))
        try:
            for tail, head, data in self._edges[start.section]:
                graph.add_edge(
                    START, head, effort_dm=_rest(data, "effort_dm", start), in_view_dm=_rest(data, "in_view_dm", start)
                )
                if start.section == end.section and _first(SPLITS, data, start) <= _first(SPLITS, data, end):
                    between = {key: _first(data[key], data, end) - _first(data[key], data, start) for key in _NUMBERS}
                    graph.add_edge(START, END, **between)
                del tail
            for tail, _, data in self._edges[end.section]:
                graph.add_edge(tail, END, **{key: _first(data[key], data, end) for key in _NUMBERS})
            return int(
                nx.dijkstra_path_length(
                    graph,
                    START,
                    END,
                    weight=lambda _u, _v, parallel: min(
                        1_000_000 * data["effort_dm"] + beta * data["in_view_dm"] for data in parallel.values()
                    ),
                )
            )
        except nx.NetworkXNoPath:
            return None
        finally:
            graph.remove_nodes_from((START, END))


_NUMBERS = ("effort_dm", "in_view_dm")


def front_of(network: Network, start: Snap, end: Snap, budget_dm: int) -> list[tuple[int, int]]:
    """Give the front by growing every way from the start that none at its node beats in both numbers (Martins 1984)."""
    graph, direct = network.graph, []
    out: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for edge in range(graph.edge_count):
        out[int(graph.tail[edge])].append((int(graph.effort_dm[edge]), int(network.seen[edge]), int(graph.head[edge])))
    waiting, behind = [], defaultdict(list)
    for edge in np.flatnonzero(graph.section == start.section).tolist():
        q = start.q if graph.forward[edge] else SPLITS - start.q
        numbers = [int(column[edge]) for column in (graph.effort_dm, network.seen)]
        waiting.append((*(value - q * value // SPLITS for value in numbers), int(graph.head[edge])))
        q_end = end.q if graph.forward[edge] else SPLITS - end.q
        if start.section == end.section and q <= q_end:
            direct.append(tuple(q_end * value // SPLITS - q * value // SPLITS for value in numbers))
    for edge in np.flatnonzero(graph.section == end.section).tolist():
        q = end.q if graph.forward[edge] else SPLITS - end.q
        numbers = [int(column[edge]) for column in (graph.effort_dm, network.seen)]
        behind[int(graph.tail[edge])].append(tuple(q * value // SPLITS for value in numbers))
    least: dict[int, int] = {}
    found = list(direct)
    heapq.heapify(waiting)
    while waiting:
        effort_dm, seen, node = heapq.heappop(waiting)
        if effort_dm > budget_dm or seen >= least.get(node, seen + 1):
            continue
        least[node] = seen
        found += [(effort_dm + more_dm, seen + more) for more_dm, more in behind[node]]
        for more_dm, more, head in out[node]:
            heapq.heappush(waiting, (effort_dm + more_dm, seen + more, head))
    front: list[tuple[int, int]] = []
    for effort_dm, seen in sorted(found):
        if effort_dm <= budget_dm and (not front or seen < front[-1][1]):
            front.append((effort_dm, seen))
    return front


def _first(value: int, edge: dict[str, Any], place: Snap) -> int:
    """Give what lies before a place on an edge, in the edge's own direction."""
    q = SPLITS - place.q if edge["reversed"] else place.q
    return q * value // SPLITS


def _rest(edge: dict[str, Any], key: str, place: Snap) -> int:
    return int(edge[key] - _first(edge[key], edge, place))


NO_WALLS = walls_from(np.zeros((0, 4)))


def sees(view: View, xy_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell whether a camera at the origin of a frame has points on the open street in view.

    Parameters
    ----------
    xy_m
        float64 [..., 2], metres east and north of the camera.

    Returns
    -------
    numpy.ndarray
        bool [...].
    """
    near = np.hypot(xy_m[..., 0], xy_m[..., 1]) <= view.reach_m
    if not view.sectors:
        return near
    bearing = np.degrees(np.arctan2(xy_m[..., 0], xy_m[..., 1]))
    within = np.zeros(near.shape, dtype=np.bool_)
    for start_deg, sweep_deg in view.sectors:
        within |= (bearing - start_deg) % 360.0 <= sweep_deg
    both: NDArray[np.bool_] = near & within
    return both


def measured(stretches: Sequence[Stretch], cameras: Sequence[Camera], month: str = "2026-11") -> Score:
    """Measure a walk where no building stands."""
    return measure(stretches, watch_of(cameras, NO_WALLS, model(), month))


def if_there(hazards: Hazards, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the chance that each camera recognises who walks lines forwards, if it is there, float64 [camera].

    ``share`` is float64 [line], how much of each line is walked.
    """
    chance = np.zeros(len(hazards.count))
    spots = defaultdict[tuple[int, int], list[int]](list)
    for row, spot in enumerate(zip(hazards.camera.tolist(), hazards.place.tolist(), strict=True)):
        spots[spot].append(row)
    for (camera, _), rows in spots.items():
        total = (hazards.lens[rows, :, 0] * share[hazards.line[rows], None]).sum(axis=0)
        chance[camera] += (hazards.chance[rows[0]] * -np.expm1(-total)).sum()
    return chance
