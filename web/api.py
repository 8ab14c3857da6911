"""The API: one walk by POST, and what the area is. Described in openapi.yaml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, jsonify, request

from routing.certificates import certify
from routing.errors import BadUsageError, NoRouteError, SidestepError
from routing.formats import as_record
from routing.revise import overlaid
from routing.router import plan
from web.area_files import about_area, version_of
from web.asked import BadJsonError, BadRequestError, TooLargeError, read_body
from web.assets import Asset, address
from web.planners import BusyError
from web.privacy import MAX_OVERLAY_BODY, about_a_walk, error_body, is_gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.area import Area
    from routing.model import RouteRequest
    from routing.plans import Plan
    from routing.search.front import Limits
    from web.area_files import AreaFiles
    from web.planners import Planners
    from web.settings import Settings

RETRY_S = 5  # said with 503; most walks take a fraction of a second
# what cannot be walked is told as what cannot be understood is, 422: the address is right, the wish is not
STATUSES: Mapping[type[SidestepError], int] = {
    BusyError: 503,
    BadJsonError: 400,
    BadRequestError: 422,
    TooLargeError: 413,
    BadUsageError: 422,
    NoRouteError: 422,
}


def status_of(error: SidestepError) -> int | None:
    """Give the HTTP status of a failure that whoever asks can do something about; ``None`` for any other."""
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), None)


def json_error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Make an error of the API."""
    response = Response(error_body(code, message), status, mimetype="application/json")
    response.headers.update(headers or {})
    return response


def blueprint(area: Area, files: AreaFiles, planners: Planners, settings: Settings) -> Blueprint:
    """Make the addresses of the API."""
    views = Blueprint("api", __name__)

    @views.post("/api/v1/route")
    def route() -> Response:
        if request.mimetype != "application/json":
            abort(415)
        request.max_content_length = MAX_OVERLAY_BODY
        data = request.get_data(cache=False)
        try:
            with planners.one(is_gone=is_gone):
                wish = read_body(data, area, max_via=settings.max_via)
                found = as_record(_answered(area, wish, planners.limits(is_gone=is_gone)))
        except SidestepError as error:
            status = status_of(error)
            if status is None:
                raise
            headers = {"Retry-After": str(RETRY_S)} if isinstance(error, BusyError) else {}
            return json_error(status, error.code, str(error), headers)
        # with the version, so that a page notices that its cameras are older
        return about_a_walk(jsonify({**found, "area": {**found["area"], "version": version_of(files)}}))

    _add_fixed(views, area, files)
    return views


def _answered(area: Area, wish: RouteRequest, limits: Limits) -> Plan:
    """Plan, and prove what was asked for; her cameras are looked out of once for both."""
    if not wish.why:
        return plan(area, wish, limits)
    in_time = limits.from_now()
    hers = overlaid(area, wish.overlay, in_time)
    answer = plan(area, wish, in_time, hers=hers)
    return replace(answer, certificate=certify(area, wish, answer, limits, hers=hers))


def _add_fixed(views: Blueprint, area: Area, files: AreaFiles) -> None:
    """Add what is the same for everybody."""
    description = Asset(Path(__file__).with_name("openapi.yaml").read_bytes(), ".yaml")

    @views.get("/api/v1/area")
    def about() -> dict[str, object]:
        return about_area(area, files, lambda name: address("assets.area_file", name=name))

    @views.get("/api/v1/cameras")
    def cameras() -> Response:
        return files.cameras.reply()

    @views.get("/api/v1/openapi.yaml")
    def openapi() -> Response:
        return description.reply()

    @views.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}
