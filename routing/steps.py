"""Directions, street by street: stretches in walking order go in, steps come out.

What happens (turn, compass, kind of way, crossing) is decided first, and is all that another language needs; how it is
said in plain English stands at the end, in :func:`say`.

Positions are WGS 84 degrees, longitude first; lengths are metres. Nothing is looked up: all that is said comes from
names, kinds of way and bearings. Three rules keep it short:

1. Stretches of one street are one step. Where neither has a name, a way of the same kind goes on until it turns.
2. Crossings, and unnamed pieces shorter than 15 m, are *links*: they belong to the step that follows them, and the
   turn is told from the bearing before the link to the bearing behind it.
3. A crossing is mentioned when the walk changes there; crossing a side street straight ahead is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING

import numpy as np

from routing.geo import moves_along
from routing.plans import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.model import Stretch

_RUN_M = 12.0  # a bearing is taken over this much of the walk, so that a kink at the corner does not decide it
_MIN_RUN_M = 5.0  # a step shorter than this borrows from what follows or precedes it
_LINK_M = 15.0  # unnamed pieces shorter than this are no step of their own
_SCRAP_M = 8.0  # nor are named ones shorter than this: a corner of a crossing
_BEAR_DEG, _TURN_DEG, _SHARP_DEG, _BACK_DEG = 25.0, 55.0, 125.0, 160.0
_BEND_DEG = 70.0  # a bend of a named street that must be told, because it is a corner
_COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

_TAKEN = frozenset({"steps", "ferry", "lift"})  # one takes them; with a name, too, they are a step of their own
_OPEN_OR_NOT = _TAKEN | {"platform", "square"}  # called the same indoors
_STREETS = ("residential", "living_street", "primary", "secondary", "tertiary", "trunk")
# https://wiki.openstreetmap.org/wiki/Key:highway
_WAYS = {
    "bridleway": "bridleway",
    "corridor": "passage",
    "cycleway": "cycleway",
    "elevator": "lift",
    "escalator": "escalator",
    "ferry": "ferry",
    "footway": "footway",
    "path": "path",
    "pedestrian": "pedestrian",
    "platform": "platform",
    "service": "service",
    "square": "square",
    "steps": "steps",
    "track": "track",
    "unclassified": "road",
    **dict.fromkeys(_STREETS, "street"),
    **{f"{street}_link": "street" for street in _STREETS},
}
WAYS = tuple(sorted({*_WAYS.values(), "way"}))
"""All that :attr:`routing.plans.Step.way` may be."""

_TURNS = {
    "straight": "",
    "bear_left": "bear left",
    "left": "turn left",
    "sharp_left": "turn sharp left",
    "bear_right": "bear right",
    "right": "turn right",
    "sharp_right": "turn sharp right",
    "back": "turn back",
}
_THE = {way: f"the {way}" for way in WAYS} | {"pedestrian": "the pedestrian street", "service": "the service road"}


def describe(stretches: Sequence[Stretch]) -> tuple[Step, ...]:
    """Tell a walk street by street.

    Parameters
    ----------
    stretches
        The walk's edges in walking order. Gaps between them count for nothing; stretches without length are ignored.

    Returns
    -------
    steps
        The lengths (metres) add up to those of the stretches. The last step is the arrival, 0 m; it stands alone
        where there is nothing to walk.

    Examples
    --------
    >>> import numpy as np
    >>> from routing.model import Stretch
    >>> north = Stretch(np.array([[24.93, 60.16], [24.93, 60.161]]), "Fredrikinkatu", "residential")
    >>> east = Stretch(np.array([[24.93, 60.161], [24.932, 60.161]]), "", "footway")
    >>> [step.text for step in describe([north, east])]
    ['Head north along Fredrikinkatu', 'Turn right along the footway', 'Arrive']
    """
    return describe_legs([stretches])


def describe_legs(legs: Sequence[Sequence[Stretch]], names: Sequence[str] = ()) -> tuple[Step, ...]:
    """Tell a walk that passes places on its way: to each by itself, as who stops there sets out anew.

    Parameters
    ----------
    legs
        Stretches from each place to the next, in walking order; see :func:`describe`.
    names
        Of the places between them, ``""`` where one has none; empty if nobody needs them.

    Examples
    --------
    >>> import numpy as np
    >>> from routing.model import Stretch
    >>> north = Stretch(np.array([[24.93, 60.16], [24.93, 60.161]]), "Fredrikinkatu", "residential")
    >>> back = Stretch(np.array([[24.93, 60.161], [24.93, 60.16]]), "Fredrikinkatu", "residential")
    >>> [step.text for step in describe_legs([[north], [back]], ["Sinebrychoff"])][1:]
    ['Reach stop 1: Sinebrychoff', 'Head south along Fredrikinkatu', 'Arrive']
    """
    told: list[Step] = []
    for number, stretches in enumerate(legs, 1):
        track = _Track.of(stretches)
        parts, tail_crosses = _parts(track, _runs(track, stretches))
        told += [_step(track, before, part) for before, part in pairwise((None, *parts)) if part is not None]
        end = Step("", 0.0, "", "arrive", cross=tail_crosses)
        if number < len(legs):
            end = replace(end, do="stop", stop=number, name=names[number - 1] if names else "")
        told.append(_said(end))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Track:
    """The whole walk in local metres, by distance from the start."""

    at_m: NDArray[np.float64]  # [point]
    east_m: NDArray[np.float64]  # [point]
    north_m: NDArray[np.float64]  # [point]
    ends_m: tuple[float, ...]  # [stretch], distance at which each ends

    @classmethod
    def of(cls, stretches: Sequence[Stretch]) -> _Track:
        """Join the stretches end to end."""
        moves = moves_along([stretch.lonlat for stretch in stretches])
        east, north = (np.concatenate([[0.0], move]) for move in (moves.east_m, moves.north_m))
        at = np.cumsum(np.hypot(east, north))
        last = np.cumsum(np.bincount(moves.line, minlength=len(stretches)))
        return cls(at, np.cumsum(east), np.cumsum(north), tuple(at[last].tolist()))

    def bearing_deg(self, from_m: float, to_m: float) -> float | None:
        """Bearing of the straight line between two places of the walk; ``None`` if they are the same."""
        here, there = np.interp((from_m, to_m), self.at_m, self.east_m).tolist()
        low, high = np.interp((from_m, to_m), self.at_m, self.north_m).tolist()
        if hypot(there - here, high - low) < 0.01:  # noqa: PLR2004 - a centimetre has no bearing
            return None
        return degrees(atan2(there - here, high - low)) % 360.0

    def turn_deg(self, came_m: float, goes_m: float, *, back_m: float = _RUN_M, on_m: float = _RUN_M) -> float:
        """Change of bearing between two places of the walk: right positive, 0 if not known.

        The old bearing is that of the last ``back_m`` before ``came_m``, the new one that of ``on_m`` from ``goes_m``.
        """
        came = self.bearing_deg(came_m - back_m, came_m)
        goes = self.bearing_deg(goes_m, goes_m + on_m)
        if came is None or goes is None:
            return 0.0
        return (goes - came + 180.0) % 360.0 - 180.0


@dataclass(frozen=True, slots=True)
class _Run:
    """Part of the walk that is of one kind, from and to in metres from the start."""

    name: str
    way: str
    start_m: float
    end_m: float
    enclosed_m: float = 0.0
    crossing: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Alike for two runs of the same street."""
        return (self.name, self.way if not self.name or self.way in _TAKEN else "")

    @property
    def through(self) -> bool:
        """Whether one walks through it, rather than along."""
        if self.way in _TAKEN or self.way == "platform":
            return False
        return (self.way == "passage" and not self.name) or self.enclosed_m > self.length_m / 2

    @property
    def length_m(self) -> float:
        return self.end_m - self.start_m

    @property
    def is_link(self) -> bool:
        if self.name:
            return self.length_m < _SCRAP_M and self.way not in _TAKEN
        return self.crossing or self.length_m < _LINK_M

    @property
    def bearing_run_m(self) -> float:
        """How much of it to take a bearing over."""
        return max(min(_RUN_M, self.length_m), _MIN_RUN_M)

    def until(self, other: _Run) -> _Run:
        """Go on to the end of another run of the same street."""
        enclosed_m = self.enclosed_m + other.enclosed_m
        crossing = self.crossing and other.crossing
        return _Run(self.name, self.way, self.start_m, other.end_m, enclosed_m, crossing)


@dataclass(frozen=True, slots=True)
class _Part:
    """What becomes a step: a run, the links before it (from ``start_m``), and the links that end the walk."""

    run: _Run
    start_m: float
    end_m: float
    crosses: bool


def _runs(track: _Track, stretches: Sequence[Stretch]) -> list[_Run]:
    """Join neighbours of the same street; unnamed ones only while they go straight on."""
    runs: list[_Run] = []
    last: _Run | None = None  # the stretch before, alone
    start_m = 0.0
    for stretch, end_m in zip(stretches, track.ends_m, strict=True):
        if end_m <= start_m:
            continue
        way = _WAYS.get(stretch.way_class, "way")
        if stretch.enclosed and way not in _OPEN_OR_NOT:
            way = "passage"
        enclosed_m = end_m - start_m if stretch.enclosed else 0.0
        run = _Run(stretch.name.strip(), way, start_m, end_m, enclosed_m, stretch.crossing)
        alike = last is not None and run.key == last.key and (run.name or run.crossing == last.crossing)
        if alike and not _breaks(run, track.turn_deg(start_m, start_m)):
            runs[-1] = runs[-1].until(run)
        else:
            runs.append(run)
        last = run
        start_m = end_m
    return runs


def _breaks(run: _Run, turn_deg: float) -> bool:
    """Whether a turn within a street must be told: a corner without a name, or turning back."""
    return abs(turn_deg) >= (_BEND_DEG if run.name else _TURN_DEG)


def _parts(track: _Track, runs: list[_Run]) -> tuple[list[_Part], bool]:
    """Give every link to a step; tell also whether the walk ends by crossing."""
    # where there is nothing but links, the longest stands for the walk
    longest = None if any(not run.is_link for run in runs) else max(runs, key=lambda run: run.length_m, default=None)
    parts: list[_Part] = []
    links: list[_Run] = []
    for run in runs:
        if run.is_link and run is not longest:
            links.append(run)
            continue
        if parts and _goes_on(track, parts[-1].run, links, run):
            whole = parts[-1].run.until(run)
            parts[-1] = _Part(whole, parts[-1].start_m, whole.end_m, parts[-1].crosses)
        else:
            crosses = any(link.crossing for link in links)
            parts.append(_Part(run, links[0].start_m if links else run.start_m, run.end_m, crosses))
        links = []
    if not parts or not links:
        return parts, False
    last = parts[-1]
    parts[-1] = _Part(last.run, last.start_m, links[-1].end_m, last.crosses)
    return parts, _crosses_aside(track, last.run, links)


def _goes_on(track: _Track, before: _Run, links: list[_Run], after: _Run) -> bool:
    """Whether the walker would say that this is still the same street."""
    if before.key != after.key or _crosses_aside(track, before, links):
        return False
    return not _breaks(after, _turn_deg(track, before, after))


def _crosses_aside(track: _Track, before: _Run, links: list[_Run]) -> bool:
    """Whether one of the links crosses the street that was walked along, not a side street straight ahead."""
    return any(link.crossing and abs(_turn_deg(track, before, link)) >= _TURN_DEG for link in links)


def _turn_deg(track: _Track, before: _Run, after: _Run) -> float:
    """Turn from the end of one run to the start of another, whatever lies between: right positive."""
    return track.turn_deg(before.end_m, after.start_m, back_m=before.bearing_run_m, on_m=after.bearing_run_m)


def _step(track: _Track, before: _Part | None, part: _Part) -> Step:
    """Decide what happens in one part."""
    run = part.run
    do, turn, compass = "head", None, None
    if before is None:
        compass = _compass(track, part)
    else:
        do, turn = "go", _turn(_turn_deg(track, before.run, run))
    return _said(
        Step(
            "", part.end_m - part.start_m, run.name, do, turn, compass, run.way, through=run.through, cross=part.crosses
        )
    )


def _compass(track: _Track, part: _Part) -> str | None:
    """Tell which way the walk sets out."""
    start_m = part.run.start_m if part.crosses else part.start_m
    bearing = track.bearing_deg(start_m, part.run.start_m + part.run.bearing_run_m)
    return None if bearing is None else _COMPASS[round(bearing / 45.0) % 8]


def _turn(turn_deg: float) -> str:
    """Name a turn (right positive)."""
    size = abs(turn_deg)
    if size >= _BACK_DEG:
        return "back"
    side = "right" if turn_deg > 0 else "left"
    for least, word in ((_SHARP_DEG, f"sharp_{side}"), (_TURN_DEG, side), (_BEAR_DEG, f"bear_{side}")):
        if size >= least:
            return word
    return "straight"


def _said(step: Step) -> Step:
    """Put a step into words."""
    return replace(step, text=say(step))


def say(step: Step) -> str:
    """Say a step in English, from what happens alone.

    Examples
    --------
    >>> say(Step("", 80.0, "Fredrikinkatu", turn="left", way="street", cross=True))
    'Cross, then turn left along Fredrikinkatu'
    """
    match step.do:
        case "arrive":
            text = "arrive"
        case "stop":
            text = f"reach stop {step.stop}" + (f": {step.name}" if step.name else "")
        case "head":
            text = _first(step)
        case _:
            text = _next(step)
    text = f"cross, then {text}" if step.cross else text
    text = f"{text}, keep to the {step.keep} side" if step.keep is not None else text
    return text[0].upper() + text[1:]


def _first(step: Step) -> str:
    """Say which way the walk sets out."""
    compass = "" if step.compass is None else f" {step.compass}"
    return f"take {_where(step)}{compass}" if step.way in _TAKEN else f"head{compass} {_where(step)}"


def _next(step: Step) -> str:
    """Say how the walk goes on."""
    turn = _TURNS[step.turn or "straight"]
    if step.way in _TAKEN:
        return f"{turn} and take {_where(step)}" if turn else f"take {_where(step)}"
    straight = "go" if step.through else "continue"
    return f"{turn or straight} {_where(step)}"


def _where(step: Step) -> str:
    """Name the way, with its preposition: "along the path"."""
    if step.way in _TAKEN:
        return f"{_THE[step.way]} {step.name}".strip()
    word = "through" if step.through else "across" if step.way == "square" else "along"
    return f"{word} {step.name or _THE[step.way]}"
