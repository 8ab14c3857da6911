"""Other cameras in the same area: what is looked at again, against building all of it; cameras of one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.certificates import certify
from routing.errors import TooManyCamerasError
from routing.exposure import in_view_dm, side_e6, stored, that_count
from routing.formats import as_record
from routing.hazard.hazards import certainty, hazards_of
from routing.model import Camera, LonLat, Overlay, RouteRequest
from routing.revise import overlaid, revised
from routing.router import plan
from routing.search.front import Limits
from routing.search.network import MAX_BETA, Network, PathFinder
from routing.snap import snap
from routing.trust import disputed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.area import Area
    from routing.hazard.hazards import Hazards

WALK = RouteRequest(LonLat(24.9384, 60.1699), LonLat(24.9500, 60.1760))


def own(number: int, at: LonLat, **changes: Any) -> Camera:  # noqa: ANN401 - any field of the record
    letters = "abcdefghijklmnopqrstuvwxyz"
    name = f"ss/zzzzzzz{letters[number // 676]}{letters[number // 26 % 26]}{letters[number % 26]}"
    return replace(Camera(name, at, {"man_made": "surveillance"}, last_seen="2026-10"), **changes)


def by_building(area: Area, cameras: Sequence[Camera]) -> tuple[Hazards, np.ndarray, np.ndarray]:
    hazards = that_count(hazards_of(cameras, area.lines, area.walls, area.model.default), area.paths)
    sure = certainty(cameras, area.month, area.model.default)
    of_side = side_e6(area.graph, area.paths, hazards, sure, area.unmapped_side_e6)
    return hazards, in_view_dm(area.graph, hazards.views), of_side


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
    random.shuffle(cameras)
    before = demo.in_view_dm.copy(), demo.side_e6.copy()
    made = revised(demo, cameras)
    hazards, in_view, risk = by_building(demo, made.cameras)
    assert np.array_equal(made.in_view_dm, in_view)
    assert np.array_equal(made.side_e6, risk)
    for name, column in stored(made.hazards).items():
        assert np.array_equal(column, stored(hazards)[name]), name
    assert np.array_equal(demo.in_view_dm, before[0])  # the area that was is as it was
    assert np.array_equal(demo.side_e6, before[1])
    assert made.graph is demo.graph
    # what was changed once may be changed again
    assert np.array_equal(revised(made, demo.cameras).side_e6, demo.side_e6)


def test_revised_when_nothing_changes_then_the_arrays_are_shared(demo: Area) -> None:
    made = revised(demo, demo.cameras)
    assert made.in_view_dm is demo.in_view_dm
    assert made.side_e6 is demo.side_e6
    assert made.hazards is demo.hazards


def test_revised_when_a_tombstone_falls_then_the_camera_counts_no_more(demo: Area) -> None:
    first = demo.cameras[0]
    made = revised(demo, [replace(first, status="removed"), *demo.cameras[1:]])
    assert first.id not in {camera.id for camera in made.cameras}
    assert made.in_view_dm.sum() <= demo.in_view_dm.sum()
    assert made.risk_e6.sum(dtype=np.int64) < demo.risk_e6.sum(dtype=np.int64)


def test_plan_when_she_adds_cameras_then_walks_change_for_her_alone(demo: Area) -> None:
    before = plan(demo, WALK)
    least = before.routes[-1]
    middle = LonLat(*least.lonlat[len(least.lonlat) // 2].tolist())
    fixed = {"man_made": "surveillance", "camera:type": "fixed", "camera:mount": "pole"}
    hers = tuple(
        own(number, middle, tags=fixed | {"camera:direction": str(turn)}, fr="yes")
        for number, turn in enumerate(range(0, 360, 45))
    )
    with_hers = plan(demo, replace(WALK, overlay=Overlay(hers)))
    assert with_hers.routes[-1].lonlat.tolist() != least.lonlat.tolist()
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


def test_plan_when_doubtful_cameras_see_the_shortest_then_they_count_less(demo: Area) -> None:
    walk = plan(demo, WALK).routes[0]
    ring = [own(n, LonLat(*at)) for n, at in enumerate(walk.lonlat[3:-3:2].tolist())]
    sure = plan(revised(demo, [*demo.cameras, *ring]), WALK).routes
    doubted = plan(revised(demo, [*demo.cameras, *(replace(one, status="unverified") for one in ring)]), WALK).routes
    assert sure[0].score.in_view_m == pytest.approx(doubted[0].score.in_view_m)  # what is told is not less
    assert walk.score.risk.risk.default < doubted[0].score.risk.risk.default < sure[0].score.risk.risk.default


def test_revised_when_streets_were_surveyed_then_walks_along_them_say_so(demo: Area) -> None:
    before = plan(demo, WALK).routes[0]
    assert before.surveyed_share is None
    everywhere = np.ones(demo.graph.section_count, dtype=np.float32)
    after = plan(revised(demo, demo.cameras, surveyed=everywhere), WALK)
    assert [route.surveyed_share for route in after.routes] == pytest.approx([1.0] * len(after.routes))
    assert after.coverage.surveyed_share == pytest.approx(1.0)


def test_revised_when_a_month_has_turned_then_disputes_count_and_no_camera_is_looked_out_of_again(demo: Area) -> None:
    doubted = [disputed(camera, demo.month) for camera in demo.cameras]
    now = revised(demo, doubted)
    assert now.sure.tolist() == demo.sure.tolist()  # what is accepted within one month takes no weight away
    year, month = int(demo.month[:4]), int(demo.month[5:7])
    later = revised(now, doubted, month=f"{year + month // 12}-{month % 12 + 1:02}")
    assert (later.sure < now.sure).all()
    assert later.hazards is now.hazards
    assert later.risk_e6.sum(dtype=np.int64) < now.risk_e6.sum(dtype=np.int64)


def test_overlay_when_routes_are_searched_then_bounds_of_the_bare_map_give_the_same_costs(demo: Area) -> None:
    rng = np.random.default_rng(7)
    some = demo.cameras[:: len(demo.cameras) // 20]
    added = tuple(
        replace(one, id=f"ss/{number:010d}", lonlat=LonLat(one.lonlat.lon + 3e-4, one.lonlat.lat))
        for number, one in enumerate(some)
    )
    for overlay in (Overlay(cameras=added), Overlay(off=frozenset(one.id for one in some))):
        hers = overlaid(demo, overlay)
        own = Network(hers.graph, hers.network.seen)
        assert (hers.network.seen != demo.network.seen).any()
        for price in (0, 1000, 50_000, MAX_BETA):
            for a, b in rng.choice(np.flatnonzero(demo.graph.component == 0), (6, 2)).tolist():
                ends = [snap(demo.graph, LonLat(*demo.graph.node_lonlat[node].tolist())) for node in (a, b)]
                paths = [PathFinder(network, *ends).best(price) for network in (hers.network, own)]
                assert len({path and path.cost(price) for path in paths}) == 1


def test_overlay_when_time_is_up_then_one_line_says_so_and_nothing_is_planned(demo: Area) -> None:
    crowd = tuple(own(number, LonLat(24.944 + number * 1e-7, 60.17)) for number in range(600))
    request = replace(WALK, overlay=Overlay(crowd))
    answers = iter([False] * 2 + [True] * 100)
    for limits in (Limits(seconds=-1.0), Limits(cancelled=lambda: next(answers))):
        with pytest.raises(TooManyCamerasError) as caught:
            plan(demo, request, limits)
        assert "\n" not in str(caught.value)
        assert not any(digits in str(caught.value) for digits in ("24.9", "60.1"))
    with pytest.raises(TooManyCamerasError):
        certify(demo, request, plan(demo, WALK), Limits(seconds=-1.0))
    assert plan(demo, WALK, Limits(seconds=-1.0)).routes  # without an overlay a limit costs no answer


def test_plan_when_some_of_an_overlay_changes_nothing_then_how_much_is_told(demo: Area) -> None:
    def told(overlay: Overlay) -> dict[str, int | None]:
        notes = plan(demo, replace(WALK, overlay=overlay)).notes
        assert not any(digits in note.text for note in notes for digits in ("2.35", "48.85", "zzzz"))
        return {note.code: note.count for note in notes if note.code in {"own-cameras-unused", "off-unknown"}}

    here, paris = LonLat(24.944, 60.17), LonLat(2.35, 48.85)
    known = demo.cameras[0].id
    assert told(Overlay()) == told(Overlay((own(0, here),), frozenset({known}))) == {}
    assert told(Overlay((own(0, here), own(1, paris), own(2, paris)))) == {"own-cameras-unused": 2}
    assert told(Overlay((own(0, here), own(1, here, status="removed")))) == {"own-cameras-unused": 1}
    assert told(Overlay(off=frozenset({known, "osm/node/1"}))) == {"off-unknown": 1}
    both = plan(demo, replace(WALK, overlay=Overlay((own(1, paris),), frozenset({"osm/node/1", "osm/node/2"}))))
    counted = {note["code"]: note["count"] for note in as_record(both)["notes"] if "count" in note}
    assert counted == {"own-cameras-unused": 1, "off-unknown": 2}
    sentences = " ".join(note.text for note in both.notes)
    assert "Of your own cameras 1 does not count" in sentences
    assert "Of the cameras to be left out 2 are not known here." in sentences
