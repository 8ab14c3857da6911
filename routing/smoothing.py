"""The points of a track in, fewer and steadier ones out: the noise of the receiver is measured on the track itself.

A receiver that writes a point each second errs by several times what is walked in between; points in a row then say
more together than one by one. Positions are WGS 84 degrees, all else metres. A track and its reverse give the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from routing.geo import distance_m, scale_at, to_frame
from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LEAST_DRAWN_M: Final = 0.3  # of points without noise
_LEAST_M: Final = 2.0  # points nearer to the one before say nothing new
_MOST_NOISE_M: Final = 15.0  # what seems more is a walk with many turns
_LAG: Final = 8  # points over which one looks how fast the walk went on
_MOST_HALF: Final = 15  # points to each side that are taken together
_WINDOW: Final = 2.5  # times the noise, to each side
_APART_M: Final = 50.0  # points farther apart than this are not taken together
_ZIGZAG: Final = 1.5  # steps this many times longer than what is walked are noise, and no way has so many bends


def steadied(lonlat: Floats, breaks: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Take points in a row together as far as they are noisy, and thin them.

    Parameters
    ----------
    lonlat
        float64 [point, 2], degrees, at least one.
    breaks
        int64 [break], the points that are never taken together with the one before.

    Returns
    -------
    tuple
        Which points were kept, int64 [kept]; where they are now, float64 [kept, 2]; and to which of the kept each point
        belongs, int64 [point].
    """
    xy = to_frame(lonlat, lonlat[len(lonlat) // 2])
    cuts = np.unique(np.concatenate([[0], breaks, np.flatnonzero(distance_m(lonlat[:-1], lonlat[1:]) > _APART_M) + 1]))
    noise_m, half = _noise(xy)
    smooth = lonlat if half == 0 else _means(lonlat, np.append(cuts, len(lonlat)), half)
    kept, owner = _thinned(smooth, max(_LEAST_M, noise_m if half else 0.0))
    return kept, smooth[kept], owner


def thinned(lonlat: Floats) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Thin points without noise; gives what :func:`steadied` gives."""
    kept, owner = _thinned(lonlat, _LEAST_DRAWN_M)
    return kept, lonlat[kept], owner


def _noise(xy: Floats) -> tuple[float, int]:
    """Measure the noise, and over how many points to each side it is to be evened out.

    From a point to the next, walk and noise add up; over several points the walk outgrows the noise.
    """
    lag = min(_LAG, len(xy) // 2)
    if lag < 2:  # noqa: PLR2004  # too few to tell
        return 0.0, 0
    step_m = float(np.median(np.hypot(*(xy[1:] - xy[:-1]).T)))
    walked_m = float(np.median(np.hypot(*(xy[lag:] - xy[:-lag]).T))) / lag
    noise_m = min(np.sqrt(max(step_m**2 - walked_m**2, 0.0)) / 2, _MOST_NOISE_M)
    if step_m < _ZIGZAG * walked_m:
        return noise_m, 0
    return noise_m, min(int(_WINDOW * noise_m / max(walked_m, 1e-9)), _MOST_HALF)


@compiled
def _means(lonlat: Floats, cuts: NDArray[np.int64], half: int) -> Floats:
    """Put each point in the middle of those around it, of fewer towards the ends of a piece."""
    smooth = np.empty_like(lonlat)
    for piece in range(len(cuts) - 1):
        for i in range(cuts[piece], cuts[piece + 1]):
            side = min(half, i - cuts[piece], cuts[piece + 1] - 1 - i)
            for axis in range(2):
                smooth[i, axis] = np.mean(lonlat[i - side : i + side + 1, axis])
    return smooth


def _thinned(lonlat: Floats, least_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose points that keep a distance, and tell which of the chosen each point belongs to.

    From both ends towards the middle, so that a track and its reverse are thinned alike.
    """
    scale = np.column_stack(scale_at(lonlat[:, 1]))
    half = (len(lonlat) + 1) // 2
    kept = np.zeros(len(lonlat), dtype=np.bool_)
    _thin(lonlat[:half], scale, least_m, kept[:half])
    _thin(lonlat[half:][::-1], scale[half:][::-1], least_m, kept[half:][::-1])
    before = np.cumsum(kept) - 1
    behind = before + ~kept  # the next one; in the far half, the points were taken from the end
    return np.flatnonzero(kept), np.where(np.arange(len(lonlat)) < half, before, behind)


@compiled
def _thin(lonlat: Floats, scale: Floats, least_m: float, kept: NDArray[np.bool_]) -> None:
    """Mark the first point, and each that is at least so far from the one marked before."""
    last = 0
    for i in range(len(lonlat)):
        x = (lonlat[i, 0] - lonlat[last, 0]) * scale[i, 0]
        y = (lonlat[i, 1] - lonlat[last, 1]) * scale[i, 1]
        if i == 0 or np.hypot(x, y) >= least_m:
            kept[i] = True
            last = i
