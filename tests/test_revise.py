"""Other cameras in the same area: what is looked at again, against building all of it; cameras of one's own."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.exposure import find_sightings, in_view_dm, weighed_dm
from routing.model import Camera, LonLat, Overlay, RouteRequest
from routing.revise import look, overlaid, revised
from routing.router import plan
from routing.score import measure, sees
from routing.trust import disputed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.area import Area

WALK = RouteRequest(LonLat(24.9384, 60.1699), LonLat(24.9500, 60.1760))


def own(number: int, at: LonLat, **changes: Any) -> Camera:  # noqa: ANN401 - any field of the record
    letters = "abcdefghijklmnopqrstuvwxyz"
    name = f"ss/zzzzzzzz{letters[number // 26]}{letters[number % 26]}"
    return replace(Camera(name, at, {"man_made": "surveillance"}, last_seen="2026-10"), **changes)


def by_building(area: Area, cameras: Sequence[Camera]) -> tuple[np.ndarray, np.ndarray]:
    return look(area.graph, cameras, area.manifest.reach_m, area.manifest.built[:7])


spots = st.tuples(st.floats(24.936, 24.953), st.floats(60.161, 60.177)).map(lambda pair: LonLat(*pair))
added = st.lists(st.tuples(spots, st.sampled_from(["fixed", "dome", "panning"]), st.integers(0, 359)), max_size=6)


@settings(max_examples=40)
@given(added, st.sets(st.integers(0, 220), max_size=6), st.sets(st.integers(0, 220), max_size=4), st.randoms())
def test_revised_when_cameras_come_go_move_and_fade_then_as_built_anew(
    demo: Area,
    come: list[tuple[LonLat, str, int]],
    go: set[int],
    fade: set[int],
    random: Any,  # noqa: ANN401
) -> None:
    cameras = [camera for number, camera in enumerate(demo.cameras) if number not in go]
    cameras = [disputed(one, "2020-01") if at in fade else one for at, one in enumerate(cameras)]
    if cameras:
        moved = random.randrange(len(cameras))
        cameras[moved] = replace(cameras[moved], lonlat=LonLat(24.945, 60.169))
    for number, (at, kind, direction) in enumerate(come):
        tags = {"man_made": "surveillance", "camera:type": kind, "camera:direction": str(direction)}
        cameras.append(own(number, at, tags=tags, status=random.choice(["confirmed", "unverified"])))
    before = demo.in_view_dm.copy(), demo.seen_dm.copy()
    made = revised(demo, cameras)
    in_view, seen = by_building(demo, made.cameras)
    assert np.array_equal(made.in_view_dm, in_view)
    assert np.array_equal(made.seen_dm, seen)
    assert (made.seen_dm <= made.in_view_dm).all()
    assert np.array_equal(demo.in_view_dm, before[0])  # the area that was is as it was
    assert np.array_equal(demo.seen_dm, before[1])
    assert made.graph is demo.graph


def test_revised_when_nothing_changes_then_the_arrays_are_shared(demo: Area) -> None:
    made = revised(demo, demo.cameras)
    assert made.in_view_dm is demo.in_view_dm
    assert made.seen_dm is demo.seen_dm


def test_revised_when_a_tombstone_falls_then_the_camera_counts_no_more(demo: Area) -> None:
    first = demo.cameras[0]
    made = revised(demo, [replace(first, status="removed"), *demo.cameras[1:]])
    assert first.id not in {camera.id for camera in made.cameras}
    assert made.in_view_dm.sum() < demo.in_view_dm.sum()


def test_plan_when_she_adds_cameras_then_walks_change_for_her_alone(demo: Area) -> None:
    before = plan(demo, WALK)
    least = before.routes[-1]
    middle = LonLat(*least.lonlat[len(least.lonlat) // 2].tolist())
    camera = own(1, middle, tags={"man_made": "surveillance", "camera:type": "panning"})
    with_hers = plan(demo, replace(WALK, overlay=Overlay((camera,))))
    assert with_hers.routes[-1].lonlat.tolist() != least.lonlat.tolist()
    assert any(m.camera.id == camera.id for route in with_hers.routes for m in route.score.meetings)
    assert with_hers.coverage == before.coverage
    again = plan(demo, WALK)
    assert [route.lonlat.tolist() for route in again.routes] == [route.lonlat.tolist() for route in before.routes]


def test_plan_when_she_knows_one_is_gone_then_it_does_not_see_her(demo: Area) -> None:
    seen_by = {m.camera.id for route in plan(demo, WALK).routes for m in route.score.meetings}
    off = frozenset(seen_by)
    made = plan(demo, replace(WALK, overlay=Overlay(off=off)))
    assert not off & {m.camera.id for route in made.routes for m in route.score.meetings}


def test_overlay_when_empty_then_the_area_itself(demo: Area) -> None:
    assert overlaid(demo, Overlay()) is demo


def test_plan_when_doubtful_cameras_see_the_shortest_then_less_is_paid_to_pass_them(demo: Area) -> None:
    walk = plan(demo, WALK).routes[0]
    ring = [own(n, LonLat(*at)) for n, at in enumerate(walk.lonlat[3:-3:2].tolist())]
    sure = plan(revised(demo, [*demo.cameras, *ring]), WALK).routes
    doubted = plan(revised(demo, [*demo.cameras, *(replace(one, status="unverified") for one in ring)]), WALK).routes
    assert sure[0].score.in_view_m == pytest.approx(doubted[0].score.in_view_m)  # what is told is not less
    assert doubted[0].score.weighed_m < sure[0].score.weighed_m == pytest.approx(sure[0].score.in_view_m)


# --- weights against dense sampling ---


@settings(max_examples=60)
@given(st.lists(st.tuples(spots, st.floats(0, 1)), min_size=1, max_size=8), st.integers(0, 10**6))
def test_weighed_when_cameras_are_in_doubt_then_the_chance_that_any_is_there(
    demo: Area, told: list[tuple[LonLat, float]], seed: int
) -> None:
    from routing.optics import view_of

    cameras = [own(number, at) for number, (at, _) in enumerate(told)]
    views = [view for camera in cameras if (view := view_of(camera.tags)) is not None]
    weights = np.array([share for _, share in told])
    sightings = find_sightings(demo.graph, [camera.lonlat for camera in cameras], views)
    got = weighed_dm(demo.graph, sightings, weights)
    whole = weighed_dm(demo.graph, sightings, np.ones(len(cameras)))
    assert np.abs(whole - in_view_dm(demo.graph, sightings)).max() <= 1  # rounding of another order of sums
    open_air = np.unique(sightings.section)
    for section in np.random.default_rng(seed).permutation(open_air)[:5].tolist():
        edge = int(np.flatnonzero(demo.graph.section == section)[0])
        line = np.asarray(demo.graph.shape(section))
        assert got[edge] / 10 == pytest.approx(_sampled(line, cameras, views, weights), abs=0.6)


def _sampled(line: np.ndarray, cameras: Sequence[Camera], views: Sequence[Any], weights: np.ndarray) -> float:
    from routing.geo import distance_m, to_frame

    total = 0.0
    for a, b in itertools.pairwise(line):
        length = float(distance_m(a, b))
        count = max(int(length / 0.05), 1)
        share = (np.arange(count)[:, None] + 0.5) / count
        points = a + (b - a) * share
        unseen = np.ones(count)
        for camera, view, weight in zip(cameras, views, weights, strict=True):
            unseen[sees(view, to_frame(points, np.array(camera.lonlat)))] *= 1 - weight
        total += float((1 - unseen).sum()) * length / count
    return total


def test_measure_when_cameras_are_in_doubt_then_as_the_edges_say(demo: Area) -> None:
    weights = np.linspace(0.1, 1.0, len(demo.cameras))
    views = demo.views
    sightings = find_sightings(demo.graph, [camera.lonlat for camera in demo.cameras], views)
    edges = weighed_dm(demo.graph, sightings, weights)
    for section in np.flatnonzero(np.bincount(sightings.section, minlength=demo.graph.section_count) > 2)[:60].tolist():
        stretch = demo.graph.stretch(section, np.asarray(demo.graph.shape(section)))
        score = measure([stretch], demo.cameras, views, weights)
        edge = int(np.flatnonzero(demo.graph.section == section)[0])
        assert score.weighed_m == pytest.approx(edges[edge] / 10, abs=0.3)
        assert score.weighed_m <= score.in_view_m
