"""Maps that a reader can see, and the walk graphs they must become."""

from __future__ import annotations

import doctest
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest
from drawing import Drawing, both, draw, reaches, walks
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from routing import network
from routing.access import way_access
from routing.errors import BadFileError
from routing.graph import SURFACES, WAY_CLASSES, Flag, WalkGraph
from routing.mapdata import MapData, Square, Way
from routing.model import LonLat
from routing.network import build_graph, flags_of, levels_of
from routing.osm import read_extract
from routing.search.network import MAX_BETA, Network, PathFinder
from routing.snap import snap

DEMO = Path(__file__).parents[1] / "data" / "helsinki.osm.pbf"
GEOD = Geod(ellps="WGS84")
FOOTWAY = "highway=footway"
SQUARE = "highway=pedestrian area=yes"


def edges_of(town: Drawing) -> list[str]:
    return walks(town, town.graph())


def geodesic_m(line: np.ndarray) -> float:
    return float(GEOD.line_length(line[:, 0], line[:, 1]))


def effort_m(town: Drawing, graph: WalkGraph, walk: str) -> int:
    """Metres of effort beyond the length of an edge of effort 100 %."""
    (edge,) = [e for e in range(graph.edge_count) if _word(town, graph, e) == walk]
    return int(graph.effort_dm[edge] - graph.length_dm[edge]) // 10


def _word(town: Drawing, graph: WalkGraph, edge: int) -> str:
    word = "".join(town.letter(point) for point in graph.shape(int(graph.section[edge])))
    return word if graph.forward[edge] else word[::-1]


def crossings(town: Drawing) -> list[str]:
    """Lines across squares, each once, letters sorted."""
    graph = town.graph()
    square = WAY_CLASSES.index("square")
    return sorted(
        "".join(sorted(town.letter(point) for point in graph.shape(section)))
        for section in np.flatnonzero(graph.way_class == square)
    )


# where ways are split


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        (["abcd"], ["abcd"]),
        (["abcd", "be"], ["ab", "bcd", "be"]),
        (["ab", "bcd"], ["ab", "bcd"]),
        (["abcd", "cf", "be"], ["ab", "bc", "cd", "be", "cf"]),
        (["abcfeb"], ["ab", "bcfeb"]),  # a lollipop
        (["abefcb"], ["ab", "befcb"]),
        (["bcfeb"], ["bcfeb"]),  # a round street that nothing meets
        (["bcfeb", "cd"], ["bc", "cfeb", "cd"]),
        (["abcfebd"], ["ab", "bcfeb", "bd"]),  # the same node twice
        (["abcba"], ["ab", "bcb", "ab"]),  # there and back
        (["abc", "abc"], ["ab", "ab", "bc", "bc"]),  # one street drawn twice
        (["abc", "aec"], ["abc", "aec"]),  # parallel
        (["abxcd"], ["ab", "cd"]),  # clipped
    ],
)
def test_build_graph_when_ways_meet_then_they_are_split_there(ways: list[str], expected: list[str]) -> None:
    town = draw("a-b-c-d\n\n--e-f--", ways=[(way, FOOTWAY) for way in ways])
    graph = town.graph()
    assert walks(town, graph) == both(*expected)
    ends = Counter(town.letter(graph.node_lonlat[n]) for n in range(graph.node_count))
    assert set(ends.values()) == {1}


def test_build_graph_when_way_bends_then_shape_and_length_are_kept() -> None:
    town = draw("a....c\n...b..\n......\n.d....", ways=[("abcd", FOOTWAY)], step_m=300)
    graph = town.graph()
    assert graph.section_count == 1
    assert graph.shape(0).tolist() == [list(town.lonlat[x]) for x in "abcd"]
    expected = geodesic_m(graph.shape(0))
    assert expected > 3_000
    assert graph.section_length_m[0] == pytest.approx(expected, abs=0.1)
    assert graph.length_dm.tolist() == pytest.approx([expected * 10] * 2, abs=1)


def test_build_graph_when_segment_has_no_length_then_edge_costs_one() -> None:
    here = (24.94, 60.17)
    data = MapData("x", ways=[Way(1, (1, 2), {"highway": "footway"})], lonlat={1: here, 2: here})
    graph = build_graph(data)
    assert graph.length_dm.tolist() == graph.effort_dm.tolist() == [1, 1]


def test_build_graph_when_ways_cross_without_a_node_then_they_do_not_meet() -> None:
    town = draw("..c..\na...b\n..d..", ways=[("ab", FOOTWAY), ("cd", "highway=footway bridge=yes layer=1")])
    assert reaches(town, town.graph(), "a") == {"a", "b"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("highway=footway oneway:foot=yes", ["ab"]),
        ("highway=footway oneway:foot=-1", ["ba"]),
        ("highway=residential oneway=yes", ["ab", "ba"]),
        ("highway=steps conveying=forward", ["ab"]),
    ],
)
def test_build_graph_when_way_is_oneway_then_only_that_way_is_walked(tags: str, expected: list[str]) -> None:
    assert edges_of(draw("a-b", ways=[("ab", tags)])) == expected


def test_build_graph_when_nothing_is_walkable_then_error() -> None:
    with pytest.raises(BadFileError, match="walk"):
        build_graph(MapData("x"))


@given(st.lists(st.lists(st.sampled_from("abcdefghi"), min_size=2, max_size=8), min_size=1, max_size=6))
def test_build_graph_when_map_is_random_then_sections_add_up_to_ways(ways: list[list[str]]) -> None:
    words = [word for way in ways if len(word := _steady(way)) > 1]
    if not words:
        return
    town = draw("a..b.c\n.d.e..\nf....g\n..h..i", ways=[(word, FOOTWAY) for word in words], step_m=40)
    graph = town.graph()
    for number, word in enumerate(words, 1):
        whole = geodesic_m(np.array([town.lonlat[x] for x in word]))
        assert graph.section_length_m[graph.way_id == number].sum() == pytest.approx(whole, abs=0.1)
    steps = Counter(pair for word in words for pair in pairwise(word))
    found = Counter(
        pair
        for section in range(graph.section_count)
        for pair in pairwise("".join(town.letter(point) for point in graph.shape(section)))
    )
    assert found == steps
    for edge in range(graph.edge_count):
        line = graph.shape(int(graph.section[edge]))
        line = line if graph.forward[edge] else line[::-1]
        assert graph.node_lonlat[graph.tail[edge]].tolist() == line[0].tolist()
        assert graph.node_lonlat[graph.head[edge]].tolist() == line[-1].tolist()
    for word in words:
        assert reaches(town, graph, word[0]) >= {word[0], word[-1]}


def _steady(way: list[str]) -> str:
    return "".join(x for i, x in enumerate(way) if i == 0 or x != way[i - 1])


# gates


def test_build_graph_when_gate_is_passed_then_it_costs_once_each_way() -> None:
    town = draw("a-b-c", ways=[("abc", FOOTWAY)], nodes={"b": "barrier=gate"})
    graph = town.graph()
    assert walks(town, graph) == both("ab", "bc")
    assert {walk: effort_m(town, graph, walk) for walk in walks(town, graph)} == {"ab": 25, "bc": 0, "cb": 25, "ba": 0}


@pytest.mark.parametrize("tags", ["door=hinged", "ford=yes", "foot:conditional=no@(22:00-06:00)"])
def test_build_graph_when_node_slows_without_a_barrier_then_it_costs(tags: str) -> None:
    town = draw("a-b-c", ways=[("abc", FOOTWAY)], nodes={"b": tags})
    assert effort_m(town, town.graph(), "ab") > 0


@pytest.mark.parametrize("tags", ["highway=crossing", "kerb=raised", "crossing=marked", "entrance=main"])
def test_build_graph_when_node_tells_but_costs_nothing_then_way_stays_whole(tags: str) -> None:
    assert edges_of(draw("a-b-c", ways=[("abc", FOOTWAY)], nodes={"b": tags})) == both("abc")


@pytest.mark.parametrize("tags", ["barrier=gate access=private", "barrier=gate locked=yes", "barrier=wall", "foot=no"])
def test_build_graph_when_gate_is_closed_then_both_sides_are_dead_ends(tags: str) -> None:
    town = draw("a-b-c", ways=[("abc", FOOTWAY)], nodes={"b": tags})
    graph = town.graph()
    assert walks(town, graph) == both("ab", "bc")
    assert reaches(town, graph, "a") == {"a", "b"}
    assert reaches(town, graph, "c") == {"c", "b"}
    assert len(np.unique(graph.node_id)) == graph.node_count == 4
    assert (graph.node_id < 0).sum() == 2


def test_build_graph_when_closed_gate_stands_at_a_junction_then_all_is_cut() -> None:
    town = draw("..d..\n\na-b-c", ways=[("abc", FOOTWAY), ("bd", FOOTWAY)], nodes={"b": "barrier=gate access=private"})
    graph = town.graph()
    for letter in "acd":
        assert reaches(town, graph, letter) == {letter, "b"}


def test_build_graph_when_round_way_starts_at_a_closed_gate_then_its_ends_do_not_meet() -> None:
    town = draw("b-c\n\ne-f", ways=[("bcfeb", FOOTWAY)], nodes={"b": "barrier=gate access=private"})
    graph = town.graph()
    assert walks(town, graph) == both("bcfeb")
    assert (graph.tail != graph.head).all()


@pytest.mark.parametrize(("gate", "through"), [("barrier=gate", True), ("barrier=gate access=private", False)])
def test_path_finder_when_gate_leads_around_a_camera_then_only_an_open_one_is_taken(
    gate: str, *, through: bool
) -> None:
    town = draw(
        """
        a-b-------c-d
          |       |
          e---g---f
        """,
        ways=[("abcd", "highway=residential"), ("begfc", FOOTWAY)],
        nodes={"g": gate},
    )
    graph = town.graph()
    watched = np.array([word in {"bc", "cb"} for word in (_word(town, graph, e) for e in range(graph.edge_count))])
    assert watched.sum() == 2
    finder = PathFinder(
        Network(graph, np.where(watched, graph.length_dm, 0).astype(np.int32)),
        *(snap(graph, LonLat(*town.lonlat[x])) for x in "ad"),
    )
    path = finder.best(MAX_BETA)
    assert path is not None
    assert (path.seen == 0) is through


# squares


def test_build_graph_when_square_is_convex_then_it_is_walked_across() -> None:
    town = draw(
        """
        p-a-----b-q
          |     |
          |     |
        r-d-----c-s
        """,
        ways=[("abcda", SQUARE), ("pa", FOOTWAY), ("bq", FOOTWAY), ("dr", FOOTWAY), ("cs", FOOTWAY)],
    )
    assert crossings(town) == ["ac", "bd"]  # sides are the rim's
    graph = town.graph()
    rim = (graph.flags & Flag.SQUARE) > 0
    assert {WAY_CLASSES[code] for code in graph.way_class[rim]} == {"square", "pedestrian"}
    assert graph.section_length_m[rim].sum() == pytest.approx(2 * 60 + 2 * 30 + 2 * np.hypot(60, 30), abs=0.1)


def test_build_graph_when_square_is_not_met_then_its_rim_remains() -> None:
    town = draw("a--b\n|..|\nd--c", ways=[("abcda", SQUARE)])
    assert edges_of(town) == both("abcda")


def test_build_graph_when_square_is_concave_then_no_line_leaves_it() -> None:
    town = draw(
        """
        p-a-b   e-f-q
          | |   | |
          | c---d |
          h-------g
        """,
        ways=[("abcdefgha", SQUARE), ("pa", FOOTWAY), ("fq", FOOTWAY), ("hg", "highway=steps")],
    )
    assert crossings(town) == []  # a sees neither f nor g past the notch, nor f h
    assert reaches(town, town.graph(), "p") >= {"q", "f"}


@pytest.mark.parametrize("relation", [False, True])
def test_build_graph_when_square_has_a_hole_then_it_is_not_crossed(*, relation: bool) -> None:
    town = draw(
        """
        x-a-----b-y
          |     |
          | p-q |
          | s-r |
          |     |
        z-d-----c-w
        """,
        ways=[
            ("abcda", "" if relation else SQUARE), ("pqrsp", ""), ("xa", FOOTWAY), ("by", FOOTWAY), ("dz", FOOTWAY),
            ("cw", FOOTWAY),
        ],
        relations=[("1:outer 2:inner", "type=multipolygon highway=pedestrian")] if relation else [],
    )  # fmt: skip
    assert crossings(town) == ([] if relation else ["ac", "bd"])
    found = edges_of(town)
    assert set(both("ab", "bc", "cd")) <= set(found) or not relation
    assert reaches(town, town.graph(), "x") >= set("xyzwabcd")


def test_build_graph_when_closed_gate_is_on_the_rim_then_no_line_starts_there() -> None:
    art = "p-a-----b-q\n..|.....|\n..d-----c-s"
    ways = [("abcda", SQUARE), ("pa", FOOTWAY), ("bq", FOOTWAY), ("cs", FOOTWAY)]
    assert crossings(draw(art, ways=ways)) == ["ac"]
    closed = draw(art, ways=ways, nodes={"a": "barrier=gate access=private"})
    assert crossings(closed) == []
    assert reaches(closed, closed.graph(), "p") == {"p", "a"}


def test_build_graph_when_square_relation_is_torn_then_rim_joins_its_ways() -> None:
    town = draw(
        "p-a-----b-q\n..|.....|\n..d-----c-s",
        ways=[("abc", ""), ("cxda", ""), ("pa", FOOTWAY), ("bq", FOOTWAY), ("cs", FOOTWAY)],
        relations=[("1:outer 2:outer", "type=multipolygon highway=pedestrian")],
    )
    assert reaches(town, town.graph(), "p") == set("pabqcsd")


@pytest.mark.parametrize("gates", [3, 47, 48, 49, 200])
def test_build_graph_when_square_has_many_gates_then_each_is_reached_and_lines_are_few(gates: int) -> None:
    angle = np.linspace(0, 2 * np.pi, gates, endpoint=False)
    lonlat = {n: (float(24.94 + 0.002 * np.cos(a)), float(60.17 + 0.001 * np.sin(a))) for n, a in enumerate(angle)}
    lonlat |= {1000 + n: (24.94 + 1.1 * (x - 24.94), 60.17 + 1.1 * (y - 60.17)) for n, (x, y) in lonlat.items()}
    ways = [Way(n, (n, 1000 + n), {"highway": "footway"}) for n in range(gates)]
    rim = (*range(gates), 0)
    data = MapData(
        "x", ways=ways, squares=[Square(9999, (rim,), (), {"highway": "pedestrian", "area": "yes"})], lonlat=lonlat
    )
    graph = build_graph(data)
    assert graph.component.max() == 0
    lines = np.flatnonzero(graph.way_class == WAY_CLASSES.index("square"))
    assert len(lines) <= 48 * 47 // 2
    assert len(lines) >= (0 if gates == 3 else 250)
    if gates <= 48:
        assert len(lines) == gates * (gates - 3) // 2


def test_build_graph_when_gates_are_thinned_then_they_stay_spread_along_the_rim() -> None:
    gates = 96
    ids = np.random.default_rng(1).permutation(gates).tolist()
    angle = np.linspace(0, 2 * np.pi, gates, endpoint=False)
    lonlat = {
        i: (float(24.94 + 0.002 * np.cos(a)), float(60.17 + 0.001 * np.sin(a))) for i, a in zip(ids, angle, strict=True)
    }
    lonlat |= {1000 + n: (24.94 + 1.1 * (x - 24.94), 60.17 + 1.1 * (y - 60.17)) for n, (x, y) in lonlat.items()}
    ways = [Way(n, (n, 1000 + n), {"highway": "footway"}) for n in ids]
    square = Square(9999, ((*ids, ids[0]),), (), {"highway": "pedestrian", "area": "yes"})
    graph = build_graph(MapData("x", ways=ways, squares=[square], lonlat=lonlat))
    used = {
        ids.index(int(graph.node_id[node]))
        for section in np.flatnonzero(graph.way_class == WAY_CLASSES.index("square"))
        for edge in graph.edges_of_section(section)
        for node in (graph.tail[edge], graph.head[edge])
    }
    assert used == set(range(0, gates, 2))


# what the map says of a way


def stretch_of(tags: str | dict[str, str], nodes: dict[str, str] | None = None) -> tuple[WalkGraph, int]:
    town = draw("a-b-c", ways=[("ab", tags), ("bc", "highway=steps")], nodes=nodes)
    graph = town.graph()
    return graph, int(np.flatnonzero(graph.way_id == 1)[0])


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ("highway=footway", Flag(0)),
        ("highway=footway tunnel=yes", Flag.TUNNEL | Flag.ENCLOSED),
        ("highway=footway tunnel=building_passage", Flag.TUNNEL | Flag.ENCLOSED),
        ("highway=footway tunnel=no", Flag(0)),
        ("highway=footway tunnel=culvert", Flag(0)),
        ("highway=footway bridge=yes", Flag.BRIDGE),
        ("highway=footway bridge=movable", Flag.BRIDGE),
        ("highway=footway bridge=no", Flag(0)),
        ("highway=footway covered=yes", Flag.COVERED | Flag.ENCLOSED),
        ("highway=footway covered=no", Flag(0)),
        ("highway=footway indoor=yes", Flag.INDOOR | Flag.ENCLOSED),
        ("highway=corridor", Flag.INDOOR | Flag.ENCLOSED),
        ("highway=footway layer=-1", Flag.ENCLOSED),
        ("highway=footway lit=yes", Flag.LIT),
        ("highway=footway lit=no", Flag.UNLIT),
        ("highway=steps", Flag.STEPS),
        ("highway=footway footway=crossing", Flag.CROSSING),
        ("highway=residential sidewalk=both", Flag.SIDEWALK_LEFT | Flag.SIDEWALK_RIGHT),
        ("highway=residential sidewalk=left", Flag.SIDEWALK_LEFT),
        ("highway=residential sidewalk:right=yes sidewalk:left=no", Flag.SIDEWALK_RIGHT),
        ("highway=residential sidewalk=separate", Flag.SIDEWALK_SEPARATE),
        ("highway=residential sidewalk=no", Flag.SIDEWALK_NONE),
    ],
)
def test_flags_of_when_way_has_tags_then_flags_say_the_same(tags: str, flags: Flag) -> None:
    assert flags_of(dict(pair.split("=") for pair in tags.split())) == flags
    graph, section = stretch_of(tags)
    assert Flag(int(graph.flags[section])) & ~Flag.CARRIAGEWAY == flags


@pytest.mark.parametrize(
    ("tags", "among_cars"),
    [
        ("highway=residential sidewalk=separate", True),
        ("highway=secondary sidewalk=no", True),
        ("highway=trunk", True),
        ("highway=primary", False),
        ("highway=secondary", False),
        ("highway=residential", False),
        ("highway=residential surface=mud", False),
        ("highway=residential sidewalk=both access=customers", False),
        ("highway=residential tunnel=yes lit=no", False),
        ("highway=secondary sidewalk=both surface=sand", False),
        ("highway=primary sidewalk=both", False),
        ("highway=footway", False),
    ],
)
def test_build_graph_when_one_would_walk_among_cars_then_flag_says_so(tags: str, *, among_cars: bool) -> None:
    graph, section = stretch_of(tags)
    assert bool(graph.flags[section] & Flag.CARRIAGEWAY) is among_cars


def test_build_graph_when_kerb_stands_at_an_end_then_section_tells() -> None:
    graph, section = stretch_of("highway=footway footway=crossing", {"a": "kerb=raised", "b": "kerb=flush"})
    assert Flag(int(graph.flags[section])) == Flag.CROSSING | Flag.KERB_RAISED | Flag.KERB_LOWERED


@pytest.mark.parametrize(
    ("tags", "way_class"),
    [
        ("highway=footway", "footway"),
        ("highway=living_street", "living_street"),
        ("highway=steps", "steps"),
        ("highway=steps conveying=forward", "escalator"),
        ("highway=steps conveying=no", "steps"),
        ("route=ferry", "ferry"),
        ("man_made=pier", "pier"),
        ("railway=platform", "platform"),
        ("public_transport=platform", "platform"),
        ("highway=turbolift", "other"),
    ],
)
def test_build_graph_when_way_is_of_a_kind_then_class_says_so(tags: str, way_class: str) -> None:
    graph, section = stretch_of(tags + " foot=yes")
    assert WAY_CLASSES[graph.way_class[section]] == way_class
    assert graph.stretch(section, graph.shape(section)).way_class == way_class


@pytest.mark.parametrize(
    ("text", "layer"), [("1", 1), ("-2", -2), ("99", 5), ("-7", -5), ("+1", 0), ("1;2", 0), ("ground", 0), ("", 0)]
)
def test_build_graph_when_layer_is_tagged_then_it_is_kept_within_bounds(text: str, layer: int) -> None:
    graph, section = stretch_of({"highway": "footway", "layer": text})
    assert graph.layer[section] == layer


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (None, None), ("", None), ("roof", None), ("0", (0, 0)), ("1", (1, 1)), ("-1", (-1, -1)), ("-1;0", (-1, 0)),
        ("0-3", (0, 3)), ("-2--1", (-2, -1)), ("-3-2", (-3, 2)), ("0.5", (0.5, 0.5)), ("2;1;0", (0, 2)),
        ("-0.5;1.5", (-0.5, 1.5)), ("1, 2", (1, 2)),
    ],
)  # fmt: skip
def test_levels_of_when_text_varies_then_lowest_and_highest(
    text: str | None, levels: tuple[float, float] | None
) -> None:
    assert levels_of(text) == levels


@given(st.text(max_size=40))
def test_levels_of_when_text_is_anything_then_two_ordered_numbers_or_none(text: str) -> None:
    levels = levels_of(text)
    assert levels is None or levels[0] <= levels[1]
    assert (levels is None) == (not any(sign.isdigit() and sign.isdecimal() for sign in text))


def test_build_graph_when_levels_are_tagged_then_stretch_has_them() -> None:
    graph, section = stretch_of("highway=footway level=-1;0 indoor=yes")
    stretch = graph.stretch(section, graph.shape(section))
    assert stretch.levels == (-1.0, 0.0)
    assert stretch.enclosed
    assert np.isnan(graph.levels[graph.way_id == 2]).all()


@pytest.mark.parametrize(
    ("text", "surface"), [("asphalt", "asphalt"), ("concrete:plates", "concrete"), ("lava", "other"), ("", "")]
)
def test_build_graph_when_surface_is_tagged_then_code_names_it(text: str, surface: str) -> None:
    graph, section = stretch_of({"highway": "footway", "surface": text})
    assert SURFACES[graph.surface[section]] == surface


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({"name": "Невский проспект"}, "Невский проспект"),
        ({"is_sidepath:of:name": "Mannerheimintie"}, "Mannerheimintie"),
        ({"name": "A", "loc_name": "B"}, "A"),
        ({"ref": "17"}, ""),
    ],
)
def test_build_graph_when_way_is_named_then_graph_says_it(tags: dict[str, str], name: str) -> None:
    graph, section = stretch_of({"highway": "footway"} | tags)
    assert graph.name_of(section) == name


def test_build_graph_when_platform_is_an_area_then_it_is_crossed() -> None:
    town = draw(
        "p-a-----b-q\n..|.....|\n..d-----c-s",
        ways=[("abcda", "railway=platform area=yes"), ("pa", FOOTWAY), ("cs", FOOTWAY)],
    )
    assert crossings(town) == ["ac"]
    graph = town.graph()
    assert (graph.flags[graph.way_id == 1] & Flag.ENCLOSED).all()


def test_build_graph_when_ferry_joins_then_it_is_walked_with_effort() -> None:
    town = draw("a-b.....c-d", ways=[("ab", FOOTWAY), ("bc", "route=ferry"), ("cd", FOOTWAY)], step_m=100)
    graph = town.graph()
    assert reaches(town, graph, "a") == set("abcd")
    ferry = graph.way_class[graph.section] == WAY_CLASSES.index("ferry")
    assert ferry.sum() == 2
    assert (graph.effort_dm[ferry] > graph.length_dm[ferry]).all()


@pytest.mark.parametrize("origin", [(179.9995, -16.8), (-179.9999, 66.0), (15.6, 78.2), (25.0, -89.0), (0.0, 0.0)])
def test_build_graph_when_map_lies_anywhere_then_lengths_are_geodesic(origin: tuple[float, float]) -> None:
    town = draw("a------b\n\n---c----", ways=[("abca", FOOTWAY)], step_m=20, origin=origin)
    graph = town.graph()
    expected = geodesic_m(np.array([town.lonlat[x] for x in "abca"]))
    assert 200 < expected < 500
    assert graph.section_length_m.sum() == pytest.approx(expected, abs=0.1)


# real maps


@pytest.fixture(scope="module")
def demo_map() -> MapData:
    return read_extract(DEMO)


@pytest.fixture(scope="module")
def demo_graph(demo_map: MapData) -> WalkGraph:
    return build_graph(demo_map)


def test_build_graph_when_demo_is_built_then_its_largest_part_is_nearly_all(demo_graph: WalkGraph) -> None:
    length = demo_graph.section_length_m
    assert 150_000 < length.sum() < 300_000
    assert length[demo_graph.section_component == 0].sum() > 0.9 * length.sum()


def test_build_graph_when_demo_is_built_then_every_way_is_there_and_none_other(
    demo_map: MapData, demo_graph: WalkGraph
) -> None:
    known = {way.osm_id for way in demo_map.ways} | {square.osm_id for square in demo_map.squares}
    assert set(demo_graph.way_id.tolist()) == known
    lines = sum(geodesic_m(np.array([demo_map.lonlat[ref] for ref in way.node_ids])) for way in demo_map.ways)
    rims = (demo_graph.flags & Flag.SQUARE) > 0
    assert demo_graph.section_length_m[~rims].sum() == pytest.approx(lines, abs=5)


def test_build_graph_when_demo_is_built_then_lengths_are_geodesic(demo_graph: WalkGraph) -> None:
    for section in range(0, demo_graph.section_count, 7):
        expected = geodesic_m(demo_graph.shape(section))
        assert demo_graph.section_length_m[section] == pytest.approx(expected, abs=0.1)


def _squares_of(path: Path) -> tuple[dict[int, bool], dict[int, list[int]]]:
    """Read squares by other means: ways that are squares with two neighbours held, relations and their member ways."""
    ways: dict[int, bool] = {}
    squares: set[int] = set()
    relations: dict[int, list[int]] = {}
    for obj in osmium.FileProcessor(str(path)).with_locations():
        tags = dict(obj.tags)
        square = tags.get("highway") == "pedestrian" and way_access(tags) is not None
        if obj.is_way():
            ways[obj.id] = any(
                a.location.valid() and b.location.valid() and a.ref != b.ref for a, b in pairwise(obj.nodes)
            )
            if square and tags.get("area") == "yes":
                squares.add(obj.id)
        elif obj.is_relation() and square and tags.get("type") == "multipolygon":
            relations[obj.id] = [m.ref for m in obj.members if m.type == "w"]
    held = {relation: [w for w in members if ways.get(w)] for relation, members in relations.items()}
    return {way: ways[way] for way in squares}, held


@pytest.mark.parametrize(
    "name",
    [
        "",
        pytest.param("helsinki-centre.osm.pbf", marks=pytest.mark.long),
        pytest.param("sf-downtown.osm.pbf", marks=pytest.mark.long),
        "moscow-ostankino.osm.gz",
    ],
)
def test_build_graph_when_map_is_real_then_no_square_is_lost(name: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue("test_data") / name if name else DEMO
    graph = build_graph(read_extract(path))
    found = set(graph.way_id.tolist())
    ways, relations = _squares_of(path)
    assert len(ways) + len(relations) > 2
    assert {way for way, held in ways.items() if held} <= found
    lost = [relation for relation, members in relations.items() if members and not {relation, *members} & found]
    assert lost == []


def test_build_graph_when_squares_of_demo_are_crossed_then_lines_end_at_ways_in(demo_graph: WalkGraph) -> None:
    lines = np.flatnonzero(demo_graph.way_class == WAY_CLASSES.index("square"))
    assert len(lines) > 100
    assert all(len(demo_graph.shape(int(section))) == 2 for section in lines)
    pairs = Counter(
        (int(demo_graph.way_id[section]), *sorted(map(tuple, demo_graph.shape(int(section)).tolist())))
        for section in lines
    )
    assert max(pairs.values()) == 1


def test_doctest_when_examples_are_run_then_they_hold() -> None:
    failures, tried = doctest.testmod(network)
    assert (failures, tried > 0) == (0, True)


def test_build_graph_when_two_squares_share_a_side_then_both_are_entered_there() -> None:
    town = draw(
        "p-a---b---c-q\n..|...|...|\n..d---e---f",
        ways=[("abeda", SQUARE), ("bcfeb", SQUARE), ("pa", FOOTWAY), ("cq", FOOTWAY)],
    )
    assert set(crossings(town)) == {"ae", "ce"} <= {"".join(pair) for pair in combinations("abcdef", 2)}
