"""A new version of a served area without a restart: what runs finishes on the old one, clients see the change."""

from __future__ import annotations

import datetime as dt
import os
import re
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.test import Client

import web.live
from routing.cameras import read_cameras, write_cameras
from routing.errors import BadFileError
from routing.model import Camera, LonLat, Survey
from routing.surveys import write_surveys
from web import api
from web.live import Live
from web.planners import Planners
from web.publishing import CAMERAS, SURVEYS
from web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routing.area import Area

WALK = {"from": [24.9384, 60.1699], "to": [24.9500, 60.1760]}


@pytest.fixture
def live(demo: Area, tmp_path: Path) -> Iterator[Live]:
    settings = Settings(planners=2)
    made = Live(demo, settings, tmp_path / "reports", planners=Planners(settings))
    yield made
    made.close()


def add(live: Live) -> Camera:
    path = live._folder / CAMERAS
    camera = Camera(
        "ss/abcdefghij", LonLat(24.9445, 60.1712), {"man_made": "surveillance", "camera:type": "panning"},
        "report", last_seen="2026-10", evidence="seen",
    )  # fmt: skip
    write_cameras(path, [*read_cameras(path), camera])
    return camera


def test_live_when_begun_then_the_area_as_it_was(demo: Area, live: Live) -> None:
    about = Client(live).get("/api/v1/area").get_json()
    assert about["cameras"] == demo.coverage.cameras
    assert about["updated"] == demo.manifest.built[:7]
    assert read_cameras(live._folder / CAMERAS) == demo.cameras
    assert live.refresh() is False


def test_live_when_the_file_changes_then_walks_and_version_do(live: Live) -> None:
    client = Client(live)
    before, about = client.post("/api/v1/route", json=WALK).get_json(), client.get("/api/v1/area").get_json()
    assert before["area"]["version"] == about["version"]
    camera = add(live)
    assert live.refresh() is True
    after, now = client.post("/api/v1/route", json=WALK).get_json(), client.get("/api/v1/area").get_json()
    assert after["area"]["version"] == now["version"] != about["version"]
    assert now["cameras"] == about["cameras"] + 1
    assert camera.id in {name for route in after["routes"] for name in route["cameras"]}
    assert client.get(about["files"]["cameras"]["url"]).status_code == 200  # a page that is open still finds it
    assert camera.id.encode() in client.get(now["files"]["cameras"]["url"]).data
    assert now["files"]["places"] == about["files"]["places"]
    assert now["files"]["pack"] == about["files"]["pack"]  # phones fetch what cameras do alone
    packed = {"headers": {"Accept-Encoding": "br"}}
    cameras, streets = (len(client.get(now["files"][name]["url"], **packed).data) for name in ("camera_pack", "pack"))
    assert cameras < streets / 4
    assert camera.id.encode() in client.get(now["files"]["camera_pack"]["url"]).data
    assert camera.id.encode() not in client.get(about["files"]["camera_pack"]["url"]).data


def test_live_when_the_server_starts_anew_then_what_changed_and_when_is_not_lost(demo: Area, live: Live) -> None:
    camera = add(live)
    changed = dt.datetime(2031, 3, 5, tzinfo=dt.UTC).timestamp()
    os.utime(live._folder / CAMERAS, (changed, changed))
    settings = Settings(planners=2)
    client = Client(Live(demo, settings, live._folder, planners=Planners(settings)))
    about = client.get("/api/v1/area").get_json()
    assert about["updated"] == "2031-03"
    assert camera.id.encode() in client.get(about["files"]["cameras"]["url"]).data


def test_live_when_streets_are_surveyed_then_told(live: Live) -> None:
    write_surveys(
        live._folder / SURVEYS, [Survey("sv/abcdefghij", (LonLat(24.94, 60.17), LonLat(24.945, 60.17)), "2026-10")]
    )
    assert live.refresh() is True
    assert Client(live).get("/api/v1/area").get_json()["surveyed_share"] is not None


def test_live_when_the_file_is_broken_then_the_old_version_stays(
    live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    about = Client(live).get("/api/v1/area").get_json()
    good = (live._folder / CAMERAS).read_bytes()
    (live._folder / CAMERAS).write_bytes(b'{"type": "FeatureCollection", "features": [{"secret": 24.9445}]}')
    assert live.refresh() is False
    assert Client(live).get("/api/v1/area").get_json() == about
    (told,) = capsys.readouterr().err.splitlines()
    assert "the cameras stay as they were" in told
    assert "24.9445" not in told
    (live._folder / CAMERAS).write_bytes(good)
    add(live)
    assert live.refresh() is True


def test_live_when_anything_fails_on_its_thread_then_told_without_text_and_tried_again(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, failed = web.live.revised, threading.Event()

    def poor(*_: object, **__: object) -> Area:
        failed.set()
        raise MemoryError("24.9445 is what it was about")

    monkeypatch.setattr(web.live, "LOOK_S", 0.02)
    monkeypatch.setattr(web.live, "revised", poor)
    camera, before = add(live), live.app
    live.follow()
    assert failed.wait(30)
    monkeypatch.setattr(web.live, "revised", real)
    client, until = Client(live), time.monotonic() + 30
    while live.app is before and time.monotonic() < until:
        time.sleep(0.05)
    assert camera.id.encode() in client.get(client.get("/api/v1/area").get_json()["files"]["cameras"]["url"]).data
    told = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"sidestep: a bug of ours, number [0-9a-f]{8}: MemoryError in test_live.py, line \d+", told[0])
    assert not any("24.9445" in line for line in told)


def test_live_when_publishing_fails_at_the_start_then_told_and_the_file_is_served_as_it_is(
    demo: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_: object) -> None:
        raise BadFileError("surveys.geojson: is not JSON")

    monkeypatch.setattr(web.live, "publish", refused)
    settings = Settings(planners=2)
    client = Client(Live(demo, settings, tmp_path / "reports", planners=Planners(settings)))
    (told,) = capsys.readouterr().err.splitlines()
    assert "surveys.geojson: is not JSON; reports that are accepted were not published" in told
    assert client.get("/api/v1/area").get_json()["cameras"] == demo.coverage.cameras


def test_live_when_a_request_runs_meanwhile_then_it_finishes_on_the_old_version(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, go_on = threading.Event(), threading.Event()
    real = api.plan

    def slow(*given: object) -> object:
        arrived.set()
        assert go_on.wait(30)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "plan", slow)
    answers: list[dict[str, dict[str, str]]] = []
    running = threading.Thread(target=lambda: answers.append(Client(live).post("/api/v1/route", json=WALK).get_json()))
    old = live.app.extensions["sidestep.files"].cameras.hash[:8]
    running.start()
    assert arrived.wait(30)
    add(live)
    assert live.refresh() is True
    go_on.set()
    running.join()
    assert answers[0]["area"]["version"] == old
    assert isinstance(live.app, Flask)


def test_live_when_a_camera_is_disputed_then_it_still_sees(live: Live) -> None:
    path = live._folder / CAMERAS
    client = Client(live)
    before = client.post("/api/v1/route", json=WALK).get_json()
    seen = before["routes"][0]["cameras"][0]
    cameras = [
        replace(one, status="disputed", gone=("2026-11",)) if one.id == seen else one for one in read_cameras(path)
    ]
    write_cameras(path, cameras)
    assert live.refresh() is True
    assert seen in client.post("/api/v1/route", json=WALK).get_json()["routes"][0]["cameras"]
