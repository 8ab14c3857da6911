"""Changes of camera files by hand: each whole, none lost, and no way by which one month removes a camera."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import HERE, TAGS, camera, cameras, north

from routing import trust
from routing.camera_edits import added, changed, doubles_of, edited, joined_heads, made, month_of
from routing.cameras import read_cameras, write_cameras
from routing.cli import run
from routing.errors import BadFileError, BadUsageError, OutsideError
from routing.hazard.existence import existence
from routing.hazard.parameters import model
from routing.surveys import read_surveys

if TYPE_CHECKING:
    from routing.area import Area
    from routing.model import Camera

AT = "60.1699,24.9384"
THIS = datetime.now(UTC).strftime("%Y-%m")
HIDDEN = re.compile(r"\d{1,3}\.\d{3,}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cams.geojson"
    write_cameras(path, [camera(1), camera(2, lonlat=north(50))], attribution="© us", note="ours", licence="CC0-1.0")
    return path


def does(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    capsys.readouterr()
    assert run(["cameras", *map(str, words)]) == 0
    out, err = capsys.readouterr()
    assert not err
    assert not HIDDEN.search(out)
    return out


def refuses(capsys: pytest.CaptureFixture[str], code: int, *words: object) -> str:
    capsys.readouterr()
    assert run(["cameras", *map(str, words)]) == code
    out, err = capsys.readouterr()
    assert not out
    assert len(err.splitlines()) == 1
    assert not HIDDEN.search(err)
    return err


def test_add_when_all_is_told_then_the_record_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.geojson"
    words = ["--kind", "fixed", "--direction", "90;NW", "--mount", "pole", "--zone", "street", "--fr", "yes"]
    words += ["--seen", "2024-05", "--evidence", "sign", "--tag", "operator=City", "--tag", "status=x=y"]
    said = does(capsys, "add", path, AT, *words)
    (one,) = read_cameras(path)
    assert said == f"{path}: added {one.id}, unverified\n"
    assert (one.lonlat, one.source, one.status, one.fr) == (HERE, "report", "unverified", "yes")
    assert (one.first_seen, one.last_seen, one.evidence, one.confirmations) == ("2024-05", "2024-05", "sign", 0)
    assert one.tags == TAGS | {
        "camera:type": "fixed",
        "camera:direction": "90;NW",
        "camera:mount": "pole",
        "surveillance:zone": "street",
        "surveillance": "public",
        "operator": "City",
        "status": "x=y",
    }


def test_add_when_little_is_told_then_unknown_and_this_month_and_the_head_stays(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("-33.9,151.2\n"))
    does(capsys, "add", file, "-", "--indoor", "--source", "official")
    does(capsys, "add", file, "-33.9,151.3")
    new = [one for one in read_cameras(file) if one.lonlat.lat < 0]
    assert {one.lonlat.lon for one in new} == {151.2, 151.3}
    official, report = sorted(new, key=lambda one: one.source)
    assert (official.status, official.evidence, official.tags["surveillance"]) == (
        "confirmed",
        "official_list",
        "indoor",
    )
    assert (report.status, report.evidence, report.last_seen) == ("unverified", "seen", THIS)
    head = json.loads(file.read_text())
    assert (head["attribution"], head["note"], head["license"]) == ("© us", "ours", "CC0-1.0")


@pytest.mark.parametrize(
    "words",
    [
        [AT],
        ["Senaatintori"],
        ["91,200"],
        ["60.2,24.9", "--seen", "2099-01"],
        ["60.2,24.9", "--seen", "May"],
        ["60.2,24.9", "--direction", "left"],
        ["60.2,24.9", "--source", "osm"],
        ["60.2,24.9", "--source", "import:"],
        ["60.2,24.9", "--tag", "x"],
        ["60.2,24.9", "--tag", "x=a\tb"],
        ["60.2,24.9", "--tag", "note=call +358 40 123 4567"],
        ["60.2,24.9", "--tag", "uid=7"],
        ["60.2,24.9", "--kind", "spy"],
    ],
)
def test_add_when_something_is_wrong_then_one_line_and_the_file_stays(
    file: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    before = file.read_bytes()
    said = refuses(capsys, 2, "add", file, *words)
    assert "4567" not in said
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_add_when_it_may_be_there_then_names_it_unless_meant(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "osm/node/1" in refuses(capsys, 2, "add", file, AT)
    does(capsys, "add", file, AT, "--anyway")
    assert len(read_cameras(file)) == 3


@pytest.mark.parametrize(
    ("metres", "theirs", "mine", "double"),
    [
        (14, "90", "100", True),
        (14, "90", "180", False),
        (14, "", "180", True),
        (14, "90", "", True),
        (16, "", "", False),
    ],
)
def test_doubles_when_near_then_those_that_may_be_the_same(
    metres: float, theirs: str, mine: str, *, double: bool
) -> None:
    one, two = (TAGS | ({"camera:direction": text} if text else {}) for text in (mine, theirs))
    there = camera(7, lonlat=north(metres), tags=two)
    assert bool(doubles_of(camera(8, tags=one), [there])) == double
    assert not doubles_of(camera(8, tags=one), [camera(7, status="removed")])


def test_confirm_and_dispute_when_done_then_as_trust_says(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is disputed" in does(capsys, "dispute", file, "osm/node/1", "--seen", "2021-01")
    assert read_cameras(file)[0].gone == ("2021-01",)
    assert "stays disputed" in does(capsys, "dispute", file, "osm/node/1", "--seen", "2021-01")
    assert "is confirmed, last seen" in does(capsys, "confirm", file, "osm/node/1", "--seen", "2021-02")
    one = read_cameras(file)[0]
    assert (one.gone, one.last_seen, one.confirmations) == ((), "2021-02", 1)
    assert "stays confirmed" in does(capsys, "dispute", file, "osm/node/1", "--seen", "2021-01")
    assert "of this id" in refuses(capsys, 2, "confirm", file, "osm/node/9")
    assert "No such file" in refuses(capsys, 4, "confirm", file.parent / "none.geojson", "osm/node/1")


def test_edit_when_the_id_is_of_a_merged_record_then_its_bearer_changes(file: Path) -> None:
    from routing.model import Origin

    one = camera(also=(Origin("ss/abcdefghij"),))
    (now,) = changed([one], "ss/abcdefghij", lambda known: trust.disputed(known, "2021-01"), path=file)
    assert (now.id, now.status) == ("osm/node/1", "disputed")


def test_remove_when_neither_two_months_nor_a_reason_then_refused(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "needs two" in refuses(capsys, 2, "remove", file, "osm/node/1")
    for month in ("2021-01", "2021-03"):
        does(capsys, "dispute", file, "osm/node/1", "--seen", month)
    assert "is removed" in does(capsys, "remove", file, "osm/node/1")
    does(capsys, "remove", file, "osm/node/2", "--because", "a dummy")
    one, two = read_cameras(file)
    assert (one.status, one.gone, one.removed_because) == ("removed", ("2021-01", "2021-03"), None)
    assert (two.status, two.removed_because) == ("removed", "a dummy")
    assert "is removed" in refuses(capsys, 2, "confirm", file, "osm/node/1")


@pytest.mark.parametrize("reason", ["", "x" * 501, "a\nb", "told by a.b@example.org"])
def test_remove_when_the_reason_cannot_stand_in_a_public_file_then_refused(
    file: Path, capsys: pytest.CaptureFixture[str], reason: str
) -> None:
    assert "example" not in refuses(capsys, 2, "remove", file, "osm/node/1", "--because", reason)


STEPS = st.lists(st.sampled_from(["confirm", "dispute", "turn 90", "turn 200", "remove"]), max_size=12)


@given(cameras().filter(lambda one: one.status != "removed" and not one.gone), STEPS)
def test_record_when_one_month_confirms_disputes_and_turns_it_then_never_removed(one: Camera, steps: list[str]) -> None:
    month = "2025-03"
    for step in steps:
        if step == "remove":
            with pytest.raises(BadUsageError):
                trust.removed(one)
        elif step == "confirm":
            one = trust.confirmed(one, month)
        elif step == "dispute":
            one = trust.disputed(one, month)
        else:
            one = trust.turned(one, step.removeprefix("turn "), month)
        assert one.status != "removed"
        assert existence(one, month, model().default) > 0


def test_fmt_when_not_canonical_then_says_so_and_mends_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = file.read_bytes()
    assert "is in canonical form" in does(capsys, "fmt", "--check", file)
    file.write_text(json.dumps(json.loads(right), indent=1))
    assert run(["cameras", "fmt", "--check", str(file)]) == 4
    assert "would be rewritten" in capsys.readouterr().out
    assert "rewritten" in does(capsys, "fmt", file)
    assert file.read_bytes() == right
    assert "is in canonical form" in does(capsys, "fmt", file)
    file.write_text("{")
    refuses(capsys, 4, "fmt", file)
    assert file.read_text() == "{"


def test_merge_when_files_say_different_things_of_themselves_then_joined_and_licences_asked(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = file.parent / "other.geojson"
    write_cameras(other, [camera(3, lonlat=north(90))], attribution="them")
    out = file.parent / "all.geojson"
    assert "--license" in refuses(capsys, 2, "merge", file, other, "-o", out)
    does(capsys, "merge", file, other, "-o", out, "--license", "ODbL-1.0")
    whole = out.read_bytes()
    does(capsys, "merge", other, file, "-o", out, "--license", "ODbL-1.0")
    assert out.read_bytes() == whole
    assert json.loads(whole)["attribution"] == "them; © us"
    assert joined_heads([], licence=None) == {}
    with pytest.raises(BadUsageError, match="does not say its licence"):
        joined_heads([{"licence": "ODbL-1.0"}, {"licence": None}], licence=None)


def test_edit_when_another_program_changed_the_file_then_nothing_is_lost(file: Path) -> None:
    def change(known: tuple[Camera, ...]) -> tuple[Camera, ...]:
        file.write_bytes(file.read_bytes() + b"\n")  # an editor that knows no locks
        return known[:1]

    with pytest.raises(OutsideError, match="meanwhile"):
        edited(file, change)
    assert len(read_cameras(file)) == 2
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_edit_when_the_file_or_folder_is_not_there_then_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="folder"):
        edited(tmp_path / "no" / "cams.geojson", lambda known: known, new=True)
    with pytest.raises(BadFileError, match="No such file"):
        edited(tmp_path / "cams.geojson", lambda known: known)


MANY = """
import sys
from pathlib import Path
from routing.camera_edits import added, edited, made
from routing.model import LonLat
for n in range(25):
    at = LonLat(float(sys.argv[2]), 60 + n / 1000)
    one = made(at, {}, month="2024-05", source="report", fr="unknown", evidence=None)
    edited(Path(sys.argv[1]), lambda cameras: added(cameras, one, anyway=False), new=True)
"""


def test_edit_when_two_programs_change_one_file_then_none_of_their_cameras_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "cams.geojson"
    root = Path(__file__).parents[1]
    both = [subprocess.Popen([sys.executable, "-c", MANY, path, lon], cwd=root) for lon in ("24", "25")]
    assert [one.wait(60) for one in both] == [0, 0]
    assert len(read_cameras(path)) == 50
    assert [one.name for one in tmp_path.iterdir()] == ["cams.geojson"]


def test_month_when_not_given_then_this_one() -> None:
    assert month_of(None) == THIS


def test_made_when_a_value_cannot_be_then_refused() -> None:
    with pytest.raises(BadUsageError, match="--tag"):
        made(HERE, {"": "x"}, month=THIS, source="report", fr="no", evidence=None)
    assert added([], camera(), anyway=False) == (camera(),)


def test_survey_when_a_street_or_a_line_is_named_then_recorded_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo: Area
) -> None:
    monkeypatch.setattr("routing.workspace.find_area", lambda _name, **_: demo)
    path = tmp_path / "surveys.geojson"
    said = does(capsys, "survey", path, "--along", "aleksanterinkatu", "--seen", "2024-05")
    found = read_surveys(path)
    assert said == f"{path}: {len(found)} surveys added\n"
    assert 1 <= len(found) < 20
    assert {(one.month, one.method, one.source) for one in found} == {("2024-05", "walked", "report")}
    assert all(one.id.startswith("sv/") for one in found)
    assert "0 surveys added" in does(capsys, "survey", path, "--along", "ALEKSANTERINKATU", "--seen", "2024-05")
    does(capsys, "survey", path, "--line", "60.17, 24.94 60.171,24.94", "--method", "imagery")
    (typed,) = [one for one in read_surveys(path) if one.method == "imagery"]
    assert (typed.line, typed.month) == (((24.94, 60.17), (24.94, 60.171)), THIS)
    assert "no street" in refuses(capsys, 2, "survey", path, "--along", "Nowhere Lane")


def test_survey_when_a_street_was_walked_then_all_of_it_counts_as_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo: Area
) -> None:
    from routing.surveys import surveyed_sections

    monkeypatch.setattr("routing.workspace.find_area", lambda _name, **_: demo)
    path = tmp_path / "surveys.geojson"
    does(capsys, "survey", path, "--along", "Aleksanterinkatu")
    shares = surveyed_sections(demo.graph, read_surveys(path))
    ours = [n for n in range(demo.graph.section_count) if demo.graph.name_of(n) == "Aleksanterinkatu"]
    assert min(shares[n] for n in ours) > 0.99


@pytest.mark.parametrize("words", [[], ["--line", "60.17,24.94"], ["--line", "a b"], ["--line", "91,24 60,24"]])
def test_survey_when_it_says_no_line_then_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    refuses(capsys, 2, "survey", tmp_path / "surveys.geojson", *words)
    assert not list(tmp_path.iterdir())


def test_help_of_each_command_when_asked_then_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("add", "check", "confirm", "diff", "dispute", "fmt", "merge", "remove", "stats", "survey")
    for name in names:
        assert run(["cameras", name, "--help"]) == 0
        assert f"sidestep cameras {name}" in capsys.readouterr().out.partition("Example")[2]


def test_edit_when_a_file_does_not_say_whose_it_is_then_nothing_is_made_up(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(file.read_text())
    file.write_text(json.dumps({key: told[key] for key in ("type", "features")}))
    does(capsys, "fmt", file)
    does(capsys, "confirm", file, "osm/node/1")
    assert json.loads(file.read_text()).keys() == {"type", "features"}
    does(capsys, "merge", file, file, "-o", file)
    assert json.loads(file.read_text()).keys() == {"type", "features"}
