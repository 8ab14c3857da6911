from __future__ import annotations

import numpy as np
import pyproj
from hypothesis import given
from hypothesis import strategies as st

from routing.geo import along_m, bearing_deg, cut_line, distance_m, from_frame, to_frame

GEOD = pyproj.Geod(ellps="WGS84")
lons = st.floats(-180, 180)
lats = st.floats(-70, 70)


@given(lons, lats, st.floats(0, 360), st.floats(0.01, 2000))
def test_distance_when_two_km_or_less_then_within_a_millimetre_of_the_geodesic(
    lon: float, lat: float, azimuth_deg: float, metres: float
) -> None:
    far = np.array(GEOD.fwd(lon, lat, azimuth_deg, metres)[:2])
    assert abs(distance_m(np.array([lon, lat]), far) - metres) < 1e-3


@given(lons, lats, st.floats(0, 360))
def test_distance_when_20_km_then_within_ten_centimetres_of_the_geodesic(
    lon: float, lat: float, azimuth_deg: float
) -> None:
    far = np.array(GEOD.fwd(lon, lat, azimuth_deg, 20_000)[:2])
    assert abs(distance_m(np.array([lon, lat]), far) - 20_000) < 0.1


@given(lons, lats, st.floats(0, 360), st.floats(1, 200))
def test_frame_when_near_its_origin_then_true_to_a_ten_thousandth(
    lon: float, lat: float, azimuth_deg: float, metres: float
) -> None:
    origin = np.array([lon, lat])
    x, y = to_frame(np.array(GEOD.fwd(lon, lat, azimuth_deg, metres)[:2]), origin)
    assert abs(np.hypot(x, y) - metres) < metres * 1e-4
    turn = (np.degrees(np.arctan2(x, y)) - azimuth_deg + 180) % 360 - 180
    assert abs(turn) < 0.02


@given(lons, lats, st.floats(-300, 300), st.floats(-300, 300))
def test_frame_when_undone_then_the_same_place(lon: float, lat: float, east_m: float, north_m: float) -> None:
    origin, xy = np.array([lon, lat]), np.array([east_m, north_m])
    assert np.allclose(to_frame(from_frame(xy, origin), origin), xy, atol=1e-6)


@given(lons, lats, st.floats(0, 359.99), st.floats(1, 2000))
def test_bearing_when_measured_then_near_the_geodesics_azimuth(
    lon: float, lat: float, azimuth_deg: float, metres: float
) -> None:
    far = np.array(GEOD.fwd(lon, lat, azimuth_deg, metres)[:2])
    bearing = bearing_deg(np.array([lon, lat]), far)
    assert 0 <= bearing < 360
    assert abs((bearing - azimuth_deg + 180) % 360 - 180) < 0.1


@given(
    st.lists(st.tuples(st.floats(24.9, 24.92), st.floats(60.1, 60.11)), min_size=2, max_size=8),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_cut_line_when_cut_then_as_long_as_asked_and_on_the_line(
    points: list[tuple[float, float]], a: float, b: float
) -> None:
    line = np.array(points)
    total = float(along_m(line)[-1])
    low, high = sorted((a * total, b * total))
    part = cut_line(line, low, high)
    assert len(part) >= 2
    assert abs(along_m(part)[-1] - (high - low)) < 0.05


def test_distance_when_the_antimeridian_lies_between_then_still_short() -> None:
    metres = distance_m(np.array([179.9995, 0.0]), np.array([-179.9995, 0.0]))
    assert abs(metres - 111.32) < 0.1
