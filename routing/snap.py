"""A position in, the nearest point on an edge of the walk graph out.

The graph is not changed: an end of a walk is a section and a fraction of it, and the search is told what the two parts
of a split edge cost. Positions are WGS 84 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.errors import NoWayNearError
from routing.geo import scale_at, to_frame
from routing.graph import WAY_CLASSES, Flag
from routing.grid import entries_of, items_in
from routing.model import LonLat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.grid import Entries

SPLITS = 65_536  # an edge is split at whole parts of this (contract)
FARTHEST_M = 500.0  # beyond, a place is not on this map
_CLOSE_M = 100.0  # most places have their way nearer than this
# A place on an island is on that island, not on the mainland this much farther away; a yard that the clipping of the
# extract cut off is nearer than that to the street.
_ISLAND_MARGIN_M = 100.0
_CELL_M = 100.0  # of the grid of segments
_HALF_TURN_DEG = 180.0
_ROUND_THE_EARTH = np.array([[-360.0, 0.0], [0.0, 0.0], [360.0, 0.0]])
_NOT_TO_START_ON = (WAY_CLASSES.index("ferry"), WAY_CLASSES.index("elevator"), WAY_CLASSES.index("escalator"))


@dataclass(frozen=True, slots=True)
class Snap:
    """A point on the walk graph.

    Attributes
    ----------
    q
        Where on the section, in parts of :data:`SPLITS`, counted along its shape.
    distance_m
        From the place that was asked for.
    component
        The strongly connected part it lies in; 0 is the largest.
    """

    section: int
    q: int
    lonlat: LonLat
    distance_m: float
    component: int


def snap(graph: WalkGraph, place: LonLat, *, what: str = "the place") -> Snap:
    """Find the nearest point of the walkable part of a graph.

    Ways under a roof or under the ground are taken only where there is no other: who names a place means the street.

    Parameters
    ----------
    graph
        The walk graph.
    place
        Anywhere.
    what
        What to call it in an error.

    Returns
    -------
    Snap

    Raises
    ------
    NoWayNearError
        If no way is within 500 m.
    """
    found = _snap_close(graph, place)
    if found is not None:
        return found
    segment = _segments_near(graph, np.array(place), FARTHEST_M)
    found = _nearest(graph, place, segment)
    if found is not None:
        return found
    if len(segment):
        raise NoWayNearError(f"{what} has only ways nearby on which no walk can begin or end; choose another place")
    raise NoWayNearError(
        f"{what} is more than {FARTHEST_M:.0f} m from any way on this map; choose a place inside the area"
    )


def _snap_close(graph: WalkGraph, place: LonLat) -> Snap | None:
    """Look only at what is close; gives None if that does not decide.

    It does where a way under the sky and of the largest part of the graph is as near as :data:`_CLOSE_M`.
    """
    found = _nearest(graph, place, _segments_near(graph, np.array(place), _CLOSE_M))
    if found is None or found.distance_m > _CLOSE_M or found.component != 0:
        return None
    return None if graph.flags[found.section] & Flag.ENCLOSED else found


def _nearest(graph: WalkGraph, place: LonLat, segment: NDArray[np.int64]) -> Snap | None:
    """Find the nearest of some segments on which a walk can begin, ``None`` if there is none."""
    section = graph.segment_section[segment]
    first = graph.segment_point[segment]
    t, distance_m = _project(graph.shape_lonlat[first], graph.shape_lonlat[first + 1], np.array(place))
    startable = ~np.isin(graph.way_class[section], _NOT_TO_START_ON) & (graph.section_component[section] >= 0)
    open_air = startable & ((graph.flags[section] & Flag.ENCLOSED) == 0)
    best = _pick(np.where(open_air, distance_m, np.inf), graph.section_component[section])
    if best is None:
        best = _pick(np.where(startable, distance_m, np.inf), graph.section_component[section])
    if best is None:
        return None
    found, length_m = int(section[best]), float(graph.section_length_m[section[best]])
    a, b = np.asarray(graph.shape_lonlat[first[best]]), np.asarray(graph.shape_lonlat[first[best] + 1])
    at_m = graph.segment_from_m[segment[best]] + t[best] * graph.segment_length_m[segment[best]]
    q = min(SPLITS, round(at_m / length_m * SPLITS)) if length_m > 0 else 0
    here = a + t[best] * _to_the_east(b - a)
    return Snap(
        found, q, LonLat(float(here[0]), float(here[1])), float(distance_m[best]), int(graph.section_component[found])
    )


class Segments(NamedTuple):
    """The straight segments of a graph, by where they lie."""

    entries: Entries  # of those in `whole`
    whole: NDArray[np.int64]  # [segment] those that do not cross the antimeridian
    crossing: NDArray[np.int64]  # [segment] those that do

    def near(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.int64]:
        """List segments that may touch some boxes, int64, rising.

        Parameters
        ----------
        low, high
            float64 [box, 2], degrees: south-west and north-east corners.
        """
        return np.sort(np.concatenate([self.whole[items_in(self.entries, low, high)], self.crossing]))


def segments_of(graph: WalkGraph) -> Segments:
    """Sort the straight segments of a graph; ask by :meth:`routing.graph.WalkGraph.once`."""
    points, first = np.asarray(graph.shape_lonlat), graph.segment_point
    a, b = points[first], points[first + 1]
    crosses = np.abs(a[:, 0] - b[:, 0]) >= _HALF_TURN_DEG
    whole = np.flatnonzero(~crosses)
    low, high = np.minimum(a, b)[whole], np.maximum(a, b)[whole]
    return Segments(entries_of(low, high, cell_m=_CELL_M), whole, np.flatnonzero(crosses))


def _segments_near(graph: WalkGraph, point: NDArray[np.float64], within_m: float) -> NDArray[np.int64]:
    """Sieve out the segments whose box is farther than a limit."""
    scale = scale_at(point[1])
    half = np.array([within_m / scale.lon_m, within_m / scale.lat_m])
    here = point + _ROUND_THE_EARTH
    found = graph.once(segments_of).near(here - half, here + half)
    points, first = np.asarray(graph.shape_lonlat), graph.segment_point[found]
    a, b = (_to_the_east(points[first + step] - point) for step in (0, 1))
    near = (np.maximum(a, b) >= -half) & (np.minimum(a, b) <= half)
    same_side = np.abs(a[:, 0] - b[:, 0]) < _HALF_TURN_DEG  # else it passes the point on the far side of the Earth
    return found[near.all(axis=1) & same_side]


def _to_the_east(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring differences of longitude into -180…180, so that nothing breaks at the antimeridian."""
    wrapped = difference.copy()
    wrapped[..., 0] = (difference[..., 0] + _HALF_TURN_DEG) % (2 * _HALF_TURN_DEG) - _HALF_TURN_DEG
    return wrapped


def _project(
    a: NDArray[np.float64], b: NDArray[np.float64], point: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give, for each segment, the fraction at which it is nearest to a point, and how near in metres."""
    p, q = to_frame(a, point), to_frame(b, point)
    d = q - p
    t = np.clip(-(p * d).sum(axis=1) / np.maximum((d * d).sum(axis=1), 1e-12), 0.0, 1.0)
    return t, np.hypot(*(p + t[:, None] * d).T)


def _pick(distance_m: NDArray[np.float64], component: NDArray[np.int32]) -> int | None:
    """Choose the nearest segment, leaning to the largest part of the graph."""
    if not len(distance_m):
        return None
    nearest = int(np.argmin(distance_m))
    if not distance_m[nearest] <= FARTHEST_M:
        return None
    main = np.where(component == 0, distance_m, np.inf)
    on_main = int(np.argmin(main))
    return on_main if main[on_main] <= min(distance_m[nearest] + _ISLAND_MARGIN_M, FARTHEST_M) else nearest
