"""Cameras, walls and a walk graph in; out, what an area keeps of them.

That is what each camera may do on each line that is walked (sections, and pavements beside them), and the numbers of
every directed edge: decimetres in view, and the risk of being recognised there on either side. Enclosed ways (indoor,
covered, underground) count as in view over their whole length: nobody maps what hangs there, and unknown is never read
as 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from routing.graph import Flag
from routing.hazard.hazards import Hazards, Views, risk_of
from routing.hazard.pavements import LEFT, RIGHT, Ways
from routing.hazard.tiles import some_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from routing.graph import WalkGraph

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

UNIT_E6: Final = 1e6  # whole numbers in a unit of risk (contract)
MOST_E6: Final = 3 * 10**7  # of an edge: nobody is more certain to be recognised than 1 - 1e-13
_MOST_PLACES: Final = 1000  # where one camera may hang
_MOST_HAZARD: Final = 1e6  # of a line for a lens: hours under it
_MOST_M: Final = 1e6  # of a section
_ROUNDING: Final = 1e-9
# The rows of a sparse result as they are stored: name of the array -> dtype and what a row is.
LAYOUT: Final[Mapping[str, tuple[str, int]]] = {
    "hazard_camera": ("int32", 1),
    "hazard_line": ("int32", 1),
    "hazard_place": ("int32", 1),
    "hazard_lens": ("float64", 3),
    "hazard_chance": ("float64", 2),
    "hazard_count": ("int32", 1),
    "view_camera": ("int32", 1),
    "view_line": ("int32", 1),
    "view_from_m": ("float64", 1),
    "view_to_m": ("float64", 1),
    "view_share": ("float64", 1),
}


class Paths(NamedTuple):
    """The lines of a graph on which people walk.

    The first are the sections themselves, in order; what cameras have in view is told of them. Then come the pavements
    beside streets that the map does not have as ways of their own: they are where one is recognised there.
    """

    ways: Ways
    share: Floats  # [line] how much of its section's risk is the line's: 0 for a street that has pavements
    pavement: Ints  # [section, 2] the lines left and right of it as it is drawn, -1 where there is none


def paths_in(graph: WalkGraph) -> Paths:
    """List the lines of a graph on which people walk."""
    beside = graph.pavements
    section, right = np.nonzero(beside)
    pavement = np.full((graph.section_count, 2), -1, dtype=np.int32)
    pavement[section, right] = graph.section_count + np.arange(len(section))
    owner = np.concatenate([np.arange(graph.section_count), section])
    count = beside.sum(axis=1)
    sections = Ways(
        np.asarray(graph.shape_lonlat),
        np.asarray(graph.shape_start),
        (graph.flags & Flag.ENCLOSED) != 0,
        np.asarray(graph.levels),
        np.zeros(graph.section_count, dtype=np.int8),
    )
    ways = some_of(sections, owner)
    side = np.concatenate([np.zeros(graph.section_count), np.where(right == 1, RIGHT, LEFT)]).astype(np.int8)
    share = np.concatenate([np.where(count == 0, 1.0, 0.0), 1.0 / np.maximum(count, 1)[section]])
    return Paths(ways._replace(side=side), share, pavement)


def that_count(hazards: Hazards, paths: Paths) -> Hazards:
    """Drop what is computed and not needed: being recognised in the middle of a street, the view of a pavement."""
    return hazards.take(paths.share[hazards.line] > 0.0, hazards.views.line < len(paths.pavement))


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


def by_side(graph: WalkGraph, paths: Paths, of_line: Floats, edges: NDArray[np.int64] | None = None) -> Floats:
    """Take the numbers of directed edges out of those of lines, float64 [line, 2], forwards and backwards.

    Parameters
    ----------
    edges
        int64 [edge], those that are asked for; ``None`` for all.

    Returns
    -------
    numpy.ndarray
        float64 [edge, 2], on the left and on the right of who walks it; alike where there are no two pavements.
    """
    section, forward = np.asarray(graph.section), np.asarray(graph.forward)
    if edges is not None:
        section, forward = section[edges], forward[edges]
    lines = paths.pavement[section]
    lines = np.where(lines >= 0, lines, lines[:, ::-1])
    lines = np.where(lines >= 0, lines, section[:, None])
    lines = np.where(forward[:, None], lines, lines[:, ::-1])
    found: Floats = of_line[lines, np.where(forward, 0, 1)[:, None]]
    return found


def whole_e6(risk: Floats) -> Ints:
    """Round risks to whole numbers of 1e-6, int32, as they are searched and stored."""
    return np.minimum(np.rint(risk * UNIT_E6), MOST_E6).astype(np.int32)


def side_e6(
    graph: WalkGraph,
    paths: Paths,
    hazards: Hazards,
    sure: Floats,
    unmapped_side_e6: Ints,
    edges: NDArray[np.int64] | None = None,
) -> Ints:
    """Give the risk of directed edges on either side.

    Parameters
    ----------
    graph, paths, hazards
        A graph, its lines, and what cameras may do on them.
    sure
        float64 [camera], see :func:`routing.hazard.hazards.certainty`.
    unmapped_side_e6
        int32 [edge, 2], the risk by cameras that nobody mapped, of the edges that are asked for.
    edges
        int64 [edge], those that are asked for; ``None`` for all.

    Returns
    -------
    numpy.ndarray
        int32 [edge, 2], 1e-6 of -ln(1 - p), left and right of who walks it.
    """
    mapped = whole_e6(by_side(graph, paths, risk_of(hazards, sure, len(paths.share)), edges))
    both: Ints = np.minimum(mapped.astype(np.int64) + unmapped_side_e6, MOST_E6).astype(np.int32)
    return both


def mean_e6(of_side: Ints) -> Ints:
    """Give the mean of both sides, int32 [edge]: walks are planned by it where nobody says on which side she walks."""
    mean: Ints = (of_side.sum(axis=1, dtype=np.int64) // 2).astype(np.int32)
    return mean


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


def complaints(hazards: Hazards, camera_count: int, line_count: int) -> Iterator[str]:
    """Tell what is wrong with a sparse result that somebody else may have made: searches trust it blindly."""
    arrays = stored(hazards)
    for name, (dtype, axes) in LAYOUT.items():
        if arrays[name].dtype != dtype or arrays[name].ndim != axes:
            yield f"{name} is not an array of {dtype} with {axes} axes"
            return
    rows, views = len(hazards.camera), len(hazards.views.camera)
    lengths = {len(arrays[name]) for name in LAYOUT if name.startswith("hazard") and name != "hazard_count"}
    if lengths != {rows} or {len(arrays[name]) for name in LAYOUT if name.startswith("view")} != {views}:
        yield "the rows of what cameras see are not equally many"
        return
    if len(hazards.count) != camera_count or hazards.lens.shape != (*hazards.chance.shape, 2):
        yield "what cameras see is not of these cameras"
        return
    for column, least, most, what in (
        (hazards.camera, 0, camera_count - 1, "what cameras see points outside"),
        (hazards.views.camera, 0, camera_count - 1, "what cameras see points outside"),
        (hazards.line, 0, line_count - 1, "what cameras see points outside"),
        (hazards.views.line, 0, line_count - 1, "what cameras see points outside"),
        (hazards.count, 0, _MOST_PLACES, "a camera hangs in impossibly many places"),
        (hazards.place, 0, _MOST_PLACES - 1, "a camera hangs in impossibly many places"),
        (hazards.lens, 0.0, _MOST_HAZARD, "a hazard is out of bounds"),
        (hazards.chance, 0.0, 1.0, "the chance of a lens is out of bounds"),
        (hazards.views.from_m, 0.0, _MOST_M, "a view begins or ends nowhere"),
        (hazards.views.to_m, 0.0, _MOST_M, "a view begins or ends nowhere"),
        (hazards.views.share, 0.0, 1.0, "the share of a view is out of bounds"),
    ):
        if column.size and not (column.min() >= least and column.max() <= most):  # nor for what is no number
            yield what
    if (hazards.chance.sum(axis=1) > 1.0 + _ROUNDING).any():
        yield "the chance of a lens is out of bounds"


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
