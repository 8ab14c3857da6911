"""What a person wants to walk to, any of several → the places that are meant: a kind of place, or a list of places.

In: text in English or Russian, and the places of an area. Out: Places. No message holds a coordinate.
"""

from __future__ import annotations

import re
from collections import Counter
from textwrap import wrap
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from routing.errors import AmbiguousError, PlaceError, UnknownKindError, UnknownPlaceError
from routing.model import Place
from routing.places import find
from routing.points import is_angle, parse_point
from routing.rounding import plain
from routing.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Meant", "kind_of", "kinds_of", "meant", "of_kind", "places_meant"]


# Words that people use → kinds; of several the first that the area has is meant.
_SAID: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(("metro", "subway", "underground", "u-bahn", "tube", "метро"), ("entrance", "station")),
        **dict.fromkeys(("metro entrance", "subway entrance", "вход в метро"), ("entrance",)),
        **dict.fromkeys(("train", "railway", "railway station", "train station", "станция", "вокзал"), ("station",)),
        **dict.fromkeys(("chemist", "drugstore", "apothecary", "аптека"), ("pharmacy",)),
        **dict.fromkeys(("toilet", "wc", "restroom", "lavatory", "loo", "туалет", "уборная"), ("toilets",)),
        **dict.fromkeys(("супермаркет",), ("supermarket",)),
        **dict.fromkeys(
            ("grocery", "groceries", "food", "продукты", "продуктовый"), ("supermarket", "convenience shop")
        ),
        **dict.fromkeys(("convenience", "convenience store", "corner shop"), ("convenience shop",)),
        **dict.fromkeys(("магазин", "store"), ("shop",)),
        **dict.fromkeys(("water", "drinking fountain", "питьевая вода", "вода"), ("drinking water", "water")),
        **dict.fromkeys(("cash machine", "cash", "банкомат"), ("atm",)),
        **dict.fromkeys(("tram", "трамвай", "трамвайная остановка"), ("tram stop",)),
        **dict.fromkeys(("bus", "автобус", "автобусная остановка", "остановка"), ("bus stop",)),
        **dict.fromkeys(("doctor", "врач", "поликлиника"), ("doctors", "clinic")),
        **dict.fromkeys(
            ("church", "mosque", "synagogue", "temple", "церковь", "мечеть", "храм"), ("place of worship",)
        ),
        **dict.fromkeys(("mall", "торговый центр"), ("shopping centre",)),
        **dict.fromkeys(("market", "рынок"), ("marketplace",)),
        **dict.fromkeys(("post", "почта"), ("post office",)),
        **dict.fromkeys(("полиция",), ("police",)),
        **dict.fromkeys(("больница",), ("hospital",)),
        **dict.fromkeys(("банк",), ("bank",)),
        **dict.fromkeys(("кафе", "coffee"), ("cafe",)),
        **dict.fromkeys(("ресторан",), ("restaurant",)),
        **dict.fromkeys(("пекарня", "булочная"), ("bakery",)),
        **dict.fromkeys(("библиотека",), ("library",)),
        **dict.fromkeys(("парк",), ("park",)),
        **dict.fromkeys(("школа",), ("school",)),
        **dict.fromkeys(("гостиница", "отель"), ("hotel",)),
        **dict.fromkeys(("площадь",), ("square",)),
    }
)
_CHOICE: Final = re.compile(r"[^,]+ \([^(),]+\),")  # as find() writes what tells one place from those alike
_HOUSE_NUMBER: Final = re.compile(r"[0-9]+ ?\w?")  # no place by itself
_WIDTH = 78  # columns of the list of kinds, which is indented


def kinds_of(places: Iterable[Place]) -> Counter[str]:
    """Count the places of each kind."""
    return Counter(place.kind for place in places)


def kind_of(places: Iterable[Place], text: str) -> str | None:
    """Find the kind of place that a word means, in English or Russian, one or many; ``None`` where it means none.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> known = [Place(("Kamppi",), "station", LonLat(24.93, 60.17)), Place(("A",), "cafe", LonLat(24.93, 60.17))]
    >>> kind_of(known, "Metro"), kind_of(known, "Cafés"), kind_of(known, "Kamppi")
    ('station', 'cafe', None)
    """
    known = {fold(kind): kind for kind in kinds_of(places)}
    for word in _one_or_many(text):
        kinds = (*_SAID_FOLDED.get(word, ()), word)
        found = next((known[kind] for kind in kinds if kind in known), None)
        if found is not None:
            return found
    return None


def _one_or_many(text: str) -> tuple[str, ...]:
    """Give a word folded as it is, and as it may stand for one or for many."""
    said = fold(" ".join(text.split()))
    return said, said.removesuffix("s"), f"{said}s", f"{said.removesuffix('ies')}y"


def of_kind(places: Iterable[Place], kind: str) -> list[Place]:
    """Give the places of a kind."""
    return [place for place in places if place.kind == kind]


def places_meant(places: Sequence[Place], texts: Iterable[str]) -> list[Place]:
    """Give the places that are meant by kinds, names, addresses and positions.

    Parameters
    ----------
    places
        Of the area.
    texts
        Each a kind, a place, or several of both with commas between. A position becomes a place called by its number.

    Raises
    ------
    PlaceError, AmbiguousError
        If one of them is no place, or may be several; :class:`UnknownKindError` tells which kinds there are.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> known = [Place((name,), "cafe", LonLat(24.9, 60.2)) for name in ("Regatta", "Engel")]
    >>> [place.names[0] for place in places_meant(known, ["Engel, 60.17,24.95"])]
    ['Engel', 'position 2']
    >>> len(places_meant(known, ["cafes"]))
    2
    """
    return list(dict.fromkeys(place for one in meant(places, texts) for place in one.places))


class Meant(NamedTuple):
    """A part of what was typed, and what it means.

    Attributes
    ----------
    told
        How to tell which: a kind, and for which word where it is another; the name of a place and its kind; or
        "position" and a number.
    places
        All of the kind, or the one place.
    is_kind
        It is a kind.
    """

    told: str
    places: tuple[Place, ...]
    is_kind: bool


def meant(places: Sequence[Place], texts: Iterable[str]) -> list[Meant]:
    """Take apart what is meant by kinds, names, addresses and positions; see :func:`places_meant`.

    A text is taken apart at its commas where a part is a kind of place, or each part is a place. It is one place where
    it is all of a name, is written as the choices of :func:`routing.places.find` are, or is known only whole, as an
    address with its district.

    Examples
    --------
    >>> from routing.model import LonLat
    >>> known = [Place(("Engel",), "cafe", LonLat(24.9, 60.2)), Place(("Kiasma",), "museum", LonLat(24.9, 60.2))]
    >>> [one.told for one in meant(known, ["cafes, Kiasma, 60.17,24.95"])]
    ['cafe', 'Kiasma (museum)', 'position 3']
    """
    found: list[Meant] = []
    for text in texts:
        parts = _parts(text)
        whole = _whole(places, text, parts) if len(parts) > 1 else None
        for part in parts if whole is None else ():
            one = _one(places, part, len(found) + 1)
            if one is None:
                raise _unknown(places, part)
            found.append(one)
        found += [] if whole is None else [whole]
    if not found:
        raise PlaceError("no place was named: give a kind of place, or names with commas between")
    return found


def _one(places: Sequence[Place], text: str, number: int) -> Meant | None:
    """Give what one text means, ``None`` if it means nothing that is known."""
    point = parse_point(text) if _is_one_point(text) else None
    if point is not None:
        told = f"position {number}"
        return Meant(told, (Place((told,), "position", point),), is_kind=False)
    kind = kind_of(places, text)
    if kind is not None:
        told = kind if fold(kind) in _one_or_many(text) else f'{kind}, for "{plain(text)}"'
        return Meant(told, tuple(of_kind(places, kind)), is_kind=True)
    try:
        place = find(places, text)
    except UnknownPlaceError:
        return None
    return Meant(f"{plain(place.names[0])} ({plain(place.kind)})", (place,), is_kind=False)


def _whole(places: Sequence[Place], text: str, parts: Sequence[str]) -> Meant | None:
    """Give what a text with commas means if it is one place, ``None`` if it is to be taken apart."""
    said = fold(" ".join(text.split()))
    if not any(said == fold(name) for place in places for name in place.names):
        read = [None if _HOUSE_NUMBER.fullmatch(part) else _read(places, part) for part in parts]
        if all(isinstance(one, Meant) for one in read):
            return None
        a_kind = any(isinstance(one, Meant) and one.is_kind for one in read)
        if a_kind and not (_CHOICE.match(text) and isinstance(read[0], AmbiguousError)):
            return None
    whole = _read(places, text)
    if isinstance(whole, AmbiguousError):
        raise whole
    return whole


def _read(places: Sequence[Place], text: str) -> Meant | AmbiguousError | None:
    """Give what a text means, or why that is not clear."""
    try:
        return _one(places, text, 1)
    except AmbiguousError as error:
        return error


def _is_one_point(text: str) -> bool:
    """Tell whether a text may be a position: one of two numbers, not of four."""
    return ":" in text or text.count(",") <= 1


def _parts(text: str) -> list[str]:
    """Split at commas, but not between two numbers: they are a position.

    Examples
    --------
    >>> _parts("Kamppi, 60.17,24.94, Kiasma")
    ['Kamppi', '60.17,24.94', 'Kiasma']
    """
    parts: list[str] = []
    for part in map(str.strip, text.split(",")):
        if parts and _is_number(part) and _is_number(parts[-1]):
            parts[-1] += f",{part}"
        elif part:
            parts.append(part)
    return parts


def _is_number(text: str) -> bool:
    return is_angle(text) or ("." in text and text.lstrip("+-\u2212").replace(".", "", 1).isdecimal())


def _unknown(places: Sequence[Place], text: str) -> UnknownKindError:
    """Say what is not known, and which kinds there are."""
    try:
        find(places, text)
    except UnknownPlaceError as error:
        listed = ", ".join(f"{plain(kind)} {number}" for kind, number in kinds_of(places).most_common())
        return UnknownKindError(
            f"{error}; nor is it a kind of place; the kinds here, and how many of each:", tuple(wrap(listed, _WIDTH))
        )
    raise AssertionError("what is known is not unknown")


_SAID_FOLDED: Final = {fold(word): tuple(map(fold, kinds)) for word, kinds in _SAID.items()}
