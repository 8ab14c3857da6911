"""A way to search an area in; out, the walks that people are offered, measured and told.

What the search finds stands for all walks within a budget (routing/search/legs.py). Each is measured anew on its
geometry (routing/score.py), and of those the offers are chosen (routing/alternatives.py).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.alternatives import Walk, choose, distinct
from routing.exposure import UNIT_E6
from routing.plans import FrontPoint, Route
from routing.score import measure_all
from routing.search.network import shares
from routing.search.varied import varied
from routing.shortlist import shortlist
from routing.sides import advised, kept
from routing.snap import SPLITS
from routing.steps import describe_legs
from routing.stretches import stretches_of, watch_along, with_length
from routing.wishes import NOTHING, Wished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.model import Detour, Place, Stretch
    from routing.plans import Step
    from routing.score import Watch
    from routing.search.legs import Choice
    from routing.search.network import Network, Part, Path

    Legs = tuple[Path, ...]

MOST_OFFERED = 5


class Offer(NamedTuple):
    """What is offered.

    Attributes
    ----------
    routes
        *shortest* first; all walks of ``front``, by length, where they were asked for.
    also
        More walks, distinct on the ground from these and from each other; by length.
    front
        The trade-off between metres and risk that they were chosen from.
    gap
        By how much of itself the risk of the last may be more than the least within the detour, 0…1: 0 where the search
        was whole.
    picked_from
        How many walks a seed had to pick from.
    """

    routes: tuple[Route, ...]
    also: tuple[Route, ...]
    front: tuple[FrontPoint, ...]
    gap: float
    picked_from: int = 1


def offer(
    area: Area,
    find: Callable[[Network], Choice],
    detour: Detour,
    *,
    keep_side: bool = False,
    more: bool = False,
    every: bool = False,
    seed: int | None = None,
    wished: Wished = NOTHING,
    ends: Mapping[tuple[int, int], Place] | None = None,
    stops: Sequence[str] = (),
) -> Offer:
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
    more
        Offer more walks that are distinct on the ground, up to five in all.
    every
        Offer every walk of the front, instead.
    seed
        Picks among walks of nearly the least risk; ``None`` for the least.
    wished
        What she would rather walk on or not; ``find`` knows of it.
    ends
        What stands at the last edge of a walk and the ``q_to`` of it, where a walk may end at any of several places.
    stops
        What the places are called that are passed on the way.

    Returns
    -------
    Offer
    """
    choices = [[find(area.network)]]
    if seed is not None:  # walks that are nearly as good, and not on the front
        choices[0].append(find(varied(area.network, seed)))
    if keep_side:  # no edge is walked on its better side if the rest of its street is not: both are tried
        choices.append([find(area.network_of_sides)])
    lists = [shortlist(area, choice, detour, wished, seed) for choice in choices]
    paths = list(dict.fromkeys(legs for few in lists for legs in few.walks))
    watch = _watch(area, paths)
    walks = _measured(area, paths, watch, wished, keep_side=keep_side)
    named, front = choose(walks, detour)
    picked_from = max(few.picked_from for few in lists)
    if not (area.cameras or area.manifest.unmapped.town):
        named, front, picked_from = named[:1], front[:1], 1
    also = distinct(front, [walk for _, walk in named], MOST_OFFERED - len(named)) if more else []
    if every:
        also = [walk for walk in front if all(walk is not one for _, one in named)]
    told = [*named, *((f"also_{number}", walk) for number, walk in enumerate(also, 1))]
    if every:  # each is a choice of its own, so they come in the order of the front
        told.sort(key=lambda one: one[1].length_m)
    routes = _routes(area, told, walks[0].length_m, watch, wished, ends or {}, stops)
    points = tuple(map(_point, front))
    whole = len(told) if every else len(named)
    gap = max(one.gap for choice in choices for one in choice)
    return Offer(routes[:whole], routes[whole:], points, gap, picked_from)


def _point(walk: Walk) -> FrontPoint:
    score = walk.score
    return FrontPoint(walk.length_m, walk.risk, score.risk.recognition.default, score.in_view_m, len(score.meetings))


def route_of(area: Area, name: str, legs: Legs, shortest_m: float, stops: Sequence[str] = ()) -> Route:
    """Measure one walk and tell its way.

    Parameters
    ----------
    area
        With its overlay.
    name
        What to call it.
    legs
        One between each two stops.
    shortest_m
        Length of the shortest walk.
    stops
        What the places are called that are passed on the way.
    """
    watch = _watch(area, [legs])
    (walk,) = _measured(area, [legs], watch, NOTHING, keep_side=False)
    return _routes(area, [(name, walk)], shortest_m, watch, NOTHING, {}, stops)[0]


def _watch(area: Area, walks: Iterable[Legs]) -> Watch:
    """Hang the cameras that may see any of the walks."""
    return watch_along(area, np.array([part.edge for legs in walks for leg in legs for part in leg.parts]))


def _routes(
    area: Area,
    named: Sequence[tuple[str, Walk]],
    shortest_m: float,
    watch: Watch,
    wished: Wished,
    ends: Mapping[tuple[int, int], Place],
    stops: Sequence[str],
) -> tuple[Route, ...]:
    """Tell of walks what people are told."""
    scores = measure_all([walk.walked for _, walk in named], watch)
    found = []
    for (name, walk), score in zip(named, scores, strict=True):
        line, junctions = _line(walk)
        last = walk.legs[-1].parts[-1]
        steps, place = _steps(walk.legs, walk.stretches, stops), ends.get((last.edge, last.q_to))
        surveyed, avoided_m = _surveyed_share(area, walk), _avoided_m(area, walk, wished)
        found.append(Route(name, score, walk.length_m - shortest_m, line, steps, junctions, surveyed, place, avoided_m))
    return tuple(found)


def _steps(legs: Legs, stretches: Sequence[Stretch], stops: Sequence[str] = ()) -> tuple[Step, ...]:
    """Tell a walk street by street, and which side to keep to."""
    ends = np.cumsum([0, *(sum(1 for _ in with_length(leg.parts)) for leg in legs)]).tolist()
    return advised(describe_legs([stretches[a:b] for a, b in pairwise(ends)], stops), stretches)


def _measured(area: Area, walks: Sequence[Legs], watch: Watch, wished: Wished, *, keep_side: bool) -> list[Walk]:
    """Measure walks on their geometry."""
    known: dict[Part, Stretch] = {}
    lines = [stretches_of(area, (part for leg in legs for part in leg.parts), known) for legs in walks]
    walked = [kept(_steps(legs, line), line) if keep_side else line for legs, line in zip(walks, lines, strict=True)]
    found = []
    for legs, line, on, score in zip(walks, lines, walked, measure_all(walked, watch, ranges=False), strict=True):
        parts = np.array([part for leg in legs for part in leg.parts], dtype=np.int64)
        wish_e6 = int(shares(parts, wished.extra_e6).sum()) if wished else 0
        # beyond its risk the metres among cars count, where no camera shall be dodged
        among_cars_e6 = int((shares(parts, area.network.seen) - shares(parts, area.risk_e6)).sum())
        counted = among_cars_e6 + wish_e6 + round(score.risk.risk.default * UNIT_E6)
        effort_dm = sum(leg.effort_dm for leg in legs)
        found.append(Walk(legs, effort_dm, counted, line, score, on, _on_section_m(area, legs), wish_e6))
    return found


def _avoided_m(area: Area, walk: Walk, wished: Wished) -> float | None:
    """Measure how much of a walk lies on what is to be avoided; gives None where that is nothing."""
    if not wished or not wished.avoids:
        return None
    edges = [part.edge for leg in walk.legs for part in with_length(leg.parts)]
    return wished.avoided_m(area.graph.section[np.array(edges, dtype=np.int64)], walk.stretches)


def _on_section_m(area: Area, legs: Legs) -> dict[int, float]:
    """Give how much of each section a walk takes."""
    graph, found = area.graph, defaultdict[int, float](float)
    for leg in legs:
        for part in leg.parts:
            found[int(graph.section[part.edge])] += part.share(graph.length_dm) / 10
    return dict(found)


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
