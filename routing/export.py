"""An area's edges or cameras as a file for other programs: GeoJSON, GraphML, GeoPackage, GeoParquet."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING, Any

from routing.camera_rules import SPECIAL
from routing.errors import BadUsageError, OutsideError
from routing.exposure import UNIT_E6, by_side
from routing.files import written_whole
from routing.hazard.hazards import hazard_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from routing.area import Area
    from routing.interchange import Graph

LAYERS = ("edges", "cameras")
_SUFFIX = {"geojson": ".geojson", "graphml": ".graphml", "geopackage": ".gpkg", "geoparquet": ".parquet"}
FORMATS = tuple(_SUFFIX)
_NUMBERS = ("length_m", "effort_m", "in_view_m", "risk", "risk_unmapped", "hazard")


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
    with written_whole(path, draft_name=f"draft{_SUFFIX[form]}") as draft:
        write(draft)


def edges_frame(area: Area) -> gpd.GeoDataFrame:
    """Give the directed edges: ``u``, ``v``, ``osm_way_id``, ``name``, ``length_m``, ``in_view_m``, ``risk`` and more.

    ``risk`` is -ln(1 - p), ``risk_unmapped`` the part of it by cameras that nobody mapped; ``hazard`` the recognitions
    to be expected if all mapped cameras were there and connected.
    """
    import geopandas as gpd

    rows = [
        {
            "u": u,
            "v": v,
            "osm_way_id": data["osmid"],
            "name": data.get("name"),
            "highway": data["highway"],
            **{name: data[name] for name in _NUMBERS},
            "geometry": data["geometry"],
        }
        for u, v, data in _graph_of(area).edges(data=True)
    ]
    return gpd.GeoDataFrame(rows, crs="EPSG:4326")


def _graph_of(area: Area) -> Graph:
    """Give the walk graph in osmnx's conventions, with all numbers that an edge has on its edges."""
    from routing.interchange import to_networkx

    graph = to_networkx(area.graph, area.in_view_dm, risk_e6=area.risk_e6)
    of_line = hazard_of(area.hazards, len(area.paths.share))
    hazard = by_side(area.graph, area.paths, of_line).mean(axis=1)
    edge_of = {
        (section, not forward): edge
        for edge, (section, forward) in enumerate(
            zip(area.graph.section.tolist(), area.graph.forward.tolist(), strict=True)
        )
    }
    for _, _, data in graph.edges(data=True):
        edge = edge_of[data["section"], data["reversed"]]
        data |= {f"{name}_m": data[f"{name}_dm"] / 10 for name in ("length", "effort", "in_view")}
        data |= {"risk_unmapped": float(area.unmapped_e6[edge]) / UNIT_E6, "hazard": float(hazard[edge])}
    return graph


def cameras_frame(area: Area) -> gpd.GeoDataFrame:
    """Give the cameras: the record of each, its tags as one JSON text, and how far it sees."""
    import json

    import geopandas as gpd
    import numpy as np
    import shapely

    columns: dict[str, list[object]] = {key: [getattr(camera, key) for camera in area.cameras] for key in SPECIAL}
    columns["gone"] = [";".join(camera.gone) for camera in area.cameras]
    columns["also"] = [";".join(origin.id for origin in camera.also) for camera in area.cameras]
    columns["reach_m"] = [view.reach_m for view in area.views]
    columns["tags"] = [json.dumps(dict(camera.tags), ensure_ascii=False, sort_keys=True) for camera in area.cameras]
    lonlat = np.array([camera.lonlat for camera in area.cameras], dtype=np.float64).reshape(-1, 2)
    return gpd.GeoDataFrame(columns, geometry=shapely.points(lonlat), crs="EPSG:4326")


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
            return partial(_write_geopackage, frame, layer, area.manifest.attribution)
        case _:
            return partial(_write_parquet, frame, area.manifest.attribution)


def _write_geojson(frame: gpd.GeoDataFrame, attribution: str, path: Path) -> None:
    import json

    collection: dict[str, Any] = frame.to_geo_dict(drop_id=True)
    path.write_text(json.dumps({"attribution": attribution} | collection, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_graphml(area: Area, path: Path) -> None:
    import osmnx as ox

    graph = _graph_of(area)
    graph.graph["attribution"] = area.manifest.attribution
    ox.save_graphml(graph, path)


def _write_geopackage(frame: gpd.GeoDataFrame, layer: str, attribution: str, path: Path) -> None:
    try:
        frame.to_file(path, driver="GPKG", layer=layer, layer_metadata={"attribution": attribution})
    except RuntimeError as error:  # GDAL's word for a disk that fails
        raise OutsideError(f"the GeoPackage cannot be written ({str(error).splitlines()[0]})") from error


def _write_parquet(frame: gpd.GeoDataFrame, attribution: str, path: Path) -> None:
    from pyarrow import parquet

    frame.to_parquet(path)
    table = parquet.read_table(path)
    parquet.write_table(table.replace_schema_metadata({**table.schema.metadata, "attribution": attribution}), path)
