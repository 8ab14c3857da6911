"""One engine on one graph, in a process of its own: how long, how much memory, and what each route costs.

bench_search.py runs this file once for each engine, so that memory is the engine's own and none stands in another's
way. Weights are whole numbers, an edge's ``effort`` and ``seen`` at the price asked, divided by what all have in
common: the engines that keep 31 bits hold them, and sums are equal to the last digit or something is wrong.

What is met: routingkit-cch wants lists, and a result that still lives makes its next query panic; scipy adds parallel
edges up and knows no target; rustworkx calls Python for each edge; pandana keeps thousandths in 32 bits.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import math
import pathlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import search_ours as ours
from bench_common import report
from search_graphs import load, snap_at

from routing.geo import scale_at
from routing.kernels import UNIT
from routing.search.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from routing.graph import WalkGraph

_MOST = 2**31 - 1  # a weight or a sum in RoutingKit
# The straight line, less what rounding to decimetres and the flat frame could take off a way's length.
_SHORTENED, _SLACK_M = 0.99, 1.0


@dataclass(frozen=True)
class Task:
    """What every engine gets, and the cheapest of parallel edges for those that cannot choose."""

    graph: WalkGraph
    network: Network
    beta: int
    weight: NDArray[np.int64]  # [edge]
    divisor: int  # of a cost
    cheapest: NDArray[np.int64]  # [kept] edges
    ends: frozenset[int]  # nodes that are asked for

    @property
    def columns(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        """Give tail, head and weight of the cheapest edges."""
        return self.graph.tail[self.cheapest], self.graph.head[self.cheapest], self.weight[self.cheapest]

    def cost(self, nodes: Sequence[int]) -> int:
        """Add up a route's cheapest edges."""
        tail, head, weight = self.columns
        key = tail.astype(np.int64) * self.graph.node_count + head
        way = np.asarray(nodes, dtype=np.int64)
        wanted = way[:-1] * self.graph.node_count + way[1:]
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return int(weight[at].sum()) if (key[at] == wanted).all() else -1

    def straight(self) -> Callable[[int, int], int]:
        """Make the heuristic: the cost of the straight line, which nobody sees."""
        lonlat = self.graph.node_lonlat
        scale = scale_at(float(lonlat[:, 1].max()))  # where degrees of longitude are shortest
        x, y = (lonlat * [float(scale.lon_m), float(scale.lat_m)]).T.tolist()
        per_m = 10 * UNIT // self.divisor * _SHORTENED
        less = _SLACK_M * per_m

        def heuristic(a: int, b: int) -> int:
            return max(0, int(math.hypot(x[a] - x[b], y[a] - y[b]) * per_m - less))

        return heuristic


class Query(NamedTuple):
    """A way to ask an engine: from two nodes to a result, and from the result to its cost."""

    ask: Callable[[int, int], Any]
    cost: Callable[[Any], int]


def task(graph: WalkGraph, seen: NDArray[np.int32], beta: int, ends: frozenset[int]) -> Task:
    """Make the whole-number weights."""
    divisor = math.gcd(UNIT, beta)
    weight = UNIT // divisor * graph.effort_dm.astype(np.int64) + beta // divisor * seen.astype(np.int64)
    order = np.lexsort((weight, graph.head, graph.tail))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(graph.tail[order]) != 0) | (np.diff(graph.head[order]) != 0)
    return Task(graph, Network(graph, seen), beta, weight, divisor, order[first], ends)


def sidestep(of: Task) -> dict[str, Query]:
    """Ours: what is built, the trunk and its marks, is the same for any price but the lowest."""

    def ask(a: int, b: int) -> Any:  # noqa: ANN401
        return ours.route(of.network, snaps[a], snaps[b], of.beta)

    of.network.lanes(of.beta)
    snaps = {node: snap_at(of.graph, node) for node in of.ends}
    return {"sidestep": Query(ask, lambda path: path.cost(of.beta) // of.divisor)}


def networkx(of: Task) -> dict[str, Query]:
    """Its three ways that may be the fastest, on a DiGraph without parallel edges: its best case."""
    nx = importlib.import_module("networkx")
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(zip(*(column.tolist() for column in of.columns), strict=True))
    straight = of.straight()
    return {
        "networkx bidirectional_dijkstra": Query(lambda a, b: nx.bidirectional_dijkstra(graph, a, b)[1], of.cost),
        "networkx astar_path, straight line": Query(lambda a, b: nx.astar_path(graph, a, b, straight), of.cost),
        "networkx dijkstra_path": Query(lambda a, b: nx.dijkstra_path(graph, a, b), of.cost),
    }


def pyroutingkit(of: Task) -> dict[str, Query]:
    """RoutingKit's CCH by one binding."""
    kit = importlib.import_module("pyroutingkit")
    graph = of.graph
    _check_bits(of)
    lon, lat = (np.ascontiguousarray(column, dtype=np.float32) for column in graph.node_lonlat.T)
    topology = kit.CCHTopology()
    topology.build(graph.tail.astype(np.uint32), graph.head.astype(np.uint32), lat, lon, graph.node_count)
    metric = kit.CCHMetric(topology)
    metric.customize(of.weight.astype(np.uint32))
    return {"pyroutingkit": Query(metric.query, lambda found: int(found[0]))}


def routingkit_cch(of: Task) -> dict[str, Query]:
    """RoutingKit's CCH by the other binding."""
    kit = importlib.import_module("routingkit_cch")
    _check_bits(of)
    tail, head = of.graph.tail.tolist(), of.graph.head.tolist()
    lon, lat = of.graph.node_lonlat.T.tolist()
    order = kit.compute_order_inertial(of.graph.node_count, tail, head, lat, lon)
    metric = kit.CCHMetric(kit.CCH(order, tail, head, filter_always_inf_arcs=False), of.weight.tolist())
    query = kit.CCHQuery(metric)

    def ask(a: int, b: int) -> tuple[int, list[int]]:
        found = query.run(a, b)
        return found.distance, found.node_path

    return {"routingkit-cch": Query(ask, lambda found: int(found[0]))}


def igraph(of: Task) -> dict[str, Query]:
    """Dijkstra in C; it reads all weights in each query."""
    ig = importlib.import_module("igraph")
    edges = np.stack([of.graph.tail, of.graph.head], axis=-1)
    graph = ig.Graph(n=of.graph.node_count, edges=edges.tolist(), directed=True, edge_attrs={"w": of.weight.tolist()})
    weight = of.weight

    def ask(a: int, b: int) -> list[int]:
        return graph.get_shortest_paths(a, to=b, weights="w", output="epath")[0]  # type: ignore[no-any-return]

    return {"igraph": Query(ask, lambda edges: int(weight[edges].sum()))}


def rustworkx(of: Task) -> dict[str, Query]:
    """Dijkstra and A* in Rust; a Python call for each edge that is looked at."""
    rx = importlib.import_module("rustworkx")
    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(of.graph.node_count))
    tail, head, weight = (column.tolist() for column in of.columns)
    graph.add_edges_from(list(zip(tail, head, map(float, weight), strict=True)))
    straight = of.straight()

    def dijkstra(a: int, b: int) -> list[int]:
        return rx.dijkstra_shortest_paths(graph, a, target=b, weight_fn=float)[b]  # type: ignore[no-any-return]

    def astar(a: int, b: int) -> list[int]:
        way: list[int] = rx.astar_shortest_path(graph, a, b.__eq__, float, lambda node: float(straight(node, b)))
        return way

    return {"rustworkx dijkstra": Query(dijkstra, of.cost), "rustworkx A*, straight line": Query(astar, of.cost)}


def networkit(of: Task) -> dict[str, Query]:
    """Bidirectional Dijkstra in C++."""
    nk = importlib.import_module("networkit")
    tail, head, weight = of.columns
    edges = (weight.astype(np.float64), (tail.astype(np.uint64), head.astype(np.uint64)))
    graph = nk.GraphFromCoo(edges, n=of.graph.node_count, weighted=True, directed=True)

    def ask(a: int, b: int) -> tuple[float, list[int]]:
        found = nk.distance.BidirectionalDijkstra(graph, a, b, True)
        found.run()
        return found.getDistance(), found.getPath()

    return {"networkit bidirectional": Query(ask, lambda found: round(found[0]))}


def scipy(of: Task) -> dict[str, Query]:
    """Dijkstra to all nodes, for it knows no target."""
    csgraph = importlib.import_module("scipy.sparse.csgraph")
    tail, head, weight = of.columns
    shape = (of.graph.node_count,) * 2
    matrix = importlib.import_module("scipy.sparse").csr_array((weight.astype(np.float64), (tail, head)), shape=shape)

    def ask(a: int, b: int) -> list[int]:
        _, before = csgraph.dijkstra(matrix, indices=a, return_predecessors=True)
        way = [b]
        while way[-1] != a:
            way.append(int(before[way[-1]]))
        return way[::-1]

    return {"scipy csgraph, to all nodes": Query(ask, of.cost)}


def pandana(of: Task) -> dict[str, Query]:
    """Contraction hierarchies; another price is another hierarchy."""
    pdna = importlib.import_module("pandana")
    pd = importlib.import_module("pandas")
    lon, lat = of.graph.node_lonlat.T
    tail, head, weight = (pd.Series(column) for column in of.columns)
    nodes = pd.RangeIndex(of.graph.node_count)
    lengths = pd.DataFrame({"w": (weight + 0.25) / 1000})  # it multiplies by 1000 and cuts off
    network = pdna.Network(pd.Series(lon, nodes), pd.Series(lat, nodes), tail, head, lengths, twoway=False)
    return {"pandana": Query(lambda a, b: network.shortest_path(a, b).tolist(), of.cost)}


def _check_bits(of: Task) -> None:
    reach = float(np.ptp(of.graph.node_lonlat[:, 1]))
    if int(of.weight.max()) > _MOST or reach * 1.2e6 * 3 * UNIT / of.divisor > _MOST:
        raise SystemExit("sums at this price do not fit into 31 bits; choose a --beta with a larger common divisor")


PEERS: dict[str, Callable[[Task], dict[str, Query]]] = {
    "sidestep": sidestep,
    "networkx": networkx,
    "pyroutingkit": pyroutingkit,
    "routingkit-cch": routingkit_cch,
    "igraph": igraph,
    "rustworkx": rustworkx,
    "networkit": networkit,
    "scipy": scipy,
    "pandana": pandana,
}


@dataclass
class Timed:
    """What one query took and found over pairs of one kind; JSON's own types."""

    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    cost: list[int] = field(default_factory=list)


def resident_mib() -> float:
    """Give the memory that the process holds now."""
    status = pathlib.Path("/proc/self/status")
    if not status.exists():
        return math.nan
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def timed(query: Query, pairs: Sequence[tuple[int, int]], most_s: float) -> Timed:
    """Ask for each pair until time is up; the first pair once before, uncounted."""
    query.ask(*pairs[0])
    took, until = Timed(), time.perf_counter() + most_s
    for a, b in pairs:
        if time.perf_counter() > until:
            break
        wall, cpu = time.perf_counter(), time.process_time()
        found = query.ask(a, b)
        cpu_ms, wall_ms = (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000
        took.cpu_ms.append(cpu_ms)
        took.wall_ms.append(wall_ms)
        took.cost.append(query.cost(found))
        del found  # routingkit-cch panics if a result outlives the next query
    return took


def main(argv: Sequence[str] | None = None) -> None:
    """Report what one engine does with the pairs of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--risk", required=True)
    parser.add_argument("--beta", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args(argv)
    graph, risks = load(given.folder)
    pairs = json.loads((given.folder / "pairs.json").read_text(encoding="ascii"))
    ends = frozenset(node for some in pairs.values() for pair in some for node in pair)
    of = task(graph, risks[given.risk], given.beta, ends)
    before_mib, before_s = resident_mib(), time.process_time()
    try:
        queries = PEERS[given.peer](of)
    except ImportError as error:
        report(skipped=f"{error.name or error} is not installed")
        return
    build_s, held_mib = time.process_time() - before_s, resident_mib() - before_mib
    gc.collect()
    gc.freeze()  # what the engine keeps is no garbage, and is not looked through in each query
    rows = {
        name: {kind: vars(timed(query, [(a, b) for a, b in some], given.seconds)) for kind, some in pairs.items()}
        for name, query in queries.items()
    }
    report(build_s=build_s, held_mib=held_mib, rows=rows)


if __name__ == "__main__":
    main()
