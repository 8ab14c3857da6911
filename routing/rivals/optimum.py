"""The least risk for a budget: what every other method is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routing.search.front import Limits, find_front

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.search.network import Network, Path
    from routing.snap import Snap


@dataclass(frozen=True)
class Optimum:
    """Walks between two points, each with less risk than all that cost less effort.

    Attributes
    ----------
    effort_dm, seen
        Of each, in order of effort.
    path
        Gives one by its number.
    exact
        Whether no walk within the greatest effort is missing; else those that are best at some price are there.
    """

    effort_dm: tuple[int, ...]
    seen: tuple[int, ...]
    path: Callable[[int], Path]
    exact: bool

    def within(self, limit_dm: int) -> Path:
        """Give the walk of least risk within an effort."""
        return self.path(self._at(limit_dm))

    def least_seen(self, limit_dm: int) -> int:
        """Give the least risk within an effort, 1e-6."""
        return self.seen[self._at(limit_dm)]

    def _at(self, limit_dm: int) -> int:
        return max(int(np.searchsorted(self.effort_dm, limit_dm, side="right")) - 1, 0)


def optimum(network: Network, start: Snap, end: Snap, limit_dm: int) -> Optimum:
    """Find the best walks for every budget up to a limit.

    Parameters
    ----------
    network
        What to search.
    start, end
        From :func:`routing.snap.snap`, in one part of the graph.
    limit_dm
        The greatest effort.
    """
    front = find_front(network, start, end, budget_dm=limit_dm, limits=Limits(seconds=60.0))
    exact = front.exact_to_dm == limit_dm
    return Optimum(tuple(front.effort_dm.tolist()), tuple(front.seen.tolist()), front.path, exact=exact)
