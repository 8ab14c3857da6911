"""A place by name, or a box, from OpenStreetMap's services into an ordinary extract file.

osmnx speaks with Nominatim and Overpass; what Overpass sends becomes one ``.osm.pbf`` in the user's cache, read later
like any other extract. How they are asked is told in services.py.

What leaves this machine: the place name to Nominatim, the outline of the place to Overpass, nothing else. Neither is
ever logged, nor repeated in an error.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from routing.errors import BadUsageError, OutsideError, PlaceError
from routing.files import written_whole
from routing.model import BBox
from routing.services import (
    DEFAULT_SERVICES,
    Guard,
    Patience,
    Services,
    agent,
    ask,
    await_slot,
    check_nominatim,
    check_overpass,
    osmnx_settings,
    position_of,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapely import MultiPolygon, Polygon

# What is asked of Overpass (https://wiki.openstreetmap.org/wiki/Map_features). ``True``: the key with any value.
# Every relation that matches comes with all its ways and their nodes, however far they go: hence no ``waterway=river``
# or ``canal`` (one Danube is 2,850 km; in towns their water is ``natural=water`` as well) and no administrative areas.
TAGS: Final[dict[str, bool | str | list[str]]] = {
    "highway": True,
    "building": True,
    "entrance": True,
    "door": True,
    "barrier": True,
    "addr:housenumber": True,
    "amenity": True,
    "shop": True,
    "tourism": True,
    "leisure": True,
    "historic": True,
    "office": True,
    "man_made": ["surveillance", "pier", "bridge"],
    "landuse": ["grass", "forest", "meadow", "recreation_ground", "cemetery", "village_green", "basin"],
    "natural": ["water", "coastline", "wood", "scrub", "beach", "grassland", "heath"],
    "waterway": ["stream", "ditch", "dock", "riverbank"],
    "railway": ["station", "halt", "subway_entrance", "tram_stop", "platform", "rail", "tram", "subway"],
    "public_transport": ["station", "platform"],
    "route": ["ferry"],
    "place": ["square", "suburb", "neighbourhood", "quarter", "locality", "village", "hamlet", "town"],
}
MAX_AREA_KM2 = 2500.0
KEEP_DAYS = 30
MIN_AREA_KM2 = 0.1  # a place smaller than that (a house, a square) is no area to walk in: taken as a point
POINT_RADIUS_M = 1000.0  # taken round a place that the map knows as a point
MAX_CORNERS = 40  # the outline goes into the query once for each tag, some 140 times
MAX_NAME = 200
EARTH_RADIUS_KM = 6371.0
_AREA = re.compile(r"\(area (\d+\.\d+) km2\)")  # in the header of an extract of ours, after who wrote it
MAX_LAT = 84.0  # the end of UTM, in which osmnx works


@dataclass(frozen=True, slots=True)
class Download:
    """An extract in the cache.

    Attributes
    ----------
    bbox
        Round what was asked for; ways that cross its edge are whole.
    area_km2
        Of what was asked for: of the outline of a place, not of the box round it.
    osm_date
        Day of the map data, ``YYYY-MM-DD``, ``None`` if the server did not say.
    """

    path: Path
    name: str
    bbox: BBox
    area_km2: float
    osm_date: str | None


def _quiet(_line: str) -> None:
    """Report to nobody."""


def fetch_place(
    name: str, cache_dir: Path, *, services: Services = DEFAULT_SERVICES, report: Callable[[str], None] = _quiet
) -> Download:
    """Get the extract of a place by its name, from the cache or else from Nominatim and Overpass.

    Parameters
    ----------
    name
        As one would type it into a map, e.g. ``Kallio, Helsinki``.
    cache_dir
        The extract goes to ``extracts`` in it and is used again for 30 days, without any request.
    report
        Called with lines for people: what is done, what is waited for.

    Raises
    ------
    PlaceError
        Nobody knows the place, or nothing there is walkable.
    BadUsageError
        The place is too large.
    OutsideError
        A service, the network or the disk failed.

    Examples
    --------
    >>> fetch_place("Kallio, Helsinki", Path("cache")).path  # doctest: +SKIP
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise BadUsageError(f"a place name has 1 to {MAX_NAME} letters; type it as on a map, with its city or country")
    path = _extract_path(cache_dir, name, "place", name.casefold(), services.nominatim_url, services.overpass_url)
    found = _kept(path, name, report)
    if found:
        return found
    with _workroom(cache_dir, services) as folder:
        place = _geocode(name, folder, services, report)
        return _download(_outline(place), _check_area(place), path, name, folder, services, report)


def fetch_bbox(
    box: BBox,
    cache_dir: Path,
    *,
    name: str | None = None,
    services: Services = DEFAULT_SERVICES,
    report: Callable[[str], None] = _quiet,
) -> Download:
    """Get the extract of a box, from the cache or else from Overpass.

    Parameters and errors are those of `fetch_place`; a box that is none is a `BadUsageError`.

    Examples
    --------
    >>> fetch_bbox(BBox(24.94, 60.16, 24.96, 60.18), Path("cache")).osm_date  # doctest: +SKIP
    """
    import shapely

    sides = (box.west, box.south, box.east, box.north)
    if not all(map(math.isfinite, sides)) or max(map(abs, sides[::2])) > 180 or max(map(abs, sides[1::2])) > MAX_LAT:  # noqa: PLR2004 - degrees
        raise BadUsageError(f"a box needs four numbers W,S,E,N in degrees, latitudes up to {MAX_LAT:.0f}")
    if box.west >= box.east or box.south >= box.north:
        raise BadUsageError("the box is empty or turned round: its order is W,S,E,N, with W below E and S below N")
    shape = shapely.box(*sides)
    area_km2 = _check_area(shape)
    path = _extract_path(cache_dir, name or "box", "box", shape.wkb_hex, services.overpass_url)
    name = name or path.name.removesuffix(".osm.pbf")
    found = _kept(path, name, report)
    if found:
        return found
    with _workroom(cache_dir, services) as folder:
        return _download(shape, area_km2, path, name, folder, services, report)


# --- the cache ---


def _extract_path(cache_dir: Path, name: str, *key: str) -> Path:
    slug = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")[:40] or "place"
    digest = sha256(json.dumps([TAGS, *key], sort_keys=True).encode()).hexdigest()[:12]
    return cache_dir / "extracts" / f"{slug}-{digest}.osm.pbf"


def _kept(path: Path, name: str, report: Callable[[str], None]) -> Download | None:
    try:
        age_days = (time.time() - path.stat().st_mtime) / 86400
        if age_days <= KEEP_DAYS:
            found = _describe(path, name)
            report(f"map data from the cache, fetched {max(age_days, 0):.0f} days ago")
            return found
    except (OSError, RuntimeError):  # not there, or not readable: fetched anew
        return None
    report(f"the cached map data is older than {KEEP_DAYS} days and is fetched again")
    return None


def _describe(path: Path, name: str) -> Download:
    import osmium
    import shapely

    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
        low, high = header.box().bottom_left, header.box().top_right
        day = header.get("osmosis_replication_timestamp")[:10]
        told = _AREA.search(header.get("generator"))
    box = BBox(low.lon, low.lat, high.lon, high.lat)
    area_km2 = float(told[1]) if told else _check_area(shapely.box(box.west, box.south, box.east, box.north))
    return Download(path, name, box, area_km2, day or None)


@contextmanager
def _workroom(cache_dir: Path, services: Services) -> Iterator[Path]:
    """Give an empty folder that vanishes; turn a failing disk into one line."""
    for url in (services.nominatim_url, services.overpass_url):
        if not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
            raise BadUsageError("the address of a service must begin with https:// or http:// and name a host")
    try:
        (cache_dir / "extracts").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".query-", dir=cache_dir) as folder:
            yield Path(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutsideError(f"cannot write to the cache folder {cache_dir}: {reason}; free or name another") from None


# --- the shape to ask for ---


def _check_area(shape: Polygon | MultiPolygon) -> float:
    import numpy as np
    import shapely

    # Lambert's cylinder keeps areas, and unlike a geodesic it does not take a box round the world for an empty one
    flat = shapely.transform(shape, lambda at: np.column_stack([np.radians(at[:, 0]), np.sin(np.radians(at[:, 1]))]))
    area_km2 = float(flat.area) * EARTH_RADIUS_KM**2
    if area_km2 > MAX_AREA_KM2:
        raise BadUsageError(
            f"the area has {area_km2:,.0f} km², more than the {MAX_AREA_KM2:,.0f} km² that may be asked of a public "
            "server; name a smaller place, or download an extract file (download.geofabrik.de) and give that"
        )
    return area_km2


def _outline(shape: Polygon | MultiPolygon) -> Polygon:
    """Return a shape of few corners round a place, a little larger rather than smaller."""
    from osmnx import projection
    from shapely import Polygon

    _check_area(shape)
    flat, crs = projection.project_geometry(shape if shape.is_valid else shape.buffer(0))
    if flat.geom_type != "Polygon":  # osmnx would take the hull, even round an island far off
        hull = flat.convex_hull
        flat = hull if hull.area <= 2 * flat.area else max(flat.geoms, key=lambda part: part.area)
    whole = small = Polygon(flat.exterior)
    tolerance_m = 5.0
    while len(small.exterior.coords) > MAX_CORNERS:
        tolerance_m *= 2
        rough = whole.simplify(tolerance_m).buffer(1.1 * tolerance_m, join_style="mitre", mitre_limit=2.0)
        small = Polygon(rough.exterior) if tolerance_m < 5000 else whole.envelope  # noqa: PLR2004 - then a box will do
    outline, _ = projection.project_geometry(small, crs=crs, to_latlong=True)
    _check_area(outline)
    return outline


# --- asking ---


def _geocode(name: str, folder: Path, services: Services, report: Callable[[str], None]) -> Polygon | MultiPolygon:
    """Ask for the outline of a place; round a place without one, or hardly larger than a house, take a box."""
    import osmnx
    import shapely

    where = f"Nominatim at {urlsplit(services.nominatim_url).hostname}"
    report(f"asking {where} for the outline of the place")
    patience = Patience(where, services.max_wait_s, report)
    with osmnx_settings(services, folder, Guard(where, check_nominatim)):
        try:
            try:
                row = ask(lambda: osmnx.geocode_to_gdf(name), patience).iloc[0]
                report(f"found: {row.get('display_name', name)}")
                if _check_area(row.geometry) >= MIN_AREA_KM2:
                    return row.geometry
                lat, lon = float(row["lat"]), float(row["lon"])
            except TypeError:  # osmnx's way of saying that there is no polygon among the answers
                lat, lon = ask(lambda: osmnx.geocode(name), patience)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            raise OutsideError(f"{where} answered with data that is not understood; try again later") from None
    if not (abs(lat) <= MAX_LAT and abs(lon) < 179.9):  # noqa: PLR2004 - degrees, and the box must not cross over
        raise PlaceError("that place lies at a pole or at the date line, which is not served; name another")
    report(f"that place is a point on the map, or little more: taking {POINT_RADIUS_M:.0f} m to every side of it")
    return shapely.box(*osmnx.utils_geo.bbox_from_point((lat, lon), dist=POINT_RADIUS_M))


def _query(shape: Polygon, folder: Path, services: Services, report: Callable[[str], None]) -> str:
    """Let osmnx put Overpass's answers into the folder; return who that was."""
    import osmnx

    where = f"Overpass at {urlsplit(services.overpass_url).hostname}"
    patience = Patience(where, services.max_wait_s, report)
    report(f"asking {where} for the map of {_check_area(shape):,.1f} km²; this can take minutes")

    def question() -> None:
        await_slot(services, patience)
        try:
            osmnx.features_from_polygon(shape, TAGS)
        except InterruptedError:  # CacheOnlyInterruptError, which osmnx does not export: all answers are in the folder
            return

    with osmnx_settings(services, folder, Guard(where, check_overpass)):
        try:
            ask(question, patience)
        except (KeyError, IndexError, TypeError, ValueError):
            raise OutsideError(f"{where} answered with data that is not understood; try again later") from None
    return where


# --- from answers to an extract ---


def _download(
    shape: Polygon,
    area_km2: float,
    path: Path,
    name: str,
    folder: Path,
    services: Services,
    report: Callable[[str], None],
) -> Download:
    where = _query(shape, folder, services, report)
    elements = _Elements()
    for file in sorted(folder.glob("*.json")):
        answer = json.loads(file.read_text("utf-8"))
        if isinstance(answer, dict):  # the lists are Nominatim's
            try:
                elements.add(answer)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise OutsideError(f"{where} sent map data of an unknown shape; try again or another server") from None
    if not any("highway" in way.tags for way in elements.ways.values()):
        raise PlaceError("the map shows no way to walk there; name another place or a larger one")
    elements.write(path, BBox(*shape.bounds), area_km2)
    report(f"{len(elements.ways):,} ways and {len(elements.nodes):,} points received")
    return _describe(path, name)


class _Elements:
    """What Overpass sent, every node, way and relation once."""

    def __init__(self) -> None:
        self.nodes: dict[int, Any] = {}
        self.ways: dict[int, Any] = {}
        self.relations: dict[int, Any] = {}
        self.stamps: list[str] = []

    def add(self, answer: dict[str, Any]) -> None:
        from osmium.osm import mutable

        stamp = str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp):
            self.stamps.append(stamp)
        for one in answer["elements"]:
            ref, kind = whole_number(one["id"]), one["type"]
            tags = {str(key): str(value) for key, value in one.get("tags", {}).items()}
            if kind == "node":
                self.nodes[ref] = mutable.Node(id=ref, tags=tags, location=position_of(one))
            elif kind == "way":
                self.ways[ref] = mutable.Way(id=ref, tags=tags, nodes=[whole_number(node) for node in one["nodes"]])
            elif kind == "relation":
                members = [
                    ({"node": "n", "way": "w", "relation": "r"}[m["type"]], whole_number(m["ref"]), str(m["role"]))
                    for m in one["members"]
                ]
                self.relations[ref] = mutable.Relation(id=ref, tags=tags, members=members)

    def write(self, path: Path, box: BBox, area_km2: float) -> None:
        """Write all, sorted; the file is whole or is not there."""
        import osmium

        header = osmium.io.Header()
        header.set("generator", f"{agent()} (area {area_km2:.6f} km2)")
        header.add_box(osmium.osm.Box(box.west, box.south, box.east, box.north))
        if self.stamps:
            header.set("osmosis_replication_timestamp", min(self.stamps))
        try:
            with written_whole(path) as part, osmium.SimpleWriter(str(part), header=header) as writer:
                for add, found in (
                    (writer.add_node, self.nodes),
                    (writer.add_way, self.ways),
                    (writer.add_relation, self.relations),
                ):
                    for ref in sorted(found):
                        add(found[ref])
        except RuntimeError:  # osmium's word for a disk that fails
            raise OutsideError(f"cannot write {path}; free some space there or name another cache folder") from None
