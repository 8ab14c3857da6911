"""``sidestep route`` with ``--front``, ``--plot`` and ``--vary``: the choice told, drawn, and picked from."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from routing.cli import run
from routing.front_text import front_text
from routing.model import Coverage
from routing.plans import FrontPoint, Plan

if TYPE_CHECKING:
    from pathlib import Path

ENDS = ("60.16990,24.93840", "60.17600,24.95000")


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(["route", *ENDS, *map(str, arguments)])
    return code, *capsys.readouterr()


def points_of(printed: str) -> list[tuple[int, float]]:
    """Give extra metres and chance in percent of each row."""
    rows = re.findall(r"^\+\d+ min +\+([\d,]+) m +(\d+(?:\.\d)?) %", printed, re.MULTILINE)
    return [(int(metres.replace(",", "")), float(chance)) for metres, chance in rows]


def test_front_when_asked_for_then_each_row_is_longer_and_less_likely_recognised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = told(capsys, "--front")
    assert (code, err) == (0, "")
    points = points_of(out)
    assert len(points) > 2
    assert points[0][0] == 0
    assert points == sorted(points)
    assert [chance for _, chance in points] == sorted((chance for _, chance in points), reverse=True)
    assert "Chance to be recognised, by extra metres:" in out
    assert out.count("●") <= len(points)
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "The whole choice" not in told(capsys)[1]


def test_front_when_written_for_programs_then_more_walks_have_their_own_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain, whole = (json.loads(told(capsys, "--format", "json", *more)[1]) for more in ((), ("--front",)))
    names = [route["name"] for route in whole["routes"]]
    assert names[: len(plain["routes"])] == [route["name"] for route in plain["routes"]]
    assert set(names[len(plain["routes"]) :]) <= {"also_1", "also_2"}
    assert whole["front"] == plain["front"]
    assert {"length_m", "risk", "recognition", "in_view_m", "cameras_in_view"} == set(whole["front"][0])
    drawn = json.loads(told(capsys, "--format", "geojson", "--front")[1])
    assert [feature["properties"]["name"] for feature in drawn["features"]] == names


@pytest.mark.parametrize(("name", "begins"), [("choice.png", b"\x89PNG"), ("choice.SVG", b"<?xml")])
def test_plot_when_asked_for_then_a_picture_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, begins: bytes
) -> None:
    code, out, err = told(capsys, "--plot", tmp_path / name)
    assert (code, err) == (0, "")
    assert "Directions" in out
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("option", "line"),
    [
        (("--plot", "choice.pdf"), "sidestep: --plot draws FILE.png or FILE.svg\n"),
        (("--vary=abc",), "sidestep: --vary takes a whole number of up to nine digits"),
        (("--vary=1e5",), "sidestep: --vary takes a whole number of up to nine digits"),
    ],
)
def test_options_when_not_understood_then_one_line_and_nothing_else(
    capsys: pytest.CaptureFixture[str], option: tuple[str, ...], line: str
) -> None:
    code, out, err = told(capsys, *option)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(line)


def test_vary_when_a_seed_is_told_then_it_gives_the_same_walk_again(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "--vary")
    assert (code, err) == (0, "")
    seed = re.search(r"seed\s+(\d+)\.", out)
    assert seed is not None
    assert told(capsys, f"--vary={seed[1]}") == (0, out, "")


def test_front_text_when_there_is_nothing_or_one_walk_then_no_curve() -> None:
    coverage = Coverage("Kamppi", None, 9, 0.0, 0.0)
    assert front_text(Plan(coverage, (), ())) == ""
    one = front_text(Plan(coverage, (), (FrontPoint(800.0, 0.2, 0.18, 90.0, 4),)))
    assert "the shortest" in one
    assert "│" not in one
