"""Where an answer goes and cannot go, and what a terminal shows meanwhile."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import BLOCK, EXTRACT, HERE, POSITION, THERE, Cli, command, fails

from routing.model import ATTRIBUTION

OUTPUTS = {
    "folder": "is a folder",
    "": "is a folder",
    "none/walk.gpx": "No such file",
    "file/walk.gpx": "Not a directory",
    "/dev/full": "No space",
    "/proc/walk.gpx": "cannot be written",
    "x" * 300: "too long",
}


@pytest.mark.parametrize(("output", "says"), list(OUTPUTS.items()))
def test_command_when_output_cannot_be_written_then_exit_5(
    cli: Cli, tmp_path: Path, block: Path, output: str, says: str
) -> None:
    (tmp_path / "work" / "folder").mkdir()
    (tmp_path / "work" / "file").touch()
    fails(cli, tmp_path, 5, "route", HERE, THERE, "-o", output, says=[says])
    fails(cli, tmp_path, 5, "area", "export", block, "-o", output, says=[says])
    fails(cli, tmp_path, 5, "cameras", "import-osm", EXTRACT, "-o", output, says=[says])


def test_build_when_out_is_something_else_then_exit_4_at_once(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.build.read_extract", lambda *_args, **_more: pytest.fail("work was begun"))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text").touch()
    fails(cli, tmp_path, 4, "area", "build", EXTRACT, "--out", tmp_path / "thesis", says=["not an area"])
    fails(cli, tmp_path, 4, "area", "build", EXTRACT, "--out", tmp_path / "thesis" / "text", says=["not an area"])


@pytest.mark.parametrize("device", ["/dev/null", "fifo", "link"])
def test_output_when_a_device_pipe_or_link_then_never_replaced(
    cli: Cli, tmp_path: Path, block: Path, device: str
) -> None:
    path = tmp_path / device  # "/dev/null" stays itself
    if device == "fifo":
        os.mkfifo(path)
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as reader:
            assert cli("route", HERE, THERE, "-o", path).code == 0
            assert reader.communicate()[0].decode() == cli("route", HERE, THERE).out
        assert path.is_fifo()
        return
    if device == "link":
        path.symlink_to(tmp_path / "goal")
    cameras = ("cameras", "import-osm", EXTRACT, "--overwrite")
    for arguments in (("route", HERE, THERE), ("area", "export", block), cameras):
        assert cli(*arguments, "-o", path).code == 0
    assert path.is_symlink() if device == "link" else path.is_char_device()


@pytest.mark.parametrize("arguments", [("route", HERE, THERE), ("--help",), ("route", HERE, THERE, "--format", "json")])
def test_output_when_the_reader_has_gone_then_silence(arguments: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = command(*arguments, stdout=writes, capture_output=False, stderr=subprocess.PIPE)
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, "")


def test_output_when_the_disk_behind_it_is_full_then_exit_5() -> None:
    with Path("/dev/full").open("w") as full:
        done = command("route", HERE, THERE, stdout=full, capture_output=False, stderr=subprocess.PIPE)
    assert done.returncode == 5
    assert re.fullmatch(r"sidestep: [^\n]*No space left[^\n]*\n", done.stderr)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_command_when_a_stream_is_closed_then_still_works(tmp_path: Path, closed: str) -> None:
    line = f'{sys.executable} -m sidestep_cli route {HERE} {THERE} -o "{tmp_path}/walk" {closed}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "walk").stat().st_size > 1000


def test_output_when_the_terminal_lacks_a_sign_then_a_question_mark() -> None:
    done = command("route", HERE, THERE, env={**os.environ, "PYTHONIOENCODING": "latin-1"}, encoding="latin-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "In view: ? yes" in done.stdout


def on_terminal(*arguments: object) -> tuple[int, str, str]:
    """Run a command whose standard error is a terminal; return its exit code, output, and what the terminal got."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sidestep_cli", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux's word for a terminal that nobody holds any more
                break
            if not part:
                break
            shown += part
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, out.decode(), shown.decode()


def test_build_when_on_a_terminal_then_shows_a_bar_for_each_piece_of_work(tmp_path: Path) -> None:
    code, out, shown = on_terminal("area", "build", EXTRACT, "--bbox", BLOCK, "--out", tmp_path / "area")
    assert code == 0
    assert out.startswith("helsinki: ")
    for piece in ("reading helsinki.osm.pbf", "joining ways", "looking out of the cameras"):
        assert piece in shown
    assert re.search(r"\r {20,}\r$", shown), "a bar was left behind"


def test_route_when_on_a_terminal_then_never_waits_in_silence(home: Path) -> None:
    shutil.rmtree(home / "cache")
    code, out, shown = on_terminal("route", HERE, THERE)
    assert (code, out[:15]) == (0, "Helsinki centre")
    assert "reading helsinki.osm.pbf" in shown
    assert "planning the walk" in shown
    assert not POSITION.search(shown)


def test_export_when_on_a_terminal_then_says_what_was_written(tmp_path: Path, block: Path) -> None:
    code, out, shown = on_terminal("area", "export", block, "-o", tmp_path / "streets.geojson")
    assert (code, out) == (0, "")
    assert shown.rstrip().endswith(f"streets.geojson: written. {ATTRIBUTION}")
