"""Walks to any of several places: which are reached, which walk is chosen, and what is reached unseen."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import NetworkxOracle

import routing
from routing import save
from routing.alternatives import effort_limit_dm
from routing.area import Unmapped
from routing.assemble import Section, assemble
from routing.cli import run
from routing.errors import (
    AmbiguousError,
    BadUsageError,
    NoRouteError,
    NoWayNearError,
    OutsideAreaError,
    PlaceError,
    SamePlaceError,
    UnknownKindError,
)
from routing.geo import along_m, cut_line
from routing.graph import Flag
from routing.kernels import UNREACHED
from routing.kinds import kind_of, kinds_of, meant, of_kind, places_meant
from routing.model import ATTRIBUTION, Detour, LonLat, Place, RouteRequest
from routing.nearby import candidates, nearest
from routing.places import merge, places_of
from routing.revise import revised
from routing.router import plan
from routing.score import measure, watch_of
from routing.search.front import find_front
from routing.search.network import Network, ends_of
from routing.search.within import within
from routing.snap import SPLITS, Snap, snap
from routing.unseen import AROUND_M, as_geojson, parse_minutes, unseen_within

# ruff: noqa: RUF001 - Russian letters look like Latin ones, and are meant

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph

STATION, SENATE, KIASMA = LonLat(24.93840, 60.16990), LonLat(24.95000, 60.17600), LonLat(24.93670, 60.17190)


# -- the search: from one point to all that is near


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw a small graph: parallel edges, loops, one-ways, islands."""
    count = draw(st.integers(2, 6))
    nodes = st.integers(0, count - 1)
    row = st.tuples(nodes, nodes, st.integers(1, 9) | st.integers(1, 5000), st.sampled_from(["both", "forth", "back"]))
    rows = draw(st.lists(row, min_size=1, max_size=10))
    lonlat = np.array([[24.9 + 1e-6 * i, 60.1] for i in range(count)])
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
            effort_dm=(length_dm, length_dm + 3),
        )
        for number, (tail, head, length_dm, ways) in enumerate(rows)
    ]
    graph = assemble(lonlat, np.arange(count), sections)
    seen = draw(st.lists(st.integers(0, 20), min_size=graph.edge_count, max_size=graph.edge_count))
    return Network(graph, np.array(seen, dtype=np.int32))


def points_on(graph: WalkGraph) -> st.SearchStrategy[Snap]:
    return st.builds(
        lambda section, q: Snap(section, q, LonLat(0.0, 0.0), 0.0, 0),
        st.integers(0, graph.section_count - 1),
        st.sampled_from([0, 1, SPLITS // 2, SPLITS]),
    )


def arcs(graph: WalkGraph, is_open: NDArray[np.bool_] | None = None) -> nx.MultiDiGraph[Any]:
    """The graph as networkx has it, with the edges that are open."""
    found: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    found.add_nodes_from(range(graph.node_count))
    for edge in range(graph.edge_count):
        if is_open is None or is_open[edge]:
            found.add_edge(int(graph.tail[edge]), int(graph.head[edge]), edge, dm=int(graph.effort_dm[edge]))
    return found


@settings(max_examples=300)
@given(networks(), st.data())
def test_within_when_graph_is_any_small_one_then_costs_equal_networkx(network: Network, data: st.DataObject) -> None:
    graph = network.graph
    start, limit_dm = data.draw(points_on(graph)), data.draw(st.integers(0, 30) | st.integers(0, 20_000))
    flags = data.draw(st.lists(st.booleans(), min_size=graph.edge_count, max_size=graph.edge_count))
    is_open = np.array(flags, dtype=np.bool_)
    parts = ends_of(graph, start).first
    found = within(graph, parts, limit_dm, weight_dm=graph.effort_dm, is_open=is_open)
    oracle = arcs(graph, is_open)
    for part in parts:
        oracle.add_edge("start", int(graph.head[part.edge]), dm=part.share(graph.effort_dm))
    known = nx.single_source_dijkstra_path_length(oracle, "start", weight="dm") if parts else {}
    expected = {node: dm for node, dm in known.items() if dm <= limit_dm and node != "start"}
    assert {n: int(dm) for n, dm in enumerate(found.cost_dm.tolist()) if dm < UNREACHED} == expected
    assert sorted(found.node.tolist()) == sorted(expected)
    assert not found.is_whole or all(dm <= limit_dm for dm in known.values())
    assert within(graph, parts, 10**6, weight_dm=graph.effort_dm, is_open=is_open).is_whole


def all_walks(network: Network, start: Snap, targets: list[Snap], budget_dm: int) -> list[tuple[int, int]]:
    """Effort and what is seen of every walk to any target that passes no node twice."""
    graph = network.graph
    ends = ends_of(graph, start, *targets)
    worth = [(part.share(graph.effort_dm), part.share(network.seen)) for part in ends.direct]

    def go(node: int, passed: frozenset[int], effort_dm: int, seen: int) -> None:
        for part in ends.last:
            if graph.tail[part.edge] == node:
                here = effort_dm + part.share(graph.effort_dm), seen + part.share(network.seen)
                worth.append(here)
        for edge in range(graph.out_start[node], graph.out_start[node + 1]):
            other = int(graph.head[edge])
            if other not in passed:
                more = int(graph.effort_dm[edge]), int(network.seen[edge])
                go(other, passed | {other}, effort_dm + more[0], seen + more[1])

    for part in ends.first:
        node = int(graph.head[part.edge])
        go(node, frozenset({node}), part.share(graph.effort_dm), part.share(network.seen))
    return [one for one in worth if one[0] <= budget_dm]


def pareto(walks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for effort_dm, seen in sorted(walks):
        if not kept or seen < kept[-1][1]:
            kept.append((effort_dm, seen))
    return kept


@settings(max_examples=300)
@given(networks(), st.data())
def test_front_to_several_when_graph_is_any_small_one_then_as_all_walks_say(
    network: Network, data: st.DataObject
) -> None:
    places = points_on(network.graph)
    start, targets = data.draw(places), data.draw(st.lists(places, min_size=1, max_size=4))
    budget_dm = data.draw(st.integers(0, 20) | st.integers(0, 15_000))
    expected = pareto(all_walks(network, start, targets, budget_dm))
    front = find_front(network, start, *targets, budget_dm=budget_dm)
    assert list(zip(front.effort_dm.tolist(), front.seen.tolist(), strict=True)) == expected
    for point in range(len(front)):
        last = front.path(point).parts[-1]
        assert (last.edge, last.q_to) in {
            (p.edge, p.q_to) for t in targets for p in ends_of(network.graph, start, t).last
        }


# -- which places are reached


def some_places(area: Area, count: int, seed: int) -> list[Place]:
    rng = np.random.default_rng(seed)
    return [area.places[at] for at in rng.choice(len(area.places), count, replace=False).tolist()]


def random_start(area: Area, rng: np.random.Generator) -> Snap:
    box = area.manifest.bbox
    while True:
        try:
            return snap(area.graph, LonLat(rng.uniform(box.west, box.east), rng.uniform(box.south, box.north)))
        except PlaceError:
            continue


def test_candidates_on_demo_when_places_are_random_then_those_that_networkx_reaches_within_the_budget(
    demo: Area,
) -> None:
    oracle = NetworkxOracle(demo.network)
    rng = np.random.default_rng(3)
    for seed in range(8):
        here, places = random_start(demo, rng), some_places(demo, 12, seed)
        detour = Detour(share=float(rng.choice([0.0, 0.3, 2.0])))
        costs = [oracle.least_cost(here, snap(demo.graph, place.lonlat), 0) for place in places]
        efforts = {place: cost // 1_000_000 for place, cost in zip(places, costs, strict=True) if cost is not None}
        found = candidates(demo.graph, here, places, detour)
        budget_dm = effort_limit_dm(min(efforts.values()), detour)
        assert (found.least_dm, found.budget_dm) == (min(efforts.values()), budget_dm)
        assert {one.place: one.effort_dm for one in found.near} == {
            place: dm for place, dm in efforts.items() if dm <= budget_dm
        }


def unsieved(area: Area, here: Snap, places: list[Place], detour: Detour) -> tuple[dict[Place, Snap], int]:
    """The same without any sieve: every place is snapped on the whole map and measured without a limit."""
    graph = area.graph
    reached = within(graph, ends_of(graph, here).first, 10**8, weight_dm=graph.effort_dm)
    found: dict[Place, tuple[int, Snap]] = {}
    for place in places:
        try:
            there = snap(graph, place.lonlat)
        except NoWayNearError:
            continue
        ends = ends_of(graph, here, there)
        ways = [part.share(graph.effort_dm) for part in ends.direct]
        ways += [int(reached.cost_dm[graph.tail[p.edge]]) + p.share(graph.effort_dm) for p in ends.last]
        found[place] = min(ways), there
    budget_dm = effort_limit_dm(min(dm for dm, _ in found.values()), detour)
    return {place: there for place, (dm, there) in found.items() if dm <= budget_dm}, budget_dm


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.sampled_from([Detour(), Detour(share=0.3), Detour(metres=600.0)]))
def test_candidates_when_there_is_no_sieve_then_the_same(demo: Area, seed: int, detour: Detour) -> None:
    rng = np.random.default_rng(seed)
    here, places = random_start(demo, rng), some_places(demo, 60, seed)
    found = candidates(demo.graph, here, places, detour)
    expected, budget_dm = unsieved(demo, here, places, detour)
    assert found.budget_dm == budget_dm
    assert {one.place: one.snap for one in found.near} == expected


def test_candidates_on_centre_when_there_is_no_sieve_then_the_same(centre: Area) -> None:
    rng = np.random.default_rng(1)
    for _ in range(3):
        here, places = random_start(centre, rng), of_kind(centre.places, "cafe")
        assert len(places) > 100
        found = candidates(centre.graph, here, places, Detour(share=0.3))
        expected, budget_dm = unsieved(centre, here, places, Detour(share=0.3))
        assert found.budget_dm == budget_dm
        assert {one.place: one.snap for one in found.near} == expected


def test_candidates_when_thousands_then_only_few_are_looked_at(demo: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []
    box = demo.manifest.bbox
    east = np.linspace(box.west, box.west + 1.0, 3000)  # most lie far outside
    places = [Place((str(at),), "x", LonLat(lon, 60.17)) for at, lon in enumerate(east.tolist())]
    of = snap

    def counted(*arguments: Any, **options: Any) -> Snap:  # noqa: ANN401  # as it is called
        looked_at.append(arguments)
        return of(*arguments, **options)

    monkeypatch.setattr("routing.nearby.snap", counted)
    found = candidates(demo.graph, snap(demo.graph, KIASMA), places, Detour(share=0.3))
    assert 0 < len(found.near) < len(places)
    assert len(looked_at) < 200


# -- the walks


def test_nearest_when_planned_then_shortest_leads_to_the_nearest_and_all_stay_within_its_detour(demo: Area) -> None:
    places = of_kind(demo.places, "pharmacy")
    assert len(places) > 3
    answer = nearest(demo, KIASMA, "pharmacy", Detour(share=1.0))
    alone = [plan(demo, RouteRequest(KIASMA, place.lonlat)).routes[0].score.length_m for place in places]
    first = answer.routes[0]
    assert first.reached in places
    assert first.score.length_m == pytest.approx(min(alone), abs=0.01)
    for shorter, longer in pairwise(answer.routes):
        assert longer.reached in places
        assert longer.score.length_m <= 2 * first.score.length_m + 0.5
        assert longer.score.risk.risk.default < shorter.score.risk.risk.default


def test_nearest_when_many_starts_then_the_front_is_what_the_fronts_of_all_places_give(demo: Area) -> None:
    rng = np.random.default_rng(7)
    places = of_kind(demo.places, "supermarket")
    several = 0
    for _ in range(6):
        here = random_start(demo, rng)
        found = candidates(demo.graph, here, places, Detour(share=0.5))
        snaps = [one.snap for one in found.near]
        front = find_front(demo.network, here, *snaps, budget_dm=found.budget_dm)
        ones = [find_front(demo.network, here, snap(demo.graph, p.lonlat), budget_dm=found.budget_dm) for p in places]
        points = [point for one in ones for point in zip(one.effort_dm.tolist(), one.seen.tolist(), strict=True)]
        assert list(zip(front.effort_dm.tolist(), front.seen.tolist(), strict=True)) == pareto(points)
        several += len(snaps) > 1
    assert several > 1


def test_nearest_when_a_farther_place_is_watched_less_then_least_seen_goes_there(demo: Area) -> None:
    rng = np.random.default_rng(2)
    elsewhere = 0
    for _ in range(8):
        here = random_start(demo, rng)
        try:
            routes = nearest(demo, here.lonlat, of_kind(demo.places, "cafe"), Detour(metres=300.0)).routes
        except SamePlaceError:
            continue
        for route in routes:
            assert route.reached is not None
            there = snap(demo.graph, route.reached.lonlat).lonlat
            assert route.lonlat[-1].tolist() == pytest.approx(list(there), abs=1e-6)
        elsewhere += routes[0].reached != routes[-1].reached
    assert elsewhere > 1


def test_nearest_when_only_one_place_is_given_then_as_plan_says(demo: Area) -> None:
    there = Place(("Senate",), "square", SENATE)
    for keep_side in (False, True):
        several = nearest(demo, STATION, [there], keep_side=keep_side)
        one = plan(demo, RouteRequest(STATION, SENATE, keep_side=keep_side))
        assert [replace(route, reached=None).score.length_m for route in several.routes] == [
            route.score.length_m for route in one.routes
        ]
        assert several.front == one.front
        assert several.notes == one.notes


def test_nearest_when_no_camera_is_mapped_and_none_assumed_then_shortest_alone(demo: Area) -> None:
    bare = replace(revised(demo, ()), manifest=replace(demo.manifest, unmapped=Unmapped()))
    answer = nearest(bare, KIASMA, "cafe", Detour(share=1.0))
    assert [route.name for route in answer.routes] == ["shortest"]
    assert "no-cameras" in [note.code for note in answer.notes]


def test_nearest_when_a_place_is_the_start_then_says_so(demo: Area) -> None:
    with pytest.raises(SamePlaceError, match="nothing to walk"):
        nearest(demo, KIASMA, [Place(("Here",), "x", KIASMA), Place(("There",), "x", SENATE)])


def cut(area: Area) -> Area:
    """The area with no way that leads anywhere."""
    graph = area.graph
    torn = replace(
        graph,
        component=np.arange(graph.node_count, dtype=np.int32),
        out_start=np.zeros_like(graph.out_start),
        in_start=np.zeros_like(graph.in_start),
    )
    object.__setattr__(
        torn, "__dict__", {**torn.__dict__, "section_component": np.zeros(graph.section_count, np.int32)}
    )
    return replace(area, graph=torn)


@pytest.mark.parametrize("targets", ["pharmacy", [Place(("Far away",), "x", LonLat(37.6, 55.7))]])
def test_nearest_when_nothing_can_be_reached_then_no_route(demo: Area, targets: str | list[Place]) -> None:
    area = cut(demo) if isinstance(targets, str) else demo
    with pytest.raises(NoRouteError, match="leads from the start"):
        nearest(area, STATION, targets)


@pytest.mark.parametrize(
    ("start", "targets", "error"),
    [
        (LonLat(37.6, 55.7), "pharmacy", OutsideAreaError),
        (STATION, "spaceport", UnknownKindError),
        (STATION, " , ", PlaceError),
        (STATION, [], PlaceError),
        (STATION, [Place(("X",), "x", LonLat(float("nan"), 60.0))], PlaceError),
    ],
)
def test_nearest_when_asked_wrongly_then_one_line_without_coordinates(
    demo: Area, start: LonLat, targets: str | list[Place], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        nearest(demo, start, targets)
    assert "\n" not in str(caught.value)
    assert not any(digits in str(caught.value) for digits in ("60.1", "24.9", "37.6", "55.7"))


# -- kinds


KNOWN = [
    Place(("Apteekki",), "pharmacy", KIASMA),
    Place(("Rautatientori",), "station", STATION),
    Place(("Kamppi C",), "entrance", SENATE),
    Place(("Toilets", "Туалет"), "toilets", SENATE),
    Place(("Metro",), "shop", SENATE),
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pharmacy", "pharmacy"), ("Pharmacies", "pharmacy"), ("chemist", "pharmacy"), ("АПТЕКА", "pharmacy"),
        ("metro", "entrance"), ("метро", "entrance"), ("subway", "entrance"), ("вокзал", "station"),
        ("toilet", "toilets"), ("Toilets", "toilets"), ("туалет", "toilets"), ("wc", "toilets"), ("shops", "shop"),
        ("supermarket", None), ("Apteekki", None), ("", None),
    ],
)  # fmt: skip
def test_kind_when_said_in_either_language_then_found(text: str, kind: str | None) -> None:
    assert kind_of(KNOWN, text) == kind


def test_kind_when_the_area_has_no_entrances_then_metro_means_stations() -> None:
    assert kind_of([place for place in KNOWN if place.kind != "entrance"], "metro") == "station"


def test_places_when_listed_then_kinds_names_and_positions_mix() -> None:
    found = places_meant(KNOWN, ["Rautatientori, 60.175,24.94, аптека", "Metro (shop)", "rautatientori"])
    assert [place.names[0] for place in found] == ["Rautatientori", "position 2", "Apteekki", "Metro"]
    assert found[1].lonlat == LonLat(24.94, 60.175)
    for text in ("N60.175, E24.94", "60°10'30\"N, 24°56'24\"E", "24.94° в.д., 60.175° с.ш."):
        found = places_meant(KNOWN, [f"Rautatientori, {text}, аптека"])
        assert [place.names[0] for place in found] == ["Rautatientori", "position 2", "Apteekki"]
        assert found[1].lonlat == pytest.approx((24.94, 60.175))
    with pytest.raises(UnknownKindError, match="Atlantis") as caught:
        places_meant(KNOWN, ["pharmacy, Atlantis"])
    assert "pharmacy 1" in " ".join(caught.value.choices)


TOWN = [
    Place(("Kiasma",), "museum", LonLat(24.936, 60.172)),
    Place(("Ateneum",), "museum", LonLat(24.944, 60.170)),
    Place(("Kamppi",), "suburb", LonLat(24.930, 60.168)),
    Place(("Yliopiston apteekki", "Pharmacy of the University"), "pharmacy", LonLat(24.940, 60.169)),
    Place(("Töölön apteekki",), "pharmacy", LonLat(24.920, 60.180)),
    Place(("Ympyrä",), "cafe", LonLat(24.930, 60.168)),
    Place(("Ympyrä",), "cafe", LonLat(24.950, 60.190)),
    Place(("Park",), "square", LonLat(24.951, 60.190)),
    Place(("Simonkatu 9",), "address", LonLat(24.934, 60.169)),
    Place(("Leipä, juusto",), "shop", LonLat(24.934, 60.169)),
    Place(("Leipä",), "bakery", LonLat(24.934, 60.169)),
    Place(("Juusto",), "shop", LonLat(24.934, 60.169)),
    Place(("Puisto",), "park", LonLat(24.934, 60.179)),
]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pharmacy, Kiasma", ["pharmacy", "Kiasma (museum)"]),
        ("Kiasma, pharmacy", ["Kiasma (museum)", "pharmacy"]),
        ("Kiasma,Ateneum", ["Kiasma (museum)", "Ateneum (museum)"]),
        ("Kiasma, Kamppi, аптека", ["Kiasma (museum)", "Kamppi (suburb)", 'pharmacy, for "аптека"']),
        ("Simonkatu 9, Kiasma", ["Simonkatu 9 (address)", "Kiasma (museum)"]),
        ("9, Simonkatu", ["Simonkatu 9 (address)"]),  # a part alone is no place
        ("leipä,  JUUSTO", ["Leipä, juusto (shop)"]),  # the whole is a name
        ("Ympyrä (cafe), Park", ["Ympyrä (cafe)"]),  # one of the choices that are offered, although a park is a kind
        ("Ympyrä, Kamppi", ["Ympyrä (cafe)"]),  # by itself it may be two
    ],
)
def test_places_when_commas_stand_between_then_taken_apart_where_each_part_is_one(text: str, told: list[str]) -> None:
    found = meant(TOWN, [text])
    assert [one.told for one in found] == told
    assert [place for one in found for place in one.places] == places_meant(TOWN, [text])
    assert [one.is_kind for one in found] == ["(" not in one for one in told]
    if text == "Ympyrä (cafe), Park":
        assert found[0].places == (TOWN[6],)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("pharmacy, Atlantis", UnknownKindError),
        ("Atlantis, pharmacy", UnknownKindError),
        ("pharmacy, Ympyrä", AmbiguousError),  # none is left out in silence
        ("Kiasma, Atlantis", UnknownKindError),
    ],
)
def test_places_when_a_part_is_not_clear_then_none_is_dropped(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        places_meant(TOWN, [text])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"start": "Kiasma"}, "the start is of type str, not LonLat: find"),
        ({"start": (24.9384, 60.1699)}, "the start is of type tuple, not LonLat: give LonLat"),
        ({"detour": "30%"}, "the detour is of type str, not Detour: give Detour"),
        ({"targets": ["pharmacy"]}, r"`targets\[0\]` is of type str, not Place: give places of area.places"),
    ],
)
def test_nearest_when_something_is_of_the_wrong_type_then_one_line_says_what_to_give(
    demo: Area, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=says) as caught:
        nearest(demo, **{"start": STATION, "targets": "pharmacy", **wrong})
    assert "60.1" not in str(caught.value)


def test_unseen_when_the_time_is_a_text_then_one_line_says_what_to_give(demo: Area) -> None:
    with pytest.raises(TypeError, match="the time is of type str, not Real: give minutes"):
        unseen_within(demo, STATION, "15min")  # type: ignore[arg-type]


def test_kinds_when_counted_then_all_places_are_in(demo: Area) -> None:
    counts = kinds_of(demo.places)
    assert counts.total() == len(demo.places)
    assert counts["toilets"] > 10
    assert all(kind_of(demo.places, kind) is not None for kind in counts)


def test_places_of_when_nameless_but_looked_for_then_called_by_the_kind() -> None:
    assert places_of({"amenity": "toilets"}, KIASMA) == (Place(("Toilets", "Туалет"), "toilets", KIASMA),)
    assert places_of({"railway": "subway_entrance"}, KIASMA)[0].kind == "entrance"
    assert places_of({"amenity": "toilets", "name": "X"}, KIASMA)[0].names == ("X",)
    assert places_of({"amenity": "toilets", "access": "private"}, KIASMA) == ()
    assert places_of({"amenity": "bench"}, KIASMA) == ()


def test_merge_when_nameless_then_only_what_is_one_thing() -> None:
    spots = [LonLat(24.9, 60.1), LonLat(24.9001, 60.1), LonLat(24.902, 60.1)]  # 0, 6 and 111 m
    found = merge([place for spot in spots for place in places_of({"amenity": "toilets"}, spot)])
    assert len(found) == 2


# -- what is reached unseen


def test_unseen_when_measured_camera_by_camera_then_hardly_anything_is_in_view(demo: Area) -> None:
    reached = unseen_within(demo, KIASMA, 12.0)
    watch = watch_of(demo.cameras, demo.walls, demo.estimates, demo.month, demo.spread)
    in_view_m = 0.0
    assert len(reached.lines) > 50
    for line in reached.lines:
        score = measure([demo.graph.stretch(0, line)], watch, ranges=False)
        in_view_m += score.in_view_m
    assert sum(float(along_m(line)[-1]) for line in reached.lines) == pytest.approx(reached.length_m, rel=1e-3)
    assert in_view_m < 0.002 * reached.length_m


@pytest.mark.parametrize("minutes", [0.5, 4.0, 15.0])
def test_unseen_when_walked_by_networkx_then_the_same_metres(  # noqa: C901  # slow and plain, in one piece
    demo: Area, minutes: float
) -> None:
    graph, views = demo.graph, demo.hazards.views
    here = snap(graph, KIASMA)
    limit_dm = minutes * 60 * 14
    spans: dict[int, list[tuple[float, float]]] = {}
    for line, low, high in zip(views.line.tolist(), views.from_m.tolist(), views.to_m.tolist(), strict=True):
        spans.setdefault(line, []).append((low, high))

    def closed(section: int) -> bool:
        return bool(graph.flags[section] & Flag.ENCLOSED)

    def ahead(edge: int, from_m: float) -> float:
        """Metres from a point of an edge to the first that is seen, or to its end."""
        section, length_m = int(graph.section[edge]), float(graph.section_length_m[graph.section[edge]])
        if closed(section):
            return 0.0
        seen = spans.get(section, [])
        seen = seen if graph.forward[edge] else [(length_m - high, length_m - low) for low, high in seen]
        return max(0.0, min([length_m, *(low for low, high in seen if high >= from_m)]) - from_m)

    paths: nx.DiGraph[Any] = nx.DiGraph()
    for edge in range(graph.edge_count):
        section, length_dm = int(graph.section[edge]), int(graph.length_dm[edge])
        if not closed(section) and section not in spans:
            ends = int(graph.tail[edge]), int(graph.head[edge])
            known = paths.get_edge_data(*ends, {"dm": length_dm})["dm"]
            paths.add_edge(*ends, dm=min(known, length_dm))
    walked: dict[int, set[int]] = {}  # section -> decimetres of it, counted from its start

    def walk(edge: int, from_m: float, left_m: float) -> None:
        section, length_m = int(graph.section[edge]), float(graph.section_length_m[graph.section[edge]])
        to_m = from_m + min(ahead(edge, from_m), left_m)
        low, high = (from_m, to_m) if graph.forward[edge] else (length_m - to_m, length_m - from_m)
        walked.setdefault(section, set()).update(range(round(low * 10), round(high * 10)))

    for part in ends_of(graph, here).first:
        length_m = float(graph.section_length_m[graph.section[part.edge]])
        from_m = part.q_from / SPLITS * length_m
        walk(part.edge, from_m, limit_dm / 10)
        if ahead(part.edge, from_m) >= length_m - from_m - 0.01:
            paths.add_edge("start", int(graph.head[part.edge]), dm=part.share(graph.length_dm))
    for node, dm in nx.single_source_dijkstra_path_length(paths, "start", cutoff=limit_dm, weight="dm").items():
        if node != "start":
            for edge in range(graph.out_start[node], graph.out_start[node + 1]):
                walk(edge, 0.0, (limit_dm - dm) / 10)
    expected_m = sum(map(len, walked.values())) / 10
    assert unseen_within(demo, KIASMA, minutes).length_m == pytest.approx(expected_m, rel=0.01)


def test_unseen_when_time_grows_then_what_is_reached_grows(demo: Area) -> None:
    lengths = [unseen_within(demo, KIASMA, minutes).length_m for minutes in (0.1, 1, 5, 20)]
    assert lengths == sorted(lengths)
    assert lengths[0] <= 2 * 0.1 * 60 * 1.4 + 0.2 < lengths[-1]


def test_unseen_when_the_start_is_in_view_or_enclosed_then_nothing_is(demo: Area) -> None:
    views, graph = demo.hazards.views, demo.graph
    for at in np.argsort(views.from_m - views.to_m).tolist():  # the widest first
        section, middle_m = int(views.line[at]), float(views.from_m[at] + views.to_m[at]) / 2
        here = LonLat(*cut_line(np.asarray(graph.shape(section)), middle_m, middle_m)[0].tolist())
        if snap(graph, here).section == section:
            break
    with pytest.raises(NoRouteError, match="in view of a mapped camera"):
        unseen_within(demo, here, 15.0)
    roofed = replace(demo, graph=replace(demo.graph, flags=demo.graph.flags | np.uint32(Flag.ENCLOSED)))
    with pytest.raises(NoRouteError, match="covered or underground"):
        unseen_within(roofed, KIASMA, 15.0)


def test_unseen_when_nothing_is_known_or_the_time_is_odd_then_refused(demo: Area) -> None:
    with pytest.raises(BadUsageError, match="nothing is known"):
        unseen_within(revised(demo, ()), KIASMA, 15.0)
    for minutes in (0.0, -1.0, float("nan"), float("inf"), 100_000.0):
        with pytest.raises(BadUsageError, match="minutes"):
            unseen_within(demo, KIASMA, minutes)


def test_unseen_when_written_then_valid_geojson_with_honest_words(demo: Area) -> None:
    reached = unseen_within(demo, KIASMA, 10.0)
    answer = json.loads(as_geojson(reached))
    ways, around = (shapely.from_geojson(json.dumps(feature["geometry"])) for feature in answer["features"])
    assert ways.geom_type == "MultiLineString"
    assert around.is_valid
    assert around.geom_type == "MultiPolygon"
    assert around.buffer(1e-6).covers(ways)
    assert ways.buffer(2.1 * AROUND_M / 55_000).covers(around)  # a degree of longitude has at least so many metres here
    assert answer["attribution"] == ATTRIBUTION
    assert answer["area"]["cameras"] == demo.coverage.cameras
    assert "no mapped camera" in answer["notes"][0]["text"]
    assert "April 2019" in answer["notes"][0]["text"]


@pytest.mark.parametrize(("text", "minutes"), [("15min", 15.0), ("1h", 60.0), (" 2.5 min ", 2.5)])
def test_parse_minutes_when_understood_then_right(text: str, minutes: float) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "15", "min", "-5min", "1e3min", "15 m", "nanmin", "١٥min"])
def test_parse_minutes_when_not_understood_then_says_how_to_write_it(text: str) -> None:
    with pytest.raises(BadUsageError, match="15min or 1h"):
        parse_minutes(text)


# -- the command


@pytest.fixture(scope="module")
def folder(demo: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("nearest") / "area"
    save(demo, path)
    return path


def test_command_when_a_kind_is_asked_for_then_each_walk_names_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["nearest", "Kiasma", "--to", "метро", "--area", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "From Kiasma (museum) to the nearest of" in told
    assert "shortest    to " in told
    assert "(entrance)" in told


def test_command_when_a_program_reads_the_answer_then_what_was_understood_is_told_to_who_looks(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["nearest", "Rautatientori", "--to", "cafe, Kiasma", "--area", str(folder), "--format", "json"]
    assert run(asked) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("routing.console.is_terminal", lambda stream: stream is sys.stderr)
    assert run(asked) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["routes"]
    assert "To: " in err
    assert "Kiasma" in err


def test_command_when_written_in_each_format_then_the_place_is_in_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["nearest", "60.17190,24.93670", "--to", "Ateneum,60.1760,24.9500", "--area", str(folder)]
    assert run([*wanted, "--format", "json"]) == 0
    routes = json.loads(capsys.readouterr().out)["routes"]
    assert {route["reached"]["kind"] for route in routes} <= {"museum", "position"}
    assert run([*wanted, "--format", "geojson", "-o", str(tmp_path / "a.geojson")]) == 0
    features = json.loads((tmp_path / "a.geojson").read_text())["features"]
    assert [f["properties"]["reached"] for f in features] == [route["reached"] for route in routes]
    assert run([*wanted, "--format", "gpx", "-o", str(tmp_path / "a.gpx")]) == 0
    names = [e.text for e in ET.parse(tmp_path / "a.gpx").iter() if e.tag.endswith("}name")][1:]  # noqa: S314
    assert names[0] == f"shortest to {routes[0]['reached']['name']}"


def test_command_when_unseen_ways_are_asked_for_then_text_or_a_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["nearest", "Kiasma", "--unseen-within", "10min", "--area", str(folder)]
    assert run(asked) == 0
    assert "no mapped camera" in " ".join(capsys.readouterr().out.split())
    assert run([*asked, "-o", str(tmp_path / "reach.geojson")]) == 0
    assert json.loads((tmp_path / "reach.geojson").read_text())["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["Kiasma"], 2, "say whither"),
        (["Kiasma", "--to", "cafe", "--unseen-within", "5min"], 2, "one of the two"),
        (["Kiasma", "--unseen-within", "5 miles"], 2, "15min"),
        (
            ["Kiasma", "--unseen-within", "5min", "--detour", "30%"],
            2,
            "--unseen-within and --detour do not go together",
        ),
        (["Kiasma", "--unseen-within", "5min", "--keep-side"], 2, "--unseen-within and --keep-side do not go together"),
        (["Kiasma", "--unseen-within", "1h", "--keep-side", "--detour=9m"], 2, "and --detour and --keep-side do not"),
        (["Kiasma", "--unseen-within", "5min", "--format", "gpx"], 2, "geojson"),
        (["Kiasma", "--to", "cafe", "--detour", "much"], 2, "30%"),
        (["Kiasma", "--to", "Kiasma, 10.5,20.5"], 2, "outside the area"),
        (["Kiasma", "--to", "Kiasma"], 2, "nothing to walk"),
        (["10.5,20.5", "--to", "cafe"], 2, "outside the area"),
        (["60.1699,24.9384", "--unseen-within", "5min"], 3, "in view"),
    ],
)
def test_command_when_asked_wrongly_then_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    assert run(["nearest", *arguments, "--area", str(folder)]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert says in told.err
    assert "20.5" not in told.err


def test_command_when_the_kind_is_unknown_then_the_kinds_are_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["nearest", "Kiasma", "--to", "spaceport", "--area", str(folder)]) == 2
    first, *others = capsys.readouterr().err.splitlines()
    assert "spaceport" in first
    listed = " ".join(line.strip() for line in others)
    assert "pharmacy 6" in listed
    assert all(len(line) <= 80 for line in others)


def test_library_when_imported_then_exports_both() -> None:
    assert routing.nearest is nearest
    assert routing.unseen_within is unseen_within
    assert "routing.nearby" in sys.modules
