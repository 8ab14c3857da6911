"""Sight lines of one place against walls: compiled, exact, and the same whatever else is computed beside it.

Everything lies in the place's own flat frame: metres east and north of it. The walls within reach are sorted by the
parts of the compass that they take up, so that a line of sight is tested against the few that stand in its direction;
where one of them fills such a part, nothing behind it is looked at.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.grid import Grid
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

BINS: Final = 128  # parts of the compass
_TOUCH_M: Final = 0.01  # nearer than OpenStreetMap's digits tell
_TIE_M: Final = 1e-6  # two walls are equally near
_FIRST_LOOK_M: Final = 6.0  # most façades that are looked for are nearer
_TURN: Final = 2.0 * math.pi
# Far above what rounding does and far below what a map tells: what lies within is left to the exact test.
_SLACK: Final = 1e-6
_BEYOND: Final = 1.0 + 1e-9


def _edges() -> Floats:
    """Give the directions in which the parts of the compass begin, float64 [BINS + 1, 2], unit vectors."""
    share = np.arange(BINS + 1) * 4.0 / BINS
    x = np.interp(share, [0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, -1.0, 0.0])
    y = np.interp(share, [0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 0.0, -1.0, 0.0, 1.0])
    edges: Floats = np.column_stack([x, y]) / np.hypot(x, y)[:, None]
    return edges


_EDGES: Final = _edges()


class Aim(NamedTuple):
    """A part of the plane around a place: a disc, or the wedge of it that lies ahead of two lines through the place."""

    reach_m: float
    one_x: float  # both normals are zero for a disc
    one_y: float
    other_x: float
    other_y: float


class Sky(NamedTuple):
    """The walls around one place, sorted by bearing; there is room for more than are filled."""

    walls: Floats  # [room, 7] both ends, x and y; nearest distance squared; where it begins, and how wide, in parts
    count: int
    far_m2: Floats  # [BINS] beyond this distance squared, a wall surely stands before
    first: Ints  # [BINS] of the entries of a part, -1 for none
    entries: Ints  # [room, 2] a wall, and the next entry of the same part


@compiled
def empty_sky() -> Sky:
    """Make room for a sky."""
    return Sky(
        np.empty((256, 7), dtype=np.float64),
        0,
        np.empty(BINS, dtype=np.float64),
        np.empty(BINS, dtype=np.int32),
        np.empty((1024, 2), dtype=np.int32),
    )


@compiled
def all_round(reach_m: float) -> Aim:
    """Give the aim that is a disc."""
    return Aim(reach_m, 0.0, 0.0, 0.0, 0.0)


@compiled
def is_ahead(x: float, y: float, aim: Aim) -> bool:
    """Tell whether a place lies in the wedge of an aim, however far; what lies on its rim does."""
    return aim.one_x * x + aim.one_y * y >= -_SLACK and aim.other_x * x + aim.other_y * y >= -_SLACK


@compiled
def _touches(ax: float, ay: float, bx: float, by: float, near_m2: float, aim: Aim) -> bool:
    """Tell whether a wall may have a part within an aim."""
    if near_m2 > aim.reach_m * aim.reach_m * _BEYOND:
        return False
    if aim.one_x * ax + aim.one_y * ay < -_SLACK and aim.one_x * bx + aim.one_y * by < -_SLACK:
        return False
    return not (aim.other_x * ax + aim.other_y * ay < -_SLACK and aim.other_x * bx + aim.other_y * by < -_SLACK)


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
def _is_new(wall: int, column: int, row: int, column0: int, row0: int, walls: Walls) -> bool:
    """Tell whether a cell is the first, of those that are gone through, in which a wall lies.

    The sums are those of :func:`routing.hazard.grid.grid_of`, so that the answer is the grid's own, and nothing as
    large as all walls has to be kept.
    """
    grid, ends = walls.grid, walls.ends
    if column != column0:
        west = min(ends[wall, 0], ends[wall, 2])
        if int(math.floor((west - grid.corner[0]) / grid.cell[0])) != column:
            return False
    if row == row0:
        return True
    south = min(ends[wall, 1], ends[wall, 3])
    return int(math.floor((south - grid.corner[1]) / grid.cell[1])) == row


@compiled
def sky_of(at: Floats, scale: Floats, one: Aim, other: Aim, walls: Walls, room: Sky) -> Sky:
    """Gather and sort the walls that may stand between a place and what lies in one of two aims.

    Parameters
    ----------
    at, scale
        float64 [2], the place in degrees, and metres per degree there.
    room
        Written to; use what is given back.
    """
    table, count = room.walls, 0
    reach_m = max(one.reach_m, other.reach_m)
    column0, column1, row0, row1 = cells_around(at, scale, reach_m, walls.grid)
    for row in range(row0, row1 + 1):
        for column in range(column0, column1 + 1):
            cell = row * walls.grid.columns + column
            for index in range(walls.grid.start[cell], walls.grid.start[cell + 1]):
                wall = walls.grid.item[index]
                if not _is_new(wall, column, row, column0, row0, walls):
                    continue
                ax, ay = (walls.ends[wall, 0] - at[0]) * scale[0], (walls.ends[wall, 1] - at[1]) * scale[1]
                bx, by = (walls.ends[wall, 2] - at[0]) * scale[0], (walls.ends[wall, 3] - at[1]) * scale[1]
                if min(ax, bx) > reach_m or max(ax, bx) < -reach_m or min(ay, by) > reach_m or max(ay, by) < -reach_m:
                    continue
                near_m2 = _near_m2(ax, ay, bx, by)
                if not (_touches(ax, ay, bx, by, near_m2, one) or _touches(ax, ay, bx, by, near_m2, other)):
                    continue
                if count == len(table):
                    more = np.empty((2 * count, 7), dtype=np.float64)
                    more[:count] = table
                    table = more
                _note(ax, ay, bx, by, near_m2, table[count])
                count += 1
    entries = _sorted(table, count, room.far_m2, room.first, room.entries)
    return Sky(table, count, room.far_m2, room.first, entries)


@compiled
def _near_m2(ax: float, ay: float, bx: float, by: float) -> float:
    """Give the square of how near a wall comes."""
    dx, dy = bx - ax, by - ay
    along = -(ax * dx + ay * dy)
    size2 = dx * dx + dy * dy
    if along <= 0.0:
        return ax * ax + ay * ay
    if along >= size2:
        return bx * bx + by * by
    cross = ax * by - ay * bx
    return cross * cross / size2


@compiled
def turn_of(x: float, y: float) -> float:
    """Give a bearing in parts of the compass, 0 to BINS: it grows clockwise from north, though not quite evenly."""
    around = abs(x) + abs(y)
    if around == 0.0:
        return 0.0
    if x >= 0.0:
        quarter = x / around if y >= 0.0 else 1.0 - y / around
    else:
        quarter = 2.0 - x / around if y < 0.0 else 3.0 + y / around
    return quarter * (BINS / 4)


@compiled
def bin_of(x: float, y: float) -> int:
    """Give the part of the compass that a point lies in."""
    return min(int(turn_of(x, y)), BINS - 1)


@compiled
def _note(ax: float, ay: float, bx: float, by: float, near_m2: float, row: Floats) -> None:
    """Write down a wall, drawn clockwise, and which parts of the compass it takes up."""
    cross = ax * by - ay * bx
    if cross > 0.0:  # counter-clockwise from a to b
        ax, ay, bx, by = bx, by, ax, ay
    row[0], row[1], row[2], row[3], row[4] = ax, ay, bx, by, near_m2
    row[5] = turn_of(ax, ay)
    row[6] = (turn_of(bx, by) - row[5]) % BINS
    if cross == 0.0 and ax * bx + ay * by <= 0.0:  # the camera stands on it
        row[5], row[6] = 0.0, BINS
    elif row[6] > BINS / 2 + _SLACK:  # less than nothing, by rounding: it stands on end
        row[6] = 0.0


@compiled
def _sorted(table: Floats, count: int, far_m2: Floats, first: Ints, entries: Ints) -> Ints:
    """Sort walls by the parts of the compass that they take up; gives the entries, long enough."""
    far_m2[:] = math.inf
    first[:] = -1
    for wall in range(count):
        _cover(table[wall], far_m2)
    filled = 0
    for wall in range(count):
        begin = int(math.floor(table[wall, 5] - _SLACK))
        stop = min(int(math.floor(table[wall, 5] + table[wall, 6] + _SLACK)), begin + BINS - 1)
        for number in range(begin, stop + 1):
            part = number % BINS
            if table[wall, 4] > far_m2[part] * _BEYOND:
                continue
            if filled == len(entries):
                more = np.empty((2 * filled, 2), dtype=np.int32)
                more[:filled] = entries
                entries = more
            entries[filled, 0], entries[filled, 1] = wall, first[part]
            first[part] = filled
            filled += 1
    return entries


@compiled
def _cover(row: Floats, far_m2: Floats) -> None:
    """Note how far one sees at most in the parts of the compass that a wall fills from end to end."""
    if row[6] < 1.0 or row[6] > BINS / 2 or row[4] < _SLACK:
        return
    begin, stop = int(math.ceil(row[5] + _SLACK)), int(math.floor(row[5] + row[6] - _SLACK))
    dx, dy = row[2] - row[0], row[3] - row[1]
    cross = row[0] * row[3] - row[1] * row[2]
    before_m = math.inf
    for number in range(begin, stop + 1):
        edge = number % BINS
        # along a straight wall the farther end of a part is where it is farthest
        met_m = cross / (_EDGES[edge, 0] * dy - _EDGES[edge, 1] * dx)
        if number > begin:
            far_m = max(before_m, met_m) * _BEYOND
            part = (number - 1) % BINS
            far_m2[part] = min(far_m2[part], far_m * far_m)
        before_m = met_m


@compiled
def is_blocked(x: float, y: float, sky: Sky) -> bool:
    """Tell whether a wall stands between the place of a sky and a point of its frame."""
    part = bin_of(x, y)
    if x * x + y * y > sky.far_m2[part]:
        return True
    entry = sky.first[part]
    while entry >= 0:
        wall = sky.entries[entry, 0]
        entry = sky.entries[entry, 1]
        ax, ay, bx, by = sky.walls[wall, 0], sky.walls[wall, 1], sky.walls[wall, 2], sky.walls[wall, 3]
        side_a, side_b = x * ay - y * ax, x * by - y * bx
        if (side_a > 0.0) == (side_b > 0.0):
            continue
        # the line of sight meets the wall's line at this share of the way
        share = (ax * by - ay * bx) / (x * (by - ay) - y * (bx - ax))
        if 0.0 < share < 1.0:
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
def rim(at: Floats, scale: Floats, reach_m: float, walls: Walls, rays: int) -> Floats:
    """Look all round: how far one sees in each of many directions, for drawing alone.

    Returns
    -------
    numpy.ndarray
        float64 [rays], metres, clockwise from north.
    """
    disc = all_round(reach_m)
    sky = sky_of(at, scale, disc, disc, walls, empty_sky())
    far_m = np.full(rays, reach_m)
    for ray in range(rays):
        x, y = math.sin(_TURN * ray / rays), math.cos(_TURN * ray / rays)
        entry = sky.first[bin_of(x, y)]
        while entry >= 0:
            wall = sky.entries[entry, 0]
            entry = sky.entries[entry, 1]
            ax, ay, bx, by = sky.walls[wall, 0], sky.walls[wall, 1], sky.walls[wall, 2], sky.walls[wall, 3]
            across = x * (by - ay) - y * (bx - ax)
            if (x * ay - y * ax > 0.0) != (x * by - y * bx > 0.0) and across != 0.0:
                met_m = (ax * by - ay * bx) / across
                if 0.0 < met_m < far_m[ray]:
                    far_m[ray] = met_m
    return far_m
