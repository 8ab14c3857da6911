from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
from hypothesis import given
from test_access import AMONG_CARS, ENCLOSED, WAYS, cases
from test_search import networks

from routing import annotate, from_networkx, to_networkx
from routing.errors import BadFileError, BadUsageError
from routing.graph import WAY_CLASSES, Flag
from routing.interchange import EDGE_DTYPES, OSM_TAGS
from routing.mapdata import MapData, Way
from routing.model import Camera, LonLat
from routing.network import build_graph
from routing.workspace import released_cameras

if TYPE_CHECKING:
    from pathlib import Path

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.search.network import Network

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


def test_round_trip_when_ways_have_layers_then_they_are_kept(demo: Area) -> None:
    back = from_networkx(to_networkx(demo.graph))
    assert sorted(back.layer.tolist()) == sorted(demo.graph.layer.tolist())
    assert set(back.layer.tolist()) > {0}


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


# what may not be walked


def tagged(forward: Mapping[str, Any], backward: Mapping[str, Any] | None = None) -> nx.MultiDiGraph:
    """Draw the two ways with other tags on the straight one, given for each of its directions."""
    graph = two_ways()
    for (u, v), tags in (((1, 2), forward), ((2, 1), forward if backward is None else backward)):
        graph[u][v][0].update(tags)
    return graph


def directions(graph: nx.MultiDiGraph) -> set[tuple[int, int]]:
    walk = from_networkx(graph)
    return set(zip(walk.node_id[walk.tail].tolist(), walk.node_id[walk.head].tolist(), strict=True))


CLOSED = [
    {"highway": "motorway"},
    {"highway": "service", "access": "private"},
    {"foot": "no"},
    {"highway": "service", "service": "private"},
]


@pytest.mark.parametrize("tags", CLOSED)
def test_annotate_when_a_way_is_closed_then_it_is_a_last_resort_and_in_view_stays_honest(tags: dict[str, str]) -> None:
    graph = annotate(tagged(tags), [], aversion=10)
    edge = graph[1][2][0]
    length_dm = round(edge["length"] * 10)
    assert edge["in_view"] == 0
    assert edge["cost"] == 1_000_000 * 10 * length_dm + 10_000_000 * length_dm
    assert graph.number_of_edges() == 6
    assert nx.shortest_path(graph, 1, 2, weight="cost") == [1, 3, 2]


def test_annotate_when_an_edge_runs_against_its_way_then_only_that_one_is_dear() -> None:
    up = {"highway": "steps", "conveying": "forward"}
    graph = annotate(tagged(up, up | {"reversed": True}), [])
    assert graph[2][1][0]["cost"] > 5 * graph[1][2][0]["cost"]


@pytest.mark.parametrize("tags", ["highway=residential surface=mud", "highway=secondary"])
def test_annotate_when_nobody_said_there_is_no_pavement_then_nothing_counts_as_seen(tags: str) -> None:
    graph = tagged(dict(pair.split("=") for pair in tags.split()))
    assert annotate(graph, [], aversion=0)[1][2][0]["cost"] == annotate(graph, [], aversion=10)[1][2][0]["cost"]
    assert not any(from_networkx(graph).flags & Flag.CARRIAGEWAY)


@pytest.mark.parametrize("tags", CLOSED)
def test_from_networkx_when_a_way_is_closed_then_it_is_left_out(tags: dict[str, str]) -> None:
    assert directions(tagged(tags)) == {(1, 3), (3, 1), (2, 3), (3, 2)}


def test_from_networkx_when_a_closed_edge_brings_its_effort_then_it_is_ours_and_stays() -> None:
    assert directions(tagged({"highway": "motorway", "effort_dm": 5000})) >= {(1, 2), (2, 1)}


@pytest.mark.parametrize(
    ("tags", "against", "there", "back"),
    [
        ({"oneway:foot": "yes"}, True, True, False),
        ({"oneway:foot": "-1"}, True, False, True),
        ({"foot:backward": "no"}, "True", True, False),
        ({"highway": "steps", "conveying": "backward"}, True, False, True),
        ({"highway": "steps", "conveying": "backward"}, [True, False], False, True),
    ],
)
def test_from_networkx_when_a_way_is_open_one_way_then_that_way_is_walked(
    tags: dict[str, str], against: object, *, there: bool, back: bool
) -> None:
    found = directions(tagged(tags, tags | {"reversed": against}))
    assert ((1, 2) in found, (2, 1) in found) == (there, back)


def test_from_networkx_when_nothing_may_be_walked_then_says_so() -> None:
    graph = two_ways()
    nx.set_edge_attributes(graph, "no", "foot")
    with pytest.raises(BadUsageError, match="may be walked"):
        from_networkx(graph)


@pytest.mark.parametrize(
    ("tags", "way_class"), [({"highway": "steps", "conveying": "yes"}, "escalator"), ({"route": "ferry"}, "ferry")]
)
def test_from_networkx_when_a_way_is_no_plain_highway_then_its_class_is_that_of_a_built_graph(
    tags: dict[str, str], way_class: str
) -> None:
    graph = two_ways()
    for *_, data in graph.edges(data=True):
        del data["highway"]
        data.update(tags)
    assert {WAY_CLASSES[code] for code in from_networkx(graph).way_class} == {way_class}


# numbers that an edge brings


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [-5, 0, float("nan"), float("inf"), 2**31, 10**400, "a lot", "", None, [1, 2]])
def test_from_networkx_when_a_number_is_absurd_then_says_where(key: str, value: object) -> None:
    with pytest.raises(BadFileError, match=f"from node 1 to 2 has a {key}") as told:
        from_networkx(tagged({key: value}))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("value", [-5, float("nan"), "a lot"])
def test_annotate_when_an_effort_is_absurd_then_says_where(value: object) -> None:
    with pytest.raises(BadFileError, match="from node 1 to 2 has a effort_dm"):
        annotate(tagged({"effort_dm": value}), [])


@pytest.mark.parametrize("value", [1234, 1234.0, "1234", "1234.0", 2**31 - 1])
def test_from_networkx_when_a_number_can_be_read_then_it_is_taken(value: float | str) -> None:
    graph = from_networkx(tagged({"length_dm": value, "effort_dm": value}))
    for column in (graph.length_dm, graph.effort_dm):
        assert np.count_nonzero(column == int(float(value))) == 2


# tags and types


class Spy(Mapping[str, str]):
    """Tags that note what is asked of them."""

    def __init__(self, tags: dict[str, str], asked: set[str]) -> None:
        self.tags = tags
        self.asked = asked

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return self.tags[key]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("whoever reads all tags cannot say which ones it needs")

    def __len__(self) -> int:
        return len(self.tags)


def test_osm_tags_when_graphs_are_built_then_they_are_all_that_is_read_of_ways() -> None:
    asked: set[str] = set()
    lonlat = {1: (24.94, 60.17), 2: (24.941, 60.17)}
    for _, tags in cases(WAYS + ENCLOSED.lstrip() + AMONG_CARS.lstrip()):
        ways = [Way(1, (1, 2), Spy(tags, asked)), Way(2, (1, 2), {"highway": "footway"})]
        build_graph(MapData("x", ways=ways, lonlat=lonlat))
    assert asked == set(OSM_TAGS)
    assert len(set(OSM_TAGS)) == len(OSM_TAGS)


@pytest.mark.parametrize("tags", [{"covered": "arcade"}, {"layer": "-1"}, {"indoor": "yes"}, {"level": "-1"}])
def test_osmnx_when_told_of_our_tags_then_what_is_enclosed_counts_as_in_view(
    tags: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in (tags | {"highway": "footway"}).items())
    nodes = '<node id="1" lon="24.94" lat="60.17"/><node id="2" lon="24.95" lat="60.17"/>'
    way = f'<way id="3"><nd ref="1"/><nd ref="2"/>{told}</way>'
    (tmp_path / "a.osm").write_text(f'<osm version="0.6" generator="test">{nodes}{way}</osm>', encoding="utf-8")
    monkeypatch.setattr(ox.settings, "useful_tags_way", [*ox.settings.useful_tags_way, *OSM_TAGS])
    edge = annotate(ox.graph_from_xml(tmp_path / "a.osm", bidirectional=True), [])[1][2][0]
    assert edge["in_view"] == edge["length"] > 500


def test_edge_dtypes_when_graphml_is_read_then_numbers_are_numbers(demo: Area, tmp_path: Path) -> None:
    graph = to_networkx(demo.graph, demo.in_view_dm, risk_e6=demo.risk_e6)
    ox.save_graphml(graph, tmp_path / "g.graphml")
    again = ox.load_graphml(tmp_path / "g.graphml", edge_dtypes=EDGE_DTYPES)
    for u, v, key, data in graph.edges(keys=True, data=True):
        read = again[u][v][key]
        names = EDGE_DTYPES.keys() & data.keys()  # some are of exports alone
        assert len(names) == 9
        assert {name: read[name] for name in names} == {name: data[name] for name in names}
        assert {name: type(read[name]) for name in names} == {name: EDGE_DTYPES[name] for name in names}
    ends = next((u, v) for u, v, _ in graph.edges if u != v)
    assert nx.shortest_path_length(again, *ends, weight="cost") == nx.shortest_path_length(graph, *ends, weight="cost")
    assert edge_rows(from_networkx(again)) == edge_rows(demo.graph)


def test_from_networkx_when_graphml_is_read_without_types_then_nothing_is_lost(demo: Area, tmp_path: Path) -> None:
    ox.save_graphml(to_networkx(demo.graph), tmp_path / "g.graphml")
    assert edge_rows(from_networkx(ox.load_graphml(tmp_path / "g.graphml"))) == edge_rows(demo.graph)


def test_osmnx_when_it_saves_plots_and_measures_the_result_then_works(demo: Area, tmp_path: Path) -> None:
    graph = to_networkx(demo.graph, demo.in_view_dm, risk_e6=demo.risk_e6)
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
