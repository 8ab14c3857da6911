"""Two visits with different walks ask for the same, byte for byte: nobody learns from requests where somebody goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from altered import altered
from listing import NAMES, search

if TYPE_CHECKING:
    from browser_support import Screen
    from conftest import OpenScreen
    from line import Line

FONTS = Path(__file__).parents[2] / "web" / "static" / "vendor" / "fonts"

Asked = list[tuple[str, str, str | None, tuple[tuple[str, str], ...]]]


def visit(screen: Screen, start: str, end: str, *, lefts: int) -> Asked:
    """Search both ends, look at walks and at all of them, swap, and give all that was asked, heads and bodies too."""
    screen.open()
    search(screen.page, "end", end)
    screen.planned(lambda: search(screen.page, "start", start))
    screen.lift("half")
    for _ in range(lefts):
        screen.planned(lambda: screen.page.locator("#detour").press("ArrowLeft"))
    screen.planned(screen.page.locator("#front-open").tap)
    screen.planned(screen.page.locator("#swap").tap)
    screen.page.wait_for_timeout(1000)
    return sorted(
        (request.method, request.url, request.post_data, tuple(sorted(request.all_headers().items())))
        for request in screen.watch.requests
    )


def test_visits_when_walks_differ_then_requests_are_the_same_to_the_byte(device: OpenScreen) -> None:
    first = visit(device("en"), NAMES["start"], NAMES["end"], lefts=1)
    second = visit(device("en"), "Korkeavuorenkatu 47", "Kaisaniemen puisto", lefts=3)
    assert len(first) > 40
    assert [one for one in first if one not in second] == []
    assert [one for one in second if one not in first] == []
    assert first == second
    assert {method for method, *_ in first} == {"GET"}


def test_fonts_when_an_area_is_written_in_few_letters_then_all_come_all_the_same(
    device: OpenScreen, line: Line
) -> None:
    screen = device("en", at=line)
    altered(screen, "places", lambda names: names | {"places": [], "streets": []})
    screen.open().settle()
    fetched = {path.rpartition("/")[2] for path in line.asked if path.endswith(".woff2")}
    assert fetched == {path.name for path in FONTS.glob("*.woff2")}
