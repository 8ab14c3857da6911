"""Reports by ``POST``: a puzzle's solution and up to 200 reports in, the ids that are kept out.

Nothing of who sends them is asked, looked at or kept; the day is all that is noted of when.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from flask import Blueprint, Response, abort, jsonify, request

from routing.errors import BadFileError, SidestepError
from routing.reports import TooOldError, parse_reports
from web.api import RETRY_S, json_error
from web.asked import BadJsonError
from web.privacy import MAX_REPORTS_BODY, about_a_walk
from web.proof import BadProofError, FloodError
from web.store import ConflictError

if TYPE_CHECKING:
    from web.proof import Proofs
    from web.store import Store


class BadReportError(SidestepError):
    """A report is not as it must be."""

    code: ClassVar[str] = "bad-report"


class NotTakenError(SidestepError):
    """The server takes no reports."""

    code: ClassVar[str] = "reports-not-taken"


_STATUSES: Final[dict[type[SidestepError], int]] = {
    BadJsonError: 400,
    ConflictError: 409,
    BadProofError: 422,
    BadReportError: 422,
    TooOldError: 422,
    FloodError: 503,
}


class _Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    proof: str
    reports: msgspec.Raw


def blueprint(store: Store | None, proofs: Proofs) -> Blueprint:
    """Make the addresses of reports; without a store they say that none are taken."""
    views = Blueprint("reports", __name__)

    @views.get("/api/v1/reports/challenge")
    def challenge() -> Response:
        if store is None:
            return _refused()
        return jsonify(proofs.puzzle())

    @views.post("/api/v1/reports")
    def take() -> Response:
        if store is None:
            return _refused()
        if request.mimetype != "application/json":
            abort(415)
        request.max_content_length = MAX_REPORTS_BODY
        data = request.get_data(cache=False)
        try:
            body = _read(data)
            try:
                reports = parse_reports(bytes(body.reports))  # before the proof, which can be used only once
            except TooOldError:
                raise
            except BadFileError as error:
                raise BadReportError(str(error)) from None
            proofs.spend(body.proof)
            held = store.take(reports, f"{dt.datetime.now(dt.UTC):%Y-%m-%d}")
        except SidestepError as error:
            status = _STATUSES.get(type(error))
            if status is None:
                raise
            headers = {"Retry-After": str(RETRY_S)} if status == 503 else {}  # noqa: PLR2004 - busy
            return json_error(status, error.code, str(error), headers)
        return about_a_walk(jsonify({"held": held}))

    return views


def _refused() -> Response:
    return json_error(404, NotTakenError.code, "this server takes no reports; share them as a file")


def _read(data: bytes) -> _Body:
    try:
        return msgspec.json.decode(data, type=_Body)
    except msgspec.ValidationError:
        raise BadReportError("the body must have a proof and a list of reports, and nothing else") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadJsonError("the body is no JSON") from None
