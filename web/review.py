"""What a reviewer must know of a report before she decides: what is near, what is the same, and what looks odd.

Flags are advice and decide nothing. Distances are metres; the numbers are judgement [A].
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from routing.geo import distance_m, to_frame
from routing.model import LonLat, RouteRequest
from routing.optics import doubles
from routing.reports import Gone, NewCamera, NoneSeen, Turned, applied, camera_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routing.area import Area
    from routing.model import Camera
    from routing.reports import Report

NEAR_M: Final = 50.0
BLOCK_M: Final = 150.0
CROWD: Final = 5  # reports within a block; more is a flag
RING_M: Final = (20.0, 200.0)  # from the middle to the cameras of a ring
RING_LEAST: Final = 6  # cameras
RING_GAP_DEG: Final = 100.0  # the widest gap in a ring, seen from its middle; a street leaves two gaps of 180
MOVED_SHARE: Final = 0.1  # of sampled walks


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
        Slugs: ``crowd``, ``ring``, ``gone``, ``turned``, ``unknown-camera``, ``double``, ``twin``, ``moves-walks``.
    """

    report: Report
    at: LonLat | None
    near: tuple[Near, ...]
    twins: tuple[str, ...]
    flags: tuple[str, ...]


def cases(reports: Sequence[Report], cameras: Mapping[str, Camera]) -> list[Case]:
    """Look at waiting reports.

    Parameters
    ----------
    reports
        All that wait: many in one block are seen only together.
    cameras
        Known records by id.

    Returns
    -------
    list of Case
        In the order of ``reports``.
    """
    places = [place_of(report, cameras) for report in reports]
    known = [camera for camera in cameras.values() if camera.status != "removed"]
    at = np.array([camera.lonlat for camera in known], dtype=np.float64).reshape(-1, 2)
    rings = _rings([place for report, place in zip(reports, places, strict=True) if isinstance(report, NewCamera)])
    made = []
    for report, place in zip(reports, places, strict=True):
        near = () if place is None else _near(report, place, known, at)
        twins = _twins(report, reports) if isinstance(report, NewCamera) else ()
        flags = list(_flags(report, place, cameras, places))
        flags += ["ring"] * (isinstance(report, NewCamera) and place in rings)
        flags += ["double"] * any(one.same for one in near) + ["twin"] * bool(twins)
        made.append(Case(report, place, near, twins, tuple(flags)))
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


def moved_walks(area: Area, report: Report, *, pairs: int = 60, seed: int = 1) -> tuple[float, float] | None:
    """Tell what a report changes if it is accepted.

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


def _near(report: Report, place: LonLat, known: Sequence[Camera], at: np.ndarray) -> tuple[Near, ...]:
    if not known:
        return ()
    away_m = distance_m(at, np.array(place))
    order = [int(index) for index in np.argsort(away_m, kind="stable") if away_m[index] <= NEAR_M]
    new = camera_of(report) if isinstance(report, NewCamera) else None
    return tuple(Near(known[n], float(away_m[n]), new is not None and _same(new, known[n])) for n in order)


def _same(one: Camera, other: Camera) -> bool:
    return bool(list(doubles({1: one, 2: other})))


def _twins(report: NewCamera, reports: Sequence[Report]) -> tuple[str, ...]:
    mine = camera_of(report)
    others = [other for other in reports if isinstance(other, NewCamera) and other.id != report.id]
    return tuple(other.id for other in others if _same(mine, camera_of(other)))


def _flags(
    report: Report, place: LonLat | None, cameras: Mapping[str, Camera], places: Sequence[LonLat | None]
) -> list[str]:
    flags = []
    if isinstance(report, Gone):
        flags.append("gone")
    if isinstance(report, Turned):
        flags.append("turned")
    if place is None or (not isinstance(report, NewCamera | NoneSeen) and cameras[report.camera].status == "removed"):
        flags.append("unknown-camera")
    elif sum(1 for other in places if other is not None and _apart_m(place, other) <= BLOCK_M) > CROWD:
        flags.append("crowd")
    return flags


def _apart_m(one: LonLat, other: LonLat) -> float:
    return float(distance_m(np.array(one), np.array(other)))


def _rings(places: Sequence[LonLat | None]) -> set[LonLat]:
    """Find new cameras that together stand around a place, as somebody would put them who wants it avoided or sought.

    From the middle of a ring its cameras are seen in all directions with no gap wider than 100 degrees, none of them
    nearer than 20 m; cameras along a street leave gaps of about 180.
    """
    spots = [place for place in places if place is not None]
    found: set[LonLat] = set()
    for home in spots:
        group = [spot for spot in spots if _apart_m(home, spot) <= 2 * RING_M[1]]
        if len(group) < RING_LEAST:
            continue
        middle = np.mean(np.array(group), axis=0)
        frame = to_frame(np.array(group), middle)
        away = np.hypot(*frame.T)
        around = (away >= RING_M[0]) & (away <= RING_M[1])
        if around.sum() < RING_LEAST or around.sum() < len(group):
            continue
        turns = np.sort(np.degrees(np.arctan2(frame[around, 0], frame[around, 1])) % 360)
        gaps = np.diff(np.append(turns, turns[0] + 360))
        if float(gaps.max()) <= RING_GAP_DEG and not math.isclose(float(away.min()), 0):
            found |= set(group)
    return found
