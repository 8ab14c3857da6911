"""An area: the folder that is built once, never changed afterwards, and all that planning reads.

``manifest.json`` says what is inside, with a hash of every other file and of itself; arrays lie in ``.npy`` files and
are mapped, not read; ``cameras.geojson`` and ``places.json`` hold what has names. A folder is written beside its final
name and moved there in one step, so that there is never half an area. It holds nothing about who walks.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping  # noqa: TC003  # msgspec reads the annotations of Manifest
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from routing.cameras import coverage, read_cameras, write_cameras
from routing.errors import BadFileError, OutsideError
from routing.graph import WalkGraph
from routing.model import ATTRIBUTION, BBox, Camera, Coverage, Place, View
from routing.optics import REACH_M, view_of
from routing.places import from_json, to_json
from routing.search import Network, weigh

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = 1  # of the folder; another one is refused
_MANIFEST = "manifest.json"
_CAMERAS = "cameras.geojson"
_PLACES = "places.json"
_IN_VIEW = "in_view_dm"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an area is made of.

    Attributes
    ----------
    built
        Day, ``YYYY-MM-DD``.
    osm_date
        Day of the map data, ``None`` if the extract does not say.
    counts
        How many of each thing the map holds; ``problems``: how often it was incomplete.
    vanished
        Ids of cameras that the last build of the same area had and this one has not.
    reach_m
        Metres within which a camera of each class sees a walker.
    files
        sha256 of every other file.
    """

    name: str
    built: str
    osm_date: str | None
    bbox: BBox
    area_km2: float
    counts: Mapping[str, int]
    problems: Mapping[str, int]
    vanished: tuple[str, ...] = ()
    reach_m: Mapping[str, float] = field(default_factory=lambda: dict(REACH_M))
    attribution: str = ATTRIBUTION
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class Area:
    """An area in memory; load one with :func:`load`.

    Attributes
    ----------
    in_view_dm
        int32 [edge], decimetres of each directed edge in view of a camera.
    cameras
        Those that count, in the order of their ids.
    folder
        Where it was loaded from, ``None`` if it was made in memory.
    """

    manifest: Manifest
    graph: WalkGraph
    in_view_dm: NDArray[np.int32]
    cameras: tuple[Camera, ...]
    places_given: tuple[Place, ...] | None = None
    folder: Path | None = None

    @cached_property
    def views(self) -> tuple[View, ...]:
        """Give what each camera can see, in the order of ``cameras``."""
        views = (view_of(camera.tags, reaches=self.manifest.reach_m) for camera in self.cameras)
        return tuple(view if view is not None else View(0.0) for view in views)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Give everything in the area that has a name or an address."""
        if self.places_given is not None or self.folder is None:
            return self.places_given or ()
        return from_json((self.folder / _PLACES).read_bytes())

    @cached_property
    def coverage(self) -> Coverage:
        """Give what is known of the area's cameras."""
        return coverage(self.manifest.name, self.manifest.osm_date, self.cameras, self.manifest.area_km2)

    @cached_property
    def network(self) -> Network:
        """Give what a search reads."""
        return weigh(self.graph, self.in_view_dm)


def save(area: Area, folder: Path) -> None:
    """Write an area, whole or not at all; an older area of that name is replaced.

    Raises
    ------
    BadFileError
        If something that is not an area stands there.
    OutsideError
        If the disk is full or may not be written.
    """
    # the draft's name is known before it is there, so that no interruption leaves it behind
    draft = folder.parent / f".sidestep-{secrets.token_hex(8)}"
    try:
        if os.path.lexists(folder) and not (folder / _MANIFEST).is_file():
            raise BadFileError(f"{folder}: exists and is not an area; choose another --out")
        draft.mkdir(parents=True)
        _write_files(area, draft)
        _move_into_place(draft, folder)
    except OSError as error:
        why = error.strerror or "the disk may be full"  # numpy reports a short write without the system's reason
        raise OutsideError(f"{folder}: the area cannot be written ({why}); nothing was left behind") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load(folder: Path) -> Area:
    """Load an area and check every byte of it.

    Raises
    ------
    BadFileError
        If it is not an area, of another version, incomplete or damaged.
    """
    manifest = _read_manifest(folder)
    for name, wanted in manifest.files.items():
        if _hash_of(folder, name) != wanted:
            raise BadFileError(f"{folder}: {name} is damaged; build the area again (sidestep area build)")
    names = [field.name for field in fields(WalkGraph)]
    missing = [name for name in (*_array_files(names), _CAMERAS, _PLACES) if name not in manifest.files]
    if missing:
        raise BadFileError(f"{folder}: {missing[0]} is missing; build the area again (sidestep area build)")
    graph = WalkGraph(**{name: _map_array(folder, name) for name in names})
    cameras = read_cameras(folder / _CAMERAS)
    return Area(manifest, graph, _map_array(folder, _IN_VIEW), cameras, folder=folder)


def is_current(folder: Path) -> bool:
    """Tell whether a folder holds an area of this version, without checking all of it."""
    try:
        _read_manifest(folder)
    except BadFileError:
        return False
    return True


def _array_files(names: list[str]) -> list[str]:
    return [f"{name}.npy" for name in (*names, _IN_VIEW)]


def _write_files(area: Area, folder: Path) -> None:
    for name, array in (area.graph.arrays() | {_IN_VIEW: area.in_view_dm}).items():
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            _flush(file)
    write_cameras(folder / _CAMERAS, area.cameras)
    (folder / _PLACES).write_bytes(to_json(area.places))
    files = {path.name: _hash_of(folder, path.name) for path in sorted(folder.iterdir())}
    content = msgspec.to_builtins(area.manifest) | {"files": files}
    content["sha256"] = _hash_of_content(content)
    with (folder / _MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        _flush(file)


def _flush(file: Any) -> None:  # noqa: ANN401  # any kind of open file
    file.flush()
    os.fsync(file.fileno())


def _move_into_place(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    # a folder cannot be replaced in one step: the old one steps aside, and comes back if the new one cannot take its
    # place
    aside = folder.with_name(f".{folder.name}-old-{os.getpid()}")
    folder.rename(aside)
    try:
        draft.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


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
        return msgspec.convert(content, Manifest)
    except msgspec.ValidationError as error:
        raise BadFileError(f"{folder}: {_MANIFEST} is not as this program writes it ({error})") from error


def _hash_of_content(content: dict[str, Any]) -> str:
    text = json.dumps({key: value for key, value in content.items() if key != "sha256"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_of(folder: Path, name: str) -> str:
    if "/" in name or name.startswith("."):
        raise BadFileError(f"{folder}: {_MANIFEST} names a file outside the area")
    try:
        with (folder / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadFileError(f"{folder}: {name} cannot be read; copy or build the area again") from error


def _map_array(folder: Path, name: str) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    try:
        # as a plain array over the mapping: numpy's own class for mapped files is slow in small steps
        array: NDArray[Any] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError:  # nothing in it: an empty array cannot be mapped
        array = np.load(path, allow_pickle=False)
    return array
