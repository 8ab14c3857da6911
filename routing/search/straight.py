"""What compiled searches read, and the straight line, which bounds effort from below (routing/anchors.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.kernels import UNREACHED, compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Roads(NamedTuple):
    """A network as compiled searches read it."""

    out_start: NDArray[np.int32]  # [node + 1]
    head: NDArray[np.int32]  # [edge]
    in_start: NDArray[np.int32]  # [node + 1]
    in_edge: NDArray[np.int32]  # [edge]
    tail: NDArray[np.int32]  # [edge]
    effort_dm: NDArray[np.int32]  # [edge]
    seen: NDArray[np.int32]  # [edge]
    anchor_dm: NDArray[np.float64]  # [node, 2]


class Doors(NamedTuple):
    """Nodes at which a walk enters a network and leaves it, and what it pays before and behind."""

    leave: NDArray[np.int32]  # [first]
    leave_cost: NDArray[np.int64]  # [first]
    enter: NDArray[np.int32]  # [last]
    enter_cost: NDArray[np.int64]  # [last]


@compiled
def between_dm(anchor_dm: NDArray[np.float64], a: int, b: int) -> int:
    """Bound the effort between two nodes from below by the straight line."""
    across, along = anchor_dm[a, 0] - anchor_dm[b, 0], anchor_dm[a, 1] - anchor_dm[b, 1]
    return int(np.sqrt(across * across + along * along))


@compiled
def straight_dm(anchor_dm: NDArray[np.float64], node: int, nodes: NDArray[np.int32], cost_dm: NDArray[np.int64]) -> int:
    """Bound the effort from a node to the nearest of some, and on from there, from below."""
    least = UNREACHED
    for i in range(len(nodes)):
        least = min(least, cost_dm[i] + between_dm(anchor_dm, node, nodes[i]))
    return least
