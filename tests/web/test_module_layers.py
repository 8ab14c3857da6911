"""What is drawn over the map, as data: sources and layers that fit each other, in any state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from browser_support import END, START, WALKS

from routing.formats import as_json
from routing.model import LonLat, RouteRequest
from routing.router import plan
from web.area_files import cameras_geojson

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.area import Area

    Node = Callable[..., Any]


@pytest.fixture(scope="module")
def drawn(demo: Area) -> dict[str, Any]:
    found = plan(demo, RouteRequest(LonLat(*START), LonLat(*END)))
    return {"plan": json.loads(as_json(found)), "cameras": json.loads(cameras_geojson(demo))}


def sources(node: Node, state: dict[str, Any], cameras: object) -> dict[str, Any]:
    found: dict[str, Any] = node(
        "return sources(given.state, given.cameras)", {"state": state, "cameras": cameras}, sources="layers.mjs"
    )
    return found


STATE: dict[str, Any] = {"plan": None, "chosen": "least_seen", "camera": None, "here": None}


def test_sources_when_there_is_nothing_yet_then_empty(node: Node) -> None:
    for source in sources(node, STATE, None).values():
        assert source["type"] == "geojson"
        assert source["data"] == {"type": "FeatureCollection", "features": []}


def test_sources_when_a_camera_is_looked_at_then_hold_it_with_what_it_sees(node: Node, drawn: dict[str, Any]) -> None:
    cameras = drawn["cameras"]
    camera = next(one for one in cameras["features"] if "hangs_at" in one["properties"])
    told = sources(node, STATE | {"plan": drawn["plan"], "camera": camera["properties"]["id"]}, cameras)
    assert told["cameras"]["data"] == cameras
    point, *views = told["chosen"]["data"]["features"]
    assert point == camera
    assert len(views) == max(len(camera["properties"]["sectors"]), 1)
    assert {view["geometry"]["type"] for view in views} == {"Polygon"}
    flat = {name: value for name, value in camera["properties"].items() if name not in {"far_m", "hangs_at"}}
    mine = {"type": "FeatureCollection", "features": [camera | {"properties": flat}]}
    _, wedge = sources(node, STATE | {"camera": camera["properties"]["id"]}, mine)["chosen"]["data"]["features"]
    assert (
        shapely.Polygon(*views[0]["geometry"]["coordinates"]).area
        < 0.9 * shapely.Polygon(*wedge["geometry"]["coordinates"]).area
    )
    assert sources(node, STATE | {"camera": "no such camera"}, cameras)["chosen"]["data"]["features"] == []


@pytest.mark.parametrize("chosen", [*WALKS, "also_3", "a walk of another year"])
def test_stretches_when_a_walk_is_chosen_then_are_its_own(node: Node, drawn: dict[str, Any], chosen: str) -> None:
    told = sources(node, STATE | {"plan": drawn["plan"], "chosen": chosen}, None)["seen"]["data"]["features"]
    route = next((one for one in drawn["plan"]["routes"] if one["name"] == chosen), None)
    assert len(told) == (0 if route is None else len(route["in_view_spans_m"]))
    assert all(len(stretch["geometry"]["coordinates"]) > 1 for stretch in told)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("chosen", [*WALKS, "also_3", "a walk of another year"])
def test_layers_when_drawn_then_of_known_sources_with_names_of_their_own(
    node: Node, chosen: str, *, dark: bool
) -> None:
    snippet = "return { ...layers(given.dark, given.chosen, ['Bold']), known: sources(given.state, null) }"
    told = node(snippet, {"dark": dark, "chosen": chosen, "state": STATE}, layers="layers.mjs", sources="layers.mjs")
    every = [*told["below"], *told["above"]]
    assert len({layer["id"] for layer in every}) == len(every)
    assert {layer["source"] for layer in every} == set(told["known"])
    walks = [layer["id"] for layer in every if layer["id"] in {f"walk-{name}" for name in WALKS}]
    assert sorted(walks) == sorted(f"walk-{name}" for name in WALKS)
    lines = [layer for layer in every if layer["id"].startswith("walk-")]
    assert lines[-1]["filter"] == ["==", ["get", "name"], chosen], "another lies over it"
    assert [line["paint"]["line-width"] for line in lines[-2:]] == [12, 8]
    if chosen in WALKS:
        assert walks[-1] == f"walk-{chosen}"
    colours = json.dumps(every)
    assert "undefined" not in colours
    assert "null" not in colours
