"""What a budget can reach: the part of a graph on which every walk within a detour lies, small enough to search whole.

A walk from start to end of at most so much effort passes no node that is farther than that from both. So a search from
the end (A*, with the straight line to the start) and one from the start (A*, with what the first one found) give all
nodes and edges that matter, and nothing else of the graph is touched, however large it is. Dead ends are taken off, for
a walk that turns back in one is never worth its length, and nodes between two neighbours are joined into one edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import UNREACHED, compiled
from routing.search.network import column, doors_of
from routing.search.shrink import joined
from routing.search.straight import straight_dm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.search.network import Ends, Network
    from routing.search.straight import Doors, Roads

SOURCE, TARGET = 0, 1  # nodes of what is reached: the ends of the walk
_FIRST = 2  # node of what is reached that is one of the graph's


class Reached(NamedTuple):
    """A small graph: every walk worth its length within a budget lies on it.

    Node 0 is the start, node 1 the end. Edges are sorted by tail; each stands for a chain of edges of the whole graph.
    """

    out_start: NDArray[np.int32]  # [node + 1]
    head: NDArray[np.int32]  # [edge]
    effort_dm: NDArray[np.int64]  # [edge]
    seen: NDArray[np.int64]  # [edge]
    to_go_dm: NDArray[np.int64]  # [node] least effort to the end
    chain_start: NDArray[np.int32]  # [edge + 1] into chain
    chain: NDArray[np.int32]  # edges of the whole graph; -1 - part where it is one of the ends'


@compiled
def _put(
    last: NDArray[np.int32], entry: NDArray[np.int32], under: NDArray[np.int32], size: int, key: int, value: int
) -> int:
    """Put an entry on the pile of its key; gives the new size. Piles stand in for a heap: keys are small and rise."""
    entry[size] = value
    under[size] = last[key]
    last[key] = size
    return size + 1


@compiled
def _room(roads: Roads, doors: Doors) -> tuple[NDArray[np.int32], ...]:
    """Make as much room as could be needed, by node and by edge; what is not touched costs nothing."""
    nodes, edges = len(roads.out_start) - 1, len(roads.head) + len(doors.enter) + len(doors.leave)
    a, b, c = np.empty(nodes, dtype=np.int32), np.empty(nodes, dtype=np.int32), np.empty(nodes, dtype=np.int32)
    return a, b, c, np.empty(edges, dtype=np.int32), np.empty(edges, dtype=np.int32)


@compiled
def _backward(
    roads: Roads, doors: Doors, budget_dm: int, number: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Find the nodes from which the end can be reached in time, and their effort to it; numbers them from 1 on."""
    node, to_go, ahead, entry, under = _room(roads, doors)  # `ahead`: the least effort between it and the start
    last = np.full(budget_dm + 1, -1, dtype=np.int32)
    count, size = 0, 0
    for i in range(len(doors.enter)):
        straight = straight_dm(roads.anchor_dm, doors.enter[i], doors.leave, doors.leave_cost)
        at = number[doors.enter[i]] - 1
        least = budget_dm - straight if at < 0 else to_go[at] - 1
        if doors.enter_cost[i] > least:
            continue
        if at < 0:
            at = count
            count += 1
            number[doors.enter[i]] = count
        node[at], ahead[at], to_go[at] = doors.enter[i], straight, doors.enter_cost[i]
        size = _put(last, entry, under, size, to_go[at] + straight, at)
    for key in range(budget_dm + 1):
        while last[key] >= 0:
            here = entry[last[key]]
            last[key] = under[last[key]]
            n = node[here]
            stale = to_go[here] + ahead[here] != key
            for i in range(roads.in_start[n], roads.in_start[n] if stale else roads.in_start[n + 1]):
                other = roads.tail[roads.in_edge[i]]
                farther = to_go[here] + roads.effort_dm[roads.in_edge[i]]
                at = number[other] - 1
                if at < 0:
                    straight = straight_dm(roads.anchor_dm, other, doors.leave, doors.leave_cost)
                    if farther + straight > budget_dm:
                        continue
                    at = count
                    count += 1
                    number[other] = count
                    node[at], ahead[at] = other, straight
                elif farther >= to_go[at]:
                    continue
                to_go[at] = farther
                size = _put(last, entry, under, size, farther + ahead[at], at)
    return node[:count].copy(), to_go[:count].copy()


@compiled
def _forward(
    roads: Roads,
    doors: Doors,
    node: NDArray[np.int32],
    to_go: NDArray[np.int32],
    budget_dm: int,
    number: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Measure from the start to the nodes on walks within the budget; what is on none is farther than that."""
    beyond = budget_dm + 1
    gone = np.full(len(node), beyond, dtype=np.int32)
    last = np.full(budget_dm + 1, -1, dtype=np.int32)
    edges = len(roads.head) + len(doors.leave)
    entry, under = np.empty(edges, dtype=np.int32), np.empty(edges, dtype=np.int32)
    size = 0
    for i in range(len(doors.leave)):
        at, effort_dm = number[doors.leave[i]] - 1, doors.leave_cost[i]
        if at >= 0 and effort_dm < gone[at] and effort_dm + to_go[at] <= budget_dm:
            gone[at] = effort_dm
            size = _put(last, entry, under, size, effort_dm + to_go[at], at)
    for key in range(budget_dm + 1):
        while last[key] >= 0:
            here = entry[last[key]]
            last[key] = under[last[key]]
            if gone[here] + to_go[here] != key:
                continue
            n = node[here]
            for edge in range(roads.out_start[n], roads.out_start[n + 1]):
                at = number[roads.head[edge]] - 1
                if at < 0:
                    continue
                farther = gone[here] + roads.effort_dm[edge]
                if farther < gone[at] and farther + to_go[at] <= budget_dm:
                    gone[at] = farther
                    size = _put(last, entry, under, size, farther + to_go[at], at)
    return gone


@compiled
def _list_parts(
    doors: Doors,
    part_dm: NDArray[np.int64],
    small: NDArray[np.int32],
    number: NDArray[np.int32],
    edges: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
) -> int:
    """List the parts of edges at the ends; gives how many there are."""
    tails, heads, codes = edges
    first, last = len(doors.leave), len(doors.enter)
    found = 0
    for part in range(len(part_dm)):
        tails[found], heads[found], codes[found] = SOURCE, TARGET, -1 - part
        if part < first + last:
            at = number[doors.leave[part] if part < first else doors.enter[part - first]] - 1
            if at < 0 or small[at] < 0:
                continue
            if part < first:
                heads[found] = small[at]
            else:
                tails[found] = small[at]
        found += 1
    return found


@compiled
def _edges_within(
    roads: Roads,
    doors: Doors,
    part_dm: NDArray[np.int64],
    reached: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
    budget_dm: int,
    number: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """List the edges on which a walk within the budget may lie: tails, heads, which, and nodes' effort to the end."""
    node, to_go, gone = reached
    small = np.full(len(gone), -1, dtype=np.int32)
    count, room = _FIRST, len(part_dm)
    for at in range(len(gone)):
        if gone[at] >= 0:
            small[at] = count
            count += 1
            room += roads.out_start[node[at] + 1] - roads.out_start[node[at]]
    left = np.full(count, UNREACHED, dtype=np.int64)
    tails, heads, codes = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    found = _list_parts(doors, part_dm, small, number, (tails, heads, codes))
    left[TARGET] = 0
    for at in range(len(gone)):
        if small[at] < 0:
            continue
        left[small[at]] = to_go[at]
        for edge in range(roads.out_start[node[at]], roads.out_start[node[at] + 1]):
            other = number[roads.head[edge]] - 1
            if other < 0 or other == at or small[other] < 0:
                continue
            if gone[at] + roads.effort_dm[edge] + to_go[other] <= budget_dm:
                tails[found], heads[found], codes[found] = small[at], small[other], edge
                found += 1
    for i in range(found):
        if tails[i] == SOURCE:
            left[SOURCE] = min(left[SOURCE], part_dm[-1 - codes[i]] + left[heads[i]])
    return tails[:found], heads[:found], codes[:found], left


def reach(network: Network, ends: Ends, budget_dm: int) -> Reached:
    """Find the part of a graph on which every walk worth its length within a budget lies.

    Parameters
    ----------
    network
        What to search.
    ends
        Where the walk begins and ends.
    budget_dm
        The greatest effort of a walk.

    Returns
    -------
    Reached
        Without an edge if no walk is within the budget.
    """
    parts = ends.parts
    part_dm, part_seen = (column([part.share(of) for part in parts]) for of in (network.graph.effort_dm, network.seen))
    roads, doors = network.roads, doors_of(network, ends, part_dm)
    number = np.zeros(network.graph.node_count, dtype=np.int32)  # by calloc: what is not touched costs nothing
    node, to_go = _backward(roads, doors, budget_dm, number)
    gone = _forward(roads, doors, node, to_go, budget_dm, number)
    gone[gone > budget_dm] = -1  # on no walk
    tails, heads, codes, left = _edges_within(roads, doors, part_dm, (node, to_go, gone), budget_dm, number)
    part = codes < 0
    effort_dm, seen = np.empty(len(codes), dtype=np.int64), np.empty(len(codes), dtype=np.int64)
    effort_dm[~part], seen[~part] = roads.effort_dm[codes[~part]], roads.seen[codes[~part]]
    effort_dm[part], seen[part] = part_dm[-1 - codes[part]], part_seen[-1 - codes[part]]
    return Reached(*joined((tails, heads, codes), effort_dm, seen, left, budget_dm))
