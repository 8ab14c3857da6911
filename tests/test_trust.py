"""How far records are believed, and that no single report takes a camera away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import sees

from routing.errors import BadUsageError
from routing.hazard.existence import existence
from routing.hazard.parameters import model
from routing.model import Camera, LonLat
from routing.optics import DIRECTION_KEYS, look_alike, parse_directions, view_of
from routing.trust import confirmed, disputed, may_be_removed, months_between, removed, turned

DEFAULT = model().default
months = st.builds("{}-{:02}".format, st.integers(2010, 2026), st.integers(1, 12))
states = st.sampled_from(["confirmed", "unverified", "disputed"])


def camera(**changes: Any) -> Camera:  # noqa: ANN401 - any field of the record
    return replace(Camera("ss/abcdefghij", LonLat(24.9, 60.2), {"man_made": "surveillance"}), **changes)


def weight(one: Camera, month: str) -> float:
    """Give how far a record is believed, as a share of one that was seen in that month."""
    return existence(one, month, DEFAULT) / DEFAULT.existence_first


def test_weight_when_a_single_report_tells_of_it_then_a_quarter_until_another_month_confirms_it() -> None:
    told = camera(source="report", status="unverified", first_seen="2026-11", last_seen="2026-11")
    assert weight(told, "2026-11") == pytest.approx(0.25)
    assert weight(confirmed(told, "2026-11"), "2026-11") == pytest.approx(0.25)  # may be the same person
    assert weight(confirmed(told, "2026-12"), "2026-12") >= 1.0
    assert weight(confirmed(told, "2026-11", source="official"), "2026-11") >= 1.0


def test_weight_when_somebody_finds_it_gone_then_less_from_the_next_month_and_never_nothing() -> None:
    known = camera(last_seen="2024-01")
    once = disputed(known, "2024-11")
    assert weight(once, "2024-11") == weight(known, "2024-11")  # at once nothing changes
    told = [weight(once, f"{year}-12") for year in range(2024, 2050)]
    assert 0.3 < told[0] < 0.6
    assert sorted(told, reverse=True) == told
    assert told[-1] == pytest.approx(DEFAULT.existence_least / DEFAULT.existence_first)
    assert told[-1] > 0
    twice = disputed(once, "2025-11")
    assert weight(twice, "2025-12") < 0.1
    assert weight(confirmed(twice, "2026-11"), "2026-11") >= 1.0


def test_dispute_when_somebody_saw_it_later_then_nothing_changes() -> None:
    seen = camera(last_seen="2026-05")
    assert disputed(seen, "2026-04") == seen
    assert disputed(seen, "2026-05").status == "disputed"


def test_remove_when_one_month_only_says_so_then_refused() -> None:
    once = disputed(disputed(camera(), "2026-05"), "2026-05")
    with pytest.raises(BadUsageError, match="needs two, or a reason"):
        removed(once)
    assert removed(once, because="the wall was torn down").removed_because == "the wall was torn down"
    gone = removed(disputed(once, "2026-07"))
    assert gone.status == "removed"
    assert weight(gone, "2026-08") == 0.0
    for change in (confirmed, disputed):
        with pytest.raises(BadUsageError, match="is removed"):
            change(gone, "2026-09")


def test_turned_when_one_report_says_so_then_it_looks_both_ways_until_another_month_agrees() -> None:
    west = camera(tags={"man_made": "surveillance", "camera:direction": "270"}, last_seen="2026-01")
    once = turned(west, "90", "2026-05")
    assert once.tags["camera:direction"] == "270;90"
    assert turned(once, "92", "2026-05").tags["camera:direction"] == "270;90"
    assert turned(once, "95", "2026-06").tags == {"man_made": "surveillance", "camera:direction": "95"}


@given(
    key=st.sampled_from(DIRECTION_KEYS),
    value=st.sampled_from(["", "null", "118,5", "90", "W", "30;200", "90-270", "0-360", "350-10", "22.5;SSW"]),
    kind=st.sampled_from(["", "fixed", "dome", "panning"]),
    told=st.lists(st.integers(0, 359), min_size=1, max_size=4),
)
def test_turned_when_all_say_so_in_one_month_then_no_direction_is_lost(
    key: str, value: str, kind: str, told: list[int]
) -> None:
    known = camera(tags={"man_made": "surveillance", "camera:type": kind, key: value}, last_seen="2020-01")
    after = known
    for direction in told:
        after = turned(after, str(direction), "2026-05")
    turns = np.radians(np.arange(360.0) + 0.25)
    rim = 10.0 * np.column_stack([np.sin(turns), np.cos(turns)])
    before, then = view_of(known.tags), view_of(after.tags)
    assert before is not None
    assert then is not None
    assert not (sees(before, rim) & ~sees(then, rim)).any()
    # another month that says the same settles it
    settled = turned(after, str(told[-1]), "2026-06")
    assert settled.tags["camera:direction"] == str(told[-1])
    assert not {"sidestep:turned", *DIRECTION_KEYS[1:]} & settled.tags.keys()


@pytest.mark.parametrize("source", ["report", "import:list"])
def test_disputed_when_one_report_is_all_there_is_then_it_never_weighs_more_than_before(source: str) -> None:
    fake = camera(source=source, status="unverified", first_seen="2026-10", last_seen="2026-10")
    called = disputed(fake, "2026-11")
    assert weight(called, "2026-11") <= weight(fake, "2026-11")
    assert confirmed(called, "2026-11").status == "disputed"  # who came last in that month, nobody knows
    answered = confirmed(replace(called, gone=("2026-10",)), "2026-10", seen="2026-10", source=source)
    assert weight(answered, "2026-11") <= weight(fake, "2026-11")


def test_disputed_when_the_sender_names_an_early_month_then_it_fades_from_the_month_of_acceptance() -> None:
    known = camera(last_seen="2018-11")
    assert weight(disputed(known, "2026-11", seen="2018-11"), "2026-11") == weight(known, "2026-11")
    seen_since = camera(last_seen="2026-10")
    assert disputed(seen_since, "2026-11", seen="2026-09") == seen_since


looks = st.one_of(
    st.tuples(st.just("there"), months), st.tuples(st.just("gone"), months), st.tuples(st.just("turned"), months)
)


@given(st.lists(looks, max_size=12), states, months | st.none())
def test_records_when_looked_at_in_any_order_then_none_vanishes(
    what: list[tuple[str, str]], status: str, last: str | None
) -> None:
    known = camera(status=status, last_seen=last)
    for kind, month in what:
        change = {"there": confirmed, "gone": disputed}.get(kind)
        known = turned(known, "45", month) if change is None else change(known, month)
        assert known.status != "removed"
        assert 0 < DEFAULT.existence_least <= existence(known, "2026-12", DEFAULT) < 1
        assert list(known.gone) == sorted(set(known.gone))
        assert not known.gone or known.last_seen is None or known.gone[0] >= known.last_seen
    found_gone = {month for kind, month in what if kind == "gone"}
    assert may_be_removed(known) <= (len(found_gone) >= 2)


@given(st.lists(looks, max_size=12), months)
def test_records_when_all_reports_are_of_one_month_then_never_removable(
    what: list[tuple[str, str]], month: str
) -> None:
    known = camera(tags={"man_made": "surveillance", "camera:direction": "200"}, last_seen="2009-01")
    for kind, _ in what:
        change = {"there": confirmed, "gone": disputed}.get(kind)
        known = turned(known, "45", month) if change is None else change(known, month)
    assert not may_be_removed(known)
    lenses = parse_directions(known.tags["camera:direction"])
    assert any(look_alike([lens], [200.0]) for lens in lenses)  # nobody turns it away alone


@given(months, months)
def test_months_between_when_swapped_then_the_sign_changes(one: str, other: str) -> None:
    assert months_between(one, other) == -months_between(other, one)
    assert (months_between(one, other) > 0) == (one < other)
