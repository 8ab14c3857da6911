"""Walks by several stops: the fronts of the legs put together, and few walks chosen that stand for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.search.front import Front
    from routing.search.network import Path

Ints = NDArray[np.int64]

_AT_A_TIME = 1_000_000  # pairs of points of two legs
CLOSE = 0.01  # of the range of what is seen: points nearer to each other than that stand for each other


@dataclass(frozen=True, slots=True)
class Choice:
    """Whole walks by effort, each seen less than the one before.

    Attributes
    ----------
    effort_dm, seen
        int64 [walk].
    exact_to_dm
        Up to this effort the walks are all there are.
    least_seen
        No walk within the budget is seen less.
    """

    effort_dm: Ints
    seen: Ints
    exact_to_dm: int
    least_seen: int
    _legs: tuple[Front, ...]
    _points: Ints  # [walk, leg] which point of each leg's front

    def __len__(self) -> int:
        return len(self.effort_dm)

    @property
    def gap(self) -> float:
        """Give by how much of itself the last walk may be seen more than the best within the budget, 0…1."""
        return 1.0 - self.least_seen / float(self.seen[-1]) if len(self) and self.seen[-1] else 0.0

    def parts(self, walk: int) -> Ints:
        """Give the parts of edges that a walk takes, int64 [part, 3]: edge, from and to of it."""
        points = self._points[walk].tolist()
        return np.concatenate([front.parts(point) for front, point in zip(self._legs, points, strict=True)])

    def paths(self, walk: int) -> tuple[Path, ...]:
        """Give the legs of a walk."""
        points = self._points[walk].tolist()
        return tuple(front.path(point) for front, point in zip(self._legs, points, strict=True))


def together(legs: Sequence[Front], budget_dm: int) -> Choice:
    """Put legs together: the walks within a budget that no other beats in both effort and what is seen.

    Parameters
    ----------
    legs
        At least one, each with at least one point, each as far as the whole budget allows it.
    budget_dm
        For all legs.
    """
    effort_dm, seen, points = legs[0].effort_dm, legs[0].seen, np.arange(len(legs[0]))[:, None]
    for leg in legs[1:]:
        rest_dm = sum(int(later.effort_dm[0]) for later in legs[points.shape[1] + 1 :])
        before, behind = _pairs(effort_dm, seen, leg, budget_dm - rest_dm)
        effort_dm, seen = effort_dm[before] + leg.effort_dm[behind], seen[before] + leg.seen[behind]
        points = np.column_stack([points[before], behind])
    slack_dm = [leg.exact_to_dm - int(leg.effort_dm[0]) for leg in legs]
    exact_to_dm = min(budget_dm, int(effort_dm[0]) + min(slack_dm))
    # each leg's least is that of a leg to which all of the detour is left
    least_seen = int(seen[-1]) if exact_to_dm == budget_dm else sum(leg.least_seen for leg in legs)
    return Choice(effort_dm, seen, exact_to_dm, least_seen, tuple(legs), points)


def _pairs(effort_dm: Ints, seen: Ints, leg: Front, budget_dm: int) -> tuple[Ints, Ints]:
    """Give which points before a leg go with which of its own, by effort; so many at a time that there is room."""
    kept, step = np.empty(0, dtype=np.int64), max(_AT_A_TIME // len(leg), 1)
    for first in range(0, len(effort_dm), step):
        some = np.arange(first * len(leg), min(first + step, len(effort_dm)) * len(leg))
        pairs = np.concatenate([kept, some])
        before, behind = np.divmod(pairs, len(leg))
        kept = pairs[unbeaten(effort_dm[before] + leg.effort_dm[behind], seen[before] + leg.seen[behind], budget_dm)]
    before, behind = np.divmod(kept, len(leg))
    return before, behind


def unbeaten(effort_dm: Ints, seen: Ints, budget_dm: int | None = None) -> Ints:
    """Give the walks within a budget that no other beats, by effort, int64 [walk]."""
    within = np.arange(len(effort_dm)) if budget_dm is None else np.flatnonzero(effort_dm <= budget_dm)
    order = within[np.lexsort((seen[within], effort_dm[within]))]
    least = np.minimum.accumulate(seen[order])
    better = np.concatenate([[True], least[1:] < least[:-1]])
    worth: Ints = order[better]
    return worth


def stand_for(effort_dm: Ints, seen: Ints, most: int, within: float = CLOSE) -> Ints:
    """Choose few points of a front that stand for all.

    Whoever accepts some effort and takes the best of the chosen that needs no more is seen little more than by the best
    of all. The first and the last point and the knee are always among them; then comes, again and again, the point
    whose loss would be felt most.

    Parameters
    ----------
    effort_dm, seen
        int64 [point], a front by effort.
    most
        How many, at least 3.
    within
        Of the range of what is seen: when no loss is greater, no more are chosen.

    Returns
    -------
    numpy.ndarray
        int64 [chosen], in order.
    """
    chosen = {0, len(effort_dm) - 1}
    middle = knee(effort_dm, seen)
    if middle is not None:
        chosen.add(middle)
    high = int(seen[0] - seen[-1])
    while len(chosen) < min(most, len(effort_dm)):
        order = np.array(sorted(chosen))
        loss = seen[order[np.searchsorted(order, np.arange(len(effort_dm)), side="right") - 1]] - seen
        worst = int(np.argmax(loss))
        if loss[worst] <= within * high:
            break
        chosen.add(worst)
    return np.array(sorted(chosen))


def corners(effort_dm: Ints, seen: Ints) -> Ints:
    """Give the corners of a front's hull: the points that cost least at some price of being seen.

    Parameters
    ----------
    effort_dm, seen
        int64 [point], a front by effort.

    Returns
    -------
    numpy.ndarray
        int64 [corner], in order; both ends are among them.
    """
    points = list(zip(effort_dm.tolist(), seen.tolist(), strict=True))
    found: list[int] = []
    for point, (x, y) in enumerate(points):
        while len(found) > 1:
            (x0, y0), (x1, y1) = points[found[-2]], points[found[-1]]
            if (x1 - x0) * (y - y0) > (x - x0) * (y1 - y0):
                break
            found.pop()
        found.append(point)
    return np.array(found, dtype=np.int64)


def knee(length: NDArray[np.generic], risk: NDArray[np.generic]) -> int | None:
    """Find the point farthest below the chord between the ends of a front, both axes scaled to 0…1 (contract).

    Parameters
    ----------
    length, risk
        [point], a front by length.

    Returns
    -------
    int or None
        ``None`` if no point lies below the chord.
    """
    wide, high = float(length[-1] - length[0]), float(risk[0] - risk[-1])
    if wide <= 0 or high <= 0:
        return None
    below = 1.0 - (length - length[0]) / wide - (risk - risk[-1]) / high
    deepest = int(np.argmax(below))
    return deepest if below[deepest] > 0 else None
