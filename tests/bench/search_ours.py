"""Our own search, as the benchmark calls it: the one place to change when its face changes."""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any

from routing.search import Network, PathFinder

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.search import Path
    from routing.snap import Snap

FRONT_MODULE = "routing.search.front"

Front = Any  # .effort_dm, .seen: int64 [point] in order of effort; .path(i) -> Path


def route(network: Network, start: Snap, end: Snap, beta: int) -> Path:
    """Find one exact path between two points of one part of a graph."""
    path = PathFinder(network, start, end).best(beta)
    if path is None:
        raise SystemExit("sidestep found no walk between two nodes of one part")
    return path


def budget_dm(network: Network, start: Snap, end: Snap, detour: float) -> int:
    """Give the greatest effort within a detour, as a share of the least."""
    return math.floor(route(network, start, end, 0).effort_dm * (1.0 + detour))


def front_finder() -> Callable[[Network, Snap, Snap, int], Front] | None:
    """Give the search for the exact front, ``None`` while there is none."""
    try:
        return importlib.import_module(FRONT_MODULE).find_front  # type: ignore[no-any-return]
    except (ModuleNotFoundError, AttributeError):
        return None
