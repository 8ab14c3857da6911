"""Search: names found on the device, in whichever script, by keyboard and by finger; nothing typed is sent anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from browser_support import END, START, keep

from routing.geo import distance_m

if TYPE_CHECKING:
    from conftest import OpenScreen

STATION = (24.9412, 60.1711)  # its square is some 100 m wide


@pytest.mark.parametrize(
    ("lang", "scheme", "typed"),
    [("ru", "light", "раутатиентори"), ("en", "dark", "rautatientori"), ("ru", "dark", "Rautatiantori")],
)
def test_search_when_typed_in_any_script_then_the_place_is_found_here(
    device: OpenScreen, lang: str, scheme: str, typed: str
) -> None:
    screen = device(lang, scheme).open()
    before = len(screen.watch.requests)
    field = screen.page.locator("#end")
    field.tap()
    field.press_sequentially(typed, delay=10)
    rows = screen.page.get_by_role("option")
    screen.until("places", lambda: rows.count() > 0 and "Rautatientori" in rows.first.inner_text())
    assert len(screen.watch.requests) == before, "what is typed goes nowhere"
    assert field.get_attribute("aria-expanded") == "true"
    keep(screen.page, f"search-{lang}-{scheme}")
    rows.first.tap()
    screen.until_row_start()
    assert field.input_value() == "Rautatientori"
    assert field.get_attribute("aria-expanded") == "false"
    assert screen.page.locator("#found").is_hidden()
    assert screen.phase() == "idle"
    assert len(screen.watch.requests) == before


def test_search_when_driven_by_keys_then_both_ends_are_chosen_and_walks_planned(device: OpenScreen) -> None:
    screen = device("en").open()
    keys = screen.page.keyboard
    end = screen.page.locator("#end")
    end.focus()
    keys.type("kaisaniemen")
    screen.until("places", lambda: screen.page.get_by_role("option").count() > 2)
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    active = end.get_attribute("aria-activedescendant")
    row = screen.page.locator(f"#{active}")
    assert row.get_attribute("aria-selected") == "true"
    name = row.inner_text().splitlines()[0]
    keys.press("Enter")
    screen.until_row_start()
    assert end.input_value() == name
    screen.page.locator("#start").focus()
    keys.type("esplanadi")
    screen.until("places", lambda: screen.page.get_by_role("option").count() > 0)
    plan = screen.planned(lambda: keys.press("Enter"))  # the first, unless another is marked
    assert plan["routes"][0]["length_m"] > 200
    assert len(screen.data("walks")) == len(plan["routes"])


def test_search_when_left_by_escape_then_what_stood_there_stands_again(device: OpenScreen) -> None:
    screen = device("ru").open()
    screen.plan()
    before = screen.page.locator("#start").input_value()
    field = screen.page.locator("#start")
    field.tap()
    assert screen.page.get_by_role("option").all_inner_texts() == [screen.words("ui.here"), screen.words("ui.on_map")]
    field.fill("xqzw")
    assert screen.page.get_by_role("option").all_inner_texts() == [screen.words("ui.names.none")]
    screen.page.keyboard.press("Enter")
    assert len(screen.asked()) == 1
    screen.page.keyboard.press("Escape")
    assert field.input_value() == before
    assert screen.page.locator("#found").is_hidden()


def test_search_when_coordinates_are_typed_then_they_are_a_place(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.page.locator("#end").focus()
    for text, told in (("60°10'12\"N 24°56'24\"E", "ui.typed"), ("60°10'12\"N 24°76'24\"E", "errors.bad-position")):
        screen.page.locator("#end").fill(text)
        assert screen.page.get_by_role("option").all_inner_texts() == [screen.words(told)]
    for which, (lon, lat) in (("end", END), ("start", START)):
        field = screen.page.locator(f"#{which}")
        field.focus()
        field.fill(f"{lat}, {lon}")
        assert screen.page.get_by_role("option").all_inner_texts() == [screen.words("ui.typed")]
        if which == "end":
            screen.page.keyboard.press("Enter")
            screen.until_row_start()
        else:
            screen.planned(lambda: screen.page.keyboard.press("Enter"))
    body = screen.asked()[0]
    assert float(distance_m(np.array(body["from"]), np.array(START))) < 0.01
    assert float(distance_m(np.array(body["to"]), np.array(END))) < 0.01


def test_end_when_removed_by_its_button_then_the_walks_go_and_the_other_stays(device: OpenScreen) -> None:
    screen = device("ru").open()
    screen.plan()
    start = screen.page.locator("#start").input_value()
    screen.page.locator("#clear-end").tap()
    screen.until("an idle page", lambda: screen.phase() == "idle")
    assert screen.page.locator("#end").input_value() == ""
    assert screen.page.evaluate("() => document.activeElement.id") == "end"
    assert screen.page.locator("#start").input_value() == start
    assert screen.page.locator("#status").inner_text() == screen.words("ui.hint.end")
    assert screen.data("walks") == []


def test_search_when_a_place_on_the_map_is_wanted_then_the_crosshair_comes(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.page.locator("#end").tap()
    screen.page.get_by_role("option", name=screen.words("ui.on_map")).tap()
    assert screen.page.locator("#crosshair").is_visible()
    assert screen.page.evaluate("() => document.activeElement.id") == "to-here"
