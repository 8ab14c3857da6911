"""The names of an area: one list of Places, kept as JSON, and the search for the place that a person means.

In: Places with WGS 84 positions. Out: the same without duplicates, bytes, or the one Place that a text names.
Distances are metres on a plane about each place, good to a percent within a city. No message holds a coordinate.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import msgspec

from routing.errors import AmbiguousError, BadFileError, PlaceError, UnknownPlaceError
from routing.model import LonLat, Place
from routing.spelling import Words, fold, is_cyrillic, nearest, readings, skeleton, words_of
from routing.tagging import KIND_RANK, NAMELESS, places_of, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["KIND_RANK", "find", "from_json", "merge", "places_of", "to_json"]

_MERGE_M = 300.0  # pieces and entrances of one thing
_CHOICE_M = 400.0  # nearer to each other than this, it does not matter which is meant
_NAMELESS_M = 20.0  # the outline and the door of one that bears no name: equal names mean nothing there
_STREET_M = 1000.0  # the same for streets, whose pieces may each be long
_M_PER_DEG = 111_195.0  # of latitude, on a sphere of 6371 km
_E7 = 10_000_000
_MAX_CHOICES = 8
_LEAST_BONES = 3  # letters of a skeleton
_MAX_ANCHORS = 20  # neighbours tried to tell one choice from the others
_VERSION = 1


def _metres(a: LonLat, b: LonLat) -> float:
    """Measure between two points of one city."""
    east = (a.lon - b.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot(east, a.lat - b.lat) * _M_PER_DEG


def _clusters(points: Sequence[LonLat], reach_m: float) -> list[list[int]]:
    """Chain points that are within reach of each other; give the indices of each chain, in order."""
    root = list(range(len(points)))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    northward = sorted(root, key=lambda i: points[i].lat)
    for n, i in enumerate(northward):
        for j in northward[n + 1 :]:
            if (points[j].lat - points[i].lat) * _M_PER_DEG > reach_m:
                break
            if _metres(points[i], points[j]) <= reach_m:
                low, high = sorted((top(i), top(j)))
                root[high] = low
    chains: dict[int, list[int]] = {}
    for i in range(len(points)):
        chains.setdefault(top(i), []).append(i)
    return list(chains.values())


def merge(places: Iterable[Place]) -> tuple[Place, ...]:
    """Make one place of those with the same first name and kind within 300 m of each other.

    Streets may be 1 km apart, what is called by its kind alone 20 m.

    It stands at the member nearest to the members' centroid and has the names of all. The result is sorted, whatever
    the order of the input.

    Examples
    --------
    >>> stop = Place(("Kamppi",), "station", LonLat(24.931, 60.169))
    >>> door = Place(("Kamppi", "Kampen"), "station", LonLat(24.932, 60.169))
    >>> [p.names for p in merge([stop, door])]
    [('Kamppi', 'Kampen')]
    """
    alike: dict[tuple[str, str], list[Place]] = {}
    for place in sorted(places, key=_order):
        alike.setdefault((place.names[0], place.kind), []).append(place)
    merged = []
    for (name, kind), members in alike.items():
        reach_m = _STREET_M if kind == "street" else _MERGE_M
        if name in NAMELESS.get(kind, ()):
            reach_m = _NAMELESS_M
        merged += [_joined([members[i] for i in chain]) for chain in _clusters([p.lonlat for p in members], reach_m)]
    return tuple(sorted(merged, key=_order))


def _order(place: Place) -> tuple[str, str, float, float, tuple[str, ...]]:
    """Sort by name, kind and place, so that equal data make equal files."""
    return place.names[0], place.kind, place.lonlat.lat, place.lonlat.lon, place.names


def _joined(members: Sequence[Place]) -> Place:
    """Make one place of several."""
    if len(members) == 1:
        return members[0]
    centroid = LonLat(*(math.fsum(axis) / len(members) for axis in zip(*(p.lonlat for p in members), strict=True)))
    middle = min(members, key=lambda p: _metres(p.lonlat, centroid))
    names = dict.fromkeys((*middle.names, *(name for p in members for name in p.names)))
    return Place(tuple(names), middle.kind, middle.lonlat)


class _Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One place in the file."""

    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    kind: str
    lon_e7: Annotated[int, msgspec.Meta(ge=-180 * _E7, le=180 * _E7)]
    lat_e7: Annotated[int, msgspec.Meta(ge=-90 * _E7, le=90 * _E7)]


class _File(msgspec.Struct, frozen=True):
    """``places.json``."""

    version: int
    places: list[_Row]


def to_json(places: Sequence[Place]) -> bytes:
    """Write places as compact JSON, positions as whole 1e-7 degrees.

    Examples
    --------
    >>> to_json([Place(("Kamppi",), "suburb", LonLat(24.93, 60.17))])
    b'{"version":1,"places":[[["Kamppi"],"suburb",249300000,601700000]]}'
    """
    rows = [_Row(p.names, p.kind, round(p.lonlat.lon * _E7), round(p.lonlat.lat * _E7)) for p in places]
    return msgspec.json.encode(_File(_VERSION, rows))


def from_json(data: bytes) -> tuple[Place, ...]:
    """Read what ``to_json`` wrote.

    Raises
    ------
    BadFileError
        The bytes are of something else, or of another version.

    Examples
    --------
    >>> from_json(b'{"version":1,"places":[[["Kamppi"],"suburb",249300000,601700000]]}')
    (Place(names=('Kamppi',), kind='suburb', lonlat=LonLat(lon=24.93, lat=60.17)),)
    """
    try:
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadFileError("the list of places is broken: build the area again") from error
    if file.version != _VERSION:
        raise BadFileError(f"the list of places has version {file.version}, not {_VERSION}: build the area again")
    return tuple(Place(r.names, r.kind, LonLat(r.lon_e7 / _E7, r.lat_e7 / _E7)) for r in file.places)


class _Hit(NamedTuple):
    """A place that answers to a text, the better ones first in order."""

    extra: int  # words that the name has beyond those asked for
    nth: int  # which of its names answered
    at: int  # position in the list
    place: Place


class _Index(NamedTuple):
    """All names, folded in one go, since Python is slow name by name."""

    places: Sequence[Place]
    lines: Sequence[str]  # [place], its folded names with tabs between
    names: frozenset[str]
    kinds: frozenset[str]


_Matcher = Callable[[Words, tuple[Words, ...], Words], bool]


def _same(_wanted: Words, ways: tuple[Words, ...], name: Words) -> bool:
    """Tell whether a name is what was asked for."""
    return name in ways


def _alike(wanted: Words, ways: tuple[Words, ...], name: Words) -> bool:
    """Tell whether only one of the two says what kind of street it is."""
    return (not wanted.street or not name.street) and any(way.rest == name.rest for way in ways)


def _held(wanted: Words, _ways: tuple[Words, ...], name: Words) -> bool:
    """Tell whether every word asked for is a word of the name."""
    return name.covers(wanted, whole=True)


def _begun(wanted: Words, _ways: tuple[Words, ...], name: Words) -> bool:
    """Tell whether every word asked for begins a word of the name."""
    return name.covers(wanted, whole=False)


_EXACT: Final[tuple[_Matcher, ...]] = (_same, _alike)
_PARTS = re.compile(r"(?P<name>.+?)(?: \((?P<kind>[^()]+)\))?(?:, (?P<near>[^,]+?))?(?: #(?P<nth>[0-9]{1,4}))?")


def find(places: Sequence[Place], text: str) -> Place:
    """Find the place that a person names.

    Case, accents, punctuation, street words and the place of the house number do not matter. An exact name decides
    before one that has all the words among others, and that before the same name in other letters, Cyrillic or Latin; a
    name that only begins so is offered, never taken. Then the kind
    decides that KIND_RANK has first; places of one kind within 400 m of each other count as one. ``Name (kind)`` and
    ``Name, near what`` choose among the rest.

    Raises
    ------
    UnknownPlaceError
        Nothing is called that; the message has the nearest spellings.
    AmbiguousError
        Several places are meant equally; each of ``choices`` can be given as the text instead.

    Examples
    --------
    >>> find([Place(("Mannerheimintie 5",), "address", LonLat(24.94, 60.17))], "5, mannerheimintie").kind
    'address'
    """
    wanted = " ".join(text.split())
    if not wanted:
        raise PlaceError("no place was named: type a name, an address or lat,lon")
    index = _indexed(places)
    groups = _matches(index, wanted) or _respelt(index, wanted)
    if not groups:
        begun = _grouped(_hits(index, wanted, (_begun,)))
        if begun:  # a guess at a place is not made in silence
            message = f"no place is called {_quoted(wanted)}, but these begin like it: say which"
            raise AmbiguousError(message, _choices(index, begun[:_MAX_CHOICES]))
        raise UnknownPlaceError(_unknown(index, wanted))
    if len(groups) > 1:
        message = f"{_quoted(wanted)} may be any of {len(groups)} places: say which"
        raise AmbiguousError(message, _choices(index, groups[:_MAX_CHOICES]))
    return groups[0][0].place


def _indexed(places: Sequence[Place]) -> _Index:
    """Fold all names at once."""
    lines = fold("\n".join("\t".join(p.names).replace("\n", " ") for p in places)).split("\n")
    names = frozenset(name for p in places for name in p.names)
    return _Index(places, lines if places else (), names, frozenset(p.kind for p in places))


def _matches(index: _Index, text: str) -> list[list[_Hit]]:
    """Give the groups of places that a text may mean, best first."""
    parts = _PARTS.fullmatch(text)
    kind = parts["kind"] if parts else None
    if parts and kind in index.kinds and text not in index.names:
        chosen = _chosen(index, parts)
        if chosen:
            return chosen
    exact = _grouped(_hits(index, text, _EXACT))
    if not exact and parts and kind is None and (parts["near"] or parts["nth"]):
        exact = _chosen(index, parts)
    return exact or _grouped(_hits(index, text, (_held,)))


def _hits(index: _Index, text: str, matchers: tuple[_Matcher, ...], kind: str | None = None) -> list[_Hit]:
    """Give the places that answer to a text by the first way of matching that finds any."""
    wanted = words_of(fold(text))
    lines = list(enumerate(index.lines))
    for word in sorted(wanted.rest, key=len, reverse=True):  # the longest leaves least to look at
        lines = [(at, line) for at, line in lines if word in line]
    names = [
        (at, nth, words_of(name))
        for at, line in lines
        if kind in {None, index.places[at].kind}
        for nth, name in enumerate(line.split("\t"))
    ]
    return _best(index, wanted, names, matchers)


def _best(
    index: _Index, wanted: Words, names: Sequence[tuple[int, int, Words]], matchers: tuple[_Matcher, ...]
) -> list[_Hit]:
    """Give the places of which one name matches in the first way that any does."""
    ways = tuple(readings(wanted))
    for matches in matchers:
        best: dict[int, tuple[int, int]] = {}
        for at, nth, name in names:
            if matches(wanted, ways, name):
                score = sum(map(len, name)) - sum(map(len, wanted)), nth
                best[at] = min(score, best.get(at, score))
        if best:
            return [_Hit(*score, at, index.places[at]) for at, score in best.items()]
    return []


def _respelt(index: _Index, text: str) -> list[list[_Hit]]:
    """Give the groups of places whose name is the text in other letters, Cyrillic or any way to write it in Latin."""
    if not any(len(word) >= _LEAST_BONES and word.isalpha() for word in skeleton(text).rest):
        return []  # one or two sounds are in too many names to be a guess worth making
    named = [(at, nth, name) for at, place in enumerate(index.places) for nth, name in enumerate(place.names)]
    if is_cyrillic(text):  # within Cyrillic, letters that sound alike are different letters
        named = [row for row in named if not is_cyrillic(row[2])]
    for loose in (False, True):
        bones = [(at, nth, skeleton(name, loose=loose)) for at, nth, name in named]
        hits = _best(index, skeleton(text, loose=loose), bones, _EXACT if loose else (*_EXACT, _held))
        if hits:
            return _grouped(hits)
    return []


def _grouped(hits: Sequence[_Hit]) -> list[list[_Hit]]:
    """Keep the hits of the best rank, those near each other together."""
    first = min((rank(h.place.kind) for h in hits), default=0)
    top = sorted(h for h in hits if rank(h.place.kind) == first)
    reach_m = _STREET_M if first == KIND_RANK["street"] else _CHOICE_M
    return [[top[i] for i in chain] for chain in _clusters([h.place.lonlat for h in top], reach_m)]


def _chosen(index: _Index, parts: re.Match[str]) -> list[list[_Hit]]:
    """Follow ``Name (kind), near what #number``; nothing where a part is not known."""
    groups = _grouped(_hits(index, parts["name"], (*_EXACT, _begun), parts["kind"]))
    if parts["near"]:
        groups = _beside(index, groups, parts["near"])
    return groups[int(parts["nth"]) - 1 :][:1] if parts["nth"] and int(parts["nth"]) > 0 else groups


def _beside(index: _Index, groups: Sequence[list[_Hit]], near: str) -> list[list[_Hit]]:
    """Keep the group nearest to what has a name; none where nothing has it."""
    anchors = [h.place.lonlat for group in _grouped(_hits(index, near, _EXACT)) for h in group]
    if not groups or not anchors:
        return []
    return [min(groups, key=lambda group: min(_metres(h.place.lonlat, a) for h in group for a in anchors))]


def _choices(index: _Index, groups: Iterable[list[_Hit]]) -> tuple[str, ...]:
    """Write what to type to mean each group: its name and kind, and what is near where that is not enough."""
    known = [p for p in index.places if rank(p.kind) <= KIND_RANK["street"] and not set(",()#") & set(p.names[0])]
    alike: dict[str, list[list[_Hit]]] = {}
    lines = []
    for group in groups:
        place = group[0].place
        label = f"{place.names[0]} ({place.kind})"
        if label not in alike:
            alike[label] = _matches(index, label)
        lines.append(label if len(alike[label]) == 1 else _line(index, place, alike[label], known))
    return tuple(dict.fromkeys(lines))


def _line(index: _Index, place: Place, alike: Sequence[list[_Hit]], known: Iterable[Place]) -> str:
    """Write what tells one place from those alike: the nearest name that leads back to it, or its number."""
    label = f"{place.names[0]} ({place.kind})"
    around = heapq.nsmallest(_MAX_ANCHORS, known, key=lambda p: _metres(p.lonlat, place.lonlat))
    for name in dict.fromkeys(p.names[0] for p in around if p.names[0] != place.names[0]):
        found = _beside(index, alike, name)
        if found and any(h.place is place for h in found[0]) and f"{label}, {name}" not in index.names:
            return f"{label}, {name}"
    numbers = (n for n, group in enumerate(alike, start=1) if any(h.place is place for h in group))
    return f"{label} #{next(numbers, 1)}"


def _unknown(index: _Index, text: str) -> str:
    """Say what is not known, and what is nearly so."""
    parts = _PARTS.fullmatch(text)
    if parts and parts["near"] and not re.search("[0-9]", parts["near"]) and _hits(index, parts["name"], _EXACT):
        return f"{_quoted(parts['name'])} is known here but not {_quoted(parts['near'])} after it: leave that out"
    named = zip(index.places, index.lines, strict=True)
    pairs = (pair for p, line in named for pair in zip(line.split("\t"), p.names, strict=False))
    near = nearest(fold(text), pairs)
    hint = f"; near spellings: {', '.join(near)}" if near else ""
    return f"nothing in this area is called {_quoted(text)}{hint}"


def _quoted(text: str) -> str:
    """Repeat what was typed, but no numbers that may be a position, and nothing that moves the cursor."""
    if re.search(r"[0-9][.,][0-9]{3}", text):
        return "that"
    plain = "".join(c for c in text if c.isprintable())
    return f'"{plain[:60]}"'
