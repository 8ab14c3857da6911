"""The rate against what can be computed by hand on a straight street (exposure-model.md, section 6: 1 to 7, 17)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streets import BLUNT, DEFAULT, block, camera, pass_by, street, walls

from routing.hazard.hazards import hazards_of
from routing.hazard.parameters import CLASSES

LONG = [(-200.0, 0.0), (200.0, 0.0)]
SHARP = replace(BLUNT, yaw_deg=45.0, yaw_sigma_deg=1e-3)  # a face is seen within 45 degrees, and else not
V_TAU = DEFAULT.walk_speed_mps * DEFAULT.match_time_s


@pytest.mark.parametrize("side_m", [1.0, 10.0, 30.0])
@pytest.mark.parametrize(("step_m", "tolerance"), [(2.0, 0.025), (1.0, 0.005)])
def test_hazard_when_every_factor_is_one_then_the_length_of_the_chord(
    side_m: float, step_m: float, tolerance: float
) -> None:
    reach_m = CLASSES["fixed"].reach_m
    seen = pass_by(camera(0, side_m), street(LONG, step_m=step_m), BLUNT)
    whole = 2.0 * math.sqrt(reach_m**2 - side_m**2) / V_TAU
    assert seen.forth == pytest.approx(whole, rel=tolerance)
    assert seen.back == pytest.approx(whole, rel=tolerance)


def test_hazard_when_a_face_is_seen_within_an_angle_then_only_before_the_camera() -> None:
    side_m, reach_m = 10.0, CLASSES["fixed"].reach_m
    seen = pass_by(camera(0, side_m), street(LONG, step_m=0.25), SHARP)
    ahead_m = math.sqrt(reach_m**2 - side_m**2) - side_m / math.tan(math.radians(45.0))
    assert ahead_m == pytest.approx(49.16, abs=0.01)
    assert seen.forth * V_TAU == pytest.approx(ahead_m, abs=0.3)
    assert seen.back * V_TAU == pytest.approx(ahead_m, abs=0.3)


def test_hazard_when_the_camera_hangs_high_then_none_where_it_looks_at_the_top_of_the_head() -> None:
    above_m, pitch_deg, side_m = 6.0, 30.0, 4.0
    steep = replace(SHARP, pitch_deg=pitch_deg, pitch_sigma_deg=1e-3)
    high = camera(0, side_m, height=DEFAULT.face_height_m + above_m)
    seen = pass_by(high, street(LONG, step_m=0.25), steep)
    blind_m = above_m / math.tan(math.radians(pitch_deg))
    near_m = max(side_m / math.tan(math.radians(45.0)), math.sqrt(blind_m**2 - side_m**2))
    far_m = math.sqrt(CLASSES["fixed"].reach_m ** 2 - side_m**2)
    assert seen.forth * V_TAU == pytest.approx(far_m - near_m, abs=0.4)


def test_hazard_when_the_camera_hangs_at_the_end_of_the_street_then_it_sees_who_comes_and_not_who_goes() -> None:
    seen = pass_by(camera(0, 0), street([(-100.0, 0.0), (-1.0, 0.0)], step_m=0.5), SHARP)
    assert seen.forth * V_TAU == pytest.approx(59.0, abs=0.3)
    assert seen.back == 0.0


def test_hazard_when_resolution_falls_with_the_square_then_its_closed_form() -> None:
    # with a slope of 2, 1/(1 + (s/d0)²), s the line of sight: at the camera's height the distance on the ground
    half_m, side_m = 8.0, 3.0
    pixels = CLASSES["fixed"].pixels[0]
    ppm50 = pixels / half_m
    soft = replace(BLUNT, ppm50=ppm50, ppm95=ppm50 * math.sqrt(19.0))
    assert soft.resolution_slope == pytest.approx(2.0)
    found = hazards_of([camera(0, side_m)], street(LONG, step_m=0.5), walls(), soft)
    span_m = math.sqrt(CLASSES["fixed"].reach_m ** 2 - side_m**2)
    root_m = math.hypot(half_m, side_m)
    exact = 2.0 * half_m**2 / root_m * math.atan(span_m / root_m) / V_TAU
    assert found.lens[0, 0, 0] == pytest.approx(exact, rel=0.002)


def test_hazard_when_the_camera_looks_across_then_a_sector_wide() -> None:
    away_m = 12.0
    seen = hazards_of([camera(0, -away_m, camera__direction=0)], street(LONG, step_m=0.1), walls(), BLUNT)
    for lens, field_deg in enumerate(CLASSES["fixed"].field_deg):
        wide_m = 2.0 * away_m * math.tan(math.radians(field_deg / 2))
        assert seen.lens[0, lens, 0] * V_TAU == pytest.approx(wide_m, abs=0.15)


def test_view_when_a_wall_stands_half_way_then_its_shadow_is_twice_as_wide() -> None:
    wide_m = 5.0
    lines = street(LONG)
    free = pass_by(camera(0, -20), lines)
    shut = pass_by(camera(0, -20), lines, around=walls((-wide_m / 2, -10, wide_m / 2, -10)))
    assert free.in_view_m - shut.in_view_m == pytest.approx(2 * wide_m, abs=0.05)


def test_view_when_a_wall_is_between_then_nothing_is_seen() -> None:
    shut = pass_by(camera(0, -20), street(LONG), around=walls((-500, -10, 500, -10)))
    assert (shut.forth, shut.back, shut.in_view_m) == (0.0, 0.0, 0.0)


def test_view_when_the_way_is_underground_then_a_camera_above_does_not_light_it() -> None:
    assert pass_by(camera(0, 5), street(LONG, enclosed=True)).in_view_m == 0.0
    indoor = camera(0, 5, surveillance="indoor")
    assert pass_by(indoor, street(LONG, enclosed=True)).in_view_m > 50.0
    assert pass_by(indoor, street(LONG)).in_view_m == 0.0


@pytest.mark.parametrize("step_m", [0.7, 2.0, 5.0])
def test_view_when_pieces_are_long_then_its_ends_are_true_all_the_same(step_m: float) -> None:
    for side_m in (0.5, 10.0, 20.0):
        seen = pass_by(camera(0.3, side_m), street([(-77.7, 0.0), (-3.1, 0.0), (90.0, 0.0)], step_m=step_m))
        assert seen.in_view_m == pytest.approx(2.0 * math.sqrt(33.0**2 - side_m**2), abs=0.05)


def test_hazard_when_the_line_is_drawn_the_other_way_then_directions_swap() -> None:
    house = walls(*block(8, 6, 20, 15))
    seen = camera(2, 9, camera__direction=200)
    one = pass_by(seen, street(LONG), around=house)
    other = pass_by(seen, street(LONG[::-1]), around=house)
    assert one.forth > one.back > 0
    assert (one.forth, one.back) == pytest.approx((other.back, other.forth), rel=2e-6)


def spun(turn_deg: float, *places: tuple[float, float]) -> list[tuple[float, float]]:
    turn = math.radians(turn_deg)
    spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return [(float(x), float(y)) for x, y in np.array(places) @ spin.T]


@given(turn_deg=st.floats(0.0, 360.0), x=st.floats(-30, 30), y=st.floats(-30, 30), look=st.integers(0, 359))
def test_hazard_when_the_whole_scene_is_turned_then_the_same(turn_deg: float, x: float, y: float, look: int) -> None:
    corners = [(12.0, 4.0), (25.0, 4.0), (25.0, 12.0), (12.0, 12.0)]
    found = []
    for turn in (0.0, turn_deg):
        line, (at,) = street(spun(turn, (-199.3, 0.0), (199.3, 0.0))), spun(turn, (x, y))
        free = pass_by(camera(*at, camera__mount="pole"), line)
        house = spun(turn, *corners)
        around = walls(*[(*house[n - 1], *house[n]) for n in range(4)])
        aimed = camera(*at, camera__mount="pole", camera__direction=f"{(look - turn) % 360.0:.9f}")
        found.append((free.forth, free.back, pass_by(aimed, line, around=around).in_view_m))
    assert found[0][:2] == pytest.approx(found[1][:2], rel=5e-5, abs=1e-9)  # frames differ by so much
    assert found[0][2] == pytest.approx(found[1][2], abs=0.1)


def test_pixels_when_a_format_is_known_then_its_constant_is_ours() -> None:
    # 1080p, 4 mm, 1/2.8": 250 px/m at 5.7 m (a planner's table), if the sensor is 5.37 mm wide; widths are ±5 %
    constant = 4.0 * 1920 / 5.37
    assert constant / 250.0 == pytest.approx(5.7, rel=0.1)
    # K and the field of view of one lens are one thing: 1920 / (2 tan(HFOV/2)) for a sensor of 1920 pixels
    for pixels, field_deg in zip(CLASSES["fixed"].pixels, CLASSES["fixed"].field_deg, strict=True):
        across = 2.0 * pixels * math.tan(math.radians(field_deg / 2))
        assert 1280 < across < 4096  # images are HD to 4K wide


@given(
    here=st.tuples(st.floats(-40, 40), st.floats(-40, 40)),
    cut=st.integers(-250, 250).map(lambda half: 0.5 * half + 0.25),
    kind=st.sampled_from(["fixed", "dome", "panning", ""]),
)
def test_hazard_when_a_line_is_cut_then_its_parts_add_up(here: tuple[float, float], cut: float, kind: str) -> None:
    seen = camera(*here, camera__type=kind, camera__direction=77)
    ends = (-160.25, 0.0), (160.25, 0.0)  # so that a cut falls between two pieces
    whole = pass_by(seen, street(ends, step_m=0.5001))
    parts = pass_by(seen, street([ends[0], (cut, 0.0)], [(cut, 0.0), ends[1]], step_m=0.5001))
    assert (whole.forth, whole.back) == pytest.approx((parts.forth, parts.back), rel=1e-4, abs=2e-3)
    if whole.in_view_m == 0.0:
        assert parts.in_view_m < 0.51  # shorter than a piece: it may be found where a line ends alone
    else:
        assert whole.in_view_m == pytest.approx(parts.in_view_m, abs=0.05)
