"""The page's own searches against the library's, to the last whole number: routes, fronts, legs, what is near."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import front_of
from router_given import IMPORTS, network_given, snap_given
from test_search import assert_is_a_walk, random_snap
from test_shapes import SHAPES, network_of, point_on
from test_trunk import endless_chain

from routing.search.front import Front, find_front
from routing.search.legs import corners, knee, stand_for, together, unbeaten
from routing.search.network import MAX_BETA, MOST_SEEN, Barred, Network, Part, Path, PathFinder, weigh
from routing.search.trunk import FAR, trunk_of

if TYPE_CHECKING:
    from conftest import Node

    from routing.area import Area
    from routing.snap import Snap

PRICES = (0, 1, 499, 500, 999, 1000, 47_123, 3_000_001, MAX_BETA)
GRAPHS = 40
QUERIES = 8
Point = list[int]


def points_of(front: Front) -> list[Point]:
    return [list(point) for point in zip(front.effort_dm.tolist(), front.seen.tolist(), strict=True)]


def path_of(found: dict[str, Any]) -> Path:
    parts = tuple(Part(*part) for part in found["parts"])
    return Path(parts, found["lengthDm"], found["effortDm"], found["seen"])


def snaps_given(*snaps: Snap) -> list[dict[str, Any]]:
    return [snap_given(snap) for snap in snaps]


ROUTES = (
    IMPORTS
    + """
return given.map((of) => {
  const plain = networkOf(of);
  const network = of.more ? raised(plain, Int32Array.from(of.more)) : plain;
  const found = of.asked.map(({ snaps: [a, b], beta, barred, below }) => {
    const path = bestPath(network, a, b, beta, {
      barred: barred && { edges: Uint8Array.from(barred.edges), parts: barred.parts }, below: below ?? Infinity,
    });
    return path && { ...path, cost: costOf(path, beta), parts: told(path.parts) };
  });
  return { found, bytes: routeRoomBytes(network.graph) };
});
"""
)


@pytest.mark.parametrize("shape", list(SHAPES))
def test_route_when_graph_is_of_any_shape_then_it_costs_what_the_librarys_does(node: Node, shape: str) -> None:
    rng = np.random.default_rng(31)
    cases, expected = [], []
    for _ in range(GRAPHS):
        below = network_of(shape, rng)
        more = (below.seen + rng.integers(-1 if rng.random() < 0.5 else 0, 3000, below.graph.edge_count)).clip(0)
        network = below.raised(more.astype(np.int32)) if rng.random() < 0.6 else below
        case: dict[str, Any] = network_given(below) | {"asked": []}
        if network is not below:
            case["more"] = network.seen.tolist()
        for _ in range(QUERIES):
            start, end, beta = point_on(network, rng), point_on(network, rng), int(rng.choice(PRICES))
            finder = PathFinder(network, start, end)
            asked: dict[str, Any] = {"snaps": snaps_given(start, end), "beta": beta}
            barred = None
            if rng.random() < 0.5:
                edges = rng.random(network.graph.edge_count) < 0.1
                parts = frozenset(part for part in finder.ends.parts if rng.random() < 0.2)
                barred = Barred(edges, parts)
                told = [{"edge": part.edge, "from": part.q_from, "to": part.q_to} for part in parts]
                asked["barred"] = {"edges": edges.astype(int).tolist(), "parts": told}
            best = finder.best(beta, barred)
            case["asked"].append(asked)
            expected.append((network, start, end, None if best is None else best.cost(beta)))
            if best is not None:
                for spare in (0, 1):
                    case["asked"].append(asked | {"below": best.cost(beta) + spare})
                    expected.append((network, start, end, best.cost(beta) if spare else None))
        cases.append(case)
    found = [one for of in node(ROUTES, cases) for one in of["found"]]
    assert len(found) == len(expected) > GRAPHS * QUERIES * 1.2
    for (network, start, end, cost), one in zip(expected, found, strict=True):
        assert (one and one["cost"]) == cost
        if one is not None:
            assert_is_a_walk(network, path_of(one), start, end)


def test_route_when_costs_come_near_the_end_of_whole_numbers_then_they_are_exact(node: Node) -> None:
    rng = np.random.default_rng(37)
    cases, expected = [], []
    for _ in range(60):
        network = network_of(str(rng.choice(list(SHAPES))), rng)
        edges = network.graph.edge_count
        network = Network(network.graph, (MOST_SEEN - rng.integers(0, 3, edges)).astype(np.int32))
        snaps = [(point_on(network, rng), point_on(network, rng)) for _ in range(6)]
        cases.append(
            network_given(network) | {"asked": [{"snaps": snaps_given(*ends), "beta": MAX_BETA - 1} for ends in snaps]}
        )
        for ends in snaps:
            best = PathFinder(network, *ends).best(MAX_BETA - 1)
            expected.append(None if best is None else best.cost(MAX_BETA - 1))
    found = [one and one["cost"] for of in node(ROUTES, cases) for one in of["found"]]
    inside = [cost is None or cost < 2**53 for cost in expected]
    assert [one for one, fits in zip(found, inside, strict=True) if fits] == [
        cost for cost, fits in zip(expected, inside, strict=True) if fits
    ]
    assert max(cost for cost, fits in zip(expected, inside, strict=True) if fits and cost is not None) > 2**51


def test_route_when_a_chain_adds_up_to_more_than_numbers_hold_then_as_the_librarys(node: Node) -> None:
    network, start, end = endless_chain()
    sums = (
        'const { trunkOf } = await import(search + "trunk.mjs"); return [...trunkOf(networkOf(given).graph).effortDm];'
    )
    effort_dm = node(IMPORTS + sums, network_given(network))
    assert (min(effort_dm), max(effort_dm)) == (50, FAR)
    assert effort_dm == network.graph.once(trunk_of).effort_dm.tolist()
    best = PathFinder(network, start, end).best(1)
    asked = {"asked": [{"snaps": snaps_given(start, end), "beta": 1}]}
    (found,) = node(ROUTES, [network_given(network) | asked])
    assert best is not None
    assert path_of(found["found"][0]) == best


def test_route_when_price_is_out_of_bounds_then_it_is_refused(node: Node) -> None:
    rng = np.random.default_rng(1)
    network = network_of("grid", rng)
    asked = network_given(network) | {"ends": snaps_given(point_on(network, rng), point_on(network, rng))}
    said = node(
        IMPORTS
        + """
return [-1, 10_000_001, NaN].map((beta) => {
  try { bestPath(networkOf(given), ...given.ends, beta); } catch (error) { return `${error.name}: ${error.message}`; }
});
""",
        asked,
    )
    assert said == ["RangeError: the price of a unit of risk is 0 to 10000000, in decimetres"] * 3


FRONTS = (
    IMPORTS
    + """
return given.map((of) => {
  const network = networkOf(of);
  return of.asked.map(({ snaps: [start, ...targets], budgetDm }) => {
    const whole = findFront(network, start, targets, { budgetDm });
    const slices = [];
    const search = new FrontSearch(network, start, targets, budgetDm);
    const state = (front) => ({
      points: pointsOf(front), exactToDm: front.exactToDm, leastSeen: front.leastSeen, gap: front.gap,
      paths: pointsOf(front).map((_, i) => ({ ...front.path(i), parts: told(front.parts(i)) })),
    });
    slices.push({ found: state(search.found()), filled: state(search.filled()) });
    for (let turns = 0; !search.isWhole && turns < 3; turns += 1) {
      step(search, 1 + 3 * turns);
      if (turns === 1) search.lookAhead();
      const before = pointsOf(findFront(network, start, targets, { budgetDm })); // another search in between
      if (String(before) !== String(pointsOf(whole))) throw new Error("searches are in each other's way");
      slices.push({ found: state(search.found()), filled: state(search.filled()) });
    }
    search.run();
    const last = search.found();
    search.close();
    const ahead = new FrontSearch(network, start, targets, budgetDm);
    ahead.lookAhead();
    for (let turn = 0; turn < 1000 && !ahead.isWhole; turn += 1) {
      step(ahead, 2);
      ahead.lookAnew();
    }
    ahead.run();
    ahead.close();
    if (JSON.stringify(state(ahead.found())) !== JSON.stringify(state(whole))) throw new Error("looking ahead matters");
    return { kind: search.search?.kind ?? null, whole: state(whole), slices, last: state(last) };
  });
});
"""
)
STEP = """
const { takeUp } = await import(js + "router/search/labels.mjs");
const step = (search, turns) => takeUp(search.search, turns);
"""


def check_front(network: Network, snaps: list[Snap], budget_dm: int, found: dict[str, Any], *, slow: bool) -> None:
    start, *ends = snaps
    front = find_front(network, start, *ends, budget_dm=budget_dm)
    exact = points_of(front)
    if slow:
        assert exact == [list(point) for point in front_of(network, start, ends[0], budget_dm)]
    for whole in (found["whole"], found["last"]):
        assert whole["points"] == exact
        assert (whole["exactToDm"], whole["gap"]) == (budget_dm, 0)
        assert whole["leastSeen"] == front.least_seen
    for state in (found["whole"], *(one for of in found["slices"] for one in of.values())):
        points, sure = state["points"], state["exactToDm"]
        assert [p for p in points if p[0] <= sure] == [p for p in exact if p[0] <= sure]
        assert all(a[0] < b[0] and a[1] > b[1] for a, b in pairwise(points))
        for (effort_dm, seen), path in zip(points, state["paths"], strict=True):
            assert any(a <= effort_dm <= budget_dm and b <= seen for a, b in exact)
            assert (path["effortDm"], path["seen"]) == (effort_dm, seen)
            if len(ends) == 1:
                assert_is_a_walk(network, path_of(path), start, ends[0])
        if exact:
            assert points[0] == exact[0]
            assert state["leastSeen"] <= exact[-1][1] <= points[-1][1]
            assert 0 <= state["gap"] <= 1


@pytest.mark.parametrize("shape", list(SHAPES))
def test_front_when_graph_is_of_any_shape_then_it_is_the_librarys_and_its_beginning_exact(
    node: Node, shape: str
) -> None:
    rng = np.random.default_rng(41)
    cases, asked = [], []
    for number in range(GRAPHS):
        network = network_of(shape, rng)
        if number % 3 == 0:  # sums that take more than 32 bits
            wide = np.minimum(network.seen.astype(np.int64) * 1_000_003, 2**31 - 1)
            network = Network(network.graph, wide.astype(np.int32))
        case: dict[str, Any] = network_given(network) | {"asked": []}
        for _ in range(QUERIES // 2):
            snaps = [point_on(network, rng) for _ in range(int(rng.choice([2, 2, 2, 3, 4])))]
            best = PathFinder(network, snaps[0], snaps[1]).best(0)
            least_dm = 500 if best is None else best.effort_dm
            budget_dm = int(least_dm * rng.uniform(0.9, 2.0))
            asked.append((network, snaps, budget_dm))
            case["asked"].append({"snaps": snaps_given(*snaps), "budgetDm": budget_dm})
        cases.append(case)
    found = [one for of in node(STEP + FRONTS, cases) for one in of]
    assert sum(len(one["whole"]["points"]) > 1 for one in found) > 5 or shape in {"tree", "islands"}
    assert {one["kind"] for one in found} >= {"ints", "floats"}
    for (network, snaps, budget_dm), one in zip(asked, found, strict=True):
        check_front(network, snaps, budget_dm, one, slow=len(snaps) == 2)


def test_searches_when_area_is_the_demos_then_they_are_the_librarys(node: Node, demo: Area) -> None:
    rng = np.random.default_rng(43)
    network = demo.network
    pairs = [(random_snap(demo, rng), random_snap(demo, rng)) for _ in range(40)]
    betas = [int(rng.choice(PRICES)) for _ in pairs]
    best = [PathFinder(network, *pair).best(beta) for pair, beta in zip(pairs, betas, strict=True)]
    shortest = [PathFinder(network, *pair).best(0) for pair in pairs]
    budgets = [0 if path is None else round(path.effort_dm * 1.3) for path in shortest]
    asked = [
        {"snaps": snaps_given(*pair), "beta": beta, "budgetDm": budget_dm}
        for pair, beta, budget_dm in zip(pairs, betas, budgets, strict=True)
    ]
    found = node(
        IMPORTS
        + """
const network = networkOf(given);
return given.asked.map(({ snaps: [a, b], beta, budgetDm }) => {
  const path = bestPath(network, a, b, beta);
  const front = findFront(network, a, [b], { budgetDm, limits: { labels: 3_000_000 } });
  const sums = Array.from(front.seen, (_, i) => front.path(i)).map(({ effortDm, seen }) => [effortDm, seen]);
  return { cost: path && costOf(path, beta), points: pointsOf(front), sums, exactToDm: front.exactToDm };
});
""",
        network_given(network) | {"asked": asked},
        seconds=300,
    )
    for pair, beta, path, budget_dm, one in zip(pairs, betas, best, budgets, found, strict=True):
        assert one["cost"] == (None if path is None else path.cost(beta))
        assert one["sums"] == one["points"]
        if budget_dm:
            assert one["exactToDm"] == budget_dm
            assert one["points"] == points_of(find_front(network, *pair, budget_dm=budget_dm))


def test_front_when_it_is_stopped_in_a_city_then_the_gap_holds(node: Node, demo: Area) -> None:
    rng = np.random.default_rng(47)
    network = demo.network
    asked = []
    while len(asked) < 6:
        pair = (random_snap(demo, rng), random_snap(demo, rng))
        best = PathFinder(network, *pair).best(0)
        if best is not None and best.effort_dm > 12_000:
            asked.append((pair, round(best.effort_dm * 1.3)))
    found = node(
        IMPORTS
        + """
const network = networkOf(given);
return given.asked.map(({ snaps: [a, b], budgetDm }) => [{ labels: 500 }, { until: 0 }, { cancelled: () => true }].map(
  (limits) => {
    const front = findFront(network, a, [b], { budgetDm, limits });
    const { exactToDm, leastSeen, gap } = front;
    return { points: pointsOf(front), exactToDm, leastSeen, gap };
  },
));
""",
        network_given(network) | {"asked": [{"snaps": snaps_given(*pair), "budgetDm": dm} for pair, dm in asked]},
    )
    stopped = 0
    for (pair, budget_dm), limited in zip(asked, found, strict=True):
        exact = points_of(find_front(network, *pair, budget_dm=budget_dm))
        for one in limited:
            points, sure = one["points"], one["exactToDm"]
            stopped += sure < budget_dm
            assert [p for p in points if p[0] <= sure] == [p for p in exact if p[0] <= sure]
            assert all(any(a <= p[0] and b <= p[1] for a, b in exact) for p in points)
            assert points[0] == exact[0]
            assert one["leastSeen"] <= exact[-1][1] <= points[-1][1]
            assert one["gap"] == pytest.approx(1 - one["leastSeen"] / points[-1][1])
    assert stopped > 6


@settings(max_examples=5)
@given(st.integers(0, 10**6))
def test_legs_when_put_together_then_they_are_the_librarys(node: Node, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cases, expected = [], []
    while len(cases) < 40:
        network = network_of(str(rng.choice(list(SHAPES))), rng)
        stops = [point_on(network, rng) for _ in range(int(rng.integers(2, 5)))]
        shortest = [PathFinder(network, a, b).best(0) for a, b in pairwise(stops)]
        legs_dm = [leg.effort_dm for leg in shortest if leg is not None]
        if len(legs_dm) < len(shortest):
            continue
        spare_dm = int(rng.integers(0, sum(legs_dm) + 2))
        budget_dm = sum(legs_dm) + spare_dm
        fronts = [
            find_front(network, a, b, budget_dm=leg_dm + spare_dm)
            for (a, b), leg_dm in zip(pairwise(stops), legs_dm, strict=True)
        ]
        choice = together(fronts, budget_dm)
        budgets = [leg_dm + spare_dm for leg_dm in legs_dm]
        cases.append(network_given(network) | {"stops": snaps_given(*stops), "budgets": budgets, "budgetDm": budget_dm})
        points = [list(point) for point in zip(choice.effort_dm.tolist(), choice.seen.tolist(), strict=True)]
        expected.append([points, choice.exact_to_dm, choice.least_seen, choice._points.tolist()])
    found = node(
        IMPORTS
        + """
const { together } = await import(search + "legs.mjs");
return given.map((of) => {
  const network = networkOf(of);
  const fronts = of.budgets.map((budgetDm, i) => findFront(network, of.stops[i], [of.stops[i + 1]], { budgetDm }));
  const choice = together(fronts, of.budgetDm);
  for (const [walk, [effortDm, seen]] of pointsOf(choice).entries()) {
    const paths = choice.paths(walk);
    const sums = [paths.reduce((n, path) => n + path.effortDm, 0), paths.reduce((n, path) => n + path.seen, 0)];
    if (sums[0] !== effortDm || sums[1] !== seen) throw new Error("sums differ");
    if (choice.parts(walk).length !== paths.flatMap(({ parts }) => parts).length) throw new Error("parts differ");
  }
  const points = pointsOf(choice).map((_, walk) => choice.points.map((of) => of[walk]));
  return [pointsOf(choice), choice.exactToDm, choice.leastSeen, points];
});
""",
        cases,
    )
    assert found == expected


def random_front(rng: np.random.Generator) -> tuple[list[int], list[int]]:
    count = int(rng.integers(1, 40))
    wide = int(rng.choice([3, 100, 10**6, 2**45]))
    effort = np.cumsum(rng.integers(1, wide, count)).tolist()
    seen = np.cumsum(rng.integers(1, wide, count))[::-1].tolist()
    return effort, seen


def test_points_when_chosen_from_any_front_then_they_are_the_librarys(node: Node) -> None:
    rng = np.random.default_rng(53)
    cases = []
    for _ in range(400):
        effort, seen = random_front(rng)
        any_order = rng.integers(0, 20, (2, len(effort))).tolist()
        cases.append((effort, seen, int(rng.integers(3, 12)), float(rng.choice([0.0, 0.01, 0.2])), any_order))
    found = node(
        """
const { corners, knee, standFor, unbeaten } = await import(js + "router/search/legs.mjs");
return given.map(([effort, seen, most, within, [some, others]]) => [
  corners(effort, seen), knee(effort, seen), standFor(effort, seen, most, within),
  unbeaten(some, others), unbeaten(some, others, Math.min(...some) + 2),
]);
""",
        cases,
    )
    expected = []
    for effort, seen, most, close, any_order in cases:
        a, b, some, others = (np.array(of, dtype=np.int64) for of in (effort, seen, *any_order))
        expected.append(
            [corners(a, b).tolist(), knee(a, b), stand_for(a, b, most, close).tolist(), unbeaten(some, others).tolist(),
             unbeaten(some, others, int(some.min()) + 2).tolist()]
        )  # fmt: skip
    assert found == expected


def test_network_when_carriageways_count_then_as_in_the_library(node: Node, demo: Area) -> None:
    rng = np.random.default_rng(61)
    graph = demo.graph
    risk_e6 = rng.integers(0, 2000, graph.edge_count).astype(np.int32)
    per_m = [0.0, 1.5e-5, 0.003]
    case = network_given(Network(graph, risk_e6)) | {"perM": per_m}
    found = node(IMPORTS + "const of = networkOf(given);return given.perM.map((m) => Array.from(weigh(of.graph, of.seen, m).seen));", case)  # fmt: skip  # noqa: E501
    assert found == [weigh(graph, risk_e6, m).seen.tolist() for m in per_m]


def test_anchors_when_of_a_city_then_no_edge_takes_less_effort_than_the_straight_line(node: Node, demo: Area) -> None:
    flat = node(
        IMPORTS
        + """
const { anchorDm } = await import(js + "router/anchors.mjs");
return Array.from(anchorDm(graphFrom(given.graph)));
""",
        network_given(demo.network),
    )
    at_dm = np.array(flat).reshape(-1, 2)
    graph = demo.graph
    straight_dm = np.hypot(*(at_dm[graph.tail] - at_dm[graph.head]).T)
    assert (straight_dm <= graph.effort_dm).all()
    assert np.allclose(at_dm, graph.anchor_dm, rtol=1e-9, atol=1e-3)


@settings(max_examples=5)
@given(st.lists(st.tuples(st.integers(-(2**53), 2**53), st.booleans()), max_size=4000))
def test_heap_when_filled_and_emptied_then_least_comes_first(node: Node, turns: list[tuple[int, bool]]) -> None:
    found = node(
        """
const { Heap } = await import(js + "router/heap.mjs");
const heap = new Heap();
const taken = [];
const take = () => { taken.push([heap.keys[0], heap.values[0]]); heap.drop(); };
for (const [i, [key, drop]] of given.entries()) {
  heap.push(key, i);
  if (drop) take();
}
while (heap.size > 0) take();
return taken;
""",
        turns,
    )
    waiting: list[int] = []
    expected = []
    for key, drop in turns:
        waiting.append(key)
        if drop:
            expected.append(min(waiting))
            waiting.remove(expected[-1])
    assert [key for key, _ in found] == [*expected, *sorted(waiting)]
    assert all(turns[value][0] == key for key, value in found)
    assert sorted(value for _, value in found) == list(range(len(turns)))


def test_rooms_when_a_search_was_large_then_all_of_it_is_given_back(node: Node) -> None:
    """Else every later search, however small, would find more kept than may be, and begin with nothing."""
    told = node(
        IMPORTS
        + """
const { Rooms } = await import(search + "rooms.mjs");
const rooms = new Rooms();
const look = (size) => {
  const { piles } = rooms;
  for (const kind of ["ints", "floats", "bytes"]) rooms[kind]("one", size);
  piles.begin(size);
  for (let i = 0; i < size; i += 1) piles.put(i, i);
  for (let i = 0; i < size; i += 1) piles.take(i);
  rooms.shrink();
  return rooms.byteLength;
};
return [rooms.byteLength, look(1_000_000), look(1000), rooms.ofInts.size];
"""
    )
    empty, large, small, kept = told
    assert (large, kept) == (empty, 1)
    assert empty < small < 100_000
