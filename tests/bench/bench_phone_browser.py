"""Fronts on a page's main thread in Chromium, slowed down as its tools do when they play a phone.

    python tests/bench/bench_phone_browser.py [--graph helsinki:2x2 | --saved DIR] [--slower 4] [--pairs 60]
        [--router web/static/js/router]

A bare page on loopback loads the router's modules and goes through the pairs of bench_phone.py. The page's own planner
is a worker, which the tools do not slow down, so the main thread stands for it. Times are wall times, for each pair the
least of some rounds after a first one. The first walk is there when a search has begun: it is the shortest.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from bench_common import ROOT, load_line, print_table
from bench_phone import _asked, _saved
from search_graphs import RISKS, load

sys.path.append(str(ROOT / "tests" / "web"))
from plain_files import plain_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

_PATIENCE_MS = 900_000
_PAGE = """<!doctype html><title>wait</title><link rel="icon" href="data:,">
<script type="module" src="page.mjs"></script>
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", default="helsinki:2x2", metavar="NAME:SIZE")
    parser.add_argument("--saved", type=pathlib.Path, metavar="DIR", help="a graph that search_graphs.save wrote")
    parser.add_argument("--router", type=pathlib.Path, default=ROOT / "web/static/js/router", metavar="DIR")
    parser.add_argument("--risk", choices=RISKS, default="dense")
    parser.add_argument("--pairs", type=int, default=60, help="of each kind (default: 60)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slower", type=float, default=4, help="than this machine (default: 4)")
    given = parser.parse_args(argv)
    given.detour, given.beta, given.parts = 0.3, 0, ("fronts",)
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("chromium is not installed")

    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as room, sync_playwright() as playwright:
        site = _laid_out(pathlib.Path(room), given)
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        with plain_files(site) as server:
            page = chromium.new_page()
            page.set_default_timeout(_PATIENCE_MS)
            page.goto(f"{server.url}/page.html")
            page.wait_for_function("() => document.title === 'ready'")
            devtools = page.context.new_cdp_session(page)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": given.slower})
            names = json.loads((site / "arrays" / "asked.json").read_text(encoding="ascii"))["fronts"]
            rows = [_row(name, _measured(page, name, given.rounds)) for name in names if name.startswith("walk")]
        chromium.close()
    head = ("", "ms median", "p95", "first walk ms", "p95", "labels", "p95", "points", "p95", "whole")
    print_table(f"Fronts in Chromium, {given.slower:g} times slower", head, rows)


def _laid_out(room: pathlib.Path, given: argparse.Namespace) -> pathlib.Path:
    """Lay out what the page loads."""
    folder = given.saved or _saved(given.graph, room)
    graph, _ = load(folder)
    print(f"{graph.node_count} nodes, {graph.edge_count} edges, seed {given.seed}, {load_line()}")
    site = room / "site"
    (site / "arrays").mkdir(parents=True)
    for path in folder.glob("*.npy"):
        (site / "arrays" / path.name).symlink_to(path.resolve())
    (site / "arrays" / "asked.json").write_text(json.dumps(_asked(graph, given)), encoding="ascii")
    (site / "router").symlink_to(given.router.resolve())
    (site / "web").symlink_to(ROOT / "tests" / "web")
    (site / "page.mjs").symlink_to(ROOT / "tests" / "bench" / "phone_browser.mjs")
    (site / "page.html").write_text(_PAGE, encoding="ascii")
    return site


def _measured(page: Page, name: str, rounds: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("([name, rounds]) => window.fronts(name, rounds)", [name, rounds])
    return found


def _row(name: str, found: list[dict[str, Any]]) -> tuple[str, ...]:
    cells = [name]
    for key, digits in (("ms", 1), ("firstMs", 1), ("labels", 0), ("points", 0)):
        values = [one[key] for one in found]
        cells += [f"{median(values):.{digits}f}", f"{np.quantile(values, 0.95):.{digits}f}"]
    return (*cells, f"{100 * sum(one['whole'] for one in found) / len(found):.0f}%")


if __name__ == "__main__":
    main()
