"""Who may walk where, as one table: OSM tags in; allowed or not, and the effort in whole percent or metres, out.

How to read a line of the table
-------------------------------
tag
    ``key=value`` of a way or node. ``*`` is any other value. A word after a comma is a condition that access.py tests.
walk
    ``yes``; ``no``; ``ask``: closed unless the mapper opened it by an express ``foot`` tag (on a node: ``foot`` or
    ``access``; on a road a mapped pavement opens it too). For directions: ``forward``, ``backward``, ``both``.
effort
    Ways: percent of the length, 100 = an easy pavement. One number: always. Two: nothing said, expressly opened.
    Four (roads): nothing said of pavements, with a pavement, expressly without, pavement mapped as its own way; there 0
    is closed (opened by ``foot``: as without). ``@name`` picks one of the four. Percents of all rows are multiplied.
    ``*`` after one of the four: who walks there walks among cars (``WayAccess.among_cars``), because the mapper said
    that there is no pavement or that it is mapped apart; on motorways and trunk roads also where nothing is said. No
    other row changes that. A living street has none: all of it is for walkers (Vienna Convention 1968, art. 27 bis).
    Nodes: metres; one number, or two: nothing said, expressly opened. On a node, an access row costs in metres
    what it has above 100. ``[A]``: the number is our judgement, an assumption.
osrm, graphhopper
    What the foot profiles of OSRM (4fc76cad) and GraphHopper (c058139f, ``FootAccessParser`` and ``foot.json``) do with
    a way or node that has this tag, in the same words (``access`` opens their ``ask`` too); ``slow``, ``avoid``: they
    let it cost more.
source
    A page of wiki.openstreetmap.org, or a law (Vienna Convention on Road Traffic).
why
    A name in NOTES: why we differ from one of the two (required), or something worth knowing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NOTES: Final = {
    "": "",
    "built": "Not built, or gone: a foot tag cannot make it walkable.",
    "works": "A passage through works counts only where somebody says so; access=yes is left over from the road.",
    "foot": "Opened by foot=* or a mapped pavement only: access=yes there is meant for vehicles.",
    "trunk": "Many city streets are trunk roads and whole regions lack pavement tags; a high effort instead of a ban.",
    "shared": "Walked in most countries; where walkers are not named it costs more. Where the law forbids it: foot=no.",
    "inside": "Ways inside stations and malls are real walks; they count as enclosed, so they hide nothing.",
    "stand": "Mapped as a line or area where people stand and walk, like a platform.",
    "odd": "Not a documented road type, yet always a foot path where it occurs.",
    "climb": "Needs gear or hands: not a walk.",
    "road": "Kind of road not known: walkable, but not preferred.",
    "ladder": "Walkable by few; a last resort.",
    "slope": "Walked by many; a higher effort instead of a ban.",
    "outline": "The outline of an area is no path; the aisles in it are mapped by themselves.",
    "side": "A street without a full set of mapped crossings would fall apart, so a high effort and not a ban; "
    "a pavement on the other side counts as a pavement.",
    "closed": "Only with leave that a stranger has not; no camera is to be dodged through it.",
    "synonym": "Old or rare word for yes or designated.",
    "guest": "The ground of a shop or house, open to its guests: it costs, and opens no closed road.",
    "beside": "A way beside it must be taken, and is mapped.",
    "farm": "Read by the wiki as closed to all but farm or forest work; walkers who may pass get foot=yes.",
    "vague": "Says nothing about leave to walk; what the way is decides.",
    "hours": "Open at some hours: the time of the walk is not known when an area is built, so it costs instead.",
    "gone": "Expressly impassable.",
    "machine": "A machine that runs one way; oneway=no on it means it may be walked both ways.",
    "vehicles": "oneway binds vehicles; walkers are bound by oneway:foot, foot:forward, foot:backward, conveying.",
    "one": "foot:forward=yes says nothing of the other direction.",
    "boat": "A boat's oneway binds all who are on it.",
    "wall": "A wall or hedge across a way ends it, unless somebody says that one may pass.",
    "sound": "A fence of sound, for cattle; walkers pass.",
    "gap": "A barrier of unknown make: passable, at a cost.",
    "lock": "Locked: only where leave is express, as with a code or key for all.",
    "exit": "Opens in an emergency only.",
}

# tag | walk | effort | osrm | graphhopper | source | why
_TEXT: Final = """
highway=footway           | yes | 100                  | yes | yes       | Tag:highway=footway |
highway=pedestrian        | yes | 100                  | yes | yes       | Tag:highway=pedestrian |
highway=living_street     | yes | 100 100 100 120 [A]  | yes | yes       | Tag:highway=living_street |
highway=path              | yes | 105 100 [A]          | yes | yes       | Tag:highway=path |
highway=track             | yes | 110 105 [A]          | yes | yes       | Tag:highway=track |
highway=trail             | yes | 110 105 [A]          | ask | ask       | Tag:highway=path | odd
highway=crossing          | yes | 120 [A]              | ask | ask       | Tag:highway=crossing | odd
highway=platform          | yes | 100                  | yes | yes       | Tag:highway=platform |
highway=bus_stop          | yes | 100                  | ask | ask       | Tag:highway=bus_stop | stand
highway=pier              | yes | 105 [A]              | yes | ask       | Tag:man_made=pier | odd
highway=corridor          | yes | 100                  | ask | ask       | Tag:highway=corridor | inside
highway=steps             | yes | 200 [A]              | yes | yes slow  | Tag:highway=steps |
highway=escalator         | yes | 150 [A]              | ask | ask       | Key:conveying | inside
highway=elevator          | yes | 300 [A]              | ask | ask       | Tag:highway=elevator | inside
highway=ladder            | yes | 500 [A]              | ask | ask       | Tag:highway=ladder | ladder
highway=cycleway          | yes | 130 100 [A]          | ask | ask       | Tag:highway=cycleway | shared
highway=bridleway         | yes | 130 105 [A]          | ask | yes       | Tag:highway=bridleway | shared
highway=residential       | yes | 100 100 120* 200* [A] | yes | yes       | Tag:highway=residential |
highway=service           | yes | 105 100 110* 200* [A] | yes | yes       | Tag:highway=service |
highway=unclassified      | yes | 105 100 130* 250* [A] | yes | yes       | Tag:highway=unclassified |
highway=road              | yes | 120 100 150* 250* [A] | ask | yes       | Tag:highway=road | road
highway=tertiary          | yes | 120 105 180* 300* [A] | yes | yes       | Tag:highway=tertiary |
highway=tertiary_link     | yes | 130 105 190* 300* [A] | yes | yes       | Tag:highway=tertiary_link |
highway=secondary         | yes | 150 110 220* 400* [A] | yes | yes avoid | Tag:highway=secondary |
highway=secondary_link    | yes | 160 110 230* 400* [A] | yes | yes avoid | Tag:highway=secondary_link |
highway=primary           | yes | 180 115 270* 500* [A] | yes | yes avoid | Tag:highway=primary |
highway=primary_link      | yes | 190 115 280* 500* [A] | yes | yes avoid | Tag:highway=primary_link |
highway=trunk             | yes | 300* 130 400* 0* [A] | ask | yes avoid | Tag:highway=trunk | trunk
highway=trunk_link        | yes | 300* 130 400* 0* [A] | ask | yes avoid | Tag:highway=trunk_link | trunk
highway=motorway          | ask | 400* 150 500* 0* [A] | ask | ask avoid | Vienna Convention 1968, art. 25 | foot
highway=motorway_link     | ask | 400* 150 500* 0* [A] | ask | ask avoid | Vienna Convention 1968, art. 25 | foot
highway=busway            | ask | 200 110 250* 0* [A]  | ask | ask       | Tag:highway=busway | foot
highway=bus_guideway      | ask | 250 110 300* 0* [A]  | ask | ask       | Tag:highway=bus_guideway | foot
highway=raceway           | ask | 200 [A]              | ask | ask       | Tag:highway=raceway | foot
highway=escape            | ask | 300 [A]              | ask | ask       | Tag:highway=escape | foot
highway=emergency_bay     | ask | 300 [A]              | ask | ask       | Tag:highway=emergency_bay | foot
highway=construction      | ask | 150 [A]              | ask | ask       | Tag:highway=construction | works
highway=via_ferrata       | no  | 100                  | ask | no        | Tag:highway=via_ferrata | climb
highway=proposed          | no  | 100                  | ask | ask       | Tag:highway=proposed | built
highway=planned           | no  | 100                  | ask | ask       | Tag:highway=proposed | built
highway=abandoned         | no  | 100                  | ask | ask       | Lifecycle prefix | built
highway=razed             | no  | 100                  | ask | ask       | Lifecycle prefix | built
highway=demolished        | no  | 100                  | ask | ask       | Lifecycle prefix | built
highway=dismantled        | no  | 100                  | ask | ask       | Lifecycle prefix | built
highway=no                | no  | 100                  | ask | ask       | Key:highway | built
highway=*                 | ask | 110 [A]              | ask | ask       | Key:highway |
route=ferry               | yes | 200 [A]              | yes | yes avoid | Tag:route=ferry |
railway=platform          | yes | 100                  | yes | yes       | Tag:railway=platform |
public_transport=platform | yes | 100                  | ask | no        | Tag:public_transport=platform | stand
man_made=pier             | yes | 105 [A]              | yes | yes       | Tag:man_made=pier |
amenity=parking           | no  | 100                  | yes | no        | Tag:amenity=parking | outline
indoor=corridor           | no  | 100                  | no  | no        | Simple Indoor Tagging | outline
impassable=yes            | no  | 100                  | no  | yes       | Key:impassable | gone
status=impassable         | no  | 100                  | no  | yes       | Key:status | gone
motorroad=yes             | ask | 150 [A]              | no  | ask       | Vienna Convention 1968, art. 25 | foot
sidewalk=both             | yes | @pavement            | yes | yes       | Key:sidewalk |
sidewalk=left             | yes | @pavement            | yes | yes       | Key:sidewalk |
sidewalk=right            | yes | @pavement            | yes | yes       | Key:sidewalk |
sidewalk=yes              | yes | @pavement            | yes | yes       | Key:sidewalk |
sidewalk=no               | yes | @without             | yes | yes avoid | Key:sidewalk |
sidewalk=none             | yes | @without             | yes | yes avoid | Key:sidewalk |
sidewalk=separate         | yes | @separate            | ask | yes avoid | Key:sidewalk | side
footway=sidewalk          | yes | 100                  | yes | yes       | Tag:footway=sidewalk |
footway=crossing          | yes | 120 [A]              | yes | yes       | Tag:footway=crossing |
footway=traffic_island    | yes | 110 [A]              | yes | yes       | Tag:footway=traffic_island |
footway=access_aisle      | yes | 110 [A]              | yes | yes       | Tag:footway=access_aisle |
footway=link              | yes | 100                  | yes | yes       | Tag:footway=link |
service=private           | ask | 100                  | yes | yes       | Key:service | closed
service=driveway          | yes | 115 [A]              | yes | yes       | Tag:service=driveway |
service=parking_aisle     | yes | 110 [A]              | yes | yes       | Tag:service=parking_aisle |
service=alley             | yes | 100                  | yes | yes       | Tag:service=alley |
service=drive-through     | yes | 150 [A]              | yes | yes       | Tag:service=drive-through |
service=emergency_access  | yes | 130 [A]              | yes | yes       | Tag:service=emergency_access |
service=slipway           | yes | 130 [A]              | yes | yes       | Key:service |
service=bus               | yes | 130 [A]              | yes | yes       | Key:service |
tunnel=yes, lit           | yes | 110 [A]              | yes | yes       | Key:tunnel; Key:lit |
tunnel=yes, light unknown | yes | 130 [A]              | yes | yes       | Key:tunnel; Key:lit |
tunnel=yes, unlit         | yes | 160 [A]              | yes | yes       | Key:tunnel; Key:lit |
tunnel=building_passage   | yes | 105 [A]              | yes | yes       | Tag:tunnel=building_passage |
surface=gravel            | yes | 115 [A]              | yes slow | yes  | Key:surface |
surface=pebblestone       | yes | 120 [A]              | yes slow | yes  | Key:surface |
surface=grass             | yes | 115 [A]              | yes | yes       | Key:surface |
surface=sand              | yes | 170 [A]              | yes slow | yes  | Key:surface |
surface=mud               | yes | 200 [A]              | yes slow | yes  | Key:surface |
sac_scale=mountain_hiking | yes | 200 [A]              | yes | no        | Key:sac_scale | slope
sac_scale=demanding_mountain_hiking | yes | 300 [A]    | yes | no        | Key:sac_scale | slope
sac_scale=alpine_hiking   | no  | 100                  | yes | no        | Key:sac_scale | climb
sac_scale=demanding_alpine_hiking | no | 100           | yes | no        | Key:sac_scale | climb
sac_scale=difficult_alpine_hiking | no | 100           | yes | no        | Key:sac_scale | climb

foot=yes                  | yes | 100                  | yes | yes       | Key:foot |
foot=designated           | yes | 100                  | yes | yes       | Key:foot |
foot=official             | yes | 100                  | yes | yes       | Key:foot |
foot=permissive           | yes | 100                  | yes | yes       | Key:access |
foot=public               | yes | 100                  | yes | ask       | Key:access | synonym
foot=foot                 | yes | 100                  | yes | ask       | Key:foot | synonym
foot=allowed              | yes | 100                  | yes | ask       | Key:access | synonym
foot=destination          | yes | 130 [A]              | yes | yes       | Tag:access=destination |
foot=customers            | ask | 150 [A]              | yes | ask       | Tag:access=customers | guest
foot=dismount             | ask | 100                  | yes | ask       | Key:access | vague
foot=unknown              | ask | 120 [A]              | yes | no        | Key:access | vague
foot=discouraged          | ask | 200 [A]              | yes | ask       | Key:access | vague
foot=no                   | no  | 100                  | no  | no        | Key:access |
foot=private              | no  | 100                  | no  | no        | Tag:access=private | closed
foot=permit               | no  | 100                  | yes | no        | Tag:access=permit | closed
foot=residents            | no  | 100                  | yes | ask       | Key:access | closed
foot=employees            | no  | 100                  | yes | ask       | Key:access | closed
foot=members              | no  | 100                  | yes | ask       | Key:access | closed
foot=service              | no  | 100                  | yes | no        | Key:access | closed
foot=delivery             | no  | 100                  | no  | ask       | Tag:access=delivery | closed
foot=agricultural         | no  | 100                  | no  | ask       | Tag:access=agricultural | farm
foot=forestry             | no  | 100                  | no  | ask       | Tag:access=forestry | farm
foot=military             | no  | 100                  | yes | no        | Key:access | closed
foot=emergency            | no  | 100                  | yes | no        | Key:access | exit
foot=restricted           | no  | 100                  | yes | no        | Key:access | closed
foot=use_sidepath         | no  | 100                  | no  | ask avoid | Tag:foot=use_sidepath | beside
conditional=no            | yes | 130 [A]              | yes | yes       | Conditional restrictions | hours
conditional=yes           | yes | 150 [A]              | no  | yes       | Conditional restrictions | hours

oneway:foot=yes           | forward  | 100             | forward  | forward  | Key:oneway:foot |
oneway:foot=true          | forward  | 100             | forward  | forward  | Key:oneway:foot |
oneway:foot=1             | forward  | 100             | forward  | forward  | Key:oneway:foot |
oneway:foot=-1            | backward | 100             | backward | backward | Key:oneway:foot |
oneway:foot=no            | both     | 100             | both     | both     | Key:oneway:foot |
foot:forward=no           | backward | 100             | backward | backward | Key:foot:forward |
foot:backward=no          | forward  | 100             | forward  | forward  | Key:foot:backward |
foot:forward=yes          | both     | 100             | both     | forward  | Key:foot:forward | one
foot:backward=yes         | both     | 100             | both     | backward | Key:foot:backward | one
conveying=forward         | forward  | 100             | forward  | both     | Key:conveying | machine
conveying=backward        | backward | 100             | backward | both     | Key:conveying | machine
conveying=reversible      | both     | 100             | both     | both     | Key:conveying |
conveying=yes             | both     | 100             | both     | both     | Key:conveying |
oneway=yes, conveying     | forward  | 100             | both     | forward  | Key:conveying | machine
oneway=-1, conveying      | backward | 100             | both     | forward  | Key:conveying | machine
oneway=yes, ferry         | forward  | 100             | both     | forward  | Tag:route=ferry | boat
oneway=-1, ferry          | backward | 100             | both     | forward  | Tag:route=ferry | boat
oneway=yes                | both     | 100             | both     | both     | Key:oneway | vehicles
oneway=yes, steps         | both     | 100             | both     | forward  | Key:oneway | vehicles

barrier=no                | yes | 0                    | yes | yes       | Key:barrier |
barrier=entrance          | yes | 0                    | yes | yes       | Tag:barrier=entrance |
barrier=bollard           | yes | 0                    | yes | yes       | Tag:barrier=bollard |
barrier=kerb              | yes | 0                    | yes | yes       | Tag:barrier=kerb |
barrier=toll_booth        | yes | 0                    | yes | yes       | Tag:barrier=toll_booth |
barrier=height_restrictor | yes | 0                    | yes | yes       | Tag:barrier=height_restrictor |
barrier=planter           | yes | 0                    | yes | yes       | Tag:barrier=planter |
barrier=coupure           | yes | 0                    | yes | yes       | Tag:barrier=coupure |
barrier=block             | yes | 1 [A]                | yes | yes       | Tag:barrier=block |
barrier=bus_trap          | yes | 1 [A]                | yes | yes       | Tag:barrier=bus_trap |
barrier=sump_buster       | yes | 1 [A]                | yes | yes       | Tag:barrier=sump_buster |
barrier=step              | yes | 2 [A]                | yes | yes       | Key:barrier |
barrier=lift_gate         | yes | 2 [A]                | yes | yes       | Tag:barrier=lift_gate |
barrier=cycle_barrier     | yes | 2 [A]                | yes | yes       | Tag:barrier=cycle_barrier |
barrier=motorcycle_barrier | yes | 2 [A]               | yes | yes       | Tag:barrier=motorcycle_barrier |
barrier=chain             | yes | 3 [A]                | yes | yes       | Tag:barrier=chain |
barrier=rope              | yes | 3 [A]                | yes | yes       | Tag:barrier=rope |
barrier=log               | yes | 3 [A]                | yes | yes       | Tag:barrier=log |
barrier=jersey_barrier    | yes | 5 2 [A]              | yes | yes       | Tag:barrier=jersey_barrier |
barrier=swing_gate        | yes | 5 2 [A]              | yes | yes       | Tag:barrier=swing_gate |
barrier=kissing_gate      | yes | 5 [A]                | yes | yes       | Tag:barrier=kissing_gate |
barrier=cattle_grid       | yes | 5 [A]                | yes | yes       | Tag:barrier=cattle_grid |
barrier=debris            | yes | 15 [A]               | yes | yes       | Tag:barrier=debris |
barrier=stile             | yes | 15 [A]               | yes | yes       | Tag:barrier=stile |
barrier=guard_rail        | yes | 15 5 [A]             | yes | yes       | Tag:barrier=guard_rail |
barrier=turnstile         | yes | 15 5 [A]             | yes | yes       | Tag:barrier=turnstile |
barrier=full-height_turnstile | yes | 40 10 [A]        | yes | yes       | Tag:barrier=full-height_turnstile |
barrier=sally_port        | yes | 10 0 [A]             | yes | yes       | Tag:barrier=sally_port |
barrier=door              | yes | 25 5 [A]             | yes | yes       | Key:barrier |
barrier=gate              | yes | 25 5 [A]             | yes | yes       | Tag:barrier=gate |
barrier=wicket_gate       | yes | 25 5 [A]             | yes | yes       | Tag:barrier=wicket_gate |
barrier=hampshire_gate    | yes | 25 5 [A]             | yes | yes       | Tag:barrier=hampshire_gate |
barrier=sliding_gate      | yes | 25 5 [A]             | yes | yes       | Tag:barrier=sliding_gate |
barrier=border_control    | yes | 1000 [A]             | yes | yes       | Tag:barrier=border_control |
barrier=fence             | ask | 10 [A]               | ask | ask       | Tag:barrier=fence |
barrier=fence, audible    | yes | 0                    | yes | ask       | Key:sensory | sound
barrier=wall              | ask | 10 [A]               | ask | yes       | Tag:barrier=wall | wall
barrier=city_wall         | ask | 10 [A]               | yes | yes       | Tag:barrier=city_wall | wall
barrier=retaining_wall    | ask | 10 [A]               | yes | yes       | Tag:barrier=retaining_wall | wall
barrier=hedge             | ask | 10 [A]               | yes | yes       | Tag:barrier=hedge | wall
barrier=ditch             | ask | 15 [A]               | yes | yes       | Tag:barrier=ditch | wall
barrier=yes               | yes | 40 5 [A]             | ask | yes       | Key:barrier | gap
barrier=*                 | yes | 30 5 [A]             | yes | yes       | Key:barrier | gap
locked=yes                | ask | 50 [A]               | yes | ask       | Key:locked | lock
entrance=emergency        | ask | 50 [A]               | yes | yes       | Tag:entrance=emergency | exit
entrance=home             | yes | 50 10 [A]            | yes | yes       | Tag:entrance=home |
entrance=staircase        | yes | 25 5 [A]             | yes | yes       | Tag:entrance=staircase |
entrance=service          | yes | 25 5 [A]             | yes | yes       | Tag:entrance=service |
entrance=garage           | yes | 50 10 [A]            | yes | yes       | Tag:entrance=garage |
door=no                   | yes | 0                    | yes | yes       | Key:door |
door=*                    | yes | 10 3 [A]             | yes | yes       | Key:door |
ford=yes                  | yes | 50 [A]               | yes | yes       | Key:ford |
node highway=elevator     | yes | 30 [A]               | yes | yes       | Tag:highway=elevator |
"""

COLUMNS: Final = ("unsaid", "pavement", "without", "separate")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; the module's docstring explains its columns.

    Attributes
    ----------
    efforts
        Whole percent (ways) or metres (nodes): one, two or four numbers; empty if ``column`` is not 0.
    among_cars
        As long as ``efforts``: whether the number has a star.
    column
        Which of a road's four numbers this row picks, 0 if none.
    assumed
        The number is our judgement.
    """

    key: str
    value: str
    walk: str
    efforts: tuple[int, ...]
    among_cars: tuple[bool, ...]
    column: int
    assumed: bool
    osrm: str
    graphhopper: str
    source: str
    why: str

    @property
    def name(self) -> str:
        """The tag, as people write it."""
        return f"{self.key}={self.value}"

    @property
    def differs(self) -> bool:
        """Tell whether OSRM or GraphHopper decide otherwise than we do (effort apart)."""
        return {self.osrm.split()[0], self.graphhopper.split()[0]} != {self.walk}


def _row(line: str) -> Row:
    tag, walk, effort, osrm, graphhopper, source, why = (cell.strip() for cell in line.split("|"))
    key, _, value = tag.partition("=")
    words = effort.replace("[A]", "").split()
    column = COLUMNS.index(words[0][1:]) if words[0].startswith("@") else 0
    numbers = [] if column else words
    efforts = tuple(int(number.removesuffix("*")) for number in numbers)
    among_cars = tuple(number.endswith("*") for number in numbers)
    return Row(key, value, walk, efforts, among_cars, column, "[A]" in effort, osrm, graphhopper, source, NOTES[why])


ROWS: Final[tuple[Row, ...]] = tuple(_row(line) for line in _TEXT.splitlines() if line.strip())
TABLE: Final[dict[str, dict[str, Row]]] = {
    key: {row.value: row for row in ROWS if row.key == key} for key in dict.fromkeys(row.key for row in ROWS)
}
