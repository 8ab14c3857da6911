"""A small graph in, a smaller one on which the same walks lie out: no dead ends, no nodes between two neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ENDS = 2  # the first nodes are the ends of the walk
_NONE, _MANY = -1, -2


@compiled
def by_node(ends: NDArray[np.int32], node_count: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Sort edges by one of their ends: where each node's begin, int32 [node + 1], and which they are, int32 [edge]."""
    start = np.zeros(node_count + 1, dtype=np.int32)
    for edge in range(len(ends)):
        start[ends[edge] + 1] += 1
    for node in range(node_count):
        start[node + 1] += start[node]
    put = start[:-1].copy()
    order = np.empty(len(ends), dtype=np.int32)
    for edge in range(len(ends)):
        order[put[ends[edge]]] = edge
        put[ends[edge]] += 1
    return start, order


@compiled
def _only_neighbour(
    node: int,
    start: NDArray[np.int32],
    order: NDArray[np.int32],
    other_end: NDArray[np.int32],
    alive: NDArray[np.bool_],
    known: int,
) -> int:
    """Give the one living neighbour along some edges and the one known before; -1 without any, -2 with several."""
    for i in range(start[node], start[node + 1]):
        other = other_end[order[i]]
        if not alive[other] or other == known or other == node:
            continue
        if known != _NONE:
            return _MANY
        known = other
    return known


@compiled
def without_dead_ends(
    tails: NDArray[np.int32],
    heads: NDArray[np.int32],
    out: tuple[NDArray[np.int32], NDArray[np.int32]],
    into: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> NDArray[np.bool_]:
    """Tell which nodes a walk that never turns back may pass, bool [node]."""
    count = len(out[0]) - 1
    alive = np.ones(count, dtype=np.bool_)
    waiting = np.empty(count, dtype=np.int32)
    queued = np.zeros(count, dtype=np.bool_)
    size = 0
    for node in range(count - 1, _ENDS - 1, -1):
        waiting[size] = node
        queued[node] = True
        size += 1
    while size > 0:
        size -= 1
        node = waiting[size]
        queued[node] = False
        one = _only_neighbour(node, out[0], out[1], heads, alive, _NONE)
        if one != _MANY:
            one = _only_neighbour(node, into[0], into[1], tails, alive, one)
        if one == _MANY:
            continue
        alive[node] = False
        if one >= _ENDS and alive[one] and not queued[one]:
            waiting[size] = one
            queued[one] = True
            size += 1
    return alive


@compiled
def _passed(
    node: int,
    tails: NDArray[np.int32],
    heads: NDArray[np.int32],
    out: tuple[NDArray[np.int32], NDArray[np.int32]],
    into: tuple[NDArray[np.int32], NDArray[np.int32]],
    alive: NDArray[np.bool_],
) -> bool:
    """Tell whether a node lies between two neighbours, with one edge at most to and from each."""
    first, second = _NONE, _NONE
    to_first, to_second, from_first, from_second = 0, 0, 0, 0
    for i in range(out[0][node], out[0][node + 1]):
        other = heads[out[1][i]]
        if not alive[other]:
            continue
        if first < 0 or first == other:
            first = other
            to_first += 1
        elif second < 0 or second == other:
            second = other
            to_second += 1
        else:
            return False
    for i in range(into[0][node], into[0][node + 1]):
        other = tails[into[1][i]]
        if not alive[other]:
            continue
        if first < 0 or first == other:
            first = other
            from_first += 1
        elif second < 0 or second == other:
            second = other
            from_second += 1
        else:
            return False
    return max(to_first, to_second, from_first, from_second) <= 1


@compiled
def joined(
    tails: NDArray[np.int32],
    heads: NDArray[np.int32],
    codes: NDArray[np.int32],
    effort_dm: NDArray[np.int64],
    seen: NDArray[np.int64],
    left_dm: NDArray[np.int64],
    budget_dm: int,
) -> tuple[
    NDArray[np.int32], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64],
    NDArray[np.int64], NDArray[np.int32], NDArray[np.int32],
]:  # fmt: skip
    """Take dead ends off and join edges that follow each other: the columns of :class:`routing.search.reach.Reached`."""
    count = len(left_dm)
    out, into = by_node(tails, count), by_node(heads, count)
    alive = without_dead_ends(tails, heads, out, into)
    number = np.full(count, -1, dtype=np.int32)
    kept = 0
    for node in range(count):
        if node < _ENDS or (alive[node] and not _passed(node, tails, heads, out, into, alive)):
            number[node] = kept
            kept += 1
    edges = len(tails)
    new_start = np.zeros(kept + 1, dtype=np.int32)
    new_head = np.empty(edges, dtype=np.int32)
    new_dm = np.empty(edges, dtype=np.int64)
    new_seen = np.empty(edges, dtype=np.int64)
    left = np.empty(kept, dtype=np.int64)
    chain_start = np.zeros(edges + 1, dtype=np.int32)
    chain = np.empty(edges, dtype=np.int32)
    found, links = 0, 0
    for node in range(count):
        if number[node] < 0:
            continue
        left[number[node]] = left_dm[node]
        for i in range(out[0][node], out[0][node + 1]):
            edge = out[1][i]
            before, here = node, heads[edge]
            if not alive[here]:
                continue
            chain[links] = codes[edge]
            end = links + 1
            far_dm, far_seen = effort_dm[edge], seen[edge]
            while number[here] < 0:
                onward = -1
                for j in range(out[0][here], out[0][here + 1]):
                    if heads[out[1][j]] != before and alive[heads[out[1][j]]]:
                        onward = out[1][j]
                if onward < 0:
                    break
                before, here = here, heads[onward]
                chain[end] = codes[onward]
                end += 1
                far_dm += effort_dm[onward]
                far_seen += seen[onward]
            if number[here] < 0 or here == node or far_dm + left_dm[here] > budget_dm:
                continue
            new_head[found], new_dm[found], new_seen[found] = number[here], far_dm, far_seen
            links = end
            found += 1
            chain_start[found] = links
        new_start[number[node] + 1] = found
    return (
        new_start, new_head[:found], new_dm[:found], new_seen[:found], left, chain_start[: found + 1], chain[:links]
    )  # fmt: skip
