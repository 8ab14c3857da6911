"""What cameras do in an area that is being built: walls are drawn, and all cameras looked out of, mapped or not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from routing.area import Area, Unmapped
from routing.exposure import Paths, by_side, in_view_dm, paths_in, side_e6, that_count, whole_e6
from routing.hazard.hazards import certainty
from routing.hazard.parameters import model, together
from routing.hazard.pavements import lines_along
from routing.hazard.tiles import hazards_in_tiles, some_of
from routing.hazard.walls import walls_from
from routing.model import BBox
from routing.outlines import outline_walls
from routing.prior.risk import effort_of, enclosed_rates, factors_of, prior_of
from routing.prior.sites import sites_of
from routing.prior.towns import TOWNS, town_of
from routing.surveys import surveyed_sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from routing.area import Manifest
    from routing.graph import WalkGraph
    from routing.hazard.hazards import Hazards
    from routing.hazard.parameters import Model, ModelFile
    from routing.hazard.rates import Lines
    from routing.hazard.walls import Walls
    from routing.mapdata import MapData
    from routing.model import Camera, Survey
    from routing.prior.towns import Town


class Progress(Protocol):
    """Opens a progress bar for one piece of work: what it is, and how many units (``None``: nobody knows)."""

    def __call__(self, what: str, total: int | None = None) -> AbstractContextManager[Callable[[int], object]]:
        """Give a context whose value is called with the units done since the last call."""


@contextmanager
def silent(what: str, total: int | None = None) -> Iterator[Callable[[int], object]]:  # noqa: ARG001  # as bars
    """Show no progress."""
    yield lambda _: None


class Choice(NamedTuple):
    """The exposure model of a place."""

    model: Model
    region: str
    town: Town | None  # None: no cameras are thought of but those that are mapped


def choose(given: ModelFile, box: BBox) -> Choice:
    """Choose the exposure model of a place, by what a file says and else by where it is.

    Raises
    ------
    BadFileError
        If the file names no kind of town, or rows that cannot be with those of its region.
    """
    town = town_of(given.town, box)
    region = given.region if given.region is not None else town.region if town is not None else ""
    return Choice(model(given.rows, region=region), region, town)


def check_town(given: ModelFile) -> None:
    """Refuse a kind of town that is none, before work is put into a map.

    Raises
    ------
    BadFileError
        If the model file names one.
    """
    town_of(given.town, BBox(0.0, 0.0, 0.0, 0.0))


class Ground(NamedTuple):
    """What is known of a place."""

    data: MapData
    graph: WalkGraph
    cameras: Sequence[Camera]
    surveys: Sequence[Survey]


class Seen(NamedTuple):
    """What cameras do in an area, mapped and unmapped."""

    wall_ends: NDArray[np.float64]
    hazards: Hazards
    in_view_dm: NDArray[np.int32]
    side_e6: NDArray[np.int32]
    unmapped_side_e6: NDArray[np.int32]
    unmapped: Unmapped


def look(ground: Ground, choice: Choice, month: str, *, jobs: int, progress: Progress) -> Seen:
    """Look out of the cameras that are mapped, and out of those that nobody mapped.

    Parameters
    ----------
    ground, choice
        The place and its model.
    month
        In which records are believed, ``YYYY-MM``.
    jobs
        Processes.
    progress
        Shows what is being done.
    """
    data, graph, cameras, _ = ground
    with progress("drawing walls"):
        ends = outline_walls(data.buildings)
    paths = paths_in(graph)
    what = "looking out of the cameras (compiling, the first time)"
    with progress(what, len(cameras)) as tick:
        found = hazards_in_tiles(cameras, paths.ways, ends, choice.model.default, jobs=jobs, tick=tick)
    hazards = that_count(found, paths)
    if choice.town is None:
        unmapped_e6, told = _enclosed(graph, paths, choice.model)
    else:
        with progress("looking for cameras that nobody mapped"):
            unmapped_e6, told = _unmapped(ground, paths, walls_from(ends), choice.model, choice.town)
    sure = certainty(cameras, month, choice.model.default)
    return Seen(
        ends,
        hazards,
        in_view_dm(graph, hazards.views),
        side_e6(graph, paths, hazards, sure, unmapped_e6),
        unmapped_e6,
        told,
    )


def _unmapped(
    ground: Ground, paths: Paths, walls: Walls, model: Model, town: Town
) -> tuple[NDArray[np.int32], Unmapped]:
    """Give the risk by cameras that nobody mapped, int32 [edge, 2], and what is assumed of them."""
    data, graph, cameras, surveys = ground
    walked = np.flatnonzero(paths.share > 0.0)
    lines = lines_along(some_of(paths.ways, walked), walls)
    sites = sites_of(data, graph, walls)
    effort = effort_of(graph, _sections(paths, graph, walls), sites, surveys) if surveys else None
    prior = prior_of(sites, town, lines, walls, together(model), mapped=cameras, effort=effort)
    of_line = np.zeros((len(paths.share), 2))
    of_line[walked] = prior.risk
    told = Unmapped(town.name, prior.total, prior.open_factor, prior.enclosed_factor, prior.enclosed_per_m)
    return whole_e6(by_side(graph, paths, of_line)), told


def _enclosed(graph: WalkGraph, paths: Paths, model: Model) -> tuple[NDArray[np.int32], Unmapped]:
    """Give the risk by unmapped cameras where none are assumed in the open: nobody maps what hangs under a roof."""
    rates = enclosed_rates(TOWNS["anywhere"], together(model))
    low, high = factors_of(rates).tolist()
    of_line = np.zeros((len(paths.share), 2))
    enclosed = paths.ways.enclosed[: graph.section_count]
    of_line[: graph.section_count] = (rates[1] * graph.section_length_m * enclosed)[:, None]
    told = Unmapped(enclosed_factor=(low, high), enclosed_per_m=float(rates[1]))
    return whole_e6(by_side(graph, paths, of_line)), told


def _sections(paths: Paths, graph: WalkGraph, walls: Walls) -> Lines:
    """Give the sections alone, without pavements beside them."""
    return lines_along(some_of(paths.ways, np.arange(graph.section_count)), walls)


def area_of(manifest: Manifest, ground: Ground, seen: Seen) -> Area:
    """Put an area together."""
    return Area(
        manifest,
        ground.graph,
        in_view_dm=seen.in_view_dm,
        side_e6=seen.side_e6,
        unmapped_side_e6=seen.unmapped_side_e6,
        surveyed=surveyed_sections(ground.graph, ground.surveys).astype(np.float32),
        wall_ends=seen.wall_ends,
        hazards=seen.hazards,
        cameras=tuple(ground.cameras),
        places_given=ground.data.places,
    )
