"""Changes of a camera file by hand: the file in, the file with one record added or changed out, whole or not at all.

Two programs that change one file at the same time do so one after the other. What a file says of itself (attribution,
note, licence) stays. Messages never hold a position.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from routing import trust
from routing.camera_rules import MONTH, fits
from routing.cameras import Head, by_id, encoded, head_of, read_cameras, write_cameras
from routing.errors import BadFileError, BadUsageError, OutsideError
from routing.files import locked, written_whole
from routing.joining import names_of
from routing.model import Camera, LonLat
from routing.nearness import metres_between
from routing.optics import DUPLICATE_M, directions_of, look_alike
from routing.reports import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

_EVIDENCE: Final = {"official": "official_list"}  # of a source, unless told


def edited(path: Path, change: Callable[[tuple[Camera, ...]], Iterable[Camera]], *, new: bool = False) -> bool:
    """Change the records of a file, and put it into canonical form; tell whether its bytes changed.

    Parameters
    ----------
    path
        The file.
    change
        From the records to what they should be.
    new
        Begin a file where there is none.

    Raises
    ------
    BadFileError
        If the file is not as it must be.
    OutsideError
        If somebody else's program changed it meanwhile, or the disk refuses.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cameras.geojson"
    ...     edited(file, lambda _: [Camera("ss/abcdefghij", LonLat(24.9, 60.2), {})], new=True), len(read_cameras(file))
    (True, 1)
    """
    with locked(path):
        before = path.read_bytes() if path.is_file() else None
        cameras = () if before is None and new else read_cameras(path)
        after = encoded(change(cameras), **(head_of(path) if before is not None else {}))
        if after == before:
            return False
        with written_whole(path) as draft:
            draft.write_bytes(after)
            if (path.read_bytes() if path.is_file() else None) != before:
                raise OutsideError(f"{path}: was changed by another program meanwhile; do it again")
        return True


def begun(path: Path, cameras: Iterable[Camera], head: Head, *, inputs: Iterable[Path] = (), anyway: bool) -> None:
    """Write a new file of cameras; never over one of those that it is made of, nor unasked over another.

    Raises
    ------
    BadUsageError
        If something would be lost.
    BadFileError
        As ``cameras.write_cameras``.
    OutsideError
        If the disk refuses.
    """
    records = tuple(cameras)
    spare(path, inputs, anyway=anyway or _holds(path, records, head))
    write_cameras(path, records, **head)


def _holds(path: Path, records: Sequence[Camera], head: Head) -> bool:
    with suppress(OSError, BadFileError):  # a device may have no end
        return os.path.isfile(path) and path.read_bytes() == encoded(records, **head)  # noqa: PTH113  # as in spare
    return False


def spare(path: Path, inputs: Iterable[Path], *, anyway: bool) -> None:
    """Refuse to write over a file that is read, or, unless it is meant so, over one that holds something.

    Raises
    ------
    BadUsageError
        If something would be lost.
    """
    if not os.path.isfile(path):  # noqa: PTH113  # of a name too long it says no
        return
    if is_one_of(path, inputs):
        raise BadUsageError(f"{path}: is the file that is read, and would be lost; name another with -o")
    if path.stat().st_size and not anyway:
        raise BadUsageError(
            f"{path}: is there already; name another file, which cameras merge can join, or --overwrite"
        )


def is_one_of(path: Path, files: Iterable[Path]) -> bool:
    """Tell whether a path leads to one of some files, under whatever name."""
    with suppress(OSError):
        return any(one.exists() and path.samefile(one) for one in files)
    return False


def canonical(path: Path) -> bytes:
    """Give the canonical form of a file, which stays as it is.

    Raises
    ------
    BadFileError
        If the file is not as it must be.
    """
    return encoded(read_cameras(path), **head_of(path))


def changed(
    cameras: Iterable[Camera], camera_id: str, change: Callable[[Camera], Camera], *, path: Path
) -> tuple[Camera, ...]:
    """Change the record of one camera, which may be known by the id of a record that was merged into it.

    Raises
    ------
    BadUsageError
        If there is no such record.
    """
    known = {camera.id: camera for camera in cameras}
    bearer = {name: camera.id for camera in known.values() for name in names_of(camera)}
    name = camera_id if camera_id in known else bearer.get(camera_id)
    if name is None:
        raise BadUsageError(
            f"{path.name} has no camera of this id; a camera of the map must be brought into the file first:"
            " sidestep cameras import-osm, then merge"
        )
    known[name] = change(known[name])
    return tuple(known.values())


def month_of(text: str | None, *, option: str = "--seen") -> str:
    """Read a month, ``YYYY-MM``; this one if none is given.

    Raises
    ------
    BadUsageError
        If it is none, or to come.

    Examples
    --------
    >>> month_of("2024-05")
    '2024-05'
    """
    from datetime import UTC, datetime

    this = datetime.now(UTC).strftime("%Y-%m")
    if text is None:
        return this
    if re.fullmatch(MONTH, text) is None or not fits("last_seen", text):
        raise BadUsageError(f"{option} must be a month, YYYY-MM, not to come")
    return text


def made(at: LonLat, tags: Mapping[str, str], *, month: str, source: str, fr: str, evidence: str | None) -> Camera:
    """Make the record of a camera that somebody saw; it has an id of its own, and is unverified unless it is official.

    Raises
    ------
    BadUsageError
        If a value is none that a record may have.

    Examples
    --------
    >>> here = LonLat(24.9, 60.2)
    >>> one = made(here, {}, month="2024-05", source="official", fr="unknown", evidence=None)
    >>> one.status, one.evidence, one.tags["man_made"]
    ('confirmed', 'official_list', 'surveillance')
    """
    if source == "osm" or not fits("source", source):
        raise BadUsageError("--source must be report, official or import:NAME")
    if not all(key and fits(f"osm:{key}", value) for key, value in tags.items()):
        raise BadUsageError("--tag must be KEY=VALUE, text without control characters")
    return Camera(
        new_id("ss"),
        LonLat(round(at.lon, 7), round(at.lat, 7)),
        {"man_made": "surveillance", **tags},
        source=source,
        status="confirmed" if source == "official" else "unverified",
        fr=fr,
        first_seen=month,
        last_seen=month,
        evidence=evidence or _EVIDENCE.get(source, "seen"),
    )


def doubles_of(camera: Camera, cameras: Iterable[Camera]) -> tuple[Camera, ...]:
    """Find who may be the same camera: within 15 m, looking the same way or nobody knows whither; the nearest first.

    Examples
    --------
    >>> one = Camera("osm/node/1", LonLat(0, 0), {"direction": "90"})
    >>> len(doubles_of(one, [Camera("osm/node/2", LonLat(0, 0), {})]))
    1
    """
    looks = directions_of(camera.tags)
    near = [
        (metres, by_id(other), other)
        for other in cameras
        if other.status != "removed" and (metres := metres_between(camera.lonlat, other.lonlat)) <= DUPLICATE_M
    ]
    found = [
        other
        for *_, other in sorted(near, key=lambda row: row[:2])
        if not looks or not (theirs := directions_of(other.tags)) or look_alike(looks, theirs)
    ]
    return tuple(found)


def added(cameras: Sequence[Camera], camera: Camera, *, anyway: bool) -> tuple[Camera, ...]:
    """Add a record.

    Raises
    ------
    BadUsageError
        If the camera may be there already, unless it is meant so.
    """
    doubles = doubles_of(camera, cameras)
    if doubles and not anyway:
        names = ", ".join(one.id for one in doubles[:3])
        raise BadUsageError(
            f"within 15 m stands {names}, which may be the same camera; confirm that one, or say --anyway"
        )
    return (*cameras, camera)


def buried(camera: Camera, because: str | None) -> Camera:
    """Make a tombstone, with a reason that may stand in a public file.

    Raises
    ------
    BadUsageError
        Without a reason, unless it was found gone in two months; or with one that cannot be kept.
    """
    if because is not None and not fits("removed_because", because):
        raise BadUsageError("--because must be a reason in at most 500 characters, on one line")
    return trust.removed(camera, because=because)


def joined_heads(heads: Sequence[Head], *, licence: str | None) -> Head:
    """Say for a file what all the files say of themselves that it is made of, in whatever order.

    Raises
    ------
    BadUsageError
        If their licences differ, or are not all known, and nobody says which one holds.

    Examples
    --------
    >>> joined_heads([{"attribution": "b"}, {"attribution": "a", "note": "n"}], licence="CC0-1.0")
    {'attribution': 'a; b', 'note': 'n', 'licence': 'CC0-1.0'}
    """
    if not heads:
        return {}
    licences = {head.get("licence") for head in heads}
    if licence is None and len(licences) > 1:
        if None in licences:
            raise BadUsageError("one of the files does not say its licence; say with --license which one OUT may have")
        raise BadUsageError("the files have different licences; say with --license which one the joined file may have")
    credited = {text for head in heads if (text := head.get("attribution")) is not None}
    notes = {text for head in heads if (text := head.get("note")) is not None}
    return Head(
        attribution="; ".join(sorted(credited)) or None,
        note="; ".join(sorted(notes)) or None,
        licence=licence or licences.pop(),
    )
