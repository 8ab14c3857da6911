"""Kinds of town; where cameras may hang in one (doors, façades, yards, mouths, shops, streets), and how many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import draw
from hypothesis import given
from hypothesis import strategies as st
from prior_places import ANYWHERE, ENTRANCE, MASS, MOSCOW, SHOP, STREET, Place, place_in, sites_at
from streets import walls

from routing.geo import to_frame
from routing.hazard.walls import walls_from
from routing.model import BBox
from routing.network import build_graph
from routing.outlines import outline_walls
from routing.prior import sites as where
from routing.prior.sites import _Found, _Frame, _joined, expected_of, sites_of
from routing.prior.towns import GROUPS, PER_KM, TOWNS, town_at
from routing.prior.yards import facing_yards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.prior.towns import Town


# towns


@pytest.mark.parametrize("town", TOWNS.values(), ids=list(TOWNS))
def test_town_when_read_then_its_shares_are_whole_and_its_total_is_a_range(town: Town) -> None:
    assert set(town.shares) == set(GROUPS)
    assert sum(town.shares.values()) == pytest.approx(1.0)
    assert 0.0 < town.total.low < town.total.default < town.total.high
    assert {town.basis, town.total.basis} <= {"S", "M", "A"}


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [(37.62, 55.75, "moscow"), (30.31, 59.94, "russia"), (82.92, 55.03, "russia"), (24.94, 60.17, "anywhere"),
     (27.56, 53.9, "anywhere"), (36.25, 50.0, "anywhere"), (71.43, 51.13, "anywhere"), (-122.4, 37.78, "anywhere")],
)  # fmt: skip
def test_town_at_when_an_area_lies_there_then_its_kind(lon: float, lat: float, name: str) -> None:
    assert town_at(BBox(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)).name == name


# how many are expected


@pytest.mark.parametrize("town", TOWNS.values(), ids=list(TOWNS))
def test_expected_when_an_area_is_real_then_the_total_and_the_shares_that_were_assumed(
    town: Town, helsinki: Place
) -> None:
    sites = helsinki.sites
    size = sites.street_km if town.total.unit == PER_KM else sites.built_km2
    assumed = size * np.array([town.total.low, town.total.default, town.total.high])
    expected = expected_of(sites, town)
    assert expected.sum(axis=1) == pytest.approx(assumed, rel=1e-9)
    of_group = np.bincount(sites.group, expected[1], minlength=len(GROUPS))
    assert of_group / of_group.sum() == pytest.approx([town.shares[group] for group in GROUPS], abs=0.001)


@given(
    weights=st.lists(st.floats(0.01, 100.0), min_size=1, max_size=30),
    groups=st.lists(st.integers(0, len(GROUPS) - 1), min_size=30, max_size=30),
)
def test_expected_when_groups_are_missing_then_the_others_have_their_share(
    weights: list[float], groups: list[int]
) -> None:
    places = [(10.0 * number, 0.0, groups[number]) for number in range(len(weights))]
    sites = replace(sites_at(*places), weight=np.array(weights))
    for town in (ANYWHERE, MOSCOW):
        size = sites.street_km if town.total.unit == PER_KM else sites.built_km2
        expected = expected_of(sites, town)
        assert expected.sum(axis=1)[1] == pytest.approx(size * town.total.default)
        assert (expected >= 0.0).all()


# where sites are


TOWN_PLAN = """
    a-----------------------b
    |  e-f  g---h           |
    |  | |  |   |     k     |
    |  i-j  m---l           |
    c-----------------------d
"""


def plan(**nodes: str) -> Place:
    houses = [("efji" + "e", "building=apartments"), ("ghlm" + "g", "building=apartments")]
    town = draw(
        TOWN_PLAN,
        [
            ("ab", "highway=residential"),
            ("cd", "highway=primary"),
            ("ac", "highway=footway"),
            ("bd", "highway=footway"),
            *houses,
        ],
        nodes=nodes,
    )
    return place_in(town.read())


def in_metres(place: Place, group: int) -> NDArray[np.float64]:
    return to_frame(place.sites.lonlat[place.sites.group == group], np.array([24.94, 60.17]))


def test_sites_when_a_door_is_mapped_then_it_stands_for_its_house_and_walls_for_the_others() -> None:
    without, given_one = in_metres(plan(), ENTRANCE), in_metres(plan(j="entrance=main"), ENTRANCE)
    left = without[:, 0] < 60
    assert left.sum() >= 2
    assert (~left).sum() >= 2
    assert len(given_one[given_one[:, 0] < 60]) == 1
    assert given_one[given_one[:, 0] < 60][0] == pytest.approx([50.0, -30.0], abs=1.0)
    assert (given_one[:, 0] > 60).sum() == (~left).sum()


def test_sites_when_streets_are_of_classes_then_main_ones_weigh_more() -> None:
    place = plan()
    weight = place.sites.weight[place.sites.group == STREET]
    north = in_metres(place, STREET)[:, 1] > -15
    assert weight[~north].sum() == pytest.approx(6.0 * weight[north].sum())


def test_sites_when_there_is_a_bank_then_one_of_shops_that_weighs_more_than_a_cafe() -> None:
    bank = plan(k="amenity=bank name=B").sites
    cafe = plan(k="amenity=cafe name=C").sites
    assert (bank.group == SHOP).sum() == (cafe.group == SHOP).sum() == 1
    assert bank.weight[bank.group == SHOP] > 2.0 * cafe.weight[cafe.group == SHOP]
    assert (plan().sites.group == SHOP).sum() == 0


def test_sites_when_a_way_goes_under_ground_then_its_mouths_are_sites() -> None:
    under = draw(
        "a---b---c---d\n",
        [("ab", "highway=footway"), ("bc", "highway=footway tunnel=yes layer=-1"), ("cd", "highway=footway")],
    )
    data = under.read()
    graph = build_graph(data)
    sites = sites_of(data, graph, walls())
    assert (sites.group == MASS).sum() == 2
    assert sorted(to_frame(sites.lonlat, np.array([24.94, 60.17]))[:, 0]) == pytest.approx([40.0, 80.0], abs=0.5)


def test_sites_when_a_house_is_small_or_far_from_ways_then_it_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "FACADE_STEP_M", 3.0)  # so that no wall is passed over
    house = {"near": "abcd", "small": "efgh", "far": "ijkl"}
    town = draw(
        """
        ab   ef
                       ij
        dc   hg
        m-----------n  lk
        """,
        [(corners + corners[0], "building=apartments") for corners in house.values()] + [("mn", "highway=footway")],
        step_m=10.0,
    )
    small = {letter: at for letter, at in town.lonlat.items() if letter in house["small"]}
    middle = np.mean(list(small.values()), axis=0)
    for letter, at in small.items():  # shrunk to 5 m by 10 m
        town.lonlat[letter] = tuple((middle + 0.5 * (np.array(at) - middle)).round(7).tolist())
    data = town.read()
    graph, around = build_graph(data), walls_from(outline_walls(data.buildings))
    sites = sites_of(replace(data, bbox=BBox(24.93, 60.16, 24.95, 60.18)), graph, around)
    at = sites.lonlat[sites.group == ENTRANCE]
    corner = {name: np.array([town.lonlat[letter] for letter in letters]) for name, letters in house.items()}
    inside = {
        name: int(((at >= box.min(axis=0) - 1e-5) & (at <= box.max(axis=0) + 1e-5)).all(axis=1).sum())
        for name, box in corner.items()
    }
    assert inside["near"] > 0
    assert inside["small"] == inside["far"] == 0


def test_sites_when_some_share_a_cell_then_they_hang_where_the_likeliest_does_and_those_outside_are_left_out() -> None:
    frame = _Frame(np.array([24.94, 60.17]), np.array([55000.0, 111000.0]), BBox(24.94, 60.17, 24.95, 60.18))
    at = np.array([[1.0, 1.0], [5.0, 5.0], [100.0, 1.0], [-3.0, 1.0], [1.0, 9999.0], [200.0, 1.0]])
    found = _Found("entrance", at, np.array([0.3, 1.0, 0.5, 1.0, 1.0, 0.0]))
    sites = _joined([found], frame, built_km2=1.0, street_km=1.0)
    assert sites.weight == pytest.approx([1.3, 0.5])
    assert frame.metres(sites.lonlat) == pytest.approx(at[[1, 2]], abs=1e-6)


def test_yards_when_walls_face_each_other_then_unless_a_street_lies_between() -> None:
    at, outward = np.zeros((1, 2)), np.array([[1.0, 0.0]])
    none = (np.zeros((0, 2)), np.zeros((0, 2)))

    def across(x: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.array([[x, -9.0]]), np.array([[x, 9.0]])

    assert facing_yards(at, outward, across(30.0), none).tolist() == [True]
    assert facing_yards(at, outward, across(30.0), across(15.0)).tolist() == [False]
    assert facing_yards(at, outward, across(30.0), across(45.0)).tolist() == [True]
    assert facing_yards(at, outward, across(3.0), none).tolist() == [False]
    assert facing_yards(at, outward, across(100.0), none).tolist() == [False]
    assert facing_yards(at, -outward, across(30.0), none).tolist() == [False]
