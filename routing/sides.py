"""On which side of each street one is less likely recognised: the steps and stretches of a walk in, advice out.

A street whose pavements nobody mapped is walked on either of them. Walks are planned on the mean of both; which one is
better is told where it matters, and counts only for who says that she will keep to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from routing.geo import moves_along
from routing.hazard.pavements import LEFT, better_side
from routing.steps import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from routing.model import Stretch
    from routing.plans import Step


def advised(steps: Sequence[Step], stretches: Sequence[Stretch]) -> tuple[Step, ...]:
    """Say in the steps of a walk which side to keep to, where that matters.

    Parameters
    ----------
    steps
        See :func:`routing.steps.describe`.
    stretches
        Of the same walk.
    """
    beside = np.zeros((len(steps), 2))
    for stretch, step in zip(stretches, _steps_of(steps, stretches).tolist(), strict=True):
        if all(stretch.pavements):
            beside[step] += stretch.beside
    told = []
    for step, (left, right) in zip(steps, beside.tolist(), strict=True):
        side = better_side(left, right)
        keep = None if side is None else "left" if side == LEFT else "right"
        kept = replace(step, keep=keep)
        told.append(replace(kept, text=say(kept)) if keep is not None else step)
    return tuple(told)


def kept(steps: Sequence[Step], stretches: Sequence[Stretch]) -> list[Stretch]:
    """Give the stretches of who keeps to the sides that the steps say."""
    return [
        replace(stretch, pavements=(steps[step].keep == "left", steps[step].keep == "right"))
        if all(stretch.pavements) and steps[step].keep is not None
        else stretch
        for stretch, step in zip(stretches, _steps_of(steps, stretches).tolist(), strict=True)
    ]


def _steps_of(steps: Sequence[Step], stretches: Sequence[Stretch]) -> NDArray[np.int64]:
    """Tell in which step the middle of each stretch lies, int64 [stretch]."""
    moves = moves_along([one.lonlat for one in stretches])
    size_m = np.bincount(moves.line, np.hypot(moves.east_m, moves.north_m), minlength=len(stretches))
    ends_m = np.cumsum([step.length_m for step in steps])
    middle_m = np.cumsum(size_m) - size_m / 2
    found: NDArray[np.int64] = np.minimum(np.searchsorted(ends_m, middle_m, side="right"), len(steps) - 1)
    return found
