"""One ``sidestep route`` from a cold start: what a person at a terminal waits for, and for what.

    python tests/bench/bench_cold.py [--repeat 7]

The command plans on the demo area. Its first call builds that area and compiles the searches, into a fresh cache that
is thrown away afterwards; it is shown once. Every later call, the median of which is shown, is a new process that finds
both. Its stages come from clocks inside such a process, the imports from ``python -X importtime``; ``import osmnx`` is
what a program that plans with osmnx pays before it reads anything.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from bench_common import Run, Stages, load_line, medians, peak_mib, print_table, report, run_python

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

COMMAND = ("route", "Kamppi", "Senaatintori")
MODULES = ("routing.cli", "routing.router", "routing.formats", "routing.workspace")  # all that `route` loads
PEERS = ("pass", "import numpy", "import numba", "import networkx", "import osmnx")
_MOST_PACKAGES = 12


def main(argv: Sequence[str] | None = None) -> None:
    """Print the whole, its stages, its imports, and what others pay for theirs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7, help="runs of each, medians are shown (default: 7)")
    parser.add_argument("--warm", action="store_true", help="keep numba's cache as it is, and leave out the first call")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.child:
        _inside()
    else:
        _measure(max(1, given.repeat), warm=given.warm)


def _measure(repeat: int, *, warm: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        moved = ("XDG_CACHE_HOME",) if warm else ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR")
        env = {name: str(Path(folder) / name) for name in moved}
        plain = ["-c", f"from routing.cli import main; main()  # {COMMAND[0]}", *COMMAND]
        rows = [_row("sidestep route, the very first", [run_python(plain, env)])][: 0 if warm else 1]
        whole, inside, peers = [], [], defaultdict(list)
        for _ in range(repeat):  # by turns, so that a busy minute meets all
            whole.append(run_python(plain, env))
            inside.append(run_python([__file__, "--child"], env))
            for peer in PEERS:
                peers[peer].append(run_python(["-c", peer], env))
        rows.append(_row("sidestep route, every later one", whole))
        rows += [_row(f'python -c "{peer}"', runs) for peer, runs in peers.items()]
        imports = run_python(["-X", "importtime", "-c", f"import {', '.join(MODULES)}"], env).stderr
    print(f"{load_line()}; medians of {repeat}")
    print_table("processes, from outside", ["", "CPU s", "wall s"], rows)
    _print_stages(inside)
    _print_imports(imports)


def _row(name: str, runs: Sequence[Run]) -> list[str]:
    middle = medians([{"cpu": run.cpu_s, "wall": run.wall_s} for run in runs])
    return [name, f"{middle['cpu']:.3f}", f"{middle['wall']:.3f}"]


def _print_stages(runs: Sequence[Run]) -> None:
    """Print the stages; what is left of the whole process is its end."""
    cpu = medians([_with_end(run.report["cpu_s"], run.cpu_s) for run in runs])
    wall = medians([_with_end(run.report["wall_s"], run.wall_s) for run in runs])
    rows = [
        [stage, f"{cpu[stage]:.3f}", f"{cpu[stage] / sum(cpu.values()):.0%}", f"{wall[stage]:.3f}"] for stage in cpu
    ]
    peak = medians([{"peak": run.report["peak_mib"]} for run in runs])["peak"]
    print_table(f"sidestep route, from inside; peak memory {peak:.0f} MiB", ["stage", "CPU s", "share", "wall s"], rows)


def _with_end(stages: Mapping[str, float], whole_s: float) -> dict[str, float]:
    return {**stages, "end of the process": whole_s - sum(stages.values())}


def _print_imports(text: str) -> None:
    """Add up what each package's own modules took."""
    own_us: dict[str, int] = defaultdict(int)
    for line in text.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdecimal():
            own_us[parts[2].strip().split(".")[0]] += int(parts[0])
    first = sorted(own_us.items(), key=lambda pair: -pair[1])
    rest = sum(spent for _, spent in first[_MOST_PACKAGES:])
    shown = [*first[:_MOST_PACKAGES], (f"{max(0, len(first) - _MOST_PACKAGES)} others", rest)]
    rows = [[name, f"{spent / 1000:.0f}"] for name, spent in shown]
    print_table("imports of `route` by package, own time (importtime adds some)", ["package", "wall ms"], rows)


def _inside() -> None:
    """Run the command with clocks around its parts."""
    stages = Stages()
    spawned_at = float(os.environ.get("BENCH_SPAWNED_AT", time.monotonic()))
    stages.add("interpreter and this script", time.monotonic() - spawned_at, time.process_time())
    with stages.of("imports of sidestep"):
        for module in MODULES:
            __import__(module)
    import routing.offers
    import routing.router
    import routing.search.front
    import routing.search.network
    import routing.workspace
    from routing.cli import run

    clocks = _Clocks(stages)
    clocks.put(routing.workspace, "find_area", "area found and loaded")
    clocks.put(routing.router, "plan", "plan, the rest")
    clocks.put(routing.router, "stops_of", "plan: snap")
    clocks.put(routing.router, "search", "plan: search, the rest")
    clocks.put(routing.search.network, "least_cost", "plan: kernels, first call", once=True)
    clocks.put(routing.search.front, "reach", "plan: kernels, first call", once=True)
    clocks.put(routing.search.front, "take_up", "plan: kernels, first call", once=True)
    clocks.put(routing.offers, "shortlist", "plan: walks weighed")
    clocks.put(routing.offers, "measure_all", "plan: score")
    clocks.put(routing.offers, "describe_legs", "plan: directions")
    clocks.push("command line, names, output")
    sys.stdout.flush()
    kept, quiet = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    try:
        code = run(list(COMMAND))
        sys.stdout.flush()
    finally:
        os.dup2(kept, 1)
    clocks.pop()
    if code != 0:
        raise SystemExit(code)
    report(cpu_s=stages.cpu_s, wall_s=stages.wall_s, peak_mib=peak_mib())


class _Clocks:
    """Clocks around functions that call each other: each stage is charged only for what no inner one has taken."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages
        self._running: list[str] = []
        self._since = (0.0, 0.0)

    def put(self, module: object, name: str, stage: str, *, once: bool = False) -> None:
        """Put a clock around a function of a module, or around its first call alone."""
        function: Callable[..., object] = getattr(module, name)

        def clocked(*args: object, **kwargs: object) -> object:
            if once:
                setattr(module, name, function)
            self.push(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self.pop()

        setattr(module, name, clocked)

    def push(self, stage: str) -> None:
        """Begin a stage inside the one that is running."""
        self._charge()
        self._running.append(stage)

    def pop(self) -> None:
        """End the stage that is running."""
        self._charge()
        self._running.pop()

    def _charge(self) -> None:
        now = (time.perf_counter(), time.process_time())
        if self._running:
            self._stages.add(self._running[-1], now[0] - self._since[0], now[1] - self._since[1])
        self._since = now


if __name__ == "__main__":
    main()
