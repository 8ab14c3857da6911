"""Shores as lines in, water as areas out: OpenStreetMap has no polygon of the sea, and clipping tears those of lakes.

Positions are WGS 84 degrees, longitude first. A coastline has water on the right-hand side of its direction
(https://wiki.openstreetmap.org/wiki/Tag:natural%3Dcoastline). Clipped extracts end it somewhere near the edge of the
box: a loose end is joined to the loose end that it lost, or run straight to the edge, whichever is nearer. The lines
then cut the box into faces, and each face asks the lines around it what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from routing.geo import scale_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.model import BBox

_ASIDE_M = 0.05  # from a line, to look at what lies beside it; less than any strip of land worth drawing


def sea_of(lines: Sequence[NDArray[np.float64]], box: BBox) -> shapely.Geometry:
    """Find the sea of a box.

    Parameters
    ----------
    lines
        Coastlines, each ``[point, 2]`` degrees; they may end anywhere.
    box
        What to fill. A box that no coastline crosses is land.

    Returns
    -------
    shapely.Geometry
        A polygon, several, or an empty one, in degrees.

    Examples
    --------
    >>> from routing.model import BBox
    >>> northward = np.array([(0.5, 0.1), (0.5, 0.9)])
    >>> [round(edge, 6) for edge in sea_of([northward], BBox(0.0, 0.0, 1.0, 1.0)).bounds]
    [0.5, 0.0, 1.0, 1.0]
    """
    plane = _Plane(box)
    faces, left, right, length_m = _cut(lines, plane)
    water_m, land_m = np.zeros(len(faces)), np.zeros(len(faces))
    for side, votes in ((right, water_m), (left, land_m)):
        np.add.at(votes, side[side >= 0], length_m[side >= 0])
    return plane.degrees(shapely.union_all(faces[water_m > land_m]))


def closed(lines: Sequence[NDArray[np.float64]], box: BBox) -> shapely.Geometry:
    """Close the torn rings of an area, of whose directions nothing is known: what it cuts off is the smaller part.

    Examples
    --------
    >>> from routing.model import BBox
    >>> corner = np.array([(0.6, 0.1), (0.6, 0.5), (0.9, 0.5)])
    >>> [round(edge, 6) for edge in closed([corner], BBox(0.0, 0.0, 1.0, 1.0)).bounds]
    [0.6, 0.0, 1.0, 0.5]
    """
    plane = _Plane(box)
    faces, left, right, _ = _cut(lines, plane)
    colour = _two_colours(len(faces), left, right)
    parts = [shapely.union_all(faces[colour == number]) for number in (0, 1)]
    return plane.degrees(min(parts, key=lambda part: float(shapely.area(part))))


class _Plane:
    """Degrees to metres and back, evenly over the box: shape and side of a line stay what they are."""

    def __init__(self, box: BBox) -> None:
        scale = scale_at((box.south + box.north) / 2)
        self._low = np.array([box.west, box.south])
        self._scale = np.array([float(scale.lon_m), float(scale.lat_m)])
        self.width_m, self.height_m = (np.array([box.east, box.north]) - self._low) * self._scale
        self._high = np.array([box.east, box.north])

    def metres(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        placed: NDArray[np.float64] = (points - self._low) * self._scale
        return placed

    def degrees(self, geometry: shapely.Geometry) -> shapely.Geometry:
        # the edge stays the very edge, so that nothing juts out of the box
        back = lambda points: np.clip(points / self._scale + self._low, self._low, self._high)  # noqa: E731
        return shapely.transform(geometry, back)

    @property
    def box(self) -> shapely.Geometry:
        return shapely.box(0.0, 0.0, self.width_m, self.height_m)


def _cut(
    lines: Sequence[NDArray[np.float64]], plane: _Plane
) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Cut the box along lines: the faces, and of each piece of line the face on either side (-1: none), and length."""
    within = _clipped([plane.metres(line) for line in lines], plane)
    ended = _run_out(within, plane)
    shores = shapely.union_all([*map(shapely.LineString, within), *ended])
    cuts = shapely.union_all([shores, plane.box.exterior])
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(cuts))), dtype=object)
    pieces = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in within] or [np.empty((0, 2, 2))])
    along = pieces[:, 1] - pieces[:, 0]
    length_m = np.hypot(*along.T)
    pieces, along, length_m = pieces[length_m > 0], along[length_m > 0], length_m[length_m > 0]
    leftward = np.stack([-along[:, 1], along[:, 0]], axis=1) / length_m[:, None] * _ASIDE_M
    middle = pieces.mean(axis=1)
    tree = shapely.STRtree(faces)
    sides = []
    for points in (middle + leftward, middle - leftward):
        face = np.full(len(points), -1)
        at, which = tree.query(shapely.points(points), predicate="within")
        face[at] = which
        sides.append(face)
    return faces, sides[0], sides[1], length_m


def _clipped(lines: list[NDArray[np.float64]], plane: _Plane) -> list[NDArray[np.float64]]:
    """Keep what of directed lines lies in the box, joined end to start where they meet."""
    given = [shapely.LineString(line) for line in lines if len(line) > 1]
    parts = shapely.get_parts(shapely.clip_by_rect(given, 0.0, 0.0, plane.width_m, plane.height_m))
    merged = shapely.line_merge(shapely.multilinestrings(parts[shapely.length(parts) > 0]), directed=True)
    return [shapely.get_coordinates(part) for part in shapely.get_parts(merged) if not part.is_empty]


def _run_out(lines: list[NDArray[np.float64]], plane: _Plane) -> list[shapely.Geometry]:
    """Join loose ends to loose starts or to the edge of the box, the shortest gaps first."""
    edge = plane.box.exterior
    open_ = [line for line in lines if not np.array_equal(line[0], line[-1])]
    ends, starts = (
        [point for point in points if shapely.distance(shapely.Point(point), edge) > 0.0]
        for points in ([line[-1] for line in open_], [line[0] for line in open_])
    )
    gaps = [(float(np.hypot(*(end - start))), i, j) for i, end in enumerate(ends) for j, start in enumerate(starts)]
    joined, done_ends, done_starts = [], set(), set()
    to_edge = [[float(shapely.distance(shapely.Point(point), edge)) for point in points] for points in (ends, starts)]
    for gap_m, i, j in sorted(gaps):
        if i in done_ends or j in done_starts or gap_m > min(to_edge[0][i], to_edge[1][j]):
            continue
        done_ends.add(i)
        done_starts.add(j)
        if gap_m > 0:
            joined.append(shapely.LineString([ends[i], starts[j]]))
    loose = [end for i, end in enumerate(ends) if i not in done_ends]
    loose += [start for j, start in enumerate(starts) if j not in done_starts]
    return joined + [_beyond(point, plane) for point in loose]


def _beyond(point: NDArray[np.float64], plane: _Plane) -> shapely.Geometry:
    """Run from a point straight to the nearest edge, and a little over it, so that it surely cuts."""
    x, y = point
    _, over = min(
        (x, (-1.0, y)), (plane.width_m - x, (plane.width_m + 1.0, y)),
        (y, (x, -1.0)), (plane.height_m - y, (x, plane.height_m + 1.0)),
    )  # fmt: skip
    return shapely.LineString([point, over])


def _two_colours(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Colour faces so that a line has either colour beside it."""
    across: dict[int, set[int]] = {face: set() for face in range(count)}
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        if one != other and one >= 0 and other >= 0:
            across[one].add(other)
            across[other].add(one)
    colour = np.full(count, -1)
    for first in range(count):
        todo = [first] if colour[first] < 0 else []
        if todo:
            colour[first] = 0
        while todo:
            face = todo.pop()
            for other in across[face]:
                if colour[other] < 0:
                    colour[other] = 1 - colour[face]
                    todo.append(other)
    return colour
