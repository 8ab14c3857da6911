"""The equations of exposure-model.md, section 1, one piece after another: slow, obvious, with shapely's sight lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.stats import norm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.eyes import Placed
    from routing.hazard.parameters import Values
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls


def slow_hazards(
    placed: Placed, lines: Lines, around: Walls, values: Values, of_eyes: list[int]
) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Give the hazard of each lens, [lens, 2], by eye and line; what is nothing at all is left out."""
    tree = shapely.STRtree(shapely.linestrings(around.ends.reshape(-1, 2, 2)))
    pieces, found = lines.pieces, {}
    for eye in of_eyes:
        at, scale = placed.eyes.lonlat[eye], placed.eyes.scale[eye]
        away = np.hypot(*((pieces.lonlat - at) * scale).T)
        for piece in np.flatnonzero(away <= placed.eyes.search_m[eye]):
            line = int(pieces.line[piece])
            if lines.enclosed[line] or placed.eyes.indoor[eye]:
                continue
            # a little short of the walker, who may walk along a wall
            sight = shapely.linestrings([at, at + (1 - min(0.1 / away[piece], 1.0)) * (pieces.lonlat[piece] - at)])
            if len(tree.query(sight, predicate="intersects")):
                continue
            rates = _rates(placed, eye, (pieces.lonlat[piece] - at) * scale, pieces.heading[piece], values)
            found.setdefault((eye, line), np.zeros_like(rates))
            found[eye, line] += rates * pieces.length_m[piece] / values.walk_speed_mps
    return found


def _rates(
    placed: Placed, eye: int, xy: NDArray[np.float64], heading: NDArray[np.float64], values: Values
) -> NDArray[np.float64]:
    """Give recognitions a second, [lens, 2]."""
    eyes = placed.eyes
    d = float(np.hypot(*xy))
    rise = eyes.height_m[eye] - values.face_height_m
    s = math.sqrt(d * d + rise * rise)
    psi = math.degrees(math.acos(np.clip(heading @ (-xy) / d, -1, 1)))
    g_pitch = norm.cdf((values.pitch_deg - abs(math.degrees(math.atan2(rise, d)))) / values.pitch_sigma_deg)
    turn = math.degrees(math.atan2(xy[0], xy[1]))
    out = []
    for lens in range(eyes.lens_start[eye], eyes.lens_start[eye + 1]):
        sectors = eyes.sector[eyes.sector_start[lens] : eyes.sector_start[lens + 1]]
        looks = len(sectors) == 0 or any((turn - start) % 360 <= sweep for start, sweep in sectors)
        ppm = eyes.pixels[lens] / s
        slope = math.log(19) / math.log(values.ppm95 / values.ppm50)
        g_res = 1 / (1 + (values.ppm50 / ppm) ** slope)
        base = looks * (d <= eyes.far_m[eye]) * g_res * g_pitch * eyes.duty[lens] / values.match_time_s
        out.append([base * norm.cdf((values.yaw_deg - angle) / values.yaw_sigma_deg) for angle in (psi, 180 - psi)])
    return np.array(out)


def slow_views(
    placed: Placed, eye: int, line: NDArray[np.float64], around: Walls, step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give very many places of a polyline, float64 [point, 2] in degrees, its ends among them.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        float64 [place], metres from its start, and bool [place], which of them an eye has in view.
    """
    eyes = placed.eyes
    drawn = shapely.linestrings((line - eyes.lonlat[eye]) * eyes.scale[eye])
    at_m = np.linspace(0.0, shapely.length(drawn), math.ceil(shapely.length(drawn) / step_m) + 1)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(drawn, at_m))
    away = np.hypot(*xy.T)
    turn = np.degrees(np.arctan2(*xy.T))
    sectors = eyes.view_sector[eyes.view_start[eye] : eyes.view_start[eye + 1]]
    aimed = np.any([(turn - start) % 360 <= sweep for start, sweep in sectors], axis=0) if len(sectors) else True
    # a little short of the walker, who may walk along a wall
    ends = xy * (1 - np.minimum(0.1 / away, 1.0))[:, None]
    sights = shapely.linestrings(np.stack([np.zeros_like(ends), ends], axis=1))
    stones = (around.ends.reshape(-1, 2, 2) - eyes.lonlat[eye]) * eyes.scale[eye]
    hidden = shapely.intersects(sights, shapely.multilinestrings(shapely.linestrings(stones)))
    return at_m, (away <= eyes.view_m[eye]) & aimed & ~hidden
