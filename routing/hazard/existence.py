"""Is a camera on record still there? Months and reports in, a chance out.

Two states, there or gone: what stood may be taken away at any time (half of all cameras within ``half_life_years``),
and every report speaks for one of them, but may be wrong. The filter is that of exposure-model.md, section 4; no report
makes a camera certain, and none makes it vanish. Who finds a camera gone counts from the next month on: what is
accepted within one month, be it by one sender, takes no weight away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from routing.trust import months_between, told_once

if TYPE_CHECKING:
    from routing.hazard.parameters import Values
    from routing.model import Camera

_MONTHS: Final = 12
_UNDATED_HALF_LIVES: Final = 1.0  # nobody knows how old a record without a date is: as one of one half-life


def existence(camera: Camera, month: str, values: Values) -> float:
    """Give the chance, 0…1, that a camera stands in a month; 0 for tombstones alone.

    Parameters
    ----------
    camera
        Its status, months and confirmations are read.
    month
        ``YYYY-MM``.
    values
        Half-life and how often reports are wrong.

    Examples
    --------
    >>> from routing.hazard.parameters import model
    >>> from routing.model import Camera, LonLat
    >>> one = Camera("osm/node/1", LonLat(0, 0), {}, last_seen="2018-11")
    >>> round(existence(one, "2018-11", model().default), 2), round(existence(one, "2026-11", model().default), 2)
    (0.9, 0.45)
    """
    if camera.status == "removed":
        return 0.0
    chance = values.existence_first
    at = camera.last_seen
    if at is None:
        chance *= 0.5**_UNDATED_HALF_LIVES
    if camera.confirmations > 0:  # of which only the last month is on record
        chance = _after(chance, values.there_if_there, values.there_if_gone)
    if camera.status == "unverified" or (camera.status == "disputed" and told_once(camera)):
        chance *= values.single_report
    for gone in (found for found in camera.gone if found < month):
        chance = _after(_aged(chance, at, gone, values), values.gone_if_there, values.gone_if_gone)
        at = gone
    if camera.status == "disputed" and not camera.gone:  # vanished from the map: as if somebody had said so now
        chance = _after(chance, values.gone_if_there, values.gone_if_gone)
    return max(_aged(chance, at, month, values), values.existence_least)


def _aged(chance: float, since: str | None, until: str, values: Values) -> float:
    months = 0 if since is None else max(months_between(since, until), 0)
    return float(chance * 0.5 ** (months / (_MONTHS * values.half_life_years)))


def _after(chance: float, if_there: float, if_gone: float) -> float:
    return chance * if_there / (chance * if_there + (1.0 - chance) * if_gone)
