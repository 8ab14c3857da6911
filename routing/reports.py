"""Reports: what a contributor tells of cameras, as JSON → records; accepted, what they change in the data.

A report has an id that the sender chose (``rp/`` and ten base32 letters), a month and no finer time, and nothing of who
sent it: there is no field for it, and unknown fields are refused. No field takes free text. Positions are WGS 84
degrees, longitude first, with 6 digits at most. Messages never hold a value that was sent.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

import msgspec
from msgspec import Meta, Struct

from routing import trust
from routing.errors import BadFileError, BadUsageError
from routing.model import Camera, LonLat, Survey
from routing.optics import latest_month

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 200  # in one request or file (contract)
OLDEST_MONTHS: Final = 12  # what somebody saw longer ago is no news, and a month that nobody can check
_MOST_LINE: Final = 500
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"

# \Z and not $, which would let a newline through
ReportId = Annotated[str, Meta(pattern=r"^rp/[a-z2-7]{10}\Z")]
CameraId = Annotated[str, Meta(pattern=r"^(osm/(node|way|relation)/[1-9][0-9]{0,18}|ss/[a-z2-7]{10})\Z")]
Month = Annotated[str, Meta(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])\Z")]
Direction = Annotated[int, Meta(ge=0, le=359)]
Degrees = tuple[Annotated[float, Meta(ge=-180, le=180)], Annotated[float, Meta(ge=-90, le=90)]]


class TooOldError(BadFileError):
    """A report tells of a month too long ago."""

    code: ClassVar[str] = "too-old"


class _Base(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True):
    id: ReportId
    month: Month


class NewCamera(_Base, frozen=True, tag="camera", kw_only=True):
    """A camera that is on no map yet; a field that is left out is unknown."""

    at: Degrees
    type: Literal["fixed", "dome", "panning"] | None = None
    direction: Direction | None = None
    mount: Literal["wall", "pole", "ceiling", "street_lamp", "traffic_signals"] | None = None
    zone: Literal["street", "entrance", "building", "parking", "shop", "bank", "traffic", "station"] | None = None
    indoor: bool = False
    fr: Literal["yes", "no", "unknown"] = "unknown"
    evidence: Literal["seen", "sign"] = "seen"


class StillThere(_Base, frozen=True, tag="there", kw_only=True):
    """A known camera is still there."""

    camera: CameraId


class Gone(_Base, frozen=True, tag="gone", kw_only=True):
    """A known camera is not there any more."""

    camera: CameraId


class Turned(_Base, frozen=True, tag="turned", kw_only=True):
    """A known camera looks another way."""

    camera: CameraId
    direction: Direction


class NoneSeen(_Base, frozen=True, tag="survey", kw_only=True):
    """A street on which somebody looked, and saw no camera that is not known."""

    line: Annotated[list[Degrees], Meta(min_length=2, max_length=_MOST_LINE)]
    method: Literal["walked", "imagery"] = "walked"


Report = NewCamera | StillThere | Gone | Turned | NoneSeen
_Reports = Annotated[list[Report], Meta(min_length=1, max_length=MOST)]


class ReportsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What a phone shares by messenger."""

    type: Literal["sidestep-reports"]
    version: Literal[1]
    reports: _Reports


def parse_reports(data: bytes | str) -> list[Report]:
    """Read the list of reports, as ``POST /api/v1/reports`` has it in ``reports``.

    Raises
    ------
    BadFileError
        If it is not as it must be; the message says where, never what.
    """
    return checked(_decoded(data, _Reports))


def read_reports(data: bytes) -> list[Report]:
    """Read a file that a phone shared.

    Raises
    ------
    BadFileError
        As :func:`parse_reports`.
    """
    return checked(_decoded(data, ReportsFile).reports)


def _decoded(data: bytes | str, kind: object) -> Any:  # noqa: ANN401 - of the kind that is asked for
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        where = re.search(r"`(\$[A-Za-z0-9_.\[\]…]*)`", str(error))
        raise BadFileError(f"the reports are not as they must be, at {where[1] if where else '$'}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadFileError("the reports are not JSON") from None


def checked(reports: list[Report]) -> list[Report]:
    """Refuse what no type can: months to come or more than a year ago, an id that stands twice.

    Raises
    ------
    BadFileError
        If so; a :class:`TooOldError` where that alone is wrong.
    """
    now = latest_month()
    for number, report in enumerate(reports):
        if report.month > now:
            raise BadFileError(f"the reports are not as they must be, at $[{number}].month")
    if len({report.id for report in reports}) < len(reports):
        raise BadFileError("the reports are not as they must be: an id stands twice")
    for number, report in enumerate(reports):
        if trust.months_between(report.month, now) > OLDEST_MONTHS + 1:  # `now` is next month, for clocks that differ
            raise TooOldError(f"a report tells of a month more than a year ago, at $[{number}].month; leave it out")
    return reports


def new_id(kind: str) -> str:
    """Make an id of ten random base32 letters.

    Examples
    --------
    >>> len(new_id("ss"))
    13
    """
    return f"{kind}/{''.join(secrets.choice(_LETTERS) for _ in range(10))}"


def camera_of(report: NewCamera, month: str | None = None) -> Camera:
    """Make the record of a camera that was reported; its id has the letters of the report's, so that it is one camera.

    Parameters
    ----------
    report
        What was told.
    month
        The month that goes on record, ``YYYY-MM``; ``None``: the one that was told.

    Examples
    --------
    >>> camera_of(NewCamera(id="rp/abcdefghij", month="2026-11", at=(24.9, 60.2), type="dome")).status
    'unverified'
    """
    told = {"camera:type": report.type, "camera:mount": report.mount, "surveillance:zone": report.zone}
    tags = {"man_made": "surveillance", "surveillance": "indoor" if report.indoor else "public"}
    tags |= {key: value for key, value in told.items() if value is not None}
    if report.direction is not None:
        tags["camera:direction"] = str(report.direction)
    return Camera(
        f"ss/{report.id.removeprefix('rp/')}",
        LonLat(round(report.at[0], 6), round(report.at[1], 6)),
        tags,
        source="report",
        status="unverified",
        fr=report.fr,
        first_seen=month or report.month,
        last_seen=month or report.month,
        evidence=report.evidence,
    )


def survey_of(report: NoneSeen) -> Survey:
    """Make the record of a street that was looked at."""
    line = tuple(LonLat(round(at[0], 6), round(at[1], 6)) for at in report.line)
    return Survey(f"sv/{report.id.removeprefix('rp/')}", line, report.month, report.method, "report")


def applied(cameras: Mapping[str, Camera], report: Report, month: str | None = None) -> dict[str, Camera]:
    """Give the camera records, by id, after an accepted report; see :func:`changed`."""
    after = changed(cameras, report, month)
    return dict(cameras) if after is None else {**cameras, after.id: after}


def changed(cameras: Mapping[str, Camera], report: Report, month: str | None = None) -> Camera | None:
    """Give the one record that an accepted report makes or changes; ``None`` for a survey, which changes none.

    Applying a report a second time changes nothing more than a second look in the same month would.

    Parameters
    ----------
    cameras
        Records by id, and by the ids of those that were merged into them.
    report
        What was told.
    month
        In which it was accepted. All that goes on record rests on it and not on the month that the sender names, who
        may name any: two reports of one sender, accepted together, are one look. ``None``: the month that was told,
        which serves for what counts on her own phone.

    Raises
    ------
    BadUsageError
        If it is of a camera that is not known, or was removed.
    """
    if isinstance(report, NoneSeen):
        return None
    if isinstance(report, NewCamera):
        made = camera_of(report, month)
        return cameras.get(made.id, made)
    camera = cameras.get(report.camera)
    if camera is None:
        raise BadUsageError(f"{report.camera} is not among the cameras; add the map's to the file first")
    recorded = month or report.month
    match report:
        case StillThere():
            return trust.confirmed(camera, recorded, seen=report.month)
        case Gone():  # of a tombstone there is nothing left to say
            return camera if camera.status == "removed" else trust.disputed(camera, recorded, seen=report.month)
        case Turned():
            return trust.turned(camera, str(report.direction), recorded, seen=report.month)
