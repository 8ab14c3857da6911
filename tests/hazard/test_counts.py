"""How many cameras nobody mapped: a total given a map, groups, what counts as mapped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prior_places import ANYWHERE, ENTRANCE, MOSCOW, SHOP, STREET, Place, on_record, sites_at

from routing.model import Camera, LonLat
from routing.prior.counts import POINTS, counted, total_given
from routing.prior.counts import on_record as recorded
from routing.prior.risk import unmapped_of
from routing.prior.towns import TOWNS

RANGES = [(town.total.low, town.total.default, town.total.high) for town in TOWNS.values()]
ranges = st.tuples(st.floats(0.1, 1e3), st.floats(1.05, 20.0), st.floats(1.05, 20.0)).map(
    lambda one: (one[0], one[0] * one[1], one[0] * one[1] * one[2])
)


def given_map(thought: tuple[float, float, float], mapped: float) -> list[float]:
    return total_given(np.array(thought)[:, None], np.array([mapped])).ravel().tolist()


# a total given a map


@pytest.mark.parametrize("thought", RANGES, ids=list(TOWNS))
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9, 1.0, 1.7, 4.0])
def test_total_when_some_are_mapped_then_as_among_many_towns_that_have_as_many_or_more(
    thought: tuple[float, float, float], share: float
) -> None:
    """Towns are made up one after the other, and those thrown away that have fewer cameras than are mapped."""
    low, middle, high = thought
    chance = (np.arange(2_000_000) + 0.5) / 2_000_000
    odds = np.log(chance / (1.0 - chance)) / np.log(9.0)
    towns = middle * np.where(odds < 0.0, middle / low, high / middle) ** odds
    assert np.quantile(towns, POINTS) == pytest.approx(thought, rel=1e-3)
    left = towns[towns >= share * middle]
    assert given_map(thought, share * middle) == pytest.approx(np.quantile(left, POINTS), rel=2e-3)


@given(thought=ranges, times=st.floats(0.0, 1e4))
def test_total_when_so_many_are_mapped_then_always_more_and_a_range(
    thought: tuple[float, float, float], times: float
) -> None:
    mapped = times * thought[1]
    low, middle, high = given_map(thought, mapped)
    assert mapped < low < middle < high
    assert all(now >= before * (1.0 - 1e-9) for now, before in zip((low, middle, high), thought, strict=True))


@given(thought=ranges, times=st.floats(0.01, 100.0), more=st.floats(1.0, 3.0))
def test_total_when_more_are_mapped_then_never_less(
    thought: tuple[float, float, float], times: float, more: float
) -> None:
    before, after = (given_map(thought, times * factor * thought[1]) for factor in (1.0, more))
    assert all(now >= then * (1.0 - 1e-9) for then, now in zip(before, after, strict=True))


def test_total_when_far_more_are_mapped_than_was_thought_then_the_range_stays_as_wide() -> None:
    thought = (50.0, 100.0, 300.0)
    wide = [np.array(given_map(thought, mapped)) / mapped for mapped in (1e4, 1e6)]
    assert wide[0] == pytest.approx(wide[1], rel=1e-3)
    # of a tail that falls to a ninth by three times: a half by the twentieth part of two
    assert wide[1] == pytest.approx((1.0 / (1.0 - POINTS)) ** (np.log(3.0) / np.log(9.0)), rel=1e-3)


# groups, and what is mapped


def test_counted_when_tags_tell_the_group_then_that_one_else_as_thought() -> None:
    thought = np.array([6.0, 3.0, 1.0, 0.0, 0.0])
    group = np.array([ENTRANCE, SHOP, STREET, -1, -1], dtype=np.int32)
    assert counted(group, thought) == pytest.approx([1.0 + 4 * 0.6, 4 * 0.3, 4 * 0.1, 0.0, 0.0])
    assert counted(group, np.zeros(5)).sum() == 0.0


def test_on_record_when_zones_are_told_then_their_groups() -> None:
    zones = {"entrance": ENTRANCE, "bank": SHOP, "parking": SHOP, "town": STREET, "traffic": STREET, "other": -1}
    cameras = [on_record(10.0 * n, 0.0, n, surveillance__zone=zone) for n, zone in enumerate(zones)]
    assert recorded(cameras, sites_at((0, 0, STREET)))[0].tolist() == list(zones.values())


def test_unmapped_when_little_is_mapped_then_the_total_less_that(helsinki: Place) -> None:
    sites, middle = helsinki.sites, helsinki.sites.lonlat.mean(axis=0)
    total = unmapped_of(sites, MOSCOW)[1].sum()
    some = [Camera(f"osm/node/{n}", LonLat(*middle.tolist()), {"man_made": "surveillance"}) for n in range(7)]
    assert unmapped_of(sites, MOSCOW, some)[1].sum() == pytest.approx(total - 7, abs=0.5)


def test_unmapped_when_more_is_mapped_than_was_thought_then_some_remain_and_a_heap_raises_no_town() -> None:
    sites = sites_at((0, 0, STREET), (100, 0, STREET))
    assert unmapped_of(sites, ANYWHERE).sum(axis=1) == pytest.approx([0.4, 2.4, 5.4])
    for count in (3, 30, 3000):
        many = [on_record(0.01 * n, 3.0, n, surveillance__zone="street") for n in range(count)]
        told = min(count, 5.4)  # beyond the range, more on the map tells no more of what is not
        left = unmapped_of(sites, ANYWHERE, many)
        assert left.sum(axis=1) == pytest.approx(np.array(given_map((0.4, 2.4, 5.4), told)) - told)
        assert (left > 0.0).all()


def test_unmapped_when_cameras_are_indoor_removed_or_elsewhere_then_they_do_not_count() -> None:
    sites = sites_at((0, 0, STREET))
    gone = replace(on_record(0, 0), status="removed")
    others = [
        on_record(0, 0, surveillance="indoor"),
        gone,
        on_record(900, 0),
        on_record(0, 0, surveillance__type="guard"),
    ]
    assert unmapped_of(sites, ANYWHERE, others)[1].sum() == unmapped_of(sites, ANYWHERE)[1].sum()


def test_unmapped_when_a_group_is_mapped_then_that_group_alone_has_fewer() -> None:
    sites = replace(sites_at((0, 0, ENTRANCE), (100, 0, SHOP), (200, 0, STREET)), street_km=100.0)
    before = unmapped_of(sites, ANYWHERE)[1]
    for zone, group in (("entrance", ENTRANCE), ("bank", SHOP), ("street", STREET)):
        fewer = before - unmapped_of(sites, ANYWHERE, [on_record(0, 0, surveillance__zone=zone)])[1]
        assert 0.5 < fewer[sites.group == group][0] <= 1.0
        assert fewer[sites.group != group] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_unmapped_when_one_group_is_mapped_beyond_its_share_then_no_group_is_left_with_none() -> None:
    sites = replace(sites_at((0, 0, ENTRANCE), (100, 0, SHOP), (200, 0, STREET)), street_km=10.0)
    many = [on_record(0, 0, n, surveillance__zone="street") for n in range(40)]
    before, after = unmapped_of(sites, ANYWHERE), unmapped_of(sites, ANYWHERE, many)
    assert (after > 0.0).all()
    assert after[:, :2] == pytest.approx(before[:, :2])
