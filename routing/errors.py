"""Every failure that Sidestep foresees, as one tree.

::

    SidestepError             code             exit
    ├─ BadUsageError          bad-usage        2     what was typed cannot be understood
    │  ├─ DetourError         bad-detour       2     a detour that is no share, length or time
    │  ├─ SamePlaceError      same-place       2     two ends in one place: nothing to walk
    │  ├─ TooFarApartError    too-far-apart    2     two ends too far from each other to walk
    │  ├─ TooLongError        too-long         2     a walk longer than is planned
    │  ├─ TooManyCamerasError too-many-cameras 2     cameras of one's own that take too long to look out of
    │  ├─ AmbiguousError      ambiguous-place  2     several places have that name
    │  └─ PlaceError          bad-place        2     a place that cannot be used, or none
    │     ├─ UnknownPlaceError   unknown-place 2     nothing is called that
    │     │  └─ UnknownKindError unknown-kind  2     nothing is called that, nor is any place of that kind
    │     ├─ BadPositionError    bad-position  2     numbers that are no position on Earth
    │     ├─ BadLinkError        bad-link      2     a link from which no one position can be read
    │     ├─ OutsideAreaError    outside-area  2     a place outside the area
    │     └─ NoWayNearError      no-way-near   2     a place too far from any way to walk
    ├─ NoRouteError           no-route         3     the two ends do not connect
    ├─ BadFileError           bad-file         4     a file that is broken, or not what it should be
    └─ OutsideError           outside          5     network, service, disk

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


class DetourError(BadUsageError):
    """A detour is neither a share, nor a length, nor a time."""

    code = "bad-detour"


class SamePlaceError(BadUsageError):
    """Two places that follow each other are one: there is nothing to walk."""

    code = "same-place"


class TooFarApartError(BadUsageError):
    """Two places that follow each other are farther apart than anyone walks."""

    code = "too-far-apart"


class TooLongError(BadUsageError):
    """The places are near enough, but the walk between them is not."""

    code = "too-long"


class TooManyCamerasError(BadUsageError):
    """To look out of the cameras that came with a request takes longer than its walk may."""

    code = "too-many-cameras"


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


class PlaceError(BadUsageError):
    """A place that cannot be used, or none where one is needed."""

    code = "bad-place"


class UnknownPlaceError(PlaceError):
    """Nothing is called as was asked for."""

    code = "unknown-place"


class UnknownKindError(UnknownPlaceError):
    """Nothing is called as was asked for, and no place is of such a kind.

    Attributes
    ----------
    choices
        The kinds that there are, with how many places of each, several a line.
    """

    code = "unknown-kind"

    def __init__(self, message: str, choices: tuple[str, ...]) -> None:
        super().__init__(message)
        self.choices = choices


class BadPositionError(PlaceError):
    """Numbers were given that are no position on Earth, or not written as one."""

    code = "bad-position"


class BadLinkError(PlaceError):
    """A link was pasted from which no one position can be read."""

    code = "bad-link"


class OutsideAreaError(PlaceError):
    """A place lies outside the area, and far from its ways."""

    code = "outside-area"


class NoWayNearError(PlaceError):
    """No way on which a walk can begin or end is near a place."""

    code = "no-way-near"


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
