"""Reports by ``POST``: a puzzle's solution and up to 200 reports in, the ids that are kept out.

Nothing of who sends them is asked, looked at or kept; the day is all that is noted of when.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from flask import Blueprint, Response, abort, jsonify, request

from routing.console import complain
from routing.errors import BadFileError, OutsideError, SidestepError
from routing.reports import TooOldError, parse_reports
from web.api import RETRY_S, json_error
from web.asked import BadJsonError
from web.privacy import MAX_REPORTS_BODY, about_a_walk
from web.proof import BadProofError, FloodError
from web.store import ConflictError, FullError

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
    FullError: 503,
    OutsideError: 503,
}
_RETRY_S: Final[dict[type[SidestepError], int]] = {FullError: 3600}  # said with 503; else a few seconds


class _Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    proof: str
    reports: msgspec.Raw


def blueprint(store: Store | None, proofs: Proofs, *, most_waiting: int) -> Blueprint:
    """Make the addresses of reports; without a store they say that none are taken, beyond ``most_waiting`` no more."""
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
            held = store.take(reports, f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", most=most_waiting)
        except SidestepError as error:
            return _told(error)
        return about_a_walk(jsonify({"held": held}))

    return views


def _refused() -> Response:
    return json_error(404, NotTakenError.code, "this server takes no reports; share them as a file")


def _told(error: SidestepError) -> Response:
    """Answer a failure that is the sender's, or that passes; any other is a bug."""
    status = _STATUSES.get(type(error))
    if status is None:
        raise error
    headers = {"Retry-After": str(_RETRY_S.get(type(error), RETRY_S))} if status == 503 else {}  # noqa: PLR2004 - busy
    if isinstance(error, OutsideError):  # a disk that is full, a file that is kept busy: nothing to those outside
        complain(f"sidestep: {error}; reports were not taken")
        return json_error(status, FullError.code, "reports cannot be kept just now; try again later", headers)
    return json_error(status, error.code, str(error), headers)


def _read(data: bytes) -> _Body:
    try:
        return msgspec.json.decode(data, type=_Body)
    except msgspec.ValidationError:
        raise BadReportError("the body must have a proof and a list of reports, and nothing else") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadJsonError("the body is no JSON") from None
