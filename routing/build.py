"""From a map extract and camera files to an area: reads, joins and computes; planning never comes here."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from routing.area import Area, Manifest
from routing.area_folder import load
from routing.cameras import by_id, read_cameras
from routing.errors import BadFileError
from routing.geo import scale_at
from routing.hazard.parameters import AS_IT_IS, ModelFile
from routing.joining import believable, doubted, far_joined, names_of, union, vanished
from routing.looking import Ground, Progress, area_of, check_town, choose, look, silent
from routing.network import build_graph
from routing.osm import read_extract
from routing.revise import within_reach
from routing.surveys import read_surveys, surveyed_share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routing.mapdata import MapData
    from routing.model import BBox, Camera


def build_area(
    extract: Path | str,
    *,
    camera_files: Sequence[Path | str] = (),
    survey_files: Sequence[Path | str] = (),
    name: str | None = None,
    bbox: BBox | None = None,
    area_km2: float | None = None,
    before: Path | None = None,
    model_file: ModelFile = AS_IT_IS,
    jobs: int = 1,
    progress: Progress = silent,
    tell: Callable[[str], object] = lambda _: None,
) -> Area:
    """Build an area in memory.

    Parameters
    ----------
    extract
        A map extract, see :func:`routing.osm.read_extract`.
    camera_files
        Camera files whose cameras join those of the extract; a tombstone in one of them wins.
    survey_files
        Files of streets on which somebody looked for cameras.
    name, bbox
        Instead of the extract's own.
    area_km2
        Of the outline that the extract was cut by; ``None``: the box is all of it.
    before
        The folder of the last build: cameras that have vanished from the map since are told, disputed and kept.
    model_file
        What is changed of the exposure model, see :func:`routing.hazard.parameters.read_model`.
    jobs
        Processes that look out of cameras.
    progress
        Shows what is being done.
    tell
        Called with a line for each thing in the camera files that is not believed, or that somebody should look at.

    Returns
    -------
    Area

    Raises
    ------
    BadFileError
        If a file cannot be read.
    """
    extract = Path(extract)
    check_town(model_file)
    released = [camera for file in camera_files for camera in read_cameras(Path(file))]
    with progress(f"reading {extract.name}") as tick:
        data = read_extract(extract, within=bbox, progress=tick)
    box = bbox or data.bbox
    if box is None:  # an extract with ways has positions, and so a box
        raise BadFileError(f"{extract}: says of no place where it is")
    with progress("joining ways at junctions"):
        graph = build_graph(data)
    known, lost, far = _in_use(data, released, box, before)
    for line in far:
        tell(line)
    surveys = [survey for file in survey_files for survey in read_surveys(Path(file))]
    ground = Ground(data, graph, within_reach(box, known), surveys)
    choice = choose(model_file, box)
    built = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    seen = look(ground, choice, built[:7], jobs=jobs, progress=progress)
    manifest = Manifest(
        name=name or data.name,
        built=built,
        osm_date=data.osm_date,
        bbox=box,
        area_km2=_area_km2(box) if area_km2 is None else area_km2,
        counts=_counts(ground, box),
        problems=dict(sorted(data.problems.items())),
        vanished=tuple(camera.id for camera in lost),
        model=choice.model.rows(),
        changed=tuple(sorted(model_file.rows)),
        region=choice.region,
        unmapped=seen.unmapped,
        surveyed_share=surveyed_share(graph, surveys),
    )
    return area_of(manifest, ground, seen)


def _in_use(
    data: MapData, released: Sequence[Camera], box: BBox, before: Path | None
) -> tuple[tuple[Camera, ...], tuple[Camera, ...], list[str]]:
    """Give the cameras that count, those that have left the map since the last build, and lines that tell what is odd.

    What has vanished from the map is disputed and stays: who takes a camera off the map shall not blind anybody. Nor
    shall who puts a line into a camera file.
    """
    month = (data.osm_date or "")[:7] or None
    older = _cameras_of(before) if before is not None else ()
    believed, far = believable(released, (*data.cameras, *older))
    known = union(data.cameras, believed)
    lines = [
        f"{name} stands {metres:,.0f} m from where {by} takes it for its own: not believed, it stays; look at {by}"
        for name, by, metres in far
    ]
    lines += [
        f"{name} stands {metres:,.0f} m from where the map has it, by the word of a camera file; look at {by}"
        for name, by, metres in far_joined(data.cameras, known)
    ]
    here = tuple(camera for camera in known if box.holds(camera.lonlat))
    doubted_here = {camera.id: camera for camera in doubted(here, data.cameras, month)}
    known = tuple(doubted_here.get(camera.id, camera) for camera in known)
    # what a tombstone or a smaller box took away has not vanished from the map, nor has what no map ever had
    buried = {name for camera in believed if camera.status == "removed" for name in names_of(camera)}
    last = [one for one in older if one.source == "osm" and one.id not in buried and box.holds(one.lonlat)]
    lost = vanished(last, known)
    return tuple(sorted((*known, *doubted(lost, (), month)), key=by_id)), lost, lines


def with_basemap(area: Area, extract: Path | str, *, progress: Progress = silent) -> Area:
    """Draw the map of an area that was built from an extract, and give the area with it.

    Raises
    ------
    BadFileError
        If the extract cannot be read.
    OutsideError
        If a map cannot be drawn on this system, or the disk is full.
    """
    from routing.basemap import draw

    with progress("drawing the basemap") as tick:
        manifest = area.manifest
        content = draw(Path(extract), manifest.bbox, name=manifest.name, progress=tick)
    # the hashes are of the files that were read, not of those to come
    return dataclasses.replace(area, manifest=dataclasses.replace(manifest, files={}), basemap_given=content)


def _cameras_of(folder: Path) -> tuple[Camera, ...]:
    """Read the cameras of the area that is about to be replaced; none if there is none, or a broken one."""
    try:
        return load(folder).cameras
    except BadFileError:
        return ()


def _area_km2(box: BBox) -> float:
    scale = scale_at((box.south + box.north) / 2)
    return float((box.east - box.west) * scale.lon_m * (box.north - box.south) * scale.lat_m) / 1e6


def _counts(ground: Ground, box: BBox) -> dict[str, int]:
    data, graph, cameras, _ = ground
    inside = sum(box.holds(camera.lonlat) for camera in cameras)
    return {
        "nodes": graph.node_count,
        "directed edges": graph.edge_count,
        "walkable km": round(graph.walkable_km),
        "cameras": inside,
        "cameras just outside": len(cameras) - inside,
        "buildings": len(data.buildings),
        "doors": len(data.doors),
        "waters": len(data.water),
        "greens": len(data.green),
        "places and addresses": len(data.places),
    }
