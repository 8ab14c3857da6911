"""An area and other camera records → the same area with them; only what the change touches is looked at again.

The map stays: its arrays are shared with the area that was, which is still used by whoever holds it. Records in doubt
weigh as in the month in which the area was built, so that what is not touched stays right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from routing.exposure import find_sightings, in_view_dm, weighed_dm
from routing.geo import scale_at
from routing.model import BBox
from routing.optics import is_camera, view_of
from routing.trust import weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.model import Camera, LonLat, Overlay, View


def revised(area: Area, cameras: Iterable[Camera], *, surveyed_share: float | None = None) -> Area:
    """Make an area with other cameras.

    Parameters
    ----------
    area
        As built or loaded; it is not changed.
    cameras
        All records that shall count; tombstones, and what is too far away or no camera, are passed over.
    surveyed_share
        Share of the walkable length on which somebody looked for cameras; ``None``: as it was.

    Returns
    -------
    Area
        In memory; its arrays equal those of an area that is built with these cameras.
    """
    now = within_reach(area.manifest.bbox, cameras, area.manifest.reach_m)
    share = area.manifest.surveyed_share if surveyed_share is None else surveyed_share
    manifest = replace(area.manifest, surveyed_share=share)
    changed = _changed(area.cameras, now)
    if not changed:
        return replace(area, manifest=manifest, cameras=now)
    graph, reaches, month = area.graph, area.manifest.reach_m, manifest.built[:7]
    touched = np.zeros(graph.section_count, dtype=np.bool_)
    positions, views, _ = _seeing(changed, reaches, month)
    touched[find_sightings(graph, positions, views).section] = True
    in_view, seen = look(graph, now, reaches, month, sections=touched)
    edges = touched[graph.section]
    return replace(
        area,
        manifest=manifest,
        cameras=now,
        in_view_dm=_readonly(np.where(edges, in_view, area.in_view_dm)),
        seen_dm=_readonly(np.where(edges, seen, area.seen_dm)),
    )


def overlaid(area: Area, overlay: Overlay) -> Area:
    """Give the area as one person knows it; her cameras count fully."""
    if not overlay.cameras and not overlay.off:
        return area
    own = {camera.id for camera in overlay.cameras}
    kept = [camera for camera in area.cameras if camera.id not in overlay.off and camera.id not in own]
    return revised(area, [*kept, *overlay.cameras])


def look(
    graph: WalkGraph,
    cameras: Sequence[Camera],
    reaches: Mapping[str, float],
    month: str,
    *,
    sections: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Count what cameras see of each directed edge, decimetres.

    Returns
    -------
    in_view_dm, seen_dm : numpy.ndarray
        int32 [edge] each; the second is less where cameras are in doubt. Sections that were not to be looked at count
        as seen by no camera.
    """
    positions, views, weights = _seeing(cameras, reaches, month)
    sightings = find_sightings(graph, positions, views, sections=sections)
    return in_view_dm(graph, sightings), weighed_dm(graph, sightings, weights)


def within_reach(box: BBox, cameras: Iterable[Camera], reaches: Mapping[str, float]) -> tuple[Camera, ...]:
    """Keep the cameras that watch people and stand in the box, or near enough to look into it; no tombstones."""
    scale = scale_at((box.south + box.north) / 2)
    margin_m = max(reaches.values())
    lon, lat = margin_m / float(scale.lon_m), margin_m / float(scale.lat_m)
    wide = BBox(box.west - lon, box.south - lat, box.east + lon, box.north + lat)
    return tuple(
        camera
        for camera in cameras
        if wide.holds(camera.lonlat) and camera.status != "removed" and is_camera(camera.tags)
    )


def _seeing(
    cameras: Iterable[Camera], reaches: Mapping[str, float], month: str
) -> tuple[list[LonLat], list[View], NDArray[np.float64]]:
    """Give positions, views and weights of the cameras in use."""
    seen = [(camera, view) for camera in cameras if (view := view_of(camera.tags, reaches=reaches)) is not None]
    weights = np.array([weight(camera, month) for camera, _ in seen], dtype=np.float64)
    return [camera.lonlat for camera, _ in seen], [view for _, view in seen], weights


def _changed(before: Sequence[Camera], now: Sequence[Camera]) -> list[Camera]:
    """List the records that are in one of two lists only, or not the same in both."""
    old, new = ({camera.id: camera for camera in cameras} for cameras in (before, now))
    ids = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [camera for name in ids for camera in (old.get(name), new.get(name)) if camera is not None]


def _readonly(array: NDArray[np.int32]) -> NDArray[np.int32]:
    array.flags.writeable = False
    return array
