"""Many walks at once: the risk of each by mapped cameras, camera by camera, from what is known of whole lines.

Between the sum over lines that a search goes by, which counts a camera on each street that it sees, and the measure of
one walk on its geometry. A part of a line is taken to have its share of the line's hazard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.hazard.hazards import Hazards

    Floats = NDArray[np.float64]

_SURELY = 1.0 - 1e-12


class ByLine(NamedTuple):
    """What cameras may do, by line; a *spot* is a place where a camera may hang."""

    start: NDArray[np.int64]  # [line + 1] into the rows
    spot: NDArray[np.int32]  # [row]
    lens: Floats  # [row, lens, 2] hazard forwards and backwards
    camera: NDArray[np.int32]  # [spot]
    chance: Floats  # [spot, lens] that it is this lens and looks there
    cameras: int  # how many there are, whether or not they act on any line


class Walked(NamedTuple):
    """Lines that walks take."""

    start: NDArray[np.int64]  # [walk + 1] into the others
    line: NDArray[np.int64]  # [entry]
    way: NDArray[np.int64]  # [entry] 0 forwards, 1 backwards
    share: Floats  # [entry] how much of the line is walked


def by_line(hazards: Hazards, line_count: int) -> ByLine:
    """Sort what cameras may do by line.

    Parameters
    ----------
    hazards
        Of lines that are numbered below ``line_count``.
    """
    first = np.cumsum(hazards.count) - hazards.count
    spot = first[hazards.camera] + hazards.place
    chance = np.zeros((int(hazards.count.sum()), hazards.chance.shape[1]))
    chance[spot] = hazards.chance
    order = np.argsort(hazards.line, kind="stable")
    start = np.searchsorted(hazards.line[order], np.arange(line_count + 1))
    return ByLine(
        start.astype(np.int64),
        spot[order].astype(np.int32),
        np.ascontiguousarray(hazards.lens[order]),
        np.repeat(np.arange(len(hazards.count), dtype=np.int32), hazards.count),
        chance,
        len(hazards.count),
    )


def risks_of(walked: Walked, of_lines: ByLine, sure: Floats) -> Floats:
    """Give the risk of each walk by mapped cameras, float64 [walk], -ln(1 - p).

    Parameters
    ----------
    walked
        The walks.
    of_lines
        From :func:`by_line`.
    sure
        float64 [camera], see :func:`routing.hazard.hazards.certainty`.

    Raises
    ------
    ValueError
        If it is not of the same cameras: compiled code would write beyond its end.
    """
    if len(sure) != of_lines.cameras:
        raise ValueError(f"chances of {len(sure)} cameras do not go with the hazards of {of_lines.cameras}")
    return _risks(walked, of_lines, np.array(sure))


def chances_of(walked: Walked, of_lines: ByLine) -> Floats:
    """Give the chance that each camera recognises who takes each walk, if it is there and connected.

    Never summed from line to line: a camera that sees a walker on three streets is one camera, and where it hangs, what
    lens it has and whither that looks is one choice each.

    Parameters
    ----------
    walked
        The walks; of two pavements, if nobody says which, half each.
    of_lines
        From :func:`by_line`.

    Returns
    -------
    numpy.ndarray
        float64 [walk, camera], 0…1, before the rate of hits.
    """
    return _chances(walked, of_lines)


class _Room(NamedTuple):
    """Room for adding up one walk; between walks all is 0."""

    total: Floats  # [spot, lens]
    met: NDArray[np.bool_]  # [spot]
    touched: NDArray[np.int64]  # [spot] those that are met, in order


@compiled
def _room_for(of_lines: ByLine) -> _Room:
    spots, lenses = of_lines.chance.shape
    return _Room(np.zeros((spots, lenses)), np.zeros(spots, dtype=np.bool_), np.empty(spots, dtype=np.int64))


@compiled
def _add_up(walk: int, walked: Walked, of_lines: ByLine, room: _Room) -> int:
    """Add up what each spot does along a walk; gives how many are met."""
    total, met, touched = room
    count, lenses = 0, total.shape[1]
    for entry in range(walked.start[walk], walked.start[walk + 1]):
        line, way, share = walked.line[entry], walked.way[entry], walked.share[entry]
        for row in range(of_lines.start[line], of_lines.start[line + 1]):
            spot = of_lines.spot[row]
            if not met[spot]:
                met[spot] = True
                touched[count] = spot
                count += 1
            for lens in range(lenses):
                total[spot, lens] += share * of_lines.lens[row, lens, way]
    return count


@compiled
def _take_chances(count: int, of_lines: ByLine, room: _Room, chance: Floats) -> None:
    """Turn what spots do into chances, added to those of their cameras, float64 [camera]; clears the room."""
    total, met, touched = room
    for i in range(count):
        spot = touched[i]
        for lens in range(total.shape[1]):
            chance[of_lines.camera[spot]] += of_lines.chance[spot, lens] * -np.expm1(-total[spot, lens])
            total[spot, lens] = 0.0
        met[spot] = False


@compiled
def _chances(walked: Walked, of_lines: ByLine) -> Floats:
    found = np.zeros((len(walked.start) - 1, of_lines.cameras))
    room = _room_for(of_lines)
    for walk in range(len(found)):
        met = _add_up(walk, walked, of_lines, room)
        _take_chances(met, of_lines, room, found[walk])
    return found


@compiled
def _risks(walked: Walked, of_lines: ByLine, sure: Floats) -> Floats:
    chance = np.zeros(len(sure))
    found = np.zeros(len(walked.start) - 1)
    room = _room_for(of_lines)
    for walk in range(len(found)):
        met = _add_up(walk, walked, of_lines, room)
        _take_chances(met, of_lines, room, chance)
        for i in range(met):
            camera = of_lines.camera[room.touched[i]]
            found[walk] -= np.log1p(-min(chance[camera] * sure[camera], _SURELY))
            chance[camera] = 0.0
    return found
