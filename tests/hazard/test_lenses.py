"""Tags to optics, row by row of exposure-model.md, section 2.1."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streets import DEFAULT

from routing.hazard.lenses import connected, on_facade, optics_of
from routing.hazard.parameters import CLASSES, model
from routing.model import Camera, LonLat, Sector

HERE = LonLat(24.94, 60.17)


def optics(source: str = "osm", fr: str = "unknown", **tags: str):  # noqa: ANN201 - of a test
    told = {key.replace("__", ":"): value for key, value in tags.items()}
    found = optics_of(Camera("osm/node/1", HERE, {"man_made": "surveillance", **told}, source, fr=fr), DEFAULT)
    assert found is not None
    return found


def test_lenses_when_nothing_is_known_then_half_a_fixed_camera_and_half_a_dome_of_hidden_direction() -> None:
    found = optics()
    assert [lens.pixels for lens in found.lenses] == [*CLASSES["fixed"].pixels, *CLASSES["dome"].pixels]
    assert all(lens.sectors == () and lens.duty == 1.0 for lens in found.lenses)
    assert [lens.hidden for lens in found.lenses] == [lens.field_deg / 360 for lens in found.lenses]
    assert (found.height_m, found.owner, found.reach_m) == (5.0, "private", 60.0)


def test_lenses_when_a_direction_is_known_then_fixed_and_looking_there() -> None:
    for tags in ({"camera__direction": "90"}, {"direction": "E"}, {"surveillance__direction": "east"}):
        found = optics(**tags)
        assert [lens.field_deg for lens in found.lenses] == list(CLASSES["fixed"].field_deg)
        assert all(lens.sectors == (Sector(90 - lens.field_deg / 2, lens.field_deg),) for lens in found.lenses)
        assert {(lens.hidden, lens.duty) for lens in found.lenses} == {(1.0, 1.0)}


def test_lenses_when_several_look_then_all_of_them_at_once() -> None:
    found = optics(camera__direction="30;120;300")
    assert [len(lens.sectors) for lens in found.lenses] == [3, 3, 3]


def test_lenses_when_a_turning_range_then_panning_over_that_arc() -> None:
    found = optics(camera__type="fixed", camera__direction="90-270")
    assert [lens.duty for lens in found.lenses] == [lens.field_deg / 180 for lens in found.lenses]
    assert all(lens.sectors[0].sweep_deg == 180 + lens.field_deg for lens in found.lenses)


@pytest.mark.parametrize("tags", [{"camera__type": "panning"}, {"revolving": "yes"}, {"camera__type": "ptz"}])
def test_lenses_when_the_camera_turns_then_a_share_of_the_time_everywhere(tags: dict[str, str]) -> None:
    found = optics(camera__direction="90", **tags)
    assert [lens.duty for lens in found.lenses] == [lens.field_deg / 360 for lens in found.lenses]
    assert all(lens.sectors == () and lens.hidden == 1.0 for lens in found.lenses)
    assert found.reach_m == 111.0


def test_lenses_when_an_entrance_then_its_optics_and_height() -> None:
    found = optics(surveillance__zone="entrance", camera__type="dome")
    assert (found.lenses[0].pixels, found.height_m) == (1000.0, 2.5)
    assert optics(surveillance__zone="entrance", height="3 m").height_m == 3.0


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"camera__mount": "ceiling"}, "dome"),
        ({"surveillance__zone": "parking"}, "fixed"),
        ({"surveillance__zone": "street"}, "fixed"),
        ({"camera__type": "panorama"}, "panorama"),
        ({"camera__type": "fixed"}, "fixed"),
    ],
)
def test_lenses_when_the_class_follows_from_other_tags_then_that_class(tags: dict[str, str], kind: str) -> None:
    assert [lens.pixels for lens in optics(**tags).lenses] == list(CLASSES[kind].pixels)


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({"surveillance": "traffic"}, "traffic"),
        ({"surveillance": "red_light"}, "traffic"),
        ({"surveillance": "public;traffic"}, "private"),
        ({"surveillance__type": "ALPR"}, "traffic"),
        ({"surveillance__type": "camera;ALPR"}, "private"),
        ({"surveillance__zone": "traffic"}, "traffic"),
        ({"surveillance__zone": "town"}, "city"),
        ({"surveillance__zone": "street"}, "city"),
        ({"surveillance__zone": "shop"}, "private"),
        ({"operator__type": "government"}, "state"),
        ({"source": "official"}, "city"),
        ({"fr": "yes"}, "known"),
        ({"fr": "no"}, "traffic"),  # somebody's word is never nothing
    ],
)
def test_owner_when_tagged_then_whose_it_is(tags: dict[str, str], owner: str) -> None:
    found = optics(**tags)
    assert found.owner == owner
    low, default, high = (connected(found.owner, column) for column in model().columns())
    assert 0 < low <= default <= high == 1.0


@pytest.mark.parametrize(
    ("height", "height_m"),
    [
        ("3m", 3.0),
        ("10 ft", 3.048),
        ("2 storeys", 5.0),
        ("0.2", 1.5),
        ("40", 12.0),
        ("-3", 5.0),
        ("", 5.0),
        ("nan", 5.0),
    ],
)
def test_height_when_odd_then_bounded_or_the_usual(height: str, height_m: float) -> None:
    assert optics(height=height).height_m == pytest.approx(height_m)


@pytest.mark.parametrize(
    ("tilt", "far_m"),
    [("-45", 5 / math.tan(math.radians(28))), ("15", math.inf), ("30°", 5 / math.tan(math.radians(13))),
     ("720", math.inf), ("steep", math.inf), ("", math.inf)],
)  # fmt: skip
def test_tilt_when_steeper_than_half_a_field_then_a_far_limit(tilt: str, far_m: float) -> None:
    assert optics(camera__tilt=tilt).far_m == pytest.approx(far_m)
    assert optics(camera__angle=tilt).far_m == pytest.approx(far_m)


def test_optics_when_no_camera_then_none() -> None:
    for tags in ({"surveillance:type": "guard"}, {"surveillance:type": "gunshot_detector"}, {"disused": "yes"}):
        assert optics_of(Camera("osm/node/1", HERE, {"man_made": "surveillance", **tags}), DEFAULT) is None


def test_facade_when_known_then_a_hidden_direction_is_one_of_half_a_circle() -> None:
    hung = on_facade(optics(camera__type="fixed"), 10.0)
    assert all(lens.sectors == (Sector(280.0, 180.0),) for lens in hung.lenses)
    assert [lens.hidden for lens in hung.lenses] == [lens.field_deg / 180 for lens in hung.lenses]
    aimed = optics(camera__direction="90")
    assert on_facade(aimed, 10.0) == aimed


words = st.sampled_from(
    ["", "90", "0-360", "350-10", "30;N", "null", "fixed", "dome", "ptz", "fixed;panning", "x", "-1", "9e9"]
)


@given(st.dictionaries(st.sampled_from(
    ["camera:type", "camera:direction", "direction", "height", "camera:tilt", "camera:angle", "camera:mount",
     "surveillance", "surveillance:zone", "surveillance:type", "level", "layer", "revolving", "operator:type"]),
    words))  # fmt: skip
def test_optics_when_tags_are_anything_then_chances_are_chances(tags: dict[str, str]) -> None:
    found = optics_of(Camera("osm/node/1", HERE, {"man_made": "surveillance", **tags}), DEFAULT)
    if found is None:
        return
    assert found.lenses
    assert 1.5 <= found.height_m <= 12.0
    assert found.far_m > 0
    for lens in found.lenses:
        assert 0 < lens.duty <= 1
        assert 0 < lens.hidden <= 1
        assert all(0 <= start < 360 and 0 < sweep < 360 for start, sweep in lens.sectors)
