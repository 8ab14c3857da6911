"""The states of a track's points in, the parts of edges that were walked out, without what is noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routing.search import Part
from routing.snap import SPLITS
from routing.trellis import ALONG, ONWARD, TURN, TURN_FIRST, TURN_LAST, way_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.trellis import Roads, Scratch

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trail:
    """A walk without a break, and where on it the points lie."""

    parts: tuple[Part, ...]
    at_m: Floats  # [layer] metres from its start, never falling
    length_m: float


@dataclass(slots=True)
class _Stay:
    """Points in a row that were matched to one edge: they may go a little back and forth."""

    first: int  # layer
    edge: int
    low: int  # q
    high: int  # q


def trail_of(
    roads: Roads, length_m: Floats, edge: NDArray[np.int32], q: NDArray[np.int32], kind: NDArray[np.int16],
    straight_mm: Floats, scratch: Scratch,
) -> Trail:  # fmt: skip
    """Make a walk of the states that :func:`routing.trellis.follow` found.

    Parameters
    ----------
    roads
        The graph.
    length_m
        float64 [edge].
    edge, q, kind
        int32, int32, int16 [layer].
    straight_mm
        float64 [layer], as it was given to the search.
    scratch
        Room for searches.

    Returns
    -------
    Trail
    """
    stays = _stays(edge, q, kind)
    pieces: list[Part] = []
    piece_of = np.zeros(len(edge), dtype=np.int64)  # [layer]
    for number, stay in enumerate(stays):
        if number:
            pieces += _way(roads, stays[number - 1], stay, int(kind[stay.first]), straight_mm[stay.first], scratch)
        piece_of[stay.first :] = len(pieces)
        pieces.append(Part(stay.edge, stay.low, stay.high))
    length = np.array([length_m[piece.edge] for piece in pieces]) / SPLITS
    begin_q, end_q = np.array([(piece.q_from, piece.q_to) for piece in pieces]).T
    ends_m = np.cumsum(length * (end_q - begin_q))
    begins_m = ends_m - length * (end_q - begin_q)
    at_m = begins_m[piece_of] + length[piece_of] * (np.maximum(q, begin_q[piece_of]) - begin_q[piece_of])
    parts = tuple(piece for piece in pieces if piece.q_from < piece.q_to)
    return Trail(parts, np.maximum.accumulate(at_m), float(ends_m[-1]))


def _stays(edge: NDArray[np.int32], q: NDArray[np.int32], kind: NDArray[np.int16]) -> list[_Stay]:
    """Put points in a row together, and tell from where to where the edge was walked."""
    starts = np.flatnonzero(kind != ALONG)
    starts = np.unique(np.concatenate([[0], starts]))
    ends = [*starts[1:].tolist(), len(edge)]
    stays = [
        _Stay(first, int(edge[first]), int(q[first:end].min()), int(q[first:end].max()))
        for first, end in zip(starts.tolist(), ends, strict=True)
    ]
    for before, stay in zip(stays, stays[1:], strict=False):
        step = kind[stay.first]
        if step == TURN:  # where whichever of the two came farther
            before.high = max(before.high, SPLITS - stay.low)
            stay.low = SPLITS - before.high
        if step in (ONWARD, TURN_LAST):
            before.high = SPLITS
        if step in (ONWARD, TURN_FIRST):
            stay.low = 0
    return stays


def _way(
    roads: Roads, before: _Stay, stay: _Stay, step: int, straight_mm: float, scratch: Scratch
) -> list[Part]:
    """List what was walked between two stays."""
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
