"""A track in, the walk on the graph that it most likely shows out, with how far each point is from it in metres.

A hidden Markov model (Newson and Krumm 2009) with directed states; positions are WGS 84 degrees. TODO why own
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.candidates import places_near
from routing.geo import distance_m, scale_at, to_frame
from routing.kernels import compiled
from routing.smoothing import steadied
from routing.snap import SPLITS
from routing.trails import trail_of
from routing.trellis import Roads, States, follow, scratch_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from routing.candidates import Places
    from routing.graph import WalkGraph
    from routing.search import Part
    from routing.tracks import Track
    from routing.trails import Trail

    Floats = NDArray[np.float64]

NOISE_M: Final = float(__import__('os').environ.get('NOISE','5'))  # of a receiver in a street, one standard deviation to each side [A]
JUMP_M: Final = 500.0  # farther between two points, nobody knows how she went
BRIDGED_M: Final = 100.0  # the same where the recording paused, or points between are far from any way
THINNED_M: Final = float(__import__('os').environ.get('THIN','1'))  # points nearer to the one before say nothing new


@dataclass(frozen=True, slots=True)
class Walk:
    """A stretch of a track that could be followed.

    Attributes
    ----------
    first, last
        Points of the track where it begins and ends.
    parts
        In walking order, each beginning where the one before ends; none where nobody moved.
    """

    first: int
    last: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a track, from one point to another, on which it could not be followed.

    Attributes
    ----------
    why
        ``far``: no way within 50 m of the points between; ``jump``: the points are too far apart; ``pause``: the same
        where the recording paused; ``apart``: no way joins them.
    """

    first: int
    last: int
    why: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a track shows on the graph."""

    walks: tuple[Walk, ...]
    gaps: tuple[Gap, ...]
    astray_m: Floats  # [point] distance to where the point was matched, NaN where it was not
    at_m: Floats  # [point] metres walked until there, over all walks, never falling; NaN where not matched
    walked_m: float
    matched_share: float  # of the track's length

    @property
    def parts(self) -> tuple[Part, ...]:
        """Give the parts of all walks, in walking order."""
        return tuple(chain.from_iterable(walk.parts for walk in self.walks))

    @property
    def median_astray_m(self) -> float:
        """Give the distance that half of the matched points keep within; NaN if none was matched."""
        return self._astray_m(50)

    @property
    def p95_astray_m(self) -> float:
        """Give the distance that 95 % of the matched points keep within; NaN if none was matched."""
        return self._astray_m(95)

    def _astray_m(self, percent: int) -> float:
        matched = self.astray_m[~np.isnan(self.astray_m)]
        return float(np.percentile(matched, percent)) if len(matched) else float("nan")


@dataclass(frozen=True, slots=True)
class _Layers:
    """The points of a track that the search reads: thinned, and each near a way."""

    point: NDArray[np.int64]  # [layer] of the track
    straight_m: Floats  # [layer] from the one before; negative where that step is not followed
    why: tuple[str, ...]  # [layer] it is not, or would not be


def match(graph: WalkGraph, track: Track) -> Match:
    """Find the walk that a track shows; its times play no part.

    Parameters
    ----------
    graph
        The walk graph.
    track
        From :func:`routing.tracks.read_track`.

    Returns
    -------
    Match
    """
    kept, lonlat, owner = steadied(track.lonlat, track.breaks)
    places = places_near(graph, lonlat)
    states, place = _states(graph, places)
    near = np.diff(states.start) > 0
    layers = _layers(track, kept, near)
    states = states._replace(start=np.unique(states.start))
    gap = distance_m(lonlat[near][:-1], lonlat[near][1:])
    import os
    ref = float(os.environ.get('WREF','10'))
    w = np.minimum((np.append(gap, ref) + np.insert(gap, 0, ref)) / 2 / ref, 1.0)
    states = states._replace(cost=states.cost * np.repeat(w, np.diff(states.start)))
    trails, state = _trails(graph, layers, states)
    at_m, walked_m, first, walks = np.zeros(len(layers.point)), 0.0, 0, []
    for trail in trails:
        last = first + len(trail.at_m)
        at_m[first:last] = walked_m + trail.at_m
        walked_m += trail.length_m
        walks.append(Walk(int(layers.point[first]), int(layers.point[last - 1]), trail.parts))
        first = last
    astray_m, at_point_m = np.full((2, len(track.lonlat)), np.nan)
    layer = np.where(near, np.cumsum(near) - 1, -1)[owner]
    matched = layer >= 0
    astray_m[matched] = _astray_m(graph, places.point[place[state[layer[matched]]]], track.lonlat[matched])
    at_point_m[matched] = at_m[layer[matched]]
    share = _share(track.lonlat, walks)
    return Match(tuple(walks), tuple(_gaps(layers, walks, len(track.lonlat))), astray_m, at_point_m, walked_m, share)


def _layers(track: Track, kept: NDArray[np.int64], near: NDArray[np.bool_]) -> _Layers:
    """Measure the steps between the points that are near a way, and judge which of them can be followed."""
    point = kept[near]
    straight_m = np.zeros(len(point))
    straight_m[1:] = distance_m(track.lonlat[point[:-1]], track.lonlat[point[1:]])
    over_far = np.diff(np.flatnonzero(near), prepend=0) > 1
    pause = np.searchsorted(track.breaks, point, side="right")
    over_pause = np.diff(pause, prepend=0) > 0
    far = (over_far | over_pause) & (straight_m > BRIDGED_M)
    cut = far | (straight_m > JUMP_M)
    why = np.select([over_far & far, over_pause & far, cut], ["far", "pause", "jump"], "apart")
    return _Layers(point, np.where(cut, -1.0, straight_m), tuple(why.tolist()))


def _trails(graph: WalkGraph, layers: _Layers, states: States) -> tuple[list[Trail], NDArray[np.int64]]:
    """Follow the points as far as they lead, again and again; gives the trails, and the state chosen in each layer."""
    roads = _roads(graph)
    length_m = graph.section_length_m[graph.section]
    scratch = scratch_for(roads)
    total, came = np.full(len(states.edge), np.inf), np.zeros(len(states.edge), dtype=np.int16)
    trails, chosen = [], np.zeros(len(layers.point), dtype=np.int64)
    first = 0
    straight_mm = layers.straight_m * 1000
    while first < len(layers.point):
        state, kind = follow(roads, states, straight_mm, first, scratch, total, came)
        last = first + len(state)
        chosen[first:last] = state
        trails.append(
            trail_of(roads, length_m, states.edge[state], states.q[state], kind, straight_mm[first:last], scratch)
        )
        first = last
    return trails, chosen


def _roads(graph: WalkGraph) -> Roads:
    by_way = _edge_of(graph)
    twin = by_way[graph.section, np.where(graph.forward, 1, 0)]
    length_mm = np.maximum(np.rint(graph.section_length_m[graph.section] * 1000), 1).astype(np.int64)
    return Roads(np.asarray(graph.out_start), np.asarray(graph.head), np.asarray(graph.tail), twin, length_mm)


def _edge_of(graph: WalkGraph) -> NDArray[np.int32]:
    """Give the edges along each section, int32 [section, 2]: forwards, backwards, -1 for none."""
    edge_of = np.full((graph.section_count, 2), -1, dtype=np.int32)
    edge_of[graph.section, np.where(graph.forward, 0, 1)] = np.arange(graph.edge_count)
    return edge_of


def _states(graph: WalkGraph, places: Places) -> tuple[States, NDArray[np.int64]]:
    """Make a state of each direction in which one may walk at a place, and tell which place each has.

    The layers are the points that were asked for; some may be empty.
    """
    edges = _edge_of(graph)[places.section]
    stands = edges >= 0
    q = np.column_stack([places.q, SPLITS - places.q])
    place = np.nonzero(stands)[0]
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(stands.sum(axis=1))])[places.start]
    first = places.start[:-1][np.diff(places.start) > 0]
    noise_m = float(np.clip(10 * np.median(places.distance_m[first]), 1.0, NOISE_M)) if len(first) else NOISE_M
    cost = (places.distance_m / noise_m) ** 2 / 2
    return States(start, edges[stands], q[stands], cost[place]), place


def _astray_m(graph: WalkGraph, begin: NDArray[np.int64], lonlat: Floats) -> Floats:
    """Give how far points are from the straight segments on which they were matched."""
    a, b = (to_frame(np.asarray(graph.shape_lonlat)[begin + step], lonlat) for step in (0, 1))
    d = b - a
    t = np.clip(-(a * d).sum(axis=1) / np.maximum((d * d).sum(axis=1), 1e-12), 0.0, 1.0)
    away_m: Floats = np.hypot(*(a + t[:, None] * d).T)
    return away_m


def _gaps(layers: _Layers, walks: list[Walk], point_count: int) -> Iterator[Gap]:
    """List what lies before, between and behind the walks."""
    if not walks:
        yield Gap(0, point_count - 1, "far")
        return
    why = dict(zip(layers.point.tolist(), layers.why, strict=True))
    if walks[0].first > 0:
        yield Gap(0, walks[0].first, "far")
    for before, behind in pairwise(walks):
        yield Gap(before.last, behind.first, why[behind.first])
    if walks[-1].last < point_count - 1:
        yield Gap(walks[-1].last, point_count - 1, "far")


def _share(lonlat: Floats, walks: list[Walk]) -> float:
    """Give the share of a track's length that could be followed; of one that never moves, whether it could."""
    steps_m = distance_m(lonlat[:-1], lonlat[1:])
    at_m = np.concatenate([np.zeros(1), np.cumsum(steps_m)])
    if at_m[-1] == 0:
        return float(bool(walks))
    return float(sum(at_m[walk.last] - at_m[walk.first] for walk in walks) / at_m[-1])
