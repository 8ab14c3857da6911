"""Pictures of areas, and the outlines of what cameras have in view."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from oracle import sees

from routing.cli import run
from routing.geo import to_frame
from routing.hazard.eyes import eyes_of
from routing.plot import draw, view_polygons

if TYPE_CHECKING:
    from pathlib import Path

    from routing.area import Area


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_plot_when_drawn_then_the_same_bytes_again_and_the_map_is_credited(
    demo: Area, tmp_path: Path, form: str, start: bytes
) -> None:
    drawn = []
    for nth in "ab":
        draw(demo, tmp_path / nth, form=form)
        drawn.append((tmp_path / nth).read_bytes())
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith(start)
    if form == "svg":
        assert "OpenStreetMap contributors" in drawn[0].decode()
        assert "Helsinki centre" in drawn[0].decode()


def test_polygons_when_drawn_then_they_hold_what_is_in_view_and_nothing_behind_houses(demo: Area) -> None:
    polygons = view_polygons(demo)
    placed = eyes_of(demo.cameras, demo.model.default, demo.walls)
    outdoor = [eye for eye in range(len(placed.camera)) if not placed.eyes.indoor[eye]]
    assert len(polygons) == len(outdoor)
    walls = shapely.STRtree(shapely.linestrings(demo.wall_ends.reshape(-1, 2, 2)))
    rng = np.random.default_rng(3)
    checked = 0
    for polygon, eye in list(zip(polygons, outdoor, strict=True))[::7]:
        at, view = placed.eyes.lonlat[eye], demo.views[placed.camera[eye]]
        spots = at + rng.uniform(-40, 40, (60, 2)) / placed.eyes.scale[eye]
        shape = shapely.make_valid(shapely.Polygon(polygon))
        inside = shapely.contains_xy(shape, spots)
        rays = shapely.linestrings(np.stack([np.broadcast_to(at, spots.shape), spots], axis=1))
        free = np.ones(len(spots), dtype=bool)
        free[walls.query(rays, predicate="intersects")[0]] = False
        seen = free & sees(view, to_frame(spots, at))
        assert (inside == seen).mean() > 0.95  # between rays the rim is straight
        checked += int(seen.sum())
    assert checked > 100


def test_plot_command_when_it_cannot_be_then_one_line_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["area", "plot", "-o", str(tmp_path / "x.gif")]) == 2
    assert "FILE.png or FILE.svg" in capsys.readouterr().err
    for name in [*(name for name in sys.modules if name.startswith("matplotlib.")), "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert run(["area", "plot", "-o", str(tmp_path / "x.png")]) == 2
    assert "sidestep[plot]" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_plot_command_when_asked_then_a_picture_of_the_demo_area(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["area", "plot", "-o", str(tmp_path / "helsinki.png")]) == 0
    assert (tmp_path / "helsinki.png").stat().st_size > 100_000
    assert capsys.readouterr().out == ""


def test_plan_when_loaded_then_no_plotting_library_is_loaded() -> None:
    code = "import sys, routing.cli, routing.router; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
