"""Where on a walk a person is, from noisy positions: forward, to the end, and never along with a forged one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
import shapely
import shapely.ops
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]
    LonLat = tuple[float, float]

M_PER_DEG: Final = 111_195
AT: Final = (37.6, 55.75)
WIDE: Final = M_PER_DEG * math.cos(math.radians(AT[1]))
BACK_M: Final = 20  # as following.mjs has it
PACE_MPS: Final = 1.4
EXAMPLES: Final = settings(max_examples=10, deadline=None)  # each a batch
FOLLOW: Final = """
const tracks = given.map(({ line, length, hint, fixes, acts }) => {
  const following = makeFollowing(makeTrack(line, length), hint ?? 0);
  return fixes.map(([lon, lat, accuracy, second], i) => {
    if (acts?.[i]) following[acts[i]]();
    return following.take({ at: [lon, lat], accuracy, ms: second * 1000 });
  });
});
return tracks;
"""
MODULES: Final = {"makeFollowing": "following.mjs", "makeTrack": "track.mjs"}


def placed(spots: np.ndarray) -> list[LonLat]:
    """Put metres about a place of Moscow onto the globe."""
    return [(AT[0] + x / WIDE, AT[1] + y / M_PER_DEG) for x, y in spots]


def wander(rng: np.random.Generator, turns: int, sharpest: float = 1.7) -> np.ndarray:
    """Draw a walk of a town: straight for some tens of metres, then a turn."""
    sizes = rng.uniform(15, 150, turns)
    bearings = np.cumsum(rng.uniform(-sharpest, sharpest, turns))
    moves = np.column_stack((sizes * np.sin(bearings), sizes * np.cos(bearings)))
    return np.vstack(([0, 0], np.cumsum(moves, axis=0)))


def walked(rng: np.random.Generator, spots: np.ndarray, accuracy_m: float, every_s: float) -> dict[str, Any]:
    """Walk a line from end to end with a receiver that is as good as it says (95 of 100 within the circle)."""
    line = shapely.LineString(spots)
    metres = np.append(np.arange(0, line.length, PACE_MPS * every_s), line.length)
    places = np.array([line.interpolate(at).coords[0] for at in metres])
    noise = rng.normal(0, accuracy_m / 2.4477, places.shape)  # radius of a circle that holds 95 of 100
    far = np.linalg.norm(noise, axis=1, keepdims=True)
    noise *= np.minimum(1, 1.5 * accuracy_m / np.maximum(far, 1e-9))
    fixes = [
        [*place, accuracy_m, at / PACE_MPS] for place, at in zip(placed(places + noise), metres.tolist(), strict=True)
    ]
    return {"line": placed(spots), "length": line.length, "fixes": fixes, "metres": metres.tolist()}


seeds = st.integers(0, 2**32 - 1)


@EXAMPLES
@given(seeds)
def test_following_when_a_noisy_walk_is_walked_then_forward_to_the_end(node: Node, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # lines that cross themselves within some metres have no one answer, nor have walks shorter than the noise
    lines = [spots for spots in (wander(rng, rng.integers(2, 12)) for _ in range(60)) if apart_from_itself(spots)]
    walks = [walked(rng, spots, rng.uniform(3, 20), rng.uniform(1, 5)) for spots in lines]
    for walk, told in zip(walks, node(FOLLOW, walks, **MODULES), strict=True):
        furthest = 0.0
        for at, one in zip(walk["metres"], told, strict=True):
            assert one["state"] in {"on", "there"}
            assert one["metres"] >= furthest - BACK_M - 1e-6, "jumped back"
            assert -1e-6 <= one["metres"] <= walk["length"] + 1e-6
            # along a corner the nearest place of the line is off by as much as the position, and by its noise
            assert abs(one["metres"] - at) <= 4 * walk["fixes"][0][2] + BACK_M
            furthest = max(furthest, one["metres"])
        assert told[-1]["state"] == "there"
        assert walk["length"] - told[-1]["metres"] <= walk["fixes"][0][2] + 15


def apart_from_itself(spots: np.ndarray) -> bool:
    """Tell whether a line keeps 90 m off its own other parts, but for what is near along it too."""
    line = shapely.LineString(spots)
    metres = np.arange(0, line.length, 10)
    points = np.array([line.interpolate(at).coords[0] for at in metres])
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2)
    along = np.abs(metres[:, None] - metres[None])
    return bool(np.all((gaps > 90) | (along < 200)) and np.all(gaps > along * 0.35 - 20))


@EXAMPLES
@given(seeds)
def test_following_when_a_walk_goes_there_and_back_then_still_to_the_end(node: Node, seed: int) -> None:
    rng = np.random.default_rng(seed)
    walks = []
    for _ in range(20):
        out = np.vstack(([0, 0], np.cumsum(rng.uniform(40, 90, (3, 2)), axis=0)))
        walks.append(walked(rng, np.vstack((out, out[-2::-1])), rng.uniform(3, 8), 2))
    for _walk, told in zip(walks, node(FOLLOW, walks, **MODULES), strict=True):
        furthest = 0.0
        for one in told:
            assert one["metres"] >= furthest - BACK_M - 1e-6
            furthest = max(furthest, one["metres"])
        assert told[-1]["state"] == "there"


@EXAMPLES
@given(seeds)
def test_following_when_a_position_leaps_then_frozen_until_trusted(node: Node, seed: int) -> None:
    rng = np.random.default_rng(seed)
    walks = []
    for _ in range(30):
        walk = walked(rng, wander(rng, 9, 0.5), 8, 2)
        cut = int(rng.integers(3, len(walk["fixes"]) - 25))
        bearing, far = rng.uniform(0, 2 * np.pi), rng.uniform(80, 40_000)
        for one in walk["fixes"][cut:]:
            one[0] += far * np.sin(bearing) / WIDE
            one[1] += far * np.cos(bearing) / M_PER_DEG
        walks.append(walk | {"cut": cut})
    for walk, told in zip(walks, node(FOLLOW, walks, **MODULES), strict=True):
        cut = walk["cut"]
        assert {one["state"] for one in told[:cut]} == {"on"}
        assert {one["state"] for one in told[cut:]} == {"jump"}, "80 m in 2 s"
        assert {one["metres"] for one in told[cut:]} == {told[cut - 1]["metres"]}
    trusting = [walk | {"acts": {walk["cut"] + 1: "trust"}} for walk in walks]
    for walk, told in zip(trusting, node(FOLLOW, trusting, **MODULES), strict=True):
        assert told[walk["cut"]]["state"] == "jump"
        assert "jump" not in {one["state"] for one in told[walk["cut"] + 1 :]}, "it goes on as steadily as before"


@EXAMPLES
@given(seeds, st.floats(9, 60))
def test_following_when_dragged_away_faster_than_a_walk_then_noticed(node: Node, seed: int, speed_mps: float) -> None:
    rng = np.random.default_rng(seed)
    spots = np.array([[0.0, 0.0], [0.0, 5000.0]])
    fixes = [[*placed(np.array([[0.0, speed_mps * second]]))[0], 8, second] for second in range(60)]
    told = node(FOLLOW, [{"line": placed(spots), "length": 5000, "fixes": fixes}], **MODULES)[0]
    assert told[-1]["state"] == "jump"
    assert rng is not None
    steady = [[*placed(np.array([[0.0, PACE_MPS * second]]))[0], 8, second] for second in range(60)]
    told = node(FOLLOW, [{"line": placed(spots), "length": 5000, "fixes": steady}], **MODULES)[0]
    assert {one["state"] for one in told} == {"on"}


def run(node: Node, spots: list[tuple[float, float]], fixes: list[tuple[float, ...]], **more: Any) -> Any:  # noqa: ANN401 - JSON
    line = np.array(spots, dtype=float)
    given = {
        "line": placed(line),
        "length": shapely.LineString(line).length,
        "fixes": [[*placed(np.array([[x, y]]))[0], accuracy, second] for x, y, accuracy, second in fixes],
    }
    return node(FOLLOW, [given | more], **MODULES)[0]


STRAIGHT: Final = [(0.0, 0.0), (0.0, 1000.0)]


def test_following_when_off_the_walk_then_told_after_three_and_taken_up_farther_on(node: Node) -> None:
    away = [(15.0 * i, 100.0, 8.0, 10.0 * i) for i in range(9)]
    states = [one["state"] for one in run(node, STRAIGHT, away)]
    # 60 m is the first beyond 8 + 40
    assert states == ["on"] * 6 + ["off"] * 3
    back = [(100.0 - 20 * i, 120.0 + 20 * i, 8.0, 100.0 + 10 * i) for i in range(6)]
    told = run(node, STRAIGHT, away + back)
    assert told[-1]["state"] == "on"
    assert told[-1]["metres"] == pytest.approx(220, abs=0.5)


def test_following_when_the_circle_is_wide_then_nothing_moves(node: Node) -> None:
    told = run(
        node, STRAIGHT, [(0, 0, 8, 0), (0, 20, 8, 20), (0, 500, 150, 25), (0, 500, float("1e9"), 26), (0, 30, 8, 30)]
    )
    assert [one["state"] for one in told] == ["on", "on", "vague", "vague", "on"]
    assert [round(one["metres"]) for one in told] == [0, 20, 20, 20, 30]


def test_following_when_looked_for_anew_then_found_behind_too(node: Node) -> None:
    back = [(0.0, 300.0 - 20 * i, 5.0, 20.0 * i) for i in range(8)]
    told = run(node, STRAIGHT, back)
    assert told[0]["metres"] == pytest.approx(300, abs=0.1)
    assert min(one["metres"] for one in told) == pytest.approx(280, abs=0.1), "no farther back by itself"
    told = run(node, STRAIGHT, back, acts={7: "seek"})
    assert told[-1]["metres"] == pytest.approx(160, abs=0.1)


def test_following_when_the_walk_passes_twice_then_begun_where_she_is_thought_to_be(node: Node) -> None:
    loop = [(0.0, 0.0), (0.0, 200.0), (200.0, 200.0), (200.0, 0.0), (0.0, 0.0)]
    for hint, there in ((0.0, 0.0), (790.0, 800.0)):
        told = run(node, loop, [(0, 0, 10, 0)], hint=hint)
        assert told[0]["metres"] == pytest.approx(there, abs=0.1)
    told = run(node, loop, [(0, 0, 10, 0)])
    assert told[0]["state"] == "on", "the start of a walk round is not its end"


@EXAMPLES
@given(seeds)
def test_passes_when_compared_with_shapely_then_the_nearest_is_among_them(node: Node, seed: int) -> None:
    rng = np.random.default_rng(seed)
    asks = []
    for _ in range(40):
        spots = rng.uniform(-300, 300, (int(rng.integers(2, 9)), 2))
        length = shapely.LineString(spots).length
        low, high = np.sort(rng.uniform(0, length, 2))
        asks.append({"spots": spots.tolist(), "spot": rng.uniform(-300, 300, 2).tolist(), "from": low, "to": high})
    snippet = """
    const { makeTrack } = await import(js + "track.mjs");
    return given.map(({ spots, spot, from, to }) => {
      const wide = 111195 * Math.cos(0);
      const line = spots.map(([x, y]) => [x / wide, y / 111195 - spots[0][1] / 111195]);
      const flat = makeTrack(line, 1);
      const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
      const at = spots.reduce((all, one, i) => [...all, i ? all[i - 1] + apart(one, spots[i - 1]) : 0], []);
      const track = { ...flat, spots, at };
      track.length = track.at[track.at.length - 1];
      return { found: passes(track, spot, from, to), at: [from, to].map((metres) => spotAt(track, metres)) };
    });"""
    answers = node(snippet, asks, passes="track.mjs", spotAt="track.mjs")
    for ask, told in zip(asks, answers, strict=True):
        line, point = shapely.LineString(ask["spots"]), shapely.Point(ask["spot"])
        for metres, spot in zip((ask["from"], ask["to"]), told["at"], strict=True):
            assert spot == pytest.approx(line.interpolate(metres).coords[0], abs=1e-6)
        part = shapely.ops.substring(line, ask["from"], ask["to"])
        best = min(told["found"], key=lambda one: one["off"])
        assert best["off"] == pytest.approx(part.distance(point), abs=1e-6)
        for one in told["found"]:
            assert ask["from"] - 1e-6 <= one["at"] <= ask["to"] + 1e-6
            assert line.interpolate(one["at"]).distance(point) == pytest.approx(one["off"], abs=1e-6)
        assert [one["at"] for one in told["found"]] == sorted(one["at"] for one in told["found"])


def test_line_when_a_place_is_taken_to_the_plane_and_back_then_the_same(node: Node) -> None:
    rng = np.random.default_rng(5)
    lines = [(np.array([24.9, 60.1]) + rng.uniform(-0.03, 0.03, (9, 2))).tolist() for _ in range(20)]
    back = node(
        """
        const { makeTrack, spotAt } = await import(js + "track.mjs");
        return given.map((line) => {
          const track = makeTrack(line, 1000);
          return [line.map((place) => track.placeOf(track.spotOf(place))), track.placeOf(spotAt(track, track.at[4]))];
        });
        """,
        lines,
    )
    for line, (same, fifth) in zip(lines, back, strict=True):
        assert np.allclose(same, line, rtol=0, atol=1e-12)
        assert fifth == pytest.approx(line[4], abs=1e-12)
