"""The pack read by the phone's module, every array to the last bit, and refused where a byte is not what it was."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from dataclasses import asdict, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from test_pack import sections_of
from test_shapes import SHAPES, network_of

from routing.assemble import Section, assemble
from routing.graph import Flag, WalkGraph
from routing.model import LonLat, Place
from routing.pack import cameras_part, map_part, pack_of
from routing.pack_columns import counted, folded, part_of
from routing.rounding import assumed_record, coverage_record

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Node
    from numpy.typing import NDArray

    from routing.area import Area

GRAPH = {
    "nodeLonlat": "node_lonlat", "component": "component", "tail": "tail", "head": "head", "section": "section",
    "forward": "forward", "lengthDm": "length_dm", "effortDm": "effort_dm", "outStart": "out_start",
    "shapeLonlat": "shape_lonlat", "wayClass": "way_class",
    "flags": "flags", "levels": "levels", "name": "name",
}  # fmt: skip
OWN = {"sideE6": "side_e6", "unmappedSideE6": "unmapped_side_e6", "surveyed": "surveyed"}
READ = """
const { readFileSync, writeFileSync } = await import("node:fs");
const told = [];
for (const folder of given) {
  const area = decodePack(readFileSync(`${folder}/pack`));
  const { graph, walls, ...own } = area;
  for (const [name, value] of Object.entries({ ...own, ...graph, ends: walls.ends, start: walls.grid.start })) {
    if (ArrayBuffer.isView(value)) writeFileSync(`${folder}/${name}`, value);
  }
  const { manifest, cameras, model, estimates } = area;
  const { names, nodeCount, edgeCount, sectionCount } = graph;
  const counts = [nodeCount, edgeCount, sectionCount];
  told.push({ manifest, cameras, model, estimates, names, counts });
}
return told;
"""
SEEN = ("forth_left", "forth_right", "back_left", "back_right")
FAULTS = """
const pack = Uint8Array.from(Buffer.from(given.pack, "base64"));
const code = (...packs) => { try { decodePack(...packs); return "read"; } catch (error) { return error.code; } };
const cut = given.cuts.map((end) => code(pack.slice(0, end)));
const flipped = given.flips.map(([at, bit]) => {
  pack[at] ^= 1 << bit;
  try { return code(pack); } finally { pack[at] ^= 1 << bit; }
});
const long = [...given.more].map((text) => code(Uint8Array.from([...pack, ...Buffer.from(text)])));
return { cut, flipped, long, whole: code(pack) };
"""


FORGED = """
const { readFileSync } = await import("node:fs");
let most = 0; // numbers that room was asked for at once
for (const name of ["Float64Array", "Float32Array", "Int32Array", "Uint32Array", "Uint8Array"]) {
  globalThis[name] = new Proxy(globalThis[name], {
    construct(of, [first, ...more], as) {
      if (typeof first === "number") {
        most = Math.max(most, first);
        if (first > 1e8) throw new RangeError("no test has so much room");
      }
      return Reflect.construct(of, [first, ...more], as);
    },
  });
}
const { decodePack } = await import(js + "router/pack.mjs");
return given.map((path) => {
  most = 0;
  try {
    decodePack(readFileSync(path));
    return ["read", most];
  } catch (error) {
    return [error.code ?? String(error), most];
  }
});
"""


def written(graph: WalkGraph, area: Area, rng: np.random.Generator) -> Area:
    """Put a graph and numbers of no meaning into an area."""
    unmapped = rng.integers(0, 10**6, (graph.edge_count, 2)).astype(np.int32)
    mapped = np.where(rng.random(unmapped.shape) < 0.3, rng.integers(0, 10**6, unmapped.shape), 0)
    walls = rng.uniform((24.9, 60.1, 24.9, 60.1), (24.91, 60.11, 24.91, 60.11), (int(rng.integers(0, 9)), 4))
    return replace(
        area,
        graph=graph,
        in_view_dm=np.zeros(graph.edge_count, np.int32),
        side_e6=(unmapped + mapped).astype(np.int32),
        unmapped_side_e6=unmapped,
        surveyed=rng.choice([0.0, 1.0, rng.random()], graph.section_count).astype(np.float32),
        wall_ends=walls if rng.random() < 0.5 else walls.round(7),
        places_given=(Place(("Каланчёвская улица",), "street", LonLat(24.9, 60.1)),),
    )


def read(node: Node, areas: list[Area], folder: Path) -> None:
    """Read areas in one go, and compare all of them."""
    folders = [folder / str(number) for number in range(len(areas))]
    for area, own in zip(areas, folders, strict=True):
        own.mkdir()
        (own / "pack").write_bytes(pack_of(area))
    told = node(READ, [str(own) for own in folders], decodePack="router/pack.mjs")
    for area, own, record in zip(areas, folders, told, strict=True):
        same(area, own, record)


def same(area: Area, folder: Path, told: dict[str, Any]) -> None:
    def equal(name: str, wanted: NDArray[Any]) -> None:
        assert (folder / name).read_bytes() == np.ascontiguousarray(wanted).tobytes(), name

    graph = area.graph
    for name, field in GRAPH.items():
        equal(name, getattr(graph, field))
    for name, field in OWN.items():
        equal(name, getattr(area, field))
    equal("shapeStart", graph.shape_start.astype(np.int32))
    equal("ends", area.wall_ends)
    equal("start", area.walls.grid.start.astype(np.int32))
    assert told["counts"] == [graph.node_count, graph.edge_count, graph.section_count]
    text, starts = graph.name_utf8.tobytes(), graph.name_start.tolist()
    assert told["names"] == [text[a:b].decode() for a, b in pairwise(starts)]
    for name, model in (("model", area.model), ("estimates", area.estimates)):
        assert told[name] == {side: asdict(getattr(model, side)) for side in ("low", "default", "high")}
    manifest = area.manifest
    assert told["manifest"] == {
        "name": manifest.name,
        "built": manifest.built,
        "osm_date": manifest.osm_date,
        "bbox": asdict(manifest.bbox),
        "month": area.month,
        "unmapped": msgspec.json.decode(msgspec.json.encode(manifest.unmapped)),
        "assumed": assumed_record(area.assumed),
        "surveyed_share": manifest.surveyed_share,
        "coverage": coverage_record(area.coverage),
        "attribution": manifest.attribution,
    }
    assert [one["id"] for one in told["cameras"]] == [camera.id for camera in area.cameras]
    for one, camera in zip(told["cameras"], area.cameras, strict=True):
        record = msgspec.json.decode(msgspec.json.encode(camera))
        assert one == {name: value for name, value in record.items() if name in one}
        assert one["tags"] == camera.tags


def test_pack_when_of_the_demo_then_every_array_is_the_same(node: Node, demo: Area, tmp_path: Path) -> None:
    read(node, [demo], tmp_path)


def test_pack_when_of_larger_areas_then_every_array_is_the_same(
    node: Node, centre: Area, downtown: Area, tmp_path: Path
) -> None:
    read(node, [centre, downtown], tmp_path)


def test_pack_when_graphs_are_odd_then_every_array_is_the_same(node: Node, demo: Area, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    few = replace(demo, cameras=demo.cameras[:3])
    areas = [written(network_of(shape, rng).graph, few, rng) for shape in SHAPES for _ in range(20)]
    read(node, areas, tmp_path)


def test_pack_when_of_places_of_all_kinds_then_every_array_is_the_same(node: Node, demo: Area, tmp_path: Path) -> None:
    """Over the antimeridian, on the equator and the zero meridian, a loop, a level and none, a long name, one way."""
    lonlat = np.array([[179.9999999, -0.0], [-179.9999999, 0.0], [-0.0, 1e-9], [0.1 + 0.2, 45.0], [0.0, 0.0]])
    about = {"way_class": "corridor", "flags": Flag.INDOOR | Flag.BESIDE}
    sections = [
        Section(tail=0, head=1, line=lonlat[[0, 1]], way_id=1, name="Улица " * 40, levels=(-1.5, 0.1), **about),
        Section(tail=2, head=2, line=lonlat[[2, 3, 2]], way_id=2, backward=False, length_m=1e6, **about),
        Section(tail=3, head=0, line=lonlat[[4, 4, 4]], way_id=3, forward=False, effort_dm=(9, 10**7), **about),
        Section(tail=1, head=0, line=lonlat[[1, 0]], way_id=4, surcharge_m=(3, 70), effort_pct=333, **about),
    ]
    graph = assemble(lonlat, np.arange(5), sections)
    # one that nobody can walk
    shut = [*sections, Section(tail=4, head=4, line=lonlat[[4, 4]], way_id=5, forward=False, backward=False, **about)]
    areas = [written(assemble(lonlat, np.arange(5), some), demo, np.random.default_rng(1)) for some in (sections, shut)]
    assert graph.edge_count == 6
    read(node, [*areas, replace(areas[0], cameras=(), wall_ends=np.zeros((0, 4)), places_given=())], tmp_path)


def test_pack_when_cameras_come_later_then_they_count(node: Node, demo: Area, tmp_path: Path) -> None:
    whole, fewer = map_part(demo), replace(demo, cameras=demo.cameras[:2])
    other = map_part(replace(demo, wall_ends=demo.wall_ends[:5]))
    files = {
        "pack": pack_of(demo), "map": whole.content, "fewer": cameras_part(fewer, whole).content,
        "stranger": cameras_part(demo, other).content,
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    told = node(
        """
        const { readFileSync } = await import("node:fs");
        const names = ["pack", "map", "fewer", "stranger"];
        const [pack, map, fewer, stranger] = names.map((name) => readFileSync(given + name));
        const count = (...packs) => {
          try { return decodePack(...packs).cameras.length; } catch (error) { return error.code; }
        };
        return [count(pack), count(map, fewer), count(pack, fewer), count(map), count(fewer), count(map, stranger)];
        """,
        f"{tmp_path}/",
        decodePack="router/pack.mjs",
    )
    assert told == [len(demo.cameras), 2, 2, "pack-truncated", "pack-truncated", "pack-foreign"]


@pytest.fixture(scope="module")
def tiny(demo: Area) -> bytes:
    rng = np.random.default_rng(1)
    area = written(network_of("streets", rng).graph, replace(demo, cameras=demo.cameras[:1]), rng)
    return pack_of(area)


def test_pack_when_cut_or_changed_anywhere_then_refused(node: Node, tiny: bytes) -> None:
    chance = random.Random(1)  # noqa: S311 - which bytes
    flips = [(at, chance.randrange(8)) for at in range(len(tiny))]
    cuts = range(len(tiny))
    given = {"pack": base64.b64encode(tiny).decode(), "cuts": list(cuts), "flips": flips}
    given |= {"more": ["x", "SIDESTEP", "SIDESTEP" * 9]}
    told = node(FAULTS, given, decodePack="router/pack.mjs")
    assert told["whole"] == "read"
    (ends,) = [at for at, code in enumerate(told["cut"]) if code != "pack-truncated"]
    assert told["cut"][ends] == "read"
    assert set(sections_of(tiny[ends:])) == {"places"}, "only names are behind it"
    assert set(told["flipped"]) == {"pack-damaged", "pack-foreign", "pack-newer", "pack-truncated"}
    of_byte = dict(enumerate(told["flipped"]))
    assert {of_byte[at] for at in range(8)} == {"pack-foreign"}
    assert {of_byte[at] for at in range(16, 48)} == {"pack-damaged"}
    assert told["long"] == ["pack-foreign", "pack-truncated", "pack-newer"]


class Forger:
    """Gives the pack of an area whole by its hashes, and with something else in it."""

    def __init__(self, area: Area) -> None:
        self.map = map_part(area)
        self.sections = sections_of(self.map.content)
        self.cameras = sections_of(cameras_part(area, self.map).content)

    def __call__(self, about: dict[str, Any] | None = None, box: object = ..., **columns: bytes) -> bytes:
        told = json.loads(self.sections["about"]) | (about or {})
        if box is not ...:
            told["manifest"]["bbox"] = box
        seen = {name: columns.pop(name) for name in columns.keys() & self.cameras.keys()}
        changed = part_of(1, 1, self.sections | {"about": json.dumps(told).encode()} | columns)
        beside = json.loads(self.cameras["about"]) | {"map": changed.digest.hex()}
        return changed.content + part_of(1, 2, self.cameras | {"about": json.dumps(beside).encode()} | seen).content


def test_pack_when_forged_then_asks_for_no_more_room_than_it_has_bytes(node: Node, demo: Area, tmp_path: Path) -> None:
    area = replace(demo, cameras=demo.cameras[:3])
    forged = Forger(area)
    nodes, sections = area.graph.node_count, area.graph.section_count
    far = np.array([[24.9, 60.1, 25.0, 60.2], [24.9, 60.1, 179.0, -80.0]])
    huge = [10**6, 10**7, 2**31, 2**60, -1, 0.5, None, "9", []]
    cases: dict[str, bytes] = {
        **{f"{what} {count}": forged({what: count}) for what in ("nodes", "sections", "walls") for count in huge},
        **{f"no {name}": forged(None, **{name: b""}) for name in ("node_lon", "section_low", "point_lon")},
        "no walls": forged(wall_lon=b"", wall_lat=b""),
        "points": forged(section_points=counted(np.full(sections, 10**5))),
        "points below none": forged(section_points=counted(np.full(sections, 2**32 - 1))),
        "chains": forged(chain_size=counted(np.array([10**7, 1]))),
        "chains below none": forged(chain_size=counted(np.array([2**32 - 1, len(area.wall_ends) + 1]))),
        "kinds": forged(kind=counted(np.full(sections, 10**7))),
        "names": forged(names=b"[]"),
        "ends": forged(section_high=counted(np.full(sections, 4 * nodes))),
        "lengths": forged(length=folded(np.full(sections, -(10**6)))),
        "efforts": forged(effort_rest=folded(np.full(sections, 2**30))),
        "odd ones": forged(node_odd=counted(np.array([1, nodes])) + bytes(16)),
        "positions": forged(node_lon=folded(np.full(nodes, 10**9))),
        "far apart": Forger(replace(area, wall_ends=far))(),
        **{
            f"box {box}": forged(box=box)
            for box in (
                None, {}, [24.9, 60.1, 25.0, 60.2], {"west": 25.0, "south": 60.1, "east": 24.9, "north": 60.2},
                {"west": "24", "south": 60.1, "east": 24.9, "north": 60.2},
                {"west": 24.0, "south": 60.1, "east": 24.9, "north": 90.1},
            )
        },
    }  # fmt: skip
    assert set(forged.sections) >= {"section_points", "chain_size", "kind", "length", "effort_rest", "node_odd"}
    paths = [tmp_path / str(number) for number in range(len(cases) + 1)]
    for path, content in zip(paths, [*cases.values(), forged()], strict=True):
        path.write_bytes(content)
    *told, (whole, room) = node(FORGED, [str(path) for path in paths])
    assert whole == "read"
    assert {name: code for name, (code, _) in zip(cases, told, strict=True) if code != "pack-damaged"} == {}
    most = max(room, len(forged()))  # the cells of a grid of walls are no column
    assert {name: asked for name, (_, asked) in zip(cases, told, strict=True) if asked > most} == {}


def test_pack_when_forged_so_that_less_than_nothing_is_seen_then_refused(
    node: Node, demo: Area, tmp_path: Path
) -> None:
    """Sums over edges would fall, and a search among them never end."""
    forged = Forger(replace(demo, cameras=demo.cameras[:3]))
    sections, manifest = demo.graph.section_count, json.loads(forged.sections["about"])["manifest"]
    ninths = np.where(np.arange(sections) % 9 == 0, -300_000, 0)
    among_cars = [{**manifest["unmapped"], "enclosed_per_m": told} for told in (-0.1, "much", {})]
    cases: dict[str, bytes] = {
        "some below none": forged(seen_forth_left=folded(ninths), seen_back_right=folded(ninths)),
        "all below none": forged(unmapped=b"", unmapped_across=folded(np.full(sections, -(10**6)))),
        "unmapped below none": forged(unmapped_back=folded(ninths), seen_back_right=folded(np.full(sections, 10**6))),
        "too much": forged(seen_forth_right=folded(np.full(sections, 3 * 10**7 + 1))),
        "too much unmapped": forged(
            unmapped=counted(np.full(sections, 4 * 10**7)),
            **{f"seen_{one}": folded(np.full(sections, -(4 * 10**7))) for one in SEEN},
        ),
        **{f"among cars {told}": forged({"manifest": {**manifest, "unmapped": told}}) for told in [*among_cars, None]},
    }
    assert {f"seen_{one}" for one in SEEN} < forged.cameras.keys()
    assert forged.sections.keys() >= {"unmapped", "unmapped_across", "unmapped_back"}
    paths = [tmp_path / str(number) for number in range(len(cases))]
    for path, content in zip(paths, cases.values(), strict=True):
        path.write_bytes(content)
    told = node(FORGED, [str(path) for path in paths])
    assert {name: code for name, (code, _) in zip(cases, told, strict=True) if code != "pack-damaged"} == {}


def test_columns_that_bound_a_count_when_all_zeros_then_written_in_full() -> None:
    zeros = np.zeros(5, dtype=np.int64)
    assert (counted(zeros), folded(zeros)) == (b"", b"")
    assert counted(zeros, full=True) == folded(zeros, full=True) == bytes(5)
    assert counted(zeros[:0], full=True) == b""


@pytest.mark.parametrize(("version", "code"), [(0, "foreign"), (2, "newer"), (255, "newer")])
def test_pack_when_of_another_format_then_told(node: Node, tiny: bytes, version: int, code: str) -> None:
    pack = tiny[:8] + bytes([version]) + tiny[9:]
    given = {"pack": base64.b64encode(pack).decode(), "cuts": [], "flips": [], "more": []}
    assert node(FAULTS, given, decodePack="router/pack.mjs")["whole"] == f"pack-{code}"


def test_hash_when_bytes_are_any_then_as_python_has_it(node: Node) -> None:
    chance = random.Random(7)  # noqa: S311 - bytes of no meaning
    texts = [chance.randbytes(size) for size in [*range(140), 1000, 70_001]]
    given = [text.hex() for text in texts]
    whole = "return given.map((text) => sha256(Uint8Array.from(Buffer.from(text, 'hex'))))"
    halved = """return given.map((text) => {
      const bytes = Uint8Array.from(Buffer.from(text, "hex"));
      const [a, b] = [Math.floor(bytes.length / 3), Math.floor(bytes.length / 2)];
      return sha256(bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b));
    })"""
    for snippet in (whole, halved):
        assert node(snippet, given, sha256="router/sha256.mjs") == [hashlib.sha256(text).hexdigest() for text in texts]


def test_pack_when_sections_are_unknown_then_passed_over(node: Node, demo: Area, tmp_path: Path) -> None:
    whole = map_part(demo)
    more = part_of(1, 1, {"news": b"of a later program", **sections_of(whole.content), "also": b""})
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "pack").write_bytes(more.content + cameras_part(demo, more).content)
    (told,) = node(READ, [str(tmp_path / "0")], decodePack="router/pack.mjs")
    same(demo, tmp_path / "0", told)
