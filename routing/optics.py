"""What a camera can see and when it was seen, read from its OpenStreetMap tags.

In: tags, verbatim. Out: a ``View``: reach in metres on the ground, sectors of the compass in degrees clockwise from
north, and whether the camera acts indoors. What is not tagged or not understood is unknown, never 0 and never north:
such a camera is taken to see all round. Tags are those of https://wiki.openstreetmap.org/wiki/Tag:man_made=surveillance
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from itertools import chain, product
from typing import TYPE_CHECKING

from routing.model import Sector, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routing.model import Camera

# Reach at 62.5 px/m ("observe", EN 62676-4): middle pixel constant K of the class over 62.5, in whole metres. K is the
# median of 15,220 camera models in PanoptiCity docs/AllCamerasList.ods @da61884 (exposure-model.md, section 2).
REACH_M: Mapping[str, float] = {
    "fixed": 33.0,  # K 2068 px
    "dome": 28.0,  # K 1754 px
    "panning": 111.0,  # K 6937 px
    "panorama": 11.0,  # K 679 px
    "entrance": 16.0,  # K 1000 px: above a door, whatever its type
    "unknown": 31.0,  # mean of fixed and dome (contract)
}

# Horizontal field of view with the same middle optics (same table).
FIELD_DEG: Mapping[str, float] = {
    "fixed": 63.0,
    "dome": 71.0,
    "panning": 16.0,
    "panorama": 125.0,
    "entrance": 90.0,
    "unknown": 63.0,  # with a known direction it is taken for a fixed one
}

# camera:type as tagged -> class. The first word of each class is on the wiki, the others are met in data.
CAMERA_CLASSES: Mapping[str, str] = {
    "fixed": "fixed",
    "static": "fixed",
    "bullet": "fixed",
    "box": "fixed",
    "dome": "dome",
    "turret": "dome",
    "panning": "panning",
    "ptz": "panning",
    "panorama": "panorama",
    "panoramic": "panorama",
}

# Key:camera:mount: on a façade; on something that stands by itself; and overhead.
WALL_MOUNTS = frozenset({"wall", "building"})
FREE_MOUNTS = frozenset({"pole", "street_lamp", "traffic_signals", "street_light", "mast"})
CEILING = "ceiling"
HEIGHT_BOUNDS_M = (1.5, 12.0)  # PanoptiCity's: what is tagged beyond is a roof's height or a slip

# Key:camera:direction and its two older spellings, the best first.
DIRECTION_KEYS = ("camera:direction", "direction", "surveillance:direction")

_ALL_ROUND = frozenset({"dome", "panning", "panorama"})  # one tagged direction says nothing of where these look
_NO_CAMERA = frozenset({"guard", "gunshot_detector"})  # Key:surveillance:type
_NOT_IN_USE = ("disused", "abandoned", "removed", "demolished", "razed", "destroyed", "proposed", "planned")
_INDOOR = frozenset({"yes", "room", "corridor", "area"})  # Key:indoor
SAME_BEARING_DEG = 15.0  # what two mappers standing under one camera differ by, an assumption
DUPLICATE_M = 15.0  # a phone's position error; two with the same bearing this near are probably one
SAME_SPOT_M = 1.0  # without bearings only the same spot is suspicious: poles carry several cameras
_EARTH_M = 6_371_008.8  # IUGG mean radius
_CROWD = 16  # cameras compared in one 15 m cell, so that a heap of points cannot stall the check
_OSM_BEGAN = "2004-08"
_FOOT_M = 0.3048
_CIRCLE_DEG = 360.0
_STEEPEST_DEG = 90.0
_MAX_HYPHENS = 5  # "north-north-east-south-south-east" is the longest range

_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[0-9],[0-9](?![0-9])")
_LEVEL = re.compile(r"\s*([+-]?[0-9]{1,3}(?:\.[0-9]+)?)(?![0-9])")
_DATE = re.compile(r"([0-9]{4}-(?:0[1-9]|1[0-2]))(?:-[0-9]{2}(?:[T ].*)?)?")
_TILT = re.compile(r"([+-]?[0-9]{1,3}(?:\.[0-9]+)?)\s*°?")
_HEIGHT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*(m|metres|meters|ft|')?")


_POINTS = ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")


def _compass_words() -> dict[str, float]:
    long = {"n": "north", "e": "east", "s": "south", "w": "west"}
    words: dict[str, float] = {}
    for index, short in enumerate(_POINTS):
        parts = [long[letter] for letter in short]
        spellings = {short, "".join(parts), "-".join(parts), "-".join([parts[0], "".join(parts[1:])]).rstrip("-")}
        if len(short) == 1:  # carriageways, as traffic cameras are tagged
            spellings |= {f"{short}b", f"{parts[0]}bound", f"{parts[0]}-bound"}
        words |= dict.fromkeys(spellings, index * 22.5)
    return words


_WORDS = _compass_words()


def parse_directions(text: str | None) -> tuple[float | Sector, ...]:
    """Read the value of ``camera:direction``.

    Understood are degrees (``118``, ``118.5°``), compass words (``NNE``, ``north-east``, ``SB``), clockwise turning
    ranges (``90-270``, ``N-E``) and lists of these, one entry for each lens. If one part of a list is not understood
    the whole value is unknown: a camera of which one lens may look anywhere must not be taken for a narrow one.
    ``0-360`` comes back as two halves, for a sector never is a whole circle.

    Parameters
    ----------
    text
        The value as tagged, or None.

    Returns
    -------
    tuple
        Bearings in degrees, 0 <= bearing < 360, and turning ranges; empty where the direction is unknown.

    Examples
    --------
    >>> parse_directions("30; 120; NW")
    (30.0, 120.0, 315.0)
    >>> parse_directions("350-10")
    (Sector(start_deg=350.0, sweep_deg=20.0),)
    >>> parse_directions("90;unknown")
    ()
    """
    if text is None or _DECIMAL_COMMA.search(text):  # "118,5": one number or two? nobody knows
        return ()
    plain = re.sub(r"\s*[°º]", "", text.lower().replace("–", "-"))  # noqa: RUF001 (an en dash, as typed)
    plain = re.sub(r"\s*-\s*", "-", plain)
    found: list[float | Sector] = []
    for item in re.split("[;,]", plain):
        words = item.split()
        spaced = "-".join(words)
        for part in [spaced] if spaced in _WORDS else words or [""]:
            lens = _lens(part)
            if not lens:
                return ()
            found += lens
    return tuple(found)


def _lens(part: str) -> tuple[float | Sector, ...]:
    bearing = _bearing(part)
    return _turning(part) if bearing is None else (bearing % _CIRCLE_DEG,)


def _bearing(part: str) -> float | None:
    """Read one compass word or number, 0 to 360 inclusive."""
    if part in _WORDS:
        return _WORDS[part]
    if _NUMBER.fullmatch(part) is None:
        return None
    value = float(part)
    return value if value <= _CIRCLE_DEG else None


def _turning(part: str) -> tuple[Sector, ...]:
    """Read a range; the hyphen may be the one inside ``north-east``, so every hyphen is tried."""
    if part.count("-") > _MAX_HYPHENS:
        return ()
    for hyphen in re.finditer("-", part):
        start, end = _bearing(part[: hyphen.start()]), _bearing(part[hyphen.end() :])
        if start is None or end is None:
            continue
        if end - start == _CIRCLE_DEG:
            return (Sector(0.0, 180.0), Sector(180.0, 180.0))
        sweep = (end - start) % _CIRCLE_DEG
        return (Sector(start % _CIRCLE_DEG, sweep),) if 0 < sweep < _CIRCLE_DEG else ()
    return ()


def directions_of(tags: Mapping[str, str]) -> tuple[float | Sector, ...]:
    """Return whither the lenses look: the first of ``DIRECTION_KEYS`` that is understood.

    Examples
    --------
    >>> directions_of({"camera:direction": "null", "direction": "W"})
    (270.0,)
    """
    for key in DIRECTION_KEYS:
        if found := parse_directions(tags.get(key)):
            return found
    return ()


def direction_known(tags: Mapping[str, str]) -> bool:
    """Tell whether a direction or turning range is tagged and understood.

    Examples
    --------
    >>> direction_known({"camera:type": "dome"}), direction_known({"direction": "90"})
    (False, True)
    """
    return bool(directions_of(tags))


def look_alike(one: Sequence[float | Sector], other: Sequence[float | Sector]) -> bool:
    """Tell whether two cameras look the same way: within 15 degrees, or both unknown.

    Examples
    --------
    >>> look_alike([355.0], [5.0]), look_alike([90.0], [])
    (True, False)
    """
    if len(one) == len(other) == 1 and not isinstance(one[0], Sector) and not isinstance(other[0], Sector):
        apart = abs(one[0] - other[0])
        return min(apart, _CIRCLE_DEG - apart) <= SAME_BEARING_DEG
    return tuple(one) == tuple(other)


def parse_height_m(text: str | None) -> float | None:
    """Read ``height``: metres, or feet where it says so; None where it is not understood.

    Examples
    --------
    >>> parse_height_m("4.5 m"), parse_height_m("10 ft"), parse_height_m("high")
    (4.5, 3.048, None)
    """
    match = _HEIGHT.fullmatch((text or "").strip().lower())
    if match is None:
        return None
    return float(match[1]) * (_FOOT_M if match[2] in ("ft", "'") else 1.0)


def parse_tilt_deg(text: str | None) -> float | None:
    """Read ``camera:tilt`` or ``camera:angle``: degrees from the horizon, -90 to 90; None where it is not understood.

    Examples
    --------
    >>> parse_tilt_deg("-30"), parse_tilt_deg("15°"), parse_tilt_deg("down"), parse_tilt_deg("135")
    (-30.0, 15.0, None, None)
    """
    match = _TILT.fullmatch((text or "").strip())
    return None if match is None or abs(float(match[1])) > _STEEPEST_DEG else float(match[1])


def is_camera(tags: Mapping[str, str]) -> bool:
    """Tell whether the tags describe a camera in use that watches people.

    Guards and gunshot detectors are not cameras; nor is what the map calls disused, removed or planned. Cameras that
    read number plates or watch traffic are.

    Examples
    --------
    >>> is_camera({"man_made": "surveillance"}), is_camera({"disused:man_made": "surveillance"})
    (True, False)
    """
    if "surveillance" not in tag_values(tags, "man_made") or any(tags.get(key) == "yes" for key in _NOT_IN_USE):
        return False
    kinds = tag_values(tags, "surveillance:type")
    return not kinds or not kinds <= _NO_CAMERA


def seen_month(tags: Mapping[str, str], timestamp: str | None = None) -> str | None:
    """Return the month, ``YYYY-MM``, in which somebody last saw the camera.

    That is the newest of ``check_date``, ``survey:date`` and ``check_date:*``, else the month of the last edit. Dates
    without a month, to come, or older than OpenStreetMap (extracts without metadata say 1970) are passed over.

    Examples
    --------
    >>> seen_month({"check_date": "2022-05-29"}, "2024-12-01T10:00:00Z"), seen_month({"check_date": "May"})
    ('2022-05', None)
    """
    dates = [tags[key] for key in tags if key in ("check_date", "survey:date") or key.startswith("check_date:")]
    return max(filter(None, map(_month, dates)), default=_month(timestamp))


def _month(date: str | None) -> str | None:
    match = _DATE.fullmatch((date or "").strip())
    return match[1] if match is not None and _OSM_BEGAN <= match[1] <= latest_month() else None


def latest_month() -> str:
    """Return next month, the latest that a record may name: clocks differ, and so do time zones.

    Examples
    --------
    >>> latest_month() > "2024-01"
    True
    """
    today = datetime.now(UTC)
    return f"{today.year + today.month // 12}-{today.month % 12 + 1:02}"


def doubles(cameras: Mapping[int, Camera]) -> Iterator[tuple[int, int]]:
    """Find pairs that are probably one camera: at one place, looking the same way. Tombstones are left out.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> one = Camera("osm/node/1", LonLat(24.9, 60.2), {"direction": "90"})
    >>> list(doubles({1: one, 2: one}))
    [(2, 1)]
    """
    cells: dict[tuple[int, ...], list[tuple[int, tuple[float, ...]]]] = {}  # in space: no edge of the map is special
    looks = {number: directions_of(camera.tags) for number, camera in cameras.items()}
    for number, camera in cameras.items():
        if camera.status == "removed":
            continue
        lon, lat = map(math.radians, camera.lonlat)
        axes = math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
        spot = tuple(_EARTH_M * axis for axis in axes)
        x, y, z = (math.floor(metres / DUPLICATE_M) for metres in spot)
        limit_m = DUPLICATE_M if looks[number] else SAME_SPOT_M
        near = (cells.get((x + i, y + j, z + k), ()) for i, j, k in product((-1, 0, 1), repeat=3))
        for other, there in chain.from_iterable(near):
            if math.dist(spot, there) <= limit_m and look_alike(looks[number], looks[other]):
                yield number, other
                break
        here = cells.setdefault((x, y, z), [])
        if len(here) < _CROWD:
            here.append((number, spot))


def view_of(tags: Mapping[str, str], *, reaches: Mapping[str, float] = REACH_M) -> View | None:
    """Work out what a camera can see.

    Parameters
    ----------
    tags
        OpenStreetMap keys, verbatim.
    reaches
        Reach in metres by class, the keys of ``REACH_M``; a class that is left out keeps its own.

    Returns
    -------
    View or None
        None if the tags do not describe a camera in use. A fixed camera, or one of unknown type, sees one sector for
        each lens; one that turns sees all round, or its turning range and half a field of view on either side.

    Examples
    --------
    >>> view_of({"man_made": "surveillance", "camera:type": "fixed", "camera:direction": "90"})
    View(reach_m=33.0, sectors=(Sector(start_deg=58.5, sweep_deg=63.0),), indoor=False, level=None)
    >>> view_of({"man_made": "surveillance"}).sectors
    ()
    """
    if not is_camera(tags):
        return None
    reach_by_class = {**REACH_M, **reaches}
    told = {CAMERA_CLASSES.get(value, "unknown") for value in tag_values(tags, "camera:type")} or {"unknown"}
    classes = {"entrance"} if "entrance" in tag_values(tags, "surveillance:zone") else told
    widest = max(sorted(classes), key=reach_by_class.__getitem__)  # "fixed;panning": whichever sees farthest
    indoor, level = is_indoor(tags)
    return View(
        reach_m=reach_by_class[widest],
        sectors=_sectors(
            directions_of(tags),
            field_deg=max(FIELD_DEG[kind] for kind in classes),
            turns=not classes.isdisjoint(_ALL_ROUND) or tags.get("revolving") == "yes",
        ),
        indoor=indoor,
        level=level,
    )


def _sectors(lenses: tuple[float | Sector, ...], *, field_deg: float, turns: bool) -> tuple[Sector, ...]:
    sectors: list[Sector] = []
    for lens in lenses:
        if turns and not isinstance(lens, Sector):
            return ()
        start, turn = lens if isinstance(lens, Sector) else (lens, 0.0)
        if turn + field_deg >= _CIRCLE_DEG:
            return ()
        # twice, since a tiny negative number modulo 360 is 360.0
        sectors.append(Sector((start - field_deg / 2) % _CIRCLE_DEG % _CIRCLE_DEG, turn + field_deg))
    return tuple(dict.fromkeys(sectors))


def is_indoor(tags: Mapping[str, str]) -> tuple[bool, float | None]:
    """Tell whether a camera acts indoors or underground only, and its level, ``None`` where the map does not say."""
    level, layer = _first_number(tags.get("level")), _first_number(tags.get("layer"))
    indoor = (
        tag_values(tags, "surveillance") == {"indoor"}  # "public;indoor" watches the street as well
        or tags.get("indoor") in _INDOOR
        or tags.get("location") in ("underground", "indoor")
        or (level is not None and level < 0)
        or (layer is not None and layer < 0)
    )
    return indoor, level


def _first_number(text: str | None) -> float | None:
    match = _LEVEL.match(text or "")
    return None if match is None else float(match[1])


def tag_values(tags: Mapping[str, str], key: str) -> set[str]:
    """Split a value at its semicolons."""
    return {part for part in (part.strip().lower() for part in tags.get(key, "").split(";")) if part}
