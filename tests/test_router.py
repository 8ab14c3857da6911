from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import load, save
from routing.alternatives import Walk, choose
from routing.area import Unmapped
from routing.build import build_area
from routing.cameras import write_cameras
from routing.certificates import certify
from routing.errors import (
    BadPositionError,
    DetourError,
    NoRouteError,
    NoWayNearError,
    OutsideAreaError,
    PlaceError,
    SamePlaceError,
    TooFarApartError,
    TooLongError,
)
from routing.formats import FORMATS
from routing.geo import cut_line, distance_m
from routing.hazard.parameters import ModelFile
from routing.model import Camera, Detour, LonLat, RouteRequest
from routing.plans import Assumed, Range, Risk, Score
from routing.points import Typed
from routing.revise import revised
from routing.router import parse_detour, plan
from routing.score import measure, watch_of
from routing.search.network import PathFinder
from routing.snap import snap
from routing.stretches import stretches_of
from routing.workspace import demo_extract, released_cameras

if TYPE_CHECKING:
    from routing.area import Area

sys.path.insert(0, str(Path(__file__).parent / "bench"))
from table_walks import random_pairs, table

STATION, SENATE = LonLat(24.93840, 60.16990), LonLat(24.95000, 60.17600)


def test_plan_when_ends_are_real_then_three_walks_each_less_likely_recognised_within_the_detour(demo: Area) -> None:
    answer = plan(demo, RouteRequest(STATION, SENATE))
    assert [route.name for route in answer.routes] == ["shortest", "balanced", "least_seen"]
    shortest, balanced, least = (route.score for route in answer.routes)
    assert shortest.risk.risk.default > balanced.risk.risk.default > least.risk.risk.default
    assert shortest.length_m < balanced.length_m < least.length_m <= shortest.length_m * 1.3 + 0.5
    for route in answer.routes:
        assert sum(step.length_m for step in route.steps) == pytest.approx(route.score.length_m, rel=1e-3)
        assert distance_m(route.lonlat[0], np.array(STATION)) < 60
        assert distance_m(route.lonlat[-1], np.array(SENATE)) < 60


@pytest.mark.parametrize(
    "detour", [Detour(), Detour(share=0.05), Detour(metres=150.0), Detour(share=3.0), Detour(share=9999.99)]
)
def test_plan_when_a_detour_is_given_then_no_walk_is_longer(demo: Area, detour: Detour) -> None:
    routes = plan(demo, RouteRequest(STATION, SENATE, (), detour)).routes
    limit_m = detour.limit_m(routes[0].score.length_m)
    assert all(route.score.length_m <= limit_m + 0.5 for route in routes)


def test_plan_when_pairs_are_many_then_what_is_measured_is_what_the_edges_hold(demo: Area) -> None:
    watch = watch_of(demo.cameras, demo.walls, demo.estimates, demo.month, demo.spread)
    for start, end in random_pairs(demo, 40, seed=5):
        ends = snap(demo.graph, start), snap(demo.graph, end)
        for beta in (1, 5000, 10**5, 10**6, 10**7):
            path = PathFinder(demo.network, *ends).best(beta)
            assert path is not None
            score = measure(stretches_of(demo, path.parts), watch, ranges=False)
            # each edge and each end is rounded to a decimetre
            slack_m = 0.05 * (len(path.parts) + 4)
            assert score.length_m == pytest.approx(path.length_dm / 10, abs=slack_m)
            in_view_m = sum(part.share(demo.in_view_dm) for part in path.parts) / 10
            # a split edge is taken as evenly in view along its length, so its parts may differ by all of it
            ends_m = sum(float(demo.graph.section_length_m[place.section]) for place in ends)
            assert score.in_view_m == pytest.approx(in_view_m, abs=slack_m + ends_m)
            # a camera that sees several edges counts once on the walk and on each edge by itself
            risk = sum(part.share(demo.risk_e6) for part in path.parts) / 1e6
            ends_risk = sum(int(demo.risk_e6[demo.graph.edges_of_section(place.section)].max()) for place in ends) / 1e6
            assert 0.7 * (risk - ends_risk) - 1e-3 <= score.risk.risk.default <= risk + ends_risk + 1e-3


def test_plan_when_pairs_are_many_then_each_walk_is_longer_and_less_likely_recognised(demo: Area) -> None:
    for start, end in random_pairs(demo, 60, seed=3):
        answer = plan(demo, RouteRequest(start, end))
        assert all(route.detour_m >= 0 for route in answer.routes)
        for before, after in (*pairwise(answer.front),):
            assert before.length_m <= after.length_m
            assert before.risk > after.risk
        for shorter, longer in pairwise(answer.routes):
            assert longer.score.risk.risk.default < shorter.score.risk.risk.default
            assert longer.score.risk.recognition.high < shorter.score.risk.recognition.high + 0.05


@pytest.mark.parametrize("name", ["sf-downtown.osm.pbf", "moscow-ostankino.osm.gz"])
def test_plan_when_cameras_are_few_then_no_walk_is_longer_for_nothing(
    test_data: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "one.geojson"
    write_cameras(
        file, [Camera("ss/abcdefghij", LonLat(37.615, 55.822), {"man_made": "surveillance"}, source="report")]
    )
    area = build_area(test_data / name, camera_files=[file])
    assert area.cameras
    planned = 0
    for start, end in random_pairs(area, 50, seed=3):
        with suppress(PlaceError):  # some points lie on a ferry's course
            routes = plan(area, RouteRequest(start, end)).routes
            planned += 1
            for shorter, longer in pairwise(routes):
                assert longer.score.risk.risk.default < 0.999 * shorter.score.risk.risk.default
                assert longer.detour_m >= shorter.detour_m
    assert planned > 40


def test_least_seen_when_only_what_is_mapped_counts_then_at_least_half_of_the_risk_is_left_out_over_200_pairs() -> None:
    area = build_area(demo_extract(), camera_files=[released_cameras()], model_file=ModelFile(town="none"))
    shortest, balanced, least = table(area, random_pairs(area, 200, seed=1))
    assert least.risk <= 0.5 * shortest.risk
    assert least.risk < balanced.risk < shortest.risk
    assert least.length_m <= 1.3 * shortest.length_m
    assert least.enclosed_m < shortest.enclosed_m  # no camera is dodged under a roof, where nobody maps any


def test_plan_when_she_keeps_to_the_sides_she_is_told_then_less_likely_recognised_and_the_steps_say_them(
    demo: Area,
) -> None:
    told, saved = 0, []
    for start, end in random_pairs(demo, 25, seed=9):
        free, keeping = (plan(demo, RouteRequest(start, end, keep_side=keep)) for keep in (False, True))
        told += sum(step.keep is not None for route in free.routes for step in route.steps)
        for route in keeping.routes:
            for step in route.steps:
                assert (step.keep is None) == ("keep to the" not in step.text)
        saved.append(1 - keeping.routes[-1].score.risk.risk.default / free.routes[-1].score.risk.risk.default)
    assert told > 0
    assert np.mean(saved) > 0
    assert min(saved) > -0.1


def test_plan_when_stops_are_given_then_all_walks_pass_there(demo: Area) -> None:
    stop = LonLat(24.9445, 60.1690)
    direct = plan(demo, RouteRequest(STATION, SENATE)).routes[0]
    answer = plan(demo, RouteRequest(STATION, SENATE, (stop,)))
    for route in answer.routes:
        assert distance_m(route.lonlat, np.array(stop)).min() < 40
        assert route.score.length_m > direct.score.length_m


def test_plan_when_ends_are_swapped_then_shortest_is_as_long(demo: Area) -> None:
    there, back = (plan(demo, RouteRequest(*ends)).routes[0] for ends in ((STATION, SENATE), (SENATE, STATION)))
    assert there.score.length_m == pytest.approx(back.score.length_m, rel=0.05)


def test_plan_when_no_camera_is_mapped_then_by_the_shape_of_the_city_and_says_so(demo: Area) -> None:
    answer = plan(revised(demo, ()), RouteRequest(STATION, SENATE))
    assert [route.name for route in answer.routes][-1] == "least_seen"
    assert answer.notes[0].code == "by-shape"
    assert "by the shape of the city" in answer.notes[0].text
    least = answer.routes[-1].score
    assert least.risk.risk.default == pytest.approx(-np.log1p(-least.risk.unmapped))
    assert not least.meetings


def test_plan_when_fewer_than_a_tenth_is_mapped_then_says_what_the_gain_rests_on(demo: Area) -> None:
    few = plan(revised(demo, demo.cameras[:1]), RouteRequest(STATION, SENATE))
    assert few.notes[0].code == "little-mapped"
    assert "rests on where such towns have cameras" in few.notes[0].text
    assert "little-mapped" not in {note.code for note in plan(demo, RouteRequest(STATION, SENATE)).notes}


def test_plan_when_nothing_is_mapped_or_assumed_then_shortest_alone_and_says_so(demo: Area) -> None:
    nobody = replace(demo.manifest, unmapped=Unmapped())
    nothing = demo.side_e6 * 0
    bare = replace(revised(demo, ()), manifest=nobody, unmapped_side_e6=nothing, side_e6=nothing)
    answer = plan(bare, RouteRequest(STATION, SENATE))
    assert [route.name for route in answer.routes] == ["shortest"]
    assert (answer.notes[0].code, answer.notes[0].metres) == ("no-cameras", None)
    assert "nothing is known" in answer.notes[0].text


def test_plan_when_the_detour_is_none_then_shortest_alone_and_says_why(demo: Area) -> None:
    answer = plan(demo, RouteRequest(STATION, SENATE, (), Detour()))
    assert [route.name for route in answer.routes] == ["shortest"]
    assert answer.notes[0].code == "no-better-within-detour"
    assert "a longer detour may offer one" in answer.notes[0].text


def off_the_ways(area: Area) -> LonLat:
    """Find a place in the area from which a door would be far from its street."""
    box = area.manifest.bbox
    for lon in np.linspace(box.west, box.east, 60)[20:40].tolist():
        for lat in np.linspace(box.south, box.north, 60)[20:40].tolist():
            if 55 < snap(area.graph, LonLat(lon, lat)).distance_m < 300:
                return LonLat(lon, lat)
    raise AssertionError("every place of the area is near a way")


def test_plan_when_an_end_is_off_the_ways_then_a_note_says_how_far(demo: Area) -> None:
    off = off_the_ways(demo)
    far_m = snap(demo.graph, off).distance_m
    for ends, code in (((off, SENATE), "start-moved"), ((STATION, off), "end-moved")):
        (note,) = [note for note in plan(demo, RouteRequest(*ends)).notes if note.code.endswith("moved")]
        assert (note.code, note.metres) == (code, pytest.approx(far_m))
        assert f"{far_m:.0f} m from the place" in note.text


def test_plan_when_a_stop_is_off_the_ways_then_a_note_says_which_and_how_far(demo: Area) -> None:
    off = off_the_ways(demo)
    found = plan(demo, RouteRequest(STATION, SENATE, via=(SENATE, off)))
    (note,) = [note for note in found.notes if note.code.endswith("moved")]
    assert (note.code, note.count, note.metres) == ("stop-moved", 2, pytest.approx(found.via[1].moved_m))
    assert note.text.startswith(f"The walk passes stop 2 at the nearest way, {note.metres:.0f} m from")


def test_plan_when_no_way_is_near_or_the_walk_too_long_then_each_has_its_own_error(
    demo: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = off_the_ways(demo)
    with monkeypatch.context() as patch:
        patch.setattr("routing.snap.FARTHEST_M", 1.0)
        with pytest.raises(NoWayNearError, match="choose another place"):
            plan(demo, RouteRequest(off, SENATE))
    for longest_m, error in ((500.0, TooFarApartError), (1000.0, TooLongError)):
        monkeypatch.setattr("routing.router.LONGEST_WALK_M", longest_m)
        with pytest.raises(error, match="km"):
            plan(demo, RouteRequest(STATION, SENATE))


@pytest.mark.parametrize(
    ("start", "end", "error", "words"),
    [
        (STATION, STATION, SamePlaceError, "same place"),
        (STATION, LonLat(60.17, 24.94), OutsideAreaError, "longitude comes first.*swapped"),
        (STATION, Typed(60.17, 24.94), OutsideAreaError, "latitude comes first.*swapped"),
        (LonLat(37.6, 55.7), SENATE, OutsideAreaError, "outside the area"),
        (STATION, LonLat(float("nan"), 60.17), BadPositionError, "not a position"),
    ],
)
def test_plan_when_a_place_is_wrong_then_one_line_without_coordinates(
    demo: Area, start: LonLat, end: LonLat, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        plan(demo, RouteRequest(start, end))
    text = str(caught.value)
    assert "\n" not in text
    assert not any(digits in text for digits in ("60.1", "24.9", "37.6", "55.7"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"detour": "30%"}, "`detour` of the request is of type str, not Detour: give Detour(share=0.3)"),
        ({"start": (24.9384, 60.1699)}, "`start` of the request is of type tuple, not LonLat: give LonLat(lon, lat)"),
        ({"end": "Kiasma"}, "`end` of the request is of type str, not LonLat: find(area.places, name).lonlat"),
        ({"via": (SENATE, (24.9384, 60.1699))}, "`via[1]` of the request is of type tuple, not LonLat"),
        ({"via": "Kiasma"}, "`via` of the request is of type str, not tuple"),
        ({"via": SENATE}, "`via[0]` of the request is of type float, not LonLat"),
        ({"seed": "7"}, "`seed` of the request is of type str, not int"),
        ({"wishes": {"avoid_stairs": True}}, "`wishes` of the request is of type dict, not Wishes"),
        ({"overlay": []}, "`overlay` of the request is of type list, not Overlay"),
    ],
)
def test_request_when_something_is_of_the_wrong_type_then_one_line_says_what_and_what_to_give(
    wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(TypeError) as caught:
        RouteRequest(**{"start": STATION, "end": SENATE, **wrong})  # type: ignore[arg-type]
    text = str(caught.value)
    assert text.startswith(says)
    assert "\n" not in text
    assert not any(digits in text for digits in ("60.1", "24.9", "Kiasma"))


def test_request_when_names_and_places_to_pass_differ_in_number_then_refused() -> None:
    with pytest.raises(ValueError, match="give one for each"):
        RouteRequest(STATION, SENATE, (STATION,), via_names=("a", "b"))


def test_plan_when_it_is_given_no_request_then_one_line_says_so(demo: Area) -> None:
    with pytest.raises(TypeError, match="the request is of type LonLat, not RouteRequest: give RouteRequest"):
        plan(demo, STATION)  # type: ignore[arg-type]


def test_plan_when_places_are_passed_then_named_as_given_or_as_their_way(demo: Area) -> None:
    away = LonLat(24.9440, 60.1713)
    request = RouteRequest(STATION, SENATE, (LonLat(24.9367, 60.1719), away), why=True, via_names=("Kiasma", ""))
    answer = plan(demo, request)
    first, second = answer.via
    snapped = snap(demo.graph, away)
    assert (first.name, second.name) == ("Kiasma", demo.graph.name_of(snapped.section))
    assert (second.lonlat, second.moved_m) == (snapped.lonlat, snapped.distance_m)
    walks = [*answer.routes, *plan(demo, replace(request, keep_side=True)).routes]
    walks += [walk for walk in [certify(demo, request, answer).walk] if walk is not None]
    for walk in walks:
        stops = [step for step in walk.steps if step.do == "stop"]
        assert [(step.stop, step.name) for step in stops] == [(1, "Kiasma"), (2, second.name)]
        assert [step.do for step in walk.steps].count("head") == 3
        assert sum(step.length_m for step in walk.steps) == pytest.approx(walk.score.length_m, rel=1e-3)
        # where directions say that a stop is reached, the line is there
        at = [
            along
            for along, step in zip(accumulate(s.length_m for s in walk.steps), walk.steps, strict=True)
            if step in stops
        ]
        for along, stop in zip(at, answer.via, strict=True):
            here = cut_line(walk.lonlat, 0.0, along)[-1]
            assert float(distance_m(here, np.array(stop.lonlat))) < 1.0


def test_plan_when_made_then_tells_the_model_and_whether_sides_are_kept(demo: Area) -> None:
    rows = {"ppm50": (1.0, 2.0, 3.0), "years": (4.0, 5.0, 6.0)}
    manifest = replace(demo.manifest, model={**demo.manifest.model, **rows}, changed=("ppm50",), region="RU/Moscow")
    for keep_side in (False, True):
        answer = plan(demo, RouteRequest(STATION, SENATE, keep_side=keep_side))
        assert answer.keep_side is keep_side
        assert answer.assumed == Assumed("", demo.manifest.unmapped.town, {})
    told = replace(demo, manifest=manifest).assumed
    assert told == Assumed("RU/Moscow", demo.manifest.unmapped.town, {"ppm50": (1.0, 2.0, 3.0)})


def test_plan_when_the_ends_lie_on_islands_then_no_route(demo: Area) -> None:
    graph = demo.graph
    alone = {"component": np.arange(graph.node_count, dtype=np.int32), "head": graph.tail}  # each edge leads back
    cut = replace(graph, **alone, in_start=graph.out_start, in_edge=np.arange(graph.edge_count, dtype=np.int32))
    object.__setattr__(cut, "__dict__", {**cut.__dict__, "section_component": np.zeros(graph.section_count, np.int32)})
    with pytest.raises(NoRouteError, match="joins"):
        plan(replace(demo, graph=cut), RouteRequest(STATION, SENATE))


def test_plan_when_the_area_was_saved_and_loaded_then_the_same_answer(demo: Area, tmp_path: Path) -> None:
    save(demo, tmp_path / "area")
    loaded = load(tmp_path / "area")
    request = RouteRequest(STATION, SENATE)
    for write in FORMATS.values():
        assert write(plan(loaded, request)) == write(plan(demo, request))
    assert [place.names for place in loaded.places] == [place.names for place in demo.places]


def test_plan_when_written_as_json_then_as_the_contract_says(demo: Area) -> None:
    answer = json.loads(FORMATS["json"](plan(demo, RouteRequest(STATION, SENATE))))
    assert set(answer["area"]) == {
        "name", "osm_date", "cameras", "cameras_per_km2", "directions_known", "surveyed_share",
    }  # fmt: skip
    route = answer["routes"][-1]
    assert {
        "name", "length_m", "duration_s", "detour_m", "in_view_m", "in_view_s", "cameras", "cameras_in_view",
        "geometry", "steps", "risk", "cameras_could_recognise", "expected_recognitions", "recognition",
        "surveyed_share",
    } <= set(route)  # fmt: skip
    assert route["cameras_in_view"] == len(route["cameras"]) == len(set(route["cameras"]))


def walks(numbers: list[tuple[int, ...]]) -> list[Walk]:
    """Make walks of metres, risk in thousandths and, where they differ, decimetres of effort and counted as seen."""
    made = []
    for length_m, risk, *rest in numbers:
        effort_dm, seen = rest or (10 * length_m, 10 * risk)
        told = Risk(risk=Range(0.0, risk / 1000, 1.0))
        score = Score(length_m, 0.0, 0.0, 0.0, (), np.zeros((0, 2)), told)
        made.append(Walk((), effort_dm, seen, (), score))
    return made


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([(1000, 500)], {"shortest": (1000, 500)}),
        ([(1000, 500), (1200, 0)], {"shortest": (1000, 500), "least_seen": (1200, 0)}),
        (
            [(1000, 500), (1050, 100), (1200, 0)],
            {"shortest": (1000, 500), "balanced": (1050, 100), "least_seen": (1200, 0)},
        ),
        # above the chord nobody would want it
        ([(1000, 500), (1190, 490), (1200, 0)], {"shortest": (1000, 500), "least_seen": (1200, 0)}),
        # beyond 30 %, in metres or in effort
        ([(1000, 500), (1301, 0)], {"shortest": (1000, 500)}),
        ([(1000, 500), (1300, 0)], {"shortest": (1000, 500), "least_seen": (1300, 0)}),
        ([(1000, 500), (1100, 0, 13_001, 0)], {"shortest": (1000, 500)}),
        # shorter in metres on harder ground: no name would fit it
        ([(1000, 500), (990, 0, 10_500, 0)], {"shortest": (1000, 500)}),
        # less in view, but among cars
        (
            [(1000, 500), (1100, 400, 11_000, 4000), (1150, 300, 11_500, 4500)],
            {"shortest": (1000, 500), "least_seen": (1100, 400)},
        ),
        # the search counted less, the eye sees more
        ([(1000, 10, 10_000, 500), (1100, 20, 11_000, 100)], {"shortest": (1000, 10)}),
    ],
)
def test_choose_when_candidates_are_given_then_names_go_to_the_right_ones(
    numbers: list[tuple[int, ...]], expected: dict[str, tuple[int, int]]
) -> None:
    named, _ = choose(walks(numbers), Detour(share=0.3))
    assert {name: (walk.length_m, round(1000 * walk.risk)) for name, walk in named} == expected


@given(st.lists(st.tuples(st.integers(1000, 2000), st.integers(0, 500)), min_size=1, max_size=12))
def test_front_when_candidates_are_any_then_no_point_is_beaten(numbers: list[tuple[int, ...]]) -> None:
    candidates = walks(numbers)
    named, front = choose(candidates, Detour(share=0.5))
    shortest = candidates[0]
    allowed = [w for w in candidates if shortest.length_m <= w.length_m <= shortest.length_m * 1.5]
    for walk in allowed:
        assert any(
            point.length_m <= walk.length_m and point.risk <= walk.risk + 0.0011 * max(1.0, shortest.risk)
            for point in front
        )
    for point, following in pairwise(front):
        assert point.length_m <= following.length_m
        assert point.risk > following.risk
    assert named[0][1] is shortest
    assert named[-1][1] is front[-1]


@pytest.mark.parametrize(
    ("text", "limit_m"),
    [("30%", 1300), ("0%", 1000), ("400m", 1400), ("6min", 1504), ("0.5km", 1500), (" 12.5 % ", 1125)],
)
def test_parse_detour_when_understood_then_the_limit_is_right(text: str, limit_m: float) -> None:
    assert parse_detour(text).limit_m(1000.0) == pytest.approx(limit_m)


@pytest.mark.parametrize("text", ["", "30", "-5%", "nan%", "1e3m", "5 miles", "%", "inf m", "٣٠%", "30%%", "99999999m"])
def test_parse_detour_when_not_understood_then_says_how_to_write_it(text: str) -> None:
    with pytest.raises(DetourError, match="30%, 400m or 6min"):
        parse_detour(text)


def test_walk_when_made_then_tells_which_of_its_points_are_ends_of_sections(demo: Area) -> None:
    graph = demo.graph
    ends = np.concatenate([graph.shape_start[:-1], graph.shape_start[1:] - 1])
    known = {(round(lon, 6), round(lat, 6)) for lon, lat in graph.shape_lonlat[ends].tolist()}
    for a, b in (STATION, SENATE), (SENATE, STATION):
        for route in plan(demo, RouteRequest(a, b)).routes:
            line = [(round(lon, 6), round(lat, 6)) for lon, lat in route.lonlat.tolist()]
            assert route.junctions == tuple(i for i, point in enumerate(line) if point in known)
            assert len(route.junctions) > 10
