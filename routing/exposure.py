"""Cameras and a walk graph in; out, which part of which section each camera sees, and the metres in view of every edge.

A view is flat: a disc, or sectors of one, around the camera (model.View). The exact part of each straight segment that
lies in a view is found by clipping; parts that several cameras see count once. Enclosed ways (indoor, covered or
underground) count as in view over their whole length: nobody maps what hangs there, and unknown is never read as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from routing.geo import scale_at, to_frame
from routing.graph import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.graph import WalkGraph
    from routing.model import LonLat, Sector, View

Floats = NDArray[np.float64]

_HALF_TURN_DEG = 180.0


@dataclass(frozen=True, slots=True)
class Sightings:
    """Which part of which section each camera sees; one row a part, sorted by section, then by ``from_m``.

    The room for more columns (hazard by optics node, sight lines) is here.
    """

    camera: NDArray[np.int32]  # [row] position in the list of views
    section: NDArray[np.int32]  # [row]
    from_m: Floats  # [row] metres from the section's start
    to_m: Floats  # [row]


def find_sightings(graph: WalkGraph, positions: Sequence[LonLat], views: Sequence[View]) -> Sightings:
    """Find what every camera sees of the open ways of a graph.

    Parameters
    ----------
    graph
        The walk graph.
    positions, views
        Of the cameras, in the same order. Indoor ones see no open way and yield no row.

    Returns
    -------
    Sightings
    """
    if not views:
        none = np.zeros(0, dtype=np.int32)
        return Sightings(none, none, np.zeros(0), np.zeros(0))
    camera, segment = _near_pairs(graph, positions, views)
    point = graph.segment_point[segment]
    origin = np.array(positions, dtype=np.float64)[camera]
    a = to_frame(graph.shape_lonlat[point], origin)
    b = to_frame(graph.shape_lonlat[point + 1], origin)
    row, t_from, t_to = _clip(camera, a, b, views)
    camera, segment = camera[row], segment[row]
    size_m = np.hypot(*(b - a).T)[row]
    start_m = graph.segment_from_m[segment]
    section = graph.segment_section[segment]
    from_m, to_m = start_m + t_from * size_m, start_m + t_to * size_m
    order = np.lexsort((to_m, from_m, camera, section))
    return Sightings(camera[order].astype(np.int32), section[order], from_m[order], to_m[order])


def in_view_dm(graph: WalkGraph, sightings: Sightings) -> NDArray[np.int32]:
    """Count the decimetres in view of every directed edge.

    Parameters
    ----------
    graph, sightings
        A graph and what cameras see of it.

    Returns
    -------
    numpy.ndarray
        int32 [edge], 0 … length_dm.
    """
    seen_m = _covered_m(graph, sightings)
    seen_dm = np.minimum(np.rint(seen_m[graph.section] * 10).astype(np.int64), graph.length_dm)
    enclosed = (graph.flags[graph.section] & Flag.ENCLOSED) != 0
    return np.where(enclosed, graph.length_dm, seen_dm).astype(np.int32)


def _near_pairs(
    graph: WalkGraph, positions: Sequence[LonLat], views: Sequence[View]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair cameras with the segments whose boxes meet the box around their reach."""
    import shapely

    points = np.asarray(graph.shape_lonlat)
    a, b = points[graph.segment_point], points[graph.segment_point + 1]
    open_air = np.flatnonzero((graph.flags[graph.segment_section] & Flag.ENCLOSED) == 0)
    a, b = a[open_air], b[open_air]
    tree = shapely.STRtree(shapely.box(*np.minimum(a, b).T, *np.maximum(a, b).T))
    outdoor = np.array([i for i, view in enumerate(views) if not view.indoor], dtype=np.int64)
    centre = np.array(positions, dtype=np.float64).reshape(-1, 2)[outdoor]
    scale = scale_at(centre[:, 1])
    # a hair more than the reach: the box is only the first sieve
    reach_m = np.array([views[i].reach_m for i in outdoor]) * 1.001
    half = np.stack([reach_m / scale.lon_m, reach_m / scale.lat_m], axis=-1)
    found = tree.query(shapely.box(*(centre - half).T, *(centre + half).T))
    return outdoor[found[0]], open_air[found[1]]


def _clip(
    camera: NDArray[np.int64], a: Floats, b: Floats, views: Sequence[View]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Clip segments, in their camera's frame, to its discs and sectors: which row, and from where to where of it."""
    low, high = _clip_to_disc(a, b, np.array([view.reach_m for view in views])[camera])
    wedges = [_wedges(view.sectors) or [(np.nan, np.nan)] for view in views]
    count = np.array([len(of_one) for of_one in wedges])
    out = []
    for turn in range(int(count.max())):
        row = np.flatnonzero(turn < count[camera])
        rays_deg = np.array([of_one[min(turn, len(of_one) - 1)] for of_one in wedges])[camera[row]]
        t_low, t_high = _clip_to_wedge(a[row], b[row], rays_deg, low[row], high[row])
        some = t_high > t_low
        out.append((row[some], t_low[some], t_high[some]))
    rows, t_from, t_to = zip(*out, strict=True)
    return np.concatenate(rows), np.concatenate(t_from), np.concatenate(t_to)


def _clip_to_disc(a: Floats, b: Floats, radius_m: Floats) -> tuple[Floats, Floats]:
    """Give the fractions of segments between which they lie in a disc around (0, 0); high < low where they do not."""
    d = b - a
    qa = np.maximum((d * d).sum(axis=1), 1e-18)  # a segment of no length is in or out as a point
    qb = (a * d).sum(axis=1)
    qc = (a * a).sum(axis=1) - radius_m**2
    root = np.sqrt(np.maximum(qb * qb - qa * qc, 0.0))
    low = np.clip((-qb - root) / qa, 0.0, 1.0)
    high = np.clip((-qb + root) / qa, 0.0, 1.0)
    return low, np.where(qb * qb - qa * qc > 0.0, high, -1.0)


def _wedges(sectors: Sequence[Sector]) -> list[tuple[float, float]]:
    """Turn sectors into convex wedges, each ``(start_deg, end_deg)`` clockwise and at most half a turn wide."""
    wedges = []
    for start, sweep in sectors:
        if sweep <= _HALF_TURN_DEG:
            wedges.append((start, start + sweep))
        else:
            middle = start + sweep / 2
            wedges += [(start, middle), (middle, start + sweep)]
    return wedges


def _clip_to_wedge(a: Floats, b: Floats, rays_deg: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Narrow fractions to the part between two rays from (0, 0); rays that are NaN leave them as they are."""
    for ray_deg, side in ((rays_deg[:, 0], 1.0), (rays_deg[:, 1], -1.0)):
        ray = np.radians(ray_deg)
        # clockwise of the first ray and counter-clockwise of the second: the cross product's sign tells
        east, north = np.sin(ray), np.cos(ray)
        at_a = side * (a[:, 0] * north - a[:, 1] * east)
        at_b = side * (b[:, 0] * north - b[:, 1] * east)
        bounded = ~np.isnan(ray_deg)
        with np.errstate(divide="ignore", invalid="ignore"):
            cross = at_a / (at_a - at_b)
        entering, leaving = bounded & (at_a < 0) & (at_b >= 0), bounded & (at_a >= 0) & (at_b < 0)
        low = np.where(entering, np.maximum(low, cross), low)
        high = np.where(leaving, np.minimum(high, cross), high)
        high = np.where(bounded & (at_a < 0) & (at_b < 0), -1.0, high)
    return low, high


def _covered_m(graph: WalkGraph, sightings: Sightings) -> Floats:
    """Give the metres of each section that at least one camera sees, float64 [section]."""
    covered = np.zeros(graph.section_count)
    if len(sightings.section) == 0:
        return covered
    # lay all sections end to end on one axis, a metre apart, so that one sweep merges the parts of all of them
    starts = np.concatenate([np.zeros(1), np.cumsum(graph.section_length_m + 1.0)])[:-1]
    low = starts[sightings.section] + sightings.from_m
    high = starts[sightings.section] + sightings.to_m
    order = np.argsort(low, kind="stable")
    low, high = low[order], high[order]
    reached = np.concatenate([[-np.inf], np.maximum.accumulate(high)[:-1]])
    fresh = np.maximum(high - np.maximum(low, reached), 0.0)
    np.add.at(covered, sightings.section[order], fresh)
    return covered
