"""A map of one's own to lie beneath the walks: a map extract and a box in, vector tiles for the page out.

Built with the area and never loaded by planning. What is drawn stands in maplayers.py, how it is read in mapfeatures.py
and coast.py, how it becomes tiles in tiles.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.mapfeatures import read_features
from routing.model import ATTRIBUTION
from routing.tiles import tiles_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routing.model import BBox


def draw(extract: Path, box: BBox, *, name: str, progress: Callable[[int], object] = lambda _: None) -> bytes:
    """Draw the map of a box.

    Parameters
    ----------
    extract
        See :func:`routing.osm.read_extract`.
    box
        Of the area; nothing is drawn outside.
    name
        Of the area, kept in the file.
    progress
        Called with the number of objects read since the last call.

    Returns
    -------
    bytes
        A PMTiles archive; the same for the same map, box and name.

    Raises
    ------
    BadFileError
        If the extract cannot be read.
    OutsideError
        If tiles cannot be made on this system, or the disk is full.
    """
    return tiles_of(read_features(extract, box, progress=progress), name=name, attribution=ATTRIBUTION)
