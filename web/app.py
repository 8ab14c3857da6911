"""One area in, one WSGI application out; nothing happens at import time, and applications share nothing.

``create_app`` is the whole interface::

    from routing.workspace import find_area
    from web import Settings, create_app

    app = create_app(find_area(None, progress=silent), Settings(planners=2))
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, render_template, request

from routing.warm import warm
from web import api, assets, offline, pages, privacy, reports
from web.area_files import area_files
from web.planners import Planners
from web.proof import Proofs
from web.sentences import error_words
from web.settings import Settings
from web.texts import LANGUAGES, words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from routing.area import Area
    from web.store import Store

_HERE = Path(__file__).parent


def create_app(
    area: Area,
    settings: Settings | None = None,
    *,
    planners: Planners | None = None,
    store: Store | None = None,
    before: privacy.QuietFlask | None = None,
) -> privacy.QuietFlask:
    """Make the application of one area.

    Parameters
    ----------
    area
        From :func:`routing.workspace.find_area` or :func:`routing.build.build_area`.
    settings
        All defaults unless told.
    planners
        Shared with other applications of the process; its own unless told.
    store
        Where reports are kept; ``None``: none are taken.
    before
        The application of the version of this area before, whose files stay at their addresses.

    Raises
    ------
    BadFileError
        If the area's basemap is damaged.
    """
    settings = settings or Settings()
    app = quiet_app(tls=settings.tls)
    files = area_files(area, before.extensions["sidestep.files"] if before is not None else None)
    if before is None:
        own = assets.Bundle(_HERE / "static", without=("vendor",), join=assets.JOINED)
        vendor = assets.Bundle(_HERE / "static" / "vendor")
        proofs = Proofs(settings.proof)
    else:
        own, vendor, proofs = (before.extensions[f"sidestep.{what}"] for what in ("own", "vendor", "proofs"))
    shared = planners or Planners(settings)
    site = pages.Site(area, files, own, vendor, shared, takes_reports=store is not None)
    later = dict(pages.late_texts(lang) for lang in LANGUAGES)
    former = before.extensions["sidestep.files"].named() if before is not None else {}
    for views in (
        api.blueprint(area, files, shared, settings),
        reports.blueprint(store, proofs, most_waiting=settings.most_waiting),
        assets.blueprint(own, vendor, {**former, **files.named(), **later}),
        pages.blueprint(site),
        offline.blueprint(own, vendor, {**files.named(), **later}, partial(pages.ready, site), area.manifest.name),
    ):
        app.register_blueprint(views)
    privacy.error_pages(app, lambda *told: _answer(site, *told))
    for name in app.jinja_env.list_templates():  # read now: an upgrade may take the files away from under a server
        app.jinja_env.get_template(name)
    for lang in LANGUAGES:
        words_in(lang)
    app.extensions["sidestep"] = [*own, *vendor, *files.named().values(), *later.values()]
    app.extensions |= {
        "sidestep.own": own, "sidestep.vendor": vendor, "sidestep.proofs": proofs, "sidestep.files": files,
        "sidestep.named": {**files.named(), **later},
    }  # fmt: skip
    return app


def quiet_app(*, tls: bool) -> privacy.QuietFlask:
    """Make an application that keeps the rules of privacy.py and has no address yet."""
    app = privacy.QuietFlask("web", static_folder=None, root_path=str(_HERE), template_folder="templates")
    privacy.protect(app, tls=tls)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the provider that Flask makes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Russian takes a third less room so
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app


def _answer(site: pages.Site, status: int, code: str, message: str, headers: Mapping[str, str]) -> Response:
    first = request.path.split("/")[1]
    lang = first if first in LANGUAGES else pages.language()
    home = assets.address("pages.page", lang=lang)
    return error_answer(status, code, message, headers, lang=lang, home=home, static=site.static)


def error_answer(
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str],
    *,
    lang: str,
    home: str,
    static: Callable[[str], str],
) -> Response:
    """Answer an error: as JSON where programs ask, else as a small page in a language, with a way back to ``home``."""
    if request.path.startswith(("/api/", "/healthz")):
        return api.json_error(status, code, message, headers)
    words = words_in(lang)
    number = message.rsplit(" ", 1)[-1] if code == "bug" else ""
    text = render_template(
        "error.html", words=words, told=error_words(words, code), home=home, static=static, number=number
    )
    return Response(text, status, headers=dict(headers), mimetype="text/html")


def warm_up(area: Area, packing: Iterable[assets.Asset]) -> None:
    """Do now what the first visitors would else wait for: compile the search, read what is read late, pack files.

    Parameters
    ----------
    packing
        ``app.extensions["sidestep"]`` of the applications.
    """
    _ = area.coverage, area.views, area.places, area.network, area.walls, area.estimates
    warm(area)
    assets.pack_all(packing)
