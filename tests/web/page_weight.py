"""What the page weighs on the wire, and when it can be used: measured in Chromium over a line that counts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from listing import NAMES, search, wait_until
from phones import kept, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from line import Line, Passed
    from playwright.sync_api import Browser, Page

LIBRARY: Final = "/vendor/"
BASEMAP: Final = "/files/basemap."
_SHIFTS: Final = """
window.sidestepShifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.sidestepShifts.push(shift.value);
}).observe({ type: "layout-shift", buffered: true });
"""
_PAINT: Final = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
MAP_IS_THERE: Final = """() => {
  const map = document.getElementById("map").sidestepMap;
  return Boolean(map && map.loaded() && document.getElementById("map-note").hidden);
}"""


@dataclass
class Weight:
    """Bytes by what they are for, seconds since the address was given to the browser, and how much the page jumped."""

    bytes_: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    shift: float = 0.0


def weigh(chromium: Browser, line: Line, lang: str, *, library_waits: bool, **options: Any) -> Weight:  # noqa: ANN401 - Playwright's
    """Open the page with an empty cache, search both ends, wait for walks, then for the map.

    Parameters
    ----------
    library_waits
        Keep the map library back until the walks are listed, so that what was needed for them is told exactly.
    """
    told = Weight()
    library = line.hold(LIBRARY)
    if not library_waits:
        library.set()
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=1, locale=lang, **options
    )
    try:
        context.add_init_script(_SHIFTS)
        page = context.new_page()
        began = time.monotonic()

        def stamp(what: str) -> None:
            told.seconds[what] = time.monotonic() - began
            told.bytes_[what] = sum(reply.size for reply in line.passed)
            told.requests[what] = len(line.passed)

        _use(page, f"{line.url}/{lang}/", stamp)
        library.set()
        wait_until(page, MAP_IS_THERE)
        stamp("map is drawn")
        told.seconds["first contentful paint"] = page.evaluate(_PAINT) / 1000
        told.shift = sum(page.evaluate("() => window.sidestepShifts"))
    finally:
        context.close()
    return told


def weigh_kept(chromium: Browser, line: Line, lang: str) -> Weight:
    """Have the page kept, take the server away, and open the page anew as somebody does who comes back to it."""
    told = Weight()
    screen = opened(chromium, line, lang)
    context = screen.page.context
    try:
        kept(screen)
        line.down()
        screen.page.close()
        page = context.new_page()
        began = time.monotonic()

        def stamp(what: str) -> None:
            told.seconds[what] = time.monotonic() - began

        _use(page, f"{line.url}/{lang}/", stamp)
        wait_until(page, MAP_IS_THERE)
        stamp("map is drawn")
        told.seconds["first contentful paint"] = page.evaluate(_PAINT) / 1000
    finally:
        context.close()
        line.up()
    return told


def _use(page: Page, url: str, stamp: Callable[[str], None]) -> None:
    """Open the page, search both ends and wait for walks."""
    page.goto(url, wait_until="commit")
    page.wait_for_selector("#end", state="visible")
    stamp("fields are there")
    for which in ("end", "start"):
        search(page, which, NAMES[which])
        if which == "end":
            stamp("search is usable")
    page.wait_for_selector("#cards", state="visible", timeout=120_000)
    stamp("walks are listed")


def kinds(passed: list[Passed]) -> dict[str, tuple[int, int, int]]:
    """Sum files, bytes of bodies and bytes with their heads by kind."""
    sums: dict[str, tuple[int, int, int]] = {}
    for reply in passed:
        kind = _kind(reply.path)
        count, bodies, wholes = sums.get(kind, (0, 0, 0))
        sums[kind] = count + 1, bodies + len(reply.body), wholes + reply.size
    return sums


def _kind(path: str) -> str:
    first = path.split("/")[1]
    if first == "static":
        return "planner" if "/js/router" in path else "own code and styles"
    if first == "vendor":
        return "fonts" if path.endswith(".woff2") else "map library"
    if first == "files":
        return path.split("/")[2].partition(".")[0]
    return "page"


@dataclass(frozen=True)
class Budget:
    """What something may weigh, and what it weighs."""

    name: str
    most: int
    weighs: int


def budgets(told: Weight, passed: list[Passed]) -> list[Budget]:
    """Hold a page that was weighed with the map library kept back to what it may weigh; a KB is 1000 bytes.

    Packed bodies are what a budget of files is about; the first and the last are all bytes of the server, heads of
    replies too.
    """
    sums = kinds(passed)
    bodies = {kind: sizes[1] for kind, sizes in sums.items()}
    own = bodies["own code and styles"]
    planning = sum(sums[kind][2] for kind in ("planner", "pack", "camera_pack"))
    return [
        Budget(
            "search and a list, before planner and map library, with heads",
            150_000,
            told.bytes_["walks are listed"] - planning,
        ),
        Budget("planner and the demo area to plan in, with heads", 200_000, planning),
        Budget("own code and styles, packed", 60_000, own),
        Budget("page, own code and map library, packed", 450_000, bodies["page"] + own + bodies["map library"]),
        Budget("all with the map of the demo area, with heads", 1_200_000, told.bytes_["map is drawn"]),
    ]
