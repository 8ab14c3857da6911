"""Where the command begins. Who stops it while its libraries are being read is told nothing, as at any other time."""

from __future__ import annotations

import os
import signal
from typing import NoReturn

_INTERRUPTED = 130  # as shells report it


def main() -> None:
    """Run the command line."""
    for asked in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(asked) is not signal.SIG_IGN:  # as in the background of a shell
            signal.signal(asked, _leave)
    from routing.cli import main as run  # half a second, and nothing is begun that would have to be cleared away

    run()


def _leave(_signal: int, _frame: object) -> NoReturn:
    """End at once: an exception that is raised while modules are read may be taken for theirs."""
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
