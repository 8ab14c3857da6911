"""Spelling: a name as written → words that compare equal however a person types it; and near spellings.

In and out: text. Nothing here knows where a place is.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

# ruff: noqa: RUF001, RUF002 - Russian letters look like Latin ones, and are meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MAX_COMPARED = 60  # names that difflib looks at; it is slow

# Words for kinds of streets that may stand before or after the name, or be left out.
_STREET_WORDS: Final = {
    "улица": ("ул",),
    "проспект": ("просп", "пр-т", "пр-кт"),
    "проезд": ("пр-д",),
    "переулок": ("пер",),
    "бульвар": ("бул", "б-р"),
    "набережная": ("наб",),
    "площадь": ("пл",),
    "шоссе": ("ш",),
    "тупик": ("туп",),
    "street": ("st", "str"),
    "avenue": ("ave", "av"),
    "boulevard": ("blvd",),
    "road": ("rd",),
    "square": ("sq",),
    "lane": ("ln",),
}
_BLOCKS: Final = {"корп": "к", "корпус": "к", "стр": "с", "строение": "с"}  # of a Russian house number
_SHORT: Final = {short: word for word, shorts in _STREET_WORDS.items() for short in shorts} | _BLOCKS
_HOUSE = frozenset({"д", "дом"})

# Accents that NFKD sets apart, Hebrew points and Arabic vowels; other scripts cannot be read without their marks.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670'\u2019\u02bc`]"
)
_MARKED = "\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f"  # Indian scripts, Thai, Lao, Burmese: marks belong to the word
_WORD = re.compile(rf"пр-к?т(?!\w)|пр-д(?!\w)|б-р(?!\w)|[0-9]+|(?:[^\W\d_]|[{_MARKED}])+|\d+")


def fold(text: str) -> str:
    """Drop case, accents and apostrophes; ``ё`` becomes ``е``, ``й`` stays.

    Examples
    --------
    >>> fold("Töölö, Королёв, Йошкар-Ола, Weißer Straße")
    'toolo, королев, йошкар-ола, weisser strasse'
    """
    plain = unicodedata.normalize("NFKD", text.replace("№", " ")).casefold()
    return _DROPPED.sub("", plain.replace("и\u0306", "й"))


class Words(NamedTuple):
    """A name in words: those for the kind of street, and the rest in order."""

    street: tuple[str, ...]
    rest: tuple[str, ...]

    def covers(self, wanted: Words, *, whole: bool) -> bool:
        """Tell whether every wanted word is (``whole``) or begins a word here, and its numbers are the first here."""
        rest = self.rest
        if wanted.rest and rest and rest[0].isdigit() and not wanted.rest[0].isdigit():
            rest = rest[1:]  # the 3 of "3rd Avenue" is not the house that was asked for
        numbers = [word for word in wanted.rest if word.isdigit()]
        if numbers != [word for word in rest if word.isdigit()][: len(numbers)]:
            return False  # house 9, block 4 is not house 4
        mine = (*self.street, *rest)
        words = (*wanted.street, *wanted.rest)
        return set(words) <= set(mine) if whole else all(any(own.startswith(word) for own in mine) for word in words)


def words_of(folded: str) -> Words:
    """Split a folded name into words, abbreviations written out.

    Examples
    --------
    >>> words_of(fold("Аргуновская ул., д. 3к1"))
    Words(street=('улица',), rest=('аргуновская', '3', 'к', '1'))
    """
    found = [_SHORT.get(word, word) for word in _WORD.findall(folded)]
    after = [*found[1:], ""]
    kept = [word for word, then in zip(found, after, strict=False) if word not in _HOUSE or not then.isdigit()]
    if not kept:
        return Words((), (folded,))
    street = tuple(word for word in kept if word in _STREET_WORDS)
    return Words(street, tuple(word for word in kept if word not in _STREET_WORDS))


def readings(words: Words) -> Iterator[Words]:
    """Give a typed name as it is and with a house number in front moved to the end.

    Examples
    --------
    >>> [r.rest for r in readings(Words((), ("5", "a", "bulevardi")))]
    [('5', 'a', 'bulevardi'), ('a', 'bulevardi', '5'), ('bulevardi', '5', 'a')]
    """
    yield words
    for n, word in enumerate(words.rest[:-1], start=1):
        if not (word.isdigit() or (n > 1 and len(word) == 1)):
            return
        yield Words(words.street, words.rest[n:] + words.rest[:n])


def nearest(wanted: str, names: Iterable[tuple[str, str]], count: int = 3) -> tuple[str, ...]:
    """Give the names whose spelling is nearest, best first, from pairs of a folded name and the name.

    Examples
    --------
    >>> nearest("kampi", [("kamppi", "Kamppi"), ("oodi", "Oodi")])
    ('Kamppi',)
    """
    padded = f" {wanted} "
    parts = {padded[i : i + 3] for i in range(len(padded) - 2)}
    scored = []
    for folded, name in names:
        line = f" {folded} "
        shared = sum(part in line for part in parts)
        if shared:
            scored.append((abs(len(line) - len(padded)) - 3 * shared, folded, name))
    by_fold: dict[str, str] = {}
    for _, folded, name in sorted(scored)[:_MAX_COMPARED]:
        by_fold.setdefault(folded, name)
    return tuple(by_fold[best] for best in difflib.get_close_matches(wanted, by_fold, n=count, cutoff=0.6))
