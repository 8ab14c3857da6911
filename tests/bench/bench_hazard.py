"""Hazards of cameras: against shapely's polygons, on a whole city in tiles, and of one camera alone.

``python tests/bench/bench_hazard.py [--cameras 200000] [--edges 1000000] [--peer-cameras 300] [--jobs 2]``. The cameras
are made up and hang on real façades: 60 % fixed, 30 % domes, 10 % that turn. The city is made of shifted copies of the
extract (and of sf-downtown beside it, where that is found); it is measured as a quarter, as a half and whole.
"""

from __future__ import annotations

import argparse
import math
import resource
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from bench_common import add_extract_option, chosen_extract, load_line, peak_mib, print_table, report, run_python

from routing.geo import scale_at, to_frame
from routing.graph import Flag
from routing.hazard.eyes import eyes_of
from routing.hazard.hazards import hazards_of, lines_of, rate_of
from routing.hazard.live import replaced
from routing.hazard.parameters import model
from routing.hazard.pavements import Ways
from routing.hazard.rates import expose
from routing.hazard.tiles import Part, parts_of
from routing.hazard.walls import walls_from
from routing.model import Camera, LonLat
from routing.outlines import outline_walls

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import shapely
    from numpy.typing import NDArray

    from routing.hazard.gaze import Eyes

    Floats = NDArray[np.float64]

VALUES = model().default
KINDS = ("fixed", "dome", "panning")
SHARES = (0.6, 0.3, 0.1)
APART_DEG = 0.2  # between copies, so that none sees into the next
ODD = np.uint64(0x9E3779B97F4A7C15)  # spreads bits; any odd number would do


class Base(NamedTuple):
    """What one extract gives."""

    ways: Ways
    edges: int  # directed
    walls: Floats


def base_of(extract: Path) -> Base:
    """Read an extract."""
    from routing.network import build_graph
    from routing.osm import read_extract

    data = read_extract(extract)
    graph = build_graph(data)
    enclosed = (graph.flags & Flag.ENCLOSED) != 0
    ways = Ways(graph.shape_lonlat, graph.shape_start, enclosed, graph.levels)
    return Base(ways, graph.edge_count, outline_walls(data.buildings))


def on_facades(walls: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Strew cameras over façades, float64 [camera, 4]: lon, lat, position in KINDS, bearing."""
    scale = scale_at(walls[:, 1].mean())
    metres = np.array([float(scale.lon_m), float(scale.lat_m)])
    along = (walls[:, 2:] - walls[:, :2]) * metres
    size_m = np.hypot(*along.T)
    wall = rng.choice(len(walls), count, p=size_m / size_m.sum())
    outward = np.column_stack([along[wall, 1], -along[wall, 0]]) / size_m[wall, None]
    at = walls[wall, :2] + rng.random(count)[:, None] * (along[wall] / metres) + 0.3 * outward / metres
    looks = np.degrees(np.arctan2(*outward.T)) + rng.uniform(-60.0, 60.0, count)
    return np.column_stack([at, rng.choice(3, count, p=SHARES), looks % 360.0])


def cameras_from(table: Floats) -> list[Camera]:
    """Make camera records of a table; those with equal tags share them, as they would on disk."""
    tags: dict[tuple[int, int], dict[str, str]] = {}
    made = []
    for number, row in enumerate(table):  # not of all rows at once: that would be the largest thing in memory
        lon, lat, kind, looks = row.tolist()
        key = (int(kind), int(looks) if kind == 0.0 else -1)
        if key not in tags:
            base = {"man_made": "surveillance", "camera:mount": "wall", "camera:type": KINDS[key[0]]}
            tags[key] = {**base, "camera:direction": str(key[1])} if key[1] >= 0 else base
        made.append(Camera(f"osm/node/{number + 1}", LonLat(lon, lat), tags[key], last_seen="2026-01"))
    return made


# (a) against shapely -------------------------------------------------------------------------------------------------


def shadows(eye: Floats, walls: Floats, reach_m: float) -> Floats:
    """Give the shadows of walls as polygons of five corners, float64 [wall, 5, 2]; they begin 10 cm behind a wall."""
    a, b = walls[:, :2] - eye, walls[:, 2:] - eye
    solid = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) > 1e-9
    a, b = a[solid], b[solid]
    a_m, b_m = np.hypot(*a.T)[:, None], np.hypot(*b.T)[:, None]
    middle = a / a_m + b / b_m
    middle /= np.hypot(*middle.T)[:, None]
    far_m = 5.0 * reach_m
    corners = [a + 0.1 * a / a_m, b + 0.1 * b / b_m, b / b_m * far_m, middle * far_m, a / a_m * far_m]
    polygons: Floats = eye + np.stack(corners, axis=1)
    return polygons


def coverage(eye: Floats, reach_m: float, sectors: Sequence[Sequence[float]]) -> shapely.Geometry:
    """Draw the disc or the sectors that a camera would have in view on an open field."""
    import shapely

    if not len(sectors):
        return shapely.buffer(shapely.points(eye), reach_m, quad_segs=32)
    parts = []
    for start, wide in sectors:
        turn = np.radians(start + wide * np.linspace(0.0, 1.0, max(int(wide / 2), 2)))
        rim = eye + reach_m * np.column_stack([np.sin(turn), np.cos(turn)])
        parts.append(shapely.polygons(np.vstack([eye, rim])))
    return shapely.union_all(parts)


class Plane(NamedTuple):
    """What the shapely pipeline works on: an area in one flat frame, with its trees."""

    origin: Floats
    lines: NDArray[np.object_]
    line_tree: shapely.STRtree
    stones: Floats  # [wall, 4] metres
    stone_tree: shapely.STRtree


def plane_of(base: Base, longest_m: float = math.inf) -> Plane:
    """Lay an area flat; walls may be cut, so that where their shadows begin is truer."""
    import shapely

    origin = base.ways.points.mean(axis=0)
    line = np.repeat(np.arange(len(base.ways.start) - 1), np.diff(base.ways.start))
    lines = shapely.linestrings(to_frame(base.ways.points, origin), indices=line)[~base.ways.enclosed]
    ends = to_frame(base.walls.reshape(-1, 2, 2), origin)
    if math.isfinite(longest_m):
        cut = shapely.segmentize(shapely.linestrings(ends), longest_m)
        corners, wall = shapely.get_coordinates(cut, return_index=True)
        ends = np.stack([corners[:-1], corners[1:]], axis=1)[wall[:-1] == wall[1:]]
    stones = shapely.linestrings(ends)
    return Plane(origin, lines, shapely.STRtree(lines), ends.reshape(-1, 4), shapely.STRtree(stones))


def by_polygons(eyes: Eyes, reach_m: Floats, plane: Plane) -> float:
    """Give the metres of lines that cameras see, weighed by direction on the way, as a plain shapely pipeline does."""
    import shapely
    from scipy.stats import norm

    at, seen = to_frame(eyes.lonlat, plane.origin), []
    for eye in range(len(at)):
        first, stop = eyes.view_start[eye], eyes.view_start[eye + 1]
        field = coverage(at[eye], reach_m[eye], eyes.view_sector[first:stop].tolist())
        near = plane.stone_tree.query(field, predicate="intersects")
        # hulls, for the shadow of a wall that stands on end may cross itself by rounding
        dark = shapely.convex_hull(shapely.polygons(shadows(at[eye], plane.stones[near], reach_m[eye])))
        seen.append(shapely.difference(field, shapely.union_all(dark)))
    fields = np.array(seen, dtype=object)
    camera, met = plane.line_tree.query(fields, predicate="intersects")
    parts = shapely.intersection(plane.lines[met], fields[camera])
    metres = shapely.length(parts)
    some = metres > 0.0
    middle, ends = shapely.get_coordinates(shapely.centroid(parts[some])) - at[camera[some]], plane.lines[met[some]]
    ahead = shapely.get_coordinates(shapely.get_point(ends, -1)) - shapely.get_coordinates(shapely.get_point(ends, 0))
    towards = -(middle * ahead).sum(axis=1) / np.maximum(np.hypot(*middle.T) * np.hypot(*ahead.T), 1e-9)
    yaw_deg = np.degrees(np.arccos(np.clip(towards, -1.0, 1.0)))
    for angle in (yaw_deg, 180.0 - yaw_deg):
        metres[some] * norm.cdf((VALUES.yaw_deg - angle) / VALUES.yaw_sigma_deg)
    return float(metres.sum())


def clocked(work: Callable[[], Any]) -> tuple[Any, float]:
    """Give what some work tells and the CPU seconds that it took: the least of two rounds, or of a second's."""
    took: list[float] = []
    while len(took) < 2 or sum(took) < 1.0:
        began = time.process_time()
        told = work()
        took.append(time.process_time() - began)
    return told, min(took)


def compare(base: Base, count: int) -> list[list[str]]:
    """Measure ours and shapely's on the same cameras, placed and with all indexes ready; rows of a table."""
    table = on_facades(base.walls, 4 * count, np.random.default_rng(1))
    lines, walls, plane, fine = lines_of(*base.ways[:4]), walls_from(base.walls), plane_of(base), plane_of(base, 0.5)
    rows = []
    for kind in (0, 1):
        placed = eyes_of(cameras_from(table[table[:, 2] == kind][:count]), VALUES, walls).eyes
        for what, reach_m in (("as far as in view", placed.view_m), ("as far as looked for", placed.search_m)):
            eyes = placed._replace(view_m=reach_m, search_m=reach_m)
            expose(eyes, lines, walls, rate_of(VALUES), 3)  # loads what is compiled
            (_, views), our_s = clocked(partial(expose, eyes, lines, walls, rate_of(VALUES), 3))
            _, peer_s = clocked(partial(by_polygons, eyes, reach_m, plane))
            our_m, peer_m = float((views[:, 3] - views[:, 2]).sum()), by_polygons(eyes, reach_m, fine)
            rows.append(
                [f"{KINDS[kind]}, {what}, {reach_m.max():.0f} m", f"{1e6 * our_s / len(reach_m):.1f}",
                 f"{1e6 * peer_s / len(reach_m):.0f}", f"{peer_s / our_s:.1f}", f"{our_m:.0f}", f"{peer_m:.0f}",
                 f"{100 * (our_m / peer_m - 1):+.2f}%"]
            )  # fmt: skip
    return rows


# (b) a city in tiles --------------------------------------------------------------------------------------------------


def write_city(path: Path, bases: Sequence[Base], edges: int, cameras: int) -> None:
    """Write copies side by side until there are so many directed edges, and cameras in proportion to edges."""
    copies: list[Base] = []
    while sum(copy.edges for copy in copies) < edges:
        copies.append(bases[len(copies) % len(bases)])
    total, rng = sum(copy.edges for copy in copies), np.random.default_rng(2)
    points, sizes, walls, tables = [], [], [], []
    for number, copy in enumerate(copies):
        east = np.array([APART_DEG * number, 0.0])
        points.append(copy.ways.points + east)
        sizes.append(np.diff(copy.ways.start))
        walls.append(copy.walls + np.tile(east, 2))
        tables.append(on_facades(walls[-1], math.ceil(cameras * copy.edges / total), rng))
    np.savez(
        path,
        points=np.concatenate(points),
        start=np.concatenate([[0], np.cumsum(np.concatenate(sizes))]),
        enclosed=np.concatenate([copy.ways.enclosed for copy in copies]),
        levels=np.concatenate([copy.ways.levels for copy in copies]),
        walls=np.concatenate(walls),
        cameras=np.concatenate(tables)[:cameras],
        edges=total,
    )


def checksum(part: Part) -> int:
    """Sum up every bit of a tile's rows, so that the order of rows and tiles makes no difference."""
    found, total = part.hazards, 0
    views = found.views
    tables: list[list[NDArray[Any]]] = [
        [found.camera, found.line, found.place, *found.lens[:, :, 0].T, *found.lens[:, :, 1].T, *found.chance.T],
        [views.camera, views.line, views.from_m, views.to_m, views.share],
    ]
    for columns in tables:
        row = np.zeros(len(columns[0]), dtype=np.uint64)
        for column in columns:
            wide = np.ascontiguousarray(column, dtype=np.float64 if column.dtype.kind == "f" else np.int64)
            row = (row ^ wide.view(np.uint64)) * ODD
            row ^= row >> np.uint64(29)
        total += int(row.sum(dtype=np.uint64))
    return total


def worker_mib() -> float:
    """Give the peak memory of the largest living child process."""
    pids = Path("/proc/self/task").glob("*/children")
    peaks = [0.0]
    for pid in " ".join(listed.read_text(encoding="ascii") for listed in pids).split():
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        peaks += [int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")]
    return max(peaks)


def run_city(path: Path, size_m: float, jobs: int) -> None:
    """Compute a city, tile by tile, and let go of each tile."""
    with np.load(path) as city:
        ways = Ways(city["points"], city["start"], city["enclosed"], city["levels"])
        walls, cameras, edges = city["walls"], cameras_from(city["cameras"]), int(city["edges"])
    at_start = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, wall, total, rows, views, most_mib, tiles = time.process_time(), time.perf_counter(), 0, 0, 0, 0.0, 0
    for part in parts_of(cameras, ways, walls, VALUES, size_m=size_m, jobs=jobs):
        total = (total + checksum(part)) % 2**64
        rows, views, tiles = rows + len(part.hazards.line), views + len(part.hazards.views.line), tiles + 1
        most_mib = max(most_mib, worker_mib())
    own_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    at_end = resource.getrusage(resource.RUSAGE_CHILDREN)
    report(
        cpu_s=own_s + at_end.ru_utime - at_start.ru_utime + at_end.ru_stime - at_start.ru_stime,
        wall_s=wall_s,
        mib=peak_mib(),
        worker_mib=most_mib,
        checksum=f"{total:016x}",
        rows=rows,
        views=views,
        tiles=tiles,
        cameras=len(cameras),
        edges=edges,
    )


def measure_city(path: Path, size_m: float, jobs: int) -> list[str]:
    """Run a city in a process of its own; a row of a table."""
    told = run_python([__file__, "--city", str(path), "--tile", str(size_m), "--jobs", str(jobs)]).report
    return [
        f"{told['cameras']} cameras, {jobs} processes, tiles of {size_m:.0f} m",
        str(told["edges"]), str(told["tiles"]), str(told["rows"]), f"{told['cpu_s']:.1f}",
        f"{1e6 * told['cpu_s'] / told['cameras']:.0f}", f"{told['wall_s']:.1f}", f"{told['mib']:.0f}",
        f"{told['worker_mib']:.0f}", told["checksum"],
    ]  # fmt: skip


# (c) one camera -------------------------------------------------------------------------------------------------------


def measure_one(base: Base, count: int) -> list[list[str]]:
    """Add, move and remove cameras of an area that is in memory; rows of a table."""
    lines, walls = lines_of(*base.ways[:4]), walls_from(base.walls)
    cameras = cameras_from(on_facades(base.walls, 1000 + count, np.random.default_rng(3)))
    area, same = hazards_of(cameras[:1000], lines, walls, VALUES), np.arange(1000, dtype=np.int32)
    none = hazards_of([], lines, walls, VALUES)
    took: dict[str, list[float]] = {"its rows alone": [], "its rows put in": [], "its rows taken out": []}
    for changed, one in enumerate(cameras[1000:]):
        number = changed % 1000
        others = np.where(same == number, np.int32(-1), same)
        began = time.process_time()
        rows = hazards_of([one], lines, walls, VALUES)
        took["its rows alone"].append(time.process_time() - began)
        began = time.process_time()
        replaced(area, others, rows, same[number : number + 1], 1000)
        took["its rows put in"].append(time.process_time() - began)
        began = time.process_time()
        replaced(area, others - (same > number), none, same[:0], 999)
        took["its rows taken out"].append(time.process_time() - began)
    return [
        [what, f"{1e3 * median(each):.2f}", f"{1e3 * quantiles(each, n=20)[-1]:.2f}", f"{1e3 * max(each):.2f}"]
        for what, each in took.items()
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_extract_option(parser)
    parser.add_argument("--cameras", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=1_000_000, help="directed")
    parser.add_argument("--peer-cameras", type=int, default=300, metavar="N", help="of each kind, against shapely")
    parser.add_argument("--changes", type=int, default=300, metavar="N", help="of one camera")
    parser.add_argument("--tile", type=float, default=2000.0, metavar="METRES")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--city", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.city is not None:
        run_city(given.city, given.tile, given.jobs)
        return
    extract = chosen_extract(given.extract)
    beside = extract.with_name("sf-downtown.osm.pbf")
    base = base_of(extract)
    bases = [base, base_of(beside)] if beside.is_file() and beside != extract else [base]
    print(f"{extract.name}: {base.edges} directed edges, {len(base.walls)} walls; {load_line()}")
    head = ["cameras", "ours, us", "shapely, us", "ratio", "ours, m", "shapely, m", "differ"]
    print_table("CPU of one camera, and metres of lines that all have in view", head, compare(base, given.peer_cameras))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.npz"
        for share in (4, 2, 1):
            write_city(path, bases, given.edges // share, given.cameras // share)
            rows.append(measure_city(path, given.tile, given.jobs))
        rows += [measure_city(path, given.tile * 2, given.jobs), measure_city(path, given.tile, 1)]
    head = ["city", "edges", "tiles", "rows", "CPU s", "us a camera", "wall s", "MiB", "MiB a worker", "checksum"]
    print_table("a city in tiles, all processes together", head, rows)
    print(f"\nchecksums of the whole city: {'equal' if len({row[-1] for row in rows[2:]}) == 1 else 'NOT EQUAL'}")
    head = ["one camera changes", "CPU ms, median", "95 %", "most"]
    print_table("of an area with 1000 cameras in memory", head, measure_one(base, given.changes))


if __name__ == "__main__":
    main()
