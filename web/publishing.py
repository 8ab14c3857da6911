"""Accepted reports → the camera file and the file of surveys of a folder; nothing is lost or counted twice.

A folder of reports holds ``reports.sqlite`` (see :mod:`web.store`), ``cameras.geojson`` and ``surveys.geojson``. Both
files are written whole, and a batch has one outcome, whatever order its reports came or were decided in.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from routing import trust
from routing.cameras import head_of, read_cameras, write_cameras
from routing.errors import BadFileError, BadUsageError, OutsideError
from routing.files import flush_folder, locked
from routing.joining import names_of
from routing.reports import NewCamera, NoneSeen, changed, survey_of
from routing.surveys import read_surveys, write_surveys
from web.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routing.model import Camera
    from routing.reports import Report
    from web.store import Decision

CAMERAS: Final = "cameras.geojson"
SURVEYS: Final = "surveys.geojson"
_DRAFT: Final = ".cameras.geojson.draft"
_LOCK: Final = ".lock.sqlite"
_WAIT_S: Final = 60.0  # for another process that publishes


@dataclass(frozen=True, slots=True)
class Published:
    """What went into the files.

    Attributes
    ----------
    before, after
        Camera records by id, of those that changed.
    surveys
        How many were added.
    stuck
        Accepted reports that could not be applied, by id, and why.
    """

    before: Mapping[str, Camera]
    after: Mapping[str, Camera]
    surveys: int = 0
    stuck: Mapping[str, str] = field(default_factory=dict)


def start(folder: Path, cameras: Iterable[Camera]) -> None:
    """Put the files into a folder that has none; add the cameras of an area that its file does not know.

    So a camera whose line is taken out of the file comes back: a removal needs a tombstone.
    """
    with _alone(folder):
        if not (folder / SURVEYS).exists():
            write_surveys(folder / SURVEYS, [])
        path = folder / CAMERAS
        if not path.exists():
            write_cameras(path, cameras)
            return
        known = read_cameras(path)
        names = {name for camera in known for name in names_of(camera)}
        missing = [camera for camera in cameras if camera.id not in names]
        if missing:
            _settle(Store(folder))  # while the file still has the hash by which a batch is known
            write_cameras(path, [*known, *missing], **head_of(path))


def publish(store: Store) -> Published:
    """Put what was accepted into the files of the store's folder.

    May be killed at any moment and run again: a report is in the files once.

    Raises
    ------
    BadFileError
        If a file cannot be read.
    OutsideError
        If one cannot be written.
    """
    folder = store.folder
    with _alone(folder):
        _settle(store)
        reports = store.accepted()
        if not reports:
            return Published({}, {})
        _publish_surveys(folder, reports)
        surveys = sum(isinstance(report, NoneSeen) for report in reports)
        old = {camera.id: camera for camera in read_cameras(folder / CAMERAS)}
        new, stuck = outcome(old, reports, {decision.report: decision for decision in store.log()})
        done = [report.id for report in reports if report.id not in stuck]
        if new == old:  # nothing to write: whoever follows the file sees no new version
            store.published(done)
            return Published({}, {}, surveys, stuck)
        write_cameras(folder / _DRAFT, new.values(), **head_of(folder / CAMERAS))
        store.begin_batch(_hash_of(folder / _DRAFT), done)
        try:
            os.replace(folder / _DRAFT, folder / CAMERAS)  # noqa: PTH105 - the step that counts, by its own name
            flush_folder(folder)
        except OSError as error:
            raise OutsideError(f"{folder / CAMERAS}: cannot be written ({error.strerror})") from error
        store.published(done)
    touched = [name for name, camera in new.items() if old.get(name) != camera]
    before = {name: old[name] for name in touched if name in old}
    return Published(before, {name: new[name] for name in touched}, surveys, stuck)


def _settle(store: Store) -> None:
    """End a batch whose file took its place just before a kill; one whose file did not begins anew."""
    sha256, begun = store.batch()
    if sha256 and _hash_of(store.folder / CAMERAS) == sha256:
        store.published(begun)


def _publish_surveys(folder: Path, reports: Sequence[Report]) -> None:
    """Add surveys; one that is there already is the same one."""
    found = [survey_of(report) for report in reports if isinstance(report, NoneSeen)]
    if found:
        known = {survey.id: survey for survey in read_surveys(folder / SURVEYS)}
        write_surveys(folder / SURVEYS, {**{one.id: one for one in found}, **known}.values())


def outcome(
    cameras: Mapping[str, Camera], reports: Iterable[Report], decisions: Mapping[str, Decision]
) -> tuple[dict[str, Camera], dict[str, str]]:
    """Apply accepted reports to records; give the records by id, and what could not be applied: by report, and why.

    Parameters
    ----------
    cameras
        Records by id.
    reports
        In any order; they are applied by month, new cameras first and removals last, so that the outcome is one.
    decisions
        By report: in which month it was accepted, and whether the camera goes.
    """
    known, stuck = dict(cameras), {}
    bearer = {name: camera.id for camera in cameras.values() for name in names_of(camera)}
    for report in sorted(reports, key=lambda one: _turn(one, decisions[one.id])):
        decision = decisions[report.id]
        try:
            after = changed(_named(known, report, bearer), report, decision.month)
            if after is not None and decision.action == "remove" and after.status != "removed":
                after = trust.removed(after, because=decision.reason or None)
        except BadUsageError as error:
            stuck[report.id] = str(error)
            continue
        if after is not None:
            known[after.id] = after
    return known, stuck


def _named(known: dict[str, Camera], report: Report, bearer: Mapping[str, str]) -> Mapping[str, Camera]:
    """Give the record that a report means by the id that it names, which may be one that was merged into another."""
    if isinstance(report, NewCamera | NoneSeen) or report.camera in known or report.camera not in bearer:
        return known
    return {report.camera: known[bearer[report.camera]]}


def _turn(report: Report, decision: Decision) -> tuple[object, ...]:
    return decision.action == "remove", not isinstance(report, NewCamera), decision.month, report.month, report.id


def _hash_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise BadFileError(f"{path}: cannot be read ({error.strerror})") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from the files meanwhile; who is killed lets go by itself."""
    connection = sqlite3.connect(folder / _LOCK, timeout=_WAIT_S, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        with locked(folder / CAMERAS):  # who edits the file by hand waits, too
            yield
    except sqlite3.OperationalError as error:
        raise OutsideError(f"{folder}: is kept busy by another process; try again") from error
    finally:
        connection.close()
