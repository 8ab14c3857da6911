"""waitress, made quiet and hard to hold up: an application and bound sockets in, a running server out.

waitress by itself repeats parts of malformed requests in its error pages and log lines, and lets a client that sends a
byte now and then keep a connection for ever. Here its error pages are those of privacy.py, its failures are reported
without their text, every request has a deadline, a reply that nobody takes is dropped, and connections that
only wait make room when there are too many.
"""

from __future__ import annotations

import ctypes
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from web.privacy import HEADERS, UNKEPT, error_body, report, spaced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType
    from wsgiref.types import WSGIApplication

    from web.settings import Settings

_MAX_HEAD: Final = 16_384  # bytes of a request's head
# what is larger than 4 KiB gets a proper answer up to here; beyond, the connection is closed after the answer
_MAX_BODY: Final = 2**20  # the largest that any address takes (contract)
_NEVER: Final = 2**40  # bytes; waitress writes larger buffers to temporary files
_LINGER_S: Final = 2.0  # after an error, so that a client that is still sending gets to read it
_SOCKETS: Final = 8  # waitress counts its own sockets among the connections
_ROOM: Final = 0.1  # of all connections, made at once when there are too many
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h of glibc
_LARGE: Final = 2**17  # bytes, as glibc begins with
_HEAPS: Final = 2
_HICCUP_S: Final = 1.0  # a line that takes nothing for so long may still be a good one, whatever others want
_TOLD: Final[Mapping[int, tuple[str, str]]] = {
    400: ("bad-request", "the request is no HTTP"),
    413: ("too-large", "the body is larger than is taken here"),
    431: ("too-large", "the head of the request is too large"),
    500: ("bug", "a bug of ours"),
    501: ("bad-request", "that transfer coding is not understood"),
}


class QuietParser(HTTPRequestParser):
    """Tells all that cannot be parsed by one kind of error, without its text."""

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head of a request; a strange number or address is bad input too, not a failure of ours."""
        try:
            super().parse_header(header_plus)
        except (ParsingError, ValueError):
            raise ParsingError("") from None


class QuietErrorTask(ErrorTask):
    """Answers what never reaches the application, as the application would."""

    def execute(self) -> None:
        """Send an error of the one shape and size, with the headers of every reply."""
        told = cast("Any", self.request).error
        code = told.code if told.code in _TOLD else 400
        body = spaced(error_body(*_TOLD[code]))
        self.status = f"{code} {told.reason}"
        headers = {"Content-Type": "application/json", "Cache-Control": UNKEPT, **HEADERS}
        self.response_headers = [*self.response_headers, *headers.items()]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class QuietChannel(HTTPChannel):
    """A connection with deadlines."""

    parser_class = QuietParser
    error_task_class = QuietErrorTask
    deadlines: ClassVar[Settings]  # set by a subclass for each server

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # waitress's own
        self._incoming_since: float | None = time.time()  # a request has begun to arrive, or the first is awaited
        self._heard = False  # has sent anything
        self._sending_since: float | None = None  # the first byte of the reply at hand was there to be taken
        self._offered = 0.0  # something was put where nothing waited to be taken
        self._erring = False
        self._drains_until: float | None = None
        super().__init__(*args, **kwargs)

    def received(self, data: bytes) -> bool:
        """Note when a request began."""
        if self._drains_until is not None:
            return False
        self._heard = True
        taken: bool = super().received(data)
        if self.request is None:
            self._incoming_since = None
        elif self._incoming_since is None:
            self._incoming_since = time.time()
        return taken

    def service(self) -> None:
        """Answer a request."""
        self._erring = self.requests[0].error is not None
        self._sending_since = None
        super().service()

    def write_soon(self, data: Any) -> int:  # noqa: ANN401  # waitress's own
        """Send a part of a reply; note when it was there to be taken."""
        now = time.time()
        if self._sending_since is None:
            self._sending_since = now
        if not self.total_outbufs_len:
            self._offered = now
        sent: int = super().write_soon(data)
        return sent

    def stalled_s(self, now: float) -> float:
        """Give how long nothing of a waiting reply has been taken; 0 where none waits."""
        if not self.total_outbufs_len:
            return 0.0
        return now - max(self.last_activity, self._offered)  # nothing is read meanwhile, so all activity is taking

    def is_overdue(self, now: float) -> bool:
        """Tell whether this connection has had its time."""
        if self._drains_until is not None:
            return now > self._drains_until
        if self.total_outbufs_len:
            since = now if self._sending_since is None else self._sending_since
            return self.stalled_s(now) > self.deadlines.stall_s or now - since > self.deadlines.send_s
        if self.requests:
            return False  # being answered, which has bounds of its own
        if self._incoming_since is not None:
            return now - self._incoming_since > self.deadlines.read_s
        return now - self.last_activity > self.deadlines.idle_s

    def only_waits(self) -> bool:
        """Tell whether nothing is lost by closing it; who has just come has had no chance to ask yet."""
        return self._heard and not (self.will_close or self.requests or self.total_outbufs_len)

    def cut(self) -> None:
        """Close soon, even where the other side takes nothing: waitress alone waits until there is room to write."""
        self.will_close = True
        with suppress(OSError):
            cast("socket.socket", self.socket).shutdown(socket.SHUT_RDWR)

    def handle_close(self) -> None:
        """Close; after an error only when the client has had time to read it, else it would see a broken connection."""
        if self._erring and self._drains_until is None and not self.total_outbufs_len:
            self._drains_until = time.time() + _LINGER_S
            self.will_close = self.close_when_flushed = False
            with suppress(OSError):
                cast("socket.socket", self.socket).shutdown(socket.SHUT_WR)
                return
        super().handle_close()

    def handle_error(self) -> None:
        """Report what waitress would write to a log in full."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            report(error)
        self.handle_close()


class QuietServer(TcpWSGIServer):
    """Closes connections that are overdue, and makes room when there are too many."""

    def _channels(self) -> list[QuietChannel]:
        return list(cast("dict[int, QuietChannel]", self.active_channels).values())

    def maintenance(self, now: float) -> None:
        """Close what is overdue; waitress calls this every second or so."""
        for channel in self._channels():
            if channel.is_overdue(now):
                channel.cut()

    def readable(self) -> bool:
        """Tell whether to accept another connection; where there is no room, it is made."""
        limit = self.adj.connection_limit
        channels = self._channels()
        if len(channels) >= limit - _SOCKETS:
            for channel in _dispensable(channels)[: max(1, int(limit * _ROOM))]:
                channel.cut()
        accepts: bool = super().readable()
        return accepts

    def handle_error(self) -> None:
        """Report what waitress would write to a log in full."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            report(error)

    def getsockname(self) -> tuple[str, str]:
        """Give a name for a socket of any family; the application never uses it."""
        return ("localhost", "0")

    def set_socket_options(self, conn: socket.socket) -> None:
        """Send small replies at once, where that is a notion."""
        if conn.family != getattr(socket, "AF_UNIX", None):
            super().set_socket_options(conn)

    def fix_addr(self, addr: object) -> tuple[str, None]:
        """Forget who asks before the application could know."""
        del addr
        return ("localhost", None)


def _dispensable(channels: Sequence[QuietChannel]) -> list[QuietChannel]:
    """Give the connections that can make room: replies that nobody takes, the longest first; then those that wait."""
    now = time.time()
    stalled = [channel for channel in channels if not channel.will_close and channel.stalled_s(now) > _HICCUP_S]
    stalled.sort(key=lambda channel: -channel.stalled_s(now))
    waiting = [channel for channel in channels if channel.only_waits()]
    return stalled + sorted(waiting, key=lambda channel: channel.last_activity)


def give_memory_back() -> None:
    """Have the C library give arrays back to the system when they are freed, where it is glibc.

    It would else take ever larger ones from heaps of its own, one a thread, which grow ragged: 76 MB in two minutes of
    fifty clients, the end of which was not seen. See mallopt(3).
    """
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_ARENA_MAX, _HEAPS)


class Server:
    """A server on sockets that are bound already.

    Parameters
    ----------
    application
        What answers.
    sockets
        Bound, not yet listening; this listens at once.
    """

    def __init__(self, application: WSGIApplication, sockets: Sequence[socket.socket], settings: Settings) -> None:
        adjustments = Adjustments(
            sockets=[],
            threads=settings.planners + settings.waiting + settings.spare_threads,
            connection_limit=settings.max_connections,
            cleanup_interval=1,
            channel_timeout=int(settings.idle_s),
            max_request_header_size=_MAX_HEAD,
            max_request_body_size=_MAX_BODY,
            inbuf_overflow=_NEVER,
            outbuf_overflow=_NEVER,
            channel_request_lookahead=1,  # else nobody would notice that a client has gone
            log_socket_errors=False,
            expose_tracebacks=False,
            ident=None,
            clear_untrusted_proxy_headers=True,
            url_scheme="https" if settings.tls else "http",
            server_name="localhost",
            asyncore_use_poll=True,
        )
        self._map: dict[int, Any] = {}
        self._threads = ThreadedTaskDispatcher()
        self._threads.set_thread_count(adjustments.threads)
        channel = type("Channel", (QuietChannel,), {"deadlines": settings})
        for bound in sockets:
            server = QuietServer(
                application, self._map, _start=False, _sock=bound, dispatcher=self._threads, adj=adjustments,
                sockinfo=(bound.family, bound.type, bound.proto, bound.getsockname()), bind_socket=False,
            )  # fmt: skip
            server.channel_class = channel
            server.accept_connections()

    def run(self) -> None:
        """Serve until the process is told to end; a second time it is interrupted at once.

        An interrupt that is an error may be raised where nobody hears it, in what the interpreter calls by itself when
        it collects garbage; under load a server did not end.
        """
        told = threading.Event()

        def leave(number: int, _frame: FrameType | None) -> None:
            told.set()
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, leave)
        while self._map and not told.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)

    def close(self) -> None:
        """Finish what is being answered, for some seconds at most, and close."""
        self._threads.shutdown()
        wasyncore.close_all(self._map)
