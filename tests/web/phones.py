"""Phones of which a test itself tells what they may keep: opened, kept, judged; also where the page has no https."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from browser_support import END, PHONE, START, Screen, Watch
from listing import NAMES, search

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser

_PLAIN = "phone.test"  # a host that no browser takes for its own machine


class Server(Protocol):
    """Whatever gives the page: ``sidestep serve``, a line to it, a folder of files."""

    port: int

    @property
    def url(self) -> str: ...


def opened(
    chromium: Browser,
    server: Server,
    lang: str = "en",
    path: str = "",
    *,
    scripts: Sequence[str] = (),
    **options: object,
) -> Screen:
    """Open the page on a phone of its own; ``prefix`` of a server stands before all addresses.

    Parameters
    ----------
    scripts
        What runs before anything of the page, to make a browser that refuses what others give.
    """
    return _opened(chromium, server, server.url, lang, path, scripts=scripts, **options)


def _opened(
    browser: Browser,
    server: Server,
    origin: str,
    lang: str,
    path: str,
    *,
    scripts: Sequence[str] = (),
    **options: object,
) -> Screen:
    settings = {"has_touch": True, "reduced_motion": "reduce", "device_scale_factor": 1, "locale": lang} | options
    context = browser.new_context(viewport=PHONE, **settings)
    context.set_default_timeout(20_000)
    watch = Watch(origin, secrets=[START, END])
    watch.listen(context)
    for script in scripts:
        context.add_init_script(script)
    return Screen(context.new_page(), watch, lang, f"{getattr(server, 'prefix', '')}{path}").open()


def in_another_tab(screen: Screen) -> Screen:
    """Open the page in one more tab of a phone, whether or not the first is still open."""
    return Screen(screen.page.context.new_page(), screen.watch, screen.lang, screen.prefix).open()


@contextmanager
def over_plain_http(chromium: Browser, server: Server, lang: str = "en") -> Iterator[Screen]:
    """Open the page where browsers let nothing be kept."""
    browser = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", f"--host-resolver-rules=MAP {_PLAIN} 127.0.0.1"],
    )
    try:
        screen = _opened(browser, server, f"http://{_PLAIN}:{server.port}", lang, "")
        assert screen.page.evaluate("() => window.isSecureContext") is False
        yield screen
    finally:
        browser.close()


def walked(screen: Screen) -> list[str]:
    """Search both ends and wait for walks, which no server makes; give the cards."""
    for which in ("end", "start"):
        search(screen.page, which, NAMES[which])
    screen.until("walks", lambda: screen.page.locator("#cards").is_visible() and screen.phase() == "ready")
    return screen.cards()


def on_this_phone(screen: Screen) -> None:
    screen.page.locator("#open-menu").tap()
    screen.page.get_by_role("button", name=screen.words("ui.device"), exact=True).tap()
    screen.page.locator("#device-state").wait_for()


def kept(screen: Screen) -> None:
    """Have the page kept."""
    on_this_phone(screen)
    screen.page.locator("#device-keep").tap()
    screen.until("the page is kept", lambda: screen.page.locator("#device-keep").count() == 0)
    assert screen.page.locator("#dialog-told").inner_text() != ""
    assert "sidestep" in "".join(screen.page.evaluate("() => caches.keys()"))
    screen.shut()


def judged(screen: Screen) -> None:
    """Hold what happened to the rules: nobody else was asked, nothing was posted, nothing was blocked or failed."""
    watch = screen.watch
    assert [one.url for one in watch.requests if not one.url.startswith((watch.origin, "blob:"))] == []
    assert {one.method for one in watch.requests} == {"GET"}
    assert (watch.blocked, watch.failures) == ([], [])
