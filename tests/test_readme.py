"""Every command and every program in the README is run, in the order in which a newcomer meets them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from standin import Standin

from routing.access_table import ROWS
from routing.cli import run, sidestep

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "data/README.md")}


def blocks(language: str) -> list[tuple[str, str]]:
    """List the fenced blocks of a language: which text, and what stands in them."""
    return [
        (name, block)
        for name, text in TEXTS.items()
        for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


COMMANDS = [line for name, block in blocks("sh") for line in block.splitlines() if name == "README.md"]
# run by tests/test_package.py, in environments of their own
INSTALLING = [line for line in COMMANDS if line.startswith("pip ")]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A checkout's data in an empty home."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


@pytest.fixture
def world() -> Iterator[Standin]:
    """Nominatim and Overpass on loopback; the Kallio of this world lies in the demo extract."""
    with Standin(ROOT / "data" / "helsinki.osm.pbf") as standin:
        standin.places["kallio, helsinki"] = standin.places["kamppi, helsinki"]
        yield standin


def test_commands_of_the_readme_when_run_in_their_order_then_each_works(home: Path, world: Standin) -> None:
    environment = os.environ | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "share"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SIDESTEP_NOMINATIM_URL": world.nominatim_url,
        "SIDESTEP_OVERPASS_URL": world.overpass_url,
    }
    commands = [line for line in COMMANDS if line not in INSTALLING]
    assert len(commands) > 10
    for command in commands:
        done = subprocess.run(  # noqa: S602  # as a shell would
            command, shell=True, cwd=home, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        output = re.search(r" -o (\S+)", command)
        assert (home / output[1]).stat().st_size > 100 if output else done.stdout, command


def test_sample_of_the_readme_when_compared_then_it_is_what_the_command_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sample = blocks("text")[0][1].removesuffix("…\n")
    command = next(line for line in COMMANDS if line.startswith("pip install . && sidestep "))
    assert run(command.split()[5:]) == 0
    printed = capsys.readouterr().out
    assert len(sample) > 1000
    assert printed.startswith(sample)


@pytest.mark.parametrize("program", [block for _, block in blocks("python")], ids=["osmnx", "program"])
def test_program_of_the_readme_when_run_then_avoids_cameras(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = [int(re.findall(r"\d+", line)[1]) for line in done.stdout.splitlines()]
    assert len(seen) >= 2
    assert seen[-1] < 0.7 * seen[0]


def test_ten_lines_of_the_readme_when_counted_then_about_ten() -> None:
    first = blocks("python")[0][1]
    assert len([line for line in first.splitlines() if line.strip()]) <= 12


def test_data_when_rebuilt_as_its_readme_says_then_the_same_bytes(tmp_path: Path) -> None:
    command = next(
        line for _, block in blocks("sh") for line in block.splitlines() if "-o data/cameras.geojson" in line
    )
    words = command.split()[1:-1]
    words[words.index("data/helsinki.osm.pbf")] = str(ROOT / "data" / "helsinki.osm.pbf")
    assert run([*words, str(tmp_path / "cameras.geojson")]) == 0
    assert (tmp_path / "cameras.geojson").read_bytes() == (ROOT / "data" / "cameras.geojson").read_bytes()


def test_readme_when_it_lists_the_modules_then_none_is_missing() -> None:
    table = TEXTS["README.md"].split("## How the code is laid out")[1].split("## Licences")[0]
    names = {path.name for path in (ROOT / "routing").glob("*.py")} - {"__init__.py", "errors.py", "model.py", "geo.py"}
    assert [name for name in sorted(names) if f"`{name}`" not in table] == []


def test_readme_when_it_counts_the_rows_of_the_table_then_right() -> None:
    text = TEXTS["README.md"]
    assert f"It has {len(ROWS)} rows" in text
    assert f"{sum(row.differs for row in ROWS)} rows decide otherwise" in text


def test_readme_when_it_lists_options_then_each_exists() -> None:
    known = {
        option
        for command in _leaves(sidestep)
        for parameter in command.params
        for option in parameter.opts
    }  # fmt: skip
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXTS["README.md"]))
    assert named - known - {"--no-deps"} == set()


def _leaves(command: click.Command) -> list[click.Command]:
    if isinstance(command, click.Group):
        return [leaf for child in command.commands.values() for leaf in _leaves(child)]
    return [command]
