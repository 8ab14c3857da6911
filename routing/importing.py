"""A list of cameras from elsewhere (GeoJSON, an Overpass answer, CSV, DeFlock's file) in; camera records out.

What is no camera in use, stands twice or cannot be read is given back with its line and the reason, never dropped.
Ids are those of OpenStreetMap; a list that has none gets ``ss/`` and ten letters made of its name and the row's key or
position (of several rows at one position their tags, too), so that the same list gives the same ids again. A list that
is neither OpenStreetMap's nor official is one word only: its cameras are unverified. Messages never hold a value of the
file, but for words that stand where a direction should.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from routing import optics
from routing.camera_rules import CONTROL
from routing.cameras import Finding, from_osm
from routing.errors import BadUsageError
from routing.import_csv import csv_rows
from routing.import_json import deflock_rows, geojson_rows, load, overpass_rows
from routing.import_rows import Row, Rules, counted, read_bytes, refuse
from routing.model import Camera

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

FORMATS: Final = ("geojson", "overpass", "csv", "deflock")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNTAGGED: Final = "have no tags: points of ways"
_OTHER: Final = "are no surveillance cameras (man_made is not surveillance)"
_DISUSED: Final = "are not in use (disused, removed, planned)"
_GUARD: Final = "are guards or gunshot detectors, no cameras"
_TWICE: Final = "are the same as another"
_PAST: Final = ("disused", "abandoned", "removed", "demolished", "razed", "destroyed", "proposed", "planned", "was")
_PAST_KEY = re.compile(rf"(?:{'|'.join(_PAST)}):man_made")


@dataclass(frozen=True, slots=True)
class Left:
    """A row that is no camera to be kept.

    Attributes
    ----------
    id
        Of OpenStreetMap, or ``""``.
    reason
        Ends a sentence that begins with how many they are.
    """

    line: int
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list."""

    form: str
    cameras: tuple[Camera, ...]
    left: tuple[Left, ...]
    bad: tuple[Finding, ...]


def import_cameras(
    path: Path, rules: Rules, *, form: str | None = None, progress: Callable[[int], object] = lambda _: None
) -> Imported:
    r"""Read a list of cameras.

    Parameters
    ----------
    path
        The file.
    rules
        How it is to be read.
    form
        One of :data:`FORMATS`; found in the content if it is not given.
    progress
        Called with the number of rows read since the last call.

    Raises
    ------
    BadFileError
        If it is none of the formats, or not one of its rows can be read.
    BadUsageError
        If the rules do not fit the list.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "list.csv"
    ...     _ = file.write_text("lat,lon,direction\n60.2,24.9,90\n")
    ...     import_cameras(file, Rules(source="town")).cameras[0].source
    'import:town'
    """
    check_rules(rules)
    data = read_bytes(path)
    form, rows = _rows(path, data, rules, form)
    makes = _Maker(path, rules)
    for row in counted(rows, progress):
        makes.take(row)
    cameras, left, bad = makes.cameras(), tuple(makes.left), tuple(makes.bad)
    if bad and not cameras and not left:
        raise refuse(path, f"not one of {len(bad)} rows can be read; the first {bad[0].message}", bad[0].line)
    return Imported(form, cameras, tuple(sorted(left, key=lambda one: one.line)), bad)


def check_rules(rules: Rules) -> None:
    """Refuse rules that no list fits.

    Raises
    ------
    BadUsageError
        If there are any.
    """
    if rules.source is not None and _NAME.fullmatch(rules.source) is None:
        raise BadUsageError("--source is a short name of the list: letters, digits, dot, dash and underscore")
    if rules.official and rules.key is not None and rules.source is None:
        raise BadUsageError("with --key the list needs a name, since two towns may use one number: --source NAME")


def _rows(path: Path, data: bytes, rules: Rules, form: str | None) -> tuple[str, Iterable[Row]]:
    start = data.lstrip()[:1]
    if form == "csv" or (form is None and start not in (b"{", b"[")):
        if start == b"<" and form is None:
            raise refuse(path, "is XML or a web page; save the list as GeoJSON or CSV, or use cameras import-osm")
        return "csv", csv_rows(path, data, rules)
    found, objects = load(path, data)
    match form or found:
        case "overpass":
            return "overpass", overpass_rows(objects)
        case "deflock":
            return "deflock", deflock_rows(objects)
        case _:
            return "geojson", geojson_rows(objects, rules)


class _Maker:
    """Makes records of rows, and keeps what is none; knows which positions it met.

    Attributes
    ----------
    left, bad
        What is no camera to be kept, and what cannot be read.
    """

    def __init__(self, path: Path, rules: Rules) -> None:
        self._path, self._rules = path, rules
        self._made: list[tuple[Row, Camera]] = []
        self._met: dict[str, set[str]] = {}  # the tags at a position
        self.left: list[Left] = []
        self.bad: list[Finding] = []

    def take(self, row: Row) -> None:
        """Make a record of a row, or keep the reason why there is none."""
        if row.wrong is not None:
            self.bad.append(Finding("warning", row.line, None, row.wrong))
            return
        made = self._camera(row)
        if isinstance(made, str):
            self.left.append(Left(row.line, row.osm or "", made))
            return
        self._made.append((row, made))
        if row.osm is None and row.key is None:
            self._met.setdefault(_spot(made), set()).add(_told(made))

    def cameras(self) -> tuple[Camera, ...]:
        """Give the records, each once, when all rows are taken: only then it is known who shares a position."""
        found: dict[str, Camera] = {}
        for row, camera in self._made:
            made = camera if row.osm is not None else replace(camera, id=self._id(row, camera))
            if made.id in found:
                self.left.append(Left(row.line, made.id, _TWICE))
            else:
                found[made.id] = made
        return tuple(found.values())

    def _id(self, row: Row, camera: Camera) -> str:
        """Name a row by its key, else by its position; of several on one pole each by its tags, too.

        So the order of the rows means nothing, and what was said of one that has gone falls upon no other.
        """
        source = self._rules.source or ""
        if row.key is not None:
            return id_of(source, f"key:{row.key}")
        spot = _spot(camera)
        return id_of(source, spot if len(self._met[spot]) == 1 else f"{spot}#{_told(camera)}")

    def _camera(self, row: Row) -> Camera | str:
        clean = {CONTROL.sub(" ", key): CONTROL.sub(" ", text) for key, text in row.tags.items()}
        if row.osm is not None:
            if row.at is None:
                return _UNTAGGED
            kind, number = row.osm.split("/")[1:]
            return from_osm(kind, int(number), row.at, {**clean, **self._rules.tags}, row.stamp) or why_not(clean)
        tags = {"man_made": "surveillance", **clean} if not any(map(_PAST_KEY.fullmatch, clean)) else clean
        tags |= self._rules.tags
        return self._listed(row, tags) if optics.is_camera(tags) else why_not(tags)

    def _listed(self, row: Row, tags: Mapping[str, str]) -> Camera:
        rules = self._rules
        if row.at is None or (rules.source is None and not rules.official):
            raise BadUsageError(
                f"{self._path.name} is not from OpenStreetMap; name the list with --source NAME, or say --official"
            )
        seen: dict[str, str] = dict(row.said)
        if month := max(filter(None, [seen.get("first_seen"), optics.seen_month(tags, row.stamp)]), default=None):
            seen.setdefault("last_seen", month)
        return Camera(
            "",  # named when all rows are known
            row.at,
            tags,
            source="official" if rules.official else f"import:{rules.source}",
            status="confirmed" if rules.official else "unverified",  # one list is no two independent looks
            evidence="official_list" if rules.official else "seen",
            **seen,  # type: ignore[arg-type]  # first_seen, last_seen, fr
        )


def _spot(camera: Camera) -> str:
    return f"at:{camera.lonlat.lon:.7f},{camera.lonlat.lat:.7f}"


def _told(camera: Camera) -> str:
    return "\0".join(chain.from_iterable(sorted(camera.tags.items())))


def id_of(source: str, key: str) -> str:
    """Make the id of a row, the same each time.

    Examples
    --------
    >>> id_of("town", "key:7") == id_of("town", "key:7") != id_of("city", "key:7")
    True
    """
    digest = hashlib.sha256(f"{source}\0{key}".encode(errors="surrogatepass")).digest()
    return f"ss/{base64.b32encode(digest)[:10].decode().lower()}"


def why_not(tags: Mapping[str, str]) -> str:
    """Say why tags are not those of a camera in use.

    Examples
    --------
    >>> why_not({"disused:man_made": "surveillance"})
    'are not in use (disused, removed, planned)'
    """
    if any(map(_PAST_KEY.fullmatch, tags)):
        return _DISUSED
    if "surveillance" not in tags.get("man_made", ""):
        return _OTHER
    return _DISUSED if any(tags.get(key) == "yes" for key in _PAST) else _GUARD
