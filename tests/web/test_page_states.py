"""Every screen and state, in both languages and colours, on the narrowest phone, a usual one and a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser_support import NARROW, PHONE, WIDE, keep
from page_checks import PROMISES, map_date, overflow, small_targets, violations
from page_states import states

from web.texts import words_in

if TYPE_CHECKING:
    from conftest import OpenScreen

ALL = [(lang, scheme, size) for lang in ("ru", "en") for scheme in ("light", "dark") for size in (NARROW, PHONE, WIDE)]
# one of each in every run; all of them take minutes
SAMPLE = [("ru", "light", NARROW), ("en", "dark", WIDE)]


@pytest.mark.parametrize(
    ("lang", "scheme", "size"),
    [pytest.param(*one, marks=[] if one in SAMPLE else [pytest.mark.long]) for one in ALL],
    ids=[f"{lang}-{scheme}-{size['width']}" for lang, scheme, size in ALL],
)
def test_page_when_in_any_state_then_open_to_everyone_and_honest(
    device: OpenScreen, lang: str, scheme: str, size: dict[str, int]
) -> None:
    screen = device(lang, scheme, size)
    words = words_in(lang)
    date = map_date(words, "2019-04-21")
    known = words.t("ui.coverage", count=221, date=date)
    trouble = []
    for number, state in enumerate(states(screen)):
        keep(screen.page, f"{lang}-{scheme}-{size['width']}-{number:02}-{state}")
        found = [*violations(screen.page), *overflow(screen.page), *small_targets(screen.page)]
        found += [f"it says {line!r}" for line in screen.text().splitlines() if PROMISES.search(line)]
        coverage = screen.page.locator("#coverage")
        box = coverage.bounding_box()
        if box is None or box["y"] + box["height"] > size["height"] + 1 or coverage.inner_text() != known:
            found.append("coverage and the age of the data are not in sight")
        trouble += [f"{state}: {one}" for one in found]
    assert not trouble, "\n".join(trouble)
