"""What the server costs and what its reply sizes tell; run it by itself: ``python tests/bench/bench_server.py``.

Prints bits of entropy of reply sizes before and after padding, throughput and latency with two planners, the time from
start to listening, and memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

import zlib

from serving import serving
from test_privacy import entropy_bits, walks

from routing.build import build_area
from routing.errors import SidestepError
from routing.formats import as_json
from routing.looking import silent
from routing.router import plan
from routing.workspace import find_area, released_cameras
from web import Settings, create_app
from web.privacy import packed, spaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.area import Area

JSON = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
BOX = 24.9352, 60.1642, 24.9534, 60.1791


def sizes(name: str, area: Area, count: int) -> None:
    """Print what sizes of random walks tell."""
    app = create_app(area, Settings(planners=2))
    rows: dict[str, list[int]] = {}
    times = []
    client = app.test_client()
    for n, request in enumerate(walks(area, count, seed=7)):
        began = time.perf_counter()
        try:
            body = as_json(plan(area, request)).encode()
        except SidestepError:
            continue
        times.append(time.perf_counter() - began)
        small = zlib.compress(body)
        for what, size in (
            ("JSON", len(body)), ("JSON, spaced", len(spaced(body))),
            ("gzip", len(small)), ("gzip, filled", len(packed(body))),
        ):  # fmt: skip
            rows.setdefault(what, []).append(size)
        if n % 4 == 0:
            typed = {"from": "{1},{0}".format(*request.start), "to": "{1},{0}".format(*request.end)}
            for lang in ("en", "ru"):
                page = client.post(f"/{lang}/walk", data=typed, headers={"Accept-Encoding": "gzip"}).data
                plain = client.post(f"/{lang}/walk", data=typed).data
                rows.setdefault(f"page {lang}, gzip filled", []).append(len(page))
                rows.setdefault(f"page {lang}, spaced", []).append(len(plain))
    middle_ms, most_ms = statistics.median(times) * 1000, max(times) * 1000
    print(f"{name}: {len(times)} walks, planned in {middle_ms:.1f} ms, at most {most_ms:.0f} ms")
    for what, found in rows.items():
        shown = dict(sorted(Counter(found).items())) if len(set(found)) < 12 else f"{min(found)} to {max(found)}"
        print(f"  {what:<26}{entropy_bits(found):6.2f} bits   {shown}")


def speed(threads: int, seconds: float, **environment: str) -> None:
    """Print throughput and latency of the real server."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), **environment) as server:
        before, took, refused, ends = server.resident_mb(), [], [], time.monotonic() + seconds

        def work(number: int) -> None:
            chance = random.Random(number)  # noqa: S311  # chance, not secrets
            while time.monotonic() < ends:
                start, end = ([chance.uniform(*BOX[::2]), chance.uniform(*BOX[1::2])] for _ in range(2))
                wish = json.dumps({"from": start, "to": end}).encode()
                began = time.perf_counter()
                reply = server.ask("POST", "/api/v1/route", JSON, wish)
                (took if reply.status in {200, 422} else refused).append(time.perf_counter() - began)

        crowd = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        took.sort()
        print(
            f"{threads:>3} clients: {len(took) / seconds:6.1f} walks/s, p50 {took[len(took) // 2] * 1000:6.1f} ms, "
            f"p95 {took[int(len(took) * 0.95)] * 1000:6.1f} ms, {len(refused)} told 503 "
            f"(p50 {statistics.median(refused) * 1000 if refused else 0:.1f} ms), "
            f"memory {before:.0f} -> {server.resident_mb():.0f} MB"
        )


def cold() -> None:
    """Print how long it takes until the address is told."""
    with tempfile.TemporaryDirectory() as folder:
        for what in ("nothing built yet", "area built"):
            began = time.monotonic()
            with serving(Path(folder)) as server:
                print(f"start to listening, {what}: {time.monotonic() - began:.1f} s, {server.resident_mb():.0f} MB")


def main(argv: Sequence[str] | None = None) -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--walks", type=int, default=2000, help="random walks whose sizes are counted (default: 2000)")
    given = parser.parse_args(argv)
    cold()
    for clients in (1, 2, 8, 50):
        speed(clients, 10, SIDESTEP_PLANNERS="2")
    sizes("demo", find_area(None, progress=silent), given.walks)
    data = os.environ.get("SIDESTEP_TEST_DATA")
    if data:
        extract = Path(data) / "helsinki-centre.osm.pbf"
        sizes("helsinki-centre", build_area(extract, camera_files=[released_cameras()]), 300)


if __name__ == "__main__":
    main()
