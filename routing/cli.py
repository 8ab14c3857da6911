"""``sidestep``: the commands under one roof, and how each outcome becomes an exit code.

Text for reading goes to standard output; progress, notices and errors go to standard error. Errors are one line; the
exit codes are those of the contract: 2 usage, 3 no route, 4 bad file, 5 something outside, 1 our own bug.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import traceback
from importlib.metadata import entry_points
from pathlib import Path

import click

from routing import __version__
from routing.commands.area import area
from routing.commands.audit import audit
from routing.commands.bench import bench
from routing.commands.cameras import cameras
from routing.commands.nearest import nearest
from routing.commands.route import route
from routing.console import abandon_output, complain
from routing.errors import AmbiguousError, BadUsageError, SidestepError, UnknownKindError

_ABOVE = "sidestep.commands"
_INTERRUPTED = 130  # as shells report it


def main() -> None:
    """Run the command line and exit with the code that the contract gives the outcome."""
    for asked in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(asked) is not signal.SIG_IGN:  # as in the background of a shell
            signal.signal(asked, _stop)
    gc.disable()  # a command lives for a second or builds what it keeps: looking for garbage is a fifth of its time
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a sign is shown a question mark
    code = run(sys.argv[1:])
    gc.freeze()  # nor look once more at the end, when all goes anyway
    sys.exit(code)


def _stop(_signal: int, _frame: object) -> None:
    """Leave as an interrupt does, so that drafts are cleared away."""
    _stopped.append(True)
    raise KeyboardInterrupt


_stopped: list[bool] = []  # compilers and C libraries make errors of their own of an interrupt


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        # not sidestep.main(), which makes a reader that has gone (`| head`) an error
        with sidestep.make_context("sidestep", list(arguments)) as context:
            sidestep.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        abandon_output()
    except (SidestepError, click.ClickException) as error:
        return _explain(error)
    except Exception as error:  # noqa: BLE001  # the last resort; its text is not shown: it may hold a place
        return _INTERRUPTED if _stopped else _confess(error)
    return 0


def _explain(error: SidestepError | click.ClickException) -> int:
    """Say in one line what is wrong, and what to choose from where there is a choice."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return BadUsageError.exit_code
    if isinstance(error, click.ClickException):
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "sidestep"
        what = " ".join(error.format_message().split())
        if "unexpected extra argument" in what:  # click repeats them, and they are places
            what = "too many arguments; a name of several words needs quotation marks"
        complain(f"sidestep: {what.rstrip('.')} (see {path} --help)")
        return BadUsageError.exit_code
    complain(f"sidestep: {error}")
    if isinstance(error, AmbiguousError | UnknownKindError):
        for choice in error.choices:
            complain(f"  {choice}")
    return error.exit_code


def _confess(error: Exception) -> int:
    if os.environ.get("SIDESTEP_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    complain(
        f"sidestep: a bug of ours ({type(error).__name__} in {where}); please report it with the command you ran,"
        " without your places (SIDESTEP_DEBUG=1 shows more)"
    )
    return 1


class Commands(click.Group):
    """Our own commands, and those of packages above this one, which nothing here may import.

    They are entry points of the group ``sidestep.commands``, and looked for only when a name is not known here, or when
    all are listed.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List all commands by name."""
        return sorted({*super().list_commands(ctx), *entry_points(group=_ABOVE).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of a name."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        found = next(iter(entry_points(group=_ABOVE, name=cmd_name)), None)
        command = found.load() if found is not None else None
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sidestep")
def sidestep() -> None:
    """Plan walks that are seen by as few mapped cameras as possible, on this machine and nowhere else.

    \b
    Try it on the demo area, central Helsinki:
      sidestep route Rautatientori Senaatintori
      sidestep route 60.16990,24.93840 60.17600,24.95000 --detour 6min
      sidestep nearest Rautatientori --to pharmacy
    Your own city:
      sidestep area build "Kallio, Helsinki"
      sidestep route "Karhupuisto" "Sörnäinen" --area kallio-helsinki
    As a map page, for a browser:
      sidestep serve
    """


for _command in (route, nearest, area, cameras, audit, bench):
    sidestep.add_command(_command)
