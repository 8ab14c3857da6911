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

from routing.alternatives import MOST_EFFORT_DM, effort_limit_dm
from routing.errors import (
    BadPositionError,
    BadUsageError,
    DetourError,
    NoRouteError,
    NoWayNearError,
    OutsideAreaError,
    SamePlaceError,
    TooFarApartError,
    TooLongError,
)
from routing.geo import distance_m
from routing.model import WALK_SPEED_MPS, Detour, LonLat, RouteRequest, expect
from routing.offers import offer
from routing.plans import Note, Plan, Stop
from routing.points import Typed, looks_swapped
from routing.revise import left_out, overlaid
from routing.rounding import percent
from routing.search.front import Limits, find_front
from routing.search.legs import together
from routing.search.network import PathFinder
from routing.search.varied import WITHIN
from routing.snap import snap
from routing.wishes import NOTHING, Wished, understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routing.area import Area
    from routing.offers import Offer
    from routing.search.legs import Choice
    from routing.search.network import Network, Path
    from routing.snap import Snap

LONGEST_WALK_M = 60_000.0  # contract
_SAME_PLACE_M = 1.0
_DOOR_M = 50.0  # a door is no farther from its street
_TIE_BREAK = 1  # decimetre for a unit of risk: next to nothing, and enough to choose between walks of equal effort

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
    "a longer detour may offer one.",
    "no-better-by-wishes": "No walk within the detour is better than the shortest by your wishes and the risk "
    "together; a longer detour may offer one.",
    "wish-adds-risk": "Not every walk here has less risk than the shorter ones: where one has more, "
    "it is better by your wishes and the risk together.",
    "stopped": "The search met its limit before it had tried every walk within the detour. "
    "By its own proof, the best of them has less risk than the last walk here by at most",
    "varied": f"Picked among walks within {percent(WITHIN)} of the least risk, "
    "so that another day brings another walk; seed",
    "varied-among-one": f"Only one walk within {percent(WITHIN)} of the least risk was found, "
    "so there was none to pick from; seed",
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


def plan(area: Area, request: RouteRequest, limits: Limits | None = None, *, hers: Area | None = None) -> Plan:
    """Plan the walks of a request.

    Parameters
    ----------
    area
        From :func:`routing.area_folder.load` or :func:`routing.build.build_area`.
    request
        Start, end, what to pass on the way, the detour accepted, and wishes.
    limits
        How much the searches may take, their time all together; at a limit the plan has the note ``stopped``.
    hers
        The area with the request's overlay, from :func:`routing.revise.overlaid`, for those who need it for more.

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
    TypeError
        If the request is none.
    BadUsageError, UnknownPlaceError
        If a wish or the seed is out of bounds, or no street has the name in it.
    TooManyCamerasError
        If time runs out before all cameras of the request are looked out of.
    """
    expect(request, RouteRequest, "the request", "give RouteRequest(LonLat(lon, lat), LonLat(lon, lat))")
    if request.seed is not None and request.seed < 0:
        raise BadUsageError("the seed is a whole number from 0 on")
    coverage, everybodys = area.coverage, area  # of what everybody knows
    # cameras change nothing of these: what cannot be used is told before anybody looks out of cameras
    stops, wished = stops_of(area, request), understood(area, request.wishes)
    via = tuple(_via(area, request, stops))
    limits = (limits or Limits()).from_now()  # for the overlay, all legs and networks
    area = overlaid(area, request.overlay, limits) if hers is None else hers

    def find(network: Network) -> Choice:
        return search(wished.on(network), stops, request.detour, limits)

    offered = offer(
        area,
        find,
        request.detour,
        keep_side=request.keep_side,
        more=request.front,
        every=request.every,
        seed=request.seed,
        wished=wished,
        stops=[stop.name for stop in via],
    )
    notes = list(notes_on(area, offered, stops, wished))
    notes += _of_overlay(*left_out(everybodys, area, request.overlay))
    if request.seed is not None:
        code = "varied" if offered.picked_from > 1 else "varied-among-one"
        notes.append(Note(code, f"{_TOLD[code]} {request.seed}."))
    return Plan(
        coverage,
        offered.routes,
        offered.front,
        tuple(notes),
        offered.also,
        via=via,
        keep_side=request.keep_side,
        assumed=area.assumed,
    )


def _via(area: Area, request: RouteRequest, stops: Sequence[Snap]) -> Iterable[Stop]:
    """Tell where the places to pass lie on the ways, and what they are called."""
    names = request.via_names or [""] * len(request.via)
    for name, at in zip(names, stops[1:-1], strict=True):
        yield Stop(name or area.graph.name_of(at.section), at.lonlat, at.distance_m)


def stops_of(area: Area, request: RouteRequest) -> list[Snap]:
    """Find start, stops and end of a walk on the ways of an area.

    Raises
    ------
    OutsideAreaError, NoWayNearError, BadPositionError, SamePlaceError, TooFarApartError
        See :func:`plan`.
    """
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
        stops.append(snap_one(area, place, label))
    for (here, there), (label_a, label_b) in zip(pairwise(stops), pairwise(labels), strict=True):
        if distance_m(np.array(here.lonlat), np.array(there.lonlat)) > LONGEST_WALK_M:
            raise TooFarApartError(f"{label_a} and {label_b} are more than {LONGEST_WALK_M / 1000:.0f} km apart")
        if (here.section, here.q) == (there.section, there.q):
            raise SamePlaceError(
                f"{label_a} and {label_b} lie at the same point of the same way; there is nothing to walk"
            )
    return stops


def snap_one(area: Area, place: LonLat, label: str) -> Snap:
    """Find the way at a place.

    Parameters
    ----------
    area
        Whose ways are meant.
    place
        A position.
    label
        What to call it in an error.

    Raises
    ------
    OutsideAreaError, NoWayNearError
        If it is outside the area, or far from any way.
    """
    box = area.manifest.bbox
    if not box.holds(place):
        first = "latitude" if isinstance(place, Typed) else "longitude"
        hint = f"{first} comes first: were the two numbers swapped?" if looks_swapped(place, box) else (
            "choose a place inside it, or build an area for that place (sidestep area build)"
        )  # fmt: skip
        try:
            return snap(area.graph, place, what=label)
        except NoWayNearError:
            raise OutsideAreaError(f"{label} lies outside the area '{area.manifest.name}'; {hint}") from None
    return snap(area.graph, place, what=label)


def shortest_legs(network: Network, stops: Sequence[Snap]) -> list[Path]:
    """Find the walk of least effort, leg by leg.

    Raises
    ------
    NoRouteError, TooLongError
        If no walk joins the places, or a longer one than is planned.
    """
    shortest = [PathFinder(network, a, b).best(_TIE_BREAK) for a, b in pairwise(stops)]
    legs = [leg for leg in shortest if leg is not None]
    if len(legs) < len(shortest):
        raise NoRouteError("no walkable way on this map joins these places; choose others, or a larger area")
    effort_dm = sum(leg.effort_dm for leg in legs)  # less than twice the length, but on a forged map
    if sum(leg.length_dm for leg in legs) > LONGEST_WALK_M * 10 or effort_dm > MOST_EFFORT_DM:
        raise TooLongError(f"the walk is longer than {LONGEST_WALK_M / 1000:.0f} km; choose a nearer place")
    return legs


def search(network: Network, stops: Sequence[Snap], detour: Detour, limits: Limits | None = None) -> Choice:
    """Find all walks within the detour that are worth their effort.

    Parameters
    ----------
    network
        What to search.
    stops
        Start, what to pass on the way, and end.
    detour
        How much more than the least effort is accepted.
    limits
        How much the search may take for each leg.

    Raises
    ------
    NoRouteError, TooLongError
        If no walk joins the places, or a longer one than is planned.
    """
    legs = shortest_legs(network, stops)
    effort_dm = sum(leg.effort_dm for leg in legs)
    budget_dm = effort_limit_dm(effort_dm, detour)
    spare_dm = budget_dm - effort_dm
    fronts = [
        find_front(network, a, b, budget_dm=leg.effort_dm + spare_dm, limits=limits)
        for (a, b), leg in zip(pairwise(stops), legs, strict=True)
    ]
    return together(fronts, budget_dm)


def notes_on(area: Area, offered: Offer, stops: Sequence[Snap], wished: Wished = NOTHING) -> Iterable[Note]:
    """Tell what is not known, why there are fewer than three walks, and which end or stop was moved."""
    for code in _told(area, offered, wished):
        yield Note(code, _TOLD[code])
    if offered.gap > 0:
        text = f"{_TOLD['stopped']} {percent(offered.gap)}."
        yield Note("stopped", text, share=offered.gap)
    left_m = offered.routes[-1].avoided_m or 0.0
    if left_m >= 1.0:
        text = f"Of the last of these walks {left_m:.0f} m lie on what you wish to avoid; a longer detour may help."
        yield Note("wish-not-met", text, left_m)
    yield from _moved(stops)


def _moved(stops: Sequence[Snap]) -> Iterable[Note]:
    """Tell which places lie far from the ways, in their order."""
    last = len(stops) - 1
    for number, stop in enumerate(stops):
        if stop.distance_m <= _DOOR_M:
            continue
        code, does = {0: ("start-moved", "starts"), last: ("end-moved", "ends")}.get(
            number, ("stop-moved", f"passes stop {number}")
        )
        text = f"The walk {does} at the nearest way, {stop.distance_m:.0f} m from the place that was asked for."
        yield Note(code, text, stop.distance_m, count=number if code == "stop-moved" else None)


def _of_overlay(unused: int, unknown: int) -> Iterable[Note]:
    """Tell how much of what she knows of cameras changed nothing."""
    if unused:
        does = "does not count: it stands" if unused == 1 else "do not count: they stand"
        text = f"Of your own cameras {unused} {does} outside this area or would watch nobody."
        yield Note("own-cameras-unused", text, count=unused)
    if unknown:
        text = f"Of the cameras to be left out {unknown} {'is' if unknown == 1 else 'are'} not known here."
        yield Note("off-unknown", text, count=unknown)


def _told(area: Area, offered: Offer, wished: Wished) -> Iterable[str]:
    """Tell what is not known, and why there are fewer than three walks."""
    routes = offered.routes
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
    shown = sorted((*routes, *offered.also), key=lambda route: route.score.length_m)
    if any(b.score.risk.risk.default > a.score.risk.risk.default for a, b in pairwise(shown)):
        yield "wish-adds-risk"
