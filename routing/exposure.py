"""Cameras, walls and a walk graph in; out, what an area keeps of them.

That is what each camera may do on each section (sections are the lines of routing/hazard), and two numbers of every
directed edge: decimetres in view, and the risk of being recognised there. Enclosed ways (indoor, covered, underground)
count as in view over their whole length: nobody maps what hangs there, and unknown is never read as 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from routing.graph import Flag
from routing.hazard.hazards import Hazards, Views, lines_of, risk_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.hazard.rates import Lines

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

UNIT_E6: Final = 1e6  # whole numbers in a unit of risk (contract)
MOST_E6: Final = 10**9  # of an edge: nobody is more certain to be recognised than this
# The rows of a sparse result as they are stored: name of the array -> dtype and what a row is.
LAYOUT: Final[Mapping[str, tuple[str, int]]] = {
    "hazard_camera": ("int32", 1),
    "hazard_section": ("int32", 1),
    "hazard_place": ("int32", 1),
    "hazard_lens": ("float64", 3),
    "hazard_chance": ("float64", 2),
    "hazard_count": ("int32", 1),
    "view_camera": ("int32", 1),
    "view_section": ("int32", 1),
    "view_from_m": ("float64", 1),
    "view_to_m": ("float64", 1),
    "view_share": ("float64", 1),
}


def lines_in(graph: WalkGraph) -> Lines:
    """Cut the sections of a graph into the pieces that the model looks at."""
    enclosed = (graph.flags & Flag.ENCLOSED) != 0
    return lines_of(np.asarray(graph.shape_lonlat), np.asarray(graph.shape_start), enclosed, np.asarray(graph.levels))


def in_view_dm(graph: WalkGraph, views: Views) -> Ints:
    """Count the decimetres in view of every directed edge.

    Parameters
    ----------
    graph
        A walk graph.
    views
        What cameras have in view of its sections.

    Returns
    -------
    numpy.ndarray
        int32 [edge], 0 … length_dm.
    """
    seen_m = _covered_m(graph, views)
    seen_dm = np.minimum(np.rint(seen_m[graph.section] * 10).astype(np.int64), graph.length_dm)
    enclosed = (graph.flags[graph.section] & Flag.ENCLOSED) != 0
    return np.where(enclosed, graph.length_dm, seen_dm).astype(np.int32)


def of_edges(graph: WalkGraph, of_section: Floats) -> Floats:
    """Take the number of each directed edge out of those of its section, float64 [section, 2], forwards, backwards."""
    found: Floats = np.where(graph.forward, of_section[graph.section, 0], of_section[graph.section, 1])
    return found


def whole_e6(risk: Floats) -> Ints:
    """Round risks to whole numbers of 1e-6, int32, as they are searched and stored."""
    return np.minimum(np.rint(risk * UNIT_E6), MOST_E6).astype(np.int32)


def risk_e6(graph: WalkGraph, hazards: Hazards, sure: Floats, unmapped_e6: Ints) -> Ints:
    """Give the risk of every directed edge.

    Parameters
    ----------
    graph, hazards
        A graph and what cameras may do on its sections.
    sure
        float64 [camera], see :func:`routing.hazard.hazards.certainty`.
    unmapped_e6
        int32 [edge], the risk by cameras that nobody mapped.

    Returns
    -------
    numpy.ndarray
        int32 [edge], 1e-6 of -ln(1 - p).
    """
    mapped = whole_e6(of_edges(graph, risk_of(hazards, sure, graph.section_count)))
    both: Ints = np.minimum(mapped.astype(np.int64) + unmapped_e6, MOST_E6).astype(np.int32)
    return both


def stored(hazards: Hazards) -> dict[str, NDArray[Any]]:
    """Give a sparse result as arrays by name; :func:`restored` is the way back."""
    views = hazards.views
    columns = (
        hazards.camera, hazards.line, hazards.place, hazards.lens, hazards.chance, hazards.count,
        views.camera, views.line, views.from_m, views.to_m, views.share,
    )  # fmt: skip
    return dict(zip(LAYOUT, columns, strict=True))


def restored(arrays: Mapping[str, NDArray[Any]]) -> Hazards:
    """Give the sparse result that was stored."""
    camera, line, place, lens, chance, count, *views = (arrays[name] for name in LAYOUT)
    return Hazards(camera, line, place, lens, chance, Views(*views), count)


def complaints(hazards: Hazards, camera_count: int, section_count: int) -> Iterator[str]:
    """Tell what is wrong with a sparse result that somebody else may have made: compiled code trusts it blindly."""
    arrays = stored(hazards)
    for name, (dtype, axes) in LAYOUT.items():
        if arrays[name].dtype != dtype or arrays[name].ndim != axes:
            yield f"{name} is not an array of {dtype} with {axes} axes"
            return
    rows, views = len(hazards.camera), len(hazards.views.camera)
    lengths = {len(arrays[name]) for name in LAYOUT if name.startswith("hazard") and name != "hazard_count"}
    if lengths != {rows} or {len(arrays[name]) for name in LAYOUT if name.startswith("view")} != {views}:
        yield "the rows of what cameras see are not equally many"
    elif len(hazards.count) != camera_count or hazards.lens.shape != (*hazards.chance.shape, 2):
        yield "what cameras see is not of these cameras"
    elif any(
        column.size and not (column.min() >= 0 and column.max() < most)
        for column, most in (
            (hazards.camera, camera_count), (hazards.views.camera, camera_count),
            (hazards.line, section_count), (hazards.views.line, section_count),
        )
    ):  # fmt: skip
        yield "what cameras see points outside"


def _covered_m(graph: WalkGraph, views: Views) -> Floats:
    """Give the metres of each section that at least one camera has in view, float64 [section]."""
    covered = np.zeros(graph.section_count)
    if len(views.line) == 0:
        return covered
    # lay all sections end to end on one axis, a metre apart, so that one sweep merges the parts of all of them
    starts = np.concatenate([np.zeros(1), np.cumsum(graph.section_length_m + 1.0)])[:-1]
    low = starts[views.line] + views.from_m
    high = starts[views.line] + views.to_m
    order = np.argsort(low, kind="stable")
    low, high = low[order], high[order]
    reached = np.concatenate([[-np.inf], np.maximum.accumulate(high)[:-1]])
    fresh = np.maximum(high - np.maximum(low, reached), 0.0)
    np.add.at(covered, views.line[order], fresh)
    return covered
