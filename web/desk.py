"""What lies on a reviewer's desk: waiting reports, the cameras that are known, and what an area tells of both.

In: a store, and an area if there is one; out: a :class:`web.review.Case` each. To look writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from routing.cameras import read_cameras
from routing.joining import names_of
from routing.revise import revised
from web.publishing import CAMERAS
from web.review import MOVED_SHARE, cases, moved_walks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routing.area import Area
    from routing.model import Camera
    from web.review import Case
    from web.store import Store


def known_cameras(store: Store, area: Area | None = None) -> dict[str, Camera]:
    """Read the published cameras of a store's folder, and add those of an area that the file lacks."""
    path = store.folder / CAMERAS
    known = read_cameras(path) if path.exists() else ()
    names = {name for camera in known for name in names_of(camera)}
    missing = [] if area is None else [camera for camera in area.cameras if camera.id not in names]
    return {camera.id: camera for camera in (*known, *missing)}


def waiting_cases(store: Store, known: Mapping[str, Camera], area: Area | None = None) -> list[Case]:
    """Look at all reports that wait; with an area also whether they are of it."""
    return cases([held.report for held in store.waiting()], known, None if area is None else area.manifest.bbox)


def effects(
    known: Mapping[str, Camera], area: Area | None
) -> Callable[[Case], tuple[Case, tuple[float, float] | None]]:
    """Give what tells how walks change by a report, and flags it if they are many; nothing without an area."""
    if area is None:
        return lambda case: (case, None)
    now = revised(area, known.values())

    def effect(case: Case) -> tuple[Case, tuple[float, float] | None]:
        moved = None if "unknown-camera" in case.flags else moved_walks(now, case.report)
        if moved is None or moved[0] < MOVED_SHARE:
            return case, moved
        return replace(case, flags=(*case.flags, "moves-walks")), moved

    return effect
