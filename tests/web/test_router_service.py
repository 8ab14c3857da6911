"""What the planner answers as a service: the first walks of a long search, then all; and what she knows of cameras."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from routing.build import build_area
from routing.formats import as_record
from routing.model import Detour, LonLat, Overlay, RouteRequest
from routing.pack import pack_of
from routing.reports import NewCamera, camera_of
from routing.router import plan
from routing.workspace import demo_extract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routing.area import Area

    Node = Callable[..., Any]

FROM, TO = [24.9384, 60.1699], [24.9500, 60.1760]
RUN = """
const { readFileSync } = await import("node:fs");
const { makeService } = await import(js + "router/service.mjs");
const service = makeService(given.firstMs);
const fault = service.open([new Uint8Array(readFileSync(given.pack))], given.stop ? Int32Array.from([7]) : null);
const first = [];
const answer = service.plan(7, given.asked, (one) => first.push(one));
return { fault, first, answer };
"""


@pytest.fixture(scope="module")
def area() -> Area:
    return build_area(demo_extract())


@pytest.fixture(scope="module")
def pack(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("service") / "phone.pack"
    path.write_bytes(pack_of(area))
    return path


def run(node: Node, pack: Path, **given: object) -> dict[str, Any]:
    asked = {"from": FROM, "to": TO, "detour": "30%", **given.pop("asked", {})}  # type: ignore[dict-item]
    told: dict[str, Any] = node(RUN, {"pack": str(pack), "asked": asked, **given})
    assert told["fault"] is None
    return told


def request(overlay: Overlay | None = None) -> RouteRequest:
    return RouteRequest(LonLat(*FROM), LonLat(*TO), (), Detour(share=0.3), overlay=overlay or Overlay())


def test_plan_when_it_takes_long_then_the_first_walks_are_told_before_all(node: Node, pack: Path, area: Area) -> None:
    told = run(node, pack, firstMs=-1)
    whole = as_record(plan(area, request()))
    assert told["answer"] == {"record": whole}
    (first,) = told["first"]
    assert first["record"]["routes"][0] == whole["routes"][0], "the shortest is there from the beginning"


def test_plan_when_it_is_quick_then_told_once(node: Node, pack: Path, area: Area) -> None:
    told = run(node, pack, firstMs=60_000)
    assert told["first"] == []
    assert told["answer"] == {"record": as_record(plan(area, request()))}


def test_plan_when_she_knows_a_camera_then_as_the_server_with_her_overlay(node: Node, pack: Path, area: Area) -> None:
    gone = plan(area, request()).routes[0].score.meetings[0].camera.id
    own = {"id": "rp/aaaaaaaaaa", "at": [24.9441, 60.1725], "type": "panning", "mount": "wall"}
    report = NewCamera(id="rp/aaaaaaaaaa", month=area.month, at=(24.9441, 60.1725), type="panning", mount="wall")
    overlay = Overlay((replace(camera_of(report), status="confirmed"),), frozenset({gone}))
    told = run(node, pack, firstMs=60_000, asked={"overlay": {"cameras": [own], "off": [gone]}})
    assert told["answer"] == {"record": as_record(plan(area, request(overlay)))}


def test_plan_when_nobody_waits_any_more_then_it_ends(node: Node, pack: Path) -> None:
    told = run(node, pack, firstMs=60_000, stop=True)
    assert (told["first"], told["answer"]) == ([], {"code": "abandoned"})


def test_plan_when_it_is_abandoned_at_any_step_then_no_later_one_is_taken(node: Node, pack: Path) -> None:
    told = node(
        """
        const { readFileSync } = await import("node:fs");
        const { decodePack } = await import(js + "router/pack.mjs");
        const { planWalks } = await import(js + "router/plan.mjs");
        const area = decodePack(new Uint8Array(readFileSync(given.pack)));
        const run = (after) => {
          let asked = 0;
          try {
            const record = planWalks(area, given.asked, { cancelled: () => ++asked > after });
            return [asked, record.routes.length];
          } catch (error) {
            return [asked, error.code];
          }
        };
        run(Infinity); // what is worked out once
        const [all] = run(Infinity);
        return { all, ended: Array.from({ length: 6 }, (_, back) => run(all - 1 - back)), whole: run(all) };
        """,
        {"pack": str(pack), "asked": {"from": FROM, "to": TO, "detour": "30%"}},
    )
    assert told["whole"] == [told["all"], 3]
    # the last six: before the search, behind it, behind prices, before looking about, behind that, behind measuring
    assert [code for _, code in told["ended"]] == ["abandoned"] * 6
    assert told["ended"][:4] == [[told["all"] - back, "abandoned"] for back in range(4)]


def test_places_when_they_cannot_be_then_the_code_alone(node: Node, pack: Path) -> None:
    assert run(node, pack, asked={"to": FROM})["answer"] == {"code": "same-place"}
    assert run(node, pack, asked={"to": [25.5, 60.5]})["answer"] == {"code": "outside-area"}
