"""The whole front of a walk: how long, how many points, how much memory; in a process of its own."""

from __future__ import annotations

import argparse
import json
import pathlib
import time
from typing import TYPE_CHECKING

import search_ours as ours
from bench_common import peak_mib, report
from search_graphs import load, snap_at
from search_peers import resident_mib

from routing.search.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> None:
    """Report the fronts of the walks of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--risk", required=True)
    parser.add_argument("--detour", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args(argv)
    graph, risks = load(given.folder)
    network = Network(graph, risks[given.risk])
    cpu_ms: list[float] = []
    wall_ms: list[float] = []
    points: list[int] = []
    before_mib = 0.0
    until = None
    for a, b in json.loads((given.folder / "pairs.json").read_text(encoding="ascii"))["walk"]:
        start, end = snap_at(graph, a), snap_at(graph, b)
        budget_dm = ours.budget_dm(network, start, end, given.detour)
        if until is None:  # the first call compiles or loads what is compiled
            ours.front_of(network, start, end, budget_dm)
            before_mib, until = resident_mib(), time.perf_counter() + given.seconds
        if time.perf_counter() > until:
            break
        wall, cpu = time.perf_counter(), time.process_time()
        front = ours.front_of(network, start, end, budget_dm)
        cpu_ms.append((time.process_time() - cpu) * 1000)
        wall_ms.append((time.perf_counter() - wall) * 1000)
        points.append(len(front.effort_dm))
    report(cpu_ms=cpu_ms, wall_ms=wall_ms, points=points, more_mib=peak_mib() - before_mib)


if __name__ == "__main__":
    main()
