"""Buildings in, walls out: what stands in the way of a camera's sight at street level, and where façades are.

Positions are WGS 84 degrees, longitude first. A wall is a straight piece of an outline, drawn so that its building lies
to the left. It is taken to be higher than any camera [A]; trees, vehicles, crowds and terrain are not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.geo import scale_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from routing.mapdata import Polygon, Ring

    Floats = NDArray[np.float64]

SIMPLIFY_M: Final = 0.15  # drops a fifth of the walls and moves none by more [M]
_OPEN: Final = frozenset({"roof", "carport", "bridge", "canopy", "no", "ruins", "construction"})  # Key:building
_OVERHEAD_M: Final = 2.5  # a building that begins higher than this lets one look beneath
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]{1,4}(?:\.[0-9]+)?)")


def blocks_sight(tags: Mapping[str, str]) -> bool:
    """Tell whether a building stands in the way of somebody on the street.

    Roofs on posts do not, nor what is under ground or begins above a walker's head.

    Examples
    --------
    >>> blocks_sight({"building": "yes"}), blocks_sight({"building": "roof"}), blocks_sight({"building:min_level": "2"})
    (True, False, False)
    """
    if tags.get("building") in _OPEN or tags.get("location") in ("underground", "overhead"):
        return False
    layer, level, low_m = (_number(tags.get(key)) for key in ("layer", "building:min_level", "min_height"))
    return layer == 0 and level < 1 and low_m < _OVERHEAD_M


def _number(text: str | None) -> float:
    match = _NUMBER.match(text or "")
    return 0.0 if match is None else float(match[1])


def outline_walls(buildings: Sequence[Polygon]) -> Floats:
    """Draw the walls of buildings: those that touch are one, and what crosses itself is mended.

    Returns
    -------
    numpy.ndarray
        float64 [wall, 4], degrees, to seven digits as OpenStreetMap has them.
    """
    import shapely

    solid = [building for building in buildings if blocks_sight(building.tags)]
    if not solid:
        return np.zeros((0, 4))
    origin = solid[0].outer[0][0]
    scale = scale_at(origin[1])
    metres = np.array([float(scale.lon_m), float(scale.lat_m)])
    shapes = [shape for building in solid for shape in _shapes(building.outer, building.inner, metres)]
    whole = shapely.union_all(np.array(shapes, dtype=object)).simplify(SIMPLIFY_M)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    rings = [ring for part in parts for ring in _rings(shapely.orient_polygons(part))]
    if not rings:
        return np.zeros((0, 4))
    ends: Floats = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    degrees: Floats = np.round(ends / np.tile(metres, 2), 7)
    return degrees


def _shapes(outer: Iterable[Ring], inner: Iterable[Ring], metres: Floats) -> list[object]:
    """Make the shapes of one building in a flat frame; rings that are open are closed, those of two corners dropped."""
    import shapely

    holes = [ring * metres for ring in inner if len(ring) > 3]  # noqa: PLR2004 (a triangle, closed)
    shapes: list[object] = []
    for ring in outer:
        if len(ring) > 3:  # noqa: PLR2004 (same)
            shape = shapely.make_valid(shapely.Polygon(ring * metres))
            for hole in holes:
                shape = shape.difference(shapely.make_valid(shapely.Polygon(hole)))
            shapes.append(shape)
    return shapes


def _rings(polygon: object) -> list[Floats]:
    import shapely

    exterior = shapely.get_exterior_ring(polygon)
    holes = [shapely.get_interior_ring(polygon, number) for number in range(shapely.get_num_interior_rings(polygon))]
    return [shapely.get_coordinates(ring) for ring in (exterior, *holes)]
