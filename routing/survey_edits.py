"""Surveys by hand: a street's name or a typed line in; records in a file of surveys out, whole or not at all."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.errors import BadFileError, BadPositionError, UnknownPlaceError
from routing.files import locked
from routing.geo import scale_at
from routing.model import LonLat, Survey
from routing.points import parse_point
from routing.reports import new_id
from routing.spelling import fold
from routing.surveys import MOST_POINTS, line_problems, read_surveys, write_surveys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.graph import WalkGraph

Line = tuple[LonLat, ...]
_BESIDE_M: Final = 12.0  # what lies this near goes with the longer line: surveys.NEAR_M counts as looked at


def street_lines(graph: WalkGraph, name: str) -> list[Line]:
    """Find the lines of a street by its name on the map; what lies within 12 m of a longer one is left out.

    Raises
    ------
    UnknownPlaceError
        If no street of the area is called that.
    """
    wanted = fold(name)
    ours = {index for index in range(len(graph.name_start) - 1) if fold(_name(graph, index)) == wanted}
    sections = [number for number, index in enumerate(graph.name.tolist()) if index in ours]
    if not wanted or not sections:
        raise UnknownPlaceError("no street of the area is called that; write it as the map does, or draw a --line")
    parts = _spanning([graph.shape(section) for section in sections])
    lines: list[Line] = []
    for part in parts:
        points = [LonLat(round(float(lon), 6), round(float(lat), 6)) for lon, lat in part]
        lines += [tuple(points[at : at + MOST_POINTS]) for at in range(0, max(len(points) - 1, 1), MOST_POINTS - 1)]
    return sorted(lines)


def _spanning(shapes: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Join shapes end to end, and leave out what lies beside the longer ones: a pavement goes with its street."""
    import shapely

    middle = shapes[0][0]
    scale = scale_at(float(middle[1]))
    metres = np.array([float(scale.lon_m), float(scale.lat_m)])
    whole = shapely.line_merge(shapely.MultiLineString([(shape - middle) * metres for shape in shapes]))
    kept: list[NDArray[np.float64]] = []
    covered = shapely.Polygon()
    for part in sorted(shapely.get_parts(whole), key=lambda one: (-one.length, one.wkb)):
        if not covered.covers(part):
            kept.append(shapely.get_coordinates(part) / metres + middle)
            covered = covered.union(part.buffer(_BESIDE_M))
    return kept


def _name(graph: WalkGraph, index: int) -> str:
    return graph.name_utf8[graph.name_start[index] : graph.name_start[index + 1]].tobytes().decode()


def typed_line_of(text: str) -> Line:
    """Read a line as it is typed: positions apart by spaces.

    Raises
    ------
    BadPositionError
        If it is no line.

    Examples
    --------
    >>> typed_line_of("60.17,24.94 60.18,24.94")
    (LonLat(lon=24.94, lat=60.17), LonLat(lon=24.94, lat=60.18))
    """
    points = [parse_point(part) for part in re.sub(r"\s*,\s*", ",", text.strip()).split()]
    line = tuple(LonLat(round(at.lon, 6), round(at.lat, 6)) for at in points if at is not None)
    if len(line) < len(points) or next(line_problems([list(at) for at in line]), None) is not None:
        raise BadPositionError(f'a line is 2 to {MOST_POINTS} positions, apart by spaces: "lat,lon lat,lon"')
    return line


def add_surveys(path: Path, lines: Iterable[Line], *, month: str, method: str, source: str = "report") -> int:
    """Add surveys to a file, which is begun if there is none; tell how many were not in it yet.

    Raises
    ------
    BadFileError
        If the file is not as it must be.
    OutsideError
        If the disk refuses.
    """
    with locked(path):
        if path.exists() and not path.is_file():
            raise BadFileError(f"{path}: is no file")
        known = list(read_surveys(path)) if path.exists() else []
        there = {replace(survey, id="") for survey in known}
        new = [Survey("", line, month, method, source) for line in lines]
        new = [survey for survey in dict.fromkeys(new) if survey not in there]
        write_surveys(path, [*known, *(replace(survey, id=new_id("sv")) for survey in new)])
    return len(new)
