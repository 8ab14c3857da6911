"""Camera records: the GeoJSON file, its checks, records from OpenStreetMap, merging and counting.

A file is a FeatureCollection of Points in WGS 84, longitude first; properties are those of the camera record
(``SPECIAL``), every other property is an OpenStreetMap tag. A tag that has the name of a record property is stored
with ``osm:`` before it and comes back under its own name. Months are ``YYYY-MM``. Messages never hold a coordinate
nor any value of the file, which might be one.
"""

from __future__ import annotations

import codecs
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, cast

import msgspec

from routing import optics
from routing.camera_rules import CLASHING, CONTROL, ORIGIN, SPECIAL, Twice, problems
from routing.errors import BadFileError
from routing.files import written_whole
from routing.model import ATTRIBUTION, Camera, Coverage, LonLat, Origin
from routing.oddities import oddities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

MAX_FILE_BYTES: Final = 256 * 2**20
LICENCE: Final = "ODbL-1.0"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or odd in a camera file; ``line`` and ``feature`` count from 1."""

    severity: Literal["error", "warning"]
    line: int | None
    feature: int | None
    message: str

    def tell(self, file_name: str) -> str:
        """Return the one line that is shown to a person.

        Examples
        --------
        >>> Finding("error", 3, 2, "fr must be one of yes, no, unknown").tell("cameras.geojson")
        'cameras.geojson, line 3, feature 2: fr must be one of yes, no, unknown'
        """
        places = (("line", self.line), ("feature", self.feature))
        return ", ".join([file_name, *(f"{what} {n}" for what, n in places if n is not None)]) + f": {self.message}"


class _Rows(msgspec.Struct):
    features: list[msgspec.Raw]


class Head(TypedDict, total=False):
    """What a file says of itself; ``None`` where it does not say it."""

    attribution: str | None
    note: str | None
    licence: str | None


class _Head(msgspec.Struct):
    attribution: object = None
    note: object = None
    license: object = None


class _UnreadableError(Exception):
    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.finding = Finding("error", line, None, message)


def read_cameras(path: Path) -> tuple[Camera, ...]:
    """Read a camera file, strictly, in the order of the file.

    Raises
    ------
    BadFileError
        At the first thing that is wrong, with line and feature number.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cameras.geojson"
    ...     write_cameras(file, [Camera("osm/node/1", LonLat(24.9, 60.2), {"man_made": "surveillance"})])
    ...     read_cameras(file)[0].id
    'osm/node/1'
    """
    cameras, findings, _ = _scan(path)
    if findings:
        raise BadFileError(findings[0].tell(named(path)))
    return tuple(cameras.values())


def check(
    path: Path,
    *others: Callable[[Mapping[int, Camera]], Iterable[tuple[int, str]]],
    wrong: Callable[[Mapping[int, Camera]], Iterable[tuple[int, str]]] = lambda _: (),
    head: Callable[[Mapping[str, object]], Iterable[str]] = lambda _: (),
) -> tuple[Finding, ...]:
    """Find everything that is wrong (errors) or odd (warnings) in a camera file, in the order of the file.

    Parameters
    ----------
    path
        The file.
    others
        More to look for: good records by feature number in, feature numbers and warnings out.
    wrong
        The same for what is an error, although each record by itself is right.
    head
        Everything that the file says before and after its features in, warnings out.

    Examples
    --------
    >>> from pathlib import Path
    >>> [finding.message for finding in check(Path("nowhere.geojson"))]
    ['cannot be read (No such file or directory); look at its name and folder']
    """
    cameras, errors, data = _scan(path)
    odd = [(number, message) for number, camera in cameras.items() for message in oddities(camera)]
    odd += [
        (number, f"is at the place of feature {other} and looks the same way; one camera?")
        for number, other in optics.doubles(cameras)
    ]
    odd += chain.from_iterable(look(cameras) for look in others)
    bad = list(wrong(cameras))
    lines = _lines(data) if odd or bad else {}
    findings = errors + [Finding("error", lines.get(number), number, message) for number, message in bad]
    findings += [Finding("warning", lines.get(number), number, message) for number, message in odd]
    findings += [Finding("warning", None, None, message) for message in head(_members(data))]
    return tuple(sorted(findings, key=lambda finding: finding.feature or 0))


def _members(data: bytes) -> dict[str, object]:
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raws = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        return {key: msgspec.json.decode(raw) for key, raw in raws.items() if key not in ("type", "features")}
    return {}


def _scan(path: Path) -> tuple[dict[int, Camera], list[Finding], bytes]:
    """Return the good records by feature number, the errors, and the bytes of the file."""
    data, cameras, wrong = b"", dict[int, Camera](), list[tuple[int, str]]()
    try:
        data = _bytes(path)
        features = _features(data)
    except _UnreadableError as error:
        return cameras, [error.finding], data
    first_with: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        wrongs = list(problems(feature))
        if not wrongs:
            camera = _camera(cast("dict[str, dict[str, object]]", feature))
            if (other := first_with.setdefault(camera.id, number)) != number:
                wrongs = [f"id is that of feature {other}; keep one of them"]
            cameras[number] = camera
        wrong += [(number, problem) for problem in wrongs]
    lines = _lines(data) if wrong else {}
    return cameras, [Finding("error", lines.get(number), number, message) for number, message in wrong], data


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _UnreadableError(f"cannot be read ({error.strerror}); look at its name and folder") from None
    if len(data) > MAX_FILE_BYTES:
        raise _UnreadableError(f"is larger than {MAX_FILE_BYTES >> 20} MiB; split it")
    data = data.removeprefix(codecs.BOM_UTF8)  # as some editors of Windows begin a text
    if not data.strip():
        raise _UnreadableError("is empty; a GeoJSON FeatureCollection is needed")
    return data


def named(path: Path) -> str:
    """Give the name by which a message calls a file; ``.`` and ``/`` have no other.

    Examples
    --------
    >>> from pathlib import Path
    >>> named(Path("a/b.geojson")), named(Path("."))
    ('b.geojson', '.')
    """
    return path.name or str(path)


def _features(data: bytes) -> list[object]:
    try:
        root = json.loads(data.decode(), object_pairs_hook=_pairs, parse_constant=int)  # int("NaN"): ValueError
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError("is not UTF-8 text; save it as UTF-8", line) from None
    except json.JSONDecodeError as error:
        raise _UnreadableError(f"is not JSON here ({error.msg.lower()}); mend it", error.lineno) from None
    except (RecursionError, ValueError):
        odd = re.search(rb"[:\[,]\s*-?(?:NaN|Infinity)\b|[0-9]{400}", data)
        at = data.count(b"\n", 0, odd.start()) + 1 if odd else None
        raise _UnreadableError("holds NaN, Infinity, a far too long number or too deep a nest; mend it", at) from None
    features = root.get("features") if isinstance(root, dict) and root.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or isinstance(root, Twice):
        raise _UnreadableError("must be a GeoJSON FeatureCollection, each key once, with a list of features")
    return features


def features_of(path: Path) -> list[Any]:
    """Read the features of a GeoJSON file, unchecked.

    Raises
    ------
    BadFileError
        If it is no FeatureCollection.
    """
    try:
        return _features(_bytes(path))
    except _UnreadableError as error:
        raise BadFileError(error.finding.tell(named(path))) from None


def head_of(path: Path) -> Head:
    """Read what a file says of itself, as ``write_cameras`` takes it.

    What is no text is passed over. Nothing is made up for a file that does not say whose it is.
    """
    with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=_Head)
        credit, licence = (text if isinstance(text, str) else None for text in (told.attribution, told.license))
        head = Head(attribution=credit, licence=licence)
        return Head(**head, note=told.note) if isinstance(told.note, str) else head
    return {}


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else Twice(made)


def _lines(data: bytes) -> dict[int, int]:
    """Return the line on which each feature begins; nothing if that cannot be told."""
    lines: dict[int, int] = {}
    with suppress(msgspec.MsgspecError, RecursionError):
        at, line = 0, 1
        for number, row in enumerate(msgspec.json.decode(data, type=_Rows).features, start=1):
            raw = bytes(row)
            start = data.find(raw, at)
            line += data.count(b"\n", at, start)
            lines[number] = line
            line += raw.count(b"\n")
            at = start + len(raw)
    return lines


def _camera(feature: dict[str, dict[str, object]]) -> Camera:
    lon, lat, *_ = cast("list[float]", feature["geometry"]["coordinates"])
    special, tags = {}, {}
    for key, value in feature["properties"].items():
        if key in SPECIAL:
            special[key] = _of_lists(key, value)
        else:
            tags[key.removeprefix("osm:") if CLASHING.fullmatch(key) else key] = value
    return Camera(lonlat=LonLat(float(lon), float(lat)), tags=tags, **special)  # type: ignore[arg-type] # checked


def _of_lists(key: str, value: object) -> object:
    """Make of JSON's lists what a record holds."""
    if key == "gone":
        return tuple(cast("list[str]", value))
    if key == "also":
        return tuple(Origin(**origin) for origin in cast("list[dict[str, str]]", value))
    return value


def write_cameras(
    path: Path,
    cameras: Iterable[Camera],
    *,
    attribution: str | None = ATTRIBUTION,
    note: str | None = None,
    licence: str | None = LICENCE,
) -> None:
    """Write the canonical file: one feature a line, by id, positions with 7 digits; whole or not at all.

    There is an example at ``read_cameras``.

    Raises
    ------
    BadFileError
        A record that ``read_cameras`` would refuse, or two with one id.
    OutsideError
        The disk refused.
    """
    try:
        data = encoded(cameras, attribution=attribution, note=note, licence=licence)
    except BadFileError as error:
        raise BadFileError(f"{named(path)} was not written: {error}") from None
    with written_whole(path) as draft:
        draft.write_bytes(data)


def encoded(
    cameras: Iterable[Camera],
    *,
    attribution: str | None = ATTRIBUTION,
    note: str | None = None,
    licence: str | None = LICENCE,
) -> bytes:
    r"""Give the bytes of the canonical file.

    Raises
    ------
    BadFileError
        As ``write_cameras``.

    Examples
    --------
    >>> encoded([], attribution="", licence="")
    b'{"type":"FeatureCollection","attribution":"","license":"","features":[\n]}\n'
    """
    rows: list[bytes] = []
    before = None
    for camera in sorted(cameras, key=by_id):
        feature = _feature(camera)
        for problem in chain(problems(feature), ["id stands twice"] if camera.id == before else []):
            raise BadFileError(f"record {len(rows) + 1} by id: {problem}")
        rows.append(msgspec.json.encode(feature))
        before = camera.id
    head = {"type": "FeatureCollection", "attribution": attribution, "license": licence, "note": note}
    start = msgspec.json.encode({key: text for key, text in head.items() if text is not None}).removesuffix(b"}")
    return start + b',"features":[\n' + b",\n".join(rows) + (b"\n]}\n" if rows else b"]}\n")


def by_id(camera: Camera) -> tuple[str, int, str]:
    """Give the key by which records are sorted: kind of id, then its number or letters."""
    head, _, tail = camera.id.rpartition("/")
    return head, len(tail), tail  # numbers without leading zeros: the longer the greater


def _feature(camera: Camera) -> dict[str, object]:
    special = {key: getattr(camera, key) for key in SPECIAL[1:] if getattr(camera, key) not in (None, ())}
    if camera.gone:
        special["gone"] = list(camera.gone)
    if camera.also:
        rows = [{key: getattr(one, key) for key in ORIGIN if getattr(one, key) is not None} for one in camera.also]
        special["also"] = rows
    tags = {f"osm:{key}" if CLASHING.fullmatch(key) else key: value for key, value in camera.tags.items()}
    at = [round(degrees, 7) + 0.0 for degrees in camera.lonlat]  # + 0.0: there is no -0.0
    properties = {"id": camera.id, **dict(sorted((tags | special).items()))}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": properties}


def from_osm(kind: str, osm_id: int, lonlat: LonLat, tags: Mapping[str, str], timestamp: str | None) -> Camera | None:
    """Make a record of a ``node``, ``way`` or ``relation``; None if it is no camera in use (``optics.is_camera``).

    ``last_seen`` is ``optics.seen_month``. ``first_seen`` stays unknown: ``start_date`` is when a camera began to work,
    not when somebody saw it. Control characters become spaces.

    Examples
    --------
    >>> from_osm("node", 7, LonLat(24.9, 60.2), {"man_made": "surveillance"}, "2018-05-04T10:00:00Z").last_seen
    '2018-05'
    """
    if not optics.is_camera(tags):
        return None
    clean = {CONTROL.sub(" ", key): CONTROL.sub(" ", value) for key, value in tags.items()}
    return Camera(f"osm/{kind}/{osm_id}", lonlat, clean, last_seen=optics.seen_month(tags, timestamp))


def coverage(name: str, osm_date: str | None, cameras: Iterable[Camera], area_km2: float) -> Coverage:
    """Count what is known of an area's cameras; tombstones and what is no camera are left out.

    Examples
    --------
    >>> coverage("Nowhere", None, [], 2.0).cameras_per_km2
    0.0
    """
    used = [camera for camera in cameras if camera.status != "removed" and optics.is_camera(camera.tags)]
    months = [camera.last_seen for camera in used if camera.last_seen is not None]
    return Coverage(
        name=name,
        osm_date=osm_date,
        cameras=len(used),
        cameras_per_km2=len(used) / area_km2 if area_km2 > 0 else 0.0,
        directions_known=sum(optics.direction_known(camera.tags) for camera in used) / len(used) if used else 0.0,
        oldest=min(months, default=None),
        newest=max(months, default=None),
    )
