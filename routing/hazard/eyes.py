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
from routing.hazard.lenses import facing_deg, on_facade, optics_of
from routing.hazard.parameters import CLASSES
from routing.optics import FREE_MOUNTS, REACH_M, tag_values, view_of
from routing.ragged import taken

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
    like: NDArray[np.int64]  # [eye] the first eye that hangs and looks just as it does: itself, but for equal cameras


class _Kind(NamedTuple):
    """What cameras of the same tags share."""

    optics: Optics
    view: View
    near_m: float  # they hang on a façade this near


class _Hung(NamedTuple):
    """Where eyes hang."""

    camera: NDArray[np.int32]  # [eye]
    kind: NDArray[np.int64]  # [eye]
    lonlat: Floats  # [eye, 2] degrees
    outward_deg: Floats  # [eye] whither the façade faces that it hangs on; NaN where it hangs on none


class _Looks(NamedTuple):
    """Lenses of kinds, one kind after the other, and the sectors of lenses."""

    lens_start: NDArray[np.int64]  # [kind + 1]
    lens: Floats  # [3, lens] pixels, duty, hidden
    sector_start: NDArray[np.int64]  # [lens + 1]
    sector: Floats  # [sector, 2]
    turns: NDArray[np.bool_]  # [sector] is the half-plane before the façade


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
    kinds, kind_of = _kinds(cameras, values)
    hung = _hung(cameras, kinds, kind_of, values, walls)
    on_wall = ~np.isnan(hung.outward_deg)
    # after the kinds as they are come the same on façades
    looks = _looks([kind.optics for kind in kinds] + [on_facade(kind.optics, 0.0) for kind in kinds])
    lens = taken(looks.lens_start, hung.kind + np.where(on_wall, len(kinds), 0))
    sector = taken(looks.sector_start, lens.at)
    sectors, turned = looks.sector[sector.at], looks.turns[sector.at]
    sectors[turned, 0] = facing_deg(hung.outward_deg[lens.of[sector.of[turned]]])
    view = taken(_starts(len(kind.view.sectors) for kind in kinds), hung.kind)
    scale = scale_at(hung.lonlat[:, 1])
    height_m, search_m, far_m, level, view_m, _ = np.take(_floats_of(kinds), hung.kind, axis=1)
    pixels, duty, hidden = np.take(looks.lens, lens.at, axis=1)
    eyes = Eyes(
        lonlat=hung.lonlat,
        scale=np.stack([scale.lon_m, scale.lat_m], axis=-1),
        height_m=height_m,
        search_m=search_m,
        far_m=far_m,
        indoor=np.array([kind.optics.indoor for kind in kinds], dtype=np.bool_)[hung.kind],
        level=level,
        view_m=view_m,
        view_start=view.start,
        view_sector=_pairs(sector for kind in kinds for sector in kind.view.sectors)[view.at],
        lens_start=lens.start,
        pixels=pixels,
        duty=duty,
        sector_start=sector.start,
        sector=sectors,
    )
    places = np.bincount(hung.camera, minlength=len(cameras)).astype(np.int32)
    return Placed(eyes, hung.camera, hidden, places, on_wall, _alike(hung))


def _kinds(cameras: Sequence[Camera], values: Values) -> tuple[list[_Kind], NDArray[np.int64]]:
    """Read the tags of cameras: the kinds there are, and int64 [camera], of which each is; -1 for no camera in use.

    Tags are read once for all cameras that have the same: reading them takes longer than all that follows.
    """
    kinds: list[_Kind] = []
    known: dict[tuple[object, ...], int] = {}
    found = np.empty(len(cameras), dtype=np.int64)
    for number, camera in enumerate(cameras):
        name = (frozenset(camera.tags.items()), camera.source, camera.fr)
        if name not in known:
            kind = _kind(camera, values)
            known[name] = -1 if kind is None else len(kinds)
            kinds += [] if kind is None else [kind]
        found[number] = known[name]
    return kinds, found


def _floats_of(kinds: Sequence[_Kind]) -> Floats:
    """Give float64 [6, kind]: height, how far is looked, where lenses end, level, how far is in view, near a façade."""
    rows = [
        (
            kind.optics.height_m,
            max(kind.optics.reach_m, kind.view.reach_m),
            kind.optics.far_m,
            math.nan if kind.optics.level is None else kind.optics.level,
            kind.view.reach_m,
            kind.near_m,
        )
        for kind in kinds
    ]
    return np.ascontiguousarray(np.array(rows, dtype=np.float64).reshape(-1, 6).T)


def _looks(optics: Sequence[Optics]) -> _Looks:
    lenses = [lens for one in optics for lens in one.lenses]
    turns = [lens.on_facade for lens in lenses for _ in lens.sectors]
    return _Looks(
        _starts(len(one.lenses) for one in optics),
        np.array([(lens.pixels, lens.duty, lens.hidden) for lens in lenses], dtype=np.float64).reshape(-1, 3).T,
        _starts(len(lens.sectors) for lens in lenses),
        _pairs(sector for lens in lenses for sector in lens.sectors),
        np.array(turns, dtype=np.bool_),
    )


def _hung(
    cameras: Sequence[Camera], kinds: Sequence[_Kind], kind_of: NDArray[np.int64], values: Values, walls: Walls
) -> _Hung:
    """Hang cameras where they belong."""
    used = np.flatnonzero(kind_of >= 0)
    places = [_places(cameras[number], values) for number in used.tolist()]
    camera = np.repeat(used, [len(of) for of in places])
    at = np.array([place for of in places for place in of], dtype=np.float64).reshape(-1, 2)
    kind = kind_of[camera]
    near_m = _floats_of(kinds)[5, kind]
    outdoors = np.flatnonzero(~np.isnan(near_m))
    outward = np.full(len(at), math.nan)
    scale = scale_at(at[outdoors, 1])
    at[outdoors], outward[outdoors] = hang(
        at[outdoors], np.stack([scale.lon_m, scale.lat_m], axis=-1), near_m[outdoors], walls
    )
    return _Hung(camera.astype(np.int32), kind, at, np.degrees(outward) % 360.0)


def _alike(hung: _Hung) -> NDArray[np.int64]:
    """Give the first eye of the same kind at the same place before the same façade, int64 [eye]."""
    columns = [hung.kind, *hung.lonlat.T, np.nan_to_num(hung.outward_deg, nan=-1.0)]
    order = np.lexsort(columns)  # stable: of equal ones the first comes first
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = np.any([column[order[1:]] != column[order[:-1]] for column in columns], axis=0)
    found = np.empty(len(order), dtype=np.int64)
    found[order] = order[np.flatnonzero(fresh)[np.cumsum(fresh) - 1]]
    return found


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


def _pairs(sectors: Iterator[tuple[float, float]]) -> Floats:
    return np.array(list(sectors), dtype=np.float64).reshape(-1, 2)


def _starts(counts: Iterator[int]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(list(counts), dtype=np.int64))])
