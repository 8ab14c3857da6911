"""Spelling: a name as written → words that compare equal however a person types it; and near spellings.

``fold`` and ``words_of`` keep to one script; ``skeleton`` gives one spelling to a name's Cyrillic form and every way to
write it in Latin letters. In and out: text. Nothing here knows where a place is.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

# ruff: noqa: RUF001, RUF002 - Russian letters look like Latin ones, and are meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
_INDIAN = "\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f"  # Indian scripts, Thai, Lao, Burmese: marks belong to the word
_WORD = re.compile(rf"пр-к?т(?!\w)|пр-д(?!\w)|б-р(?!\w)|[0-9]+|(?:[^\W\d_]|[{_INDIAN}])+|\d+")

# What follows is the same as in web/static/js/fold.mjs; tests/web/spellings.json holds both to one table.

# Cyrillic letters after й, ё and the like have lost their marks; and Latin letters that have no mark to lose.
_CYRILLIC = (
    *("а a", "б b", "в v", "г g", "д d", "е e", "ж zh", "з z", "и i", "к k", "л l", "м m", "н n", "о o", "п p", "р r"),
    *("с s", "т t", "у u", "ф f", "х kh", "ц ts", "ч ch", "ш sh", "щ shch", "ы y", "э e", "ю yu", "я ya", "і i"),
    *("є ye", "ґ g", "ј j", "љ lj", "њ nj", "ћ ch", "ђ dj", "џ dzh", "қ k", "ң n", "ғ g", "ү u", "ұ u", "ө o", "һ h"),
    *("ә a", "ѣ e", "ѳ f", "ѵ i", "ß ss", "æ ae", "œ oe", "ø o", "ł l", "đ d", "ð d", "þ th", "ı i", "ς σ"),
)
_LETTERS: Final = str.maketrans({"ъ": "", "ь": "", **dict(pair.split(" ") for pair in _CYRILLIC)})
# Letters that only ISO 9 and the scientific way mark.
_MARKED: Final = {"z\u030c": "zh", "c\u030c": "ch", "s\u030c": "sh", "s\u0302": "shch"}
# What Latin letters stand for, in any of the ways to write Russian.
_SOUNDS: Final = {
    **dict.fromkeys(("schtsch", "shtsch", "stsch", "shtch", "schch", "shch", "chsh", "shsh", "shh", "sch", "sh"), "w"),
    **dict.fromkeys(("tsch", "tch", "tsh", "ch"), "q"),
    **dict.fromkeys(("ttc", "tcz", "tts", "tc", "ts", "tz", "cz"), "c"),
    **dict.fromkeys(("kh", "x"), "h"),
    **dict.fromkeys(("y", "j"), "i"),
    **dict(zip(("zh", "q", "w"), "xkv", strict=True)),
}
# Words for kinds of streets, which may stand before or after the name, be translated, shortened or left out.
_TYPES: Final = {
    "~street": "улица ул street st str",
    "~avenue": "проспект просп пр avenue ave av",
    "~lane": "переулок пер lane ln",
    "~boulevard": "бульвар бульв бул boulevard blvd",
    "~embankment": "набережная наб embankment emb quay",
    "~square": "площадь пл square sq",
    "~highway": "шоссе ш дорога highway hwy road rd",
    "~passage": "проезд passage",
    "~deadend": "тупик туп",
    "~alley": "аллея alley",
}
_PAIRS: Final = {("pr", "t"): "~avenue", ("pr", "kt"): "~avenue", ("b", "r"): "~boulevard", ("pr", "d"): "~passage"}
_PARTS: Final = {"k": "к корп корпус corp corpus", "s": "с стр строение c", "": "лит литер литера"}
_SILENT: Final = "д дом вл владение house no"  # before a house number

# also the dot of BGN/PCGN, and the quotation mark that some write for ъ
_APOSTROPHES = re.compile(
    "['\u2018\u2019\u02bc\u02bb\u02b9\u02ba\u02be\u02bf`\u00b4\u2032\u2033\u00b7]|(?<=[A-Za-z])[\"\u201d](?=[eijy])"
)
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
_MARKED_LETTER = re.compile("[zcs]\u030c|s\u0302")
_CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_RUN = re.compile(r"\d+|[^\d ]+")
_TWICE = re.compile(r"([^\d])\1+", re.DOTALL)


class _Letters(dict[int, str]):
    """A table for ``str.translate``: letters, marks and digits stay, whatever else is a space."""

    def __missing__(self, code: int) -> str:
        category = unicodedata.category(chr(code))
        self[code] = chr(code) if category[0] in "LM" or category == "Nd" else " "
        return self[code]


_WORDS_ONLY = _Letters()


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


@lru_cache(maxsize=100_000)
def _skeleton_word(word: str) -> str:
    """Give the skeleton of one word in lower case, accents apart."""
    if word[0].isdecimal():
        return word
    bare = _MARKS.sub("", _MARKED_LETTER.sub(lambda pair: _MARKED[pair[0]], word))
    sounds = _SOUND.sub(lambda sound: _SOUNDS[sound[0]], bare.translate(_LETTERS))
    softened = re.sub("([wqx])o", r"\1e", re.sub("i+o", "e", sounds))
    return _TWICE.sub(r"\1", re.sub("i+(?=[aeu])", "", softened)) or bare


def _folded(table: Mapping[str, str]) -> dict[str, str]:
    """Turn a table from what is meant to its words into one from the words' skeletons to what is meant."""
    return {_skeleton_word(unicodedata.normalize("NFKD", word)): key for key in table for word in table[key].split(" ")}


_TYPE_OF: Final = _folded(_TYPES)
_PART_OF: Final = _folded(_PARTS)
_SILENT_WORDS: Final = frozenset(_folded({"": _SILENT}))


def is_cyrillic(text: str) -> bool:
    """Tell whether a text has a Cyrillic letter.

    Examples
    --------
    >>> is_cyrillic("Щ-1"), is_cyrillic("A-1")
    (True, False)
    """
    return _CYRILLIC_LETTER.search(text) is not None


def skeleton(text: str, *, loose: bool = False) -> Words:
    """Give one spelling to a name's Cyrillic form and every way to write it in Latin letters.

    Parameters
    ----------
    loose
        Let go of what still tells spellings apart: х and ч are both ``ch`` somewhere, х and кс both ``x``, and ü may
        be ``ue``.

    Examples
    --------
    >>> skeleton("ул. Щёпкина, д. 3 корп. 1") == skeleton("Shchepkina ulitsa 3k1")
    True
    >>> skeleton("Мехелининкату", loose=True) == skeleton("Mechelininkatu", loose=True)
    True
    """
    low = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text.replace("№", " "))).lower()
    words = [word for word in _RUN.findall(low.translate(_WORDS_ONLY)) if _MARKS.sub("", word)]
    bones = [_skeleton_word(word) for word in words]
    found = _sorted_out(bones)
    if not found.rest:
        sign = re.sub("[ \t\r\n]+", " ", text.lower()).removeprefix(" ").removesuffix(" ")
        found = Words((), tuple(bones) or ((sign,) if sign else ()))
    return Words(found.street, tuple(map(_loosened, found.rest))) if loose else found


def _sorted_out(bones: Sequence[str]) -> Words:
    """Put the words for the kind of street apart, and write blocks of houses in one way."""
    types: set[str] = set()
    rest: list[str] = []
    numbered = skip = False
    for own, after in zip(bones, [*bones[1:], ""], strict=False):
        if skip:
            skip = False
            continue
        counts = after[:1].isdecimal()
        part = _PART_OF.get(own) if numbered and (counts or len(after) == 1) else None
        numbered = numbered or own[0].isdecimal()
        if part == "" or (part is None and counts and own in _SILENT_WORDS):
            continue
        skip = part is None and (own, after) in _PAIRS
        kind = _PAIRS[own, after] if skip else _TYPE_OF.get(own)
        if part is None and kind is not None:
            types.add(kind)
        else:
            rest.append(own if part is None else part)
    return Words(tuple(sorted(types)), tuple(rest))


def _loosened(bone: str) -> str:
    """Merge the sounds that are written alike in some ways to write Russian."""
    return _TWICE.sub(r"\1", re.sub("([aou])e", r"\1", re.sub("ks|q", "h", bone).replace("ho", "he")))


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
