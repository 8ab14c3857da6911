"""Every failure that Sidestep foresees, as one tree.

::

    SidestepError          code                exit
    ├─ BadUsageError       bad-usage           2     what was typed cannot be understood
    │  ├─ PlaceError       bad-place           2     a place that nobody knows, or outside the area
    │  └─ AmbiguousError   ambiguous-place     2     several places have that name
    ├─ NoRouteError        no-route            3     the two ends do not connect
    ├─ BadFileError        bad-file            4     a file that is broken, or not what it should be
    └─ OutsideError        outside             5     network, service, disk

A message is one line that says what, where and what to do. It never holds a coordinate.
"""

from __future__ import annotations

from typing import ClassVar


class SidestepError(Exception):
    """Root of all foreseen failures; its text is one line for people."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1


class BadUsageError(SidestepError):
    """What was asked cannot be understood or is out of limits."""

    code = "bad-usage"
    exit_code = 2


class PlaceError(BadUsageError):
    """A place that is not known, not on the map, or too far from any way."""

    code = "bad-place"


class AmbiguousError(BadUsageError):
    """Several places bear the name that was asked for.

    Attributes
    ----------
    choices
        What to type instead, one line each, best first.
    """

    code = "ambiguous-place"

    def __init__(self, message: str, choices: tuple[str, ...]) -> None:
        super().__init__(message)
        self.choices = choices


class NoRouteError(SidestepError):
    """No walk joins the two ends."""

    code = "no-route"
    exit_code = 3


class BadFileError(SidestepError):
    """A file is missing, broken, or not of the kind that is needed."""

    code = "bad-file"
    exit_code = 4


class OutsideError(SidestepError):
    """Something outside this program failed: the network, a service, the disk."""

    code = "outside"
    exit_code = 5
