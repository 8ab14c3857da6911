"""The records that travel between modules: frozen, with units in their names.

Positions are WGS 84 degrees, longitude first. Lengths are metres unless a name says ``_dm`` (decimetres).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

WALK_SPEED_MPS = 1.4  # contract; conventional, between 1.1 and 1.8 for most adults
ATTRIBUTION = "© OpenStreetMap contributors, Open Database License 1.0"


class LonLat(NamedTuple):
    """A position in WGS 84 degrees."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in WGS 84 degrees; it never crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, point: LonLat) -> bool:
        """Tell whether a point lies in the box or on its edge."""
        return self.west <= point.lon <= self.east and self.south <= point.lat <= self.north


@dataclass(frozen=True, slots=True)
class Origin:
    """Where else the same camera is recorded: kept when records are merged, so that nobody's word is lost."""

    id: str
    source: str = "osm"
    evidence: str = "osm"
    first_seen: str | None = None
    last_seen: str | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera as the map or a contributor knows it (the contract's camera record).

    Attributes
    ----------
    id
        ``osm/node/123`` or ``ss/`` and ten base32 letters.
    tags
        OpenStreetMap keys, verbatim.
    status
        ``confirmed``, ``unverified``, ``disputed`` or ``removed`` (a tombstone).
    fr
        Connected to face recognition: ``yes``, ``no`` or ``unknown``.
    first_seen, last_seen
        Months, ``YYYY-MM``; ``None`` where nobody said.
    gone
        Months after ``last_seen`` in which somebody found it gone, each once, in order.
    removed_because
        A reviewer's reason; of tombstones only.
    also
        Other records of the same camera that were merged into this one.
    """

    id: str
    lonlat: LonLat
    tags: Mapping[str, str]
    source: str = "osm"
    status: str = "confirmed"
    fr: str = "unknown"
    first_seen: str | None = None
    last_seen: str | None = None
    confirmations: int = 0
    evidence: str = "osm"
    gone: tuple[str, ...] = ()
    removed_because: str | None = None
    also: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """A line along which somebody looked for cameras, and found none that is not on record.

    Attributes
    ----------
    month
        ``YYYY-MM``.
    method
        ``walked`` or ``imagery``.
    """

    id: str
    line: tuple[LonLat, ...]
    month: str
    method: str = "walked"
    source: str = "report"


class Sector(NamedTuple):
    """Part of the compass, clockwise from ``start_deg`` over ``sweep_deg`` (0 < sweep < 360)."""

    start_deg: float
    sweep_deg: float


@dataclass(frozen=True, slots=True)
class View:
    """What one camera can see at 62.5 px/m or better, flat on the ground.

    Attributes
    ----------
    reach_m
        How far.
    sectors
        Whither; empty means all round (direction unknown, or the camera turns).
    indoor
        Acts on the enclosed ways of its level only, never on the street.
    level
        The level it stands on, ``None`` where the map does not say.
    """

    reach_m: float
    sectors: tuple[Sector, ...] = ()
    indoor: bool = False
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Something in the area that a person can name.

    Attributes
    ----------
    names
        The name on the map first, then its other names and languages.
    kind
        A short English word: ``suburb``, ``station``, ``square``, ``street``, ``address``, ``shop``, …
    """

    names: tuple[str, ...]
    kind: str
    lonlat: LonLat


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of an area's cameras, and how old it is; goes before every answer.

    Attributes
    ----------
    osm_date
        Month or day of the map data, ``None`` if the extract does not say.
    directions_known
        Share of cameras of which a direction is tagged and understood, 0…1.
    oldest, newest
        Months of the oldest and newest camera dates, ``None`` if none has any.
    surveyed_share
        Share of the walkable length on which somebody looked for cameras, 0…1; ``None`` where nobody has told.
    """

    name: str
    osm_date: str | None
    cameras: int
    cameras_per_km2: float
    directions_known: float
    oldest: str | None = None
    newest: str | None = None
    surveyed_share: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One edge, or a part of one, in walking order.

    Attributes
    ----------
    lonlat
        float64 [point, 2], degrees.
    name
        Street name, ``""`` where the map has none.
    way_class
        The OSM ``highway`` value (``footway``, ``steps``, …), ``ferry``, ``platform`` or ``square``.
    enclosed
        Indoor, covered or underground: its whole length counts as in view.
    levels
        Lowest and highest level of an enclosed way, ``None`` where the map does not say.
    crossing
        A street is crossed here.
    """

    lonlat: NDArray[np.float64]
    name: str
    way_class: str
    enclosed: bool = False
    levels: tuple[float, float] | None = None
    crossing: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A camera that sees the walker, in the order of walking.

    Attributes
    ----------
    at_m
        Distance from the start at which it first sees the walker.
    in_view_m
        Metres of the walk in its view.
    """

    camera: Camera
    at_m: float
    in_view_m: float


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
    weighed_m
        ``in_view_m``, less where the cameras are in doubt: walks are compared by it.
    ends_in_view_m
        The part of ``in_view_m`` within 50 m of the start or the end, which nobody can choose.
    meetings
        Cameras in the order in which they first see the walker.
    in_view_spans_m
        float64 [span, 2], from and to, metres from the start, in order, apart from each other.
    """

    length_m: float
    in_view_m: float
    enclosed_m: float
    ends_in_view_m: float
    meetings: tuple[Meeting, ...]
    in_view_spans_m: NDArray[np.float64]
    weighed_m: float


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


@dataclass(frozen=True, slots=True)
class Note:
    """Something that must be told with a plan.

    Attributes
    ----------
    code
        A stable slug: ``no-cameras``, ``nothing-to-gain``, ``no-better-within-detour``, ``no-bargain-between``,
        ``start-moved`` or ``end-moved``.
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
    """

    name: str
    score: Score
    detour_m: float
    lonlat: NDArray[np.float64]
    steps: tuple[Step, ...]
    junctions: tuple[int, ...] = ()


class FrontPoint(NamedTuple):
    """A point of the trade-off between length and metres in view, measured as routes are."""

    length_m: float
    in_view_m: float


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


@dataclass(frozen=True, slots=True)
class Detour:
    """How much longer than *shortest* a walk may be: a share of it and metres, added up."""

    share: float = 0.0
    metres: float = 0.0

    def limit_m(self, shortest_m: float) -> float:
        """Give the greatest length that is accepted."""
        return shortest_m * (1.0 + self.share) + self.metres


DEFAULT_DETOUR = Detour(share=0.3)  # contract


@dataclass(frozen=True, slots=True)
class Overlay:
    """What one person knows and the area does not (yet): counts for her request alone.

    Attributes
    ----------
    cameras
        Cameras to add; one whose id the area has replaces it.
    off
        Ids of cameras to leave out.
    """

    cameras: tuple[Camera, ...] = ()
    off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """What a person asks for; lives as long as the answer takes."""

    start: LonLat
    end: LonLat
    via: tuple[LonLat, ...] = ()
    detour: Detour = DEFAULT_DETOUR
    overlay: Overlay = Overlay()
