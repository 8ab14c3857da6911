"""A published folder on a web space that knows no more than files: Python's own server, under a folder of any name."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from browser_support import END, PHONE, START, Screen, Watch
from listing import NAMES, search

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@dataclass
class PlainFiles:
    """The server, and the address that stands before everything in the folder."""

    process: subprocess.Popen[bytes]
    port: int
    prefix: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def plain_files(root: Path, prefix: str = "") -> Iterator[PlainFiles]:
    """Serve a folder with ``python -m http.server``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield PlainFiles(process, port, prefix)
    finally:
        process.kill()
        process.wait()


def types_of(server: PlainFiles, paths: list[str]) -> dict[str, str]:
    """Ask for the types under which files come, by the ends of their names."""
    told = {}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for path in paths:
        connection.request("HEAD", f"{server.prefix}/{path}")
        reply = connection.getresponse()
        reply.read()
        told[path.rpartition(".")[2]] = reply.headers.get("Content-Type", "")
    connection.close()
    return told


def opened(chromium: Browser, server: PlainFiles, lang: str = "en", path: str = "", **options: object) -> Screen:
    """Open the page on a phone of its own."""
    context = chromium.new_context(
        viewport=PHONE, has_touch=True, locale=lang, reduced_motion="reduce", device_scale_factor=1, **options
    )
    context.set_default_timeout(20_000)
    watch = Watch(server.url, secrets=[START, END])
    watch.listen(context)
    return Screen(context.new_page(), watch, lang, f"{server.prefix}{path}").open()


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
    assert "sidestep" in "".join(screen.page.evaluate("() => caches.keys()"))
    screen.page.keyboard.press("Escape")


def judged(screen: Screen) -> None:
    """Hold what happened to the rules: nobody else was asked, nothing was posted, nothing was blocked or failed."""
    watch = screen.watch
    assert [one.url for one in watch.requests if not one.url.startswith((watch.origin, "blob:"))] == []
    assert {one.method for one in watch.requests} == {"GET"}
    assert (watch.blocked, watch.failures) == ([], [])
