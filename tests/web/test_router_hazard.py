"""What the router on the phone works out of cameras, walls and lines: the library gives the same rows and numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_node import assert_close, assert_same_hazards, column, in_node, record, ways

from routing.geo import from_frame
from routing.hazard.eyes import eyes_of
from routing.hazard.hazards import certainty, chances, hazards_by, hazards_of, risk_of
from routing.hazard.parameters import model
from routing.hazard.pavements import Ways, lines_along
from routing.hazard.tiles import some_of
from routing.hazard.walked import Walked, by_line, chances_of, risks_of
from routing.hazard.walls import walls_from
from routing.model import Camera, LonLat

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.area import Area
    from routing.hazard.eyes import Placed
    from routing.hazard.rates import Lines

    Node = Callable[..., Any]

ORIGIN = np.array([24.94, 60.17])
COLUMNS = list(model().columns())
MONTH = "2026-11"
# Of made-up scenes, in which cameras hang centimetres from walkers, who go straight towards them: sines and cosines of
# two libraries differ in the last bit, which a bearing of about 0 feels in its eighth digit.
OFF = 1e-7

TAGS = st.fixed_dictionaries(
    {"man_made": st.just("surveillance")},
    optional={
        "camera:type": st.sampled_from(["fixed", "fixed", "dome", "panning", "fixed;dome", "panorama", "cube"]),
        "camera:direction": st.sampled_from(["90", "0", "10;200", "300-40", "0-360", "n", "sw;?", "1,5", "90;100-120"]),
        "camera:mount": st.sampled_from(["wall", "pole", "ceiling"]),
        "surveillance:zone": st.sampled_from(["entrance", "town", "shop", "traffic"]),
        "height": st.sampled_from(["3", "7.5", "high"]),
        "camera:tilt": st.sampled_from(["40", "-20", "5"]),
        "indoor": st.just("yes"),
        "level": st.sampled_from(["2", "0", "-1"]),
        "surveillance:type": st.sampled_from(["camera", "guard", "ALPR"]),
    },
)  # fmt: skip
places = st.tuples(st.floats(-90, 90), st.floats(-90, 90))


def lonlat(*of: tuple[float, float]) -> np.ndarray:
    """Give degrees of metres east and north."""
    return from_frame(np.array(of, dtype=np.float64).reshape(-1, 2), ORIGIN)


@st.composite
def cameras(draw: st.DrawFn) -> list[Camera]:
    found = []
    for number in range(draw(st.integers(0, 5))):
        at = LonLat(*lonlat(draw(places))[0].tolist())
        source = draw(st.sampled_from(["osm", "osm", "import:list", "official"]))
        found.append(
            Camera(f"osm/node/{number}", at, draw(TAGS), source, last_seen=draw(st.sampled_from([None, MONTH])))
        )
    return found


@st.composite
def houses(draw: st.DrawFn) -> np.ndarray:
    """Walls of houses, the inside to the left, and some that stand by themselves; float64 [wall, 4]."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        (x, y), (wide, deep) = draw(places), draw(st.tuples(*2 * [st.floats(0.5, 60)]))
        corners = [(x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep)]
        found += [*zip(corners, [*corners[1:], corners[0]], strict=True)]
    found += draw(st.lists(st.tuples(places, places), max_size=3))
    return lonlat(*(end for wall in found for end in wall)).reshape(-1, 4)


@st.composite
def streets(draw: st.DrawFn) -> Ways:
    """Lines, some enclosed, some walked beside; points may stand twice in a row."""
    drawn = draw(st.lists(st.lists(places | st.just((0.0, 0.0)), min_size=2, max_size=4), min_size=1, max_size=4))
    levels = st.sampled_from([(np.nan, np.nan), (0.0, 0.0), (-1.0, 2.0)])
    count = len(drawn)
    return Ways(
        np.concatenate([lonlat(*line) for line in drawn]),
        np.concatenate([[0], np.cumsum([len(line) for line in drawn])]),
        np.array([draw(st.booleans()) and draw(st.booleans()) for _ in drawn], dtype=np.bool_),
        np.array([draw(levels) for _ in drawn], dtype=np.float32),
        np.array(draw(st.lists(st.integers(-1, 1), min_size=count, max_size=count)), dtype=np.int8),
    )


class Scene(NamedTuple):
    cameras: list[Camera]
    walls: np.ndarray  # [wall, 4]
    ways: Ways
    column: int


scenes = st.builds(Scene, cameras(), houses(), streets(), st.integers(0, 2))


def in_json(scene: Scene) -> dict[str, Any]:
    return {
        "cameras": [record(one) for one in scene.cameras], "walls": scene.walls.ravel(), "ways": ways(scene.ways),
        "values": column(COLUMNS[scene.column]), "month": MONTH,
    }  # fmt: skip


def assert_same_eyes(found: dict[str, Any], expected: Placed) -> None:
    assert found["camera"].tolist() == expected.camera.tolist()
    assert found["places"].tolist() == expected.places.tolist()
    assert found["onFacade"].tolist() == expected.on_facade.tolist()
    assert_close(found["hidden"], expected.hidden)
    eyes, theirs = found["eyes"], expected.eyes
    for name in ("viewStart", "lensStart", "sectorStart"):
        snake = name.replace("Start", "_start")
        assert eyes[name].tolist() == getattr(theirs, snake).tolist(), name
    names = {"heightM": "height_m", "searchM": "search_m", "farM": "far_m", "viewM": "view_m", "level": "level"}
    for name, snake in {**names, "indoor": "indoor", "pixels": "pixels", "duty": "duty"}.items():
        assert eyes[name].tolist() == pytest.approx(
            getattr(theirs, snake).astype(np.float64).tolist(), rel=1e-12, nan_ok=True
        ), name
    for name, of in (("lonlat", theirs.lonlat), ("scale", theirs.scale), ("viewSector", theirs.view_sector)):
        assert_close(eyes[name].reshape(-1, 2), of, least=1e-12)
    # a bearing may be a hair below 360 here and 0 there
    turned = np.abs(eyes["sector"].reshape(-1, 2) - theirs.sector)
    assert (np.minimum(turned, 360 - turned) < 1e-6).all()


def assert_same_pieces(found: dict[str, Any], expected: Lines) -> None:
    pieces = expected.pieces
    assert found["line"].tolist() == pieces.line.tolist()
    for name, of in (("lonlat", pieces.lonlat), ("end", pieces.end), ("heading", pieces.heading)):
        assert_close(found[name].reshape(-1, 2), of, least=1e-11)
    assert_close(found["lengthM"], pieces.length_m)
    assert_close(found["fromM"], pieces.from_m)


SCENE = """
return cases.map(({ cameras, walls: ends, ways, values, month }) => {
  const around = walls.wallsFrom(ends);
  const placed = eyes.eyesOf(cameras, values, around);
  const lines = pavements.linesAlong(ways, around);
  const found = hazards.hazardsBy(placed, lines, around, values);
  const sure = hazards.certainty(cameras, month, values);
  const count = ways.start.length - 1;
  const near = eyes.camerasNear([placed], lines);
  return { placed, pieces: lines.pieces, found, sure, pairs: hazards.chances(found, sure),
    risk: hazards.riskOf(found, sure, count), near,
    some: hazards.renamed(hazards.hazardsBy(eyes.takeCameras(placed, near), lines, around, values), near) };
});
"""


@settings(max_examples=60)
@given(many=st.lists(scenes, min_size=1, max_size=12))
def test_hazards_when_scenes_are_anything_then_rows_and_numbers_of_the_library(node: Node, many: list[Scene]) -> None:
    told = in_node(node, SCENE, [in_json(scene) for scene in many])
    for scene, one in zip(many, told, strict=True):
        values, around = COLUMNS[scene.column], walls_from(scene.walls)
        placed, lines = eyes_of(scene.cameras, values, around), lines_along(scene.ways, around)
        assert_same_eyes(one["placed"], placed)
        assert_same_pieces(one["pieces"], lines)
        expected = hazards_by(placed, lines, around, values)
        assert_same_hazards(one["found"], expected, off=OFF)
        sure = certainty(scene.cameras, MONTH, values)
        assert_close(one["sure"], sure)
        camera, line, chance = chances(expected, sure)
        assert one["pairs"]["camera"].tolist() == camera.tolist()
        assert one["pairs"]["line"].tolist() == line.tolist()
        assert_close(one["pairs"]["chance"].reshape(-1, 2), chance, off=OFF, least=1e-12)
        assert_close(
            one["risk"].reshape(-1, 2), risk_of(expected, sure, len(scene.ways.start) - 1), off=OFF, least=1e-12
        )
        # cameras that are near are all that count, taken by themselves as among the others
        assert set(expected.camera.tolist()) | set(expected.views.camera.tolist()) <= set(one["near"].tolist())
        assert_same_hazards(one["some"] | {"count": placed.places}, expected, off=OFF)


WALKS = """
const ofWalks = walked;
return cases.map(({ cameras, walls: ends, ways, values, month, walked }) => {
  const around = walls.wallsFrom(ends);
  const lines = pavements.linesAlong(ways, around);
  const all = hazards.hazardsOf(cameras, lines, around, values);
  const kept = Array.from(all.line, (_, row) => row).filter((row) => all.line[row] !== 0);
  const ofLines = ofWalks.byLine(hazards.takeRows(all, kept, []), ways.start.length - 1);
  const sure = hazards.certainty(cameras, month, values);
  return [ofWalks.chancesOf(walked, ofLines), ofWalks.risksOf(walked, ofLines, sure),
    ofWalks.chancesOf(walked, ofLines)]; // once more, out of the same room
});
"""


@st.composite
def walks(draw: st.DrawFn, count: int) -> Walked:
    entry = st.tuples(st.integers(0, count - 1), st.integers(0, 1), st.floats(0, 1))
    entries = draw(st.lists(st.lists(entry, max_size=6), min_size=1, max_size=4))
    start = np.concatenate([[0], np.cumsum([len(walk) for walk in entries])])
    flat = [entry for walk in entries for entry in walk]
    line, way, share = ([entry[at] for entry in flat] for at in range(3))
    return Walked(
        start, np.array(line, dtype=np.int64), np.array(way, dtype=np.int64), np.array(share, dtype=np.float64)
    )


@settings(max_examples=20)
@given(data=st.data())
def test_walks_when_scenes_are_anything_then_chances_and_risks_of_the_library(
    node: Node,
    data: Any,  # noqa: ANN401
) -> None:
    many = data.draw(st.lists(scenes, min_size=1, max_size=8))
    taken = [data.draw(walks(len(scene.ways.start) - 1)) for scene in many]
    given_ = [in_json(scene) | {"walked": of._asdict()} for scene, of in zip(many, taken, strict=True)]
    for scene, of, (found, risks, again) in zip(many, taken, in_node(node, WALKS, given_), strict=True):
        values, around = COLUMNS[scene.column], walls_from(scene.walls)
        every = hazards_of(scene.cameras, lines_along(scene.ways, around), around, values)
        of_lines = by_line(
            every.take(every.line != 0, np.zeros(len(every.views.line), dtype=np.bool_)), len(scene.ways.start) - 1
        )
        expected = chances_of(of, of_lines)
        assert_close(found.reshape(expected.shape), expected, off=OFF, least=1e-12)
        assert again.tolist() == found.tolist()
        sure = certainty(scene.cameras, MONTH, values)
        assert_close(risks, risks_of(of, of_lines, sure), off=OFF, least=1e-12)


AREA = """
const { cameras, walls: ends, ways, columns, own } = cases;
const around = walls.wallsFrom(ends);
const lines = pavements.linesAlong(ways, around);
return [...columns, ...columns.slice(1, 2)].map((values, at) =>
  hazards.hazardsOf(at < columns.length ? cameras : own, lines, around, values));
"""


def assert_same_area(node: Node, area: Area, *, seconds: float = 60) -> int:
    """Compare all hazards of an area by all columns, and those of cameras of one's own; gives how many rows."""
    own = [
        replace(area.cameras[at], id=f"ss/{at:010}", tags={"man_made": "surveillance", **told}, source="report")
        for at, told in enumerate([{}, {"camera:type": "fixed", "camera:direction": "200"}, {"camera:type": "panning"}])
    ]
    columns = list(area.model.columns())
    found = in_node(
        node, AREA,
        {"cameras": [record(one) for one in area.cameras], "walls": area.walls.ends.ravel(),
         "ways": ways(area.paths.ways), "columns": [*map(column, columns)], "own": [*map(record, own)]},
        seconds=seconds,
    )  # fmt: skip
    lines = lines_along(area.paths.ways, area.walls)
    for at, one in enumerate(found):
        listed, values = (area.cameras, columns[at]) if at < len(columns) else (own, columns[1])
        assert_same_hazards(one, hazards_of(listed, lines, area.walls, values))
    return sum(len(one["line"]) for one in found)


def test_hazards_when_of_the_demo_area_then_rows_and_numbers_of_the_library(node: Node, demo: Area) -> None:
    assert assert_same_area(node, demo) > 3000


def test_hazards_when_of_a_larger_area_then_rows_and_numbers_of_the_library(node: Node, centre: Area) -> None:
    assert assert_same_area(node, centre, seconds=300) > 100_000


def test_hazards_when_lines_are_few_then_as_if_all_were_looked_at(node: Node, demo: Area) -> None:
    rng = np.random.default_rng(8)
    some = [np.sort(rng.choice(len(demo.paths.ways.start) - 1, 30, replace=False)) for _ in range(20)]
    found = in_node(
        node,
        """const around = walls.wallsFrom(cases.walls);
        const placed = eyes.eyesOf(cases.cameras, cases.values, around);
        return cases.ways.map((of) =>
          hazards.hazardsBy(placed, pavements.linesAlong(of, around), around, cases.values));""",
        {"cameras": [record(one) for one in demo.cameras], "walls": demo.walls.ends.ravel(),
         "values": column(demo.model.default), "ways": [ways(some_of(demo.paths.ways, which)) for which in some]},
    )  # fmt: skip
    for which, one in zip(some, found, strict=True):
        lines = lines_along(some_of(demo.paths.ways, which), demo.walls)
        assert_same_hazards(one, hazards_of(demo.cameras, lines, demo.walls, demo.model.default))


def test_hazards_when_a_camera_is_at_the_other_end_of_the_world_then_the_rest_is_as_it_was(
    node: Node, demo: Area
) -> None:
    far = replace(demo.cameras[0], id="ss/aaaaaaaaaa", lonlat=LonLat(-175.0, -60.0))
    listed, which = [*demo.cameras, far], np.arange(200)
    found = in_node(
        node,
        """const around = walls.wallsFrom(cases.walls);
        return hazards.hazardsOf(cases.cameras, pavements.linesAlong(cases.ways, around), around, cases.values);""",
        {"cameras": [record(one) for one in listed], "walls": demo.walls.ends.ravel(),
         "values": column(demo.model.default), "ways": ways(some_of(demo.paths.ways, which))},
    )  # fmt: skip
    lines = lines_along(some_of(demo.paths.ways, which), demo.walls)
    assert_same_hazards(found, hazards_of(listed, lines, demo.walls, demo.model.default))
