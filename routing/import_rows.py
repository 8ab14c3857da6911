"""What all imports share: the bytes of a list of cameras, and its rows before they are judged.

Positions are WGS 84 degrees, longitude first. Messages never hold a value of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from routing.cameras import MAX_FILE_BYTES, Finding, named
from routing.errors import BadFileError
from routing.model import LonLat
from routing.optics import latest_month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

POSITION: Final = ("lat", "lon", "point")  # columns that say where
SAID: Final = ("first_seen", "last_seen", "fr")  # columns that become properties of the record
# What a list may call its columns to be understood unasked. All others are taken only if they are named with --column:
# addresses, names and remarks of a list are not wanted in a public file.
_CAMERA_KEY = re.compile(
    r"(?:camera|surveillance|man_made|disused|abandoned|removed|check_date)(?::[a-z_:]+)?|survey:date|"
    r"direction|height|operator|ref|level|layer|indoor|location|manufacturer|brand|model"
)
_DEGREES = re.compile(r"\s*([-+\u2212]?[0-9]{1,3}(?:[.,][0-9]{1,20})?)\s*°?\s*", re.ASCII)
_ISO = re.compile(r"([0-9]{4}-[0-9]{2})(?:-[0-9]{2}(?:[T ].*)?)?", re.ASCII | re.DOTALL)
_DOTTED = re.compile(r"[0-3]?[0-9]\.([01][0-9])\.([0-9]{4})(?: .*)?", re.ASCII | re.DOTALL)
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
NOWHERE: Final = "has no position that can be read; it must be in degrees, WGS 84"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a list is to be read.

    Attributes
    ----------
    source
        A short name of the list; part of the ids that are made.
    official
        The list is of those who run the cameras.
    columns
        Our name (an OSM key, ``lat``, ``lon``, ``point``, ``first_seen``, ``last_seen``, ``fr``) to the file's.
    tags
        Given to every row.
    key
        The column that names a row for ever; without it the position does.
    seen
        The month in which the list was true, ``YYYY-MM``.
    encoding
        Of a CSV file; UTF-8 if not given.
    """

    source: str | None = None
    official: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    seen: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a list.

    Attributes
    ----------
    line
        On which it begins.
    osm
        Its id as ``osm/node/123``, if it is from OpenStreetMap.
    said
        Properties of the record: ``first_seen``, ``last_seen``, ``fr``.
    stamp
        When it was last changed in OpenStreetMap.
    wrong
        Why it cannot be read.
    """

    line: int
    at: LonLat | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    osm: str | None = None
    key: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    stamp: str | None = None
    wrong: str | None = None


def refuse(path: Path, message: str, line: int | None = None) -> BadFileError:
    """Make the error of a whole file."""
    return BadFileError(Finding("error", line, None, message).tell(named(path)))


def read_bytes(path: Path) -> bytes:
    """Read a file of text, as bytes without a byte order mark of UTF-8.

    Raises
    ------
    BadFileError
        If it cannot be read, is empty, too large, or packed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise refuse(path, f"cannot be read ({error.strerror}); look at its name and folder") from None
    if len(data) > MAX_FILE_BYTES:
        raise refuse(path, f"is larger than {MAX_FILE_BYTES >> 20} MiB; split it")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise refuse(path, "is empty; a list of cameras is needed")
    if data.startswith((b"\x1f\x8b", b"PK\x03\x04", b"BZh")):
        raise refuse(path, "is packed; unpack it first")
    return data


def degrees(value: object) -> float | None:
    """Read an angle; a decimal comma is understood, since a cell holds one number.

    Examples
    --------
    >>> degrees("-60,17"), degrees(24), degrees("6677000.5")
    (-60.17, 24.0, None)
    """
    if type(value) in (int, float):
        return float(value) if abs(value) < 1e9 else None  # type: ignore[arg-type]  # noqa: PLR2004 (NaN: no)
    match = _DEGREES.fullmatch(value) if isinstance(value, str) else None
    return None if match is None else float(match[1].replace(",", ".").replace("\u2212", "-"))


def position(lon: object, lat: object) -> LonLat | str:
    """Make a position of two values, or say why not.

    Examples
    --------
    >>> position("24.9", 60.2), position(None, 60.2) == NOWHERE
    (LonLat(lon=24.9, lat=60.2), True)
    """
    east, north = degrees(lon), degrees(lat)
    if east is None or north is None:
        return NOWHERE
    if abs(east) > 180 or abs(north) > 90:  # noqa: PLR2004 (the globe)
        swapped = abs(east) <= 90 and abs(north) <= 180  # noqa: PLR2004 (same)
        return f"is not on the globe; {'longitude and latitude look swapped' if swapped else 'degrees are needed'}"
    if east == 0 == north:
        return "has two zeros for a position, as lists do that know none"
    return LonLat(east, north)


def middle(points: Iterable[LonLat | str]) -> LonLat | str:
    """Give the middle of the box around points, or say what is wrong with one of them."""
    good: list[LonLat] = []
    for point in points:
        if isinstance(point, str):
            return point
        good.append(point)
    if not good:
        return NOWHERE
    lon, lat = zip(*good, strict=True)
    return LonLat((min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2)


def text_of(value: object) -> str | None:
    """Make text of a value of JSON; None of what is no single value, or empty.

    Examples
    --------
    >>> text_of(90.0), text_of(True), text_of(" "), text_of([1])
    ('90', 'yes', None, None)
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 (exact below)
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value) if abs(value) < 1e15 else None  # noqa: PLR2004 (longer is no number of a list)
    return (value.strip() or None) if isinstance(value, str) else None


def month_of(text: str) -> str | None:
    """Read a date as a month: ``2024-05``, ``2024-05-17…`` or ``17.05.2024``; None if it is none, or to come.

    Examples
    --------
    >>> month_of("2024-05-17T10:00"), month_of("17.05.2024"), month_of("5/17/24")
    ('2024-05', '2024-05', None)
    """
    iso, dotted = _ISO.fullmatch(text), _DOTTED.fullmatch(text)
    month = iso[1] if iso else f"{dotted[2]}-{dotted[1]}" if dotted else ""
    return month if _MONTH.fullmatch(month) and month <= latest_month() else None


def listed(line: int, at: LonLat | str, cells: Mapping[str, str | None], rules: Rules) -> Row:
    """Make a row of the cells of a list that is not OpenStreetMap's; columns that nobody named are left out."""
    if isinstance(at, str):
        return Row(line, wrong=at)
    said = {} if rules.seen is None else {"last_seen": rules.seen}
    mapped = set(rules.columns.values())
    tags = {key: text for key, text in cells.items() if text and key not in mapped and _CAMERA_KEY.fullmatch(key)}
    for ours, theirs in rules.columns.items():
        text = cells.get(theirs)
        if text is None or ours in POSITION:
            continue
        if ours not in SAID:
            tags[ours] = text
        elif ours == "fr" and text.lower() in ("yes", "no", "unknown"):
            said[ours] = text.lower()
        elif ours != "fr" and (month := month_of(text)) is not None:
            said[ours] = month
        else:
            return Row(line, wrong=f"{ours} is not understood; {_WANTED[ours == 'fr']}")
    if said.get("first_seen", "") > said.get("last_seen", "9"):
        return Row(line, wrong="first_seen is after last_seen")
    key = None if rules.key is None else cells.get(rules.key)
    if rules.key is not None and key is None:
        return Row(line, wrong="has no key")
    return Row(line, at, tags, key=key, said=said)


_WANTED: Final = {True: "it is yes, no or unknown", False: "it is a date like 2024-05-17 or 17.05.2024, not to come"}


def counted(rows: Iterable[Row], progress: Callable[[int], object]) -> Iterable[Row]:
    """Tell of every thousand rows."""
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % 1000 == 0:
            progress(1000)
    progress(number % 1000)
