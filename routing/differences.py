"""What differs between two camera files: records before and after in, changes out, what takes cameras away first.

Who reviews a new release reads the top of the list with most care: a camera that went, faded, turned away or moved
lets walks pass where they did not before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from routing.cameras import by_id
from routing.nearness import metres_between
from routing.optics import DIRECTION_KEYS, directions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from routing.model import Camera

# worst first; what a change is called, and what that means
KINDS: Final = {
    "removed": "declared gone for good",
    "vanished": "no longer in the file",
    "merged": "told by another record",
    "disputed": "found gone by somebody",
    "turned": "looks another way than before",
    "moved": "stands elsewhere than before",
    "changed": "other tags or judgement",
    "added": "new",
    "confirmed": "seen again",
}
_MOVED_M: Final = 1.0  # less is rounding
_JUDGED: Final = ("source", "status", "fr", "first_seen", "last_seen", "confirmations", "evidence", "removed_because")
_BRIGHTER: Final = frozenset({"last_seen", "first_seen", "confirmations", "gone", "also"})


@dataclass(frozen=True, slots=True)
class Change:
    """One record that differs.

    Attributes
    ----------
    kind
        The gravest of :data:`KINDS` that fits.
    details
        Everything that differs, in words; they hold values of the file, but no position.
    """

    kind: str
    id: str
    details: tuple[str, ...] = ()


def differences(old: Iterable[Camera], new: Iterable[Camera]) -> tuple[Change, ...]:
    """Compare two files, worst first, by id.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> one, two = (Camera(f"osm/node/{n}", LonLat(0, 0), {}) for n in (1, 2))
    >>> [(change.kind, change.id) for change in differences([one], [two])]
    [('vanished', 'osm/node/1'), ('added', 'osm/node/2')]
    """
    before = {camera.id: camera for camera in old}
    after = {camera.id: camera for camera in new}
    bearers = {origin.id: camera for camera in after.values() for origin in camera.also}
    found: list[tuple[tuple[str, int, str], Change]] = []
    for name, camera in before.items():
        change = _change(camera, after[name]) if name in after else _missing(camera, bearers.get(name))
        if change is not None:
            found.append((by_id(camera), change))
    parts = {(origin.id, camera.id) for camera in before.values() for origin in camera.also}
    carried = dict(sorted(parts))
    for name, camera in after.items():
        if name not in before:
            found.append((by_id(camera), _new(camera, carried.get(name))))
        found += [(by_id(camera), change) for change in _drawn_in(camera, before, after, parts)]
    order = list(KINDS)
    return tuple(change for _, change in sorted(found, key=lambda row: (order.index(row[1].kind), row[0])))


def _new(camera: Camera, carrier: str | None) -> Change:
    """Tell of a record that the old file did not have; a tombstone takes a camera away, whoever had it before."""
    details = [] if carrier is None else [f"part of {carrier} before"]
    if camera.status != "removed":
        return Change("added", camera.id, tuple(details))
    reason = camera.removed_because or f"found gone: {', '.join(camera.gone)}"
    return Change("removed", camera.id, (*details, "not in the old file", reason))


def _drawn_in(
    camera: Camera, before: Mapping[str, Camera], after: Mapping[str, Camera], parts: AbstractSet[tuple[str, str]]
) -> Iterator[Change]:
    """Tell which ids a record has taken for its own, also those of cameras that only a map has."""
    for name in sorted({origin.id for origin in camera.also} - {camera.id}):
        is_told = name in before and name not in after  # as the one that is missing
        if is_told or (name, camera.id) in parts:
            continue
        if camera.status == "removed":
            yield Change("removed", name, (f"as part of {camera.id}",))
        else:
            other = after.get(name)
            far = "" if other is None else f", {round(metres_between(other.lonlat, camera.lonlat)):,} m from here"
            yield Change("merged", name, (f"into {camera.id}{far}",))


def _missing(camera: Camera, bearer: Camera | None) -> Change | None:
    if bearer is None:
        if camera.status == "removed":
            return Change("changed", camera.id, ("no longer on record as removed: a map that has it brings it back",))
        return Change("vanished", camera.id)
    if bearer.status == "removed":
        return Change("removed", camera.id, (f"as part of {bearer.id}",)) if camera.status != "removed" else None
    metres = round(metres_between(camera.lonlat, bearer.lonlat))
    return Change("merged", camera.id, (f"into {bearer.id}, {metres:,} m from here", *_details(camera, bearer)))


def _change(old: Camera, new: Camera) -> Change | None:
    details = tuple(_details(old, new))
    if old.status == "removed" or new.status == "removed":
        if new.status == old.status:
            return Change("changed", new.id, details) if details else None
        return Change("removed" if new.status == "removed" else "added", new.id, details)
    if not details:
        return None
    return Change(_kind(old, new), new.id, details)


def _kind(old: Camera, new: Camera) -> str:
    lost = sorted(set(old.gone) - set(new.gone))
    if (new.status == "disputed" and old.status != "disputed") or set(new.gone) - set(old.gone):
        return "disputed"
    if directions_of(old.tags) != directions_of(new.tags):
        return "turned"
    if metres_between(old.lonlat, new.lonlat) > _MOVED_M:
        return "moved"
    weaker = (new.last_seen or "") < (old.last_seen or "") or new.confirmations < old.confirmations
    others = {key for key in _JUDGED if getattr(old, key) != getattr(new, key)} - _BRIGHTER
    lifted = new.status == "confirmed" or (lost and new.status == old.status)
    if dict(old.tags) != dict(new.tags) or weaker or others - ({"status"} if lifted else set()):
        return "changed"
    return "confirmed"


def _details(old: Camera, new: Camera) -> Iterator[str]:
    metres = metres_between(old.lonlat, new.lonlat)
    if metres > _MOVED_M:
        yield f"moved by {round(metres):,} m"
    yield from _pairs({key: old.tags.get(key) for key in DIRECTION_KEYS}, new.tags)
    yield from _pairs({key: getattr(old, key) for key in _JUDGED}, {key: getattr(new, key) for key in _JUDGED})
    if old.gone != new.gone:
        yield f"found gone: {', '.join(old.gone) or 'never'} → {', '.join(new.gone) or 'never'}"
    if old.also != new.also:
        names = [{origin.id for origin in one.also} for one in (old, new)]
        yield f"other records: {len(names[1] - names[0])} more, {len(names[0] - names[1])} fewer"
    keys = sorted((old.tags.keys() | new.tags.keys()) - set(DIRECTION_KEYS))
    yield from _pairs({key: old.tags.get(key) for key in keys}, new.tags)


def _pairs(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for key, value in old.items():
        if value != new.get(key):
            yield f"{key}: {'–' if value is None else value} → {'–' if new.get(key) is None else new.get(key)}"  # noqa: RUF001 (an en dash, for nothing)
