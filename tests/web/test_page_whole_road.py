"""The whole road of a report: made on a phone offline, sent, accepted by a person, in the file, in others' walks."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from browser_support import END, PATIENCE_S, START, ask_server, keep
from listing import REFUSED
from serving import serving
from test_page_reports import held, here, hers, middle, reports, save

from routing.cameras import read_cameras
from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browser_support import Screen
    from conftest import OpenScreen
    from playwright.sync_api import Route
    from serving import Running

    from routing.model import Camera

CAMERAS = "**/files/cameras.*"


@contextmanager
def a_server(page_server: Running, shared_folder: Path, home: Path) -> Iterator[Running]:
    """Serve with an empty folder of reports; the area is built already."""
    assert page_server.port
    cache = str(shared_folder / "cache")
    with serving(home, "--reports", str(home / "reports"), XDG_CACHE_HOME=cache, SIDESTEP_PROOF="300") as running:
        yield running


def sidestep(server: Running, *words: str) -> str:
    """Run ``sidestep reports`` on the folder of a server, as a reviewer does."""
    program = "from routing.cli import main; main()"
    command = [sys.executable, "-c", program, "reports", *words, "--dir", str(server.home / "reports")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def about(server: Running) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.url}/api/v1/area", timeout=20) as reply:  # noqa: S310 - our own server
        told: dict[str, Any] = json.load(reply)
    return told


def file_of(server: Running) -> dict[str, Camera]:
    return {camera.id: camera for camera in read_cameras(server.home / "reports" / "cameras.geojson")}


def send(screen: Screen) -> None:
    reports(screen)
    screen.page.locator("#report-send").tap()
    screen.until("that it is sent", lambda: all(one["sent"] for one in held(screen)))
    said = words_in(screen.lang).t("report.sent", count=1)
    screen.until("word of it", lambda: said in screen.page.locator("#dialog").inner_text())
    screen.page.keyboard.press("Escape")


def accept(server: Running) -> str:
    """Accept the one report that waits, and wait for the area's new version."""
    before = about(server)["version"]
    (case,) = json.loads(sidestep(server, "list", "--format", "json"))
    name = str(case["report"]["id"])
    sidestep(server, "accept", name)
    end = time.monotonic() + PATIENCE_S
    while about(server)["version"] == before:
        assert time.monotonic() < end, "no new version"
        time.sleep(0.2)
    return name


def test_camera_when_reported_offline_then_at_last_in_the_walks_of_others(
    device: OpenScreen, page_server: Running, shared_folder: Path, tmp_path: Path
) -> None:
    with a_server(page_server, shared_folder, tmp_path) as server:
        screen = device("en", at=server).open()
        before = screen.plan()
        screen.watch.excuse(REFUSED, "ERR_INTERNET_DISCONNECTED")
        here(screen, middle(before, "shortest"))  # which no camera moves
        screen.page.context.set_offline(True)
        save(screen, "panning")
        screen.page.context.set_offline(False)
        others = ask_server(server.url, START, END)
        send(screen)
        assert ask_server(server.url, START, END) == others, "nobody else's walks change before somebody has looked"
        name = accept(server)
        mine = f"ss/{name[3:]}"
        camera = file_of(server)[mine]
        assert (camera.source, camera.status, camera.confirmations) == ("report", "unverified", 0)
        after = ask_server(server.url, START, END)
        assert mine in {one for route in after["routes"] for one in route["cameras"]}
        assert after["routes"] != others["routes"]
        late: list[Route] = []
        screen.page.route(CAMERAS, lambda route: late.append(route))  # noqa: PLW0108 - Playwright marks what it is given
        screen.open()
        screen.until("hers, before the area's", lambda: late and hers(screen))
        assert [one["sent"] is not None for one in held(screen)] == [True], "nobody knows yet that the area has it"
        late[0].continue_()
        screen.page.unroute(CAMERAS)
        screen.until("an empty queue", lambda: held(screen) == [])
        screen.settle()
        shown = {one["properties"]["id"]: one["properties"] for one in screen.data("cameras")}
        assert shown[mine]["status"] == "unverified"
        assert "own" not in shown[mine], "it is the area's now"
        assert str(about(server)["cameras"]) in screen.page.locator("#coverage").inner_text()
        keep(screen.page, "whole-road")
        screen.watch.keeps = False


@pytest.mark.long
def test_camera_when_reported_gone_then_only_disputed_for_others(
    device: OpenScreen, page_server: Running, shared_folder: Path, tmp_path: Path
) -> None:
    with a_server(page_server, shared_folder, tmp_path) as server:
        screen = device("en", at=server).open()
        before = screen.plan()
        camera = before["routes"][0]["meetings"][0]["camera"]
        screen.lift("full")
        screen.page.locator("#cards input[value=shortest]").tap()
        screen.page.locator(f"[id='met-{camera}']").tap()
        screen.until("what she can say", screen.page.locator("#report-gone").is_visible)
        screen.watch.keeps = True
        on_her_phone = screen.planned(lambda: screen.page.locator("#report-gone").tap())
        assert all(camera not in route["cameras"] for route in on_her_phone["routes"])
        send(screen)
        accept(server)
        record = file_of(server)[camera]
        assert record.status == "disputed", "one report removes nothing"
        others = ask_server(server.url, START, END)
        assert camera in others["routes"][0]["cameras"]
        screen.page.locator("#camera-close").tap()
        screen.open()
        shown = {one["properties"]["id"]: one["properties"] for one in screen.data("cameras")}
        assert (shown[camera]["status"], "own" in shown[camera]) == ("disputed", False)
        screen.until("an empty queue", lambda: held(screen) == [])
        screen.watch.keeps = False
