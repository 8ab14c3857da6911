"""Hazards of many cameras on a large network, tile by tile, in as many processes as one likes.

In: cameras, ways that are walked, walls; WGS 84 degrees, longitude first. Out: the rows of
:func:`routing.hazard.hazards.hazards_of`, to the last bit, whatever the size of the tiles and the number of processes.

A camera belongs to the tile that it stands in; a tile holds all that its cameras can reach, so that each row is worked
out once, by one tile, on the whole line. Nothing but one tile's share is in a worker's memory.
"""

from __future__ import annotations

import math
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import scale_at
from routing.grid import entries_of, items_in
from routing.hazard.eyes import SEARCH_M, eyes_of, places_within_m
from routing.hazard.facades import LOOK_M
from routing.hazard.hazards import Hazards, Views, hazards_by, put_together
from routing.hazard.pavements import Ways, beside
from routing.hazard.rates import Lines
from routing.hazard.samples import pieces_of, runs_of
from routing.hazard.walls import walls_from
from routing.ragged import taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from routing.hazard.gaze import Eyes
    from routing.hazard.parameters import Values
    from routing.hazard.walls import Walls
    from routing.model import Camera

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]

TILE_M: Final = 2000.0  # a few thousand cameras of a large city: seconds of work, some 100 MB of memory
START: Final = "spawn"  # whatever threads the caller has; costs each worker the import of this package
_SPARE_M: Final = 10.0  # more than the longest piece, and than what frames differ by


class Tile(NamedTuple):
    """All that the cameras of one tile can depend on."""

    cameras: tuple[Camera, ...]
    number: Ints  # [camera] position in the list of all
    ways: Ways
    line: Ints  # [line] position among all
    walls: Floats  # [wall, 4] degrees


class Part(NamedTuple):
    """The hazards of one tile, by positions in the lists of all cameras and lines."""

    number: Ints  # [camera] of the tile
    hazards: Hazards  # its count is that of the tile's cameras


def hazards_in_tiles(
    cameras: Sequence[Camera],
    ways: Ways,
    walls: Floats,
    values: Values,
    *,
    size_m: float = TILE_M,
    jobs: int = 1,
    tick: Callable[[int], object] = lambda _: None,
) -> Hazards:
    """Compute what cameras may do on lines, as :func:`routing.hazard.hazards.hazards_of` does, in bounded memory.

    Parameters
    ----------
    cameras, values
        As there.
    ways
        What is walked.
    walls
        float64 [wall, 4], degrees, see :func:`routing.outlines.outline_walls`.
    size_m
        Width of a tile in metres; changes no result.
    jobs
        Processes; changes no result.
    tick
        Called with the number of cameras that are done since the last call.
    """
    parts = []
    for part in parts_of(cameras, ways, walls, values, size_m=size_m, jobs=jobs):
        parts.append(part)
        tick(len(part.number))
    return joined(parts, len(cameras))


def parts_of(
    cameras: Sequence[Camera],
    ways: Ways,
    walls: Floats,
    values: Values,
    *,
    size_m: float = TILE_M,
    jobs: int = 1,
    start: str = START,
) -> Iterator[Part]:
    """Compute tiles one after the other, in the order of places, for those who need not hold all of them at once.

    Parameters
    ----------
    start
        How processes are started, see :mod:`multiprocessing`. The others are those of :func:`hazards_in_tiles`.
    """
    tiles = tiles_of(cameras, ways, walls, values, size_m=size_m)
    if jobs == 1:
        for tile in tiles:
            yield run(tile, values)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context(start)) as pool:
        waiting: deque[Future[Part]] = deque()
        for tile in tiles:
            waiting.append(pool.submit(run, tile, values))
            if len(waiting) > 2 * jobs:  # the next ones lie ready, no more
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def run(tile: Tile, values: Values) -> Part:
    """Compute one tile: a pure function of what it is given."""
    walls = walls_from(tile.walls)
    placed = eyes_of(tile.cameras, values, walls)
    lines, line = _lines_near(placed.eyes, tile, walls)
    found = hazards_by(placed, lines, walls, values)
    return Part(tile.number, found.renamed(tile.number, line))


def _lines_near(eyes: Eyes, tile: Tile, walls: Walls) -> tuple[Lines, Ints]:
    """Cut the lines that eyes can reach into pieces, and drop those that they cannot; gives the lines' numbers, too."""
    reach = (eyes.search_m.max(initial=0.0) + _SPARE_M) / eyes.scale.min(axis=0, initial=math.inf)
    low, high = eyes.lonlat.min(axis=0, initial=math.inf) - reach, eyes.lonlat.max(axis=0, initial=-math.inf) + reach
    near = np.flatnonzero(_meet(*_boxes(tile.ways), low, high))
    ways = some_of(tile.ways, near)
    pieces = pieces_of(ways.points, ways.start)
    inside = np.flatnonzero(((pieces.lonlat >= low) & (pieces.lonlat <= high)).all(axis=1))
    kept = beside(pieces.take(inside), ways.side, walls)
    return Lines(kept, runs_of(kept), np.array(ways.enclosed), np.array(ways.levels)), tile.line[near]


def tiles_of(
    cameras: Sequence[Camera], ways: Ways, walls: Floats, values: Values, *, size_m: float = TILE_M
) -> Iterator[Tile]:
    """Cut out the tiles that hold cameras, from the south-west, row by row; the arguments are those of the others."""
    if not cameras:
        return
    at = np.array([camera.lonlat for camera in cameras], dtype=np.float64)
    halo_m = places_within_m(values) + LOOK_M + SEARCH_M + _SPARE_M
    standing = entries_of(at, at, cell_m=size_m)
    # corners are worked out again for what lies near a tile: those of all lines and walls are as large as the city
    lines, stones = entries_of(*_boxes(ways), cell_m=size_m), entries_of(*_corners(walls), cell_m=size_m)
    for number in np.split(standing.item, np.flatnonzero(np.diff(standing.key)) + 1):
        here = at[number]
        scale = scale_at(np.abs(here[:, 1]).max())
        halo = halo_m / np.array([float(scale.lon_m), float(scale.lat_m)])
        low, high = here.min(axis=0) - halo, here.max(axis=0) + halo
        near, around = items_in(lines, low, high), items_in(stones, low, high)
        near = near[_meet(*_boxes(some_of(ways, near)), low, high)]
        around = around[_meet(*_corners(walls[around]), low, high)]
        yield Tile(
            tuple(cameras[one] for one in number), number, some_of(ways, near), near.astype(np.int32), walls[around]
        )


def joined(parts: Iterable[Part], camera_count: int) -> Hazards:
    """Put the parts of all tiles together, as if there were no tiles."""
    whole = list(parts)
    count = np.zeros(camera_count, dtype=np.int32)
    for part in whole:
        count[part.number] = part.hazards.count
    return put_together([part.hazards for part in whole] or [_none()], count)


def _none() -> Hazards:
    ints, floats = np.zeros(0, dtype=np.int32), np.zeros(0)
    views = Views(ints, ints, floats, floats, floats)
    return Hazards(ints, ints, ints, np.zeros((0, 1, 2)), np.zeros((0, 1)), views, ints)


def _boxes(ways: Ways) -> tuple[Floats, Floats]:
    """Give the south-west and north-east corners of lines, float64 [line, 2]."""
    if len(ways.start) == 1:
        return np.zeros((0, 2)), np.zeros((0, 2))
    first = ways.start[:-1]
    low: Floats = np.minimum.reduceat(ways.points, first, axis=0)
    high: Floats = np.maximum.reduceat(ways.points, first, axis=0)
    return low, high


def _corners(walls: Floats) -> tuple[Floats, Floats]:
    """Give the south-west and north-east corners of walls, float64 [wall, 2]."""
    return np.minimum(walls[:, :2], walls[:, 2:]), np.maximum(walls[:, :2], walls[:, 2:])


def _meet(low: Floats, high: Floats, south_west: Floats, north_east: Floats) -> NDArray[np.bool_]:
    """Tell which boxes touch one box."""
    touch: NDArray[np.bool_] = np.all((low <= north_east) & (high >= south_west), axis=1)
    return touch


def some_of(ways: Ways, which: NDArray[np.integer]) -> Ways:
    """Take some of the lines."""
    points = taken(ways.start, which)
    return Ways(
        ways.points[points.at],
        points.start,
        ways.enclosed[which],
        ways.levels[which],
        None if ways.side is None else ways.side[which],
    )
