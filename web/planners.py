"""Planning is costly, so it is bounded: so many at once, so many waiting, so long; the rest is told to come again."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from routing.errors import SidestepError
from routing.search.front import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from web.settings import Settings


class BusyError(SidestepError):
    """All planners are taken and enough requests wait already."""

    code: ClassVar[str] = "busy"


class Planners:
    """The planners of one process; several areas share them.

    Examples
    --------
    >>> from web.settings import Settings
    >>> with Planners(Settings(planners=1, waiting=0)).one():
    ...     pass
    """

    def __init__(self, settings: Settings) -> None:
        self._planning = threading.BoundedSemaphore(settings.planners)
        self._inside = threading.BoundedSemaphore(settings.planners + settings.waiting)
        self._wait_s = settings.wait_s
        self._labels, self._seconds = settings.search_labels, settings.search_s

    def limits(self, *, is_gone: Callable[[], bool] = lambda: False) -> Limits:
        """Say how much one search may take; it ends, too, when whoever asked has left."""
        return Limits(self._labels, self._seconds, is_gone)

    @contextmanager
    def one(self, *, is_gone: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Hold a planner.

        Parameters
        ----------
        is_gone
            Tells whether whoever asked has left meanwhile, so that nothing is planned for nobody.

        Raises
        ------
        BusyError
            At once if too many wait already, and after ``wait_s`` if none became free.
        """
        if not self._inside.acquire(blocking=False):
            raise BusyError("the server is busy; try again in a moment")
        try:
            if not self._planning.acquire(timeout=self._wait_s):
                raise BusyError("the server is busy; try again in a moment")
            try:
                if is_gone():
                    raise BusyError("nobody waits for the answer any more")
                yield
            finally:
                self._planning.release()
        finally:
            self._inside.release()
