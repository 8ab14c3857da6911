"""``sidestep serve``: what it says, where it listens, how it ends, and what does not take it down."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from serving import PLAIN, WISH, Running, read_reply, self_signed, serving

import web.commands
from routing.area_folder import save
from routing.build import build_area
from routing.cli import run, sidestep
from routing.workspace import demo_extract
from web.server import QuietChannel
from web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = {"SIDESTEP_READ_S": "2", "SIDESTEP_IDLE_S": "3", "SIDESTEP_MAX_CONNECTIONS": "40"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module", params=["http", "https"])
def server(
    request: pytest.FixtureRequest, demo_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    home = tmp_path_factory.mktemp(request.param)
    certificate = self_signed(home / "tls") if request.param == "https" else None
    with serving(home, certificate=certificate, XDG_CACHE_HOME=str(demo_cache), **QUICK) as running:
        yield running


def walks(server: Running) -> bool:
    return server.ask("POST", "/api/v1/route", JSON, json.dumps(WISH).encode()).status == 200


def test_serve_when_started_then_says_where_and_for_whom(server: Running) -> None:
    assert server.announced.splitlines()[0] == "Sidestep serves Helsinki centre"
    assert server.announced.splitlines()[1].endswith(f"{server.url}/")
    assert "Only this machine can open it" in server.announced
    assert "in this network" not in server.announced
    assert (server.home / "stderr").read_text() == ""
    assert walks(server)


def test_serve_when_asked_for_the_page_then_page_and_its_files_come(server: Running) -> None:
    page = server.ask("GET", "/en/")
    assert page.status == 200
    text = page.body.decode()
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', text):
        assert server.ask("GET", address).status == 200
    config = json.loads(re.findall(r'id="config">(.*?)</script>', text)[0])
    basemap = server.ask("GET", config["area"]["files"]["basemap"]["url"])
    assert len(basemap.body) == config["area"]["files"]["basemap"]["bytes"]
    assert basemap.body[:7] == b"PMTiles"


def test_serve_when_curl_asks_for_a_packed_walk_then_unpacks_it(server: Running) -> None:
    trust = [] if server.context is None else ["--cacert", str(server.home / "tls" / "cert.pem")]
    size = "%{size_download} %{content_type} %{http_version}"
    done = subprocess.run(
        ["curl", "-sS", "--compressed", *trust, "-w", f"\n{size}", "-H", "Content-Type: application/json", "--data",
         json.dumps(WISH), f"{server.url}/api/v1/route"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    body, told = done.stdout.rsplit("\n", 1)
    assert json.loads(body)["routes"]
    assert int(told.split()[0]) % 4096 == 0


def test_serve_when_one_connection_asks_often_then_it_is_kept_open(server: Running) -> None:
    with server.connect() as connection:
        for _ in range(5):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            data = b""
            while not data.endswith(b"}\n"):
                part = connection.recv(4096)
                assert part
                data += part
            assert data.startswith(b"HTTP/1.1 200 OK")


def test_serve_when_clients_are_slow_or_huge_or_silent_then_others_are_answered(server: Running) -> None:
    open_ones = []
    try:
        for number in range(60):  # more than there may be
            slow = server.connect()
            slow.sendall(b"POST /api/v1/route HTTP/1.1\r\nX: " if number % 2 else b"GET")
            open_ones.append(slow)
            if number % 10 == 0:
                assert server.ask("GET", "/healthz").status == 200
        huge = server.ask("GET", "/", {"X": "y" * 200_000})
        assert huge.status in {0, 431}
        assert walks(server)
        _wait_until_closed(open_ones)
    finally:
        for connection in open_ones:
            connection.close()
    assert walks(server)


def _wait_until_closed(connections: list[socket.socket], patience_s: float = 60.0) -> None:
    ends = time.monotonic() + patience_s
    left = list(connections)
    while left := [connection for connection in left if not _is_closed(connection)]:
        assert time.monotonic() < ends, f"{len(left)} connections are still open"


def _is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0.2)
    try:
        return connection.recv(1) == b""
    except (TimeoutError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


@pytest.mark.parametrize("tls", [pytest.param(False, marks=pytest.mark.long), True])
def test_serve_when_clients_take_nothing_of_the_map_then_others_are_answered(
    tmp_path: Path,
    demo_cache: Path,
    tls: bool,  # noqa: FBT001
) -> None:
    certificate = self_signed(tmp_path / "tls") if tls else None
    few = {"SIDESTEP_MAX_CONNECTIONS": "20", "SIDESTEP_STALL_S": "3", "XDG_CACHE_HOME": str(demo_cache)}
    with serving(tmp_path / "home", certificate=certificate, **few) as running:
        config = json.loads(re.findall(r'id="config">(.*?)</script>', running.ask("GET", "/en/").body.decode())[0])
        address = config["area"]["files"]["basemap"]["url"]
        ask = f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100  # more than fits into what lies between
        before = _descriptors(running)
        takers: list[socket.socket] = []
        try:
            for _ in range(24):
                takers.append(running.connect())
                takers[-1].sendall(ask.encode())
            for _ in range(10):
                assert running.ask("GET", "/healthz").status == 200
            assert walks(running)
            ends = time.monotonic() + 60
            while _descriptors(running) > before + 2:  # not all at once are as quick to go
                assert time.monotonic() < ends
                time.sleep(0.2)
            assert running.ask("GET", "/healthz").status == 200
        finally:
            for taker in takers:
                taker.close()
        assert (running.home / "stderr").read_text() == ""


def test_channel_when_nothing_of_its_reply_is_taken_then_overdue_and_first_to_go() -> None:
    channel = object.__new__(QuietChannel)
    channel.deadlines = Settings(stall_s=30, send_s=900)  # type: ignore[misc]
    channel._drains_until, channel._sending_since, channel._offered, channel.last_activity = None, 0.0, 0.0, 100.0
    channel.requests, channel.total_outbufs_len, channel.will_close, channel._heard = [], 1, False, True
    assert not channel.is_overdue(129)
    assert channel.is_overdue(131)
    channel.last_activity = 890.0  # it takes a little now and then
    assert not channel.is_overdue(899)
    assert channel.is_overdue(901)
    assert not channel.only_waits()
    channel.total_outbufs_len, channel._heard = 0, False
    assert channel.stalled_s(1000) == 0
    assert not channel.only_waits()  # has only just come
    channel._heard = True
    assert channel.only_waits()


def _descriptors(running: Running) -> int:
    return len(list((running.proc / "fd").iterdir()))


def test_serve_when_a_request_drips_in_then_it_is_cut_off_in_time(server: Running) -> None:
    began = time.monotonic()
    with server.connect() as connection:
        try:
            for _ in range(100):
                connection.sendall(b"G")
                time.sleep(0.1)
        except OSError:
            pass
    assert 1.5 < time.monotonic() - began < 7


def test_serve_when_a_body_is_far_too_large_then_the_answer_is_still_read(server: Running) -> None:
    with server.connect() as connection:
        connection.sendall(b"POST /api/v1/route HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 500_000)
        assert read_reply(connection).status == 413
    assert walks(server)


def test_serve_when_clients_leave_in_the_middle_then_nothing_is_said(server: Running) -> None:
    body = json.dumps(WISH).encode()
    head = f"POST /api/v1/route HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    for _ in range(20):
        with server.connect() as connection:
            connection.sendall(head.encode() + b"\r\n" + body)
    plain = socket.create_connection(("127.0.0.1", server.port))
    plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
    plain.close()
    assert any(walks(server) or time.sleep(0.3) for _ in range(5))
    assert (server.home / "stderr").read_text() == ""


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
@pytest.mark.parametrize("tls", [False, pytest.param(True, marks=pytest.mark.long)])
def test_serve_when_interrupted_then_ends_cleanly(
    tmp_path: Path,
    demo_cache: Path,
    how: signal.Signals,
    tls: bool,  # noqa: FBT001
) -> None:
    certificate = self_signed(tmp_path / "tls") if tls else None
    with serving(tmp_path / "home", certificate=certificate, XDG_CACHE_HOME=str(demo_cache)) as running:
        with running.connect() as idle:
            assert idle
            began = time.monotonic()
            assert running.stop(how) == 0
            assert time.monotonic() - began < 8
        assert (running.home / "stderr").read_text() == ""
        assert list((running.home / "tmpdir").iterdir()) == []


def test_tls_when_offered_then_new_versions_only_and_no_tickets(tmp_path: Path, demo_cache: Path) -> None:
    certificate = self_signed(tmp_path / "tls")
    with serving(tmp_path / "home", certificate=certificate, XDG_CACHE_HOME=str(demo_cache)) as running:
        assert running.context is not None
        with running.connect() as connection:
            assert isinstance(connection, ssl.SSLSocket)
            assert connection.version() == "TLSv1.3"
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: walks.example\r\nConnection: close\r\n\r\n")
            reply = read_reply(connection)
            assert "Strict-Transport-Security" in reply.headers
            assert connection.session is None or not connection.session.has_ticket
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with socket.create_connection(("127.0.0.1", running.port)) as plain, old.wrap_socket(plain) as connection:
            assert connection.version() == "TLSv1.2"
        silent = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(30)]
        assert walks(running)
        _wait_until_closed(silent)
        for connection in silent:
            connection.close()
        assert walks(running)


def test_serve_when_the_port_is_taken_then_one_line_and_exit_5(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert command("serve", "--port", port) == (5, "port", 1)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--tls-cert", "nothing.pem"), 4),
        (("--tls-cert", __file__), 4),
        (("--tls-key", __file__), 2),
        (("--host", "no.such.host.invalid"), 2),
        (("--host", "x" * 300), 2),
        (("--port", "70000"), 2),
        (("--host", "192.0.2.1", "--port", "0"), 5),  # of an example, and nobody's
        (("--area", "no-such-area", "--port", "0"), 4),
    ],
)
def test_serve_when_an_option_is_wrong_then_one_line(arguments: tuple[str, ...], code: int) -> None:
    assert command("serve", *arguments)[::2] == (code, 1)


def command(*arguments: str) -> tuple[int, str, int]:
    """Run a command by itself; give its exit code, the second word it complains with, and how many lines."""
    done = subprocess.run([sys.executable, "-c", PLAIN, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr.split()[1], len(done.stderr.splitlines())


def test_tls_when_the_key_is_of_another_certificate_or_has_a_password_then_exit_4(tmp_path: Path) -> None:
    one, other = self_signed(tmp_path / "one"), self_signed(tmp_path / "other")
    wrong = other.with_name("key.pem")
    assert command("serve", "--port", "0", "--tls-cert", str(one), "--tls-key", str(wrong))[::2] == (4, 1)
    locked = tmp_path / "locked.pem"
    subprocess.run(
        ["openssl", "ec", "-in", wrong, "-out", locked, "-aes128", "-passout", "pass:x"],
        check=True,
        capture_output=True,
    )
    certificate = str(other.with_name("cert.pem"))
    assert command("serve", "--port", "0", "--tls-cert", certificate, "--tls-key", str(locked))[::2] == (4, 1)
    assert command("serve", "--port", "0", "--tls-cert", certificate)[::2] == (4, 1)


def test_serve_when_several_areas_then_each_under_its_path_and_a_page_that_leads_there(tmp_path: Path) -> None:
    area = build_area(demo_extract())
    for folder, name in (("one", "Helsinki centre"), ("two", "Останкино"), ("three", "Останкино")):
        save(replace(area, manifest=replace(area.manifest, name=name)), tmp_path / folder)
    areas = [word for folder in ("one", "two", "three") for word in ("--area", str(tmp_path / folder))]
    with serving(tmp_path / "home", *areas) as running:
        assert running.announced.startswith("Sidestep serves Helsinki centre, Останкино, Останкино\n")
        page = running.ask("GET", "/", {"Accept-Language": "ru"})
        assert page.status == 200
        assert 'lang="ru"' in page.body.decode()
        links = re.findall(r'<a href="([^"]+)"', page.body.decode())
        assert len(links) == 3
        for link in links:
            prefix = link.rsplit("/", 2)[0]
            inner = running.ask("GET", link)
            assert inner.status == 200
            assert f'action="{prefix}/ru/walk"' in inner.body.decode()
            style = re.findall(r'href="([^"]+app.css)"', inner.body.decode())[0]
            assert style.startswith(prefix)
            assert running.ask("GET", style).status == 200
            assert running.ask("POST", f"{prefix}/api/v1/route", JSON, json.dumps(WISH).encode()).status == 200
            bare = running.ask("GET", f"{prefix}?place=24.9417321")
            assert bare.status in {200, 404}
            assert b"24.9417321" not in bare.head + bare.body
        assert running.ask("GET", "/healthz").status == 200
        missing = running.ask("GET", "/nothing")
        assert missing.status == 404
        style = re.findall(r'href="([^"]+app.css)"', missing.body.decode())[0]
        assert running.ask("GET", style).status == 200
        assert json.loads(running.ask("GET", "/api/v1/area").body)["error"]["code"] == "not-found"


def test_serve_when_open_to_the_network_in_a_terminal_then_says_so_and_draws_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]

        class Anywhere:
            def getsockname(self) -> tuple[str, int]:
                return "0.0.0.0", port  # noqa: S104  # told, not bound

        monkeypatch.setattr(web.commands, "_network_hosts", lambda _: ["192.0.2.7"])
        monkeypatch.setattr(web.commands, "is_terminal", lambda _: True)
        area = type("A", (), {"manifest": type("M", (), {"name": "Kamppi"})})
        told = web.commands._told([area], [Anywhere()], tls=False)  # type: ignore[list-item]
    assert f"in this network:  http://192.0.2.7:{port}/" in told
    assert f"on this machine:  http://127.0.0.1:{port}/" in told
    assert "everyone on the way can change the page" in told
    assert len([line for line in told.splitlines() if set(line) & set("█▄▀")]) > 10
    assert tmp_path


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no pseudo-terminals here")
def test_serve_when_run_in_a_terminal_then_shows_progress_and_the_address(tmp_path: Path) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
        os.execv(sys.executable, [sys.executable, "-c", PLAIN, "serve", "--port", "0"])  # noqa: S606  # no shell is wanted
    text = b""
    while b"Ctrl-C" not in text:
        text += os.read(terminal, 4096)
    os.kill(pid, signal.SIGINT)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"getting ready" in text
    assert b"reading helsinki.osm.pbf" in text


def test_command_line_when_it_lists_commands_then_those_from_above_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"^  serve +Serve the map page", listed, re.MULTILINE)
    assert run(["serve", "--help"]) == 0
    assert "By default only this machine can open it" in capsys.readouterr().out
    assert run(["server"]) == 2


def test_command_line_when_a_walk_is_planned_then_the_web_is_not_loaded() -> None:
    code = (
        "import sys; from routing.cli import run; run(['route', 'Rautatientori', 'Senaatintori']);"
        "print([name for name in sys.modules if name.split('.')[0] in {'web', 'flask', 'waitress'}], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "serve" not in sidestep.commands
