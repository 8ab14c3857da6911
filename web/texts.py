"""The words of one language, for templates: keys and values in, sentences out; figures as the language writes them.

The dictionaries are ``static/i18n/<language>.json``: flat keys, each a sentence with ``{placeholders}``, or one for
each plural category of the language (CLDR), chosen by ``{count}``. A language is there as soon as its file is; what it
lacks is said in English. Values are put in as they are, once; nothing is escaped here, templates do that.

``static/js/i18n.mjs`` is the same on the page, to the letter (tests hold them together), so that a page without
JavaScript says nothing else.
"""

from __future__ import annotations

import json
import math
import re
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.dates import get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal

from routing.rounding import percent_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Text = str | Mapping[str, str]

__all__ = ["LANGUAGES", "Words", "minutes_of", "rounded", "words_in"]

_FOLDER: Final = Path(__file__).parent / "static" / "i18n"
_DEFAULT: Final = "en"
LANGUAGES: Final = tuple(
    sorted((path.stem for path in _FOLDER.glob("*.json")), key=lambda lang: (lang != _DEFAULT, lang))
)
"""All that have a dictionary, English first."""

_MISSING: Final = "…"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?![0-9])")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def rounded(number: float, digits: int = 0) -> float:
    """Round half up, as the page does, so that both say the same of 0.5.

    Examples
    --------
    >>> rounded(0.5), rounded(1.25, 1)
    (1.0, 1.3)
    """
    scale = 10.0**digits
    return math.floor(number * scale + 0.5) / scale


def minutes_of(seconds: float) -> int:
    """Give whole minutes as they are shown; differences of them are what comparisons tell.

    Examples
    --------
    >>> minutes_of(90)
    2
    """
    return int(rounded(seconds / 60))


@cache
def words_in(lang: str) -> Words:
    """Give the words of one of :data:`LANGUAGES`, read once.

    Examples
    --------
    >>> words_in("ru").month("2019-04-21")
    'апрель 2019'
    """
    return Words(lang)


class Words:
    """The words of one language, and how it writes figures.

    Attributes
    ----------
    lang
        BCP 47, ``ru``.
    texts
        The dictionary, for the page too; what the language lacks is in English.

    Parameters
    ----------
    strict
        Raise ``KeyError`` where a key or a value is missing, rather than show "…".
    """

    def __init__(self, lang: str, texts: Mapping[str, Text] | None = None, *, strict: bool = False) -> None:
        self.lang = lang
        self.texts = dict(texts if texts is not None else {**_read(_DEFAULT), **_read(lang)})
        self._locale = Locale.parse(lang, sep="-")
        self._strict = strict

    def has(self, key: str) -> bool:
        """Tell whether the dictionary has a key."""
        return key in self.texts

    def t(self, key: str, /, **values: str | float) -> str:
        """Give the sentence of a key, its placeholders filled; numbers among the values are written whole.

        Examples
        --------
        >>> Words("en").t("walks.cameras.fewer", count=2)
        '2 cameras fewer'
        """
        text = self.texts.get(key)
        if text is None:
            return self._lacks(key)
        if not isinstance(text, str):
            count = values.get("count")
            if count is None or isinstance(count, str):
                return self._lacks(f"{key} {{count}}")
            text = text.get(self._locale.plural_form(count), text["other"])
        return _PLACEHOLDER.sub(lambda found: self._shown(key, found[1], values), text)

    def _shown(self, key: str, name: str, values: Mapping[str, str | float]) -> str:
        if name not in values:
            return self._lacks(f"{key} {{{name}}}")
        value = values[name]
        return value if isinstance(value, str) else self.number(value)

    def _lacks(self, what: str) -> str:
        if self._strict:
            raise KeyError(f"{self.lang}: {what} is missing")
        return _MISSING

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with so many digits behind the point, all shown."""
        return format_decimal(
            rounded(value, digits) + 0.0, f"#,##0.{'0' * digits}" if digits else "#,##0", self._locale
        )

    def distance(self, metres: float) -> str:
        """Say a length as on the way: 4 m, 65 m, 340 m, 1.2 km."""
        step = 1 if metres < 10 else 5 if metres < 100 else 10  # noqa: PLR2004 - the digits a walker can use
        near = rounded(metres / step) * step
        if near < 1000:  # noqa: PLR2004 - metres in a kilometre
            return self.t("units.m", number=self.number(near))
        return self.t("units.km", number=self.number(metres / 1000, 1))

    def duration(self, seconds: float) -> str:
        """Say how long something takes: 45 s, 13 min, 1 h 5 min."""
        if rounded(seconds) < 60:  # noqa: PLR2004 - seconds in a minute
            return self.t("units.s", number=self.number(seconds))
        hours, minutes = divmod(minutes_of(seconds), 60)
        told = self.t("units.min", number=self.number(minutes))
        if hours == 0:
            return told
        whole = self.t("units.h", number=self.number(hours))
        return whole if minutes == 0 else self.t("units.h_min", hours=whole, minutes=told)

    def month(self, when: str) -> str:
        """Say ``2019-04`` or ``2019-04-21`` as "April 2019"; anything else as it is."""
        found = _MONTH.match(when)
        if found is None:
            return when
        names = get_month_names("wide", "stand-alone", self._locale)
        return self.t("units.month", month=names[int(found[2])], year=found[1])

    def date(self, day: str) -> str:
        """Say ``2026-11-24`` with its day; anything else as a month, or as it is."""
        found = _DAY.match(day)
        try:
            when = date.fromisoformat(found[0] if found else "")
        except ValueError:
            return self.month(day)
        names = get_month_names("wide", "format", self._locale)  # beside a day many languages use another case
        return self.t("units.date", day=str(when.day), month=names[when.month], year=day[:4])

    def share(self, part: float) -> str:
        """Write a share of 0…1 in whole percent."""
        return self.t("units.percent", number=self.number(rounded(part, 2) * 100))

    def chance(self, part: float) -> str:
        """Write a chance of 0…1 with the digits that the model deserves: 12 %, 1.2 %, under 0.1 %, over 99 %."""
        beyond, number, digits = percent_of(part)
        told = self.t("units.percent", number=self.number(number / 10**digits, digits))
        return told if beyond == 0 else self.t("units.over" if beyond > 0 else "units.under", share=told)

    def kind(self, word: str) -> str:
        """Say what a kind of place is called; kinds that nobody translated are just places."""
        name = word.replace(" ", "_")
        return self.t(f"kinds.{name}") if self.has(f"kinds.{name}") else self.t("kinds.place")

    def series(self, items: Sequence[str]) -> str:
        """Join: "north, east and south"."""
        return format_list(items, "standard", self._locale)

    @staticmethod
    def capital(text: str) -> str:
        """Begin with a capital."""
        return text[:1].upper() + text[1:]


@cache
def _read(lang: str) -> Mapping[str, Text]:
    if lang not in LANGUAGES:
        raise KeyError(f"no dictionary of the language {lang!r}")
    read: dict[str, Text] = json.loads((_FOLDER / f"{lang}.json").read_text(encoding="utf-8"))
    return MappingProxyType(read)
