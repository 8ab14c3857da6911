"""The clock of searches: compiling is no search."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numba

from routing.model import LonLat, RouteRequest
from routing.router import plan
from routing.search import clock
from routing.search.front import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from numba.core.event import Event

    from routing.area import Area
    from routing.plans import Plan


def test_clock_when_something_is_compiled_then_stands_still() -> None:
    @numba.njit
    def added(count: int) -> int:
        total = 0
        for one in range(count):
            total += one
        return total

    wall, own = time.monotonic(), clock.now()
    assert added(5) == 10
    compiled = time.monotonic() - wall - (clock.now() - own)
    assert compiled > 0
    wall, own = time.monotonic(), clock.now()
    assert added(6) == 15
    assert time.monotonic() - wall - (clock.now() - own) < compiled / 100, "the second call compiles nothing"


def test_clock_when_another_thread_compiles_then_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([10.0, 15.0, 20.0, 20.0])
    monkeypatch.setattr(clock.time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(clock, "_COMPILING", clock._Compiling())

    def compiling() -> float:
        clock._COMPILING.on_start(event())
        clock._COMPILING.on_end(event())
        return clock.now()

    with ThreadPoolExecutor(1) as other:
        assert other.submit(compiling).result() == 15.0
    assert clock.now() == 20.0


def test_clock_when_something_is_compiled_within_then_its_time_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([10.0, 15.0])
    monkeypatch.setattr(clock.time, "monotonic", lambda: next(seconds))
    counting, told = clock._Compiling(), event()
    counting.on_start(told)
    counting.on_start(told)
    counting.on_end(told)
    counting.on_end(told)
    assert counting.seconds == 5.0


def event() -> Event:
    return numba.core.event.Event("numba:compiler_lock", numba.core.event.EventStatus.START)


def test_plan_when_compiling_takes_an_hour_then_as_at_any_time(demo: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    request = RouteRequest(LonLat(24.9384, 60.1699), LonLat(24.95, 60.176))
    usual, wall, begun = plan(demo, request), time.monotonic, time.monotonic()

    def more() -> float:
        return 3600 * (wall() - begun)  # an hour goes by in a second

    monkeypatch.setattr("routing.search.front._TURNS", 1)  # it looks at the clock all the time
    monkeypatch.setattr(clock.time, "monotonic", lambda: wall() + more())
    assert "stopped" in codes_of(plan(demo, request, Limits(seconds=1.0))), "it was searching"
    monkeypatch.setattr(clock, "_COMPILING", Compiling(more))
    found = plan(demo, request, Limits(seconds=60.0))
    assert codes_of(found) == codes_of(usual)
    assert [route.score.length_m for route in found.routes] == [route.score.length_m for route in usual.routes]


def codes_of(found: Plan) -> list[str]:
    return [note.code for note in found.notes]


class Compiling:
    """What passes too quickly was compiling."""

    def __init__(self, more: Callable[[], float]) -> None:
        self._more = more

    @property
    def seconds(self) -> float:
        return self._more()
