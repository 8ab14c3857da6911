"""Cameras made up in a real town by two generators, for the tables of the prior.

The *own* generator draws them at the prior's sites by the prior's weights: what a prior could gain at best. The *other*
one shares neither places nor weights with it: cameras hang at random along façades, on the façade that a shop is
nearest to, beside streets and at mouths; how much a group, a class of street, a kind of shop and a block hold is drawn;
one in five hangs on any façade at all; and fixed ones look somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.spatial import cKDTree
from table_ablation import Town as Streets

from routing.geo import scale_at
from routing.graph import WAY_CLASSES, Flag
from routing.hazard.hazards import lines_of
from routing.hazard.walls import walls_from
from routing.model import LonLat
from routing.network import build_graph
from routing.osm import read_extract
from routing.outlines import outline_walls
from routing.prior.sites import expected_of, sites_of
from routing.prior.towns import GROUPS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.mapdata import MapData
    from routing.model import Camera
    from routing.prior.sites import Sites
    from routing.prior.towns import Town

    Floats = NDArray[np.float64]

MAIN: Final = ("trunk", "primary", "secondary", "tertiary")
_STREETS: Final = (*MAIN, "unclassified", "residential", "pedestrian", "living_street")
_ANYWHERE: Final = 0.2  # share of the other generator's cameras that hang on any façade
_SPREAD: Final = 0.7  # sigma of the logarithm of what it draws for a group, a class of street, a kind of shop
_BLOCK_SHAPE: Final = 1.0  # of the gamma by which its blocks differ
_FIXED: Final = 0.6  # share of fixed cameras, as in table_ablation
_SPOTS: Final = 40_000  # points on façades that are drawn from
_FACES_WAY_M: Final = 25.0
_HAS_HOUSE_M: Final = 20.0


@dataclass(frozen=True)
class Place:
    """A real town with the prior's sites in it."""

    data: MapData
    streets: Streets
    sites: Sites


class Spots(NamedTuple):
    """Where cameras of a group may hang."""

    lonlat: Floats  # [spot, 2] degrees
    weight: Floats  # [spot]
    outward_deg: Floats  # [spot] whither the façade faces; NaN where there is none

    def where(self, wanted: NDArray[np.bool_]) -> Spots:
        return Spots(self.lonlat[wanted], self.weight[wanted], self.outward_deg[wanted])


def read_place(extract: Path) -> Place:
    """Read streets, buildings and sites."""
    data = read_extract(extract)
    graph, walls = build_graph(data), walls_from(outline_walls(data.buildings))
    enclosed = (graph.flags & Flag.ENCLOSED) != 0
    lines = lines_of(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
    return Place(data, Streets(graph, lines, walls), sites_of(data, graph, walls))


def own(place: Place, town: Town, rng: np.random.Generator) -> list[Camera]:
    """Draw as many cameras as the town has by default, at the prior's sites by the prior's weights."""
    expected = expected_of(place.sites, town)[1]
    count = round(float(expected.sum()))
    at = rng.choice(len(expected), count, p=expected / expected.sum())
    return [
        town.camera(GROUPS[place.sites.group[site]], LonLat(*place.sites.lonlat[site].tolist()), number)
        for number, site in enumerate(at.tolist())
    ]


def other(place: Place, town: Town, rng: np.random.Generator) -> list[Camera]:
    """Draw as many cameras as the town has by default, but elsewhere and by other weights."""
    count = round(float(expected_of(place.sites, town)[1].sum()))
    spots = _spots(place, rng)
    blocks = rng.gamma(_BLOCK_SHAPE, 1.0 / _BLOCK_SHAPE, place.sites.blocks.size)
    shares = np.array([town.shares[group] for group in GROUPS]) * rng.lognormal(0.0, _SPREAD, len(GROUPS))
    shares *= [len(spots[group].weight) > 0 for group in GROUPS]
    of_group = np.bincount(rng.choice(len(GROUPS), count, p=shares / shares.sum()), minlength=len(GROUPS))
    made: list[Camera] = []
    for group, wanted in zip(GROUPS, of_group.tolist(), strict=True):
        where = spots[group]
        if wanted == 0:
            continue
        chance = where.weight * blocks[place.sites.blocks.of(where.lonlat)]
        for spot in rng.choice(len(chance), wanted, p=chance / chance.sum()).tolist():
            camera = town.camera(group, LonLat(*where.lonlat[spot].tolist()), len(made))
            made.append(_looking(camera, float(where.outward_deg[spot]), rng))
    return made


def _looking(camera: Camera, outward_deg: float, rng: np.random.Generator) -> Camera:
    """Make a camera a fixed one that looks somewhere, or a dome."""
    if camera.tags.get("surveillance:zone") != "entrance" and rng.uniform() >= _FIXED:
        return replace(camera, tags={**camera.tags, "camera:type": "dome"})
    look = rng.uniform(0.0, 360.0) if np.isnan(outward_deg) else outward_deg + rng.uniform(-60.0, 60.0)
    return replace(camera, tags={**camera.tags, "camera:type": "fixed", "camera:direction": f"{look % 360.0:.1f}"})


def _spots(place: Place, rng: np.random.Generator) -> dict[str, Spots]:
    """Give where cameras of each group may hang by the other generator."""
    graph, scale = place.streets.graph, metres_of(place)
    facade = _on_walls(place.streets.walls.ends, scale, rng)
    away_m = cKDTree(place.streets.lines.pieces.lonlat * scale).query(facade.lonlat * scale)[0]
    kind = np.array(WAY_CLASSES)[graph.way_class]
    worth = rng.lognormal(0.0, _SPREAD, len(WAY_CLASSES))[graph.way_class] * np.where(np.isin(kind, MAIN), 2.0, 1.0)
    worth[~np.isin(kind, _STREETS) | ((graph.flags & Flag.ENCLOSED) != 0)] = 0.0
    mass = place.sites.lonlat[place.sites.group == GROUPS.index("mass")]
    mass = mass + rng.normal(0.0, 8.0, mass.shape) / scale
    found = {
        "entrance": facade.where(away_m < _FACES_WAY_M),
        "courtyard": facade.where(away_m >= _FACES_WAY_M),
        "mass": Spots(mass, rng.lognormal(0.0, _SPREAD, len(mass)), np.full(len(mass), np.nan)),
        "shop": _at_shops(place, facade, scale, rng),
        "street": _beside(place, worth, scale, rng),
    }
    return {group: _blurred(found[group], facade) for group in GROUPS}


def _blurred(spots: Spots, facade: Spots) -> Spots:
    """Let a share of a group hang on any façade."""
    if len(spots.weight) == 0:
        return spots
    parts = (spots, 1.0 - _ANYWHERE), (facade, _ANYWHERE)
    return Spots(
        np.concatenate([part.lonlat for part, _ in parts]),
        np.concatenate([part.weight / part.weight.sum() * share for part, share in parts]),
        np.concatenate([part.outward_deg for part, _ in parts]),
    )


def metres_of(place: Place) -> Floats:
    """Give metres of a degree, float64 [2]."""
    scale = scale_at((place.sites.bbox.south + place.sites.bbox.north) / 2.0)
    return np.array([float(scale.lon_m), float(scale.lat_m)])


def _on_walls(ends: Floats, scale: Floats, rng: np.random.Generator) -> Spots:
    """Put points on façades at random, by their length, a little in front."""
    along = (ends[:, 2:] - ends[:, :2]) * scale
    size_m = np.hypot(*along.T)
    wall = rng.choice(len(ends), _SPOTS, p=size_m / size_m.sum())
    ahead = along[wall] / size_m[wall, None]
    outward = np.stack([ahead[:, 1], -ahead[:, 0]], axis=-1)
    at = ends[wall, :2] + rng.uniform(0.0, 1.0, (_SPOTS, 1)) * (ends[wall, 2:] - ends[wall, :2])
    return Spots(at + 0.3 * outward / scale, np.ones(_SPOTS), np.degrees(np.arctan2(*outward.T)))


def _beside(place: Place, worth: Floats, scale: Floats, rng: np.random.Generator) -> Spots:
    """Put points beside streets, 3 to 9 m from the middle; ``worth`` is that of a metre of each line."""
    pieces = place.streets.lines.pieces
    some = np.flatnonzero(worth[pieces.line] > 0.0)
    right = np.stack([pieces.heading[some, 1], -pieces.heading[some, 0]], axis=-1)
    off_m = rng.uniform(3.0, 9.0, (len(some), 1)) * rng.choice([-1.0, 1.0], (len(some), 1))
    weight = worth[pieces.line[some]] * pieces.length_m[some]
    return Spots(pieces.lonlat[some] + off_m * right / scale, weight, np.full(len(some), np.nan))


def _at_shops(place: Place, facade: Spots, scale: Floats, rng: np.random.Generator) -> Spots:
    """Put points on the façade that a named place is nearest to; what a kind of place is worth is drawn."""
    at = np.array([one.lonlat for one in place.data.places], dtype=np.float64).reshape(-1, 2)
    kinds, of = np.unique([one.kind for one in place.data.places], return_inverse=True)
    worth = rng.lognormal(0.0, _SPREAD, len(kinds))[of]
    away_m, nearest = cKDTree(facade.lonlat * scale).query(at * scale)
    kept = away_m < _HAS_HOUSE_M
    return Spots(facade.lonlat[nearest[kept]], worth[kept], facade.outward_deg[nearest[kept]])
