"""What cameras have in view of lines: very many sight lines are the judge, also where lines end or are cut."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from slow_hazard import slow_views
from streets import DEFAULT, block, camera, lonlat, street, walls

from routing.hazard.eyes import eyes_of
from routing.hazard.hazards import hazards_of
from routing.hazard.samples import STEP_M

if TYPE_CHECKING:
    from routing.hazard.walls import Walls
    from routing.model import Camera

FINE_M = 0.02
END_M = 0.02  # how true each end of a view is

Place = tuple[float, float]
Span = tuple[float, float]  # metres from the start of a walk
# a little aside: what lies exactly on a rim, or behind the very end of a wall, is for rounding to say
places = st.tuples(st.floats(-60, 60), st.floats(-60, 60)).map(lambda at: (at[0] + 0.034567, at[1] + 0.045678))
lines = st.lists(places, min_size=2, max_size=4).filter(
    lambda line: all(math.dist(*pair) > 1 for pair in itertools.pairwise(line))
)
houses = st.lists(st.tuples(st.floats(-50, 40), st.floats(-50, 40), st.floats(1, 20), st.floats(1, 20)), max_size=3)
cameras = st.builds(
    lambda at, kind, look: camera(*at, camera__type=kind, camera__direction=look, camera__mount="pole"),
    st.tuples(st.floats(-25, 25), st.floats(-25, 25)),
    st.sampled_from(["fixed", "dome", "panning", "panorama"]),
    st.sampled_from(["77", "200", "0;180", "300-40"]),
)


def built(boxes: list[tuple[float, float, float, float]]) -> Walls:
    aside = [(x + 0.123457, y + 0.234567, wide, tall) for x, y, wide, tall in boxes]
    return walls(*[wall for x, y, wide, tall in aside for wall in block(x, y, x + wide, y + tall)])


def in_view(seen_by: Camera, around: Walls, *stretches: list[Place]) -> list[Span]:
    """Give from where to where a walk along stretches is in view, metres from its start."""
    made = street(*stretches)
    views = hazards_of([seen_by], made, around, DEFAULT).views
    size_m = np.bincount(made.pieces.line, made.pieces.length_m)
    begin = (np.cumsum(size_m) - size_m)[views.line]
    return list(zip((begin + views.from_m).tolist(), (begin + views.to_m).tolist(), strict=True))


def judged(seen_by: Camera, around: Walls, line: list[Place]) -> tuple[list[Span], float]:
    """Give the spans that many sight lines make, and the shortest part or gap that lies between two others."""
    at_m, seen = slow_views(eyes_of([seen_by], DEFAULT, around), 0, lonlat(*line), around, FINE_M)
    turns = np.flatnonzero(np.diff(seen))
    turns_m = 0.5 * (at_m[turns] + at_m[turns + 1])
    ends = np.concatenate([at_m[:1][seen[:1]], turns_m, at_m[-1:][seen[-1:]]]).tolist()
    return list(zip(ends[::2], ends[1::2], strict=True)), float(np.diff(turns_m).min(initial=math.inf))


def differ_m(ours: list[Span], theirs: list[Span]) -> float:
    """Give the metres that are covered by one of two lists of spans and not by the other."""
    shared = sum(max(0.0, min(one[1], other[1]) - max(one[0], other[0])) for one in ours for other in theirs)
    return sum(to_m - from_m for from_m, to_m in [*ours, *theirs]) - 2.0 * shared


def cut_at(line: list[Place], shares: list[float]) -> list[list[Place]]:
    """Cut a line at shares of its length."""
    total = sum(itertools.starmap(math.dist, itertools.pairwise(line)))
    stretches, left = [[line[0]]], sorted(share * total for share in shares)
    for one, other in itertools.pairwise(line):
        size_m = math.dist(one, other)
        for at in [at for at in left if at < size_m]:
            met = (one[0] + at / size_m * (other[0] - one[0]), one[1] + at / size_m * (other[1] - one[1]))
            stretches[-1].append(met)
            stretches.append([met])
        stretches[-1].append(other)
        left = [at - size_m for at in left if at >= size_m]
    return stretches


@given(seen_by=cameras, line=lines, boxes=houses)
@settings(max_examples=60)
def test_views_when_lines_and_houses_lie_anyhow_then_as_many_sight_lines_say(
    seen_by: Camera, line: list[Place], boxes: list[tuple[float, float, float, float]]
) -> None:
    around = built(boxes)
    true, shortest_m = judged(seen_by, around, line)
    assume(shortest_m > STEP_M)  # what is shorter than a piece may be missed, but not at the ends of a line
    found = in_view(seen_by, around, line)
    assert differ_m(found, true) <= (END_M + FINE_M) * 2 * max(len(true), 1)


@given(seen_by=cameras, line=lines, boxes=houses, cuts=st.lists(st.floats(0.001, 0.999), min_size=1, max_size=5))
@settings(max_examples=60)
def test_views_when_a_line_is_cut_anywhere_then_they_cover_the_same(
    seen_by: Camera, line: list[Place], boxes: list[tuple[float, float, float, float]], cuts: list[float]
) -> None:
    around = built(boxes)
    assume(judged(seen_by, around, line)[1] > STEP_M)
    whole, parts = in_view(seen_by, around, line), in_view(seen_by, around, *cut_at(line, cuts))
    assert differ_m(whole, parts) <= 2 * END_M * len(whole) + 0.05 * len(cuts)


@pytest.mark.parametrize("step_m", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("seen_m", [0.05, 0.4, 0.9])
def test_views_when_only_the_end_of_a_line_is_in_view_then_that_part(seen_m: float, step_m: float) -> None:
    edge = 12.0
    around = walls((-200.0, -10.0, 0.0, -10.0))  # hides what lies to the west of the camera
    seen_by = camera(0.0, -20.0, camera__mount="pole")
    for line, spans in (
        ([(-edge, 0.0), (seen_m, 0.0)], [(edge, edge + seen_m)]),
        ([(seen_m, 0.0), (-edge, 0.0)], [(0.0, seen_m)]),
    ):
        views = hazards_of([seen_by], street(line, step_m=step_m), around, DEFAULT).views
        found = list(zip(views.from_m.tolist(), views.to_m.tolist(), strict=True))
        assert found == [pytest.approx(span, abs=0.01 * max(step_m, 1.0)) for span in spans]


def test_views_when_both_ends_of_a_short_line_are_in_view_and_not_its_middle_then_two_parts() -> None:
    around = walls((-0.25, -10.0, 0.25, -10.0))  # its shadow on the line is a metre wide
    found = in_view(camera(0.0, -20.0, camera__mount="pole"), around, [(-0.9, 0.0), (0.9, 0.0)])
    assert found == [pytest.approx((0.0, 0.4), abs=END_M), pytest.approx((1.4, 1.8), abs=END_M)]
