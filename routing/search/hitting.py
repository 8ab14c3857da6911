"""Sets in; the fewest members out of which each set has at least one (a minimum hitting set), by branch and bound."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Sets = Sequence[frozenset[int]]

BRANCHES = 20_000


def fewest(
    sets: Iterable[frozenset[int]], branches: int = BRANCHES, is_over: Callable[[], bool] = lambda: False
) -> tuple[frozenset[int], int]:
    """Find the fewest members that hit all sets.

    Parameters
    ----------
    sets
        None of them empty.
    branches
        How many are looked into; a search that would take more gives the best that it found.
    is_over
        Asked at each of them whether to stop there, for want of time; the same.

    Returns
    -------
    found : frozenset of int
        Members of which each set has one.
    at_least : int
        No fewer do it; the number found, unless the branches or the time ran out.

    Examples
    --------
    >>> fewest([frozenset({1, 2}), frozenset({2, 3}), frozenset({4})])
    (frozenset({2, 4}), 2)
    """
    needed = _smallest(set(sets))
    search = _Search(_greedy(needed), branches, is_over)
    search.branch(needed, frozenset())
    whole = search.branches > 0
    return search.best, len(search.best) if whole else _apart(needed)


class _Search:
    """A search for fewer members than are known to do."""

    def __init__(self, best: frozenset[int], branches: int, is_over: Callable[[], bool]) -> None:
        self.best, self.branches, self._is_over = best, branches, is_over

    def branch(self, left: Sets, chosen: frozenset[int]) -> None:
        """Hit the sets that are left, each by one more member than were chosen."""
        if not left:
            self.best = chosen  # fewer than before: else the bound below would have cut it off
            return
        often = Counter(member for one in left for member in one)
        out: set[int] = set()  # each branch leaves out whom the ones before it took
        for member in sorted(left[0], key=lambda one: (-often[one], one)):
            self.branches = 0 if self._is_over() else self.branches - 1
            rest = [one - out for one in left if member not in one]
            if self.branches <= 0:
                return
            if all(rest) and len(chosen) + 1 + _apart(rest := _smallest(set(rest))) < len(self.best):
                self.branch(rest, chosen | {member})
            out.add(member)


def _smallest(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Leave out sets that hold another: they are hit with it. The smallest come first."""
    kept: list[frozenset[int]] = []
    for one in sorted(sets, key=lambda members: (len(members), sorted(members))):
        if not any(other <= one for other in kept):
            kept.append(one)
    return kept


def _apart(sets: Sets) -> int:
    """Count sets that have no member in common, taken as they come: each needs one of its own."""
    taken: set[int] = set()
    count = 0
    for one in sets:
        if taken.isdisjoint(one):
            taken |= one
            count += 1
    return count


def _greedy(sets: Sets) -> frozenset[int]:
    """Hit all sets, the member first that hits most."""
    left, chosen = list(sets), set()
    while left:
        often = Counter(member for one in left for member in one)
        best = max(sorted(often), key=lambda member: often[member])
        chosen.add(best)
        left = [one for one in left if best not in one]
    return frozenset(chosen)
