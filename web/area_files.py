"""An area → what the page reads of it: the record of the API, its cameras as GeoJSON, its names, its basemap.

Positions are WGS 84 degrees, longitude first. Nothing here depends on who asks, so all is made once. How far a camera
sees is told in whole metres, for drawing alone: walks are measured by routing/score.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.hazard.eyes import eyes_of
from routing.hazard.sight import rim
from routing.model import ATTRIBUTION
from routing.names_file import names_file
from routing.optics import CAMERA_CLASSES, direction_known
from routing.pack import cameras_part, map_part
from routing.rounding import coverage_record, rounded
from web.assets import Asset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.model import Camera, View
    from routing.pack_columns import Part

    Floats = NDArray[np.float64]

RAYS: Final = 72  # directions in which is told how far a camera sees, every 5 degrees
_PLATES = frozenset({"alpr", "anpr"})  # Key:surveillance:type
_KINDS = frozenset({"fixed", "dome", "panning"})  # others have no word of their own on the page
_FILES: Final = ("places", "cameras", "basemap", "pack", "camera_pack")


@dataclass(frozen=True)
class AreaFiles:
    """The files of an area, by what they are.

    Attributes
    ----------
    basemap
        ``None`` where the area was built without.
    pack, camera_pack
        What a phone plans with (routing/pack.py): the map, and what cameras do, which goes with that map alone.
    """

    places: Asset
    cameras: Asset
    basemap: Asset | None
    pack: Asset
    camera_pack: Asset
    map: Part

    def named(self) -> dict[str, Asset]:
        """Give the files by the names that stand in addresses."""
        return {
            f"{what}.{asset.hash}{asset.suffix}": asset for what in _FILES if (asset := getattr(self, what)) is not None
        }


def area_files(area: Area, before: AreaFiles | None = None) -> AreaFiles:
    """Make the files of an area; of another version of it only what depends on cameras is made anew.

    Raises
    ------
    BadFileError
        If its basemap is damaged.
    """
    if before is not None:
        return replace(
            before,
            cameras=Asset(cameras_geojson(area), ".geojson"),
            camera_pack=Asset(cameras_part(area, before.map).content, ".pack"),
        )
    basemap, whole = area.basemap, map_part(area)
    return AreaFiles(
        Asset(names_file(area.places), ".json"),
        Asset(cameras_geojson(area), ".geojson"),
        None if basemap is None else Asset(basemap, ".pmtiles"),
        Asset(whole.content, ".pack"),
        Asset(cameras_part(area, whole).content, ".pack"),
        whole,
    )


def about_area(area: Area, files: AreaFiles, address: Callable[[str], str]) -> dict[str, object]:
    """Give the record of ``GET /api/v1/area``; ``address`` makes the URL of a file from its name."""
    manifest = area.manifest
    urls: dict[str, object] = dict.fromkeys(_FILES)
    for name, asset in files.named().items():
        urls[name.partition(".")[0]] = {"url": address(name), "bytes": len(asset.content)}
    return {
        **dated_coverage(area),
        "built": manifest.built,
        "version": version_of(files),
        "updated": manifest.cameras_month or manifest.built[:7],
        "bbox": [manifest.bbox.west, manifest.bbox.south, manifest.bbox.east, manifest.bbox.north],
        "attribution": manifest.attribution,
        "files": urls,
    }


def version_of(files: AreaFiles) -> str:
    """Give what tells one version of an area's cameras from another."""
    return files.cameras.hash[:8]


def dated_coverage(area: Area) -> dict[str, object]:
    """Give what is known of an area's cameras, and their dates, as :func:`web.sentences.coverage_words` reads it."""
    return {**coverage_record(area.coverage), "oldest": area.coverage.oldest, "newest": area.coverage.newest}


def cameras_geojson(area: Area) -> bytes:
    """Write the cameras that count in an area, and those just outside that look into it, as GeoJSON (RFC 7946)."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [rounded(axis, 7) for axis in camera.lonlat]},
            "properties": _properties(camera, view) | sight | {"in_area": area.manifest.bbox.holds(camera.lonlat)},
        }
        for camera, view, sight in zip(area.cameras, area.views, _sights(area), strict=True)
    ]
    collection = {
        "type": "FeatureCollection",
        "area": area.manifest.name,
        "attribution": area.manifest.attribution or ATTRIBUTION,
        "features": features,
    }
    return (json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode()


def _properties(camera: Camera, view: View) -> dict[str, object]:
    return {
        "id": camera.id,
        "kind": _kind(camera),
        "reach_m": rounded(view.reach_m, 1),
        "sectors": [[rounded(start, 1), rounded(sweep, 1)] for start, sweep in view.sectors],
        "indoor": view.indoor,
        "direction_known": direction_known(camera.tags),
        "status": camera.status,
        "source": camera.source,
        "fr": camera.fr,
        "evidence": camera.evidence,
        "first_seen": camera.first_seen,
        "last_seen": camera.last_seen,
        "confirmations": camera.confirmations,
    }


def _sights(area: Area) -> list[dict[str, object]]:
    """Tell of each camera where it hangs, if that is not where it is mapped, and what walls leave of its view."""
    sights: list[dict[str, object]] = [{} for _ in area.cameras]
    # one place each: the eight where a camera of somebody's list may hang make no picture
    eyes, owners, *_ = eyes_of(area.cameras, replace(area.model.default, import_sigma_m=0.0), area.walls)
    for eye, owner in enumerate(owners.tolist()):
        view = area.views[owner]
        if view.indoor or view.reach_m <= 0 or eyes.indoor[eye]:
            continue
        far_m = seen_m(rim(eyes.lonlat[eye], eyes.scale[eye], view.reach_m, area.walls, RAYS), view.sectors)
        if far_m != seen_m(np.full(RAYS, view.reach_m), view.sectors):
            sights[owner]["far_m"] = far_m
        at = [rounded(axis, 6) for axis in eyes.lonlat[eye].tolist()]  # 0.1 m
        if at != [rounded(axis, 6) for axis in area.cameras[owner].lonlat]:
            sights[owner]["hangs_at"] = at
    return sights


def seen_m(far_m: Floats, sectors: Sequence[tuple[float, float]]) -> list[int]:
    """Round how far one sees in each direction, float64 [direction], to whole metres; 0 where no sector needs it.

    Examples
    --------
    >>> seen_m(np.full(8, 30.4), [(80.0, 60.0)])
    [0, 0, 30, 30, 0, 0, 0, 0]
    """
    step_deg = 360.0 / len(far_m)
    near = np.arange(len(far_m)) * step_deg
    # the page takes the nearest direction at the ends of a sector
    needed = [((near - start + step_deg / 2.0) % 360.0 <= sweep + step_deg) for start, sweep in sectors]
    told = np.where(np.any(needed, axis=0), far_m, 0.0) if needed else far_m
    return [int(metres) for metres in np.rint(told).tolist()]


def _kind(camera: Camera) -> str:
    if camera.tags.get("surveillance:type", "").lower() in _PLATES:
        return "alpr"
    kind = CAMERA_CLASSES.get(camera.tags.get("camera:type", "").strip().lower(), "unknown")
    return kind if kind in _KINDS else "unknown"
