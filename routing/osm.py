"""An OpenStreetMap extract in; ways, squares, buildings, doors, named places and cameras out.

Reads ``.osm.pbf``, ``.osm``, ``.osm.gz`` and ``.osm.bz2`` through osmium, twice, and a third time where clipping tore a
square. Positions are WGS 84 degrees, longitude first. Extracts are usually clipped: references to nodes that the file
does not hold, ways of which one node is left and relations without all members are counted in
:attr:`MapData.problems`, never fatal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import osmium

from routing.access import is_square, way_access
from routing.cameras import from_osm
from routing.errors import BadFileError
from routing.mapdata import Door, MapData, Polygon, Square, Way
from routing.model import BBox, Camera, LonLat, Place
from routing.places import merge
from routing.tagging import is_named, places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

# Relations of these keys are assembled into polygons; all others are not looked at.
_POLYGON_KEYS = (
    "amenity", "building", "highway", "historic", "landuse", "leisure", "man_made", "natural", "place",
    "public_transport", "railway", "shop", "tourism", "waterway",
)  # fmt: skip
_GREEN = {
    "landuse": frozenset({"grass", "forest", "meadow", "recreation_ground", "village_green", "cemetery"}),
    "leisure": frozenset({"park", "garden", "nature_reserve", "dog_park", "common"}),
    "natural": frozenset({"wood", "scrub", "grassland", "heath"}),
}
_REPORT_EVERY = 1000  # objects: often enough for a progress bar, seldom enough to cost nothing
_EPOCH_YEAR = 1970  # what osmium gives where a file has no times
# What a node on a way may tell about walking there: all that access.node_access reads, and kerbs and crossings.
_NODE_KEYS = frozenset(
    {"barrier", "kerb", "crossing", "highway", "entrance", "access", "foot", "locked", "door", "ford"}
    | {"access:conditional", "foot:conditional"}
)
_BROKEN = (RuntimeError, ValueError, OSError, osmium.InvalidLocationError)  # what osmium raises on a bad file

Entity: TypeAlias = "osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation | osmium.osm.Area | osmium.osm.Changeset"
Node: TypeAlias = tuple[int, float, float]  # OSM id, degrees
Rings: TypeAlias = tuple[list[list[Node]], list[list[Node]]]  # outer, inner


def read_extract(path: Path, *, within: BBox | None = None, progress: Callable[[int], object] | None = None) -> MapData:
    """Read a map extract.

    Parameters
    ----------
    path
        A file with one of :data:`SUFFIXES`.
    within
        Read only what lies in this box. Ways and squares are cut at its edge, buildings, water and greens that reach
        into it are kept whole, and cameras are kept wherever they are: one outside may look into the box.
    progress
        Called with the number of objects read since the last call.

    Returns
    -------
    MapData

    Raises
    ------
    BadFileError
        If the file is missing, empty, truncated, not an extract, or holds nothing to walk on.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_extract(Path("data/helsinki.osm.pbf")).osm_date
    '2019-04-21'
    """
    _check_file(path)
    reader = _Reader(MapData(name=path.name.split(".", maxsplit=1)[0], bbox=within), within)
    try:
        reader.read(path, progress or (lambda _: None))
    except _BROKEN as error:
        raise BadFileError(
            f"{path}: is no readable OpenStreetMap extract ({_first_line(error)}); if it is truncated, fetch it again"
        ) from error
    data = reader.finish()
    if not data.ways and not data.squares:
        raise BadFileError(f"{path}: holds no way that one may walk on; is it the right extract, and the right box?")
    return data


def read_cameras_of_extract(path: Path, *, within: BBox | None = None) -> tuple[Camera, ...]:
    """Read only the cameras of an extract; same errors as :func:`read_extract`, but ways are not needed."""
    _check_file(path)
    reader = _Reader(MapData(name=path.name), within)
    only = osmium.filter.KeyFilter("man_made")
    try:
        for obj in osmium.FileProcessor(str(path)).with_locations().with_filter(only):
            if not isinstance(obj, osmium.osm.Changeset) and not obj.deleted:
                reader.take_camera(obj, dict(obj.tags))
    except _BROKEN as error:
        raise BadFileError(f"{path}: cannot be read as an OpenStreetMap extract ({_first_line(error)})") from error
    return tuple(camera for camera in reader.data.cameras if within is None or within.holds(camera.lonlat))


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise BadFileError(f"{path}: {'a folder, not a map extract' if path.is_dir() else 'no such file'}")
    if not path.name.lower().endswith(SUFFIXES):
        raise BadFileError(f"{path}: not a map extract; wanted a name that ends with {', '.join(SUFFIXES)}")
    if path.stat().st_size == 0:
        raise BadFileError(f"{path}: the file is empty")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _Reader:
    """Sorts the objects of an extract into a MapData."""

    def __init__(self, data: MapData, within: BBox | None) -> None:
        self.data = data
        self._within = within
        self._places: list[Place] = []
        self._newest = ""
        self._node_tags: dict[int, dict[str, str]] = {}
        # Relations that osmium makes no polygon of: tags, member ways. Polygons may come before their relation.
        self._unmade: dict[int, tuple[dict[str, str], frozenset[int]]] = {}
        self._made: set[int] = set()

    def read(self, path: Path, progress: Callable[[int], object]) -> None:
        self._read_header(path)
        objects = osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter(*_POLYGON_KEYS))
        number = 0
        for number, obj in enumerate(objects.with_filter(osmium.filter.EmptyTagFilter()), 1):
            self._take(obj)
            if number % _REPORT_EVERY == 0:
                progress(_REPORT_EVERY)
        progress(number % _REPORT_EVERY)
        self._unmade = {relation: of for relation, of in self._unmade.items() if relation not in self._made}
        self._rescue_squares(path)

    def finish(self) -> MapData:
        data = self.data
        data.places = merge(self._places)
        if self._unmade:
            data.problems["broken relations"] += len(self._unmade)
        data.node_tags = {node: tags for node, tags in self._node_tags.items() if node in data.lonlat}
        data.osm_date = data.osm_date or self._newest or None
        if data.bbox is None and data.lonlat:
            lon, lat = zip(*data.lonlat.values(), strict=True)
            data.bbox = BBox(min(lon), min(lat), max(lon), max(lat))
        return data

    def _read_header(self, path: Path) -> None:
        with osmium.io.Reader(str(path)) as reader:
            header, box = reader.header(), reader.header().box()
            if box.valid() and self.data.bbox is None:
                low, high = box.bottom_left, box.top_right
                self.data.bbox = BBox(low.lon, low.lat, high.lon, high.lat)
            stamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
            self.data.osm_date = stamp[:10] or None

    def _take(self, obj: Entity) -> None:
        if isinstance(obj, osmium.osm.Changeset) or obj.deleted:
            return
        tags = dict(obj.tags)
        if isinstance(obj, osmium.osm.Area):
            if not obj.from_way():  # osmium takes the type away, by which is_square knows an area
                self._take_relation_polygon(obj, {"type": "multipolygon"} | tags)
            return
        if (day := _day_of(obj)) is not None:
            self._newest = max(self._newest, day)
        if isinstance(obj, osmium.osm.Node):
            self._take_node(obj, tags)
        elif isinstance(obj, osmium.osm.Way):
            self._take_way(obj, tags)
        elif tags.get("type") == "multipolygon" and any(key in tags for key in _POLYGON_KEYS):
            self._unmade[obj.id] = tags, frozenset(member.ref for member in obj.members if member.type == "w")

    def _rescue_squares(self, path: Path) -> None:
        """Make the rims of squares walkable whose relation the clipping tore: around is better than lost."""
        rims = {ref: tags for tags, members in self._unmade.values() if is_square(tags) for ref in members}
        if not rims:
            return
        had = {way.osm_id for way in self.data.ways} | {square.osm_id for square in self.data.squares}
        only = osmium.filter.IdFilter(sorted(rims))
        for obj in osmium.FileProcessor(str(path)).with_locations().with_filter(only):
            if isinstance(obj, osmium.osm.Way) and obj.id in rims and obj.id not in had:
                self._keep_line(obj.id, [node.ref for node in obj.nodes], self._held(_known(obj.nodes)), rims[obj.id])

    def _take_node(self, obj: osmium.osm.Node, tags: dict[str, str]) -> None:
        if not obj.location.valid():
            self.data.problems["missing nodes"] += 1
            return
        self.take_camera(obj, tags)
        here = LonLat(obj.lon, obj.lat)
        if not self._holds(here):
            return
        self._take_places(tags, here)
        if "entrance" in tags or "door" in tags:
            self.data.doors.append(Door(here, tags))
        if not _NODE_KEYS.isdisjoint(tags):
            self._node_tags[obj.id] = tags

    def take_camera(self, obj: Entity, tags: dict[str, str]) -> None:
        """Keep a camera that is a node, or a way at the middle of its nodes."""
        if tags.get("man_made") != "surveillance":
            return
        if isinstance(obj, osmium.osm.Node) and obj.location.valid():
            kind, here = "node", LonLat(obj.lon, obj.lat)
        elif isinstance(obj, osmium.osm.Way) and (nodes := _known(obj.nodes)):
            kind, here = "way", _middle(nodes)
        else:
            return
        camera = from_osm(kind, obj.id, here, tags, _day_of(obj))
        if camera is not None:
            self.data.cameras.append(camera)

    def _take_way(self, obj: osmium.osm.Way, tags: dict[str, str]) -> None:
        self.take_camera(obj, tags)
        known = _known(obj.nodes)
        nodes = self._held(known)
        if known and not nodes:
            return
        if missing := len(obj.nodes) - len(known):
            self.data.problems["missing nodes"] += missing
        if len(known) < 2:  # noqa: PLR2004  # a line has two ends
            self.data.problems["one-node ways"] += 1
            return
        refs = [node.ref for node in obj.nodes]
        closed = not missing and refs[0] == refs[-1] and len(refs) > 3  # noqa: PLR2004  # a triangle repeats its first
        self._take_places(tags, _middle(nodes) if closed else LonLat(*nodes[len(nodes) // 2][1:]))
        if closed:
            self._take_area(obj.id, ([known], []), tags)
        if way_access(tags) is not None and not (closed and is_square(tags)):
            self._keep_line(obj.id, refs, nodes, tags)

    def _take_relation_polygon(self, obj: osmium.osm.Area, tags: dict[str, str]) -> None:
        self._made.add(obj.orig_id())
        rings = list(obj.outer_rings())
        outer = [_known(ring) for ring in rings]
        held = [nodes for ring in outer if (nodes := self._held(ring))]
        if not held:
            return
        inner = [_known(hole) for ring in rings for hole in obj.inner_rings(ring)]
        self._take_places(tags, _middle(held[0]))
        self._take_area(obj.orig_id(), (outer, inner), tags)

    def _take_places(self, tags: dict[str, str], here: LonLat) -> None:
        if is_named(tags):
            self._places += places_of(tags, here)

    def _take_area(self, osm_id: int, rings: Rings, tags: dict[str, str]) -> None:
        if is_square(tags):
            self._keep_square(osm_id, rings, tags)
        if tags.get("building", "no") != "no":
            kind = self.data.buildings
        elif tags.get("natural") == "water" or tags.get("waterway") == "riverbank" or tags.get("landuse") == "basin":
            kind = self.data.water
        elif any(tags.get(key) in values for key, values in _GREEN.items()):
            kind = self.data.green
        else:
            return
        outer, inner = (tuple(np.array([node[1:] for node in ring]) for ring in part) for part in rings)
        kind.append(Polygon(osm_id, outer, inner, tags))

    def _keep_square(self, osm_id: int, rings: Rings, tags: dict[str, str]) -> None:
        """Keep a square, or where the box cuts it, what is left of its rims."""
        every = [*rings[0], *rings[1]]
        lines, held = [[ref for ref, _, _ in ring] for ring in every], [self._held(ring) for ring in every]
        if held == every:
            self._keep(node for ring in every for node in ring)
            whole = [_runs(refs, set(refs))[0] for refs in lines]
            outer = len(rings[0])
            self.data.squares.append(Square(osm_id, tuple(whole[:outer]), tuple(whole[outer:]), tags))
            return
        for refs, nodes in zip(lines, held, strict=True):
            self._keep_line(osm_id, refs, nodes, tags)

    def _keep_line(self, osm_id: int, refs: list[int], nodes: list[Node], tags: dict[str, str]) -> None:
        self._keep(nodes)
        for piece in _runs(refs, {ref for ref, _, _ in nodes}):
            self.data.ways.append(Way(osm_id, piece, tags))

    def _holds(self, point: LonLat) -> bool:
        return self._within is None or self._within.holds(point)

    def _held(self, nodes: list[Node]) -> list[Node]:
        return nodes if self._within is None else [node for node in nodes if self._holds(LonLat(*node[1:]))]

    def _keep(self, nodes: Iterable[Node]) -> None:
        self.data.lonlat.update((ref, (lon, lat)) for ref, lon, lat in nodes)


def _known(nodes: Iterable[osmium.osm.NodeRef]) -> list[Node]:
    """Give the nodes of a line that the file holds."""
    return [(node.ref, node.lon, node.lat) for node in nodes if node.location.valid()]


def _day_of(obj: osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation) -> str | None:
    """Give the day an object was last changed, ``None`` where the file has no times."""
    return f"{obj.timestamp:%Y-%m-%d}" if obj.timestamp.year > _EPOCH_YEAR else None


def _middle(nodes: list[Node]) -> LonLat:
    """Give the middle of the box around nodes."""
    _, lon, lat = zip(*nodes, strict=True)
    return LonLat((min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2)


def _runs(refs: list[int], held: set[int]) -> list[tuple[int, ...]]:
    """Split a way where the extract lacks a node; repetitions and pieces of one node are dropped."""
    runs: list[list[int]] = [[]]
    for ref in refs:
        if ref in held:
            if not runs[-1] or runs[-1][-1] != ref:
                runs[-1].append(ref)
        elif runs[-1]:
            runs.append([])
    return [tuple(run) for run in runs if len(run) > 1]
