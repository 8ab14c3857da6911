"""Which cameras stand near each other: records in; pairs, and metres between them, out.

Distances are straight through a sphere: within 20 m of each other that is the ground, at the poles and across the
antimeridian, too.
"""

from __future__ import annotations

import math
from itertools import chain, product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.model import Camera, LonLat

_EARTH_M: Final = 6_371_008.8  # IUGG mean radius
_CROWD: Final = 64  # of one cell that a camera is held against, so that a heap of points cannot stall anything


def metres_between(one: LonLat, other: LonLat) -> float:
    """Measure how far two positions are apart.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> round(metres_between(LonLat(0, 60), LonLat(0, 60.0001)), 1)
    11.1
    """
    return math.dist(_spot(one), _spot(other))


def near_pairs(cameras: Sequence[Camera], within_m: float) -> Iterator[tuple[int, int, float]]:
    """Find who stands near whom: positions in the sequence, the smaller first, and metres.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> one = Camera("osm/node/1", LonLat(24.9, 60.2), {})
    >>> list(near_pairs([one, one], 15.0))
    [(0, 1, 0.0)]
    """
    cells: dict[tuple[int, ...], list[tuple[int, tuple[float, ...]]]] = {}
    for number, camera in enumerate(cameras):
        spot = _spot(camera.lonlat)
        x, y, z = (math.floor(metres / within_m) for metres in spot)
        near = (cells.get((x + i, y + j, z + k), ()) for i, j, k in product((-1, 0, 1), repeat=3))
        for other, there in chain.from_iterable(near):
            apart = math.dist(spot, there)
            if apart <= within_m:
                yield other, number, apart
        here = cells.setdefault((x, y, z), [])
        if len(here) < _CROWD:
            here.append((number, spot))


def _spot(at: LonLat) -> tuple[float, ...]:
    lon, lat = map(math.radians, at)
    flat = math.cos(lat) * _EARTH_M
    return flat * math.cos(lon), flat * math.sin(lon), math.sin(lat) * _EARTH_M
