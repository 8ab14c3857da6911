"""What a map holds, as far as walkers and cameras go: the records between reading it and making a graph of it.

Positions are WGS 84 degrees, longitude first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.model import BBox, Camera, LonLat, Place

Ring = NDArray[np.float64]  # [point, 2] degrees, first point repeated at the end


@dataclass(frozen=True, slots=True)
class Way:
    """A way for walkers whose nodes the extract holds; a way that is torn apart by missing nodes comes in pieces."""

    osm_id: int
    node_ids: tuple[int, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Square:
    """An area that may be walked across; rings of node ids, outer rings first."""

    osm_id: int
    outer: tuple[tuple[int, ...], ...]
    inner: tuple[tuple[int, ...], ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A building, a water or a green; ``outer`` and ``inner`` are closed rings."""

    osm_id: int
    outer: tuple[Ring, ...]
    inner: tuple[Ring, ...]
    tags: Mapping[str, str]


class Door(NamedTuple):
    """An entrance of a building (wiki Key:entrance, Key:door)."""

    lonlat: LonLat
    tags: Mapping[str, str]


@dataclass(slots=True)
class MapData:
    """What one extract holds, as far as walkers and cameras are concerned.

    Attributes
    ----------
    bbox
        Of the file's header; of its walkable nodes where the header has none.
    osm_date
        ``YYYY-MM-DD`` of the replication state, else of the newest object; ``None`` if neither is known.
    lonlat
        Positions of the nodes of ``ways`` and ``squares``.
    node_tags
        Of those nodes, the tagged ones.
    problems
        How often the file was incomplete: ``missing nodes``, ``one-node ways``, ``broken relations``.
    """

    name: str
    bbox: BBox | None = None
    osm_date: str | None = None
    ways: list[Way] = field(default_factory=list)
    squares: list[Square] = field(default_factory=list)
    lonlat: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, Mapping[str, str]] = field(default_factory=dict)
    buildings: list[Polygon] = field(default_factory=list)
    water: list[Polygon] = field(default_factory=list)
    green: list[Polygon] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    places: tuple[Place, ...] = ()
    cameras: list[Camera] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
