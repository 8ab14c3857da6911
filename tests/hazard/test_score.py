"""A walk's risk: by camera and not by line, by hand where that can be, and never less for more cameras."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streets import block, camera, lonlat, walls

from routing.hazard.parameters import model
from routing.model import Stretch
from routing.plans import NOTHING, Range, Score
from routing.score import Spread, measure, measure_all, watch_of

if TYPE_CHECKING:
    from routing.hazard.walls import Walls
    from routing.model import Camera

MODEL = model()
NOW = "2026-11"
ENDS = (-60.0, 0.0), (60.0, 0.0)


def stretch(*places: tuple[float, float], enclosed: bool = False, unmapped: float = 0.0) -> Stretch:
    return Stretch(lonlat(*places), "", "footway", enclosed=enclosed, unmapped=(unmapped, unmapped))


def measured(cameras: list[Camera], *stretches: Stretch, around: Walls | None = None) -> Score:
    spread = Spread(Range(1 / 3, 1.0, 3.0))
    return measure(stretches or [stretch(*ENDS)], watch_of(cameras, around or walls(), MODEL, NOW, spread))


def test_walk_when_no_camera_is_near_then_nothing() -> None:
    found = measured([camera(0, 500)])
    assert (found.in_view_m, found.meetings, found.risk.expected, found.risk.recognition) == (0.0, (), NOTHING, NOTHING)
    assert found.length_m == pytest.approx(120.0, abs=0.01)


@given(cuts=st.lists(st.integers(-55, 55), max_size=5, unique=True), x=st.floats(-50, 50), y=st.floats(1.5, 20))
def test_walk_when_it_is_cut_into_stretches_then_its_cameras_are_the_same(cuts: list[int], x: float, y: float) -> None:
    # no nearer: what one has in view must not be shorter than a piece
    cameras = [camera(x, y, camera__direction=200), replace(camera(x + 8, -y), id="osm/node/2")]
    at = [(float(cut), 0.0) for cut in sorted(cuts)]
    places = [ENDS[0], *at, ENDS[1]]
    whole = measured(cameras, stretch(*places))
    parts = measured(cameras, *[stretch(*pair) for pair in itertools.pairwise(places)])
    assert parts.in_view_m == pytest.approx(whole.in_view_m, abs=0.02 * (2 + len(cuts)))
    assert parts.risk.recognition == pytest.approx(whole.risk.recognition, rel=1e-6, abs=1e-9)
    assert [one.camera for one in parts.meetings] == [one.camera for one in whole.meetings]


@given(
    walks=st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), min_size=1, max_size=4), ranges=st.booleans()
)
def test_walks_when_they_share_stretches_then_each_is_measured_as_if_it_were_alone(
    walks: list[list[int]], *, ranges: bool
) -> None:
    at = [(-60.0, 0.0), (-20.0, 0.0), (0.0, 0.0), (0.0, 40.0), (30.0, 40.0), (30.0, 0.0)]
    made = [
        replace(stretch(*pair, enclosed=number == 1, unmapped=0.001 * number), pavements=(number > 1, number == 3))
        for number, pair in enumerate(itertools.pairwise(at))
    ]
    cameras = [camera(3, 5), replace(camera(20, 30, camera__direction=200), id="osm/node/2", source="import:x")]
    watch = watch_of(cameras, walls(*block(5, 10, 25, 30)), MODEL, NOW, Spread(Range(0.5, 1.0, 2.0)))
    lines = [[made[number] for number in walk] for walk in walks]
    together = measure_all(lines, watch, ranges=ranges)
    for line, found in zip(lines, together, strict=True):
        alone = measure([replace(one) for one in line], watch, ranges=ranges)
        assert found.length_m == pytest.approx(alone.length_m)
        assert found.in_view_spans_m == pytest.approx(alone.in_view_spans_m)
        assert found.risk.risk == pytest.approx(alone.risk.risk)
        assert found.risk.could_recognise == alone.risk.could_recognise
        assert [(one.camera, one.in_view_m) for one in found.meetings] == [
            (one.camera, pytest.approx(one.in_view_m)) for one in alone.meetings
        ]


def test_walk_when_it_passes_a_camera_on_two_streets_then_it_is_one_camera_and_less_than_the_sum() -> None:
    corner = [stretch((-60.0, 0.0), (0.0, 0.0)), stretch((0.0, 0.0), (0.0, 60.0))]
    seen = camera(6, -6)
    both = measured([seen], *corner)
    one, other = (measured([seen], part) for part in corner)
    assert len(both.meetings) == 1
    assert both.risk.recognition.default > max(one.risk.recognition.default, other.risk.recognition.default)
    assert both.risk.recognition.high <= one.risk.recognition.high + other.risk.recognition.high + 1e-12
    assert both.in_view_m == pytest.approx(one.in_view_m + other.in_view_m, abs=0.02)


def test_walk_when_a_camera_is_sure_to_recognise_then_as_its_record_says() -> None:
    aimed = replace(camera(40, 3, height=4, camera__direction=270, camera__mount="pole"), fr="yes")
    found = measured([aimed])
    (met,) = found.meetings
    assert met.if_there == pytest.approx(0.80 * MODEL.default.hit_rate, abs=0.04)
    # there with 0.9, connected as known
    assert met.chance.default == pytest.approx(0.9 * met.if_there)
    assert found.risk.recognition.default == pytest.approx(met.chance.default)
    assert found.risk.expected.default == pytest.approx(met.chance.default)
    assert found.risk.could_recognise[1:] == (1.0, 1.0)  # the low column asks for 4 s before it
    assert found.risk.risk.default == pytest.approx(-math.log(1 - met.chance.default))


def test_walk_when_two_cameras_may_recognise_then_one_minus_the_product() -> None:
    pair = [
        replace(camera(40, 3, camera__direction=270, camera__mount="pole"), id=f"osm/node/{n}", fr="yes")
        for n in (1, 2)
    ]
    single, both = measured(pair[:1]), measured(pair)
    assert both.risk.recognition.default == pytest.approx(1 - (1 - single.risk.recognition.default) ** 2)
    assert both.in_view_m == pytest.approx(single.in_view_m)  # seconds in view are of any, once
    assert both.risk.expected.default == pytest.approx(2 * single.risk.expected.default)


@given(
    places=st.lists(st.tuples(st.floats(-70, 70), st.floats(-30, 30)), min_size=1, max_size=4),
    more=st.floats(0.0, 2.0),
)
def test_walk_when_measured_then_low_default_and_high_rise_and_more_is_never_less(
    places: list[tuple[float, float]], more: float
) -> None:
    cameras = [replace(camera(*at), id=f"osm/node/{n}") for n, at in enumerate(places, start=1)]
    found, fewer = measured(cameras), measured(cameras[:-1])
    unknown = measured(cameras, stretch(*ENDS, unmapped=more))
    for one in (found, unknown):
        for numbers in (one.risk.recognition, one.risk.expected, one.risk.could_recognise, one.risk.risk):
            assert numbers.low <= numbers.default + 1e-12
            assert numbers.default <= numbers.high + 1e-12
        assert 0.0 <= one.risk.recognition.low <= one.risk.recognition.high < 1.0
        assert 0.0 <= one.in_view_m <= one.length_m + 1e-6
    assert found.risk.recognition.default >= fewer.risk.recognition.default - 1e-12
    assert unknown.risk.recognition.default >= found.risk.recognition.default - 1e-12
    assert unknown.risk.unmapped == pytest.approx(1 - math.exp(-more))
    assert unknown.risk.expected.default == pytest.approx(found.risk.expected.default + more)


def test_walk_when_it_goes_through_a_passage_then_that_counts_as_in_view_once() -> None:
    parts = [stretch((-60, 0), (-10, 0)), stretch((-10, 0), (10, 0), enclosed=True), stretch((10, 0), (60, 0))]
    assert measured([], *parts).in_view_m == pytest.approx(20.0, abs=0.01)
    indoor = camera(0, 3, surveillance="indoor")
    found = measured([indoor], *parts)
    assert found.in_view_m == pytest.approx(20.0, abs=0.01)
    assert len(found.meetings) == 1
    assert measured([camera(0, 3, surveillance="outdoor")], *parts).in_view_m > 40.0


def test_walk_when_a_house_hides_the_camera_then_it_meets_none() -> None:
    hidden = measured([camera(0, 12, camera__mount="pole")], around=walls(*block(-50, 4, 50, 8)))
    assert hidden.meetings == ()


def test_walk_when_it_is_walked_the_other_way_then_the_same_cameras_in_turn_and_other_chances() -> None:
    cameras = [
        replace(camera(x, 4, camera__direction=270), id=f"osm/node/{n}") for n, x in enumerate((-30, 30), start=1)
    ]
    forth, back = measured(cameras), measured(cameras, stretch(*ENDS[::-1]))
    assert [one.camera for one in forth.meetings] == [one.camera for one in back.meetings][::-1]
    assert forth.in_view_m == pytest.approx(back.in_view_m, abs=0.05)
    assert forth.risk.recognition.default > 5 * back.risk.recognition.default  # they see who comes, and not who goes


def test_union_when_views_overlap_then_counted_once() -> None:
    row = [replace(camera(x, 5), id=f"osm/node/{n}") for n, x in enumerate(np.linspace(-20, 20, 9).tolist(), start=1)]
    found = measured(row)
    assert found.in_view_m < sum(one.in_view_m for one in found.meetings)
    assert found.in_view_m == pytest.approx(40 + 2 * math.sqrt(33**2 - 25), abs=0.05)
