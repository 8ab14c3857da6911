"""How far a camera record is believed, and what another look at the camera changes: records in, records out.

No report removes a camera: who finds it gone makes it *disputed*, and a disputed camera counts less from the next month
on (routing/hazard/existence.py). Only two accepted reports of different months, or a reviewer's reason that stays on
record, make a tombstone of it. Months are ``YYYY-MM``. The rules are judgement [A]; ``tests/bench/bench_poisoning.py``
measures what they defend and cost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from routing.errors import BadUsageError
from routing.model import Sector
from routing.optics import DIRECTION_KEYS, directions_of, look_alike, parse_directions

if TYPE_CHECKING:
    from routing.model import Camera

TURNED_KEY: Final = "sidestep:turned"  # a direction that one report told
_ENOUGH: Final = 2  # reports of different months that make a removal


def told_once(camera: Camera) -> bool:
    """Tell whether one report or list is all there is: to call a made-up camera gone must not make it weigh more."""
    return camera.source.partition(":")[0] in {"report", "import"} and camera.confirmations == 0


def months_between(first: str, last: str) -> int:
    """Count the months from one to another.

    Examples
    --------
    >>> months_between("2025-11", "2026-01")
    2
    """
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7])


def confirmed(camera: Camera, month: str, *, source: str = "report", seen: str | None = None) -> Camera:
    """Record that somebody saw the camera.

    It is a confirmation if it is independent of what is known: of a later month, or from another kind of source. It
    ends a dispute of an earlier month; of two who looked in one month nobody knows who came last: the dispute stays.

    Parameters
    ----------
    camera
        As it is known.
    month
        The month that goes on record, ``YYYY-MM``.
    source
        Whose word it is.
    seen
        The month in which it was seen, if that is an earlier one: what happened since is not answered by it.

    Raises
    ------
    BadUsageError
        If the camera was removed; it must be added anew.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> one = Camera("ss/abcdefghij", LonLat(0, 0), {}, "report", "unverified", last_seen="2026-10")
    >>> confirmed(one, "2026-10").status, confirmed(one, "2026-11").status
    ('unverified', 'confirmed')
    """
    _refuse_removed(camera)
    newer = camera.last_seen is None or month > camera.last_seen  # so that no month counts twice
    other = source.partition(":")[0] != camera.source.partition(":")[0]
    independent = newer or (other and camera.confirmations == 0)  # another kind of source counts once
    gone = tuple(found for found in camera.gone if found >= (seen or month))
    after = replace(
        camera,
        first_seen=min(camera.first_seen, month) if camera.first_seen is not None else None,
        last_seen=max(camera.last_seen or "", month),
        gone=gone,
        confirmations=camera.confirmations + independent,
    )
    if camera.status == "disputed" and not gone:
        return replace(after, status="unverified" if told_once(after) else "confirmed")
    return replace(after, status="confirmed") if camera.status == "unverified" and independent else after


def disputed(camera: Camera, month: str, *, seen: str | None = None) -> Camera:
    """Record that somebody found the camera gone; who saw it in a later month knows better.

    Parameters
    ----------
    camera
        As it is known.
    month
        The month that goes on record, ``YYYY-MM``, from which on it fades.
    seen
        The month in which it was found gone, if that is an earlier one.

    Raises
    ------
    BadUsageError
        If the camera was removed already.
    """
    _refuse_removed(camera)
    if camera.last_seen is not None and (seen or month) < camera.last_seen:
        return camera
    return replace(camera, status="disputed", gone=tuple(sorted({*camera.gone, month})))


def may_be_removed(camera: Camera) -> bool:
    """Tell whether reports of two different months found it gone."""
    return len(camera.gone) >= _ENOUGH


def removed(camera: Camera, *, because: str | None = None) -> Camera:
    """Make a tombstone.

    Raises
    ------
    BadUsageError
        Without a reason, unless reports of two different months found it gone.
    """
    _refuse_removed(camera)
    if because is None and not may_be_removed(camera):
        raise BadUsageError(
            f"{camera.id} was found gone in {len(camera.gone)} month(s); a removal needs two, or a reason on record"
        )
    return replace(camera, status="removed", removed_because=because)


def turned(camera: Camera, direction: str, month: str, *, seen: str | None = None) -> Camera:
    """Record that the camera looks another way than known.

    One report takes nothing away from what the camera sees, so that nobody can turn a camera from a street alone: it
    adds a direction to those that are known, and where none is known it is only kept in mind (``sidestep:turned``).
    When another month says the same, that is the direction.

    Parameters
    ----------
    camera, month, seen
        As for :func:`confirmed`.
    direction
        Degrees, as tagged.

    Raises
    ------
    BadUsageError
        If the camera was removed.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> one = turned(Camera("osm/node/1", LonLat(0, 0), {"direction": "W"}), "90", "2026-10")
    >>> one.tags["camera:direction"], turned(one, "95", "2026-11").tags
    ('270;90', {'camera:direction': '95'})
    """
    after = confirmed(camera, month, seen=seen)
    told, known = parse_directions(direction), directions_of(camera.tags)
    claim = parse_directions(camera.tags.get(TURNED_KEY))
    bare = {key: value for key, value in camera.tags.items() if key not in {*DIRECTION_KEYS, TURNED_KEY}}
    newer = camera.last_seen is None or month > camera.last_seen
    if claim and newer and look_alike(told, claim):
        return replace(after, tags={**bare, DIRECTION_KEYS[0]: direction})
    if not known or any(look_alike(told, (look,)) for look in known):
        return replace(after, tags={**camera.tags, TURNED_KEY: direction})
    every = ";".join([*map(_spelt, known), direction])
    return replace(after, tags={**bare, DIRECTION_KEYS[0]: every, TURNED_KEY: direction})


def _spelt(look: float | Sector) -> str:
    """Write a direction or a turning range as it is tagged."""
    if isinstance(look, Sector):
        return f"{look.start_deg:g}-{(look.start_deg + look.sweep_deg) % 360:g}"
    return f"{look:g}"


def _refuse_removed(camera: Camera) -> None:
    if camera.status == "removed":
        raise BadUsageError(f"{camera.id} is removed; add a camera with a new id instead")
