"""Areas on disk: replaced while they are read, left half-way by a kill, and well hashed but unsound."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from routing import area_folder as module
from routing import build, workspace
from routing.area_folder import load, save, stands
from routing.cameras import write_cameras
from routing.cli import run
from routing.errors import BadFileError, OutsideError
from routing.model import BBox, Camera, LonLat, Origin, Survey
from routing.revise import revised
from routing.surveys import read_surveys, write_surveys

if TYPE_CHECKING:
    from routing.area import Area

EXTRACT = Path(__file__).parents[1] / "data" / "helsinki.osm.pbf"
BOX = BBox(24.9400, 60.1670, 24.9480, 60.1700)
TAGS = {"man_made": "surveillance", "surveillance:type": "camera"}
SAVE = "import sys; from pathlib import Path; from routing.area_folder import load, save; "


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Area:
    folder = tmp_path_factory.mktemp("block") / "area"
    save(build.build_area(EXTRACT, bbox=BOX, name="block"), folder)
    return load(folder)  # positions are rounded on the way


@pytest.fixture
def folder(block: Area, tmp_path: Path) -> Path:
    save(block, tmp_path / "area")
    return tmp_path / "area"


def other(block: Area) -> Area:
    """Return an area that differs from the block in every kind of file."""
    manifest = dataclasses.replace(block.manifest, name="other")
    return dataclasses.replace(
        revised(block, ()), manifest=manifest, in_view_dm=np.zeros_like(block.in_view_dm), places_given=()
    )


def is_whole(found: Area, block: Area) -> bool:
    if found.manifest.name == "block":
        return (
            found.cameras == block.cameras
            and found.places == block.places
            and np.array_equal(found.in_view_dm, block.in_view_dm)
            and np.array_equal(found.side_e6, block.side_e6)
            and np.array_equal(found.hazards.lens, block.hazards.lens)
        )
    return found.manifest.name == "other" and not (found.cameras or found.places or found.in_view_dm.any())


# --- replaced while it is read ---


def test_load_when_others_replace_it_all_the_time_then_always_one_whole_area(block: Area, folder: Path) -> None:
    writer = (
        "one, two, goal, end = *map(Path, sys.argv[1:]), __import__('time').monotonic() + 3\n"
        "while __import__('time').monotonic() < end: save(load(one), goal), save(load(two), goal)"
    )
    for name, area in (("one", block), ("two", other(block))):
        save(area, folder.parent / "sources" / name)
    paths = [folder.parent / "sources" / "one", folder.parent / "sources" / "two", folder]
    loads = 0
    with subprocess.Popen([sys.executable, "-c", SAVE + "\n" + writer, *paths]) as process:
        while process.poll() is None:
            assert is_whole(load(folder), block)
            loads += 1
    assert process.returncode == 0
    assert loads > 20
    assert sorted(path.name for path in folder.parent.iterdir()) == ["area", "sources"]


def test_load_when_replaced_in_the_middle_then_no_file_of_the_other_area(
    block: Area, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for after in ("_read_manifest", "_map", "read_cameras", "complaint"):
        save(block, folder)
        real, new = getattr(module, after), [other(block)]

        def replacing(*given: object, real: object = real, new: list[Area] = new) -> object:
            result = real(*given)  # type: ignore[operator]
            if new:
                save(new.pop(), folder)
            return result

        with monkeypatch.context() as patch:
            patch.setattr(module, after, replacing)
            assert is_whole(load(folder), block)
        assert load(folder).manifest.name == "other"


def test_places_when_the_folder_is_replaced_after_loading_then_those_loaded(block: Area, folder: Path) -> None:
    loaded = load(folder)
    save(other(block), folder)
    assert loaded.places == block.places
    assert is_whole(loaded, block)


def test_save_when_several_at_once_then_the_folder_is_one_of_theirs(block: Area, folder: Path) -> None:
    def write(area: Area) -> None:
        for _ in range(10):
            try:
                save(area, folder)
            except OutsideError:
                refused.append(area)

    refused: list[Area] = []
    threads = [threading.Thread(target=write, args=(area,)) for area in (block, other(block))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert is_whole(load(folder), block)
    save(block, folder)
    assert [path.name for path in folder.parent.iterdir()] == ["area"]


# --- killed, or interrupted, between stepping aside and taking the place ---

KILL = (
    SAVE
    + """
import os, signal
real = Path.rename
def killed(path, goal):
    if path.name.startswith(".sidestep-"):
        os.kill(os.getpid(), signal.{signal})
    return real(path, goal)
Path.rename = killed
save(load(Path(sys.argv[1])), Path(sys.argv[1]))
"""
)


def kill_between(folder: Path, signal: str = "SIGKILL") -> None:
    code = KILL.format(signal=signal)
    assert subprocess.run([sys.executable, "-c", code, folder], capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("then", ["load", "stands", "save"])
def test_save_when_killed_half_way_then_the_old_area_comes_back(block: Area, folder: Path, then: str) -> None:
    kill_between(folder)
    assert not folder.exists()
    match then:
        case "load":
            assert is_whole(load(folder), block)
        case "stands":
            assert stands(folder)
        case _:
            save(other(block), folder)
            assert load(folder).manifest.name == "other"
    assert [path.name for path in folder.parent.iterdir() if "-old-" in path.name] == []


def test_save_when_interrupted_half_way_then_the_old_area_is_in_its_place(block: Area, folder: Path) -> None:
    kill_between(folder, "SIGINT")
    assert [path.name for path in folder.parent.iterdir()] == ["area"]
    assert is_whole(load(folder), block)


def test_load_when_there_is_none_then_told_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(BadFileError, match="no such area"):
        load(tmp_path / "none")
    assert time.monotonic() - began < 0.5


def test_save_when_done_then_every_file_and_folder_is_on_the_disk(
    block: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    real = os.fsync

    def noting(number: int) -> None:
        synced.add(os.fstat(number).st_ino)
        real(number)

    monkeypatch.setattr(os, "fsync", noting)
    save(block, tmp_path / "area")
    kept = [tmp_path, tmp_path / "area", *(tmp_path / "area").iterdir()]
    assert [path.name for path in kept if path.stat().st_ino not in synced] == []


# --- rightly hashed, and yet wrong ---


def reseal(folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_bytes())
    content["files"] = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.suffix == ".npy"
    } | {name: content["files"][name] for name in ("cameras.geojson", "places.json")}
    content["sha256"] = module._hash_of_content(content)
    (folder / "manifest.json").write_text(json.dumps(content))


@pytest.mark.parametrize("name", ["head", "tail", "section", "in_edge", "shape_start", "out_start", "name"])
def test_load_when_an_index_leads_out_of_its_array_then_refused(folder: Path, name: str) -> None:
    array = np.load(folder / f"{name}.npy")
    array[len(array) // 2] = 10**9
    np.save(folder / f"{name}.npy", array)
    reseal(folder)
    with pytest.raises(BadFileError, match=r"area: .*; build the area again"):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"x", b"\x93NUMPY\x01\x00v\x00{", "object", "short"])
def test_load_when_an_array_is_none_then_refused(folder: Path, content: bytes | str) -> None:
    path = folder / "length_dm.npy"
    match content:
        case bytes():
            path.write_bytes(content)
        case "object":
            np.save(path, np.array([None, "x"], dtype=object), allow_pickle=True)
        case _:
            path.write_bytes(path.read_bytes()[:-1])
    reseal(folder)
    with pytest.raises(BadFileError, match="build the area again"):
        load(folder)


def test_load_when_done_then_arrays_cannot_be_written(folder: Path) -> None:
    loaded = load(folder)
    assert not any(array.flags.writeable for array in (*loaded.graph.arrays().values(), loaded.in_view_dm))


# --- which cameras count ---


def camera(number: int, lon: float, lat: float) -> Camera:
    return Camera(f"osm/node/{number}", LonLat(lon, lat), TAGS, last_seen="2020-01")


@pytest.fixture
def with_margin(tmp_path: Path) -> Area:
    """Return the block with one camera of ours inside and one 30 m north of it."""
    file = tmp_path / "more.geojson"
    write_cameras(file, [camera(1, 24.944, 60.1685), camera(2, 24.944, 60.17027)])
    return build.build_area(EXTRACT, bbox=BOX, camera_files=[file])


def test_coverage_when_cameras_stand_just_outside_then_only_those_inside_count(with_margin: Area) -> None:
    inside = [one for one in with_margin.cameras if BOX.holds(one.lonlat)]
    assert "osm/node/2" in {one.id for one in with_margin.cameras} - {one.id for one in inside}
    told = with_margin.coverage
    assert told.cameras == with_margin.manifest.counts["cameras"] == len(inside)
    assert told.cameras_per_km2 == pytest.approx(len(inside) / with_margin.manifest.area_km2)
    assert with_margin.manifest.counts["cameras just outside"] == len(with_margin.cameras) - len(inside) > 0


def test_build_when_the_outline_is_smaller_than_the_box_then_divided_by_the_outline(block: Area) -> None:
    half = block.manifest.area_km2 / 2
    made = build.build_area(EXTRACT, bbox=BOX, area_km2=half)
    assert made.manifest.area_km2 == half
    assert made.coverage.cameras_per_km2 == pytest.approx(2 * block.coverage.cameras_per_km2)


def test_vanished_when_a_box_shrinks_or_a_tombstone_falls_then_not_listed(tmp_path: Path) -> None:
    file, folder = tmp_path / "more.geojson", tmp_path / "area"
    here, buried, east = (
        dataclasses.replace(camera(number, lon, 60.1685), last_seen="2015-01")
        for number, lon in ((1, 24.942), (2, 24.9425), (3, 24.9475))
    )
    write_cameras(file, [here, buried, east])
    save(build.build_area(EXTRACT, bbox=BOX, camera_files=[file]), folder)
    write_cameras(file, [dataclasses.replace(buried, status="removed", removed_because="torn down")])
    smaller = dataclasses.replace(BOX, east=24.9445)
    made = build.build_area(EXTRACT, bbox=smaller, camera_files=[file], before=folder)
    assert made.manifest.vanished == (here.id,)
    kept = {one.id: one for one in made.cameras}
    assert kept[here.id].status == "disputed"  # it stays, and fades
    assert kept[here.id].gone == ("2019-04",)
    assert buried.id not in kept
    save(made, folder)
    again = build.build_area(EXTRACT, bbox=smaller, camera_files=[file], before=folder)
    assert {one.id: one for one in again.cameras}[here.id] == kept[here.id]


def test_build_when_a_line_of_a_file_buries_cameras_elsewhere_then_they_stay_and_it_is_told(
    tmp_path: Path, block: Area, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "more.geojson"
    mapped = [one for one in block.cameras if one.source == "osm"]
    everywhere = tuple(Origin(one.id) for one in mapped)
    far = dataclasses.replace(camera(1, 24.9, 60.1), status="removed", removed_because="a dummy", also=everywhere)
    moved = dataclasses.replace(mapped[0], lonlat=LonLat(24.9, 60.1), last_seen="2026-01")
    write_cameras(file, [far, moved])
    lines = list[str]()
    made = build.build_area(EXTRACT, bbox=BOX, camera_files=[file], tell=lines.append)
    assert {one.id for one in made.cameras} >= {one.id for one in mapped[1:]}
    assert sum("not believed" in line for line in lines) == len(mapped)
    assert sum("from where the map has it" in line and moved.id in line for line in lines) == 1
    words = [
        "area",
        "build",
        str(EXTRACT),
        "--bbox",
        "24.94,60.167,24.948,60.17",
        "--cameras",
        str(file),
        "--no-basemap",
    ]
    capsys.readouterr()
    assert run([*words, "--out", str(tmp_path / "area")]) == 0
    assert capsys.readouterr().err.count("warning: ") == len(lines)


def test_build_when_the_map_lacks_a_released_camera_then_disputed_unless_it_was_seen_later(tmp_path: Path) -> None:
    file = tmp_path / "more.geojson"
    older, later = camera(1, 24.942, 60.1685), camera(2, 24.9425, 60.1685)
    other = dataclasses.replace(older, id="ss/abcdefghij", source="report", last_seen="2015-01")
    write_cameras(file, [dataclasses.replace(older, last_seen="2015-01"), later, other])
    states = {one.id: one.status for one in build.build_area(EXTRACT, bbox=BOX, camera_files=[file]).cameras}
    assert states[older.id] == "disputed"
    assert states[later.id] == states[other.id] == "confirmed"


def test_build_when_streets_were_surveyed_then_their_share_is_told(tmp_path: Path) -> None:
    file = tmp_path / "surveys.geojson"
    plain = build.build_area(EXTRACT, bbox=BOX)
    assert plain.coverage.surveyed_share is None
    section = int(np.argmax(plain.graph.section_length_m))
    line = tuple(LonLat(*at) for at in np.asarray(plain.graph.shape(section)).tolist())
    write_surveys(file, [Survey("sv/abcdefghij", line, "2026-10")])
    assert read_surveys(file)[0].month == "2026-10"
    made = build.build_area(EXTRACT, bbox=BOX, survey_files=[file])
    share = made.coverage.surveyed_share
    assert share is not None
    least = float(plain.graph.section_length_m[section] / plain.graph.section_length_m.sum())
    assert least * 0.99 <= share < 0.2
    save(made, tmp_path / "area")
    assert load(tmp_path / "area").coverage.surveyed_share == pytest.approx(share)


# --- the demo area ---


def test_demo_when_built_then_those_of_other_versions_go(
    block: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "cache_dir", lambda: tmp_path)
    monkeypatch.setattr(build, "build_area", lambda *_given, **_more: block)
    old, mine = tmp_path / f"demo-{'0' * 16}", tmp_path / "demo-mine"
    save(other(block), old)
    mine.mkdir()
    held = load(old)
    made = workspace.demo_area(progress=build.silent)
    assert made.folder is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([made.folder.name, "demo-mine"])
    assert is_whole(held, block)


# --- odd names for the folder ---


def test_save_when_the_folder_is_a_link_then_it_stays_one(block: Area, folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(folder)
    save(other(block), link)
    assert link.is_symlink()
    assert load(folder).manifest.name == "other"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["area", "current"]


def test_save_when_the_folder_is_where_one_stands_then_replaced(
    block: Area, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    save(other(block), Path())
    assert load(folder).manifest.name == "other"


def test_demo_when_nothing_can_be_cached_then_planned_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(workspace, "cache_dir", lambda: tmp_path / "file" / "cache")
    area = workspace.demo_area(progress=build.silent)
    assert len(area.cameras) == 221
    assert area.places
