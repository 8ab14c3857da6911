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


def find_sightings(
    graph: WalkGraph,
    positions: Sequence[LonLat],
    views: Sequence[View],
    *,
    sections: NDArray[np.bool_] | None = None,
) -> Sightings:
    """Find what every camera sees of the open ways of a graph.

    Parameters
    ----------
    graph
        The walk graph.
    positions, views
        Of the cameras, in the same order. Indoor ones see no open way and yield no row.
    sections
        bool [section], those that are looked at; ``None`` for all.

    Returns
    -------
    Sightings
    """
    if not views:
        none = np.zeros(0, dtype=np.int32)
        return Sightings(none, none, np.zeros(0), np.zeros(0))
    camera, segment = _near_pairs(graph, positions, views, sections)
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


def weighed_dm(graph: WalkGraph, sightings: Sightings, weights: Floats) -> NDArray[np.int32]:
    """Count the decimetres in view of every directed edge, less where the cameras are in doubt.

    Where cameras of the weights w see a metre, 1 - Π(1 - w) of it counts: the chance that any of them is there.

    Parameters
    ----------
    graph, sightings
        A graph and what cameras see of it.
    weights
        float64 [camera], 0…1, see :func:`routing.trust.weight`.

    Returns
    -------
    numpy.ndarray
        int32 [edge], 0 … length_dm; equal to :func:`in_view_dm` where all weights are 1.
    """
    seen_m = np.zeros(graph.section_count)
    camera, section, low, high = _merged(sightings)
    starts = np.concatenate([np.zeros(1), np.cumsum(graph.section_length_m + 1.0)])[:-1][section]
    _sum_spans(seen_m, section, np.column_stack([starts + low, starts + high]), weights[camera])
    seen_dm = np.minimum(np.rint(seen_m[graph.section] * 10).astype(np.int64), graph.length_dm)
    enclosed = (graph.flags[graph.section] & Flag.ENCLOSED) != 0
    return np.where(enclosed, graph.length_dm, seen_dm).astype(np.int32)


def _merged(sightings: Sightings) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats, Floats]:
    """Merge what one camera sees of one section twice: cameras, sections, from and to, each [part]."""
    camera, section, low, high = sightings.camera, sightings.section, sightings.from_m, sightings.to_m
    if len(camera) == 0:
        return camera, section, low, high
    order = np.lexsort((low, camera, section))
    camera, section, low, high = camera[order], section[order], low[order], high[order]
    fresh = np.concatenate([[True], (camera[1:] != camera[:-1]) | (section[1:] != section[:-1])])
    # groups are laid end to end, so that one running maximum serves all of them
    offset = (np.cumsum(fresh) - 1) * (float(high.max()) + 1.0)
    reached = np.maximum.accumulate(high + offset)
    opens = fresh | (low + offset > np.concatenate([[-np.inf], reached[:-1]]))
    last = np.concatenate([np.flatnonzero(opens)[1:] - 1, [len(opens) - 1]])
    return camera[opens], section[opens], low[opens], (reached - offset)[last]


def _sum_spans(into: Floats, owner: NDArray[np.int32], spans_m: Floats, weights: Floats) -> None:
    """Add to each owner the metres of its spans, where spans overlap by 1 - Π(1 - weight).

    Parameters
    ----------
    into
        float64 [owner], added to.
    owner
        int32 [span]; spans of different owners lie apart on the axis.
    spans_m
        float64 [span, 2], from and to on one axis.
    weights
        float64 [span], 0…1; no two spans that overlap are of one camera.
    """
    if len(owner) == 0:
        return
    sure = (weights >= 1.0).astype(np.float64)
    doubt = np.log1p(-np.where(sure > 0, 0.0, weights))
    at = np.concatenate([spans_m[:, 0], spans_m[:, 1]])
    order = np.argsort(at, kind="stable")
    at, of = at[order], np.concatenate([owner, owner])[order]
    certain = np.rint(np.cumsum(np.concatenate([sure, -sure])[order]))
    survival = np.exp(np.minimum(np.cumsum(np.concatenate([doubt, -doubt])[order]), 0.0))
    share = np.where(certain > 0, 1.0, 1.0 - survival)
    inside = np.cumsum(np.concatenate([np.ones(len(owner)), -np.ones(len(owner))])[order]) > 0
    np.add.at(into, of[:-1], np.where(inside, share, 0.0)[:-1] * np.diff(at))


def _near_pairs(
    graph: WalkGraph, positions: Sequence[LonLat], views: Sequence[View], sections: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair cameras with the segments whose boxes meet the box around their reach."""
    points = np.asarray(graph.shape_lonlat)
    wanted = (graph.flags[graph.segment_section] & Flag.ENCLOSED) == 0
    if sections is not None:
        wanted &= sections[graph.segment_section]
    open_air = np.flatnonzero(wanted)
    at = graph.segment_point[open_air]
    a, b = points[at], points[at + 1]
    low, high = np.minimum(a, b), np.maximum(a, b)
    outdoor = np.array([i for i, view in enumerate(views) if not view.indoor], dtype=np.int64)
    centre = np.array(positions, dtype=np.float64).reshape(-1, 2)[outdoor]
    scale = scale_at(centre[:, 1])
    # a hair more than the reach: the box is only the first sieve
    reach_m = np.array([views[i].reach_m for i in outdoor]) * 1.001
    half = np.stack([reach_m / scale.lon_m, reach_m / scale.lat_m], axis=-1)
    found = _meetings(centre - half, centre + half, low, high)
    return outdoor[found[0]], open_air[found[1]]


def _meetings(
    low_a: Floats, high_a: Floats, low_b: Floats, high_b: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair the boxes of two lists that meet: which of the first, which of the second, in order, each pair once.

    Both are laid over a grid with cells as wide as the widest box of the first list. No spatial library: a walk with
    cameras of its own is planned without loading one.
    """
    if len(low_a) == 0 or len(low_b) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    cell = np.maximum((high_a - low_a).max(axis=0), 1e-9)
    corner = np.minimum(low_a.min(axis=0), low_b.min(axis=0))
    columns = int(np.floor((max(high_a[:, 1].max(), high_b[:, 1].max()) - corner[1]) / cell[1])) + 2
    near = ((high_b >= low_a.min(axis=0)) & (low_b <= high_a.max(axis=0))).all(axis=1)
    of_b = np.flatnonzero(near)
    first, key_a = _cells(low_a - corner, high_a - corner, cell, columns)
    # clipped to where the first list is: a ferry of many kilometres lies over no cell that nobody asks for
    edge = low_a.min(axis=0), high_a.max(axis=0)
    second, key_b = _cells(np.clip(low_b[of_b], *edge) - corner, np.clip(high_b[of_b], *edge) - corner, cell, columns)
    order = np.argsort(key_b, kind="stable")
    second, key_b = of_b[second[order]], key_b[order]
    start, stop = np.searchsorted(key_b, key_a, "left"), np.searchsorted(key_b, key_a, "right")
    count = stop - start
    a = np.repeat(first, count)
    b = second[np.repeat(start, count) + np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)]
    meets = ((high_b[b] >= low_a[a]) & (low_b[b] <= high_a[a])).all(axis=1)
    pairs = np.unique(a[meets] * len(low_b) + b[meets])
    return pairs // len(low_b), pairs % len(low_b)


def _cells(low: Floats, high: Floats, cell: Floats, columns: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the grid cells that boxes lie over: the box and the number of the cell, a row for each of its cells."""
    begin, end = np.floor(low / cell).astype(np.int64), np.floor(high / cell).astype(np.int64)
    wide, tall = (end - begin + 1).T
    box = np.repeat(np.arange(len(low)), wide * tall)
    nth = np.arange(len(box)) - np.repeat(np.cumsum(wide * tall) - wide * tall, wide * tall)
    return box, (begin[box, 0] + nth % wide[box]) * columns + begin[box, 1] + nth // wide[box]


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
