"""One camera added, moved, changed or removed: its rows alone are computed, and take the place of those that it had."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from routing.hazard.hazards import Hazards, Views, hazards_of
from routing.hazard.tiles import widened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.parameters import Values
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls
    from routing.model import Camera

_Kind = TypeVar("_Kind", bound=np.generic)


def rows_of(camera: Camera, number: int, lines: Lines, walls: Walls, values: Values) -> Hazards:
    """Compute what one camera may do, in a time that does not grow with the area.

    Parameters
    ----------
    number
        Position in the list of cameras by which rows shall name it.
    lines, walls, values
        Those of :func:`routing.hazard.hazards.hazards_of`.

    Returns
    -------
    Hazards
        Of this camera; ``count`` has one entry.
    """
    found = hazards_of([camera], lines, walls, values)
    views = found.views._replace(camera=np.full_like(found.views.camera, number))
    return replace(found, camera=np.full_like(found.camera, number), views=views)


def with_rows(hazards: Hazards, number: int, rows: Hazards | None) -> Hazards:
    """Replace the rows of one camera, which may be the next in the list.

    Parameters
    ----------
    rows
        See :func:`rows_of`; None takes the camera away and leaves its number unused.

    Returns
    -------
    Hazards
        As :func:`routing.hazard.hazards.hazards_of` would give for the new list, but that lenses may be left over
        that no camera has any more.
    """
    begin, end = (int(at) for at in np.searchsorted(hazards.camera, [number, number + 1]))
    new = _part(hazards, 0, 0) if rows is None else rows
    most = max(hazards.lens.shape[1], new.lens.shape[1])
    count = np.resize(hazards.count, max(len(hazards.count), number + 1))
    count[number] = 0 if rows is None else rows.count[0]
    return Hazards(
        _spliced(hazards.camera, begin, end, new.camera),
        _spliced(hazards.line, begin, end, new.line),
        _spliced(hazards.place, begin, end, new.place),
        _spliced(widened(hazards.lens, most), begin, end, widened(new.lens, most)),
        _spliced(widened(hazards.chance, most), begin, end, widened(new.chance, most)),
        _with_views(hazards.views, number, new.views),
        count,
    )


def _part(hazards: Hazards, begin: int, end: int) -> Hazards:
    """Give some of the rows of cameras, and none of what they have in view."""
    views = hazards.views
    none = Views(views.camera[:0], views.line[:0], views.from_m[:0], views.to_m[:0], views.share[:0])
    return Hazards(
        hazards.camera[begin:end],
        hazards.line[begin:end],
        hazards.place[begin:end],
        hazards.lens[begin:end],
        hazards.chance[begin:end],
        none,
        hazards.count[:0],
    )


def _spliced(old: NDArray[_Kind], begin: int, end: int, new: NDArray[_Kind]) -> NDArray[_Kind]:
    return np.concatenate([old[:begin], new, old[end:]])


def _with_views(old: Views, number: int, new: Views) -> Views:
    """Put the views of one camera in the place of those that it had, by line, then camera."""
    kept = old.camera != number
    line, camera = old.line[kept], old.camera[kept]
    most = max(number, int(camera.max(initial=0))) + 1
    at = np.searchsorted(line.astype(np.int64) * most + camera, new.line.astype(np.int64) * most + number)
    return Views(
        np.insert(camera, at, new.camera),
        np.insert(line, at, new.line),
        np.insert(old.from_m[kept], at, new.from_m),
        np.insert(old.to_m[kept], at, new.to_m),
        np.insert(old.share[kept], at, new.share),
    )


def replaced(
    hazards: Hazards, number: NDArray[np.int32], new: Hazards, numbers: NDArray[np.int32], count: int
) -> Hazards:
    """Replace the rows of many cameras at once, in a time that grows with the rows and not with the changes.

    Parameters
    ----------
    hazards
        Of a list of cameras.
    number
        int32 [camera], the position of each of them in the new list; -1 if it is gone, or changed.
    new
        Of the cameras that are new or changed, see :func:`routing.hazard.hazards.hazards_of`.
    numbers
        int32 [new camera], their positions in the new list.
    count
        Cameras in the new list.

    Returns
    -------
    Hazards
        As :func:`routing.hazard.hazards.hazards_of` would give for the new list, but that lenses may be left over that
        no camera has any more.
    """
    kept, kept_views = number[hazards.camera] >= 0, number[hazards.views.camera] >= 0
    most = max(hazards.lens.shape[1], new.lens.shape[1])
    camera = np.concatenate([number[hazards.camera[kept]], numbers[new.camera]])
    line = np.concatenate([hazards.line[kept], new.line])
    place = np.concatenate([hazards.place[kept], new.place])
    order = np.lexsort((place, line, camera))
    old, views = hazards.views, new.views
    rows = Views(
        np.concatenate([number[old.camera[kept_views]], numbers[views.camera]]),
        np.concatenate([old.line[kept_views], views.line]),
        np.concatenate([old.from_m[kept_views], views.from_m]),
        np.concatenate([old.to_m[kept_views], views.to_m]),
        np.concatenate([old.share[kept_views], views.share]),
    )
    by_line = np.lexsort((rows.to_m, rows.from_m, rows.camera, rows.line))
    places = np.zeros(count, dtype=np.int32)
    places[number[number >= 0]] = hazards.count[number >= 0]
    places[numbers] = new.count
    return Hazards(
        camera[order],
        line[order],
        place[order],
        np.concatenate([widened(hazards.lens[kept], most), widened(new.lens, most)])[order],
        np.concatenate([widened(hazards.chance[kept], most), widened(new.chance, most)])[order],
        rows.take(by_line),
        places,
    )


def lines_of_cameras(hazards: Hazards, which: NDArray[np.bool_]) -> NDArray[np.int32]:
    """List the lines on which any of some cameras acts, or which it has in view; bool [camera], int32 [line]."""
    views = hazards.views
    return np.unique(np.concatenate([hazards.line[which[hazards.camera]], views.line[which[views.camera]]]))


def on_lines(hazards: Hazards, which: NDArray[np.bool_]) -> Hazards:
    """Keep what cameras do on some lines, bool [line]."""
    rows, views = which[hazards.line], hazards.views
    seen = which[views.line]
    return Hazards(
        hazards.camera[rows], hazards.line[rows], hazards.place[rows], hazards.lens[rows], hazards.chance[rows],
        views.take(seen), hazards.count,
    )  # fmt: skip
