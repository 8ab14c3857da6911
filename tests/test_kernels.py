"""Machine code is kept where it can be, and never in the way."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_MODULE = """
from routing.kernels import compiled

@compiled
def doubled(number: int) -> int:
    return 2 * number
"""
_CALL = """
import resource, sys
limit = int(sys.argv[1])
import twice
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
assert twice.doubled(21) == 42
print(sum(twice.doubled.stats.cache_hits.values()))
"""


def called(folder: Path, limit: int = 0) -> int:
    """Call a kernel in a process of its own, which may write files up to a size; tells how often it was loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _CALL, str(limit)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return int(done.stdout)


def kept(folder: Path, kind: str) -> list[Path]:
    return list((folder / "__pycache__").glob(f"twice.doubled-*.{kind}"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "twice.py").write_text(_MODULE)
    return tmp_path


def test_kernel_when_called_again_then_it_is_loaded(folder: Path) -> None:
    assert called(folder) == 0
    assert called(folder) == 1


@pytest.mark.parametrize("limit", [10, 1_000])  # the list of what is kept; the code itself
def test_kernel_when_the_disk_is_full_then_it_works_and_is_kept_when_there_is_room(folder: Path, limit: int) -> None:
    assert called(folder, limit) == 0
    assert kept(folder, "nbc") == []
    assert list((folder / "__pycache__").glob("*.tmp.*")) == []
    assert called(folder) == 0
    assert called(folder) == 1


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", [b"", b"\x80", b"what is this"])
def test_kernel_when_what_was_kept_is_damaged_then_it_works_and_is_kept_anew(
    folder: Path, kind: str, damage: bytes
) -> None:
    called(folder)
    (file,) = kept(folder, kind)
    file.write_bytes(damage)
    assert called(folder) == 0
    assert called(folder) == 1
