"""An area's edges or cameras as a file for other programs: GeoJSON, GraphML, GeoPackage, GeoParquet."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routing.errors import BadUsageError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from routing.area import Area

LAYERS = ("edges", "cameras")
_SUFFIX = {"geojson": ".geojson", "graphml": ".graphml", "geopackage": ".gpkg", "geoparquet": ".parquet"}
FORMATS = tuple(_SUFFIX)


def export(area: Area, path: Path, *, layer: str, form: str) -> None:
    """Write a layer of an area, whole or not at all.

    Parameters
    ----------
    layer
        One of :data:`LAYERS`. ``edges``: one feature per directed edge, its line in walking order.
    form
        One of :data:`FORMATS`.

    Raises
    ------
    BadUsageError
        If the layer has no such form, or the library for it is not installed.
    OutsideError
        If the file cannot be written.
    """
    write = _writer(area, layer, form)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as room:
            draft = Path(room) / f"draft{_SUFFIX[form]}"
            write(draft)
            os.replace(draft, path)  # noqa: PTH105  # replaces on every system
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written ({error.strerror or error})") from error


def edges_frame(area: Area) -> gpd.GeoDataFrame:
    """Give the directed edges: ``u``, ``v``, ``osm_way_id``, ``name``, ``length_m``, ``in_view_m`` and more."""
    import geopandas as gpd

    from routing.interchange import to_networkx

    rows = [
        {
            "u": u,
            "v": v,
            "osm_way_id": data["osmid"],
            "name": data.get("name"),
            "highway": data["highway"],
            "length_m": data["length_dm"] / 10,
            "effort_m": data["effort_dm"] / 10,
            "in_view_m": data["in_view_dm"] / 10,
            "geometry": data["geometry"],
        }
        for u, v, data in to_networkx(area.graph, area.in_view_dm).edges(data=True)
    ]
    return gpd.GeoDataFrame(rows, crs="EPSG:4326")


def cameras_frame(area: Area) -> gpd.GeoDataFrame:
    """Give the cameras: the record of each, its tags as one JSON text, and how far it sees."""
    import json

    import geopandas as gpd
    import shapely

    columns = (
        "id",
        "source",
        "status",
        "fr",
        "first_seen",
        "last_seen",
        "confirmations",
        "evidence",
        "reach_m",
        "tags",
    )
    rows = [
        (c.id, c.source, c.status, c.fr, c.first_seen, c.last_seen, c.confirmations, c.evidence, view.reach_m,
         json.dumps(dict(c.tags), ensure_ascii=False, sort_keys=True))
        for c, view in zip(area.cameras, area.views, strict=True)
    ]  # fmt: skip
    points = shapely.points([camera.lonlat for camera in area.cameras] or [[]][:0])
    return gpd.GeoDataFrame(dict(zip(columns, zip(*rows, strict=True), strict=False)), geometry=points, crs="EPSG:4326")


def _writer(area: Area, layer: str, form: str) -> Callable[[Path], None]:
    if form == "graphml":
        if layer != "edges":
            raise BadUsageError("GraphML holds graphs: export the edges, or the cameras in another format")
        return lambda path: _write_graphml(area, path)
    if form == "geoparquet" and importlib.util.find_spec("pyarrow") is None:  # geopandas would say so at length
        raise BadUsageError("GeoParquet needs one more library: pip install 'sidestep[parquet]'")
    frame = edges_frame(area) if layer == "edges" else cameras_frame(area)
    match form:
        case "geojson":
            return lambda path: _write_geojson(frame, area.manifest.attribution, path)
        case "geopackage":
            return lambda path: frame.to_file(path, driver="GPKG", layer=layer)
        case _:
            return partial(_write_parquet, frame)


def _write_geojson(frame: gpd.GeoDataFrame, attribution: str, path: Path) -> None:
    import json

    collection: dict[str, Any] = frame.to_geo_dict(drop_id=True)
    path.write_text(json.dumps({"attribution": attribution} | collection, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_graphml(area: Area, path: Path) -> None:
    import osmnx as ox

    from routing.interchange import to_networkx

    graph = to_networkx(area.graph, area.in_view_dm)
    graph.graph["attribution"] = area.manifest.attribution
    ox.save_graphml(graph, path)


def _write_parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    frame.to_parquet(path)
