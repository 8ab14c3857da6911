"""What the page weighs on the wire with an empty cache, in which order it comes, and that it does not jump."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from line import Line
from listing import wait_until
from page_weight import MAP_IS_THERE, budgets, weigh

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from serving import Running

MOST_SHIFT = 0.1  # "good" of the Core Web Vitals, https://web.dev/articles/cls


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_page_when_opened_with_an_empty_cache_then_weighs_no_more_than_it_may(
    chromium: Browser, line: Line, lang: str
) -> None:
    told = weigh(chromium, line, lang, library_waits=True)
    over = {budget.name: budget.weighs for budget in budgets(told, line.passed) if budget.weighs > budget.most}
    assert over == {}
    assert told.shift < MOST_SHIFT
    packed = [reply for reply in line.passed if reply.path.endswith((".mjs", ".js", ".css", ".json", ".geojson", "/"))]
    assert [reply.path for reply in packed if b"\r\nContent-Encoding: br\r\n" not in reply.head] == []
    twice = {reply.path for reply in line.passed if [other.path for other in line.passed].count(reply.path) > 1}
    assert twice == set(), "fetched twice"


def test_page_when_opened_again_then_fetches_only_itself(chromium: Browser, line: Line) -> None:
    context = chromium.new_context()
    try:
        page = context.new_page()
        for _ in range(2):
            before = len(line.asked)
            page.goto(f"{line.url}/en/")
            wait_until(page, MAP_IS_THERE)
        assert line.asked[before:] == ["/en/"]
    finally:
        context.close()


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_page_when_the_line_is_slow_then_walks_come_long_before_the_map(
    chromium: Browser, page_server: Running, lang: str
) -> None:
    with Line(page_server, kbit_s=400, latency_s=0.4) as slow:
        told = weigh(chromium, slow, lang, library_waits=False)
    assert told.seconds["walks are listed"] * 2 < told.seconds["map is drawn"]
    assert told.shift < MOST_SHIFT
