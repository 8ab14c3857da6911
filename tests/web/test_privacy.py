"""Padding, silence and error shape by themselves; sizes of many walks."""

from __future__ import annotations

import gzip
import io
import json
import logging
import math
import random
import subprocess
import sys
import zlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import SidestepError
from routing.formats import as_json
from routing.model import LonLat, RouteRequest
from routing.router import plan
from web import Settings, create_app
from web.privacy import MAX_BODY, STEP, error_body, packed, report, spaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.area import Area


@given(st.binary(max_size=20_000))
def test_packed_when_read_by_any_gzip_reader_then_the_same_bytes_on_a_step(body: bytes) -> None:
    sent = packed(body)
    assert len(sent) % STEP == 0
    assert gzip.decompress(sent) == body
    assert zlib.decompress(sent, wbits=31) == body
    assert gzip.GzipFile(fileobj=io.BytesIO(sent)).read() == body


@pytest.mark.parametrize("missing", [0, 1, 5, 6, 7, 4095])
def test_packed_when_it_lacks_little_to_a_step_then_still_on_one(missing: int) -> None:
    # incompressible bytes, so that the length is met exactly
    noise = random.Random(1).randbytes(STEP)  # noqa: S311  # chance, not secrets
    spare = len(packed(noise[:1000])) - STEP
    assert spare == 0
    for size in range(STEP - 60 - missing, STEP - missing):
        assert len(packed(noise[: max(size, 0)])) % STEP == 0


def test_packed_when_read_by_curl_then_the_same(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("gz")
    (folder / "walk.gz").write_bytes(packed(b"walk" * 99))
    done = subprocess.run(["gzip", "-dc", folder / "walk.gz"], capture_output=True, check=True)
    assert done.stdout == b"walk" * 99


@given(st.binary(max_size=20_000))
def test_spaced_when_json_or_html_then_only_blanks_are_added(body: bytes) -> None:
    sent = spaced(body)
    assert len(sent) % STEP == 0
    assert sent.rstrip(b" ") == body.rstrip(b" ")
    assert len(sent) - len(body) < STEP


def test_error_when_written_then_one_shape() -> None:
    assert json.loads(error_body("busy", "come again")) == {"error": {"code": "busy", "message": "come again"}}


def test_report_when_an_error_holds_a_place_then_only_class_line_and_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        float("24.9417321, Zyzzyvaquelle")
    except ValueError as error:
        number = report(error)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"sidestep: a bug of ours, number {number}: ValueError in test_privacy.py, line ")
    assert said.err.count("\n") == 1


def test_log_when_flask_or_a_library_writes_to_it_then_the_text_is_dropped(
    demo: Area, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(demo)
    app.logger.error("asked for 24.9417321")
    try:
        dict[str, int]()["24.9417321"]
    except KeyError:
        app.logger.exception("asked for %s", "24.9417321")
    said = capsys.readouterr().err
    assert "24.9417321" not in said
    assert "KeyError in test_privacy.py" in said
    assert logging.getLogger("web").propagate is False


def test_hush_when_a_process_is_hushed_then_logs_warnings_threads_and_cores_are_silent() -> None:
    program = """
import logging, resource, sys, threading, warnings
logging.getLogger("waitress").addHandler(logging.StreamHandler())
from web.privacy import hush
hush()
logging.getLogger("waitress").error("24.9417321")
logging.getLogger("late").warning("24.9417321")
logging.warning("24.9417321")
warnings.warn("24.9417321")
def fails(): raise ValueError("24.9417321")
thread = threading.Thread(target=fails); thread.start(); thread.join()
class Dies:
    def __del__(self): raise ValueError("24.9417321")
Dies()
try: fails()
except ValueError: logging.getLogger("waitress").exception("24.9417321")
print(resource.getrlimit(resource.RLIMIT_CORE))
raise ValueError("24.9417321")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "24.9417321" not in done.stderr + done.stdout
    assert done.stderr.count("a bug of ours") == 4
    assert done.stdout.strip() == "(0, 0)"


def walks(area: Area, count: int, seed: int) -> Iterator[RouteRequest]:
    """Give requests between random points of an area's box."""
    chance, box = random.Random(seed), area.manifest.bbox  # noqa: S311  # chance, not secrets

    def point() -> LonLat:
        return LonLat(chance.uniform(box.west, box.east), chance.uniform(box.south, box.north))

    for _ in range(count):
        yield RouteRequest(point(), point())


def entropy_bits(sizes: list[int]) -> float:
    """Give what the size of a reply tells about which it is."""
    return -sum(n / len(sizes) * math.log2(n / len(sizes)) for n in Counter(sizes).values())


def assert_on_steps(area: Area, count: int) -> None:
    plain, spread, tight = [], [], []
    for request in walks(area, count, seed=3):
        try:
            body = as_json(plan(area, request)).encode()
        except SidestepError as error:
            body = error_body(error.code, str(error))
        plain.append(len(body))
        spread.append(len(spaced(body)))
        tight.append(len(packed(body)))
    assert {size % STEP for size in (*spread, *tight)} == {0}
    assert entropy_bits(tight) < 1.6
    assert entropy_bits(tight) < entropy_bits(spread) < entropy_bits(plain)


def test_sizes_when_walks_are_random_then_all_on_steps(demo: Area) -> None:
    assert_on_steps(demo, 60)


@pytest.mark.long
def test_sizes_when_walks_are_many_then_all_on_steps(demo: Area, centre: Area) -> None:
    assert_on_steps(demo, 2000)
    assert_on_steps(centre, 300)


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "identity", "", "gzip;q=0", "*"])
def test_reply_when_any_coding_is_accepted_then_on_a_step_and_readable(demo: Area, accepted: str) -> None:
    client = create_app(demo, Settings(planners=1)).test_client()
    wish = {"from": "Rautatientori", "to": "Senaatintori"}
    for response in (
        client.post("/api/v1/route", json=wish, headers={"Accept-Encoding": accepted}),
        client.post("/ru/walk", data=wish, headers={"Accept-Encoding": accepted}),
        client.post("/api/v1/route", json={}, headers={"Accept-Encoding": accepted}),
        client.get("/nothing", headers={"Accept-Encoding": accepted}),
    ):
        assert len(response.data) % STEP == 0
        zipped = response.headers.get("Content-Encoding") == "gzip"
        assert zipped == ("gzip" in accepted and "q=0" not in accepted.replace("q=0.5", ""))
        text = gzip.decompress(response.data) if zipped else response.data
        assert text[:1] in {b"{", b"<"}


def test_limit_when_read_then_that_of_the_contract() -> None:
    assert MAX_BODY == 4096
