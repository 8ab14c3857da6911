from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.cameras import check, read_cameras
from routing.cli import run as sidestep
from routing.errors import BadFileError, BadUsageError
from routing.hazard.existence import existence
from routing.hazard.parameters import model
from routing.import_rows import Rules, month_of, position
from routing.importing import import_cameras
from routing.optics import DIRECTION_KEYS, direction_known
from routing.trust import confirmed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routing.importing import Imported

    Run = Callable[..., tuple[int, str, str]]

TOWN = Rules(source="town")
SECRETS = ("60.1701", "24.9401", "60,1701", "24,9401", "Geheim", "6677000")


def save(folder: Path, content: object, name: str = "list.json") -> Path:
    path = folder / name
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def feature(at: object = (24.9401, 60.1701), **rest: Any) -> dict[str, Any]:  # noqa: ANN401
    properties = rest.pop("properties", {"man_made": "surveillance"})
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": properties, **rest}


def geojson(*features: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features)}


def table(folder: Path, text: str, rules: Rules = TOWN, encoding: str = "utf-8") -> Imported:
    return import_cameras(save(folder, text.encode(encoding), "list.csv"), rules)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = sidestep(["cameras", *map(str, arguments)])
        return code, *capsys.readouterr()

    return call


def test_import_when_the_export_of_bengaluru_is_read_then_all_points_are_accounted_for(
    test_data: Path, run: Run, tmp_path: Path
) -> None:
    source, out = test_data / "bengaluru-cameras.geojson", tmp_path / "cameras.geojson"

    code, told, _ = run("import", source, "-o", out, "--list")

    assert code == 0
    cameras = read_cameras(out)
    # of 1,816 points that the map calls surveillance, two are guards: people, not cameras
    assert len(cameras) == 1814
    assert "not taken: 11 are no surveillance cameras" in told
    assert "not taken: 1 are not in use" in told
    assert "not taken: 2 are guards" in told
    assert told.count("\n  line ") == 14
    assert sum(camera.id.startswith("osm/way/") for camera in cameras) == 1
    unknown = [
        camera.tags["camera:direction"]
        for camera in cameras
        if any(key in camera.tags for key in DIRECTION_KEYS) and not direction_known(camera.tags)
    ]
    assert sorted(unknown) == ["27250", "null"]
    assert not [finding for finding in check(out) if finding.severity == "error"]


@pytest.mark.parametrize(
    "change",
    [
        {"id": "node/7"},
        {"properties": {"@id": "node/7", "man_made": "surveillance"}},
        {"properties": {"id": "node/7", "man_made": "surveillance"}},
        {"properties": {"type": "node", "id": 7, "tags": {"man_made": "surveillance"}}},
        {"properties": {"osm_type": "node", "osm_id": "7", "man_made": "surveillance"}},
        {"properties": {"@osmId": "node/7", "man_made": "surveillance"}},
    ],
)
def test_import_when_an_id_is_of_openstreetmap_then_it_is_kept_and_no_tag(
    change: dict[str, Any], tmp_path: Path
) -> None:
    camera = import_cameras(save(tmp_path, geojson(feature(**change))), Rules()).cameras[0]

    assert camera.id == "osm/node/7"
    assert camera.source == camera.evidence == "osm"
    assert camera.status == "confirmed"
    assert camera.tags == {"man_made": "surveillance"}


def test_import_when_an_export_tells_who_edited_then_only_the_month_is_kept(tmp_path: Path) -> None:
    properties = {"man_made": "surveillance", "@user": "Ann", "@uid": "3", "@timestamp": "2021-05-06T07:08:09Z"}
    got = import_cameras(save(tmp_path, geojson(feature(id="node/7", properties=properties))), Rules())

    assert got.cameras[0].tags == {"man_made": "surveillance"}
    assert got.cameras[0].last_seen == "2021-05"


def test_import_when_a_camera_is_a_line_or_polygon_then_its_middle_counts(tmp_path: Path) -> None:
    ring = [[[24.0, 60.0], [24.2, 60.0], [24.2, 60.4], [24.0, 60.0]]]
    shape = {**feature(id="way/9"), "geometry": {"type": "Polygon", "coordinates": ring}}

    lon, lat = import_cameras(save(tmp_path, geojson(shape)), Rules()).cameras[0].lonlat

    assert (lon, lat) == pytest.approx((24.1, 60.2))


def test_import_when_overpass_answers_then_nodes_and_centres_of_ways_are_cameras(tmp_path: Path) -> None:
    tags = {"man_made": "surveillance"}
    answer = {
        "version": 0.6,
        "elements": [
            {"type": "node", "id": 1, "lat": 60.1, "lon": 24.9, "tags": tags, "timestamp": "2019-01-02T03:04:05Z"},
            {"type": "way", "id": 2, "center": {"lat": 60.2, "lon": 24.8}, "tags": tags},
            {"type": "way", "id": 3, "nodes": [5, 6], "tags": tags},
            {"type": "node", "id": 5, "lat": 60.0, "lon": 24.0},
            {"type": "node", "id": 6, "lat": 60.2, "lon": 24.2},
            {"type": "relation", "id": 4, "tags": tags},
        ],
    }
    got = import_cameras(save(tmp_path, answer), Rules())

    assert [(camera.id, camera.last_seen) for camera in got.cameras] == [
        ("osm/node/1", "2019-01"),
        ("osm/way/2", None),
        ("osm/way/3", None),
    ]
    assert got.cameras[2].lonlat == pytest.approx((24.1, 60.1))
    assert [one.reason for one in got.left] == ["have no tags: points of ways"] * 2
    assert len(got.bad) == 1


def test_import_when_overpass_gave_up_then_the_answer_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, {"remark": "runtime error: Query timed out", "elements": []})

    with pytest.raises(BadFileError, match="incomplete"):
        import_cameras(path, Rules())


@pytest.mark.parametrize(
    "content",
    [
        [{"id": 9_000_001, "lat": 60.1, "lon": 24.9, "tags": {"direction": "90", "brand": "F"}}],
        geojson(feature((24.9, 60.1), properties={"id": 9_000_001, "direction": "90", "brand": "F"})),
    ],
)
def test_import_when_the_list_is_deflocks_then_its_points_read_number_plates(content: object, tmp_path: Path) -> None:
    got = import_cameras(save(tmp_path, content), Rules())

    assert got.form == "deflock"
    assert got.cameras[0].id == "osm/node/9000001"
    assert got.cameras[0].tags == {
        "man_made": "surveillance",
        "surveillance:type": "ALPR",
        "direction": "90",
        "brand": "F",
    }


def test_import_when_a_city_numbers_its_cameras_then_they_are_not_taken_for_nodes_of_the_map(tmp_path: Path) -> None:
    path = save(tmp_path, geojson(feature(properties={"id": 17, "operator": "City"})))

    with pytest.raises(BadUsageError, match="--source"):
        import_cameras(path, Rules())
    assert import_cameras(path, TOWN).cameras[0].id.startswith("ss/")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_table_when_any_delimiter_and_line_end_is_used_then_it_is_read(sign: str, end: str, tmp_path: Path) -> None:
    rows = ["Name", "LATITUDE", "LONGITUDE", "AZIMUTH"], ["a", "60.1", "24.9", "90"], ["b", "60.2", "24.8", ""]
    rules = Rules(source="town", columns={"lat": "LATITUDE", "lon": "LONGITUDE", "camera:direction": "AZIMUTH"})

    got = table(tmp_path, end.join(sign.join(row) for row in rows), rules)

    assert [camera.tags.get("camera:direction") for camera in got.cameras] == ["90", None]
    assert all("Name" not in camera.tags for camera in got.cameras)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_table_when_it_comes_from_a_spreadsheet_then_its_encoding_is_known(encoding: str, tmp_path: Path) -> None:
    got = table(tmp_path, "широта;долгота;operator\n55,7;37,6;Город\n", encoding=encoding)

    assert got.cameras[0].tags["operator"] == "Город"
    assert got.cameras[0].lonlat == (37.6, 55.7)


def test_table_when_the_encoding_is_old_then_it_is_asked_for_and_understood(tmp_path: Path) -> None:
    text = "lat;lon;operator\n55.7;37.6;x\n55.8;37.6;Город\n"
    with pytest.raises(BadFileError, match=r"line 3: .*--encoding"):
        table(tmp_path, text, encoding="cp1251")
    got = table(tmp_path, text, Rules(source="town", encoding="cp1251"), encoding="cp1251")
    assert got.cameras[1].tags["operator"] == "Город"
    with pytest.raises(BadUsageError):
        table(tmp_path, text, Rules(source="town", encoding="no-such"))


@pytest.mark.parametrize(
    "cell",
    [
        '{"coordinates":[37.6,55.7],"type":"Point"}',
        "{coordinates=[37.6, 55.7], type=Point}",
        '{"coordinates":[[37.6,55.7]],"type":"MultiPoint"}',
        "POINT (37.6 55.7)",
        "SRID=4326;POINT(37.6 55.7)",
        "(55.7, 37.6)",
        "55.7,37.6",
    ],
)
def test_table_when_one_column_holds_the_position_then_it_is_read(cell: str, tmp_path: Path) -> None:
    quoted = cell.replace('"', '""')

    assert table(tmp_path, f'ID;geoData\n1;"{quoted}"\n').cameras[0].lonlat == (37.6, 55.7)


def test_table_when_rows_are_bad_then_each_is_listed_with_its_line(tmp_path: Path) -> None:
    text = (
        'lat,lon,seen,note\n60.1701,24.9401,2024-05-01,"two\nlines"\n60,1701,24,9401,x\n,24.9401,,\n'
        "6677000.5,24.9401,,\n0,0,,\n160.1701,24.9401,,\n60.1701,24.9401,Geheim,\n\n60.3,24.9401,17.05.2020,\n"
    )
    got = table(tmp_path, text, Rules(source="town", columns={"last_seen": "seen"}))

    assert [finding.line for finding in got.bad] == [4, 5, 6, 7, 8, 9]
    assert [camera.last_seen for camera in got.cameras] == ["2024-05", "2020-05"]
    assert not any(secret in finding.message for finding in got.bad for secret in SECRETS)


def test_table_when_it_is_read_again_then_ids_are_the_same_and_two_on_a_pole_differ(tmp_path: Path) -> None:
    text = "lat,lon,direction\n60.1,24.9,90\n60.1,24.9,180\n60.2,24.9,0\n60.1,24.9,90\n"

    first, again = table(tmp_path, text), table(tmp_path, text)

    assert [camera.id for camera in first.cameras] == [camera.id for camera in again.cameras]
    assert len(first.cameras) == 3
    assert [one.line for one in first.left] == [5]
    assert all(re.fullmatch("ss/[a-z2-7]{10}", camera.id) for camera in first.cameras)
    other = table(tmp_path, text, Rules(source="city"))
    assert {camera.id for camera in first.cameras}.isdisjoint(camera.id for camera in other.cameras)


def test_table_when_rows_of_one_pole_change_places_or_go_then_no_id_falls_upon_another(tmp_path: Path) -> None:
    def ids(*looks: str) -> dict[str, str]:
        rows = "".join(f"60.1,24.9,{look}\n" for look in looks)
        return {one.tags["direction"]: one.id for one in table(tmp_path, f"lat,lon,direction\n{rows}").cameras}

    both = ids("90", "270")
    assert ids("270", "90") == both
    assert ids("0", "270", "90").items() >= both.items()
    assert ids("0", "270")["270"] == both["270"]
    # left alone it is named by the position; that is the id of none that was there before
    assert ids("270")["270"] not in both.values()
    assert ids("270") == {"270": ids("90")["90"]}


def test_table_when_rows_have_a_key_then_the_id_outlives_a_better_position(tmp_path: Path) -> None:
    rules = Rules(source="town", key="ID")

    first = table(tmp_path, "ID,lat,lon\n7,60.1,24.9\n", rules)
    later = table(tmp_path, "ID,lat,lon\n8,60.1,24.9\n7,60.1001,24.9\n,60.5,24.9\n", rules)

    assert first.cameras[0].id == later.cameras[1].id
    assert [finding.message for finding in later.bad] == ["has no key"]


def test_import_when_the_list_is_official_then_the_record_says_so(tmp_path: Path) -> None:
    camera = table(tmp_path, "lat,lon\n60.1,24.9\n", Rules(official=True, seen="2025-01")).cameras[0]

    assert (camera.source, camera.evidence, camera.status) == ("official", "official_list", "confirmed")
    assert camera.last_seen == "2025-01"
    with pytest.raises(BadUsageError, match="--source"):
        table(tmp_path, "lat,lon\n60.1,24.9\n", Rules(official=True, key="lat"))


def test_import_when_the_list_is_anybodys_then_unverified_until_another_month_or_source(tmp_path: Path) -> None:
    camera = table(tmp_path, "lat,lon\n60.1,24.9\n", Rules(source="town", seen="2025-01")).cameras[0]

    assert (camera.source, camera.status) == ("import:town", "unverified")
    default = model().default
    assert existence(camera, "2025-01", default) == default.single_report * default.existence_first
    assert confirmed(camera, "2025-02").status == "confirmed"


def test_import_when_a_text_has_html_and_control_characters_then_only_these_become_blanks(tmp_path: Path) -> None:
    properties = {"man_made": "surveillance", "description": "<b>x</b>\u0000\u0085y"}
    got = import_cameras(save(tmp_path, geojson(feature(id="node/7", properties=properties))), Rules())

    assert got.cameras[0].tags["description"] == "<b>x</b>  y"


def test_import_when_the_file_holds_our_records_then_merge_is_named(tmp_path: Path) -> None:
    path = save(tmp_path, geojson(feature(properties={"id": "osm/node/1", "man_made": "surveillance"})))

    with pytest.raises(BadFileError, match="merge"):
        import_cameras(path, Rules())


BAD_FILES = {
    "nothing": b" \n",
    "html": b"<html>Geheim",
    "zip": b"PK\x03\x04...",
    "gzip": b"\x1f\x8b....",
    "not-json": b'{"type": "FeatureCollection",\n"features": [Geheim',
    "nan": b'{"type": "FeatureCollection",\n"features": [NaN]}',
    "deep": b"[" * 100_000,
    "other-json": b'{"Geheim": 60.1701}',
    "features-no-list": b'{"type": "FeatureCollection", "features": "Geheim"}',
    "all-bad": b'{"type": "FeatureCollection", "features": [{"Geheim": [60.1701]}, 60.1701, null, []]}',
    "no-header": b"60.1701,24.9401\n60.1701,24.9401\n",
    "open-quote": b'lat,lon,name\n60.1701,24.9401,"Geheim\n',
    "bad-quote": b'lat,lon,name\n60.1701,24.9401,"Geheim"x\n',
    "not-text": b"lat,lon\n\xff\xfe,Geheim\n",
    "long-cell": b"lat,lon\n" + b"6" * 200_000,
    "all-rows-bad": b"lat,lon\nGeheim,24.9401\n",
    "only-a-mark": b"\xff\xfe",
    "blank": b"\xff\xfe \x00",
    "no-place": b"geoData,x\nGeheim,1\n",
    "no-node": b'[{"id": "Geheim", "lat": 60.1701, "lon": 24.9401}]',
    "no-node-place": b'[{"id": 7, "lat": "Geheim", "lon": 24.9401}]',
    "no-element": b'{"elements": [{"type": "Geheim", "lat": 60.1701, "lon": 24.9401}]}',
    "too-deep": b'{"elements": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
    "lone-surrogate": b'{"elements": ["\\ud800"]}',
    "no-place-of-osm": b'{"type": "FeatureCollection", "features": [{"id": "node/7", "Geheim": 60.1701}]}',
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_command_when_a_file_is_bad_then_one_line_without_its_values_is_told(
    name: str, run: Run, tmp_path: Path
) -> None:
    path, out = save(tmp_path, BAD_FILES[name], "list"), tmp_path / "out.geojson"

    code, told, error = run("import", path, "--source", "town", "-o", out)

    assert code in (2, 4)
    assert told == ""
    assert error.count("\n") == 1
    assert not any(secret in error for secret in SECRETS)
    assert not out.exists()


def test_command_when_a_file_is_missing_or_too_large_then_one_line_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.geojson"
    code, _, error = run("import", tmp_path / "none.csv", "--source", "town", "-o", out)
    assert (code, error.count("\n")) == (4, 1)
    monkeypatch.setattr("routing.import_rows.MAX_FILE_BYTES", 10)
    code, _, error = run("import", save(tmp_path, b"lat,lon\n60.1701,24.9401\n", "a.csv"), "-o", out)
    assert (code, error.count("\n")) == (4, 1)
    assert "larger" in error


def test_table_when_columns_tell_more_than_tags_then_the_record_says_it(tmp_path: Path) -> None:
    columns = {"first_seen": "since", "last_seen": "seen", "fr": "face"}
    text = (
        "lat,lon,since,seen,face\n60.1,24.9,2019-02,2024-05-01,Yes\n60.2,24.9,2020-05,2019-01,\n"
        "60.3,24.9,,,Geheim\n60.4,24.9,2021-07,,\n"
    )
    got = table(tmp_path, text, Rules(source="town", columns=columns))

    assert [(one.first_seen, one.last_seen, one.fr) for one in got.cameras] == [
        ("2019-02", "2024-05", "yes"),
        ("2021-07", "2021-07", "unknown"),
    ]
    assert [finding.message for finding in got.bad] == [
        "first_seen is after last_seen",
        "fr is not understood; it is yes, no or unknown",
    ]


def test_import_when_overpass_tells_bounds_or_geometry_then_the_middle_counts(tmp_path: Path) -> None:
    tags = {"man_made": "surveillance"}
    box = {"minlat": 60.0, "minlon": 24.0, "maxlat": 60.2, "maxlon": 24.4}
    line = [{"lat": 60.0, "lon": 24.0}, None, {"lat": 60.2, "lon": 24.4}]
    elements = [
        {"type": "relation", "id": 1, "bounds": box, "tags": tags},
        {"type": "way", "id": 2, "geometry": line, "tags": tags},
    ]
    got = import_cameras(save(tmp_path, {"elements": elements}), Rules())

    assert [one.lonlat for one in got.cameras] == [pytest.approx((24.2, 60.1))] * 2


def test_import_when_rows_are_read_then_progress_adds_up(tmp_path: Path) -> None:
    path, told = save(tmp_path, "lat,lon\n" + "60.1,24.9\n" * 2500, "list.csv"), list[int]()

    got = import_cameras(path, TOWN, progress=told.append)

    assert told == [1000, 1000, 500]
    assert (len(got.cameras), len(got.left)) == (1, 2499)


@pytest.mark.parametrize(
    "options",
    [
        ("--column", "lat"),
        ("--column", "id=ID"),
        ("--column", "Lat=ID"),
        ("--column", "lat=a", "--column", "lat=b"),
        ("--column", "lat=nope", "--column", "lon=lon"),
        ("--key", "nope"),
        ("--tag", "status=confirmed"),
        ("--seen", "2999-01"),
        ("--source", "a b"),
        ("--encoding", "no-such"),
        ("--encoding", "hex"),
    ],
)
def test_command_when_an_option_is_wrong_then_one_line_and_exit_code_2(
    options: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    path, out = save(tmp_path, "lat,lon\n60.1701,24.9401\n", "list.csv"), tmp_path / "out.geojson"

    code, _, error = run("import", path, "--source", "town", "-o", out, *options)

    assert code == 2
    assert error.count("\n") == 1
    assert not any(secret in error for secret in SECRETS)
    assert not out.exists()


def test_command_when_strict_then_a_bad_row_is_an_error_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    path = save(tmp_path, "lat,lon\n60.1701,24.9401\nGeheim,24.9401\n", "list.csv")
    out = tmp_path / "out.geojson"

    code, told, error = run("import", path, "--source", "town", "-o", out)
    assert (code, len(read_cameras(out))) == (0, 1)
    assert "not taken: 1 cannot be read" in told
    assert "list.csv, line 3: has no position" in error
    out.unlink()

    code, _, error = run("import", path, "--source", "town", "-o", out, "--strict")
    assert code == 4
    assert not out.exists()
    assert not any(secret in error for secret in SECRETS)


def test_command_when_directions_are_not_understood_then_counted_with_examples_in_one_line(
    run: Run, tmp_path: Path
) -> None:
    looks = ["90", "links", "to the left", "links", "6677000", "60.1701 24.9401", "\x1b[31m", "", "N"]
    rows = "".join(f"60.{n},24.9,{look}\n" for n, look in enumerate(looks, start=1))
    path = save(tmp_path, f"lat,lon,direction\n{rows}", "list.csv")

    code, told, error = run("import", path, "--source", "town", "-o", tmp_path / "out.geojson")

    assert (code, error) == (0, "")
    (line,) = [line for line in told.splitlines() if line.startswith("direction")]
    assert line.startswith("direction not understood: 5 (such as links, to the left); these count as looking all round")
    assert "\x1b" not in told


def test_command_when_a_lists_licence_is_not_named_then_none_is_claimed(run: Run, tmp_path: Path) -> None:
    path, out = save(tmp_path, "lat,lon\n60.1,24.9\n", "list.csv"), tmp_path / "out.geojson"

    _, told, _ = run("import", path, "--source", "town", "-o", out)
    assert "licence: not known" in told
    assert "license" not in json.loads(out.read_text())
    run("confirm", out, read_cameras(out)[0].id)
    assert "license" not in json.loads(out.read_text())
    out.unlink()
    _, told, _ = run("import", path, "--source", "town", "-o", out, "--license", "CC0-1.0")
    assert json.loads(out.read_text())["license"] == "CC0-1.0"
    assert "licence" not in told
    out.unlink()
    run("import", save(tmp_path, geojson(feature(id="node/7"))), "-o", out)
    assert json.loads(out.read_text())["license"] == "ODbL-1.0"


def test_command_when_out_is_the_list_or_another_file_then_nothing_is_lost(run: Run, tmp_path: Path) -> None:
    path, out = save(tmp_path, "lat,lon\n60.1,24.9\n", "list.csv"), tmp_path / "out.geojson"
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    mine = save(tmp_path, geojson(feature(properties={"id": "osm/node/1"})), "mine.geojson")
    for output, more in ((path, ["--overwrite"]), (link, ["--overwrite"]), (mine, [])):
        before = output.read_bytes()
        code, told, error = run("import", path, "--source", "town", "-o", output, *more)
        assert (code, told, error.count("\n")) == (2, "", 1)
        assert output.read_bytes() == before
    for _ in range(2):  # the same again loses nothing
        assert run("import", path, "--source", "town", "-o", out)[0] == 0
    assert run("import", path, "--source", "town", "-o", mine, "--overwrite")[0] == 0
    assert mine.read_bytes() == out.read_bytes()
    # nor by the other commands that write a new file
    before = mine.read_bytes()
    assert run("merge", out, save(tmp_path, geojson(), "none.geojson"), "-o", mine, "--license", "CC0-1.0")[0] == 2
    assert run("export-osm", out, "-o", mine)[0] == run("export-osm", out, "-o", out)[0] == 2
    assert mine.read_bytes() == out.read_bytes() == before
    assert run("merge", out, mine, "-o", mine)[0] == 0


def test_command_when_thousands_of_rows_are_bad_then_fifty_are_told(run: Run, tmp_path: Path) -> None:
    path = save(tmp_path, "lat,lon\n60.1,24.9\n" + "x,y\n" * 99, "list.csv")

    _, _, error = run("import", path, "--source", "town", "-o", tmp_path / "a")
    assert error.count("\n") == 51
    _, _, error = run("import", path, "--source", "town", "-o", tmp_path / "a", "--list")
    assert error.count("\n") == 99


@given(st.floats(), st.floats())
def test_position_when_any_two_numbers_are_given_then_it_is_on_the_globe_or_told(lon: float, lat: float) -> None:
    at = position(lon, lat)

    assert isinstance(at, str) or (abs(at.lon) <= 180 and abs(at.lat) <= 90)


@given(st.text())
def test_month_when_any_text_is_given_then_it_is_a_month_or_none(text: str) -> None:
    month = month_of(text)

    assert month is None or re.fullmatch(r"\d{4}-\d{2}", month)
