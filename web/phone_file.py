"""An area → one file that goes from hand to hand: a page on any phone opens it, without a network.

Inside are all files that the page would fetch of the area, and what it is told of it, as named sections behind one head
with a SHA-256 over all (:func:`routing.pack_columns.part_of`). What gzip makes smaller is packed so, since every
browser unpacks that by itself. ``static/js/area-file.mjs`` reads it.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from routing.pack_columns import part_of
from web.area_files import about_area

if TYPE_CHECKING:
    from routing.area import Area
    from web.area_files import AreaFiles

SUFFIX: Final = ".sidestep"
VERSION: Final = 1  # of this kind of file; a page refuses what is newer than it
KIND: Final = 3  # routing/pack.py has 1, 2 and 4
_PACKED: Final = ".gz"  # behind the name of a section
_WORTH: Final = 0.95  # of the size, at most, for packing to be worth the phone's time
MOST_TIMES: Final = 64  # what is packed may grow by, with some room: a page unpacks nothing that claims more
ROOM: Final = 2**20  # bytes


@dataclass(frozen=True)
class PhoneFile:
    """The bytes of the file, and the digest that two people can compare."""

    content: bytes
    digest: str


def phone_file(area: Area, files: AreaFiles) -> PhoneFile:
    """Write an area as one file, the same each time.

    Parameters
    ----------
    files
        From :func:`web.area_files.area_files`.
    """
    about = about_area(area, files, lambda name: name.partition(".")[0])
    sections = {"about": json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()}
    for name, asset in files.named().items():
        whole = bytes(asset.content)
        packed = gzip.compress(whole, 9, mtime=0)
        what = name.partition(".")[0]
        if len(packed) < _WORTH * len(whole) and len(whole) <= MOST_TIMES * len(packed) + ROOM:
            sections[f"{what}{_PACKED}"] = packed
        else:
            sections[what] = whole
    part = part_of(VERSION, KIND, sections)
    return PhoneFile(part.content, part.digest.hex())


def in_groups(digest: str) -> str:
    """Write a digest as people compare it, four letters at a time; the page does the same.

    Examples
    --------
    >>> in_groups("0123456789ab")
    '0123 4567 89ab'
    """
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))
