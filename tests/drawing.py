"""Small maps as pictures: letters are nodes, ways are words.

::

    yard = draw(
        '''
        a--b--c
           |
           d
        ''',
        ways=[("abc", "highway=footway"), ("bd", "highway=steps")],
        nodes={"b": "barrier=gate"},
    )
    graph = yard.graph()
    assert walks(yard, graph) == ["ab", "ba", ...]

A character is ``step_m`` metres, to the east and to the south; letters and digits are nodes, all else is decoration. A
letter that a way uses and the picture lacks is a node that the clipped extract does not hold.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium

from routing.geo import from_frame
from routing.network import build_graph
from routing.osm import read_extract

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routing.graph import WalkGraph
    from routing.mapdata import MapData
    from routing.model import BBox

HELSINKI = (24.94, 60.17)


@dataclass(frozen=True)
class Drawing:
    """A map; ways are numbered 1, 2, … in order, relations too, and the id of a node is its character's code."""

    lonlat: dict[str, tuple[float, float]]
    ways: Sequence[tuple[str, str | Mapping[str, str]]]
    nodes: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    # members as "1:outer 2:inner" (ways), and tags
    relations: Sequence[tuple[str, str | Mapping[str, str]]] = ()
    header: Mapping[str, str] = field(default_factory=dict)
    box: tuple[float, float, float, float] | None = None
    days: Mapping[str, str] = field(default_factory=dict)  # of nodes: YYYY-MM-DD

    def write(self, path: Path) -> Path:
        """Write the file kind that the suffix names."""
        header = osmium.io.Header()
        for key, value in self.header.items():
            header.set(key, value)
        if self.box is not None:
            header.add_box(osmium.osm.Box(*self.box))
        with osmium.SimpleWriter(str(path), header=header, overwrite=True) as out:
            for letter in sorted(self.lonlat):
                out.add_node(
                    osmium.osm.mutable.Node(
                        id=ord(letter),
                        location=self.lonlat[letter],
                        tags=tags_of(self.nodes.get(letter, "")),
                        timestamp=f"{self.days[letter]}T00:00:00Z" if letter in self.days else None,
                    )
                )
            for number, (letters, tags) in enumerate(self.ways, 1):
                refs = [ord(letter) for letter in letters]
                out.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags_of(tags)))
            for number, (members, tags) in enumerate(self.relations, 1):
                parts = [part.split(":") for part in members.split()]
                refs = [("w", int(way), role) for way, role in parts]
                out.add_relation(osmium.osm.mutable.Relation(id=number, members=refs, tags=tags_of(tags)))
        return path

    def read(self, *, within: BBox | None = None) -> MapData:
        """Read the map as an extract is read."""
        with tempfile.TemporaryDirectory() as folder:
            return read_extract(self.write(Path(folder) / "drawing.osm"), within=within)

    def graph(self) -> WalkGraph:
        return build_graph(self.read())

    def letter(self, lonlat: np.ndarray) -> str:
        """Name the node at a position."""
        names = list(self.lonlat)
        gaps = np.abs(np.array([self.lonlat[name] for name in names]) - lonlat).max(axis=1)
        assert gaps.min() < 1e-6
        return names[int(np.argmin(gaps))]


def draw(
    art: str,
    ways: Sequence[tuple[str, str | Mapping[str, str]]],
    *,
    nodes: Mapping[str, str | Mapping[str, str]] | None = None,
    relations: Sequence[tuple[str, str | Mapping[str, str]]] = (),
    step_m: float = 10.0,
    origin: tuple[float, float] = HELSINKI,
    header: Mapping[str, str] | None = None,
    box: tuple[float, float, float, float] | None = None,
    days: Mapping[str, str] | None = None,
) -> Drawing:
    """Place the letters of a picture; its upper left corner is the origin."""
    lonlat = {}
    lines = [line for line in art.splitlines() if line.strip()]
    indent = min(len(line) - len(line.lstrip()) for line in lines)
    for row, line in enumerate(lines):
        for column, sign in enumerate(line[indent:]):
            if sign.isalnum():
                assert sign not in lonlat, f"{sign} is drawn twice"
                lon, lat = from_frame(np.array([column * step_m, -row * step_m]), np.array(origin)).tolist()
                lonlat[sign] = (round((lon + 180) % 360 - 180, 7), round(lat, 7))  # as OSM keeps them
    return Drawing(lonlat, ways, nodes or {}, relations, header or {}, box, days or {})


def tags_of(tags: str | Mapping[str, str]) -> dict[str, str]:
    """Read ``highway=footway lit=yes``; values with spaces need a mapping."""
    return dict(pair.split("=", 1) for pair in tags.split()) if isinstance(tags, str) else dict(tags)


def walks(drawing: Drawing, graph: WalkGraph) -> list[str]:
    """Name every directed edge by the letters along it, sorted."""
    return sorted(
        word if forward else word[::-1]
        for section, forward in zip(graph.section.tolist(), graph.forward.tolist(), strict=True)
        for word in ["".join(drawing.letter(point) for point in graph.shape(section))]
    )


def both(*words: str) -> list[str]:
    """Name the edges of ways that are walked both ways."""
    return sorted([*words, *(word[::-1] for word in words)])


def reaches(drawing: Drawing, graph: WalkGraph, start: str) -> set[str]:
    """Name the nodes that can be walked to from any node at a letter, itself among them."""
    at = [drawing.letter(point) for point in graph.node_lonlat]
    seen = {node for node, letter in enumerate(at) if letter == start}
    todo = list(seen)
    while todo:
        node = todo.pop()
        for edge in range(graph.out_start[node], graph.out_start[node + 1]):
            head = int(graph.head[edge])
            if head not in seen:
                seen.add(head)
                todo.append(head)
    return {at[node] for node in seen}


def content(data: MapData) -> dict[str, object]:
    """Give everything that a map holds in a form that can be compared."""
    shapes = {
        kind: sorted(
            (shape.osm_id, [ring.tolist() for ring in shape.outer], [ring.tolist() for ring in shape.inner],
             sorted(shape.tags.items()))
            for shape in getattr(data, kind)
        )
        for kind in ("buildings", "water", "green")
    }  # fmt: skip
    plain = ("bbox", "osm_date", "ways", "squares", "lonlat", "node_tags", "doors", "places", "cameras", "problems")
    return shapes | {name: getattr(data, name) for name in plain}
