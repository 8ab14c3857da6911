"""npm packages that tests run with, pinned and fetched like those of the page; none is in the repository."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import pytest

from web.vendoring import VendorError, run_npm

HERE = Path(__file__).parent
_FILES = ("package.json", "package-lock.json")


def installed(folder: str, cache: Path) -> Path:
    """Give ``node_modules`` of a folder beside this file, kept in a cache under the hash of what it pins.

    Without npm or its registry the test is skipped, and fails where every test must run.
    """
    pins = [(HERE / folder / name).read_bytes() for name in _FILES]
    goal = cache / f"npm-{folder}-{hashlib.sha256(b''.join(pins)).hexdigest()[:16]}"
    if not goal.exists():
        draft = cache / f".npm-{secrets.token_hex(4)}"
        draft.mkdir(parents=True)
        try:
            for name, content in zip(_FILES, pins, strict=True):
                (draft / name).write_bytes(content)
            run_npm(draft, "ci")
            shutil.rmtree(draft / ".npm-cache", ignore_errors=True)
            draft.rename(goal)
        except VendorError as error:
            if os.environ.get("SIDESTEP_REQUIRE_BROWSER") == "1":
                pytest.fail(str(error))
            pytest.skip(str(error))
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return goal / "node_modules"
