"""Boxes in degrees in, a grid out that tells which of them lie near a place; read by compiled code, built by numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import scale_at
from routing.ragged import spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CELL_M: Final = 25.0  # a few walls and pieces of way in each; the prototype's [M]
_AT_ONCE: Final = 65536  # boxes, so that what is worked out on the way stays small


class Grid(NamedTuple):
    """Cells of equal size in degrees, by row from the south-west; the items of a cell stand together."""

    corner: Floats  # [2] degrees, south-west
    cell: Floats  # [2] degrees, width and height
    columns: int
    rows: int
    start: NDArray[np.int64]  # [cell + 1] into item
    item: NDArray[np.int32]  # [entry]


class Entries(NamedTuple):
    """Boxes sorted by the cells that they touch, for a plane that may be as large as the world and mostly empty."""

    corner: Floats  # [2] degrees, south-west
    cell: Floats  # [2] degrees, width and height
    columns: int
    rows: int
    key: NDArray[np.int64]  # [entry] row · columns + column, rising
    item: NDArray[np.int32]  # [entry] a box


def grid_of(low: Floats, high: Floats, *, cell_m: float = CELL_M) -> Grid:
    """Sort boxes into a grid; a box lies in every cell that it touches.

    Parameters
    ----------
    low, high
        float64 [box, 2], degrees, the south-west and north-east corners.
    cell_m
        Width of a cell in metres, about.
    """
    found = entries_of(low, high, cell_m=cell_m)
    start = np.searchsorted(found.key, np.arange(found.columns * found.rows + 1))
    return Grid(found.corner, found.cell, found.columns, found.rows, start.astype(np.int64), found.item)


def entries_of(low: Floats, high: Floats, *, cell_m: float) -> Entries:
    """Sort boxes by cells; the parameters are those of :func:`grid_of`."""
    if len(low) == 0:
        none = np.zeros(2)
        return Entries(none, none + 1.0, 1, 1, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))
    corner = low.min(axis=0)
    scale = scale_at((corner[1] + high[:, 1].max()) / 2)
    cell = cell_m / np.array([float(scale.lon_m), float(scale.lat_m)])
    columns, rows = (np.floor((high.max(axis=0) - corner) / cell).astype(np.int64) + 1).tolist()
    keys, boxes = [], []
    for first in range(0, len(low), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        begin, end = ((np.floor((side[part] - corner) / cell)).astype(np.int64) for side in (low, high))
        wide, tall = (end - begin + 1).T
        box, nth, _ = spans(np.zeros(len(wide), dtype=np.int64), wide * tall)  # cells of each box, one after the other
        keys.append((begin[box, 1] + nth // wide[box]) * columns + begin[box, 0] + nth % wide[box])
        boxes.append((box + first).astype(np.int32))
    key = np.concatenate(keys)
    order = np.argsort(key, kind="stable")
    return Entries(corner, cell, columns, rows, key[order], np.concatenate(boxes)[order])


def in_cells_of(entries: Entries, lonlat: Floats) -> NDArray[np.bool_]:
    """Tell which places lie in a cell that any box touches; all that lie in a box are among them.

    Parameters
    ----------
    entries
        One at least.
    lonlat
        float64 [place, 2], degrees.
    """
    cell = np.floor((lonlat - entries.corner) / entries.cell).astype(np.int64)
    key = cell[:, 1] * entries.columns + cell[:, 0]
    at = np.minimum(np.searchsorted(entries.key, key), len(entries.key) - 1)
    found: NDArray[np.bool_] = (cell[:, 0] >= 0) & (cell[:, 0] < entries.columns) & (entries.key[at] == key)
    return found


def items_in(entries: Entries, low: Floats, high: Floats) -> NDArray[np.int64]:
    """List the boxes in the cells that some boxes touch, each once, rising.

    Parameters
    ----------
    low, high
        float64 [box, 2] or [2], degrees: corners of those boxes.
    """
    # as floats as long as they may be too large, or no numbers, which are in no cell
    most = np.array([entries.columns, entries.rows]) - 1
    begin, end = (np.floor((np.atleast_2d(side) - entries.corner) / entries.cell) for side in (low, high))
    asked = ((begin <= most) & (end >= 0)).all(axis=1)
    cells = np.column_stack([np.maximum(begin[asked], 0), np.minimum(end[asked], most)]).astype(np.int64)
    begin, end = np.split(np.unique(cells, axis=0), 2, axis=1)  # many boxes may lie in one place
    rows = spans(begin[:, 1], end[:, 1] - begin[:, 1] + 1)
    # the cells of a row stand side by side, and so do the boxes in them
    key = (rows.at * entries.columns)[:, None] + np.column_stack([begin[rows.of, 0], end[rows.of, 0] + 1])
    first, stop = np.searchsorted(entries.key, key).T
    return np.unique(entries.item[spans(first, stop - first).at]).astype(np.int64)
