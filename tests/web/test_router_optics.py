"""What the router on the phone reads from tags, and its measures of the Earth: the library is the judge."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from in_node import assert_close, column, in_node, record
from records import cameras as records

from routing import geo
from routing.grid import entries_of, grid_of, items_in
from routing.hazard.existence import existence
from routing.hazard.eyes import SEARCH_M, SNAP_M, WALL_SNAP_M, places_within_m
from routing.hazard.facades import LOOK_M
from routing.hazard.hazards import certainty
from routing.hazard.lenses import optics_of, owner_of
from routing.hazard.parameters import CLASSES, model
from routing.hazard.pavements import LEFT, RIGHT, SIDE_M, better_side
from routing.hazard.samples import STEP_M
from routing.model import Camera, LonLat, Sector
from routing.optics import CAMERA_CLASSES, DIRECTION_KEYS, FIELD_DEG, REACH_M, parse_directions, tag_values, view_of
from routing.ragged import taken
from routing.trust import months_between

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.hazard.lenses import Lens
    from routing.hazard.parameters import Values

    Node = Callable[..., Any]

EXAMPLES = settings(max_examples=25)  # each a batch, since starting Node.js costs more than what it works out
VALUES = model().default
HERE = LonLat(24.94, 60.17)

# what mappers write, what they might, and what no one should; also the odd spaces that languages do not agree about
WORDS = st.sampled_from(
    [*CAMERA_CLASSES, "n", "NNE", "north", "south-southwest", "West-bound", "-", ";", ",", " ", "°", "º", "–", "90",  # noqa: RUF001 (as typed)
     "360", "0.5", "31.49999999999999", "null", "unknown", "constructor", "__proto__", "yes", "no", "indoor", "public",
     "traffic", "speed", "camera", "guard", "gunshot_detector", "ALPR", "anpr", "entrance", "street", "shop", "wall",
     "pole", "ceiling", "government", "underground", "corridor", "-1", "+2", "2.5", "1e3", "m", "ft", "'", "metres",
     "\x1c", "\x85", "\u200b", "\u3000", "\ufeff", "İ", "ẞ", "٩"]
)  # fmt: skip
values = WORDS | st.lists(WORDS, max_size=5).map("".join) | st.lists(WORDS, max_size=4).map(";".join) | st.text()
KEYS = [
    "surveillance", "surveillance:type", "surveillance:zone", "camera:type", "camera:mount", *DIRECTION_KEYS, "height",
    "camera:tilt", "camera:angle", "level", "layer", "indoor", "location", "revolving", "operator:type", "disused",
]  # fmt: skip
tags = st.builds(
    lambda kind, more: {**kind, **more},
    st.sampled_from(
        [{"man_made": "surveillance"}] * 8 + [{"man_made": "mast; Surveillance"}, {"man_made": "mast"}, {}]
    ),
    st.dictionaries(st.sampled_from(KEYS), values, max_size=6),
)
made = st.builds(
    lambda told, source, fr: Camera("osm/node/1", HERE, told, source, fr=fr),
    tags, st.sampled_from(["osm", "official", "report"]), st.sampled_from(["unknown", "unknown", "yes", "no"]),
)  # fmt: skip


def batches(one: st.SearchStrategy[Any], size: int = 60) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=1, max_size=size)


def looks(found: list[Any]) -> list[Any]:
    return [Sector(one["startDeg"], one["sweepDeg"]) if isinstance(one, dict) else float(one) for one in found]


def lens_as_told(lens: Lens) -> list[Any]:
    sectors = [list(sector) for sector in lens.sectors]
    return [lens.pixels, lens.field_deg, sectors, lens.duty, lens.hidden]


def test_erfc_when_over_its_whole_range_then_as_the_c_library_has_it(node: Node) -> None:
    rng = np.random.default_rng(5)
    at = np.concatenate([np.linspace(-7.0, 27.0, 20001), rng.uniform(-1.0, 5.0, 20000), [0.46875, 4.0, 0.0, 1e-300]])
    found = in_node(node, 'const { erfc } = await import(js + "router/hazard/erfc.mjs"); return cases.map(erfc);', at)
    for x, told_ in zip(at.tolist(), found.tolist(), strict=True):
        expected = math.erfc(x)
        if expected > 1e-300:  # below, fewer digits are kept
            assert told_ == pytest.approx(expected, rel=1e-14, abs=0.0), x
        else:
            assert abs(told_ - expected) < 1e-300
    more = node(
        "return [Infinity, -Infinity, NaN, 28, 1e9].map((x) => String(erfc(x)))", None, erfc="router/hazard/erfc.mjs"
    )
    assert more == ["0", "2", "NaN", "0", "0"]


def test_size_when_of_any_vector_then_as_the_c_library_has_it(node: Node) -> None:
    rng = np.random.default_rng(6)
    xy = rng.normal(size=(20_000, 2)) * 10 ** rng.uniform(-9, 6, (20_000, 2))
    xy[:4] = [[0.0, 0.0], [3.0, 4.0], [0.0, -2.0], [1e-9, 0.0]]
    found = in_node(
        node,
        """const { size } = await import(js + "router/geo.mjs");
        return Float64Array.from({ length: cases.length / 2 }, (_, at) => size(cases[2 * at], cases[2 * at + 1]));""",
        xy.ravel(),
    )
    assert (np.abs(found - np.hypot(*xy.T)) <= np.spacing(found)).all()
    assert (found == np.hypot(*xy.T)).mean() > 0.99


@EXAMPLES
@given(batches(values))
def test_directions_when_any_text_then_as_the_library_reads_them(node: Node, texts: list[str]) -> None:
    found = node("return given.map((one) => parseDirections(one))", texts, parseDirections="router/optics.mjs")
    for text, one in zip(texts, found, strict=True):
        assert looks(one) == list(parse_directions(text)), ascii(text)


@EXAMPLES
@example([{"man_made": "surveillance", "camera:direction": "0.00000000000000000001-0"}])
@given(batches(tags))
def test_view_when_any_tags_then_as_the_library_has_it(node: Node, many: list[dict[str, str]]) -> None:
    found = node("return given.map((one) => viewOf(one))", many, viewOf="router/optics.mjs")
    for one, view in zip(many, found, strict=True):
        expected = view_of(one)
        assert (view is None) == (expected is None), one
        if expected is not None:
            assert view["reachM"] == expected.reach_m
            assert looks(view["sectors"]) == list(expected.sectors)
            assert (view["indoor"], view["level"]) == (expected.indoor, expected.level), one


@EXAMPLES
@given(batches(made))
def test_optics_when_any_tags_then_as_the_library_has_them(node: Node, many: list[Camera]) -> None:
    found = node(
        """const { opticsOf, ownerOf } = await import(js + "router/hazard/lenses.mjs");
        return given.many.map((one) => [opticsOf(one.tags, given.values), ownerOf(one)]);""",
        {"many": [record(one) for one in many], "values": column(VALUES)},
    )
    for camera, (optics, owner) in zip(many, found, strict=True):
        expected = optics_of(camera, VALUES)
        assert owner == owner_of(camera)
        assert (optics is None) == (expected is None), camera.tags
        if expected is not None:
            lenses = [
                [one["pixels"], one["fieldDeg"], [list(sector) for sector in looks(one["sectors"])],
                 one["duty"], one["hidden"]]
                for one in optics["lenses"]
            ]  # fmt: skip
            assert lenses == [lens_as_told(lens) for lens in expected.lenses], camera.tags
            assert optics["heightM"] == expected.height_m
            assert optics["reachM"] == expected.reach_m
            assert optics["farM"] == (None if math.isinf(expected.far_m) else pytest.approx(expected.far_m, rel=1e-12))
            assert (optics["onWall"], optics["indoor"], optics["level"]) == (
                expected.on_wall, expected.indoor, expected.level,
            )  # fmt: skip


@EXAMPLES
@given(batches(values))
def test_tag_values_when_any_text_then_as_the_library_splits_it(node: Node, texts: list[str]) -> None:
    found = node("return given.map((one) => [...tagValues({ a: one }, 'a')])", texts, tagValues="router/optics.mjs")
    for text, one in zip(texts, found, strict=True):
        assert set(one) == tag_values({"a": text}, "a"), ascii(text)


def test_classes_when_read_then_those_of_the_library(node: Node) -> None:
    found = node("return CLASSES", CLASSES="router/hazard/parameters.mjs")
    assert found == {
        name: {"pixels": list(one.pixels), "fieldDeg": list(one.field_deg), "reachM": one.reach_m}
        for name, one in CLASSES.items()
    }


def test_constants_when_read_then_those_of_the_library(node: Node) -> None:
    found = in_node(
        node,
        """const facades = await import(js + "router/hazard/facades.mjs");
        const samples = await import(js + "router/hazard/samples.mjs");
        const optics = await import(js + "router/optics.mjs");
        return [eyes.SEARCH_M, eyes.SNAP_M, eyes.WALL_SNAP_M, eyes.placesWithinM(cases), facades.LOOK_M, samples.STEP_M,
          pavements.SIDE_M, pavements.LEFT, pavements.RIGHT, optics.REACH_M, optics.FIELD_DEG];""",
        column(VALUES),
    )
    assert found == [
        SEARCH_M, SNAP_M, WALL_SNAP_M, pytest.approx(places_within_m(VALUES)), LOOK_M, STEP_M, SIDE_M, LEFT, RIGHT,
        dict(REACH_M), dict(FIELD_DEG),
    ]  # fmt: skip


months = st.builds("{}-{:02}".format, st.integers(2008, 2030), st.integers(1, 12))
lives = st.builds(
    lambda camera, gone, told_: replace(camera, gone=tuple(sorted(gone)), tags={**camera.tags, **told_}),
    records(), st.sets(months, max_size=3), st.sampled_from([{}, {"surveillance:zone": "street"}, {"disused": "yes"}]),
)  # fmt: skip


@EXAMPLES
@given(batches(st.tuples(lives, months)), st.sampled_from(list(model().columns())))
def test_existence_when_any_record_then_as_the_library_believes_it(
    node: Node, many: list[tuple[Camera, str]], by: Values
) -> None:
    found = in_node(
        node,
        """const { existence, monthsBetween } = await import(js + "router/hazard/existence.mjs");
        return cases.many.map(([camera, month]) => [
          existence(camera, month, cases.by), ...hazards.certainty([camera], month, cases.by),
          monthsBetween("2020-05", month)]);""",
        {"many": [[record(one), month] for one, month in many], "by": column(by)},
    )
    for (camera, month), (here, sure, between) in zip(many, found, strict=True):
        assert here == pytest.approx(existence(camera, month, by), rel=1e-12)
        assert sure == pytest.approx(certainty([camera], month, by)[0], rel=1e-12)
        assert between == months_between("2020-05", month)


@st.composite
def lines(draw: st.DrawFn) -> list[list[float]]:
    """A line of one city, anywhere on Earth; some points twice, some lines across the antimeridian."""
    west, south = draw(st.sampled_from([24.9, -0.01, 179.995, -73.9])), draw(st.floats(-70, 70))
    step = st.floats(0, 0.02).map(lambda degrees: round(degrees, 11)) | st.just(0.0)  # a micrometre, or nothing
    points = draw(st.lists(st.tuples(step, step), min_size=2, max_size=8))
    return [[west + lon if west + lon <= 180 else west + lon - 360, south + lat] for lon, lat in points]


@EXAMPLES
@given(batches(st.tuples(lines(), st.floats(0, 3000), st.floats(0, 2000)), 30))
def test_geo_when_lines_lie_anywhere_then_as_the_library_measures_them(
    node: Node, many: list[tuple[list[list[float]], float, float]]
) -> None:
    drawn = [np.array(line) for line, *_ in many]
    found = in_node(
        node,
        """const geo = await import(js + "router/geo.mjs");
        return cases.map(([line, from, more]) => [
          geo.alongM(line), geo.cutLine(line, from, from + more), geo.toFrame(line, line.slice(0, 2)),
          geo.fromFrame(geo.toFrame(line, line.slice(0, 2)), line.slice(0, 2)), geo.scaleAt(line[1]),
          geo.bearingDeg(...line.slice(0, 4)), geo.distanceM(...line.slice(0, 4)), geo.movesAlong([line, line])]);""",
        [[line.ravel(), begin, more] for line, (_, begin, more) in zip(drawn, many, strict=True)],
    )
    for line, (_, begin, more), one in zip(drawn, many, found, strict=True):
        along, cut, framed, back, scale, bearing, distance, moves = one
        assert_close(along, geo.along_m(line), least=1e-9)
        assert_close(cut.reshape(-1, 2), geo.cut_line(line, begin, begin + more), least=1e-12)
        assert_close(framed.reshape(-1, 2), geo.to_frame(line, line[0]), least=1e-9)
        assert_close(back.reshape(-1, 2), geo.from_frame(geo.to_frame(line, line[0]), line[0]), least=1e-12)
        assert scale == pytest.approx([float(one) for one in geo.scale_at(line[0, 1])], rel=1e-14)
        assert bearing == pytest.approx(float(geo.bearing_deg(line[0], line[1])), rel=1e-9)
        assert distance == pytest.approx(float(geo.distance_m(line[0], line[1])), rel=1e-12)
        expected = geo.moves_along([line, line])
        assert_close(moves["eastM"], expected.east_m, least=1e-9)
        assert_close(moves["northM"], expected.north_m, least=1e-9)
        assert moves["line"].tolist() == expected.line.tolist()


@st.composite
def boxes(draw: st.DrawFn, least: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Boxes of a quarter of a kilometre."""
    side = st.floats(0, 0.004)
    low = np.array([24.9, 60.1]) + np.array(
        draw(st.lists(st.tuples(side, side), min_size=least, max_size=12)), dtype=np.float64
    ).reshape(-1, 2)
    wide = [draw(st.tuples(*2 * [st.floats(0, 0.001) | st.just(0.0)])) for _ in low]
    return low, low + np.array(wide).reshape(-1, 2)


@EXAMPLES
@given(batches(st.tuples(boxes(), boxes(least=1), st.sampled_from([10.0, 25.0, 400.0])), 20))
def test_grid_when_boxes_lie_anywhere_then_that_of_the_library(node: Node, many: list[Any]) -> None:
    found = in_node(
        node,
        """const { gridOf, itemsIn } = await import(js + "router/grid.mjs");
        return cases.map(([low, high, askedLow, askedHigh, cell]) => {
          const [grid, coarse] = [gridOf(low, high, cell), gridOf(low, high, cell, 9)];
          return [grid, itemsIn(grid, askedLow, askedHigh), coarse.columns * coarse.rows,
            itemsIn(coarse, askedLow, askedHigh)];
        });""",
        [[low.ravel(), high.ravel(), one.ravel(), other.ravel(), cell] for (low, high), (one, other), cell in many],
    )
    for ((low, high), asked, cell), (grid, items, cells, coarsely) in zip(many, found, strict=True):
        expected = grid_of(low, high, cell_m=cell)
        assert (grid["columns"], grid["rows"]) == (expected.columns, expected.rows)
        assert grid["start"].tolist() == expected.start.tolist()
        assert grid["item"].tolist() == expected.item.tolist()
        near = items_in(entries_of(low, high, cell_m=cell), *asked).tolist() if len(low) else []
        assert items.tolist() == near
        assert cells <= 9
        touched = [
            box for box in range(len(low))
            if any(((low[box] <= other) & (high[box] >= one)).all() for one, other in zip(*asked, strict=True))
        ]  # fmt: skip
        assert set(touched) <= set(coarsely.tolist())


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.data())
@settings(max_examples=10)
def test_runs_when_some_are_taken_then_the_elements_of_the_library(node: Node, sizes: list[int], data: Any) -> None:  # noqa: ANN401
    start = np.concatenate([[0], np.cumsum(sizes)])
    runs = np.array(data.draw(st.lists(st.integers(0, len(sizes) - 1), max_size=6)), dtype=np.int32)
    found = in_node(
        node, 'const { taken } = await import(js + "router/ragged.mjs"); return taken(...cases);', [start, runs]
    )
    expected = taken(start, runs)
    assert [found[name].tolist() for name in ("of", "at", "start")] == [one.tolist() for one in expected]


def test_sides_when_compared_then_as_the_library_advises(node: Node) -> None:
    rng = np.random.default_rng(3)
    pairs = [[0.0, 0.0], [0.1, 0.02], [0.1, 0.09], *rng.uniform(0, 0.003, (200, 2)).tolist()]
    found = node("return given.map((one) => betterSide(...one))", pairs, betterSide="router/hazard/pavements.mjs")
    assert found == [better_side(*pair) for pair in pairs]
