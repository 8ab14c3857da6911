"""A line between browsers and the server that counts what goes over it, can be slow, and can be cut in any way.

It is a proxy on loopback that speaks plain HTTP, so every browser meets the same trouble at the same byte, in its page
and in its workers alike.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving import Running

_PIECE: Final = 1400  # bytes, about what fits into a packet
_LONGEST_S: Final = 120.0  # that anything is held
_LINGER_S: Final = 0.1  # before a line is cut: a browser drops what came and was not read yet when it hears of the end


@dataclass(frozen=True)
class Passed:
    """A reply as the server gave it; ``head`` ends with its empty line."""

    path: str
    status: int
    head: bytes
    body: bytes

    @property
    def size(self) -> int:
        """Count the bytes on the wire."""
        return len(self.head) + len(self.body)

    @property
    def whole(self) -> bytes:
        return self.head + self.body


def half(reply: Passed) -> bytes:
    """Cut a reply in the middle of its body."""
    return reply.head + reply.body[: len(reply.body) // 2]


def gone(_: Passed) -> bytes:
    """Close without a word."""
    return b""


def instead(status: int, body: str | bytes, kind: str = "application/json") -> Callable[[Passed], bytes]:
    """Make a fault that answers something else."""
    content = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status} {http.client.responses[status]}\r\nContent-Type: {kind}\r\n"
    whole = f"{head}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content
    return lambda _: whole


@dataclass
class Line:
    """One such line.

    Attributes
    ----------
    faults
        By a part of the path: what is sent instead of the reply, after which the connection is closed.
    held
        By a part of the path: what must happen before the reply is sent.
    kbit_s, latency_s
        Of the whole line, and of each request's way there and back; 0 is as fast as it goes.
    passed
        The replies that went over the line whole.
    asked
        The paths of all requests.
    """

    server: Running
    kbit_s: float = 0.0
    latency_s: float = 0.0
    port: int = 0
    faults: dict[str, Callable[[Passed], bytes]] = field(default_factory=dict)
    held: dict[str, threading.Event] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _proxy: ThreadingHTTPServer | None = None
    _open: set[socket.socket] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        for event in self.held.values():
            event.set()
        self.down()

    def up(self) -> None:
        """Let connections through, at the same port as before."""
        handler = type("Handler", (_Handler,), {"line": self})
        proxy = _Proxy(("127.0.0.1", self.port), handler)
        self.port = proxy.server_address[1]
        self._proxy = proxy
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        """Refuse connections and cut those that stand: the server is gone."""
        if self._proxy is None:
            return
        self._proxy.shutdown()
        self._proxy.server_close()
        self._proxy = None
        with self._lock:
            still = list(self._open)
        for connection in still:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def hold(self, part: str) -> threading.Event:
        """Keep back the replies of some paths until the event that this gives is set."""
        return self.held.setdefault(part, threading.Event())

    def sizes(self, *parts: str) -> int:
        """Sum the bytes of the replies whose paths begin so."""
        return sum(reply.size for reply in self.passed if reply.path.startswith(parts))

    def fetch(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Passed:
        """Ask the server."""
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=_LONGEST_S)
        upstream.request(method, path, body or None, headers | {"Connection": "close"})
        with upstream.getresponse() as reply:
            content = reply.read()
            lines = [f"{name}: {value}" for name, value in reply.getheaders() if name.lower() != "connection"]
        upstream.close()
        head = "\r\n".join([f"HTTP/1.1 {reply.status} {reply.reason}", *lines, "", ""])
        return Passed(path, reply.status, head.encode("latin-1"), content)

    def send(self, connection: socket.socket, data: bytes) -> None:
        """Send at the speed of the line, which all connections share."""
        if self.kbit_s == 0:
            connection.sendall(data)
            return
        for at in range(0, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            with self._lock:
                now = time.monotonic()
                self._free_at = max(self._free_at, now) + len(piece) * 8 / (self.kbit_s * 1000)
                wait_s = self._free_at - now
            time.sleep(wait_s)
            connection.sendall(piece)

    def find(self, rules: dict[str, Any], path: str) -> Any:  # noqa: ANN401 - whatever the rules hold
        """Give the rule for a path."""
        return next((rule for part, rule in rules.items() if part in path), None)


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """A browser that closes a connection is nothing to write home about."""


class _Handler(BaseHTTPRequestHandler):
    line: ClassVar[Line]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        with self.line._lock:
            self.line._open.add(self.connection)
        time.sleep(self.line.latency_s)  # the handshake

    def finish(self) -> None:
        with self.line._lock:
            self.line._open.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        line = self.line
        line.asked.append(self.path)
        time.sleep(line.latency_s)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault, event = line.find(line.faults, self.path), line.find(line.held, self.path)
        reply = line.fetch(self.command, self.path, dict(self.headers), body)
        if event is not None:
            event.wait(_LONGEST_S)
        if fault is not None:
            line.send(self.connection, fault(reply))
            time.sleep(_LINGER_S)
            self.close_connection = True
            return
        line.send(self.connection, reply.whole)
        line.passed.append(reply)

    do_POST = do_GET  # noqa: N815 - named by http.server

    def log_message(self, *_: object) -> None:
        pass
