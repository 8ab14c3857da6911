from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import NetworkxOracle

from routing.assemble import Section, assemble
from routing.errors import PlaceError
from routing.graph import Flag
from routing.model import LonLat
from routing.search.network import MAX_BETA, Network, PathFinder
from routing.snap import SPLITS, Snap, snap

if TYPE_CHECKING:
    from routing.area import Area
    from routing.search.network import Path


PRICES = (0, 1, 500, 20_000, 10**6, MAX_BETA)


def snaps_of(network: Network) -> st.SearchStrategy[Snap]:
    """Draw points on the edges of a small graph."""
    return st.builds(
        lambda section, q: Snap(section, q, LonLat(0.0, 0.0), 0.0, 0),
        st.integers(0, network.graph.section_count - 1),
        st.sampled_from([0, 1, SPLITS // 2, SPLITS - 1, SPLITS]) | st.integers(0, SPLITS),
    )


def check_against_networkx(area: Area, count: int, seed: int) -> int:
    """Compare random pairs at random prices; gives how many pairs were joined."""
    rng = np.random.default_rng(seed)
    oracle = NetworkxOracle(area.network)
    joined = 0
    for _ in range(count):
        ends = random_snap(area, rng), random_snap(area, rng)
        beta = int(rng.choice(PRICES))
        path = PathFinder(area.network, *ends).best(beta)
        assert (path.cost(beta) if path else None) == oracle.least_cost(*ends, beta)
        if path is not None:
            assert_is_a_walk(area.network, path, *ends)
            joined += 1
    return joined


def random_snap(area: Area, rng: np.random.Generator) -> Snap:
    """Draw a point of the box that is near a way; some lie in the sea."""
    box = area.manifest.bbox
    while True:
        try:
            return snap(area.graph, LonLat(rng.uniform(box.west, box.east), rng.uniform(box.south, box.north)))
        except PlaceError:
            continue


def assert_is_a_walk(network: Network, path: Path, start: Snap, end: Snap) -> None:
    """Check that parts follow each other from start to end and that the sums are theirs."""
    graph = network.graph
    for part, following in pairwise(path.parts):
        assert graph.head[part.edge] == graph.tail[following.edge]
        assert part.q_to == SPLITS
        assert following.q_from == 0
    for part, place, q in ((path.parts[0], start, "q_from"), (path.parts[-1], end, "q_to")):
        assert graph.section[part.edge] == place.section
        assert getattr(part, q) == (place.q if graph.forward[part.edge] else SPLITS - place.q)
    sums = {
        name: sum(
            part.q_to * int(column[part.edge]) // SPLITS - part.q_from * int(column[part.edge]) // SPLITS
            for part in path.parts
        )
        for name, column in (("length_dm", graph.length_dm), ("effort_dm", graph.effort_dm), ("seen", network.seen))
    }
    assert sums == {"length_dm": path.length_dm, "effort_dm": path.effort_dm, "seen": path.seen}


@pytest.mark.parametrize("count", [300, pytest.param(2000, marks=pytest.mark.long)])
def test_path_on_demo_area_when_pairs_are_random_then_every_cost_equals_networkx(demo: Area, count: int) -> None:
    assert check_against_networkx(demo, count, seed=1) > 0.95 * count


@pytest.mark.parametrize("count", [60, pytest.param(200, marks=pytest.mark.long)])
def test_path_on_helsinki_centre_when_pairs_are_random_then_every_cost_equals_networkx(
    centre: Area, count: int
) -> None:
    assert check_against_networkx(centre, count, seed=1) > 0.75 * count  # the box holds islands, too


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw a small graph: parallel edges, loops, islands, one-ways, equal weights, nothing in view, all of it."""
    node_count = draw(st.integers(1, 7))
    nodes = st.integers(0, node_count - 1)
    small = st.integers(1, 4) | st.integers(1, 200_000)
    rows = draw(
        st.lists(
            st.tuples(nodes, nodes, small, small, st.sampled_from(["both", "forth", "back"])), min_size=1, max_size=14
        )
    )
    lonlat = np.array([[24.9 + 0.001 * i, 60.1 + 0.0007 * (i * i % 5)] for i in range(node_count)])
    sections = [
        Section(
            tail=tail,
            head=head,
            line=np.array([lonlat[tail], lonlat[tail] + 1e-5 * (number + 1), lonlat[head]]),
            way_id=number,
            way_class="footway",
            flags=Flag(0),
            forward=ways != "back",
            backward=ways != "forth",
            length_m=length_dm / 10,
            effort_dm=(length_dm + extra, length_dm + 2 * extra),
        )
        for number, (tail, head, length_dm, extra, ways) in enumerate(rows)
    ]
    graph = assemble(lonlat, np.arange(node_count), sections)
    shares = draw(st.lists(st.sampled_from([0, 0, 1, 50, 100]), min_size=graph.edge_count, max_size=graph.edge_count))
    return Network(graph, (graph.length_dm * np.array(shares) // 100).astype(np.int32))


@settings(max_examples=400)
@given(networks(), st.data())
def test_path_when_graph_is_any_small_one_then_cost_equals_networkx(network: Network, data: st.DataObject) -> None:
    oracle = NetworkxOracle(network)
    start, end = data.draw(snaps_of(network)), data.draw(snaps_of(network))
    finder = PathFinder(network, start, end)
    for beta in data.draw(st.lists(st.sampled_from(PRICES) | st.integers(0, MAX_BETA), min_size=1, max_size=4)):
        path = finder.best(beta)
        assert (path.cost(beta) if path else None) == oracle.least_cost(start, end, beta)
        if path is not None:
            assert_is_a_walk(network, path, start, end)


@pytest.mark.parametrize("price", [-1, MAX_BETA + 1])
def test_path_when_price_is_absurd_then_an_error_says_which_are_not(demo: Area, price: int) -> None:
    ends = [random_snap(demo, np.random.default_rng(seed)) for seed in (1, 2)]
    with pytest.raises(ValueError, match="price"):
        PathFinder(demo.network, *ends).best(price)
