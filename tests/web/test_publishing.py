"""Publishing is killed at every step that the system can see, and run again: each report counts once."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given

from routing.cameras import read_cameras, write_cameras
from routing.errors import BadFileError
from routing.model import Camera, LonLat, Origin
from routing.reports import Gone, NewCamera, NoneSeen, Report, StillThere, Turned
from routing.surveys import read_surveys
from web.publishing import CAMERAS, SURVEYS, outcome, publish, start
from web.store import Decision, Store

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = [
    Camera(f"osm/node/{n}", LonLat(24.94, 60.17 + n / 1000), {"man_made": "surveillance"}, last_seen="2020-05")
    for n in (1, 2, 3)
]
REPORTS: list[Report] = [
    NewCamera(id="rp/aaaaaaaaaa", month="2026-10", at=(24.941, 60.17), type="dome"),
    StillThere(id="rp/bbbbbbbbbb", month="2026-10", camera="osm/node/1"),
    Gone(id="rp/cccccccccc", month="2026-10", camera="osm/node/2"),
    NoneSeen(id="rp/dddddddddd", month="2026-10", line=[(24.94, 60.17), (24.95, 60.17)]),
    Gone(id="rp/eeeeeeeeee", month="2026-10", camera="osm/node/3"),
]
# all of one camera, or of each other's
BATCH: list[Report] = [
    *REPORTS,
    Turned(id="rp/ffffffffff", month="2026-09", camera="osm/node/1", direction=200),
    Turned(id="rp/gggggggggg", month="2026-10", camera="osm/node/1", direction=90),
    Gone(id="rp/hhhhhhhhhh", month="2026-10", camera="osm/node/1"),
    StillThere(id="rp/iiiiiiiiii", month="2026-11", camera="osm/node/2"),
    StillThere(id="rp/jjjjjjjjjj", month="2026-11", camera="ss/aaaaaaaaaa"),
]
# for every number of steps: a child that is killed at that step (opening, renaming, deleting a file, asking SQLite),
# then a publication that is let through; says what state the reports were left in by the kill
KILLER = """
import json, os, signal, sys
from pathlib import Path
import shutil
from web.publishing import publish
from web.store import Store
whole, work = Path(sys.argv[1]), Path(sys.argv[2])
STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "sqlite3.connect"}
for limit in range(1, 1000):
    folder = work / str(limit)
    shutil.copytree(whole, folder)
    child = os.fork()
    if child == 0:
        left = limit
        def watch(event, _given):
            global left
            if event in STEPS:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(watch)
        publish(Store(folder))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    states = sorted(Store(folder).get(f"rp/{letter * 10}").state for letter in "abcde")
    print(json.dumps([limit, status, states]), flush=True)
    if status == 0:
        break
"""


def accepted(
    folder: Path, reports: list[Report], *, remove: dict[str, str] | None = None, months: dict[str, str] | None = None
) -> Store:
    """Make a folder in which reports are accepted, in November if not told otherwise, and not yet published."""
    store = Store(folder)
    start(folder, KNOWN)
    store.take(reports, "2026-11-24")
    reasons, when = remove or {}, months or {}
    store.decide(
        [
            Decision(when.get(one.id, "2026-11"), "remove" if one.id in reasons else "accept", one.id, reason=why)
            for one in reports
            for why in [reasons.get(one.id, "")]
        ]
    )
    return store


def files_of(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in (CAMERAS, SURVEYS)]


def by_id(folder: Path) -> dict[str, Camera]:
    return {camera.id: camera for camera in read_cameras(folder / CAMERAS)}


def test_publish_when_killed_at_any_step_and_run_again_then_as_if_nothing_had_happened(tmp_path: Path) -> None:
    whole, calm, work = tmp_path / "whole", tmp_path / "calm", tmp_path / "work"
    for folder in (whole, calm):
        accepted(folder, REPORTS, remove={"rp/eeeeeeeeee": "torn down"})
    untouched = files_of(calm)
    publish(Store(calm))
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(whole), str(work)], capture_output=True, text=True, check=True, timeout=120
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) > 15
    assert [status != 0 for _, status, _ in rows] == [True] * (len(rows) - 1) + [False]
    half = 0
    for limit, _, states in rows:
        folder = work / str(limit)
        assert set(states) in ({"accepted"}, {"published"})
        half += files_of(folder)[0] not in (untouched[0], files_of(calm)[0])
        publish(Store(folder))
        publish(Store(folder))
        assert files_of(folder) == files_of(calm), limit
        Store(folder).verify()
        assert Store(folder).accepted() == []
        assert {one.confirmations for one in by_id(folder).values()} == {0, 1}
    assert half == 0


def test_publish_when_nothing_is_accepted_then_no_file_is_touched(tmp_path: Path) -> None:
    store = Store(tmp_path)
    start(tmp_path, KNOWN)
    store.take(REPORTS, "2026-11-24")
    before = [(tmp_path / name).stat().st_mtime_ns for name in (CAMERAS, SURVEYS)]
    assert publish(store).after == {}
    assert [(tmp_path / name).stat().st_mtime_ns for name in (CAMERAS, SURVEYS)] == before


def test_publish_when_done_then_the_day_is_dropped_and_no_file_names_a_report(tmp_path: Path) -> None:
    store = accepted(tmp_path, REPORTS)
    publish(store)
    assert {(held.state, held.day) for one in REPORTS if (held := store.get(one.id))} == {("published", None)}
    assert not any(b"rp/" in data or b"2026-11-24" in data for data in files_of(tmp_path))
    assert [survey.id for survey in read_surveys(tmp_path / SURVEYS)] == ["sv/dddddddddd"]


def test_publish_when_one_report_says_gone_then_disputed_and_never_removed(tmp_path: Path) -> None:
    publish(accepted(tmp_path, [REPORTS[2]]))
    assert by_id(tmp_path)["osm/node/2"].status == "disputed"


@pytest.mark.parametrize(("second", "status"), [("2026-11", "disputed"), ("2026-12", "removed")])
def test_publish_when_a_removal_has_no_reason_then_reports_of_two_months_must_have_been_accepted(
    tmp_path: Path, second: str, status: str
) -> None:
    # the sender names two months in either case
    calls: list[Report] = [REPORTS[2], Gone(id="rp/ffffffffff", month="2026-09", camera="osm/node/2")]
    done = publish(accepted(tmp_path, calls, remove={"rp/ffffffffff": ""}, months={"rp/ffffffffff": second}))
    assert by_id(tmp_path)["osm/node/2"].status == status
    assert done.stuck.keys() == (set() if status == "removed" else {"rp/ffffffffff"})


@given(st.permutations(BATCH))
def test_publish_when_reports_come_in_any_order_then_one_outcome(order: list[Report]) -> None:
    decisions = {one.id: Decision("2026-11", "accept", one.id) for one in order}
    decisions["rp/eeeeeeeeee"] = Decision("2026-11", "remove", "rp/eeeeeeeeee", reason="torn down")
    known = {camera.id: camera for camera in KNOWN}
    assert outcome(known, order, decisions) == outcome(known, BATCH, decisions)


def test_publish_when_gone_is_said_again_of_a_tombstone_then_done_and_no_new_file_is_written(tmp_path: Path) -> None:
    store = accepted(tmp_path, [REPORTS[4]], remove={"rp/eeeeeeeeee": "torn down"})
    publish(store)
    before = (tmp_path / CAMERAS).stat().st_mtime_ns
    store.take([Gone(id="rp/ffffffffff", month="2026-10", camera="osm/node/3")], "2026-11-24")
    store.decide([Decision("2026-11", "accept", "rp/ffffffffff")])
    done = publish(store)
    assert (done.stuck, done.after) == ({}, {})
    assert store.accepted() == []
    assert (tmp_path / CAMERAS).stat().st_mtime_ns == before


def test_publish_when_a_report_names_a_record_that_was_merged_then_the_whole_is_meant(tmp_path: Path) -> None:
    store = Store(tmp_path)
    start(tmp_path, [replace(KNOWN[0], also=(Origin("ss/bbbbbbbbbb", "report", "seen"),))])
    store.take([StillThere(id="rp/bbbbbbbbbb", month="2026-10", camera="ss/bbbbbbbbbb")], "2026-11-24")
    store.decide([Decision("2026-11", "accept", "rp/bbbbbbbbbb")])
    assert publish(store).after["osm/node/1"].confirmations == 1


def test_publish_when_a_removal_comes_with_other_reports_then_it_is_last_and_none_is_stuck(tmp_path: Path) -> None:
    there = StillThere(id="rp/ffffffffff", month="2026-09", camera="osm/node/3")
    done = publish(accepted(tmp_path, [REPORTS[4], there], remove={"rp/eeeeeeeeee": "torn down"}))
    assert done.stuck == {}
    camera = by_id(tmp_path)["osm/node/3"]
    assert (camera.status, camera.removed_because) == ("removed", "torn down")


def test_publish_when_the_file_is_broken_then_told_and_nothing_is_lost(tmp_path: Path) -> None:
    store = accepted(tmp_path, REPORTS)
    good = (tmp_path / CAMERAS).read_bytes()
    (tmp_path / CAMERAS).write_text("{", encoding="utf-8")
    with pytest.raises(BadFileError, match=r"cameras\.geojson"):
        publish(store)
    (tmp_path / CAMERAS).write_bytes(good)
    assert len(publish(store).after) == 4


def test_start_when_the_file_lacks_cameras_of_the_area_then_they_come_and_its_own_records_stay(tmp_path: Path) -> None:
    store = Store(tmp_path)
    start(tmp_path, [])
    store.take([REPORTS[0]], "2026-11-24")
    store.decide([Decision("2026-11", "accept", "rp/aaaaaaaaaa")])
    publish(store)
    start(tmp_path, KNOWN)
    assert by_id(tmp_path).keys() == {"ss/aaaaaaaaaa", *(one.id for one in KNOWN)}
    before = files_of(tmp_path)
    start(tmp_path, KNOWN)
    assert files_of(tmp_path) == before


def test_start_when_a_camera_was_removed_then_it_does_not_come_back(tmp_path: Path) -> None:
    publish(accepted(tmp_path, [REPORTS[4]], remove={"rp/eeeeeeeeee": "torn down"}))
    start(tmp_path, KNOWN)
    assert by_id(tmp_path)["osm/node/3"].status == "removed"


def test_start_when_a_line_was_taken_out_by_hand_then_the_camera_comes_back(tmp_path: Path) -> None:
    start(tmp_path, KNOWN)
    write_cameras(tmp_path / CAMERAS, KNOWN[1:])
    start(tmp_path, KNOWN)
    assert by_id(tmp_path).keys() == {one.id for one in KNOWN}
