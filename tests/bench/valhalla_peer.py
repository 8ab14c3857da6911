"""Valhalla, out of its wheel and over loopback: the one other engine that takes what to avoid with each request.

Its wheel is for Python 3.12, but the programs in it need no Python: they are unpacked, build tiles of an extract, and
one thread of its server answers on 127.0.0.1. Where that cannot be done, for want of a network, a platform or anything
else, it is skipped and the reason is told. Nothing of it is kept.

What is charged is the CPU time of the server's threads, from request to answer; the client's side is not counted. Its
limits on what a request may hold are raised, since by default it takes eleven discs.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHEEL = "pyvalhalla"
_MANY = 10_000_000
_BUILD_S, _START_S, _ANSWER_S = 600, 60, 600


class SkippedError(Exception):
    """It could not be run; the text says why."""


class Answer(NamedTuple):
    """What came back, and the server's CPU time for it."""

    status: int
    body: dict[str, Any]
    cpu_ms: float


class Valhalla:
    """A server that answers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process, self._port = process, port

    def ask(self, action: str, request: dict[str, Any]) -> Answer:
        """Ask, and charge the server for it."""
        body = json.dumps(request).encode()
        url = f"http://127.0.0.1:{self._port}/{action}"
        asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # our own server
        before = self._cpu_ms()
        try:
            with urllib.request.urlopen(asked, timeout=_ANSWER_S) as answer:  # noqa: S310
                status, told = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, told = error.code, error.read()
        return Answer(status, _parsed(told), self._cpu_ms() - before)

    def _cpu_ms(self) -> float:
        """Add up what the kernel says of each thread, to the nanosecond."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e6


@contextmanager
def serving(extract: Path, folder: Path, wheel: Path | None) -> Iterator[Valhalla]:
    """Build tiles of an extract in a folder, and serve them until the end.

    Raises
    ------
    SkippedError
        If that cannot be done here.
    """
    if not sys.platform.startswith("linux"):
        raise SkippedError("its CPU time is read from /proc, which Linux alone has")
    package = _unpacked(folder) if wheel is None else wheel
    programs = package / "valhalla" / "bin"
    port = _free_port()
    config = _configured(package, folder, port)
    _run([programs / "valhalla_build_tiles", "-c", config, extract], _BUILD_S, "its tiles cannot be built")
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([programs / "valhalla_service", config, "1"], stdout=log, stderr=log)
        try:
            _wait(process, port)
            yield Valhalla(process, port)
        finally:
            process.terminate()
            process.wait(timeout=_START_S)


def _unpacked(folder: Path) -> Path:
    """Fetch the wheel by pip and unpack it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    _run(
        [*command, "--python-version", "3.12", "--dest", folder, _WHEEL], _BUILD_S, "its wheel could not be downloaded"
    )
    target = folder / "wheel"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(target)
    for program in (target / "valhalla" / "bin").iterdir():
        program.chmod(0o755)
    return target


def _configured(package: Path, folder: Path, port: int) -> Path:
    """Write a configuration: its own defaults, one thread, and limits that hold thousands of cameras."""
    script = package / "valhalla" / "valhalla_build_config.py"
    options = ["--mjolnir-tile-dir", folder / "tiles", "--mjolnir-concurrency", "1"]
    told = _run([sys.executable, script, *options], _BUILD_S, "its configuration cannot be made")
    config = json.loads(told)
    limits = config["service_limits"]
    for name in ("max_exclude_polygons_vertices", "max_exclude_polygons_length", "max_linear_cost_edges"):
        limits[name] = _MANY
    config["httpd"]["service"]["listen"] = f"tcp://127.0.0.1:{port}"
    config["httpd"]["service"]["timeout_seconds"] = _ANSWER_S
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config), "utf-8")
    return path


def _run(command: list[Any], most_s: int, failure: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=most_s)
    except (OSError, subprocess.SubprocessError) as error:
        stderr = (getattr(error, "stderr", "") or "").strip().splitlines()
        raise SkippedError(f"{failure} ({stderr[-1] if stderr else error})") from error
    return done.stdout


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SkippedError("its server does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _parsed(told: bytes) -> dict[str, Any]:
    try:
        found = json.loads(told)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {"answers": found}


def decoded(shape: str) -> list[tuple[float, float]]:
    """Read a line of its answers: (lon, lat) from differences in millionths, six bits at a time."""
    numbers, value, shift = [], 0, 0
    for sign in shape.encode("ascii"):
        bits = sign - 63
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:  # the last of a number
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    lat = lon = 0
    line = []
    for dlat, dlon in zip(numbers[::2], numbers[1::2], strict=True):
        lat, lon = lat + dlat, lon + dlon
        line.append((lon / 1e6, lat / 1e6))
    return line
