"""Cameras, lines and walls in; the hazard of every camera on every directed line out, and the risk that it makes.

A *hazard* is the number of times that a camera would recognise a walker on a line if it were there, connected and
sure; the *risk* of a line is -ln(1 - p) summed over cameras, p being the chance that the camera recognises at all. What
is uncertain for good (is the camera there? connected? where does it hang, what lens has it, whither does that look?)
stands outside the exponential (exposure-model.md, sections 1.2 and 1.3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.hazard.existence import existence
from routing.hazard.eyes import eyes_of
from routing.hazard.lenses import connected, owner_of
from routing.hazard.rates import Lines, Rate, expose
from routing.hazard.samples import pieces_of, runs_of
from routing.optics import is_camera
from routing.ragged import taken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from routing.hazard.eyes import Placed
    from routing.hazard.parameters import Values
    from routing.hazard.walls import Walls
    from routing.model import Camera

    Floats = NDArray[np.float64]

_AT_ONCE: Final = 256  # eyes: a tenth of a second, where each sees much


class Views(NamedTuple):
    """What each camera has in view of each line; a row for each part, by line, then camera, then place."""

    camera: NDArray[np.int32]  # [row]
    line: NDArray[np.int32]  # [row]
    from_m: Floats  # [row] metres from the line's start
    to_m: Floats  # [row]
    share: Floats  # [row] of the places where the camera may hang that have it in view

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Views:
        """Take some of the rows, or all in another order."""
        return Views(self.camera[rows], self.line[rows], self.from_m[rows], self.to_m[rows], self.share[rows])


@dataclass(frozen=True, slots=True)
class Hazards:
    """What every camera may do on every line; a row for each place where it may hang, by camera, then line."""

    camera: NDArray[np.int32]  # [row] position in the list of cameras
    line: NDArray[np.int32]  # [row]
    place: NDArray[np.int32]  # [row] which of the camera's places
    lens: (
        Floats  # [row, lens, 2] hazard forwards and backwards; as many lenses as the camera of any row has, 1 at least
    )
    chance: Floats  # [row, lens] that this is the lens and it looks there at all; over a camera's lenses at most 1
    views: Views
    count: NDArray[np.int32]  # [camera] places where it may hang; 0 for what is no camera in use

    def take(
        self, rows: NDArray[np.bool_] | NDArray[np.int64], views: NDArray[np.bool_] | NDArray[np.int64]
    ) -> Hazards:
        """Take some of the rows, and of those of the views, or all in another order; every camera keeps its number."""
        return Hazards(
            self.camera[rows],
            self.line[rows],
            self.place[rows],
            self.lens[rows],
            self.chance[rows],
            self.views.take(views),
            self.count,
        )

    def renamed(self, camera: NDArray[np.int32], line: NDArray[np.int32] | None = None) -> Hazards:
        """Name cameras, and lines, by their positions in other lists, int32 [camera] and [line]; ``count`` stays."""
        views = self.views._replace(camera=camera[self.views.camera])
        if line is None:
            return replace(self, camera=camera[self.camera], views=views)
        return replace(
            self, camera=camera[self.camera], line=line[self.line], views=views._replace(line=line[views.line])
        )


def lines_of(
    points: Floats, start: NDArray[np.int64], enclosed: NDArray[np.bool_], levels: NDArray[np.float32]
) -> Lines:
    """Make lines of polylines: float64 [point, 2] in degrees, and where each begins, int64 [line + 1]."""
    pieces = pieces_of(np.asarray(points), np.asarray(start))
    return Lines(pieces, runs_of(pieces), np.array(enclosed), np.array(levels))


def rate_of(values: Values) -> Rate:
    """Give what the rate needs of a column of the model."""
    return Rate(
        values.ppm50,
        values.resolution_slope,
        values.yaw_deg,
        values.yaw_sigma_deg,
        values.pitch_deg,
        values.pitch_sigma_deg,
        values.face_height_m,
        values.walk_speed_mps * values.match_time_s,
    )


def hazards_of(
    cameras: Sequence[Camera],
    lines: Lines,
    walls: Walls,
    values: Values,
    *,
    tick: Callable[[], object] = lambda: None,
) -> Hazards:
    """Compute what cameras may do on lines.

    Parameters
    ----------
    cameras
        In the order by which rows name them.
    lines
        See :func:`lines_of`.
    walls
        See :func:`routing.outlines.outline_walls`.
    values
        A column of the model.
    tick
        Called every few hundred cameras; what it raises ends the work.
    """
    return hazards_by(eyes_of(cameras, values, walls), lines, walls, values, tick=tick)


def hazards_by(
    placed: Placed, lines: Lines, walls: Walls, values: Values, *, tick: Callable[[], object] = lambda: None
) -> Hazards:
    """Compute what cameras that are placed may do on lines, see :func:`hazards_of`."""
    lenses = np.diff(placed.eyes.lens_start)
    most = int(lenses.max(initial=1))
    rows, views = _exposed(placed, lines, walls, rate_of(values), most, tick)
    eye, line = rows[:, 0].astype(np.int32), rows[:, 1].astype(np.int32)
    used = int(lenses[eye].max(initial=1))
    # [eye, lens]: places and lenses are equally likely
    chance = np.zeros((len(lenses), most))
    of_eye = np.repeat(np.arange(len(lenses)), lenses)
    nth = np.arange(len(of_eye)) - np.repeat(placed.eyes.lens_start[:-1], lenses)
    chance[of_eye, nth] = placed.hidden / lenses[of_eye] / placed.places[placed.camera[of_eye]]
    camera = placed.camera[eye]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(placed.places)])
    order = np.lexsort((eye, line, camera))
    seen_by = views[:, 0].astype(np.int32)
    found = Views(
        placed.camera[seen_by], views[:, 1].astype(np.int32), views[:, 2], views[:, 3],
        1.0 / placed.places[placed.camera[seen_by]],
    )  # fmt: skip
    return Hazards(
        camera[order],
        line[order],
        (eye - first[camera])[order].astype(np.int32),
        rows[:, 2 : 2 + 2 * used].reshape(-1, used, 2)[order],
        chance[eye, :used][order],
        found.take(np.lexsort((found.to_m, found.from_m, found.camera, found.line))),
        placed.places,
    )


def _exposed(
    placed: Placed, lines: Lines, walls: Walls, rate: Rate, lenses: int, tick: Callable[[], object]
) -> tuple[Floats, Floats]:
    """Give what :func:`routing.hazard.rates.expose` does; of eyes that are alike one is looked through, for all."""
    distinct, which = np.unique(placed.like, return_inverse=True)
    hazards: list[Floats] = []
    views: list[Floats] = []
    for first in range(0, max(len(distinct), 1), _AT_ONCE):
        tick()
        some = distinct[first : first + _AT_ONCE]
        found = expose(placed.eyes.take(some), lines, walls, rate, lenses)
        for kept, table in zip((hazards, views), found, strict=True):
            table[:, 0] += first
            kept.append(table)
    return _for_all(np.concatenate(hazards), which), _for_all(np.concatenate(views), which)


def _for_all(rows: Floats, which: NDArray[np.int64]) -> Floats:
    """Give each eye the rows of the one that it is like: those are by the number in their first column."""
    start = np.searchsorted(rows[:, 0], np.arange(int(which.max(initial=-1)) + 2))
    of_all = taken(start, which)
    found = rows[of_all.at]
    found[:, 0] = of_all.of
    return found


def put_together(parts: Sequence[Hazards], count: NDArray[np.int32]) -> Hazards:
    """Put parts of a list of cameras together, as if all of them had been computed at once.

    Parameters
    ----------
    parts
        One at least. The rows of each camera stand together in one of them, named by the positions of cameras and lines
        in the whole lists.
    count
        int32 [camera], see :class:`Hazards`.
    """
    used = max(_lenses_in(part) for part in parts)
    whole = Hazards(
        np.concatenate([part.camera for part in parts]),
        np.concatenate([part.line for part in parts]),
        np.concatenate([part.place for part in parts]),
        np.concatenate([_of_lenses(part.lens, used) for part in parts]),
        np.concatenate([_of_lenses(part.chance, used) for part in parts]),
        Views(*(np.concatenate(columns) for columns in zip(*(part.views for part in parts), strict=True))),
        count,
    )
    # what of a camera stands in order stays so; runs that are in order already cost next to nothing
    by_line = whole.views.line.astype(np.int64) * len(count) + whole.views.camera
    return whole.take(np.argsort(whole.camera, kind="stable"), np.argsort(by_line, kind="stable"))


def _lenses_in(part: Hazards) -> int:
    """Count the lenses of the camera that has most; one that it has is looked through with some chance."""
    return int(np.flatnonzero(part.chance.any(axis=0)).max(initial=0)) + 1


def _of_lenses(of_lens: Floats, lenses: int) -> Floats:
    """Add lenses that no camera has to float64 [row, lens, ...], or drop those, so that there are so many."""
    made = np.zeros((len(of_lens), lenses, *of_lens.shape[2:]))
    made[:, : of_lens.shape[1]] = of_lens[:, :lenses]
    return made


def certainty(cameras: Sequence[Camera], month: str, values: Values) -> Floats:
    """Give the chance that each camera is there, connected, and matches at all, float64 [camera]; 0 for no camera."""
    found = np.zeros(len(cameras))
    sure: dict[tuple[object, ...], float] = {}
    for number, camera in enumerate(cameras):
        # tags are read once for all cameras that have the same: that takes longest
        name = (frozenset(camera.tags.items()), camera.source, camera.fr)
        if name not in sure:
            sure[name] = connected(owner_of(camera), values) if is_camera(camera.tags) else 0.0
        if sure[name] > 0.0:
            found[number] = existence(camera, month, values) * sure[name] * values.hit_rate * values.night_factor
    return found


def chances(hazards: Hazards, sure: Floats) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    """Give the chance that a camera recognises who walks a line.

    Parameters
    ----------
    hazards
        See :func:`hazards_of`.
    sure
        float64 [camera], see :func:`certainty`.

    Returns
    -------
    camera, line
        int32 [pair], each pair once, by camera, then line.
    chance
        float64 [pair, 2], forwards and backwards.
    """
    matched = -np.expm1(-hazards.lens)
    of_row = np.zeros((len(matched), 2))
    for lens, way in np.ndindex(matched.shape[1:]):  # column by column: axes as short as these take numpy longest
        of_row[:, way] += hazards.chance[:, lens] * matched[:, lens, way]
    of_row *= sure[hazards.camera][:, None]
    if len(of_row) == 0:
        return hazards.camera, hazards.line, of_row
    fresh = np.ones(len(of_row), dtype=np.bool_)
    fresh[1:] = (np.diff(hazards.camera) != 0) | (np.diff(hazards.line) != 0)
    first = np.flatnonzero(fresh)
    return hazards.camera[first], hazards.line[first], np.add.reduceat(of_row, first, axis=0)


def risk_of(hazards: Hazards, sure: Floats, line_count: int) -> Floats:
    """Give the risk of lines by mapped cameras, float64 [line, 2], forwards and backwards: the sum of -ln(1 - p)."""
    _, line, chance = chances(hazards, sure)
    risk = np.zeros((line_count, 2))
    np.add.at(risk, line, -np.log1p(-np.minimum(chance, 1.0 - 1e-12)))
    return risk


def hazard_of(hazards: Hazards, line_count: int) -> Floats:
    """Give the hazard of lines, float64 [line, 2], forwards, backwards: the sum over cameras of the mean over lenses.

    Cameras are taken to be there and connected.
    """
    hazard = np.zeros((line_count, 2))
    np.add.at(hazard, hazards.line, (hazards.chance[..., None] * hazards.lens).sum(axis=1))
    return hazard


def lower_bound_of(hazards: Hazards, sure: Floats, line_count: int) -> Floats:
    """Give weights of lines of which no walk's sum is more than its true risk, float64 [line, 2].

    A walk's risk by camera is never more than the sum over its lines (:func:`risk_of`), and never less than the sum of
    these: 1 - exp(-H) is at least H · (1 - exp(-Hmax)) / Hmax, where Hmax is all that a camera may do on all lines,
    each walked the worse way (exposure-model.md, section 1.4). The least walk by them bounds what any could save.
    """
    bound = np.zeros((line_count, 2))
    if len(hazards.camera) == 0:
        return bound
    _, group = np.unique(np.stack([hazards.camera, hazards.place], axis=-1), axis=0, return_inverse=True)
    group = group.reshape(-1)
    most = np.zeros((int(group.max()) + 1, hazards.lens.shape[1]))
    np.add.at(most, group, hazards.lens.max(axis=2))
    slope = np.divide(-np.expm1(-most), most, out=np.ones_like(most), where=most > 0.0)
    of_row = (hazards.chance * slope[group])[..., None] * hazards.lens
    np.add.at(bound, hazards.line, of_row.sum(axis=1) * sure[hazards.camera][:, None])
    return bound
