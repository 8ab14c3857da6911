"""Who has no mouse, no sharp eyes or little screen reaches everything too."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import pytest
from browser_support import NARROW, PHONE, WIDE, Screen, keep
from page_checks import overflow, small_targets
from page_states import LINK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import OpenScreen

PEEK_SHARE: Final = 0.22  # of a phone's height
_FOCUS: Final = """() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return null;
  const shown = one.type === "radio" && one.closest(".card") ? one.closest(".card") : one;
  const { left, top, right, bottom } = shown.getBoundingClientRect();
  const spots = [0.02, 0.25, 0.5, 0.75, 0.98].flatMap((x) => [0.05, 0.5, 0.95].map((y) =>
    [left + (right - left) * x, top + (bottom - top) * y]));
  const seen = spots.filter(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit !== null && (shown.contains(hit) || hit.closest("label")?.control === one);
  });
  const style = getComputedStyle(shown);
  return {
    name: one.id || one.getAttribute("aria-label") || one.textContent.trim().slice(0, 40),
    seen: seen.length / spots.length,
    ring: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
    inset: Number.parseFloat(style.outlineOffset) < 0,
    edge: left <= 0 && right >= innerWidth,
  };
}"""


def stops(screen: Screen, key: str = "Tab", most: int = 120) -> Iterator[dict[str, Any]]:
    """Go through the page by one key, from where the focus is; give what has the focus until it leaves the page."""
    for _ in range(most):
        here = screen.page.evaluate(_FOCUS)
        if here is None:
            return
        yield here
        screen.page.keyboard.press(key)
    raise AssertionError(f"{key} never left the page")


def assert_visible(found: list[dict[str, Any]]) -> None:
    assert [one["name"] for one in found if not one["ring"]] == [], "no ring shows the focus"
    assert [one["name"] for one in found if one["seen"] < (0.05 if one["edge"] else 0.3)] == [], (
        "the focus lies under something"
    )
    assert [one["name"] for one in found if one["edge"] and not one["inset"]] == [], "its ring is beyond the edge"


@pytest.mark.parametrize("size", [NARROW, PHONE, WIDE], ids=lambda size: str(size["width"]))
def test_focus_when_tabbed_through_every_height_then_always_seen(device: OpenScreen, size: dict[str, int]) -> None:
    screen = device("ru", "light", size).open(LINK)
    screen.page.keyboard.press("Escape")
    heights = ["peek", "half", "full"] if size is not WIDE else ["peek"]
    for height in heights:
        if size is not WIDE:
            screen.lift(height)
        screen.page.locator("#skip").focus()
        screen.page.keyboard.press("Tab")  # so that the focus counts as one by keys
        screen.page.keyboard.press("Shift+Tab")
        found = list(stops(screen))
        assert_visible(found)
        names = [one["name"] for one in found]
        assert len(names) == len(set(names))
        assert {"start", "end", "open-menu", "swap"} < set(names)
        if height != "peek" or size is WIDE:
            assert {"gpx", "geojson", "link", "clear", "detour", "step-0"} < set(names)
        if height != "full":
            assert {"crosshair-open", "locate"} < set(names)
    screen.page.keyboard.press("Shift+Tab")
    backwards = [one["name"] for one in islice(stops(screen, "Shift+Tab"), len(names))]
    assert backwards == names[::-1]


def test_page_when_driven_by_keys_alone_then_a_walk_is_found_chosen_and_taken_along(device: OpenScreen) -> None:
    screen = device("en", size=PHONE, has_touch=False).open()
    page, keys = screen.page, screen.page.keyboard

    def go_to(name: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if page.evaluate("() => document.activeElement?.id") == name:
                return
        raise AssertionError(f"Tab never came to {name}")

    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    go_to("end")
    keys.type("kaisaniemen puisto")
    screen.until("places", lambda: page.get_by_role("option").count() > 0)
    keys.press("ArrowDown")
    keys.press("Enter")
    screen.until_row_start()
    go_to("start")
    keys.type("Korkeavuorenkatu 47")
    screen.until("places", lambda: page.get_by_role("option").count() > 0)
    plan = screen.planned(lambda: keys.press("Enter"))
    go_to("handle")
    keys.press("Enter")
    assert page.locator("#more").is_visible()
    go_to("scroll")
    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.name") == "walk"
    keys.press("ArrowLeft")
    chosen = screen.chosen()
    assert chosen == plan["routes"][-2]["name"]
    go_to("detour")
    screen.planned(lambda: keys.press("End"))
    go_to("gpx")
    with page.expect_download() as waiting:
        keys.press("Enter")
    root = ET.fromstring(Path(waiting.value.path()).read_bytes())  # noqa: S314 - our own
    assert len(list(root.iter("{http://www.topografix.com/GPX/1/1}trkpt"))) > 5
    go_to("step-1")
    keys.press("Enter")
    screen.settle()
    assert page.locator("#step-1").get_attribute("aria-current") == "true"
    assert page.evaluate("() => document.activeElement.id") == "step-1"
    go_to("link")
    keys.press("Enter")
    page.locator("#link-text").wait_for()
    keys.press("Escape")
    assert page.evaluate("() => document.activeElement.id") == "link"


def test_skip_link_when_followed_then_the_walks_have_the_focus(device: OpenScreen) -> None:
    screen = device("ru").open()
    screen.page.keyboard.press("Tab")
    skip = screen.page.locator(".skip")
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    keep(screen.page, "skip-ru")
    screen.page.keyboard.press("Enter")
    assert screen.page.evaluate("() => document.activeElement.id") == "sheet"
    assert screen.page.url.endswith("/ru/"), "the address stays as it is"


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_sheet_when_lowest_then_leaves_the_map_to_the_walker(device: OpenScreen, lang: str) -> None:
    screen = device(lang).open(LINK)
    screen.page.keyboard.press("Escape")
    box = screen.page.locator("#sheet").bounding_box()
    assert box is not None
    assert box["height"] <= PHONE["height"] * PEEK_SHARE
    assert screen.page.locator("#cards").is_visible()
    assert screen.page.locator("#strip").is_visible()
    assert screen.page.locator("#coverage").is_visible()


def test_sheet_when_lifted_over_an_end_then_the_map_makes_room_and_else_stays(device: OpenScreen) -> None:
    screen = device("en", reduced_motion="no-preference").open(LINK)
    screen.page.keyboard.press("Escape")

    def above_the_sheet() -> bool:
        sheet = screen.page.locator("#sheet").bounding_box()
        ends = [screen.page.locator(f".marker-{which} span").bounding_box() for which in ("start", "end")]
        assert sheet is not None
        return all(end is not None and end["y"] + end["height"] <= sheet["y"] for end in ends)

    screen.settle()
    assert above_the_sheet()
    screen.lift("half")
    screen.until("both ends", lambda: screen.settle() and above_the_sheet())
    keep(screen.page, "sheet-lifted")
    screen.lift("full")
    screen.lift("peek")
    as_she_has_it = "() => { map.jumpTo({ zoom: map.getZoom() - 0.5 }); map.panBy([20, 90], { animate: false }); }"
    screen.ask(as_she_has_it)
    before = screen.ask("() => [map.getZoom(), ...map.getCenter().toArray()]")
    screen.lift("half")
    lifted = "() => Promise.allSettled(document.getElementById('sheet').getAnimations().map((one) => one.finished))"
    screen.page.evaluate(lifted)
    screen.breathe()
    screen.settle()
    assert above_the_sheet()
    assert screen.ask("() => [map.getZoom(), ...map.getCenter().toArray()]") == before


@pytest.mark.parametrize("size", [PHONE, NARROW, WIDE], ids=lambda size: str(size["width"]))
def test_page_when_text_is_twice_as_large_then_nothing_is_lost(device: OpenScreen, size: dict[str, int]) -> None:
    screen = device("ru", "light", size).open()
    screen.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    screen.breathe()
    trouble = [f"idle: {one}" for one in (*overflow(screen.page), *small_targets(screen.page))]
    keep(screen.page, f"large-text-{size['width']}-idle")
    screen.planned(lambda: screen.page.evaluate("(link) => { location.hash = link; }", LINK))
    trouble += [f"dialog: {one}" for one in (*overflow(screen.page), *small_targets(screen.page))]
    screen.page.keyboard.press("Escape")
    for height in ("peek", "half", "full") if size is not WIDE else ("peek",):
        if size is not WIDE:
            screen.lift(height)
        keep(screen.page, f"large-text-{size['width']}-{height}")
        trouble += [f"{height}: {one}" for one in (*overflow(screen.page), *small_targets(screen.page))]
    screen.page.locator("#open-menu").tap()
    trouble += [f"menu: {one}" for one in (*overflow(screen.page), *small_targets(screen.page))]
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize(
    "size", [{"width": 844, "height": 390}, {"width": 640, "height": 320}, {"width": 320, "height": 480}]
)
def test_page_when_the_screen_is_low_then_all_can_be_reached(device: OpenScreen, size: dict[str, int]) -> None:
    screen = device("ru", "dark", size).open()
    wide = size["width"] >= 720
    trouble = [f"idle: {one}" for one in (*overflow(screen.page), *small_targets(screen.page))]
    screen.planned(lambda: screen.page.evaluate("(link) => { location.hash = link; }", LINK))
    screen.page.keyboard.press("Escape")
    for height in ("peek",) if wide else ("peek", "half", "full"):
        if not wide:
            screen.lift(height)
        keep(screen.page, f"low-{size['width']}x{size['height']}-{height}")
        trouble += [f"{height}: {one}" for one in (*overflow(screen.page), *small_targets(screen.page))]
    assert not trouble, "\n".join(trouble)


def test_motion_when_unwanted_then_nothing_slides(device: OpenScreen) -> None:
    still, moving = device("en"), device("en", reduced_motion="no-preference")
    for screen, slides in ((still, False), (moving, True)):
        screen.open()
        seconds = screen.page.locator("#sheet").evaluate("(one) => getComputedStyle(one).transitionDuration")
        assert (seconds != "0s") == slides
        screen.plan()
        code = "(slides) => { map.easeTo({ zoom: 13, duration: 2000 }); return map.isMoving(); }"
        assert screen.ask(code) == slides
