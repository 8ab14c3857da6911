"""Pavements that nobody mapped: beside the line, off the façades, on the side that is said."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from streets import DEFAULT, ORIGIN, block, camera, lonlat, street, walls

from routing.geo import scale_at, to_frame
from routing.hazard.hazards import hazards_of, risk_of
from routing.hazard.pavements import CLEAR_M, LEFT, RIGHT, better_side, on_pavement, room_beside
from routing.hazard.samples import runs_of

LONG = [(-60.0, 0.0), (60.0, 0.0)]


def beside(side: float, around: object = None) -> np.ndarray:
    lines = street(LONG)
    return to_frame(on_pavement(lines.pieces, side, around or walls()).lonlat, ORIGIN)


def test_pavement_when_nothing_is_near_then_six_metres_to_the_side_that_is_said() -> None:
    assert beside(LEFT)[:, 1] == pytest.approx(6.0, abs=1e-3)  # walking east, north is left
    assert beside(RIGHT)[:, 1] == pytest.approx(-6.0, abs=1e-3)


def test_pavement_when_a_house_is_near_then_a_metre_off_its_wall_and_never_within() -> None:
    around = walls(*block(-20, 4, 20, 15))
    at = beside(LEFT, around)
    before = np.abs(at[:, 0]) < 20
    assert at[before, 1] == pytest.approx(4.0 - CLEAR_M, abs=1e-3)
    assert at[~before, 1] == pytest.approx(6.0, abs=1e-3)
    narrow = walls(*block(-100, 0.8, 100, 15))
    assert beside(LEFT, narrow)[:, 1] == pytest.approx(0.4, abs=1e-3)


@given(
    box=st.tuples(st.floats(-50, 40), st.floats(-10, 8), st.floats(1, 30), st.floats(0.5, 10)),
    turn=st.floats(0, 2 * np.pi),
)
def test_room_when_a_house_stands_anyhow_then_as_shapely_says(
    box: tuple[float, float, float, float], turn: float
) -> None:
    x, y, wide, tall = box
    house = shapely.box(x, y, x + wide, y + tall)
    ray = np.array([np.sin(turn), np.cos(turn)])
    line = shapely.linestrings([(0.0, 0.0), tuple(7.0 * ray)])
    with np.errstate(all="ignore"):  # of GEOS, where a ray hardly turns from an axis
        met = shapely.intersection(line, house.exterior)
        true = 7.0 if met.is_empty else shapely.distance(met, shapely.points(0.0, 0.0))
        corners = shapely.multipoints(shapely.get_coordinates(house))
        touches = shapely.distance(line, corners) < 1e-3
    if touches or true < 1e-3:
        return
    here = scale_at(ORIGIN[1])
    scale = np.array([[float(here.lon_m), float(here.lat_m)]])
    found = room_beside(lonlat((0.0, 0.0)), scale, ray[None], 7.0, walls(*block(x, y, x + wide, y + tall)))
    assert found[0] == pytest.approx(true, abs=2e-3)


def test_sides_when_a_camera_hangs_on_one_then_the_other_is_better_and_the_mean_lies_between() -> None:
    lines, around = street(LONG), walls(*block(-60, 9, 60, 20))
    door = camera(0, 8.7, surveillance__zone="entrance")
    risk = []
    for side in (LEFT, RIGHT):
        pieces = on_pavement(lines.pieces, side, around)
        shifted = lines._replace(pieces=pieces, runs=runs_of(pieces))
        risk.append(float(risk_of(hazards_of([door], shifted, around, DEFAULT), np.array([0.8]), 1).max()))
    assert better_side(*risk) == RIGHT
    assert risk[1] < risk[0]
    middle = float(risk_of(hazards_of([door], lines, around, DEFAULT), np.array([0.8]), 1).max())
    assert risk[1] < middle < risk[0]
