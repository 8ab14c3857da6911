"""TLS in front of waitress, which has none: bytes are decrypted here and handed on to a socket of this machine.

In: bound sockets and a certificate. Out: connections to the server behind. TLS 1.2 at least; no session tickets, by
which one visit could be linked to the next.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from routing.errors import BadFileError
from web.privacy import report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_HANDSHAKE_S: Final = 5.0
_CHUNK: Final = 65_536  # bytes
_HICCUP_S: Final = 1.0  # see server.py
_SPARE: Final = 50  # connections beyond those of the server behind, which closes its oldest first


def context_of(certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Load a certificate, with the chain that belongs to it, and its key.

    Raises
    ------
    BadFileError
        If they cannot be read or do not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise BadFileError(f"{path}: no such file; --tls-cert and --tls-key name PEM files")
    try:
        # an empty password: OpenSSL would else ask for one on the terminal
        context.load_cert_chain(certificate, key, password="")
    except PermissionError as error:
        raise BadFileError(f"{certificate}: the certificate or its key cannot be read ({error.strerror})") from error
    except (OSError, ValueError) as error:
        raise BadFileError(
            f"{certificate}: no PEM certificate, or the key is missing, has a password or belongs to another one"
        ) from error
    return context


class Front:
    """Takes TLS connections on bound sockets and hands their bytes to a socket of its own, :attr:`inner`.

    Attributes
    ----------
    inner
        Bound, not yet listening; the server behind accepts on it.
    """

    def __init__(self, sockets: Sequence[socket.socket], context: ssl.SSLContext, *, most: int, stall_s: float) -> None:
        self._sockets = list(sockets)
        self._context = context
        self._most = most + _SPARE
        self._stall_s = stall_s
        self._stalled: dict[asyncio.Task[None], float] = {}  # whose client takes nothing, and since when
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_scrubbed)
        self._thread = threading.Thread(target=self._run, name="tls", daemon=True)
        self.inner, self._dial = self._make_inner()

    def _make_inner(self) -> tuple[socket.socket, Callable[[], Any]]:
        """Bind a socket that nobody else on this machine can reach, where the system has such."""
        if hasattr(socket, "AF_UNIX"):
            self._folder = tempfile.TemporaryDirectory(prefix="sidestep-")  # 0700
            path = str(Path(self._folder.name) / "socket")
            inner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                inner.bind(path)
            except OSError:  # a name of over 100 characters, in a folder deep down
                inner.close()
            else:
                return inner, lambda: asyncio.open_unix_connection(path)
        inner = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        inner.bind(("127.0.0.1", 0))
        port = inner.getsockname()[1]
        return inner, lambda: asyncio.open_connection("127.0.0.1", port)

    def start(self) -> None:
        """Accept connections, in a thread of its own; the server behind must listen by now."""
        for bound in self._sockets:
            bound.setblocking(False)
            bound.listen(1024)
        self._thread.start()

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=5)
        for bound in self._sockets:
            bound.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        room = asyncio.Semaphore(self._most)
        accepting = [self._loop.create_task(self._accept(bound, room)) for bound in self._sockets]
        try:
            self._loop.run_forever()
        finally:
            tasks = {*accepting, *asyncio.all_tasks(self._loop)}
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    async def _accept(self, bound: socket.socket, room: asyncio.Semaphore) -> None:
        kept: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly
        while True:
            while room.locked():
                self._make_room()
                await asyncio.sleep(0.1)
            await room.acquire()
            try:
                connection, _ = await self._loop.sock_accept(bound)
            except OSError:  # gone already, or no file descriptor is left
                room.release()
                await asyncio.sleep(0.1)
                continue
            task = self._loop.create_task(self._forward(connection))
            kept.add(task)
            task.add_done_callback(kept.discard)
            task.add_done_callback(lambda _: room.release())

    def _make_room(self) -> None:
        """End the connection whose client has taken nothing for longest."""
        task = min(self._stalled, key=lambda task: self._stalled[task], default=None)
        if task is not None and self._loop.time() - self._stalled[task] > _HICCUP_S:
            del self._stalled[task]
            task.cancel()

    async def _forward(self, connection: socket.socket) -> None:
        """Carry bytes both ways until either side has ended."""
        writers: list[asyncio.StreamWriter] = []
        try:
            reader = asyncio.StreamReader(limit=_CHUNK)
            protocol = asyncio.StreamReaderProtocol(reader)
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol, connection, ssl=self._context, ssl_handshake_timeout=_HANDSHAKE_S
            )
            writers.append(asyncio.StreamWriter(transport, protocol, reader, self._loop))
            behind_reader, behind_writer = await self._dial()
            writers.append(behind_writer)
            ways = [
                self._loop.create_task(_carry(reader, behind_writer)),
                self._loop.create_task(self._give(behind_reader, writers[0], asyncio.current_task())),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, EOFError):  # no TLS, no answer in time, gone; nobody to tell
            connection.close()
        finally:
            for writer in writers:
                writer.close()
            for writer in writers:
                try:
                    await asyncio.wait_for(writer.wait_closed(), _HICCUP_S)
                except (OSError, TimeoutError):
                    writer.transport.abort()

    async def _give(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None] | None
    ) -> None:
        """Carry a reply to its client; end when the client takes nothing of it for too long."""
        transport = writer.transport
        with suppress(OSError):  # a TimeoutError is one
            while data := await reader.read(_CHUNK):
                writer.write(data)
                left = transport.get_write_buffer_size()
                while task is not None:
                    self._stalled[task] = self._loop.time()
                    try:
                        await asyncio.wait_for(writer.drain(), self._stall_s)
                        break
                    except TimeoutError:
                        if transport.get_write_buffer_size() >= left:
                            raise
                        left = transport.get_write_buffer_size()
                    finally:
                        self._stalled.pop(task, None)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()


def _scrubbed(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, Exception) and not isinstance(error, OSError):
        report(error)
