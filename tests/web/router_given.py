"""What tests of the router's modules hand to Node.js: graphs, points on them, and how modules are told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from routing.graph import WalkGraph
    from routing.search.network import Network
    from routing.snap import Snap

_ARRAYS = (
    "node_lonlat", "component", "tail", "head", "section", "forward", "length_dm", "effort_dm", "out_start",
    "shape_start", "shape_lonlat", "way_class", "flags",
)  # fmt: skip
IMPORTS = f"""
const {{ graphFrom }} = await import({Path(__file__).with_name("router_graph.mjs").as_uri()!r});
const search = js + "router/search/";
const {{ makeNetwork, raised, costOf, endsOf, weigh, share }} = await import(search + "network.mjs");
const {{ bestPath, routeRoomBytes }} = await import(search + "route.mjs");
const {{ findFront, Front, FrontSearch }} = await import(search + "front.mjs");
const networkOf = (of) => makeNetwork(graphFrom(of.graph), Int32Array.from(of.seen));
const pointsOf = (front) => Array.from(front.effortDm, (effort, i) => [effort, front.seen[i]]);
const told = (parts) => parts.map(({{ edge, from, to }}) => [edge, from, to]);
"""


def graph_given(graph: WalkGraph) -> dict[str, Any]:
    """Give the arrays that a search reads."""
    return {name: np.asarray(getattr(graph, name)).ravel().tolist() for name in _ARRAYS}


def network_given(network: Network) -> dict[str, Any]:
    """Give a graph with what is seen of it."""
    return {"graph": graph_given(network.graph), "seen": network.seen.tolist()}


def snap_given(snap: Snap) -> dict[str, Any]:
    """Give a point on a graph."""
    return {"section": snap.section, "q": snap.q, "lonlat": snap.lonlat, "distanceM": 0, "component": snap.component}
