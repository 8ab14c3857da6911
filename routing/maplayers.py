"""What of a map is drawn, and how it is told apart: OpenStreetMap tags in; layer, first zoom and fields out.

No coordinates and no I/O. Layers and fields are named as Protomaps names them, so that its styles draw these maps too
(https://docs.protomaps.com/basemaps/layers): earth, landuse, water, roads, buildings, places, pois; kind, kind_detail,
name, min_zoom, is_bridge, is_tunnel, addr_housenumber. ``walk`` is ours: ``no`` where one may not walk. Names come in
the map's own language, and in Russian and English where these are tagged and differ.

The tables follow https://wiki.openstreetmap.org/wiki/Map_features; what none of them lists is not drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from routing.access import is_square, way_access

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIN_ZOOM: Final = 10  # of the tiles
MAX_ZOOM: Final = 14  # of the tiles; nearer, the page enlarges these
LANGUAGES: Final = ("ru", "en")
_MAX_NAME: Final = 100  # characters; longer is a description
_MAX_NUMBER: Final = 10  # characters of a house number; longer is a list

Value: TypeAlias = "str | int | bool"
_Zooms: TypeAlias = "Mapping[str, tuple[str, int]]"  # value: kind, first zoom


class Drawn(NamedTuple):
    """How one thing is drawn; things with equal fields may be drawn as one.

    Attributes
    ----------
    min_zoom
        The first zoom whose tiles hold it; one wider than the map's is the map's.
    fields
        In the order in which they are written.
    """

    layer: str
    min_zoom: int
    fields: tuple[tuple[str, Value], ...]


_ROADS: Final[_Zooms] = {
    "motorway": ("highway", 10), "motorway_link": ("highway", 12),
    "trunk": ("major_road", 10), "trunk_link": ("major_road", 12),
    "primary": ("major_road", 10), "primary_link": ("major_road", 12),
    "secondary": ("major_road", 11), "secondary_link": ("major_road", 13),
    "tertiary": ("major_road", 12), "tertiary_link": ("major_road", 13),
    **dict.fromkeys(("unclassified", "residential", "living_street", "road"), ("minor_road", 13)),
    **dict.fromkeys(("service", "busway"), ("minor_road", 14)),
    **dict.fromkeys(("pedestrian", "footway", "path", "steps", "cycleway", "bridleway", "track"), ("path", 13)),
    "corridor": ("path", 14),
}  # fmt: skip
_RAILS: Final = {
    **dict.fromkeys(("rail", "light_rail", "narrow_gauge", "monorail", "subway"), 12),
    **dict.fromkeys(("tram", "funicular"), 13),
}
_STREAMS: Final[_Zooms] = {
    "river": ("river", 11), "canal": ("canal", 12), "stream": ("stream", 13),
    **dict.fromkeys(("ditch", "drain"), ("ditch", 14)),
}  # fmt: skip
_BESIDE: Final = {"sidewalk": "sidewalk", "crossing": "crossing", "traffic_island": "crossing", "link": "crossing"}
_ENTRIES: Final = frozenset({"driveway", "parking_aisle", "drive-through", "emergency_access"})

_WATER: Final = (
    ("natural", frozenset({"water"})),
    ("waterway", frozenset({"riverbank", "dock"})),
    ("landuse", frozenset({"basin", "reservoir"})),
    ("leisure", frozenset({"swimming_pool"})),
    ("amenity", frozenset({"fountain"})),
)
# The first key that yields a kind decides.
_LANDUSE: Final[tuple[tuple[str, _Zooms], ...]] = (
    ("man_made", {"pier": ("pier", 12), "bridge": ("bridge", 14)}),
    ("railway", {"platform": ("platform", 14)}),
    ("public_transport", {"platform": ("platform", 14)}),
    (
        "leisure",
        {
            **dict.fromkeys(("park", "nature_reserve", "common", "golf_course"), ("park", 11)),
            "garden": ("garden", 13), "dog_park": ("park", 14),
            "pitch": ("pitch", 14), "playground": ("playground", 14),
        },
    ),
    (
        "natural",
        {
            "wood": ("wood", 11), "scrub": ("scrub", 13), "bare_rock": ("rock", 13),
            **dict.fromkeys(("grassland", "heath"), ("grass", 13)),
            **dict.fromkeys(("beach", "sand", "shingle"), ("beach", 12)),
        },
    ),
    (
        "landuse",
        {
            "forest": ("wood", 11), "cemetery": ("cemetery", 12), "allotments": ("garden", 13),
            **dict.fromkeys(("grass", "meadow", "flowerbed"), ("grass", 13)),
            **dict.fromkeys(("recreation_ground", "village_green"), ("park", 12)),
            "industrial": ("industrial", 12), "railway": ("railway", 12),
        },
    ),
    (
        "amenity",
        {
            "grave_yard": ("cemetery", 12), "hospital": ("hospital", 13), "parking": ("parking", 14),
            **dict.fromkeys(("school", "kindergarten", "university", "college"), ("school", 13)),
        },
    ),
)  # fmt: skip
_ROOFS: Final = frozenset({"no", "roof", "carport"})  # one walks beneath them

_TOWNS: Final[_Zooms] = {
    "city": ("locality", 10), "town": ("locality", 10), "village": ("locality", 12), "hamlet": ("locality", 13),
    "suburb": ("neighbourhood", 11), "quarter": ("neighbourhood", 12), "neighbourhood": ("neighbourhood", 13),
    "island": ("island", 13), "islet": ("island", 14),
}  # fmt: skip
_NAMELESS: Final = frozenset({"entrance", "tram_stop", "bus_stop", "toilets", "drinking_water"})
# The first key that yields a kind decides; the zoom is the one from which there is room for it.
_POIS: Final[tuple[tuple[str, _Zooms], ...]] = (
    (
        "railway",
        {
            **dict.fromkeys(("station", "halt"), ("station", 13)), "tram_stop": ("tram_stop", 16),
            **dict.fromkeys(("subway_entrance", "train_station_entrance"), ("entrance", 16)),
        },
    ),
    ("highway", {"bus_stop": ("bus_stop", 16)}),
    (
        "amenity",
        {
            "bus_station": ("station", 14), "ferry_terminal": ("ferry_terminal", 15),
            **{kind: (kind, 15) for kind in ("hospital", "university", "marketplace", "townhall")},
            **{kind: (kind, 16) for kind in ("theatre", "library", "place_of_worship", "cinema", "arts_centre")},
            **{kind: (kind, 16) for kind in ("college", "school", "courthouse", "post_office", "police")},
            **{kind: (kind, 17) for kind in ("pharmacy", "toilets", "drinking_water")},
        },
    ),
    (
        "tourism",
        {
            **{kind: (kind, 15) for kind in ("museum", "zoo", "theme_park")},
            **{kind: (kind, 16) for kind in ("attraction", "gallery", "viewpoint")}, "hotel": ("hotel", 17),
        },
    ),
    ("historic", {"castle": ("castle", 15), "monument": ("monument", 16), "memorial": ("memorial", 17)}),
    (
        "leisure",
        {
            **dict.fromkeys(("park", "nature_reserve"), ("park", 14)), "garden": ("park", 16),
            "stadium": ("stadium", 15), "sports_centre": ("sports_centre", 16),
        },
    ),
    (
        "shop",
        {"mall": ("mall", 15), "department_store": ("mall", 15), "supermarket": ("supermarket", 16)},
    ),
    ("landuse", {"cemetery": ("cemetery", 14)}),
    ("natural", {"beach": ("beach", 15)}),
    ("place", {"square": ("square", 15)}),
)  # fmt: skip


def lines_of(tags: Mapping[str, str]) -> Iterator[Drawn]:
    """Tell how a way is drawn as a line.

    Examples
    --------
    >>> [(d.layer, d.min_zoom, dict(d.fields)) for d in lines_of({"highway": "steps", "bridge": "yes"})]
    [('roads', 13, {'kind': 'path', 'kind_detail': 'steps', 'is_bridge': True})]
    >>> list(lines_of({"building": "yes"}))
    []
    """
    highway, railway, waterway = tags.get("highway", ""), tags.get("railway", ""), tags.get("waterway", "")
    if highway in _ROADS:
        yield _road(tags, highway)
    if railway in _RAILS and not _is_below(tags):
        yard = "service" in tags
        yield Drawn("roads", MAX_ZOOM if yard else _RAILS[railway], _fields("rail", railway, **_levels(tags)))
    if waterway in _STREAMS and not _is_below(tags):
        kind, zoom = _STREAMS[waterway]
        yield Drawn("water", zoom, _fields(kind, **_names(tags)))
    if tags.get("route") == "ferry":
        yield Drawn("roads", 12, _fields("ferry", **_names(tags)))
    if tags.get("man_made") == "pier" and not highway:
        yield Drawn("roads", MAX_ZOOM, _fields("path", "pier"))


def areas_of(tags: Mapping[str, str]) -> Iterator[Drawn]:
    """Tell how an area is drawn as a surface; ``type=multipolygon`` or ``area=yes`` makes a street a square.

    Examples
    --------
    >>> [(d.layer, dict(d.fields)) for d in areas_of({"building": "yes", "amenity": "school"})]
    [('buildings', {'kind': 'building'})]
    >>> [(d.layer, dict(d.fields)) for d in areas_of({"highway": "pedestrian", "area": "yes"})]
    [('landuse', {'kind': 'pedestrian'})]
    """
    if tags.get("location") == "underground" or tags.get("tunnel", "no") != "no":
        return
    if tags.get("building", "no") not in _ROOFS:
        yield Drawn("buildings", MAX_ZOOM, _fields("building"))
    elif any(tags.get(key) in values for key, values in _WATER):
        yield Drawn("water", 11 if tags.get("natural") == "water" else MAX_ZOOM, _fields("water"))
    elif (found := _first(_LANDUSE, tags)) is not None:
        yield Drawn("landuse", found[1], _fields(found[0]))
    elif "highway" in tags and is_square(tags) and tags.get("indoor", "no") == "no" and not _is_below(tags):
        yield Drawn("landuse", 13, _fields("pedestrian"))


def labels_of(tags: Mapping[str, str], *, area: bool = False) -> Iterator[Drawn]:
    """Tell what is written where a thing lies: a node, or the middle of an area.

    Examples
    --------
    >>> tags = {"tourism": "museum", "name": "Kiasma", "name:ru": "Киасма", "addr:housenumber": "2"}
    >>> [(d.layer, dict(d.fields)) for d in labels_of(tags)]  # doctest: +NORMALIZE_WHITESPACE
    [('pois', {'kind': 'museum', 'name': 'Kiasma', 'name:ru': 'Киасма', 'min_zoom': 15}),
     ('buildings', {'kind': 'address', 'addr_housenumber': '2'})]
    """
    names = _names(tags)
    town = tags.get("place", "")
    if names and town in _TOWNS:
        kind, zoom = _TOWNS[town]
        yield Drawn("places", zoom, _fields(kind, town, **names))
    elif (found := _first(_POIS, tags)) is not None and (names or found[0] in _NAMELESS):
        kind, zoom = found
        yield Drawn("pois", min(zoom, MAX_ZOOM), _fields(kind, **names, min_zoom=zoom))
    elif names and (tags.get("natural") in {"bay", "strait"} or (area and _is_water(tags))):
        yield Drawn("water", 13, _fields("water", **names))
    number = " ".join(tags.get("addr:housenumber", "").split())
    if 0 < len(number) <= _MAX_NUMBER:
        yield Drawn("buildings", MAX_ZOOM, _fields("address", addr_housenumber=number))


def _road(tags: Mapping[str, str], highway: str) -> Drawn:
    kind, zoom = _ROADS[highway]
    detail = highway
    if highway in {"footway", "path", "cycleway"}:
        detail = _BESIDE.get(tags.get(highway, tags.get("footway", "")), highway)
    elif highway == "service" and tags.get("service") in _ENTRIES:
        detail = "driveway"
    elif highway == "steps" and tags.get("conveying", "no") != "no":
        detail = "escalator"
    if detail in {"sidewalk", "crossing", "driveway"}:  # beside a street that is drawn already
        zoom = MAX_ZOOM
    inside = highway == "corridor" or tags.get("indoor", "no") != "no"
    if inside or (kind == "path" and _is_below(tags)):
        zoom = MAX_ZOOM
    walk = {} if way_access(tags) is not None else {"walk": "no"}
    return Drawn("roads", zoom, _fields(kind, detail, **_names(tags), **walk, **_levels(tags, inside=inside)))


def _levels(tags: Mapping[str, str], *, inside: bool = False) -> dict[str, Value]:
    if inside or _is_below(tags):
        return {"is_tunnel": True}
    return {"is_bridge": True} if tags.get("bridge", "no") != "no" else {}


def _is_below(tags: Mapping[str, str]) -> bool:
    return tags.get("tunnel", "no") != "no" or tags.get("location") == "underground"


def _is_water(tags: Mapping[str, str]) -> bool:
    return tags.get("natural") == "water" or tags.get("waterway") == "riverbank"


def _first(table: tuple[tuple[str, _Zooms], ...], tags: Mapping[str, str]) -> tuple[str, int] | None:
    return next((values[tags[key]] for key, values in table if tags.get(key) in values), None)


def _names(tags: Mapping[str, str]) -> dict[str, Value]:
    """Give the names; a page that lacks its language falls back to ``name``, so equal ones need not be told twice."""
    own = _name(tags, "name")
    others = {key: name for key in (f"name:{language}" for language in LANGUAGES) if (name := _name(tags, key))}
    return {key: name for key, name in {"name": own, **others}.items() if name and (key == "name" or name != own)}


def _name(tags: Mapping[str, str], key: str) -> str:
    return " ".join(tags.get(key, "").split())[:_MAX_NAME]


def _fields(kind: str, detail: str = "", /, **more: Value) -> tuple[tuple[str, Value], ...]:
    return (("kind", kind), *((("kind_detail", detail),) if detail else ()), *more.items())
