"""More walks that are nearly as good: the same network with risks that a seed has raised a little, block by block.

No risk falls and none rises by more than :data:`WITHIN`, so the walk of least raised risk within a budget has at most
that much more than the least there is. Blocks rather than edges are raised, for on a walk of many edges chance evens
out and would choose the same walk each day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from routing.search.network import MOST_SEEN, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

WITHIN: Final = 0.1  # of the least risk [A]: enough for another way, too little to be felt
_BLOCK_DM: Final = 1500.0  # a block of houses [A]


def _chance(block: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Give each block, int64 [node, 2], a number in 0…1, float64 [node] (splitmix64, Steele and others 2014)."""
    mixed = np.full(len(block), seed, dtype=np.uint64)
    for part in (block[:, 0], block[:, 1]):
        mixed = (mixed ^ part.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    chance: NDArray[np.float64] = (mixed >> np.uint64(11)) * np.float64(2.0**-53)
    return chance


def varied(network: Network, seed: int) -> Network:
    """Raise the risks of a network, by at most a tenth.

    Parameters
    ----------
    network
        What to search.
    seed
        At least 0; the same seed gives the same walks.

    Returns
    -------
    Network
        On the same graph.
    """
    graph = network.graph
    block = np.floor(graph.anchor_dm / _BLOCK_DM).astype(np.int64)
    seen = np.floor(network.seen * (1.0 + WITHIN * _chance(block, seed))[graph.tail])
    return network.raised(np.minimum(np.maximum(seen, network.seen), MOST_SEEN).astype(np.int32))
