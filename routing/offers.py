"""A way to search an area in; out, the walks that people are offered, measured and told.

What the search finds stands for all walks within a budget (routing/search/legs.py). Each is measured anew on its
geometry (routing/score.py), and of those the offers are chosen (routing/alternatives.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.alternatives import Walk, choose
from routing.exposure import UNIT_E6
from routing.plans import FrontPoint, Route
from routing.score import measure
from routing.search.legs import stand_for
from routing.sides import advised, kept
from routing.snap import SPLITS
from routing.steps import describe
from routing.stretches import stretches_of, watch_along, with_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.model import Detour, Place
    from routing.score import Watch
    from routing.search.legs import Choice
    from routing.search.network import Network, Path

    Legs = tuple[Path, ...]

# Walks of the front that are measured: more would be told apart by nobody, and each takes some milliseconds.
MOST_MEASURED = 12


def offer(
    area: Area,
    find: Callable[[Network], Choice],
    detour: Detour,
    *,
    keep_side: bool = False,
    ends: Mapping[tuple[int, int], Place] | None = None,
) -> tuple[tuple[Route, ...], tuple[FrontPoint, ...]]:
    """Find, measure and choose walks.

    Parameters
    ----------
    area
        Where she walks.
    find
        Gives all walks within the detour on one of the area's networks.
    detour
        How much longer than the first walk is accepted.
    keep_side
        She keeps to the side of each street that she is told.
    ends
        What stands at the last edge of a walk and the ``q_to`` of it, where a walk may end at any of several places.

    Returns
    -------
    routes
        *shortest* first.
    front
        The trade-off between metres and risk that they were chosen from.
    """
    paths = _standing(find(area.network))
    if keep_side:  # no edge is walked on its better side if the rest of its street is not: both are tried
        paths += [legs for legs in _standing(find(area.network_of_sides)) if legs not in paths]
    watch = watch_along(area, np.array([part.edge for legs in paths for leg in legs for part in leg.parts]))
    walks = [_measured(area, legs, watch, keep_side=keep_side) for legs in paths]
    named, front = choose(walks, detour)
    if not (area.cameras or area.manifest.unmapped.town):
        named, front = named[:1], front[:1]
    routes = []
    for name, walk in named:
        line, junctions = _line(walk)
        last = walk.legs[-1].parts[-1]
        routes.append(
            Route(
                name,
                measure(walk.walked, watch),
                walk.length_m - walks[0].length_m,
                line,
                advised(describe(walk.stretches), walk.stretches),
                junctions,
                _surveyed_share(area, walk),
                (ends or {}).get((last.edge, last.q_to)),
            )
        )
    return tuple(routes), tuple(FrontPoint(walk.length_m, walk.risk) for walk in front)


def _standing(choice: Choice) -> list[Legs]:
    """Give the walks that stand for all."""
    return [choice.paths(walk) for walk in stand_for(choice.effort_dm, choice.seen, MOST_MEASURED).tolist()]


def _among_cars_e6(area: Area, legs: Iterable[Path]) -> int:
    """Give what a walk counts for beyond its risk: the metres among cars, where no camera shall be dodged."""
    more = area.network.seen - area.risk_e6
    return sum(part.share(more) for leg in legs for part in leg.parts)


def _measured(area: Area, legs: Legs, watch: Watch, *, keep_side: bool) -> Walk:
    stretches = list(stretches_of(area, (part for leg in legs for part in leg.parts)))
    walked = kept(advised(describe(stretches), stretches), stretches) if keep_side else stretches
    score = measure(walked, watch, ranges=False)
    return Walk(
        legs,
        sum(leg.effort_dm for leg in legs),
        _among_cars_e6(area, legs) + round(score.risk.risk.default * UNIT_E6),
        stretches,
        score,
        walked,
    )


def _surveyed_share(area: Area, walk: Walk) -> float | None:
    """Give the share of a walk on streets where somebody looked for cameras."""
    if area.manifest.surveyed_share is None:
        return None
    parts = [part for leg in walk.legs for part in with_length(leg.parts)]
    sections = area.graph.section[np.array([part.edge for part in parts], dtype=np.int64)]
    share = np.array([part.q_to - part.q_from for part in parts]) / SPLITS
    length_m = share * area.graph.section_length_m[sections]
    return float((length_m * area.surveyed[sections]).sum() / max(float(length_m.sum()), 1e-9))


def _line(walk: Walk) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Join the stretches: float64 [point, 2], degrees, no point twice in a row; which points are ends of sections."""
    line = np.concatenate([walk.stretches[0].lonlat[:1], *(stretch.lonlat[1:] for stretch in walk.stretches)])
    differs = np.concatenate([[True], (line[1:] != line[:-1]).any(axis=1)])
    position = np.cumsum(differs) - 1  # of each point in what is kept
    ends = np.concatenate([[0], np.cumsum([len(stretch.lonlat) - 1 for stretch in walk.stretches])])
    found: set[int] = set()
    parts = [part for leg in walk.legs for part in with_length(leg.parts)]
    for part, first, last in zip(parts, position[ends[:-1]].tolist(), position[ends[1:]].tolist(), strict=True):
        found |= {at for at, is_end in ((first, part.q_from == 0), (last, part.q_to == SPLITS)) if is_end}
    kept: NDArray[np.float64] = line[differs]
    return kept, tuple(sorted(found))
