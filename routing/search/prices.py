"""Walks of least cost at well chosen prices: what is shown where there are too many walks to look at all of them.

A price of being seen picks one walk of the front, a corner of its hull. Between two corners the price at which both
cost alike either finds a third or proves that there is none. The line through the corners on either side of a budget
bounds from below what any walk within it is seen (Lagrange).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import UNREACHED, compiled, drop_least, push
from routing.search.reach import SOURCE, TARGET

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.search.reach import Reached

_MOST_SOLVED = 60  # prices tried for one walk


class Corner(NamedTuple):
    """A walk of least cost at some price."""

    effort_dm: int
    seen: int
    way: tuple[int, ...]  # edges of what is reached


@compiled
def least_cost_within(reached: Reached, least: NDArray[np.int64], per_dm: int, per_seen: int) -> NDArray[np.int32]:
    """Find the walk of least cost on what is reached (A*): its edges, none if there is no walk.

    Parameters
    ----------
    reached
        What to search.
    least
        int64 [node] from :func:`routing.search.labels.seen_to_go`; nodes that it did not reach are left out.
    per_dm, per_seen
        The price of a decimetre and of a unit seen.
    """
    count, edges = len(reached.to_go_dm), len(reached.head)
    cost = np.full(count, UNREACHED, dtype=np.int64)
    came_by, came_from = np.full(count, -1, dtype=np.int32), np.full(count, -1, dtype=np.int32)
    keys, nodes = np.empty(edges + 1, dtype=np.int64), np.empty(edges + 1, dtype=np.int32)
    cost[SOURCE] = 0
    size = push(keys, nodes, 0, 0, SOURCE)
    while size > 0:
        key, node = keys[0], nodes[0]
        size = drop_least(keys, nodes, size)
        if node == TARGET:
            break
        if node != SOURCE and key > cost[node] + per_dm * reached.to_go_dm[node] + per_seen * least[node]:
            continue
        for edge in range(reached.out_start[node], reached.out_start[node + 1]):
            other = reached.head[edge]
            farther = cost[node] + per_dm * reached.effort_dm[edge] + per_seen * reached.seen[edge]
            if least[other] < UNREACHED and farther < cost[other]:
                cost[other], came_by[other], came_from[other] = farther, edge, node
                bound = farther + per_dm * reached.to_go_dm[other] + per_seen * least[other]
                size = push(keys, nodes, size, bound, other)
    steps, node = 0, TARGET
    while came_by[node] >= 0:
        steps += 1
        node = came_from[node]
    way = np.empty(steps, dtype=np.int32)
    node = TARGET
    for at in range(steps - 1, -1, -1):
        way[at] = came_by[node]
        node = came_from[node]
    return way


class Prices:
    """Finds corners of the front on what is reached.

    Parameters
    ----------
    reached
        What to search.
    least
        int64 [node] from :func:`routing.search.labels.seen_to_go`.
    """

    def __init__(self, reached: Reached, least: NDArray[np.int64]) -> None:
        self._reached, self._least = reached, least
        self._solved = 0

    def corners(self, budget_dm: int) -> tuple[list[Corner], int]:
        """Find corners within a budget, by effort, and the least that any walk within it is seen."""
        first, last = self._cheapest(_MUCH, 1), self._cheapest(1, _MUCH)
        if last.effort_dm <= budget_dm:
            return self._between(first, last), last.seen
        inside, outside = first, last
        while True:
            middle = self._middle(inside, outside)
            if middle is None:
                break
            if middle.effort_dm <= budget_dm:
                inside = middle
            else:
                outside = middle
        wide_dm, high = outside.effort_dm - inside.effort_dm, inside.seen - outside.seen
        least = inside.seen - (budget_dm - inside.effort_dm) * high // wide_dm
        return self._between(first, inside), least

    def _between(self, first: Corner, last: Corner) -> list[Corner]:
        """Find corners between two, the widest gap first, as many as there is patience for."""
        corners, gaps = [first], [(first, last)] if last.seen < first.seen else []
        corners += [last] if gaps else []
        while gaps and self._solved < _MOST_SOLVED:
            gaps.sort(key=lambda gap: (gap[1].effort_dm - gap[0].effort_dm) * (gap[0].seen - gap[1].seen))
            low, high = gaps.pop()
            middle = self._middle(low, high)
            if middle is not None:
                corners.append(middle)
                gaps += [(low, middle), (middle, high)]
        return sorted(corners)

    def _middle(self, low: Corner, high: Corner) -> Corner | None:
        """Find a corner between two, ``None`` if there is none."""
        per_dm, per_seen = low.seen - high.seen, high.effort_dm - low.effort_dm
        found = self._cheapest(per_dm, per_seen)
        costs = [per_dm * corner.effort_dm + per_seen * corner.seen for corner in (low, found)]
        return found if costs[1] < costs[0] else None

    def _cheapest(self, per_dm: int, per_seen: int) -> Corner:
        self._solved += 1
        reached = self._reached
        way = least_cost_within(reached, self._least, per_dm, per_seen)
        return Corner(int(reached.effort_dm[way].sum()), int(reached.seen[way].sum()), tuple(way.tolist()))


# Of two prices the one that decides; the other breaks ties. No walk is a thousand kilometres of effort or certain to be
# recognised 10,000 times over, so sums stay below 2^62.
_MUCH = 10**8
