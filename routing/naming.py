"""Sections in, the same out, each road knowing its pavements: what the map shows by place and not by tags.

Pavements that are mapped as ways of their own seldom have a name, and directions along twenty nameless footways help
nobody: a footway takes the name of a named road that runs beside it. The other way round, a big road with such a
pavement beside it is no place to walk, even if nobody tagged it so: it becomes a carriageway. *Beside* means near, at
both quarters of a section, and in the same direction.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from routing.geo import scale_at
from routing.graph import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.assemble import Section

    Floats = NDArray[np.float64]

_PAVEMENTS = frozenset({"footway", "path", "cycleway"})
_BIG_ROADS = frozenset({
    "tertiary", "secondary", "primary", "trunk", "tertiary_link", "secondary_link", "primary_link", "trunk_link",
})  # fmt: skip
_STREETS = _BIG_ROADS | {"living_street", "residential", "unclassified", "pedestrian", "road"}
# Half of the mapped pavements of Helsinki lie 6.3 m from the middle of their street, nine in ten within 8.5 m;
# boulevards with trams and trees are wider. [A]
_BESIDE_M = 18.0
_PARALLEL_DEG = 20.0  # [A]
_QUARTERS = (0.25, 0.75)
_NOT_BESIDE = Flag.ENCLOSED | Flag.CROSSING | Flag.SQUARE | Flag.BRIDGE
_OWN_PAVEMENT = Flag.SIDEWALK_LEFT | Flag.SIDEWALK_RIGHT | Flag.CARRIAGEWAY | Flag.BRIDGE | Flag.ENCLOSED


def know_pavements(sections: Sequence[Section]) -> list[Section]:
    """Name pavements after their streets, and mark big roads whose pavement lies beside them as carriageways.

    Parameters
    ----------
    sections
        Of one area.

    Returns
    -------
    list of Section
        In the same order; those that took a name have :attr:`Flag.BESIDE` set, those that are not to be walked along to
        dodge a camera :attr:`Flag.CARRIAGEWAY`.
    """
    found = list(sections)
    if not found:
        return found
    pavements = [i for i, s in enumerate(found) if s.way_class in _PAVEMENTS and not s.flags & _NOT_BESIDE]
    streets = [i for i, s in enumerate(found) if s.name and s.way_class in _STREETS]
    roads = [i for i, s in enumerate(found) if s.way_class in _BIG_ROADS and not s.flags & _OWN_PAVEMENT]
    scale = _metres_per_degree(found)
    nameless = [i for i in pavements if not found[i].name]
    names = _beside([found[i].line * scale for i in nameless], [found[i].line * scale for i in streets])
    walked = _beside([found[i].line * scale for i in roads], [found[i].line * scale for i in pavements])
    for i, pair in zip(nameless, names, strict=True):
        if min(pair) >= 0 and (name := found[streets[pair[0]]].name) == found[streets[pair[1]]].name:
            found[i] = replace(found[i], name=name, flags=found[i].flags | Flag.BESIDE)
    for i, pair in zip(roads, walked, strict=True):
        if min(pair) >= 0:
            found[i] = replace(found[i], flags=found[i].flags | Flag.CARRIAGEWAY)
    return found


def _metres_per_degree(sections: Sequence[Section]) -> Floats:
    """Give a scale that is true in the middle of the area: a few per cent more or less do not matter here."""
    middle_lat = float(np.median([section.line[0, 1] for section in sections]))
    return np.array([float(number) for number in scale_at(middle_lat)])


def _beside(lines: Sequence[Floats], others: Sequence[Floats]) -> list[list[int]]:
    """Give, for each quarter of each line, the number of the nearest parallel other, -1 where there is none."""
    if not lines or not others:
        return [[-1] * len(_QUARTERS) for _ in lines]
    ends = np.concatenate([np.stack([other[:-1], other[1:]], axis=1) for other in others])
    of_other = np.repeat(np.arange(len(others)), [len(other) - 1 for other in others])
    tree, turn_deg = shapely.STRtree(shapely.linestrings(ends)), _direction_deg(ends[:, 0], ends[:, 1])
    shapes = np.array([shapely.LineString(line) for line in lines])
    columns = []
    for quarter in _QUARTERS:
        segment = _nearest_parallel(shapes, quarter, tree, turn_deg)
        columns.append(np.where(segment < 0, -1, of_other[segment]))
    beside: list[list[int]] = np.stack(columns, axis=1).tolist()
    return beside


def _nearest_parallel(
    shapes: NDArray[np.object_], quarter: float, tree: shapely.STRtree, turn_deg: Floats
) -> NDArray[np.int64]:
    """Give the nearest parallel segment at a fraction of each shape, -1 where there is none."""
    spots = shapely.line_interpolate_point(shapes, quarter, normalized=True)
    before, behind = (
        shapely.get_coordinates(shapely.line_interpolate_point(shapes, quarter + step, normalized=True))
        for step in (-0.05, 0.05)
    )
    line, segment = tree.query(spots, predicate="dwithin", distance=_BESIDE_M)
    apart = np.abs((_direction_deg(before, behind)[line] - turn_deg[segment] + 90.0) % 180.0 - 90.0)
    line, segment = line[apart <= _PARALLEL_DEG], segment[apart <= _PARALLEL_DEG]
    away_m = shapely.distance(spots[line], tree.geometries[segment])
    best = np.full(len(shapes), -1, dtype=np.int64)
    farthest_first = np.argsort(-away_m, kind="stable")
    best[line[farthest_first]] = segment[farthest_first]  # the nearest is written last, and stays
    return best


def _direction_deg(a: Floats, b: Floats) -> Floats:
    """Give the direction of lines from a to b, degrees, whichever way they are drawn."""
    direction: Floats = np.degrees(np.arctan2(b[:, 1] - a[:, 1], b[:, 0] - a[:, 0]))
    return direction
