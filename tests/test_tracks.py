"""Files of walks: what is read of them, and that nothing else than one clear line comes of a bad one."""

from __future__ import annotations

import io
import json
import re
import sys
import types
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import tracks
from routing.errors import BadFileError, BadUsageError
from routing.formats import as_gpx
from routing.model import LonLat, RouteRequest
from routing.router import plan
from routing.tracks import read_track

if TYPE_CHECKING:
    from pathlib import Path

    from routing.area import Area

GPX11 = 'xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"'
GPX10 = 'xmlns="http://www.topografix.com/GPX/1/0" version="1.0" creator="x"'
ONE, TWO, THREE = (f'<trkpt lat="60.17{n}" lon="24.94{n}"/>' for n in (1, 2, 3))


def gpx(inside: str, head: str = GPX11) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx {head}>\n{inside}\n</gpx>\n'.encode()


def trk(*points: str) -> str:
    return f"<trk><trkseg>{''.join(points)}</trkseg></trk>"


def timed(*times: str) -> str:
    return trk(*(f'<trkpt lat="60.17{n}" lon="24.94"><time>{time}</time></trkpt>' for n, time in enumerate(times)))


def read(tmp_path: Path, data: bytes) -> tracks.Track:
    file = tmp_path / "walk.gpx"
    file.write_bytes(data)
    return read_track(file)


def refusal(tmp_path: Path, data: bytes) -> str:
    """Give the message, which must be one line that names the file and holds no coordinate."""
    with pytest.raises(BadFileError) as caught:
        read(tmp_path, data)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("walk.gpx")
    assert not re.search(r"60\.17|24\.94|\d\.\d{3,}", text)
    return text


@pytest.mark.parametrize("head", [GPX11, GPX10, 'version="1.1"'])
def test_track_when_gpx_has_two_segments_then_they_are_one_line_with_a_break(tmp_path: Path, head: str) -> None:
    inside = f"<trk><name>n</name><trkseg>{ONE}{TWO}</trkseg><trkseg/><trkseg>{THREE}</trkseg></trk>"
    track = read(tmp_path, gpx(inside, head))
    np.testing.assert_array_equal(track.lonlat, [[24.941, 60.171], [24.942, 60.172], [24.943, 60.173]])
    assert track.breaks.tolist() == [2]
    assert track.seconds is None
    assert (track.lonlat.dtype, track.breaks.dtype) == (np.float64, np.int64)


def test_track_when_there_is_only_a_route_then_it_is_read(tmp_path: Path) -> None:
    route = "<rte>" + (ONE + TWO).replace("trkpt", "rtept") + "</rte>"
    assert len(read(tmp_path, gpx(route)).lonlat) == 2
    assert len(read(tmp_path, gpx(route + trk(ONE, TWO, THREE))).lonlat) == 3


def test_track_when_every_point_has_a_time_then_differences_are_kept(tmp_path: Path) -> None:
    track = read(tmp_path, gpx(timed("2024-05-17T12:00:00Z", "2024-05-17T14:00:01.5+02:00", " 2024-05-17T12:00:03 ")))
    assert track.seconds is not None
    assert track.seconds.tolist() == [0.0, 1.5, 3.0]


def test_track_when_a_point_has_no_time_then_there_are_none(tmp_path: Path) -> None:
    assert (
        read(
            tmp_path, gpx(timed("2024-05-17T12:00:00Z", "2024-05-17T12:00:01Z").replace("</trkseg>", f"{ONE}</trkseg>"))
        ).seconds
        is None
    )


def test_track_when_points_carry_other_things_then_these_are_left_out(tmp_path: Path) -> None:
    more = (
        '<extensions xmlns:g="urn:g"><g:trkpt lat="1" lon="1"/><g:time>x</g:time><time>y</time></extensions>'
        "<ele>nan</ele><name>&lt;&#233;</name>"
    )
    point = f'<trkpt lat="60.171" lon="24.941">{more}</trkpt>'
    wpt = '<wpt lat="1" lon="1"><time>z</time></wpt>'
    track = read(tmp_path, gpx(wpt + trk(point, TWO)))
    assert len(track.lonlat) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_track_when_encoding_is_another_then_it_is_read(tmp_path: Path, encoding: str) -> None:
    name = "UTF-8" if encoding == "utf-8-sig" else encoding
    text = gpx("<metadata><name>é</name></metadata>" + trk(ONE, TWO)).decode().replace("UTF-8", name)
    assert len(read(tmp_path, text.encode(encoding)).lonlat) == 2


LINE = [[24.941, 60.171, 5.0], [24.942, 60.172]]
FEATURE = {"type": "Feature", "properties": None, "geometry": {"type": "LineString", "coordinates": LINE}}


@pytest.mark.parametrize(
    ("root", "breaks"),
    [
        ({"type": "LineString", "coordinates": LINE}, []),
        (FEATURE, []),
        ({"type": "MultiLineString", "coordinates": [LINE[:1], [], LINE[1:]]}, [1]),
        (
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [0, 0]}}, FEATURE],
            },
            [],
        ),
    ],
)
def test_track_when_geojson_holds_one_line_then_it_is_read(tmp_path: Path, root: object, breaks: list[int]) -> None:
    track = read(tmp_path, b"\xef\xbb\xbf" + json.dumps(root).encode())
    np.testing.assert_array_equal(track.lonlat, [[24.941, 60.171], [24.942, 60.172]])
    assert track.seconds is None
    assert track.breaks.tolist() == breaks


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + f"]><gpx {GPX11}><name>&i;</name>{trk(ONE, TWO)}</gpx>"
).encode()
FETCH = f'<!DOCTYPE gpx SYSTEM "http://127.0.0.1/x.dtd"><gpx {GPX11}>{trk(ONE, TWO)}</gpx>'.encode()


def geojson(coordinates: object, kind: str = "LineString") -> bytes:
    return json.dumps({"type": kind, "coordinates": coordinates}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"\x1f\x8b\x08", "is packed"),
        (b"60.171,24.941\n60.172,24.942", "line 1: is not XML here"),
        (gpx(trk(ONE, TWO))[:-20], "is not XML here"),
        (b"<kml>" + ONE.encode() + b"</kml>", "is XML but not GPX"),
        (gpx(trk(ONE, TWO), 'xmlns="http://example.org/GPX/1/1"'), "is XML but not GPX"),
        (gpx(""), "holds no points"),
        (gpx(trk()), "holds no points"),
        (gpx(trk(ONE)), "holds one point"),
        (gpx(trk(ONE, TWO) * 2), "holds 2 tracks"),
        (gpx(trk(ONE, '<trkpt lat="nan" lon="24.94"/>')), "line 3: has a point without a number"),
        (gpx(trk(ONE, '<trkpt lat="60.17"/>')), "without a number"),
        (gpx(trk(ONE, '<trkpt lat="6_0" lon="24.94"/>')), "without a number"),
        (gpx(trk(ONE, '<trkpt lat="90.1" lon="24.94"/>')), "point 2 is not on Earth"),
        (gpx(trk(ONE, '<trkpt lat="60.17" lon="1e999"/>')), "is not on Earth"),
        (gpx(timed("2024-05-17T12:00:01Z", "2024-05-17T12:00:00Z")), "time before"),
        (gpx(timed("2024-05-17T12:00:01Z", "noon")), "time that is not understood"),
        (gpx(timed("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "noon")), "time that is not understood"),
        (gpx("<a>" * 70 + "</a>" * 70), "too deep a nest"),
        (gpx(trk(ONE, TWO)).replace(b"UTF-8", b"nothing"), "encoding"),
        (gpx(trk(ONE, TWO)).replace(b"UTF-8", b"shift_jis"), "encoding"),
        (BOMB, "DOCTYPE"),
        (FETCH, "DOCTYPE"),
        (b"[]", "holds no points"),
        (b"{}", "holds no points"),
        (b'{"type": "LineString"', "line 1: is not JSON here"),
        (b'{"type": "LineString", "coordinates": [[NaN, 60]]}', "holds NaN"),
        (b"[" * 100_000, "too deep a nest"),
        (b'{"a": ' + b"9" * 5000 + b"}", "far too long number"),
        (b'{"a": "\xff"}', "is not UTF-8"),
        (geojson([]), "holds no points"),
        (geojson([[24.94, 60.17]]), "holds one point"),
        (geojson([[24.94, 60.17], [24.94, 1e400]]), "holds NaN"),
        (geojson([[24.94, 60.17], [24.94, 10**400]]), "point 2 is not on Earth"),
        (geojson([[24.94, 60.17], [True, 60.17]]), "point 2 is no position"),
        (geojson([[24.94, 60.17], [24.94]]), "point 2 is no position"),
        (geojson([[24.94, 60.17], "ab"]), "point 2 is no position"),
        (geojson({"a": 1}), "no list"),
        (geojson([[24.94, 60.17]], "Polygon"), "holds no points"),
        (json.dumps({"type": "FeatureCollection", "features": [FEATURE] * 3}).encode(), "holds 3 lines"),
    ],
)  # fmt: skip
def test_track_when_the_file_is_bad_then_one_line_says_why(tmp_path: Path, data: bytes, said: str) -> None:
    assert said in refusal(tmp_path, data)


def test_track_when_there_is_no_file_then_one_line_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "none.gpx", tmp_path, "a\0b"):
        with pytest.raises(BadFileError, match="cannot be read") as caught:
            read_track(path)
        assert "\n" not in str(caught.value)


def test_track_when_there_are_too_many_points_then_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "MAX_POINTS", 2)
    assert len(read(tmp_path, gpx(trk(ONE, TWO))).lonlat) == 2
    assert "more than 2 points" in refusal(tmp_path, gpx(trk(ONE, TWO, THREE)))
    assert "more than 2 points" in refusal(tmp_path, geojson([[1, 1], [1, 2], [1, 3]]))


def test_track_when_the_file_is_huge_then_it_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "MAX_FILE_BYTES", 1 << 20)
    monkeypatch.setattr(tracks, "_MAX_JSON_BYTES", 1 << 20)
    blank = b" " * (1 << 17) + b"\n"
    assert len(read(tmp_path, gpx(trk(ONE, TWO)) + blank).lonlat) == 2
    assert "larger than 1 MiB" in refusal(tmp_path, gpx(trk(ONE, TWO)) + blank * 8)
    assert "larger than 1 MiB" in refusal(tmp_path, geojson([[1, 1], [1, 2]]) + blank * 8)


class Stdin(types.SimpleNamespace):
    """Standard input of a program, as far as it is read."""

    buffer: io.BytesIO


def test_track_when_source_is_a_hyphen_then_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(buffer=io.BytesIO(gpx(trk(ONE, TWO)))))
    assert len(read_track("-").lonlat) == 2
    monkeypatch.setattr(sys, "stdin", Stdin(buffer=io.BytesIO(b"")))
    with pytest.raises(BadFileError, match="standard input: is empty"):
        read_track("-")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(BadUsageError, match="no standard input"):
        read_track("-")


def test_track_when_it_is_a_walk_of_ours_then_its_line_is_read(demo: Area, tmp_path: Path) -> None:
    offered = plan(demo, RouteRequest(LonLat(24.9384, 60.1699), LonLat(24.9525, 60.1699)))
    walk = offered.routes[0]
    text = as_gpx(type(offered)(offered.coverage, (walk,), offered.front))
    np.testing.assert_allclose(read(tmp_path, text.encode()).lonlat, walk.lonlat, atol=1e-7)


NUMBERS = st.floats(-90, 90) | st.integers(-90, 90)


@given(points=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=9))
def test_track_when_positions_are_any_then_both_formats_give_them_back(
    points: list[tuple[float, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("walk")
    written = trk(*(f'<trkpt lat="{lat}" lon="{lon}"/>' for lon, lat in points))
    for data in (gpx(written), geojson(points)):
        np.testing.assert_array_equal(read(folder, data).lonlat, np.array(points, dtype=np.float64))
