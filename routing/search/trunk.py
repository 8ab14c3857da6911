"""A network as a search for one route reads it: what leads nowhere is out of its way, and a chain is one lane.

The *trunk* is what is left of a graph without dead ends and without nodes between two neighbours: roughly half of a
town's nodes. Whatever ways cost, one from a node of the trunk to another leads along lanes of the trunk alone. Nodes
beside it keep their own edges: those that lead away serve the start of a walk, those that lead there its end, and no
search comes upon them from the trunk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.kernels import compiled
from routing.search.shrink import by_node, onward, passed, without_dead_ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.search.route import Room
    from routing.search.shrink import ByNode, Edges, Ints


FAR: Final = 2**30  # decimetres: what is farther away or cannot be reached is as far as that


class Trunk(NamedTuple):
    """A graph whose nodes have numbers of their own: those of the trunk come first, and near ones stay close.

    First come the lanes that lead away from each node, then those that lead to each.
    """

    number: NDArray[np.int32]  # [node of the graph] its own number
    size: int  # nodes of the trunk
    anchor_dm: NDArray[np.float64]  # [node, 2]
    start: NDArray[np.int32]  # [node away, node there, 1] into lanes
    to: NDArray[np.int32]  # [lane] the node that it leads to, or from
    effort_dm: NDArray[np.int32]  # [lane] FAR at most: on a map that somebody forged, a chain may add up to any number
    chain: NDArray[np.int32]  # [lane] which one it stands for
    link_start: NDArray[np.int32]  # [chain + 1] into links
    link: NDArray[np.int32]  # edges of the graph
    rooms: list[Room]  # of searches that are over

    def sums(self, values: NDArray[np.int32]) -> NDArray[np.int64]:
        """Add up what the edges of each lane are worth, int64 [lane]."""
        return _sums(values, self.link, self.link_start)[self.chain]


def trunk_of(graph: WalkGraph) -> Trunk:
    """Sort out what of a graph a walk may pass that neither begins nor ends there."""
    count = graph.node_count
    tails, heads = np.array(graph.tail), np.array(graph.head)  # compiled for arrays that may be written
    out, into = by_node(tails, count), by_node(heads, count)
    alive = without_dead_ends(tails, heads, out, into)
    kept = _kept((tails, heads, tails), out, into, alive)
    order = np.concatenate([np.flatnonzero(kept), np.flatnonzero(~kept)]).astype(np.int32)
    number = np.empty(count, dtype=np.int32)
    number[order] = np.arange(count, dtype=np.int32)
    tail, head, link_start, link, out_start = _laid_out((tails, heads, order), out, alive, kept)
    tail, head, size, away = number[tail], number[head], int(kept.sum()), int(out_start[-1])
    there = np.flatnonzero((head >= size) | (tail < size))
    there = there[np.argsort(head[there], kind="stable")].astype(np.int32)
    in_start = np.searchsorted(head[there], np.arange(count + 1)).astype(np.int32)
    chain = np.concatenate([np.arange(away, dtype=np.int32), there])
    return Trunk(
        number, size, graph.anchor_dm[order],
        start=np.concatenate([out_start[:-1], away + in_start]),
        to=np.concatenate([head[:away], tail[there]]),
        effort_dm=np.minimum(_sums(graph.effort_dm, link, link_start)[chain], FAR).astype(np.int32),
        chain=chain, link_start=link_start, link=link, rooms=[],
    )  # fmt: skip


def _sums(values: NDArray[np.int32], link: NDArray[np.int32], link_start: NDArray[np.int32]) -> NDArray[np.int64]:
    sums: NDArray[np.int64] = np.add.reduceat(values[link], link_start[:-1], dtype=np.int64)
    return sums


@compiled
def _kept(edges: Edges, out: ByNode, into: ByNode, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which nodes are the trunk's, bool [node]."""
    kept = alive.copy()
    for node in range(len(alive)):
        if alive[node] and passed(node, edges, out, into, alive):
            kept[node] = False
    return kept


@compiled
def _laid_out(
    edges: Edges, out: ByNode, alive: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Join edges to chains, and list those from the trunk to what lies beside it behind all others.

    Parameters
    ----------
    edges
        int32 [edge] tails and heads, int32 [node] the order of nodes.
    out
        Edges by tail.
    alive, kept
        bool [node].

    Returns
    -------
    tuple of numpy.ndarray
        int32: [chain] tails and heads, [chain + 1] where the links of each begin, links, and [node + 1] in order where
        the chains of each begin but for those listed behind.
    """
    tails, heads, order = edges
    count = len(tails)  # an edge from the trunk to what lies beside it is a chain's first link, and listed behind
    tail, head = np.empty(2 * count, dtype=np.int32), np.empty(2 * count, dtype=np.int32)
    link_start, link = np.zeros(2 * count + 1, dtype=np.int32), np.empty(3 * count, dtype=np.int32)
    out_start = np.zeros(len(order) + 1, dtype=np.int32)
    found, links = 0, 0
    for at in range(len(order)):
        node = order[at]
        for i in range(out[0][node], out[0][node + 1]):
            edge, before, end = int(out[1][i]), node, links
            while edge >= 0:
                here = heads[edge]
                link[end] = edge
                end += 1
                if not kept[node] or kept[here] or not alive[here]:
                    break
                edge, before = onward(here, before, heads, out, alive), here
            if here != node and (not kept[node] or kept[here]):
                tail[found], head[found] = node, here
                found += 1
                links = end
                link_start[found] = links
        out_start[at + 1] = found
    for edge in range(count):
        if kept[tails[edge]] and not kept[heads[edge]]:
            tail[found], head[found], link[links] = tails[edge], heads[edge], edge
            found += 1
            links += 1
            link_start[found] = links
    return tail[:found].copy(), head[:found].copy(), link_start[: found + 1].copy(), link[:links].copy(), out_start
