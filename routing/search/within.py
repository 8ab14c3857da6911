"""From one point to everything that is near: the least that must be paid to each node, up to a limit (Dijkstra)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import UNREACHED, compiled, drop_least, push
from routing.search.network import column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.search.network import Part

_ROOM = 1024  # entries of the heap to begin with


class Within(NamedTuple):
    """What a limit reaches."""

    node: NDArray[np.int32]  # [reached] which nodes
    cost_dm: NDArray[np.int64]  # [node] the least that is paid to reach it, UNREACHED beyond the limit
    is_whole: bool  # nothing lies beyond the limit


@compiled
def _with_room(keys: NDArray[np.int64], nodes: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give twice the room; one by one, for the compiler takes seconds for a copy of a part."""
    more_keys, more_nodes = np.empty(2 * len(keys), dtype=np.int64), np.empty(2 * len(nodes), dtype=np.int32)
    for at in range(len(keys)):
        more_keys[at], more_nodes[at] = keys[at], nodes[at]
    return more_keys, more_nodes


@compiled
def _spread(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    weight_dm: NDArray[np.int32],
    is_open: NDArray[np.bool_],
    leave: NDArray[np.int32],
    leave_dm: NDArray[np.int64],
    limit_dm: int,
) -> tuple[NDArray[np.int32], NDArray[np.int64], bool]:
    """Pay from node to node along open edges; the columns of :class:`Within`."""
    cost = np.full(len(out_start) - 1, UNREACHED, dtype=np.int64)
    keys = np.empty(_ROOM + len(leave), dtype=np.int64)
    nodes = np.empty(_ROOM + len(leave), dtype=np.int32)
    reached = np.empty(len(cost), dtype=np.int32)
    count, size, whole = 0, 0, True
    for i in range(len(leave)):
        if leave_dm[i] > limit_dm:
            whole = False
        elif leave_dm[i] < cost[leave[i]]:
            cost[leave[i]] = leave_dm[i]
            size = push(keys, nodes, size, leave_dm[i], leave[i])
    while size > 0:
        key, node = keys[0], nodes[0]
        size = drop_least(keys, nodes, size)
        if key > cost[node]:
            continue
        reached[count] = node  # only once: what is put into the heap is less each time
        count += 1
        for edge in range(out_start[node], out_start[node + 1]):
            farther = key + weight_dm[edge]
            if not is_open[edge] or farther >= cost[head[edge]]:
                continue
            if farther > limit_dm:
                whole = False
                continue
            cost[head[edge]] = farther
            if size == len(keys):
                keys, nodes = _with_room(keys, nodes)
            size = push(keys, nodes, size, farther, head[edge])
    return reached[:count], cost, whole


def within(
    graph: WalkGraph,
    parts: Sequence[Part],
    limit_dm: int,
    *,
    weight_dm: NDArray[np.int32],
    is_open: NDArray[np.bool_] | None = None,
) -> Within:
    """Find what can be reached from a point within a limit.

    Parameters
    ----------
    graph
        A walk graph.
    parts
        By which the point is left: the first of :class:`routing.search.network.Ends`.
    limit_dm
        The most that is paid.
    weight_dm
        int32 [edge], what each edge costs, at least 0.
    is_open
        bool [edge], along which one may go; ``None`` for all. The parts are not asked.
    """
    leave = np.array([graph.head[part.edge] for part in parts], dtype=np.int32)
    leave_dm = column([part.share(weight_dm) for part in parts])
    everywhere = np.ones(graph.edge_count, dtype=np.bool_) if is_open is None else is_open
    return Within(*_spread(graph.out_start, graph.head, weight_dm, everywhere, leave, leave_dm, limit_dm))
