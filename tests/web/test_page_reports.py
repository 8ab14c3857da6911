"""Reporting on the phone: what is kept and what leaves it, with and without a connection, a map, a server for it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from altered import altered
from browser_support import END, START, keep
from listing import REFUSED, ask_for_a_walk, start, until_walks
from serving import serving

from routing.geo import cut_line
from routing.reports import StillThere, read_reports
from web.store import Store
from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browser_support import LonLat, Screen
    from conftest import OpenScreen
    from serving import Running

ROUTE: Final = "/api/v1/route"
INSECURE: Final = "Object.defineProperty(window, 'isSecureContext', { value: false });"
EVIL: Final = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def taking(page_server: Running, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``sidestep serve --reports``, with the area that the other server has built."""
    assert page_server.port
    home = tmp_path_factory.mktemp("taking")
    cache = str(shared_folder / "cache")
    with serving(home, "--reports", str(home / "reports"), XDG_CACHE_HOME=cache, SIDESTEP_PROOF="500") as running:
        yield running


def held(screen: Screen) -> list[dict[str, Any]]:
    """Give what lies on the device."""
    text = screen.page.evaluate("() => localStorage.getItem('sidestep-reports')")
    return [] if text is None else json.loads(text)["held"]


def hers(screen: Screen) -> dict[str, str]:
    """Give the cameras on the map that she reported: id of the report → what the map calls it."""
    drawn = [one["properties"] for one in screen.data("cameras")]
    return {one["report"]: one["id"] for one in drawn if one.get("own") and "report" in one}


def here(screen: Screen, place: LonLat) -> None:
    """Open the form of a camera at a place, from the menu of a point, with keys alone."""
    screen.watch.secrets.append(place)
    screen.show(place, 17)
    screen.page.locator("#map canvas").focus()
    screen.page.keyboard.press("Enter")
    screen.until("the menu of a point", screen.page.locator("#dialog").is_visible)
    said = words_in(screen.lang).t("ui.camera_here")
    screen.page.get_by_role("button", name=said, exact=True).last.press("Enter")
    screen.until("the form", screen.page.locator("#report").is_visible)
    screen.page.wait_for_timeout(250)
    screen.settle()


def save(screen: Screen, kind: str = "dome") -> None:
    screen.page.locator(f"#report input[value={kind}]").check()
    screen.page.locator("#report-save").tap()
    screen.until("word of it", screen.page.locator("#toast").is_visible)
    screen.watch.keeps = True


def reports(screen: Screen) -> str:
    """Open the list, and give what it says."""
    screen.page.locator("#open-menu").tap()
    screen.page.get_by_role("button", name=words_in(screen.lang).t("ui.reports")).tap()
    said = words_in(screen.lang).t("report.list")
    screen.until("the list", lambda: screen.page.locator("#dialog-title").inner_text() == said)
    return screen.page.locator("#dialog").inner_text()


def middle(plan: dict[str, Any], name: str = "least_seen") -> LonLat:
    route = next(one for one in plan["routes"] if one["name"] == name)
    half = route["length_m"] / 2
    lon, lat = cut_line(np.array(route["geometry"]["coordinates"]), half, half)[0]
    return float(lon), float(lat)


def sent(screen: Screen) -> list[str]:
    return [request.url for request in screen.watch.requests if "/api/v1/reports" in request.url]


@pytest.mark.parametrize(("lang", "scheme"), [("ru", "light"), pytest.param("en", "dark", marks=pytest.mark.long)])
def test_report_when_made_offline_then_waits_survives_a_reload_and_is_sent_when_she_says_so(
    device: OpenScreen, taking: Running, lang: str, scheme: str
) -> None:
    screen = device(lang, scheme, at=taking).open()
    words = words_in(lang)
    here(screen, (24.9445, 60.1712))
    assert held(screen) == [], "nothing is kept before she saves"
    screen.watch.excuse(REFUSED, "ERR_INTERNET_DISCONNECTED")
    screen.page.context.set_offline(True)
    screen.page.locator("#report input[value=fixed]").check()
    slider = screen.page.locator("#report-direction")
    for _ in range(27):
        slider.press("ArrowRight")
    assert words.t("steps.compass.south-east") in str(slider.get_attribute("aria-valuetext"))
    screen.settle()
    (cone,) = screen.data("chosen")
    assert cone["geometry"]["type"] == "Polygon"
    keep(screen.page, f"report-form-{lang}")
    save(screen, "fixed")
    (kept,) = held(screen)
    assert kept["sent"] is None
    report = kept["report"]
    assert report["direction"] == 135
    assert report["at"] == pytest.approx((24.9445, 60.1712), abs=2e-5), "what lay under the cross-hair"
    assert set(report) == {"id", "kind", "month", "at", "type", "direction"}
    said = reports(screen)
    assert words.t("report.kept") in said
    assert words.t("report.overlay") in said
    screen.page.locator("#report-send").tap()
    screen.until("that it is offline", screen.page.locator("#report-trouble").is_visible)
    assert words.t("report.still_here") in screen.page.locator("#report-trouble").inner_text()

    screen.page.context.set_offline(False)
    screen.page.reload()
    screen.settle()
    screen.until("her camera", lambda: report["id"] in hers(screen))
    assert [url for url in sent(screen) if not url.endswith("/challenge")] == [], "nothing leaves before she sends"
    reports(screen)
    keep(screen.page, f"reports-{lang}")
    screen.page.locator("#report-send").tap()
    screen.until("that it is sent", lambda: held(screen)[0]["sent"])
    screen.until("word of it", lambda: words.t("report.sent", count=1) in screen.page.locator("#dialog").inner_text())
    assert screen.page.locator("#report-send").count() == 0, "it does not wait any longer"
    assert report["id"] in {one.report.id for one in Store(taking.home / "reports").waiting()}
    assert report["id"] in hers(screen), "it counts here until others see it"


def test_reports_when_deleted_then_nothing_is_left(device: OpenScreen, taking: Running) -> None:
    screen = device("en", at=taking).open()
    for place in ((24.9445, 60.1712), (24.946, 60.1705), (24.9435, 60.1705)):
        here(screen, place)
        save(screen)
    first, _, last = (one["report"]["id"] for one in held(screen))
    reports(screen)
    screen.page.locator("#report-list button").nth(1).tap()
    assert [one["report"]["id"] for one in held(screen)] == [first, last]
    assert screen.page.locator("#report-list li").count() == 2
    screen.page.locator("#report-clear").tap()
    assert screen.page.evaluate("() => localStorage.length") == 0
    screen.watch.keeps = False
    assert not [one for one in screen.data("cameras") if one["properties"].get("own")]
    assert sent(screen) == []


def test_camera_when_reported_then_her_walks_change_at_once(device: OpenScreen, taking: Running) -> None:
    screen = device("en", at=taking).open()
    before = screen.plan()
    here(screen, middle(before))
    after = screen.planned(lambda: save(screen, "panning"))
    name = held(screen)[0]["report"]["id"]
    mine = hers(screen)[name]
    walks = {route["name"]: route for route in after["routes"]}
    old = next(route for route in before["routes"] if route["name"] == "least_seen")
    assert walks["least_seen"]["geometry"] != old["geometry"] or mine in walks["least_seen"]["cameras"]
    assert list(screen.asked()[-1]["overlay"]) == ["cameras", "off"]
    keep(screen.page, "report-counts")
    reports(screen)
    without = screen.planned(lambda: screen.page.locator("#report-clear").tap())
    assert [route["geometry"] for route in without["routes"]] == [route["geometry"] for route in before["routes"]]
    screen.watch.keeps = False


def test_map_when_a_camera_was_told_of_then_it_is_where_it_was(device: OpenScreen, taking: Running) -> None:
    screen = device("ru", at=taking).open()
    for leave in (lambda: screen.page.locator("#report-cancel").tap(), lambda: save(screen)):
        here(screen, (24.9458, 60.1697))
        assert screen.ask("() => map.getZoom()") >= 18
        leave()
        screen.settle()
        assert screen.ask("() => map.getZoom()") == pytest.approx(17)


def test_known_camera_when_gone_or_turned_then_off_on_this_phone(device: OpenScreen, taking: Running) -> None:
    screen = device("en", at=taking).open()
    before = screen.plan()
    screen.lift("full")
    screen.page.locator("#cards input[value=shortest]").tap()
    screen.page.locator("#steps [id^=met-]").first.tap()
    camera = before["routes"][0]["meetings"][0]["camera"]
    screen.until("what she can say", screen.page.locator("#report-gone").is_visible)
    screen.watch.keeps = True
    after = screen.planned(lambda: screen.page.locator("#report-gone").tap())
    assert all(camera not in route["cameras"] for route in after["routes"])
    assert screen.page.locator("#report-undo").is_visible(), "the panel stays, and she can take it back"
    keep(screen.page, "report-gone")
    again = screen.planned(lambda: screen.page.locator("#report-undo").tap())
    assert again["routes"][0]["cameras"] == before["routes"][0]["cameras"]
    screen.page.locator("#report-turned").tap()
    screen.until("the form", screen.page.locator("#report").is_visible)
    assert screen.page.locator("#crosshair").is_hidden()
    slider, saving = screen.page.locator("#report-direction"), screen.page.locator("#report-save")
    told = screen.page.locator("#report-direction-told")
    assert told.inner_text() == "before: not known"
    assert saving.get_attribute("aria-disabled") == "true"
    assert saving.get_attribute("aria-describedby") == slider.get_attribute("aria-describedby") == "report-move"
    saving.tap(force=True)  # a finger does not ask whether it may
    assert screen.page.locator("#report-move").get_attribute("class") == "note asked", "says what is missing"
    assert slider.evaluate("(slider) => document.activeElement === slider")
    slider.press("Enter")
    assert held(screen) == [], "a slider that nobody moved does not say north"
    keep(screen.page, "report-turned")
    slider.press("ArrowRight")
    assert told.inner_text() == "north, 5°"
    assert saving.get_attribute("aria-disabled") is None
    assert saving.get_attribute("aria-describedby") is None
    turned = screen.planned(saving.tap)
    (kept,) = held(screen)
    assert (kept["report"]["kind"], kept["report"]["direction"]) == ("turned", 5)
    assert all(camera not in route["cameras"] for route in turned["routes"])
    assert screen.asked()[-1]["overlay"]["cameras"][0]["direction"] == 5


def test_known_camera_when_its_direction_is_known_then_the_slider_begins_there_and_must_still_be_moved(
    device: OpenScreen, taking: Running
) -> None:
    screen = device("ru", at=taking)

    def facing(file: Any) -> Any:  # noqa: ANN401 - JSON
        for feature in file["features"]:
            feature["properties"] |= {"direction_known": True, "sectors": [[328.5, 63]], "kind": "fixed"}
        return file

    altered(screen, "cameras", facing)
    screen.open()
    place = screen.data("cameras")[0]["geometry"]["coordinates"]
    screen.show(place, 18)
    screen.tap(place)
    screen.until("what she can say", screen.page.locator("#report-turned").is_visible)
    screen.page.locator("#report-turned").tap()
    screen.until("the form", screen.page.locator("#report").is_visible)
    slider = screen.page.locator("#report-direction")
    assert slider.input_value() == "0"
    words = words_in("ru")
    north = words.t("report.direction.told", compass=words.t("steps.compass.north"), degrees=0)
    assert slider.get_attribute("aria-valuetext") == words.t("report.direction.before", direction=north)
    screen.page.locator("#report-save").tap(force=True)
    assert held(screen) == []
    for key in ("ArrowRight", "ArrowLeft"):
        slider.press(key)
    screen.page.locator("#report-save").tap()
    screen.watch.keeps = True
    assert held(screen)[0]["report"]["direction"] == 0, "she has moved it, and back"


def test_street_when_looked_along_then_that_stretch_alone_is_told(device: OpenScreen, taking: Running) -> None:
    screen = device("en", at=taking).open()
    plan = screen.plan()
    screen.lift("full")
    steps = plan["routes"][-1]["steps"]
    longest = max(range(1, len(steps) - 1), key=lambda position: steps[position]["length_m"])
    screen.page.locator(f"#step-{longest}").tap()
    screen.until("what she can say", screen.page.locator("#report-looked").is_visible)
    screen.page.locator("#report-looked").tap()
    screen.until("the question", screen.page.locator("#dialog").is_visible)
    assert words_in("en").t("report.survey.honest") in screen.page.locator("#dialog").inner_text()
    screen.page.locator("#report-yes").tap()
    screen.watch.keeps = True
    (kept,) = held(screen)
    assert kept["report"]["kind"] == "survey"
    screen.settle()
    screen.page.locator("#step-0").tap()
    screen.until("what she can say", screen.page.locator("#report-looked").is_visible)
    screen.page.locator("#report-looked").tap()
    screen.until("the question", screen.page.locator("#dialog").is_visible)
    assert words_in("en").t("report.survey.ends") in screen.page.locator("#dialog").inner_text(), "says why it is cut"


def planted(screen: Screen, *months: str) -> list[dict[str, Any]]:
    """Have reports of these months lie on the device before the page opens."""
    made = [
        {"id": f"rp/{chr(98 + i) * 10}", "kind": "camera", "month": month, "at": [24.9435 + i / 1000, 60.1712]}
        for i, month in enumerate(months)
    ]
    kept = json.dumps({"version": 1, "held": [{"report": report, "sent": None} for report in made]})
    screen.page.context.add_init_script(
        f"if (localStorage.getItem('sidestep-reports') === null) localStorage.setItem('sidestep-reports', {kept!r})"
    )
    screen.watch.keeps = True
    return made


@pytest.mark.parametrize("body", ["{}", "<h1>503</h1>", '{"error": {"code": "busy", "message": "later"}}'])
@pytest.mark.parametrize("where", ["challenge", "reports"])
def test_reports_when_the_server_is_busy_then_later_and_nothing_is_lost(
    device: OpenScreen, taking: Running, body: str, where: str
) -> None:
    screen = device("en", at=taking)
    (report,) = planted(screen, months_ago(0))
    screen.watch.excuse("503")
    screen.open()
    address = f"**/api/v1/reports{'/challenge' if where == 'challenge' else ''}"
    screen.page.route(address, lambda route: route.fulfill(status=503, headers={"Retry-After": "5"}, body=body))
    reports(screen)
    screen.page.locator("#report-send").tap()
    screen.until("that it is busy", screen.page.locator("#report-trouble").is_visible)
    words = words_in("en")
    said = screen.page.locator("#report-trouble").inner_text()
    assert said == f"{words.t('report.busy')} {words.t('report.still_here')}"
    assert [(one["report"]["id"], one["sent"]) for one in held(screen)] == [(report["id"], None)]
    screen.page.unroute(address)
    screen.page.locator("#report-send").tap()
    screen.until("that it is sent", lambda: held(screen)[0]["sent"])
    assert report["id"] in {one.report.id for one in Store(taking.home / "reports").waiting()}


def months_ago(count: int) -> str:
    """Give the month so many months before this one."""
    now = dt.datetime.now(dt.UTC)
    number = now.year * 12 + now.month - 1 - count
    return f"{number // 12}-{number % 12 + 1:02}"


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_reports_when_too_old_then_not_sent_and_told(device: OpenScreen, taking: Running, lang: str) -> None:
    screen = device(lang, at=taking)
    old, young = planted(screen, months_ago(13), months_ago(12))
    screen.open()
    words = words_in(lang)
    said = reports(screen)
    assert words.t("report.old") in said
    assert said.count(words.t("report.state.old")) == said.count(words.t("report.state.waits")) == 1
    assert screen.page.locator("#report-send").inner_text() == words.t("report.send", count=1)
    with screen.page.expect_download() as waiting:
        screen.page.locator("#report-file").tap()
    assert [report.id for report in read_reports(waiting.value.path().read_bytes())] == [young["id"]]
    with screen.page.expect_request(lambda request: request.url.endswith("/api/v1/reports")) as asked:
        screen.page.route("**/api/v1/reports", lambda route: route.fulfill(json={"held": [young["id"]]}))
        screen.page.locator("#report-send").tap()
    assert [report["id"] for report in json.loads(asked.value.post_data or "")["reports"]] == [young["id"]]
    screen.until("that it is sent", lambda: [one["sent"] is None for one in held(screen)] == [True, False])
    screen.until("the list", lambda: words.t("report.sent", count=1) in screen.page.locator("#dialog").inner_text())
    assert screen.page.locator("#report-send").count() == screen.page.locator("#report-file").count() == 0
    assert old["id"] in hers(screen), "it counts here until she deletes it"
    screen.page.locator("#report-list button").first.tap()
    assert [one["report"]["id"] for one in held(screen)] == [young["id"]]
    assert screen.page.locator("#report-old").count() == 0


def test_reports_when_the_server_says_too_old_then_told(device: OpenScreen, taking: Running) -> None:
    screen = device("en", at=taking)
    planted(screen, months_ago(12))
    screen.watch.excuse("422")
    screen.open()
    refused = {"error": {"code": "too-old", "message": "a report is too old"}}
    screen.page.route("**/api/v1/reports", lambda route: route.fulfill(status=422, json=refused))
    reports(screen)
    screen.page.locator("#report-send").tap()
    screen.until("why", screen.page.locator("#report-trouble").is_visible)
    assert screen.page.locator("#report-trouble").inner_text().startswith(words_in("en").t("report.old"))
    assert held(screen)[0]["sent"] is None


def test_known_camera_when_still_there_then_kept_sent_and_changes_no_walk(device: OpenScreen, taking: Running) -> None:
    screen = device("ru", at=taking).open()
    words = words_in("ru")
    before = screen.plan()
    camera = before["routes"][0]["meetings"][0]["camera"]
    screen.lift("full")
    screen.page.locator("#cards input[value=shortest]").tap()
    screen.page.locator(f"[id='met-{camera}']").tap()
    screen.until("what she can say", screen.page.locator("#report-there").is_visible)
    screen.watch.keeps = True
    after = screen.planned(lambda: screen.page.locator("#report-there").tap())
    assert after["routes"] == before["routes"]
    screen.until("word of it", screen.page.locator("#toast").is_visible)
    assert words.t("report.saved.there") in screen.page.locator("#toast").inner_text()
    assert screen.page.locator("#report-undo").is_visible()
    (kept,) = held(screen)
    assert set(kept["report"]) == {"id", "kind", "month", "camera"}
    assert (kept["report"]["kind"], kept["report"]["camera"]) == ("there", camera)
    assert "overlay" not in screen.asked()[-1]
    reports(screen)
    screen.page.locator("#report-send").tap()
    screen.until("that it is sent", lambda: held(screen)[0]["sent"])
    waiting = {one.report.id: one.report for one in Store(taking.home / "reports").waiting()}
    assert waiting[kept["report"]["id"]] == StillThere(id=kept["report"]["id"], month=months_ago(0), camera=camera)


@pytest.mark.parametrize("why", ["report.send.insecure", "report.send.none"])
def test_reports_when_they_cannot_be_sent_then_says_why_and_gives_a_file(
    device: OpenScreen, taking: Running, page_server: Running, why: str
) -> None:
    screen = device("ru", at=taking if why.endswith("insecure") else page_server)
    if why.endswith("insecure"):
        screen.page.context.add_init_script(INSECURE)
    screen.open()
    here(screen, (24.9445, 60.1712))
    save(screen)
    assert words_in("ru").t(why) in reports(screen)
    assert screen.page.locator("#report-send").count() == 0
    with screen.page.expect_download() as waiting:
        screen.page.locator("#report-file").tap()
    (report,) = read_reports(waiting.value.path().read_bytes())
    assert report.id == held(screen)[0]["report"]["id"]
    assert sent(screen) == []


def test_camera_data_when_it_holds_markup_then_text(device: OpenScreen, taking: Running) -> None:
    screen = device("en", at=taking)

    def worse(file: Any) -> Any:  # noqa: ANN401 - JSON
        for feature in file["features"]:
            feature["properties"] |= {"source": f"import:{EVIL}", "kind": EVIL, "last_seen": EVIL, "status": EVIL}
        file["features"][0]["properties"]["id"] = EVIL
        return file

    altered(screen, "cameras", worse)
    screen.open()
    plan = screen.plan()
    assert plan["routes"]
    place = screen.data("cameras")[0]["geometry"]["coordinates"]
    screen.show(place, 18)
    screen.tap(place)
    screen.until("what she can say", screen.page.locator("#report-gone").is_visible)
    assert EVIL in screen.page.locator("#more").inner_text()
    screen.planned(lambda: screen.page.locator("#report-gone").tap())
    screen.watch.keeps = True
    reports(screen)
    assert screen.page.locator("img").count() == 0


def test_page_when_it_has_no_map_then_the_place_is_chosen_from_a_list(device: OpenScreen, taking: Running) -> None:
    screen = device("en", at=taking)
    screen.page.context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    start(screen)
    ask_for_a_walk(screen)
    until_walks(screen)
    reports(screen)
    screen.page.locator("#report-add").tap()
    screen.until("the form", screen.page.locator("#report").is_visible)
    offered = screen.page.locator("#report-where option").all_inner_texts()
    assert len(offered) > 2
    screen.page.locator("#report-where").select_option(index=1)
    keep(screen.page, "report-without-map")
    save(screen)
    assert held(screen)[0]["report"]["kind"] == "camera"


def test_walk_when_a_camera_is_told_offline_then_is_planned_anew_all_the_same(
    device: OpenScreen, taking: Running
) -> None:
    screen = device("en", at=taking).open()
    plan = screen.plan(START, END)
    here(screen, middle(plan, "shortest"))
    screen.page.context.set_offline(True)
    after = screen.planned(lambda: save(screen, "panning"))
    assert len(screen.asked()[-1]["overlay"]["cameras"]) == 1
    assert after["routes"] != plan["routes"]
    screen.page.context.set_offline(False)
