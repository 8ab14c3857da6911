"""The own position: given, refused, unknown, late, far off, and on a page that came over an open line."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest
from browser_support import START, WALKS, Screen, Watch, keep
from listing import NAMES, ask_for_a_walk, search, start, until_walks

from web.texts import words_in

if TYPE_CHECKING:
    from conftest import OpenScreen
    from playwright.sync_api import Browser
    from serving import Running

LANGUAGES: Final = pytest.mark.parametrize("lang", ["ru", "en"])
TALLINN: Final = {"longitude": 24.7536, "latitude": 59.4370}
NEVER: Final = """navigator.geolocation.getCurrentPosition = (found, failed, options) => {
  window.sidestepPatienceMs = options.timeout;
  setTimeout(() => failed({ code: 3, message: "a text of the browser" }), 100);
};"""


def told(screen: Screen) -> str:
    """Ask for the position by its button, and give what the page says."""
    screen.page.locator("#locate").tap()
    dialog = screen.page.locator("#dialog")
    screen.until("word of it", dialog.is_visible)
    text = dialog.locator("p:not([role])").inner_text()
    dialog.locator(".buttons .button").tap()
    assert not dialog.is_visible()
    return text


def goes_on(screen: Screen) -> None:
    ask_for_a_walk(screen)
    until_walks(screen)


@LANGUAGES
def test_position_when_given_then_shown_and_sent_only_when_it_is_an_end(device: OpenScreen, lang: str) -> None:
    place = {"longitude": START[0], "latitude": START[1]}
    screen = device(lang, permissions=["geolocation"], geolocation=place).open()
    screen.page.locator("#locate").tap()
    screen.until("the own position", lambda: screen.drawn("here-point"))
    assert screen.data("here")[0]["geometry"]["coordinates"] == pytest.approx(START)
    assert screen.asked() == []
    search(screen.page, "end", NAMES["end"])
    screen.page.locator("#start").tap()
    screen.planned(lambda: screen.page.get_by_role("option", name=words_in(lang).t("ui.here")).tap())
    until_walks(screen)
    assert screen.page.locator("#start").input_value() == words_in(lang).t("ui.here")
    (asked,) = screen.asked()
    assert asked["from"] == pytest.approx(START)


@LANGUAGES
def test_position_when_refused_then_the_page_says_what_else_to_do(device: OpenScreen, lang: str) -> None:
    screen = start(device(lang))
    assert told(screen) == words_in(lang).t("ui.here.denied")
    goes_on(screen)


@LANGUAGES
def test_position_when_the_device_knows_none_then_the_page_says_so(device: OpenScreen, lang: str) -> None:
    screen = start(device(lang, permissions=["geolocation"]))
    devtools = screen.page.context.new_cdp_session(screen.page)
    devtools.send("Emulation.setGeolocationOverride", {})
    assert told(screen) == words_in(lang).t("ui.here.unknown")
    goes_on(screen)


def test_position_when_it_does_not_come_in_time_then_the_page_says_so(device: OpenScreen) -> None:
    screen = device("ru", permissions=["geolocation"])
    screen.page.context.add_init_script(NEVER)
    start(screen)
    assert told(screen) == words_in("ru").t("ui.here.unknown")
    assert screen.page.evaluate("() => window.sidestepPatienceMs") <= 20_000
    goes_on(screen)


@LANGUAGES
def test_position_when_far_off_then_the_page_says_how_far(device: OpenScreen, lang: str) -> None:
    screen = device(lang, permissions=["geolocation"], geolocation=TALLINN).open()
    words = words_in(lang)
    text = told(screen)
    assert text == words.t("ui.here.far", distance=_distance(text), area="Helsinki centre")
    assert "81" in _distance(text)  # km, from the square before Tallinn's town hall to the edge of the area
    assert screen.data("here") == []
    screen.page.locator("#end").tap()
    screen.page.get_by_role("option", name=words.t("ui.here")).tap()
    screen.until("word of it", screen.page.locator("#dialog").is_visible)
    screen.page.keyboard.press("Escape")
    goes_on(screen)


def _distance(text: str) -> str:
    """Find the length in a sentence."""
    import re

    found = re.search(r"[\d.,]+\u00a0\S+?(?=[\s,.])", text)
    assert found is not None, text
    return found[0]


@LANGUAGES
def test_page_when_it_came_over_an_open_line_then_it_works_and_says_what_cannot(
    chromium: Browser, page_server: Running, lang: str
) -> None:
    elsewhere = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", "--host-resolver-rules=MAP sidestep.example 127.0.0.1"],
    )
    try:
        settings: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "locale": lang}
        context = elsewhere.new_context(reduced_motion="reduce", **settings)
        watch = Watch(f"http://sidestep.example:{page_server.port}")
        watch.excuse("Cross-Origin-Opener-Policy")  # a browser says that it counts only over https
        watch.listen(context)
        screen = Screen(context.new_page(), watch, lang).open()
        assert not screen.page.evaluate("() => isSecureContext")
        assert told(screen) == words_in(lang).t("ui.here.insecure")
        goes_on(screen)
        screen.settle()
        assert [feature["properties"]["name"] for feature in screen.data("walks")] == list(WALKS)
        screen.lift("half")
        screen.page.locator("#link").tap()
        screen.page.get_by_role("button", name=words_in(lang).t("ui.link.copy")).tap()
        screen.page.get_by_text(words_in(lang).t("ui.link.copied")).wait_for()  # without the newer clipboard
        keep(screen.page, f"open-line-{lang}")
        watch.judge([])
    finally:
        elsewhere.close()
