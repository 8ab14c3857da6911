from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
from hypothesis import given
from test_search import networks

from routing import annotate, from_networkx, to_networkx
from routing.errors import BadFileError, BadUsageError
from routing.model import Camera, LonLat
from routing.workspace import released_cameras

if TYPE_CHECKING:
    from pathlib import Path

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.search import Network

NUMBERS = ("length_dm", "effort_dm")


def edge_rows(graph: WalkGraph) -> list[tuple[object, ...]]:
    """List the edges with all that must survive, free of numbering."""
    ids = graph.node_id
    return sorted(
        (
            int(ids[graph.tail[e]]), int(ids[graph.head[e]]), int(graph.length_dm[e]), int(graph.effort_dm[e]),
            graph.name_of(int(graph.section[e])),
            *(int(column[graph.section[e]]) for column in (graph.way_id, graph.flags)),
        )
        for e in range(graph.edge_count)
    )  # fmt: skip


def test_round_trip_when_the_area_is_real_then_nothing_is_lost(demo: Area) -> None:
    back = from_networkx(to_networkx(demo.graph, demo.in_view_dm))
    assert edge_rows(back) == edge_rows(demo.graph)
    assert back.section_count == demo.graph.section_count
    assert np.allclose(np.sort(back.node_lonlat, axis=0), np.sort(demo.graph.node_lonlat, axis=0))


@given(networks())
def test_round_trip_when_the_graph_is_any_small_one_then_nothing_is_lost(network: Network) -> None:
    back = from_networkx(to_networkx(network.graph, network.seen))
    assert edge_rows(back) == edge_rows(network.graph)


def two_ways() -> nx.MultiDiGraph:
    """Draw a straight way past a camera and a longer one around it, as osmnx would."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node, (lon, lat) in enumerate([(24.940, 60.170), (24.942, 60.170), (24.941, 60.1708)], start=1):
        graph.add_node(node, x=lon, y=lat)
    for u, v in [(1, 2), (1, 3), (3, 2)]:
        for a, b in [(u, v), (v, u)]:
            graph.add_edge(a, b, osmid=10 * u + v, highway="residential", oneway=False, length=1.0)
    return graph


def test_annotate_when_the_short_way_is_watched_then_the_shortest_path_by_cost_goes_around() -> None:
    graph = annotate(two_ways(), [Camera("osm/node/1", LonLat(24.941, 60.17), {"man_made": "surveillance"})])
    assert nx.shortest_path(graph, 1, 2, weight="length") == [1, 2]
    assert nx.shortest_path(graph, 1, 2, weight="cost") == [1, 3, 2]
    straight = graph[1][2][0]
    assert straight["in_view"] == pytest.approx(62, abs=0.2)
    assert straight["length"] == pytest.approx(111, abs=1)
    assert isinstance(straight["cost"], int)


def test_annotate_when_nothing_is_mapped_then_cost_follows_length() -> None:
    graph = annotate(two_ways(), [])
    assert {data["in_view"] for *_, data in graph.edges(data=True)} == {0.0}
    assert nx.shortest_path(graph, 1, 2, weight="cost") == [1, 2]


def test_annotate_when_a_way_is_enclosed_then_all_of_it_is_in_view() -> None:
    graph = two_ways()
    graph[1][2][0]["tunnel"] = "building_passage"
    edge = annotate(graph, [])[1][2][0]
    assert edge["in_view"] == edge["length"]


def test_annotate_when_a_camera_was_removed_then_it_sees_nothing() -> None:
    gone = Camera("osm/node/1", LonLat(24.941, 60.17), {"man_made": "surveillance"}, status="removed")
    assert annotate(two_ways(), [gone])[1][2][0]["in_view"] == 0


def test_annotate_when_given_a_file_then_reads_it(demo: Area) -> None:
    graph = annotate(to_networkx(demo.graph), str(released_cameras()))
    assert sum(data["in_view"] for *_, data in graph.edges(data=True)) > 1000


def test_annotate_when_the_graph_is_projected_then_says_so() -> None:
    with pytest.raises(BadUsageError, match="projected"):
        annotate(nx.MultiDiGraph(crs="epsg:32635"), [])


@pytest.mark.parametrize("aversion", [-1, float("nan"), float("inf"), 1001])
def test_annotate_when_the_aversion_is_absurd_then_says_so(aversion: float) -> None:
    with pytest.raises(BadUsageError, match="aversion"):
        annotate(two_ways(), [], aversion=aversion)


def test_from_networkx_when_empty_then_says_so() -> None:
    with pytest.raises(BadUsageError, match="no edge"):
        from_networkx(nx.MultiDiGraph(crs="epsg:4326"))


def test_from_networkx_when_a_node_has_no_position_then_says_which() -> None:
    graph = two_ways()
    del graph.nodes[3]["x"]
    with pytest.raises(BadFileError, match="node 3"):
        from_networkx(graph)


def test_from_networkx_when_an_edge_and_its_reverse_match_then_they_share_a_section() -> None:
    graph = from_networkx(two_ways())
    assert (graph.section_count, graph.edge_count) == (3, 6)


def test_osmnx_when_it_saves_plots_and_measures_the_result_then_works(demo: Area, tmp_path: Path) -> None:
    graph = to_networkx(demo.graph, demo.in_view_dm)
    ox.save_graphml(graph, tmp_path / "g.graphml")
    again = ox.load_graphml(tmp_path / "g.graphml", edge_dtypes={"cost": int, "length_dm": int, "section": int})
    assert again.number_of_edges() == graph.number_of_edges()
    assert sum(d["cost"] for *_, d in again.edges(data=True)) == sum(d["cost"] for *_, d in graph.edges(data=True))
    assert again.graph["crs"] == "epsg:4326"
    figure, _ = ox.plot_graph(
        ox.truncate.largest_component(graph), show=False, close=True, filepath=tmp_path / "g.png", save=True
    )
    assert figure is not None
    assert (tmp_path / "g.png").stat().st_size > 10_000
    nodes, edges = ox.graph_to_gdfs(graph)
    assert len(edges) == demo.graph.edge_count
    assert len(nodes) == demo.graph.node_count
