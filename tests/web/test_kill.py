"""``kill -9`` at random moments: what was acknowledged is there, once; the chain holds; no file is half-written."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import small_areas
from serving import serving
from test_reports_api import solved

from routing.area_folder import save
from routing.build import build_area
from routing.cameras import check, read_cameras
from routing.model import Camera, LonLat
from routing.optics import latest_month
from routing.reports import NewCamera, Report, StillThere, new_id
from routing.surveys import read_surveys
from routing.workspace import demo_extract
from web.publishing import CAMERAS, SURVEYS, publish, start
from web.store import Store

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = Camera("osm/node/1", LonLat(24.94, 60.17), {"man_made": "surveillance"}, last_seen="2020-05")
# sends reports without end, and says of each that is acknowledged; or reviews without end
SENDER = """
import sys, itertools
from pathlib import Path
from routing.optics import latest_month
from routing.reports import NewCamera, NoneSeen, StillThere, new_id
from web.store import Store
store = Store(Path(sys.argv[1]))
for number in itertools.count():
    id = new_id("rp")
    kinds = (
        lambda: NewCamera(id=id, month="2026-10", at=(24.94, 60.17)),
        lambda: StillThere(id=id, month=f"2026-{number % 9 + 1:02}", camera="osm/node/1"),
        lambda: NoneSeen(id=id, month="2026-10", line=[(24.94, 60.17), (24.95, 60.17)]),
    )
    for name in store.take([kinds[number % 3]()], "2026-11-24"):
        print(name, flush=True)
"""
REVIEWER = """
import sys
from pathlib import Path
from web.publishing import publish
from web.store import Decision, Store
store = Store(Path(sys.argv[1]))
while True:
    store.decide([Decision("2026-11", "accept", held.report.id) for held in store.waiting()[:20]])
    publish(store)
"""


def killed(program: str, folder: Path, after_s: float) -> list[str]:
    """Run a program, kill it, and give the lines that it had said whole."""
    process = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate(timeout=30)
    return [line for line in said.split("\n")[:-1] if line]


def hold(folder: Path, acknowledged: set[str]) -> None:
    """Look whether all is as promised."""
    store = Store(folder)
    store.verify()
    known = {one.report.id: one for one in store._held("WHERE body <> ''")}  # in one go: there are tens of thousands
    held = {name: known.get(name) for name in acknowledged}
    assert [name for name, one in held.items() if one is None] == []
    assert [finding for finding in check(folder / CAMERAS) if finding.severity == "error"] == []
    cameras = {camera.id: camera for camera in read_cameras(folder / CAMERAS)}
    surveys = {survey.id for survey in read_surveys(folder / SURVEYS)}
    published: list[Report] = [one.report for one in held.values() if one is not None and one.state == "published"]
    for report in published:
        if isinstance(report, NewCamera):
            assert f"ss/{report.id[3:]}" in cameras
        elif not isinstance(report, StillThere):
            assert f"sv/{report.id[3:]}" in surveys
    # nine months are reported over and over; each is one confirmation at most, however often a batch was applied
    assert cameras[KNOWN.id].confirmations <= 9


def kill_again_and_again(folder: Path, times: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - moments, no secrets
    start(folder, [KNOWN])
    acknowledged: set[str] = set()
    for _ in range(times):
        sender = subprocess.Popen(
            [sys.executable, "-c", SENDER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        killed(REVIEWER, folder, rng.uniform(0.3, 1.2))
        sender.send_signal(signal.SIGKILL)
        said, _ = sender.communicate(timeout=30)
        acknowledged |= {line for line in said.split("\n")[:-1] if line}
        hold(folder, acknowledged)
    assert len(acknowledged) > times
    store = Store(folder)
    publish(store)
    hold(folder, acknowledged)
    assert store.log() != []


def test_reports_when_killed_at_random_moments_then_none_is_lost_or_doubled(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 20, seed=int(os.environ.get("SIDESTEP_SEED", "1")))


@pytest.mark.long
def test_reports_when_killed_two_hundred_times_then_none_is_lost_or_doubled(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 200, seed=2)


def kill_server(tmp_path: Path, times: int) -> None:
    """Kill the real server while reports come in, and look whether it has kept what it acknowledged."""
    rng = random.Random(3)  # noqa: S311 - moments, no secrets
    folder, area, acknowledged = tmp_path / "reports", tmp_path / "area", set[str]()
    save(build_area(demo_extract(), bbox=small_areas.BOX, name="Small"), area)
    for _ in range(times):
        arguments = ("--area", str(area), "--reports", str(folder))
        with serving(tmp_path / "home", *arguments, SIDESTEP_PROOF="1") as server:
            killer = threading.Timer(rng.uniform(0.2, 2.0), server.process.kill)
            killer.start()
            with contextlib.suppress(OSError, ValueError):  # the kill comes while one is asked or answered
                while True:
                    puzzle = json.loads(server.ask("GET", "/api/v1/reports/challenge").body)
                    report = {"kind": "camera", "id": new_id("rp"), "month": latest_month(), "at": [24.945, 60.17]}
                    body = json.dumps({"proof": solved(puzzle), "reports": [report]}).encode()
                    reply = server.ask("POST", "/api/v1/reports", {"Content-Type": "application/json"}, body)
                    held = json.loads(reply.body)["held"]
                    assert held == [report["id"]]
                    acknowledged |= set(held)
            killer.join()
            assert server.process.wait(timeout=20) == -signal.SIGKILL
        store = Store(folder)
        store.verify()
        assert {name for name in acknowledged if store.get(name) is None} == set()
        assert len(store.waiting()) <= len(acknowledged) + times  # one a kill may be kept and not answered
    assert len(acknowledged) > times


def test_server_when_killed_under_load_then_what_it_acknowledged_is_there(tmp_path: Path) -> None:
    kill_server(tmp_path, 3)


@pytest.mark.long
def test_server_when_killed_forty_times_then_what_it_acknowledged_is_there(tmp_path: Path) -> None:
    kill_server(tmp_path, 40)
