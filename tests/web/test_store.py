"""What is kept of reports, and that nothing can be lost, doubled or changed unseen."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import threading
import time
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

import web.database
import web.store
from routing.errors import BadFileError, BadUsageError, OutsideError
from routing.reports import Gone, NewCamera, Report
from web.store import FILE, VERSION, ConflictError, Decision, FullError, Store

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-11-24"


def report(number: int = 0, **changes: object) -> Report:
    letters = "abcdefghijklmnopqrstuvwxyz"
    name = f"rp/aaaaaaaa{letters[number // 26 % 26]}{letters[number % 26]}"
    return NewCamera(**{"id": name, "month": "2026-10", "at": (24.94, 60.17), **changes})  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "reports")


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(store.path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_take_when_sent_again_then_kept_once(store: Store) -> None:
    many = [report(number) for number in range(5)]
    assert store.take(many, DAY) == [one.id for one in many]
    assert store.take(many[:2], "2026-11-25") == [one.id for one in many[:2]]
    assert [held.report for held in store.waiting()] == sorted(many, key=lambda one: one.id)
    assert {held.day for held in store.waiting()} == {DAY}


def test_take_when_one_of_them_clashes_then_none_is_kept(store: Store) -> None:
    store.take([report(1)], DAY)
    with pytest.raises(ConflictError):
        store.take([report(2), report(1, type="dome")], DAY)
    assert [held.report.id for held in store.waiting()] == [report(1).id]


def test_decide_when_done_then_the_day_goes_and_the_chain_grows(store: Store) -> None:
    store.take([report(1), report(2)], DAY)
    store.decide(
        [Decision("2026-11", "accept", report(1).id), Decision("2026-11", "reject", report(2).id, reason="no")]
    )
    assert store.accepted() == [report(1)]
    assert rows(store, "SELECT day FROM reports") == [(None,), (None,)]
    first, second = store.log()
    assert (first.before, second.before) == ("", first.hash)
    assert store.verify() == (2, second.hash)
    store.published([report(1).id])
    assert store.accepted() == []
    again = store.take([report(1)], DAY)  # a phone that did not hear the answer
    assert again == [report(1).id]
    assert store.waiting() == []


def test_decide_when_rejected_then_what_it_said_is_gone_from_the_disk(store: Store) -> None:
    store.take([report(1, at=(24.943217, 60.176543)), report(2)], DAY)
    assert b"24.943217" in b"".join(path.read_bytes() for path in store.folder.iterdir())
    store.decide([Decision("2026-11", "reject", report(1).id, reason="no")])
    assert b"24.943217" not in b"".join(path.read_bytes() for path in store.folder.iterdir())
    assert store.get(report(1).id) is None
    assert store.take([report(1)], DAY) == [report(1).id]  # a phone that did not hear the answer
    assert [held.report for held in store.waiting()] == [report(2)]
    assert store.verify()[0] == 1


def test_decide_when_another_has_the_file_open_then_what_a_rejected_one_said_is_gone_all_the_same(store: Store) -> None:
    store.take([report(1, at=(24.943217, 60.176543)), report(2)], DAY)
    other = sqlite3.connect(store.path)
    try:
        assert other.execute("SELECT count(*) FROM reports").fetchone() == (2,)
        store.decide([Decision("2026-11", "reject", report(1).id, reason="no")])
        assert not [path for path in store.folder.iterdir() if b"24.943217" in path.read_bytes()]
    finally:
        other.close()


def test_decide_when_another_reads_meanwhile_then_decided_soon_and_gone_with_the_next_one(store: Store) -> None:
    store.take([report(1, at=(24.943217, 60.176543)), report(2)], DAY)
    other = sqlite3.connect(store.path, isolation_level=None)
    try:
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM reports").fetchone() == (2,)
        started = time.monotonic()
        store.decide([Decision("2026-11", "reject", report(1).id, reason="no")])
        assert time.monotonic() - started < 5
        other.execute("COMMIT")
        store.decide([Decision("2026-11", "accept", report(2).id)])
        assert not [path for path in store.folder.iterdir() if b"24.943217" in path.read_bytes()]
    finally:
        other.close()


@pytest.mark.skipif(os.name != "posix", reason="the rights of files are others there")
@pytest.mark.parametrize("mask", [0, 0o022, 0o277])
def test_store_when_made_then_its_owner_alone_may_look_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        store = Store(tmp_path / "reports")
        with web.database.connected(store.path) as other:
            other.execute("SELECT count(*) FROM reports").fetchone()
            store.take([report(1)], DAY)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.folder.iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert modes == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600}


@pytest.mark.skipif(os.name != "posix", reason="the rights of files are others there")
def test_store_when_an_older_one_is_open_to_all_then_closed_to_them(store: Store) -> None:
    store.path.chmod(0o644)
    Store(store.folder, make=False)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="the times of folders cannot be set there")
def test_take_when_done_then_no_time_on_the_disk_is_finer_than_the_day(store: Store) -> None:
    def times() -> set[float]:
        found = [store.folder.stat(), *(path.stat() for path in store.folder.iterdir())]
        return {when for one in found for when in (one.st_mtime, one.st_atime)}

    def is_midnight(when: float) -> bool:
        return dt.datetime.fromtimestamp(when, dt.UTC).time() == dt.time()

    assert all(map(is_midnight, times()))
    other = sqlite3.connect(store.path)
    try:
        other.execute("SELECT count(*) FROM reports").fetchone()
        store.take([report(1)], DAY)
        assert store.path.with_name(f"{FILE}-wal").exists()
        assert all(map(is_midnight, times()))
    finally:
        other.close()
    os.utime(store.path)  # of a process that was killed
    Store(store.folder)
    assert all(map(is_midnight, times()))


def test_take_when_more_would_wait_than_may_then_none_of_them_and_a_retry_is_still_harmless(store: Store) -> None:
    many = [report(number) for number in range(5)]
    store.take(many[:3], DAY, most=3)
    with pytest.raises(FullError):
        store.take(many[2:], DAY, most=4)
    assert len(store.waiting()) == 3
    assert len(store.take(many[:3], DAY, most=2)) == 3  # nothing new
    store.decide([Decision("2026-11", "accept", many[0].id)])
    assert len(store.take(many[3:4], DAY, most=3)) == 1  # what is decided does not count
    assert len(store.take(many, DAY)) == 5


def test_store_when_not_there_and_not_to_be_made_then_told_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="no reports are kept there"):
        Store(tmp_path / "reprots", make=False)
    with pytest.raises(BadFileError, match="no reports are kept there"):
        Store(tmp_path, make=False)
    assert list(tmp_path.iterdir()) == []


def test_store_when_its_file_vanishes_then_told_and_none_is_made_anew(store: Store) -> None:
    store.path.unlink()
    with pytest.raises(OutsideError, match="cannot be read or written"):
        store.take([report(1)], DAY)
    assert not store.path.exists()


def test_decide_when_not_waiting_then_nothing_of_it_happens(store: Store) -> None:
    store.take([report(1)], DAY)
    for wrong in (report(1).id, report(9).id):
        with pytest.raises(BadUsageError, match="does not wait"):
            store.decide([Decision("2026-11", "accept", report(1).id), Decision("2026-11", "accept", wrong)])
    assert store.log() == []
    assert [held.state for held in store.waiting()] == ["waiting"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decisions SET reason = 'other' WHERE seq = 1",
        "DELETE FROM decisions WHERE seq = 2",
        "DELETE FROM decisions WHERE seq = 1",
        "INSERT INTO decisions SELECT 9, month, action, '', camera, '', '', before, hash FROM decisions LIMIT 1",
    ],
)
def test_verify_when_the_log_was_changed_then_told(store: Store, change: str) -> None:
    store.take([report(1), report(2)], DAY)
    store.decide([Decision("2026-11", "accept", report(number).id) for number in (1, 2)])
    connection = sqlite3.connect(store.path)
    if not change.startswith("INSERT"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            connection.execute(change)
    connection.executescript("DROP TRIGGER decisions_stay; DROP TRIGGER decisions_remain;")
    connection.execute(change)
    connection.commit()
    connection.close()
    with pytest.raises(BadFileError, match="decision"):
        store.verify()


def by_hand(store: Store, script: str) -> None:
    """Change what is kept as whoever can write the file could."""
    connection = sqlite3.connect(store.path)
    try:
        connection.executescript(f"DROP TRIGGER decisions_stay; DROP TRIGGER decisions_remain; {script}")
    finally:
        connection.close()


@pytest.mark.parametrize(
    "script",
    [
        (
            "UPDATE reports SET state = 'accepted', day = NULL WHERE id = 'rp/aaaaaaaaad';"
            " DELETE FROM reports WHERE id = 'rp/aaaaaaaaac'"
        ),
        "UPDATE reports SET state = 'accepted' WHERE id = 'rp/aaaaaaaaac'",
        "UPDATE reports SET state = 'rejected', body = '' WHERE id = '{}'",
        "UPDATE reports SET state = 'waiting', day = '2026-11-24' WHERE id = '{}'",
        "DELETE FROM reports WHERE id = '{}'",
        "UPDATE reports SET state = 'published', day = NULL WHERE id = 'rp/aaaaaaaaad'",
        "DELETE FROM decisions WHERE seq = 2",
    ],
)
def test_verify_when_reports_and_decisions_do_not_match_then_told(store: Store, script: str) -> None:
    store.take([report(number) for number in (1, 2, 3)], DAY)
    store.decide(
        [Decision("2026-11", "accept", report(1).id), Decision("2026-11", "reject", report(2).id, reason="no")]
    )
    assert store.verify()[0] == 2
    by_hand(store, script.format(report(1).id))
    with pytest.raises(BadFileError, match="not as its decision says"):
        store.verify()


def test_verify_when_a_hash_was_noted_elsewhere_then_a_chain_made_anew_is_found(store: Store) -> None:
    assert store.verify() == (0, "")
    store.take([report(number) for number in (1, 2, 3)], DAY)
    store.decide([Decision("2026-11", "reject", report(1).id, reason="no")])
    _, noted = store.verify()
    store.decide([Decision("2026-11", "accept", report(2).id)])
    count, head = store.verify(noted)  # it has grown since
    assert (count, head) == (2, store.log()[-1].hash)
    # the last decision and its report dropped together: by itself the rest is whole
    by_hand(store, "DELETE FROM decisions WHERE seq = 2; DELETE FROM reports WHERE id = 'rp/aaaaaaaaac'")
    assert store.verify(noted)[0] == 1
    with pytest.raises(BadFileError, match="no decision has the hash that you noted"):
        store.verify(head)


def test_schema_when_read_then_no_column_for_who_or_from_where(store: Store) -> None:
    columns = {row[1] for row in rows(store, "PRAGMA table_info(reports)")}
    assert columns == {"id", "body", "day", "state"}
    assert {field.name for field in fields(Decision)} <= {row[1] for row in rows(store, "PRAGMA table_info(decisions)")}


def test_store_when_opened_then_every_connection_is_as_it_must_be(store: Store) -> None:
    with web.database.connected(store.path) as connection:
        told = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
        assert told == {"journal_mode": "wal", "synchronous": 2}
        assert connection.execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_store_when_of_version_0_then_migrated_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite3.connect(tmp_path / FILE).close()

    def cut(text: str) -> list[str]:
        return [*list(statements(text))[:2], "killed in the middle"]

    statements = web.store.statements
    monkeypatch.setattr(web.store, "statements", cut)
    with pytest.raises(OutsideError):
        Store(tmp_path)
    monkeypatch.undo()
    store = Store(tmp_path)  # nothing of the first try is in the way
    assert rows(store, "PRAGMA user_version") == [(VERSION,)]
    store.take([report(1)], DAY)
    assert [held.report for held in Store(tmp_path).waiting()] == [report(1)]


def test_store_when_of_a_newer_version_then_one_line(store: Store) -> None:
    connection = sqlite3.connect(store.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BadFileError, match="newer version of this program"):
        Store(store.folder)


def test_store_when_the_file_is_none_then_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, and long enough to be looked at" * 100)
    with pytest.raises(BadFileError, match="damaged"):
        Store(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError):
        Store(tmp_path / "file" / "reports")


def test_take_when_many_send_at_once_then_all_are_kept(store: Store) -> None:
    failed: list[Exception] = []

    def send(first: int) -> None:
        try:
            Store(store.folder).take([report(first + number) for number in range(10)], DAY)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=send, args=(10 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(store.waiting()) == 80


def test_get_when_not_there_then_none(store: Store) -> None:
    assert store.get("rp/zzzzzzzzzz") is None
    gone = Gone(id="rp/aaaaaaaazz", month="2026-10", camera="osm/node/1")
    store.take([gone], DAY)
    held = store.get(gone.id)
    assert held is not None
    assert held.report == gone
