"""Several areas in one process: each application under its own path, and a small start page that leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, render_template, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from routing.workspace import slug
from web import api, privacy
from web.app import quiet_app
from web.pages import language
from web.sentences import coverage_words, error_words
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
            (f"/{quote(path)}/{words.lang}/", coverage_words(words, _record(area)))
            for path, area in zip(apps, areas, strict=True)
        ]
        text = render_template("areas.html", words=words, areas=links, static=static)
        response = Response(text, mimetype="text/html")
        response.vary.add("Accept-Language")
        return response

    @start.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    def answer(status: int, code: str, message: str, headers: Mapping[str, str]) -> Response:
        if request.path.startswith(("/api/", "/healthz")):
            return api.json_error(status, code, message, headers)
        words = words_in(language())
        told, number = error_words(words, code), message.rsplit(" ", 1)[-1] if code == "bug" else ""
        text = render_template("error.html", words=words, told=told, home="/", static=static, number=number)
        return Response(text, status, headers=dict(headers), mimetype="text/html")

    privacy.error_pages(start, answer)
    # WSGI has paths as bytes in disguise
    return DispatcherMiddleware(start, {f"/{path}".encode().decode("latin-1"): app for path, app in apps.items()})


def _record(area: Area) -> dict[str, object]:
    """Give what is told of an area."""
    coverage = area.coverage
    return {
        "name": coverage.name,
        "osm_date": coverage.osm_date,
        "cameras": coverage.cameras,
        "cameras_per_km2": coverage.cameras_per_km2,
        "directions_known": coverage.directions_known,
        "surveyed_share": coverage.surveyed_share,
        "oldest": coverage.oldest,
        "newest": coverage.newest,
    }
