"""Reading extracts: whatever kind of file, however clipped or broken."""

from __future__ import annotations

import bz2
import gzip
import random
import time
from pathlib import Path

import numpy as np
import osmium
import pytest
from drawing import content, draw
from hypothesis import given
from hypothesis import strategies as st

from routing.access import is_square, way_access
from routing.errors import BadFileError
from routing.geo import from_frame
from routing.mapdata import MapData, Way
from routing.model import BBox
from routing.osm import read_cameras_of_extract, read_extract

DEMO = Path(__file__).parents[1] / "data" / "helsinki.osm.pbf"
EXTRACTS = ("helsinki-centre.osm.pbf", "sf-downtown.osm.pbf", "moscow-ostankino.osm.gz")
NOISE = random.Random(7).randbytes(4000)  # noqa: S311
FOOTWAY = "highway=footway"
SQUARE = "highway=pedestrian area=yes"

TOWN = draw(
    """
    a---b---c---d

    e---f   k---l
    |   |   |   |
    h---g   n---m
      p   q   r
    """,
    ways=[
        ("abcd", {"highway": "footway", "name": "Невский проспект", "surface": "sett"}),
        ("efghe", {"building": "yes", "addr:street": "улица Ленина", "addr:housenumber": "7"}),
        ("klmnk", "natural=water name=Pond"),
        ("ae", "highway=steps"),
        ("gn", "man_made=surveillance camera:type=dome"),
    ],
    nodes={
        "b": "barrier=gate",
        "f": "entrance=main",
        "g": "door=hinged",
        "p": "man_made=surveillance surveillance:type=camera camera:direction=N;90 note=ё",
        "q": {"name": "Кафе", "amenity": "cafe", "opening_hours": "Mo-Su 10:00-20:00"},
        "r": "natural=tree",
    },
    box=(24.9, 60.1, 25.0, 60.2),
    days={"q": "2024-05-06", "p": "2023-01-02"},
)


def refs(letters: str) -> tuple[int, ...]:
    return tuple(map(ord, letters))


def lines(data: MapData) -> list[str]:
    return ["".join(map(chr, way.node_ids)) for way in data.ways]


def complaint(path: Path) -> str:
    with pytest.raises(BadFileError) as caught:
        read_extract(path)
    message = str(caught.value)
    assert message
    assert "\n" not in message
    assert str(path) in message
    return message


# what a file holds


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf"])
def test_read_extract_when_kinds_differ_then_content_is_the_same(tmp_path: Path, suffix: str) -> None:
    expected = content(TOWN.read())
    assert content(read_extract(TOWN.write(tmp_path / f"town{suffix}"))) == expected
    assert len(expected["ways"]) == 2


def test_read_extract_when_town_is_drawn_then_all_of_it_is_sorted() -> None:
    data = TOWN.read()
    assert lines(data) == ["abcd", "ae"]
    assert data.ways[0].tags == {"highway": "footway", "name": "Невский проспект", "surface": "sett"}
    assert [b.osm_id for b in data.buildings] == [2]
    assert data.buildings[0].outer[0].tolist() == [list(TOWN.lonlat[x]) for x in "efghe"]
    assert [w.osm_id for w in data.water] == [3]
    assert [door.tags for door in data.doors] == [{"entrance": "main"}, {"door": "hinged"}]
    assert data.doors[0].lonlat == pytest.approx(TOWN.lonlat["f"], abs=1e-7)
    assert data.node_tags == {ord("b"): {"barrier": "gate"}}
    names = {(place.names[0], place.kind) for place in data.places}
    assert {("Кафе", "cafe"), ("Невский проспект", "street"), ("улица Ленина 7", "address"), ("Pond", "water")} == names
    assert data.bbox == BBox(24.9, 60.1, 25.0, 60.2)
    assert data.osm_date == "2024-05-06"
    assert data.problems == {}


def test_read_extract_when_cameras_are_nodes_and_ways_then_both_are_kept_verbatim() -> None:
    cameras = {camera.id: camera for camera in TOWN.read().cameras}
    assert set(cameras) == {f"osm/node/{ord('p')}", "osm/way/5"}
    node = cameras[f"osm/node/{ord('p')}"]
    assert node.tags["camera:direction"] == "N;90"
    assert node.tags["note"] == "ё"
    (west, north), (east, south) = TOWN.lonlat["g"], TOWN.lonlat["n"]
    assert cameras["osm/way/5"].lonlat == pytest.approx(((west + east) / 2, (north + south) / 2), abs=1e-7)


def test_read_cameras_of_extract_when_no_ways_then_same_cameras(tmp_path: Path) -> None:
    path = TOWN.write(tmp_path / "town.osm.pbf")
    assert list(read_cameras_of_extract(path)) == TOWN.read().cameras
    lone = draw("a", ways=[], nodes={"a": "man_made=surveillance"}).write(tmp_path / "lone.osm")
    assert len(read_cameras_of_extract(lone)) == 1
    assert "walk" in complaint(lone)


def test_read_extract_when_camera_way_keeps_one_node_then_camera_is_there_for_both_readers(tmp_path: Path) -> None:
    path = draw("a-b", ways=[("ab", FOOTWAY), ("bx", "man_made=surveillance")]).write(tmp_path / "x.osm")
    assert [camera.id for camera in read_extract(path).cameras] == ["osm/way/2"]
    assert [camera.id for camera in read_cameras_of_extract(path)] == ["osm/way/2"]


def test_read_extract_when_header_has_date_then_date_is_of_the_header(tmp_path: Path) -> None:
    stamp = {"osmosis_replication_timestamp": "2024-08-03T10:00:00Z"}
    town = draw("a-b", ways=[("ab", FOOTWAY)], nodes={"a": "kerb=flush"}, header=stamp, days={"a": "2025-01-01"})
    assert read_extract(town.write(tmp_path / "a.osm.pbf")).osm_date == "2024-08-03"
    assert town.read().osm_date == "2025-01-01"  # XML carries no such header: the newest object tells


def test_read_extract_when_header_is_silent_then_box_is_of_the_ways() -> None:
    town = draw("a--b\n\n\nc---", ways=[("ab", FOOTWAY), ("bc", FOOTWAY)])
    data = town.read()
    assert data.osm_date is None
    west, south = town.lonlat["c"]
    east, north = town.lonlat["b"]
    assert data.bbox == BBox(west, south, east, north)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("building=yes", "buildings"),
        ("building=no", None),
        ("natural=water", "water"),
        ("waterway=riverbank", "water"),
        ("landuse=basin", "water"),
        ("leisure=park", "green"),
        ("natural=wood", "green"),
        ("landuse=grass", "green"),
        ("landuse=residential", None),
    ],
)
@pytest.mark.parametrize("relation", [False, True])
def test_read_extract_when_polygon_has_tags_then_it_is_of_their_kind(
    tags: str, kind: str | None, *, relation: bool
) -> None:
    town = draw(
        """
        a-----b
        | p-q |
        | s-r |
        d-----c   x-y
        """,
        ways=[("xy", FOOTWAY), ("abcda", "" if relation else tags), ("pqrsp", "")],
        relations=[("2:outer 3:inner", f"type=multipolygon {tags}")] if relation else [],
    )
    data = town.read()
    found = {name: getattr(data, name) for name in ("buildings", "water", "green") if getattr(data, name)}
    assert list(found) == ([] if kind is None else [kind])
    for (shape,) in found.values():
        assert {tuple(point) for point in shape.outer[0].tolist()} == {town.lonlat[x] for x in "abcd"}
        holes = {tuple(point) for ring in shape.inner for point in ring.tolist()}
        assert holes == ({town.lonlat[x] for x in "pqrs"} if relation else set())
    assert data.problems == {}


@pytest.mark.parametrize(
    "tags",
    ["door=hinged", "ford=yes", "foot:conditional=no@(22:00-06:00)", "access:conditional=no@(22:00-06:00)",
     "locked=yes", "barrier=gate", "foot=no", "access=private", "kerb=raised", "entrance=staircase"],
)  # fmt: skip
def test_read_extract_when_node_tag_matters_to_walkers_then_it_is_kept(tags: str) -> None:
    data = draw("a-b-c", ways=[("abc", FOOTWAY)], nodes={"b": tags}).read()
    assert list(data.node_tags) == [ord("b")]


# clipped extracts


def test_read_extract_when_nodes_are_missing_in_the_middle_then_way_comes_in_pieces() -> None:
    data = draw("a-b-c-d", ways=[("abxycd", FOOTWAY)]).read()
    assert data.ways == [Way(1, refs(piece), {"highway": "footway"}) for piece in ("ab", "cd")]
    assert data.problems == {"missing nodes": 2}


def test_read_extract_when_one_node_is_left_then_it_is_counted() -> None:
    data = draw("a-b-c", ways=[("ab", FOOTWAY), ("xc", FOOTWAY), ("xaybz", FOOTWAY)]).read()
    assert lines(data) == ["ab"]
    assert data.problems == {"missing nodes": 4, "one-node ways": 1}


def test_read_extract_when_members_are_missing_then_relation_is_counted() -> None:
    data = draw(
        "a-b",
        ways=[("ab", FOOTWAY)],
        relations=[
            ("8:outer 9:inner", "type=multipolygon building=yes"),
            ("", "type=multipolygon natural=water"),
            ("1:", "type=route route=foot"),
            ("8:", "type=multipolygon"),
        ],
    ).read()
    assert data.problems == {"broken relations": 2}
    assert not data.buildings
    assert not data.water


def test_read_extract_when_node_repeats_then_it_counts_once() -> None:
    data = draw("a-b-c\n\n..d", ways=[("aabbc", FOOTWAY), ("aa", FOOTWAY), ("abbcda", SQUARE)]).read()
    assert lines(data) == ["abc"]
    assert data.squares[0].outer == (refs("abcda"),)


def test_read_extract_when_node_has_no_position_then_it_is_as_if_missing(tmp_path: Path) -> None:
    path = tmp_path / "x.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="1" lon="1"/><node id="2" lat="1" lon="1.001"/>'
        '<node id="3"><tag k="man_made" v="surveillance"/></node>'
        '<node id="4" lat="91" lon="200"><tag k="barrier" v="gate"/></node>'
        '<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><tag k="highway" v="footway"/></way>'
        '<way id="2" visible="false"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way></osm>'
    )
    data = read_extract(path)
    assert [way.node_ids for way in data.ways] == [(1, 2)]
    assert data.cameras == []
    assert read_cameras_of_extract(path) == ()


def test_read_extract_when_many_polygons_come_before_their_relations_then_none_is_broken(tmp_path: Path) -> None:
    # osmium hands polygons out when its buffer is full, which may be before it has shown their relations
    path = tmp_path / "many.osm.pbf"
    with osmium.SimpleWriter(str(path)) as out:
        for node in range(1, 12_001):
            lon, lat = from_frame(_spot(node), np.array([24.0, 60.0])).tolist()
            out.add_node(osmium.osm.mutable.Node(id=node, location=(lon, lat)))
        for way in range(1, 3_001):
            ring = [4 * way - 3 + corner for corner in (0, 1, 2, 3, 0)]
            out.add_way(osmium.osm.mutable.Way(id=way, nodes=ring, tags={"note": "x" * 100}))
        for number in range(1, 3_001):
            tags = {"type": "multipolygon", "highway": "pedestrian", "note": "y" * 200}
            out.add_relation(osmium.osm.mutable.Relation(id=number, members=[("w", number, "outer")], tags=tags))
    data = read_extract(path)
    assert len(data.squares) == 3_000
    assert data.ways == []
    assert data.problems == {}


def _spot(node: int) -> np.ndarray:
    corner, square = (node - 1) % 4, (node - 1) // 4
    return np.array([square % 50 * 20.0 + (0, 10, 10, 0)[corner], square // 50 * 20.0 + (0, 0, 10, 10)[corner]])


# squares


def test_read_extract_when_square_is_a_relation_then_rings_are_kept() -> None:
    data = draw(
        """
        a-----b
        | p-q |
        | s-r |
        d-----c
        """,
        ways=[("abc", ""), ("cda", ""), ("pqrsp", "amenity=fountain")],
        relations=[("1:outer 2:outer 3:inner", "type=multipolygon highway=pedestrian name=Tori")],
    ).read()
    (square,) = data.squares
    assert (set(square.outer[0]), set(square.inner[0])) == (set(refs("abcd")), set(refs("pqrs")))
    assert square.tags["name"] == "Tori"
    assert [(place.names, place.kind) for place in data.places] == [(("Tori",), "square")]
    assert data.ways == []


def test_read_extract_when_square_relation_is_torn_then_its_rims_are_walkable() -> None:
    data = draw(
        "a--b\n|..|\nd--c",
        ways=[("abc", ""), ("cxda", ""), ("abcda", SQUARE)],
        relations=[
            ("1:outer 2:outer", "type=multipolygon highway=pedestrian"),
            ("3:outer 9:outer", f"type=multipolygon {SQUARE}"),
        ],
    ).read()
    assert sorted(lines(data)) == ["abc", "da"]  # the third is a square by itself and not doubled
    assert [square.osm_id for square in data.squares] == [3]
    assert data.problems["broken relations"] == 2
    assert all(way.tags["highway"] == "pedestrian" for way in data.ways)


def test_read_extract_when_closed_square_lacks_nodes_then_pieces_of_its_rim_are_walkable() -> None:
    data = draw("a--b\n|..|\nd--c", ways=[("abxcda", SQUARE)]).read()
    assert data.squares == []
    assert sorted(lines(data)) == ["ab", "cda"]


def test_read_extract_when_outline_is_open_then_it_is_no_area() -> None:
    data = draw("a--b\n|..|\nd--c", ways=[("abcd", SQUARE), ("abcd", "building=yes"), ("aba", "leisure=park")]).read()
    assert lines(data) == ["abcd"]
    assert [*data.squares, *data.buildings, *data.green] == []


@pytest.mark.parametrize(
    "tags", ["area=yes building=yes", "highway=pedestrian area=yes access=private", "landuse=grass"]
)
def test_read_extract_when_area_is_not_for_walkers_then_it_is_no_square(tags: str) -> None:
    data = draw("a--b\n|..|\nd--c", ways=[("abcda", tags), ("ab", FOOTWAY)]).read()
    assert data.squares == []
    assert lines(data) == ["ab"]


# a box


def test_read_extract_when_box_is_given_then_nothing_walkable_lies_outside() -> None:
    town = draw(
        """
        a--b--c--d--e
           |     |
           g-----f
        p-----q     k
        s-----r
        """,
        ways=[
            ("abcde", FOOTWAY), ("bcdfgb", SQUARE), ("pqrsp", "building=yes name=Hall"), ("de", "highway=steps"),
            ("cdfgc", ""),
        ],
        relations=[("5:outer", "type=multipolygon highway=pedestrian")],
        nodes={"k": "man_made=surveillance", "e": "barrier=gate", "a": "barrier=gate"},
    )  # fmt: skip
    (west, north), (east, _), (_, south) = town.lonlat["a"], town.lonlat["c"], town.lonlat["s"]
    box = BBox(west, south, east, north)
    data = town.read(within=box)
    assert data.bbox == box
    assert sorted(lines(data)) == ["abc", "bc", "cg", "gb"]
    assert data.squares == []
    assert {chr(ref) for ref in data.lonlat} == set("abcg")
    assert [chr(ref) for ref in data.node_tags] == ["a"]
    assert len(data.buildings[0].outer[0]) == 5  # one wall of a house is no house
    assert all(box.holds(place.lonlat) for place in data.places)
    assert len(data.cameras) == 1  # it stands outside and may look in; the build decides
    assert data.problems == {}


def test_read_cameras_of_extract_when_box_is_given_then_others_are_left_out(tmp_path: Path) -> None:
    town = draw("a---b", ways=[("ab", FOOTWAY)], nodes=dict.fromkeys("ab", "man_made=surveillance"))
    (lon, lat), path = town.lonlat["a"], town.write(tmp_path / "x.osm")
    cameras = read_cameras_of_extract(path, within=BBox(lon, lat, lon, lat))
    assert [camera.id for camera in cameras] == [f"osm/node/{ord('a')}"]


def test_read_extract_when_box_is_elsewhere_then_error_says_box(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="box"):
        read_extract(TOWN.write(tmp_path / "x.osm"), within=BBox(0, 0, 1, 1))


# broken files


def test_read_extract_when_file_is_missing_then_error_says_so(tmp_path: Path) -> None:
    assert "no such file" in complaint(tmp_path / "x.osm.pbf")


def test_read_extract_when_path_is_a_folder_then_error_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "x.osm"
    folder.mkdir()
    assert "folder" in complaint(folder)


@pytest.mark.parametrize("name", ["x.geojson", "x", "x.gz", "osm", "x.osm.zip"])
def test_read_extract_when_suffix_is_wrong_then_error_lists_the_right_ones(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    assert ".osm.pbf" in complaint(path)


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf"])
def test_read_extract_when_file_is_empty_then_error_says_so(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.touch()
    assert "empty" in complaint(path)


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf"])
@given(st.binary(min_size=1, max_size=300))
def test_read_extract_when_file_is_garbage_then_one_line_is_said(tmp_path_factory, suffix: str, garbage: bytes) -> None:  # noqa: ANN001
    path = tmp_path_factory.getbasetemp() / f"garbage{suffix}"
    path.write_bytes(garbage)
    complaint(path)


@pytest.mark.parametrize(
    ("name", "pack"), [("x.osm.gz", gzip.compress), ("x.osm.bz2", bz2.compress), ("x.osm", bytes), ("x.osm.pbf", bytes)]
)
@pytest.mark.parametrize("text", [b"<html><body>busy</body></html>", b"<osm version='0.6'/>", b"", b"\n", NOISE])
def test_read_extract_when_wrapped_garbage_then_one_line_is_said(tmp_path: Path, name: str, pack, text: bytes) -> None:  # noqa: ANN001
    path = tmp_path / name
    path.write_bytes(pack(text))
    complaint(path)


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_read_extract_when_any_kind_is_cut_then_one_line_is_said(tmp_path: Path, suffix: str, share: float) -> None:
    path = TOWN.write(tmp_path / f"x{suffix}")
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    complaint(path)


def test_read_extract_when_demo_is_cut_then_one_line_is_said(tmp_path: Path) -> None:
    path, raw, ends = tmp_path / "cut.osm.pbf", DEMO.read_bytes(), _blocks(DEMO.read_bytes())
    assert ends[-1] == len(raw)
    lengths = {1, 3, 4, 5, len(raw) - 1, *random.Random(1).sample(range(len(raw)), 40)} - set(ends)  # noqa: S311
    for length in sorted(lengths):
        path.write_bytes(raw[:length])
        complaint(path)


def test_read_extract_when_demo_is_damaged_inside_then_one_line_is_said(tmp_path: Path) -> None:
    path, raw = tmp_path / "bad.osm.pbf", DEMO.read_bytes()
    noise = random.Random(2).randbytes(3000)  # noqa: S311
    for at in (200, 60_000, 300_000, 600_000):
        path.write_bytes(raw[:at] + noise + raw[at + 3000 :])
        complaint(path)


def _blocks(raw: bytes) -> list[int]:
    """Find the ends of the blocks of a PBF; a file cut there is a whole, shorter file."""
    ends, at = [0], 0
    while at < len(raw):
        size = int.from_bytes(raw[at : at + 4])
        header = raw[at + 4 : at + 4 + size]
        tail, shift, blob = header[header.rindex(b"\x18") + 1 :], 0, 0  # field 3: datasize, a varint
        for byte in tail:
            blob |= (byte & 127) << shift
            shift += 7
        at += 4 + size + blob
        ends.append(at)
    return ends


@pytest.mark.parametrize("body", ["two ways of one id", "ways before nodes"])
def test_read_extract_when_file_is_not_in_order_then_one_line_is_said(tmp_path: Path, body: str) -> None:
    nodes = '<node id="1" lat="1" lon="1"/><node id="2" lat="1" lon="1.001"/>'
    way = '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way>'
    path = tmp_path / "x.osm"
    path.write_text(f'<osm version="0.6">{nodes + way + way if "two" in body else way + nodes}</osm>')
    complaint(path)


# real extracts


def test_read_extract_when_progress_is_wanted_then_every_object_is_reported_once() -> None:
    seen: list[int] = []
    read_extract(DEMO, progress=seen.append)
    assert sum(seen) > 5_000
    assert all(0 <= n <= 1_000 for n in seen)


def test_read_extract_when_demo_is_read_then_numbers_are_sane() -> None:
    data = read_extract(DEMO)
    assert data.osm_date == "2019-04-21"
    assert data.bbox is not None
    assert len(data.ways) > 2_000
    assert len(data.buildings) > 300
    assert len(data.places) > 500
    assert len(data.doors) > 50
    assert data.water
    assert data.green
    assert len({camera.id for camera in data.cameras}) == len(data.cameras) > 50
    assert all(ref in data.lonlat for way in data.ways for ref in way.node_ids)
    assert all(len(way.node_ids) > 1 and way_access(way.tags) is not None for way in data.ways)
    assert all(is_square(square.tags) for square in data.squares)
    assert set(data.node_tags) <= set(data.lonlat)
    assert data.problems["broken relations"] < 30


@pytest.mark.parametrize("name", EXTRACTS)
def test_read_extract_when_extract_is_large_then_it_takes_seconds(test_data: Path, name: str) -> None:
    began = time.process_time()
    data = read_extract(test_data / name)
    assert time.process_time() - began < 30
    assert len(data.ways) > 500
    assert data.problems["broken relations"] < 10
    ids = [way.osm_id for way in data.ways]
    assert ids
    assert not {square.osm_id for square in data.squares} & set(ids)
