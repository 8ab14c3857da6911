"""``sidestep reports``: look at what contributors sent, decide, and publish.

A reviewer works on her own screen; what she decides is recorded in a chain that only ever grows. One reviewer decides
for now: decisions have room for a second one (:class:`web.store.Decision`), and :func:`accept` is where she would be
asked for.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routing.console import bar, notice, say
from routing.errors import BadFileError, BadUsageError
from routing.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.model import Camera
    from routing.reports import Report
    from web.publishing import Published
    from web.review import Case
    from web.store import Store

_POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_WORDS = {"camera": "new camera", "there": "still there", "gone": "gone", "turned": "turned", "survey": "none seen"}
_FLAGS = {
    "crowd": "many reports in this block",
    "ring": "new cameras all around a place",
    "gone": "says that a camera is gone",
    "turned": "says that a camera looks elsewhere",
    "unknown-camera": "of a camera that is not known here",
    "double": "probably a camera that is known",
    "twin": "probably the same as another waiting report",
}

_dir = click.option(
    "--dir", "folder", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder of reports, as given to: sidestep serve --reports. Default: in your data directory.",
)  # fmt: skip
_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_as = click.option("--as", "reviewer", default="", metavar="NAME", help="What the log calls you; may be left out.")


@click.group()
def reports() -> None:
    """Review what contributors sent: nothing of it counts for others before you accept it.

    \b
    Examples:
      sidestep reports list
      sidestep reports show rp/abcdefghij
      sidestep reports accept rp/abcdefghij
    """  # noqa: D301  # click marks preformatted paragraphs with a backspace character


@reports.command("list")
@_dir
@_form
def list_reports(*, folder: Path | None, form: str) -> None:
    """List the reports that wait, flagged ones first; the order tells nothing of when they came.

    \b
    Example:
      sidestep reports list --format json
    """  # noqa: D301  # as above
    found = sorted(_cases(_store(folder)), key=lambda case: (not case.flags, case.report.id))
    if form == "json":
        say(json.dumps([_record(case) for case in found], ensure_ascii=False, indent=1) + "\n")
        return
    lines = [
        f"{case.report.id}  {case.report.month}  {_kind(case.report):<12}  {'; '.join(_told(case))}" for case in found
    ]
    lines.append(f"{len(found)} reports wait" if found else "no report waits")
    say("".join(f"{line.rstrip()}\n" for line in lines))


@reports.command("show")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_dir
@click.option("--area", "area_name", metavar="DIR", help="Tell also which walks would change there.")
def show(*, ids: tuple[str, ...], folder: Path | None, area_name: str | None) -> None:
    """Show reports with what is near them, what is odd about them, and what they would change.

    \b
    Example:
      sidestep reports show rp/abcdefghij --area kallio-helsinki
    """  # noqa: D301  # as above
    from web.review import moved_walks

    by_id = {case.report.id: case for case in _cases(_store(folder))}
    area = None
    if area_name is not None:
        from routing.workspace import find_area

        area = find_area(area_name, progress=bar)
    for name in ids:
        if name not in by_id:
            raise BadUsageError(f"{plain(name)} does not wait for a decision (sidestep reports list)")
        say("\n".join((*_described(by_id[name]), "")))
        moved = None if area is None else moved_walks(area, by_id[name].report)
        if moved is not None:
            say(f"  accepted, it changes {moved[0]:.0%} of walks around it, by {moved[1]:.0f} m in the mean\n")


@reports.command("accept")
@click.argument("ids", nargs=-1, metavar="ID...")
@click.option("--all-without-flags", "unflagged", is_flag=True, help="Accept every report that has no flag.")
@click.option("--remove", is_flag=True, help="Make a tombstone of a camera that is gone; see below.")
@click.option("--because", default="", metavar="TEXT", help="Your reason, for the log; it is published with a removal.")
@_as
@_dir
def accept(
    *, ids: tuple[str, ...], unflagged: bool, remove: bool, because: str, reviewer: str, folder: Path | None
) -> None:
    """Accept reports and publish them; a server that uses the folder takes them up by itself.

    A camera that is reported once weighs a quarter until another month confirms it. One that is reported gone is
    disputed and fades. With --remove it goes, if reports of two different months say so, or with a reason.

    \b
    Examples:
      sidestep reports accept rp/abcdefghij rp/klmnopqrst
      sidestep reports accept rp/abcdefghij --remove --because "the house was torn down"
    """  # noqa: D301  # as above
    store = _store(folder)
    found = {case.report.id: case for case in _cases(store)}
    chosen = list(dict.fromkeys([*ids, *(name for name, case in found.items() if unflagged and not case.flags)]))
    if not chosen and not unflagged:
        raise BadUsageError("give the ids of reports, or --all-without-flags")
    cameras = _cameras(store)
    for name in chosen:
        if name in found:
            _check(found[name], cameras, remove=remove, because=because)
    action = "remove" if remove else "accept"
    _decide(store, action, chosen, found, because=because, reviewer=reviewer)
    _tell(_publish(store))


@reports.command("reject")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--because", required=True, metavar="TEXT", help="Your reason, for the log.")
@_as
@_dir
def reject(*, ids: tuple[str, ...], because: str, reviewer: str, folder: Path | None) -> None:
    """Reject reports; they are kept in the store and change nothing.

    \b
    Example:
      sidestep reports reject rp/abcdefghij --because "there is a lamp, and no camera"
    """  # noqa: D301  # as above
    store = _store(folder)
    _decide(store, "reject", list(dict.fromkeys(ids)), {}, because=because, reviewer=reviewer)
    say(f"{len(set(ids))} rejected\n")


@reports.command("take")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@_dir
def take(*, files: tuple[Path, ...], folder: Path | None) -> None:
    """Take reports out of files that phones shared, `-` for standard input; they wait as if they had been sent.

    \b
    Example:
      sidestep reports take sidestep-reports.json
    """  # noqa: D301  # as above
    from routing.reports import read_reports

    store = _store(folder)
    total = 0
    for file in files:
        try:
            data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        except OSError as error:
            raise BadFileError(f"{file}: cannot be read ({error.strerror})") from error
        try:
            total += len(store.take(read_reports(data), f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"))
        except BadFileError as error:
            raise BadFileError(f"{file}: {error}") from None
    say(f"{total} reports taken\n")


@reports.command("publish")
@_dir
def publish_accepted(*, folder: Path | None) -> None:
    """Finish what an interrupted `accept` left: put accepted reports into the files.

    \b
    Example:
      sidestep reports publish
    """  # noqa: D301  # as above
    _tell(_publish(_store(folder)))


@reports.command("log")
@_dir
@_form
def log(*, folder: Path | None, form: str) -> None:
    """Show what was decided, in order.

    \b
    Example:
      sidestep reports log --format json
    """  # noqa: D301  # as above
    decisions = _store(folder).log()
    if form == "json":
        say(json.dumps([asdict(one) for one in decisions], ensure_ascii=False, indent=1) + "\n")
        return
    for one in decisions:
        parts = (one.month, one.action, one.report, one.camera, one.reviewer, one.reason)
        say("  ".join(plain(part) for part in parts if part) + "\n")


@reports.command("verify")
@_dir
def verify(*, folder: Path | None) -> None:
    """Check that no decision was changed, dropped or put in; exit code 4 if so.

    \b
    Example:
      sidestep reports verify
    """  # noqa: D301  # as above
    say(f"{_store(folder).verify()} decisions, all as they were recorded\n")


def _store(folder: Path | None) -> Store:
    from routing.workspace import areas_dir
    from web.store import Store

    return Store(folder or areas_dir().parent / "reports")


def _cameras(store: Store) -> dict[str, Camera]:
    from routing.cameras import read_cameras
    from web.publishing import CAMERAS, start

    start(store.folder, [])
    return {camera.id: camera for camera in read_cameras(store.folder / CAMERAS)}


def _cases(store: Store) -> list[Case]:
    from web.review import cases

    return cases([held.report for held in store.waiting()], _cameras(store))


def _check(case: Case, cameras: dict[str, Camera], *, remove: bool, because: str) -> None:
    """Refuse now what could not be published later."""
    from routing import trust
    from routing.reports import Gone, applied

    after = applied(cameras, case.report)
    if remove and not isinstance(case.report, Gone):
        raise BadUsageError(f"{case.report.id} does not say that a camera is gone; --remove is for those that do")
    if remove and isinstance(case.report, Gone):
        trust.removed(after[case.report.camera], because=because or None)


def _decide(
    store: Store, action: str, ids: Sequence[str], found: dict[str, Case], *, because: str, reviewer: str
) -> None:
    from web.store import Decision

    month = f"{dt.datetime.now(dt.UTC):%Y-%m}"
    because, reviewer = " ".join(plain(because).split())[:500], " ".join(plain(reviewer).split())[:100]
    store.decide(
        [
            Decision(month, action, name, _camera_id(found[name].report) if name in found else "", reviewer, because)
            for name in ids
        ]
    )


def _camera_id(report: Report) -> str:
    from routing.reports import NewCamera, NoneSeen, camera_of

    if isinstance(report, NoneSeen):
        return ""
    return camera_of(report).id if isinstance(report, NewCamera) else report.camera


def _publish(store: Store) -> Published:
    from web.publishing import publish

    _cameras(store)  # the files are there
    return publish(store)


def _tell(done: Published) -> None:
    for name, camera in sorted(done.after.items()):
        before = done.before.get(name)
        was = "new" if before is None else before.status
        say(f"{name}: {was} -> {camera.status}, confirmed {camera.confirmations} times\n")
    if done.surveys:
        say(f"{done.surveys} surveys\n")
    for name in done.stuck:
        notice(f"{name}: accepted, but its camera is not in the file; add it there, then: sidestep reports publish")
    say(f"{len(done.after)} cameras published\n")


def _kind(report: Report) -> str:
    return _WORDS[str(report.__struct_config__.tag)]


def _told(case: Case) -> list[str]:
    return [_FLAGS[flag] for flag in case.flags]


def _record(case: Case) -> dict[str, Any]:
    from web.store import body_of

    near = [{"id": one.camera.id, "distance_m": round(one.distance_m, 1), "same": one.same} for one in case.near]
    return {"report": json.loads(body_of(case.report)), "near": near, "twins": case.twins, "flags": case.flags}


def _described(case: Case) -> list[str]:
    from web.store import body_of

    report = case.report
    lines = [f"{report.id}: {_kind(report)}, {report.month}"]
    if case.at is not None:
        lines.append(f"  at {case.at.lat:.6f},{case.at.lon:.6f}")
    skip = {"id", "kind", "month", "at", "line"}
    body: dict[str, Any] = {key: value for key, value in json.loads(body_of(report)).items() if key not in skip}
    lines += [f"  {key}: {_said(key, value)}" for key, value in body.items() if value is not None]
    for one in case.near:
        camera = one.camera
        told = (camera.tags.get("camera:type", "type unknown"), camera.status, camera.last_seen or "date unknown")
        same = ", probably the same" if one.same else ""
        lines.append(f"  near: {camera.id}, {one.distance_m:.0f} m, {', '.join(map(plain, told))}{same}")
    if not case.near:
        lines.append("  near: no known camera within 50 m")
    lines += [f"  also reported: {name}" for name in case.twins]
    lines += [f"  flag: {told}" for told in _told(case)]
    return lines


def _said(key: str, value: object) -> str:
    if key == "direction" and isinstance(value, int):
        return f"{value}° ({_POINTS[round(value / 45) % 8]})"
    return str(value)
