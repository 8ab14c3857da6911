"""The wheel, and what a newcomer gets who installs it."""

from __future__ import annotations

import email
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FROM, TO = "60.16990,24.93840", "60.17600,24.95000"


# what only a build needs
NOT_PACKED = {"web/vendoring.py", "web/package.json", "web/package-lock.json", "web/THIRD-PARTY.txt"}


def build(kind: str, folder: Path, *, root: Path = ROOT) -> Path:
    """Build a wheel or an sdist with the build backend that is at hand."""
    code = f"import sys, hatchling.build as b; print(b.build_{kind}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=root, capture_output=True, text=True, check=True
    )
    return folder / done.stdout.split()[-1]


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def test_wheel_when_opened_then_holds_code_and_data_and_licence(wheel: Path) -> None:
    files = contents(wheel)
    extract = files["routing/_data/helsinki.osm.pbf"]
    assert len(extract) == 685_110
    assert hashlib.sha256(extract).hexdigest() == "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"
    assert {"routing/_data/cameras.geojson", "routing/_data/README.md", "routing/py.typed"} <= set(files)
    assert not [name for name in files if name.startswith(("tests/", "data/")) or name.endswith((".pyc", ".nbi"))]
    assert wheel.stat().st_size < 2_500_000


def test_wheel_when_opened_then_the_page_is_whole(wheel: Path) -> None:
    files = contents(wheel)
    there = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "web").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".vendor-" not in str(path)
    }
    assert {name for name in files if name.startswith("web/")} == there - NOT_PACKED
    wanted = ("openapi.yaml", "templates/page.html", "static/app.css", "static/i18n/en.json", "static/i18n/ru.json")
    assert {f"web/{name}" for name in wanted} <= set(files)
    assert not [name for name in files if "node_modules" in name]


def test_wheel_when_opened_then_npm_files_are_as_their_lock_says_and_licensed(wheel: Path) -> None:
    files = contents(wheel)
    for name, entry in json.loads(files["web/vendor.lock.json"])["files"].items():
        assert hashlib.sha256(files[f"web/static/vendor/{name}"]).hexdigest() == entry["sha256"], name
    home = next(name for name in files if name.endswith("/METADATA")).removesuffix("METADATA")
    metadata = email.message_from_bytes(files[f"{home}METADATA"])
    assert metadata["Name"] == "sidestep"
    assert metadata["License-Expression"] == "MIT AND ODbL-1.0 AND BSD-3-Clause AND BSD-2-Clause AND ISC AND OFL-1.1"
    assert metadata.get_all("License-File") == ["LICENSE", "web/THIRD-PARTY.txt"]
    assert files[f"{home}licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert files[f"{home}licenses/web/THIRD-PARTY.txt"] == files["web/static/vendor/LICENSES.txt"]
    assert b"serve = web.commands:serve" in files[f"{home}entry_points.txt"]
    assert b"publish = web.publish_command:publish" in files[f"{home}entry_points.txt"]


def test_wheel_when_built_again_and_from_the_sdist_then_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    assert build("wheel", tmp_path / "again").read_bytes() == wheel.read_bytes()
    with tarfile.open(build("sdist", tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = next(path for path in tmp_path.glob("sidestep-*") if path.is_dir())
    # it carries the npm files, so that nothing is fetched
    code = "import hatchling.build as b; print(b.get_requires_for_build_wheel())"
    asked = subprocess.run([sys.executable, "-c", code], cwd=unpacked, capture_output=True, text=True, check=True)
    assert asked.stdout == "[]\n"
    assert contents(build("wheel", tmp_path, root=unpacked)) == contents(wheel)


def test_wheel_when_installed_alone_then_the_command_plans_a_walk(wheel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    # the libraries are those of this environment, but not this checkout
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    take_kernels(site)
    assert_plans(folder, tmp_path)
    where = subprocess.run(
        [folder / "bin" / "python", "-c", "import routing; print(routing.__file__)"],
        cwd=tmp_path, env=environment_of(folder, tmp_path), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(folder))
    served = subprocess.run(
        [folder / "bin" / "sidestep", "serve", "--help"],
        cwd=tmp_path, env=environment_of(folder, tmp_path), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--port" in served.stdout


def take_kernels(site: Path) -> None:
    """Take along what numba has compiled of the same files; without it a first walk takes most of a minute.

    numba goes by a file's size and time: where it finds another it compiles anew, as it does in the long run's test.
    """
    for path in (ROOT / "routing").rglob("*.py"):
        there = site / path.relative_to(ROOT)
        assert there.read_bytes() == path.read_bytes()
        shutil.copystat(path, there)
    for path in (ROOT / "routing").rglob("*.nb?"):
        there = site / path.relative_to(ROOT)
        there.parent.mkdir(exist_ok=True)
        shutil.copy2(path, there)


@pytest.mark.long
@pytest.mark.enable_socket
def test_install_command_of_the_readme_when_run_in_a_fresh_environment_then_plans_a_walk(tmp_path: Path) -> None:
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    command = next(line for line in text.splitlines() if line.startswith("pip install . && "))
    environment = environment_of(folder, tmp_path)
    done = subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S602  # as a shell would
    assert "least seen" in done.stdout
    assert "met its limit" not in done.stdout, "compiling counted as searching"
    names = subprocess.run(
        ["sidestep", "route", "Kamppi", "Senaatintori"], env=environment, capture_output=True, text=True, check=True
    )
    assert "shortest" in names.stdout


@pytest.mark.long
@pytest.mark.enable_socket
def test_build_when_the_npm_files_are_not_there_then_fetches_the_same(wheel: Path, tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("routing", "web", "data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("vendor", "__pycache__", "*.nb?"))
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", "wheels", "."]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert contents(next((tmp_path / "wheels").iterdir())) == contents(wheel)


def environment_of(folder: Path, home: Path) -> dict[str, str]:
    inherited = {
        key: value for key, value in os.environ.items() if key != "PYTHONPATH"
    }  # xdist puts this checkout there
    return inherited | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "share"),
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }


def assert_plans(folder: Path, home: Path) -> None:
    for _ in range(2):
        done = subprocess.run(
            [folder / "bin" / "sidestep", "route", FROM, TO],
            cwd=home, env=environment_of(folder, home), capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stderr == ""
        assert all(name in done.stdout for name in ("shortest", "balanced", "least seen", "221 cameras mapped"))
