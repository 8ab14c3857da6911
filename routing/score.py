"""Measure a walk anew, on its geometry and the cameras alone.

Nothing here knows the graph or the search: every segment is cut wherever it crosses the rim of a view, and the middle
of each piece is asked whether the camera sees it. Positions are WGS 84 degrees, everything else metres from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from routing.geo import distance_m, scale_at, to_frame
from routing.model import Meeting, Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.model import Camera, Stretch, View

Floats = NDArray[np.float64]

ENDS_M = 50.0  # nobody can choose the first and the last metres of a walk (contract: told apart)
# What is shorter than this is the rounding of positions, not a sighting.
_SHORTEST_SPAN_M = 0.005
_MOST_PAIRS = 1_000_000  # of cameras and segments looked at together, so that memory stays bounded


def sees(view: View, xy_m: Floats) -> NDArray[np.bool_]:
    """Tell whether a camera at the origin of a frame sees points on the open street.

    Parameters
    ----------
    view
        What the camera can see.
    xy_m
        float64 [..., 2], metres east and north of the camera.

    Returns
    -------
    numpy.ndarray
        bool [...].
    """
    near = np.hypot(xy_m[..., 0], xy_m[..., 1]) <= view.reach_m
    if not view.sectors:
        return near
    bearing = np.degrees(np.arctan2(xy_m[..., 0], xy_m[..., 1]))
    within = np.zeros(near.shape, dtype=np.bool_)
    for start_deg, sweep_deg in view.sectors:
        within |= (bearing - start_deg) % 360.0 <= sweep_deg
    both: NDArray[np.bool_] = near & within
    return both


def measure(
    stretches: Sequence[Stretch], cameras: Sequence[Camera], views: Sequence[View], weights: Floats | None = None
) -> Score:
    """Measure a walk.

    Parameters
    ----------
    stretches
        In walking order; each begins where the one before ends.
    cameras, views
        All cameras that might matter and what they can see, in the same order.
    weights
        float64 [camera], how far each is believed, 0…1; ``None``: all of them fully.

    Returns
    -------
    Score
    """
    a = np.concatenate([s.lonlat[:-1] for s in stretches])
    b = np.concatenate([s.lonlat[1:] for s in stretches])
    size = distance_m(a, b)
    stretch = np.repeat(np.arange(len(stretches)), [len(s.lonlat) - 1 for s in stretches])
    start = np.concatenate([np.zeros(1), np.cumsum(size)])[:-1]
    total = float(size.sum())
    enclosed = np.array([s.enclosed for s in stretches])[stretch]
    meetings, seen, shares = [], [np.zeros((0, 2))], [np.zeros(0)]
    for index in _candidates(a, b, cameras, views):
        view = views[index]
        acts = np.array([_acts_on(view, s) for s in stretches])[stretch] if view.indoor else ~enclosed
        takes = np.flatnonzero(_near(a, b, np.array(cameras[index].lonlat), view.reach_m) & acts)
        spans = _union(_spans(cameras[index], view, a[takes], b[takes], start[takes], size[takes]))
        if len(spans):
            seen.append(spans)
            shares.append(np.full(len(spans), 1.0 if weights is None else weights[index]))
            meetings.append(Meeting(cameras[index], float(spans[0, 0]), float(np.diff(spans).sum())))
    in_sight = _union(np.concatenate(seen))
    hidden = np.column_stack([start, start + size])[enclosed]
    in_view = _union(np.concatenate([in_sight, hidden]))
    in_view_m = float(np.diff(in_view).sum())
    weighed_m = in_view_m
    if weights is not None:
        weighed_m = _weighed_m(np.concatenate([*seen, hidden]), np.concatenate([*shares, np.ones(len(hidden))]))
    middle_m = float(np.diff(np.clip(in_view, ENDS_M, max(total - ENDS_M, ENDS_M))).sum())
    return Score(
        length_m=total,
        in_view_m=in_view_m,
        enclosed_m=in_view_m - float(np.diff(in_sight).sum()),
        ends_in_view_m=in_view_m - middle_m,
        meetings=tuple(sorted(meetings, key=lambda meeting: (meeting.at_m, meeting.camera.id))),
        in_view_spans_m=in_view,
        weighed_m=min(weighed_m, in_view_m),
    )


def _weighed_m(spans: Floats, shares: Floats) -> float:
    """Give the metres of spans, where they overlap by the chance 1 - Π(1 - share); no two of a camera overlap."""
    cuts = np.unique(spans)
    if len(cuts) < 2:  # noqa: PLR2004 (ends)
        return 0.0
    middle = (cuts[:-1] + cuts[1:]) / 2
    unseen = np.ones(len(middle))
    for (from_m, to_m), share in zip(spans, shares, strict=True):
        unseen[(middle > from_m) & (middle < to_m)] *= 1.0 - share
    return float(((1.0 - unseen) * np.diff(cuts)).sum())


def _acts_on(view: View, stretch: Stretch) -> bool:
    """Tell whether an indoor camera can see a way at all: only the enclosed ways of its level."""
    if not stretch.enclosed:
        return False
    if view.level is None or stretch.levels is None:
        return True  # unknown is not "elsewhere"
    return stretch.levels[0] <= view.level <= stretch.levels[1]


def _near(a: Floats, b: Floats, at: Floats, reach_m: float) -> NDArray[np.bool_]:
    """Sieve out the segments whose box cannot meet the box around a camera's reach."""
    scale = scale_at(at[1])
    half = (reach_m + 1.0) / np.array([float(scale.lon_m), float(scale.lat_m)])
    near = (np.maximum(a, b) >= at - half) & (np.minimum(a, b) <= at + half)
    return np.logical_and(near[:, 0], near[:, 1])


def _candidates(a: Floats, b: Floats, cameras: Sequence[Camera], views: Sequence[View]) -> list[int]:
    """Sieve out the cameras whose reach meets the box of no segment."""
    if not cameras:
        return []
    at = np.array([camera.lonlat for camera in cameras])
    reach_m = np.array([view.reach_m for view in views]) + 1.0
    scale = scale_at(at[:, 1])
    half = np.stack([reach_m / scale.lon_m, reach_m / scale.lat_m], axis=-1)
    low, high = np.minimum(a, b), np.maximum(a, b)
    around = ((at + half >= low.min(axis=0)) & (at - half <= high.max(axis=0))).all(axis=1)
    near: list[int] = []
    for some in np.array_split(np.flatnonzero(around), max(1, int(around.sum()) * len(a) // _MOST_PAIRS)):
        corner, other = (at[some] - half[some])[:, None], (at[some] + half[some])[:, None]
        meets = np.logical_and.reduce((other >= low) & (corner <= high), axis=2)
        near += some[np.logical_or.reduce(meets, axis=1)].tolist()
    return near


def _spans(camera: Camera, view: View, a: Floats, b: Floats, start: Floats, size: Floats) -> Floats:
    """Give what one camera sees of segments, float64 [span, 2], metres from the walk's start."""
    origin = np.array(camera.lonlat)
    a, b = to_frame(a, origin), to_frame(b, origin)
    cuts = np.sort(np.concatenate([_rim_cuts(a, b, view.reach_m), *_ray_cuts(a, b, view)], axis=1), axis=1)
    middle = (cuts[:, :-1] + cuts[:, 1:]) / 2
    seen = sees(view, a[:, None] + middle[..., None] * (b - a)[:, None])
    segment, piece = np.nonzero(seen)
    from_m = start[segment] + cuts[segment, piece] * size[segment]
    to_m = start[segment] + cuts[segment, piece + 1] * size[segment]
    spans = np.column_stack([from_m, to_m])
    kept: Floats = spans[to_m - from_m > 0.0]
    return kept


def _rim_cuts(a: Floats, b: Floats, radius_m: float) -> Floats:
    """Give 0, 1 and the fractions at which segments cross a circle around (0, 0), float64 [segment, 4]."""
    d = b - a
    square = np.maximum((d**2).sum(axis=1), 1e-18)
    nearest = -(a * d).sum(axis=1) / square
    gap2 = ((a + nearest[:, None] * d) ** 2).sum(axis=1)
    half = np.sqrt(np.maximum(radius_m**2 - gap2, 0.0) / square)
    ends = np.zeros_like(nearest), np.ones_like(nearest)
    cuts: Floats = np.clip(np.column_stack([*ends, nearest - half, nearest + half]), 0.0, 1.0)
    return cuts


def _ray_cuts(a: Floats, b: Floats, view: View) -> list[Floats]:
    """Give the fractions at which segments cross the lines along the sides of sectors, each float64 [segment, 1]."""
    cuts = []
    for start_deg, sweep_deg in view.sectors:
        for side_deg in (start_deg, start_deg + sweep_deg):
            normal = np.array([np.cos(np.radians(side_deg)), -np.sin(np.radians(side_deg))])
            p, q = a @ normal, b @ normal
            with np.errstate(divide="ignore", invalid="ignore"):
                t = np.nan_to_num(p / (p - q), nan=0.0, posinf=0.0, neginf=0.0)
            cuts.append(np.clip(t, 0.0, 1.0)[:, None])
    return cuts


def _union(spans: Floats) -> Floats:
    """Merge spans that touch or overlap, float64 [span, 2] in order; specks are dropped."""
    if len(spans) == 0:
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reached = np.maximum.accumulate(spans[:, 1])
    opens = np.concatenate([[True], spans[1:, 0] > reached[:-1] + _SHORTEST_SPAN_M])
    last = np.concatenate([np.flatnonzero(opens)[1:] - 1, [len(spans) - 1]])
    merged = np.column_stack([spans[opens, 0], reached[last]])
    kept: Floats = merged[np.diff(merged)[:, 0] > _SHORTEST_SPAN_M]
    return kept
