"""Records from several sources → one for each camera; nothing that vanishes is lost.

Records are joined by their ids and by the ids of records that were merged into them (``also``).
"""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from routing.cameras import by_id
from routing.model import Camera, Origin
from routing.trust import disputed

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAID: Final = ("source", "status", "fr", "first_seen", "last_seen", "confirmations", "evidence", "gone", "also")
_DEFAULTS = {field.name: field.default for field in fields(Camera) if field.name in _SAID}


def origin_of(camera: Camera) -> Origin:
    """Give what must be kept of a record that is merged into another.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> origin_of(Camera("osm/node/1", LonLat(0, 0), {})).id
    'osm/node/1'
    """
    return Origin(camera.id, camera.source, camera.evidence, camera.first_seen, camera.last_seen)


def names_of(camera: Camera) -> set[str]:
    """Give all ids under which a camera is known.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> names_of(Camera("osm/node/1", LonLat(0, 0), {}))
    {'osm/node/1'}
    """
    return {camera.id, *(origin.id for origin in camera.also)}


def union(extract: Iterable[Camera], released: Iterable[Camera]) -> tuple[Camera, ...]:
    """Join the map's cameras with published records: one per camera, without tombstones, by id.

    A tombstone wins. Of two records, the one seen later (the released one on a tie) gives tags and position; what a
    released record says beyond the defaults (status, fr, confirmations, …) stays said.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> old = Camera("osm/node/1", LonLat(0, 0), {}, last_seen="2020-01")
    >>> [c.fr + " " + c.last_seen for c in union([old], [replace(old, fr="yes", last_seen="2019-01")])]
    ['yes 2020-01']
    """
    released = list(released)
    bearer = {origin.id: camera.id for camera in released for origin in camera.also}
    known: dict[str, Camera] = {}
    gone: set[str] = set()
    for camera in chain(extract, released):
        name = bearer.get(camera.id, camera.id)
        if camera.status == "removed":
            gone |= {name, *names_of(camera)}
        known[name] = _joined(known[name], camera) if name in known else camera
    return tuple(sorted((camera for name, camera in known.items() if name not in gone), key=by_id))


def _joined(old: Camera, new: Camera) -> Camera:
    said = {key: getattr(new, key) for key, default in _DEFAULTS.items() if getattr(new, key) != default}
    base = new if (new.last_seen or "") >= (old.last_seen or "") else old
    last = max(old.last_seen or "", new.last_seen or "") or None
    return replace(old, id=new.id, lonlat=base.lonlat, tags=base.tags, **{**said, "last_seen": last})


def vanished(before: Iterable[Camera], now: Iterable[Camera]) -> tuple[Camera, ...]:
    """Return the cameras that were in use before and are no longer, by id.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> [camera.id for camera in vanished([Camera("osm/node/1", LonLat(0, 0), {})], [])]
    ['osm/node/1']
    """
    here = {camera.id for camera in now if camera.status != "removed"}
    here |= {origin.id for camera in now for origin in camera.also}
    return tuple(sorted((c for c in before if c.status != "removed" and c.id not in here), key=by_id))


def doubted(cameras: Iterable[Camera], extract: Iterable[Camera], month: str | None) -> tuple[Camera, ...]:
    """Dispute those that the map had and has no longer; they stay, and fade.

    Parameters
    ----------
    cameras
        In use.
    extract
        Those of the map, which covers the place of every one of ``cameras``.
    month
        Of the map; what was seen later says nothing against the map, and ``None`` disputes nothing.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> old = Camera("osm/node/1", LonLat(0, 0), {}, last_seen="2020-01")
    >>> [camera.status for camera in doubted([old], [], "2021-05")], doubted([old], [], "2019-05")[0].status
    (['disputed'], 'confirmed')
    """
    mapped = {camera.id for camera in extract}
    return tuple(
        disputed(camera, month)
        if month is not None and camera.id.startswith("osm/") and camera.id not in mapped and not camera.gone
        else camera
        for camera in cameras
    )
