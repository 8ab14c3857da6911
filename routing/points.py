"""What a person types or pastes as a position → one WGS 84 point; anything else is a name and left to ``places``.

In: text of the command line, ``lat,lon`` as every map application shows it, a ``geo:`` URI, or a link of a map site.
Out: a LonLat in degrees, longitude first. Nothing is asked of the network. No message repeats a coordinate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from routing.errors import BadLinkError, BadPositionError
from routing.model import LonLat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routing.model import BBox


class Typed(LonLat):
    """A position that was typed or pasted by a person, latitude first; an error says so."""

    __slots__ = ()


_MAX_LAT_DEG = 90.0
_MAX_LON_DEG = 180.0
_MAX_LINK = 8192  # characters; the longest links that map sites make have about 2,000
_MAX_TYPED = 200  # characters; longer is no position

_HOW = 'type "lat,lon" or a name instead'
_NETWORK = f"a short link holds no coordinate, and finding where it leads would need the network: open it and {_HOW}"
_ROUTE = f"the link is of a route with several ends, so it is unclear which is meant: {_HOW}"
_NOTHING = f"the link holds no coordinate: copy the coordinates that the map shows, or {_HOW}"
_NOT_TWO = 'a position is two numbers, latitude first, with decimal points: "lat,lon"'
_NOT_READ = f"this position cannot be read: {_HOW}"

# Typography of minutes, seconds, degrees and minus, as sites and phones write it.
_PLAIN = str.maketrans("\u2032\u2019\u2018\u00b4\u2033\u201d\u201cº˚\u2212", "'" * 4 + '"' * 3 + "°°-", "\u200e")


_CASE = re.IGNORECASE | re.ASCII  # ASCII: only 0 to 9 are digits, and the long s is no S

# What follows is the same as in web/static/js/points.mjs; tests/web/test_names.py holds both to one table.
_SIDES = tuple(
    (re.compile(rf"{of}\.? ?{axis}\.?", re.IGNORECASE), side)
    for of, axis, side in ("\u0441шN", "юшS", "вдE", "здW")  # the first is the Cyrillic es
)


def _loose(decimal: str) -> str:
    """Give the pattern of an angle beside its letter: there the signs of degrees and minutes may lack."""
    real = rf"[0-9]+(?:{decimal}[0-9]+)?"
    return rf"([+-]?)({real})(?:(?: ?° ?| )({real})(?:(?: ?' ?| )({real})(?: ?(?:\"|''))?| ?')?| ?°)?"


def _two(decimal: str, gap: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Give the patterns of two angles: hemispheres before, after if at all, and after each.

    The sign is apart, since a hemisphere may stand for it.
    """
    real, loose = rf"[0-9]+(?:{decimal}[0-9]+)?", _loose(decimal)
    angle = rf"([+-]?)({real})(?: ?° ?(?:({real}) ?' ?(?:({real}) ?(?:\"|'') ?)?)?)?"
    before = rf"([NSEW]) ?{loose} ?[,;]? ?([NSEW]) ?{loose}"
    after = rf"{angle} ?([NSEW]?){gap}{angle} ?([NSEW]?)"
    each = rf"{loose} ?([NSEW]) ?[,;]? ?{loose} ?([NSEW])"
    return re.compile(before, _CASE), re.compile(after, _CASE), re.compile(each, _CASE)


_POINT = _two(r"\.", r"(?: ?[,;] ?| )")
_COMMA = _two(",", r"(?: ?; ?|,? )")
_HALF = re.compile("(?=.*[NSEW°])(?:[NSEW] ?)?" + _loose(r"\.") + "(?: ?[NSEW])?", _CASE)
_ONLY_NUMBERS = re.compile(r"[-+0-9.,; °'\"]+")
_ONLY_ANGLES = re.compile(r"[-+0-9.,;/ °'\"NSEW]+", _CASE)
_DEGREES = re.compile(r"[0-9] ?° ?[0-9]|[0-9].*°.*°|[0-9][.,][0-9]+ ?°")  # one after a whole number: "Via 1° Maggio"
_REAL = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_NO_NUMBER = re.compile(rf"(?:[+-]?(?:nan|inf(?:inity)?)|{_REAL}) ?[,;] ?(?:[+-]?(?:nan|inf(?:inity)?)|{_REAL})", _CASE)
_PAIR = re.compile(rf" ?(?:loc:)?({_REAL}) ?[,/ ] ?({_REAL}) ?(?:$|[,/(~])")
_GEO = re.compile(rf"geo:(?://)?({_REAL}),({_REAL})(?:,{_REAL})?(;.*)?", _CASE)


def parse_point(text: str) -> Typed | None:
    """Read a position from what a person typed or pasted.

    Parameters
    ----------
    text
        ``lat,lon`` in degrees (decimal, or degrees, minutes and seconds; signs, N S E W or their Russian
        abbreviations), a ``geo:`` URI (RFC 5870), or a link of OpenStreetMap, Google, Yandex, 2GIS or Apple maps.
        In a link a pin wins over the centre of the map.

    Returns
    -------
    Typed | None
        ``None`` where the text is of no such form; it is a name then.

    Raises
    ------
    BadPositionError, BadLinkError
        The text is of such a form, or looks like it, but says no possible position.

    Examples
    --------
    >>> parse_point("60.1699° N, 24.9384° E")
    Typed(lon=24.9384, lat=60.1699)
    >>> parse_point("https://yandex.ru/maps/?ll=37.61%2C55.82&z=15")
    Typed(lon=37.61, lat=55.82)
    >>> parse_point("Senaatintori") is None
    True
    """
    plain = " ".join(text.translate(_PLAIN).split())
    link = _link_of(plain)
    if link is None and plain[:4].lower() != "geo:":
        plain = _sided(plain)
        point = _typed(plain)
        if point is None and _looks_typed(plain):
            raise BadPositionError(_NOT_READ)
        return None if point is None else Typed(*point)
    if len(plain) > _MAX_LINK:
        raise BadLinkError(f"the link is too long to be of a map: {_HOW}")
    return Typed(*(_geo(plain) if link is None else _from_link(link)))


def looks_swapped(point: LonLat, box: BBox) -> bool:
    """Tell whether a point outside a box would lie inside with latitude and longitude exchanged.

    Examples
    --------
    >>> from routing.model import BBox
    >>> looks_swapped(LonLat(60.17, 24.94), BBox(24.9, 60.1, 25.0, 60.2))
    True
    """
    return not box.holds(point) and box.holds(LonLat(point.lat, point.lon))


def is_angle(text: str) -> bool:
    """Tell whether a text is half of a position: an angle with its hemisphere or a sign of degrees.

    Examples
    --------
    >>> is_angle("N 60.17"), is_angle("24.94 в. д."), is_angle("24")
    (True, True, False)
    """
    return len(text) <= _MAX_TYPED and _HALF.fullmatch(_sided(" ".join(text.translate(_PLAIN).split()))) is not None


def _sided(text: str) -> str:
    """Write Russian hemispheres as N S E W."""
    for pattern, side in _SIDES:
        text = pattern.sub(side, text)
    return text


def _looks_typed(text: str) -> bool:
    """Tell whether a text that cannot be read was meant as a position, so that no street may answer to it."""
    if len(text) > _MAX_TYPED:
        return False
    if _ONLY_ANGLES.fullmatch(text) and len(re.findall("[0-9]+(?:[.,][0-9]+)?", text)) > 1:
        sides = len(re.findall("[NSEW]", text, _CASE))
        if sides > 1 or (sides == 1 and re.search("[0-9][.,][0-9]", text)):
            return True
    bare = re.search("[0-9] ?°", text) and not re.search(r"[^\W\d_]{2}", text)
    return bool(bare or _DEGREES.search(text))


def _typed(text: str) -> LonLat | None:
    """Read two angles, or tell that the text is a name."""
    if len(text) > _MAX_TYPED:
        return None
    for pattern in (*_POINT, *_COMMA):
        match = pattern.fullmatch(text)
        if match:
            one, other = match.groups("")[:5], match.groups("")[5:]
            if pattern not in (_POINT[0], _COMMA[0]):  # sign, degrees, minutes, seconds, hemisphere; twice
                one, other = (one[4], *one[:4]), (other[4], *other[:4])
            return _ordered(_angle(one[1:], one[0]), _angle(other[1:], other[0]), one[0], other[0])
    numbers_only = _ONLY_NUMBERS.fullmatch(text) and re.search("[0-9] ?[,;] ?[-+.0-9]", text)
    if numbers_only or _NO_NUMBER.fullmatch(text):
        raise BadPositionError(_NOT_TWO)
    return None


def _angle(parts: tuple[str, ...], hemisphere: str) -> float:
    """Add up degrees, minutes and seconds, signed."""
    sign, *numbers = parts
    if hemisphere and sign:
        raise BadPositionError("a position has either a sign or a hemisphere (N, S, E, W), not both")
    given = [n for n in numbers if n]
    if any(not n.isdecimal() for n in given[:-1]):
        raise BadPositionError("of degrees, minutes and seconds only the last may have decimals")
    degrees, minutes, seconds = (float(n.replace(",", ".")) if n else 0.0 for n in numbers)
    if not (minutes < 60 and seconds < 60):  # noqa: PLR2004 - sixty minutes make a degree
        raise BadPositionError("minutes and seconds of a position must be below 60")
    total = degrees + minutes / 60 + seconds / 3600
    return -total if sign == "-" or hemisphere in {"S", "W", "s", "w"} else total


def _ordered(first: float, second: float, first_side: str, second_side: str) -> LonLat:
    """Put latitude and longitude in their places, latitude first unless the hemispheres say otherwise."""
    axes = tuple("lat" if side in {"N", "S"} else "lon" for side in (first_side.upper(), second_side.upper()) if side)
    if axes in {("lat", "lat"), ("lon", "lon")}:
        raise BadPositionError("a position needs one of N or S and one of E or W")
    lon_first = axes == ("lon", "lat") or (len(axes) == 1 and (axes[0] == "lon") == bool(first_side))
    return _checked(first, second, lon_first=lon_first, typed=True)


def _checked(first: float, second: float, *, lon_first: bool, typed: bool = False) -> LonLat:
    """Refuse what is not on Earth; NaN and infinity fail the comparison."""
    lon, lat = (first, second) if lon_first else (second, first)
    if abs(lat) <= _MAX_LAT_DEG and abs(lon) <= _MAX_LON_DEG:
        return LonLat(lon, lat)
    if abs(lon) <= _MAX_LAT_DEG and abs(lat) <= _MAX_LON_DEG and typed and not lon_first:
        raise BadPositionError(
            'latitude comes first and is at most 90; it seems to be the second number here: "lat,lon"'
        )
    raise BadPositionError("no such position: latitude is from -90 to 90, longitude from -180 to 180")


def _geo(text: str) -> LonLat:
    """Read a geo: URI, RFC 5870; ``q=`` is Android's addition and wins, as it is the pin."""
    head, _, query = text.partition("?")
    match = _GEO.fullmatch(unquote(head))
    if match is None:
        raise BadLinkError("a geo: link must read geo:lat,lon in plain degrees")
    lat, lon, options = match.groups("")
    if any(o.lower().startswith("crs=") and o.lower() != "crs=wgs84" for o in options.split(";")):
        raise BadLinkError("a geo: link with another coordinate system than WGS 84 cannot be read")
    wanted = dict(parse_qsl(query)).get("q", "")
    pin = _pair(wanted, lon_first=False)
    if pin is not None:
        return pin
    point = _checked(float(lat), float(lon), lon_first=False, typed=True)
    if wanted and point == (0.0, 0.0):
        raise BadLinkError("the geo: link holds a name and no coordinate: type the name by itself")
    return point


class _Link(NamedTuple):
    """A link of a map site, percent signs resolved."""

    host: str
    path: str
    fragment: str
    query: Mapping[str, str]

    def pair(self, *keys: str, lon_first: bool = False) -> LonLat | None:
        """Read the first of some parameters that holds two numbers."""
        found = (_pair(self.query.get(key, ""), lon_first=lon_first) for key in keys)
        return next((point for point in found if point is not None), None)

    def has(self, *keys: str) -> bool:
        """Tell whether any of some parameters is there and not empty."""
        return any(self.query.get(key) for key in keys)


def _pair(text: str, *, lon_first: bool) -> LonLat | None:
    """Read two plain numbers at the start of a part of a link."""
    match = _PAIR.match(text)
    return _checked(float(match[1]), float(match[2]), lon_first=lon_first) if match else None


def _search_pair(pattern: str, text: str, between: str = ",", *, lon_first: bool = False) -> LonLat | None:
    """Read the two numbers that stand last after a pattern."""
    found = re.findall(rf"{pattern}({_REAL}){between}({_REAL})(?![0-9.eE_])", text)
    return _checked(float(found[-1][0]), float(found[-1][1]), lon_first=lon_first) if found else None


def _osm(link: _Link) -> LonLat | None:
    """Read https://wiki.openstreetmap.org/wiki/Browsing: the marker, then the map's centre."""
    if link.path.startswith("/directions") or link.has("route"):
        raise BadLinkError(_ROUTE)
    for lat, lon in (("mlat", "mlon"), ("lat", "lon")):
        if link.has(lat) and link.has(lon):
            return _pair(f"{link.query[lat]},{link.query[lon]}", lon_first=False)
    code = re.fullmatch(r"/go/([A-Za-z0-9_~@]+)-*/?", link.path)
    centre = _search_pair(rf"(?:^|&)map={_REAL}/", link.fragment, "/")
    return link.pair("query") or centre or (_short_osm(code[1]) if code else None)


def _short_osm(code: str) -> LonLat:
    """Decode https://wiki.openstreetmap.org/wiki/Shortlink: the bits of x and y in turns, three pairs a letter."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~"
    bits = "".join(f"{letters.index('~' if c == '@' else c):06b}" for c in code[:20])
    size = 2 ** (len(bits) // 2)
    return LonLat(int(bits[::2], 2) / size * 360 - 180, int(bits[1::2], 2) / size * 180 - 90)


def _google(link: _Link) -> LonLat | None:
    """Read https://developers.google.com/maps/documentation/urls: the pin of ``data=``, what was asked, the centre."""
    if "/dir/" in f"{link.path}/" or link.has("daddr", "saddr", "destination", "origin"):
        raise BadLinkError(_ROUTE)
    pin = _search_pair("!3d", link.path, "!4d")
    if pin is not None:
        return pin
    named = re.match(r"/maps/(?:place|search)/([^/@][^/]*)", link.path)
    asked = [link.query.get(key, "") for key in ("q", "query")] + [named[1] if named else ""]
    for text in asked:
        point = _pair(text, lon_first=False) or _asked(text)
        if point is not None:
            return point
    return link.pair("ll", "viewpoint", "center") or _search_pair("/@", link.path)


def _asked(text: str) -> LonLat | None:
    """Read a position with degree signs out of a search; other searches are names."""
    plain = " ".join(unquote_plus(text).split())
    return _typed(plain) if "°" in plain else None


def _yandex(link: _Link) -> LonLat | None:
    """Read https://yandex.ru/dev/yandex-apps-launch-maps/doc: longitude first, but for ``text``."""
    if "/-/" in link.path:
        raise BadLinkError(_NETWORK)
    if link.has("rtext") or link.query.get("mode") == "routes" or "~" in link.query.get("pt", ""):
        raise BadLinkError(_ROUTE)
    pin = link.pair("whatshere[point]", "poi[point]", "pt", lon_first=True)
    return pin or link.pair("text") or link.pair("ll", lon_first=True)


def _2gis(link: _Link) -> LonLat | None:
    """Read 2gis links as its site makes them: longitude first, an object before the map's centre."""
    if link.host.startswith("go."):
        raise BadLinkError(_NETWORK)
    if "/directions" in link.path or "/routeSearch" in link.path:
        raise BadLinkError(_ROUTE)
    thing = _search_pair(r"/(?:geo|firm|station|entrance|building)/(?:[^/,]+/)?", link.path, lon_first=True)
    return thing or link.pair("m", lon_first=True) or _search_pair("/center/", link.path, lon_first=True)


def _apple(link: _Link) -> LonLat | None:
    """Read https://developer.apple.com/documentation/mapkit/unified-map-urls and the older links."""
    if link.host == "maps.apple":
        raise BadLinkError(_NETWORK)
    if link.path.startswith("/directions") or link.has("daddr", "saddr", "destination", "source"):
        raise BadLinkError(_ROUTE)
    return link.pair("coordinate", "ll", "q", "address", "center", "sll")


def _short(_link: _Link) -> LonLat | None:
    """Refuse a link that only a server can resolve."""
    raise BadLinkError(_NETWORK)


_TLD = r"[a-z]{2,5}(?:\.[a-z]{2})?"
_SITES: tuple[tuple[re.Pattern[str], Callable[[_Link], LonLat | None]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(?:[a-z]+\.)?(?:openstreetmap\.org|osm\.org)", _osm),
        (r"maps\.app\.goo\.gl|goo\.gl|g\.co", _short),
        (rf"(?:www\.|maps\.)?google\.{_TLD}", _google),
        (rf"(?:www\.|maps\.)?yandex\.{_TLD}", _yandex),
        (rf"(?:[a-z]+\.)?2gis\.{_TLD}", _2gis),
        (r"maps\.apple(?:\.com)?", _apple),
    )
)


def _link_of(text: str) -> _Link | None:
    """Take a link apart; without ``https://`` only the known map sites count as links."""
    has_scheme = re.match(r"https?://", text, re.IGNORECASE) is not None
    if not has_scheme and not re.match(r"[a-z0-9.-]+\.[a-z]{2,5}[/?#]", text, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(text if has_scheme else f"https://{text}")
        host = (parts.hostname or "").rstrip(".")
        query = dict(reversed(parse_qsl(parts.query[:_MAX_LINK])))  # of two with one name the first counts
    except ValueError as error:
        raise BadLinkError(f"the link cannot be read: {_HOW}") from error
    link = _Link(host, unquote(parts.path), unquote(parts.fragment), query)
    return link if has_scheme or any(site.fullmatch(host) for site, _ in _SITES) else None


def _from_link(link: _Link) -> LonLat:
    """Let the site's reader find the point."""
    for site, read in _SITES:
        if site.fullmatch(link.host):
            point = read(link)
            if point is None:
                raise BadLinkError(_NOTHING)
            return point
    raise BadLinkError(f"only links of OpenStreetMap, Google, Yandex, 2GIS and Apple maps can be read: {_HOW}")
