"""The walk graph's arrays: how they are laid out, and that nobody writes to them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import draw, reaches
from hypothesis import given
from hypothesis import strategies as st
from networkx import MultiDiGraph, strongly_connected_components

from routing.assemble import Section, assemble
from routing.graph import Flag, WalkGraph, complaint

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.area import Area

FOOTWAY = "highway=footway"
ONE_WAY = "highway=footway oneway:foot=yes"
# ends, open forward, open backward
LINKS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from([(True, True), (True, False), (False, True)])),
    min_size=1,
    max_size=20,
)
CACHED = (
    "section_component", "section_length_m", "segment_point", "segment_section", "segment_from_m", "segment_length_m",
)  # fmt: skip


def graph_of(links: list[tuple[int, int, tuple[bool, bool]]]) -> WalkGraph:
    places = np.array([[24.94 + 0.001 * (n % 3), 60.17 + 0.0007 * (n // 3)] for n in range(8)])
    sections = [
        Section(a, b, places[[a, b]], way_id=i, way_class="path", flags=Flag(0), forward=forth, backward=back)
        for i, (a, b, (forth, back)) in enumerate(links)
    ]
    return assemble(places, np.arange(8), sections)


@given(LINKS)
def test_assemble_when_links_are_random_then_arrays_agree_with_each_other(
    links: list[tuple[int, int, tuple[bool, bool]]],
) -> None:
    graph = graph_of(links)
    expected = Counter()
    for i, (a, b, (forth, back)) in enumerate(links):
        expected.update([(a, b, i, True)] * forth + [(b, a, i, False)] * back)
    columns = (graph.tail, graph.head, graph.section, graph.forward)
    edges = list(zip(*(column.tolist() for column in columns), strict=True))
    assert Counter(edges) == expected
    assert edges == sorted(edges, key=lambda edge: (*edge[:3], not edge[3]))
    for node in range(graph.node_count):
        out = range(graph.out_start[node], graph.out_start[node + 1])
        into = graph.in_edge[graph.in_start[node] : graph.in_start[node + 1]]
        assert list(out) == [e for e, edge in enumerate(edges) if edge[0] == node]
        assert into.tolist() == [e for e, edge in enumerate(edges) if edge[1] == node]
    for section in range(graph.section_count):
        assert graph.edges_of_section(section).tolist() == [e for e, edge in enumerate(edges) if edge[2] == section]
    assert graph.length_dm.min() >= 1
    assert (graph.effort_dm >= graph.length_dm).all()


@given(LINKS)
def test_assemble_when_links_are_random_then_parts_are_as_networkx_finds_them(
    links: list[tuple[int, int, tuple[bool, bool]]],
) -> None:
    graph = graph_of(links)
    oracle = MultiDiGraph(zip(graph.tail.tolist(), graph.head.tolist(), strict=True))
    oracle.add_nodes_from(range(graph.node_count))
    parts = sorted(map(sorted, strongly_connected_components(oracle)))
    found = sorted(np.flatnonzero(graph.component == part).tolist() for part in range(graph.component.max() + 1))
    assert found == parts
    sizes = np.bincount(graph.component)
    assert (np.diff(sizes) <= 0).all()  # 0 is the largest
    for section, (a, b, _) in enumerate(links):
        same = graph.component[a] == graph.component[b]
        assert graph.section_component[section] == (graph.component[a] if same else -1)


def test_assemble_when_length_and_effort_are_stated_then_they_are_taken() -> None:
    line = np.array([[24.94, 60.17], [24.95, 60.17]])
    about = {"way_id": 1, "way_class": "path", "flags": Flag(0)}
    stated = Section(0, 1, line, length_m=77.7, effort_dm=(800, 900), **about)
    felt = Section(0, 1, line, length_m=10.0, effort_pct=150, surcharge_m=(3, 0), **about)
    graph = assemble(line, np.arange(2), [stated, felt])
    rows = zip(*(c.tolist() for c in (graph.section, graph.forward, graph.length_dm, graph.effort_dm)), strict=True)
    assert sorted(rows) == [(0, False, 777, 900), (0, True, 777, 800), (1, False, 100, 150), (1, True, 100, 180)]


def test_assemble_when_hundreds_of_sections_are_parallel_then_ends_are_joined() -> None:
    graph = graph_of([(0, 1, (True, True))] * 256)
    assert graph.component[0] == graph.component[1] == 0


def test_component_when_a_way_leads_in_and_not_out_then_it_is_a_part_of_its_own() -> None:
    town = draw("a-b-c-d\n\n..e", ways=[("abc", FOOTWAY), ("be", FOOTWAY), ("cd", ONE_WAY)])
    graph = town.graph()
    part = {town.letter(graph.node_lonlat[n]): int(graph.component[n]) for n in range(graph.node_count)}
    assert part == {"a": 0, "b": 0, "c": 0, "e": 0, "d": 1}
    assert graph.section_component[graph.way_id == 3].tolist() == [-1]
    assert "d" in reaches(town, graph, "a")
    assert reaches(town, graph, "d") == {"d"}


def test_component_when_one_way_streets_make_a_round_then_it_is_one_part() -> None:
    town = draw("a-b\n\nd-c", ways=[("ab", ONE_WAY), ("bc", ONE_WAY), ("cda", ONE_WAY)])
    graph = town.graph()
    assert graph.component.tolist() == [0, 0, 0]
    assert graph.section_component.tolist() == [0, 0, 0]


def test_walk_graph_when_anything_is_written_then_error() -> None:
    graph = draw("a-b-c", ways=[("abc", {"highway": "footway", "name": "X"})]).graph()
    for name, array in graph.arrays().items():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(graph, name, array)
    for name in CACHED:
        with pytest.raises(ValueError, match="read-only"):
            getattr(graph, name)[...] = 0


def test_segments_when_shapes_bend_then_they_add_up_to_sections() -> None:
    graph = draw("a..c\n..b.\n....e\n\n.d", ways=[("abc", FOOTWAY), ("cde", FOOTWAY)]).graph()
    assert graph.segment_section.tolist() == [0, 0, 1, 1]
    starts = graph.shape_lonlat[graph.segment_point].tolist()
    assert starts == [*graph.shape(0)[:-1].tolist(), *graph.shape(1)[:-1].tolist()]
    ends_m = graph.segment_from_m + graph.segment_length_m
    assert graph.segment_from_m[[0, 2]].tolist() == [0, 0]
    assert ends_m[[1, 3]] == pytest.approx(graph.section_length_m, abs=1e-6)
    assert ends_m[[0, 2]] == pytest.approx(graph.segment_from_m[[1, 3]], abs=1e-6)


def test_name_of_when_names_are_in_many_scripts_then_each_section_has_its_own() -> None:
    names = ["Ленина", "", "Östra", "東京", "Ленина"]
    town = draw(
        "a-b-c-d-e-f",
        ways=[(f"{a}{b}", {"highway": "path", "name": n}) for a, b, n in zip("abcde", "bcdef", names, strict=True)],
    )
    graph = town.graph()
    assert [graph.name_of(section) for section in range(5)] == names
    assert len(graph.name_start) == 4


def test_walk_graph_when_demo_is_built_then_in_and_out_agree(demo: Area) -> None:
    graph = demo.graph
    assert (graph.head[graph.in_edge] == np.repeat(np.arange(graph.node_count), np.diff(graph.in_start))).all()
    assert (graph.tail == np.repeat(np.arange(graph.node_count), np.diff(graph.out_start))).all()
    assert sorted(graph.in_edge.tolist()) == list(range(graph.edge_count))
    assert (np.bincount(graph.section, minlength=graph.section_count) >= 1).all()
    assert np.abs(graph.length_dm / 10 - graph.section_length_m[graph.section]).max() < 0.11


def test_complaint_when_the_area_is_real_then_there_is_none(demo: Area) -> None:
    assert complaint(demo.graph) is None


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("in_edge", lambda a: a + len(a), "points outside"),
        ("head", lambda a: a - a.max() - 1, "points outside"),
        ("tail", lambda a: a.astype(np.int64), "not an array of int32"),
        ("tail", lambda a: a[:-1], "is not an array"),
        ("out_start", lambda a: a[::-1], "does not rise"),
        ("out_start", lambda a: np.concatenate([a[:1], a[2:], a[-1:]]), "does not list edges by tail"),
        ("tail", lambda a: a[::-1], "does not list edges by tail"),
        ("in_edge", np.zeros_like, "does not list edges by head"),
        ("in_start", lambda a: np.concatenate([a[:1], a[2:], a[-1:]]), "does not list edges by head"),
        ("effort_dm", lambda a: np.full_like(a, 1_500_000_000), "thousand kilometres"),
        ("section", np.zeros_like, "more than two edges"),
        ("shape_start", lambda a: np.concatenate([a[:1], a[:-1]]), "does not rise"),
        ("length_dm", lambda a: a * 0, "shorter than a decimetre"),
        ("effort_dm", lambda a: a * 0, "effort of an edge"),
        ("effort_dm", lambda a: -a, "effort of an edge"),
        ("way_class", lambda a: a | 255, "points outside"),
        ("name", lambda a: a - 2, "points outside"),
        ("shape_lonlat", lambda a: a * np.nan, "no number"),
        ("shape_lonlat", lambda a: a * 10, "not on Earth"),
    ],
)
def test_complaint_when_an_array_is_spoilt_then_says_which(
    demo: Area, name: str, spoil: Callable[[np.ndarray], np.ndarray], words: str
) -> None:
    spoilt = dataclasses.replace(demo.graph, **{name: spoil(getattr(demo.graph, name))})
    assert words in (complaint(spoilt) or "")
