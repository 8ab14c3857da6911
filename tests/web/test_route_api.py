"""The API: each status, its body, its headers."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import threading
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from serving import START, WISH

import routing.revise
import web.api
from routing.errors import BadFileError, NoRouteError
from routing.formats import as_json
from routing.model import LonLat, RouteRequest
from routing.router import plan
from web import Settings, create_app
from web.planners import Planners
from web.privacy import HEADERS, HSTS, STEP

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from routing.area import Area

ROUTE = "/api/v1/route"
BASEMAP = b"PMTiles\x03" + bytes(range(256)) * 40
TEXT_KIND = "text/html; charset=utf-8"


@pytest.fixture(scope="module")
def area(demo: Area) -> Area:
    return dataclasses.replace(demo, basemap_given=BASEMAP)


@pytest.fixture(scope="module")
def client(area: Area) -> FlaskClient:
    return create_app(area, Settings(planners=2)).test_client()


def ask(client: FlaskClient, **wish: object) -> TestResponse:
    return client.post(ROUTE, json=WISH | wish)


def code_of(response: TestResponse) -> str:
    """Give the code of an error after looking at its shape."""
    told = json.loads(response.data)
    assert list(told) == ["error"]
    assert sorted(told["error"]) == ["code", "message"]
    assert isinstance(told["error"]["message"], str)
    return str(told["error"]["code"])


def test_route_when_asked_by_positions_then_walks(client: FlaskClient) -> None:
    response = ask(client)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    plan = json.loads(response.data)
    assert plan["routes"][0]["name"] == "shortest"
    first, last = plan["routes"][0], plan["routes"][-1]
    assert last["risk"] <= first["risk"]
    chance = last["recognition"]
    assert chance["low"] <= chance["default"] <= chance["high"]
    assert 0 < chance["unmapped"] <= chance["default"]
    assert chance["default"] == pytest.approx(1 - math.exp(-last["risk"]), rel=0.01)
    assert plan["area"]["cameras"] == 221


@pytest.mark.parametrize("start", ["Rautatientori", "60.1699, 24.9384", "geo:60.1699,24.9384", START])
def test_route_when_asked_by_name_or_text_then_walks(client: FlaskClient, start: object) -> None:
    assert ask(client, **{"from": start, "to": "Senaatintori", "via": ["Kaisaniemi"]}).status_code in {200, 422}
    assert ask(client, **{"from": start, "to": "Senaatintori"}).status_code == 200


def test_route_when_the_detour_grows_then_never_more_risk(client: FlaskClient) -> None:
    risks = [json.loads(ask(client, detour=d).data)["routes"][-1]["risk"] for d in ("0%", "10%", "100%")]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] > risks[-1]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad-json"),
        (b"no json", 400, "bad-json"),
        (b'{"from": [NaN, 60.17], "to": [24.95, 60.176]}', 400, "bad-json"),
        (b'{"from": [Infinity, 60.17], "to": [24.95, 60.176]}', 400, "bad-json"),
        (b'{"from": "\xff", "to": "x"}', 400, "bad-json"),
        (b'{"from": "\\ud800", "to": "x"}', 400, "bad-json"),
        (b"\xef\xbb\xbf{}", 400, "bad-json"),
        (b'{"from": [24.94, 60.17], "to": [24.95, 60.176]} trailing', 400, "bad-json"),
        (b"[]", 422, "bad-request"),
        (b"null", 422, "bad-request"),
        (b"{}", 422, "bad-request"),
        (b'{"from": [24.94, 60.17]}', 422, "bad-request"),
        (b"[" * 4000, 422, "bad-request"),
        (b'{"a":' * 700, 422, "bad-request"),
    ],
)
def test_route_when_the_body_is_broken_then_refused(client: FlaskClient, body: bytes, status: int, code: str) -> None:
    response = client.post(ROUTE, data=body, content_type="application/json")
    assert (response.status_code, code_of(response)) == (status, code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"overlay": []}, "bad-request"),
        ({"overlay": {"on": []}}, "bad-request"),
        ({"overlay": {"cameras": [{}]}}, "bad-request"),
        ({"overlay": {"cameras": [{"at": [24.94]}]}}, "bad-request"),
        ({"overlay": {"cameras": [{"at": [24.94, 95.0]}]}}, "bad-request"),
        ({"overlay": {"cameras": [{"at": [24.94, 60.17], "type": "spy"}]}}, "bad-request"),
        ({"overlay": {"cameras": [{"at": [24.94, 60.17], "direction": 360}]}}, "bad-request"),
        ({"overlay": {"cameras": [{"at": [24.94, 60.17], "note": "x"}]}}, "bad-request"),
        ({"overlay": {"off": [1]}}, "bad-request"),
        ({"wishes": []}, "bad-request"),
        ({"wishes": None}, "bad-request"),
        ({"wishes": {"avoid_hills": True}}, "bad-request"),
        ({"wishes": {"avoid_stairs": 1}}, "bad-request"),
        ({"wishes": {"avoid": [{}]}}, "bad-request"),
        ({"wishes": {"avoid": ["Kaivokatu"]}}, "bad-request"),
        ({"wishes": {"avoid": [{"street": ""}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"street": None}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"street": "x" * 201}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"street": "Kaivokatu", "radius_m": 50}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"street": "Kaivokatu", "at": START}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"radius_m": 50}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"at": [24.94]}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"at": START, "radius_m": 0}]}}, "bad-usage"),
        ({"wishes": {"prefer": [{"at": START, "radius_m": 5001}]}}, "bad-usage"),
        ({"wishes": {"avoid": [{"ring": [START, [24.95, 60.17]]}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"ring": [START] * 3}]}}, "bad-usage"),
        ({"wishes": {"avoid": [{"ring": [[24, 60]] * 201}]}}, "bad-request"),
        ({"wishes": {"avoid": [{"at": START}] * 21}}, "bad-request"),
        ({"wishes": {"avoid": [{"at": [24.94, 95.0]}]}}, "bad-position"),
        ({"wishes": {"avoid": [{"at": [2.35, 48.85]}]}}, "outside-area"),
        ({"wishes": {"avoid": [{"street": "Zyzzyva"}]}}, "unknown-place"),
        ({"wishes": {"avoid": [{"street": "Kiasma"}]}}, "unknown-place"),
        ({"wishes": {"avoid": [{"at": "Zyzzyva"}]}}, "unknown-place"),
        ({"from": ["24.94", 60.17]}, "bad-request"),
        ({"from": [True, 60.17]}, "bad-request"),
        ({"from": [24.94]}, "bad-request"),
        ({"from": [24.94, 60.17, 3]}, "bad-request"),
        ({"from": []}, "bad-request"),
        ({"from": None}, "bad-request"),
        ({"from": {"lon": 24.94, "lat": 60.17}}, "bad-request"),
        ({"from": ""}, "bad-request"),
        ({"from": " \t"}, "bad-request"),
        ({"from": "x" * 201}, "bad-request"),
        ({"via": [START] * 9}, "bad-request"),
        ({"via": "Kamppi"}, "bad-request"),
        ({"detour": 30}, "bad-request"),
        ({"keep_side": "yes"}, "bad-request"),
        ({"keep_side": 1}, "bad-request"),
        ({"keep_side": None}, "bad-request"),
        ({"from": [181.0, 60.17]}, "bad-position"),
        ({"from": [24.94, 91.0]}, "bad-position"),
        ({"from": [1e300, 60.17]}, "bad-position"),
        ({"from": "95.1, 190.2"}, "bad-position"),
        ({"from": "https://example.org/60.17,24.94"}, "bad-link"),
        ({"detour": "much"}, "bad-detour"),
        ({"detour": "-5%"}, "bad-detour"),
        ({"from": [2.35, 48.85]}, "outside-area"),
        ({"to": START}, "same-place"),
        ({"to": "Zyzzyva"}, "unknown-place"),
        ({"to": "Alepa"}, "ambiguous-place"),
    ],
)
def test_route_when_a_field_is_wrong_then_422_with_its_code(
    client: FlaskClient, change: dict[str, object], code: str
) -> None:
    response = ask(client, **change)
    assert (response.status_code, code_of(response)) == (422, code)


def test_route_when_something_is_wished_then_walks_that_tell_how_far_it_is_met(client: FlaskClient) -> None:
    ring = [[24.9420, 60.1715], [24.9460, 60.1715], [24.9460, 60.1735], [24.9420, 60.1735]]
    avoid = [{"street": "kaivokatu"}, {"at": "Kiasma", "radius_m": 60}, {"at": START}, {"ring": ring}]
    wishes = {"avoid_stairs": True, "avoid_unlit": True, "avoid": avoid, "prefer": [{"street": "Aleksanterinkatu"}]}
    plain, wished = (json.loads(ask(client, **wish).data) for wish in ({}, {"wishes": wishes}))
    assert all("avoided_m" not in route for route in plain["routes"])
    first, last = wished["routes"][0], wished["routes"][-1]
    assert 0 < last["avoided_m"] < first["avoided_m"]  # she starts in the middle of one
    assert first["length_m"] == plain["routes"][0]["length_m"]
    (note,) = [note for note in wished["notes"] if note["code"] == "wish-not-met"]
    assert note["metres"] == last["avoided_m"]


def test_route_when_sides_are_to_be_kept_then_as_the_planner_plans_them(client: FlaskClient, area: Area) -> None:
    ends = {"from": [24.9455381, 60.1748542], "to": [24.9532464, 60.1751516]}  # where it makes a difference
    plain, kept = (json.loads(ask(client, **ends, keep_side=keep).data) for keep in (False, True))
    assert plain == json.loads(ask(client, **ends).data)
    assert (plain["keep_side"], kept["keep_side"]) == (False, True)
    assert plain["model"] == {"region": None, "town": area.manifest.unmapped.town, "changed": {}}
    request = RouteRequest(LonLat(*ends["from"]), LonLat(*ends["to"]), keep_side=True)
    assert kept["routes"] == json.loads(as_json(plan(area, request)))["routes"]
    assert kept["routes"] != plain["routes"]


def test_route_when_it_passes_places_then_they_are_told_by_name(client: FlaskClient) -> None:
    via = ["Kiasma", [24.9440, 60.1713]]
    told = json.loads(ask(client, via=via).data)
    assert told["via"][0]["name"] == "Kiasma"
    for route in told["routes"]:
        stops = [step for step in route["steps"] if step["do"] == "stop"]
        assert [step["stop"] for step in stops] == [1, 2]
        assert stops[0]["text"] == "Reach stop 1: Kiasma"
    back = json.loads(ask(client, via=via, wishes={"reverse": True}).data)
    assert back["via"] == told["via"][::-1]


@pytest.mark.parametrize(("place", "first"), [([60.1699, 24.9384], "longitude"), ("24.9384,60.1699", "latitude")])
def test_route_when_numbers_are_swapped_then_the_hint_has_the_order_of_what_was_sent(
    client: FlaskClient, place: object, first: str
) -> None:
    response = ask(client, **{"from": place})
    assert (response.status_code, code_of(response)) == (422, "outside-area")
    message = json.loads(response.data)["error"]["message"]
    assert f"{first} comes first" in message
    assert "60.1" not in message


def test_route_when_every_walk_of_the_front_is_asked_for_then_a_route_for_each_point(client: FlaskClient) -> None:
    plain, more, every = (json.loads(ask(client, **wish).data) for wish in ({}, {"front": True}, {"front": "every"}))
    assert plain == json.loads(ask(client, front=False).data)
    assert plain["front"] == more["front"] == every["front"]
    assert len(every["routes"]) == len(every["front"]) > len(more["routes"]) >= len(plain["routes"])
    for route, point in zip(every["routes"], every["front"], strict=True):
        chance = route["recognition"]["default"]
        assert {name: route[name] for name in point} == point | {"recognition": route["recognition"]}
        assert chance == point["recognition"]
        assert len(route["geometry"]["coordinates"]) > 1
        assert route["steps"][-1]["do"] == "arrive"
    lengths = [route["length_m"] for route in every["routes"]]
    assert lengths == sorted(lengths)
    assert [route for route in every["routes"] if not route["name"].startswith("also_")] == plain["routes"]


@pytest.mark.parametrize("front", ["all", "", 1, None, ["every"]])
def test_route_when_front_is_anything_else_then_422(client: FlaskClient, front: object) -> None:
    response = ask(client, front=front)
    assert (response.status_code, code_of(response)) == (422, "bad-request")


def test_route_when_the_way_back_is_wished_then_as_if_asked_from_there(client: FlaskClient) -> None:
    back = json.loads(ask(client, wishes={"reverse": True}).data)
    turned = json.loads(ask(client, **{"from": WISH["to"], "to": WISH["from"]}).data)
    assert back["routes"][0]["geometry"] == turned["routes"][0]["geometry"]


def test_route_when_a_street_is_wished_by_a_name_that_is_none_then_it_is_not_repeated(client: FlaskClient) -> None:
    for name in ("Zyzzyvaquelle", "Mannerheimintie 99999"):
        response = ask(client, wishes={"avoid": [{"street": name}]})
        assert (response.status_code, code_of(response)) == (422, "unknown-place")
        assert name.encode() not in response.data


def test_route_when_no_way_joins_the_places_then_422(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise NoRouteError("no walkable way on this map joins these places")

    monkeypatch.setattr(web.api, "plan", none)
    response = ask(client)
    assert (response.status_code, code_of(response)) == (422, "no-route")


def test_route_when_a_name_is_not_understood_then_it_is_not_repeated(client: FlaskClient) -> None:
    for text in ("Zyzzyvaquelle", "Alepa", "Mannerheimintie 99999"):
        response = ask(client, to=text)
        assert response.status_code == 422
        assert text.encode() not in response.data


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_route_when_the_type_is_another_then_415(client: FlaskClient, kind: str | None) -> None:
    response = client.post(ROUTE, data=json.dumps(WISH), content_type=kind)
    assert (response.status_code, code_of(response)) == (415, "bad-media-type")


def test_route_when_the_type_has_a_charset_then_walks(client: FlaskClient) -> None:
    response = client.post(ROUTE, data=json.dumps(WISH), content_type="application/json; charset=utf-8")
    assert response.status_code == 200


@pytest.mark.parametrize(("size", "status"), [(4096, 200), (4097, 413), (100_000, 413)])
def test_route_when_the_body_reaches_the_limit_then_413_beyond(client: FlaskClient, size: int, status: int) -> None:
    response = client.post(ROUTE, data=json.dumps(WISH).ljust(size), content_type="application/json")
    assert response.status_code == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_route_when_the_method_is_another_then_405(client: FlaskClient, method: str) -> None:
    response = client.open(f"{ROUTE}?from=24.94,60.17", method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"


def test_route_when_a_bug_is_met_then_500_with_a_number_and_no_text(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(web.api, "plan", lambda *_: 1 / 0)
    response = ask(client)
    assert (response.status_code, code_of(response)) == (500, "bug")
    number = json.loads(response.data)["error"]["message"].split()[-1]
    said = capsys.readouterr()
    assert said.err.splitlines() == [said.err.strip()]
    assert number in said.err
    assert "ZeroDivisionError in test_route_api.py, line" in said.err
    assert "division by zero" not in said.err + said.out


def test_route_when_a_file_of_ours_is_broken_then_that_is_a_bug(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise BadFileError("places.json is broken")

    monkeypatch.setattr(web.api, "plan", broken)
    assert ask(client).status_code == 500


def test_route_when_flask_is_in_debug_mode_then_still_no_traceback(
    area: Area, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app(area, Settings(planners=1))
    monkeypatch.setattr(web.api, "plan", lambda *_: 1 / 0)
    response = ask(app.test_client())
    assert response.status_code == 500
    assert b"Traceback" not in response.data
    assert "Traceback" not in capsys.readouterr().err


def test_route_when_the_last_handler_fails_too_then_still_silent(
    area: Area, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(area, Settings(planners=1))

    def fails(_: object) -> None:
        raise ValueError("24.9417321")

    app.after_request(fails)
    response = ask(app.test_client())
    assert response.status_code == 500
    said = capsys.readouterr()
    assert "24.9417321" not in said.err + said.out + response.text


def test_route_when_all_planners_are_taken_then_503_and_all_else_answers(area: Area) -> None:
    settings = Settings(planners=1, waiting=1, wait_s=0.2)
    planners = Planners(settings)
    client = create_app(area, settings, planners=planners).test_client()
    with planners.one():
        response = ask(client)
        assert (response.status_code, code_of(response)) == (503, "busy")
        assert int(response.headers["Retry-After"]) > 0
        assert client.get("/healthz").status_code == 200
    assert ask(client).status_code == 200


def test_route_when_enough_wait_already_then_503_at_once(area: Area) -> None:
    settings = Settings(planners=1, waiting=1, wait_s=30)
    planners = Planners(settings)
    app = create_app(area, settings, planners=planners)
    statuses: list[int] = []
    with planners.one():
        waiter = threading.Thread(target=lambda: statuses.append(ask(app.test_client()).status_code))
        waiter.start()
        while planners._inside._value != 0:
            pass
        assert ask(app.test_client()).status_code == 503
    waiter.join()
    assert statuses == [200]


def test_area_when_asked_then_tells_what_is_known_and_where_its_files_are(client: FlaskClient, area: Area) -> None:
    told = json.loads(client.get("/api/v1/area").data)
    box = area.manifest.bbox
    assert told["bbox"] == [box.west, box.south, box.east, box.north]
    assert (told["name"], told["cameras"], told["osm_date"]) == ("Helsinki centre", 221, "2019-04-21")
    for what in ("places", "cameras", "basemap", "pack", "camera_pack"):
        assert len(client.get(told["files"][what]["url"]).data) == told["files"][what]["bytes"]


def test_area_when_it_has_no_basemap_then_null(demo: Area) -> None:
    told = json.loads(create_app(demo).test_client().get("/api/v1/area").data)
    assert told["files"]["basemap"] is None


def test_cameras_when_asked_then_geojson_with_what_each_sees(client: FlaskClient, area: Area) -> None:
    response = client.get("/api/v1/cameras")
    assert response.mimetype == "application/geo+json"
    features = json.loads(response.data)["features"]
    assert [feature["properties"]["id"] for feature in features] == [camera.id for camera in area.cameras]
    assert sum(feature["properties"]["in_area"] for feature in features) == 221
    kinds = {feature["properties"]["kind"] for feature in features}
    assert kinds <= {"fixed", "dome", "panning", "unknown", "alpr"}
    assert all(feature["properties"]["reach_m"] > 0 for feature in features)


def test_address_when_unknown_then_json_for_programs_and_a_small_page_for_people(client: FlaskClient) -> None:
    assert code_of(client.get("/api/v2/nothing")) == "not-found"
    page = client.get("/ru/nothing")
    assert (page.status_code, page.content_type) == (404, TEXT_KIND)
    assert 'lang="ru"' in page.text


def golden(kind: str, size: int, **more: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store, no-transform",
        "Content-Length": str(size),
        "Content-Type": kind,
        **HEADERS,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


PADDED = {"Vary": "Accept-Encoding"}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "more"),
    [
        ("GET", "/healthz", {}, 200, {}),
        ("POST", ROUTE, {"json": WISH}, 200, PADDED),
        ("POST", ROUTE, {"data": "{", "content_type": "application/json"}, 400, PADDED),
        ("GET", "/api/nothing", {}, 404, PADDED),
        ("GET", "/nothing", {}, 404, PADDED),
        ("GET", ROUTE, {}, 405, PADDED | {"Allow": "POST"}),
        ("GET", "/en/walk", {}, 405, PADDED | {"Allow": "POST"}),
        ("POST", "/", {}, 405, PADDED | {"Allow": "GET, HEAD"}),
        ("POST", ROUTE, {"data": "x" * 5000, "content_type": "application/json"}, 413, PADDED),
        ("POST", "/en/walk", {"data": "x" * 5000, "content_type": "application/x-www-form-urlencoded"}, 413, PADDED),
        ("POST", ROUTE, {"data": "x"}, 415, PADDED),
        ("POST", "/en/walk", {"data": "x"}, 415, PADDED),
        ("POST", ROUTE, {"json": {}}, 422, PADDED),
        ("POST", "/en/walk", {"data": {"from": "", "to": ""}}, 422, PADDED),
        ("POST", "/en/walk", {"data": {"from": "Rautatientori", "to": "Senaatintori"}}, 200, PADDED),
    ],
)
def test_headers_when_any_reply_is_sent_then_golden(
    client: FlaskClient, method: str, path: str, sent: dict[str, Any], status: int, more: dict[str, str]
) -> None:
    response = client.open(path, method=method, **sent)
    assert response.status_code == status
    api = path.startswith(("/api", "/healthz"))
    kind = "application/json" if api else TEXT_KIND
    assert dict(response.headers) == golden(kind, len(response.data), **more)
    if more:
        assert len(response.data) % STEP == 0


def test_headers_when_a_bug_or_no_planner_is_met_then_golden(area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(planners=1, waiting=0)
    planners = Planners(settings)
    client = create_app(area, settings, planners=planners).test_client()
    form = {"from": "Rautatientori", "to": "Senaatintori"}
    with planners.one():
        for response, kind in (
            (ask(client), "application/json"),
            (client.post("/ru/walk", data=form), TEXT_KIND),
        ):
            assert response.status_code == 503
            assert dict(response.headers) == golden(
                kind, STEP * (len(response.data) // STEP), Retry_After="5", **PADDED
            )
    monkeypatch.setattr(web.api, "plan", lambda *_: 1 / 0)
    monkeypatch.setattr(web.pages, "plan", lambda *_: 1 / 0)
    for response, kind in ((ask(client), "application/json"), (client.post("/ru/walk", data=form), TEXT_KIND)):
        assert response.status_code == 500
        assert dict(response.headers) == golden(kind, STEP, **PADDED)


@pytest.mark.parametrize("path", ["/", "/en/", "/ru/", "/api/v1/area", "/api/v1/cameras", "/api/v1/openapi.yaml"])
def test_headers_when_something_is_read_then_not_kept_and_no_cookie(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store, no-transform"
    assert all(headers[name] == value for name, value in HEADERS.items())
    assert not {"Set-Cookie", "ETag", "Server", "Last-Modified"} & set(headers.keys())


def test_hsts_when_under_tls_then_sent_but_not_for_localhost(area: Area) -> None:
    client = create_app(area, Settings(tls=True)).test_client()
    for path in ("/healthz", "/nothing"):
        assert client.get(path, base_url="https://walks.example").headers[HSTS[0]] == HSTS[1]
        assert HSTS[0] not in client.get(path, base_url="https://localhost:8000").headers
    assert HSTS[0] not in create_app(area).test_client().get("/healthz", base_url="http://walks.example").headers


@pytest.mark.parametrize("path", ["/en?place=24.94", "/ru?place=24.94", "//en/?place=24.94", "/en/walk/?place=24.94"])
def test_redirect_when_werkzeug_would_repeat_the_query_then_none(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert "Location" not in response.headers
    assert response.status_code in {200, 404, 405}


def test_reading_a_body_when_a_short_name_meets_a_pair_then_no_memory_is_misread() -> None:
    # msgspec 0.22 crashes the process for list-or-constrained-str unions of fixed tuples: ours must stay plain
    import web.asked

    body = b'{"from":[24.94,60.17],"to":"x"}'
    for _ in range(2000):
        assert web.asked._DECODER.decode(body).start == [24.94, 60.17]
    described = msgspec.json.schema(web.asked._Body)["$defs"]["_Body"]["properties"]["from"]["anyOf"]
    assert described == [{"type": "array", "items": {"type": "number"}}, {"type": "string"}]


def test_route_when_she_brings_cameras_then_they_count_for_her_alone(client: FlaskClient) -> None:
    walk = dict(WISH)
    before = client.post(ROUTE, json=walk).get_json()
    line = before["routes"][0]["geometry"]["coordinates"]  # of the shortest, which no camera moves
    own = {"at": line[len(line) // 2], "id": "rp/abcdefghij", "type": "panning"}
    hers = client.post(ROUTE, json={**walk, "overlay": {"cameras": [own]}}).get_json()
    assert any("ss/abcdefghij" in route["cameras"] for route in hers["routes"])
    assert hers["area"] == before["area"]
    seen_by = sorted({name for route in before["routes"] for name in route["cameras"]})
    off = client.post(ROUTE, json={**walk, "overlay": {"off": seen_by}}).get_json()
    assert not {name for route in off["routes"] for name in route["cameras"]} & set(seen_by)
    assert client.post(ROUTE, json=walk).get_json() == before


def test_route_when_the_overlay_is_large_then_taken_up_to_its_limit(client: FlaskClient) -> None:
    walk = dict(WISH)
    many = [{"at": [24.94 + number * 1e-6, 60.1]} for number in range(10_000)]
    assert client.post(ROUTE, json={**walk, "overlay": {"cameras": many}}).status_code == 200
    more = client.post(ROUTE, json={**walk, "overlay": {"cameras": [*many, many[0]]}})
    assert (more.status_code, code_of(more)) == (413, "too-large")
    padded = json.dumps({**walk, "detour": "30%"}).encode() + b" " * 4096
    assert client.post(ROUTE, data=padded, content_type="application/json").status_code == 413
    huge = json.dumps({**walk, "overlay": {"off": ["x" * 2**20]}}).encode()
    assert client.post(ROUTE, data=huge, content_type="application/json").status_code == 413


def test_search_when_its_limit_is_met_then_the_answer_says_by_how_much_it_may_be_beaten(area: Area) -> None:
    client = create_app(area, Settings(planners=1, search_labels=1000)).test_client()
    told = [json.loads(ask(client, detour=f"{share}%").data)["notes"] for share in (30, 60, 100)]
    stopped = [note for notes in told for note in notes if note["code"] == "stopped"]
    assert stopped
    assert all(0 < note["share"] < 1 for note in stopped)


def test_route_when_more_walks_and_a_seed_are_asked_for_then_given(client: FlaskClient) -> None:
    whole = json.loads(ask(client, front=True, seed=7).data)
    assert 1 <= len(whole["routes"]) <= 5
    assert [note["code"] for note in whole["notes"]].count("varied") == 1
    for wrong in ({"seed": -1}, {"seed": 10**9}, {"seed": "7"}, {"front": 1}):
        assert ask(client, **wrong).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at": [24.94]}, "overlay.cameras[1].at"),
        ({"at": [24.94, 95.25]}, "overlay.cameras[1].at[1]"),
        ({"at": [24.94, 60.17], "type": "spy"}, "overlay.cameras[1].type"),
        ({"at": [24.94, 60.17], "direction": 360}, "overlay.cameras[1].direction"),
        ({"at": [24.94, 60.17], "direction": "n"}, "overlay.cameras[1].direction"),
        ({"at": [24.94, 60.17], "id": "spy"}, "overlay.cameras[1].id"),
        ({"at": [24.94, 60.17], "spy": 1}, "overlay.cameras[1]"),
        ({"at": [24.94, 60.17], "spy` - at `$.24.94": 1}, "overlay.cameras[1]"),
        ({"type": "dome"}, "overlay.cameras[1]"),
    ],
)
def test_route_when_a_camera_of_hers_is_wrong_then_its_field_is_named_and_no_value(
    client: FlaskClient, wrong: dict[str, Any], field: str
) -> None:
    response = client.post(ROUTE, json={**WISH, "overlay": {"cameras": [{"at": [24.94, 60.17]}, wrong]}})
    assert (response.status_code, code_of(response)) == (422, "bad-request")
    message = response.get_json()["error"]["message"]
    assert re.search(rf"`(\$\.)?{re.escape(field)}`", message)
    assert not any(value in message for value in ("24.94", "60.17", "95.25", "spy"))


def test_route_when_cameras_of_hers_take_too_long_then_refused_in_one_line(area: Area) -> None:
    client = create_app(area, Settings(planners=1, search_s=0.05)).test_client()
    crowd = [{"at": [24.944 + number * 1e-8, 60.17], "type": "panning"} for number in range(10_000)]
    response = client.post(ROUTE, json={**WISH, "overlay": {"cameras": crowd}})
    assert (response.status_code, code_of(response)) == (422, "too-many-cameras")
    assert not any(value in response.get_data(as_text=True) for value in ("24.94", "60.17"))
    assert client.post(ROUTE, json=dict(WISH)).status_code == 200


def test_route_when_some_of_an_overlay_changes_nothing_then_counted_in_notes(client: FlaskClient) -> None:
    overlay = {"cameras": [{"at": [2.35, 48.85]}] * 2, "off": ["osm/node/1"]}
    notes = client.post(ROUTE, json={**WISH, "overlay": overlay}).get_json()["notes"]
    counted = {note["code"]: note["count"] for note in notes if "count" in note}
    assert counted == {"own-cameras-unused": 2, "off-unknown": 1}
    assert not any(value in note["text"] for note in notes for value in ("2.35", "48.85", "osm/node/1"))


def test_route_when_why_is_asked_then_cameras_of_hers_are_looked_out_of_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    real = routing.revise.revised
    monkeypatch.setattr(routing.revise, "revised", lambda *given, **more: made.append(1) or real(*given, **more))
    overlay = {"cameras": [{"at": WISH["from"]}]}
    told = client.post(ROUTE, json={**WISH, "overlay": overlay, "why": True}).get_json()
    assert any(name.startswith("ss/") for name in told["certificate"]["met_by_all"])
    assert len(made) == 1
