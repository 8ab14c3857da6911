"""A published folder on a web space that knows no more than files: Python's own server, under a folder of any name."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class PlainFiles:
    """The server, and the address that stands before everything in the folder."""

    process: subprocess.Popen[bytes]
    port: int
    prefix: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def plain_files(root: Path, prefix: str = "") -> Iterator[PlainFiles]:
    """Serve a folder with ``python -m http.server``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield PlainFiles(process, port, prefix)
    finally:
        process.kill()
        process.wait()


def types_of(server: PlainFiles, paths: list[str]) -> dict[str, str]:
    """Ask for the types under which files come, by the ends of their names."""
    told = {}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for path in paths:
        connection.request("HEAD", f"{server.prefix}/{path}")
        reply = connection.getresponse()
        reply.read()
        told[path.rpartition(".")[2]] = reply.headers.get("Content-Type", "")
    connection.close()
    return told
