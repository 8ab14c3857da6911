"""A walk as a file and as a link: what is in them, and where the link's walk never goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from browser_support import END, START, keep, marked

from routing.geo import distance_m
from web.texts import words_in

if TYPE_CHECKING:
    from browser_support import Screen
    from conftest import OpenScreen

GPX = "{http://www.topografix.com/GPX/1/1}"
LINK = marked(f"#r={START[0]},{START[1]};{END[0]},{END[1]};50;balanced")


def downloaded(screen: Screen, button: str) -> tuple[str, str]:
    with screen.page.expect_download() as waiting:
        screen.page.locator(f"#{button}").tap()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_gpx_when_downloaded_then_holds_the_chosen_walk_and_no_time(device: OpenScreen, lang: str) -> None:
    screen = device(lang).open()
    plan = screen.plan()
    screen.lift("half")
    for name in ("least_seen", "shortest"):
        screen.page.locator(f"#cards input[value={name}]").tap()
        file, text = downloaded(screen, "gpx")
        assert file == "sidestep.gpx"
        root = ET.fromstring(text.encode())  # noqa: S314 - our own
        points = [[float(p.attrib["lon"]), float(p.attrib["lat"])] for p in root.iter(f"{GPX}trkpt")]
        (route,) = (route for route in plan["routes"] if route["name"] == name)
        assert points == pytest.approx(np.array(route["geometry"]["coordinates"]), abs=1e-7)
        assert root.findtext(f"{GPX}trk/{GPX}name") == words_in(lang).t(f"walks.{name}")
        assert words_in(lang).distance(route["in_view_m"]) in (root.findtext(f"{GPX}trk/{GPX}desc") or "")
        assert "2019" in (root.findtext(f"{GPX}metadata/{GPX}desc") or ""), "how old the map is goes along"
        assert list(root.iter(f"{GPX}time")) == []


def test_geojson_when_downloaded_then_holds_all_walks(device: OpenScreen) -> None:
    screen = device("en").open()
    plan = screen.plan()
    screen.lift("half")
    file, text = downloaded(screen, "geojson")
    assert file == "sidestep.geojson"
    held: dict[str, Any] = json.loads(text)
    assert [feature["geometry"] for feature in held["features"]] == [route["geometry"] for route in plan["routes"]]
    for feature, route in zip(held["features"], plan["routes"], strict=True):
        assert feature["properties"] == {key: value for key, value in route.items() if key != "geometry"}
    assert held["area"] == plan["area"]
    assert held["attribution"] == plan["attribution"]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_link_when_given_then_warns_and_brings_the_walk_to_another_device(device: OpenScreen, lang: str) -> None:
    giving = device(lang).open()
    plan = giving.plan()
    giving.lift("half")
    giving.page.locator("#cards label", has_text=giving.words("walks.balanced")).tap()
    giving.page.locator("#link").tap()
    dialog = giving.page.locator("#dialog")
    giving.until("the link", dialog.is_visible)
    assert giving.words("ui.link.warning") in dialog.inner_text()
    link = giving.page.locator("#link-text").input_value()
    keep(giving.page, f"link-{lang}")
    address, fragment = link.split("#")
    assert address == giving.page.url
    assert "%" not in fragment

    taking = device(lang)
    restored = taking.planned(lambda: taking.page.goto(link))
    assert taking.page.url == address, "the walk is out of the address"
    taking.until("what the link was", taking.page.locator("#dialog").is_visible)
    assert giving.words("ui.link.opened") in taking.page.locator("#dialog").inner_text()
    taking.shut()
    assert taking.chosen() == "balanced"
    for one, other in zip(restored["routes"], plan["routes"], strict=True):
        assert one["length_m"] == pytest.approx(other["length_m"], abs=5)
    assert [feature["geometry"] for feature in taking.data("walks")] == [r["geometry"] for r in restored["routes"]]
    assert all("#" not in request.url for request in taking.watch.requests)
    taking.page.go_back()
    assert taking.page.url == "about:blank"


def test_link_when_its_button_is_pressed_then_it_is_copied(device: OpenScreen) -> None:
    screen = device("en", permissions=["clipboard-read", "clipboard-write"]).open()
    screen.plan()
    screen.lift("half")
    screen.page.locator("#link").tap()
    link = screen.page.locator("#link-text").input_value()
    screen.page.locator("#dialog .button.main").tap()
    screen.until("a word", lambda: screen.words("ui.link.copied") in screen.page.locator("#dialog").inner_text())
    assert screen.page.evaluate("() => navigator.clipboard.readText()") == link


def test_link_when_opened_on_a_page_that_is_open_then_its_walk_replaces_the_other(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.plan()
    screen.planned(lambda: screen.page.evaluate("(link) => { location.hash = link; }", LINK))
    asked = screen.asked()[-1]
    assert asked["detour"] == "50%"
    assert float(distance_m(np.array(asked["from"]), np.array(START))) < 1
    screen.page.keyboard.press("Escape")
    assert screen.chosen() == "balanced"


def test_link_when_broken_then_the_page_says_so_and_works(device: OpenScreen) -> None:
    screen = device("ru").open("#r=1,2")
    dialog = screen.page.locator("#dialog")
    for fragment in ("", "#r", "#r=%", marked("#r=200,1;1,1;30;balanced"), LINK[:-1], LINK[:-8], "#r=<b>;<i>"):
        if fragment:
            screen.page.evaluate("(fragment) => { location.hash = fragment; }", fragment)
        screen.until("a word", dialog.is_visible)
        assert screen.words("ui.link.broken") in dialog.inner_text()
        assert "#" not in screen.page.url
        screen.shut()
        assert screen.phase() == "idle"
    assert screen.asked() == []


def test_fragment_when_it_holds_no_walk_then_nothing_is_said(device: OpenScreen) -> None:
    screen = device("en").open("#map")
    for fragment in ("#a%", "#sheet", "#"):
        screen.page.evaluate("(fragment) => { location.hash = fragment; }", fragment)
        screen.breathe()
        assert screen.page.locator("#dialog").is_hidden()
    screen.open()  # an address with its own fragment is not judged here
