"""Points on façades in, those that face a yard out: another façade stands across, and no street lies between.

All positions are metres in one flat frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Segments = tuple[Floats, Floats]  # [segment, 2] one end and the other

YARD_M: Final = 80.0  # the widest yard that is watched as one [A]
SHAFT_M: Final = 6.0  # what is narrower is a shaft of light or a gap, not a yard [A]


def facing_yards(at: Floats, outward: Floats, facades: Segments, streets: Segments) -> NDArray[np.bool_]:
    """Tell which points on façades face a yard, bool [point].

    Parameters
    ----------
    at, outward
        float64 [point, 2], metres, and unit vectors away from the building.
    facades, streets
        What may stand across, and what makes the space between a street.

    Examples
    --------
    >>> wall, none = (np.array([[20.0, -9.0]]), np.array([[20.0, 9.0]])), (np.zeros((0, 2)), np.zeros((0, 2)))
    >>> facing_yards(np.zeros((1, 2)), np.array([[1.0, 0.0]]), wall, none).tolist()
    [True]
    """
    across_m = _first_met_m(at, outward, facades)
    street_m = _first_met_m(at, outward, streets)
    found: NDArray[np.bool_] = (across_m > SHAFT_M) & (across_m <= YARD_M) & (street_m > across_m)
    return found


def _first_met_m(at: Floats, outward: Floats, segments: Segments) -> Floats:
    """Give how far each point's ray goes until it meets a segment, infinite where it meets none within a yard."""
    import shapely

    met_m = np.full(len(at), np.inf)
    a, b = segments
    if len(a) == 0 or len(at) == 0:
        return met_m
    begin = at + 0.05 * outward  # off the wall that it stands on
    tree = shapely.STRtree(shapely.linestrings(np.stack([a, b], axis=1)))
    rays = shapely.linestrings(np.stack([begin, begin + YARD_M * outward], axis=1))
    ray, other = tree.query(rays, predicate="intersects")
    along, across = b[other] - a[other], outward[ray]
    turn = across[:, 0] * along[:, 1] - across[:, 1] * along[:, 0]
    gap = a[other] - begin[ray]
    with np.errstate(divide="ignore", invalid="ignore"):
        away_m = (gap[:, 0] * along[:, 1] - gap[:, 1] * along[:, 0]) / turn
    usable = np.isfinite(away_m)  # a segment along the ray is none across it
    np.minimum.at(met_m, ray[usable], away_m[usable])
    return met_m
