"""What a person should look at in a camera file: odd places, odd dates, personal data; told without repeating it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import HERE, TAGS, camera, north

from routing.camera_checks import check, fine_times, odd_dates, odd_places, personal, personal_data
from routing.cameras import read_cameras, write_cameras
from routing.cli import run
from routing.mapdata import MapData, Polygon
from routing.model import Camera, LonLat, Origin
from routing.workspace import demo_extract, released_cameras

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MANY = 62_000
MEBIBYTE = 2**20


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("note", "ask a.b@example.org", "an e-mail address"),
        ("note", "see @somebody", "an @handle"),
        ("note", "ring +358 40 123 4567", "a telephone number"),
        ("description", "тел. 8 (812) 123-45-67", "a telephone number"),
        ("description", "8 812 123 45 67", "a telephone number"),
        ("note", "call 415-555-0134", "a telephone number"),
        ("note", "https://www.facebook.com/somebody", "a link to a profile or photo"),
        ("website", "https://t.me/somebody", "a link to a profile or photo"),
        ("note", "instagram.com/somebody", "a link to a profile or photo"),
        ("source:url", "https://example.org/a/b.jpg?x=1", "a link to a profile or photo"),
        ("note", "https://www.openstreetmap.org/user/somebody", "a link to a profile or photo"),
        ("image", "x", "a link to a photo, which shows who took it"),
        ("note", "contact: Ann Other", "a name"),
        ("note", "Owner is Bob", "a name"),
        ("note", "владелец Иван", "a name"),
        ("owner", "Ann Other", "a name"),
        ("user", "x", "who mapped it"),
        ("osm:changeset", "1", "who mapped it"),
        ("operator:phone", "-", "a way to reach a person"),
        ("contact:email", "-", "a way to reach a person"),
        ("a@b.example", "yes", "an e-mail address"),
        ("note", "x" * 3000, "a text too long for anybody to look through"),
    ],
)
def test_check_when_data_are_personal_then_says_what_kind_and_never_which(key: str, value: str, what: str) -> None:
    assert personal(key, value) == what
    (said,) = personal_data(camera(tags=TAGS | {key: value}))
    assert what in said
    for secret in ("example", "somebody", "Other", "Bob", "Иван", "4567", "0134", "123"):
        assert secret not in said


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("operator", "City of Helsinki"),
        ("owner", "Helsingin kaupunki Police"),
        ("owner", "private"),
        ("note", "3 m @ pole, looks at the door"),
        ("note", "contact the city"),
        ("ref", "123456789"),
        ("ref", "2019-05-04 2020-01-01"),
        ("check_date", "2019-05-04"),
        ("camera:direction", "10 20 30 40 50 60"),
        ("opening_hours", "08:00-20:00"),
        ("website", "https://www.hel.fi/kamerat"),
        ("wikidata", "Q1234567890"),
        ("name", "Camera 12, 1000-2000"),
    ],
)
def test_check_when_data_are_of_the_camera_then_silent(key: str, value: str) -> None:
    assert personal(key, value) is None


def test_check_when_a_record_takes_away_what_stands_elsewhere_then_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cameras.geojson"
    tombstone = camera(
        1, status="removed", removed_because="a dummy", also=(Origin("osm/node/2"), Origin("osm/node/3"))
    )
    write_cameras(path, [tombstone, camera(2, lonlat=north(40))])
    assert check(path) == ()
    mapped = MapData("nowhere", cameras=[camera(3, lonlat=north(5000))])
    (found,) = check(path, mapped)
    assert (found.severity, found.line, found.feature) == ("error", 2, 1)
    assert found.message.startswith("buries osm/node/3, which stands 5,000 m from it")
    write_cameras(path, [replace(tombstone, status="confirmed", removed_because=None), camera(2, lonlat=north(60))])
    (found,) = [one for one in check(path) if one.severity == "error"]
    assert found.message.startswith("takes in (also) osm/node/2")
    assert run(["cameras", "check", str(path)]) == 4


@pytest.mark.parametrize(
    ("key", "value", "source", "what"),
    [
        ("note", "looked 2026-10-03T14:05:00Z", "osm", "a time of day"),
        ("note", "3.10.2026, 14:05", "import:x", "a time of day"),
        ("seen_time", "14:05", "report", "a time of day"),
        ("timestamp", "1790000000", "osm", "a time of day"),
        ("check_date", "2026-10-03", "report", "a day"),
        ("note", "on 03.10.2026 it hung there", "report", "a day"),
    ],
)
def test_check_when_a_property_tells_more_than_the_month_then_told_without_it(
    key: str, value: str, source: str, what: str
) -> None:
    (said,) = fine_times(camera(tags=TAGS | {key: value}, source=source))
    assert said == f"{key} tells {what}; leave it out, the month is enough"


@pytest.mark.parametrize(
    ("key", "value", "source"),
    [
        ("check_date", "2026-10-03", "osm"),
        ("start_date", "2020-10-03", "report"),
        ("survey:date", "2026-10", "report"),
        ("opening_hours", "08:00-20:00", "report"),
        ("ref", "1790000000", "report"),
    ],
)
def test_check_when_no_sighting_is_told_more_finely_then_silent(key: str, value: str, source: str) -> None:
    assert list(fine_times(camera(tags=TAGS | {key: value}, source=source))) == []


def test_check_when_the_head_tells_who_and_when_then_warned_and_nothing_repeated(tmp_path: Path) -> None:
    path = tmp_path / "cameras.geojson"
    write_cameras(path, [camera()])
    head = {
        "author": "Ann Other",
        "generator": {"by": ["x", "ann@other.example"]},
        "timestamp": "2026-10-03T14:05:00Z",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "name": "cameras",
        "bbox": [24.9, 60.1, 25.0, 60.2],
    }
    path.write_text(json.dumps(json.loads(path.read_text()) | head))
    assert [one.tell("x") for one in check(path)] == [
        "x: the head: author seems to hold who mapped it; leave it out, the file is public",
        "x: the head: generator seems to hold an e-mail address; leave it out, the file is public",
        "x: the head: timestamp tells a time of day; leave it out, the month is enough",
    ]


def test_check_when_a_reason_is_personal_then_told() -> None:
    (said,) = personal_data(camera(status="removed", removed_because="Contact: Bob"))
    assert said.startswith("removed_because seems to hold a name")


@given(st.text(max_size=300), st.text(max_size=300))
def test_personal_when_text_is_anything_then_an_answer(key: str, value: str) -> None:
    assert personal(key, value) is None or personal(key, value)


@pytest.mark.parametrize("text", ["a-" * 999, "+1 " * 660, "@" * 1999, "1 2 " * 499, "(0" * 999, "http://" * 280])
def test_personal_when_text_is_made_to_stall_then_soon_done(text: str) -> None:
    began = time.perf_counter()
    personal("note", text)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tags": TAGS | {"check_date": "2019-02-30"}}, "check_date is no day"),
        ({"tags": TAGS | {"survey:date": "2099-01-01"}}, "survey:date is no day"),
        ({"tags": TAGS | {"check_date:direction": "May"}}, "check_date:direction is no day"),
        ({"tags": TAGS | {"check_date": "1999-01"}}, "check_date is no day"),
        ({"tags": TAGS | {"start_date": "2099-01-01"}}, "start_date is no day"),
        ({"tags": TAGS | {"start_date": "2022-01-01"}}, "before its start_date"),
        ({"first_seen": "1911-01"}, "before there were"),
        ({"status": "disputed", "gone": ("2019-01",)}, "before it was last seen"),
        ({"status": "disputed"}, "nobody says since when"),
        ({"gone": ("2021-01",)}, "is not disputed"),
    ],
)
def test_check_when_dates_cannot_be_then_says_which(changes: dict[str, Any], said: str) -> None:
    (found,) = odd_dates(camera(**changes))
    assert said in found


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": TAGS | {"check_date": "2019-02-28", "start_date": "~1985"}},
        {"tags": TAGS | {"check_date": "2019-02", "start_date": "2019"}},
        {"status": "disputed", "gone": ("2020-05",)},
        {"status": "removed", "gone": ("2021-01", "2021-02")},
        {"status": "removed", "removed_because": "torn down"},
        {"last_seen": None},
    ],
)
def test_check_when_dates_can_be_then_silent(changes: dict[str, Any]) -> None:
    assert not list(odd_dates(camera(**changes)))


def square(side_m: float, *, hole_m: float = 0.0, **tags: str) -> Polygon:
    """A square around HERE, with a hole in the middle of it."""

    def ring(metres: float) -> NDArray[np.float64]:
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * metres / 2
        return np.array(HERE) + corners / [55_700, 111_400]

    return Polygon(1, (ring(side_m),), (ring(hole_m),) if hole_m else (), tags)


@pytest.mark.parametrize(
    ("polygon", "tags", "said"),
    [
        (square(30, building="yes"), {}, "inside a building"),
        (square(8, building="yes"), {}, None),  # 4 m from the facade
        (square(30, building="yes"), {"indoor": "yes"}, None),
        (square(30, building="yes"), {"surveillance": "indoor"}, None),
        (square(30, building="roof"), {}, None),
        (square(60, hole_m=30, building="yes"), {}, None),  # a courtyard
        (square(30, building="yes"), {"man_made": "mast"}, None),
        (square(30, natural="water"), {"indoor": "yes"}, "in water"),
        (square(8, natural="water"), {}, None),
    ],
)
def test_check_when_held_against_a_map_then_tells_odd_places(
    polygon: Polygon, tags: dict[str, str], said: str | None
) -> None:
    mapped = MapData("x", **{"buildings" if "building" in polygon.tags else "water": [polygon]})
    found = list(odd_places({7: camera(tags=TAGS | tags), 8: camera(8, lonlat=LonLat(25, 61))}, mapped))
    assert [(number, said in message) for number, message in found if said] == ([(7, True)] if said else [])
    assert not (found and said is None)
    assert not list(odd_places({7: camera(status="removed")}, mapped))


def test_check_command_when_all_is_odd_then_each_with_its_line_and_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cams.geojson"
    evil = "\u202e<script>a@b.example</script>\u2066"
    write_cameras(path, [camera(1, tags=TAGS | {"note": evil, evil: evil}, status="disputed")])
    assert run(["cameras", "check", str(path)]) == 0
    out = capsys.readouterr().out
    start = f"warning: {path}, line 2, feature 1: "
    assert out.splitlines() == [
        f"{start}is disputed, but nobody says since when; put the month into gone",
        f"{start}note seems to hold an e-mail address; leave it out, the file is public",
        f"{start}a property seems to hold an e-mail address; leave it out, the file is public",
        f"{path}: 0 errors, 3 warnings",
    ]


def test_check_command_when_the_demo_is_held_against_its_map_then_six_stand_inside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["cameras", "check", str(released_cameras()), "--map", str(demo_extract())]
    assert run(words) == 0
    out = capsys.readouterr().out
    assert out.count("stands inside a building") == 6
    assert "0 errors" in out
    words[-1] = str(released_cameras())
    assert run(words) == 4


def test_check_when_errors_are_there_then_they_come_too(tmp_path: Path) -> None:
    path = tmp_path / "cams.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [{}]}))
    assert [one.severity for one in check(path)] == ["error"]


def made_up(number: int, rng: random.Random, source: str) -> Camera:
    at = LonLat(round(rng.uniform(24.5, 25.5), 7), round(rng.uniform(60.0, 60.4), 7))
    tags = {"camera:type": rng.choice(["dome", "fixed"]), "camera:direction": str(rng.randrange(360))}
    tags |= {"note": f"on the wall of house {number}", "operator": rng.choice(["City", "Ltd", "Ann"])}
    return camera(number, lonlat=at, tags=TAGS | tags, source=source)


# seconds of the processor, which others may share
WORK = """
import resource, sys, time
from pathlib import Path
from routing.camera_checks import check
from routing.cameras import read_cameras, write_cameras
from routing.joining import merged
one, two, out = map(Path, sys.argv[1:])
began = time.process_time()
findings = check(one)
checked = time.process_time()
whole = merged([*read_cameras(one), *read_cameras(two)])
write_cameras(out, whole)
done = time.process_time()
print(len(findings), len(whole), checked - began, done - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.long
def test_check_and_merge_when_there_are_62_000_points_then_soon_done_in_little_memory(tmp_path: Path) -> None:
    rng = random.Random(1)  # noqa: S311 (made-up points)
    files = [tmp_path / f"{name}.geojson" for name in ("one", "two", "out")]
    records = [made_up(number, rng, "osm") for number in range(1, MANY + 1)]
    write_cameras(files[0], records)
    # the second knows a tenth of them, at the same places under ids of its own
    write_cameras(
        files[1], [Camera(f"osm/way/{n}", one.lonlat, one.tags, "official") for n, one in enumerate(records[::10], 1)]
    )
    done = subprocess.run([sys.executable, "-c", WORK, *files], capture_output=True, text=True, check=True)
    _, whole, checked_s, done_s, memory_kib = map(float, done.stdout.split())
    assert MANY - 100 < whole <= MANY + 100
    assert checked_s < 10
    assert done_s < 20
    assert memory_kib * 1024 < 1024 * MEBIBYTE
    assert len(read_cameras(files[2])) == whole
