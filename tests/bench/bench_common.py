"""What the benchmarks share: the extract they use, clocks, peak memory, child processes that report, and tables.

CPU time stands first everywhere: on a machine that others use too, wall time says how busy it was.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
CENTRE = "helsinki-centre.osm.pbf"
_MARK = "REPORT "  # of the line in which a child process reports


def add_extract_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--extract``."""
    parser.add_argument(
        "--extract",
        type=Path,
        metavar="FILE",
        help=f"map extract; default: $SIDESTEP_TEST_DATA/{CENTRE}, else the demo's",
    )


def chosen_extract(given: Path | None) -> Path:
    """Give the extract to measure with, and say so where it is not the one that the published tables are of."""
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    path = given or (Path(folder) / CENTRE if folder else None)
    if path is not None and path.is_file():
        return path.resolve()
    if given is not None:
        raise SystemExit(f"{given}: no such file")
    from routing.workspace import demo_extract

    why = "SIDESTEP_TEST_DATA is not set" if path is None else f"{path} is missing"
    print(f"note: {why}; measuring with the small demo extract instead of {CENTRE}")
    return demo_extract()


@dataclass
class Stages:
    """Wall and CPU seconds of the stages of one process, in the order in which they were met."""

    wall_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Add the time inside to a stage."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - wall, time.process_time() - cpu)

    def add(self, name: str, wall_s: float, cpu_s: float) -> None:
        """Add times to a stage."""
        self.wall_s[name] = self.wall_s.get(name, 0.0) + wall_s
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + cpu_s


@dataclass(frozen=True)
class Run:
    """What a child process took, seen from outside, and what it reported."""

    wall_s: float
    cpu_s: float
    report: dict[str, Any]
    stderr: str


def peak_mib() -> float:
    """Give the peak resident memory of this process alone.

    ``ru_maxrss`` would begin with what the parent held when it forked; Linux tells the peak of this program apart.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)


def report(**values: object) -> None:
    """Tell the parent process."""
    print(_MARK + json.dumps(values))


def run_python(arguments: Sequence[str], env: Mapping[str, str] | None = None) -> Run:
    """Run a Python process, measure it from outside, and read its report; ends the benchmark if it fails."""
    search = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(search), **(env or {})}
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # for the child's own account of how long its interpreter took to start; monotonic is one clock for all processes
    variables["BENCH_SPAWNED_AT"] = repr(time.monotonic())
    done = subprocess.run(
        [sys.executable, *arguments], env=variables, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    wall_s = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # what C++ in the child printed may stand before it on the same line
    told = [line.partition(_MARK)[2] for line in done.stdout.splitlines() if _MARK in line]
    return Run(wall_s, cpu_s, json.loads(told[-1]) if told else {}, done.stderr)


def medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Give the median of each entry of several like mappings."""
    return {name: median(run[name] for run in runs) for name in runs[0]}


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column to the left, all others to the right."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    print(f"\n{title}")
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip())


def load_line() -> str:
    """Tell how busy the machine was, for whoever reads the table later."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
