"""Places from OpenStreetMap's services: what arrives, what is asked, and how every failure reads."""

from __future__ import annotations

import dataclasses
import logging
import math
import os
import re
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osmium
import osmnx
import pytest
import requests
import shapely
import standin
from standin import Standin, busy, data, hang, page, remark, reset, text, truncated

from routing import download
from routing import services as asking
from routing.download import fetch_bbox, fetch_place
from routing.errors import BadUsageError, OutsideError, PlaceError, SidestepError, UnknownPlaceError
from routing.model import BBox
from routing.services import DEFAULT_SERVICES, Services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXTRACT = Path(__file__).parents[1] / "data" / "helsinki.osm.pbf"
KAMPPI = "Kamppi, Helsinki"
BLOCK = BBox(24.9400, 60.1680, 24.9420, 60.1690)  # small, for tests that want no more than an answer
ONE_WAY = [
    {"type": "node", "id": 1, "lat": 60.1685, "lon": 24.941},
    {"type": "node", "id": 2, "lat": 60.1686, "lon": 24.942, "tags": {"name": "Ääkkönen Ж"}},
    {"type": "way", "id": 3, "nodes": [1, 2], "tags": {"highway": "footway"}},
    {"type": "relation", "id": 4, "members": [{"type": "way", "ref": 3, "role": ""}], "tags": {"type": "x"}},
]


@pytest.fixture(scope="module")
def served() -> Iterator[Standin]:
    with Standin(EXTRACT) as server:
        yield server


@pytest.fixture
def server(served: Standin) -> Standin:
    served.scripts.clear()
    for asked in (served.requests, served.questions, served.agents):
        asked.clear()
    served.osm_base = standin.OSM_BASE
    served.places = {"kamppi, helsinki": standin.place(KAMPPI, shapely.box(*standin.KAMPPI_BOX))}
    return served


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody really sleeps, neither we nor osmnx; here is how long they would have."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: slept.append(seconds) if seconds else None)
    return slept


def services(server: Standin, **changes: Any) -> Services:  # noqa: ANN401 - of several types
    mine = Services(server.nominatim_url, server.overpass_url, timeout_s=20, max_wait_s=60)
    return dataclasses.replace(mine, **changes)


def answer(server: Standin, **changes: object) -> dict[str, Any]:
    return {**server.overpass(ONE_WAY), **changes}


def read(path: Path) -> dict[str, dict[int, dict[str, str]]]:
    found: dict[str, dict[int, dict[str, str]]] = {"n": {}, "w": {}, "r": {}}
    for one in osmium.FileProcessor(str(path)):
        found[one.type_str()][one.id] = {tag.k: tag.v for tag in one.tags}
    return found


def with_key(found: dict[int, dict[str, str]], key: str, value: str | None = None) -> set[int]:
    return {ref for ref, tags in found.items() if key in tags and value in {None, tags[key]}}


def ways_in(box: tuple[float, float, float, float], margin: float) -> set[int]:
    """Return the source's ways with a node in a box, counted apart from the stand-in."""
    west, south, east, north = box
    found = set()
    for one in osmium.FileProcessor(str(EXTRACT)).with_locations():
        if isinstance(one, osmium.osm.Way):
            spots = [node.location for node in one.nodes if node.location.valid()]
            if any(
                west - margin < spot.lon < east + margin and south - margin < spot.lat < north + margin
                for spot in spots
            ):
                found.add(one.id)
    return found


def fails(server: Standin, tmp_path: Path, kind: type[SidestepError] = OutsideError, **changes: Any) -> str:  # noqa: ANN401
    """Fetch the block, which must fail in one clean line and leave nothing; return the line."""
    return failing(lambda: fetch_bbox(BLOCK, tmp_path, services=services(server, **changes)), kind, tmp_path)


def failing(fetch: Callable[[], object], kind: type[SidestepError], tmp_path: Path) -> str:
    with pytest.raises(SidestepError) as caught:
        fetch()
    line = str(caught.value)
    assert type(caught.value) is kind
    assert "\n" not in line
    assert len(line) < 300
    assert not re.search(r"\d\d\.\d{2,}", line.replace(str(tmp_path), "")), "a coordinate"
    assert [path for path in tmp_path.rglob("*") if path.name != "extracts"] == [], "something half-written"
    return line


# --- what arrives ---


def test_fetch_place_when_known_then_extract_holds_what_the_source_holds(
    server: Standin, tmp_path: Path, naps: list[float]
) -> None:
    got = fetch_place(KAMPPI, tmp_path, services=services(server))
    assert (got.name, got.osm_date) == (KAMPPI, "2024-05-06")
    assert dataclasses.astuple(got.bbox) == pytest.approx(standin.KAMPPI_BOX, abs=2e-7)
    assert got.path.parent == tmp_path / "extracts"
    mine, source = read(got.path), read(EXTRACT)
    assert with_key(mine["n"], "man_made", "surveillance") == with_key(source["n"], "man_made", "surveillance")
    surely, perhaps = ways_in(standin.KAMPPI_BOX, -1e-5), ways_in(standin.KAMPPI_BOX, 1e-2)
    for key in ("highway", "building"):
        there = with_key(source["w"], key)
        assert len(there & surely) > 400
        assert there & surely <= with_key(mine["w"], key) <= there & perhaps
    assert with_key(mine["r"], "building") == with_key(source["r"], "building")
    assert all(mine[kind][ref] == source[kind][ref] for kind in "nwr" for ref in mine[kind])
    assert naps == [1]  # Nominatim's own rule, kept by osmnx
    assert [one.path for one in server.requests] == ["/search", "/api/status", "/api/interpreter"]
    assert all(re.match(r"sidestep/\S+ OSMnx", agent) for agent in (server.agents[0], server.agents[2]))


def test_extract_when_written_then_sorted_and_every_way_has_its_nodes(server: Standin, tmp_path: Path) -> None:
    got = fetch_bbox(BLOCK, tmp_path, services=services(server))
    order, nodes, source = [], set[int](), read(EXTRACT)["n"]
    for one in osmium.FileProcessor(str(got.path)):
        order.append(("nwr".index(one.type_str()), one.id))
        if isinstance(one, osmium.osm.Node):
            nodes.add(one.id)
        if isinstance(one, osmium.osm.Way):
            assert {node.ref for node in one.nodes if node.ref in source} <= nodes
    assert order == sorted(set(order))
    assert len(order) > 100


def test_fetch_bbox_when_large_then_asked_in_parts_and_joined(
    server: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, naps: list[float]
) -> None:
    whole = fetch_bbox(BLOCK, tmp_path / "a", services=services(server))
    monkeypatch.setattr(asking, "REQUEST_AREA_KM2", 0.002)
    server.script("interpreter", *[None] * 3, busy(504))  # what came before the failure is not asked for again
    parts = fetch_bbox(BLOCK, tmp_path / "b", services=services(server))
    assert server.count("interpreter") > 8
    assert len(set(server.questions)) == server.count("interpreter")  # one twice; and the empty ones of /status
    assert read(parts.path) == read(whole.path)
    assert naps == [5]


@pytest.mark.parametrize("geometry", [shapely.Point(24.941, 60.1685), shapely.box(24.941, 60.1684, 24.9411, 60.1686)])
def test_fetch_place_when_a_point_or_a_house_then_a_box_round_it_and_says_so(
    server: Standin, tmp_path: Path, naps: list[float], geometry: shapely.Geometry
) -> None:
    del naps
    server.places["kampin kulma"] = standin.place("Kampin kulma, Helsinki", geometry, osm_type="node")
    said: list[str] = []
    server.script("interpreter", data(answer(server)))
    got = fetch_place("Kampin  kulma", tmp_path, services=services(server), report=said.append)
    assert got.bbox.north - got.bbox.south == pytest.approx(2000 / 111_200, rel=0.01)
    assert any("1000 m to every side" in line for line in said)
    assert not any(re.search(r"\d\d\.\d{3}", line) for line in said)


def test_outline_when_ragged_or_scattered_then_few_corners_round_all() -> None:
    star = [
        (24.9 + 0.05 * r * math.cos(a), 60.2 + 0.025 * r * math.sin(a))
        for i in range(3000)
        for a, r in [(i * math.tau / 3000, 1 if i % 2 else 0.97)]
    ]
    shape = shapely.Polygon(star)
    outline = download._outline(shape)
    assert len(outline.exterior.coords) <= download.MAX_CORNERS
    assert outline.covers(shape)
    assert outline.area < 1.5 * shape.area
    near = shapely.MultiPolygon([shapely.box(24.9, 60.1, 24.92, 60.12), shapely.box(24.921, 60.1, 24.93, 60.12)])
    assert download._outline(near).buffer(1e-7).covers(near)
    far = shapely.MultiPolygon([shapely.box(24.9, 60.1, 24.95, 60.12), shapely.box(23.0, 60.1, 23.01, 60.11)])
    assert download._outline(far).bounds == pytest.approx((24.9, 60.1, 24.95, 60.12), abs=1e-6)


def test_elements_when_sent_twice_then_once_and_the_oldest_date(server: Standin, tmp_path: Path) -> None:
    found = download._Elements()
    found.add(answer(server))
    found.add(answer(server, osm3s={"timestamp_osm_base": "2024-05-04T01:02:03Z"}))
    found.write(tmp_path / "x.osm.pbf", BLOCK, 0.5)
    assert {kind: len(one) for kind, one in read(tmp_path / "x.osm.pbf").items()} == {"n": 2, "w": 1, "r": 1}
    assert download._describe(tmp_path / "x.osm.pbf", "x").osm_date == "2024-05-04"


@pytest.mark.parametrize("stamp", [None, "", "yesterday"])
def test_osm_date_when_not_said_then_none(server: Standin, tmp_path: Path, stamp: str | None) -> None:
    server.osm_base = stamp
    server.script("interpreter", data(answer(server)))
    assert fetch_bbox(BLOCK, tmp_path, services=services(server)).osm_date is None


# --- the cache ---


def test_area_when_the_outline_is_no_box_then_that_of_the_outline_also_from_the_cache(
    server: Standin, tmp_path: Path, naps: list[float]
) -> None:
    del naps
    west, south, east, north = standin.KAMPPI_BOX
    half = shapely.Polygon([(west, south), (east, south), (west, north)])
    server.places["kolmio"] = standin.place("Kolmio", half)
    server.script("interpreter", forever=data(answer(server)))
    place = fetch_place("Kolmio", tmp_path, services=services(server))
    box = fetch_bbox(BBox(*standin.KAMPPI_BOX), tmp_path, services=services(server))
    assert place.area_km2 == pytest.approx(box.area_km2 / 2, rel=1e-3)
    assert fetch_place("Kolmio", tmp_path, services=services(server)) == place
    assert server.count("interpreter") == 2


def test_area_when_an_older_cache_does_not_say_then_that_of_the_box(server: Standin, tmp_path: Path) -> None:
    server.script("interpreter", data(answer(server)))
    got = fetch_bbox(BLOCK, tmp_path, services=services(server))
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(BLOCK.west, BLOCK.south, BLOCK.east, BLOCK.north))
    header.set("generator", "sidestep/0")
    got.path.unlink()
    osmium.SimpleWriter(str(got.path), header=header).close()
    assert fetch_bbox(BLOCK, tmp_path, services=services(server)).area_km2 == pytest.approx(got.area_km2, rel=1e-3)
    assert server.count("interpreter") == 1


def test_fetch_when_asked_again_then_no_request(server: Standin, tmp_path: Path, naps: list[float]) -> None:
    del naps
    server.script("interpreter", forever=data(answer(server)))
    place = fetch_place(KAMPPI, tmp_path, services=services(server))
    box = fetch_bbox(BLOCK, tmp_path, services=services(server))
    asked = server.count()
    assert fetch_place(f" {KAMPPI} ", tmp_path, services=services(server)) == place
    assert fetch_bbox(BLOCK, tmp_path, services=services(server)) == box
    assert server.count() == asked
    assert place.path != box.path
    assert place.name == KAMPPI
    assert box.name.startswith("box-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extracts"]


@pytest.mark.parametrize("spoil", ["old", "broken"])
def test_fetch_when_cached_file_is_old_or_broken_then_asked_again(server: Standin, tmp_path: Path, spoil: str) -> None:
    server.script("interpreter", forever=data(answer(server)))
    said: list[str] = []
    got = fetch_bbox(BLOCK, tmp_path, services=services(server))
    if spoil == "old":
        os.utime(got.path, (0, time.time() - 31 * 86400))
    else:
        got.path.write_bytes(b"spoilt")
    assert fetch_bbox(BLOCK, tmp_path, services=services(server), report=said.append) == got
    assert server.count("interpreter") == 2
    assert any("older than 30 days" in line for line in said) == (spoil == "old")


@pytest.mark.parametrize("name", ["Москва", "../../etc/passwd", "a" * 200, "°"])
def test_extract_path_when_name_is_odd_then_a_plain_file_name(tmp_path: Path, name: str) -> None:
    path = download._extract_path(tmp_path, name, "place", name)
    assert path.parent == tmp_path / "extracts"
    assert re.fullmatch(r"[\w-]+-[0-9a-f]{12}\.osm\.pbf", path.name)


# --- waiting ---


def test_busy_when_it_passes_then_waits_as_told_and_goes_on(server: Standin, tmp_path: Path, naps: list[float]) -> None:
    said: list[str] = []
    began = time.time()
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(began + 20))
    server.script("interpreter", busy(429, retry_after=7), busy(504), busy(429, retry_after=date), data(answer(server)))
    fetch_bbox(BLOCK, tmp_path, services=services(server), report=said.append)
    assert naps[:2] == [7, 10]
    (until_date,) = naps[2:]  # what is left of 20 seconds, of which a slow machine has used some
    assert 18 - (time.time() - began) <= until_date <= 22
    assert sum("is busy: waiting" in line for line in said) == 3
    assert server.count("interpreter") == 4


def test_status_when_no_slot_then_waits_as_told(server: Standin, tmp_path: Path, naps: list[float]) -> None:
    server.script("status", text(standin.slot_in(17)), text(standin.RUNNING), busy(429, retry_after=30))
    server.script("interpreter", data(answer(server)))
    fetch_bbox(BLOCK, tmp_path, services=services(server))
    assert naps == [17, 5, 30]


@pytest.mark.parametrize("status", [text(standin.UNLIMITED), page(404), text("Hello")])
def test_status_when_of_another_server_then_no_wait(
    server: Standin, tmp_path: Path, naps: list[float], status: Callable[[standin.Handler], None]
) -> None:
    server.script("status", status)
    server.script("interpreter", data(answer(server)))
    fetch_bbox(BLOCK, tmp_path, services=services(server))
    assert naps == []


@pytest.mark.parametrize(
    ("where", "behaviour"),
    [
        ("interpreter", busy(429)),
        ("interpreter", busy(504)),
        ("interpreter", busy(503)),
        ("interpreter", busy(502)),
        ("interpreter", busy(429, retry_after=59)),
        ("interpreter", busy(429, retry_after=999_999)),
        ("interpreter", busy(429, retry_after=0)),
        ("interpreter", remark("runtime error: ... The server is probably too busy to handle your request.")),
        ("status", text(standin.slot_in(50))),
        ("status", text(standin.slot_in(-3))),
        ("status", text(standin.RUNNING)),
        ("status", busy(429)),
    ],
)
def test_busy_when_for_ever_then_gives_up_within_the_limit(
    server: Standin, tmp_path: Path, naps: list[float], where: str, behaviour: Callable[[standin.Handler], None]
) -> None:
    server.script(where, forever=behaviour)
    assert "is too busy: gave up" in fails(server, tmp_path)
    assert sum(naps) <= 60
    assert server.count() < 20


def test_nominatim_when_busy_for_ever_then_gives_up_within_the_limit(
    server: Standin, tmp_path: Path, naps: list[float]
) -> None:
    server.script("search", forever=busy(429))
    line = failing(lambda: fetch_place(KAMPPI, tmp_path, services=services(server)), OutsideError, tmp_path)
    assert line.startswith("Nominatim at 127.0.0.1 is too busy")
    assert sum(naps) <= 60 + server.count()  # and osmnx's own second before each


# --- failures, one line each ---


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        (page(400), "HTTP 400"),
        (page(403), "HTTP 403"),
        (page(404), "HTTP 404"),
        (page(418), "HTTP 418"),
        (page(500), "HTTP 500"),
        (page(200), "not data"),
        (text(""), "not data"),
        (text("[" * 100_000), "not data"),
        (data([]), "another kind"),
        (data({"elements": {}}), "another kind"),
        (data("x"), "another kind"),
        (remark('runtime error: Query timed out in "query" at line 1 after 181 seconds.'), "ran out of time"),
        (remark("runtime error: Query run out of memory using about 2048 MB of RAM."), "ran out of memory"),
        (remark("something else at 24.94123 60.16812"), "ran out of order"),
        (reset, "broke off"),
        (truncated, "broke off"),
    ],
)
def test_overpass_when_it_fails_then_one_line(
    server: Standin, tmp_path: Path, behaviour: Callable[[standin.Handler], None], says: str
) -> None:
    server.script("interpreter", behaviour)
    line = fails(server, tmp_path)
    assert line.startswith("Overpass at 127.0.0.1 ")
    assert says in line
    assert server.count("interpreter") == 1


@pytest.mark.parametrize(
    "element",
    [
        7,
        {"type": "node"},
        {"type": "node", "id": 5, "lat": "north", "lon": 1},
        {"type": "node", "id": 5, "lat": 91, "lon": 1},
        {"type": "node", "id": 5, "lat": math.nan, "lon": 1},
        {"type": "node", "id": "5", "lat": 1, "lon": 1},
        {"type": "node", "id": 5, "lat": 1, "lon": 1, "tags": ["a"]},
        {"type": "way", "id": 5},
        {"type": "way", "id": 2**70, "nodes": []},
        {"type": "way", "id": 5, "nodes": [None]},
        {"type": "relation", "id": 5, "members": [{"type": "area", "ref": 1, "role": ""}]},
        {"type": "relation", "id": 5, "members": [{"type": "way", "ref": 1}]},
    ],
)
def test_overpass_when_an_element_is_no_element_then_one_line(server: Standin, tmp_path: Path, element: object) -> None:
    server.script("interpreter", data(answer(server, elements=[*ONE_WAY, element])))
    assert "unknown shape" in fails(server, tmp_path)


@pytest.mark.parametrize("elements", [[], ONE_WAY[:2]])
def test_overpass_when_nothing_is_walkable_then_place_error(
    server: Standin, tmp_path: Path, elements: list[object]
) -> None:
    server.script("interpreter", data(answer(server, elements=elements)))
    assert "no way to walk" in fails(server, tmp_path, PlaceError)


@pytest.mark.parametrize("where", ["status", "interpreter"])
def test_overpass_when_it_hangs_then_times_out(server: Standin, tmp_path: Path, where: str) -> None:
    server.script(where, hang)
    assert "did not answer in time" in fails(server, tmp_path, timeout_s=1)


def test_overpass_when_refused_or_no_tls_or_no_name_then_one_line(
    server: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "refuses the connection" in fails(server, tmp_path, overpass_url=standin.refused_url())
    tls = server.overpass_url.replace("http:", "https:")
    assert "certificate" in fails(server, tmp_path, overpass_url=tls)

    def unknown(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    asked: list[str] = []
    monkeypatch.setattr(socket, "gethostbyname", unknown)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr("osmnx._http._original_getaddrinfo", unknown)
    monkeypatch.setattr("osmnx._http.requests.get", lambda url, **_kwargs: asked.append(url))
    monkeypatch.setattr(download, "await_slot", lambda *_args: None)
    assert "no DNS answer" in fails(server, tmp_path, overpass_url="https://overpass.invalid/api")
    assert asked == [], "DNS over HTTPS was asked"


@pytest.mark.parametrize(
    ("behaviour", "kind", "says"),
    [
        (data([]), UnknownPlaceError, "knows no place"),
        (data({}), OutsideError, "another kind"),
        (data([7]), OutsideError, "another kind"),
        (data([{"lat": "1", "lon": "2"}]), OutsideError, "not understood"),
        (page(200), OutsideError, "not data"),
        (page(403), OutsideError, "HTTP 403"),
        (page(500), OutsideError, "HTTP 500"),
        (truncated, OutsideError, "broke off"),
        (hang, OutsideError, "in time"),
    ],
)
def test_nominatim_when_it_fails_then_one_line(
    server: Standin,
    tmp_path: Path,
    naps: list[float],
    behaviour: Callable[[standin.Handler], None],
    kind: type[SidestepError],
    says: str,
) -> None:
    del naps
    server.script("search", behaviour)
    line = failing(lambda: fetch_place(KAMPPI, tmp_path, services=services(server, timeout_s=1)), kind, tmp_path)
    assert line.startswith("Nominatim at 127.0.0.1 ")
    assert says in line
    assert server.count("interpreter") == 0


def test_fetch_place_when_nobody_knows_it_then_place_error(server: Standin, tmp_path: Path, naps: list[float]) -> None:
    del naps
    typed = "60.16812 24.94123 Nowhere"
    line = failing(lambda: fetch_place(typed, tmp_path, services=services(server)), UnknownPlaceError, tmp_path)
    assert "Nowhere" not in line


@pytest.mark.parametrize("name", ["", "  ", "a" * 201, "a\x00b"])
def test_fetch_place_when_name_is_none_then_bad_usage(server: Standin, tmp_path: Path, name: str) -> None:
    failing(lambda: fetch_place(name, tmp_path, services=services(server)), BadUsageError, tmp_path)
    assert server.count() == 0


@pytest.mark.parametrize(
    ("box", "says"),
    [
        (BBox(math.nan, 60, 25, 61), "four numbers"),
        (BBox(24, 60, math.inf, 61), "four numbers"),
        (BBox(24, 60, 181, 61), "four numbers"),
        (BBox(24, 60, 25, 89), "four numbers"),
        (BBox(25, 60, 24, 61), "turned round"),
        (BBox(24, 61, 25, 60), "turned round"),
        (BBox(24, 60, 24, 61), "empty"),
        (BBox(24, 60, 26, 61), "km²"),
        (BBox(-180, -80, 180, 80), "km²"),
    ],
)
def test_fetch_bbox_when_box_is_none_then_bad_usage(server: Standin, tmp_path: Path, box: BBox, says: str) -> None:
    line = failing(lambda: fetch_bbox(box, tmp_path, services=services(server)), BadUsageError, tmp_path)
    assert says in line
    assert server.count() == 0


def test_fetch_place_when_it_is_a_country_then_bad_usage(server: Standin, tmp_path: Path, naps: list[float]) -> None:
    del naps
    server.places["suomi"] = standin.place("Suomi", shapely.box(20, 60, 31, 70))
    line = failing(lambda: fetch_place("Suomi", tmp_path, services=services(server)), BadUsageError, tmp_path)
    assert "extract file" in line


def test_fetch_when_service_address_is_none_then_bad_usage(server: Standin, tmp_path: Path) -> None:
    for url in ("ftp://example.org", "overpass", "https://"):
        assert "https://" in fails(server, tmp_path, BadUsageError, overpass_url=url)


def test_fetch_when_cache_cannot_be_written_then_one_line(server: Standin, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match="cannot write"):
        fetch_bbox(BLOCK, tmp_path / "file", services=services(server))
    with pytest.raises(OutsideError, match="cannot be written"):
        download._Elements().write(tmp_path / "nowhere" / "x.osm.pbf", BLOCK, 0.5)


# --- what is put back, what is kept quiet ---


@pytest.mark.parametrize("behaviour", [None, page(500), truncated])
def test_fetch_when_done_then_osmnx_and_the_resolver_are_as_before(
    server: Standin, tmp_path: Path, behaviour: Callable[[standin.Handler], None] | None
) -> None:
    def state() -> dict[str, object]:
        return {key: value for key, value in vars(osmnx.settings).items() if not key.startswith("_")}

    before, resolver = state(), socket.getaddrinfo
    server.script("interpreter", behaviour or data(answer(server)))
    if behaviour:
        fails(server, tmp_path)
    else:
        fetch_bbox(BLOCK, tmp_path, services=services(server))
    assert state() == before
    assert socket.getaddrinfo is resolver
    assert not logging.getLogger("urllib3.connectionpool").disabled


def test_fetch_when_logging_everything_then_question_is_in_no_log(
    server: Standin,
    tmp_path: Path,
    naps: list[float],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    del naps
    server.script("interpreter", data(answer(server)))
    with caplog.at_level(logging.DEBUG):
        fetch_place(KAMPPI, tmp_path, services=services(server))
    written = caplog.text + "".join(capfd.readouterr())
    assert "Kamppi" not in written
    assert not re.search(r"60\.1\d", written)


def test_services_when_not_told_then_those_of_osmnx() -> None:
    assert osmnx.settings.nominatim_url == DEFAULT_SERVICES.nominatim_url
    assert osmnx.settings.overpass_url == DEFAULT_SERVICES.overpass_url


def test_standin_when_query_is_not_understood_then_http_400(server: Standin) -> None:
    for query in ("", "[out:json][timeout:9];(node(1););out;", "[out:xml][timeout:9];();out;"):
        reply = requests.post(f"{server.overpass_url}/interpreter", data={"data": query}, timeout=5)
        assert reply.status_code == 400
        assert "parse error" in reply.text
