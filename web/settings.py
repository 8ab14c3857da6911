"""Every setting of the server: one frozen record, whose rows are documented here and in the README.

Durations are seconds, sizes bytes. ``sidestep serve`` reads each from the environment as ``SIDESTEP_<NAME>``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from routing.errors import BadUsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def _cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """What whoever runs the server can change.

    Attributes
    ----------
    planners
        Walks planned at the same time, 1…64; one a core unless told.
    waiting
        Requests that may wait for a planner, 0…1000; one more is told 503 at once.
    wait_s
        How long one waits at most before it is told 503, 0…60.
    spare_threads
        Threads beyond those that plan or wait, 1…64; they answer all else, so that it never waits behind a plan.
    search_s
        How long one search of a leg may take, or to look out of the cameras of a request, 0.05…60; at the limit of a
        search the answer is the best found, with its gap.
    search_labels
        Ways that one search may keep at a time, 1000…50,000,000, 28 bytes each; the same.
    max_via
        Places that a walk may pass on its way, 0…100.
    max_connections
        Open connections, 10…10,000; beyond it replies that nobody takes are dropped, the longest stalled first, then
        connections that wait between or within requests, the oldest first.
    read_s
        How long a request may take to arrive, head and body, 1…600.
    idle_s
        How long a connection may wait for its next request, 1…600.
    stall_s
        How long nothing of a reply may be taken before the connection is closed, 1…3600; a phone
        comes back out of a tunnel in that time.
    send_s
        How long a reply may take to be fetched, 1…86,400; the longest is that of the map.
    tls
        1 where browsers reach this by ``https:``; adds Strict-Transport-Security. ``--tls-cert`` sets it; behind a
        proxy that ends TLS set it by hand.
    proof
        How much work a phone puts into sending reports: hashes that are tried at most, 1…10,000,000.
    most_waiting
        Reports that may wait for review, 1…1,000,000; more are told 503. What a file brings is not counted.

    Examples
    --------
    >>> Settings(planners=2).wait_s
    5.0
    """

    planners: int = field(default_factory=_cores)
    waiting: int = 16
    wait_s: float = 5.0
    spare_threads: int = 4
    search_s: float = 3.0
    search_labels: int = 3_000_000
    max_via: int = 8
    max_connections: int = 400
    read_s: float = 10.0
    idle_s: float = 30.0
    stall_s: float = 30.0
    send_s: float = 900.0
    tls: bool = False
    proof: int = 60_000
    most_waiting: int = 10_000

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise BadUsageError(f"the setting {name} must lie between {low} and {high}")


LIMITS: Mapping[str, tuple[float, int]] = {
    "planners": (1, 64),
    "waiting": (0, 1000),
    "wait_s": (0, 60),
    "spare_threads": (1, 64),
    "search_s": (0.05, 60),
    "search_labels": (1000, 50_000_000),
    "max_via": (0, 100),
    "max_connections": (10, 10_000),
    "read_s": (1, 600),
    "idle_s": (1, 600),
    "stall_s": (1, 3600),
    "send_s": (1, 86_400),
    "tls": (0, 1),
    "proof": (1, 10_000_000),
    "most_waiting": (1, 1_000_000),
}


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables; what is not there keeps its default.

    Raises
    ------
    BadUsageError
        If one is no number or out of bounds.

    Examples
    --------
    >>> settings_of({"SIDESTEP_WAITING": "3"}).waiting
    3
    """
    given: dict[str, float] = {}
    for row in fields(Settings):
        name = f"SIDESTEP_{row.name.upper()}"
        text = environment.get(name, "").strip()
        if not text:
            continue
        try:
            number = float(text) if row.name.endswith("_s") else int(text)
        except ValueError:
            raise BadUsageError(f"{name} is not understood; it is a number") from None
        given[row.name] = number
    return Settings(**given)  # type: ignore[arg-type]  # checked by name above
