"""Cameras that come with a request, as discs: metres of each way inside them, looked up in a grid.

The model is the one that other engines can be asked for, a disc of 25 m and no walls, so that times compare; what a
walk is really planned with is the exposure model. Each disc counts for itself where several overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.geo import to_frame
from routing.kernels import compiled
from routing.search.network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.graph import WalkGraph

_CELL_M = 50.0


class Discs:
    """A graph's straight segments in a grid, made once for all requests."""

    def __init__(self, graph: WalkGraph) -> None:
        self._bare = Network(graph, np.zeros(graph.edge_count, dtype=np.int32))
        self._graph = graph
        self._origin = np.asarray(graph.node_lonlat).mean(axis=0)
        points = to_frame(np.asarray(graph.shape_lonlat), self._origin)
        first = graph.segment_point
        self._segments = np.concatenate([points[first], points[first + 1]], axis=1)
        self._section = np.array(graph.segment_section)
        low = np.minimum(self._segments[:, :2], self._segments[:, 2:])
        high = np.maximum(self._segments[:, :2], self._segments[:, 2:])
        self._corner = low.min(axis=0)
        a, b = (((ends - self._corner) // _CELL_M).astype(np.int64) for ends in (low, high))
        self._width, self._height = (b.max(axis=0) + 1).tolist()
        # each segment stands in all cells of its box, one row for each
        wide, high_ = (b - a + 1).T
        segment = np.repeat(np.arange(len(a)), wide * high_)
        nth = np.arange(len(segment)) - np.repeat(np.cumsum(wide * high_) - wide * high_, wide * high_)
        cell = (a[segment, 1] + nth // wide[segment]) * self._width + a[segment, 0] + nth % wide[segment]
        order = np.argsort(cell, kind="stable")
        self._in_cell = segment[order]
        self._cell_start = np.searchsorted(cell[order], np.arange(self._width * self._height + 1))

    def metres(self, lonlat: NDArray[np.float64], radius_m: float) -> NDArray[np.float64]:
        """Give the metres of each section inside discs, float64 [section]."""
        inside_m = np.zeros(self._graph.section_count)
        centres = to_frame(lonlat, self._origin)
        _add_inside(
            centres, radius_m, self._segments, self._section, self._cell_start, self._in_cell,
            self._corner, self._width, self._height, inside_m,
        )  # fmt: skip
        return inside_m

    def network(self, lonlat: NDArray[np.float64], radius_m: float) -> Network:
        """Give what a search reads, decimetres inside discs for risk; nothing that is shared is written."""
        inside_dm = np.rint(self.metres(lonlat, radius_m) * 10).astype(np.int32)
        return self._bare.raised(inside_dm[self._graph.section])


@compiled
def _add_inside(
    centres: NDArray[np.float64],
    radius_m: float,
    segments: NDArray[np.float64],
    section: NDArray[np.int32],
    cell_start: NDArray[np.int64],
    in_cell: NDArray[np.int64],
    corner: NDArray[np.float64],
    width: int,
    height: int,
    inside_m: NDArray[np.float64],
) -> None:
    """Add what lies inside each disc; a segment that stands in several cells is met in the first of them alone."""
    for camera in range(len(centres)):
        x, y = centres[camera]
        left = max(int((x - radius_m - corner[0]) // _CELL_M), 0)
        right = min(int((x + radius_m - corner[0]) // _CELL_M), width - 1)
        bottom = max(int((y - radius_m - corner[1]) // _CELL_M), 0)
        top = min(int((y + radius_m - corner[1]) // _CELL_M), height - 1)
        for row in range(bottom, top + 1):
            for column in range(left, right + 1):
                cell = row * width + column
                for at in range(cell_start[cell], cell_start[cell + 1]):
                    one = in_cell[at]
                    ax, ay, bx, by = segments[one]
                    first_column = max(int((min(ax, bx) - corner[0]) // _CELL_M), left)
                    first_row = max(int((min(ay, by) - corner[1]) // _CELL_M), bottom)
                    if column == first_column and row == first_row:
                        inside_m[section[one]] += _inside(ax - x, ay - y, bx - ax, by - ay, radius_m)


@compiled
def _inside(x: float, y: float, dx: float, dy: float, radius_m: float) -> float:
    """Give the metres of a segment from (x, y) by (dx, dy) inside a disc about the origin."""
    a = dx * dx + dy * dy
    b = x * dx + y * dy
    c = x * x + y * y - radius_m * radius_m
    root = b * b - a * c
    if a == 0.0 or root <= 0.0:
        return 0.0
    root = np.sqrt(root)
    first = max((-b - root) / a, 0.0)
    last = min((-b + root) / a, 1.0)
    return max(last - first, 0.0) * np.sqrt(a)
