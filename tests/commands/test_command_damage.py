"""Areas that were damaged, a disk that fills, a hand that interrupts, two at once."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
from command_line import HERE, THERE, Cli, Map, Result, command, demo_of, fails, listing, one_line


def test_area_when_any_file_is_missing_then_exit_4(cli: Cli, tmp_path: Path, block: Path) -> None:
    for file in sorted(block.iterdir()):
        file.rename(tmp_path / "aside")
        line = one_line(cli("area", "info", block), 4, file.name)
        assert "copied" in line or "copy" in line
        (tmp_path / "aside").rename(file)
    assert cli("area", "info", block).code == 0


def test_area_when_any_byte_is_flipped_then_exit_4(cli: Cli, block: Path) -> None:
    draw = random.Random(20261123)  # noqa: S311 - where to damage
    for file in sorted(block.iterdir()):
        whole = file.read_bytes()
        for at in {0, len(whole) - 1, len(whole) // 2, *(draw.randrange(len(whole)) for _ in range(12))}:
            broken = bytearray(whole)
            broken[at] ^= 1 << draw.randrange(8)
            if file.suffix == ".json" and bytes(broken).split() == whole.split():
                continue  # one white space for another says the same
            file.write_bytes(broken)
            one_line(cli("area", "info", block), 4, str(block))
        file.write_bytes(whole)
    assert cli("area", "info", block).code == 0


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_area_when_a_file_is_cut_then_exit_4(cli: Cli, block: Path, cut: int) -> None:
    for file in sorted(block.iterdir()):
        whole = file.read_bytes()
        file.write_bytes(whole[:cut])
        one_line(cli("area", "info", block), 4, str(block))
        file.write_bytes(whole)


DEEP = "[" * 100_000
GARBAGE = [
    *("", "null", "[]", "{}", "{", "\x00", "1" * 5000),
    *('{"format": 1}', '{"format": 99}', '{"format": "1"}', '{"format": NaN}'),
    '{"format": "a\\nb"}',
    DEEP,
]


@pytest.mark.parametrize("text", GARBAGE)
def test_area_when_the_manifest_is_garbage_then_exit_4(cli: Cli, tmp_path: Path, block: Path, text: str) -> None:
    (block / "manifest.json").write_text(text)
    fails(cli, tmp_path, 4, "area", "info", block)
    fails(cli, tmp_path, 4, "route", HERE, THERE, "--area", block)


@pytest.mark.parametrize("damage", ["flip", "missing", "manifest", "manifest garbage", "all"])
def test_demo_when_damaged_then_made_anew(cli: Cli, home: Path, damage: str) -> None:
    wanted, folder = cli("route", HERE, THERE), demo_of(home)
    before = sorted(path.name for path in folder.iterdir())
    match damage:
        case "flip":
            (folder / "places.json").write_bytes((folder / "places.json").read_bytes().replace(b"a", b"b", 1))
        case "missing":
            (folder / "in_view_dm.npy").unlink()
        case "manifest":
            (folder / "manifest.json").unlink()
        case "manifest garbage":
            (folder / "manifest.json").write_text("{")
        case _:
            shutil.rmtree(folder)
            folder.mkdir()
    assert cli("route", HERE, THERE) == wanted
    assert sorted(path.name for path in demo_of(home).iterdir()) == before


def test_build_when_the_old_area_is_damaged_then_made_anew(cli: Cli, tmp_path: Path, village: Map) -> None:
    arguments = ("area", "build", tmp_path / "village.osm", "--out", tmp_path / "area")
    told = cli(*arguments)
    (tmp_path / "area" / "places.json").write_bytes(b"{}")
    assert cli("area", "info", tmp_path / "area").code == 4
    assert cli(*arguments) == told
    assert told.code == 0
    assert village.nodes


@pytest.mark.parametrize("limit", [100, 1_500])  # the first array; the manifest, which comes last
def test_build_when_the_disk_fills_then_exit_5_and_the_old_area_stays(
    tmp_path: Path, village: Map, block: Path, limit: int
) -> None:
    assert village.nodes
    before = listing(tmp_path)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    for out in (block, tmp_path / "new"):
        for more in ((), ("--no-basemap",)):
            done = command("area", "build", tmp_path / "village.osm", "--out", out, *more, preexec_fn=small)
            one_line(Result(done.returncode, done.stdout, done.stderr), 5, "written")
    assert listing(tmp_path) == before


@pytest.mark.parametrize("form", ["geojson", "graphml", "geopackage", "geoparquet"])
def test_export_when_the_disk_fills_then_exit_5_and_the_old_file_stays(tmp_path: Path, block: Path, form: str) -> None:
    import_module("matplotlib.font_manager")  # osmnx wakes it, and its list of fonts has to be there before
    (tmp_path / "work" / "streets").write_text("older")
    before = listing(tmp_path)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    done = command("area", "export", block, "--format", form, "-o", "streets", preexec_fn=small)
    one_line(Result(done.returncode, done.stdout, done.stderr), 5, "written")
    assert listing(tmp_path) == before


def test_build_when_a_real_disk_is_full_then_exit_5_and_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    mount = f"mount -t tmpfs -o size=300k sidestep-test {tmp_path}/disk"
    alone = ["unshare", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*alone, mount], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    script = f"""{mount}; cd {tmp_path}/disk; {sys.executable} -m sidestep_cli area build --out area; code=$?
        echo left: $(ls -A); exit $code"""
    done = subprocess.run([*alone, script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (5, "left:\n")
    one_line(Result(5, "", done.stderr), 5, "written")


INTERRUPT = """
import os, signal, sys, time
import {module} as module
from routing.cli import run
real = module.{name}
def interrupted(*args, **more):
    result = real(*args, **more)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
    return result
module.{name} = interrupted
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [("routing.build", "read_extract"), ("routing.looking", "hazards_in_tiles"), ("routing.looking", "prior_of"),
     ("routing.area_folder", "_write_files"), ("routing.area_folder", "_hash_of"),
     ("routing.area_folder", "write_cameras")],
)  # fmt: skip
def test_build_when_interrupted_then_nothing_left_and_the_old_area_stays(
    tmp_path: Path, village: Map, block: Path, module: str, name: str
) -> None:
    assert village.nodes
    before = listing(tmp_path)
    code = INTERRUPT.format(module=module, name=name)
    for out in (block, tmp_path / "new") if name == "_write_files" else (block,):
        arguments = [sys.executable, "-c", code, "area", "build", tmp_path / "village.osm", "--out", out]
        done = subprocess.run(arguments, capture_output=True, timeout=60, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")
    assert listing(tmp_path) == before


WHILE_READ = """
import os, signal, sys
from routing.__main__ import main
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{sent})
sys.meta_path.insert(0, Interrupting())
main()
"""


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("module", ["routing.cli", "click", "routing.commands.route"])
def test_command_when_interrupted_while_its_modules_are_read_then_ends_without_a_word(module: str, sent: str) -> None:
    arguments = [sys.executable, "-c", WHILE_READ.format(module=module, sent=sent), "route", HERE, THERE]
    done = subprocess.run(arguments, capture_output=True, timeout=60, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_build_when_a_signal_comes_from_outside_then_exit_130(tmp_path: Path, sent: signal.Signals) -> None:
    arguments = [sys.executable, "-m", "sidestep_cli", "area", "build", "--out", str(tmp_path / "areas" / "new")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 30
        while not list(tmp_path.glob("areas/*/*.npy")) and time.monotonic() < end:  # it begins to write
            time.sleep(0.001)
        process.send_signal(sent)
        out, err = process.communicate(timeout=30)
    whole = process.returncode == 0  # it was quicker than the signal
    assert process.returncode in {0, 130}
    assert b"Traceback" not in out + err
    assert [path.name for path in (tmp_path / "areas").iterdir()] == (["new"] if whole else [])


def test_demo_when_two_build_it_at_once_then_both_succeed(home: Path) -> None:
    shutil.rmtree(home / "cache")
    arguments = [sys.executable, "-m", "sidestep_cli", "route", HERE, THERE]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    answers = [(*process.communicate(timeout=60), process.returncode) for process in both]
    assert answers[0] == answers[1]
    assert answers[0][1:] == (b"", 0)
    assert [path.name for path in (home / "cache" / "sidestep").iterdir()] == [demo_of(home).name]


def test_demo_when_another_put_it_there_meanwhile_then_taken(
    cli: Cli, home: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from routing import workspace

    folder, real = demo_of(home), workspace.save
    shutil.rmtree(folder)

    def slower(area: object, goal: Path) -> None:
        shutil.copytree(demo_of(built), goal)
        monkeypatch.setattr(Path, "exists", lambda path: path != goal and os.path.exists(path))  # noqa: PTH110
        real(area, goal)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace, "save", slower)
    assert cli("area", "info").code == 0
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
