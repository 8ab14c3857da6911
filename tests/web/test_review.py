"""What a reviewer is told: what is near, what is the same, and which patterns are flagged, which not."""

from __future__ import annotations

import math
import random
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geo import from_frame
from routing.model import BBox, Camera, LonLat
from routing.optics import latest_month
from routing.reports import Gone, NewCamera, NoneSeen, StillThere, Turned
from web.review import Case, cases, moved_walks, rings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routing.area import Area
    from routing.reports import Report

MIDDLE = np.array([24.94, 60.17])
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
Spots = "Sequence[tuple[float, float]]"


def at(east_m: float, north_m: float) -> LonLat:
    return LonLat(*from_frame(np.array([east_m, north_m]), MIDDLE).tolist())


def new(number: int, place: LonLat, direction: int | None = None) -> NewCamera:
    name = "".join(LETTERS[number // 32**power % 32] for power in range(10))
    return NewCamera(id=f"rp/{name}", month="2026-10", at=tuple(place), direction=direction)


def known(name: str, place: LonLat, **more: str) -> Camera:
    return Camera(name, place, {"man_made": "surveillance"}, last_seen="2020-05", **more)


def look(reports: Sequence[Report], cameras: Iterable[Camera] = ()) -> list[Case]:
    return cases(reports, {camera.id: camera for camera in cameras})


def circle(count: int, radius_m: float, *, seed: int = 1, jitter: float = 0.1, middle: LonLat | None = None) -> Spots:
    rng = random.Random(seed)  # noqa: S311 - places, no secrets
    x, y = (0.0, 0.0) if middle is None else middle
    spots = []
    for n in range(count):
        turn = (n + rng.uniform(-jitter, jitter)) * 2 * math.pi / count
        away = radius_m * (1 + rng.uniform(-jitter, jitter))
        spots.append((x + away * math.sin(turn), y + away * math.cos(turn)))
    return spots


def street(length_m: float, every_m: float, *, width_m: float, turn_deg: float = 0.0) -> Spots:
    """Lay cameras on both sides of a street through the origin."""
    turn = math.radians(turn_deg)
    along = np.arange(-length_m / 2, length_m / 2 + 1, every_m)
    return [
        (a * math.sin(turn) + side * math.cos(turn), a * math.cos(turn) - side * math.sin(turn))
        for a in along
        for side in (-width_m / 2, width_m / 2)
    ]


def ringed(spots: Spots) -> int:
    return len(rings([at(*spot) for spot in spots]))


@pytest.mark.parametrize("radius_m", [25, 40, 60, 90, 120])
@pytest.mark.parametrize("count", [6, 8, 12])
def test_rings_when_cameras_stand_around_a_place_then_found(radius_m: float, count: int) -> None:
    assert ringed(circle(count, radius_m, seed=count)) >= count - 1  # a jitter may put one outside


def test_rings_when_a_decoy_stands_in_the_middle_and_others_beside_then_still_found() -> None:
    ring = circle(8, 60)
    assert ringed([*ring, (3.0, 2.0), (300.0, 40.0), (260.0, -80.0)]) >= 8


@pytest.mark.parametrize(
    "spots",
    [
        pytest.param(street(400, 20, width_m=0), id="one row"),
        pytest.param(street(400, 15, width_m=14), id="both sides of a street"),
        pytest.param(street(400, 25, width_m=40, turn_deg=30), id="a boulevard"),
        pytest.param([*street(300, 20, width_m=12), *street(300, 20, width_m=12, turn_deg=90)], id="a crossing"),
        pytest.param([*street(300, 30, width_m=0), *street(300, 30, width_m=0, turn_deg=70)], id="a slanted crossing"),
        pytest.param([(0.0, 20.0 * n) for n in range(10)] + [(20.0 * n, 0.0) for n in range(1, 10)], id="a corner"),
        pytest.param([(8.0, 8.0), (8.0, -8.0), (-8.0, 8.0), (-8.0, -8.0)] * 2, id="one junction"),
        pytest.param(circle(5, 60), id="too few"),
        pytest.param([spot for spot in circle(16, 60) if spot[0] > 0], id="half a ring"),
    ],
)
def test_rings_when_cameras_stand_as_streets_have_them_then_none(spots: Spots) -> None:
    assert ringed(spots) == 0


def test_rings_when_cameras_are_scattered_by_chance_then_seldom() -> None:
    found = 0
    for seed in range(40):
        rng = random.Random(seed)  # noqa: S311 - places
        found += ringed([(rng.uniform(-200, 200), rng.uniform(-200, 200)) for _ in range(12)]) > 0
    assert found <= 8


@given(st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), max_size=20), st.randoms(use_true_random=False))
def test_rings_when_the_order_changes_then_those_found_are_of_the_places(spots: Spots, luck: random.Random) -> None:
    shuffled = list(spots)
    luck.shuffle(shuffled)
    places = {at(*spot) for spot in spots}
    assert rings([at(*spot) for spot in shuffled]) <= places
    assert bool(ringed(shuffled)) == bool(ringed(spots))


def test_cases_when_a_ring_is_half_accepted_already_then_the_rest_is_flagged() -> None:
    spots = [at(*spot) for spot in circle(8, 60)]
    accepted = [
        Camera(f"ss/aaaaaaaaa{LETTERS[n]}", place, {}, "report", "unverified", first_seen="2026-10")
        for n, place in enumerate(spots[:4])
    ]
    found = look([new(n, place) for n, place in enumerate(spots[4:])], accepted)
    recent = latest_month() <= "2027-02"
    assert ["ring" in case.flags for case in found] == [recent] * 4


def test_cases_when_a_camera_is_near_then_distance_and_sameness_are_told() -> None:
    cameras = [known("osm/node/1", at(0, 12)), known("osm/node/2", at(0, 51)), known("osm/node/3", at(0.0, 0.2))]
    cameras.append(known("osm/node/4", at(0, 3), status="removed"))
    (case,) = look([new(1, at(0, 0))], cameras)
    told = [(one.camera.id, round(one.distance_m), one.same) for one in case.near]
    assert told == [("osm/node/3", 0, True), ("osm/node/1", 12, False)]
    assert case.flags == ("double",)


def test_cases_when_two_reports_are_of_one_camera_then_each_names_the_other() -> None:
    first, second, other = new(1, at(0, 0), 90), new(2, at(10, 0), 100), new(3, at(10, 0), 270)
    found = look([first, second, other])
    assert [case.twins for case in found] == [(second.id,), (first.id,), ()]
    assert [case.flags for case in found] == [("twin",), ("twin",), ()]


def test_cases_when_more_than_five_are_in_a_block_then_each_is_flagged_and_none_beside() -> None:
    row = [new(n, at(n * 25.0, 0), direction=90) for n in range(6)]
    far = new(9, at(0, 400))
    assert ["crowd" in case.flags for case in look([*row, far])] == [True] * 6 + [False]
    assert not any("crowd" in case.flags for case in look(row[:5]))


def test_cases_when_accepted_of_late_then_they_count_for_the_crowd() -> None:
    month = latest_month()
    late = [
        Camera(f"ss/aaaaaaaaa{LETTERS[n]}", at(n * 20, 60), {}, "report", "unverified", first_seen=month)
        for n in range(5)
    ]
    old = [Camera(one.id, one.lonlat, {}, "report", "confirmed", first_seen="2019-01") for one in late]
    assert "crowd" in look([new(1, at(0, 0))], late)[0].flags
    assert look([new(1, at(0, 0))], old)[0].flags == ()


def test_cases_when_cameras_are_called_gone_then_flagged_and_more_so_if_many() -> None:
    cameras = [known(f"osm/node/{n}", at(n * 30, 0)) for n in range(1, 4)]
    calls = [Gone(id=new(n, at(0, 0)).id, month="2026-10", camera=camera.id) for n, camera in enumerate(cameras)]
    assert [case.flags for case in look(calls[:1], cameras)] == [("gone",)]
    assert [case.flags for case in look(calls, cameras)] == [("gone", "many-gone")] * 3
    again = Gone(id=new(9, at(0, 0)).id, month="2026-09", camera=cameras[0].id)
    assert [case.flags for case in look([calls[0], again], cameras)] == [("gone", "gone-twice")] * 2


def test_cases_when_the_camera_is_not_known_or_a_tombstone_then_flagged() -> None:
    cameras = [known("osm/node/1", at(0, 0), status="removed"), known("osm/node/2", at(0, 0))]
    name = new(1, at(0, 0)).id
    there = [StillThere(id=name, month="2026-10", camera=f"osm/node/{n}") for n in (1, 2, 3)]
    assert [case.flags for case in look(there, cameras)] == [("unknown-camera",), (), ("unknown-camera",)]
    turned = Turned(id=name, month="2026-10", camera="osm/node/2", direction=90)
    assert look([turned], cameras)[0].flags == ("turned",)
    survey = NoneSeen(id=name, month="2026-10", line=[tuple(at(0, 0)), tuple(at(50, 0))])
    assert look([survey], cameras)[0].flags == ()


def test_cases_when_an_area_is_given_then_what_is_not_of_it_is_flagged() -> None:
    box = BBox(24.93, 60.16, 24.95, 60.18)
    known_ones = {one.id: one for one in (known("osm/node/1", at(0, 0)), known("osm/node/2", at(0, 9000)))}
    inside, outside = [(24.94, 60.17), (24.945, 60.17)], [(24.94, 60.17), (24.96, 60.17), (24.94, 60.171)]
    reports: list[Report] = [
        new(1, at(300, 0)),
        new(2, at(0, 5000)),
        StillThere(id="rp/aaaaaaaaaa", month="2026-10", camera="osm/node/1"),
        StillThere(id="rp/bbbbbbbbbb", month="2026-10", camera="osm/node/2"),
        NoneSeen(id="rp/cccccccccc", month="2026-10", line=inside),
        NoneSeen(id="rp/dddddddddd", month="2026-10", line=outside),
    ]
    assert ["outside" in case.flags for case in cases(reports, known_ones, box)] == [False, True] * 3
    assert not any("outside" in case.flags for case in cases(reports, known_ones))


def test_cases_when_two_thousand_wait_among_twenty_thousand_cameras_then_a_reviewer_does_not_wait_long() -> None:
    rng = random.Random(1)  # noqa: S311 - places
    reports = [new(n, at(rng.uniform(-4000, 4000), rng.uniform(-4000, 4000)), direction=n % 360) for n in range(2000)]
    cameras = [known(f"osm/node/{n}", at(rng.uniform(-9000, 9000), rng.uniform(-9000, 9000))) for n in range(1, 20_000)]
    started = time.process_time()
    assert len(look(reports, cameras)) == 2000
    assert time.process_time() - started < 20


def test_cases_when_two_thousand_wait_in_one_street_then_a_reviewer_does_not_wait_long_either() -> None:
    rng = random.Random(1)  # noqa: S311 - places
    reports = [new(n, at(rng.uniform(-200, 200), rng.uniform(-6, 6)), direction=n % 360) for n in range(2000)]
    started = time.process_time()
    assert all("crowd" in case.flags for case in look(reports))
    assert time.process_time() - started < 20


def test_rings_when_thousands_with_ids_that_come_first_are_strewn_elsewhere_then_the_ring_is_found_all_the_same() -> (
    None
):
    rng = random.Random(1)  # noqa: S311 - places
    strewn = [at(rng.uniform(-9000, 9000), rng.uniform(1000, 9000)) for _ in range(2500)]
    ring = [at(*spot) for spot in circle(8, 60)]
    assert set(ring) <= rings([*strewn, *ring])


def test_moved_walks_when_a_far_reaching_camera_comes_then_some_walks_change_and_by_seed_the_same(demo: Area) -> None:
    report = NewCamera(id="rp/abcdefghij", month="2026-10", at=(24.9445, 60.1712), type="panning")
    first = moved_walks(demo, report, pairs=25, seed=3)
    assert first is not None
    assert 0 <= first[0] <= 1
    assert moved_walks(demo, report, pairs=25, seed=3) == first


def test_moved_walks_when_it_is_a_survey_or_elsewhere_then_nothing(demo: Area) -> None:
    line = [(24.94, 60.17), (24.945, 60.17)]
    assert moved_walks(demo, NoneSeen(id="rp/abcdefghij", month="2026-10", line=line)) is None
    assert moved_walks(demo, NewCamera(id="rp/abcdefghij", month="2026-10", at=(25.5, 60.17))) is None
    assert moved_walks(demo, Gone(id="rp/abcdefghij", month="2026-10", camera="osm/node/1")) is None
