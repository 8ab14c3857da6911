"""Where the nodes of a graph lie for bounding the effort between any two of them by the straight line.

The effort of an edge is never less than the distance between the anchors of its ends, so neither is that of any way.
With positions as they are that does not hold: lengths are whole decimetres, so an edge of 14 cm is one of 10 cm. Nodes
that such an edge joins get one anchor; there are few (29 nodes in Helsinki's centre).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from routing.geo import scale_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHORTENED: Final = 0.87  # of the straight line: edges of some decimetres may still be longer than they are [M]
_ROUNDS: Final = 12
_DM: Final = 10.0  # decimetres in a metre
_ROUNDING: Final = 1.0 - 1e-9


def anchors_dm(
    lonlat: Floats, tail: NDArray[np.int32], head: NDArray[np.int32], effort_dm: NDArray[np.int32]
) -> Floats:
    """Place nodes so that no edge takes less effort than the straight line between its ends.

    Parameters
    ----------
    lonlat
        float64 [node, 2], degrees.
    tail, head, effort_dm
        int32 [edge].

    Returns
    -------
    numpy.ndarray
        float64 [node, 2], decimetres, shortened until it holds on every edge.
    """
    flat = _flat_dm(lonlat) * _SHORTENED
    group: dict[int, int] = {}  # node -> another of its group, until one that leads to itself or nowhere
    for _ in range(_ROUNDS):
        beyond = np.flatnonzero(_straight(flat, tail, head) > effort_dm * _ROUNDING)
        if not len(beyond):
            return flat
        _join(group, zip(tail[beyond].tolist(), head[beyond].tolist(), strict=True))
        flat[list(group)] = flat[[_root(group, node) for node in group]]
    least = effort_dm / np.maximum(_straight(flat, tail, head), 1.0)
    return flat * float(min(1.0, least.min(initial=1.0)) * _ROUNDING)


def _flat_dm(lonlat: Floats) -> Floats:
    """Lay positions flat so that no distance grows, float64 [node, 2], decimetres."""
    if not len(lonlat):
        return np.empty((0, 2))
    scale = scale_at(float(np.abs(lonlat[:, 1]).max()))  # a degree of longitude is shortest there
    east = (lonlat[:, 0] - lonlat[0, 0] + 180.0) % 360.0
    lat_m = min(scale.lat_m, scale_at(0.0).lat_m)  # and one of latitude at the equator
    return np.column_stack([east * scale.lon_m, lonlat[:, 1] * lat_m]) * _DM


def _straight(flat: Floats, tail: NDArray[np.int32], head: NDArray[np.int32]) -> Floats:
    difference = flat[tail] - flat[head]
    straight: Floats = np.hypot(difference[:, 0], difference[:, 1])
    return straight


def _join(group: dict[int, int], pairs: Iterable[tuple[int, int]]) -> None:
    for a, b in pairs:
        group[_root(group, a)] = _root(group, b)


def _root(group: dict[int, int], node: int) -> int:
    while group.get(node, node) != node:
        node = group[node]
    return node
