"""Sections in, a walk graph out: lays the arrays of routing/graph.py out and finds the parts that hang together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.geo import distance_m, scale_at
from routing.graph import SURFACES, WAY_CLASSES, Flag, WalkGraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CELLS = 1 << 16  # on each side of the square in which nodes are put in order


@dataclass(frozen=True, slots=True)
class Section:
    """One section before it goes into the arrays.

    Attributes
    ----------
    tail, head
        Node numbers (positions in the graph's node arrays).
    line
        float64 [point, 2], degrees, from tail to head.
    effort_pct
        Whole percent of the length, at least 100.
    surcharge_m
        Added to the effort of walking (forward, backward): what stands at the far end, such as a gate.
    """

    tail: int
    head: int
    line: NDArray[np.float64]
    way_id: int
    way_class: str
    flags: Flag
    name: str = ""
    forward: bool = True
    backward: bool = True
    effort_pct: int = 100
    surcharge_m: tuple[int, int] = (0, 0)
    layer: int = 0
    levels: tuple[float, float] | None = None
    surface: str = ""
    length_m: float | None = None  # where a source states it; measured otherwise
    effort_dm: tuple[int, int] | None = None  # forward and backward, where a source states it


def assemble(node_lonlat: NDArray[np.float64], node_id: NDArray[np.int64], sections: Sequence[Section]) -> WalkGraph:
    """Lay sections out as a walk graph.

    Parameters
    ----------
    node_lonlat
        float64 [node, 2], degrees.
    node_id
        int64 [node].
    sections
        At least one; each walkable at least one way.

    Returns
    -------
    WalkGraph
        Nodes keep their numbers, sections their order; edges are sorted by tail, head, section, direction.
    """
    names = sorted({section.name for section in sections} - {""})
    name_number = {name: number for number, name in enumerate(names)} | {"": -1}
    encoded = [name.encode() for name in names]
    sizes = np.array([len(section.line) for section in sections], dtype=np.int64)
    node_count = len(node_id)
    shape_start = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    shape_lonlat = np.concatenate([section.line for section in sections]).astype(np.float64)
    edges = _edges(sections, _lengths_m(shape_start, shape_lonlat))
    tail, head = edges.tail, edges.head
    unknown = (np.nan, np.nan)
    arrays = WalkGraph(
        node_lonlat=np.ascontiguousarray(node_lonlat, dtype=np.float64),
        node_id=np.ascontiguousarray(node_id, dtype=np.int64),
        component=_components(tail, head, node_count),
        tail=tail,
        head=head,
        section=edges.section,
        forward=edges.forward,
        length_dm=edges.length_dm,
        effort_dm=edges.effort_dm,
        out_start=np.searchsorted(tail, np.arange(node_count + 1)).astype(np.int32),
        in_start=np.searchsorted(np.sort(head), np.arange(node_count + 1)).astype(np.int32),
        in_edge=np.argsort(head, kind="stable").astype(np.int32),
        shape_start=shape_start,
        shape_lonlat=shape_lonlat,
        way_id=np.array([section.way_id for section in sections], dtype=np.int64),
        way_class=np.array([_code(WAY_CLASSES, section.way_class) for section in sections], dtype=np.uint8),
        flags=np.array([int(section.flags) for section in sections], dtype=np.uint32),
        layer=np.array([section.layer for section in sections], dtype=np.int8),
        levels=np.array([section.levels or unknown for section in sections], dtype=np.float32),
        surface=np.array([_surface_code(section.surface) for section in sections], dtype=np.uint8),
        name=np.array([name_number[section.name] for section in sections], dtype=np.int32),
        name_start=np.concatenate([np.zeros(1, np.int64), np.cumsum([len(text) for text in encoded], dtype=np.int64)]),
        name_utf8=np.frombuffer(b"".join(encoded), dtype=np.uint8),
    )
    for array in arrays.arrays().values():
        array.setflags(write=False)
    return arrays


def in_order(
    node_lonlat: NDArray[np.float64], node_id: NDArray[np.int64], sections: Sequence[Section]
) -> tuple[NDArray[np.float64], NDArray[np.int64], list[Section]]:
    """Sort nodes by place, and sections by their nodes, the lower number first.

    What is near on the ground is near in memory, and what tells a node from the one before is small (routing/pack.py).

    Parameters
    ----------
    node_lonlat, node_id, sections
        As :func:`assemble` takes them.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, list of Section)
        The same in order.
    """
    order = _by_place(node_lonlat)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    moved = [replace(one, tail=int(number[one.tail]), head=int(number[one.head])) for one in sections]
    moved.sort(key=lambda one: (min(one.tail, one.head), max(one.tail, one.head)))
    return node_lonlat[order], node_id[order], moved


def _by_place(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order places so that most near ones are close (Z-order: the bits of both numbers in turn)."""
    scale = scale_at(float(lonlat[:, 1].mean()))
    from_low = (lonlat - lonlat.min(axis=0)) * np.array([float(scale.lon_m), float(scale.lat_m)])
    cells = (from_low * ((_CELLS - 1) / (from_low.max() or 1.0))).astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        cells = (cells | (cells << np.uint64(shift))) & np.uint64(mask)
    return np.argsort(cells[:, 0] | (cells[:, 1] << np.uint64(1)), kind="stable")


class _Edges(NamedTuple):
    """The columns of the directed edges, in their final order."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    section: NDArray[np.int32]
    forward: NDArray[np.bool_]
    length_dm: NDArray[np.int32]
    effort_dm: NDArray[np.int32]


def _lengths_m(shape_start: NDArray[np.int64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure all sections at once, float64 [section]."""
    steps_m = np.append(distance_m(points[:-1], points[1:]), 0.0)
    steps_m[shape_start[1:] - 1] = 0.0  # from the end of one section to the start of the next
    lengths_m: NDArray[np.float64] = np.add.reduceat(steps_m, shape_start[:-1])
    return lengths_m


def _edges(sections: Sequence[Section], measured_m: NDArray[np.float64]) -> _Edges:
    """Make the directed edges of all sections, sorted by tail, head, section, direction."""
    stated_m = np.array([np.nan if section.length_m is None else section.length_m for section in sections])
    length_m = np.where(np.isnan(stated_m), measured_m, stated_m)
    length_dm = np.maximum(1, np.rint(length_m * 10).astype(np.int64))
    felt_dm = length_dm * np.array([section.effort_pct for section in sections]) // 100
    effort_dm = felt_dm[:, None] + 10 * np.array([section.surcharge_m for section in sections])  # [section, direction]
    for row, section in zip(effort_dm, sections, strict=True):
        if section.effort_dm is not None:
            row[:] = section.effort_dm
    ends = np.array([(section.tail, section.head) for section in sections], dtype=np.int32)
    open_ = np.array([(section.forward, section.backward) for section in sections], dtype=np.bool_)
    number, against = np.nonzero(open_)
    tail, head = ends[number, against], ends[number, 1 - against]
    order = np.lexsort((against, number, head, tail))
    number, against = number[order], against[order]
    return _Edges(
        tail[order],
        head[order],
        number.astype(np.int32),
        against == 0,
        length_dm[number].astype(np.int32),
        effort_dm[number, against].astype(np.int32),
    )


def _components(tail: NDArray[np.int32], head: NDArray[np.int32], node_count: int) -> NDArray[np.int32]:
    """Find the strongly connected parts and number them, the one with the most nodes first."""
    matrix = coo_array((np.ones(len(tail), dtype=np.int32), (tail, head)), shape=(node_count, node_count)).tocsr()
    _, label = connected_components(matrix, directed=True, connection="strong")
    by_size = np.argsort(-np.bincount(label), kind="stable")
    rank = np.empty_like(by_size)
    rank[by_size] = np.arange(len(by_size))
    found: NDArray[np.int32] = rank[label].astype(np.int32)
    return found


def _code(table: tuple[str, ...], value: str) -> int:
    return table.index(value) if value in table else table.index("other")


def _surface_code(value: str) -> int:
    """Code a surface; ``concrete:plates`` is concrete."""
    return _code(SURFACES, value.split(":", maxsplit=1)[0])
