"""The walk graph as a networkx MultiDiGraph in osmnx's conventions, and back; and the slow, obvious way to cost one.

osmnx's conventions: nodes bear ``x`` and ``y`` (degrees, EPSG:4326), edges ``osmid``, ``highway``, ``name``, ``length``
(metres) and, where they bend, ``geometry``. So ``ox.plot_graph``, ``ox.save_graphml`` and every algorithm of networkx
work on the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import networkx as nx
import numpy as np
import pyproj
import shapely

from routing.access import way_access
from routing.assemble import Section, assemble
from routing.cameras import read_cameras
from routing.errors import BadFileError, BadUsageError
from routing.geo import along_m
from routing.graph import SURFACES, WAY_CLASSES, Flag
from routing.kernels import UNIT
from routing.network import class_of, flags_of, layer_of, levels_of, name_of
from routing.optics import REACH_M, view_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.model import Camera, View

Edge = dict[str, Any]
Graph: TypeAlias = "nx.MultiDiGraph[Any]"

# Every tag of a way that routing/access.py and routing/network.py read. osmnx keeps few of them unless it is told:
# ``ox.settings.useful_tags_way = [*ox.settings.useful_tags_way, *OSM_TAGS]`` before a map is downloaded.
OSM_TAGS: Final[tuple[str, ...]] = (
    "access", "access:conditional", "amenity", "bridge", "bus", "conveying", "covered", "cycleway", "ferry", "foot",
    "foot:backward", "foot:conditional", "foot:forward", "footway", "highway", "impassable", "indoor",
    "is_sidepath:of:name", "layer", "level", "light_rail", "lit", "loc_name", "location", "man_made", "monorail",
    "motorroad", "name", "oneway", "oneway:foot", "path", "public_transport", "railway", "route", "sac_scale",
    "service", "sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right", "status", "street:name", "subway",
    "surface", "train", "tram", "tunnel",
)  # fmt: skip
# GraphML keeps text only; for ``ox.load_graphml(path, edge_dtypes=EDGE_DTYPES)``.
EDGE_DTYPES: Final[dict[str, type]] = {
    **dict.fromkeys(("section", "flags", "length_dm", "effort_dm", "in_view_dm", "risk_e6", "cost"), int),
    **dict.fromkeys(("in_view", "risk"), float),
    # what `sidestep area export` adds (routing/export.py)
    **dict.fromkeys(("length_m", "effort_m", "in_view_m", "risk_unmapped", "hazard"), float),
}

DEFAULT_AVERSION = 10.0  # metres of detour for a metre in view
_GEOD = pyproj.Geod(ellps="WGS84")
_CLOSED_PCT = 1000  # effort where one may not walk: dearer than any open way of the same length [A]
_LARGEST = 2**31 - 1  # what an int32 holds


def annotate(
    graph: Graph,
    cameras: str | Path | Iterable[Camera],
    *,
    aversion: float = DEFAULT_AVERSION,
    reaches: Mapping[str, float] = REACH_M,
) -> Graph:
    """Put ``length``, ``in_view`` and ``cost`` on every edge of an osmnx graph, so that shortest paths avoid cameras.

    Written to be obviously right: each edge is cut with the union of the views near it, by shapely, in a plane around
    the graph. Everything faster in this package is held to it.

    Parameters
    ----------
    graph
        As osmnx makes them, not projected. It is changed in place.
    cameras
        A camera file, or cameras.
    aversion
        Metres of detour that are accepted to stay out of view for a metre.
    reaches
        Metres within which a camera of each class sees a walker.

    Returns
    -------
    networkx.MultiDiGraph
        The same graph. ``length`` and ``in_view`` are metres, ``cost`` is a whole number:
        ``1_000_000 * effort_dm + beta * seen`` with ``beta = 1_000_000 * aversion``; ``seen`` is decimetres in view,
        or all of a carriageway, along which no camera is to be dodged. No edge is taken away: one that may not be
        walked, or not in its direction, by the table of routing/access.py has ten times its length as its effort and
        all of it as ``seen``, so that it is a last resort; ``in_view`` is what cameras see there.

    Raises
    ------
    BadUsageError
        If the graph is projected or the aversion is not a number from 0 to 1000.
    BadFileError
        If the camera file cannot be read, or an edge brings an ``effort_dm`` that is no number from 1 to 2^31 - 1.

    Examples
    --------
    >>> G = nx.MultiDiGraph(crs="epsg:4326")
    >>> G.add_node(1, x=24.94, y=60.17)
    >>> G.add_node(2, x=24.94, y=60.171)
    >>> G.add_edge(1, 2, highway="footway")
    0
    >>> round(annotate(G, [])[1][2][0]["length"], 1)
    111.4
    """
    _check_unprojected(graph)
    if not 0 <= aversion <= 1000:  # noqa: PLR2004  # a kilometre for a metre
        raise BadUsageError("the aversion must be a number from 0 to 1000 (metres of detour for a metre in view)")
    seen_by = _views_near(graph, read_cameras(Path(cameras)) if isinstance(cameras, str | Path) else cameras, reaches)
    for tail, head, data in graph.edges(data=True):
        line = _line_of(graph, tail, head, data)
        flags = _flags_of(data)
        length_m = float(_GEOD.geometry_length(line))
        length_dm = max(1, round(length_m * 10))
        in_view_m = length_m if flags & Flag.ENCLOSED else min(seen_by.metres(line), length_m)
        data["length"], data["in_view"] = length_m, in_view_m
        wholly_seen = flags & Flag.CARRIAGEWAY or not _is_open(data)
        seen_dm = length_dm if wholly_seen else min(length_dm, round(in_view_m * 10))
        data["cost"] = UNIT * _effort_dm(tail, head, data, length_dm) + round(aversion * UNIT) * seen_dm
    return graph


def to_networkx(
    graph: WalkGraph,
    in_view_dm: NDArray[np.int32] | None = None,
    *,
    risk_e6: NDArray[np.int32] | None = None,
    beta: int | None = None,
) -> Graph:
    """Turn a walk graph into an osmnx graph.

    Parameters
    ----------
    in_view_dm
        int32 [edge], decimetres in view; nothing is in view without it.
    risk_e6
        int32 [edge], 1e-6 of -ln(1 - p); with it edges have ``risk``, and ``cost`` is by risk.
    beta
        Decimetres of detour for a unit of risk (50,000 unless told), or 1e-6 of one for a decimetre in view (ten).

    Returns
    -------
    networkx.MultiDiGraph
        One edge per directed edge, its key counting the parallel ones; besides osmnx's attributes ``section``,
        ``length_dm``, ``effort_dm``, ``in_view_dm``, ``in_view`` (metres) and ``cost`` (a whole number).
    """
    result: Graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    ids, at = graph.node_id.tolist(), graph.node_lonlat.tolist()
    result.add_nodes_from((osm_id, {"x": lon, "y": lat}) for osm_id, (lon, lat) in zip(ids, at, strict=True))
    in_view = np.zeros(graph.edge_count, dtype=np.int32) if in_view_dm is None else in_view_dm
    on_road = (graph.flags & Flag.CARRIAGEWAY)[graph.section] != 0
    seen = risk_e6 if risk_e6 is not None else np.where(on_road, graph.length_dm, in_view)
    price = beta if beta is not None else 10 * UNIT if risk_e6 is None else 50_000
    ways_along = np.bincount(graph.section, minlength=graph.section_count)
    for edge in range(graph.edge_count):
        section = int(graph.section[edge])
        forward, line = bool(graph.forward[edge]), np.asarray(graph.shape(section))
        effort_dm = int(graph.effort_dm[edge])
        data: Edge = {
            "osmid": int(graph.way_id[section]),
            "highway": WAY_CLASSES[graph.way_class[section]],
            "oneway": bool(ways_along[section] == 1),
            "reversed": not forward,
            "length": int(graph.length_dm[edge]) / 10,
            "geometry": shapely.LineString(line if forward else line[::-1]),
            "section": section,
            "flags": int(graph.flags[section]),
            "layer": int(graph.layer[section]),
            "length_dm": int(graph.length_dm[edge]),
            "effort_dm": effort_dm,
            "in_view_dm": int(in_view[edge]),
            "in_view": int(in_view[edge]) / 10,
            "cost": UNIT * effort_dm + price * int(seen[edge]),
        }
        if risk_e6 is not None:
            data["risk_e6"], data["risk"] = int(risk_e6[edge]), int(risk_e6[edge]) / 1e6
        if name := graph.name_of(section):
            data["name"] = name
        if surface := SURFACES[graph.surface[section]]:
            data["surface"] = surface
        result.add_edge(ids[graph.tail[edge]], ids[graph.head[edge]], **data)
    return result


def from_networkx(graph: Graph) -> WalkGraph:
    """Turn an osmnx graph into a walk graph.

    An edge that brings no ``effort_dm`` is taken where the table of routing/access.py lets one walk along it in its
    direction (osmnx marks edges against their way ``reversed``; where it joined ways of both senses, an edge is taken
    if either sense is open). An edge and its reverse become one section, so that a walk can begin or end between them.

    Parameters
    ----------
    graph
        As osmnx makes them, with the tags of :data:`OSM_TAGS`, or from :func:`to_networkx`; not projected. It is not
        changed.

    Returns
    -------
    WalkGraph
        ``effort_dm`` as the edges say, else from their tags by the table of routing/access.py.

    Raises
    ------
    BadUsageError
        If the graph is projected or has no edge that may be walked.
    BadFileError
        If a node lacks its position, or an edge has a ``length_dm`` or ``effort_dm`` that is no number from 1 to
        2^31 - 1.
    """
    _check_unprojected(graph)
    if graph.number_of_edges() == 0:
        raise BadUsageError("the graph has no edge: there is nothing to walk on")
    number = {node: i for i, node in enumerate(graph.nodes)}
    lonlat = np.array([_position(graph, node) for node in graph.nodes])
    waiting: dict[object, list[_Step]] = {}
    pairs: list[tuple[_Step, _Step | None]] = []
    for tail, head, data in graph.edges(data=True):
        if not _is_open(data):
            continue
        line = np.asarray(shapely.get_coordinates(_line_of(graph, tail, head, data)))
        length_m = _whole(tail, head, data, "length_dm") / 10 if "length_dm" in data else float(along_m(line)[-1])
        effort_dm = _effort_dm(tail, head, data, max(1, round(length_m * 10)))
        step = _Step(number[tail], number[head], line, data, length_m, effort_dm)
        twins = waiting.get((step.head, step.tail, line[::-1].tobytes(), _way_id(data)))
        if twins:
            pairs.append((twins.pop(), step))
        else:
            waiting.setdefault((step.tail, step.head, line.tobytes(), _way_id(data)), []).append(step)
    pairs += [(step, None) for left in waiting.values() for step in left]
    if not pairs:
        raise BadUsageError("the graph has no edge that may be walked: does it have the tags of its ways?")
    pairs.sort(key=lambda pair: (int(pair[0].data.get("section", 0)), pair[0].tail, pair[0].head))
    node_id = np.array([node if isinstance(node, int) else i for i, node in enumerate(graph.nodes)])
    return assemble(lonlat, node_id, [_section(*pair) for pair in pairs])


@dataclass(frozen=True, slots=True)
class _Step:
    """An edge that may be walked; its ends are positions in the node arrays."""

    tail: int
    head: int
    line: NDArray[np.float64]
    data: Edge
    length_m: float
    effort_dm: int


def _section(step: _Step, twin: _Step | None) -> Section:
    """Make a section of an edge and its reverse; drawn the way that is not marked ``reversed``."""
    if twin is not None and _senses(step.data) == {True}:
        step, twin = twin, step
    data = step.data
    tags = _tags_of(data)
    against = twin is None and _senses(data) == {True} and "section" in data
    return Section(
        tail=step.head if against else step.tail,
        head=step.tail if against else step.head,
        line=step.line[::-1] if against else step.line,
        way_id=_way_id(data),
        way_class=class_of(tags),
        flags=_flags_of(data),
        name=name_of(tags),
        forward=not against,
        backward=twin is not None or against,
        effort_dm=(step.effort_dm, step.effort_dm if twin is None else twin.effort_dm),
        layer=layer_of(tags),
        levels=levels_of(tags.get("level")),
        surface=tags.get("surface", ""),
        length_m=step.length_m,
    )


class _Views:
    """The views of cameras as polygons in a plane around a graph, found by what they touch."""

    def __init__(self, origin: tuple[float, float], positions: list[tuple[float, float]], views: list[View]) -> None:
        lon, lat = origin
        plane = pyproj.CRS.from_proj4(f"+proj=tmerc +lon_0={lon} +lat_0={lat} +k=1 +ellps=WGS84 +units=m")
        self._to_plane = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
        shapes = [
            _view_polygon(*self._to_plane.transform(*at), view) for at, view in zip(positions, views, strict=True)
        ]
        self._shapes = np.array(shapes, dtype=object)
        self._tree = shapely.STRtree(shapes)

    def metres(self, line: shapely.LineString) -> float:
        """Give the metres of a line (degrees) that lie in any view."""
        flat = np.column_stack(self._to_plane.transform(*shapely.get_coordinates(line).T))
        near = self._tree.query(shapely.LineString(flat), predicate="intersects")
        if not len(near):
            return 0.0
        # piece by piece, because shapely would count a way that runs back along itself only once
        pieces = shapely.linestrings(np.stack([flat[:-1], flat[1:]], axis=1))
        return float(shapely.length(shapely.intersection(pieces, shapely.union_all(self._shapes[near]))).sum())


def _views_near(graph: Graph, cameras: Iterable[Camera], reaches: Mapping[str, float]) -> _Views:
    pairs = [(camera.lonlat, view_of(camera.tags, reaches=reaches)) for camera in cameras if camera.status != "removed"]
    outdoor = [(at, view) for at, view in pairs if view is not None and not view.indoor]
    middle = np.mean([_position(graph, node) for node in graph.nodes], axis=0) if graph.nodes else (0.0, 0.0)
    return _Views(
        (float(middle[0]), float(middle[1])), [(at.lon, at.lat) for at, _ in outdoor], [view for _, view in outdoor]
    )


def _view_polygon(x: float, y: float, view: View) -> shapely.Geometry:
    """Draw a view: a disc of 512 corners, or pies of it with a corner each half degree."""
    if not view.sectors:
        return shapely.Point(x, y).buffer(view.reach_m, quad_segs=128)
    pies = []
    for start_deg, sweep_deg in view.sectors:
        turn = np.radians(np.linspace(start_deg, start_deg + sweep_deg, max(3, round(sweep_deg * 2))))
        rim = np.column_stack([x + view.reach_m * np.sin(turn), y + view.reach_m * np.cos(turn)])
        pies.append(shapely.Polygon([(x, y), *rim.tolist()]))
    return shapely.union_all(pies)


def _check_unprojected(graph: Graph) -> None:
    crs = graph.graph.get("crs")
    if crs is not None and not pyproj.CRS.from_user_input(crs).is_geographic:
        raise BadUsageError("the graph is projected; give it in degrees (EPSG:4326), as osmnx downloads it")


def _position(graph: Graph, node: object) -> tuple[float, float]:
    try:
        return float(graph.nodes[node]["x"]), float(graph.nodes[node]["y"])
    except KeyError as error:
        raise BadFileError(f"node {node} of the graph has no {error}; osmnx puts x and y on every node") from None


def _line_of(graph: Graph, tail: object, head: object, data: Edge) -> shapely.LineString:
    return data.get("geometry") or shapely.LineString([_position(graph, tail), _position(graph, head)])


def _tags_of(data: Edge) -> dict[str, str]:
    """Read an edge's attributes as OSM tags; of a list, which osmnx makes where it joins ways, the first counts."""
    first = {key: value[0] if isinstance(value, list) and value else value for key, value in data.items()}
    tags = {key: value for key, value in first.items() if isinstance(value, str)}
    return tags | ({"layer": str(data["layer"])} if isinstance(data.get("layer"), int) else {})  # our own


def _senses(data: Edge) -> set[bool]:
    """Tell whether an edge runs against its way: a list where osmnx joined ways, text where GraphML was read."""
    told = data.get("reversed", False)
    return {str(value) == "True" for value in (told if isinstance(told, list) else [told])}


def _is_open(data: Edge) -> bool:
    """Tell whether one may walk along an edge: where we measured its effort, or else as its tags say."""
    if "effort_dm" in data:
        return True
    access = way_access(_tags_of(data))
    return access is not None and any(access.backward if against else access.forward for against in _senses(data))


def _flags_of(data: Edge) -> Flag:
    """Give the flags of an edge: its own, where we made it, or else as its tags say."""
    if "flags" in data:
        return Flag(int(data["flags"]))
    tags = _tags_of(data)
    access = way_access(tags)
    return flags_of(tags) | (Flag.CARRIAGEWAY if access is not None and access.among_cars else Flag(0))


def _effort_dm(tail: object, head: object, data: Edge, length_dm: int) -> int:
    """Give the length as a walker feels it: as the edge says, or else by the table of routing/access.py."""
    if "effort_dm" in data:
        return _whole(tail, head, data, "effort_dm")
    access = way_access(_tags_of(data))
    return length_dm * (access.effort_pct if access is not None and _is_open(data) else _CLOSED_PCT) // 100


def _whole(tail: object, head: object, data: Edge, key: str) -> int:
    """Read a whole number that an edge brings; text that holds one will do."""
    try:
        number = round(float(data[key]))
    except (TypeError, ValueError, OverflowError):
        number = 0
    if not 1 <= number <= _LARGEST:
        raise BadFileError(f"the edge from node {tail} to {head} has a {key} that is no number from 1 to {_LARGEST}")
    return number


def _way_id(data: Edge) -> int:
    osm_id = data.get("osmid", 0)
    return int(osm_id[0] if isinstance(osm_id, list) else osm_id)
