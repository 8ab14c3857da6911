"""How numbers and names are shown to people: the only place that rounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from routing.model import WALK_SPEED_MPS

if TYPE_CHECKING:
    from routing.plans import Route

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


def percent(share: float) -> str:
    """Write a chance with the digits that the model deserves.

    Examples
    --------
    >>> percent(0.1234), percent(0.0123), percent(0.0001), percent(0.9999)
    ('12 %', '1.2 %', 'under 0.1 %', 'over 99 %')
    """
    told = 100.0 * rounded(share, 9)
    if told > 99.0:  # noqa: PLR2004 (nothing is certain)
        return "over 99 %"
    if 0.0 < told < 0.1:  # noqa: PLR2004 (nothing is 0 that is not)
        return "under 0.1 %"
    return f"{told:.1f} %" if 0.0 < told < 9.95 else f"{told:.0f} %"  # noqa: PLR2004 (two digits)


def plain(text: str) -> str:
    """Put on one line, and drop what could steer a terminal or break XML: control and format characters."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def name_of(route: Route) -> str:
    """Give the name of a route in words."""
    return _NAMES.get(route.name, route.name)


def cameras_word(number: int) -> str:
    """Write a number of cameras."""
    return "1 camera" if number == 1 else f"{number:,} cameras"
