"""Runs of different lengths that stand one after the other in one array: which elements some of the runs take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Longs = NDArray[np.int64]


class Taken(NamedTuple):
    """Some runs, one after the other in the order in which they were asked for."""

    of: Longs  # [element] position of its run in what was asked for
    at: Longs  # [element] where it stands in the array
    start: Longs  # [run + 1] into these elements


def taken(start: NDArray[np.integer], runs: NDArray[np.integer]) -> Taken:
    """Find the elements of some runs.

    Parameters
    ----------
    start
        int [run + 1], where each run begins.
    runs
        int [asked], which are taken; one may be taken several times.

    Examples
    --------
    >>> found = taken(np.array([0, 2, 2, 5]), np.array([2, 0]))
    >>> found.at.tolist(), found.of.tolist(), found.start.tolist()
    ([2, 3, 4, 0, 1], [0, 0, 0, 1, 1], [0, 3, 5])
    """
    return spans(start[:-1][runs], (start[1:] - start[:-1])[runs])


def spans(first: NDArray[np.integer], size: NDArray[np.integer]) -> Taken:
    """List the whole numbers of spans, each given by its first and by how many it has, int [span].

    Examples
    --------
    >>> spans(np.array([7, 3]), np.array([2, 1])).at.tolist()
    [7, 8, 3]
    """
    begin = np.zeros(len(size) + 1, dtype=np.int64)
    np.cumsum(size, out=begin[1:])
    of = np.repeat(np.arange(len(size)), size)
    return Taken(of, np.arange(begin[-1]) + (first - begin[:-1])[of], begin)
