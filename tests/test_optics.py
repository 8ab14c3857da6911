from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.model import Sector
from routing.optics import (
    CAMERA_CLASSES,
    FIELD_DEG,
    REACH_M,
    direction_known,
    directions_of,
    doubles,
    is_camera,
    look_alike,
    parse_directions,
    parse_height_m,
    seen_month,
    view_of,
)

CAMERA = {"man_made": "surveillance"}
FIXED = CAMERA | {"camera:type": "fixed"}
POINTS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("118", (118.0,)),
        ("118.5", (118.5,)),
        ("118°", (118.0,)),
        ("118 °", (118.0,)),
        ("090", (90.0,)),
        ("0", (0.0,)),
        ("360", (0.0,)),
        ("north", (0.0,)),
        ("North-East", (45.0,)),
        ("NorthEast", (45.0,)),
        ("north east", (45.0,)),
        ("south-southwest", (202.5,)),
        ("north-north-east", (22.5,)),
        ("NB", (0.0,)),
        ("eb", (90.0,)),
        ("southbound", (180.0,)),
        ("West-bound", (270.0,)),
        ("30;120;170", (30.0, 120.0, 170.0)),
        ("30, 120", (30.0, 120.0)),
        ("30 120", (30.0, 120.0)),
        ("280;0;120", (280.0, 0.0, 120.0)),
        ("N;SW", (0.0, 225.0)),
        ("90-270", (Sector(90, 180),)),
        ("90 – 270", (Sector(90, 180),)),  # noqa: RUF001 (an en dash is what some mappers type)
        ("350-10", (Sector(350, 20),)),
        ("N-E", (Sector(0, 90),)),
        ("north-south", (Sector(0, 180),)),
        ("north-east-south-west", (Sector(45, 180),)),
        ("360-90", (Sector(0, 90),)),
        ("0-360", (Sector(0, 180), Sector(180, 180))),
        ("45;90-180", (45.0, Sector(90, 90))),
    ],
)
def test_directions_when_understood(text: str, expected: tuple[float | Sector, ...]) -> None:
    assert parse_directions(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "null", "unknown", "none", "-", ";", "north-ish", "forward", "both", "up", "ne-ish"),
        *("400", "360.5", "-90", "+90", "1e2", "nan", "inf", "0x10", "٩٠", "9_0", ".5", "90.", "1234"),
        *("90-270-300", "90-", "-", "90-90", "N-N", "n-e-s", "90-400", "90--270", "0-1-2-3-4-5-6-7"),
        *("90;", ";90", "90;;180", "90;null", "N;?", "118,5", "118 degrees"),
    ],
)
def test_directions_when_any_part_is_junk_then_all_unknown(text: str) -> None:
    assert parse_directions(text) == ()


def test_directions_when_missing_then_unknown() -> None:
    assert parse_directions(None) == ()


@pytest.mark.parametrize(("index", "word"), list(enumerate(POINTS)))
def test_directions_when_compass_word_then_any_case(index: int, word: str) -> None:
    assert parse_directions(word) == parse_directions(word.lower()) == (index * 22.5,)


PIECES = st.sampled_from(
    [*POINTS, "north", "-", ";", ",", " ", "°", "90", "360", "0.5", "null", "359.99999999999999999"]
)


@given(st.text() | st.lists(PIECES).map("".join))
@example("0.00000000000000000001-0")
@example("31.49999999999999999;31.5")
def test_directions_when_anything_then_bearings_and_sectors_are_valid(text: str) -> None:
    for lens in parse_directions(text):
        if isinstance(lens, Sector):
            assert 0 <= lens.start_deg < 360
            assert 0 < lens.sweep_deg < 360
        else:
            assert 0 <= lens < 360
    for kind in (*CAMERA_CLASSES, "", "fixed;dome"):
        view = view_of(CAMERA | {"camera:type": kind, "camera:direction": text})
        assert view is not None
        for sector in view.sectors:
            assert 0 <= sector.start_deg < 360
            assert 0 < sector.sweep_deg < 360


@given(st.integers(0, 360), st.integers(0, 360))
def test_range_when_two_bearings_then_turns_clockwise_from_the_first_to_the_second(start: int, end: int) -> None:
    lenses = parse_directions(f"{start}-{end}")
    if start == end:
        assert lenses == ()
    elif end - start in (360, -360):
        assert lenses == (() if end == 0 else (Sector(0, 180), Sector(180, 180)))
    else:
        (sector,) = lenses
        assert isinstance(sector, Sector)
        assert sector.start_deg == start % 360
        assert (sector.start_deg + sector.sweep_deg) % 360 == end % 360


@given(st.integers(0, 359))
def test_view_when_fixed_with_direction_then_sector_is_centred_on_it(bearing: int) -> None:
    view = view_of(FIXED | {"camera:direction": str(bearing)})
    assert view is not None
    (sector,) = view.sectors
    assert sector.sweep_deg == 63
    assert (sector.start_deg + 31.5) % 360 == bearing


@pytest.mark.parametrize(
    ("kind", "reach_m"),
    [("fixed", 33), ("dome", 28), ("panning", 111), ("PTZ", 111), ("panorama", 11), ("doorbell", 31), ("", 31)],
)
def test_view_when_class_is_known_then_reach_of_the_contract(kind: str, reach_m: float) -> None:
    view = view_of(CAMERA | {"camera:type": kind})
    assert view is not None
    assert view.reach_m == reach_m
    assert view.sectors == ()


def test_tables_when_compared_then_have_the_same_classes() -> None:
    assert REACH_M.keys() == FIELD_DEG.keys() == {*CAMERA_CLASSES.values(), "unknown", "entrance"}


@pytest.mark.parametrize(
    "tags",
    [
        {"camera:type": "dome", "direction": "90"},
        {"camera:type": "panning", "direction": "90"},
        {"camera:type": "panorama", "direction": "90"},
        {"camera:type": "fixed;dome", "direction": "90"},
        {"revolving": "yes", "direction": "90"},
        {"camera:type": "panning", "direction": "90;120-180"},
        {"camera:type": "fixed", "direction": "0-300"},
        {"camera:type": "fixed", "direction": "90;unknown"},
        {"camera:type": "fixed"},
    ],
)
def test_view_when_it_turns_or_may_look_anywhere_then_all_round(tags: dict[str, str]) -> None:
    view = view_of(CAMERA | tags)
    assert view is not None
    assert view.sectors == ()


@pytest.mark.parametrize(
    ("tags", "sectors"),
    [
        ({"direction": "90"}, (Sector(58.5, 63),)),
        ({"camera:type": "panning", "direction": "90-270"}, (Sector(82, 196),)),
        ({"camera:type": "fixed", "direction": "90-270"}, (Sector(58.5, 243),)),
        ({"camera:type": "fixed", "direction": "N;S"}, (Sector(328.5, 63), Sector(148.5, 63))),
        ({"camera:type": "fixed", "direction": "0;360"}, (Sector(328.5, 63),)),
        ({"camera:direction": "180", "direction": "90"}, (Sector(148.5, 63),)),
        ({"camera:direction": "null", "direction": "90"}, (Sector(58.5, 63),)),
        ({"direction": "forward", "surveillance:direction": "E"}, (Sector(58.5, 63),)),
    ],
)
def test_view_when_direction_is_known_then_one_sector_a_lens(tags: dict[str, str], sectors: tuple[Sector, ...]) -> None:
    view = view_of(CAMERA | tags)
    assert view is not None
    assert view.sectors == sectors


def test_view_when_several_classes_then_the_farthest_reach() -> None:
    view = view_of(CAMERA | {"camera:type": "fixed; panning"})
    assert view is not None
    assert view.reach_m == 111


def test_view_when_one_reach_is_given_then_the_others_stay() -> None:
    fixed, dome = (view_of(CAMERA | {"camera:type": kind}, reaches={"fixed": 50.0}) for kind in ("fixed", "dome"))
    assert fixed is not None
    assert dome is not None
    assert (fixed.reach_m, dome.reach_m) == (50, 28)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"man_made": "mast"},
        {"surveillance": "public"},
        {"disused:man_made": "surveillance"},
        {"removed:man_made": "surveillance"},
        CAMERA | {"disused": "yes"},
        CAMERA | {"surveillance:type": "guard"},
        CAMERA | {"surveillance:type": "gunshot_detector"},
        CAMERA | {"surveillance:type": "guard;gunshot_detector"},
    ],
)
def test_view_when_no_camera_watches_then_none(tags: dict[str, str]) -> None:
    assert view_of(tags) is None
    assert not is_camera(tags)


@pytest.mark.parametrize("kind", ["camera", "ALPR", "camera;guard", "fixme"])
def test_is_camera_when_any_kind_of_camera_then_true(kind: str) -> None:
    assert is_camera(CAMERA | {"surveillance:type": kind})
    assert is_camera({"man_made": "mast;surveillance", "surveillance": "traffic"})


@pytest.mark.parametrize(
    ("tags", "indoor", "level"),
    [
        ({}, False, None),
        ({"surveillance": "public"}, False, None),
        ({"surveillance": "indoor"}, True, None),
        ({"surveillance": "public;indoor"}, False, None),
        ({"indoor": "yes"}, True, None),
        ({"indoor": "no"}, False, None),
        ({"location": "underground"}, True, None),
        ({"layer": "-1"}, True, None),
        ({"layer": "1"}, False, None),
        ({"level": "-1"}, True, -1),
        ({"level": "-1;7"}, True, -1),
        ({"level": "0;1;2"}, False, 0),
        ({"level": "0.5"}, False, 0.5),
        ({"level": "ground", "surveillance": "indoor"}, True, None),
    ],
)
def test_view_when_indoor_then_says_so_with_its_level(tags: dict[str, str], indoor: bool, level: float | None) -> None:  # noqa: FBT001 (a table of cases)
    view = view_of(CAMERA | tags)
    assert view is not None
    assert (view.indoor, view.level) == (indoor, level)


@given(st.dictionaries(st.sampled_from([*CAMERA, "level", "layer", "height", "direction", "surveillance"]), st.text()))
def test_view_when_values_are_anything_then_never_raises(tags: dict[str, str]) -> None:
    view_of(tags | CAMERA)
    parse_height_m(tags.get("height"))
    seen_month(tags | {"check_date": tags.get("direction", "")}, tags.get("level"))


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("4", 4.0),
        ("4.5m", 4.5),
        ("4 m", 4.0),
        ("10 ft", 3.048),
        ("10'", 3.048),
        ("4,5", None),
        ("", None),
        (None, None),
    ],
)
def test_height_when_read_then_metres_or_unknown(text: str | None, metres: float | None) -> None:
    assert parse_height_m(text) == metres


@pytest.mark.parametrize(
    ("tags", "timestamp", "month"),
    [
        ({"check_date": "2022-05-29"}, "2024-12-01T10:00:00Z", "2022-05"),
        ({"check_date": "2021-05", "survey:date": "2023-01-02"}, None, "2023-01"),
        ({"check_date:direction": "2023-01-02"}, None, "2023-01"),
        ({}, "2018-05-04T12:00:00Z", "2018-05"),
        ({}, "2018-05-04 12:00:00+00:00", "2018-05"),
        ({"check_date": "29.05.2022"}, "2018-05-04T12:00:00Z", "2018-05"),
        ({"check_date": "2022"}, None, None),
        ({"check_date": "2022-13-01"}, None, None),
        ({"check_date": "2999-01-01"}, None, None),
        ({}, "1970-01-01T00:00:00Z", None),
        ({"start_date": "2020-01-01"}, None, None),
    ],
)
def test_seen_month_when_dates_are_tagged_then_newest_survey(
    tags: dict[str, str], timestamp: str | None, month: str | None
) -> None:
    assert seen_month(tags, timestamp) == month


def test_direction_known_when_a_dome_then_false_and_alike_when_across_north() -> None:
    assert not direction_known({"camera:type": "dome"})
    assert direction_known({"camera:direction": "90-180"})
    assert look_alike([359.0], [2.0])
    assert not look_alike([90.0], [270.0])
    assert not look_alike([90.0], [Sector(90, 10)])


def test_doubles_when_nothing_then_none() -> None:
    assert list(doubles({})) == []


def test_directions_when_bengaluru_then_all_but_two_are_understood() -> None:
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    if folder is None:
        pytest.skip("SIDESTEP_TEST_DATA is not set: the Bengaluru cameras are not here")
    text = (Path(folder) / "bengaluru-cameras.geojson").read_text(encoding="utf-8")
    tagged = [feature["properties"] for feature in json.loads(text)["features"]]
    values = [tags["camera:direction"] for tags in tagged if "camera:direction" in tags]
    assert len(values) == 1138
    assert {value for value in values if not parse_directions(value)} == {"null", "27250"}  # 27250: no such bearing
    assert sum(map(is_camera, tagged)) == 1814  # 1,816 surveillance, two of them guards
    assert all(directions_of(tags) for tags in tagged if tags.get("camera:direction", "null") not in ("null", "27250"))


def test_view_when_it_hangs_above_a_door_then_as_far_as_such_a_lens_has_one_in_view() -> None:
    door = view_of(CAMERA | {"camera:type": "dome", "surveillance:zone": "entrance", "camera:direction": "90"})
    assert door is not None
    assert (door.reach_m, door.sectors) == (16, (Sector(45.0, 90.0),))
