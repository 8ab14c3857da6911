"""What each part of the exposure model is worth: run it to see the README's table.

    python tests/bench/table_ablation.py [--extract FILE] [--cameras 1000] [--pairs 60] [--seed 1] [--column default]

Made-up cameras hang on the façades of a real town. The full model is taken for the truth; walks are planned by weaker
ones, and what is shown is the true risk that is left on them, of that of the shortest walks, when a walk may be 2, 5 or
10 % longer. So this ranks the parts of the model; it does not show that its numbers are right.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from bench_common import add_extract_option, chosen_extract
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.geo import distance_m, scale_at
from routing.graph import Flag
from routing.hazard.hazards import hazards_of, lines_of, risk_of
from routing.hazard.parameters import COLUMNS, model
from routing.hazard.walls import walls_from
from routing.model import Camera, LonLat
from routing.network import build_graph
from routing.osm import read_extract
from routing.outlines import outline_walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.hazard.hazards import Hazards
    from routing.hazard.parameters import Values
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]

SURE = 0.8  # that a camera is there, connected and matches
LONGER = (0.02, 0.05, 0.10)
BETAS = np.geomspace(3.0, 30_000.0, 14)  # metres of detour for a unit of risk
SHARES = (0.6, 0.3, 0.1)  # fixed, dome, panning
_WALL_M = 6.0  # a façade that carries a camera is this long at least


@dataclass(frozen=True)
class Town:
    """Real streets and walls."""

    graph: WalkGraph
    lines: Lines
    walls: Walls


def read_town(extract: Path) -> Town:
    """Read streets and buildings."""
    data = read_extract(extract)
    graph = build_graph(data)
    enclosed = (graph.flags & Flag.ENCLOSED) != 0
    lines = lines_of(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
    return Town(graph, lines, walls_from(outline_walls(data.buildings)))


def made_up(town: Town, count: int, rng: np.random.Generator) -> list[Camera]:
    """Hang cameras on façades, by their length, looking out of the wall give or take 60 degrees."""
    ends = town.walls.ends
    scale = scale_at(ends[:, 1])
    metres = np.stack([scale.lon_m, scale.lat_m], axis=-1)
    along = (ends[:, 2:] - ends[:, :2]) * metres
    size_m = np.hypot(*along.T)
    chance = np.where(size_m >= _WALL_M, size_m, 0.0)
    walls = rng.choice(len(ends), count, p=chance / chance.sum())
    kinds = rng.choice(["fixed", "dome", "panning"], count, p=SHARES)
    made = []
    for number, (wall, kind) in enumerate(zip(walls.tolist(), kinds.tolist(), strict=True), start=1):
        outward = np.array([along[wall, 1], -along[wall, 0]]) / size_m[wall]
        at = ends[wall, :2] + rng.uniform(0.1, 0.9) * (ends[wall, 2:] - ends[wall, :2])
        at = at + 0.3 * outward / metres[wall]
        look = np.degrees(np.arctan2(*outward)) + rng.uniform(-60.0, 60.0)
        tags = {"man_made": "surveillance", "camera:type": kind, "camera:mount": "wall"}
        if kind == "fixed":
            tags["camera:direction"] = f"{look % 360.0:.1f}"
        made.append(Camera(f"osm/node/{number}", LonLat(*at.tolist()), tags))
    return made


def moved(cameras: list[Camera], sigma_m: float, rng: np.random.Generator, *, mount: str = "wall") -> list[Camera]:
    """Put cameras where a contributor might have: off by so many metres."""
    found = []
    for camera in cameras:
        scale = scale_at(camera.lonlat.lat)
        east, north = rng.normal(0.0, sigma_m, 2)
        at = LonLat(camera.lonlat.lon + east / float(scale.lon_m), camera.lonlat.lat + north / float(scale.lat_m))
        found.append(replace(camera, lonlat=at, tags={**camera.tags, "camera:mount": mount}))
    return found


def without_direction(cameras: list[Camera]) -> list[Camera]:
    """Forget whither cameras look."""
    return [
        replace(one, tags={key: value for key, value in one.tags.items() if key != "camera:direction"})
        for one in cameras
    ]


def circle_m(town: Town, cameras: list[Camera], radius_m: float) -> Floats:
    """Give the metres of each line within a circle around a camera, once for each camera, float64 [line, 2]."""
    pieces = town.lines.pieces
    near = np.zeros(town.graph.section_count)
    for camera in cameras:
        scale = scale_at(camera.lonlat.lat)
        xy = (pieces.lonlat - np.array(camera.lonlat)) * np.array([float(scale.lon_m), float(scale.lat_m)])
        within = np.flatnonzero((xy * xy).sum(axis=1) <= radius_m**2)
        np.add.at(near, pieces.line[within], pieces.length_m[within])
    return np.repeat(near[:, None], 2, axis=1) / 100.0  # so that prices mean about the same


def nearest(town: Town, cameras: list[Camera]) -> Floats:
    """Count the cameras whose nearest line each is, float64 [line, 2]."""
    pieces, count = town.lines.pieces, np.zeros(town.graph.section_count)
    for camera in cameras:
        scale = scale_at(camera.lonlat.lat)
        xy = (pieces.lonlat - np.array(camera.lonlat)) * np.array([float(scale.lon_m), float(scale.lat_m)])
        count[pieces.line[np.argmin((xy * xy).sum(axis=1))]] += 1.0
    return np.repeat(count[:, None], 2, axis=1)


def weights(town: Town, cameras: list[Camera], values: Values, seed: int) -> Iterator[tuple[str, Floats]]:
    """Give what each model plans by: a name, and float64 [line, 2]."""
    count = town.graph.section_count
    sure = np.full(len(cameras), SURE)

    def full(some: list[Camera], around: Walls = town.walls) -> Floats:
        return risk_of(hazards_of(some, town.lines, around, values), sure, count)

    true = full(cameras)
    yield "full model", true
    yield "direction of walking ignored", np.repeat(true.mean(axis=1)[:, None], 2, axis=1)
    yield "no buildings", full(cameras, walls_from(np.zeros((0, 4))))
    yield "direction of cameras unknown", full(without_direction(cameras))
    yield "5 m of position error, on the façade", full(moved(cameras, 5.0, np.random.default_rng(seed)))
    yield "5 m of position error, left there", full(moved(cameras, 5.0, np.random.default_rng(seed), mount="pole"))
    yield "circle of 10 m", circle_m(town, cameras, 10.0)
    yield "circle of 20 m", circle_m(town, cameras, 20.0)
    yield "circle of 50 m", circle_m(town, cameras, 50.0)
    yield "count on the nearest street", nearest(town, cameras)


def risk_by_camera(
    found: Hazards, sure: Floats, count: int
) -> Callable[[NDArray[np.int64], NDArray[np.int64]], Floats]:
    """Give what tells the risk of a walk by each camera, float64 [camera]: one that sees two lines is one.

    ``sure`` is float64 [camera], the chance that each is there, connected and matches.
    """
    order = np.argsort(found.line, kind="stable")
    start = np.searchsorted(found.line[order], np.arange(count + 1))

    def of(lines: NDArray[np.int64], way: NDArray[np.int64]) -> Floats:
        risk = np.zeros(len(sure))
        rows = [order[start[line] : start[line + 1]] for line in lines]
        row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        if len(row) == 0:
            return risk
        side = np.repeat(way, [len(part) for part in rows])
        who, group = np.unique(found.camera[row], return_inverse=True)
        total = np.zeros((len(who), found.lens.shape[1]))
        np.add.at(total, group, found.lens[row, :, side])
        first = row[np.unique(group, return_index=True)[1]]
        risk[who] = -np.log1p(-sure[who] * (found.chance[first] * -np.expm1(-total)).sum(axis=1))
        return risk

    return of


def true_risk(found: Hazards, sure: Floats, count: int) -> Callable[[NDArray[np.int64], NDArray[np.int64]], float]:
    """Give what tells the risk of a walk by camera, and not by line, see :func:`risk_by_camera`."""
    each = risk_by_camera(found, sure, count)
    return lambda lines, way: float(each(lines, way).sum())


class Walks:
    """Least-cost walks between many pairs, by scipy."""

    def __init__(self, town: Town, pairs: list[tuple[int, int]]) -> None:
        graph = self._graph = town.graph
        self._pairs = pairs
        self._way = np.where(graph.forward, 0, 1)
        self.length_m = graph.length_dm / 10.0

    def find(self, weight: Floats, beta_m: float) -> list[NDArray[np.int64]]:
        """Give the edges of each walk of least length + beta · weight."""
        graph = self._graph
        cost = self.length_m + beta_m * weight[graph.section, self._way]
        key = graph.tail.astype(np.int64) * graph.node_count + graph.head
        order = np.lexsort((cost, key))
        best = order[np.concatenate([[True], np.diff(key[order]) > 0])]  # of parallel edges the cheapest
        size = (graph.node_count, graph.node_count)
        matrix = csr_array((cost[best], (graph.tail[best], graph.head[best])), shape=size)
        of = dict(zip(key[best].tolist(), best.tolist(), strict=True))
        sources = sorted({a for a, _ in self._pairs})
        _, before = dijkstra(matrix, indices=sources, return_predecessors=True)
        row = {source: number for number, source in enumerate(sources)}
        walks = []
        for a, b in self._pairs:
            edges, here = [], b
            while here != a:
                there = int(before[row[a], here])
                edges.append(of[there * graph.node_count + here])
                here = there
            walks.append(np.array(edges[::-1], dtype=np.int64))
        return walks


def pairs_of(town: Town, count: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Draw pairs of nodes of the largest part, 500 to 1,500 m apart."""
    nodes = np.flatnonzero(town.graph.component == 0)
    pairs: list[tuple[int, int]] = []
    while len(pairs) < count:
        a, b = rng.choice(nodes, 2, replace=False).tolist()
        if 500.0 <= float(distance_m(*town.graph.node_lonlat[[a, b]])) <= 1500.0:
            pairs.append((a, b))
    return pairs


def left(town: Town, walks: Walks, weight: Floats, truth: Callable[..., float]) -> list[float]:
    """Give the true risk that is left at each length, of that of the shortest walks."""
    graph = town.graph
    way = np.where(graph.forward, 0, 1)
    shortest = walks.find(weight, 1e-6)
    base_m = [float(walks.length_m[edges].sum()) for edges in shortest]
    risk = [truth(graph.section[edges], way[edges]) for edges in shortest]
    best = {longer: list(zip([np.inf] * len(risk), risk, strict=True)) for longer in LONGER}
    for beta_m in BETAS:
        for number, edges in enumerate(walks.find(weight, float(beta_m))):
            length_m = float(walks.length_m[edges].sum())
            claimed = float(weight[graph.section[edges], way[edges]].sum())
            for longer in LONGER:
                if length_m <= (1.0 + longer) * base_m[number] and claimed < best[longer][number][0]:
                    best[longer][number] = claimed, truth(graph.section[edges], way[edges])
    return [sum(true for _, true in best[longer]) / sum(risk) for longer in LONGER]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_extract_option(parser)
    parser.add_argument("--cameras", type=int, default=1000, help="made-up cameras (default: 1000)")
    parser.add_argument("--pairs", type=int, default=60, help="pairs of places (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (default: 1)")
    parser.add_argument("--column", choices=COLUMNS, default="default", help="of the model (default: default)")
    given = parser.parse_args()
    town = read_town(chosen_extract(given.extract))
    values = getattr(model(), given.column)
    rng = np.random.default_rng(given.seed)
    cameras = made_up(town, given.cameras, rng)
    walks = Walks(town, pairs_of(town, given.pairs, rng))
    found = hazards_of(cameras, town.lines, town.walls, values)
    truth = true_risk(found, np.full(len(cameras), SURE), town.graph.section_count)
    print(
        f"{len(cameras)} made-up cameras, {given.pairs} pairs, {given.column} column: true risk left of the shortest's"
    )
    print(f"| planned by | {' | '.join(f'+{longer:.0%}' for longer in LONGER)} |\n|---|{'---|' * len(LONGER)}")
    for name, weight in weights(town, cameras, values, given.seed):
        print(f"| {name} | {' | '.join(f'{share:.3f}' for share in left(town, walks, weight, truth))} |", flush=True)


if __name__ == "__main__":
    main()
