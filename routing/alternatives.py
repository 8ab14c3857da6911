"""Walks that the search found, measured; out, the ones that people are offered: *shortest*, *balanced*, *least_seen*.

The choice is made by what is measured on the walks: metres, and the risk of being recognised, with what wishes count
for. What the search minimised (effort, and carriageways as if watched) only keeps out walks that save metres or risk on
hard ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from routing.exposure import UNIT_E6
from routing.search.legs import knee

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routing.model import Detour, Stretch
    from routing.plans import Score
    from routing.search.network import Path

# Of the shortest walk's risk: less is no gain but what a search by edges and a measure by cameras differ by.
_SMALLEST_GAIN = 0.001
MOST_EFFORT_DM = 1_200_000  # twice the longest walk that is planned (contract: 60 km)
# Walks of which more is the same look like one on a map [A].
MOST_SHARED = 0.8


@dataclass(frozen=True, eq=False, slots=True)
class Walk:
    """A whole walk.

    Attributes
    ----------
    legs
        One path between each two stops.
    effort_dm
        The search's sum over them.
    seen
        What is measured of its risk, and what its metres among cars and her wishes count for, 1e-6.
    stretches, score
        The walk as geometry, and what was measured on it.
    walked
        The stretches with the sides that she keeps to.
    on_section_m
        How much of each section it takes, for telling how much of two walks is the same.
    wish_e6
        What it counts for by her wishes, 1e-6 of risk; also in ``seen``.
    """

    legs: tuple[Path, ...]
    effort_dm: int
    seen: int
    stretches: Sequence[Stretch]
    score: Score
    walked: Sequence[Stretch] = ()
    on_section_m: Mapping[int, float] = field(default_factory=dict)
    wish_e6: int = 0

    @property
    def length_m(self) -> float:
        """Give the measured length."""
        return self.score.length_m

    @property
    def risk(self) -> float:
        """Give the measured risk, -ln(1 - p), by the model's default."""
        return self.score.risk.risk.default

    @property
    def counted(self) -> float:
        """Give what walks are chosen by: the measured risk, and what wishes count for."""
        return self.risk + self.wish_e6 / UNIT_E6


def effort_limit_dm(shortest_dm: int, detour: Detour) -> int:
    """Give the greatest effort within a detour: hard ground is no way to save metres.

    Searches keep something for each decimetre of it, so it ends at :data:`MOST_EFFORT_DM`, unless the shortest walk
    takes more.
    """
    return min(math.floor(detour.limit_m(shortest_dm / 10) * 10 + 1e-6), max(shortest_dm, MOST_EFFORT_DM))


def choose(walks: Sequence[Walk], detour: Detour) -> tuple[list[tuple[str, Walk]], list[Walk]]:
    """Choose what to offer.

    Parameters
    ----------
    walks
        The one of least effort first.
    detour
        How much longer than that one is accepted, in metres and in effort.

    Returns
    -------
    named : list of (str, Walk)
        *shortest* first, *least_seen* last, each longer and less likely recognised than the one before; where two
        coincide, only the first name is given. With wishes, what they count for is a part of that.
    front : list of Walk
        All walks worth their length, by length: none is beaten in both metres and risk, wishes counted.
    """
    shortest = walks[0]
    front = _front(walks, detour)
    least = front[-1]
    named = [("shortest", shortest)]
    middle = knee(np.array([walk.length_m for walk in front]), np.array([walk.counted for walk in front]))
    if middle is not None:
        named.append(("balanced", front[middle]))
    if least is not shortest:
        named.append(("least_seen", least))
    return named, front


def _front(walks: Sequence[Walk], detour: Detour) -> list[Walk]:
    shortest = walks[0]
    limit_m, limit_dm = detour.limit_m(shortest.length_m), effort_limit_dm(shortest.effort_dm, detour)
    least_gain = _SMALLEST_GAIN * shortest.risk
    front = [shortest]
    for walk in sorted(walks[1:], key=lambda w: (w.length_m, w.counted, w.effort_dm)):
        accepted = shortest.length_m <= walk.length_m <= limit_m and walk.effort_dm <= limit_dm
        # `seen` may not rise either: what looks like a gain must not be paid for by walking among cars
        if accepted and walk.counted < front[-1].counted - least_gain and walk.seen <= front[-1].seen:
            front.append(walk)
    return front


def shared(a: Walk, b: Walk) -> float:
    """Give how much of the shorter of two walks both take, 0…1."""
    both_m = sum(min(length_m, b.on_section_m.get(section, 0.0)) for section, length_m in a.on_section_m.items())
    return both_m / max(min(sum(walk.on_section_m.values()) for walk in (a, b)), 1e-9)


def distinct(front: Sequence[Walk], named: Sequence[Walk], most: int) -> list[Walk]:
    """Choose more walks of a front that differ on the ground from those that are offered, and from each other.

    Parameters
    ----------
    front
        By length.
    named
        What is offered.
    most
        How many more.

    Returns
    -------
    list of Walk
        By length. Of no two among them and ``named`` is more than :data:`MOST_SHARED` of the shorter one the same; what
        differs most is chosen first.
    """
    chosen: list[Walk] = []
    while len(chosen) < most:
        rest = [walk for walk in front if not any(walk is one for one in (*named, *chosen))]
        alike = [max(shared(walk, one) for one in (*named, *chosen)) for walk in rest]
        if not rest or min(alike) > MOST_SHARED:
            break
        chosen.append(rest[int(np.argmin(alike))])
    return sorted(chosen, key=lambda walk: walk.length_m)
