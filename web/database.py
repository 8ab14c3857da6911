"""One SQLite file that its owner alone reads, whose times tell no more than a day, and in which nothing deleted stays.

Every connection is asked what it must answer, or it is not used. What SQLite says of a failure may hold a value, so it
is never repeated.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from routing.errors import BadFileError, OutsideError, SidestepError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WAIT_S: Final = 10.0  # for another process that writes
_HURRY_S: Final = 1.0  # for one that reads while the journal is to be emptied
_PRIVATE: Final = 0o600
_BESIDE: Final = ("-wal", "-shm")  # SQLite's own files next to the one
_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "secure_delete": 1,
    "trusted_schema": 0,
    "foreign_keys": 1,
}


def make_private(path: Path) -> None:
    """Make the file if it is not there, and take it from everybody but its owner, whatever the umask says.

    Raises
    ------
    OutsideError
        If it cannot be made.
    """
    try:
        # never opened if it is there: to close it would let go of the locks that other threads have on it
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE))
    except FileExistsError:
        pass
    except OSError as error:
        raise OutsideError(f"{path}: cannot be made ({error.strerror})") from error
    for file in _files(path):
        with suppress(OSError):  # not there, or of another owner
            if file.stat().st_mode & 0o777 != _PRIVATE:
                file.chmod(_PRIVATE)


@contextmanager
def connected(path: Path, *, wait_s: float = _WAIT_S) -> Iterator[sqlite3.Connection]:
    """Open a connection to a file that is there.

    Raises
    ------
    BadFileError
        If the file is damaged.
    OutsideError
        If it cannot be read or written, or not so that what is written stays.
    """
    try:
        # mode=rw: SQLite would make a file that anybody may read
        address = f"{path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, timeout=wait_s, isolation_level=None, uri=True)
        try:
            _prepare(connection, path.name)
            yield connection
        finally:
            connection.close()
            blur_times(path)
    except sqlite3.DatabaseError as error:
        raise _explained(error, path.name) from None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a connection for one transaction: all of it, or nothing."""
    with connected(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def empty_journal(path: Path) -> None:
    """Try to move all that the journal beside the file holds into the file, and to cut the journal to nothing.

    Else what was deleted stays there for as long as any process has the file open. While one reads it cannot be done;
    then the next call does it, or whoever closes the file last.
    """
    with suppress(OutsideError), connected(path, wait_s=_HURRY_S) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def blur_times(path: Path) -> None:
    """Set the times of the file, those beside it and its folder to the midnight (UTC) with which the day began."""
    midnight = dt.datetime.combine(dt.datetime.now(dt.UTC).date(), dt.time(), dt.UTC).timestamp()
    for file in (*_files(path), path.parent):
        with suppress(OSError):  # not there, or of another owner
            os.utime(file, (midnight, midnight))


def _files(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + ending) for ending in _BESIDE)]


def _prepare(connection: sqlite3.Connection, name: str) -> None:
    """Set what every connection needs, and look whether it is set."""
    for pragma, value in _PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma} = {value}")
    for pragma, value in _PRAGMAS.items():
        if connection.execute(f"PRAGMA {pragma}").fetchone()[0] != value:
            raise OutsideError(f"{name}: this disk or this SQLite does not keep what it is told to ({pragma})")


def statements(text: str) -> Iterator[str]:
    """Split a script into statements, so that all of them are one transaction."""
    held = ""
    for line in text.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _explained(error: sqlite3.DatabaseError, name: str) -> SidestepError:
    what = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    if what in {"SQLITE_CORRUPT", "SQLITE_NOTADB"}:
        return BadFileError(f"{name}: is damaged; put a copy in its place")
    return OutsideError(f"{name}: cannot be read or written ({what.removeprefix('SQLITE_').lower()})")
