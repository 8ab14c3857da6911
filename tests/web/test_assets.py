"""Files with a hash in their address: types, packing, whole or not at all."""

from __future__ import annotations

import dataclasses
import gzip
import json
import mmap
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest

from web import create_app
from web.assets import TYPES, Asset, Bundle
from web.privacy import HEADERS, KEPT

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from routing.area import Area

STATIC = Path(__file__).parents[2] / "web" / "static"
BASEMAP = b"PMTiles\x03" + bytes(range(256)) * 8000


@pytest.fixture(scope="module")
def area(demo: Area) -> Area:
    with tempfile.TemporaryFile() as file:
        file.write(BASEMAP)
        file.flush()
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return dataclasses.replace(demo, basemap_given=mapped)


@pytest.fixture(scope="module")
def client(area: Area) -> FlaskClient:
    return create_app(area).test_client()


@pytest.fixture(scope="module")
def addresses(client: FlaskClient) -> dict[str, str]:
    """What the page names, by the last part of it."""
    page = client.get("/en/").text
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    config = json.loads(re.findall(r'id="config">(.*?)</script>', page)[0])
    files = [told["url"] for told in config["area"]["files"].values()]
    vendor = f"{config['urls']['vendor']}maplibre-gl.css"
    return {address.rsplit("/", 1)[1].split(".")[0]: address for address in [*found, *files, vendor]}


def test_files_when_the_page_names_them_then_all_are_there_and_kept(
    client: FlaskClient, addresses: dict[str, str]
) -> None:
    assert len(addresses) > 10
    for address in addresses.values():
        if "/vendor/" in address and not (STATIC / "vendor" / "maplibre-gl.css").exists():
            continue
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["Cache-Control"] == KEPT
        assert response.headers["Accept-Ranges"] == "none"
        assert all(response.headers[name] == value for name, value in HEADERS.items())
        assert not {"ETag", "Last-Modified", "Set-Cookie"} & set(response.headers.keys())


@pytest.mark.parametrize(
    ("name", "kind"),
    [("main", "text/javascript; charset=utf-8"), ("app", "text/css; charset=utf-8"), ("icon", "image/svg+xml"),
     ("places", "application/json"), ("cameras", "application/geo+json"), ("basemap", "application/vnd.pmtiles"),
     ("pack", "application/octet-stream"), ("camera_pack", "application/octet-stream")],
)  # fmt: skip
def test_files_when_fetched_then_of_the_right_type(
    client: FlaskClient, addresses: dict[str, str], name: str, kind: str
) -> None:
    assert client.get(addresses[name]).content_type == kind


def test_types_when_a_folder_has_a_file_then_it_is_known_or_not_served() -> None:
    # what TypeScript reads at a desk is of no use to a browser, and never served
    served = [path for path in (STATIC / "js").rglob("*") if path.is_file() and not path.name.endswith(".d.ts")]
    assert {path.suffix for path in served} <= set(TYPES)
    assert TYPES[".mjs"] == "text/javascript"
    assert TYPES[".webmanifest"] == "application/manifest+json"


def test_files_when_brotli_is_taken_then_packed_but_for_what_is_already(
    client: FlaskClient, addresses: dict[str, str]
) -> None:
    for name, address in addresses.items():
        plain = client.get(address).data
        response = client.get(address, headers={"Accept-Encoding": "gzip, br"})
        packed = response.headers.get("Content-Encoding") == "br"
        assert packed == (name != "basemap" and len(response.data) < len(plain))
        assert (brotli.decompress(response.data) if packed else response.data) == plain
        refused = client.get(address, headers={"Accept-Encoding": "br;q=0, gzip"})
        if name in {"pack", "camera_pack"}:
            assert refused.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(refused.data) == plain
        else:
            assert "Content-Encoding" not in refused.headers
        assert client.get(address, headers={"Accept-Encoding": "br;q=0, gzip;q=0"}).data == plain


@pytest.mark.parametrize("wanted", ["bytes=0-9", "bytes=-5", "bytes=999999999-", "bytes=0-1,5-6", "lines=1"])
def test_files_when_a_range_is_asked_then_the_whole(
    client: FlaskClient, addresses: dict[str, str], wanted: str
) -> None:
    for name in ("basemap", "places", "main"):
        response = client.get(addresses[name], headers={"Range": wanted, "If-Range": "x"})
        assert response.status_code == 200
        assert "Content-Range" not in response.headers
    assert client.get(addresses["basemap"], headers={"Range": wanted}).data == BASEMAP


@pytest.mark.parametrize("begin", [1, 4096, len(BASEMAP) - 1])
def test_files_when_a_download_was_cut_then_the_rest_of_it_as_it_is(
    client: FlaskClient, addresses: dict[str, str], begin: int
) -> None:
    headers = {"Range": f"bytes={begin}-", "Accept-Encoding": "gzip, br"}
    response = client.get(addresses["basemap"], headers=headers)
    assert (response.status_code, response.data) == (206, BASEMAP[begin:])
    assert response.headers["Content-Range"] == f"bytes {begin}-{len(BASEMAP) - 1}/{len(BASEMAP)}"
    assert "Content-Encoding" not in response.headers
    places = client.get(addresses["places"]).data
    response = client.get(addresses["places"], headers=headers | {"Range": f"bytes={len(places) // 2}-"})
    assert (response.status_code, response.data) == (206, places[len(places) // 2 :])
    assert "Content-Encoding" not in response.headers, "what is unpacked already cannot go on packed"


def test_files_when_only_the_head_is_asked_then_length_and_no_body(
    client: FlaskClient, addresses: dict[str, str]
) -> None:
    response = client.head(addresses["basemap"])
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Content-Length"] == str(len(BASEMAP))


@pytest.mark.parametrize(
    "path",
    ["/static/0000000000000000/app.css", "/static/{hash}/../app.css", "/static/{hash}/%2e%2e/%2e%2e/app.py",
     "/static/{hash}/vendor/maplibre-gl.css", "/static/{hash}/", "/static/", "/files/places.0000000000000000.json",
     "/files/..", "/vendor/{hash}/app.css", "/static/{hash}/app.css%00"],
)  # fmt: skip
def test_files_when_the_address_is_of_nothing_then_404(
    client: FlaskClient, addresses: dict[str, str], path: str
) -> None:
    bundle = addresses["app"].split("/")[2]
    response = client.get(path.format(hash=bundle))
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store, no-transform"


def test_bundle_when_a_file_changes_then_so_does_the_address_of_all(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.mjs").write_text("export const one = 1;")
    (tmp_path / "notes.xyz").write_text("not served")
    first = Bundle(tmp_path)
    assert Bundle(tmp_path).hash == first.hash
    assert len(list(first)) == 1
    (tmp_path / "js" / "a.mjs").write_text("export const one = 2;")
    assert Bundle(tmp_path).hash != first.hash


def test_bundle_when_modules_import_each_other_then_each_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    texts = {
        "main": 'import { a } from "./a.mjs";\nimport {\n  b,\n} from "./b.mjs";\nconst c = await import("./c.mjs");',
        "a": 'import { b } from "./b.mjs";\nexport { d } from "./d.mjs";',
        "b": 'import { a } from "./a.mjs";',
        "c": "",
        "d": "",
    }
    for name, text in texts.items():
        (tmp_path / "js" / f"{name}.mjs").write_text(text)
    assert Bundle(tmp_path).modules("main.mjs") == ["js/main.mjs", "js/a.mjs", "js/b.mjs", "js/d.mjs"]


def test_asset_when_packing_does_not_help_then_it_is_sent_as_it_is() -> None:
    assert Asset(b"x", ".txt").brotli is None
    assert Asset(b"x" * 1000, ".woff2").brotli is None


def test_page_when_shown_then_language_by_address_or_by_wish(client: FlaskClient) -> None:
    assert '<html lang="ru"' in client.get("/ru/").text
    assert '<html lang="en"' in client.get("/en/", headers={"Accept-Language": "ru"}).text
    wishes = {
        "ru-RU,ru;q=0.9": "ru",
        "de, ru;q=0.5, en;q=0.2": "ru",
        "en-GB,ru;q=0.5": "en",
        "ru-RU,en;q=0.5": "ru",
        "en;q=0.2, RU-ru;q=0.3": "ru",
        "ru;q=0": "en",
        "*": "en",
        "zh": "en",
        ";;q=,-,=1": "en",
        "": "en",
    }
    for wish, lang in wishes.items():
        response = client.get("/", headers={"Accept-Language": wish})
        assert f'<html lang="{lang}"' in response.text
        assert response.headers["Content-Language"] == lang
        assert response.vary.to_header().lower().split(", ") == ["accept-encoding", "accept-language"]


def test_page_when_shown_then_nothing_of_another_origin_and_no_inline_code(client: FlaskClient) -> None:
    for lang in ("en", "ru"):
        page = client.get(f"/{lang}/").text
        assert set(re.findall(r"""(?:src|href|action)=["'](https?://[^"']*)""", page)) <= {
            "https://www.openstreetmap.org/copyright"
        }
        assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", page)
        assert all('type="application/json"' in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", page))
