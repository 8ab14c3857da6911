"""What a server keeps of reports, in SQLite: reports that wait, and an append-only log of what reviewers decided.

Nothing of who sent a report, from where or when is kept: there is no column for it, and the day of receipt is dropped
when the report is decided; of a rejected one nothing but the id stays. What is acknowledged is on the disk (WAL,
``synchronous=FULL``, asked of every connection).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from routing.errors import BadFileError, BadUsageError, OutsideError, SidestepError
from routing.reports import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILE: Final = "reports.sqlite"
VERSION: Final = 1  # of the schema
_SCHEMA: Final = Path(__file__).with_name("schema.sql")
_WAIT_S: Final = 10.0  # for another process that writes
# what every connection must answer, or it is not used
_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "secure_delete": 1,
    "trusted_schema": 0,
    "foreign_keys": 1,
}


class ConflictError(SidestepError):
    """A report has the id of another one."""

    code: ClassVar[str] = "report-conflict"


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
        Made if it is not there.

    Raises
    ------
    BadFileError
        If the file is damaged, or of a newer version of this program.
    OutsideError
        If the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutsideError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from error
        with self._writing() as connection:
            _migrate(connection, self.path)

    @property
    def path(self) -> Path:
        """Give the file."""
        return self.folder / FILE

    def take(self, reports: Sequence[Report], day: str) -> list[str]:
        """Keep reports, all or none; what is kept already is not kept twice, so that a retry is harmless.

        Returns
        -------
        list of str
            The ids that are kept now, in the order given. When this returns they are on the disk.

        Raises
        ------
        ConflictError
            If one has the id of another report.
        """
        rows = [(report.id, body_of(report), day) for report in reports]
        with self._writing() as connection:
            for name, body, when in rows:
                known = connection.execute("SELECT body FROM reports WHERE id = ?", (name,)).fetchone()
                if known is None:
                    connection.execute("INSERT INTO reports VALUES (?, ?, ?, 'waiting')", (name, body, when))
                elif known[0] not in {body, ""}:  # of a rejected one nothing is left to compare with
                    raise ConflictError("a report has the id of another one; give it a new id")
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
        """Record decisions on waiting reports, all or none; what a rejected one said is overwritten on the disk.

        Raises
        ------
        BadUsageError
            If a report is not waiting.
        """
        with self._writing() as connection:
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

    def begin_batch(self, sha256: str, reports: Sequence[str]) -> None:
        """Record which reports the camera file with this hash has in it, before that file takes its place."""
        with self._writing() as connection:
            connection.execute("DELETE FROM batch")
            connection.executemany("INSERT INTO batch VALUES (?, ?)", [(name, sha256) for name in reports])

    def batch(self) -> tuple[str, list[str]]:
        """Give the hash and the reports of the batch that was begun and not ended; an empty hash if there is none."""
        with self._connected() as connection:
            rows = connection.execute("SELECT report, sha256 FROM batch ORDER BY report").fetchall()
        return (rows[0][1] if rows else ""), [name for name, _ in rows]

    def published(self, reports: Sequence[str]) -> None:
        """Record that accepted reports are in the camera files; this ends their batch."""
        with self._writing() as connection:
            connection.execute("DELETE FROM batch")
            connection.executemany(
                "UPDATE reports SET state = 'published' WHERE id = ? AND state = 'accepted'",
                [(name,) for name in reports],
            )

    def log(self) -> list[Decision]:
        """List all decisions, the first first."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT month, action, report, camera, reviewer, reason, before, hash FROM decisions ORDER BY seq"
            ).fetchall()
        return [Decision(*row) for row in rows]

    def verify(self) -> int:
        """Check the chain of decisions, and give how many there are.

        Raises
        ------
        BadFileError
            If a decision was changed, dropped or put in, or a report decided without one.
        """
        before = ""
        log = self.log()
        for number, decision in enumerate(log, start=1):
            if decision.chained(before) != decision:
                raise BadFileError(f"{FILE}: decision {number} is not as it was recorded; the log was changed")
            before = decision.hash
        with self._connected() as connection:
            decided = connection.execute("SELECT count(*) FROM reports WHERE state <> 'waiting'").fetchone()[0]
        if decided != len(log):
            raise BadFileError(f"{FILE}: {decided} reports are decided and {len(log)} decisions recorded")
        return len(log)

    def _held(self, where: str, *values: str) -> list[Held]:
        with self._connected() as connection:
            rows = connection.execute(f"SELECT body, day, state FROM reports {where}", values).fetchall()  # noqa: S608 - ours
        return [Held(msgspec.json.decode(body, type=Report), day, state) for body, day, state in rows]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for one transaction: all of it, or nothing."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
            try:
                _prepare(connection)
                yield connection
            finally:
                connection.close()
        except sqlite3.DatabaseError as error:
            raise _explained(error) from None


def body_of(report: Report) -> str:
    """Give the canonical JSON of a report: equal reports are equal texts."""
    return json.dumps(msgspec.to_builtins(report), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _prepare(connection: sqlite3.Connection) -> None:
    """Set what every connection needs, and look whether it is set."""
    for name, value in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    for name, value in _PRAGMAS.items():
        if connection.execute(f"PRAGMA {name}").fetchone()[0] != value:
            raise OutsideError(f"{FILE}: this disk or this SQLite does not keep what it is told to ({name})")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise BadFileError(f"{path}: is of a newer version of this program ({version}); update it")
    if version == 0:
        for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
            connection.execute(statement)
    # a later version adds its steps here, each from the version before
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(text: str) -> Iterator[str]:
    """Split a script into statements, so that all of them are one transaction."""
    held = ""
    for line in text.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _explained(error: sqlite3.DatabaseError) -> SidestepError:
    """Say what is wrong without what SQLite says, which may hold a value."""
    name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    if name in {"SQLITE_CORRUPT", "SQLITE_NOTADB"}:
        return BadFileError(f"{FILE}: is damaged; put a copy in its place")
    return OutsideError(f"{FILE}: cannot be read or written ({name.removeprefix('SQLITE_').lower()})")
