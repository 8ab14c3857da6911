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

from routing.hazard.sight import BINS, cells_around, is_blocked, near_walls, sort_by_bearing
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


class _Sky(NamedTuple):
    """The walls around one eye, sorted by bearing."""

    walls: Floats
    start: Ints
    listed: Ints
    opaque: bool


@compiled
def _below(value: float, limit: float, sigma: float) -> float:
    """Give the chance that what is spread normally around ``value`` stays below ``limit``."""
    return 0.5 * math.erfc((value - limit) / (sigma * _ROOT2))


@compiled
def _looks_at(turn_deg: float, sectors: Floats, first: int, stop: int) -> bool:
    """Tell whether a bearing lies in one of some sectors; there being none means all round."""
    if first == stop:
        return True
    for index in range(first, stop):
        if (turn_deg - sectors[index, 0]) % 360.0 <= sectors[index, 1]:
            return True
    return False


@compiled
def _is_aimed_at(x: float, y: float, eye: int, eyes: Eyes) -> bool:
    """Tell whether a place of its frame lies within what an eye has in view where nothing stands between."""
    if x * x + y * y > eyes.view_m[eye] * eyes.view_m[eye]:
        return False
    turn_deg = math.degrees(math.atan2(x, y))
    return _looks_at(turn_deg, eyes.view_sector, eyes.view_start[eye], eyes.view_start[eye + 1])


@compiled
def _has_in_view(lonlat: Floats, eye: int, eyes: Eyes, sky: _Sky) -> bool:
    """Tell whether an eye has a place in view, whichever way the walker faces."""
    x = (lonlat[0] - eyes.lonlat[eye, 0]) * eyes.scale[eye, 0]
    y = (lonlat[1] - eyes.lonlat[eye, 1]) * eyes.scale[eye, 1]
    if not _is_aimed_at(x, y, eye, eyes):
        return False
    return not (sky.opaque and is_blocked(x, y, sky.walls, sky.start, sky.listed))


@compiled
def _turning_point(a: Floats, b: Floats, at_a: bool, eye: int, eyes: Eyes, sky: _Sky) -> float:
    """Find where between two places a line comes into view or leaves it, as a share of the way."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if _has_in_view(a + middle * (b - a), eye, eyes, sky) == at_a:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@compiled
def _view_begins(piece: int, eye: int, eyes: Eyes, pieces: Pieces, sky: _Sky) -> float:
    """Give from where on the line of a piece that is in view has been in view, the piece before not being."""
    middle, from_m, half_m = pieces.lonlat[piece], pieces.from_m[piece], 0.5 * pieces.length_m[piece]
    first = piece == 0 or pieces.line[piece - 1] != pieces.line[piece]
    joint = 2.0 * middle - pieces.end[piece]
    if not _has_in_view(joint, eye, eyes, sky):
        return from_m + half_m * _turning_point(joint, middle, False, eye, eyes, sky)
    if first:
        return from_m
    share = _turning_point(pieces.lonlat[piece - 1], joint, False, eye, eyes, sky)
    return from_m - 0.5 * pieces.length_m[piece - 1] * (1.0 - share)


@compiled
def _view_ends(piece: int, eye: int, eyes: Eyes, pieces: Pieces, sky: _Sky) -> float:
    """Give until where on the line of a piece that is in view goes on being, the piece behind not being."""
    middle, length_m = pieces.lonlat[piece], pieces.length_m[piece]
    last = piece + 1 == len(pieces.line) or pieces.line[piece + 1] != pieces.line[piece]
    joint, to_m = pieces.end[piece], pieces.from_m[piece] + length_m
    if not _has_in_view(joint, eye, eyes, sky):
        return to_m - 0.5 * length_m * (1.0 - _turning_point(middle, joint, True, eye, eyes, sky))
    if last:
        return to_m
    share = _turning_point(joint, pieces.lonlat[piece + 1], True, eye, eyes, sky)
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
    x: float, y: float, piece: int, eye: int, eyes: Eyes, pieces: Pieces, rate: Rate, hazard: Floats
) -> None:
    """Add what one visible piece gives every lens of an eye, float64 [lens, 2]: forwards, backwards."""
    away_m = max(math.hypot(x, y), 1e-6)
    if away_m > eyes.far_m[eye]:
        return
    above_m = eyes.height_m[eye] - rate.face_height_m
    pitch_deg = abs(math.degrees(math.atan2(above_m, away_m)))
    steep = _below(pitch_deg, rate.pitch_deg, rate.pitch_sigma_deg)
    towards = -(x * pieces.heading[piece, 0] + y * pieces.heading[piece, 1]) / away_m
    yaw_deg = math.degrees(math.acos(min(1.0, max(-1.0, towards))))
    forth = steep * _below(yaw_deg, rate.yaw_deg, rate.yaw_sigma_deg)
    back = steep * _below(180.0 - yaw_deg, rate.yaw_deg, rate.yaw_sigma_deg)
    line_m = math.hypot(away_m, above_m)
    turn_deg = math.degrees(math.atan2(x, y))
    share = pieces.length_m[piece] / rate.metres_to_match
    first = eyes.lens_start[eye]
    for lens in range(first, eyes.lens_start[eye + 1]):
        if _looks_at(turn_deg, eyes.sector, eyes.sector_start[lens], eyes.sector_start[lens + 1]):
            sharp = 1.0 / (1.0 + (rate.ppm50 * line_m / eyes.pixels[lens]) ** rate.slope)
            hazard[lens - first, 0] += share * eyes.duty[lens] * sharp * forth
            hazard[lens - first, 1] += share * eyes.duty[lens] * sharp * back


@compiled
def _runs_near(eye: int, eyes: Eyes, runs: Runs, found: Ints) -> Ints:
    """List the runs of pieces in the cells within reach, in the order of lines."""
    count, grid = 0, runs.grid
    column0, column1, row0, row1 = cells_around(eyes.lonlat[eye], eyes.scale[eye], eyes.search_m[eye], grid)
    for row in range(row0, row1 + 1):
        begin = row * grid.columns
        for index in range(grid.start[begin + column0], grid.start[begin + column1 + 1]):
            if count == len(found):
                more = np.empty(2 * count + 16, dtype=np.int32)
                more[:count] = found
                found = more
            found[count] = grid.item[index]
            count += 1
    return np.sort(found[:count])


class _Rows(NamedTuple):
    """Rows that are found one after the other; there is room for more than are filled."""

    table: Floats  # [room, column]
    filled: int


@compiled
def _added(rows: _Rows, eye: int, line: int, values: Floats) -> _Rows:
    """Add a row: the eye, the line, and what is told of them."""
    table = rows.table
    if rows.filled == len(table):
        table = np.empty((2 * rows.filled, table.shape[1]), dtype=np.float64)
        table[: rows.filled] = rows.table
    table[rows.filled, 0], table[rows.filled, 1] = eye, line
    table[rows.filled, 2:] = values
    return _Rows(table, rows.filled + 1)


@compiled
def _look_along(
    eye: int, near: Ints, eyes: Eyes, lines: Lines, rate: Rate, sky: _Sky, hazards: _Rows, views: _Rows, hazard: Floats
) -> tuple[_Rows, _Rows]:
    """Add up what one eye may do along the lines near it."""
    pieces, part = lines.pieces, np.empty(2, dtype=np.float64)
    line, previous, viewing = -1, -2, False
    for index in range(len(near)):
        for piece in range(lines.runs.first[near[index]], lines.runs.stop[near[index]]):
            if viewing and (pieces.line[piece] != line or piece != previous + 1):
                part[1] = _view_ends(previous, eye, eyes, pieces, sky)
                views, viewing = _added(views, eye, line, part), False
            if pieces.line[piece] != line:
                if line >= 0 and hazard.sum() > LEAST_HAZARD:
                    hazards = _added(hazards, eye, line, hazard.ravel())
                hazard[:] = 0.0
                line = pieces.line[piece]
            if not _acts_on(eye, eyes, line, lines):
                continue
            x = (pieces.lonlat[piece, 0] - eyes.lonlat[eye, 0]) * eyes.scale[eye, 0]
            y = (pieces.lonlat[piece, 1] - eyes.lonlat[eye, 1]) * eyes.scale[eye, 1]
            seen = False
            if math.hypot(x, y) <= eyes.search_m[eye]:
                if not (sky.opaque and is_blocked(x, y, sky.walls, sky.start, sky.listed)):
                    _add_rates(x, y, piece, eye, eyes, pieces, rate, hazard)
                    seen = _is_aimed_at(x, y, eye, eyes)
            if seen and not viewing:
                part[0] = _view_begins(piece, eye, eyes, pieces, sky)
            if viewing and not seen:
                part[1] = _view_ends(previous, eye, eyes, pieces, sky)
                views = _added(views, eye, line, part)
            viewing, previous = seen, piece
    if viewing:
        part[1] = _view_ends(previous, eye, eyes, pieces, sky)
        views = _added(views, eye, line, part)
    if line >= 0 and hazard.sum() > LEAST_HAZARD:
        hazards = _added(hazards, eye, line, hazard.ravel())
    hazard[:] = 0.0
    return hazards, views


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
    stamp = np.full(len(walls.ends), -1, dtype=np.int32)
    around = np.empty((len(walls.ends), 4), dtype=np.float64)
    start, listed = np.zeros(BINS + 1, dtype=np.int32), np.empty(1024, dtype=np.int32)
    hazard = np.zeros((lenses, 2), dtype=np.float64)
    room = np.empty(256, dtype=np.int32)
    for eye in range(len(eyes.search_m)):
        near = _runs_near(eye, eyes, lines.runs, room)
        opaque = not eyes.indoor[eye]
        if opaque and len(near) > 0:
            count = near_walls(eyes.lonlat[eye], eyes.scale[eye], eyes.search_m[eye], walls, stamp, eye, around)
            listed = sort_by_bearing(around, count, start, listed)
        sky = _Sky(around, start, listed, opaque)
        hazards, views = _look_along(eye, near, eyes, lines, rate, sky, hazards, views, hazard)
    return hazards.table[: hazards.filled].copy(), views.table[: views.filled].copy()
