"""What brotli made of a content, kept for all processes of a test run.

Packing the page's files as tightly as brotli can is two thirds of what a server does before it answers, and a test run
starts some fifty. brotli makes the same of the same, so only the first of them packs.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

import brotli

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "SIDESTEP_TEST_PACKED"  # names the folder in the environment of the processes of a run
really = brotli.compress


def remember(folder: Path) -> None:
    """Have brotli look into a folder first, until the process ends or :func:`forget`."""

    def compress(content: bytes, *, quality: int = 11) -> bytes:
        path = folder / hashlib.sha256(b"%d " % quality + content).hexdigest()
        if path.exists():
            return path.read_bytes()
        packed: bytes = really(content, quality=quality)
        draft = folder / secrets.token_hex(8)
        draft.write_bytes(packed)
        draft.replace(path)  # never half of it: others look there too
        return packed

    brotli.compress = compress


def forget() -> None:
    """Have brotli pack everything anew."""
    brotli.compress = really
