"""Hazards, chances and risk of real streets: the equations one by one are the judge; and what must never happen."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from slow_hazard import slow_hazards
from streets import DEFAULT, block, camera, street, walls

from routing.graph import Flag
from routing.hazard.eyes import eyes_of
from routing.hazard.hazards import certainty, chances, hazards_of, lines_of, risk_of
from routing.hazard.parameters import model
from routing.hazard.rates import expose
from routing.hazard.walls import walls_from
from routing.network import build_graph
from routing.osm import read_extract
from routing.outlines import outline_walls
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from routing.hazard.gaze import Eyes
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls
    from routing.model import Camera

LONG = [(-120.0, 0.0), (120.0, 0.0)]


class Town:
    def __init__(self) -> None:
        data = read_extract(demo_extract())
        graph = build_graph(data)
        self.cameras: list[Camera] = data.cameras
        self.walls: Walls = walls_from(outline_walls(data.buildings))
        enclosed = (graph.flags & Flag.ENCLOSED) != 0
        self.lines: Lines = lines_of(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
        self.count = graph.section_count


@pytest.fixture(scope="module")
def town() -> Town:
    return Town()


@pytest.mark.parametrize("column", [0, 1, 2])
def test_hazards_when_a_real_town_then_as_the_equations_say_piece_by_piece(town: Town, column: int) -> None:
    values = list(model().columns())[column]
    aimed = [
        replace(
            one, id=f"osm/node/{n}", tags={**one.tags, "camera:direction": str(n * 37 % 360), "camera:type": "fixed"}
        )
        for n, one in enumerate(town.cameras[:6], start=1)
    ]
    cameras = [*town.cameras[:6], *aimed, replace(town.cameras[30], source="import:list")]
    placed = eyes_of(cameras, values, town.walls)
    found = hazards_of(cameras, town.lines, town.walls, values)
    slow = slow_hazards(placed, town.lines, town.walls, values, list(range(len(placed.camera))))
    pairs: dict[tuple[int, int], list[np.ndarray]] = {}
    for camera_number, line, lens in zip(found.camera.tolist(), found.line.tolist(), found.lens, strict=True):
        pairs.setdefault((camera_number, line), []).append(lens)
    theirs: dict[tuple[int, int], list[np.ndarray]] = {}
    for (eye, line), lens in sorted(slow.items()):
        if lens.sum() > 1e-8:
            theirs.setdefault((int(placed.camera[eye]), line), []).append(lens)
    assert pairs.keys() == theirs.keys()
    for key, rows in theirs.items():
        for one, other in zip(pairs[key], rows, strict=True):
            assert one[: len(other)] == pytest.approx(other, rel=1e-9, abs=1e-15)
    assert len(pairs) > 150


def test_risk_when_summed_then_each_pair_of_camera_and_line_counts_once(town: Town) -> None:
    found = hazards_of(town.cameras, town.lines, town.walls, DEFAULT)
    sure = certainty(town.cameras, "2024-08", DEFAULT)
    who, line, chance = chances(found, sure)
    assert len({*zip(who.tolist(), line.tolist(), strict=True)}) == len(who)
    assert (chance >= 0).all()
    assert (chance < sure[who][:, None]).all()
    risk = risk_of(found, sure, town.count)
    slow = np.zeros_like(risk)
    for at, p in zip(line.tolist(), chance, strict=True):
        slow[at] -= np.log(1 - p)
    assert risk == pytest.approx(slow)
    assert np.count_nonzero(risk.sum(axis=1)) > 1000


def risk(cameras: list[Camera], lines: Lines, around: Walls | None = None, sure: float = 0.8) -> np.ndarray:
    found = hazards_of(cameras, lines, walls() if around is None else around, DEFAULT)
    return risk_of(found, np.full(len(cameras), sure), 4)


places = st.tuples(st.floats(-40, 40), st.floats(-40, 40))


@given(here=places, there=places, sure=st.floats(0.05, 0.95), kind=st.sampled_from(["fixed", "dome", "panning"]))
def test_risk_when_a_camera_is_added_or_surer_then_it_never_falls(
    here: tuple[float, float], there: tuple[float, float], sure: float, kind: str
) -> None:
    lines = street(LONG)
    one, two = camera(*here, camera__type=kind), replace(camera(*there), id="osm/node/2")
    alone = risk([one], lines, sure=sure)
    assert (risk([one, two], lines, sure=sure) >= alone).all()
    assert (risk([one], lines, sure=min(1.0, sure * 1.1)) >= alone).all()


@given(here=places, box=st.tuples(st.floats(-40, 30), st.floats(-40, 30), st.floats(1, 20), st.floats(1, 20)))
def test_risk_when_a_house_is_built_then_it_never_rises(
    here: tuple[float, float], box: tuple[float, float, float, float]
) -> None:
    x, y, wide, tall = box
    assume(not (x - 6 < here[0] < x + wide + 6 and y - 6 < here[1] < y + tall + 6))  # it would hang on the façade
    lines = street(LONG)
    seen = camera(*here, camera__mount="pole")
    free, shut = risk([seen], lines), risk([seen], lines, walls(*block(x, y, x + wide, y + tall)))
    assert (shut <= free + 1e-12).all()


@given(
    cut=st.integers(-200, 200).map(lambda half: 0.5 * half + 0.25), side=st.floats(0.5, 30), sure=st.floats(0.05, 1.0)
)
def test_risk_when_a_line_is_cut_then_the_sum_is_never_less_and_the_same_for_a_sure_camera(
    cut: float, side: float, sure: float
) -> None:
    ends = (-110.25, 0.0), (110.25, 0.0)
    sharp = camera(0, side, camera__direction=180)
    whole = hazards_of([sharp], street(ends, step_m=0.5001), walls(), DEFAULT)
    parts = hazards_of([sharp], street([ends[0], (cut, 0.0)], [(cut, 0.0), ends[1]], step_m=0.5001), walls(), DEFAULT)
    for lens in range(3):  # one lens: concave; of several together that is not sure
        one, two = (
            replace(found, lens=found.lens[:, lens : lens + 1], chance=np.ones_like(found.chance[:, :1]))
            for found in (whole, parts)
        )
        single, split = (risk_of(found, np.array([sure]), 2).sum(axis=0) for found in (one, two))
        assert (split >= single - 1e-6 - 1e-3 * single).all()
        if sure == 1.0:
            assert split == pytest.approx(single, rel=1e-3, abs=1e-6)


def test_places_when_uncertain_then_the_mean_over_them_and_never_more_than_one_camera() -> None:
    listed = replace(camera(0, 6), source="import:list")
    lines = street(LONG)
    found = hazards_of([listed], lines, walls(), DEFAULT)
    assert found.count.tolist() == [8]
    assert found.chance.sum() <= 1.0
    singles = []
    placed = eyes_of([listed], DEFAULT, walls())
    for lon, lat in placed.eyes.lonlat:
        sole = replace(listed, source="osm", lonlat=type(listed.lonlat)(float(lon), float(lat)))
        singles.append(chances(hazards_of([sole], lines, walls(), DEFAULT), np.ones(1))[2][0])
    assert chances(found, np.ones(1))[2][0] == pytest.approx(np.mean(singles, axis=0), rel=1e-9)


def test_lenses_when_averaged_then_inside_the_exponential_and_not_the_hazard() -> None:
    found = hazards_of([camera(0, 3, height=4, camera__direction=270)], street(LONG), walls(), DEFAULT)
    true = chances(found, np.ones(1))[2][0, 0]
    rough = 1 - math.exp(-float(found.lens[0, :, 0].mean()))
    assert 0.3 < true < rough


@pytest.mark.parametrize(("side_m", "towards"), [(1.0, 0.87), (3.0, 0.80), (6.0, 0.46), (12.0, 0.09), (20.0, 0.02)])
def test_chance_when_a_fixed_camera_looks_along_the_street_then_as_measured(side_m: float, towards: float) -> None:
    # exposure-model.md, section 2: aimed along the street, 4 m high, walking towards it and away
    aimed = camera(0, side_m, height=4, camera__direction=270, camera__mount="pole")
    found = hazards_of([aimed], street(LONG), walls(), DEFAULT)
    chance = chances(found, np.ones(1))[2][0]
    assert chance[0] == pytest.approx(towards, abs=0.04)
    assert chance[1] < 0.02


def test_cameras_when_none_or_thousands_stand_in_one_spot_then_no_trouble() -> None:
    lines = street(LONG)
    assert risk([], lines).sum() == 0.0
    many = [replace(camera(0, 5), id=f"osm/node/{n}") for n in range(1, 10_001)]
    found = hazards_of(many, lines, walls(), DEFAULT)
    assert len(found.camera) == 10_000
    total = risk_of(found, np.full(10_000, 0.5), 1)
    assert np.isfinite(total).all()


def spread_of(count: int, wide_m: float) -> list[Camera]:
    """Draw cameras of several kinds around one place, each looking another way."""
    rng = np.random.default_rng(count)
    made = []
    for number in range(count):
        x, y = rng.uniform(-wide_m, wide_m, 2)
        kind = ("fixed", "dome", "panning")[number % 3]
        made.append(camera(float(x), 6.0 + float(y), camera__type=kind, camera__direction=str(number % 360)))
    return made


@given(order=st.lists(st.integers(0, 5), max_size=12))
def test_hazards_when_cameras_are_equal_then_each_counts_as_it_does_alone(order: list[int]) -> None:
    few = [*spread_of(5, 3.0), replace(camera(0.0, 3.0), source="import:list")]
    lines, around = street(LONG), walls(*block(-20, 10, 20, 30))
    many = [few[at] for at in order]
    found = hazards_of(many, lines, around, DEFAULT)
    for number, one in enumerate(many):
        alone = hazards_of([one], lines, around, DEFAULT)
        mine, views = found.camera == number, found.views.camera == number
        lenses = alone.lens.shape[1]
        assert np.array_equal(found.lens[mine][:, :lenses], alone.lens)
        assert not found.lens[mine][:, lenses:].any()
        assert np.array_equal(found.chance[mine][:, :lenses], alone.chance)
        assert np.array_equal(found.place[mine], alone.place)
        assert np.array_equal(found.line[mine], alone.line)
        for column, other in zip(found.views.take(views)[1:], alone.views[1:], strict=True):
            assert np.array_equal(column, other)
        assert found.count[number] == alone.count[0]


def test_hazards_when_thousands_of_cameras_are_equal_then_one_of_them_is_looked_out_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []

    def counted(eyes: Eyes, *rest: Any) -> tuple[np.ndarray, np.ndarray]:  # noqa: ANN401 - as they come
        looked.append(len(eyes.search_m))
        return expose(eyes, *rest)

    monkeypatch.setattr("routing.hazard.hazards.expose", counted)
    one = camera(0.0, 3.0, camera__type="panning")
    found = hazards_of([replace(one, id=f"osm/node/{n}") for n in range(1, 10_001)], street(LONG), walls(), DEFAULT)
    assert looked == [1]
    assert np.array_equal(np.bincount(found.camera), np.full(10_000, np.bincount(found.camera)[0]))


def test_hazards_when_the_tick_raises_then_the_rest_is_not_looked_out_of(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, ticks = [], iter(range(100))

    def counted(eyes: Eyes, *rest: Any) -> tuple[np.ndarray, np.ndarray]:  # noqa: ANN401 - as they come
        looked.append(len(eyes.search_m))
        return expose(eyes, *rest)

    def tick() -> None:
        if next(ticks) == 2:
            raise TimeoutError

    monkeypatch.setattr("routing.hazard.hazards.expose", counted)
    with pytest.raises(TimeoutError):
        hazards_of(spread_of(10_000, 5.0), street(LONG), walls(), DEFAULT, tick=tick)
    assert 0 < sum(looked) < 1000
