from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.cameras import Finding, check, coverage, from_osm, head_of, read_cameras, write_cameras
from routing.cli import run
from routing.errors import BadFileError, OutsideError
from routing.joining import merged, union, vanished
from routing.model import Camera, LonLat

if TYPE_CHECKING:
    import random

DEMO = Path(__file__).parents[1] / "data" / "helsinki.osm.pbf"
TAGS = {"man_made": "surveillance"}
HERE = LonLat(24.9384, 60.1699)
HIDDEN = ("24.93", "60.16", "24,93", "60,16")


def camera(number: int = 1, **changes: Any) -> Camera:  # noqa: ANN401 (any field of the record)
    return replace(Camera(f"osm/node/{number}", HERE, TAGS, last_seen="2020-05"), **changes)


def feature(at: object = (24.9384, 60.1699), **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": at},
        "properties": {"id": "osm/node/1", "last_seen": "2020-05", **TAGS, **properties},
    }


def save(folder: Path, *features: object) -> Path:
    path = folder / "cams.geojson"
    rows = ",\n".join(json.dumps(item) for item in features)
    path.write_text(f'{{"type": "FeatureCollection", "features": [\n{rows}\n]}}\n', encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadFileError) as caught:
        read_cameras(path)
    message = str(caught.value)
    assert "\n" not in message
    assert not any(number in message for number in HIDDEN)
    return message


def demo_cameras() -> list[Camera]:
    found = (
        from_osm("node", node.id, LonLat(node.location.lon, node.location.lat), dict(node.tags), str(node.timestamp))
        for node in osmium.FileProcessor(str(DEMO), osmium.osm.NODE)
        if isinstance(node, osmium.osm.Node) and node.tags.get("man_made") == "surveillance"
    )
    return [one for one in found if one is not None]


def test_read_when_only_the_id_is_given_then_defaults(tmp_path: Path) -> None:
    item = feature(at=[24, 60.5, 12.0])
    item["properties"] = {"id": "ss/abcdefg234", "man_made": "surveillance"}
    assert read_cameras(save(tmp_path, item)) == (Camera("ss/abcdefg234", LonLat(24.0, 60.5), TAGS),)


def test_read_when_all_properties_are_given_then_kept_and_tags_verbatim(tmp_path: Path) -> None:
    said: dict[str, Any] = {
        "source": "import:city-2024",
        "status": "disputed",
        "fr": "yes",
        "first_seen": "2019-01",
        "last_seen": "2020-05",
        "confirmations": 3,
        "evidence": "sign",
    }
    (read,) = read_cameras(save(tmp_path, feature(**said, **{"osm:source": "survey", "operator": "Пост №1"})))
    assert read == Camera("osm/node/1", HERE, TAGS | {"source": "survey", "operator": "Пост №1"}, **said)


WRONG: dict[str, tuple[object, ...]] = {
    "id": (
        *("", "node/1", "osm/node/", "osm/node/01", "osm/area/1", "osm/node/1\n", "osm/node/٣"),
        *("ss/abcdefg23", "ss/ABCDEFG234", "ss/abcdefg231", None, 7),
    ),
    "source": ("OSM", "import:", "import:a b", None),
    "status": ("ok", "", True),
    "fr": ("maybe", False),
    "first_seen": ("2020-13", "2020-00", "2020", "2020-1", "2020-01-01", "2999-01", 2020),
    "last_seen": ("2020-13", "", "9999-12"),
    "confirmations": (-1, 1.0, True, "1", None, 2**31),
    "evidence": ("hearsay", ["osm"]),
    "operator": (1, None, {}, [], "a\nb", "a\x7fb", "a\x85b", "\x00"),
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_read_when_a_property_is_wrong_then_names_it_with_its_place(tmp_path: Path, key: str, value: object) -> None:
    message = refusal(save(tmp_path, feature(id="osm/node/2"), feature(**{key: value})))
    assert message.startswith(f"cams.geojson, line 3, feature 2: {key} must be ")


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (None, "GeoJSON Feature"),
        ({"type": "Point"}, "GeoJSON Feature"),
        (feature() | {"geometry": None}, "geometry"),
        (feature() | {"geometry": {"type": "LineString", "coordinates": [[24.93, 60.16], [1, 2]]}}, "geometry"),
        (feature() | {"properties": None}, "properties"),
        (feature() | {"properties": {}}, "id is missing"),
        (feature(at=None), "coordinates"),
        (feature(at=[24.93]), "coordinates"),
        (feature(at=["24.93", "60.16"]), "coordinates"),
        (feature(at=[True, 60.16]), "coordinates"),
        (feature(at=[1, 2, 3, 4]), "coordinates"),
        (feature(at=[10**400, 60.16]), "coordinates"),
        (feature(at=[24.93, 160.16]), "swapped"),
        (feature(at=[2777777.7, 8437777.7]), "use degrees"),
        (feature(first_seen="2021-01"), "first_seen is after last_seen"),
        (feature(**{"24.93, 60.16": 1}), "odd name"),
    ],
)
def test_read_when_a_feature_is_wrong_then_says_what_without_where_on_earth(
    tmp_path: Path, item: object, said: str
) -> None:
    message = refusal(save(tmp_path, item))
    assert message.startswith("cams.geojson, line 2, feature 1: ")
    assert said in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "line 1: is not JSON"),
        (b'{"type":\n "FeatureCollection",\n "features": [24.93 60.16]}', "line 3: is not JSON"),
        (b"\xef\xbb\xbf{}", "must be a GeoJSON FeatureCollection"),
        (b'{"a":\n"\xff"}', "line 2: is not UTF-8"),
        (b"[]", "FeatureCollection"),
        (b"{}", "FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "list of features"),
        (b'{"type": "FeatureCollection", "features": [], "features": []}', "each key once"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
        (b'{"type": "FeatureCollection", "features": [-Infinity]}', "NaN"),
        (b"9" * 5000, "too long"),
        (b"[" * 200_000, "nest"),
        (b'{"type": "FeatureCollection", "features": [\n{"type": "Feature", "type": "Feature"}]}', "line 2, feature 1"),
    ],
)
def test_read_when_the_file_is_broken_then_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "cams.geojson"
    path.write_bytes(content)
    assert said in refusal(path)
    assert check(path)[0].severity == "error"


def test_read_when_text_is_half_a_surrogate_pair_then_refused(tmp_path: Path) -> None:
    assert "operator must be text" in refusal(save(tmp_path, feature(operator="\ud800")))


def test_read_when_a_key_stands_twice_then_refused(tmp_path: Path) -> None:
    path = save(tmp_path, feature())
    path.write_text(path.read_text().replace('"id"', '"id": "osm/node/2", "id"'))
    assert "same key twice" in refusal(path)


def test_read_when_missing_or_a_folder_then_says_so(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.geojson")
    assert "directory" in refusal(tmp_path)


def test_read_when_too_large_then_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.cameras.MAX_FILE_BYTES", 10)
    assert "larger than" in refusal(save(tmp_path))


def test_read_when_an_id_comes_twice_then_names_the_first(tmp_path: Path) -> None:
    message = refusal(save(tmp_path, feature(), feature()))
    assert message == "cams.geojson, line 3, feature 2: id is that of feature 1; keep one of them"


def test_check_when_much_is_wrong_then_tells_all_in_order(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        feature(at=[24.93, 160.16], fr="perhaps", height="tall"),
        feature(**{"camera:direction": "null", "camera:type": "spy", "height": "tall"}),
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 1]}, "properties": {"id": "osm/node/9"}},
    )
    findings = check(path)
    assert [(one.severity, one.line, one.feature) for one in findings] == [
        *[("error", 2, 1)] * 2,
        *[("warning", 3, 2)] * 3,
        *[("warning", 4, 3)] * 2,
    ]
    said = " ".join(one.message for one in findings)
    for part in ("swapped", "fr must", "direction is not", "camera:type is not", "height is not", "no date", "in use"):
        assert part in said
    assert not any(number in said for number in HIDDEN)


def test_check_when_fine_then_silent_and_finding_tells_its_place(tmp_path: Path) -> None:
    assert check(save(tmp_path, feature(direction="N"))) == ()
    assert Finding("error", None, None, "is empty").tell("x") == "x: is empty"


@pytest.mark.parametrize(
    ("first", "second", "north_m", "double"),
    [
        ("90", "92", 10, True),
        ("358", "3", 14, True),
        ("90", "92", 17, False),
        ("90", "270", 1, False),
        ("90-180", "90-180", 10, True),
        ("", "", 10, False),
        ("", "", 0.5, True),
        ("90", "", 0, False),
    ],
)
@pytest.mark.parametrize(("lon", "lat"), [(24.9, 60.2), (180.0, 0.0), (0.0, 89.9), (-179.99999, -45.0)])
def test_check_when_two_are_near_and_look_alike_then_warns(
    tmp_path: Path,
    first: str,
    second: str,
    north_m: float,
    double: bool,  # noqa: FBT001 (a table of cases)
    lon: float,
    lat: float,
) -> None:
    one, two = ({"camera:direction": text} if text else {} for text in (first, second))
    there = feature(at=[lon, lat + north_m / 111_195], id="osm/node/2", **two)
    findings = check(save(tmp_path, feature(at=[lon, lat], **one), there))
    assert [finding.feature for finding in findings] == ([2] if double else [])


def test_check_when_across_the_antimeridian_then_still_neighbours(tmp_path: Path) -> None:
    east, west = (feature(at=[lon, 0], id=f"osm/node/{n}", direction="N") for n, lon in ((1, 180), (2, -179.99999)))
    assert len(check(save(tmp_path, east, west))) == 1


def test_check_when_a_heap_of_points_then_is_done_soon(tmp_path: Path) -> None:
    path = save(tmp_path, *(feature(id=f"osm/node/{n}", direction=str(n % 360)) for n in range(1, 5001)))
    assert all(finding.severity == "warning" for finding in check(path))


def test_write_when_done_then_canonical(tmp_path: Path) -> None:
    path = tmp_path / "cams.geojson"
    cameras = [camera(10), camera(9, lonlat=LonLat(-1e-9, 60.123456789)), camera(id="ss/abcdefg234", tags={"z": "ä"})]
    write_cameras(path, cameras, attribution="© someone", note="demo")
    assert path.read_text(encoding="utf-8") == (
        '{"type":"FeatureCollection","attribution":"© someone","license":"ODbL-1.0","note":"demo","features":[\n'
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[0.0,60.1234568]},"properties":{"id":"osm/node/9",'
        '"confirmations":0,"evidence":"osm","fr":"unknown","last_seen":"2020-05","man_made":"surveillance",'
        '"source":"osm","status":"confirmed"}},\n'
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[24.9384,60.1699]},"properties":{"id":"osm/node/10",'
        '"confirmations":0,"evidence":"osm","fr":"unknown","last_seen":"2020-05","man_made":"surveillance",'
        '"source":"osm","status":"confirmed"}},\n'
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[24.9384,60.1699]},"properties":{'
        '"id":"ss/abcdefg234","confirmations":0,"evidence":"osm","fr":"unknown","last_seen":"2020-05",'
        '"source":"osm","status":"confirmed","z":"ä"}}\n]}\n'
    )
    assert [one.name for one in tmp_path.iterdir()] == ["cams.geojson"]


def test_write_when_nothing_then_an_empty_collection(tmp_path: Path) -> None:
    path = tmp_path / "cams.geojson"
    write_cameras(path, [])
    assert read_cameras(path) == ()


@pytest.mark.parametrize(
    "cameras",
    [
        [camera(), camera()],
        [camera(fr="perhaps")],
        [camera(tags={"a": "b\nc"})],
        [camera(lonlat=LonLat(float("nan"), 0))],
        [camera(id="7")],
    ],
)
def test_write_when_it_could_not_be_read_again_then_leaves_the_old_file(tmp_path: Path, cameras: list[Camera]) -> None:
    path = tmp_path / "cams.geojson"
    path.write_text("old")
    with pytest.raises(BadFileError, match="not written"):
        write_cameras(path, cameras)
    assert path.read_text() == "old"


def test_write_when_the_disk_refuses_then_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "cams.geojson").mkdir()
    with pytest.raises(OutsideError):
        write_cameras(tmp_path / "cams.geojson", [camera()])
    with pytest.raises(OutsideError):
        write_cameras(tmp_path / "nowhere" / "cams.geojson", [camera()])
    assert [one.name for one in tmp_path.iterdir()] == ["cams.geojson"]


KEYS = st.sampled_from(["id", "source", "osm:source", "osm:osm:id", "status", "osm:", "osm:version", "fr", "evidence"])
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]))
MONTHS = st.dates().filter(lambda day: 1900 <= day.year <= 2023).map(lambda day: day.strftime("%Y-%m"))
CAMERAS = st.builds(
    Camera,
    id=st.integers(1, 10**18).map("osm/way/{}".format)
    | st.text("abcdefgz234567", min_size=10, max_size=10).map("ss/{}".format),
    lonlat=st.builds(
        LonLat, st.floats(-180, 180).map(lambda x: round(x, 7)), st.floats(-90, 90).map(lambda y: round(y, 7))
    ),
    tags=st.dictionaries(KEYS | TEXT, TEXT),
    source=st.sampled_from(["osm", "report", "official", "import:x"]),
    status=st.sampled_from(["confirmed", "unverified", "disputed", "removed"]),
    fr=st.sampled_from(["yes", "no", "unknown"]),
    first_seen=st.none() | MONTHS.map(lambda month: "19" + month[2:]),
    last_seen=st.none() | MONTHS.map(lambda month: "20" + month[2:]).filter(lambda month: month < "2024"),
    confirmations=st.integers(0, 2**31 - 1),
    evidence=st.sampled_from(["seen", "sign", "official_list", "osm"]),
).map(lambda one: replace(one, removed_because="a dummy") if one.status == "removed" else one)


@given(st.lists(CAMERAS, max_size=5, unique_by=lambda one: one.id))
def test_records_when_written_and_read_then_the_same_and_byte_for_byte(cameras: list[Camera]) -> None:
    with TemporaryDirectory() as folder:
        one, two = Path(folder) / "one.geojson", Path(folder) / "two.geojson"
        write_cameras(one, cameras)
        read = read_cameras(one)
        write_cameras(two, reversed(read))
        assert one.read_bytes() == two.read_bytes()
        assert {item.id: item for item in read} == {item.id: item for item in cameras}
        assert one.read_bytes().count(b"\n") == len(cameras) + 2


@given(st.randoms(use_true_random=False), st.integers(1, 8))
def test_read_when_bytes_are_mutated_then_only_ever_a_bad_file(rng: random.Random, times: int) -> None:
    with TemporaryDirectory() as folder:
        path = save(Path(folder), feature(), feature(id="osm/node/2", first_seen="2019-01", confirmations=1))
        data = bytearray(path.read_bytes())
        for _ in range(times):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(4)] = bytes(rng.choices(b'{}[]",:019.eE-\\u\n\x00\xffan', k=rng.randrange(4)))
        path.write_bytes(data)
        if any(finding.severity == "error" for finding in check(path)):
            with pytest.raises(BadFileError, match=r"^[^\n]*$"):
                read_cameras(path)
        else:
            read_cameras(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, st.sampled_from(["geometry", "properties", "type", "coordinates", "id", "features", "status", "x"]))
def test_read_when_a_member_is_anything_then_only_ever_a_bad_file(value: object, member: str) -> None:
    item: dict[str, Any] = feature()
    for holder in (item, item["geometry"], item["properties"]):
        if member in holder or member == "x":
            holder[member] = value
    root = {"type": "FeatureCollection", "features": value if member == "features" else [item]}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cams.geojson"
        path.write_text(json.dumps(root))
        if any(finding.severity == "error" for finding in check(path)):
            with pytest.raises(BadFileError):
                read_cameras(path)
        else:
            read_cameras(path)


def test_from_osm_when_tags_clash_with_the_record_then_both_are_kept(tmp_path: Path) -> None:
    tags = TAGS | {"source": "survey", "id": "7", "status": "broken", "osm:fr": "x", "check_date": "2022-05-29"}
    made = from_osm("way", 12, HERE, tags, "2024-01-01T00:00:00Z")
    assert made == Camera("osm/way/12", HERE, tags, last_seen="2022-05")
    path = tmp_path / "cams.geojson"
    write_cameras(path, [made])
    assert '"osm:source":"survey"' in path.read_text()
    assert '"source":"osm"' in path.read_text()
    assert read_cameras(path) == (made,)


def test_from_osm_when_no_camera_then_none_and_control_characters_become_spaces() -> None:
    assert from_osm("node", 1, HERE, {"man_made": "mast"}, None) is None
    assert from_osm("node", 1, HERE, TAGS | {"surveillance:type": "guard"}, None) is None
    made = from_osm("node", 1, HERE, TAGS | {"note": "a\nb"}, None)
    assert made is not None
    assert made.tags["note"] == "a b"
    assert (made.first_seen, made.last_seen) == (None, None)


def test_demo_when_read_then_221_cameras_none_with_a_direction(tmp_path: Path) -> None:
    cameras = demo_cameras()
    told = coverage("Helsinki", "2018-12", cameras, 10.0)
    assert (told.cameras, told.cameras_per_km2, told.directions_known) == (221, 22.1, 0.0)
    assert (told.oldest, told.newest) == (min(months(cameras)), max(months(cameras)))
    assert told.oldest is not None
    assert told.oldest.startswith("2008")
    path = tmp_path / "cams.geojson"
    write_cameras(path, cameras)
    assert len(read_cameras(path)) == 221
    assert not [finding for finding in check(path) if finding.severity == "error"]


def months(cameras: list[Camera]) -> list[str]:
    return [one.last_seen for one in cameras if one.last_seen is not None]


def test_union_when_both_know_a_camera_then_the_later_gives_tags_and_the_release_its_judgement() -> None:
    extract = camera(tags=TAGS | {"direction": "90"}, lonlat=LonLat(1, 1), last_seen="2023-01")
    released = camera(fr="yes", status="disputed", confirmations=4, first_seen="2019-01", last_seen="2020-01")
    assert union([extract], [released]) == (
        replace(extract, fr="yes", status="disputed", confirmations=4, first_seen="2019-01"),
    )
    later = replace(released, last_seen="2023-02")
    assert union([extract], [later]) == (later,)


@pytest.mark.parametrize(("extract_seen", "winner"), [(None, "release"), ("2020-05", "release"), ("2020-06", "map")])
def test_union_when_dates_are_equal_or_missing_then_the_release_wins(extract_seen: str | None, winner: str) -> None:
    (joined,) = union([camera(tags={"from": "map"}, last_seen=extract_seen)], [camera(tags={"from": "release"})])
    assert joined.tags["from"] == winner


def test_union_when_a_tombstone_then_it_wins_whatever_the_dates() -> None:
    gone = camera(status="removed", last_seen="2001-01")
    assert union([camera(), camera(2)], [gone, camera(fr="yes")]) == (camera(2),)
    assert union([gone], []) == ()


def test_union_when_only_one_knows_then_kept_in_the_order_of_ids() -> None:
    mine = camera(id="ss/abcdefg234")
    assert union([camera(10), camera(9)], [mine]) == (camera(9), camera(10), mine)


@given(CAMERAS, CAMERAS)
def test_union_when_a_release_knows_a_camera_of_the_map_then_joined_as_merge_does(one: Camera, other: Camera) -> None:
    mapped = replace(one, id="osm/node/1", source="osm", status="confirmed", also=(), gone=(), removed_because=None)
    released = replace(other, id="osm/node/1", source="osm", also=(), removed_because=None)
    if released.status == "removed" or mapped.last_seen == released.last_seen:
        return  # a tie is the release's in a union, and nobody's in a merge
    (joined,), (whole,) = union([mapped], [released]), merged([mapped, released])
    assert (joined.lonlat, joined.tags) == (whole.lonlat, whole.tags)
    assert (joined.status, joined.last_seen, joined.gone) == (whole.status, whole.last_seen, whole.gone)


def test_union_when_a_report_that_nobody_confirmed_names_a_camera_of_the_map_then_it_neither_moves_nor_weakens() -> (
    None
):
    mapped = camera(lonlat=LonLat(1, 1), last_seen="2024-05")
    told = replace(mapped, lonlat=LonLat(1.1, 1), status="unverified", last_seen="2026-11", fr="no")
    (joined,) = union([mapped], [told])
    assert (joined.lonlat, joined.status, joined.fr) == (LonLat(1, 1), "confirmed", "unknown")


@given(st.lists(CAMERAS, max_size=4, unique_by=lambda one: one.id), st.data())
def test_union_when_joined_then_every_record_can_be_written(cameras: list[Camera], data: st.DataObject) -> None:
    others = [replace(data.draw(CAMERAS), id=one.id) for one in cameras]
    joined = union(cameras, others)
    assert union(joined, []) == joined
    with TemporaryDirectory() as folder:
        write_cameras(Path(folder) / "cams.geojson", joined)


def test_vanished_when_gone_or_buried_then_listed() -> None:
    before = [camera(10), camera(9), camera(3), camera(4, status="removed")]
    now = [camera(3), camera(10, status="removed"), camera(11)]
    assert vanished(before, now) == (camera(9), camera(10))


def test_coverage_when_some_are_known_then_counts_what_is_in_use() -> None:
    cameras = [
        camera(1, tags=TAGS | {"direction": "N"}, last_seen=None),
        camera(2, last_seen="2019-01"),
        camera(3, status="removed", last_seen="2001-01"),
        camera(4, tags={"man_made": "mast"}),
    ]
    told = coverage("X", None, cameras, 0.5)
    assert (told.cameras, told.cameras_per_km2, told.directions_known) == (2, 4.0, 0.5)
    assert (told.oldest, told.newest) == ("2019-01", "2019-01")
    nothing = coverage("X", None, [], 0.0)
    assert (nothing.cameras_per_km2, nothing.directions_known, nothing.oldest) == (0.0, 0.0, None)


def test_file_when_it_begins_with_a_byte_order_mark_then_read_with_its_head(tmp_path: Path) -> None:
    path = tmp_path / "cams.geojson"
    write_cameras(path, [camera()], attribution="a town", licence="CC0-1.0")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_cameras(path) == (camera(),)
    assert head_of(path) == {"attribution": "a town", "licence": "CC0-1.0"}
    assert [one for one in check(path) if one.severity == "error"] == []


@pytest.mark.parametrize("command", [("check", "."), ("stats", "."), ("import", ".", "--source", "x", "-o", "out")])
def test_command_when_the_file_is_a_folder_without_a_name_then_named_all_the_same(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["cameras", *command]) == 4
    told = capsys.readouterr()
    assert ".: cannot be read (Is a directory)" in told.out + told.err
    assert ": : " not in told.out + told.err
