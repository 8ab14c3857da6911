"""Straight streets and single cameras on the plane, for what can be computed by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.geo import from_frame
from routing.hazard.hazards import hazards_of, lines_of
from routing.hazard.parameters import Values, model
from routing.hazard.walls import walls_from
from routing.model import Camera, LonLat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.hazard.hazards import Hazards
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls

    Floats = NDArray[np.float64]

ORIGIN = np.array([24.94, 60.17])
FIXED = {"man_made": "surveillance", "camera:type": "fixed"}
DEFAULT = model().default
# every factor of the rate is 1 (all is sharp, any face counts) as far as the camera's class reaches
BLUNT = replace(
    DEFAULT,
    ppm50=1e-9, ppm95=2e-9, yaw_deg=1e9, pitch_deg=1e9, camera_height_m=DEFAULT.face_height_m,
)  # fmt: skip


def lonlat(*places: tuple[float, float]) -> Floats:
    """Give degrees of metres east and north."""
    return from_frame(np.array(places, dtype=np.float64), ORIGIN)


def street(*lines: Sequence[tuple[float, float]], step_m: float | None = None, enclosed: bool = False) -> Lines:
    """Make lines of metres east and north."""
    from routing.hazard.rates import Lines as Made
    from routing.hazard.samples import pieces_of, runs_of

    points = np.concatenate([lonlat(*line) for line in lines])
    start = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64)
    shut = np.full(len(lines), enclosed)
    made = lines_of(points, start, shut, np.full((len(lines), 2), np.nan, dtype=np.float32))
    if step_m is None:
        return made
    pieces = pieces_of(points, start, step_m=step_m)
    return Made(pieces, runs_of(pieces), made.enclosed, made.levels)


def camera(x: float, y: float, *, height: float | None = None, **tags: Any) -> Camera:  # noqa: ANN401 - any tag
    told = {key.replace("__", ":"): str(value) for key, value in tags.items()}
    tall = {} if height is None else {"height": str(height)}
    return Camera("osm/node/1", LonLat(*lonlat((x, y))[0].tolist()), {**FIXED, **told, **tall}, last_seen="2026-11")


def walls(*pieces: tuple[float, float, float, float]) -> Walls:
    """Make walls of metres: from x, y to x, y; the building lies to the left."""
    ends = [np.concatenate(lonlat((x0, y0), (x1, y1))) for x0, y0, x1, y1 in pieces]
    return walls_from(np.array(ends, dtype=np.float64).reshape(-1, 4))


def block(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float, float, float]]:
    """Give the four walls of a house."""
    return [(x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0)]


@dataclass(frozen=True)
class Scene:
    """What one camera does on one straight street from west to east."""

    hazards: Hazards
    lens: Floats = field(repr=False)

    @property
    def forth(self) -> float:
        return float(self.lens[:, 0].mean())

    @property
    def back(self) -> float:
        return float(self.lens[:, 1].mean())

    @property
    def in_view_m(self) -> float:
        return float((self.hazards.views.to_m - self.hazards.views.from_m).sum())


def pass_by(seen_by: Camera, lines: Lines, values: Values = DEFAULT, around: Walls | None = None) -> Scene:
    found = hazards_of([seen_by], lines, walls() if around is None else around, values)
    lens = found.lens.sum(axis=0) if len(found.line) else np.zeros((1, 2))
    return Scene(found, lens)


def assert_same(found: Hazards, expected: Hazards) -> None:
    """Compare hazards to the last bit."""
    for column in fields(found):
        one, other = getattr(found, column.name), getattr(expected, column.name)
        for ours, theirs in zip(one, other, strict=True) if column.name == "views" else [(one, other)]:
            assert ours.dtype == theirs.dtype, column.name
            assert np.array_equal(ours, theirs), column.name
