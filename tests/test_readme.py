"""Every command and every program in the README is run, in the order in which a newcomer meets them."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from standin import Standin

from routing.access_table import ROWS
from routing.cli import run, sidestep
from routing.hazard.parameters import TABLE
from web.settings import Settings

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
    commands = [line for line in COMMANDS if line not in INSTALLING and not line.startswith("sidestep serve")]
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
    # cameras age by the month, and chances with them: all else is the same for ever
    sample, printed = (re.sub(r"\d+(\.\d+)? %", "… %", text) for text in (sample, printed))
    assert printed.startswith(sample)


def test_serve_command_of_the_readme_when_run_then_the_page_is_where_it_says(home: Path) -> None:
    assert "sidestep serve" in COMMANDS
    environment = os.environ | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", 8000)) == 0
    # somebody's own server may stand there at a desk; then any other port shows the same
    command = ["sidestep", "serve", *(["--port", "0"] if taken else [])]
    with subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = "".join(iter(server.stdout.readline, "Walks are neither logged nor kept. Ctrl-C ends it.\n"))
            address = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert address is not None
            assert taken or f"`{address[0]}`" in TEXTS["README.md"]
            with urllib.request.urlopen(address[0], timeout=20) as page:  # noqa: S310  # our own server
                assert b"Sidestep" in page.read()
        finally:
            server.terminate()
        assert server.wait(20) in {0, 130}


PROGRAMS = [block for _, block in blocks("python")]


@pytest.mark.parametrize("program", PROGRAMS, ids=["api", "osmnx", "program"])
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
    assert seen[-1] < (0.7 if "annotate" in program else 0.8) * seen[0]  # metres in view; thousandths of risk


def test_ten_lines_of_the_readme_when_counted_then_about_ten() -> None:
    first = next(block for block in PROGRAMS if "osmnx" in block)
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
    pages = {path.name for path in (ROOT / "web").glob("*.py")} - {"__init__.py"}
    scripts = {path.name for path in (ROOT / "web" / "static" / "js").glob("*.mjs")}
    assert [name for name in sorted(names | pages | scripts) if f"`{name}`" not in table] == []


def test_readme_when_it_lists_settings_then_all_of_them_with_their_defaults() -> None:
    rows = re.findall(r"^\| `SIDESTEP_(\w+)` \| ([^|]+) \| [^|]+ \|$", TEXTS["README.md"], re.MULTILINE)
    defaults = {field.name.upper(): field.default for field in dataclasses.fields(Settings)}
    told = {name: default.strip() for name, default in rows}
    assert told.keys() == defaults.keys()
    for name, default in defaults.items():
        assert told[name] == "one a core" if name == "PLANNERS" else float(told[name].replace(",", "")) == default


def test_readme_when_it_counts_the_rows_of_the_table_then_right() -> None:
    text = TEXTS["README.md"]
    assert f"It has {len(ROWS)} rows" in text
    assert f"{sum(row.differs for row in ROWS)} rows decide otherwise" in text


def test_readme_when_it_lists_the_parameters_of_the_model_then_as_the_table_has_them() -> None:
    for name, row in TABLE.items():
        numbers = f"{row.low:g} | {row.default:g} | {row.high:g}"
        assert f"| `{name}` | {numbers} | {row.unit} | {row.basis} | {row.source} |" in TEXTS["README.md"], name


def test_readme_when_it_lists_options_then_each_exists() -> None:
    known = {
        option
        for command in _leaves(sidestep)
        for parameter in command.params
        for option in parameter.opts
    }  # fmt: skip
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXTS["README.md"]))
    assert named - known - {"--no-deps", "--help"} == set()


def _leaves(command: click.Command) -> list[click.Command]:
    if isinstance(command, click.Group):
        context = click.Context(command)  # also commands that other packages bring
        children = [command.get_command(context, name) for name in command.list_commands(context)]
        return [leaf for child in children if child is not None for leaf in _leaves(child)]
    return [command]
