"""All the ways to choose a point on the map: no gesture is the only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from browser_support import END, PHONE, START, Screen, keep

from routing.geo import distance_m

if TYPE_CHECKING:
    from browser_support import LonLat
    from conftest import OpenScreen

ELSEWHERE = (24.9437, 60.1745)


def off_m(told: list[float], place: LonLat) -> float:
    return float(distance_m(np.array(told), np.array(place)))


def asked(screen: Screen) -> dict[str, list[float]]:
    body: dict[str, list[float]] = screen.asked()[-1]
    return body


def test_map_when_pressed_long_then_the_point_may_be_start_or_end(device: OpenScreen) -> None:
    screen = device("ru").open()
    dialog = screen.page.locator("#dialog")
    screen.show(START, 17)
    screen.press(START)
    screen.until("the menu of the point", dialog.is_visible)
    assert screen.page.locator("#row-start").is_hidden(), "the click after a long press is no tap"
    keep(screen.page, "point-menu-ru")
    dialog.get_by_role("button", name=screen.words("ui.from_here"), exact=True).tap()
    screen.until_row_start()
    assert dialog.is_hidden()
    screen.show((END[0] + 0.0004, END[1]), 17)
    screen.press(END)
    screen.until("the menu of the point", dialog.is_visible)
    screen.planned(dialog.get_by_role("button", name=screen.words("ui.to_here"), exact=True).tap)
    assert off_m(asked(screen)["from"], START) < 1
    assert off_m(asked(screen)["to"], END) < 1


def test_map_when_the_finger_moves_or_leaves_early_then_no_menu_comes(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.show(START, 17)
    screen.press(START, hold_ms=150)
    screen.until_row_start()  # it was a tap
    x, y = screen.spot(END if screen.spot(END)[1] > 150 else START)
    touch = screen.page.context.new_cdp_session(screen.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y - 100}]})
    for moved in (20, 60, 100):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - 100 + moved}]})
    screen.page.wait_for_timeout(800)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert screen.page.locator("#dialog").is_hidden()
    assert screen.asked() == []


def test_map_when_both_ends_stand_then_a_tap_asks_which_to_move(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.plan()
    screen.show(ELSEWHERE, 17)
    screen.tap(ELSEWHERE)
    dialog = screen.page.locator("#dialog")
    screen.until("the menu of the point", dialog.is_visible)
    screen.page.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert len(screen.asked()) == 1
    screen.page.wait_for_timeout(500)  # not a double tap
    screen.tap(ELSEWHERE)
    screen.until("the menu of the point", dialog.is_visible)
    screen.planned(dialog.get_by_role("button", name=screen.words("ui.to_here"), exact=True).tap)
    assert off_m(asked(screen)["to"], ELSEWHERE) < 1
    assert off_m(asked(screen)["from"], START) < 1


@pytest.mark.parametrize(
    "size", [PHONE, pytest.param({"width": 1200, "height": 800}, marks=pytest.mark.long)], ids=["phone", "desk"]
)
def test_crosshair_when_shown_then_the_point_under_it_is_taken(device: OpenScreen, size: dict[str, int]) -> None:
    screen = device("ru", "dark", size).open()
    page = screen.page

    def aim(place: LonLat) -> None:
        """Bring a place under the cross-hair, wherever that is."""
        screen.show(place, 17)
        box = page.locator("#crosshair").bounding_box()
        assert box is not None
        x, y = screen.spot(place)
        by = [x - box["x"] - box["width"] / 2, y - box["y"] - box["height"] / 2]
        screen.ask("(by) => map.panBy(by, { animate: false })", by)
        screen.settle()

    page.locator("#crosshair-open").tap()
    assert page.locator("#crosshair-open").get_attribute("aria-pressed") == "true"
    aim(START)
    keep(page, f"crosshair-ru-dark-{size['width']}")
    page.locator("#from-here").tap()
    screen.until_row_start()
    aim(END)
    screen.planned(page.locator("#to-here").tap)
    assert off_m(asked(screen)["from"], START) < 2
    assert off_m(asked(screen)["to"], END) < 2
    page.locator("#crosshair-done").tap()
    assert page.locator("#crosshair").is_hidden()
    assert page.locator("#from-here").is_hidden()


def test_map_when_enter_is_pressed_on_it_then_its_middle_may_be_taken(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.show(START, 17)
    canvas = screen.page.get_by_role("region", name=screen.words("ui.map"), exact=True)
    canvas.focus()
    screen.page.keyboard.press("Enter")
    dialog = screen.page.locator("#dialog")
    screen.until("the menu of the point", dialog.is_visible)
    screen.page.keyboard.press("Escape")
    assert screen.page.evaluate("() => document.activeElement.tagName") == "CANVAS"


def test_map_when_clicked_with_the_other_button_then_the_same_menu_comes(device: OpenScreen) -> None:
    screen = device("en", size={"width": 1200, "height": 800}, has_touch=False).open()
    screen.show(START, 17)
    x, y = screen.spot(START)
    screen.page.mouse.click(x, y, button="right")
    screen.until("the menu of the point", screen.page.locator("#dialog").is_visible)
