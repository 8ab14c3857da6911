"""Where planning fails: the server gone, cut off, busy, or talking nonsense; and wishes that cannot be met.

Each ends in a sentence in the language of the page, and in walks once the trouble is over.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import brotli
import pytest
from browser_support import END, NARROW, START, WALKS, keep
from line import gone, half, instead
from listing import NAMES, REFUSED, ask_for_a_walk, search, start, until_problem, until_walks

from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser_support import Screen
    from conftest import OpenScreen
    from line import Line, Passed

ROUTE: Final = "/api/v1/route"
LONG: Final = "Kauppatori " + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten" * 4
OUTSIDE: Final = (24.9258, 60.1700)  # on the map's rim, west of the area


def error(code: str) -> str:
    return json.dumps({"error": {"code": code, "message": "the server's own words, which nobody shall read"}})


def ready(screen: Screen) -> Screen:
    """Open the page, and wait until it has all that it fetches by itself."""
    start(screen).settle()
    screen.watch.excuse(REFUSED)
    return screen


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_server_when_gone_then_the_page_says_so_and_plans_when_it_is_back(
    device: OpenScreen, line: Line, lang: str
) -> None:
    screen = ready(device(lang, at=line))
    line.down()
    ask_for_a_walk(screen)
    until_problem(screen, "offline")
    screen.page.locator("#retry").tap()
    until_problem(screen, "offline")
    keep(screen.page, f"offline-{lang}")
    line.up()
    screen.page.locator("#retry").tap()
    until_walks(screen)
    assert screen.page.locator("#problem").is_hidden()


@pytest.mark.parametrize(
    ("lang", "fault", "code"),
    [
        ("ru", half, "offline"),
        ("en", gone, "offline"),
        ("ru", instead(200, "<h1>Sign in to this network</h1>", "text/html"), "offline"),
        ("en", instead(502, "<h1>Bad gateway</h1>", "text/html"), "bug"),
        ("ru", instead(200, "{}"), "bug"),
        ("ru", instead(503, error("busy")), "busy"),
        ("en", instead(503, error("busy")), "busy"),
        ("ru", instead(413, error("too-large")), "too-large"),
        ("en", instead(422, error("no-route")), "no-route"),
        ("ru", instead(422, error("no-way-near")), "no-way-near"),
        ("ru", instead(500, error("bug")), "bug"),
        ("en", instead(400, error("a-code-of-next-year")), "error"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_answer_when_it_is_no_walk_then_the_page_says_why_and_plans_when_asked_again(
    device: OpenScreen, line: Line, lang: str, fault: Callable[[Passed], bytes], code: str
) -> None:
    screen = start(device(lang, at=line))
    screen.watch.excuse(REFUSED)
    line.faults[ROUTE] = fault
    ask_for_a_walk(screen)
    until_problem(screen, code)
    assert "nobody shall read" not in screen.text()
    line.faults.clear()
    screen.page.locator("#retry").tap()
    until_walks(screen)


def test_walks_when_the_next_ones_fail_then_the_old_ones_go(device: OpenScreen, line: Line) -> None:
    screen = ready(device("en", at=line))
    ask_for_a_walk(screen)
    until_walks(screen)
    line.faults[ROUTE] = half
    screen.page.locator("#swap").tap()
    until_problem(screen, "offline")
    screen.until("an empty map", lambda: screen.data("walks") == screen.data("seen") == [])


def test_wishes_when_the_first_is_answered_last_then_the_second_wins(device: OpenScreen, line: Line) -> None:
    screen = ready(device("ru", at=line))
    late = line.hold(ROUTE)
    ask_for_a_walk(screen)
    screen.until("the first wish", lambda: line.asked.count(ROUTE) == 1)
    assert screen.phase() == "planning"
    line.held.clear()
    plan = screen.planned(lambda: screen.page.locator("#swap").tap())
    until_walks(screen)
    late.set()
    screen.page.wait_for_timeout(500)
    assert [feature["geometry"] for feature in screen.data("walks")] == [route["geometry"] for route in plan["routes"]]
    assert [screen.page.locator(f"#{which}").input_value() for which in ("end", "start")] == list(NAMES.values())


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_end_when_outside_the_area_then_the_page_says_so(device: OpenScreen, lang: str) -> None:
    screen = ready(device(lang))
    screen.show(START, 17)
    screen.tap(START)
    screen.until_row_start()
    screen.page.wait_for_timeout(700)  # two taps in one place at once are another gesture
    screen.show(OUTSIDE, 16)
    screen.tap(OUTSIDE)
    until_problem(screen, "outside-area")
    screen.page.locator("#clear-end").tap()
    screen.planned(lambda: search(screen.page, "end", NAMES["end"]))
    until_walks(screen)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_ends_when_equal_then_the_page_says_so(device: OpenScreen, lang: str) -> None:
    screen = start(device(lang))
    screen.watch.excuse(REFUSED)
    search(screen.page, "end", NAMES["end"])
    search(screen.page, "start", NAMES["end"])
    until_problem(screen, "same-place")
    search(screen.page, "start", NAMES["start"])
    until_walks(screen)


def test_name_when_very_long_then_nothing_leaves_the_screen(device: OpenScreen, line: Line) -> None:
    def lengthened(reply: Passed) -> bytes:
        names = brotli.decompress(reply.body).decode()
        assert NAMES["end"] in names
        return instead(200, names.replace(NAMES["end"], LONG, 1))(reply)

    line.faults["/places."] = lengthened
    screen = start(device("ru", size=NARROW, at=line))
    screen.page.fill("#end", LONG[:60])
    screen.until("it", lambda: LONG in screen.page.locator("#found").inner_text())
    keep(screen.page, "long-name-found")
    wide = """() => Math.max(...[...document.querySelectorAll('#bar *, #sheet *')]
      .filter((one) => one.closest('svg') === null).map((one) => one.getBoundingClientRect().right))"""
    assert screen.page.evaluate(wide) <= NARROW["width"] + 1
    screen.page.keyboard.press("Enter")
    search(screen.page, "start", NAMES["start"])
    until_walks(screen)
    for height in ("peek", "half", "full"):
        screen.lift(height)
        assert screen.page.evaluate("() => document.documentElement.scrollWidth") <= NARROW["width"]
        assert screen.page.evaluate(wide) <= NARROW["width"] + 1, height
    screen.page.fill("#end", "zbqfgw" * 80)
    assert len(screen.page.locator("#end").input_value()) == 200
    told = words_in("ru").t("ui.names.none")
    screen.until("word of it", lambda: told in screen.page.locator("#found").inner_text())


def test_page_when_left_and_come_back_to_then_it_works_and_tells_nothing(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.plan(START, END)
    screen.page.reload()
    screen.settle()
    assert screen.phase() == "idle"
    assert screen.page.locator("#end").input_value() == ""
    screen.open(lang="ru")
    ask_for_a_walk(screen)
    until_walks(screen)
    for move in (screen.page.go_back, screen.page.go_forward, screen.page.go_back):
        move()
        screen.page.wait_for_selector("#end")
    screen.settle()
    if screen.phase() == "idle":  # else the browser had kept the whole page, walks and all
        ask_for_a_walk(screen)
    until_walks(screen)
    assert [feature["properties"]["name"] for feature in screen.data("walks")] == list(WALKS)
