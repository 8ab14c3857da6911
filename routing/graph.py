"""The walk graph: nodes, directed edges and the sections they run along, as immutable arrays.

A *section* is the piece of a way between two junctions; it keeps its shape and what the map says of it. A *directed
edge* is a section walked one way. Costs are whole decimetres, so that sums are exact. Positions are WGS 84 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntFlag
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from routing.anchors import anchors_dm
from routing.geo import distance_m
from routing.model import Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

MOST_EDGE_DM = 10**7  # of an edge: sums over a walk, at any price, are whole numbers of 64 bits

_Kind = TypeVar("_Kind", bound=np.generic)
_Made = TypeVar("_Made")


class Flag(IntFlag):
    """What the map says of a section (OSM keys of the same names)."""

    TUNNEL = 1
    BRIDGE = 2
    COVERED = 4
    INDOOR = 8
    LIT = 16
    UNLIT = 32
    SIDEWALK_LEFT = 64
    SIDEWALK_RIGHT = 128
    SIDEWALK_SEPARATE = 256
    SIDEWALK_NONE = 512
    CROSSING = 1024
    KERB_RAISED = 2048
    KERB_LOWERED = 4096
    STEPS = 8192
    ENCLOSED = 16384
    SQUARE = 32768
    CARRIAGEWAY = 65536  # of a big road, or beside a pavement mapped apart: nothing is dodged by walking there
    BESIDE = 131072  # a pavement that bears the name of the street beside it (routing/naming.py)


# Index = code in `way_class`; new ones go to the end, so that areas on disk keep their meaning.
WAY_CLASSES = (
    "other", "footway", "path", "steps", "pedestrian", "living_street", "residential", "unclassified", "service",
    "track", "tertiary", "secondary", "primary", "trunk", "motorway", "tertiary_link", "secondary_link", "primary_link",
    "trunk_link", "motorway_link", "cycleway", "bridleway", "corridor", "platform", "elevator", "escalator", "ferry",
    "square", "road", "busway", "crossing", "pier",
)  # fmt: skip
# Index = code in `surface` (wiki Key:surface); 0 is "the map does not say".
SURFACES = (
    "", "asphalt", "concrete", "paved", "paving_stones", "sett", "cobblestone", "unhewn_cobblestone", "compacted",
    "fine_gravel", "gravel", "pebblestone", "unpaved", "ground", "dirt", "earth", "grass", "mud", "sand", "wood",
    "metal", "other",
)  # fmt: skip


@dataclass(frozen=True)
class WalkGraph:
    """Everything one may walk on in an area; never changed after it is made.

    Edges are sorted by tail, so that the edges out of node ``n`` are ``out_start[n] : out_start[n + 1]``.
    """

    # nodes
    node_lonlat: NDArray[np.float64]  # [node, 2] degrees
    node_id: NDArray[np.int64]  # [node] OSM id; negative where a gate cuts a way in two
    component: NDArray[np.int32]  # [node] strongly connected part; 0 is the largest
    # directed edges
    tail: NDArray[np.int32]  # [edge]
    head: NDArray[np.int32]  # [edge]
    section: NDArray[np.int32]  # [edge]
    forward: NDArray[np.bool_]  # [edge] walked in the direction of the section's shape
    length_dm: NDArray[np.int32]  # [edge] geodesic, at least 1
    effort_dm: NDArray[np.int32]  # [edge] length as a walker feels it, at least length_dm (routing/access.py)
    out_start: NDArray[np.int32]  # [node + 1]
    in_start: NDArray[np.int32]  # [node + 1]
    in_edge: NDArray[np.int32]  # [edge] edges sorted by head
    # sections
    shape_start: NDArray[np.int64]  # [section + 1] into shape_lonlat
    shape_lonlat: NDArray[np.float64]  # [point, 2] degrees
    way_id: NDArray[np.int64]  # [section] OSM id of the way or square
    way_class: NDArray[np.uint8]  # [section] index into WAY_CLASSES
    flags: NDArray[np.uint32]  # [section] Flag
    layer: NDArray[np.int8]  # [section]
    levels: NDArray[np.float32]  # [section, 2] lowest and highest level; NaN where the map does not say
    surface: NDArray[np.uint8]  # [section] index into SURFACES
    name: NDArray[np.int32]  # [section] index into the names, -1 where the map has none
    # text: all names, UTF-8, one after the other
    name_start: NDArray[np.int64]  # [name + 1] into name_utf8
    name_utf8: NDArray[np.uint8]

    @property
    def node_count(self) -> int:
        """Give the number of nodes."""
        return len(self.node_id)

    @property
    def edge_count(self) -> int:
        """Give the number of directed edges."""
        return len(self.tail)

    @property
    def section_count(self) -> int:
        """Give the number of sections."""
        return len(self.way_id)

    def shape(self, section: int) -> NDArray[np.float64]:
        """Give the shape of a section, float64 [point, 2], degrees."""
        return self.shape_lonlat[self.shape_start[section] : self.shape_start[section + 1]]

    def name_of(self, section: int) -> str:
        """Give the street name of a section, ``""`` where the map has none."""
        index = int(self.name[section])
        if index < 0:
            return ""
        return self.name_utf8[self.name_start[index] : self.name_start[index + 1]].tobytes().decode()

    def stretch(self, section: int, line: NDArray[np.float64], *, forward: bool = True) -> Stretch:
        """Describe a part of a section for those who must not know the arrays.

        Parameters
        ----------
        section
            Which section the line runs along.
        line
            float64 [point, 2], degrees, in walking order.
        forward
            Whether that is as the section is drawn.
        """
        flags = int(self.flags[section])
        low, high = (float(level) for level in self.levels[section])
        left, right = (bool(side) for side in self.pavements[section])
        return Stretch(
            lonlat=line,
            name=self.name_of(section),
            way_class=WAY_CLASSES[self.way_class[section]],
            enclosed=bool(flags & Flag.ENCLOSED),
            levels=None if np.isnan(low) else (low, high),
            crossing=bool(flags & Flag.CROSSING),
            pavements=(left, right) if forward else (right, left),
        )

    @cached_property
    def pavements(self) -> NDArray[np.bool_]:
        """Tell where a street has a pavement that the map does not have as a way of its own, bool [section, 2].

        On the left and on the right of the section as it is drawn. Streets of which the map says nothing are taken to
        have both [A]; where it says there is none, or that they are mapped apart, people walk where they walk.
        """
        streets = np.isin(self.way_class, [WAY_CLASSES.index(name) for name in _STREETS])
        flags = np.asarray(self.flags)
        apart = Flag.SIDEWALK_NONE | Flag.SIDEWALK_SEPARATE | Flag.CARRIAGEWAY | Flag.ENCLOSED
        own = streets & ((flags & apart) == 0)
        left, right = ((flags & side) != 0 for side in (Flag.SIDEWALK_LEFT, Flag.SIDEWALK_RIGHT))
        return _frozen(np.stack([own & (left | ~right), own & (right | ~left)], axis=-1))

    def edges_of_section(self, section: int) -> NDArray[np.int64]:
        """Give the one or two directed edges that run along a section, in order."""
        first = self._edge_of_section
        return np.sort(self._by_section[first[section] : first[section + 1]])

    @cached_property
    def _by_section(self) -> NDArray[np.int64]:
        return _frozen(np.argsort(self.section, kind="stable"))

    @cached_property
    def _edge_of_section(self) -> NDArray[np.int64]:
        counts = np.bincount(self.section, minlength=self.section_count)
        return _frozen(np.concatenate([[0], np.cumsum(counts)]))

    @cached_property
    def anchor_dm(self) -> NDArray[np.float64]:
        """Give where nodes lie for bounding the effort between them by the straight line, float64 [node, 2]."""
        return _frozen(anchors_dm(self.node_lonlat, self.tail, self.head, self.effort_dm))

    @cached_property
    def section_component(self) -> NDArray[np.int32]:
        """Give the part each section belongs to, int32 [section]; -1 for one that leads out of its part."""
        part = np.full(self.section_count, -1, dtype=np.int32)
        same = self.component[self.tail] == self.component[self.head]
        part[self.section[same]] = self.component[self.tail[same]]
        return _frozen(part)

    @cached_property
    def section_length_m(self) -> NDArray[np.float64]:
        """Give the geodesic length of each section, float64 [section]."""
        lengths = np.bincount(self.segment_section, self.segment_length_m, minlength=self.section_count)
        return _frozen(lengths.astype(np.float64))

    @cached_property
    def walkable_km(self) -> float:
        """Give how many kilometres of the map's ways can be walked: no ferries, and no lines of ours across squares."""
        on_the_map = ~np.isin(self.way_class, [WAY_CLASSES.index("square"), WAY_CLASSES.index("ferry")])
        return float(self.section_length_m[on_the_map].sum()) / 1000

    @cached_property
    def segment_point(self) -> NDArray[np.int64]:
        """Give the first point of each straight segment of all shapes, int64 [segment] into shape_lonlat."""
        last = np.zeros(len(self.shape_lonlat), dtype=np.bool_)
        last[self.shape_start[1:] - 1] = True
        return _frozen(np.flatnonzero(~last))

    @cached_property
    def segment_section(self) -> NDArray[np.int32]:
        """Give the section of each straight segment, int32 [segment]."""
        counts = np.diff(self.shape_start) - 1
        return _frozen(np.repeat(np.arange(self.section_count, dtype=np.int32), counts))

    @cached_property
    def segment_from_m(self) -> NDArray[np.float64]:
        """Give the distance from its section's start at which each segment begins, float64 [segment]."""
        ends = np.cumsum(self.segment_length_m)
        begins = ends - self.segment_length_m
        first = np.searchsorted(self.segment_section, np.arange(self.section_count))
        return _frozen(begins - begins[first][self.segment_section])

    @cached_property
    def segment_length_m(self) -> NDArray[np.float64]:
        """Give the geodesic length of each straight segment, float64 [segment]."""
        points = np.asarray(self.shape_lonlat)
        return _frozen(distance_m(points[self.segment_point], points[self.segment_point + 1]))

    def once(self, make: Callable[[WalkGraph], _Made]) -> _Made:
        """Give what is made of the graph; made when first asked for, once for all threads, and kept."""
        lock, things = self._made
        with lock:
            if make not in things:
                things[make] = make(self)
            made: _Made = things[make]
            return made

    @cached_property
    def _made(self) -> tuple[RLock, dict[Callable[[WalkGraph], Any], Any]]:
        return RLock(), {}

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give all stored arrays by name, in a fixed order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


# Streets along which pavements run.
_STREETS = (
    "residential", "unclassified", "tertiary", "secondary", "primary", "trunk", "tertiary_link", "secondary_link",
    "primary_link", "trunk_link",
)  # fmt: skip


def _frozen(array: NDArray[_Kind]) -> NDArray[_Kind]:
    array.setflags(write=False)
    return array


def complaint(graph: WalkGraph) -> str | None:
    """Tell what is wrong with arrays that somebody else may have made: compiled searches trust them blindly.

    Parameters
    ----------
    graph
        As loaded.

    Returns
    -------
    str or None
        ``None`` if they are sound.
    """
    return next(_complaints(graph), None)


def _complaints(graph: WalkGraph) -> Iterator[str]:
    """Look for faults, each check relying on those before it."""
    sizes = {"node": graph.node_count, "edge": graph.edge_count, "section": graph.section_count}
    sizes |= {"point": len(graph.shape_lonlat), "name": len(graph.name_start) - 1, "byte": len(graph.name_utf8)}
    sizes |= {"class": len(WAY_CLASSES), "surface": len(SURFACES)}
    arrays = graph.arrays()
    for name, (dtype, shape) in _LAYOUT.items():
        wanted = tuple(n if isinstance(n, int) else sizes[n.removesuffix("+1")] + n.endswith("+1") for n in shape)
        if arrays[name].dtype != dtype or arrays[name].shape != wanted:
            yield f"{name} is not an array of {dtype} with shape {wanted}"
    for name, (low, size) in _INDEX_OF.items():
        index = np.asarray(arrays[name], dtype=np.int64)
        if index.size and not (index.min() >= low and index.max() < sizes[size]):
            yield f"{name} points outside"
    for name, size in _STARTS.items():
        starts = np.asarray(arrays[name], dtype=np.int64)
        if starts[0] != 0 or starts[-1] != sizes[size] or (np.diff(starts) < 0).any():
            yield f"{name} does not rise from 0 to the number of what it counts"
    for ends, name, edges in (
        ("tail", "out_start", np.arange(graph.edge_count)),
        ("head", "in_start", np.asarray(graph.in_edge)),
    ):
        if not _is_sorted_by(np.asarray(arrays[ends]), edges.astype(np.int64), np.asarray(arrays[name])):
            yield f"{name} does not list edges by {ends}"
    yield from _odd_values(graph)


def _is_sorted_by(ends: NDArray[np.generic], edges: NDArray[np.int64], start: NDArray[np.generic]) -> bool:
    """Tell whether every edge is listed once, those of each node where they are said to begin."""
    if not np.array_equal(np.sort(edges), np.arange(len(ends))):
        return False
    of = ends[edges].astype(np.int64)
    return bool((np.diff(of) >= 0).all()) and np.array_equal(np.searchsorted(of, np.arange(len(start))), start)


def _odd_values(graph: WalkGraph) -> Iterator[str]:
    for fault, what in (
        ((np.diff(graph.shape_start) < 2).any(), "a section has fewer than two points"),  # noqa: PLR2004  # a line's ends
        (not np.isfinite(graph.shape_lonlat).all(), "a position is no number"),
        ((np.abs(graph.shape_lonlat) > (180.0, 90.0)).any(), "a position is not on Earth"),
        ((graph.length_dm < 1).any(), "an edge is shorter than a decimetre"),
        ((graph.effort_dm < graph.length_dm).any(), "the effort of an edge is less than its length"),
        ((graph.effort_dm > MOST_EDGE_DM).any(), "the effort of an edge is more than a thousand kilometres"),
        ((np.bincount(graph.section) > 2).any(), "a section has more than two edges"),  # noqa: PLR2004  # one each way
    ):
        if fault:
            yield what


_LAYOUT: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "node_lonlat": ("float64", ("node", 2)),
    "node_id": ("int64", ("node",)),
    "component": ("int32", ("node",)),
    "tail": ("int32", ("edge",)),
    "head": ("int32", ("edge",)),
    "section": ("int32", ("edge",)),
    "forward": ("bool", ("edge",)),
    "length_dm": ("int32", ("edge",)),
    "effort_dm": ("int32", ("edge",)),
    "out_start": ("int32", ("node+1",)),
    "in_start": ("int32", ("node+1",)),
    "in_edge": ("int32", ("edge",)),
    "shape_start": ("int64", ("section+1",)),
    "shape_lonlat": ("float64", ("point", 2)),
    "way_id": ("int64", ("section",)),
    "way_class": ("uint8", ("section",)),
    "flags": ("uint32", ("section",)),
    "layer": ("int8", ("section",)),
    "levels": ("float32", ("section", 2)),
    "surface": ("uint8", ("section",)),
    "name": ("int32", ("section",)),
    "name_start": ("int64", ("name+1",)),
    "name_utf8": ("uint8", ("byte",)),
}
_INDEX_OF = {
    "component": (0, "node"),
    "tail": (0, "node"),
    "head": (0, "node"),
    "section": (0, "section"),
    "in_edge": (0, "edge"),
    "way_class": (0, "class"),
    "surface": (0, "surface"),
    "name": (-1, "name"),
}
_STARTS = {"out_start": "edge", "in_start": "edge", "shape_start": "point", "name_start": "byte"}
