"""Walking: turn by turn by hand, with a position, with a forged one, off the walk, hidden, and left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from browser_support import NARROW, WIDE, keep
from page_checks import PROMISES, broken_words, overflow, small_targets, violations
from walks_on_foot import along, on_a_phone, set_out, turn_on_location

from web.sentences import step_words
from web.texts import words_in

if TYPE_CHECKING:
    from browser_support import Screen
    from conftest import OpenScreen

    Walk = dict[str, Any]

LANGUAGES: Final = pytest.mark.parametrize("lang", ["ru", "en"])
PACE_MPS: Final = 1.4


def shown(screen: Screen, part: str) -> str:
    return screen.page.locator(f"#walk-{part}").inner_text()


def starts(route: Walk) -> list[float]:
    """Give how far from the start each step begins."""
    begun = [0.0]
    for step in route["steps"]:
        begun.append(begun[-1] + step["length_m"])
    return begun[:-1]


def fix(screen: Screen, place: tuple[float, float], second: float, accuracy_m: float = 8) -> None:
    screen.watch.secrets.append(place)
    screen.page.evaluate("(given) => window.sidestepFix(given)", [*place, accuracy_m, second])


def walk_to(screen: Screen, route: Walk, metres: float, *, begun: float = 0, every_s: int = 4) -> float:
    """Walk on from a distance, and give where she is."""
    while begun < metres:
        begun = min(begun + every_s * PACE_MPS, metres)
        fix(screen, along(route, begun), begun / PACE_MPS)
    return begun


def clean(screen: Screen) -> None:
    assert violations(screen.page) == []
    assert small_targets(screen.page) == []
    assert overflow(screen.page) == []
    assert not PROMISES.search(screen.text())


@LANGUAGES
def test_walk_when_stepped_by_hand_then_tells_each_turn_and_asks_nobody(device: OpenScreen, lang: str) -> None:
    screen = device(lang, "dark" if lang == "ru" else "light")
    on_a_phone(screen.page.context)
    route = set_out(screen)
    words = words_in(lang)
    asked = len(screen.watch.requests)
    assert screen.page.title() == words.t("walk.title")
    assert screen.page.evaluate("() => document.activeElement.id") == "walk-title"
    for position, step in enumerate(route["steps"]):
        assert shown(screen, "turn") == step_words(words, step | {"keep": None})
        before = route["steps"][position - 1]
        far = "walk.first" if position == 0 else "walk.here" if before["length_m"] < 5 else "walk.then"
        assert shown(screen, "far") == words.t(far, distance=words.distance(before["length_m"]))
        left = route["length_m"] - starts(route)[max(position - 1, 0)]
        seconds = route["duration_s"] * left / route["length_m"]
        assert shown(screen, "left") == words.t(
            "walk.left", distance=words.distance(left), duration=words.duration(seconds)
        )
        if position in {0, 1, 2, len(route["steps"]) - 1}:
            keep(screen.page, f"walking-{lang}-{position}")
            clean(screen)
        if position < len(route["steps"]) - 1:
            screen.page.locator("#walk-next").tap()
    assert screen.page.locator("#walk-next").get_attribute("aria-disabled") == "true"
    screen.page.locator("#walk-back").tap()
    assert shown(screen, "turn") == step_words(words, route["steps"][-2] | {"keep": None})
    screen.page.locator("#walk-end").tap()
    assert screen.page.locator("#walking").count() == 0
    assert screen.page.evaluate("() => document.activeElement.id") == "walk"
    assert len(screen.watch.requests) == asked
    assert screen.page.title() == "Sidestep · Helsinki centre"


def test_cameras_when_met_by_hand_then_each_is_told_before_its_turn_with_its_side(device: OpenScreen) -> None:
    screen = device("en", size=NARROW)
    route = set_out(screen, "shortest")
    begun, told = starts(route), []
    for position in range(len(route["steps"])):
        turn_m = begun[max(position, 1)]
        from_m = begun[max(position - 1, 0)]
        coming = [one for one in route["meetings"] if from_m <= one["at_m"]]
        soon = [one for one in coming if one["at_m"] < turn_m]
        text = shown(screen, "camera")
        if soon:
            distance = words_in("en").distance(soon[0]["at_m"] - from_m)
            assert distance in text or soon[0]["at_m"] - from_m < 5
            assert any(words_in("en").t(f"walk.side.{side}") in text for side in ("left", "right", "ahead", "behind"))
            assert (f"{len(soon) - 1} more" in text) == (len(soon) > 1)
            told += soon * (position > 0)
        else:
            assert text == words_in("en").t("walk.met.later" if coming else "walk.met.none")
        if position < 3:
            keep(screen.page, f"walking-narrow-{position}")
            clean(screen)
        if position < len(route["steps"]) - 1:
            screen.page.locator("#walk-next").tap()
    assert [one["camera"] for one in told] == [one["camera"] for one in route["meetings"]]


@LANGUAGES
def test_walk_when_followed_then_turns_come_by_themselves_and_cameras_are_felt_once(
    device: OpenScreen, lang: str
) -> None:
    screen = device(lang)
    on_a_phone(screen.page.context, guided=True)
    route = set_out(screen, "shortest")
    words = words_in(lang)
    asked = len(screen.watch.requests)
    screen.page.locator("#walk-locate").tap()
    assert screen.page.locator("#walk-trouble p").inner_text() == words.t("walk.location.what")
    assert screen.page.evaluate("() => window.sidestepWatches") == 0, "she has not said yes"
    keep(screen.page, f"walking-{lang}-location")
    clean(screen)
    screen.page.locator("#walk-location-yes").tap()
    assert shown(screen, "told") == words.t("walk.location.waiting")
    shaken, at = [], 0.0
    fix(screen, along(route, 0), 0)
    begun = starts(route)
    for position, meeting in enumerate(route["meetings"]):
        ahead_m = meeting["at_m"] - 32
        if ahead_m > at:
            at = walk_to(screen, route, ahead_m, begun=at)
            near = [one for one in route["meetings"] if one["at_m"] - 30 <= at]
            shaken = screen.page.evaluate("() => window.sidestepShaken")
            assert bool(shaken) == bool(near)
            turn = next(i for i, start in enumerate(begun) if start > at)
            assert shown(screen, "turn") == step_words(words, route["steps"][turn] | {"keep": None})
        if position < 3:
            keep(screen.page, f"walking-{lang}-followed-{position}")
    clean(screen)
    walk_to(screen, route, route["length_m"], begun=at)
    assert shown(screen, "turn") == step_words(words, route["steps"][-1])
    assert shown(screen, "told") == words.t("walk.arrived")
    assert screen.page.evaluate("() => window.sidestepWatches") == 0, "the position is not needed any more"
    shaken = screen.page.evaluate("() => window.sidestepShaken")
    assert 0 < len(shaken) <= len(route["meetings"])
    assert screen.page.locator("#walk-status").inner_text() == words.t("walk.arrived")
    assert len(screen.watch.requests) == asked
    keep(screen.page, f"walking-{lang}-arrived")


def test_vibration_when_switched_off_then_nothing_shakes(device: OpenScreen) -> None:
    screen = device()
    on_a_phone(screen.page.context, guided=True)
    route = set_out(screen, "shortest")
    screen.page.locator("#walk-vibrate input").uncheck()
    turn_on_location(screen)
    fix(screen, along(route, 0), 0)
    walk_to(screen, route, route["meetings"][0]["at_m"] + 1)
    assert screen.page.evaluate("() => window.sidestepShaken") == []


@LANGUAGES
def test_position_when_of_the_browser_then_followed_and_refused_as_it_says(device: OpenScreen, lang: str) -> None:
    screen = device(lang, permissions=["geolocation"])
    words = words_in(lang)
    route = set_out(screen)
    place = along(route, 20)
    screen.watch.secrets.append(place)
    screen.page.context.set_geolocation({"longitude": place[0], "latitude": place[1], "accuracy": 6})
    turn_on_location(screen)
    told = words.t("walk.location.told", distance=words.distance(6))
    screen.until("a position", lambda: shown(screen, "told") == told)
    assert not screen.page.locator("#walk-hand").is_visible()
    place = along(route, 30)
    screen.page.context.set_geolocation({"longitude": place[0], "latitude": place[1], "accuracy": 9})
    screen.until("the next", lambda: shown(screen, "told") == words.t("walk.location.told", distance=words.distance(9)))
    screen.page.context.set_geolocation({"longitude": place[0], "latitude": place[1], "accuracy": 400})
    vague = words.t("walk.vague", distance=words.distance(400))
    screen.until("word of it", lambda: shown(screen, "told") == vague)
    assert screen.page.locator("#walk-hand").is_visible(), "by hand meanwhile"
    screen.page.locator("#walk-locate").tap()
    assert shown(screen, "told") == ""


@LANGUAGES
def test_position_when_refused_or_not_coming_then_a_sentence_and_the_walk_by_hand(
    device: OpenScreen, lang: str
) -> None:
    screen = device(lang)
    words = words_in(lang)
    set_out(screen)
    turn_on_location(screen)
    trouble = screen.page.locator("#walk-trouble p")
    screen.until("word of it", lambda: trouble.is_visible() and trouble.inner_text() == words.t("walk.denied"))
    keep(screen.page, f"walking-{lang}-denied")
    clean(screen)
    screen.page.locator("#walk-understood").tap()
    screen.page.locator("#walk-next").tap()
    screen = device(lang)
    on_a_phone(screen.page.context, guided=True)
    set_out(screen)
    turn_on_location(screen)
    screen.page.evaluate("() => window.sidestepNoFix(3)")
    assert shown(screen, "told") == words.t("walk.unknown")
    assert screen.page.evaluate("() => window.sidestepWatches") == 1, "it may come yet"
    screen.page.locator("#walk-next").tap()
    assert screen.page.locator("#walk-back").get_attribute("aria-disabled") is None


@LANGUAGES
def test_position_when_it_leaps_then_all_stands_still_until_she_says_what_to_do(device: OpenScreen, lang: str) -> None:
    screen = device(lang, "dark")
    on_a_phone(screen.page.context, guided=True)
    route = set_out(screen)
    words = words_in(lang)
    turn_on_location(screen)
    fix(screen, along(route, 0), 0)
    at = walk_to(screen, route, 60)
    before = [shown(screen, part) for part in ("turn", "far", "left")]
    fix(screen, (24.0, 60.0), at / PACE_MPS + 2)
    trouble = screen.page.locator("#walk-trouble p")
    assert trouble.inner_text() == words.t("walk.jump")
    for second in range(3, 30, 3):
        fix(screen, along(route, 400), at / PACE_MPS + second)
    screen.page.evaluate("() => window.sidestepNoFix(3)")
    assert shown(screen, "told") == words.t("walk.frozen"), "no word on what does not come while the question stands"
    assert not screen.page.locator("#walk-hand").is_visible()
    assert [shown(screen, part) for part in ("turn", "far", "left")] == before
    keep(screen.page, f"walking-{lang}-jump")
    clean(screen)
    screen.page.locator("#walk-trust").tap()
    assert not trouble.is_visible()
    screen.page.evaluate("() => window.sidestepNoFix(3)")
    assert shown(screen, "told") == words.t("walk.unknown")
    fix(screen, along(route, 70), at / PACE_MPS + 40)
    assert shown(screen, "told") == words.t("walk.location.told", distance=words.distance(8))
    fix(screen, (24.0, 60.0), at / PACE_MPS + 42)
    screen.page.locator("#walk-by-hand").tap()
    assert screen.page.evaluate("() => window.sidestepWatches") == 0
    assert screen.page.locator("#walk-hand").is_visible()
    assert screen.page.evaluate("() => document.activeElement.id") == "walk-title"


@LANGUAGES
def test_walk_when_left_then_a_new_one_is_offered_made_here_and_gone_with_the_walk(
    device: OpenScreen, lang: str
) -> None:
    screen = device(lang)
    on_a_phone(screen.page.context, guided=True)
    route = set_out(screen)
    words = words_in(lang)
    cards = screen.page.locator("#cards label").all_text_contents()
    asked = len(screen.watch.requests)
    turn_on_location(screen)
    fix(screen, along(route, 0), 0)
    at = walk_to(screen, route, 120)
    second = at / PACE_MPS
    turn = shown(screen, "turn")
    for away in (15, 30, 45, 60, 75, 90, 105, 120):
        second += 10
        fix(screen, along(route, 120, aside_m=away), second)
    trouble = screen.page.locator("#walk-trouble")
    assert trouble.locator("p").inner_text() == words.t("walk.off")
    assert shown(screen, "turn") == turn, "never by itself"
    keep(screen.page, f"walking-{lang}-off")
    clean(screen)
    screen.page.locator("#walk-plan").tap()
    screen.until("another walk", lambda: not trouble.is_visible())
    assert words.t("walk.first") == shown(screen, "far")
    fix(screen, along(route, 120, aside_m=118), second + 5)
    assert shown(screen, "told") == words.t("walk.location.told", distance=words.distance(8))
    keep(screen.page, f"walking-{lang}-planned-anew")
    assert len(screen.watch.requests) == asked, "worked out on this phone"
    screen.page.locator("#walk-end").tap()
    assert screen.page.locator("#cards label").all_text_contents() == cards
    assert screen.page.locator("#steps [id^=step-]").count() == len(route["steps"]), "the walk that she planned"
    assert screen.page.evaluate("() => window.sidestepWatches") == 0


@LANGUAGES
def test_walk_when_hidden_then_a_plain_clock_and_back_by_button_or_long_press(device: OpenScreen, lang: str) -> None:
    screen = device(lang)
    on_a_phone(screen.page.context, guided=True)
    route = set_out(screen)
    words = words_in(lang)
    turn_on_location(screen)
    fix(screen, along(route, 0), 0)
    page = screen.page
    page.locator("#walk-hide").tap()
    assert page.title() == words.t("walk.clock")
    assert page.evaluate("() => document.activeElement.id") == "blank-back"
    keep(page, f"walking-{lang}-hidden")
    assert re.fullmatch(r"\d\d:\d\d", page.locator("#blank").inner_text().strip())
    clean(screen)
    walk_to(screen, route, 60)
    assert page.evaluate("() => document.body.innerText").strip().count("\n") == 0, "the time alone"
    assert page.locator("#walk-status").text_content() == ""
    page.touchscreen.tap(195, 300)
    assert page.locator("#blank").is_visible(), "a touch shows nothing"
    page.locator("#blank-back").tap()
    assert page.locator("#blank").count() == 0
    assert page.title() == words.t("walk.title")
    assert page.evaluate("() => document.activeElement.id") == "walk-hide"
    assert shown(screen, "turn") == step_words(words, route["steps"][1] | {"keep": None})
    page.locator("#walk-hide").tap()
    screen.press_at(195, 300)
    screen.until("the walk again", lambda: page.locator("#blank").count() == 0)
    assert page.locator("#walking").is_visible(), "nothing under the finger was pressed"


def test_back_when_walking_then_leaves_the_clock_and_closes_the_walk_and_keeps_what_was_planned(
    device: OpenScreen,
) -> None:
    screen = device()
    set_out(screen)
    page = screen.page
    born, cards = page.evaluate("() => performance.timeOrigin"), page.locator("#cards label").all_text_contents()
    page.locator("#walk-next").tap()
    turn, walking = shown(screen, "turn"), screen.past()
    page.locator("#walk-hide").tap()
    for _ in range(3):
        page.evaluate("""() => new Promise((done) => {
          addEventListener("popstate", () => setTimeout(done), { once: true });
          history.back();
        })""")
        assert page.locator("#blank").is_visible(), "a stranger's back shows no walk"
    page.locator("#blank-back").tap()
    screen.until("the entry of the clock taken off", lambda: screen.past() == walking)
    assert shown(screen, "turn") == turn
    page.go_forward()
    assert shown(screen, "turn") == turn, "there is nothing to go forward to"
    screen.back()
    screen.back()
    assert page.locator("#walking").count() == 0
    assert page.evaluate("() => document.activeElement.id") == "walk"
    assert page.title() == "Sidestep · Helsinki centre"
    past = screen.past()
    for button in ("#walk-end", "#walk-hide"):
        page.locator("#walk").tap()
        screen.until("the walk again", page.locator("#walking").is_visible)
        page.locator(button).tap()
        if button == "#walk-hide":
            page.locator("#blank-back").tap()
            page.locator("#walk-end").tap()
        screen.until("the entry taken off", lambda: screen.past() == past)
    assert page.locator("#cards label").all_text_contents() == cards
    assert page.evaluate("() => performance.timeOrigin") == born, "it is the same page"


def test_buttons_when_the_screen_is_small_or_text_twice_as_large_then_no_word_is_broken(device: OpenScreen) -> None:
    screen = device("ru", size=NARROW)
    on_a_phone(screen.page.context)
    set_out(screen)
    for size in ("100%", "200%"):
        screen.page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", size)
        screen.page.locator("#walk-locate").tap()
        screen.breathe()
        keep(screen.page, f"walking-narrow-ru-{size}")
        assert broken_words(screen.page, "#walking button, #walking h1") == []
        clean(screen)
        screen.page.locator("#walk-location-no").tap()


def test_page_when_loaded_anew_while_walking_then_back_does_no_harm(device: OpenScreen) -> None:
    screen = device()
    set_out(screen)
    page, past = screen.page, screen.past()
    page.reload()
    screen.settle()
    screen.back()
    assert screen.past() == past - 1
    page.locator("#open-menu").tap()
    assert page.locator("#dialog").is_visible()
    screen.back()
    assert page.locator("#dialog").is_hidden()
    assert screen.past() == past - 1


def test_new_walk_when_the_position_leaps_before_it_is_made_then_the_question_stands(device: OpenScreen) -> None:
    screen = device()
    on_a_phone(screen.page.context, guided=True)
    route = set_out(screen)
    words = words_in("en")
    turn_on_location(screen)
    for second in range(0, 50, 10):
        fix(screen, along(route, 120, aside_m=100), second)
    assert screen.page.locator("#walk-trouble p").inner_text() == words.t("walk.off")
    leap = "(given) => { document.getElementById('walk-plan').click(); window.sidestepFix(given); }"
    screen.page.evaluate(leap, [24.0, 60.0, 8, 42])
    planned = words.t("walk.planned")
    screen.until("the new walk", lambda: planned in (screen.page.locator("#walk-status").text_content() or ""))
    assert screen.page.locator("#walk-trouble p").inner_text() == words.t("walk.jump")
    fix(screen, (24.0, 60.0), 44)
    assert shown(screen, "told") == words.t("walk.frozen")
    screen.page.locator("#walk-trust").tap()
    fix(screen, along(route, 120, aside_m=98), 60)
    assert shown(screen, "told") == words.t("walk.location.told", distance=words.distance(8))


def test_new_walk_when_none_can_be_made_then_says_why_and_the_old_one_stays(device: OpenScreen) -> None:
    screen = device()
    on_a_phone(screen.page.context, guided=True)
    route = set_out(screen)
    turn_on_location(screen)
    turn = shown(screen, "turn")
    for second in range(4):
        fix(screen, (25.2, 60.3), second)  # beyond the map, from the first on
    assert screen.page.locator("#walk-trouble p").inner_text() == words_in("en").t("walk.off")
    screen.page.locator("#walk-plan").tap()
    told = words_in("en").t("errors.outside-area")
    screen.until("word of it", lambda: screen.page.locator("#walk-trouble p").inner_text() == told)
    assert shown(screen, "turn") == turn == step_words(words_in("en"), route["steps"][0] | {"keep": None})
    screen.page.locator("#walk-understood").tap()
    fix(screen, (25.2, 60.3), 5)
    assert screen.page.locator("#walk-plan").is_visible(), "she may try again"


def test_screen_when_walking_then_kept_awake_and_let_go_at_the_end(device: OpenScreen) -> None:
    screen = device()
    on_a_phone(screen.page.context)
    set_out(screen)
    page = screen.page
    assert page.evaluate("() => window.sidestepAwake") == ["screen"]
    page.evaluate(
        "() => { window.sidestepLock.released = true; document.dispatchEvent(new Event('visibilitychange')); }"
    )
    screen.breathe()
    assert page.evaluate("() => window.sidestepAwake") == ["screen", "screen"]
    page.evaluate("() => navigator.serviceWorker.dispatchEvent(new Event('controllerchange'))")
    assert page.locator("#walking").is_visible(), "another version of the page waits"
    page.locator("#walk-end").tap()
    assert page.evaluate("() => window.sidestepAwake") == ["screen", "screen", "released"]
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    screen.breathe()
    assert page.evaluate("() => window.sidestepAwake.length") == 3


def test_walk_when_only_a_keyboard_is_there_then_all_of_it_is_reached_in_order(device: OpenScreen) -> None:
    screen = device(size=WIDE)
    set_out(screen)
    page = screen.page
    met = []
    for _ in range(5):
        page.keyboard.press("Tab")
        met.append(page.evaluate("() => document.activeElement.id"))
    assert met == ["walk-hide", "walk-end", "walk-back", "walk-next", "walk-locate"]
    page.locator("#walk-next").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert screen.page.evaluate("() => document.activeElement.id") == "walk-next"
    assert screen.page.locator("#walk-status").text_content()
    keep(page, "walking-wide")
    clean(screen)
