"""How commands speak: answers to standard output or a file, whole; progress and notices to a terminal's standard error.

Nothing but an answer or an error is written where nobody looks.
"""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from routing.errors import BadUsageError, OutsideError
from routing.files import is_special, written_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

AREA_HELP = "Folder of an area, or the name of one you built. Default: the demo area, central Helsinki."
_NEGATIVE = re.compile(r"-(?=\.?\d[^a-z]*[,; ])", re.ASCII)
_PAIR = re.compile(r"[-+\u2212]?\d{1,3}\.\d{3,}(?:[^\w.]{1,4}[-+\u2212]?\d{1,3}\.\d+)?")


class PlacesCommand(click.Command):
    """A command whose arguments may be places of the south or west: ``-33.9,151.2`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write the sign of such places as U+2212, the minus of typography, which all that reads places understands."""
        return super().parse_args(
            ctx, [_NEGATIVE.sub("\u2212", arg, count=1) if arg[:1] == "-" else arg for arg in args]
        )


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody looks; a closed stream is ``None``."""
    return stream is not None and stream.isatty()


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
    """Show a progress bar on a terminal, and nothing where nobody looks."""
    if not is_terminal(sys.stderr):
        yield lambda _: None
        return
    from tqdm import tqdm

    # a terminal that does not know its size says 0, and tqdm would then show nothing
    size = os.get_terminal_size(sys.stderr.fileno())
    columns, lines = size.columns or 80, size.lines or 24
    with tqdm(desc=what, total=total, unit=" objects", leave=False, ncols=columns, nrows=lines) as shown:
        yield shown.update


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show on a terminal what is waited for, until it is over."""
    if not is_terminal(sys.stderr):
        yield
        return
    click.echo(what, err=True, nl=False)
    try:
        yield
    finally:
        click.echo(f"\r{' ' * len(what)}\r", err=True, nl=False)


def notice(line: str) -> None:
    """Tell something that is not the answer, where somebody looks."""
    if is_terminal(sys.stderr):
        click.echo(line, err=True)


def typed_line(what: str) -> str:
    """Read a line of standard input, so that what it says stays out of the shell's history.

    Raises
    ------
    BadUsageError
        If there is none to read.
    """
    if sys.stdin is None:
        raise BadUsageError(f"there is no standard input to read {what} from")
    if is_terminal(sys.stdin):
        notice(f"{what}, then Enter:")
    try:
        return sys.stdin.readline().strip()
    except UnicodeDecodeError:
        raise BadUsageError(f"what standard input holds is no text; {what} is a line of UTF-8") from None


def complain(line: str) -> None:
    """Write an error line; what looks like a position is left out of it, whatever it was typed as."""
    click.echo(_PAIR.sub("…", line), err=True)


def say(text: str) -> None:
    """Write an answer to standard output.

    Raises
    ------
    BrokenPipeError
        If whoever read it has gone.
    OutsideError
        If it cannot be written.
    """
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_output()
        raise OutsideError(f"the answer cannot be written ({error.strerror or error})") from error


def put(text: str, output: Path | None) -> None:
    """Write an answer to a file, whole or not at all; to a pipe or device as it is; or to standard output."""
    if output is None:
        say(text)
    elif is_special(output):
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutsideError(f"{output}: cannot be written ({error.strerror or error})") from error
    else:
        with written_whole(output) as draft:
            draft.write_text(text, encoding="utf-8")


def abandon_output() -> None:
    """Let what is still to be written to standard output go nowhere, so that the end of the program is quiet."""
    with suppress(OSError, AttributeError, io.UnsupportedOperation):  # closed, or no file at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
