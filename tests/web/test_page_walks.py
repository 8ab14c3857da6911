"""Two taps, three walks: what is drawn, what stands on the cards, and how it all changes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser_support import END, START, WALKS, keep, plans_of
from matplotlib import image

from routing.geo import along_m, cut_line, distance_m
from web.sentences import compare_words, saved_words, short_words, walk_words
from web.texts import words_in

if TYPE_CHECKING:
    from browser_support import Screen
    from conftest import OpenScreen

    Plan = dict[str, Any]

COLOURS = {
    "light": {"shortest": "8a5a00", "balanced": "1f5fbf", "least_seen": "0b6b4f"},
    "dark": {"shortest": "e0a13a", "balanced": "7aa7ff", "least_seen": "5fdcae"},
}
LEAST_PIXELS = 150  # of a walk's own colour; the thinnest is a dotted line of some hundred pixels
ELSEWHERE = (24.9437, 60.1745)  # in a park, so that a tap meets no camera


def walk(plan: Plan, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(route for route in plan["routes"] if route["name"] == name)
    return found


def pixels(screen: Screen, colour: str) -> int:
    """Count the pixels of a colour that can be seen of the map."""
    taken = image.imread(io.BytesIO(screen.page.locator("#map").screenshot()))[..., :3]
    wanted = np.array([int(colour[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    return int((np.abs(taken - wanted).max(axis=-1) < 0.04).sum())


def assert_seen(screen: Screen, route: dict[str, Any]) -> None:
    """Hold the stretches that are drawn as seen to the walk that they lie on."""
    line = np.array(route["geometry"]["coordinates"])
    drawn = [np.array(feature["geometry"]["coordinates"]) for feature in screen.data("seen")]
    assert len(drawn) == len(route["in_view_spans_m"])
    for stretch, (start_m, end_m) in zip(drawn, route["in_view_spans_m"], strict=True):
        meant = cut_line(line, start_m, end_m)
        assert float(distance_m(stretch[0], meant[0])) < 1
        assert float(distance_m(stretch[-1], meant[-1])) < 1
        corners = stretch[1:-1]
        assert all((np.abs(line - corner).max(axis=1) < 1e-7).any() for corner in corners), "off the walk"
    summed = sum(float(along_m(stretch)[-1]) for stretch in drawn)
    assert summed == pytest.approx(route["in_view_m"], rel=0.01, abs=1)


@pytest.mark.parametrize(("lang", "scheme"), [("ru", "light"), ("en", "dark")])
def test_page_when_tapped_twice_then_three_walks_are_drawn(device: OpenScreen, lang: str, scheme: str) -> None:
    screen = device(lang, scheme).open()
    assert screen.phase() == "idle"
    plan = screen.plan()
    (asked,) = screen.asked()
    assert set(asked) == {"from", "to", "detour"}
    assert float(distance_m(np.array(asked["from"]), np.array(START))) < 1
    assert float(distance_m(np.array(asked["to"]), np.array(END))) < 1
    assert [route["name"] for route in plan["routes"]] == list(WALKS)

    drawn = {feature["properties"]["name"]: feature["geometry"] for feature in screen.data("walks")}
    assert drawn == {route["name"]: route["geometry"] for route in plan["routes"]}
    assert {one["layer"] for one in screen.drawn(*(f"walk-{name}" for name in WALKS), "seen")} == {
        *(f"walk-{name}" for name in WALKS), "seen",
    }  # fmt: skip
    for name in WALKS:
        assert pixels(screen, COLOURS[scheme][name]) > LEAST_PIXELS, name
    assert_seen(screen, walk(plan, screen.chosen()))
    keep(screen.page, f"walks-{lang}-{scheme}")


def test_page_when_tapped_twice_as_it_comes_then_walks_are_planned(device: OpenScreen) -> None:
    screen = device("ru").open()
    # any two spots of the map as it is first seen, one high and one low, that no camera's dot is near
    high, low = screen.ask(
        """() => [[200, 420], [430, 660]].map(([from, to]) => {
          for (let y = from; y < to; y += 10) {
            for (let x = 120; x < 270; x += 10) {
              const box = [[x - 25, y - 25], [x + 25, y + 25]];
              const near = map.queryRenderedFeatures(box, { layers: ["camera", "camera-group"] });
              if (near.length === 0) return map.unproject([x, y]).toArray();
            }
          }
        })"""
    )
    screen.tap(high)
    screen.until_row_start()
    plan = screen.planned(lambda: screen.tap(low))
    asked = screen.asked()[0]
    assert float(distance_m(np.array(asked["from"]), np.array(high))) < 5
    assert float(distance_m(np.array(asked["to"]), np.array(low))) < 5
    assert len(screen.data("walks")) == len(plan["routes"]) == len(screen.cards())


def test_page_when_walks_are_drawn_then_below_the_names_of_the_map_and_the_chosen_one_last(device: OpenScreen) -> None:
    screen = device().open()
    screen.plan()
    for name in ("shortest", "least_seen"):
        screen.page.locator(f"#cards input[value={name}]").tap()
        layers = screen.ask("() => map.getStyle().layers")
        order = [layer["id"] for layer in layers]
        walks = [layer for layer in order if layer in {f"walk-{one}" for one in WALKS}]
        assert walks[-1] == f"walk-{name}"
        assert max(order.index(layer) for layer in walks) < order.index("seen")
        first_name = next(at for at, layer in enumerate(layers) if layer["type"] == "symbol")
        assert order.index("seen") < first_name
        assert order.index("camera") > first_name
        paints = [layers[order.index(f"walk-{one}")]["paint"] for one in WALKS]
        assert len({paint["line-width"] for paint in paints}) == 3
        assert max(paints, key=lambda paint: paint["line-width"]) is paints[WALKS.index(name)]
        dashes = [paint.get("line-dasharray") for paint in paints]
        assert [dash is None for dash in dashes] == [False, False, True]
        assert dashes[0] != dashes[1]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_cards_when_walks_are_planned_then_carry_the_numbers_of_the_api(device: OpenScreen, lang: str) -> None:
    screen = device(lang).open()
    plan = screen.plan()
    words = words_in(lang)
    for route, card in zip(plan["routes"], screen.cards(), strict=True):
        said = " ".join(card.split())
        assert words.t(f"walks.{route['name']}") in said
        assert words.duration(route["duration_s"]) in card
        assert short_words(words, route) in card
        saved = saved_words(words, plan["routes"][0], route)
        assert (saved in card) == (route is not plan["routes"][0])
    assert screen.chosen() == "least_seen"
    screen.lift("half")
    facts = screen.page.locator("#more .facts li").all_inner_texts()
    assert facts == walk_words(words, plan["routes"][-1])
    assert words.t("walks.assumed") in facts
    assert compare_words(words, plan["routes"][0], plan["routes"][-1]) in screen.text()


def test_card_when_chosen_then_its_walk_is_shown_in_all_that_hangs_on_it(device: OpenScreen) -> None:
    screen = device("ru").open()
    plan = screen.plan()
    screen.lift("half")
    for name in WALKS:
        screen.page.locator("#cards label", has_text=screen.words(f"walks.{name}")).tap()
        assert screen.chosen() == name
        route = walk(plan, name)
        assert_seen(screen, route)
        assert screen.page.locator("#strip rect.strip-seen").count() == len(route["in_view_spans_m"])
        assert screen.page.locator("#strip .strip-camera").count() == len(route["meetings"])
        assert screen.page.locator("#steps [id^=step-]").count() == len(route["steps"])
        assert screen.page.locator("#steps [id^=met-]").count() == len(route["meetings"])
    assert len(screen.asked()) == 1


def test_detour_when_its_slider_is_moved_then_walks_are_planned_anew(device: OpenScreen) -> None:
    screen = device("en").open()
    before = screen.plan()
    screen.lift("half")
    slider = screen.page.locator("#detour")
    centre = screen.ask("() => map.getCenter().toArray()")
    slider.focus()
    for _ in range(3):
        after = screen.planned(lambda: slider.press("ArrowLeft"))
    assert [asked["detour"] for asked in screen.asked()] == [
        "30%",
        "25%",
        "20%",
        "15%",
    ]
    shortest = after["routes"][0]["length_m"]
    assert all(route["length_m"] <= shortest * 1.15 + 1 for route in after["routes"])
    assert after["routes"][0]["geometry"] == before["routes"][0]["geometry"]
    assert screen.page.evaluate("() => document.activeElement.id") == "detour"
    told = slider.get_attribute("aria-valuetext") or ""
    assert words_in("en").distance(shortest * 0.15) in told
    assert screen.ask("() => map.getCenter().toArray()") == centre, "a slider must not move the map"


def test_ends_when_swapped_cleared_and_undone_then_walks_follow(device: OpenScreen) -> None:
    screen = device("ru").open()
    there = screen.plan()
    names = [screen.page.locator(f"#{which}").input_value() for which in ("start", "end")]
    assert all(name.startswith("рядом: ") for name in names)
    back = screen.planned(lambda: screen.page.locator("#swap").tap())
    first, second = screen.asked()
    assert (first["from"], first["to"]) == (second["to"], second["from"])
    assert [screen.page.locator(f"#{which}").input_value() for which in ("end", "start")] == names
    assert back["routes"][0]["length_m"] == pytest.approx(there["routes"][0]["length_m"], rel=0.05)

    screen.lift("half")
    screen.page.locator("#clear").tap()
    screen.until("an empty map", lambda: screen.phase() == "idle")
    assert screen.data("walks") == screen.data("seen") == []
    assert not screen.page.locator("#cards").is_visible()
    assert screen.page.locator(".marker").count() == 0
    again = screen.planned(lambda: screen.page.locator("#undo").tap())
    assert again == back
    once_more = screen.planned(lambda: screen.page.locator("#undo").tap())
    assert once_more == there
    assert [screen.page.locator(f"#{which}").input_value() for which in ("start", "end")] == names


def test_marker_when_dragged_then_the_walk_starts_where_it_was_let_go(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.plan()
    x, y = screen.spot(START)
    to_x, to_y = screen.spot(ELSEWHERE)
    mouse = screen.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(to_x, to_y, steps=5)
    plan = screen.planned(mouse.up)
    asked = screen.asked()[-1]
    assert float(distance_m(np.array(asked["from"]), np.array(ELSEWHERE))) < 10
    assert screen.data("walks")[0]["geometry"] == plan["routes"][0]["geometry"]


def test_walks_when_asked_for_in_a_hurry_then_the_last_wish_wins(device: OpenScreen) -> None:
    screen = device("en").open()
    screen.plan()
    for _ in range(6):
        screen.page.locator("#swap").tap()
    screen.page.wait_for_timeout(500)
    screen.settle()
    plan = plans_of(screen.page)[-1]["record"]  # however many of them the machine was slow enough to ask for
    assert [feature["geometry"] for feature in screen.data("walks")] == [route["geometry"] for route in plan["routes"]]
