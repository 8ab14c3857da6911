from __future__ import annotations

import numpy as np
import pytest

from routing.assemble import Section
from routing.geo import from_frame
from routing.graph import Flag
from routing.naming import know_pavements

ORIGIN = np.array([24.94, 60.17])


def section(way_class: str, *spots_m: tuple[float, float], name: str = "", flags: Flag = Flag.LIT) -> Section:
    line = from_frame(np.array(spots_m, dtype=np.float64), ORIGIN)
    return Section(tail=0, head=1, line=line, way_id=1, way_class=way_class, flags=flags, name=name)


STREET = section("primary", (-100, 0), (100, 0), name="Long Street")


@pytest.mark.parametrize(
    ("pavement", "name"),
    [
        (section("footway", (-90, 7), (90, 7)), "Long Street"),
        (section("footway", (90, -7), (-90, -7)), "Long Street"),  # drawn the other way
        (section("cycleway", (-50, 12), (50, 9)), "Long Street"),
        (section("footway", (-90, 25), (90, 25)), ""),  # too far
        (section("footway", (0, 5), (0, 60)), ""),  # leads away
        (section("footway", (-20, 6), (0, 6), (0, 80)), ""),  # beside it at one quarter only
        (section("footway", (-90, 7), (90, 7), name="Own Name"), "Own Name"),
        (section("footway", (-90, 7), (90, 7), flags=Flag.ENCLOSED), ""),
        (section("footway", (-10, 7), (10, 7), flags=Flag.CROSSING), ""),
        (section("service", (-90, 7), (90, 7)), ""),
    ],
)
def test_pavement_when_it_lies_somewhere_then_named_only_beside_a_street(pavement: Section, name: str) -> None:
    street, found = know_pavements([STREET, pavement])
    assert street.name == STREET.name
    assert found.name == name
    assert bool(found.flags & Flag.BESIDE) == (not pavement.name and name != "")


def test_pavement_when_between_two_streets_then_named_after_the_nearer() -> None:
    other = section("residential", (-100, 20), (100, 20), name="Other Street")
    assert know_pavements([other, STREET, section("footway", (-90, 7), (90, 7))])[2].name == "Long Street"


def test_pavement_when_there_is_no_named_street_then_stays_as_it_is() -> None:
    sections = [section("residential", (-100, 0), (100, 0)), section("footway", (-90, 7), (90, 7))]
    assert know_pavements(sections) == sections


@pytest.mark.parametrize(
    ("road", "among_cars"),
    [
        (STREET, True),
        (section("secondary", (-80, 0), (80, 0)), True),
        (section("residential", (-80, 0), (80, 0)), False),  # one walks on such a street
        (section("primary", (-80, 0), (80, 0), flags=Flag.SIDEWALK_LEFT), False),  # its own pavement
        (section("primary", (-80, 40), (80, 40)), False),  # the footway is another's
        (section("primary", (0, 0), (0, 90)), False),
    ],
)
def test_road_when_a_pavement_lies_beside_it_then_a_big_one_is_a_carriageway(road: Section, among_cars: bool) -> None:  # noqa: FBT001  # a case
    found, _ = know_pavements([road, section("footway", (-90, 7), (90, 7))])
    assert bool(found.flags & Flag.CARRIAGEWAY) == among_cars
