"""The page in each language, and the form for browsers without JavaScript with its answer."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, render_template, request

from routing import __version__
from routing.errors import AmbiguousError, SidestepError
from routing.model import RouteRequest
from routing.router import parse_detour, plan
from web.api import RETRY_S, status_of
from web.area_files import about_area
from web.asked import MAX_NAME, BadRequestError, understood
from web.assets import PLANNER, RELATIVE, Asset, address, is_published
from web.offline import kept_bytes
from web.planners import BusyError
from web.privacy import PAGE_POLICY, about_a_walk, is_gone
from web.sentences import error_words
from web.texts import LANGUAGES, words_in
from web.walkpage import walk_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.area import Area
    from routing.plans import Plan
    from routing.search.front import Limits
    from web.area_files import AreaFiles
    from web.assets import Bundle
    from web.planners import Planners
    from web.texts import Words

DETOURS: Final = (10, 20, 30, 50, 100)  # percent, offered by the form
_DETOUR: Final = 30  # of them, unless she chooses another (contract)
_LATE: Final = ("report.", "front.", "device.", "walk.", "paper.")  # texts of what few visits need
_MOST_PAGES: Final = 16  # kept ready; there is one a language and mount point


@dataclass(frozen=True)
class Site:
    """All that pages are made of."""

    area: Area
    files: AreaFiles
    own: Bundle
    vendor: Bundle
    planners: Planners
    takes_reports: bool = False
    ready: dict[tuple[str, str, bool], Asset] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def static(self, name: str) -> str:
        """Give the address of one of our own files."""
        return address("assets.own_file", bundle=self.own.hash, name=name)

    @cached_property
    def cameras(self) -> dict[str, dict[str, Any]]:
        """Give the properties of the area's cameras by id."""
        features = json.loads(bytes(self.files.cameras.content))["features"]
        return {feature["properties"]["id"]: feature["properties"] for feature in features}

    def about(self) -> dict[str, object]:
        """Give what the API tells of the area."""
        return about_area(self.area, self.files, lambda name: address("assets.area_file", name=name))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with a form, in words; ``where`` is the field it is about, ``choices`` what to type instead."""

    told: str
    where: str = ""
    choices: tuple[str, ...] = ()


def language() -> str:
    """Give the language that the browser likes best of those that there are; ``en-GB`` is as good as ``en``."""
    for tag, quality in request.accept_languages:  # best first
        primary = tag.partition("-")[0].lower()
        if quality > 0 and primary in LANGUAGES:
            return primary
    return LANGUAGES[0]


@cache
def late_texts(lang: str) -> tuple[str, Asset]:
    """Give the name and the file of the texts that are not in the page, since few visits need them.

    Examples
    --------
    >>> late_texts("en")[0].startswith("late-en.")
    True
    """
    texts = {key: text for key, text in words_in(lang).texts.items() if key.startswith(_LATE)}
    asset = Asset(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode(), ".json")
    return f"late-{lang}.{asset.hash}.json", asset


def blueprint(site: Site) -> Blueprint:
    """Make the addresses of the pages."""
    views = Blueprint("pages", __name__)

    @views.get("/")
    def start() -> Response:
        response = _page(site, language())
        response.vary.add("Accept-Language")
        return response

    @views.get("/<lang>/")
    def page(lang: str) -> Response:
        if lang not in LANGUAGES:
            abort(404)
        return _page(site, lang)

    @views.post("/<lang>/walk")
    def walk(lang: str) -> Response:
        if lang not in LANGUAGES:
            abort(404)
        if request.mimetype != "application/x-www-form-urlencoded":
            abort(415)
        return about_a_walk(_walk(site, words_in(lang)))

    return views


def ready(site: Site, lang: str) -> Asset:
    """Give the page; it is the same for everybody, so it is made and packed once."""
    key = lang, request.script_root, is_published()
    with site.lock:
        asset = site.ready.get(key)
        if asset is None:
            with _as_from_a_page():
                asset = Asset(_rendered(site, words_in(lang)).encode(), ".html")
            if len(site.ready) < _MOST_PAGES:
                site.ready[key] = asset
    return asset


@contextmanager
def _as_from_a_page() -> Iterator[None]:
    """Tell addresses as from a page, which stands one folder below, whoever asks for it."""
    way_up = request.environ.get(RELATIVE)
    if way_up is None:
        yield
        return
    request.environ[RELATIVE] = "../"
    try:
        yield
    finally:
        request.environ[RELATIVE] = way_up


def _page(site: Site, lang: str) -> Response:
    response = ready(site, lang).reply()
    response.content_language = lang
    return response


def _rendered(site: Site, words: Words) -> str:
    config = {
        "lang": words.lang,
        "languages": {lang: address("pages.page", lang=lang) for lang in LANGUAGES},
        "area": site.about(),
        "urls": {
            "kept": address("offline.kept"),
            "worker": address("offline.worker"),
            "texts": address("assets.area_file", name=late_texts(words.lang)[0]),
            "reports": address("reports.take") if site.takes_reports else None,
            "challenge": address("reports.challenge") if site.takes_reports else None,
            "vendor": address("assets.vendor_file", bundle=site.vendor.hash, name=""),
        },
        "version": __version__,
        "kept_bytes": kept_bytes(site.own, site.vendor, {**site.files.named(), **dict(map(late_texts, LANGUAGES))}),
    }
    modules = site.own.modules("main.mjs")
    later = [name for name in (*site.own.modules("map.mjs"), PLANNER) if name not in modules]
    apart = ("form.", *_LATE)  # of the server's own pages; of what is fetched later
    texts = {key: text for key, text in words.texts.items() if not key.startswith(apart)}
    manifest = address("offline.manifest", lang=words.lang)
    given = {"config": config, "texts": texts, "modules": modules, "later": later, "manifest": manifest}
    return render_template("page.html", **given, **_common(site, words))


def _common(site: Site, words: Words) -> dict[str, Any]:
    """Give what every template has."""
    return {
        "words": words,
        "area": site.about(),
        "static": site.static,
        "form_url": address("pages.walk", lang=words.lang),
        "home": address("pages.page", lang=words.lang),
        "detours": DETOURS,
        "typed": {"from": "", "to": "", "detour": str(_DETOUR)},
        "trouble": None,
        "max_name": MAX_NAME,
        "policy": PAGE_POLICY if is_published() else None,
    }


def _walk(site: Site, words: Words) -> Response:
    """Answer the form. What she typed stands again in its own fields, for her to correct, and nowhere else."""
    typed = {name: request.form.get(name, "")[: MAX_NAME + 1] for name in ("from", "to", "detour")}
    common = _common(site, words) | {"typed": typed}
    try:
        with site.planners.one(is_gone=is_gone):
            found = _planned(site.area, typed, site.planners.limits(is_gone=is_gone))
            shown = walk_page(found, words, site.cameras)
    except _FieldError as error:
        return _trouble(common, words, error.cause, error.name)
    except SidestepError as error:
        return _trouble(common, words, error, "")
    return Response(render_template("walk.html", shown=shown, **common), mimetype="text/html")


class _FieldError(Exception):
    """Something is wrong with one field of the form."""

    def __init__(self, name: str, cause: SidestepError) -> None:
        super().__init__(name)
        self.name = name
        self.cause = cause


def _planned(area: Area, typed: dict[str, str], limits: Limits) -> Plan:
    places = []
    for name in ("from", "to"):
        try:
            text = typed[name]
            if not text.strip() or len(text) > MAX_NAME:
                raise BadRequestError("a place is empty or too long")
            places.append(understood(text, area, name))
        except SidestepError as error:
            raise _FieldError(name, error) from None
    share = typed["detour"] if typed["detour"] in {str(offered) for offered in DETOURS} else str(_DETOUR)
    return plan(area, RouteRequest(places[0], places[1], (), parse_detour(f"{share}%")), limits)


def _trouble(common: dict[str, Any], words: Words, error: SidestepError, where: str) -> Response:
    status = status_of(error)
    if status is None:
        raise error
    choices = error.choices if isinstance(error, AmbiguousError) else ()
    common["trouble"] = Trouble(error_words(words, error.code), where, choices)
    response = Response(render_template("walk.html", shown=None, **common), status, mimetype="text/html")
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(RETRY_S)
    return response
