"""A map in; out, where cameras may hang that nobody mapped, and how likely each place is beside others of its group.

Doors where they are mapped, façades where none is, yards, mouths of stations and underpasses, shops and banks, streets
by their class (exposure-model.md, section 2.3). Positions are WGS 84 degrees, longitude first. Weights compare places
within a group alone; ``expected_of`` makes numbers of cameras of them. All weights are assumptions [A]: sources say how
many cameras are of a group, none says at which door.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.geo import scale_at
from routing.graph import WAY_CLASSES, Flag
from routing.model import BBox
from routing.prior.towns import GROUPS, PER_KM
from routing.prior.yards import facing_yards

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.hazard.walls import Walls
    from routing.mapdata import MapData, Polygon
    from routing.prior.towns import Town

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

BLOCK_M: Final = 250.0  # side of a block in which surveys are counted [A]
BUILT_CELL_M: Final = 100.0  # a cell with a façade in it is built up [A]
FACADE_STEP_M: Final = 24.0  # a stairwell's length of façade, 20-25 m in panel blocks [A]
FACADE_DOOR: Final = 0.5  # of a door in each: doors are on one side of a house in two [A]
FACES_WAY_M: Final = 25.0  # a façade with no way this near has nobody to see [A]
LEAST_HOUSE_M2: Final = 60.0  # smaller ones are sheds and kiosks [A]
STREET_STEP_M: Final = 40.0  # between places for a pole, about as street lamps stand [A]
KERB_M: Final = 5.0  # from a street's middle to its poles [A]
MERGE_M: Final = 12.0  # places of a group within such a cell are one site [A]

# Values of the wiki's Key:entrance
_DOORS: Final[Mapping[str, float]] = {
    "main": 1.0, "yes": 1.0, "staircase": 1.0, "home": 0.5, "entrance": 1.0, "shop": 0.3, "secondary": 0.3,
    "service": 0.3, "garage": 0.3, "exit": 0.1, "emergency": 0.1,
}  # fmt: skip
_OTHER_DOOR: Final = 0.5
# Values of the wiki's Key:building
_HOUSES: Final[Mapping[str, float]] = {
    **dict.fromkeys(("apartments", "residential", "dormitory", "block"), 1.0),
    **dict.fromkeys(("house", "detached", "terrace", "semidetached_house", "bungalow"), 0.3),
    **dict.fromkeys(("shed", "garage", "garages", "roof", "carport", "service", "utility", "hut", "houseboat"), 0.0),
    **dict.fromkeys(("bridge", "tent", "greenhouse", "kiosk", "construction", "ruins", "no", "container"), 0.0),
    "yes": 0.7,
}
_OTHER_HOUSE: Final = 0.4
# Kinds of place (routing/tagging.py)
_SHOPS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("bank", "atm", "fuel", "police", "courthouse", "town hall", "embassy", "bureau de change"), 3.0),
    **dict.fromkeys(("supermarket", "shopping centre", "department store", "pharmacy", "hotel", "post office"), 2.0),
    **dict.fromkeys(("shop", "convenience shop", "kiosk", "bakery", "hostel", "fitness centre", "nightclub"), 1.0),
    **dict.fromkeys(("restaurant", "cafe", "fast food", "pub", "bar", "cinema", "theatre", "museum", "clinic"), 0.7),
    **dict.fromkeys(("parking", "parking entrance", "school", "kindergarten", "office"), 0.5),
}
_MASS: Final[Mapping[str, float]] = {"station": 1.0, "entrance": 3.0}
_MOUTH: Final = 1.0  # of an underpass; of another passage less
_OTHER_MOUTH: Final = 0.2
# Cameras per metre of street compared with others: more on main streets (Sheng et al.) [A guided by S]
_STREETS: Final[Mapping[str, float]] = {
    "trunk": 3.0, "primary": 3.0, "secondary": 2.0, "tertiary": 1.5, "unclassified": 0.7, "residential": 0.5,
    "living_street": 0.3, "pedestrian": 1.5, "road": 0.5,
}  # fmt: skip
_NOT_ROADS: Final = frozenset({"pedestrian"})  # not among the kilometres by which cameras were counted


@dataclass(frozen=True, slots=True)
class Sites:
    """Places where unmapped cameras may hang, and what the totals of their area are counted by."""

    lonlat: Floats  # [site, 2] degrees
    group: NDArray[np.int8]  # [site] index into GROUPS
    weight: Floats  # [site] more than 0, compared with others of its group
    block: Ints  # [site] which block it lies in
    blocks: Blocks
    bbox: BBox
    built_km2: float
    street_km: float


class Blocks(NamedTuple):
    """A grid of cells in degrees over an area, by row from the south-west."""

    corner: Floats  # [2]
    cell: Floats  # [2]
    columns: int
    rows: int

    def of(self, lonlat: Floats) -> Ints:
        """Tell which block positions lie in, int32 [position]; what lies outside counts to the nearest."""
        at = np.floor((lonlat - self.corner) / self.cell).astype(np.int64)
        column, row = (np.clip(at[:, axis], 0, most - 1) for axis, most in ((0, self.columns), (1, self.rows)))
        return (row * self.columns + column).astype(np.int32)

    @property
    def size(self) -> int:
        """Give the number of blocks."""
        return self.columns * self.rows


class _Found(NamedTuple):
    """Places of one group, in metres from the frame's origin."""

    group: str
    at: Floats  # [site, 2]
    weight: Floats  # [site]


class _Frame(NamedTuple):
    """A flat frame over an area: its south-west corner, metres per degree there, and its box."""

    origin: Floats
    scale: Floats
    bbox: BBox

    def metres(self, lonlat: Floats) -> Floats:
        at: Floats = (np.asarray(lonlat, dtype=np.float64).reshape(-1, 2) - self.origin) * self.scale
        return at


def sites_of(data: MapData, graph: WalkGraph, walls: Walls) -> Sites:
    """Find where unmapped cameras may hang.

    Parameters
    ----------
    data
        The map that the graph was made of.
    graph, walls
        Of the same area.

    Returns
    -------
    Sites
        In the box of the map; cameras beyond it are not thought of.
    """
    frame = _frame_of(data, graph)
    a, b = (frame.metres(part).reshape(-1, 2) for part in (walls.ends[:, :2], walls.ends[:, 2:]))
    at, outward = _along(a, b, FACADE_STEP_M)
    yard = facing_yards(at, outward, (a, b), _segments(graph, frame, _STREETS))
    found = [
        _Found("courtyard", at[yard] + 0.3 * outward[yard], np.ones(int(yard.sum()))),
        *_entrances(data, graph, frame, at, outward),
        _at_places("mass", _MASS, data, frame),
        _mouths(graph, frame),
        _at_places("shop", _SHOPS, data, frame),
        _poles(graph, frame),
    ]
    length_m = graph.section_length_m
    roads = [WAY_CLASSES.index(name) for name in _STREETS if name not in _NOT_ROADS]
    return _joined(
        found, frame,
        built_km2=len(np.unique(np.floor(at / BUILT_CELL_M), axis=0)) * BUILT_CELL_M**2 / 1e6,
        street_km=float(length_m[np.isin(graph.way_class, roads)].sum()) / 1e3,
    )  # fmt: skip


def expected_of(sites: Sites, town: Town) -> Floats:
    """Give how many cameras are expected at each site, mapped or not, float64 [3, site]: low, default, high.

    They add up to the total that the kind of town is taken to have; the share of a group that has no site here goes to
    the others, in proportion.
    """
    size = sites.street_km if town.total.unit == PER_KM else sites.built_km2
    shares = np.array([town.shares[group] for group in GROUPS])
    heavy = np.bincount(sites.group, sites.weight, minlength=len(GROUPS))
    shares = np.where(heavy > 0.0, shares, 0.0)
    if shares.sum() == 0.0:  # a place with none of what such a town watches
        shares = (heavy > 0.0).astype(np.float64)
    per_weight = shares / max(float(shares.sum()), 1e-12) / np.maximum(heavy, 1e-12)
    each = per_weight[sites.group] * sites.weight
    totals = size * np.array([town.total.low, town.total.default, town.total.high])
    expected: Floats = totals[:, None] * each
    return expected


def _frame_of(data: MapData, graph: WalkGraph) -> _Frame:
    low, high = graph.node_lonlat.min(axis=0), graph.node_lonlat.max(axis=0)
    bbox = data.bbox or BBox(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    scale = scale_at((bbox.south + bbox.north) / 2)
    return _Frame(np.array([bbox.west, bbox.south]), np.array([float(scale.lon_m), float(scale.lat_m)]), bbox)


def _along(a: Floats, b: Floats, step_m: float) -> tuple[Floats, Floats]:
    """Put points along segments laid end to end, one each ``step_m``; gives also what lies to the right, unit vectors.

    To the right of a wall its building does not lie.
    """
    size_m = np.hypot(*(b - a).T)
    until = np.cumsum(size_m)
    total_m = float(until[-1]) if len(until) else 0.0
    where = np.arange(step_m / 2, total_m, step_m)
    of = np.searchsorted(until, where, side="right")
    share = (where - (until - size_m)[of]) / np.maximum(size_m[of], 1e-9)
    ahead = (b - a)[of] / np.maximum(size_m[of], 1e-9)[:, None]
    return a[of] + share[:, None] * (b - a)[of], np.stack([ahead[:, 1], -ahead[:, 0]], axis=-1)


def _segments(graph: WalkGraph, frame: _Frame, classes: Iterable[str]) -> tuple[Floats, Floats]:
    """Give the straight pieces of the open ways of some classes, metres."""
    section = graph.segment_section
    wanted = np.isin(graph.way_class[section], [WAY_CLASSES.index(name) for name in classes])
    point = graph.segment_point[wanted & ((graph.flags[section] & Flag.ENCLOSED) == 0)]
    return frame.metres(graph.shape_lonlat[point]), frame.metres(graph.shape_lonlat[point + 1])


def _entrances(data: MapData, graph: WalkGraph, frame: _Frame, at: Floats, outward: Floats) -> tuple[_Found, _Found]:
    """Find doors that are mapped, and the façades that face a way of houses of which none is."""
    import shapely

    solid = [building for building in data.buildings if len(building.outer[0]) > 3]  # noqa: PLR2004 (a triangle)
    shapes = _shapes(solid, frame)
    house = np.array([_HOUSES.get(building.tags.get("building", ""), _OTHER_HOUSE) for building in solid])
    house = np.where(shapely.area(shapes) < LEAST_HOUSE_M2, 0.0, house) if solid else house
    tree = shapely.STRtree(shapes)
    doors = frame.metres(np.array([door.lonlat for door in data.doors], dtype=np.float64))
    worth = np.array([_DOORS.get(door.tags.get("entrance", ""), _OTHER_DOOR) for door in data.doors])
    of_door, of_house = tree.query(shapely.points(doors), predicate="dwithin", distance=1.0)
    best = np.full(len(doors), -1.0)
    np.maximum.at(best, of_door, house[of_house])
    worth = worth * np.where(best < 0.0, _OTHER_HOUSE, best)
    has_door = np.zeros(len(solid), dtype=np.bool_)
    has_door[of_house] = True
    behind, owner = tree.query(shapely.points(at - 0.5 * outward), predicate="within")
    weight = np.zeros(len(at))
    np.maximum.at(weight, behind, house[owner])
    weight[behind[has_door[owner]]] = 0.0
    weight[~_near_ways(at, graph, frame)] = 0.0
    return _Found("entrance", doors, worth), _Found("entrance", at + 0.3 * outward, FACADE_DOOR * weight)


def _shapes(buildings: Sequence[Polygon], frame: _Frame) -> NDArray[np.object_]:
    import shapely

    found = np.empty(len(buildings), dtype=np.object_)
    for number, building in enumerate(buildings):
        rings = [shapely.Polygon(frame.metres(ring)) for ring in building.outer if len(ring) > 3]  # noqa: PLR2004 (same)
        found[number] = shapely.make_valid(rings[0] if len(rings) == 1 else shapely.MultiPolygon(rings))
    return found


def _near_ways(at: Floats, graph: WalkGraph, frame: _Frame) -> NDArray[np.bool_]:
    """Tell which points have an open way near."""
    import shapely

    a, b = _segments(graph, frame, [name for name in WAY_CLASSES if name != "ferry"])
    tree = shapely.STRtree(shapely.linestrings(np.stack([a, b], axis=1)))
    near = np.zeros(len(at), dtype=np.bool_)
    near[tree.query(shapely.points(at), predicate="dwithin", distance=FACES_WAY_M)[0]] = True
    return near


def _at_places(group: str, worth: Mapping[str, float], data: MapData, frame: _Frame) -> _Found:
    places = [place for place in data.places if place.kind in worth]
    lonlat = np.array([place.lonlat for place in places], dtype=np.float64)
    return _Found(group, frame.metres(lonlat), np.array([worth[place.kind] for place in places], dtype=np.float64))


def _mouths(graph: WalkGraph, frame: _Frame) -> _Found:
    """Find where one steps from an open way into an enclosed one: underpasses weigh more than other passages."""
    enclosed = (graph.flags[graph.section] & Flag.ENCLOSED) != 0
    below = enclosed & ((graph.layer[graph.section] < 0) | ((graph.flags[graph.section] & Flag.TUNNEL) != 0))
    opens, shuts, deep = (np.zeros(graph.node_count, dtype=np.bool_) for _ in range(3))
    for ends in (graph.tail, graph.head):
        opens[ends[~enclosed]] = True
        shuts[ends[enclosed]] = True
        deep[ends[below]] = True
    node = np.flatnonzero(opens & shuts)
    return _Found("mass", frame.metres(graph.node_lonlat[node]), np.where(deep[node], _MOUTH, _OTHER_MOUTH))


def _poles(graph: WalkGraph, frame: _Frame) -> _Found:
    """Put places for poles beside streets, left and right by turns."""
    at, weight = [np.zeros((0, 2))], [np.zeros(0)]
    for name, worth in _STREETS.items():
        points, right = _along(*_segments(graph, frame, [name]), STREET_STEP_M)
        side = np.where(np.arange(len(points)) % 2 == 0, KERB_M, -KERB_M)[:, None]
        at.append(points + side * right)
        weight.append(np.full(len(points), worth))
    return _Found("street", np.concatenate(at), np.concatenate(weight))


def _joined(found: Sequence[_Found], frame: _Frame, *, built_km2: float, street_km: float) -> Sites:
    """Put groups together: what lies outside the box or weighs nothing goes, what lies in one small cell is one."""
    group = np.concatenate([np.full(len(one.at), GROUPS.index(one.group), dtype=np.int8) for one in found])
    at, weight = np.concatenate([one.at for one in found]), np.concatenate([one.weight for one in found])
    box = frame.bbox
    size = (np.array([box.east, box.north]) - frame.origin) * frame.scale
    kept = (weight > 0.0) & (at >= 0.0).all(axis=1) & (at <= size).all(axis=1)
    group, at, weight = group[kept], at[kept], weight[kept]
    key = np.column_stack([group, np.floor(at / MERGE_M)])
    _, first, of = np.unique(key, axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    # the heaviest of a cell stays where it is, so that a door's camera hangs at a door
    order = np.lexsort((-weight, of))
    heaviest = order[np.concatenate([[0], np.flatnonzero(np.diff(of[order])) + 1])] if len(of) else first
    lonlat = frame.origin + at[heaviest] / frame.scale
    columns, rows = (max(int(np.ceil(part / BLOCK_M)), 1) for part in size)
    blocks = Blocks(frame.origin, BLOCK_M / frame.scale, columns, rows)
    return Sites(
        lonlat, group[heaviest], np.bincount(of, weight, minlength=len(first)).astype(np.float64), blocks.of(lonlat),
        blocks, box, built_km2, street_km,
    )  # fmt: skip
