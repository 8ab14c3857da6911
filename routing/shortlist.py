"""All walks worth their effort in; out, the few that are worth measuring, by what cameras do camera by camera.

The search adds up streets, and so counts a camera on each of them that it sees. Here each walk is weighed as it will be
measured, but for what happens within a street; so the best of those it found is not missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.exposure import UNIT_E6
from routing.hazard.walked import Walked, risks_of
from routing.search.legs import CLOSE, corners, stand_for, unbeaten
from routing.search.network import shares
from routing.search.varied import WITHIN
from routing.snap import SPLITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.model import Detour
    from routing.search.legs import Choice
    from routing.search.network import Path
    from routing.wishes import Wished

    Legs = tuple[Path, ...]

MOST_WEIGHED = 64  # walks of the front that are weighed, beside the corners of its hull; each takes 0.2 ms
# Walks that are measured: more would be told apart by nobody, and each takes some milliseconds.
MOST_MEASURED = 12


class Shortlist(NamedTuple):
    """Walks that are worth measuring, by effort, the one of least effort first.

    Attributes
    ----------
    picked_from
        How many walks of nearly the least weight the last was picked from; 1 where none was picked.
    """

    walks: list[Legs]
    picked_from: int


class _Walk(NamedTuple):
    choice: Choice
    number: int
    parts: NDArray[np.int64]  # [part, 3]


def shortlist(
    area: Area, choices: Sequence[Choice], detour: Detour, wished: Wished, seed: int | None = None
) -> Shortlist:
    """Choose the walks that are worth measuring.

    Parameters
    ----------
    area
        With its overlay.
    choices
        All walks that are worth their effort; of several searches for the same.
    detour
        In metres, too: who takes easier ground may have less effort and more metres than she accepts.
    wished
        What they count for by wishes; that shall not hide what risk there is to choose.
    seed
        Picks the last walk among those of nearly the least weight, see :data:`WITHIN`; ``None`` for the least.

    Returns
    -------
    Shortlist
    """
    walks: dict[bytes, _Walk] = {}
    for choice in choices:
        for number in _many(choice):
            parts = choice.parts(number)
            walks.setdefault(parts.tobytes(), _Walk(choice, number, parts))
    accepted = _accepted(area, list(walks.values()), detour)
    effort_dm = np.array([walk.choice.effort_dm[walk.number] for walk in accepted])
    weights = weights_e6(area, [walk.parts for walk in accepted], wished)
    allowed, picked_from = (np.arange(len(accepted)), 1) if seed is None else _down_to(weights, seed)
    kept = allowed[unbeaten(effort_dm[allowed], weights[allowed])]
    few = stand_for(effort_dm[kept], weights[kept], MOST_MEASURED, 0.0 if wished else CLOSE)
    chosen = [accepted[one] for one in kept[few].tolist()]
    return Shortlist([walk.choice.paths(walk.number) for walk in chosen], picked_from)


def _accepted(area: Area, walks: Sequence[_Walk], detour: Detour) -> list[_Walk]:
    """Drop walks that are too long, or shorter than the first on harder ground."""
    length_dm = [int(shares(walk.parts, area.graph.length_dm).sum()) for walk in walks]
    limit_dm = detour.limit_m(length_dm[0] / 10) * 10
    return [walk for walk, dm in zip(walks, length_dm, strict=True) if length_dm[0] <= dm <= limit_dm]


def _many(choice: Choice) -> list[int]:
    """Choose the walks that are weighed: those that are best at some price, and those whose loss would be felt."""
    felt = stand_for(choice.effort_dm, choice.seen, MOST_WEIGHED, 0.0)
    return sorted({*felt.tolist(), *corners(choice.effort_dm, choice.seen).tolist()})


def _down_to(weights: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], int]:
    """Pick a walk of nearly the least weight; give the first, it, and all that weigh more, int64 [walk].

    Gives, too, how many different walks a pick may end with: one that is no better than the first ends with that.
    """
    good = np.flatnonzero(weights <= (1.0 + WITHIN) * weights.min())
    picked = int(np.random.default_rng(seed).choice(good))
    heavier = weights > weights[picked]
    heavier[[0, picked]] = True
    better = int((weights[good] < weights[0]).sum())
    return np.flatnonzero(heavier), better + int(better < len(good))


def weights_e6(area: Area, walks: Sequence[NDArray[np.int64]], wished: Wished) -> NDArray[np.int64]:
    """Weigh walks, int64 [walk], 1e-6 of risk: mapped cameras one by one, and all else by the metre.

    Parameters
    ----------
    area, wished
        See :func:`shortlist`.
    walks
        One at least, each int64 [part, 3], see :class:`routing.search.network.Part`.
    """
    walk = np.repeat(np.arange(len(walks)), [len(parts) for parts in walks])
    edge, q_from, q_to = np.concatenate(walks).T
    share = (q_to - q_from) / SPLITS
    by_metre = area.network.seen[edge] - area.risk_e6[edge] + area.unmapped_e6[edge]
    if wished:
        by_metre = by_metre + wished.extra_e6[edge]
    mapped = risks_of(_walked(area, walk, edge, share), area.hazards_by_line, area.sure)
    weights = mapped * UNIT_E6 + np.bincount(walk, share * by_metre, minlength=len(walks))
    return np.rint(weights).astype(np.int64)


def _walked(area: Area, walk: NDArray[np.int64], edge: NDArray[np.int64], share: NDArray[np.float64]) -> Walked:
    """Give the lines that are walked: of a street with pavements of its own both, each for its part."""
    section, paths = area.graph.section[edge].astype(np.int64), area.paths
    lines = np.column_stack([section, paths.pavement[section]])
    of_line = np.where(lines >= 0, paths.share[np.maximum(lines, 0)], 0.0) * share[:, None]
    taken, column = np.nonzero(of_line)
    way = np.where(area.graph.forward[edge], 0, 1).astype(np.int64)
    start = np.searchsorted(walk[taken], np.arange(int(walk[-1]) + 2)).astype(np.int64)
    return Walked(start, lines[taken, column], way[taken], of_line[taken, column])
