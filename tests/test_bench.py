"""The benchmarks run, on the demo extract and a few pairs, and print their tables. No time is asserted."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
import shapely

from routing.geo import distance_m, to_frame
from routing.graph import complaint

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.area import Area
    from routing.graph import WalkGraph

Script: TypeAlias = "Callable[..., str]"

BENCH = Path(__file__).parent / "bench"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Script:
    """Give a function that runs a benchmark as from the command line and gives what it prints."""
    monkeypatch.delenv("SIDESTEP_TEST_DATA", raising=False)
    monkeypatch.syspath_prepend(str(BENCH))

    def run(name: str, *arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *arguments])
        importlib.import_module(name).main()
        return capsys.readouterr().out

    return run


def numbers(text: str, row: str) -> list[float]:
    """Give the numbers of the row of a table that begins so."""
    line = next(line for line in text.splitlines() if line.startswith(f"{row} "))
    return [float(cell.rstrip("%")) for cell in line.removeprefix(row).split()]


def test_bench_build_when_run_then_both_are_measured_in_all_stages(script: Script) -> None:
    told = script("bench_build", "--repeat", "1")
    assert "SIDESTEP_TEST_DATA is not set; measuring with the small demo extract" in told
    for stage in ("read", "graph", "exposure", "write", "graph_from_xml", "save_graphml"):
        assert len(numbers(told, stage)) == 2, stage
    assert len(numbers(told, "peak memory of the process, MiB")) == 3


def test_bench_route_when_run_then_costs_were_equal_and_all_are_timed(script: Script) -> None:
    told = script("bench_route", "--pairs", "3", "--warm")
    assert "across: 3 pairs, costs equal in all" in told
    for row in ("sidestep, PathFinder + best", "networkx, shortest_path", "sidestep, whole plan of three walks"):
        assert len(numbers(told, row)) == 5, row
    assert len(numbers(told, "kernels loaded from the cache: first route")) == 2


def test_bench_route_when_costs_differ_then_it_stops(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    bench = importlib.import_module("bench_route")
    honest = bench.to_networkx

    def dearer(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # as the function that it stands for
        graph = honest(*args, **kwargs)
        for *_, data in graph.edges(data=True):
            data["cost"] += 1
        return graph

    monkeypatch.setattr(bench, "to_networkx", dearer)
    with pytest.raises(SystemExit, match="one of them is wrong"):
        script("bench_route", "--pairs", "1")


def test_bench_phone_when_run_then_fronts_and_memory_are_told(script: Script) -> None:
    told = script("bench_phone", "--graph", "demo:1x1", "--pairs", "2", "--parts", "fronts")
    assert len(numbers(told, "walk of 1 km")) == 12
    for row in ("trunk", "marks by effort"):
        assert len(numbers(told, row)) == 2, row
    assert len(numbers(told, "room: labels")) == 1


def test_bench_cold_when_run_then_stages_and_imports_are_told(script: Script) -> None:
    told = script("bench_cold", "--repeat", "1", "--warm")
    for row in ("sidestep route, every later one", 'python -c "import osmnx"'):
        assert len(numbers(told, row)) == 2, row
    assert len(numbers(told, "imports of sidestep")) == 3
    assert len(numbers(told, "numba")) == 1


def test_table_walks_when_run_then_every_walk_has_a_row(script: Script) -> None:
    told = script("table_walks", "--pairs", "2")
    assert told.count("least_seen") == 2


@pytest.mark.long
def test_table_prior_when_run_then_maps_and_wrong_priors_have_rows_by_both_generators(script: Script) -> None:
    told = script("table_prior", "--pairs", "2", "--draws", "1")
    for row in ("0%", "1%, evenly", "50%, main streets", "100%", "as it is", "wrong composition", "total x 3"):
        assert told.count(f"| {row} |") == 2, row


def test_table_hidden_when_run_then_hidden_cameras_and_compositions_have_rows(script: Script) -> None:
    told = script("table_hidden", "--pairs", "2", "--draws", "1")
    for row in ("| 100% | prior, 20% even |", "| 50% | map alone |", "| 50% | map and prior, 5% even |"):
        assert told.count(row) == 2, row
    for row in ("| anywhere, 20% even |", "| fitted in the second |"):
        assert told.count(row) == 1, row


def test_bench_phone_plan_when_run_then_first_plans_and_others_are_timed(script: Script) -> None:
    told = script("bench_phone_plan", "--pairs", "2")
    for row in ("1 km, first", "2 km, again", "own, first"):
        assert len(numbers(told, row)) > 1, row


@pytest.mark.long
def test_bench_page_when_run_then_bytes_and_times_are_told() -> None:
    if shutil.which("chromium") is None:
        if os.environ.get("SIDESTEP_REQUIRE_BROWSER") == "1":
            pytest.fail("chromium is missing; install it (apt-get install chromium)")
        pytest.skip("chromium is not installed")
    # a process of its own, since a browser's driver cannot run twice in one
    command = [sys.executable, BENCH / "bench_page.py", "--repeat", "1", "--kbit", "8000", "--latency-ms", "10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    for row in ("own code and styles", "map library", "basemap", "fonts"):
        assert len(numbers(done.stdout, row)) == 6, row
    for row in ("first contentful paint", "walks are listed", "map is drawn"):
        assert len(numbers(done.stdout, row)) == 4, row


def test_scripts_when_asked_for_help_then_they_tell(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    for path in [*BENCH.glob("bench_*.py"), *BENCH.glob("table_*.py")]:
        if path.stem != "bench_common":
            with pytest.raises(SystemExit) as done:
                script(path.stem, "--help")
            assert done.value.code == 0
            assert "usage:" in capsys.readouterr().out


@pytest.mark.long
def test_bench_poisoning_when_run_then_attacks_and_prices_are_told(script: Script) -> None:
    told = script("bench_poisoning", "--walks", "6", "--fakes", "5", "--seeds", "1")
    for row in ("none: fakes count fully", "single reports weigh 1/4, detour 30 %", "shortest walks, for comparison:"):
        assert row in told
    assert told.count("disputed 6 years ago") == 4


def test_bench_cameras_when_run_then_stages_and_the_ratio_are_told(script: Script) -> None:
    told = script("bench_cameras", "--cameras", "600", "--rounds", "1")
    for row in ("check", "merge"):
        assert len(numbers(told, row)) == 2, row
    assert told.count("whole process") == 2
    assert len(numbers(told, "CPU of the peer over ours:")) == 1


def test_bench_hazard_when_run_small_then_all_tables_are_told_and_checksums_agree(script: Script) -> None:
    told = script("bench_hazard", "--cameras", "400", "--edges", "4000", "--peer-cameras", "8", "--changes", "5")
    for row in ("fixed, as far as looked for, 60 m", "dome, as far as in view, 28 m"):
        differ = numbers(told, row)[-1]
        assert abs(differ) < 5.0  # few cameras; the published table has hundreds
    for jobs in (1, 2):
        row = f"400 cameras, {jobs} processes, tiles of 2000 m"
        assert len(next(line for line in told.splitlines() if line.startswith(row)).split()) == 17
    assert "checksums of the whole city: equal" in told
    for row in ("its rows alone", "its rows put in", "its rows taken out"):
        assert len(numbers(told, row)) == 3, row


def test_bench_phone_hazard_when_run_small_then_all_rows_are_told(script: Script) -> None:
    told = script("bench_phone_hazard", "--walks", "2", "--length", "700", "--rounds", "1")
    assert [len(numbers(told, row)) for row in ("walk", "plan", "own")] == [6, 6, 5]


@pytest.mark.parametrize("graph", ["demo:1x1", pytest.param("grid:30", marks=pytest.mark.long)])
def test_bench_search_when_run_small_then_costs_were_equal_and_all_rows_are_told(script: Script, graph: str) -> None:
    arguments = ["--graphs", graph, "--pairs", "3", "--peers", "networkx", "scipy", "pyroutingkit", "--seconds", "5"]
    told = script("bench_search", *arguments, "--parts", "routes", "fronts")
    for risk in ("sparse", "dense"):
        assert f"{graph}, {risk} risk, cross: one exact route, 3 pairs" in told
        assert f"{graph}, {risk} risk: full front of a walk" in told
    for row in ("sidestep", "networkx bidirectional_dijkstra", "networkx dijkstra_path", "scipy csgraph, to all nodes"):
        assert len(numbers(told, row)) == 8, row
    assert "pyroutingkit: skipped, pyroutingkit is not installed" in told or len(numbers(told, "pyroutingkit")) == 8
    assert told.count("networkx's best (") >= 2


def test_bench_search_when_valhalla_cannot_be_run_then_says_so_and_ours_is_told(script: Script, tmp_path: Path) -> None:
    arguments = ["--graphs", "demo:1x1", "--pairs", "2", "--parts", "cameras", "quality", "--cameras", "50"]
    told = script("bench_search", *arguments, "--valhalla", str(tmp_path))
    assert len(numbers(told, "sidestep, discs and route")) == 6
    assert "Valhalla: skipped, its configuration cannot be made" in told
    assert "5 shortest, fewest cameras" in told


def test_tiled_graph_when_mirrored_then_streets_cross_the_seams_and_keep_their_own_risk(
    monkeypatch: pytest.MonkeyPatch, demo: Area
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    graphs = importlib.import_module("search_graphs")
    one, four = graphs.made("demo:1x1", demo), graphs.made("demo:2x2", demo)
    assert complaint(four.graph) is None
    assert four.seams > 100
    assert (four.graph.component == 0).sum() > 3.9 * (one.graph.component == 0).sum()
    assert four.graph.length_dm.sum() == 4 * one.graph.length_dm.sum()
    straight_dm = distance_m(four.graph.node_lonlat[four.graph.tail], four.graph.node_lonlat[four.graph.head]) * 10
    assert (straight_dm - four.graph.length_dm).max() < 1.0
    for kind, risk_e6 in one.risks.items():
        # each edge of the tile four times, with the same numbers in the same direction
        rows = [
            np.sort(np.rec.fromarrays([graph.length_dm, graph.effort_dm, seen, back(graph, seen)]))
            for graph, seen in ((one.graph, np.asarray(risk_e6)), (four.graph, np.asarray(four.risks[kind])))
        ]
        assert (np.repeat(rows[0], 4) == rows[1]).all()
    assert (four.risks["sparse"] == 0).any()
    assert (four.risks["dense"] >= four.risks["sparse"]).all()


def back(graph: WalkGraph, seen: np.ndarray) -> np.ndarray:
    """Give the risk of each edge's other direction, -1 where there is none."""
    both = np.full((graph.section_count, 2), -1)
    both[graph.section, np.where(graph.forward, 0, 1)] = seen
    return both[graph.section, np.where(graph.forward, 1, 0)]


def test_discs_when_cameras_come_with_a_request_then_the_metres_inside_them(
    monkeypatch: pytest.MonkeyPatch, demo: Area
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    discs = importlib.import_module("search_discs").Discs(demo.graph)
    lonlat = demo.camera_lonlat[::7]
    inside_m = discs.metres(lonlat, 25.0)
    origin = np.asarray(demo.graph.node_lonlat).mean(axis=0)
    circles = shapely.buffer(shapely.points(to_frame(lonlat, origin)), 25.0, quad_segs=256)
    for section in range(0, demo.graph.section_count, 11):
        line = shapely.LineString(to_frame(demo.graph.shape(section), origin))
        wanted_m = float(shapely.length(shapely.intersection(circles, line)).sum())
        assert inside_m[section] == pytest.approx(wanted_m, abs=0.05)
    assert (inside_m > 0).sum() > 100
