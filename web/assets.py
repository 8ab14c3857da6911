"""Files that never change under their address: a hash of the content stands in it, so browsers keep them for a year.

In: folders, or bytes. Out: replies, packed with brotli where the browser takes that and it helps, or an area's pack
with gzip. Of a file the rest is given from where a download was cut, and no other range: what part of a map is asked
for would tell where somebody looks.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import posixpath
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING, Final, cast
from urllib.parse import quote

import brotli
from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wsgi import wrap_file

from web.joining import joined, loaded
from web.privacy import KEPT

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# by hand, since what the system knows of these differs, and a module of a wrong type is not run
TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".pack": "application/octet-stream",
    ".pmtiles": "application/vnd.pmtiles",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".yaml": "application/yaml",
}
# in the environment of a request: the way from there to the folder, "../" or "./"
RELATIVE: Final = "sidestep.relative"
# what is always loaded together, and of which nothing else imports a part; the planner is some sixty modules
PLANNER: Final = "js/router.mjs"
JOINED: Final[Mapping[str, str]] = {
    PLANNER: "js/router/worker.mjs",
    "js/search.mjs": "js/search.mjs",
    "js/style.mjs": "js/style.mjs",
}
_PACKED_ALREADY: Final = frozenset({".pmtiles", ".png", ".woff2"})
_REST: Final = re.compile(r"bytes=([0-9]{1,12})-")
_IMPORT = re.compile(r"^(?:import|export)\b[^;]*?\bfrom\s*\"(\.\.?/[\w./-]+)\"", re.MULTILINE)


@dataclass(frozen=True)
class Asset:
    """One file in memory or mapped.

    Attributes
    ----------
    suffix
        Of its name, with the dot; decides the type.
    """

    content: bytes | mmap.mmap
    suffix: str

    @cached_property
    def hash(self) -> str:
        """Give 16 letters that stand for the content."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @cached_property
    def brotli(self) -> bytes | None:
        """Give the content packed as tightly as brotli can, or ``None`` where that does not help."""
        if self.suffix in _PACKED_ALREADY:
            return None
        packed: bytes = brotli.compress(bytes(self.content), quality=11)
        return packed if len(packed) < len(self.content) else None

    @cached_property
    def gzip(self) -> bytes | None:
        """Give an area's pack as gzip has it, for browsers that take brotli from ``https`` alone; ``None`` for others.

        No other file is so large that a line without brotli would wait for it.
        """
        return gzip.compress(self.content, 9, mtime=0) if self.suffix == ".pack" else None

    def reply(self) -> Response:
        """Answer the request at hand with the whole file, or with the rest of it from where a download was cut."""
        begin = _cut_at(len(self.content))
        packed, how = (self.content, "") if begin else self._packed()
        # handed over as a file, so that a slow reader holds neither a thread nor a copy
        file = cast("IO[bytes]", _Reader(packed, begin))
        response = Response(wrap_file(request.environ, file), direct_passthrough=True)
        response.content_length = len(packed) - begin
        if begin:
            response.status_code = 206
            response.headers["Content-Range"] = f"bytes {begin}-{len(packed) - 1}/{len(packed)}"
        kind = TYPES[self.suffix]
        response.content_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        response.headers["Accept-Ranges"] = "none"
        if self.suffix not in _PACKED_ALREADY:
            response.vary.add("Accept-Encoding")
        if how:
            response.content_encoding = how
        return response

    def _packed(self) -> tuple[bytes | mmap.mmap, str]:
        """Give the content as the browser at hand takes it, and how it is packed."""
        if self.brotli is not None and _takes("br"):
            return self.brotli, "br"
        if self.gzip is not None and _takes("gzip"):
            return self.gzip, "gzip"
        return self.content, ""


def _takes(packing: str) -> bool:
    return any(name.lower() == packing and quality > 0 for name, quality in request.accept_encodings)


def _cut_at(size: int) -> int:
    """Give from which byte on the rest of a file is wanted, 0 for all of it; no other range is given (RFC 9110)."""
    match = _REST.fullmatch(request.headers.get("Range", ""))
    begin = int(match[1]) if match is not None and request.method == "GET" else 0
    return begin if begin < size else 0


class _Reader(io.RawIOBase):
    """Reads from shared bytes at a place of its own."""

    def __init__(self, content: bytes | mmap.mmap, at: int = 0) -> None:
        self._content = content
        self._at = at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._content)}[whence]
        self._at = max(0, start + offset)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        end = len(self._content) if size < 0 else self._at + size
        part = self._content[self._at : end]
        self._at += len(part)
        return part


class Bundle:
    """The files of a folder under one hash, so that what they import of each other by relative paths is found.

    Parameters
    ----------
    folder
        What to read, whole, now.
    without
        Names of folders in it that are left out.
    join
        Names of files that are made: each of a module of the folder and all that it imports. What only they need is
        not given by itself.

    Attributes
    ----------
    named
        The files by their names.
    sources
        The text of all modules, those too that are only parts of others.
    """

    def __init__(self, folder: Path, *, without: Iterable[str] = (), join: Mapping[str, str] | None = None) -> None:
        left_out = set(without)
        self.named: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if name.split("/")[0] in left_out or path.suffix not in TYPES or not path.is_file():
                continue
            self.named[name] = Asset(path.read_bytes(), path.suffix)
        modules = {name: bytes(one.content).decode() for name, one in self.named.items() if one.suffix == ".mjs"}
        whole = {name: joined(first, modules) for name, first in (join or {}).items()}
        self.sources = modules
        for name in modules.keys() - loaded(modules | whole, whole):
            del self.named[name]
        self.named |= {name: Asset(text.encode(), ".mjs") for name, text in whole.items()}
        stamp = "".join(f"{name}\0{asset.hash}\0" for name, asset in sorted(self.named.items()))
        self.hash = hashlib.sha256(stamp.encode()).hexdigest()[:16]

    def __iter__(self) -> Iterator[Asset]:
        return iter(self.named.values())

    def reply(self, bundle: str, name: str) -> Response:
        """Answer with a file; one of another version of the bundle is not found."""
        if bundle != self.hash or name not in self.named:
            abort(404)
        return kept(self.named[name].reply())

    def modules(self, first: str) -> list[str]:
        """List a module of the folder ``js`` and all that it imports at once, in the order in which they are met."""
        found = [first]
        for name in found:
            asset = self.named.get(f"js/{name}")
            text = bytes(asset.content).decode() if asset is not None else ""
            others = (
                posixpath.normpath(f"{posixpath.dirname(name)}/{path}").lstrip("/") for path in _IMPORT.findall(text)
            )
            found += [other for other in dict.fromkeys(others) if other not in found]
        return [f"js/{name}" for name in found if f"js/{name}" in self.named]


def address(endpoint: str, **values: str) -> str:
    """Give the path of an endpoint in ASCII; areas in other scripts are mounted under their names.

    As :func:`flask.url_for`, which leaves what comes before the application as it is. For a folder of files
    (:data:`RELATIVE`) it is told from where the reader stands, so that the folder works at any address.
    """
    path = quote(url_for(endpoint, **values), "/%?&=#~")  # type: ignore[arg-type]  # values are of the address
    way_up = request.environ.get(RELATIVE)
    return path if way_up is None else f"{way_up}{path.removeprefix('/')}"


def is_published() -> bool:
    """Tell whether the reply at hand becomes a file, for a web space that knows no more than files."""
    return RELATIVE in request.environ


def kept(response: Response) -> Response:
    """Let browsers keep a reply whose address has its hash."""
    response.headers["Cache-Control"] = KEPT
    return response


def pack_all(assets: Iterable[Asset]) -> None:
    """Pack now what would else be packed when first asked for; brotli lets other threads run meanwhile."""
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda asset: (asset.brotli, asset.gzip), assets):
            pass


def blueprint(own: Bundle, vendor: Bundle, files: Mapping[str, Asset]) -> Blueprint:
    """Make the addresses of all such files.

    Parameters
    ----------
    own, vendor
        The page's own files and those of others.
    files
        The area's, by name; the name has the hash.
    """
    views = Blueprint("assets", __name__)

    @views.get("/static/<bundle>/<path:name>")
    def own_file(bundle: str, name: str) -> Response:
        return own.reply(bundle, name)

    @views.get("/vendor/<bundle>/<path:name>")
    def vendor_file(bundle: str, name: str) -> Response:
        return vendor.reply(bundle, name)

    @views.get("/files/<name>")
    def area_file(name: str) -> Response:
        if name not in files:
            abort(404)
        return kept(files[name].reply())

    return views
