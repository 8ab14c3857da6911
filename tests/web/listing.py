"""The page as a list: what a person does in its fields and its sheet, whether or not there is a map."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from browser_support import WALKS

from web.texts import words_in

if TYPE_CHECKING:
    from browser_support import Screen
    from playwright.sync_api import Page

NAMES: Final = {"start": "Rautatientori", "end": "Kauppatori"}
REFUSED: Final = "Failed to load resource"  # what Chromium says of any file that did not come
_PATIENCE_S: Final = 120.0


def wait_until(page: Page, true: str) -> None:
    """Wait for a function of the page to be true, however slow the line."""
    end = time.monotonic() + _PATIENCE_S
    while not page.evaluate(true):
        assert time.monotonic() < end, true
        page.wait_for_timeout(25)


def search(page: Page, which: str, name: str) -> None:
    """Type a name and take the first that is found, once the list of names is there."""
    page.fill(f"#{which}", name)
    wait_until(page, "() => document.querySelector('#found [role=option]:not([aria-disabled])') !== null")
    page.keyboard.press("Enter")


def start(screen: Screen) -> Screen:
    """Open the page and wait for its fields only."""
    screen.page.goto(f"{screen.watch.origin}/{screen.lang}/")
    screen.page.wait_for_selector("#end")
    return screen


def ask_for_a_walk(screen: Screen) -> None:
    """Search both ends."""
    for which in ("end", "start"):
        search(screen.page, which, NAMES[which])


def until_walks(screen: Screen) -> None:
    screen.until("walks", lambda: screen.page.locator("#cards").is_visible())
    assert len(screen.cards()) == len(WALKS)


IN_SIGHT = """
(id) => {
  const room = document.getElementById(id);
  const box = room.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return room.contains(top) && room.closest("[inert], [hidden]") === null ? room.innerText : "";
}
"""


def note(screen: Screen) -> str:
    """Give what the map says of itself, as far as nothing lies over it."""
    return "".join(screen.page.evaluate(IN_SIGHT, room) for room in ("map-note", "page-note"))


def until_note(screen: Screen, key: str) -> None:
    told = words_in(screen.lang).t(key)
    screen.until(told, lambda: note(screen) == told)


def until_problem(screen: Screen, code: str) -> None:
    """Wait for the sentence of an error, in the language of the page, with a way on."""
    told = words_in(screen.lang).t(f"errors.{code}")
    problem = screen.page.locator("#problem")
    screen.until(told, lambda: problem.is_visible() and problem.locator("p").inner_text() == told)
    assert screen.page.locator("#retry").is_visible()
    assert not screen.page.locator("#cards").is_visible(), "walks of another wish"
