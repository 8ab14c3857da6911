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

from routing.hazard.sight import Aim, Sky, all_round, cells_around, empty_sky, is_ahead, is_blocked, sky_of
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.samples import Pieces, Runs
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]

LEAST_HAZARD: Final = 1e-8  # of a line for an eye; a hundredth of the last digit that a risk has
_HALVINGS: Final = 6  # of a metre: the ends of what is in view are true to 2 cm
_ROOT2: Final = math.sqrt(2.0)
_CIRCLE_DEG: Final = 360.0


class Eyes(NamedTuple):
    """Cameras, each at each place where it may hang; lenses and sectors of an eye stand together."""

    lonlat: Floats  # [eye, 2] degrees
    scale: Floats  # [eye, 2] metres per degree there
    height_m: Floats  # [eye]
    search_m: Floats  # [eye] nothing is looked for beyond
    far_m: Floats  # [eye] where a lens that looks down ends
    indoor: NDArray[np.bool_]  # [eye] acts on enclosed lines of its level alone
    level: Floats  # [eye] NaN where nobody says
    view_m: Floats  # [eye] within which it has a walker in view
    view_start: Longs  # [eye + 1] into view_sector; none means all round
    view_sector: Floats  # [sector, 2] degrees: from, and how wide
    lens_start: Longs  # [eye + 1] into what follows
    pixels: Floats  # [lens]
    duty: Floats  # [lens]
    sector_start: Longs  # [lens + 1] into sector; none means all round
    sector: Floats  # [sector, 2]


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


class _Gaze(NamedTuple):
    """One eye by itself, as the innermost loops need it."""

    lon: float
    lat: float
    east_m: float  # metres per degree
    north_m: float
    search_m: float
    far_m: float
    view_m: float
    above_m: float  # a face
    looks: Aim  # all that a lens may look at lies in it
    views: Aim  # and all that the eye may have in view in this one
    sectors: Floats  # [sector, 2] that it has in view
    lens: Floats  # [lens, 4] logarithm of pixels, duty, and its first sector and the one after its last
    lens_sectors: Floats  # [sector, 2]


@compiled
def _below(value: float, limit: float, sigma: float) -> float:
    """Give the chance that what is spread normally around ``value`` stays below ``limit``."""
    return 0.5 * math.erfc((value - limit) / (sigma * _ROOT2))


@compiled
def _clockwise(turn_deg: float) -> float:
    """Bring a difference of bearings into 0…360: ``turn_deg % 360.0`` to the last bit, where that is slow."""
    if turn_deg < -2.0 * _CIRCLE_DEG or turn_deg >= _CIRCLE_DEG:
        return turn_deg % _CIRCLE_DEG
    if turn_deg < -_CIRCLE_DEG:
        turn_deg += _CIRCLE_DEG
    return turn_deg + _CIRCLE_DEG if turn_deg < 0.0 else turn_deg


@compiled
def _looks_at(turn_deg: float, sectors: Floats, first: int, stop: int) -> bool:
    """Tell whether a bearing lies in one of some sectors; there being none means all round."""
    if first == stop:
        return True
    for index in range(first, stop):
        if _clockwise(turn_deg - sectors[index, 0]) <= sectors[index, 1]:
            return True
    return False


@compiled
def _aim(reach_m: float, sectors: Floats, first: int, stop: int) -> Aim:
    """Give an aim that holds sectors: the widest, if the others lie in it and it is less than half of all directions."""
    widest = first
    for index in range(first, stop):
        if sectors[index, 1] > sectors[widest, 1]:
            widest = index
    if first == stop or sectors[widest, 1] > _CIRCLE_DEG / 2:
        return all_round(reach_m)
    start_deg, wide_deg = sectors[widest, 0], sectors[widest, 1]
    for index in range(first, stop):
        if index != widest and _clockwise(sectors[index, 0] - start_deg) + sectors[index, 1] > wide_deg:
            return all_round(reach_m)
    start, end = math.radians(start_deg), math.radians(start_deg + wide_deg)
    return Aim(reach_m, math.cos(start), -math.sin(start), -math.cos(end), math.sin(end))


@compiled
def _gaze(eye: int, eyes: Eyes, rate: Rate) -> _Gaze:
    """Unpack one eye."""
    first, stop = eyes.lens_start[eye], eyes.lens_start[eye + 1]
    begin, end = eyes.sector_start[first], eyes.sector_start[stop]
    lens = np.empty((stop - first, 4), dtype=np.float64)
    everywhere = False
    for index in range(first, stop):
        lens[index - first, 0], lens[index - first, 1] = math.log(eyes.pixels[index]), eyes.duty[index]
        lens[index - first, 2] = eyes.sector_start[index] - begin
        lens[index - first, 3] = eyes.sector_start[index + 1] - begin
        everywhere = everywhere or eyes.sector_start[index] == eyes.sector_start[index + 1]
    reach_m = min(eyes.search_m[eye], eyes.far_m[eye])
    view_start, view_stop = eyes.view_start[eye], eyes.view_start[eye + 1]
    return _Gaze(
        eyes.lonlat[eye, 0],
        eyes.lonlat[eye, 1],
        eyes.scale[eye, 0],
        eyes.scale[eye, 1],
        eyes.search_m[eye],
        eyes.far_m[eye],
        eyes.view_m[eye],
        eyes.height_m[eye] - rate.face_height_m,
        all_round(reach_m) if everywhere else _aim(reach_m, eyes.sector, begin, end),
        _aim(eyes.view_m[eye], eyes.view_sector, view_start, view_stop),
        eyes.view_sector[view_start:view_stop],
        lens,
        eyes.sector[begin:end],
    )


@compiled
def _is_aimed_at(x: float, y: float, gaze: _Gaze) -> bool:
    """Tell whether a place of its frame lies within what an eye has in view where nothing stands between."""
    if x * x + y * y > gaze.view_m * gaze.view_m or not is_ahead(x, y, gaze.views):
        return False
    count = len(gaze.sectors)
    return count == 0 or _looks_at(math.degrees(math.atan2(x, y)), gaze.sectors, 0, count)


@compiled
def _has_in_view(lon: float, lat: float, gaze: _Gaze, sky: Sky) -> bool:
    """Tell whether an eye has a place in view, whichever way the walker faces."""
    x, y = (lon - gaze.lon) * gaze.east_m, (lat - gaze.lat) * gaze.north_m
    return _is_aimed_at(x, y, gaze) and not is_blocked(x, y, sky)


@compiled
def _turning_point(
    a_lon: float, a_lat: float, b_lon: float, b_lat: float, at_a: bool, gaze: _Gaze, sky: Sky
) -> float:
    """Find where between two places a line comes into view or leaves it, as a share of the way."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if _has_in_view(a_lon + middle * (b_lon - a_lon), a_lat + middle * (b_lat - a_lat), gaze, sky) == at_a:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@compiled
def _view_begins(piece: int, gaze: _Gaze, pieces: Pieces, sky: Sky) -> float:
    """Give from where on the line of a piece that is in view has been in view, the piece before not being."""
    lon, lat = pieces.lonlat[piece, 0], pieces.lonlat[piece, 1]
    from_m, half_m = pieces.from_m[piece], 0.5 * pieces.length_m[piece]
    first = piece == 0 or pieces.line[piece - 1] != pieces.line[piece]
    joint_lon, joint_lat = 2.0 * lon - pieces.end[piece, 0], 2.0 * lat - pieces.end[piece, 1]
    if not _has_in_view(joint_lon, joint_lat, gaze, sky):
        return from_m + half_m * _turning_point(joint_lon, joint_lat, lon, lat, False, gaze, sky)
    if first:
        return from_m
    before_lon, before_lat = pieces.lonlat[piece - 1, 0], pieces.lonlat[piece - 1, 1]
    share = _turning_point(before_lon, before_lat, joint_lon, joint_lat, False, gaze, sky)
    return from_m - 0.5 * pieces.length_m[piece - 1] * (1.0 - share)


@compiled
def _view_ends(piece: int, gaze: _Gaze, pieces: Pieces, sky: Sky) -> float:
    """Give until where on the line of a piece that is in view goes on being, the piece behind not being."""
    lon, lat, length_m = pieces.lonlat[piece, 0], pieces.lonlat[piece, 1], pieces.length_m[piece]
    last = piece + 1 == len(pieces.line) or pieces.line[piece + 1] != pieces.line[piece]
    joint_lon, joint_lat, to_m = pieces.end[piece, 0], pieces.end[piece, 1], pieces.from_m[piece] + length_m
    if not _has_in_view(joint_lon, joint_lat, gaze, sky):
        return to_m - 0.5 * length_m * (1.0 - _turning_point(lon, lat, joint_lon, joint_lat, True, gaze, sky))
    if last:
        return to_m
    behind_lon, behind_lat = pieces.lonlat[piece + 1, 0], pieces.lonlat[piece + 1, 1]
    share = _turning_point(joint_lon, joint_lat, behind_lon, behind_lat, True, gaze, sky)
    return to_m + 0.5 * pieces.length_m[piece + 1] * share


@compiled
def _acts_on(eye: int, eyes: Eyes, line: int, lines: Lines) -> bool:
    """Tell whether an eye can see a line at all: outdoor ones the open street, indoor ones their level."""
    if not eyes.indoor[eye]:
        return not lines.enclosed[line]
    if not lines.enclosed[line]:
        return False
    level, low, high = eyes.level[eye], lines.levels[line, 0], lines.levels[line, 1]
    return math.isnan(level) or math.isnan(low) or low <= level <= high


@compiled
def _add_rates(
    x: float, y: float, ahead_x: float, ahead_y: float, length_m: float, gaze: _Gaze, rate: Rate, hazard: Floats
) -> None:
    """Add what one visible piece gives every lens of an eye, float64 [lens, 2]: forwards, backwards."""
    away_m = max(math.hypot(x, y), 1e-6)
    if away_m > gaze.far_m:
        return
    turn_deg = math.degrees(math.atan2(x, y)) if len(gaze.lens_sectors) > 0 else 0.0
    forth, back, blur, known = 0.0, 0.0, 0.0, False
    for lens in range(len(gaze.lens)):
        if not _looks_at(turn_deg, gaze.lens_sectors, int(gaze.lens[lens, 2]), int(gaze.lens[lens, 3])):
            continue
        if not known:
            known = True
            pitch_deg = abs(math.degrees(math.atan2(gaze.above_m, away_m)))
            share = length_m / rate.metres_to_match * _below(pitch_deg, rate.pitch_deg, rate.pitch_sigma_deg)
            towards = -(x * ahead_x + y * ahead_y) / away_m
            yaw_deg = math.degrees(math.acos(min(1.0, max(-1.0, towards))))
            forth = share * _below(yaw_deg, rate.yaw_deg, rate.yaw_sigma_deg)
            back = share * _below(180.0 - yaw_deg, rate.yaw_deg, rate.yaw_sigma_deg)
            blur = math.log(rate.ppm50 * math.hypot(away_m, gaze.above_m))
        sharp = gaze.lens[lens, 1] / (1.0 + math.exp(rate.slope * (blur - gaze.lens[lens, 0])))
        hazard[lens, 0] += sharp * forth
        hazard[lens, 1] += sharp * back


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
def _runs_near(eye: int, eyes: Eyes, gaze: _Gaze, runs: Runs, found: Ints) -> tuple[Ints, int]:
    """List the runs of pieces in the cells that an eye may look at, in the order of lines; gives how many, too."""
    count, grid = 0, runs.grid
    column0, column1, row0, row1 = cells_around(eyes.lonlat[eye], eyes.scale[eye], eyes.search_m[eye], grid)
    # a hair larger, so that rounding loses no cell
    half_x, half_y = 0.5001 * grid.cell[0] * gaze.east_m, 0.5001 * grid.cell[1] * gaze.north_m
    for row in range(row0, row1 + 1):
        y = (grid.corner[1] + (row + 0.5) * grid.cell[1] - gaze.lat) * gaze.north_m
        for column in range(column0, column1 + 1):
            x = (grid.corner[0] + (column + 0.5) * grid.cell[0] - gaze.lon) * gaze.east_m
            if not (_meets(x, y, half_x, half_y, gaze.looks) or _meets(x, y, half_x, half_y, gaze.views)):
                continue
            cell = row * grid.columns + column
            for index in range(grid.start[cell], grid.start[cell + 1]):
                if count == len(found):
                    more = np.empty(2 * count, dtype=np.int32)
                    more[:count] = found
                    found = more
                found[count] = grid.item[index]
                count += 1
    found[:count].sort()
    return found, count


class _Rows(NamedTuple):
    """Rows that are found one after the other; there is room for more than are filled."""

    table: Floats  # [room, column]
    filled: int


@compiled
def _with_hazard(rows: _Rows, eye: int, line: int, hazard: Floats) -> _Rows:
    """Add a row for a line, unless nothing is to be told, and begin anew."""
    if line < 0 or hazard.sum() <= LEAST_HAZARD:
        hazard[:] = 0.0
        return rows
    table, lenses = rows.table, hazard.shape[0]
    if rows.filled == len(table):
        table = np.empty((2 * rows.filled, table.shape[1]), dtype=np.float64)
        table[: rows.filled] = rows.table
    table[rows.filled, 0], table[rows.filled, 1] = eye, line
    for lens in range(lenses):
        table[rows.filled, 2 + 2 * lens], table[rows.filled, 3 + 2 * lens] = hazard[lens, 0], hazard[lens, 1]
    hazard[:] = 0.0
    return _Rows(table, rows.filled + 1)


@compiled
def _with_view(rows: _Rows, eye: int, line: int, from_m: float, to_m: float) -> _Rows:
    """Add a row for a part of a line that is in view."""
    table = rows.table
    if rows.filled == len(table):
        table = np.empty((2 * rows.filled, table.shape[1]), dtype=np.float64)
        table[: rows.filled] = rows.table
    table[rows.filled, 0], table[rows.filled, 1] = eye, line
    table[rows.filled, 2], table[rows.filled, 3] = from_m, to_m
    return _Rows(table, rows.filled + 1)


@compiled
def _look_along(
    eye: int, near: Ints, count: int, eyes: Eyes, gaze: _Gaze, lines: Lines, rate: Rate, sky: Sky,
    hazards: _Rows, views: _Rows, hazard: Floats,
) -> tuple[_Rows, _Rows]:
    """Add up what one eye may do along the lines near it."""
    pieces, from_m = lines.pieces, 0.0
    line, previous, viewing, acts = -1, -2, False, False
    most_m2 = gaze.search_m * gaze.search_m * (1.0 + 1e-12)
    for index in range(count):
        for piece in range(lines.runs.first[near[index]], lines.runs.stop[near[index]]):
            if viewing and (pieces.line[piece] != line or piece != previous + 1):
                views, viewing = _with_view(views, eye, line, from_m, _view_ends(previous, gaze, pieces, sky)), False
            if pieces.line[piece] != line:
                hazards = _with_hazard(hazards, eye, line, hazard)
                line = pieces.line[piece]
                acts = _acts_on(eye, eyes, line, lines)
            if not acts:
                continue
            x = (pieces.lonlat[piece, 0] - gaze.lon) * gaze.east_m
            y = (pieces.lonlat[piece, 1] - gaze.lat) * gaze.north_m
            seen = False
            if x * x + y * y <= most_m2 and (is_ahead(x, y, gaze.looks) or is_ahead(x, y, gaze.views)):
                if math.hypot(x, y) <= gaze.search_m and not is_blocked(x, y, sky):
                    ahead_x, ahead_y = pieces.heading[piece, 0], pieces.heading[piece, 1]
                    _add_rates(x, y, ahead_x, ahead_y, pieces.length_m[piece], gaze, rate, hazard)
                    seen = _is_aimed_at(x, y, gaze)
            if seen and not viewing:
                from_m = _view_begins(piece, gaze, pieces, sky)
            if viewing and not seen:
                views = _with_view(views, eye, line, from_m, _view_ends(previous, gaze, pieces, sky))
            viewing, previous = seen, piece
    if viewing:
        views = _with_view(views, eye, line, from_m, _view_ends(previous, gaze, pieces, sky))
    return _with_hazard(hazards, eye, line, hazard), views


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
    hazard = np.zeros((lenses, 2), dtype=np.float64)
    sky, near = empty_sky(), np.empty(256, dtype=np.int32)
    clear = empty_sky()  # of those that are indoors
    clear.far_m2[:] = math.inf
    clear.first[:] = -1
    for eye in range(len(eyes.search_m)):
        gaze = _gaze(eye, eyes, rate)
        near, count = _runs_near(eye, eyes, gaze, lines.runs, near)
        if count == 0:
            continue
        around = clear
        if not eyes.indoor[eye]:
            sky = sky_of(eyes.lonlat[eye], eyes.scale[eye], gaze.looks, gaze.views, walls, sky)
            around = sky
        hazards, views = _look_along(eye, near, count, eyes, gaze, lines, rate, around, hazards, views, hazard)
    return hazards.table[: hazards.filled].copy(), views.table[: views.filled].copy()
