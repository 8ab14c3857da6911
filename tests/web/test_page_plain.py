"""A browser without JavaScript: a form that says beforehand who sees the walk, an answer, and errors in words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest
from browser_support import NARROW, PHONE, WALKS, keep
from line import gone
from listing import NAMES

from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from line import Line
    from playwright.sync_api import Browser, Page

LANGUAGES: Final = pytest.mark.parametrize("lang", ["ru", "en"])


@contextmanager
def plain(chromium: Browser, line: Line, lang: str, size: dict[str, int] = PHONE) -> Iterator[Page]:
    """Open the page without JavaScript; afterwards hold what was asked for to be of this server and little."""
    context = chromium.new_context(java_script_enabled=False, viewport=size, locale=lang)
    loud: list[str] = []
    asked: list[str] = []
    context.on("console", lambda message: loud.append(message.text))
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    try:
        page.goto(f"{line.url}/{lang}/")
        yield page
        assert page.url in {f"{line.url}/{lang}/", f"{line.url}/{lang}/walk"}, "a place in the address"
        assert [url for url in asked if not url.startswith(f"{line.url}/")] == []
        assert [text for text in loud if "Failed to load" not in text] == []
        assert context.cookies() == []
    finally:
        context.close()


def send(page: Page, start: str, end: str) -> None:
    page.fill("[name=from]", start)
    page.fill("[name=to]", end)
    with page.expect_navigation():
        page.click("[type=submit]")


@LANGUAGES
def test_form_when_there_is_no_javascript_then_warns_before_it_sends_and_plans(
    chromium: Browser, line: Line, lang: str
) -> None:
    words = words_in(lang)
    with plain(chromium, line, lang) as page:
        warning, button = page.locator("form .warning"), page.locator("[type=submit]")
        assert warning.is_visible()
        assert warning.inner_text() == words.t("form.warning")
        assert warning.bounding_box()["y"] < button.bounding_box()["y"], "told after the button"
        assert not page.locator("#app").is_visible()
        assert all("/api/" not in path for path in line.asked)
        keep(page, f"plain-form-{lang}", whole=True)
        send(page, NAMES["start"], NAMES["end"])
        for name in WALKS:
            assert page.get_by_text(words.t(f"walks.{name}")).first.is_visible()
        assert page.locator("ol li").count() > 2
        assert page.locator("svg").first.is_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
        keep(page, f"plain-walk-{lang}", whole=True)
        # what stands in the fields can be sent again, the other way round
        send(page, NAMES["end"], NAMES["start"])
        assert page.locator("ol li").count() > 2


@LANGUAGES
@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("Nowhere at all", NAMES["end"], "unknown-place"),
        (NAMES["start"], NAMES["start"], "same-place"),
        ("0, 0", NAMES["end"], "outside-area"),
        ("91.5, 200.5", NAMES["end"], "bad-position"),
        (" ", NAMES["end"], "bad-request"),
        ("x" * 300, NAMES["end"], "unknown-place"),  # the field takes no more than a name can have
    ],
)
def test_form_when_what_is_typed_cannot_be_met_then_says_why_and_keeps_it(
    chromium: Browser, line: Line, lang: str, start: str, end: str, code: str
) -> None:
    with plain(chromium, line, lang, NARROW) as page:
        send(page, start, end)
        assert page.get_by_text(words_in(lang).t(f"errors.{code}")).first.is_visible(), page.inner_text("body")
        assert page.input_value("[name=to]") == end
        assert page.evaluate("() => document.documentElement.scrollWidth") <= NARROW["width"]
        send(page, NAMES["start"], NAMES["end"])
        assert page.locator("ol li").count() > 2


@pytest.mark.parametrize(("wide", "text"), [(390, "100%"), (320, "200%"), (640, "100%")])
@LANGUAGES
def test_answer_when_the_screen_is_narrow_then_every_figure_of_every_walk_is_seen(
    chromium: Browser, line: Line, lang: str, wide: int, text: str
) -> None:
    words = words_in(lang)
    names = [words.t(f"form.{name}") for name in ("time", "length", "chance", "seen", "cameras")]
    with plain(chromium, line, lang, {"width": wide, "height": 844}) as page:
        send(page, NAMES["start"], NAMES["end"])
        page.evaluate("(text) => { document.documentElement.style.fontSize = text; }", text)
        keep(page, f"plain-table-{lang}-{wide}")
        rows = page.get_by_role("row").all()[1:]
        assert len(rows) == len(WALKS)
        for row in rows:
            cells = row.get_by_role("cell").all()
            assert len(cells) == len(names), "still a table to a screen reader"
            for cell, name in zip(cells, names, strict=True):
                box = cell.bounding_box()
                assert box is not None
                assert box["x"] + box["width"] <= wide
                told = cell.evaluate("(one) => getComputedStyle(one, '::before').content")
                assert told == ("none" if wide == 640 else f'"{name}"'), "its name is beside it"
        assert page.evaluate("() => document.documentElement.scrollWidth") <= wide


def test_form_when_the_answer_never_comes_then_the_form_can_be_sent_again(chromium: Browser, line: Line) -> None:
    with plain(chromium, line, "en") as page:
        line.faults["/walk"] = gone
        page.fill("[name=from]", NAMES["start"])
        page.fill("[name=to]", NAMES["end"])
        with page.expect_event("requestfailed"):
            page.click("[type=submit]", no_wait_after=True)
        page.wait_for_url("chrome-error://**")
        line.faults.clear()
        page.go_back()
        assert [page.input_value(f"[name={name}]") for name in ("from", "to")] == ["", ""], "kept by the browser"
        send(page, NAMES["start"], NAMES["end"])
        assert page.locator("ol li").count() > 2
