"""Camera records in, eyes out: where each camera may hang, and what it may see from there.

A camera on a wall hangs 0.3 m in front of the nearest façade, so that it never looks through its own building; one
whose place is uncertain hangs at eight places with equal chance. Positions are WGS 84 degrees, longitude first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import scale_at
from routing.hazard.facades import hang
from routing.hazard.gaze import Eyes
from routing.hazard.lenses import on_facade, optics_of
from routing.hazard.parameters import CLASSES
from routing.optics import FREE_MOUNTS, REACH_M, tag_values, view_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from routing.hazard.lenses import Optics
    from routing.hazard.parameters import Values
    from routing.hazard.walls import Walls
    from routing.model import Camera, View

    Floats = NDArray[np.float64]

SEARCH_M: Final = max(*(kind.reach_m for kind in CLASSES.values()), *REACH_M.values())  # no camera looks farther
SNAP_M: Final = 5.0  # a camera this near a footprint hangs on it
WALL_SNAP_M: Final = 15.0  # one that is tagged as hanging on a wall, this near
# Eight places for an uncertain one, in standard deviations: two rings at the quartiles of the distance, turned by 45°.
_RINGS: Final = tuple(math.sqrt(-2.0 * math.log(1.0 - share)) for share in (0.25, 0.75))
_PLACES: Final = tuple(
    (radius * math.sin(turn), radius * math.cos(turn))
    for ring, radius in enumerate(_RINGS)
    for turn in (math.radians(90.0 * quarter + 45.0 * ring) for quarter in range(4))
)


class Placed(NamedTuple):
    """Eyes, and whose they are."""

    eyes: Eyes
    camera: NDArray[np.int32]  # [eye] position in the list of cameras
    hidden: Floats  # [lens] chance that it looks at one point of its sectors at all
    places: NDArray[np.int32]  # [camera] eyes of each; 0 for what is no camera in use
    on_facade: NDArray[np.bool_]  # [eye]


class _Kind(NamedTuple):
    """What cameras of the same tags share."""

    optics: Optics
    view: View
    near_m: float  # they hang on a façade this near


class _Eye(NamedTuple):
    camera: int
    optics: Optics
    view: View
    on_facade: bool


def eyes_of(cameras: Sequence[Camera], values: Values, walls: Walls) -> Placed:
    """Place cameras and give them their lenses.

    Parameters
    ----------
    cameras
        Any; those that are no camera in use get no eye.
    values
        The column of the model whose heights and uncertainties are used.
    walls
        Of the area.
    """
    found, lonlat = _hung(cameras, values, walls)
    scale = scale_at(lonlat[:, 1])
    lenses = [lens for eye in found for lens in eye.optics.lenses]
    eyes = Eyes(
        lonlat=lonlat,
        scale=np.stack([scale.lon_m, scale.lat_m], axis=-1),
        height_m=_floats(eye.optics.height_m for eye in found),
        search_m=_floats(max(eye.optics.reach_m, eye.view.reach_m) for eye in found),
        far_m=_floats(eye.optics.far_m for eye in found),
        indoor=np.array([eye.optics.indoor for eye in found], dtype=np.bool_),
        level=_floats(math.nan if eye.optics.level is None else eye.optics.level for eye in found),
        view_m=_floats(eye.view.reach_m for eye in found),
        view_start=_starts(len(eye.view.sectors) for eye in found),
        view_sector=_pairs(sector for eye in found for sector in eye.view.sectors),
        lens_start=_starts(len(eye.optics.lenses) for eye in found),
        pixels=_floats(lens.pixels for lens in lenses),
        duty=_floats(lens.duty for lens in lenses),
        sector_start=_starts(len(lens.sectors) for lens in lenses),
        sector=_pairs(sector for lens in lenses for sector in lens.sectors),
    )
    camera = np.array([eye.camera for eye in found], dtype=np.int32)
    return Placed(
        eyes,
        camera,
        hidden=_floats(lens.hidden for lens in lenses),
        places=np.bincount(camera, minlength=len(cameras)).astype(np.int32),
        on_facade=np.array([eye.on_facade for eye in found], dtype=np.bool_),
    )


def _hung(cameras: Sequence[Camera], values: Values, walls: Walls) -> tuple[list[_Eye], Floats]:
    """Give the eyes of cameras and where they hang, float64 [eye, 2], degrees."""
    kinds: dict[tuple[object, ...], _Kind | None] = {}
    owners: list[tuple[int, _Kind]] = []
    places: list[tuple[float, float]] = []
    for number, camera in enumerate(cameras):
        # tags are read once for all cameras that have the same: reading them takes longer than all that follows
        name = (frozenset(camera.tags.items()), camera.source, camera.fr)
        if name not in kinds:
            kinds[name] = _kind(camera, values)
        kind = kinds[name]
        if kind is not None:
            here = _places(camera, values)
            places += here
            owners += [(number, kind)] * len(here)
    at = np.array(places, dtype=np.float64).reshape(-1, 2)
    near_m = _floats(kind.near_m for _, kind in owners)
    outdoors = np.flatnonzero(~np.isnan(near_m))
    outward = np.full(len(at), math.nan)
    scale = scale_at(at[outdoors, 1])
    at[outdoors], outward[outdoors] = hang(
        at[outdoors], np.stack([scale.lon_m, scale.lat_m], axis=-1), near_m[outdoors], walls
    )
    found = [
        _Eye(number, kind.optics, kind.view, on_facade=False)
        if math.isnan(turn)
        else _Eye(number, on_facade(kind.optics, math.degrees(turn) % 360.0), kind.view, on_facade=True)
        for (number, kind), turn in zip(owners, outward.tolist(), strict=True)
    ]
    return found, at


def _kind(camera: Camera, values: Values) -> _Kind | None:
    """Read the tags of a camera; gives None for what is no camera in use."""
    optics, view = optics_of(camera, values), view_of(camera.tags)
    if optics is None or view is None:
        return None
    near_m = WALL_SNAP_M if optics.on_wall else SNAP_M
    if not FREE_MOUNTS.isdisjoint(tag_values(camera.tags, "camera:mount")):
        near_m = -1.0
    return _Kind(optics, view, math.nan if optics.indoor else near_m)


def places_within_m(values: Values) -> float:
    """Give how far at most a place where a camera may hang lies from where it is said to be."""
    return values.import_sigma_m * max(_RINGS)


def _places(camera: Camera, values: Values) -> list[tuple[float, float]]:
    """Give the places where a camera may hang: one, or eight around it for points of somebody's list."""
    lon, lat = camera.lonlat
    if not camera.source.startswith("import:") or values.import_sigma_m == 0.0:
        return [(lon, lat)]
    scale = scale_at(lat)
    sigma_m = values.import_sigma_m
    return [(lon + sigma_m * x / float(scale.lon_m), lat + sigma_m * y / float(scale.lat_m)) for x, y in _PLACES]


def _floats(values: Iterator[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def _pairs(sectors: Iterator[tuple[float, float]]) -> Floats:
    return np.array(list(sectors), dtype=np.float64).reshape(-1, 2)


def _starts(counts: Iterator[int]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(list(counts), dtype=np.int64))])
