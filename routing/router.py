"""A request and an area in; out, *shortest*, *balanced* and *least_seen* as people use them.

The search is one thing and the score another: paths are found with whole numbers on the graph, and everything a person
is told about them is measured again on their geometry (routing/score.py).
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from routing.alternatives import Walk, choose, effort_limit_dm
from routing.errors import (
    BadPositionError,
    DetourError,
    NoRouteError,
    NoWayNearError,
    OutsideAreaError,
    SamePlaceError,
    TooFarApartError,
    TooLongError,
)
from routing.exposure import UNIT_E6
from routing.geo import distance_m
from routing.model import WALK_SPEED_MPS, Detour, LonLat, RouteRequest
from routing.plans import FrontPoint, Note, Plan, Route
from routing.points import looks_swapped
from routing.revise import overlaid
from routing.score import Watch, measure
from routing.search.front import Limits, find_front
from routing.search.legs import CLOSE, Choice, stand_for, together
from routing.search.network import Network, Path, PathFinder
from routing.sides import advised, kept
from routing.snap import SPLITS, Snap, snap
from routing.steps import describe
from routing.stretches import stretches_of, watch_along, with_length
from routing.wishes import Wished, understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from routing.area import Area

LONGEST_WALK_M = 60_000.0  # contract
_SAME_PLACE_M = 1.0
# Walks of the front that are measured: more would be told apart by nobody, and each takes some milliseconds.
MOST_MEASURED = 12
_TIE_BREAK = 1  # decimetre for a unit of risk: decides between walks of equal effort and nothing else

_LITTLE = 0.1  # of all cameras: below, what is mapped gains nothing by itself [M: tests/bench/table_prior.py]
_DEFAULT = 1  # of low, default and high

# Codes of the notes on what is not known, and on fewer than three walks.
_TOLD = {
    "by-shape": "No camera is mapped in this area. Walks are compared by where a town of this kind has cameras, "
    "by the shape of the city alone (an assumption).",
    "little-mapped": "Of the cameras that a town of this kind is taken to have, fewer than one in ten is on the map. "
    "By the map alone avoiding them gains next to nothing: what these walks gain rests on where such towns have "
    "cameras (an assumption).",
    "no-cameras": "No camera is mapped in this area: nothing is known of what watches it. "
    "Only the shortest walk is given.",
    "nothing-to-gain": "No mapped camera sees the shortest walk; there is nothing to gain from another.",
    "no-better-within-detour": "No walk within the detour is less likely to be recognised than the shortest; "
    "a longer detour (--detour) may offer one.",
    "no-better-by-wishes": "No walk within the detour is better than the shortest by your wishes and the risk "
    "together; a longer detour (--detour) may offer one.",
    "wish-adds-risk": "The last of these walks is the best by your wishes and the risk together. By the risk alone a "
    "shorter one is better.",
    "no-bargain-between": "There are two walks and not three: nothing between them is a better bargain than either.",
}


def parse_detour(text: str) -> Detour:
    """Read a detour: ``30%`` of the shortest walk, ``400m``, or ``6min`` at walking speed.

    Raises
    ------
    DetourError
        If it is none of these, or negative.

    Examples
    --------
    >>> parse_detour("400m").metres
    400.0
    """
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) *(%|m|km|min)", text.strip())
    if match is None:
        raise DetourError("the detour is not understood; write it as 30%, 400m or 6min")
    amount = float(match[1])
    match match[2]:
        case "%":
            return Detour(share=amount / 100)
        case "min":
            return Detour(metres=amount * 60 * WALK_SPEED_MPS)
        case unit:
            return Detour(metres=amount * (1000 if unit == "km" else 1))


def plan(area: Area, request: RouteRequest, limits: Limits | None = None) -> Plan:
    """Plan the walks of a request.

    Parameters
    ----------
    area
        From :func:`routing.area_folder.load` or :func:`routing.build.build_area`.
    request
        Start, end, what to pass on the way, the detour accepted, and wishes.
    limits
        How much the search may take; at a limit the plan has the note ``stopped``.

    Returns
    -------
    Plan

    Raises
    ------
    OutsideAreaError, NoWayNearError, BadPositionError
        If a place is outside the area, far from any way, or nowhere on Earth.
    SamePlaceError, TooFarApartError, TooLongError
        If start and end are the same, farther apart than 60 km, or joined by a longer walk only.
    NoRouteError
        If no walk joins the places.
    BadUsageError, UnknownPlaceError
        If a wish is out of bounds, or no street has the name in it.
    """
    coverage = area.coverage  # of what everybody knows
    area = overlaid(area, request.overlay)
    stops = _snap_all(area, request)
    wished = understood(area, request.wishes)
    paths = _standing(_choice(area.network, wished, stops, request.detour, limits), wished)
    if request.keep_side:  # no edge is walked on its better side if the rest of its street is not: both are tried
        sides = _standing(_choice(area.network_of_sides, wished, stops, request.detour, limits), wished)
        paths += [legs for legs in sides if legs not in paths]
    watch = _watch(area, paths)
    walks = [_measured(area, legs, watch, wished, keep_side=request.keep_side) for legs in paths]
    named, front = choose(walks, request.detour)
    if not (area.cameras or area.manifest.unmapped.town):
        named, front = named[:1], front[:1]
    first_m = walks[0].length_m
    routes = tuple(
        Route(
            name,
            measure(walk.walked, watch),
            walk.length_m - first_m,
            line,
            advised(describe(walk.stretches), walk.stretches),
            junctions,
            _surveyed_share(area, walk),
            _avoided_m(area, walk, wished),
        )
        for name, walk in named
        for line, junctions in [_line(walk)]
    )
    points = tuple(FrontPoint(walk.length_m, walk.risk) for walk in front)
    return Plan(coverage, routes, points, tuple(_notes(area, routes, stops, wished)))


def _snap_all(area: Area, request: RouteRequest) -> list[Snap]:
    places = [request.start, *request.via, request.end]
    labels = ["the start", *(f"stop {number}" for number in range(1, len(request.via) + 1)), "the end"]
    for (a, label_a), (b, label_b) in pairwise(zip(places, labels, strict=True)):
        apart_m = float(distance_m(np.array(a), np.array(b)))
        if not math.isfinite(apart_m):
            raise BadPositionError("a place is not a position on Earth; give latitude and longitude in degrees")
        if apart_m < _SAME_PLACE_M:
            raise SamePlaceError(f"{label_a} and {label_b} are the same place; there is nothing to walk")
    stops = []
    for place, label in zip(places, labels, strict=True):
        stops.append(_snap_one(area, place, label))
    for (here, there), (label_a, label_b) in zip(pairwise(stops), pairwise(labels), strict=True):
        if distance_m(np.array(here.lonlat), np.array(there.lonlat)) > LONGEST_WALK_M:
            raise TooFarApartError(f"{label_a} and {label_b} are more than {LONGEST_WALK_M / 1000:.0f} km apart")
        if (here.section, here.q) == (there.section, there.q):
            raise SamePlaceError(
                f"{label_a} and {label_b} lie at the same point of the same way; there is nothing to walk"
            )
    return stops


def _snap_one(area: Area, place: LonLat, label: str) -> Snap:
    box = area.manifest.bbox
    if not box.holds(place):
        hint = "latitude comes first: were the two numbers swapped?" if looks_swapped(place, box) else (
            "choose a place inside it, or build an area for that place (sidestep area build)"
        )  # fmt: skip
        try:
            return snap(area.graph, place, what=label)
        except NoWayNearError:
            raise OutsideAreaError(f"{label} lies outside the area '{area.manifest.name}'; {hint}") from None
    return snap(area.graph, place, what=label)


def _choice(network: Network, wished: Wished, stops: Sequence[Snap], detour: Detour, limits: Limits | None) -> Choice:
    """Find all walks within the detour that are worth their effort; wishes change neither the detour nor the effort."""
    shortest = [PathFinder(network, a, b).best(_TIE_BREAK) for a, b in pairwise(stops)]
    legs = [leg for leg in shortest if leg is not None]
    if len(legs) < len(shortest):
        raise NoRouteError("no walkable way on this map joins these places; choose others, or a larger area")
    if sum(leg.length_dm for leg in legs) > LONGEST_WALK_M * 10:
        raise TooLongError(f"the walk is longer than {LONGEST_WALK_M / 1000:.0f} km; choose a nearer place")
    budget_dm = effort_limit_dm(_effort_dm(legs), detour)
    spare_dm = budget_dm - _effort_dm(legs)
    fronts = [
        find_front(wished.on(network), a, b, budget_dm=leg.effort_dm + spare_dm, limits=limits)
        for (a, b), leg in zip(pairwise(stops), legs, strict=True)
    ]
    return together(fronts, budget_dm)


def _standing(choice: Choice, wished: Wished) -> list[tuple[Path, ...]]:
    """Give the walks that stand for all; what wishes count for shall not hide what risk there is to choose."""
    within = 0.0 if wished else CLOSE
    walks = stand_for(choice.effort_dm, choice.seen, MOST_MEASURED, within)
    return [choice.paths(walk) for walk in walks.tolist()]


def _effort_dm(legs: Iterable[Path]) -> int:
    return sum(leg.effort_dm for leg in legs)


def _among_cars_e6(area: Area, legs: Iterable[Path]) -> int:
    """Give what a walk counts for beyond its risk: the metres among cars, where no camera shall be dodged."""
    more = area.network.seen - area.risk_e6
    return sum(part.share(more) for leg in legs for part in leg.parts)


def _watch(area: Area, walks: Iterable[tuple[Path, ...]]) -> Watch:
    """Hang the cameras that may see any of the walks."""
    return watch_along(area, np.array([part.edge for legs in walks for leg in legs for part in leg.parts]))


def _measured(area: Area, legs: tuple[Path, ...], watch: Watch, wished: Wished, *, keep_side: bool) -> Walk:
    stretches = list(stretches_of(area, (part for leg in legs for part in leg.parts)))
    walked = kept(advised(describe(stretches), stretches), stretches) if keep_side else stretches
    score = measure(walked, watch, ranges=False)
    wish_e6 = sum(part.share(wished.extra_e6) for leg in legs for part in leg.parts) if wished else 0
    return Walk(
        legs,
        _effort_dm(legs),
        _among_cars_e6(area, legs) + wish_e6 + round(score.risk.risk.default * UNIT_E6),
        stretches,
        score,
        walked,
        wish_e6,
    )


def _avoided_m(area: Area, walk: Walk, wished: Wished) -> float | None:
    """Measure how much of a walk lies on what is to be avoided."""
    if not wished:
        return None
    edges = [part.edge for leg in walk.legs for part in with_length(leg.parts)]
    return wished.avoided_m(area.graph.section[np.array(edges, dtype=np.int64)], walk.stretches)


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


def _notes(area: Area, routes: Sequence[Route], stops: Sequence[Snap], wished: Wished) -> Iterable[Note]:
    for code in _told(area, routes, wished):
        yield Note(code, _TOLD[code])
    left_m = routes[-1].avoided_m or 0.0
    if left_m >= 1.0:
        text = f"Of the last of these walks {left_m:.0f} m lie on what you wish to avoid; a longer detour may help."
        yield Note("wish-not-met", text, left_m)
    for stop, code, label in ((stops[0], "start-moved", "starts"), (stops[-1], "end-moved", "ends")):
        if stop.distance_m > 50:  # noqa: PLR2004  # farther than a door is from its street
            text = f"The walk {label} at the nearest way, {stop.distance_m:.0f} m from the place that was asked for."
            yield Note(code, text, stop.distance_m)


def _told(area: Area, routes: Sequence[Route], wished: Wished) -> Iterable[str]:
    """Tell what is not known, and why there are fewer than three walks."""
    if not area.cameras:
        if not area.manifest.unmapped.town:
            yield "no-cameras"
            return
        yield "by-shape"
    elif len(area.cameras) < _LITTLE * (len(area.cameras) + area.manifest.unmapped.cameras[_DEFAULT]):
        yield "little-mapped"
    if len(routes) == 1:
        only = routes[0].score
        gained = only.risk.risk.default == 0 and not only.meetings
        yield "no-better-by-wishes" if wished else "nothing-to-gain" if gained else "no-better-within-detour"
    elif "balanced" not in [route.name for route in routes]:
        yield "no-bargain-between"
    risks = [route.score.risk.risk.default for route in routes]
    if risks[-1] > min(risks):
        yield "wish-adds-risk"
