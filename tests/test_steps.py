"""Directions: turns, merging, folding and lengths."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geo import along_m
from routing.model import Stretch
from routing.steps import WAYS, describe, describe_legs, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
LATITUDES = (-60.0, 0.0, 55.75, 69.65)


def line(
    *points_m: Sequence[float] | NDArray[np.float64],
    name: str = "",
    kind: str = "footway",
    lat: float = 60.17,
    crossing: bool = False,
    enclosed: bool = False,
) -> Stretch:
    """Make a stretch through points given as metres (east, north) of one origin."""
    degrees = [(24.94 + e / (111_320 * np.cos(np.radians(lat))), lat + n / 111_320) for e, n in points_m]
    lonlat = np.array(degrees, dtype=np.float64).reshape(-1, 2)
    return Stretch(lonlat, name, kind, enclosed=enclosed, crossing=crossing)


def texts(*stretches: Stretch) -> list[str]:
    return [step.text for step in describe(stretches)]


def test_describe_when_nothing_is_walked_then_only_the_arrival() -> None:
    assert texts() == ["Arrive"]
    assert texts(line(), line((0, 0)), line((0, 0), (0, 0))) == ["Arrive"]


@pytest.mark.parametrize("lat", LATITUDES)
@pytest.mark.parametrize("eighth", range(8))
@pytest.mark.parametrize(
    ("turn_deg", "word"),
    [
        (0, "Continue"),
        (15, "Continue"),
        (40, "Bear right"),
        (-40, "Bear left"),
        (90, "Turn right"),
        (-90, "Turn left"),
        (140, "Turn sharp right"),
        (-140, "Turn sharp left"),
        (180, "Turn back"),
    ],
)
def test_describe_when_l_shaped_then_the_turn_is_right_everywhere(
    lat: float, eighth: int, turn_deg: float, word: str
) -> None:
    first, second = np.radians(eighth * 45), np.radians(eighth * 45 + turn_deg)
    corner = np.array([np.sin(first), np.cos(first)]) * 80
    end = corner + np.array([np.sin(second), np.cos(second)]) * 60
    said = texts(line((0, 0), corner, name="A", lat=lat), line(corner, end, name="B", lat=lat))
    assert said == [f"Head {COMPASS[eighth]} along A", f"{word} along B", "Arrive"]


def test_describe_when_a_kink_is_at_the_corner_then_it_does_not_decide_the_turn() -> None:
    said = texts(
        line((0, 0), (0, 99), (1, 100), name="A"),
        line((1, 100), (1, 98), (3, 98), (60, 98), name="B"),
    )
    assert said[1] == "Turn right along B"


def test_describe_when_the_same_street_goes_on_then_one_step() -> None:
    steps = describe([line((0, 0), (0, 50), name="A"), line((0, 50), (40, 90), name="A")])
    assert [(step.text, step.name) for step in steps] == [("Head north along A", "A"), ("Arrive", "")]
    assert steps[0].length_m == pytest.approx(106.6, rel=0.01)


def test_describe_when_a_street_turns_a_corner_then_the_turn_is_told() -> None:
    steps = describe([line((0, 0), (0, 50), name="A"), line((0, 50), (50, 50), name="A")])
    assert [step.text for step in steps] == ["Head north along A", "Turn right along A", "Arrive"]


def test_describe_when_a_stub_of_a_street_leads_to_its_corner_then_the_turn_is_told() -> None:
    steps = describe([line((0, 0), (0, 60)), line((0, 60), (0, 69), name="A"), line((0, 69), (80, 69), name="A")])
    assert [step.text for step in steps] == [
        "Head north along the footway",
        "Continue along A",
        "Turn right along A",
        "Arrive",
    ]


def test_describe_when_one_walks_back_on_the_same_street_then_it_is_told() -> None:
    assert texts(line((0, 0), (0, 50), name="A"), line((0, 50), (0, 0), name="A"))[1] == "Turn back along A"


def test_describe_when_unnamed_ways_go_straight_on_then_one_step() -> None:
    pieces = [line((0, n), (0, n + 8)) for n in range(0, 80, 8)]
    assert texts(*pieces) == ["Head north along the footway", "Arrive"]


def test_describe_when_an_unnamed_way_turns_then_a_step_for_each_leg() -> None:
    said = texts(line((0, 0), (0, 60)), line((0, 60), (-60, 60)))
    assert said == ["Head north along the footway", "Turn left along the footway", "Arrive"]


def test_describe_when_a_short_unnamed_link_lies_within_a_street_then_one_step() -> None:
    said = texts(
        line((0, 0), (0, 60), name="A"), line((0, 60), (5, 70), kind="path"), line((5, 70), (5, 150), name="A")
    )
    assert said == ["Head north along A", "Arrive"]


def test_describe_when_a_side_street_is_crossed_straight_ahead_then_it_is_not_told() -> None:
    said = texts(line((0, 0), (0, 60)), line((0, 60), (0, 70), crossing=True), line((0, 70), (0, 150)))
    assert said == ["Head north along the footway", "Arrive"]


def test_describe_when_the_other_side_of_the_street_is_reached_then_cross() -> None:
    over = line((0, 60), (20, 60), crossing=True)
    assert texts(line((0, 0), (0, 60)), over, line((20, 60), (20, 150)))[1:] == [
        "Cross, then continue along the footway",
        "Arrive",
    ]
    assert texts(line((0, 0), (0, 60), name="A"), over, line((20, 60), (20, 0), kind="path"))[1] == (
        "Cross, then turn back along the path"
    )
    assert texts(line((0, 0), (0, 60)), over) == ["Head north along the footway", "Cross, then arrive"]
    assert texts(over, line((20, 60), (20, 150)))[0] == "Cross, then head north along the footway"


def test_describe_when_crossed_in_pieces_then_told_once() -> None:
    said = texts(
        line((0, 0), (0, 60)),
        line((0, 60), (10, 60), crossing=True),
        line((10, 60), (14, 60)),
        line((14, 60), (24, 60), crossing=True),
        line((24, 60), (24, 0)),
    )
    assert said == ["Head north along the footway", "Cross, then turn back along the footway", "Arrive"]


def test_describe_when_the_walk_is_one_crossing_then_it_is_a_step() -> None:
    assert texts(line((0, 0), (0, 9), crossing=True)) == ["Head north along the footway", "Arrive"]


@pytest.mark.parametrize(
    ("kind", "name", "enclosed", "first", "later"),
    [
        ("steps", "", False, "Take the steps north", "Take the steps"),
        ("steps", "Portaat", False, "Take the steps Portaat north", "Take the steps Portaat"),
        ("ferry", "Länsilautta", False, "Take the ferry Länsilautta north", "Take the ferry Länsilautta"),
        ("elevator", "", True, "Take the lift north", "Take the lift"),
        ("footway", "", True, "Head north through the passage", "Go through the passage"),
        ("corridor", "", True, "Head north through the passage", "Go through the passage"),
        ("footway", "Tunneli", True, "Head north through Tunneli", "Go through Tunneli"),
        ("platform", "", True, "Head north along the platform", "Continue along the platform"),
        ("square", "", False, "Head north across the square", "Continue across the square"),
        ("square", "Narinkka", False, "Head north across Narinkka", "Continue across Narinkka"),
        ("residential", "", False, "Head north along the street", "Continue along the street"),
        ("primary_link", "", False, "Head north along the street", "Continue along the street"),
        ("service", "", False, "Head north along the service road", "Continue along the service road"),
        ("via_ferrata", "", False, "Head north along the way", "Continue along the way"),
    ],
)
def test_describe_when_ways_differ_then_in_their_own_words(
    *, kind: str, name: str, enclosed: bool, first: str, later: str
) -> None:
    assert texts(line((0, 0), (0, 60), kind=kind, name=name, enclosed=enclosed))[0] == first
    before = line((0, -60), (0, 0), name="A")
    assert texts(before, line((0, 0), (0, 60), kind=kind, name=name, enclosed=enclosed))[1] == later


def test_describe_when_steps_lie_round_the_corner_then_both_are_told() -> None:
    said = texts(line((0, 0), (0, 60)), line((0, 60), (60, 60), kind="steps"))
    assert said[1] == "Turn right and take the steps"


@pytest.mark.parametrize(
    ("turn_deg", "turn"),
    [
        (0, "straight"),
        (40, "bear_right"),
        (-40, "bear_left"),
        (90, "right"),
        (-90, "left"),
        (140, "sharp_right"),
        (-140, "sharp_left"),
        (180, "back"),
    ],
)
def test_describe_when_the_walk_turns_then_the_step_says_so_apart_from_its_words(turn_deg: int, turn: str) -> None:
    second = np.radians(turn_deg)
    corner = np.array([0.0, 80.0])
    end = corner + np.array([np.sin(second), np.cos(second)]) * 60
    steps = describe([line((0, 0), corner, name="A", kind="residential"), line(corner, end, kind="path")])
    assert [(step.do, step.turn, step.compass, step.way, step.name) for step in steps] == [
        ("head", None, "north", "street", "A"),
        ("go", turn, None, "path", ""),
        ("arrive", None, None, "way", ""),
    ]


def test_describe_when_crossed_or_under_a_roof_then_the_steps_say_so() -> None:
    steps = describe(
        [
            line((0, 0), (0, 60)),
            line((0, 60), (20, 60), crossing=True),
            line((20, 60), (20, 150), enclosed=True),
            line((20, 150), (20, 170), crossing=True),
        ]
    )
    assert [step.cross for step in steps] == [False, True, False]
    assert [(step.way, step.through) for step in steps[:2]] == [("footway", False), ("passage", True)]
    aside = describe([line((0, 0), (0, 60)), line((0, 60), (20, 60), crossing=True)])
    assert [(step.do, step.cross) for step in aside] == [("head", False), ("arrive", True)]


points = st.lists(
    st.tuples(st.floats(24.9, 24.96) | st.sampled_from([24.9, 24.95]), st.floats(60.1, 60.2) | st.just(60.15)),
    max_size=5,
)
stretch = st.builds(
    lambda xy, name, kind, enclosed, crossing: Stretch(
        np.array(xy, dtype=np.float64).reshape(-1, 2), name, kind, enclosed=enclosed, crossing=crossing
    ),
    points,
    st.sampled_from(["", "A", "B"]),
    st.sampled_from(["footway", "steps", "ferry", "residential"]),
    st.booleans(),
    st.booleans(),
)
short_moves = st.tuples(st.integers(-12, 12), st.integers(-12, 12), st.sampled_from(["", "", "A"]), st.booleans())


def check(stretches: list[Stretch]) -> None:
    steps = describe(stretches)
    whole = sum(along_m(stretch.lonlat)[-1] for stretch in stretches if len(stretch.lonlat))
    assert sum(step.length_m for step in steps) == pytest.approx(whole, abs=1e-6, rel=1e-9)
    assert steps[-1].text in {"Arrive", "Cross, then arrive"}
    assert all(step.length_m > 0 for step in steps[:-1])
    assert steps[-1].length_m == 0
    assert [step.do for step in steps] == ["head", *["go"] * (len(steps) - 2), "arrive"][-len(steps) :]
    for step in steps:
        assert say(step) == step.text
        assert (step.turn is not None) == (step.do == "go")
        assert step.compass is None or step.do == "head"
        assert step.way in WAYS


@given(st.lists(stretch, max_size=8))
def test_describe_when_any_geometry_then_lengths_add_up(stretches: list[Stretch]) -> None:
    check(stretches)


@given(st.lists(st.lists(stretch, max_size=4), min_size=1, max_size=4), st.sampled_from(["", "{name} $1"]))
def test_describe_when_stops_lie_between_legs_then_each_leg_is_told_as_a_walk_of_its_own(
    legs: list[list[Stretch]], name: str
) -> None:
    names = [f"{name} {number}" for number in range(1, len(legs))] if name else []
    told = describe_legs(legs, names)
    stops = [step for step in told if step.do == "stop"]
    assert [step.stop for step in stops] == list(range(1, len(legs)))
    assert [step.name for step in stops] == (names or [""] * (len(legs) - 1))
    for step in stops:
        whither = f"each stop {step.stop}: {step.name}" if name else f"each stop {step.stop}"
        assert step.text == (f"Cross, then r{whither}" if step.cross else f"R{whither}")
    plain = [step for leg in legs for step in describe(leg)]
    assert [(step.length_m, step.cross) for step in told] == [(step.length_m, step.cross) for step in plain]
    walked = [step for step in told if step.do != "stop"]
    assert walked == [step for step in plain if step.do != "arrive"] + plain[-1:]


@given(st.lists(short_moves, max_size=12))
def test_describe_when_pieces_are_short_then_lengths_add_up(moves: list[tuple[int, int, str, bool]]) -> None:
    places = np.cumsum([(0, 0), *(move[:2] for move in moves)], axis=0)
    check([line(*ends, name=move[2], crossing=move[3]) for ends, move in zip(pairwise(places), moves, strict=True)])
