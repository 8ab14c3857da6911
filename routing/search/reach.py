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
from routing.search.network import column, nodes_of
from routing.search.shrink import joined
from routing.search.straight import straight_dm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.search.network import Ends, Network

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
def _grown(values: NDArray[np.int64]) -> NDArray[np.int64]:
    more = np.empty(2 * len(values), dtype=values.dtype)
    more[: len(values)] = values
    return more


@compiled
def _backward(
    in_start: NDArray[np.int32],
    in_edge: NDArray[np.int32],
    tail: NDArray[np.int32],
    effort_dm: NDArray[np.int32],
    anchor_dm: NDArray[np.float64],
    leave: NDArray[np.int32],
    leave_dm: NDArray[np.int64],
    enter: NDArray[np.int32],
    enter_dm: NDArray[np.int64],
    budget_dm: int,
    number: NDArray[np.int32],
) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Find the nodes from which the end can be reached in time: how many, which, and their effort to the end."""
    room = 1024
    node = np.empty(room, dtype=np.int64)
    to_go = np.empty(room, dtype=np.int64)
    ahead = np.empty(room, dtype=np.int64)  # the least effort between it and the start
    heads = np.full(budget_dm + 1, -1, dtype=np.int32)  # by effort of a whole walk: the last entry
    entry = np.empty(4 * room, dtype=np.int64)
    under = np.empty(4 * room, dtype=np.int64)
    count, size = 0, 0
    for i in range(len(enter)):
        n = enter[i]
        straight = straight_dm(anchor_dm, n, leave, leave_dm)
        bound = enter_dm[i] + straight
        if bound > budget_dm:
            continue
        at = number[n] - 1
        if at < 0:
            at = count
            count += 1
            number[n] = count
            node[at], ahead[at], to_go[at] = n, straight, UNREACHED
        if enter_dm[i] < to_go[at]:
            to_go[at] = enter_dm[i]
            entry[size], under[size], heads[bound] = at, heads[bound], size
            size += 1
    for key in range(budget_dm + 1):
        while heads[key] >= 0:
            here = entry[heads[key]]
            heads[key] = under[heads[key]]
            if to_go[here] + ahead[here] != key:
                continue
            n = node[here]
            for i in range(in_start[n], in_start[n + 1]):
                edge = in_edge[i]
                other = tail[edge]
                farther = to_go[here] + effort_dm[edge]
                at = number[other] - 1
                if at >= 0 and farther >= to_go[at]:
                    continue
                straight = ahead[at] if at >= 0 else straight_dm(anchor_dm, other, leave, leave_dm)
                bound = farther + straight
                if bound > budget_dm:
                    continue
                if at < 0:
                    if count == len(node):
                        node, to_go, ahead = _grown(node), _grown(to_go), _grown(ahead)
                    at = count
                    count += 1
                    number[other] = count
                    node[at], ahead[at] = other, straight
                to_go[at] = farther
                if size == len(entry):
                    entry, under = _grown(entry), _grown(under)
                entry[size], under[size], heads[bound] = at, heads[bound], size
                size += 1
    return count, node, to_go


@compiled
def _forward(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    effort_dm: NDArray[np.int32],
    leave: NDArray[np.int32],
    leave_dm: NDArray[np.int64],
    node: NDArray[np.int64],
    to_go: NDArray[np.int64],
    count: int,
    budget_dm: int,
    number: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Measure from the start to the nodes through which a walk within the budget leads, UNREACHED for all others."""
    gone = np.full(count, UNREACHED, dtype=np.int64)
    heads = np.full(budget_dm + 1, -1, dtype=np.int32)
    entry = np.empty(count + len(leave), dtype=np.int64)
    under = np.empty(count + len(leave), dtype=np.int64)
    size = 0
    for i in range(len(leave)):
        at = number[leave[i]] - 1
        if at >= 0 and leave_dm[i] < gone[at] and leave_dm[i] + to_go[at] <= budget_dm:
            gone[at] = leave_dm[i]
            bound = gone[at] + to_go[at]
            entry[size], under[size], heads[bound] = at, heads[bound], size
            size += 1
    for key in range(budget_dm + 1):
        while heads[key] >= 0:
            here = entry[heads[key]]
            heads[key] = under[heads[key]]
            if gone[here] + to_go[here] != key:
                continue
            n = node[here]
            for edge in range(out_start[n], out_start[n + 1]):
                at = number[head[edge]] - 1
                if at < 0:
                    continue
                farther = gone[here] + effort_dm[edge]
                bound = farther + to_go[at]
                if farther < gone[at] and bound <= budget_dm:
                    gone[at] = farther
                    if size == len(entry):
                        entry, under = _grown(entry), _grown(under)
                    entry[size], under[size], heads[bound] = at, heads[bound], size
                    size += 1
    return gone


@compiled
def _edges_within(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    effort_dm: NDArray[np.int32],
    leave: NDArray[np.int32],
    enter: NDArray[np.int32],
    part_dm: NDArray[np.int64],
    node: NDArray[np.int64],
    to_go: NDArray[np.int64],
    gone: NDArray[np.int64],
    budget_dm: int,
    number: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """List the edges on which a walk within the budget may lie: tails, heads, which, and nodes' effort to the end."""
    small = np.full(len(gone), -1, dtype=np.int32)
    count = _FIRST
    edges = len(part_dm)
    for at in range(len(gone)):
        if gone[at] < UNREACHED:
            small[at] = count
            count += 1
            edges += out_start[node[at] + 1] - out_start[node[at]]
    left = np.empty(count, dtype=np.int64)
    left[TARGET] = 0
    tails = np.empty(edges, dtype=np.int32)
    heads = np.empty(edges, dtype=np.int32)
    codes = np.empty(edges, dtype=np.int32)
    found = 0
    least = UNREACHED
    for part in range(len(part_dm)):
        tails[found], heads[found], codes[found] = SOURCE, TARGET, -1 - part
        rest = part_dm[part]
        if part < len(leave):
            at = number[leave[part]] - 1
            if at < 0 or small[at] < 0:
                continue
            heads[found] = small[at]
            rest += to_go[at]
        elif part < len(leave) + len(enter):
            at = number[enter[part - len(leave)]] - 1
            if at < 0 or small[at] < 0:
                continue
            tails[found] = small[at]
            rest += gone[at]
        if rest <= budget_dm:
            least = min(least, rest)
            found += 1
    left[SOURCE] = least
    for at in range(len(gone)):
        if small[at] < 0:
            continue
        left[small[at]] = to_go[at]
        n = node[at]
        for edge in range(out_start[n], out_start[n + 1]):
            other = number[head[edge]] - 1
            if other < 0 or other == at or small[other] < 0:
                continue
            if gone[at] + effort_dm[edge] + to_go[other] <= budget_dm:
                tails[found], heads[found], codes[found] = small[at], small[other], edge
                found += 1
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
    graph = network.graph
    parts = ends.parts
    part_dm, part_seen = (column([part.share(of) for part in parts]) for of in (graph.effort_dm, network.seen))
    leave, enter = nodes_of(graph.head, ends.first), nodes_of(graph.tail, ends.last)
    leave_dm, enter_dm = part_dm[: len(leave)], part_dm[len(leave) : len(leave) + len(enter)]
    number = np.zeros(graph.node_count, dtype=np.int32)  # by calloc: what is not touched costs nothing
    count, node, to_go = _backward(
        graph.in_start, graph.in_edge, graph.tail, graph.effort_dm, network.anchor_dm,
        leave, leave_dm, enter, enter_dm, budget_dm, number,
    )  # fmt: skip
    gone = _forward(
        graph.out_start, graph.head, graph.effort_dm, leave, leave_dm, node, to_go, count, budget_dm, number
    )
    tails, heads, codes, left = _edges_within(
        graph.out_start, graph.head, graph.effort_dm, leave, enter, part_dm, node, to_go, gone, budget_dm, number
    )
    part = codes < 0
    effort_dm, seen = np.empty(len(codes), dtype=np.int64), np.empty(len(codes), dtype=np.int64)
    effort_dm[~part], seen[~part] = graph.effort_dm[codes[~part]], network.seen[codes[~part]]
    effort_dm[part], seen[part] = part_dm[-1 - codes[part]], part_seen[-1 - codes[part]]
    return Reached(*joined(tails, heads, codes, effort_dm, seen, left, budget_dm))
