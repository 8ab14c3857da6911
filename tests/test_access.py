"""Who may walk where: tags and verdict, a line each, as OSRM's feature files do it; then what holds for all tags."""

from __future__ import annotations

import doctest
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import access
from routing.access import is_enclosed, is_square, node_access, way_access
from routing.access_table import COLUMNS, NOTES, ROWS, TABLE

if TYPE_CHECKING:
    from routing.access_table import Row

Tags = dict[str, str]

# verdict: `-` closed; else percent of effort, `f` or `b` where only one direction is open, and the row that decided
WAYS = """
-                                 | building=yes
-                                 | waterway=river access=yes
100  highway=footway              | highway=footway access=no foot=yes
-                                 | highway=footway access=yes foot=no
-                                 | highway=footway access=no
100  highway=footway              | highway=footway access=garbage
100  highway=footway              | highway=footway foot=garbage
-                                 | highway=footway foot=garbage access=no
100  highway=footway              | highway=footway bicycle=no motor_vehicle=no
130  highway=cycleway             | highway=cycleway
100  highway=cycleway             | highway=cycleway foot=designated bicycle=designated
-                                 | highway=cycleway foot=no
130  highway=cycleway             | highway=cycleway foot:forward=yes
-                                 | highway=motorway access=yes
-                                 | highway=motorway oneway:foot=no
400  highway=motorway             | highway=motorway foot=yes
150  sidewalk=right               | highway=motorway sidewalk=right
-                                 | highway=motorway sidewalk=separate
500  sidewalk=separate            | highway=motorway sidewalk=separate foot=yes
130  sidewalk=both                | highway=trunk sidewalk=both
-                                 | highway=trunk sidewalk=separate
-                                 | highway=primary motorroad=yes
270  highway=primary              | highway=primary motorroad=yes foot=yes
115  sidewalk=both                | highway=primary sidewalk=both
270  sidewalk=no                  | highway=primary sidewalk=no
270  sidewalk=none                | highway=primary sidewalk=none
180  highway=primary              | highway=primary sidewalk:left=no
270  sidewalk=no                  | highway=primary sidewalk:left=no sidewalk:right=no
270  sidewalk=no                  | highway=primary sidewalk:both=no
500  sidewalk=separate            | highway=primary sidewalk=separate
500  sidewalk=separate            | highway=primary sidewalk:both=separate
500  sidewalk=separate            | highway=primary sidewalk:left=separate sidewalk:right=no
115  sidewalk=yes                 | highway=primary sidewalk:left=separate sidewalk:right=yes
115  sidewalk=left                | highway=primary sidewalk=left sidewalk:right=separate
500  sidewalk=separate            | highway=primary sidewalk=separate foot=yes
180  highway=primary              | highway=primary sidewalk=garbage
-                                 | highway=primary foot=use_sidepath
120  service=driveway             | highway=service service=driveway
-                                 | highway=service service=private
105  highway=service              | highway=service service=private foot=yes
100  highway=residential          | highway=residential service=driveway
120  footway=crossing             | highway=footway footway=crossing
100  highway=residential          | highway=residential footway=crossing
150  highway=construction         | highway=construction foot=yes construction=primary
-                                 | highway=construction access=yes
-                                 | highway=rest_area
110  highway=*                    | highway=rest_area foot=yes
-                                 | highway=busway
200  highway=busway               | highway=busway foot=yes
150  highway=escalator            | highway=steps conveying=yes
200  highway=steps                | highway=steps conveying=no
150f highway=escalator            | highway=steps conveying=forward
150b highway=escalator            | highway=steps conveying=backward
150  highway=escalator            | highway=steps conveying=forward oneway=no
150  highway=escalator            | highway=steps conveying=reversible
150f highway=escalator            | highway=steps conveying=yes oneway=yes
150b highway=escalator            | highway=steps conveying=yes oneway=-1
100f highway=footway              | highway=footway conveying=forward
100  highway=residential          | highway=residential conveying=forward
200  highway=steps                | highway=steps oneway=yes
100  highway=footway              | highway=footway oneway=yes
100  highway=residential          | highway=residential oneway=-1
100f highway=footway              | highway=footway oneway:foot=yes
100f highway=residential          | highway=residential oneway:foot=yes oneway=-1
100f highway=footway              | highway=footway oneway:foot=true
100f highway=footway              | highway=footway oneway:foot=1
100b highway=footway              | highway=footway oneway:foot=-1
150  highway=escalator            | highway=steps conveying=forward oneway:foot=no
100b highway=footway              | highway=footway foot:forward=no
100f highway=footway              | highway=footway foot:backward=no
100  highway=footway              | highway=footway foot:forward=yes
100  highway=footway              | highway=footway foot:backward=yes
100f highway=footway              | highway=footway access=no foot:forward=yes
400b highway=motorway             | highway=motorway foot:backward=designated
-                                 | highway=footway foot:forward=no foot:backward=no
-                                 | highway=footway foot=no foot:forward=yes
200f route=ferry                  | route=ferry oneway=yes
200b route=ferry                  | route=ferry oneway=-1
-                                 | route=ferry foot=no
-                                 | route=ferry ferry=no
-                                 | route=ferry access=private
-                                 | railway=tram
100  highway=platform             | highway=platform public_transport=platform
100  highway=corridor             | highway=corridor indoor=yes
-                                 | highway=path status=impassable foot=yes
110  tunnel=yes, lit              | highway=footway tunnel=yes lit=yes
130  tunnel=yes, light unknown    | highway=footway tunnel=yes
160  tunnel=yes, unlit            | highway=footway tunnel=yes lit=no
100  highway=footway              | highway=footway tunnel=culvert
105  tunnel=building_passage      | highway=footway tunnel=building_passage
288  highway=primary              | highway=primary tunnel=yes lit=no
210  sac_scale=mountain_hiking    | highway=path sac_scale=mountain_hiking
-                                 | highway=path sac_scale=alpine_hiking
130  access=destination           | highway=footway access=destination
100  highway=footway              | highway=footway access=customers;permissive
-                                 | highway=motorway foot=customers
-                                 | highway=motorway foot=unknown
130  conditional=no               | highway=footway access:conditional=no_@_(23:00-06:00)
130  conditional=no               | highway=footway foot:conditional=private_@_(Su)
100  highway=footway              | highway=footway foot=yes access:conditional=no_@_(23:00-06:00)
150  conditional=yes              | highway=footway access=no access:conditional=yes_@_(08:00-20:00)
-                                 | highway=footway foot=no foot:conditional=yes_@_(08:00-20:00)
100  highway=footway              | highway=footway access:conditional=garbage
100  highway=footway              | highway=footway access:conditional=bus_@_(Mo-Fr)
"""

# verdict: `-` impassable; else metres, and the row that decided
NODES = """
0                                 | highway=crossing
-    access=no                    | access=no
-    foot=no                      | foot=no access=yes
0    foot=yes                     | foot=yes access=no
-    foot=private                 | access=yes foot=private
0                                 | access=garbage
0                                 | amenity=atm access=private
-    foot=no                      | amenity=atm foot=no
25   barrier=gate                 | barrier=gate
5    barrier=gate                 | barrier=gate access=yes
55   access=destination           | barrier=gate access=destination
75   access=customers             | barrier=gate access=customers
-    access=private               | barrier=gate access=private
-    locked=yes                   | barrier=gate locked=yes
50   locked=yes                   | barrier=gate locked=yes foot=yes
55   conditional=no               | barrier=gate access:conditional=no_@_(22:00-06:00)
75   conditional=yes              | barrier=gate access=no access:conditional=yes_@_(06:00-22:00)
-    foot=no                      | barrier=gate foot=no foot:conditional=yes_@_(06:00-22:00)
-    barrier=wall                 | barrier=wall
10   barrier=wall                 | barrier=wall access=permissive
-    barrier=fence                | barrier=fence
0    barrier=fence, audible       | barrier=fence sensory=audible
30   barrier=*                    | barrier=garbage
1000 barrier=border_control       | barrier=border_control
-    entrance=emergency           | entrance=emergency
0                                 | entrance=main
10   door=*                       | door=hinged
0    door=no                      | door=no
50   ford=yes                     | ford=stepping_stones
0                                 | ford=no
30   node highway=elevator        | highway=elevator
"""

ENCLOSED = """
yes | highway=corridor
yes | highway=footway indoor=yes
yes | highway=footway covered=arcade
yes | highway=footway tunnel=yes
yes | highway=service tunnel=building_passage
no  | highway=footway tunnel=culvert
yes | highway=footway layer=-1
no  | highway=footway layer=-1 bridge=yes
yes | highway=footway layer=-1 bridge=no
yes | highway=steps level=-1;0
yes | highway=steps level=0--2
yes | highway=steps level=-0.5
no  | highway=steps level=1-3
no  | highway=steps level=-0
no  | highway=steps level=-
yes | highway=footway location=underground
no  | highway=footway location=roof
yes | railway=platform
yes | railway=platform train=yes tram=yes
no  | railway=platform tram=yes
yes | railway=platform tram=yes layer=-2
no  | highway=platform bus=yes
yes | public_transport=platform subway=yes
no  | public_transport=platform
"""

# Where a walker walks among cars: the kind of road and what the mapper said of its pavements, nothing else.
AMONG_CARS = """
no  | highway=residential surface=mud
no  | highway=residential sidewalk=both surface=sand
no  | highway=residential sidewalk=both access=customers
no  | highway=residential tunnel=yes lit=no
no  | highway=secondary sidewalk=both surface=sand
no  | highway=residential
no  | highway=tertiary
no  | highway=secondary
no  | highway=secondary sidewalk=garbage
no  | highway=secondary sidewalk:left=no
no  | highway=primary
no  | highway=primary tunnel=yes lit=no
no  | highway=primary sidewalk:left=separate sidewalk:right=yes
no  | highway=busway foot=yes
no  | highway=trunk sidewalk=right
no  | highway=living_street sidewalk=no
no  | highway=footway sidewalk=no
no  | highway=path sidewalk=separate surface=mud
no  | highway=steps
yes | highway=residential sidewalk=separate
yes | highway=residential sidewalk=no
yes | highway=unclassified sidewalk:left=no sidewalk:right=no
yes | highway=secondary sidewalk=no
yes | highway=secondary sidewalk=none foot=yes
yes | highway=primary sidewalk:left=separate
yes | highway=trunk
yes | highway=trunk_link sidewalk=no
yes | highway=motorway foot=yes
yes | highway=motorway sidewalk=separate foot=yes
"""

SQUARES = """
yes | highway=pedestrian area=yes
yes | highway=footway type=multipolygon
yes | railway=platform area=yes
yes | public_transport=platform type=multipolygon
yes | highway=service area=yes
no  | highway=pedestrian
no  | highway=pedestrian area=yes access=private
no  | highway=primary area=yes
no  | highway=residential type=multipolygon
no  | area:highway=pedestrian area=yes
no  | building=yes area=yes
no  | route=ferry area=yes
"""


def cases(table: str) -> list[tuple[str, Tags]]:
    found = []
    for line in table.strip().splitlines():
        verdict, _, tags = line.partition("|")
        pairs = (word.replace("_@_", " @ ").partition("=") for word in tags.split())
        found.append((" ".join(verdict.split()), {key: value for key, _, value in pairs}))
    return found


def way_verdict(tags: Tags) -> str:
    found = way_access(tags)
    if found is None:
        return "-"
    side = "" if found.forward and found.backward else "f" if found.forward else "b"
    return f"{found.effort_pct}{side} {found.reason}"


def node_verdict(tags: Tags) -> str:
    found = node_access(tags)
    return f"{found.effort_m if found.passable else '-'} {found.reason}".strip()


@pytest.mark.parametrize(("verdict", "tags"), cases(WAYS))
def test_way_access_when_tags_then_verdict(verdict: str, tags: Tags) -> None:
    assert way_verdict(tags) == verdict


@pytest.mark.parametrize(("verdict", "tags"), cases(NODES))
def test_node_access_when_tags_then_verdict(verdict: str, tags: Tags) -> None:
    assert node_verdict(tags) == verdict


@pytest.mark.parametrize(("verdict", "tags"), cases(ENCLOSED))
def test_is_enclosed_when_tags_then_verdict(verdict: str, tags: Tags) -> None:
    assert is_enclosed(tags) is (verdict == "yes")


@pytest.mark.parametrize(("verdict", "tags"), cases(AMONG_CARS))
def test_way_access_when_road_and_pavement_are_told_then_says_whether_among_cars(verdict: str, tags: Tags) -> None:
    found = way_access(tags)
    assert found is not None
    assert found.among_cars is (verdict == "yes")


@pytest.mark.parametrize(("verdict", "tags"), cases(SQUARES))
def test_is_square_when_tags_then_verdict(verdict: str, tags: Tags) -> None:
    assert is_square(tags) is (verdict == "yes")


# Rows whose tag is looked up on its own: each is reached by the case that its own columns spell out.
WAY_KINDS = {"highway", "route", "railway", "public_transport", "man_made", "amenity", "indoor"}
ON_WAYS = {
    "footway": "footway",
    "service": "service",
    "surface": "footway",
    "sac_scale": "footway",
    "impassable": "footway",
    "status": "footway",
    "foot": "footway",
}
NODE_KEYS = {"barrier", "entrance", "door", "ford", "locked"}
BY_HAND = {"motorroad", "sidewalk", "tunnel", "conditional", "node highway", "conveying", "oneway"} | {
    key for key in TABLE if key.startswith(("oneway:", "foot:"))
}


def rows_of(*keys: str) -> list[Row]:
    return [row for row in ROWS if row.key in keys]


def test_table_when_read_then_every_key_has_its_test() -> None:
    assert set(TABLE) == WAY_KINDS | set(ON_WAYS) | NODE_KEYS | BY_HAND


@pytest.mark.parametrize("row", rows_of(*WAY_KINDS), ids=lambda row: row.name)
def test_kind_when_alone_and_when_foot_says_yes_then_as_its_row_says(row: Row) -> None:
    alone = way_access({row.key: row.value})
    told = way_access({row.key: row.value, "foot": "yes"})
    assert (alone is not None) is (row.walk == "yes")
    assert (told is not None) is (row.walk != "no")
    if alone is not None:
        assert (alone.effort_pct, alone.reason) == (row.efforts[0], row.name)
    if told is not None:
        assert told.effort_pct == (row.efforts[1] if len(row.efforts) == 2 else row.efforts[0])


@pytest.mark.parametrize("row", [row for row in rows_of("highway") if len(row.efforts) == 4], ids=lambda row: row.name)
@pytest.mark.parametrize("sidewalk", rows_of("sidewalk"), ids=lambda row: row.value)
def test_road_when_pavement_is_mapped_then_the_number_of_its_column(row: Row, sidewalk: Row) -> None:
    found = way_access({"highway": row.value, "sidewalk": sidewalk.value})
    expected = row.efforts[sidewalk.column] if row.walk == "yes" or sidewalk.column == 1 else 0
    assert (0 if found is None else found.effort_pct) == expected


@pytest.mark.parametrize("row", rows_of(*ON_WAYS), ids=lambda row: row.name)
def test_circumstance_when_on_an_easy_way_then_as_its_row_says(row: Row) -> None:
    base = 105 if row.key == "service" else 100
    found = way_access({"highway": ON_WAYS[row.key], row.key: row.value})
    if row.walk == "no" or (row.walk == "ask" and row.key != "foot"):
        assert found is None
    else:
        assert found is not None
        assert found.effort_pct == base * row.efforts[0] // 100


@pytest.mark.parametrize("row", rows_of("foot"), ids=lambda row: row.name)
def test_access_when_it_has_a_word_of_foot_then_it_costs_the_same(row: Row) -> None:
    by_access = way_access({"highway": "footway", "access": row.value})
    by_foot = way_access({"highway": "footway", "foot": row.value})
    assert (by_access and by_access.effort_pct) == (by_foot and by_foot.effort_pct)


@pytest.mark.parametrize("row", [row for row in rows_of(*NODE_KEYS) if "," not in row.value], ids=lambda row: row.name)
def test_obstacle_when_alone_and_when_permitted_then_as_its_row_says(row: Row) -> None:
    alone = node_access({row.key: row.value})
    told = node_access({row.key: row.value, "foot": "yes"})
    assert (alone.passable, alone.effort_m) == ((True, row.efforts[0]) if row.walk == "yes" else (False, 0))
    assert (told.passable, told.effort_m) == (True, row.efforts[-1])


def test_table_when_keyed_by_hand_then_every_row_has_a_line_above() -> None:
    lines = [" ".join(f"{key}={value}" for key, value in tags.items()) for _, tags in cases(WAYS + NODES.lstrip())]
    decided = {verdict.partition(" ")[2] for verdict, _ in cases(WAYS + NODES.lstrip())}
    for row in rows_of(*BY_HAND):
        tag = f"{row.key}={row.value.partition(',')[0]}"
        assert row.name in decided or any(tag in line.split() for line in lines), row.name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row_when_read_then_complete(row: Row) -> None:
    assert row.walk in {"yes", "no", "ask", "forward", "backward", "both"}
    for profile in (row.osrm, row.graphhopper):
        assert profile.split()[0] in {"yes", "no", "ask", "forward", "backward", "both"}
    assert row.source
    assert row.why or not row.differs
    assert len(row.efforts) in ({1, 2, 4} if not row.column else {0})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row_when_it_has_a_number_of_our_own_then_it_is_marked(row: Row) -> None:
    easy = 0 if row.key in NODE_KEYS | {"node highway"} else 100
    assert row.assumed is (set(row.efforts) - {easy} != set())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row_when_one_is_expressly_let_in_then_no_dearer(row: Row) -> None:
    if len(row.efforts) == 2:
        assert row.efforts[1] <= row.efforts[0]
    if len(row.efforts) == 4:
        numbers = dict(zip(COLUMNS, row.efforts, strict=True))
        assert numbers["pavement"] <= numbers["unsaid"] <= numbers["without"]
        assert numbers["separate"] == 0 or numbers["separate"] >= numbers["without"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row_when_it_is_a_road_then_stars_stand_where_one_walks_among_cars(row: Row) -> None:
    starred = {COLUMNS[i] for i, star in enumerate(row.among_cars) if star}
    if len(row.efforts) != 4 or row.value == "living_street":
        assert starred == set()
    else:
        unsaid = {"unsaid"} if row.value.startswith(("motorway", "trunk")) else set()
        assert starred == {"without", "separate"} | unsaid


def test_table_when_read_then_no_tag_twice_and_no_note_unused() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert {row.why for row in ROWS} == set(NOTES.values())


def test_examples_when_run_then_true() -> None:
    assert doctest.testmod(access).failed == 0


KEYS = sorted({row.key for row in ROWS} | {"access", "oneway", "lit", "covered", "tunnel", "layer", "level", "bridge"})
KEYS += ["foot:conditional", "access:conditional", "sidewalk:left", "sidewalk:right", "sidewalk:both", "area", "type"]
WORDS = sorted({row.value for row in ROWS} | {"multipolygon", "-1", "0;-1", "no @ (23:00-06:00)", "yes @ wet", "a;b"})
TAGS = st.dictionaries(
    st.sampled_from(KEYS) | st.text(max_size=5), st.sampled_from(WORDS) | st.text(max_size=8), max_size=7
)


@given(TAGS)
def test_way_access_when_tags_are_anything_then_effort_is_at_least_that_of_a_pavement(tags: Tags) -> None:
    found = way_access(tags)
    assert found is None or (found.effort_pct >= 100 and (found.forward or found.backward) and found.reason)


@given(TAGS)
def test_among_cars_when_tags_are_anything_then_only_road_and_pavement_decide(tags: Tags) -> None:
    found = way_access(tags)
    deciding = {key: value for key, value in tags.items() if key == "highway" or key.startswith("sidewalk")}
    alone = way_access(deciding | {"foot": "yes"})
    assert found is None or alone is None or found.among_cars is alone.among_cars
    assert found is None or not found.among_cars or "highway" in tags


@given(TAGS)
def test_all_when_tags_are_anything_then_nothing_breaks(tags: Tags) -> None:
    assert node_access(tags).effort_m >= 0
    assert is_enclosed(tags) in {True, False}
    assert not is_square(tags) or way_access(tags) is not None


@given(TAGS)
def test_foot_no_when_added_to_anything_then_closed(tags: Tags) -> None:
    closed = tags | {"foot": "no"}
    assert way_access(closed) is None
    assert not node_access(closed).passable


@given(TAGS, st.sampled_from(["yes", "designated"]))
def test_foot_yes_when_added_to_anything_then_never_less_walkable(tags: Tags, word: str) -> None:
    before, after = way_access(tags), way_access(tags | {"foot": word})
    if before is not None:
        assert after is not None
        assert after.forward >= before.forward
        assert after.backward >= before.backward
        assert after.effort_pct <= before.effort_pct
    node_before, node_after = node_access(tags), node_access(tags | {"foot": word})
    if node_before.passable:
        assert node_after.passable
        assert node_after.effort_m <= node_before.effort_m
