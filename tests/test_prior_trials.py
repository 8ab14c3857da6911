"""What the tables of the prior rest on: the search of a pair, the prior taken apart, draws of cameras."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from routing.prior.risk import TABLE, prior_of
from routing.prior.sites import expected_of
from routing.prior.towns import GROUPS, TOWNS
from routing.workspace import demo_extract

sys.path.append(str(Path(__file__).parent / "bench"))

from prior_cameras import Place, other, own, read_place
from prior_parts import Parts, as_counted, group_of
from prior_trials import MODEL, Trip, _ways, ratio, watched
from table_ablation import Walks, pairs_of

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def place() -> Place:
    return read_place(demo_extract())


def test_trip_when_the_least_walk_is_within_the_detour_then_it_is_found(place: Place) -> None:
    """The judge searches all streets; ways under a roof, which a trip leaves out, cost it too much."""
    graph = place.streets.graph
    pairs = pairs_of(place.streets, 6, np.random.default_rng(4))
    weight = np.random.default_rng(5).exponential(0.02, (graph.section_count, 2))
    dear = np.where(place.streets.lines.enclosed[:, None], 1e6, weight)
    ways = _ways(graph), _ways(graph, backwards=True)
    trips = [Trip(graph, a, b, ways) for a, b in pairs]
    judge, side, compared = Walks(place.streets, pairs), np.where(graph.forward, 0, 1), 0
    for beta_m in (1.0, 30.0, 1000.0, 30_000.0):
        for trip, edges in zip(trips, judge.find(dear, beta_m), strict=True):
            if not np.isfinite(trip.shortest_m) or judge.length_m[edges].sum() > 1.25 * trip.shortest_m:
                continue
            wanted = (judge.length_m[edges] + beta_m * weight[graph.section[edges], side[edges]]).sum()
            walk = trip.walk(weight, beta_m)
            assert walk.length_m + beta_m * weight[walk.line, walk.way].sum() == pytest.approx(wanted, rel=1e-6)
            compared += 1
    assert compared >= 12


@pytest.mark.parametrize("name", TOWNS)
def test_parts_when_put_together_then_the_prior_on_open_ways(place: Place, name: str) -> None:
    town, streets = TOWNS[name], place.streets
    parts, mapped = Parts(place, town), own(place, town, np.random.default_rng(1))[:9]
    for elsewhere in (0.0, TABLE["elsewhere"].default, 0.7):
        whole = prior_of(
            place.sites, town, streets.lines, streets.walls, MODEL, mapped=mapped, elsewhere=elsewhere
        ).risk
        whole[streets.lines.enclosed] = 0.0
        assert parts.risk(town, mapped, elsewhere) == pytest.approx(whole, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("draw", [own, other])
@pytest.mark.parametrize("name", ["anywhere", "moscow"])
def test_cameras_when_drawn_then_as_many_as_thought_and_all_are_in_use(
    place: Place, name: str, draw: Callable[..., list[object]]
) -> None:
    town = TOWNS[name]
    cameras = draw(place, town, np.random.default_rng(2))
    assert len(cameras) == round(float(expected_of(place.sites, town)[1].sum()))
    there = watched(place, cameras)
    assert (there.weight >= 0.0).all()
    assert there.weight.sum() > 0.0
    counted = as_counted(town, place.sites, cameras)
    assert expected_of(place.sites, counted)[1].sum() == pytest.approx(len(cameras))
    assert {group for group in GROUPS if counted.shares[group] > 0.0} == set(map(group_of, cameras))


def test_ratio_when_all_pairs_are_alike_then_no_noise_and_with_few_more_than_with_many() -> None:
    ones = np.ones((4, 10))
    assert ratio(2.0 * ones, ones) == (2.0, 0.0)
    rng = np.random.default_rng(3)
    few, many = (ratio(rng.exponential(1.0, shape), np.ones(shape))[1] for shape in ((3, 5), (30, 50)))
    assert many < few
