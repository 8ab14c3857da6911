"""What a server keeps of reports, in SQLite: reports that wait, and an append-only log of what reviewers decided.

Nothing of who sent a report, from where or when is kept: there is no column for it, and the day of receipt is dropped
when the report is decided; of a rejected one nothing but the id stays. What is acknowledged is on the disk (WAL,
``synchronous=FULL``, asked of every connection).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from routing.errors import BadFileError, BadUsageError, OutsideError, SidestepError
from routing.reports import Report
from web.database import connected, empty_journal, make_private, statements, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

FILE: Final = "reports.sqlite"
VERSION: Final = 1  # of the schema
_SCHEMA: Final = Path(__file__).with_name("schema.sql")
# what state a report is in after a decision: the pair must be found in both tables
_FITS: Final = "reports.state <> 'waiting' AND (reports.state = 'rejected') = (decisions.action = 'reject')"


class ConflictError(SidestepError):
    """A report has the id of another one."""

    code: ClassVar[str] = "report-conflict"


class FullError(SidestepError):
    """As many reports wait as are to."""

    code: ClassVar[str] = "busy"


@dataclass(frozen=True, slots=True)
class Held:
    """A report that is kept; ``day`` is that of receipt, until it is decided."""

    report: Report
    day: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided.

    Attributes
    ----------
    month
        ``YYYY-MM``.
    action
        ``accept``, ``reject``, or ``remove``: accept, and make a tombstone of the camera.
    report, camera
        Ids; the camera's is empty for a survey or a rejected report.
    reviewer
        As she calls herself; a second one comes with review by two.
    reason
        Of hers; may be empty where nothing is rejected or removed.
    before, hash
        The hash of the decision before, and its own.
    """

    month: str
    action: str
    report: str
    camera: str = ""
    reviewer: str = ""
    reason: str = ""
    before: str = ""
    hash: str = ""

    def chained(self, before: str) -> Decision:
        """Give the decision as the next link of the chain."""
        told = {key: value for key, value in asdict(self).items() if key not in {"before", "hash"}} | {"before": before}
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return replace(self, before=before, hash=hashlib.sha256(text.encode()).hexdigest())


class Store:
    """The reports of one folder.

    Every call opens a connection of its own, so that threads and processes may share a folder.

    Parameters
    ----------
    folder
        Where they are.
    make
        Make folder and file if they are not there, for their owner alone; a folder that is there stays as it is.

    Raises
    ------
    BadFileError
        If the file is damaged, of a newer version of this program, or not there and not to be made.
    OutsideError
        If the folder cannot be written.
    """

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        self.folder = folder
        if make:
            _make_folder(folder)
        elif not self.path.is_file():
            raise BadFileError(f"{folder}: no reports are kept there; give --dir the folder that the server was given")
        make_private(self.path)
        with connected(self.path) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != VERSION:
            with writing(self.path) as connection:
                _migrate(connection, self.path)

    @property
    def path(self) -> Path:
        """Give the file."""
        return self.folder / FILE

    def take(self, reports: Sequence[Report], day: str, *, most: int | None = None) -> list[str]:
        """Keep reports, all or none; what is kept already is not kept twice, so that a retry is harmless.

        Parameters
        ----------
        reports
            As they came.
        day
            Of receipt, ``YYYY-MM-DD``.
        most
            How many may wait for a decision afterwards; ``None``: any number.

        Returns
        -------
        list of str
            The ids that are kept now, in the order given. When this returns they are on the disk.

        Raises
        ------
        ConflictError
            If one has the id of another report.
        FullError
            If more than ``most`` would wait.
        """
        rows = [(report.id, body_of(report), day) for report in reports]
        with writing(self.path) as connection:
            kept = 0
            for name, body, when in rows:
                known = connection.execute("SELECT body FROM reports WHERE id = ?", (name,)).fetchone()
                if known is None:
                    connection.execute("INSERT INTO reports VALUES (?, ?, ?, 'waiting')", (name, body, when))
                    kept += 1
                elif known[0] not in {body, ""}:  # of a rejected one nothing is left to compare with
                    raise ConflictError("a report has the id of another one; give it a new id")
            if kept and most is not None and _waiting(connection) > most:
                raise FullError("so many reports wait for review that no more are taken; try again in a day or two")
        return [name for name, *_ in rows]

    def waiting(self) -> list[Held]:
        """List the reports that nobody has decided, in an order that tells nothing of when they came."""
        return self._held("WHERE state = 'waiting' ORDER BY id")

    def get(self, report: str) -> Held | None:
        """Give a report by its id, in whatever state but rejected: what it said is gone then."""
        return next(iter(self._held("WHERE id = ? AND body <> ''", report)), None)

    def accepted(self) -> list[Report]:
        """List what was accepted and is not published yet, by id: those are random and tell no order."""
        return [held.report for held in self._held("WHERE state = 'accepted' ORDER BY id")]

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Record decisions on waiting reports, all or none; what a rejected one said is removed from the file.

        It is zeroed there, and the journal beside it is cut if nobody reads meanwhile; what a disk keeps of a file's
        former blocks is beyond a program.

        Raises
        ------
        BadUsageError
            If a report is not waiting.
        """
        with writing(self.path) as connection:
            row = connection.execute("SELECT hash FROM decisions ORDER BY seq DESC LIMIT 1").fetchone()
            before = row[0] if row else ""
            for decision in decisions:
                link = decision.chained(before)
                before = link.hash
                change = "state = 'rejected', body = ''" if link.action == "reject" else "state = 'accepted'"
                done = connection.execute(
                    f"UPDATE reports SET {change}, day = NULL WHERE id = ? AND state = 'waiting'",  # noqa: S608 - ours
                    (link.report,),
                )
                if done.rowcount != 1:
                    raise BadUsageError(f"{link.report} does not wait for a decision (sidestep reports list)")
                connection.execute(
                    "INSERT INTO decisions (month, action, report, camera, reviewer, reason, before, hash)"
                    " VALUES (:month, :action, :report, :camera, :reviewer, :reason, :before, :hash)",
                    asdict(link),
                )
        empty_journal(self.path)

    def begin_batch(self, sha256: str, reports: Sequence[str]) -> None:
        """Record which reports the camera file with this hash has in it, before that file takes its place."""
        with writing(self.path) as connection:
            connection.execute("DELETE FROM batch")
            connection.executemany("INSERT INTO batch VALUES (?, ?)", [(name, sha256) for name in reports])

    def batch(self) -> tuple[str, list[str]]:
        """Give the hash and the reports of the batch that was begun and not ended; an empty hash if there is none."""
        with connected(self.path) as connection:
            rows = connection.execute("SELECT report, sha256 FROM batch ORDER BY report").fetchall()
        return (rows[0][1] if rows else ""), [name for name, _ in rows]

    def published(self, reports: Sequence[str]) -> None:
        """Record that accepted reports are in the camera files; this ends their batch."""
        with writing(self.path) as connection:
            connection.execute("DELETE FROM batch")
            connection.executemany(
                "UPDATE reports SET state = 'published' WHERE id = ? AND state = 'accepted'",
                [(name,) for name in reports],
            )

    def log(self) -> list[Decision]:
        """List all decisions, the first first."""
        with connected(self.path) as connection:
            return _log(connection)

    def verify(self, head: str | None = None) -> tuple[int, str]:
        """Check the chain of decisions, and that reports and decisions tell the same.

        Hashes have no key: who can write the file can write the whole chain anew, or drop its last links together with
        their reports, and this does not see it, unless it is given a hash that was noted elsewhere before. What a
        report says is not in the chain.

        Parameters
        ----------
        head
            The hash of any decision, as it was noted elsewhere.

        Returns
        -------
        (int, str)
            How many decisions there are, and the hash of the last one, empty if there is none.

        Raises
        ------
        BadFileError
            If a decision is not as it was recorded, a report is decided without one or otherwise than it says, or no
            decision has the hash ``head``.
        """
        with connected(self.path) as connection:
            connection.execute("BEGIN")  # one state of the file, whoever decides meanwhile
            log, odd = _log(connection), _odd(connection)
        before = ""
        for number, decision in enumerate(log, start=1):
            if decision.chained(before) != decision:
                raise BadFileError(f"{FILE}: decision {number} is not as it was recorded; the log was changed")
            before = decision.hash
        if odd is not None:
            raise BadFileError(f"{FILE}: {odd} is not as its decision says, or has none, or two; the file was changed")
        if head is not None and head not in {decision.hash for decision in log}:
            raise BadFileError(f"{FILE}: no decision has the hash that you noted; the log was changed")
        return len(log), before

    def _held(self, where: str, *values: str) -> list[Held]:
        with connected(self.path) as connection:
            rows = connection.execute(f"SELECT body, day, state FROM reports {where}", values).fetchall()  # noqa: S608 - ours
        return [Held(msgspec.json.decode(body, type=Report), day, state) for body, day, state in rows]


def _make_folder(folder: Path) -> None:
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)  # whatever the umask took away
    except OSError as error:
        raise OutsideError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from error


def body_of(report: Report) -> str:
    """Give the canonical JSON of a report: equal reports are equal texts."""
    return json.dumps(msgspec.to_builtins(report), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _log(connection: sqlite3.Connection) -> list[Decision]:
    rows = connection.execute(
        "SELECT month, action, report, camera, reviewer, reason, before, hash FROM decisions ORDER BY seq"
    )
    return [Decision(*row) for row in rows]


def _odd(connection: sqlite3.Connection) -> str | None:
    """Find a report that is not as its decision says, a decision without its report, or two of one."""
    row = connection.execute(
        f"SELECT id FROM reports LEFT JOIN decisions ON report = id AND {_FITS}"  # noqa: S608 - ours
        f" WHERE state <> 'waiting' AND report IS NULL"
        f" UNION ALL SELECT report FROM decisions LEFT JOIN reports ON report = id AND {_FITS} WHERE id IS NULL"
        f" UNION ALL SELECT report FROM decisions GROUP BY report HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    return None if row is None else str(row[0])


def _waiting(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM reports WHERE state = 'waiting'").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise BadFileError(f"{path}: is of a newer version of this program ({version}); update it")
    if version == 0:
        for statement in statements(_SCHEMA.read_text(encoding="utf-8")):
            connection.execute(statement)
    # a later version adds its steps here, each from the version before
    connection.execute(f"PRAGMA user_version = {VERSION}")
