"""A walk on paper: what is on it, how it prints on A4 and Letter, and that nobody is asked for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from browser_support import NARROW, PHONE, forms, keep
from page_checks import PROMISES, overflow, small_targets, violations
from page_states import END, START
from walks_on_foot import with_walks

from web.sentences import coverage_words, step_words, walk_words
from web.texts import words_in

if TYPE_CHECKING:
    from browser_support import Screen
    from conftest import OpenScreen

    Walk = dict[str, Any]

LANGUAGES: Final = pytest.mark.parametrize("lang", ["ru", "en"])
PX_PER_MM: Final = 96 / 25.4
# px of what is drawn, and what is cut by the page's edge
_DRAWN: Final = """() => {
  const found = [...document.querySelectorAll(".paper-map, .paper-map text, #paper-sheet > *")].map((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    return [one.tagName, left, right, width];
  });
  return { found, wide: document.documentElement.clientWidth };
}"""


def on_paper(screen: Screen, name: str = "shortest") -> Walk:
    routes = with_walks(screen)
    screen.page.locator(f"#cards input[value={name}]").check(force=True)
    screen.page.locator("#to-paper").tap()
    screen.until("the paper", screen.page.locator("#paper").is_visible)
    return next(route for route in routes if route["name"] == name)


@LANGUAGES
def test_paper_when_made_then_holds_all_of_the_walk_and_asks_nobody(device: OpenScreen, lang: str) -> None:
    screen = device(lang, "dark" if lang == "ru" else "light")
    route = on_paper(screen)
    words, page = words_in(lang), screen.page
    asked = len(screen.watch.requests)
    keep(page, f"paper-{lang}")
    text = page.locator("#paper-sheet").inner_text()
    for said in walk_words(words, route):
        assert said in text
    steps = page.locator("#paper-steps li").all_inner_texts()
    assert len(steps) == len(route["steps"])
    for shown, step in zip(steps, route["steps"], strict=True):
        assert shown.startswith(step_words(words, step))
        assert step["length_m"] == 0 or shown.endswith(words.distance(step["length_m"]))
    met = page.locator("#paper-cameras li").all_inner_texts()
    assert len(met) == len(route["meetings"])
    for shown, meeting in zip(met, route["meetings"], strict=True):
        assert words.distance(meeting["at_m"]) in shown
    area = page.evaluate("() => JSON.parse(document.getElementById('config').textContent).area")
    assert coverage_words(words, area) in page.locator("#paper-coverage").inner_text()
    assert words.t("ui.unknown") in text
    assert page.locator("#paper-attribution").inner_text() == words.t("paper.attribution")
    screen.until("the streets about it", lambda: page.locator(".paper-way").count() > 0)
    assert all(page.locator(".paper-way").nth(i).get_attribute("d") for i in range(page.locator(".paper-way").count()))
    aside = set(page.locator(".paper-aside").all_text_contents())
    assert aside
    assert not aside & {step["name"] for step in route["steps"]}
    dots = page.locator(".paper-camera text").all_text_contents()
    assert dots == [words.number(i + 1) for i in range(len(route["meetings"]))]
    names = {step["name"] for step in route["steps"]}
    shown_names = [one for one in page.locator(".paper-map text").all_text_contents() if one in names - {""}]
    assert len(set(shown_names)) * 2 >= len(names - {""})
    assert page.title() == words.t("paper.title")
    assert page.evaluate("() => document.activeElement.id") == "paper-title"
    places = {form for place in (START, END) for form in forms(place)}
    assert not [form for form in places if form in page.title() + page.url.removeprefix(screen.watch.origin)]
    assert not PROMISES.search(screen.text())
    assert violations(page) == []
    assert small_targets(page) == []
    assert overflow(page) == []
    page.evaluate("() => { window.print = () => { window.sidestepPrinted = document.title; }; }")
    page.locator("#paper-print").tap()
    assert page.evaluate("() => window.sidestepPrinted") == words.t("paper.title")
    page.locator("#paper-close").tap()
    assert page.locator("#paper").count() == 0
    assert page.evaluate("() => document.activeElement.id") == "to-paper"
    assert page.title() == "Sidestep · Helsinki centre"
    assert len(screen.watch.requests) == asked


@pytest.mark.parametrize(("lang", "sheet"), [("ru", "A4"), ("en", "Letter")])
def test_paper_when_printed_then_whole_maps_at_scale_in_black_on_white(
    device: OpenScreen, lang: str, sheet: str
) -> None:
    screen = device(lang, "dark")
    on_paper(screen)
    page = screen.page
    pdf = page.pdf(format=sheet)  # as a printer without a margin of its own would
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 2 <= pages <= 5
    page.emulate_media(media="print")
    wide_mm = {"A4": 210, "Letter": 215.9}[sheet] - 30
    page.set_viewport_size({"width": int(wide_mm * PX_PER_MM), "height": 1000})
    screen.breathe()
    drawn = page.evaluate(_DRAWN)
    for tag, left, right, width in drawn["found"]:
        assert left >= -1, tag
        assert right <= drawn["wide"] + 1, tag
        assert tag != "svg" or min(abs(width - mm * PX_PER_MM) for mm in (83, 170)) < 1, "at its scale"
    for hidden in ("#app", "#paper-bar", "#bar", "#map"):
        assert not page.locator(hidden).is_visible()
    colours = page.evaluate(
        "() => ['color', 'background-color'].map((name) => getComputedStyle(document.getElementById('paper'))[name])"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    keep(page, f"paper-print-{lang}", whole=True)


def test_paper_when_on_a_narrow_phone_then_fits_and_escape_or_back_leaves_it(device: OpenScreen) -> None:
    screen = device("ru", size=NARROW)
    on_paper(screen, "least_seen")
    assert overflow(screen.page) == []
    assert small_targets(screen.page) == []
    keep(screen.page, "paper-narrow")
    past = screen.past() - 1
    screen.page.keyboard.press("Escape")
    assert screen.page.locator("#paper").count() == 0
    screen.until("the entry taken off", lambda: screen.past() == past)
    screen.page.locator("#to-paper").tap()
    screen.until("the paper again", screen.page.locator("#paper").is_visible)
    assert screen.past() == past + 1
    screen.back()
    assert screen.page.locator("#paper").count() == 0
    assert screen.page.evaluate("() => document.activeElement.id") == "to-paper"
    assert len(screen.cards()) > 0, "the walks are there"
    assert PHONE["width"] > NARROW["width"]
