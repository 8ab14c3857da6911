"""Places in, the façades that they are near out, and where cameras hang on them: compiled, one place at a time.

Positions are WGS 84 degrees, longitude first; what is given back of a façade lies in the flat frame of the place.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.hazard.sight import cells_around
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]

LOOK_M: Final = 100.0  # how far a façade is looked for by a camera inside a building
OUTSIDE_M: Final = (0.3, 0.1, 0.03, 0.01)  # in front of the façade; less in a corner, where another wall is near
_TOUCH_M: Final = 0.01  # nearer than OpenStreetMap's digits tell
_TIE_M: Final = 1e-6  # two walls are equally near
_FIRST_LOOK_M: Final = 6.0  # most façades that are looked for are nearer


@compiled
def facade(at: Floats, scale: Floats, reach_m: float, walls: Walls) -> tuple[float, float, float, float, bool]:
    """Find the nearest wall of a place.

    Returns
    -------
    (float, float, float, float, bool)
        How far it is, infinite if none is within reach; its nearest point, metres east and north of the place; whither
        it faces, radians clockwise from north; and whether the place lies inside the building.
    """
    look_m = min(_FIRST_LOOK_M, reach_m)
    nearest_m = _nearest_m(at, scale, look_m, walls)
    while nearest_m > look_m - _TOUCH_M and look_m < reach_m:  # a wall out of the look could be as near
        look_m = min(4.0 * look_m, reach_m)
        nearest_m = _nearest_m(at, scale, look_m, walls)
    if nearest_m > reach_m:
        return math.inf, 0.0, 0.0, 0.0, False
    return _front(at, scale, nearest_m, look_m, walls)


@compiled
def _foot(wall: int, at: Floats, scale: Floats, ends: Floats) -> tuple[float, float, float, float, float, float]:
    """Give how far a wall is, its nearest point, how far its line is (more than 0 outside), and how it runs."""
    ax, ay = (ends[wall, 0] - at[0]) * scale[0], (ends[wall, 1] - at[1]) * scale[1]
    bx, by = (ends[wall, 2] - at[0]) * scale[0], (ends[wall, 3] - at[1]) * scale[1]
    dx, dy = bx - ax, by - ay
    size = max(math.hypot(dx, dy), 1e-9)
    share = min(1.0, max(0.0, -(ax * dx + ay * dy) / (size * size)))
    x, y = ax + share * dx, ay + share * dy
    # the building lies to the left
    return math.hypot(x, y), x, y, (dx * ay - dy * ax) / size, dx, dy


@compiled
def _nearest_m(at: Floats, scale: Floats, reach_m: float, walls: Walls) -> float:
    """Give how far the nearest of the walls in the cells within reach is; infinite if there is none."""
    nearest_m = math.inf
    column0, column1, row0, row1 = cells_around(at, scale, reach_m, walls.grid)
    for row in range(row0, row1 + 1):
        begin = row * walls.grid.columns
        for index in range(walls.grid.start[begin + column0], walls.grid.start[begin + column1 + 1]):
            nearest_m = min(nearest_m, _foot(walls.grid.item[index], at, scale, walls.ends)[0])
    return nearest_m


@compiled
def _front(
    at: Floats, scale: Floats, nearest_m: float, look_m: float, walls: Walls
) -> tuple[float, float, float, float, bool]:
    """Describe the nearest wall as :func:`facade` does.

    At a corner two walls are equally near: the one whose line is farther off tells inside from outside. Which of them
    comes first in the grid makes no difference.
    """
    best, best_m, off_m, foot_x, foot_y, run_x, run_y = -1, math.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    column0, column1, row0, row1 = cells_around(at, scale, look_m, walls.grid)
    for row in range(row0, row1 + 1):
        begin = row * walls.grid.columns
        for index in range(walls.grid.start[begin + column0], walls.grid.start[begin + column1 + 1]):
            wall = walls.grid.item[index]
            away_m, x, y, off, dx, dy = _foot(wall, at, scale, walls.ends)
            if away_m > nearest_m + _TIE_M or abs(off) < abs(off_m):
                continue
            if best < 0 or abs(off) > abs(off_m) or (dx, dy) < (run_x, run_y):
                best, best_m, off_m, foot_x, foot_y, run_x, run_y = wall, away_m, off, x, y, dx, dy
    inside = off_m < 0.0
    outward = math.atan2(run_y, -run_x)
    if best_m > _TOUCH_M:  # the same but at a corner, where no one wall's front is free
        outward = math.atan2(foot_x, foot_y) if inside else math.atan2(-foot_x, -foot_y)
    return best_m, foot_x, foot_y, outward, inside


@compiled
def hang(at: Floats, scale: Floats, near_m: Floats, walls: Walls) -> tuple[Floats, Floats]:
    """Hang cameras in front of the façades that they belong to.

    Parameters
    ----------
    at, scale
        float64 [place, 2], degrees, and metres per degree there.
    near_m
        float64 [place]: a façade this near is theirs; whoever stands inside a building belongs to it anyway.

    Returns
    -------
    there
        float64 [place, 2], degrees; unchanged where there is no such façade.
    outward
        float64 [place], whither it faces, radians clockwise from north; NaN where there is none.
    """
    there, outward = at.copy(), np.full(len(at), math.nan)
    for place in range(len(at)):
        away_m, x, y, turn, inside = facade(at[place], scale[place], LOOK_M, walls)
        if not inside and not away_m <= near_m[place]:
            continue
        outward[place] = turn
        foot_lon, foot_lat = at[place, 0] + x / scale[place, 0], at[place, 1] + y / scale[place, 1]
        ahead_lon, ahead_lat = math.sin(turn) / scale[place, 0], math.cos(turn) / scale[place, 1]
        for outside_m in OUTSIDE_M:
            there[place, 0], there[place, 1] = foot_lon + outside_m * ahead_lon, foot_lat + outside_m * ahead_lat
            if not facade(there[place], scale[place], LOOK_M, walls)[4]:
                break
    return there, outward
