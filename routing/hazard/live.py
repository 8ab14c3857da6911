"""Cameras added, moved, changed or removed: their rows alone are computed, and take the place of what they had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.hazard.hazards import put_together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.hazards import Hazards


def replaced(
    hazards: Hazards, number: NDArray[np.int32], new: Hazards, numbers: NDArray[np.int32], count: int
) -> Hazards:
    """Replace the rows of many cameras at once, in a time that grows with all rows and not with the changes.

    Parameters
    ----------
    hazards
        Of a list of cameras.
    number
        int32 [camera], the position of each of them in the new list; -1 if it is gone, or changed.
    new
        Of the cameras that are new or changed, see :func:`routing.hazard.hazards.hazards_of`, which computes them in a
        time that does not grow with the area.
    numbers
        int32 [new camera], their positions in the new list.
    count
        Cameras in the new list, each of which is in one of the two.

    Returns
    -------
    Hazards
        As :func:`routing.hazard.hazards.hazards_of` would give for the new list, to the last bit.
    """
    kept = number >= 0
    places = np.zeros(count, dtype=np.int32)
    places[number[kept]], places[numbers] = hazards.count[kept], new.count
    old = hazards.take(kept[hazards.camera], kept[hazards.views.camera])
    return put_together([old.renamed(number), new.renamed(numbers)], places)


def lines_of_cameras(hazards: Hazards, which: NDArray[np.bool_]) -> NDArray[np.int32]:
    """List the lines on which any of some cameras acts, or which it has in view.

    Parameters
    ----------
    which
        bool [camera].

    Returns
    -------
    numpy.ndarray
        int32 [line], each once, rising.
    """
    views = hazards.views
    return np.unique(np.concatenate([hazards.line[which[hazards.camera]], views.line[which[views.camera]]]))


def on_lines(hazards: Hazards, which: NDArray[np.bool_]) -> Hazards:
    """Keep what cameras do on some lines, bool [line]."""
    return hazards.take(which[hazards.line], which[hazards.views.line])
