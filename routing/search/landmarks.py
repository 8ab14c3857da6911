"""Bounds of what ways cost, by what they cost from and to some nodes far out (ALT: Goldberg and Harrelson 2005).

A *mark* of a node is a number that rises along no lane by more than the lane costs. So a way costs at least as much as
its end's mark is higher than its start's. What a node is away from a landmark is one, and so is what a landmark is away
from it, negated. A cost at a price between two others is a mean of costs at those, and so is a bound of it of theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from routing.kernels import compiled, drop_least, push
from routing.search.trunk import FAR, trunk_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.graph import WalkGraph

    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]

MARKS: Final = 16  # two of each landmark


def marks_of(graph: WalkGraph, weight: Longs) -> Ints:
    """Measure from and to landmarks, each as far as can be from those before it.

    Parameters
    ----------
    graph
        The walk graph.
    weight
        int64 [lane], at least 0.

    Returns
    -------
    numpy.ndarray
        int32 [node of the trunk, mark].
    """
    trunk = graph.once(trunk_of)
    marks = np.zeros((trunk.size, MARKS), dtype=np.int32)
    main = trunk.number[graph.component == 0]
    main = main[main < trunk.size]
    if len(main):
        lanes = (trunk.start, trunk.to, weight)
        away = near = _measured(*lanes, int(main[0]), 0, trunk.size)
        for i in range(0, MARKS, 2):
            landmark = int(main[np.argmax(near[main])])
            away, there = (_measured(*lanes, landmark, row, trunk.size) for row in (0, len(trunk.number)))
            marks[:, i], marks[:, i + 1] = away, -there
            near = np.minimum(np.minimum(away, there), near if i else FAR)
    return marks


def effort_marks(graph: WalkGraph) -> Ints:
    """Give marks by effort, int32 [node of the trunk, mark], decimetres."""
    return marks_of(graph, graph.once(trunk_of).effort_dm.astype(np.int64))


@compiled
def _measured(start: Ints, to: Ints, weight: Longs, landmark: int, row: int, size: int) -> Ints:
    """Measure to all nodes of the trunk along lanes that lead away, or against those that lead there."""
    far = np.full(size, FAR, dtype=np.int32)
    keys, nodes = np.empty(len(to) + 1, dtype=np.int64), np.empty(len(to) + 1, dtype=np.int32)
    far[landmark] = 0
    waiting = push(keys, nodes, 0, 0, landmark)
    while waiting > 0:
        key, node = keys[0], nodes[0]
        waiting = drop_least(keys, nodes, waiting)
        if key > far[node]:
            continue
        for i in range(start[row + node], start[row + node + 1]):
            farther = key + weight[i]
            if farther < far[to[i]]:
                far[to[i]] = farther
                waiting = push(keys, nodes, waiting, farther, to[i])
    return far
