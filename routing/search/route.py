"""The path of least cost between two sets of nodes, from both ends at once (A* with the straight line, after Ikeda 1994).

Costs are doubled inside, so that half of the difference of two bounds is a whole number. Arrays over all nodes come
from calloc and hold 0 where nothing was found, so a short walk costs nothing in a large graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.kernels import UNIT, compiled, drop_least, push
from routing.search.straight import straight_dm

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def _lean(
    node: int,
    anchor_dm: NDArray[np.float64],
    leave: NDArray[np.int32],
    enter: NDArray[np.int32],
    nothing: NDArray[np.int64],
) -> int:
    """Give by how much a node is nearer to the start than to the end, in cost."""
    return UNIT * (straight_dm(anchor_dm, node, enter, nothing) - straight_dm(anchor_dm, node, leave, nothing))


@compiled
def least_cost(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    in_start: NDArray[np.int32],
    in_edge: NDArray[np.int32],
    tail: NDArray[np.int32],
    effort_dm: NDArray[np.int32],
    seen: NDArray[np.int32],
    anchor_dm: NDArray[np.float64],
    barred: NDArray[np.bool_],
    beta: int,
    below: int,
    leave: NDArray[np.int32],
    leave_cost: NDArray[np.int64],
    enter: NDArray[np.int32],
    enter_cost: NDArray[np.int64],
    room: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
) -> NDArray[np.int64]:
    """Find a path of least cost.

    Parameters
    ----------
    out_start, head, in_start, in_edge, tail, effort_dm, seen, anchor_dm
        Of a network; an edge costs ``UNIT * effort_dm + beta * seen``.
    barred
        bool [edge], those that no path may take.
    beta
        Price of one unit seen, at least 0.
    below
        Only a path that costs less is looked for, at most :data:`routing.kernels.UNREACHED`.
    leave, leave_cost, enter, enter_cost
        int32 and int64 [start], [goal]: nodes, what was paid on the way to them and what is to be paid behind them.
    room
        int64 [node] three times and int32 [node] twice, all 0.

    Returns
    -------
    numpy.ndarray
        int64: index of the start, index of the goal, then the edges in walking order; empty if there is no path.
    """
    ahead, back, lean, came_by, goes_by = room  # costs plus 1; edges plus 1, or -1 - index of a start or goal
    nothing = np.zeros(max(len(leave), len(enter)), dtype=np.int64)
    keys, nodes = np.empty(256, dtype=np.int64), np.empty(256, dtype=np.int64)
    back_keys, back_nodes = np.empty(256, dtype=np.int64), np.empty(256, dtype=np.int64)
    size, back_size = 0, 0
    best, meeting = below, -1
    for i in range(len(leave)):
        node = leave[i]
        lean[node] = _lean(node, anchor_dm, leave, enter, nothing)
        if ahead[node] == 0 or leave_cost[i] < ahead[node] - 1:
            ahead[node] = leave_cost[i] + 1
            came_by[node] = -1 - i
            size = push(keys, nodes, size, 2 * leave_cost[i] + lean[node], node)
    for i in range(len(enter)):
        node = enter[i]
        lean[node] = _lean(node, anchor_dm, leave, enter, nothing)
        if back[node] == 0 or enter_cost[i] < back[node] - 1:
            back[node] = enter_cost[i] + 1
            goes_by[node] = -1 - i
            back_size = push(back_keys, back_nodes, back_size, 2 * enter_cost[i] - lean[node], node)
            if ahead[node] > 0 and ahead[node] + enter_cost[i] - 1 < best:
                best, meeting = ahead[node] + enter_cost[i] - 1, node
    while size > 0 and back_size > 0 and keys[0] + back_keys[0] - best < best:  # twice the best may be too large
        if size <= back_size:
            key, here = keys[0], nodes[0]
            size = drop_least(keys, nodes, size)
            paid = ahead[here] - 1
            if key > 2 * paid + lean[here]:
                continue
            for edge in range(out_start[here], out_start[here + 1]):
                if barred[edge]:
                    continue
                other = head[edge]
                farther = paid + UNIT * effort_dm[edge] + beta * seen[edge]
                if ahead[other] > 0 and farther >= ahead[other] - 1:
                    continue
                if ahead[other] == 0 and back[other] == 0:
                    lean[other] = _lean(other, anchor_dm, leave, enter, nothing)
                ahead[other] = farther + 1
                came_by[other] = edge + 1
                if back[other] > 0 and farther + back[other] - 1 < best:
                    best, meeting = farther + back[other] - 1, other
                if size == len(keys):
                    keys, nodes = _doubled(keys), _doubled(nodes)
                size = push(keys, nodes, size, 2 * farther + lean[other], other)
        else:
            key, here = back_keys[0], back_nodes[0]
            back_size = drop_least(back_keys, back_nodes, back_size)
            paid = back[here] - 1
            if key > 2 * paid - lean[here]:
                continue
            for i in range(in_start[here], in_start[here + 1]):
                edge = in_edge[i]
                if barred[edge]:
                    continue
                other = tail[edge]
                farther = paid + UNIT * effort_dm[edge] + beta * seen[edge]
                if back[other] > 0 and farther >= back[other] - 1:
                    continue
                if ahead[other] == 0 and back[other] == 0:
                    lean[other] = _lean(other, anchor_dm, leave, enter, nothing)
                back[other] = farther + 1
                goes_by[other] = edge + 1
                if ahead[other] > 0 and farther + ahead[other] - 1 < best:
                    best, meeting = farther + ahead[other] - 1, other
                if back_size == len(back_keys):
                    back_keys, back_nodes = _doubled(back_keys), _doubled(back_nodes)
                back_size = push(back_keys, back_nodes, back_size, 2 * farther - lean[other], other)
    return _traced(meeting, head, tail, came_by, goes_by)


@compiled
def _doubled(values: NDArray[np.int64]) -> NDArray[np.int64]:
    more = np.empty(2 * len(values), dtype=values.dtype)
    more[: len(values)] = values
    return more


@compiled
def _traced(
    meeting: int,
    head: NDArray[np.int32],
    tail: NDArray[np.int32],
    came_by: NDArray[np.int32],
    goes_by: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Follow a path from where both searches met to its ends."""
    if meeting < 0:
        return np.empty(0, dtype=np.int64)
    before, node = 0, meeting
    while came_by[node] > 0:
        before += 1
        node = tail[came_by[node] - 1]
    start, node, behind = node, meeting, 0
    while goes_by[node] > 0:
        behind += 1
        node = head[goes_by[node] - 1]
    found = np.empty(2 + before + behind, dtype=np.int64)
    found[0], found[1] = -1 - came_by[start], -1 - goes_by[node]
    node = meeting
    for i in range(1 + before, 1, -1):
        found[i] = came_by[node] - 1
        node = tail[found[i]]
    node = meeting
    for i in range(2 + before, 2 + before + behind):
        found[i] = goes_by[node] - 1
        node = head[found[i]]
    return found
