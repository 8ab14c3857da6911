"""Walks on the graph, and how a receiver would have recorded them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from routing.errors import PlaceError
from routing.geo import along_m, scale_at, to_frame
from routing.model import LonLat
from routing.search.network import Part, PathFinder
from routing.snap import SPLITS, snap
from routing.tracks import Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph

    Floats = NDArray[np.float64]

NO_BREAKS = np.zeros(0, dtype=np.int64)
SPEED_MPS = 1.4


def planned_walks(area: Area, seed: int, *, least_m: float = 300, most_m: float = 3000) -> Iterator[tuple[Part, ...]]:
    """Plan shortest walks between points drawn in the area's box, without end."""
    rng = np.random.default_rng(seed)
    box = area.manifest.bbox
    while True:
        try:
            start, end = (
                snap(area.graph, LonLat(rng.uniform(box.west, box.east), rng.uniform(box.south, box.north)))
                for _ in range(2)
            )
        except PlaceError:
            continue
        path = PathFinder(area.network, start, end).best(0)
        if path is not None and 10 * least_m <= path.length_dm <= 10 * most_m:
            yield tuple(part for part in path.parts if part.q_from < part.q_to)


def roaming_walk(graph: WalkGraph, rng: np.random.Generator, edges: int) -> tuple[Part, ...]:
    """Go from edge to edge as it comes, turning round only where there is no other way."""
    edge = int(rng.integers(graph.edge_count))
    parts = [Part(edge, int(rng.integers(SPLITS // 2)), SPLITS)]
    for _ in range(edges):
        out = np.arange(graph.out_start[graph.head[edge]], graph.out_start[graph.head[edge] + 1])
        onward = out[graph.section[out] != graph.section[edge]]
        if len(onward) == 0:
            break
        edge = int(rng.choice(onward))
        parts.append(Part(edge, 0, SPLITS))
    return tuple(parts)


def line_of(graph: WalkGraph, parts: Iterable[Part]) -> Floats:
    """Give the line of a walk, float64 [point, 2]; all points of the shapes are in it."""
    line: list[list[float]] = []
    for part in parts:
        shape = np.asarray(graph.shape(int(graph.section[part.edge])))
        shape = shape if graph.forward[part.edge] else shape[::-1]
        at = along_m(shape)
        ends = [part.q_from / SPLITS * at[-1], part.q_to / SPLITS * at[-1]]
        inside = shape[(at > ends[0]) & (at < ends[1])].tolist()
        first, last = ([float(np.interp(end, at, shape[:, axis])) for axis in (0, 1)] for end in ends)
        line += [*([] if line else [first]), *inside, last]
    return np.array(line)


def recorded(line: Floats, *, every_s: float, noise_m: float = 0.0, seed: int = 0) -> Track:
    """Record a walk at a steady pace; each point errs by itself, to each side with the same standard deviation."""
    at = along_m(line)
    when = np.append(np.arange(0.0, at[-1], SPEED_MPS * every_s), at[-1])
    lonlat = np.column_stack([np.interp(when, at, line[:, axis]) for axis in (0, 1)])
    scale = np.array([float(side) for side in scale_at(line[0, 1])])
    noise = np.random.default_rng(seed).normal(size=lonlat.shape) * noise_m
    return Track(lonlat + noise / scale, when / SPEED_MPS, NO_BREAKS)


def right_m(graph: WalkGraph, walked: Iterable[Part], matched: Iterable[Part]) -> tuple[float, float]:
    """Measure how much of a walk was matched to its own directed edges; and the whole of it."""
    spans: defaultdict[int, list[Part]] = defaultdict(list)
    for part in matched:
        spans[part.edge].append(part)
    right = whole = 0.0
    for part in walked:
        length_m = float(graph.section_length_m[graph.section[part.edge]]) / SPLITS
        common = [min(part.q_to, other.q_to) - max(part.q_from, other.q_from) for other in spans[part.edge]]
        right += max([0, *common]) * length_m
        whole += (part.q_to - part.q_from) * length_m
    return right, whole


def farthest_m(line: Floats, other: Floats) -> float:
    """Measure how far a line, looked at each metre, is from another at most."""
    at = along_m(line)
    dense = np.unique(np.concatenate([at, np.arange(0.0, at[-1], 1.0)]))
    points = np.column_stack([np.interp(dense, at, line[:, axis]) for axis in (0, 1)])
    points, begin, end = (to_frame(x, line[0]) for x in (points, other[:-1], other[1:]))
    nearest = np.full(len(points), np.inf)
    for a, b in zip(begin, end, strict=True):
        t = np.clip((points - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-12), 0.0, 1.0)
        nearest = np.minimum(nearest, np.hypot(*(points - a - t[:, None] * (b - a)).T))
    return float(nearest.max())
