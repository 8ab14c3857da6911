"""What the file of cameras tells of their views, against shapely: from where they hang up to the first wall."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
import small_areas

from routing.build import build_area
from routing.geo import distance_m
from routing.hazard.eyes import eyes_of
from routing.workspace import demo_extract
from web.area_files import RAYS, cameras_geojson, seen_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.area import Area

    Floats = NDArray[np.float64]

STEP_DEG = 360 / RAYS


def features(area: Area) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(cameras_geojson(area))["features"]
    return found


def first_wall_m(area: Area, at: Floats, scale: Floats, reach_m: float) -> Floats:
    """Look from a place in each direction, in shapely: how far the first wall is, if it is within reach."""
    ends = (area.wall_ends.reshape(-1, 2, 2) - at) * scale
    walls = shapely.linestrings(ends[np.abs(ends).min(axis=(1, 2)) < 4 * reach_m])
    bearings = np.radians(np.arange(RAYS) * STEP_DEG)
    tips = np.column_stack([np.sin(bearings), np.cos(bearings)]) * reach_m
    tree = shapely.STRtree(walls)
    found = np.full(RAYS, reach_m)
    for ray, tip in enumerate(tips):
        line = shapely.LineString([(0, 0), tip])
        for wall in tree.query(line, predicate="intersects"):
            met_m = shapely.Point(0, 0).distance(line.intersection(walls[wall]))
            found[ray] = min(found[ray], met_m)
    return found


def test_views_when_told_then_end_where_shapely_finds_the_first_wall(demo: Area) -> None:
    eyes, owners, *_ = eyes_of(demo.cameras, replace(demo.model.default, import_sigma_m=0.0), demo.walls)
    told = features(demo)
    hidden = 0
    for eye in range(0, len(owners), 9):
        known = told[owners[eye]]["properties"]
        if known["indoor"]:
            continue
        hangs = known.get("hangs_at", told[owners[eye]]["geometry"]["coordinates"])
        assert float(distance_m(np.array(hangs), eyes.lonlat[eye])) < 0.1
        far_m = np.array(known.get("far_m", [known["reach_m"]] * RAYS))
        meant_m = first_wall_m(demo, eyes.lonlat[eye], eyes.scale[eye], known["reach_m"])
        assert np.abs(far_m - meant_m).max() <= 0.5 + 1e-6
        hidden += int((meant_m < known["reach_m"]).sum())
    assert hidden > 200


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Area:
    file = small_areas.write_cameras(tmp_path_factory.mktemp("yard") / "cameras.geojson")
    return build_area(demo_extract(), camera_files=[file], bbox=small_areas.BOX, name="Yard")


def test_views_when_a_camera_looks_two_ways_or_hangs_indoors_then_no_more_is_told_than_is_drawn(yard: Area) -> None:
    both_ways, _, indoors = (camera["properties"] for camera in features(yard))
    assert indoors["indoor"]
    assert not {"far_m", "hangs_at"} & indoors.keys()
    needed = np.zeros(RAYS, dtype=bool)
    for start, sweep in both_ways["sectors"]:
        for degree in np.arange(start, start + sweep + 0.01, 0.01):
            needed[int(np.floor(degree / STEP_DEG + 0.5)) % RAYS] = True
    told = np.array(both_ways.get("far_m", seen_m(np.full(RAYS, both_ways["reach_m"]), both_ways["sectors"])))
    assert (told[~needed] == 0).all()
    assert told[needed].max() > 0


def test_views_when_nothing_stands_around_then_none_is_told(yard: Area) -> None:
    bare = replace(yard, wall_ends=np.empty((0, 4)))
    for camera in features(bare):
        assert not {"far_m", "hangs_at"} & camera["properties"].keys()


@pytest.mark.parametrize("sector", [(0.0, 360.0), (350.0, 20.0), (357.5, 5.0), (12.5, 63.0), (2.49, 0.02)])
def test_directions_when_a_sector_needs_them_then_told_and_no_others(sector: tuple[float, float]) -> None:
    start, sweep = sector
    degrees = start + np.linspace(0, sweep, 10_001)
    needed = set((np.floor(degrees / STEP_DEG + 0.5).astype(int) % RAYS).tolist())
    told = seen_m(np.full(RAYS, 7.0), [sector])
    assert needed <= {ray for ray, metres in enumerate(told) if metres}
    assert sum(map(bool, told)) <= len(needed) + 1
