"""The records that travel between modules: frozen, with units in their names.

Positions are WGS 84 degrees, longitude first. Lengths are metres unless a name says ``_dm`` (decimetres).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

WALK_SPEED_MPS = 1.4  # contract; conventional, between 1.1 and 1.8 for most adults
NEAR_M = 100.0  # of a place, where nobody says how near
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
    pavements
        On which sides, left and right of who walks it, one walks beside the line and not on it.
    beside
        The risk, -ln(1 - p) by the model's default, on the left and on the right; alike without two pavements.
    unmapped
        The part of it by cameras that nobody mapped.
    """

    lonlat: NDArray[np.float64]
    name: str
    way_class: str
    enclosed: bool = False
    levels: tuple[float, float] | None = None
    crossing: bool = False
    pavements: tuple[bool, bool] = (False, False)
    beside: tuple[float, float] = (0.0, 0.0)
    unmapped: tuple[float, float] = (0.0, 0.0)


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
class Circle:
    """All that lies within so many metres of a place."""

    centre: LonLat
    radius_m: float = NEAR_M


@dataclass(frozen=True, slots=True)
class Ring:
    """What a closed line of three or more corners goes round; where it crosses itself, an odd number of times."""

    corners: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person would rather walk on or not; counts for her request alone (routing/wishes.py).

    Attributes
    ----------
    avoid_stairs
        Stairs and escalators.
    avoid_unlit
        Ways of which the map says that they have no light; of most it says nothing.
    avoid_busy
        Big roads, and pavements beside them.
    avoid, prefer
        Regions, and streets by their names on the map.
    """

    avoid_stairs: bool = False
    avoid_unlit: bool = False
    avoid_busy: bool = False
    avoid: tuple[Circle | Ring | str, ...] = ()
    prefer: tuple[Circle | Ring | str, ...] = ()


def expect(value: object, kind: type, what: str, how: str) -> None:
    """Refuse what a program hands over if it is of the wrong type.

    Parameters
    ----------
    what
        What it is called there.
    how
        What to give instead.

    Raises
    ------
    TypeError
        In one line; the value is not repeated, for it may be a position.

    Examples
    --------
    >>> expect("30%", Detour, "the detour", "give Detour(share=0.3) for 30 %, or Detour(metres=400)")
    Traceback (most recent call last):
    TypeError: the detour is of type str, not Detour: give Detour(share=0.3) for 30 %, or Detour(metres=400)
    """
    if not isinstance(value, kind):
        raise TypeError(f"{what} is of type {type(value).__name__}, not {kind.__name__}: {how}")


def expect_place(place: object, what: str) -> None:
    """Refuse a place that is no LonLat; see :func:`expect`."""
    named = "find(area.places, name).lonlat, with find of routing.places, looks a name up; or "
    expect(place, LonLat, what, f"{named if isinstance(place, str) else ''}give LonLat(lon, lat), longitude first")


def expect_detour(detour: object, what: str) -> None:
    """Refuse a detour that is no Detour; see :func:`expect`."""
    expect(detour, Detour, what, "give Detour(share=0.3) for 30 %, or Detour(metres=400)")


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """What a person asks for; lives as long as the answer takes.

    Attributes
    ----------
    via_names
        What the places of ``via`` are called, ``""`` where nobody said; empty, or as many as there are places.
    keep_side
        She will keep to the side of each street that she is told: walks are planned and measured on it.
    seed
        Picks among walks of nearly the least risk, so that a habit is no signature; ``None`` for the least.
    front
        She wants more walks of the front, too, that are distinct on the ground.
    every
        She wants every walk of the front instead, each with its geometry and directions.
    why
        She wants :func:`routing.certificates.certify` to be asked, too.
    """

    start: LonLat
    end: LonLat
    via: tuple[LonLat, ...] = ()
    detour: Detour = DEFAULT_DETOUR
    keep_side: bool = False
    overlay: Overlay = Overlay()
    seed: int | None = None
    front: bool = False
    every: bool = False
    why: bool = False
    wishes: Wishes = Wishes()
    via_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is of the wrong type.

        Raises
        ------
        TypeError, ValueError
            In one line, without what was given.
        """
        expect(self.via, tuple, "`via` of the request", "give (LonLat(lon, lat),), a tuple of places")
        for what, place in (("start", self.start), ("end", self.end)):
            expect_place(place, f"`{what}` of the request")
        for number, place in enumerate(self.via):
            expect_place(place, f"`via[{number}]` of the request")
        expect_detour(self.detour, "`detour` of the request")
        expect(self.overlay, Overlay, "`overlay` of the request", "give Overlay(cameras=…, off=…)")
        expect(self.wishes, Wishes, "`wishes` of the request", "give Wishes(avoid_stairs=True, …)")
        if self.seed is not None:
            expect(self.seed, int, "`seed` of the request", "give a whole number from 0 on, or None")
        if self.via_names and len(self.via_names) != len(self.via):
            raise ValueError("`via_names` of the request has not as many names as `via` has places: give one for each")

    @property
    def the_other_way_round(self) -> RouteRequest:
        """Give the request for the way back."""
        return replace(self, start=self.end, end=self.start, via=self.via[::-1], via_names=self.via_names[::-1])
