"""Parts of edges in, stretches of a walk out, with all that measuring them needs: between the graph and the score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from routing.exposure import UNIT_E6
from routing.geo import cut_line
from routing.ragged import taken
from routing.score import watch_of
from routing.snap import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.graph import WalkGraph
    from routing.model import Stretch
    from routing.score import Watch
    from routing.search.network import Part


def with_length(parts: Iterable[Part]) -> Iterator[Part]:
    """Pass over the parts that have no length."""
    return (part for part in parts if part.q_from != part.q_to)


def stretches_of(area: Area, parts: Iterable[Part], known: dict[Part, Stretch] | None = None) -> list[Stretch]:
    """Give the stretches of a walk, in walking order.

    Parameters
    ----------
    area
        Whose edges are meant.
    parts
        In walking order; those without a length are passed over.
    known
        Stretches that were made before, of which one is taken where it fits; those that are made are added.
    """
    known = {} if known is None else known
    found = []
    for part in with_length(parts):
        if part not in known:
            known[part] = _stretch_of(area, part)
        found.append(known[part])
    return found


def _stretch_of(area: Area, part: Part) -> Stretch:
    section, forward = int(area.graph.section[part.edge]), bool(area.graph.forward[part.edge])
    return replace(
        area.graph.stretch(
            section, _line_of(area.graph, section, forward=forward, part=(part.q_from, part.q_to)), forward=forward
        ),
        beside=_of_sides(part, area.side_e6),
        unmapped=_of_sides(part, area.unmapped_side_e6),
    )


def watch_along(area: Area, edges: NDArray[np.integer]) -> Watch:
    """Hang the cameras that may see any of some edges, int [edge]."""
    graph = area.graph
    points = taken(graph.shape_start, np.unique(graph.section[edges]))
    lonlat = graph.shape_lonlat[points.at]
    low, high = np.minimum.reduceat(lonlat, points.start[:-1]), np.maximum.reduceat(lonlat, points.start[:-1])
    return watch_of(area.cameras_near(low, high), area.walls, area.estimates, area.month, area.spread)


def _of_sides(part: Part, side_e6: NDArray[np.int32]) -> tuple[float, float]:
    """Give the risk of a part of an edge on its left and on its right."""
    return part.share(side_e6[:, 0]) / UNIT_E6, part.share(side_e6[:, 1]) / UNIT_E6


def _line_of(graph: WalkGraph, section: int, *, forward: bool, part: tuple[int, int]) -> NDArray[np.float64]:
    """Give the line of a part of a section in walking order, float64 [point, 2], degrees."""
    line = np.asarray(graph.shape(section))
    line = line if forward else line[::-1]
    if part == (0, SPLITS):
        return line
    length_m = float(graph.section_length_m[section])
    return cut_line(line, part[0] / SPLITS * length_m, part[1] / SPLITS * length_m)
