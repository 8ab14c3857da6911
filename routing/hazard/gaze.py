"""Cameras as compiled code takes them: where each may hang, and which part of the plane around it it may look at.

In: eyes, a record of arrays. Out: one eye by itself, with its sectors drawn together into wedges, so that what lies
behind its back is passed over without a look. Bearings are degrees clockwise from north, positions WGS 84 degrees.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.hazard.sight import SLACK_M, Aim, all_round
from routing.kernels import compiled
from routing.ragged import taken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

_CIRCLE_DEG: Final = 360.0


class Eyes(NamedTuple):
    """Cameras, each at each place where it may hang; lenses and sectors of an eye stand together."""

    lonlat: Floats  # [eye, 2] degrees
    scale: Floats  # [eye, 2] metres per degree there
    height_m: Floats  # [eye]
    search_m: Floats  # [eye] nothing is looked for beyond
    far_m: Floats  # [eye] where a lens that looks down ends
    indoor: NDArray[np.bool_]  # [eye] acts on enclosed lines of its level alone
    level: Floats  # [eye] NaN where nobody says
    view_m: Floats  # [eye] within which it has a walker in view
    view_start: Longs  # [eye + 1] into view_sector; none means all round
    view_sector: Floats  # [sector, 2] degrees: from, and how wide
    lens_start: Longs  # [eye + 1] into what follows
    pixels: Floats  # [lens]
    duty: Floats  # [lens]
    sector_start: Longs  # [lens + 1] into sector; none means all round
    sector: Floats  # [sector, 2]

    def take(self, eyes: Longs) -> Eyes:
        """Take some of the eyes."""
        view, lens = taken(self.view_start, eyes), taken(self.lens_start, eyes)
        sector = taken(self.sector_start, lens.at)
        return Eyes(
            lonlat=self.lonlat[eyes],
            scale=self.scale[eyes],
            height_m=self.height_m[eyes],
            search_m=self.search_m[eyes],
            far_m=self.far_m[eyes],
            indoor=self.indoor[eyes],
            level=self.level[eyes],
            view_m=self.view_m[eyes],
            view_start=view.start,
            view_sector=self.view_sector[view.at],
            lens_start=lens.start,
            pixels=self.pixels[lens.at],
            duty=self.duty[lens.at],
            sector_start=sector.start,
            sector=self.sector[sector.at],
        )


class Gaze(NamedTuple):
    """One eye by itself."""

    lon: float
    lat: float
    east_m: float  # metres per degree
    north_m: float
    search_m: float
    far_m: float
    view_m: float
    height_m: float
    indoor: bool
    level: float
    looks: Aim  # all that a lens may look at lies in it
    views: Aim  # and all that the eye may have in view in this one
    sectors: Floats  # [sector, 2] that it has in view
    lens: Floats  # [lens, 9] logarithm of pixels, duty, first sector, the one after the last, number of them, the aim
    lens_sectors: Floats  # [sector, 2]


@compiled
def _clockwise(turn_deg: float) -> float:
    """Bring a difference of bearings into 0…360: ``turn_deg % 360.0`` to the last bit, where that is slow."""
    if turn_deg < -2.0 * _CIRCLE_DEG or turn_deg >= _CIRCLE_DEG:
        return turn_deg % _CIRCLE_DEG
    if turn_deg < -_CIRCLE_DEG:
        turn_deg += _CIRCLE_DEG
    return turn_deg + _CIRCLE_DEG if turn_deg < 0.0 else turn_deg


@compiled
def looks_at(turn_deg: float, sectors: Floats, first: int, stop: int) -> bool:
    """Tell whether a bearing lies in one of some sectors; there being none means all round."""
    if first == stop:
        return True
    for index in range(first, stop):  # noqa: SIM110 (compiled code has no generators)
        if _clockwise(turn_deg - sectors[index, 0]) <= sectors[index, 1]:
            return True
    return False


@compiled
def is_within(x: float, y: float, one_x: float, one_y: float, other_x: float, other_y: float) -> int:
    """Tell whether a place lies in a wedge: 1, or 0, or -1 where it is so near to the rim that rounding decides."""
    one, other = one_x * x + one_y * y, other_x * x + other_y * y
    if one > SLACK_M and other > SLACK_M:
        return 1
    return -1 if one >= -SLACK_M and other >= -SLACK_M else 0


@compiled
def _wedge(reach_m: float, start_deg: float, wide_deg: float) -> Aim:
    """Give the aim that is one sector of at most half of all directions."""
    start, end = math.radians(start_deg), math.radians(start_deg + wide_deg)
    return Aim(reach_m, math.cos(start), -math.sin(start), -math.cos(end), math.sin(end))


@compiled
def _aim(reach_m: float, sectors: Floats, first: int, stop: int) -> Aim:
    """Give an aim that holds sectors: the widest, if the others lie in it and it is half of all directions at most."""
    widest = first
    for index in range(first, stop):
        if sectors[index, 1] > sectors[widest, 1]:
            widest = index
    if first == stop or sectors[widest, 1] > _CIRCLE_DEG / 2:
        return all_round(reach_m)
    start_deg, wide_deg = sectors[widest, 0], sectors[widest, 1]
    for index in range(first, stop):
        if index != widest and _clockwise(sectors[index, 0] - start_deg) + sectors[index, 1] > wide_deg:
            return all_round(reach_m)
    return _wedge(reach_m, start_deg, wide_deg)


@compiled
def gaze_of(eye: int, eyes: Eyes) -> Gaze:
    """Unpack one eye."""
    first, stop = eyes.lens_start[eye], eyes.lens_start[eye + 1]
    begin, end = eyes.sector_start[first], eyes.sector_start[stop]
    lens = np.zeros((stop - first, 9), dtype=np.float64)
    everywhere = False
    for index in range(first, stop):
        row, sector, behind = index - first, eyes.sector_start[index], eyes.sector_start[index + 1]
        lens[row, 0], lens[row, 1] = math.log(eyes.pixels[index]), eyes.duty[index]
        lens[row, 2], lens[row, 3], lens[row, 4] = sector - begin, behind - begin, behind - sector
        everywhere = everywhere or sector == behind
        if sector + 1 == behind and eyes.sector[sector, 1] <= _CIRCLE_DEG / 2:
            aim = _wedge(0.0, eyes.sector[sector, 0], eyes.sector[sector, 1])
            lens[row, 5], lens[row, 6], lens[row, 7], lens[row, 8] = aim.one_x, aim.one_y, aim.other_x, aim.other_y
    reach_m = min(eyes.search_m[eye], eyes.far_m[eye])
    view_start, view_stop = eyes.view_start[eye], eyes.view_start[eye + 1]
    return Gaze(
        eyes.lonlat[eye, 0],
        eyes.lonlat[eye, 1],
        eyes.scale[eye, 0],
        eyes.scale[eye, 1],
        eyes.search_m[eye],
        eyes.far_m[eye],
        eyes.view_m[eye],
        eyes.height_m[eye],
        eyes.indoor[eye],
        eyes.level[eye],
        all_round(reach_m) if everywhere else _aim(reach_m, eyes.sector, begin, end),
        _aim(eyes.view_m[eye], eyes.view_sector, view_start, view_stop),
        eyes.view_sector[view_start:view_stop],
        lens,
        eyes.sector[begin:end],
    )
