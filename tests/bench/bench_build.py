"""Building an area, from extract to folder, against osmnx reading the same ways.

    python tests/bench/bench_build.py [--extract FILE] [--repeat 3]

sidestep reads the extract (ways, squares, buildings, doors, water, greens, places, cameras), makes its walk graph,
looks out of every camera and writes the folder. osmnx reads no PBF, fails on ways of which the extract holds only some
nodes and does not filter ways; so it is given, outside the timed part, an XML file of exactly the ways that sidestep
walks on (rims of squares as ways), each complete. It makes its simplified graph of them, and knows of no camera.

Each run is a process of its own: CPU and wall seconds without imports, peak memory of the whole process with them.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench_common import (
    Run,
    Stages,
    add_extract_option,
    chosen_extract,
    load_line,
    medians,
    peak_mib,
    print_table,
    report,
    run_python,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routing.mapdata import MapData

OURS = ("read", "graph", "walls", "exposure", "unmapped", "write")


def main(argv: Sequence[str] | None = None) -> None:
    """Print the stages of both, and how they compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_extract_option(parser)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, medians are shown (default: 3)")
    parser.add_argument("--child", choices=["prepare", "sidestep", "osmnx"], help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.child == "prepare":
        _prepare(given.extract, given.scratch)
    elif given.child == "sidestep":
        _build_ours(given.extract, given.scratch)
    elif given.child == "osmnx":
        _build_theirs(given.scratch)
    else:
        _compare(chosen_extract(given.extract), max(1, given.repeat))


def _compare(extract: Path, repeat: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        prepared = _child("prepare", extract, scratch).report
        ours, theirs = [], []
        for _ in range(repeat):  # by turns, so that a busy minute meets both
            ours.append(_child("sidestep", extract, scratch))
            theirs.append(_child("osmnx", extract, scratch))
    print(f"{extract.name}: {prepared['ways']:,} ways, {prepared['nodes']:,} nodes; {load_line()}; medians of {repeat}")
    for name, runs in (("sidestep", ours), ("osmnx", theirs)):
        _print_stages(name, runs)
    _print_ratios(ours, theirs)


def _child(what: str, extract: Path, scratch: Path) -> Run:
    return run_python([__file__, "--child", what, "--extract", str(extract), "--scratch", str(scratch)])


def _print_stages(name: str, runs: Sequence[Run]) -> None:
    cpu = medians([run.report["cpu_s"] for run in runs])
    wall = medians([run.report["wall_s"] for run in runs])
    rows = [[stage, f"{cpu[stage]:.2f}", f"{wall[stage]:.2f}"] for stage in cpu]
    print_table(f"{name}: {_told(runs[0].report)}", ["stage", "CPU s", "wall s"], rows)


def _told(told: Mapping[str, float]) -> str:
    return f"{told['nodes']:,} nodes, {told['edges']:,} directed edges, {told['km']:,.0f} km (each street once)"


def _print_ratios(ours: Sequence[Run], theirs: Sequence[Run]) -> None:
    rows = []
    our_cpu, our_wall = (_sums(ours, clock, OURS) for clock in ("cpu_s", "wall_s"))
    our_graph = _sums(ours, "cpu_s", ("read", "graph"))
    their_cpu, their_wall = (_sums(theirs, clock, ("graph_from_xml",)) for clock in ("cpu_s", "wall_s"))
    rows += [_row("extract to folder | graph_from_xml, CPU s", our_cpu, their_cpu)]
    rows += [_row("extract to folder | graph_from_xml, wall s", our_wall, their_wall)]
    rows += [_row("read and graph alone | graph_from_xml, CPU s", our_graph, their_cpu)]
    with_disk = _sums(theirs, "cpu_s", ("graph_from_xml", "save_graphml"))
    rows += [_row("extract to folder | and save_graphml, CPU s", our_cpu, with_disk)]
    our_peak, their_peak = (
        medians([{"peak": run.report["peak_mib"]} for run in runs])["peak"] for runs in (ours, theirs)
    )
    rows += [_row("peak memory of the process, MiB", our_peak, their_peak)]
    print_table("end to end", ["sidestep | osmnx", "sidestep", "osmnx", "osmnx / sidestep"], rows)


def _sums(runs: Sequence[Run], clock: str, stages: Sequence[str]) -> float:
    """Give the median over runs of the sum of stages."""
    return medians([{"sum": sum(run.report[clock][stage] for stage in stages)} for run in runs])["sum"]


def _row(what: str, ours: float, theirs: float) -> list[str]:
    return [what, f"{ours:.2f}", f"{theirs:.2f}", f"{theirs / ours:.1f}"]


def _prepare(extract: Path, scratch: Path) -> None:
    """Write the XML that osmnx reads."""
    import osmium

    from routing.osm import read_extract

    data = read_extract(extract)
    lines = list(_lines(data))
    refs = sorted({ref for _, nodes, _ in lines for ref in nodes})
    target = _xml(scratch)
    target.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(target)) as writer:
        for ref in refs:
            tags = data.node_tags.get(ref, {})
            writer.add_node(osmium.osm.mutable.Node(id=ref, version=1, location=data.lonlat[ref], tags=dict(tags)))
        for osm_id, nodes, line_tags in lines:
            writer.add_way(osmium.osm.mutable.Way(id=osm_id, version=1, nodes=list(nodes), tags=dict(line_tags)))
    report(ways=len(lines), nodes=len(refs))


def _lines(data: MapData) -> Iterator[tuple[int, tuple[int, ...], Mapping[str, str]]]:
    """Give every line that sidestep walks along; further pieces of a torn way get an id of their own."""
    free = max((way.osm_id for way in data.ways), default=0) + 10**9
    taken: set[int] = set()
    rims = [(s.osm_id, ring, s.tags) for s in data.squares for ring in (*s.outer, *s.inner)]
    for osm_id, nodes, tags in (*((way.osm_id, way.node_ids, way.tags) for way in data.ways), *rims):
        free += 1
        yield (free if osm_id in taken else osm_id), nodes, tags
        taken.add(osm_id)


def _xml(scratch: Path) -> Path:
    return scratch / "walk.osm"


def _build_ours(extract: Path, scratch: Path) -> None:
    """Build an area; the stages are timed around the functions that build_area calls."""
    from routing import build, looking
    from routing.area_folder import save
    from routing.workspace import released_cameras

    at_start_mib = peak_mib()
    stages = Stages()
    for module, stage, function in (
        (build, "read", "read_extract"), (build, "graph", "build_graph"), (looking, "walls", "outline_walls"),
        (looking, "exposure", "hazards_in_tiles"), (looking, "unmapped", "_unmapped"),
    ):  # fmt: skip
        _timed(module, function, stage, stages)
    whole = Stages()
    with whole.of("whole"):
        area = build.build_area(extract, camera_files=[released_cameras()])
    other = [clock["whole"] - sum(parts.values()) for clock, parts in _clocks(whole, stages)]
    with stages.of("write"):
        save(area, scratch / "area")
    stages.add("the rest", *other)
    report(
        cpu_s=stages.cpu_s,
        wall_s=stages.wall_s,
        peak_mib=peak_mib(),
        at_start_mib=at_start_mib,
        nodes=area.graph.node_count,
        edges=area.graph.edge_count,
        km=float(area.graph.section_length_m.sum()) / 1000,
    )
    shutil.rmtree(scratch / "area")


def _clocks(whole: Stages, stages: Stages) -> Iterator[tuple[dict[str, float], dict[str, float]]]:
    yield whole.wall_s, stages.wall_s
    yield whole.cpu_s, stages.cpu_s


def _timed(module: object, name: str, stage: str, stages: Stages) -> None:
    """Put a clock around a function of a module."""
    function = getattr(module, name)

    def clocked(*args: object, **kwargs: object) -> object:
        with stages.of(stage):
            return function(*args, **kwargs)

    setattr(module, name, clocked)


def _build_theirs(scratch: Path) -> None:
    """Let osmnx make its graph; every way both ways, because people walk against one-way streets."""
    import osmnx

    at_start_mib = peak_mib()
    osmnx.settings.doh_url_template = None  # nothing here needs the network
    stages = Stages()
    with stages.of("graph_from_xml"):
        graph = osmnx.graph_from_xml(_xml(scratch), bidirectional=True, simplify=True, retain_all=True)
    made_mib = peak_mib()
    with stages.of("save_graphml"):
        osmnx.save_graphml(graph, scratch / "walk.graphml")
    report(
        cpu_s=stages.cpu_s,
        wall_s=stages.wall_s,
        peak_mib=made_mib,
        at_start_mib=at_start_mib,
        nodes=graph.number_of_nodes(),
        edges=graph.number_of_edges(),
        km=sum(float(data["length"]) for _, _, data in graph.edges(data=True)) / 2000,
    )


if __name__ == "__main__":
    main()
