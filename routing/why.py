"""What a certificate says, in words: whether a walk past no mapped camera exists, and what dodging cameras costs.

Sentences come out, each for a paragraph of its own; :mod:`routing.text` breaks them into lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.rounding import cameras_word, name_of, plain, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from routing.model import Camera
    from routing.plans import Certificate, Dodge, Plan, Route

_MOST_TOLD = 20  # cameras named in one sentence; JSON has them all
_CLOSED = "indoor, covered and underground ways"


def why(plan: Plan) -> list[str]:
    """Tell what a plan's certificate proves.

    Examples
    --------
    >>> from routing.model import Coverage
    >>> from routing.plans import Certificate, Plan
    >>> why(Plan(Coverage("Kamppi", None, 0, 0.0, 0.0), (), (), certificate=Certificate()))
    ['No camera is mapped here: what a walk gets past, nobody can tell.']
    """
    told = plan.certificate
    if told is None:
        return []
    if not told.known:
        return ["No camera is mapped here: what a walk gets past, nobody can tell."]
    return [*_certified(plan, told), *_dodged(plan, told)]


def unseen_walk(plan: Plan) -> Route | None:
    """Give the walk past no mapped camera if there is one within the detour that is none of the plan's."""
    told = plan.certificate
    if told is None or told.walk is None or not told.within_detour or _same(plan, told.walk) is not None:
        return None
    return told.walk


def dodged_by(route: Route, shortest: Route) -> list[str]:
    """Give the ids of cameras that the shortest walk meets and another does not, in the order of walking."""
    met = {meeting.camera.id for meeting in route.score.meetings}
    return [meeting.camera.id for meeting in shortest.score.meetings if meeting.camera.id not in met]


def _same(plan: Plan, walk: Route) -> Route | None:
    return next((route for route in plan.routes if np.array_equal(route.lonlat, walk.lonlat)), None)


def _certified(plan: Plan, told: Certificate) -> Iterator[str]:
    walk, none = told.walk, "No walk within the detour is past no mapped camera"
    if walk is None:
        yield f"{none}, nor is any longer one. Of {_CLOSED} none counts as such: nobody maps what hangs there."
    elif told.within_detour:
        same = _same(plan, walk)
        which = f" It is the one called {name_of(same)}." if same is not None else ""
        yield f"A walk past no mapped camera exists within the detour: {_length(walk)}.{which}"
        return
    else:
        yield f"{none}; the least that is takes {_length(walk)}."
    if told.met_by_all:
        yield f"Every walk within the detour meets {_cameras(told.met_by_all)}."
    else:
        yield "No camera is met by every walk within the detour."
    yield from _bar(told)
    if told.stopped:
        yield "The proof was stopped at its limit; there may be more to say."


def _bar(told: Certificate) -> Iterator[str]:
    """Tell the fewest cameras that see all walks, where that is news."""
    if not told.open_way:
        yield "Every walk within the detour takes an indoor, covered or underground way."
        return
    least = told.bar_at_least
    walks = f"every walk within the detour that keeps out of {_CLOSED}"
    if told.bar is None:
        yield f"At least {cameras_word(least)} between them see {walks}; which, was not found in time."
    elif len(told.bar) > least:
        yield f"{_cameras(told.bar)} between them see {walks}; there may be as few as {least} that do."
    elif not all(camera in told.met_by_all for camera in told.bar):
        do = "sees" if least == 1 else "between them see, and no fewer do,"
        yield f"{_cameras(told.bar)} {do} {walks}."


def _dodged(plan: Plan, told: Certificate) -> Iterator[str]:
    """Tell what each walk's detour dodged, and what dodging those that are left would take."""
    price = {dodge.camera.id: dodge for dodge in told.dodges}
    shortest, *others = plan.routes
    for route in others:
        ids = dodged_by(route, shortest)
        if ids:
            told_of = f"that {name_of(shortest)} meets (alone, each takes)"
            yield f"{_name(route)} dodges {cameras_word(len(ids))} {told_of}: {_prices(ids, price)}."
        else:
            yield f"{_name(route)} dodges no camera that {name_of(shortest)} meets."
    last = plan.routes[-1]
    left = [meeting.camera.id for meeting in last.score.meetings]
    if left:
        yield f"{_name(last)} meets {cameras_word(len(left))}; to dodge one alone takes: {_prices(left, price)}."


def _name(route: Route) -> str:
    return name_of(route).capitalize()


def _length(walk: Route) -> str:
    more = whole(walk.detour_m)
    against = f"{more:,} m more than the shortest" if more > 0 else "no more than the shortest"
    return f"{whole(walk.score.length_m):,} m, {against}"


def _cameras(cameras: Sequence[Camera]) -> str:
    return f"{cameras_word(len(cameras))} ({_some([plain(camera.id) for camera in cameras], ', ')})"


def _prices(ids: Iterable[str], price: Mapping[str, Dodge]) -> str:
    return _some([f"{plain(one)} {_price(price.get(one))}" for one in ids], "; ")


def _price(dodge: Dodge | None) -> str:
    if dodge is None:
        return "not known"
    if dodge.more_m is None:
        return "cannot be dodged"
    more = whole(dodge.more_m)
    words = f"{more:,} m more" if more > 0 else "no more metres"
    return words if dodge.within_detour else f"{words}, beyond the detour"


def _some(words: Sequence[str], between: str) -> str:
    rest = len(words) - _MOST_TOLD
    return between.join([*words[:_MOST_TOLD], f"{rest} more"] if rest > 0 else words)
