"""A track in, the walk on the graph that it most likely shows out, with how far each point is from it in metres.

A hidden Markov model with directed states (Newson and Krumm 2009); positions are WGS 84 degrees. It is our own because
leuvenmapmatching 1.1.4 (of 2022) took 51 s for 1,493 points of the demo area, over a hundred times as long [M], and
mappymatch 0.7.1 brings 30 packages, geopandas and matplotlib among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.candidates import MOST, MOST_DRAWN, places_near
from routing.geo import distance_m
from routing.smoothing import steadied, thinned
from routing.snap import SPLITS
from routing.trails import Steps, trail_of
from routing.trellis import Roads, States, follow, scratch_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from routing.candidates import Places
    from routing.graph import WalkGraph
    from routing.search.network import Part
    from routing.tracks import Track
    from routing.trails import Trail

    Floats = NDArray[np.float64]

NOISE_M: Final = 5.0  # of a receiver in a street, one standard deviation to each side [A]
JUMP_M: Final = 500.0  # farther between two points, nobody knows how she went
DRAWN_JUMP_M: Final = 2000.0  # the same of a drawn track, which has no points where a way is straight
BRIDGED_M: Final = 100.0  # the same where the recording paused, or points between are far from any way
DRAWN_M: Final = 0.1  # a track of which half the points are nearer to ways was drawn along them, not recorded
_TAIL: Final = 3.0  # farther than this many times the noise, a point is an outlier, and costs less than by its square
_ALIKE_M: Final = 10.0  # points nearer than this err alike, and count less [A]


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
    """The points of a track that the search reads: steadied, and each near a way."""

    point: NDArray[np.int64]  # [layer] of the track
    straight_mm: Floats  # [layer] from the one before; negative where that step is not followed
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
        Of a track that is nowhere near the graph's ways, without walks.
    """
    drawn = _is_drawn(places_near(graph, track.lonlat, most=1))
    kept, lonlat, owner = thinned(track.lonlat) if drawn else steadied(track.lonlat, track.breaks)
    weights = _weights(lonlat)
    places = places_near(graph, lonlat, most=MOST_DRAWN if drawn else MOST)
    states = _states(graph, places, weights, DRAWN_M if drawn else NOISE_M)
    near = np.diff(states.start) > 0
    layers = _layers(lonlat[near], kept, near, track.breaks, DRAWN_JUMP_M if drawn else JUMP_M)
    trails = _trails(graph, layers, states._replace(start=np.unique(states.start)))
    walks, walked_m = _walks(layers, trails)
    astray_m, at_m = _placed(track.lonlat, np.where(near, np.cumsum(near) - 1, -1)[owner], trails)
    gaps = tuple(_gaps(layers, walks, len(track.lonlat)))
    return Match(walks, gaps, astray_m, at_m, walked_m, _share(track.lonlat, walks))


def _is_drawn(places: Places) -> bool:
    """Tell whether points lie on the ways themselves, as those of a planned walk do."""
    near = np.diff(places.start) > 0
    nearest_m = np.full(len(near), np.inf)
    nearest_m[near] = places.distance_m[places.start[:-1][near]]
    return bool(np.median(nearest_m) < DRAWN_M)


def _weights(lonlat: Floats) -> Floats:
    """Tell how much each point counts: less where they lie close together, since neighbours err alike."""
    step_m = distance_m(lonlat[:-1], lonlat[1:])
    around_m = (np.append(step_m, _ALIKE_M) + np.append(_ALIKE_M, step_m)) / 2
    weights: Floats = np.minimum(around_m / _ALIKE_M, 1.0)
    return weights


def _layers(
    lonlat: Floats, kept: NDArray[np.int64], near: NDArray[np.bool_], breaks: NDArray[np.int64], jump_m: float
) -> _Layers:
    """Measure the steps between the points that are near a way, and judge which of them can be followed."""
    point = kept[near]
    straight_m = np.zeros(len(point))
    straight_m[1:] = distance_m(lonlat[:-1], lonlat[1:])
    over_far = np.diff(np.flatnonzero(near), prepend=0) > 1
    over_pause = np.diff(np.searchsorted(breaks, point, side="right"), prepend=0) > 0
    unsure = (over_far | over_pause) & (straight_m > BRIDGED_M)
    cut = unsure | (straight_m > jump_m)
    why = np.select([over_far & unsure, over_pause & unsure, cut], ["far", "pause", "jump"], "apart")
    return _Layers(point, np.where(cut, -1.0, straight_m * 1000), tuple(why.tolist()))


def _trails(graph: WalkGraph, layers: _Layers, states: States) -> list[Trail]:
    """Follow the points as far as they lead, again and again."""
    roads = _roads(graph)
    scratch = scratch_for(roads)
    total, came = np.full(len(states.edge), np.inf), np.zeros(len(states.edge), dtype=np.int16)
    trails, first = [], 0
    while first < len(layers.point):
        state, kind = follow(roads, states, layers.straight_mm, first, scratch, total, came)
        steps = Steps(states.edge[state], states.q[state], kind, layers.straight_mm[first : first + len(state)])
        trails.append(trail_of(graph, roads, steps, scratch))
        first += len(state)
    return trails


def _walks(layers: _Layers, trails: list[Trail]) -> tuple[tuple[Walk, ...], float]:
    """Tell which points each trail joins, and how long all are."""
    counts = np.cumsum([0, *(len(trail.at_m) for trail in trails)]).tolist()
    walks = tuple(
        Walk(int(layers.point[first]), int(layers.point[last - 1]), trail.parts)
        for trail, (first, last) in zip(trails, pairwise(counts), strict=True)
    )
    return walks, float(sum(trail.length_m for trail in trails))


def _placed(lonlat: Floats, layer: NDArray[np.int64], trails: list[Trail]) -> tuple[Floats, Floats]:
    """Put every point of a track on the trails: how far it is from there, and after how many metres that is.

    ``layer``, int64 [point], tells between which neighbours to look; -1 for points that are far from all ways.
    """
    astray_m, at_m = np.full((2, len(lonlat)), np.nan)
    matched = np.flatnonzero(layer >= 0)
    first, walked_m = 0, 0.0
    for trail in trails:
        last = first + len(trail.at_m)
        points = matched[slice(*np.searchsorted(layer[matched], [first, last]))]
        astray_m[points], along_m = trail.nearest(lonlat[points], layer[points] - first)
        at_m[points] = walked_m + np.maximum.accumulate(along_m)
        first, walked_m = last, walked_m + trail.length_m
    return astray_m, at_m


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


def _states(graph: WalkGraph, places: Places, weights: Floats, noise_m: float) -> States:
    """Make a state of each direction in which one may walk at a place; some layers may be empty."""
    edges = _edge_of(graph)[places.section]
    stands = edges >= 0
    q = np.column_stack([places.q, SPLITS - places.q])
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(stands.sum(axis=1))])[places.start]
    off = places.distance_m / noise_m
    cost = np.where(off < _TAIL, off**2 / 2, _TAIL * (off - _TAIL / 2)) * np.repeat(weights, np.diff(places.start))
    return States(start, edges[stands], q[stands], cost[np.nonzero(stands)[0]])


def _gaps(layers: _Layers, walks: tuple[Walk, ...], point_count: int) -> Iterator[Gap]:
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


def _share(lonlat: Floats, walks: tuple[Walk, ...]) -> float:
    """Give the share of a track's length that could be followed; of one that never moves, whether it could."""
    steps_m = distance_m(lonlat[:-1], lonlat[1:])
    at_m = np.concatenate([np.zeros(1), np.cumsum(steps_m)])
    if at_m[-1] == 0:
        return float(bool(walks))
    return float(sum(at_m[walk.last] - at_m[walk.first] for walk in walks) / at_m[-1])
