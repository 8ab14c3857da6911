"""Areas → a folder of files that is the page: for any web space, an onion service, a stick. Nothing of ours runs there.

The application is made and asked for each of its addresses, as a browser would, but for one thing: addresses are told
relative to where they stand (:data:`web.assets.RELATIVE`), so one folder works under any prefix. ``sidestep.sha256``
lists what was written; a folder that holds anything else is never replaced.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from flask import render_template

from routing.errors import BadFileError, OutsideError
from routing.files import beside, flush, swap_in
from web.app import create_app, quiet_app
from web.area_files import dated_coverage
from web.assets import RELATIVE, address
from web.mounts import slugs
from web.offline import SEVERAL, SOURCE, WORKER
from web.privacy import PAGE_POLICY
from web.sentences import coverage_words
from web.texts import LANGUAGES, words_in

if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable, Iterator, Sequence

    from routing.area import Area
    from routing.looking import Progress
    from web.privacy import QuietFlask

LIST: Final = "sidestep.sha256"  # as sha256sum writes and checks it
_LEFT_OUT: Final = ("i18n/", SOURCE, SEVERAL)  # stand in the page, and beside it
_PART: Final = 2**20  # bytes hashed at a time


def site_files(areas: Sequence[Area]) -> Iterator[tuple[str, bytes | mmap.mmap]]:
    """Give the files of a site by their paths: of one area at its top, of several each in a folder of its own.

    At the top of several stands a worker that ends one of before, when there was one area.

    Raises
    ------
    BadFileError
        If the basemap of an area is damaged.
    """
    apps = [create_app(area) for area in areas]
    if len(areas) == 1:
        yield from _area_files(apps[0], "")
        yield "index.html", _start_page(apps, areas, [""])
        return
    paths = [f"{name}/" for name in slugs(areas)]
    for app, area, path in zip(apps, areas, paths, strict=True):
        yield from _area_files(app, path)
        yield f"{path}index.html", _start_page([app], [area], [""])
    yield "index.html", _start_page(apps, areas, paths)
    yield WORKER, apps[0].extensions["sidestep.own"].named[SEVERAL].content


def publish(areas: Sequence[Area], folder: Path, *, progress: Progress) -> int:
    """Write a site, whole or not at all; one that stands there is replaced. Gives its size, bytes.

    Raises
    ------
    BadFileError
        If the folder holds what was not written by this, or a basemap is damaged.
    OutsideError
        If the disk is full or may not be written.
    """
    folder = Path(os.path.realpath(folder))  # a link stays a link, and `.` has a name
    check_room(folder)
    draft = folder.parent / f".sidestep-{secrets.token_hex(8)}"
    try:
        draft.mkdir(parents=True)
        with progress("writing the site", None) as advance:
            size = _write(site_files(areas), draft, advance)
        check_room(folder)  # writing took a while, in which somebody may have put a file there
        swap_in(draft, folder)
        for old in beside(folder):  # also what a killed process left; never what somebody put there meanwhile
            with suppress(OSError):
                if _foreign(old) is None:
                    shutil.rmtree(old)
    except OSError as error:
        why = error.strerror or "the disk may be full"
        raise OutsideError(f"{folder}: the site cannot be written ({why}); nothing was left behind") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return size


def check_room(folder: Path) -> None:
    """Refuse a folder that holds anything but a site as it was written, before work is put into making one.

    Raises
    ------
    BadFileError
        If it does.
    OutsideError
        If it cannot be read.
    """
    try:
        if not os.path.lexists(folder):
            return
        if not folder.is_dir():
            raise BadFileError(f"{folder}: exists and is no folder; choose another --out")
        foreign = _foreign(folder)
    except OSError as error:
        raise OutsideError(f"{folder}: cannot be read ({error.strerror}); choose another --out") from error
    if foreign is not None:
        raise BadFileError(
            f"{folder}: holds {foreign}, which sidestep did not write or somebody changed; move it away or choose "
            "another --out"
        )


def _foreign(folder: Path) -> str | None:
    """Name a file that was not written by this, or was changed since."""
    try:
        lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        lines = []
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name == LIST or (path.is_dir() and not path.is_symlink()):
            continue
        if path.is_symlink() or name not in told or _digest(path) != told[name]:
            return name
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _area_files(app: QuietFlask, path: str) -> Iterator[tuple[str, bytes | mmap.mmap]]:
    asked = {"kept.json": "./", "sw.js": "./"}
    for lang in LANGUAGES:
        asked |= {f"{lang}/": "../", f"{lang}/app.webmanifest": "../"}
    client = app.test_client()
    for name, way_up in asked.items():
        reply = client.get(f"/{name}", environ_overrides={RELATIVE: way_up})
        if reply.status_code != 200:  # noqa: PLR2004  # OK
            raise RuntimeError(f"an address of the page answers {reply.status_code}")
        yield f"{path}{name}{'index.html' if name.endswith('/') else ''}", reply.get_data()
    own, vendor = app.extensions["sidestep.own"], app.extensions["sidestep.vendor"]
    with app.test_request_context(environ_overrides={RELATIVE: path}):
        for name, asset in own.named.items():
            if not name.startswith(_LEFT_OUT):
                yield unquote(address("assets.own_file", bundle=own.hash, name=name)), asset.content
        for name, asset in vendor.named.items():
            yield unquote(address("assets.vendor_file", bundle=vendor.hash, name=name)), asset.content
        for name, asset in app.extensions["sidestep.named"].items():
            yield unquote(address("assets.area_file", name=name)), asset.content


def _start_page(apps: Sequence[QuietFlask], areas: Sequence[Area], paths: Sequence[str]) -> bytes:
    """Write the page that leads to the others; where there is but one area, it goes on by itself."""
    own = apps[0].extensions["sidestep.own"].hash

    def static(name: str) -> str:
        return f"./{quote(paths[0])}static/{own}/{name}"

    groups = [
        (
            words_in(lang),
            [
                (f"./{quote(path)}{lang}/", coverage_words(words_in(lang), dated_coverage(area)))
                for area, path in zip(areas, paths, strict=True)
            ],
        )
        for lang in LANGUAGES
    ]
    app = quiet_app(tls=False)
    with app.test_request_context(environ_overrides={RELATIVE: "./"}):
        text = render_template(
            "start.html", words=words_in(LANGUAGES[0]), groups=groups, goes_on=len(areas) == 1, static=static,
            policy=PAGE_POLICY,
        )  # fmt: skip
    return text.encode()


def _write(files: Iterator[tuple[str, bytes | mmap.mmap]], draft: Path, advance: Callable[[int], object]) -> int:
    """Write files and the list of them; gives how many bytes they have."""
    told: dict[str, str] = {}
    size = 0
    for name, content in files:
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for at in range(0, len(content), _PART):
                part = content[at : at + _PART]
                file.write(part)
                digest.update(part)
            flush(file)
        told[name] = digest.hexdigest()
        size += len(content)
        advance(1)
    with (draft / LIST).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{digest}  {name}\n" for name, digest in sorted(told.items()))
        flush(file)
    return size
