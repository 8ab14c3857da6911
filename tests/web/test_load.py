"""Many at once: good and bad requests together; nothing but documented refusals, memory flat, still answering."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from serving import Running, at_once, serving

if TYPE_CHECKING:
    from pathlib import Path

THREADS = 50
WEST, SOUTH, EAST, NORTH = 24.9352, 60.1642, 24.9534, 60.1791
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GROWTH_MB = 40.0  # allocators keep some; a leak of a reply each would be hundreds


def one_of_many(chance: random.Random) -> tuple[str, str, dict[str, str], bytes]:
    """Make a request, good or bad."""

    def point() -> list[float]:
        return [chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)]

    walk = json.dumps({"from": point(), "to": point(), "detour": f"{chance.randrange(100)}%"}).encode()
    return chance.choice(
        [
            ("POST", "/api/v1/route", JSON | {"Accept-Encoding": "gzip"}, walk),
            ("POST", "/api/v1/route", JSON, walk),
            ("POST", "/en/walk", FORM, b"from=Rautatientori&to=Senaatintori"),
            ("POST", "/api/v1/route", JSON, walk[:-3]),
            ("POST", "/api/v1/route", JSON, b'{"from": "Zyzzyva", "to": "Kamppi"}'),
            ("POST", "/api/v1/route", JSON, b"x" * chance.choice([5_000, 60_000, 200_000])),
            ("GET", "/api/v1/route", {}, b""),
            ("GET", "/en/", {"Accept-Encoding": "br"}, b""),
            ("GET", "/api/v1/cameras", {}, b""),
            ("GET", f"/nothing/{chance.random()}", {}, b""),
            ("GET", "/healthz", {}, b""),
            ("BREW", "/", {}, b""),
        ]
    )


def load(server: Running, seconds: float, seed: int) -> Counter[int]:
    """Ask from many threads; give how often each status came."""
    ends, found = time.monotonic() + seconds, Counter[int]()

    def work(number: int) -> None:
        chance = random.Random(seed * 1000 + number)  # noqa: S311  # chance, not secrets
        while time.monotonic() < ends:
            try:
                status = server.ask(*one_of_many(chance)).status
            except OSError as error:
                status = -(error.errno or 1)
            found[status] += 1

    at_once(THREADS, work)
    return found


def hold(home: Path, cache: Path, seconds: float) -> None:
    with serving(home, XDG_CACHE_HOME=str(cache)) as server:
        load(server, 4.0, seed=1)  # fills what is filled once
        before_mb = server.resident_mb()
        found = load(server, seconds, seed=2)
        assert set(found) <= {200, 400, 404, 405, 413, 415, 422, 503}, found
        assert found[200] > 20
        assert server.ask("GET", "/healthz").status == 200
        assert server.resident_mb() - before_mb < GROWTH_MB
        assert (server.home / "stderr").read_text() == ""
        assert server.stop() == 0


def test_server_when_fifty_ask_at_once_then_only_refusals_and_memory_is_flat(tmp_path: Path, demo_cache: Path) -> None:
    hold(tmp_path, demo_cache, 5.0)


@pytest.mark.long
def test_server_when_fifty_ask_for_a_minute_then_only_refusals_and_memory_is_flat(
    tmp_path: Path, demo_cache: Path
) -> None:
    hold(tmp_path, demo_cache, 60.0)
