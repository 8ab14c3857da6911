"""Cameras in, out which sections of the graph each is taken to see: as circles or cones, through all walls.

What other programs go by. Distances are metres on a flat frame about the middle of the area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from routing.geo import to_frame
from routing.model import Sector
from routing.optics import directions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.area import Area

_ARC_STEP_DEG = 5.0
_CIRCLE_DEG = 360.0


@dataclass(frozen=True, slots=True)
class Spots:
    """Which camera is taken to see which section: one row for each such pair."""

    section: NDArray[np.int64]
    camera: NDArray[np.int64]
    sections: int

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Tell of each section whether any camera sees it, bool [section]."""
        return self.count > 0

    @property
    def count(self) -> NDArray[np.int64]:
        """Give how many cameras see each section, int64 [section]."""
        return np.bincount(self.section, minlength=self.sections)

    def cameras_of(self, sections: NDArray[np.integer]) -> int:
        """Count the cameras that see any of some sections."""
        return len(np.unique(self.camera[np.isin(self.section, sections)]))


class Lines:
    """The sections of an area and its cameras on a flat frame.

    Parameters
    ----------
    area
        Whose.
    """

    def __init__(self, area: Area) -> None:
        graph = area.graph
        box = area.manifest.bbox
        origin = np.array([(box.west + box.east) / 2, (box.south + box.north) / 2])
        of_point = np.repeat(np.arange(graph.section_count), np.diff(graph.shape_start))
        points = to_frame(np.asarray(graph.shape_lonlat), origin)
        self._tree = shapely.STRtree(shapely.linestrings(points, indices=of_point))
        self._sections = graph.section_count
        self._cameras = area.cameras
        self._at = to_frame(area.camera_lonlat, origin)

    def circles(self, radius_m: float) -> Spots:
        """Give what lies within a distance of each camera, whichever way it looks."""
        camera, section = self._tree.query(shapely.points(self._at), predicate="dwithin", distance=radius_m)
        return Spots(section.astype(np.int64), camera.astype(np.int64), self._sections)

    def cones(self, radius_m: float, width_deg: float) -> Spots:
        """Give what lies within each camera's cone; where its direction is unknown, within the circle."""
        shapes = [
            shapely.union_all([_wedge(at, radius_m, sector) for sector in sectors])
            if sectors
            else shapely.Point(at).buffer(radius_m)
            for at, sectors in zip(self._at, self._looking(width_deg), strict=True)
        ]
        camera, section = self._tree.query(np.array(shapes, dtype=object), predicate="intersects")
        return Spots(section.astype(np.int64), camera.astype(np.int64), self._sections)

    def _looking(self, width_deg: float) -> list[list[Sector]]:
        return [[_sector(one, width_deg) for one in directions_of(camera.tags)] for camera in self._cameras]


def _sector(direction: float | Sector, width_deg: float) -> Sector:
    """Give the cone about a direction; of a camera that turns, where it turns to, and half a cone on each side."""
    turning = direction if isinstance(direction, Sector) else Sector(direction, 0.0)
    return Sector(turning.start_deg - width_deg / 2, min(turning.sweep_deg + width_deg, _CIRCLE_DEG))


def _wedge(at: NDArray[np.float64], radius_m: float, sector: Sector) -> shapely.Polygon:
    steps = int(np.ceil(sector.sweep_deg / _ARC_STEP_DEG)) + 1
    bearing = np.radians(sector.start_deg + np.linspace(0.0, sector.sweep_deg, steps))
    rim = at + radius_m * np.stack([np.sin(bearing), np.cos(bearing)], axis=-1)
    return shapely.Polygon(np.concatenate([at[None], rim]))
