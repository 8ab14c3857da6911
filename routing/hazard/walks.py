"""What a whole walk is worth: measured on its geometry, camera by camera, under all three columns of the model.

Never summed from line to line: a camera that sees a walker on three streets is one camera, and whether it is there,
connected and sure is decided once. In: the lines of a walk, in order. Out: a :class:`WalkRisk`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.hazard.hazards import certainty, hazards_of, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.hazard.hazards import Hazards
    from routing.hazard.parameters import Model
    from routing.hazard.walls import Walls
    from routing.model import Camera

    Floats = NDArray[np.float64]


class Range(NamedTuple):
    """One number under the low, the default and the high column of the model."""

    low: float
    default: float
    high: float


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What cameras that nobody mapped add to a walk: expected recognitions, all along it."""

    expected: Range


NOTHING: Final = Unmapped(Range(0.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Encounter:
    """One camera and a walk.

    Attributes
    ----------
    camera
        Position in the list of cameras.
    at_m
        Distance from the start at which it first has the walker in view, infinite if it never has.
    in_view_m
        Metres of the walk in its view; less where it may hang in places that have it not in view.
    if_there
        The chance that it recognises the walker if it is there and connected, 0…1.
    chance
        The chance that it recognises the walker, 0…1.
    """

    camera: int
    at_m: float
    in_view_m: float
    if_there: float
    chance: Range


@dataclass(frozen=True, slots=True)
class WalkRisk:
    """What a walk is worth.

    Attributes
    ----------
    encounters
        In the order in which cameras first have the walker in view, then by how likely they recognise.
    could_recognise
        Cameras that would recognise the walker with a chance of 5 % or more if they were there and connected.
    expected
        Recognitions to be expected, of mapped and unmapped cameras.
    recognition
        The chance of at least one recognition, 0…1; cameras are taken to fail independently, which overstates it [A].
    unmapped
        The part of the default chance that is of cameras nobody mapped: what it would be without all that are mapped.
    risk
        -ln(1 - recognition).
    """

    length_m: float
    in_view_m: float
    in_view_s: float
    encounters: tuple[Encounter, ...]
    could_recognise: Range
    expected: Range
    recognition: Range
    unmapped: float
    risk: Range


def walk_risk(
    walk: Sequence[tuple[Floats, bool, tuple[float, float] | None]],
    cameras: Sequence[Camera],
    walls: Walls,
    model: Model,
    month: str,
    unmapped: Unmapped = NOTHING,
) -> WalkRisk:
    """Measure a walk.

    Parameters
    ----------
    walk
        Its stretches in order: float64 [point, 2] in degrees, whether it is enclosed, and its levels or ``None``.
    cameras
        All that might matter.
    walls, model
        Of the area.
    month
        In which it is walked, ``YYYY-MM``.
    unmapped
        What the structural prior says of the same walk.

    Returns
    -------
    WalkRisk
    """
    points = np.concatenate([line for line, _, _ in walk])
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(line) for line, _, _ in walk])])
    levels = np.array([(math.nan, math.nan) if at is None else at for _, _, at in walk], dtype=np.float32)
    enclosed = np.array([shut for _, shut, _ in walk], dtype=np.bool_)
    lines = lines_of(points, start, enclosed, levels)
    sizes = np.bincount(lines.pieces.line, lines.pieces.length_m, minlength=len(walk))
    begins = np.concatenate([np.zeros(1), np.cumsum(sizes)])
    found = [hazards_of(cameras, lines, walls, values) for values in model.columns()]
    sure = [certainty(cameras, month, values) for values in model.columns()]
    bare = [_if_there(hazards, len(cameras)) for hazards in found]
    chance = [one * share for one, share in zip(bare, sure, strict=True)]
    matched = [one * values.hit_rate * values.night_factor for one, values in zip(bare, model.columns(), strict=True)]
    could = Range(*(
        float((one >= values.recognises_from).sum()) for one, values in zip(matched, model.columns(), strict=True)
    ))  # fmt: skip
    expected = Range(*(float(one.sum()) + more for one, more in zip(chance, unmapped.expected, strict=True)))
    risk = Range(*(
        float(-np.log1p(-np.minimum(one, 1.0 - 1e-12)).sum()) + more
        for one, more in zip(chance, unmapped.expected, strict=True)
    ))  # fmt: skip
    views = found[1].views
    seen_m = _union_m(begins[views.line] + views.from_m, begins[views.line] + views.to_m)
    shut_m = float(sizes[enclosed].sum())
    in_view_m = seen_m + shut_m - _overlap_m(views.line, views.from_m, views.to_m, enclosed)
    return WalkRisk(
        length_m=float(begins[-1]),
        in_view_m=in_view_m,
        in_view_s=in_view_m / model.default.walk_speed_mps,
        encounters=_encounters(found[1], begins, matched[1], chance),
        could_recognise=could,
        expected=expected,
        recognition=Range(*(-math.expm1(-one) for one in risk)),
        unmapped=-math.expm1(-unmapped.expected.default),
        risk=risk,
    )


def _if_there(hazards: Hazards, count: int) -> Floats:
    """Give the chance that each camera looks at who walks all lines forwards and sees a face well enough."""
    chance = np.zeros(count)
    if len(hazards.camera) == 0:
        return chance
    # places and lenses of a camera are one choice each, so hazards of a place add up over lines first
    key = np.stack([hazards.camera, hazards.place], axis=-1)
    _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
    total = np.zeros((len(first), hazards.lens.shape[1]))
    np.add.at(total, group.reshape(-1), hazards.lens[:, :, 0])
    np.add.at(chance, hazards.camera[first], (hazards.chance[first] * -np.expm1(-total)).sum(axis=1))
    return chance


def _encounters(hazards: Hazards, begins: Floats, bare: Floats, chance: Sequence[Floats]) -> tuple[Encounter, ...]:
    views = hazards.views
    at_m = np.full(len(bare), np.inf)
    np.minimum.at(at_m, views.camera, begins[views.line] + views.from_m)
    in_view_m = np.bincount(views.camera, (views.to_m - views.from_m) * views.share, minlength=len(bare))
    met = np.flatnonzero((bare > 0.0) | np.isfinite(at_m))
    order = met[np.lexsort((-bare[met], at_m[met]))]
    return tuple(
        Encounter(number, float(at_m[number]), float(in_view_m[number]), float(bare[number]),
                  Range(*(float(column[number]) for column in chance)))
        for number in order.tolist()
    )  # fmt: skip


def _union_m(low: Floats, high: Floats) -> float:
    """Give the length of the union of spans on one axis."""
    if len(low) == 0:
        return 0.0
    order = np.argsort(low, kind="stable")
    low, high = low[order], high[order]
    reached = np.concatenate([[-np.inf], np.maximum.accumulate(high)[:-1]])
    return float(np.maximum(high - np.maximum(low, reached), 0.0).sum())


def _overlap_m(line: NDArray[np.int32], low: Floats, high: Floats, enclosed: NDArray[np.bool_]) -> float:
    """Give the metres in view of enclosed stretches, which are counted whole already."""
    shut = enclosed[line]
    return sum((_union_m(low[shut & (line == one)], high[shut & (line == one)]) for one in np.unique(line[shut])), 0.0)
