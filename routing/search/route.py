"""The path of least cost between two sets of nodes, searched from both ends (A*: Ikeda and others 1994).

What lies beside the trunk comes first, from both ends; then it is the trunk's turn. Costs are bounded by the straight
line and by marks at two prices, one below and one above: a cost lies between those as its price does. Costs are doubled
inside, so that half of the difference of two bounds is a whole number. A node is not waited for where no path that
costs less than the best one found leads through it: its key and the least of the other side bound such a path from
below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import UNIT, compiled, drop_least, push
from routing.search.trunk import FAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.search.straight import Doors

    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

_DOORS = 2  # of a side: the directions of a section


class Lanes(NamedTuple):
    """A trunk with what is seen of it, as compiled searches read it (routing/search/trunk.py)."""

    size: int  # nodes of the trunk
    anchor_dm: Floats  # [node, 2]
    marks: Ints  # [node of the trunk, mark] of costs at a price below
    marks_above: Ints  # [node of the trunk, mark] of costs at a price above
    weight: int  # of a cost at the price below, for a cost at the price asked
    weight_above: int  # of a cost at the price above
    start: Ints  # [node away, node there, 1] into lanes
    to: Ints  # [lane]
    effort_dm: Ints  # [lane]
    seen: Longs  # [lane]
    chain: Ints  # [lane]
    link_start: Ints  # [chain + 1] into links
    link: Ints  # edges of the graph


class Room(NamedTuple):
    """Room for one search after the other: as much as could be needed; what is not touched costs nothing.

    Side 0 searches from the start, side 1 from the end.
    """

    where: Ints  # [node] place among those met, plus 1; 0 where it was not met, between searches everywhere
    node: Ints  # [met]
    lean: Longs  # [met] by how much it is nearer to the start than to the end, at least, in cost
    paid: Longs  # [2 * met + side] from the start or to the end, plus 1; 0 where it was not reached
    by: Ints  # [2 * met + side] lane, or index of a door
    before: Ints  # [2 * met + side] place of the node before; -1 at a door
    keys: Longs  # [entry] the heap of side 0
    waiting: Ints  # [entry] place of a node
    back_keys: Longs  # [entry] the heap of side 1
    back_waiting: Ints  # [entry]


class Ends(NamedTuple):
    """Where the trunk is entered and left, and what bounds the ways there: compared with a node's own."""

    start_dm: Floats  # [gate, 2]
    start_marks: Ints  # [price, mark] the highest of all gates
    end_dm: Floats  # [gate, 2]
    end_marks: Ints  # [price, mark] the lowest of all gates


def room_for(lanes: Lanes) -> Room:
    """Make room for searches."""
    count, away = len(lanes.anchor_dm), int(lanes.start[len(lanes.anchor_dm)])
    most = max(away, len(lanes.to) - away) + _DOORS  # a lane is taken up once
    wide, narrow = (np.dtype(kind) for kind in (np.int64, np.int32))
    return Room(
        np.zeros(count, narrow), np.empty(count, narrow), np.empty(count, wide),
        np.empty(2 * count, wide), np.empty(2 * count, narrow), np.empty(2 * count, narrow),
        np.empty(most, wide), np.empty(most, narrow), np.empty(most, wide), np.empty(most, narrow),
    )  # fmt: skip


@compiled
def least_cost(lanes: Lanes, doors: Doors, barred: Bools, beta: int, below: int, room: Room) -> Longs:
    """Find a path of least cost.

    Parameters
    ----------
    lanes
        An edge costs ``UNIT * effort_dm + beta * seen``.
    doors
        Where the path may begin and end, by the trunk's numbers.
    barred
        bool [edge of the graph], those that no path may take; empty if it may take all.
    beta
        Price of one unit seen, at least 0.
    below
        Only a path that costs less is looked for, at most :data:`routing.kernels.UNREACHED`.
    room
        From :func:`room_for`, for no other search at the same time.

    Returns
    -------
    numpy.ndarray
        int64: index of the start, index of the goal, then the edges in walking order; empty if there is no path.
    """
    start, to, effort_dm, seen = lanes.start, lanes.to, lanes.effort_dm, lanes.seen
    chain, link_start, link = lanes.chain, lanes.link_start, lanes.link
    where, node, lean, paid, by, before, keys, waiting, back_keys, back_waiting = room
    met = _approach(lanes, doors.leave, doors.leave_cost, barred, beta, room, 0, 0)
    met = _approach(lanes, doors.enter, doors.enter_cost, barred, beta, room, 1, met)
    ends = Ends(*_gates(lanes, room, met, 0), *_gates(lanes, room, met, 1))
    size, back_size, best, meeting = _begin(lanes, ends, below, room, met)
    while size > 0 and back_size > 0 and keys[0] + back_keys[0] - best < best:  # twice the best may be too large
        forth = size <= back_size
        if forth:
            key, here, side, sign, across = keys[0], waiting[0], 0, 1, back_keys[0]
            size = drop_least(keys, waiting, size)
        else:
            key, here, side, sign, across = back_keys[0], back_waiting[0], 1, -1, keys[0]
            back_size = drop_least(back_keys, back_waiting, back_size)
        so_far = paid[2 * here + side] - 1
        if key > 2 * so_far + sign * lean[here]:
            continue
        row = side * len(where) + node[here]
        for i in range(start[row], start[row + 1]):
            cost = so_far + UNIT * effort_dm[i] + beta * seen[i]
            at = where[to[i]] - 1
            if at < 0:
                at = met
                met = _meet(to[i], where, node, paid, met)
                lean[at] = _lean(to[i], lanes, ends)
            if 0 < paid[2 * at + side] <= cost + 1 or _is_barred(chain[i], link_start, link, barred):
                continue
            beyond, key = paid[2 * at + 1 - side] - 1, 2 * cost + sign * lean[at]
            if beyond >= 0 and cost + beyond < best:
                best, meeting = cost + beyond, at
            elif key + across - best >= best:
                continue
            paid[2 * at + side], by[2 * at + side], before[2 * at + side] = cost + 1, i, here
            if forth:
                size = push(keys, waiting, size, key, at)
            else:
                back_size = push(back_keys, back_waiting, back_size, key, at)
    where[node[:met]] = 0
    return _traced(meeting, lanes, by, before)


@compiled
def _approach(
    lanes: Lanes, doors: Ints, door_cost: Longs, barred: Bools, beta: int, room: Room, side: int, met: int
) -> int:
    """Go from the doors of a side as far as the trunk (Dijkstra); gives how many nodes were met so far."""
    where, node, _, paid, by, before, keys, waiting, _, _ = room
    size = 0
    for i in range(len(doors)):
        met = _meet(doors[i], where, node, paid, met)
        at = where[doors[i]] - 1
        if not 0 < paid[2 * at + side] <= door_cost[i] + 1:
            paid[2 * at + side], by[2 * at + side], before[2 * at + side] = door_cost[i] + 1, i, -1
            if doors[i] >= lanes.size:
                size = push(keys, waiting, size, door_cost[i], at)
    while size > 0:
        key, here = keys[0], waiting[0]
        size = drop_least(keys, waiting, size)
        row = side * len(where) + node[here]
        stale = key > paid[2 * here + side] - 1
        for i in range(lanes.start[row], lanes.start[row] if stale else lanes.start[row + 1]):
            cost, other = key + UNIT * lanes.effort_dm[i] + beta * lanes.seen[i], lanes.to[i]
            met = _meet(other, where, node, paid, met)
            at = where[other] - 1
            if 0 < paid[2 * at + side] <= cost + 1 or _is_barred(lanes.chain[i], lanes.link_start, lanes.link, barred):
                continue
            paid[2 * at + side], by[2 * at + side], before[2 * at + side] = cost + 1, i, here
            if other >= lanes.size:
                size = push(keys, waiting, size, cost, at)
    return met


@compiled
def _meet(one: int, where: Ints, node: Ints, paid: Longs, met: int) -> int:
    """Give a node a place among those met, if it has none; gives how many there are."""
    if where[one] > 0:
        return met
    where[one], node[met], paid[2 * met], paid[2 * met + 1] = met + 1, one, 0, 0
    return met + 1


@compiled
def _is_barred(chain: int, link_start: Ints, link: Ints, barred: Bools) -> bool:
    """Tell whether a chain leads along an edge that no path may take."""
    if len(barred) > 0:
        for at in range(link_start[chain], link_start[chain + 1]):
            if barred[link[at]]:
                return True
    return False


@compiled
def _gates(lanes: Lanes, room: Room, met: int, side: int) -> tuple[Floats, Ints]:
    """Say where one side enters the trunk; columns of :class:`Ends`."""
    at_dm = np.empty((met, 2), dtype=np.float64)
    marks = np.full((2, lanes.marks.shape[1]), FAR if side == 1 else -FAR, dtype=np.int32)
    count = 0
    for at in range(met):
        node = room.node[at]
        if node < lanes.size and room.paid[2 * at + side] > 0:
            at_dm[count, 0], at_dm[count, 1] = lanes.anchor_dm[node, 0], lanes.anchor_dm[node, 1]
            count += 1
            for i in range(marks.shape[1]):
                mark, above = lanes.marks[node, i], lanes.marks_above[node, i]
                marks[0, i] = min(marks[0, i], mark) if side == 1 else max(marks[0, i], mark)
                marks[1, i] = min(marks[1, i], above) if side == 1 else max(marks[1, i], above)
    return at_dm[:count], marks


@compiled
def _begin(lanes: Lanes, ends: Ends, below: int, room: Room, met: int) -> tuple[int, int, int, int]:
    """Let the gates wait; gives the sizes of both heaps, the best cost so far, and where it is met."""
    size, back_size, best, meeting = 0, 0, below, -1
    for at in range(met):
        there, back = room.paid[2 * at] - 1, room.paid[2 * at + 1] - 1
        if there >= 0 and back >= 0 and there + back < best:
            best, meeting = there + back, at
        if room.node[at] < lanes.size:
            lean = _lean(room.node[at], lanes, ends)
            room.lean[at] = lean
            if there >= 0:
                size = push(room.keys, room.waiting, size, 2 * there + lean, at)
            if back >= 0:
                back_size = push(room.back_keys, room.back_waiting, back_size, 2 * back - lean, at)
    return size, back_size, best, meeting


@compiled
def _lean(node: int, lanes: Lanes, ends: Ends) -> int:
    """Give by how much a node of the trunk is nearer to the start than to the end, in cost."""
    start_dm, start_marks, end_dm, end_marks = ends
    x, y = lanes.anchor_dm[node, 0], lanes.anchor_dm[node, 1]
    to_start, to_end = np.inf, np.inf
    for i in range(len(start_dm)):
        across, along = x - start_dm[i, 0], y - start_dm[i, 1]
        to_start = min(to_start, across * across + along * along)
    for i in range(len(end_dm)):
        across, along = x - end_dm[i, 0], y - end_dm[i, 1]
        to_end = min(to_end, across * across + along * along)
    before, behind = np.int32(np.sqrt(to_start)), np.int32(np.sqrt(to_end))
    before_above, behind_above = before, behind  # what is seen costs nothing on the straight line
    for i in range(start_marks.shape[1]):
        mark = lanes.marks[node, i]
        before, behind = max(before, mark - start_marks[0, i]), max(behind, end_marks[0, i] - mark)
    for i in range(start_marks.shape[1] if lanes.weight_above > 0 else 0):
        mark = lanes.marks_above[node, i]
        before_above = max(before_above, mark - start_marks[1, i])
        behind_above = max(behind_above, end_marks[1, i] - mark)
    return lanes.weight * int(behind - before) + lanes.weight_above * int(behind_above - before_above)


@compiled
def _traced(meeting: int, lanes: Lanes, by: Ints, before: Ints) -> Longs:
    """Follow a path from where both searches met to its ends."""
    if meeting < 0:
        return np.empty(0, dtype=np.int64)
    links, door = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    for side in range(2):
        at = meeting
        while before[2 * at + side] >= 0:
            chain = lanes.chain[by[2 * at + side]]
            links[side] += lanes.link_start[chain + 1] - lanes.link_start[chain]
            at = before[2 * at + side]
        door[side] = by[2 * at + side]
    found = np.empty(2 + links[0] + links[1], dtype=np.int64)
    found[0], found[1] = door[0], door[1]
    for side in range(2):
        at, put = meeting, 2 + links[0]
        while before[2 * at + side] >= 0:
            chain = lanes.chain[by[2 * at + side]]
            first, end = lanes.link_start[chain], lanes.link_start[chain + 1]
            put -= 0 if side == 1 else end - first
            for i in range(end - first):
                found[put + i] = lanes.link[first + i]
            put += end - first if side == 1 else 0
            at = before[2 * at + side]
    return found
