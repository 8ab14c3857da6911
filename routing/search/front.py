"""The front: every walk within a budget that no other beats in both effort and what is seen, exactly.

Points come in order of effort. A search that meets a limit keeps the points it has, which are exact as far as they go,
adds walks of least cost at well chosen prices beyond them, and says how far from the best the last one may be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from routing.kernels import UNREACHED
from routing.ragged import taken
from routing.search.clock import now
from routing.search.labels import BUCKET, LABELS, POINTS, Found, labels_for, seen_to_go, shortest_rest, take_up, traced
from routing.search.network import Part, ends_of, path_of
from routing.search.prices import Prices
from routing.search.reach import SOURCE, reach
from routing.snap import SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from routing.search.network import Ends, Network, Path
    from routing.search.reach import Reached
    from routing.snap import Snap

_TURNS = 50_000  # labels between two looks at the clock: some milliseconds
_ROOM = 1 << 17  # labels to begin with: most walks need no more, and what is not written to takes no memory


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a search may take before it gives what it has.

    Attributes
    ----------
    labels
        Ways from the start that are kept at a time; each takes 28 bytes.
    seconds
        Of wall time, for each search.
    until
        By :func:`routing.search.clock.now`: every search has ended by then.
    cancelled
        Asked every few milliseconds; the search ends when it says yes.
    """

    labels: int = 3_000_000
    seconds: float = 3.0
    cancelled: Callable[[], bool] = field(default=lambda: False)
    until: float = math.inf

    def from_now(self) -> Limits:
        """Give limits by which several searches take no longer than one would."""
        return replace(self, until=min(self.until, now() + self.seconds))

    def are_met(self) -> bool:
        """Tell whether time is up, or nobody waits any more."""
        return now() > self.until or self.cancelled()


@dataclass(frozen=True, slots=True)
class Front:
    """Walks by effort, each seen less than the one before.

    Attributes
    ----------
    effort_dm, seen
        int64 [point].
    exact_to_dm
        Up to this effort the points are all there are; the budget where the search was whole.
    least_seen
        No walk within the budget is seen less than this; the last point's where the search was whole.
    """

    effort_dm: NDArray[np.int64]
    seen: NDArray[np.int64]
    exact_to_dm: int
    least_seen: int
    _network: Network
    _ends: Ends
    _reached: Reached
    _ways: tuple[tuple[int, ...], ...]  # [point] edges of what is reached

    def __len__(self) -> int:
        return len(self.effort_dm)

    @property
    def gap(self) -> float:
        """Give by how much of itself the last point may be seen more than the best walk within the budget, 0…1."""
        if not len(self) or self.seen[-1] == 0:
            return 0.0
        return 1.0 - self.least_seen / float(self.seen[-1])

    def parts(self, point: int) -> NDArray[np.int64]:
        """Give the parts of edges that the walk of a point takes, int64 [part, 3]: edge, from and to of it."""
        at = taken(self._reached.chain_start, np.array(self._ways[point], dtype=np.int64)).at
        edges = self._reached.chain[at]
        found = np.empty((len(edges), 3), dtype=np.int64)
        found[:, 0], found[:, 1], found[:, 2] = edges, 0, SPLITS
        ends = self._ends.parts
        for one in np.flatnonzero(edges < 0).tolist():
            found[one] = ends[-1 - edges[one]]
        return found

    def path(self, point: int) -> Path:
        """Give the walk of a point."""
        return path_of(self._network, tuple(Part(*part) for part in self.parts(point).tolist()))


def find_front(network: Network, start: Snap, *targets: Snap, budget_dm: int, limits: Limits | None = None) -> Front:
    """Find every walk within a budget that is worth its effort.

    Parameters
    ----------
    network
        What to search.
    start, targets
        From :func:`routing.snap.snap`. With several targets a walk may end at any of them.
    budget_dm
        The greatest effort of a walk.
    limits
        How much the search may take.

    Returns
    -------
    Front
        Without a point if no walk is within the budget.
    """
    ends = ends_of(network.graph, start, *targets)
    reached = reach(network, ends, budget_dm)
    if reached.to_go_dm[SOURCE] > budget_dm:
        nothing = np.empty(0, dtype=np.int64)
        return Front(nothing, nothing, budget_dm, 0, network, ends, reached, ())
    limits = limits or Limits()
    search = _Search(reached, budget_dm, limits)
    search.run(limits)
    points, ways = search.found()
    exact_to_dm, least = budget_dm, int(points[-1, 1])
    if not search.is_whole:
        exact_to_dm = search.exact_to_dm
        corners, least = Prices(reached, search.least).corners(budget_dm)
        keep = points[:, 0] <= max(exact_to_dm, int(points[0, 0]))  # there is always a walk
        points, ways = points[keep], ways[: int(keep.sum())]
        beyond = [one for one in corners if one.effort_dm > exact_to_dm and one.seen < int(points[-1, 1])]
        points = np.concatenate([points, np.array([(one.effort_dm, one.seen) for one in beyond]).reshape(-1, 2)])
        ways += [one.way for one in beyond]
    return Front(points[:, 0], points[:, 1], exact_to_dm, least, network, ends, reached, tuple(ways))


class _Search:
    """A search for all points, in turns."""

    def __init__(self, reached: Reached, budget_dm: int, limits: Limits) -> None:
        self._reached = reached
        self._onward, self._rest = shortest_rest(reached)
        self.least = seen_to_go(reached, int(self._rest[SOURCE]))
        self._shortest_dm = int(reached.to_go_dm[SOURCE])
        more_dm = budget_dm - self._shortest_dm + 1
        self._found = Found(
            np.full(more_dm, -1, dtype=np.int32),
            np.full(len(reached.to_go_dm), UNREACHED, dtype=np.int64),
            np.empty((more_dm, 3), dtype=np.int64),
            np.array([1, 0, 0, UNREACHED], dtype=np.int64),
        )
        self._most = int(np.diff(reached.out_start).max(initial=0))  # labels that one may make
        self._labels = labels_for(min(_ROOM, limits.labels) + self._most)
        self._found.bucket[0] = 0

    def run(self, limits: Limits) -> None:
        """Take up labels until there are none left or a limit is met."""
        limits = limits.from_now()
        while not self.is_whole:
            left = take_up(self._reached, self.least, self._rest, self._labels, self._found, _TURNS)
            if limits.are_met():
                return
            if left and not self.is_whole:
                if self._found.state[LABELS] >= limits.labels:
                    return
                room = min(2 * len(self._labels.node), limits.labels + self._most)
                self._labels = labels_for(room, self._labels)

    @property
    def is_whole(self) -> bool:
        """Tell whether no label is left."""
        return bool(self._found.state[BUCKET] == len(self._found.bucket))

    @property
    def exact_to_dm(self) -> int:
        """Give the effort up to which every point was found."""
        return self._shortest_dm + int(self._found.state[BUCKET]) - 1

    def found(self) -> tuple[NDArray[np.int64], list[tuple[int, ...]]]:
        """Give the points, int64 [point, 2], and the edges of each one's way."""
        points = self._found.points[: self._found.state[POINTS]]
        start, edges = traced(points, self._labels, self._reached.head, self._onward)
        ways = [tuple(edges[a:b].tolist()) for a, b in pairwise(start.tolist())]
        return points[:, :2].copy(), ways
