"""Records of an answer: walks, what is seen of them, how likely they are recognised, and how they are told.

Lengths are metres, positions WGS 84 degrees, longitude first. Nothing here computes or rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from routing.model import Camera, Coverage


class Range(NamedTuple):
    """One number under the low, the default and the high column of the exposure model."""

    low: float
    default: float
    high: float


NOTHING = Range(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A camera that sees the walker, in the order of walking.

    Attributes
    ----------
    at_m
        Distance from the start at which it first sees the walker.
    in_view_m
        Metres of the walk in its view.
    if_there
        The chance that it recognises the walker if it is there and connected, 0…1.
    chance
        The chance that it recognises the walker, 0…1.
    """

    camera: Camera
    at_m: float
    in_view_m: float
    if_there: float = 0.0
    chance: Range = NOTHING


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely a walk is recognised, camera by camera, never summed over edges.

    Attributes
    ----------
    risk
        -ln(1 - ``recognition``): what walks are compared by.
    recognition
        The chance of at least one recognition, 0…1; cameras are taken to fail independently, which overstates it [A].
    unmapped
        What the chance would be by cameras that nobody mapped alone, 0…1, by the default.
    expected
        Recognitions to be expected, by mapped and unmapped cameras.
    could_recognise
        Cameras that would recognise the walker with a chance of 5 % or more if they were there and connected.
    """

    risk: Range = NOTHING
    recognition: Range = NOTHING
    unmapped: float = 0.0
    expected: Range = NOTHING
    could_recognise: Range = NOTHING


@dataclass(frozen=True, slots=True)
class Score:
    """What a walk is worth, measured on its geometry alone.

    Attributes
    ----------
    in_view_m
        Metres in view of at least one camera, or on an enclosed way.
    enclosed_m
        The part of ``in_view_m`` that is counted only because the way is indoor, covered or underground (an
        assumption).
    ends_in_view_m
        The part of ``in_view_m`` within 50 m of the start or the end, which nobody can choose.
    meetings
        Cameras in the order in which they first see the walker.
    in_view_spans_m
        float64 [span, 2], from and to, metres from the start, in order, apart from each other.
    risk
        How likely the walk is recognised.
    """

    length_m: float
    in_view_m: float
    enclosed_m: float
    ends_in_view_m: float
    meetings: tuple[Meeting, ...]
    in_view_spans_m: NDArray[np.float64]
    risk: Risk = Risk()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of directions: how it is said in English, and what happens, for any other language.

    Attributes
    ----------
    text
        The whole in English, without the length.
    name
        Street name, ``""`` where the map has none.
    do
        ``head`` (the first), ``go`` or ``arrive`` (the last).
    turn
        How the walk goes on: ``straight``, ``bear_left``, ``left``, ``sharp_left``, the same to the right, or ``back``.
        ``None`` where there is nothing before or behind to turn from.
    compass
        Whither the walk sets out, ``north`` to ``north-west``; ``None`` for all but the first step, or if not known.
    way
        Kind of way: ``street``, ``path``, ``steps``, … (all of :data:`routing.steps.WAYS`); ``way`` for the arrival.
    through
        Most of it is indoor, covered or underground, and one walks through it.
    cross
        A street is crossed before.
    keep
        The side of the street, ``left`` or ``right``, on which one is much less likely recognised; ``None`` where it
        hardly matters or the way has no sides.
    """

    text: str
    length_m: float
    name: str
    do: str = "go"
    turn: str | None = None
    compass: str | None = None
    way: str = "way"
    through: bool = False
    cross: bool = False
    keep: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that must be told with a plan.

    Attributes
    ----------
    code
        A stable slug: ``by-shape``, ``little-mapped``, ``no-cameras``, ``nothing-to-gain``,
        ``no-better-within-detour``, ``no-better-by-wishes``, ``no-bargain-between``, ``wish-not-met``,
        ``wish-adds-risk``, ``start-moved`` or ``end-moved``.
    text
        The sentence in English.
    metres
        The number in it; ``None`` where it has none.
    """

    code: str
    text: str
    metres: float | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One walk: *shortest*, *balanced* or *least_seen*.

    Attributes
    ----------
    detour_m
        Length beyond that of *shortest*.
    lonlat
        float64 [point, 2], degrees.
    junctions
        Which points of ``lonlat`` are ends of sections of the graph, in order; all others lie within one.
    surveyed_share
        Share of the walk on streets where somebody looked for cameras, 0…1; ``None`` where nobody has told of any.
    avoided_m
        Metres on what was to be avoided; ``None`` where nothing was wished.
    """

    name: str
    score: Score
    detour_m: float
    lonlat: NDArray[np.float64]
    steps: tuple[Step, ...]
    junctions: tuple[int, ...] = ()
    surveyed_share: float | None = None
    avoided_m: float | None = None


class FrontPoint(NamedTuple):
    """A point of the trade-off between length and risk, measured as routes are."""

    length_m: float
    risk: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to one request.

    Attributes
    ----------
    routes
        *shortest* first; where two coincide only the first name is given.
    notes
        What must be shown with it: what is not known, why there are fewer alternatives.
    """

    coverage: Coverage
    routes: tuple[Route, ...]
    front: tuple[FrontPoint, ...]
    notes: tuple[Note, ...] = field(default=())
