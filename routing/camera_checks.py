"""What the rules of a camera file allow and a person should look at: a file, and a map, in; findings out.

An error is a record that takes in or buries a camera that stands elsewhere. Warnings are places where no camera hangs,
dates that cannot be, personal data. Where something personal may stand is told by the key, never by its value; a key
that may itself be personal is not repeated either.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from routing import cameras as files
from routing.geo import scale_at
from routing.joining import believable
from routing.optics import DIRECTION_KEYS, is_camera, view_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.mapdata import MapData, Polygon, Ring
    from routing.model import Camera

DEEP_M: Final = 5.0  # a camera on a facade is mapped this near to its outline, and one on a quay to the water's
_OPEN: Final = frozenset({"roof", "carport", "canopy", "bridge", "no"})  # buildings one may stand in outdoors
_OSM_BEGAN: Final = "2004-08"
_YEAR_MONTH: Final = r"[0-9]{4}-[0-9]{2}"
_TRIANGLE: Final = 3  # a ring has a point more: its first again
_FIRST_CAMERA: Final = "1942"  # Peenemünde; nobody maps older ones

# keys that say who mapped, or how to reach somebody; a part of a key between colons is enough
_WHO: Final = frozenset({"user", "uid", "username", "changeset", "created_by", "author", "reporter", "mapper"})
_REACH: Final = frozenset({"contact", "email", "mail", "phone", "mobile", "tel", "telephone", "fax", "whatsapp"})
_PICTURE: Final = frozenset({"image", "photo", "picture", "mapillary", "flickr", "wikimedia_commons", "kartaview"})
_NAMED: Final = frozenset({"owner", "contact_person"})
_NUMBERS: Final = frozenset({*DIRECTION_KEYS, "level", "opening_hours", "ele", "height", "wikidata"})

_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[a-z0-9-]+\.(?:com|me|org|net|ru|de)/\S+", re.IGNORECASE)
_PROFILE = re.compile(
    r"(?:facebook|fb|instagram|twitter|tiktok|linkedin|vk|ok|t|x|youtube|mastodon|telegram|github|flickr|imgur|snapchat)"
    r"\.(?:com|me|ru|social|net)/|openstreetmap\.org/(?:user|changeset)/|osm\.org/user/|photos\.|/photos?/|/@"
    r"|\.(?:jpe?g|png|heic|webp|gif)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![^\s@<>])[^\s@<>]+@[^\s@<>]+\.[^\W\d_]{2,}")
_HANDLE = re.compile(r"(?<![\w.@])@\w{3,}")
_DATES = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d)?")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d[\d ().-]{6,}\d"
    r"|\(?0?\d{3,5}\)?[ .-]\d{2,4}[ .-]\d{2,4}(?:[ .-]\d{2,4})?"
    r"|[78] ?\(?\d{3}\)? ?\d{3}[ -]?\d\d[ -]?\d\d)(?![\w.])"
)
_DIGITS: Final = range(9, 16)  # of a telephone number, E.164 and national ones with their area code
_NAME = re.compile(
    r"\b(?:contact|owner|owned by|reported by|ask for|владелец|хозяин|контакт|звонить)\b\s*(?:is|:|=|-)?\s*([^\W\d_])",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[^\W\d_]+\.? [^\W\d_]+(?: [^\W\d_]+)?")
_COMPANY = re.compile(
    r"\b(?:ltd|llc|inc|gmbh|ag|oy|ab|plc|corp|bank|city|police|council|university|station|railways?|metro|ministry"
    r"|government|municipal\w*|corporation|department|authority|company|group|союз|город|банк|метро)\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d(?!\d)|\b[0-3]?\d[./][01]?\d[./](?:19|20)\d\d(?!\d)", re.ASCII)
_MINUTE = re.compile(rf"(?:{_DAY.pattern})[T ,]{{1,3}}[0-2]?\d[:.h][0-5]\d", re.ASCII)
_CLOCK = re.compile(r"\b[0-2]?\d:[0-5]\d\b|\b1\d{9}(?:\d{3})?\b", re.ASCII)  # or seconds since 1970
_TIMED: Final = frozenset({"time", "timestamp", "datetime", "date", "seen", "created", "updated", "modified"})
_LONGEST: Final = 2_000  # characters; OSM allows 255, and nobody reads more


def check(path: Path, mapped: MapData | None = None) -> tuple[files.Finding, ...]:
    """Find everything that is wrong or odd in a camera file, in the order of the file.

    Parameters
    ----------
    path
        The file.
    mapped
        A map of the same place, to hold positions against.

    Examples
    --------
    >>> from pathlib import Path
    >>> len(check(Path("nowhere.geojson")))
    1
    """
    looks: list[Callable[[Mapping[int, Camera]], Iterable[tuple[int, str]]]] = [
        partial(_each, look) for look in (odd_dates, personal_data, fine_times)
    ]
    if mapped is not None:
        looks.append(partial(odd_places, mapped=mapped))
    claims = partial(far_claims, known=() if mapped is None else mapped.cameras)
    return files.check(path, *looks, wrong=claims, head=odd_head)


def _each(look: Callable[[Camera], Iterable[str]], cameras: Mapping[int, Camera]) -> Iterator[tuple[int, str]]:
    return ((number, message) for number, camera in cameras.items() for message in look(camera))


def far_claims(cameras: Mapping[int, Camera], known: Iterable[Camera]) -> Iterator[tuple[int, str]]:
    """Say which records take in, or bury, a camera that stands elsewhere; by number.

    Examples
    --------
    >>> list(far_claims({}, []))
    []
    """
    number_of = {camera.id: number for number, camera in cameras.items()}
    for name, by, metres in believable(cameras.values(), known)[1]:
        does = "buries" if cameras[number_of[by]].status == "removed" else "takes in (also)"
        yield number_of[by], f"{does} {name}, which stands {metres:,.0f} m from it; an area does not believe that"


def odd_dates(camera: Camera) -> Iterator[str]:
    """Say which dates of a record cannot be, or do not go together.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> list(odd_dates(Camera("osm/node/1", LonLat(0, 0), {"check_date": "2019-02-30"})))
    ['check_date is no day or month that has been; write it as YYYY-MM-DD']
    """
    for key, value in camera.tags.items():
        looked = key in ("check_date", "survey:date") or key.startswith("check_date:")
        if (looked and not _has_been(value, _OSM_BEGAN)) or (key == "start_date" and not _could_begin(value)):
            yield f"{_key(key)} is no day or month that has been; write it as YYYY-MM-DD"
    first = camera.first_seen or camera.last_seen
    if first is not None and first < _FIRST_CAMERA:
        yield "was seen before there were such cameras; mend the month"
    begun = camera.tags.get("start_date", "")[:7]
    began = re.fullmatch(_YEAR_MONTH, begun) is not None and _has_been(begun, _FIRST_CAMERA)
    if began and camera.last_seen is not None and camera.last_seen < begun:
        yield "was last seen before its start_date; mend one of them"
    answered = camera.last_seen is not None and any(month < camera.last_seen for month in camera.gone)
    if answered and camera.status != "removed":  # a tombstone keeps what it rests on
        yield "gone holds months before it was last seen; leave them out"
    if camera.status == "disputed" and not camera.gone:
        yield "is disputed, but nobody says since when; put the month into gone"
    if camera.gone and camera.status not in ("disputed", "removed"):
        yield "was found gone, but is not disputed; set status to disputed"


def _has_been(value: str, since: str) -> bool:
    parts = re.fullmatch(r"(\d{4}-\d\d)(?:-(\d\d))?(?:[T ].*)?", value.strip(), re.ASCII)
    if parts is None:
        return False
    try:
        day = datetime.strptime(f"{parts[1]}-{parts[2] or '01'}", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return since <= parts[1] and day <= datetime.now(UTC) + timedelta(days=1)


def _could_begin(value: str) -> bool:
    """Tell whether something can have begun then; OSM takes many other forms, of which nothing is said."""
    return re.match(r"\d{4}-\d\d", value, re.ASCII) is None or _has_been(value, _FIRST_CAMERA)


def fine_times(camera: Camera) -> Iterator[str]:
    """Say which properties tell when somebody was there, more finely than the month.

    The days of a map's or a list's own tags are public anyway; those of a report are not.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> list(fine_times(Camera("osm/node/1", LonLat(0, 0), {"note": "seen 2026-10-03 14:05"})))
    ['note tells a time of day; leave it out, the month is enough']
    """
    for key, value in camera.tags.items():
        what = _fine_time(key, value)
        if what == "a day" and (camera.source != "report" or key == "start_date"):
            continue
        if what is not None:
            yield f"{_key(key)} tells {what}; leave it out, the month is enough"


@lru_cache(maxsize=1 << 16)  # the same few values come again and again
def _fine_time(key: str, value: str) -> str | None:
    timed = bool(_TIMED & set(re.split(r"[:_]", key.lower())))
    if _MINUTE.search(value) or (timed and _CLOCK.search(value)):
        return "a time of day"
    return "a day" if _DAY.search(value) else None


def odd_head(members: Mapping[str, object]) -> Iterator[str]:
    """Say what the head of a file holds that should not be public: who wrote it, and when to the minute.

    Examples
    --------
    >>> list(odd_head({"note": "x", "author": "x"}))
    ['the head: author seems to hold who mapped it; leave it out, the file is public']
    """
    for key, member in members.items():
        texts, rest = [], [(key, member)]
        while rest:
            name, value = rest.pop()
            if isinstance(value, dict):
                rest += value.items()
            elif isinstance(value, list):
                rest += [(name, part) for part in value]
            elif value is not None:
                texts.append((name, str(value)))
        personals = (personal(*text) for text in texts)
        if what := next(filter(None, personals), None):
            yield f"the head: {_key(key)} seems to hold {what}; leave it out, the file is public"
        elif any(_fine_time(*text) == "a time of day" for text in texts):
            yield f"the head: {_key(key)} tells a time of day; leave it out, the month is enough"


def personal_data(camera: Camera) -> Iterator[str]:
    """Say where a record may hold personal data; never what.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> list(personal_data(Camera("osm/node/1", LonLat(0, 0), {"note": "ask a.b@example.org"})))
    ['note seems to hold an e-mail address; leave it out, the file is public']
    """
    texts = dict(camera.tags)
    if camera.removed_because is not None:
        texts["removed_because"] = camera.removed_because
    for key, value in texts.items():
        what = personal(key, value)
        if what is not None:
            yield f"{_key(key)} seems to hold {what}; leave it out, the file is public"


@lru_cache(maxsize=1 << 16)  # the same few values come again and again
def personal(key: str, value: str) -> str | None:
    """Tell what personal data a property seems to hold, ``None`` if none.

    Examples
    --------
    >>> personal("operator:phone", "-"), personal("height", "3 m")
    ('a way to reach a person', None)
    """
    parts = set(key.lower().split(":"))
    for names, what in (
        (_WHO, "who mapped it"),
        (_REACH, "a way to reach a person"),
        (_PICTURE, "a link to a photo, which shows who took it"),
    ):
        if parts & names:
            return what
    if parts & _NAMED and _PERSON.fullmatch(value) and not _COMPANY.search(value):
        return "a name"
    return _personal_text(key) or (None if key in _NUMBERS else _personal_text(value))


def _personal_text(text: str) -> str | None:
    if len(text) > _LONGEST:
        return "a text too long for anybody to look through"
    if "@" in text and (_MAIL.search(text) or _HANDLE.search(text)):
        return "an e-mail address" if _MAIL.search(text) else "an @handle"
    links = _LINK.findall(text)
    if any(map(_PROFILE.search, links)):
        return "a link to a profile or photo"
    plain = _DATES.sub(" ", _LINK.sub(" ", text) if links else text)
    if any(sum(map(str.isdigit, found[0])) in _DIGITS for found in _PHONE.finditer(plain)):
        return "a telephone number"
    if any(found[1].isupper() for found in _NAME.finditer(plain)):
        return "a name"
    return None


def _key(key: str) -> str:
    """Repeat a key, unless it is odd or holds something personal itself."""
    return key if re.fullmatch(r"[A-Za-z][A-Za-z_:-]{0,60}", key) and not _personal_text(key) else "a property"


def odd_places(cameras: Mapping[int, Camera], mapped: MapData) -> Iterator[tuple[int, str]]:
    """Say which cameras stand in water, or inside a building without being tagged so.

    Examples
    --------
    >>> from routing.mapdata import MapData
    >>> list(odd_places({}, MapData("nowhere")))
    []
    """
    used = {
        number: camera for number, camera in cameras.items() if camera.status != "removed" and is_camera(camera.tags)
    }
    outdoors = {number: camera for number, camera in used.items() if not _is_inside(camera)}
    buildings = [one for one in mapped.buildings if one.tags.get("building") not in _OPEN]
    for number in _deep_in(used, mapped.water):
        yield number, "stands in water; mend its place, unless it hangs on a bridge or a pier"
    for number in _deep_in(outdoors, buildings):
        yield number, "stands inside a building; tag it indoor=yes, or mend its place"


def _is_inside(camera: Camera) -> bool:
    view = view_of(camera.tags)
    return (view is not None and view.indoor) or camera.tags.get("surveillance") == "indoor"


def _deep_in(cameras: Mapping[int, Camera], polygons: Iterable[Polygon]) -> list[int]:
    """Find who stands in one of some polygons, farther than 5 m from its outline; by number."""
    import shapely

    numbers = np.array(list(cameras), dtype=np.int64)
    rings = [(outer, polygon.inner) for polygon in polygons for outer in polygon.outer if len(outer) > _TRIANGLE]
    if not len(numbers) or not rings:
        return []
    scale = scale_at(float(np.mean([outer[0, 1] for outer, _ in rings])))
    metres: NDArray[np.float64] = np.array([float(scale.lon_m), float(scale.lat_m)])
    shapes = shapely.make_valid(np.array([_shape(outer, inner, metres) for outer, inner in rings]))
    points = shapely.points(np.array([camera.lonlat for camera in cameras.values()]) * metres)
    who, where = shapely.STRtree(shapes).query(points, predicate="intersects")
    deep = shapely.distance(points[who], shapely.boundary(shapes[where])) > DEEP_M
    return sorted({int(number) for number in numbers[who[deep]]})


def _shape(outer: Ring, inner: Iterable[Ring], metres: NDArray[np.float64]) -> object:
    import shapely

    whole = shapely.Polygon(outer * metres)
    holes = [shapely.Polygon(ring * metres).buffer(0) for ring in inner if len(ring) > _TRIANGLE]
    return whole.buffer(0).difference(shapely.union_all(holes)) if holes else whole
