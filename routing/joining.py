"""Records from several sources → one for each camera; nothing that vanishes is lost.

Records are joined by their ids and by the ids of records that were merged into them (``also``).
"""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from routing.cameras import by_id
from routing.model import Camera, Origin
from routing.nearness import metres_between, near_pairs
from routing.optics import DUPLICATE_M, SAME_SPOT_M, directions_of, look_alike
from routing.trust import disputed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.model import LonLat

_SAID: Final = ("source", "status", "fr", "first_seen", "last_seen", "confirmations", "evidence", "gone", "also")
_FAR_M: Final = 50.0  # no position error, and no two phones' together
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

    A tombstone wins. Of two records, the one seen later (the released one on a tie) gives tags and position, but never
    a report that nobody confirmed; what a released record says beyond the defaults (fr, confirmations, …) stays said,
    and a dispute until somebody saw the camera later: as :func:`merged` has it.

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
    if not _counts(new, old):
        said.pop("fr", None)
    base = max(old, new, key=lambda one: (_counts(one, old), one.last_seen or "", one is new))
    last = max(old.last_seen or "", new.last_seen or "") or None
    gone = tuple(sorted({month for month in (*old.gone, *new.gone) if last is None or month >= last}))
    said |= {"last_seen": last, "gone": gone, "status": _status([old, new], gone)}
    return replace(old, id=new.id, lonlat=base.lonlat, tags=base.tags, **said)


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


def merged(cameras: Iterable[Camera]) -> tuple[Camera, ...]:
    """Make one record of each camera that several files or sources know, tombstones included, by id.

    The same camera are records that share an id, theirs or one of those merged into them before, and records of
    different sources at one place that look the same way (within 15 m, or 1 m where the direction is unknown). Never
    are two records of one source fused by their place. The record that was seen last gives position and tags, unless
    it is unverified; a tombstone wins and draws nobody in by its place; what others said stays in ``also``. The order
    of the records means nothing, and merging again changes nothing.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> one = Camera("osm/node/1", LonLat(0, 0), {}, last_seen="2020-01")
    >>> (both,) = merged([one, replace(one, id="ss/abcdefghij", source="official", last_seen="2021-01")])
    >>> both.id, both.last_seen, both.confirmations, [origin.source for origin in both.also]
    ('osm/node/1', '2021-01', 1, ['official'])
    """
    groups = _by_names(sorted({_order(camera): camera for camera in cameras}.items()))
    return tuple(sorted(map(_one, _by_place(groups)), key=by_id))


def _order(camera: Camera) -> tuple[tuple[str, int, str], bytes]:
    """Give a key that tells any two different records apart."""
    encoded = msgspec.json.encode([getattr(camera, field.name) for field in fields(Camera)], order="sorted")
    return by_id(camera), encoded


def _by_names(records: Iterable[tuple[object, Camera]]) -> list[list[Camera]]:
    """Put together what shares an id."""
    group_of: dict[str, list[Camera]] = {}
    for _, camera in records:
        names = names_of(camera)
        found = {id(group): group for name in names if (group := group_of.get(name)) is not None}
        whole, *others = found.values() or [[]]
        whole += [camera, *chain.from_iterable(others)]
        for member in (camera, *chain.from_iterable(others)):
            group_of |= dict.fromkeys(names_of(member), whole)
    groups = {id(group): group for group in group_of.values()}.values()
    return [sorted(group, key=_order) for group in groups]


def _by_place(groups: list[list[Camera]]) -> list[list[Camera]]:
    """Put together what stands at one place and comes from different sources, the nearest first."""
    live = [
        (number, camera)
        for number, group in enumerate(groups)
        if all(camera.status != "removed" for camera in group)
        for camera in group
    ]
    live.sort(key=lambda row: _order(row[1]))
    looks = [directions_of(camera.tags) for _, camera in live]
    pairs = sorted(
        (metres, a, b)
        for a, b, metres in near_pairs([camera for _, camera in live], DUPLICATE_M)
        if live[a][0] != live[b][0]
        and metres <= (DUPLICATE_M if looks[a] else SAME_SPOT_M)
        and look_alike(looks[a], looks[b])
    )
    joined = {number: [number] for number in range(len(groups))}
    sources = [{source for camera in group for source in _sources(camera)} for group in groups]
    for _, a, b in pairs:
        one, other = joined[live[a][0]], joined[live[b][0]]
        if one is other or sources[one[0]] & sources[other[0]]:
            continue
        sources[one[0]] |= sources[other[0]]
        one += other
        joined |= dict.fromkeys(other, one)
    wholes = {id(numbers): numbers for numbers in joined.values()}.values()
    return [[camera for number in numbers for camera in groups[number]] for numbers in wholes]


def _sources(camera: Camera) -> set[str]:
    return {camera.source, *(origin.source for origin in camera.also)}


def _one(group: list[Camera]) -> Camera:
    """Make one record of a group; each part of it is the same in whatever order they come."""
    if len(group) == 1:
        return group[0]
    ranked = sorted(group, key=_rank, reverse=True)
    head = max((one for one in group if by_id(one) == min(map(by_id, group))), key=_rank)
    first = min((one.first_seen for one in group if one.first_seen is not None), default=None)
    last = max((month for one in group for month in (one.first_seen, one.last_seen) if month is not None), default=None)
    # a month before the last sighting has its answer in it, unless a removal rests on it
    open_months = {month for one in group for month in one.gone if last is None or month >= last}
    open_months |= {month for one in group if one.status == "removed" for month in one.gone}
    gone = tuple(sorted(open_months))
    status = _status(group, gone)
    reasons = (one.removed_because for one in group if one.removed_because is not None)
    return replace(
        ranked[0],
        id=head.id,
        source=head.source,
        evidence=head.evidence,
        status=status,
        fr=next((one.fr for one in ranked if one.fr != "unknown" and _counts(one, ranked[0])), "unknown"),
        first_seen=first,
        last_seen=last,
        confirmations=_confirmations(group),
        gone=gone,
        removed_because=max(reasons, key=lambda text: (len(text), text), default=None) if status == "removed" else None,
        also=_also(group, origin_of(head)),
    )


def _counts(camera: Camera, best: Camera) -> bool:
    return camera.status != "unverified" or best.status == "unverified"


def _rank(camera: Camera) -> tuple[object, ...]:
    """Tell whose word counts more: never that of a report that nobody confirmed."""
    return camera.status != "unverified", camera.last_seen or "", _order(camera)


def _status(group: list[Camera], gone: tuple[str, ...]) -> str:
    said = {one.status for one in group}
    if "removed" in said:
        return "removed"
    # of those whose months have their answer no dispute is left
    if gone or any(one.status == "disputed" and not one.gone for one in group):
        return "disputed"
    if said != {"unverified"}:
        return "confirmed"
    names, kinds = {one.id for one in group}, {one.source.partition(":")[0] for one in group}
    return "confirmed" if len(names) > 1 and len(kinds) > 1 else "unverified"


def _confirmations(group: list[Camera]) -> int:
    """Count each record's own once, and one more for each record that knew of the camera independently."""
    holders: list[tuple[set[str], int]] = []
    for camera in sorted(group, key=lambda one: (-len(one.also), _order(one))):
        at = next((number for number, (names, _) in enumerate(holders) if camera.id in names), None)
        if at is None:
            holders.append((names_of(camera), camera.confirmations))
        else:
            holders[at] = holders[at][0], max(holders[at][1], camera.confirmations)
    return min(sum(count for _, count in holders) + len(holders) - 1, 2**31 - 1)


def _also(group: list[Camera], head: Origin) -> tuple[Origin, ...]:
    """Keep everybody's word: one origin for each id, source and evidence, with the first and last month of it."""
    kept: dict[tuple[str, str, str], Origin] = {}
    for origin in chain.from_iterable(([origin_of(camera), *camera.also]) for camera in group):
        key = origin.id, origin.source, origin.evidence
        other = kept.get(key, origin)
        first = min((one.first_seen for one in (origin, other) if one.first_seen is not None), default=None)
        last = max((one.last_seen for one in (origin, other) if one.last_seen is not None), default=None)
        kept[key] = replace(origin, first_seen=first, last_seen=last)
    kept.pop((head.id, head.source, head.evidence), None)
    return tuple(kept[key] for key in sorted(kept))


class Far(NamedTuple):
    """What a record says of a camera that stands elsewhere: the camera's id, the record's, and metres apart."""

    id: str
    by: str
    metres: float


def far_joined(records: Iterable[Camera], whole: Iterable[Camera]) -> tuple[Far, ...]:
    """Find records that an id joined to one that stands elsewhere, also to a tombstone.

    Nobody mistakes a place by so much: whoever made the file that joins them, by error or on purpose, hides a camera.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> here, there = (Camera(f"osm/node/{n}", LonLat(0, n), {}) for n in (1, 2))
    >>> pair = [replace(here, last_seen="2024-05", also=(origin_of(there),)), there]
    >>> [(name, joined) for name, joined, _ in far_joined(pair, merged(pair))]
    [('osm/node/2', 'osm/node/1')]
    """
    bearer = {name: camera for camera in whole for name in names_of(camera)}
    apart = (
        Far(camera.id, bearer[camera.id].id, metres_between(camera.lonlat, bearer[camera.id].lonlat))
        for camera in records
        if camera.id in bearer
    )
    return tuple(sorted({row for row in apart if row.metres > _FAR_M}))


def believable(records: Iterable[Camera], known: Iterable[Camera]) -> tuple[tuple[Camera, ...], tuple[Far, ...]]:
    """Leave out what records say of cameras that stand more than 50 m from them, and tell it.

    A line of a file could otherwise take cameras away all over a city. An id in ``also`` of a camera that stands
    elsewhere is dropped from the record; a tombstone of one that stands elsewhere is left out whole.

    Parameters
    ----------
    records
        Of camera files.
    known
        Whose places are believed, the best first: those of the map, then others. Of an id that none of them has, every
        place that ``records`` give it must be near.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> here, there = (Camera(f"osm/node/{n}", LonLat(0, n), {}) for n in (1, 2))
    >>> tombstone = replace(here, status="removed", removed_because="a dummy", also=(origin_of(there),))
    >>> (kept,), (far,) = believable([tombstone], [here, there])
    >>> kept.also, far.id, far.by
    ((), 'osm/node/2', 'osm/node/1')
    """
    records = list(records)
    places: dict[str, list[LonLat]] = {}
    for camera in known:
        places.setdefault(camera.id, [camera.lonlat])
    given: dict[str, list[LonLat]] = {}
    for camera in records:
        given.setdefault(camera.id, []).append(camera.lonlat)
    places = given | places
    kept: list[Camera] = []
    told: set[Far] = set()
    for camera in records:
        if not camera.also and camera.status != "removed":  # as nearly all: it says nothing of others
            kept.append(camera)
            continue
        far = {
            name: metres for name in names_of(camera) if (metres := _farthest(camera, places.get(name, ()))) > _FAR_M
        }
        if camera.status != "removed":
            far.pop(camera.id, None)  # it may have been moved; that hides nothing
        told |= {Far(name, camera.id, metres) for name, metres in far.items()}
        if camera.id not in far:
            kept.append(replace(camera, also=tuple(one for one in camera.also if one.id not in far)) if far else camera)
    return tuple(kept), tuple(sorted(told))


def _farthest(camera: Camera, places: Iterable[LonLat]) -> float:
    return max((metres_between(camera.lonlat, place) for place in places), default=0.0)
