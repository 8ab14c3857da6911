"""The clock of searches: it stands still while their code is compiled or loaded, for nothing is searched meanwhile.

Compiling takes half a minute, once on a machine. Were it counted, the very first walks would meet every limit, and be
worse than all later ones. Each thread has a clock of its own: who searches does not wait longer because others compile.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from numba.core import event

if TYPE_CHECKING:
    from numba.core.event import Event


class _Compiling(threading.local, event.Listener):
    """Adds up how long a thread held numba's lock or waited for it; compiling a caller compiles what it calls."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth, self._since = 0, 0.0

    def on_start(self, _event: Event) -> None:
        """Begin to count, unless it is counted already."""
        if self._depth == 0:
            self._since = time.monotonic()
        self._depth += 1

    def on_end(self, _event: Event) -> None:
        """Count what has passed."""
        self._depth -= 1
        if self._depth == 0:
            self.seconds += time.monotonic() - self._since


_COMPILING = _Compiling()
event.register("numba:compiler_lock", _COMPILING)  # type: ignore[no-untyped-call]


def now() -> float:
    """Give seconds of :func:`time.monotonic` without those in which numba compiled for this thread."""
    return time.monotonic() - _COMPILING.seconds
