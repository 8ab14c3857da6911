"""What is told ahead on a walk, and how a walk is cut up for paper: against shapely and plain sums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_module_following import placed, wander

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]
    Spots = list[tuple[float, float]]

EXAMPLES: Final = settings(max_examples=10, deadline=None)
UP: Final = [(0.0, 0.0), (0.0, 200.0)]
CORNER: Final = [(0.0, 0.0), (0.0, 100.0), (100.0, 100.0)]
SCALES: Final = (1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000, 15_000, 20_000, 30_000)
WIDE_MM, HALF_MM, HIGH_MM, MARGIN_MM, MOST = 170, 83, 104, 13, 6


def route_of(spots: Spots, lengths: list[float], met: list[tuple[str, float, float]] = ()) -> dict[str, Any]:  # type: ignore[assignment]
    length = shapely.LineString(spots).length
    return {
        "geometry": {"coordinates": placed(np.array(spots))},
        "length_m": length,
        "duration_s": length / 1.4,
        "steps": [{"length_m": one, "name": f"Street {i}", "keep": None, "do": "go"} for i, one in enumerate(lengths)],
        "meetings": [{"camera": name, "at_m": at, "in_view_m": seen} for name, at, seen in met],
        "in_view_spans_m": [[at, at + seen] for _, at, seen in met],
    }


def cameras_at(**spots: tuple[float, float]) -> dict[str, Any]:
    return {
        "features": [
            {"properties": {"id": name}, "geometry": {"coordinates": placed(np.array([spot]))[0]}}
            for name, spot in spots.items()
        ]
    }


@pytest.mark.parametrize(
    ("line", "at", "camera", "side"),
    [
        (UP, 20, (-10, 60), "left"),
        (UP, 20, (10, 60), "right"),
        (UP, 20, (1, 60), "ahead"),  # over the way
        (UP, 20, (5, 190), "right"),
        (UP, 120, (12, 60), "behind"),  # it looks after her
        (UP, 120, (-40, 100), "left"),
        (UP, 180, (2, 260), "ahead"),  # beyond the end
        (CORNER, 40, (-3, 130), "ahead"),  # she turns away before it, but comes towards it
        (CORNER, 40, (-80, 130), "left"),
        (CORNER, 40, (-10, 110), "left"),  # at the corner itself
        (CORNER, 40, (2, 140), "ahead"),
        (CORNER, 80, (50, 90), "right"),
        (CORNER, 80, (50, 110), "left"),
    ],
)
def test_side_when_a_camera_is_met_then_as_a_person_would_say(
    node: Node, line: Spots, at: float, camera: tuple[float, float], side: str
) -> None:
    given_ = {"route": route_of(line, [1.0], [("c", at, 10)]), "cameras": cameras_at(c=camera)}
    told = node("return guideOf(given.route, given.cameras).met[0].side", given_, guideOf="guide.mjs")
    assert told == side


@EXAMPLES
@given(st.integers(0, 2**32 - 1))
def test_side_when_the_walk_is_mirrored_then_left_is_right(node: Node, seed: int) -> None:
    rng = np.random.default_rng(seed)
    asks = []
    for _ in range(60):
        spots = wander(rng, 4)
        length = shapely.LineString(spots).length
        camera = spots[rng.integers(5)] + rng.normal(0, 40, 2)
        at = rng.uniform(0, length - 1)
        asks.extend(
            {
                "route": route_of((spots * flip).tolist(), [1.0], [("c", at, 10)]),
                "cameras": cameras_at(c=tuple(camera * flip)),
            }
            for flip in (np.array([1, 1]), np.array([-1, 1]))
        )
    told = node(
        "return given.map(({ route, cameras }) => guideOf(route, cameras).met[0].side)", asks, guideOf="guide.mjs"
    )
    other = {"left": "right", "right": "left", "ahead": "ahead", "behind": "behind"}
    same = [other[a] == b for a, b in zip(told[::2], told[1::2], strict=True)]
    assert all(same)
    assert set(told) <= set(other)


def test_camera_when_unknown_then_its_side_is_not_made_up(node: Node) -> None:
    ask = {"route": route_of(UP, [200.0], [("gone", 20, 5)])}
    told = node(
        "return guideOf(given.route, null).met.map(({ side, facts, spot }) => [side, facts, spot])",
        ask,
        guideOf="guide.mjs",
    )
    assert told == [[None, None, None]]


@EXAMPLES
@given(st.integers(0, 2**32 - 1))
def test_ahead_when_anywhere_on_a_walk_then_as_plain_sums_have_it(node: Node, seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = wander(rng, 6)
    length = shapely.LineString(spots).length
    cuts = np.sort(rng.uniform(0, length, 4))
    lengths = np.diff([0, *cuts, length]).tolist()
    met = sorted(((f"c{i}", float(at), 9.0) for i, at in enumerate(rng.uniform(0, length, 5))), key=lambda one: one[1])
    route = route_of(spots.tolist(), [*lengths, 0.0], met)
    places = rng.uniform(0, length, 30).tolist()
    snippet = """
    const guide = guideOf(given.route, null);
    return given.places.map((metres) => {
      const next = nextAt(guide, metres);
      const warned = near(guide, metres).map(({ camera }) => camera);
      return { next, ...aheadOf(guide, metres, next), near: warned, before: turnBefore(guide, next) };
    });"""
    names = dict.fromkeys(("guideOf", "nextAt", "aheadOf", "near", "turnBefore"), "guide.mjs")
    begun = [0.0, *np.cumsum(lengths).tolist()]
    for at, told in zip(places, node(snippet, {"route": route, "places": places}, **names), strict=True):
        turn = next(i for i, start in enumerate(begun) if start > at) if at >= min(10, begun[1] / 2) else 0
        assert told["next"] == turn
        assert told["toTurn"] == pytest.approx(max(begun[turn] - at, 0), abs=1e-6)
        assert told["left"] == pytest.approx(length - at)
        assert told["seconds"] == pytest.approx((length - at) / 1.4)
        coming = [one for one in met if one[1] >= at]
        assert (told["camera"] or {}).get("camera") == (coming[0][0] if coming else None)
        assert told["beforeTurn"] == sum(one[1] < begun[max(turn, 1)] for one in coming)
        assert told["near"] == [name for name, first, seen in met if first - 30 <= at < first + seen]
        assert told["before"] == pytest.approx(begun[turn - 1] if turn else 0)
        seen = [first + view - at for _, first, view in met if first <= at < first + view]
        assert told["seenFor"] == pytest.approx(seen[0] if seen else 0, abs=1e-6)


@EXAMPLES
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 5, 12, 40, 150]))
def test_strip_map_when_cut_then_whole_at_one_scale_and_within_the_sheet(node: Node, seed: int, turns: int) -> None:
    rng = np.random.default_rng(seed)
    spots = wander(rng, turns, 0.9)
    length = shapely.LineString(spots).length
    met = sorted(((f"c{i}", float(at), 20.0) for i, at in enumerate(rng.uniform(0, length, 7))), key=lambda one: one[1])
    hung = {
        name: tuple(shapely.LineString(spots).interpolate(at + 15).coords[0] + rng.normal(0, 20, 2))
        for name, at, _ in met
    }
    lengths = np.diff([0, *np.sort(rng.uniform(0, length, 6)), length]).tolist()
    ask = {"route": route_of(spots.tolist(), [*lengths, 0.0], met), "cameras": cameras_at(**hung)}
    told = node(
        "return stripMap(guideOf(given.route, given.cameras))", ask, guideOf="guide.mjs", stripMap="stripmap.mjs"
    )
    pieces, scale = told["pieces"], told["scale"]
    assert [piece["from"] for piece in pieces] == [0, *(piece["to"] for piece in pieces[:-1])]
    assert pieces[-1]["to"] == pytest.approx(length)
    assert scale in SCALES
    assert len(pieces) <= MOST or scale == SCALES[-1]
    assert 20 <= told["bar"]["mm"] <= 60
    assert told["bar"]["metres"] * 1000 / scale == pytest.approx(told["bar"]["mm"])
    numbers = [mark["number"] for piece in pieces for mark in piece["cameras"]]
    assert numbers == list(range(1, len(met) + 1)), "each camera once, in order"
    ends = [end["which"] for piece in pieces for end in piece["ends"]]
    assert ends == ["start", "end"]
    walk = shapely.LineString(spots)
    for piece in pieces:
        drawn = shapely.LineString(piece["line"])
        hold_in_sheet(piece, drawn, scale)
        hold_cameras(piece, scale, walk, met, hung)
        hold_names(piece, drawn)


@EXAMPLES
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 12, 60]))
def test_ways_about_a_strip_map_when_drawn_then_all_that_is_on_the_sheet_and_no_more(
    node: Node, seed: int, turns: int
) -> None:
    rng = np.random.default_rng(seed)
    spots = wander(rng, turns, 0.9)
    length = shapely.LineString(spots).length
    names = ["", "Street 1", *(f"Side {i}" for i in range(6))]
    near = rng.integers(0, len(spots), 40)
    ways = [
        {"name": names[int(rng.integers(0, len(names)))], "line": placed(spots[one] + rng.normal(0, 60, (3, 2)))}
        for one in near
    ]
    corner = rng.uniform(0, 1)  # a way of which one end is on the walk runs straight north from it
    north = shapely.LineString(spots).interpolate(corner, normalized=True)
    ways.append({"name": "", "line": placed(np.array([(north.x, north.y), (north.x, north.y + 30)]))})
    ask = {"route": route_of(spots.tolist(), [length / 3] * 3, []), "cameras": cameras_at(), "ways": ways}
    told = node(
        """const { pieces } = stripMap(guideOf(given.route, given.cameras));
        return pieces.map((piece) => ({ ...piece, ...groundOf(piece, given.ways), walked: piece.names,
          lines: given.ways.map(({ line }) => line.map(piece.put)) }));""",
        ask, guideOf="guide.mjs", stripMap="stripmap.mjs", groundOf="stripways.mjs",
    )  # fmt: skip
    for piece in told:
        sheet = shapely.box(0, 0, piece["wide"], piece["high"])
        true = [shapely.LineString(line).intersection(sheet) for line in piece["lines"]]
        drawn = shapely.MultiLineString([[one[:2], one[2:]] for one in piece["strokes"]])
        assert drawn.length == pytest.approx(sum(one.length for one in true), abs=1e-6)
        assert shapely.union_all(true).buffer(1e-6).covers(drawn)
        west, south, east, north_deg = piece["box"]
        corners = [shapely.Point(at) for line in ways for at in line["line"]]
        put = [shapely.Point(at) for line in piece["lines"] for at in line]
        for there, here in zip(corners, put, strict=True):
            inside = shapely.box(west, south, east, north_deg).buffer(-1e-9).covers(there)
            assert not inside or sheet.buffer(1e-3).covers(here), "the box is the sheet's"
        said = [one["text"] for one in piece["names"]]
        assert len(said) == len(set(said)) <= 12
        assert not set(said) & {"", *(one["text"] for one in piece["walked"])}
        hold_names({"names": [*piece["walked"], *piece["names"]]}, shapely.LineString(piece["line"]))


def hold_in_sheet(piece: dict[str, Any], drawn: shapely.LineString, scale: int) -> None:
    """Look whether a piece is as long as its scale says, and all of it on the sheet."""
    assert drawn.length * scale / 1000 == pytest.approx(piece["to"] - piece["from"], rel=2e-3)
    west, top, east, bottom = drawn.bounds
    assert piece["wide"] in {WIDE_MM, HALF_MM}
    assert west >= MARGIN_MM - 0.01
    assert east <= piece["wide"] - MARGIN_MM + 0.01
    assert top == pytest.approx(MARGIN_MM)
    assert bottom == pytest.approx(piece["high"] - MARGIN_MM)
    assert piece["high"] <= HIGH_MM + 0.01
    for seen in piece["seen"]:
        assert shapely.LineString(seen).hausdorff_distance(drawn) < math.inf
        assert drawn.distance(shapely.Point(seen[0])) < 1e-6
    for mark in (*piece["cameras"], *piece["turns"], *piece["ends"]):
        assert 0 <= mark["x"] <= piece["wide"]
        assert 0 <= mark["y"] <= piece["high"]


def hold_cameras(
    piece: dict[str, Any],
    scale: int,
    walk: shapely.LineString,
    met: list[tuple[str, float, float]],
    hung: dict[str, tuple[float, ...]],
) -> None:
    """Look whether each camera stands where it hangs, or where the walk meets it if that is off the sheet."""
    origin = walk.interpolate(piece["from"])
    for mark in piece["cameras"]:
        name, at, _ = met[mark["number"] - 1]
        true = mark.get("of", mark)
        assert math.dist((mark["x"], mark["y"]), (true["x"], true["y"])) <= 10
        view = walk.interpolate(at).coords[0]
        put = [
            [
                piece["line"][0][0] + (x - origin.x) * 1000 / scale,
                piece["line"][0][1] - (y - origin.y) * 1000 / scale,
            ]
            for x, y in (hung[name], view)
        ]
        assert any([true["x"], true["y"]] == pytest.approx(spot, abs=0.2) for spot in put)
        inside = 2.5 < put[0][0] < piece["wide"] - 2.5 and 2.5 < put[0][1] < piece["high"] - 2.5
        assert not inside or [true["x"], true["y"]] == pytest.approx(put[0], abs=0.2)


def hold_names(piece: dict[str, Any], drawn: shapely.LineString) -> None:
    """Look whether each name stands there once, on nothing else."""
    texts = [name["text"] for name in piece["names"]]
    assert len(texts) == len(set(texts))
    boxes = [box_of(name) for name in piece["names"]]
    for i, box in enumerate(boxes):
        assert not box.intersects(drawn), "a name on the line"
        assert all(not box.intersects(other) or box.touches(other) for other in boxes[:i])


def box_of(name: dict[str, Any]) -> Any:  # noqa: ANN401 - a polygon
    wide = 1.75 * len(name["text"])
    left = name["x"] - {"start": 0, "middle": wide / 2, "end": wide}[name["anchor"]]
    return shapely.box(left, name["y"] - 1.8, left + wide, name["y"] + 1.8)
