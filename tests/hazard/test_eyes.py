"""Many cameras hung at once are each what it is by itself, lens by lens as its tags say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streets import DEFAULT, block, camera, walls

from routing.hazard.eyes import eyes_of
from routing.hazard.lenses import on_facade, optics_of
from routing.optics import view_of

if TYPE_CHECKING:
    from routing.hazard.eyes import Placed
    from routing.model import Camera

HOUSE = walls(*block(-20, 0, 20, 30))
TAGS = st.fixed_dictionaries(
    {},
    optional={
        "camera__type": st.sampled_from(["fixed", "dome", "panning", "fixed;dome", "panorama"]),
        "camera__direction": st.sampled_from(["90", "10;200", "300-40", "n"]),
        "camera__mount": st.sampled_from(["wall", "pole", "ceiling"]),
        "height": st.sampled_from(["3", "7.5"]),
        "camera__tilt": st.just("40"),
        "indoor": st.just("yes"),
        "level": st.just("2"),
        "surveillance__type": st.sampled_from(["camera", "guard", "ALPR"]),
    },
)


@st.composite
def cameras(draw: st.DrawFn) -> Camera:
    made = camera(draw(st.floats(-30, 30)), draw(st.floats(-20, 20)), **draw(TAGS))
    return replace(made, source="import:list") if draw(st.booleans()) else made


def rows(placed: Placed, count: int) -> list[list[tuple[object, ...]]]:
    """All that is known of each eye, by camera."""
    eyes, found = placed.eyes, [[] for _ in range(count)]
    for eye, owner in enumerate(placed.camera.tolist()):
        lenses = [
            (eyes.pixels[lens], eyes.duty[lens], placed.hidden[lens],
             eyes.sector[eyes.sector_start[lens] : eyes.sector_start[lens + 1]].tolist())
            for lens in range(eyes.lens_start[eye], eyes.lens_start[eye + 1])
        ]  # fmt: skip
        view = eyes.view_sector[eyes.view_start[eye] : eyes.view_start[eye + 1]].tolist()
        single = (
            eyes.lonlat,
            eyes.scale,
            eyes.height_m,
            eyes.search_m,
            eyes.far_m,
            eyes.indoor,
            eyes.level,
            eyes.view_m,
        )
        found[owner].append((*(str(of[eye].tolist()) for of in single), placed.on_facade[eye], lenses, view))
    return found


@settings(max_examples=200)
@given(many=st.lists(cameras(), max_size=6))
def test_eyes_when_cameras_are_many_then_each_is_what_it_is_alone_and_as_its_tags_say(many: list[Camera]) -> None:
    together = eyes_of(many, DEFAULT, HOUSE)
    alone = [rows(eyes_of([one], DEFAULT, HOUSE), 1)[0] for one in many]
    assert rows(together, len(many)) == alone
    assert together.places.tolist() == [len(eyes) for eyes in alone]
    for one, eyes in zip(many, alone, strict=True):
        optics, view = optics_of(one, DEFAULT), view_of(one.tags)
        assert bool(eyes) == (optics is not None and view is not None)
        for eye in eyes:
            assert optics is not None and view is not None  # noqa: PT018  # for mypy
            assert eye[-1] == [list(sector) for sector in view.sectors]
            if not eye[-3]:
                expected = [
                    (lens.pixels, lens.duty, lens.hidden, [list(s) for s in lens.sectors]) for lens in optics.lenses
                ]
                assert eye[-2] == expected


def test_eyes_when_two_facades_face_two_ways_then_each_camera_looks_from_its_own() -> None:
    many = [camera(0, -2, camera__type="fixed"), camera(22, 15, camera__type="fixed")]
    eyes = eyes_of(many, DEFAULT, HOUSE).eyes
    optics = optics_of(many[0], DEFAULT)
    assert optics is not None
    for eye, outward in ((0, 180.0), (1, 90.0)):
        lenses = slice(eyes.lens_start[eye], eyes.lens_start[eye + 1])
        expected = [lens.sectors[0] for lens in on_facade(optics, outward).lenses]
        assert eyes.sector[eyes.sector_start[:-1]][lenses] == pytest.approx(np.array(expected), abs=1e-6)


@settings(max_examples=200)
@given(many=st.lists(cameras(), max_size=4), order=st.lists(st.integers(0, 3), max_size=8))
def test_eyes_when_cameras_are_equal_then_those_and_no_others_are_alike(many: list[Camera], order: list[int]) -> None:
    drawn = [many[at % len(many)] for at in order] if many else []
    placed = eyes_of(drawn, DEFAULT, HOUSE)
    known = [(kind_of(drawn[owner]), *eye) for owner, eye in zip(placed.camera.tolist(), flat(placed), strict=True)]
    assert placed.like.tolist() == [known.index(one) for one in known]


def kind_of(one: Camera) -> tuple[object, ...]:
    return (sorted(one.tags.items()), one.source, one.fr)


def flat(placed: Placed) -> list[tuple[object, ...]]:
    by_camera = rows(placed, int(placed.camera.max(initial=-1)) + 1)
    return [eye for eyes in by_camera for eye in eyes]
