"""Sections in, the same out, with pavements named after the street beside which they run.

Pavements that are mapped as ways of their own seldom have a name, and directions along twenty nameless footways help
nobody. A footway takes the name of a named road that runs beside it, near both of its quarters and in the same
direction.
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
_STREETS = frozenset({
    "living_street", "residential", "unclassified", "tertiary", "secondary", "primary", "trunk", "pedestrian", "road",
    "tertiary_link", "secondary_link", "primary_link", "trunk_link",
})  # fmt: skip
# Half of the mapped pavements of Helsinki lie 6.3 m from the middle of their street, nine in ten within 8.5 m;
# boulevards with trams and trees are wider. [A]
_BESIDE_M = 18.0
_PARALLEL_DEG = 20.0  # [A]
_QUARTERS = (0.25, 0.75)
_NOT_BESIDE = Flag.ENCLOSED | Flag.CROSSING | Flag.SQUARE | Flag.BRIDGE


def name_pavements(sections: Sequence[Section]) -> list[Section]:
    """Name pavements after their streets.

    Parameters
    ----------
    sections
        Of one area.

    Returns
    -------
    list of Section
        In the same order; those that took a name have :attr:`Flag.BESIDE` set.
    """
    streets = [section for section in sections if section.name and section.way_class in _STREETS]
    nameless = [
        number
        for number, section in enumerate(sections)
        if not section.name and section.way_class in _PAVEMENTS and not section.flags & _NOT_BESIDE
    ]
    found = list(sections)
    if not streets or not nameless:
        return found
    scale = _metres_per_degree(sections)
    names, tree, turn = _segments(streets, scale)
    votes = [
        _nearest_parallel([sections[number].line * scale for number in nameless], quarter, names, tree, turn)
        for quarter in _QUARTERS
    ]
    for number, name, other in zip(nameless, *votes, strict=True):
        if name and name == other:
            found[number] = replace(sections[number], name=name, flags=sections[number].flags | Flag.BESIDE)
    return found


def _metres_per_degree(sections: Sequence[Section]) -> Floats:
    """Give a scale that is true in the middle of the area: a few per cent more or less do not matter here."""
    middle_lat = float(np.median([section.line[0, 1] for section in sections]))
    return np.array([float(number) for number in scale_at(middle_lat)])


def _segments(streets: Sequence[Section], scale: Floats) -> tuple[list[str], shapely.STRtree, Floats]:
    """Cut streets into straight segments: the name of each, a tree of them, and their directions in degrees."""
    lines = [street.line * scale for street in streets]
    names = [street.name for street, line in zip(streets, lines, strict=True) for _ in line[1:]]
    ends = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    return names, shapely.STRtree(shapely.linestrings(ends)), _direction_deg(ends[:, 0], ends[:, 1])


def _nearest_parallel(
    lines: Sequence[Floats], quarter: float, names: Sequence[str], tree: shapely.STRtree, turn: Floats
) -> list[str]:
    """Give the name of the nearest parallel street at a fraction of each line, ``""`` where there is none."""
    shapes = np.array([shapely.LineString(line) for line in lines])
    spots = shapely.line_interpolate_point(shapes, quarter, normalized=True)
    before, behind = (
        shapely.get_coordinates(shapely.line_interpolate_point(shapes, quarter + step, normalized=True))
        for step in (-0.05, 0.05)
    )
    line, segment = tree.query(spots, predicate="dwithin", distance=_BESIDE_M)
    apart = np.abs((_direction_deg(before, behind)[line] - turn[segment] + 90.0) % 180.0 - 90.0)
    line, segment = line[apart <= _PARALLEL_DEG], segment[apart <= _PARALLEL_DEG]
    away_m = shapely.distance(spots[line], tree.geometries[segment])
    best = [""] * len(lines)
    for i in np.argsort(-away_m, kind="stable"):  # the nearest last, so that it stays
        best[line[i]] = names[segment[i]]
    return best


def _direction_deg(a: Floats, b: Floats) -> Floats:
    """Give the direction of lines from a to b, degrees, whichever way they are drawn."""
    direction: Floats = np.degrees(np.arctan2(b[:, 1] - a[:, 1], b[:, 0] - a[:, 0]))
    return direction
