"""How numbers and names are shown to people: the only place that rounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from routing.model import WALK_SPEED_MPS

if TYPE_CHECKING:
    from routing.model import Route

_NAMES = {"least_seen": "least seen"}


def rounded(value: float, digits: int) -> float:
    """Round a number that must be one; never to minus zero."""
    if not math.isfinite(value):
        raise ValueError("a number of the plan is not finite")
    return round(float(value), digits) + 0.0


def whole(number: float) -> int:
    """Round to a whole number."""
    return int(rounded(number, 0))


def seconds(metres: float) -> int:
    """Give the whole seconds that a walk of so many metres takes."""
    return whole(metres / WALK_SPEED_MPS)


def plain(text: str) -> str:
    """Put on one line, and drop what could steer a terminal or break XML: control and format characters."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def name_of(route: Route) -> str:
    """Give the name of a route in words."""
    return _NAMES.get(route.name, route.name)


def cameras_word(number: int) -> str:
    """Write a number of cameras."""
    return "1 camera" if number == 1 else f"{number:,} cameras"
