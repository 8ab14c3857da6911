"""The structural prior: totals, what surveys and a map change, the risk of lines against slow and random judges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from drawing import draw
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from streets import DEFAULT, block, lonlat, street, walls

from routing.geo import scale_at, to_frame
from routing.graph import Flag
from routing.hazard.hazards import certainty, chances, hazards_of, lines_of
from routing.hazard.parameters import model
from routing.hazard.walls import walls_from
from routing.model import BBox, Camera, LonLat, Survey
from routing.network import build_graph
from routing.osm import read_extract
from routing.outlines import outline_walls
from routing.prior import risk as module
from routing.prior import sites as where
from routing.prior.risk import Effort, chances_of, effort_of, prior_of, unmapped_of
from routing.prior.sites import Blocks, Sites, _Found, _Frame, _joined, expected_of, sites_of
from routing.prior.towns import GROUPS, PER_KM, TOWNS, town_at
from routing.prior.yards import facing_yards
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls
    from routing.prior.towns import Town

MODEL = model()
MOSCOW, ANYWHERE = TOWNS["moscow"], TOWNS["anywhere"]
ENTRANCE, COURTYARD, MASS, SHOP, STREET = range(len(GROUPS))


class Place(NamedTuple):
    """An area, as far as the prior needs it."""

    graph: WalkGraph
    lines: Lines
    walls: Walls
    sites: Sites


def place_of(path: Path) -> Place:
    data = read_extract(path)
    graph, around = build_graph(data), walls_from(outline_walls(data.buildings))
    enclosed = (graph.flags & Flag.ENCLOSED) != 0
    lines = lines_of(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
    return Place(graph, lines, around, sites_of(data, graph, around))


@pytest.fixture(scope="module")
def helsinki() -> Place:
    return place_of(demo_extract())


def sites_at(*places: tuple[float, float, int], weight: float = 1.0, blocks: int = 4) -> Sites:
    """Make sites of metres east and north and a group; blocks are 250 m wide, from west to east."""
    at = lonlat(*((x, y) for x, y, _ in places)) if places else np.zeros((0, 2))
    low, high = lonlat((-500.0, -250.0), (500.0, 250.0))
    cell = (high - low) / np.array([blocks, 1])
    grid = Blocks(low, cell, blocks, 1)
    group = np.array([group for _, _, group in places], dtype=np.int8)
    return Sites(at, group, np.full(len(at), weight), grid.of(at), grid, BBox(*low, *high), 0.1, 2.0)


def on_record(x: float, y: float, number: int = 0, **tags: str) -> Camera:
    told = {"man_made": "surveillance", **{key.replace("__", ":"): value for key, value in tags.items()}}
    return Camera(f"osm/node/{number}", LonLat(*lonlat((x, y))[0].tolist()), told)


def scaled(town: Town, times: float) -> Town:
    total = town.total
    return replace(
        town, total=total._replace(**{key: times * getattr(total, key) for key in ("low", "default", "high")})
    )


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


# totals


@pytest.mark.parametrize("town", TOWNS.values(), ids=list(TOWNS))
def test_expected_when_nothing_is_mapped_then_the_total_that_was_assumed(town: Town, helsinki: Place) -> None:
    sites = helsinki.sites
    size = sites.street_km if town.total.unit == PER_KM else sites.built_km2
    assumed = size * np.array([town.total.low, town.total.default, town.total.high])
    assert unmapped_of(sites, town).sum(axis=1) == pytest.approx(assumed, rel=0.01)
    of_group = np.bincount(sites.group, expected_of(sites, town)[1], minlength=len(GROUPS))
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


def test_unmapped_when_little_is_mapped_then_the_total_less_that(helsinki: Place) -> None:
    sites, middle = helsinki.sites, helsinki.sites.lonlat.mean(axis=0)
    total = unmapped_of(sites, MOSCOW)[1].sum()
    some = [Camera(f"osm/node/{n}", LonLat(*middle.tolist()), {"man_made": "surveillance"}) for n in range(7)]
    assert unmapped_of(sites, MOSCOW, some)[1].sum() == pytest.approx(total - 7)


def test_unmapped_when_more_is_mapped_than_a_look_finds_then_the_total_is_raised() -> None:
    sites = sites_at((0, 0, STREET), (100, 0, STREET))
    assert unmapped_of(sites, ANYWHERE)[1].sum() == pytest.approx(2.4)
    many = [on_record(5.0 * n, 3.0, n, surveillance__zone="street") for n in range(7)]
    assert unmapped_of(sites, ANYWHERE, many)[1].sum() == pytest.approx(7 / 0.35 - 7)


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


def test_unmapped_when_a_group_is_mapped_then_that_group_has_fewer() -> None:
    sites = replace(sites_at((0, 0, ENTRANCE), (100, 0, SHOP), (200, 0, STREET)), street_km=100.0)
    at_a_door = (
        unmapped_of(sites, ANYWHERE)[1]
        - unmapped_of(sites, ANYWHERE, [on_record(0, 0, surveillance__zone="entrance")])[1]
    )
    assert at_a_door == pytest.approx([1.0, 0.0, 0.0])
    in_a_bank = (
        unmapped_of(sites, ANYWHERE)[1] - unmapped_of(sites, ANYWHERE, [on_record(0, 0, surveillance__zone="bank")])[1]
    )
    assert in_a_bank == pytest.approx([0.0, 1.0, 0.0])


# surveys


def test_unmapped_when_nobody_looked_then_no_block_is_discounted_for_what_is_mapped_in_it() -> None:
    sites = replace(sites_at((-400, 0, STREET), (-100, 0, STREET), (100, 0, STREET), (400, 0, STREET)), street_km=50.0)
    mapped = [on_record(-400, 5, n, surveillance__zone="street") for n in range(9)]
    before, after = unmapped_of(sites, ANYWHERE)[1], unmapped_of(sites, ANYWHERE, mapped)[1]
    assert np.ptp(after / before) == pytest.approx(0.0, abs=1e-12)
    assert (after < before).all()
    unseen = Effort(np.zeros(4), np.zeros(4))
    assert unmapped_of(sites, ANYWHERE, mapped, unseen)[1] == pytest.approx(after, rel=1e-12)


def test_unmapped_when_somebody_looked_in_one_block_then_fewer_there_and_as_many_elsewhere(helsinki: Place) -> None:
    sites, count = helsinki.sites, helsinki.sites.blocks.size
    chosen = int(np.bincount(sites.block).argmax())
    share, found = np.zeros(count), np.zeros(count)
    share[chosen], found[chosen] = 1.0, 0.35
    before, after = (unmapped_of(sites, MOSCOW, (), effort) for effort in (None, Effort(share, found)))
    there = sites.block == chosen
    assert np.array_equal(before[:, ~there], after[:, ~there])
    likely = there & (before[0] > 0.0)
    assert (after[:, likely] < 0.65 * before[:, likely]).all()
    around = (helsinki.lines, helsinki.walls, MODEL)
    unlooked = prior_of(sites, MOSCOW, *around)
    looked = prior_of(sites, MOSCOW, *around, effort=Effort(share, found))
    assert (looked.risk <= unlooked.risk).all()
    pieces = helsinki.lines.pieces
    inside = np.bincount(pieces.line, sites.blocks.of(pieces.lonlat) == chosen, minlength=len(looked.risk)) > 0
    opened = ~helsinki.lines.enclosed
    assert (looked.risk[inside & opened] < unlooked.risk[inside & opened]).all()
    row = chances_of(sites, MOSCOW, helsinki.lines, helsinki.walls, DEFAULT)
    reached = np.zeros(len(inside), dtype=np.bool_)
    reached[row.line[there[row.site]]] = True
    far = ~inside & ~reached
    assert far.sum() > 100
    assert np.array_equal(looked.risk[far], unlooked.risk[far])


def test_unmapped_when_a_look_finds_as_many_as_expected_then_what_it_misses_remains() -> None:
    sites = replace(sites_at((-400, 0, STREET)), street_km=1e4)
    whole = unmapped_of(sites, ANYWHERE)[1].sum()
    effort = Effort(np.array([1.0, 0, 0, 0]), np.array([0.35, 0, 0, 0]))
    mapped = [on_record(-400, 5, n, surveillance__zone="street") for n in range(200)]
    known = 200 / whole
    on_map = whole * (0.35 + known * 0.65)
    gamma = (2 + 200) / (2 + on_map)
    assert unmapped_of(sites, ANYWHERE, mapped, effort)[1].sum() == pytest.approx((whole - 200) * 0.65 * gamma)
    # a block in which as many are on record as such a look finds is as dense as was thought
    found = [on_record(-400, 5, n, surveillance__zone="street") for n in range(round(whole * 0.35))]
    gone = whole - len(found)
    left = unmapped_of(sites, ANYWHERE, found, effort)[1].sum()
    assert 0.5 * gone * 0.65 < left < gone * 0.65


@given(passes=st.integers(1, 4))
def test_effort_when_looks_are_of_different_months_then_each_finds_what_the_others_missed(passes: int) -> None:
    yard = draw("a-----b\n", [("ab", "highway=residential")])
    data = yard.read()
    graph = build_graph(data)
    lines = lines_of(graph.shape_lonlat, graph.shape_start, np.zeros(graph.section_count, np.bool_), graph.levels)
    sites = sites_of(data, graph, walls())
    line = tuple(LonLat(*at) for at in graph.shape_lonlat.tolist())
    looks = [Survey(f"sv/aaaaaaaaa{n}", line, f"2026-0{n + 1}") for n in range(passes)]
    effort = effort_of(graph, lines, sites, [*looks, *looks])
    assert effort.share == pytest.approx([1.0])
    assert effort.found == pytest.approx([1.0 - 0.65**passes])


def test_effort_when_a_street_is_surveyed_then_only_its_blocks_were_searched(helsinki: Place) -> None:
    graph, sites = helsinki.graph, helsinki.sites
    section = int(np.argmax(graph.section_length_m * (graph.flags & Flag.ENCLOSED == 0)))
    line = tuple(LonLat(*at) for at in graph.shape(section).tolist())
    effort = effort_of(graph, helsinki.lines, sites, [Survey("sv/aaaaaaaaaa", line, "2026-05")])
    touched = np.unique(sites.blocks.of(helsinki.lines.pieces.lonlat[helsinki.lines.pieces.line == section]))
    assert (effort.found[touched] > 0.0).all()
    assert (effort.found <= effort.share).all()
    metres = np.array([float(part) for part in scale_at(60.17)])
    corner = sites.blocks.corner + sites.blocks.cell * (
        np.stack(np.divmod(np.arange(sites.blocks.size), sites.blocks.columns)[::-1], 1) + 0.5
    )
    away_m = np.hypot(*((corner[:, None] - np.array(line)[None]) * metres).transpose(2, 0, 1)).min(axis=1)
    assert (effort.share[away_m > 450.0] == 0.0).all()


# the risk of lines


def oracle(sites: Sites, town: Town, lines: Lines, around: Walls) -> NDArray[np.float64]:
    """Look at one camera after the other as if it were mapped; where no site is, as the text says."""
    risk = np.zeros((len(lines.enclosed), 2))
    expected = unmapped_of(sites, town)[1]
    for at, group, number in zip(sites.lonlat.tolist(), sites.group.tolist(), expected.tolist(), strict=True):
        one = replace(town.camera(GROUPS[group], LonLat(*at)), last_seen="2026-11")
        sure = certainty([one], "2026-11", DEFAULT) / DEFAULT.existence_first
        for _, line, chance in zip(*chances(hazards_of([one], lines, around, DEFAULT), sure), strict=True):
            risk[line] += number * chance
    length_m = np.bincount(lines.pieces.line, lines.pieces.length_m)
    even = risk.sum() / 2 / length_m.sum() * length_m
    return 0.95 * risk + 0.05 * even[:, None]


@pytest.mark.parametrize("town", TOWNS.values(), ids=list(TOWNS))
def test_risk_when_computed_at_once_then_as_camera_by_camera(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REACH_M", 1000.0)
    lines = street([(-60.0, 0.0), (0.0, 0.0)], [(0.0, 0.0), (60.0, 0.0)], [(0.0, 0.0), (0.0, 40.0)])
    around = walls(*block(-50, 6, -10, 20), *block(10, 6, 50, 20), *block(-40, -25, 40, -9))
    sites = sites_at(
        (-30, 6, ENTRANCE), (30, 6, ENTRANCE), (0, -9, ENTRANCE), (-20, 20, COURTYARD), (25, -9, SHOP), (5, 5, STREET),
        (-55, -5, STREET), (58, 3, MASS),
    )  # fmt: skip
    found = prior_of(sites, town, lines, around, MODEL)
    wanted = oracle(sites, town, lines, around)
    assert found.risk == pytest.approx(wanted, rel=1e-9)
    assert (found.risk > 0.0).all()
    assert not np.allclose(found.risk[:, 0], found.risk[:, 1])


def test_chances_when_the_reach_is_cut_then_little_is_lost(helsinki: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    some = np.arange(len(helsinki.sites.group)) % 7 == 0
    around = (helsinki.sites, ANYWHERE, helsinki.lines, helsinki.walls, DEFAULT)
    cut = chances_of(*around, wanted=some).chance.sum()
    monkeypatch.setattr(module, "_REACH_M", 1000.0)
    assert 0.95 < cut / chances_of(*around, wanted=some).chance.sum() < 1.0


def test_risk_when_a_line_is_drawn_the_other_way_then_its_columns_are_swapped() -> None:
    around = walls(*block(-50, 6, -10, 20))
    sites = sites_at((-30, 6, ENTRANCE), (30, 6, STREET), (-9, 12, SHOP))
    there = prior_of(sites, ANYWHERE, street([(-60.0, 0.0), (20.0, 1.0)]), around, MODEL)
    back = prior_of(sites, ANYWHERE, street([(20.0, 1.0), (-60.0, 0.0)]), around, MODEL)
    assert there.risk == pytest.approx(back.risk[:, ::-1], rel=1e-6)
    assert there.risk[0, 0] != pytest.approx(there.risk[0, 1], rel=0.01)


def test_risk_when_a_house_stands_between_then_only_what_is_nowhere_is_left() -> None:
    sites = sites_at((0, 30, STREET))
    lines = street([(-20.0, 0.0), (20.0, 0.0)], [(-20.0, 40.0), (20.0, 40.0)])
    free = prior_of(sites, ANYWHERE, lines, walls(), MODEL).risk
    house = walls(*block(-100, 10, 100, 20))
    shut = prior_of(sites, ANYWHERE, lines, house, MODEL).risk
    assert chances_of(sites, ANYWHERE, lines, house, DEFAULT).line.tolist() == [1]
    assert (shut[0] < 0.7 * free[0]).all()
    assert shut[0] == pytest.approx(0.025 * (shut[1] - shut[0]).sum() / 2 / 0.95, rel=1e-4)


@given(times=st.floats(1.0, 30.0), many=st.integers(0, 20), searched=st.floats(0.0, 1.0))
def test_risk_when_more_cameras_are_assumed_then_never_less_anywhere(times: float, many: int, searched: float) -> None:
    lines = street([(-60.0, 0.0), (0.0, 0.0)], [(0.0, 0.0), (60.0, 0.0)])
    sites = sites_at((-30, 6, ENTRANCE), (0, 9, COURTYARD), (5, 5, STREET), (58, 3, MASS))
    mapped = [on_record(3.0 * n, 9, n) for n in range(many)]
    effort = Effort(np.full(4, searched), np.full(4, 0.35 * searched))
    less, more = (
        prior_of(sites, town, lines, walls(), MODEL, mapped=mapped, effort=effort)
        for town in (ANYWHERE, scaled(ANYWHERE, times))
    )
    assert (more.risk >= less.risk * (1.0 - 1e-9)).all()
    assert all(high >= low * (1.0 - 1e-9) for low, high in zip(less.total, more.total, strict=True))


def test_risk_when_ways_are_enclosed_then_a_rate_of_their_own_never_nothing() -> None:
    shut = street([(0.0, 0.0), (50.0, 0.0)], [(0.0, 0.0), (100.0, 0.0)], enclosed=True)
    for town in TOWNS.values():
        for sites in (sites_at(), sites_at((0, 3, MASS), (5, 3, ENTRANCE))):
            found = prior_of(sites, town, shut, walls(), MODEL)
            assert (found.risk > 0.0).all()
            assert found.risk[1] == pytest.approx(2.0 * found.risk[0])
            assert (found.factor[:, 0] < 1.0).all()
            assert (found.factor[:, 1] > 1.0).all()


def test_factor_when_the_area_is_small_then_the_ratio_of_all_columns() -> None:
    lines = street([(-60.0, 0.0), (60.0, 0.0)])
    sites = sites_at((-30, 6, ENTRANCE), (0, 9, COURTYARD), (5, 5, STREET), (58, 3, MASS))
    found = prior_of(sites, ANYWHERE, lines, walls(), MODEL)
    sums = [
        (expected[part.site][:, None] * part.chance).sum()
        for expected, values in zip(unmapped_of(sites, ANYWHERE), MODEL.columns(), strict=True)
        for part in [chances_of(sites, ANYWHERE, lines, walls(), values)]
    ]
    assert found.factor[0] == pytest.approx([sums[0] / sums[1], sums[2] / sums[1]])


class Walk(NamedTuple):
    """The lines of a walk, and which of them are walked forwards."""

    lines: NDArray[np.int32]
    forward: NDArray[np.bool_]


def walks_over(graph: WalkGraph, count: int, rng: np.random.Generator) -> list[Walk]:
    """Give the shortest walks between random places of the largest part."""
    best = np.lexsort((graph.length_dm, graph.head, graph.tail))
    fresh = np.concatenate([[True], (np.diff(graph.tail[best]) != 0) | (np.diff(graph.head[best]) != 0)])
    edge = best[fresh]
    shape = (graph.node_count, graph.node_count)
    costs = csr_array((graph.length_dm[edge].astype(float), (graph.tail[edge], graph.head[edge])), shape=shape)
    number = csr_array((edge + 1, (graph.tail[edge], graph.head[edge])), shape=shape)
    nodes = np.flatnonzero(graph.component == 0)
    found: list[Walk] = []
    while len(found) < count:
        start, end = rng.choice(nodes, 2, replace=False)
        _, before = dijkstra(costs, indices=start, return_predecessors=True)
        steps, at = [], int(end)
        while at != start:
            steps.append(int(number[int(before[at]), at]) - 1)
            at = int(before[at])
        if len(steps) > 15:
            found.append(Walk(graph.section[steps], graph.forward[steps]))
    return found


def test_risk_when_cameras_are_drawn_at_random_then_as_many_recognise_as_was_said(
    helsinki: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Section 6, test 13: predicted to true within 0.65-1.4 on every walk, and closer on all of them."""
    # cameras are drawn at sites alone
    monkeypatch.setattr(module, "TABLE", module.TABLE | {"elsewhere": module.TABLE["elsewhere"]._replace(default=0.0)})
    rng = np.random.default_rng(13)
    graph, sites, town = helsinki.graph, helsinki.sites, scaled(MOSCOW, 3.0)
    found = prior_of(sites, town, helsinki.lines, helsinki.walls, MODEL)
    cameras = [
        replace(town.camera(GROUPS[group], LonLat(*at)), last_seen="2026-11")
        for at, group in zip(sites.lonlat.tolist(), sites.group.tolist(), strict=True)
    ]
    hazards = hazards_of(cameras, helsinki.lines, helsinki.walls, DEFAULT)
    sure = certainty(cameras, "2026-11", DEFAULT) / DEFAULT.existence_first
    said, true = [], []
    for walk in walks_over(graph, 30, rng):
        if helsinki.lines.enclosed[walk.lines].any():
            continue
        said.append(found.risk[walk.lines, np.where(walk.forward, 0, 1)].sum())
        column = np.full(graph.section_count, -1)
        column[walk.lines] = np.where(walk.forward, 0, 1)
        row = np.flatnonzero(column[hazards.line] >= 0)
        met = np.zeros((len(cameras), *hazards.chance.shape[1:]))
        np.add.at(met, hazards.camera[row], hazards.lens[row, :, column[hazards.line[row]]])
        chance = np.zeros_like(met)
        chance[hazards.camera[row]] = hazards.chance[row]
        one = (chance * -np.expm1(-met)).sum(axis=1) * sure
        near = np.flatnonzero(one > 0.0)
        drawn = rng.poisson(found.expected[near], size=(1000, len(near)))
        true.append(rng.binomial(drawn, one[near]).sum(axis=1).mean())
    ratio = np.array(said) / np.array(true)
    assert len(ratio) >= 10
    assert min(true) > 0.05  # else luck would decide
    assert ratio.min() > 0.65
    assert ratio.max() < 1.4
    assert 0.9 < sum(said) / sum(true) < 1.2


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
    data = town.read()
    graph, around = build_graph(data), walls_from(outline_walls(data.buildings))
    enclosed = (graph.flags & Flag.ENCLOSED) != 0
    lines = lines_of(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
    return Place(graph, lines, around, sites_of(data, graph, around))


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


@pytest.mark.parametrize("name", ["moscow-ostankino.osm.gz"])
def test_risk_when_not_one_camera_is_mapped_then_every_way_has_some(test_data: Path, name: str) -> None:
    place = place_of(test_data / name)
    found = prior_of(place.sites, MOSCOW, place.lines, place.walls, model(region="RU/Moscow"))
    assert found.total[1] == pytest.approx(place.sites.built_km2 * MOSCOW.total.default)
    assert (found.risk > 0.0).all()
    assert found.risk.dtype == np.float64
    opened = ~place.lines.enclosed
    rate = found.risk[opened].mean(axis=1) / np.bincount(place.lines.pieces.line, place.lines.pieces.length_m)[opened]
    assert np.quantile(rate, 0.95) > 10.0 * np.quantile(rate, 0.25)  # it tells streets apart
