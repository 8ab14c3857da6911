"""Do early what the first walk would else wait for: have the searches compiled, and read what is read late."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from routing.errors import SidestepError
from routing.model import LonLat, RouteRequest
from routing.router import plan
from routing.search.front import Limits

if TYPE_CHECKING:
    from routing.area import Area

_TRIES = 20  # at a walk; some pairs of places have none
_LIMITS = (Limits(), Limits(labels=1))  # the second for what is compiled only where a search is stopped


def warm(area: Area) -> None:
    """Plan a walk that nobody asked for.

    Parameters
    ----------
    area
        As loaded: arrays in memory are compiled for apart from those on disk.
    """
    count = area.graph.node_count
    nodes = np.linspace(0, count - 1, min(_TRIES, count), dtype=np.int64)
    for start, end in pairwise(area.graph.node_lonlat[nodes].tolist()):
        with suppress(SidestepError):
            for limits in _LIMITS:
                plan(area, RouteRequest(LonLat(*start), LonLat(*end)), limits)
            return
