"""What lies over the page and the browser's history: back closes the newest, and no entry is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]

# a browser's history as far as this goes: moves are made later, and told by popstate; it begins with another page
STAGE: Final = """
const told = given;
let [entries, at, active] = [2, 1, true];
const heard = [];
const turns = async () => { for (let i = 0; i < 6; i += 1) await new Promise((done) => setTimeout(done)); };
const pop = () => { for (const act of heard) act(); };
globalThis.addEventListener = (name, act) => name === "popstate" && heard.push(act);
const move = (by) => { if (at + by >= 1 && at + by < entries) { at += by; pop(); } };
const pushed = [];
globalThis.history = {
  pushState: (...what) => { pushed.push(what); at += 1; entries = at + 1; },
  go: (by) => setTimeout(() => move(by)),
};
Object.defineProperty(globalThis, "navigator", { configurable: true, value: { userActivation: {
  get hasBeenActive() { return active; } } } });
Object.defineProperty(globalThis, "navigation", { configurable: true, value: told
  ? { get currentEntry() { return { index: at }; } } : undefined });
const { enter } = await import(js + "back.mjs");
const log = [];
const open = (name) => { const left = enter(() => { log.push(name); left(); }); return left; };
const said = [];
const say = () => said.push([at, log.join(" ")]);
"""
BROWSERS: Final = pytest.mark.parametrize("told", [True, False], ids=["position told", "position counted"])


@BROWSERS
def test_back_when_things_lie_over_each_other_then_closes_the_newest_once(node: Node, told: bool) -> None:  # noqa: FBT001
    said, pushed = node(
        f"""{STAGE}
        open("walk"); open("clock"); say();
        move(-1); await turns(); say();
        open("message"); say();
        move(-1); await turns(); move(-1); await turns(); say();
        open("paper"); say();
        move(-1); await turns(); say();
        return [said, pushed];""",
        told,
    )
    assert said == [
        [3, ""], [2, "clock"], [3, "clock"], [1, "clock message walk"],
        [2, "clock message walk"], [1, "clock message walk paper"],
    ]  # fmt: skip
    assert pushed == [[None, ""]] * 4, "an entry holds nothing"


@BROWSERS
def test_entry_when_closed_by_a_button_then_taken_off_or_taken_over(node: Node, told: bool) -> None:  # noqa: FBT001
    said, pushes = node(
        f"""{STAGE}
        open("menu")(); open("device"); await turns(); say();       // one in the other's place
        const left = open("walk"); left(); left(); await turns(); say();
        move(-1); await turns(); say();
        open("paper")(); await turns(); say();
        open("walk")(); await new Promise((done) => setTimeout(done)); open("late"); await turns(); say();
        move(-1); await turns(); say();
        const [lower, upper] = [open("lower"), open("upper")]; lower(); await turns(); say();
        upper(); await turns(); say();
        return [said, pushed.length];""",
        told,
    )
    assert said == [
        [2, ""], [2, ""], [1, "device"], [1, "device"], [2, "device"], [1, "device late"],
        [2, "device late"], [1, "device late"],
    ]  # fmt: skip
    assert pushes >= 6


def test_forward_when_the_browser_tells_where_it_is_then_closes_nothing(node: Node) -> None:
    said = node(
        f"""{STAGE}
        open("walk"); open("clock");
        move(-1); move(1); await turns(); say();
        move(-1); await turns(); say();
        move(-1); await turns(); say();
        move(1); await turns(); say();
        return said;""",
        True,
    )
    assert said == [[3, "clock"], [2, "clock"], [1, "clock walk"], [2, "clock walk"]]


def test_history_when_nobody_touched_the_page_then_gets_no_entry(node: Node) -> None:
    said = node(
        f"""{STAGE}
        active = false;
        const left = open("a link was opened"); say();
        left(); await turns(); say();
        active = true; open("menu"); say(); move(-1); await turns(); say();
        return said;""",
        True,
    )
    assert said == [[1, ""], [1, ""], [2, ""], [1, "menu"]]
