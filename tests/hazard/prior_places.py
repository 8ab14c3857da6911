"""Areas and made-up sites for the tests of the structural prior."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from streets import lonlat

from routing.graph import Flag
from routing.hazard.hazards import lines_of
from routing.hazard.parameters import model
from routing.hazard.walls import walls_from
from routing.model import BBox, Camera, LonLat
from routing.network import build_graph
from routing.osm import read_extract
from routing.outlines import outline_walls
from routing.prior.sites import Blocks, Sites, sites_of
from routing.prior.towns import GROUPS, TOWNS

if TYPE_CHECKING:
    from pathlib import Path

    from routing.graph import WalkGraph
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls
    from routing.mapdata import MapData
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
    """Read an area."""
    return place_in(read_extract(path))


def place_in(data: MapData) -> Place:
    """Make an area of a map."""
    graph, around = build_graph(data), walls_from(outline_walls(data.buildings))
    enclosed = (graph.flags & Flag.ENCLOSED) != 0
    lines = lines_of(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
    return Place(graph, lines, around, sites_of(data, graph, around))


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
