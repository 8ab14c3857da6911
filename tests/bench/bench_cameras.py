"""62,000 made-up cameras: checked, merged, written, against geopandas that reads, joins by place and writes them.

``python tests/bench/bench_cameras.py [--cameras 62000] [--rounds 3]``. The points lie in a few towns, a third of them
twice, from two sources: that is what there is to merge.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from bench_common import Stages, load_line, medians, peak_mib, print_table, report, run_python

from routing.cameras import check, read_cameras, write_cameras
from routing.importing import id_of
from routing.joining import merged
from routing.model import Camera, LonLat

TOWNS = 40
CROWN_DEG = 0.08  # how far a town reaches
SECONDS, MIB = 20, 1024  # what issue 4 allows


def make(path: Path, count: int) -> None:
    """Write cameras that nobody has seen."""
    chance = random.Random(4)  # noqa: S311 (no secret)
    middles = [(chance.uniform(-120, 140), chance.uniform(-50, 65)) for _ in range(TOWNS)]
    cameras: list[Camera] = []
    for number in range(count):
        if number % 3 == 2:
            old = cameras[-1]  # the same, from another list, a few metres off
            at = LonLat(old.lonlat.lon + chance.uniform(-3e-5, 3e-5), old.lonlat.lat + chance.uniform(-3e-5, 3e-5))
            cameras.append(Camera(id_of("town", str(number)), at, old.tags, "import:town", evidence="seen"))
            continue
        lon, lat = middles[chance.randrange(TOWNS)]
        at = LonLat(lon + chance.gauss(0, CROWN_DEG), lat + chance.gauss(0, CROWN_DEG))
        tags = {"man_made": "surveillance", "camera:type": chance.choice(["fixed", "dome", "panning"])}
        if chance.random() < 0.6:
            tags["camera:direction"] = str(chance.randrange(360))
        cameras.append(Camera(f"osm/node/{number + 1}", at, tags, last_seen=f"20{chance.randrange(10, 26)}-05"))
    write_cameras(path, cameras)


def ours(path: Path) -> None:
    """Check, read, merge and write."""
    stages = Stages()
    with stages.of("check"):
        findings = check(path)
    with stages.of("read"):
        cameras = read_cameras(path)
    with stages.of("merge"):
        made = merged(cameras)
    with stages.of("write"):
        write_cameras(path.with_name("merged.geojson"), made)
    report(cpu=stages.cpu_s, wall=stages.wall_s, mib=peak_mib(), findings=len(findings), left=len(made))


def peer(path: Path) -> None:
    """Read with pyogrio, join within 15 m with geopandas, write with pyogrio."""
    stages = Stages()
    with stages.of("import"):
        import geopandas
    with stages.of("read"):
        points = geopandas.read_file(path, engine="pyogrio")
    with stages.of("join"):
        metres = points[["id", "geometry"]].to_crs(3857)  # not true metres, but the join costs the same
        pairs = geopandas.sjoin(metres, metres, predicate="dwithin", distance=15)
        twins = pairs[pairs.index < pairs["index_right"]]["index_right"].unique()
    with stages.of("write"):
        points.drop(index=twins).to_file(path.with_name("peer.geojson"), driver="GeoJSON", engine="pyogrio")
    report(cpu=stages.cpu_s, wall=stages.wall_s, mib=peak_mib(), left=len(points) - len(twins))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=62_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", choices=["ours", "peer"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        {"ours": ours, "peer": peer}[given.child](given.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cameras.geojson"
        make(path, given.cameras)
        runs = {
            who: [run_python([__file__, "--child", who, "--file", str(path)]) for _ in range(given.rounds)]
            for who in ("ours", "peer")
        }
        size_mib = path.stat().st_size / 2**20
    print(f"{given.cameras} cameras in {size_mib:.1f} MiB; {load_line()}")
    totals = {}
    for who, done in runs.items():
        cpu, wall = (medians([run.report[clock] for run in done]) for clock in ("cpu", "wall"))
        whole = medians([{"cpu": run.cpu_s, "wall": run.wall_s, "mib": run.report["mib"]} for run in done])
        totals[who] = whole
        rows = [[stage, f"{cpu[stage]:.2f}", f"{wall[stage]:.2f}"] for stage in cpu]
        rows.append(["whole process", f"{whole['cpu']:.2f}", f"{whole['wall']:.2f}"])
        left = done[0].report["left"]
        print_table(f"{who}: {left} cameras left, peak {whole['mib']:.0f} MiB", ("stage", "CPU s", "wall s"), rows)
    ratio = totals["peer"]["cpu"] / totals["ours"]["cpu"]
    print(f"\nCPU of the peer over ours: {ratio:.2f}")
    if totals["ours"]["wall"] > SECONDS or totals["ours"]["mib"] > MIB:
        sys.exit(f"more than {SECONDS} s or {MIB} MiB")


if __name__ == "__main__":
    main()
