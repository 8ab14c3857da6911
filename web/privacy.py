"""The whole promise in one file: what may leave this process, in headers, sizes, logs and error texts.

- Nothing about a walk is kept: no cookie, no cache, no log line; a request lives as long as its answer takes.
- Replies about walks, and all errors, have sizes on few steps (8, 16, 32 KiB, …), compressed or not, so that a
  watcher of the line does not tell walks apart by their length.
- An error is told by a stable code and a sentence of ours; nothing that was sent is repeated. Of a bug the operator
  sees the class, the line of source and a random number, and the user that number.
- A body is 4 KiB at most, or 1 MiB where a person brings cameras of her own for a walk, or 256 KiB of reports.

The headers are those of the design (Content-Security-Policy Level 3, https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import threading
import traceback
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, request

from routing.console import complain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

MAX_BODY: Final = 4096  # bytes (contract)
MAX_REPORTS_BODY: Final = 2**18  # bytes of up to 200 reports
MAX_OVERLAY_BODY: Final = 2**20  # bytes of a wish that brings cameras of its own (contract)
STEP: Final = 8192  # bytes; sizes of replies about walks are multiples of it
_LAST_STEP: Final = 4 * STEP
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": (
        "geolocation=(self), camera=(), microphone=(), browsing-topics=(), accelerometer=(self), gyroscope=(self), "
        "magnetometer=(self)"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# of the rules above, those that a page itself may lay down where no header comes with it (CSP3, section 3.3)
PAGE_POLICY: Final = HEADERS["Content-Security-Policy"].removesuffix("; frame-ancestors 'none'")
# no-transform: a proxy that packs a reply anew would undo the padding
UNKEPT: Final = "no-store, no-transform"
KEPT: Final = "public, max-age=31536000, immutable"  # of what has its hash in its address
HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")
_EXTRA: Final = 4  # flag of RFC 1952 section 2.3.1: a field that readers skip
_LEAST_EXTRA: Final = 6  # its length, and the head of one subfield
_HEAD: Final = 10


class QuietFlask(Flask):
    """A Flask that never logs an exception by itself; see :func:`report`."""

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None], ctx: object = None
    ) -> None:
        """Tell the operator of a bug that the last handler had itself."""
        del ctx
        if exc_info[1] is not None:
            report(exc_info[1])


def protect(app: Flask, *, tls: bool) -> None:
    """Set the rules of this file on an application: limits, headers of every reply, padding, silence."""
    app.config.update(
        DEBUG=False,  # whatever FLASK_DEBUG says
        PROPAGATE_EXCEPTIONS=False,
        TRAP_HTTP_EXCEPTIONS=False,
        TRAP_BAD_REQUEST_ERRORS=False,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=20,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    # a redirect of werkzeug's own repeats the query in its Location
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.logger.handlers[:] = [Scrubbing()]
    app.logger.propagate = False
    app.after_request(lambda response: finish(response, tls=tls))


def finish(response: Response, *, tls: bool) -> Response:
    """Give a reply its headers, and its padding where it is about a walk or an error."""
    if response.headers.pop(_PADDED, None) or response.status_code >= 400:  # noqa: PLR2004  # errors
        _pad(response)
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", UNKEPT)
    # for browsers the rule holds for the whole host: nobody's other servers on localhost shall need TLS for a year
    if tls and request.host.partition(":")[0] != "localhost":
        response.headers[HSTS[0]] = HSTS[1]
    return response


_PADDED: Final = "X-Sidestep-About-A-Walk"  # never leaves: a mark from the view to ``finish``


def about_a_walk(response: Response) -> Response:
    """Mark a reply whose size would tell of a walk."""
    response.headers[_PADDED] = "1"
    return response


def _pad(response: Response) -> None:
    body = response.get_data()
    response.vary.add("Accept-Encoding")
    # "gzip" by name only: what a client would take by "*" or by silence is no promise that it can read it
    if any(name.lower() == "gzip" and quality > 0 for name, quality in request.accept_encodings):
        response.set_data(packed(body))
        response.content_encoding = "gzip"
    else:
        response.set_data(spaced(body))


def is_gone() -> bool:
    """Tell whether whoever sent the request at hand has closed the connection, as far as the server tells."""
    tells = request.environ.get("waitress.client_disconnected")
    return bool(tells is not None and tells())


def spaced(body: bytes) -> bytes:
    """Fill a text up to the next step with blanks, which neither JSON nor HTML minds at its end.

    Examples
    --------
    >>> len(spaced(b"{}")), len(spaced(b"x" * 8192)), len(spaced(b"x" * 8193))
    (8192, 8192, 16384)
    """
    return body + b" " * (stepped(len(body)) - len(body))


def stepped(size: int) -> int:
    """Give the step on which a reply of so many bytes lies: 8, 16 or 32 KiB, beyond that whole times 32 KiB.

    Doubling tells less of a long reply than steps of one size, and costs at most as much again.

    Examples
    --------
    >>> [stepped(size) // 1024 for size in (1, 9000, 20_000, 40_000)]
    [8, 16, 32, 64]
    """
    step = STEP
    while step < size and step < _LAST_STEP:
        step *= 2
    return -(-size // step) * step


def packed(body: bytes) -> bytes:
    """Compress with gzip and fill up to the next step, in a field of the head that every reader skips (RFC 1952).

    Examples
    --------
    >>> import gzip
    >>> len(packed(b"{}")), gzip.decompress(packed(b"{}"))
    (8192, b'{}')
    """
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = packer.compress(body) + packer.flush()
    tail = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    size = _HEAD + _LEAST_EXTRA + len(data) + len(tail)
    fill = stepped(size) - size  # a field of the head holds less than 64 KiB
    head = bytes((0x1F, 0x8B, zlib.DEFLATED, _EXTRA, 0, 0, 0, 0, 0, 255))  # no name, no time, system unknown
    field = (fill + 4).to_bytes(2, "little") + b"SP" + fill.to_bytes(2, "little") + bytes(fill)
    return head + field + data + tail


def error_body(code: str, message: str) -> bytes:
    """Write the one shape of all errors."""
    told = {"error": {"code": code, "message": message}}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def report(error: BaseException) -> str:
    """Tell the operator of a bug: class, line of source and a random number; gives the number for the user.

    The text of an error may hold what somebody sent, so it is never shown.
    """
    number = secrets.token_hex(4)
    places = traceback.extract_tb(error.__traceback__)
    where = f"{Path(places[-1].filename).name}, line {places[-1].lineno}" if places else "no known line"
    complain(f"sidestep: a bug of ours, number {number}: {type(error).__name__} in {where}")
    return number


class Scrubbing(logging.Handler):
    """Takes the place of every other log handler: of an error it reports what may be told, of all else nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        """Report the error of a record, if it has one; its message may hold anything."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            report(error)


def hush() -> None:
    """Silence this whole process: logs, warnings, tracebacks of threads, core dumps."""
    logging.basicConfig(handlers=[Scrubbing()], level=logging.WARNING, force=True)
    logging.lastResort = None
    logging.raiseExceptions = False
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    warnings.simplefilter("ignore")
    sys.excepthook = lambda _kind, error, _trace: _report_unless_leaving(error)
    threading.excepthook = lambda args: _report_unless_leaving(args.exc_value)
    sys.unraisablehook = lambda args: _report_unless_leaving(args.exc_value)
    _forbid_core_dumps()


def _report_unless_leaving(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        report(error)


def _forbid_core_dumps() -> None:
    """Keep the system from writing this process's memory to a file when it crashes, where it has that notion."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def error_pages(app: Flask, answer: Callable[[int, str, str, Mapping[str, str]], Response]) -> None:
    """Have one function answer every error of an application, foreseen or not.

    Parameters
    ----------
    answer
        Gets status, code, sentence and further headers.
    """
    from werkzeug.exceptions import HTTPException, MethodNotAllowed

    def foreseen(error: HTTPException) -> Response:
        status, code, message = _TOLD.get(error.code or 500, _TOLD[400])
        allow = error.valid_methods if isinstance(error, MethodNotAllowed) else None
        return answer(status, code, message, {"Allow": ", ".join(sorted(allow))} if allow else {})

    def bug(error: Exception) -> Response:
        number = report(error)
        return answer(500, "bug", f"a bug of ours; its number is {number}", {})

    app.register_error_handler(HTTPException, foreseen)
    app.register_error_handler(Exception, bug)


_TOLD: Final[Mapping[int, tuple[int, str, str]]] = {
    400: (400, "bad-request", "the request is not understood"),
    404: (404, "not-found", "there is nothing at this address"),
    405: (405, "bad-method", "this address does not take that method"),
    413: (413, "too-large", "the body is larger than is taken here"),
    415: (415, "bad-media-type", "send the body as application/json"),
    500: (500, "bug", "a bug of ours"),
}
