"""The states of a track's points in, the parts of edges that were walked out, without what is noise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.geo import along_m, cut_line, scale_at
from routing.kernels import compiled
from routing.search.network import Part
from routing.snap import SPLITS
from routing.trellis import ALONG, ONWARD, TURN, TURN_FIRST, TURN_LAST, way_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.trellis import Roads, Scratch

    Floats = NDArray[np.float64]


class Steps(NamedTuple):
    """What :func:`routing.trellis.follow` found."""

    edge: NDArray[np.int32]  # [layer]
    q: NDArray[np.int32]  # [layer]
    kind: NDArray[np.int16]  # [layer] how one came there
    straight_mm: Floats  # [layer] as it was given to the search


@dataclass(frozen=True, slots=True)
class Trail:
    """A walk without a break, and where on it the points lie."""

    parts: tuple[Part, ...]
    at_m: Floats  # [layer] metres from its start, never falling
    line: Floats  # [vertex, 2] degrees, at least two
    line_m: Floats  # [vertex] metres from its start

    @property
    def length_m(self) -> float:
        """Give the length."""
        return float(self.line_m[-1])

    def nearest(self, lonlat: Floats, layer: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Put points on the trail, each between the neighbours of the layer it belongs to.

        Parameters
        ----------
        lonlat
            float64 [point, 2], degrees.
        layer
            int64 [point].

        Returns
        -------
        tuple
            How far each is from there, float64 [point], and how far that is from the start, float64 [point]; metres.
        """
        low_m = self.at_m[np.maximum(layer - 1, 0)]
        high_m = self.at_m[np.minimum(layer + 1, len(self.at_m) - 1)]
        scale = np.column_stack(scale_at(lonlat[:, 1]))
        away_m, at_m = _nearest(self.line, self.line_m, lonlat, scale, low_m, high_m)
        return away_m, at_m


@compiled
def _nearest(
    line: Floats, line_m: Floats, lonlat: Floats, scale: Floats, low_m: Floats, high_m: Floats
) -> tuple[Floats, Floats]:
    """Find for each point the nearest place of a line, between two distances from its start."""
    away_m, at_m = np.full(len(lonlat), np.inf), np.zeros(len(lonlat))
    for i in range(len(lonlat)):
        first = min(max(np.searchsorted(line_m, low_m[i], side="right") - 1, 0), len(line) - 2)
        for k in range(first, len(line) - 1):
            if k > first and line_m[k] > high_m[i]:
                break
            x, y = (line[k] - lonlat[i]) * scale[i]
            dx, dy = (line[k + 1] - line[k]) * scale[i]
            length_m = max(line_m[k + 1] - line_m[k], 1e-9)
            t = -(x * dx + y * dy) / max(dx * dx + dy * dy, 1e-12)
            t = min(max(t, (low_m[i] - line_m[k]) / length_m, 0.0), (high_m[i] - line_m[k]) / length_m, 1.0)
            away = np.hypot(x + t * dx, y + t * dy)
            if away < away_m[i]:
                away_m[i], at_m[i] = away, line_m[k] + t * length_m
    return away_m, at_m


@dataclass(slots=True)
class _Stay:
    """Points in a row that were matched to one edge: they may go a little back and forth."""

    first: int  # layer
    edge: int
    low: int  # q
    high: int  # q


def trail_of(graph: WalkGraph, roads: Roads, steps: Steps, scratch: Scratch) -> Trail:
    """Make a walk of the states that :func:`routing.trellis.follow` found.

    Parameters
    ----------
    graph, roads
        The graph.
    steps
        The states.
    scratch
        Room for searches.

    Returns
    -------
    Trail
    """
    stays = _stays(steps)
    pieces: list[Part] = []
    piece_of = np.zeros(len(steps.edge), dtype=np.int64)  # [layer]
    for number, stay in enumerate(stays):
        if number:
            pieces += _way(roads, stays[number - 1], stay, steps, scratch)
        piece_of[stay.first :] = len(pieces)
        pieces.append(Part(stay.edge, stay.low, stay.high))
    lines = [_line(graph, piece) for piece in pieces]
    line = np.concatenate([lines[0][:1], *(line[1:] for line in lines)])
    line_m = along_m(line)
    begin_m = line_m[np.cumsum([0, *(len(line) - 1 for line in lines[:-1])])]
    begin_q = np.array([piece.q_from for piece in pieces])
    whole_m = graph.section_length_m[graph.section[[piece.edge for piece in pieces]]]
    in_m = np.maximum(steps.q - begin_q[piece_of], 0) / SPLITS * whole_m[piece_of]
    at_m = np.minimum(np.maximum.accumulate(begin_m[piece_of] + in_m), line_m[-1])
    return Trail(tuple(piece for piece in pieces if piece.q_from < piece.q_to), at_m, line, line_m)


def _line(graph: WalkGraph, part: Part) -> Floats:
    """Give the shape of a part of an edge, in walking order."""
    section = int(graph.section[part.edge])
    shape = np.asarray(graph.shape(section))
    length_m = float(graph.section_length_m[section]) / SPLITS
    return cut_line(shape if graph.forward[part.edge] else shape[::-1], part.q_from * length_m, part.q_to * length_m)


def _stays(steps: Steps) -> list[_Stay]:
    """Put points in a row together, and tell from where to where the edge was walked."""
    edge, q, kind, _ = steps
    starts = np.union1d([0], np.flatnonzero(kind != ALONG))
    ends = [*starts[1:].tolist(), len(edge)]
    stays = [
        _Stay(first, int(edge[first]), int(q[first:end].min()), int(q[first:end].max()))
        for first, end in zip(starts.tolist(), ends, strict=True)
    ]
    for before, stay in pairwise(stays):
        step = kind[stay.first]
        if step == TURN:  # where whichever of the two came farther
            before.high = max(before.high, SPLITS - stay.low)
            stay.low = SPLITS - before.high
        if step in (ONWARD, TURN_LAST):
            before.high = SPLITS
        if step in (ONWARD, TURN_FIRST):
            stay.low = 0
    return stays


def _way(roads: Roads, before: _Stay, stay: _Stay, steps: Steps, scratch: Scratch) -> list[Part]:
    """List what was walked between two stays."""
    step, straight_mm = steps.kind[stay.first], float(steps.straight_mm[stay.first])
    if step == TURN:
        return []
    out, into = before.edge, stay.edge
    if step == TURN_FIRST:
        out = int(roads.twin[out])
    node = roads.head[into] if step == TURN_LAST else roads.tail[into]
    parts = [Part(edge, 0, SPLITS) for edge in way_between(roads, out, int(node), straight_mm, scratch)]
    if step == TURN_FIRST:
        return [Part(out, SPLITS - before.high, SPLITS), *parts]
    if step == TURN_LAST:
        return [*parts, Part(int(roads.twin[into]), 0, SPLITS - stay.low)]
    return parts
