"""Which side of a street to keep to: what the steps say, and the walk of who does."""

from __future__ import annotations

import numpy as np
import pytest

from routing.model import Stretch
from routing.sides import advised, kept
from routing.steps import describe

SOUTH_NORTH = [(24.94, 60.17), (24.94, 60.171), (24.94, 60.172)]
EAST = [(24.94, 60.172), (24.943, 60.172)]


def stretch(
    *at: tuple[float, float], name: str = "Fredrikinkatu", both: bool = True, **more: tuple[float, float]
) -> Stretch:
    return Stretch(np.array(at), name, "residential", pavements=(both, both), **more)


def test_steps_when_one_side_of_a_street_is_much_better_then_they_say_it_once() -> None:
    walk = [
        stretch(*SOUTH_NORTH[:2], beside=(0.01, 0.2)),
        stretch(*SOUTH_NORTH[1:], beside=(0.02, 0.01)),
        stretch(*EAST, name="Lönnrotinkatu", beside=(0.1, 0.09)),
    ]
    steps = advised(describe(walk), walk)
    assert [step.keep for step in steps] == ["left", None, None]
    assert steps[0].text == "Head north along Fredrikinkatu, keep to the left side"
    assert [step.length_m for step in steps] == [step.length_m for step in describe(walk)]
    sides = [one.pavements for one in kept(steps, walk)]
    assert sides == [(True, False), (True, False), (True, True)]


@pytest.mark.parametrize("beside", [(0.0, 0.0), (1e-5, 1e-4), (0.1, 0.09), (0.09, 0.1)])
def test_steps_when_sides_hardly_differ_then_nothing_is_said(beside: tuple[float, float]) -> None:
    walk = [stretch(*SOUTH_NORTH, beside=beside)]
    assert advised(describe(walk), walk) == describe(walk)
    assert kept(describe(walk), walk)[0].pavements == (True, True)


def test_steps_when_the_way_has_no_two_pavements_then_nothing_is_said() -> None:
    walk = [stretch(*SOUTH_NORTH, both=False, beside=(0.0, 0.3))]
    assert [step.keep for step in advised(describe(walk), walk)] == [None, None]
