"""An area → the file that a phone downloads once and plans with: all but the basemap, to the last bit.

In: an area. Out: parts, one behind the other, each with a head (format, length, SHA-256) and named sections: what the
map gives; what cameras do, which is small and changes when they do; and names for the search, which no walk is planned
with. ``static/js/router/pack.mjs`` reads the first two; the page has the names as a file of their own, and before them.
What a phone works out quickly is left out: hazards, grids, indexes. Positions are whole steps of 1e-7 degrees.

Nodes and sections are best in the order that :func:`routing.assemble.in_order` gives them: neighbours on the ground
are neighbours in the file, and what tells one from the other is small. Ways to tell columns were chosen by what brotli
makes of them.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np

from routing.geo import scale_at
from routing.names_file import names_file
from routing.pack_columns import coded, counted, folded, oddities, part_of, steps_of
from routing.rounding import assumed_record, coverage_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.hazard.parameters import Model
    from routing.model import Camera
    from routing.pack_columns import Floats, Longs, Part

PACK: Final = "phone.pack"
VERSION: Final = 1  # of the format; a phone refuses what is newer than its page
MAP, CAMERAS, NAMES = 1, 2, 4  # kinds of parts; web/phone_file.py has 3
_HUNDRED: Final = 100  # per cent
_MM: Final = 1000.0  # to a metre


def pack_of(area: Area) -> bytes:
    """Give the whole pack of an area: its map, its cameras, its names."""
    whole = map_part(area)
    names = part_of(VERSION, NAMES, {"places": names_file(area.places)})
    return whole.content + cameras_part(area, whole).content + names.content


def map_part(area: Area) -> Part:
    """Pack what does not change with cameras."""
    graph, manifest = area.graph, area.manifest
    scale = scale_at((manifest.bbox.south + manifest.bbox.north) / 2.0)
    frame = (float(scale.lon_m), float(scale.lat_m))
    about = {
        "manifest": {
            "name": manifest.name,
            "built": manifest.built,
            "osm_date": manifest.osm_date,
            "bbox": msgspec.to_builtins(manifest.bbox),
            "unmapped": msgspec.to_builtins(manifest.unmapped),
            "assumed": assumed_record(area.assumed),
            "attribution": manifest.attribution,
        },
        "model": _columns(area.model),
        "estimates": _columns(area.estimates),
        "nodes": graph.node_count,
        "sections": graph.section_count,
        "walls": len(area.wall_ends),
        "frame_m": frame,
    }
    links = _links(graph)
    sections = {
        "about": msgspec.json.encode(about),
        **_nodes(graph),
        **_shapes(graph, links),
        **_walked(graph, links, _flat_dm(graph, frame)),
        **_told(graph),
        **_unmapped(area, links),
        **_walls(area.wall_ends),
    }
    return part_of(VERSION, MAP, sections)


def cameras_part(area: Area, beside: Part) -> Part:
    """Pack what changes with cameras and surveys; it goes with one map part alone."""
    links = _links(area.graph)
    about = {
        "map": beside.digest.hex(),
        "manifest": {
            "month": area.month,
            "surveyed_share": area.manifest.surveyed_share,
            "coverage": coverage_record(area.coverage),
        },
        "cameras": [_record(camera) for camera in area.cameras],
    }
    forth, back = links.both(np.asarray(area.side_e6, dtype=np.int64) - area.unmapped_side_e6)
    table, code = coded(np.asarray(area.surveyed).astype("<f4").view("<u4")[:, None])
    sections = {
        "about": msgspec.json.encode(about),
        "seen_forth_left": folded(forth[:, 0]),
        "seen_forth_right": folded(forth[:, 1]),
        "seen_back_left": folded(back[:, 0]),
        "seen_back_right": folded(back[:, 1]),
        "surveyed": counted(code),
        "surveyed_kinds": table.tobytes(),
    }
    return part_of(VERSION, CAMERAS, sections)


class _Links(NamedTuple):
    """How the edges of a graph follow from its sections."""

    tail: Longs  # [section]
    head: Longs  # [section]
    open: Longs  # [section] 1 where it is walked as it is drawn, 2 the other way, 3 both
    edge: Longs  # [section, 2] forth and back; where there is none the other, and 0 where there is neither

    def both(self, values: NDArray[Any]) -> tuple[Longs, Longs]:
        """Give what edges are worth by section, int64 [section, …]: forth and back.

        Sides are those of the walker: where there is one way, the other is worth the same with its sides exchanged.
        """
        of = np.asarray(values, dtype=np.int64)
        forth, back = of[self.edge[:, 0]], of[self.edge[:, 1]]
        if of.ndim > 1:
            forth[self.open == 2] = forth[self.open == 2, ::-1]  # noqa: PLR2004  # it is the one back
            back[self.open == 1] = back[self.open == 1, ::-1]
        forth[self.open == 0] = back[self.open == 0] = 0
        return forth, back


def _links(graph: WalkGraph) -> _Links:
    """Find the edges of sections, and make sure that they are in the order in which a phone lays them out again."""
    section, against = np.asarray(graph.section), ~np.asarray(graph.forward)
    if not np.array_equal(np.lexsort((against, section, graph.head, graph.tail)), np.arange(len(section))):
        raise ValueError("the edges are not sorted by tail, head, section and direction")
    edge = np.full((graph.section_count, 2), -1, dtype=np.int64)
    edge[section, against.astype(np.int64)] = np.arange(len(section))
    there = edge >= 0
    if there.sum() != len(section):
        raise ValueError("a section has two edges of one direction")
    ends = np.zeros((graph.section_count, 2), dtype=np.int64)
    for way in (1, 0):
        one = edge[there[:, way], way]
        pair = np.column_stack([graph.tail[one], graph.head[one]])
        ends[there[:, way]] = pair[:, ::-1] if way else pair
    edge = np.maximum(np.where(there, edge, edge[:, ::-1]), 0)
    return _Links(ends[:, 0], ends[:, 1], there[:, 0] + 2 * there[:, 1].astype(np.int64), edge)


def _nodes(graph: WalkGraph) -> dict[str, bytes]:
    at = steps_of(graph.node_lonlat)
    return {
        "node_lon": folded(np.diff(at[:, 0], prepend=0), full=True),
        "node_lat": folded(np.diff(at[:, 1], prepend=0)),
        "node_odd": oddities(graph.node_lonlat, at),
        "node_component": counted(graph.component),
    }


def _shapes(graph: WalkGraph, links: _Links) -> dict[str, bytes]:
    """Write where sections lead: their ends are nodes, points between are told from where a straight line had them."""
    start = np.asarray(graph.shape_start)
    points, nodes = steps_of(graph.shape_lonlat), steps_of(graph.node_lonlat)
    section = np.repeat(np.arange(graph.section_count), np.diff(start))
    nth = np.arange(len(points)) - start[section]
    last = start[section + 1] - start[section] - 1
    drawn = points.copy()  # as a phone draws them before it looks at the odd ones: from node to node
    drawn[start[:-1]], drawn[start[1:] - 1] = nodes[links.tail], nodes[links.head]
    inner = np.flatnonzero((nth > 0) & (nth < last))
    left = (last - nth + 1)[inner]
    before, end = drawn[inner - 1], nodes[links.head[section[inner]]]
    told = drawn[inner] - before - (end - before) // left[:, None]
    low, high = np.minimum(links.tail, links.head), np.maximum(links.tail, links.head)
    return {
        "section_low": folded(np.diff(low, prepend=0), full=True),
        "section_high": counted(2 * (high - low) + (links.tail > links.head)),
        "section_open": counted(3 - links.open),
        "section_points": counted(np.diff(start) - 2),
        "point_lon": folded(told[:, 0], full=True),
        "point_lat": folded(told[:, 1]),
        "point_odd": oddities(graph.shape_lonlat, drawn),
    }


def _flat_dm(graph: WalkGraph, frame_m: tuple[float, float]) -> Longs:
    """Measure sections on a flat plane, int64 [section], the same on every machine: whole millimetres of each piece."""
    points = np.asarray(graph.shape_lonlat)
    east_m, north_m = ((points[1:] - points[:-1]) * np.array(frame_m)).T
    piece_mm = np.floor(np.sqrt(east_m * east_m + north_m * north_m) * _MM + 0.5).astype(np.int64)
    so_far = np.concatenate([[0], np.cumsum(piece_mm)])
    start = np.asarray(graph.shape_start)
    flat_dm: Longs = (so_far[start[1:] - 1] - so_far[start[:-1]] + 50) // 100
    return flat_dm


def _walked(graph: WalkGraph, links: _Links, flat_dm: Longs) -> dict[str, bytes]:
    """Write lengths as what the flat plane has wrong, and efforts as whole percents of them and what is beyond."""
    length, length_back = links.both(graph.length_dm)
    effort, effort_back = links.both(graph.effort_dm)
    percent = -(-_HUNDRED * effort // np.maximum(length, 1))  # the least that comes as far
    usual = np.bincount(percent[length > _HUNDRED].clip(0, 2**16), minlength=1)
    for kind in np.argsort(usual)[::-1][: np.count_nonzero(usual)][:16][::-1]:  # as the table of efforts has it
        percent[length * kind // _HUNDRED == effort] = kind
    return {
        "length": folded(length - flat_dm),
        "length_back": folded(length_back - length),
        "effort_percent": folded(percent - _HUNDRED),
        "effort_rest": folded(effort - length * percent // _HUNDRED),
        "effort_back": folded(effort_back - effort),
    }


def _told(graph: WalkGraph) -> dict[str, bytes]:
    """Write what the map says of sections."""
    kinds, kind = coded(np.column_stack([graph.way_class, graph.flags]).astype(np.int64))
    unknown = np.full((1, 2), np.nan, dtype="<f4").view("<u4")
    levels, level = coded(np.concatenate([np.asarray(graph.levels).astype("<f4").view("<u4"), unknown]))
    text, start = graph.name_utf8.tobytes(), graph.name_start.tolist()
    names = [text[begin:end].decode() for begin, end in pairwise(start)]
    return {
        "kind": counted(kind),
        "kinds": counted(kinds),
        "level": counted(level[:-1]),
        "levels": levels.tobytes(),
        "name": folded(np.diff(graph.name.astype(np.int64), prepend=0)),
        "names": msgspec.json.encode(names),
    }


def _unmapped(area: Area, links: _Links) -> dict[str, bytes]:
    """Write the risk by cameras that nobody mapped: what is alike on both sides and both ways is told once."""
    forth, back = links.both(area.unmapped_side_e6)
    across = forth[:, 1] - forth[:, 0]
    return {
        "unmapped": counted(forth[:, 0]),
        "unmapped_across": folded(across),
        "unmapped_back": folded(back[:, 1] - forth[:, 0]),
        "unmapped_back_across": folded(back[:, 0] - back[:, 1] - across),
    }


def _walls(wall_ends: Floats) -> dict[str, bytes]:
    """Write walls as chains, each beginning where the one before ends; most chains end where they began."""
    ends = np.asarray(wall_ends, dtype=np.float64)
    steps = steps_of(ends)
    begin, end = steps[:, :2], steps[:, 2:]
    joins = np.zeros(len(ends), dtype=np.bool_)
    joins[1:] = (begin[1:] == end[:-1]).all(axis=1)
    first = np.flatnonzero(~joins)
    size = np.diff(first, append=len(ends))
    last = first + size - 1
    told = end - begin
    told[last] = end[last] - begin[first]
    starts = np.diff(begin[first], axis=0, prepend=0)
    return {
        "chain_size": counted(size),
        "chain_lon": folded(starts[:, 0]),
        "chain_lat": folded(starts[:, 1]),
        "wall_lon": folded(told[:, 0], full=True),
        "wall_lat": folded(told[:, 1]),
        "wall_odd": oddities(ends.reshape(-1, 2), steps.reshape(-1, 2)),
    }


def _columns(model: Model) -> dict[str, dict[str, float]]:
    return {side: asdict(getattr(model, side)) for side in ("low", "default", "high")}


def _record(camera: Camera) -> dict[str, object]:
    return {
        "id": camera.id,
        "lonlat": list(camera.lonlat),
        "tags": dict(sorted(camera.tags.items())),
        "source": camera.source,
        "status": camera.status,
        "fr": camera.fr,
        "evidence": camera.evidence,
        "first_seen": camera.first_seen,
        "last_seen": camera.last_seen,
        "confirmations": camera.confirmations,
        "gone": list(camera.gone),
    }
