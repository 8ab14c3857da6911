"""``sidestep serve``: the page and the API on this machine or in this network."""

from __future__ import annotations

import errno
import gc
import os
import socket
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from routing.console import bar, is_terminal, say, waiting
from routing.errors import BadUsageError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ssl import SSLContext
    from wsgiref.types import WSGIApplication

    from routing.area import Area
    from web.settings import Settings

_PEM = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option(
    "--area", "area_names", metavar="DIR", multiple=True,
    help="Folder of an area, or the name of one you built; may be given several times. Default: the demo area.",
)  # fmt: skip
@click.option(
    "--reports", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Take reports of cameras, keep them in this folder, and follow the camera file in it (sidestep reports).",
)  # fmt: skip
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="Where to listen. 0.0.0.0 lets everyone in your network open it, :: also by IPv6.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0: any free one.")
@click.option("--tls-cert", type=_PEM, metavar="FILE", help="Certificate with its chain (PEM); serves https.")
@click.option("--tls-key", type=_PEM, metavar="FILE", help="Its key (PEM), if it is not in the same file.")
def serve(
    *,
    area_names: tuple[str, ...],
    folder: Path | None,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve the map page and the API; nothing about walks is logged or kept.

    By default only this machine can open it. With --host 0.0.0.0 a phone in the same network can, and so can everyone
    else there; without --tls-cert everyone on the way can then change the page, and read walks that
    the server plans.

    \b
    Examples:
      sidestep serve
      sidestep serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem
      sidestep serve --area kallio-helsinki --area moscow --port 8080
      sidestep serve --area kallio-helsinki --reports kallio-reports
    """  # noqa: D301  # click marks preformatted paragraphs with a backspace character
    from routing.workspace import find_area
    from web.privacy import hush
    from web.settings import settings_of

    hush()
    gc.enable()  # the command line does without
    settings = settings_of(os.environ)
    if folder is not None and len(area_names) > 1:
        raise BadUsageError("--reports are of one area; give one --area, and start another server for the other")
    context = _context(tls_cert, tls_key)
    if context is not None:
        settings = replace(settings, tls=True)
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(bound)) for bound in _bind(host, port)]
        areas = [find_area(name, progress=bar, basemap=True) for name in area_names or (None,)]
        with waiting("getting ready; only the very first time takes more than seconds ..."):
            application = _application(areas, settings, folder, stack)
        gc.collect()
        gc.freeze()  # what is loaded stays: no need to look through it again and again
        _run(application, sockets, context, settings, told=_told(areas, sockets, tls=context is not None))


def _context(certificate: Path | None, key: Path | None) -> SSLContext | None:
    if certificate is None:
        if key is not None:
            raise BadUsageError("--tls-key needs --tls-cert")
        return None
    from web.tls import context_of

    return context_of(certificate, key)


def _bind(host: str, port: int) -> list[socket.socket]:
    """Take the addresses, before work is put into getting ready."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise BadUsageError("--host is no address or name of this machine; try 127.0.0.1 or 0.0.0.0") from None
    bound: list[socket.socket] = []
    for family, kind, protocol, _, address in dict.fromkeys(found):
        made = socket.socket(family, kind, protocol)
        bound.append(made)
        if os.name == "posix":  # elsewhere it would let two servers share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if address[0] == "::" else 1)
        # a name with several addresses gets one port, also when any will do
        port = port or (bound[0].getsockname()[1] if len(bound) > 1 else 0)
        try:
            made.bind((address[0], port, *address[2:]))
        except OSError as error:
            for other in bound:
                other.close()
            if error.errno == errno.EADDRNOTAVAIL:
                raise OutsideError(f"--host {host} is no address of this machine; try 127.0.0.1 or 0.0.0.0") from None
            why = error.strerror or "refused"
            raise OutsideError(f"port {port} cannot be taken ({why.lower()}); choose another with --port") from None
    return bound


def _application(areas: Sequence[Area], settings: Settings, folder: Path | None, stack: ExitStack) -> WSGIApplication:
    """Make one application of all areas, and do what would else be done for the first visitor."""
    from web.app import create_app, warm_up
    from web.mounts import mounted, slugs
    from web.planners import Planners

    planners = Planners(settings)
    if folder is not None:
        from web.live import Live

        live = stack.enter_context(closing(Live(areas[0], settings, folder, planners=planners)))
        live.follow()
        return live
    apps = [create_app(area, settings, planners=planners) for area in areas]
    for area, app in zip(areas, apps, strict=True):
        warm_up(area, app.extensions["sidestep"])
    if len(areas) == 1:
        return apps[0]
    return mounted(dict(zip(slugs(areas), apps, strict=True)), areas, settings)


def _run(
    application: WSGIApplication,
    sockets: Sequence[socket.socket],
    context: SSLContext | None,
    settings: Settings,
    *,
    told: str,
) -> None:
    """Serve until interrupted, which is how a server ends when all went well."""
    from web.server import Server, give_memory_back

    give_memory_back()
    with ExitStack() as stack:
        if context is not None:
            from web.tls import Front

            front = stack.enter_context(
                closing(Front(sockets, context, most=settings.max_connections, stall_s=settings.stall_s))
            )
            sockets = [front.inner]
        server = stack.enter_context(closing(Server(application, sockets, settings)))
        if context is not None:
            front.start()
        try:
            say(told)
            sys.stdout.flush()
            server.run()
        except KeyboardInterrupt:
            pass


def _told(areas: Sequence[Area], sockets: Sequence[socket.socket], *, tls: bool) -> str:
    """Say where it can be opened, and by whom."""
    scheme = "https" if tls else "http"
    port = sockets[0].getsockname()[1]
    hosts = [bound.getsockname()[0] for bound in sockets]
    anywhere = any(host in {"0.0.0.0", "::"} for host in hosts)  # noqa: S104  # told, not taken
    local = ["127.0.0.1"] if anywhere else [host for host in hosts if _is_loopback(host)]
    remote = _network_hosts(hosts) if anywhere else [host for host in hosts if not _is_loopback(host)]
    lines = [f"Sidestep serves {', '.join(area.manifest.name for area in areas)}"]
    lines += [f"  on this machine:  {_url(scheme, host, port)}" for host in local]
    lines += [f"  in this network:  {_url(scheme, host, port)}" for host in remote]
    if not remote and not anywhere:
        lines.append("Only this machine can open it; --host 0.0.0.0 lets others in your network do so, a phone too.")
    elif tls:
        lines.append("Everyone who reaches this address can open it; what is sent is encrypted.")
    else:
        lines.append(
            "Everyone who reaches this address can open it, and everyone on the way can change the page, and read\n"
            "walks that the server plans (for the form without JavaScript, and for programs; phones plan themselves):\n"
            "give --tls-cert, or put it behind a reverse proxy or an onion service (see the README)."
        )
    lines.append("Walks are neither logged nor kept. Ctrl-C ends it.")
    picture = _qr(_url(scheme, remote[0], port)) if remote and is_terminal(sys.stdout) else ""
    return "\n".join((*lines, "")) + picture


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host == "::1"


def _url(scheme: str, host: str, port: int) -> str:
    standard = {"http": 80, "https": 443}[scheme] == port
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{'' if standard else f':{port}'}/"


def _network_hosts(hosts: Sequence[str]) -> list[str]:
    """Find this machine's address in its network. A datagram socket is connected, which sends nothing."""
    found = []
    kinds = [(socket.AF_INET, "192.0.2.1")]  # RFC 5737: of nobody
    if "::" in hosts:
        kinds.append((socket.AF_INET6, "2001:db8::1"))  # RFC 3849
    for family, nobody in kinds:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((nobody, 9))
                host = str(probe.getsockname()[0])
        except OSError:  # no network
            continue
        if not _is_loopback(host):
            found.append(host)
    return found


def _qr(url: str) -> str:
    """Draw an address for a phone's camera."""
    import io

    import segno

    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(out=drawn, compact=True)
    return f"\n{drawn.getvalue()}\n"
