"""Nominatim and Overpass on the loopback, for tests: real data from an extract, and every way in which they fail.

It speaks what osmnx speaks: ``GET /search`` (Nominatim's ``format=json``), ``GET /api/status`` and
``POST /api/interpreter`` (Overpass QL as osmnx writes feature queries; anything else gets Overpass's HTTP 400 page).

::

    with Standin(extract) as s:
        s.script("interpreter", busy(429, retry_after=3), forever=busy(504))
        fetch_place("Kamppi, Helsinki", cache, services=Services(s.nominatim_url, s.overpass_url))
        assert s.count("interpreter") == 2
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import numpy as np
import osmium
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Behaviour = Callable[["Handler"], None]

OSM_BASE = "2024-05-06T07:08:09Z"
COPYRIGHT = "The data included in this document is from www.openstreetmap.org. The data is made available under ODbL."
KAMPPI_BOX = (24.9351762, 60.1641550, 24.9534145, 60.1791130)

FREE = (
    "Connected as: 2130706433\nCurrent time: 2024-05-06T07:10:00Z\nAnnounced endpoint: none\nRate limit: 2\n"
    "2 slots available now.\nCurrently running queries (pid, space limit, time limit, start time):\n"
)
UNLIMITED = FREE.replace("Rate limit: 2\n2 slots available now.\n", "Rate limit: 0\n")
RUNNING = FREE.replace("2 slots available now.\n", "") + "4711\t536870912\t180\t2024-05-06T07:09:00Z\n"


def slot_in(seconds: int) -> str:
    """Return a status page with no slot free yet."""
    line = f"Slot available after: 2024-05-06T07:11:00Z, in {seconds} seconds.\n"
    return FREE.replace("2 slots available now.\n", line + line.replace(f"in {seconds}", f"in {seconds + 40}"))


class Request(NamedTuple):
    method: str
    path: str


# --- behaviours: what one request gets instead of a true answer ---


def page(status: int, body: str = "<html><body><p>Error</p></body></html>", **headers: str) -> Behaviour:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return lambda handler: handler.send(status, body.encode(), "text/html; charset=utf-8", named)


def busy(status: int = 429, *, retry_after: int | str | None = None) -> Behaviour:
    body = "<html><body><p><strong>Error</strong>: runtime error: The server is probably too busy</p></body></html>"
    return page(status, body) if retry_after is None else page(status, body, Retry_After=str(retry_after))


def text(body: str) -> Behaviour:
    return lambda handler: handler.send(200, body.encode(), "text/plain")


def data(answer: object) -> Behaviour:
    return lambda handler: handler.send_json(answer)


def remark(line: str) -> Behaviour:
    """Overpass's answer when it stopped half-way: HTTP 200, some data, a remark."""
    return lambda handler: handler.send_json({**handler.server.standin.overpass([]), "remark": line})


def hang(handler: Handler) -> None:
    handler.server.standin.closing.wait(30)
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """Break the connection off in the middle of the body (TCP RST)."""
    truncated(handler)
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def truncated(handler: Handler) -> None:
    """Send less than was promised."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"version": 0.6, "elements": [')
    handler.close_connection = True


def refused_url() -> str:
    """Return the address of a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/api"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.answer("")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def answer(self, body: str) -> None:
        standin, parts = self.server.standin, urlsplit(self.path)
        form = {key: values[0] for key, values in parse_qs(body or parts.query).items()}
        with standin.lock:
            standin.requests.append(Request(self.command, parts.path))
            standin.agents.append(self.headers.get("User-Agent", ""))
            standin.questions.append(form.get("data") or form.get("q") or "")
            behaviour = next(standin.scripts.get(parts.path.rpartition("/")[2], iter(())), None)
        routes = {
            ("GET", "/search"): self.search,
            ("GET", "/api/status"): lambda _form: text(FREE)(self),
            ("POST", "/api/interpreter"): self.interpret,
        }
        if behaviour:
            behaviour(self)
        else:
            routes.get((self.command, parts.path), lambda _form: page(404)(self))(form)

    def search(self, form: dict[str, str]) -> None:
        found = self.server.standin.places.get(" ".join(form.get("q", "").split()).casefold())
        if found and form.get("polygon_geojson", "0") == "0":
            found = {key: value for key, value in found.items() if key != "geojson"}
        self.send_json([found] if found else [])

    def interpret(self, form: dict[str, str]) -> None:
        try:
            wanted = list(_parse(form.get("data", "")))
        except ValueError:
            page(400, "<html><body><p><strong>Error</strong>: line 1: parse error: Unknown type</p></body></html>")(
                self
            )
            return
        self.send_json(self.server.standin.overpass(self.server.standin.extract.select(wanted)))

    def send_json(self, answer: object) -> None:
        self.send(200, json.dumps(answer).encode(), "application/json; charset=utf-8")

    def send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    standin: Standin

    def handle_error(self, *_args: object) -> None:
        """Say nothing: a client that went away is part of the play."""


# --- Overpass: the question ---


class Wanted(NamedTuple):
    kind: str
    key: str
    value: str | None
    outline: str


def _parse(query: str) -> Iterator[Wanted]:
    """Read a query as osmnx writes it; ValueError for anything else, as Overpass would not understand it."""
    whole = re.fullmatch(r"\[out:json\]\[timeout:\d+\](?:\[maxsize:\d+\])?;\((.*)\);out;", query, re.DOTALL)
    part = r"\((node|way|relation)\['([^']+)'(?:='([^']*)')?\]\(poly:'([-\d. ]+)'\);\(\._;>;\);\);"
    if not whole or re.sub(part, "", whole[1]):
        raise ValueError
    for kind, key, value, outline in re.findall(part, whole[1]):
        yield Wanted(kind, key, value or None, outline)


# --- Overpass: the data ---


@dataclass
class Extract:
    """All elements of an extract in Overpass's JSON, and their geometry."""

    elements: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    by_key: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)

    def add(self, kind: str, ref: int, tags: dict[str, str], **rest: object) -> None:
        self.elements[kind, ref] = {"type": kind, "id": ref, **rest, **({"tags": tags} if tags else {})}
        for key in tags:
            self.by_key.setdefault((kind, key), []).append((kind, ref))

    def select(self, wanted: Iterable[Wanted]) -> list[dict[str, Any]]:
        inside: dict[str, set[tuple[str, int]]] = {}
        found: set[tuple[str, int]] = set()
        for kind, key, value, outline in wanted:
            if outline not in inside:
                inside[outline] = self.touching(outline)
            for ref in self.by_key.get((kind, key), []):
                if ref in inside[outline] and value in {None, self.elements[ref]["tags"][key]}:
                    found |= self.closure(ref)
        order = {"node": 0, "way": 1, "relation": 2}
        return [self.elements[ref] for ref in sorted(found, key=lambda ref: (order[ref[0]], ref[1]))]

    def touching(self, outline: str) -> set[tuple[str, int]]:
        """Return what lies in a polygon or crosses its edge; relations by their nodes and ways."""
        numbers = [float(number) for number in outline.split()]
        polygon = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
        shapely.prepare(polygon)
        nodes = [ref for ref in self.elements if ref[0] == "node"]
        points = np.array([(self.elements[ref]["lon"], self.elements[ref]["lat"]) for ref in nodes])
        hit = {nodes[at] for at in np.flatnonzero(shapely.contains_xy(polygon, points))}
        for ref, one in self.elements.items():
            if ref[0] == "way":
                own = [("node", node) for node in one["nodes"] if ("node", node) in self.elements]
                if not hit.isdisjoint(own) or (len(own) > 1 and polygon.intersects(self.line(own))):
                    hit.add(ref)
        for ref, one in self.elements.items():
            if ref[0] == "relation" and any((m["type"], m["ref"]) in hit for m in one["members"]):
                hit.add(ref)
        return hit

    def line(self, nodes: list[tuple[str, int]]) -> shapely.LineString:
        return shapely.LineString([(self.elements[ref]["lon"], self.elements[ref]["lat"]) for ref in nodes])

    def closure(self, ref: tuple[str, int]) -> set[tuple[str, int]]:
        """Return an element and, as ``>`` does, its nodes, its ways and their nodes; not the relations within it."""
        one = self.elements[ref]
        below = [(m["type"], m["ref"]) for m in one.get("members", ()) if m["type"] != "relation"]
        nodes = [("node", node) for node in one.get("nodes", ())]
        reached = {part for part in (*below, *nodes) if part in self.elements}
        return {ref} | reached | {node for part in reached if part[0] == "way" for node in self.closure(part)}


@lru_cache(maxsize=4)
def _load(path: Path) -> Extract:
    kinds, extract = {"n": "node", "w": "way", "r": "relation"}, Extract()
    for one in osmium.FileProcessor(str(path)):
        tags = {tag.k: tag.v for tag in one.tags}
        if isinstance(one, osmium.osm.Node):
            extract.add("node", one.id, tags, lat=round(one.lat, 7), lon=round(one.lon, 7))
        elif isinstance(one, osmium.osm.Way):
            extract.add("way", one.id, tags, nodes=[node.ref for node in one.nodes])
        elif isinstance(one, osmium.osm.Relation):
            members = [{"type": kinds[m.type], "ref": m.ref, "role": m.role} for m in one.members]
            extract.add("relation", one.id, tags, members=members)
    return extract


def place(name: str, geometry: shapely.Geometry, *, osm_type: str = "relation") -> dict[str, Any]:
    """Return a place as Nominatim writes it (``format=json``)."""
    west, south, east, north = geometry.bounds
    middle = geometry.centroid
    return {
        "place_id": 1,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
        "osm_type": osm_type,
        "osm_id": 184714,
        "lat": f"{middle.y:.7f}",
        "lon": f"{middle.x:.7f}",
        "class": "boundary",
        "type": "administrative",
        "place_rank": 20,
        "importance": 0.43,
        "addresstype": "suburb",
        "name": name.partition(",")[0],
        "display_name": name,
        "boundingbox": [f"{number:.7f}" for number in (south, north, west, east)],
        "geojson": json.loads(shapely.to_geojson(geometry)),
    }


class Standin:
    """Both services on one random port of 127.0.0.1.

    Attributes
    ----------
    requests
        What was asked, in order: (method, path).
    questions, agents
        The query text and the User-Agent of each.
    places
        What Nominatim knows, by the name in lower case.
    """

    def __init__(self, path: Path) -> None:
        self.extract = _load(path)
        self.places = {"kamppi, helsinki": place("Kamppi, Helsinki", shapely.box(*KAMPPI_BOX))}
        self.requests: list[Request] = []
        self.questions: list[str] = []
        self.agents: list[str] = []
        self.scripts: dict[str, Iterator[Any]] = {}
        self.osm_base: str | None = OSM_BASE
        self.lock, self.closing = threading.Lock(), threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.standin = self
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.nominatim_url, self.overpass_url = f"{self.base}/", f"{self.base}/api"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def script(self, page_name: str, *behaviours: Any, forever: Any = None) -> None:  # noqa: ANN401
        """Play these, one a request, to ``search``, ``status`` or ``interpreter``; then the truth, or one for ever."""
        self.scripts[page_name] = chain(behaviours, repeat(forever) if forever else ())

    def count(self, page_name: str | None = None) -> int:
        return sum(page_name is None or one.path.endswith(f"/{page_name}") for one in self.requests)

    def overpass(self, elements: list[dict[str, Any]]) -> dict[str, Any]:
        stamp = {"timestamp_osm_base": self.osm_base} if self.osm_base else {}
        return {
            "version": 0.6,
            "generator": "Overpass API 0.7.62.1 084b4234",
            "osm3s": {**stamp, "copyright": COPYRIGHT},
            "elements": elements,
        }
