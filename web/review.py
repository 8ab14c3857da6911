"""What a reviewer must know of a report before she decides: what is near, what is the same, and what looks odd.

In: waiting reports and known records; out: a :class:`Case` for each. Flags are advice and decide nothing. Distances are
metres; the numbers are judgement [A].
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.geo import along_m, distance_m, to_frame
from routing.model import LonLat, RouteRequest
from routing.optics import DUPLICATE_M, doubles, latest_month
from routing.reports import Gone, NewCamera, NoneSeen, Turned, applied, camera_of
from routing.trust import months_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from routing.area import Area
    from routing.model import BBox, Camera
    from routing.reports import Report

NEAR_M: Final = 50.0
BLOCK_M: Final = 150.0
CROWD: Final = 5  # reports within a block, with what was accepted of late; more is a flag
MANY_GONE: Final = 3  # cameras of a block that are called gone
RECENT_MONTHS: Final = 4  # since a camera was first reported, or last called gone
MOVED_SHARE: Final = 0.1  # of sampled walks
LONG_SURVEY_M: Final = 10_000.0  # more is hardly looked at on one walk, and one report would cover a quarter
RING_LEAST: Final = 6  # cameras
RING_GAP_DEG: Final = 80.0  # the widest gap in a ring, seen from its middle; a street leaves two of nearly 180
RING_RATIO: Final = 1.4  # of the farthest to the nearest camera of a ring, from its middle
_RING_RADII_M: Final = tuple(20.0 * 1.2**step for step in range(11))  # of the nearest: 20 … 124
_RING_STEP_M: Final = 8.0  # between middles that are tried
_RING_NEAREST: Final = 64  # new cameras that are looked at around one
_RING_CELL_M: Final = 100.0  # so small that all that stand in a cell are of one block
_RING_MOST: Final = 16  # new cameras of a cell from which rings are looked for; where more wait, each is in a crowd
_MOST_TWINS: Final = 16
_LAT_M: Final = 110_500.0  # in a degree of latitude, at least


@dataclass(frozen=True, slots=True)
class Near:
    """A known camera near a report."""

    camera: Camera
    distance_m: float
    same: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A report with what is known about it.

    Attributes
    ----------
    near
        Known cameras within 50 m, the nearest first; ``same`` are probably the one that is reported.
    twins
        Ids of other waiting reports of what is probably the same camera.
    flags
        Slugs: ``gone``, ``gone-twice``, ``many-gone``, ``turned``, ``unknown-camera``, ``crowd``, ``ring``, ``double``,
        ``twin``, ``long-survey``; with an area ``outside``, and ``moves-walks`` by whoever calls :func:`moved_walks`.
    """

    report: Report
    at: LonLat | None
    near: tuple[Near, ...]
    twins: tuple[str, ...]
    flags: tuple[str, ...]


class _Spots:
    """Places, sorted by latitude, so that those near another are found without a look at all."""

    def __init__(self, places: Iterable[LonLat]) -> None:
        at = np.array(list(places), dtype=np.float64).reshape(-1, 2)
        self.order = np.argsort(at[:, 1], kind="stable")
        self.at = at[self.order]

    def near(self, place: LonLat, radius_m: float, most: int | None = None) -> list[tuple[int, float]]:
        """Give the numbers of the places within a radius, at most so many, and how far they are, the nearest first."""
        reach = radius_m / _LAT_M
        low, high = np.searchsorted(self.at[:, 1], [place.lat - reach, place.lat + reach])
        away_m = distance_m(self.at[low:high], np.array(place))
        found = np.flatnonzero(away_m <= radius_m)
        found = found[np.argsort(away_m[found], kind="stable")][:most]
        return [(int(self.order[low + index]), float(away_m[index])) for index in found]


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that is seen only when reports and records are looked at together."""

    cameras: Mapping[str, Camera]
    known: Sequence[Camera]  # without tombstones
    known_spots: _Spots
    fresh: Sequence[NewCamera]
    fresh_spots: _Spots
    busy: _Spots  # waiting reports and cameras that were reported of late
    gone: _Spots  # cameras that are called gone, waiting or of late
    ringed: frozenset[LonLat]
    gone_calls: Mapping[str, int]  # waiting, by camera


def cases(reports: Sequence[Report], cameras: Mapping[str, Camera], box: BBox | None = None) -> list[Case]:
    """Look at waiting reports.

    Parameters
    ----------
    reports
        All that wait: many in one block are seen only together.
    cameras
        Known records by id.
    box
        Of the area that the reports are for.

    Returns
    -------
    list of Case
        In the order of ``reports``.

    Examples
    --------
    >>> one = NewCamera(id="rp/abcdefghij", month="2026-10", at=(24.94, 60.17), direction=90)
    >>> again = NewCamera(id="rp/bbcdefghij", month="2026-10", at=(24.94, 60.17), direction=92)
    >>> [case.flags for case in cases([one, again], {})]
    [('twin',), ('twin',)]
    """
    scene = _scene(reports, cameras)
    made = []
    for report in reports:
        place = place_of(report, cameras)
        near = () if place is None else _near(report, place, scene)
        twins = _twins(report, scene) if isinstance(report, NewCamera) else ()
        flags = (*_flags(report, place, scene), *["double"] * any(one.same for one in near), *["twin"] * bool(twins))
        flags += ("outside",) * (box is not None and not _is_within(report, place, box))
        made.append(Case(report, place, near, twins, flags))
    return made


def place_of(report: Report, cameras: Mapping[str, Camera]) -> LonLat | None:
    """Give the place that a report is about; ``None`` if its camera is not known."""
    match report:
        case NewCamera():
            return LonLat(*report.at)
        case NoneSeen():
            return LonLat(*report.line[len(report.line) // 2])
        case _:
            camera = cameras.get(report.camera)
            return None if camera is None else camera.lonlat


def survey_m(report: NoneSeen) -> float:
    """Give how long the street is on which somebody looked, metres."""
    return float(along_m(np.array(report.line))[-1])


def moved_walks(area: Area, report: Report, *, pairs: int = 100, seed: int = 1) -> tuple[float, float] | None:
    """Tell what a report changes if it is accepted.

    Parameters
    ----------
    area
        With the cameras that are published now.
    report
        Any; a survey moves no walk.
    pairs
        Walks to plan, each before and after.
    seed
        Of the random places.

    Returns
    -------
    (float, float) or None
        The share of walks between random places around it, 0…1, whose least seen one changes, and by how many metres in
        the mean its length changes; ``None`` if the area does not hold the place.
    """
    from routing.errors import SidestepError
    from routing.revise import revised
    from routing.router import plan

    cameras = {camera.id: camera for camera in area.cameras}
    place = place_of(report, cameras)
    if place is None or isinstance(report, NoneSeen) or not area.manifest.bbox.holds(place):
        return None
    after = revised(area, applied(cameras, report).values())
    rng = np.random.default_rng(seed)
    nodes = np.flatnonzero(
        (area.graph.component == 0) & (distance_m(area.graph.node_lonlat, np.array(place)) <= 4 * BLOCK_M)
    )
    if len(nodes) < 2:  # noqa: PLR2004 - two ends
        return None
    changed, lengths, done = 0, 0.0, 0
    for _ in range(pairs):
        a, b = (
            LonLat(*np.asarray(area.graph.node_lonlat[node]).tolist()) for node in rng.choice(nodes, 2, replace=False)
        )
        try:
            old, new = (plan(one, RouteRequest(a, b)).routes[-1] for one in (area, after))
        except SidestepError:
            continue
        done += 1
        changed += old.lonlat.tolist() != new.lonlat.tolist()
        lengths += abs(new.score.length_m - old.score.length_m)
    return (changed / done, lengths / done) if done else None


def rings(places: Sequence[LonLat]) -> frozenset[LonLat]:
    """Find new cameras that together stand around a place, as somebody puts them who wants it avoided or sought out.

    A ring has a middle from which at least six of the cameras are about equally far (the farthest 1.4 times as far as
    the nearest, 20 to 173 m), none is nearer but for one in six, and no gap between their bearings is wider than 80
    degrees. Cameras along a street leave two gaps of nearly 180; those of a crossing fill its middle. Twelve strewn by
    chance over 400 m by 400 m make a ring 8 times in 100, and whoever walks around one block and finds a camera at
    every corner makes one, too: that is for the reviewer to tell.

    Rings are looked for from each new camera, among the 64 nearest to it, and from at most 16 of each cell of 100 m: so
    the work grows with their number, and nobody can use it up elsewhere. Where more stand there is a crowd anyway.

    Returns
    -------
    frozenset of LonLat
        Those of ``places`` that are in a ring.
    """
    places = sorted(places)  # whatever order they come in
    spots = _Spots(places)
    found: set[LonLat] = set()
    for home in _homes(places):
        if home in found:
            continue
        numbers = [number for number, _ in spots.near(home, 2 * RING_RATIO * _RING_RADII_M[-1], _RING_NEAREST)]
        if len(numbers) >= RING_LEAST:
            frame = to_frame(np.array([places[number] for number in numbers]), np.array(home))
            found.update(places[numbers[index]] for index in _ring_through_origin(frame))
    return frozenset(found)


def _homes(places: Sequence[LonLat]) -> list[LonLat]:
    """Choose the places from which rings are looked for: a few of each cell."""
    cells: dict[tuple[int, int], list[LonLat]] = {}
    for place in dict.fromkeys(places):
        row = math.floor(place.lat * _LAT_M / _RING_CELL_M)
        lon_m = _LAT_M * math.cos(math.radians(row * _RING_CELL_M / _LAT_M))  # the same all along a row
        cells.setdefault((row, math.floor(place.lon * lon_m / _RING_CELL_M)), []).append(place)
    return [home for cell in cells.values() for home in cell[:_RING_MOST]]


def _ring_through_origin(xy_m: NDArray[np.float64]) -> list[int]:
    """Find a ring through the first of some points, float64 [point, 2], which is the origin; give its points."""
    reach_m = RING_RATIO * _RING_RADII_M[-1]
    steps = np.arange(-reach_m, reach_m + _RING_STEP_M, _RING_STEP_M)
    middles = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    home_m = np.hypot(middles[:, 0], middles[:, 1])
    for radius_m in _RING_RADII_M:
        tried = middles[(home_m >= radius_m) & (home_m <= radius_m * RING_RATIO)]
        offset = xy_m[None] - tried[:, None]  # [middle, point, 2]
        away_m = np.hypot(offset[..., 0], offset[..., 1])
        around = (away_m >= radius_m) & (away_m <= radius_m * RING_RATIO)
        count = around.sum(axis=1)
        likely = np.flatnonzero((count >= RING_LEAST) & ((away_m < radius_m).sum(axis=1) * RING_LEAST <= count))
        closed = likely[_widest_gap_deg(offset[likely], around[likely]) <= RING_GAP_DEG]
        if len(closed):
            return np.flatnonzero(around[closed[0]]).tolist()
    return []


def _widest_gap_deg(offset: NDArray[np.float64], around: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the widest gap between the bearings of some points, seen from each of many middles.

    Parameters
    ----------
    offset
        float64 [middle, point, 2].
    around
        bool [middle, point]: which points count; at least one of each row does.

    Returns
    -------
    numpy.ndarray
        float64 [middle], degrees.
    """
    turns = np.degrees(np.arctan2(offset[..., 0], offset[..., 1]))
    first = np.where(around, turns, np.inf).min(axis=1, initial=np.inf)
    last = np.where(around, turns, -np.inf).max(axis=1, initial=-np.inf)
    ordered = np.sort(np.where(around, turns, last[:, None]), axis=1)  # those that do not count stand on the last one
    inner = np.diff(ordered, axis=1).max(axis=1, initial=0.0)
    widest: NDArray[np.float64] = np.maximum(inner, first + 360.0 - last)
    return widest


def _scene(reports: Sequence[Report], cameras: Mapping[str, Camera]) -> _Scene:
    known = [camera for camera in cameras.values() if camera.status != "removed"]
    fresh = [report for report in reports if isinstance(report, NewCamera)]
    late = [one.lonlat for one in known if one.source == "report" and one.first_seen and _is_recent(one.first_seen)]
    places = (place_of(report, cameras) for report in reports)
    calls: dict[str, int] = {}
    for report in reports:
        if isinstance(report, Gone):
            calls[report.camera] = calls.get(report.camera, 0) + 1
    gone = [one.lonlat for one in known if one.id in calls or (one.gone and _is_recent(one.gone[-1]))]
    new = [LonLat(*report.at) for report in fresh]
    return _Scene(
        cameras=cameras,
        known=known,
        known_spots=_Spots(camera.lonlat for camera in known),
        fresh=fresh,
        fresh_spots=_Spots(new),
        busy=_Spots([*(place for place in places if place is not None), *late]),
        gone=_Spots(gone),
        ringed=rings([*new, *late]),
        gone_calls=calls,
    )


def _is_recent(month: str) -> bool:
    return months_between(month, latest_month()) <= RECENT_MONTHS


def _near(report: Report, place: LonLat, scene: _Scene) -> tuple[Near, ...]:
    new = camera_of(report) if isinstance(report, NewCamera) else None
    return tuple(
        Near(scene.known[number], away_m, new is not None and _same(new, scene.known[number]))
        for number, away_m in scene.known_spots.near(place, NEAR_M)
    )


def _same(one: Camera, other: Camera) -> bool:
    return bool(list(doubles({1: one, 2: other})))


def _twins(report: NewCamera, scene: _Scene) -> tuple[str, ...]:
    mine = camera_of(report)
    near = (scene.fresh[number] for number, _ in scene.fresh_spots.near(LonLat(*report.at), DUPLICATE_M, _MOST_TWINS))
    return tuple(sorted(one.id for one in near if one.id != report.id and _same(mine, camera_of(one))))


def _flags(report: Report, place: LonLat | None, scene: _Scene) -> Iterator[str]:
    if isinstance(report, Gone):
        yield "gone"
        if scene.gone_calls[report.camera] > 1:
            yield "gone-twice"
    if isinstance(report, Turned):
        yield "turned"
    if place is None or not _is_of_known(report, scene.cameras):
        yield "unknown-camera"
        return
    if isinstance(report, Gone) and len(scene.gone.near(place, BLOCK_M, MANY_GONE)) >= MANY_GONE:
        yield "many-gone"
    if len(scene.busy.near(place, BLOCK_M, CROWD + 1)) > CROWD:
        yield "crowd"
    if isinstance(report, NewCamera) and place in scene.ringed:
        yield "ring"
    if isinstance(report, NoneSeen) and survey_m(report) > LONG_SURVEY_M:
        yield "long-survey"


def _is_within(report: Report, place: LonLat | None, box: BBox) -> bool:
    """Tell whether a report is of the area, the whole of it; of a camera that is not known nobody can tell."""
    if isinstance(report, NoneSeen):
        return all(box.holds(LonLat(*at)) for at in report.line)
    return place is None or box.holds(place)


def _is_of_known(report: Report, cameras: Mapping[str, Camera]) -> bool:
    """Tell whether a report that is of a camera is of one that is known, and no tombstone."""
    if isinstance(report, NewCamera | NoneSeen):
        return True
    return report.camera in cameras and cameras[report.camera].status != "removed"
