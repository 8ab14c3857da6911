"""Pieces of lines that an eye sees in, the parts of those lines that it has in view out: compiled, one eye at a time.

What is in view begins and ends where a line does, or between the middles of two pieces; between two that are not in
view, something shorter than a piece may be missed. The ends of all parts are looked for at once, by halving: each step
asks one question of many sight lines, which is much faster than many questions, and gives the same to the last bit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.hazard.gaze import is_within, looks_at
from routing.hazard.sight import is_ahead, mark_free
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.gaze import Gaze
    from routing.hazard.samples import Pieces
    from routing.hazard.sight import Sky

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Bools = NDArray[np.bool_]

_HALVINGS: Final = 6  # of a metre: the ends of what is in view are true to 2 cm


class Room(NamedTuple):
    """Where the parts of lines that one eye has in view are worked out; each has two ends."""

    parts: Ints  # [part, 2] their first and last pieces, whose middles are in view
    spans: Floats  # [part, 2] from where to where they reach, metres from the line's start
    joined: Bools  # [end] whether a part goes on beyond the end of its piece
    ends: Floats  # [end, 6] between which places the end lies, degrees; and as shares of the way between them
    seen: Bools  # [end] whether the first of the two is in view
    xy: Floats  # [end, 2] the place that is asked for, in the eye's frame
    free: Bools  # [end] whether it is in view


@compiled
def room_for(count: int) -> Room:
    """Make room for so many parts."""
    return Room(
        np.empty((count, 2), dtype=np.int32),
        np.empty((count, 2), dtype=np.float64),
        np.empty(2 * count, dtype=np.bool_),
        np.empty((2 * count, 6), dtype=np.float64),
        np.empty(2 * count, dtype=np.bool_),
        np.empty((2 * count, 2), dtype=np.float64),
        np.empty(2 * count, dtype=np.bool_),
    )


@compiled
def mark_aimed_at(xy: Floats, count: int, gaze: Gaze, marks: Bools) -> None:
    """Unmark places of an eye's frame that it would not have in view even if nothing stood between.

    Parameters
    ----------
    xy
        float64 [place, 2], the first ``count`` count.
    marks
        bool [place], written to.
    """
    sectors, views, most_m2 = gaze.sectors, gaze.views, gaze.view_m * gaze.view_m
    sector_count = len(sectors)
    one_x, one_y, other_x, other_y = views.one_x, views.one_y, views.other_x, views.other_y
    for index in range(count):
        if not marks[index]:
            continue
        x, y = xy[index, 0], xy[index, 1]
        if x * x + y * y > most_m2 or not is_ahead(x, y, views):
            marks[index] = False
        elif sector_count == 0 or (sector_count == 1 and is_within(x, y, one_x, one_y, other_x, other_y) == 1):
            continue
        elif not looks_at(math.degrees(math.atan2(x, y)), sectors, 0, sector_count):
            marks[index] = False


@compiled
def _put_joints(parts: Ints, count: int, gaze: Gaze, pieces: Pieces, room: Room) -> None:
    """Ask for where the first piece of each part begins and where its last one ends."""
    lonlat, end, xy, free = pieces.lonlat, pieces.end, room.xy, room.free
    for part in range(count):
        first, last = parts[part, 0], parts[part, 1]
        xy[2 * part, 0] = (2.0 * lonlat[first, 0] - end[first, 0] - gaze.lon) * gaze.east_m
        xy[2 * part, 1] = (2.0 * lonlat[first, 1] - end[first, 1] - gaze.lat) * gaze.north_m
        xy[2 * part + 1, 0] = (end[last, 0] - gaze.lon) * gaze.east_m
        xy[2 * part + 1, 1] = (end[last, 1] - gaze.lat) * gaze.north_m
        free[2 * part], free[2 * part + 1] = True, True


@compiled
def _put_ends(parts: Ints, count: int, pieces: Pieces, room: Room) -> None:
    """Say between which places each end is to be looked for, now that is known whether the joints are in view."""
    lonlat, joint, line, ends, free = pieces.lonlat, pieces.end, pieces.line, room.ends, room.free
    for part in range(count):
        first, last = parts[part, 0], parts[part, 1]
        for side in range(2):
            begins, row = side == 0, 2 * part + side
            room.joined[row], room.seen[row] = free[row], not begins
            piece, beyond = (first, first - 1) if begins else (last, last + 1)
            at = 2.0 * lonlat[piece, 0] - joint[piece, 0] if begins else joint[piece, 0]
            up = 2.0 * lonlat[piece, 1] - joint[piece, 1] if begins else joint[piece, 1]
            ends[row, 4], ends[row, 5] = 0.0, 1.0
            other = piece
            if free[row]:  # it lies in the piece beyond, or is that of the line
                if 0 <= beyond < len(line) and line[beyond] == line[piece]:
                    other = beyond
                else:
                    ends[row, 5] = 0.0
            # a line is gone along from its start to its end
            swapped = begins == free[row]
            ends[row, 0], ends[row, 1] = (lonlat[other, 0], lonlat[other, 1]) if swapped else (at, up)
            ends[row, 2], ends[row, 3] = (at, up) if swapped else (lonlat[other, 0], lonlat[other, 1])


@compiled
def _put_middles(room: Room, count: int, gaze: Gaze) -> None:
    ends, xy, free = room.ends, room.xy, room.free
    for row in range(count):
        middle = 0.5 * (ends[row, 4] + ends[row, 5])
        xy[row, 0] = (ends[row, 0] + middle * (ends[row, 2] - ends[row, 0]) - gaze.lon) * gaze.east_m
        xy[row, 1] = (ends[row, 1] + middle * (ends[row, 3] - ends[row, 1]) - gaze.lat) * gaze.north_m
        free[row] = ends[row, 4] < ends[row, 5]  # else it is known already


@compiled
def _halve(room: Room, count: int) -> None:
    ends, free, seen = room.ends, room.free, room.seen
    for row in range(count):
        middle = 0.5 * (ends[row, 4] + ends[row, 5])
        if free[row] == seen[row]:
            ends[row, 4] = middle
        else:
            ends[row, 5] = middle


@compiled
def find_parts(piece: Ints, count: int, aimed: Bools, lines: Ints, room: Room) -> int:
    """Draw pieces together that follow each other on one line; gives how many parts they make.

    Parameters
    ----------
    piece
        int32 [place], rising; the first ``count`` count, if they are ``aimed`` at.
    lines
        int32 [piece], the line of every piece.
    room
        For ``count`` parts at least; its ``parts`` are written to.
    """
    parts, found = room.parts, 0
    for index in range(count):
        if not aimed[index]:
            continue
        this = piece[index]
        last = parts[found - 1, 1] if found > 0 else -2
        if this == last + 1 and lines[this] == lines[last]:
            parts[found - 1, 1] = this
        else:
            parts[found, 0], parts[found, 1] = this, this
            found += 1
    return found


@compiled
def measure_parts(count: int, gaze: Gaze, pieces: Pieces, sky: Sky, room: Room) -> None:
    """Measure from where to where the first ``count`` parts of a room reach, and write down their ``spans``."""
    xy, free = room.xy, room.free
    _put_joints(room.parts, count, gaze, pieces, room)
    mark_aimed_at(xy, 2 * count, gaze, free)
    mark_free(xy, 2 * count, sky, free)
    _put_ends(room.parts, count, pieces, room)
    for _ in range(_HALVINGS):
        _put_middles(room, 2 * count, gaze)
        mark_aimed_at(xy, 2 * count, gaze, free)
        mark_free(xy, 2 * count, sky, free)
        _halve(room, 2 * count)
    _put_spans(count, pieces, room)


@compiled
def _put_spans(count: int, pieces: Pieces, room: Room) -> None:
    line, from_m, length_m = pieces.line, pieces.from_m, pieces.length_m
    ends, joined, parts, spans = room.ends, room.joined, room.parts, room.spans
    for part in range(count):
        first, last = parts[part, 0], parts[part, 1]
        share = 0.5 * (ends[2 * part, 4] + ends[2 * part, 5])
        if not joined[2 * part]:
            spans[part, 0] = from_m[first] + 0.5 * length_m[first] * share
        elif first == 0 or line[first - 1] != line[first]:
            spans[part, 0] = from_m[first]
        else:
            spans[part, 0] = from_m[first] - 0.5 * length_m[first - 1] * (1.0 - share)
        share, to_m = 0.5 * (ends[2 * part + 1, 4] + ends[2 * part + 1, 5]), from_m[last] + length_m[last]
        if not joined[2 * part + 1]:
            spans[part, 1] = to_m - 0.5 * length_m[last] * (1.0 - share)
        elif last + 1 == len(line) or line[last + 1] != line[last]:
            spans[part, 1] = to_m
        else:
            spans[part, 1] = to_m + 0.5 * length_m[last + 1] * share
