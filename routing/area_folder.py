"""The folder of an area: written whole, replaced in one step, and checked to the byte when it is read.

``manifest.json`` says what is inside, with a hash of every other file and of itself; arrays lie in ``.npy`` files and
are mapped, not read; ``cameras.geojson`` and ``places.json`` hold what has names; ``basemap.pmtiles`` is what the page
draws beneath, and may be missing; ``phone.pack`` is for phones, and nothing here reads it. A folder is written beside
its final name and moved there in one step, so that there is never half an area; an older one steps aside just before,
and who reads in that moment waits. It holds nothing about who walks.
"""

from __future__ import annotations

import hashlib
import io
import json
import mmap
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from routing import exposure
from routing.area import BASEMAP, FORMAT, Area, Manifest, check
from routing.cameras import read_cameras, write_cameras
from routing.errors import BadFileError, OutsideError
from routing.files import beside, flush, flush_folder, swap_in
from routing.graph import WalkGraph, complaint
from routing.hazard.parameters import model
from routing.pack import PACK, pack_of
from routing.places import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from routing.model import BBox, Camera

_MANIFEST = "manifest.json"
_CAMERAS = "cameras.geojson"
_PLACES = "places.json"
_WAITS_S = (0.0, 0.01, 0.1, 0.9)  # until a folder that stepped aside counts as left there; it takes far less
_HEAD_BYTES = 4096  # more than numpy's description of any array of ours
_MOST_FACTOR = 1e9
_HALF_DEG = 180.0
_FAR_DEG = 1.0  # from the area, that one of its walls may reach
_TRIES = 30  # to read a folder that others replace all the time
# Arrays of an area beside those of its graph and of what its cameras do: name -> dtype and shape.
_LAYOUT: Mapping[str, tuple[str, tuple[str | int, ...]]] = {
    "in_view_dm": ("int32", ("edge",)),
    "side_e6": ("int32", ("edge", 2)),
    "unmapped_side_e6": ("int32", ("edge", 2)),
    "surveyed": ("float32", ("section",)),
    "wall_ends": ("float64", ("wall", 4)),
}


def save(area: Area, folder: Path | str) -> None:
    """Write an area, whole or not at all; an older area of that name is replaced.

    Raises
    ------
    BadFileError
        If something that is not an area stands there.
    OutsideError
        If the disk is full or may not be written.
    """
    folder = Path(os.path.realpath(folder))  # a link stays a link, and `.` has a name
    # the draft's name is known before it is there, so that no interruption leaves it behind
    draft = folder.parent / f".sidestep-{secrets.token_hex(8)}"
    try:
        if not stands(folder) and os.path.lexists(folder):
            raise BadFileError(f"{folder}: exists and is not an area; choose another --out")
        draft.mkdir(parents=True)
        _write_files(area, draft)
        _move_into_place(draft, folder)
    except OSError as error:
        why = error.strerror or "the disk may be full"  # numpy reports a short write without the system's reason
        raise OutsideError(f"{folder}: the area cannot be written ({why}); nothing was left behind") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load(folder: Path | str) -> Area:
    """Load an area and check every byte of it but the basemap's, also while others replace it.

    Raises
    ------
    BadFileError
        If it is not an area, of another version, incomplete or damaged.
    """
    folder = Path(folder)
    for _ in range(_TRIES):
        if not stands(folder):
            break
        before = _identity(folder)
        try:
            return _load(folder)
        except BadFileError:
            if before is not None and _identity(folder) == before:  # nobody has replaced it meanwhile
                raise
    return _load(folder)


def stands(folder: Path) -> bool:
    """Tell whether an area is there; one that stepped aside for a writer who was then killed is put back first."""
    for wait_s in _WAITS_S:
        time.sleep(wait_s)
        if os.path.isfile(folder / _MANIFEST) or not _asides(folder):  # noqa: PTH113  # of a name too long it says no
            break
    else:
        with suppress(OSError):  # another reader was quicker, or the disk is not ours to write
            max(_asides(folder), key=lambda aside: (aside / _MANIFEST).stat().st_mtime_ns).rename(folder)
    return os.path.isfile(folder / _MANIFEST)  # noqa: PTH113  # same


def is_current(folder: Path) -> bool:
    """Tell whether a folder holds an area of this version, without checking all of it."""
    try:
        _read_manifest(folder)
    except BadFileError:
        return False
    return True


def _write_files(area: Area, folder: Path) -> None:
    own = {name: getattr(area, name) for name in _LAYOUT}
    for name, array in (area.graph.arrays() | own | exposure.stored(area.hazards)).items():
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            flush(file)
    write_cameras(folder / _CAMERAS, area.cameras)
    places = to_json(area.places)
    _write(folder / _PLACES, places)
    # of the places as they will be read, so that an area has one pack
    _write(folder / PACK, pack_of(replace(area, places_given=None, places_json=places)))
    if area.basemap is not None:
        _write(folder / BASEMAP, area.basemap)
    files = {path.name: _hash_of(folder, path.name) for path in sorted(folder.iterdir())}
    content = msgspec.to_builtins(area.manifest) | {"files": files}
    content["sha256"] = _hash_of_content(content)
    with (folder / _MANIFEST).open("w", encoding="utf-8") as text:
        json.dump(content, text, ensure_ascii=False, indent=1)
        flush(text)
    flush_folder(folder)


def _write(path: Path, content: bytes | mmap.mmap) -> None:
    with path.open("wb") as file:
        file.write(content)
        flush(file)


def _move_into_place(draft: Path, folder: Path) -> None:
    swap_in(draft, folder)  # after a kill between its two steps, `stands` puts the old one back
    for old in beside(folder):  # also what a killed process left
        shutil.rmtree(old, ignore_errors=True)


def _asides(folder: Path) -> list[Path]:
    return [path for path in beside(folder) if os.path.isfile(path / _MANIFEST)]  # noqa: PTH113  # as above


def _identity(folder: Path) -> tuple[int, int, int] | None:
    """Tell one writing of an area from another; ``None`` where there is none."""
    try:
        status = (folder / _MANIFEST).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _load(folder: Path) -> Area:
    manifest = _read_manifest(folder)
    graph_names = [field.name for field in fields(WalkGraph)]
    names = [*graph_names, *_LAYOUT, *exposure.LAYOUT]
    wanted = (*(f"{name}.npy" for name in names), _CAMERAS, _PLACES)
    missing = [name for name in wanted if name not in manifest.files]
    if missing:
        raise BadFileError(f"{folder}: {missing[0]} is missing; build the area again (sidestep area build)")
    # each file is opened once, all before any work: what is hashed is what is used, whatever bears its name by then
    mapped = {name: _map(folder, name) for name in manifest.files if name != _CAMERAS}
    cameras = _cameras(folder, manifest.files[_CAMERAS])
    for name, content in mapped.items():
        if name != BASEMAP:  # planning does not look at it, and it may be larger than all the rest
            check(folder, name, content, manifest.files[name])
    arrays = {name: _array(folder, name, mapped[f"{name}.npy"]) for name in names}
    graph = WalkGraph(**{name: arrays[name] for name in graph_names})
    hazards = exposure.restored(arrays)
    wrong = complaint(graph) or next(_complaints(graph, arrays, manifest.bbox), None)
    line_count = 0 if wrong else graph.section_count + int(graph.pavements.sum())
    wrong = wrong or next(exposure.complaints(hazards, len(cameras), line_count), None)
    if wrong is not None:
        raise BadFileError(f"{folder}: {wrong}; build the area again")
    places, basemap = bytes(mapped[_PLACES]), mapped.get(BASEMAP)
    return Area(
        manifest,
        graph,
        in_view_dm=arrays["in_view_dm"],
        side_e6=arrays["side_e6"],
        unmapped_side_e6=arrays["unmapped_side_e6"],
        surveyed=arrays["surveyed"],
        wall_ends=arrays["wall_ends"],
        hazards=hazards,
        cameras=cameras,
        folder=folder,
        places_json=places,
        basemap_given=basemap,
    )


def _complaints(graph: WalkGraph, arrays: Mapping[str, NDArray[Any]], box: BBox) -> Iterator[str]:
    """Tell what is wrong with the arrays beside the graph's."""
    sizes = {"edge": graph.edge_count, "section": graph.section_count, "wall": len(arrays["wall_ends"])}
    for name, (dtype, shape) in _LAYOUT.items():
        wanted = tuple(size if isinstance(size, int) else sizes[size] for size in shape)
        if arrays[name].dtype != dtype or arrays[name].shape != wanted:
            yield f"{name} is not an array of {dtype} with shape {wanted}"
            return
    around = np.tile([[box.west, box.south], [box.east, box.north]], 2) + np.array([[-_FAR_DEG], [_FAR_DEG]])
    in_view, risk, unmapped = arrays["in_view_dm"], arrays["side_e6"], arrays["unmapped_side_e6"]
    for fault, what in (
        (((in_view < 0) | (in_view > graph.length_dm)).any(), "an edge is in view over more than its length"),
        (((unmapped < 0) | (risk < unmapped)).any(), "the risk of an edge is less than that by unmapped cameras"),
        ((risk > exposure.MOST_E6).any(), "the risk of an edge is out of bounds"),
        (not ((arrays["surveyed"] >= 0) & (arrays["surveyed"] <= 1)).all(), "a share of a street is none"),
        # compiled code lays a grid over them
        (not ((arrays["wall_ends"] >= around[0]) & (arrays["wall_ends"] <= around[1])).all(), "a wall stands far away"),
    ):
        if fault:
            yield what


def _read_manifest(folder: Path) -> Manifest:
    if not os.path.isdir(folder):  # noqa: PTH112  # of a name too long it says no
        raise BadFileError(f"{folder}: no such area; build one with: sidestep area build")
    try:
        content = json.loads((folder / _MANIFEST).read_bytes())
    except FileNotFoundError:
        raise BadFileError(f"{folder}: not an area, or half copied ({_MANIFEST} is missing)") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BadFileError(f"{folder}: {_MANIFEST} cannot be read; build the area again") from error
    version = content.get("format") if isinstance(content, dict) else None
    if version != FORMAT:
        told = f"format {version}" if isinstance(version, int) else "an unknown format"
        raise BadFileError(f"{folder}: an area of {told}; this program reads format {FORMAT}, build the area again")
    if content.pop("sha256", None) != _hash_of_content(content):
        raise BadFileError(f"{folder}: {_MANIFEST} is damaged; build the area again (sidestep area build)")
    try:
        manifest = msgspec.convert(content, Manifest)
        model(manifest.model)
    except (msgspec.ValidationError, BadFileError) as error:
        raise BadFileError(f"{folder}: {_MANIFEST} is not as this program writes it ({error})") from error
    odd = next(_oddities(manifest), None)
    if odd is not None:
        raise BadFileError(f"{folder}: {_MANIFEST} is not as this program writes it ({odd})")
    return manifest


def _oddities(manifest: Manifest) -> Iterator[str]:
    """Tell what of a manifest cannot be, though it has the right form."""
    told = manifest.unmapped
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", manifest.built) is None:
        yield "built is no day"
    if manifest.month is not None and re.fullmatch(r"\d{4}-\d{2}", manifest.month) is None:
        yield "month is no month"
    factors = (*told.open_factor, *told.enclosed_factor, 1.0 + told.enclosed_per_m, *(1.0 + n for n in told.cameras))
    if not all(0.0 < number < _MOST_FACTOR for number in factors):
        yield "what is assumed of unmapped cameras is out of bounds"
    if not (-_HALF_DEG <= manifest.bbox.west <= manifest.bbox.east <= _HALF_DEG):
        yield "the box is not on Earth"


def _hash_of_content(content: dict[str, Any]) -> str:
    text = json.dumps({key: value for key, value in content.items() if key != "sha256"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_of(folder: Path, name: str) -> str:
    with (folder / name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _map(folder: Path, name: str) -> mmap.mmap | bytes:
    """Map a file; the mapping outlives the name."""
    if "/" in name or name.startswith("."):
        raise BadFileError(f"{folder}: {_MANIFEST} names a file outside the area")
    try:
        with (folder / name).open("rb") as file:
            if os.fstat(file.fileno()).st_size == 0:  # nothing cannot be mapped
                return b""
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise BadFileError(f"{folder}: {name} cannot be read; copy or build the area again") from error


def _cameras(folder: Path, wanted: str) -> tuple[Camera, ...]:
    """Read the cameras out of the very file whose hash is right."""
    path = folder / _CAMERAS
    try:
        with path.open("rb") as held:
            if hashlib.file_digest(held, "sha256").hexdigest() != wanted:
                raise BadFileError(f"{folder}: {_CAMERAS} is damaged; build the area again (sidestep area build)")
            cameras = read_cameras(path)
            if os.path.samestat(os.fstat(held.fileno()), path.stat()):
                return cameras
    except OSError as error:
        raise BadFileError(f"{folder}: {_CAMERAS} cannot be read; copy or build the area again") from error
    raise BadFileError(f"{folder}: {_CAMERAS} was replaced while it was read; try again")


def _array(folder: Path, name: str, content: mmap.mmap | bytes) -> NDArray[Any]:
    """Lay a plain array over a mapped ``.npy`` file; numpy's own class for mapped files is slow in small steps."""
    try:
        head = io.BytesIO(content[:_HEAD_BYTES])
        if np.lib.format.read_magic(head) != (1, 0):
            raise ValueError  # noqa: TRY301  # as from numpy
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(head)
        return np.ndarray(shape, dtype, buffer=content, offset=head.tell(), order="F" if fortran else "C")
    except (ValueError, TypeError) as error:
        raise BadFileError(f"{folder}: {name}.npy is no array; build the area again") from error
