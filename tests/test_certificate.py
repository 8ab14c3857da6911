"""Certificates, held to networkx: what must be dodged is deleted, and searched again; sets are tried one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs
import networkx as nx
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import routing.certificates
from routing import certify, plan
from routing.assemble import Section, assemble
from routing.certificates import sights_of
from routing.formats import as_geojson, as_json
from routing.graph import Flag
from routing.model import Camera, Detour, LonLat, Overlay, RouteRequest
from routing.plans import Certificate
from routing.revise import revised
from routing.router import shortest_legs, stops_of
from routing.score import measure
from routing.search.certificate import Leg, Patience, Ways, effort_of, met_by_all, sights, smallest_bar
from routing.search.front import Limits
from routing.search.hitting import fewest
from routing.search.network import Network, Part, PathFinder
from routing.snap import SPLITS, Snap
from routing.stretches import stretches_of, watch_along
from routing.text import as_text
from web import Settings, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.search.network import Path

PATIENT = Limits(seconds=600.0)
EYES = 6


class Arc(NamedTuple):
    """An edge, or a part of one, from node to node; nodes are numbered anew on each leg."""

    tail: Any
    head: Any
    effort_dm: int
    eyes: frozenset[int]
    closed: bool
    part: Part


def arcs_of(
    network: Network, legs: list[Leg], eyes_of: Callable[[int], frozenset[int]], closed: NDArray[np.bool_]
) -> list[Arc]:
    """Write a walk by several stops down as one graph: a layer for each leg, and the stops between them."""
    graph = network.graph
    found = []
    for at, leg in enumerate(legs):
        ends = leg.finder.ends
        here, there = ("stop", at), ("stop", at + 1)
        for edge in range(graph.edge_count):
            tail, head = (at, int(graph.tail[edge])), (at, int(graph.head[edge]))
            part = Part(edge, 0, SPLITS)
            found.append(Arc(tail, head, int(graph.effort_dm[edge]), eyes_of(edge), bool(closed[edge]), part))
        rows = [(here, (at, int(graph.head[part.edge])), part) for part in ends.first]
        rows += [((at, int(graph.tail[part.edge])), there, part) for part in ends.last]
        rows += [(here, there, part) for part in ends.direct]
        for tail, head, part in rows:
            effort_dm = part.share(graph.effort_dm)
            found.append(Arc(tail, head, effort_dm, leg.eyes[part], part in leg.closed, part))
    return found


def least_dm(arcs: Iterable[Arc], legs: int, dodged: Iterable[int] = (), *, openly: bool = False) -> int | None:
    """Delete what sees, and search again."""
    out = frozenset(dodged)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from([("stop", 0), ("stop", legs)])
    for arc in arcs:
        if arc.eyes.isdisjoint(out) and not (openly and arc.closed):
            graph.add_edge(arc.tail, arc.head, effort_dm=arc.effort_dm)
    try:
        return int(nx.dijkstra_path_length(graph, ("stop", 0), ("stop", legs), weight="effort_dm"))
    except nx.NetworkXNoPath:
        return None


class Case(NamedTuple):
    ways: Ways
    arcs: list[Arc]
    legs: int
    budget_dm: int

    def least_dm(self, dodged: Iterable[int] = (), *, openly: bool = False) -> int | None:
        return least_dm(self.arcs, self.legs, dodged, openly=openly)

    def is_barred(self, dodged: Iterable[int], *, openly: bool = True) -> bool:
        effort_dm = self.least_dm(dodged, openly=openly)
        return effort_dm is None or effort_dm > self.budget_dm


def drawn_network(rng: np.random.Generator) -> Network:
    """Draw a small graph: a ring with chords, parallel edges, loops, one-ways, equal lengths."""
    nodes = int(rng.integers(3, 9))
    lonlat = np.array([[24.9 + 0.001 * i, 60.1 + 0.0007 * (i * i % 5)] for i in range(nodes)])
    pairs = [(i, (i + 1) % nodes) for i in range(nodes)]
    pairs += [tuple(rng.integers(0, nodes, 2).tolist()) for _ in range(int(rng.integers(1, 9)))]
    sections = []
    for number, (tail, head) in enumerate(pairs):
        length_dm = int(rng.choice([1500, 2000, 2000, 3000, int(rng.integers(1100, 9000))]))
        extra = int(rng.choice([0, 0, int(rng.integers(0, 2000))]))
        sections.append(
            Section(
                tail=tail,
                head=head,
                line=np.array([lonlat[tail], lonlat[tail] + 1e-5 * (number + 1), lonlat[head]]),
                way_id=number,
                way_class="footway",
                flags=Flag(0),
                forward=True,
                backward=bool(rng.random() < 0.85),
                length_m=length_dm / 10,
                effort_dm=(length_dm + extra, length_dm + 2 * extra),
            )
        )
    graph = assemble(lonlat, np.arange(nodes), sections)
    return Network(graph, np.zeros(graph.edge_count, dtype=np.int32))


def drawn_case(seed: int) -> Case | None:
    """Draw a graph, stops on it, and who sees what; ``None`` if no walk joins the stops."""
    rng = np.random.default_rng(seed)
    network = drawn_network(rng)
    graph = network.graph
    share = float(rng.choice([0.05, 0.15, 0.3]))
    sees = rng.random((EYES, graph.edge_count)) < share
    closed = rng.random(graph.edge_count) < rng.choice([0.0, 0.2])
    stops = [
        Snap(int(rng.integers(graph.section_count)), int(rng.integers(SPLITS + 1)), LonLat(0.0, 0.0), 0.0, 0)
        for _ in range(int(rng.choice([2, 2, 3])))
    ]
    legs = []
    for a, b in pairwise(stops):
        finder = PathFinder(network, a, b)
        eyes = {
            part: frozenset(np.flatnonzero(sees[:, part.edge] & (rng.random(EYES) < 0.5)).tolist())
            for part in finder.ends.parts
        }
        shut = frozenset(part for part in finder.ends.parts if closed[part.edge])
        legs.append(Leg(finder, eyes, shut))
    shortest = [leg.finder.best(0) for leg in legs]
    joined = tuple(path for path in shortest if path is not None)
    if len(joined) < len(legs):
        return None
    eye, edge = np.nonzero(sees)
    order = rng.permutation(len(eye))
    seen = sights(eye[order].astype(np.int32), edge[order].astype(np.int32), EYES, closed)
    budget_dm = effort_of(joined) + int(rng.choice([0, 1000, 4000, 100_000]))
    arcs = arcs_of(network, legs, lambda at: frozenset(np.flatnonzero(sees[:, at]).tolist()), closed)
    return Case(Ways(legs, seen, joined, budget_dm), arcs, len(legs), budget_dm)


def cases(count: int, first: int = 0) -> list[Case]:
    found = [drawn_case(seed) for seed in range(first, first + count)]
    return [case for case in found if case is not None]


def effort(walk: tuple[Path, ...] | None) -> int | None:
    return None if walk is None else effort_of(walk)


def assert_meets(case: Case, walk: tuple[Path, ...], met: frozenset[int], *, openly: bool) -> None:
    """Look a walk up arc by arc: whom it meets, and whether it keeps out of closed ways."""
    eyes: set[int] = set()
    for path in walk:
        for at, part in enumerate(path.parts):
            whole = [arc for arc in case.arcs if arc.part == part]
            stop = "stop" in {str(arc.tail[0]) for arc in whole} | {str(arc.head[0]) for arc in whole}
            is_end = at in {0, len(path.parts) - 1} and stop
            ends = [arc for arc in whole if is_end == ("stop" in {arc.tail[0], arc.head[0]})]
            eyes |= ends[0].eyes
            assert not (openly and ends[0].closed)
    assert eyes == met


def test_walks_when_eyes_are_dodged_then_least_effort_as_networkx_finds_without_their_edges() -> None:
    unseen = 0
    for case in cases(300):
        past_all = case.ways.among((), most_dm=10**7)
        assert effort(past_all) == case.least_dm(range(EYES), openly=True)
        if past_all is not None:
            assert_meets(case, past_all, frozenset(), openly=True)
            unseen += 1
        for eye in range(EYES):
            free_dm = case.least_dm((eye,))
            walk = case.ways.without((eye,), most_dm=10**7)
            assert effort(walk) == free_dm
            if walk is not None:
                assert_meets(case, walk, case.ways.eyes_on(walk), openly=False)
            within = case.ways.without((eye,))
            assert effort(within) == (free_dm if free_dm is not None and free_dm <= case.budget_dm else None)
    assert 50 < unseen < 250


def test_met_by_all_when_each_eye_is_deleted_then_the_same_as_the_search_proves() -> None:
    sizes = []
    for case in cases(300, 1000):
        proved, whole = met_by_all(case.ways, Patience(PATIENT))
        assert whole
        assert proved == {eye for eye in range(EYES) if case.is_barred((eye,), openly=False)}
        sizes.append(len(proved))
    assert sizes.count(0) > 50
    assert max(sizes) > 2


def test_smallest_bar_when_all_sets_are_tried_then_none_is_smaller() -> None:
    sizes = []
    for case in cases(300, 2000):
        if not case.is_barred(range(EYES)):
            continue  # a walk past all of them: no set bars
        bar = smallest_bar(case.ways, Patience(PATIENT))
        size = next(n for n in range(EYES + 1) if any(map(case.is_barred, combinations(range(EYES), n))))
        assert bar.eyes is not None
        assert bar.is_exact
        assert len(bar.eyes) == size
        assert case.is_barred(bar.eyes)
        early = smallest_bar(case.ways, Patience(PATIENT), rounds=1)
        assert early.at_least <= size <= len(early.eyes or range(EYES))
        assert case.is_barred(early.eyes or range(EYES))
        sizes.append(size)
    assert {0, 1, 2, 3} <= set(sizes)


def test_smallest_bar_when_there_is_no_time_then_says_so() -> None:
    barred = next(case for case in cases(60, 2000) if case.is_barred(range(EYES)) and not case.is_barred(()))
    bar = smallest_bar(barred.ways, Patience(Limits(cancelled=lambda: True)))
    assert (bar.eyes, bar.at_least, bar.is_exact) == (None, 0, False)
    assert met_by_all(barred.ways, Patience(Limits(cancelled=lambda: True)))[0] == frozenset()


def test_fewest_when_the_member_that_hits_most_is_none_of_the_fewest_then_still_found() -> None:
    hub = [frozenset({0, one}) for one in (1, 2, 3, 4)]  # 0 hits four sets, and is needed by none
    spokes = [frozenset({one, 10 + one}) for one in (1, 2, 3, 4)]
    more = [frozenset({one, 20 + one}) for one in (1, 2, 3, 4)][:2]
    assert fewest([*hub, *spokes, *more]) == (frozenset({1, 2, 3, 4}), 4)


@settings(max_examples=300)
@given(st.lists(st.frozensets(st.integers(0, 8), min_size=1, max_size=3), max_size=24), st.integers(1, 40))
def test_fewest_when_all_sets_are_tried_then_none_hits_with_less(sets: list[frozenset[int]], branches: int) -> None:
    def hits(members: Iterable[int]) -> bool:
        return all(not one.isdisjoint(members) for one in sets)

    size = next(n for n in range(10) if any(map(hits, combinations(range(9), n))))
    found, at_least = fewest(sets)
    assert hits(found)
    assert len(found) == at_least == size
    hasty, bound = fewest(sets, branches)
    assert hits(hasty)
    assert bound <= size <= len(hasty)


# pairs of the demo area: by the map no way past every camera, one beyond 30 %, one within
NONE = RouteRequest(LonLat(24.93840, 60.16990), LonLat(24.95000, 60.17600))


def random_requests(area: Area, count: int, seed: int) -> list[RouteRequest]:
    rng = np.random.default_rng(seed)
    box = area.manifest.bbox
    lon, lat = rng.uniform(box.west, box.east, (count, 2)), rng.uniform(box.south, box.north, (count, 2))
    return [
        RouteRequest(LonLat(*start), LonLat(*end))
        for start, end in (zip(a.tolist(), b.tolist(), strict=True) for a, b in zip(lon, lat, strict=True))
    ]


def measured_m(area: Area, parts: Iterable[Part]) -> float:
    """Measure anew how much of some parts is in view or enclosed: nothing of the edges is asked."""
    parts = [part for part in parts if part.q_from < part.q_to]
    if not parts:
        return 0.0
    watch = watch_along(area, np.array([part.edge for part in parts]))
    return sum(measure(stretches_of(area, [part]), watch, ranges=False).in_view_m for part in parts)


def test_certificate_on_demo_area_when_edges_in_view_are_deleted_then_networkx_finds_as_much(demo: Area) -> None:
    kinds = set()
    count = len(demo.cameras)
    seen = sights_of(demo)
    eyes = [frozenset(seen.eye[a:b].tolist()) for a, b in pairwise(seen.edge_start)]
    for request in [NONE, *random_requests(demo, 30, seed=4)]:
        answer = plan(demo, request)
        told = certify(demo, request, answer, PATIENT)
        stops = stops_of(demo, request)
        finder = PathFinder(demo.network, *stops)
        # of the ends what is measured counts, not what edges hold
        shut = frozenset(part for part in finder.ends.parts if measured_m(demo, [part]) > 0.0)
        leg = Leg(finder, dict.fromkeys(finder.ends.parts, frozenset()), shut)
        arcs = arcs_of(demo.network, [leg], eyes.__getitem__, seen.closed)
        unseen_dm = least_dm(arcs, 1, range(count), openly=True)
        budget_dm = 1.3 * effort_of(shortest_legs(demo.network, stops))
        assert told.within_detour == (unseen_dm is not None and unseen_dm <= budget_dm)
        assert (told.walk is None) == (unseen_dm is None)
        if told.walk is not None:
            score = told.walk.score
            assert (score.meetings, score.in_view_m) == ((), 0.0)
            assert score.length_m - answer.routes[0].score.length_m == told.walk.detour_m
        assert not told.stopped
        kinds.add((told.walk is not None, told.within_detour))
    assert kinds == {(False, False), (True, False), (True, True)}


def test_dodges_and_bars_on_demo_area_when_their_edges_are_deleted_then_networkx_agrees(demo: Area) -> None:
    seen = sights_of(demo)
    eyes = [frozenset(seen.eye[a:b].tolist()) for a, b in pairwise(seen.edge_start)]
    number = {camera.id: at for at, camera in enumerate(demo.cameras)}
    barred = 0
    for request in [NONE, *random_requests(demo, 5, seed=8)]:
        answer = plan(demo, request)
        told = certify(demo, request, answer, PATIENT)
        legs = routing.certificates._legs(demo, stops_of(demo, request))
        arcs = arcs_of(demo.network, legs, eyes.__getitem__, seen.closed)
        budget_dm = 1.3 * effort_of(shortest_legs(demo.network, stops_of(demo, request)))
        must = {camera.id for camera in told.met_by_all}
        for dodge in told.dodges:
            around_dm = least_dm(arcs, 1, [number[dodge.camera.id]])
            assert (dodge.more_m is None) == (around_dm is None)
            assert dodge.within_detour == (around_dm is not None and around_dm <= budget_dm)
            assert dodge.within_detour != (dodge.camera.id in must)
        assert [dodge.camera.id for dodge in told.dodges] == sorted(
            {meeting.camera.id for route in answer.routes for meeting in route.score.meetings}
        )
        if told.bar is not None:
            bar = [number[camera.id] for camera in told.bar]
            open_dm = least_dm(arcs, 1, bar, openly=True)
            assert open_dm is None or open_dm > budget_dm
            for one in bar:  # none of them can be left out
                rest_dm = least_dm(arcs, 1, set(bar) - {one}, openly=True)
                assert rest_dm is not None
                assert rest_dm <= budget_dm
            barred += 1
    assert barred > 2


def test_certificate_when_a_camera_is_switched_off_or_added_then_it_is_of_that_map(demo: Area) -> None:
    everything_off = Overlay(off=frozenset(camera.id for camera in demo.cameras))
    request = replace(NONE, overlay=everything_off)
    assert certify(demo, request, plan(demo, request)) == Certificate()
    mine = Camera("rp/abcdefghij", NONE.start, {"man_made": "surveillance"}, source="report")
    request = replace(NONE, overlay=Overlay((mine,), everything_off.off))
    told = certify(demo, request, plan(demo, request), PATIENT)
    assert told.met_by_all == (mine,)
    assert told.bar == (mine,)
    assert told.walk is None
    (dodge,) = told.dodges
    assert (dodge.camera, dodge.more_m, dodge.within_detour) == (mine, None, False)


def test_certificate_when_the_walk_passes_a_stop_then_no_leg_of_it_is_in_view(demo: Area) -> None:
    for request in random_requests(demo, 40, seed=4):
        told = certify(demo, request, plan(demo, request))
        if told.walk is not None:
            middle = LonLat(*told.walk.lonlat[len(told.walk.lonlat) // 2].tolist())
            by = replace(request, via=(middle,), detour=Detour(share=5.0))
            certified = certify(demo, by, plan(demo, by))
            assert certified.walk is not None
            assert certified.walk.score.meetings == ()
            assert certified.walk.score.length_m == pytest.approx(told.walk.score.length_m, rel=0.02)
            return
    pytest.fail("no walk past no mapped camera was found")


def test_certificate_when_there_is_no_time_then_it_says_that_it_was_stopped(demo: Area) -> None:
    told = certify(demo, NONE, plan(demo, NONE), Limits(cancelled=lambda: True))
    assert told.stopped
    assert (told.met_by_all, told.dodges, told.bar) == ((), (), None)
    assert "stopped at its limit" in as_text(replace(plan(demo, NONE), certificate=told))


def test_why_when_no_walk_is_past_all_cameras_then_text_and_json_say_the_same(demo: Area) -> None:
    answer = plan(demo, NONE)
    answer = replace(answer, certificate=certify(demo, NONE, answer))
    text = " ".join(as_text(answer).split())
    told = json.loads(as_json(answer))["certificate"]
    assert json.loads(as_geojson(answer))["certificate"] == told
    assert told["walk"] is None
    assert "No walk within the detour is past no mapped camera, nor is any longer one." in text
    assert f"Every walk within the detour meets {len(told['met_by_all'])} camera" in text
    shortest, last = (next(r for r in answer.routes if r.name == name) for name in ("shortest", "least_seen"))
    met = [{m.camera.id for m in route.score.meetings} for route in (shortest, last)]
    assert set(told["dodged"]["least_seen"]) == met[0] - met[1]
    assert f"Least seen dodges {len(met[0] - met[1])} camera" in text
    assert f"Least seen meets {len(met[1])} camera" in text
    assert {one["camera"] for one in told["dodges"]} >= met[0] | met[1]


def test_why_when_a_walk_past_all_cameras_exists_then_it_is_told_and_its_way_described(demo: Area) -> None:
    said = set()
    for request in random_requests(demo, 40, seed=4):
        answer = plan(demo, request)
        told = certify(demo, request, answer)
        if not told.within_detour or told.walk is None:
            continue
        text = " ".join(as_text(replace(answer, certificate=told)).split())
        assert "A walk past no mapped camera exists within the detour" in text
        same = [route for route in answer.routes if np.array_equal(route.lonlat, told.walk.lonlat)]
        assert ("It is the one called" in text) == bool(same)
        assert ("Directions, past no mapped camera" in text) == (not same)
        said.add(bool(same))
    assert said


def test_why_when_no_camera_is_mapped_then_nothing_is_certified(demo: Area) -> None:
    bare = revised(demo, ())
    answer = plan(bare, NONE)
    answer = replace(answer, certificate=certify(bare, NONE, answer))
    assert "No camera is mapped here: what a walk gets past, nobody can tell." in as_text(answer)
    assert json.loads(as_json(answer))["certificate"]["known"] is False


def test_route_of_the_api_when_why_is_asked_then_the_certificate_is_told(demo: Area) -> None:
    client = create_app(demo, Settings(planners=1)).test_client()
    wish = {"from": list(NONE.start), "to": list(NONE.end)}
    assert "certificate" not in client.post("/api/v1/route", json=wish).get_json()
    told = client.post("/api/v1/route", json=wish | {"why": True}).get_json()["certificate"]
    assert told["known"] is True
    assert client.post("/api/v1/route", json=wish | {"why": "yes"}).status_code == 422


def test_certificate_of_the_api_when_looked_at_then_as_it_is_described(demo: Area) -> None:
    described = yaml.safe_load((File(__file__).parents[1] / "web" / "openapi.yaml").read_text(encoding="utf-8"))
    components = json.loads(json.dumps(described["components"]))  # `off` is no text to YAML
    schema = {"$ref": "#/components/schemas/Certificate", "components": components}
    validator = jsonschema_rs.Draft202012Validator(schema)
    kinds = set()
    for area, request in [
        (demo, NONE),
        *((demo, one) for one in random_requests(demo, 30, seed=4)),
        (revised(demo, ()), NONE),
    ]:
        answer = plan(area, request)
        told = json.loads(as_json(replace(answer, certificate=certify(area, request, answer))))["certificate"]
        assert [error.message for error in validator.iter_errors(told)] == []
        kinds.add((told["known"], told["within_detour"], told["walk"] is None))
    assert len(kinds) == 4, kinds


def test_fewest_when_time_is_up_then_it_stops_and_claims_no_more_than_it_knows() -> None:
    rng = np.random.default_rng(5)
    sets = [frozenset(rng.choice(30, 4, replace=False).tolist()) for _ in range(60)]
    least, bound = fewest(sets)
    assert len(least) == bound
    asked = []
    for patience in (0, 1, 5):
        answers = iter([False] * patience)
        found, at_least = fewest(sets, is_over=lambda answers=answers: asked.append(1) or next(answers, True))
        assert all(not one.isdisjoint(found) for one in sets)
        assert at_least < bound <= len(found)
    assert len(asked) < 60  # each search was left soon after


class Short(Patience):
    """Over after it was asked so often."""

    def __init__(self, times: int) -> None:
        super().__init__(Limits())
        self.left = times

    def is_over(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_smallest_bar_when_time_runs_out_anywhere_then_what_it_says_is_true() -> None:
    unproved = 0
    for case in cases(60, 2000):
        if not case.is_barred(range(EYES)):
            continue
        size = next(n for n in range(EYES + 1) if any(map(case.is_barred, combinations(range(EYES), n))))
        for times in (0, 1, 2, 4, 8):
            bar = smallest_bar(case.ways, Short(times))
            assert bar.at_least <= size
            if bar.eyes is not None:
                assert case.is_barred(bar.eyes)
                assert size <= len(bar.eyes)
            unproved += not bar.is_exact
    assert unproved


def test_smallest_bar_when_sets_are_hit_then_that_search_knows_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in cases(60, 2000) if case.is_barred(range(EYES)) and not case.is_barred(()))
    given: list[Callable[[], bool]] = []

    def noted(sets: Iterable[frozenset[int]], **more: Callable[[], bool]) -> tuple[frozenset[int], int]:
        given.append(more["is_over"])
        return fewest(sets, **more)  # type: ignore[arg-type]  # it gets the time alone

    monkeypatch.setattr("routing.search.certificate.fewest", noted)
    patience = Patience(PATIENT)
    smallest_bar(case.ways, patience)
    assert given
    assert all(one == patience.is_over for one in given)


def test_certificate_when_asked_again_then_views_are_sorted_once_for_an_area(
    demo: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    area, made = revised(demo, demo.cameras[:-1]), []
    sort = routing.certificates.sights
    monkeypatch.setattr("routing.certificates.sights", lambda *given: made.append(1) or sort(*given))
    answer = plan(area, NONE)
    first = certify(area, NONE, answer, PATIENT)
    assert certify(area, NONE, answer, PATIENT).met_by_all == first.met_by_all
    assert len(made) == 1
    hers = replace(NONE, overlay=Overlay(off=frozenset({area.cameras[0].id})))
    certify(area, hers, plan(area, hers), PATIENT)  # what she knows is hers alone
    certify(area, NONE, answer, PATIENT)
    assert len(made) == 2
