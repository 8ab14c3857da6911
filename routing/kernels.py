"""Searches over arrays, compiled by numba: whole numbers in, whole numbers out, no allocation shared, the GIL released.

The first call compiles and leaves the machine code in a cache beside this file (or in the user's cache directory, where
that is not writable); later processes load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

UNIT = 1_000_000  # cost of one decimetre of effort (contract)
UNREACHED = 2**62  # larger than any sum; adding a cost to it is never done

F = TypeVar("F", bound="Callable[..., Any]")


def compiled(function: F) -> F:
    """Have numba compile a function and keep the machine code, where there is a place to keep it."""
    try:
        return cast("F", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither the package's folder nor a cache directory can be written
        return cast("F", numba.njit(nogil=True)(function))


@compiled
def push(keys: NDArray[np.int64], nodes: NDArray[np.int32], size: int, key: int, node: int) -> int:
    """Put an entry into a binary heap; gives the new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at] = keys[above]
        nodes[at] = nodes[above]
        at = above
    keys[at] = key
    nodes[at] = node
    return size + 1


@compiled
def drop_least(keys: NDArray[np.int64], nodes: NDArray[np.int32], size: int) -> int:
    """Take the least entry off a binary heap; gives the new size."""
    size -= 1
    key = keys[size]
    node = nodes[size]
    at = 0
    below = 1
    while below < size:
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at] = keys[below]
        nodes[at] = nodes[below]
        at = below
        below = 2 * at + 1
    keys[at] = key
    nodes[at] = node
    return size


@compiled
def distances_to(
    in_start: NDArray[np.int32],
    in_edge: NDArray[np.int32],
    tail: NDArray[np.int32],
    weight: NDArray[np.int32],
    goals: NDArray[np.int32],
    goal_cost: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Measure from every node to the nearest goal (Dijkstra, backwards).

    Parameters
    ----------
    in_start, in_edge, tail, weight
        int32 [node + 1], [edge], [edge], [edge]: the graph; weights are at least 0.
    goals, goal_cost
        int32 [goal], int64 [goal]: nodes, and what is still to be paid there.

    Returns
    -------
    numpy.ndarray
        int64 [node]; :data:`UNREACHED` where no goal can be reached.
    """
    distance = np.full(len(in_start) - 1, UNREACHED, dtype=np.int64)
    room = len(tail) + len(goals) + 1
    keys = np.empty(room, dtype=np.int64)
    nodes = np.empty(room, dtype=np.int32)
    size = 0
    for i in range(len(goals)):
        if goal_cost[i] < distance[goals[i]]:
            distance[goals[i]] = goal_cost[i]
            size = push(keys, nodes, size, goal_cost[i], goals[i])
    while size > 0:
        key = keys[0]
        node = nodes[0]
        size = drop_least(keys, nodes, size)
        if key > distance[node]:
            continue
        for i in range(in_start[node], in_start[node + 1]):
            edge = in_edge[i]
            farther = key + weight[edge]
            if farther < distance[tail[edge]]:
                distance[tail[edge]] = farther
                size = push(keys, nodes, size, farther, tail[edge])
    return distance


@compiled
def reach_within(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    weight: NDArray[np.int64],
    start: int,
    banned: int,
    limit: int,
    distance: NDArray[np.int64],
    came_by: NDArray[np.int32],
    touched: NDArray[np.int32],
    keys: NDArray[np.int64],
    nodes: NDArray[np.int32],
) -> int:
    """Measure from one node to all that are near (Dijkstra, forwards), in room that the caller keeps.

    Parameters
    ----------
    out_start, head, weight
        int32 [node + 1], int32 [edge], int64 [edge]: the graph; weights are at least 0.
    start
        The node.
    banned
        An edge that is not taken, -1 for none.
    limit
        Nodes farther away are not looked for.
    distance
        int64 [node], all :data:`UNREACHED`; the distances are put here.
    came_by
        int32 [node]; the edge by which a reached node but the start is reached is put here.
    touched
        int32 [node]; the nodes that were reached are put here, for the caller to wipe.
    keys, nodes
        int64, int32 [edge + 1]: for the heap.

    Returns
    -------
    int
        How many nodes were reached.
    """
    distance[start] = 0
    touched[0] = start
    count = 1
    size = push(keys, nodes, 0, 0, start)
    while size > 0:
        key = keys[0]
        node = nodes[0]
        size = drop_least(keys, nodes, size)
        if key > distance[node]:
            continue
        for edge in range(out_start[node], out_start[node + 1]):
            farther = key + weight[edge]
            other = head[edge]
            if edge == banned or farther > limit or farther >= distance[other]:
                continue
            if distance[other] == UNREACHED:
                touched[count] = other
                count += 1
            distance[other] = farther
            came_by[other] = edge
            size = push(keys, nodes, size, farther, other)
    return count


@compiled
def shortest_path(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    tail: NDArray[np.int32],
    effort_dm: NDArray[np.int32],
    seen: NDArray[np.int32],
    beta: int,
    starts: NDArray[np.int32],
    start_cost: NDArray[np.int64],
    goals: NDArray[np.int32],
    goal_cost: NDArray[np.int64],
    to_go_dm: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Find a path of least cost from any start to any goal (A*).

    Parameters
    ----------
    out_start, head, tail, effort_dm, seen
        int32 [node + 1], then [edge]: the graph; an edge costs ``UNIT * effort_dm + beta * seen``.
    beta
        Price of one unit seen, at least 0.
    starts, start_cost, goals, goal_cost
        int32 and int64 [start], [goal]: nodes, what was paid on the way to them and what is to be paid behind them.
    to_go_dm
        int64 [node] from :func:`distances_to` with ``effort_dm``: the effort still to go, a consistent lower bound.

    Returns
    -------
    numpy.ndarray
        int64: index of the start, index of the goal, then the edges in walking order; empty if no goal can be reached.
    """
    node_count = len(out_start) - 1
    cost = np.full(node_count, UNREACHED, dtype=np.int64)
    came_by = np.full(node_count, -1, dtype=np.int64)  # an edge, or -2 - index of a start
    room = len(head) + len(starts) + 1
    keys = np.empty(room, dtype=np.int64)
    nodes = np.empty(room, dtype=np.int32)
    size = 0
    for i in range(len(starts)):
        node = starts[i]
        if to_go_dm[node] < UNREACHED and start_cost[i] < cost[node]:
            cost[node] = start_cost[i]
            came_by[node] = -2 - i
            size = push(keys, nodes, size, start_cost[i] + UNIT * to_go_dm[node], node)
    best = UNREACHED
    best_goal = -1
    while size > 0 and keys[0] < best:
        key = keys[0]
        node = nodes[0]
        size = drop_least(keys, nodes, size)
        if key > cost[node] + UNIT * to_go_dm[node]:
            continue
        for i in range(len(goals)):
            if goals[i] == node and cost[node] + goal_cost[i] < best:
                best = cost[node] + goal_cost[i]
                best_goal = i
        for edge in range(out_start[node], out_start[node + 1]):
            other = head[edge]
            farther = cost[node] + UNIT * effort_dm[edge] + beta * seen[edge]
            if farther < cost[other] and to_go_dm[other] < UNREACHED:
                cost[other] = farther
                came_by[other] = edge
                size = push(keys, nodes, size, farther + UNIT * to_go_dm[other], other)
    return _trace(came_by, tail, goals, best_goal)


@compiled
def _trace(
    came_by: NDArray[np.int64], tail: NDArray[np.int32], goals: NDArray[np.int32], goal: int
) -> NDArray[np.int64]:
    """Walk back from a goal to its start."""
    if goal < 0:
        return np.empty(0, dtype=np.int64)
    count = 0
    step = came_by[goals[goal]]
    while step >= 0:
        count += 1
        step = came_by[tail[step]]
    found = np.empty(count + 2, dtype=np.int64)
    found[0] = -2 - step
    found[1] = goal
    step = came_by[goals[goal]]
    for i in range(count + 1, 1, -1):
        found[i] = step
        step = came_by[tail[step]]
    return found
