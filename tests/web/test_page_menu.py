"""The menu: colours, languages, what the page says of itself; and what it never says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser_support import keep
from page_checks import PROMISES

from web.texts import words_in

if TYPE_CHECKING:
    from conftest import OpenScreen

PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 31, 35)"}
GROUND = "() => map.getPaintProperty(map.getStyle().layers[0].id, 'background-color')"


def test_colours_when_chosen_then_page_and_map_follow_and_the_walks_stay(device: OpenScreen) -> None:
    screen = device("en", "light").open()
    plan = screen.plan()
    ground = screen.ask(GROUND)
    page = screen.page
    for theme in ("dark", "light", "auto"):
        page.locator("#open-menu").tap()
        page.get_by_role("radio", name=screen.words(f"ui.theme.{theme}")).check()
        page.keyboard.press("Escape")
        screen.settle()
        shown = "dark" if theme == "dark" else "light"
        assert page.locator("#sheet").evaluate("(one) => getComputedStyle(one).backgroundColor") == PAPER[shown]
        assert (screen.ask(GROUND) == ground) == (shown == "light")
        assert [f["geometry"] for f in screen.data("walks")] == [route["geometry"] for route in plan["routes"]]
        assert len(screen.drawn("seen")) > 0
    page.emulate_media(color_scheme="dark")
    screen.settle()
    screen.until("a dark map", lambda: screen.ask(GROUND) != ground)
    screen.until("the walk in the new colours", lambda: screen.drawn("walk-least_seen"))


@pytest.mark.parametrize(("here", "there"), [("ru", "en"), ("en", "ru")])
def test_language_when_changed_then_the_page_speaks_it_and_nothing_of_the_walk_goes_along(
    device: OpenScreen, here: str, there: str
) -> None:
    screen = device(here).open()
    screen.plan()
    screen.page.locator("#open-menu").tap()
    current = screen.page.locator(".languages [aria-current]")
    assert current.inner_text() == screen.words(f"ui.language.{here}")
    keep(screen.page, f"menu-{here}")
    screen.page.get_by_role("link", name=screen.words(f"ui.language.{there}")).tap()
    screen.page.wait_for_url(f"**/{there}/")
    screen.settle()
    assert screen.page.url == f"{screen.watch.origin}/{there}/"
    assert screen.page.locator("html").get_attribute("lang") == there
    # any site that is opened in this window later could read its name
    assert screen.ask("() => window.name") == ""
    assert screen.data("walks") == []
    assert screen.page.locator("#end").input_value() == ""


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_menu_when_opened_then_tells_what_the_page_does_and_cannot(device: OpenScreen, lang: str) -> None:
    screen = device(lang).open()
    screen.page.locator("#open-menu").tap()
    screen.until("the menu", screen.page.locator("#dialog").is_visible)
    said = screen.page.locator("#dialog").inner_text()
    for key in ("ui.about.what", "ui.unknown", "ui.about.private", "ui.about.eyes", "ui.legend.ring", "ui.legend.seen"):
        assert words_in(lang).t(key) in said
    assert "OpenStreetMap" in said
    assert screen.page.evaluate("() => document.activeElement.closest('dialog') !== null")
    screen.page.mouse.click(2, 2)
    assert screen.page.locator("#dialog").is_hidden(), "a tap beside it closes it"
    assert screen.page.evaluate("() => document.activeElement.id") == "open-menu"


def test_back_when_a_dialog_is_open_then_closes_it_and_the_walks_stay(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.plan()
    page, dialog, past = screen.page, screen.page.locator("#dialog"), screen.past()
    page.locator("#open-menu").tap()
    screen.back()
    assert dialog.is_hidden()
    assert screen.past() == past
    page.locator("#open-menu").tap()
    dialog.locator(".buttons button").last.tap()
    screen.until("what lies on this phone", page.locator("#device-state").is_visible)
    page.locator("#device-forget").tap()
    assert screen.past() == past + 1, "one took the other's place"
    screen.back()
    assert dialog.is_hidden()
    for shut in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.click(2, 2),
        dialog.locator(".head button").tap,
    ):
        page.locator("#open-menu").tap()
        assert screen.past() == past + 1
        shut()
        screen.until("the entry taken off", lambda: screen.past() == past)
        assert dialog.is_hidden()
    assert len(screen.cards()) == len(screen.data("walks"))


def test_start_page_when_the_browser_asks_for_russian_then_it_is_russian(device: OpenScreen) -> None:
    for locale, lang in (("ru-RU", "ru"), ("en-GB", "en"), ("fi-FI", "en")):
        screen = device(locale=locale)
        screen.page.goto(screen.watch.origin)
        screen.settle()
        assert screen.page.locator("html").get_attribute("lang") == lang


def test_promise_when_looked_for_then_the_pattern_would_find_it() -> None:
    for promise in ("the safest walk", "camera-free", "безопасный путь", "Safe"):
        assert PROMISES.search(promise)
    assert not PROMISES.search("thread-safe, unsafe")
