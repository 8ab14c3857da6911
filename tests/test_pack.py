"""The pack of an area: its columns against reading them one number at a time, its head, its size, and its order."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import brotli
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.area_folder import load, save
from routing.assemble import Section, assemble, in_order
from routing.graph import Flag
from routing.names_file import names_file
from routing.pack import PACK, cameras_part, map_part, pack_of
from routing.pack_columns import coded, counted, folded, oddities, steps_of
from web.area_files import area_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routing.area import Area

HEAD = 16
HASH = 32
WALLS = ("wall_", "chain_")
whole_numbers = st.lists(st.one_of(st.integers(-3, 3), st.integers(-(2**52), 2**52)), max_size=30)


def numbers_in(content: bytes) -> list[int]:
    """Read numbers one bit group at a time."""
    found, value, shift = [], 0, 0
    for byte in content:
        value |= (byte % 128) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


def sections_of(part: bytes) -> dict[str, bytes]:
    found, at = {}, HEAD + HASH
    while at < len(part):
        name = part[at + 1 : at + 1 + part[at]].decode()
        at += 1 + part[at]
        (size,) = struct.unpack_from("<I", part, at)
        found[name] = part[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def sizes_of(sections: Mapping[str, bytes]) -> dict[str, float]:
    """Give the packed bytes of what is in a part, kinds of columns together."""
    kinds: dict[str, list[bytes]] = {"walls": [], "rest": []}
    for name, content in sections.items():
        kind = "walls" if name.startswith(WALLS) else "rest"
        kinds[kind].append(content)
    return {kind: len(brotli.compress(b"".join(contents))) for kind, contents in kinds.items()}


@given(whole_numbers)
def test_columns_when_numbers_are_any_then_read_back_one_by_one(numbers: list[int]) -> None:
    given_ones = np.array(numbers, dtype=np.int64)
    sizes = np.abs(given_ones)
    told = numbers_in(counted(sizes)) or [0] * len(numbers)
    assert told == sizes.tolist()
    signed = [value // 2 if value % 2 == 0 else -(value + 1) // 2 for value in numbers_in(folded(given_ones))]
    assert (signed or [0] * len(numbers)) == numbers


def test_columns_when_a_count_is_negative_then_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        counted(np.array([3, -1]))


@given(st.lists(st.tuples(st.integers(-(18 * 10**8), 18 * 10**8), st.floats(-90, 90)), min_size=1, max_size=20))
def test_positions_when_off_the_steps_then_told_as_they_are(places: list[tuple[int, float]]) -> None:
    lonlat = np.array([(steps / 1e7, lat) for steps, lat in places])
    steps = steps_of(lonlat)
    drawn, odd = steps / 1e7, oddities(lonlat, steps)
    numbers, at = [], 0
    while odd and len(numbers) < (numbers[0] + 1 if numbers else 1):
        end = next(i for i in range(at, len(odd)) if odd[i] < 128) + 1
        numbers += numbers_in(odd[at:end])
        at = end
    for row, which in enumerate(np.cumsum(numbers[1:], dtype=np.int64)):
        drawn[which] = struct.unpack_from("<dd", odd, at + 16 * row)
    assert drawn.tobytes() == lonlat.tobytes()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=30))
def test_rows_when_told_by_a_table_then_the_most_frequent_stands_first(rows: list[tuple[int, int]]) -> None:
    table, code = coded(np.array(rows))
    assert [tuple(table[one]) for one in code] == rows
    counts = np.bincount(code)
    assert (np.diff(counts) <= 0).all()


def test_pack_when_made_then_three_parts_each_with_its_length_and_hash(demo: Area) -> None:
    pack, at = pack_of(demo), 0
    kinds = []
    while at < len(pack):
        magic, version, kind, size = struct.unpack_from("<8sBB2xI", pack, at)
        assert (magic, version) == (b"SIDESTEP", 1)
        body = pack[at + HEAD + HASH : at + HEAD + HASH + size]
        assert hashlib.sha256(pack[at : at + HEAD] + body).digest() == pack[at + HEAD : at + HEAD + HASH]
        assert len(body) == size
        kinds.append(kind)
        at += HEAD + HASH + size
    assert (kinds, at) == ([1, 2, 4], len(pack))
    assert pack_of(demo) == pack


def test_names_when_an_area_is_packed_then_in_a_part_of_their_own_that_no_page_fetches_twice(demo: Area) -> None:
    whole = map_part(demo)
    beside = whole.content + cameras_part(demo, whole).content
    pack = pack_of(demo)
    assert pack.startswith(beside)
    assert sections_of(pack[len(beside) :]) == {"places": names_file(demo.places)}
    files = area_files(demo)
    assert bytes(files.places.content) == names_file(demo.places)
    assert bytes(files.pack.content) + bytes(files.camera_pack.content) == beside


def test_pack_when_cameras_change_then_the_map_stays_and_little_is_anew(demo: Area) -> None:
    whole = map_part(demo)
    fewer = replace(demo, cameras=demo.cameras[:-1])
    assert map_part(fewer).content == whole.content
    part = cameras_part(fewer, whole)
    assert part.content != cameras_part(demo, whole).content
    assert len(brotli.compress(part.content)) < len(brotli.compress(whole.content)) / 4
    assert whole.digest.hex() in sections_of(part.content)["about"].decode()


def assert_small(area: Area) -> None:
    """The limits of the design: 20 bytes a node on the wire without walls and names, 45 with them."""
    whole = map_part(area)
    nodes = area.graph.node_count
    sizes = sizes_of(sections_of(whole.content))
    cameras = sum(sizes_of(sections_of(cameras_part(area, whole).content)).values())
    assert (sizes["rest"] + cameras) / nodes <= 20
    assert len(brotli.compress(pack_of(area))) / nodes <= 45


def test_pack_when_of_the_demo_then_few_bytes_a_node(demo: Area) -> None:
    assert_small(demo)


def test_pack_when_of_a_european_centre_then_few_bytes_a_node(centre: Area) -> None:
    assert_small(centre)


def test_pack_when_of_an_american_downtown_then_few_bytes_a_node(downtown: Area) -> None:
    assert_small(downtown)


def test_pack_when_an_area_is_saved_then_stands_in_its_folder(demo: Area, tmp_path: Path) -> None:
    save(demo, tmp_path / "area")
    content = (tmp_path / "area" / PACK).read_bytes()
    area = load(tmp_path / "area")
    assert area.manifest.files[PACK] == hashlib.sha256(content).hexdigest()
    assert pack_of(area) == content


def test_pack_when_edges_are_in_no_order_then_refused(demo: Area) -> None:
    graph = demo.graph
    turned = replace(graph, head=graph.head[::-1].copy(), tail=graph.tail[::-1].copy())
    with pytest.raises(ValueError, match="not sorted"):
        map_part(replace(demo, graph=turned))


def test_order_when_built_then_neighbours_have_near_numbers(demo: Area) -> None:
    graph = demo.graph
    low = np.minimum(graph.tail, graph.head)[np.argsort(graph.section, kind="stable")]
    assert (np.diff(low) >= 0).all()
    apart = np.abs(graph.tail.astype(np.int64) - graph.head)
    assert np.median(apart) < graph.node_count / 100


@given(st.integers(0, 2**32 - 1))
def test_order_when_laid_out_then_the_same_graph_by_other_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 12))
    lonlat = rng.uniform((24.9, 60.1), (24.93, 60.11), (count, 2)).round(3)
    sections = [
        Section(
            tail=int(tail), head=int(head), line=lonlat[[tail, head]], way_id=number, way_class="path", flags=Flag(0)
        )
        for number, (tail, head) in enumerate(rng.integers(count, size=(2 * count, 2)))
    ]
    plain = assemble(lonlat, np.arange(count), sections)
    sorted_ = assemble(*in_order(lonlat, np.arange(count), sections))
    for graph in (plain, sorted_):
        assert (graph.node_lonlat == lonlat[graph.node_id]).all()

    def told(graph: object) -> list[tuple[int, ...]]:
        names = ("tail", "head", "section", "forward", "length_dm", "effort_dm")
        tail, head, section, *rest = (np.asarray(getattr(graph, name)) for name in names)
        ends = (graph.node_id[tail], graph.node_id[head], graph.way_id[section])  # type: ignore[attr-defined]
        return sorted(zip(*(column.tolist() for column in (*ends, *rest)), strict=True))

    assert told(sorted_) == told(plain)
