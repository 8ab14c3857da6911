"""Sidestep: walks that are seen by as few mapped cameras as possible.

``Area``, ``plan`` and ``certify`` are what programs need; ``annotate``, ``to_networkx`` and ``from_networkx`` speak
osmnx. The names are loaded when they are first used, so that planning a route never pays for the libraries that build
an area.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.area import Area
    from routing.area_folder import load, save
    from routing.build import build_area
    from routing.certificates import certify
    from routing.errors import SidestepError
    from routing.interchange import EDGE_DTYPES, OSM_TAGS, annotate, from_networkx, to_networkx
    from routing.model import BBox, Camera, Circle, Detour, LonLat, Place, Ring, RouteRequest, Wishes
    from routing.nearby import nearest
    from routing.plans import Plan, Route
    from routing.router import plan
    from routing.unseen import Unseen, unseen_within

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
    "Place": "model",
    "Plan": "plans",
    "Route": "plans",
    "Ring": "model",
    "RouteRequest": "model",
    "SidestepError": "errors",
    "Unseen": "unseen",
    "Wishes": "model",
    "annotate": "interchange",
    "build_area": "build",
    "certify": "certificates",
    "from_networkx": "interchange",
    "load": "area_folder",
    "nearest": "nearby",
    "plan": "router",
    "save": "area_folder",
    "to_networkx": "interchange",
    "unseen_within": "unseen",
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
    "Place",
    "Plan",
    "Ring",
    "Route",
    "RouteRequest",
    "SidestepError",
    "Unseen",
    "Wishes",
    "annotate",
    "build_area",
    "certify",
    "from_networkx",
    "load",
    "nearest",
    "plan",
    "save",
    "to_networkx",
    "unseen_within",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(f"routing.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
