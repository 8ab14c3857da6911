"""Recorded walks, measured: as the walks that were planned, minute by minute, and nothing of them told but that."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from routing.audit import audit
from routing.audit_text import as_json, as_text
from routing.cli import run
from routing.errors import NoWayNearError
from routing.formats import FORMATS
from routing.model import WALK_SPEED_MPS, LonLat, RouteRequest
from routing.router import plan
from routing.tracks import Track

if TYPE_CHECKING:
    from pathlib import Path

    from routing.area import Area
    from routing.plans import Route

WALK = RouteRequest(LonLat(24.9384, 60.1699), LonLat(24.9500, 60.1760))


def walked(route: Route, *, noise_m: float = 0.0, every_m: float = 5.0, seconds: bool = True) -> Track:
    """Record a walk along a route, at the walking speed."""
    from routing.geo import cut_line, distance_m

    whole_m = float(distance_m(route.lonlat[:-1], route.lonlat[1:]).sum())
    at_m = np.append(np.arange(0.0, whole_m - 0.1, every_m), whole_m - 0.01)
    lonlat = np.array([cut_line(route.lonlat, metres, metres + 0.01)[0] for metres in at_m.tolist()])
    shift = np.random.default_rng(1).normal(0.0, noise_m or 1e-9, lonlat.shape) / (55_600.0, 111_200.0)
    times = at_m / WALK_SPEED_MPS if seconds else None
    return Track(lonlat + shift, times, np.zeros(0, dtype=np.int64))


def test_audit_when_a_planned_walk_is_walked_then_it_is_measured_as_it_was_planned(demo: Area) -> None:
    for route in plan(demo, WALK).routes:
        found = audit(demo, walked(route))
        assert found.score.length_m == pytest.approx(route.score.length_m, abs=3.0)
        assert found.score.in_view_m == pytest.approx(route.score.in_view_m, abs=6.0)
        # ways that run on one line are told apart by nothing: another of them may be taken for some metres
        told, planned = found.score.risk.recognition, route.score.risk.recognition
        assert told.default == pytest.approx(planned.default, abs=0.02)
        assert told.high == pytest.approx(planned.high, abs=0.04)
        assert found.matched_share > 0.98
        assert found.p95_astray_m < 1.0


def test_audit_when_the_receiver_errs_then_about_the_same_and_told_how_far_it_strays(demo: Area) -> None:
    route = plan(demo, WALK).routes[0]
    found = audit(demo, walked(route, noise_m=4.0))
    assert found.score.length_m == pytest.approx(route.score.length_m, rel=0.1)
    assert found.score.risk.risk.default == pytest.approx(route.score.risk.risk.default, rel=0.25)
    assert 1.0 < found.median_astray_m < found.p95_astray_m < 15.0
    assert "on which pavement of a street you walked is a guess" in " ".join(as_text(found).split())


def test_audit_when_told_by_the_minute_then_they_make_up_the_walk(demo: Area) -> None:
    route = plan(demo, WALK).routes[-1]
    for track in (walked(route), walked(route, seconds=False)):
        found = audit(demo, track)
        assert found.by_clock == (track.seconds is not None)
        minutes = found.minutes
        assert [minute.number for minute in minutes] == list(range(1, len(minutes) + 1))
        assert len(minutes) == -(-found.score.length_m // (60 * WALK_SPEED_MPS))
        assert minutes[0].from_m == 0.0
        assert all(one.to_m == other.from_m for one, other in pairwise(minutes))
        told = [minute.score for minute in minutes if minute.score is not None]
        assert sum(score.length_m for score in told) == pytest.approx(found.score.length_m, abs=1.0)
        assert sum(score.in_view_m for score in told) == pytest.approx(found.score.in_view_m, abs=1.0 * len(told))
        # a camera that sees two minutes counts in both
        assert sum(score.risk.risk.default for score in told) >= found.score.risk.risk.default - 1e-9


def test_audit_when_she_stands_still_then_those_minutes_say_so(demo: Area) -> None:
    track = walked(plan(demo, WALK).routes[0])
    half = len(track.lonlat) // 2
    assert track.seconds is not None
    stood = track.seconds + np.where(np.arange(len(track.seconds)) > half, 600.0, 0.0)
    found = audit(demo, Track(track.lonlat, stood, track.breaks))
    still = [minute for minute in found.minutes if minute.score is None or minute.score.length_m < 10]
    assert len(still) >= 9


def test_audit_when_nothing_is_near_then_one_line_without_a_position(demo: Area) -> None:
    far = Track(np.array([[2.3501, 48.8501], [2.3502, 48.8502]]), None, np.zeros(0, dtype=np.int64))
    with pytest.raises(NoWayNearError, match="build an area for that place") as raised:
        audit(demo, far)
    assert "48" not in str(raised.value)


def test_text_and_json_when_written_then_neither_holds_a_position_or_a_time(demo: Area) -> None:
    found = audit(demo, walked(plan(demo, WALK).routes[0]))
    text, record = as_text(found), json.loads(as_json(found))
    assert max(map(len, text.splitlines())) <= 80
    for told in (text, as_json(found)):
        assert "24.9" not in told
        assert "60.1" not in told
    assert set(record) == {"area", "track", "walk", "minutes", "attribution"}
    assert record["walk"]["length_m"] == pytest.approx(found.score.length_m, abs=0.1)
    assert len(record["minutes"]) == len(found.minutes)
    assert "Minute by minute, by the track's clock" in text
    assert "could recognise you" in text
    assert "OpenStreetMap" in text


def test_command_when_a_gpx_of_ours_is_given_then_its_walk_is_told(
    demo: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = plan(demo, WALK)
    one = FORMATS["gpx"](type(answer)(answer.coverage, answer.routes[:1], ()))
    (tmp_path / "walk.gpx").write_text(one, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["audit", "walk.gpx"]) == 0
    said = capsys.readouterr()
    assert f"{answer.routes[0].score.length_m:,.0f} m" in said.out
    assert run(["audit", "walk.gpx", "--format", "json", "-o", "walk.json"]) == 0
    assert json.loads((tmp_path / "walk.json").read_text(encoding="utf-8"))["track"]["matched_share"] > 0.98
    assert run(["audit", "none.gpx"]) == 4
    assert capsys.readouterr().err.count("\n") == 1
