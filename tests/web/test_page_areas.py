"""Where there is less to tell: fewer walks than three, no camera at all, no basemap, several areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import small_areas
from browser_support import WALKS, keep
from page_checks import map_date

from web.texts import words_in

if TYPE_CHECKING:
    from conftest import OpenScreen
    from serving import Running

TWO = (24.94738, 60.16971), (24.9454, 60.17035)
ONE = (24.94946, 60.17131), (24.94725, 60.17116)
UNSEEN = (24.9485, 60.17495), (24.94272, 60.17725)  # the least seen is in view of no mapped camera


@pytest.mark.parametrize(
    ("lang", "ends", "count", "why"),
    [("ru", TWO, 2, "no-bargain-between"), ("en", ONE, 1, "no-better-within-detour")],
)
def test_page_when_there_are_fewer_walks_than_three_then_says_why(
    device: OpenScreen, lang: str, ends: tuple[tuple[float, float], ...], count: int, why: str
) -> None:
    screen = device(lang).open()
    plan = screen.plan(*ends)
    assert len(screen.cards()) == len(plan["routes"]) == count
    assert why in [note["code"] for note in plan["notes"]]
    status = screen.page.locator("#status")
    assert words_in(lang).t(f"notes.{why}") in status.inner_text()
    assert status.is_visible()
    keep(screen.page, f"walks-{count}-{lang}")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_walk_when_no_mapped_camera_sees_it_then_said_how_likely_others_do(device: OpenScreen, lang: str) -> None:
    screen = device(lang).open()
    plan = screen.plan(*UNSEEN)
    assert plan["routes"][-1]["in_view_m"] == 0
    words = words_in(lang)
    chance = plan["routes"][-1]["recognition"]
    assert 0 < chance["unmapped"] <= chance["default"]
    assert words.t("walks.chance", chance=words.chance(chance["default"])) in screen.cards()[-1]
    assert screen.data("seen") == []
    assert words.t("ui.strip.none") == screen.page.locator("#strip svg").get_attribute("aria-label")
    screen.lift("half")
    more = screen.page.locator("#more").inner_text()
    assert words.t("ui.unknown") in more
    assert words.t("ui.no_mapped_camera") in more
    keep(screen.page, f"unseen-{lang}")


@pytest.mark.parametrize(
    ("lang", "today", "said"),
    [
        ("ru", "2019-05-01", "апрель 2019. "),
        ("en", "2020-06-01", "April 2019, 1 year old. "),
        ("ru", "2021-06-01", "апрель 2019, им 2 года. "),
        ("en", "2018-01-01", "April 2019 (this phone's clock is wrong). "),
    ],
)
def test_page_when_data_are_old_or_the_clock_is_wrong_then_said_where_it_is_always_seen(
    device: OpenScreen, lang: str, today: str, said: str
) -> None:
    screen = device(lang)
    screen.page.clock.set_fixed_time(today)
    screen.open()
    assert said in screen.page.locator("#coverage").inner_text()


@pytest.mark.parametrize(("lang", "scheme"), [("ru", "dark"), ("en", "light")])
def test_page_when_the_area_has_no_camera_then_says_that_walks_go_by_the_shape_of_the_city(
    device: OpenScreen, yards: Running, lang: str, scheme: str
) -> None:
    screen = device(lang, scheme, at=yards)
    screen.prefix = "/bare"
    screen.open()
    words = words_in(lang)
    date = map_date(words, "2019-04-21")
    coverage = screen.page.locator("#coverage")
    assert coverage.inner_text() == words.t("ui.coverage.none", date=date)
    assert coverage.is_visible()
    plan = screen.plan(*small_areas.THREE)
    assert [note["code"] for note in plan["notes"]] == ["by-shape"]
    status = screen.page.locator("#status")
    assert status.inner_text() == words.t("notes.by-shape")
    assert status.is_visible()
    assert len(screen.cards()) == len(WALKS)
    for route, card in zip(plan["routes"], screen.cards(), strict=True):
        assert words.t("walks.chance", chance=words.chance(route["recognition"]["unmapped"])) in card
    assert coverage.is_visible()
    assert screen.data("cameras") == screen.data("views") == []
    note = screen.page.locator("#map-note")
    assert note.inner_text() == words.t("ui.map.no_basemap")
    box = note.bounding_box()
    assert box is not None
    assert screen.spot(small_areas.THREE[1])[1] > box["y"] + box["height"], "no end lies under what is told"
    keep(screen.page, f"bare-{lang}-{scheme}")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_areas_when_there_are_several_then_the_start_page_leads_to_each(
    device: OpenScreen, yards: Running, lang: str
) -> None:
    screen = device(lang, at=yards)
    screen.page.goto(yards.url)
    assert screen.page.locator("html").get_attribute("lang") == lang
    links = screen.page.get_by_role("link")
    assert links.count() == 2
    keep(screen.page, f"areas-{lang}")
    links.last.tap()
    screen.page.wait_for_selector("#app:not([hidden])")
    screen.prefix = "/двор"
    screen.settle()
    assert screen.page.locator("html").get_attribute("lang") == lang
    assert "Двор" in screen.page.title()


def test_place_when_the_extract_is_russian_then_found_in_both_scripts(device: OpenScreen, moscow: Running) -> None:
    screen = device("ru", at=moscow).open()
    assert screen.words("ui.coverage.none").split(",")[0] in screen.page.locator("#coverage").inner_text()
    for typed in ("аргуновская", "argunovskaya", "fhueyjdcrfz"):
        screen.page.locator("#end").fill(typed)
        rows = screen.page.get_by_role("option")
        screen.until("places", lambda rows=rows: rows.count() > 0 and "Аргуновская" in rows.first.inner_text())
    keep(screen.page, "moscow-search-ru")
    rows.first.tap()
    screen.page.locator("#start").fill("звёздный бульвар")
    screen.until("places", lambda: rows.count() > 0 and "Звёздный" in rows.first.inner_text())
    plan = screen.planned(rows.first.tap)
    assert len(plan["routes"]) == len(WALKS)
    assert screen.page.locator("#status").inner_text() == screen.words("notes.by-shape")
    keep(screen.page, "moscow-walk-ru")
