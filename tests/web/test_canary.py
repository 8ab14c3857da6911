"""The canary test: the real server, places through every endpoint and every error; nothing of them is left anywhere.

The search is shown to work by faults that are planted on purpose.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import math
import os
import re
import shutil
import struct
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
from serving import PLAIN, Reply, Running, self_signed, serving
from test_reports_api import solved

from routing.optics import latest_month
from web.privacy import HEADERS, STEP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LON, LAT = 24.9421127, 60.1715952  # in the demo area, on no way of it
NAMES: Final = ("Zyzzyvaquelle 77", "Щуководочная-Ёжъ")
BOOM: Final = 24.9424137  # whoever starts here meets a bug
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
PATHS: Final = (
    "/", "/en/", "/ru", "/en/walk", "/api/v1/route", "/api/v1/area", "/api/v1/cameras", "/api/v1/openapi.yaml",
    "/healthz", "/static/0/{}", "/vendor/0/{}", "/files/{}", "/api/{}", "/{}", "//{}", "/en/{}/",
)  # fmt: skip
# the same process as ever, but planning fails where a walk starts at BOOM, with the places in the error's text
FAULTY: Final = f"""
import web.api, web.pages
real = web.api.plan
def plan(area, request, *more):
    if abs(request.start.lon - {BOOM}) < 1e-9:
        raise ValueError(f"no way from {{request}} to {LON}, {LAT}, {NAMES[0]}")
    return real(area, request, *more)
web.api.plan = web.pages.plan = plan
{PLAIN}
"""


def notations(number: float) -> set[bytes]:
    """Write a coordinate as programs and people may."""
    text, whole = f"{number:.7f}", round(number * 1e7)
    degrees, rest = divmod(number, 1)
    minutes, seconds = divmod(rest * 3600, 60)
    ways = {
        text, text[:-1], text.replace(".", ","), text.replace(".", "%2E"), text.replace(".", "%2e"),
        str(whole), str(whole // 10), f"{whole:x}", f"{number:.6e}", f"{number:.5E}",
        f"{int(degrees)}°{int(minutes)}'{seconds:.1f}", f"{int(degrees)} {minutes:.0f} {seconds:.2f}",
        f"{math.radians(number):.7f}", repr(math.radians(number)), number.hex(),
    }  # fmt: skip
    packed = {struct.pack("<d", number), struct.pack(">d", number), struct.pack("<i", whole), struct.pack(">i", whole)}
    bases = {base64.b64encode(text.encode())[:10], text.encode().hex().encode(), text.encode("utf-16-le")}
    return {way.encode() for way in ways} | packed | bases


def spellings(name: str) -> set[bytes]:
    """Write a name as it may come back: in other cases, escaped, encoded."""
    word = re.split("[ -]", name)[0]
    forms = {word, word.casefold(), word.upper(), quote(word), quote(word).lower(), json.dumps(word)[1:-1], repr(word)}
    encoded = {form.encode() for form in forms} | {word.encode("utf-16-le"), word.encode().hex().encode()}
    encoded |= {word.encode().decode("latin-1").encode(), base64.b64encode(word.encode())[:10]}
    if not word.isascii():
        encoded |= {word.encode("cp1251"), word.encode("koi8-r")}
    return encoded


CANARIES: Final = tuple(
    sorted({*notations(LON), *notations(LAT), *notations(BOOM), *(s for name in NAMES for s in spellings(name))})
)


def hits(data: bytes) -> list[bytes]:
    """Find what of the canaries is in some bytes."""
    return [canary for canary in CANARIES if canary in data]


def targets() -> Iterator[str]:
    """Put places into the path and the query."""
    place = f"{LAT},{LON}"
    for path, name in itertools.product(PATHS, (place, quote(NAMES[0]), quote(NAMES[1]))):
        yield f"{path.format(name)}?from={name}&to={LON}"


def bodies() -> Iterator[tuple[str, bytes]]:
    """Put places into bodies, right and wrong."""
    here, away = [LON, LAT], [24.95, 60.176]
    wishes: list[dict[str, object]] = [
        {"from": here, "to": away},
        {"from": here, "to": here},
        {"from": [BOOM, LAT], "to": away},
        {"from": [LAT, LON], "to": away},
        {"from": NAMES[0], "to": here},
        {"from": NAMES[1], "to": here},
        {"from": f"{LAT},{LON}", "to": "Senaatintori"},
        {"from": f"geo:{LAT},{LON}?z=x", "to": NAMES[0]},
        {"from": f"https://maps.example/{LAT}/{LON}", "to": away},
        {"from": here, "to": away, "via": [NAMES[0]]},
        {"from": here, "to": away, "detour": f"{LON}"},
        {"from": here, "to": away, NAMES[0]: 1},
        {"from": here, "to": away, f"{LON}": 1},
        {"from": [f"{LON}", LAT], "to": away},
        {"from": {"lon": LON}, "to": away},
        {"from": here, "to": away, "overlay": {"cameras": [{"at": here, "type": "dome"}], "off": [NAMES[0]]}},
        {"from": here, "to": away, "overlay": {"cameras": [{"at": [f"{LON}", LAT], NAMES[0]: LON}]}},
        {"from": here, "to": away, "overlay": {"cameras": [{"at": here, "id": NAMES[0], "direction": 999}]}},
        {"from": here, "to": away, "wishes": {"avoid": [{"at": here, "radius_m": 50}, {"ring": [here, away, here]}]}},
        {"from": here, "to": away, "wishes": {"prefer": [{"at": here}], "reverse": True}},
        {"from": here, "to": away, "wishes": {"avoid": [{"street": NAMES[0]}, {"at": NAMES[1]}]}},
        {"from": here, "to": away, "wishes": {"avoid": [{NAMES[0]: here}]}},
    ]
    for wish in wishes:
        yield "application/json", json.dumps(wish).encode()
        yield "application/json", json.dumps(wish, ensure_ascii=False).encode()
    yield "application/json", f'{{"from": [{LON}, {LAT}], "to": '.encode()
    yield "application/json", f'{{"from": {NAMES[1]}}}'.encode()
    yield "application/json", f'{{"from": "\\ud800 {LON}"}}'.encode()
    yield "application/json", NAMES[1].encode("cp1251")
    yield "application/json", f'{{"from": "{NAMES[0]}"}}'.encode().ljust(6000)
    yield "application/json", f'{{"from": "{NAMES[0]}"}}'.encode().ljust(90_000)
    yield f"text/{LON}", f"{LON} {LAT}".encode()
    yield f"multipart/form-data; boundary={LON}", f"--{LON}\r\n{NAMES[0]}".encode()
    for start, end in ((f"{LAT},{LON}", "Senaatintori"), (NAMES[0], NAMES[1]), (f"{LAT},{BOOM}", "Senaatintori")):
        yield "application/x-www-form-urlencoded", f"from={quote(start)}&to={quote(end)}&detour={LON}".encode()


def wrong_http() -> Iterator[bytes]:
    """Put places into what is no HTTP, or hardly."""
    place, name = f"{LAT},{LON}", NAMES[0]
    host = "Host: localhost\r\n"
    lines = [
        f"{place}\r\n\r\n",
        f"get /{place} HTTP/1.1\r\n{host}\r\n",
        f"GET /{place}\r\n\r\n",
        f"GET /{place} HTTP/9.9\r\n{host}\r\n",
        f"GET http://[{place}/ HTTP/1.1\r\n{host}\r\n",
        f"GET http://a{NAMES[1]}\u2100/ HTTP/1.1\r\n{host}\r\n",
        f"GET / HTTP/1.1\r\n {place}: folded\r\n\r\n",
        f"GET / HTTP/1.1\r\n{place} {name}\r\n\r\n",
        f"GET / HTTP/1.1\r\nX: a\rb{place}\r\n\r\n",
        f"GET / HTTP/1.1\r\nX: a\nb{place}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}Content-Length: {LON}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}Content-Length: {'9' * 5000}\r\nX: {place}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}Content-Length: -1\r\nX: {place}\r\n\r\n",
        f"POST /api/v1/route HTTP/1.1\r\n{host}Content-Length: 999999999\r\n\r\n{place}",
        f"POST /api/v1/route HTTP/1.1\r\n{host}Transfer-Encoding: {name}\r\n\r\n{place}",
        f"POST /api/v1/route HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n{place}\r\n{place}\r\n0\r\n\r\n",
        f"POST /api/v1/route HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n5;x={place}\r\n{place}\r\n0\r\n\r\n",
        f"GET /{place} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}X: {place * 2000}\r\n\r\n",
        f"GET /{place * 2000} HTTP/1.1\r\n{host}\r\n",
        f"\r\n\r\n{place}\x00\r\n\r\n",
        f"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{place}",
    ]
    yield from (line.encode() for line in lines)
    yield f"GET /{NAMES[1]} HTTP/1.1\r\n{host}\r\n".encode("cp1251")
    yield b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + place.encode()
    yield place.encode("utf-16-le") * 5000 + b"\r\n\r\n"


def told_headers() -> dict[str, str]:
    """Put places into every header that somebody may read."""
    place = f"{LAT},{LON}"
    names = (
        "Referer", "User-Agent", "Cookie", "Origin", "Range", "If-None-Match", "If-Modified-Since", "Authorization",
        "Accept", "Accept-Language", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded",
        "X-Request-Id", "Sec-Fetch-Site", "Expect", "Upgrade", "TE", "X-HTTP-Method-Override",
    )  # fmt: skip
    return {name: f"{place} {quote(NAMES[1])}" for name in names}


def everything(server: Running) -> Iterator[tuple[str, Reply]]:
    """Send it all, and give each reply with a word about what was sent."""
    for method, target in itertools.product(METHODS, targets()):
        yield f"{method} {target}", server.ask(method, target, told_headers())
    for (kind, body), path in itertools.product(bodies(), ("/api/v1/route", "/en/walk", "/ru/walk", "/api/v1/area")):
        yield (
            f"POST {path} {kind} {body[:60]!r}",
            server.ask("POST", path, told_headers() | {"Content-Type": kind, "Accept-Encoding": "identity"}, body),
        )
    for data in wrong_http():
        with contextlib.suppress(OSError):  # a broken connection says nothing
            yield f"{data[:60]!r}", server.send(data)


def own_fields_left_out(body: bytes) -> bytes:
    """Leave out what the page without JavaScript keeps in the two fields that she filled herself."""
    return re.sub(rb'(<input name="(?:from|to)" type="text" value=)"[^"]*"', rb"\1", body)


def left_behind(server: Running) -> dict[str, bytes]:
    """Give every file in every folder that the process may write to, and what it has open."""
    found = {str(path): path.read_bytes() for path in server.home.rglob("*") if path.is_file()}
    for link in (server.proc / "fd").iterdir():
        with contextlib.suppress(OSError):
            name = os.readlink(link)  # noqa: PTH115  # of a file that may be gone
            if name.startswith("/") and not name.startswith(("/dev", "/proc")):
                assert "(deleted)" not in name or "memfd" in name, "a file without a name"
    return found


def at_home(home: Path, cache: Path) -> Path:
    """Put the demo area where the server will have built it, among all that is searched."""
    shutil.copytree(cache, home / "xdg_cache_home")
    return home


@pytest.fixture(scope="module", params=["http", pytest.param("https", marks=pytest.mark.long)])
def faulty(
    request: pytest.FixtureRequest, demo_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The real server, with a bug at one place."""
    home = at_home(tmp_path_factory.mktemp(request.param), demo_cache)
    certificate = self_signed(home.parent / f"{home.name}-tls") if request.param == "https" else None
    with serving(home, program=FAULTY, certificate=certificate) as server:
        yield server


def test_places_when_sent_through_everything_then_none_is_left_anywhere(faulty: Running) -> None:
    statuses, bugs = set(), 0
    for what, reply in everything(faulty):
        statuses.add(reply.status)
        bugs += reply.status == 500
        assert hits(reply.head) == [], what
        assert hits(own_fields_left_out(reply.body)) == [], what
        if reply.status:
            headers = {name.lower(): value for name, value in reply.headers.items()}
            assert all(headers[name.lower()] == value for name, value in HEADERS.items()), what
            assert not {"server", "set-cookie", "etag", "via", "location"} & set(headers), what
        if reply.status >= 400 and b"\r\nContent-Length: " in reply.head and not what.startswith("HEAD"):
            assert len(reply.body) % STEP == 0, what
    assert {200, 400, 404, 405, 413, 415, 422, 431, 500, 501} <= statuses
    assert statuses <= {0, 200, 400, 404, 405, 413, 415, 422, 431, 500, 501}
    assert bugs >= 4
    said = faulty.said()
    assert said.count("ValueError in") == bugs
    assert hits(said.encode()) == []
    assert all(line.startswith("sidestep: a bug of ours") for line in said.splitlines()[4:])
    files = left_behind(faulty)
    assert len(files) > 10
    assert {name: found for name, data in files.items() if (found := hits(data))} == {}
    limits = (faulty.proc / "limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0", limits)


LEAKS: Final = {
    "log": "import web.privacy as p, web.api, web.pages\n"
    "old = p.report\n"
    "def report(error):\n    print(error)\n    return old(error)\n"
    "p.report = report\n",
    "file": "import web.api\nold_read = web.api.read_body\n"
    "def read_body(data, *a, **k):\n    open('walks.txt', 'ab').write(data)\n    return old_read(data, *a, **k)\n"
    "web.api.read_body = read_body\n",
    "error": "import web.asked as a\na._without_value = lambda error: str(error)\n",
    "flask": "import web.privacy as p\n"
    "old_protect = p.protect\n"
    "def protect(app, *, tls):\n    old_protect(app, tls=tls)\n    app.url_map.strict_slashes = True\n"
    "p.protect = protect\n",
}


@pytest.mark.parametrize(
    "leak", ["log", "file", *(pytest.param(one, marks=pytest.mark.long) for one in list(LEAKS)[2:])]
)
def test_canary_when_a_leak_is_planted_then_found(tmp_path: Path, demo_cache: Path, leak: str) -> None:
    home = at_home(tmp_path / "home", demo_cache)
    with serving(home, program=LEAKS[leak] + FAULTY, PYTHONUNBUFFERED="1") as server:
        found = []
        wrong = json.dumps({"from": [BOOM, LAT], "to": [24.95, 60.176]}).encode()
        unknown = json.dumps({"from": "x", "to": "y", NAMES[0]: 1}).encode()
        kind = {"Content-Type": "application/json"}
        for reply in (
            server.ask("POST", "/api/v1/route", kind, wrong),
            server.ask("POST", "/api/v1/route", kind, unknown),
            server.ask("GET", f"/en?place={LON}"),
        ):
            found += hits(reply.head) + hits(reply.body)
        found += hits(server.said().encode())
        found += [hit for data in left_behind(server).values() for hit in hits(data)]
        assert found


def report_bodies(proof: str) -> Iterator[bytes]:
    """Put places into reports, right and wrong; the first is right."""
    right: dict[str, object] = {"kind": "camera", "id": "rp/abcdefghij", "month": latest_month(), "at": [LON, LAT]}
    yield json.dumps({"proof": proof, "reports": [right]}).encode()
    wrongs: list[dict[str, object]] = [
        {"at": [f"{LON}", LAT]}, {"at": [LON]}, {NAMES[0]: LON}, {"month": f"{LON}"}, {"id": f"rp/{LAT}"},
        {"kind": NAMES[1]}, {"direction": LON}, {"kind": "survey", "line": [[LON, LAT]]},
        {"kind": "gone", "camera": NAMES[0]},
    ]  # fmt: skip
    for wrong in wrongs:
        yield json.dumps({"proof": proof, "reports": [{**right, **wrong}]}).encode()
    yield json.dumps({"proof": f"{LON},{LAT}", "reports": [right]}).encode()
    yield json.dumps({"proof": proof, "reports": [right], NAMES[0]: LON}).encode()
    yield json.dumps({"proof": proof, "reports": [right]}).encode()[:-9]
    yield json.dumps({"proof": proof, "reports": [right]}).encode().ljust(300_000)


def test_reports_when_sent_then_in_the_store_alone_and_nobody_with_them(tmp_path: Path, demo_cache: Path) -> None:
    home = at_home(tmp_path / "home", demo_cache)
    folder = home / "reports"
    with serving(home, "--reports", str(folder), SIDESTEP_PROOF="1") as server:
        proof = solved(json.loads(server.ask("GET", "/api/v1/reports/challenge").body))
        headers = told_headers() | {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        headers["User-Agent"] = "Quokkaphone"
        statuses = []
        for body in report_bodies(proof):
            reply = server.ask("POST", "/api/v1/reports", headers, body)
            statuses.append(reply.status)
            assert hits(reply.head) == []
            assert hits(reply.body) == []
            assert len(reply.body) % STEP == 0
        for target in ("/api/v1/reports", "/api/v1/reports/challenge"):
            reply = server.ask("GET", f"{target}?at={LON},{LAT}", headers)
            assert hits(reply.head + reply.body) == []
        assert statuses[0] == 200
        assert set(statuses[1:]) == {400, 413, 422}
        assert hits(server.said().encode()) == []
        found = {name for name, data in left_behind(server).items() if hits(data)}
        assert found <= {str(folder / f"reports.sqlite{end}") for end in ("", "-wal", "-shm")}
        assert found  # the search finds what is there
        kept = b"".join(path.read_bytes() for path in folder.iterdir())
        assert b"Quokkaphone" not in kept
        assert b"127.0.0.1" not in kept
        assert hits((folder / "cameras.geojson").read_bytes()) == []  # nobody has accepted it
