"""The straight line bounds the effort between nodes from below (routing/anchors.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.kernels import UNREACHED, compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def straight_dm(anchor_dm: NDArray[np.float64], node: int, nodes: NDArray[np.int32], cost_dm: NDArray[np.int64]) -> int:
    """Bound the effort between a node and the nearest of some from below by the straight line."""
    least = UNREACHED
    for i in range(len(nodes)):
        across = anchor_dm[node, 0] - anchor_dm[nodes[i], 0]
        along = anchor_dm[node, 1] - anchor_dm[nodes[i], 1]
        bound = cost_dm[i] + int(np.sqrt(across * across + along * along))
        least = min(least, bound)
    return least
