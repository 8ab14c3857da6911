"""The map's style against the tiles it draws, its colours, the download of the basemap, and both in a browser."""

from __future__ import annotations

import gzip
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import pytest
from pmtiles.reader import MemorySource, all_tiles

from routing import basemap, maplayers
from routing.osm import read_extract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    Node = Callable[..., Any]

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "web" / "static"
EXTRACT = ROOT / "data" / "helsinki.osm.pbf"
TONES = (False, True)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE = b"""<!doctype html><html lang="en"><title>Map</title><link rel="stylesheet" href="/vendor/maplibre-gl.css">
<link rel="stylesheet" href="/page.css"><div id="map"></div><script src="/vendor/pmtiles.js"></script>
<script type="module" src="/page.mjs"></script>"""
CSS = b"html, body, #map { margin: 0; height: 100%; }"
SCRIPT = b"""
import * as gl from "/vendor/maplibre-gl.mjs";
import { basemapStyle } from "/js/style.mjs";
import { openBasemap } from "/js/tiles.mjs";
const asked = new URLSearchParams(location.search);
const shares = [];
const errors = [];
Object.assign(globalThis, { shares, errors });
const onProgress = (share) => shares.push(share);
const basemap = asked.has("bare") ? null : await openBasemap(gl, pmtiles, { url: "/map.pmtiles" }, { onProgress });
const fontsUrl = `${location.origin}/vendor/fonts/`;
const style = basemapStyle({ dark: asked.has("dark"), lang: asked.get("lang") ?? "", fontsUrl, basemap });
const map = new gl.Map({ container: "map", style, center: [24.9443, 60.17], zoom: 15, fadeDuration: 0 });
map.on("error", (event) => errors.push(String(event.error?.message)));
map.on("idle", () => { globalThis.idle = true; });
Object.assign(globalThis, { map });
"""
KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}


@dataclass
class Place:
    """A server on loopback that gives our files and a basemap, and remembers what it was asked."""

    archive: bytes
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path and Range
    cuts: int = 0  # so often the basemap's connection ends half-way
    status: int = 200
    url: str = ""

    def answer(self, path: str) -> bytes:
        if path == "/map.pmtiles":
            return self.archive
        if path.startswith(("/js/", "/vendor/")):
            return (STATIC / path.removeprefix("/")).read_bytes()
        return {"/": PAGE, "/page.css": CSS, "/page.mjs": SCRIPT}[path]


@pytest.fixture(scope="session")
def archive() -> bytes:
    box = read_extract(EXTRACT).bbox
    assert box is not None
    return basemap.draw(EXTRACT, box, name="Helsinki centre")


@pytest.fixture
def place(archive: bytes) -> Iterator[Place]:
    here = Place(archive)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            here.asked.append((path, self.headers.get("Range")))
            try:
                body = here.answer(path)
            except (KeyError, OSError):
                self.send_error(404)
                return
            self.send_response(here.status if path == "/map.pmtiles" else 200)
            self.send_header("Content-Type", KINDS.get(Path(path).suffix, "text/html" if path == "/" else "data/data"))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            if path == "/map.pmtiles" and here.cuts:
                here.cuts -= 1
                body = body[: len(body) // 2]
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield here
        server.shutdown()


def styles(node: Node) -> list[dict[str, Any]]:
    """Give the light and the dark style."""
    snippet = """return [false, true].map((dark) =>
        basemapStyle({ dark, lang: "en", fontsUrl: "/fonts/", basemap: { url: "pmtiles://x" } }))"""
    given: list[dict[str, Any]] = node(snippet, basemapStyle="style.mjs")
    return given


def expressions(of: object) -> Iterator[list[Any]]:
    """Give every list inside a layer."""
    if isinstance(of, list):
        yield of
    for part in of if isinstance(of, list) else of.values() if isinstance(of, dict) else ():
        yield from expressions(part)


# --- the style and what it draws ---


def test_style_when_it_asks_for_layers_and_fields_then_the_tiles_have_them(node: Node, archive: bytes) -> None:
    fields: dict[str, set[str]] = {}
    for _, tile in all_tiles(MemorySource(archive)):
        for layer, content in mapbox_vector_tile.decode(gzip.decompress(tile)).items():
            fields.setdefault(layer, set()).update(*(found["properties"] for found in content["features"]))
    for layer in (layer for style in styles(node) for layer in style["layers"] if "source" in layer):
        asked = {part[1] for part in expressions(layer) if part[0] in {"get", "has"}}
        assert asked - {"name:en"} <= fields[layer["source-layer"]], layer["id"]


def test_style_when_it_tells_kinds_apart_then_the_tiles_may_hold_them(node: Node) -> None:
    tables = json.dumps([getattr(maplayers, name) for name in vars(maplayers) if name.isupper()], default=list)
    known = set(re.findall(r'"([^"]+)"', tables)) | {"path", "rail", "ferry", "water", "ocean", "building", "address"}
    known |= {"earth", "pedestrian", "driveway", "escalator", "steps"}
    for part in (part for layer in styles(node)[0]["layers"] for part in expressions(layer)):
        if part[0] == "match":
            asked = [label for given in part[2:-1:2] for label in (given if isinstance(given, list) else [given])]
            assert set(asked) <= known


def test_style_when_light_or_dark_then_the_same_layers_in_other_colours(node: Node) -> None:
    light, dark = styles(node)
    assert [layer["id"] for layer in light["layers"]] == [layer["id"] for layer in dark["layers"]]
    ids = [layer["id"] for layer in light["layers"]]
    assert len(ids) == len(set(ids)) <= 40
    assert light["layers"] != dark["layers"]
    assert "glyphs" not in light
    assert "sprite" not in light
    source = light["sources"]["basemap"]
    assert "OpenStreetMap contributors" in source["attribution"]
    assert "ODbL" in source["attribution"]


def test_style_when_walks_are_put_below_names_then_nothing_but_names_above(node: Node) -> None:
    first = node("return FIRST_LABEL_LAYER", FIRST_LABEL_LAYER="style.mjs")
    layers = styles(node)[0]["layers"]
    at = next(number for number, layer in enumerate(layers) if layer["id"] == first)
    assert {layer["type"] for layer in layers[:at]} == {"background", "fill", "line"}
    assert {layer["type"] for layer in layers[at + 1 :]} == {"symbol", "circle"}
    bare = node('return basemapStyle({ fontsUrl: "/fonts/" })', basemapStyle="style.mjs")
    assert [layer["id"] for layer in bare["layers"]] == ["outside", first]
    assert bare["sources"] == {}


def test_fonts_when_named_then_the_files_are_there_and_hold_latin_and_cyrillic(node: Node) -> None:
    faces = styles(node)[0]["font-faces"]
    named = {
        stack[0]
        for layer in styles(node)[0]["layers"]
        for stack in expressions(layer.get("layout"))
        if "Noto" in str(stack[0])
    }
    assert named == set(faces) == {"Noto Sans Regular", "Noto Sans Bold"}
    for files in faces.values():
        ranges = []
        for file in files:
            assert (STATIC / "vendor" / file["url"].removeprefix("/")).is_file()
            for span in file["unicode-range"]:
                low, _, high = span.removeprefix("U+").partition("-")
                ranges.append((int(low, 16), int(high or low, 16)))
        for letter in "AzåäöŁşЁяїҒ№":
            assert any(low <= ord(letter) <= high for low, high in ranges), letter


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours as WCAG 2.2 reckons it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", TONES)
def test_names_when_read_on_their_halo_then_contrast_as_wcag_asks(node: Node, *, dark: bool) -> None:
    for layer in styles(node)[dark]["layers"]:
        if layer["type"] == "symbol":
            for colour in re.findall(r"#[0-9a-f]{6}", json.dumps(layer["paint"]["text-color"])):
                assert contrast(colour, layer["paint"]["text-halo-color"]) >= 4.5, layer["id"]


@pytest.mark.parametrize("dark", TONES)
def test_footways_and_walks_when_on_the_ground_then_seen(node: Node, *, dark: bool) -> None:
    layers = {layer["id"]: layer["paint"] for layer in styles(node)[dark]["layers"] if "paint" in layer}
    ground = layers["earth"]["fill-color"]
    assert contrast(layers["footways"]["line-color"][-1], ground) >= 3
    assert contrast(layers["stairs"]["line-color"], ground) >= 4.5
    walks = ("#e0a13a", "#7aa7ff", "#5fdcae") if dark else ("#8a5a00", "#1f5fbf", "#0b6b4f")
    surfaces = [
        layers["water"]["fill-color"],
        layers["buildings"]["fill-color"],
        layers["streets"]["line-color"][-1][-1],
    ]
    for walk in walks:
        for surface in (ground, *surfaces):
            assert contrast(walk, surface) >= 3, (walk, surface)


# --- the download ---

DOWNLOAD = """
const shares = [];
const kept = {};
const gl = { addProtocol: (name, load) => { kept[name] = load; } };
const pmtiles = {
  Protocol: class { constructor() { this.tile = "tile"; } add(archive) { kept.archive = archive; } },
  PMTiles: class { constructor(source) { this.source = source; } },
};
const abort = new AbortController();
if (given.abort) setTimeout(() => abort.abort(), given.abort - 1);
try {
  const onProgress = (share) => shares.push(share);
  const { url } = await openBasemap(gl, pmtiles, { url: given.url }, { onProgress, signal: abort.signal });
  const { data } = await kept.archive.source.getBytes(2, 5);
  return { url, key: kept.archive.source.getKey(), shares, part: new TextDecoder().decode(data), tile: kept.pmtiles };
} catch (error) {
  return { error: error.name, shares };
}
"""


def fetch(node: Node, place: Place, **more: object) -> dict[str, Any]:
    given: dict[str, Any] = node(DOWNLOAD, {"url": f"{place.url}/map.pmtiles", **more}, openBasemap="tiles.mjs")
    return given


def test_basemap_when_downloaded_then_once_whole_and_read_from_memory(node: Node, place: Place) -> None:
    got = fetch(node, place)
    assert place.asked == [("/map.pmtiles", None)]
    assert got["url"] == f"pmtiles://{got['key']}"
    assert (got["part"], got["tile"]) == ("Tiles", "tile")
    assert got["shares"] == sorted(got["shares"])
    assert got["shares"][-1] == 1


def test_basemap_when_the_connection_is_cut_then_fetched_to_its_end(node: Node, place: Place) -> None:
    place.cuts = 1
    assert fetch(node, place)["part"] == "Tiles"
    (first, none), (second, rest) = place.asked
    assert (first, second, none) == ("/map.pmtiles", "/map.pmtiles", None)
    assert rest is None or re.fullmatch("bytes=[0-9]+-", rest)


def test_basemap_when_the_connection_is_cut_at_the_same_place_each_time_then_given_up(node: Node, place: Place) -> None:
    place.cuts = 99
    assert "error" in fetch(node, place)
    assert 2 <= len(place.asked) <= 4


def test_basemap_when_the_server_says_no_then_not_asked_again(node: Node, place: Place) -> None:
    place.status = 503
    assert "error" in fetch(node, place)
    assert place.asked == [("/map.pmtiles", None)]


def test_basemap_when_it_is_something_else_then_refused(node: Node, place: Place) -> None:
    place.archive = b"<!doctype html>"
    assert "error" in fetch(node, place)


def test_basemap_when_the_page_lets_go_then_no_second_try(node: Node, place: Place) -> None:
    assert fetch(node, place, abort=1)["error"] == "AbortError"
    assert len(place.asked) <= 1


# --- in a browser ---


def await_idle(page: Page) -> None:
    for _ in range(300):
        if page.evaluate("() => globalThis.idle === true"):
            return
        page.wait_for_timeout(100)
    pytest.fail("the map does not come to rest")


@pytest.mark.parametrize("query", ["lang=ru", "lang=en&dark", "bare"])
def test_map_when_drawn_in_a_browser_then_names_no_error_and_no_range(
    chromium: Browser, place: Place, query: str
) -> None:
    page = chromium.new_page(viewport={"width": 400, "height": 700})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(f"{place.url}/?{query}")
    await_idle(page)
    assert page.evaluate("() => globalThis.errors") == []
    assert [line for line in told if "favicon" not in line and "404" not in line and "GPU stall" not in line] == []
    if query != "bare":
        drawn = page.evaluate("() => map.queryRenderedFeatures().map((one) => one.layer.id)")
        assert {"earth", "buildings", "streets", "footways", "stairs", "street-names", "station-names"} <= set(drawn)
        names = page.evaluate(
            """() => map.queryRenderedFeatures({ layers: ["station-names"] })
            .map(({ properties }) => properties["name:ru"] ?? properties.name)"""
        )
        assert names
        fonts = page.evaluate("() => [...document.fonts].map((font) => font.status)")
        assert len(fonts) >= 2
        assert set(fonts) == {"loaded"}
        before = len(place.asked)
        page.evaluate("() => { globalThis.idle = false; map.jumpTo({ center: [24.9400, 60.1680], zoom: 16.5 }); }")
        await_idle(page)
        after = [path for path, _ in place.asked[before:] if not path.startswith("/vendor/fonts/")]
        assert after == []  # moving about asks nothing
        assert [path for path, _ in place.asked].count("/map.pmtiles") == 1
    assert {asked for _, asked in place.asked} == {None}
    page.close()
