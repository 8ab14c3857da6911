"""Surveys: streets on which somebody looked for cameras; "I walked here and saw none" is data, too.

A file is a FeatureCollection of LineStrings in WGS 84, longitude first, one feature a line, sorted by id. A survey has
an ``id`` (``sv/`` and ten base32 letters), a ``month`` (``YYYY-MM``), a ``method`` and a ``source``; nothing of who
looked. Where nobody looked nothing is known, and nothing is taken off. Messages never hold a value of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from routing.camera_rules import MONTH, position_problems
from routing.cameras import LICENCE, features_of
from routing.errors import BadFileError
from routing.files import written_whole
from routing.geo import scale_at
from routing.model import ATTRIBUTION, LonLat, Survey
from routing.optics import latest_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.graph import WalkGraph

METHODS: Final = ("walked", "imagery")
MOST_POINTS: Final = 1000  # of one survey
NEAR_M: Final = 15.0  # a line beside a way this near is of that way; a pavement lies 6 m from its centreline
_STEP_M: Final = 5.0
_RULES: Final = {
    "id": (r"sv/[a-z2-7]{10}", "must be sv/ and ten of a-z2-7"),
    "month": (MONTH, "must be a month, YYYY-MM, not to come"),
    "method": ("|".join(METHODS), f"must be {' or '.join(METHODS)}"),
    "source": ("report|official|import:[A-Za-z0-9._-]{1,64}", "must be report, official or import:NAME"),
}


def read_surveys(path: Path) -> tuple[Survey, ...]:
    """Read a file of surveys, strictly, in the order of the file.

    Raises
    ------
    BadFileError
        At the first thing that is wrong.
    """
    surveys: dict[str, Survey] = {}
    for number, feature in enumerate(features_of(path), start=1):
        for problem in problems(feature):
            raise BadFileError(f"{path.name}, feature {number}: {problem}")
        line = tuple(LonLat(float(at[0]), float(at[1])) for at in feature["geometry"]["coordinates"])
        survey = Survey(line=line, **feature["properties"])
        if survey.id in surveys:
            raise BadFileError(f"{path.name}, feature {number}: id stands twice; keep one of them")
        surveys[survey.id] = survey
    return tuple(surveys.values())


def problems(feature: object) -> Iterator[str]:
    """Say what is wrong with a feature of a file of surveys."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        yield "must be a GeoJSON Feature"
        return
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict) or geometry.get("type") != "LineString":
        yield "geometry must be a LineString"
    else:
        yield from line_problems(geometry.get("coordinates"))
    if not isinstance(properties, dict) or properties.keys() != _RULES.keys():
        yield f"properties must be {', '.join(_RULES)}"
        return
    for key, (pattern, hint) in _RULES.items():
        value = properties[key]
        late = key == "month" and isinstance(value, str) and value > latest_month()
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None or late:
            yield f"{key} {hint}"


def line_problems(line: object) -> Iterator[str]:
    """Say what is wrong with the coordinates of a line."""
    if not isinstance(line, list) or not 2 <= len(line) <= MOST_POINTS:  # noqa: PLR2004 (ends)
        yield f"coordinates must be 2 to {MOST_POINTS} points"
        return
    for at in line:
        for problem in position_problems(at):
            yield problem
            return


def write_surveys(path: Path, surveys: Iterable[Survey]) -> None:
    """Write the canonical file: one feature a line, by id; whole or not at all.

    Raises
    ------
    BadFileError
        A record that ``read_surveys`` would refuse, or two with one id.
    OutsideError
        The disk refused.
    """
    rows: list[bytes] = []
    before = ""
    for survey in sorted(surveys, key=lambda one: one.id):
        line = [[round(degrees, 6) + 0.0 for degrees in at] for at in survey.line]
        properties = {key: getattr(survey, key) for key in _RULES}
        feature = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": properties}
        for problem in [*problems(feature), *(["id stands twice"] if survey.id == before else [])]:
            raise BadFileError(f"{path.name} was not written: record {len(rows) + 1} by id: {problem}")
        rows.append(msgspec.json.encode(feature))
        before = survey.id
    head = {"type": "FeatureCollection", "attribution": ATTRIBUTION, "license": LICENCE}
    data = msgspec.json.encode(head).removesuffix(b"}") + b',"features":[\n' + b",\n".join(rows)
    with written_whole(path) as draft:
        draft.write_bytes(data + (b"\n]}\n" if rows else b"]}\n"))


def surveyed_share(graph: WalkGraph, surveys: Sequence[Survey]) -> float | None:
    """Give the share of the walkable length on which somebody looked, 0…1; ``None`` without any survey."""
    if not surveys:
        return None
    length_m = graph.section_length_m
    return float((surveyed_sections(graph, surveys) * length_m).sum() / max(float(length_m.sum()), 1.0))


def surveyed_sections(graph: WalkGraph, surveys: Sequence[Survey]) -> NDArray[np.float64]:
    """Tell which share of each section somebody looked at, float64 [section], 0…1.

    A point of a way is surveyed if a survey's line passes within 15 m.
    """
    import shapely

    shares = np.zeros(graph.section_count)
    if not surveys:
        return shares
    middle = graph.shape_lonlat[0]
    scale = scale_at(float(middle[1]))
    metres = np.array([float(scale.lon_m), float(scale.lat_m)])
    lines = [shapely.LineString((np.array(one.line) - middle) * metres) for one in surveys]
    tree = shapely.STRtree(lines)
    points, owner = _samples(graph, middle, metres)
    near = np.unique(tree.query(shapely.points(points), predicate="dwithin", distance=NEAR_M)[0])
    looked = np.zeros(len(points))
    looked[near] = 1.0
    total = np.bincount(owner, minlength=len(shares))
    return np.divide(np.bincount(owner, looked, minlength=len(shares)), total, out=shares, where=total > 0)


def _samples(
    graph: WalkGraph, middle: NDArray[np.float64], metres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Put points along all segments, at most 5 m apart: float64 [point, 2], metres, and their sections."""
    at = graph.segment_point
    a, b = ((np.asarray(graph.shape_lonlat)[index] - middle) * metres for index in (at, at + 1))
    count = np.maximum(np.ceil(np.hypot(*(b - a).T) / _STEP_M), 1).astype(np.int64)
    segment = np.repeat(np.arange(len(at)), count)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    share = ((nth + 0.5) / count[segment])[:, None]
    return a[segment] + (b - a)[segment] * share, np.asarray(graph.segment_section, dtype=np.int64)[segment]
