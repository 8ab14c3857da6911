"""Counts of a camera file, and their plot."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import TAGS, camera, cameras, north

from routing.camera_stats import AGES, CLASSES, as_json, as_text, count
from routing.cameras import write_cameras
from routing.cli import run
from routing.workspace import released_cameras

if TYPE_CHECKING:
    from pathlib import Path

    from routing.area import Area
    from routing.model import Camera


def kind(name: str) -> dict[str, str]:
    return TAGS | {"camera:type": name}


def test_stats_when_counted_then_by_class_age_status_and_source() -> None:
    told = count(
        [
            camera(1, tags=kind("dome"), last_seen="2026-01"),
            camera(2, tags=kind("PTZ") | {"direction": "N"}, last_seen="2025-01"),
            camera(3, tags=kind("dome;fixed"), last_seen=None, first_seen="2022-12"),
            camera(4, tags=TAGS | {"indoor": "yes"}, last_seen=None, status="unverified", source="report"),
            camera(5, status="removed"),
            camera(6, tags={"man_made": "mast"}),
        ],
        "2026-01",
        km=2.0,
    )
    assert (told.records, told.cameras, told.indoor, told.per_km) == (6, 4, 1, 2.0)
    assert told.ages["dome"]["under 1 year"] == 1
    assert told.ages["panning"]["1 to 2 years"] == 1
    assert told.ages["unknown"] == dict.fromkeys(AGES, 0) | {"3 to 5 years": 1, "no date": 1}
    assert told.directions_known == dict.fromkeys(CLASSES, 0) | {"panning": 1}
    assert told.by_status == {"confirmed": 4, "removed": 1, "unverified": 1}
    assert told.by_source == {"osm": 5, "report": 1}


@given(st.lists(cameras(), max_size=10))
def test_stats_when_added_up_then_every_camera_once(records: list[Camera]) -> None:
    told = count(records, "2026-01")
    assert sum(sum(row.values()) for row in told.ages.values()) == told.cameras
    assert sum(told.by_status.values()) == sum(told.by_source.values()) == told.records == len(records)
    assert json.loads(json.dumps(as_json(told)))["cameras_per_km"] is None
    assert f"{told.cameras:,} cameras in use" in as_text(told)


def test_stats_command_when_an_area_is_given_then_only_what_lies_in_it_and_per_km(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo: Area
) -> None:
    monkeypatch.setattr("routing.workspace.find_area", lambda _name, **_: demo)
    path = tmp_path / "cams.geojson"
    write_cameras(path, [camera(1), camera(2, lonlat=north(50_000))])
    assert run(["cameras", "stats", str(path), "--area", "demo", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["cameras"] == 1
    # as area build and area info have it
    assert round(told["km"]) == demo.manifest.counts["walkable km"]
    assert run(["cameras", "stats", str(path)]) == 0
    assert "2 cameras in use, 0 of them indoors; 2 records" in capsys.readouterr().out


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_plot_when_drawn_then_the_same_bytes_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, start: bytes
) -> None:
    drawn = []
    for nth in "ab":
        plot = tmp_path / f"{nth}.{suffix}"
        assert run(["cameras", "stats", str(released_cameras()), "--plot", str(plot)]) == 0
        drawn.append(plot.read_bytes())
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith(start)
    assert capsys.readouterr().err == ""


def test_plot_when_it_cannot_be_then_one_line_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["cameras", "stats", str(released_cameras()), "--plot", str(tmp_path / "x.gif")]) == 2
    assert "png" in capsys.readouterr().err
    for name in [*(name for name in sys.modules if name.startswith("matplotlib.")), "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert run(["cameras", "stats", str(released_cameras()), "--plot", str(tmp_path / "x.png")]) == 2
    assert "sidestep[plot]" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_stats_when_nothing_is_drawn_then_no_plotting_library_is_loaded() -> None:
    code = "import sys; from routing.cli import run; run(sys.argv[1:]); sys.exit('matplotlib' in sys.modules)"
    command = [sys.executable, "-c", code, "cameras", "stats", str(released_cameras())]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
