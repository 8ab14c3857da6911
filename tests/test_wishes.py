"""What a person would rather walk on or not: weighed within the detour, for her request alone, and told."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from drawing import draw
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import NetworkxOracle

from routing.alternatives import Walk, choose, effort_limit_dm
from routing.build import build_area
from routing.errors import (
    AmbiguousError,
    BadPositionError,
    BadUsageError,
    NoRouteError,
    OutsideAreaError,
    SamePlaceError,
    UnknownPlaceError,
)
from routing.geo import from_frame, to_frame
from routing.graph import WAY_CLASSES, Flag
from routing.model import Circle, Detour, LonLat, Overlay, Ring, RouteRequest, Wishes
from routing.offers import Offer
from routing.plans import Range, Risk, Route, Score
from routing.revise import overlaid
from routing.router import notes_on, plan
from routing.search.front import find_front
from routing.search.network import PathFinder
from routing.snap import snap
from routing.wishes import spot_of, understood

if TYPE_CHECKING:
    from drawing import Drawing

    from routing.area import Area

STATION, SENATE = LonLat(24.93840, 60.16990), LonLat(24.95000, 60.17600)
WALK = RouteRequest(STATION, SENATE)
INSIDE = Circle(LonLat(24.944, 60.1725), 150.0)  # on the least seen of them
STREETS = ("Kaivokatu", "Aleksanterinkatu", "Mannerheimintie", "Unioninkatu")


@pytest.fixture(scope="module")
def area(demo: Area) -> Area:
    return demo


def built(drawing: Drawing) -> Area:
    with tempfile.TemporaryDirectory() as folder:
        return build_area(drawing.write(Path(folder) / "drawing.osm"), name="Drawn")


def yard(short: str, long: str = "highway=footway", *, rows: int = 1) -> tuple[Area, RouteRequest]:
    """Draw a short way of 150 m from a to d by b and c, and one by e and f that is 20 m longer for each row."""
    between = "\n".join(["          |          |"] * (rows - 1))
    drawing = draw(
        f"""
        a-b----------c-d
{between}
          e----------f
        """,
        [("ab", "highway=footway"), ("cd", "highway=footway"), ("bc", short), ("befc", long)],
    )
    ends = (LonLat(*drawing.lonlat[letter]) for letter in "ad")
    return built(drawing), RouteRequest(*ends, detour=Detour(share=1.5))


def lengths(area: Area, request: RouteRequest) -> list[float]:
    return [route.score.length_m for route in plan(area, request).routes]


@pytest.mark.parametrize(
    ("short", "rows", "wishes"),
    [
        ("highway=steps", 8, Wishes(avoid_stairs=True)),  # stairs take more effort by themselves
        ("highway=steps conveying=yes", 4, Wishes(avoid_stairs=True)),
        ("highway=footway lit=no", 1, Wishes(avoid_unlit=True)),
        ("highway=primary sidewalk=both", 2, Wishes(avoid_busy=True)),
        ("highway=secondary_link sidewalk=both", 2, Wishes(avoid_busy=True)),
        ("highway=footway name=Kaari", 1, Wishes(avoid=("Kaari",))),
        ("highway=footway name=Kaari", 1, Wishes(avoid=("  kAari",))),
    ],
)
def test_plan_when_the_short_way_is_to_be_avoided_then_the_last_walk_leaves_it_out(
    short: str, rows: int, wishes: Wishes
) -> None:
    area, request = yard(short, rows=rows)
    answer = plan(area, replace(request, wishes=wishes))
    last = answer.routes[-1]
    assert last.name == "least_seen"
    assert last.score.length_m == pytest.approx(150 + 20 * rows, abs=1)
    assert last.avoided_m == 0
    assert answer.routes[0].avoided_m == pytest.approx(110, abs=1)
    assert "wish-not-met" not in {note.code for note in answer.notes}


@pytest.mark.parametrize(
    ("short", "wishes"),
    [
        ("highway=footway", Wishes(avoid_unlit=True)),  # the map does not say: not known is not dark
        ("highway=footway lit=yes", Wishes(avoid_unlit=True)),
        ("highway=residential", Wishes(avoid_busy=True)),
        ("highway=tertiary", Wishes(avoid_busy=True)),
        ("highway=footway", Wishes(avoid_stairs=True)),
    ],
)
def test_plan_when_nothing_is_to_be_avoided_then_walks_are_as_without_wishes(short: str, wishes: Wishes) -> None:
    area, request = yard(short)
    answer = plan(area, replace(request, wishes=wishes))
    assert [route.score.length_m for route in answer.routes] == lengths(area, request)
    assert [route.avoided_m for route in answer.routes] == [0.0] * len(answer.routes)


def test_plan_when_there_is_no_other_way_then_a_walk_all_the_same_and_a_note_says_how_many_metres() -> None:
    area, request = yard("highway=steps", "highway=steps")
    answer = plan(area, replace(request, wishes=Wishes(avoid_stairs=True)))
    (note,) = [note for note in answer.notes if note.code == "wish-not-met"]
    assert note.metres == pytest.approx(110, abs=1)
    assert f"{note.metres:.0f} m" in note.text
    no_detour = plan(area, replace(request, wishes=Wishes(avoid_stairs=True), detour=Detour()))
    assert {note.code for note in no_detour.notes} >= {"no-better-by-wishes", "wish-not-met"}


def test_plan_when_three_steps_are_to_be_avoided_then_they_count_as_a_whole_flight() -> None:
    drawing = draw(
        """
        a---b-c---d
             e
        """,
        [("ab", "highway=footway"), ("cd", "highway=footway"), ("bc", "highway=steps"), ("bec", "highway=footway")],
        step_m=1.0,
    )
    area = built(drawing)
    wished = understood(area, Wishes(avoid_stairs=True))
    steps = (area.graph.flags & Flag.STEPS) != 0
    assert set(wished.extra_e6[steps[area.graph.section]].tolist()) == {100_000}


def test_plan_when_a_street_is_preferred_then_the_last_walk_goes_along_it() -> None:
    area, request = yard("highway=footway", "highway=footway name=Kaari")
    assert lengths(area, replace(request, wishes=Wishes(prefer=("Kaari",))))[-1] == pytest.approx(170, abs=3)
    circle = Circle(request.start, 5.0)  # what is preferred is where both begin
    assert lengths(area, replace(request, wishes=Wishes(prefer=(circle,))))[0] == pytest.approx(150, abs=3)


def test_plan_when_a_pavement_has_the_name_of_a_busy_road_then_avoided_too() -> None:
    drawing = draw(
        """
        g--------------h
        a--------------d

        e--------------f
        """,
        [
            ("gh", {"highway": "primary", "name": "Suurtie"}),
            ("ad", "highway=footway"),
            ("aefd", "highway=footway"),
            ("ga", "highway=footway"),
            ("hd", "highway=footway"),
        ],
    )
    area = built(drawing)
    beside = (area.graph.flags & Flag.BESIDE) != 0
    assert beside.any()
    whole = understood(area, Wishes(avoid_busy=True)).whole
    assert whole[beside].all()
    assert int(whole.sum()) == int(beside.sum()) + 1


def counted_inside_m(line: np.ndarray, circle: Circle) -> float:
    """Count points along a line, one each centimetre or so."""
    xy = to_frame(line, np.array(circle.centre))
    total = 0.0
    for a, b in pairwise(xy):
        length = float(np.hypot(*(b - a)))
        share = (np.arange(max(1, int(length * 100)))[:, None] + 0.5) / max(1, int(length * 100))
        total += length * float((np.hypot(*(a + share * (b - a)).T) <= circle.radius_m).mean())
    return total


def test_plan_when_a_region_is_to_be_avoided_then_metres_in_it_are_those_of_the_line(area: Area) -> None:
    across = Circle(LonLat(24.9441, 60.1722), 400.0)  # too large to go round it
    routes = plan(area, replace(WALK, wishes=Wishes(avoid=(across,)))).routes
    for route in routes:
        assert route.avoided_m == pytest.approx(counted_inside_m(route.lonlat, across), abs=0.5)
        assert route.avoided_m > 100
    assert routes[-1].avoided_m < routes[0].avoided_m
    before = plan(area, WALK).routes[-1]
    assert counted_inside_m(before.lonlat, INSIDE) > 50
    assert plan(area, replace(WALK, wishes=Wishes(avoid=(INSIDE,)))).routes[-1].avoided_m == 0


def test_plan_when_cameras_of_her_own_come_along_then_both_count(area: Area) -> None:
    off = frozenset(camera.id for camera in area.cameras[:30])
    hers = overlaid(area, Overlay(off=off))
    assert area.segments is hers.segments  # not sorted anew for each request
    answer = plan(area, replace(WALK, overlay=Overlay(off=off), wishes=Wishes(avoid=(INSIDE,))))
    assert answer.routes[-1].avoided_m == 0
    assert not off & {meeting.camera.id for route in answer.routes for meeting in route.score.meetings}


def test_request_when_the_other_way_round_then_all_places_are(area: Area) -> None:
    stops = LonLat(24.9445, 60.1690), LonLat(24.947, 60.171)
    back = replace(WALK, via=stops).the_other_way_round
    assert (back.start, *back.via, back.end) == (SENATE, *stops[::-1], STATION)
    assert back.the_other_way_round == replace(WALK, via=stops)
    first = plan(area, WALK.the_other_way_round).routes[0]
    assert np.hypot(*to_frame(first.lonlat[-1], np.array(STATION))) < 60


def random_wishes(area: Area) -> st.SearchStrategy[Wishes]:
    box = area.manifest.bbox
    places = st.builds(LonLat, st.floats(box.west, box.east), st.floats(box.south, box.north))
    circles = st.builds(Circle, places, st.floats(5.0, 400.0))
    rings = st.builds(Ring, st.lists(places, min_size=3, max_size=5, unique=True).map(tuple))
    spots = st.lists(circles | rings | st.sampled_from(STREETS), max_size=3).map(tuple)
    some = st.builds(Wishes, st.booleans(), st.booleans(), st.booleans(), spots, spots)
    return some.filter(lambda wishes: not set(wishes.avoid) & set(wishes.prefer))


def shared(area: Area) -> list[np.ndarray]:
    return [*area.graph.arrays().values(), area.risk_e6, area.side_e6, area.in_view_dm, area.network.seen]


@settings(max_examples=25)
@given(st.data())
def test_plan_when_wishes_are_any_then_no_walk_exceeds_the_detour_and_nothing_shared_changes(
    area: Area, data: st.DataObject
) -> None:
    box = area.manifest.bbox
    wide, high = (box.east - box.west) / 10, (box.north - box.south) / 10
    places = st.builds(
        LonLat, st.floats(box.west + wide, box.east - wide), st.floats(box.south + high, box.north - high)
    )
    start, end = data.draw(places), data.draw(places)
    detour = data.draw(st.sampled_from([Detour(), Detour(share=0.1), Detour(share=0.3), Detour(metres=200.0)]))
    request = RouteRequest(start, end, (), detour, data.draw(st.booleans()))
    wishes = data.draw(random_wishes(area))
    before = [array.copy() for array in shared(area)]
    try:
        wished = plan(area, replace(request, wishes=wishes))
    except (SamePlaceError, NoRouteError):
        return
    effort_dm = PathFinder(area.network, snap(area.graph, start), snap(area.graph, end)).best(1).effort_dm  # type: ignore[union-attr]  # planned already
    limit_m = effort_limit_dm(effort_dm, detour) / 10
    for route in wished.routes:
        assert route.score.length_m <= detour.limit_m(wished.routes[0].score.length_m) + 0.01
        assert route.score.length_m <= limit_m + 0.05 * (len(route.junctions) + 4)  # edges are whole decimetres
        assert (route.avoided_m is None) == (wishes == Wishes(prefer=wishes.prefer)), (
            "what is only preferred is not avoided"
        )
    for array, copy in zip(shared(area), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def slow_extra(area: Area, wishes: Wishes) -> np.ndarray:
    """Weigh edge by edge, as the README says it; streets and kinds of street alone."""
    graph = area.graph
    busy = {
        "secondary",
        "primary",
        "trunk",
        "motorway",
        "secondary_link",
        "primary_link",
        "trunk_link",
        "motorway_link",
    }
    of_busy = {
        graph.name_of(one) for one in range(graph.section_count) if WAY_CLASSES[graph.way_class[one]] in busy
    } - {""}
    extra = []
    for edge in range(graph.edge_count):
        section = int(graph.section[edge])
        flags, name = int(graph.flags[section]), graph.name_of(section)
        kind = WAY_CLASSES[graph.way_class[section]]
        stairs = wishes.avoid_stairs and bool(flags & Flag.STEPS or kind in {"steps", "escalator"})
        unlit = wishes.avoid_unlit and bool(flags & Flag.UNLIT)
        noisy = wishes.avoid_busy and (kind in busy or bool(flags & Flag.BESIDE and name in of_busy))
        per_dm = 1000 if stairs or name in wishes.avoid else 100 if unlit or noisy else 0
        per_dm += 10 if wishes.prefer and name not in wishes.prefer else 0
        amount = int(graph.length_dm[edge]) * per_dm
        extra.append(min(max(amount, 100_000) if stairs else amount, 30_000_000))
    return np.array(extra)


@settings(max_examples=6)
@given(st.data())
def test_search_when_wishes_count_then_every_cost_equals_networkx_on_changed_weights(
    area: Area, data: st.DataObject
) -> None:
    names = st.lists(st.sampled_from(STREETS), max_size=2).map(tuple)
    any_ = st.builds(Wishes, st.booleans(), st.booleans(), st.booleans(), names, names)
    wishes = data.draw(any_.filter(lambda some: not set(some.avoid) & set(some.prefer)))
    network = understood(area, wishes).on(area.network)
    oracle = NetworkxOracle(replace(area.network, seen=area.network.seen + slow_extra(area, wishes)))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    box = area.manifest.bbox
    for beta in (1, 30, 1000, 10**7):
        ends = [
            snap(area.graph, LonLat(rng.uniform(box.west, box.east), rng.uniform(box.south, box.north)))
            for _ in range(2)
        ]
        path = PathFinder(network, *ends).best(beta)
        assert (path.cost(beta) if path else None) == oracle.least_cost(*ends, beta)
        shortest = PathFinder(area.network, *ends).best(1)
        if shortest is not None:  # whatever is wished, the front begins with the shortest
            front = find_front(network, *ends, budget_dm=shortest.effort_dm + 500)
            assert front.effort_dm[0] <= shortest.effort_dm


def test_understood_when_nothing_is_wished_then_the_very_same_network(area: Area) -> None:
    wished = understood(area, Wishes())
    assert not wished
    assert wished.on(area.network) is area.network


def test_understood_when_regions_overlap_then_metres_count_once(area: Area) -> None:
    once, thrice = (understood(area, Wishes(avoid=spots)) for spots in ((INSIDE,), (INSIDE, INSIDE, INSIDE)))
    assert once.extra_e6.any()
    assert (once.extra_e6 == thrice.extra_e6).all()
    both = understood(area, Wishes(avoid=(INSIDE,), prefer=(replace(INSIDE, radius_m=INSIDE.radius_m - 1),)))
    elsewhere = area.graph.length_dm * 10
    assert (both.extra_e6 >= once.extra_e6).all()
    assert set((both.extra_e6 - once.extra_e6 - elsewhere)[once.extra_e6 == 0].tolist()) == {0}


def corners(*xy_m: tuple[float, float]) -> tuple[LonLat, ...]:
    points = from_frame(np.array(xy_m, dtype=np.float64), np.array(STATION))
    return tuple(LonLat(*point) for point in points.tolist())


@pytest.mark.parametrize(
    ("spots", "error", "says"),
    [
        ((Circle(STATION, 0.0),), BadUsageError, "radius of number 1 .* 1 m to 5000 m"),
        ((Circle(STATION, 5001.0),), BadUsageError, "radius"),
        ((Circle(STATION, float("nan")),), BadUsageError, "radius"),
        ((INSIDE, Circle(STATION, -5.0)), BadUsageError, "number 2"),
        ((Ring(corners((0, 0), (9, 9))),), BadUsageError, "fewer than 3 corners"),
        ((Ring(corners((0, 0), (9, 9), (0, 0), (9, 9))),), BadUsageError, "fewer than 3 corners"),
        ((Ring(()),), BadUsageError, "fewer than 3 corners"),
        ((Ring(corners(*((at, at * at) for at in range(201)))),), BadUsageError, "200 corners"),
        ((INSIDE,) * 21, BadUsageError, "more than 20"),
        ((Circle(LonLat(181.0, 60.0)),), BadPositionError, "not a position"),
        ((Circle(LonLat(float("nan"), 60.0)),), BadPositionError, "not a position"),
        ((Circle(LonLat(60.17, 24.94)),), OutsideAreaError, "outside the area"),
        (("Zyzzyvakatu",), UnknownPlaceError, "no street in this area"),
        (("",), UnknownPlaceError, "no street"),
    ],
)
def test_plan_when_a_wish_is_out_of_bounds_then_one_line_without_coordinates(
    area: Area, spots: tuple[Circle | Ring | str, ...], error: type[Exception], says: str
) -> None:
    for wishes in (Wishes(avoid=spots), Wishes(prefer=spots)):
        with pytest.raises(error, match=says) as caught:
            plan(area, replace(WALK, wishes=wishes))
        assert "\n" not in str(caught.value)
        assert not any(digits in str(caught.value) for digits in ("60.1", "24.9", "181"))


@pytest.mark.parametrize(
    ("avoid", "prefer", "says"),
    [
        ("Kaivokatu", "Kaivokatu", "the same street is both"),
        ("KAIVOKATU", " kaivokatu ", "the same street is both"),
        ("60.1699, 24.9384", "60.1699, 24.9384", "the same street is both"),
        (INSIDE, INSIDE, "the same region is both"),
    ],
)
def test_plan_when_one_wish_undoes_another_then_refused(
    area: Area, avoid: Circle | Ring | str, prefer: Circle | Ring | str, says: str
) -> None:
    with pytest.raises(BadUsageError, match=says) as caught:
        plan(area, replace(WALK, wishes=Wishes(avoid=("Aleksanterinkatu", avoid), prefer=(prefer,))))
    assert not any(char.isdigit() for char in str(caught.value)), "no position, whatever was typed as a street"


def test_spot_when_a_street_or_place_is_named_then_which_is_meant(area: Area) -> None:
    assert spot_of(area, "kaivokatu") == ("Kaivokatu", "Kaivokatu")
    assert spot_of(area, "Mannerheimvägen")[0] == "Mannerheimintie"  # by its other name
    spot, name = spot_of(area, "Kiasma")
    assert isinstance(spot, Circle)
    assert (spot.radius_m, name) == (100.0, "Kiasma")
    with pytest.raises(UnknownPlaceError, match="Zyzzyva"):
        spot_of(area, "Zyzzyva")


def test_spot_when_two_streets_differ_by_their_kind_then_both_are_offered() -> None:
    drawing = draw(
        "a---b---c",
        [
            ("ab", {"highway": "footway", "name": "улица Ленина"}),
            ("bc", {"highway": "footway", "name": "проспект Ленина"}),
        ],
    )
    area = built(drawing)
    assert spot_of(area, "Ленина ул.")[0] == "улица Ленина"
    with pytest.raises(AmbiguousError) as caught:
        spot_of(area, "Ленина")
    assert sorted(caught.value.choices) == ["проспект Ленина", "улица Ленина"]


def test_choose_when_a_wish_is_met_at_more_risk_then_kept() -> None:
    def walk(length_m: float, risk: float, wish: float) -> Walk:
        score = Score(length_m, 0.0, 0.0, 0.0, (), np.zeros((0, 2)), Risk(risk=Range(0.0, risk, 1.0)))
        return Walk((), round(10 * length_m), round(1e6 * (risk + wish)), (), score, wish_e6=round(1e6 * wish))

    named, front = choose([walk(1000, 0.05, 0.4), walk(1100, 0.04, 0.4), walk(1200, 0.06, 0.0)], Detour(share=0.3))
    assert [(name, one.length_m) for name, one in named] == [("shortest", 1000), ("least_seen", 1200)]
    assert [one.length_m for one in front] == [1000, 1100, 1200]
    without, _ = choose([walk(1000, 0.05, 0.0), walk(1100, 0.04, 0.0), walk(1200, 0.06, 0.0)], Detour(share=0.3))
    assert [(name, one.length_m) for name, one in without] == [("shortest", 1000), ("least_seen", 1100)]


def test_plan_when_a_region_is_half_the_earth_or_the_seed_is_negative_then_refused(demo: Area) -> None:
    wide = Ring((LonLat(-170, -80), LonLat(170, -80), LonLat(170, 80), LonLat(-170, 80)))
    for odd in ({"wishes": Wishes(avoid=(wide,))}, {"seed": -1}):
        with pytest.raises(BadUsageError, match=r"half the Earth|the seed"):
            plan(demo, RouteRequest(LonLat(24.94, 60.17), LonLat(24.95, 60.172), **odd))


def test_plan_when_something_is_only_preferred_then_nothing_is_told_of_what_to_avoid(demo: Area) -> None:
    for wishes, told in ((Wishes(prefer=("Aleksanterinkatu",)), False), (Wishes(avoid_stairs=True), True)):
        routes = plan(demo, RouteRequest(LonLat(24.94, 60.17), LonLat(24.95, 60.172), wishes=wishes)).routes
        assert all((route.avoided_m is not None) == told for route in routes)


def test_notes_when_any_walk_has_more_risk_than_a_shorter_one_then_told(demo: Area) -> None:
    def codes(named: list[float], also: tuple[tuple[float, float], ...] = ()) -> set[str]:
        def route(name: str, length_m: float, risk: float) -> Route:
            score = Score(length_m, 0.0, 0.0, 0.0, (), np.zeros((0, 2)), Risk(risk=Range(0.0, risk, 1.0)))
            return Route(name, score, 0.0, np.zeros((2, 2)), ())

        routes = [route(str(number), 1000.0 + 100 * number, risk) for number, risk in enumerate(named)]
        more = tuple(route("also", *one) for one in also)
        offered = Offer(tuple(routes), more, (), 0.0)
        here = snap(demo.graph, STATION)
        return {
            note.code for note in notes_on(demo, offered, (here, here), understood(demo, Wishes(avoid_stairs=True)))
        }

    assert "wish-adds-risk" in codes([0.05, 0.06, 0.04])  # in the middle
    assert "wish-adds-risk" in codes([0.05, 0.04, 0.045])
    assert "wish-adds-risk" in codes([0.05, 0.06])
    assert "wish-adds-risk" in codes([0.05, 0.03], ((1050.0, 0.07),))
    assert "wish-adds-risk" not in codes([0.05, 0.04, 0.03])
    assert "wish-adds-risk" not in codes([0.05, 0.03], ((1050.0, 0.04),))
    assert "wish-adds-risk" not in codes([0.05])
