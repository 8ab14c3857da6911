"""Lists of cameras as JSON: GeoJSON, what an Overpass server answers, DeFlock's downloads; their rows out.

Tags are kept verbatim. What begins with ``@`` (who changed an object, and in which changeset) is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from routing.import_rows import NOWHERE, Row, listed, middle, position, refuse, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from routing.import_rows import Rules
    from routing.model import LonLat

_KINDS: Final = ("node", "way", "relation")
_OSM = re.compile(r"(node|way|relation)/([1-9][0-9]{0,18})", re.ASCII)
_OURS = re.compile(r"osm/(?:node|way|relation)/[0-9]+|ss/[a-z2-7]{10}", re.ASCII)
_DEPTH: Final = 4  # of the coordinates of a MultiPolygon
# DeFlock keeps these tags of nodes that read number plates and leaves out the two that make them so
# (github.com/FoggedLens/deflock, serverless/alpr_geojson: WHITELISTED_TAGS).
_DEFLOCK_KEYS: Final = frozenset(
    {"id", "operator", "manufacturer", "direction", "brand", "camera:direction", "wikimedia_commons"}
    | {"surveillance:brand", "surveillance:operator", "surveillance:manufacturer"}
)
_DEFLOCK_TAGS: Final = {"man_made": "surveillance", "surveillance:type": "ALPR"}
_LEAST_OSM_ID: Final = 100_000  # a city numbers its cameras from 1; nodes that small are of 2005


class _Root(msgspec.Struct):
    type: Any = None
    remark: Any = None
    features: list[msgspec.Raw] | None = None
    elements: list[msgspec.Raw] | None = None


Objects = list[tuple[int, Any]]  # line, value; None where it cannot be read


def load(path: Path, data: bytes) -> tuple[str, Objects]:
    r"""Read JSON and tell what it is: ``geojson``, ``overpass`` or ``deflock``; and its rows.

    Raises
    ------
    BadFileError
        If it is not JSON, or none of the three.

    Examples
    --------
    >>> from pathlib import Path
    >>> load(Path("a.json"), b'[\n{"id": 1}]')
    ('deflock', [(2, {'id': 1})])
    """
    try:
        if data.lstrip()[:1] == b"[":
            return "deflock", _objects(data, msgspec.json.decode(data, type=list[msgspec.Raw]))
        root = msgspec.json.decode(data, type=_Root)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        place = re.search(r"\(byte ([0-9]+)\)", str(error))
        line = data.count(b"\n", 0, int(place[1])) + 1 if place else None
        raise refuse(path, "is not JSON of a list of cameras here; fetch it again or mend it", line) from None
    if root.elements is not None:
        if isinstance(root.remark, str) and "error" in root.remark.lower():
            raise refuse(path, "is incomplete: the server that wrote it gave up; ask it again, for less")
        return "overpass", _objects(data, root.elements)
    if root.features is None or root.type != "FeatureCollection":
        raise refuse(path, "is neither a GeoJSON FeatureCollection nor an Overpass answer nor a list of DeFlock's")
    objects = _objects(data, root.features)
    if any(_OURS.fullmatch(str(_properties(feature).get("id"))) for _, feature in objects[:1]):
        raise refuse(path, "holds camera records already; use it as it is, or with cameras merge")
    return "deflock" if objects and all(_is_deflock(feature) for _, feature in objects) else "geojson", objects


def _objects(data: bytes, raws: list[msgspec.Raw]) -> Objects:
    objects: Objects = []
    at, line = 0, 1
    for raw in raws:
        piece = bytes(raw)
        start = max(data.find(piece, at), at)
        line += data.count(b"\n", at, start)
        try:
            value = msgspec.json.decode(piece)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            value = None
        objects.append((line, value))
        line += piece.count(b"\n")
        at = start + len(piece)
    return objects


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _properties(feature: object) -> dict[str, Any]:
    return _dict(_dict(feature).get("properties"))


def _is_deflock(feature: object) -> bool:
    properties = _properties(feature)
    number = properties.get("id")
    return type(number) is int and number >= _LEAST_OSM_ID and properties.keys() <= _DEFLOCK_KEYS


def _osm_id(kind: object, number: object) -> str | None:
    if isinstance(number, str) and number.isascii() and number.isdigit():
        number = int(number) if len(number) < 20 else 0  # noqa: PLR2004 (64 bits)
    right = kind in _KINDS and type(number) is int and 0 < number < 10**19
    return f"osm/{kind}/{number}" if right else None


def _tags(values: Mapping[str, Any]) -> dict[str, str]:
    """Keep the tags, as text, without what describes the object."""
    return {key: text for key, value in values.items() if key[:1] != "@" and (text := text_of(value)) is not None}


def geojson_rows(objects: Objects, rules: Rules) -> Iterator[Row]:
    """Read the features of any FeatureCollection; of lines and polygons the middle counts.

    Examples
    --------
    >>> from routing.import_rows import Rules
    >>> point = {"type": "Point", "coordinates": [24.9, 60.2]}
    >>> feature = {"type": "Feature", "id": "node/7", "geometry": point, "properties": {"man_made": "surveillance"}}
    >>> next(geojson_rows([(1, feature)], Rules())).osm
    'osm/node/7'
    """
    for line, value in objects:
        feature, properties = _dict(value), _properties(value)
        at = _place(feature.get("geometry"))
        osm = _osm_of(feature, properties)
        of_osm = _dict(properties.get("tags")) or properties
        if osm is not None or "man_made" in of_osm:
            yield _mapped(line, at, osm, of_osm, properties)
            continue
        cells = {key: text_of(cell) for key, cell in properties.items()}
        cells.setdefault("id", text_of(feature.get("id")))
        yield listed(line, at, cells, rules)


def _mapped(line: int, at: LonLat | str, osm: str | None, tags: Mapping[str, Any], around: Mapping[str, Any]) -> Row:
    if isinstance(at, str):
        return Row(line, wrong=at)
    stamp = around.get("@timestamp") or _dict(around.get("meta")).get("timestamp")
    if tags is around:  # id and type are the object's, not tags of it
        tags = {key: value for key, value in tags.items() if not _names(key, value)}
    return Row(line, at, _tags(tags), osm, stamp=stamp if isinstance(stamp, str) else None)


def _names(key: str, value: object) -> bool:
    return key in ("osm_id", "osm_type") or (
        key == "id" and (isinstance(value, int) or _OSM.fullmatch(str(value)) is not None)
    )


def _osm_of(feature: Mapping[str, Any], properties: Mapping[str, Any]) -> str | None:
    for value in (properties.get("@id"), feature.get("id"), properties.get("@osmId"), properties.get("id")):
        if isinstance(value, str) and (match := _OSM.fullmatch(value)):
            return f"osm/{match[1]}/{match[2]}"
    kind = properties.get("osm_type") or properties.get("@type") or properties.get("type")
    return _osm_id(kind, properties.get("osm_id", properties.get("@id", properties.get("id"))))


def _place(geometry: object) -> LonLat | str:
    at = _dict(geometry).get("coordinates")
    if _dict(geometry).get("type") == "Point":
        return position(*at[:2]) if isinstance(at, list) and len(at) > 1 else NOWHERE
    return middle(_points(at, _DEPTH))


def _points(at: object, depth: int) -> Iterator[LonLat | str]:
    if not isinstance(at, list) or depth == 0:
        yield NOWHERE
    elif len(at) > 1 and not isinstance(at[0], list):
        yield position(at[0], at[1])
    else:
        for part in at:
            yield from _points(part, depth - 1)


def overpass_rows(objects: Objects) -> Iterator[Row]:
    """Read the elements of an Overpass answer: nodes, and ways and relations by centre, bounds, geometry or nodes.

    Examples
    --------
    >>> way = {"type": "way", "id": 7, "center": {"lat": 60.2, "lon": 24.9}, "tags": {"man_made": "surveillance"}}
    >>> next(overpass_rows([(1, way)])).osm
    'osm/way/7'
    """
    nodes = {
        one["id"]: position(one.get("lon"), one.get("lat"))
        for _, value in objects
        if (one := _dict(value)).get("type") == "node" and type(one.get("id")) is int
    }
    for line, value in objects:
        element = _dict(value)
        osm = _osm_id(element.get("type"), element.get("id"))
        tags, stamp = _dict(element.get("tags")), element.get("timestamp")
        if osm is None:
            yield Row(line, wrong="is no node, way or relation with its number")
        elif not tags:
            yield Row(line, osm=osm)
        elif isinstance(at := _centre(element, nodes), str):
            yield Row(line, wrong=at)
        else:
            yield Row(line, at, _tags(tags), osm, stamp=stamp if isinstance(stamp, str) else None)


def _centre(element: Mapping[str, Any], nodes: Mapping[int, LonLat | str]) -> LonLat | str:
    if "lat" in element:
        return position(element.get("lon"), element["lat"])
    if centre := _dict(element.get("center")):
        return position(centre.get("lon"), centre.get("lat"))
    if box := _dict(element.get("bounds")):
        return middle(position(box.get(f"{side}lon"), box.get(f"{side}lat")) for side in ("min", "max"))
    parts = element.get("geometry")
    if isinstance(parts, list):
        return middle(position(part.get("lon"), part.get("lat")) for part in map(_dict, parts) if part)
    refs = element.get("nodes")
    return (
        middle(nodes[ref] for ref in refs if type(ref) is int and ref in nodes) if isinstance(refs, list) else NOWHERE
    )


def deflock_rows(objects: Objects) -> Iterator[Row]:
    """Read one of DeFlock's downloads: all as GeoJSON, or a region as a list; all of them read number plates.

    Examples
    --------
    >>> next(deflock_rows([(1, {"id": 7, "lat": 60.2, "lon": 24.9, "tags": {"direction": 90}})])).tags["direction"]
    '90'
    """
    for line, value in objects:
        one, properties = _dict(value), _properties(value)
        is_feature = "geometry" in one
        osm = _osm_id("node", (properties if is_feature else one).get("id"))
        at = _place(one["geometry"]) if is_feature else position(one.get("lon"), one.get("lat"))
        tags = {key: part for key, part in properties.items() if key != "id"} if is_feature else _dict(one.get("tags"))
        if osm is None:
            yield Row(line, wrong="has no number of a node")
        elif isinstance(at, str):
            yield Row(line, wrong=at)
        else:
            yield Row(line, at, {**_DEFLOCK_TAGS, **_tags(tags)}, osm)
