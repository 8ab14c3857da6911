"""An area and other camera records → the same area with them; only what the change touches is looked at again.

The map stays: its arrays are shared with the area that was, which is still used by whoever holds it. So does the risk
by cameras that nobody mapped, until the area is built again. Records are believed as in the month in which the area was
built, so that what is not touched stays right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from routing.errors import TooManyCamerasError
from routing.exposure import in_view_dm, side_e6, that_count
from routing.geo import scale_at
from routing.hazard.eyes import SEARCH_M, WALL_SNAP_M
from routing.hazard.hazards import certainty, hazards_of
from routing.hazard.live import lines_of_cameras, on_lines, replaced
from routing.hazard.pavements import lines_along
from routing.hazard.tiles import some_of
from routing.model import BBox
from routing.optics import is_camera

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.hazard.hazards import Hazards
    from routing.model import Camera, Overlay
    from routing.search.front import Limits

_MOST_OF = 0.25  # of an area's sections: where more lie around new cameras, all are cut into pieces once and kept
_OF_CAMERAS = ("views", "camera_lonlat", "sure", "network", "network_of_sides", "risk_e6")


def revised(
    area: Area,
    cameras: Iterable[Camera],
    *,
    surveyed: NDArray[np.float32] | None = None,
    month: str | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Area:
    """Make an area with other cameras.

    Parameters
    ----------
    area
        As built or loaded; it is not changed.
    cameras
        All records that shall count; tombstones, and what is too far away or no camera, are passed over.
    surveyed
        float32 [section], the share on which somebody looked for cameras; ``None``: as it was.
    month
        In which records are believed, ``YYYY-MM``; ``None``: as it was.
    tick
        Called every few hundred cameras and between steps; what it raises ends the work.

    Returns
    -------
    Area
        In memory; its arrays equal those of an area that is built with these cameras, but for what is assumed of those
        that nobody mapped.
    """
    now = within_reach(area.manifest.bbox, cameras, known=area.cameras)
    area = _surveyed(area, surveyed)
    if month is not None and month != area.month:
        area = _in_month(area, month)
    number = _numbers(area.cameras, now)
    if len(now) == len(area.cameras) and (number == np.arange(len(now))).all():
        return area
    fresh = np.setdiff1d(np.arange(len(now), dtype=np.int32), number)  # those that are new or not as they were
    new = _looked_out(area, [now[one] for one in fresh.tolist()], tick)
    tick()
    hazards = replaced(area.hazards, number, new, fresh, len(now))
    tick()
    sure = np.zeros(len(now))
    sure[number[number >= 0]] = area.sure[number >= 0]
    sure[fresh] = certainty([now[one] for one in fresh.tolist()], area.month, area.model.default)
    touched, sections = _touched(area, number, new)
    here, edges = on_lines(hazards, touched), np.flatnonzero(sections[area.graph.section])
    in_view, of_side = area.in_view_dm.copy(), area.side_e6.copy()
    in_view[edges] = in_view_dm(area.graph, here.views)[edges]
    tick()
    of_side[edges] = side_e6(area.graph, area.paths, here, sure, area.unmapped_side_e6[edges], edges)
    tick()
    made = replace(
        area,
        cameras=now,
        hazards=hazards,
        in_view_dm=_readonly(in_view),
        side_e6=_readonly(of_side),
    )
    made.__dict__["sure"] = sure
    made = _worked_out(made, area)
    made.__dict__["ground"] = area.ground
    made.__dict__["network"] = area.ground.raised(made.network.seen)
    return made


def _looked_out(area: Area, cameras: Sequence[Camera], tick: Callable[[], object]) -> Hazards:
    """Look out of cameras: at the lines around them alone, unless that is much of the area."""
    graph, paths = area.graph, area.paths
    margin = area.margin_deg()
    at = np.array([camera.lonlat for camera in cameras], dtype=np.float64).reshape(-1, 2)
    segments = area.segments.near(at - margin, at + margin)
    sections = np.unique(graph.segment_section[segments])
    if "lines" in area.__dict__ or len(sections) > _MOST_OF * graph.section_count:
        return that_count(hazards_of(cameras, area.lines, area.walls, area.model.default, tick=tick), paths)
    beside = paths.pavement[sections]
    line = np.concatenate([sections, np.sort(beside[beside >= 0])]).astype(np.int32)
    lines = lines_along(some_of(paths.ways, line), area.walls)
    found = hazards_of(cameras, lines, area.walls, area.model.default, tick=tick)
    return that_count(found.renamed(np.arange(len(cameras), dtype=np.int32), line), paths)


def _surveyed(area: Area, surveyed: NDArray[np.float32] | None) -> Area:
    """Give the area with other streets surveyed."""
    if surveyed is None:
        return area
    length_m = area.graph.section_length_m
    share = float((surveyed * length_m).sum() / max(float(length_m.sum()), 1.0)) if surveyed.any() else None
    made = replace(area, manifest=replace(area.manifest, surveyed_share=share), surveyed=surveyed)
    return _worked_out(made, area, _OF_CAMERAS)


def _in_month(area: Area, month: str) -> Area:
    """Believe the records of an area as in another month; no camera is looked out of again."""
    sure = certainty(area.cameras, month, area.model.default)
    of_side = side_e6(area.graph, area.paths, area.hazards, sure, area.unmapped_side_e6)
    made = replace(area, manifest=replace(area.manifest, month=month), side_e6=_readonly(of_side))
    made.__dict__["sure"] = sure
    return _worked_out(made, area, ("views", "camera_lonlat"))


def _worked_out(made: Area, area: Area, also: Sequence[str] = ()) -> Area:
    """Hand on what has been worked out and does not depend on cameras, or has not changed with them."""
    names = ("walls", "lines", "model", "estimates", "paths", "spread", "unmapped_e6", *also)
    made.__dict__.update({name: area.__dict__[name] for name in names if name in area.__dict__})
    return made


def _touched(area: Area, number: NDArray[np.int32], new: Hazards) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which lines and which sections are to be looked at again, bool [line], bool [section].

    A section and the pavements beside it are looked at together.
    """
    paths = area.paths
    lines = np.zeros(len(paths.share), dtype=np.bool_)
    lines[lines_of_cameras(area.hazards, number < 0)] = True
    lines[lines_of_cameras(new, np.ones(len(new.count), dtype=np.bool_))] = True
    beside = paths.pavement >= 0
    sections = lines[: area.graph.section_count] | (lines[paths.pavement] & beside).any(axis=1)
    lines[: area.graph.section_count] |= sections
    lines[paths.pavement[sections][beside[sections]]] = True
    return lines, sections


def overlaid(area: Area, overlay: Overlay, limits: Limits | None = None) -> Area:
    """Give the area as one person knows it; her cameras count fully.

    Parameters
    ----------
    limits
        How long it may take: until its ``until``; ``None`` for as long as it takes.

    Raises
    ------
    TooManyCamerasError
        If it would take longer.
    """
    if not overlay.cameras and not overlay.off:
        return area

    def tick() -> None:
        if limits is not None and limits.are_met():
            raise TooManyCamerasError(
                "the cameras that came with the request took longer to look out of than a walk may take to plan; "
                "send fewer, or only those near the walk"
            )

    own = {camera.id for camera in overlay.cameras}
    kept = [camera for camera in area.cameras if camera.id not in overlay.off and camera.id not in own]
    return revised(area, [*kept, *overlay.cameras], tick=tick)


def left_out(area: Area, overlaid: Area, overlay: Overlay) -> tuple[int, int]:
    """Count what of an overlay changes nothing: cameras of her own that do not count, and ids that nothing here has.

    Parameters
    ----------
    area, overlaid
        Without the overlay, and with it.
    """
    used = {camera.id for camera in overlaid.cameras}
    known = {camera.id for camera in area.cameras}
    return len({camera.id for camera in overlay.cameras} - used), len(overlay.off - known)


def within_reach(box: BBox, cameras: Iterable[Camera], known: Sequence[Camera] = ()) -> tuple[Camera, ...]:
    """Keep the cameras that watch people and stand in the box, or near enough to look into it; no tombstones.

    Parameters
    ----------
    known
        Records that were kept before: where they stand among the others themselves, they are kept unasked.
    """
    scale = scale_at((box.south + box.north) / 2)
    margin_m = SEARCH_M + WALL_SNAP_M
    lon, lat = margin_m / float(scale.lon_m), margin_m / float(scale.lat_m)
    wide = BBox(box.west - lon, box.south - lat, box.east + lon, box.north + lat)
    kept = {id(camera) for camera in known}
    return tuple(
        camera
        for camera in cameras
        if id(camera) in kept or (wide.holds(camera.lonlat) and camera.status != "removed" and is_camera(camera.tags))
    )


def _numbers(before: Sequence[Camera], now: Sequence[Camera]) -> NDArray[np.int32]:
    """Give the position among those of now of each camera that was, int32 [camera]; -1 if it is not as it was."""
    place = {camera.id: number for number, camera in enumerate(now)}
    numbers = [place.get(camera.id, -1) for camera in before]
    return np.array(
        [one if one >= 0 and now[one] == camera else -1 for one, camera in zip(numbers, before, strict=True)],
        dtype=np.int32,
    )


def _readonly(array: NDArray[np.int32]) -> NDArray[np.int32]:
    array.flags.writeable = False
    return array
