"""The basemap: what is drawn and how it is told apart, the sea, clipped maps, the archive, and the area it lies in."""

from __future__ import annotations

import dataclasses
import gzip
import re
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from drawing import HELSINKI, draw
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MemorySource, Reader, all_tiles

from routing import basemap, build, tiles, workspace
from routing.area_folder import load, save
from routing.cli import run
from routing.coast import closed, sea_of
from routing.errors import BadFileError, OutsideError
from routing.geo import from_frame, scale_at
from routing.mapfeatures import read_features
from routing.maplayers import MAX_ZOOM, areas_of, labels_of, lines_of
from routing.model import ATTRIBUTION, BBox

# ruff: noqa: RUF001 - Russian letters look like Latin ones, and are meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from drawing import Drawing

    from routing.area import Area
    from routing.mapfeatures import Feature

EXTRACT = Path(__file__).parents[1] / "data" / "helsinki.osm.pbf"
BOX = BBox(24.9400, 60.1670, 24.9480, 60.1700)
# all that a style may refer to
FIELDS = {
    "earth": {"kind"},
    "landuse": {"kind"},
    "water": {"kind", "name", "name:ru", "name:en"},
    "roads": {"kind", "kind_detail", "name", "name:ru", "name:en", "walk", "is_bridge", "is_tunnel"},
    "buildings": {"kind", "addr_housenumber"},
    "places": {"kind", "kind_detail", "name", "name:ru", "name:en"},
    "pois": {"kind", "name", "name:ru", "name:en", "min_zoom"},
}


def drawn(archive: bytes, zoom: int = MAX_ZOOM) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Give layer, fields and geometry of everything that an archive's tiles of a zoom hold."""
    for (z, _, _), tile in all_tiles(MemorySource(archive)):
        if z == zoom:
            for layer, content in mapbox_vector_tile.decode(gzip.decompress(tile)).items():
                yield from ((layer, found["properties"], found["geometry"]) for found in content["features"])


@pytest.fixture(scope="module")
def archive() -> bytes:
    return basemap.draw(EXTRACT, build.read_extract(EXTRACT).bbox, name="Helsinki centre")


@pytest.fixture(scope="module")
def block() -> Area:
    return build.build_area(EXTRACT, bbox=BOX, name="block")


def features(drawing: Drawing, tmp_path: Path, box: BBox | None = None) -> list[Feature]:
    lon, lat = zip(*drawing.lonlat.values(), strict=True)
    whole = BBox(min(lon) - 0.001, min(lat) - 0.001, max(lon) + 0.001, max(lat) + 0.001)
    return read_features(drawing.write(tmp_path / "drawing.osm"), box or whole)


def fields_of(found: Sequence[Feature], layer: str) -> list[Mapping[str, object]]:
    return [dict(feature.drawn.fields) for feature in found if feature.drawn.layer == layer]


# --- what is drawn ---


@pytest.mark.parametrize(
    ("tags", "kind", "detail", "more"),
    [
        ("highway=footway", "path", "footway", {}),
        ("highway=footway footway=sidewalk", "path", "sidewalk", {}),
        ("highway=footway footway=crossing", "path", "crossing", {}),
        ("highway=steps", "path", "steps", {}),
        ("highway=steps conveying=yes", "path", "escalator", {}),
        ("highway=pedestrian", "path", "pedestrian", {}),
        ("highway=cycleway", "path", "cycleway", {}),
        ("highway=cycleway foot=no", "path", "cycleway", {"walk": "no"}),
        ("highway=residential", "minor_road", "residential", {}),
        ("highway=service service=driveway", "minor_road", "driveway", {}),
        ("highway=service access=private", "minor_road", "service", {"walk": "no"}),
        ("highway=primary bridge=yes", "major_road", "primary", {"is_bridge": True}),
        ("highway=motorway", "highway", "motorway", {"walk": "no"}),
        ("highway=footway tunnel=yes", "path", "footway", {"is_tunnel": True}),
        ("highway=corridor", "path", "corridor", {"is_tunnel": True}),
        ("railway=tram", "rail", "tram", {}),
    ],
)
def test_way_when_drawn_then_told_apart_as_a_walker_does(tags: str, kind: str, detail: str, more: object) -> None:
    (found,) = lines_of(dict(pair.split("=") for pair in tags.split()))
    fields = dict(found.fields)
    assert (found.layer, fields.pop("kind"), fields.pop("kind_detail"), fields) == ("roads", kind, detail, more)


@pytest.mark.parametrize(
    "tags", ["highway=construction", "railway=subway tunnel=yes", "waterway=stream tunnel=culvert", "building=yes"]
)
def test_way_when_nothing_of_it_can_be_seen_then_not_drawn(tags: str) -> None:
    assert list(lines_of(dict(pair.split("=") for pair in tags.split()))) == []


@pytest.mark.parametrize(
    ("tags", "layer", "kind"),
    [
        ("building=yes", "buildings", "building"),
        ("natural=water", "water", "water"),
        ("waterway=riverbank", "water", "water"),
        ("leisure=park", "landuse", "park"),
        ("landuse=forest", "landuse", "wood"),
        ("highway=pedestrian area=yes", "landuse", "pedestrian"),
        ("highway=pedestrian type=multipolygon", "landuse", "pedestrian"),
        ("man_made=pier", "landuse", "pier"),
    ],
)
def test_area_when_drawn_then_in_its_layer(tags: str, layer: str, kind: str) -> None:
    (found,) = areas_of(dict(pair.split("=") for pair in tags.split()))
    assert (found.layer, dict(found.fields)) == (layer, {"kind": kind})


@pytest.mark.parametrize(
    "tags", ["highway=pedestrian", "building=no", "building=roof", "building=yes location=underground"]
)
def test_area_when_it_covers_no_ground_then_not_drawn(tags: str) -> None:
    assert list(areas_of(dict(pair.split("=") for pair in tags.split()))) == []


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ({"name": "Тверская"}, {"name": "Тверская"}),
        (
            {"name": "Тверская", "name:ru": "Тверская", "name:en": "Tverskaya"},
            {"name": "Тверская", "name:en": "Tverskaya"},
        ),
        (
            {"name": " Kauppa \n tori ", "name:ru": "Торг", "name:sv": "Torg"},
            {"name": "Kauppa tori", "name:ru": "Торг"},
        ),
        ({"name:en": "Mall"}, {"name:en": "Mall"}),
        ({"name": "x" * 300}, {"name": "x" * 100}),
    ],
)
def test_names_when_tagged_then_own_russian_and_english(names: dict[str, str], wanted: dict[str, str]) -> None:
    (found,) = lines_of({"highway": "residential"} | names)
    assert {key: value for key, value in found.fields if key.startswith("name")} == wanted


@pytest.mark.parametrize(("number", "count"), [("12", 1), ("8 с1", 1), ("  ", 0), ("1;2;3;4;5;6;7;8", 0)])
def test_house_number_when_short_then_written(number: str, count: int) -> None:
    assert len(list(labels_of({"addr:housenumber": number}))) == count


def test_label_when_it_has_no_name_then_only_for_stops() -> None:
    assert list(labels_of({"tourism": "museum"})) == []
    assert [dict(found.fields)["kind"] for found in labels_of({"railway": "tram_stop"})] == ["tram_stop"]


# --- the sea, against polygons that are known ---


def star(random: np.random.Generator, at: tuple[float, float], reach_m: float) -> shapely.Polygon:
    """Make an island whose shore goes in and out."""
    count = int(random.integers(5, 40))
    turn = np.sort(random.uniform(0, 2 * np.pi, count))
    far = reach_m * random.uniform(0.4, 1.0, count)
    return shapely.Polygon(np.stack([at[0] + far * np.cos(turn), at[1] + far * np.sin(turn)], axis=1)).buffer(0)


SIDE_M = 4000.0
SEA_BOX = BBox(*HELSINKI, *from_frame(np.array([SIDE_M, SIDE_M]), np.array(HELSINKI)).tolist())


def degrees(points: np.ndarray) -> np.ndarray:
    scale = scale_at((SEA_BOX.south + SEA_BOX.north) / 2)
    return points / np.array([float(scale.lon_m), float(scale.lat_m)]) + np.array(HELSINKI)


def apart_m2(found: shapely.Geometry, wanted: shapely.Geometry) -> float:
    """Give the area by which what was found, in degrees, differs from what was wanted, in metres."""
    scale = scale_at((SEA_BOX.south + SEA_BOX.north) / 2)
    flat = shapely.transform(
        found, lambda points: (points - np.array(HELSINKI)) * np.array([float(scale.lon_m), float(scale.lat_m)])
    )
    return float(flat.symmetric_difference(wanted).area)


def frame() -> shapely.Polygon:
    scale = scale_at((SEA_BOX.south + SEA_BOX.north) / 2)
    width = (SEA_BOX.east - SEA_BOX.west) * float(scale.lon_m)
    return shapely.box(0, 0, width, (SEA_BOX.north - SEA_BOX.south) * float(scale.lat_m))


def shores(land: shapely.Geometry, random: np.random.Generator) -> list[np.ndarray]:
    """Cut the rims of land into coastlines: land to their left, in any order."""
    lines = []
    for part in shapely.get_parts(shapely.orient_polygons(land)):
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)
            cuts = sorted({0, len(points) - 1, *random.integers(1, len(points) - 1, 2).tolist()})
            lines += [points[a : b + 1] for a, b in pairwise(cuts)]
    random.shuffle(lines)
    return lines


@given(st.integers(0, 2**32 - 1))
def test_sea_when_islands_lie_in_and_across_the_box_then_all_but_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    middles = random.uniform(0, SIDE_M, (int(random.integers(1, 6)), 2))
    land = shapely.union_all([star(random, tuple(middle), float(random.uniform(100, 2500))) for middle in middles])
    found = sea_of([degrees(line) for line in shores(land, random)], SEA_BOX)
    assert apart_m2(found, frame().difference(land)) < 1.0


@given(st.integers(0, 2**32 - 1))
def test_sea_when_clipping_left_loose_ends_then_almost_the_same(seed: int) -> None:
    # one bay across the box, its shore in steps of a few metres; what lies outside, or within 30 m of the edge, is lost
    random = np.random.default_rng(seed)
    x = np.arange(-200.0, SIDE_M + 200.0, 7.0)
    y = SIDE_M / 2 + 600 * np.sin(x / random.uniform(300, 900)) + random.uniform(-500, 500)
    shore = np.stack([x, y], axis=1)
    kept = shore[(x > 30) & (x < frame().bounds[2] - 30)]
    for line, side in ((kept, "south"), (kept[::-1], "north")):
        found = sea_of([degrees(line)], SEA_BOX)
        rim = [(-200, -1), (SIDE_M + 200, -1)] if side == "south" else [(-200, SIDE_M + 9), (SIDE_M + 200, SIDE_M + 9)]
        wanted = shapely.Polygon([*shore.tolist(), *rim[::-1]]).buffer(0).intersection(frame())
        assert apart_m2(found, wanted) < 2 * 30 * 120  # by what two ends that run straight may miss


def test_sea_when_a_piece_of_a_small_island_is_missing_then_the_island_stays() -> None:
    island = star(np.random.default_rng(5), (2000.0, 2000.0), 300.0)
    points = shapely.get_coordinates(shapely.orient_polygons(island).exterior)
    found = sea_of([degrees(points[:-2])], SEA_BOX)
    assert apart_m2(found, frame().difference(island)) < 0.5 * island.area


@pytest.mark.parametrize(
    "lines", [[], [degrees(np.array([(-900.0, -900.0), (-500.0, -900.0)]))]], ids=["none", "outside"]
)
def test_sea_when_no_coast_crosses_the_box_then_land(lines: list[np.ndarray]) -> None:
    assert sea_of(lines, SEA_BOX).is_empty


def test_torn_ring_when_closed_then_the_smaller_side() -> None:
    whole = shapely.box(3000, 1000, 6000, 2000)  # a park that reaches out of the box
    left = degrees(np.array([(3900.0, 1000.0), (3000.0, 1000.0), (3000.0, 2000.0), (3900.0, 2000.0)]))
    hole = shapely.box(3200, 1200, 3400, 1400)
    found = closed([left[:2], left[1:], degrees(shapely.get_coordinates(hole.exterior))], SEA_BOX)
    assert apart_m2(found, whole.intersection(frame()).difference(hole)) < 1.0


# --- reading a map ---

YARD = """
    a---b---c
    |   |   |
    d---e---f
"""


def test_map_when_it_is_clipped_then_nothing_lies_outside_and_what_is_left_is_drawn(tmp_path: Path) -> None:
    park = draw(
        YARD,
        ways=[
            ("adfcb", "highway=residential name=A"),
            ("xyabz", "highway=footway"),
            ("x", "highway=footway"),
            ("abeda", "building=yes"),
            ("ebcx", "building=yes"),
            ("cfed", ""),
            ("xa", ""),
        ],
        relations=[("6:outer 7:outer", "type=multipolygon leisure=park name=Torn"), ("9:outer", "type=multipolygon")],
    )
    west, north = park.lonlat["a"]
    east, south = park.lonlat["f"]
    box = BBox(west - 1e-5, south - 1e-5, (west + east) / 2, north + 1e-5)
    found = features(park, tmp_path, box)
    low, high = np.array([box.west, box.south]) - 1e-9, np.array([box.east, box.north]) + 1e-9
    corners = shapely.get_coordinates([feature.geometry for feature in found])
    assert ((corners >= low) & (corners <= high)).all()
    assert [fields["kind_detail"] for fields in fields_of(found, "roads")] == ["residential", "residential", "footway"]
    assert fields_of(found, "buildings") == [{"kind": "building"}]
    assert fields_of(found, "landuse") == [{"kind": "park"}]
    assert [fields["name"] for fields in fields_of(found, "pois")] == ["Torn"]


def test_map_when_it_holds_nothing_but_a_way_then_a_way_on_land(tmp_path: Path) -> None:
    found = features(draw(YARD, ways=[("abc", "highway=footway")]), tmp_path)
    assert [feature.drawn.layer for feature in found] == ["earth", "roads"]


def test_map_when_ways_are_drawn_alike_then_joined(tmp_path: Path) -> None:
    found = features(
        draw(YARD, ways=[("ab", "highway=steps"), ("bc", "highway=steps"), ("cf", "highway=path")]), tmp_path
    )
    lines = [feature.geometry for feature in found if feature.drawn.layer == "roads"]
    assert sorted(len(line.coords) for line in lines) == [2, 3]


def test_map_when_a_thing_is_mapped_twice_then_written_once(tmp_path: Path) -> None:
    museum = {"tourism": "museum", "name": "M", "addr:housenumber": "5"}
    twice = draw(YARD, ways=[("abeda", {"building": "yes"} | museum)], nodes={"c": museum, "f": "addr:housenumber=7"})
    found = features(twice, tmp_path)
    assert fields_of(found, "pois") == [{"kind": "museum", "name": "M", "min_zoom": 15}]
    numbers = [fields["addr_housenumber"] for fields in fields_of(found, "buildings") if "addr_housenumber" in fields]
    assert sorted(numbers) == ["5", "7"]


def test_map_when_small_lies_on_large_then_drawn_later(tmp_path: Path) -> None:
    on = draw(YARD, ways=[("abeda", "landuse=grass"), ("acfda", "leisure=park")])
    assert [fields["kind"] for fields in fields_of(features(on, tmp_path), "landuse")] == ["park", "grass"]


def test_map_when_a_coast_crosses_it_then_land_and_sea(tmp_path: Path) -> None:
    coast = draw(YARD, ways=[("def", "natural=coastline"), ("ab", "highway=footway")], step_m=50)
    found = features(coast, tmp_path)
    (land,) = (feature.geometry for feature in found if feature.drawn.layer == "earth")
    (sea,) = (feature.geometry for feature in found if feature.drawn.layer == "water")
    assert sea.bounds[3] == pytest.approx(coast.lonlat["d"][1])
    assert land.bounds[1] == pytest.approx(coast.lonlat["d"][1])
    assert land.intersection(sea).area < 1e-15


def test_map_when_the_extract_is_broken_then_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.osm.pbf").write_bytes(EXTRACT.read_bytes()[:5000])
    with pytest.raises(BadFileError, match=r"broken.osm.pbf: cannot be read"):
        read_features(tmp_path / "broken.osm.pbf", BOX)


# --- the archive ---


def test_archive_when_decoded_then_only_the_layers_and_fields_that_styles_know(archive: bytes) -> None:
    layers: dict[str, set[str]] = defaultdict(set)
    for layer, fields, _ in drawn(archive):
        layers[layer] |= set(fields)
    assert layers.pop("water") == {"kind", "name"}  # of the waters of the demo none is named twice
    assert layers == {layer: names for layer, names in FIELDS.items() if layer != "water"}


def test_archive_when_decoded_then_holds_what_walkers_look_for(archive: bytes) -> None:
    found = list(drawn(archive))
    kinds = Counter((layer, fields["kind"], fields.get("kind_detail", "")) for layer, fields, _ in found)
    for wanted in ("footway", "steps", "pedestrian", "cycleway", "crossing"):
        assert kinds["roads", "path", wanted] > 0, wanted
    assert kinds["roads", "rail", "tram"] > 0
    assert kinds["water", "ocean", ""] > 0
    assert kinds["landuse", "pedestrian", ""] > 20
    assert kinds["buildings", "building", ""] > 300
    assert kinds["buildings", "address", ""] > 300
    names = {(layer, fields["name"]): fields for layer, fields, _ in found if "name" in fields}
    assert names["places", "Helsinki"]["name:ru"] == "Хельсинки"
    assert ("pois", "Ateneum") in names
    assert ("roads", "Aleksanterinkatu") in names
    shapes = {layer: {geometry["type"] for name, _, geometry in found if name == layer} for layer in FIELDS}
    assert shapes["places"] == shapes["pois"] == {"Point"}
    assert shapes["roads"] == {"LineString", "MultiLineString"}
    assert shapes["landuse"] <= {"Polygon", "MultiPolygon"}


def test_archive_when_described_then_says_whose_and_not_which_machine(archive: bytes) -> None:
    reader = Reader(MemorySource(archive))
    about = reader.metadata()
    assert (about["name"], about["attribution"]) == ("Helsinki centre", ATTRIBUTION)
    assert "/" not in about.get("generator_options", "")
    header = reader.header()
    assert (header["min_zoom"], header["max_zoom"]) == (10, 14)
    box = build.read_extract(EXTRACT).bbox
    assert header["min_lon_e7"] / 1e7 == pytest.approx(box.west, abs=1e-5)
    assert header["max_lat_e7"] / 1e7 == pytest.approx(box.north, abs=1e-5)


def test_archive_when_of_the_demo_then_small(archive: bytes) -> None:
    assert len(archive) < 200_000  # the page and the demo's map have 1.2 MB in all


@pytest.mark.parametrize("by", ["tippecanoe", "GDAL"])
def test_archive_when_made_twice_then_the_same_bytes(by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if by == "GDAL":
        monkeypatch.setattr(tiles, "tippecanoe", lambda: None)
    first = basemap.draw(EXTRACT, BOX, name="block")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "elsewhere"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    assert basemap.draw(EXTRACT, BOX, name="block") == first
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_archive_when_there_is_no_tippecanoe_then_gdal_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tiles.tippecanoe() is not None
    found = {}
    for by in ("tippecanoe", "GDAL"):
        made = basemap.draw(EXTRACT, BOX, name="block")
        found[by] = Counter((layer, tuple(sorted(fields.items()))) for layer, fields, _ in drawn(made))
        about = Reader(MemorySource(made)).metadata()
        assert {layer["id"] for layer in about["vector_layers"]} <= FIELDS.keys()
        monkeypatch.setattr(tiles, "tippecanoe", lambda: None)
    assert found["GDAL"].keys() == found["tippecanoe"].keys()


# --- bad luck ---


def failing(tmp_path: Path, body: str) -> Path:
    program = tmp_path / "failing"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("echo at 60.12345,24.12345 >&2; exit 104", "tippecanoe ended with 104"),
        ("kill -9 $$", "tippecanoe ended with -9"),
        ("echo 'tiles: No space left on device' >&2; exit 1", "the disk is full"),
        ("exit 0", "No such file"),
    ],
)
def test_drawing_when_the_program_fails_then_one_line_and_the_old_area_stays(
    body: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build_block = [
        "area",
        "build",
        str(EXTRACT),
        "--bbox",
        "24.94,60.167,24.948,60.17",
        "--out",
        str(tmp_path / "area"),
    ]
    assert run([*build_block, "--no-basemap"]) == 0
    before = {path: path.read_bytes() for path in (tmp_path / "area").iterdir()}
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    monkeypatch.setattr(tiles, "tippecanoe", lambda: failing(tmp_path, body))
    capsys.readouterr()
    assert run(build_block) == 5
    told = capsys.readouterr().err
    assert re.fullmatch(
        r"sidestep: the basemap cannot be written \([^\n]+\); build with --no-basemap to do without\n", told
    )
    assert says in told
    assert "60.1" not in told
    assert {path: path.read_bytes() for path in (tmp_path / "area").iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["area", "failing", "temp"]
    assert list((tmp_path / "temp").iterdir()) == []


def test_drawing_when_nothing_here_can_then_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "tippecanoe", lambda: None)
    monkeypatch.setitem(sys.modules, "pmtiles.reader", None)
    with pytest.raises(OutsideError, match="no tippecanoe here"):
        basemap.draw(EXTRACT, BOX, name="block")


# --- in the area ---


def test_area_when_built_with_a_basemap_then_kept_hashed_and_given(block: Area, tmp_path: Path) -> None:
    made = build.with_basemap(block, EXTRACT)
    save(made, tmp_path / "area")
    loaded = load(tmp_path / "area")
    assert loaded.basemap is not None
    assert bytes(loaded.basemap) == (tmp_path / "area" / "basemap.pmtiles").read_bytes() == made.basemap
    assert "basemap.pmtiles" in loaded.manifest.files
    save(loaded, tmp_path / "again")
    assert load(tmp_path / "again").manifest.files == loaded.manifest.files
    # drawn anew over an older one
    save(build.with_basemap(loaded, EXTRACT), tmp_path / "again")
    assert load(tmp_path / "again").manifest.files == loaded.manifest.files


def test_area_when_it_has_no_basemap_then_loads_and_says_none(block: Area, tmp_path: Path) -> None:
    save(block, tmp_path / "area")
    loaded = load(tmp_path / "area")
    assert loaded.basemap is None
    assert "basemap.pmtiles" not in loaded.manifest.files


def test_area_when_its_basemap_is_damaged_then_walks_go_on_and_the_page_is_told(block: Area, tmp_path: Path) -> None:
    save(dataclasses.replace(block, basemap_given=b"PMTiles and more"), tmp_path / "area")
    (tmp_path / "area" / "basemap.pmtiles").write_bytes(b"PMTiles or less")
    loaded = load(tmp_path / "area")
    with pytest.raises(BadFileError, match=r"basemap.pmtiles is damaged"):
        _ = loaded.basemap
    (tmp_path / "area" / "basemap.pmtiles").unlink()
    with pytest.raises(BadFileError, match=r"basemap.pmtiles cannot be read"):
        load(tmp_path / "area")


def test_area_build_when_told_so_then_without_a_basemap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = "24.94,60.167,24.948,60.17"
    assert run(["area", "build", str(EXTRACT), "--bbox", box, "--out", str(tmp_path / "plain"), "--no-basemap"]) == 0
    assert "basemap: none" in capsys.readouterr().out
    assert not (tmp_path / "plain" / "basemap.pmtiles").exists()
    assert run(["area", "build", str(EXTRACT), "--bbox", box, "--out", str(tmp_path / "drawn")]) == 0
    assert re.search(r"basemap: \d+ kB", capsys.readouterr().out)
    assert run(["area", "info", str(tmp_path / "drawn")]) == 0
    assert re.search(r"basemap: \d+ kB", capsys.readouterr().out)


def test_demo_when_only_walks_are_asked_then_no_basemap_and_one_for_the_page_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "cache_dir", lambda: tmp_path)
    drawn_for = []

    def counted(area: Area, extract: Path, **_: object) -> Area:
        drawn_for.append(extract)
        return dataclasses.replace(
            area, manifest=dataclasses.replace(area.manifest, files={}), basemap_given=b"PMTiles"
        )

    monkeypatch.setattr(build, "with_basemap", counted)
    assert workspace.find_area(None, progress=build.silent).basemap is None
    assert drawn_for == []
    for _ in range(2):
        assert bytes(workspace.find_area(None, progress=build.silent, basemap=True).basemap) == b"PMTiles"
    assert drawn_for == [workspace.demo_extract()]
    assert workspace.find_area(None, progress=build.silent).folder is not None
    (folder,) = tmp_path.iterdir()
    (folder / "basemap.pmtiles").write_bytes(b"damaged")
    assert bytes(workspace.find_area(None, progress=build.silent, basemap=True).basemap) == b"PMTiles"


def test_planning_when_imported_then_knows_nothing_of_basemaps() -> None:
    code = "import sys, routing.commands.route, routing.workspace; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("routing.")}
    assert "routing.workspace" in ours
    assert ours.isdisjoint({"routing.basemap", "routing.tiles", "routing.mapfeatures", "routing.coast"})


@pytest.mark.parametrize(
    ("name", "sea"),
    [
        ("helsinki-centre.osm.pbf", True),
        pytest.param("sf-downtown.osm.pbf", True, marks=pytest.mark.long),
        ("moscow-ostankino.osm.gz", False),
    ],
)
def test_archive_when_of_another_city_then_its_coast_and_names(name: str, *, sea: bool, test_data: Path) -> None:
    box = build.read_extract(test_data / name).bbox
    found = list(drawn(basemap.draw(test_data / name, box, name=name)))
    for layer, fields, _ in found:
        assert fields.keys() <= FIELDS[layer], (layer, fields)
    assert any(fields["kind"] == "ocean" for _, fields, _ in found) == sea
    if not sea:
        assert {"улица Академика Королёва", "Останкино"} <= {fields.get("name") for _, fields, _ in found}
        assert "park" in {fields["kind"] for layer, fields, _ in found if layer == "landuse"}
