"""Tiles and processes: the same rows to the last bit, however the work is cut."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from streets import DEFAULT, assert_same, block, camera, lonlat, walls

from routing.graph import Flag
from routing.hazard.hazards import hazards_of, lines_of
from routing.hazard.pavements import Ways
from routing.hazard.tiles import hazards_in_tiles, joined, parts_of, tiles_of
from routing.hazard.walls import walls_from
from routing.model import Camera, LonLat
from routing.network import build_graph
from routing.osm import read_extract
from routing.outlines import outline_walls
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls


class Town:
    """The demo, with cameras of all kinds all over it, so that many stand at the rim of a tile."""

    def __init__(self) -> None:
        data = read_extract(demo_extract())
        graph = build_graph(data)
        self.ends: NDArray[np.float64] = outline_walls(data.buildings)
        enclosed = (graph.flags & Flag.ENCLOSED) != 0
        self.ways = Ways(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
        self.cameras = [*data.cameras, *strewn(self.ends, 150)]
        self.walls: Walls = walls_from(self.ends)
        self.lines: Lines = lines_of(*self.ways[:4])
        self.whole = hazards_of(self.cameras, self.lines, self.walls, DEFAULT)


def strewn(ends: NDArray[np.float64], count: int) -> list[Camera]:
    rng = np.random.default_rng(11)
    kinds = ("fixed", "dome", "panning", "panorama", "")
    found = []
    for number, wall in enumerate(rng.choice(len(ends), count)):
        at = 0.5 * (ends[wall, :2] + ends[wall, 2:]) + rng.normal(0.0, 3e-5, 2)
        tags = {"man_made": "surveillance", "camera:type": kinds[number % 5]}
        if number % 3 == 0:
            tags["camera:direction"] = str(number * 37 % 360)
        if number % 7 == 0:
            tags["surveillance"] = "indoor"
        source = "import:list" if number % 4 == 0 else "osm"
        found.append(Camera(f"osm/node/{number + 1}", LonLat(*at.tolist()), tags, source=source))
    return found


@pytest.fixture(scope="module")
def town() -> Town:
    return Town()


@pytest.mark.parametrize("size_m", [90.0, 250.0, 613.0, 1e6])
def test_tiles_when_of_any_size_then_the_same_to_the_last_bit(town: Town, size_m: float) -> None:
    assert len(town.whole.camera) > 1000
    assert len(town.whole.views.line) > 1000
    assert_same(hazards_in_tiles(town.cameras, town.ways, town.ends, DEFAULT, size_m=size_m), town.whole)


@pytest.mark.parametrize(
    "start", [name for name in ("spawn", "fork") if name in multiprocessing.get_all_start_methods()]
)
def test_tiles_when_in_two_processes_then_the_same_to_the_last_bit(town: Town, start: str) -> None:
    parts = parts_of(town.cameras, town.ways, town.ends, DEFAULT, size_m=300.0, jobs=2, start=start)
    assert_same(joined(parts, len(town.cameras)), town.whole)


def test_tiles_when_cut_then_each_camera_is_in_one_and_holds_only_what_is_near(town: Town) -> None:
    tiles = list(tiles_of(town.cameras, town.ways, town.ends, DEFAULT, size_m=150.0))
    assert len(tiles) > 5
    assert sorted(np.concatenate([tile.number for tile in tiles])) == list(range(len(town.cameras)))
    assert min(len(tile.walls) for tile in tiles) < len(town.ends) / 2
    assert min(len(tile.line) for tile in tiles) < len(town.ways.enclosed) / 2


def test_tiles_when_a_line_crosses_many_then_measured_from_its_own_start() -> None:
    at = lonlat((-2000.0, 0.0), (2000.0, 0.0))
    ways = Ways(at, np.array([0, 2]), np.zeros(1, dtype=np.bool_), np.full((1, 2), np.nan, dtype=np.float32))
    cameras = [camera(x, 4.0, camera__direction=180, camera__mount="pole") for x in (-1900.0, 0.0, 1900.0)]
    whole = hazards_of(cameras, lines_of(*ways[:4]), walls(), DEFAULT)
    tiled = hazards_in_tiles(cameras, ways, np.zeros((0, 4)), DEFAULT, size_m=500.0)
    assert_same(tiled, whole)
    assert tiled.views.from_m.tolist() == pytest.approx([92.0, 1992.0, 3892.0], abs=12.0)


def test_tiles_when_a_camera_stands_deep_in_a_building_then_the_facade_is_found_beyond_its_tile() -> None:
    around = walls(*block(-90, 0, 90, 180))
    ways = Ways(
        lonlat((-300.0, -20.0), (300.0, -20.0)), np.array([0, 2]), np.zeros(1, dtype=np.bool_),
        np.full((1, 2), np.nan, dtype=np.float32),
    )  # fmt: skip
    cameras = [camera(0, 88, camera__type="panning")]
    whole = hazards_of(cameras, lines_of(*ways[:4]), around, DEFAULT)
    assert len(whole.camera) == 1
    assert_same(hazards_in_tiles(cameras, ways, around.ends, DEFAULT, size_m=10.0), whole)


def test_tiles_when_there_is_nothing_then_nothing_is_found(town: Town) -> None:
    none = hazards_in_tiles([], town.ways, town.ends, DEFAULT)
    assert (len(none.camera), len(none.views.line), len(none.count)) == (0, 0, 0)
    no_ways = Ways(np.zeros((0, 2)), np.zeros(1, np.int64), np.zeros(0, np.bool_), np.zeros((0, 2), np.float32))
    nowhere = hazards_in_tiles(town.cameras, no_ways, np.zeros((0, 4)), DEFAULT)
    assert (len(nowhere.camera), len(nowhere.count)) == (0, len(town.cameras))
