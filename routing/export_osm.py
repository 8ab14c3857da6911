"""What OpenStreetMap lacks: camera records in; a file for JOSM out, and a list of directions to add by hand.

Only OpenStreetMap tags go out. The file says ``upload="false"``: JOSM then asks before it uploads any of it, for each
point has to be looked at first; ``never`` would forbid even that
(https://josm.openstreetmap.de/wiki/Help/Action/Upload). Positions are WGS 84 degrees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from routing import optics
from routing.camera_rules import CONTROL
from routing.cameras import by_id
from routing.files import written_whole
from routing.nearness import near_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from routing.model import Camera

MOST_LETTERS: Final = 255  # of a key or value in OpenStreetMap
_OUR_KEYS = "sidestep:"
_NO_XML = re.compile("[\ufffe\uffff]")  # beside control characters, what XML 1.0 has no place for


@dataclass(frozen=True, slots=True)
class Lacking:
    """What OpenStreetMap could learn.

    Attributes
    ----------
    new
        Cameras that it has not, by id.
    directions
        Ids of cameras that it has, and whither they look, as tagged here.
    held_back
        Cameras that only one report or list tells of, or that are disputed.
    doubles
        Cameras near one that it has.
    """

    new: tuple[Camera, ...]
    directions: tuple[tuple[str, str], ...]
    held_back: int
    doubles: int


def lacking(cameras: Iterable[Camera], mapped: Iterable[Camera], *, unverified: bool = False) -> Lacking:
    """Compare records with the map.

    Parameters
    ----------
    cameras
        The records.
    mapped
        The cameras of a map extract; those of the records that are OpenStreetMap's are taken for mapped, too.
    unverified
        Take cameras that only one report or list tells of.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> tags = {"man_made": "surveillance"}
    >>> ours = [Camera("ss/abcdefghij", LonLat(24.9, 60.2), tags), Camera("osm/node/1", LonLat(24.9, 60.3), tags)]
    >>> [camera.id for camera in lacking(ours, []).new]
    ['ss/abcdefghij']
    """
    ours = sorted((one for one in cameras if one.status != "removed" and optics.is_camera(one.tags)), key=by_id)
    on_map = list(mapped)
    extract = {one.id: one for one in on_map}
    known = [*on_map, *(one for one in ours if one.id.startswith("osm/") and one.id not in extract)]
    near = _doubles(known, [one for one in ours if not one.id.startswith("osm/")])
    new: list[Camera] = []
    directions: dict[str, str] = {}
    held_back = doubles = 0
    for camera in ours:
        names = [name for name in _names(camera) if name.startswith("osm/")]
        doubled = [extract[name] for name in names if name in extract] or near.get(camera.id, [])
        directions.update((one.id, text) for one in doubled if (text := _adds(camera, one)) is not None)
        if names:
            continue
        if camera.status == "disputed" or (camera.status == "unverified" and not unverified):
            held_back += 1
        elif doubled:
            doubles += 1
        else:
            new.append(camera)
    return Lacking(tuple(new), tuple(sorted(directions.items())), held_back, doubles)


def _names(camera: Camera) -> list[str]:
    return [camera.id, *(origin.id for origin in camera.also)]


def _adds(ours: Camera, theirs: Camera) -> str | None:
    """Give the direction that is known here and not there."""
    if ours.status in ("disputed", "unverified") or optics.direction_known(theirs.tags):
        return None
    return next((ours.tags[key] for key in optics.DIRECTION_KEYS if optics.parse_directions(ours.tags.get(key))), None)


def _doubles(mapped: Sequence[Camera], ours: Sequence[Camera]) -> dict[str, list[Camera]]:
    """Find, by our ids, who may be the same: within 15 m, and both look one way or of one nobody knows whither."""
    every, count = [*mapped, *ours], len(mapped)
    looks = [optics.directions_of(camera.tags) for camera in every]
    doubles: dict[str, list[Camera]] = {}
    for one, other, _ in near_pairs(every, optics.DUPLICATE_M):
        alike = not looks[one] or not looks[other] or optics.look_alike(looks[one], looks[other])
        if one < count <= other and alike:
            doubles.setdefault(every[other].id, []).append(every[one])
    return doubles


def osm_tags(camera: Camera) -> dict[str, str]:
    """Keep the tags that OpenStreetMap can hold: not empty, at most 255 characters, none of ours.

    Examples
    --------
    >>> from routing.model import Camera, LonLat
    >>> osm_tags(Camera("ss/abcdefghij", LonLat(0, 0), {"b": "x" * 256, "a": " y "}))
    {'a': 'y'}
    """
    ours = (key for key in camera.tags if not key.startswith(_OUR_KEYS))
    clean = {_clean(key): _clean(camera.tags[key]) for key in ours}
    return {key: value for key, value in sorted(clean.items()) if key and value and _short(key) and _short(value)}


def _clean(text: str) -> str:
    return _NO_XML.sub(" ", CONTROL.sub(" ", text)).strip()


def _short(text: str) -> bool:
    return len(text) <= MOST_LETTERS


def write_josm(path: Path, cameras: Iterable[Camera]) -> None:
    """Write cameras as new nodes for JOSM, by id; whole or not at all.

    Raises
    ------
    OutsideError
        The disk refused.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from routing.model import Camera, LonLat
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_josm(Path(folder) / "new.osm", [Camera("ss/abcdefghij", LonLat(24.9, 60.2), {"a": "b"})])
    ...     print((Path(folder) / "new.osm").read_text().splitlines()[2])
      <node id="-1" action="modify" visible="true" lat="60.2000000" lon="24.9000000">
    """
    rows = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" upload="false">']
    for number, camera in enumerate(sorted(cameras, key=by_id), start=1):
        lon, lat = camera.lonlat
        rows.append(f'  <node id="-{number}" action="modify" visible="true" lat="{lat:.7f}" lon="{lon:.7f}">')
        tags = osm_tags(camera).items()
        rows += [f"    <tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags]
        rows.append("  </node>")
    with written_whole(path) as draft:
        draft.write_text("\n".join([*rows, "</osm>", ""]), encoding="utf-8", newline="\n")
