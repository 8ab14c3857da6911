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

    from routing.grid import Grid
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Bools = NDArray[np.bool_]

BINS: Final = 128  # parts of the compass, a power of 2
TOUCHES_M: Final = 0.1  # from a walker within which a wall does not hide her
_TURN: Final = 2.0 * math.pi
# Far above what rounding does and far below what a map tells: what lies within is left to the exact test. (It serves
# for parts of the compass, too.)
SLACK_M: Final = 1e-6
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
    filled: int
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
def without_walls(room: Sky) -> Sky:
    """Give a sky in which nothing stands."""
    room.far_m2[:] = math.inf
    room.first[:] = -1
    return Sky(room.walls, 0, room.far_m2, room.first, room.entries)


@compiled
def all_round(reach_m: float) -> Aim:
    """Give the aim that is a disc."""
    return Aim(reach_m, 0.0, 0.0, 0.0, 0.0)


@compiled
def is_ahead(x: float, y: float, aim: Aim) -> bool:
    """Tell whether a place lies in the wedge of an aim, however far; what lies on its rim does."""
    return aim.one_x * x + aim.one_y * y >= -SLACK_M and aim.other_x * x + aim.other_y * y >= -SLACK_M


@compiled
def _passes(ax: float, ay: float, bx: float, by: float, aim: Aim) -> bool:
    """Tell whether a wall may have a part in the wedge of an aim, however far."""
    if aim.one_x * ax + aim.one_y * ay < -SLACK_M and aim.one_x * bx + aim.one_y * by < -SLACK_M:
        return False
    return not (aim.other_x * ax + aim.other_y * ay < -SLACK_M and aim.other_x * bx + aim.other_y * by < -SLACK_M)


@compiled
def cells_around(at: Floats, scale: Floats, reach_m: float, grid: Grid) -> tuple[int, int, int, int]:
    """Give the first and last column and row of a grid within reach; rows that are none where nothing is."""
    west = math.floor((at[0] - reach_m / scale[0] - grid.corner[0]) / grid.cell[0])
    east = math.floor((at[0] + reach_m / scale[0] - grid.corner[0]) / grid.cell[0])
    south = math.floor((at[1] - reach_m / scale[1] - grid.corner[1]) / grid.cell[1])
    north = math.floor((at[1] + reach_m / scale[1] - grid.corner[1]) / grid.cell[1])
    if east < 0 or west >= grid.columns:
        return 0, 0, 0, -1
    return max(west, 0), min(east, grid.columns - 1), max(south, 0), min(north, grid.rows - 1)


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
    window = cells_around(at, scale, max(one.reach_m, other.reach_m), walls.grid)
    most = count_in(window, walls.grid)
    table = room.walls if most <= len(room.walls) else np.empty((2 * most, 7), dtype=np.float64)
    count = _gather(at, scale, one, other, walls, window, table)
    most = _note_bearings(table, count)
    entries = room.entries if most <= len(room.entries) else np.empty((2 * most, 2), dtype=np.int32)
    _cover(table, count, room.far_m2)
    _sort(table, count, room.far_m2, room.first, entries)
    return Sky(table, count, room.far_m2, room.first, entries)


@compiled
def count_in(window: tuple[int, int, int, int], grid: Grid) -> int:
    """Count the entries of a grid's cells from a column to a column and from a row to a row."""
    column0, column1, row0, row1 = window
    count = 0
    for row in range(row0, row1 + 1):
        begin = row * grid.columns
        count += grid.start[begin + column1 + 1] - grid.start[begin + column0]
    return count


@compiled
def _gather(
    at: Floats, scale: Floats, one: Aim, other: Aim, walls: Walls, window: tuple[int, int, int, int], table: Floats
) -> int:
    """Write down the ends and the nearness of the walls in a window of cells; gives how many.

    A wall that lies in several cells is taken in the first of them that is gone through. Which one that is, is worked
    out just as :func:`routing.grid.grid_of` did, so that nothing as large as all walls has to be kept.
    """
    grid, ends, start, item = walls.grid, walls.ends, walls.grid.start, walls.grid.item
    lon, lat, east_m, north_m = at[0], at[1], scale[0], scale[1]
    corner_x, corner_y, cell_x, cell_y = grid.corner[0], grid.corner[1], grid.cell[0], grid.cell[1]
    reach_m, count = max(one.reach_m, other.reach_m), 0
    one_m2, other_m2 = one.reach_m * one.reach_m * _BEYOND, other.reach_m * other.reach_m * _BEYOND
    column0, column1, row0, row1 = window
    for row in range(row0, row1 + 1):
        for column in range(column0, column1 + 1):
            cell = row * grid.columns + column
            for index in range(start[cell], start[cell + 1]):
                wall = item[index]
                a_lon, a_lat, b_lon, b_lat = ends[wall, 0], ends[wall, 1], ends[wall, 2], ends[wall, 3]
                ax, ay = (a_lon - lon) * east_m, (a_lat - lat) * north_m
                bx, by = (b_lon - lon) * east_m, (b_lat - lat) * north_m
                if min(ax, bx) > reach_m or max(ax, bx) < -reach_m or min(ay, by) > reach_m or max(ay, by) < -reach_m:
                    continue
                in_one, in_other = _passes(ax, ay, bx, by, one), _passes(ax, ay, bx, by, other)
                if not (in_one or in_other):
                    continue
                if column != column0 and math.floor((min(a_lon, b_lon) - corner_x) / cell_x) != column:
                    continue
                if row != row0 and math.floor((min(a_lat, b_lat) - corner_y) / cell_y) != row:
                    continue
                near_m2 = _near_m2(ax, ay, bx, by)
                if (in_one and near_m2 <= one_m2) or (in_other and near_m2 <= other_m2):
                    table[count, 0], table[count, 1], table[count, 2], table[count, 3] = ax, ay, bx, by
                    table[count, 4] = near_m2
                    count += 1
    return count


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
def _note_bearings(table: Floats, count: int) -> int:
    """Draw walls clockwise, and note which parts of the compass they take up; gives how many at most in all."""
    parts = 0
    for wall in range(count):
        ax, ay, bx, by = table[wall, 0], table[wall, 1], table[wall, 2], table[wall, 3]
        cross = ax * by - ay * bx
        if cross > 0.0:  # counter-clockwise from a to b
            ax, ay, bx, by = bx, by, ax, ay
            table[wall, 0], table[wall, 1], table[wall, 2], table[wall, 3] = ax, ay, bx, by
        begin = turn_of(ax, ay)
        wide = turn_of(bx, by) - begin
        if wide < 0.0:
            wide += BINS
        if cross == 0.0 and ax * bx + ay * by <= 0.0:  # the camera stands on it
            begin, wide = 0.0, float(BINS)
        elif wide > BINS / 2 + SLACK_M:  # less than nothing, by rounding: it stands on end
            wide = 0.0
        table[wall, 5], table[wall, 6] = begin, wide
        parts += int(wide) + 3
    return parts


@compiled
def _sort(table: Floats, count: int, far_m2: Floats, first: Ints, entries: Ints) -> None:
    """Sort walls by the parts of the compass that they take up, but for those that others hide there."""
    first[:] = -1
    filled = 0
    for wall in range(count):
        near_m2 = table[wall, 4]
        begin = math.floor(table[wall, 5] - SLACK_M)
        stop = min(math.floor(table[wall, 5] + table[wall, 6] + SLACK_M), begin + BINS - 1)
        for number in range(begin, stop + 1):
            part = number & (BINS - 1)
            if near_m2 <= far_m2[part] * _BEYOND:
                entries[filled, 0], entries[filled, 1] = wall, first[part]
                first[part] = filled
                filled += 1


@compiled
def _cover(table: Floats, count: int, far_m2: Floats) -> None:
    """Note how far one sees at most in the parts of the compass that a wall fills from end to end."""
    far_m2[:] = math.inf
    for wall in range(count):
        begin, wide = table[wall, 5], table[wall, 6]
        if wide < 1.0 or wide > BINS / 2 or table[wall, 4] < SLACK_M:
            continue
        ax, ay, bx, by = table[wall, 0], table[wall, 1], table[wall, 2], table[wall, 3]
        cross, before_m = ax * by - ay * bx, math.inf
        first, last = math.ceil(begin + SLACK_M), math.floor(begin + wide - SLACK_M)
        for number in range(first, last + 1):
            edge = number & (BINS - 1)
            # along a straight wall the farther end of a part is where it is farthest
            met_m = cross / (_EDGES[edge, 0] * (by - ay) - _EDGES[edge, 1] * (bx - ax))
            if number > first:
                far_m = (max(before_m, met_m) + TOUCHES_M) * _BEYOND
                part = (number - 1) & (BINS - 1)
                far_m2[part] = min(far_m2[part], far_m * far_m)
            before_m = met_m


@compiled
def mark_free(xy: Floats, count: int, sky: Sky, marks: Bools) -> None:
    """Unmark the points of a sky's frame that a wall hides from its place.

    One that touches the point does not: ways are drawn along walls, and on which side is not for rounding to say.
    Many at once: what a call costs, and the counting of who holds which array, weighs more than a sight line.

    Parameters
    ----------
    xy
        float64 [point, 2], metres; the first ``count`` count.
    marks
        bool [point]; only those that are marked are looked at.
    """
    walls, far_m2, first, entries = sky.walls, sky.far_m2, sky.first, sky.entries
    for point in range(count):
        if not marks[point]:
            continue
        x, y = xy[point, 0], xy[point, 1]
        part = bin_of(x, y)
        if x * x + y * y > far_m2[part]:
            marks[point] = False
            continue
        until = 1.0 - TOUCHES_M / max(math.hypot(x, y), TOUCHES_M)
        entry = first[part]
        while entry >= 0:
            wall = entries[entry, 0]
            entry = entries[entry, 1]
            ax, ay, bx, by = walls[wall, 0], walls[wall, 1], walls[wall, 2], walls[wall, 3]
            side_a, side_b = x * ay - y * ax, x * by - y * bx
            if (side_a > 0.0) == (side_b > 0.0):
                continue
            # the line of sight meets the wall's line at this share of the way
            share = (ax * by - ay * bx) / (x * (by - ay) - y * (bx - ax))
            if 0.0 < share < until:
                marks[point] = False
                break


@compiled
def meets_after(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Give how many times its vector a ray from the frame's origin goes before it meets a wall; infinite if never."""
    across = x * (by - ay) - y * (bx - ax)
    if (x * ay - y * ax > 0.0) == (x * by - y * bx > 0.0) or across == 0.0:
        return math.inf
    share = (ax * by - ay * bx) / across
    return share if share > 0.0 else math.inf


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
            far_m[ray] = min(far_m[ray], meets_after(x, y, ax, ay, bx, by))
    return far_m
