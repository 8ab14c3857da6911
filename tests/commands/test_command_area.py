"""``sidestep area``: building, from a file or from a place anywhere, and exports; bad input leaves nothing behind."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import osmium
import osmnx
import pyogrio
import pytest
import shapely
from command_line import BLOCK, COLUMNS, EXTRACT, Cli, Map, demo_of, fails
from pyarrow import parquet
from standin import Standin, busy, page, refused_url

import routing
from routing.area_folder import load
from routing.cameras import read_cameras, write_cameras
from routing.export import edges_frame
from routing.model import ATTRIBUTION, Camera, LonLat

if TYPE_CHECKING:
    from pathlib import Path


def test_build_when_nothing_is_named_then_the_demo_area(cli: Cli, home: Path) -> None:
    told = cli("area", "build")
    assert told.code == 0
    assert told.out.startswith("Helsinki centre: 221 cameras mapped")
    folder = home / "data" / "sidestep" / "areas" / "helsinki-centre"
    assert f"folder: {folder}\n" in told.out
    assert ATTRIBUTION in told.out
    assert cli("area", "info", "helsinki-centre").out == told.out
    assert [path.name for path in folder.parent.iterdir()] == ["helsinki-centre"]


def test_info_when_no_area_is_named_then_the_demo_area(cli: Cli, home: Path) -> None:
    told = cli("area", "info")
    assert told.code == 0
    assert f"folder: {demo_of(home)}\n" in told.out
    assert re.search(r"^directed edges: \d+,\d{3}$", told.out, re.MULTILINE)


def test_build_when_box_and_camera_files_are_given_then_holds_both_and_only_the_box(cli: Cli, tmp_path: Path) -> None:
    files = []
    for number in (1, 2):
        files += ["--cameras", tmp_path / f"{number}.geojson"]
        tags = {"man_made": "surveillance", "surveillance:type": "camera"}
        write_cameras(files[-1], [Camera(f"ss/{'a' * 9}{number + 1}", LonLat(24.944, 60.168 + number / 1000), tags)])
    built = cli("area", "build", EXTRACT, "--bbox", BLOCK, *files, "--out", tmp_path / "area")
    assert built.code == 0
    area = load(tmp_path / "area")
    assert {camera.id for camera in area.cameras} >= {"ss/aaaaaaaaa2", "ss/aaaaaaaaa3"}
    west, south, east, north = map(float, BLOCK.split(","))
    lon, lat = area.graph.node_lonlat.T
    assert west <= lon.min() < lon.max() <= east
    assert south <= lat.min() < lat.max() <= north


def test_build_when_again_then_replaced_whole_and_vanished_cameras_listed(
    cli: Cli, village: Map, tmp_path: Path
) -> None:
    extract, area = tmp_path / "village.osm", tmp_path / "areas" / "village"
    camera = village.node(100, 5, man_made="surveillance", surveillance__type="camera", surveillance="public")
    village.write(extract)
    first = cli("area", "build", extract, "--out", area)
    assert "cameras: 1\n" in first.out
    assert "gone" not in first.out
    village.nodes.pop()
    village.street("Uusi katu", (400, 0), (400, 100))
    second = cli("area", "build", village.write(extract), "--out", area)
    assert f"cameras gone from the map since the last build, which stay in dispute: osm/node/{camera}\n" in second.out
    assert cli("area", "info", area).out == second.out
    assert load(area).graph.way_id.max() == 3
    assert [path.name for path in area.parent.iterdir()] == ["village"]


@pytest.mark.parametrize("layer", ["edges", "cameras"])
@pytest.mark.parametrize("form", ["geojson", "geopackage", "geoparquet", "graphml"])
@pytest.mark.parametrize("which", ["block", "village"])
def test_export_when_read_back_then_holds_the_whole_layer(
    cli: Cli, village: Map, block: Path, tmp_path: Path, which: str, form: str, layer: str
) -> None:
    del village, block  # they are there now
    suffix = {"geojson": "geojson", "geopackage": "gpkg", "geoparquet": "parquet", "graphml": "graphml"}[form]
    folder, file = tmp_path / which, tmp_path / "work" / f"export.{suffix}"
    if which == "village":
        assert cli("area", "build", tmp_path / "village.osm", "--out", folder).code == 0
    arguments = ("area", "export", folder, "--layer", layer, "--format", form, "-o", file)
    if form == "graphml" and layer == "cameras":
        fails(cli, tmp_path, 2, *arguments, says=["GraphML"])
        return
    file.write_text("older")
    assert cli(*arguments) == (0, "", "")
    assert list(file.parent.iterdir()) == [file]
    area = load(folder)
    if form == "graphml":
        graph = osmnx.load_graphml(file, edge_dtypes=routing.EDGE_DTYPES)
        assert graph.number_of_edges() == area.graph.edge_count
        frame = edges_frame(area)
        for name in ("length_m", "effort_m", "in_view_m", "risk", "risk_unmapped", "hazard"):
            told = [data[name] for *_, data in graph.edges(data=True)]
            assert sorted(told) == pytest.approx(sorted(frame[name].tolist()), rel=1e-9), name
        assert sorted(data.get("name", "") for *_, data in graph.edges(data=True)) == sorted(frame["name"].fillna(""))
        assert ATTRIBUTION in file.read_text(encoding="utf-8")
        return
    frame, said = read_export(file, form)
    assert said == ATTRIBUTION
    if layer == "cameras":
        assert len(frame) == len(area.cameras)
        assert (len(frame) > 0) == (which == "block")
        if len(frame):
            assert frame["id"].tolist() == [camera.id for camera in area.cameras]
        return
    assert set(frame.columns) >= COLUMNS
    assert frame["length_m"].tolist() == pytest.approx((area.graph.length_dm[order(area)] / 10).tolist())
    assert frame["in_view_m"].sum() == pytest.approx(area.in_view_dm.sum() / 10)
    assert sorted(set(frame["osm_way_id"])) == sorted(set(area.graph.way_id.tolist()))
    ends = {int(ref): at for ref, at in zip(area.graph.node_id, area.graph.node_lonlat, strict=True)}
    first = shapely.get_coordinates(shapely.get_point(frame.geometry.values, 0))
    assert np.allclose(first, [ends[u] for u in frame["u"]], atol=1e-6)


def order(area: object) -> list[int]:
    """Return the edges in the order in which networkx goes through them: by the node they leave."""
    graph = area.graph  # type: ignore[attr-defined]
    return sorted(range(graph.edge_count), key=lambda edge: int(graph.tail[edge]))


def read_export(file: Path, form: str) -> tuple[gpd.GeoDataFrame, str]:
    if form == "geoparquet":
        return gpd.read_parquet(file), parquet.read_schema(file).metadata[b"attribution"].decode()
    if form == "geopackage":
        return gpd.read_file(file), pyogrio.read_info(file)["layer_metadata"]["attribution"]
    return gpd.read_file(file), json.loads(file.read_text(encoding="utf-8"))["attribution"]


def urls(server: Standin) -> tuple[str, ...]:
    return "--nominatim-url", server.nominatim_url, "--overpass-url", server.overpass_url


def test_build_when_a_place_is_named_then_found_fetched_and_walked_in(cli: Cli, server: Standin, home: Path) -> None:
    told = cli("area", "build", "Kamppi, Helsinki", *urls(server))
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Kamppi, Helsinki: ")
    kept = load(home / "data" / "sidestep" / "areas" / "kamppi-helsinki").manifest
    assert f"area {kept.area_km2:.6f} km2" in str(
        osmium.io.Reader(str(next((home / "cache" / "sidestep" / "extracts").iterdir()))).header().get("generator")
    )
    walk = cli("route", "Narinkkatori", "Senaatintori", "--area", "kamppi-helsinki")
    assert walk.code == 0
    assert "Kamppi, Helsinki: " in walk.out
    asked = server.count()
    assert cli("area", "build", "Kamppi, Helsinki", *urls(server)).code == 0
    assert server.count() == asked
    assert sorted(path.name for path in (home / "data" / "sidestep" / "areas").iterdir()) == ["kamppi-helsinki"]


def test_build_when_a_box_is_given_then_fetched_and_named(cli: Cli, server: Standin, tmp_path: Path) -> None:
    box = ("--bbox", "24.9400,60.1680,24.9420,60.1690")
    assert cli("area", "build", "Kortteli", *box, *urls(server)).out.startswith("Kortteli: ")
    file = tmp_path / "cameras.geojson"
    assert cli("cameras", "import-osm", *box, "-o", file, *urls(server)).code == 0
    assert read_cameras(file)


@pytest.mark.parametrize(
    ("page_name", "behaviour", "code", "says"),
    [
        ("search", None, 2, "knows no place"),
        ("search", busy(429), 5, "too busy"),
        ("search", page(403), 5, "refuses"),
        ("search", page(200), 5, "not data"),
        ("interpreter", busy(504), 5, "too busy"),
        ("interpreter", page(500), 5, "failed inside"),
        ("status", busy(429), 5, "too busy"),
    ],
)
def test_build_when_a_service_fails_then_one_line_and_nothing_left(
    cli: Cli, server: Standin, tmp_path: Path, page_name: str, behaviour: object, code: int, says: str
) -> None:
    (tmp_path / "home" / "cache" / "sidestep" / "extracts").mkdir()
    place = "Kamppi, Helsinki" if behaviour else "Nowhere at all"
    if behaviour:
        server.script(page_name, forever=behaviour)
    fails(cli, tmp_path, code, "area", "build", place, *urls(server), "--max-wait", 0, says=[says])


@pytest.mark.parametrize("which", ["--nominatim-url", "--overpass-url"])
def test_build_when_a_service_is_down_then_one_line_and_nothing_left(
    cli: Cli, server: Standin, tmp_path: Path, which: str
) -> None:
    (tmp_path / "home" / "cache" / "sidestep" / "extracts").mkdir()
    more = (which, refused_url())
    fails(cli, tmp_path, 5, "area", "build", "Kamppi, Helsinki", *urls(server), *more, says=["refuses the connection"])
    fails(cli, tmp_path, 2, "area", "build", "Kamppi, Helsinki", *urls(server), which, "ftp://x", says=["https://"])


@pytest.mark.parametrize("source", ["nowhere.osm.pbf", "./kotikatu 5", "/home/me/secret", "60.1699,24.9384", "95,190"])
def test_build_when_a_file_is_mistyped_or_a_position_then_nobody_is_asked(
    cli: Cli, server: Standin, tmp_path: Path, source: str
) -> None:
    code = 2 if source[0].isdecimal() else 4
    fails(cli, tmp_path, code, "area", "build", source, *urls(server))
    assert server.count() == 0


# --- bad input: one line, the contract's exit code, nothing left behind ---


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"not a map",
        b"<osm",
        b"<osm version='0.6'></osm>",
        b"<osm version='0.6'><node id='x'/></osm>",
        (
            b"<osm version='0.6'><node id='1' lat='95' lon='500'/><node id='2' lat='95' lon='501'/><way id='1'>"
            b"<nd ref='1'/><nd ref='2'/><tag k='highway' v='footway'/></way></osm>"
        ),
        b"<osm version='0.6'><node id='1' lat='nan' lon='nan'/></osm>",
        b"<osm version='0.6'><way id='1'><nd ref='1'/><nd ref='2'/><tag k='highway' v='footway'/></way></osm>",
        b"\x00" * 1000,
        bytes(range(256)) * 50,
    ],
)
@pytest.mark.parametrize("name", ["map.osm", "map.osm.pbf", "map.osm.gz", "map.osm.bz2", "zip.osm.gz"])
def test_build_when_an_extract_is_garbage_then_exit_4(cli: Cli, tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(content) if name.startswith("zip") else content)
    fails(cli, tmp_path, 4, "area", "build", tmp_path / name, "--out", tmp_path / "area", says=[name])


@pytest.mark.parametrize("kept", [1, 13, 200, 5_000, 100_000, 400_000, 685_109])
def test_build_when_an_extract_is_truncated_then_exit_4(cli: Cli, tmp_path: Path, kept: int) -> None:
    (tmp_path / "map.osm.pbf").write_bytes(EXTRACT.read_bytes()[:kept])
    fails(cli, tmp_path, 4, "area", "build", tmp_path / "map.osm.pbf", "--out", tmp_path / "area", says=["map.osm.pbf"])


def test_build_when_a_file_is_a_folder_or_not_there_then_exit_4(cli: Cli, tmp_path: Path, village: Map) -> None:
    del village
    (tmp_path / "folder.osm").mkdir()
    for source in ("folder.osm", "none.osm"):
        fails(cli, tmp_path, 4, "area", "build", tmp_path / source, "--out", tmp_path / "area", says=[source])
        fails(cli, tmp_path, 4, "cameras", "import-osm", tmp_path / source, "-o", tmp_path / "x", says=[source])
    for file in ("folder.osm", "none.geojson"):
        arguments = ("area", "build", tmp_path / "village.osm", "--cameras", tmp_path / file)
        fails(cli, tmp_path, 4, *arguments, says=[file])
    far = ("--bbox", "10,10,11,11")
    fails(cli, tmp_path, 4, "area", "build", tmp_path / "village.osm", *far, says=["no way that one may walk"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["is empty"]),
        ("[", ["not JSON", "line 1"]),
        ("[]", ["FeatureCollection"]),
        ('{"type":"FeatureCollection","features":[\n\n{}]}', ["line 3, feature 1"]),
        ('{"type":"FeatureCollection","features":[NaN]}', ["NaN"]),
        ("[" * 100_000, ["deep"]),
    ],
)
def test_build_when_a_camera_file_is_none_then_exit_4_and_where(
    cli: Cli, tmp_path: Path, village: Map, text: str, says: list[str]
) -> None:
    del village
    (tmp_path / "c.geojson").write_text(text)
    arguments = ("area", "build", tmp_path / "village.osm", "--cameras", tmp_path / "c.geojson")
    fails(cli, tmp_path, 4, *arguments, says=["c.geojson", *says])
