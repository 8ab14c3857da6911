"""Camera files, help, and commands that are wrongly used: one line, the contract's exit code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest
from command_line import BLOCK, EXTRACT, HERE, POSITION, THERE, Cli, fails

from routing import __version__
from routing.cameras import read_cameras, write_cameras
from routing.cli import sidestep
from routing.model import ATTRIBUTION, Camera, LonLat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_import_osm_when_read_back_then_checks_without_errors(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "work" / "cameras.geojson"
    told = cli("cameras", "import-osm", EXTRACT, "-o", file)
    assert told.code == 0
    assert told.out == f"{file}: {len(read_cameras(file))} cameras. {ATTRIBUTION}\n"
    assert len(read_cameras(file)) > 200
    checked = cli("cameras", "check", file)
    assert checked.code == 0
    assert ": 0 errors, " in checked.out
    assert list(file.parent.iterdir()) == [file]
    fails(cli, tmp_path, 2, "cameras", "import-osm", EXTRACT, "-o", file, "--bbox", BLOCK, says=["--overwrite"])
    assert cli("cameras", "import-osm", EXTRACT, "-o", file, "--bbox", BLOCK, "--overwrite").code == 0
    assert 0 < len(read_cameras(file)) < 200


def test_check_when_something_is_odd_then_a_warning_and_exit_0(cli: Cli, tmp_path: Path) -> None:
    tags = {"man_made": "surveillance", "camera:direction": "sideways"}
    write_cameras(tmp_path / "odd.geojson", [Camera("osm/node/1", LonLat(24.94, 60.17), tags)])
    result = cli("cameras", "check", tmp_path / "odd.geojson")
    assert result.code == 0
    assert re.search(r"^warning: .*odd.geojson, line \d+, feature 1: ", result.out, re.MULTILINE)
    assert re.search(r": 0 errors, [1-9]\d* warnings\n$", result.out)


def test_check_when_something_is_wrong_then_its_line_and_exit_4(cli: Cli, tmp_path: Path) -> None:
    write_cameras(tmp_path / "a.geojson", [Camera("osm/node/1", LonLat(24.94, 60.17), {"man_made": "surveillance"})])
    text = (tmp_path / "a.geojson").read_text().replace("24.94,60.17", "24.94,160.17")
    (tmp_path / "a.geojson").write_text(text)
    result = cli("cameras", "check", tmp_path / "a.geojson")
    assert (result.code, result.err) == (4, "")
    assert "a.geojson, line 2, feature 1: coordinates are not on the globe" in result.out
    assert not POSITION.search(result.out)
    assert cli("cameras", "check", tmp_path / "none.geojson").code == 4


def commands(group: click.Group = sidestep, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_when_asked_then_shows_an_example_that_parses(cli: Cli, path: tuple[str, ...], flag: str) -> None:
    result = cli(*path, flag)
    assert (result.code, result.err) == (0, "")
    assert re.search(rf"^ +(?:.*\| )?{' '.join(('sidestep', *path))}( |$)", result.out, re.MULTILINE)
    assert max(map(len, result.out.splitlines())) <= 100


def test_version_when_asked_then_that_of_the_package(cli: Cli) -> None:
    assert cli("--version") == (0, f"sidestep, version {__version__}\n", "")


@pytest.mark.parametrize("path", [(), ("area",), ("cameras",)])
def test_command_when_no_command_is_named_then_help_and_exit_2(cli: Cli, path: tuple[str, ...]) -> None:
    result = cli(*path)
    assert (result.code, result.err) == (2, "")
    assert "Commands:" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("route",),
        ("route", HERE),
        ("route", HERE, THERE, "60.1690512,24.9417012"),
        ("route", HERE, THERE, "--colour"),
        ("route", HERE, THERE, "-x"),
        ("route", HERE, THERE, "-33.91234x"),
        ("route", HERE, THERE, "--format", "60.1690512,24.9417012"),
        ("route", HERE, THERE, "--detour"),
        ("route", HERE, THERE, "--detour=-5%"),
        ("route", HERE, THERE, "--detour", "-5%"),
        ("route", HERE, THERE, "--detour", "60.1690512,24.9417012"),
        ("route", HERE, THERE, "--detour", "nan%"),
        ("route", HERE, THERE, "--detour", ""),
        ("rout", HERE, THERE),
        ("60.1690512,24.9417012",),
        ("area", "build", "--bbox", "1,2,3"),
        ("area", "build", "--bbox", "25,60,24,61"),
        ("area", "build", "--bbox", "nan,60,25,61"),
        ("area", "build", "--bbox", "24.9400123,60.1670123,190,95"),
        ("area", "build", "--max-wait", "-1"),
        ("area", "build", "--max-wait", "long"),
        ("area", "build", "x" * 300),
        ("area", "build", "a\x07b"),
        ("area", "export"),
        ("area", "export", "--format", "shapefile", "-o", "x"),
        ("area", "plot"),
        ("area", "build", "--jobs", "0"),
        ("audit",),
        ("cameras", "check"),
        ("cameras", "import-osm", str(EXTRACT)),
    ],
)
def test_command_when_wrongly_used_then_exit_2(cli: Cli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    fails(cli, tmp_path, 2, *arguments)


@pytest.mark.parametrize("area", ["none", "", "x" * 300, "../nowhere", "none/at/all"])
def test_command_when_there_is_no_such_area_then_exit_4(cli: Cli, tmp_path: Path, area: str) -> None:
    fails(cli, tmp_path, 4, "area", "info", area)
    fails(cli, tmp_path, 4, "route", HERE, THERE, "--area", area)
    fails(cli, tmp_path, 4, "area", "export", area, "-o", "x.geojson")
