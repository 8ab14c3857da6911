"""The wheel, and what a newcomer gets who installs it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FROM, TO = "60.16990,24.93840", "60.17600,24.95000"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the build backend that is at hand."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return folder / done.stdout.split()[-1]


def test_wheel_when_opened_then_holds_code_and_data_and_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        extract = archive.read("routing/_data/helsinki.osm.pbf")
        metadata = archive.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
    assert len(extract) == 685_110
    assert hashlib.sha256(extract).hexdigest() == "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"
    assert {"routing/_data/cameras.geojson", "routing/_data/README.md", "routing/py.typed", "web/__init__.py"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "data/")) or name.endswith((".pyc", ".nbi"))]
    assert "\nName: sidestep\n" in metadata


def test_wheel_when_installed_alone_then_the_command_plans_a_walk(wheel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    # the libraries are those of this environment, but not this checkout
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    assert_plans(folder, tmp_path)
    where = subprocess.run(
        [folder / "bin" / "python", "-c", "import routing; print(routing.__file__)"],
        cwd=tmp_path, env=environment_of(folder, tmp_path), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(folder))


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
    names = subprocess.run(
        ["sidestep", "route", "Kamppi", "Senaatintori"], env=environment, capture_output=True, text=True, check=True
    )
    assert "shortest" in names.stdout


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
