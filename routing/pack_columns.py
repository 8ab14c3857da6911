"""Columns of whole numbers → few bytes that a general packer (brotli, gzip) makes fewer, and named sections of a file.

A whole number stands in as many bytes as it needs, seven bits in each, the lowest first; all but the last have their
highest bit set. Numbers of either sign are folded (0, -1, 1, -2 → 0, 1, 2, 3). A column of zeros is no byte at all,
but where it tells a reader how many there can be: then it is written in full, a byte for a number at least.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Longs = NDArray[np.int64]
    Floats = NDArray[np.float64]

MAGIC: Final = b"SIDESTEP"
STEPS: Final = 1e7  # to a degree: the digits that OpenStreetMap keeps
_HEAD: Final = struct.Struct("<8sBB2xI")  # magic, format, kind, bytes that follow the hash
_HASH_BYTES: Final = 32
_BITS: Final = 7  # of a number in one byte


def folded(values: NDArray[Any], *, full: bool = False) -> bytes:
    """Write whole numbers of either sign, less than 2**62; ``full``: zeros, too."""
    numbers = np.asarray(values, dtype=np.int64).ravel()
    return counted(np.where(numbers >= 0, 2 * numbers, -2 * numbers - 1), full=full)


def counted(values: NDArray[Any], *, full: bool = False) -> bytes:
    """Write whole numbers from 0; ``full``: also where all are 0.

    Examples
    --------
    >>> list(counted(np.array([1, 300, 0]))), counted(np.array([0, 0]))
    ([1, 172, 2, 0], b'')
    """
    numbers = np.asarray(values, dtype=np.int64).ravel()
    if not numbers.any():
        return bytes(len(numbers)) if full else b""
    if numbers.min() < 0:
        raise ValueError("a number of the pack is negative")
    size = np.ones(len(numbers), dtype=np.int64)
    rest = numbers >> _BITS
    while rest.any():
        size += rest > 0
        rest >>= _BITS
    end = np.cumsum(size)
    out = np.zeros(int(end[-1]), dtype=np.uint8)
    for nth in range(int(size.max())):
        has = size > nth
        more = (size > nth + 1)[has].astype(np.uint8) << _BITS
        out[(end - size)[has] + nth] = ((numbers[has] >> (_BITS * nth)) & 0x7F).astype(np.uint8) | more
    return out.tobytes()


def steps_of(lonlat: NDArray[Any]) -> Longs:
    """Give positions in whole steps, int64 of the same shape."""
    steps: Longs = np.rint(np.asarray(lonlat, dtype=np.float64) * STEPS).astype(np.int64)
    return steps


def oddities(lonlat: NDArray[Any], steps: Longs) -> bytes:
    """Write the positions, float64 [n, 2], that are not those of their steps to the last bit: which ones, and where."""
    given = np.ascontiguousarray(lonlat, dtype=np.float64)
    odd = np.flatnonzero((given.view(np.int64) != (steps / STEPS).view(np.int64)).any(axis=1))
    if not len(odd):
        return b""
    which = np.concatenate([[len(odd)], np.diff(odd, prepend=0)])
    return counted(which) + given[odd].astype("<f8").tobytes()


def coded(rows: NDArray[Any]) -> tuple[NDArray[Any], Longs]:
    """Tell rows by their numbers in a table, the most frequent first.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        [kind, …] the table, and int64 [row].
    """
    _, first, code, count = np.unique(rows, axis=0, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(-count, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rows[first[order]], rank[code.ravel()]


class Part(NamedTuple):
    """One part of a pack, with its hash."""

    content: bytes

    @property
    def digest(self) -> bytes:
        """Give the SHA-256 that stands in its head."""
        return self.content[_HEAD.size : _HEAD.size + _HASH_BYTES]


def part_of(version: int, kind: int, sections: Mapping[str, bytes]) -> Part:
    """Put sections behind a head; the hash is of all but itself."""
    body = b"".join(
        struct.pack("<B", len(name)) + name.encode("ascii") + struct.pack("<I", len(content)) + content
        for name, content in sections.items()
    )
    head = _HEAD.pack(MAGIC, version, kind, len(body))
    return Part(head + hashlib.sha256(head + body).digest() + body)
