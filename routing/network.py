"""Ways and squares of a map in, a walk graph out: split at junctions and gates, squares made walkable across."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from routing.access import is_enclosed, node_access, way_access
from routing.assemble import Section, assemble, in_order
from routing.errors import BadFileError
from routing.graph import Flag
from routing.naming import know_pavements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import shapely
    from numpy.typing import NDArray

    from routing.access import WayAccess
    from routing.graph import WalkGraph
    from routing.mapdata import MapData, Square

# A square with more ways in than this is crossed between every so many of them along its rim; lines grow with their
# square. The others are reached along the rim.
_MOST_GATES_OF_A_SQUARE = 48
# A crossing line may leave a square by this much, so that rounding at its corners does no harm.
_SQUARE_SLACK_DEG = 1e-7  # about 1 cm

_BOTH_SIDES = Flag.SIDEWALK_LEFT | Flag.SIDEWALK_RIGHT
_FLAG_OF_TAG = {
    "highway": {"corridor": Flag.INDOOR, "crossing": Flag.CROSSING, "steps": Flag.STEPS},
    "lit": {"yes": Flag.LIT, "24/7": Flag.LIT, "automatic": Flag.LIT, "no": Flag.UNLIT, "disused": Flag.UNLIT},
    "sidewalk": {
        "both": _BOTH_SIDES,
        "yes": _BOTH_SIDES,
        "left": Flag.SIDEWALK_LEFT,
        "right": Flag.SIDEWALK_RIGHT,
        "separate": Flag.SIDEWALK_SEPARATE,
        "no": Flag.SIDEWALK_NONE,
        "none": Flag.SIDEWALK_NONE,
    },
    "sidewalk:both": {"yes": _BOTH_SIDES, "separate": Flag.SIDEWALK_SEPARATE, "no": Flag.SIDEWALK_NONE},
    "sidewalk:left": {"yes": Flag.SIDEWALK_LEFT, "separate": Flag.SIDEWALK_SEPARATE},
    "sidewalk:right": {"yes": Flag.SIDEWALK_RIGHT, "separate": Flag.SIDEWALK_SEPARATE},
    "footway": {"crossing": Flag.CROSSING},
    "path": {"crossing": Flag.CROSSING},
    "cycleway": {"crossing": Flag.CROSSING},
}
# Keys of which every value but these sets the flag.
_FLAG_UNLESS = (
    ("tunnel", frozenset({"no", "culvert"}), Flag.TUNNEL),
    ("bridge", frozenset({"no"}), Flag.BRIDGE),
    ("covered", frozenset({"no", "partial"}), Flag.COVERED),
    ("indoor", frozenset({"no"}), Flag.INDOOR),
)
_KERB_FLAG = {"raised": Flag.KERB_RAISED, "lowered": Flag.KERB_LOWERED, "flush": Flag.KERB_LOWERED}


class _About(TypedDict):
    """The fields of a Section that are the same for all sections of a way."""

    way_class: str
    flags: Flag
    name: str
    forward: bool
    backward: bool
    effort_pct: int
    layer: int
    levels: tuple[float, float] | None
    surface: str


def build_graph(data: MapData) -> WalkGraph:
    """Make the walk graph of a map.

    Parameters
    ----------
    data
        From :func:`routing.osm.read_extract`.

    Returns
    -------
    WalkGraph

    Raises
    ------
    BadFileError
        If nothing is left to walk on.
    """
    builder = _Builder(data)
    for way in data.ways:
        builder.add_line(way.osm_id, way.node_ids, way.tags)
    for square in data.squares:
        builder.add_square(square)
    if not builder.sections:
        raise BadFileError(f"{data.name}: holds no way that one may walk on; is it the right extract?")
    sections = know_pavements(builder.sections)
    return assemble(*in_order(np.array(builder.node_lonlat), np.array(builder.node_id), sections))


def flags_of(tags: Mapping[str, str]) -> Flag:
    """Read the flags of a way from its tags."""
    flags = Flag(0)
    for key, of_value in _FLAG_OF_TAG.items():
        flags |= of_value.get(tags.get(key, ""), Flag(0))
    for key, but, flag in _FLAG_UNLESS:
        if tags.get(key, "no") not in but:
            flags |= flag
    return flags | Flag.ENCLOSED if is_enclosed(tags) else flags


def levels_of(text: str | None) -> tuple[float, float] | None:
    """Read ``level``: ``1``, ``-1;0``, ``0-3``; ``None`` where it says nothing that is understood.

    Examples
    --------
    >>> levels_of("-1;0"), levels_of("0-3"), levels_of("-2--1"), levels_of("roof")
    ((-1.0, 0.0), (0.0, 3.0), (-2.0, -1.0), None)
    """
    numbers = [float(n) for n in re.findall(r"(?:(?<![\d.])-)?\d+(?:\.\d+)?", text or "")]
    return (min(numbers), max(numbers)) if numbers else None


class _Builder:
    """Gathers nodes and sections; ``node_number`` maps OSM ids to positions in the node arrays."""

    def __init__(self, data: MapData) -> None:
        self.data = data
        self.sections: list[Section] = []
        self.node_id: list[int] = []
        self.node_lonlat: list[tuple[float, float]] = []
        self._number: dict[int, int] = {}
        # only those that stop a walker or cost something; the tags of kerbs and crossings do neither
        self._gates = {
            ref: access
            for ref, tags in data.node_tags.items()
            if not (access := node_access(tags)).passable or access.effort_m
        }
        uses: Counter[int] = Counter()
        for way in data.ways:
            uses.update(way.node_ids)
            uses.update((way.node_ids[0], way.node_ids[-1]))
        for square in data.squares:
            for ring in (*square.outer, *square.inner):
                uses.update(ring[1:])
        self._uses = uses

    def add_line(self, osm_id: int, refs: Sequence[int], tags: Mapping[str, str], *, square: bool = False) -> None:
        """Add a way, split at junctions and at whatever stands in it."""
        access = way_access(tags)
        if access is not None:
            self._add_sections(osm_id, self._split(refs), _about(tags, access, square=square))

    def add_square(self, square: Square) -> None:
        """Add the rim of a square and the straight lines across it between its ways in."""
        for ring in (*square.outer, *square.inner):
            self.add_line(square.osm_id, ring, square.tags, square=True)
        access = way_access(square.tags)
        if access is not None:
            about = _about(square.tags, access, square=True) | {"way_class": "square"}
            self._add_sections(square.osm_id, self._lines_across(square), about)

    def _split(self, refs: Sequence[int]) -> Iterator[tuple[int, ...]]:
        start = 0
        for i in range(1, len(refs)):
            if i == len(refs) - 1 or self._uses[refs[i]] > 1 or refs[i] in self._gates:
                yield tuple(refs[start : i + 1])
                start = i

    def _end_node(self, ref: int) -> int:
        """Give the number of a section's end; where one cannot pass, each section gets an end of its own."""
        access = self._gates.get(ref)
        if access is not None and not access.passable:
            return self._new_node(-len(self.node_id) - 1, ref)
        if ref not in self._number:
            self._number[ref] = self._new_node(ref, ref)
        return self._number[ref]

    def _new_node(self, node_id: int, ref: int) -> int:
        self.node_id.append(node_id)
        self.node_lonlat.append(self.data.lonlat[ref])
        return len(self.node_id) - 1

    def _surcharge_m(self, ref: int) -> int:
        access = self._gates.get(ref)
        return access.effort_m if access is not None else 0

    def _add_sections(self, osm_id: int, pieces: Iterable[Sequence[int]], about: _About) -> None:
        for refs in pieces:
            flags = about["flags"]
            for ref in refs:
                kerb = self.data.node_tags.get(ref, {}).get("kerb", "")
                if kerb in _KERB_FLAG:
                    flags |= _KERB_FLAG[kerb]
            self.sections.append(
                Section(
                    tail=self._end_node(refs[0]),
                    head=self._end_node(refs[-1]),
                    line=np.array([self.data.lonlat[ref] for ref in refs]),
                    way_id=osm_id,
                    surcharge_m=(self._surcharge_m(refs[-1]), self._surcharge_m(refs[0])),
                    **(about | {"flags": flags}),
                )
            )

    def _lines_across(self, square: Square) -> Iterator[tuple[int, int]]:
        """Pair the ways into a square that see each other across it."""
        import shapely

        shape = self._polygon(square)
        if shape is None:
            return
        rings = (*square.outer, *square.inner)
        on_rim = dict.fromkeys(ref for ring in rings for ref in ring)  # in the order of the rim
        along_rim = {frozenset(pair) for ring in rings for pair in pairwise(ring)}
        # a node is used once by its ring; ends of rings are counted once too
        gates = [ref for ref in on_rim if self._uses[ref] > 1 and self._passable(ref)]
        gates = gates[:: max(1, -(-len(gates) // _MOST_GATES_OF_A_SQUARE))]
        pairs = [pair for pair in combinations(gates, 2) if frozenset(pair) not in along_rim]
        if not pairs:
            return
        lines = shapely.linestrings([[self.data.lonlat[a], self.data.lonlat[b]] for a, b in pairs])
        shapely.prepare(shape)
        inside: NDArray[np.bool_] = shapely.covers(shape, lines)
        for pair, ok in zip(pairs, inside, strict=True):
            if ok:
                yield pair

    def _passable(self, ref: int) -> bool:
        access = self._gates.get(ref)
        return access is None or access.passable

    def _polygon(self, square: Square) -> shapely.Geometry | None:
        """Make the surface of a square, a touch wider than mapped; ``None`` if its rings make no surface."""
        import shapely

        outer = [shapely.Polygon([self.data.lonlat[ref] for ref in ring]) for ring in square.outer]
        inner = [shapely.Polygon([self.data.lonlat[ref] for ref in ring]) for ring in square.inner]
        surface = shapely.union_all(shapely.make_valid(outer))
        if inner:
            surface = surface.difference(shapely.union_all(shapely.make_valid(inner)))
        return None if surface.is_empty else surface.buffer(_SQUARE_SLACK_DEG)


def _about(tags: Mapping[str, str], access: WayAccess, *, square: bool) -> _About:
    """Gather what is the same for all sections of a way."""
    flags = flags_of(tags) | (Flag.SQUARE if square else Flag(0))
    return {
        "way_class": class_of(tags),
        "flags": flags | (Flag.CARRIAGEWAY if access.among_cars else Flag(0)),
        "name": name_of(tags),
        "forward": access.forward,
        "backward": access.backward,
        "effort_pct": access.effort_pct,
        "layer": layer_of(tags),
        "levels": levels_of(tags.get("level")),
        "surface": tags.get("surface", ""),
    }


def class_of(tags: Mapping[str, str]) -> str:
    """Give what a way is: its ``highway``, or one of the other words of `routing.graph.WAY_CLASSES`."""
    if "highway" in tags:
        moving = tags["highway"] == "steps" and tags.get("conveying", "no") != "no"
        return "escalator" if moving else tags["highway"]
    if tags.get("route") == "ferry":
        return "ferry"
    if tags.get("man_made") == "pier":
        return "pier"
    return "platform" if "platform" in (tags.get("railway"), tags.get("public_transport")) else "other"


def name_of(tags: Mapping[str, str]) -> str:
    """Give what people call a way; a pavement mapped apart bears its street's name (wiki Key:is_sidepath:of:name)."""
    for key in ("name", "is_sidepath:of:name", "street:name", "loc_name"):
        if tags.get(key):
            return tags[key]
    return ""


def layer_of(tags: Mapping[str, str]) -> int:
    """Read ``layer``, kept within -5…5; 0 where it says nothing that is understood."""
    text = tags.get("layer", "0")
    return max(-5, min(5, int(text))) if re.fullmatch(r"-?\d{1,2}", text) else 0  # wiki Key:layer: -5…5
