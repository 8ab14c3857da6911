"""The structural prior taken apart by group, so that many maps and wrong priors are tried without looking out again.

Without surveys the risk is linear in the cameras of each group: what one camera of a group adds is computed once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from prior_trials import MODEL

from routing.prior.risk import TABLE, prior_of, unmapped_of
from routing.prior.sites import expected_of
from routing.prior.towns import GROUPS, PER_KM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from prior_cameras import Place

    from routing.model import Camera
    from routing.prior.sites import Sites
    from routing.prior.towns import Town

    Floats = NDArray[np.float64]

_DEFAULT = 1


class Parts:
    """What one camera of each group adds to the risk of the lines of a place, if it is one of a town's."""

    def __init__(self, place: Place, town: Town) -> None:
        self._sites = place.sites
        self._at_sites, self._even = (
            np.stack([_of_one(place, town, group, share) for group in GROUPS]) for share in (0.0, 1.0)
        )

    def risk(self, town: Town, mapped: Sequence[Camera] = (), elsewhere: float = TABLE["elsewhere"].default) -> Floats:
        """Give the risk of lines, float64 [line, 2], as :func:`prior_of` does on open ones; 0 on others.

        The town may be another one in its total and its shares, not in who operates its cameras.
        """
        number = np.bincount(self._sites.group, unmapped_of(self._sites, town, mapped)[_DEFAULT], minlength=len(GROUPS))
        each = (1.0 - elsewhere) * self._at_sites + elsewhere * self._even
        risk: Floats = np.tensordot(number, each, axes=1)
        return risk


def _of_one(place: Place, town: Town, group: str, elsewhere: float) -> Floats:
    """Give what one camera of a group adds, float64 [line, 2]."""
    lines, sites = place.streets.lines, place.sites
    if not (sites.group == GROUPS.index(group)).any():
        return np.zeros((len(lines.enclosed), 2))
    alone = replace(town, shares=_only(group))
    risk = prior_of(sites, alone, lines, place.streets.walls, MODEL, elsewhere=elsewhere).risk
    return np.where(lines.enclosed[:, None], 0.0, risk / expected_of(sites, alone)[_DEFAULT].sum())


def _only(group: str) -> Mapping[str, float]:
    return {name: float(name == group) for name in GROUPS}


def times(town: Town, factor: float) -> Town:
    """Give a town with so many times the cameras."""
    total = town.total
    return replace(
        town, total=total._replace(low=total.low * factor, default=total.default * factor, high=total.high * factor)
    )


def as_counted(town: Town, sites: Sites, cameras: Sequence[Camera]) -> Town:
    """Give the town that somebody would think of who counted some cameras, all of them, by group and by its measure."""
    number = Counter(group_of(camera) for camera in cameras)
    size = sites.street_km if town.total.unit == PER_KM else sites.built_km2
    counted = times(town, len(cameras) / size / town.total.default)
    return replace(counted, shares={group: number[group] / len(cameras) for group in GROUPS})


def group_of(camera: Camera) -> str:
    """Tell the group of a camera that was made up."""
    zone = camera.tags.get("surveillance:zone")
    if zone is not None:
        return zone
    return "mass" if "operator:type" in camera.tags else "courtyard"
