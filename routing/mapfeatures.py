"""A map extract in; what its map draws out, cut at the edge of a box: one pass, and a second where clipping tore areas.

Positions are WGS 84 degrees, longitude first. What tags mean is told in maplayers.py, how the sea is found in
coast.py. Clipped extracts are normal: lines stop where the file lacks a node, torn areas are closed along the edge of
the box, and what is still no area is left out.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import osmium
import shapely

from routing.coast import closed, sea_of
from routing.errors import BadFileError
from routing.geo import scale_at
from routing.maplayers import MIN_ZOOM, Drawn, areas_of, labels_of, lines_of
from routing.model import LonLat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.model import BBox

_AREA_KEYS = (
    "building", "highway", "leisure", "landuse", "natural", "water", "waterway", "amenity", "man_made", "railway",
    "public_transport", "tourism", "historic", "shop", "place", "addr:housenumber",
)  # fmt: skip
_REPORT_EVERY = 1000  # objects: often enough for a progress bar, seldom enough to cost nothing
_TWICE_M = 150.0  # within which the same label is of the same thing, mapped as a node and as an area
_HOUSE_M = 40.0  # within which the same number is of the same house
_AT_EACH_SIDE = frozenset({"tram_stop", "bus_stop", "entrance", "toilets", "drinking_water"})
_BROKEN = (RuntimeError, ValueError, OSError, osmium.InvalidLocationError)  # what osmium raises on a bad file
_PLAIN = frozenset({"Point", "LineString", "LinearRing", "Polygon"})
_EARTH = Drawn("earth", MIN_ZOOM, (("kind", "earth"),))
_OCEAN = Drawn("water", MIN_ZOOM, (("kind", "ocean"),))
_LAYERS = ("earth", "landuse", "water", "roads", "buildings", "places", "pois")  # as they lie, lowest first


class Feature(NamedTuple):
    """One thing to draw: a point, a line or a polygon, in degrees."""

    drawn: Drawn
    geometry: shapely.Geometry


def read_features(extract: Path, box: BBox, *, progress: Callable[[int], object] = lambda _: None) -> list[Feature]:
    """Read what the map of a box draws, in an order that depends on the file alone.

    Parameters
    ----------
    extract
        See :func:`routing.osm.read_extract`.
    box
        Nothing lies outside it.
    progress
        Called with the number of objects read since the last call.

    Raises
    ------
    BadFileError
        If the extract cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from routing.model import BBox
    >>> found = read_features(Path("data/helsinki.osm.pbf"), BBox(24.940, 60.167, 24.945, 60.170))
    >>> sorted({feature.drawn.layer for feature in found})
    ['buildings', 'earth', 'landuse', 'places', 'pois', 'roads']
    """
    reader = _Reader()
    try:
        reader.read(extract, progress)
    except _BROKEN as error:
        raise BadFileError(f"{extract}: cannot be read as an OpenStreetMap extract to draw its map") from error
    surfaces = [*_clipped(reader.areas, box), *_mended(reader, box)]
    middles = [(label, *_middle(surface.shape)) for surface in surfaces for label in surface.labels]
    labels = [label for label in (*reader.labels, *middles) if box.holds(LonLat(*label[1:]))]
    found = [*_sea(reader.coast, box), *_parts(surfaces), *_lines(reader.lines, box), *_distinct(labels, box)]
    return sorted(found, key=lambda feature: _LAYERS.index(feature.drawn.layer))  # stable


class _Surface(NamedTuple):
    """An area, how it is drawn, and what is written on it."""

    drawn: tuple[Drawn, ...]
    labels: tuple[Drawn, ...]
    shape: shapely.Geometry


_Label: TypeAlias = tuple[Drawn, float, float]


class _Reader:
    """Sorts the objects of an extract by how they are drawn."""

    def __init__(self) -> None:
        self.lines: dict[Drawn, list[NDArray[np.float64]]] = defaultdict(list)
        self.areas: list[_Surface] = []
        self.labels: list[_Label] = []
        self.coast: list[NDArray[np.float64]] = []
        self.torn: dict[int, tuple[dict[str, str], frozenset[int]]] = {}  # relation: tags, member ways
        self.torn_lines: dict[int, list[NDArray[np.float64]]] = {}
        self._wkb = osmium.geom.WKBFactory()

    def read(self, path: Path, progress: Callable[[int], object]) -> None:
        objects = osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter(*_AREA_KEYS))
        number = 0
        for number, obj in enumerate(objects.with_filter(osmium.filter.EmptyTagFilter()), 1):
            if not isinstance(obj, osmium.osm.Changeset) and not obj.deleted:
                self._take(obj, dict(obj.tags))
            if number % _REPORT_EVERY == 0:
                progress(_REPORT_EVERY)
        progress(number % _REPORT_EVERY)
        members = sorted({way for _, ways in self.torn.values() for way in ways})
        if members:
            only = osmium.filter.IdFilter(members)
            for obj in osmium.FileProcessor(str(path)).with_locations().with_filter(only):
                if isinstance(obj, osmium.osm.Way):
                    self.torn_lines[obj.id] = _runs(obj)

    def _take(self, obj: Any, tags: dict[str, str]) -> None:  # noqa: ANN401  # any of osmium's kinds of object
        if isinstance(obj, osmium.osm.Area):
            self._take_area(obj, tags)
        elif isinstance(obj, osmium.osm.Node):
            if obj.location.valid():
                self.labels += [(drawn, obj.lon, obj.lat) for drawn in labels_of(tags)]
        elif isinstance(obj, osmium.osm.Way):
            self._take_way(obj, tags)
        elif tags.get("type") == "multipolygon" and any(areas_of(tags)):
            ways = frozenset(member.ref for member in obj.members if member.type == "w")
            self.torn.setdefault(obj.id, (tags, ways))

    def _take_way(self, way: osmium.osm.Way, tags: dict[str, str]) -> None:
        if tags.get("natural") == "coastline":
            self.coast += _runs(way)
        if way.is_closed() and any(drawn.layer == "landuse" for drawn in areas_of(tags)):
            return  # comes as an area
        for drawn in lines_of(tags):
            self.lines[drawn] += _runs(way)

    def _take_area(self, area: osmium.osm.Area, tags: dict[str, str]) -> None:
        if not area.from_way():  # osmium takes the type away, by which a square is known
            tags = {"type": "multipolygon"} | tags
            self.torn[area.orig_id()] = ({}, frozenset())
        drawn, labels = tuple(areas_of(tags)), tuple(labels_of(tags, area=True))
        if drawn or labels:
            try:
                shape = shapely.from_wkb(self._wkb.create_multipolygon(area))
            except (RuntimeError, osmium.InvalidLocationError):
                return  # a corner is missing
            self.areas.append(_Surface(drawn, labels, shape))


def _runs(way: osmium.osm.Way) -> list[NDArray[np.float64]]:
    """Give the lines of a way that the file holds, torn where it lacks a node."""
    runs: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1].append((node.lon, node.lat))
        elif runs[-1]:
            runs.append([])
    return [np.array(run) for run in runs if len(run) > 1]


def _mended(reader: _Reader, box: BBox) -> list[_Surface]:
    """Close the areas that clipping tore, along the edge of the box."""
    found = []
    for tags, ways in reader.torn.values():
        lines = [line for way in sorted(ways) for line in reader.torn_lines.get(way, ())]
        if lines:
            found.append(_Surface(tuple(areas_of(tags)), tuple(labels_of(tags, area=True)), closed(lines, box)))
    return [surface for surface in found if not surface.shape.is_empty]


def _clipped(surfaces: list[_Surface], box: BBox) -> list[_Surface]:
    """Cut surfaces at the edge of the box, and mend what crosses itself."""
    shapes = np.array([surface.shape for surface in surfaces], dtype=object)
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    frame = shapely.box(box.west, box.south, box.east, box.north)
    shapely.prepare(frame)
    crossing = ~shapely.covers(frame, shapes)
    shapes[crossing] = shapely.intersection(shapes[crossing], frame)
    return [
        surface._replace(shape=shape) for surface, shape in zip(surfaces, shapes, strict=True) if not shape.is_empty
    ]


def _parts(surfaces: list[_Surface]) -> list[Feature]:
    """Take surfaces apart into polygons, large ones first, so that they do not hide the small ones."""
    found = [
        (float(part.area), drawn, part)
        for surface in surfaces
        for part in _polygons(surface.shape)
        for drawn in surface.drawn
    ]
    return [Feature(drawn, part) for _, drawn, part in sorted(found, key=lambda one: -one[0])]


def _polygons(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Give the polygons of anything; what was cut or mended may hold lines and points as well."""
    parts = shapely.get_parts(shape)
    if any(part.geom_type not in _PLAIN for part in parts):
        parts = shapely.get_parts(parts)
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0]


def _sea(coast: list[NDArray[np.float64]], box: BBox) -> list[Feature]:
    """Give the land and the sea of a box."""
    frame = shapely.box(box.west, box.south, box.east, box.north)
    sea = sea_of(coast, box)
    both = ((_EARTH, frame.difference(sea)), (_OCEAN, sea))
    return [Feature(drawn, part) for drawn, shape in both for part in shapely.get_parts(shape) if part.area > 0]


def _lines(lines: Mapping[Drawn, list[NDArray[np.float64]]], box: BBox) -> list[Feature]:
    """Cut lines at the edge of the box, and join those that are drawn alike, so that dashes and names run on."""
    found = []
    for drawn, pieces in lines.items():
        whole = [shapely.linestrings(piece) for piece in pieces]
        within = shapely.get_parts(shapely.clip_by_rect(whole, box.west, box.south, box.east, box.north))
        within = within[shapely.length(within) > 0]
        if len(within):
            merged = shapely.line_merge(shapely.multilinestrings(within))
            found += [Feature(drawn, line) for line in shapely.get_parts(merged)]
    return found


def _middle(shape: shapely.Geometry) -> tuple[float, float]:
    inside = shapely.point_on_surface(shape)
    return inside.x, inside.y


def _distinct(labels: Iterable[_Label], box: BBox) -> list[Feature]:
    """Drop labels that stand beside their own double: a thing mapped as a node and as an area, or one house's doors."""
    scale = scale_at((box.south + box.north) / 2)
    kept: dict[tuple[Drawn, int, int], Feature] = {}
    for drawn, lon, lat in labels:
        kind = drawn.fields[0][1]
        reach_m = _HOUSE_M if kind == "address" else 0.5 if kind in _AT_EACH_SIDE else _TWICE_M
        column, row = int(lon * scale.lon_m // reach_m), int(lat * scale.lat_m // reach_m)
        if not any((drawn, column + dx, row + dy) in kept for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            kept[drawn, column, row] = Feature(drawn, shapely.Point(lon, lat))
    return list(kept.values())
