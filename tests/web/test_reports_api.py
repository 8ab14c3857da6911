"""Reports by POST: what is taken, what is refused, and that sending again is harmless."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import web.database
from routing.cameras import encoded
from routing.errors import BadFileError
from routing.model import Camera, LonLat
from routing.reports import MOST, Gone, StillThere, Turned, applied, parse_reports
from web import Settings, create_app
from web.database import connected
from web.privacy import STEP
from web.proof import VALID_S, BadProofError, FloodError, Proofs
from web.store import Decision, Store

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from routing.area import Area
    from routing.reports import Report

REPORTS, CHALLENGE = "/api/v1/reports", "/api/v1/reports/challenge"
CAMERA = {"id": "rp/abcdefghij", "kind": "camera", "month": "2026-10", "at": [24.94, 60.17], "type": "dome"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def client(demo: Area, store: Store) -> FlaskClient:
    return create_app(demo, Settings(planners=2, proof=20), store=store).test_client()


def solved(puzzle: dict[str, Any]) -> str:
    for number in range(puzzle["maxnumber"] + 1):
        if hashlib.sha256(f"{puzzle['salt']}{number}".encode()).hexdigest() == puzzle["challenge"]:
            told = {key: puzzle[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
            return base64.b64encode(json.dumps(told).encode()).decode()
    raise AssertionError


def send(client: FlaskClient, *reports: object, proof: str | None = None) -> TestResponse:
    proof = solved(client.get(CHALLENGE).get_json()) if proof is None else proof
    return client.post(REPORTS, json={"proof": proof, "reports": list(reports)})


def code_of(response: TestResponse) -> str:
    return str(response.get_json()["error"]["code"])


def test_reports_when_sent_then_held_and_a_retry_is_harmless(client: FlaskClient, store: Store) -> None:
    first, again = send(client, CAMERA), send(client, CAMERA)
    assert first.status_code == again.status_code == 200
    assert first.get_json() == again.get_json() == {"held": [CAMERA["id"]]}
    assert len(first.get_data()) % STEP == 0
    assert [held.report.id for held in store.waiting()] == [CAMERA["id"]]
    assert first.headers["Cache-Control"].startswith("no-store")
    clash = send(client, CAMERA | {"type": "fixed"})
    assert (clash.status_code, code_of(clash)) == (409, "report-conflict")


def test_reports_when_the_proof_is_used_twice_then_refused(client: FlaskClient) -> None:
    proof = solved(client.get(CHALLENGE).get_json())
    assert send(client, CAMERA, proof=proof).status_code == 200
    again = send(client, CAMERA, proof=proof)
    assert (again.status_code, code_of(again)) == (422, "bad-proof")


@pytest.mark.parametrize("proof", ["", "x", "e30=", "W10=", base64.b64encode(b'{"number": []}').decode(), "A" * 3000])
def test_reports_when_the_proof_is_none_then_refused(client: FlaskClient, proof: str) -> None:
    refused = send(client, CAMERA, proof=proof)
    assert (refused.status_code, code_of(refused)) == (422, "bad-proof")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "rp/ABCDEFGHIJ"}, {"id": "ss/abcdefghij"}, {"month": "2999-01"}, {"month": "2026-13"},
        {"month": "2026-10-05"}, {"at": [24.94]}, {"at": [24.94, 95]}, {"at": ["24.94", 60.17]}, {"type": "spy"},
        {"direction": 360}, {"direction": "90"}, {"name": "me"}, {"note": "<script>"}, {"kind": "other"},
        {"evidence": "osm"}, {"fr": True}, {"indoor": 1},
    ],
)  # fmt: skip
def test_reports_when_one_is_wrong_then_none_is_held_and_the_proof_is_not_spent(
    client: FlaskClient, store: Store, change: dict[str, object]
) -> None:
    before = len(store.waiting())
    proof = solved(client.get(CHALLENGE).get_json())
    refused = send(client, CAMERA | {"id": "rp/zzzzzzzzzz"}, CAMERA | change, proof=proof)
    assert (refused.status_code, code_of(refused)) == (422, "bad-report")
    assert len(store.waiting()) == before
    assert send(client, CAMERA, proof=proof).status_code == 200


def test_reports_when_too_many_or_too_large_then_refused(client: FlaskClient) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    many = [CAMERA | {"id": f"rp/bbbbbbbb{letters[n // 26]}{letters[n % 26]}"} for n in range(MOST + 1)]
    assert send(client, *many[:MOST]).status_code == 200
    assert send(client, *many).status_code == 422
    assert client.post(REPORTS, data=b"[" * 300_000, content_type="application/json").status_code == 413
    assert client.post(REPORTS, data=b"{", content_type="application/json").status_code == 400
    assert client.post(REPORTS, data=b"{}", content_type="text/plain").status_code == 415
    assert client.get(REPORTS).status_code == 405


def test_reports_when_as_many_wait_as_may_then_busy_until_some_are_decided(demo: Area, tmp_path: Path) -> None:
    store = Store(tmp_path)
    client = create_app(demo, Settings(planners=2, proof=20, most_waiting=2), store=store).test_client()
    one, two, three = (CAMERA | {"id": f"rp/cccccccc{letter}a"} for letter in "abc")
    assert send(client, one, two).status_code == 200
    full = send(client, three)
    assert (full.status_code, code_of(full), full.headers["Retry-After"]) == (503, "busy", "3600")
    assert send(client, two).status_code == 200  # nothing new
    assert len(store.waiting()) == 2
    store.decide([Decision("2026-11", "reject", str(one["id"]), reason="no")])
    assert send(client, three).status_code == 200


def test_reports_when_the_file_is_held_by_another_then_busy_and_no_bug(
    demo: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path)
    client = create_app(demo, Settings(planners=2, proof=20), store=store).test_client()
    monkeypatch.setattr("web.database.connected", partial(connected, wait_s=0.1))
    other = sqlite3.connect(store.path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        held = send(client, CAMERA)
    finally:
        other.close()
    assert (held.status_code, code_of(held), held.headers["Retry-After"]) == (503, "busy", "5")
    (told,) = capsys.readouterr().err.splitlines()
    assert told == "sidestep: reports.sqlite: cannot be read or written (busy); reports were not taken"
    assert send(client, CAMERA).status_code == 200


def test_reports_when_the_disk_is_full_then_busy_and_no_bug(
    demo: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    client = create_app(demo, Settings(planners=2, proof=20), store=store).test_client()
    monkeypatch.setattr("web.database._PRAGMAS", web.database._PRAGMAS | {"max_page_count": 8})
    many = [CAMERA | {"id": f"rp/dddddddd{first}{second}"} for first in "abcdefgh" for second in "abcdefghijklmnopqrst"]
    full = send(client, *many)
    assert (full.status_code, code_of(full)) == (503, "busy")
    assert store.waiting() == []


def test_reports_when_the_server_takes_none_then_said(demo: Area) -> None:
    client = create_app(demo, Settings(planners=2)).test_client()
    for response in (client.get(CHALLENGE), client.post(REPORTS, json={})):
        assert (response.status_code, code_of(response)) == (404, "reports-not-taken")


def test_page_when_reports_are_taken_then_it_knows_where(demo: Area, client: FlaskClient) -> None:
    assert REPORTS.encode() in client.get("/en/").get_data()
    assert REPORTS.encode() not in create_app(demo, Settings(planners=2)).test_client().get("/en/").get_data()


def test_proof_when_too_old_then_refused_and_forgotten_later() -> None:
    now = [1_900_000_000.0]
    proofs = Proofs(5, clock=lambda: now[0])
    old = solved(proofs.puzzle())
    proofs.spend(old)
    now[0] += 2 * VALID_S
    proofs.spend(solved(proofs.puzzle()))
    assert len(proofs._spent) == 1
    past = Proofs(5, clock=lambda: 1_000_000_000.0)
    with pytest.raises(BadProofError):
        past.spend(solved(past.puzzle()))
    with pytest.raises(BadProofError):
        Proofs(5).spend(solved(Proofs(5).puzzle()))  # another process


def test_proof_when_a_flood_comes_then_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.proof._MOST_SPENT", 3)
    proofs = Proofs(5)
    for _ in range(3):
        proofs.spend(solved(proofs.puzzle()))
    with pytest.raises(FloodError):
        proofs.spend(solved(proofs.puzzle()))


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["rp/abcdefghij"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*CAMERA, "camera", "line", "x"]), inner)
    ),
    max_leaves=12,
)
mangled = st.fixed_dictionaries({}, optional={key: json_values | st.just(value) for key, value in CAMERA.items()})


def written(report: Report) -> None:
    """Make the line of the file that an accepted report becomes; raises where that cannot be."""
    target = report.camera if isinstance(report, StillThere | Gone | Turned) else "osm/node/1"
    known = Camera(target, LonLat(24.94, 60.17), {"man_made": "surveillance"})
    encoded(applied({target: known}, report).values())


@pytest.mark.parametrize("key", ["id", "month", "camera", "type", "mount", "zone", "fr", "evidence", "kind", "method"])
@pytest.mark.parametrize("tail", ["\n", "\r\n", "\0", "\u2028", " "])
def test_reports_when_a_field_ends_in_what_is_not_seen_then_refused(client: FlaskClient, key: str, tail: str) -> None:
    others = [
        {"kind": "gone", "id": "rp/bbbbbbbbbb", "month": "2026-10", "camera": "osm/node/7"},
        {"kind": "survey", "id": "rp/cccccccccc", "month": "2026-10", "line": [[1, 1], [2, 2]], "method": "walked"},
        CAMERA | {"mount": "wall", "zone": "street", "fr": "no", "evidence": "seen"},
    ]
    for report in others:
        if key in report:
            response = send(client, report | {key: f"{report[key]}{tail}"})
            assert (response.status_code, code_of(response)) == (422, "bad-report")


def test_reports_when_more_than_a_year_old_then_refused_by_a_code_of_its_own(client: FlaskClient) -> None:
    old = send(client, CAMERA, CAMERA | {"id": "rp/oooooooooo", "month": "2025-10"})
    assert (old.status_code, code_of(old)) == (422, "too-old")
    assert send(client, CAMERA | {"id": "rp/oooooooooo", "month": "2025-11"}).status_code == 200


def malformed(client: FlaskClient, examples: int) -> None:
    @settings(max_examples=examples, database=None)
    @given(st.lists(mangled | json_values, max_size=4) | json_values, st.binary(max_size=40))
    def hold(reports: object, tail: bytes) -> None:
        body = json.dumps({"proof": "", "reports": reports}).encode()
        for data in (body, body[: len(body) // 2] + tail):
            response = client.post(REPORTS, data=data, content_type="application/json")
            assert response.status_code in {400, 422}
            assert tail == b"" or len(tail) < 8 or tail not in response.get_data()
        with suppress(BadFileError):  # what is taken can be written
            for one in parse_reports(json.dumps(reports)):
                written(one)

    hold()


def test_reports_when_malformed_in_any_way_then_4xx(client: FlaskClient) -> None:
    malformed(client, 1000)


@pytest.mark.long
def test_reports_when_malformed_a_hundred_thousand_times_then_4xx(client: FlaskClient) -> None:
    malformed(client, 50_000)
