"""A real ``sidestep serve`` in a process of its own, and plain sockets to talk to it, for the tests of the server."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import packed_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

START, END = [24.9384, 60.1699], [24.9500, 60.1760]
WISH: Final = {"from": START, "to": END}
PLAIN: Final = "from routing.cli import main; main()"
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Reply:
    """What came back, taken apart no further than at its first empty line."""

    status: int
    head: bytes
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines if line)


@dataclass
class Running:
    """A server process; ``home`` holds every folder that it may take for its own."""

    process: subprocess.Popen[str]
    port: int
    home: Path
    context: ssl.SSLContext | None
    announced: str

    @property
    def url(self) -> str:
        return f"http{'s' if self.context else ''}://127.0.0.1:{self.port}"

    def connect(self, timeout_s: float = 20.0) -> socket.socket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)
        return plain if self.context is None else self.context.wrap_socket(plain, server_hostname="localhost")

    def send(self, data: bytes) -> Reply:
        """Send bytes as they are and read until the server closes."""
        with self.connect() as connection:
            connection.sendall(data)
            return read_reply(connection)

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        lines = {"Host": "localhost", "Connection": "close", **(headers or {})}
        if body:
            lines["Content-Length"] = str(len(body))
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self.send(head.encode() + b"\r\n" + body)

    def resident_mb(self) -> float:
        status = (self.proc / "status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    @property
    def proc(self) -> Path:
        return Path(f"/proc/{self.process.pid}")

    def said(self) -> str:
        """Give all that it has written to its standard output and error."""
        return "".join((self.home / name).read_text() for name in ("stdout", "stderr"))

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=20)


def read_reply(connection: socket.socket) -> Reply:
    data = b""
    try:
        while part := connection.recv(65_536):
            data += part
    except (ConnectionError, TimeoutError, ssl.SSLError):
        if not data:
            raise
    if not data:  # closed without a word
        return Reply(0, b"", b"")
    head, _, body = data.partition(b"\r\n\r\n")
    return Reply(int(head.split(b" ", 2)[1]), head, body)


@contextmanager
def serving(
    home: Path, *arguments: str, certificate: Path | None = None, program: str = PLAIN, **environment: str
) -> Iterator[Running]:
    """Run ``sidestep serve`` on a free port of loopback, in empty folders.

    Parameters
    ----------
    program
        What Python runs; a test may plant a fault before the command line begins.
    """
    home.mkdir(parents=True, exist_ok=True)
    folders = {name: home / name.lower() for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "CWD")}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    variables = os.environ | {name: str(folder) for name, folder in folders.items()} | environment
    tls: Sequence[str] = ("--tls-cert", str(certificate)) if certificate else ()
    command = [sys.executable, "-c", _remembering() + program, "serve", "--port", "0", *tls, *arguments]
    with (home / "stdout").open("w") as out, (home / "stderr").open("w") as err:
        process = subprocess.Popen(
            command, cwd=folders["CWD"], env=variables, stdin=subprocess.DEVNULL, stdout=out, stderr=err, text=True
        )
    try:
        announced = _announced(process, home)
        port = int(re.findall(r"//[^/ ]+:(\d+)/", announced)[0])
        yield Running(process, port, home, _trusting(certificate), announced)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _remembering() -> str:
    """Give what a program begins with in a test run, which keeps what has been packed."""
    folder = os.environ.get(packed_once.FOLDER)
    if folder is None:
        return ""
    return (
        f"import sys; sys.path.insert(0, {str(_HERE)!r}); import pathlib, packed_once; del sys.path[0]\n"
        f"packed_once.remember(pathlib.Path({folder!r}))\n"
    )


def _announced(process: subprocess.Popen[str], home: Path) -> str:
    for _ in range(900):
        text = (home / "stdout").read_text()
        if "Ctrl-C" in text:
            return text
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError((home / "stdout").read_text() + (home / "stderr").read_text())


def _trusting(certificate: Path | None) -> ssl.SSLContext | None:
    return None if certificate is None else ssl.create_default_context(cafile=str(certificate))


def self_signed(folder: Path, days: int = 2) -> Path:
    """Make a certificate of localhost and 127.0.0.1, its key in the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", str(days), "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_text(certificate.read_text() + key.read_text())
    return both


def at_once(count: int, work: object) -> None:
    """Run one function in many threads and wait for all."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
