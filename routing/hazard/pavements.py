"""Where people walk along a street whose pavements nobody mapped: on either side of its line, and not in the middle.

Pieces of a street's line in, the same pieces on its pavement out. Of 127 km of mapped pavements in Helsinki the median
lies 6.3 m from the line of the street, nine of ten between 4.6 and 8.5 m (exposure-model.md, section 2.4).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import scale_at
from routing.hazard.rates import Lines
from routing.hazard.samples import Pieces, pieces_of, runs_of
from routing.hazard.sight import cells_around, meets_after
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]

SIDE_M: Final = 6.0  # from the street's line
CLEAR_M: Final = 1.0  # nobody walks nearer to a façade
LEFT: Final = -1
RIGHT: Final = 1


class Ways(NamedTuple):
    """Polylines that are walked, or along which one walks."""

    points: Floats  # [point, 2] degrees, one line after the other
    start: NDArray[np.int64]  # [line + 1] into points
    enclosed: NDArray[np.bool_]  # [line]
    levels: NDArray[np.float32]  # [line, 2]
    side: NDArray[np.int8] | None = None  # [line] LEFT or RIGHT of who walks it as it is drawn, 0 on the line itself


def lines_along(ways: Ways, walls: Walls) -> Lines:
    """Cut ways into the pieces that the model looks at, those beside a line moved to where one walks."""
    pieces = beside(pieces_of(ways.points, ways.start), ways.side, walls)
    return Lines(pieces, runs_of(pieces), np.array(ways.enclosed), np.array(ways.levels))


def beside(pieces: Pieces, side: NDArray[np.int8] | None, walls: Walls) -> Pieces:
    """Move the pieces of lines that are walked beside onto their pavements, int8 [line]."""
    of_piece = np.zeros(len(pieces.line), dtype=np.int8) if side is None else side[pieces.line]
    moving = np.flatnonzero(of_piece)
    if len(moving) == 0:
        return pieces
    moved = on_pavement(pieces.take(moving), of_piece[moving].astype(np.float64), walls)
    lonlat, end = pieces.lonlat.copy(), pieces.end.copy()
    lonlat[moving], end[moving] = moved.lonlat, moved.end
    return pieces._replace(lonlat=lonlat, end=end)


def on_pavement(pieces: Pieces, side: float | Floats, walls: Walls, *, side_m: float = SIDE_M) -> Pieces:
    """Shift pieces of street lines onto a pavement.

    Parameters
    ----------
    pieces
        Of lines of streets.
    side
        ``LEFT`` or ``RIGHT`` of who walks the line as it is drawn; one for all, or float64 [piece].
    walls
        Of the area: a pavement keeps a metre from façades, and is half of what is left in a narrow lane.
    side_m
        From the line.

    Returns
    -------
    Pieces
        In the same order, as long as those of the line; where a line turns they do not meet.
    """
    scale = scale_at(pieces.lonlat[:, 1])
    metres = np.stack([scale.lon_m, scale.lat_m], axis=-1)
    aside = np.broadcast_to(side, len(pieces.lonlat))[:, None] * np.stack(
        [pieces.heading[:, 1], -pieces.heading[:, 0]], axis=-1
    )
    free_m = room_beside(pieces.lonlat, metres, aside, side_m + CLEAR_M, walls)
    shift_m = np.minimum(side_m, np.maximum(free_m - CLEAR_M, free_m / 2.0))
    shift = aside * shift_m[:, None] / metres
    return pieces._replace(lonlat=pieces.lonlat + shift, end=pieces.end + shift)


@compiled
def room_beside(lonlat: Floats, scale: Floats, aside: Floats, far_m: float, walls: Walls) -> Floats:
    """Give how far one can go from places in a direction of each before a wall, at most ``far_m``.

    Parameters
    ----------
    lonlat, scale, aside
        float64 [place, 2]: degrees, metres per degree there, and unit vectors east and north.

    Returns
    -------
    numpy.ndarray
        float64 [place], metres.
    """
    free_m = np.full(len(lonlat), far_m)
    grid, ends = walls.grid, walls.ends
    for place in range(len(lonlat)):
        at, metres, ux, uy = lonlat[place], scale[place], aside[place, 0], aside[place, 1]
        column0, column1, row0, row1 = cells_around(at, metres, far_m, grid)
        for row in range(row0, row1 + 1):
            begin = row * grid.columns
            for index in range(grid.start[begin + column0], grid.start[begin + column1 + 1]):
                wall = grid.item[index]
                ax, ay = (ends[wall, 0] - at[0]) * metres[0], (ends[wall, 1] - at[1]) * metres[1]
                bx, by = (ends[wall, 2] - at[0]) * metres[0], (ends[wall, 3] - at[1]) * metres[1]
                free_m[place] = min(free_m[place], meets_after(ux, uy, ax, ay, bx, by))
    return free_m


def better_side(left: float, right: float, *, least: float = 0.2, floor: float = 1e-3) -> int | None:
    """Tell which side of a street to keep to, ``None`` where it hardly matters.

    Walks are planned on the mean of both sides: planning on the better one is worth it only to who keeps to it; one who
    does not is 14 % worse off [M].

    Parameters
    ----------
    left, right
        Risk on either side.
    least
        The share of the worse side's risk that must be saved [A].
    floor
        Of the worse side's risk, below which nobody needs to hear of it [A].

    Examples
    --------
    >>> better_side(0.10, 0.02), better_side(0.10, 0.09), better_side(0.0, 0.0)
    (1, None, None)
    """
    worse, better = max(left, right), min(left, right)
    if worse < floor or worse - better < least * worse or not math.isfinite(worse):
        return None
    return LEFT if left < right else RIGHT
