"""Every screen and state of the page, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from browser_support import END, START, marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser_support import Screen
    from playwright.sync_api import Route

FAR_OFF: Final = (25.2, 60.3)  # beyond the map
LINK: Final = marked(f"#r={START[0]},{START[1]};{END[0]},{END[1]};30;least_seen")


def states(screen: Screen) -> Iterator[str]:
    """Bring the page from state to state; give the name of each when it is reached."""
    page = screen.page
    narrow = page.evaluate("() => innerWidth < 720")
    screen.open()
    yield "idle"
    if narrow:
        screen.lift("half")
        yield "idle-half"
    page.locator("#end").tap()
    yield "choices"
    page.locator("#end").fill("rautatie")
    screen.until("places", lambda: page.get_by_role("option").count() > 2)
    page.keyboard.press("ArrowDown")
    yield "suggestions"
    page.locator("#end").fill("xqzw")
    yield "nothing-found"
    page.locator("#end").fill("")
    page.keyboard.press("Escape")
    page.locator("#crosshair-open").tap()
    yield "crosshair"
    page.locator("#crosshair-done").tap()
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    screen.until("the menu of a point", page.locator("#dialog").is_visible)
    yield "point"
    screen.shut()
    if narrow:
        assert page.locator("#sheet").get_attribute("data-open") == "peek"
    yield from _with_walks(screen, narrow=narrow)


def _with_walks(screen: Screen, *, narrow: bool) -> Iterator[str]:
    page = screen.page
    if narrow:
        screen.lift("peek")
    held: list[Route] = []
    page.route("**/files/pack.*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.goto("about:blank")
    page.goto(f"{screen.watch.origin}{screen.prefix}/{screen.lang}/{LINK}")
    screen.until("a request", lambda: held)
    screen.until("a word", page.locator("#dialog").is_visible)
    yield "link-opened"
    page.keyboard.press("Escape")
    assert screen.phase() == "planning"
    yield "planning"
    held[0].continue_()
    screen.until("walks", lambda: screen.phase() == "ready")
    page.unroute("**/files/pack.*")
    screen.settle()
    page.evaluate("() => document.activeElement.blur()")
    yield "walks"
    if narrow:
        screen.lift("half")
        yield "walks-half"
        screen.lift("full")
        yield "walks-full"
    page.locator("#step-4").tap()
    screen.settle()
    yield "step"
    page.locator("#cards input[value=shortest]").tap()
    if narrow:
        screen.lift("full")
    page.locator("#steps [id^=met-]").first.tap()
    screen.until("what she can say of it", page.locator("#report-gone").is_visible)
    screen.settle()
    yield "camera"
    page.locator("#camera-close").tap()
    page.locator("#link").tap()
    yield "link"
    page.keyboard.press("Escape")
    page.locator("#open-menu").tap()
    yield "menu"
    page.locator("#dialog .buttons button").last.tap()
    screen.until("what lies on this phone", page.locator("#device-state").is_visible)
    yield "device"
    page.locator("#device-forget").tap()
    yield "forget"
    page.keyboard.press("Escape")
    yield from _reporting(screen, narrow=narrow)
    yield from _failing(screen, narrow=narrow)


def _reporting(screen: Screen, *, narrow: bool) -> Iterator[str]:
    page = screen.page
    if narrow:
        screen.lift("peek")
    page.locator("#crosshair-open").tap()
    page.locator("#camera-here").tap()
    screen.until("the form", page.locator("#report").is_visible)
    screen.settle()
    yield "report"
    page.locator("#report summary").tap()
    page.locator("#report .chip").first.tap()
    yield "report-more"
    page.locator("#report-save").tap()
    screen.until("word of it", page.locator("#toast").is_visible)
    screen.settle()
    yield "report-saved"
    page.locator("#open-menu").tap()
    page.locator("#dialog .buttons button").first.tap()
    screen.until("the list", page.locator("#report-list").is_visible)
    yield "reports"
    page.locator("#report-clear").tap()
    yield "reports-deleted"
    screen.shut()
    screen.settle()


def _failing(screen: Screen, *, narrow: bool) -> Iterator[str]:
    page = screen.page
    if narrow:
        screen.lift("peek")
    screen.watch.secrets.append(FAR_OFF)
    page.locator("#end").fill(f"{FAR_OFF[1]}, {FAR_OFF[0]}")
    page.keyboard.press("Enter")
    screen.until("the trouble", lambda: screen.phase() == "failed")
    screen.settle()
    yield "failed"
