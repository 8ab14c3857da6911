"""Degrees to metres on the WGS 84 ellipsoid, on arrays, without I/O.

In: positions in degrees, float64 ``[..., 2]``, longitude first. Out: metres, and bearings in degrees clockwise from
north.

A *frame* is the flat plane that touches the ellipsoid at one position: x to the east, y to the north. Whoever needs
metres around a camera or a walker lays the frame there, so that it is true where it is used, however large the area.
Within 200 m of its origin it is wrong by less than 1 part in 10,000 up to latitude 70°.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]

# WGS 84 (NIMA TR8350.2): semi-major axis and first eccentricity squared
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY2 = 6.694379990141316e-3
_HALF_TURN_DEG = 180.0


class Scale(NamedTuple):
    """Metres per degree at a latitude; floats, or arrays of one shape."""

    lon_m: Floats
    lat_m: Floats


def scale_at(lat_deg: Floats | float) -> Scale:
    """Give the metres that one degree of longitude and of latitude measure.

    Parameters
    ----------
    lat_deg
        Latitude, any shape.

    Returns
    -------
    Scale
        From the prime-vertical and meridional radii of curvature of WGS 84.

    Examples
    --------
    >>> [round(float(m)) for m in scale_at(60.0)]
    [55800, 111412]
    """
    lat = np.radians(lat_deg)
    w2 = 1.0 - _ECCENTRICITY2 * np.sin(lat) ** 2
    prime_vertical_m = _SEMI_MAJOR_M / np.sqrt(w2)
    meridional_m = prime_vertical_m * (1.0 - _ECCENTRICITY2) / w2
    return Scale(np.radians(prime_vertical_m * np.cos(lat)), np.radians(meridional_m))


def to_frame(lonlat: Floats, origin: Floats) -> Floats:
    """Put positions into the flat frame of an origin.

    Parameters
    ----------
    lonlat
        float64 [..., 2], degrees.
    origin
        float64 [2] or [..., 2], degrees.

    Returns
    -------
    numpy.ndarray
        float64 [..., 2], metres east and north of the origin.
    """
    scale = scale_at(origin[..., 1])
    offset = lonlat - origin
    return np.stack([_wrapped(offset[..., 0]) * scale.lon_m, offset[..., 1] * scale.lat_m], axis=-1)


def from_frame(xy_m: Floats, origin: Floats) -> Floats:
    """Undo :func:`to_frame`: metres back to degrees, same shapes."""
    scale = scale_at(origin[..., 1])
    return np.stack([origin[..., 0] + xy_m[..., 0] / scale.lon_m, origin[..., 1] + xy_m[..., 1] / scale.lat_m], axis=-1)


def distance_m(a: Floats, b: Floats) -> Floats:
    """Measure the geodesic between positions that are at most some 20 km apart.

    Mid-latitude formula on WGS 84; the tests hold it to the exact geodesic within 1 mm at 2 km and 10 cm at 20 km.

    Parameters
    ----------
    a, b
        float64 [..., 2], degrees.

    Returns
    -------
    numpy.ndarray
        float64 [...], metres.
    """
    scale = scale_at((a[..., 1] + b[..., 1]) / 2.0)
    return np.hypot(_wrapped(b[..., 0] - a[..., 0]) * scale.lon_m, (b[..., 1] - a[..., 1]) * scale.lat_m)


def along_m(line: Floats) -> Floats:
    """Give the distance from a line's start at each of its points.

    Parameters
    ----------
    line
        float64 [point, 2], degrees.

    Returns
    -------
    numpy.ndarray
        float64 [point], metres, the first 0.
    """
    return np.concatenate([np.zeros(1), np.cumsum(distance_m(line[:-1], line[1:]))])


class Moves(NamedTuple):
    """The way from point to point of lines."""

    east_m: Floats  # [move]
    north_m: Floats  # [move]
    line: NDArray[np.int64]  # [move]


def moves_along(lines: Sequence[Floats]) -> Moves:
    """Give the way from each point of lines to the next, all at once.

    Parameters
    ----------
    lines
        Each float64 [point, 2], degrees.
    """
    points = np.concatenate([np.empty((0, 2)), *lines])
    of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    within = np.flatnonzero(of[1:] == of[:-1])
    a, b = points[within], points[within + 1]
    scale = scale_at((a[:, 1] + b[:, 1]) / 2.0)
    return Moves(_wrapped(b[:, 0] - a[:, 0]) * scale.lon_m, (b[:, 1] - a[:, 1]) * scale.lat_m, of[within])


def bearing_deg(a: Floats, b: Floats) -> Floats:
    """Give the compass bearing from a to b, 0 ≤ bearing < 360; 0 where they coincide.

    Examples
    --------
    >>> float(bearing_deg(np.array([24.9, 60.1]), np.array([24.9, 60.2])))
    0.0
    """
    scale = scale_at((a[..., 1] + b[..., 1]) / 2.0)
    east = _wrapped(b[..., 0] - a[..., 0]) * scale.lon_m
    north = (b[..., 1] - a[..., 1]) * scale.lat_m
    return np.degrees(np.arctan2(east, north)) % 360.0


def cut_line(line: Floats, from_m: float, to_m: float) -> Floats:
    """Cut out the part of a line between two distances from its start.

    Parameters
    ----------
    line
        float64 [point, 2], degrees, at least two points.
    from_m, to_m
        ``0 ≤ from_m ≤ to_m``; beyond the end counts as the end.

    Returns
    -------
    numpy.ndarray
        float64 [point, 2], at least two points (equal ones if nothing lies between).
    """
    at = along_m(line)
    lon = line[0, 0] + _wrapped(line[:, 0] - line[0, 0])  # unbroken where the line crosses the antimeridian
    # np.interp needs rising abscissae; repeated points make equal ones, which it tolerates
    inside = (at > from_m) & (at < to_m)
    ends = [np.array([np.interp(d, at, lon), np.interp(d, at, line[:, 1])]) for d in (from_m, to_m)]
    part = np.vstack([ends[0], np.column_stack([lon, line[:, 1]])[inside], ends[1]])
    part[:, 0] = np.where(np.abs(part[:, 0]) > _HALF_TURN_DEG, _wrapped(part[:, 0]), part[:, 0])
    return part


def _wrapped(lon_difference: Floats) -> Floats:
    """Bring a difference of longitudes into -180…180."""
    wrapped: Floats = (lon_difference + _HALF_TURN_DEG) % (2 * _HALF_TURN_DEG) - _HALF_TURN_DEG
    return wrapped
