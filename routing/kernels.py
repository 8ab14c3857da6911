"""What searches over arrays share, compiled by numba: whole numbers in and out, nothing shared, the GIL released.

The first call compiles and leaves the machine code in a cache beside this file (or in the user's cache directory, where
that is not writable); later processes load it. Where the disk is full or the cache damaged, walks are planned as well,
after compiling.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

UNIT = 1_000_000  # cost of one decimetre of effort (contract)
UNREACHED = 2**62  # larger than any sum; adding a cost to it is never done

F = TypeVar("F", bound="Callable[..., Any]")


class _Kept(FunctionCache):
    """Machine code that is kept; what cannot be kept or read is compiled anew, and nobody's walk fails for it."""

    def save_overload(self, sig: object, data: object) -> None:
        """Keep what was compiled, if it can be."""
        with suppress(OSError):  # the disk is full, or was taken away
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]

    def load_overload(self, sig: object, target_context: object) -> object:
        """Give what was kept, None if nothing that can be used."""
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except OSError:
            return None
        except Exception:  # noqa: BLE001 - what unpickling a damaged file may raise is bounded by nothing
            with suppress(OSError):
                self.flush()  # type: ignore[no-untyped-call]  # else it would be compiled for ever
            return None


def compiled(function: F) -> F:
    """Have numba compile a function and keep the machine code, where there is a place to keep it."""
    kernel: Any = numba.njit(nogil=True)(function)
    with suppress(RuntimeError):  # neither the package's folder nor a cache directory can be written
        # numba offers its own cache alone, which gives up on an OSError
        kernel._cache = _Kept(function)  # type: ignore[no-untyped-call]  # noqa: SLF001
    return cast("F", kernel)


@compiled
def push(keys: NDArray[np.int64], nodes: NDArray[np.int32], size: int, key: int, node: int) -> int:
    """Put an entry into a binary heap; gives the new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at] = keys[above]
        nodes[at] = nodes[above]
        at = above
    keys[at] = key
    nodes[at] = node
    return size + 1


@compiled
def drop_least(keys: NDArray[np.int64], nodes: NDArray[np.int32], size: int) -> int:
    """Take the least entry off a binary heap; gives the new size."""
    size -= 1
    key = keys[size]
    node = nodes[size]
    at = 0
    below = 1
    while below < size:
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at] = keys[below]
        nodes[at] = nodes[below]
        at = below
        below = 2 * at + 1
    keys[at] = key
    nodes[at] = node
    return size


@compiled
def reach_within(
    out_start: NDArray[np.int32],
    head: NDArray[np.int32],
    weight: NDArray[np.int64],
    start: int,
    banned: int,
    limit: int,
    distance: NDArray[np.int64],
    came_by: NDArray[np.int32],
    touched: NDArray[np.int32],
    keys: NDArray[np.int64],
    nodes: NDArray[np.int32],
) -> int:
    """Measure from one node to all that are near (Dijkstra, forwards), in room that the caller keeps.

    Parameters
    ----------
    out_start, head, weight
        int32 [node + 1], int32 [edge], int64 [edge]: the graph; weights are at least 0.
    start
        The node.
    banned
        An edge that is not taken, -1 for none.
    limit
        Nodes farther away are not looked for.
    distance
        int64 [node], all :data:`UNREACHED`; the distances are put here.
    came_by
        int32 [node]; the edge by which a reached node but the start is reached is put here.
    touched
        int32 [node]; the nodes that were reached are put here, for the caller to wipe.
    keys, nodes
        int64, int32 [edge + 1]: for the heap.

    Returns
    -------
    int
        How many nodes were reached.
    """
    distance[start] = 0
    touched[0] = start
    count = 1
    size = push(keys, nodes, 0, 0, start)
    while size > 0:
        key = keys[0]
        node = nodes[0]
        size = drop_least(keys, nodes, size)
        if key > distance[node]:
            continue
        for edge in range(out_start[node], out_start[node + 1]):
            farther = key + weight[edge]
            other = head[edge]
            if edge == banned or farther > limit or farther >= distance[other]:
                continue
            if distance[other] == UNREACHED:
                touched[count] = other
                count += 1
            distance[other] = farther
            came_by[other] = edge
            size = push(keys, nodes, size, farther, other)
    return count
