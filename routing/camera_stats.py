"""How many cameras of which kind a file has, how old they are and whose word they rest on: records in, counts out.

Tombstones are counted by status alone. Ages are whole years from the month a camera was last seen to a given month.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from routing.figures import figure
from routing.optics import CAMERA_CLASSES, direction_known, is_camera, view_of
from routing.trust import months_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from routing.model import Camera

AGES: Final = ("under 1 year", "1 to 2 years", "3 to 5 years", "6 to 9 years", "10 years and more", "no date")
_YEARS: Final = (1, 3, 6, 10)  # where the next age begins
CLASSES: Final = ("fixed", "dome", "panning", "panorama", "unknown")


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of one file.

    Attributes
    ----------
    cameras
        In use: tombstones and what is no camera are left out.
    ages
        Cameras by class and age, ``CLASSES`` by ``AGES``.
    directions_known
        Cameras by class of which a direction is told and understood.
    km
        Of walkable ways, if an area was given.
    """

    records: int
    cameras: int
    indoor: int
    ages: Mapping[str, Mapping[str, int]]
    directions_known: Mapping[str, int]
    by_status: Mapping[str, int]
    by_source: Mapping[str, int]
    km: float | None = None

    @property
    def per_km(self) -> float | None:
        """Give the cameras per kilometre that can be walked."""
        return None if self.km is None or self.km <= 0 else self.cameras / self.km


def count(cameras: Iterable[Camera], month: str, *, km: float | None = None) -> Stats:
    """Count.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> one = Camera("osm/node/1", LonLat(0, 0), {"man_made": "surveillance"}, last_seen="2020-01")
    >>> count([one], "2026-01").ages["unknown"]["6 to 9 years"]
    1
    """
    records = list(cameras)
    used = [camera for camera in records if camera.status != "removed" and is_camera(camera.tags)]
    classes = [class_of(camera) for camera in used]
    ages = Counter(zip(classes, [age_of(camera, month) for camera in used], strict=True))
    views = [view_of(camera.tags) for camera in used]
    known = Counter(kind for kind, camera in zip(classes, used, strict=True) if direction_known(camera.tags))
    return Stats(
        records=len(records),
        cameras=len(used),
        indoor=sum(view is not None and view.indoor for view in views),
        ages={kind: {age: ages[kind, age] for age in AGES} for kind in CLASSES},
        directions_known={kind: known[kind] for kind in CLASSES},
        by_status=dict(sorted(Counter(camera.status for camera in records).items())),
        by_source=dict(sorted(Counter(camera.source for camera in records).items())),
        km=km,
    )


def class_of(camera: Camera) -> str:
    """Name the class of a camera, ``unknown`` if none or more than one is told.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> class_of(Camera("osm/node/1", LonLat(0, 0), {"camera:type": "PTZ"}))
    'panning'
    """
    parts = camera.tags.get("camera:type", "").split(";")
    told = {CAMERA_CLASSES.get(part.strip().lower(), "unknown") for part in parts}
    return told.pop() if len(told) == 1 else "unknown"


def age_of(camera: Camera, month: str) -> str:
    """Say how long ago a camera was last seen, as one of :data:`AGES`."""
    seen = camera.last_seen or camera.first_seen
    if seen is None:
        return AGES[-1]
    years = max(months_between(seen, month), 0) // 12
    return AGES[sum(years >= begin for begin in _YEARS)]


def as_json(stats: Stats) -> dict[str, Any]:
    """Give the counts for a program."""
    return {
        "records": stats.records,
        "cameras": stats.cameras,
        "indoor": stats.indoor,
        "directions_known": sum(stats.directions_known.values()),
        "directions_known_by_class": dict(stats.directions_known),
        "by_class_and_age": {kind: dict(row) for kind, row in stats.ages.items()},
        "by_status": dict(stats.by_status),
        "by_source": dict(stats.by_source),
        "km": None if stats.km is None else round(stats.km, 3),
        "cameras_per_km": None if stats.per_km is None else round(stats.per_km, 3),
    }


def as_text(stats: Stats) -> str:
    """Give the counts as tables.

    Examples
    --------
    >>> print(as_text(count([], "2026-01")).splitlines()[0])
    0 cameras in use, 0 of them indoors; 0 records
    """
    known = sum(stats.directions_known.values())
    lines = [f"{stats.cameras:,} cameras in use, {stats.indoor:,} of them indoors; {stats.records:,} records"]
    if stats.cameras:
        lines.append(f"direction known: {known:,} ({known / stats.cameras:.0%})")
    if stats.km is not None and stats.per_km is not None:
        lines.append(f"{stats.per_km:.2f} per km of {stats.km:,.1f} km that can be walked")
    heads = ("last seen", *CLASSES, "all")
    rows = [(age, *(f"{stats.ages[kind][age]:,}" for kind in CLASSES)) for age in AGES]
    totals = [f"{sum(row[age] for row in stats.ages.values()):,}" for age in AGES]
    rows = [(*row, total) for row, total in zip(rows, totals, strict=True)]
    rows.append(("all", *(f"{sum(stats.ages[kind].values()):,}" for kind in CLASSES), f"{stats.cameras:,}"))
    rows.append(("direction known", *(f"{stats.directions_known[kind]:,}" for kind in CLASSES), f"{known:,}"))
    lines += ["", *(_line(row) for row in (heads, *rows))]
    for what, counts in (("status", stats.by_status), ("source", stats.by_source)):
        lines += ["", *(f"{what} {name:<24}{number:>8,}" for name, number in counts.items())]
    return "\n".join(lines) + "\n"


def _line(row: tuple[str, ...]) -> str:
    return f"{row[0]:<18}" + "".join(f"{cell:>10}" for cell in row[1:])


def draw(stats: Stats, path: Path, *, form: str) -> None:
    """Draw cameras by age and class, and of how many the direction is known, as ``png`` or ``svg``.

    Raises
    ------
    BadUsageError
        If matplotlib is not installed.
    """
    with figure(path, form=form, size_in=(9, 4)) as drawn:
        left, right = drawn.subplots(1, 2, width_ratios=(3, 2))
        base = [0] * len(AGES)
        for kind in CLASSES:
            row = [stats.ages[kind][age] for age in AGES]
            left.bar(range(len(AGES)), row, bottom=base, label=kind)
            base = [below + more for below, more in zip(base, row, strict=True)]
        left.set_xticks(range(len(AGES)), [age.replace(" and more", "+") for age in AGES], rotation=30, ha="right")
        left.set(title="Last seen", ylabel="cameras")
        left.legend()
        known = [stats.directions_known[kind] for kind in CLASSES]
        unknown = [sum(stats.ages[kind].values()) - number for kind, number in zip(CLASSES, known, strict=True)]
        right.barh(CLASSES, known, label="known")
        right.barh(CLASSES, unknown, left=known, label="unknown", color="lightgrey")
        right.set(title="Direction", xlabel="cameras")
        right.legend()
