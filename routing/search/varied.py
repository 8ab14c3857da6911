"""More walks that are nearly as good: the same network with risks that a seed has raised a little, block by block.

No risk falls and none rises by more than :data:`WITHIN`, so the walk of least raised risk within a budget has at most
that much more than the least there is. Blocks rather than edges are raised, for on a walk of many edges chance evens
out and would choose the same walk each day.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from routing.search.network import MOST_SEEN, Network

WITHIN: Final = 0.1  # of the least risk [A]: enough for another way, too little to be felt
_BLOCK_DM: Final = 1500.0  # a block of houses [A]


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
    _, number = np.unique(block, axis=0, return_inverse=True)
    raised = 1.0 + WITHIN * np.random.default_rng(seed).random(int(number.max(initial=0)) + 1)
    seen = np.floor(network.seen * raised[number[graph.tail]])
    return network.raised(np.minimum(np.maximum(seen, network.seen), MOST_SEEN).astype(np.int32))
