"""The places of an area → one small file in which a page finds what a person names, without asking a server.

In: Places with WGS 84 positions, in any order. Out: bytes of JSON, the same for the same places. Positions are whole
steps of 1e-5 degrees (about a metre), each pair told from the one before it, the first from ``origin``:
``{"version", "step", "origin": [lon, lat], "ranks": {"street", "address"}, "places": [[kind, rank, names, positions]],
"streets": [[names, positions, numbers, their positions]]}``. A name is followed by its other languages, tabs between;
house numbers stand under their street, tabs between. Nothing is folded here: ``static/js/search.mjs`` does that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from routing.places import KIND_RANK
from routing.tagging import rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routing.model import LonLat, Place

__all__ = ["names_file"]

_VERSION = 1
_STEPS = 100_000  # to a degree; half a step is less than anybody knows a door by
_BAND = (
    100  # steps of latitude; sorted in bands, neighbours in the list are neighbours on the map, and so compress well
)
_HOUSE = re.compile(r"(.*[^\s,;/.–-]) ([0-9].*)")  # noqa: RUF001 - mappers type both dashes
_PARTS = re.compile(r"[0-9]+|[^0-9]+")
_LIST = re.compile("[;,]")  # "5;7" is no number that anybody types; its numbers stand beside it

_Point = tuple[int, int]
_Row = tuple[str, _Point]  # names with tabs between, and where


@dataclass(slots=True)
class _Street:
    """What is gathered about all streets of one name."""

    others: dict[str, None] = field(default_factory=dict)  # in other languages, in the order they were met
    at: list[_Point] = field(default_factory=list)
    houses: list[_Row] = field(default_factory=list)


def names_file(places: Iterable[Place]) -> bytes:
    r"""Write what the search on the page reads.

    Examples
    --------
    >>> from routing.model import LonLat, Place
    >>> file = msgspec.json.decode(names_file([Place(("Katu 5", "Gata 5"), "address", LonLat(24.9, 60.2))]))
    >>> file["origin"], file["streets"]
    ([2490000, 6020000], [['Katu\tGata', [], '5', [0, 0]]])
    """
    known = sorted(places, key=lambda p: (p.names, p.kind, p.lonlat))
    streets, rows = _gathered(known)
    points = [_point(place.lonlat) for place in known] or [(0, 0)]
    origin = min(x for x, _ in points), min(y for _, y in points)
    content = {
        "version": _VERSION,
        "step": _STEPS,
        "origin": origin,
        "ranks": {"street": KIND_RANK["street"], "address": KIND_RANK["address"]},
        "places": [[kind, rank(kind), *_columns(rows[kind], origin)] for kind in sorted(rows)],
        "streets": [_street_row(name, streets[name], origin) for name in sorted(streets)],
    }
    return msgspec.json.encode(content)


def _gathered(places: Sequence[Place]) -> tuple[dict[str, _Street], dict[str, list[_Row]]]:
    """Part streets with their houses from the other places, those by kind."""
    streets: dict[str, _Street] = {}
    rows: dict[str, list[_Row]] = {}
    for place in places:
        point = _point(place.lonlat)
        names = [_plain(name) for name in place.names]
        if place.kind == "street":
            street = streets.setdefault(names[0], _Street())
            street.others.update(dict.fromkeys(names[1:]))
            street.at.append(point)
        elif place.kind == "address":
            names = _housed(names, point, streets)
        if names and place.kind != "street":
            rows.setdefault(place.kind, []).append(("\t".join(names), point))
    return streets, rows


def _housed(names: Sequence[str], point: _Point, streets: dict[str, _Street]) -> list[str]:
    """Put an address under its street; give the names that are no street and number."""
    first = _HOUSE.fullmatch(names[0])
    if first is None:
        return list(names)
    home = streets.setdefault(first[1], _Street())
    numbers = {first[2]: None}
    left = []
    for name in names[1:]:
        parts = _HOUSE.fullmatch(name)
        if parts is not None and parts[1] == first[1]:
            numbers[parts[2]] = None
        elif parts is not None and parts[2] in numbers:
            home.others[parts[1]] = None
        else:
            left.append(name)
    single = [number for number in numbers if not _LIST.search(number)] or [first[2]]
    home.houses += [(number, point) for number in single]
    return left


def _street_row(name: str, street: _Street, origin: _Point) -> list[Any]:
    """Write one street: names, where it is, its numbers, where they are."""
    others = [other for other in street.others if other != name]
    houses = sorted(dict.fromkeys(street.houses), key=lambda house: (_counted(house[0]), house))
    numbers = "\t".join(number for number, _ in houses)
    return ["\t".join((name, *others)), _deltas(street.at, origin), numbers, _deltas([at for _, at in houses], origin)]


def _columns(rows: Iterable[_Row], origin: _Point) -> tuple[list[str], list[int]]:
    """Write the places of one kind, neighbours beside each other."""
    northward = sorted(rows, key=lambda row: (row[1][1] // _BAND, row[1][0], row))
    return [names for names, _ in northward], _deltas([at for _, at in northward], origin)


def _deltas(points: Iterable[_Point], origin: _Point) -> list[int]:
    """Tell each point from the one before it."""
    steps = []
    last_x, last_y = origin
    for x, y in points:
        steps += [x - last_x, y - last_y]
        last_x, last_y = x, y
    return steps


def _counted(number: str) -> list[tuple[int, str]]:
    """Sort house numbers as people count: 5, 5A, 12."""
    return [(int(part) if part.isdecimal() else 0, part) for part in _PARTS.findall(number)]


def _plain(name: str) -> str:
    """Leave only the spaces that words need: tabs part names here."""
    return " ".join(name.split())


def _point(lonlat: LonLat) -> _Point:
    """Give a position in whole steps."""
    return round(lonlat.lon * _STEPS), round(lonlat.lat * _STEPS)
