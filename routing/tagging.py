"""OpenStreetMap tags of one feature and its position → the places a person can name there.

In: tags as mapped and a WGS 84 position. Out: at most two Places, one by the feature's name and one by its address.
Tables follow https://wiki.openstreetmap.org/wiki/Map_features, Names and Key:addr.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from routing.model import LonLat, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MAX_NAME = 200  # characters; longer is a description
_MAX_NAMES = 80
_MAX_RANGE = 40  # house numbers from first to last; a wider "range" is no range

# Which is meant first: what one walks to by name alone, then what lies or stands there, then stops and wide areas.
_TIERS: Final = (
    ("square",),
    ("station",),
    ("suburb", "neighbourhood", "quarter", "borough", "city", "town", "village", "hamlet", "locality", "island"),
    ("street",),
    ("address",),
    (
        *("park", "garden", "museum", "theatre", "library", "university", "hospital", "town hall", "castle", "gallery"),
        *("monument", "attraction", "shopping centre", "department store", "marketplace", "stadium", "airport"),
        *("place of worship", "ferry terminal", "arts centre", "zoo", "bridge", "cinema", "hotel", "college"),
    ),
    ("shop", "supermarket", "restaurant", "cafe", "pharmacy", "school", "office", "building", "artwork", "memorial"),
    ("entrance", "tram stop", "bus stop", "platform", "stop", "taxi", "bicycle rental", "parking", "parking entrance"),
    ("district", "residential", "commercial", "retail", "industrial", "river", "stream", "water", "bay"),
)
_OTHER_RANK: Final = 6  # the tier of shops and offices

KIND_RANK: Mapping[str, int] = MappingProxyType(
    {kind: rank for rank, kinds in enumerate(_TIERS) for kind in kinds},
)
"""Which kind is meant first when several places have the same name: 0 is the first."""

_STREETS = (
    *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street"),
    *("pedestrian", "service", "track", "footway", "path", "cycleway", "bridleway", "steps", "corridor", "road"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link", "busway"),
)
_SAME = "="  # the value itself is the kind
_ANY = {"*": _SAME}

# The first key that yields a kind decides; "*" is any value. What is not here (routes, tracks, stop areas) is no place.
_KINDS: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("place", _ANY),
    (
        "railway",
        {
            **dict.fromkeys(("station", "halt"), "station"),
            **dict.fromkeys(("subway_entrance", "train_station_entrance"), "entrance"),
            **{value: value.replace("_", " ") for value in ("tram_stop", "platform", "stop")},
        },
    ),
    ("highway", {"bus_stop": "bus stop", "platform": "platform", **dict.fromkeys(_STREETS, "street")}),
    ("public_transport", {"station": "station", "platform": "platform", "stop_position": "stop"}),
    ("aeroway", {"aerodrome": "airport", "terminal": "terminal"}),
    ("amenity", {"bus_station": "station", "townhall": "town hall", **_ANY}),
    (
        "shop",
        {
            "mall": "shopping centre",
            "convenience": "convenience shop",
            "*": "shop",
            **dict.fromkeys(("supermarket", "department_store", "bakery", "kiosk"), _SAME),
        },
    ),
    ("tourism", _ANY),
    ("leisure", _ANY),
    ("historic", _ANY),
    ("healthcare", _ANY),
    ("office", {"*": "office"}),
    ("craft", {"*": "workshop"}),
    ("club", {"*": "club"}),
    ("natural", _ANY),
    ("man_made", _ANY),
    ("waterway", _ANY),
    ("landuse", _ANY),
    ("building", {"*": "building"}),
    ("boundary", {"administrative": "district"}),
)

# What people look for though it seldom bears a name, and what it is called then.
NAMELESS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "toilets": ("Toilets", "Туалет"),
        "drinking water": ("Drinking water", "Питьевая вода"),
        "atm": ("Cash machine", "Банкомат"),
        "entrance": ("Station entrance", "Вход на станцию"),
    }
)
_LOOKED_FOR: Final = {
    "amenity": frozenset({"toilets", "drinking_water", "atm"}),
    "railway": frozenset({"subway_entrance", "train_station_entrance"}),
}
_NOT_FOR_ALL = frozenset({"no", "private", "customers", "permit", "members"})

_LANGUAGE = re.compile(r":[a-z]{2,3}(?:[-_][A-Za-z0-9]+)*")
_NAME_KEYS = ("int_name", "official_name", "short_name", "loc_name", "alt_name", "old_name")
_NUMBER = re.compile(r"[0-9]{1,5} ?[^\W\d_]?")
_RANGE = re.compile(r"([0-9]{1,5}) ?[-–] ?([0-9]{1,5})")  # noqa: RUF001 - mappers type both dashes
# Control characters and marks that turn the direction of writing: a name must not rearrange a terminal's line.
_UNPRINTABLE = dict.fromkeys(
    (*range(9), *range(14, 28), 0x7F, 0xAD, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def rank(kind: str) -> int:
    """Tell how early a kind is meant, 0 first; kinds that KIND_RANK does not list rank with shops.

    Examples
    --------
    >>> rank("square") < rank("cafe") < rank("bus stop")
    True
    """
    return KIND_RANK.get(kind, _OTHER_RANK)


def is_named(tags: Mapping[str, str]) -> bool:
    """Tell at a glance whether a feature may be a place: most are none, and finding their kind takes long.

    Examples
    --------
    >>> is_named({"amenity": "toilets"}), is_named({"amenity": "bench"}), is_named({"name:sv": "Oxen"})
    (True, False, True)
    """
    return any("name" in key or key == "addr:housenumber" for key in tags) or _is_looked_for(tags)


def _is_looked_for(tags: Mapping[str, str]) -> bool:
    """Tell whether people look for a feature even if it has no name."""
    found = any(tags.get(key) in values for key, values in _LOOKED_FOR.items())
    return found and tags.get("access", "yes") not in _NOT_FOR_ALL


def places_of(tags: Mapping[str, str], lonlat: LonLat) -> tuple[Place, ...]:
    """Give the places that a feature's tags name: one by its name, one by its address, or none.

    What people look for by its kind alone (:data:`NAMELESS`) is a place without a name, too, and called by its kind.

    Parameters
    ----------
    tags
        OpenStreetMap keys and values, verbatim.
    lonlat
        Where to walk to, WGS 84 degrees.

    Examples
    --------
    >>> tags = {"name": "Oodi", "amenity": "library", "addr:street": "Töölönlahdenkatu", "addr:housenumber": "4"}
    >>> [(p.names[0], p.kind) for p in places_of(tags, LonLat(24.938, 60.174))]
    [('Oodi', 'library'), ('Töölönlahdenkatu 4', 'address')]
    """
    if tags.get("man_made") == "surveillance":
        return ()
    kind = _kind(tags)
    names = _distinct(_names(tags)) if kind is not None else ()
    if kind is not None and not names and _is_looked_for(tags):
        names = NAMELESS.get(kind, ())
    addresses = _distinct(_addresses(tags))
    found = []
    if kind is not None and names:
        found.append(Place(names, kind, lonlat))
    if addresses:
        found.append(Place(addresses, "address", lonlat))
    return tuple(found)


def _kind(tags: Mapping[str, str]) -> str | None:
    """Find the first key that makes the feature a place."""
    if tags.get("highway") == "pedestrian" and "place" not in tags:
        return "square" if tags.get("area") == "yes" or tags.get("type") == "multipolygon" else "street"
    for key, table in _KINDS:
        value = tags.get(key, "no").partition(";")[0].strip()
        kind = table.get(value, table.get("*"))
        if value != "no" and kind is not None:
            plain = re.fullmatch("[a-z0-9_]{1,40}", value) is not None and value != "yes"
            return kind if kind != _SAME else (value if plain else key).replace("_", " ")
    return None


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Clean names and keep the first of equal ones."""
    clean = (" ".join(name.translate(_UNPRINTABLE).split()) for name in names)
    return tuple(dict.fromkeys(name for name in clean if 0 < len(name) <= _MAX_NAME))[:_MAX_NAMES]


def _names(tags: Mapping[str, str]) -> Iterator[str]:
    """Give the names in the order in which they count, each key's languages after it."""
    yield tags.get("name", "")
    yield from (tags[key] for key in _languages(tags, "name"))
    for stem in _NAME_KEYS:
        for key in (stem, *_languages(tags, stem)):
            yield from tags.get(key, "").split(";")


def _languages(tags: Mapping[str, str], stem: str) -> list[str]:
    """Find the keys of one stem in other languages, ``name:sv`` but not ``name:etymology``."""
    return sorted(key for key in tags if key.startswith(stem) and _LANGUAGE.fullmatch(key, len(stem)))


def _addresses(tags: Mapping[str, str]) -> Iterator[str]:
    """Give the spellings of an address: as mapped, single numbers of lists and ranges, the street's languages."""
    stem = "addr:street" if tags.get("addr:street") else "addr:place"
    numbers = tuple(dict.fromkeys(_numbers(tags.get("addr:housenumber", ""))))
    for key in (stem, *_languages(tags, stem)):
        street = tags.get(key, "").strip()
        if street:
            yield from (f"{street} {number}" for number in numbers)
    if numbers and tags.get(stem):
        yield tags.get("addr:housename", "")


def _numbers(text: str) -> Iterator[str]:
    """Split ``5;7``, ``2-6`` and ``8, Floor 6`` into house numbers; the whole comes first where it is a list."""
    parts = [part.strip() for part in re.split("[;,]", text)]
    numbers = parts[:1] + [part for part in parts[1:] if _NUMBER.fullmatch(part) or _RANGE.fullmatch(part)]
    if len(numbers) == len(parts) > 1:
        yield text.strip()
    for number in numbers:
        if not number:
            continue
        yield number
        span = _RANGE.fullmatch(number)
        if span is None:
            continue
        low, high = sorted((int(span[1]), int(span[2])))
        if high - low <= _MAX_RANGE:  # one side of a street where both ends are odd, or both even
            yield from map(str, range(low, high + 1, 1 + (low % 2 == high % 2)))
