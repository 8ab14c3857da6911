"""A SOURCE as typed in (a map extract, a place, a box to download, nothing for the demo); out, a file with its box."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from routing.console import notice
from routing.errors import BadUsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.model import BBox
    from routing.services import Services

Command = TypeVar("Command", bound="Callable[..., object]")


class Source(NamedTuple):
    """What is to be built: a map extract, the area's name, its box, and its size where the box is not all of it."""

    path: Path
    name: str
    bbox: BBox | None
    area_km2: float | None = None


def asking(command: Command) -> Command:
    """Give a command the options that say whom to ask, and how patiently."""
    for option in (
        click.option(
            "--max-wait",
            type=click.IntRange(0, 86_400),
            default=300,
            show_default=True,
            help="Seconds on a busy server.",
        ),
        click.option("--overpass-url", metavar="URL", envvar="SIDESTEP_OVERPASS_URL", help="Another Overpass server."),
        click.option(
            "--nominatim-url", metavar="URL", envvar="SIDESTEP_NOMINATIM_URL", help="Another Nominatim server."
        ),
    ):
        command = option(command)
    return command


def servers(nominatim_url: str | None, overpass_url: str | None, max_wait_s: int) -> Callable[[], Services]:
    """Keep whom to ask until it is needed; most commands ask nobody."""

    def make() -> Services:
        from routing.services import Services

        given: dict[str, Any] = {"nominatim_url": nominatim_url, "overpass_url": overpass_url}
        return Services(max_wait_s=max_wait_s, **{key: value for key, value in given.items() if value})

    return make


def parse_box(text: str | None) -> BBox | None:
    """Read ``W,S,E,N`` in degrees.

    Raises
    ------
    BadUsageError
        If it is not four numbers, or no box on Earth.
    """
    from routing.model import BBox

    if text is None:
        return None
    try:
        west, south, east, north = (float(part.replace("\u2212", "-")) for part in text.split(","))
    except ValueError:
        raise BadUsageError("--bbox is not understood; write it as W,S,E,N in degrees, longitude first") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004  # the Earth
        raise BadUsageError("--bbox is empty or not on Earth; it is W,S,E,N in degrees, with W < E and S < N")
    return BBox(west, south, east, north)


def resolve(source: str | None, box: BBox | None, services: Callable[[], Services]) -> Source:
    """Find or fetch the extract that is meant."""
    from routing import workspace

    if source is None and box is None:
        return Source(workspace.demo_extract(), workspace.DEMO_NAME, None)
    if source is not None and _is_file(source):
        path = Path(source)
        return Source(path, path.name.split(".", maxsplit=1)[0], box)
    if source is not None and _is_position(source):
        raise BadUsageError("a position is no area; give --bbox W,S,E,N, a place name or a map extract")
    from routing.download import fetch_bbox, fetch_place

    if box is None:
        got = fetch_place(str(source), workspace.cache_dir(), services=services(), report=notice)
    else:
        got = fetch_bbox(box, workspace.cache_dir(), name=source, services=services(), report=notice)
    return Source(got.path, got.name, got.bbox, got.area_km2)


def _is_file(source: str) -> bool:
    """Tell a file, there or mistyped, from a place; the name of a file is nothing to ask a service for."""
    from routing.osm import SUFFIXES

    rooted = Path(source).is_absolute() or source.startswith((f".{os.sep}", f"..{os.sep}"))
    return rooted or source.lower().endswith(SUFFIXES) or os.path.exists(source)  # noqa: PTH110  # of a name too long: no


def _is_position(source: str) -> bool:
    from routing.errors import PlaceError
    from routing.points import parse_point

    try:
        return parse_point(source) is not None
    except PlaceError:
        return True
