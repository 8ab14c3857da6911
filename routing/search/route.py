"""The path of least cost between two sets of nodes, searched from both ends (A* with the straight line: Ikeda 1994).

Costs are doubled inside, so that half of the difference of two bounds is a whole number. Arrays over all nodes come
from calloc and hold 0 where nothing was found, so a short walk costs nothing in a large graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import UNIT, UNREACHED, compiled, drop_least, push
from routing.search.straight import between_dm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.search.straight import Doors, Roads


class Room(NamedTuple):
    """Room of one search, all 0 at first."""

    ahead: NDArray[np.int64]  # [node] what was paid from the start, plus 1
    back: NDArray[np.int64]  # [node] what is to be paid to the end, plus 1
    lean: NDArray[np.int64]  # [node] by how much it is nearer to the start than to the end, at least, in cost
    came_by: NDArray[np.int32]  # [node] edge plus 1, or -1 - index of a start
    goes_by: NDArray[np.int32]  # [node] edge plus 1, or -1 - index of a goal


def room_for(roads: Roads) -> Room:
    """Make room for one search."""
    count = len(roads.out_start) - 1
    wide, narrow = (np.dtype(kind) for kind in (np.int64, np.int32))
    return Room(*(np.zeros(count, dtype=kind) for kind in (wide, wide, wide, narrow, narrow)))


@compiled
def _lean(roads: Roads, doors: Doors, node: int) -> int:
    """Give by how much a node is nearer to the start than to the end, in cost."""
    to_start, to_end = UNREACHED, UNREACHED
    for i in range(len(doors.leave)):
        to_start = min(to_start, between_dm(roads.anchor_dm, node, doors.leave[i]))
    for i in range(len(doors.enter)):
        to_end = min(to_end, between_dm(roads.anchor_dm, node, doors.enter[i]))
    return UNIT * (to_end - to_start)


@compiled
def _start(
    roads: Roads,
    doors: Doors,
    room: Room,
    keys: tuple[NDArray[np.int64], NDArray[np.int64]],
    nodes: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> tuple[int, int, int, int]:
    """Begin at both ends; gives the sizes of both heaps, the best cost so far, and where it is met."""
    size, back_size, best, meeting = 0, 0, UNREACHED, -1
    for i in range(len(doors.leave)):
        node, cost = doors.leave[i], doors.leave_cost[i]
        room.lean[node] = _lean(roads, doors, node)
        if room.ahead[node] == 0 or cost < room.ahead[node] - 1:
            room.ahead[node], room.came_by[node] = cost + 1, -1 - i
            size = push(keys[0], nodes[0], size, 2 * cost + room.lean[node], node)
    for i in range(len(doors.enter)):
        node, cost = doors.enter[i], doors.enter_cost[i]
        room.lean[node] = _lean(roads, doors, node)
        if room.back[node] == 0 or cost < room.back[node] - 1:
            room.back[node], room.goes_by[node] = cost + 1, -1 - i
            back_size = push(keys[1], nodes[1], back_size, 2 * cost - room.lean[node], node)
            if room.ahead[node] > 0 and room.ahead[node] - 1 + cost < best:
                best, meeting = room.ahead[node] - 1 + cost, node
    return size, back_size, best, meeting


@compiled
def least_cost(
    roads: Roads, doors: Doors, barred: NDArray[np.bool_], beta: int, below: int, room: Room
) -> NDArray[np.int64]:
    """Find a path of least cost.

    Parameters
    ----------
    roads
        An edge costs ``UNIT * effort_dm + beta * seen``.
    doors
        Where the path may begin and end.
    barred
        bool [edge], those that no path may take.
    beta
        Price of one unit seen, at least 0.
    below
        Only a path that costs less is looked for, at most :data:`routing.kernels.UNREACHED`.
    room
        From :func:`room_for`.

    Returns
    -------
    numpy.ndarray
        int64: index of the start, index of the goal, then the edges in walking order; empty if there is no path.
    """
    ahead, back, lean, came_by, goes_by = room
    most = len(roads.head) + max(len(doors.leave), len(doors.enter))  # what is not touched costs nothing
    keys = (np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64))
    nodes = (np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32))
    size, back_size, best, meeting = _start(roads, doors, room, keys, nodes)
    if best >= below:
        best, meeting = below, -1
    while size > 0 and back_size > 0 and keys[0][0] + keys[1][0] - best < best:  # twice the best may be too large
        forth = size <= back_size
        if forth:
            key, here, paid = keys[0][0], nodes[0][0], ahead[nodes[0][0]] - 1
            size = drop_least(keys[0], nodes[0], size)
            first, end = roads.out_start[here], roads.out_start[here + 1]
        else:
            key, here, paid = keys[1][0], nodes[1][0], back[nodes[1][0]] - 1
            back_size = drop_least(keys[1], nodes[1], back_size)
            first, end = roads.in_start[here], roads.in_start[here + 1]
        if key > 2 * paid + (lean[here] if forth else -lean[here]):
            continue
        for i in range(first, end):
            edge = i if forth else roads.in_edge[i]
            other = roads.head[edge] if forth else roads.tail[edge]
            cost = paid + UNIT * roads.effort_dm[edge] + beta * roads.seen[edge]
            known = ahead[other] if forth else back[other]
            if barred[edge] or (known > 0 and cost >= known - 1):
                continue
            beyond = back[other] if forth else ahead[other]
            if known == 0 and beyond == 0:
                lean[other] = _lean(roads, doors, other)
            elif beyond > 0 and cost + beyond - 1 < best:
                best, meeting = cost + beyond - 1, other
            if forth:
                ahead[other], came_by[other] = cost + 1, edge + 1
                size = push(keys[0], nodes[0], size, 2 * cost + lean[other], other)
            else:
                back[other], goes_by[other] = cost + 1, edge + 1
                back_size = push(keys[1], nodes[1], back_size, 2 * cost - lean[other], other)
    return _traced(meeting, roads, came_by, goes_by)


@compiled
def _traced(
    meeting: int,
    roads: Roads,
    came_by: NDArray[np.int32],
    goes_by: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Follow a path from where both searches met to its ends."""
    if meeting < 0:
        return np.empty(0, dtype=np.int64)
    before, node = 0, meeting
    while came_by[node] > 0:
        before += 1
        node = roads.tail[came_by[node] - 1]
    start, node, behind = node, meeting, 0
    while goes_by[node] > 0:
        behind += 1
        node = roads.head[goes_by[node] - 1]
    found = np.empty(2 + before + behind, dtype=np.int64)
    found[0], found[1] = -1 - came_by[start], -1 - goes_by[node]
    node = meeting
    for i in range(1 + before, 1, -1):
        found[i] = came_by[node] - 1
        node = roads.tail[found[i]]
    node = meeting
    for i in range(2 + before, 2 + before + behind):
        found[i] = goes_by[node] - 1
        node = roads.head[found[i]]
    return found
