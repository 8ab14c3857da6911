"""What all tests of the command line share: a home of their own with the demo area built, and the services."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import BLOCK, DATA, EXTRACT, NEVER, Cli, Map, Result, at_home
from standin import Standin

from routing.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo area built, to be copied, and beside it one block of it."""
    home = tmp_path_factory.mktemp("built") / "home"
    with pytest.MonkeyPatch.context() as patch:
        at_home(home, patch)
        assert run(["area", "info"]) == 0
        assert run(["area", "build", "--bbox", BLOCK, str(EXTRACT), "--out", str(home.parent / "block")]) == 0
    return home


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Path) -> Path:
    own = tmp_path / "home"
    shutil.copytree(built, own)
    at_home(own, monkeypatch)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return own


@pytest.fixture
def block(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.parent / "block", tmp_path / "block"))


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    def call(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        result = Result(code, *capsys.readouterr())
        assert not NEVER.search(result.out + result.err)
        return result

    return call


@pytest.fixture(autouse=True, scope="session")
def runnable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """``python -m sidestep_cli`` is the installed command, whatever is on PATH."""
    room = tmp_path_factory.mktemp("bin")
    (room / "sidestep_cli.py").write_text("from routing.cli import main\nmain()\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(room), str(DATA.parent)]))
        yield


@pytest.fixture
def village(tmp_path: Path) -> Map:
    """Return two streets that do not meet, and not one camera."""
    made = Map()
    made.street("Rantatie", (0, 0), (200, 0), (400, 0))
    made.street("Saarentie", (0, 300), (400, 300))
    made.node(1500, 0)
    made.write(tmp_path / "village.osm")
    return made


@pytest.fixture(scope="module")
def served() -> Iterator[Standin]:
    with Standin(EXTRACT) as server:
        yield server


@pytest.fixture
def server(served: Standin) -> Standin:
    served.scripts.clear()
    served.requests.clear()
    return served
