"""Graphs to search: real centres tiled by mirrors to any size, and a perturbed grid as the hard case.

A box is cut out of an area; each street that leaves it ends in a new node on the rim, with its share of length, effort
and risk. Neighbouring tiles are mirror images, so that these nodes lie on each other, and become one: streets cross
every seam where they crossed the rim. A mirrored edge keeps its direction and with it its own risk. Rows of tiles are
stacked northwards only: degrees of longitude shrink, so that no straight line is longer than a way's stated length.

The grid has a node every hundred metres or so, moved at random, a third of its streets taken out, and cameras strewn
over it. Its risk is random in each direction: no search finds a pattern to use.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.assemble import _components
from routing.geo import distance_m
from routing.graph import WalkGraph
from routing.model import LonLat
from routing.snap import SPLITS, Snap
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.area import Area

Box = tuple[float, float, float, float]
Pair = tuple[int, int]

WALK_M = (1000.0, 3000.0)
# Of the extracts: west, south, east, north, chosen so that many streets cross each side.
BOXES: dict[str, Box] = {
    "helsinki": (24.905, 60.1595, 24.975, 60.1775),
    "sf": (-122.42, 37.7698, -122.3812, 37.7978),
    "sf-land": (-122.42, 37.7698, -122.392, 37.795),  # without the bay, for many tiles
}
EXTRACTS = {"helsinki": "helsinki-centre.osm.pbf", "sf": "sf-downtown.osm.pbf", "sf-land": "sf-downtown.osm.pbf"}
RISKS = ("sparse", "dense")
DEMO = "demo"  # the extract that ships

_GRID_STEP_DEG = (0.0018, 0.0009)  # about 100 m at 60 degrees
_GRID_MOVED = 0.35  # of a step, to each side
_GRID_WITHOUT = 0.33  # of its streets
_GRID_WATCHED = 0.12  # of its edges, as tiled centres of search.md
_GRID_MAPPED_E6, _GRID_UNMAPPED_E6_PER_DM = 5000.0, 15.0  # as the median of Helsinki's edges, and what is behind it


class Sections(NamedTuple):
    """Sections between nodes, both directions of each in one row."""

    lonlat: NDArray[np.float64]  # [node, 2]
    ends: NDArray[np.int64]  # [section, 2]
    open_: NDArray[np.bool_]  # [section, direction]
    length_dm: NDArray[np.int64]  # [section, direction]
    effort_dm: NDArray[np.int64]  # [section, direction]
    risk_e6: NDArray[np.int64]  # [section, direction, kind of risk]
    side: NDArray[np.int8]  # [node] of the rim it lies on: west, south, east, north; -1 within


@dataclass(frozen=True)
class Made:
    """A graph with the risks that it is searched with."""

    name: str
    graph: WalkGraph
    risks: dict[str, NDArray[np.int32]]
    seams: int = 0  # nodes that join tiles


def extract_of(kind: str) -> Path:
    """Give the extract of a graph's name; ends the benchmark where it is missing."""
    if kind == DEMO:
        return demo_extract()
    folder = os.environ.get("SIDESTEP_TEST_DATA")
    if kind not in EXTRACTS or folder is None or not (Path(folder) / EXTRACTS[kind]).is_file():
        raise SystemExit(f"{kind}: no such extract in $SIDESTEP_TEST_DATA; choose {', '.join(EXTRACTS)}, demo or grid")
    return Path(folder) / EXTRACTS[kind]


def made(spec: str, area: Area | None) -> Made:
    """Make a graph from its name, ``helsinki:2x2`` or ``grid:100``; the area is that of the name's first part."""
    kind, _, size = spec.partition(":")
    if kind == "grid":
        sections, seams = _grid(int(size), np.random.default_rng(int(size))), 0
    else:
        if area is None:
            raise ValueError(f"{spec}: needs an area")
        columns, _, rows = size.partition("x")
        box = BOXES.get(kind, _inner(area))
        sections, seams = _tiled(_cut(_sections(area), box), box, int(columns), int(rows))
    graph, risk_e6 = _laid_out(sections)
    return Made(spec, graph, {kind: risk_e6[:, at] for at, kind in enumerate(RISKS)}, seams)


def save(made_: Made, folder: Path) -> None:
    """Write a graph where other processes can map it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in made_.graph.arrays().items():
        np.save(folder / f"{name}.npy", array)
    for name, array in made_.risks.items():
        np.save(folder / f"risk-{name}.npy", array)


def load(folder: Path) -> tuple[WalkGraph, dict[str, NDArray[np.int32]]]:
    """Read what :func:`save` wrote; read-only, as an area's arrays are."""
    arrays = {path.stem: np.load(path) for path in folder.glob("*.npy")}
    for array in arrays.values():
        array.setflags(write=False)
    risks = {kind: arrays.pop(f"risk-{kind}") for kind in RISKS}
    return WalkGraph(**arrays), risks


def walks(graph: WalkGraph, count: int, *, seed: int) -> list[Pair]:
    """Draw pairs of nodes that are 1 to 3 km apart as the crow flies."""
    return _drawn(graph, count, seed, WALK_M)


def crossings(graph: WalkGraph, count: int, *, seed: int) -> list[Pair]:
    """Draw any pairs of nodes."""
    return _drawn(graph, count, seed, (0.0, np.inf))


def snap_at(graph: WalkGraph, node: int) -> Snap:
    """Give a node as the end of a walk: an end of a section that leads both ways."""
    section, forward = _way_from(graph, node)
    lonlat = graph.node_lonlat[node].tolist()
    return Snap(section, 0 if forward else SPLITS, LonLat(*lonlat), 0.0, int(graph.component[node]))


def _way_from(graph: WalkGraph, node: int) -> tuple[int, bool]:
    for edge in range(int(graph.out_start[node]), int(graph.out_start[node + 1])):
        head = int(graph.head[edge])
        back = graph.section[int(graph.out_start[head]) : int(graph.out_start[head + 1])]
        if head != node and (back == graph.section[edge]).any():
            return int(graph.section[edge]), bool(graph.forward[edge])
    raise ValueError("no way that leads both ways begins at this node")


def _drawn(graph: WalkGraph, count: int, seed: int, apart_m: tuple[float, float]) -> list[Pair]:
    """Draw starts at random, and for each an end among those of a batch that lie as far away as wanted."""
    rng = np.random.default_rng(seed)
    both_ways = np.zeros(graph.node_count, dtype=np.bool_)
    twice = np.bincount(graph.section, minlength=graph.section_count)[graph.section] == 2  # directions
    both_ways[graph.tail[twice & (graph.tail != graph.head)]] = True
    nodes = np.flatnonzero((graph.component == 0) & both_ways)
    pairs: list[Pair] = []
    for _ in range(100 * count):  # an area smaller than a walk yields fewer, and no endless loop
        if len(pairs) == count:
            break
        start = int(rng.choice(nodes))
        batch = rng.choice(nodes, min(len(nodes), 20_000), replace=False)
        far_m = distance_m(graph.node_lonlat[start], graph.node_lonlat[batch])
        fit = batch[(far_m >= apart_m[0]) & (far_m <= apart_m[1]) & (batch != start)]
        if len(fit):
            pairs.append((start, int(fit[0])))
    return pairs


def _inner(area: Area) -> Box:
    """Give an area's box less its rim, where ways were clipped."""
    box = area.manifest.bbox
    dx, dy = (box.east - box.west) * 0.02, (box.north - box.south) * 0.02
    return (box.west + dx, box.south + dy, box.east - dx, box.north - dy)


def _sections(area: Area) -> Sections:
    """Take the largest part of an area apart into sections."""
    graph = area.graph
    count = graph.section_count
    ends = np.full((count, 2), -1, dtype=np.int64)
    open_ = np.zeros((count, 2), dtype=np.bool_)
    columns = [np.zeros((count, 2), dtype=np.int64) for _ in range(4)]
    against = np.where(graph.forward, 0, 1)
    inside = (graph.component[graph.tail] == 0) & (graph.component[graph.head] == 0)
    section, against, edge = graph.section[inside], against[inside], np.flatnonzero(inside)
    ends[section, against] = graph.tail[edge]
    ends[section, 1 - against] = graph.head[edge]
    open_[section, against] = True
    for column, values in zip(
        columns,
        (graph.length_dm, graph.effort_dm, area.risk_e6 - area.unmapped_e6, area.risk_e6),
        strict=True,
    ):
        column[section, against] = values[edge]
    kept = open_.any(axis=1)
    length_dm, effort_dm, *risks = (column[kept] for column in columns)
    side = np.full(graph.node_count, -1, dtype=np.int8)
    lonlat = np.array(graph.node_lonlat)
    return Sections(lonlat, ends[kept], open_[kept], length_dm, effort_dm, np.stack(risks, axis=-1), side)


def _cut(whole: Sections, box: Box) -> Sections:
    """Cut a box out; the streets that leave it end on its rim."""
    low, high = np.array(box[:2]), np.array(box[2:])
    inside = ((whole.lonlat > low) & (whole.lonlat < high)).all(axis=1)
    within = inside[whole.ends]
    kept = within.any(axis=1)
    ends, within = whole.ends[kept], within[kept]
    crossing = np.flatnonzero(~within.all(axis=1))
    outer = np.argmin(within[crossing], axis=1)  # which end is left behind
    near, far = (
        whole.lonlat[ends[crossing, 1 - outer]],
        whole.lonlat[ends[crossing, outer]],
    )
    step = np.where(far == near, 1e-300, far - near)
    shares = np.concatenate([(low - near) / step, (high - near) / step], axis=1)  # to west, south, east, north
    ahead = np.concatenate([step < 0, step > 0], axis=1)
    shares = np.where(ahead, shares, np.inf)
    side, share = np.argmin(shares, axis=1), shares.min(axis=1)
    at_rim = near + share[:, None] * (far - near)
    at_rim[np.arange(len(side)), side % 2] = np.concatenate([low, high])[side]
    first = len(whole.lonlat)
    ends[crossing, outer] = first + np.arange(len(crossing))
    numbers = [whole.length_dm[kept], whole.effort_dm[kept], *np.moveaxis(whole.risk_e6[kept], -1, 0)]
    for column, least in zip(numbers, (1, 1, 0, 0), strict=True):
        column[crossing] = np.maximum(np.ceil(column[crossing] * share[:, None]).astype(np.int64), least)
    lonlat = np.concatenate([whole.lonlat, at_rim])
    sides = np.concatenate([np.full(first, -1), side]).astype(np.int8)
    used, ends = np.unique(ends, return_inverse=True)
    length_dm, effort_dm, *risks = numbers
    return Sections(
        lonlat[used],
        ends.reshape(-1, 2),
        whole.open_[kept],
        length_dm,
        np.maximum(effort_dm, length_dm),
        np.stack(risks, axis=-1),
        sides[used],
    )


def _tiled(tile: Sections, box: Box, columns: int, rows: int) -> tuple[Sections, int]:
    """Lay mirror images side by side; what lies on the same spot of a seam becomes one node."""
    low, size = np.array(box[:2]), np.array(box[2:]) - np.array(box[:2])
    across, up = (at.ravel() for at in np.meshgrid(np.arange(columns), np.arange(rows)))
    place = np.stack([across, up], axis=-1)  # [tile, axis]
    share = (tile.lonlat - low) / size
    mirrored = place[:, None, :] % 2 == 1
    lonlat = low + size * (place[:, None, :] + np.where(mirrored, 1.0 - share, share))
    count, tiles = len(tile.lonlat), len(place)
    number = np.arange(tiles * count).reshape(tiles, count)
    seams = 0
    for side in range(4):  # west, south, east, north
        axis, upper = side % 2, side >= 2  # east and north
        rim = np.flatnonzero(tile.side == side)
        # a tile meets its neighbour before it on its lower side: what is west of an even tile is east of an odd one
        before = np.flatnonzero((place[:, axis] > 0) & ((place[:, axis] % 2 == 1) == upper))
        neighbour = before - (1 if axis == 0 else columns)
        number[before[:, None], rim] = number[neighbour[:, None], rim]
        seams += len(before) * len(rim)
    used, ends = np.unique(number[:, tile.ends], return_inverse=True)
    parts = (tile.open_, tile.length_dm, tile.effort_dm, tile.risk_e6)
    repeated = (np.tile(part, (tiles, *([1] * (part.ndim - 1)))) for part in parts)
    side = np.tile(tile.side, tiles)[used]
    return Sections(lonlat.reshape(-1, 2)[used], ends.reshape(-1, 2), *repeated, side), seams


def _grid(size: int, rng: np.random.Generator) -> Sections:
    """Make a perturbed grid of ``size`` times ``size`` nodes."""
    x, y = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    moved = np.stack([x.ravel(), y.ravel()], axis=-1) + rng.uniform(-_GRID_MOVED, _GRID_MOVED, (size * size, 2))
    lonlat = np.array([24.9, 60.0]) + moved * np.array(_GRID_STEP_DEG)
    number = np.arange(size * size).reshape(size, size)
    rows = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=-1)
    columns = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=-1)
    ends = np.concatenate([rows, columns])
    ends = ends[rng.random(len(ends)) >= _GRID_WITHOUT]
    straight_m = distance_m(lonlat[ends[:, 0]], lonlat[ends[:, 1]])
    length_dm = np.ceil(straight_m * 10 * rng.uniform(1.0, 1.3, len(ends))).astype(np.int64)
    length_dm = np.repeat(length_dm[:, None], 2, axis=1)
    effort_dm = length_dm * rng.choice([100, 100, 100, 120], len(ends))[:, None] // 100
    watched = rng.random((len(ends), 2)) < _GRID_WATCHED
    mapped = np.where(watched, rng.lognormal(np.log(_GRID_MAPPED_E6), 1.0, watched.shape), 0.0).astype(np.int64)
    prior = length_dm * rng.lognormal(np.log(_GRID_UNMAPPED_E6_PER_DM), 1.0, (len(ends), 1))
    risks = np.stack([mapped, mapped + np.maximum(prior.astype(np.int64), 1)], axis=-1)
    side = np.full(size * size, -1, dtype=np.int8)
    return Sections(lonlat, ends, np.ones((len(ends), 2), np.bool_), length_dm, effort_dm, risks, side)


def _laid_out(of: Sections) -> tuple[WalkGraph, NDArray[np.int32]]:
    """Lay sections out as a walk graph, each a straight line, and give int32 [edge, kind of risk]."""
    number, against = np.nonzero(of.open_)
    tail, head = of.ends[number, against], of.ends[number, 1 - against]
    order = np.lexsort((against, number, head, tail))
    number, against = number[order], against[order]
    tail, head = tail[order].astype(np.int32), head[order].astype(np.int32)
    nodes, sections = len(of.lonlat), len(of.ends)
    graph = WalkGraph(
        node_lonlat=np.ascontiguousarray(of.lonlat),
        node_id=np.arange(1, nodes + 1, dtype=np.int64),
        component=_components(tail, head, nodes),
        tail=tail,
        head=head,
        section=number.astype(np.int32),
        forward=against == 0,
        length_dm=of.length_dm[number, against].astype(np.int32),
        effort_dm=of.effort_dm[number, against].astype(np.int32),
        out_start=np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int32),
        in_start=np.searchsorted(np.sort(head), np.arange(nodes + 1)).astype(np.int32),
        in_edge=np.argsort(head, kind="stable").astype(np.int32),
        shape_start=np.arange(0, 2 * sections + 1, 2, dtype=np.int64),
        shape_lonlat=np.ascontiguousarray(of.lonlat[of.ends].reshape(-1, 2)),
        way_id=np.arange(1, sections + 1, dtype=np.int64),
        way_class=np.ones(sections, dtype=np.uint8),
        flags=np.zeros(sections, dtype=np.uint32),
        layer=np.zeros(sections, dtype=np.int8),
        levels=np.full((sections, 2), np.nan, dtype=np.float32),
        surface=np.zeros(sections, dtype=np.uint8),
        name=np.full(sections, -1, dtype=np.int32),
        name_start=np.zeros(1, dtype=np.int64),
        name_utf8=np.zeros(0, dtype=np.uint8),
    )
    for array in graph.arrays().values():
        array.setflags(write=False)
    return graph, of.risk_e6[number, against].astype(np.int32)
