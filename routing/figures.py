"""Figures by matplotlib, which is loaded only here: opened, drawn into, and written as PNG or SVG."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from routing.errors import BadUsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.figure import Figure

FORMS: Final = ("png", "svg")


@contextmanager
def figure(path: Path, *, form: str, size_in: tuple[float, float], dpi: float = 100.0) -> Iterator[Figure]:
    """Open a figure, and write it when all is drawn; the same drawing gives the same bytes.

    Parameters
    ----------
    path
        Where to.
    form
        One of :data:`FORMS`.
    size_in
        Width and height in inches.
    dpi
        Dots an inch, of a PNG.

    Raises
    ------
    BadUsageError
        If matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise BadUsageError("a plot needs one more library: pip install 'sidestep[plot]'") from None
    with rc_context({"svg.hashsalt": "sidestep", "svg.fonttype": "none"}):  # text stays text
        drawn = Figure(figsize=size_in, layout="constrained")
        yield drawn
        drawn.savefig(path, format=form, dpi=dpi, metadata={"Date": None} if form == "svg" else None)
