"""A walk that was walked, measured: a track and an area in, what was seen of it out, minute by minute.

The track is matched to the ways of the area, and what is measured are those; how far it strays from them is told. Times
are read for the minutes alone; nothing is kept, and nothing leaves the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.errors import BadFileError, NoWayNearError
from routing.geo import cut_line, distance_m
from routing.matching import match
from routing.model import WALK_SPEED_MPS
from routing.score import measure
from routing.stretches import stretches_of, watch_along

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.matching import Gap, Match
    from routing.model import Coverage, Stretch
    from routing.plans import Score
    from routing.tracks import Track

    Floats = NDArray[np.float64]

_MINUTE_S: Final = 60.0
_MOST_MINUTES: Final = 24 * 60
_MOST_POINTS: Final = 50_000  # half a day, a point a second
_FASTEST_M: Final = 180.0  # walked in a minute, 3 m/s [A]
_WILD_M: Final = 8.0  # half of the points farther from the ways [A]
_LEAST_M: Final = 0.5  # a minute in which less is walked is told as standing still


class Minute(NamedTuple):
    """What was seen in one minute.

    Attributes
    ----------
    number
        The first is 1.
    from_m, to_m
        Metres walked until it began and ended.
    score
        Of what was walked in it; ``None`` where nobody moved. A camera that sees several minutes counts in each.
    """

    number: int
    from_m: float
    to_m: float
    score: Score | None


@dataclass(frozen=True, slots=True)
class Audit:
    """What was seen of a walk.

    Attributes
    ----------
    points
        Of the track.
    by_clock
        Whether minutes are those of the track; if not, they are at the walking speed.
    matched_share
        Of the track's length.
    median_astray_m, p95_astray_m
        How far half of its points, and 95 % of them, lie from the ways at most.
    gaps
        Stretches that could not be followed.
    """

    coverage: Coverage
    score: Score
    minutes: tuple[Minute, ...]
    points: int
    by_clock: bool
    matched_share: float
    median_astray_m: float
    p95_astray_m: float
    gaps: tuple[Gap, ...]

    @property
    def is_wild(self) -> bool:
        """Tell whether the points erred so much that what was matched is no walk."""
        fast = self.by_clock and any(one.to_m - one.from_m > _FASTEST_M for one in self.minutes)
        return fast or self.median_astray_m > _WILD_M


def audit(area: Area, track: Track) -> Audit:
    """Measure a walk that was walked.

    Parameters
    ----------
    area
        In which it was walked.
    track
        See :func:`routing.tracks.read_track`.

    Raises
    ------
    NoWayNearError
        If nothing of the track is near a way of the area.
    BadFileError
        If it is longer than half a day.
    """
    if len(track.lonlat) > _MOST_POINTS:
        raise BadFileError(f"the track has more than {_MOST_POINTS:,} points; cut it into walks")
    found = match(area.graph, track)
    stretches = stretches_of(area, found.parts)
    if not stretches:
        raise NoWayNearError(
            f"nothing of the track runs along a way of the area '{area.manifest.name}'; build an area for that place "
            "(sidestep area build)"
        )
    watch = watch_along(area, np.array([part.edge for part in found.parts]))
    marks_m = _marks_m(found, track)
    ends_m = np.cumsum([float(distance_m(one.lonlat[:-1], one.lonlat[1:]).sum()) for one in stretches])
    minutes = [
        Minute(number, from_m, to_m, measure(some, watch, ranges=False) if some else None)
        for number, (from_m, to_m) in enumerate(pairwise(marks_m.tolist()), start=1)
        for some in [_cut(stretches, ends_m, from_m, to_m)]
    ]
    return Audit(
        coverage=area.coverage,
        score=measure(stretches, watch),
        minutes=tuple(minutes),
        points=len(track.lonlat),
        by_clock=track.seconds is not None,
        matched_share=found.matched_share,
        median_astray_m=found.median_astray_m,
        p95_astray_m=found.p95_astray_m,
        gaps=found.gaps,
    )


def _marks_m(found: Match, track: Track) -> Floats:
    """Give the metres walked when each minute begins and when the last one ends, float64 [minute + 1]."""
    walked_m = max(found.walked_m, 1e-6)
    if track.seconds is None:
        minutes = np.ceil(walked_m / (_MINUTE_S * WALK_SPEED_MPS))
        marks = np.arange(min(int(minutes), _MOST_MINUTES)) * _MINUTE_S * WALK_SPEED_MPS
        return np.append(marks, walked_m)
    known = ~np.isnan(found.at_m)
    seconds, at_m = track.seconds[known] - track.seconds[known][0], found.at_m[known]
    count = min(max(int(np.ceil(seconds[-1] / _MINUTE_S)), 1), _MOST_MINUTES)
    marks = np.interp(np.arange(count) * _MINUTE_S, seconds, at_m)
    marks[0] = 0.0
    return np.append(marks, walked_m)


def _cut(stretches: Sequence[Stretch], ends_m: Floats, from_m: float, to_m: float) -> list[Stretch]:
    """Take what lies between two distances from the start; float64 [stretch], where each ends."""
    if to_m - from_m < _LEAST_M:
        return []
    found = []
    first, last = np.searchsorted(ends_m, [from_m, to_m])
    for number in range(int(first), min(int(last) + 1, len(stretches))):
        stretch, begin_m = stretches[number], float(ends_m[number - 1]) if number else 0.0
        size_m = float(ends_m[number]) - begin_m
        low, high = max(from_m - begin_m, 0.0), min(to_m - begin_m, size_m)
        if high > low:
            share = (high - low) / size_m
            line = stretch.lonlat if share >= 1.0 else cut_line(stretch.lonlat, low, high)
            found.append(
                replace(stretch, lonlat=line, unmapped=_of(stretch.unmapped, share), beside=_of(stretch.beside, share))
            )
    return found


def _of(sides: tuple[float, float], share: float) -> tuple[float, float]:
    return sides[0] * share, sides[1] * share
