"""Sight lines of one camera against walls: compiled, exact, and the same whatever else is computed beside it.

Everything lies in the camera's own flat frame: metres east and north of it. The walls within reach are sorted by the
compass bearings that they take up, so that a line of sight is tested against the few that stand in its direction.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.grid import Grid
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

BINS: Final = 128  # of the compass
TOUCHES_M: Final = 0.1  # from a walker within which a wall does not hide her
_TOUCH_M: Final = 0.01  # nearer than OpenStreetMap's digits tell
_TURN: Final = 2.0 * math.pi


@compiled
def near_walls(at: Floats, scale: Floats, reach_m: float, walls: Walls, stamp: Ints, mark: int, found: Floats) -> int:
    """Gather the walls that come within reach, in the camera's frame; gives how many.

    Parameters
    ----------
    at, scale
        float64 [2], the camera in degrees, and metres per degree there.
    stamp
        int32 [wall], written to: ``mark`` where a wall was looked at.
    found
        float64 [wall, 4], written to.
    """
    count = 0
    grid, ends = walls.grid, walls.ends
    column0, column1, row0, row1 = cells_around(at, scale, reach_m, grid)
    for row in range(row0, row1 + 1):
        begin = row * grid.columns
        for index in range(grid.start[begin + column0], grid.start[begin + column1 + 1]):
            wall = grid.item[index]
            if stamp[wall] == mark:
                continue
            stamp[wall] = mark
            ax, ay = (ends[wall, 0] - at[0]) * scale[0], (ends[wall, 1] - at[1]) * scale[1]
            bx, by = (ends[wall, 2] - at[0]) * scale[0], (ends[wall, 3] - at[1]) * scale[1]
            if min(ax, bx) > reach_m or max(ax, bx) < -reach_m or min(ay, by) > reach_m or max(ay, by) < -reach_m:
                continue
            found[count, 0], found[count, 1], found[count, 2], found[count, 3] = ax, ay, bx, by
            count += 1
    return count


@compiled
def cells_around(at: Floats, scale: Floats, reach_m: float, grid: Grid) -> tuple[int, int, int, int]:
    """Give the first and last column and row of a grid within reach; rows that are none where nothing is."""
    west = int(math.floor((at[0] - reach_m / scale[0] - grid.corner[0]) / grid.cell[0]))
    east = int(math.floor((at[0] + reach_m / scale[0] - grid.corner[0]) / grid.cell[0]))
    south = int(math.floor((at[1] - reach_m / scale[1] - grid.corner[1]) / grid.cell[1]))
    north = int(math.floor((at[1] + reach_m / scale[1] - grid.corner[1]) / grid.cell[1]))
    if east < 0 or west >= grid.columns:
        return 0, 0, 0, -1
    return max(west, 0), min(east, grid.columns - 1), max(south, 0), min(north, grid.rows - 1)


@compiled
def bin_of(x: float, y: float) -> int:
    """Give the part of the compass that a point lies in."""
    turn = math.atan2(x, y) / _TURN
    return min(int((turn - math.floor(turn)) * BINS), BINS - 1)


@compiled
def sort_by_bearing(walls: Floats, count: int, start: Ints, room: Ints) -> Ints:
    """Sort walls by the parts of the compass that they take up; gives the list, long enough.

    Parameters
    ----------
    walls
        float64 [wall, 4], the first ``count`` count.
    start
        int32 [BINS + 1], written to: where each part begins in the list.
    room
        int32 [n], used for the list if it is long enough.
    """
    start[:] = 0
    for wall in range(count):
        first, span = _bins(walls, wall)
        for step in range(span):
            start[(first + step) % BINS + 1] += 1
    for part in range(BINS):
        start[part + 1] += start[part]
    listed = room if start[BINS] <= len(room) else np.empty(2 * start[BINS], dtype=np.int32)
    filled = start[:-1].copy()
    for wall in range(count):
        first, span = _bins(walls, wall)
        for step in range(span):
            part = (first + step) % BINS
            listed[filled[part]] = wall
            filled[part] += 1
    return listed


@compiled
def _bins(walls: Floats, wall: int) -> tuple[int, int]:
    """Give the first part of the compass that a wall takes up, clockwise, and how many."""
    ax, ay, bx, by = walls[wall, 0], walls[wall, 1], walls[wall, 2], walls[wall, 3]
    cross, dot = ax * by - ay * bx, ax * bx + ay * by
    if cross == 0.0 and dot <= 0.0:  # the camera stands on it
        return 0, BINS
    if cross > 0.0:  # counter-clockwise from a to b
        ax, ay, bx, by = bx, by, ax, ay
    first, last = bin_of(ax, ay), bin_of(bx, by)
    # one more on either side, so that rounding of a bearing loses no wall
    return (first - 1) % BINS, min((last - first) % BINS + 3, BINS)


@compiled
def is_blocked(x: float, y: float, walls: Floats, start: Ints, listed: Ints) -> bool:
    """Tell whether a wall stands between the camera and a point of its frame.

    One that touches the point does not: ways are drawn along walls, and on which side is not for rounding to say.
    """
    part = bin_of(x, y)
    until = 1.0 - TOUCHES_M / max(math.hypot(x, y), TOUCHES_M)
    for index in range(start[part], start[part + 1]):
        wall = listed[index]
        ax, ay, bx, by = walls[wall, 0], walls[wall, 1], walls[wall, 2], walls[wall, 3]
        side_a, side_b = x * ay - y * ax, x * by - y * bx
        if (side_a > 0.0) == (side_b > 0.0):
            continue
        # the line of sight meets the wall's line at this share of the way
        share = (ax * by - ay * bx) / (x * (by - ay) - y * (bx - ax))
        if 0.0 < share < until:
            return True
    return False


@compiled
def facade(at: Floats, scale: Floats, reach_m: float, walls: Walls) -> tuple[float, float, float, float, bool]:
    """Find the nearest wall of a place.

    Returns
    -------
    (float, float, float, float, bool)
        How far it is, infinite if none is within reach; its nearest point, metres east and north of the place; whither
        it faces, radians clockwise from north; and whether the place lies inside the building.
    """
    stamp = np.full(len(walls.ends), -1, dtype=np.int32)
    found = np.empty((len(walls.ends), 4), dtype=np.float64)
    count = near_walls(at, scale, reach_m, walls, stamp, 0, found)
    best_m, best_off, best_x, best_y, outward, inside = math.inf, 0.0, 0.0, 0.0, 0.0, False
    for wall in range(count):
        ax, ay, bx, by = found[wall, 0], found[wall, 1], found[wall, 2], found[wall, 3]
        dx, dy = bx - ax, by - ay
        size = max(math.hypot(dx, dy), 1e-9)
        share = min(1.0, max(0.0, -(ax * dx + ay * dy) / (size * size)))
        x, y = ax + share * dx, ay + share * dy
        away_m = math.hypot(x, y)
        off = (dx * ay - dy * ax) / size  # from the wall's line, more than 0 outside: the building lies to the left
        # at a corner two walls are equally near: the one whose line is farther off tells inside from outside
        if away_m < best_m - 1e-6 or (away_m < best_m + 1e-6 and abs(off) > abs(best_off)):
            best_m, best_off, best_x, best_y, inside = away_m, off, x, y, off < 0.0
            outward = math.atan2(dy, -dx)
    if best_m > reach_m:
        return math.inf, 0.0, 0.0, 0.0, False
    if best_m > _TOUCH_M:  # the same but at a corner, where no one wall's front is free
        outward = math.atan2(best_x, best_y) if inside else math.atan2(-best_x, -best_y)
    return best_m, best_x, best_y, outward, inside


@compiled
def rim(at: Floats, scale: Floats, reach_m: float, walls: Walls, rays: int) -> Floats:
    """Look all round: how far one sees in each of many directions, for drawing alone.

    Returns
    -------
    numpy.ndarray
        float64 [rays], metres, clockwise from north.
    """
    stamp = np.full(len(walls.ends), -1, dtype=np.int32)
    found = np.empty((len(walls.ends), 4), dtype=np.float64)
    count = near_walls(at, scale, reach_m, walls, stamp, 0, found)
    first = np.empty(BINS + 1, dtype=np.int32)
    listed = sort_by_bearing(found, count, first, np.empty(64, dtype=np.int32))
    far_m = np.full(rays, reach_m)
    for ray in range(rays):
        x, y = math.sin(_TURN * ray / rays), math.cos(_TURN * ray / rays)
        part = bin_of(x, y)
        for index in range(first[part], first[part + 1]):
            wall = listed[index]
            ax, ay, bx, by = found[wall, 0], found[wall, 1], found[wall, 2], found[wall, 3]
            across = x * (by - ay) - y * (bx - ax)
            if (x * ay - y * ax > 0.0) != (x * by - y * bx > 0.0) and across != 0.0:
                met_m = (ax * by - ay * bx) / across
                if 0.0 < met_m < far_m[ray]:
                    far_m[ray] = met_m
    return far_m
