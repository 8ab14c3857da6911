"""How numbers and names are shown to people: the only place that rounds."""

from __future__ import annotations

import math
from textwrap import TextWrapper
from typing import TYPE_CHECKING

from routing.model import WALK_SPEED_MPS

if TYPE_CHECKING:
    from routing.model import Coverage
    from routing.plans import Assumed, Route

_WIDTH = 80  # columns
_NAMES = {"unseen": "past no mapped camera"}


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


def share_of(value: float | None) -> float | None:
    """Round to 0.001; ``None`` where nothing could be divided."""
    return rounded(value, 3) if value is not None and math.isfinite(value) else None


def assumed_record(told: Assumed) -> dict[str, object]:
    """Give what programs are told of the numbers of the exposure model that an area was built with."""
    changed = {
        name: dict(zip(("low", "default", "high"), values, strict=True)) for name, values in told.changed.items()
    }
    return {"region": told.region or None, "town": told.town or None, "changed": changed}


def coverage_record(coverage: Coverage) -> dict[str, object]:
    """Give what programs are told of what is known of an area."""
    return {
        "name": coverage.name,
        "osm_date": coverage.osm_date,
        "cameras": coverage.cameras,
        "cameras_per_km2": share_of(coverage.cameras_per_km2),
        "directions_known": share_of(coverage.directions_known),
        "surveyed_share": share_of(coverage.surveyed_share),
    }


def percent_of(share: float) -> tuple[int, int, int]:
    """Give a chance in percent with the digits that the model deserves: the one rule, here and on the page.

    ``static/js/i18n.mjs`` has the same rule for the page (a test holds them together), so all is in whole numbers.

    Returns
    -------
    (int, int, int)
        -1 where it is under that many percent, 1 where it is over, else 0; the percent as a whole number of units of
        the last digit; and how many digits stand behind the point.

    Examples
    --------
    >>> percent_of(0.1234), percent_of(0.0123), percent_of(0.0001), percent_of(0.9999)
    ((0, 12, 0), (0, 12, 1), (-1, 1, 1), (1, 99, 0))
    """
    billionths = math.floor(share * 1e9 + 0.5)
    if billionths > 990_000_000:  # noqa: PLR2004 (nothing is certain)
        return 1, 99, 0
    if 0 < billionths < 1_000_000:  # noqa: PLR2004 (nothing is 0 that is not)
        return -1, 1, 1
    if 0 < billionths < 99_500_000:  # noqa: PLR2004 (two digits)
        return 0, (billionths + 500_000) // 1_000_000, 1
    return 0, (billionths + 5_000_000) // 10_000_000, 0


def percent(share: float) -> str:
    """Write a chance with the digits that the model deserves.

    Examples
    --------
    >>> percent(0.1234), percent(0.0123), percent(0.0001), percent(0.9999)
    ('12 %', '1.2 %', 'under 0.1 %', 'over 99 %')
    """
    beyond, number, digits = percent_of(share)
    return f"{('', 'over ', 'under ')[beyond]}{number / 10**digits:.{digits}f} %"


def plain(text: str) -> str:
    """Put on one line, and drop what could steer a terminal or break XML: control and format characters."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def name_of(route: Route) -> str:
    """Give the name of a route in words."""
    return _NAMES.get(route.name, route.name.replace("_", " "))


def cameras_word(number: int) -> str:
    """Write a number of cameras."""
    return "1 camera" if number == 1 else f"{number:,} cameras"


def wrapped(text: str, *, indent: int = 0, hanging: int = 0) -> str:
    """Break a text into lines of at most 80 columns."""
    first, later = " " * indent, " " * (indent + hanging)
    wrapper = TextWrapper(_WIDTH, first, later, break_long_words=False, break_on_hyphens=False)
    return wrapper.fill(text)
