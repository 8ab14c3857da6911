"""Sidestep: walks that are seen by as few mapped cameras as possible.

``Area`` and ``plan`` are what programs need; ``annotate``, ``to_networkx`` and ``from_networkx`` speak osmnx. The names
are loaded when they are first used, so that planning a route never pays for the libraries that build an area.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.area import Area
    from routing.area_folder import load, save
    from routing.build import build_area
    from routing.errors import SidestepError
    from routing.interchange import EDGE_DTYPES, OSM_TAGS, annotate, from_networkx, to_networkx
    from routing.model import BBox, Camera, Circle, Detour, LonLat, Ring, RouteRequest, Wishes
    from routing.plans import Plan, Route
    from routing.router import plan

__version__ = "0.1.0"

_HOME = {
    "EDGE_DTYPES": "interchange",
    "OSM_TAGS": "interchange",
    "Area": "area",
    "BBox": "model",
    "Camera": "model",
    "Circle": "model",
    "Detour": "model",
    "LonLat": "model",
    "Plan": "plans",
    "Route": "plans",
    "Ring": "model",
    "RouteRequest": "model",
    "SidestepError": "errors",
    "Wishes": "model",
    "annotate": "interchange",
    "build_area": "build",
    "from_networkx": "interchange",
    "load": "area_folder",
    "plan": "router",
    "save": "area_folder",
    "to_networkx": "interchange",
}

__all__ = [
    "EDGE_DTYPES",
    "OSM_TAGS",
    "Area",
    "BBox",
    "Camera",
    "Circle",
    "Detour",
    "LonLat",
    "Plan",
    "Ring",
    "Route",
    "RouteRequest",
    "SidestepError",
    "Wishes",
    "annotate",
    "build_area",
    "from_networkx",
    "load",
    "plan",
    "save",
    "to_networkx",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(f"routing.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
