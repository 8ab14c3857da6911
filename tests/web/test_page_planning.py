"""Where planning fails: the area does not come, or not as it is; and wishes that cannot be met.

Each ends in a sentence in the language of the page, and in walks once the trouble is over.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import brotli
import pytest
from altered import altered
from browser_support import END, NARROW, START, WALKS, keep
from line import gone, half, instead
from listing import NAMES, REFUSED, ask_for_a_walk, search, start, until_problem, until_walks

from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import OpenScreen
    from line import Line, Passed

PACK: Final = "/files/pack"
LONG: Final = "Kauppatori " + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten" * 4
OUTSIDE: Final = (24.9258, 60.1700)  # on the map's rim, west of the area


def damaged(reply: Passed) -> bytes:
    """Give the file with one byte changed on the way."""
    body = bytearray(brotli.decompress(reply.body))
    body[len(body) // 2] ^= 1
    return instead(200, bytes(body), "application/octet-stream")(reply)


@pytest.mark.parametrize("lang", ["ru", pytest.param("en", marks=pytest.mark.long)])
def test_server_when_gone_then_walks_are_planned_all_the_same(device: OpenScreen, line: Line, lang: str) -> None:
    screen = start(device(lang, at=line)).settle()
    line.down()
    for _ in range(2):
        ask_for_a_walk(screen)
        until_walks(screen)
        assert screen.page.locator("#problem").is_hidden()
        screen.page.locator("#swap").tap()
        screen.settle()


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_server_when_gone_before_the_area_is_here_then_the_page_says_so_and_plans_when_it_is_back(
    device: OpenScreen, line: Line, lang: str
) -> None:
    late = line.hold(PACK)
    screen = start(device(lang, at=line))
    screen.watch.excuse(REFUSED)
    ask_for_a_walk(screen)
    screen.until("that it is fetched", lambda: screen.phase() == "planning")
    line.down()
    late.set()
    until_problem(screen, "offline")
    screen.page.locator("#retry").tap()
    until_problem(screen, "offline")
    keep(screen.page, f"offline-{lang}")
    line.held.clear()
    line.up()
    screen.page.locator("#retry").tap()
    until_walks(screen)
    assert screen.page.locator("#problem").is_hidden()


@pytest.mark.parametrize(
    ("lang", "fault", "code"),
    [
        ("en", gone, "offline"),
        ("ru", instead(200, "<h1>Sign in to this network</h1>", "text/html"), "offline"),
        ("en", instead(200, "<h1>Sign in to this network</h1>" * 20_000, "text/html"), "offline"),
        ("ru", instead(404, "gone"), "page-old"),
        ("en", instead(502, "<h1>Bad gateway</h1>", "text/html"), "page-old"),
        ("ru", damaged, "pack-damaged"),
        ("en", damaged, "pack-damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_area_when_it_does_not_come_as_it_is_then_the_page_says_why_and_plans_when_asked_again(
    device: OpenScreen, line: Line, lang: str, fault: Callable[[Passed], bytes], code: str
) -> None:
    line.faults[PACK] = fault
    screen = start(device(lang, at=line))
    screen.watch.excuse(REFUSED)
    ask_for_a_walk(screen)
    until_problem(screen, code)
    line.faults.clear()
    screen.page.locator("#retry").tap()
    until_walks(screen)


def test_area_when_the_line_is_cut_again_and_again_then_its_rest_is_fetched(device: OpenScreen, line: Line) -> None:
    line.faults[PACK] = half
    screen = start(device("en", at=line))
    screen.watch.excuse(REFUSED)
    screen.until("some tries", lambda: len([path for path in line.asked if path.startswith(PACK)]) > 2)
    line.faults.clear()
    ask_for_a_walk(screen)
    until_walks(screen)
    ranges = [request.headers.get("range") for request in screen.watch.requests if PACK in request.url]
    rests = [int(wanted.removeprefix("bytes=").removesuffix("-")) for wanted in ranges if wanted]
    assert ranges[0] is None
    assert rests == sorted(rests)
    assert rests[0] > 0, "what is here is not fetched again"


def test_browser_when_it_has_no_workers_for_modules_then_the_page_plans_by_itself(device: OpenScreen) -> None:
    screen = device("en")
    screen.page.add_init_script(
        """const Real = window.Worker;
        window.Worker = class extends Real {
          constructor(url, options) {
            if (String(url).includes("/router.mjs")) throw new TypeError("no modules");
            super(url, options);
          }
        };"""
    )
    start(screen)
    ask_for_a_walk(screen)
    until_walks(screen)
    planner = [one.url.partition("/js/")[2] for one in screen.watch.requests if "/js/router" in one.url]
    assert set(planner) == {"router.mjs"}, "as one file"


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_end_when_outside_the_area_then_the_page_says_so(device: OpenScreen, lang: str) -> None:
    screen = start(device(lang)).settle()
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
    search(screen.page, "end", NAMES["end"])
    search(screen.page, "start", NAMES["end"])
    until_problem(screen, "same-place")
    search(screen.page, "start", NAMES["start"])
    until_walks(screen)


def test_name_when_very_long_then_nothing_leaves_the_screen(device: OpenScreen) -> None:
    def lengthened(file: Any) -> Any:  # noqa: ANN401 - JSON
        names = json.dumps(file, ensure_ascii=False)
        assert NAMES["end"] in names
        return json.loads(names.replace(NAMES["end"], LONG, 1))

    screen = device("ru", size=NARROW)
    altered(screen, "places", lengthened)
    start(screen)
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
