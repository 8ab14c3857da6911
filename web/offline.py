"""What lets a phone keep the page: the list of all files of a version, the service worker that has it, and a manifest.

Nothing of this is fetched unless somebody asks the page to stay on her phone. The list is the same for everybody.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort

from web.assets import address, is_published
from web.joining import joined
from web.texts import LANGUAGES, words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from web.assets import Asset, Bundle

WORKER: Final = "sw.js"
SOURCE: Final = "sw.mjs"  # that it is joined from
SEVERAL: Final = "sw-several.mjs"  # what stands there instead where several areas lie beneath
# texts stand in the page or in files of their own
_NOT_FETCHED: Final = ("i18n/", SOURCE, SEVERAL)
_PAPER: Final = "#f4f1ea"


def blueprint(
    own: Bundle, vendor: Bundle, files: Mapping[str, Asset], page: Callable[[str], Asset], area: str
) -> Blueprint:
    """Make the addresses of the list, the worker and the manifests.

    Parameters
    ----------
    files
        The area's, and texts that come later, by name.
    page
        Gives the page in a language.
    area
        Its name.
    """
    views = Blueprint("offline", __name__)
    # as one script, for not every browser takes modules as service workers
    script = joined(SOURCE, own.sources)

    def listed() -> dict[str, object]:
        pages = {lang: page(lang) for lang in LANGUAGES}
        there = dict(_addresses(own, vendor, files))
        homes = {lang: address("pages.page", lang=lang) for lang in LANGUAGES}
        hashes = {lang: pages[lang].hash for lang in LANGUAGES}
        stamp = "\0".join((*there, *(f"{homes[lang]} {hashes[lang]}" for lang in LANGUAGES)))
        version = hashlib.sha256(stamp.encode()).hexdigest()[:16]
        listing = [{"url": url, "bytes": len(one.content), "hash": one.hash} for url, one in there.items()]
        return {"version": version, "pages": homes, "hashes": hashes, "files": listing}

    @views.get("/kept.json")
    def kept() -> dict[str, object]:
        return listed()

    @views.get(f"/{WORKER}")
    def worker() -> Response:
        return Response(f"const BUILD = {json.dumps(listed())};\n{script}", mimetype="text/javascript")

    @views.get("/<lang>/app.webmanifest")
    def manifest(lang: str) -> Response:
        if lang not in LANGUAGES:
            abort(404)
        icon = address("assets.own_file", bundle=own.hash, name="icon.svg")
        told = _manifest(lang, area, address("pages.page", lang=lang), icon)
        return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")

    return views


def kept_bytes(own: Bundle, vendor: Bundle, files: Mapping[str, Asset]) -> int:
    """Sum what a phone has to keep, but for the pages."""
    return sum(len(asset.content) for _, asset in _addresses(own, vendor, files))


def _addresses(own: Bundle, vendor: Bundle, files: Mapping[str, Asset]) -> Iterator[tuple[str, Asset]]:
    """Give everything that the page needs to start without a server, but for itself."""
    for name, asset in own.named.items():
        if not name.startswith(_NOT_FETCHED):
            yield address("assets.own_file", bundle=own.hash, name=name), asset
    for name, asset in vendor.named.items():
        if asset.suffix != ".txt" and len(asset.content):
            yield address("assets.vendor_file", bundle=vendor.hash, name=name), asset
    for name, asset in files.items():
        yield address("assets.area_file", name=name), asset


def _manifest(lang: str, area: str, home: str, icon: str) -> dict[str, object]:
    """Describe the page as an app (https://www.w3.org/TR/appmanifest/)."""
    # a browser reads an id from the host on, not from here
    apart = {} if is_published() else {"id": home}
    return {
        **apart,
        "name": f"Sidestep · {area}",
        "short_name": "Sidestep",
        "description": words_in(lang).t("ui.description"),
        "lang": lang,
        "dir": "ltr",
        "start_url": home,
        "scope": home.removesuffix(f"{lang}/"),
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _PAPER,
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
