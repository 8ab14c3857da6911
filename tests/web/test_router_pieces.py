"""What whole plans are made of, piece by piece: the page's own router against the library, on more than maps hold."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from routing.alternatives import Walk, choose, distinct
from routing.assemble import Section, assemble
from routing.errors import SidestepError
from routing.formats import digits
from routing.graph import WAY_CLASSES, Flag
from routing.model import Detour, LonLat, Stretch
from routing.plans import Range, Risk, Score
from routing.rounding import percent, rounded, seconds, whole
from routing.router import parse_detour
from routing.score import _union
from routing.sides import advised, kept
from routing.snap import snap
from routing.steps import WAYS, describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.graph import WalkGraph
    from routing.snap import Snap

    Node = Callable[..., Any]
    Rng = np.random.Generator

WALKS = 400


def odd_numbers(rng: Rng) -> list[float]:
    """Draw numbers of all sizes, with many that lie midway between two decimals."""
    halves = [int(rng.integers(-4000, 4000)) / 2 ** int(rng.integers(0, 12)) for _ in range(3000)]
    tens = [n * 10.0**e for n in (1.0, 9.995, 9.5, 99.95, 999.5, 0.9995, 1005.0, 10.05) for e in range(-9, 6)]
    drawn = (rng.normal(0, 1, 3000) * 10.0 ** rng.integers(-9, 6, 3000)).tolist()
    typed = [round(n, 7) for n in rng.uniform(-180, 180, 1000).tolist()]
    return [*halves, *tens, *drawn, *typed, 0.0, -0.0, 1e-12, 5e-324]


def test_numbers_when_rounded_then_as_python_rounds_them(node: Node) -> None:
    numbers = odd_numbers(np.random.default_rng(1))
    snippet = """
    const { rounded, threeDigits, whole, seconds, percent } = await import(js + "router/rounding.mjs");
    return given.map((n) => [rounded(n, 0), rounded(n, 1), rounded(n, 3), rounded(n, 7), rounded(n, 9),
      threeDigits(n), whole(n), seconds(n), percent(Math.min(Math.abs(n), 1))])"""
    for number, told in zip(numbers, node(snippet, numbers), strict=True):
        meant = [rounded(number, places) for places in (0, 1, 3, 7, 9)]
        meant += [digits(number), whole(number), seconds(number), percent(min(abs(number), 1.0))]
        assert told == meant, number


def test_no_number_when_rounded_then_is_refused(node: Node) -> None:
    snippet = """return [NaN, Infinity, -Infinity].map((n) => [rounded, threeDigits].map((round) => {
      try { return round(n, 1); } catch (error) { return error.name; }
    }))"""
    found = node(snippet, rounded="router/rounding.mjs", threeDigits="router/rounding.mjs")
    assert found == [["RangeError"] * 2] * 3


def test_whole_numbers_when_rounded_to_then_halves_go_to_the_even_one(node: Node) -> None:
    numbers = [n / 4 for n in range(-40, 41)] + [2.0**52 + 1, 0.49999999999999994]
    assert node("return given.map(rint)", numbers, rint="router/numbers.mjs") == [float(np.rint(n)) for n in numbers]


def test_interp_when_places_repeat_then_as_numpy_has_it(node: Node) -> None:
    rng = np.random.default_rng(2)
    cases = []
    for _ in range(300):
        xs = np.sort(rng.integers(0, 6, int(rng.integers(1, 8)))).astype(float)
        cases.append(
            (float(rng.choice([*xs, *rng.uniform(-1, 7, 3)])), xs.tolist(), rng.normal(0, 1, len(xs)).tolist())
        )
    found = node("return given.map((one) => interp(...one))", cases, interp="router/numbers.mjs")
    assert found == [float(np.interp(*case)) for case in cases]


@pytest.mark.parametrize(
    "text", ["30%", " 400m", "6min", "1.5 km", "0%", "12.25%", "-3%", "30", "m", "1e3m", "3 %m", ""]
)
def test_detour_when_read_then_as_the_library_reads_it(node: Node, text: str) -> None:
    snippet = "try { return parseDetour(given); } catch (error) { return [error.code, error.message]; }"
    try:
        meant: object = asdict(parse_detour(text))
    except SidestepError as error:
        meant = [error.code, str(error)]
    assert node(snippet, text, parseDetour="router/plan.mjs") == meant


def walk_of(rng: Rng) -> list[Stretch]:
    """Draw a walk: streets that bend, crossings, roofs, names that go on or not."""
    at, bearing = np.array([24.94, 60.17]), rng.uniform(0, 2 * math.pi)
    names = ["Fredrikinkatu", "Kaivokatu", "", "", "", " Yrjönkatu\x85"]
    found, name, way = [], "", "footway"
    for _ in range(int(rng.integers(0, 14))):
        if rng.random() < 0.5:
            name, way = str(rng.choice(names)), str(rng.choice(WAY_CLASSES))
        points = [at]
        for nth in range(int(rng.integers(1, 4))):
            bearing += float(rng.choice([0.0, rng.normal(0, 0.3), rng.normal(0, 1.5), math.pi]))
            size = float(rng.choice([0.0 if nth else 1.0, 2.0, 7.5, 14.0, 40.0, rng.uniform(0, 120)])) / 111_000
            at = at + size * np.array([2 * math.sin(bearing), math.cos(bearing)])
            points.append(at)
        found.append(
            Stretch(
                np.array(points), name, way, bool(rng.random() < 0.15), None, bool(rng.random() < 0.2),
                (bool(rng.random() < 0.7), bool(rng.random() < 0.7)), tuple(rng.exponential(0.01, 2).tolist()),
            )
        )  # fmt: skip
    return found


def written(walk: list[Stretch]) -> list[dict[str, object]]:
    """Write a walk for JavaScript."""
    return [
        {
            "lonlat": one.lonlat.ravel().tolist(), "name": one.name, "wayClass": one.way_class,
            "enclosed": one.enclosed, "crossing": one.crossing, "pavements": one.pavements, "beside": one.beside,
        }
        for one in walk
    ]  # fmt: skip


def test_walks_when_told_then_steps_and_sides_are_the_librarys(node: Node) -> None:
    rng = np.random.default_rng(3)
    walks = [walk_of(rng) for _ in range(WALKS)]
    snippet = """return given.map((walk) => {
      const told = advised(describe(walk), walk);
      return [describe(walk), told, walk.length ? kept(told, walk).map((one) => one.pavements) : []];
    })"""
    names = {"describe": "router/steps.mjs", "advised": "router/sides.mjs", "kept": "router/sides.mjs"}
    ways = set()
    for walk, (plain, told, sides) in zip(walks, node(snippet, [written(one) for one in walks], **names), strict=True):
        for steps, meant in ((plain, describe(walk)), (told, advised(describe(walk), walk))):
            assert [one.pop("lengthM") for one in steps] == pytest.approx([one.length_m for one in meant], abs=1e-6)
            bare = [asdict(one) for one in meant]
            assert steps == [{name: value for name, value in one.items() if name != "length_m"} for one in bare]
        ways |= {one["way"] for one in told}
        meant_sides = kept(advised(describe(walk), walk), walk) if walk else []
        for on, one in zip(sides, meant_sides, strict=True):
            assert tuple(on) == one.pavements
    assert ways == set(WAYS)


def walks_of(rng: Rng) -> list[Walk]:
    """Draw measured walks, the first of least effort; many are alike in one thing or another."""
    found = []
    for number in range(int(rng.integers(1, 14))):
        length_m = 1000.0 if number == 0 else float(rng.choice([1000.0, rng.uniform(990, 1500)]))
        risk = max(0.3 - (length_m - 1000) / 1000 + float(rng.choice([0.0, rng.normal(0, 0.02)])), 0.0)
        score = Score(length_m, 0.0, 0.0, 0.0, (), np.zeros((0, 2)), Risk(Range(risk, risk, risk)))
        sections = {int(one): float(rng.uniform(1, 50)) for one in rng.integers(0, 12, int(rng.integers(1, 8)))}
        effort_dm = 10_000 if number == 0 else int(rng.integers(10_000, 14_000))
        seen = int(risk * 1e6) + int(rng.choice([0, 0, 500]))
        found.append(Walk((), effort_dm, seen, (), score, (), sections))
    return found


def test_walks_when_chosen_then_they_are_those_of_the_library(node: Node) -> None:
    rng = np.random.default_rng(4)
    cases = [
        (walks_of(rng), Detour(float(rng.choice([0.0, 0.1, 0.3])), float(rng.choice([0, 100])))) for _ in range(WALKS)
    ]
    given = [
        (
            [
                {
                    "effortDm": one.effort_dm, "seen": one.seen, "onSectionM": list(one.on_section_m.items()),
                    "score": {"lengthM": one.length_m, "risk": {"risk": {"default": one.risk}}},
                }
                for one in walks
            ],
            asdict(detour),
        )
        for walks, detour in cases
    ]  # fmt: skip
    snippet = """return given.map(([bare, detour]) => {
      const walks = bare.map((walk) => ({ ...walk, onSectionM: new Map(walk.onSectionM) }));
      const { named, front } = choose(walks, detour);
      const more = distinct(front, named.map(([, walk]) => walk), 5 - named.length);
      const at = (walk) => walks.indexOf(walk);
      return [named.map(([name, walk]) => [name, at(walk)]), front.map(at), more.map(at)];
    })"""
    found = node(snippet, given, choose="router/alternatives.mjs", distinct="router/alternatives.mjs")
    several = 0
    for (walks, detour), told in zip(cases, found, strict=True):
        named, front = choose(walks, detour)
        more = distinct(front, [walk for _, walk in named], 5 - len(named))
        at = {id(walk): number for number, walk in enumerate(walks)}
        meant = [
            [[name, at[id(walk)]] for name, walk in named],
            [at[id(one)] for one in front],
            [at[id(one)] for one in more],
        ]
        assert told == meant
        several += len(more) > 0
    assert several > WALKS / 20


def test_spans_when_merged_then_as_the_library_merges_them(node: Node) -> None:
    rng = np.random.default_rng(5)
    cases = []
    for _ in range(WALKS):
        start = rng.choice([0.0, 1.0, 1.004, 2.0, 5.5, 7.0], int(rng.integers(0, 9)))
        cases.append(np.column_stack([start, start + rng.choice([0.0, 0.004, 0.5, 1.0, 3.0], len(start))]))
    found = node(
        "return given.map((spans) => unionOf(spans, 0.005))",
        [one.ravel().tolist() for one in cases],
        unionOf="router/spans.mjs",
    )
    assert found == [_union(one).ravel().tolist() for one in cases]


def test_places_when_snapped_across_the_antimeridian_then_as_the_library_does(node: Node) -> None:
    rng = np.random.default_rng(6)
    lonlat = np.column_stack([180.0 + rng.uniform(-0.01, 0.01, 60), rng.uniform(-17.01, -17.0, 60)])
    lonlat[:, 0] = (lonlat[:, 0] + 180.0) % 360.0 - 180.0
    kinds = ["footway", "ferry", "steps", "corridor"]
    sections = [
        Section(
            tail=int(a), head=int(b), line=lonlat[[a, b]], way_id=number, way_class=str(rng.choice(kinds)),
            flags=Flag.ENCLOSED if rng.random() < 0.2 else Flag(0), forward=True, backward=bool(rng.random() < 0.9),
            length_m=100.0, effort_dm=(1000, 1000),
        )
        for number, (a, b) in enumerate(rng.integers(0, 60, (50, 2)))
    ]  # fmt: skip
    graph = assemble(lonlat, np.arange(60), sections)
    places = [LonLat(float((180 + x + 180) % 360 - 180), float(-17.005 + y)) for x, y in rng.normal(0, 0.006, (200, 2))]
    arrays = ("component", "tail", "head", "section", "shape_start", "way_class", "flags")
    given = {
        "places": places,
        "shape_lonlat": np.asarray(graph.shape_lonlat).ravel().tolist(),
        **{name: np.asarray(getattr(graph, name)).tolist() for name in arrays},
        "count": [graph.section_count, graph.edge_count],
    }
    snippet = """
      const ints = (name) => Int32Array.from(given[name]);
      const graph = {
        sectionCount: given.count[0], edgeCount: given.count[1], shapeLonlat: Float64Array.from(given.shape_lonlat),
        shapeStart: ints("shape_start"), component: ints("component"), tail: ints("tail"), head: ints("head"),
        section: ints("section"), wayClass: ints("way_class"), flags: ints("flags"),
      };
      return given.places.map((place) => {
        try { return snap(graph, place, "here"); } catch (error) { return [error.code, error.message]; }
      });"""
    codes = set()
    for place, told in zip(places, node(snippet, given, snap="router/snap.mjs"), strict=True):
        meant = snapped(graph, place)
        if isinstance(meant, SidestepError):
            assert told == [meant.code, str(meant)]
            codes.add(meant.code)
            continue
        assert (told["section"], told["q"], told["component"]) == (meant.section, meant.q, meant.component)
        assert told["distanceM"] == pytest.approx(meant.distance_m, abs=1e-6)
        assert told["lonlat"] == pytest.approx(meant.lonlat, abs=1e-11)
        codes.add("found")
    assert codes == {"found", "no-way-near"}


def snapped(graph: WalkGraph, place: LonLat) -> Snap | SidestepError:
    try:
        return snap(graph, place, what="here")
    except SidestepError as error:
        return error
