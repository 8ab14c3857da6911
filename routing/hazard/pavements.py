"""Where people walk along a street whose pavements nobody mapped: on either side of its line, and not in the middle.

Pieces of a street's line in, the same pieces on its pavement out. Of 127 km of mapped pavements in Helsinki the median
lies 6.3 m from the line of the street, nine of ten between 4.6 and 8.5 m (exposure-model.md, section 2.4).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.geo import scale_at
from routing.hazard.sight import cells_around, meets_after
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.samples import Pieces
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]

SIDE_M: Final = 6.0  # from the street's line
CLEAR_M: Final = 1.0  # nobody walks nearer to a façade
LEFT: Final = -1.0
RIGHT: Final = 1.0


def on_pavement(pieces: Pieces, side: float, walls: Walls, *, side_m: float = SIDE_M) -> Pieces:
    """Shift pieces of street lines onto a pavement.

    Parameters
    ----------
    pieces
        Of lines of streets.
    side
        ``LEFT`` or ``RIGHT`` of who walks the line as it is drawn.
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
    aside = side * np.stack([pieces.heading[:, 1], -pieces.heading[:, 0]], axis=-1)
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


def mean_of_sides(left: Floats, right: Floats) -> Floats:
    """Give the risk to plan by where nobody says on which side she walks: the mean of both, any shape.

    Planning on the better side is worth it only to who keeps to it: one who does not is 14 % worse off [M].
    """
    mean: Floats = (left + right) / 2.0
    return mean


def better_side(left: float, right: float, *, least: float = 0.2, floor: float = 1e-4) -> float | None:
    """Tell which side of a street to keep to, ``None`` where it hardly matters.

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
    (1.0, None, None)
    """
    worse, better = max(left, right), min(left, right)
    if worse < floor or worse - better < least * worse or not math.isfinite(worse):
        return None
    return LEFT if left < right else RIGHT
