"""Cameras on the map and in words, steps in words and on the map."""

from __future__ import annotations

import json
import urllib.request
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
import small_areas
from browser_support import Screen, keep

from routing.geo import bearing_deg, cut_line, distance_m
from web.sentences import camera_words, step_words
from web.texts import words_in

if TYPE_CHECKING:
    from browser_support import LonLat
    from conftest import OpenScreen
    from numpy.typing import NDArray
    from serving import Running

    from routing.area import Area

    Floats = NDArray[np.float64]

RING_M = 0.35  # a drawn circle has corners, and the page's plane is good to a thousandth


def cameras_of(origin: str, prefix: str = "") -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{origin}{prefix}/api/v1/cameras", timeout=20) as reply:  # noqa: S310 - our own server
        features: list[dict[str, Any]] = json.load(reply)["features"]
    return features


def lonely(cameras: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the camera that is farthest from all others, of those amid the area."""
    places = np.array([camera["geometry"]["coordinates"] for camera in cameras])
    amid = [at for at, (lon, lat) in enumerate(places) if 24.939 < lon < 24.950 and 60.166 < lat < 60.176]
    gaps = {at: np.sort(distance_m(places[at], places))[1] for at in amid}
    return cameras[max(gaps, key=lambda at: float(gaps[at]))]


def tap_camera(screen: Screen, place: LonLat) -> None:
    screen.show(place, 18)
    screen.tap(place)
    screen.until("the camera's panel", screen.page.locator("#camera-title").is_visible)
    screen.settle()


def told(screen: Screen) -> list[str]:
    return [screen.page.locator("#camera-title").inner_text(), *screen.page.locator(".facts li").all_inner_texts()]


def assert_cut_by_houses(area: Area, view: dict[str, Any], known: dict[str, Any], place: LonLat) -> None:
    """Hold a ring to what the file tells, and to the walls themselves: no line of sight goes through one."""
    (corners,) = view["geometry"]["coordinates"]
    hangs = np.array(known.get("hangs_at", place))
    reaches = distance_m(np.array(corners), hangs)
    assert np.abs(reaches[:-1] - known["far_m"]).max() < RING_M
    assert reaches.min() < known["reach_m"] / 2 < reaches.max(), "no house stands there"
    ends = area.wall_ends.reshape(-1, 2, 2)
    near = (distance_m(ends, hangs) < 4 * known["reach_m"]).any(axis=1)
    walls = shapely.union_all(shapely.linestrings(ends[near]))

    def through(reach_m: Floats) -> int:
        tips = hangs + (np.array(corners) - hangs) * (reach_m / np.maximum(reaches, 0.1))[:, None]
        return int(walls.intersects(shapely.linestrings([[hangs, tip] for tip in tips])).sum())

    # metres are whole, and the place is told to 0.1 m; one or two graze a corner
    assert through(np.maximum(reaches - 1.0, 0.01)) <= 2, "what a house hides is drawn"
    assert through(np.full_like(reaches, known["reach_m"])) > 10


@pytest.mark.parametrize(("lang", "scheme"), [("ru", "dark"), ("en", "light")])
def test_camera_when_tapped_then_the_page_says_what_it_is_how_old_and_whose_word(
    device: OpenScreen, demo: Area, lang: str, scheme: str
) -> None:
    screen = device(lang, scheme).open()
    camera = lonely(cameras_of(screen.watch.origin))
    place, known = camera["geometry"]["coordinates"], camera["properties"]
    tap_camera(screen, place)
    words = words_in(lang)
    said = camera_words(words, known)
    assert told(screen)[0] == said["kind"]
    assert {said["looks"], said["age"], said["word"], said["faces"]} < set(told(screen))
    assert words.t("ui.camera.record", id=known["id"]) in told(screen)
    assert any(words.t("units.m", number=words.number(known["reach_m"])) in line for line in told(screen))
    assert screen.page.evaluate("() => document.activeElement.id") == "camera-title"

    point, ring = screen.data("chosen")
    assert point["geometry"]["coordinates"] == place
    assert_cut_by_houses(demo, ring, known, place)
    assert {one["layer"] for one in screen.drawn("chosen-view", "chosen-camera", "views-ring")} == {
        "chosen-view", "chosen-camera", "views-ring",
    }  # fmt: skip
    box = screen.page.locator("#sheet").bounding_box()
    assert box is not None
    assert screen.spot(place)[1] < box["y"], "the camera is seen above the sheet"
    assert screen.asked() == []
    keep(screen.page, f"camera-{lang}-{scheme}")

    screen.page.locator("#camera-close").tap()
    assert screen.page.locator("#camera-title").count() == 0
    assert screen.data("chosen") == []


def test_cameras_when_many_stand_close_then_a_number_stands_for_them_and_a_tap_comes_closer(device: OpenScreen) -> None:
    screen = device("en").open()
    groups = [one for one in screen.drawn("camera-group") if one["properties"]["point_count"] > 5]
    x, y = screen.spot(groups[0]["geometry"]["coordinates"])
    zoom = screen.ask("() => map.getZoom()")
    screen.page.touchscreen.tap(x, y)
    screen.until("a closer look", lambda: screen.ask("() => map.getZoom()") > zoom)
    assert screen.page.locator("#row-start").is_hidden()
    every = cameras_of(screen.watch.origin)
    screen.show((24.944, 60.1715), 13)
    drawn = screen.drawn("camera-group", "camera")
    assert sum({str(one["geometry"]): one["properties"].get("point_count", 1) for one in drawn}.values()) <= len(every)
    assert len(screen.data("cameras")) == len(every)


def test_camera_when_its_directions_are_known_then_only_they_are_filled(device: OpenScreen, yards: Running) -> None:
    screen = device("ru", at=yards)
    screen.prefix = "/двор"
    screen.watch.secrets += [small_areas.START, small_areas.END]
    screen.open()
    place = small_areas.BOTH_WAYS
    tap_camera(screen, place)
    known = next(c for c in cameras_of(yards.url, "/%D0%B4%D0%B2%D0%BE%D1%80") if c["properties"]["id"] == "osm/node/1")
    said = camera_words(words_in("ru"), known["properties"])
    assert {said["looks"], said["age"], said["word"], said["faces"]} < set(told(screen))
    assert "восток" in said["looks"]
    assert "запад" in said["looks"]
    _, *sectors = screen.data("chosen")
    assert len(sectors) == len(known["properties"]["sectors"]) == 2
    place = known["properties"].get("hangs_at", place)
    for sector, (start, sweep) in zip(sectors, known["properties"]["sectors"], strict=True):
        (corners,) = sector["geometry"]["coordinates"]
        rim = np.array([corner for corner in corners if float(distance_m(np.array(corner), np.array(place))) > 1])
        turned = (bearing_deg(np.array(place), rim) - start) % 360
        assert turned.min() < 0.5
        assert turned.max() == pytest.approx(sweep, abs=0.5)
    assert {one["layer"] for one in screen.drawn("views-sector", "views-ring")} == {"views-sector", "views-ring"}
    faint = {round(one["properties"]["faint"], 1) for one in screen.drawn("views-sector", "views-ring")}
    assert faint == {0.5, 1}, "an old record is drawn fainter"
    keep(screen.page, "camera-sectors-ru")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_steps_when_walks_are_planned_then_told_in_words_with_the_cameras_met(device: OpenScreen, lang: str) -> None:
    screen = device(lang).open()
    plan = screen.plan()
    screen.lift("full")
    words = words_in(lang)
    screen.page.locator("#cards input[value=shortest]").tap()
    route = plan["routes"][0]
    steps = screen.page.locator("#steps [id^=step-]").all_inner_texts()
    for step, row in zip(route["steps"], steps, strict=True):
        assert step_words(words, step) in row
        assert step["length_m"] == 0 or words.distance(step["length_m"]) in row
    rows = screen.page.locator("#steps button").evaluate_all("(all) => all.map((one) => one.id)")
    met = [row.removeprefix("met-") for row in rows if row.startswith("met-")]
    assert met == [meeting["camera"] for meeting in route["meetings"]]
    ends = list(accumulate(step["length_m"] for step in route["steps"]))
    for meeting in route["meetings"]:
        after = rows[: rows.index(f"met-{meeting['camera']}")]
        step = max(int(row.removeprefix("step-")) for row in after if row.startswith("step-"))
        assert meeting["at_m"] < ends[step] or step == len(ends) - 1
        assert step == 0 or meeting["at_m"] >= ends[step - 1]
    keep(screen.page, f"steps-{lang}")


def test_step_when_pressed_then_its_place_is_shown_above_the_sheet(device: OpenScreen) -> None:
    screen = device("ru").open()
    plan = screen.plan()
    screen.lift("full")
    route = plan["routes"][-1]
    row = screen.page.locator("#step-3")
    row.tap()
    screen.settle()
    assert row.get_attribute("aria-current") == "true"
    assert row.is_visible()
    begun_m = sum(step["length_m"] for step in route["steps"][:3])
    place = cut_line(np.array(route["geometry"]["coordinates"]), begun_m, begun_m)[0]
    (shown,) = screen.data("step")
    assert float(distance_m(np.array(shown["geometry"]["coordinates"]), place)) < 1
    x, y = screen.spot((float(place[0]), float(place[1])))
    box, bar = screen.page.locator("#sheet").bounding_box(), screen.page.locator("#bar").bounding_box()
    assert box is not None
    assert bar is not None
    assert bar["y"] + bar["height"] < y < box["y"]
    assert 0 < x < 390
    keep(screen.page, "step-ru")


def test_camera_row_when_pressed_then_the_camera_opens_and_closing_leads_back(device: OpenScreen) -> None:
    screen = device("en").open()
    plan = screen.plan()
    screen.lift("full")
    screen.page.locator("#cards input[value=shortest]").tap()
    meeting = plan["routes"][0]["meetings"][2]
    row = f"met-{meeting['camera']}"
    screen.page.locator(f"[id='{row}']").tap()
    screen.settle()
    words = words_in("en")
    assert any(words.distance(meeting["at_m"]) in line for line in told(screen))
    place = next(
        camera["geometry"]["coordinates"]
        for camera in cameras_of(screen.watch.origin)
        if camera["properties"]["id"] == meeting["camera"]
    )
    box = screen.page.locator("#sheet").bounding_box()
    assert box is not None
    assert screen.spot(place)[1] < box["y"]
    screen.page.locator("#camera-close").tap()
    assert screen.page.evaluate("() => document.activeElement.id") == row
    assert screen.chosen() == "shortest"
