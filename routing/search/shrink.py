"""A small graph in, a smaller one on which the same walks lie out: no dead ends, no nodes between two neighbours."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from routing.kernels import compiled

Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]
Edges: TypeAlias = tuple[Ints, Ints, Ints]  # [edge] tails, heads, names
ByNode: TypeAlias = tuple[Ints, Ints]  # [node + 1] where each node's begin, [edge] which they are
Joined: TypeAlias = tuple[Ints, Ints, Longs, Longs, Longs, Ints, Ints]

_ENDS = 2  # the first nodes are the ends of the walk
_NONE, _MANY = -1, -2


@compiled
def by_node(ends: Ints, node_count: int) -> ByNode:
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
    start: Ints,
    order: Ints,
    other_end: Ints,
    alive: NDArray[np.bool_],
    known: int,
) -> int:
    """Give the one living neighbour along some edges and the one known before; -1 without any, -2 with several."""
    for i in range(start[node], start[node + 1]):
        other = other_end[order[i]]
        if other == node or not alive[other] or known == other:
            continue
        if known != _NONE:
            return _MANY
        known = other
    return known


@compiled
def without_dead_ends(tails: Ints, heads: Ints, out: ByNode, into: ByNode) -> NDArray[np.bool_]:
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
def passed(node: int, edges: Edges, out: ByNode, into: ByNode, alive: NDArray[np.bool_]) -> bool:
    """Tell whether a node lies between two neighbours, with one edge at most to and from each."""
    first, second = _NONE, _NONE
    for turn in range(2):
        start, order = out if turn == 0 else into
        at_first, at_second = 0, 0
        for i in range(start[node], start[node + 1]):
            other = edges[1][order[i]] if turn == 0 else edges[0][order[i]]
            if not alive[other]:
                continue
            if first < 0 or first == other:
                first = other
                at_first += 1
            elif second < 0 or second == other:
                second = other
                at_second += 1
            else:
                return False
        if max(at_first, at_second) > 1:
            return False
    return True


@compiled
def onward(here: int, before: int, heads: Ints, out: ByNode, alive: NDArray[np.bool_]) -> int:
    """Give the edge by which a walk goes on from a node between two neighbours, -1 if it would have to turn back."""
    for i in range(out[0][here], out[0][here + 1]):
        other = heads[out[1][i]]
        if other != before and alive[other]:
            return int(out[1][i])
    return -1


@compiled
def joined(
    edges: Edges, effort_dm: NDArray[np.int64], seen: NDArray[np.int64], left_dm: NDArray[np.int64], budget_dm: int
) -> Joined:
    """Take dead ends off and join edges that follow each other.

    Parameters
    ----------
    edges
        int32 [edge] three times: tails, heads, and what the edges are called in chains.
    effort_dm, seen
        int64 [edge].
    left_dm
        int64 [node], the effort to the end.
    budget_dm
        Chains on which no walk within it can lie are left out.

    Returns
    -------
    tuple of numpy.ndarray
        The columns of :class:`routing.search.reach.Reached`.
    """
    tails, heads, codes = edges
    count, room = len(left_dm), len(tails)
    out, into = by_node(tails, count), by_node(heads, count)
    alive = without_dead_ends(tails, heads, out, into)
    number = np.full(count, -1, dtype=np.int32)
    kept = 0
    for node in range(count):
        if node < _ENDS or (alive[node] and not passed(node, edges, out, into, alive)):
            number[node] = kept
            kept += 1
    new_start, new_head = np.zeros(kept + 1, dtype=np.int32), np.empty(room, dtype=np.int32)
    new_dm, new_seen = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    left = np.empty(kept, dtype=np.int64)
    chain_start, chain = np.zeros(room + 1, dtype=np.int32), np.empty(room, dtype=np.int32)
    found, links = 0, 0
    for node in range(count):
        if number[node] < 0:
            continue
        left[number[node]] = left_dm[node]
        for i in range(out[0][node], out[0][node + 1]):
            edge, before, end = int(out[1][i]), node, links
            far_dm, far_seen = 0, 0
            while edge >= 0:
                here = heads[edge]
                chain[end] = codes[edge]
                end += 1
                far_dm += effort_dm[edge]
                far_seen += seen[edge]
                if not alive[here] or number[here] >= 0:
                    break
                edge, before = onward(here, before, heads, out, alive), here
            if edge < 0 or not alive[here] or here == node or far_dm + left_dm[here] > budget_dm:
                continue
            new_head[found], new_dm[found], new_seen[found] = number[here], far_dm, far_seen
            links = end
            found += 1
            chain_start[found] = links
        new_start[number[node] + 1] = found
    return (
        new_start, new_head[:found], new_dm[:found], new_seen[:found], left, chain_start[: found + 1], chain[:links]
    )  # fmt: skip
