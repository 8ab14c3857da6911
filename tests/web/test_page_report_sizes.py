"""What reporting shows, on a small phone, with text as it comes and twice as large: all of it in sight or in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from browser_support import keep
from page_checks import overflow, small_targets, violations
from test_page_reports import months_ago, planted, reports, taking

from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser_support import Screen
    from conftest import OpenScreen
    from serving import Running

__all__ = ["taking"]  # a fixture
SMALL: Final = {"width": 360, "height": 740}
LARGE: Final = "() => { document.documentElement.style.fontSize = '200%'; }"
# of the form: what she sets, with how much of it must be in sight at once, pixels
_ROOM: Final = """() => {
  const scroll = document.getElementById("scroll").getBoundingClientRect();
  const ends = document.querySelector(".report-ends").getBoundingClientRect();
  return [scroll.height, innerHeight - ends.bottom, ends.top - scroll.bottom];
}"""
LEAST_ROOM_PX: Final = 120


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "ru"])
@pytest.mark.parametrize("large", [pytest.param(False, marks=pytest.mark.long), True], ids=["usual", "large"])
def test_reporting_when_the_phone_is_small_then_all_can_be_read_and_reached(
    device: OpenScreen, taking: Running, lang: str, *, large: bool
) -> None:
    screen = device(lang, "light", SMALL, at=taking)
    planted(screen, months_ago(13), months_ago(0))
    screen.watch.excuse("503")
    plan = screen.open().plan()
    if large:
        screen.page.evaluate(LARGE)
    trouble = []
    for number, state in enumerate(_states(screen, plan)):
        screen.breathe()
        keep(screen.page, f"reporting-{lang}-{'large' if large else 'usual'}-{number:02}-{state}")
        found = [*overflow(screen.page), *violations(screen.page)]
        if screen.page.locator("#report").count():
            room, below, between = screen.page.evaluate(_ROOM)
            found += [f"{room} px of the form are in sight"] * (room < LEAST_ROOM_PX)
            found += [f"the buttons lie {below} px above the edge, {between} px below"] * (below < -1 or between < -1)
        found += small_targets(screen.page)
        trouble += [f"{state}: {one}" for one in found]
    assert not trouble, "\n".join(trouble)


def _states(screen: Screen, plan: dict[str, Any]) -> Iterator[str]:
    """Bring reporting from state to state."""
    page, words = screen.page, words_in(screen.lang)
    keep(page, f"debug-{screen.lang}")
    reports(screen)
    page.locator("#report-add").tap()
    screen.until("the form", page.locator("#report").is_visible)
    screen.settle()
    yield "form"
    page.locator("#report summary").tap()
    page.locator("#report .chip").nth(1).tap()
    yield "form-more"
    page.locator("#report-cancel").tap()
    screen.lift("full")
    page.locator("#cards input[value=shortest]").tap()
    page.locator("#steps [id^=met-]").first.tap()
    screen.until("what she can say", page.locator("#report-gone").is_visible)
    yield "camera"
    page.locator("#report-turned").tap()
    screen.until("the form", page.locator("#report").is_visible)
    yield "turned"
    page.locator("#report-save").tap(force=True)
    yield "turned-unmoved"
    page.locator("#report-direction").press("ArrowRight")
    yield "turned-moved"
    page.locator("#report-cancel").tap()
    page.locator("#camera-close").tap()
    screen.lift("full")
    steps = next(route for route in plan["routes"] if route["name"] == "shortest")["steps"]
    longest = max(range(1, len(steps) - 1), key=lambda position: steps[position]["length_m"])
    said = {True: "survey", False: "survey-nothing-left"}
    for position in (longest, len(steps) - 2):
        page.locator(f"#step-{position}").tap()
        screen.until("what she can say", page.locator("#report-looked").is_visible)
        page.locator("#report-looked").tap()
        yield said[page.locator("#report-yes").count() > 0]
        page.locator("#report-no, #report-close").first.tap()
    page.route("**/api/v1/reports/challenge", lambda route: route.fulfill(status=503, body="{}"))
    reports(screen)
    yield "list"
    page.locator("#report-send").tap()
    screen.until("that it is busy", page.locator("#report-trouble").is_visible)
    yield "busy"
    page.locator("#report-clear").tap()
    assert words.t("report.deleted.all") in page.locator("#dialog").inner_text()
    yield "deleted"
    screen.watch.keeps = False
