"""The pages that need no JavaScript: the form, its answer, its trouble, errors, several areas; open to everyone too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser_support import NARROW, PHONE, WIDE, keep
from page_checks import PROMISES, overflow, small_targets, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import OpenScreen
    from playwright.sync_api import Page, Route
    from serving import Running

PLACES = "Korkeavuorenkatu 47", "Kaisaniemen puisto"


def send(page: Page, start: str, end: str) -> None:
    page.fill("[name=from]", start)
    page.fill("[name=to]", end)
    with page.expect_navigation():
        page.click("[type=submit]")


def as_without_javascript(route: Route) -> None:
    """Give a page as a browser without JavaScript shows it: axe-core cannot run in one."""
    reply = route.fetch()
    text = re.sub(r"<script\b.*?</script>|<link rel=\"modulepreload.*?>", "", reply.text(), flags=re.DOTALL)
    route.fulfill(response=reply, body=re.sub(r"</?noscript>", "", text))


def pages(page: Page, origin: str, areas: str, lang: str) -> Iterator[str]:
    """Bring the browser from page to page."""
    page.route(f"{origin}/{lang}/", as_without_javascript)
    page.goto(f"{origin}/{lang}/")
    yield "form"
    send(page, *PLACES)
    assert page.locator("ol li").count() > 5
    yield "answer"
    send(page, PLACES[0], "Rautatiet")
    assert page.locator("[role=alert]").is_visible()
    yield "trouble"
    page.goto(f"{origin}/{lang}/nothing")
    assert page.locator("h1").is_visible()
    yield "error"
    page.goto(areas)
    yield "areas"


ALL = [(lang, scheme, size) for lang in ("ru", "en") for scheme in ("light", "dark") for size in (NARROW, PHONE, WIDE)]
SAMPLE = [("ru", "light", NARROW), ("en", "dark", PHONE), ("ru", "dark", WIDE)]


@pytest.mark.parametrize(
    ("lang", "scheme", "size"),
    [pytest.param(*one, marks=[] if one in SAMPLE else [pytest.mark.long]) for one in ALL],
    ids=[f"{lang}-{scheme}-{size['width']}" for lang, scheme, size in ALL],
)
def test_page_without_javascript_when_looked_at_then_open_to_everyone_and_honest(
    device: OpenScreen, page_server: Running, yards: Running, lang: str, scheme: str, size: dict[str, int]
) -> None:
    screen = device(lang, scheme, size)
    screen.watch.excuse("status of 422", "status of 404")
    screen.watch.elsewhere = [yards.url]
    trouble = []
    for name in pages(screen.page, page_server.url, yards.url, lang):
        keep(screen.page, f"plain-{lang}-{scheme}-{size['width']}-{name}", whole=True)
        found = [*violations(screen.page), *overflow(screen.page), *small_targets(screen.page)]
        found += [f"it says {line!r}" for line in screen.text().splitlines() if PROMISES.search(line)]
        trouble += [f"{name}: {one}" for one in found]
    assert not trouble, "\n".join(trouble)
