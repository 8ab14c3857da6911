"""Walks weighed camera by camera, varied by a seed, distinct on the ground; searches that are stopped."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import if_there
from test_search import networks, snaps_of

from routing.alternatives import MOST_SHARED, Walk, distinct, shared
from routing.formats import as_json
from routing.geo import distance_m
from routing.model import Detour, LonLat, RouteRequest, Wishes
from routing.offers import MOST_OFFERED
from routing.router import plan, search, stops_of
from routing.score import measure
from routing.search.front import Limits, find_front
from routing.search.varied import WITHIN, varied
from routing.shortlist import MOST_MEASURED, shortlist, weights_e6
from routing.stretches import stretches_of, watch_along
from routing.warm import warm
from routing.wishes import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.plans import Plan, Score
    from routing.search.network import Network, Path


def requests(area: Area, count: int, seed: int) -> Iterator[RouteRequest]:
    """Draw pairs of nodes of the largest part, 400 m to 1.2 km apart."""
    rng, graph = np.random.default_rng(seed), area.graph
    main = np.flatnonzero(graph.component == 0)
    while count:
        start, end = graph.node_lonlat[rng.choice(main, 2)]
        if 400 < distance_m(start, end) < 1200:
            count -= 1
            yield RouteRequest(LonLat(*start.tolist()), LonLat(*end.tolist()))


def slow_weight(area: Area, legs: tuple[Path, ...]) -> float:
    """Weigh a walk line by line in plain words: hazards of each camera added up, then its chance, then the cameras."""
    paths = area.paths
    ahead, back, other = np.zeros(len(paths.share)), np.zeros(len(paths.share)), 0.0
    for part in (part for leg in legs for part in leg.parts):
        section, share = int(area.graph.section[part.edge]), (part.q_to - part.q_from) / 65_536
        lines = [line for line in (section, *paths.pavement[section].tolist()) if line >= 0]
        for line in lines:
            (ahead if area.graph.forward[part.edge] else back)[line] += share * paths.share[line]
        edge = part.edge
        other += share * float(area.network.seen[edge] - area.risk_e6[edge] + area.unmapped_e6[edge]) / 1e6
    flipped = replace(area.hazards, lens=area.hazards.lens[:, :, ::-1])
    both = replace(
        area.hazards,
        **{name: np.concatenate([getattr(area.hazards, name)] * 2) for name in ("camera", "place", "chance")},
        line=np.concatenate([area.hazards.line, area.hazards.line + len(ahead)]),
        lens=np.concatenate([area.hazards.lens, flipped.lens]),
    )
    chance = if_there(both, np.concatenate([ahead, back])) * area.sure
    return float(-np.log1p(-np.minimum(chance, 1 - 1e-12)).sum()) + other


def measured(area: Area, legs: tuple[Path, ...]) -> Score:
    watch = watch_along(area, np.array([part.edge for leg in legs for part in leg.parts]))
    return measure(stretches_of(area, (part for leg in legs for part in leg.parts)), watch, ranges=False)


def rows(walks: Sequence[tuple[Path, ...]]) -> list[NDArray[np.int64]]:
    return [np.array([part for leg in legs for part in leg.parts]) for legs in walks]


def test_weights_when_walks_are_of_the_demo_area_then_they_equal_adding_up_camera_by_camera(demo: Area) -> None:
    for request in requests(demo, 4, seed=5):
        choice = search(demo.network, stops_of(demo, request), request.detour)
        walks = [choice.paths(walk) for walk in range(0, len(choice), max(len(choice) // 6, 1))]
        expected = [slow_weight(demo, legs) for legs in walks]
        assert weights_e6(demo, rows(walks), NOTHING) / 1e6 == pytest.approx(expected, rel=1e-4, abs=2e-6)


def test_shortlist_when_all_walks_of_the_front_are_measured_then_the_best_is_on_it(demo: Area) -> None:
    for request in requests(demo, 5, seed=11):
        choice = search(demo.network, stops_of(demo, request), request.detour)
        scores = [measured(demo, choice.paths(walk)) for walk in range(len(choice))]
        limit_m = request.detour.limit_m(scores[0].length_m) - 1.0
        every = [one.risk.risk.default for one in scores if scores[0].length_m <= one.length_m <= limit_m]
        few = shortlist(demo, [choice], request.detour, NOTHING).walks
        assert 1 <= len(few) <= MOST_MEASURED
        assert few[0] == choice.paths(0)
        assert min(measured(demo, legs).risk.risk.default for legs in few) <= 1.02 * min(every)


def test_shortlist_when_a_seed_picks_then_the_last_walk_weighs_little_more_than_the_least(demo: Area) -> None:
    for request in requests(demo, 4, seed=13):
        choice = search(demo.network, stops_of(demo, request), request.detour)
        least = int(weights_e6(demo, rows(shortlist(demo, [choice], request.detour, NOTHING).walks), NOTHING).min())
        picked = {seed: shortlist(demo, [choice], request.detour, NOTHING, seed).walks for seed in range(20)}
        for walks in picked.values():
            assert walks[0] == choice.paths(0)
            assert int(weights_e6(demo, rows(walks), NOTHING).min()) <= (1 + WITHIN) * least
        assert shortlist(demo, [choice], request.detour, NOTHING, 7).walks == picked[7]


def test_plan_when_a_seed_picks_then_the_shortest_walk_stays_and_so_does_the_detour(demo: Area) -> None:
    for request in requests(demo, 3, seed=17):
        plain = plan(demo, request).routes[0]
        for seed in range(8):
            routes = plan(demo, replace(request, seed=seed)).routes
            assert routes[0].score.length_m == plain.score.length_m
            assert all(one.score.length_m <= 1.3 * plain.score.length_m + 0.1 for one in routes)


def test_search_when_stops_share_a_detour_then_what_is_exact_has_no_gap(demo: Area) -> None:
    for first, last in zip(requests(demo, 4, seed=19), requests(demo, 4, seed=23), strict=True):
        request = replace(first, via=(last.start,), detour=Detour(share=0.2))
        choice = search(demo.network, stops_of(demo, request), request.detour)
        assert choice.gap == 0
        assert not any(note.code == "stopped" for note in plan(demo, request).notes)


def test_weights_when_chances_are_of_other_cameras_then_refused(demo: Area) -> None:
    request = next(requests(demo, 1, seed=3))
    choice = search(demo.network, stops_of(demo, request), request.detour)
    with pytest.raises(ValueError, match="cameras"):
        weights_e6(replace(demo, cameras=demo.cameras[1:]), [choice.parts(0)], NOTHING)


@settings(max_examples=150)
@given(networks(), st.data(), st.integers(0, 400_000) | st.integers(0, 60), st.integers(0, 10**9))
def test_varied_when_any_seed_is_taken_then_the_walk_is_within_a_tenth_of_the_best(
    network: Network, data: st.DataObject, budget_dm: int, seed: int
) -> None:
    start, end = data.draw(snaps_of(network)), data.draw(snaps_of(network))
    before = network.seen.copy()
    other = varied(network, seed)
    assert (network.seen == before).all()
    assert (other.seen >= network.seen).all()
    best = find_front(network, start, end, budget_dm=budget_dm)
    picked = find_front(other, start, end, budget_dm=budget_dm)
    assert len(best) == len(picked) == 0 or best.effort_dm[0] == picked.effort_dm[0]
    if len(best):
        path = picked.path(len(picked) - 1)
        seen = sum(part.share(network.seen) for part in path.parts)
        slack = 2 * len(path.parts)  # parts of edges and raised risks are rounded down
        assert seen <= (1 + WITHIN) * int(best.seen[-1]) + slack


def test_plan_when_seeds_differ_then_walks_do_and_the_same_seed_gives_the_same(demo: Area) -> None:
    request = next(requests(demo, 1, seed=21))
    walks = {seed: plan(demo, replace(request, seed=seed)) for seed in range(12)}
    lines = {walk.routes[-1].lonlat.tobytes() for walk in walks.values()}
    assert len(lines) > 1
    again = plan(demo, replace(request, seed=3))
    assert again.routes[-1].lonlat.tobytes() == walks[3].routes[-1].lonlat.tobytes()
    told = [note for note in again.notes if note.code == "varied"]
    assert len(told) == 1
    assert told[0].text.endswith("seed 3.")
    assert not any(note.code == "varied" for note in plan(demo, request).notes)


def test_plan_when_more_is_asked_for_then_at_most_five_walks_and_none_is_nearly_another(demo: Area) -> None:
    more = 0
    for request in requests(demo, 10, seed=2):
        answer = plan(demo, replace(request, front=True))
        assert len(answer.offered) <= MOST_OFFERED
        assert [route.name for route in answer.also] == [f"also_{n}" for n in range(1, len(answer.also) + 1)]
        assert not plan(demo, request).also
        more += len(answer.also)
        for route in answer.also:
            assert any(abs(route.score.length_m - point.length_m) < 0.1 for point in answer.front)
    assert more > 0


@pytest.mark.parametrize("more", [{}, {"keep_side": True}, {"seed": 5}, {"wishes": Wishes(avoid_stairs=True)}], ids=str)
def test_plan_when_every_walk_is_asked_for_then_the_routes_are_the_front(demo: Area, more: dict[str, Any]) -> None:
    between = 0
    for pair in requests(demo, 5, seed=2):
        request = replace(pair, **more)
        plain, answer = plan(demo, request), plan(demo, replace(request, every=True))
        assert answer.front == plain.front
        assert answer.offered == answer.routes
        told = [
            (one.score.length_m, one.score.risk.risk.default, one.score.risk.recognition.default, one.score.in_view_m,
             len(one.score.meetings))
            for one in answer.routes
        ]  # fmt: skip
        assert told == list(answer.front)
        assert all(one.detour_m == one.score.length_m - answer.routes[0].score.length_m for one in answer.routes)
        named = [route for route in answer.routes if not route.name.startswith("also_")]
        assert [as_json(replace(plain, routes=(one,))) for one in named] == [
            as_json(replace(plain, routes=(one,))) for one in plain.routes
        ]
        others = [route.name for route in answer.routes if route.name.startswith("also_")]
        assert others == [f"also_{number}" for number in range(1, len(others) + 1)]
        assert answer.notes == plain.notes
        between += len(others)
    assert between > 5


def walk_on(sections: dict[int, float], length_m: float) -> Walk:
    from routing.plans import Score

    return Walk((), 0, 0, (), Score(length_m, 0, 0, 0, (), np.zeros((0, 2))), (), sections)


@given(st.lists(st.dictionaries(st.integers(0, 9), st.floats(1.0, 100.0), min_size=1), min_size=1, max_size=9))
def test_distinct_when_walks_are_any_then_no_two_share_more_than_told(sections: list[dict[int, float]]) -> None:
    walks = [walk_on(one, 100.0 + number) for number, one in enumerate(sections)]
    chosen = distinct(walks, walks[:1], 4)
    assert len(chosen) <= 4
    for a, b in combinations([walks[0], *chosen], 2):
        assert shared(a, b) <= MOST_SHARED
    if len(chosen) < 4:  # all others are like one that is offered
        rest = [walk for walk in walks if not any(walk is one for one in (walks[0], *chosen))]
        assert all(max(shared(walk, one) for one in (walks[0], *chosen)) > MOST_SHARED for walk in rest)


def test_plan_when_the_search_is_stopped_then_it_says_by_how_much_it_may_be_beaten(demo: Area) -> None:
    stopped = 0
    for request in requests(demo, 6, seed=4):
        best, answer = plan(demo, request), plan(demo, request, Limits(labels=1))
        told = [note for note in answer.notes if note.code == "stopped"]
        assert not any(note.code == "stopped" for note in best.notes)
        for note in told:
            stopped += 1
            assert note.share is not None
            assert 0 < note.share < 1
            assert " at most " in note.text
        for shorter, longer in pairwise(answer.routes):
            assert longer.score.risk.risk.default < shorter.score.risk.risk.default
    assert stopped > 0


def test_warm_when_an_area_is_given_then_a_walk_is_planned_and_nothing_said(
    demo: Area, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[Plan] = []
    monkeypatch.setattr("routing.warm.plan", lambda *given: planned.append(plan(*given)))
    warm(demo)
    assert len(planned) == 2
    assert capsys.readouterr() == ("", "")


def test_shortlist_when_seeds_pick_then_as_many_walks_come_last_as_there_are_said_to_be(demo: Area) -> None:
    counts = set()
    for request in requests(demo, 8, seed=23):
        for detour in (Detour(), Detour(share=0.02), request.detour):
            choice = search(demo.network, stops_of(demo, request), detour)
            lists = [shortlist(demo, [choice], detour, NOTHING, seed) for seed in range(60)]
            (count,) = {few.picked_from for few in lists}
            met = len({few.walks[-1] for few in lists})
            assert met <= count
            assert met == count or count > 8  # each of so many comes up in sixty draws
            counts.add(count)
    assert 1 in counts
    assert max(counts) > 1
    assert shortlist(demo, [choice], request.detour, NOTHING).picked_from == 1


def test_plan_when_there_is_one_walk_to_pick_from_then_a_seed_promises_no_other(demo: Area) -> None:
    told = set()
    for request in requests(demo, 6, seed=29):
        for detour in (Detour(), Detour(share=0.3)):
            answer = plan(demo, replace(request, detour=detour, seed=3))
            (note,) = [note for note in answer.notes if note.code.startswith("varied")]
            assert note.text.endswith("seed 3.")
            if detour == Detour():
                assert note.code == "varied-among-one"
                assert "another day" not in note.text
            told.add(note.code)
    assert told == {"varied", "varied-among-one"}
