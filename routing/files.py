"""Files that a user names for output: they appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from routing.errors import OutsideError

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any


def is_special(path: Path) -> bool:
    """Tell whether a path is a device, a pipe or the like, which is written into and never replaced."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)  # noqa: PTH110, PTH112, PTH113


@contextmanager
def written_whole(path: Path, *, draft_name: str | None = None) -> Iterator[Path]:
    """Give a draft to write, which takes the place of ``path`` when all went well, and vanishes otherwise.

    A link stays a link, an older file's permissions stay, and a device or pipe is written into. What was written is on
    the disk before it bears the name.

    Parameters
    ----------
    path
        The file to be.
    draft_name
        For those who judge a file by its name; as ``path`` otherwise.

    Raises
    ------
    OutsideError
        If the disk refuses.
    """
    goal = Path(os.path.realpath(path))
    if os.path.isdir(goal):  # noqa: PTH112  # of a name too long it says no
        raise OutsideError(f"{path}: cannot be written (it is a folder); name a file")
    special = is_special(goal)
    # its name is known before it is there, so that no interruption leaves it behind
    room = (Path(tempfile.gettempdir()) if special else goal.parent) / f".sidestep-{secrets.token_hex(8)}"
    try:
        room.mkdir(mode=0o700)
        draft = room / (draft_name or goal.name)
        yield draft
        if special:
            with draft.open("rb") as whole, goal.open("wb") as out:
                shutil.copyfileobj(whole, out)
        else:
            with draft.open("rb+") as whole:
                flush(whole)
            if goal.is_file():
                shutil.copymode(goal, draft)
            os.replace(draft, goal)  # noqa: PTH105  # replaces on every system
            flush_folder(goal.parent)
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def flush(file: IO[Any]) -> None:
    """Put all that was written to an open file on the disk."""
    file.flush()
    os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Put the names in a folder on the disk, where the system knows how."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one program at a time read and replace a file; whoever comes second waits.

    The lock is on the folder, so that nothing is left lying there; where a system knows no such locks, nothing is held.

    Raises
    ------
    OutsideError
        If there is no such folder.
    """
    try:
        number = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY)
    except OSError as error:
        raise OutsideError(f"{path}: its folder cannot be opened ({error.strerror or error})") from error
    try:
        if fcntl is not None:
            with suppress(OSError):  # some file systems have none
                fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def swap_in(draft: Path, folder: Path) -> Path:
    """Put a folder in its place; gives where the one that was there stands now, if there was one.

    A folder cannot be replaced in one step: the old one steps aside, and comes back if the new one cannot follow.

    Parameters
    ----------
    draft
        The new one, beside its place.
    folder
        Its place.

    Raises
    ------
    OSError
        If that cannot be done; then all is as it was.
    """
    aside = folder.with_name(f"{_aside_start(folder)}{secrets.token_hex(4)}")
    try:
        with suppress(FileNotFoundError):  # there is none, or another process has just moved it aside
            folder.rename(aside)
        draft.rename(folder)
    finally:
        with suppress(OSError):
            if not os.path.lexists(folder):
                aside.rename(folder)
    flush_folder(folder.parent)
    return aside


def beside(folder: Path) -> list[Path]:
    """List the folders that stepped aside for this one; more than one where a process was killed."""
    try:
        return [path for path in folder.parent.iterdir() if path.name.startswith(_aside_start(folder))]
    except OSError:
        return []


def _aside_start(folder: Path) -> str:
    return f".{folder.name}-old-"
