"""Points in, the places on the walk graph that each may have been measured at out; WGS 84 degrees and metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import scale_at
from routing.grid import Entries, entries_of
from routing.kernels import compiled
from routing.snap import SPLITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.graph import WalkGraph

    Floats = NDArray[np.float64]

REACH_M: Final = 50.0  # five times the noise of a bad receiver; farther from any way, a point is not on this map
MOST: Final = 24  # of each point, the nearest
MOST_DRAWN: Final = 96  # of a drawn track: where lines across a square meet, dozens are equally near
_HALF_TURN_DEG: Final = 180.0


class Places(NamedTuple):
    """The places near points, those of a point together, nearest first."""

    start: NDArray[np.int64]  # [point + 1] into the others
    section: NDArray[np.int32]  # [place]
    q: NDArray[np.int32]  # [place] in parts of SPLITS, along the section's shape
    point: NDArray[np.int64]  # [place] where in the graph's shapes the straight segment begins that it lies on
    distance_m: Floats  # [place] from the point


class _Pieces(NamedTuple):
    """Straight segments of sections, in the order of their shapes."""

    begin: Floats  # [segment, 2] degrees
    end: Floats  # [segment, 2] degrees
    section: NDArray[np.int32]  # [segment]


def places_near(graph: WalkGraph, lonlat: Floats, *, most: int = MOST) -> Places:
    """Find where on the ways near each point is nearest to it: one place for each time that a way comes close.

    Parameters
    ----------
    graph
        The walk graph.
    lonlat
        float64 [point, 2], degrees.
    most
        How many of each point.

    Returns
    -------
    Places
        The nearest, none farther than 50 m.
    """
    segment, pieces = _pieces_around(graph, lonlat)
    entries = entries_of(np.minimum(pieces.begin, pieces.end), np.maximum(pieces.begin, pieces.end), cell_m=REACH_M)
    scale = scale_at(lonlat[:, 1])
    count, found, t, distance_m = _nearest(
        entries, pieces, lonlat, np.column_stack([scale.lon_m, scale.lat_m]), REACH_M, most
    )
    kept = np.arange(most) < count[:, None]
    place, t, distance_m = found[kept], t[kept], distance_m[kept]
    whole = segment[place]
    section = graph.segment_section[whole]
    at_m = graph.segment_from_m[whole] + t * graph.segment_length_m[whole]
    q = np.rint(at_m / np.maximum(graph.section_length_m[section], 1e-9) * SPLITS)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(count)])
    q = np.clip(q, 0, SPLITS).astype(np.int32)
    return Places(start, section, q, np.asarray(graph.segment_point)[whole], distance_m)


def _pieces_around(graph: WalkGraph, lonlat: Floats) -> tuple[NDArray[np.int64], _Pieces]:
    """Sieve out the segments that are far from all points; gives the others, and which they are."""
    points = np.asarray(graph.shape_lonlat)
    begin, end = points[graph.segment_point], points[graph.segment_point + 1]
    scale = scale_at(np.abs(lonlat[:, 1]).max())
    half = REACH_M / np.maximum(np.array([float(scale.lon_m), float(scale.lat_m)]), 1.0)
    low, high = lonlat.min(axis=0) - half, lonlat.max(axis=0) + half
    near = ((np.maximum(begin, end) >= low) & (np.minimum(begin, end) <= high)).all(axis=1)
    near &= np.abs(begin[:, 0] - end[:, 0]) < _HALF_TURN_DEG  # else it goes round the far side of the Earth
    segment = np.flatnonzero(near)
    return segment, _Pieces(begin[segment], end[segment], np.asarray(graph.segment_section)[segment])


@compiled
def _project(pieces: _Pieces, segment: int, point: Floats, scale: Floats) -> tuple[float, float]:
    """Give the fraction of a segment that is nearest to a point, and the distance in metres."""
    x = (pieces.begin[segment, 0] - point[0]) * scale[0]
    y = (pieces.begin[segment, 1] - point[1]) * scale[1]
    far_x = (pieces.end[segment, 0] - point[0]) * scale[0]
    far_y = (pieces.end[segment, 1] - point[1]) * scale[1]
    dx, dy = far_x - x, far_y - y
    t = -(x * dx + y * dy) / max(dx * dx + dy * dy, 1e-12)
    if t <= 0:
        return 0.0, np.hypot(x, y)
    if t >= 1:  # exactly where the next segment begins
        return 1.0, np.hypot(far_x, far_y)
    return t, np.hypot(x + t * dx, y + t * dy)


@compiled
def _is_least(pieces: _Pieces, segment: int, distance_m: float, point: Floats, scale: Floats) -> bool:
    """Tell whether a section comes nearest to a point on this segment and not on the one before or after."""
    if segment > 0 and pieces.section[segment - 1] == pieces.section[segment]:
        _, before_m = _project(pieces, segment - 1, point, scale)
        if before_m <= distance_m:
            return False
    if segment + 1 < len(pieces.section) and pieces.section[segment + 1] == pieces.section[segment]:
        _, after_m = _project(pieces, segment + 1, point, scale)
        return after_m >= distance_m
    return True


@compiled
def _nearest(
    entries: Entries, pieces: _Pieces, lonlat: Floats, scale: Floats, reach_m: float, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """List for each point the nearest segments: how many, which, the fraction of each, the distance."""
    count = np.zeros(len(lonlat), dtype=np.int64)
    found = np.zeros((len(lonlat), most), dtype=np.int64)
    t = np.zeros((len(lonlat), most))
    distance_m = np.zeros((len(lonlat), most))
    looked = np.full(len(pieces.section), -1, dtype=np.int64)  # at which point a segment was looked at last
    for i in range(len(lonlat)):
        half = reach_m / scale[i]
        low = np.floor((lonlat[i] - half - entries.corner) / entries.cell)
        high = np.floor((lonlat[i] + half - entries.corner) / entries.cell)
        left, right = int(max(low[0], 0.0)), int(min(high[0], entries.columns - 1.0))
        for row in range(int(max(low[1], 0.0)), int(min(high[1], entries.rows - 1.0)) + 1):
            first = np.searchsorted(entries.key, row * entries.columns + left)
            last = np.searchsorted(entries.key, row * entries.columns + right + 1)
            for entry in range(first, last):
                segment = entries.item[entry]
                if looked[segment] == i:
                    continue
                looked[segment] = i
                share, away_m = _project(pieces, segment, lonlat[i], scale[i])
                if away_m <= reach_m and _is_least(pieces, segment, away_m, lonlat[i], scale[i]):
                    count[i] = _insert(found[i], t[i], distance_m[i], count[i], segment, share, away_m)
    return count, found, t, distance_m


@compiled
def _insert(
    found: NDArray[np.int64], t: Floats, distance_m: Floats, count: int, segment: int, share: float, away_m: float
) -> int:
    """Put a segment where its distance belongs, if it is among the nearest; gives how many there are."""
    if count == len(found):
        if away_m >= distance_m[-1]:
            return count
        count -= 1
    at = count
    while at > 0 and distance_m[at - 1] > away_m:
        found[at], t[at], distance_m[at] = found[at - 1], t[at - 1], distance_m[at - 1]
        at -= 1
    found[at], t[at], distance_m[at] = segment, share, away_m
    return count + 1
