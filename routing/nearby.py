"""A start and many places in; out, the walk to any of them on which she is least likely recognised.

The detour is measured against the walk to the place that is nearest by effort. Among all walks to any of the places
within it, the choice is the same as for one end (routing/router.py): *shortest* leads to the nearest place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.alternatives import effort_limit_dm
from routing.errors import NoRouteError, NoWayNearError, PlaceError, SamePlaceError
from routing.geo import distance_m, scale_at
from routing.kernels import UNREACHED
from routing.kinds import places_meant
from routing.model import DEFAULT_DETOUR, Place, expect, expect_detour, expect_place
from routing.offers import offer
from routing.plans import Plan
from routing.router import LONGEST_WALK_M, notes_on, snap_one
from routing.search.front import find_front
from routing.search.legs import together
from routing.search.network import ends_of
from routing.search.within import within
from routing.snap import FARTHEST_M, snap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.model import Detour, LonLat
    from routing.search.front import Limits
    from routing.search.legs import Choice
    from routing.search.network import Network
    from routing.search.within import Within
    from routing.snap import Snap

    Floats = NDArray[np.float64]

_FIRST_GUESS = 1.3  # of the straight line to the nearest place: most walks are no longer
_LEAST_GUESS_DM = 1000


def nearest(
    area: Area,
    start: LonLat,
    targets: str | Sequence[Place],
    detour: Detour = DEFAULT_DETOUR,
    *,
    keep_side: bool = False,
    limits: Limits | None = None,
) -> Plan:
    """Plan the walks to any of several places.

    Parameters
    ----------
    area
        From :func:`routing.area_folder.load` or :func:`routing.build.build_area`.
    start
        Where she is.
    targets
        The places; or a kind of place or a list with commas between, as ``--to`` takes it.
    detour
        How much longer than the walk to the nearest place a walk may be.
    keep_side
        She keeps to the side of each street that she is told.
    limits
        How much the search may take.

    Returns
    -------
    Plan
        Each route tells which place it has ``reached``.

    Raises
    ------
    PlaceError
        If the start is outside the area or far from any way, or no place is known by what was asked for.
    SamePlaceError
        If one of the places is at the start.
    NoRouteError
        If no walk leads to any of them.
    TypeError
        If something is given as what it is not.
    """
    expect_place(start, "the start")
    expect_detour(detour, "the detour")
    places = places_meant(area.places, [targets]) if isinstance(targets, str) else list(targets)
    for number, place in enumerate(places):
        expect(
            place, Place, f"`targets[{number}]`", 'give places of area.places, or one text such as "pharmacy, Kiasma"'
        )
    here = snap_one(area, start, "the start")
    found = candidates(area.graph, here, places, detour)
    snaps = [one.snap for one in found.near]
    if found.least_dm == 0:
        raise SamePlaceError("one of these places is where the walk starts; there is nothing to walk")

    def find(network: Network) -> Choice:
        front = find_front(network, here, *snaps, budget_dm=found.budget_dm, limits=limits)
        return together([front], found.budget_dm)

    ends: dict[tuple[int, int], Place] = {}
    moved: dict[Place, Snap] = {}
    for one in sorted(found.near, key=lambda one: one.snap.distance_m):
        for part in ends_of(area.graph, here, one.snap).last:
            ends.setdefault((part.edge, part.q_to), one.place)
        moved.setdefault(one.place, one.snap)
    offered = offer(area, find, detour, keep_side=keep_side, ends=ends)
    routes = offered.routes
    last = max((moved[route.reached] for route in routes if route.reached is not None), key=lambda at: at.distance_m)
    notes = tuple(notes_on(area, offered, (here, last)))
    return Plan(area.coverage, routes, offered.front, notes, offered.also, keep_side=keep_side, assumed=area.assumed)


class Candidate(NamedTuple):
    """A place that is reached within the budget, and where on the graph it lies."""

    place: Place
    snap: Snap
    effort_dm: int  # of the shortest walk to it


class Candidates(NamedTuple):
    """All places that are reached within the budget, in the order in which they were given."""

    near: list[Candidate]
    least_dm: int  # effort of the walk to the nearest
    budget_dm: int


def candidates(graph: WalkGraph, here: Snap, places: Sequence[Place], detour: Detour) -> Candidates:
    """Find the places that are reached within a detour of the nearest one.

    Only places in the box of what a limit reaches can be reached within it, give or take how far a place may lie from
    its way; no others are looked at. The limit grows until the nearest is found, and then to the budget.

    Raises
    ------
    NoRouteError
        If no walk leads to any of them.
    """
    lonlat = np.array([place.lonlat for place in places], dtype=np.float64).reshape(-1, 2)
    straight_m = distance_m(lonlat, np.array(here.lonlat))
    if not np.isfinite(straight_m).any():
        raise PlaceError("there is no place to walk to: give some that lie on Earth")
    limit_dm = max(_LEAST_GUESS_DM, int(min(np.nanmin(straight_m), LONGEST_WALK_M) * 10 * _FIRST_GUESS))
    parts = ends_of(graph, here).first
    snaps: dict[int, Snap | None] = {}
    while True:
        reached = within(graph, parts, limit_dm, weight_dm=graph.effort_dm)
        low, high = _box(graph, here, reached)
        found = []
        for at in np.flatnonzero(((lonlat >= low) & (lonlat <= high)).all(axis=1)).tolist():
            if at not in snaps:
                snaps[at] = _snapped(graph, places[at].lonlat)
            there = snaps[at]
            if there is not None:
                effort_dm = _effort_dm(graph, here, there, reached)
                if effort_dm <= limit_dm or (reached.is_whole and effort_dm < UNREACHED):
                    found.append(Candidate(places[at], there, effort_dm))
        least_dm = min((one.effort_dm for one in found), default=UNREACHED)
        if least_dm < UNREACHED:
            budget_dm = effort_limit_dm(least_dm, detour)
            if budget_dm <= limit_dm or reached.is_whole:
                return Candidates([one for one in found if one.effort_dm <= budget_dm], least_dm, budget_dm)
            limit_dm = budget_dm
        elif reached.is_whole or limit_dm >= LONGEST_WALK_M * 10:
            raise NoRouteError("no walkable way on this map leads from the start to any of these places; choose others")
        else:
            limit_dm = min(2 * limit_dm, int(LONGEST_WALK_M * 10))


def _box(graph: WalkGraph, here: Snap, reached: Within) -> tuple[Floats, Floats]:
    """Give the corners of a box that holds all places whose way is reached."""
    touched = np.zeros(graph.section_count, dtype=np.bool_)
    is_reached = np.asarray(reached.cost_dm) < UNREACHED
    touched[graph.section[is_reached[graph.tail]]] = True
    touched[here.section] = True
    points = np.asarray(graph.shape_lonlat)
    starts = np.asarray(graph.shape_start[:-1])
    low = np.minimum.reduceat(points, starts)[touched].min(axis=0)
    high = np.maximum.reduceat(points, starts)[touched].max(axis=0)
    return low - _margin_deg(low, high, FARTHEST_M), high + _margin_deg(low, high, FARTHEST_M)


def _margin_deg(low: Floats, high: Floats, metres: float) -> Floats:
    """Give how many degrees so many metres are at most, float64 [2]."""
    scales = [scale_at(lat) for lat in (low[1], high[1])]
    return 1.01 * metres / np.array([min(s.lon_m for s in scales), min(s.lat_m for s in scales)], dtype=np.float64)


def _effort_dm(graph: WalkGraph, here: Snap, there: Snap, reached: Within) -> int:
    """Give the effort of the shortest walk to a place, exact as far as the limit goes."""
    ends = ends_of(graph, here, there)
    direct = [part.share(graph.effort_dm) for part in ends.direct]
    return min(
        (
            *direct,
            *(int(reached.cost_dm[graph.tail[part.edge]]) + part.share(graph.effort_dm) for part in ends.last),
        ),
        default=UNREACHED,
    )


def _snapped(graph: WalkGraph, place: LonLat) -> Snap | None:
    """Find the way at a place, ``None`` if there is none."""
    try:
        return snap(graph, place)
    except NoWayNearError:
        return None
