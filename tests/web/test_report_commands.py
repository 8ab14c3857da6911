"""``sidestep reports``: from a shared file to a camera in the file, and what each wrong word is answered."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from routing.area_folder import save
from routing.cameras import read_cameras, write_cameras
from routing.cli import run
from routing.model import Camera, LonLat
from web.publishing import CAMERAS
from web.review import moved_walks
from web.store import Decision, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routing.area import Area

NEVER = re.compile(r"\b(safe|safely|safety|camera-free|clean)\b", re.IGNORECASE)
POSITION = re.compile(r"-?\d{1,3}\.\d{3,}")
DOME = {"kind": "camera", "id": "rp/aaaaaaaaaa", "month": "2026-10", "at": [24.94, 60.17], "direction": 140}
THERE = {"kind": "there", "id": "rp/bbbbbbbbbb", "month": "2026-10", "camera": "osm/node/1"}
GONE = {"kind": "gone", "id": "rp/cccccccccc", "month": "2026-10", "camera": "osm/node/1"}
AGAIN = {"kind": "gone", "id": "rp/dddddddddd", "month": "2026-09", "camera": "osm/node/1"}
SURVEY = {"kind": "survey", "id": "rp/eeeeeeeeee", "month": "2026-10", "line": [[24.94, 60.17], [24.95, 60.17]]}
KNOWN = Camera(
    "osm/node/1", LonLat(24.94, 60.1701), {"man_made": "surveillance", "camera:type": "dome"}, last_seen="2019-05"
)


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    write_cameras(made / CAMERAS, [KNOWN])
    return made


@pytest.fixture
def sidestep(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run ``sidestep reports`` in the folder; no answer holds forbidden words, and no error a place."""

    def call(*words: str) -> Result:
        code = run(["reports", words[0], "--dir", str(folder), *words[1:]])
        done = Result(code, *capsys.readouterr())
        assert not NEVER.search(done.out + done.err)
        assert not POSITION.search(done.err)
        if code:
            assert len(done.err.splitlines()) == 1
        return done

    return call


def shared(path: Path, *reports: object) -> str:
    path.write_text(json.dumps({"type": "sidestep-reports", "version": 1, "reports": reports}), encoding="utf-8")
    return str(path)


@pytest.fixture
def taken(sidestep: Callable[..., Result], tmp_path: Path) -> Callable[..., None]:
    def take(*reports: object) -> None:
        assert sidestep("take", shared(tmp_path / "shared.json", *reports)).code == 0

    return take


def test_reports_when_taken_shown_and_accepted_then_in_the_file(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(DOME, SURVEY)
    shown = sidestep("show", "rp/aaaaaaaaaa").out
    assert "looks south-east (140°)" in shown
    assert re.search(r"near: osm/node/1, 11 m, dome, direction unknown, confirmed, seen 2019-05, \d+ years ago", shown)
    done = sidestep("accept", "--all-without-flags", "--as", "anna")
    assert done.code == 0
    assert "ss/aaaaaaaaaa: new -> unverified" in done.out
    assert "takes them up by itself" in done.out
    assert [camera.id for camera in read_cameras(folder / CAMERAS)] == ["osm/node/1", "ss/aaaaaaaaaa"]
    assert sidestep("list").out == "no report waits\n"
    assert re.fullmatch(
        r"2 decisions, all as they were recorded\nthe last has the hash [0-9a-f]{64}\n", sidestep("verify").out
    )
    assert len(json.loads(sidestep("log", "--format", "json").out)) == 2


def test_list_when_some_are_flagged_then_they_come_first_and_else_by_id(
    sidestep: Callable[..., Result], taken: Callable[..., None]
) -> None:
    taken(DOME, GONE)
    taken(THERE)
    lines = sidestep("list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["rp/cccccccccc", "rp/aaaaaaaaaa", "rp/bbbbbbbbbb", "3"]
    assert "says that a camera is gone" in lines[0]
    rows = json.loads(sidestep("list", "--format", "json").out)
    assert [row["flags"] for row in rows] == [["gone"], [], []]
    assert not any("day" in row or "day" in row["report"] for row in rows)


def test_accept_all_without_flags_when_one_is_gone_then_it_still_waits(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(GONE, THERE)
    assert sidestep("accept", "--all-without-flags").code == 0
    assert "1 reports wait" in sidestep("list").out
    assert read_cameras(folder / CAMERAS)[0].status == "confirmed"
    assert read_cameras(folder / CAMERAS)[0].confirmations == 1


def test_accept_when_gone_then_disputed_and_removed_only_as_the_rules_say(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(GONE, AGAIN)
    refused = sidestep("accept", "rp/cccccccccc", "--remove")
    assert refused.code == 2
    assert "a removal needs two, or a reason on record" in refused.err
    assert "osm/node/1: confirmed -> disputed" in sidestep("accept", "rp/cccccccccc").out
    refused = sidestep("accept", "rp/dddddddddd", "--remove")  # names another month, and comes in the same
    assert (refused.code, "found gone in 1 month(s)" in refused.err) == (2, True)
    known = read_cameras(folder / CAMERAS)
    write_cameras(folder / CAMERAS, [replace(known[0], gone=("2026-09",)), *known[1:]])
    assert sidestep("accept", "rp/dddddddddd", "--remove").code == 0
    assert read_cameras(folder / CAMERAS)[0].status == "removed"
    late = sidestep("accept", "rp/cccccccccc", "--remove", "--because", "torn down")
    assert (late.code, "accepted before; to remove its camera: sidestep cameras remove" in late.err) == (2, True)


def test_accept_when_two_removals_of_one_camera_come_together_then_both_are_done(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(GONE, AGAIN)
    done = sidestep("accept", "rp/cccccccccc", "rp/dddddddddd", "--remove", "--because", "torn down")
    assert (done.code, done.err) == (0, "")
    assert read_cameras(folder / CAMERAS)[0].status == "removed"
    assert Store(folder).accepted() == []


def test_accept_when_the_reason_names_somebody_then_refused_as_it_is_published(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(GONE)
    refused = sidestep("accept", "rp/cccccccccc", "--remove", "--because", "call Anna Muster +358 40 1234567")
    assert (refused.code, "--because is published, and seems to hold" in refused.err) == (2, True)
    assert "1234567" not in (folder / CAMERAS).read_text(encoding="utf-8")


def test_accept_when_a_reason_is_given_then_the_tombstone_has_it_without_what_steers_terminals(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(GONE)
    reason = "torn\x1b[31m\n down\u202e \u2066here"
    assert sidestep("accept", "rp/cccccccccc", "--remove", "--because", reason, "--as", "an\u202ena").code == 0
    camera = read_cameras(folder / CAMERAS)[0]
    assert (camera.status, camera.removed_because) == ("removed", "torn[31m down here")
    assert "anna  torn[31m down here" in sidestep("log").out


def test_accept_when_interrupted_before_publishing_then_the_next_one_finishes(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(DOME, THERE)
    Store(folder).decide([Decision("2026-11", "accept", "rp/aaaaaaaaaa", "ss/aaaaaaaaaa")])
    assert "ss/aaaaaaaaaa: new" in sidestep("accept", "rp/aaaaaaaaaa", "rp/bbbbbbbbbb").out
    assert sidestep("accept", "rp/aaaaaaaaaa").code == 0
    assert sidestep("publish").out.startswith("0 cameras published")
    assert {camera.confirmations for camera in read_cameras(folder / CAMERAS)} == {0, 1}
    assert sidestep("verify").out.startswith("2 decisions")


def test_reject_when_decided_then_nothing_changes_and_it_cannot_be_accepted(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(DOME)
    before = (folder / CAMERAS).read_bytes()
    assert sidestep("reject", "rp/aaaaaaaaaa", "--because", "a lamp").out == "1 rejected\n"
    assert (folder / CAMERAS).read_bytes() == before
    refused = sidestep("accept", "rp/aaaaaaaaaa")
    assert (refused.code, "does not wait for a decision" in refused.err) == (2, True)
    assert (folder / CAMERAS).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["accept"], 2, "give the ids of reports"),
        (["accept", "rp/zzzzzzzzzz"], 2, "rp/zzzzzzzzzz does not wait"),
        (["accept", "rp/bbbbbbbbbb", "--remove", "--because", "x"], 2, "--remove is for those that do"),
        (["accept", "rp/bbbbbbbbbb", "--because", "x" * 501], 2, "at most 500 characters"),
        (["reject", "rp/bbbbbbbbbb"], 2, "--because"),
        (["reject", "rp/bbbbbbbbbb", "--because", " \u202e "], 2, "needs a reason"),
        (["show", "rp/zzz\x1b[2Jzzz"], 2, "rp/zzz[2Jzzz does not wait"),
        (["show", "rp/bbbbbbbbbb", "--area", "nowhere"], 4, "nowhere"),
        (["take", "nowhere.json"], 4, "cannot be read"),
    ],
)
def test_reports_when_asked_wrongly_then_one_line_and_nothing_is_decided(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path, words: list[str], code: int, told: str
) -> None:
    taken(THERE)
    done = sidestep(*words)
    assert (done.code, told in done.err) == (code, True), done.err
    assert Store(folder).log() == []


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff", b"[]", b'{"type":"sidestep-reports","version":2,"reports":[]}', b"[" * 100_000, b" " * 2**23],
)
def test_take_when_the_file_is_none_of_ours_then_one_line_and_nothing_is_kept(
    sidestep: Callable[..., Result], folder: Path, tmp_path: Path, data: bytes
) -> None:
    good = shared(tmp_path / "good.json", DOME)
    (tmp_path / "bad.json").write_bytes(data)
    done = sidestep("take", good, str(tmp_path / "bad.json"))
    assert (done.code, "bad.json: " in done.err) == (4, True)
    assert Store(folder).waiting() == []


def test_take_when_an_id_is_that_of_another_report_then_all_of_it_is_refused(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path, tmp_path: Path
) -> None:
    taken(DOME)
    taken(DOME)  # a retry is harmless
    done = sidestep("take", shared(tmp_path / "b.json", THERE, DOME | {"direction": 20}))
    assert (done.code, "nothing was taken" in done.err) == (4, True)
    assert [held.report.id for held in Store(folder).waiting()] == ["rp/aaaaaaaaaa"]


def test_take_when_given_by_standard_input_then_kept(
    sidestep: Callable[..., Result], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(shared(tmp_path / "a.json", DOME), "rb") as file:  # noqa: PTH123 - a name is at hand
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read())))
    assert sidestep("take", "-").out == "1 reports taken\n"
    assert len(Store(folder).waiting()) == 1


def test_verify_when_the_log_was_changed_then_told(
    sidestep: Callable[..., Result], taken: Callable[..., None], folder: Path
) -> None:
    taken(DOME)
    sidestep("reject", "rp/aaaaaaaaaa", "--because", "a lamp")
    with sqlite3.connect(folder / "reports.sqlite") as connection:
        connection.execute("DROP TRIGGER decisions_stay")
        connection.execute("UPDATE decisions SET reason = 'another'")
    connection.close()
    done = sidestep("verify")
    assert (done.code, "the log was changed" in done.err) == (4, True)


def test_verify_when_a_hash_was_noted_then_a_log_without_it_is_found(
    sidestep: Callable[..., Result], taken: Callable[..., None]
) -> None:
    taken(DOME, THERE)
    assert "there is no hash to note yet" in sidestep("verify").out
    sidestep("reject", "rp/aaaaaaaaaa", "--because", "a lamp")
    noted = sidestep("verify").out.split()[-1]
    sidestep("accept", "rp/bbbbbbbbbb")
    assert sidestep("verify", "--head", noted.upper()).code == 0
    other = sidestep("verify", "--head", "0" * 64)
    assert (other.code, "no decision has the hash that you noted" in other.err) == (4, True)
    assert sidestep("verify", "--head", noted[:20]).code == 2


@pytest.mark.parametrize(
    "words",
    [["list"], ["show", "rp/aaaaaaaaaa"], ["log"], ["verify"], ["publish"], ["accept", "--all-without-flags"],
     ["reject", "rp/aaaaaaaaaa", "--because", "x"]],
)  # fmt: skip
def test_reports_when_the_folder_is_mistyped_then_told_and_none_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    wrong = tmp_path / "reprots"
    assert run(["reports", *words, "--dir", str(wrong)]) == 4
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "reprots: no reports are kept there" in err
    assert not wrong.exists()


def test_reports_when_looked_at_with_an_area_then_nothing_is_written(
    sidestep: Callable[..., Result],
    taken: Callable[..., None],
    folder: Path,
    demo: Area,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # how many walks are tried is no matter here; the next test but one has as many as everyone
    monkeypatch.setattr("web.desk.moved_walks", partial(moved_walks, pairs=8))

    def held() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    save(demo, tmp_path / "area")
    of_the_area = THERE | {"camera": demo.cameras[0].id}
    taken(DOME, of_the_area)
    before = held()
    for words in (["list"], ["show", "rp/bbbbbbbbbb"]):
        assert sidestep(*words).code == 0
        seen = sidestep(*words, "--area", str(tmp_path / "area"))
        assert seen.code == 0
        assert ("of a camera that is not known here" in seen.out) is False
    assert held() == before
    assert sidestep("accept", "rp/bbbbbbbbbb", "--area", str(tmp_path / "area")).code == 0
    assert {camera.id for camera in demo.cameras} < {camera.id for camera in read_cameras(folder / CAMERAS)}


def test_show_when_it_is_a_survey_then_its_length_and_ends_are_told_and_a_long_one_is_flagged(
    sidestep: Callable[..., Result], taken: Callable[..., None], demo: Area, tmp_path: Path
) -> None:
    save(demo, tmp_path / "area")
    far = SURVEY | {"id": "rp/ffffffffff", "line": [[24.94, 60.17], [25.5, 60.17]]}
    taken(SURVEY, far)
    shown = sidestep("show", "rp/eeeeeeeeee").out
    assert "  street: 555 m in 2 points, from 60.170000,24.940000 to 60.170000,24.950000\n" in shown
    assert "  at 60.170000,24.950000 (the middle of the street)\n" in shown
    assert "flag" not in shown
    flags = [row["flags"] for row in json.loads(sidestep("list", "--format", "json").out)]
    assert flags == [["long-survey"], []]
    area = str(tmp_path / "area")
    flags = [row["flags"] for row in json.loads(sidestep("list", "--format", "json", "--area", area).out)]
    assert flags == [["long-survey", "outside"], []]
    assert "street: 31.1 km" in sidestep("show", "rp/ffffffffff").out


def test_show_when_an_area_is_given_then_the_walks_that_change_are_told(
    sidestep: Callable[..., Result], taken: Callable[..., None], demo: Area, tmp_path: Path
) -> None:
    save(demo, tmp_path / "area")
    taken(DOME | {"at": [24.9445, 60.1712], "type": "panning"})
    shown = sidestep("show", "rp/aaaaaaaaaa", "--area", str(tmp_path / "area")).out
    assert re.search(r"accepted, it changes \d+% of walks around it, by \d+ m in the mean", shown)
