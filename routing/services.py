"""How a public service is asked: patiently, within a limit, through osmnx, and every failure becomes one line.

Left alone, osmnx waits for a busy server without end, takes half an answer for a whole one and asks Google for
addresses: so a response hook looks at every answer first, waiting is done here, and osmnx's settings are put back.
"""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final, TypeVar

from routing.errors import OutsideError, UnknownPlaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import requests

T = TypeVar("T")

REQUEST_AREA_KM2 = 100.0  # larger places are asked for in parts: a dense 100 km² is some 100 MB of JSON
BUSY: Final = frozenset({429, 502, 503, 504})
REFUSALS: Final = {
    400: "did not accept the question (HTTP 400); perhaps the address is another service",
    403: "refuses to serve this machine (HTTP 403); give another server's address",
    404: "has no such service at that address (HTTP 404); check the address",
    500: "failed inside (HTTP 500); try again later or give another server's address",
}

_settings_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Services:
    """Whom to ask, and how patiently.

    Attributes
    ----------
    nominatim_url, overpass_url
        Base addresses, as osmnx has them.
    timeout_s
        How long one question may take, there and on the way.
    max_wait_s
        Seconds spent waiting on a busy server, all in all, before giving up.
    """

    nominatim_url: str = "https://nominatim.openstreetmap.org/"
    overpass_url: str = "https://overpass-api.de/api"
    timeout_s: int = 180
    max_wait_s: int = 300


DEFAULT_SERVICES = Services()


class _BusyError(Exception):
    """The server asks us to come back later, in so many seconds if it says so."""

    def __init__(self, wait_s: float | None) -> None:
        super().__init__()
        self.wait_s = wait_s


@dataclass
class Patience:
    """Waits for one server, up to a limit in all."""

    where: str
    limit_s: float
    report: Callable[[str], None]
    spent_s: float = 0.0
    turns: int = 0

    def pause(self, asked_s: float | None) -> None:
        """Wait as long as the server asks, and longer each time; give up where the limit would be passed."""
        left_s = self.limit_s - self.spent_s
        longer_s = min(2.0**self.turns, 60.0)
        wait_s = min(5 * longer_s, 60.0, left_s) if asked_s is None else max(asked_s, min(longer_s, left_s))
        if wait_s > left_s or left_s < 1:
            more = f", it asks for {asked_s:.0f} s more" if asked_s else ""
            raise OutsideError(
                f"{self.where} is too busy: gave up after {self.spent_s:.0f} s of waiting{more}; "
                "try again later or give another server's address"
            )
        self.report(f"{self.where} is busy: waiting {wait_s:.0f} s ({self.spent_s:.0f} of {self.limit_s:.0f} s waited)")
        time.sleep(wait_s)
        self.spent_s += wait_s
        self.turns += 1


@dataclass
class Guard:
    """Looks at every response before osmnx does, so that osmnx sees only what it can use."""

    where: str
    check: Callable[[Any, str], None]

    def __call__(self, response: requests.Response, *_args: object, **_kwargs: object) -> None:
        """Let a response pass to osmnx, or raise what is wrong with it (a response hook of requests)."""
        if response.is_redirect:
            return
        _ = response.content  # the whole body, or an error; nothing stays open behind an exception
        _check_status(response, self.where)
        try:
            answer = response.json()
        except (ValueError, RecursionError):
            raise OutsideError(
                f"{self.where} answered with something that is not data (perhaps a web page); "
                "check the address, or whether this network asks for a login"
            ) from None
        self.check(answer, self.where)


def _check_status(response: requests.Response, where: str) -> None:
    code = response.status_code
    if code in BUSY:
        raise _BusyError(_retry_after(response.headers.get("Retry-After", "")))
    if not response.ok:
        raise OutsideError(f"{where} {REFUSALS.get(code, f'answered with HTTP {code}; try again later')}")


def _retry_after(text: str) -> float | None:
    """Read seconds or a date (RFC 9110, 10.2.3); anything else says nothing."""
    if text.strip().isdecimal():
        return float(text[:9])
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None


def check_overpass(answer: Any, where: str) -> None:  # noqa: ANN401 - whatever was sent
    """Refuse what is not a whole answer; Overpass sends HTTP 200 and a remark when it stopped half-way."""
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise OutsideError(f"{where} answered with data of another kind; check that the address is an Overpass API")
    remark = str(answer.get("remark", "")).lower()
    if "too busy" in remark or "rate_limited" in remark:
        raise _BusyError(None)
    if "remark" in answer:
        what = "memory" if "memory" in remark else "time" if "time" in remark else "order"
        raise OutsideError(
            f"{where} ran out of {what} and sent only a part; name a smaller place or use an extract file"
        )


def check_nominatim(answer: Any, where: str) -> None:  # noqa: ANN401 - whatever was sent
    """Refuse what is no list of places, or an empty one."""
    if answer == []:
        raise UnknownPlaceError(f"{where} knows no place of that name; check the spelling and add its city or country")
    if not isinstance(answer, list) or not all(
        isinstance(one, dict) and {"lat", "lon"} <= one.keys() for one in answer
    ):
        raise OutsideError(f"{where} answered with data of another kind; check that the address is a Nominatim")


def whole_number(value: object) -> int:
    """Take an OpenStreetMap id, or raise TypeError."""
    if type(value) is not int or not 0 < value < 2**63:
        raise TypeError
    return value


def position_of(node: dict[str, Any]) -> tuple[float, float]:
    """Take the longitude and latitude of a node, degrees; KeyError, TypeError or ValueError if it has none."""
    lon, lat = float(node["lon"]), float(node["lat"])
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - degrees
        raise ValueError
    return lon, lat


@contextmanager
def osmnx_settings(services: Services, folder: Path, guard: Guard) -> Iterator[None]:
    """Set osmnx up for one question, and put back all it and we changed, whatever happens."""
    from osmnx import settings

    wanted: dict[str, object] = {
        "nominatim_url": services.nominatim_url,
        "overpass_url": services.overpass_url,
        "requests_timeout": services.timeout_s,
        "requests_kwargs": {**settings.requests_kwargs, "hooks": {"response": guard}},
        "http_user_agent": f"{agent()} {settings.http_user_agent}",
        "use_cache": True,  # parts that have come are not asked for twice, and are read from there
        "cache_folder": folder,
        "cache_only_mode": True,
        "max_query_area_size": REQUEST_AREA_KM2 * 1e6,
        "overpass_rate_limit": False,  # osmnx would sleep as long as the status says; see await_slot
        "doh_url_template": None,  # never ask Google for an address
        "log_file": False,
        "log_console": False,
    }
    chatter = logging.getLogger("urllib3.connectionpool")  # at DEBUG it writes the question down
    with _settings_lock, warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="This area is", category=UserWarning
        )  # "... may take long": we say so
        before = {key: getattr(settings, key) for key in wanted}
        silent, resolver = chatter.disabled, socket.getaddrinfo  # osmnx replaces the resolver of the whole process
        try:
            chatter.disabled = True
            for key, value in wanted.items():
                setattr(settings, key, value)
            yield
        finally:
            for key, value in before.items():
                setattr(settings, key, value)
            chatter.disabled = silent
            socket.getaddrinfo = resolver


def agent() -> str:
    """Tell who asks."""
    try:
        return f"sidestep/{version('sidestep')}"
    except PackageNotFoundError:  # run from its sources
        return "sidestep/0"


def ask(question: Callable[[], T], patience: Patience) -> T:
    """Ask, and ask again while the server is busy; every other failure becomes one line."""
    import requests

    while True:
        try:
            return question()
        except _BusyError as busy:
            patience.pause(busy.wait_s)
        except requests.RequestException as error:
            raise OutsideError(_why(error, patience.where)) from None  # its own text holds the question


def _why(error: BaseException, where: str) -> str:
    from requests import exceptions as web
    from urllib3 import exceptions as wire

    chain = list(_causes(error))
    for kinds, text in (
        ((web.SSLError,), "shows no certificate that this machine trusts; check the address and the clock"),
        ((web.ProxyError,), "is not reached through the proxy; check the proxy settings"),
        ((socket.gaierror,), "is not found (no DNS answer); check the network connection and the address"),
        ((ConnectionRefusedError,), "refuses the connection; check the address, or try again later"),
        ((web.Timeout, wire.TimeoutError, TimeoutError), "did not answer in time; try again later, or a smaller place"),
        (
            (web.ChunkedEncodingError, web.ContentDecodingError, wire.ProtocolError),
            "broke off in the middle of its answer; try again",
        ),
        ((web.TooManyRedirects, web.InvalidURL), "cannot be asked at that address; check the address"),
    ):
        if any(isinstance(one, kinds) for one in chain):
            return f"{where} {text}"
    return f"{where} cannot be reached; check the network connection"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk through everything that an error of requests is wrapped round."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            inner = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
            todo += [other for other in inner if isinstance(other, BaseException)]


def await_slot(services: Services, patience: Patience) -> None:
    """Wait until Overpass has a free slot for this address (``/status``); servers without that page have one."""
    import requests

    url = services.overpass_url.rstrip("/") + "/status"
    while True:
        response = requests.get(url, headers={"User-Agent": agent()}, timeout=services.timeout_s)
        if response.status_code in BUSY:
            patience.pause(_retry_after(response.headers.get("Retry-After", "")))
            continue
        wait_s = _slot_wait(response.text) if response.ok else None
        if wait_s is None:
            return
        patience.pause(wait_s)


def _slot_wait(status: str) -> float | None:
    """Read the status page as Overpass 0.7.62 writes it: seconds to wait, ``None`` if there is no need."""
    if re.search(r"\d slots? available now", status) or "Rate limit: 0" in status:
        return None
    waits = [float(text) for text in re.findall(r"Slot available after: \S+ in (-?\d{1,9}) seconds", status)]
    if waits:
        return min(waits)
    running = status.partition("Currently running queries")[2].strip().splitlines()[1:]
    return 5.0 if running else None
