"""A file of a walk (GPX, or a line of GeoJSON) in, its positions and times out; nothing of it leaves the machine.

Positions are WGS 84 degrees, times seconds since the first point. The parser is the one of Python's own library, which
fetches nothing; a file with a DOCTYPE, without which there are no entities, is refused. gpxpy 1.6.2 expands them, and
for 200,000 points takes twice the time and 310 MiB where this takes 70 [M]. Messages never hold a value of the file.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from xml.parsers import expat  # a DOCTYPE is refused, so that nothing can be expanded or fetched

import numpy as np

from routing.errors import BadFileError, BadUsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MAX_POINTS: Final = 1_000_000
MAX_FILE_BYTES: Final = 512 << 20  # a million points with all that a watch can write beside them
_MAX_JSON_BYTES: Final = 64 << 20  # read as a whole
_CHUNK: Final = 1 << 16
_DEEPEST: Final = 64  # of elements inside each other
_LONGEST_TIME: Final = 64  # characters
_FEWEST: Final = 2
_NUMBER = re.compile(r"\s*[-+]?(?:[0-9]{1,20}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,3})?\s*", re.ASCII)
_GPX = re.compile(r"(?:http://www\.topografix\.com/GPX/1/[01] )?([a-z]+)", re.ASCII)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # any will do: differences alone are kept
_PACKED: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")


@dataclass(frozen=True, slots=True)
class Track:
    """A walk as it was recorded."""

    lonlat: NDArray[np.float64]  # [point, 2] degrees, at least two
    seconds: NDArray[np.float64] | None  # [point] since the first point, never falling; None if a point has no time
    breaks: NDArray[np.int64]  # [break] points before which the recording paused


class _RefusalError(Exception):
    """What is wrong, and in which line; never leaves this module."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.place = "" if line is None else f", line {line}"


@dataclass(slots=True)
class _Line:
    """Points as they are read."""

    lonlat: list[tuple[float, float]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # of those that have one
    breaks: list[int] = field(default_factory=list)

    def add(self, lon: float, lat: float) -> None:
        """Take a point."""
        if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004  # degrees; NaN is none
            raise _RefusalError(f"point {len(self.lonlat) + 1} is not on Earth; degrees of WGS 84 are needed")
        if len(self.lonlat) == MAX_POINTS:
            raise _RefusalError(f"has more than {MAX_POINTS:,} points; thin it or cut it")
        self.lonlat.append((lon, lat))

    def add_time(self, text: str) -> None:
        """Take the time of the last point (ISO 8601; UTC where no zone is told)."""
        try:
            time = datetime.fromisoformat(text.strip())
            seconds = ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH).total_seconds()
        except (ValueError, OverflowError):
            raise _RefusalError("has a time that is not understood; write it as 2026-05-17T12:30:00Z") from None
        if self.times and seconds < self.times[-1]:
            raise _RefusalError("has a time before that of the point before; put the points in order")
        if len(self.times) < len(self.lonlat):  # else a point has two
            self.times.append(seconds)

    def pause(self) -> None:
        """Begin anew at the next point."""
        if self.lonlat and self.breaks[-1:] != [len(self.lonlat)]:
            self.breaks.append(len(self.lonlat))


def read_track(source: str | Path) -> Track:
    r"""Read a walk from a GPX file (1.0, 1.1) or a GeoJSON line.

    Parameters
    ----------
    source
        The file; ``-`` for standard input.

    Returns
    -------
    Track
        Of a GPX file without a track, its route.

    Raises
    ------
    BadFileError
        If it cannot be read, is too large, holds no walk, more than one, or what is no walk on Earth.
    BadUsageError
        If there is no standard input.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "walk.geojson"
    ...     _ = file.write_text('{"type": "LineString", "coordinates": [[24.94, 60.17], [24.95, 60.17]]}')
    ...     read_track(file).lonlat[0].tolist()
    [24.94, 60.17]
    """
    if str(source) == "-":
        if sys.stdin is None:
            raise BadUsageError("there is no standard input to read a track from")
        return _read(sys.stdin.buffer, "standard input")
    path = Path(source)
    name = path.name or str(path)
    try:
        file = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        reason = getattr(error, "strerror", None) or "that is no name of a file"
        raise BadFileError(f"{name}: cannot be read ({reason}); look at its name and folder") from None
    with file:
        return _read(file, name)


def _read(file: IO[bytes], name: str) -> Track:
    try:
        return _track(_parse(file))
    except _RefusalError as refusal:
        raise BadFileError(f"{name}{refusal.place}: {refusal}") from None
    except OSError as error:
        raise BadFileError(f"{name}: cannot be read ({error.strerror}); look at its name and folder") from None


def _parse(file: IO[bytes]) -> _Line:
    """Tell what a file is by how it begins, and read it."""
    start = file.read(_CHUNK).removeprefix(b"\xef\xbb\xbf")
    if not start.strip():
        raise _RefusalError("is empty; a GPX file or a line of GeoJSON is needed")
    if start.startswith(_PACKED):
        raise _RefusalError("is packed; unpack it first")
    if start.lstrip()[:1] in (b"{", b"["):
        data = start + file.read(_MAX_JSON_BYTES)
        if len(data) > _MAX_JSON_BYTES:
            raise _RefusalError(f"is larger than {_MAX_JSON_BYTES >> 20} MiB; thin it or save it as GPX")
        return _one([_json_line(data)])
    reader = _Gpx()
    size = 0
    while start:
        size += len(start)
        if size > MAX_FILE_BYTES:
            raise _RefusalError(f"is larger than {MAX_FILE_BYTES >> 20} MiB; thin it or cut it")
        reader.feed(start)
        start = file.read(_CHUNK)
    reader.feed(b"", last=True)
    return _one(reader.lines["trk"]) if any(line.lonlat for line in reader.lines["trk"]) else _one(reader.lines["rte"])


def _one(lines: list[_Line]) -> _Line:
    """Take the one line that has points: of several, nobody knows which was walked."""
    lines = [line for line in lines if line.lonlat]
    if len(lines) > 1:
        raise _RefusalError(f"holds {len(lines)} tracks; leave in it the one that was walked")
    if not lines:
        raise _RefusalError("holds no points of a track; a GPX file or a line of GeoJSON is needed")
    if len(lines[0].lonlat) == 1:
        raise _RefusalError("holds one point; a walk has two at least")
    return lines[0]


def _track(line: _Line) -> Track:
    times = np.array(line.times) if len(line.times) == len(line.lonlat) else None
    breaks = [at for at in line.breaks if at < len(line.lonlat)]
    return Track(
        np.array(line.lonlat, dtype=np.float64),
        None if times is None else times - times[0],
        np.array(breaks, dtype=np.int64),
    )


class _Gpx:
    """A reader of GPX, piece by piece (https://www.topografix.com/GPX/1/1/)."""

    def __init__(self) -> None:
        self.lines: dict[str, list[_Line]] = {"trk": [], "rte": []}
        self._path: list[str] = []
        self._time: list[str] | None = None
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Read a piece.

        Raises
        ------
        _RefusalError
            With the line.
        """
        try:
            self._parser.Parse(data, last)
        except _RefusalError as refusal:
            raise _RefusalError(str(refusal), self._parser.CurrentLineNumber) from None
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or "broken"
            raise _RefusalError(f"is not XML here ({reason}); a GPX file is needed", error.lineno) from None
        except (LookupError, ValueError):  # an encoding that nobody knows, or of several bytes
            raise _RefusalError("is in an encoding that is not known; save it as UTF-8") from None

    @staticmethod
    def _doctype(*_: object) -> None:
        raise _RefusalError("has a DOCTYPE, which no GPX file needs; take it out")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        known = _GPX.fullmatch(name)
        self._path.append(known[1] if known else "")
        if self._path[0] != "gpx":
            raise _RefusalError("is XML but not GPX 1.0 or 1.1; export the walk as GPX")
        if len(self._path) > _DEEPEST:
            raise _RefusalError("has too deep a nest of elements; export the walk anew")
        match self._path[1:]:
            case ["trk" | "rte" as kind]:
                self.lines[kind].append(_Line())
            case ["trk", "trkseg"]:
                self.lines["trk"][-1].pause()
            case ["trk", "trkseg", "trkpt"] | ["rte", "rtept"]:
                self.lines[self._path[1]][-1].add(_degrees(attributes.get("lon")), _degrees(attributes.get("lat")))
            case ["trk", "trkseg", "trkpt", "time"] | ["rte", "rtept", "time"]:
                self._time = []

    def _end(self, _: str) -> None:
        if self._time is not None and self._path[-1] == "time":
            self.lines[self._path[1]][-1].add_time("".join(self._time)[:_LONGEST_TIME])
            self._time = None
        self._path.pop()

    def _text(self, text: str) -> None:
        if self._time is not None and len(self._time) < _LONGEST_TIME:
            self._time.append(text[:_LONGEST_TIME])


def _degrees(text: str | None) -> float:
    """Read an attribute as xsd:decimal, and as some programs write it."""
    if text is None or _NUMBER.fullmatch(text) is None:
        raise _RefusalError("has a point without a number for lat or lon; both are needed, in degrees")
    return float(text)


def _json_line(data: bytes) -> _Line:
    """Read a GeoJSON line (RFC 7946): bare, of a feature, or the only one of a collection."""
    try:
        root = json.loads(data.decode(), parse_constant=int)  # int("NaN") is a ValueError
    except json.JSONDecodeError as error:
        raise _RefusalError(f"is not JSON here ({error.msg.lower()}); mend it", error.lineno) from None
    except (RecursionError, ValueError):
        raise _RefusalError("is not UTF-8, or holds NaN, a far too long number or too deep a nest; mend it") from None
    found = list(_geometries(root))
    if len(found) > 1:
        raise _RefusalError(f"holds {len(found)} lines; leave in it the one that was walked")
    line = _Line()
    for part in found[0] if found else ():
        if not isinstance(part, list):
            raise _RefusalError("holds a line whose coordinates are no list")
        line.pause()
        for point in part:
            if not isinstance(point, list) or len(point) < _FEWEST or any(type(x) not in (int, float) for x in point):
                raise _RefusalError(f"holds a line whose point {len(line.lonlat) + 1} is no position")
            line.add(point[0], point[1])
    return line


def _geometries(root: object) -> Iterator[list[Any]]:
    """Give the coordinates of each line, as those of a MultiLineString."""
    if not isinstance(root, dict):
        return
    match root.get("type"), root:
        case "FeatureCollection", {"features": [*features]}:
            for feature in features:
                if isinstance(feature, dict) and feature.get("type") == "Feature":
                    yield from _geometries(feature)
        case "Feature", {"geometry": {"type": "LineString" | "MultiLineString"} as geometry}:
            yield from _geometries(geometry)
        case "LineString", {"coordinates": coordinates}:
            yield [coordinates]
        case "MultiLineString", {"coordinates": [*lines]}:
            yield lines
