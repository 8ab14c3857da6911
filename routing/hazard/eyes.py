"""Camera records in, eyes out: where each camera may hang, and what it may see from there.

A camera on a wall hangs 0.3 m in front of the nearest façade, so that it never looks through its own building; one
whose place is uncertain hangs at eight places with equal chance. Positions are WGS 84 degrees, longitude first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import scale_at
from routing.hazard.lenses import Optics, on_facade, optics_of
from routing.hazard.rates import Eyes
from routing.hazard.sight import facade
from routing.optics import view_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from routing.hazard.parameters import Values
    from routing.hazard.walls import Walls
    from routing.model import Camera, View

    Floats = NDArray[np.float64]

SNAP_M: Final = 5.0  # a camera this near a footprint hangs on it
WALL_SNAP_M: Final = 15.0  # one that is tagged as hanging on a wall, this near
OUTSIDE_M: Final = (0.3, 0.1, 0.03, 0.01)  # in front of the façade; less in a corner, where another wall is near
LOOK_M: Final = 100.0  # how far a façade is looked for by a camera inside a building
_FREE: Final = frozenset({"pole", "street_lamp", "traffic_signals", "street_light", "mast"})  # Key:camera:mount
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
    count: NDArray[np.int32]  # [camera] eyes of each; 0 for what is no camera in use
    on_facade: NDArray[np.bool_]  # [eye]


class _Eye(NamedTuple):
    camera: int
    lonlat: tuple[float, float]
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
    found = [eye for number, camera in enumerate(cameras) for eye in _eyes(number, camera, values, walls)]
    lonlat = np.array([eye.lonlat for eye in found], dtype=np.float64).reshape(-1, 2)
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
        count=np.bincount(camera, minlength=len(cameras)).astype(np.int32),
        on_facade=np.array([eye.on_facade for eye in found], dtype=np.bool_),
    )


def _eyes(number: int, camera: Camera, values: Values, walls: Walls) -> Iterator[_Eye]:
    optics, view = optics_of(camera, values), view_of(camera.tags)
    if optics is None or view is None:
        return
    for lonlat in _places(camera, values):
        if optics.indoor:
            yield _Eye(number, lonlat, optics, view, on_facade=False)
            continue
        there, outward_deg = _snapped(lonlat, camera, optics, walls)
        hung = optics if outward_deg is None else on_facade(optics, outward_deg)
        yield _Eye(number, there, hung, view, on_facade=outward_deg is not None)


def _places(camera: Camera, values: Values) -> list[tuple[float, float]]:
    """Give the places where a camera may hang: one, or eight around it for points of somebody's list."""
    lon, lat = camera.lonlat
    if not camera.source.startswith("import:") or values.import_sigma_m == 0.0:
        return [(lon, lat)]
    scale = scale_at(lat)
    sigma_m = values.import_sigma_m
    return [(lon + sigma_m * x / float(scale.lon_m), lat + sigma_m * y / float(scale.lat_m)) for x, y in _PLACES]


def _snapped(
    lonlat: tuple[float, float], camera: Camera, optics: Optics, walls: Walls
) -> tuple[tuple[float, float], float | None]:
    """Hang a camera on the façade that it belongs to; gives also whither that faces, None where there is none."""
    at = np.array(lonlat)
    local = scale_at(at[1])
    scale = np.array([float(local.lon_m), float(local.lat_m)])
    away_m, x, y, outward, inside = facade(at, scale, LOOK_M, walls)
    free = camera.tags.get("camera:mount") in _FREE
    near = away_m <= (WALL_SNAP_M if optics.on_wall else SNAP_M)
    if not inside and (free or not near):
        return lonlat, None
    foot, ahead = at + np.array([x, y]) / scale, np.array([math.sin(outward), math.cos(outward)]) / scale
    for outside_m in OUTSIDE_M:
        there = foot + outside_m * ahead
        if not facade(there, scale, LOOK_M, walls)[4]:
            break
    return (float(there[0]), float(there[1])), math.degrees(outward) % 360.0


def _floats(values: Iterator[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def _pairs(sectors: Iterator[tuple[float, float]]) -> Floats:
    return np.array(list(sectors), dtype=np.float64).reshape(-1, 2)


def _starts(counts: Iterator[int]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(list(counts), dtype=np.int64))])
