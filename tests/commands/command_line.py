"""Running the command line as a person does, a small map, and what every failure is held to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import matplotlib as mpl
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

DATA = Path(__file__).parents[2] / "data"
EXTRACT = DATA / "helsinki.osm.pbf"
BLOCK = "24.9400,60.1670,24.9480,60.1700"
HERE, THERE = "60.16905,24.94170", "60.17000,24.95240"  # Lasipalatsi, Senaatintori
COLUMNS = {"u", "v", "osm_way_id", "name", "length_m", "in_view_m"}
NEVER = re.compile(r"\b(safe|safely|safest|safety|camera-free|clean)\b", re.IGNORECASE)
POSITION = re.compile(r"-?\d{1,3}\.\d{3,}")


class Result(NamedTuple):
    code: int
    out: str
    err: str


Cli = "Callable[..., Result]"


def demo_of(home: Path) -> Path:
    (folder,) = (home / "cache" / "sidestep").glob("demo-*")
    return folder


def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MPLCONFIGDIR", mpl.get_cachedir())  # osmnx wakes it, and it would list fonts each time
    for kind in ("cache", "data", "config", "state"):
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(home / kind))


def command(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    options = {"capture_output": True, "timeout": 60, "text": True, "encoding": "utf-8", **options}
    return subprocess.run([sys.executable, "-m", "sidestep_cli", *map(str, arguments)], **options)  # type: ignore[call-overload,no-any-return] # noqa: PLW1510


def listing(folder: Path) -> dict[str, bytes]:
    """Return all that lies in a folder, hidden things too."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


def one_line(result: Result, code: int, *says: str) -> str:
    assert (result.code, result.out) == (code, "")
    assert re.fullmatch(r"sidestep: [^\n]{10,400}\n", result.err), result.err
    assert "Traceback" not in result.err
    assert "a bug of ours" not in result.err
    assert all(word in result.err for word in says), result.err
    return result.err


def fails(cli: Cli, tmp_path: Path, code: int, *arguments: object, says: Sequence[str] = (), **more: bytes) -> str:
    """Run what must fail in one line, show no position, and leave everything as it was."""
    before = listing(tmp_path)
    line = one_line(cli(*arguments, **more), code, *says)
    assert not POSITION.search(line.replace(str(tmp_path), ""))
    after = listing(tmp_path)
    assert after.keys() == before.keys()
    assert after == before
    return line


class Map:
    """A small map of streets, written as an extract: a name for every corner, metres from a middle."""

    def __init__(self, lat: float = 61.5, lon: float = 23.76) -> None:
        self.lat, self.lon = lat, lon
        self.nodes: list[str] = []
        self.ways: list[str] = []

    def at(self, east_m: float, north_m: float) -> tuple[float, float]:
        return self.lat + north_m / 111_195, self.lon + east_m / 111_195 / np.cos(np.radians(self.lat))

    def typed(self, east_m: float, north_m: float) -> str:
        lat, lon = self.at(east_m, north_m)
        return f"{lat:.6f},{lon:.6f}"

    def node(self, east_m: float, north_m: float, **tags: str) -> int:
        lat, lon = self.at(east_m, north_m)
        number = len(self.nodes) + 1
        inside = "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items())
        self.nodes.append(f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">{inside}</node>')
        return number

    def street(self, name: str, *corners: tuple[float, float]) -> None:
        refs = "".join(f'<nd ref="{self.node(*corner)}"/>' for corner in corners)
        tags = f'<tag k="highway" v="residential"/><tag k="name" v="{name}"/>'
        self.ways.append(f'<way id="{len(self.ways) + 1}" version="1">{refs}{tags}</way>')

    def write(self, path: Path) -> Path:
        path.write_text('<osm version="0.6">' + "".join(self.nodes + self.ways) + "</osm>", encoding="utf-8")
        return path
