"""What may be known of a walk, and by whom."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from command_line import HERE, THERE, Cli, listing

if TYPE_CHECKING:
    from pathlib import Path

WATCHED = """
import sys
events, opened = set(), set()
def watch(event, args):
    if event.startswith("socket."):
        events.add(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        opened.add(str(args[0]))
sys.addaudithook(watch)
from routing.cli import run
code = run(sys.argv[1:])
heavy = {"geopandas", "networkx", "osmium", "osmnx", "pandas", "pyproj", "requests", "shapely", "tqdm"}
heavy |= {"scipy.sparse", "scipy.spatial", "scipy.special"}  # numba itself looks at scipy's version and linalg
# numba tries whether it might cache
numbas = tuple(f"/routing/{folder}__pycache__" for folder in ("", "hazard/", "search/"))
written = {path for path in opened if not path.endswith(numbas)}
print(code, sorted(heavy & set(sys.modules)), sorted(events), sorted(written), file=sys.stderr)
"""


@pytest.mark.parametrize("form", ["text", "json", "geojson", "gpx"])
def test_route_when_warm_then_no_socket_no_file_no_heavy_library(tmp_path: Path, form: str) -> None:
    before = listing(tmp_path)
    arguments = [sys.executable, "-c", WATCHED, "route", HERE, "Senaatintori", "--format", form]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == "0 [] [] []\n"
    assert listing(tmp_path) == before


CANARIES = ("60.169123", "24.941987", "60.170456", "24.952654", "senaatintor", "narinkkat")


@pytest.mark.parametrize(
    "arguments",
    [
        ("60.169123,24.941987", "60.170456,24.952654"),
        ("geo:60.169123,24.941987", "Senaatintori", "--via", "Narinkkatori"),
        ("60.169123,24.941987", "60.170456,24.952654", "--format", "json", "-o", "walk"),
        ("60.169123,24.941987", "60.169123,24.941987"),
        ("60.169123,24.941987", "60.170456,124.952654"),
        ("24.941987,60.169123", "60.170456,24.952654"),
        ("60.169123,24.941987", "60.170456,24.952654", "60.170456,24.952654"),
        ("60.169123,24.941987", "60.170456,24.952654", "--detour", "60.170456,24.952654"),
        ("60.169123,24.941987", "60.170456,24.952654", "-o", "none/walk"),
        ("60.169123;24.941987x", "60.170456,24.952654"),
    ],
)
def test_route_when_it_ends_then_places_are_nowhere_but_in_the_answer(
    cli: Cli, home: Path, caplog: pytest.LogCaptureFixture, arguments: tuple[str, ...]
) -> None:
    before = listing(home)
    with caplog.at_level(logging.DEBUG):
        result = cli("route", *arguments)
    assert listing(home) == before
    for canary in CANARIES:
        assert canary not in result.err.casefold()
        assert canary not in caplog.text.casefold()


def test_bug_when_it_holds_a_place_then_only_its_kind_and_line_are_told(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("60.169123 Kotikatu")

    monkeypatch.setattr("routing.router.plan", broken)
    monkeypatch.delenv("SIDESTEP_DEBUG", raising=False)
    result = cli("route", HERE, THERE)
    assert (result.code, result.out) == (1, "")
    assert re.fullmatch(
        r"sidestep: a bug of ours \(RuntimeError in test_command_privacy.py, line \d+\);[^\n]*\n", result.err
    )
    assert "60.1" not in result.err
    assert "Kotikatu" not in result.err
