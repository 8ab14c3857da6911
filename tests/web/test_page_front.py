"""Every walk of the front on a slider: what it shows, what it asks for, and what hangs on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from browser_support import NARROW, WALKS, WIDE, keep
from line import gone
from listing import REFUSED, ask_for_a_walk, start, until_walks
from page_checks import PROMISES, overflow, small_targets, violations
from page_states import LINK
from test_page_reports import here, middle, save
from test_page_walks import assert_seen

from web.sentences import saved_words, short_words
from web.texts import minutes_of, words_in

if TYPE_CHECKING:
    from browser_support import Screen
    from conftest import OpenScreen
    from line import Line
    from playwright.sync_api import Locator

    from web.texts import Words

    Plan = dict[str, Any]
    Walk = dict[str, Any]

LANGUAGES: Final = pytest.mark.parametrize("lang", ["ru", pytest.param("en", marks=pytest.mark.long)])
SMALL: Final = {"width": 360, "height": 740}
_DRAWN: Final = """() => Object.fromEntries(map.getStyle().layers
  .filter(({ id }) => id.startsWith("walk-") && !id.endsWith("-casing"))
  .map(({ id, filter }) => [id, filter[2]]))"""


def slider(screen: Screen) -> Locator:
    return screen.page.locator("#front-walk")


def opened(screen: Screen) -> Plan:
    """Ask for all walks, and give the plan that brings them."""
    plan: Plan = screen.planned(screen.page.locator("#front-open").tap)
    screen.until("the slider", slider(screen).is_visible)
    return plan


def with_slider(screen: Screen) -> Plan:
    screen.open()
    screen.plan()
    if screen.page.evaluate("() => innerWidth < 720"):
        screen.lift("half")
    return opened(screen)


def move(screen: Screen, position: int) -> None:
    """Drag the slider to a stop, as far as the page can tell."""
    slider(screen).evaluate(
        "(one, at) => { one.value = at; one.dispatchEvent(new Event('input', { bubbles: true })); }", str(position)
    )


def name_of(words: Words, plan: Plan, route: Walk) -> str:
    if route["name"] in WALKS:
        return words.t(f"walks.{route['name']}")
    number = plan["routes"].index(route) + 1
    return words.t("front.walk", number=number, count=len(plan["routes"]))


def told(words: Words, plan: Plan, route: Walk) -> str:
    """Say of a stop what the page says, put together here."""
    first, name = plan["routes"][0], name_of(words, plan, route)
    if route is first:
        return f"{name}: {words.duration(first['duration_s'])}, {short_words(words, first)}"
    minutes = minutes_of(route["duration_s"]) - minutes_of(first["duration_s"])
    time = words.duration(abs(minutes) * 60)
    said = [words.t("walks.time.more", time=time) if minutes else words.t("walks.time.same")]
    said.append(saved_words(words, first, route))
    less = first["in_view_s"] - route["in_view_s"]
    if less:
        said.append(words.t(f"front.seen.{'less' if less > 0 else 'more'}", time=words.duration(abs(less))))
    fewer = first["cameras_in_view"] - route["cameras_in_view"]
    kind = "same" if fewer == 0 else "fewer" if fewer > 0 else "more"
    said.append(words.t(f"walks.cameras.{kind}", count=abs(fewer)))
    return f"{name}: {', '.join(said)}"


def assert_shown(screen: Screen, plan: Plan, position: int) -> None:
    """Hold all that hangs on the walk of a stop to that walk."""
    words, route = words_in(screen.lang), plan["routes"][position]
    assert slider(screen).input_value() == str(position)
    said = slider(screen).get_attribute("aria-valuetext")
    assert said == screen.page.locator("#front-told").inner_text() == told(words, plan, route)
    checked = screen.page.locator("#cards input:checked").evaluate_all("(all) => all.map((one) => one.value)")
    assert checked == [route["name"]] * (route["name"] in WALKS)
    assert screen.page.locator("#strip rect.strip-seen").count() == len(route["in_view_spans_m"])
    assert screen.page.locator("#strip .strip-camera").count() == len(route["meetings"])
    assert screen.page.locator("#steps [id^=step-]").count() == len(route["steps"])
    assert screen.page.locator("#steps [id^=met-]").count() == len(route["meetings"])
    view = words.distance(route["length_m"])
    assert screen.page.locator("#rest .facts li").first.inner_text().startswith(view)
    assert screen.page.locator("#front .front-chosen").count() == 1


@LANGUAGES
def test_slider_when_opened_then_one_plan_brings_every_walk_and_moving_it_none(device: OpenScreen, lang: str) -> None:
    screen = device(lang, size=SMALL).open()
    few = screen.plan()
    screen.lift("half")
    plan = opened(screen)
    first, second = screen.asked()
    assert second == first | {"front": "every"}
    assert len(plan["routes"]) == len(plan["front"]) == len(few["front"]) > len(few["routes"])
    assert [route for route in plan["routes"] if route["name"] in WALKS] == few["routes"]
    assert slider(screen).get_attribute("max") == str(len(plan["routes"]) - 1)
    assert screen.page.evaluate("() => document.activeElement.id") == "front-walk"
    assert len(screen.cards()) == len(WALKS), "the cards stay"
    assert_shown(screen, plan, len(plan["routes"]) - 1)

    asked = len(screen.watch.requests)
    slider(screen).press("Home")
    for position, route in enumerate(plan["routes"]):
        assert_shown(screen, plan, position)
        minutes = minutes_of(route["duration_s"]) - minutes_of(plan["routes"][0]["duration_s"])
        point = plan["front"][position]
        assert minutes == minutes_of(round(point["length_m"] / 1.4)) - minutes_of(few["routes"][0]["duration_s"])
        keep(screen.page, f"front-{lang}-{position}")
        slider(screen).press("ArrowRight")
    assert_shown(screen, plan, len(plan["routes"]) - 1)
    assert len(screen.watch.requests) == asked, "the server learns which walk she looks at"
    assert screen.page.evaluate("() => document.activeElement.id") == "front-walk"


def test_slider_when_moved_then_the_map_draws_that_walk_on_top(device: OpenScreen) -> None:
    screen = device("en", "dark", SMALL)
    plan = with_slider(screen)
    held = {feature["properties"]["name"]: feature["geometry"] for feature in screen.data("walks")}
    assert held == {route["name"]: route["geometry"] for route in plan["routes"]}
    for position, route in enumerate(plan["routes"]):
        move(screen, position)
        layers = screen.ask(_DRAWN)
        shown = {**{f"walk-{name}": name for name in WALKS}, "walk-also": "also"}
        top = "walk-also" if route["name"] not in WALKS else f"walk-{route['name']}"
        assert layers == shown | {top: route["name"]}
        assert list(layers)[-1] == top
        assert_seen(screen, route)
    between = next(at for at, route in enumerate(plan["routes"]) if route["name"] not in WALKS)
    move(screen, between)
    screen.settle()
    assert screen.drawn("walk-also"), "on the screen, above the sheet"
    sheet = screen.page.locator("#sheet").bounding_box()
    assert sheet is not None
    for route in plan["routes"]:
        for place in (route["geometry"]["coordinates"][0], route["geometry"]["coordinates"][-1]):
            assert screen.spot(place)[1] < sheet["y"]


def test_slider_when_put_away_then_a_walk_with_a_card_is_chosen_and_it_comes_back_at_once(device: OpenScreen) -> None:
    screen = device("ru", size=SMALL)
    plan = with_slider(screen)
    names = [route["name"] for route in plan["routes"]]
    move(screen, next(at for at, name in enumerate(names) if name not in WALKS))
    asked = len(screen.asked())
    screen.page.locator("#front-close").tap()
    assert not slider(screen).count()
    assert screen.page.evaluate("() => document.activeElement.id") == "front-open"
    assert screen.page.locator("#cards input:checked").get_attribute("value") == "least_seen"
    screen.page.locator("#front-open").tap()
    screen.until("the slider", slider(screen).is_visible)
    assert_shown(screen, plan, names.index("least_seen"))
    assert len(screen.asked()) == asked, "these walks are there already"


def test_card_when_chosen_then_the_slider_goes_to_its_walk_and_back(device: OpenScreen) -> None:
    screen = device("ru", size=WIDE)
    plan = with_slider(screen)
    names = [route["name"] for route in plan["routes"]]
    for name in (*WALKS, "balanced"):
        screen.page.locator(f"#cards input[value={name}]").tap()
        assert_shown(screen, plan, names.index(name))
    between = next(at for at, name in enumerate(names) if name not in WALKS)
    move(screen, between)
    assert_shown(screen, plan, between)
    screen.page.locator("#step-1").tap()
    assert screen.page.locator("#step-1").get_attribute("aria-current") == "true"
    screen.page.locator("#steps [id^=met-]").first.tap()
    assert not slider(screen).is_visible(), "a camera is looked at"
    screen.page.locator("#camera-close").tap()
    assert_shown(screen, plan, between)


def test_slider_when_opened_and_moved_then_nothing_above_it_moves(device: OpenScreen) -> None:
    screen = device("ru", size=SMALL).open()
    screen.plan()
    screen.lift("half")

    def places(*rooms: str) -> list[Any]:
        """Give where rooms lie in what scrolls, and how far that is scrolled."""
        screen.breathe()
        code = """(rooms) => [document.getElementById("scroll").scrollTop,
          ...rooms.map((id) => [document.getElementById(id).offsetTop, document.getElementById(id).offsetHeight])]"""
        told: list[Any] = screen.page.evaluate(code, rooms)
        return told

    above = "sheet", "handle", "cards", "strip"
    before = places(*above)
    plan = opened(screen)
    assert places(*above)[1:] == before[1:]
    whole = places(*above, "front-walk", "front-told", "detour")
    for position in range(len(plan["routes"])):
        move(screen, position)
        assert places(*above, "front-walk", "front-told", "detour") == whole


@LANGUAGES
def test_walk_between_when_taken_along_then_file_and_link_hold_it(device: OpenScreen, lang: str) -> None:
    screen = device(lang)
    plan = with_slider(screen)
    position, route = next((at, one) for at, one in enumerate(plan["routes"]) if one["name"] not in WALKS)
    move(screen, position)
    with screen.page.expect_download() as waiting:
        screen.page.locator("#gpx").tap()
    gpx = ET.fromstring(Path(waiting.value.path()).read_bytes())  # noqa: S314 - our own
    points = [[float(p.attrib["lon"]), float(p.attrib["lat"])] for p in gpx.iterfind(".//{*}trkpt")]
    assert points == pytest.approx(np.array(route["geometry"]["coordinates"]), abs=1e-7)
    assert gpx.findtext("{*}trk/{*}name") == name_of(words_in(lang), plan, route)
    with screen.page.expect_download() as waiting:
        screen.page.locator("#geojson").tap()
    held = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert [feature["geometry"] for feature in held["features"]] == [one["geometry"] for one in plan["routes"]]
    screen.page.locator("#link").tap()
    link = screen.page.locator("#link-text").input_value()

    other = device(lang)
    restored = other.planned(lambda: other.page.goto(link))
    assert len(other.asked()) == 1, "one plan brings it"
    other.page.keyboard.press("Escape")
    (again,) = (one for one in restored["routes"] if one["name"] == route["name"])
    assert again["length_m"] == pytest.approx(route["length_m"], rel=0.02)
    other.lift("half")
    other.until("the slider", slider(other).is_visible)
    assert_shown(other, restored, restored["routes"].index(again))


def test_slider_when_the_wish_changes_then_comes_anew_with_the_new_walks(device: OpenScreen) -> None:
    screen = device("en", size=WIDE)
    before = with_slider(screen)
    position, looked_at = next((at, one) for at, one in enumerate(before["routes"]) if one["name"] not in WALKS)
    move(screen, position)
    screen.page.locator("#detour").focus()
    after = screen.planned(lambda: screen.page.locator("#detour").press("ArrowRight"))
    assert screen.asked()[-1]["front"] == "every"
    assert len(after["routes"]) == len(after["front"])
    off = [abs(route["length_m"] - looked_at["length_m"]) for route in after["routes"]]
    assert_shown(screen, after, off.index(min(off)))
    assert screen.page.evaluate("() => document.activeElement.id") == "detour"
    turned = screen.planned(screen.page.locator("#swap").tap)
    assert_shown(screen, turned, len(turned["routes"]) - 1)
    screen.page.locator("#clear").tap()
    screen.until("an empty map", lambda: screen.phase() == "idle")
    assert not screen.page.locator("#front").is_visible()
    assert_shown(screen, screen.planned(screen.page.locator("#undo").tap), len(turned["routes"]) - 1)


def test_slider_when_only_one_walk_is_known_then_it_is_not_offered(device: OpenScreen) -> None:
    screen = device("en", size=WIDE).open()
    screen.plan()
    assert screen.page.locator("#front-open").is_visible()
    screen.page.locator("#detour").focus()
    for _ in range(8):
        plan = screen.planned(lambda: screen.page.locator("#detour").press("PageDown"))
        if len(plan["routes"]) == 1:
            break
    assert screen.page.locator("#front-open").is_visible() == (len(plan["routes"]) > 1)
    assert len(plan["routes"]) == 1


@pytest.mark.parametrize(("lang", "part"), [("ru", "/js/front.mjs"), ("en", "/front.css"), ("ru", "/late-")])
def test_slider_when_a_file_of_it_does_not_arrive_then_told_and_asked_for_again(
    device: OpenScreen, line: Line, lang: str, part: str
) -> None:
    line.faults[part] = gone
    screen = start(device(lang, at=line)).settle()
    screen.watch.excuse(REFUSED)
    ask_for_a_walk(screen)
    until_walks(screen)
    screen.settle()
    screen.lift("half")
    screen.page.locator("#front-open").tap()
    sentence = words_in(lang).t("errors.offline")
    screen.until(sentence, lambda: sentence in screen.page.locator("#dialog").inner_text())
    screen.page.keyboard.press("Escape")
    line.faults.clear()
    plan = opened(screen)
    assert_shown(screen, plan, len(plan["routes"]) - 1)


def test_slider_when_she_knows_cameras_then_they_go_along_and_a_new_one_brings_it_anew(device: OpenScreen) -> None:
    screen = device("en").open()
    before = screen.plan()
    here(screen, middle(before))
    few = screen.planned(lambda: save(screen, "panning"))
    screen.lift("half")
    plan = opened(screen)
    first, second = screen.asked()[-2:]
    assert len(second["overlay"]["cameras"]) == 1
    assert second == first | {"front": "every"}
    assert [route for route in plan["routes"] if route["name"] in WALKS] == few["routes"]
    here(screen, middle(plan, "shortest"))
    anew = screen.planned(lambda: save(screen))
    third = screen.asked()[-1]
    assert (third["front"], len(third["overlay"]["cameras"])) == ("every", 2)
    screen.lift("half")
    assert_shown(screen, anew, [route["name"] for route in anew["routes"]].index(screen.chosen()))


def test_page_when_no_slider_is_asked_for_then_none_of_it_is_fetched(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.plan()
    paths = [urlsplit(request.url).path for request in screen.watch.requests]
    assert [path for path in paths if "front" in path or "late" in path] == []


def test_slider_when_there_is_no_map_then_works(device: OpenScreen, line: Line) -> None:
    line.faults["/maplibre-gl.mjs"] = gone
    screen = start(device("ru", "dark", SMALL, at=line))
    screen.watch.excuse(REFUSED)
    screen.until("a page without a map", lambda: screen.page.locator("html.no-map").count() > 0)
    ask_for_a_walk(screen)
    until_walks(screen)
    plan = opened(screen)
    for position in range(len(plan["routes"])):
        move(screen, position)
        assert_shown(screen, plan, position)
    keep(screen.page, "front-no-map")


ALL = [
    (lang, scheme, size, large)
    for lang in ("ru", "en")
    for scheme in ("light", "dark")
    for size in (NARROW, SMALL, WIDE)
    for large in (False, True)
]
SAMPLE = [
    ("en", "light", SMALL, False),
    ("ru", "dark", SMALL, True),
    ("en", "dark", WIDE, False),
]


@pytest.mark.parametrize(
    ("lang", "scheme", "size", "large"),
    [pytest.param(*one, marks=[] if one in SAMPLE else [pytest.mark.long]) for one in ALL],
    ids=[f"{lang}-{scheme}-{size['width']}{'-large' * large}" for lang, scheme, size, large in ALL],
)
def test_slider_when_looked_at_then_open_to_everyone_and_honest(
    device: OpenScreen, lang: str, scheme: str, size: dict[str, int], *, large: bool
) -> None:
    screen = device(lang, scheme, size).open()
    if large:
        screen.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    screen.planned(lambda: screen.page.evaluate("(link) => { location.hash = link; }", LINK))
    screen.page.keyboard.press("Escape")
    narrow = size is not WIDE
    if narrow:
        screen.lift("half")
    trouble = [f"before: {one}" for one in (*overflow(screen.page), *small_targets(screen.page))]
    plan = opened(screen)
    move(screen, len(plan["routes"]) // 2)
    for height in ("half", "full") if narrow else ("peek",):
        if narrow:
            screen.lift(height)
        slider(screen).scroll_into_view_if_needed()
        screen.settle()
        keep(screen.page, f"front-{lang}-{scheme}-{size['width']}-{height}{'-large' if large else ''}")
        found = [*violations(screen.page), *overflow(screen.page), *small_targets(screen.page)]
        found += [f"it says {line!r}" for line in screen.text().splitlines() if PROMISES.search(line)]
        trouble += [f"{height}: {one}" for one in found]
    assert not trouble, "\n".join(trouble)
