"""Several areas in one process: each application under its own path, and a small start page that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, render_template
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from routing.workspace import slug
from web import privacy
from web.app import error_answer, quiet_app
from web.area_files import dated_coverage
from web.offline import SEVERAL, WORKER
from web.pages import language
from web.sentences import coverage_words
from web.texts import words_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from wsgiref.types import WSGIApplication

    from routing.area import Area
    from web.settings import Settings


def slugs(areas: Sequence[Area]) -> list[str]:
    """Give each area a path of its own; of two that have one name the second gets a number."""
    given: list[str] = []
    for area in areas:
        name = slug(area.manifest.name)
        number = 1
        while (path := name if number == 1 else f"{name}-{number}") in given:
            number += 1
        given.append(path)
    return given


def mounted(apps: Mapping[str, privacy.QuietFlask], areas: Sequence[Area], settings: Settings) -> WSGIApplication:
    """Mount applications by path.

    Parameters
    ----------
    apps
        By path, in the order of ``areas``.
    """
    start = quiet_app(tls=settings.tls)
    first = next(iter(apps.values())).extensions["sidestep.own"]
    home = f"/{quote(next(iter(apps)))}"

    def static(name: str) -> str:
        return f"{home}/static/{first.hash}/{name}"

    @start.get("/")
    def areas_page() -> Response:
        words = words_in(language())
        links = [
            (f"/{quote(path)}/{words.lang}/", coverage_words(words, dated_coverage(area)))
            for path, area in zip(apps, areas, strict=True)
        ]
        text = render_template("areas.html", words=words, areas=links, static=static)
        response = Response(text, mimetype="text/html")
        response.vary.add("Accept-Language")
        return response

    @start.get(f"/{WORKER}")
    def worker() -> Response:
        return Response(bytes(first.named[SEVERAL].content), mimetype="text/javascript")

    @start.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    def answer(status: int, code: str, message: str, headers: Mapping[str, str]) -> Response:
        return error_answer(status, code, message, headers, lang=language(), home="/", static=static)

    privacy.error_pages(start, answer)
    # WSGI has paths as bytes in disguise
    return DispatcherMiddleware(start, {f"/{path}".encode().decode("latin-1"): app for path, app in apps.items()})
