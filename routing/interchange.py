"""The walk graph as a networkx MultiDiGraph in osmnx's conventions, and back; and the slow, obvious way to cost one.

osmnx's conventions: nodes bear ``x`` and ``y`` (degrees, EPSG:4326), edges ``osmid``, ``highway``, ``name``, ``length``
(metres) and, where they bend, ``geometry``. So ``ox.plot_graph``, ``ox.save_graphml`` and every algorithm of networkx
work on the result.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

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
from routing.network import carriageway_of, flags_of, levels_of
from routing.optics import REACH_M, view_of
from routing.search import weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.model import Camera, View

Edge = dict[str, Any]
Graph: TypeAlias = "nx.MultiDiGraph[Any]"

_GEOD = pyproj.Geod(ellps="WGS84")
DEFAULT_AVERSION = 10.0  # metres of detour for a metre in view


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
        or all of a carriageway, along which no camera is to be dodged.

    Raises
    ------
    BadUsageError
        If the graph is projected or the aversion is not a number from 0 to 1000.
    BadFileError
        If the camera file cannot be read.

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
        seen_dm = length_dm if flags & Flag.CARRIAGEWAY else min(length_dm, round(in_view_m * 10))
        data["cost"] = UNIT * _effort_dm(data, length_dm) + round(aversion * UNIT) * seen_dm
    return graph


def to_networkx(graph: WalkGraph, in_view_dm: NDArray[np.int32] | None = None, *, beta: int = 10 * UNIT) -> Graph:
    """Turn a walk graph into an osmnx graph.

    Parameters
    ----------
    graph
        The walk graph.
    in_view_dm
        int32 [edge], decimetres in view; nothing is in view without it.
    beta
        Price of a decimetre in view in the edges' ``cost``, 1e-6 decimetres.

    Returns
    -------
    networkx.MultiDiGraph
        One edge per directed edge, its key counting the parallel ones; besides osmnx's attributes ``section``,
        ``length_dm``, ``effort_dm``, ``in_view_dm``, ``in_view`` (metres) and ``cost`` (a whole number).
    """
    result: Graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    ids = graph.node_id.tolist()
    for osm_id, (lon, lat) in zip(ids, graph.node_lonlat.tolist(), strict=True):
        result.add_node(osm_id, x=lon, y=lat)
    in_view = np.zeros(graph.edge_count, dtype=np.int32) if in_view_dm is None else in_view_dm
    seen = weigh(graph, in_view).seen
    ways_along = np.bincount(graph.section, minlength=graph.section_count)
    for edge in range(graph.edge_count):
        section = int(graph.section[edge])
        forward = bool(graph.forward[edge])
        line = np.asarray(graph.shape(section))
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
            "cost": UNIT * effort_dm + beta * int(seen[edge]),
        }
        if name := graph.name_of(section):
            data["name"] = name
        if surface := SURFACES[graph.surface[section]]:
            data["surface"] = surface
        result.add_edge(ids[graph.tail[edge]], ids[graph.head[edge]], **data)
    return result


def from_networkx(graph: Graph) -> WalkGraph:
    """Turn an osmnx graph into a walk graph.

    Every edge is taken as walkable in its direction; an edge and its reverse become one section, so that a walk can
    begin or end between them.

    Parameters
    ----------
    graph
        As osmnx makes them, or from :func:`to_networkx`; not projected. It is not changed.

    Returns
    -------
    WalkGraph
        ``effort_dm`` as the edges say, else from their tags by the table of routing/access.py.

    Raises
    ------
    BadUsageError
        If the graph is projected or has no edge.
    BadFileError
        If a node lacks its position.
    """
    _check_unprojected(graph)
    if graph.number_of_edges() == 0:
        raise BadUsageError("the graph has no edge: there is nothing to walk on")
    number = {node: i for i, node in enumerate(graph.nodes)}
    lonlat = np.array([_position(graph, node) for node in graph.nodes])
    waiting: dict[object, list[Edge]] = {}
    pairs: list[tuple[Edge, Edge | None]] = []
    for tail, head, data in graph.edges(data=True):
        line = np.asarray(shapely.get_coordinates(_line_of(graph, tail, head, data)))
        edge: Edge = {"tail": number[tail], "head": number[head], "line": line, "data": data}
        twins = waiting.get((number[head], number[tail], line[::-1].tobytes(), _way_id(data)))
        if twins:
            pairs.append((twins.pop(), edge))
        else:
            waiting.setdefault((number[tail], number[head], line.tobytes(), _way_id(data)), []).append(edge)
    pairs += [(edge, None) for left in waiting.values() for edge in left]
    pairs.sort(key=lambda pair: (pair[0]["data"].get("section", 0), pair[0]["tail"], pair[0]["head"]))
    node_id = np.array([node if isinstance(node, int) else i for i, node in enumerate(graph.nodes)])
    return assemble(lonlat, node_id, [_section(*pair) for pair in pairs])


def _section(edge: Edge, twin: Edge | None) -> Section:
    """Make a section of an edge and its reverse; drawn the way that is not marked ``reversed``."""
    if twin is not None and edge["data"].get("reversed") is True:
        edge, twin = twin, edge
    data = edge["data"]
    tags = _tags_of(data)
    backward = twin["data"] if twin is not None else data
    length_m = float(data["length_dm"]) / 10 if "length_dm" in data else float(along_m(edge["line"])[-1])
    length_dm = max(1, round(length_m * 10))
    reverse_only = twin is None and data.get("reversed") is True and "section" in data
    ends = (edge["head"], edge["tail"]) if reverse_only else (edge["tail"], edge["head"])
    return Section(
        tail=ends[0],
        head=ends[1],
        line=edge["line"][::-1] if reverse_only else edge["line"],
        way_id=_way_id(data),
        way_class=tags.get("highway", "other"),
        flags=_flags_of(data),
        name=tags.get("name", ""),
        forward=not reverse_only,
        backward=twin is not None or reverse_only,
        effort_dm=(_effort_dm(data, length_dm), _effort_dm(backward, length_dm)),
        layer=int(tags["layer"]) if tags.get("layer", "").lstrip("-").isdecimal() else 0,
        levels=levels_of(tags.get("level")),
        surface=tags.get("surface", ""),
        length_m=length_m,
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
    return {key: value for key, value in first.items() if isinstance(value, str)}


def _flags_of(data: Edge) -> Flag:
    """Give the flags of an edge: its own, where we made it, or else as its tags say."""
    if "flags" in data:
        return Flag(int(data["flags"]))
    tags = _tags_of(data)
    access = way_access(tags)
    return flags_of(tags) | (carriageway_of(tags, access) if access is not None else Flag(0))


def _effort_dm(data: Edge, length_dm: int) -> int:
    """Give the length as a walker feels it: as the edge says, or else by the table of routing/access.py."""
    if "effort_dm" in data:
        return int(data["effort_dm"])
    access = way_access(_tags_of(data))
    return length_dm * (access.effort_pct if access else 100) // 100


def _way_id(data: Edge) -> int:
    osm_id = data.get("osmid", 0)
    return int(osm_id[0] if isinstance(osm_id, list) else osm_id)
