"""One target for each parser: bytes in; nothing out, and no exception but those of our own tree.

What a parser takes it must also give back: what was read is written, and read again.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from routing.cameras import check, encoded, read_cameras, write_cameras
from routing.errors import BadUsageError, SidestepError
from routing.import_rows import Rules
from routing.importing import import_cameras
from routing.optics import latest_month, parse_directions, view_of
from routing.points import parse_point
from routing.reports import applied, parse_reports, read_reports
from routing.surveys import read_surveys, write_surveys
from routing.tracks import read_track

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ROOM = tempfile.TemporaryDirectory(prefix="sidestep-fuzz-")
_LONGEST: Final = 300  # of a message: one line for a person
_COLUMNS: Final = {"camera:direction": "AZIMUTH", "last_seen": "DATE"}


def _file(data: bytes) -> Path:
    path = Path(_ROOM.name) / "input"
    path.write_bytes(data)
    return path


def _told(error: SidestepError) -> None:
    """A message is one short line."""
    text = str(error)
    assert "\n" not in text
    assert 0 < len(text) < _LONGEST


def camera_file(data: bytes) -> None:
    path = _file(data)
    findings = check(path)
    try:
        cameras = read_cameras(path)
    except SidestepError as error:
        _told(error)
        assert any(finding.severity == "error" for finding in findings)
        return
    assert not any(finding.severity == "error" for finding in findings)
    out = path.with_name("output")
    write_cameras(out, cameras)
    assert {camera.id: camera.tags for camera in read_cameras(out)} == {one.id: one.tags for one in cameras}


def survey_file(data: bytes) -> None:
    path = _file(data)
    try:
        surveys = read_surveys(path)
    except SidestepError as error:
        _told(error)
        return
    out = path.with_name("output")
    write_surveys(out, surveys)
    assert {one.id for one in read_surveys(out)} == {one.id for one in surveys}


def reports(data: bytes) -> None:
    for parse in (parse_reports, read_reports):
        try:
            found = parse(data)
        except SidestepError as error:
            _told(error)
            continue
        for report in found:
            with suppress(BadUsageError):  # of a camera that is not known
                encoded(applied({}, report).values())


def _import(data: bytes, form: str | None) -> None:
    path = _file(data)
    for rules in (Rules(source="fuzz"), Rules(official=True, columns=_COLUMNS), Rules(source="fuzz", key="ID")):
        try:
            got = import_cameras(path, rules, form=form)
        except SidestepError as error:
            _told(error)
            continue
        out = path.with_name("output")
        write_cameras(out, got.cameras)
        again = import_cameras(path, rules, form=form)
        assert {camera.id for camera in read_cameras(out)} == {camera.id for camera in again.cameras}
        for finding in got.bad:
            assert "\n" not in finding.message


def import_any(data: bytes) -> None:
    _import(data, None)


def import_geojson(data: bytes) -> None:
    _import(data, "geojson")


def import_overpass(data: bytes) -> None:
    _import(data, "overpass")


def import_csv(data: bytes) -> None:
    _import(data, "csv")


def import_deflock(data: bytes) -> None:
    _import(data, "deflock")


def directions(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for lens in parse_directions(text):
        start = lens if isinstance(lens, float) else lens.start_deg
        assert 0 <= start < 360
    view_of({"man_made": "surveillance", "camera:direction": text, "level": text, "camera:type": text})


def points(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for typed in (text, f"geo:{text}", f"https://www.google.com/maps/{text}", f"https://osm.org/go/{text}"):
        try:
            point = parse_point(typed)
        except SidestepError as error:
            _told(error)
            continue
        assert point is None or (abs(point.lon) <= 180 and abs(point.lat) <= 90)


def track_file(data: bytes) -> None:
    try:
        track = read_track(_file(data))
    except SidestepError as error:
        _told(error)
        return
    assert len(track.lonlat) > 1
    assert bool((abs(track.lonlat) <= (180, 90)).all())
    assert track.seconds is None or bool((track.seconds >= 0).all())


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    target.__name__: target
    for target in (
        camera_file,
        survey_file,
        reports,
        import_any,
        import_geojson,
        import_overpass,
        import_csv,
        import_deflock,
        directions,
        points,
        track_file,
    )
}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _collection(*features: object) -> bytes:
    return _json({"type": "FeatureCollection", "features": features})


def _point(properties: object, **more: object) -> dict[str, object]:
    geometry = {"type": "Point", "coordinates": [24.94, 60.17]}
    return {"type": "Feature", "geometry": geometry, "properties": properties, **more}


_TAGS: Final = {"man_made": "surveillance", "surveillance": "public", "camera:direction": "30;120;NW", "height": "4 m"}
_RECORD: Final = {
    "id": "ss/abcdefghij",
    **_TAGS,
    "source": "report",
    "status": "disputed",
    "first_seen": "2020-01",
    "last_seen": "2024-05",
    "confirmations": 2,
    "evidence": "seen",
    "gone": ["2024-06"],
    "also": [{"id": "osm/node/3", "source": "osm", "evidence": "osm"}],
}
_REPORTS: Final = [
    {"kind": "camera", "id": "rp/abcdefghij", "month": latest_month(), "at": [24.94, 60.17], "type": "dome"},
    {"kind": "turned", "id": "rp/bbcdefghij", "month": latest_month(), "camera": "osm/node/7", "direction": 90},
    {"kind": "gone", "id": "rp/cbcdefghij", "month": latest_month(), "camera": "ss/abcdefghij"},
    {"kind": "survey", "id": "rp/dbcdefghij", "month": latest_month(), "line": [[24.94, 60.17], [24.95, 60.17]]},
]
_OVERPASS: Final = [
    {"type": "node", "id": 5, "lat": 60.17, "lon": 24.94, "tags": _TAGS, "timestamp": "2021-01-02T03:04:05Z"},
    {"type": "way", "id": 6, "center": {"lat": 60.17, "lon": 24.94}, "tags": _TAGS},
    {"type": "way", "id": 7, "nodes": [5, 5], "tags": _TAGS},
    {"type": "way", "id": 8, "bounds": {"minlat": 60, "minlon": 24, "maxlat": 61, "maxlon": 25}, "tags": _TAGS},
    {"type": "way", "id": 9, "geometry": [{"lat": 60.1, "lon": 24.9}, None], "tags": _TAGS},
]
_SURVEY: Final = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[24.94, 60.17], [24.95, 60.17]]},
    "properties": {"id": "sv/abcdefghij", "month": "2026-01", "method": "walked", "source": "report"},
}
_GEOJSON: Final = (
    _collection(_point({"@id": "node/7", **_TAGS}), _point(_TAGS, id="way/8"), _point({"ID": 3, "AZIMUTH": 90.0})),
    _collection(
        {**_point({"osm_id": "3", "osm_type": "way"}), "geometry": {"type": "Polygon", "coordinates": [[[1]]]}}
    ),
)
_TABLES: Final = (
    b'ID;LAT;LON;AZIMUTH;DATE\n1;60,17;24,94;90;2024-05-01\n2;"60.2";24.9;;17.05.2020\n',
    b'ID,geoData,AZIMUTH,DATE\n1,"{""coordinates"":[37.6,55.7],""type"":""Point""}",NW,\n',
    "lat\tlon\toperator\n60.1\t24.9\tЖ\n".encode("utf-16"),
)
_DEFLOCK: Final = (
    _json([{"id": 900_001, "lat": 60.17, "lon": 24.94, "tags": {"direction": "90", "brand": "F"}}]),
    _collection(_point({"id": 900_001, "direction": "90"})),
)
_TRACKS: Final = (
    (
        b'<?xml version="1.0"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
        b'<trkpt lat="60.17" lon="24.94"><time>2024-05-17T12:00:00Z</time></trkpt>\n'
        b'<trkpt lat="60.18" lon="24.94"><time>2024-05-17T12:00:01Z</time></trkpt></trkseg></trk></gpx>'
    ),
    b'<gpx version="1.0"><rte><rtept lat="1" lon="2"/><rtept lat="1.5" lon="2"/></rte></gpx>',
    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE gpx><gpx/>'.encode("utf-16"),
)
# Real examples, small, from which the mutations begin.
EXAMPLES: Final[Mapping[str, tuple[bytes, ...]]] = {
    "camera_file": (_collection(_point(_RECORD)), _collection(_point({"id": "osm/node/7", **_TAGS}))),
    "survey_file": (_collection(_SURVEY),),
    "reports": (_json(_REPORTS), _json({"type": "sidestep-reports", "version": 1, "reports": _REPORTS})),
    "import_any": (*_GEOJSON, _json({"elements": _OVERPASS}), *_TABLES, *_DEFLOCK),
    "import_geojson": _GEOJSON,
    "import_overpass": (_json({"elements": _OVERPASS}),),
    "import_csv": _TABLES,
    "import_deflock": _DEFLOCK,
    "track_file": (_json(_SURVEY), *_TRACKS),
    "directions": (b"30; 120; NW", b"350-10", "north-east\u2013S, 118.5°".encode(), b"null", b"0-360", b"-1"),
    "points": (
        b"60.17,24.94",
        "60°10\u203212\u2033N 24°56\u203224\u2033E".encode(),
        b"geo:60.17,24.94?q=60.1,24.9(x)",
        b"https://www.openstreetmap.org/?mlat=60.17&mlon=24.94#map=17/60.17/24.94",
        b"https://www.google.com/maps/place/x/@60.17,24.94,17z/data=!3d60.17!4d24.94",
        b"https://yandex.ru/maps/?ll=37.6%2C55.7&pt=37.6,55.7",
        b"https://2gis.ru/moscow/geo/37.6%2C55.7",
        b"https://osm.org/go/0EEQjE--",
    ),
}
