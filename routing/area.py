"""An area: what is built once from a map and cameras, never changed afterwards, and all that planning reads.

:mod:`routing.area_folder` keeps it on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping  # noqa: TC003  # msgspec reads the annotations of Manifest
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from routing.cameras import coverage
from routing.errors import BadFileError
from routing.exposure import Paths, mean_e6, paths_in
from routing.geo import scale_at
from routing.grid import entries_of, in_cells_of
from routing.hazard.eyes import SEARCH_M, places_within_m
from routing.hazard.facades import LOOK_M
from routing.hazard.hazards import certainty
from routing.hazard.parameters import Model, model, together
from routing.hazard.pavements import SIDE_M, lines_along
from routing.hazard.walked import ByLine, by_line
from routing.hazard.walls import Walls, walls_from
from routing.model import ATTRIBUTION, BBox, Camera, Coverage, Place, View
from routing.optics import view_of
from routing.places import from_json
from routing.plans import Assumed, Range
from routing.score import Spread
from routing.search.network import Network, weigh
from routing.snap import segments_of

if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from routing.graph import WalkGraph
    from routing.hazard.hazards import Hazards
    from routing.hazard.rates import Lines
    from routing.snap import Segments

_Made = TypeVar("_Made")

FORMAT = 3  # of the folder; another one is refused
BASEMAP = "basemap.pmtiles"
_CELL_M = 100.0  # of the grid of segments: what people wish to avoid is larger than a house


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What is assumed of the cameras that nobody mapped in an area.

    Attributes
    ----------
    town
        The kind of town (routing/prior/towns.py); ``""`` where nothing is assumed.
    cameras
        How many on open ways: low, default, high.
    open_factor, enclosed_factor
        What to multiply the risk by them by, for the low and the high estimate.
    enclosed_per_m
        Risk of a metre of corridor or underpass; a metre among cars counts as much, so that no camera is dodged there.
    """

    town: str = ""
    cameras: tuple[float, float, float] = (0.0, 0.0, 0.0)
    open_factor: tuple[float, float] = (1.0, 1.0)
    enclosed_factor: tuple[float, float] = (1.0, 1.0)
    enclosed_per_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an area is made of.

    Attributes
    ----------
    built
        Day, ``YYYY-MM-DD``.
    osm_date
        Day of the map data, ``None`` if the extract does not say.
    counts
        How many of each thing the map holds; ``problems``: how often it was incomplete.
    vanished
        Ids of cameras that the last build of the same area had and this one has not.
    model
        The rows of the exposure model that it was built with: low, default, high; of none, those of the table.
    changed
        Names of the rows that a model file changed; ``region``: whose rows it has.
    month
        In which records are believed, ``YYYY-MM``; ``None``: when it was built.
    unmapped
        What is assumed of the cameras that nobody mapped.
    surveyed_share
        Share of the walkable length on which somebody looked for cameras; ``None`` if nobody has told.
    cameras_month
        Month, ``YYYY-MM``, in which the cameras were last changed; ``None``: when it was built.
    files
        sha256 of every other file.
    """

    name: str
    built: str
    osm_date: str | None
    bbox: BBox
    area_km2: float
    counts: Mapping[str, int]
    problems: Mapping[str, int]
    vanished: tuple[str, ...] = ()
    model: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    region: str = ""
    month: str | None = None
    unmapped: Unmapped = Unmapped()
    surveyed_share: float | None = None
    cameras_month: str | None = None
    attribution: str = ATTRIBUTION
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class Area:
    """An area in memory; load one with :func:`routing.area_folder.load`.

    Attributes
    ----------
    in_view_dm
        int32 [edge], decimetres of each directed edge in view of a camera.
    side_e6
        int32 [edge, 2], 1e-6 of -ln(1 - p), p the chance to be recognised there by a mapped or an unmapped camera, on
        the left and on the right of who walks it.
    unmapped_side_e6
        int32 [edge, 2], the part of it by cameras that nobody mapped.
    surveyed
        float32 [section], the share on which somebody looked for cameras.
    wall_ends
        float64 [wall, 4], degrees, see :class:`routing.hazard.walls.Walls`.
    hazards
        What each camera does on each line of :attr:`paths`, by position in ``cameras``.
    cameras
        Those that count, in the order of their ids; some stand outside the box and look into it.
    places_json, basemap_given
        The list of places and the basemap as they were read, for :attr:`places` and :attr:`basemap`.
    folder
        Where it was loaded from, ``None`` if it was made in memory.
    """

    manifest: Manifest
    graph: WalkGraph
    in_view_dm: NDArray[np.int32]
    side_e6: NDArray[np.int32]
    unmapped_side_e6: NDArray[np.int32]
    surveyed: NDArray[np.float32]
    wall_ends: NDArray[np.float64]
    hazards: Hazards
    cameras: tuple[Camera, ...]
    places_given: tuple[Place, ...] | None = None
    folder: Path | None = None
    places_json: bytes | None = None
    basemap_given: mmap.mmap | bytes | None = None

    @cached_property
    def views(self) -> tuple[View, ...]:
        """Give what each camera has in view if nothing stands between, in the order of ``cameras``."""
        views = (view_of(camera.tags) for camera in self.cameras)
        return tuple(view if view is not None else View(0.0) for view in views)

    @cached_property
    def model(self) -> Model:
        """Give the exposure model that the area was built with."""
        return model(self.manifest.model)

    @cached_property
    def estimates(self) -> Model:
        """Give the columns of the model that low and high numbers are told by."""
        return together(self.model)

    @property
    def month(self) -> str:
        """Give the month for which it is told how likely cameras still stand, ``YYYY-MM``."""
        return self.manifest.month or self.manifest.built[:7]

    @cached_property
    def walls(self) -> Walls:
        """Give the walls that stand in the way of sight, and a grid over them."""
        return walls_from(self.wall_ends)

    @cached_property
    def risk_e6(self) -> NDArray[np.int32]:
        """Give the risk of each directed edge, int32 [edge], 1e-6 of -ln(1 - p): the mean of both sides."""
        return mean_e6(self.side_e6)

    @cached_property
    def unmapped_e6(self) -> NDArray[np.int32]:
        """Give the part of it by cameras that nobody mapped, int32 [edge]."""
        return mean_e6(self.unmapped_side_e6)

    @cached_property
    def paths(self) -> Paths:
        """Give the lines on which people walk."""
        return paths_in(self.graph)

    @cached_property
    def lines(self) -> Lines:
        """Give those lines in the pieces that the model looks at."""
        return lines_along(self.paths.ways, self.walls)

    @cached_property
    def sure(self) -> NDArray[np.float64]:
        """Give the chance that each camera is there, connected and matches at all, float64 [camera]."""
        return certainty(self.cameras, self.month, self.model.default)

    @cached_property
    def spread(self) -> Spread:
        """Give low and high estimates of the risk by cameras that nobody mapped."""
        told = self.manifest.unmapped
        return Spread(*(Range(low, 1.0, high) for low, high in (told.open_factor, told.enclosed_factor)))

    @cached_property
    def hazards_by_line(self) -> ByLine:
        """Give what cameras do, by line, for many walks at once."""
        return by_line(self.hazards, len(self.paths.share))

    @cached_property
    def camera_lonlat(self) -> NDArray[np.float64]:
        """Give where cameras are said to stand, float64 [camera, 2], degrees."""
        return np.array([camera.lonlat for camera in self.cameras], dtype=np.float64).reshape(-1, 2)

    def once(self, make: Callable[[Area], _Made]) -> _Made:
        """Give what is made of the area; made when first asked for and kept, but not handed on to revised ones."""
        things = self._made
        if make not in things:  # two threads may both make it, and both make the same
            things[make] = make(self)
        made: _Made = things[make]
        return made

    @cached_property
    def _made(self) -> dict[Callable[[Area], Any], Any]:
        return {}

    def margin_deg(self) -> NDArray[np.float64]:
        """Give how far at most what a camera sees lies from where it is said to stand, float64 [2], degrees."""
        scale = scale_at(max(self.manifest.bbox.south, self.manifest.bbox.north, key=abs))  # where a degree is least
        most_m = max(map(places_within_m, self.model.columns()))
        # a camera hangs on a façade as far as one is looked for, and one walks beside the line of a street
        reach_m = SEARCH_M + most_m + LOOK_M + SIDE_M
        return reach_m / np.array([float(scale.lon_m), float(scale.lat_m)])

    def cameras_near(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[Camera, ...]:
        """Give the cameras that may see into any of some boxes, float64 [box, 2], south-west and north-east corners."""
        margin = self.margin_deg()
        near = in_cells_of(entries_of(low - margin, high + margin, cell_m=_CELL_M), self.camera_lonlat)
        return tuple(self.cameras[one] for one in np.flatnonzero(near).tolist())

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Give everything in the area that has a name or an address."""
        if self.places_given is not None or self.places_json is None:
            return self.places_given or ()
        return from_json(self.places_json)

    @cached_property
    def basemap(self) -> mmap.mmap | bytes | None:
        """Give the map to draw beneath walks, a PMTiles archive, or ``None``; it is checked when first asked for.

        Raises
        ------
        BadFileError
            If it is damaged.
        """
        wanted = self.manifest.files.get(BASEMAP)  # of an area in memory nothing is written there
        if self.basemap_given is not None and wanted is not None:
            check(self.folder, BASEMAP, self.basemap_given, wanted)
        return self.basemap_given

    @property
    def segments(self) -> Segments:
        """Give the straight segments of all ways, sorted by where they lie."""
        return self.graph.once(segments_of)

    @cached_property
    def coverage(self) -> Coverage:
        """Give what is known of the cameras that stand in the area."""
        inside = [camera for camera in self.cameras if self.manifest.bbox.holds(camera.lonlat)]
        known = coverage(self.manifest.name, self.manifest.osm_date, inside, self.manifest.area_km2)
        return replace(known, surveyed_share=self.manifest.surveyed_share)

    @cached_property
    def assumed(self) -> Assumed:
        """Give which numbers of the exposure model it was built with."""
        told = self.manifest
        changed = {name: told.model[name] for name in told.changed if name in told.model}
        return Assumed(told.region, told.unmapped.town, changed)

    @cached_property
    def network(self) -> Network:
        """Give what a search reads."""
        return weigh(self.graph, self.risk_e6, self.manifest.unmapped.enclosed_per_m)

    @cached_property
    def ground(self) -> Network:
        """Give the same without a mapped camera, which is never more: its bounds serve with any cameras."""
        return weigh(self.graph, self.unmapped_e6, self.manifest.unmapped.enclosed_per_m)

    @cached_property
    def network_of_sides(self) -> Network:
        """Give what a search reads for who keeps to the better side of each street."""
        return weigh(self.graph, self.side_e6.min(axis=1), self.manifest.unmapped.enclosed_per_m)


def check(folder: Path | None, name: str, content: mmap.mmap | bytes, wanted: str) -> None:
    """Refuse content that is not what the manifest says.

    Raises
    ------
    BadFileError
        If it is damaged.
    """
    if hashlib.sha256(content).hexdigest() != wanted:
        raise BadFileError(f"{folder}: {name} is damaged; build the area again (sidestep area build)")
