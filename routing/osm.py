"""An OpenStreetMap extract in; ways, squares, buildings, doors, named places and cameras out.

Reads ``.osm.pbf``, ``.osm``, ``.osm.gz`` and ``.osm.bz2`` through osmium, twice at most. Positions are WGS 84 degrees,
longitude first. Extracts are usually clipped: references to nodes that the file does not hold, ways of which one node
is left and relations without all members are counted in :attr:`MapData.problems`, never fatal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import osmium
from numpy.typing import NDArray

from routing.access import is_square, way_access
from routing.cameras import from_osm
from routing.errors import BadFileError
from routing.model import BBox, Camera, LonLat, Place
from routing.places import merge
from routing.tagging import places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

# Relations of these keys are assembled into polygons; all others are not looked at.
_POLYGON_KEYS = (
    "amenity", "building", "highway", "historic", "landuse", "leisure", "natural", "place", "public_transport",
    "railway", "shop", "tourism", "waterway",
)  # fmt: skip
_GREEN = {
    "landuse": frozenset({"grass", "forest", "meadow", "recreation_ground", "village_green", "cemetery"}),
    "leisure": frozenset({"park", "garden", "nature_reserve", "dog_park", "common"}),
    "natural": frozenset({"wood", "scrub", "grassland", "heath"}),
}
_REPORT_EVERY = 1000  # objects: often enough for a progress bar, seldom enough to cost nothing
_EPOCH_YEAR = 1970  # what osmium gives where a file has no times
# What a node on a way may tell about walking there (wiki Key:barrier, Key:kerb, Tag:highway=crossing).
_NODE_KEYS = ("barrier", "kerb", "crossing", "highway", "entrance", "access", "foot", "locked")

Entity: TypeAlias = "osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation | osmium.osm.Area | osmium.osm.Changeset"
Ring = NDArray[np.float64]  # [point, 2] degrees, first point repeated at the end


@dataclass(frozen=True, slots=True)
class Way:
    """A way for walkers whose nodes the extract holds; a way that is torn apart by missing nodes comes in pieces."""

    osm_id: int
    node_ids: tuple[int, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Square:
    """An area that may be walked across; rings of node ids, outer rings first."""

    osm_id: int
    outer: tuple[tuple[int, ...], ...]
    inner: tuple[tuple[int, ...], ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A building, a water or a green; ``outer`` and ``inner`` are closed rings."""

    osm_id: int
    outer: tuple[Ring, ...]
    inner: tuple[Ring, ...]
    tags: Mapping[str, str]


class Door(NamedTuple):
    """An entrance of a building (wiki Key:entrance, Key:door)."""

    lonlat: LonLat
    tags: Mapping[str, str]


@dataclass(slots=True)
class MapData:
    """What one extract holds, as far as walkers and cameras are concerned.

    Attributes
    ----------
    bbox
        Of the file's header; of its walkable nodes where the header has none.
    osm_date
        ``YYYY-MM-DD`` of the replication state, else of the newest object; ``None`` if neither is known.
    lonlat
        Positions of the nodes of ``ways`` and ``squares``.
    node_tags
        Of those nodes, the tagged ones.
    problems
        How often the file was incomplete: ``missing nodes``, ``one-node ways``, ``broken relations``.
    """

    name: str
    bbox: BBox | None = None
    osm_date: str | None = None
    ways: list[Way] = field(default_factory=list)
    squares: list[Square] = field(default_factory=list)
    lonlat: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, Mapping[str, str]] = field(default_factory=dict)
    buildings: list[Polygon] = field(default_factory=list)
    water: list[Polygon] = field(default_factory=list)
    green: list[Polygon] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    places: tuple[Place, ...] = ()
    cameras: list[Camera] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)


def read_extract(path: Path, *, within: BBox | None = None, progress: Callable[[int], object] | None = None) -> MapData:
    """Read a map extract.

    Parameters
    ----------
    path
        A file with one of :data:`SUFFIXES`.
    within
        Read only what lies in this box; ways are cut at its edge.
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
    >>> read_extract(Path("data/helsinki.osm.pbf")).osm_date
    '2019-04-21'
    """
    _check_file(path)
    reader = _Reader(MapData(name=path.name.split(".", maxsplit=1)[0], bbox=within), within)
    try:
        reader.read(path, progress or (lambda _: None))
    except (RuntimeError, ValueError, OSError) as error:
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
            if not isinstance(obj, osmium.osm.Changeset):
                reader.take_camera(obj, dict(obj.tags))
    except (RuntimeError, ValueError, OSError) as error:
        raise BadFileError(f"{path}: cannot be read as an OpenStreetMap extract ({_first_line(error)})") from error
    return tuple(reader.data.cameras)


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise BadFileError(f"{path}: no such file")
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
        self._newest: str | None = None
        self._node_tags: dict[int, dict[str, str]] = {}
        self._unmade: dict[
            int, tuple[dict[str, str], frozenset[int]]
        ] = {}  # relations not assembled: tags, member ways

    def read(self, path: Path, progress: Callable[[int], object]) -> None:
        self._read_header(path)
        processor = (
            osmium.FileProcessor(str(path))
            .with_areas(osmium.filter.KeyFilter(*_POLYGON_KEYS))
            .with_filter(osmium.filter.EmptyTagFilter())
        )
        unreported = 0
        for obj in processor:
            self._take(obj)
            unreported += 1
            if unreported == _REPORT_EVERY:
                progress(unreported)
                unreported = 0
        progress(unreported)
        self._rescue_squares(path)

    def finish(self) -> MapData:
        data = self.data
        data.places = merge(self._places)
        data.problems["broken relations"] += len(self._unmade)
        data.node_tags = {node: tags for node, tags in self._node_tags.items() if node in data.lonlat}
        data.osm_date = data.osm_date or self._newest
        if data.bbox is None and data.lonlat:
            lon, lat = np.array(list(data.lonlat.values())).T
            data.bbox = BBox(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
        return data

    def _read_header(self, path: Path) -> None:
        with osmium.io.Reader(str(path)) as reader:
            header = reader.header()
            box = header.box()
            if box.valid() and self.data.bbox is None:
                low, high = box.bottom_left, box.top_right
                self.data.bbox = BBox(low.lon, low.lat, high.lon, high.lat)
            stamp = header.get("osmosis_replication_timestamp") or header.get("timestamp")
            self.data.osm_date = stamp[:10] or None

    def _take(self, obj: Entity) -> None:
        if isinstance(obj, osmium.osm.Changeset):
            return
        tags = dict(obj.tags)
        if isinstance(obj, osmium.osm.Area):
            if not obj.from_way():
                self._unmade.pop(obj.orig_id(), None)
                self._take_relation_polygon(obj, tags)
            return
        if (day := _day_of(obj)) is not None:
            self._newest = max(self._newest or day, day)
        if isinstance(obj, osmium.osm.Node):
            self._take_node(obj, tags)
        elif isinstance(obj, osmium.osm.Way):
            self._take_way(obj, tags)
        elif tags.get("type") == "multipolygon" and any(key in tags for key in _POLYGON_KEYS):
            self._unmade[obj.id] = tags, frozenset(member.ref for member in obj.members if member.type == "w")

    def _rescue_squares(self, path: Path) -> None:
        """Make the rims of squares walkable whose relation the clipping tore: around is better than lost."""
        rims = {
            ref: tags
            for tags, members in self._unmade.values()
            if is_square(tags) and way_access(tags) is not None
            for ref in members
        }
        if not rims:
            return
        had = {way.osm_id for way in self.data.ways}
        only = osmium.filter.IdFilter(sorted(rims))
        for obj in osmium.FileProcessor(str(path)).with_locations().with_filter(only):
            if isinstance(obj, osmium.osm.Way) and obj.id in rims and obj.id not in had:
                nodes = [
                    (n.ref, n.lon, n.lat) for n in obj.nodes if n.location.valid() and self._holds(LonLat(n.lon, n.lat))
                ]
                self._keep_way(obj, nodes, {key: value for key, value in rims[obj.id].items() if key != "type"})

    def _take_node(self, obj: osmium.osm.Node, tags: dict[str, str]) -> None:
        here = LonLat(obj.lon, obj.lat)
        if not self._holds(here):
            return
        self._places += places_of(tags, here)
        self.take_camera(obj, tags)
        if "entrance" in tags or "door" in tags:
            self.data.doors.append(Door(here, tags))
        if any(key in tags for key in _NODE_KEYS):
            self._node_tags[obj.id] = tags

    def take_camera(self, obj: Entity, tags: dict[str, str]) -> None:
        """Keep a camera that is a node, or a way at the middle of its nodes."""
        if tags.get("man_made") != "surveillance":
            return
        if isinstance(obj, osmium.osm.Node):
            kind, here = "node", LonLat(obj.lon, obj.lat)
        elif isinstance(obj, osmium.osm.Way):
            points = [(node.lon, node.lat) for node in obj.nodes if node.location.valid()]
            if not points:
                return
            kind, here = "way", _middle(points)
        else:
            return
        camera = from_osm(kind, obj.id, here, tags, _day_of(obj))
        if camera is not None and self._holds(here):
            self.data.cameras.append(camera)

    def _take_way(self, obj: osmium.osm.Way, tags: dict[str, str]) -> None:
        known = [(node.ref, node.lon, node.lat) for node in obj.nodes if node.location.valid()]
        nodes = [node for node in known if self._holds(LonLat(*node[1:]))]
        if known and not nodes:
            return
        missing = len(obj.nodes) - len(nodes)
        if len(obj.nodes) > len(known):
            self.data.problems["missing nodes"] += len(obj.nodes) - len(known)
        if len(nodes) < 2:  # noqa: PLR2004  # a line has two ends
            self.data.problems["one-node ways"] += 1
            return
        self.take_camera(obj, tags)
        closed = not missing and obj.is_closed() and len(nodes) > 3  # noqa: PLR2004  # a triangle repeats its first
        if places := places_of(
            tags, _middle([n[1:] for n in nodes]) if closed else LonLat(*nodes[len(nodes) // 2][1:])
        ):
            self._places += places
        if closed and is_square(tags):
            ring = tuple(ref for ref, _, _ in nodes)
            if way_access(tags) is not None:
                self._keep(nodes)
                self.data.squares.append(Square(obj.id, (ring,), (), tags))
        elif way_access(tags) is not None:
            self._keep_way(obj, nodes, tags)
        if closed:
            ring_lonlat = np.array([n[1:] for n in nodes])
            self._take_polygon(lambda: Polygon(obj.id, (ring_lonlat,), (), tags), tags)

    def _take_relation_polygon(self, obj: osmium.osm.Area, tags: dict[str, str]) -> None:
        outer = list(obj.outer_rings())
        if not any(self._holds(LonLat(node.lon, node.lat)) for ring in outer for node in ring):
            return
        inner = [ring for out in outer for ring in obj.inner_rings(out)]
        self._places += places_of(tags, _middle([(node.lon, node.lat) for node in outer[0]]))
        if is_square(tags) and way_access(tags) is not None:
            for ring in (*outer, *inner):
                self._keep([(node.ref, node.lon, node.lat) for node in ring])
            refs = [[tuple(node.ref for node in ring) for ring in rings] for rings in (outer, inner)]
            self.data.squares.append(Square(obj.orig_id(), tuple(refs[0]), tuple(refs[1]), tags))
        shapes = [
            tuple(np.array([(node.lon, node.lat) for node in ring]) for ring in rings) for rings in (outer, inner)
        ]
        self._take_polygon(lambda: Polygon(obj.orig_id(), shapes[0], shapes[1], tags), tags)

    def _take_polygon(self, make: Callable[[], Polygon], tags: Mapping[str, str]) -> None:
        if tags.get("building", "no") != "no":
            self.data.buildings.append(make())
        elif tags.get("natural") == "water" or tags.get("waterway") == "riverbank" or tags.get("landuse") == "basin":
            self.data.water.append(make())
        elif any(tags.get(key) in values for key, values in _GREEN.items()):
            self.data.green.append(make())

    def _keep_way(self, obj: osmium.osm.Way, nodes: list[tuple[int, float, float]], tags: dict[str, str]) -> None:
        self._keep(nodes)
        for piece in _runs([node.ref for node in obj.nodes], {ref for ref, _, _ in nodes}):
            self.data.ways.append(Way(obj.id, piece, tags))

    def _holds(self, point: LonLat) -> bool:
        return self._within is None or self._within.holds(point)

    def _keep(self, nodes: Iterable[tuple[int, float, float]]) -> None:
        self.data.lonlat.update((ref, (lon, lat)) for ref, lon, lat in nodes)


def _day_of(obj: osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation) -> str | None:
    """Give the day an object was last changed, ``None`` where the file has no times."""
    return f"{obj.timestamp:%Y-%m-%d}" if obj.timestamp.year > _EPOCH_YEAR else None


def _middle(points: Iterable[tuple[float, ...]]) -> LonLat:
    """Give the middle of the box around points."""
    lon, lat = np.array(list(points), dtype=np.float64).T
    return LonLat(float(lon.min() + lon.max()) / 2, float(lat.min() + lat.max()) / 2)


def _runs(refs: list[int], held: set[int]) -> list[tuple[int, ...]]:
    """Split a way where the extract lacks a node; pieces of one node are dropped."""
    runs: list[list[int]] = [[]]
    for ref in refs:
        if ref in held:
            if not runs[-1] or runs[-1][-1] != ref:
                runs[-1].append(ref)
        elif runs[-1]:
            runs.append([])
    return [tuple(run) for run in runs if len(run) > 1]
