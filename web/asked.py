"""What a program or a form asks for → a RouteRequest; all that is wrong with it → an error without what was sent.

A place is ``[lon, lat]`` in WGS 84 degrees, or a text: a name or an address in the area, or whatever else the command
line takes as a place (``lat,lon``, a ``geo:`` URI, a pasted link of a map site).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import msgspec

from routing.errors import AmbiguousError, BadPositionError, SidestepError, UnknownPlaceError
from routing.model import NEAR_M, Camera, Circle, LonLat, Overlay, Ring, RouteRequest, Wishes
from routing.optics import latest_month
from routing.places import find
from routing.points import parse_point
from routing.reports import NewCamera, camera_of
from routing.router import parse_detour
from routing.wishes import LEAST_CORNERS, MOST_CORNERS, MOST_SPOTS, spot_of
from web.privacy import MAX_BODY

if TYPE_CHECKING:
    from routing.area import Area

_MOST_OWN: Final = 10_000  # cameras of an overlay (contract)
_LAST_SEED: Final = 999_999_999
MAX_NAME: Final = 200  # characters of a place's name
_MAX_LON, _MAX_LAT = 180.0, 90.0


class BadRequestError(SidestepError):
    """The body is JSON, but not of the shape that is asked for."""

    code: ClassVar[str] = "bad-request"


class TooLargeError(SidestepError):
    """The body is larger than it may be."""

    code: ClassVar[str] = "too-large"


class BadJsonError(SidestepError):
    """The body is no JSON."""

    code: ClassVar[str] = "bad-json"


# Plain types only: msgspec 0.22 reads beyond its memory for a union of a tuple of fixed length with a constrained str
# (tests/web/test_asked.py), so lengths and bounds are checked below.
class _OwnCamera(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A camera that the person knows; as in a report, without a month."""

    at: list[float]
    id: str | None = None
    type: str | None = None
    direction: int | None = None
    mount: str | None = None
    zone: str | None = None
    indoor: bool = False
    fr: str = "unknown"
    evidence: str = "seen"


class _Overlay(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the person knows and the area does not; it counts for this request alone."""

    cameras: list[_OwnCamera] = msgspec.field(default_factory=list)
    off: list[str] = msgspec.field(default_factory=list)


class _Spot(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Something to avoid or prefer: a street by name, or a circle, or what a ring goes round."""

    street: str | msgspec.UnsetType = msgspec.UNSET
    at: list[float] | str | msgspec.UnsetType = msgspec.UNSET
    radius_m: float | msgspec.UnsetType = msgspec.UNSET
    ring: list[list[float]] | msgspec.UnsetType = msgspec.UNSET


class _Wishes(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the person would rather walk on or not; it counts for this request alone."""

    avoid_stairs: bool = False
    avoid_unlit: bool = False
    avoid_busy: bool = False
    reverse: bool = False
    avoid: list[_Spot] = msgspec.field(default_factory=list)
    prefer: list[_Spot] = msgspec.field(default_factory=list)


class _Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The body of ``POST /api/v1/route``."""

    start: list[float] | str = msgspec.field(name="from")
    end: list[float] | str = msgspec.field(name="to")
    via: list[list[float] | str] = msgspec.field(default_factory=list)
    detour: str = "30%"
    keep_side: bool = False
    overlay: _Overlay | None = None
    why: bool = False
    front: bool | Literal["every"] = False
    seed: Annotated[int, msgspec.Meta(ge=0, le=_LAST_SEED)] | None = None
    wishes: _Wishes = msgspec.field(default_factory=_Wishes)


_DECODER: Final = msgspec.json.Decoder(_Body)
_PATH: Final = re.compile(r"at `\$([A-Za-z0-9_.\[\]]*)`\Z")


def read_body(data: bytes, area: Area, *, max_via: int) -> RouteRequest:
    """Read the body of a route request.

    Raises
    ------
    BadJsonError
        If it is no JSON; NaN and Infinity are none (RFC 8259).
    BadRequestError
        If fields are missing, unknown, of the wrong type, too many, too long or empty.
    TooLargeError
        If it is larger than 4 KiB without an overlay, or the overlay has more than 10,000 cameras.
    BadUsageError
        If a place or the detour is not understood; see :func:`understood`.
    """
    if len(data) > MAX_BODY and b'"overlay"' not in data:  # only an overlay may take more room (contract)
        raise TooLargeError(f"the body is larger than {MAX_BODY} bytes")
    try:
        body = _DECODER.decode(data)
    except msgspec.ValidationError as error:
        raise BadRequestError(f"the body is not as it should be ({_without_value(error)})") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadJsonError("the body is no JSON") from None
    if len(body.via) > max_via:
        raise BadRequestError(f"`via` has more than {max_via} places")
    stops = [_named(given, area, f"via[{at}]") for at, given in enumerate(body.via)]
    first, last = _place(body.start, area, "from"), _place(body.end, area, "to")
    asked = RouteRequest(
        first,
        last,
        tuple(place for place, _ in stops),
        parse_detour(body.detour),
        body.keep_side,
        overlay=_overlay(body.overlay),
        seed=body.seed,
        front=body.front is True,
        every=body.front == "every",
        why=body.why,
        wishes=_wishes(body.wishes, area),
        via_names=tuple(name for _, name in stops),
    )
    return asked.the_other_way_round if body.wishes.reverse else asked


def _overlay(given: _Overlay | None) -> Overlay:
    """Make the records of what a person knows; to her they count fully."""
    if given is None:
        return Overlay()
    if len(given.cameras) > _MOST_OWN or len(given.off) > _MOST_OWN:
        raise TooLargeError(f"`overlay` has more than {_MOST_OWN} cameras")
    month = latest_month()
    cameras: dict[str, Camera] = {}
    for number, own in enumerate(given.cameras):
        told = {name: value for name, value in msgspec.structs.asdict(own).items() if value is not None}
        told["id"] = own.id or f"rp/{_letters(number)}"
        try:
            report = msgspec.convert({**told, "month": month}, NewCamera, strict=True)
        except msgspec.ValidationError as error:
            field = f"overlay.cameras[{number}]{_path_of(error)}"
            raise BadRequestError(f"`{field}` is not as a camera is reported") from None
        camera = replace(camera_of(report), status="confirmed")  # to her it counts fully
        cameras[camera.id] = camera
    return Overlay(tuple(cameras.values()), frozenset(given.off))


def _wishes(given: _Wishes, area: Area) -> Wishes:
    """Make the record of what a person wishes."""
    spots = {}
    for name, listed in (("avoid", given.avoid), ("prefer", given.prefer)):
        if len(listed) > MOST_SPOTS:
            raise BadRequestError(f"`wishes.{name}` has more than {MOST_SPOTS} entries")
        spots[name] = tuple(_spot(one, area, f"wishes.{name}[{number}]") for number, one in enumerate(listed))
    return Wishes(given.avoid_stairs, given.avoid_unlit, given.avoid_busy, **spots)


def _spot(given: _Spot, area: Area, field: str) -> Circle | Ring | str:
    told = [name for name in ("street", "at", "ring") if getattr(given, name) is not msgspec.UNSET]
    if len(told) == 1 and (given.radius_m is msgspec.UNSET or told == ["at"]):
        if isinstance(given.street, str):
            return _street(given.street, area, f"{field}.street")
        if isinstance(given.ring, list):
            return _ring(given.ring, area, f"{field}.ring")
        if isinstance(given.at, list | str):
            radius_m = NEAR_M if isinstance(given.radius_m, msgspec.UnsetType) else given.radius_m
            return Circle(_place(given.at, area, f"{field}.at"), radius_m)
    raise BadRequestError(f"`{field}` has either `street`, or `at` and perhaps `radius_m`, or `ring`")


def _ring(given: list[list[float]], area: Area, field: str) -> Ring:
    if not LEAST_CORNERS <= len(given) <= MOST_CORNERS:
        raise BadRequestError(f"`{field}` has {LEAST_CORNERS} to {MOST_CORNERS} corners")
    return Ring(tuple(_place(corner, area, f"{field}[{number}]") for number, corner in enumerate(given)))


def _street(text: str, area: Area, field: str) -> str:
    """Find a street, and say without repeating the text that there is none."""
    if not text.strip() or len(text) > MAX_NAME:
        raise BadRequestError(f"`{field}` is empty or longer than {MAX_NAME} characters")
    try:
        spot, _ = spot_of(area, text)
    except UnknownPlaceError:
        spot = None
    except AmbiguousError as error:
        message = f"several streets may be meant by `{field}`; give more of the name"
        raise AmbiguousError(message, error.choices) from None
    if not isinstance(spot, str):
        raise UnknownPlaceError(f"no street in this area is called what `{field}` says")
    return spot


def _letters(number: int) -> str:
    """Name a camera that came without a name, by its place in the list."""
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[number >> 5 * at & 31] for at in range(9, -1, -1))


def _without_value(error: msgspec.ValidationError) -> str:
    """Keep the part of msgspec's message that names a type; an unknown field's name is the sender's own text."""
    message = str(error)
    if "unknown field" not in message:
        return message
    path = _path_of(error)
    return f"a field of `{path.removeprefix('.')}` is unknown" if path else "a field is unknown"


def _path_of(error: msgspec.ValidationError) -> str:
    """Give the path of the field that is wrong, ``.at[0]``: names that we gave and numbers, nothing that was sent."""
    path = _PATH.search(str(error))
    return "" if path is None else path[1]


def _place(given: list[float] | str, area: Area, field: str) -> LonLat:
    return _named(given, area, field)[0]


def _named(given: list[float] | str, area: Area, field: str) -> tuple[LonLat, str]:
    """Read a place, and what it is called on the map; ``""`` for a position."""
    if isinstance(given, str):
        if not given.strip() or len(given) > MAX_NAME:
            raise BadRequestError(f"`{field}` is empty or longer than {MAX_NAME} characters")
        return _found(given, area, field)
    if len(given) != 2:  # noqa: PLR2004  # longitude and latitude
        raise BadRequestError(f"`{field}` is no pair of longitude and latitude")
    lon, lat = given
    if not (abs(lon) <= _MAX_LON and abs(lat) <= _MAX_LAT):
        raise BadPositionError(f"`{field}` is no position on Earth; longitude comes first")
    return LonLat(lon, lat), ""


def understood(text: str, area: Area, field: str) -> LonLat:
    """Find the place that a text means.

    Parameters
    ----------
    field
        What the place is called in the message, instead of the text.

    Raises
    ------
    PlaceError
        If it is a position or link that cannot be, or nothing is called that.
    AmbiguousError
        If several places are; the choices are names of the map.
    """
    return _found(text, area, field)[0]


def _found(text: str, area: Area, field: str) -> tuple[LonLat, str]:
    point = parse_point(text)  # its messages repeat nothing
    if point is not None:
        return point, ""
    try:
        place = find(area.places, text)
    except UnknownPlaceError:
        raise UnknownPlaceError(f"nothing in this area is called what `{field}` says") from None
    except AmbiguousError as error:
        message = f"several places may be meant by `{field}`; give more of the address, or the position"
        raise AmbiguousError(message, error.choices) from None
    return place.lonlat, place.names[0]
