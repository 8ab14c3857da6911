"""The rate at which cameras recognise who walks past, added up along lines: compiled, one camera after another.

In: eyes (a camera, or one of the places where it may hang), their lenses, walls and pieces of lines. Out: the hazard of
every line for every eye and lens, walked either way, and the parts of lines that each eye has in view. The rate is

    1/match_time · resolution · yaw · pitch · field · sight · duty        (exposure-model.md, section 1.1)

Nothing here depends on what else is computed in the same call, so that tiles and processes give the same to the last
bit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.hazard.gaze import gaze_of, is_within, looks_at
from routing.hazard.sight import cells_around, count_in, empty_sky, is_ahead, mark_free, sky_of, without_walls
from routing.hazard.views import find_parts, mark_aimed_at, measure_parts, room_for
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.gaze import Eyes, Gaze
    from routing.hazard.samples import Pieces, Runs
    from routing.hazard.sight import Aim
    from routing.hazard.views import Room
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Bools = NDArray[np.bool_]

LEAST_HAZARD: Final = 1e-8  # of a line for an eye; a hundredth of the last digit that a risk has
_ROOT2: Final = math.sqrt(2.0)
_GAPS: Final = (132, 57, 23, 10, 4, 1)  # Ciura 2001


class Lines(NamedTuple):
    """What is walked."""

    pieces: Pieces
    runs: Runs
    enclosed: NDArray[np.bool_]  # [line] indoor, covered or underground
    levels: NDArray[np.float32]  # [line, 2] NaN where the map does not say


class Rate(NamedTuple):
    """The numbers of the model that the rate is made of."""

    ppm50: float
    slope: float
    yaw_deg: float
    yaw_sigma_deg: float
    pitch_deg: float
    pitch_sigma_deg: float
    face_height_m: float
    metres_to_match: float  # walked in the mean time to a match


class _Look(NamedTuple):
    """The pieces that one eye may see; there is room for more than are filled."""

    piece: Ints  # [room]
    xy: Floats  # [room, 2] their middles in the eye's frame
    marks: Bools  # [room]


@compiled
def _look_for(count: int) -> _Look:
    return _Look(
        np.empty(count, dtype=np.int32), np.empty((count, 2), dtype=np.float64), np.empty(count, dtype=np.bool_)
    )


@compiled
def _below(value: float, limit: float, sigma: float) -> float:
    """Give the chance that what is spread normally around ``value`` stays below ``limit``."""
    return 0.5 * math.erfc((value - limit) / (sigma * _ROOT2))


@compiled
def _acts_on(indoor: bool, level: float, enclosed: bool, low: float, high: float) -> bool:  # noqa: FBT001 (compiled)
    """Tell whether an eye can see a line at all: outdoor ones the open street, indoor ones their level."""
    if not indoor:
        return not enclosed
    return enclosed and (math.isnan(level) or math.isnan(low) or low <= level <= high)


@compiled
def _meets(x: float, y: float, half_x: float, half_y: float, aim: Aim) -> bool:
    """Tell whether a cell may have a part in an aim; given are its middle and half of its size."""
    away_x, away_y = max(abs(x) - half_x, 0.0), max(abs(y) - half_y, 0.0)
    if away_x * away_x + away_y * away_y > aim.reach_m * aim.reach_m:
        return False
    most_one = aim.one_x * x + aim.one_y * y + abs(aim.one_x) * half_x + abs(aim.one_y) * half_y
    most_other = aim.other_x * x + aim.other_y * y + abs(aim.other_x) * half_x + abs(aim.other_y) * half_y
    return most_one >= 0.0 and most_other >= 0.0


@compiled
def _runs_near(window: tuple[int, int, int, int], gaze: Gaze, runs: Runs, found: Ints) -> int:
    """List the runs of pieces in those cells of a window that an eye may look at; gives how many."""
    count, grid, start, item = 0, runs.grid, runs.grid.start, runs.grid.item
    looks, views = gaze.looks, gaze.views
    corner_x, corner_y, cell_x, cell_y = grid.corner[0], grid.corner[1], grid.cell[0], grid.cell[1]
    # a hair larger, so that rounding loses no cell
    half_x, half_y = 0.5001 * cell_x * gaze.east_m, 0.5001 * cell_y * gaze.north_m
    column0, column1, row0, row1 = window
    for row in range(row0, row1 + 1):
        y = (corner_y + (row + 0.5) * cell_y - gaze.lat) * gaze.north_m
        for column in range(column0, column1 + 1):
            x = (corner_x + (column + 0.5) * cell_x - gaze.lon) * gaze.east_m
            if _meets(x, y, half_x, half_y, looks) or _meets(x, y, half_x, half_y, views):
                cell = row * grid.columns + column
                for index in range(start[cell], start[cell + 1]):
                    found[count] = item[index]
                    count += 1
    return count


@compiled
def _keep_runs(near: Ints, count: int, gaze: Gaze, lines: Lines) -> tuple[int, int]:
    """Drop the runs of lines that an eye cannot see, and put the rest into the order of lines.

    Gives how many are left and how many pieces they have.
    """
    first, stop, line = lines.runs.first, lines.runs.stop, lines.pieces.line
    enclosed, levels = lines.enclosed, lines.levels
    left, pieces = 0, 0
    for index in range(count):
        run = near[index]
        on = line[first[run]]
        if _acts_on(gaze.indoor, gaze.level, enclosed[on], levels[on, 0], levels[on, 1]):
            near[left] = run
            left += 1
            pieces += stop[run] - first[run]
    _sort(near, left)
    return left, pieces


@compiled
def _sort(values: Ints, count: int) -> None:
    """Put the first of some numbers into order (Shell's sort): few are sorted, and numba's takes seconds to compile."""
    for gap in _GAPS:
        for index in range(gap, count):
            value, at = values[index], index
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value


@compiled
def _pieces_near(near: Ints, count: int, gaze: Gaze, lines: Lines, look: _Look) -> int:
    """List the pieces of runs that an eye would see if nothing stood between, in the order of lines; gives how many."""
    first, stop, lonlat = lines.runs.first, lines.runs.stop, lines.pieces.lonlat
    looks, views, search_m = gaze.looks, gaze.views, gaze.search_m
    piece, xy, marks, found = look.piece, look.xy, look.marks, 0
    # only what lies on the rim itself needs the exact distance
    least_m2, most_m2 = search_m * search_m * (1.0 - 1e-12), search_m * search_m * (1.0 + 1e-12)
    for index in range(count):
        run = near[index]
        for this in range(first[run], stop[run]):
            x, y = (lonlat[this, 0] - gaze.lon) * gaze.east_m, (lonlat[this, 1] - gaze.lat) * gaze.north_m
            away_m2 = x * x + y * y
            if away_m2 > most_m2 or not (is_ahead(x, y, looks) or is_ahead(x, y, views)):
                continue
            if away_m2 < least_m2 or math.hypot(x, y) <= search_m:
                piece[found], xy[found, 0], xy[found, 1], marks[found] = this, x, y, True
                found += 1
    return found


@compiled
def _keep_marked(look: _Look, count: int) -> int:
    """Drop what is not marked; gives how many are left, all marked."""
    piece, xy, marks = look.piece, look.xy, look.marks
    left = 0
    for index in range(count):
        if marks[index]:
            piece[left], xy[left, 0], xy[left, 1] = piece[index], xy[index, 0], xy[index, 1]
            left += 1
    marks[:left] = True
    return left


class _Rows(NamedTuple):
    """Rows that are found one after the other; there is room for more than are filled."""

    table: Floats  # [room, column]
    filled: int


@compiled
def _with_room(rows: _Rows, more: int) -> _Rows:
    """Make room for more rows, and one."""
    if rows.filled + more < len(rows.table):
        return rows
    table = np.empty((2 * (rows.filled + more), rows.table.shape[1]), dtype=np.float64)
    for row in range(rows.filled):  # one by one: the compiler takes seconds for a copy of a part
        for column in range(table.shape[1]):
            table[row, column] = rows.table[row, column]
    return _Rows(table, rows.filled)


@compiled
def _is_looked_at(x: float, y: float, lens: Floats, number: int, sectors: Floats) -> bool:
    """Tell whether a lens looks at a place of its eye's frame; a bearing is worked out only where there is need."""
    if lens[number, 4] == 0.0:
        return True
    if lens[number, 4] == 1.0:
        within = is_within(x, y, lens[number, 5], lens[number, 6], lens[number, 7], lens[number, 8])
        if within >= 0:
            return within == 1
    turn_deg = math.degrees(math.atan2(x, y))
    return looks_at(turn_deg, sectors, int(lens[number, 2]), int(lens[number, 3]))


@compiled
def _sum(table: Floats, row: int) -> float:
    total = 0.0
    for column in range(2, table.shape[1]):
        total += table[row, column]
    return total


@compiled
def _with_hazards(eye: int, look: _Look, count: int, gaze: Gaze, pieces: Pieces, rate: Rate, rows: _Rows) -> _Rows:
    """Add up the rates of the pieces that an eye sees, line by line, for each of its lenses, forwards and backwards."""
    piece, xy, line, heading, length_m = look.piece, look.xy, pieces.line, pieces.heading, pieces.length_m
    lens, sectors, far_m, above_m = gaze.lens, gaze.lens_sectors, gaze.far_m, gaze.height_m - rate.face_height_m
    rows = _with_room(rows, count)
    table, row, last = rows.table, rows.filled, -1
    for index in range(count):
        this, x, y = piece[index], xy[index, 0], xy[index, 1]
        if line[this] != last:
            if last >= 0 and _sum(table, row) > LEAST_HAZARD:
                row += 1
            last = line[this]
            table[row, 0], table[row, 1] = eye, last
            for column in range(2, table.shape[1]):
                table[row, column] = 0.0
        away_m = max(math.sqrt(x * x + y * y), 1e-6)
        if away_m > far_m or length_m[this] == 0.0:  # the ends of lines are there for the views
            continue
        forth, back, blur, known = 0.0, 0.0, 0.0, False
        for number in range(len(lens)):
            if not _is_looked_at(x, y, lens, number, sectors):
                continue
            if not known:
                known = True
                pitch_deg = math.degrees(math.atan(abs(above_m) / away_m))
                share = length_m[this] / rate.metres_to_match
                share *= _below(pitch_deg, rate.pitch_deg, rate.pitch_sigma_deg)
                towards = -(x * heading[this, 0] + y * heading[this, 1]) / away_m
                yaw_deg = math.degrees(math.acos(min(1.0, max(-1.0, towards))))
                forth = share * _below(yaw_deg, rate.yaw_deg, rate.yaw_sigma_deg)
                back = share * _below(180.0 - yaw_deg, rate.yaw_deg, rate.yaw_sigma_deg)
                blur = math.log(rate.ppm50 * math.sqrt(away_m * away_m + above_m * above_m))
            sharp = lens[number, 1] / (1.0 + math.exp(rate.slope * (blur - lens[number, 0])))
            table[row, 2 + 2 * number] += sharp * forth
            table[row, 3 + 2 * number] += sharp * back
    if last >= 0 and _sum(table, row) > LEAST_HAZARD:
        row += 1
    return _Rows(table, row)


@compiled
def _with_views(eye: int, count: int, pieces: Pieces, room: Room, rows: _Rows) -> _Rows:
    """Add the parts of lines that an eye has in view."""
    rows = _with_room(rows, count)
    table, parts, spans, line, filled = rows.table, room.parts, room.spans, pieces.line, rows.filled
    for part in range(count):
        table[filled + part, 0], table[filled + part, 1] = eye, line[parts[part, 0]]
        table[filled + part, 2], table[filled + part, 3] = spans[part, 0], spans[part, 1]
    return _Rows(table, filled + count)


@compiled
def expose(eyes: Eyes, lines: Lines, walls: Walls, rate: Rate, lenses: int) -> tuple[Floats, Floats]:
    """Add up the rates of eyes along lines.

    Parameters
    ----------
    eyes, lines, walls, rate
        Arrays of the dtypes that are said with them.
    lenses
        The most that an eye has.

    Returns
    -------
    hazards
        float64 [row, 2 + 2 * lenses]: eye, line, and the hazard of each lens forwards and backwards; by eye, then line.
    views
        float64 [row, 4]: eye, line, and from where to where it is in view, metres; by eye, line, then place.
    """
    hazards = _Rows(np.empty((256, 2 + 2 * lenses), dtype=np.float64), 0)
    views = _Rows(np.empty((256, 4), dtype=np.float64), 0)
    sky, near, look, room = empty_sky(), np.empty(256, dtype=np.int32), _look_for(256), room_for(64)
    pieces = lines.pieces
    for eye in range(len(eyes.search_m)):
        gaze, at, scale = gaze_of(eye, eyes), eyes.lonlat[eye], eyes.scale[eye]
        window = cells_around(at, scale, gaze.search_m, lines.runs.grid)
        count = count_in(window, lines.runs.grid)
        if count > len(near):
            near = np.empty(2 * count, dtype=np.int32)
        count = _runs_near(window, gaze, lines.runs, near)
        count, most = _keep_runs(near, count, gaze, lines)
        if most > len(look.piece):
            look = _look_for(2 * most)
        count = _pieces_near(near, count, gaze, lines, look)
        if count == 0:
            continue
        # the walls that stop what hangs indoors are on no map
        sky = without_walls(sky) if gaze.indoor else sky_of(at, scale, gaze.looks, gaze.views, walls, sky)
        mark_free(look.xy, count, sky, look.marks)
        count = _keep_marked(look, count)
        hazards = _with_hazards(eye, look, count, gaze, pieces, rate, hazards)
        mark_aimed_at(look.xy, count, gaze, look.marks)
        if count > len(room.parts):
            room = room_for(2 * count)
        count = find_parts(look.piece, count, look.marks, pieces.line, room)
        measure_parts(count, gaze, pieces, sky, room)
        views = _with_views(eye, count, pieces, room, views)
    return hazards.table[: hazards.filled].copy(), views.table[: views.filled].copy()
