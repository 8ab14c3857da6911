"""Lines that people walk in, short straight pieces of them out: the points at which rates are asked.

Positions are WGS 84 degrees, longitude first; lengths metres; headings unit vectors, east and north.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import distance_m, scale_at
from routing.grid import Grid, grid_of
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEP_M: Final = 2.0  # the longest piece; at 2 m a straight pass is wrong by 2.5 % at most [M]


class Pieces(NamedTuple):
    """Pieces of lines, in the order of lines and of walking; each is looked at in its middle.

    A line begins and ends with a piece of no length, so that its two ends are looked at as well.
    """

    lonlat: Floats  # [piece, 2] the middle
    heading: Floats  # [piece, 2] of who walks the line as it is drawn
    length_m: Floats  # [piece]
    from_m: Floats  # [piece] from the line's start
    line: NDArray[np.int32]  # [piece]
    end: Floats  # [piece, 2] where it ends, degrees

    def take(self, rows: NDArray[np.int64]) -> Pieces:
        """Take some of the pieces."""
        return Pieces(
            self.lonlat[rows],
            self.heading[rows],
            self.length_m[rows],
            self.from_m[rows],
            self.line[rows],
            self.end[rows],
        )


class Runs(NamedTuple):
    """Pieces of one line within one cell of a grid, one after the other."""

    first: NDArray[np.int32]  # [run] a piece
    stop: NDArray[np.int32]  # [run] the piece after the last
    grid: Grid  # of runs


def pieces_of(points: Floats, start: NDArray[np.int64], *, step_m: float = STEP_M) -> Pieces:
    """Cut lines into pieces.

    Parameters
    ----------
    points
        float64 [point, 2], degrees; the lines one after the other.
    start
        int64 [line + 1] into ``points``; each line has two points at least.
    step_m
        No piece is longer.

    Returns
    -------
    Pieces
        Each straight stretch of a line is cut into equal pieces.
    """
    first, last = np.zeros((2, len(points)), dtype=np.bool_)
    first[start[:-1]], last[start[1:] - 1] = True, True
    at = np.flatnonzero(~last)
    a, b = points[at], points[at + 1]
    line = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start) - 1)
    size_m = distance_m(a, b)
    count = np.maximum(np.ceil(size_m / step_m), 1.0).astype(np.int64)
    made = count + first[at] + last[at + 1]
    segment = np.repeat(np.arange(len(at)), made)
    of = count[segment]
    # from -1, the piece of no length before the others, to their number, the one behind them
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(made) - made + first[at], made)
    middle, end = (np.clip((nth + share) / of, 0.0, 1.0)[:, None] for share in (0.5, 1.0))
    scale = scale_at((a[:, 1] + b[:, 1]) / 2)
    ahead = (b - a) * np.stack([scale.lon_m, scale.lat_m], axis=-1)
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    length_m = np.where((nth >= 0) & (nth < of), (size_m / count)[segment], 0.0)
    return Pieces(
        lonlat=a[segment] + middle * (b - a)[segment],
        heading=ahead[segment],
        length_m=length_m,
        from_m=_passed_m(length_m, line[segment]),
        line=line[segment],
        end=a[segment] + end * (b - a)[segment],
    )


@compiled
def _passed_m(length_m: Floats, line: NDArray[np.int32]) -> Floats:
    """Give how far from its line's start each piece begins; a line's sums know nothing of other lines."""
    from_m = np.zeros(len(length_m), dtype=np.float64)
    for piece in range(1, len(length_m)):
        if line[piece] == line[piece - 1]:
            from_m[piece] = from_m[piece - 1] + length_m[piece - 1]
    return from_m


def runs_of(pieces: Pieces) -> Runs:
    """Gather pieces by the cell they lie in, so that those near a camera are found without a look at all."""
    middles = pieces.lonlat
    whole = grid_of(middles, middles)
    cell = np.empty(len(middles), dtype=np.int64)
    cell[whole.item] = np.repeat(np.arange(len(whole.start) - 1), np.diff(whole.start))
    fresh = np.ones(len(middles), dtype=np.bool_)
    fresh[1:] = (cell[1:] != cell[:-1]) | (pieces.line[1:] != pieces.line[:-1])
    first = np.flatnonzero(fresh).astype(np.int32)
    order = np.argsort(cell[first], kind="stable")
    start = np.searchsorted(cell[first][order], np.arange(len(whole.start)))
    stop = np.append(first[1:], len(middles)).astype(np.int32)
    return Runs(first, stop, whole._replace(start=start.astype(np.int64), item=order.astype(np.int32)))
