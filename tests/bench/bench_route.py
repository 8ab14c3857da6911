"""One exact route, and a whole plan, against networkx on the same graph.

    python tests/bench/bench_route.py [--extract FILE] [--pairs 60] [--seed 1] [--aversion 10]

The area is built with the extract's own cameras and given to networkx as routing.to_networkx makes it, ``cost`` on
every edge, of what the search itself reads as seen. Pairs are nodes of the largest part, drawn at random: *walk* 1 to
3 km apart, *across* at least half the area's diagonal. sidestep gets the same nodes as snapped ends, so that both look
for the same thing; the costs, whole numbers, must be equal, and the run fails if they are not. A plan snaps, finds all
walks within a detour that are worth their effort, weighs and measures some, and describes the steps of three; networkx
has nothing like it and is not compared.

networkx' shortest_path is its bidirectional Dijkstra by another name. On a DiGraph it need not look for the cheapest of
parallel edges: the best case for networkx, and not what osmnx hands out. Its A* gets the straight line, a little
shortened, because lengths are rounded to decimetres.

Then routes, fronts and plans are done by one thread and by two, and told by the second.

Times are those of one process in which everything has been called before; the first call is told apart.
"""

from __future__ import annotations

import argparse
import math
import pathlib
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import networkx as nx
import numpy as np
from bench_common import Stages, add_extract_option, chosen_extract, load_line, print_table, report, run_python

from routing.area_folder import load, save
from routing.build import build_area
from routing.geo import distance_m, scale_at
from routing.interchange import to_networkx
from routing.kernels import UNIT
from routing.model import LonLat, RouteRequest
from routing.router import plan
from routing.search.front import find_front
from routing.search.network import PathFinder
from routing.snap import SPLITS, Snap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.search.network import Path

Result = TypeVar("Result")
Pair = tuple[int, int]
MultiDiGraph: TypeAlias = "nx.MultiDiGraph[int]"
DiGraph: TypeAlias = "nx.DiGraph[int]"
Peer: TypeAlias = "Callable[[int, int], list[int]]"

WALK_M = (1000.0, 3000.0)
_TASKS = 120  # of each kind, at least, with one thread and with two
_DETOUR = 1.3  # of fronts
OURS = "sidestep, PathFinder + best"
# The straight line, less what rounding to decimetres and the flat frame could take off a way's length.
_SHORTENED, _SLACK_M = 0.99, 1.0


@dataclass
class Times:
    """CPU and wall seconds of one thing over all pairs."""

    cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)

    def of(self, call: Callable[[], Result]) -> Result:
        """Call, and note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = call()
        self.cpu_s.append(time.process_time() - cpu)
        self.wall_s.append(time.perf_counter() - wall)
        return result


def main(argv: Sequence[str] | None = None) -> None:
    """Print a table for each kind of pair, and one for the first call."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_extract_option(parser)
    parser.add_argument("--pairs", type=int, default=60, help="of each kind (default: 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--aversion", type=float, default=10.0, help="metres of detour for a metre in view (default: 10)"
    )
    parser.add_argument("--warm", action="store_true", help="keep numba's cache as it is: nothing is compiled anew")
    parser.add_argument("--child", choices=["first"], help=argparse.SUPPRESS)
    parser.add_argument("--area", type=pathlib.Path, help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.child:
        _first_call(given.area, given.seed, round(given.aversion * UNIT))
    else:
        _compare(chosen_extract(given.extract), given.pairs, given.seed, given.aversion, warm=given.warm)


def _compare(extract: pathlib.Path, pairs: int, seed: int, aversion: float, *, warm: bool) -> None:
    beta = round(aversion * UNIT)
    with tempfile.TemporaryDirectory() as folder:
        save(build_area(extract), pathlib.Path(folder) / "area")
        area = load(pathlib.Path(folder) / "area")
        graph = area.graph
        print(
            f"{extract.name}: {graph.node_count:,} nodes, {graph.edge_count:,} directed edges,"
            f" {len(area.cameras):,} cameras; seed {seed}, aversion {aversion:g}; {load_line()}"
        )
        drawn = {"walk": walks(graph, pairs, seed=seed), "across": crossings(graph, pairs, seed=seed)}
        theirs = to_networkx(graph, area.in_view_dm, risk_e6=area.network.seen, beta=beta)
        for kind, chosen in drawn.items():
            _print_routes(kind, area, chosen, beta, theirs)
        _print_threads(area, drawn, beta)
        _print_first(pathlib.Path(folder), seed, aversion, warm=warm)


def walks(graph: WalkGraph, count: int, *, seed: int) -> list[Pair]:
    """Draw pairs of nodes that are a walk apart."""
    return _drawn(graph, count, seed, *WALK_M)


def crossings(graph: WalkGraph, count: int, *, seed: int) -> list[Pair]:
    """Draw pairs of nodes from one end of the area to another."""
    main_part = np.asarray(graph.node_lonlat)[graph.component == 0]
    return _drawn(graph, count, seed, float(distance_m(main_part.min(axis=0), main_part.max(axis=0))) / 2, math.inf)


def _drawn(graph: WalkGraph, count: int, seed: int, least_m: float, most_m: float) -> list[Pair]:
    rng = np.random.default_rng(seed)
    nodes = [node for node in np.flatnonzero(graph.component == 0) if _two_way_edge(graph, int(node)) is not None]
    pairs: list[Pair] = []
    for _ in range(count * 10_000):  # an area smaller than a walk yields fewer, and no endless loop
        if len(pairs) == count:
            break
        a, b = (int(node) for node in rng.choice(nodes, 2, replace=False))
        if least_m <= float(distance_m(graph.node_lonlat[a], graph.node_lonlat[b])) <= most_m:
            pairs.append((a, b))
    return pairs


def _two_way_edge(graph: WalkGraph, node: int) -> int | None:
    """Give an edge out of a node whose section leads back too: a walk that starts at its end is free to turn."""
    for edge in range(int(graph.out_start[node]), int(graph.out_start[node + 1])):
        back = slice(int(graph.out_start[graph.head[edge]]), int(graph.out_start[graph.head[edge] + 1]))
        if (graph.section[back] == graph.section[edge]).any() and graph.head[edge] != node:
            return edge
    return None


def snap_at(graph: WalkGraph, node: int) -> Snap:
    """Give a node as the end of a walk."""
    edge = _two_way_edge(graph, node)
    if edge is None:
        raise ValueError(f"node {node} has no way that leads both ways")
    lon, lat = graph.node_lonlat[node].tolist()
    q = 0 if graph.forward[edge] else SPLITS
    return Snap(int(graph.section[edge]), q, LonLat(lon, lat), 0.0, int(graph.component[node]))


def _print_routes(kind: str, area: Area, pairs: Sequence[Pair], beta: int, theirs: MultiDiGraph) -> None:
    if not pairs:
        print(f"\n{kind}: no such pairs in this area")
        return
    graph, ids = area.graph, area.graph.node_id.tolist()
    simple = _cheapest(theirs)
    peers = _peers(theirs, simple)
    times = {name: Times() for name in (OURS, *peers)}
    plans = Times()
    ends = [(snap_at(graph, a), snap_at(graph, b)) for a, b in pairs]
    _one_route(area, *ends[0], beta)
    plan(area, _request(ends[0]))
    for peer in peers.values():
        peer(ids[pairs[0][0]], ids[pairs[0][1]])
    for (a, b), (start, end) in zip(pairs, ends, strict=True):
        cost = times[OURS].of(partial(_one_route, area, start, end, beta)).cost(beta)
        for name, peer in peers.items():
            other = nx.path_weight(simple, times[name].of(partial(peer, ids[a], ids[b])), "cost")
            if other != cost:
                raise SystemExit(f"{name} found a walk of cost {other}, sidestep one of {cost}: one of them is wrong")
        plans.of(partial(plan, area, _request((start, end))))
    base = times[OURS]
    rows = [_row(name, took, base) for name, took in times.items()]
    rows.append(_row("sidestep, whole plan of three walks", plans, base))
    title = (
        f"{kind}: {len(pairs)} pairs, costs equal in all; milliseconds; ratio: median over pairs of CPU to the first"
    )
    print_table(title, ["", "CPU median", "CPU p99", "wall median", "wall p99", "ratio"], rows)


def _print_threads(area: Area, drawn: Mapping[str, Sequence[Pair]], beta: int) -> None:
    """Tell how much more two threads do on one area than one."""
    rows = []
    for kind, pairs in drawn.items():
        ends = [(snap_at(area.graph, a), snap_at(area.graph, b)) for a, b in pairs]
        tasks: dict[str, Callable[[tuple[Snap, Snap]], object]] = {
            "routes": lambda two: _one_route(area, *two, beta),
            "fronts": lambda two: _front(area, *two),
            "plans": lambda two: plan(area, _request(two)),
        }
        for what, task in tasks.items():
            if ends and (what != "fronts" or kind == "walk"):
                one, two = (_per_second(task, ends, threads) for threads in (1, 2))
                rows.append([f"{what}, {kind}", f"{one:.1f}", f"{two:.1f}", f"{two / one:.2f}"])
    print_table("threads on one area, so many a second", ["", "one", "two", "ratio"], rows)


def _per_second(task: Callable[[tuple[Snap, Snap]], object], ends: Sequence[tuple[Snap, Snap]], threads: int) -> float:
    """Give how many tasks are done in a second, after one of each kind."""
    task(ends[0])
    many = list(ends) * max(1, _TASKS // len(ends))
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(task, many):
            pass
    return len(many) / (time.perf_counter() - began)


def _front(area: Area, start: Snap, end: Snap) -> object:
    path = _one_route(area, start, end, 0)
    return find_front(area.network, start, end, budget_dm=math.floor(path.effort_dm * _DETOUR))


def _request(ends: tuple[Snap, Snap]) -> RouteRequest:
    return RouteRequest(ends[0].lonlat, ends[1].lonlat)


def _row(name: str, times: Times, base: Times) -> list[str]:
    cpu, wall = np.array(times.cpu_s) * 1000, np.array(times.wall_s) * 1000
    ratio = float(np.median(cpu / (np.array(base.cpu_s) * 1000)))
    numbers = [np.median(cpu), np.percentile(cpu, 99), np.median(wall), np.percentile(wall, 99)]
    return [name, *(f"{number:.2f}" for number in numbers), f"{ratio:.1f}"]


def _one_route(area: Area, start: Snap, end: Snap, beta: int) -> Path:
    path = PathFinder(area.network, start, end).best(beta)
    if path is None:
        raise SystemExit("sidestep found no walk between two nodes of one part")
    return path


def _peers(graph: MultiDiGraph, simple: DiGraph) -> dict[str, Peer]:
    """Give networkx' ways to find a route, each from two nodes to the nodes of the route."""
    straight = _straight(graph)
    return {
        "networkx, shortest_path": lambda a, b: list(nx.shortest_path(graph, a, b, weight="cost")),
        "networkx, bidirectional_dijkstra": lambda a, b: list(nx.bidirectional_dijkstra(graph, a, b, "cost")[1]),
        "networkx, the same on a DiGraph": lambda a, b: list(nx.bidirectional_dijkstra(simple, a, b, "cost")[1]),
        "networkx, astar_path, straight line": lambda a, b: list(nx.astar_path(graph, a, b, straight, "cost")),
    }


def _cheapest(graph: MultiDiGraph) -> DiGraph:
    """Keep the cheapest of parallel edges."""
    simple: DiGraph = nx.DiGraph()
    for tail, head, data in graph.edges(data=True):
        cost = int(data["cost"])
        if not simple.has_edge(tail, head) or cost < simple[tail][head]["cost"]:
            simple.add_edge(tail, head, cost=cost)
    return simple


def _straight(graph: MultiDiGraph) -> Callable[[Any, Any], int]:
    """Make the heuristic: the cost of the straight line, which nobody sees."""
    lat = [float(data["y"]) for _, data in graph.nodes(data=True)]
    scale = scale_at((min(lat) + max(lat)) / 2)
    lon_m, lat_m = float(scale.lon_m), float(scale.lat_m)
    at = {node: (data["x"] * lon_m, data["y"] * lat_m) for node, data in graph.nodes(data=True)}

    def heuristic(a: int, b: int) -> int:
        return int(max(0.0, math.dist(at[a], at[b]) * _SHORTENED - _SLACK_M) * 10 * UNIT)

    return heuristic


def _print_first(folder: pathlib.Path, seed: int, aversion: float, *, warm: bool) -> None:
    """Time the first route of a process, before and after numba's cache has been written."""
    arguments = ["--child", "first", "--area", str(folder / "area"), "--seed", str(seed), "--aversion", str(aversion)]
    env = {} if warm else {"NUMBA_CACHE_DIR": str(folder / "numba")}
    rows = []
    labels = ("kernels compiled, cache empty", "kernels loaded from the cache")
    for label in labels[1:] if warm else labels:
        run = run_python([__file__, *arguments], env).report
        for stage in run["cpu_s"]:
            rows.append([f"{label}: {stage}", f"{run['cpu_s'][stage]:.3f}", f"{run['wall_s'][stage]:.3f}"])  # noqa: PERF401  # two lines of one
    print_table("first call of a process", ["", "CPU s", "wall s"], rows)


def _first_call(folder: pathlib.Path, seed: int, beta: int) -> None:
    area = load(folder)
    pairs = walks(area.graph, 1, seed=seed) or crossings(area.graph, 1, seed=seed)
    start, end = (snap_at(area.graph, node) for node in pairs[0])
    stages = Stages()
    for name in ("first route", "second route"):
        with stages.of(name):
            _one_route(area, start, end, beta)
    for name in ("first plan", "second plan"):
        with stages.of(name):
            plan(area, _request((start, end)))
    report(cpu_s=stages.cpu_s, wall_s=stages.wall_s)


if __name__ == "__main__":
    main()
