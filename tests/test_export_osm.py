from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.cameras import read_cameras, write_cameras
from routing.cli import run
from routing.export_osm import lacking, osm_tags, write_josm
from routing.model import Camera, LonLat, Origin

if TYPE_CHECKING:
    from pathlib import Path

HERE = LonLat(24.94, 60.17)
TEN_M = LonLat(24.94, 60.17 + 10 / 111_200)
TWENTY_M = LonLat(24.94, 60.17 + 20 / 111_200)
TAGS = {"man_made": "surveillance"}
EAST = {**TAGS, "camera:direction": "90"}
WEST = {**TAGS, "camera:direction": "270"}


def ours(at: LonLat = HERE, tags: dict[str, str] = TAGS, **changes: Any) -> Camera:  # noqa: ANN401
    made = Camera("ss/abcdefghij", at, tags, source="report", evidence="seen")
    return replace(made, **changes)


def theirs(at: LonLat = HERE, tags: dict[str, str] = TAGS, **changes: Any) -> Camera:  # noqa: ANN401
    return replace(Camera("osm/node/7", at, tags), **changes)


@pytest.mark.parametrize(
    ("camera", "mapped", "is_new"),
    [
        (ours(), theirs(TEN_M), False),
        (ours(), theirs(TWENTY_M), True),
        (ours(tags=EAST), theirs(TEN_M, WEST), True),
        (ours(tags=EAST), theirs(TEN_M, EAST), False),
        (ours(tags=EAST), theirs(TEN_M), False),
        (ours(status="removed"), theirs(TWENTY_M), False),
        (ours(status="unverified"), theirs(TWENTY_M), False),
        (ours(status="disputed"), theirs(TWENTY_M), False),
        (ours(also=(Origin("osm/node/9"),)), theirs(TWENTY_M), False),
        (theirs(), theirs(TWENTY_M), False),
        (ours(tags={"man_made": "surveillance", "surveillance:type": "guard"}), theirs(TWENTY_M), False),
    ],
)
def test_lacking_when_a_camera_may_be_on_the_map_then_it_is_not_new(
    camera: Camera, mapped: Camera, *, is_new: bool
) -> None:
    assert lacking([camera], [mapped]).new == ((camera,) if is_new else ())


def test_lacking_when_a_single_report_is_asked_for_then_it_goes_out() -> None:
    single = ours(status="unverified")

    assert lacking([single], [], unverified=True).new == (single,)
    assert lacking([single], []).held_back == 1


def test_lacking_when_a_camera_of_the_same_file_is_on_the_map_then_its_double_stays() -> None:
    found = lacking([ours(), theirs(TEN_M)], [])

    assert (found.new, found.doubles) == ((), 1)


@pytest.mark.parametrize(
    "camera",
    [theirs(tags=EAST), ours(tags=EAST, also=(Origin("osm/node/7"),)), ours(TEN_M, EAST)],
)
def test_lacking_when_a_direction_is_known_here_alone_then_it_is_listed(camera: Camera) -> None:
    assert lacking([camera], [theirs()]).directions == (("osm/node/7", "90"),)
    assert lacking([camera], [theirs(tags=WEST)]).directions == ()


@given(st.dictionaries(st.text(max_size=300), st.text(max_size=300), max_size=6))
def test_tags_when_any_text_is_given_then_they_fit_openstreetmap(tags: dict[str, str]) -> None:
    for key, value in osm_tags(ours(tags=tags)).items():
        assert 0 < len(key) <= 255
        assert 0 < len(value) <= 255
        assert "\n" not in key + value


@given(
    st.lists(
        st.tuples(
            st.floats(-180, 180),
            st.floats(-85, 85),
            st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4),
        ),
        max_size=8,
    )
)
def test_file_when_it_is_read_back_then_tags_and_places_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, float, dict[str, str]]]
) -> None:
    path = tmp_path_factory.mktemp("josm") / "new.osm"
    letters = "abcdefgh"
    cameras = [
        ours(LonLat(lon, lat), {**tags, **EAST, "name": "<b>\"&'"}, id=f"ss/{letters[i]}bcdefghij")
        for i, (lon, lat, tags) in enumerate(rows)
    ]

    write_josm(path, cameras)

    nodes = [
        (node.id, node.lon, node.lat, dict(node.tags))
        for node in osmium.FileProcessor(str(path))
        if isinstance(node, osmium.osm.Node)
    ]
    assert [number for number, *_ in nodes] == [-1 - i for i in range(len(cameras))]
    for camera, (_, lon, lat, tags) in zip(cameras, nodes, strict=True):
        assert (lon, lat) == pytest.approx(camera.lonlat, abs=1e-7)
        assert tags == osm_tags(camera)


def test_command_when_a_map_is_given_then_the_file_is_for_josm_and_tells_nothing_of_ours(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, extract, out = tmp_path / "c.geojson", tmp_path / "map.osm", tmp_path / "new.osm"
    mapped = '<node id="7" version="1" lat="60.17" lon="24.94"><tag k="man_made" v="surveillance"/></node>'
    extract.write_text(f'<osm version="0.6">{mapped}</osm>')
    far = ours(LonLat(24.95, 60.18), {**EAST, "source": "survey"}, last_seen="2025-01", fr="yes", confirmations=3)
    write_cameras(file, [far, theirs(tags=EAST), ours(TEN_M, id="ss/bbbbbbbbbb")])

    code = run(["cameras", "export-osm", str(file), "--map", str(extract), "-o", str(out)])
    told, error = capsys.readouterr()

    assert code == 0
    assert error.count("\n") == 1
    assert "account" in error
    assert "1 cameras that OpenStreetMap lacks" in told
    assert "node/7 camera:direction=90" in told
    text = out.read_text(encoding="utf-8")
    assert 'upload="false"' in text
    assert text.count("<node ") == 1
    assert 'k="source" v="survey"' in text  # a tag of OpenStreetMap, not the property of the record
    assert not any(word in text for word in ("ss/", "2025-01", "confirmations", 'k="fr"', "report"))


def test_command_when_nothing_is_lacking_then_an_empty_file_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, out = tmp_path / "c.geojson", tmp_path / "new.osm"
    write_cameras(file, [theirs()])

    code = run(["cameras", "export-osm", str(file), "-o", str(out)])

    assert capsys.readouterr().out
    assert code == 0
    assert len(read_cameras(file)) == 1
    assert "<node" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"", b"{}", b"Geheim", b'{"type": "FeatureCollection", "features": [1]}'])
def test_command_when_the_file_is_bad_then_one_line_and_nothing_written(
    content: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, out = tmp_path / "c.geojson", tmp_path / "new.osm"
    file.write_bytes(content)

    code = run(["cameras", "export-osm", str(file), "-o", str(out)])
    error = capsys.readouterr().err

    assert code == 4
    assert error.count("\n") == 1
    assert "Geheim" not in error
    assert not out.exists()
