"""Our own search, as the benchmark calls it: the one place to change when its face changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from routing.search.front import Limits, find_front
from routing.search.network import Network, PathFinder

if TYPE_CHECKING:
    from routing.search.front import Front
    from routing.search.network import Path
    from routing.snap import Snap


def route(network: Network, start: Snap, end: Snap, beta: int) -> Path:
    """Find one exact path between two points of one part of a graph."""
    path = PathFinder(network, start, end).best(beta)
    if path is None:
        raise SystemExit("sidestep found no walk between two nodes of one part")
    return path


def budget_dm(network: Network, start: Snap, end: Snap, detour: float) -> int:
    """Give the greatest effort within a detour, as a share of the least."""
    return math.floor(route(network, start, end, 0).effort_dm * (1.0 + detour))


def front_of(network: Network, start: Snap, end: Snap, limit_dm: int) -> Front:
    """Find the whole front within a budget."""
    return find_front(network, start, end, budget_dm=limit_dm, limits=Limits(labels=20_000_000, seconds=120.0))
