"""Where the map fails: no WebGL, its picture lost, the library, the basemap, the cameras or the names missing or cut.

Search, walks, steps and files go on, and the page says in its language what does not.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest
from browser_support import START, WALKS, Watch, keep
from line import gone, half, instead
from listing import NAMES, REFUSED, ask_for_a_walk, note, start, until_note, until_walks

from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser_support import Screen
    from conftest import OpenScreen
    from line import Line
    from playwright.sync_api import Browser

LANGUAGES: Final = pytest.mark.parametrize("lang", ["ru", "en"])
# a line that is cut is tried again a dozen times; that the map's file takes it is enough in CI
CUT: Final = pytest.param("ru", half, marks=pytest.mark.long)
_LOSE = """() => {
  window.sidestepLoss = map.getCanvas().getContext("webgl2").getExtension("WEBGL_lose_context");
  window.sidestepLoss.loseContext();
}"""


def has_walks(screen: Screen) -> None:
    """Search both ends, and hold what can be done without a map: cards, steps, files."""
    ask_for_a_walk(screen)
    until_walks(screen)
    screen.lift("full")
    screen.page.locator("#steps [id^=step-]").nth(1).tap()
    assert screen.page.locator("#steps [aria-current=true]").count() == 1
    screen.lift("full")
    with screen.page.expect_download() as waiting:
        screen.page.locator("#gpx").tap()
    gpx = ET.parse(waiting.value.path())  # noqa: S314 - our own file
    assert len(gpx.findall(".//{*}trkpt")) > 2


@LANGUAGES
def test_page_when_the_browser_has_no_webgl_then_it_is_a_list_that_works(
    chromium: Browser, line: Line, lang: str
) -> None:
    without = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-3d-apis"]
    )
    try:
        context = without.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale=lang)
        watch = Watch(line.url)
        watch.listen(context)
        screen = _screen(context, watch, lang)
        start(screen)
        until_note(screen, "ui.map.none")
        assert not screen.page.locator("#crosshair-open").is_visible(), "there is nothing to choose a point on"
        assert screen.page.locator("#sheet").get_attribute("data-open") == "full"
        has_walks(screen)
        keep(screen.page, f"no-webgl-{lang}")
        watch.judge([screen.page])
        assert not [path for path in line.asked if "/vendor/" in path], "half a megabyte for nothing"
    finally:
        without.close()


def _screen(context: object, watch: Watch, lang: str) -> Screen:
    from browser_support import Screen

    return Screen(context.new_page(), watch, lang)  # type: ignore[attr-defined]


@LANGUAGES
def test_map_when_its_picture_is_lost_then_that_is_told_until_it_is_back(device: OpenScreen, lang: str) -> None:
    screen = device(lang).open()
    screen.ask(_LOSE)
    until_note(screen, "ui.map.lost")
    screen.watch.excuse("WebGL", "context")
    ask_for_a_walk(screen)
    until_walks(screen)
    screen.ask("() => window.sidestepLoss.restoreContext()")
    screen.until("no word of it any more", lambda: note(screen) == "")
    screen.settle()
    assert [feature["properties"]["name"] for feature in screen.data("walks")] == list(WALKS)
    assert {one["layer"] for one in screen.drawn(*(f"walk-{name}" for name in WALKS))} == {
        f"walk-{name}" for name in WALKS
    }


def test_map_when_its_picture_never_comes_back_then_all_else_works(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.watch.excuse("WebGL", "context")
    screen.ask(_LOSE)
    until_note(screen, "ui.map.lost")
    has_walks(screen)
    screen.lift("peek")
    assert note(screen) == words_in("en").t("ui.map.lost")
    screen.page.locator("#open-menu").tap()
    screen.page.locator("#dialog input[value=dark]").tap()  # draws the map's style anew
    screen.page.keyboard.press("Escape")
    assert screen.cards()


@pytest.mark.parametrize(
    ("lang", "part", "fault"),
    [("ru", "maplibre-gl.mjs", half), ("en", "maplibre-gl-worker.mjs", gone), ("ru", "pmtiles.js", gone)],
)
def test_map_when_its_library_does_not_arrive_then_the_page_is_a_list(
    device: OpenScreen, line: Line, lang: str, part: str, fault: Callable[..., bytes]
) -> None:
    line.faults[f"/{part}"] = fault
    screen = start(device(lang, at=line))
    screen.watch.excuse(REFUSED)
    until_note(screen, "ui.map.gone")
    has_walks(screen)


@pytest.mark.parametrize(
    ("lang", "fault"),
    [("ru", gone), ("en", half), ("ru", instead(200, "PMTil")), ("en", instead(404, ""))],
    ids=["gone", "half", "damaged", "missing"],
)
def test_map_when_its_basemap_does_not_arrive_then_walks_and_cameras_are_drawn(
    device: OpenScreen, line: Line, lang: str, fault: Callable[..., bytes]
) -> None:
    line.faults["/basemap."] = fault
    screen = start(device(lang, at=line))
    screen.watch.excuse(REFUSED)
    until_note(screen, "ui.map.no_basemap")
    has_walks(screen)
    screen.lift("peek")
    screen.ask("() => { map.fitBounds([[24.935, 60.165], [24.955, 60.178]], { duration: 0 }); }")
    drawn = {f"walk-{name}" for name in WALKS} | {"camera-group"}
    screen.until("walks and cameras", lambda: {one["layer"] for one in screen.drawn(*drawn)} == drawn)


@pytest.mark.parametrize(
    ("lang", "fault"), [("en", gone), CUT, ("en", instead(500, ""))], ids=["gone", "half", "error"]
)
def test_page_when_its_cameras_do_not_arrive_then_that_is_told_and_walks_work(
    device: OpenScreen, line: Line, lang: str, fault: Callable[..., bytes]
) -> None:
    line.faults["/cameras."] = fault
    screen = start(device(lang, at=line))
    screen.watch.excuse(REFUSED)
    until_note(screen, "ui.map.no_cameras")
    has_walks(screen)
    screen.page.locator("#steps [id^=met-]").first.tap()
    screen.page.get_by_text(words_in(lang).t("ui.camera.gone")).wait_for()


@pytest.mark.parametrize(
    ("lang", "fault"), [("ru", gone), CUT, ("ru", instead(200, "[]"))], ids=["gone", "half", "nonsense"]
)
def test_search_when_its_names_do_not_arrive_then_they_can_be_asked_for_again(
    device: OpenScreen, line: Line, lang: str, fault: Callable[..., bytes]
) -> None:
    line.faults["/places."] = fault
    screen = start(device(lang, at=line)).settle()
    screen.watch.excuse(REFUSED)
    told = words_in(lang).t("ui.names.failed")
    screen.page.fill("#end", NAMES["end"])
    screen.until("word of it", lambda: told in screen.page.locator("#found").inner_text())
    # a point needs no names
    screen.page.fill("#end", "60.1760, 24.9500")
    screen.page.keyboard.press("Enter")
    screen.show(START, 17)
    screen.planned(lambda: screen.tap(START))
    assert len(screen.cards()) == len(WALKS)
    # and with the server back they come
    line.faults.clear()
    screen.page.fill("#end", NAMES["end"])
    screen.page.locator("#found [role=option]", has_text=told).tap()
    screen.until("places", lambda: NAMES["end"] in screen.page.locator("#found").inner_text())
    screen.planned(screen.page.locator("#found [role=option]").first.tap)
    assert screen.page.locator("#end").input_value() == NAMES["end"]


def test_page_when_files_are_late_then_walks_come_first(device: OpenScreen, line: Line) -> None:
    held = [line.hold(part) for part in ("/vendor/", "/cameras.", "/basemap.")]
    screen = start(device("ru", at=line))
    ask_for_a_walk(screen)
    until_walks(screen)
    for event in held:
        event.set()
    screen.settle()
    assert [feature["properties"]["name"] for feature in screen.data("walks")] == list(WALKS)
    west, south, east, north = screen.ask("() => map.getBounds().toArray().flat()")
    for walk in screen.data("walks"):
        assert all(west < lon < east and south < lat < north for lon, lat in walk["geometry"]["coordinates"])
