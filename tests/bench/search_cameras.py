"""A thousand cameras that come with the request, 25 m discs, against Valhalla's two ways to be told of them.

Valhalla gets the very graph that we search, written out as footways, so that its nodes and edges are ours. It is asked
with ``linear_cost_factors``, each edge near a camera in both directions, as its own *locate* draws it, at the factor
1 + 3 E / L, E of its L metres inside discs (the few that it yet fails to recognise are left out, for one of them fails
the request); and with ``exclude_polygons``, an octagon around each. What a client does to make such a request is not
counted on its side; on ours everything is: finding the ways inside the discs, the price of each, and the route.

A thousand discs hold 36,000 edges of a tiled Helsinki, and Valhalla's time grows faster than their number: it answers
after minutes. So it is asked with those 2,000 that lie nearest the straight line of each walk, which favours it, and
with all of them (--all-edges) for the first walk alone.
"""

from __future__ import annotations

import math
import tempfile
import time
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import search_graphs
import search_ours as ours
import shapely
from bench_common import print_table
from scipy.spatial import cKDTree
from search_discs import Discs
from search_graphs import made, snap_at
from valhalla_peer import SkippedError, decoded, serving

from routing.geo import to_frame
from routing.kernels import UNIT
from routing.model import Camera, LonLat, Overlay
from routing.revise import overlaid

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from valhalla_peer import Valhalla

    from routing.area import Area
    from routing.graph import WalkGraph

RADIUS_M = 25.0
_ALPHA = 3  # metres of detour for a metre inside a disc
_CORNERS = 8
_AT_A_TIME = 200  # edges, when it is asked which it recognises
_MOST_NODES = 300_000  # of a graph that is written out
_OURS = "sidestep, discs and route"
_AIMS = {"linear_cost_factors": "floor 120x, goal 1,000x", "exclude_polygons": "floor 18x, goal 150x"}
_EDGES = 2000
_WAYS = ("no cameras", "exclude_polygons", f"linear_cost_factors, nearest {_EDGES:,} edges")
_OK, _NO_PATH = 200, 442  # the second is Valhalla's own


@dataclass
class Row:
    """CPU milliseconds of one way to ask, and how often there was no answer."""

    cpu_ms: list[float] = field(default_factory=list)
    no_path: int = 0
    failed: int = 0
    why: str = ""


def print_tables(areas: Mapping[str, Area], given: argparse.Namespace) -> None:
    """Print a table for each graph that is a tiled centre, and one for each centre by itself."""
    for kind in dict.fromkeys(spec.partition(":")[0] for spec in given.graphs):
        if kind != "grid":
            _print_whole_model(kind, areas[kind], given)
    for spec in given.graphs:
        kind = spec.partition(":")[0]
        what = None if kind == "grid" else made(spec, areas[kind])
        if what is not None and what.graph.node_count <= _MOST_NODES:
            _print_table(spec, what.graph, given)


def _print_whole_model(kind: str, area: Area, given: argparse.Namespace) -> None:
    """Tell what the same takes by the exposure model: sight lines, directions, pavements; in the centre as it is."""
    pairs = search_graphs.walks(area.graph, min(given.pairs, 20), seed=given.seed)
    rng = np.random.default_rng(given.seed)
    rows = []
    for count in (1, given.cameras // 10, given.cameras, 10 * given.cameras):
        took_ms = []
        for n, (a, b) in enumerate(
            (pairs[0], *pairs)
        ):  # the first once more: it compiles, and cuts streets into pieces
            overlay = Overlay(tuple(_records(_strewn(area.graph, count, rng))))
            ends = snap_at(area.graph, a), snap_at(area.graph, b)
            before = time.process_time()
            ours.route(overlaid(area, overlay).network, *ends, given.beta)
            took_ms += [(time.process_time() - before) * 1000] if n else []
        middle, worst = np.percentile(took_ms, (50, 99)).tolist()
        rows.append((f"{count:,}", str(len(took_ms)), f"{middle:.1f}", f"{worst:.1f}", f"{middle / count * 1000:.0f}"))
    title = (
        f"{kind}, {area.graph.node_count:,} nodes: cameras in the request by the whole exposure model, and a route, ms"
    )
    print_table(title, ("cameras", "walks", "CPU median", "CPU p99", "µs a camera"), rows)


def _records(spots: NDArray[np.float64]) -> Iterator[Camera]:
    """Make cameras of all kinds: on walls and poles, some of known direction."""
    kinds = ({"camera:type": "fixed"}, {"camera:type": "dome"}, {"camera:type": "fixed", "camera:direction": "90"})
    for number, (lon, lat) in enumerate(spots.tolist()):
        tags = {"man_made": "surveillance", **kinds[number % len(kinds)]}
        yield Camera(f"ss/{number:010d}", LonLat(lon, lat), tags, "user")


def _print_table(spec: str, graph: WalkGraph, given: argparse.Namespace) -> None:
    pairs = search_graphs.walks(graph, min(given.pairs, 20), seed=given.seed)
    if not pairs:
        print(f"\n{spec}: no walks in this graph")
        return
    rng = np.random.default_rng(given.seed)
    cameras = [_strewn(graph, given.cameras, rng) for _ in pairs]
    rows = {_OURS: Row()}
    _ask_ours(graph, pairs, cameras, rows[_OURS])
    skipped = ""
    with tempfile.TemporaryDirectory() as folder:
        extract = Path(folder) / "graph.osm.pbf"
        _write(graph, extract)
        try:
            with serving(extract, Path(folder), given.valhalla) as server:
                _ask_theirs(server, graph, pairs, cameras, rows, given)
        except SkippedError as error:
            skipped = str(error)
    title = (
        f"{spec}, {graph.node_count:,} nodes: {given.cameras:,} cameras in the request, discs of {RADIUS_M:.0f} m, ms"
    )
    head = ("", "walks", "CPU median", "CPU p99", "no path", "failed", "x ours")
    base = float(np.median(rows[_OURS].cpu_ms))
    print_table(title, head, [_cells(name, row, base) for name, row in rows.items()])
    if skipped:
        print(f"Valhalla: skipped, {skipped}")
    for name, row in rows.items():
        if row.why:
            print(f"{name} failed: {row.why}")


def _cells(name: str, row: Row, base: float) -> list[str]:
    aim = next((f" ({aim})" for way, aim in _AIMS.items() if way in name), "")
    if not row.cpu_ms:
        return [name + aim, "0", "-", "-", str(row.no_path), str(row.failed), "-"]
    numbers = (np.median(row.cpu_ms), np.percentile(row.cpu_ms, 99))
    told = [f"{number:.2f}" for number in numbers]
    return [name + aim, str(len(row.cpu_ms)), *told, str(row.no_path), str(row.failed), f"{numbers[0] / base:.1f}"]


def _strewn(graph: WalkGraph, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Hang cameras evenly over the box of a graph, each a few metres beside the node nearest there: [camera, 2]."""
    lonlat = np.asarray(graph.node_lonlat)
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    flat, wanted = to_frame(lonlat, low), to_frame(rng.uniform(low, high, (count, 2)), low)
    _, node = cKDTree(flat).query(wanted)
    return lonlat[node] + rng.normal(0.0, 1e-4, (count, 2))  # about 8 m


def _ask_ours(graph: WalkGraph, pairs: list[search_graphs.Pair], cameras: list[NDArray[np.float64]], row: Row) -> None:
    discs = Discs(graph)
    ends = [(snap_at(graph, a), snap_at(graph, b)) for a, b in pairs]
    ours.route(discs.network(cameras[0], RADIUS_M), *ends[0], _ALPHA * UNIT)  # compiles, or loads what is compiled
    for (start, end), spots in zip(ends, cameras, strict=True):
        before = time.process_time()
        ours.route(discs.network(spots, RADIUS_M), start, end, _ALPHA * UNIT)
        row.cpu_ms.append((time.process_time() - before) * 1000)


def _ask_theirs(
    server: Valhalla,
    graph: WalkGraph,
    pairs: list[search_graphs.Pair],
    cameras: list[NDArray[np.float64]],
    rows: dict[str, Row],
    given: argparse.Namespace,
) -> None:
    found: dict[str, bool] = {}  # by an edge's line: whether it is recognised
    rows |= {f"Valhalla, {way}": Row() for way in _WAYS}
    until = time.monotonic() + given.seconds * len(_WAYS)
    for (a, b), spots in zip(pairs, cameras, strict=True):
        if time.monotonic() > until:
            break
        between = graph.node_lonlat[[a, b]]
        request = _request([{"lon": lon, "lat": lat} for lon, lat in between.tolist()])
        factors = _factors(server, spots, between)
        few = _recognised(server, request, factors[:_EDGES], found)
        asked: tuple[dict[str, Any], ...] = (
            {},
            {"exclude_polygons": _octagons(spots)},
            {"linear_cost_factors": few},
        )
        for way, more in zip(_WAYS, asked, strict=True):
            _note(rows[f"Valhalla, {way}"], server, {**request, **more})
        if given.all_edges and (a, b) == pairs[0]:
            every = _recognised(server, request, factors, found)
            name = f"Valhalla, linear_cost_factors, all {len(every):,}"
            _note(rows.setdefault(name, Row()), server, {**request, "linear_cost_factors": every})
    unknown = len(found) - sum(found.values())
    if unknown:
        print(f"\nValhalla fails to recognise {unknown} of {len(found):,} of its own edges: left out")


def _note(row: Row, server: Valhalla, request: dict[str, Any]) -> None:
    answer = server.ask("route", request)
    row.cpu_ms.append(answer.cpu_ms)
    if answer.body.get("error_code") == _NO_PATH:
        row.no_path += 1
    elif answer.status != _OK:
        row.failed += 1
        row.why = str(answer.body.get("error", answer.status))


def _request(ends: list[dict[str, float]]) -> dict[str, Any]:
    return {
        "locations": ends,
        "costing": "pedestrian",
        "costing_options": {"pedestrian": {"shortest": True}},
        "directions_type": "none",
    }


def _octagons(spots: NDArray[np.float64]) -> list[list[list[float]]]:
    """Give an octagon around each camera, closed."""
    angle = np.arange(_CORNERS + 1) % _CORNERS * (2 * math.pi / _CORNERS)
    step = RADIUS_M * np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    per_m = np.stack([1 / (111_320 * np.cos(np.radians(spots[:, 1]))), np.full(len(spots), 1 / 111_320)], axis=-1)
    rings: list[list[list[float]]] = (spots[:, None] + step * per_m[:, None]).tolist()
    return rings


def _factors(server: Valhalla, spots: NDArray[np.float64], between: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Give each of its edges inside discs, by its own account of where they lie, and what it shall cost.

    Those nearest the straight line of a walk, ``between`` [start or end, 2], come first.
    """
    edges: dict[int, list[tuple[float, float]]] = {}
    for some in np.array_split(spots, max(len(spots) // 50, 1)):
        near = [{"lon": lon, "lat": lat, "radius": RADIUS_M} for lon, lat in some.tolist()]
        found = server.ask("locate", {"locations": near, "costing": "pedestrian", "verbose": True})
        for place in found.body.get("answers", ()):
            for edge in place.get("edges") or ():
                line = decoded(edge["edge_info"]["shape"])
                edges[edge["edge_id"]["value"]] = line if edge["edge"]["forward"] else line[::-1]
    origin = spots.mean(axis=0)
    tree = shapely.STRtree(shapely.buffer(shapely.points(to_frame(spots, origin)), RADIUS_M))
    straight = shapely.LineString(to_frame(between, origin))
    features = []
    for line in edges.values():
        flat = shapely.LineString(to_frame(np.array(line), origin))
        inside_m = sum(flat.intersection(tree.geometries[one]).length for one in tree.query(flat))
        if inside_m > 0 and flat.length > 0:
            feature = _feature(line, 1.0 + _ALPHA * float(inside_m) / flat.length)
            features.append((float(straight.distance(flat)), feature))
    return [feature for _, feature in sorted(features, key=itemgetter(0))]


def _recognised(
    server: Valhalla, request: dict[str, Any], features: list[dict[str, Any]], found: dict[str, bool]
) -> list[dict[str, Any]]:
    """Leave out the edges that it fails to find again, for one of them fails the whole request.

    They are asked for few at a time, and each once in a run: a request takes as long as it has edges, half a minute
    where a thousand discs hold 36,000 of them, and halving such requests again and again takes hours.
    """
    new = [feature for feature in features if _key(feature) not in found]
    for at in range(0, len(new), _AT_A_TIME):
        _sift(server, request, new[at : at + _AT_A_TIME], found)
    return [feature for feature in features if found[_key(feature)]]


def _sift(server: Valhalla, request: dict[str, Any], features: list[dict[str, Any]], found: dict[str, bool]) -> None:
    """Learn which of some edges it finds again, by halves where one of them fails."""
    answer = server.ask("route", {**request, "linear_cost_factors": features})
    works = answer.status == _OK or answer.body.get("error_code") == _NO_PATH
    if works or len(features) == 1:
        found |= dict.fromkeys(map(_key, features), works)
        return
    half = len(features) // 2
    for part in (features[:half], features[half:]):
        _sift(server, request, part, found)


def _key(feature: dict[str, Any]) -> str:
    return str(feature["geometry"]["coordinates"])


def _feature(line: list[tuple[float, float]], factor: float) -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": line}
    return {"type": "Feature", "properties": {"factor": factor}, "geometry": geometry}


def _write(graph: WalkGraph, path: Path) -> None:
    """Write a graph as an extract of footways, its sections straight as they are in tiled graphs."""
    ends = np.full((graph.section_count, 2), -1, dtype=np.int64)
    ends[graph.section] = np.where(
        graph.forward[:, None],
        np.stack([graph.tail, graph.head], axis=-1),
        np.stack([graph.head, graph.tail], axis=-1),
    )
    stamp = "2026-01-01T00:00:00Z"
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in enumerate(graph.node_lonlat.tolist(), 1):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, version=1, timestamp=stamp))
        for number, nodes in enumerate((ends + 1).tolist(), 1):
            tags = {"highway": "footway"}
            way = osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags, version=1, timestamp=stamp)
            writer.add_way(way)
