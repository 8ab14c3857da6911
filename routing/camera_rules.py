"""What a camera record may hold: one feature of a camera file in, what is wrong with it out.

``data/cameras.schema.json`` says the same as a JSON Schema, and tests hold the two together; what no schema can say
(months to come, first after last) is here alone. Messages never hold a coordinate nor any value of the file, which
might be one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from routing import optics

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # surrogates too: they have no UTF-8
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_:]{0,60}")
_MOST_ORIGINS: Final = 100  # of one camera; more is no merge but a mistake
ENOUGH_GONE: Final = 2  # different months in which a camera was found gone, which make a removal

# Properties of the record (contract.md): what they must be, and what to say otherwise.
MONTH: Final = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])"
_MONTH = (MONTH, "must be a month, YYYY-MM, not to come; leave out what nobody knows")
_RULES: Final = {
    "id": (
        r"osm/(?:node|way|relation)/[1-9][0-9]{0,18}|ss/[a-z2-7]{10}",
        "must be osm/node/NUMBER, osm/way/NUMBER, osm/relation/NUMBER or ss/ and ten of a-z2-7",
    ),
    "source": ("osm|report|official|import:[A-Za-z0-9._-]{1,64}", "must be osm, report, official or import:NAME"),
    "status": ("confirmed|unverified|disputed|removed", "must be confirmed, unverified, disputed or removed"),
    "fr": ("yes|no|unknown", "must be yes, no or unknown"),
    "first_seen": _MONTH,
    "last_seen": _MONTH,
    "confirmations": ("", "must be a whole number, 0 or more"),
    "evidence": ("seen|sign|official_list|osm", "must be seen, sign, official_list or osm"),
    "gone": ("", "must be a list of months, each once and in order, YYYY-MM, none to come"),
    "removed_because": (r".{1,500}", "must be a reason in at most 500 characters"),
    "also": ("", "must be a list of other records: id, source, evidence, first_seen, last_seen"),
}
SPECIAL: Final = tuple(_RULES)
ORIGIN: Final = ("id", "source", "evidence", "first_seen", "last_seen")
CLASHING: Final = re.compile(rf"(?:osm:)*(?:{'|'.join(SPECIAL)})")


class Twice(dict[str, object]):
    """A JSON object in which a key stands twice."""


def problems(feature: object) -> Iterator[str]:
    """Say what is wrong with a feature, and what to do.

    Examples
    --------
    >>> list(problems({"type": "Feature", "geometry": {"type": "Point", "coordinates": [24.9, 60.2]}}))
    ['properties must be an object with at least an id']
    """
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        yield "must be a GeoJSON Feature"
        return
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if any(isinstance(part, Twice) for part in (feature, geometry, properties)):
        yield "has the same key twice; keep one"
    yield from _geometry_problems(geometry)
    if isinstance(properties, dict):
        yield from _property_problems(properties)
    else:
        yield "properties must be an object with at least an id"


def _geometry_problems(geometry: object) -> Iterator[str]:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        yield "geometry must be a Point"
        return
    yield from position_problems(geometry.get("coordinates"))


def position_problems(at: object) -> Iterator[str]:
    """Say what is wrong with the coordinates of a point."""
    if not isinstance(at, list) or len(at) not in (2, 3) or not all(map(_is_finite, at)):
        yield "coordinates must be two numbers (a height may follow), longitude first"
    elif not (abs(at[0]) <= 180 and abs(at[1]) <= 90):  # noqa: PLR2004 (degrees of the globe)
        hint = "they look swapped, longitude comes first" if abs(at[0]) <= 90 and abs(at[1]) <= 180 else "use degrees"  # noqa: PLR2004 (same)
        yield f"coordinates are not on the globe; {hint}"


def _is_finite(value: object) -> bool:
    return type(value) in (int, float) and abs(cast("float", value)) < 1e9  # noqa: PLR2004 (false for NaN and infinity)


def _property_problems(properties: dict[str, object]) -> Iterator[str]:
    if "id" not in properties:
        yield "id is missing; every camera needs one"
    right = True
    for key, value in properties.items():
        if not fits(key, value):
            hint = _RULES[key][1] if key in _RULES else "must be text without control characters"
            yield f"{key if _PLAIN_KEY.fullmatch(key) else 'a property with an odd name'} {hint}"
            right = False
    first, last = properties.get("first_seen"), properties.get("last_seen")
    if right and isinstance(first, str) and isinstance(last, str) and first > last:
        yield "first_seen is after last_seen; swap or mend them"
    # one line of a file takes a camera away for good: nobody may do that without saying why
    gone = properties.get("gone")
    told = "removed_because" in properties or (isinstance(gone, list) and len(gone) >= ENOUGH_GONE)
    if right and properties.get("status") == "removed" and not told:
        yield "is removed, but was not found gone in two months; give the reason in removed_because"


def fits(key: str, value: object) -> bool:
    """Tell whether a property of a record may have a value.

    Examples
    --------
    >>> fits("status", "confirmed"), fits("status", "so-so"), fits("gone", ["2026-10", "2026-11"])
    (True, False, True)
    """
    match key:
        case "confirmations":
            return type(value) is int and 0 <= value < 2**31
        case "gone":
            return isinstance(value, list) and all(map(_is_month, value)) and sorted(set(value)) == value
        case "also":
            return isinstance(value, list) and len(value) <= _MOST_ORIGINS and all(map(_is_origin, value))
        case "first_seen" | "last_seen":
            return value is None or _is_month(value)
    if not isinstance(value, str) or CONTROL.search(key + value):
        return False
    return key not in _RULES or re.fullmatch(_RULES[key][0], value) is not None


def _is_month(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(MONTH, value) is not None and value <= optics.latest_month()


def _is_origin(value: object) -> bool:
    return (
        isinstance(value, dict)
        and not isinstance(value, Twice)
        and "id" in value
        and value.keys() <= set(ORIGIN)
        and all(fits(key, part) for key, part in value.items())
    )
