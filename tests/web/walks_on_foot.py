"""What the tests of walking share: how a person sets out, and positions that a test makes up as she walks."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final

from browser_support import END, START, ask_server
from page_states import LINK

if TYPE_CHECKING:
    from browser_support import Screen
    from playwright.sync_api import BrowserContext

    Walk = dict[str, Any]
    LonLat = tuple[float, float]

M_PER_DEG: Final = 111_195
# what a phone has and a browser of tests has not, each with a list of what was asked of it
DEVICE: Final = """
window.sidestepShaken = [];
const sidestepShake = (pattern) => window.sidestepShaken.push(pattern);
Object.defineProperty(navigator, "vibrate", { value: sidestepShake, configurable: true });
window.sidestepAwake = [];
Object.defineProperty(navigator, "wakeLock", { configurable: true, value: { async request(kind) {
  window.sidestepAwake.push(kind);
  const lock = { released: false, async release() { lock.released = true; window.sidestepAwake.push("released"); } };
  window.sidestepLock = lock;
  return lock;
} } });
"""
# positions of the test's own at times of the test's own, since nobody walks a kilometre in a test
GUIDED: Final = """
window.sidestepWatches = 0;
let sidestepTell = null;
let sidestepNow = null;
const sidestepClock = Date.now;
Date.now = () => sidestepNow ?? sidestepClock();
navigator.geolocation.watchPosition = (found, failed) => {
  sidestepTell = { found, failed };
  window.sidestepWatches += 1;
  return 7;
};
navigator.geolocation.clearWatch = () => { sidestepTell = null; window.sidestepWatches -= 1; };
window.sidestepFix = ([longitude, latitude, accuracy, second]) => {
  sidestepNow = 1e12 + second * 1000;
  sidestepTell?.found({ coords: { longitude, latitude, accuracy }, timestamp: 0 });
  return sidestepTell !== null;
};
window.sidestepNoFix = (code) => sidestepTell.failed({ code, message: "a text of the browser" });
"""


def on_a_phone(context: BrowserContext, *, guided: bool = False) -> None:
    context.add_init_script(DEVICE)
    if guided:
        context.add_init_script(GUIDED)


def with_walks(screen: Screen) -> list[Walk]:
    """Open the page with walks on it, and give them as the server plans them."""
    screen.open(LINK)
    screen.until("walks", screen.page.locator("#cards").is_visible)
    screen.page.keyboard.press("Escape")
    screen.settle()
    if screen.page.evaluate("() => innerWidth < 720"):
        screen.lift("half")
    routes: list[Walk] = ask_server(screen.watch.origin, START, END)["routes"]
    return routes


def set_out(screen: Screen, name: str = "least_seen") -> Walk:
    routes = with_walks(screen)
    screen.page.locator(f"#cards input[value={name}]").check(force=True)
    screen.page.locator("#walk").tap()
    screen.until("the walk", screen.page.locator("#walking").is_visible)
    return next(route for route in routes if route["name"] == name)


def turn_on_location(screen: Screen) -> None:
    screen.page.locator("#walk-locate").tap()
    screen.page.locator("#walk-location-yes").tap()


def along(route: Walk, metres: float, aside_m: float = 0) -> LonLat:
    """Give the place of a walk so far from its start, moved to the right of it."""
    line = route["geometry"]["coordinates"]
    wide = M_PER_DEG * math.cos(math.radians(line[0][1]))
    spots = [((lon - line[0][0]) * wide, (lat - line[0][1]) * M_PER_DEG) for lon, lat in line]
    sizes = [math.dist(a, b) for a, b in itertools.pairwise(spots)]
    left = metres * sum(sizes) / route["length_m"]
    for (a, b), size in zip(itertools.pairwise(spots), sizes, strict=True):
        if left <= size and size > 0:
            share = left / size
            east = a[0] + share * (b[0] - a[0]) + aside_m * (b[1] - a[1]) / size
            north = a[1] + share * (b[1] - a[1]) - aside_m * (b[0] - a[0]) / size
            return line[0][0] + east / wide, line[0][1] + north / M_PER_DEG
        left -= size
    return tuple(line[-1])
