"""A plan in; out, whether a walk past no mapped camera exists within its detour, and what dodging each camera costs.

What a camera has in view of a section counts for both ways of walking it. Of the sections on which a walk begins and
ends only the part that is walked counts, and 2 cm more, for no view is truer than that. What is proved, and how, stands
in :mod:`routing.search.certificate`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.alternatives import effort_limit_dm
from routing.graph import Flag
from routing.offers import route_of
from routing.plans import Certificate, Dodge
from routing.ragged import taken
from routing.revise import overlaid
from routing.router import LONGEST_WALK_M, shortest_legs, stops_of
from routing.search.certificate import Bar, Leg, Patience, Ways, effort_of, met_by_all, sights, smallest_bar
from routing.search.front import Limits
from routing.search.network import PathFinder
from routing.snap import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from routing.area import Area
    from routing.model import Camera, RouteRequest
    from routing.plans import Plan
    from routing.search.certificate import Sights
    from routing.search.network import Part, Path
    from routing.snap import Snap

# What is shorter than this is the rounding of positions, not a sighting (routing/score.py has the same).
_SHORTEST_M: Final = 0.005
_VIEW_M: Final = 0.02  # to which views are true (routing/hazard/views.py)
_LONGEST_DM: Final = int(LONGEST_WALK_M * 10)


def certify(
    area: Area, request: RouteRequest, plan: Plan, limits: Limits | None = None, *, hers: Area | None = None
) -> Certificate:
    """Prove what the walks of a plan can keep out of view of.

    Parameters
    ----------
    area, request
        Of which the plan was made.
    plan
        From :func:`routing.router.plan`.
    limits
        How much it may take, its ``labels`` apart; at a limit the certificate says less, and that it was stopped.
    hers
        The area with the request's overlay, where it is at hand.

    Returns
    -------
    Certificate

    Raises
    ------
    TooManyCamerasError
        As :func:`routing.router.plan` does.

    Examples
    --------
    >>> import routing
    >>> from routing.certificates import certify
    >>> area = routing.build_area("data/helsinki.osm.pbf")  # doctest: +SKIP
    >>> certify(area, request, routing.plan(area, request)).within_detour  # doctest: +SKIP
    False
    """
    limits = limits or Limits()
    area = overlaid(area, request.overlay, limits.from_now()) if hers is None else hers
    if not area.cameras:
        return Certificate()
    patience = Patience(limits)
    stops = stops_of(area, request)
    shortest = tuple(shortest_legs(area.network, stops))
    budget_dm = effort_limit_dm(effort_of(shortest), request.detour)
    ways = Ways(_legs(area, stops), area.once(sights_of), shortest, budget_dm)
    unseen = ways.among((), most_dm=_LONGEST_DM)
    within = unseen is not None and effort_of(unseen) <= budget_dm
    proved, all_of_them = met_by_all(ways, patience)
    dodges = tuple(_dodges(area, ways, plan, budget_dm, patience))
    bar = Bar(None, 0) if within else smallest_bar(ways, patience)
    return Certificate(
        known=True,
        walk=None
        if unseen is None
        else route_of(area, "unseen", unseen, plan.routes[0].score.length_m, [stop.name for stop in plan.via]),
        within_detour=within,
        open_way=within or ways.without((), openly=True) is not None,
        met_by_all=_named(area, proved),
        bar=None if bar.eyes is None else _named(area, bar.eyes),
        bar_at_least=bar.at_least,
        dodges=dodges,
        stopped=not all_of_them or len(dodges) < len(_met(plan)) or not (within or bar.is_exact),
    )


def sights_of(area: Area) -> Sights:
    """List which cameras have a part of which directed edges in view, and which edges are enclosed ways.

    Ask by :meth:`routing.area.Area.once`.
    """
    views, graph = area.hazards.views, area.graph
    count = len(area.cameras)
    pairs, row = np.unique(views.line.astype(np.int64) * count + views.camera, return_inverse=True)
    pairs = pairs[np.bincount(row, (views.to_m - views.from_m) * views.share, minlength=len(pairs)) > _SHORTEST_M]
    section, camera = np.divmod(pairs, max(count, 1))
    start = np.searchsorted(section, np.arange(graph.section_count + 1))
    own = np.asarray(graph.section)
    seen = taken(start, own)  # cameras of each edge
    closed = (graph.flags[own] & Flag.ENCLOSED) != 0
    return sights(camera[seen.at].astype(np.int32), seen.of.astype(np.int32), count, closed)


def _legs(area: Area, stops: Sequence[Snap]) -> list[Leg]:
    """Say who sees the parts of sections at the stops."""
    found = []
    for start, end in pairwise(stops):
        finder = PathFinder(area.network, start, end)
        parts = finder.ends.parts
        enclosed = (part for part in parts if _is_enclosed(area, part))
        found.append(Leg(finder, {part: _cameras_on(area, part) for part in parts}, frozenset(enclosed)))
    return found


def _is_enclosed(area: Area, part: Part) -> bool:
    flags = int(area.graph.flags[area.graph.section[part.edge]])
    return part.q_from < part.q_to and bool(flags & Flag.ENCLOSED)


def _cameras_on(area: Area, part: Part) -> frozenset[int]:
    """Give the cameras that have some of a part of an edge in view."""
    if part.q_from == part.q_to:
        return frozenset()
    section = int(area.graph.section[part.edge])
    ends = (part.q_from, part.q_to) if area.graph.forward[part.edge] else (SPLITS - part.q_to, SPLITS - part.q_from)
    from_m, to_m = (float(area.graph.section_length_m[section]) * end / SPLITS for end in ends)
    views = area.hazards.views  # by line
    first, stop = np.searchsorted(views.line, [section, section + 1])
    here = views.take(np.arange(first, stop))
    shared_m = np.minimum(here.to_m, to_m + _VIEW_M) - np.maximum(here.from_m, from_m - _VIEW_M)
    seen_m = np.bincount(here.camera, np.maximum(shared_m, 0.0) * here.share)
    return frozenset(np.flatnonzero(seen_m > _SHORTEST_M).tolist())


def _met(plan: Plan) -> dict[str, Camera]:
    """Give all cameras that see a walk of a plan, by id, in order."""
    met = {meeting.camera.id: meeting.camera for route in plan.routes for meeting in route.score.meetings}
    return dict(sorted(met.items()))


def _dodges(area: Area, ways: Ways, plan: Plan, budget_dm: int, patience: Patience) -> Iterator[Dodge]:
    """Find what dodging each camera of a plan's walks costs."""
    number = {camera.id: at for at, camera in enumerate(area.cameras)}
    shortest_dm = _length_dm(ways.shortest)
    for name, camera in _met(plan).items():
        if patience.is_over():
            return
        walk = ways.without((number[name],), most_dm=_LONGEST_DM)
        if walk is None:
            yield Dodge(camera, None, within_detour=False)
        else:
            yield Dodge(camera, (_length_dm(walk) - shortest_dm) / 10, effort_of(walk) <= budget_dm)


def _length_dm(walk: Iterable[Path]) -> int:
    return sum(path.length_dm for path in walk)


def _named(area: Area, numbers: Iterable[int]) -> tuple[Camera, ...]:
    return tuple(area.cameras[number] for number in sorted(numbers))
