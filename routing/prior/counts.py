"""How many cameras a town may have and what is on record in; out, how many nobody mapped, by group.

The number that there are is taken to be log-logistic, its 10, 50 and 90 % points the town's low, default and high [A].
How complete a map is nobody knows, be it a hundredth or the whole: any order of magnitude is as likely as any other
[A]. Then a map says one thing alone: at least so many there are. So the numbers below are cut off, and what is left is
read at the same three points. Where a map holds more than the range it shows that the range was wrong there; the tail
is that of a power, so that the guess never narrows to what is mapped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from routing.optics import is_camera, is_indoor, tag_values
from routing.prior.towns import GROUPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.model import Camera
    from routing.prior.sites import Sites

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

POINTS: Final = np.array([0.1, 0.5, 0.9])  # of the number of cameras: low, default, high
_ODDS: Final = POINTS / (1.0 - POINTS)
_DEFAULT: Final = 1
_SHOP_ZONES: Final = frozenset({"shop", "bank", "parking", "building"})  # Key:surveillance:zone
_STREET_ZONES: Final = frozenset({"town", "street", "traffic"})
_UNTOLD: Final = -1


def total_given(thought: Floats, mapped: Floats) -> Floats:
    """Give how many cameras there are when so many are mapped, at the three points.

    Parameters
    ----------
    thought
        float64 [3, group], low, default and high before anybody looked at the map, each more than the one before.
    mapped
        float64 [group].

    Returns
    -------
    numpy.ndarray
        float64 [3, group], always more than what is mapped; 0 for a group of which none is thought of.

    Examples
    --------
    >>> total_given(np.array([[50.0], [100.0], [300.0]]), np.array([0.0])).ravel().round(6).tolist()
    [50.0, 100.0, 300.0]
    >>> total_given(np.array([[50.0], [100.0], [300.0]]), np.array([100.0])).ravel().round().tolist()
    [111.0, 173.0, 436.0]
    """
    some = thought[_DEFAULT] > 0.0
    low, middle, high = np.where(some, thought, np.array([[0.5], [1.0], [2.0]]))
    below, above = np.log(_ODDS[2]) / np.log(middle / low), np.log(_ODDS[2]) / np.log(high / middle)
    ratio = mapped / middle
    odds = ratio ** np.where(ratio < 1.0, below, above)  # that there are fewer than are mapped, to that there are more
    left = (odds + POINTS[:, None]) / (1.0 - POINTS[:, None])
    found: Floats = np.where(some, middle * left ** (1.0 / np.where(left < 1.0, below, above)), 0.0)
    return found


def on_record(mapped: Sequence[Camera], sites: Sites) -> tuple[Ints, Floats]:
    """Find the cameras on record that act on the open ways of the area.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        int32 [camera], the group of each or -1 where its tags do not tell; float64 [camera, 2], where it is, degrees.
    """
    inside = [
        camera
        for camera in mapped
        if camera.status != "removed"
        and is_camera(camera.tags)
        and not is_indoor(camera.tags)[0]
        and sites.bbox.holds(camera.lonlat)
    ]
    lonlat = np.array([camera.lonlat for camera in inside], dtype=np.float64).reshape(-1, 2)
    return np.array([_group_of(camera) for camera in inside], dtype=np.int32), lonlat


def counted(group: Ints, thought: Floats) -> Floats:
    """Count cameras on record by group, float64 [group].

    Those that tell of no group, or of one of which none is thought of here, are spread as cameras are thought to be.

    Parameters
    ----------
    group
        See :func:`on_record`.
    thought
        float64 [group], cameras thought of.
    """
    told = np.bincount(group[group != _UNTOLD], minlength=len(GROUPS)).astype(np.float64)
    told = np.where(thought > 0.0, told, 0.0)
    rest = len(group) - float(told.sum())
    found: Floats = told + rest * thought / max(float(thought.sum()), 1e-12)
    return found


def _group_of(camera: Camera) -> int:
    """Tell of which group the tags say that a camera is."""
    zones = tag_values(camera.tags, "surveillance:zone")
    if "entrance" in zones:
        return GROUPS.index("entrance")
    if not zones.isdisjoint(_SHOP_ZONES):
        return GROUPS.index("shop")
    if not zones.isdisjoint(_STREET_ZONES) or "traffic" in tag_values(camera.tags, "surveillance"):
        return GROUPS.index("street")
    return _UNTOLD
