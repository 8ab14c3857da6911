"""``sidestep reports``: look at what contributors sent, decide, and publish.

A reviewer works on her own screen; what she decides is recorded in a chain that only ever grows. One reviewer decides
for now: decisions have room for a second one (:class:`web.store.Decision`), and :func:`accept` is where she would be
asked for.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from routing.console import bar, complain, say
from routing.errors import BadFileError, BadUsageError
from routing.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.area import Area
    from routing.model import Camera
    from routing.reports import Report
    from web.publishing import Published
    from web.review import Case
    from web.store import Decision, Store

_MOST_BYTES = 4 * 2**20  # of a file; 200 reports of the longest kind are smaller
_MOST_REASON = 500  # characters, as in a camera file

_dir = click.option(
    "--dir", "folder", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder of reports, as given to: sidestep serve --reports. Default: in your data directory.",
)  # fmt: skip
_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_area = click.option(
    "--area", "area_name", metavar="DIR", help="Tell also which walks would change there; takes a second a report."
)
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
@_area
@_form
def list_reports(*, folder: Path | None, area_name: str | None, form: str) -> None:
    """List the reports that wait, flagged ones first; the order tells nothing of when they came.

    \b
    Example:
      sidestep reports list --format json
    """  # noqa: D301  # as above
    from web.desk import effects, known_cameras, waiting_cases
    from web.report_text import flags_of, kind, record

    store, area = _store(folder), _named(area_name)
    known = known_cameras(store, area)
    effect = effects(known, area)
    cases = [effect(case)[0] for case in waiting_cases(store, known, area)]
    found = sorted(cases, key=lambda case: (not case.flags, case.report.id))
    if form == "json":
        say(json.dumps([record(case) for case in found], ensure_ascii=False, indent=1) + "\n")
        return
    lines = [
        f"{case.report.id}  {case.report.month}  {kind(case.report):<12}  {'; '.join(flags_of(case))}" for case in found
    ]
    lines.append(f"{len(found)} reports wait" if found else "no report waits")
    say("".join(f"{line.rstrip()}\n" for line in lines))


@reports.command("show")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_dir
@_area
def show(*, ids: tuple[str, ...], folder: Path | None, area_name: str | None) -> None:
    """Show reports with what is near them, what is odd about them, and what they would change.

    \b
    Example:
      sidestep reports show rp/abcdefghij --area kallio-helsinki
    """  # noqa: D301  # as above
    from web.desk import effects, known_cameras, waiting_cases
    from web.report_text import described

    store, area = _store(folder), _named(area_name)
    known = known_cameras(store, area)
    effect = effects(known, area)
    by_id = {case.report.id: case for case in waiting_cases(store, known, area)}
    missing = [name for name in ids if name not in by_id]
    if missing:
        raise BadUsageError(f"{plain(missing[0])} does not wait for a decision (sidestep reports list)")
    for name in dict.fromkeys(ids):
        case, moved = effect(by_id[name])
        lines = described(case)
        if moved is not None:
            lines.append(f"  accepted, it changes {moved[0]:.0%} of walks around it, by {moved[1]:.0f} m in the mean")
        say("\n".join((*lines, "")))


@reports.command("accept")
@click.argument("ids", nargs=-1, metavar="ID...")
@click.option("--all-without-flags", "unflagged", is_flag=True, help="Accept every report that has no flag.")
@click.option("--remove", is_flag=True, help="Make a tombstone of a camera that is gone; see below.")
@click.option("--because", default="", metavar="TEXT", help="Your reason, for the log; it is published with a removal.")
@_as
@_dir
@_area
def accept(
    *,
    ids: tuple[str, ...],
    unflagged: bool,
    remove: bool,
    because: str,
    reviewer: str,
    folder: Path | None,
    area_name: str | None,
) -> None:
    """Accept reports and publish them; a server that uses the folder takes them up by itself.

    A camera that is reported once weighs a quarter until another month confirms it. One that is reported gone is
    disputed and fades. With --remove it goes, if reports that were accepted in two different months say so, or with a
    reason. A month on record is the one in which you accept, whatever month the sender names.

    \b
    Examples:
      sidestep reports accept rp/abcdefghij rp/klmnopqrst
      sidestep reports accept rp/abcdefghij --remove --because "the house was torn down"
    """  # noqa: D301  # as above
    from web.desk import effects, waiting_cases

    if not ids and not unflagged:
        raise BadUsageError("give the ids of reports, or --all-without-flags")
    because = _line(because)
    store, area = _store(folder), _named(area_name)
    known = _cameras(store, area)
    effect = effects(known, area)
    found = {case.report.id: case for case in waiting_cases(store, known, area)}
    plain_ones = [name for name, case in found.items() if not effect(case)[0].flags] if unflagged else []
    before = {"accepted", "published"}  # an accept that was interrupted may be run again
    done = {name for name in ids if (held := store.get(name)) is not None and held.state in before}
    chosen = [name for name in dict.fromkeys([*ids, *plain_ones]) if name not in done]
    decisions = _decisions("remove" if remove else "accept", chosen, found, because=because, reviewer=reviewer)
    if remove:
        _check_removal(store, found, done, chosen, because)
    _check(store, [found[name].report for name in chosen if name in found], decisions)
    store.decide(decisions)
    _tell(_publish(store))


@reports.command("reject")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--because", required=True, metavar="TEXT", help="Your reason, for the log.")
@_as
@_dir
def reject(*, ids: tuple[str, ...], because: str, reviewer: str, folder: Path | None) -> None:
    """Reject reports; they change nothing, and what they said is removed.

    \b
    Example:
      sidestep reports reject rp/abcdefghij --because "there is a lamp, and no camera"
    """  # noqa: D301  # as above
    from web.desk import known_cameras, waiting_cases

    because = _line(because)
    if not because:
        raise BadUsageError("--because needs a reason, for the log")
    store = _store(folder)
    found = {case.report.id: case for case in waiting_cases(store, known_cameras(store))}
    store.decide(_decisions("reject", list(dict.fromkeys(ids)), found, because=because, reviewer=reviewer))
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
    from web.store import ConflictError

    found = [report for file in files for report in _read(file)]  # all are read before any is kept
    try:
        total = len(set(_store(folder, make=True).take(found, f"{dt.datetime.now(dt.UTC):%Y-%m-%d}")))
    except ConflictError as error:
        raise BadFileError(f"{', '.join(map(str, files))}: {error}; nothing was taken") from None
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
@click.option("--head", metavar="HASH", help="A hash that you noted elsewhere, as this command told it before.")
@_dir
def verify(*, head: str | None, folder: Path | None) -> None:
    """Check that no decision was changed or put in, and that reports are as decisions say; exit code 4 if not.

    Whoever can write the file can make the whole log anew: note the last hash elsewhere, and give it the next time.

    \b
    Examples:
      sidestep reports verify
      sidestep reports verify --head 5f1e...
    """  # noqa: D301  # as above
    if head is not None and not re.fullmatch(r"[0-9a-f]{64}", head := head.strip().lower()):
        raise BadUsageError("--head is a hash of 64 letters and digits, as this command tells it")
    count, last = _store(folder).verify(head)
    noted = f"the last has the hash {last}" if last else "there is no hash to note yet"
    say(f"{count} decisions, all as they were recorded\n{noted}\n")


def _read(file: Path) -> list[Report]:
    from routing.reports import read_reports

    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with file.open("rb") as opened:
                data = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadFileError(f"{file}: cannot be read ({error.strerror}); nothing was taken") from error
    if len(data) > _MOST_BYTES:
        raise BadFileError(f"{file}: is larger than {_MOST_BYTES >> 20} MiB; a file of 200 reports is smaller")
    try:
        return read_reports(data)
    except BadFileError as error:
        raise BadFileError(f"{file}: {error}; nothing was taken") from None


def _store(folder: Path | None, *, make: bool = False) -> Store:
    from routing.workspace import areas_dir
    from web.store import Store

    return Store(folder or areas_dir().parent / "reports", make=make)


def _named(area_name: str | None) -> Area | None:
    from routing.workspace import find_area

    return None if area_name is None else find_area(area_name, progress=bar)


def _cameras(store: Store, area: Area | None = None) -> dict[str, Camera]:
    """Read the published cameras, after adding those of an area that the file lacks."""
    from web.desk import known_cameras
    from web.publishing import start

    start(store.folder, [] if area is None else area.cameras)
    return known_cameras(store)


def _check_removal(store: Store, found: dict[str, Case], done: set[str], chosen: Sequence[str], because: str) -> None:
    """Refuse a removal that is none, comes too late, or whose reason may name somebody: it is published."""
    from routing.camera_checks import personal
    from routing.reports import Gone

    removals = {decision.report for decision in store.log() if decision.action == "remove"}
    if late := sorted(done - removals):
        raise BadUsageError(f"{late[0]} was accepted before; to remove its camera: sidestep cameras remove")
    for name in chosen:
        if name in found and not isinstance(found[name].report, Gone):
            raise BadUsageError(f"{name} does not say that a camera is gone; --remove is for those that do")
    if what := personal("removed_because", because):
        raise BadUsageError(f"--because is published, and seems to hold {what}; give a reason without it")


def _check(store: Store, reports: list[Report], decisions: Sequence[Decision]) -> None:
    """Refuse now what could not be published later, with all that is accepted already."""
    from web.publishing import outcome

    whole = {decision.report: decision for decision in (*store.log(), *decisions)}
    _, stuck = outcome(_cameras(store), [*store.accepted(), *reports], whole)
    for report in reports:
        if report.id in stuck:
            raise BadUsageError(f"{report.id}: {stuck[report.id]}")


def _decisions(
    action: str, ids: Sequence[str], found: dict[str, Case], *, because: str, reviewer: str
) -> list[Decision]:
    from web.store import Decision

    month, reviewer = f"{dt.datetime.now(dt.UTC):%Y-%m}", _line(reviewer)
    return [
        Decision(month, action, name, _camera_id(found[name].report) if name in found else "", reviewer, because)
        for name in ids
    ]


def _line(text: str) -> str:
    """Clean what a reviewer types: one line, nothing that steers a terminal or turns the direction of writing."""
    line = " ".join(plain(text).split())
    if len(line) > _MOST_REASON:
        raise BadUsageError(f"a reason or name has at most {_MOST_REASON} characters; shorten it")
    return line


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
    for name, why in done.stuck.items():
        complain(f"{name}: accepted, but it cannot be published: {why}; then: sidestep reports publish")
    say(f"{len(done.after)} cameras published; a server that runs with this folder takes them up by itself\n")
