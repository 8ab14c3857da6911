"""What walks within a budget can keep out of view of, proved by barring edges and searching again.

An *eye* is whatever sees edges and is told by a number: a mapped camera. A walk meets an eye if it takes an edge, or
the part of one at its ends, that the eye sees. Edges under a roof or under the ground are *closed*: nobody maps what
hangs there, so a walk that takes one is never unseen, whatever eyes are dodged.

- The least walk past no eye: one search with every edge barred that an eye sees, and the closed ones.
- Eyes that every walk within the budget meets: such an eye is on the first walk that is found; each of that walk's
  eyes is barred in turn, and every walk found meanwhile rules out those that it does not meet. Closed ways may be taken
  here: what is said of an eye is true of them too.
- The fewest eyes that between them see every walk within the budget but those on closed ways (a minimum hitting set
  over walks, hard in general): the fewest that see all walks found so far, exactly, by branch and bound; then a walk
  that meets none of them is looked for. If there is none, the set is the answer. Else that walk joins the others, cut
  down until none of its eyes can be left out, and all is done again. Each round's set is no larger than the answer, and
  a set that is widened until no walk is left is no smaller: where rounds (:data:`ROUNDS`), branches or time run out,
  both bounds are given.
- What dodging an eye costs: one search with its edges barred.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import UNIT, UNREACHED
from routing.ragged import taken
from routing.search.clock import now
from routing.search.hitting import fewest
from routing.search.network import Barred

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from routing.search.front import Limits
    from routing.search.network import Part, Path, PathFinder

    Legs = tuple[Path, ...]

ROUNDS = 200  # of a smallest set


class Sights(NamedTuple):
    """Which eyes see which edges, each pair once: sorted by eye, and sorted by edge."""

    eye_start: NDArray[np.int64]  # [eye + 1] into edge
    edge: NDArray[np.int32]  # [pair]
    edge_start: NDArray[np.int64]  # [edge + 1] into eye
    eye: NDArray[np.int32]  # [pair]
    closed: NDArray[np.bool_]  # [edge]


def sights(eye: NDArray[np.int32], edge: NDArray[np.int32], eyes: int, closed: NDArray[np.bool_]) -> Sights:
    """Sort pairs of eyes and edges, int32 [pair], each pair once."""
    by_eye, by_edge = np.argsort(eye, kind="stable"), np.argsort(edge, kind="stable")
    starts = (
        np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.bincount(of, minlength=count))])
        for of, count in ((eye, eyes), (edge, len(closed)))
    )
    return Sights(next(starts), edge[by_eye], next(starts), eye[by_edge], closed)


class Leg(NamedTuple):
    """A walk's way between two stops: who sees the parts with which it may begin and end, and which are closed."""

    finder: PathFinder
    eyes: Mapping[Part, frozenset[int]]
    closed: frozenset[Part]


@dataclass(frozen=True, slots=True)
class Bar:
    """Eyes that between them see every walk.

    Attributes
    ----------
    eyes
        ``None`` if no set does, or none was found in time.
    at_least
        No fewer do.
    """

    eyes: frozenset[int] | None
    at_least: int

    @property
    def is_exact(self) -> bool:
        """Tell whether it is known that no fewer do."""
        return self.eyes is not None and len(self.eyes) == self.at_least


class Patience:
    """Tells when enough time was taken.

    Parameters
    ----------
    limits
        How much the search may take, from now on.
    """

    def __init__(self, limits: Limits) -> None:
        self._until, self.is_cancelled = now() + limits.seconds, limits.cancelled

    def is_over(self) -> bool:
        """Tell whether to stop, or to end quickly what would be worth nothing unfinished."""
        return now() > self._until or self.is_cancelled()


class Ways:
    """All walks by some stops, and who sees them.

    Parameters
    ----------
    legs
        One between each two stops.
    seen
        Who sees edges.
    shortest
        The walk of least effort.
    budget_dm
        The greatest effort of a walk.
    """

    def __init__(self, legs: Sequence[Leg], seen: Sights, shortest: Legs, budget_dm: int) -> None:
        self._legs, self._seen, self.shortest = legs, seen, shortest
        least = (leg.finder.best(0) for leg in legs)  # a few decimetres less where the shortest had a choice of risks
        self._least_dm = [path.effort_dm for path in least if path is not None]
        self._spare_dm = budget_dm - sum(self._least_dm)
        self._eyes = np.diff(seen.edge_start)  # [edge] how many see it
        self._watched = seen.closed | (self._eyes > 0)  # [edge]

    def without(self, eyes: Iterable[int], *, openly: bool = False, most_dm: int | None = None) -> Legs | None:
        """Find the walk of least effort that meets none of some eyes.

        Parameters
        ----------
        eyes
            Not to be met.
        openly
            Take no closed way.
        most_dm
            The greatest effort of a leg; ``None``: within the budget.
        """
        dodged = frozenset(eyes)
        barred = self._seen.closed.copy() if openly else np.zeros(len(self._eyes), dtype=np.bool_)
        barred[self._edges_of(dodged)] = True
        return self._least(barred, lambda met: not met.isdisjoint(dodged), openly=openly, most_dm=most_dm)

    def among(self, eyes: Iterable[int], *, most_dm: int | None = None) -> Legs | None:
        """Find the walk of least effort that meets no other than some eyes and takes no closed way."""
        met_at_most = frozenset(eyes)
        barred = self._watched.copy()
        edges, by_them = np.unique(self._edges_of(met_at_most), return_counts=True)
        barred[edges] = self._seen.closed[edges] | (self._eyes[edges] > by_them)
        return self._least(barred, lambda met: not met <= met_at_most, openly=True, most_dm=most_dm)

    def eyes_on(self, walk: Legs) -> frozenset[int]:
        """Give all eyes that a walk meets."""
        met: set[int] = set()
        for leg, path in zip(self._legs, walk, strict=True):
            first, *middle, last = (path.parts[0], *path.parts[1:-1], path.parts[-1])
            met |= leg.eyes[first] | leg.eyes[last]
            start = self._seen.edge_start
            for part in middle:
                met.update(self._seen.eye[start[part.edge] : start[part.edge + 1]].tolist())
        return frozenset(met)

    def _edges_of(self, eyes: frozenset[int]) -> NDArray[np.int32]:
        """Give the edges that each of some eyes sees, one after the other."""
        return self._seen.edge[taken(self._seen.eye_start, np.array(list(eyes), dtype=np.int64)).at]

    def _least(
        self,
        barred: NDArray[np.bool_],
        is_barred: Callable[[frozenset[int]], bool],
        *,
        openly: bool,
        most_dm: int | None,
    ) -> Legs | None:
        """Find the walk of least effort that takes nothing barred."""
        found: list[Path] = []
        spare_dm = self._spare_dm
        for leg, least_dm in zip(self._legs, self._least_dm, strict=True):
            parts = {part for part, met in leg.eyes.items() if is_barred(met)} | (leg.closed if openly else set())
            limit_dm = least_dm + spare_dm if most_dm is None else most_dm
            below = min(UNREACHED, UNIT * (limit_dm + 1))
            path = leg.finder.best(0, Barred(barred, frozenset(parts)), below=below)
            if path is None:
                return None
            spare_dm -= path.effort_dm - least_dm
            found.append(path)
        return tuple(found)


def effort_of(walk: Iterable[Path]) -> int:
    """Add up the effort of a walk's legs, decimetres."""
    return sum(path.effort_dm for path in walk)


def met_by_all(ways: Ways, patience: Patience) -> tuple[frozenset[int], bool]:
    """Give the eyes that every walk within the budget meets, and whether no more do."""
    left = set(ways.eyes_on(ways.shortest))
    proved: set[int] = set()
    while left:
        if patience.is_over():
            return frozenset(proved), False
        eye = min(left)
        other = ways.without((eye,))
        if other is None:
            proved.add(eye)
            left.remove(eye)
        else:
            left &= ways.eyes_on(other)
    return frozenset(proved), True


def smallest_bar(ways: Ways, patience: Patience, rounds: int = ROUNDS) -> Bar:
    """Find the fewest eyes that between them see every walk within the budget but those on closed ways."""
    walks: list[frozenset[int]] = []  # by whom each is seen
    best: frozenset[int] | None = None
    at_least = 0
    for _ in range(rounds):
        fewest_eyes, least = fewest(walks, is_over=patience.is_over)
        at_least = max(at_least, least)
        if best is not None and len(best) == at_least:
            break
        bar = fewest_eyes
        while (walk := _seen_by_few(ways, bar, patience)) is not None:
            if not walk or patience.is_cancelled():
                return Bar(best if walk else None, at_least)
            walks.append(walk)
            often = Counter(eye for one in walks for eye in one)
            bar |= {max(sorted(walk), key=lambda eye: often[eye])}
        if best is None or len(bar) < len(best):
            best = bar
        if bar == fewest_eyes or patience.is_over():
            break
    return Bar(best, max(at_least, fewest(walks, is_over=patience.is_over)[1]))


def _seen_by_few(ways: Ways, dodged: frozenset[int], patience: Patience) -> frozenset[int] | None:
    """Give the eyes that some walk meets which dodges others, so few that none can be left out; ``None`` if none."""
    walk = ways.without(dodged, openly=True)
    if walk is None:
        return None
    met = ways.eyes_on(walk)
    for eye in sorted(met):
        if eye in met and not patience.is_over():
            other = ways.among(met - {eye})
            met = met if other is None else ways.eyes_on(other)
    return met
