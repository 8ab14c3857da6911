"""Straight segments and regions in, how much of each segment lies inside out, exactly; numpy alone.

Positions are WGS 84 degrees, longitude first. Each region is reckoned in a flat frame at a place of its own: a circle
is one of metres, the sides of a ring are straight in degrees, as GeoJSON has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.geo import from_frame, to_frame
from routing.model import Circle, Ring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def share_inside(a: Floats, b: Floats, regions: Sequence[Circle | Ring]) -> Floats:
    """Tell how much of each segment lies in any of some regions.

    Parameters
    ----------
    a, b
        float64 [segment, 2], degrees: the ends.
    regions
        What overlaps counts once.

    Returns
    -------
    numpy.ndarray
        float64 [segment], 0…1.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> here, there = np.array([[24.94, 60.17]]), np.array([[24.96, 60.17]])
    >>> share_inside(here, there, [Ring((LonLat(24.93, 60.1), LonLat(24.945, 60.3), LonLat(24.96, 60.1)))]).round(3)
    array([0.737])
    """
    every = np.arange(len(a))
    pieces = [(every, np.zeros(len(a))), (every, np.ones(len(a))), *(_cuts(a, b, region) for region in regions)]
    of, at = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.lexsort((at, of))
    of, at = of[order], at[order]
    piece = np.flatnonzero((of[1:] == of[:-1]) & (at[1:] > at[:-1]))
    of, begin, end = of[piece], at[piece], at[piece + 1]
    inside = np.zeros(len(of), dtype=np.bool_)
    for region in regions:
        origin = _origin(region)
        start, stop = to_frame(a, origin)[of], to_frame(b, origin)[of]
        inside |= _holds(region, start + ((begin + end) / 2)[:, None] * (stop - start))
    share: Floats = np.bincount(of, np.where(inside, end - begin, 0.0), minlength=len(a)).astype(np.float64)
    return share


def box_of(region: Circle | Ring) -> tuple[Floats, Floats]:
    """Give the south-west and the north-east corner of the box round a region, float64 [2], degrees."""
    if isinstance(region, Ring):
        corners = np.array(region.corners)
        return corners.min(axis=0), corners.max(axis=0)
    centre, half_m = np.array(region.centre), np.full(2, region.radius_m)
    return from_frame(-half_m, centre), from_frame(half_m, centre)


def _origin(region: Circle | Ring) -> Floats:
    return np.array(region.corners[0] if isinstance(region, Ring) else region.centre)


def _sides(ring: Ring) -> tuple[Floats, Floats]:
    """Give the ends of a ring's sides in its frame, float64 [side, 2]."""
    corners = to_frame(np.array(ring.corners), _origin(ring))
    return corners, np.roll(corners, -1, axis=0)


def _cuts(a: Floats, b: Floats, region: Circle | Ring) -> tuple[NDArray[np.int64], Floats]:
    """Give where segments cross a region's edge: int64 [cut] which one, float64 [cut] at which share of it."""
    origin = _origin(region)
    start, stop = to_frame(a, origin), to_frame(b, origin)
    if isinstance(region, Circle):
        return _cuts_of_circle(start, stop - start, region.radius_m)
    low, high = np.minimum(start, stop), np.maximum(start, stop)
    ofs, ats = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for u, v in zip(*_sides(region), strict=True):
        left, under = np.minimum(u, v)
        right, above = np.maximum(u, v)
        meets = (low[:, 1] <= above) & (high[:, 1] >= under) & (low[:, 0] <= right) & (high[:, 0] >= left)
        near = np.flatnonzero(meets)
        of, at = _cuts_of_side(start[near], stop[near] - start[near], u, v)
        ofs.append(near[of])
        ats.append(at)
    return np.concatenate(ofs), np.concatenate(ats)


def _cuts_of_circle(start: Floats, way: Floats, radius_m: float) -> tuple[NDArray[np.int64], Floats]:
    """Solve where a point that moves along each segment is as far from the origin as the radius."""
    square, along = (way * way).sum(axis=1), (start * way).sum(axis=1)
    inner = along**2 - square * ((start * start).sum(axis=1) - radius_m**2)
    of = np.flatnonzero((square > 0) & (inner > 0))
    root = np.sqrt(inner[of])
    at = np.concatenate([(-along[of] - root) / square[of], (-along[of] + root) / square[of]])
    within = (at > 0) & (at < 1)
    return np.tile(of, 2)[within], at[within]


def _cuts_of_side(start: Floats, way: Floats, u: Floats, v: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Solve where each segment crosses one side; beyond the side's ends by a rounding error too, which does no harm."""
    side = v - u
    across = way[:, 0] * side[1] - way[:, 1] * side[0]
    of = np.flatnonzero(across != 0)
    gap = u - start[of]
    at = (gap[:, 0] * side[1] - gap[:, 1] * side[0]) / across[of]
    on = (gap[:, 0] * way[of, 1] - gap[:, 1] * way[of, 0]) / across[of]
    hit = (at > 0) & (at < 1) & (on >= -_SLACK) & (on <= 1 + _SLACK)
    return of[hit], at[hit]


_SLACK = 1e-9  # of a side: a cut too many only makes two pieces of one


def _holds(region: Circle | Ring, points: Floats) -> NDArray[np.bool_]:
    """Tell which points of a region's frame lie in it."""
    if isinstance(region, Circle):
        return np.hypot(points[:, 0], points[:, 1]) <= region.radius_m
    inside = np.zeros(len(points), dtype=np.bool_)
    by_y = np.argsort(points[:, 1], kind="stable")
    x, y = points[by_y].T
    for (ux, uy), (vx, vy) in zip(*(side.tolist() for side in _sides(region)), strict=True):
        first, last = np.searchsorted(y, sorted((uy, vy)))
        if first < last:  # a line to the east crosses the ring an odd number of times
            height = y[first:last] - uy
            inside[by_y[first:last]] ^= x[first:last] < ux + height * (vx - ux) / (vy - uy)
    return inside
