"""Records of an answer: walks, what is seen of them, how likely they are recognised, and how they are told.

Lengths are metres, positions WGS 84 degrees, longitude first. Nothing here computes or rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from routing.model import Camera, Coverage, LonLat, Place


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
        Street name, ``""`` where the map has none; of a stop, what it is called.
    do
        ``head`` (the first, and the first after a stop), ``go``, ``stop`` or ``arrive`` (the last).
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
    stop
        Which of the places to pass is reached, from 1 on; ``None`` for all but a ``stop``.
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
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A place that the walks pass on their way.

    Attributes
    ----------
    name
        As it was given, else of the way it lies at; ``""`` where neither has one.
    lonlat
        Where the walks pass it.
    moved_m
        From the place that was asked for.
    """

    name: str
    lonlat: LonLat
    moved_m: float


@dataclass(frozen=True, slots=True)
class Assumed:
    """Which numbers of the exposure model an area was built with, where they are not those of everywhere.

    Attributes
    ----------
    region
        Whose rows it has; ``""`` where no region has rows of its own.
    town
        As in which kind of town cameras that nobody mapped are assumed; ``""`` where none are, in the open.
    changed
        Rows that a model file changed: low, default, high.
    """

    region: str = ""
    town: str = ""
    changed: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that must be told with a plan.

    Attributes
    ----------
    code
        A stable slug: ``by-shape``, ``little-mapped``, ``no-cameras``, ``nothing-to-gain``,
        ``no-better-within-detour``, ``no-better-by-wishes``, ``no-bargain-between``, ``wish-not-met``,
        ``wish-adds-risk``, ``stopped``, ``varied``, ``varied-among-one``, ``own-cameras-unused``, ``off-unknown``,
        ``start-moved``, ``stop-moved`` (with the number of the stop) or ``end-moved``.
    text
        The sentence in English.
    metres, share, count
        The number in it, ``share`` 0…1; ``None`` where it has none.
    """

    code: str
    text: str
    metres: float | None = None
    share: float | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One walk: *shortest*, *balanced*, *least_seen*, or *also_1* and on (by length).

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
    reached
        At which of several places it ends; ``None`` where only one was asked for.
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
    reached: Place | None = None
    avoided_m: float | None = None


class FrontPoint(NamedTuple):
    """A point of the trade-off between length and risk, measured as routes are, by the default."""

    length_m: float
    risk: float
    recognition: float = 0.0
    in_view_m: float = 0.0
    cameras: int = 0


@dataclass(frozen=True, slots=True)
class Dodge:
    """What it costs to keep out of one camera's view, if any other may see the walk.

    Attributes
    ----------
    more_m
        Metres more than *shortest* that the walk of least effort has which this camera does not see; below 0 where that
        is shorter on harder ground, ``None`` if there is none.
    within_detour
        That walk is within the detour.
    """

    camera: Camera
    more_m: float | None
    within_detour: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whether a walk past no mapped camera exists, and if not, whom no walk gets past: by the map, as old as it is.

    All of it is proved on the walk graph, for walks whose effort is within the detour. Indoor, covered and underground
    ways are never past no mapped camera.

    Attributes
    ----------
    known
        Whether any camera is mapped here; if not, all else says nothing.
    walk
        The walk of least effort past no mapped camera, whatever its length; ``None`` if there is none.
    within_detour
        That walk is within the detour.
    open_way
        Some walk within the detour takes no indoor, covered or underground way.
    met_by_all
        Cameras that every walk within the detour meets.
    bar
        The fewest cameras that between them see every walk within the detour that takes no indoor, covered or
        underground way; ``None`` if there is a walk past no mapped camera, or if no such cameras were found in time.
    bar_at_least
        No fewer do; as many as ``bar`` has, unless time ran out.
    dodges
        For each camera that sees a walk of the plan, in the order of their ids.
    stopped
        A limit was met: ``met_by_all``, ``bar`` or ``dodges`` may miss some.
    """

    known: bool = False
    walk: Route | None = None
    within_detour: bool = False
    open_way: bool = True
    met_by_all: tuple[Camera, ...] = ()
    bar: tuple[Camera, ...] | None = None
    bar_at_least: int = 0
    dodges: tuple[Dodge, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to one request.

    Attributes
    ----------
    routes
        *shortest* first; where two coincide only the first name is given. Where every one was asked for,
        all walks of ``front``, by length.
    notes
        What must be shown with it: what is not known, why there are fewer alternatives.
    also
        More walks of the front that are distinct on the ground from ``routes`` and from each other.
    certificate
        From :func:`routing.certificates.certify`; ``None`` where nobody asked.
    via
        What all walks pass on their way, in order.
    keep_side
        Walks are planned and measured on the side of each street that their steps tell.
    assumed
        What the model was; ``None`` where nobody said.
    """

    coverage: Coverage
    routes: tuple[Route, ...]
    front: tuple[FrontPoint, ...]
    notes: tuple[Note, ...] = field(default=())
    also: tuple[Route, ...] = field(default=())
    certificate: Certificate | None = None
    via: tuple[Stop, ...] = ()
    keep_side: bool = False
    assumed: Assumed | None = None

    @property
    def offered(self) -> tuple[Route, ...]:
        """Give all walks: those with a name of their own, then the more."""
        return (*self.routes, *self.also)
