"""Walls as the model reads them: straight pieces of outlines, and a grid over them.

Positions are WGS 84 degrees, longitude first. The building of a wall lies to its left (routing/outlines.py draws them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.grid import Grid, grid_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Walls(NamedTuple):
    """The walls of an area, and a grid over them."""

    ends: Floats  # [wall, 4] degrees: lon, lat of one end and of the other
    grid: Grid


def walls_from(ends: Floats) -> Walls:
    """Lay a grid over walls, float64 [wall, 4], degrees."""
    a, b = ends[:, :2], ends[:, 2:]
    # a copy: compiled code takes arrays that cannot be written for another kind, and would be compiled once more
    return Walls(np.array(ends, dtype=np.float64), grid_of(np.minimum(a, b), np.maximum(a, b)))
